//! What a query that is cancelled or over its budget still does. Work is counted, not timed.

use super::super::execution::Execution;
use super::super::joins::Sharing;
use super::super::operators::Ask;
use super::super::table::{Table, Vars};
use super::super::tests::{first_error, parse};
use super::super::{QuerySource, query_in_general_evaluator};
use super::*;
use crate::error::Result;
use crate::graph::{Graph, GraphBuilder};
use oxrdf::{NamedNode, Quad};
use spargebra::Query;
use std::time::Instant;

/// Objects of one property: each of 40,000 subjects leads to the next ones.
fn graph() -> Graph {
    let node = |name: &str, n: usize| NamedNode::new_unchecked(format!("https://example.org/{name}{n}"));
    let mut builder = GraphBuilder::new();
    for n in 0..40_000 {
        let mut add = |predicate, object| {
            builder.insert(&Quad::new(node("s", n), predicate, object, node("g", 0)));
        };
        add(node("p", 0), node("s", n + 1));
        add(node("p", 1), node("o", n % 10));
    }
    Graph::from_bytes(builder.to_bytes().unwrap()).unwrap()
}

/// More rows than are worked on between two looks at the clock.
fn table(columns: &[u8]) -> Table {
    let mut table = Table::of_len(200_000);
    for column in columns {
        table.put(*column, (0..200_000u32).map(|row| row % 30_011 + 1).collect());
    }
    table
}

fn cancelled(graph: &Graph) -> Execution<'_> {
    let token = CancellationToken::new();
    token.cancel();
    let execution = Execution::new(graph, token, None, false);
    for name in ["a", "b", "c"] {
        execution.var(&oxrdf::Variable::new_unchecked(name)).unwrap();
    }
    execution
}

#[test]
fn no_operator_goes_through_a_large_table_once_the_query_is_cancelled() {
    let graph = graph();
    let execution = cancelled(&graph);
    let (one, two, three) = (table(&[0]), table(&[0, 1]), table(&[0, 1, 2]));
    let rows: Vec<u32> = (0..200_000).collect();
    assert!(execution.pairs(&two, &two).is_err());
    assert!(execution.pairs(&three, &three).is_err());
    assert!(execution.semi_join(&one, &one).is_err());
    assert!(execution.semi_join(&two, &two).is_err());
    assert!(execution.minus(&two, &two, Sharing::Besides(Vars::NONE)).is_err());
    assert!(execution.distinct(&one).is_err());
    assert!(execution.distinct(&two).is_err());
    assert!(execution.distinct(&three).is_err());
    assert!(execution.gather(&one, &rows, Vars::NONE.with(0)).is_err());
    let Query::Select { pattern, .. } =
        parse("SELECT * { VALUES ?a { 1 } FILTER(STR(?a) = ?b && CONCAT(STR(?a), STR(?b)) < STR(?c)) }")
    else {
        panic!("a SELECT")
    };
    let mut filters = 0;
    visit_filters(&pattern, &mut |expression| {
        filters += 1;
        assert!(execution.filter(table(&[0, 1, 2]), expression, Ask::default()).is_err());
    });
    assert_eq!(filters, 1);
}

fn visit_filters(
    pattern: &spargebra::algebra::GraphPattern,
    each: &mut impl FnMut(&spargebra::algebra::Expression),
) {
    use spargebra::algebra::GraphPattern;
    match pattern {
        GraphPattern::Filter { expr, .. } => each(expr),
        GraphPattern::Project { inner, .. } => visit_filters(inner, each),
        _ => {}
    }
}

