//! Paths outside of closures as SPARQL 1.1 (18.4) evaluates them: an alternative is a union and a sequence a join, with
//! all their duplicates. Both evaluators would give each pair of nodes once.

use super::rewrite::{HIDDEN, expressions_mut, patterns_mut};
use super::walk::operands_mut;
use oxrdf::Variable;
use spargebra::Query;
use spargebra::algebra::{Expression, GraphPattern, PropertyPathExpression as Path};
use spargebra::term::{TermPattern, TriplePattern};

/// A query without alternatives and sequences of paths outside of closures.
pub(super) fn spread_query(query: &Query) -> Query {
    let mut query = query.clone();
    let (Query::Select { pattern, .. }
    | Query::Ask { pattern, .. }
    | Query::Construct { pattern, .. }
    | Query::Describe { pattern, .. }) = &mut query;
    spread(pattern);
    query
}

/// Makes unions of alternatives and joins of sequences, except in closures.
pub(super) fn spread(pattern: &mut GraphPattern) {
    Spreader { middles: 0 }.pattern(pattern);
}

struct Spreader {
    /// How many nodes in the middle of a sequence were named.
    middles: usize,
}

impl Spreader {
    fn pattern(&mut self, pattern: &mut GraphPattern) {
        for inner in patterns_mut(pattern) {
            self.pattern(inner);
        }
        for expression in expressions_mut(pattern) {
            self.expression(expression);
        }
        if let GraphPattern::Path { subject, path, object } = pattern {
            *pattern = self.path(subject, path, object);
        }
    }

    fn expression(&mut self, expression: &mut Expression) {
        if let Expression::Exists(pattern) = expression {
            self.pattern(pattern);
        }
        operands_mut(expression).into_iter().for_each(|part| self.expression(part));
    }

    fn path(&mut self, subject: &TermPattern, path: &Path, object: &TermPattern) -> GraphPattern {
        match path {
            Path::NamedNode(predicate) => {
                let (subject, object) = (subject.clone(), object.clone());
                let triple = TriplePattern { subject, predicate: predicate.clone().into(), object };
                GraphPattern::Bgp { patterns: vec![triple] }
            }
            Path::Reverse(inner) => self.path(object, inner, subject),
            Path::Alternative(a, b) => GraphPattern::Union {
                left: Box::new(self.path(subject, a, object)),
                right: Box::new(self.path(subject, b, object)),
            },
            Path::Sequence(a, b) => {
                let middle = Variable::new_unchecked(format!("{HIDDEN}middle{}", self.middles)).into();
                self.middles += 1;
                GraphPattern::Join {
                    left: Box::new(self.path(subject, a, &middle)),
                    right: Box::new(self.path(&middle, b, object)),
                }
            }
            Path::NegatedPropertySet(_) | Path::ZeroOrMore(_) | Path::OneOrMore(_) | Path::ZeroOrOne(_) => {
                GraphPattern::Path { subject: subject.clone(), path: path.clone(), object: object.clone() }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::engine::tests::{parse, rows};
    use crate::engine::{QueryOptions, QuerySource, explain, query_in_general_evaluator};
    use crate::graph::{Graph, GraphBuilder};
    use oxrdf::{GraphName, NamedNode, Quad};

    fn graph() -> Graph {
        let node = |name: &str| NamedNode::new_unchecked(format!("https://example.org/{name}"));
        let mut builder = GraphBuilder::new();
        for graph in [GraphName::DefaultGraph, node("g").into()] {
            for (s, p, o) in [
                ("a", "p", "b"),
                ("a", "q", "b"),
                ("b", "r", "c"),
                ("a", "p", "b2"),
                ("b2", "r", "c"),
                ("b", "p", "a"),
            ] {
                builder.insert(&Quad::new(node(s), node(p), node(o), graph.clone()));
            }
        }
        Graph::from_bytes(builder.to_bytes().unwrap()).unwrap()
    }

    #[test]
    fn duplicates_of_alternatives_are_kept() {
        let (graph, options) = (graph(), QueryOptions::default());
        for (text, expected) in [
            ("SELECT * { :a (:p|:q) ?x }", 3),
            ("SELECT * { :a (:p|:q) :b }", 2),
            ("SELECT * { ?x ^(:p|:q) :a }", 3),
            ("SELECT * { :a (:p|:q)/:r ?x }", 3),
            ("SELECT * { :a ((:p|:q)/:r)|:p ?x }", 5),
            ("SELECT * { ?s (:p|:p) ?x }", 6),
            ("SELECT * { ?x (:p|:q)/(:p|:q) ?x }", 4),
            ("SELECT * { :a !(:z|^:z) ?x }", 4),
            ("SELECT * { GRAPH ?g { :a (:p|:q)/:r ?x } }", 3),
            ("SELECT * { GRAPH :g { :a :z|(:p/:r) ?x } }", 2),
            // Closures are sets of pairs.
            ("SELECT * { :a (:p|:q)+ ?x }", 3),
            ("SELECT * { :a (:p|:q)? ?x }", 3),
            // What stands between the parts of a sequence is no variable of the query.
            ("SELECT * { :a :z|(:p/:r) ?x MINUS { :b :z|(:p/:r) ?y } }", 2),
            ("SELECT * { { :a :z|(:p/:r) ?x } { :a :z|(:p/:p) ?y } }", 2),
            ("SELECT * { ?s :r ?c FILTER EXISTS { :a :z|(:p/:r) ?c } }", 2),
            ("SELECT * { ?s :r ?c FILTER NOT EXISTS { ?s (:p|:q)|(:p/:r) ?x } }", 1),
            ("SELECT * { :a :p ?m { SELECT ?x { :a :z|(:p/:r) ?x } } }", 4),
            ("SELECT * { :a :p ?m OPTIONAL { ?m :z|(:p/:q) ?x } }", 2),
            ("CONSTRUCT { ?s :made ?x } { ?s :z|(:p/:r) ?x }", 1),
            ("SELECT (COUNT(*) AS ?n) { :a (:p|:q)/:r ?x } GROUP BY ?x", 1),
        ] {
            let query = parse(text);
            let found = rows(graph.query(&query, &options).unwrap());
            assert_eq!(found, rows(query_in_general_evaluator(&graph, &query, &options).unwrap()), "{text}");
            assert_eq!(found.len(), expected, "{text}\n{found:#?}");
            assert_eq!(explain(&graph, &query, &options).unwrap().fallback, None, "{text}");
        }
    }
}
