use super::*;
use oxrdf::vocab::{rdf, xsd};
use oxrdf::{BlankNode, Literal, NamedNode};
use std::collections::BTreeSet;

fn node(name: &str) -> NamedNode {
    NamedNode::new_unchecked(format!("https://example.org/{name}"))
}

/// Quads of every kind of term, with triples in several graphs and in the default graph.
fn sample() -> Vec<Quad> {
    let literals = [
        Literal::from(7),
        Literal::new_typed_literal("007", xsd::INTEGER),
        Literal::new_typed_literal("1.25", xsd::DECIMAL),
        Literal::new_typed_literal("1.0E3", xsd::DOUBLE),
        Literal::new_typed_literal("2026-08-20", xsd::DATE),
        Literal::new_typed_literal("2026-08-20T10:00:00Z", xsd::DATE_TIME),
        Literal::new_typed_literal("PT15M", xsd::DAY_TIME_DURATION),
        Literal::new_typed_literal("true", xsd::BOOLEAN),
        Literal::new_typed_literal("anything", node("type")),
        Literal::new_simple_literal(""),
        Literal::new_simple_literal("naïve \0 text"),
        Literal::new_language_tagged_literal_unchecked("Ausfall", "de"),
    ];
    let mut quads = Vec::new();
    for n in 0..60 {
        let subject = node(&format!("s{}", n % 13));
        let predicate = node(&format!("p{}", n % 5));
        let graph = match n % 4 {
            0 => GraphName::DefaultGraph,
            other => node(&format!("g{other}")).into(),
        };
        let object = literals[n % literals.len()].clone();
        quads.push(Quad::new(subject.clone(), predicate.clone(), object.clone(), graph));
        quads.push(Quad::new(subject.clone(), predicate, object, node("g1")));
        quads.push(Quad::new(subject, rdf::TYPE, node(&format!("C{}", n % 3)), node("g2")));
    }
    quads.push(Quad::new(
        BlankNode::new_unchecked("b"),
        node("p1"),
        BlankNode::new_unchecked("c"),
        node("g3"),
    ));
    quads
}

fn build(quads: &[Quad]) -> Vec<u8> {
    let mut builder = GraphBuilder::new();
    quads.iter().for_each(|quad| builder.insert(quad));
    builder.to_bytes().unwrap()
}

fn strings<'a>(quads: impl IntoIterator<Item = &'a Quad>) -> BTreeSet<String> {
    quads.into_iter().map(Quad::to_string).collect()
}

#[test]
fn what_goes_in_comes_out() {
    let quads = sample();
    let graph = Graph::from_bytes(build(&quads)).unwrap();
    graph.verify().unwrap();
    let read: Vec<Quad> = graph.quads().collect::<Result<_>>().unwrap();
    assert_eq!(strings(&read), strings(&quads));
    assert_eq!(read.len(), graph.quad_count());
    assert!(graph.triple_count() < graph.quad_count());
    assert_eq!(graph.metadata().unwrap(), Metadata::default());
    let named: usize = graph.triples().graphs().iter().map(|name| graph.quads_of_graph(name).count()).sum();
    assert_eq!(named, read.len());
}

#[test]
fn what_all_processors_sort_has_its_graphs() {
    let mut quads = Vec::new();
    for n in 0..50_000 {
        let subject = node(&format!("s{}", n % 9_000));
        let graph = |number: usize| GraphName::from(node(&format!("g{}", number % 50)));
        let quad = Quad::new(subject, node("p"), Literal::from(n as i32 / 2), graph(n / 700));
        // Some triples are of two graphs, and some quads are added twice.
        let twice = if n % 3 == 0 { graph(n / 700 + 1) } else { graph(n / 700) };
        quads.push(Quad { graph_name: twice, ..quad.clone() });
        quads.push(quad);
    }
    let graph = Graph::from_bytes(build(&quads)).unwrap();
    let read: Vec<Quad> = graph.quads().map(Result::unwrap).collect();
    assert_eq!(strings(&read), strings(&quads));
    assert_eq!(read.len(), strings(&quads).len());
    let of_graph = |graph: &Graph, name: u32| graph.triples().of_graph(name).len();
    let names = graph.triples().graphs();
    let of_graphs: usize = (0..names.len()).map(|at| of_graph(&graph, names.at(at))).sum();
    assert_eq!(of_graphs, read.len());
    graph.verify().unwrap();
}

#[test]
fn counts_are_exact() {
    let quads = sample();
    let graph = Graph::from_bytes(build(&quads)).unwrap();
    let (terms, triples) = (graph.terms(), graph.triples());
    let union: BTreeSet<(String, String, String)> = quads
        .iter()
        .map(|quad| (quad.subject.to_string(), quad.predicate.to_string(), quad.object.to_string()))
        .collect();
    assert_eq!(triples.len(), union.len());
    for counts in triples.predicate_counts() {
        let predicate = terms.term(counts.predicate).unwrap().to_string();
        let rows: Vec<_> = union.iter().filter(|triple| triple.1 == predicate).collect();
        assert_eq!(counts.range.len(), rows.len());
        assert_eq!(counts.subjects as usize, rows.iter().map(|row| &row.0).collect::<BTreeSet<_>>().len());
        assert_eq!(counts.objects as usize, rows.iter().map(|row| &row.2).collect::<BTreeSet<_>>().len());
        for row in rows {
            let object =
                (1..=terms.len() as u32).find(|n| terms.term(*n).unwrap().to_string() == row.2).unwrap();
            let same = union.iter().filter(|other| other.1 == predicate && other.2 == row.2).count();
            assert_eq!(triples.of_predicate_object(counts.predicate, object).len(), same);
        }
    }
}