/// Queries of which each would run for minutes, by the step that would.
const ENDLESS: [(&str, &str); 14] = [
    ("a join", "SELECT (COUNT(?b) AS ?n) { ?a :p1 ?x . ?b :p1 ?x . ?c :p1 ?x FILTER(?a != ?c) }"),
    ("a product", "SELECT (COUNT(?b) AS ?n) { ?a :p1 ?x . ?b :p0 ?y FILTER(STR(?a) < STR(?y)) }"),
    ("a path", "SELECT (COUNT(?b) AS ?n) { ?a :p0+ ?b }"),
    ("paths from everywhere", "SELECT (COUNT(?b) AS ?n) { ?a (:p0|^:p0)* ?b }"),
    (
        "EXISTS",
        "SELECT (COUNT(?a) AS ?n) { ?a :p1 ?x FILTER EXISTS { ?b :p1 ?x . ?c :p1 ?x FILTER(?b < ?c) } }",
    ),
    ("OPTIONAL", "SELECT (COUNT(?b) AS ?n) { ?a :p1 ?x OPTIONAL { ?b :p1 ?x . ?c :p1 ?x } }"),
    ("a group", "SELECT ?b (SUM(STRLEN(STR(?c))) AS ?n) { ?a :p1 ?x . ?b :p1 ?x . ?c :p1 ?x } GROUP BY ?b"),
    ("an order", "SELECT * { ?a :p1 ?x . ?b :p1 ?x } ORDER BY LCASE(STR(?b)) ?a"),
    ("a path of sets", "SELECT (COUNT(?b) AS ?n) { ?a (!:p9)+ ?b . ?c !:p9 ?b }"),
    (
        "EXISTS with MINUS",
        "SELECT (COUNT(?a) AS ?n) { ?a :p1 ?x FILTER EXISTS { ?b :p1 ?x . ?c :p1 ?x MINUS { ?b :p0 ?c } FILTER(?a < ?c) } }",
    ),
    (
        "EXISTS with OPTIONAL",
        "SELECT (COUNT(?a) AS ?n) { ?a :p1 ?x FILTER EXISTS { ?b :p1 ?x OPTIONAL { ?c :p1 ?x } FILTER(STR(?c) < ?b) } }",
    ),
    (
        "EXISTS of a group",
        "SELECT (COUNT(?a) AS ?n) { ?a :p1 ?x BIND(EXISTS { { SELECT ?x (COUNT(*) AS ?k) { ?b :p1 ?x . ?c :p1 ?x } GROUP BY ?x } FILTER(?k < 3) } AS ?e) FILTER(!?e) }",
    ),
    ("paths in each graph", "SELECT (COUNT(?b) AS ?n) { GRAPH ?g { ?a (:p0|^:p0)* ?b } }"),
    ("a negated path", "SELECT (COUNT(?b) AS ?n) { ?a !:p9 ?b . ?c !:p9 ?d FILTER(STR(?a) < STR(?d)) }"),
];

#[test]
fn queries_end_soon_after_their_time_in_both_engines() {
    let graph = graph();
    let options = || QueryOptions { timeout: Some(Duration::from_millis(20)), ..QueryOptions::default() };
    for (step, text) in ENDLESS {
        let query = parse(text);
        let start = Instant::now();
        for results in
            [graph.query(&query, &options()), query_in_general_evaluator(&graph, &query, &options())]
        {
            let error = first_error(results);
            assert!(error.to_string().starts_with("the query took longer than 0.02 s"), "{step}: {error}");
        }
        assert!(start.elapsed() < Duration::from_secs(10), "{step}: {:?}", start.elapsed());
    }
}

#[test]
fn rows_end_where_the_query_is_cancelled() {
    let graph = graph();
    for text in ["SELECT * { ?a :p0 ?b }", "SELECT * { ?a !:p9 ?b }"] {
        let options = QueryOptions::default();
        let results = graph.query(&parse(text), &options).unwrap();
        let QueryResults::Solutions(mut rows) = results else { panic!("rows") };
        assert_eq!(rows.by_ref().take(100).filter(Result::is_ok).count(), 100);
        options.cancellation.cancel();
        let error = Error::from(rows.next().unwrap().unwrap_err());
        assert!(error.to_string().starts_with("the query was cancelled"), "{error}");
        assert!(rows.next().is_none());
    }
}

#[test]
fn a_query_over_its_memory_names_the_step_and_the_lever() {
    let graph = graph();
    let options = QueryOptions { max_memory: Some(1 << 20), ..QueryOptions::default() };
    for (text, step) in [
        ("SELECT * { ?a :p1 ?x . ?b :p1 ?x }", "(in Join ?b <https://example.org/p1> ?x)"),
        ("SELECT * { ?a :p0+ ?b }", "(in Path ?a (<https://example.org/p0>)+ ?b)"),
    ] {
        let Err(error) = graph.query(&parse(text), &options) else { panic!("{text}") };
        assert_eq!(error.to_string(), format!("the query needs more than 1 MiB {step}"));
        assert_eq!(error.kind(), ErrorKind::Limit);
        assert!(error.hints()[0].contains("--max-memory"));
    }
}

#[test]
fn the_general_evaluator_keeps_to_its_memory_where_the_system_tells_it() {
    if !std::path::Path::new("/proc/self/status").exists() {
        return println!("skipped: this system does not tell the memory of a process");
    }
    let graph = graph();
    let options = QueryOptions { max_memory: Some(32 << 20), ..QueryOptions::default() };
    let query = parse("SELECT * { ?a !:p9 ?b . ?c !:p9 ?d } ORDER BY ?d ?a");
    let error = first_error(query_in_general_evaluator(&graph, &query, &options));
    assert_eq!(error.to_string(), "the query needs more than 32 MiB (in the general evaluator)");
}
