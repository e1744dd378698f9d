//! RDF files → quads.

use super::GraphBuilder;
use super::lines::{Failure, Lines, full};
use crate::error::{Error, Result};
use memchr::memmem;
use oxrdf::{BlankNode, GraphName, NamedNodeRef, NamedOrBlankNode, Quad, Term};
use oxrdfio::{JsonLdProfileSet, RdfFormat, RdfParseError, RdfParser};
use rustc_hash::FxHashMap;
use std::fs::File;
use std::io::{Cursor, Read};
use std::path::Path;

/// The extensions that name an RDF file, with their syntaxes.
const EXTENSIONS: [(&str, RdfFormat); 9] = [
    ("ttl", RdfFormat::Turtle),
    ("nt", RdfFormat::NTriples),
    ("nq", RdfFormat::NQuads),
    ("trig", RdfFormat::TriG),
    ("rdf", RdfFormat::RdfXml),
    ("owl", RdfFormat::RdfXml),
    ("xml", RdfFormat::RdfXml),
    ("jsonld", RdfFormat::JsonLd { profile: JsonLdProfileSet::empty() }),
    ("json-ld", RdfFormat::JsonLd { profile: JsonLdProfileSet::empty() }),
];

/// UTF-8's mark at the start of a file.
const MARK: &[u8] = "\u{feff}".as_bytes();

/// Bytes at the start of a file in which entities of XML are looked for.
const HEAD: u64 = 1 << 20;

/// Files of lines that are as long as this are read by all processors.
const LONG: u64 = 1 << 20;

/// The syntax of an RDF file by its extension (`ttl`, `nt`, `nq`, `trig`, `rdf`, `owl`, `xml`, `jsonld`);
/// `None` if the extension names none.
pub fn format_of(path: &Path) -> Option<RdfFormat> {
    let extension = path.extension()?;
    EXTENSIONS.iter().find(|(name, _)| extension.eq_ignore_ascii_case(name)).map(|(_, format)| *format)
}

/// Reads an RDF file and hands over its quads in the order of the file.
///
/// Triples of the default graph get the document as their graph; named graphs are kept. Relative IRIs are
/// resolved against the document. Blank nodes get labels that no other document has and that are the same
/// whenever the file is read. Gives the number of quads.
///
/// # Errors
/// The file cannot be read or is not well-formed; the message names the file and, where the syntax has lines,
/// the line. Quads before the error have been handed over.
pub fn read(path: &Path, document: NamedNodeRef<'_>, mut each: impl FnMut(Quad)) -> Result<usize> {
    let format = format_of(path).ok_or_else(|| unknown_extension(path))?;
    let file = opened(path, format)?;
    let mut labels = Labels::new(document, is_of_lines(format));
    let mut count = 0;
    for quad in parser(format, document)?.for_reader(file) {
        each(labels.rename(quad.map_err(|error| failure(path, error))?));
        count += 1;
    }
    Ok(count)
}

/// Opens a file, behind the mark of its encoding if it has one.
fn opened(path: &Path, format: RdfFormat) -> Result<impl Read> {
    let failed = |error| Error::io("read", path, error);
    let mut file = File::open(path).map_err(failed)?;
    let mut head = Vec::new();
    file.by_ref().take(HEAD).read_to_end(&mut head).map_err(failed)?;
    if format == RdfFormat::RdfXml
        && let Some(line) = nested_entity(&head)
    {
        let error = Error::input(format!("{}:{line}: an entity is made of other entities", path.display()));
        return Err(error.with_hint("such entities may grow without end; write what they stand for"));
    }
    let marked = if head.starts_with(MARK) { MARK.len() } else { 0 };
    head.drain(..marked);
    Ok(Cursor::new(head).chain(file))
}

/// The line of the first entity of XML in the value of which another one stands.
fn nested_entity(head: &[u8]) -> Option<usize> {
    let value_end = |rest: &[u8]| memchr::memchr(b'>', rest).unwrap_or(rest.len());
    let is_nested = |at: &usize| {
        let declared = &head[*at..*at + value_end(&head[*at..])];
        memchr::memchr_iter(b'&', declared).any(|and| declared.get(and + 1) != Some(&b'#'))
    };
    let at = memmem::find_iter(head, b"<!ENTITY").find(is_nested)?;
    Some(memchr::memchr_iter(b'\n', &head[..at]).count() + 1)
}

