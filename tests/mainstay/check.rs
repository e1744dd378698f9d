//! `mainstay check`: findings with their places.

use crate::outcome::Place;
use insta::assert_snapshot;

/// An article and a table in which every check finds something.
fn place() -> Place {
    let place = Place::bare();
    place.write(
        "docs/lantern.md",
        "---\ntitle: Reliability in Nephele Candle\nms.service: nephele-wick\n---\n\n# Reliability in Nephele Lantern\n\n\
         [!INCLUDE [Shared](~/shared/words.md)]\n\n\
         ## Resilience to availability zone failures\n\nLanterns are zone-redundant.\n\n\
         ### Behavior during a zone failure\n\n\
         - **Expected downtime:** No downtime.\n- **Active requests:** Bananas are yellow.\n\n\
         ### Zone-down experience\n\n- **Expected downtime:** Up to five minutes.\n",
    );
    place.write(
        "docs/support.md",
        "# Services with zones\n\n## Services by zone support\n\n| Product | Zone-redundant | Zonal |\n|---|---|---|\n\
         | Nephele Lantern | | ![Yes](media/yes.svg) |\n",
    );
    place.write(
        "docs/pairs.md",
        "# Pairs\n\n## Pairs\n\n| Region | Paired region |\n|---|---|\n| North Isle | South Isle |\n",
    );
    assert!(place.outcome(&["build", "docs", "-o", "docs.graph", "-q"], "").starts_with("exit code 0"));
    place
}

