//! Two witnesses: random queries over random graphs give the same answers in the operators and in the general
//! evaluator.

mod meaning;

use super::tests::{parse, rows};
use super::*;
use crate::graph::{Graph, GraphBuilder};
use oxrdf::{GraphName, Literal, NamedNode, Quad, Term};

/// A small generator of numbers (splitmix64), the same in every run.
struct Random(u64);

impl Random {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut number = self.0;
        number = (number ^ (number >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        number = (number ^ (number >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((number ^ (number >> 31)) % end as u64) as usize
    }

    fn one_of<'t>(&mut self, choices: &[&'t str]) -> &'t str {
        choices[self.below(choices.len())]
    }
}

const OBJECTS: [&str; 12] = [
    "1",
    "2",
    "7",
    "1.0",
    "2.5",
    "\"01\"^^<http://www.w3.org/2001/XMLSchema#integer>",
    "\"x\"",
    "\"y\"@en",
    "true",
    "\"2026-08-20\"^^<http://www.w3.org/2001/XMLSchema#date>",
    "1e0",
    "\"?\"^^:t",
];

/// A graph of so many random quads over so many nodes.
fn graph(random: &mut Random, size: usize, nodes: usize) -> Graph {
    let node = |name: &str, n: usize| NamedNode::new_unchecked(format!("https://example.org/{name}{n}"));
    let literals: Vec<Term> = OBJECTS.iter().map(|text| literal(text)).collect();
    let mut builder = GraphBuilder::new();
    for _ in 0..size {
        let object = if random.below(3) == 0 {
            literals[random.below(literals.len())].clone()
        } else {
            node("n", random.below(nodes)).into()
        };
        let graph = match random.below(3) {
            0 => GraphName::DefaultGraph,
            n => node("g", n).into(),
        };
        builder.insert(&Quad::new(node("n", random.below(nodes)), node("p", random.below(4)), object, graph));
    }
    Graph::from_bytes(builder.to_bytes().unwrap()).unwrap()
}

/// A literal as a query spells it.
fn literal(text: &str) -> Term {
    let query = parse(&format!("SELECT * {{ VALUES ?x {{ {text} }} }}"));
    let empty = Graph::from_bytes(GraphBuilder::new().to_bytes().unwrap()).unwrap();
    let Ok(QueryResults::Solutions(mut rows)) =
        query_in_general_evaluator(&empty, &query, &QueryOptions::default())
    else {
        panic!("no rows")
    };
    rows.next().unwrap().unwrap().get(0).cloned().unwrap_or_else(|| Literal::from(0).into())
}

fn variable(random: &mut Random) -> String {
    format!("?{}", random.one_of(&["a", "b", "c", "d"]))
}

fn node(random: &mut Random) -> String {
    format!(":n{}", random.below(9))
}

fn triple(random: &mut Random) -> String {
    let subject = if random.below(6) == 0 { node(random) } else { variable(random) };
    let predicate = match random.below(12) {
        0 => variable(random),
        1 => ":p0+".into(),
        2 => "(:p1|^:p2)".into(),
        3 => ":p3*".into(),
        4 => ":p0/:p1?".into(),
        5 => random
            .one_of(&[
                "(:p0*)*",
                "(:p1?)+",
                "(:p2+|:p1)+",
                "((:p0|:p1*)+)?",
                "!(:p0|^:p1)",
                "(:p0|:p1)/(:p1|^:p2)",
                ":p0|:p1/:p2*",
            ])
            .into(),
        n => format!(":p{}", n % 4),
    };
    let object = match random.below(8) {
        0 => node(random),
        1 => random.one_of(&OBJECTS).into(),
        _ => variable(random),
    };
    format!("{subject} {predicate} {object} . ")
}

fn triples(random: &mut Random) -> String {
    (0..=random.below(3)).map(|_| triple(random)).collect()
}

fn operand(random: &mut Random) -> String {
    match random.below(5) {
        0 => node(random),
        1 => random.one_of(&OBJECTS).into(),
        _ => variable(random),
    }
}

fn text(random: &mut Random) -> String {
    let operand = operand(random);
    match random.below(4) {
        0 => operand,
        1 => random.one_of(&["\"n\"", "\"\"", "\"org/\"", "\"y\"@en", "\"x\""]).into(),
        _ => format!("STR({operand})"),
    }
}

