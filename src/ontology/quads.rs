//! The statements of a file of an ontology as quads.

use super::statements::{Name, Object, Statements};
use super::turtle;
use crate::error::{Error, Result};
use oxrdf::vocab::xsd;
use oxrdf::{BlankNode, GraphName, Literal, NamedNode, NamedNodeRef, NamedOrBlankNode, Quad, Term};
use oxrdfio::{RdfFormat, RdfParser};
use std::collections::HashMap;

/// The statements of a Turtle file as quads of a graph, the same for the same text: nodes without a name have labels that
/// start with `blank` and end with a number. `file` names the file in errors.
///
/// # Errors
/// Text that is not valid Turtle.
pub fn quads(file: &str, turtle: &str, graph: NamedNodeRef<'_>, blank: &str) -> Result<Vec<Quad>> {
    let mut statements = Statements::default();
    let mut quads = match turtle::read(turtle.as_bytes(), &mut statements) {
        Some(()) => quads_of(&statements, graph.into_owned().into()),
        None => parsed(file, turtle, graph.into_owned().into())?,
    };
    label_by_place(&mut quads, blank);
    Ok(quads)
}

fn parsed(file: &str, turtle: &str, graph: GraphName) -> Result<Vec<Quad>> {
    let parser = RdfParser::from_format(RdfFormat::Turtle).with_default_graph(graph);
    let quads = parser.for_slice(turtle).map(|quad| {
        quad.map_err(|error| Error::input(format!("cannot read the ontology {file}")).with_source(error))
    });
    quads.collect()
}

fn quads_of(statements: &Statements<'_>, graph: GraphName) -> Vec<Quad> {
    let named = |name: Name| NamedNode::new_unchecked(statements.iri(name));
    let node = |name: Name| -> NamedOrBlankNode {
        match statements.is_blank(name) {
            true => BlankNode::new_unchecked(name.label()).into(),
            false => named(name).into(),
        }
    };
    let object = |object: &Object<'_>| -> Term {
        match object {
            Object::Name(name) => node(*name).into(),
            Object::Text(text) => Literal::new_simple_literal(text.as_ref()).into(),
            Object::Integer(digits) => Literal::new_typed_literal(*digits, xsd::INTEGER).into(),
            Object::Flag(flag) => Literal::from(*flag).into(),
        }
    };
    let quad = |statement: &super::statements::Statement<'_>| Quad {
        subject: node(statement.subject),
        predicate: named(statement.predicate),
        object: object(&statement.object),
        graph_name: graph.clone(),
    };
    statements.all().iter().map(quad).collect()
}

/// Labels nodes without a name by where they first stand: parsers label them at random.
fn label_by_place(quads: &mut [Quad], blank: &str) {
    let mut labels: HashMap<BlankNode, BlankNode> = HashMap::new();
    let mut stable = |node: &BlankNode| {
        let next = labels.len();
        labels
            .entry(node.clone())
            .or_insert_with(|| BlankNode::new_unchecked(format!("{blank}{next}")))
            .clone()
    };
    for quad in quads {
        if let NamedOrBlankNode::BlankNode(node) = &quad.subject {
            quad.subject = stable(node).into();
        }
        if let Term::BlankNode(node) = &quad.object {
            quad.object = stable(node).into();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ontology::FILES;

    const GRAPH: NamedNodeRef<'_> = NamedNodeRef::new_unchecked("https://example.org/graph");

    /// The quads as sorted lines, with all nodes without a name as one.
    fn lines(quads: &[Quad]) -> Vec<String> {
        let without_labels = |quad: &Quad| -> Vec<String> {
            let words = quad.to_string();
            words
                .split(' ')
                .map(|word| if word.starts_with("_:") { "[]".into() } else { word.to_owned() })
                .collect()
        };
        let mut lines: Vec<String> = quads.iter().map(|quad| without_labels(quad).join(" ")).collect();
        lines.sort();
        lines
    }

    #[test]
    fn quads_are_those_of_oxttl() {
        let nested =
            "@prefix e: <http://e/> . e:a e:b [ e:c [ e:d -1 ] ; e:e true ], 2, \"x\" . [] e:f ( e:a 1 ) .";
        for (name, turtle) in FILES.into_iter().chain([("nested", nested)]) {
            let expected = parsed(name, turtle, GRAPH.into_owned().into()).unwrap();
            let found = quads(name, turtle, GRAPH, "n").unwrap();
            assert!(lines(&found) == lines(&expected), "{name}");
            // Nodes within nodes come in another order.
            if lines(&found).iter().all(|line| !line.contains("[]")) {
                assert!(found == expected, "{name}");
            }
        }
        let read = turtle::read(nested.as_bytes(), &mut Statements::default());
        assert!(read.is_some(), "oxttl is not compared with itself");
    }

    #[test]
    fn what_is_written_in_a_rarer_way_is_read_too_and_errors_name_the_file() {
        let turtle = "@prefix e: <http://e/> . e:a e:b \"x\"@en, 1.5, [ e:c _:d ] .";
        let quads = quads("more.ttl", turtle, GRAPH, "mine").unwrap();
        assert_eq!(quads.len(), 4);
        let blank = |quad: &&Quad| quad.to_string().contains("_:mine");
        assert_eq!(quads.iter().filter(blank).count(), 2);
        let error = super::quads("more.ttl", "e:a e:b", GRAPH, "").expect_err("no Turtle");
        assert!(error.to_string().contains("more.ttl"), "{error}");
    }
}
