//! Terms as short text.

use crate::answers::names::prefixed;
use oxrdf::Term;
use oxrdf::vocab::xsd;

/// What stands in the cells of CSV and TSV.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cells {
    /// RDF terms, as SPARQL 1.1 lays down.
    Terms,
    /// Short text: the words of a literal, the prefixed name of an IRI, nothing where nothing is bound.
    Plain,
}

/// A term as short text.
pub fn plain(term: &Term) -> String {
    match term {
        Term::NamedNode(node) => {
            let short = prefixed(node.as_str());
            match short.strip_prefix('<').and_then(|rest| rest.strip_suffix('>')) {
                Some(iri) => iri.to_owned(),
                None => short,
            }
        }
        Term::BlankNode(node) => node.to_string(),
        Term::Literal(literal) => literal.value().to_owned(),
    }
}

/// A cell as short text; empty where nothing is bound.
pub fn cell(value: Option<&Term>) -> String {
    value.map(plain).unwrap_or_default()
}

/// A text broken into lines of at most `width` characters, at spaces.
pub fn wrapped(text: &str, width: usize) -> String {
    let mut lines: Vec<String> = vec![String::new()];
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(line) if line.is_empty() => line.push_str(word),
            Some(line) if line.chars().count() + 1 + word.chars().count() <= width => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines.join("\n")
}

/// Whether a term is a number.
pub fn is_number(term: &Term) -> bool {
    let Term::Literal(literal) = term else { return false };
    matches!(
        literal.datatype(),
        xsd::INTEGER
            | xsd::DECIMAL
            | xsd::DOUBLE
            | xsd::FLOAT
            | xsd::INT
            | xsd::LONG
            | xsd::SHORT
            | xsd::BYTE
            | xsd::NON_NEGATIVE_INTEGER
            | xsd::POSITIVE_INTEGER
            | xsd::UNSIGNED_INT
            | xsd::UNSIGNED_LONG
    )
}
