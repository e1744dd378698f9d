//! The canned queries on graphs of our own model of 34 thousand, 340 thousand and 3.4 million triples: how their time
//! grows with what they look at and give. And NOT EXISTS over 250,000 claims. The least time of some runs counts: what
//! else the machine does only adds, and more to the large graphs, whose memory it shares.
//!
//! `cargo bench --bench scale [-- NAME]` runs one of the queries, or the claims (`claims`), alone.

#![expect(clippy::print_stdout, reason = "the table is what a bench is for")]

#[path = "common/copies.rs"]
mod copies;
#[path = "common/timing.rs"]
mod timing;
#[path = "common/verdict.rs"]
mod verdict;

use copies::{graph_of_copies, shipped_quads};
use mainstay::answers::canned::Catalogue;
use mainstay::engine::{QueryOptions, QuerySource, explain};
use mainstay::graph::Graph;
use oxrdf::{NamedOrBlankNode, Quad, Term};
use spareval::QueryResults;
use spargebra::{Query, SparqlParser};
use std::path::Path;
use std::time::Duration;
use timing::times;

/// Copies of the graph that ships, in each of the graphs.
const COPIES: [usize; 3] = [1, 10, 100];
/// Claims that NOT EXISTS looks at, at least.
const CLAIMS: usize = 250_000;
/// Growth of the time by so much more than that of the work is noise.
const TOLERANCE: f64 = 1.1;

/// What one query costs on one graph.
struct Cost {
    seconds: f64,
    /// Triples that it looks at and rows that it gives.
    work: f64,
}

fn main() {
    let quads = shipped_quads();
    let only = std::env::args().skip(1).find(|word| !word.starts_with("--"));
    let is_wanted = |name: &str| only.as_ref().is_none_or(|only| only == name);
    let folder = tempfile::tempdir().expect("a temporary folder");
    let graphs = COPIES.map(|copies| {
        let path = folder.path().join(format!("{copies}.graph"));
        graph_of_copies(&quads, copies, &path)
    });
    let sizes: Vec<String> = graphs.iter().map(|graph| graph.triple_count().to_string()).collect();
    println!(
        "{:<20} {:>10} {:>10} {:>10}   growth of the last to the first",
        "triples", sizes[0], sizes[1], sizes[2]
    );
    println!("{:<20} {:>10} {:>10} {:>10} {:>9} {:>9}", "query, ms, least", "", "", "", "time", "work");
    let catalogue = Catalogue::new(&[]).expect("the queries are well-formed");
    let mut faster = Vec::new();
    for canned in catalogue.iter().filter(|canned| is_wanted(&canned.name)) {
        let Ok(query) = canned.prepare(&[], &graphs[0]) else {
            println!("{:<20} skipped: it needs a parameter", canned.name);
            continue;
        };
        let costs = graphs.each_ref().map(|graph| cost(graph, &query));
        let growth = |of: fn(&Cost) -> f64| of(&costs[2]) / of(&costs[0]);
        let (time, work) = (growth(|cost| cost.seconds), growth(|cost| cost.work));
        let [small, middle, large] = costs.each_ref().map(|cost| cost.seconds * 1e3);
        println!("{:<20} {small:>10.3} {middle:>10.3} {large:>10.3} {time:>9.1} {work:>9.1}", canned.name);
        if time > work * TOLERANCE {
            faster.push(canned.name.clone());
        }
    }
    println!("grow faster than what they look at and give: {faster:?}");
    let measured = if faster.is_empty() { "none grows faster".into() } else { faster.join(", ") };
    let work =
        "canned queries that grow faster than their input and result, 34 thousand to 3.4 million triples";
    verdict::print(work, "triples looked at and rows given", &measured, "none");
    drop(graphs);
    if is_wanted("claims") {
        not_exists(&quads, &folder.path().join("claims.graph"));
    }
}

fn cost(graph: &Graph, query: &Query) -> Cost {
    let explanation = explain(graph, query, &QueryOptions::default()).expect("the query runs");
    let scanned = explanation.plan.map_or(0, |plan| plan.scanned_triples);
    let seconds = least(Duration::from_secs(1), || {
        rows(graph, query);
    });
    Cost { seconds: seconds.as_secs_f64(), work: (scanned as f64 + explanation.rows as f64).max(1.0) }
}

/// Least time of some runs, at least seven.
fn least(budget: Duration, run: impl FnMut()) -> Duration {
    times(budget, 7, run).first().copied().unwrap_or_default()
}

/// Reads all rows to the last term.
fn rows(graph: &Graph, query: &Query) -> usize {
    match graph.query(query, &QueryOptions::default()).expect("the query runs") {
        QueryResults::Solutions(rows) => rows.fold(0, |count, row| count + usize::from(row.is_ok())),
        QueryResults::Boolean(_) | QueryResults::Graph(_) => 0,
    }
}

/// The time of NOT EXISTS over a graph of claims, with the claim alone and with others joined to it.
fn not_exists(quads: &[Quad], path: &Path) {
    const REL: &str = mainstay::vocabulary::REL;
    let is_claim = |quad: &&Quad| quad.object == Term::from(class("Claim"));
    let claims: Vec<&NamedOrBlankNode> = quads.iter().filter(is_claim).map(|quad| &quad.subject).collect();
    let of_claims: Vec<Quad> = quads.iter().filter(|quad| claims.contains(&&quad.subject)).cloned().collect();
    let copies = CLAIMS.div_ceil(claims.len());
    let graph = graph_of_copies(&of_claims, copies, path);
    println!("\nNOT EXISTS over {} claims, {} triples", copies * claims.len(), graph.triple_count());
    let mut times = Vec::new();
    for exists in [
        "?claim rel:status rel:Preview",
        "?other rel:subject ?subject ; rel:property rel:paired ; rel:object true",
        "?other rel:subject ?subject ; rel:line ?otherLine FILTER(?otherLine < ?line)",
    ] {
        let text = format!(
            "PREFIX rel: <{REL}> SELECT ?claim {{ ?claim a rel:Claim ; rel:subject ?subject ; rel:line ?line \
             FILTER NOT EXISTS {{ {exists} }} }}"
        );
        let query = SparqlParser::new().parse_query(&text).expect("the query is well-formed");
        let mut given = 0;
        let time = least(Duration::from_secs(1), || given = rows(&graph, &query));
        println!("{:>10.1} ms, {given} rows: {exists}", time.as_secs_f64() * 1e3);
        times.push(format!("{:.0}", time.as_secs_f64() * 1e3));
    }
    let measured =
        format!("{} ms: of the claim, of others by a join, of others by a join and `<`", times.join(", "));
    verdict::print("`FILTER NOT EXISTS` over 250,000 claims", "–", &measured, "100 ms");
}

fn class(name: &str) -> oxrdf::NamedNode {
    oxrdf::NamedNode::new_unchecked(format!("{}{name}", mainstay::vocabulary::REL))
}
