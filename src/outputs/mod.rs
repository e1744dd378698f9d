//! Outputs: the results of queries in the formats that people and programs read, one file for each family.
//!
//! Rows ([`rows`]) and triples ([`triples`]) are written as they are found, except in tables, which need all
//! rows to know their widths. Nothing here knows where the bytes go.

mod delimited;
mod dot;
pub mod file;
mod format;
mod jsonl;
mod lines;
mod markdown;
pub mod network;
mod plain;
mod rdf;
pub mod sarif;
mod standard;
mod table;
mod xml;

pub use dot::DotWriter;
pub use format::Format;
pub use plain::{Cells, wrapped};
pub use rdf::{QuadWriter, quads};
pub use table::Layout;

use crate::engine::{QueryOptions, QuerySource};
use crate::error::{Error, Result};
use oxrdf::{Term, Triple, Variable};
use spareval::{QueryResults, QuerySolutionIter, QueryTripleIter};
use spargebra::Query;
use std::io::{self, Write};

/// Writes the rows of one result.
pub trait RowWriter {
    /// Writes one row; `values` stand in the order of the variables.
    ///
    /// # Errors
    /// What the output fails with.
    fn row(&mut self, values: &[Option<Term>]) -> io::Result<()>;

    /// Writes what stands behind the rows.
    ///
    /// # Errors
    /// What the output fails with.
    fn finish(self: Box<Self>) -> io::Result<()>;
}

/// How a result is to be written.
#[derive(Clone, Copy, Debug)]
pub struct Style {
    /// The format.
    pub format: Format,
    /// Whether cells are RDF terms or plain text.
    pub cells: Cells,
    /// How a table is laid out.
    pub layout: Layout,
    /// Most rows that are written; all when absent.
    pub limit: Option<usize>,
}

/// What was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Written {
    /// Rows; `cut` when the limit left some out.
    Rows {
        /// How many.
        count: usize,
        /// Whether there were more.
        cut: bool,
    },
    /// Triples of CONSTRUCT or DESCRIBE; `cut` when the limit left some out.
    Triples {
        /// How many.
        count: usize,
        /// Whether there were more.
        cut: bool,
    },
    /// The answer to ASK.
    Boolean(bool),
}

/// A writer of rows in a format.
///
/// # Errors
/// What the output fails with.
pub fn rows<'w>(
    style: &Style,
    variables: &[Variable],
    output: &'w mut dyn Write,
) -> io::Result<Box<dyn RowWriter + 'w>> {
    if let Some(line) = line(style, variables) {
        return Ok(Box::new(lines::LineWriter::new(line, output)?));
    }
    Ok(match style.format {
        Format::Csv | Format::Tsv | Format::Json | Format::Xml => {
            Box::new(standard::StandardWriter::new(style.format, variables, output)?)
        }
        Format::Markdown => Box::new(markdown::MarkdownWriter::new(variables, output)?),
        _ => Box::new(table::TableWriter::new(style.layout, variables, output)),
    })
}

/// The lines of a format of one line a row.
fn line(style: &Style, variables: &[Variable]) -> Option<lines::Line> {
    match (style.format, style.cells) {
        (Format::Csv, Cells::Plain) => Some(delimited::line(false, variables)),
        (Format::Tsv, Cells::Plain) => Some(delimited::line(true, variables)),
        (Format::Jsonl, cells) => Some(jsonl::line(cells, variables)),
        _ => None,
    }
}

/// Asks a query and writes its results.
///
/// # Errors
/// A query that fails, an output that fails, a format that doesn't fit the result.
pub fn answer(
    source: &dyn QuerySource,
    query: &Query,
    options: &QueryOptions,
    style: &Style,
    output: &mut dyn Write,
) -> Result<Written> {
    if line(style, &[]).is_some()
        && let Some(mut rows) = source.rows(query, options)?
        && let Some(line) = line(style, rows.variables())
    {
        return lines::write(&line, &mut rows, style.limit, output);
    }
    results(source.query(query, options)?, style, output)
}

