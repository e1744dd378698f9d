//! `mainstay query`: one SPARQL query or update.

use super::lock::lock;
use super::run::{Runner, update_explained};
use super::{Context, open};
use crate::answers::syntax::{self, parse_update};
use crate::answers::text;
use crate::answers::updates::is_update;
use crate::engine::update;
use crate::error::{Error, Result};
use crate::graph::rdf;
use crate::outputs::Cells;
use crate::outputs::file::check_folder;
use open::Origin;
use spargebra::Update;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

#[derive(clap::Args)]
pub(super) struct Arguments {
    /// The query or update, or the name of a file that holds it, or - for standard input
    ///
    /// The prefixes of the graph need no declaration: rel:, svc:, region:, tier:, doc:, fact:, feature:, rdf:,
    /// rdfs:, xsd:, skos:, dcterms:, prov:, owl:, sh:, void:, dcat:.
    ///
    /// What a document states is in a named graph of its own. Patterns see all graphs at once, but an update deletes
    /// and inserts in the default graph alone unless it says GRAPH: DELETE WHERE { GRAPH ?g { … } }.
    #[arg(value_name = "QUERY")]
    query: String,
    /// Writes how the query ran in place of its result: steps with expected and real rows, time, triples looked at
    ///
    /// With --format json as JSON.
    #[arg(long)]
    explain: bool,
    /// Where an update writes the changed graph [default: the graph file itself]
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
}

pub(super) fn run(context: &Context, arguments: &Arguments) -> Result<ExitCode> {
    let (text, origin) = text(&arguments.query)?;
    if is_update(&text) {
        if arguments.explain {
            return Err(update_explained());
        }
        return change(context, arguments, &parse_update(&text, origin.as_deref())?);
    }
    if arguments.output.is_some() {
        return Err(Error::usage("--output is for updates; a query writes to standard output")
            .with_hint("use the redirection of the shell: mainstay query … > FILE"));
    }
    let query = syntax::parse(&text, origin.as_deref())?;
    let graph = open::graph(&context.options)?;
    let runner = Runner::new(context);
    runner.warn(&query, &graph)?;
    if arguments.explain {
        runner.explain(&query, &graph)?;
    } else {
        runner.run(&query, &graph, Cells::Terms)?;
    }
    Ok(ExitCode::SUCCESS)
}

/// Runs an update and writes the changed graph.
fn change(context: &Context, arguments: &Arguments, text: &Update) -> Result<ExitCode> {
    context.options.only("an update", &["--graph", "--timeout", "--max-memory"])?;
    let origin = open::origin(&context.options);
    let target = match (&arguments.output, &origin) {
        (Some(output), _) => output,
        (None, Origin::File(path)) if rdf::format_of(path).is_none() => path,
        (None, _) => {
            return Err(Error::usage(format!("an update does not change {origin}"))
                .with_hint("name a new graph file with --output FILE"));
        }
    };
    check_folder(target)?;
    open::check_name(target)?;
    let _lock = lock(target)?;
    let runner = Runner::new(context);
    let updated = update(&open::open(&origin)?, text, &runner.options())?;
    runner.warn_of_graphs(&updated);
    let (inserted, deleted) = (updated.inserted, updated.deleted);
    let triples = updated.builder.finish(target)?.triples;
    let target = target.display();
    context.ui.note(format!("inserted {inserted}, deleted {deleted}; {triples} triples in {target}"));
    Ok(ExitCode::SUCCESS)
}

/// The text of a query, and the file that it comes from.
fn text(argument: &str) -> Result<(String, Option<String>)> {
    if argument == "-" {
        return Ok((standard_input()?, None));
    }
    let path = Path::new(argument);
    let is_name = !argument.contains(['{', '\n']);
    if is_name && path.is_file() {
        return Ok((text::read(path)?, Some(argument.to_owned())));
    }
    let looks_like_a_file = path
        .extension()
        .is_some_and(|extension| extension == "rq" || extension == "ru" || extension == "sparql");
    if is_name && looks_like_a_file && !argument.contains(' ') {
        return Err(Error::input(format!("cannot read {argument}: there is no such file")));
    }
    Ok((text::without_mark(argument.to_owned()), None))
}

/// All of standard input.
///
/// # Errors
/// An input that can't be read or isn't UTF-8.
pub fn standard_input() -> Result<String> {
    let mut text = String::new();
    std::io::stdin()
        .read_to_string(&mut text)
        .map_err(|error| Error::input("cannot read standard input").with_source(error))?;
    Ok(text::without_mark(text))
}
