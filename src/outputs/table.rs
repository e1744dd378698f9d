//! Tables for people.

use super::RowWriter;
use super::plain::{cell, is_number, lines, pieces};
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
    /// Width of the terminal in columns; a row is one line when absent.
    pub width: Option<usize>,
    /// Whether the names of the columns stand out in colour.
    pub color: bool,
}

/// Columns between two cells.
const GAP: usize = 2;
/// The narrowest that cells get that stand one below the other.
const NARROWEST: usize = 6;

/// Gathers rows and writes them as a table: numbers on the right, cells in as many lines as they need, or, where their
/// words don't fit beside each other, one cell below the other, without those in which nothing stands. Nothing is cut.
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

    /// The widths of the columns as some measure of a cell has it.
    fn widths_by(&self, measure: impl Fn(&str) -> usize) -> Vec<usize> {
        let cells = |column: usize| self.rows.iter().map(move |row| &row[column]);
        let columns = self.names.iter().enumerate();
        let widths = columns
            .map(|(column, name)| cells(column).chain([name]).map(|cell| measure(cell)).max().unwrap_or(0));
        widths.collect()
    }

    /// The natural widths of the columns.
    fn natural_widths(&self) -> Vec<usize> {
        self.widths_by(get_string_width)
    }

    /// Whether the table is wider than the terminal.
    fn is_too_wide(&self) -> bool {
        let gaps = GAP * self.names.len().saturating_sub(1);
        let width = self.natural_widths().iter().sum::<usize>() + gaps;
        self.layout.width.is_some_and(|room| width > room)
    }

    /// Takes out the columns of which all cells are the same one that is asked for; gives them in their order.
    fn take_columns(&mut self, is_taken: impl Fn(&str) -> bool) -> Vec<(String, String)> {
        let mut taken = Vec::new();
        for column in (0..self.names.len()).rev() {
            let mut cells = self.rows.iter().map(|row| row[column].as_str());
            if let Some(first) = cells.next()
                && is_taken(first)
                && cells.all(|cell| cell == first)
            {
                self.numbers.remove(column);
                let cells: Vec<String> = self.rows.iter_mut().map(|row| row.remove(column)).collect();
                taken.push((self.names.remove(column), cells.into_iter().next().unwrap_or_default()));
            }
        }
        taken.reverse();
        taken
    }

    /// Takes from the columns of paths with which each cell begins; gives what was taken in their order.
    fn take_folders(&mut self) -> Vec<(String, String)> {
        let mut taken = Vec::new();
        for (column, name) in self.names.iter().enumerate() {
            let folder = common_folder(self.rows.iter().map(|row| row[column].as_str())).to_owned();
            if !folder.is_empty() {
                self.rows.iter_mut().for_each(|row| drop(row[column].drain(..folder.len())));
                taken.push((name.clone(), folder + "…"));
            }
        }
        taken
    }

    /// Makes a table narrower that is too wide: the columns in which nothing stands go, then those that say the same in
    /// every row, then the folders and files that all cells of a column begin with; all are told above the table.
    fn narrow(&mut self) -> io::Result<()> {
        let mut told = Vec::new();
        if self.is_too_wide() {
            let empty = self.take_columns(str::is_empty);
            let names: Vec<&str> = empty.iter().map(|(name, _)| name.as_str()).collect();
            told.extend((!names.is_empty()).then(|| ("empty".to_owned(), names.join(", "))));
        }
        if self.rows.iter().any(|row| *row != self.rows[0]) {
            if self.is_too_wide() {
                told.extend(self.take_columns(|_| true));
            }
            if self.is_too_wide() {
                told.extend(self.take_folders());
            }
        }
        for (name, cell) in &told {
            writeln!(self.output, "{name}: {cell}")?;
        }
        if !told.is_empty() {
            writeln!(self.output)?;
        }
        Ok(())
    }

    /// The widths of the columns, made to fit; none where they can't.
    fn widths(&self) -> Option<Vec<usize>> {
        let natural = self.natural_widths();
        let gaps = GAP * natural.len().saturating_sub(1);
        let Some(width) = self.layout.width else { return Some(natural) };
        let room = width.checked_sub(gaps)?;
        let longest = |cell: &str| pieces(cell).map(get_string_width).max().unwrap_or(0);
        let mut narrowest = self.widths_by(longest);
        for (column, natural) in natural.iter().enumerate() {
            if self.numbers[column] == Some(true) {
                narrowest[column] = *natural;
            }
        }
        fitted(&natural, &narrowest, room)
    }

    fn write_table(self, widths: &[usize]) -> io::Result<()> {
        let mut builder = Builder::with_capacity(self.rows.len() + 1, self.names.len());
        let fit = |row: &[String]| -> Vec<String> {
            row.iter().zip(widths).map(|(cell, width)| lines(cell, *width).join("\n")).collect()
        };
        builder.push_record(fit(&self.names));
        let rows: Vec<Vec<String>> = self.rows.iter().map(|row| fit(row)).collect();
        // Rows of several lines stand apart.
        let apart = rows.iter().flatten().any(|cell| cell.contains('\n'));
        for (at, row) in rows.into_iter().enumerate() {
            if apart && at > 0 {
                builder.push_record(std::iter::repeat_n("", self.names.len()));
            }
            builder.push_record(row);
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
            let told = self.names.iter().zip(row).filter(|(_, cell)| !cell.is_empty());
            for (name, cell) in told {
                let padding = " ".repeat(widest - get_string_width(name));
                let cell = lines(cell, room).join(&format!("\n{} │ ", " ".repeat(widest)));
                writeln!(self.output, "{}", format!("{padding}{name} │ {cell}").trim_end())?;
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
        self.narrow()?;
        if self.names.is_empty() {
            return Ok(());
        }
        match self.widths() {
            Some(widths) => self.write_table(&widths),
            None => self.write_records(),
        }
    }
}

/// Widths that fit into `room`: the widest columns give way first, none below its narrowest.
fn fitted(natural: &[usize], narrowest: &[usize], room: usize) -> Option<Vec<usize>> {
    let capped = |cap: usize| -> Vec<usize> {
        natural
            .iter()
            .zip(narrowest)
            .map(|(natural, narrowest)| (*natural).min(cap.max(*narrowest)))
            .collect()
    };
    let fits = |widths: &Vec<usize>| widths.iter().sum::<usize>() <= room;
    let mut widths = (0..=room).rev().map(capped).find(fits)?;
    let mut left = room - widths.iter().sum::<usize>();
    for (width, natural) in widths.iter_mut().zip(natural) {
        if *natural > *width && left > 0 {
            *width += 1;
            left -= 1;
        }
    }
    Some(widths)
}

/// The folders that all of some paths begin with, and the file if they are places in the same one; nothing where a
/// cell is no path, or where only one says something.
fn common_folder<'c>(mut cells: impl Iterator<Item = &'c str>) -> &'c str {
    let Some(first) = cells.next() else { return "" };
    let shared = |folder: &'c str, cell: &str| {
        let same = folder.bytes().zip(cell.bytes()).take_while(|(one, other)| one == other).count();
        let end = folder.as_bytes()[..same].iter().rposition(|byte| matches!(byte, b'/' | b':'));
        folder.get(..end.map_or(0, |end| end + 1)).unwrap_or_default()
    };
    let mut shortest = first.len();
    let folder = cells.fold(first, |folder, cell| {
        shortest = shortest.min(cell.len());
        if cell.contains(' ') { "" } else { shared(folder, cell) }
    });
    let is_path = folder.contains(['/', '.']) && !folder.starts_with('<') && !first.contains(' ');
    if is_path && folder.len() < shortest { folder } else { "" }
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
        ────────────────────────────
        short  a very long text that
               does not fit at all
        ");
        insta::assert_snapshot!(table(Some(17), &["a", "b"], &rows), @r"
        a      b
        ─────────────────
        short  a very
               long text
               that does
               not fit at
               all
        ");
    }

    #[test]
    fn the_folder_of_all_places_stands_above_a_table_that_is_too_wide() {
        let rows = |places: [&'static str; 2]| {
            let [one, two] = places.map(|place| [text(place), text(&place[..1])]);
            table(Some(18), &["source", "n"], &[&one, &two])
        };
        insta::assert_snapshot!(rows(["some/queue.md:3", "some/queue.md:120000"]), @r"
        n: s
        source: some/queue.md:…

        source
        ──────
        3
        120000
        ");
        insta::assert_snapshot!(rows(["some/long/queue.md:3", "some/long/store.md:3"]), @r"
        n: s
        source: some/long/…

        source
        ──────────
        queue.md:3
        store.md:3
        ");
        for others in
            [["svc:queue-of-nimbus-one", "svc:queue-of-nimbus-two"], ["a/b c queue one", "a/b c queue two"]]
        {
            assert!(!rows(others).contains("source:"), "{others:?}");
        }
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
    fn empty_columns_give_way_and_paths_are_broken_between_folders() {
        let rows: [&[Option<Term>]; 1] = [&[text("Nimbus Queue"), None, text("a/long/folder/regions.md:12")]];
        insta::assert_snapshot!(table(Some(36), &["service", "variant", "source"], &rows), @r"
        empty: variant

        service       source
        ────────────────────────────
        Nimbus Queue  a/long/folder/
                      regions.md:12
        ");
        insta::assert_snapshot!(table(None, &["service", "variant", "source"], &rows), @r"
        service       variant  source
        ──────────────────────────────────────────────────
        Nimbus Queue           a/long/folder/regions.md:12
        ");
    }

    #[test]
    fn what_every_row_says_stands_above_a_table_that_is_too_wide() {
        let row = |place| [text("Nimbus Queue"), text(place), text("Duration")];
        let rows = [row("queue.md:3"), row("queue.md:12")];
        let rows: [&[Option<Term>]; 2] = [&rows[0], &rows[1]];
        let names = ["service", "source", "downtime"];
        insta::assert_snapshot!(table(Some(30), &names, &rows), @r"
        service: Nimbus Queue
        downtime: Duration

        source
        ───────────
        queue.md:3
        queue.md:12
        ");
        insta::assert_snapshot!(table(Some(80), &names, &rows), @r"
        service       source       downtime
        ───────────────────────────────────
        Nimbus Queue  queue.md:3   Duration
        Nimbus Queue  queue.md:12  Duration
        ");
        assert!(table(Some(30), &names, &rows[..1]).starts_with("service  "));
    }

    #[test]
    fn rows_of_several_lines_stand_apart_and_numbers_stay_whole() {
        let rows: [&[Option<Term>]; 2] = [
            &[text("Basic|Basic v2|Premium"), text("すべてのリージョン"), number(1_234_567_890)],
            &[text("Standard"), None, number(7)],
        ];
        insta::assert_snapshot!(table(Some(28), &["tiers", "where", "n"], &rows), @r"
        tiers     where            n
        ────────────────────────────
        Basic|    すべて  1234567890
        Basic     のリー
        v2|       ジョン
        Premium

        Standard                   7
        ");
    }
}
