//! What paragraphs of pages in prose state: how much of it is read, how much of what is read is right, and how little is
//! read where nothing is stated.

use mainstay::documents::Document;
use mainstay::facts::{self, Fact, Scenario, Value};
use mainstay::ontology::Ontology;
use std::collections::BTreeSet;

/// The headings above a paragraph, by the name of its section.
const SECTIONS: [(&str, &[&str]); 20] = [
    ("ZONE-SUPPORT", &[ZONES]),
    ("ZONE-COST", &[ZONES, "Cost"]),
    ("ZONE-CONFIG", &[ZONES, "Configure availability zone support"]),
    ("ZONE-CAPACITY", &[ZONES, "Capacity planning and management"]),
    ("ZONE-NORMAL", &[ZONES, "Behavior when all zones are healthy"]),
    ("ZONE-FAILURE", &[ZONES, "Behavior during a zone failure"]),
    ("ZONE-RECOVERY", &[ZONES, "Zone recovery"]),
    ("ZONE-TEST", &[ZONES, "Test for zone failures"]),
    ("REGION-INTRO", &[REGIONS]),
    ("REGION-FEATURE", &[REGIONS, FEATURE]),
    ("REGION-NORMAL", &[REGIONS, FEATURE, "Behavior when all regions are healthy"]),
    ("REGION-FAILURE", &[REGIONS, FEATURE, "Behavior during a region failure"]),
    ("REGION-RECOVERY", &[REGIONS, FEATURE, "Region recovery"]),
    ("REGION-TEST", &[REGIONS, FEATURE, "Test for region failures"]),
    ("BACKUP", &["Backup and restore"]),
    ("MAINTENANCE", &["Resilience to service maintenance"]),
    ("TRANSIENT", &["Resilience to transient faults"]),
    ("OLD-ZONE-DOWN", &["Availability zone support", "Zone down experience"]),
    ("OLD-DR", &[RECOVERY]),
    ("OLD-DETECTION", &[RECOVERY, "Outage detection, notification, and management"]),
];
const ZONES: &str = "Resilience to availability zone failures";
const REGIONS: &str = "Resilience to region-wide failures";
const FEATURE: &str = "Geo-replication";
const RECOVERY: &str = "Cross-region disaster recovery and business continuity";

/// Kinds whose facts are claims, of which the paragraphs' annotations say nothing.
fn is_annotated(kind: &str) -> bool {
    let other = ["Notification", "ServiceLevelAgreement", "MaintenanceWindow", "RegionSupport", "Dependency"];
    !other.contains(&kind)
}

fn article(section: &str, text: &str) -> Document {
    let (_, headings) = SECTIONS.iter().find(|(name, _)| *name == section).expect(section);
    let levels = headings.iter().zip(["##", "###", "####"]);
    let headings: String = levels.map(|(heading, level)| format!("{level} {heading}\n\n")).collect();
    Document::from_text("widget.md", &format!("# Reliability in Azure Widget\n\n{headings}{text}\n"))
}

/// A fact as the annotations put it: `Downtime[Z]=Brief`.
fn said(fact: &Fact) -> String {
    let failure = match fact.scenario {
        Some(Scenario::ZoneFailure) => "[Z]",
        Some(Scenario::RegionFailure) => "[R]",
        None => "",
    };
    let value = match &fact.value {
        Value::Named(value) => value.clone(),
        Value::Count(count) => count.to_string(),
        Value::Date(date) => date.to_string(),
        other => format!("{other:?}"),
    };
    format!("{}{failure}={value}", fact.kind)
}

#[test]
fn paragraphs_are_read_as_a_careful_annotator_reads_them() {
    let lines = include_str!("../paragraphs.txt").lines();
    let lines = lines.filter(|line| !line.is_empty() && !line.starts_with('#'));
    let ontology = Ontology::load(&[]).expect("the ontology that ships");
    let (mut expected, mut stated, mut right, mut of_nothing) = (0, 0, 0, 0);
    for line in lines {
        let [section, facts, text] = line.splitn(3, " | ").collect::<Vec<_>>()[..] else { panic!("{line}") };
        let annotated: BTreeSet<String> =
            facts.split("; ").filter(|fact| *fact != "-").map(str::to_owned).collect();
        let read = facts::extract(&article(section, text), &ontology).facts;
        let read = read.iter().filter(|fact| is_annotated(&fact.kind));
        let understood = |fact: &String| fact == "MultiRegion=Native" && section.starts_with("REGION-");
        let read: BTreeSet<String> =
            read.map(said).filter(|fact| annotated.contains(fact) || !understood(fact)).collect();
        if annotated.is_empty() {
            of_nothing += read.len();
            continue;
        }
        (expected, stated) = (expected + annotated.len(), stated + read.len());
        right += read.intersection(&annotated).count();
    }
    let figures = format!("{right} right of {stated} read and {expected} stated, {of_nothing} where none is");
    assert!(right * 100 > stated * 95 && right * 100 > expected * 90 && of_nothing < 60, "{figures}");
}
