//! What single sentences state: many ways to put the same thing, and those that look like it.

use mainstay::documents::Document;
use mainstay::facts::{self, Value};
use mainstay::ontology::Ontology;
use std::collections::BTreeSet;
use std::path::Path;

struct Wording<'a> {
    kind: &'a str,
    /// Whether it stands in a section on the loss of a region.
    of_region: bool,
    value: &'a str,
    sentence: &'a str,
}

fn wordings(text: &str) -> Vec<Wording<'_>> {
    let lines = text.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    let wording = |line| {
        let mut fields = str::splitn(line, 4, " | ");
        let mut field = || fields.next().unwrap();
        Wording { kind: field(), of_region: field() == "R", value: field(), sentence: field() }
    };
    lines.map(wording).collect()
}

/// An article in which the sentence stands where its kind is expected.
fn article(wording: &Wording<'_>) -> Document {
    let (failure, heading) = match (wording.of_region, wording.kind) {
        (_, "Backup") => ("", "## Backup and restore"),
        (true, _) | (_, "MultiRegion") => ("region", "## Resilience to region-wide failures"),
        (false, _) => ("zone", "## Resilience to availability zone failures"),
    };
    let place = match wording.kind {
        "Responsibility" => {
            format!("### Behavior during a {failure} failure\n\n- **Detection and response:** ")
        }
        "Downtime" => format!("### Behavior during a {failure} failure\n\n- **Expected downtime:** "),
        "DataLoss" => format!("### Behavior during a {failure} failure\n\n- **Expected data loss:** "),
        "ActiveRequests" => format!("### Behavior during a {failure} failure\n\n- **Active requests:** "),
        "Replication" => format!("### Normal operations\n\n- **Data replication between {failure}s:** "),
        "TrafficRouting" => format!("### Normal operations\n\n- **Traffic routing between {failure}s:** "),
        "Failback" => format!("### {failure} recovery\n\n"),
        "Testing" => format!("### Test for {failure} failures\n\n"),
        "ZoneCost" => "### Cost\n\n".to_owned(),
        "ZoneEnablement" => {
            "### Configure availability zone support\n\n- **Enable availability zone support:** ".to_owned()
        }
        "MinimumInstances" => "### Requirements\n\n- ".to_owned(),
        _ => String::new(),
    };
    let text = format!("# Reliability in Nephele Widget\n\n{heading}\n\n{place}{}\n", wording.sentence);
    Document::from_text("widget.md", &text)
}

#[test]
fn sentences_are_read_as_a_careful_reader_reads_them() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/wordings.txt");
    let text = std::fs::read_to_string(path).unwrap();
    let ontology = Ontology::load(&[]).unwrap();
    let wordings = wordings(&text);
    assert!(wordings.len() > 400);
    let mut wrong = Vec::new();
    for wording in &wordings {
        let facts = facts::extract(&article(wording), &ontology).facts;
        let of_kind = facts.iter().filter(|fact| fact.kind == wording.kind);
        let stated: BTreeSet<String> = of_kind
            .map(|fact| match &fact.value {
                Value::Named(name) => name.clone(),
                Value::Count(count) => count.to_string(),
                other => format!("{other:?}"),
            })
            .collect();
        let expected: BTreeSet<String> =
            Some(wording.value).filter(|value| *value != "-").map(str::to_owned).into_iter().collect();
        if stated != expected {
            wrong.push(format!("{} {} but {stated:?}: {}", wording.kind, wording.value, wording.sentence));
        }
    }
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), wordings.len(), wrong.join("\n"));
}
