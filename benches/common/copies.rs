//! Graphs of any size from the one that ships: renamed copies of its services, regions, documents and facts beside one
//! ontology, so that joins stay as they are and only their number grows.

use mainstay::graph::{Graph, GraphBuilder, shipped};
use mainstay::vocabulary::{DOCUMENT, FACT, FEATURE, GEOGRAPHY, REGION, REL, SERVICE, TIER};
use oxrdf::{GraphName, Literal, NamedNode, NamedOrBlankNode, Quad, Term};
use std::path::Path;

/// Namespaces whose entities each copy has for itself.
const OWN: [&str; 7] = [DOCUMENT, FACT, FEATURE, GEOGRAPHY, REGION, SERVICE, TIER];
/// Namespaces whose entities each copy calls by names of its own.
const NAMED: [&str; 4] = [DOCUMENT, GEOGRAPHY, REGION, SERVICE];
/// Properties, by their local names, whose texts name an entity of the copy.
const NAMES: [&str; 9] = [
    "label",
    "altLabel",
    "title",
    "slug",
    "serviceSlug",
    "path",
    "fileName",
    "sourceFile",
    "programmaticName",
];

/// The quads of the graph that ships.
pub fn shipped_quads() -> Vec<Quad> {
    let graph = shipped().expect("the graph that ships is whole");
    graph.quads().map(|quad| quad.expect("a quad")).collect()
}

/// Writes a graph of copies of these quads, and opens it.
pub fn graph_of_copies(quads: &[Quad], copies: usize, path: &Path) -> Graph {
    let mut builder = GraphBuilder::new();
    for copy in 0..copies {
        quads.iter().for_each(|quad| builder.insert(&copied(quad, copy)));
    }
    builder.finish(path).expect("the graph is written");
    Graph::open(path).expect("the graph is whole")
}

/// A quad as it stands in a copy; the first copy is the graph itself.
fn copied(quad: &Quad, copy: usize) -> Quad {
    if copy == 0 {
        return quad.clone();
    }
    let subject = match &quad.subject {
        NamedOrBlankNode::NamedNode(node) => node_of_copy(node, copy).into(),
        other => other.clone(),
    };
    let object = match &quad.object {
        Term::NamedNode(node) => node_of_copy(node, copy).into(),
        Term::Literal(text) if names_copy(quad) => {
            Literal::new_simple_literal(format!("{} {copy}", text.value())).into()
        }
        other => other.clone(),
    };
    let graph = match &quad.graph_name {
        GraphName::NamedNode(node) => node_of_copy(node, copy).into(),
        other => other.clone(),
    };
    Quad::new(subject, quad.predicate.clone(), object, graph)
}

fn node_of_copy(node: &NamedNode, copy: usize) -> NamedNode {
    let namespace = OWN.iter().find(|namespace| node.as_str().starts_with(**namespace));
    match namespace {
        Some(namespace) => {
            NamedNode::new_unchecked(format!("{namespace}{copy}-{}", &node.as_str()[namespace.len()..]))
        }
        None => node.clone(),
    }
}

/// Whether the object is a name that belongs to the copy: of an entity, not of a section or a tier, which many
/// documents call the same.
fn names_copy(quad: &Quad) -> bool {
    let NamedOrBlankNode::NamedNode(subject) = &quad.subject else { return false };
    let (subject, predicate) = (subject.as_str(), quad.predicate.as_str());
    let local = predicate.rsplit(['#', '/']).next().unwrap_or_default();
    let is_named = NAMED.iter().any(|namespace| subject.starts_with(namespace)) && !subject.contains('#');
    let of_fact = subject.starts_with(FACT) && predicate.starts_with(REL);
    NAMES.contains(&local) && (is_named || of_fact)
}
