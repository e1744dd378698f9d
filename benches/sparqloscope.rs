//! The 105 queries of Sparqloscope over BSBM data, with Oxigraph's memory store as the reference.
//!
//! `cargo bench --bench sparqloscope [-- WORDS]` runs the queries whose description holds the words.

#![expect(clippy::print_stdout, reason = "the table is what a bench is for")]

#[path = "common/bsbm.rs"]
mod bsbm;
#[path = "common/ntriples.rs"]
mod ntriples;
mod common;
#[path = "common/queries.rs"]
mod queries;

use common::{Ratios, heading, median};
use oxigraph::io::RdfFormat;
use oxigraph::store::Store;
use queries::{own, reference};
use spargebra::SparqlParser;
use std::path::Path;
use std::time::Duration;

fn main() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/bench");
    let words = std::env::args().skip(1).find(|word| !word.starts_with("--"));
    let Ok(queries) = std::fs::read_to_string(folder.join("sparqloscope-bsbm.csv")) else {
        println!("skipped: {} is not there", folder.display());
        return;
    };
    let Some(data) = bsbm::data() else { return };
    let graph = ntriples::graph(&data);
    let store = Store::new().expect("a store");
    store.load_from_slice(RdfFormat::NTriples, &data).expect("the data is loaded");

    heading();
    let mut ratios = Ratios::default();
    for (description, text) in records(&queries) {
        if words.as_ref().is_some_and(|words| !description.contains(words.as_str())) {
            continue;
        }
        let query = SparqlParser::new().parse_query(&text).expect("the query is well-formed");
        let time = median(Duration::from_millis(300), || {
            own(&graph, &query);
        });
        ratios.push(&description, time, reference(&store, &query).0);
    }
    ratios.finish(
        "the 105 queries of Sparqloscope, geometric mean",
        "Oxigraph's memory store",
        "10 times, none slower, none over 50 ms",
    );
}

/// The records of the file: two fields, the second in quotes where it holds quotes or lines.
fn records(text: &str) -> Vec<(String, String)> {
    let mut records = Vec::new();
    let (mut fields, mut field, mut quoted) = (Vec::new(), String::new(), false);
    let mut chars = text.chars().peekable();
    while let Some(char) = chars.next() {
        match char {
            '"' if quoted && chars.peek() == Some(&'"') => field.extend(chars.next()),
            '"' => quoted = !quoted,
            ',' if !quoted => fields.push(std::mem::take(&mut field)),
            '\r' if !quoted => {}
            '\n' if !quoted => {
                fields.push(std::mem::take(&mut field));
                if let [description, query] = &fields[..] {
                    records.push((description.clone(), query.clone()));
                }
                fields.clear();
            }
            other => field.push(other),
        }
    }
    if let ([description], false) = (&fields[..], field.is_empty()) {
        records.push((description.clone(), field));
    }
    records.retain(|(description, _)| description != "description");
    records
}
