//! Runs one query and writes its result.

use super::Context;
use super::limits::LimitOptions;
use crate::answers::{empty, names, variables};
use crate::engine::{QueryOptions, QuerySource, Updated, explain};
use crate::error::{Error, Result};
use crate::graph::Graph;
use crate::outputs::{self, Cells, Format, Layout, Style, Written, write_failed};
use spareval::CancellationToken;
use spargebra::Query;
use std::io::Write;
use std::time::{Duration, Instant};

/// How queries are run and shown.
#[derive(Clone)]
pub struct Runner<'c> {
    /// The command line.
    pub context: &'c Context,
    /// The format; chosen by the kind of result and the terminal when absent.
    pub format: Option<Format>,
    /// Most rows that are written.
    pub limit: Option<usize>,
    /// What a query may use up.
    pub limits: LimitOptions,
    /// Whether the number of rows and the time are told.
    pub told: bool,
    /// Cancels the query.
    pub cancellation: CancellationToken,
}

impl<'c> Runner<'c> {
    /// A runner with the options of the command line.
    pub fn new(context: &'c Context) -> Self {
        Self {
            context,
            format: context.options.format,
            limit: context.options.limit,
            limits: context.options.limits.clone(),
            told: context.ui.output_is_terminal,
            cancellation: CancellationToken::new(),
        }
    }

    /// Warns of variables that nothing binds and of names that the graph doesn't hold.
    ///
    /// # Errors
    /// A graph that can't be read.
    pub fn warn(&self, query: &Query, source: &dyn QuerySource) -> Result<()> {
        for warning in variables::unbound(query).into_iter().chain(names::unknown(query, source)?) {
            self.context.ui.warning(warning);
        }
        Ok(())
    }

    /// Warns of triples that an update names and doesn't reach, as they are in named graphs.
    pub fn warn_of_graphs(&self, updated: &Updated) {
        let missed = match updated.elsewhere {
            0 => return,
            1 => "1 triple in named graphs was".to_owned(),
            count => format!("{count} triples in named graphs were"),
        };
        self.context
            .ui
            .warning(format!("{missed} not deleted; DELETE WHERE {{ GRAPH ?g {{ … }} }} deletes there"));
    }

    /// Runs a query and writes its result to standard output.
    ///
    /// # Errors
    /// A query that fails, an output that fails, a format that doesn't fit.
    pub fn run(&self, query: &Query, source: &dyn QuerySource, cells: Cells) -> Result<Written> {
        let start = Instant::now();
        let written = self.run_into(query, source, cells, &mut self.context.ui.output())?;
        self.conclude(query, source, cells, written, start.elapsed());
        Ok(written)
    }

    /// Runs a query and writes its result to an output of people.
    ///
    /// # Errors
    /// As [`Runner::run`].
    pub fn run_into(
        &self,
        query: &Query,
        source: &dyn QuerySource,
        cells: Cells,
        output: &mut dyn Write,
    ) -> Result<Written> {
        let format = self.format.unwrap_or_else(|| default_format(query, self.context.ui.output_is_terminal));
        let written = self.write(query, source, cells, format, output);
        output.flush().map_err(write_failed)?;
        written
    }

    /// Tells what is to be told below a result.
    pub fn conclude(
        &self,
        query: &Query,
        source: &dyn QuerySource,
        cells: Cells,
        written: Written,
        time: Duration,
    ) {
        if let Written::Rows { count: 0, .. } | Written::Triples { count: 0, .. } = written
            && self.limit != Some(0)
        {
            // Whoever asks a canned query has not seen its patterns.
            let stated = if cells == Cells::Plain { empty::stated_instead(query, source) } else { None };
            let reason = || Some(format!("nothing is left after: {}", empty::reason(query, source)?));
            if let Some(note) = stated.or_else(reason) {
                self.context.ui.note(note);
            }
        }
        if self.told {
            self.tell(written, time);
        } else {
            self.tell_cut(written);
        }
    }

