//! Every canned query without parameters on the graph that ships, with Oxigraph's memory store on the same quads as
//! the reference. Both are parsed beforehand and read to the last term.

#![expect(clippy::print_stdout, reason = "the table is what a bench is for")]

mod common;
#[path = "common/queries.rs"]
mod queries;

use common::{Ratios, heading, median};
use mainstay::answers::canned::Catalogue;
use mainstay::graph::shipped;
use oxigraph::store::Store;
use queries::{own, reference};
use std::time::Duration;

fn main() {
    let graph = shipped().expect("the graph that ships is whole");
    let store = Store::new().expect("a store");
    let quads = graph.quads().map(|quad| quad.expect("a quad"));
    store.bulk_loader().load_quads(quads).expect("the quads are loaded");
    let catalogue = Catalogue::new(&[]).expect("the queries are well-formed");

    heading();
    let mut ratios = Ratios::default();
    for canned in catalogue.iter() {
        let Ok(query) = canned.prepare(&[], &graph) else {
            println!("{:<60} skipped: it needs a parameter", canned.name);
            continue;
        };
        let time = median(Duration::from_millis(300), || {
            own(&graph, &query);
        });
        ratios.push(&canned.name, time, reference(&store, &query, true));
    }
    ratios.finish();
}
