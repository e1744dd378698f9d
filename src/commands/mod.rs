//! The commands of the binary: one file each, its arguments beside its function.

pub mod ask;
mod batch;
mod build;
mod check;
mod export;
pub mod graph;
pub mod limits;
mod lock;
pub mod open;
mod query;
pub mod run;
pub mod statements;

use crate::error::{Error, Result};
use crate::outputs::Format;
use crate::ui::{ColorChoice, Ui, is_closed_pipe};
use clap::{Args, Parser, Subcommand};
use std::ffi::OsString;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::mpsc;

const EXIT_CODES: &str = "\
Data goes to standard output, everything else to standard error.

Exit codes:
  0  done
  1  done, but a check found something
  2  bad usage: an unknown command, option, query, parameter or name
  3  bad input: a file or a graph that can't be read or written
  4  a query that is wrong or failed
  5  a query that ran out of its time, rows or memory, or was cancelled";

/// Asks a graph of reliability facts, taken from documentation with their sources.
///
/// Without a command: a shell for questions on a terminal; otherwise runs what is piped in.
#[derive(Parser)]
#[command(name = "mainstay", version, after_help = EXIT_CODES)]
struct Cli {
    #[command(flatten)]
    options: Options,
    #[command(subcommand)]
    command: Option<Command>,
}

/// Options of every command.
#[derive(Args, Clone, Debug, Default)]
pub struct Options {
    /// A graph file or an RDF file [default: $MAINSTAY_GRAPH, ./mainstay.graph, or what ships]
    #[arg(long, global = true, value_name = "FILE")]
    pub graph: Option<PathBuf>,
    /// The format of results, such as csv, jsonl, markdown or turtle
    #[arg(long, short, global = true, value_name = "FORMAT", value_parser = parse_format, long_help = FORMAT_HELP)]
    pub format: Option<Format>,
    /// Most rows that are written
    #[arg(long, global = true, value_name = "ROWS")]
    pub limit: Option<usize>,
    /// What a query may use up.
    #[command(flatten)]
    pub limits: limits::LimitOptions,
    /// A folder with canned queries of your own; may be repeated
    #[arg(long, global = true, value_name = "DIR")]
    pub queries: Vec<PathBuf>,
    /// When to use colour
    #[arg(long, global = true, value_name = "WHEN", value_enum, default_value_t)]
    pub color: ColorChoice,
}

impl Options {
    /// The options that were given, but for colour, of which every command has a use.
    fn given(&self) -> Vec<&'static str> {
        let given = [
            ("--graph", self.graph.is_some()),
            ("--format", self.format.is_some()),
            ("--limit", self.limit.is_some()),
            ("--timeout", self.limits.timeout.is_some()),
            ("--max-rows", self.limits.max_rows.is_some()),
            ("--max-memory", self.limits.max_memory.is_some()),
            ("--queries", !self.queries.is_empty()),
        ];
        given.into_iter().filter_map(|(name, is_given)| is_given.then_some(name)).collect()
    }

    /// Refuses options that would change nothing.
    fn only(&self, what: &str, used: &[&str]) -> Result<()> {
        match self.given().into_iter().find(|name| !used.contains(name)) {
            Some(name) => {
                Err(Error::usage(format!("{name} changes nothing of {what}")).with_hint(match used {
                    [] => "leave it out".to_owned(),
                    used => format!("it takes {}", used.join(", ")),
                }))
            }
            None => Ok(()),
        }
    }
}

const FORMAT_HELP: &str = "\
The format of results

Rows: table, csv, tsv, json, jsonl, xml, markdown.
Triples: turtle, ntriples, nquads, trig, rdfxml, jsonld, dot. Findings of checks: sarif too.
When nothing is said: a table on a terminal, TSV in a pipe, Turtle for triples.";

#[derive(Subcommand)]
enum Command {
    /// Reads documents and RDF files into one graph file
    Build(build::Arguments),
    /// Lists, explains or runs the canned queries
    Ask(ask::Arguments),
    /// Runs one SPARQL query or update
    Query(query::Arguments),
    /// Runs many query files, each to its own result file
    Batch(batch::Arguments),
    /// Lists what a person has to look at: what was not understood, what is missing, what disagrees
    Check(check::Arguments),
    /// Writes the whole graph in a format for other tools
    Export(export::Arguments),
    /// Says what a graph file holds, or checks it
    Graph(graph::Arguments),
}

