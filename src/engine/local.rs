//! Queries to a graph file.

use super::alternatives::spread_query;
use super::cancellation::caught;
use super::execution::Execution;
use super::explain::{Explanation, Step, general_plan, with_prefixes};
use super::general::{self, dataset, evaluator, prepare};
use super::limits::Limits;
use super::operators::Ask;
use super::rewrite::rewritten;
use super::rows::Rows;
use super::table::Vars;
use super::walk::aggregates;
use super::{QueryOptions, QuerySource};
use crate::error::{Error, Result};
use crate::graph::Graph;
use oxrdf::{NamedNode, Variable};
use spareval::QueryResults;
use spargebra::Query;
use spargebra::algebra::GraphPattern;
use std::time::Instant;

/// Most names that are looked at in the index.
const MOST_NAMES: usize = 10_000;

impl QuerySource for Graph {
    fn entities_named(&self, key: &str, begins: bool) -> Option<Vec<NamedNode>> {
        self.labels().entities(key, begins, MOST_NAMES)
    }

    fn query<'a>(&'a self, query: &Query, options: &QueryOptions) -> Result<QueryResults<'a>> {
        let limits = Limits::new(options);
        let execution =
            Execution::new(self, options.cancellation.clone(), options.max_memory, false).over(query);
        match answer(&execution, query, options) {
            Ok(Answer::Rows(rows)) => Ok(rows.limited(limits).into_results()),
            Ok(Answer::Results(results)) => Ok(limits.apply(results)),
            Ok(Answer::Fallback(_)) => in_general(self, query, options, limits),
            Err(error) => Err(limits.replace(error, execution.ended_in())),
        }
    }

    fn rows(&self, query: &Query, options: &QueryOptions) -> Result<Option<Rows>> {
        if !matches!(query, Query::Select { .. }) {
            return Ok(None);
        }
        let limits = Limits::new(options);
        let execution =
            Execution::new(self, options.cancellation.clone(), options.max_memory, false).over(query);
        match answer(&execution, query, options) {
            Ok(Answer::Rows(rows)) => Ok(Some(rows.limited(limits))),
            Ok(Answer::Results(_) | Answer::Fallback(_)) => Ok(None),
            Err(error) => Err(limits.replace(error, execution.ended_in())),
        }
    }
}

/// Answers a query in the general evaluator alone, which gives the meaning of SPARQL: what the operators are
/// compared with.
///
/// # Errors
/// As [`QuerySource::query`].
pub fn query_in_general_evaluator(
    graph: &Graph,
    query: &Query,
    options: &QueryOptions,
) -> Result<QueryResults<'static>> {
    in_general(graph, query, options, Limits::new(options))
}

/// Runs a query to its end and says how it ran; its results are counted, not given.
///
/// # Errors
/// As [`QuerySource::query`].
pub fn explain(graph: &Graph, query: &Query, options: &QueryOptions) -> Result<Explanation> {
    let start = Instant::now();
    let limits = Limits::new(options);
    let execution = Execution::new(graph, options.cancellation.clone(), options.max_memory, true).over(query);
    let (rows, mut plan, fallback) = match answer(&execution, query, options) {
        Ok(Answer::Fallback(reason)) => {
            let (rows, plan) = explain_general(graph, query, options, limits)?;
            (rows, Some(plan), Some(with_prefixes(&reason)))
        }
        Ok(Answer::Rows(rows)) => {
            (count(rows.limited(limits).into_results())?, execution.steps().pop(), None)
        }
        Ok(Answer::Results(results)) => (count(limits.apply(results))?, execution.steps().pop(), None),
        Err(error) => return Err(limits.replace(error, execution.ended_in())),
    };
    if let Some(plan) = &mut plan {
        let (Query::Select { pattern, .. }
        | Query::Construct { pattern, .. }
        | Query::Describe { pattern, .. }
        | Query::Ask { pattern, .. }) = query;
        plan.replace(&aggregates(pattern));
    }
    Ok(Explanation { plan, fallback, rows, seconds: start.elapsed().as_secs_f64() })
}

