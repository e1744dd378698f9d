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
    lantern.md⇥1⇥warning⇥identity-conflict⇥the heading names Nephele Lantern, the title Nephele Candle
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
    hint: did you mean unparsed?
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
