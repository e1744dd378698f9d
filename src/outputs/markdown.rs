//! Tables of GitHub's Markdown.

use super::RowWriter;
use super::plain::cell;
use oxrdf::{Term, Variable};
use std::io::{self, Write};

/// Writes a Markdown table; `|` in cells is escaped, line breaks become `<br>`.
pub struct MarkdownWriter<'w> {
    output: &'w mut dyn Write,
}

impl<'w> MarkdownWriter<'w> {
    pub fn new(variables: &[Variable], output: &'w mut dyn Write) -> io::Result<Self> {
        let mut writer = Self { output };
        writer.line(variables.iter().map(|variable| variable.as_str().to_owned()))?;
        writer.line(variables.iter().map(|_| "---".to_owned()))?;
        Ok(writer)
    }

    fn line(&mut self, cells: impl Iterator<Item = String>) -> io::Result<()> {
        let mut line = String::from("|");
        for cell in cells {
            line.push(' ');
            line.push_str(&cell.replace('|', "\\|").replace("\r\n", "<br>").replace(['\n', '\r'], "<br>"));
            line.push_str(" |");
        }
        writeln!(self.output, "{line}")
    }
}

impl RowWriter for MarkdownWriter<'_> {
    fn row(&mut self, values: &[Option<Term>]) -> io::Result<()> {
        self.line(values.iter().map(|value| cell(value.as_ref())))
    }

    fn finish(self: Box<Self>) -> io::Result<()> {
        Ok(())
    }
}
