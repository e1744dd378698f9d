//! What XML 1.0 can hold (W3C, <https://www.w3.org/TR/xml/>). The serializers of SPARQL results and RDF/XML leave it
//! to whoever uses them.

use crate::error::Error;
use oxrdf::vocab::rdf;
use oxrdf::{NamedNodeRef, QuadRef, TermRef};
use std::io::{self, Write};

/// Takes a document of XML as UTF-8: a carriage return, which readers would take for a line end, goes on as a reference,
/// and a character that XML doesn't have (2.2) is an error in place of a file that nothing reads.
pub struct XmlOutput<'w>(pub &'w mut dyn Write);

impl Write for XmlOutput<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if let Some(c) = String::from_utf8_lossy(bytes).chars().find(|c| is_missing(*c)) {
            return Err(cannot_hold(format!("the character U+{:04X}", u32::from(c))));
        }
        for (index, part) in bytes.split(|byte| *byte == b'\r').enumerate() {
            if index > 0 {
                self.0.write_all(b"&#xD;")?;
            }
            self.0.write_all(part)?;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

fn is_missing(c: char) -> bool {
    matches!(c, '\0'..='\u{8}' | '\u{b}' | '\u{c}' | '\u{e}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}')
}

/// Checks that a property, or a class, can be the name of an element, as RDF/XML asks for.
///
/// # Errors
/// One that doesn't end in a name.
pub fn check_names(quad: QuadRef<'_>) -> io::Result<()> {
    let class = match quad.object {
        TermRef::NamedNode(class) if quad.predicate == rdf::TYPE => Some(class),
        _ => None,
    };
    let is_unnamed = |node: &NamedNodeRef<'_>| {
        let ending = node.as_str().rsplit(|c: char| !(c.is_alphanumeric() || "_-.".contains(c))).next();
        !ending.is_some_and(|ending| ending.contains(|c: char| c.is_alphabetic() || c == '_'))
    };
    match [Some(quad.predicate), class].into_iter().flatten().find(is_unnamed) {
        Some(node) => Err(cannot_hold(format!("{node}, which doesn't end in a name"))),
        None => Ok(()),
    }
}

fn cannot_hold(what: String) -> io::Error {
    io::Error::other(
        Error::input(format!("XML can't hold {what}"))
            .with_hint("write another format, such as json for rows or turtle for triples"),
    )
}
