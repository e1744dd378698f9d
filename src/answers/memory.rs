//! A graph in memory for tests: spareval over a dataset, with the union of all graphs as the default graph.

use crate::engine::{QueryOptions, QuerySource};
use crate::error::{Error, Result};
use crate::graph::{Graph, GraphBuilder};
use crate::vocabulary::PREFIXES;
use oxrdf::{Dataset, NamedNode, Quad};
use oxrdfio::{RdfFormat, RdfParser};
use spareval::{QueryEvaluator, QueryResults};
use spargebra::Query;

/// A dataset that answers queries.
pub struct Memory(Dataset);

impl Memory {
    /// The graph of a Turtle text that needs no declarations of prefixes.
    pub fn from_turtle(turtle: &str) -> Self {
        let prefixes: String =
            PREFIXES.iter().map(|(prefix, iri)| format!("@prefix {prefix}: <{iri}> .\n")).collect();
        let graph = NamedNode::new_unchecked("https://w3id.org/mainstay/document/memory");
        let text = prefixes + turtle;
        let quads: std::result::Result<Vec<Quad>, _> = RdfParser::from_format(RdfFormat::TriG)
            .with_default_graph(graph)
            .for_slice(text.as_bytes())
            .collect();
        Self(Dataset::from_iter(quads.unwrap()))
    }

    /// The same as a graph file.
    pub fn to_graph(&self) -> Graph {
        let mut builder = GraphBuilder::new();
        self.0.iter().for_each(|quad| builder.insert(quad));
        Graph::from_bytes(builder.to_bytes().unwrap()).unwrap()
    }
}

impl QuerySource for Memory {
    fn query<'a>(&'a self, query: &Query, options: &QueryOptions) -> Result<QueryResults<'a>> {
        let evaluator = QueryEvaluator::new().with_cancellation_token(options.cancellation.clone());
        let mut prepared = evaluator.prepare(query);
        prepared.dataset_mut().set_default_graph_as_union();
        prepared.execute(&self.0).map_err(|error| Error::query("the query failed").with_source(error))
    }
}
