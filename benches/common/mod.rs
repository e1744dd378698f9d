//! What the benches share: timing with the reference in the same run, and the table of ratios.

#![expect(clippy::print_stdout, reason = "the table is what a bench is for")]

use mainstay::engine::{QueryOptions, QuerySource};
use mainstay::graph::Graph;
use oxigraph::sparql::{CancellationToken, QueryResults, SparqlEvaluator};
use oxigraph::store::Store;
use spargebra::Query;
use std::time::{Duration, Instant};

/// Longest time that one query of the reference may take.
const CAP: Duration = Duration::from_secs(5);

/// Median time of some runs: as many as fit into a budget, at most 25, at least one.
pub fn median(budget: Duration, mut run: impl FnMut()) -> Duration {
    let start = Instant::now();
    let mut times = Vec::new();
    while times.is_empty() || times.len() < 25 && start.elapsed() < budget {
        let start = Instant::now();
        run();
        times.push(start.elapsed());
    }
    times.sort_unstable();
    times[times.len() / 2]
}

/// Reads all results of a query to the last term; gives how many rows there were.
pub fn own(graph: &Graph, query: &Query) -> usize {
    count(graph.query(query, &QueryOptions::default()).expect("the query runs"))
}

fn count(results: QueryResults<'_>) -> usize {
    match results {
        QueryResults::Solutions(rows) => rows.fold(0, |count, row| count + usize::from(row.is_ok())),
        QueryResults::Boolean(_) => 1,
        QueryResults::Graph(triples) => triples.fold(0, |count, triple| count + usize::from(triple.is_ok())),
    }
}

/// Time of the reference, at most `CAP`.
pub fn reference(store: &Store, query: &Query, union: bool) -> Duration {
    let run = || {
        let token = CancellationToken::new();
        let watch = token.clone();
        let (done, ended) = std::sync::mpsc::channel::<()>();
        let watcher = std::thread::spawn(move || {
            if ended.recv_timeout(CAP).is_err() {
                watch.cancel();
            }
        });
        let start = Instant::now();
        let mut prepared = SparqlEvaluator::new().with_cancellation_token(token).for_query(query.clone());
        if union {
            prepared.dataset_mut().set_default_graph_as_union();
        }
        if let Ok(results) = prepared.on_store(store).execute() {
            match results {
                QueryResults::Solutions(mut rows) => while rows.next().is_some_and(|row| row.is_ok()) {},
                QueryResults::Boolean(_) => {}
                QueryResults::Graph(mut triples) => {
                    while triples.next().is_some_and(|triple| triple.is_ok()) {}
                }
            }
        }
        let time = start.elapsed();
        drop(done);
        watcher.join().ok();
        time
    };
    let first = run();
    if first > Duration::from_millis(200) {
        return first;
    }
    let mut times: Vec<Duration> = (0..7).map(|_| run()).collect();
    times.sort_unstable();
    times[3]
}

/// The table of ratios.
#[derive(Default)]
pub struct Ratios {
    rows: Vec<(String, Duration, Duration)>,
}

impl Ratios {
    /// Adds and prints a line.
    pub fn push(&mut self, name: &str, own: Duration, reference: Duration) {
        let ratio = reference.as_secs_f64() / own.as_secs_f64();
        let (own_ms, reference_ms) = (own.as_secs_f64() * 1e3, reference.as_secs_f64() * 1e3);
        let short: String = name.chars().take(60).collect();
        println!("{short:<60} {own_ms:>10.3} {reference_ms:>10.3} {ratio:>9.1}");
        self.rows.push((name.to_owned(), own, reference));
    }

    /// Prints the summary.
    pub fn finish(&self) {
        let mean = |times: &dyn Fn(&(String, Duration, Duration)) -> f64| {
            (self.rows.iter().map(|row| times(row).ln()).sum::<f64>() / self.rows.len().max(1) as f64).exp()
        };
        let own = mean(&|row| row.1.as_secs_f64() * 1e3);
        let reference = mean(&|row| row.2.as_secs_f64() * 1e3);
        println!("{:<60} {own:>10.3} {reference:>10.3} {:>9.1}", "geometric mean", reference / own);
        let slowest = self.rows.iter().max_by_key(|row| row.1);
        if let Some((name, time, _)) = slowest {
            println!("slowest: {:.1} ms, {name}", time.as_secs_f64() * 1e3);
        }
        let slower: Vec<&str> =
            self.rows.iter().filter(|row| row.1 > row.2).map(|row| row.0.as_str()).collect();
        println!("slower than the reference: {slower:?}");
    }
}

/// The heading of the table.
pub fn heading() {
    println!("{:<60} {:>10} {:>10} {:>9}", "milliseconds, median", "mainstay", "oxigraph", "ratio");
}
