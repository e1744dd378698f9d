//! What changes a graph: updates, and `.load` and `.save` of the shell.

use crate::outcome::Place;
use insta::assert_snapshot;

const INSERT: &str = "INSERT { ?s rel:reviewed true } WHERE { ?s a rel:Service }";
const REVIEWED: &str = "SELECT ?s { ?s rel:reviewed true } ORDER BY ?s";

#[test]
fn an_update_writes_a_new_file_or_replaces_the_graph_file() {
    let place = Place::new();
    assert_snapshot!(place.small(&["query", INSERT, "--output", "a.graph"]), @r"
    exit code 0
    ── errors
    inserted 2, deleted 0; 165 triples in a.graph
    ");
    let own = |arguments: &[&str]| place.outcome(&[&["--graph", "a.graph"], arguments].concat(), "");
    assert_snapshot!(own(&["query", REVIEWED]), @r"
    exit code 0
    ── output
    ?s
    <https://w3id.org/mainstay/service/cumulus-store>
    <https://w3id.org/mainstay/service/nimbus-queue>
    ");
    place.write(
        "undo.ru",
        "DELETE WHERE { svc:nimbus-queue rel:reviewed ?x } ;\nINSERT DATA { svc:x a rel:Service }",
    );
    assert_snapshot!(own(&["query", "undo.ru"]), @r"
    exit code 0
    ── errors
    inserted 1, deleted 1; 165 triples in a.graph
    ");
    assert_snapshot!(own(&["query", REVIEWED]), @r"
    exit code 0
    ── output
    ?s
    <https://w3id.org/mainstay/service/cumulus-store>
    ");
    assert_snapshot!(own(&["graph", "verify"]), @r"
    exit code 0
    ── output
    a.graph: 165 quads, whole and in order
    ");
}

#[test]
fn what_is_not_a_graph_file_is_not_changed() {
    let place = Place::new();
    assert_snapshot!(place.small(&["query", INSERT]), @r"
    exit code 2
    ── errors
    error: an update does not change small.trig
    hint: name a new graph file with --output FILE
    ");
    assert_snapshot!(place.outcome(&["query", INSERT], ""), @r"
    exit code 2
    ── errors
    error: an update does not change the graph that ships with mainstay
    hint: name a new graph file with --output FILE
    ");
    assert_snapshot!(place.small(&["query", INSERT, "-o", "no/folder.graph"]), @r"
    exit code 3
    ── errors
    error: cannot write no/folder.graph: there is no folder no
    hint: make it first: mkdir -p no
    ");
    assert_snapshot!(place.small(&["query", "ASK {}", "-o", "a.graph"]), @r"
    exit code 2
    ── errors
    error: --output is for updates; a query writes to standard output
    hint: use the redirection of the shell: mainstay query … > FILE
    ");
    assert_snapshot!(place.small(&["query", "INSERT DATA { ?s a 1 }", "-o", "a.graph"]), @r"
    exit code 4
    ── errors
    error: variables are not allowed in INSERT DATA (line 1, column 15)
       |
     1 | INSERT DATA { ?s a 1 }
       |               ^^
    ");
    assert_snapshot!(place.small(&["query", "LOAD <https://example.org/x>", "-o", "a.graph"]), @r"
    exit code 4
    ── errors
    error: LOAD <https://example.org/x>: addresses are not read
    hint: build the file into the graph, or use .load FILE in the shell
    ");
    assert!(!place.path().join("a.graph").exists());
}

#[test]
fn the_shell_keeps_changes_until_it_ends_or_saves_them() {
    let place = Place::new();
    place.write(
        "more.ttl",
        "@prefix rel: <https://w3id.org/mainstay/ontology#> . <x:new> rel:reviewed true .",
    );
    let text = format!("{INSERT}\n.load more.ttl\n{REVIEWED}\n.save saved.graph\n.load\n.save");
    assert_snapshot!(place.outcome(&["--graph", "small.trig"], &text), @r"
    exit code 2
    ── output
    ?s
    <https://w3id.org/mainstay/service/cumulus-store>
    <https://w3id.org/mainstay/service/nimbus-queue>
    <x:new>
    ── errors
    inserted 2, deleted 0; .save FILE keeps them beyond this shell
    1 read; .save FILE keeps them beyond this shell
    166 triples in saved.graph
    error: .load needs the name of an RDF file
    error: .save needs the name of a file
    ");
    assert_snapshot!(place.outcome(&["--graph", "saved.graph", "query", REVIEWED], ""), @r"
    exit code 0
    ── output
    ?s
    <https://w3id.org/mainstay/service/cumulus-store>
    <https://w3id.org/mainstay/service/nimbus-queue>
    <x:new>
    ");
}

#[test]
fn what_a_delete_misses_because_it_is_in_a_named_graph_is_told() {
    let place = Place::new();
    place.small(&["query", INSERT, "--output", "a.graph"]);
    let own = |text: &str| place.outcome(&["--graph", "a.graph", "query", text, "-o", "b.graph"], "");
    assert_snapshot!(own("DELETE WHERE { ?s a rel:Service }"), @r"
    exit code 0
    ── errors
    warning: 2 triples in named graphs were not deleted; DELETE WHERE { GRAPH ?g { … } } deletes there
    inserted 0, deleted 0; 165 triples in b.graph
    ");
    assert_snapshot!(own("DELETE DATA { svc:nimbus-queue a rel:Service }"), @r"
    exit code 0
    ── errors
    warning: 1 triple in named graphs was not deleted; DELETE WHERE { GRAPH ?g { … } } deletes there
    inserted 0, deleted 0; 165 triples in b.graph
    ");
    // What it reaches, and what is nowhere, is no reason to warn.
    for text in [
        "DELETE WHERE { GRAPH ?g { ?s a rel:Service } }",
        "DELETE WHERE { ?s rel:reviewed ?o }",
        "DELETE DATA { svc:nimbus-queue a rel:Nothing }",
        "INSERT DATA { <x:s> <x:p> 1 } ; DELETE DATA { <x:s> <x:p> 1 }",
        "DELETE { ?s a rel:Service . GRAPH ?g { ?s a rel:Service } } WHERE { GRAPH ?g { ?s a rel:Service } }",
    ] {
        let found = own(text);
        assert!(found.starts_with("exit code 0") && !found.contains("warning"), "{found}");
    }
    let shell = place.outcome(&["--graph", "a.graph"], "DELETE WHERE { ?s a rel:Service }");
    assert!(shell.contains("warning: 2 triples in named graphs were not deleted"), "{shell}");
}

#[test]
fn an_update_of_many_patterns_ends_in_time() {
    let place = Place::new();
    let patterns: String = (0..300).map(|number| format!("?s <x:absent> ?t{number} . ")).collect();
    place.write("wide.ru", &format!("DELETE {{ ?s ?p ?o }} WHERE {{ {patterns} }}"));
    assert_snapshot!(place.small(&["query", "wide.ru", "-o", "a.graph", "--timeout", "0.5"]), @r"
    exit code 5
    ── errors
    error: the query took longer than 0.5 s (in the general evaluator)
    hint: give it more time with --timeout, or narrow its patterns
    ");
    let data: String = (0..20_000).map(|number| format!("<x:{number}> a <x:c> . ")).collect();
    place.write("data.ru", &format!("INSERT DATA {{ {data} }}"));
    assert!(place.small(&["query", "data.ru", "-o", "a.graph"]).contains("inserted 20000, deleted 0"));
}

#[test]
fn an_update_is_not_explained_and_not_run() {
    let place = Place::new();
    place.small(&["query", INSERT, "--output", "a.graph"]);
    let before = std::fs::read(place.path().join("a.graph")).unwrap();
    assert_snapshot!(place.outcome(&["--graph", "a.graph", "query", "--explain", "CLEAR ALL"], ""), @r"
    exit code 2
    ── errors
    error: only queries are explained, and this is an update; it was not run
    hint: explain its pattern as a query: SELECT * WHERE { … }
    ");
    assert_snapshot!(place.outcome(&["--graph", "a.graph"], ".explain CLEAR ALL"), @r"
    exit code 2
    ── errors
    error: only queries are explained, and this is an update; it was not run
    hint: explain its pattern as a query: SELECT * WHERE { … }
    ");
    assert_eq!(std::fs::read(place.path().join("a.graph")).unwrap(), before);
}

#[test]
fn changes_that_nobody_saved_fail_what_is_piped_in() {
    let place = Place::new();
    assert_snapshot!(place.outcome(&["--graph", "small.trig"], INSERT), @r"
    exit code 1
    ── errors
    inserted 2, deleted 0; .save FILE keeps them beyond this shell
    error: the changes of the graph were not saved and are gone
    hint: end with .save FILE, or give the update to `mainstay query`, which writes the graph file
    ");
    let saved = place.outcome(&["--graph", "small.trig"], &format!("{INSERT}\n.save a.graph"));
    assert!(saved.starts_with("exit code 0"), "{saved}");
    let nothing = place.outcome(&["--graph", "small.trig"], "DELETE DATA { <x:a> a <x:b> }");
    assert!(nothing.starts_with("exit code 0"), "{nothing}");
}

#[test]
fn updates_of_one_file_wait_for_each_other() {
    let place = Place::new();
    place.small(&["query", INSERT, "--output", "a.graph"]);
    let text = |number: usize| format!("INSERT DATA {{ <x:s> <x:p> {number} }}");
    let children: Vec<_> = (0..6)
        .map(|number| {
            let mut command = place.command(&["--graph", "a.graph", "query", &text(number)]);
            command.stderr(std::process::Stdio::null()).spawn().unwrap()
        })
        .collect();
    for mut child in children {
        assert!(child.wait().unwrap().success());
    }
    let found =
        place.outcome(&["--graph", "a.graph", "query", "SELECT ?o { <x:s> <x:p> ?o } ORDER BY ?o"], "");
    assert_eq!(found, "exit code 0\n── output\n?o\n0\n1\n2\n3\n4\n5\n");
}

#[test]
fn a_wrong_update_shows_the_place_as_a_query_does() {
    let place = Place::new();
    for (text, shown) in [
        ("INSERT DATA { <x:a> <x:b> ?x }", "variables are not allowed in INSERT DATA"),
        ("INSERT DATE { <x:a> <x:b> 1 }", "DATE is not expected here"),
        ("DELETE DATA { <x:a> rell:b 1 }", "the prefix rell: is not known"),
        ("INSERT DATA { <x:a> <x:b> 1", "the update ends too early"),
        ("CLEAR GRAPHS <x:g>", "GRAPHS is not expected here"),
        ("DELETE { ?s ?p ?o } WHERE { ?s ?p ?o } WHERE {}", "WHERE is not expected here"),
        ("INSERT { ?s ?p ?o } WHERE { ?s ?p ?o FILER(?o > 1) }", "FILER is not expected here"),
        ("INSERT DATA { <x:a> <x:b> 1 } ; SELECT * {}", "SELECT is not expected here"),
    ] {
        let found = place.small(&["query", text, "-o", "a.graph"]);
        assert!(found.contains(shown) && found.contains('^'), "{found}");
    }
}