/// Reads an RDF file into a builder, a long file of lines by all processors. The quads are those of [`read`].
///
/// # Errors
/// As [`read`]. Quads before the error may have been added.
pub fn read_into(path: &Path, document: NamedNodeRef<'_>, builder: &mut GraphBuilder) -> Result<usize> {
    read_long(path, document, builder, LONG)
}

/// [`read_into`], with the length from which a file of lines is long.
fn read_long(
    path: &Path,
    document: NamedNodeRef<'_>,
    builder: &mut GraphBuilder,
    long: u64,
) -> Result<usize> {
    let format = format_of(path).ok_or_else(|| unknown_extension(path))?;
    let failed = |error| Error::io("read", path, error);
    let found = std::fs::metadata(path).map_err(failed)?;
    if !is_of_lines(format) || !found.is_file() || found.len() < long {
        return read(path, document, |quad| builder.insert(&quad));
    }
    let parser = parser(format, document)?;
    let prefix = Labels::new(document, true).prefix;
    let has_graphs = format == RdfFormat::NQuads;
    let lines = Lines { parser: &parser, document, prefix: &prefix, has_graphs };
    match lines.read(path, found.len()) {
        Ok(mut parts) => {
            parts.iter_mut().for_each(|part| builder.add(part));
            Ok(parts.iter().map(|part| part.quads.len()).sum())
        }
        // The parser tells the line and what is wrong with it.
        Err(Failure::Syntax) => read(path, document, |quad| builder.insert(&quad)),
        Err(Failure::Io(error)) => Err(failed(error)),
        Err(Failure::Full) => Err(full()),
    }
}

fn is_of_lines(format: RdfFormat) -> bool {
    matches!(format, RdfFormat::NTriples | RdfFormat::NQuads)
}

fn parser(format: RdfFormat, document: NamedNodeRef<'_>) -> Result<RdfParser> {
    RdfParser::from_format(format)
        .with_default_graph(document.into_owned())
        .with_base_iri(document.as_str())
        .map_err(|error| Error::input(format!("{document} is not an IRI")).with_source(error))
}

/// Labels of the blank nodes of one document.
struct Labels {
    prefix: String,
    /// Keeps the labels of the file; otherwise they are counted, as anonymous nodes get a new one every time.
    kept: bool,
    counted: FxHashMap<BlankNode, BlankNode>,
}

impl Labels {
    fn new(document: NamedNodeRef<'_>, kept: bool) -> Self {
        let prefix = format!("d{:016x}_", super::format::checksum(document.as_str().as_bytes()));
        Self { prefix, kept, counted: FxHashMap::default() }
    }

    fn rename(&mut self, mut quad: Quad) -> Quad {
        if let NamedOrBlankNode::BlankNode(node) = &mut quad.subject {
            *node = self.label(node);
        }
        if let Term::BlankNode(node) = &mut quad.object {
            *node = self.label(node);
        }
        if let GraphName::BlankNode(node) = &mut quad.graph_name {
            *node = self.label(node);
        }
        quad
    }

    fn label(&mut self, node: &BlankNode) -> BlankNode {
        if self.kept {
            return BlankNode::new_unchecked(format!("{}{}", self.prefix, node.as_str()));
        }
        let next = self.counted.len() + 1;
        let prefix = &self.prefix;
        let label = || BlankNode::new_unchecked(format!("{prefix}{next}"));
        self.counted.entry(node.clone()).or_insert_with(label).clone()
    }
}

fn failure(path: &Path, error: RdfParseError) -> Error {
    match error {
        RdfParseError::Io(error) => Error::io("read", path, error),
        RdfParseError::Syntax(error) => {
            let line = error.location().map(|place| format!(":{}", place.start.line + 1)).unwrap_or_default();
            Error::input(format!("{}{line}: not well-formed", path.display())).with_source(error)
        }
    }
}

