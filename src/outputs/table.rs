//! Tables for people.

use super::RowWriter;
use super::plain::{cell, is_number};
use oxrdf::{Term, Variable};
use std::io::{self, Write};
use tabled::builder::Builder;
use tabled::grid::util::string::get_string_width;
use tabled::settings::object::{Columns, Rows};
use tabled::settings::style::HorizontalLine;
use tabled::settings::{Alignment, Color, Padding, Style};

/// How a table is laid out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Layout {
    /// Width of the terminal in columns; cells are never cut when absent.
    pub width: Option<usize>,
    /// Whether the names of the columns stand out in colour.
    pub color: bool,
}

/// The narrowest that a cut column gets.
const NARROWEST: usize = 6;
/// Columns between two cells.
const GAP: usize = 2;

/// Gathers rows and writes them as a table: numbers on the right, cells cut to the width, or, where not even
/// that fits, one line for each cell.
pub struct TableWriter<'w> {
    layout: Layout,
    names: Vec<String>,
    rows: Vec<Vec<String>>,
    numbers: Vec<Option<bool>>,
    output: &'w mut dyn Write,
}

impl<'w> TableWriter<'w> {
    pub fn new(layout: Layout, variables: &[Variable], output: &'w mut dyn Write) -> Self {
        let names: Vec<String> = variables.iter().map(|variable| variable.as_str().to_owned()).collect();
        let numbers = vec![None; names.len()];
        Self { layout, names, rows: Vec::new(), numbers, output }
    }

    /// The natural widths of the columns.
    fn natural_widths(&self) -> Vec<usize> {
        (0..self.names.len())
            .map(|column| {
                let cells = self.rows.iter().map(|row| get_string_width(&row[column]));
                cells.chain([get_string_width(&self.names[column])]).max().unwrap_or(0)
            })
            .collect()
    }

    /// Leaves out the columns in which nothing stands, where the table is too wide with them.
    fn drop_empty_columns(&mut self) {
        let gaps = GAP * self.names.len().saturating_sub(1);
        let too_wide = |width| self.natural_widths().iter().sum::<usize>() + gaps > width;
        if self.rows.is_empty() || !self.layout.width.is_some_and(too_wide) {
            return;
        }
        for column in (0..self.names.len()).rev() {
            if self.rows.iter().all(|row| row[column].is_empty()) {
                self.names.remove(column);
                self.numbers.remove(column);
                self.rows.iter_mut().for_each(|row| drop(row.remove(column)));
            }
        }
    }

    /// The widths of the columns, made to fit; none where they can't.
    fn widths(&self) -> Option<Vec<usize>> {
        let natural = self.natural_widths();
        let gaps = GAP * natural.len().saturating_sub(1);
        let Some(width) = self.layout.width else { return Some(natural) };
        let room = width.checked_sub(gaps)?;
        fitted(&natural, room)
    }

    fn write_table(self, widths: &[usize]) -> io::Result<()> {
        let mut builder = Builder::with_capacity(self.rows.len() + 1, self.names.len());
        let fit = |row: &[String]| -> Vec<String> {
            row.iter().zip(widths).map(|(cell, width)| cut(cell, *width)).collect()
        };
        builder.push_record(fit(&self.names));
        for row in &self.rows {
            builder.push_record(fit(row));
        }
        let mut table = builder.build();
        let style = Style::empty().horizontals([(1, HorizontalLine::new('─'))]);
        table.with(style).with(Padding::new(0, GAP, 0, 0));
        table.modify(Columns::last(), Padding::zero());
        for (column, number) in self.numbers.iter().enumerate() {
            if *number == Some(true) {
                table.modify(Columns::one(column), Alignment::right());
            }
        }
        if self.layout.color {
            table.modify(Rows::first(), Color::BOLD);
        }
        for line in table.to_string().lines() {
            writeln!(self.output, "{}", line.trim_end())?;
        }
        Ok(())
    }

    fn write_records(self) -> io::Result<()> {
        let widest = self.names.iter().map(|name| get_string_width(name)).max().unwrap_or(0);
        let room = self.layout.width.unwrap_or(usize::MAX).saturating_sub(widest + 3).max(NARROWEST);
        for (index, row) in self.rows.iter().enumerate() {
            writeln!(self.output, "── {} ──", index + 1)?;
            for (name, cell) in self.names.iter().zip(row) {
                let padding = " ".repeat(widest - get_string_width(name));
                let line = format!("{padding}{name} │ {}", cut(cell, room));
                writeln!(self.output, "{}", line.trim_end())?;
            }
        }
        Ok(())
    }
}

impl RowWriter for TableWriter<'_> {
    fn row(&mut self, values: &[Option<Term>]) -> io::Result<()> {
        for (number, value) in self.numbers.iter_mut().zip(values) {
            if let Some(term) = value {
                *number = Some(number.unwrap_or(true) && is_number(term));
            }
        }
        self.rows.push(values.iter().map(|value| one_line(&cell(value.as_ref()))).collect());
        Ok(())
    }

    fn finish(mut self: Box<Self>) -> io::Result<()> {
        self.drop_empty_columns();
        if self.names.is_empty() {
            return Ok(());
        }
        match self.widths() {
            Some(widths) => self.write_table(&widths),
            None => self.write_records(),
        }
    }
}

