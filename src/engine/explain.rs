//! The record of how a query ran: its steps as a tree, with what was expected and what came.

use crate::error::{Error, Result};
use crate::vocabulary::PREFIXES;
use serde::Serialize;
use spareval::QueryExplanation;
use std::cell::RefCell;
use std::fmt;
use std::time::Instant;

/// One step of a query that ran.
#[derive(Clone, Debug, Serialize)]
pub struct Step {
    /// What it did.
    pub operation: String,
    /// Rows that were expected from the counts of the graph, where there was an expectation.
    pub expected_rows: Option<usize>,
    /// Rows that came.
    pub rows: usize,
    /// Seconds that it took, with the steps below it.
    pub seconds: f64,
    /// Triples that it looked at, with the steps below it.
    pub scanned_triples: u64,
    /// The steps below it, in the order in which they ran.
    pub steps: Vec<Step>,
}

/// Columns for the tree of steps; 80 with the numbers.
const ROOM: usize = 44;

impl Step {
    /// Replaces texts, here and in all steps below.
    pub(super) fn replace(&mut self, texts: &[(String, String)]) {
        for (text, by) in texts {
            self.operation = self.operation.replace(text, &with_prefixes(by));
        }
        self.steps.iter_mut().for_each(|step| step.replace(texts));
    }

    fn write(&self, f: &mut fmt::Formatter<'_>, before: &str, place: &str) -> fmt::Result {
        let tree = format!("{before}{place}{}", self.operation);
        let shown: String = if tree.chars().count() > ROOM {
            tree.chars().take(ROOM - 1).chain(['…']).collect()
        } else {
            tree
        };
        let expected = self.expected_rows.map(|rows| number(rows as u64)).unwrap_or_default();
        let (rows, scanned) = (number(self.rows as u64), number(self.scanned_triples));
        let ms = milliseconds(self.seconds);
        writeln!(f, "{shown:<ROOM$} {expected:>8} {rows:>8} {ms:>8} {scanned:>8}")?;
        let below = match place {
            "" => String::new(),
            "└ " => format!("{before}  "),
            _ => format!("{before}│ "),
        };
        for (index, step) in self.steps.iter().enumerate() {
            let last = index + 1 == self.steps.len();
            step.write(f, &below, if last { "└ " } else { "├ " })?;
        }
        Ok(())
    }
}

/// How a query ran.
#[derive(Clone, Debug, Serialize)]
pub struct Explanation {
    /// The last step of the plan, with those below it; none for a query without a plan.
    pub plan: Option<Step>,
    /// Why the query ran in the general evaluator, if it did.
    pub fallback: Option<String>,
    /// Rows, or triples, that the query gives; 1 for ASK.
    pub rows: usize,
    /// Seconds that it took to its last row, planning among them.
    pub seconds: f64,
}

impl Explanation {
    /// The explanation as JSON: an object with the fields of this structure.
    ///
    /// # Errors
    /// None that are known: numbers and texts can be written.
    pub fn to_json(&self) -> Result<String> {
        serde_json::to_string_pretty(self)
            .map_err(|error| Error::query("the plan can't be written").with_source(error))
    }
}

impl fmt::Display for Explanation {
    /// A tree that fits 80 columns.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(reason) = &self.fallback {
            writeln!(f, "runs in the general evaluator: {reason}")?;
        }
        if let Some(plan) = &self.plan {
            writeln!(f, "{:<ROOM$} {:>8} {:>8} {:>8} {:>8}", "step", "expected", "rows", "ms", "scanned")?;
            plan.write(f, "", "")?;
        }
        let rows = if self.rows == 1 { "row" } else { "rows" };
        writeln!(f, "{} {rows} in {} ms", self.rows, milliseconds(self.seconds))
    }
}

/// A number in at most eight characters.
fn number(number: u64) -> String {
    match number {
        0..100_000_000 => number.to_string(),
        100_000_000..100_000_000_000 => format!("{}M", number / 1_000_000),
        _ => format!("{:.1e}", number as f64),
    }
}

/// A time in milliseconds, in at most eight characters.
fn milliseconds(seconds: f64) -> String {
    let ms = seconds * 1e3;
    if ms < 10_000.0 { format!("{ms:.2}") } else { format!("{ms:.0}") }
}

/// A text with prefixed names in the place of IRIs that have one, as they are written in a query.
pub(super) fn with_prefixes(text: &str) -> String {
    let mut short = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find('<') {
        short.push_str(&rest[..start]);
        rest = &rest[start..];
        let iri = rest[1..].find(['>', ' ', '"']).filter(|end| rest[1 + end..].starts_with('>'));
        let known = iri.and_then(|end| {
            let iri = &rest[1..=end];
            let fitting = PREFIXES.iter().filter(|(_, namespace)| iri.starts_with(namespace));
            let (prefix, namespace) = fitting.max_by_key(|(_, namespace)| namespace.len())?;
            Some((format!("{prefix}:{}", &iri[namespace.len()..]), end + 2))
        });
        match known {
            Some((name, len)) => {
                short.push_str(&name);
                rest = &rest[len..];
            }
            None => {
                short.push('<');
                rest = &rest[1..];
            }
        }
    }
    short + rest
}

