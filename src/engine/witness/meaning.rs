//! The meaning of a query where the general evaluator has one of its own: without its optimizer, and with GRAPH as
//! SPARQL 1.1 (18.6) defines it: evaluated in each named graph for itself, then joined with the name of the graph.

use crate::engine::QueryOptions;
use crate::engine::alternatives::spread_query;
use crate::engine::general::dataset;
use crate::engine::rewrite::{expressions_mut, patterns_mut};
use crate::engine::walk::operands_mut;
use crate::graph::Graph;
use oxrdf::{GraphName, NamedNode};
use spareval::{QueryEvaluator, QueryResults};
use spargebra::Query;
use spargebra::algebra::{Expression, GraphPattern};
use spargebra::term::{GroundTerm, NamedNodePattern};

/// The answer of the general evaluator without its optimizer to a query without variables as names of graphs.
pub(super) fn answer(graph: &Graph, query: &Query) -> QueryResults<'static> {
    let options = QueryOptions::default();
    let mut query = spread_query(query);
    let named = query.dataset().and_then(|dataset| dataset.named.clone());
    let names = named.unwrap_or_else(|| names_of(graph));
    let (Query::Select { pattern, .. }
    | Query::Ask { pattern, .. }
    | Query::Construct { pattern, .. }
    | Query::Describe { pattern, .. }) = &mut query;
    expand(pattern, &names);
    let evaluator = QueryEvaluator::new().without_optimizations();
    let mut prepared = evaluator.prepare(&query);
    prepared.dataset_mut().set_default_graph(vec![GraphName::DefaultGraph]);
    prepared.execute(dataset(graph, &query, &options)).unwrap()
}

fn names_of(graph: &Graph) -> Vec<NamedNode> {
    let names = graph.triples().graphs().iter().filter(|name| *name != 0);
    let terms = names.map(|name| graph.terms().term(name).unwrap());
    terms.filter_map(|term| NamedNode::try_from(term).ok()).collect()
}

fn expand(pattern: &mut GraphPattern, names: &[NamedNode]) {
    patterns_mut(pattern).into_iter().for_each(|inner| expand(inner, names));
    expressions_mut(pattern).into_iter().for_each(|expression| expand_exists(expression, names));
    let GraphPattern::Graph { name: NamedNodePattern::Variable(variable), inner } = pattern else { return };
    let in_graph = |name: &NamedNode| GraphPattern::Join {
        left: Box::new(GraphPattern::Graph { name: name.clone().into(), inner: inner.clone() }),
        right: Box::new(GraphPattern::Values {
            variables: vec![variable.clone()],
            bindings: vec![vec![Some(GroundTerm::NamedNode(name.clone()))]],
        }),
    };
    let union = |left, right| GraphPattern::Union { left: Box::new(left), right: Box::new(right) };
    let nothing = GraphPattern::Values { variables: vec![variable.clone()], bindings: Vec::new() };
    *pattern = names.iter().map(in_graph).reduce(union).unwrap_or(nothing);
}

fn expand_exists(expression: &mut Expression, names: &[NamedNode]) {
    if let Expression::Exists(pattern) = expression {
        expand(pattern, names);
    }
    operands_mut(expression).into_iter().for_each(|part| expand_exists(part, names));
}

/// The optimizer takes the start of a path for a node that is no literal, which it may be where the path may be empty,
/// and compares it with a literal as terms: by SPARQL 1.1 (17.4.1.7) two literals of which one has an unknown datatype
/// are neither equal nor unequal.
#[test]
fn the_optimizer_takes_the_start_of_a_path_for_a_node() {
    use crate::engine::tests::{parse, rows};
    use crate::engine::{QuerySource, query_in_general_evaluator};
    use crate::graph::GraphBuilder;
    use oxrdf::{Literal, Quad};
    let node = |name: &str| NamedNode::new_unchecked(format!("https://example.org/{name}"));
    let mut builder = GraphBuilder::new();
    let unknown = Literal::new_typed_literal("?", node("t"));
    builder.insert(&Quad::new(node("n"), node("p"), unknown, GraphName::DefaultGraph));
    let graph = Graph::from_bytes(builder.to_bytes().unwrap()).unwrap();
    let (query, options) = (parse("SELECT ?b { ?b :p* ?b FILTER(true != ?b) }"), QueryOptions::default());
    let found = rows(graph.query(&query, &options).unwrap());
    assert_eq!(found.len(), 1, "the node alone");
    assert_eq!(found, rows(answer(&graph, &query)));
    let optimized = rows(query_in_general_evaluator(&graph, &query, &options).unwrap());
    assert_eq!(optimized.len(), 2, "the optimizer was mended: the witness needs no help");
}
