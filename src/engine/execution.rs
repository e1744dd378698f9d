//! What the operators of one query share: the graph, the variables, terms from outside the graph, limits and
//! the record of the steps.

use super::explain::{Recorder, Step};
use super::table::{Table, Var, Vars};
use crate::error::{Error, Result};
use crate::graph::{Graph, Kind, Terms, Triples};
use oxrdf::{Term, Variable};
use rustc_hash::FxHashMap;
use spareval::{CancellationToken, ExpressionTerm};
use std::cell::{Cell, RefCell};
use std::rc::Rc;

/// Terms that the graph does not hold; their numbers follow those of the graph.
#[derive(Default)]
pub(super) struct Foreign {
    terms: Vec<(Term, Kind, ExpressionTerm)>,
    numbers: FxHashMap<Term, u32>,
    /// Numbers of integers and booleans that expressions gave, those of the graph among them.
    simple: FxHashMap<(Kind, i64), u32>,
}

/// The terms of a graph and those that a query brings or computes, as one space of numbers.
#[derive(Clone)]
pub(super) struct TermSpace {
    graph: Graph,
    foreign: Rc<RefCell<Foreign>>,
}

impl TermSpace {
    pub(super) fn new(graph: Graph) -> Self {
        Self { graph, foreign: Rc::default() }
    }

    /// The number of a term.
    pub(super) fn number(&self, term: Term) -> u32 {
        let terms = self.graph.terms();
        if let Some(number) = terms.number(term.as_ref()) {
            return number;
        }
        let mut foreign = self.foreign.borrow_mut();
        if let Some(number) = foreign.numbers.get(&term) {
            return *number;
        }
        let number = (terms.len() + foreign.terms.len() + 1) as u32;
        let (kind, value) = (Kind::of(term.as_ref()), ExpressionTerm::from(term.clone()));
        foreign.terms.push((term.clone(), kind, value));
        foreign.numbers.insert(term, number);
        number
    }

    /// The number of a term that an expression gave.
    pub(super) fn number_of_value(&self, value: ExpressionTerm) -> u32 {
        let simple = match &value {
            ExpressionTerm::IntegerLiteral(value) => (Kind::Integer, i64::from(*value)),
            ExpressionTerm::BooleanLiteral(value) => (Kind::Boolean, i64::from(bool::from(*value))),
            _ => return self.number(value.into()),
        };
        if let Some(number) = self.foreign.borrow().simple.get(&simple) {
            return *number;
        }
        let number = self.number(value.into());
        self.foreign.borrow_mut().simple.insert(simple, number);
        number
    }

    /// The term of a number.
    pub(super) fn term(&self, number: u32) -> Result<Term> {
        let len = self.graph.terms().len();
        match (number as usize).checked_sub(len + 1) {
            Some(index) => {
                let foreign = self.foreign.borrow();
                let term = foreign.terms.get(index).map(|(term, ..)| term.clone());
                term.ok_or_else(|| Error::query("a number names no term"))
            }
            None => self.graph.terms().term(number),
        }
    }

    /// The term of a number as expressions see it.
    pub(super) fn expression_term(&self, number: u32) -> Result<ExpressionTerm> {
        let len = self.graph.terms().len();
        match (number as usize).checked_sub(len + 1) {
            Some(index) => {
                let foreign = self.foreign.borrow();
                let value = foreign.terms.get(index).map(|(.., value)| value.clone());
                value.ok_or_else(|| Error::query("a number names no term"))
            }
            None => self.graph.terms().expression_term(number),
        }
    }

    /// The kind of a term.
    pub(super) fn kind(&self, number: u32) -> Option<Kind> {
        let len = self.graph.terms().len();
        match (number as usize).checked_sub(len + 1) {
            Some(index) => self.foreign.borrow().terms.get(index).map(|(_, kind, _)| *kind),
            None => self.graph.terms().kind(number),
        }
    }

    /// Whether the graph itself holds the term of a number.
    pub(super) fn is_native(&self, number: u32) -> bool {
        number as usize <= self.graph.terms().len()
    }
}

/// Most bytes that the table of one step may take if nothing else is said.
pub(super) const DEFAULT_MEMORY: usize = 2 << 30;

/// Values that operators work on between two looks at the clock: a millisecond or two.
pub(super) const CHECKED: usize = 1 << 16;

/// One query that runs.
pub(super) struct Execution<'g> {
    pub(super) terms: Terms<'g>,
    pub(super) triples: Triples<'g>,
    pub(super) space: TermSpace,
    variables: RefCell<Vec<Variable>>,
    cancellation: CancellationToken,
    /// Most bytes that the table of one step may take.
    max_memory: usize,
    scanned: Cell<u64>,
    /// Values that may be worked on before it is asked again whether the query was cancelled.
    until_check: Cell<usize>,
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
            cancellation,
            max_memory: max_memory.unwrap_or(DEFAULT_MEMORY),
            scanned: Cell::new(0),
            until_check: Cell::new(CHECKED),
            ended_in: RefCell::default(),
            recorder: explain.then(Recorder::default),
        }
    }

    /// The place of a variable.
    ///
    /// # Errors
    /// The query has more variables than the operators can tell apart.
    pub(super) fn var(&self, variable: &Variable) -> Result<Var> {
        let mut variables = self.variables.borrow_mut();
        let known = variables.iter().position(|other| other == variable);
        let place = known.unwrap_or_else(|| {
            variables.push(variable.clone());
            variables.len() - 1
        });
        if place >= Vars::MAX {
            return Err(Error::query(format!("the query has more than {} variables", Vars::MAX)));
        }
        Ok(place as Var)
    }

    /// A variable that no query has.
    pub(super) fn fresh(&self) -> Result<Var> {
        let number = self.variables.borrow().len();
        self.var(&Variable::new_unchecked(format!("#{number}")))
    }

    /// The name of a variable.
    pub(super) fn name(&self, var: Var) -> Variable {
        self.variables.borrow()[usize::from(var)].clone()
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
