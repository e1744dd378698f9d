//! `mainstay check`: what a person has to look at, at its line.

use super::run::{Runner, only_first};
use super::{Context, open};
use crate::answers::check::{self, Finding, Report};
use crate::answers::shapes::{self, Validation};
use crate::engine::{QueryOptions, Watch};
use crate::error::{Error, ErrorKind, Result};
use crate::nearest;
use crate::outputs::sarif::sarif;
use crate::outputs::{self, Cells, Format, Layout, QuadWriter, Style, write_failed};
use crate::ui::{harmless, unless_closed};
use oxrdf::{GraphName, Literal, Term, Triple, Variable};
use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

/// What is checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Suite {
    /// All of it
    All,
    /// What the extraction left open, and what disagrees in the documents
    Extraction,
    /// What breaks the shapes that a graph holds to
    Shapes,
}

#[derive(clap::Args)]
pub(super) struct Arguments {
    /// What to check
    #[arg(value_enum, default_value = "all")]
    suite: Suite,
    /// Only the findings of a rule; may be repeated
    #[arg(long, value_name = "RULE")]
    rule: Vec<String>,
    /// Shapes in SHACL (Turtle) in place of those that ship; may be repeated
    #[arg(long, value_name = "FILE")]
    shapes: Vec<PathBuf>,
}

pub(super) fn run(context: &Context, arguments: &Arguments) -> Result<ExitCode> {
    let Arguments { suite, rule, shapes } = arguments;
    if *suite == Suite::Extraction && !shapes.is_empty() {
        return Err(
            Error::usage("the extraction isn't checked by shapes").with_hint("use `mainstay check shapes`")
        );
    }
    let graph = open::graph(&context.options)?;
    // The time is that of all queries and shapes together.
    let options = Runner::new(context).options();
    let watch = Watch::start(&options);
    let options = QueryOptions { timeout: None, ..options };
    let in_time = |error| match watch.as_ref().and_then(Watch::expired) {
        Some(seconds) => Error::new(ErrorKind::Limit, format!("the check took longer than {seconds} s"))
            .with_hint("give it more time with --timeout"),
        None => error,
    };
    let validate = || shapes::validate(&graph, shapes, &options.cancellation).map_err(in_time);
    let extraction = || check::extraction(&graph, &options).map_err(in_time);
    let report = match suite {
        Suite::All => extraction()?.and(validate()?.report),
        Suite::Extraction => extraction()?,
        Suite::Shapes => {
            let validation = validate()?;
            if let Some(format) = context.options.format.filter(|format| format.is_rdf()) {
                return validation_report(context, &validation, format, rule);
            }
            validation.report
        }
    };
    let mut report = only(report, &arguments.rule)?;
    let (code, counts, all) = (exit_code(&report), counted(&report), report.findings.len());
    report.findings.truncate(context.options.limit.unwrap_or(all));
    // Whoever reads no further is told by the exit code all the same.
    unless_closed(write(context, &report))?;
    if context.ui.output_is_terminal {
        context.ui.note(counts);
    }
    if report.findings.len() < all {
        context.ui.note(only_first(report.findings.len()));
    }
    Ok(code)
}

fn exit_code(report: &Report) -> ExitCode {
    if report.findings.is_empty() { ExitCode::SUCCESS } else { ExitCode::from(1) }
}

/// Writes the findings of shapes in the terms of SHACL.
fn validation_report(
    context: &Context,
    validation: &Validation,
    format: Format,
    rules: &[String],
) -> Result<ExitCode> {
    if !rules.is_empty() || context.options.limit.is_some() {
        return Err(Error::usage("a validation report of SHACL is written whole")
            .with_hint("leave out --rule and --limit, or use another format"));
    }
    unless_closed(write_triples(&validation.triples, format, &mut context.ui.output()))?;
    Ok(exit_code(&validation.report))
}

fn write_triples(triples: &[Triple], format: Format, output: &mut dyn Write) -> Result<()> {
    let mut writer = QuadWriter::for_triples(format, triples, output)?;
    for triple in triples {
        writer.quad(&triple.clone().in_graph(GraphName::DefaultGraph)).map_err(write_failed)?;
    }
    writer.end().map_err(write_failed)?;
    output.flush().map_err(write_failed)
}