#[test]
fn every_check_finds_what_it_looks_for() {
    assert_snapshot!(place().outcome(&["--graph", "docs.graph", "check"], ""), @r#"
    exit code 1
    ── output
    file⇥line⇥level⇥rule⇥message
    lantern.md⇥1⇥warning⇥identity-conflict⇥the heading names Nephele Lantern, the title Nephele Candle; the heading decides
    lantern.md⇥1⇥note⇥missing-section⇥there is no section of the role BackupSection
    lantern.md⇥1⇥note⇥missing-section⇥there is no section of the role RegionSection
    lantern.md⇥8⇥warning⇥missing-include⇥the include ~/shared/words.md was not found
    lantern.md⇥12⇥warning⇥zone-table-disagreement⇥Nephele Lantern is ZoneRedundant here, but not in support.md
    lantern.md⇥14⇥note⇥missing-label⇥the section "Behavior during a zone failure" has no label for DataLoss
    lantern.md⇥14⇥note⇥missing-label⇥the section "Behavior during a zone failure" has no label for Responsibility
    lantern.md⇥17⇥warning⇥unparsed⇥ActiveRequests (ZoneFailure) is not understood: no cue fits
    lantern.md⇥19⇥note⇥missing-label⇥the section "Zone-down experience" has no label for ActiveRequests
    lantern.md⇥19⇥note⇥missing-label⇥the section "Zone-down experience" has no label for DataLoss
    lantern.md⇥19⇥note⇥missing-label⇥the section "Zone-down experience" has no label for Responsibility
    lantern.md⇥21⇥warning⇥contradiction⇥Downtime is Duration here and None in lantern.md:16
    pairs.md⇥7⇥warning⇥unknown-region⇥the catalogue knows no region North Isle
    pairs.md⇥7⇥warning⇥unknown-region⇥the catalogue knows no region South Isle
    support.md⇥7⇥warning⇥zone-table-disagreement⇥Nephele Lantern is Zonal in this table, but not in lantern.md
    "#);
}

#[test]
fn a_rule_picks_findings_and_none_is_success() {
    let place = place();
    let unparsed =
        ["--graph", "docs.graph", "check", "extraction", "--rule", "unparsed", "--format", "jsonl"];
    assert_snapshot!(place.outcome(&unparsed, ""), @r#"
    exit code 1
    ── output
    {"file": "lantern.md", "line": 17, "level": "warning", "rule": "unparsed", "message": "ActiveRequests (ZoneFailure) is not understood: no cue fits"}
    "#);
    assert_snapshot!(place.outcome(&["--graph", "docs.graph", "check", "--rule", "unparse"], ""), @r"
    exit code 2
    ── errors
    error: there is no rule unparse
    hint: did you mean unparsed or UnparsedShape?
    ");
    place.write("plain/reliability.md", "# Reliability in Nephele Lantern\n\n## Cost\n\nNone.\n");
    place.outcome(&["build", "plain", "-o", "plain.graph", "-q"], "");
    assert_snapshot!(place.outcome(&["--graph", "plain.graph", "check"], ""), @r"
    exit code 0
    ── output
    file⇥line⇥level⇥rule⇥message
    ");
}

#[test]
fn sarif_shows_findings_at_their_lines() {
    let text = place().outcome(&["--graph", "docs.graph", "check", "--format", "sarif"], "");
    let json = text.strip_prefix("exit code 1\n── output\n").unwrap();
    let log: serde_json::Value = serde_json::from_str(json).unwrap();
    let results = log["runs"][0]["results"].as_array().unwrap();
    let unparsed = results.iter().find(|result| result["ruleId"] == "unparsed").unwrap();
    let place = &unparsed["locations"][0]["physicalLocation"];
    assert_eq!(
        (&place["artifactLocation"]["uri"], &place["region"]["startLine"]),
        (&"lantern.md".into(), &17.into())
    );
    let rules = log["runs"][0]["tool"]["driver"]["rules"].as_array().unwrap();
    assert!(
        results
            .iter()
            .all(|result| rules[result["ruleIndex"].as_u64().unwrap() as usize]["id"] == result["ruleId"])
    );
}

#[test]
fn sarif_is_no_format_of_queries() {
    assert_snapshot!(Place::new().small(&["ask", "services", "-f", "sarif"]), @r"
    exit code 2
    ── errors
    error: sarif holds the findings of `mainstay check`, not the results of queries
    ");
}

/// A place with a graph that breaks the shapes that ship.
fn broken() -> Place {
    let place = Place::bare();
    let broken = crate::outcome::repository().join("tests/graphs/broken.ttl");
    std::fs::copy(broken, place.path().join("broken.ttl")).unwrap();
    place
}

#[test]
fn what_breaks_shapes_is_told_at_its_line() {
    assert_snapshot!(broken().outcome(&["--graph", "broken.ttl", "check", "shapes"], ""), @r"
    exit code 1
    ── output
    file⇥line⇥level⇥rule⇥message
    ⇥0⇥error⇥PairedShape⇥region:one has rel:pairedWith region:two, which is no rel:Region
    a.md⇥0⇥error⇥PlaceShape⇥fact:4 has rel:line 0, which is not at least 1
    a.md⇥1⇥error⇥DurationShape⇥fact:3 holds to none of the alternatives, or to more than one
    a.md⇥1⇥error⇥FailbackShape⇥fact:1 has rel:value rel:Brief, which is not rel:Microsoft, rel:Customer or rel:Shared
    a.md⇥1⇥error⇥MinimumInstancesShape⇥fact:5 has rel:value 0, which is not at least 1
    a.md⇥1⇥error⇥ScenarioShape⇥fact:2 has no rel:scenario
    ");
    assert_snapshot!(Place::new().small(&["check", "shapes", "--format", "jsonl"]), @r#"
    exit code 1
    ── output
    {"file": "includes/twin.md", "line": 3, "level": "error", "rule": "FactShape", "message": "fact:q2 has no rdfs:label"}
    {"file": "includes/twin.md", "line": 3, "level": "error", "rule": "FactShape", "message": "fact:q2 has no rel:rule"}
    {"file": "queue.md", "line": 12, "level": "error", "rule": "FactShape", "message": "fact:q1 has no rdfs:label"}
    {"file": "queue.md", "line": 12, "level": "error", "rule": "FactShape", "message": "fact:q1 has no rel:rule"}
    {"file": "queue.md", "line": 15, "level": "error", "rule": "PlaceShape", "message": "fact:q3 has no prov:wasDerivedFrom"}
    {"file": "regions.md", "line": 4, "level": "error", "rule": "FactShape", "message": "fact:r1 has no rdfs:label"}
    {"file": "regions.md", "line": 4, "level": "error", "rule": "FactShape", "message": "fact:r1 has no rel:rule"}
    {"file": "regions.md", "line": 5, "level": "error", "rule": "FactShape", "message": "fact:r2 has no rdfs:label"}
    {"file": "regions.md", "line": 5, "level": "error", "rule": "FactShape", "message": "fact:r2 has no rel:rule"}
    {"file": "regions.md", "line": 6, "level": "error", "rule": "FactShape", "message": "fact:r3 has no rdfs:label"}
    {"file": "regions.md", "line": 6, "level": "error", "rule": "FactShape", "message": "fact:r3 has no rel:rule"}
    {"file": "store.md", "line": 7, "level": "error", "rule": "FactShape", "message": "fact:s1 has no rdfs:label"}
    {"file": "store.md", "line": 7, "level": "error", "rule": "FactShape", "message": "fact:s1 has no rel:rule"}
    {"file": "store.md", "line": 9, "level": "error", "rule": "FactShape", "message": "fact:s2 has no rdfs:label"}
    {"file": "store.md", "line": 9, "level": "error", "rule": "FactShape", "message": "fact:s2 has no rel:rule"}
    "#);
}

#[test]
fn shapes_of_ones_own_are_tried_in_place_of_those_that_ship() {
    let place = Place::new();
    place.write(
        "own.ttl",
        "@prefix sh: <http://www.w3.org/ns/shacl#> .\n@prefix rel: <https://w3id.org/mainstay/ontology#> .\n\
         rel:Named a sh:NodeShape ; sh:description \"Services have a maker\" ; sh:targetClass rel:Service ;\n\
         sh:property [ sh:path rel:maker ; sh:minCount 1 ; sh:severity sh:Warning ] .\n",
    );
    let check = ["check", "shapes", "--shapes", "own.ttl"];
    assert_snapshot!(place.small(&check), @r"
    exit code 1
    ── output
    file⇥line⇥level⇥rule⇥message
    ⇥0⇥warning⇥Named⇥svc:cumulus-store has no rel:maker
    ⇥0⇥warning⇥Named⇥svc:nimbus-queue has no rel:maker
    ");
    assert_snapshot!(place.small(&[&check[..], &["--rule", "Name"]].concat()), @r"
    exit code 2
    ── errors
    error: there is no rule Name
    hint: did you mean Named?
    ");
    let sarif = place.small(&[&check[..], &["--format", "sarif"]].concat());
    let log: serde_json::Value =
        serde_json::from_str(sarif.split_once('\n').unwrap().1.split_once('\n').unwrap().1).unwrap();
    let rule = &log["runs"][0]["tool"]["driver"]["rules"][0];
    assert_eq!(
        (&rule["id"], &rule["shortDescription"]["text"]),
        (&"Named".into(), &"Services have a maker".into())
    );
    assert_eq!(log["runs"][0]["results"][0]["level"], "warning");
    place.write("own.ttl", "@prefix sh: <http://www.w3.org/ns/shacl#> .\n\n[] sh:targetClas sh:Shape .\n");
    assert_snapshot!(place.small(&check), @r"
    exit code 3
    ── errors
    error: own.ttl:3: sh:targetClas is no term for shapes
    hint: did you mean sh:targetClass?
    ");
    assert_snapshot!(place.small(&["check", "shapes", "--shapes", "none.ttl"]), @r"
    exit code 3
    ── errors
    error: cannot read none.ttl: No such file or directory (os error 2)
    ");
    assert_snapshot!(place.small(&["check", "extraction", "--shapes", "own.ttl"]), @r"
    exit code 2
    ── errors
    error: the extraction isn't checked by shapes
    hint: use `mainstay check shapes`
    ");
}

#[test]
fn a_validation_report_of_shacl_is_the_same_each_time() {
    let place = broken();
    let report = ["--graph", "broken.ttl", "check", "shapes", "--format", "turtle"];
    let told = place.outcome(&report, "");
    assert_eq!(told, place.outcome(&report, ""));
    assert_eq!(told.matches("a sh:ValidationResult").count(), 6, "{told}");
    assert!(told.starts_with("exit code 1\n") && told.contains("sh:conforms false"), "{told}");
    assert!(told.contains("sh:focusNode fact:4 ;\n⇥sh:resultPath rel:line ;\n⇥sh:value 0 ;"), "{told}");
    assert_snapshot!(place.outcome(&["--graph", "broken.ttl", "check", "--format", "turtle"], ""), @r"
    exit code 2
    ── errors
    error: findings are not written as turtle
    hint: their formats are table, csv, tsv, json, jsonl, xml, markdown and sarif
    hint: `mainstay check shapes` writes RDF too: a validation report of SHACL
    ");
    assert_snapshot!(place.outcome(&[&report[..], &["--rule", "PlaceShape"]].concat(), ""), @r"
    exit code 2
    ── errors
    error: a validation report of SHACL is written whole
    hint: leave out --rule and --limit, or use another format
    ");
}

#[test]
fn a_check_ends_in_time_and_writes_as_many_findings_as_are_asked_for() {
    let place = Place::new();
    for suite in ["all", "extraction", "shapes"] {
        let told = place.small(&["check", suite, "--timeout", "0.000000001"]);
        assert_eq!(
            told,
            "exit code 5\n── errors\nerror: the check took longer than 0.000000001 s\n\
             hint: give it more time with --timeout\n"
        );
    }
    for (format, of_one) in [("csv", "\n"), ("sarif", "\"ruleIndex\""), ("jsonl", "{")] {
        let told = place.small(&["check", "shapes", "--format", format, "--limit", "2"]);
        let (output, errors) = told.split_once("── errors\n").unwrap();
        assert!(output.starts_with("exit code 1\n"), "{told}");
        assert_eq!(errors, "only the first 2 are written (--limit)\n");
        let own = if of_one == "\n" { 3 } else { 0 };
        assert_eq!(output.matches(of_one).count(), 2 + own, "{told}");
    }
}
