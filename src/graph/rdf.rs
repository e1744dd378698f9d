//! RDF files → quads.

use crate::error::{Error, Result};
use oxrdf::{BlankNode, GraphName, NamedNodeRef, NamedOrBlankNode, Quad, Term};
use oxrdfio::{JsonLdProfileSet, RdfFormat, RdfParseError, RdfParser};
use rustc_hash::FxHashMap;
use std::fs::File;
use std::path::Path;
use std::sync::mpsc;

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

/// Files of lines that are longer than this are read by all processors.
const LONG: u64 = 4 << 20;
const BATCH: usize = 4096;

/// The syntax of an RDF file by its extension (`ttl`, `nt`, `nq`, `trig`, `rdf`, `owl`, `xml`, `jsonld`);
/// `None` if the extension names none.
pub fn format_of(path: &Path) -> Option<RdfFormat> {
    let extension = path.extension()?;
    EXTENSIONS.iter().find(|(name, _)| extension.eq_ignore_ascii_case(name)).map(|(_, format)| *format)
}

/// Reads an RDF file and hands over its quads, in the order of the file unless it is a long file of lines.
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
    let failed = |error| Error::io("read", path, error);
    let file = File::open(path).map_err(failed)?;
    let lines = matches!(format, RdfFormat::NTriples | RdfFormat::NQuads);
    let mut labels = Labels::new(document, lines);
    let parser = parser(format, document)?;
    let mut count = 0;
    let mut hand_over = |quad| {
        each(quad);
        count += 1;
    };
    if lines && file.metadata().map_err(failed)?.len() > LONG {
        // Parsers of parts of a file count lines from the part: a failure is looked up from the start.
        if read_parts(path, &parser, document, &mut hand_over).is_err() {
            parser
                .for_reader(file)
                .find_map(|quad| quad.err())
                .map_or(Ok(()), |error| Err(failure(path, error)))?;
        }
    } else {
        for quad in parser.for_reader(file) {
            hand_over(labels.rename(quad.map_err(|error| failure(path, error))?));
        }
    }
    Ok(count)
}

fn parser(format: RdfFormat, document: NamedNodeRef<'_>) -> Result<RdfParser> {
    RdfParser::from_format(format)
        .with_default_graph(document.into_owned())
        .with_base_iri(document.as_str())
        .map_err(|error| Error::input(format!("{document} is not an IRI")).with_source(error))
}

/// Reads the parts of a file of lines at the same time.
fn read_parts(
    path: &Path,
    parser: &RdfParser,
    document: NamedNodeRef<'_>,
    each: &mut impl FnMut(Quad),
) -> Result<(), RdfParseError> {
    let parallelism = std::thread::available_parallelism().map_or(1, usize::from);
    let parts = parser.clone().split_file_for_parallel_parsing(path, parallelism)?;
    std::thread::scope(|scope| {
        let (send, receive) = mpsc::sync_channel(4 * parts.len().max(1));
        let readers: Vec<_> = parts
            .into_iter()
            .map(|part| {
                let send = send.clone();
                let mut labels = Labels::new(document, true);
                scope.spawn(move || {
                    let mut batch = Vec::with_capacity(BATCH);
                    for quad in part {
                        batch.push(labels.rename(quad?));
                        if batch.len() == BATCH {
                            let full = std::mem::replace(&mut batch, Vec::with_capacity(BATCH));
                            send.send(full).ok();
                        }
                    }
                    send.send(batch).ok();
                    Ok(())
                })
            })
            .collect();
        drop(send);
        receive.into_iter().flatten().for_each(each);
        readers.into_iter().try_for_each(|reader| reader.join().unwrap_or(Ok(())))
    })
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
        let long = "<https://example.org/a> <https://example.org/p> \"x\" .\n".repeat(100_000);
        let error = quads("long.nt", &format!("{long}oops\n{long}")).unwrap_err().to_string();
        assert!(error.contains("long.nt:100001: not well-formed"), "{error}");
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

    #[test]
    fn long_files_of_lines_are_read_whole() {
        let lines: String =
            (0..120_000).map(|n| format!("_:b{n} <https://example.org/p> \"{n}\" .\n")).collect();
        let read = quads("long.nt", &lines).unwrap();
        assert_eq!(read.len(), 120_000);
        assert_eq!(read.iter().collect::<BTreeSet<_>>().len(), 120_000);
    }
}