fn expression(random: &mut Random, depth: usize) -> String {
    if depth > 0 {
        let (a, b) = (expression(random, depth - 1), expression(random, depth - 1));
        match random.below(8) {
            0 => return format!("({a} && {b})"),
            1 => return format!("({a} || {b})"),
            2 => return format!("(!{a})"),
            3 => return format!("COALESCE({a}, {b})"),
            4 => return format!("IF({a}, {b}, {a})"),
            _ => {}
        }
    }
    let (a, b) = (operand(random), operand(random));
    match random.below(26) {
        11 => format!("STRSTARTS({}, {b})", text(random)),
        12 => format!("STRENDS(STR({a}), STR({b}))"),
        13 => format!("STRBEFORE({}, {b})", text(random)),
        14 => format!("STRAFTER({}, {})", text(random), text(random)),
        15 => format!("CONCAT({}, {b}, {a})", text(random)),
        16 => format!("CONCAT(STR({a}), \":\", STR({b}))"),
        17 => format!("UCASE({})", text(random)),
        18 => format!("LCASE({a})"),
        19 => format!(
            "REGEX({}, \"{}\", \"{}\")",
            text(random),
            random.one_of(&["^h", "[n1]", "X", "("]),
            random.one_of(&["", "i", "q", "z"])
        ),
        20 => format!(
            "<http://www.w3.org/2001/XMLSchema#integer>({})",
            random.one_of(&["?a", "?b", "?c", "\"12\"", "true", "STR(?d)"])
        ),
        21 => format!("({a} <= {b})"),
        22 => format!("({} > {})", text(random), text(random)),
        23 => format!("({a} * {b} - 2)"),
        24 => format!("STRLEN({})", text(random)),
        25 => format!("isBlank({a})"),
        0 => format!("({a} < {b})"),
        1 => format!("({a} != {b})"),
        2 => format!("({a} + {b})"),
        3 => format!("BOUND({})", variable(random)),
        4 => format!("isIRI({a})"),
        5 => format!("isLiteral({a})"),
        6 => format!("STRLEN(STR({a}))"),
        7 => format!("sameTerm({a}, {b})"),
        8 => format!("({a} IN ({b}, 1, :n1))"),
        9 => format!("CONTAINS(STR({a}), \"1\")"),
        _ => format!("({a} = {b})"),
    }
}

fn exists(random: &mut Random) -> String {
    let not = random.one_of(&["", "NOT "]);
    let filter =
        if random.below(3) == 0 { format!("FILTER({})", expression(random, 1)) } else { String::new() };
    let nested = match random.below(6) {
        0 => format!("FILTER NOT EXISTS {{ {} }}", triples(random)),
        1 => format!("{{ {} }} UNION {{ {} }}", triples(random), triples(random)),
        2 | 3 => dependent(random),
        _ => String::new(),
    };
    let asked = format!("EXISTS {{ {} {nested} {filter} }}", triples(random));
    match random.below(6) {
        0 => format!("FILTER(IF({asked}, {}, {not}{asked})) ", expression(random, 1)),
        _ => format!("FILTER({not}{asked}) "),
    }
}

/// A part of a pattern of EXISTS that depends on the row in another way than by a join.
fn dependent(random: &mut Random) -> String {
    let filter = format!("FILTER({})", expression(random, 1));
    let inner = format!("{} {}", triples(random), if random.below(2) == 0 { &filter } else { "" });
    match random.below(10) {
        0 | 1 => format!("OPTIONAL {{ {inner} }}"),
        2 | 3 => format!("MINUS {{ {inner} }}"),
        4 => format!("{{ {inner} }} UNION {{ {} }}", triples(random)),
        5 => format!("BIND({} AS ?e)", expression(random, 1)),
        6 => format!("{{ SELECT ?a (COUNT(*) AS ?e) {{ {inner} }} GROUP BY ?a HAVING (?e > 1) }}"),
        7 => format!("{{ SELECT (COUNT(?b) AS ?e) (MIN(?c) AS ?f) {{ {inner} }} HAVING (?e < 3) }}"),
        8 => format!("{{ SELECT DISTINCT ?a ?c {{ {inner} }} ORDER BY ?c OFFSET 1 }}"),
        _ => format!(
            "GRAPH {} {{ {inner} MINUS {{ {} }} }}",
            random.one_of(&["?a", "?g", ":g1"]),
            triples(random)
        ),
    }
}