fn unknown_extension(path: &Path) -> Error {
    let names: Vec<String> = EXTENSIONS.iter().map(|(name, _)| format!(".{name}")).collect();
    Error::input(format!("the name of {} does not say which RDF syntax it has", path.display()))
        .with_hint(format!("RDF files end in {}", names.join(", ")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    const DOCUMENT: NamedNodeRef<'_> = NamedNodeRef::new_unchecked("https://example.org/document");

    fn quads(name: &str, content: &str) -> Result<Vec<String>> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(name);
        std::fs::write(&path, content).unwrap();
        let mut quads = Vec::new();
        read(&path, DOCUMENT, |quad| quads.push(quad.to_string()))?;
        Ok(quads)
    }

    #[test]
    fn a_mark_of_the_encoding_is_no_part_of_a_file() {
        let line = "<https://example.org/a> <https://example.org/p> \"x\" .";
        for name in ["a.ttl", "a.nt", "a.nq", "a.trig"] {
            assert_eq!(
                quads(name, &format!("\u{feff}{line}")).unwrap(),
                quads(name, line).unwrap(),
                "{name}"
            );
        }
    }

    #[test]
    fn entities_of_entities_are_refused_with_their_line() {
        let file = |value: &str| {
            format!(
                "<?xml version=\"1.0\"?>\n<!DOCTYPE rdf:RDF [\n<!ENTITY a \"x&#65;\">\n<!ENTITY b \"{value}\">\n]>\n\
                 <rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\" xmlns:e=\"https://example.org/\">\n\
                 <rdf:Description rdf:about=\"https://example.org/a\"><e:p>&b;</e:p></rdf:Description></rdf:RDF>"
            )
        };
        assert_eq!(quads("a.rdf", &file("y")).unwrap().len(), 1);
        let error = quads("a.rdf", &file("&a;&a;")).unwrap_err().to_string();
        assert!(error.ends_with("a.rdf:4: an entity is made of other entities"), "{error}");
    }

    #[test]
    fn every_syntax_says_the_same() {
        let expected = vec![
            "<https://example.org/a> <https://example.org/p> \"x\"@en <https://example.org/document>"
                .to_owned(),
        ];
        let line = "<https://example.org/a> <https://example.org/p> \"x\"@en .";
        let files = [
            ("a.nt", line.to_owned()),
            ("a.nq", line.to_owned()),
            ("a.TTL", "<a> <p> \"x\"@en .".to_owned()),
            ("a.trig", "{ <a> <p> \"x\"@en }".to_owned()),
            ("a.rdf", "<rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\" xmlns:e=\"https://example.org/\">
              <rdf:Description rdf:about=\"a\"><e:p xml:lang=\"en\">x</e:p></rdf:Description></rdf:RDF>".to_owned()),
            ("a.jsonld", r#"{"@id": "a", "https://example.org/p": {"@value": "x", "@language": "en"}}"#.to_owned()),
        ];
        for (name, content) in files {
            assert_eq!(quads(name, &content).unwrap(), expected, "{name}");
        }
    }

    #[test]
    fn named_graphs_are_kept() {
        let read = quads("a.trig", "<g> { <a> <p> 1 } <a> <p> 2 .").unwrap();
        assert!(read[0].ends_with("<https://example.org/g>"), "{read:?}");
        assert!(read[1].ends_with("<https://example.org/document>"), "{read:?}");
    }

    #[test]
    fn errors_name_file_and_line() {
        let error = quads("bad.ttl", "<a> <p> 1 .\n<a> <p> ; .\n<a> \"p\" 2 .").unwrap_err().to_string();
        assert!(error.contains("bad.ttl:2: not well-formed"), "{error}");
        let long = "<https://example.org/a> <https://example.org/p> \"x\" .\n".repeat(1000);
        let error = by_all("long.nt", &format!("{long}oops\n{long}")).unwrap_err().to_string();
        assert!(error.contains("long.nt:1001: not well-formed"), "{error}");
        assert!(quads("a.docx", "").unwrap_err().hints()[0].contains(".ttl"));
    }

    #[test]
    fn blank_nodes_have_the_same_labels_every_time_and_no_others_document() {
        let content = "[] <p> [ <p> _:x ], _:x .";
        let first = quads("a.ttl", content).unwrap();
        assert_eq!(first, quads("a.ttl", content).unwrap());
        let labels: BTreeSet<&str> =
            first.iter().flat_map(|quad| quad.split(' ')).filter(|part| part.starts_with("_:")).collect();
        assert_eq!(labels.len(), 3, "{first:?}");
        let other = Labels::new(NamedNodeRef::new_unchecked("https://example.org/other"), true);
        assert_ne!(other.prefix, Labels::new(DOCUMENT, true).prefix);
    }

    /// The quads of a file that all processors read, sorted.
    fn by_all(name: &str, content: &str) -> Result<Vec<String>> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(name);
        std::fs::write(&path, content).unwrap();
        let mut builder = GraphBuilder::new();
        read_long(&path, DOCUMENT, &mut builder, 0)?;
        let graph = crate::graph::Graph::from_bytes(builder.to_bytes()?)?;
        let mut quads: Vec<String> = graph.quads().map(|quad| quad.unwrap().to_string()).collect();
        quads.sort();
        Ok(quads)
    }

    /// Lines as people and programs write them; `§` numbers them.
    const LINES: [&str; 22] = [
        "<https://example.org/s§> <https://example.org/p> <https://example.org/o> .",
        "_:b§ <https://example.org/p> \"§\" .",
        "<https://example.org/s§><https://example.org/p>\"tight\".",
        "  <https://example.org/s> \t <https://example.org/p> \"blanks\"  .  ",
        "<https://example.org/s> <https://example.org/p> \"a \\\"quoted\\\" § \\u00e9\" .",
        "<https://example.org/s> <https://example.org/p> \"comment\" . # behind",
        "# a comment alone",
        "",
        "<https://example.org/s> <https://example.org/p> \"§\"^^<http://www.w3.org/2001/XMLSchema#integer> .",
        "<https://example.org/s> <https://example.org/p> \"00§\"^^<http://www.w3.org/2001/XMLSchema#integer> .",
        "<https://example.org/s> <https://example.org/p> \"string\"^^<http://www.w3.org/2001/XMLSchema#string> .",
        "<https://example.org/s> <https://example.org/p> \"naïve §\"@en-GB .",
        "<https://example.org/s> <https://example.org/p> \"x\"@DE .",
        "<https://example.org/s> <https://example.org/p> \"\" .",
        "<https://example.org/s> <https://example.org/p> \"tab\tinside\" .",
        "<https://example.org/s> <https://example.org/p> _:b.c .",
        "<https://example.org/s> <https://example.org/p> _:end.",
        "<https://example.org/\\u0041> <https://example.org/p> _:b1 .",
        "<https://example.org/s> <https://example.org/p> \"carriage return\" .\r",
        "<https://example.org/s> <https://example.org/p> \"> not the end\" .",
        "<https://example.org/s> <https://example.org/p> \"§\"^^<https://example.org/type> .",
        "<urn:x:é> <https://example.org/p> <mailto:a@example.org> .",
    ];

    #[test]
    fn all_processors_read_what_one_reads() {
        let lines = |count: usize, more: &[&str]| -> String {
            let each = LINES.iter().chain(more).collect::<Vec<_>>();
            let line = |n: usize| each[n % each.len()].replace('§', &n.to_string()) + "\n";
            (0..count).map(line).collect()
        };
        let graphs = [
            "<https://example.org/s> <https://example.org/p> \"§\" <https://example.org/g§> .",
            "<https://example.org/s> <https://example.org/p> <https://example.org/o> _:g .",
        ];
        for (name, more) in [("a.nt", &graphs[..0]), ("a.nq", &graphs)] {
            for count in [0, 1, 2, 3, 50, 977] {
                let content = lines(count, more);
                let content = content.trim_end_matches(if count % 2 == 0 { "\n" } else { "" });
                let mut expected = quads(name, content).unwrap();
                expected.sort();
                expected.dedup();
                assert_eq!(by_all(name, content).unwrap(), expected, "{name}, {count} lines");
            }
        }
    }

    #[test]
    fn all_processors_refuse_what_one_refuses() {
        let good = "<https://example.org/s> <https://example.org/p> \"x\" .\n";
        for bad in [
            "\"s\" <https://example.org/p> \"x\" .",
            "<https://example.org/s> _:p \"x\" .",
            "<https://example.org/s> <https://example.org/p> \"x\" <https://example.org/g> .",
            "<https://example.org/s> <https://example.org/p> \"x\"",
            "<https://example.org/s> <https://example.org/p> .",
            "<relative> <https://example.org/p> \"x\" .",
            "<https://example.org/a b> <https://example.org/p> \"x\" .",
            "<https://example.org/s> <https://example.org/p> \"x\"@ .",
            "<https://example.org/s> <https://example.org/p> \"x\"@toolonglanguage-x- .",
            "<https://example.org/s> <https://example.org/p> \"x\"^^<type> .",
            "<https://example.org/s> <https://example.org/p> \"x\" . <https://example.org/s>",
            "<https://example.org/s> <https://example.org/p> \"x\" . .",
            "<> <https://example.org/p> \"x\" .",
            "<https://example.org/s> <https://example.org/p> \"x\" ; .",
            "oops",
        ] {
            let content = format!("{good}{bad}\n{good}");
            let expected = quads("a.nt", &content).unwrap_err().to_string();
            assert!(expected.contains(":2: ") || expected.contains(":3: "), "{bad}: {expected}");
            let told = by_all("a.nt", &content).unwrap_err().to_string();
            let behind = |error: &str| error.split_once("a.nt").map(|(_, rest)| rest.to_owned());
            assert_eq!(behind(&told), behind(&expected), "{bad}");
        }
    }
}
