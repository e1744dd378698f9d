use super::*;
use crate::error::{Error, ErrorKind};
use crate::graph::{Graph, GraphBuilder};
use oxrdf::{Dataset, Literal, NamedNode, Quad};
use oxrdfio::{RdfFormat, RdfParser};
use spareval::QueryEvaluator;
use spargebra::SparqlParser;
use std::time::Instant;

const DATA: &str = r#"
@prefix : <https://example.org/> .
:extra { :a :p 1, 2, "x"@en, "2026-08-20"^^<http://www.w3.org/2001/XMLSchema#date> ; :q :b ; a :C . }
:g1 { :a :p 1 ; :q :b . :b :q :c . :c :q :a . :d a :D ; :p 2.5, 7 . _:n :q :a . }
:g2 { :a :p 1, 3 ; :r :a . :b a :C ; :p "1.0E1"^^<http://www.w3.org/2001/XMLSchema#double>, true . }
:g3 { :e :p "PT15M"^^<http://www.w3.org/2001/XMLSchema#dayTimeDuration> ; :q :g1 . }
"#;

fn quads() -> Vec<Quad> {
    RdfParser::from_format(RdfFormat::TriG).for_slice(DATA).collect::<Result<_, _>>().unwrap()
}

pub(super) fn graph() -> Graph {
    let mut builder = GraphBuilder::new();
    builder.extend(quads());
    Graph::from_bytes(builder.to_bytes().unwrap()).unwrap()
}

/// The same data with the union of all graphs as the default graph.
fn dataset(graph: &Graph) -> Dataset {
    let mut dataset = Dataset::new();
    for quad in graph.quads().map(Result::unwrap) {
        dataset.insert(&Quad { graph_name: oxrdf::GraphName::DefaultGraph, ..quad.clone() });
        dataset.insert(&quad);
    }
    dataset
}

pub(super) fn parse(query: &str) -> Query {
    let parser = SparqlParser::new().with_prefix("", "https://example.org/").unwrap();
    parser.parse_query(query).unwrap()
}

pub(super) fn rows(results: QueryResults<'_>) -> Vec<String> {
    let mut rows: Vec<String> = match results {
        QueryResults::Solutions(solutions) => solutions.map(|row| format!("{:?}", row.unwrap())).collect(),
        QueryResults::Boolean(answer) => vec![answer.to_string()],
        QueryResults::Graph(triples) => triples.map(|triple| triple.unwrap().to_string()).collect(),
    };
    rows.sort();
    rows
}

#[test]
fn answers_are_those_of_the_same_evaluator_on_a_plain_dataset() {
    let graph = graph();
    let dataset = dataset(&graph);
    let queries = [
        "SELECT * { ?s ?p ?o }",
        "SELECT * { :a ?p ?o }",
        "SELECT * { ?s :p ?o }",
        "SELECT * { ?s ?p :a }",
        "SELECT * { ?s :q :a }",
        "SELECT * { :a ?p :b }",
        "SELECT * { :a :p ?o }",
        "SELECT * { ?s a ?c }",
        "SELECT * { ?x :q ?x }",
        "SELECT * { ?x ?x ?y }",
        "ASK { :a :p 1 }",
        "ASK { :a :p 100 }",
        "SELECT * { ?s ?p :absent }",
        "SELECT * { GRAPH ?g { ?s ?p ?o } }",
        "SELECT * { GRAPH ?g { :a ?p ?o } }",
        "SELECT * { GRAPH ?g { ?s :p ?o } }",
        "SELECT * { GRAPH :g1 { ?s ?p ?o } }",
        "SELECT * { GRAPH :g1 { ?s :q ?o } }",
        "SELECT * { GRAPH :g2 { :a :p 1 } }",
        "SELECT * { GRAPH :absent { ?s ?p ?o } }",
        "SELECT * { GRAPH ?g {} }",
        "SELECT * { ?s :q ?g GRAPH ?g { ?a :p ?b } }",
        "SELECT * FROM NAMED :g1 { GRAPH ?g { ?s ?p ?o } }",
        "SELECT * FROM NAMED :g1 { ?s ?p ?o }",
        "SELECT ?s (COUNT(*) AS ?n) (SUM(?o) AS ?sum) { ?s :p ?o } GROUP BY ?s",
        "SELECT ?s { ?s :p ?o FILTER(?o > 1) }",
        "SELECT ?s (?o * 2 AS ?double) { ?s :p ?o }",
        "SELECT * { ?s :q+ ?o }",
        "SELECT * { ?s a :C OPTIONAL { ?s :q ?o } FILTER NOT EXISTS { ?s :r ?x } }",
        "CONSTRUCT { ?o :inverse ?s } WHERE { ?s :q ?o }",
        "DESCRIBE :a",
    ];
    for text in queries {
        let query = parse(text);
        let expected = rows(QueryEvaluator::new().prepare(&query).execute(&dataset).unwrap());
        let found = rows(graph.query(&query, &QueryOptions::default()).unwrap());
        assert_eq!(found, expected, "{text}");
    }
}

#[test]
fn the_default_graph_is_a_merge_without_duplicates() {
    let graph = graph();
    let count = |query: &str| rows(graph.query(&parse(query), &QueryOptions::default()).unwrap());
    assert_eq!(count("SELECT ?o { :a :p ?o FILTER(?o = 1) }").len(), 1);
    assert_eq!(count("SELECT ?o FROM :g1 FROM :g2 { :a :p ?o }").len(), 2);
    assert_eq!(count("SELECT ?o FROM :absent { :a :p ?o }").len(), 0);
    assert_eq!(count("SELECT ?g FROM :g1 { GRAPH ?g { :a :p ?o } }").len(), 0);
}

#[test]
fn bindings_bind() {
    let graph = graph();
    let bind = |value: i32| QueryOptions {
        bindings: vec![(Variable::new("o").unwrap(), Literal::from(value).into())],
        ..QueryOptions::default()
    };
    let query = parse("SELECT ?s ?o { ?s :p ?o }");
    assert_eq!(rows(graph.query(&query, &bind(3)).unwrap()).len(), 1);
    assert_eq!(rows(graph.query(&query, &bind(99)).unwrap()).len(), 0);
}

pub(super) fn first_error(results: Result<QueryResults<'_>>) -> Error {
    match results {
        Err(error) => error,
        Ok(QueryResults::Solutions(rows)) => {
            rows.map(|row| row.map(drop)).find_map(Result::err).unwrap().into()
        }
        Ok(_) => panic!("no rows"),
    }
}

#[test]
fn a_query_ends_when_its_time_is_over() {
    let mut builder = GraphBuilder::new();
    let node = |name: &str, n: usize| NamedNode::new_unchecked(format!("https://example.org/{name}{n}"));
    for n in 0..3000 {
        let quad = Quad::new(node("s", n), node("p", 0), node("o", n % 10), oxrdf::GraphName::DefaultGraph);
        builder.insert(&quad);
    }
    let graph = Graph::from_bytes(builder.to_bytes().unwrap()).unwrap();
    let query = parse("SELECT (COUNT(*) AS ?n) { ?a ?p ?x . ?b ?p ?x . ?c ?p ?x }");
    let options = QueryOptions { timeout: Some(Duration::from_millis(60)), ..QueryOptions::default() };
    let start = Instant::now();
    let error = first_error(graph.query(&query, &options));
    assert_eq!(error.kind(), ErrorKind::Limit);
    assert!(error.to_string().starts_with("the query took longer than 0.06 s (in "), "{error}");
    assert!(start.elapsed() < Duration::from_secs(5));

    let options = QueryOptions::default();
    options.cancellation.cancel();
    let error = first_error(graph.query(&query, &options));
    assert_eq!((error.kind(), error.to_string().as_str()), (ErrorKind::Limit, "the query was cancelled"));
}

#[test]
fn one_row_too_many_is_an_error_after_the_rows() {
    let graph = graph();
    let options = QueryOptions { max_rows: Some(2), ..QueryOptions::default() };
    let Ok(QueryResults::Solutions(mut rows)) = graph.query(&parse("SELECT * { ?s ?p ?o }"), &options) else {
        panic!("no rows")
    };
    assert!(rows.next().unwrap().is_ok() && rows.next().unwrap().is_ok());
    let error = Error::from(rows.next().unwrap().unwrap_err());
    assert_eq!(
        (error.kind(), error.to_string().as_str()),
        (ErrorKind::Limit, "the query gives more than 2 rows")
    );
    assert!(rows.next().is_none());
}

#[test]
fn service_is_a_clear_error() {
    let graph = graph();
    let error = first_error(graph.query(
        &parse("SELECT * { SERVICE <https://example.org/sparql> { ?s ?p ?o } }"),
        &QueryOptions::default(),
    ));
    assert_eq!(error.kind(), ErrorKind::Query);
    assert!(error.to_string().contains("https://example.org/sparql"), "{error}");
}

#[test]
fn a_query_over_its_memory_names_the_lever_and_counting_needs_none() {
    let graph = graph();
    let options = QueryOptions { max_memory: Some(1000), ..QueryOptions::default() };
    let error = first_error(graph.query(&parse("SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"), &options));
    assert_eq!(error.kind(), ErrorKind::Limit);
    assert!(error.hints()[0].contains("--max-memory"), "{error}");
    let triples = graph.triple_count();
    let counted =
        rows(graph.query(&parse("SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f }"), &options).unwrap());
    assert!(counted[0].contains(&format!("\"{}\"", triples * triples)), "{counted:?}");
}

#[test]
fn the_plan_tells_what_ran() {
    let graph = graph();
    let query = parse("SELECT ?s { ?s a :C ; :q ?o FILTER NOT EXISTS { ?s :r ?x } }");
    let explanation = explain(&graph, &query, &QueryOptions::default()).unwrap();
    let plan = explanation.plan.as_ref().unwrap();
    assert_eq!((plan.operation.as_str(), plan.rows), ("Select", 1));
    assert!(plan.scanned_triples < 10, "{explanation}");
    let text = explanation.to_string();
    for word in ["Scan", "Join", "Filter", "Exists"] {
        assert!(text.contains(word), "{text}");
    }
    assert!(text.lines().all(|line| line.chars().count() <= 80), "{text}");
    let describe = explain(&graph, &parse("DESCRIBE :a"), &QueryOptions::default()).unwrap();
    assert_eq!((describe.rows, describe.plan.unwrap().scanned_triples), (8, 8));
    let path =
        explain(&graph, &parse("SELECT * { GRAPH ?g { :a :q+ ?x } }"), &QueryOptions::default()).unwrap();
    let text = path.to_string();
    assert!(path.fallback.is_none() && text.contains("Graph ?g, one after the other"), "{text}");
    assert_eq!(text.matches("Path").count(), 1, "one step for all graphs: {text}");
    assert!(path.plan.is_some_and(|plan| plan.scanned_triples > 0));
    let lateral =
        explain(&graph, &parse("SELECT * { ?a :q ?x LATERAL { ?x :q ?y } }"), &QueryOptions::default());
    let text = lateral.unwrap().to_string();
    assert!(text.starts_with("runs in the general evaluator: LATERAL"), "{text}");
}

/// Values that no one order of SPARQL covers.
const MIXED: [&str; 22] = [
    "\"2\"",
    "10",
    "\"10\"@en",
    "2.5",
    "2",
    "2.0",
    "2e0",
    "1e300",
    "-1",
    "\"NaN\"^^<http://www.w3.org/2001/XMLSchema#double>",
    "true",
    "false",
    "\"x\"",
    "\"x\"@en",
    ":a",
    ":b",
    "\"2026-08-20\"^^<http://www.w3.org/2001/XMLSchema#date>",
    "\"2026-08-19\"^^<http://www.w3.org/2001/XMLSchema#date>",
    "\"2026-08-20T00:00:00+01:00\"^^<http://www.w3.org/2001/XMLSchema#dateTime>",
    "\"2026-08-20T00:00:00Z\"^^<http://www.w3.org/2001/XMLSchema#dateTime>",
    "\"P2M\"^^<http://www.w3.org/2001/XMLSchema#duration>",
    "\"PT15M\"^^<http://www.w3.org/2001/XMLSchema#dayTimeDuration>",
];

#[test]
fn mixed_values_have_one_order_that_agrees_with_less_than() {
    let graph = graph();
    let ordered = |values: Vec<&str>| -> Vec<String> {
        let text = format!("SELECT ?x {{ VALUES ?x {{ {} }} }} ORDER BY ?x", values.join(" "));
        let results = graph.query(&parse(&text), &QueryOptions::default()).unwrap();
        let QueryResults::Solutions(rows) = results else { panic!("rows") };
        rows.map(|row| row.unwrap().get(0).unwrap().to_string()).collect()
    };
    let order = ordered(MIXED.to_vec());
    for (place, earlier) in order.iter().enumerate() {
        for later in &order[place + 1..] {
            let query = parse(&format!("ASK {{ FILTER({later} < {earlier}) }}"));
            let results = query_in_general_evaluator(&graph, &query, &QueryOptions::default()).unwrap();
            assert!(matches!(results, QueryResults::Boolean(false)), "{later} < {earlier}");
        }
    }
    // Equal values keep the order in which they come, all others do not depend on it.
    let backwards = ordered(MIXED.iter().rev().copied().collect());
    let differing = order.iter().zip(&backwards).filter(|(a, b)| a != b).count();
    assert!(differing <= 3, "{order:?}\n{backwards:?}");
}
