//! The plans of the canned queries on the small graph: a change of join order, of an operator or of the triples
//! that a step looks at shows here.

use crate::outcome::{Place, repository};
use insta::assert_snapshot;
use regex::Regex;
use serde_json::Value;
use std::fmt::Write as _;

/// The canned queries that run without arguments, by name.
fn names() -> Vec<String> {
    let files = std::fs::read_dir(repository().join("queries")).unwrap();
    let mut names: Vec<String> = files
        .map(|file| file.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "rq"))
        .map(|path| path.file_stem().unwrap().to_str().unwrap().to_owned())
        .collect();
    names.sort();
    names
}

/// What `ask NAME --explain` tells as JSON.
fn explanation(place: &Place, name: &str) -> Value {
    let mut arguments = vec!["ask", name, "--explain", "--format", "json"];
    if name == "stale" {
        // No document is as old as that, whatever the day.
        arguments.push("days=36500");
    }
    let told = place.small(&arguments);
    let json = told.strip_prefix("exit code 0\n── output\n").unwrap_or_else(|| panic!("{name}: {told}"));
    serde_json::from_str(json).unwrap()
}

/// A step and those below it, one a line: operation, expected and actual rows, scanned triples.
fn write_step(plan: &mut String, step: &Value, depth: usize) {
    let operation = step["operation"].as_str().unwrap();
    let expected = step["expected_rows"].as_u64().map_or("-".to_owned(), |rows| rows.to_string());
    let (rows, scanned) = (&step["rows"], &step["scanned_triples"]);
    writeln!(plan, "{}{operation} [{expected} {rows} {scanned}]", "  ".repeat(depth)).unwrap();
    for below in step["steps"].as_array().unwrap() {
        write_step(plan, below, depth + 1);
    }
}

#[test]
fn canned_queries_keep_their_plans() {
    let place = Place::new();
    let made_up = Regex::new(r"(_:|\?)[0-9a-f]{16,}").unwrap();
    let mut plans = String::new();
    for name in names() {
        writeln!(plans, "{name}").unwrap();
        let explanation = explanation(&place, &name);
        match explanation["fallback"].as_str() {
            Some(reason) => writeln!(plans, "  in the general evaluator: {reason}").unwrap(),
            None => write_step(&mut plans, &explanation["plan"], 1),
        }
    }
    assert_snapshot!(made_up.replace_all(&plans, "${1}~"));
}

#[test]
fn no_canned_query_leaves_the_operators() {
    let place = Place::new();
    let names = names();
    assert!(names.len() > 20, "the folder of queries is read: {names:?}");
    let fallback =
        |name: &String| Some((name.clone(), explanation(&place, name)["fallback"].as_str()?.to_owned()));
    assert_eq!(names.iter().filter_map(fallback).collect::<Vec<_>>(), []);
}
