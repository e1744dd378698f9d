//! Long files of lines (N-Triples, N-Quads) → terms and quads by number, by all processors.
//!
//! Each processor reads a part of the file and numbers the terms of its lines as they are written, so that a term is
//! decoded and checked once for all the times that it stands there. A line that is written in an unusual way (with
//! escapes or comments, say) goes to the parser of the syntax, and so does, from its start, a file with a mistake.

use super::interner::Interner;
use super::part::Part;
use crate::error::{Error, Result};
use oxrdf::vocab::rdf;
use oxrdf::{BlankNode, Literal, NamedNode, NamedNodeRef, Quad, Term};
use oxrdfio::RdfParser;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Seek, SeekFrom};
use std::ops::Range;
use std::path::Path;

/// How the terms of a file become terms of a graph.
#[derive(Clone, Copy)]
pub(super) struct Lines<'l> {
    /// Parses lines; gives the triples of the default graph the graph of the document.
    pub(super) parser: &'l RdfParser,
    /// The graph of what names none.
    pub(super) document: NamedNodeRef<'l>,
    /// What stands before the labels of blank nodes.
    pub(super) prefix: &'l str,
    /// Whether lines may name a graph.
    pub(super) has_graphs: bool,
}

/// Why a file was not read.
pub(super) enum Failure {
    Io(io::Error),
    /// A line is not well-formed: the parser tells more.
    Syntax,
    /// There are too many terms.
    Full,
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

impl Lines<'_> {
    /// Reads a file of so many bytes.
    pub(super) fn read(self, path: &Path, len: u64) -> Result<Vec<Part>, Failure> {
        let parts = std::thread::available_parallelism().map_or(1, usize::from) as u64;
        let bound = |part: u64| (u128::from(len) * u128::from(part) / u128::from(parts)) as u64;
        std::thread::scope(|scope| {
            let readers: Vec<_> = (0..parts)
                .map(|part| scope.spawn(move || self.part(path, bound(part)..bound(part + 1))))
                .collect();
            readers
                .into_iter()
                .map(|reader| match reader.join() {
                    Ok(part) => part,
                    Err(panic) => std::panic::resume_unwind(panic),
                })
                .collect()
        })
    }

    /// Reads the lines that begin in a range.
    fn part(self, path: &Path, range: Range<u64>) -> Result<Part, Failure> {
        let mut file = File::open(path)?;
        // A line that begins where the range does belongs to it: the byte before tells.
        let mut at = range.start.saturating_sub(1);
        file.seek(SeekFrom::Start(at))?;
        let mut input = BufReader::with_capacity(1 << 20, file);
        let mut line = Vec::new();
        if range.start > 0 {
            at += input.read_until(b'\n', &mut line)? as u64;
        }
        let mut reader = PartReader {
            lines: self,
            written: Interner::default(),
            numbers: Vec::new(),
            part: Part::default(),
        };
        while at < range.end {
            line.clear();
            at += input.read_until(b'\n', &mut line)? as u64;
            reader.line(&line)?;
        }
        Ok(reader.part)
    }
}

struct PartReader<'l> {
    lines: Lines<'l>,
    /// Terms as they are written.
    written: Interner,
    /// The place among the keys of each of them.
    numbers: Vec<u32>,
    part: Part,
}

impl PartReader<'_> {
    fn line(&mut self, line: &[u8]) -> Result<(), Failure> {
        let Some((tokens, graph)) = tokens(line, self.lines.has_graphs) else {
            return self.unusual(line);
        };
        let mut quad = [0; 4];
        for (number, token) in quad.iter_mut().zip(tokens.into_iter().chain(graph)) {
            *number = self.number(token)?;
        }
        if graph.is_none() {
            quad[3] = self.graph_of_document()?;
        }
        self.part.quads.push(quad);
        Ok(())
    }

    /// The place among the keys of a term as it is written.
    fn number(&mut self, token: &[u8]) -> Result<u32, Failure> {
        let written = self.written.intern(token).ok_or(Failure::Full)?;
        if let Some(number) = self.numbers.get(written as usize) {
            return Ok(*number);
        }
        let term = self.lines.term(token).ok_or(Failure::Syntax)?;
        let number = self.part.term(&term);
        self.numbers.push(number);
        Ok(number)
    }

    fn graph_of_document(&mut self) -> Result<u32, Failure> {
        // `<>` is no term of these syntaxes, so that it can stand for the document.
        let written = self.written.intern(b"<>").ok_or(Failure::Full)?;
        if let Some(number) = self.numbers.get(written as usize) {
            return Ok(*number);
        }
        let number = self.part.term(self.lines.document);
        self.numbers.push(number);
        Ok(number)
    }

    /// Reads a line with the parser: none, one or more quads.
    fn unusual(&mut self, line: &[u8]) -> Result<(), Failure> {
        if line.iter().all(u8::is_ascii_whitespace) {
            return Ok(());
        }
        for quad in self.lines.parser.clone().for_slice(line) {
            let quad: Quad = quad.map_err(|_| Failure::Syntax)?;
            let graph = match quad.graph_name {
                oxrdf::GraphName::NamedNode(node) => Term::from(node),
                oxrdf::GraphName::BlankNode(node) => node.into(),
                oxrdf::GraphName::DefaultGraph => self.lines.document.into_owned().into(),
            };
            let mut numbers = [0; 4];
            let terms = [quad.subject.into(), quad.predicate.into(), quad.object, graph];
            for (number, term) in numbers.iter_mut().zip(terms) {
                let term = match term {
                    Term::BlankNode(node) => self.lines.blank(node.as_str()).into(),
                    other => other,
                };
                *number = self.part.term(&term);
            }
            self.part.quads.push(numbers);
        }
        Ok(())
    }
}

