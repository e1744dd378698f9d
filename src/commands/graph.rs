//! `mainstay graph`: what a graph file holds, and whether it is whole.

use super::{Context, open};
use crate::answers::lookup::rows;
use crate::error::{Error, Result};
use crate::graph::Graph;
use crate::outputs::write_failed;
use oxrdf::Term;
use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

#[derive(clap::Args)]
pub(super) struct Arguments {
    #[command(subcommand)]
    action: Action,
}

#[derive(clap::Subcommand)]
enum Action {
    /// Says what a graph holds
    Info {
        /// The graph file [default: the graph of every command]
        file: Option<PathBuf>,
    },
    /// Reads a graph file whole and checks it
    Verify {
        /// The graph file [default: the graph of every command]
        file: Option<PathBuf>,
    },
}

pub(super) fn run(context: &Context, arguments: &Arguments) -> Result<ExitCode> {
    let (Action::Info { file } | Action::Verify { file }) = &arguments.action;
    if let (Some(file), Some(graph)) = (file, &context.options.graph) {
        let both = format!("{} and {}", graph.display(), file.display());
        return Err(Error::usage(format!("{both} are two graphs")).with_hint("name one"));
    }
    let origin = file.clone().map_or_else(|| open::origin(&context.options), open::Origin::File);
    let graph = open::open(&origin)?;
    let text = match &arguments.action {
        Action::Info { .. } => info(&graph, &origin.to_string())?,
        Action::Verify { .. } => {
            graph.verify()?;
            format!("{origin}: {} quads, whole and in order\n", graph.quad_count())
        }
    };
    let mut output = context.ui.output();
    output.write_all(text.as_bytes()).and_then(|()| output.flush()).map_err(write_failed)?;
    Ok(ExitCode::SUCCESS)
}

/// What a graph holds, in lines.
///
/// # Errors
/// A graph that can't be read.
pub fn info(graph: &Graph, origin: &str) -> Result<String> {
    let metadata = graph.metadata()?;
    let mut lines = vec![
        ("graph", origin.to_owned()),
        ("built by", metadata.tool),
        ("built from", metadata.sources.join(", ")),
        ("format", crate::graph::VERSION.to_string()),
        ("bytes", graph.byte_len().to_string()),
        ("triples", graph.triple_count().to_string()),
        ("quads", graph.quad_count().to_string()),
        ("graphs", graph.triples().graphs().len().to_string()),
        ("terms", graph.terms().len().to_string()),
        ("names", graph.labels().len().to_string()),
        ("prefixes", metadata.prefixes.into_keys().collect::<Vec<_>>().join(" ")),
    ];
    for (class, name) in
        [("Document", "documents"), ("Service", "services"), ("Region", "regions"), ("Unparsed", "unparsed")]
    {
        let count = rows(graph, &format!("SELECT (COUNT(?x) AS ?n) {{ ?x a rel:{class} }}"))?;
        lines.push((name, first_cell(&count)));
    }
    let kinds = rows(
        graph,
        "SELECT ?kind (COUNT(?fact) AS ?n) { ?fact a rel:Fact ; rel:kind ?kind } GROUP BY ?kind ORDER BY ?kind",
    )?;
    let counted = |row: &Vec<Option<Term>>| match row.as_slice() {
        [Some(Term::NamedNode(kind)), Some(Term::Literal(count))] => Some((
            crate::answers::lookup::local_name(kind.as_str()).to_owned(),
            count.value().parse().unwrap_or(0),
        )),
        _ => None,
    };
    let kinds: Vec<(String, usize)> = kinds.iter().filter_map(counted).collect();
    lines.push(("facts", kinds.iter().map(|(_, count)| count).sum::<usize>().to_string()));
    let mut text: String = lines
        .into_iter()
        .filter(|(_, value)| !value.is_empty())
        .map(|(name, value)| format!("{name:<12}{value}\n"))
        .collect();
    for (kind, count) in kinds {
        text.push_str(&format!("  {kind:<22}{count:>6}\n"));
    }
    Ok(text)
}

fn first_cell(rows: &[Vec<Option<Term>>]) -> String {
    match rows.first().and_then(|row| row.first()) {
        Some(Some(Term::Literal(literal))) => literal.value().to_owned(),
        _ => String::new(),
    }
}