/// Widths that fit into `room`: the widest columns give way first, none below [`NARROWEST`].
fn fitted(natural: &[usize], room: usize) -> Option<Vec<usize>> {
    if natural.iter().sum::<usize>() <= room {
        return Some(natural.to_vec());
    }
    if natural.iter().map(|width| (*width).min(NARROWEST)).sum::<usize>() > room {
        return None;
    }
    let capped = |cap: usize| natural.iter().map(move |width| (*width).min(cap));
    let largest = natural.iter().copied().max().unwrap_or(0);
    let cap = (NARROWEST..=largest).rev().find(|cap| capped(*cap).sum::<usize>() <= room)?;
    let mut widths: Vec<usize> = capped(cap).collect();
    let mut left = room - widths.iter().sum::<usize>();
    for (width, natural) in widths.iter_mut().zip(natural) {
        if *natural > *width && left > 0 {
            *width += 1;
            left -= 1;
        }
    }
    Some(widths)
}

/// A cell that is at most `width` wide; `…` stands for what was cut: the end of words, the middle of a name
/// without spaces, whose end often tells most (`…/regions.md:12`).
fn cut(cell: &str, width: usize) -> String {
    if get_string_width(cell) <= width {
        return cell.to_owned();
    }
    let room = width.saturating_sub(1);
    let ending = if cell.contains(' ') { 0 } else { room * 2 / 3 };
    let beginning = fitting(cell.chars(), room - ending);
    let tail: String = fitting(cell.chars().rev(), ending).chars().rev().collect();
    format!("{beginning}…{tail}")
}

/// As many characters as fit into a width.
fn fitting(characters: impl Iterator<Item = char>, width: usize) -> String {
    let mut kept = String::new();
    let mut used = 0;
    for c in characters {
        used += get_string_width(c.encode_utf8(&mut [0; 4]));
        if used > width {
            break;
        }
        kept.push(c);
    }
    kept
}

/// A cell without line breaks, tabs and control characters.
fn one_line(cell: &str) -> String {
    if !cell.contains(char::is_control) {
        return cell.to_owned();
    }
    cell.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use oxrdf::Literal;

    fn table(width: Option<usize>, names: &[&str], rows: &[&[Option<Term>]]) -> String {
        let mut output = Vec::new();
        let variables: Vec<Variable> = names.iter().map(|name| Variable::new_unchecked(*name)).collect();
        let mut writer = Box::new(TableWriter::new(Layout { width, color: false }, &variables, &mut output));
        for row in rows {
            writer.row(row).unwrap();
        }
        writer.finish().unwrap();
        String::from_utf8(output).unwrap()
    }

    fn text(text: &str) -> Option<Term> {
        Some(Literal::from(text).into())
    }

    fn number(number: i64) -> Option<Term> {
        Some(Literal::from(number).into())
    }

    #[test]
    fn numbers_stand_on_the_right_and_nothing_is_an_empty_cell() {
        let rows: [&[Option<Term>]; 2] = [&[text("West Europe"), number(7)], &[None, number(120)]];
        insta::assert_snapshot!(table(None, &["region", "n"], &rows), @r"
        region         n
        ────────────────
        West Europe    7
                     120
        ");
    }

    #[test]
    fn the_widest_column_gives_way_first() {
        let rows: [&[Option<Term>]; 1] =
            [&[text("short"), text("a very long text that does not fit\nat all")]];
        insta::assert_snapshot!(table(Some(30), &["a", "b"], &rows), @r"
        a      b
        ──────────────────────────────
        short  a very long text that …
        ");
    }

    #[test]
    fn a_table_that_cannot_fit_is_written_sideways() {
        let rows: [&[Option<Term>]; 1] = [&[text("alphabet"), text("betabet"), text("gammabet")]];
        insta::assert_snapshot!(table(Some(17), &["a", "bb", "c"], &rows), @r"
        ── 1 ──
         a │ alphabet
        bb │ betabet
         c │ gammabet
        ");
    }

    #[test]
    fn empty_columns_give_way_and_names_keep_their_end() {
        let rows: [&[Option<Term>]; 1] = [&[text("Nimbus Queue"), None, text("a/long/folder/regions.md:12")]];
        insta::assert_snapshot!(table(Some(36), &["service", "variant", "source"], &rows), @r"
        service       source
        ────────────────────────────────────
        Nimbus Queue  a/long/…/regions.md:12
        ");
        insta::assert_snapshot!(table(None, &["service", "variant", "source"], &rows), @r"
        service       variant  source
        ──────────────────────────────────────────────────
        Nimbus Queue           a/long/folder/regions.md:12
        ");
    }

    #[test]
    fn wide_characters_count_double() {
        assert_eq!(cut("日本語 テキスト", 7), "日本語…");
        assert_eq!(cut("abc", 3), "abc");
    }
}
