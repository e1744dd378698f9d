//! Formats of one line a row, in which a value looks the same in every row of its column: CSV and TSV with plain
//! cells, and JSON lines.

use super::{RowWriter, Written, write_failed};
use crate::engine::Rows;
use crate::error::Result;
use oxrdf::Term;
use rustc_hash::FxHashMap;
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
    /// Adds a cell.
    pub push: fn(Option<&Term>, &mut String),
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

/// The cells that were made already: a value is turned into text once, not once a row.
#[derive(Default)]
struct Cells {
    text: String,
    columns: Vec<Column>,
}

#[derive(Default)]
struct Column {
    known: FxHashMap<u64, Range<usize>>,
    last: Option<(u64, Range<usize>)>,
}

impl Cells {
    /// Where the text of a cell lies in the texts.
    fn place(&mut self, rows: &mut Rows, column: usize, line: &Line) -> Result<Range<usize>> {
        let key = rows.key(column);
        if let (Some(key), Some((last, place))) = (key, &self.columns[column].last)
            && key == *last
        {
            return Ok(place.clone());
        }
        let place = match key.and_then(|key| self.columns[column].known.get(&key)) {
            Some(place) => place.clone(),
            None => self.make(rows, column, line, key)?,
        };
        self.columns[column].last = key.map(|key| (key, place.clone()));
        Ok(place)
    }

    /// Makes the text of a cell.
    fn make(
        &mut self,
        rows: &mut Rows,
        column: usize,
        line: &Line,
        key: Option<u64>,
    ) -> Result<Range<usize>> {
        let start = self.text.len();
        (line.push)(rows.term(column)?.as_ref(), &mut self.text);
        let place = start..self.text.len();
        if let Some(key) = key {
            self.columns[column].known.insert(key, place.clone());
        }
        Ok(place)
    }

    fn push_row(&mut self, line: &Line, rows: &mut Rows, text: &mut Vec<u8>) -> Result<()> {
        for (column, before) in line.before.iter().enumerate() {
            let place = self.place(rows, column, line)?;
            text.extend_from_slice(before.as_bytes());
            text.extend_from_slice(&self.text.as_bytes()[place]);
        }
        text.extend_from_slice(line.end.as_bytes());
        Ok(())
    }

    fn forget_if_many(&mut self) {
        if self.text.len() > KEPT {
            self.text.clear();
            self.columns.iter_mut().for_each(|column| *column = Column::default());
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
    let mut cells = Cells::default();
    cells.columns.resize_with(line.before.len(), Column::default);
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
