//! Work on rows that goes to the general evaluator: expressions, aggregates and orders, with its meaning of
//! SPARQL and no second one.
//!
//! The rows lie in a small dataset. Row `n` with the values `a`, `b`, `c` is the triples `(n, a, b)` in graph 0
//! and `(n, c, …)` in graph 1, so that a query over graph patterns reads the rows back. Results are not turned
//! into terms: the dataset notes their numbers when the evaluator hands them over.

use super::cancellation::{caught, stop_if_cancelled};
use super::space::TermSpace;
use crate::error::{Error, Result};
use oxrdf::{Literal, NamedNode, Term, Variable};
use rustc_hash::FxHashMap;
use spareval::{
    CancellationToken, ExpressionTerm, InternalQuad, QueryEvaluator, QueryResults, QueryableDataset,
};
use spargebra::Query;
use spargebra::algebra::{AggregateExpression, Expression, GraphPattern};
use spargebra::term::{NamedNodePattern, TermPattern, TriplePattern};
use std::cell::RefCell;
use std::rc::Rc;

/// A term as the evaluator holds it.
#[derive(Clone, PartialEq, Eq, Hash)]
enum Cell {
    /// A term of the graph or a foreign one.
    Term(u32),
    /// A row, or a group of rows.
    Row(u32),
    /// A graph of the dataset of rows.
    Graph(u32),
}

/// Rows for the evaluator: a number for each row (several rows may have the same) and columns of values.
struct Rows {
    numbers: Vec<u32>,
    columns: Vec<Vec<u32>>,
    /// Places of the rows with a number, where numbers are looked up.
    places: FxHashMap<u32, Vec<u32>>,
}

#[derive(Clone)]
struct RowDataset {
    space: TermSpace,
    cancellation: CancellationToken,
    rows: Rc<Rows>,
    /// The row numbers and terms that were handed over, in their order.
    results: Rc<RefCell<Vec<Cell>>>,
}

const GRAPH: &str = "urn:x-rows:";

impl QueryableDataset<'static> for RowDataset {
    type InternalTerm = Cell;
    type Error = Error;

    fn internal_quads_for_pattern(
        &self,
        subject: Option<&Cell>,
        _predicate: Option<&Cell>,
        _object: Option<&Cell>,
        graph_name: Option<Option<&Cell>>,
    ) -> impl Iterator<Item = Result<InternalQuad<Cell>, Error>> + use<> {
        let graph = match graph_name {
            Some(Some(Cell::Graph(graph))) => *graph,
            _ => u32::MAX,
        };
        let rows = Rc::clone(&self.rows);
        let cancellation = self.cancellation.clone();
        let places = match subject {
            Some(Cell::Row(number)) => Some(rows.places.get(number).cloned().unwrap_or_default()),
            Some(_) => Some(Vec::new()),
            None => None,
        };
        let len = if graph == u32::MAX { 0 } else { rows.numbers.len() };
        let len = places.as_ref().map_or(len, Vec::len);
        (0..len).map(move |index| {
            stop_if_cancelled(&cancellation);
            let place = places.as_ref().map_or(index, |places| places[index] as usize);
            let value = |column: usize| match rows.columns.get(column) {
                Some(values) => Cell::Term(values[place]),
                None => Cell::Graph(graph),
            };
            Ok(InternalQuad {
                subject: Cell::Row(rows.numbers[place]),
                predicate: value(2 * graph as usize),
                object: value(2 * graph as usize + 1),
                graph_name: Some(Cell::Graph(graph)),
            })
        })
    }

    fn internalize_term(&self, term: Term) -> Result<Cell, Error> {
        if let Term::NamedNode(node) = &term
            && let Some(graph) = node.as_str().strip_prefix(GRAPH)
        {
            return Ok(Cell::Graph(graph.parse().unwrap_or(u32::MAX)));
        }
        Ok(Cell::Term(self.space.number(term)))
    }

    fn internalize_expression_term(&self, term: ExpressionTerm) -> Result<Cell, Error> {
        Ok(Cell::Term(self.space.number_of_value(term)))
    }

    fn externalize_term(&self, term: Cell) -> Result<Term, Error> {
        stop_if_cancelled(&self.cancellation);
        self.results.borrow_mut().push(term);
        Ok(NamedNode::new_unchecked(String::new()).into())
    }

    fn externalize_expression_term(&self, term: Cell) -> Result<ExpressionTerm, Error> {
        stop_if_cancelled(&self.cancellation);
        match term {
            Cell::Term(number) => self.space.expression_term(number),
            Cell::Row(_) | Cell::Graph(_) => Err(Error::query("a row is not a term")),
        }
    }
}

/// Runs work on rows in the general evaluator.
pub(super) struct Delegate {
    /// What each query is put into.
    frame: Query,
    space: TermSpace,
    cancellation: CancellationToken,
}

fn row_variable() -> Variable {
    Variable::new_unchecked("#row")
}

fn result_variable() -> Variable {
    Variable::new_unchecked("#result")
}

