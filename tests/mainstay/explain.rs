//! How queries are explained: `--explain` and `.explain`.

use crate::outcome::Place;
use insta::assert_snapshot;

/// A plan with `~` in the place of its times.
fn timeless(plan: &str) -> String {
    let line = |line: &str| match line.rsplit_once(" in ") {
        Some((rows, time)) if time.ends_with(" ms") => format!("{rows} in ~ ms\n"),
        _ if line.chars().count() == 80 && !line.starts_with("step") => {
            let (tree, numbers): (String, Vec<char>) =
                (line.chars().take(62).collect(), line.chars().skip(71).collect());
            format!("{tree}        ~{}\n", numbers.into_iter().collect::<String>())
        }
        _ => format!("{line}\n"),
    };
    plan.lines().map(line).collect()
}

#[test]
fn a_plan_is_a_tree_of_eighty_columns() {
    let place = Place::new();
    let text = "SELECT ?fact { ?fact rel:kind ?kind ; a rel:Fact ; rel:line ?line FILTER(?line > 3) \
                FILTER NOT EXISTS { ?fact rel:tier ?tier } } ORDER BY ?fact LIMIT 2";
    let plan = place.small(&["query", text, "--explain"]);
    assert!(plan.lines().all(|line| line.chars().count() <= 80), "{plan}");
    assert_snapshot!(timeless(&plan), @r#"
    exit code 0
    ── output
    step                                         expected     rows       ms  scanned
    Select                                                       2        ~       23
    └ OrderBy (first 2)                                          2        ~       23
      ├ Scan ?fact rdf:type rel:Fact                    7        7        ~        7
      ├ Join ?fact rel:kind ?kind                       7        7        ~        7
      ├ Join ?fact rel:line ?line                       7        7        ~        7
      ├ Filter (?line > "3"^^xsd:integer)                        6        ~        0
      └ Filter NOT EXISTS { ?fact rel:tier ?tie…                 5        ~        2
        └ Exists                                                 2        ~        2
          └ Scan ?fact rel:tier ?tier                   2        2        ~        2
    2 rows in ~ ms
    "#);
}

#[test]
fn what_runs_in_the_general_evaluator_has_a_plan_too() {
    let place = Place::new();
    let plan = place.small(&["query", "DESCRIBE region:lone-rock", "--explain"]);
    assert!(plan.contains("\nDescribe ") && plan.contains("\n4 rows in "), "{plan}");
    let query = "SELECT ?x { ?y a rel:Region LATERAL { ?x rel:pairedWith+ ?y } }";
    let plan = place.small(&["query", query, "--explain"]);
    assert!(plan.contains("runs in the general evaluator: LATERAL\n") && plan.contains("Path(?x"), "{plan}");
}

#[test]
fn what_runs_once_for_each_graph_is_one_step_of_the_plan() {
    let place = Place::new();
    let query = "SELECT ?x { GRAPH ?g { ?x rel:pairedWith+ ?y } ?y a rel:Region }";
    let plan = place.small(&["query", query, "--explain"]);
    assert_snapshot!(timeless(&plan), @r"
    exit code 0
    ── output
    step                                         expected     rows       ms  scanned
    Select                                                       6        ~       21
    ├ Scan ?y rdf:type rel:Region                       3        3        ~        3
    ├ Graph ?g, one after the other                              6        ~       18
    │ └ Path ?x (rel:pairedWith)+ ?y                             6        ~       18
    └ Join                                                       6        ~        0
    6 rows in ~ ms
    ");
    let query = "SELECT ?x { ?x a rel:Region BIND(EXISTS { ?x rel:pairedWith ?y MINUS { ?y rel:pairedWith ?x } } AS ?one) FILTER(?one) }";
    let plan = place.small(&["query", query, "--explain"]);
    assert!(plan.contains("Exists (for each)") && plan.contains("Minus"), "{plan}");
}

#[test]
fn a_plan_is_also_json() {
    let place = Place::new();
    let told = place.small(&["ask", "region-pairs", "--explain", "--format", "json"]);
    let json = told.strip_prefix("exit code 0\n── output\n").unwrap();
    let plan: serde_json::Value = serde_json::from_str(json).unwrap();
    assert_eq!(plan["fallback"], serde_json::Value::Null);
    assert!(plan["rows"].as_u64().unwrap() > 0 && plan["seconds"].as_f64().unwrap() > 0.0);
    let top = &plan["plan"];
    assert_eq!(top["operation"], "Select");
    assert_eq!(top["rows"], plan["rows"]);
    assert!(top["scanned_triples"].as_u64().unwrap() > 0);
    assert!(!top["steps"].as_array().unwrap().is_empty());
    assert_snapshot!(place.small(&["query", "ASK {}", "--explain", "--format", "csv"]), @r"
    exit code 2
    ── errors
    error: a plan is not written as csv
    hint: its formats are table and json
    ");
}

#[test]
fn the_shell_explains_queries_canned_queries_and_the_last_one() {
    let place = Place::new();
    let pipe = |text: &str| place.outcome(&["--graph", "small.trig"], text);
    let explained = timeless(&pipe(".explain ASK {\n ?s a rel:Region }"));
    assert_snapshot!(explained, @r"
    exit code 0
    ── output
    step                                         expected     rows       ms  scanned
    Ask                                                          1        ~        0
    └ Scan ?s rdf:type rel:Region                       3        1        ~        0
    1 row in ~ ms
    ");
    let last = timeless(&pipe("ASK { ?s a rel:Region }\n.explain"));
    assert_eq!(last, explained.replacen("── output\n", "── output\ntrue\n", 1));
    assert!(pipe(".explain ask region-pairs").contains("Select"));
    assert_snapshot!(pipe(".explain"), @r"
    exit code 2
    ── errors
    error: there is no query to explain yet
    hint: write it behind .explain
    ");
}

#[test]
fn a_plan_names_aggregates_as_they_were_written() {
    let query = "SELECT ?c (COUNT(*) AS ?n) { ?s a ?c } GROUP BY ?c HAVING (MAX(?s) > 1)";
    let told = Place::new().small(&["query", "--explain", "--format", "json", query]);
    assert!(told.contains("\"Extend ?n := COUNT(*)\"") && told.contains("(MAX(?s) > "), "{told}");
}