/// The rules that are asked for, and their findings.
fn only(mut report: Report, rules: &[String]) -> Result<Report> {
    if rules.is_empty() {
        return Ok(report);
    }
    let names = || report.rules.iter().map(|rule| rule.name.as_str());
    for rule in rules {
        if names().all(|name| name != rule) {
            let error = Error::usage(format!("there is no rule {rule}"));
            let hint = nearest::hint(rule, names());
            let all: Vec<&str> = names().collect();
            return Err(error.with_hint(hint.unwrap_or_else(|| format!("the rules are {}", all.join(", ")))));
        }
    }
    report.rules.retain(|rule| rules.contains(&rule.name));
    report.findings.retain(|finding| rules.contains(&finding.rule));
    Ok(report)
}

fn write(context: &Context, report: &Report) -> Result<()> {
    let mut output = context.ui.output();
    match context.options.format {
        None if context.ui.output_is_terminal => lines(report, &mut output)?,
        Some(Format::Sarif) => sarif(report, &mut output)?,
        format => rows(context, report, format.unwrap_or(Format::Tsv), &mut output)?,
    }
    output.flush().map_err(write_failed)
}

fn rows(context: &Context, report: &Report, format: Format, output: &mut dyn Write) -> Result<()> {
    if format.is_rdf() {
        let error = Error::usage(format!("findings are not written as {format}"))
            .with_hint("their formats are table, csv, tsv, json, jsonl, xml, markdown and sarif");
        return Err(error.with_hint("`mainstay check shapes` writes RDF too: a validation report of SHACL"));
    }
    // People read the place as one, programs as two.
    let one_place = matches!(format, Format::Table | Format::Markdown);
    let names: &[&str] =
        if one_place { &["place", "rule", "message"] } else { &["file", "line", "level", "rule", "message"] };
    let variables: Vec<Variable> = names.iter().map(|name| Variable::new_unchecked(*name)).collect();
    let layout = Layout { width: context.ui.width(), color: context.ui.color };
    let style = Style { format, cells: Cells::Plain, layout, limit: None };
    let mut writer = outputs::rows(&style, &variables, output).map_err(write_failed)?;
    for finding in &report.findings {
        writer.row(&cells(finding, one_place)).map_err(write_failed)?;
    }
    writer.finish().map_err(write_failed)
}

/// One finding a line, in the form of compilers, which is whole in any width and leads editors to the place.
fn lines(report: &Report, output: &mut dyn Write) -> Result<()> {
    for finding in &report.findings {
        let level = finding.level.name();
        let Finding { rule, message, .. } = finding;
        let place = if finding.file.is_empty() { String::new() } else { place(finding) + ": " };
        let line = harmless(&format!("{place}{level}: {message} [{rule}]"));
        writeln!(output, "{line}").map_err(write_failed)?;
    }
    Ok(())
}

/// File and line of a finding.
fn place(finding: &Finding) -> String {
    if finding.line > 0 { format!("{}:{}", finding.file, finding.line) } else { finding.file.clone() }
}

fn cells(finding: &Finding, one_place: bool) -> Vec<Option<Term>> {
    let text = |text: &str| Some(Term::from(Literal::new_simple_literal(text)));
    let rest = [text(&finding.rule), text(&finding.message)];
    if one_place {
        return [text(&place(finding))].into_iter().chain(rest).collect();
    }
    let line = Some(Term::from(Literal::from(u64::from(finding.line))));
    [text(&finding.file), line, text(finding.level.name())].into_iter().chain(rest).collect()
}

fn counted(report: &Report) -> String {
    let counts = report.rules.iter().filter_map(|rule| {
        let count = report.findings.iter().filter(|finding| finding.rule == rule.name).count();
        (count > 0).then(|| format!("{count} {}", rule.name))
    });
    let counts: Vec<String> = counts.collect();
    if counts.is_empty() { "nothing to look at".to_owned() } else { counts.join(", ") }
}
