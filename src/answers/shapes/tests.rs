use super::*;
use crate::graph::GraphBuilder;
use oxrdfio::{RdfFormat, RdfParser};
use std::collections::{BTreeMap, BTreeSet};

const PREFIXES: &str = "@prefix ex: <https://example.org/> . @prefix sh: <http://www.w3.org/ns/shacl#> .\n";
const SHAPES: &str = include_str!("../../../tests/shapes/shapes.ttl");
const NODES: &str = include_str!("../../../tests/shapes/nodes.ttl");

fn graph(turtle: &str) -> Graph {
    let mut builder = GraphBuilder::new();
    for quad in RdfParser::from_format(RdfFormat::Turtle).for_slice(turtle) {
        builder.insert(&quad.unwrap());
    }
    Graph::from_bytes(builder.to_bytes().unwrap()).unwrap()
}

fn tried(shapes: &str, nodes: &str) -> Result<Validation> {
    validate_texts(&graph(nodes), &[("s.ttl".to_owned(), shapes.to_owned())], &CancellationToken::new())
}

/// The results of a validation: focus node → local names of the components, sorted.
fn components(validation: &Validation) -> BTreeMap<String, Vec<String>> {
    let of = |result: &Triple, property: &str| {
        let found = validation
            .triples
            .iter()
            .find(|triple| triple.subject == result.subject && triple.predicate.as_str().ends_with(property));
        let term = found.unwrap().object.to_string();
        term.trim_end_matches("ConstraintComponent>")
            .rsplit(['/', '#'])
            .next()
            .unwrap()
            .trim_end_matches('>')
            .to_owned()
    };
    let mut components: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for result in
        validation.triples.iter().filter(|triple| triple.object.to_string().ends_with("ValidationResult>"))
    {
        components.entry(of(result, "focusNode")).or_default().push(of(result, "sourceConstraintComponent"));
    }
    components.values_mut().for_each(|components| components.sort());
    components
}

#[test]
fn every_constraint_target_and_path_finds_what_breaks_it_and_nothing_else() {
    let found = components(&tried(SHAPES, NODES).unwrap());
    let expected = [
        // Targets.
        ("bad-boat", "MinCount"),
        ("bad-sailor", "MinCount"),
        ("\"a tub\"", "NodeKind"),
        ("bad-unheard-of", "MinCount"),
        ("bad-buoy", "MinCount"),
        ("bad-target", "MaxCount"),
        // Paths.
        ("bad-inverse", "MinCount"),
        ("bad-sequence", "MinCount"),
        ("bad-alternative", "MinCount"),
        ("bad-chain", "Class"),
        ("bad-ring", "MinCount"),
        ("bad-optional", "MaxCount"),
        // Values.
        ("bad-class", "Class"),
        ("bad-datatype", "Datatype Datatype"),
        ("bad-kind", "NodeKind"),
        ("bad-least", "MinCount"),
        ("bad-most", "MaxCount"),
        ("bad-above", "MinExclusive MinExclusive"),
        ("bad-from", "MinInclusive"),
        ("bad-below", "MaxExclusive"),
        ("bad-to", "MaxInclusive"),
        ("bad-long", "MinLength MinLength"),
        ("bad-short", "MaxLength"),
        ("bad-pattern", "Pattern"),
        ("bad-language", "LanguageIn LanguageIn"),
        ("bad-unique", "UniqueLang"),
        ("bad-equals", "Equals Equals"),
        ("bad-disjoint", "Disjoint"),
        ("bad-less", "LessThan"),
        ("bad-not-more", "LessThanOrEquals"),
        ("bad-has", "HasValue"),
        ("bad-in", "In In"),
        ("bad-closed", "Closed Closed"),
        // Shapes of shapes.
        ("bad-not", "Not"),
        ("bad-and", "And"),
        ("bad-or", "Or"),
        ("bad-xone", "Xone"),
        ("bad-node", "Node"),
        ("shallow", "MinInclusive"),
        ("bad-qualified", "QualifiedMaxCount"),
        ("bad-siblings", "QualifiedMinCount"),
        ("bad-severity", "MinCount"),
    ];
    let expected: BTreeMap<String, Vec<String>> = expected
        .map(|(focus, components)| (focus.to_owned(), components.split(' ').map(str::to_owned).collect()))
        .into();
    let all: BTreeSet<&String> = found.keys().chain(expected.keys()).collect();
    for focus in all {
        assert_eq!(found.get(focus), expected.get(focus), "{focus}");
    }
}

/// What is found in a few nodes, as `FOCUS COMPONENTS` and joined by commas.
fn found(shape: &str, nodes: &str) -> String {
    let validation = tried(&format!("{PREFIXES}{shape}"), &format!("{PREFIXES}{nodes}")).unwrap();
    let found = components(&validation).into_iter();
    found
        .map(|(focus, components)| format!("{focus} {}", components.join(" ")))
        .collect::<Vec<_>>()
        .join(", ")
}