#[test]
fn terms_and_numbers_are_one_to_one_and_grouped() {
    let graph = Graph::from_bytes(build(&sample())).unwrap();
    let terms = graph.terms();
    for number in 1..=terms.len() as u32 {
        let term = terms.term(number).unwrap();
        assert_eq!(terms.number(term.as_ref()), Some(number), "{term}");
        assert!(terms.of_kind(terms.kind(number).unwrap()).contains(&number));
        let expression: Term = terms.expression_term(number).unwrap().into();
        assert_eq!(expression, Term::from(spareval::ExpressionTerm::from(term)));
    }
    assert_eq!(terms.kind(0), None);
    assert_eq!(terms.kind(terms.len() as u32 + 1), None);
    assert!(terms.term(0).is_err());
    assert_eq!(terms.number(node("absent").as_ref().into()), None);
    assert_eq!(terms.number(Literal::from(8).as_ref().into()), None);
    let graphs = terms.with_prefix(Kind::Iri, "https://example.org/g");
    assert_eq!(graphs.len(), 3);
    assert!(graphs.clone().all(|n| terms.text(n).unwrap().starts_with("https://example.org/g")));
    assert_eq!(terms.with_prefix(Kind::Iri, "").len(), terms.of_kind(Kind::Iri).len());
    assert!(terms.with_prefix(Kind::Iri, "zzz").is_empty());
}

#[test]
fn the_order_of_insertion_does_not_matter() {
    let mut quads = sample();
    let bytes = build(&quads);
    quads.reverse();
    quads.extend(sample().into_iter().step_by(3));
    assert!(build(&quads) == bytes);
}

#[test]
fn empty_and_tiny_graphs_work() {
    for quads in [&sample()[..0], &sample()[..1], &sample()[..2]] {
        let graph = Graph::from_bytes(build(quads)).unwrap();
        graph.verify().unwrap();
        assert_eq!(graph.quads().count(), quads.len());
        assert_eq!(graph.triples().graphs().len(), quads.len());
    }
}

#[test]
fn damage_is_an_error_or_a_wrong_term_but_never_a_panic() {
    let quads: Vec<Quad> = sample().into_iter().step_by(7).collect();
    let bytes = build(&quads);
    for len in 0..bytes.len() {
        assert!(Graph::from_bytes(bytes[..len].to_vec()).is_err(), "cut at {len}");
    }
    for index in 0..bytes.len() {
        let mut damaged = bytes.clone();
        damaged[index] ^= if index % 2 == 0 { 0xff } else { 1 << (index % 8) };
        let Ok(graph) = Graph::from_bytes(damaged) else { continue };
        let read: Vec<Result<Quad>> = graph.quads().take(1000).collect();
        for name in graph.triples().graphs().iter() {
            let _ = graph.quads_of_graph(name).take(1000).count();
        }
        let _ = graph.contains_term(&node("s1"));
        if graph.verify().is_ok() {
            assert_eq!(strings(read.iter().flatten()), strings(&quads), "byte {index}");
        }
    }
}

#[test]
fn files_are_replaced_whole_or_not_at_all() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.graph");
    let builder = |count| {
        let mut builder = GraphBuilder::new();
        builder.extend(sample().into_iter().take(count));
        builder
    };
    builder(3).finish(&path).unwrap();
    let old = Graph::open(&path).unwrap();
    let summary = builder(30).finish(&path).unwrap();
    let new = Graph::open(&path).unwrap();
    assert_eq!(new.triple_count(), summary.triples);
    assert_eq!(new.byte_len(), summary.bytes);
    assert_eq!(new.terms().len(), summary.terms);
    old.verify().unwrap();
    assert_eq!(old.quads().count(), 3);
    assert!(builder(3).finish(folder.path()).is_err());
    assert!(builder(3).finish(&folder.path().join("absent/a.graph")).is_err());
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[test]
fn errors_say_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.graph");
    let mut bytes = build(&sample());
    for (content, message) in [
        (b"hello".to_vec(), "x.graph: this is not a graph file"),
        (bytes[..3000].to_vec(), "x.graph: the graph file is cut short"),
    ] {
        std::fs::write(&path, content).unwrap();
        let error = Graph::open(&path).err().unwrap();
        assert!(error.to_string().ends_with(message), "{error}");
        assert!(!error.hints().is_empty());
    }
    bytes[8] = 99;
    let error = Graph::from_bytes(bytes).err().unwrap();
    assert_eq!(error.to_string(), format!("the graph file has version 99 of the format, not {VERSION}"));
    assert!(Graph::open(folder.path()).err().unwrap().to_string().contains("is a folder"));
}
