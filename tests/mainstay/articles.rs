//! The articles of the invented cloud: what the extraction takes from them, against what a careful reader does.

use mainstay::documents::{self, Library};
use mainstay::facts::{self, Bound, Extraction, Fact, Scenario, Value};
use mainstay::graph::names::Names;
use mainstay::graph::statements::{StatementOptions, quads};
use mainstay::ontology::Ontology;
use mainstay::vocabulary::slug;
use serde_json::Value as Json;
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// The facts of a document, each as words: kind, scenario and value, or all that is scored.
type Facts = BTreeSet<Vec<String>>;

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn extractions() -> Vec<Extraction> {
    let (found, problems) = documents::find(&[root().join("data/documents")]);
    assert!(problems.is_empty(), "{problems:?}");
    let ontology = Ontology::load(&[]).unwrap();
    let library = Library::new();
    found.iter().map(|found| facts::extract(&library.read(found).unwrap(), &ontology)).collect()
}

fn expectations() -> Vec<(String, Vec<Json>)> {
    let files = fs::read_dir(root().join("tests/expected")).unwrap();
    let mut files: Vec<PathBuf> = files.map(|file| file.unwrap().path()).collect();
    files.sort();
    let read = |path: &Path| {
        let lines = fs::read_to_string(path).unwrap();
        lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    };
    files.iter().map(|path| (path.file_stem().unwrap().to_str().unwrap().to_owned(), read(path))).collect()
}

fn expected(fact: &Json, whole: bool) -> Vec<String> {
    let text = |field: &str| fact[field].as_str().unwrap_or_default().to_owned();
    let mut words = vec![text("kind"), text("scenario"), text("value")];
    if whole {
        let tiers = fact["tiers"].as_array().unwrap();
        let mut tiers: Vec<String> = tiers.iter().map(|tier| slug(tier.as_str().unwrap())).collect();
        tiers.sort();
        words.extend([slug(&text("feature")), tiers.join(" "), (!text("variant").is_empty()).to_string()]);
        words.extend([text("min"), text("max"), text("bound"), text("status"), text("service")]);
    }
    words
}

fn stated(fact: &Fact, whole: bool) -> Vec<String> {
    let scenario = match fact.scenario {
        Some(Scenario::ZoneFailure) => "ZoneFailure",
        Some(Scenario::RegionFailure) => "RegionFailure",
        None => "",
    };
    let value = match &fact.value {
        Value::Named(text) | Value::Date(text) | Value::Percentage(text) => text.clone(),
        Value::Count(count) => count.to_string(),
        Value::Pair(from, to) => format!("{from} -> {to}"),
    };
    let mut words = vec![fact.kind.clone(), scenario.to_owned(), value];
    if whole {
        let mut tiers: Vec<String> = fact.tiers.iter().map(|tier| slug(tier)).collect();
        tiers.sort();
        words.extend([slug(&fact.feature), tiers.join(" "), (!fact.variant.is_empty()).to_string()]);
        words.extend([duration(fact.min_s), duration(fact.max_s)]);
        words.push(match fact.bound {
            Some(Bound::UpTo) => "UpTo".to_owned(),
            Some(Bound::Typical) => "Typical".to_owned(),
            Some(Bound::AtLeast) => "AtLeast".to_owned(),
            None => String::new(),
        });
        words.extend([format!("{:?}", fact.status), slug(&fact.service)]);
    }
    words
}

/// A duration as the expectations write it: `PT60S`, `PT5M`, `PT12H`.
fn duration(seconds: Option<u64>) -> String {
    match seconds {
        None => String::new(),
        Some(seconds) if seconds % 3600 == 0 => format!("PT{}H", seconds / 3600),
        Some(seconds) if seconds % 60 == 0 && seconds > 60 => format!("PT{}M", seconds / 60),
        Some(seconds) => format!("PT{seconds}S"),
    }
}

fn compared(whole: bool) -> Vec<(String, Facts, Facts)> {
    let extractions = extractions();
    let compared = expectations().into_iter().map(|(name, gold)| {
        let of_document = |extraction: &&Extraction| extraction.document.ends_with(&name);
        let extraction = extractions.iter().find(of_document).unwrap_or_else(|| panic!("{name} isn't read"));
        let gold = gold.iter().map(|fact| expected(fact, whole)).collect();
        let got = extraction.facts.iter().map(|fact| stated(fact, whole)).collect();
        (name, gold, got)
    });
    compared.collect()
}

