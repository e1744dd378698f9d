//! N-Triples → a graph file, with the bulk loader of Oxigraph's memory store as the reference in the same run: four
//! renamed copies of BSBM data, 1.5 million triples.

#[path = "common/bsbm.rs"]
mod bsbm;
mod common;

use common::{Ratios, heading, median};
use mainstay::graph::{GraphBuilder, rdf};
use oxigraph::io::RdfFormat;
use oxigraph::store::Store;
use oxrdf::NamedNode;
use std::time::Duration;

const COPIES: usize = 4;

fn main() {
    let Some(data) = bsbm::data() else { return };
    let text = String::from_utf8(data).expect("the data is UTF-8");
    let folder = tempfile::tempdir().expect("a temporary folder");
    let source = folder.path().join("bsbm.nt");
    let copies: String =
        (0..COPIES).map(|copy| text.replace("/bsbm/v01/instances/", &format!("/bsbm/v01/{copy}/"))).collect();
    std::fs::write(&source, &copies).expect("the data is written");
    drop(copies);

    heading();
    let mut ratios = Ratios::default();
    let target = folder.path().join("bsbm.graph");
    let document = NamedNode::new("https://example.org/bsbm").expect("an IRI");
    let mut triples = 0;
    let own = median(Duration::from_secs(10), || {
        let mut builder = GraphBuilder::new();
        rdf::read_into(&source, document.as_ref(), &mut builder).expect("the data is well-formed");
        triples = builder.finish(&target).expect("the graph is written").triples;
    });
    let reference = median(Duration::from_secs(10), || {
        let store = Store::new().expect("a store");
        let mut loader = store.bulk_loader();
        loader.parallel_load_from_file(RdfFormat::NTriples, &source).expect("the data is loaded");
        loader.commit().expect("the data is committed");
        assert_eq!(store.len().expect("a count"), triples, "both hold the same triples");
    });
    ratios.push(&format!("{triples} triples of N-Triples to a synced file"), own, reference);
    ratios.finish("1.5 million triples to a graph file", "Oxigraph's bulk loader, in memory", "2 times");
}
