//! Graph files with damage in every region: an error or a right answer, never a crash, and never a wrong answer
//! from a file that `verify` calls good.

use crate::outcome::repository;
use mainstay::engine::{QueryOptions, QuerySource, query_in_general_evaluator};
use mainstay::error::{ErrorKind, Result};
use mainstay::graph::{Graph, GraphBuilder, rdf};
use oxrdf::{Literal, NamedNode, TripleRef};
use spareval::QueryResults;
use spargebra::{Query, SparqlParser};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

/// Places that are damaged in each region of a file.
const PLACES: usize = 6;

/// Longest time of a query; over the whole file they take a few milliseconds.
const TIMEOUT: Duration = Duration::from_secs(5);

const QUERIES: [&str; 16] = [
    "SELECT * { ?s ?p ?o }",
    "SELECT * { GRAPH ?g { ?s ?p ?o } }",
    "SELECT ?s ?l { ?s a rel:Service ; rdfs:label ?l }",
    "SELECT ?f ?n { ?f rel:line ?n ; a rel:Fact ; rel:kind ?k FILTER(?n > 2) } ORDER BY DESC(?n) LIMIT 5",
    "SELECT ?k (COUNT(?f) AS ?n) (MIN(?l) AS ?least) (SUM(?l) AS ?sum) { ?f rel:kind ?k OPTIONAL { ?f rel:line ?l } } GROUP BY ?k",
    "SELECT DISTINCT ?p { ?s ?p ?o }",
    "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }",
    "SELECT ?a ?b { ?a rdfs:label ?x . ?b rdfs:label ?x }",
    "SELECT ?s { ?s a rel:Fact FILTER NOT EXISTS { ?s rel:tier ?t } }",
    "SELECT ?o { svc:x3 (rel:service|^rel:service)* ?o }",
    "SELECT ?s { ?s ?p ?o MINUS { ?s a rel:Fact } }",
    "SELECT ?s ?o { { ?s rel:value ?o } UNION { ?s rdfs:label ?o } FILTER(STRLEN(STR(?o)) > 3) }",
    "SELECT ?v ?f { VALUES ?v { 1 2 3 299 } ?f rel:line ?v }",
    "SELECT ?f ?g ?n { ?f rel:service ?s ; rel:line ?n . ?g rel:line ?n ; rel:service ?s }",
    "ASK { svc:nimbus-queue a rel:Service }",
    "CONSTRUCT { ?o rel:of ?s } { ?s rel:service ?o }",
];

fn sound() -> Vec<u8> {
    let mut builder = GraphBuilder::new();
    let document = NamedNode::new("https://example.org/small").unwrap();
    rdf::read(&repository().join("tests/graphs/small.trig"), document.as_ref(), |quad| builder.insert(&quad))
        .unwrap();
    // Enough rows for every way of joining.
    let name = |local: &str| NamedNode::new(format!("https://w3id.org/mainstay/{local}")).unwrap();
    for n in 0..300 {
        let (fact, service) = (name(&format!("fact/x{n}")), name(&format!("service/x{}", n % 7)));
        builder.insert(TripleRef::new(&fact, &name("ontology#service"), &service).in_graph(&document));
        builder.insert(TripleRef::new(&fact, &name("ontology#line"), &Literal::from(n)).in_graph(&document));
    }
    builder.to_bytes().unwrap()
}

fn queries() -> Vec<Query> {
    let parser = mainstay::vocabulary::PREFIXES
        .iter()
        .fold(SparqlParser::new(), |parser, (name, iri)| parser.with_prefix(*name, *iri).unwrap());
    QUERIES.iter().map(|text| parser.clone().parse_query(text).unwrap()).collect()
}

fn rows(results: Result<QueryResults<'_>>) -> Result<Vec<String>> {
    let mut rows = Vec::new();
    match results? {
        QueryResults::Solutions(solutions) => {
            for row in solutions {
                rows.push(format!("{:?}", row?));
            }
        }
        QueryResults::Graph(triples) => {
            for triple in triples {
                rows.push(triple?.to_string());
            }
        }
        QueryResults::Boolean(answer) => rows.push(answer.to_string()),
    }
    rows.sort();
    Ok(rows)
}

/// The answers of both engines to all queries.
fn answers(graph: &Graph, queries: &[Query]) -> Vec<Result<Vec<String>>> {
    let options = || QueryOptions {
        timeout: Some(TIMEOUT),
        max_rows: Some(50_000),
        max_memory: Some(256 << 20),
        ..QueryOptions::default()
    };
    let both = |query: &Query| {
        let own = rows(graph.query(query, &options()));
        [own, rows(query_in_general_evaluator(graph, query, &options()))]
    };
    queries.iter().flat_map(both).collect()
}