fn group(random: &mut Random, depth: usize) -> String {
    let mut text = if random.below(12) == 0 { String::new() } else { triples(random) };
    for step in 0..random.below(3) {
        let nested = |random: &mut Random| group(random, depth.saturating_sub(1));
        text += &match random.below(if depth == 0 { 5 } else { 11 }) {
            0 | 1 => format!("FILTER({}) ", expression(random, 2)),
            2 => exists(random),
            3 if random.below(4) == 0 => {
                format!("BIND(EXISTS {{ {} {} }} AS ?x{depth}{step}) ", triples(random), dependent(random))
            }
            3 => format!("BIND({} AS ?x{depth}{step}) ", expression(random, 1)),
            4 => format!("VALUES ({} ?v) {{ ({} 1) (UNDEF 2) }} ", variable(random), node(random)),
            5 | 6 => format!("OPTIONAL {{ {} }} ", nested(random)),
            7 => format!("{{ {} }} UNION {{ {} }} ", nested(random), nested(random)),
            8 => format!("MINUS {{ {} }} ", nested(random)),
            9 if random.below(2) == 0 => {
                format!("GRAPH {} {{ {} }} ", random.one_of(&[":g1", "?a", "?g"]), nested(random))
            }
            9 => format!("GRAPH {} {{ {} }} ", random.one_of(&[":g2", "?g", ":g1"]), triples(random)),
            _ => {
                format!("{{ SELECT ?a (COUNT(*) AS ?k{depth}{step}) {{ {} }} GROUP BY ?a }} ", nested(random))
            }
        };
        if random.below(3) == 0 {
            text += &triple(random);
        }
    }
    text
}

fn query(random: &mut Random) -> String {
    let body = group(random, 2);
    let from = match random.below(6) {
        0 => random.one_of(&["FROM :g1", "FROM :g1 FROM :g2", "FROM NAMED :g1", "FROM :g2 FROM NAMED :g1"]),
        _ => "",
    };
    match random.below(11) {
        0 => format!("SELECT DISTINCT ?a ?b {from} {{ {body} }}"),
        9 => format!("DESCRIBE ?a ?b {from} {{ {body} }}"),
        10 => format!("DESCRIBE :n1 ?c {from} {{ {body} }}"),
        1 => format!(
            "SELECT ?a (COUNT(?b) AS ?n) (SUM(?c) AS ?s) (MIN(STR(?d)) AS ?m) {{ {body} }} GROUP BY ?a"
        ),
        2 => format!("SELECT (COUNT(DISTINCT ?a) AS ?n) (AVG(?b) AS ?m) (MAX(STR(?c)) AS ?x) {{ {body} }}"),
        3 => format!("SELECT (COUNT(*) AS ?n) (COUNT(DISTINCT *) AS ?m) {{ {body} }}"),
        4 => format!("ASK {from} {{ {body} }}"),
        5 => format!("CONSTRUCT {{ ?a :made ?b . ?c ?d 1 }} WHERE {{ {body} }}"),
        6 => format!("SELECT ?a ?b {{ {body} }} GROUP BY ?a ?b HAVING (COUNT(*) > 1)"),
        7 => format!("SELECT ?b {from} {{ {body} }} ORDER BY ?b"),
        _ => format!("SELECT * {from} {{ {body} }}"),
    }
}

/// Compares both ways of answering some random queries; gives how many the operators answered.
fn compare(seed: u64, queries: usize) -> usize {
    let mut random = Random(seed);
    let mut own = 0;
    for round in 0..queries {
        let size = 5 + random.below(40);
        let graph = graph(&mut random, size, 8);
        let text = query(&mut random);
        let query = parse(&text);
        let options = QueryOptions::default();
        own += usize::from(explain(&graph, &query, &options).unwrap().fallback.is_none());
        let found = rows(graph.query(&query, &options).unwrap());
        let mut expected = rows(query_in_general_evaluator(&graph, &query, &options).unwrap());
        if found != expected {
            expected = rows(meaning::answer(&graph, &query));
        }
        assert_eq!(found, expected, "seed {seed}, round {round}: {text}\n{query}");
        if let Some(mut rows) = graph.rows(&query, &options).unwrap() {
            assert_eq!(cells(&mut rows), expected.len(), "seed {seed}, round {round}: {text}");
        }
    }
    own
}

