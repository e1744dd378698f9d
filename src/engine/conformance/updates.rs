//! The update tests of the suites: what a dataset holds after an update, and which texts are updates.

use super::super::update::{DefaultGraph, run};
use super::*;
use oxrdf::dataset::CanonicalizationAlgorithm;
use oxrdf::{Dataset, Literal};

const UT: &str = "http://www.w3.org/2009/sparql/tests/test-update#";

/// The dataset that the data of an action or a result describes.
fn dataset(root: &Path, manifest: &Triples, node: TermRef<'_>) -> Dataset {
    let mut dataset = Dataset::new();
    let mut add = |url: &str, graph: GraphName| {
        for triple in &read(root, &file(root, url)) {
            dataset.insert(&triple.into_owned().in_graph(graph.clone()));
        }
    };
    for url in objects(manifest, node, &name(UT, "data")).into_iter().filter_map(|term| iri(Some(term))) {
        add(&url, GraphName::DefaultGraph);
    }
    for data in objects(manifest, node, &name(UT, "graphData")) {
        let url = iri(object(manifest, data, &name(UT, "graph"))).unwrap();
        let label = object(manifest, data, &rdfs::LABEL.into_owned());
        let Some(TermRef::Literal(label)) = label else { panic!("a graph without its name") };
        add(&url, NamedNode::new_unchecked(label.value()).into());
    }
    dataset
}

fn graph_of(dataset: &Dataset) -> Graph {
    let mut builder = GraphBuilder::new();
    dataset.iter().for_each(|quad| builder.insert(quad));
    Graph::from_bytes(builder.to_bytes().unwrap()).unwrap()
}

fn label_of(test: NamedNodeRef<'_>) -> String {
    test.as_str().rsplit_once("data-sparql11/").map_or(test.as_str(), |(_, name)| name).to_owned()
}

fn fail(report: &mut Report, label: &str, what: &str) {
    report.failures.push(format!("{label}: {what}"));
}

pub(super) fn evaluate(root: &Path, manifest: &Triples, test: NamedNodeRef<'_>, report: &mut Report) {
    let part = |part: &str| object(manifest, test.into(), &name(MF, part)).unwrap();
    let (action, result) = (part("action"), part("result"));
    let url = iri(object(manifest, action, &name(UT, "request"))).unwrap();
    let label = label_of(test);
    let text = std::fs::read_to_string(file(root, &url)).unwrap();
    report.updates += 1;
    let update = match SparqlParser::new().with_base_iri(&url).unwrap().parse_update(&text) {
        Ok(update) => update,
        Err(error) => return fail(report, &label, &error.to_string()),
    };
    let before = dataset(root, manifest, action);
    let after = match run(&graph_of(&before), &update, &QueryOptions::default(), DefaultGraph::Own) {
        Ok(updated) => Graph::from_bytes(updated.builder.to_bytes().unwrap()).unwrap(),
        Err(error) => return fail(report, &label, &error.to_string()),
    };
    let canonical = |mut dataset: Dataset| {
        dataset.canonicalize(CanonicalizationAlgorithm::Unstable);
        let mut quads: Vec<String> = dataset.iter().map(|quad| quad.to_string()).collect();
        quads.sort();
        quads
    };
    let found = canonical(after.quads().map(Result::unwrap).collect());
    let wanted = canonical(dataset(root, manifest, result));
    if found != wanted {
        fail(report, &label, &format!("not as expected\n{found:#?}\n{wanted:#?}"));
    }
}

pub(super) fn check_syntax(
    root: &Path,
    manifest: &Triples,
    test: NamedNodeRef<'_>,
    positive: bool,
    report: &mut Report,
) {
    let url = iri(object(manifest, test.into(), &name(MF, "action"))).unwrap();
    let text = std::fs::read_to_string(file(root, &url)).unwrap();
    let parsed = SparqlParser::new().with_base_iri(&url).unwrap().parse_update(&text);
    report.syntax += 1;
    if parsed.is_ok() != positive {
        fail(report, &label_of(test), &format!("parsed {}, not {positive}", parsed.is_ok()));
    }
}

#[test]
fn literals_that_an_update_does_not_touch_keep_their_form() {
    let type_of = |name: &str| NamedNode::new_unchecked(format!("http://www.w3.org/2001/XMLSchema#{name}"));
    let node = |name: &str| NamedNode::new_unchecked(format!("https://example.org/{name}"));
    let mut before = Dataset::new();
    for (form, datatype) in
        [("007", "integer"), ("1.0E1", "double"), ("1.50", "decimal"), ("PT60M", "duration")]
    {
        let literal = Literal::new_typed_literal(form, type_of(datatype));
        before.insert(&Quad::new(node("s"), node("p"), literal, node("g")));
    }
    let update = SparqlParser::new().parse_update("INSERT DATA { <x:a> <x:b> \"01\"^^<x:c> }").unwrap();
    let updated = run(&graph_of(&before), &update, &QueryOptions::default(), DefaultGraph::Union).unwrap();
    assert_eq!((updated.inserted, updated.deleted), (1, 0));
    let after = Graph::from_bytes(updated.builder.to_bytes().unwrap()).unwrap();
    assert!(before.iter().all(|quad| after.contains(quad)));
}
