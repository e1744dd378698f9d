//! Graphs of N-Triples, in memory.

use mainstay::graph::{Graph, GraphBuilder};
use oxrdfio::{RdfFormat, RdfParser};

/// The graph of some data.
pub fn graph(data: &[u8]) -> Graph {
    let mut builder = GraphBuilder::new();
    for quad in RdfParser::from_format(RdfFormat::NTriples).for_slice(data) {
        builder.insert(&quad.expect("the data is well-formed"));
    }
    Graph::from_bytes(builder.to_bytes().expect("a graph")).expect("a graph")
}
