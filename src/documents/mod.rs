//! Documents: paths on disk → text with its includes in place, its comments gone, and every byte traceable
//! to a file and a line.
//!
//! A [`Document`] is one assembled text. Front matter is split off, HTML comments and directives are blanked
//! out, includes are spliced in where they stand (nested ones and ones inside bullets too), and zone pivots
//! become [`PivotScope`]s. [`Document::locate`] leads from any byte of the assembled text back to the file
//! and the line that it came from.
//!
//! Nothing here knows what Markdown means beyond lines; that is the business of `sections`.

mod assemble;
mod blank;
mod find;
mod front_matter;
mod library;
mod pivots;

pub use find::{FileKind, Found, find, kind_of};
pub use front_matter::FrontMatter;
pub use library::Library;
pub use pivots::{Pivot, PivotGroup, PivotScope};

use crate::diagnostics::Diagnostic;
use std::ops::Range;
use std::sync::Arc;

/// The largest file that is read as a document, in bytes.
pub const MAX_FILE_BYTES: u64 = 64 * 1024 * 1024;

/// One file of a document: the document itself or a file that it includes.
#[derive(Debug)]
pub struct SourceFile {
    /// Path as answers cite it: relative to the folder that was built, with `/`.
    pub path: String,
    /// The text; every byte that is not UTF-8 is replaced by `?`, so that offsets are those of the file.
    pub text: String,
    /// Byte offset of the start of each line.
    line_starts: Vec<u32>,
    /// Number of bytes that were not UTF-8.
    pub invalid_bytes: usize,
}

impl SourceFile {
    /// Takes the bytes of a file.
    pub fn new(path: String, bytes: Vec<u8>) -> Self {
        let (text, invalid_bytes) = decode(bytes);
        let mut line_starts = Vec::with_capacity(1 + text.len() / 32);
        line_starts.push(0);
        line_starts.extend(memchr::memchr_iter(b'\n', text.as_bytes()).map(|at| offset(at + 1)));
        Self { path, text, line_starts, invalid_bytes }
    }

    /// The 1-based line of a byte offset.
    pub fn line(&self, byte: usize) -> u32 {
        offset(self.line_starts.partition_point(|&start| start as usize <= byte))
    }
}

/// A byte offset as it is stored: files are smaller than [`MAX_FILE_BYTES`], assembled texts than 4 GiB.
fn offset(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}

/// UTF-8 as it is, every other byte as `?`; a byte order mark at the start as three blanks.
fn decode(bytes: Vec<u8>) -> (String, usize) {
    let mut bytes = match String::from_utf8(bytes) {
        Ok(text) if !text.starts_with('\u{feff}') => return (text, 0),
        Ok(text) => text.into_bytes(),
        Err(error) => error.into_bytes(),
    };
    if bytes.starts_with("\u{feff}".as_bytes()) {
        bytes[..3].fill(b' ');
    }
    let mut invalid = 0;
    let mut at = 0;
    while let Err(error) = std::str::from_utf8(&bytes[at..]) {
        let start = at + error.valid_up_to();
        let end = error.error_len().map_or(bytes.len(), |len| start + len);
        bytes[start..end].fill(b'?');
        invalid += end - start;
        at = end;
    }
    (String::from_utf8_lossy(&bytes).into_owned(), invalid)
}

/// A stretch of the assembled text that stands as it is in one file.
#[derive(Clone, Copy, Debug)]
struct Piece {
    /// Where it starts in the assembled text.
    start: u32,
    /// Which of the document's files it comes from.
    file: u32,
    /// Where it starts in that file.
    offset: u32,
    /// Where in the document itself (file 0) it, or the include that brings it, stands.
    document_offset: u32,
}

/// An include that was not found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MissingInclude {
    /// The path as written.
    pub target: String,
    /// The file that names it.
    pub file: String,
    /// 1-based line in that file.
    pub line: u32,
    /// 1-based line in the document.
    pub document_line: u32,
}

/// A place in the files behind a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Location<'a> {
    /// The file's path as answers cite it.
    pub file: &'a str,
    /// Byte offset in the file.
    pub byte: usize,
    /// 1-based line in the file.
    pub line: u32,
    /// 1-based line in the document itself where this, or the include that brings it, stands.
    pub document_line: u32,
}

