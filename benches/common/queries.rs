//! Running a query to its last term, here and in the reference.

use mainstay::engine::{QueryOptions, QuerySource};
use mainstay::graph::Graph;
use oxigraph::sparql::{CancellationToken, QueryResults, SparqlEvaluator};
use oxigraph::store::Store;
use spargebra::Query;
use std::time::{Duration, Instant};

/// Longest time that one query of the reference may take.
const CAP: Duration = Duration::from_secs(5);

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

/// Time of the reference, at most `CAP`, and how many rows it gave in it.
pub fn reference(store: &Store, query: &Query) -> (Duration, usize) {
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
        let evaluator = SparqlEvaluator::new().with_cancellation_token(token);
        let rows = rows_of_reference(evaluator, store, query);
        let time = start.elapsed();
        drop(done);
        watcher.join().ok();
        (time, rows)
    };
    let (first, rows) = run();
    if first > Duration::from_millis(200) {
        return (first, rows);
    }
    let mut times: Vec<Duration> = (0..7).map(|_| run().0).collect();
    times.sort_unstable();
    (times[3], rows)
}

fn rows_of_reference(evaluator: SparqlEvaluator, store: &Store, query: &Query) -> usize {
    evaluator.for_query(query.clone()).on_store(store).execute().map_or(0, count)
}
