//! Checks: queries that find what a person has to look at, each finding with its file and line.
//!
//! A check is a canned query of `queries/checks`, tagged with its suite and level, that selects `?file`, `?line` and
//! `?message`. Its name is the rule of its findings, its summary and description explain them.

use super::canned::Canned;
use super::lookup;
use crate::engine::{QueryOptions, QuerySource};
use crate::error::{Error, Result};
use oxrdf::Term;
use std::borrow::Cow;

/// Names and texts of the checks: `queries/checks/NAME.rq`.
macro_rules! shipped {
    ($($name:literal),* $(,)?) => {
        const SHIPPED: &[(&str, &str)] =
            &[$(($name, include_str!(concat!("../../queries/checks/", $name, ".rq")))),*];
    };
}

shipped![
    "contradiction",
    "identity-conflict",
    "missing-include",
    "missing-label",
    "missing-section",
    "unknown-region",
    "unparsed",
    "zone-table-disagreement",
];

/// How much a finding matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// Worth knowing.
    Note,
    /// Something is missing, or two sources disagree.
    Warning,
    /// The graph is wrong.
    Error,
}

impl Level {
    /// Its name in SARIF 2.1.0 (3.27.10).
    pub fn name(self) -> &'static str {
        match self {
            Self::Note => "note",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }

    fn of_tag(tag: &str) -> Option<Self> {
        [Self::Note, Self::Warning, Self::Error].into_iter().find(|level| level.name() == tag)
    }
}

/// What a kind of finding means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rule {
    /// Its name in kebab case.
    pub name: String,
    /// What it finds, in one line.
    pub summary: String,
    /// What to do about it.
    pub description: String,
    /// How much it matters.
    pub level: Level,
}

/// One finding.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Finding {
    /// The file, as it is named in the graph; empty where the finding has none.
    pub file: String,
    /// 1-based line; 0 where the finding is about a whole file or none.
    pub line: u32,
    /// The name of its rule.
    pub rule: String,
    /// What was found, without a full stop.
    pub message: String,
    /// How much it matters.
    pub level: Level,
}

/// What checks found, and their rules.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// The rules that were tried, by name.
    pub rules: Vec<Rule>,
    /// The findings by file and line.
    pub findings: Vec<Finding>,
}

impl Report {
    /// The rules and findings of both.
    #[must_use]
    pub fn and(mut self, other: Self) -> Self {
        self.rules.extend(other.rules);
        self.findings.extend(other.findings);
        self.sorted()
    }

    /// Sorts the findings by place, and drops what is found twice.
    #[must_use]
    pub fn sorted(mut self) -> Self {
        self.findings.sort();
        self.findings.dedup();
        self
    }
}

/// Checks what the extraction left open: passages that it didn't understand, what documents are expected to say and
/// don't, and what disagrees.
///
/// The options are those of each query; one cancellation ends them all.
///
/// # Errors
/// A graph that can't be read, or a query that runs out of its limits.
pub fn extraction(source: &dyn QuerySource, options: &QueryOptions) -> Result<Report> {
    let mut report = Report::default();
    for (name, text) in SHIPPED {
        let check = Canned {
            name: (*name).to_owned(),
            origin: format!("queries/checks/{name}.rq"),
            text: Cow::Borrowed(text),
        };
        let rule = rule(&check)?;
        for row in lookup::rows_within(source, text, options)? {
            report.findings.push(finding(&rule, &row)?);
        }
        report.rules.push(rule);
    }
    Ok(report.sorted())
}

fn rule(check: &Canned) -> Result<Rule> {
    let header = check.header()?;
    let level = header.tags.iter().find_map(|tag| Level::of_tag(tag)).unwrap_or(Level::Note);
    Ok(Rule { name: check.name.clone(), summary: header.summary, description: header.description, level })
}

/// The finding of a row of file, line and message.
fn finding(rule: &Rule, row: &[Option<Term>]) -> Result<Finding> {
    let Rule { name, level, .. } = rule;
    let text = |at: usize| match row.get(at) {
        Some(Some(Term::Literal(literal))) => Ok(literal.value().to_owned()),
        _ => Err(Error::query(format!("the check {name} gives a row without its file, line and message"))),
    };
    let line = text(1)?.parse().unwrap_or(0);
    Ok(Finding { file: text(0)?, line, rule: name.clone(), message: text(2)?, level: *level })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::answers::canned::query_files;
    use std::path::Path;

    #[test]
    fn every_check_of_the_folder_ships_with_a_level_and_its_columns() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("queries/checks");
        let files = query_files(&folder).unwrap();
        let names: Vec<&str> = files.iter().map(|path| path.file_stem().unwrap().to_str().unwrap()).collect();
        assert_eq!(names, SHIPPED.iter().map(|(name, _)| *name).collect::<Vec<_>>());
        for (name, text) in SHIPPED {
            let check =
                Canned { name: (*name).to_owned(), origin: (*name).to_owned(), text: Cow::Borrowed(text) };
            let tags = check.header().unwrap().tags;
            assert!(tags.iter().any(|tag| Level::of_tag(tag).is_some()), "{name}");
            assert!(text.contains("SELECT ?file ?line ?message WHERE"), "{name}");
        }
    }
}