    /// Runs a query and writes how it ran, in place of its result.
    ///
    /// # Errors
    /// A query that fails, an output that fails, a format that a plan doesn't have.
    pub fn explain(&self, query: &Query, graph: &Graph) -> Result<()> {
        let explanation = explain(graph, query, &self.options())?;
        let text = match self.format {
            None | Some(Format::Table) => explanation.to_string(),
            Some(Format::Json) => explanation.to_json()? + "\n",
            Some(other) => {
                return Err(Error::usage(format!("a plan is not written as {}", other.name()))
                    .with_hint("its formats are table and json"));
            }
        };
        let mut output = self.context.ui.output();
        output.write_all(text.as_bytes()).and_then(|()| output.flush()).map_err(write_failed)
    }

    /// The options of the next query.
    pub fn options(&self) -> QueryOptions {
        QueryOptions { cancellation: self.cancellation.clone(), ..self.limits.query_options() }
    }

    /// Runs a query and writes its result.
    ///
    /// # Errors
    /// As [`Runner::run`].
    pub fn write(
        &self,
        query: &Query,
        source: &dyn QuerySource,
        cells: Cells,
        format: Format,
        output: &mut dyn Write,
    ) -> Result<Written> {
        let ui = &self.context.ui;
        let layout = Layout { width: ui.width(), color: ui.color };
        let style = Style { format, cells, layout, limit: self.limit };
        outputs::answer(source, query, &self.options(), &style, output)
    }

    fn tell(&self, written: Written, time: Duration) {
        let time = shown_time(time);
        let (count, one, many, cut) = match written {
            Written::Rows { count, cut } => (count, "row", "rows", cut),
            Written::Triples { count, cut } => (count, "triple", "triples", cut),
            Written::Boolean(_) => return self.context.ui.note(format!("({time})")),
        };
        let more = if cut { ", and there are more (--limit)" } else { "" };
        self.context.ui.note(format!("({count} {}, {time}{more})", if count == 1 { one } else { many }));
    }

    fn tell_cut(&self, written: Written) {
        if let Written::Rows { count, cut: true } | Written::Triples { count, cut: true } = written {
            self.context.ui.note(only_first(count));
        }
    }
}

/// Says that what is behind the first ones is left out.
pub fn only_first(count: usize) -> String {
    if count == 1 {
        return "only the first is written (--limit)".to_owned();
    }
    format!("only the first {count} are written (--limit)")
}

/// The error of whoever asks how an update runs.
pub fn update_explained() -> Error {
    Error::usage("only queries are explained, and this is an update; it was not run")
        .with_hint("explain its pattern as a query: SELECT * WHERE { … }")
}

/// What was written, in words: `1 row`, `12 triples`, `true`, and whether there was more.
pub fn counted(written: Written) -> String {
    let plural = |count: usize, one: &str, cut: bool| {
        let many = if count == 1 { "" } else { "s" };
        if cut {
            format!("only the first {count} {one}{many} (--limit)")
        } else {
            format!("{count} {one}{many}")
        }
    };
    match written {
        Written::Rows { count, cut } => plural(count, "row", cut),
        Written::Triples { count, cut } => plural(count, "triple", cut),
        Written::Boolean(answer) => answer.to_string(),
    }
}

/// The format of a result when none is asked for.
pub fn default_format(query: &Query, on_terminal: bool) -> Format {
    match query {
        Query::Construct { .. } | Query::Describe { .. } => Format::Turtle,
        Query::Select { .. } | Query::Ask { .. } if on_terminal => Format::Table,
        Query::Select { .. } | Query::Ask { .. } => Format::Tsv,
    }
}

/// A time as people read it: `2.4 ms`, `1.25 s`.
pub fn shown_time(time: Duration) -> String {
    let seconds = time.as_secs_f64();
    if seconds < 1.0 { format!("{:.1} ms", seconds * 1e3) } else { format!("{seconds:.2} s") }
}
