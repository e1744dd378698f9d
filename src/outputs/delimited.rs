//! CSV and TSV with plain cells.

use super::RowWriter;
use super::plain::cell;
use oxrdf::{Term, Variable};
use std::io::{self, Write};

/// Writes CSV (RFC 4180, lines end with CR LF) or TSV (tabs and line breaks in cells become spaces).
pub struct DelimitedWriter<'w> {
    tabs: bool,
    output: &'w mut dyn Write,
}

impl<'w> DelimitedWriter<'w> {
    pub fn new(tabs: bool, variables: &[Variable], output: &'w mut dyn Write) -> io::Result<Self> {
        let mut writer = Self { tabs, output };
        writer.line(variables.iter().map(|variable| variable.as_str().to_owned()))?;
        Ok(writer)
    }

    fn line(&mut self, cells: impl Iterator<Item = String>) -> io::Result<()> {
        for (index, cell) in cells.enumerate() {
            if index > 0 {
                self.output.write_all(if self.tabs { b"\t" } else { b"," })?;
            }
            if self.tabs && cell.bytes().any(|byte| matches!(byte, b'\t' | b'\n' | b'\r')) {
                self.output.write_all(cell.replace(['\t', '\n', '\r'], " ").as_bytes())?;
            } else if !self.tabs && cell.contains(['"', ',', '\n', '\r']) {
                write!(self.output, "\"{}\"", cell.replace('"', "\"\""))?;
            } else {
                self.output.write_all(cell.as_bytes())?;
            }
        }
        self.output.write_all(if self.tabs { b"\n" } else { b"\r\n" })
    }
}

impl RowWriter for DelimitedWriter<'_> {
    fn row(&mut self, values: &[Option<Term>]) -> io::Result<()> {
        self.line(values.iter().map(|value| cell(value.as_ref())))
    }

    fn finish(self: Box<Self>) -> io::Result<()> {
        Ok(())
    }
}