impl Delegate {
    pub(super) fn new(space: TermSpace, cancellation: CancellationToken) -> Self {
        let frame = Query::Select { dataset: None, pattern: GraphPattern::default(), base_iri: None };
        Self { frame, space, cancellation }
    }

    /// The same with relative IRIs resolved against the base of a query.
    pub(super) fn with_base_of(self, query: &Query) -> Self {
        Self { frame: query.clone(), ..self }
    }

    /// The values of an expression for rows of these columns, all of which have values; 0 where it fails.
    pub(super) fn evaluate(
        &self,
        expression: &Expression,
        variables: &[Variable],
        columns: Vec<Vec<u32>>,
        len: usize,
    ) -> Result<Vec<u32>> {
        let pattern = GraphPattern::Extend {
            inner: Box::new(pattern_of(variables)),
            variable: result_variable(),
            expression: expression.clone(),
        };
        let numbers = (0..len as u32).collect();
        self.results(pattern, vec![row_variable(), result_variable()], numbers, columns, len)
    }

    /// An aggregate over a column of values for each group of rows; 0 where it fails or a group has no rows.
    pub(super) fn aggregate(
        &self,
        aggregate: &AggregateExpression,
        variable: &Variable,
        groups: Vec<u32>,
        values: Vec<u32>,
        len: usize,
    ) -> Result<Vec<u32>> {
        let pattern = GraphPattern::Group {
            inner: Box::new(pattern_of(std::slice::from_ref(variable))),
            variables: vec![row_variable()],
            aggregates: vec![(result_variable(), aggregate.clone())],
        };
        self.results(pattern, vec![row_variable(), result_variable()], groups, vec![values], len)
    }

    fn results(
        &self,
        pattern: GraphPattern,
        variables: Vec<Variable>,
        numbers: Vec<u32>,
        columns: Vec<Vec<u32>>,
        len: usize,
    ) -> Result<Vec<u32>> {
        let mut results = vec![0; len];
        let mut row = 0;
        for cell in self.run(pattern, variables, numbers, columns)? {
            match cell {
                Cell::Row(number) => row = number as usize,
                Cell::Term(number) => results[row] = number,
                Cell::Graph(_) => {}
            }
        }
        Ok(results)
    }

    /// What was handed over while the query ran: for each solution its row, then its result if it has one.
    fn run(
        &self,
        pattern: GraphPattern,
        variables: Vec<Variable>,
        numbers: Vec<u32>,
        columns: Vec<Vec<u32>>,
    ) -> Result<Vec<Cell>> {
        let mut places: FxHashMap<u32, Vec<u32>> = FxHashMap::default();
        if columns.len() > 2 {
            numbers.iter().enumerate().for_each(|(place, number)| {
                places.entry(*number).or_default().push(place as u32);
            });
        }
        let rows = Rc::new(Rows { numbers, columns, places });
        let (space, cancellation) = (self.space.clone(), self.cancellation.clone());
        let dataset = RowDataset { space, cancellation, rows, results: Rc::default() };
        let results = Rc::clone(&dataset.results);
        let pattern = GraphPattern::Project { inner: Box::new(pattern), variables };
        let mut query = self.frame.clone();
        if let Query::Select { pattern: framed, .. } = &mut query {
            *framed = pattern;
        }
        let evaluator = QueryEvaluator::new()
            // The optimizer takes a variable in the place of a predicate for an IRI; here it may be anything.
            .without_optimizations()
            .with_cancellation_token(self.cancellation.clone());
        caught(|| match evaluator.prepare(&query).execute(dataset)? {
            QueryResults::Solutions(mut solutions) => solutions.try_for_each(|solution| solution.map(drop)),
            QueryResults::Boolean(_) | QueryResults::Graph(_) => Ok(()),
        })?;
        Ok(results.take())
    }
}

/// The pattern that reads rows of these variables.
fn pattern_of(variables: &[Variable]) -> GraphPattern {
    let graphs = variables.len().div_ceil(2).max(1);
    let patterns = (0..graphs).map(|graph| {
        let name = NamedNode::new_unchecked(format!("{GRAPH}{graph}"));
        let spare = |part: usize| Variable::new_unchecked(format!("#spare{graph}.{part}"));
        let variable = |part: usize| variables.get(2 * graph + part).cloned().unwrap_or_else(|| spare(part));
        let triple = TriplePattern {
            subject: TermPattern::Variable(row_variable()),
            predicate: NamedNodePattern::Variable(variable(0)),
            object: TermPattern::Variable(variable(1)),
        };
        GraphPattern::Graph {
            name: NamedNodePattern::NamedNode(name),
            inner: Box::new(GraphPattern::Bgp { patterns: vec![triple] }),
        }
    });
    // For each row of the left side the right side is asked with its number.
    let join = |left, right| GraphPattern::Lateral { left: Box::new(left), right: Box::new(right) };
    patterns.reduce(join).unwrap_or_default()
}

/// `true` as an expression.
pub(super) fn constant(value: bool) -> Expression {
    Expression::Literal(Literal::from(value))
}