/// The shares of the stated facts that are right, and of the expected facts that are stated.
fn precision_and_recall(compared: &[(String, Facts, Facts)]) -> (f64, f64) {
    let count =
        |facts: &dyn Fn(&(String, Facts, Facts)) -> usize| compared.iter().map(facts).sum::<usize>() as f64;
    let hits = count(&|(_, gold, got)| gold.intersection(got).count());
    (hits / count(&|(_, _, got)| got.len()), hits / count(&|(_, gold, _)| gold.len()))
}

fn differences(compared: &[(String, Facts, Facts)]) -> String {
    let mut lines = Vec::new();
    for (name, gold, got) in compared {
        lines.extend(gold.difference(got).map(|fact| format!("{name} missed {}", fact.join(" "))));
        lines.extend(got.difference(gold).map(|fact| format!("{name} extra  {}", fact.join(" "))));
    }
    lines.join("\n")
}

#[test]
fn the_articles_give_the_facts_that_a_careful_reader_takes() {
    let core = compared(false);
    let whole = compared(true);
    let (precision, recall) = precision_and_recall(&core);
    let (whole_precision, whole_recall) = precision_and_recall(&whole);
    println!("core {precision:.3} {recall:.3}, whole {whole_precision:.3} {whole_recall:.3}");
    println!("{}", differences(&whole));
    assert!(precision >= 0.95, "precision {precision:.3}\n{}", differences(&core));
    assert!(recall >= 0.9, "recall {recall:.3}\n{}", differences(&core));
}

/// The direct triples of a property in the graphs of some documents, by the last parts of their IRIs.
fn triples(documents: &[&str], property: &str) -> BTreeSet<String> {
    let extractions = extractions();
    let mut names = Names::builtin().unwrap();
    extractions.iter().for_each(|extraction| names.learn(extraction));
    let last = |iri: String| {
        let after = iri.trim_matches(['<', '>']).rsplit("mainstay/").next().unwrap().to_owned();
        after.replace("ontology#", "")
    };
    let of_documents = extractions
        .iter()
        .filter(|extraction| documents.iter().any(|name| extraction.document.ends_with(name)));
    let quads = of_documents.flat_map(|extraction| quads(extraction, &StatementOptions::default(), &names));
    let quads = quads.filter(|quad| quad.predicate.as_str().ends_with(&format!("#{property}")));
    quads
        .map(|quad| format!("{} {}", last(quad.subject.to_string()), last(quad.object.to_string())))
        .collect()
}

#[test]
fn regions_are_paired_by_the_list_of_regions_and_not_by_one_service() {
    let paired = triples(&["regions.md", "anvil.md"], "pairedWith");
    insta::assert_snapshot!(paired.into_iter().collect::<Vec<_>>().join("\n"), @r#"
    region/east-meadow region/old-quarry
    region/high-fell region/old-quarry
    region/north-harbour region/south-harbour
    region/old-quarry region/east-meadow
    region/south-harbour region/north-harbour
    "#);
}

#[test]
fn a_region_is_one_however_it_is_spelled() {
    let offered = triples(&["gatehouse.md"], "zoneSupportedRegion");
    insta::assert_snapshot!(offered.into_iter().collect::<Vec<_>>().join("\n"), @r#"
    service/nephele-gatehouse region/east-meadow
    service/nephele-gatehouse region/north-harbour
    service/nephele-gatehouse region/south-harbour
    "#);
}

#[test]
fn the_table_of_services_gives_each_its_zone_modes() {
    let modes = triples(&["zone-support.md"], "supportsZoneMode");
    insta::assert_snapshot!(modes.into_iter().collect::<Vec<_>>().join("\n"), @r#"
    service/nephele-gatehouse Zonal
    service/nephele-gatehouse ZoneRedundant
    service/nephele-ledger Zonal
    service/nephele-ledger ZoneRedundant
    service/nephele-loom Zonal
    service/nephele-relay ZoneRedundant
    "#);
}