/// A document, ready to be read.
#[derive(Debug)]
pub struct Document {
    /// Path relative to the folder that was built, with `/`.
    pub path: String,
    /// The metadata at its head.
    pub front_matter: FrontMatter,
    /// The assembled text.
    pub text: String,
    /// Stretches of the text that hold for some pivots only, in their order; none begins before the one before it ends.
    pub pivots: Vec<PivotScope>,
    /// The includes that were not found.
    pub missing_includes: Vec<MissingInclude>,
    /// What was noticed on the way.
    pub diagnostics: Vec<Diagnostic>,
    files: Vec<Arc<SourceFile>>,
    pieces: Vec<Piece>,
}

impl Document {
    /// Reads a document from text alone: includes are reported as missing.
    pub fn from_text(path: &str, text: &str) -> Self {
        assemble::assemble(
            Arc::new(SourceFile::new(path.to_owned(), text.as_bytes().to_vec())),
            None,
            &Library::new(),
        )
    }

    /// The files behind it: the document first, then what it includes.
    pub fn files(&self) -> impl Iterator<Item = &SourceFile> {
        self.files.iter().map(Arc::as_ref)
    }

    /// Where a byte of the assembled text stands in the files.
    pub fn locate(&self, byte: usize) -> Location<'_> {
        let after = self.pieces.partition_point(|piece| piece.start as usize <= byte);
        let Some(piece) = after.checked_sub(1).and_then(|at| self.pieces.get(at)) else {
            return Location { file: &self.path, byte: 0, line: 1, document_line: 1 };
        };
        let file = &self.files[piece.file as usize];
        let in_file = (piece.offset as usize + byte - piece.start as usize).min(file.text.len());
        let line = file.line(in_file);
        let document_line = match piece.file {
            0 => line,
            _ => self.files[0].line(piece.document_offset as usize),
        };
        Location { file: &file.path, byte: in_file, line, document_line }
    }

    /// The titles of the pivots that a byte of the assembled text is limited to; none if it holds for all.
    pub fn pivots_at(&self, byte: usize) -> impl Iterator<Item = &PivotScope> {
        let behind = self.pivots.partition_point(|scope| scope.range.end <= byte);
        self.pivots[behind..].iter().take_while(move |scope| scope.range.start <= byte)
    }

    /// The words of a range of the assembled text, on one line, with the marks that open right in front of them.
    pub fn quote(&self, range: Range<usize>) -> String {
        let before = self.text.get(..range.start).unwrap_or_default();
        let opening = before.len() - before.trim_end_matches(['[', '*']).len();
        let range = range.start - opening..range.end;
        on_one_line(self.text.get(range).unwrap_or_default())
    }
}

/// Words with one blank between them.
pub fn on_one_line(words: &str) -> String {
    if is_on_one_line(words) {
        return words.trim_ascii().to_owned();
    }
    let mut line = String::with_capacity(words.len());
    let add = |word| {
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    };
    match words.is_ascii() {
        true => words.split_ascii_whitespace().for_each(add),
        false => words.split_whitespace().for_each(add),
    }
    line
}

/// Whether words have but one blank between them; told without a branch for each byte.
fn is_on_one_line(words: &str) -> bool {
    let bytes = words.as_bytes();
    let is_odd = |byte: u8| !(b' '..=b'~').contains(&byte);
    let odd = bytes.iter().fold(false, |odd, byte| odd | is_odd(*byte));
    let pairs = bytes.iter().zip(bytes.get(1..).unwrap_or_default());
    !odd && !pairs.fold(false, |pair, (one, next)| pair | (*one == b' ' && *next == b' '))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_keep_the_marks_that_open_them() {
        let document = Document::from_text("a.md", "So. *[Tether](t.md)* holds\nfast. Yes.");
        assert_eq!(document.quote(6..32), "*[Tether](t.md)* holds fast.");
        assert_eq!(document.quote(33..37), "Yes.");
        assert_eq!(document.quote(32..37), "Yes.");
        assert_eq!(document.quote(0..3), "So.");
        assert_eq!(document.quote(90..95), "");
    }

    #[test]
    fn bytes_that_are_not_utf8_keep_every_offset() {
        let file = SourceFile::new("a.md".into(), b"a\xff\xfeb\nc\xe2\x80".to_vec());
        assert_eq!(file.text, "a??b\nc??");
        assert_eq!(file.invalid_bytes, 4);
        assert_eq!(file.line(4), 1);
        assert_eq!(file.line(5), 2);
    }

    #[test]
    fn a_byte_order_mark_is_no_text() {
        let file = SourceFile::new("a.md".into(), "\u{feff}# A".as_bytes().to_vec());
        assert_eq!(file.text, "   # A");
        assert_eq!(file.invalid_bytes, 0);
    }
}
