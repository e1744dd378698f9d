//! Shapes: what a graph holds to, in SHACL Core (W3C, <https://www.w3.org/TR/shacl/>).
//!
//! Shapes are read from Turtle to a small tree (`model`) whose constants are term numbers of the graph that they are
//! for. A shape is then tried on one focus node after the other by look-ups in the sorted triples (`validate`): the
//! values of a path are a range of numbers, so that the work is the number of focus nodes times that of constraints,
//! and the whole of SHACL's logic (`sh:not`, `sh:xone`, shapes of shapes) nests as functions do. Queries would nest
//! NOT EXISTS in NOT EXISTS instead, and would each gather the same focus nodes anew.
//!
//! Whatever SHACL has and this module hasn't (SPARQL constraints, rules, scripts) is an error with its file and line,
//! as is a term that SHACL doesn't have: nothing in a shapes file is passed over in silence.

mod literals;
mod model;
mod nodes;
mod paths;
mod read;
mod report;
mod source;
mod terms;
mod validate;

#[cfg(test)]
mod tests;

use crate::answers::check::Report;
use crate::answers::text;
use crate::error::{Error, Result};
use crate::graph::Graph;
use nodes::Nodes;
use oxrdf::Triple;
use spareval::CancellationToken;
use std::path::PathBuf;

/// The shapes that ship.
const SHIPPED: &str = include_str!("../../../ontology/shapes.ttl");

/// What shapes found in a graph.
#[derive(Clone, Debug, Default)]
pub struct Validation {
    /// The findings, each at the place that its focus node names (`rel:sourceFile` and `rel:line`).
    pub report: Report,
    /// The same as a validation report of SHACL (3.6).
    pub triples: Vec<Triple>,
}

/// Tries the shapes of Turtle files on a graph; those that ship where no file is named.
///
/// # Errors
/// A file that can't be read, is no Turtle, or holds what is no shape of SHACL Core; a damaged graph; a cancellation.
pub fn validate(graph: &Graph, files: &[PathBuf], cancellation: &CancellationToken) -> Result<Validation> {
    let mut texts = Vec::new();
    for path in files {
        texts.push((path.display().to_string(), text::read(path)?));
    }
    if texts.is_empty() {
        texts.push(("ontology/shapes.ttl".to_owned(), SHIPPED.to_owned()));
    }
    validate_texts(graph, &texts, cancellation)
}

/// Tries shapes in Turtle, each text with the name of its file.
fn validate_texts(
    graph: &Graph,
    texts: &[(String, String)],
    cancellation: &CancellationToken,
) -> Result<Validation> {
    let mut nodes = Nodes::new(graph);
    let shapes = read::shapes(texts, &mut nodes)?;
    if shapes.all.iter().all(|shape| shape.targets.is_empty()) {
        let names: Vec<&str> = texts.iter().map(|(name, _)| name.as_str()).collect();
        return Err(Error::input(format!("{}: no shape says what it is tried on", names.join(", ")))
            .with_hint(
                "give a shape a sh:targetClass, sh:targetNode, sh:targetSubjectsOf or sh:targetObjectsOf",
            ));
    }
    let violations = validate::violations(&nodes, &shapes, cancellation)?;
    Ok(Validation {
        report: report::findings(&nodes, &shapes, &violations)?,
        triples: report::triples(&nodes, &shapes, &violations)?,
    })
}
