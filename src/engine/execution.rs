//! What the operators of one query share: the graph, the variables, terms from outside the graph, limits and
//! the record of the steps.

use super::explain::{Recorder, Step};
use super::table::{Table, Var, Vars};
use crate::error::{Error, ErrorKind, Result};
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
const DEFAULT_MEMORY: usize = 2 << 30;

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

    /// The token that cancels this query.
    pub(super) fn cancellation(&self) -> CancellationToken {
        self.cancellation.clone()
    }

    /// Fails if a table of so many values would be larger than the budget.
    pub(super) fn charge(&self, values: usize) -> Result<()> {
        if values.saturating_mul(4) <= self.max_memory {
            return Ok(());
        }
        let step = self.recorder.as_ref().and_then(Recorder::current).unwrap_or_default();
        let place = if step.is_empty() { String::new() } else { format!(" in {step}") };
        let mib = self.max_memory >> 20;
        Err(Error::new(ErrorKind::Limit, format!("the query needs more than {mib} MiB{place}"))
            .with_hint("narrow its patterns, or allow more with --max-memory"))
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
        self.check()?;
        let Some(recorder) = &self.recorder else {
            let table = run()?;
            self.charge(table.bytes() / 4)?;
            return Ok(table);
        };
        recorder.begin(label(), estimate, self.scanned.get());
        let table = run();
        let charged = table.and_then(|table| self.charge(table.bytes() / 4).map(|()| table));
        recorder.end(charged.as_ref().map_or(0, Table::len), self.scanned.get());
        charged
    }

    /// The steps that were recorded.
    pub(super) fn steps(&self) -> Vec<Step> {
        self.recorder.as_ref().map(Recorder::finish).unwrap_or_default()
    }
}
