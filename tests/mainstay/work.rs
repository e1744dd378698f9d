//! How the work of queries grows with the graph, by counts: triples that are looked at and steps that run, on a graph
//! and on one four times as large. No clock is asked.

use mainstay::engine::{QueryOptions, Step, explain};
use mainstay::graph::{Graph, GraphBuilder};
use oxrdf::{GraphName, Literal, NamedNode, Quad, Term};
use spargebra::SparqlParser;

const EX: &str = "https://example.org/";
/// Things in the smaller graph; the larger one has four times as many.
const THINGS: usize = 2_000;

fn node(name: &str, number: usize) -> NamedNode {
    NamedNode::new_unchecked(format!("{EX}{name}{number}"))
}

/// Things in groups of 20 with a parent (a tree of which each node has ten children), a size and a label; each
/// hundredth is rare, each fifteenth has a note.
fn graph(things: usize) -> Graph {
    let mut builder = GraphBuilder::new();
    let property = |name: &str| NamedNode::new_unchecked(format!("{EX}{name}"));
    for n in 0..things {
        let mut add = |name: &str, object: Term| {
            builder.insert(&Quad::new(node("thing", n), property(name), object, GraphName::DefaultGraph));
        };
        add("kind", node("kind", if n % 100 == 0 { 1 } else { 0 }).into());
        add("group", node("group", n / 20).into());
        add("size", Literal::from((n * 7919 % things) as i64).into());
        add("label", Literal::from(format!("{} {n}", if n % 100 == 7 { "rare" } else { "plain" })).into());
        if n > 0 {
            add("parent", node("thing", n / 10).into());
        }
        if n % 15 == 0 {
            add("note", Literal::from(format!("note {n}")).into());
        }
    }
    Graph::from_bytes(builder.to_bytes().unwrap()).unwrap()
}

/// Triples that a query looks at, steps that it runs, and rows that it gives; none of it in the general evaluator.
fn work(graph: &Graph, text: &str) -> (u64, usize, usize) {
    fn steps(step: &Step) -> usize {
        1 + step.steps.iter().map(steps).sum::<usize>()
    }
    let parser = SparqlParser::new().with_prefix("", EX).unwrap();
    let query = parser.parse_query(text).unwrap();
    let explanation = explain(graph, &query, &QueryOptions::default()).unwrap();
    assert_eq!(explanation.fallback, None, "{text}");
    let plan = explanation.plan.unwrap();
    (plan.scanned_triples, steps(&plan), explanation.rows)
}

/// A query and the most triples that it may look at, for each thing of the graph, and at all.
struct Bound {
    query: &'static str,
    for_each_thing: f64,
    beside: u64,
}

const fn bound(query: &'static str, for_each_thing: f64, beside: u64) -> Bound {
    Bound { query, for_each_thing, beside }
}

