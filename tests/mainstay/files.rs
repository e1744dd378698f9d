//! Commands that read and write files: `build`, `batch`, `export`, `graph`.

use crate::outcome::{Place, repository};
use insta::assert_snapshot;
use std::io::Write;
use std::process::Stdio;

const DOCUMENT: &str = "---\ntitle: Reliability in Nimbus Queue\nms.date: 04/05/2023\n---\n# Reliability in Nimbus Queue\n\n\
                        Words.\n\n[!INCLUDE [gone](gone.md)]\n";

/// The outcome of a build, without the numbers that depend on what the extraction understands, and the time.
fn built(told: &str) -> String {
    let keep = |line: &&str| {
        !line.starts_with("triples")
            && !line.starts_with("facts")
            && !line.starts_with("not understood")
            && !line.starts_with("  ")
    };
    let time =
        |line: &str| line.rsplit_once(" in ").map_or(line.to_owned(), |(what, _)| format!("{what} in TIME"));
    told.lines()
        .filter(keep)
        .map(|line| if line.contains(".graph in ") { time(line) } else { line.to_owned() } + "\n")
        .collect()
}

#[test]
fn a_build_is_summed_up() {
    let place = Place::new();
    place.write("docs/queue.md", DOCUMENT);
    assert_snapshot!(built(&place.outcome(&["build", "docs", "small.trig", "-o", "new.graph"], "")), @r"
    exit code 0
    ── output
    documents                      1
    RDF files                      1
    missing includes               1
    new.graph in TIME
    ── errors
    queue.md:9: warning: the include gone.md was not found [missing-include]
    ");
    assert_snapshot!(place.outcome(&["build", "docs", "-o", "quiet.graph", "--quiet"], ""), @"exit code 0");
}

#[test]
fn a_build_twice_gives_the_same_bytes() {
    let place = Place::bare();
    let documents = repository().join("data/documents");
    for name in ["one.graph", "two.graph"] {
        let told = place.outcome(&["build", documents.to_str().unwrap(), "-o", name, "-q"], "");
        assert!(told.starts_with("exit code 0"), "{told}");
    }
    let bytes = |name: &str| std::fs::read(place.path().join(name)).unwrap();
    assert!(bytes("one.graph") == bytes("two.graph"));
}

#[test]
fn bad_input_is_told_and_the_rest_is_built() {
    let place = Place::new();
    place.write("docs/queue.md", DOCUMENT);
    std::fs::write(place.path().join("docs/picture.md"), [0, 1, 2, 0]).unwrap();
    place.write("docs/broken.ttl", "<a> <b> .");
    assert_snapshot!(built(&place.outcome(&["build", "docs", "nowhere", "-o", "new.graph"], "")), @r"
    exit code 3
    ── output
    documents                      1
    missing includes               1
    new.graph in TIME
    ── errors
    broken.ttl: error: docs/broken.ttl:1: not well-formed: Parser error at line 1 column 9: . is not a valid RDF object [bad-rdf]
    nowhere: error: cannot be read: No such file or directory (os error 2) [unreadable-path]
    picture.md: error: is a binary file, not a document [binary-file]
    queue.md:9: warning: the include gone.md was not found [missing-include]
    ");
    assert_snapshot!(place.outcome(&["build", "nowhere", "-o", "other.graph"], ""), @r"
    exit code 3
    ── errors
    error: there is nothing to build: no document and no RDF file was found
    hint: nowhere cannot be read: No such file or directory (os error 2)
    ");
    assert_snapshot!(place.outcome(&["build", "docs", "-o", "no/such/folder.graph", "-q"], ""), @r"
    exit code 3
    ── errors
    error: cannot write no/such/folder.graph: there is no folder no/such
    hint: make it first: mkdir -p no/such
    ");
}

#[test]
fn graph_files_are_looked_into_and_checked() {
    let place = Place::new();
    place.outcome(&["build", "small.trig", "-o", "small.graph", "-q"], "");
    assert!(
        place
            .outcome(&["graph", "verify", "small.graph"], "")
            .starts_with("exit code 0\n── output\nsmall.graph: ")
    );
    let info = place.outcome(&["graph", "info", "small.graph"], "");
    assert!(info.contains("facts       7\n") && info.contains("RegionPair                 3\n"), "{info}");

    let mut bytes = std::fs::read(place.path().join("small.graph")).unwrap();
    let half = bytes.len() / 2;
    std::fs::write(place.path().join("short.graph"), &bytes[..half]).unwrap();
    bytes[half] ^= 0x10;
    std::fs::write(place.path().join("flipped.graph"), &bytes).unwrap();
    for (arguments, code) in [
        (["graph", "verify", "short.graph"], 3),
        (["graph", "info", "short.graph"], 3),
        (["graph", "verify", "flipped.graph"], 3),
        (["graph", "verify", "missing.graph"], 3),
    ] {
        let told = place.outcome(&arguments, "");
        assert!(told.starts_with(&format!("exit code {code}\n── errors\nerror: ")), "{told}");
        assert!(told.contains("\nhint: "), "{told}");
    }
}

#[test]
fn the_graph_is_found_in_the_folder_and_the_environment() {
    let place = Place::new();
    let count = "SELECT (COUNT(?s) AS ?n) { ?s a rel:Service }";
    place.outcome(&["build", "small.trig", "-q"], "");
    assert_eq!(place.outcome(&["query", count, "-f", "csv"], ""), "exit code 0\n── output\nn\n2\n");
    place.write(
        "one.ttl",
        "<https://w3id.org/mainstay/service/x> a <https://w3id.org/mainstay/ontology#Service> .",
    );
    let output =
        place.command(&["query", count, "-f", "csv"]).env("MAINSTAY_GRAPH", "one.ttl").output().unwrap();
    assert_eq!(String::from_utf8(output.stdout).unwrap(), "n\r\n1\r\n");
}

#[test]
fn a_batch_runs_all_and_tells_what_failed() {
    let place = Place::new();
    place.write("in/count.rq", "SELECT (COUNT(?s) AS ?n) { ?s a rel:Fact }");
    place.write("in/labels.rq", "CONSTRUCT { ?s rdfs:label ?l } { ?s a rel:Region ; rdfs:label ?l }");
    place.write(
        "in/of-service.rq",
        "#+ summary: Lines\nSELECT ?line { ?f rel:service ?_service ; rel:line ?line } ORDER BY ?line",
    );
    assert_snapshot!(place.small(&["batch", "in", "-o", "out", "--set", "service=NQ"]), @r"
    exit code 0
    ── errors
    out/count.csv: 1 row
    out/labels.ttl: 3 triples
    out/of-service.csv: 3 rows
    3 of 3 queries ran
    ");
    assert_eq!(place.read("out/count.csv"), "n\r\n7\r\n");
    assert_eq!(place.read("out/of-service.csv"), "line\r\n3\r\n12\r\n15\r\n");
    assert_eq!(place.read("out/labels.ttl").lines().filter(|line| line.starts_with("region:")).count(), 3);

    place.write("in/broken.rq", "SELECT ?s { ?s ?p }");
    assert_snapshot!(place.small(&["batch", "in", "-o", "out2", "--format", "jsonl"]), @r#"
    exit code 4
    ── errors
    error: in/broken.rq:1:19: } is not expected here; expected a variable, a name such as rel:kind, a string, a number, "(", true or false
       |
     1 | SELECT ?s { ?s ?p }
       |                   ^
    out2/count.jsonl: 1 row
    out2/labels.jsonl: 3 triples
    error: in/of-service.rq: of-service needs service: a service, such as "Service Bus"
    hint: usage: mainstay ask of-service service=…
    2 of 4 queries ran
    "#);
    assert!(!place.path().join("out2/broken.jsonl").exists());
    assert_snapshot!(place.small(&["batch", "empty.rq", "-o", "out3"]), @r"
    exit code 3
    ── errors
    error: cannot read empty.rq: No such file or directory (os error 2)
    0 of 1 queries ran
    ");
}

#[test]
fn a_graph_is_exported_and_read_again() {
    let place = Place::new();
    let count = |graph: &str| {
        place.outcome(
            &["--graph", graph, "query", "SELECT (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } }", "-f", "csv"],
            "",
        )
    };
    for name in ["all.nq", "all.trig"] {
        let told = place.small(&["export", "-o", name]);
        assert!(told.starts_with("exit code 0"), "{told}");
        assert_eq!(count(name), count("small.trig"));
    }
    assert!(place.small(&["export"]).contains("<https://w3id.org/mainstay/document/queue.md> .\n"));
    assert_eq!(place.small(&["export", "-o", "-"]), place.small(&["export"]));
    place.write("other.nt", "<http://example.com/a> <http://example.com/b> <http://example.com/c> .\n");
    place.outcome(&["build", "other.nt", "-o", "other.graph"], "");
    let drawn = place.outcome(&["--graph", "other.graph", "export", "-f", "dot"], "");
    assert!(drawn.contains("warning: nothing is drawn"), "{drawn}");
    assert_snapshot!(place.small(&["export", "--format", "dot"]), @r#"
    exit code 0
    ── output
    digraph mainstay {
      rankdir=LR;
      "<https://w3id.org/mainstay/feature/nimbus-queue/twin-region>" [label="Twin region"];
      "<https://w3id.org/mainstay/service/nimbus-queue>" [label="Nimbus Queue"];
      "<https://w3id.org/mainstay/feature/nimbus-queue/twin-region>" -> "<https://w3id.org/mainstay/service/nimbus-queue>" [label="rel:featureOf"];
      "<https://w3id.org/mainstay/region/lone-rock>" [label="Lone Rock"];
      "<https://w3id.org/mainstay/region/south-harbor>" [label="South Harbor"];
      "<https://w3id.org/mainstay/region/lone-rock>" -> "<https://w3id.org/mainstay/region/south-harbor>" [label="rel:pairedWith"];
      "<https://w3id.org/mainstay/region/north-harbor>" [label="North Harbor"];
      "<https://w3id.org/mainstay/region/north-harbor>" -> "<https://w3id.org/mainstay/region/south-harbor>" [label="rel:pairedWith"];
      "<https://w3id.org/mainstay/region/south-harbor>" -> "<https://w3id.org/mainstay/region/north-harbor>" [label="rel:pairedWith"];
      "<https://w3id.org/mainstay/ontology#ZoneRedundant>" [label="rel:ZoneRedundant"];
      "<https://w3id.org/mainstay/service/nimbus-queue>" -> "<https://w3id.org/mainstay/ontology#ZoneRedundant>" [label="rel:supportsZoneMode"];
      "<https://w3id.org/mainstay/tier/nimbus-queue/gold>" [label="Gold"];
      "<https://w3id.org/mainstay/tier/nimbus-queue/gold>" -> "<https://w3id.org/mainstay/service/nimbus-queue>" [label="rel:tierOf"];
      "<https://w3id.org/mainstay/tier/nimbus-queue/silver>" [label="Silver"];
      "<https://w3id.org/mainstay/tier/nimbus-queue/silver>" -> "<https://w3id.org/mainstay/service/nimbus-queue>" [label="rel:tierOf"];
    }
    "#);
    assert_snapshot!(place.small(&["export", "--format", "csv"]), @r"
    exit code 2
    ── errors
    error: csv is a format of rows, not of a graph
    hint: write nquads, trig, turtle, ntriples, rdfxml, jsonld or dot
    hint: for rows: mainstay ask facts --format csv
    ");
}

#[cfg(unix)]
#[test]
fn exports_go_into_pipes_and_behind_links_and_keep_permissions() {
    use std::os::unix::fs::{PermissionsExt, symlink};
    let place = Place::new();
    let at = |name: &str| place.path().join(name);
    let export =
        |name: &str| place.outcome(&["--graph", "small.trig", "export", "-f", "nquads", "-o", name], "");
    assert!(export("whole.nq").starts_with("exit code 0"));

    place.write("target.nq", "old");
    std::fs::set_permissions(at("target.nq"), PermissionsExt::from_mode(0o600)).unwrap();
    symlink("target.nq", at("link.nq")).unwrap();
    export("link.nq");
    assert!(at("link.nq").symlink_metadata().unwrap().is_symlink());
    assert_eq!(place.read("target.nq"), place.read("whole.nq"));
    assert_eq!(at("target.nq").metadata().unwrap().permissions().mode() & 0o777, 0o600);

    let mut pipe = std::process::Command::new("mkfifo");
    assert!(pipe.arg(at("pipe")).status().unwrap().success());
    let read = std::thread::scope(|scope| {
        let reader = scope.spawn(|| place.read("pipe"));
        export("pipe");
        reader.join().unwrap()
    });
    assert_eq!(read, place.read("whole.nq"));
}

#[cfg(unix)]
#[test]
fn a_graph_keeps_its_permissions() {
    use std::os::unix::fs::PermissionsExt;
    let place = Place::new();
    let graph = place.path().join("own.graph");
    for mode in [0o600, 0o640] {
        place.outcome(&["build", "small.trig", "-o", "own.graph", "-q"], "");
        std::fs::set_permissions(&graph, PermissionsExt::from_mode(mode)).unwrap();
        place.outcome(&["build", "small.trig", "-o", "own.graph", "-q"], "");
        assert_eq!(graph.metadata().unwrap().permissions().mode() & 0o777, mode);
    }
}

#[test]
fn nothing_is_written_over_what_it_is_made_of() {
    let place = Place::new();
    place.write("docs/queue.md", DOCUMENT);
    assert_snapshot!(place.outcome(&["build", "docs", "-o", "docs/queue.md"], ""), @r"
    exit code 2
    ── errors
    error: docs/queue.md is no name for a graph file: its ending says that it is text
    hint: write docs/queue.graph; `mainstay export` writes RDF
    ");
    assert_eq!(place.read("docs/queue.md"), DOCUMENT);
    place.outcome(&["build", "docs", "-o", "own.graph", "-q"], "");
    assert_snapshot!(place.outcome(&["--graph", "own.graph", "export", "-o", "own.graph"], ""), @r"
    exit code 2
    ── errors
    error: own.graph is the graph that is exported
    hint: give --output another name
    ");
    assert!(place.outcome(&["graph", "verify", "own.graph"], "").starts_with("exit code 0"));
}

#[test]
fn only_markdown_is_included() {
    let place = Place::bare();
    place.write("secret.conf", "The password is lantern.");
    place.write("docs/queue.md", "# Reliability in Nimbus Queue\n\n[!INCLUDE [x](../secret.conf)]\n");
    let told = place.outcome(&["build", "docs", "-o", "new.graph"], "");
    assert!(told.contains("queue.md:3: warning: the include ../secret.conf was not found"), "{told}");
}

#[test]
fn a_batch_refuses_values_that_no_query_takes() {
    let place = Place::new();
    place.write("in/a.rq", "#+ summary: x\nSELECT ?f { ?f rel:service ?_service }");
    place.write("in/b.rq", "SELECT ?s { ?s a rel:Service }");
    assert_snapshot!(place.small(&["batch", "in", "-o", "out", "--set", "servce=NQ"]), @r"
    exit code 2
    ── errors
    error: no query of the batch has a parameter servce
    hint: did you mean service?
    ");
    assert_snapshot!(place.small(&["batch", "in", "-o", "out", "--set", "service"]), @r"
    exit code 2
    ── errors
    error: --set service gives no value
    hint: write --set service=VALUE
    ");
    assert_snapshot!(place.small(&["batch", "in/b.rq", "-o", "out", "--set", "service=NQ"]), @r"
    exit code 2
    ── errors
    error: no query of the batch has a parameter service
    hint: they have no parameters: leave out --set
    ");
    assert!(!place.path().join("out").exists());
}

#[test]
fn a_batch_of_checks_fails_where_one_finds_something() {
    let place = Place::new();
    place.write("in/none.rq", "SELECT ?s { ?s rel:supportsZoneMod ?m }");
    place.write("in/no.rq", "ASK { ?s a rel:Nothing }");
    assert_snapshot!(place.small(&["batch", "in", "-o", "out", "--fail-on-rows"]), @r"
    exit code 0
    ── errors
    warning: in/no.rq: rel:Nothing is not a class of this graph
    out/no.csv: false
    warning: in/none.rq: rel:supportsZoneMod is not a property of this graph; did you mean rel:supportsZoneMode?
    out/none.csv: 0 rows
    2 of 2 queries ran, 0 found something
    ");
    place.write("in/some.rq", "SELECT ?s { ?s a rel:Service }");
    place.write("in/yes.rq", "ASK { ?s a rel:Service }");
    let told = place.small(&["batch", "in", "-o", "out", "--fail-on-rows", "--limit", "0"]);
    assert!(
        told.starts_with("exit code 1\n") && told.contains("4 of 4 queries ran, 2 found something"),
        "{told}"
    );
    assert!(place.small(&["batch", "in", "-o", "out"]).starts_with("exit code 0\n"));
    let cut = place.small(&["batch", "in", "-o", "out", "--limit", "1"]);
    assert!(cut.contains("\nout/some.csv: only the first 1 row (--limit)\n"), "{cut}");
    place.write("in/wrong.rq", "SELECT");
    assert!(place.small(&["batch", "in", "-o", "out", "--fail-on-rows"]).starts_with("exit code 4\n"));
}

#[test]
fn a_byte_order_mark_is_passed_over() {
    let place = Place::new();
    let query = "SELECT ?s { ?s a rel:Service } ORDER BY ?s LIMIT 1";
    let rows = "?s\n<https://w3id.org/mainstay/service/cumulus-store>\n";
    let marked = format!("\u{feff}{query}");
    place.write("plain.rq", &marked);
    place.write("canned/first.rq", &format!("\u{feff}#+ summary: the first\n{query}"));
    place.write(
        "own.ttl",
        "\u{feff}@prefix sh: <http://www.w3.org/ns/shacl#> .\n<x:s> sh:targetNode <x:n> .\n",
    );
    let expected = format!("exit code 0\n── output\n{rows}");
    assert_eq!(place.small(&["query", "plain.rq"]), expected);
    assert_eq!(place.small(&["query", &marked]), expected);
    assert_eq!(place.outcome(&["--graph", "small.trig", "query", "-"], &marked), expected);
    assert_eq!(place.outcome(&["--graph", "small.trig"], &marked), expected);
    assert_eq!(place.outcome(&["--graph", "small.trig"], ".read plain.rq"), expected);
    assert!(place.small(&["ask", "first", "--queries", "canned"]).starts_with("exit code 0\n"));
    let batch = place.small(&["batch", "plain.rq", "canned", "-o", "out"]);
    assert!(batch.contains("2 of 2 queries ran"), "{batch}");
    let shapes = place.small(&["check", "shapes", "--shapes", "own.ttl"]);
    assert!(shapes.starts_with("exit code 0\n"), "{shapes}");
}

#[test]
fn sources_have_public_addresses_where_the_graph_was_built_with_them() {
    let place = Place::bare();
    let documents = repository().join("data/documents");
    let documents = documents.to_str().unwrap();
    let base = ["--source-base", "https://example.com/docs"];
    place.outcome(&[&["build", documents, "-o", "a.graph", "-q"][..], &base].concat(), "");
    let told = place.outcome(&["--graph", "a.graph", "ask", "sources", "service=Anvil", "kind=downtime"], "");
    assert_snapshot!(told, @r"
    exit code 0
    ── output
    service⇥kind⇥scenario⇥value⇥url⇥source
    Nephele Anvil⇥Downtime⇥region failure⇥Duration⇥https://example.com/docs/anvil.md⇥anvil.md:22
    ");
    place.outcome(&["build", documents, "-o", "b.graph", "-q"], "");
    let told = place.outcome(&["--graph", "b.graph", "ask", "sources", "service=Anvil", "kind=downtime"], "");
    assert!(told.ends_with("⇥Duration⇥⇥anvil.md:22\n"), "{told}");
}

#[test]
fn an_export_has_as_many_statements_as_are_asked_for() {
    let place = Place::new();
    for format in ["nquads", "dot"] {
        let told = place.small(&["export", "--limit", "2", "--format", format]);
        let statements = told.lines().filter(|line| line.ends_with(" .") || line.contains(" -> ")).count();
        assert_eq!(statements, 2, "{told}");
        assert!(told.ends_with("── errors\nonly the first 2 are written (--limit)\n"), "{told}");
    }
    assert_snapshot!(place.small(&["export", "--limit", "2", "-o", "two.nq"]), @r"
    exit code 0
    ── errors
    only the first 2 statements in two.nq (--limit)
    ");
    assert_eq!(place.read("two.nq").lines().count(), 2);
    assert!(place.small(&["export", "-o", "all.nq"]).contains("\n163 statements in all.nq"));
}

#[test]
fn options_that_would_change_nothing_are_refused() {
    let place = Place::new();
    for (arguments, option) in [
        (vec!["build", "small.trig", "--graph", "a.graph"], "--graph"),
        (vec!["export", "--timeout", "1"], "--timeout"),
        (vec!["check", "--max-rows", "1"], "--max-rows"),
        (vec!["batch", "a.rq", "-o", "out", "--queries", "own"], "--queries"),
        (vec!["graph", "info", "small.trig", "--format", "json"], "--format"),
        (vec!["query", "CLEAR ALL", "--limit", "1"], "--limit"),
    ] {
        let told = place.outcome(&arguments, "");
        let refused = format!("exit code 2\n── errors\nerror: {option} changes nothing of ");
        assert!(told.starts_with(&refused) && told.contains("\nhint: "), "{told}");
    }
    assert_snapshot!(place.small(&["export", "--max-rows", "1"]), @r"
    exit code 2
    ── errors
    error: --max-rows changes nothing of `mainstay export`
    hint: it takes --graph, --format, --limit
    ");
    assert_snapshot!(place.small(&["graph", "info", "other.graph"]), @r"
    exit code 2
    ── errors
    error: small.trig and other.graph are two graphs
    hint: name one
    ");
}

#[test]
fn a_reader_that_goes_away_does_not_change_the_exit_code() {
    let place = Place::new();
    let code = |arguments: &[&str], input: &str| {
        let mut command = place.command(arguments);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = command.spawn().unwrap();
        drop(child.stdout.take());
        child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
        child.wait().unwrap().code()
    };
    // Nobody reads, and the statements and documents are read after that.
    let statements = "SELECT * {\n\nASK {}";
    assert_eq!(code(&["--graph", "small.trig"], "ASK {}"), Some(0));
    assert_eq!(code(&["--graph", "small.trig"], statements), Some(4));
    for format in ["tsv", "json", "sarif", "table"] {
        assert_eq!(code(&["--graph", "small.trig", "check", "--format", format], ""), Some(1), "{format}");
    }
    assert_eq!(code(&["--graph", "small.trig", "check", "shapes", "--format", "turtle"], ""), Some(1));
    assert_eq!(code(&["build", "small.trig", "nowhere", "-o", "new.graph"], ""), Some(3));
}

#[test]
fn a_drawing_has_the_labels_of_people_in_lines() {
    let place = Place::new();
    place.write(
        "loom.ttl",
        "@prefix rel: <https://w3id.org/mainstay/ontology#> . @prefix svc: <https://w3id.org/mainstay/service/> .\n\
         @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .\n\
         rel:dependsOn rdfs:label \"depends on\" . svc:bolt rdfs:label \"Bolt\" .\n\
         svc:loom rel:dependsOn svc:bolt ; rdfs:label \"Loom for \\\"large\\\" and very large pieces\\u0007 of cloth\" .",
    );
    assert_snapshot!(place.outcome(&["--graph", "loom.ttl", "export", "--format", "dot"], ""), @r#"
    exit code 0
    ── output
    digraph mainstay {
      rankdir=LR;
      "<https://w3id.org/mainstay/service/loom>" [label="Loom for \"large\" and very\nlarge pieces of cloth"];
      "<https://w3id.org/mainstay/service/bolt>" [label="Bolt"];
      "<https://w3id.org/mainstay/service/loom>" -> "<https://w3id.org/mainstay/service/bolt>" [label="depends on"];
    }
    "#);
}

#[test]
fn an_export_that_is_built_again_is_the_same_graph() {
    let place = Place::bare();
    let documents = repository().join("data/documents");
    place.outcome(&["build", documents.to_str().unwrap(), "-o", "one.graph", "-q"], "");
    place.outcome(&["--graph", "one.graph", "export", "-o", "one.nq"], "");
    place.outcome(&["build", "one.nq", "-o", "two.graph", "-q"], "");
    place.outcome(&["--graph", "two.graph", "export", "-o", "two.nq"], "");
    assert!(place.read("one.nq") == place.read("two.nq"));
}
