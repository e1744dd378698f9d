//! Graph files while others write them: limits of the disk, two builds at once, files that change under a reader.

use crate::outcome::{Place, repository};
use mainstay::graph::{Graph, GraphBuilder, Metadata};
use oxrdf::{GraphName, Literal, NamedNode, Quad};

/// A graph of so many triples with long texts.
fn builder(triples: usize) -> GraphBuilder {
    let name = |local: String| NamedNode::new(format!("https://example.org/{local}")).unwrap();
    let mut builder = GraphBuilder::new();
    for n in 0..triples {
        let text = Literal::from(format!("{n} {}", "x".repeat(2000)));
        builder.insert(&Quad::new(name(format!("s{n}")), name("p".into()), text, GraphName::DefaultGraph));
    }
    builder
}

#[test]
fn two_builds_at_once_leave_one_of_both_whole() {
    let place = Place::bare();
    let path = place.path().join("a.graph");
    builder(1).finish(&path).unwrap();
    std::thread::scope(|scope| {
        let writers: Vec<_> = [10, 20]
            .map(|triples| {
                let path = &path;
                scope.spawn(move || (0..15).for_each(|_| assert!(builder(triples).finish(path).is_ok())))
            })
            .into_iter()
            .collect();
        while writers.iter().any(|writer| !writer.is_finished()) {
            let graph = Graph::open(&path).unwrap();
            graph.verify().unwrap();
            assert!([1, 10, 20].contains(&graph.triple_count()));
        }
    });
    assert_eq!(std::fs::read_dir(place.path()).unwrap().count(), 1);
}

#[cfg(unix)]
mod unix {
    use super::*;
    use insta::assert_snapshot;
    use std::io::Read;
    use std::process::{Command, Stdio};

    #[test]
    fn a_full_disk_leaves_the_old_file() {
        let place = Place::new();
        place.outcome(&["build", "small.trig", "-o", "a.graph"], "");
        let old = std::fs::read(place.path().join("a.graph")).unwrap();
        place.write("more.ttl", &format!("<x:a> <x:b> {}\"end\" .", "\"text\", ".repeat(10)));
        // A limit on the size of files stands for the end of the disk.
        let build = format!(
            "trap '' XFSZ; ulimit -f 4; exec {} build small.trig more.ttl -o a.graph",
            env!("CARGO_BIN_EXE_mainstay")
        );
        let output = Command::new("sh")
            .args(["-c", &build])
            .current_dir(place.path())
            .env_clear()
            .env("HOME", place.path())
            .output()
            .unwrap();
        assert_eq!(output.status.code(), Some(3));
        let errors = String::from_utf8(output.stderr).unwrap();
        assert!(errors.starts_with("error: cannot write a.graph: File too large"), "{errors}");
        assert!(std::fs::read(place.path().join("a.graph")).unwrap() == old);
        let left: Vec<_> = std::fs::read_dir(place.path())
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .filter(|name| name.ends_with(".new"))
            .collect();
        assert!(left.is_empty(), "{left:?}");
    }

    #[test]
    fn devices_are_not_replaced_and_links_are_followed() {
        let place = Place::new();
        assert_snapshot!(place.outcome(&["build", "small.trig", "-o", "/dev/null"], ""), @r"
        exit code 3
        ── errors
        error: cannot write /dev/null: it is not a file
        ");
        std::os::unix::fs::symlink("real.graph", place.path().join("link.graph")).unwrap();
        builder(1).finish(&place.path().join("real.graph")).unwrap();
        place.outcome(&["build", "small.trig", "-o", "link.graph"], "");
        assert!(place.path().join("link.graph").is_symlink());
        assert!(Graph::open(&place.path().join("real.graph")).unwrap().triple_count() > 1);
    }

    #[test]
    fn a_file_that_is_replaced_is_read_on_and_one_that_is_cut_in_place_ends_with_a_message() {
        let place = Place::bare();
        let path = place.path().join("a.graph");
        for cut in [false, true] {
            builder(4000).finish(&path).unwrap();
            let mut child = place
                .command(&["--graph", "a.graph", "query", "SELECT * { ?s ?p ?o }"])
                .stdout(Stdio::piped())
                .stderr(Stdio::piped())
                .spawn()
                .unwrap();
            let mut output = child.stdout.take().unwrap();
            output.read_exact(&mut [0; 16]).unwrap();
            if cut {
                std::fs::File::options().write(true).open(&path).unwrap().set_len(4096).unwrap();
            } else {
                builder(1).finish(&path).unwrap();
            }
            let mut rest = String::new();
            output.read_to_string(&mut rest).unwrap();
            let ended = child.wait_with_output().unwrap();
            let errors = String::from_utf8(ended.stderr).unwrap();
            if cut {
                assert_eq!(ended.status.code(), Some(3), "{errors}");
                assert!(
                    errors.starts_with("error: the graph file was cut short while it was read"),
                    "{errors}"
                );
            } else {
                assert_eq!((ended.status.code(), errors.as_str()), (Some(0), ""));
                assert_eq!(rest.lines().count(), 4000);
            }
        }
    }
}

/// The golden file of the version of the format: what today's program writes of `small.trig`, byte for byte.
/// `UPDATE_GOLDEN=1 cargo test golden` writes it; do that for a new version of the format alone.
#[test]
fn the_golden_file_of_the_format_opens_answers_and_is_what_is_written() {
    let name = format!("tests/graphs/small-v{}.graph", mainstay::graph::VERSION);
    let path = repository().join(&name);
    let mut builder = GraphBuilder::new();
    let document = NamedNode::new("https://example.org/small").unwrap();
    let source = repository().join("tests/graphs/small.trig");
    mainstay::graph::rdf::read(&source, document.as_ref(), |quad| builder.insert(&quad)).unwrap();
    builder.set_metadata(Metadata {
        tool: "golden".into(),
        prefixes: Default::default(),
        sources: Vec::new(),
    });
    let written = builder.to_bytes().unwrap();
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        std::fs::write(&path, &written).unwrap();
    }
    assert!(
        std::fs::read(&path).unwrap() == written,
        "the bytes of {name} are others now: is this a new version?"
    );
    Graph::open(&path).unwrap().verify().unwrap();
    let query = ["query", "SELECT ?s ?l { ?s a rel:Service ; rdfs:label ?l } ORDER BY ?l", "--graph"];
    let place = Place::bare();
    let told = place.outcome(&[&query[..], &[path.to_str().unwrap()]].concat(), "");
    assert_eq!(
        told,
        "exit code 0\n── output\n?s⇥?l\n<https://w3id.org/mainstay/service/cumulus-store>⇥\"Cumulus Store\"\n\
         <https://w3id.org/mainstay/service/nimbus-queue>⇥\"Nimbus Queue\"\n"
    );
}

#[test]
fn a_file_of_a_newer_version_says_so() {
    let place = Place::new();
    place.outcome(&["build", "small.trig", "-o", "a.graph"], "");
    let mut bytes = std::fs::read(place.path().join("a.graph")).unwrap();
    bytes[8] = 200;
    std::fs::write(place.path().join("a.graph"), bytes).unwrap();
    let told = place.outcome(&["--graph", "a.graph", "query", "ASK {}"], "");
    assert!(
        told.starts_with("exit code 3\n── errors\nerror: a.graph: the graph file has version 200 of"),
        "{told}"
    );
}
