//! The record of how a query ran: its steps as a tree, with what was expected and what came.

use serde::Serialize;
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

impl Step {
    fn write(&self, f: &mut fmt::Formatter<'_>, before: &str, place: &str) -> fmt::Result {
        let tree: String = format!("{before}{place}{}", self.operation);
        let room = 44;
        let shown: String = if tree.chars().count() > room {
            tree.chars().take(room - 1).chain(['…']).collect()
        } else {
            tree
        };
        let expected = self.expected_rows.map(|rows| rows.to_string()).unwrap_or_default();
        let ms = self.seconds * 1e3;
        writeln!(f, "{shown:<room$} {expected:>8} {:>8} {ms:>8.2} {:>8}", self.rows, self.scanned_triples)?;
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
    /// The last step of the plan, with those below it; none if the query ran in the general evaluator.
    pub plan: Option<Step>,
    /// Why the query ran in the general evaluator, if it did.
    pub fallback: Option<String>,
}

impl fmt::Display for Explanation {
    /// A tree that fits 80 columns.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(reason) = &self.fallback {
            writeln!(f, "runs in the general evaluator: {reason}")?;
        }
        let Some(plan) = &self.plan else { return Ok(()) };
        writeln!(f, "{:<44} {:>8} {:>8} {:>8} {:>8}", "step", "expected", "rows", "ms", "scanned")?;
        plan.write(f, "", "")
    }
}

/// Records steps while they run.
#[derive(Default)]
pub(super) struct Recorder {
    open: RefCell<Vec<(Step, Instant, u64)>>,
    done: RefCell<Vec<Step>>,
}

impl Recorder {
    pub(super) fn begin(&self, operation: String, expected_rows: Option<usize>, scanned: u64) {
        let step =
            Step { operation, expected_rows, rows: 0, seconds: 0.0, scanned_triples: 0, steps: Vec::new() };
        self.open.borrow_mut().push((step, Instant::now(), scanned));
    }

    pub(super) fn end(&self, rows: usize, scanned: u64) {
        let mut open = self.open.borrow_mut();
        let Some((mut step, start, before)) = open.pop() else { return };
        step.rows = rows;
        step.seconds = start.elapsed().as_secs_f64();
        step.scanned_triples = scanned - before;
        match open.last_mut() {
            Some((parent, ..)) => parent.steps.push(step),
            None => self.done.borrow_mut().push(step),
        }
    }

    pub(super) fn finish(&self) -> Vec<Step> {
        self.done.take()
    }
}
