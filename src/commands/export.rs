//! `mainstay export`: the whole graph for other tools.

use super::Context;
use super::open::{self, Origin};
use super::run::only_first;
use crate::error::{Error, Result};
use crate::graph::Graph;
use crate::outputs::file::{check_folder, write_whole};
use crate::outputs::{Format, network, quads, write_failed};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

#[derive(clap::Args)]
pub(super) struct Arguments {
    /// The file to write, `-` for standard output [default: -]
    ///
    /// Its ending tells the format where --format doesn't; N-Quads otherwise. `dot` draws services, tiers,
    /// features and regions with what holds between them.
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
}

pub(super) fn run(context: &Context, arguments: &Arguments) -> Result<ExitCode> {
    let path = arguments.output.as_deref().filter(|path| *path != Path::new("-"));
    let format = format(context.options.format, path)?;
    if let Some(path) = path {
        check_folder(path)?;
        check_is_other(path, &open::origin(&context.options))?;
    }
    let graph = open::graph(&context.options)?;
    let limit = context.options.limit.unwrap_or(usize::MAX);
    let count = match path {
        Some(path) => {
            let (count, cut) = write_whole(path, |output| write(&graph, format, limit, output))?;
            let (first, limit) = if cut { ("only the first ", " (--limit)") } else { ("", "") };
            context.ui.note(format!("{first}{count} statements in {}{limit}", path.display()));
            count
        }
        None => {
            let mut output = context.ui.output();
            let (count, cut) = write(&graph, format, limit, &mut output)?;
            output.flush().map_err(write_failed)?;
            if cut {
                context.ui.note(only_first(count));
            }
            count
        }
    };
    if count == 0 && format == Format::Dot && limit > 0 && graph.quad_count() > 0 {
        context
            .ui
            .warning("nothing is drawn: the graph says nothing of services, tiers, features and regions");
    }
    Ok(ExitCode::SUCCESS)
}

/// A graph isn't written over by its export.
fn check_is_other(path: &Path, graph: &Origin) -> Result<()> {
    let same =
        |graph: &Path| path.canonicalize().ok().is_some_and(|path| graph.canonicalize().ok() == Some(path));
    match graph {
        Origin::File(graph) if same(graph) => {
            Err(Error::usage(format!("{} is the graph that is exported", path.display()))
                .with_hint("give --output another name"))
        }
        _ => Ok(()),
    }
}

fn format(given: Option<Format>, path: Option<&Path>) -> Result<Format> {
    let of_ending = || {
        let ending = path?.extension()?.to_str()?;
        ending.parse::<Format>().ok()
    };
    let format = given.or_else(of_ending).unwrap_or(Format::NQuads);
    if format.is_rdf() {
        return Ok(format);
    }
    Err(Error::usage(format!("{format} is a format of rows, not of a graph"))
        .with_hint("write nquads, trig, turtle, ntriples, rdfxml, jsonld or dot")
        .with_hint("for rows: mainstay ask facts --format csv"))
}

/// Writes at most `limit` statements; gives how many, and whether there are more.
fn write(graph: &Graph, format: Format, limit: usize, output: &mut dyn Write) -> Result<(usize, bool)> {
    if format == Format::Dot {
        return network::dot(&|| graph.quads(), limit, output);
    }
    let count = quads(graph.quads().take(limit), format, output)?;
    Ok((count, count < graph.quad_count()))
}
