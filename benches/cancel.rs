//! Cancellation: how long queries over BSBM data, each of which would run for seconds or minutes, go on after they are
//! cancelled, in the operators and in the general evaluator. Each is cancelled at many times of its run; the worst counts.

#![expect(clippy::print_stdout, reason = "the table is what a bench is for")]

#[path = "common/bsbm.rs"]
mod bsbm;
#[path = "common/ntriples.rs"]
mod ntriples;
#[path = "common/verdict.rs"]
mod verdict;

use mainstay::engine::{QueryOptions, QuerySource, query_in_general_evaluator};
use mainstay::graph::Graph;
use spareval::QueryResults;
use spargebra::{Query, SparqlParser};
use std::time::{Duration, Instant};

/// Milliseconds after which queries are cancelled.
const DELAYS_MS: [u64; 12] = [3, 7, 15, 25, 40, 60, 90, 130, 200, 300, 450, 700];

const PREFIXES: &str = "PREFIX bsbm: <http://www4.wiwiss.fu-berlin.de/bizer/bsbm/v01/vocabulary/> \
    PREFIX rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> \
    PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#> \
    PREFIX dc: <http://purl.org/dc/elements/1.1/> ";

/// Queries by the work that each is about.
const QUERIES: [(&str, &str); 16] = [
    ("scan and materialise", "SELECT * { ?s ?p ?o }"),
    (
        "hash join",
        "SELECT (COUNT(?b) AS ?n) { ?a bsbm:deliveryDays ?x . ?b bsbm:deliveryDays ?x . ?b dc:date ?d }",
    ),
    ("product", "SELECT (COUNT(?b) AS ?n) { ?a dc:date ?x . ?b dc:publisher ?y FILTER(STR(?a) < STR(?y)) }"),
    ("multicolumn join", "SELECT ?a { { SELECT ?p ?o ?a { ?a ?p ?o } } { SELECT ?p ?o ?b { ?b ?p ?o } } }"),
    ("ORDER BY", "SELECT * { ?s ?p ?o } ORDER BY ?o ?p ?s"),
    ("ORDER BY mixed values", "SELECT * { ?s ?p ?o } ORDER BY DESC(STR(?o)) ?s"),
    ("ORDER BY an expression", "SELECT * { ?s ?p ?o } ORDER BY MD5(STR(?o))"),
    ("GROUP BY", "SELECT ?o (COUNT(DISTINCT ?s) AS ?n) { ?s ?p ?o } GROUP BY ?o ORDER BY DESC(?n)"),
    ("GROUP_CONCAT", "SELECT (GROUP_CONCAT(STR(?o)) AS ?t) { ?s ?p ?o . ?s dc:date ?d }"),
    (
        "aggregates of computed values",
        "SELECT ?p (MIN(MD5(STR(?o))) AS ?m) (AVG(STRLEN(STR(?s))) AS ?l) { ?s ?p ?o } GROUP BY ?p",
    ),
    ("DISTINCT", "SELECT DISTINCT ?s ?p ?x { ?s ?p ?o . ?s a ?x }"),
    ("MINUS", "SELECT * { ?s ?p ?o MINUS { ?s ?q ?o . ?s dc:date ?d } }"),
    ("NOT EXISTS", "SELECT * { ?s ?p ?o FILTER NOT EXISTS { ?t ?p ?o FILTER(?s < ?t) } }"),
    ("OPTIONAL", "SELECT * { ?s ?p ?o OPTIONAL { ?s dc:date ?d . ?t dc:date ?d } }"),
    (
        "path search",
        "SELECT (COUNT(*) AS ?n) { ?a (bsbm:product|bsbm:productFeature|^bsbm:productFeature)+ ?b }",
    ),
    ("CONSTRUCT", "CONSTRUCT { ?o ?p ?s . ?s ?p ?o } { ?s ?p ?o . ?s a ?x }"),
];

fn main() {
    let Some(data) = bsbm::data() else { return };
    let graph = ntriples::graph(&data);
    drop(data);
    println!("{:<32} {:>12} {:>12}", "worst overrun in milliseconds", "operators", "general");
    let mut worst: (f64, String) = (0.0, String::new());
    for (name, text) in QUERIES {
        let query = SparqlParser::new().parse_query(&format!("{PREFIXES}{text}")).expect("a query");
        let own = overrun(|options| graph.query(&query, options).map(|results| read(results)));
        let general = overrun(|options| in_general(&graph, &query, options));
        println!("{name:<32} {own:>12.1} {general:>12.1}");
        for (overrun, engine) in [(own, "the operators"), (general, "the general evaluator")] {
            if overrun > worst.0 {
                worst = (overrun, format!("{name} in {engine}"));
            }
        }
    }
    let measured = format!("{:.0} ms at worst ({})", worst.0, worst.1);
    verdict::print("end of a query after it is cancelled, 375 thousand triples", "–", &measured, "50 ms");
}

fn in_general(graph: &Graph, query: &Query, options: &QueryOptions) -> mainstay::error::Result<()> {
    query_in_general_evaluator(graph, query, options).map(|results| read(results))
}

/// Reads results to their end, or to the error that ends them.
fn read(results: QueryResults<'_>) {
    match results {
        QueryResults::Solutions(mut rows) => while rows.next().is_some_and(|row| row.is_ok()) {},
        QueryResults::Graph(mut triples) => while triples.next().is_some_and(|triple| triple.is_ok()) {},
        QueryResults::Boolean(_) => {}
    }
}

/// Most milliseconds that a query goes on after it was cancelled; 0 if it always ended before.
fn overrun(run: impl Fn(&QueryOptions) -> mainstay::error::Result<()>) -> f64 {
    let mut worst: f64 = 0.0;
    for delay in DELAYS_MS {
        let options = QueryOptions::default();
        let token = options.cancellation.clone();
        let cancelling = std::thread::spawn(move || {
            std::thread::sleep(Duration::from_millis(delay));
            token.cancel();
            Instant::now()
        });
        // An error is what is asked for, too.
        let _ = run(&options);
        let ended = Instant::now();
        let cancelled = cancelling.join().expect("the thread sleeps and cancels");
        worst = worst.max(ended.saturating_duration_since(cancelled).as_secs_f64() * 1e3);
    }
    worst
}