// Where the standard is clear and other implementations differ.

#[test]
fn what_cannot_be_compared_is_not_within_bounds() {
    let shape = "ex:S sh:targetSubjectsOf ex:p ; sh:property [ sh:path ex:p ; sh:maxInclusive 3 ] .";
    assert_eq!(
        found(shape, "ex:a ex:p 3 . ex:b ex:p \"3\" . ex:c ex:p ex:a ."),
        "b MaxInclusive, c MaxInclusive"
    );
}

#[test]
fn the_inverse_of_a_sequence_is_walked_from_its_end() {
    let shape = "ex:S sh:targetObjectsOf ex:crew ;
        sh:property [ sh:path [ sh:inversePath ( ex:owner ex:crew ) ] ; sh:minCount 1 ] .";
    assert_eq!(
        found(shape, "ex:firm ex:crew ex:ann . ex:liner ex:owner ex:firm ; ex:crew ex:bob ."),
        "bob MinCount"
    );
}

#[test]
fn paths_through_circles_end() {
    let shape = "ex:S sh:targetNode ex:a ;
        sh:property [ sh:path ( [ sh:zeroOrMorePath [ sh:alternativePath ( ex:p [ sh:inversePath ex:q ] ) ] ] ex:r ) ;
            sh:maxCount 1 ] .";
    assert_eq!(found(shape, "ex:a ex:p ex:b . ex:c ex:q ex:b ; ex:p ex:a ; ex:r 1 ."), "");
    assert_eq!(found(shape, "ex:a ex:p ex:b . ex:c ex:q ex:b ; ex:p ex:a ; ex:r 1, 2 ."), "a MaxCount");
}

#[test]
fn classes_below_a_class_count_even_in_a_circle() {
    let shape = "ex:S sh:targetClass ex:A ; sh:property [ sh:path ex:p ; sh:class ex:A ] .";
    let classes = "@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
        ex:B rdfs:subClassOf ex:A . ex:A rdfs:subClassOf ex:B . ex:C rdfs:subClassOf ex:B .";
    assert_eq!(found(shape, &format!("{classes} ex:x a ex:C ; ex:p ex:y . ex:y a ex:C .")), "");
    assert_eq!(found(shape, &format!("{classes} ex:x a ex:C ; ex:p ex:y . ex:y a ex:D .")), "x Class");
}

/// The error of shapes, without the prefixes' line.
fn error(shapes: &str) -> String {
    let error = tried(&format!("{PREFIXES}{shapes}"), "").unwrap_err();
    let hints: String = error.hints().iter().map(|hint| format!(" ({hint})")).collect();
    format!("{error}{hints}")
}

