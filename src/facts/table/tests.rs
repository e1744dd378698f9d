use super::*;
use crate::documents::{self, Library};
use crate::facts::scope::scopes;
use crate::ontology::Ontology;
use crate::vocabulary::slug;
use std::fmt::Write as _;
use std::path::Path;

/// What a text says, a line for each fact, claim and passage that wasn't understood, in their order.
fn said(markdown: &str, service: &str) -> String {
    said_besides(markdown, Extraction { service: service.to_owned(), ..Extraction::default() })
}

fn said_besides(markdown: &str, extraction: Extraction) -> String {
    lines(&read(&Document::from_text("a.md", markdown), extraction))
}

fn read(document: &Document, mut extraction: Extraction) -> Extraction {
    let ontology = Ontology::load(&[]).expect("valid Turtle");
    let outline = Outline::read(&document.text);
    let headings: Vec<_> =
        outline.sections.iter().map(|section| ontology.look(section.heading.plain.trim())).collect();
    let scopes = scopes(&outline, &headings, &ontology);
    extract(document, &outline, &scopes, &ontology, &mut extraction);
    extraction
}

fn lines(extraction: &Extraction) -> String {
    let mut lines = String::new();
    for fact in &extraction.facts {
        let value = match &fact.value {
            Value::Named(name) => name.clone(),
            Value::Pair(from, to) => format!("{from} -> {to}"),
            other => format!("{other:?}"),
        };
        let _ = write!(lines, "{}: {} {} = {value}", fact.source.line, fact.service, fact.kind);
        for word in [&fact.feature, &fact.variant].into_iter().chain(&fact.tiers) {
            let _ = write!(lines, "{}", if word.is_empty() { String::new() } else { format!(" [{word}]") });
        }
        lines.push_str(if fact.status == Status::Preview { " in preview\n" } else { "\n" });
    }
    for claim in &extraction.claims {
        let line = claim.source.line;
        let _ = writeln!(lines, "{line}: {:?} {} {:?}", claim.subject, claim.property, claim.object);
    }
    for unparsed in &extraction.unparsed {
        let _ = writeln!(lines, "{}: {} {}?", unparsed.source.line, unparsed.service, unparsed.kind);
    }
    lines
}

