//! `mainstay query` and statements that are piped in.

use crate::outcome::Place;
use insta::assert_snapshot;
use std::io::{Read, Write};
use std::process::Stdio;

const LINES: &str = "SELECT ?fact ?line { ?fact rel:line ?line ; a rel:Fact } ORDER BY ?line LIMIT 2";

#[test]
fn rows_in_every_format() {
    let place = Place::new();
    let query = |format: &str| place.small(&["query", LINES, "--format", format]);
    assert_snapshot!(query("table"), @r"
    exit code 0
    ── output
    fact     line
    ─────────────
    fact:q2     3
    fact:r1     4
    ");
    assert_snapshot!(query("csv"), @r"
    exit code 0
    ── output
    fact,line
    https://w3id.org/mainstay/fact/q2,3
    https://w3id.org/mainstay/fact/r1,4
    ");
    assert_snapshot!(query("tsv"), @r"
    exit code 0
    ── output
    ?fact⇥?line
    <https://w3id.org/mainstay/fact/q2>⇥3
    <https://w3id.org/mainstay/fact/r1>⇥4
    ");
    assert_snapshot!(query("json"), @r#"
    exit code 0
    ── output
    {"head":{"vars":["fact","line"]},"results":{"bindings":[{"fact":{"type":"uri","value":"https://w3id.org/mainstay/fact/q2"},"line":{"type":"literal","value":"3","datatype":"http://www.w3.org/2001/XMLSchema#integer"}},{"fact":{"type":"uri","value":"https://w3id.org/mainstay/fact/r1"},"line":{"type":"literal","value":"4","datatype":"http://www.w3.org/2001/XMLSchema#integer"}}]}}
    "#);
    assert_snapshot!(query("jsonl"), @r#"
    exit code 0
    ── output
    {"fact": "fact:q2", "line": 3}
    {"fact": "fact:r1", "line": 4}
    "#);
    assert_snapshot!(query("xml"), @r#"
    exit code 0
    ── output
    <?xml version="1.0"?><sparql xmlns="http://www.w3.org/2005/sparql-results#"><head><variable name="fact"/><variable name="line"/></head><results><result><binding name="fact"><uri>https://w3id.org/mainstay/fact/q2</uri></binding><binding name="line"><literal datatype="http://www.w3.org/2001/XMLSchema#integer">3</literal></binding></result><result><binding name="fact"><uri>https://w3id.org/mainstay/fact/r1</uri></binding><binding name="line"><literal datatype="http://www.w3.org/2001/XMLSchema#integer">4</literal></binding></result></results></sparql>
    "#);
    assert_snapshot!(query("markdown"), @r"
    exit code 0
    ── output
    | fact | line |
    | --- | --- |
    | fact:q2 | 3 |
    | fact:r1 | 4 |
    ");
    assert_snapshot!(query("turtle"), @r"
    exit code 2
    ── errors
    error: turtle holds triples, and a SELECT gives rows
    hint: use CONSTRUCT, or one of the formats table, csv, tsv, json, jsonl, xml, markdown
    ");
    assert_snapshot!(query("tabel"), @r"
    exit code 2
    ── errors
    error: invalid value 'tabel' for '--format <FORMAT>': there is no format tabel; did you mean table?; the formats are table, csv, tsv, json, jsonl, xml, markdown, turtle, ntriples, nquads, trig, rdfxml, jsonld, dot, sarif

    For more information, try '--help'.
    ");
}

#[test]
fn triples_in_every_format() {
    let place = Place::new();
    let text = "CONSTRUCT { ?s rdfs:label ?l } { ?s a rel:Service ; rdfs:label ?l } ORDER BY ?l";
    let query = |format: &str| place.small(&["query", text, "--format", format]);
    assert_snapshot!(query("turtle"), @r#"
    exit code 0
    ── output
    @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
    @prefix svc: <https://w3id.org/mainstay/service/> .
    svc:cumulus-store rdfs:label "Cumulus Store" .
    svc:nimbus-queue rdfs:label "Nimbus Queue" .
    "#);
    assert_snapshot!(query("ntriples"), @r#"
    exit code 0
    ── output
    <https://w3id.org/mainstay/service/cumulus-store> <http://www.w3.org/2000/01/rdf-schema#label> "Cumulus Store" .
    <https://w3id.org/mainstay/service/nimbus-queue> <http://www.w3.org/2000/01/rdf-schema#label> "Nimbus Queue" .
    "#);
    assert_snapshot!(query("nquads"), @r#"
    exit code 0
    ── output
    <https://w3id.org/mainstay/service/cumulus-store> <http://www.w3.org/2000/01/rdf-schema#label> "Cumulus Store" .
    <https://w3id.org/mainstay/service/nimbus-queue> <http://www.w3.org/2000/01/rdf-schema#label> "Nimbus Queue" .
    "#);
    assert_snapshot!(query("trig"), @r#"
    exit code 0
    ── output
    @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
    @prefix svc: <https://w3id.org/mainstay/service/> .
    svc:cumulus-store rdfs:label "Cumulus Store" .
    svc:nimbus-queue rdfs:label "Nimbus Queue" .
    "#);
    assert_snapshot!(query("rdfxml"), @r#"
    exit code 0
    ── output
    <?xml version="1.0" encoding="UTF-8"?>
    <rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:rdfs="http://www.w3.org/2000/01/rdf-schema#" xmlns:its="http://www.w3.org/2005/11/its" xmlns:svc="https://w3id.org/mainstay/service/">
    ⇥<rdf:Description rdf:about="https://w3id.org/mainstay/service/cumulus-store">
    ⇥⇥<rdfs:label>Cumulus Store</rdfs:label>
    ⇥</rdf:Description>
    ⇥<rdf:Description rdf:about="https://w3id.org/mainstay/service/nimbus-queue">
    ⇥⇥<rdfs:label>Nimbus Queue</rdfs:label>
    ⇥</rdf:Description>
    </rdf:RDF>
    "#);
    assert_snapshot!(query("jsonld"), @r#"
    exit code 0
    ── output
    [{"@id":"https://w3id.org/mainstay/service/cumulus-store","http://www.w3.org/2000/01/rdf-schema#label":[{"@value":"Cumulus Store"}]},{"@id":"https://w3id.org/mainstay/service/nimbus-queue","http://www.w3.org/2000/01/rdf-schema#label":[{"@value":"Nimbus Queue"}]}]
    "#);
    assert_snapshot!(query("dot"), @r#"
    exit code 0
    ── output
    digraph mainstay {
      rankdir=LR;
      "<https://w3id.org/mainstay/service/cumulus-store>" [label="svc:cumulus-store"];
      "\"Cumulus Store\"" [label="Cumulus Store", shape=box];
      "<https://w3id.org/mainstay/service/cumulus-store>" -> "\"Cumulus Store\"" [label="rdfs:label"];
      "<https://w3id.org/mainstay/service/nimbus-queue>" [label="svc:nimbus-queue"];
      "\"Nimbus Queue\"" [label="Nimbus Queue", shape=box];
      "<https://w3id.org/mainstay/service/nimbus-queue>" -> "\"Nimbus Queue\"" [label="rdfs:label"];
    }
    "#);
    assert_snapshot!(query("csv"), @r"
    exit code 0
    ── output
    subject,predicate,object
    https://w3id.org/mainstay/service/cumulus-store,http://www.w3.org/2000/01/rdf-schema#label,Cumulus Store
    https://w3id.org/mainstay/service/nimbus-queue,http://www.w3.org/2000/01/rdf-schema#label,Nimbus Queue
    ");
}

#[test]
fn ask_and_describe() {
    let place = Place::new();
    assert_snapshot!(place.small(&["query", "ASK { svc:nimbus-queue a rel:Service }"]), @r"
    exit code 0
    ── output
    true
    ");
    assert_snapshot!(place.small(&["query", "DESCRIBE region:lone-rock"]), @r#"
    exit code 0
    ── output
    @prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
    @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
    @prefix rel: <https://w3id.org/mainstay/ontology#> .
    @prefix region: <https://w3id.org/mainstay/region/> .
    @prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
    region:lone-rock a rel:Region ;
    ⇥rdfs:label "Lone Rock" ;
    ⇥rel:hasAvailabilityZones true ;
    ⇥rel:pairedWith region:south-harbor .
    "#);
}

#[test]
fn files_and_standard_input_hold_queries() {
    let place = Place::new();
    place.write("lines.rq", LINES);
    let expected = place.small(&["query", LINES]);
    assert_eq!(place.small(&["query", "lines.rq"]), expected);
    assert_eq!(place.outcome(&["--graph", "small.trig", "query", "-"], LINES), expected);
    assert_snapshot!(place.small(&["query", "line.rq"]), @r"
    exit code 3
    ── errors
    error: cannot read line.rq: there is no such file
    ");
    place.write("wrong.rq", "SELECT ?s\nWHERE { ?s ?p ?o FILER(?o > 3) }");
    assert_snapshot!(place.small(&["query", "wrong.rq"]), @r#"
    exit code 4
    ── errors
    error: wrong.rq:2:18: FILER is not expected here; expected "{", "}", ".", ";", "," or a keyword such as FILTER
       |
     2 | WHERE { ?s ?p ?o FILER(?o > 3) }
       |                  ^^^^^
    hint: did you mean FILTER?
    "#);
}

#[test]
fn variables_that_nothing_binds_are_told() {
    let told = Place::new().small(&["query", "SELECT ?fact ?line { ?fact rel:line ?lin }"]);
    assert!(told.starts_with("exit code 0"), "{told}");
    assert!(told.contains("warning: nothing binds ?line; did you mean ?lin?\n"), "{told}");
}

#[test]
fn names_that_the_graph_lacks_are_told() {
    let place = Place::new();
    assert_snapshot!(place.small(&["query", "SELECT ?s { ?s rel:suportsZoneMode ?o }"]), @r"
    exit code 0
    ── output
    ?s
    ── errors
    warning: rel:suportsZoneMode is not a property of this graph; did you mean rel:supportsZoneMode?
    nothing is left after: ?s rel:suportsZoneMode ?o
    ");
    assert_snapshot!(place.small(&["query", "SELECT ?f { ?f a rel:Fact ; rel:line ?n FILTER(?n > 100) }"]), @r"
    exit code 0
    ── output
    ?f
    ── errors
    nothing is left after: FILTER(?n > 100)
    ");
}

#[test]
fn limits_are_told() {
    let place = Place::new();
    assert_snapshot!(place.small(&["query", "SELECT ?s { ?s a rel:Fact } ORDER BY ?s", "--limit", "1"]), @r"
    exit code 0
    ── output
    ?s
    <https://w3id.org/mainstay/fact/q1>
    ── errors
    only the first is written (--limit)
    ");
    let slow = "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }";
    let late = place.small(&["query", &format!("SELECT (COUNT(*) AS ?n) {{ {slow} }}"), "--timeout", "0.2"]);
    let (before, after) = late.split_once(" (in ").unwrap();
    assert_eq!(before, "exit code 5\n── errors\nerror: the query took longer than 0.2 s");
    assert!(
        after.ends_with(")\nhint: give it more time with --timeout, or narrow its patterns\n"),
        "{after}"
    );
    assert_snapshot!(place.small(&["query", slow, "--max-memory", "64K"]), @r"
    exit code 5
    ── errors
    error: the query needs more than 64 KiB (in Join ?d ?e ?f)
    hint: narrow its patterns, or allow more with --max-memory
    ");
    assert_snapshot!(place.small(&["query", "SELECT ?s { ?s a rel:Fact } ORDER BY ?s", "--max-rows", "1"]), @r"
    exit code 5
    ── output
    ?s
    <https://w3id.org/mainstay/fact/q1>
    ── errors
    error: the query gives more than 1 row
    hint: narrow it, or allow more with --max-rows
    ");
    assert_snapshot!(place.small(&["query", slow, "--max-memory", "lots"]), @r"
    exit code 2
    ── errors
    error: invalid value 'lots' for '--max-memory <BYTES>': a number of bytes is expected, such as 512M or 2G

    For more information, try '--help'.
    ");
    assert_snapshot!(place.small(&["query", slow, "--timeout", "soon"]), @r"
    exit code 2
    ── errors
    error: invalid value 'soon' for '--timeout <SECONDS>': a number of seconds is expected, such as 2.5

    For more information, try '--help'.
    ");
}

#[test]
fn statements_can_be_piped_in() {
    let place = Place::new();
    let pipe = |text: &str| place.outcome(&["--graph", "small.trig"], text);
    assert_snapshot!(pipe("ASK { region:lone-rock rel:pairedWith region:south-harbor }"), @r"
    exit code 0
    ── output
    true
    ");
    assert_snapshot!(pipe("ASK {};\nSELEC ?x\n\nASK { ?s a rel:Region }\n.limit 1\n.ask region-pairs\n.nonsense\n"), @r"
    exit code 4
    ── output
    true
    true
    from⇥to⇥direction⇥service⇥source
    Lone Rock⇥South Harbor⇥one-way⇥⇥regions.md:6
    ── errors
    error: SELEC is not expected here; expected a keyword such as SELECT (line 2, column 1)
       |
     2 | SELEC ?x
       | ^^^^^
    hint: did you mean SELECT?
    only the first is written (--limit)
    error: there is no command .nonsense
    hint: .help lists the commands
    ");
    assert_snapshot!(pipe("# nothing\n"), @r"
    exit code 2
    ── errors
    error: there is nothing to run on standard input
    hint: pipe in a query, run `mainstay` on a terminal, or see `mainstay --help`
    ");
}

#[test]
fn the_next_result_goes_to_a_file_and_the_editor_gives_a_statement() {
    let place = Place::new();
    let text = format!(".once lines.csv\n{LINES}\n.once no/where.csv\n.once\n{LINES}");
    assert_snapshot!(place.outcome(&["--graph", "small.trig"], &text), @r"
    exit code 3
    ── output
    ?fact⇥?line
    <https://w3id.org/mainstay/fact/q2>⇥3
    <https://w3id.org/mainstay/fact/r1>⇥4
    ── errors
    2 rows in lines.csv
    error: cannot write no/where.csv: there is no folder no
    hint: make it first: mkdir -p no
    error: .once needs the name of a file
    ");
    assert_snapshot!(place.read("lines.csv"), @r"
    fact,line
    https://w3id.org/mainstay/fact/q2,3
    https://w3id.org/mainstay/fact/r1,4
    ");
    // An editor that writes another statement.
    let mut child = place
        .command(&["--graph", "small.trig"])
        .env("PATH", "/usr/bin:/bin")
        .env("EDITOR", "sh -c 'sed s/LIMIT.2/LIMIT\\ 1/ \"$0\" > new && mv new \"$0\"'")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(format!("{LINES}\n.edit").as_bytes()).unwrap();
    let output = String::from_utf8(child.wait_with_output().unwrap().stdout).unwrap();
    assert_snapshot!(output.replace('\t', "⇥"), @r"
    ?fact⇥?line
    <https://w3id.org/mainstay/fact/q2>⇥3
    <https://w3id.org/mainstay/fact/r1>⇥4
    ?fact⇥?line
    <https://w3id.org/mainstay/fact/q2>⇥3
    ");
}

#[test]
fn a_reader_that_goes_away_is_no_error() {
    let place = Place::new();
    let text = "SELECT * { ?a ?b ?c . ?d ?e ?f }";
    let mut child = place
        .command(&["--graph", "small.trig", "query", text])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut beginning = [0; 16];
    child.stdout.take().unwrap().read_exact(&mut beginning).unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!((output.status.code(), output.stderr), (Some(0), Vec::new()));
}

#[test]
fn queries_nested_too_deep_are_refused_and_deep_ones_answered() {
    let place = Place::new();
    let deep = |count: usize| format!("SELECT * {{ {}{} }}", "{".repeat(count), "}".repeat(count));
    place.write("deep.rq", &deep(100_000));
    assert_snapshot!(place.small(&["query", "deep.rq"]), @r"
    exit code 4
    ── errors
    error: deep.rq:1: brackets are nested more than 200 deep
    hint: put many values into VALUES, and split the query into several
    ");
    let long = format!("ASK {{ FILTER(0{} = 4000) }}", "+1".repeat(4000));
    assert_snapshot!(place.small(&["query", &long]), @r"
    exit code 0
    ── output
    true
    ");
    let sum = format!("SELECT (0{} AS ?sum) {{}}", " + 1".repeat(9_000));
    place.write("sum.rq", &sum);
    assert!(place.small(&["query", "sum.rq"]).ends_with("9000\n"));
}

#[test]
fn control_characters_of_files_don_t_reach_the_terminal() {
    let place = Place::bare();
    place.write("docs/a.md", "# Reliability in Nimbus Queue\n\n[!INCLUDE [a](\u{1b}[2Jb.md)]\n");
    let told = place.outcome(&["build", "docs", "--output", "docs.graph"], "");
    assert!(!told.contains('\u{1b}') && told.contains("the include \u{fffd}[2Jb.md was not found"), "{told}");
}

#[test]
fn queries_of_any_number_of_variables_are_answered() {
    let place = Place::new();
    let bound: String = (1..70).map(|at| format!("BIND(?v{} + 1 AS ?v{at}) ", at - 1)).collect();
    let answered = place.small(&["query", &format!("SELECT ?v69 {{ BIND(0 AS ?v0) {bound} }}")]);
    assert!(answered.starts_with("exit code 0") && answered.ends_with("\n69\n"), "{answered}");
    let path = "/rel:service".repeat(80);
    let asked = place.small(&["query", &format!("SELECT ?s {{ ?s rel:service{path} ?o }}")]);
    assert!(asked.starts_with("exit code 0\n── output\n?s\n"), "{asked}");
    let many: String = (0..70).map(|at| format!("OPTIONAL {{ ?s rdfs:label ?v{at} }} ")).collect();
    let answered = place.small(&["query", &format!("SELECT ?s {{ ?s a rel:Region {many} }} LIMIT 1")]);
    assert!(answered.starts_with("exit code 0\n── output\n?s\n<"), "{answered}");
}

#[test]
fn wide_queries_end_in_time_and_not_in_the_stack() {
    let place = Place::new();
    let many = |text: &str, count: usize| -> String {
        (0..count).map(|number| text.replace('#', &number.to_string())).collect()
    };
    for (name, text) in [
        ("1", format!("SELECT * {{ {} }} LIMIT 1", many("?s a ?t# . ", 6000))),
        ("2", format!("SELECT {} {{ ?s ?p ?o }}", many("(STR(?o) AS ?t#) ", 6000))),
        ("3", format!("SELECT * {{ ?s ?p ?o {} }}", many("OPTIONAL { ?s a ?t# } ", 3000))),
        ("4", format!("SELECT * {{ ?s {}a ?o }}", many("rdf:type/", 6000))),
        ("5", format!("SELECT * {{ {} }}", many("?s a ?t# . ", 12_000))),
    ] {
        place.write(&format!("wide/{name}.rq"), &text);
    }
    place.write("wide/6.rq", "ASK {}");
    let outcome = place.small(&["batch", "wide", "-o", "out", "--timeout", "0.5"]);
    assert!(outcome.starts_with("exit code 5") && outcome.contains("\n1 of 6 queries ran"), "{outcome}");
    assert!(outcome.contains("more than the general evaluator takes (10000)"), "{outcome}");
    assert!(place.read("out/6.csv").contains("true"));
}

#[test]
fn what_xml_can_t_hold_is_an_error_and_no_broken_file() {
    let place = Place::new();
    let rows = |text: &str| place.small(&["query", &format!("SELECT ({text} AS ?x) {{}}"), "-f", "xml"]);
    assert!(rows(r#""a\r\n\tb""#).contains("<literal>a&#xD;\n⇥b</literal>"));
    assert_snapshot!(rows(r#""a\u0001b""#).rsplit_once("── errors\n").unwrap().1, @r"
    error: XML can't hold the character U+0001
    hint: write another format, such as json for rows or turtle for triples
    ");
    assert!(rows(r#""a\uFFFEb""#).starts_with("exit code 3\n"));
    let triples =
        |text: &str| place.small(&["query", &format!("CONSTRUCT {{ {text} }} {{}}"), "-f", "rdfxml"]);
    assert!(triples(r#"rel:a rel:b "a\rb""#).contains("<rel:b>a&#xD;b</rel:b>"));
    for text in [r#"rel:a rel:b "a\u0001b""#, "rel:a <x:1> 2", "rel:a a <x:b/>"] {
        let told = triples(text);
        assert!(told.starts_with("exit code 3\n") && told.contains("\nerror: XML can't hold "), "{told}");
    }
    assert!(triples("rel:a <x:1.a-1> 2").contains("<a-1 xmlns=\"x:1.\""));
}

#[test]
fn commands_of_the_shell_without_their_dot_are_understood_or_told() {
    let place = Place::new();
    let shell = |text: &str| place.outcome(&["--graph", "small.trig"], text);
    assert!(shell("help").contains("\n.quit "));
    assert_eq!(shell("ASK {}\nquit\nASK {}"), "exit code 0\n── output\ntrue\n");
    assert_eq!(shell("EXIT;\nASK {}"), "exit code 0\n");
    for text in ["schema", "ask services", "timing on", "load x.ttl"] {
        let told = shell(text);
        assert!(told.contains(&format!("hint: commands begin with a dot: .{text}\n")), "{told}");
    }
}