/// Writes the results of a query.
///
/// # Errors
/// A query that fails while its rows are read, an output that fails, a format that doesn't fit the result.
pub fn results(results: QueryResults<'_>, style: &Style, output: &mut dyn Write) -> Result<Written> {
    if style.format == Format::Sarif {
        return Err(Error::usage("sarif holds the findings of `mainstay check`, not the results of queries"));
    }
    match results {
        QueryResults::Boolean(answer) => {
            standard::boolean(style.format, answer, output)?;
            Ok(Written::Boolean(answer))
        }
        QueryResults::Solutions(solutions) => {
            if style.format.is_rdf() {
                return Err(Error::usage(format!("{} holds triples, and a SELECT gives rows", style.format))
                    .with_hint(
                        "use CONSTRUCT, or one of the formats table, csv, tsv, json, jsonl, xml, markdown",
                    ));
            }
            solution_rows(solutions, style, output)
        }
        QueryResults::Graph(found) => triples(found, style, output),
    }
}

fn solution_rows(
    mut solutions: QuerySolutionIter<'_>,
    style: &Style,
    output: &mut dyn Write,
) -> Result<Written> {
    let variables = solutions.variables().to_vec();
    // A query that fails before its first row writes nothing at all.
    let first = solutions.next().transpose()?;
    let mut writer = rows(style, &variables, output).map_err(write_failed)?;
    let (mut count, mut cut) = (0, false);
    for solution in first.into_iter().map(Ok).chain(solutions) {
        let solution = solution?;
        if style.limit == Some(count) {
            cut = true;
            break;
        }
        writer.row(solution.values()).map_err(write_failed)?;
        count += 1;
    }
    writer.finish().map_err(write_failed)?;
    Ok(Written::Rows { count, cut })
}

/// Triples that are gathered before the first is written, so that only the prefixes that they use are declared.
const GATHERED: usize = 10_000;

/// Writes the triples of a CONSTRUCT or DESCRIBE: as RDF, as a graph, or as rows of subject, predicate, object.
///
/// # Errors
/// As [`results`].
pub fn triples(mut found: QueryTripleIter<'_>, style: &Style, output: &mut dyn Write) -> Result<Written> {
    let gathered = found.by_ref().take(GATHERED).collect::<std::result::Result<Vec<Triple>, _>>()?;
    let mut sink: Box<dyn TripleSink> = match style.format {
        Format::Dot => Box::new(DotWriter::new(output).map_err(write_failed)?),
        format if format.is_rdf() && gathered.len() < GATHERED => {
            Box::new(QuadWriter::for_triples(format, &gathered, output)?)
        }
        format if format.is_rdf() => Box::new(QuadWriter::new(format, output)?),
        _ => {
            let variables = ["subject", "predicate", "object"].map(Variable::new_unchecked);
            Box::new(TripleRows(rows(style, &variables, output).map_err(write_failed)?))
        }
    };
    let (mut count, mut cut) = (0, false);
    for triple in gathered.into_iter().map(Ok).chain(found) {
        let triple = triple?;
        if style.limit == Some(count) {
            cut = true;
            break;
        }
        sink.triple(triple).map_err(write_failed)?;
        count += 1;
    }
    sink.finish().map_err(write_failed)?;
    Ok(Written::Triples { count, cut })
}

/// What takes the triples of a result.
trait TripleSink {
    fn triple(&mut self, triple: Triple) -> io::Result<()>;
    fn finish(self: Box<Self>) -> io::Result<()>;
}

struct TripleRows<'w>(Box<dyn RowWriter + 'w>);

impl TripleSink for TripleRows<'_> {
    fn triple(&mut self, triple: Triple) -> io::Result<()> {
        self.0.row(&[Some(triple.subject.into()), Some(triple.predicate.into()), Some(triple.object)])
    }

    fn finish(self: Box<Self>) -> io::Result<()> {
        self.0.finish()
    }
}

/// The error of an output that can't be written, or that can't hold what is written to it.
pub fn write_failed(error: io::Error) -> Error {
    error.downcast().unwrap_or_else(|error| Error::input("cannot write the result").with_source(error))
}