/// A node of a plan of the general evaluator, as it tells it.
#[derive(serde::Deserialize)]
struct GeneralNode {
    name: String,
    #[serde(rename = "number of results", default)]
    rows: usize,
    #[serde(rename = "duration in seconds", default)]
    seconds: f64,
    #[serde(default)]
    children: Vec<Self>,
}

#[derive(serde::Deserialize)]
struct GeneralPlan {
    plan: GeneralNode,
}

/// The plan of the general evaluator, once it has run.
pub(super) fn general_plan(explanation: &QueryExplanation) -> Result<Step> {
    let unreadable = |error: Box<dyn std::error::Error + Send + Sync>| {
        Error::query("the plan of the general evaluator can't be read").with_source(error)
    };
    let mut json = Vec::new();
    explanation.write_in_json(&mut json).map_err(|error| unreadable(error.into()))?;
    let plan: GeneralPlan = serde_json::from_slice(&json).map_err(|error| unreadable(error.into()))?;
    Ok(general_step(plan.plan))
}

fn general_step(node: GeneralNode) -> Step {
    let steps: Vec<Step> = node.children.into_iter().map(general_step).collect();
    let own = if node.name.starts_with("QuadPattern") { node.rows as u64 } else { 0 };
    let scanned_triples = own + steps.iter().map(|step| step.scanned_triples).sum::<u64>();
    let operation = with_prefixes(&node.name);
    Step { operation, expected_rows: None, rows: node.rows, seconds: node.seconds, scanned_triples, steps }
}

/// A step that runs.
struct Open {
    step: Step,
    start: Instant,
    /// Triples that were looked at before it.
    scanned: u64,
    /// Whether the steps below it that do the same are recorded as one.
    merges: bool,
}

/// Adds a step, to one that does the same if there is one.
fn merge(steps: &mut Vec<Step>, step: Step) {
    match steps.iter_mut().find(|other| other.operation == step.operation) {
        Some(known) => {
            let expected = known.expected_rows.zip(step.expected_rows);
            known.expected_rows = expected.map(|(a, b)| a.saturating_add(b));
            known.rows += step.rows;
            known.seconds += step.seconds;
            known.scanned_triples += step.scanned_triples;
            step.steps.into_iter().for_each(|below| merge(&mut known.steps, below));
        }
        None => steps.push(step),
    }
}

/// Records steps while they run.
#[derive(Default)]
pub(super) struct Recorder {
    open: RefCell<Vec<Open>>,
    done: RefCell<Vec<Step>>,
}

impl Recorder {
    pub(super) fn begin(&self, operation: String, expected_rows: Option<usize>, scanned: u64) {
        let operation = with_prefixes(&operation);
        let step =
            Step { operation, expected_rows, rows: 0, seconds: 0.0, scanned_triples: 0, steps: Vec::new() };
        let open = Open { step, start: Instant::now(), scanned, merges: false };
        self.open.borrow_mut().push(open);
    }

    /// Records those steps below the one that runs as one that do the same.
    pub(super) fn merge_steps(&self) {
        if let Some(open) = self.open.borrow_mut().last_mut() {
            open.merges = true;
        }
    }

    pub(super) fn end(&self, rows: usize, scanned: u64) {
        let mut open = self.open.borrow_mut();
        let Some(Open { mut step, start, scanned: before, .. }) = open.pop() else { return };
        step.rows = rows;
        step.seconds = start.elapsed().as_secs_f64();
        step.scanned_triples = scanned - before;
        match open.last_mut() {
            Some(parent) if parent.merges => merge(&mut parent.step.steps, step),
            Some(parent) => parent.step.steps.push(step),
            None => self.done.borrow_mut().push(step),
        }
    }

    pub(super) fn finish(&self) -> Vec<Step> {
        self.done.take()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_namespaces_become_prefixes() {
        for (long, short) in [
            ("?s <https://w3id.org/mainstay/ontology#line> ?o", "?s rel:line ?o"),
            ("?a < ?b && ?b > <https://w3id.org/mainstay/service/x>", "?a < ?b && ?b > svc:x"),
            ("<https://example.org/x>", "<https://example.org/x>"),
            ("\"1\"^^<http://www.w3.org/2001/XMLSchema#integer> < ?x", "\"1\"^^xsd:integer < ?x"),
            ("a <", "a <"),
            ("<é", "<é"),
        ] {
            assert_eq!(with_prefixes(long), short);
        }
    }

    #[test]
    fn numbers_keep_to_their_columns() {
        for value in [0, 99_999_999, 100_000_000, 99_999_999_999, u64::MAX] {
            assert!(number(value).len() <= 8, "{}", number(value));
        }
        assert_eq!((milliseconds(0.001).as_str(), milliseconds(99_999.0).as_str()), ("1.00", "99999000"));
    }
}
