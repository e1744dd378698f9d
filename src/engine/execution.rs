//! What the operators of one query share: the graph, the variables, terms from outside the graph, limits and
//! the record of the steps.

use super::explain::{Recorder, Step};
use super::graphs::Named;
use super::space::TermSpace;
use super::table::{Table, Var, Vars};
use crate::error::{Error, Result};
use crate::graph::{Graph, Terms, Triples};
use oxrdf::{Literal, Variable};
use oxsdatatypes::DateTime;
use rustc_hash::FxHashMap;
use spareval::CancellationToken;
use spargebra::Query;
use spargebra::algebra::GraphPattern;
use std::cell::{Cell, OnceCell, RefCell};

/// Most bytes that the table of one step may take if nothing else is said.
pub(super) const DEFAULT_MEMORY: usize = 2 << 30;

/// Values that operators work on between two looks at the clock: a millisecond or two.
pub(super) const CHECKED: usize = 1 << 16;

/// What the names of variables begin with that hold numbers of rows and the like.
pub(super) const OWN: &str = "#.";

/// One query that runs.
pub(super) struct Execution<'g> {
    pub(super) terms: Terms<'g>,
    pub(super) triples: Triples<'g>,
    pub(super) space: TermSpace,
    variables: RefCell<Vec<Variable>>,
    places: RefCell<FxHashMap<Variable, usize>>,
    /// The graphs of FROM and FROM NAMED, if the query has them.
    pub(super) named: Option<Named>,
    /// A query of nothing with the base of this one, against which relative IRIs are resolved.
    pub(super) frame: Query,
    cancellation: CancellationToken,
    /// Most bytes that the table of one step may take.
    max_memory: usize,
    scanned: Cell<u64>,
    /// Values that may be worked on before it is asked again whether the query was cancelled.
    until_check: Cell<usize>,
    now: OnceCell<Literal>,
    /// The innermost step that failed.
    ended_in: RefCell<Option<String>>,
    recorder: Option<Recorder>,
}

impl<'g> Execution<'g> {
    pub(super) fn new(
        graph: &'g Graph,
        cancellation: CancellationToken,
        max_memory: Option<usize>,
        explain: bool,
    ) -> Self {
        Self {
            terms: graph.terms(),
            triples: graph.triples(),
            space: TermSpace::new(graph.clone()),
            variables: RefCell::default(),
            places: RefCell::default(),
            named: None,
            frame: Query::Select { dataset: None, pattern: GraphPattern::default(), base_iri: None },
            cancellation,
            max_memory: max_memory.unwrap_or(DEFAULT_MEMORY),
            scanned: Cell::new(0),
            until_check: Cell::new(CHECKED),
            now: OnceCell::new(),
            ended_in: RefCell::default(),
            recorder: explain.then(Recorder::default),
        }
    }

    /// The place of a variable.
    ///
    /// # Errors
    /// The query has more variables than the operators can tell apart.
    pub(super) fn var(&self, variable: &Variable) -> Result<Var> {
        let known = self.places.borrow().get(variable).copied();
        let place = known.unwrap_or_else(|| {
            let mut variables = self.variables.borrow_mut();
            variables.push(variable.clone());
            self.places.borrow_mut().insert(variable.clone(), variables.len() - 1);
            variables.len() - 1
        });
        if place >= Vars::MAX {
            return Err(Error::query(format!("the query has more than {} variables", Vars::MAX)));
        }
        Ok(place as Var)
    }

    /// Whether a variable was asked for that the operators can't tell from the others.
    pub(super) fn has_too_many_variables(&self) -> bool {
        self.variables.borrow().len() > Vars::MAX
    }

    /// A variable that no query has, for one purpose.
    pub(super) fn own(&self, purpose: &str) -> Result<Var> {
        self.var(&Variable::new_unchecked(format!("{OWN}{purpose}")))
    }

    /// The name of a variable.
    pub(super) fn name(&self, var: Var) -> Variable {
        self.variables.borrow()[usize::from(var)].clone()
    }

    /// The time that NOW() gives, the same throughout the query.
    pub(super) fn now(&self) -> &Literal {
        self.now.get_or_init(|| Literal::from(DateTime::now()))
    }

    /// Fails if the query was cancelled or its time is over; operators ask every few thousand rows.
    pub(super) fn check(&self) -> Result<()> {
        if self.cancellation.is_cancelled() {
            return Err(Error::from(spareval::QueryEvaluationError::Cancelled));
        }
        Ok(())
    }

    /// As [`Execution::check`], at some of the rows of a loop only.
    #[inline]
    pub(super) fn check_at(&self, row: usize) -> Result<()> {
        if row % 4096 == 4095 { self.check() } else { Ok(()) }
    }

    /// As [`Execution::check`], after every so many values that were worked on.
    #[inline]
    pub(super) fn worked(&self, values: usize) -> Result<()> {
        match self.until_check.get().checked_sub(values) {
            Some(left) => {
                self.until_check.set(left);
                Ok(())
            }
            None => {
                self.until_check.set(CHECKED);
                self.check()
            }
        }
    }

    /// [`Table::gather`], checked on its way.
    pub(super) fn gather(&self, table: &Table, rows: &[u32], vars: Vars) -> Result<Table> {
        table.gather(rows, vars, |values| self.worked(values))
    }

    /// The token that cancels this query.
    pub(super) fn cancellation(&self) -> CancellationToken {
        self.cancellation.clone()
    }

    /// Fails if a table of so many values would be larger than the budget.
    pub(super) fn charge(&self, values: usize) -> Result<()> {
        if values.saturating_mul(4) <= self.max_memory {
            return Ok(());
        }
        Err(super::limits::out_of_memory(self.max_memory))
    }

    /// The innermost step that failed, if one did.
    pub(super) fn ended_in(&self) -> Option<String> {
        self.ended_in.take()
    }

    /// Counts triples that were looked at.
    pub(super) fn scan(&self, triples: usize) {
        self.scanned.set(self.scanned.get() + triples as u64);
    }

    /// Runs a step of the plan and records it if the plan is to be explained.
    pub(super) fn step(
        &self,
        estimate: Option<usize>,
        label: impl FnOnce() -> String,
        run: impl FnOnce() -> Result<Table>,
    ) -> Result<Table> {
        let Some(recorder) = &self.recorder else {
            return self.charged(run).inspect_err(|_| self.note_end(label));
        };
        let label = label();
        recorder.begin(label.clone(), estimate, self.scanned.get());
        let table = self.charged(run).inspect_err(|_| self.note_end(|| label));
        recorder.end(table.as_ref().map_or(0, Table::len), self.scanned.get());
        table
    }

    /// As [`Execution::step`], for a step whose steps run again and again: they are recorded as one each.
    pub(super) fn step_of_parts(
        &self,
        label: impl FnOnce() -> String,
        run: impl FnOnce() -> Result<Table>,
    ) -> Result<Table> {
        self.step(None, label, || {
            if let Some(recorder) = &self.recorder {
                recorder.merge_steps();
            }
            run()
        })
    }

    fn charged(&self, run: impl FnOnce() -> Result<Table>) -> Result<Table> {
        self.check()?;
        let table = run()?;
        self.charge(table.bytes() / 4)?;
        Ok(table)
    }

    /// Keeps the first step that failed: those around it fail for the same reason.
    fn note_end(&self, label: impl FnOnce() -> String) {
        self.ended_in.borrow_mut().get_or_insert_with(label);
    }

    /// The steps that were recorded.
    pub(super) fn steps(&self) -> Vec<Step> {
        self.recorder.as_ref().map(Recorder::finish).unwrap_or_default()
    }
}
