//! Turtle as it is read here against oxttl.

use super::*;
use crate::ontology::FILES;
use oxrdf::{NamedNode, NamedOrBlankNode, Quad, Term};
use oxrdfio::{RdfFormat, RdfParser};

/// The statements of a file in order, with all nodes without names as one.
fn here(turtle: &str) -> Option<Vec<String>> {
    let mut statements = Statements::default();
    read(turtle.as_bytes(), &mut statements)?;
    let name = |name: Name| match statements.is_blank(name) {
        true => "[]".to_owned(),
        false => format!("<{}>", statements.iri(name)),
    };
    let told = statements.all().iter().map(|statement| {
        let object = match &statement.object {
            Object::Name(object) => name(*object),
            other => format!("{:?}", other.text().unwrap_or_default()),
        };
        format!("{} {} {object}", name(statement.subject), name(statement.predicate))
    });
    let mut told: Vec<_> = told.collect();
    told.sort();
    Some(told)
}

fn there(turtle: &str) -> Vec<String> {
    let name = |node: &NamedNode| format!("<{}>", node.as_str());
    let told = |quad: Quad| {
        let subject = match &quad.subject {
            NamedOrBlankNode::NamedNode(node) => name(node),
            NamedOrBlankNode::BlankNode(_) => "[]".to_owned(),
        };
        let object = match &quad.object {
            Term::NamedNode(node) => name(node),
            Term::BlankNode(_) => "[]".to_owned(),
            Term::Literal(literal) => format!("{:?}", literal.value()),
        };
        format!("{subject} {} {object}", name(&quad.predicate))
    };
    let statements = RdfParser::from_format(RdfFormat::Turtle).for_slice(turtle);
    let quads = statements.map(|quad| quad.unwrap_or_else(|error| panic!("{error} in {turtle}")));
    let mut told: Vec<_> = quads.map(told).collect();
    told.sort();
    told
}

#[test]
fn the_files_that_ship_are_read_as_by_oxttl() {
    for (name, turtle) in FILES {
        assert_eq!(here(turtle).unwrap_or_else(|| panic!("{name}")), there(turtle), "{name}");
    }
}

#[test]
fn texts_names_and_nested_nodes_are_read() {
    let turtle = r##"# A comment
        @prefix e: <http://e/> . @prefix : <http://e/x#> . @prefix e: <https://f#>.
        <http://e/a> a e:B, :c ; e:d "x", 'y\'', """z "q" \u00e9
        \t""", "" ;; e:n -12, true ; .
        [] e:p [ e:q [ ], e:B.r ] . # within
        [ e:q "#no comment", """quoted "' """ ] . e:3 e:q "", ( ), (e:a ("b") 3 [ ]).
        "##;
    assert_eq!(here(turtle), Some(there(turtle)));
    assert_eq!(here(""), Some(Vec::new()));
}

#[test]
fn whatever_is_read_of_a_damaged_file_is_read_as_by_oxttl() {
    let turtle = "@prefix e: <http://e/> .\n\
        e:a a e:B ; e:c \"x\\n\", '''y''', 12, true ; e:d [ e:f <http://e/g> ], ( e:a \"b\" ) .\n";
    let mut read = 0;
    for at in 0..turtle.len() {
        for with in ["", "\"", "<", ".", ";", "@", "\\", " ", "_", "1", "é", "#", "]", "\n", "e:"] {
            for length in 0..2 {
                let damaged = format!("{}{with}{}", &turtle[..at], &turtle[at + length..]);
                let Some(told) = here(&damaged) else { continue };
                assert_eq!(told, there(&damaged), "{damaged}");
                read += 1;
            }
        }
    }
    assert!(read > 200, "{read}");
}