const BOUNDS: [Bound; 24] = [
    // Stars: from the rare side, each of the others only for what is left.
    bound("SELECT * { ?x :size ?s ; :kind :kind1 ; :label ?l }", 0.03, 0),
    bound("SELECT * { ?x :size ?s ; :kind ?k ; :label ?l }", 3.0, 0),
    // Chains.
    bound("SELECT * { ?x :kind :kind1 ; :parent ?y . ?y :parent ?z }", 0.03, 0),
    bound("SELECT * { ?x :parent ?y . ?y :parent ?z . ?z :label ?l }", 3.0, 0),
    bound("SELECT * { :thing77 :parent ?y . ?y :label ?l }", 0.0, 2),
    // Existence and difference look at each side once.
    bound("SELECT * { ?x :label ?l FILTER NOT EXISTS { ?x :note ?n } }", 1.1, 0),
    bound("SELECT * { ?x :kind :kind1 FILTER EXISTS { ?x :note ?n } }", 0.12, 0),
    bound("SELECT * { ?x :group ?g FILTER NOT EXISTS { ?y :group ?g ; :kind :kind1 } }", 1.03, 0),
    bound("SELECT * { ?x :label ?l MINUS { ?x :note ?n } }", 1.1, 0),
    bound("SELECT * { ?x :kind :kind1 MINUS { ?x :note ?n } }", 0.12, 0),
    bound("SELECT * { ?x :kind :kind1 FILTER EXISTS { ?x :label ?l MINUS { ?x :note ?n } } }", 0.05, 0),
    bound(
        "SELECT * { ?x :kind :kind1 FILTER EXISTS { ?x :parent ?p OPTIONAL { ?p :note ?n } FILTER(!BOUND(?n)) } }",
        0.05,
        0,
    ),
    // Optional parts.
    bound("SELECT * { ?x :label ?l OPTIONAL { ?x :note ?n } }", 1.1, 0),
    bound("SELECT * { ?x :kind :kind1 OPTIONAL { ?x :parent ?p OPTIONAL { ?p :note ?n } } }", 0.04, 0),
    // Paths: what is reached from a start, not the whole graph.
    bound("SELECT * { :thing1999 :parent+ ?y }", 0.0, 10),
    bound("SELECT * { :thing1999 :parent* ?y . ?y :label ?l }", 0.0, 20),
    bound("SELECT * { ?x :kind :kind1 ; :parent+ ?y }", 0.1, 10),
    // The first rows of an order, and rows that are enough.
    bound("SELECT * { ?x :size ?s } ORDER BY DESC(?s) LIMIT 10", 1.0, 0),
    bound("SELECT * { ?x :size ?s } LIMIT 10", 0.0, 10),
    bound("ASK { ?x :label ?l }", 0.0, 1),
    // Prefixes are ranges of the dictionary.
    bound("SELECT * { ?x :label ?l FILTER STRSTARTS(?l, \"rare\") }", 0.011, 0),
    bound("SELECT * { ?x :label ?l FILTER REGEX(?l, \"^rare\") }", 0.011, 0),
    bound("SELECT * { ?x :label ?l ; :size ?s FILTER STRSTARTS(?l, \"rare\") }", 0.022, 0),
    // Groups.
    bound("SELECT ?g (COUNT(*) AS ?n) { ?x :group ?g } GROUP BY ?g", 1.0, 0),
];

#[test]
fn queries_look_at_no_more_than_their_share_of_the_graph() {
    for things in [THINGS, 4 * THINGS] {
        let graph = graph(things);
        for Bound { query, for_each_thing, beside } in BOUNDS {
            let (scanned, ..) = work(&graph, query);
            let most = (things as f64 * for_each_thing) as u64 + beside;
            assert!(scanned <= most, "{query}: {scanned} triples of at most {most}");
        }
    }
}

#[test]
fn four_times_the_graph_is_four_times_the_work_by_the_same_steps() {
    let (small, large) = (graph(THINGS), graph(4 * THINGS));
    for Bound { query, .. } in BOUNDS {
        let (before, steps_before, rows) = work(&small, query);
        let (after, steps_after, rows_after) = work(&large, query);
        assert_eq!(steps_after, steps_before, "{query}");
        // A path grows with the depth of the tree, too.
        assert!(after <= 4 * before + before / 2 + 10, "{query}: {before} triples became {after}");
        assert!(rows > 0 && rows_after >= rows, "{query}: {rows} rows became {rows_after}");
    }
}

#[test]
fn counts_are_read_not_counted() {
    let graph = graph(THINGS);
    for query in [
        "SELECT (COUNT(*) AS ?n) { ?x ?p ?o }",
        "SELECT (COUNT(?x) AS ?n) { ?x :label ?l }",
        "SELECT (COUNT(*) AS ?n) { ?x :kind :kind1 }",
    ] {
        let (scanned, ..) = work(&graph, query);
        assert_eq!(scanned, 0, "{query}");
    }
}
