//! What is wrong with a cue, and where.

use super::statements::{Statement, Statements};
use crate::error::Error;
use std::fmt;

/// The result of reading cues.
pub(super) type Result<T, E = Mistake> = std::result::Result<T, E>;

/// What is wrong with a cue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Mistake {
    /// The cue as its file writes it.
    pub cue: String,
    /// Where in it, in bytes.
    pub at: usize,
    what: String,
}

impl Mistake {
    /// What is wrong at a byte of a cue, in plain words without a full stop.
    pub fn new(cue: &str, at: usize, what: impl Into<String>) -> Self {
        Self { cue: cue.to_owned(), at, what: what.into() }
    }

    /// A mistake that is no cue's yet.
    pub fn anywhere(what: impl Into<String>) -> Self {
        Self::new("", 0, what)
    }

    /// The same, at a byte of this cue unless it is already known to be in another.
    pub fn in_cue(self, cue: &str, at: usize) -> Self {
        if self.cue.is_empty() { Self { cue: cue.to_owned(), at, ..self } } else { self }
    }
}

impl Mistake {
    /// The same as an error that leads to the place in a file; `files` by their names and contents.
    pub fn in_files(self, statements: &Statements, files: &[(&str, &[u8])]) -> Error {
        let is_cue = |statement: &&Statement| statement.object.text() == Some(&self.cue);
        // What ships is right: the same text there is none of the wrong ones.
        let found = statements.all().iter().rfind(is_cue).filter(|_| !self.cue.is_empty());
        let Some((statement, (name, turtle))) = found.zip(found.and_then(|found| files.get(found.file)))
        else {
            return Error::input("a cue of the ontology is wrong").with_source(self);
        };
        let turtle = String::from_utf8_lossy(turtle);
        let place = statement.at.or_else(|| quoted(&turtle, &self.cue));
        let Some(place) = place.and_then(|place| within(&turtle, place, self.at)) else {
            return Error::input(format!("a cue of the ontology {name} is wrong")).with_source(self);
        };
        let (line, column) = position(&turtle, place);
        let gutter = " ".repeat(line.to_string().len());
        let indent = " ".repeat(self.column() - 1);
        let cue = self.cue.replace(char::is_control, " ");
        let Self { what, .. } = self;
        Error::input(format!(
            "{name}:{line}:{column}: the cue is wrong: {what}\n {gutter} |\n {line} | {cue}\n {gutter} | {indent}^"
        ))
        .with_hint("ontology/README.md tells how cues are written")
    }

    /// Where it is in the cue, in characters from 1.
    fn column(&self) -> usize {
        self.cue.get(..self.at).unwrap_or(&self.cue).chars().count() + 1
    }
}

/// Line and column of a place in a file, in characters from 1.
pub(super) fn position(turtle: &str, place: usize) -> (usize, usize) {
    let before = &turtle[..place];
    let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
    (before.matches('\n').count() + 1, column)
}

/// Where a text stands in quotes, as it is usually written.
fn quoted(turtle: &str, text: &str) -> Option<usize> {
    let escaped = text.replace('\\', r"\\").replace('"', "\\\"");
    turtle.find(&format!("\"{escaped}\""))
}

/// The place in a file of a byte of a text whose quotes start at a place.
fn within(turtle: &str, place: usize, byte: usize) -> Option<usize> {
    let written = turtle.get(place..)?;
    let long = ["\"\"\"", "'''"].iter().any(|quotes| written.starts_with(quotes));
    let start = place + if long { 3 } else { 1 };
    let mut rest = turtle.get(start..)?.char_indices();
    let mut left = byte;
    while left > 0 {
        let (_, mut c) = rest.next()?;
        if c == '\\' {
            let digits = match rest.next()?.1 {
                'u' => 4,
                'U' => 8,
                _ => 0,
            };
            let code: String = rest.by_ref().take(digits).map(|(_, digit)| digit).collect();
            c = u32::from_str_radix(&code, 16).ok().and_then(char::from_u32).unwrap_or('\\');
        }
        left = left.saturating_sub(c.len_utf8());
    }
    Some(start + rest.offset())
}

impl fmt::Display for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}, at character {} of the cue \"{}\"", self.what, self.column(), self.cue)
    }
}

impl std::error::Error for Mistake {}