#[test]
fn what_is_not_understood_is_an_error_at_its_line() {
    for (shapes, expected) in [
        (
            "ex:S a sh:NodeShape ;\n sh:minCout 1 .",
            "s.ttl:3: sh:minCout is no term for shapes (did you mean sh:minCount?)",
        ),
        (
            "ex:S a sh:NodeShape ;\n sh:sparql [ sh:select \"\" ] .",
            "s.ttl:3: sh:sparql is not supported (SHACL Core is; constraints in SPARQL, rules and scripts are not)",
        ),
        (
            "ex:S sh:property [\n sh:path ex:p ;\n sh:rule [] ] .",
            "s.ttl:4: sh:rule is not supported (SHACL Core is; constraints in SPARQL, rules and scripts are not)",
        ),
        ("[] sh:minCount 1 .", "s.ttl:2: sh:minCount needs a shape with a sh:path"),
        ("ex:S sh:path ex:p ;\n sh:minCount -1 .", "s.ttl:3: sh:minCount needs a whole number, 0 or more"),
        ("ex:S sh:path ex:p ;\n sh:minCount \"1\" .", "s.ttl:3: sh:minCount needs a whole number, 0 or more"),
        ("ex:S sh:path ex:p ;\n sh:minCount 1, 2 .", "s.ttl:3: sh:minCount is given twice"),
        ("ex:S sh:path ex:p, ex:q .", "s.ttl:2: sh:path is given twice"),
        ("ex:S sh:path 1 .", "s.ttl:2: sh:path needs a property or a path of them"),
        ("ex:S sh:path ( ex:p ) .", "s.ttl:2: sh:path needs a list of two or more properties or paths"),
        ("ex:S sh:path () .", "s.ttl:2: sh:path needs a list of two or more properties or paths"),
        ("ex:S sh:path [ sh:pathInverse ex:p ] .", "s.ttl:2: sh:path needs a property or a path of them"),
        ("ex:S sh:path _:a . _:a sh:inversePath _:a .", "s.ttl:2: the path is nested too deep"),
        ("ex:S a sh:PropertyShape .", "s.ttl:2: a sh:PropertyShape needs a sh:path"),
        ("ex:S a sh:NodeShape ; sh:path ex:p .", "s.ttl:2: a sh:NodeShape has no sh:path"),
        (
            "ex:S sh:inversePath ex:p ; sh:closed true .",
            "s.ttl:2: sh:inversePath belongs into a path: sh:path [ sh:inversePath … ]",
        ),
        ("ex:S sh:property [ sh:class ex:C ] .", "s.ttl:2: sh:property needs a shape with a sh:path"),
        ("ex:S sh:property ex:T .", "s.ttl:2: there is no shape ex:T"),
        ("ex:S sh:node ex:S .", "s.ttl:2: this shape refers to itself"),
        ("_:a sh:not _:b .\n_:b sh:not _:a .", "s.ttl:2: this shape refers to itself"),
        (
            "ex:S sh:nodeKind sh:Iri .",
            "s.ttl:2: sh:nodeKind needs sh:IRI, sh:BlankNode, sh:Literal, sh:BlankNodeOrIRI, sh:BlankNodeOrLiteral or sh:IRIOrLiteral",
        ),
        ("ex:S sh:datatype \"xsd:date\" .", "s.ttl:2: sh:datatype needs an IRI"),
        ("ex:S sh:in ex:a .", "s.ttl:2: sh:in needs a list: ( … )"),
        ("ex:S sh:or () .", "s.ttl:2: sh:or needs a list that isn't empty"),
        (
            "ex:S sh:minInclusive ex:a .",
            "s.ttl:2: sh:minInclusive needs a literal that can be compared, such as a number or a date",
        ),
        ("ex:S sh:flags \"i\" .", "s.ttl:2: sh:flags needs sh:pattern beside it"),
        ("ex:S sh:pattern \"a\" ; sh:flags \"g\" .", "s.ttl:2: there is no flag g; s, m, i, x and q are"),
        (
            "ex:S sh:path ex:p ; sh:qualifiedMinCount 1 .",
            "s.ttl:2: sh:qualifiedMinCount needs sh:qualifiedValueShape beside it",
        ),
        (
            "ex:S sh:path ex:p ; sh:qualifiedValueShape [] .",
            "s.ttl:2: sh:qualifiedValueShape needs sh:qualifiedMinCount or sh:qualifiedMaxCount beside it",
        ),
        ("ex:S sh:severity ex:Bad .", "s.ttl:2: sh:severity is sh:Violation, sh:Warning or sh:Info"),
        ("ex:S sh:closed \"yes\" .", "s.ttl:2: sh:closed needs true or false"),
    ] {
        assert_eq!(error(shapes).replace("<https://example.org/T>", "ex:T"), expected, "{shapes}");
    }
    assert!(
        error("ex:S sh:pattern \"(\" .")
            .starts_with("s.ttl:2: sh:pattern is no regular expression that is understood: ")
    );
    assert!(error("ex:S sh:path ex:p ;\n\n sh:minCount ] .").starts_with("s.ttl:4: not well-formed: "));
    let deep = format!("ex:S {} .", "sh:not [ ".repeat(5000) + &"]".repeat(5000));
    assert!(error(&deep).ends_with("shapes are nested too deep"));
}

#[test]
fn messages_and_places_are_those_of_shapes_and_nodes() {
    let shapes = "ex:Named sh:targetClass ex:T ; sh:description \"Things have names\" ;
        sh:property [ sh:path ex:name ; sh:minCount 1 ; sh:severity sh:Info ; sh:message \"nenne es\"@de, \"name it\"@en ] ;
        sh:property [ sh:path ex:size ; sh:in ( 1 2 ) ] .";
    let nodes = "@prefix rel: <https://w3id.org/mainstay/ontology#> .
        ex:a a ex:T ; rel:sourceFile \"a.md\" ; rel:line 7 ; ex:size 3 . ex:b a ex:T ; ex:name \"b\" ; ex:size \"x\" .";
    let report = tried(&format!("{PREFIXES}{shapes}"), &format!("{PREFIXES}{nodes}")).unwrap().report;
    let told = report.findings.iter().map(|finding| {
        format!(
            "{}:{} {} {} {}",
            finding.file,
            finding.line,
            finding.level.name(),
            finding.rule,
            finding.message
        )
    });
    assert_eq!(
        told.collect::<Vec<_>>(),
        [
            ":0 error Named <https://example.org/b> has <https://example.org/size> \"x\", which is not 1 or 2",
            "a.md:7 error Named <https://example.org/a> has <https://example.org/size> 3, which is not 1 or 2",
            "a.md:7 note Named <https://example.org/a>: name it",
        ]
    );
    let [rule] = &report.rules[..] else { panic!("{:?}", report.rules) };
    assert_eq!((rule.name.as_str(), rule.summary.as_str()), ("Named", "Things have names"));
}

#[test]
fn the_shapes_that_ship_are_understood() {
    assert_eq!(validate(&graph(""), &[], &CancellationToken::new()).unwrap().report.findings, []);
}
