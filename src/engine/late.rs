//! Values that a query only hands out: they are computed when their row is read, and get no number.

use super::delegate::Delegate;
use super::execution::Execution;
use super::native::Native;
use super::operators::Ask;
use super::space::TermSpace;
use super::table::{Table, Var, Vars};
use super::values::{Missing, Row};
use super::walk::used_variables;
use crate::error::Result;
use crate::graph::Kind;
use oxrdf::{Term, Variable};
use spareval::CancellationToken;
use spargebra::algebra::{Expression, GraphPattern, OrderExpression};

/// A value as simple as most are.
pub enum Simple {
    /// A plain string: its words.
    Words,
    /// An integer.
    Integer(i64),
}

/// How a column of the result is made.
pub(super) enum Output {
    /// From a column of the table.
    Column(Var),
    /// From an expression over columns of the table.
    Late(Box<Late>),
}

/// An expression whose value nothing else in the query asks for.
pub(super) struct Late {
    expression: Expression,
    native: Native,
    operands: Vec<(Var, Variable)>,
}

impl Execution<'_> {
    /// The solutions of a query, and how each of the variables that it gives is made of them.
    pub(super) fn solutions(
        &self,
        pattern: &GraphPattern,
        variables: &[Variable],
    ) -> Result<(Table, Vec<Output>)> {
        let (inner, start, length) = match pattern {
            GraphPattern::Project { inner, .. } => (inner, 0, None),
            GraphPattern::Slice { inner, start, length } => match &**inner {
                GraphPattern::Project { inner, .. } => (inner, *start, *length),
                _ => return self.plain_solutions(pattern, variables),
            },
            _ => return self.plain_solutions(pattern, variables),
        };
        let late = self.late(inner)?;
        let mut outputs = Vec::with_capacity(variables.len());
        for variable in variables {
            let found = late.iter().find(|(name, _)| *name == variable);
            let output = found.map(|(_, expression)| self.output(expression)).transpose()?.flatten();
            outputs.push(output.map_or_else(|| self.var(variable).map(Output::Column), Ok)?);
        }
        let need = outputs.iter().fold(Vars::NONE, |vars, output| vars | output.vars());
        let limit = length.map(|length| start.saturating_add(length));
        let table = self.evaluate(inner, Ask { limit, ..self.ask(need) })?;
        Ok((table.slice(start, length.unwrap_or(usize::MAX)), outputs))
    }

    fn plain_solutions(
        &self,
        pattern: &GraphPattern,
        variables: &[Variable],
    ) -> Result<(Table, Vec<Output>)> {
        let outputs = variables.iter().map(|variable| self.var(variable).map(Output::Column));
        let outputs = outputs.collect::<Result<Vec<_>>>()?;
        let table = self.evaluate(pattern, self.ask(self.vars(variables)?))?;
        Ok((table, outputs))
    }

    fn output(&self, expression: &Expression) -> Result<Option<Output>> {
        let mut operands = Vec::new();
        for variable in used_variables(expression) {
            operands.push((self.var(&variable)?, variable));
        }
        let native = Native::new(expression, &operands, &self.space);
        let late = native.map(|native| Box::new(Late { expression: expression.clone(), native, operands }));
        Ok(late.map(Output::Late))
    }

    /// The expressions at the top of a query whose values are only handed out.
    fn late<'p>(&self, pattern: &'p GraphPattern) -> Result<Vec<(&'p Variable, &'p Expression)>> {
        let mut late = Vec::new();
        let mut used = Vars::NONE;
        let mut pattern = pattern;
        loop {
            pattern = match pattern {
                GraphPattern::OrderBy { inner, expression } => {
                    for OrderExpression::Asc(key) | OrderExpression::Desc(key) in expression {
                        used = used | self.expression_vars(key)?;
                    }
                    inner
                }
                GraphPattern::Extend { inner, variable, expression } => {
                    if !used.contains(self.var(variable)?) {
                        late.push((variable, expression));
                    }
                    used = used | self.expression_vars(expression)?;
                    inner
                }
                _ => return Ok(late),
            };
        }
    }
}

impl Output {
    fn vars(&self) -> Vars {
        match self {
            Self::Column(var) => Vars::NONE.with(*var),
            Self::Late(late) => late.operands.iter().map(|(var, _)| *var).collect(),
        }
    }

    /// The places of the columns of a table that it is made of; none for a variable without one.
    pub(super) fn places(&self, table: &Table) -> Vec<Option<usize>> {
        match self {
            Self::Column(var) => vec![table.place(*var)],
            Self::Late(late) => late.operands.iter().map(|(var, _)| table.place(*var)).collect(),
        }
    }

    /// Puts the value made of the numbers in these columns in place of some words, or gives it, if it is a plain string
    /// or an integer; `None` if it is something else.
    pub(super) fn simple(&self, numbers: &[u32], space: &TermSpace, words: &mut String) -> Option<Simple> {
        words.clear();
        let is_words = match self {
            Self::Late(late) => late.push_words(numbers, space, words),
            Self::Column(_) => match (numbers, space.kind(*numbers.first()?)) {
                ([number], Some(Kind::String)) => space.push_text(*number, words),
                ([number], Some(Kind::Integer)) => return space.integer(*number).map(Simple::Integer),
                _ => false,
            },
        };
        is_words.then_some(Simple::Words)
    }

    /// The term made of the numbers in these columns.
    pub(super) fn term(
        &self,
        numbers: &[u32],
        space: &TermSpace,
        cancellation: &CancellationToken,
    ) -> Result<Option<Term>> {
        match self {
            Self::Column(_) => match numbers {
                [number] if *number != 0 => space.term(*number).map(Some),
                _ => Ok(None),
            },
            Self::Late(late) => match late.native.value(&Row { space, numbers }) {
                Ok(value) => value.term(space).map(Some),
                Err(Missing::Error) => Ok(None),
                Err(Missing::Undecided) => late.undecided(numbers, space, cancellation),
            },
        }
    }
}

impl Late {
    /// Adds the words of the value if it is a plain string.
    fn push_words(&self, numbers: &[u32], space: &TermSpace, words: &mut String) -> bool {
        self.native.push_words(&Row { space, numbers }, words)
    }

    /// The value for a row that the general evaluator decides.
    fn undecided(
        &self,
        numbers: &[u32],
        space: &TermSpace,
        cancellation: &CancellationToken,
    ) -> Result<Option<Term>> {
        let bound = self.operands.iter().zip(numbers).filter(|(_, number)| **number != 0);
        let (variables, columns): (Vec<Variable>, Vec<Vec<u32>>) =
            bound.map(|((_, variable), number)| (variable.clone(), vec![*number])).unzip();
        let delegate = Delegate::new(space.clone(), cancellation.clone());
        let values = delegate.evaluate(&self.expression, &variables, columns, 1)?;
        values.first().filter(|number| **number != 0).map(|number| space.term(*number)).transpose()
    }
}
