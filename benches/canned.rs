//! Every canned query without parameters on the graph that ships, with Oxigraph's memory store on the same triples as
//! the reference. Both are parsed beforehand and read to the last term.
//!
//! `cargo bench --bench canned [-- NAME]` runs one of them alone.

#![expect(clippy::print_stdout, reason = "the table is what a bench is for")]

mod common;
#[path = "common/queries.rs"]
mod queries;

use common::{Ratios, heading, median};
use mainstay::answers::canned::Catalogue;
use mainstay::graph::shipped;
use oxigraph::store::Store;
use oxrdf::{GraphName, Quad};
use queries::{own, reference};
use std::time::Duration;

fn main() {
    let graph = shipped().expect("the graph that ships is whole");
    let store = Store::new().expect("a store");
    // The reference keeps repetitions in the union of graphs, so it holds each triple once in its default graph.
    let triples =
        graph.quads().map(|quad| Quad { graph_name: GraphName::DefaultGraph, ..quad.expect("a quad") });
    store.extend(triples).expect("the triples are loaded");
    let catalogue = Catalogue::new(&[]).expect("the queries are well-formed");

    heading();
    let mut ratios = Ratios::default();
    let only = std::env::args().skip(1).find(|word| !word.starts_with("--"));
    for canned in catalogue.iter().filter(|canned| only.as_ref().is_none_or(|only| *only == canned.name)) {
        let Ok(query) = canned.prepare(&[], &graph) else {
            println!("{:<60} skipped: it needs a parameter", canned.name);
            continue;
        };
        let time = median(Duration::from_millis(300), || {
            own(&graph, &query);
        });
        let (reference, rows) = reference(&store, &query);
        assert_eq!(own(&graph, &query), rows, "{} gives as many rows in both", canned.name);
        ratios.push(&canned.name, time, reference);
    }
    ratios.finish(
        "canned queries, in process, geometric mean",
        "Oxigraph's memory store",
        "5 times, none slower",
    );
}
