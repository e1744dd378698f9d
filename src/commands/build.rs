//! `mainstay build`: documents and RDF files → one graph file.

use super::{Context, open};
use crate::diagnostics::{Diagnostic, Severity};
use crate::error::{Error, Result};
use crate::graph::build::{BuildOptions, BuildReport, build};
use crate::graph::remove_unfinished;
use crate::outputs::file::check_folder;
use crate::outputs::write_failed;
use crate::ui::unless_closed;
use indicatif::{ProgressBar, ProgressStyle};
use oxrdf::NamedNode;
use std::collections::HashMap;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{Duration, Instant};

#[derive(clap::Args)]
pub(super) struct Arguments {
    /// Documents (.md, or Markdown under .txt), RDF files (.ttl, .nt, .nq, .trig, .rdf, .jsonld), or folders of them
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// The graph file to write; an older one is replaced when the new one is whole
    #[arg(long, short, value_name = "FILE", default_value = "mainstay.graph")]
    output: PathBuf,
    /// The public address of the folder that is built, so that sources can be opened in a browser
    #[arg(long, value_name = "URL")]
    source_base: Option<String>,
    /// Turtle that teaches the extraction labels, cues and names beside those that ship; a file, or a folder of .ttl
    /// files; may be repeated
    #[arg(long, value_name = "PATH")]
    ontology: Vec<PathBuf>,
    /// Leaves the documents' own words out of the graph
    #[arg(long)]
    no_quotes: bool,
    /// Says only what went wrong
    #[arg(long, short)]
    quiet: bool,
    /// Lists every passage that was not understood, and every note
    #[arg(long, short, conflicts_with = "quiet")]
    verbose: bool,
}

/// The exit code of a program that Ctrl-C ends, as shells give it.
const INTERRUPTED: i32 = 130;

pub(super) fn run(context: &Context, arguments: &Arguments) -> Result<ExitCode> {
    let start = Instant::now();
    check_folder(&arguments.output)?;
    open::check_name(&arguments.output)?;
    if let Some(base) = arguments.source_base.as_deref().filter(|base| NamedNode::new(*base).is_err()) {
        return Err(Error::usage(format!("{base} is no URL"))
            .with_hint("--source-base is the address of the folder, such as https://example.com/docs"));
    }
    let options = BuildOptions {
        paths: arguments.paths.clone(),
        output: arguments.output.clone(),
        source_base: arguments.source_base.clone(),
        quotes: !arguments.no_quotes,
        ontology: arguments.ontology.clone(),
        notes: arguments.verbose,
    };
    // Ctrl-C leaves no half of a graph beside the one that is there, where the system tells of it.
    ctrlc::set_handler(|| {
        remove_unfinished();
        std::process::exit(INTERRUPTED);
    })
    .ok();
    let bar = progress_bar(context, arguments);
    let report = build(&options, &|done, total| {
        bar.set_length(total as u64);
        bar.set_position(done as u64);
    });
    bar.finish_and_clear();
    let report = report?;
    tell(context, arguments, &report.diagnostics);
    if !arguments.quiet {
        let text = summary(&report, &arguments.output, start.elapsed());
        let mut output = context.ui.output();
        unless_closed(output.write_all(text.as_bytes()).and_then(|()| output.flush()).map_err(write_failed))?;
    }
    let failed = report.diagnostics.iter().any(|diagnostic| diagnostic.severity == Severity::Error);
    Ok(if failed { ExitCode::from(crate::error::ErrorKind::Input.exit_code()) } else { ExitCode::SUCCESS })
}

fn progress_bar(context: &Context, arguments: &Arguments) -> ProgressBar {
    if arguments.quiet || !context.ui.errors_are_on_terminal {
        return ProgressBar::hidden();
    }
    let bar = ProgressBar::new(0);
    if let Ok(style) = ProgressStyle::with_template("{bar:40} {pos}/{len} files, {elapsed}") {
        bar.set_style(style);
    }
    bar
}

/// Tells what was noticed; what was not understood and mere notes only on request. The same warning in many
/// files is told once, but on request each time.
fn tell(context: &Context, arguments: &Arguments, diagnostics: &[Diagnostic]) {
    let wanted = |diagnostic: &&Diagnostic| match diagnostic.severity {
        Severity::Error => true,
        Severity::Warning => !arguments.quiet,
        Severity::Note => arguments.verbose,
    };
    let mut repeated: HashMap<(&str, &str), usize> = HashMap::new();
    for diagnostic in diagnostics.iter().filter(wanted) {
        *repeated.entry((diagnostic.code, &diagnostic.message)).or_default() += 1;
    }
    for diagnostic in diagnostics.iter().filter(wanted) {
        let key = (diagnostic.code, diagnostic.message.as_str());
        match repeated.remove(&key) {
            None => {}
            Some(count) if count > 1 && !arguments.verbose => {
                context.ui.line(format!("{diagnostic} and in {} more places", count - 1));
            }
            Some(count) => {
                context.ui.line(diagnostic);
                if arguments.verbose {
                    repeated.insert(key, count);
                }
            }
        }
    }
}

fn summary(report: &BuildReport, output: &Path, time: Duration) -> String {
    let rate = |count: usize| format!("{count:>10}");
    let mut lines = vec![("documents".to_owned(), report.documents)];
    if report.rdf_files > 0 {
        lines.push(("RDF files".to_owned(), report.rdf_files));
    }
    lines.push(("facts".to_owned(), report.facts_by_kind.iter().map(|(_, count)| count).sum()));
    lines.extend(report.facts_by_kind.iter().map(|(kind, count)| (format!("  {kind}"), *count)));
    lines.push(("triples".to_owned(), report.triples));
    lines.push(("not understood".to_owned(), report.unparsed));
    lines.push(("missing includes".to_owned(), report.missing_includes));
    let text: String =
        lines.into_iter().map(|(name, count)| format!("{name:<22}{}\n", rate(count))).collect();
    format!("{text}{} in {}\n", output.display(), super::run::shown_time(time))
}
