//! `mainstay batch`: many query files, each to its own result file.

use super::run::{Runner, counted};
use super::{Context, open};
use crate::answers::canned::{Canned, query_files, read};
use crate::answers::{names, variables};
use crate::engine::QuerySource;
use crate::error::{Error, Result};
use crate::nearest::{self, key};
use crate::outputs::file::write_whole;
use crate::outputs::{Cells, Format, Written};
use spargebra::Query;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

#[derive(clap::Args)]
pub(super) struct Arguments {
    /// Query files, or folders of `.rq` files
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// The folder of the results; made where it is missing
    ///
    /// Rows are written as CSV and triples as Turtle unless --format says otherwise.
    #[arg(long, short, value_name = "DIR")]
    output: PathBuf,
    /// A value for the parameter of this name in every query that has it; may be repeated
    #[arg(long = "set", value_name = "NAME=VALUE")]
    values: Vec<String>,
    /// Takes the queries for checks: ends with exit code 1 where one gives rows, or an ASK is true
    #[arg(long)]
    fail_on_rows: bool,
}

pub(super) fn run(context: &Context, arguments: &Arguments) -> Result<ExitCode> {
    let files = files(&arguments.paths)?;
    check_names(&arguments.values, files.values())?;
    let graph = open::graph(&context.options)?;
    std::fs::create_dir_all(&arguments.output)
        .map_err(|error| Error::io("make the folder", &arguments.output, error))?;
    let mut first_failure = None;
    let mut failures = 0;
    let mut found = 0;
    for file in files.values() {
        match one(context, file, arguments, &graph) {
            Ok((path, written)) => {
                context.ui.note(format!("{}: {}", path.display(), counted(written)));
                found += usize::from(arguments.fail_on_rows && is_something(written));
            }
            Err(error) => {
                context.ui.error(&named(&error, file));
                first_failure.get_or_insert(error.kind().exit_code());
                failures += 1;
            }
        }
    }
    let told = if arguments.fail_on_rows { format!(", {found} found something") } else { String::new() };
    context.ui.note(format!("{} of {} queries ran{told}", files.len() - failures, files.len()));
    Ok(ExitCode::from(first_failure.unwrap_or(u8::from(found > 0))))
}

/// Whether a query that looks for what is wrong has found it.
fn is_something(written: Written) -> bool {
    match written {
        Written::Rows { count, cut } | Written::Triples { count, cut } => count > 0 || cut,
        Written::Boolean(answer) => answer,
    }
}

/// Refuses values for parameters that no query has. What can't be read is told when it is run.
fn check_names<'f>(values: &[String], files: impl Iterator<Item = &'f PathBuf>) -> Result<()> {
    let queries: Vec<Canned> = files.filter_map(|file| read(file).ok()).collect();
    let parameters: BTreeSet<String> =
        queries.iter().flat_map(Canned::parameters).map(|parameter| parameter.name).collect();
    for value in values {
        let Some((name, _)) = value.split_once('=') else {
            return Err(Error::usage(format!("--set {value} gives no value"))
                .with_hint(format!("write --set {value}=VALUE")));
        };
        if parameters.iter().all(|parameter| key(parameter) != key(name)) {
            let error = Error::usage(format!("no query of the batch has a parameter {name}"));
            let all: Vec<&str> = parameters.iter().map(String::as_str).collect();
            let hint = nearest::hint(name, all.iter().copied());
            return Err(error.with_hint(match hint {
                Some(hint) => hint,
                None if all.is_empty() => "they have no parameters: leave out --set".to_owned(),
                None => format!("their parameters are {}", all.join(", ")),
            }));
        }
    }
    Ok(())
}

/// An error that names the file that it is about.
fn named(error: &Error, file: &Path) -> Error {
    let name = file.display().to_string();
    let message = error.to_string();
    let message = if message.contains(&name) { message } else { format!("{name}: {message}") };
    error.hints().iter().fold(Error::new(error.kind(), message), |named, hint| named.with_hint(hint.as_str()))
}

/// The query files by the name of their results.
fn files(paths: &[PathBuf]) -> Result<BTreeMap<String, PathBuf>> {
    let mut found: BTreeMap<String, PathBuf> = BTreeMap::new();
    for path in paths {
        let list = if path.is_dir() { query_files(path)? } else { vec![path.clone()] };
        if list.is_empty() {
            return Err(Error::input(format!("{} holds no .rq files", path.display())));
        }
        for file in list {
            let name = file.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
            if let Some(other) = found.insert(name.clone(), file.clone()).filter(|other| *other != file) {
                let both = format!("{} and {}", other.display(), file.display());
                return Err(Error::usage(format!("{both} would write the same result file"))
                    .with_hint("rename one of them, or run them apart"));
            }
        }
    }
    Ok(found)
}

/// Runs one file; gives its result file and what was written.
fn one(
    context: &Context,
    file: &Path,
    arguments: &Arguments,
    source: &dyn QuerySource,
) -> Result<(PathBuf, Written)> {
    let canned = read(file)?;
    let (query, cells) = prepared(&canned, &arguments.values, source)?;
    if cells == Cells::Terms {
        for warning in variables::unbound(&query).into_iter().chain(names::unknown(&query, source)?) {
            context.ui.warning(format!("{}: {warning}", file.display()));
        }
    }
    let runner = Runner::new(context);
    let format = runner.format.unwrap_or(match query {
        Query::Construct { .. } | Query::Describe { .. } => Format::Turtle,
        Query::Select { .. } | Query::Ask { .. } => Format::Csv,
    });
    let path = arguments.output.join(format!("{}.{}", canned.name, format.extension()));
    let written = write_whole(&path, |output| runner.write(&query, source, cells, format, output))?;
    Ok((path, written))
}

/// The query of a file. One with a header is a canned query: its parameters are bound and its cells are plain.
fn prepared(canned: &Canned, values: &[String], source: &dyn QuerySource) -> Result<(Query, Cells)> {
    let parameters = canned.parameters();
    let is_canned = canned.text.lines().any(|line| line.trim_start().starts_with("#+"));
    if !is_canned && parameters.is_empty() {
        return Ok((canned.parsed()?, Cells::Terms));
    }
    let own: Vec<String> = values
        .iter()
        .filter(|value| {
            let name = value.split('=').next().unwrap_or_default();
            parameters.iter().any(|parameter| key(&parameter.name) == key(name))
        })
        .cloned()
        .collect();
    Ok((canned.prepare(&own, source)?, Cells::Plain))
}
