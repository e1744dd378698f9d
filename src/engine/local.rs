//! Queries to a graph file.

use super::dataset::GraphDataset;
use super::limits::Limits;
use super::{QueryOptions, QuerySource};
use crate::error::Result;
use crate::graph::Graph;
use oxrdf::GraphName;
use spareval::{QueryEvaluator, QueryResults};
use spargebra::Query;

impl QuerySource for Graph {
    fn query<'a>(&'a self, query: &Query, options: &QueryOptions) -> Result<QueryResults<'a>> {
        let limits = Limits::new(options);
        match evaluate(self, query, options) {
            Ok(results) => Ok(limits.apply(results)),
            Err(error) => Err(limits.explain(error)),
        }
    }
}

fn evaluate(
    graph: &Graph,
    query: &Query,
    options: &QueryOptions,
) -> Result<QueryResults<'static>, spareval::QueryEvaluationError> {
    let from = query.dataset().map(|dataset| &dataset.default[..]);
    let dataset = GraphDataset::new(graph.clone(), from);
    let evaluator = QueryEvaluator::new().with_cancellation_token(options.cancellation.clone());
    let mut prepared = evaluator.prepare(query);
    prepared.dataset_mut().set_default_graph(vec![GraphName::DefaultGraph]);
    for (variable, term) in &options.bindings {
        prepared = prepared.substitute_variable(variable.clone(), term.clone());
    }
    prepared.execute(dataset)
}
