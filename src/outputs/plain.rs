//! Terms as short text.

use crate::answers::names::prefixed;
use oxrdf::Term;
use oxrdf::vocab::xsd;
use tabled::grid::util::string::{get_char_width, get_string_width};

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

/// The pieces between which a text may be broken into lines, without the blanks behind them: words, what ends at a
/// hyphen, a slash or a bar in them, and single characters of two columns.
pub fn pieces(text: &str) -> impl Iterator<Item = &str> {
    breaks(text).map(str::trim_end)
}

/// The same with the blanks.
fn breaks(text: &str) -> impl Iterator<Item = &str> {
    let mut before = '0';
    text.split_inclusive(move |c: char| {
        let behind_number = std::mem::replace(&mut before, c).is_ascii_digit();
        matches!(c, ' ' | '/' | '|') || c == '-' && !behind_number || get_char_width(c) > 1
    })
}

/// A text broken into lines of at most `width` columns: between its pieces, and within those that are longer.
pub fn lines(text: &str, width: usize) -> Vec<String> {
    let (mut lines, mut line, mut used) = (Vec::new(), String::new(), 0);
    let mut end_line = |line: &mut String| lines.push(std::mem::take(line).trim_end().to_owned());
    for piece in breaks(text) {
        if used > 0 && used + get_string_width(piece.trim_end()) > width {
            end_line(&mut line);
            used = 0;
        }
        for c in piece.chars() {
            let columns = get_char_width(c);
            if used > 0 && used + columns > width && c != ' ' {
                end_line(&mut line);
                used = 0;
            }
            line.push(c);
            used += columns;
        }
    }
    end_line(&mut line);
    lines
}

/// A text broken into lines of at most `width` columns, with one blank between words.
pub fn wrapped(text: &str, width: usize) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    lines(&words.join(" "), width).join("\n")
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
