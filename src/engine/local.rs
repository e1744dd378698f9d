//! Queries to a graph file.

use super::cancellation::caught;
use super::execution::Execution;
use super::explain::{Explanation, Step, general_plan, with_prefixes};
use super::general::{self, dataset, evaluator, prepare};
use super::limits::Limits;
use super::operators::Ask;
use super::rows::Rows;
use super::{QueryOptions, QuerySource};
use crate::error::{Error, Result};
use crate::graph::{Graph, Kind};
use oxrdf::{NamedNode, NamedOrBlankNode, Term, Triple, Variable};
use rustc_hash::FxHashSet;
use spareval::{QueryEvaluationError, QueryResults, QueryTripleIter};
use spargebra::Query;
use spargebra::algebra::GraphPattern;
use spargebra::term::{NamedNodePattern, TermPattern, TriplePattern};
use std::time::Instant;

/// Most names that are looked at in the index.
const MOST_NAMES: usize = 10_000;

impl QuerySource for Graph {
    fn entities_named(&self, key: &str, begins: bool) -> Option<Vec<NamedNode>> {
        self.labels().entities(key, begins, MOST_NAMES)
    }

    fn query<'a>(&'a self, query: &Query, options: &QueryOptions) -> Result<QueryResults<'a>> {
        let limits = Limits::new(options);
        let execution = Execution::new(self, options.cancellation.clone(), options.max_memory, false);
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
        let execution = Execution::new(self, options.cancellation.clone(), options.max_memory, false);
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
    let execution = Execution::new(graph, options.cancellation.clone(), options.max_memory, true);
    let (rows, plan, fallback) = match answer(&execution, query, options) {
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
    let prepared = prepare(&evaluator, query, options);
    let dataset = dataset(graph, query, options);
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
    if query.dataset().is_some() {
        return fallback("FROM");
    }
    if !options.bindings.is_empty() {
        return fallback("variables that are bound beforehand");
    }
    let pattern = match query {
        Query::Select { pattern, .. } | Query::Ask { pattern, .. } | Query::Construct { pattern, .. } => {
            pattern
        }
        Query::Describe { .. } => return fallback("DESCRIBE"),
    };
    // The names of variables are numbered as they are met: too many of them show here.
    match execution.unsupported(pattern) {
        Ok(None) => {}
        Ok(Some(reason)) => return Ok(Answer::Fallback(reason)),
        Err(error) => return Ok(Answer::Fallback(error.to_string())),
    }
    match query {
        Query::Select { pattern, .. } => select(execution, pattern).map(Box::new).map(Answer::Rows),
        Query::Ask { pattern, .. } => {
            let ask = Ask { limit: Some(1), ..Ask::default() };
            let table = execution.step(None, || "Ask".into(), || execution.evaluate(pattern, ask))?;
            Ok(Answer::Results(QueryResults::Boolean(!table.is_empty())))
        }
        Query::Construct { template, pattern, .. } => {
            if template.iter().any(has_blank_node) {
                return fallback("blank nodes in the template of CONSTRUCT");
            }
            construct(execution, template, pattern).map(Answer::Results)
        }
        Query::Describe { .. } => fallback("DESCRIBE"),
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

fn has_blank_node(triple: &TriplePattern) -> bool {
    [&triple.subject, &triple.object].into_iter().any(|term| matches!(term, TermPattern::BlankNode(_)))
}

fn construct(
    execution: &Execution<'_>,
    template: &[TriplePattern],
    pattern: &GraphPattern,
) -> Result<QueryResults<'static>> {
    let mut parts = Vec::new();
    for triple in template {
        parts.push([
            template_part(execution, &triple.subject)?,
            match &triple.predicate {
                NamedNodePattern::NamedNode(node) => {
                    TemplatePart::Term(execution.space.number(node.clone().into()))
                }
                NamedNodePattern::Variable(variable) => TemplatePart::Variable(execution.var(variable)?),
            },
            template_part(execution, &triple.object)?,
        ]);
    }
    let vars = parts.iter().flatten().filter_map(|part| match part {
        TemplatePart::Variable(var) => Some(*var),
        TemplatePart::Term(_) => None,
    });
    let ask = Ask::of(vars.collect());
    let table = execution.step(None, || "Construct".into(), || execution.evaluate(pattern, ask))?;
    let space = execution.space.clone();
    let mut seen = FxHashSet::default();
    let numbers = (0..table.len()).flat_map(move |row| {
        let number = |part: &TemplatePart| match part {
            TemplatePart::Term(number) => *number,
            TemplatePart::Variable(var) => table.column(*var).map_or(0, |column| column[row]),
        };
        let triples: Vec<[u32; 3]> = parts.iter().map(|parts| parts.each_ref().map(number)).collect();
        triples.into_iter()
    });
    let triples = numbers.filter(move |numbers| !numbers.contains(&0) && seen.insert(*numbers));
    let triples = triples.filter_map(move |numbers| triple(&space, numbers).transpose());
    let failed = |error| QueryEvaluationError::Unexpected(Box::new(error));
    Ok(QueryResults::Graph(QueryTripleIter::new(triples.map(move |triple| triple.map_err(failed)))))
}

enum TemplatePart {
    /// A term, by its number.
    Term(u32),
    Variable(super::table::Var),
}

fn template_part(execution: &Execution<'_>, term: &TermPattern) -> Result<TemplatePart> {
    let number = |term: Term| TemplatePart::Term(execution.space.number(term));
    Ok(match term {
        TermPattern::NamedNode(node) => number(node.clone().into()),
        TermPattern::Literal(literal) => number(literal.clone().into()),
        TermPattern::BlankNode(node) => number(node.clone().into()),
        TermPattern::Variable(variable) => TemplatePart::Variable(execution.var(variable)?),
    })
}

/// The triple of three terms; none if one of them can't stand in its place.
fn triple(space: &super::space::TermSpace, [subject, predicate, object]: [u32; 3]) -> Result<Option<Triple>> {
    if space.kind(predicate) != Some(Kind::Iri)
        || !matches!(space.kind(subject), Some(Kind::Iri | Kind::Blank))
    {
        return Ok(None);
    }
    let subject = match space.term(subject)? {
        Term::NamedNode(node) => NamedOrBlankNode::from(node),
        Term::BlankNode(node) => node.into(),
        Term::Literal(_) => return Ok(None),
    };
    let Term::NamedNode(predicate) = space.term(predicate)? else { return Ok(None) };
    Ok(Some(Triple { subject, predicate, object: space.term(object)? }))
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
