//! `mainstay ask`: lists, explains and runs the canned queries.

use super::run::Runner;
use super::{Context, open};
use crate::answers::canned::{Canned, Catalogue};
use crate::answers::parameters;
use crate::error::{Error, Result};
use crate::outputs::{self, Cells, Format, Layout, Style, wrapped, write_failed};
use oxrdf::{Literal, Variable};
use std::io::Write;
use std::process::ExitCode;

#[derive(clap::Args)]
#[command(disable_help_flag = true)]
pub(super) struct Arguments {
    /// The name of a query; without it all are listed
    name: Option<String>,
    /// Values of its parameters: service="Service Bus"
    #[arg(value_name = "NAME=VALUE")]
    values: Vec<String>,
    /// Explains the query, or, without a name, this command
    #[arg(long, short)]
    help: bool,
    /// Writes the SPARQL text of the query
    #[arg(long)]
    show: bool,
    /// Writes how the query ran in place of its result
    #[arg(long)]
    explain: bool,
}

pub(super) fn run(context: &Context, arguments: &Arguments) -> Result<ExitCode> {
    let catalogue = Catalogue::new(&context.options.queries)?;
    let Some(name) = &arguments.name else {
        if arguments.help {
            return help(context);
        }
        match context.options.format {
            Some(format) => rows(context, &catalogue, format)?,
            None => print(context, &list(&catalogue)?)?,
        }
        return Ok(ExitCode::SUCCESS);
    };
    let query = catalogue.get(name)?;
    if arguments.help {
        print(context, &explanation(query)?)?;
    } else if arguments.show {
        print(context, &query.text)?;
    } else {
        answer(query, arguments, &Runner::new(context))?;
    }
    Ok(ExitCode::SUCCESS)
}

/// Runs a canned query on the graph that the options name.
fn answer(query: &Canned, arguments: &Arguments, runner: &Runner<'_>) -> Result<()> {
    let graph = open::graph(&runner.context.options)?;
    let prepared = query.prepare(&arguments.values, &graph)?;
    if arguments.explain {
        return runner.explain(&prepared, &graph);
    }
    runner.run(&prepared, &graph, Cells::Plain)?;
    Ok(())
}

fn help(context: &Context) -> Result<ExitCode> {
    use clap::CommandFactory;
    let mut command = super::Cli::command();
    command.build();
    if let Some(ask) = command.find_subcommand_mut("ask") {
        let text = ask.render_help().to_string();
        print(context, &text)?;
    }
    Ok(ExitCode::SUCCESS)
}

fn print(context: &Context, text: &str) -> Result<()> {
    let mut output = context.ui.output();
    output.write_all(text.as_bytes()).and_then(|()| output.flush()).map_err(write_failed)
}

/// The names and summaries of all queries, a line each.
///
/// # Errors
/// A query with a bad header.
pub fn list(catalogue: &Catalogue) -> Result<String> {
    let width = catalogue.iter().map(|query| query.name.len()).max().unwrap_or(0);
    let mut text = String::new();
    for query in catalogue.iter() {
        let summary = query.header()?.summary;
        text.push_str(&format!("{:width$}  {summary}\n", query.name));
    }
    text.push_str("\nmainstay ask NAME --help explains a query; mainstay ask NAME runs it.\n");
    Ok(text)
}

/// The names and summaries of all queries as rows.
fn rows(context: &Context, catalogue: &Catalogue, format: Format) -> Result<()> {
    if format.is_rdf() || format == Format::Sarif {
        return Err(Error::usage(format!("the list of queries is not written as {format}"))
            .with_hint("its formats are table, csv, tsv, json, jsonl, xml and markdown"));
    }
    let layout = Layout { width: context.ui.width(), color: context.ui.color };
    let style = Style { format, cells: Cells::Plain, layout, limit: None };
    let variables = ["name", "summary"].map(Variable::new_unchecked);
    let mut output = context.ui.output();
    let mut writer = outputs::rows(&style, &variables, &mut output).map_err(write_failed)?;
    for query in catalogue.iter().take(context.options.limit.unwrap_or(usize::MAX)) {
        let cells = [query.name.clone(), query.header()?.summary];
        writer.row(&cells.map(|text| Some(Literal::from(text).into()))).map_err(write_failed)?;
    }
    writer.finish().map_err(write_failed)?;
    output.flush().map_err(write_failed)
}

/// What a query answers, its parameters, and how it is called.
///
/// # Errors
/// A bad header.
pub fn explanation(query: &Canned) -> Result<String> {
    let header = query.header()?;
    let parameters = query.parameters();
    let mut text = format!("{}: {}\n", query.name, header.summary);
    if !header.description.is_empty() {
        text.push_str(&format!("\n{}\n", wrapped(&header.description, 80)));
    }
    if !parameters.is_empty() {
        text.push_str("\nParameters:\n");
        let width = parameters.iter().map(|parameter| parameter.name.len()).max().unwrap_or(0);
        for parameter in &parameters {
            let default = header.defaults.iter().find(|(name, _)| *name == parameter.name);
            let values =
                header.enumerate.iter().find(|(name, values)| *name == parameter.name && !values.is_empty());
            let mut line = format!("  {:width$}  {}", parameter.name, parameter.takes());
            if let Some((_, values)) = values {
                line.push_str(&format!(": {}", values.join(", ")));
            }
            match default {
                Some((_, value)) => line.push_str(&format!(" [default: {value}]")),
                None if parameter.required => line.push_str(" (required)"),
                None => {}
            }
            text.push_str(&line);
            text.push('\n');
        }
    }
    text.push_str(&format!("\n{}\n", parameters::usage(&parameters, &query.name)));
    if !header.tags.is_empty() {
        text.push_str(&format!("tags: {}\n", header.tags.join(", ")));
    }
    Ok(text)
}
