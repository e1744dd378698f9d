//! Opening a graph file, with loading the same quads into Oxigraph's memory store as the reference: the graph that
//! ships, and one a hundred times its size.

mod common;

use common::{Ratios, heading, median};
use mainstay::graph::{Graph, GraphBuilder, shipped};
use oxigraph::store::Store;
use oxrdf::{GraphName, NamedNode, NamedOrBlankNode, Quad};
use std::hint::black_box;
use std::time::Duration;

/// Copies of the graph that ships in the larger one.
const COPIES: usize = 100;

fn main() {
    let quads: Vec<Quad> =
        shipped().expect("the graph that ships is whole").quads().map(|quad| quad.expect("a quad")).collect();
    let folder = tempfile::tempdir().expect("a temporary folder");
    heading();
    let mut ratios = Ratios::default();
    for copies in [1, COPIES] {
        let path = folder.path().join(format!("{copies}.graph"));
        let mut builder = GraphBuilder::new();
        for copy in 0..copies {
            quads.iter().for_each(|quad| builder.insert(&renamed(quad, copy)));
        }
        builder.finish(&path).expect("the graph is written");
        let opening = median(Duration::from_millis(300), || {
            black_box(Graph::open(&path).expect("the graph is whole"));
        });
        let loading = median(Duration::from_secs(1), || {
            let store = Store::new().expect("a store");
            let copied = (0..copies).flat_map(|copy| quads.iter().map(move |quad| renamed(quad, copy)));
            store.extend(copied).expect("the quads are loaded");
        });
        ratios.push(&format!("{} quads", quads.len() * copies), opening, loading);
    }
    let work = format!("opening a graph of {:.1} million quads", (quads.len() * COPIES) as f64 / 1e6);
    ratios.finish(&work, "loading them into Oxigraph's memory store", "1 ms");
}

/// A quad whose subject and graph belong to a copy.
fn renamed(quad: &Quad, copy: usize) -> Quad {
    if copy == 0 {
        return quad.clone();
    }
    let name = |node: &NamedNode| NamedNode::new_unchecked(format!("{}/{copy}", node.as_str()));
    let subject = match &quad.subject {
        NamedOrBlankNode::NamedNode(node) => name(node).into(),
        other => other.clone(),
    };
    let graph = match &quad.graph_name {
        GraphName::NamedNode(node) => name(node).into(),
        other => other.clone(),
    };
    Quad::new(subject, quad.predicate.clone(), quad.object.clone(), graph)
}