impl Lines<'_> {
    fn blank(self, label: &str) -> BlankNode {
        BlankNode::new_unchecked(format!("{}{label}", self.prefix))
    }

    /// The term that is written so; `None` if none is.
    fn term(self, token: &[u8]) -> Option<Term> {
        let token = std::str::from_utf8(token).ok()?;
        if let Some(iri) = token.strip_prefix('<') {
            return NamedNode::new(iri.strip_suffix('>')?).ok().map(Term::from);
        }
        if let Some(label) = token.strip_prefix("_:") {
            BlankNode::new(label).ok()?;
            return Some(self.blank(label).into());
        }
        let (value, suffix) = token.strip_prefix('"')?.rsplit_once('"')?;
        if suffix.is_empty() {
            return Some(Literal::new_simple_literal(value).into());
        }
        if let Some(datatype) = suffix.strip_prefix("^^<").and_then(|iri| iri.strip_suffix('>'))
            && datatype != rdf::LANG_STRING.as_str()
        {
            return Some(Literal::new_typed_literal(value, NamedNode::new(datatype).ok()?).into());
        }
        // What a language tag may be is for the parser to say.
        let line = format!("<x:s> <x:p> {token} .");
        let mut quads = self.parser.clone().for_slice(line.as_bytes());
        Some(quads.next()?.ok()?.object)
    }
}

/// Subject, predicate and object of a line, and its graph if it names one.
type Tokens<'t> = ([&'t [u8]; 3], Option<&'t [u8]>);

/// The parts of a line, as they are written: subject, predicate and object, and the graph if it names one; `None` for
/// a line that is written in an unusual way, or wrongly.
fn tokens(line: &[u8], has_graphs: bool) -> Option<Tokens<'_>> {
    let (subject, rest) = token(line)?;
    let (predicate, rest) = token(rest)?;
    let (object, rest) = token(rest)?;
    let (graph, rest) = match after_blanks(rest).first()? {
        b'.' => (None, rest),
        _ if has_graphs => token(rest).map(|(graph, rest)| (Some(graph), rest))?,
        _ => return None,
    };
    let end = after_blanks(rest).strip_prefix(b".")?;
    let in_place = subject[0] != b'"' && predicate[0] == b'<' && graph.is_none_or(|graph| graph[0] != b'"');
    let complete = end.iter().all(u8::is_ascii_whitespace);
    (in_place && complete).then_some(([subject, predicate, object], graph))
}

fn after_blanks(bytes: &[u8]) -> &[u8] {
    let blanks = bytes.iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
    &bytes[blanks..]
}

/// The first term of a line as it is written, and the rest.
fn token(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let bytes = after_blanks(bytes);
    let end = match bytes.first()? {
        b'<' => end_of_iri(bytes, 0)?,
        b'_' => {
            let end = bytes.iter().position(u8::is_ascii_whitespace)?;
            // Where a label that a full stop follows ends is for the parser to say.
            (!bytes[..end].contains(&b'.')).then_some(end)?
        }
        b'"' => {
            let quote =
                1 + bytes[1..].iter().position(|byte| matches!(byte, b'"' | b'\\' | b'\n' | b'\r'))?;
            if bytes[quote] != b'"' {
                return None;
            }
            match bytes.get(quote + 1) {
                Some(b'^') if bytes.get(quote + 2..quote + 4) == Some(b"^<") => end_of_iri(bytes, quote + 3)?,
                Some(b'@') => quote + bytes[quote..].iter().position(u8::is_ascii_whitespace)?,
                Some(b' ' | b'\t' | b'.') => quote + 1,
                _ => return None,
            }
        }
        _ => return None,
    };
    Some(bytes.split_at(end))
}

/// Where the IRI ends that begins at a place; `None` if it has escapes.
fn end_of_iri(bytes: &[u8], start: usize) -> Option<usize> {
    let len = bytes[start..].iter().position(|byte| matches!(byte, b'>' | b'\\' | b'\n'))?;
    (bytes[start + len] == b'>' && len > 1).then_some(start + len + 1)
}

/// The error of too many terms.
pub(super) fn full() -> Error {
    Error::input("a graph file holds at most 4,294,967,294 terms and quads")
}
