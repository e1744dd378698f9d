//! What of a graph is drawn: services, tiers, features, regions and values, and the direct statements between
//! them. Facts, documents and the ontology's own description are left out; labels name the nodes.

use super::{DotWriter, write_failed};
use crate::error::Result;
use crate::vocabulary::{DOCUMENT, FACT, FEATURE, REGION, REL, SERVICE, TIER};
use oxrdf::vocab::{rdf, rdfs};
use oxrdf::{NamedNode, NamedOrBlankNode, Quad, Term, Triple};
use std::collections::{HashMap, HashSet};
use std::io::Write;

/// Writes at most `limit` edges of the network of a graph for Graphviz; gives how many, and whether there are more.
/// `quads` is read twice: for the labels, then for the edges.
///
/// # Errors
/// A quad that can't be read, an output that fails.
pub fn dot<I: Iterator<Item = Result<Quad>>>(
    quads: &dyn Fn() -> I,
    limit: usize,
    output: &mut dyn Write,
) -> Result<(usize, bool)> {
    let mut cut = false;
    let mut writer = DotWriter::new(output).map_err(write_failed)?;
    writer.use_labels(labels(quads())?);
    let mut written: HashSet<Triple> = HashSet::new();
    for quad in quads() {
        let quad = quad?;
        if is_edge(&quad) {
            let triple = Triple::from(quad);
            if written.contains(&triple) {
                continue;
            }
            cut = written.len() == limit;
            if cut {
                break;
            }
            written.insert(triple.clone());
            writer.edge(triple).map_err(write_failed)?;
        }
    }
    writer.end().map_err(write_failed)?;
    Ok((written.len(), cut))
}

fn labels(quads: impl Iterator<Item = Result<Quad>>) -> Result<HashMap<NamedNode, String>> {
    let mut labels = HashMap::new();
    for quad in quads {
        let quad = quad?;
        if quad.predicate.as_ref() != rdfs::LABEL {
            continue;
        }
        if let (NamedOrBlankNode::NamedNode(node), Term::Literal(label)) = (quad.subject, quad.object)
            && (is_entity(node.as_str()) || node.as_str().starts_with(REL))
        {
            labels.entry(node).or_insert_with(|| label.value().to_owned());
        }
    }
    Ok(labels)
}

fn is_edge(quad: &Quad) -> bool {
    let (NamedOrBlankNode::NamedNode(subject), Term::NamedNode(object)) = (&quad.subject, &quad.object)
    else {
        return false;
    };
    let object = object.as_str();
    quad.predicate.as_ref() != rdf::TYPE
        && is_entity(subject.as_str())
        && ![FACT, DOCUMENT].iter().any(|namespace| object.starts_with(namespace))
}

fn is_entity(iri: &str) -> bool {
    [SERVICE, REGION, TIER, FEATURE].iter().any(|namespace| iri.starts_with(namespace))
}
