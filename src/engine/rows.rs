//! The rows of a SELECT: columns of term numbers, of which each cell becomes a term when it is asked for.

use super::late::{Output, Simple};
use super::limits::Limits;
use super::space::TermSpace;
use super::table::Table;
use crate::error::{Error, Result};
use oxrdf::{Term, Variable};
use spareval::{CancellationToken, QueryEvaluationError, QueryResults, QuerySolutionIter};

/// The rows of a SELECT, one after the other.
pub struct Rows {
    variables: Vec<Variable>,
    table: Table,
    cells: Vec<Cell>,
    space: TermSpace,
    cancellation: CancellationToken,
    limits: Option<Limits>,
    /// How many rows were gone to.
    rows: usize,
    /// The last of them, whose cells are told.
    row: Option<usize>,
    numbers: Vec<u32>,
}

/// How the cells of a column are made, and of which columns of the table.
struct Cell {
    output: Output,
    places: Vec<Option<usize>>,
    /// The places of up to two columns that tell its values apart; `None` where there are more.
    keys: Option<[Option<usize>; 2]>,
}

impl Cell {
    fn new(output: Output, table: &Table) -> Self {
        let places = output.places(table);
        let keys = match places[..] {
            [] => Some([None, None]),
            [a] => Some([None, a]),
            [a, b] => Some([a, b]),
            _ => None,
        };
        Self { output, places, keys }
    }
}

impl Rows {
    pub(super) fn new(
        variables: Vec<Variable>,
        table: Table,
        outputs: Vec<Output>,
        space: TermSpace,
        cancellation: CancellationToken,
    ) -> Self {
        let cells = outputs.into_iter().map(|output| Cell::new(output, &table)).collect();
        Self {
            variables,
            table,
            cells,
            space,
            cancellation,
            limits: None,
            rows: 0,
            row: None,
            numbers: Vec::new(),
        }
    }

    /// The same until a limit is reached.
    pub(super) fn limited(self, limits: Limits) -> Self {
        Self { limits: Some(limits), ..self }
    }

    /// The variables, in the order of the columns.
    pub fn variables(&self) -> &[Variable] {
        &self.variables
    }

    /// Goes to the next row, at first to the first one; says whether there is one.
    ///
    /// # Errors
    /// The query runs out of its limits.
    pub fn advance(&mut self) -> Result<bool> {
        let more = self.rows < self.table.len();
        let next = || more.then_some(Ok(()));
        let next = match &mut self.limits {
            Some(limits) => limits.next(next),
            None => next(),
        };
        if more {
            self.row = Some(self.rows);
            self.rows += 1;
        }
        next.transpose().map(|next| next.is_some()).map_err(Error::from)
    }

    #[inline]
    fn number(&self, place: Option<usize>) -> u32 {
        match (place, self.row) {
            (Some(place), Some(row)) => self.table.at(place, row),
            _ => 0,
        }
    }

    /// A number for the value in a column of this row: in two rows with the same number the value is the same.
    /// `None` where the value is made of too much for a number.
    #[inline]
    pub fn key(&self, column: usize) -> Option<u64> {
        let [a, b] = self.cells.get(column)?.keys?;
        Some(u64::from(self.number(a)) << 32 | u64::from(self.number(b)))
    }

    /// The value in a column of this row if it is a plain string, which is put in place of some words, or an integer;
    /// `None` if it is something else or not there.
    pub fn simple(&mut self, column: usize, words: &mut String) -> Option<Simple> {
        let cell = self.cells.get(column)?;
        let mut numbers = std::mem::take(&mut self.numbers);
        numbers.clear();
        numbers.extend(cell.places.iter().map(|place| self.number(*place)));
        let simple = cell.output.simple(&numbers, &self.space, words);
        self.numbers = numbers;
        simple
    }

    /// The value in a column of this row, if it has one.
    ///
    /// # Errors
    /// The query runs out of its limits, or the graph file is damaged.
    pub fn term(&mut self, column: usize) -> Result<Option<Term>> {
        let Some(cell) = self.cells.get(column) else { return Ok(None) };
        let mut numbers = std::mem::take(&mut self.numbers);
        numbers.clear();
        numbers.extend(cell.places.iter().map(|place| self.number(*place)));
        let term = cell.output.term(&numbers, &self.space, &self.cancellation);
        self.numbers = numbers;
        term.map_err(|error| match &self.limits {
            Some(limits) => limits.replace(error, None),
            None => error,
        })
    }

    /// The rows as terms.
    pub(super) fn into_results(mut self) -> QueryResults<'static> {
        let variables = self.variables.clone().into();
        let mut ended = false;
        let rows = std::iter::from_fn(move || {
            let row = if ended { None } else { self.terms().transpose() };
            ended |= !matches!(row, Some(Ok(_)));
            row.map(|row| row.map_err(|error| QueryEvaluationError::Unexpected(Box::new(error))))
        });
        QueryResults::Solutions(QuerySolutionIter::from_tuples(variables, rows))
    }

    /// The terms of the next row.
    fn terms(&mut self) -> Result<Option<Vec<Option<Term>>>> {
        if !self.advance()? {
            return Ok(None);
        }
        (0..self.cells.len()).map(|column| self.term(column)).collect::<Result<_>>().map(Some)
    }
}
