//! Formats of one line a row, in which a value looks the same in every row of its column: CSV and TSV with plain
//! cells, and JSON lines.

use super::{RowWriter, Written, write_failed};
use crate::engine::{Rows, Simple};
use crate::error::Result;
use oxrdf::Term;
use std::io::{self, Write};
use std::ops::Range;

/// What a line is made of.
pub struct Line {
    /// What stands before the first row.
    pub head: String,
    /// What stands before the cell of each column.
    pub before: Vec<String>,
    /// What stands behind the last cell.
    pub end: &'static str,
    /// Adds a cell; an integer is its digits everywhere.
    pub push: fn(Option<&Term>, &mut String),
    /// Adds the cell of a plain string.
    pub push_words: fn(&str, &mut String),
}

/// Writes rows of terms.
pub struct LineWriter<'w> {
    line: Line,
    text: String,
    output: &'w mut dyn Write,
}

impl<'w> LineWriter<'w> {
    pub fn new(line: Line, output: &'w mut dyn Write) -> io::Result<Self> {
        output.write_all(line.head.as_bytes())?;
        Ok(Self { line, text: String::new(), output })
    }
}

impl RowWriter for LineWriter<'_> {
    fn row(&mut self, values: &[Option<Term>]) -> io::Result<()> {
        self.text.clear();
        for (before, value) in self.line.before.iter().zip(values) {
            self.text.push_str(before);
            (self.line.push)(value.as_ref(), &mut self.text);
        }
        self.text.push_str(self.line.end);
        self.output.write_all(self.text.as_bytes())
    }

    fn finish(self: Box<Self>) -> io::Result<()> {
        Ok(())
    }
}

/// Bytes of rows that are handed on at once.
const AT_ONCE: usize = 1 << 15;
/// Bytes of cells that are kept at once.
const KEPT: usize = 1 << 20;

/// Cells of a column that are remembered at once: values come in runs, and few that don't come again at all.
const REMEMBERED: usize = 256;

/// A cell that was made already: the number of its value and where its text lies.
#[derive(Clone, Copy)]
struct Known {
    key: u64,
    start: u32,
    end: u32,
}

/// Where a number is remembered.
#[inline]
fn slot(key: u64) -> usize {
    ((key ^ key >> 32).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 32) as usize % REMEMBERED
}

const NOTHING: Known = Known { key: u64::MAX, start: 0, end: 0 };

/// The cells that were made already: a value is turned into text now and then, not once a row.
#[derive(Default)]
struct Cells {
    text: String,
    /// For each column [`REMEMBERED`] cells, by their numbers.
    known: Vec<Known>,
    words: String,
}

impl Cells {
    fn new(columns: usize) -> Self {
        Self { known: vec![NOTHING; columns * REMEMBERED], ..Self::default() }
    }

    /// Adds the text of a cell.
    #[inline]
    fn push(&mut self, rows: &mut Rows, column: usize, line: &Line, text: &mut Vec<u8>) -> Result<()> {
        let key = rows.key(column).unwrap_or(u64::MAX);
        let slot = column * REMEMBERED + slot(key);
        let known = self.known[slot];
        if known.key == key && key != u64::MAX {
            text.extend_from_slice(&self.text.as_bytes()[known.start as usize..known.end as usize]);
            return Ok(());
        }
        let place = self.make(rows, column, line)?;
        text.extend_from_slice(&self.text.as_bytes()[place.clone()]);
        if let (Ok(start), Ok(end)) = (u32::try_from(place.start), u32::try_from(place.end)) {
            self.known[slot] = Known { key, start, end };
        }
        Ok(())
    }

    /// Makes the text of a cell.
    fn make(&mut self, rows: &mut Rows, column: usize, line: &Line) -> Result<Range<usize>> {
        let start = self.text.len();
        match rows.simple(column, &mut self.words) {
            Some(Simple::Words) => (line.push_words)(&self.words, &mut self.text),
            Some(Simple::Integer(number)) => self.text.push_str(&number.to_string()),
            None => (line.push)(rows.term(column)?.as_ref(), &mut self.text),
        }
        Ok(start..self.text.len())
    }

    fn push_row(&mut self, line: &Line, rows: &mut Rows, text: &mut Vec<u8>) -> Result<()> {
        for (column, before) in line.before.iter().enumerate() {
            match before.as_bytes() {
                [byte] => text.push(*byte),
                before => text.extend_from_slice(before),
            }
            self.push(rows, column, line, text)?;
        }
        text.extend_from_slice(line.end.as_bytes());
        Ok(())
    }

    fn forget_if_many(&mut self) {
        if self.text.len() > KEPT {
            self.text.clear();
            self.known.fill(NOTHING);
        }
    }
}

/// Writes rows whose cells are told apart by number.
///
/// # Errors
/// A query that fails while its rows are read, an output that fails.
pub fn write(line: &Line, rows: &mut Rows, limit: Option<usize>, output: &mut dyn Write) -> Result<Written> {
    // A query that fails before its first row writes nothing at all.
    let more = rows.advance()?;
    let mut text = Vec::with_capacity(2 * AT_ONCE);
    text.extend_from_slice(line.head.as_bytes());
    let written = write_rows(line, rows, more, limit, &mut text, output);
    // The rows before one that fails are written.
    output.write_all(&text).map_err(write_failed)?;
    written
}

fn write_rows(
    line: &Line,
    rows: &mut Rows,
    mut more: bool,
    limit: Option<usize>,
    text: &mut Vec<u8>,
    output: &mut dyn Write,
) -> Result<Written> {
    let mut cells = Cells::new(line.before.len());
    let mut count = 0;
    while more && limit != Some(count) {
        let start = text.len();
        if let Err(error) = cells.push_row(line, rows, text) {
            text.truncate(start);
            return Err(error);
        }
        if text.len() >= AT_ONCE {
            output.write_all(text).map_err(write_failed)?;
            text.clear();
        }
        cells.forget_if_many();
        count += 1;
        more = rows.advance()?;
    }
    Ok(Written::Rows { count, cut: more })
}