/// The regions of a file, read from its head as the description of the format says: the head, and each section.
fn regions(bytes: &[u8]) -> Vec<std::ops::Range<usize>> {
    let number = |at: usize| u64::from_le_bytes(bytes[at..at + 8].try_into().unwrap()) as usize;
    let sections = u32::from_le_bytes(bytes[12..16].try_into().unwrap()) as usize;
    let table = 16 + 8 + 16 + 4 * 14;
    let head = table + 24 * sections + 8;
    let section = |index| {
        let start = number(table + 24 * index);
        start..start + number(table + 24 * index + 8)
    };
    let mut regions: Vec<_> = std::iter::once(0..head).chain((0..sections).map(section)).collect();
    assert_eq!(regions.last().unwrap().end, bytes.len());
    regions.retain(|region| !region.is_empty());
    regions
}

/// Numbers that look random and are the same in every run.
fn next(state: &mut u64) -> usize {
    *state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
    (*state >> 33) as usize
}

fn damage(bytes: &mut [u8], place: usize, random: usize) {
    let end = bytes.len();
    match random % 6 {
        0 | 1 => bytes[place] ^= 1 << (random / 8 % 8),
        2 => bytes[place] = (random / 8) as u8,
        3 => bytes[place..end.min(place + 4)].fill(0xff),
        4 => bytes[place..end.min(place + 8)].fill(0),
        _ => bytes.swap(place, (place ^ 1).min(end - 1)),
    }
}

/// As if the damage were there when the file was written: its checksums are right.
fn with_right_checksums(bytes: &mut [u8]) {
    let number = |bytes: &[u8], at: usize| u64::from_le_bytes(bytes[at..at + 8].try_into().unwrap()) as usize;
    let sections = u32::from_le_bytes(bytes[12..16].try_into().unwrap()) as usize;
    let table = 16 + 8 + 16 + 4 * 14;
    for entry in (0..sections).map(|section| table + 24 * section) {
        let (start, len) = (number(bytes, entry), number(bytes, entry + 8));
        let sum = mainstay::graph::checksum(&bytes[start..start + len]);
        bytes[entry + 16..entry + 24].copy_from_slice(&sum.to_le_bytes());
    }
    let head = table + 24 * sections;
    let sum = mainstay::graph::checksum(&bytes[..head]);
    bytes[head..head + 8].copy_from_slice(&sum.to_le_bytes());
}

fn check(damaged: Vec<u8>, queries: &[Query], expected: Option<&[Vec<String>]>, label: &str) -> bool {
    let outcome = catch_unwind(AssertUnwindSafe(|| {
        let Ok(graph) = Graph::from_bytes(damaged) else { return false };
        let answers = answers(&graph, queries);
        let good = graph.verify().is_ok();
        for (index, answer) in answers.iter().enumerate() {
            let text = QUERIES[index / 2];
            match answer {
                Ok(rows) => {
                    let right = expected.is_none_or(|expected| *rows == expected[index]);
                    assert!(!good || right, "{label}: {text}");
                }
                Err(error) if error.to_string().contains("took longer") => panic!("{label}: {text}: {error}"),
                Err(error) => {
                    assert!(!good, "{label}: {text}: {error}");
                    assert!(error.kind() != ErrorKind::Usage, "{label}: {text}: {error}");
                }
            }
        }
        good
    }));
    outcome.unwrap_or_else(|_| panic!("{label}"))
}

#[test]
fn damage_in_any_region_gives_errors_or_right_answers() {
    let (bytes, queries) = (sound(), queries());
    let expected: Vec<Vec<String>> = answers(&Graph::from_bytes(bytes.clone()).unwrap(), &queries)
        .into_iter()
        .map(Result::unwrap)
        .collect();
    let mut state = 7;
    for (region, range) in regions(&bytes).into_iter().enumerate() {
        for place in 0..PLACES {
            let at = range.start + next(&mut state) % range.len();
            let mut damaged = bytes.clone();
            damage(&mut damaged, at, next(&mut state));
            let same = damaged == bytes;
            let label = format!("region {region}, place {place}, byte {at}");
            let good = check(damaged.clone(), &queries, Some(&expected), &label);
            assert!(!good || same, "{label}: damage is not found");
            // With checksums that fit it is another file: right or wrong, it must not crash.
            if place % 2 == 0 && region > 0 {
                with_right_checksums(&mut damaged);
                check(damaged, &queries, None, &format!("{label}, with right checksums"));
            }
        }
    }
}

#[test]
fn a_file_that_is_cut_anywhere_is_an_error() {
    let bytes = sound();
    for region in regions(&bytes) {
        for len in [region.start, region.start.midpoint(region.end), region.end.min(bytes.len() - 1)] {
            assert!(Graph::from_bytes(bytes[..len].to_vec()).is_err(), "cut at {len}");
        }
    }
    assert!(Graph::from_bytes([&bytes[..], b"\0"].concat()).is_err());
}