/// Counts rows; checks that their cells are told apart by their keys alone.
fn cells(rows: &mut Rows) -> usize {
    let mut known = std::collections::HashMap::new();
    let mut count = 0;
    while rows.advance().unwrap() {
        for column in 0..rows.variables().len() {
            let (key, term) = (rows.key(column), rows.term(column).unwrap());
            if let Some(key) = key {
                assert_eq!(*known.entry((column, key)).or_insert_with(|| term.clone()), term);
            }
        }
        count += 1;
    }
    count
}

#[test]
fn random_queries_have_the_same_answers_in_both_engines() {
    let queries: usize = std::env::var("WITNESS_QUERIES").map_or(600, |text| text.parse().unwrap());
    let seed = std::env::var("WITNESS_SEED").map_or(1, |text| text.parse().unwrap());
    let own = compare(seed, queries);
    assert_eq!(own, queries, "all queries ran in the operators");
}

/// Queries of more variables than a machine word has bits.
#[test]
fn many_variables_are_told_apart() {
    let mut builder = GraphBuilder::new();
    let node = |n: usize| NamedNode::new_unchecked(format!("https://example.org/n{}", n % 9));
    for n in 0..9 {
        builder.insert(&Quad::new(
            node(n),
            NamedNode::new_unchecked("https://example.org/p0"),
            node(n + 1),
            node(n),
        ));
    }
    let graph = Graph::from_bytes(builder.to_bytes().unwrap()).unwrap();
    for pairs in [20, 40, 100] {
        let triples: String = (0..pairs).map(|n| format!("?v{n} :p0 ?w{n} . ")).collect();
        let (names, values): (String, String) =
            (0..pairs).map(|n| (format!("?v{n} "), format!(":n{} ", n % 9))).unzip();
        let text = format!("SELECT * {{ VALUES ({names}) {{ ({values}) }} {triples} }}");
        let (query, options) = (parse(&text), QueryOptions::default());
        let fallback = explain(&graph, &query, &options).unwrap().fallback;
        assert_eq!(fallback, None, "{pairs} pairs");
        let found = rows(graph.query(&query, &options).unwrap());
        assert_eq!(found.len(), 1, "{pairs} pairs");
        for n in 0..pairs {
            let value = format!("\"w{n}\" }}: NamedNode(NamedNode {{ iri: \"{}\"", node(n + 1).as_str());
            assert!(found[0].contains(&value), "{value} in {}", found[0]);
        }
    }
    let (names, values): (String, String) = (0..300).map(|n| (format!("?v{n} "), "1 ")).unzip();
    let query = parse(&format!("SELECT * {{ VALUES ({names}) {{ ({values}) }} }}"));
    let fallback = explain(&graph, &query, &QueryOptions::default()).unwrap().fallback;
    assert_eq!(fallback.as_deref(), Some("the number of variables"));
}