fn explain_general(
    graph: &Graph,
    query: &Query,
    options: &QueryOptions,
    limits: Limits,
) -> Result<(usize, Step)> {
    let limits = limits.in_general();
    let evaluator = evaluator(options).compute_statistics();
    let query = spread_query(query);
    let prepared = prepare(&evaluator, &query, options);
    let dataset = dataset(graph, &query, options);
    let scanned = dataset.scanned();
    let mut explanation = None;
    let results = caught(|| {
        let (results, plan) = prepared.explain(dataset);
        explanation = Some(plan);
        results
    });
    let rows = count(limits.apply_result(results)?)?;
    let plan = explanation.ok_or_else(|| Error::query("the query has no plan"))?;
    let plan = general_plan(&plan)?;
    Ok((rows, Step { scanned_triples: scanned.get(), ..plan }))
}

/// Reads results to their end; gives how many there are.
fn count(results: QueryResults<'_>) -> Result<usize> {
    let mut rows = 0;
    match results {
        QueryResults::Solutions(mut solutions) => solutions.try_for_each(|row| row.map(|_| rows += 1))?,
        QueryResults::Graph(mut triples) => triples.try_for_each(|triple| triple.map(|_| rows += 1))?,
        QueryResults::Boolean(_) => rows = 1,
    }
    Ok(rows)
}

enum Answer {
    /// Those of a SELECT.
    Rows(Box<Rows>),
    Results(QueryResults<'static>),
    /// The operators can't run the query, for this reason.
    Fallback(String),
}

fn answer(execution: &Execution<'_>, query: &Query, options: &QueryOptions) -> Result<Answer> {
    match answer_by_operators(execution, query, options) {
        Err(_) if execution.has_too_many_variables() => {
            Ok(Answer::Fallback("the number of variables".to_owned()))
        }
        answer => answer,
    }
}

fn answer_by_operators(execution: &Execution<'_>, query: &Query, options: &QueryOptions) -> Result<Answer> {
    let fallback = |reason: &str| Ok(Answer::Fallback(reason.to_owned()));
    if !options.bindings.is_empty() {
        return fallback("variables that are bound beforehand");
    }
    let (Query::Select { pattern, .. }
    | Query::Ask { pattern, .. }
    | Query::Construct { pattern, .. }
    | Query::Describe { pattern, .. }) = query;
    let pattern = &rewritten(pattern);
    // The names of variables are numbered as they are met: too many of them show here.
    match execution.unsupported(pattern) {
        Ok(None) => {}
        Ok(Some(reason)) => return Ok(Answer::Fallback(reason)),
        Err(error) => return Ok(Answer::Fallback(error.to_string())),
    }
    match query {
        Query::Select { .. } => select(execution, pattern).map(Box::new).map(Answer::Rows),
        Query::Ask { .. } => {
            let ask = Ask { limit: Some(1), ..execution.ask(Vars::NONE) };
            let table = execution.step(None, || "Ask".into(), || execution.evaluate(pattern, ask))?;
            Ok(Answer::Results(QueryResults::Boolean(!table.is_empty())))
        }
        Query::Construct { template, .. } => execution.construct(template, pattern).map(Answer::Results),
        Query::Describe { .. } => {
            let variables = projected(execution, pattern)?;
            execution.describe(pattern, &variables).map(Answer::Results)
        }
    }
}

fn select(execution: &Execution<'_>, pattern: &GraphPattern) -> Result<Rows> {
    let variables = projected(execution, pattern)?;
    let mut outputs = Vec::new();
    let table = execution.step(
        None,
        || "Select".into(),
        || {
            let (table, made) = execution.solutions(pattern, &variables)?;
            outputs = made;
            Ok(table)
        },
    )?;
    Ok(Rows::new(variables, table, outputs, execution.space.clone(), execution.cancellation()))
}

/// The variables that a query gives, in their order.
fn projected(execution: &Execution<'_>, pattern: &GraphPattern) -> Result<Vec<Variable>> {
    match pattern {
        GraphPattern::Project { variables, .. } => Ok(variables.clone()),
        GraphPattern::Slice { inner, .. }
        | GraphPattern::Distinct { inner }
        | GraphPattern::Reduced { inner }
        | GraphPattern::OrderBy { inner, .. } => projected(execution, inner),
        other => Ok(execution.visible(other)?.iter().map(|var| execution.name(var)).collect()),
    }
}

/// Runs a query in spareval.
fn in_general(
    graph: &Graph,
    query: &Query,
    options: &QueryOptions,
    limits: Limits,
) -> Result<QueryResults<'static>> {
    limits.in_general().apply_result(general::execute(graph, query, options))
}