fn parse_format(name: &str) -> Result<Format, String> {
    name.parse().map_err(|error: Error| with_hints(&error))
}

fn with_hints(error: &Error) -> String {
    let hints: String = error.hints().iter().map(|hint| format!("; {hint}")).collect();
    format!("{error}{hints}")
}

/// What every command works with.
pub struct Context {
    /// The terminal.
    pub ui: Ui,
    /// The options of the command line.
    pub options: Options,
}

/// Stack of the thread that runs what people write, in bytes; it may be nested deep. Only what is used takes memory.
const STACK: usize = 256 << 20;

/// Runs the command line and gives the exit code of the process.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    crate::graph::end_when_a_file_is_cut();
    let cli = match Cli::try_parse_from(arguments) {
        Ok(cli) => cli,
        Err(error) => {
            // A message that can't be printed can't be told either.
            drop(error.print());
            return ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(2));
        }
    };
    // The queries that ship are nested little, and a thread takes time to begin.
    let is_shallow = matches!(cli.command, Some(Command::Ask(_))) && cli.options.queries.is_empty();
    if is_shallow { run_here(cli) } else { run_with_a_large_stack(cli) }
}

fn run_with_a_large_stack(cli: Cli) -> ExitCode {
    let (done, code) = mpsc::channel();
    let (give, take) = mpsc::sync_channel(1);
    let work = move || {
        // Nobody waits for a thread whose code can't be told.
        let _ = take.recv().map(|cli| done.send(run_here(cli)));
    };
    match std::thread::Builder::new().stack_size(STACK).spawn(work) {
        // The process ends without waiting for the thread to give all its memory back.
        Ok(thread) => {
            // A thread that doesn't take it has panicked, which shows below.
            let _ = give.send(cli);
            code.recv().unwrap_or_else(|_| match thread.join() {
                Ok(()) => ExitCode::FAILURE,
                Err(panic) => std::panic::resume_unwind(panic),
            })
        }
        Err(_) => run_here(cli),
    }
}

/// Lets the allocator of this thread take its first memory from the system at once: glibc takes it page by page, each
/// with a call, until a large block was given back.
fn make_room() {
    const ROOM: usize = 1 << 20;
    for _ in 0..2 {
        drop(std::hint::black_box(Vec::<u8>::with_capacity(ROOM)));
    }
}

fn run_here(cli: Cli) -> ExitCode {
    make_room();
    let context = Context { ui: Ui::new(cli.options.color), options: cli.options };
    match dispatch(&context, cli.command) {
        Ok(code) => code,
        Err(error) if is_closed_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            context.ui.error(&error);
            ExitCode::from(error.kind().exit_code())
        }
    }
}

/// The options that change something of queries that are written out.
const OF_QUERIES: &[&str] = &["--graph", "--format", "--limit", "--timeout", "--max-rows", "--max-memory"];

impl Command {
    /// Its name, and the options of every command that change something of it.
    fn uses(&self) -> (&'static str, &'static [&'static str]) {
        match self {
            Self::Build(_) => ("build", &[]),
            Self::Ask(_) => (
                "ask",
                &["--graph", "--format", "--limit", "--timeout", "--max-rows", "--max-memory", "--queries"],
            ),
            Self::Query(_) => ("query", OF_QUERIES),
            Self::Batch(_) => ("batch", OF_QUERIES),
            Self::Check(_) => ("check", &["--graph", "--format", "--limit", "--timeout", "--max-memory"]),
            Self::Export(_) => ("export", &["--graph", "--format", "--limit"]),
            Self::Graph(_) => ("graph", &["--graph"]),
        }
    }
}

fn dispatch(context: &Context, command: Option<Command>) -> Result<ExitCode> {
    if let Some((name, used)) = command.as_ref().map(Command::uses) {
        context.options.only(&format!("`mainstay {name}`"), used)?;
    }
    match command {
        Some(Command::Build(arguments)) => build::run(context, &arguments),
        Some(Command::Ask(arguments)) => ask::run(context, &arguments),
        Some(Command::Query(arguments)) => query::run(context, &arguments),
        Some(Command::Batch(arguments)) => batch::run(context, &arguments),
        Some(Command::Check(arguments)) => check::run(context, &arguments),
        Some(Command::Export(arguments)) => export::run(context, &arguments),
        Some(Command::Graph(arguments)) => graph::run(context, &arguments),
        None if context.ui.input_is_terminal => crate::repl::run(context),
        None => statements::run(context),
    }
}