/// What a negated property set connects: how often is not told apart, as the general evaluator counts in one way or
/// another with the ends that it knows.
#[test]
fn negated_property_sets_connect_the_same_nodes_in_both_engines() {
    let mut random = Random(11);
    for _ in 0..150 {
        let (size, path) = (5 + random.below(40), random.one_of(&["!:p0", "!(:p0|:p2)", "^(!:p1)", "!^:p3"]));
        let graph = graph(&mut random, size, 8);
        let (subject, object) = (operand(&mut random), operand(&mut random));
        let subject = if subject.starts_with([':', '?']) { subject } else { "?a".to_owned() };
        let body = format!("{subject} {path} {object} . {}", group(&mut random, 1));
        let text = match random.below(3) {
            0 => format!("SELECT DISTINCT * {{ {body} }}"),
            1 => format!("SELECT DISTINCT * FROM :g1 {{ {body} GRAPH ?g {{ ?c {path} ?d }} }}"),
            _ => format!("SELECT DISTINCT ?c ?d {{ ?c :p1 ?d FILTER NOT EXISTS {{ ?d {path} ?c }} }}"),
        };
        let (query, options) = (parse(&text), QueryOptions::default());
        let expected = rows(query_in_general_evaluator(&graph, &query, &options).unwrap());
        assert_eq!(rows(graph.query(&query, &options).unwrap()), expected, "{text}");
    }
    let graph = graph(&mut random, 60, 8);
    for text in ["SELECT * { ?a !:p0 ?b }", "SELECT * { :n1 !:p0 ?b }", "SELECT * { ?a !(:p0|:p1) :n2 }"] {
        let (query, options) = (parse(text), QueryOptions::default());
        assert_eq!(explain(&graph, &query, &options).unwrap().fallback, None);
        let expected = rows(query_in_general_evaluator(&graph, &query, &options).unwrap());
        assert_eq!(rows(graph.query(&query, &options).unwrap()), expected, "{text}");
    }
}

/// Functions that give another value each time: what can be said of their values is the same.
#[test]
fn functions_that_vary_are_evaluated_for_each_row() {
    let mut random = Random(12);
    let graph = graph(&mut random, 60, 8);
    for text in [
        "SELECT (COUNT(DISTINCT ?x) AS ?n) (COUNT(*) AS ?m) { ?a :p0 ?b BIND(UUID() AS ?x) }",
        "SELECT (COUNT(DISTINCT ?x) AS ?n) { ?a :p0 ?b BIND(BNODE() AS ?x) ?b ?p ?c }",
        "SELECT (MIN(?x) >= 0 && MAX(?x) < 1 AS ?in) (COUNT(DISTINCT ?x) AS ?n) { ?a :p0 ?b BIND(RAND() AS ?x) }",
        "SELECT ?a ?b (STRLEN(STRUUID()) AS ?n) (isBlank(BNODE()) AS ?is) { ?a :p0 ?b }",
        "SELECT ?a { ?a :p0 ?b FILTER(RAND() < 2) }",
        "SELECT ?a { ?a :p0 ?b FILTER(RAND() < 0) }",
        "SELECT (COUNT(*) AS ?n) { ?a :p0 ?b } ORDER BY RAND()",
        "SELECT ?a (IRI(CONCAT(\"n\", STR(?b))) AS ?x) (BNODE(\"x\") AS ?y) { ?a :p0 ?b }",
        "BASE <https://example.org/base/> SELECT ?a (IRI(\"x\") AS ?x) { ?a :p0 ?b FILTER(IRI(\"../n1\") = ?a) }",
    ] {
        let (query, options) = (parse(text), QueryOptions::default());
        assert_eq!(explain(&graph, &query, &options).unwrap().fallback, None, "{text}");
        let expected = rows(query_in_general_evaluator(&graph, &query, &options).unwrap());
        assert_eq!(rows(graph.query(&query, &options).unwrap()), expected, "{text}");
    }
    // Some of many rows pass, not all or none.
    let some = parse("SELECT * { ?a ?p ?b . ?c ?q ?d FILTER(RAND() < 0.5) }");
    let all = parse("SELECT * { ?a ?p ?b . ?c ?q ?d }");
    let count = |query| rows(graph.query(query, &QueryOptions::default()).unwrap()).len();
    let (some, all) = (count(&some), count(&all));
    assert!(some > all / 3 && some < all * 2 / 3, "{some} of {all}");
}

#[test]
fn blank_nodes_of_a_template_are_others_for_each_solution() {
    let graph = graph(&mut Random(13), 40, 8);
    let triples = |text| rows(graph.query(&parse(text), &QueryOptions::default()).unwrap());
    let (made, solutions) = (
        triples("CONSTRUCT { _:x :of ?a ; :and _:y . _:y :to ?b } WHERE { ?a :p0 ?b }"),
        triples("SELECT * { ?a :p0 ?b }"),
    );
    assert_eq!(made.len(), 3 * solutions.len());
    let nodes: std::collections::HashSet<&str> =
        made.iter().filter_map(|row| row.split(' ').next()).collect();
    assert_eq!(nodes.len(), 2 * solutions.len());
}