#[test]
fn a_table_of_services_tells_their_zone_modes() {
    let markdown = r#"
| Service | Zone-redundant | Zonal |
|---|---|---|
| <img src="media/x.svg" alt="Nephele Relay" /> [Nephele Relay](relay.md) | :::image type="icon" source="a/b.svg" alt-text="Yes"::: | |
| Nephele Ledger <sup>1</sup> | ![](icons/icon-checkmark.svg) | ✅
| Nephele Glyph* | ❌ | Not supported |
| Nephele Kiln (NK) | Yes (preview) | no |
| Nephele Loom | In some regions | |
"#;
    insta::assert_snapshot!(said(markdown, ""), @r#"
4: Nephele Relay ZoneSupport = ZoneRedundant
5: Nephele Ledger ZoneSupport = ZoneRedundant
5: Nephele Ledger ZoneSupport = Zonal
6: Nephele Glyph ZoneSupport = None
7: Nephele Kiln ZoneSupport = ZoneRedundant in preview
8: Nephele Loom ZoneSupport?
"#);
}

#[test]
fn one_column_of_modes_says_nothing_of_the_other() {
    let markdown = "| Service | Zone-redundant |\n|---|---|\n| Nephele Relay | Yes |\n| Nephele Ledger | |\n";
    insta::assert_snapshot!(said(markdown, ""), @"3: Nephele Relay ZoneSupport = ZoneRedundant");
}

#[test]
fn a_row_on_zones_tells_the_tiers_without_them() {
    let markdown = "
| | Free | Basic | Standard |
|---|---|---|---|
| Telemetry | No | No | Yes |
| Availability zones | No | Yes | Yes |
";
    assert_eq!(said(markdown, "Nephele Loom"), "5: Nephele Loom ZoneSupport = None [Free]\n");
}

#[test]
fn tiers_of_one_mode_make_one_fact() {
    let markdown = "
| Compute tier | Zone redundant | Zonal (same-zone) |
|---|---|---|
| Copper | Not supported | Not supported |
| Silver | Supported | Supported |
| Gold | Preview | Supported |
";
    insta::assert_snapshot!(said(markdown, "Nephele Ledger"), @r#"
4: Nephele Ledger ZoneSupport = None [Copper]
5: Nephele Ledger ZoneSupport = ZoneRedundant [Silver]
5: Nephele Ledger ZoneSupport = Zonal [Silver] [Gold]
6: Nephele Ledger ZoneSupport = ZoneRedundant [Gold] in preview
"#);
    assert_eq!(said(markdown, ""), "", "tiers of no service");
}

#[test]
fn modes_may_be_named_in_cells() {
    let markdown = "
| Nephele Gate SKU | Availability zone support type | Addresses |
|---|---|---|
| Wide | Zone-redundant | one |
| Narrow | Zonal | two |
| Narrow | Nonzonal | three |
| Odd | Sometimes | |
";
    insta::assert_snapshot!(said(markdown, "Nephele Gate"), @r#"
4: Nephele Gate ZoneSupport = ZoneRedundant [Wide]
5: Nephele Gate ZoneSupport = Zonal [Narrow]
7: Nephele Gate ZoneSupport?
"#);
}

#[test]
fn a_table_narrows_what_the_text_said_of_the_whole_service() {
    let unlimited = read(
        &Document::from_text("a.md", "| Service | Zonal |\n|---|---|\n| Nephele Ledger | Yes |\n"),
        Extraction { service: "Nephele Ledger".to_owned(), ..Extraction::default() },
    );
    assert_eq!(unlimited.facts.len(), 1);
    let markdown =
        "| Tier | Zone-redundant | Zonal |\n|---|---|---|\n| Silver | No | Yes |\n| Gold | No | No |\n";
    insta::assert_snapshot!(said_besides(markdown, unlimited), @r#"
3: Nephele Ledger ZoneSupport = Zonal [Silver]
4: Nephele Ledger ZoneSupport = None [Gold]
"#);
}

#[test]
fn what_is_known_is_not_added_again() {
    let markdown = "| Primary | Secondary |\n|---|---|\n| North Bank | South Bank |\n";
    let document = Document::from_text("a.md", markdown);
    let once = read(&document, Extraction::default());
    assert_eq!(once.facts.len(), 1);
    assert_eq!(read(&document, once.clone()).facts, once.facts);
}

#[test]
fn pairs_keep_their_direction_and_regions_without_one_are_said() {
    let markdown = r#"
| Region | Paired region |
|---|---|
| North Bank | South Bank |
| South Bank | :::image type="icon" source="icons/region-restricted.svg" alt-text="Restricted"::: East Bank |
| East Bank | N/A |
| West Bank | |
| Far Bank | Ask us, and we will tell you where it is. |
"#;
    insta::assert_snapshot!(said(markdown, ""), @r#"
4:  RegionPair = North Bank -> South Bank
5:  RegionPair = South Bank -> East Bank
6: Region("East Bank") paired Flag(false)
8:  RegionPair?
"#);
}

#[test]
fn a_table_of_regions_gives_their_properties() {
    let markdown = r#"
| Region | Availability zone support | Paired region | Physical location | Geography | Programmatic name |
|---|---|---|---|---|---|
| ![Restricted access](icons/lock.svg) North Bank | ✅ | N/A | Skerry, Thule | Coast | northbank
"#;
    insta::assert_snapshot!(said(markdown, ""), @r#"
4: Region("North Bank") hasAvailabilityZones Flag(true)
4: Region("North Bank") paired Flag(false)
4: Region("North Bank") physicalLocation Text("Skerry, Thule")
4: Region("North Bank") geography Geography("Coast")
4: Region("North Bank") programmaticName Text("northbank")
4: Region("North Bank") restricted Flag(true)
"#);
}

#[test]
fn areas_list_regions_of_a_service_or_regions_with_zones() {
    let table = "| Americas | Europe |\n|---|---|\n| North Bank | SouthBank |\n| | East Bank |\n";
    let with_zones = format!("# Regions\n## Regions with availability zones\n\n{table}");
    insta::assert_snapshot!(said(&with_zones, ""), @r#"
6: Region("North Bank") hasAvailabilityZones Flag(true)
6: Region("SouthBank") hasAvailabilityZones Flag(true)
7: Region("East Bank") hasAvailabilityZones Flag(true)
"#);
    let service = format!("# Nephele Relay\n## Requirements\n\nZones are offered here:\n\n{table}");
    insta::assert_snapshot!(said(&service, "Nephele Relay"), @r#"
8: Service("Nephele Relay") zoneSupportedRegion Region("North Bank")
8: Service("Nephele Relay") zoneSupportedRegion Region("SouthBank")
9: Service("Nephele Relay") zoneSupportedRegion Region("East Bank")
"#);
    let region_wide = format!("# Nephele Relay\n## Failover\n\n{table}");
    assert_eq!(said(&region_wide, "Nephele Relay"), "");
    assert_eq!(said(&format!("# Regions\n## Where to travel\n\n{table}"), ""), "");
}

#[test]
fn features_of_several_regions_are_named_in_cells() {
    let markdown = "
| Service | Multiregion support type | Paired regions | Nonpaired regions |
|-|-|-|-|
| Nephele Relay | [Mirrored yards (MY)](relay.md) | ✅ | ✅ |
| Nephele Relay | Settings escrow | ✅ <sub>2</sub> | |
| Nephele Beacon | Nonregional service | ✅ | ✅ |
";
    insta::assert_snapshot!(said(markdown, ""), @r#"
4: Nephele Relay MultiRegion = Native [Mirrored yards]
5: Nephele Relay MultiRegion = Native [Settings escrow] [paired-regions]
6: Nephele Beacon MultiRegion = Global
"#);
}

#[test]
fn lists_of_services_speak_by_their_heading() {
    let markdown = "
# Services
# [No built-in multiregion support](#tab/none)

- <img src=\"x.svg\" alt=\"Nephele Glyph\"/> [Nephele Glyph](glyph.md)
- Nephele Loom
    - Sizes of looms
- This is a sentence, and no name.

## ![A square.](x.svg) Foundational services

- Nephele Relay

## Other

- Nephele Kiln
";
    insta::assert_snapshot!(said(markdown, ""), @r#"
5: Nephele Glyph MultiRegion = SingleRegion
6: Nephele Loom MultiRegion = SingleRegion
12: Service("Nephele Relay") category Text("foundational")
"#);
    assert_eq!(said(markdown, "Nephele Relay"), "");
}

#[test]
fn recovery_times_and_points_stand_under_the_condition_of_their_row() {
    let table = "
| Copies | Typical RPO | RTO |
|---|---|---|
| Every 10 minutes | 20 minutes | Up to one hour |
| Daily | Less than 48 hours | It depends |
";
    let zone = format!("# A\n## Availability zone support\n{table}");
    let document = Document::from_text("a.md", &zone);
    let extraction = read(&document, Extraction { service: "A".to_owned(), ..Extraction::default() });
    let figures = |fact: &Fact| {
        format!("{} {:?} {} {:?} {:?}", fact.kind, fact.scenario, fact.variant, fact.max_s, fact.bound)
    };
    let figures: Vec<String> = extraction.facts.iter().map(figures).collect();
    insta::assert_snapshot!(figures.join("\n"), @r#"
DataLoss Some(ZoneFailure) Every 10 minutes Some(1200) Some(Typical)
Downtime Some(ZoneFailure) Every 10 minutes Some(3600) Some(UpTo)
DataLoss Some(ZoneFailure) Daily Some(172800) Some(Typical)
"#);
    assert_eq!(extraction.unparsed.len(), 1);
    assert_eq!(said(table, "A"), "", "no failure");
}

#[test]
fn tables_without_known_heads_say_nothing() {
    let markdown =
        "| Symbol | Description |\n|---|---|\n| ✅ | Yes |\n\n| | Zonal |\n|---|---|\n| a | Yes |\n";
    assert_eq!(said(markdown, "Nephele Relay"), "");
}

#[test]
fn the_reference_tables_of_the_invented_cloud_say_what_a_reader_takes_from_them() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let (found, problems) = documents::find(&[root.join("data/documents")]);
    assert!(problems.is_empty(), "{problems:?}");
    for name in ["regions.md", "zone-support.md"] {
        let found = found.iter().find(|found| found.name.ends_with(name)).expect("shipped");
        let document = Library::new().read(found).expect("readable");
        let extraction = read(&document, Extraction::default());
        let gold = std::fs::read_to_string(root.join("tests/expected").join(format!("{name}.jsonl")));
        let mut gold: Vec<_> = gold.expect("shipped").lines().map(expected).collect();
        let mut got: Vec<_> = extraction.facts.iter().map(stated).collect();
        gold.sort();
        got.sort();
        assert_eq!(got, gold, "{name}");
        assert_eq!(extraction.unparsed, []);
    }
}

type Stated = (u64, String, String, String, String, bool, String);

fn expected(line: &str) -> Stated {
    let json: serde_json::Value = serde_json::from_str(line).expect("JSON");
    let text = |field: &str| json[field].as_str().unwrap_or_default().to_owned();
    let line = json["line"].as_u64().unwrap_or_default();
    let variant = !text("variant").is_empty();
    (line, text("service"), text("kind"), text("value"), text("feature"), variant, text("status"))
}

fn stated(fact: &Fact) -> Stated {
    let value = match &fact.value {
        Value::Named(name) => name.clone(),
        Value::Pair(from, to) => format!("{from} -> {to}"),
        other => format!("{other:?}"),
    };
    let (line, variant) = (u64::from(fact.source.line), !fact.variant.is_empty());
    let status = format!("{:?}", fact.status);
    (line, slug(&fact.service), fact.kind.clone(), value, slug(&fact.feature), variant, status)
}