/// Shapes of queries whose tables are large enough for every way of looking triples up.
const SHAPES: [&str; 24] = [
    "SELECT * { GRAPH ?g { ?a :p0 ?b . ?b :p1 ?c } }",
    "SELECT * { ?a :p0 ?b GRAPH ?g { ?b :p1 ?c OPTIONAL { ?c :p2 ?d } } }",
    "SELECT * { GRAPH ?g { ?a :p0 1 } GRAPH ?h { ?a :p1 ?c } FILTER(?g != ?h) }",
    "SELECT * { GRAPH :g1 { ?a :p0 ?b } MINUS { GRAPH ?g { ?b :p1 ?a } } }",
    "SELECT ?g (COUNT(*) AS ?n) { GRAPH ?g { ?a ?p ?b } } GROUP BY ?g",
    "SELECT * FROM :g1 { ?a :p0 ?b . ?b :p1+ ?c }",
    "SELECT * FROM :g1 FROM :g2 FROM NAMED :g2 { ?a :p0 ?b GRAPH ?g { ?b :p1 ?c } }",
    "SELECT * { GRAPH :g2 { ?a (:p0|:p1)* :n7 } }",
    "SELECT * { ?a :p0 ?b FILTER NOT EXISTS { ?b :p1 ?c FILTER(?c > ?a || ?c != ?b) } }",
    "SELECT * { ?a :p0 ?b FILTER STRSTARTS(STR(?b), \"https://example.org/n1\") }",
    "SELECT * { ?a :p0 ?b . ?a :p1 ?c FILTER STRSTARTS(?b, \"x\") FILTER STRSTARTS(?c, \"y\") }",
    "SELECT * { ?a :p0 ?b FILTER REGEX(?b, \"^[xy]\") FILTER REGEX(STR(?b), \"^x\") OPTIONAL { ?b :p1 ?c } }",
    "SELECT * { ?a :p0 ?b . ?b :p1 ?c . ?c :p2 ?d }",
    "SELECT * { ?a :p0 ?b ; :p1 ?c ; :p2 ?d }",
    "SELECT * { ?a :p0 ?b . ?b :p1 1 }",
    "SELECT * { ?a :p0 ?b . :n3 :p1 ?b }",
    "SELECT * { ?a :p0 ?b . ?b :p1 ?a }",
    "SELECT * { ?a :p0 ?b . ?a :p1 ?b . ?c :p2 ?a }",
    "SELECT * { ?a :p0 ?b OPTIONAL { ?b :p1 ?c OPTIONAL { ?c :p2 1 , ?d } } }",
    "SELECT ?a (CONCAT(STR(?b), STR(?c)) AS ?x) { ?a :p0 ?b OPTIONAL { ?b :p3 ?c } } ORDER BY ?c ?a ?b LIMIT 900",
    "SELECT * { ?a :p0 ?b FILTER NOT EXISTS { ?b :p1 ?c . ?c :p2 ?a } }",
    "SELECT * { ?a :p0 ?b MINUS { ?b :p1 ?c } FILTER(STRSTARTS(STR(?b), \"https://example.org/n1\")) }",
    "SELECT ?a (MIN(CONCAT(STR(?b), \"!\")) AS ?m) (MAX(STR(?c)) AS ?n) { ?a :p0 ?b ; :p1 ?c } GROUP BY ?a",
    "SELECT * { ?a :p0 ?b . GRAPH :g1 { ?b :p1 ?c } ?c :p2 ?d FILTER(?d >= 2) }",
];

#[test]
fn larger_graphs_have_the_same_answers_in_both_engines() {
    let (mut random, mut empty) = (Random(5), 0);
    for (quads, nodes) in [(3000, 150), (4000, 900)] {
        let graph = graph(&mut random, quads, nodes);
        for text in SHAPES {
            let query = parse(text);
            let options = QueryOptions::default();
            assert!(explain(&graph, &query, &options).unwrap().fallback.is_none(), "{text}");
            let expected = rows(query_in_general_evaluator(&graph, &query, &options).unwrap());
            empty += usize::from(expected.is_empty());
            assert_eq!(rows(graph.query(&query, &options).unwrap()), expected, "{text}");
        }
    }
    assert!(empty <= 4, "{empty} queries give nothing to compare");
}
