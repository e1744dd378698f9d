use super::terms::duration_text;
use super::*;
use crate::facts::{Bound, Source};
use oxrdf::{NamedNode, Term};
use std::collections::HashSet;

fn source(line: u32) -> Source {
    Source {
        file: "guides/includes/pairs é.md".to_owned(),
        line,
        byte_span: (0, 9),
        document_line: 7,
        anchor: "zone-support".to_owned(),
    }
}

fn fact(kind: &str, value: Value) -> Fact {
    Fact {
        service: "Nimbus Queue".to_owned(),
        kind: kind.to_owned(),
        scenario: None,
        feature: String::new(),
        variant: String::new(),
        tiers: Vec::new(),
        value,
        min_s: None,
        max_s: None,
        bound: None,
        status: Status::GA,
        source: source(3),
        quote: "Words of the document.".to_owned(),
        rule: "label".to_owned(),
    }
}

fn support(mode: &str) -> Fact {
    fact("ZoneSupport", Value::Named(mode.to_owned()))
}

fn extraction(facts: Vec<Fact>) -> Extraction {
    Extraction {
        document: "guides/queue.md".to_owned(),
        title: "Reliability in Nimbus Queue".to_owned(),
        service: "Nimbus Queue".to_owned(),
        sections: vec![
            ("zone-support".to_owned(), "Zone support".to_owned()),
            ("geo-copies".to_owned(), "Geo copies".to_owned()),
        ],
        facts,
        ..Extraction::default()
    }
}

/// The quads as lines with prefixed names in place of the IRIs, for all but the label.
fn lines(extraction: &Extraction, options: &StatementOptions) -> Vec<String> {
    let mut names = Names::default();
    names.learn(extraction);
    let quads = quads(extraction, options, &names);
    assert!(
        quads
            .iter()
            .all(|quad| quad.graph_name.to_string() == format!("<{}>", document_iri("guides/queue.md")))
    );
    let distinct: HashSet<&Quad> = quads.iter().collect();
    assert_eq!(distinct.len(), quads.len(), "a quad is written twice");
    quads
        .iter()
        .map(|quad| shortened(&format!("{} {} {}", quad.subject, quad.predicate, quad.object)))
        .collect()
}

fn shortened(text: &str) -> String {
    let mut text = text.to_owned();
    for (prefix, namespace) in crate::vocabulary::PREFIXES {
        text = text.replace(&format!("<{namespace}"), &format!("<{prefix}:"));
    }
    text.replace(['<', '>'], "")
}

fn direct(extraction: &Extraction) -> Vec<String> {
    let lines = lines(extraction, &StatementOptions::default());
    let about_entity =
        |line: &&String| ["svc:", "tier:", "region:"].iter().any(|start| line.starts_with(start));
    let description = ["rdf:type", "rdfs:label", "skos:altLabel", "rel:slug", "rel:tierOf"];
    let lines = lines.iter().filter(about_entity);
    lines.filter(|line| !description.iter().any(|property| line.contains(property))).cloned().collect()
}

#[test]
fn a_fact_says_what_it_holds_for_and_where_it_stands() {
    let mut downtime = fact("Downtime", Value::Named("Duration".to_owned()));
    downtime.scenario = Some(Scenario::RegionFailure);
    downtime.feature = "geo-copies".to_owned();
    downtime.variant = "forced".to_owned();
    downtime.tiers = vec!["Gold (classic)".to_owned()];
    downtime.min_s = Some(90);
    downtime.max_s = Some(86_400);
    downtime.bound = Some(Bound::Typical);
    let base = "https://github.com/nimbus/docs/blob/main".to_owned();
    let options = StatementOptions { quotes: true, source_base: Some(base) };
    let lines = lines(&extraction(vec![downtime]), &options);
    let node = lines.iter().find(|line| line.ends_with("rdf:type rel:Fact")).expect("a fact");
    let node = node.split(' ').next().expect("a subject");
    let said: Vec<&str> =
        lines.iter().filter_map(|line| line.strip_prefix(node)).map(str::trim_start).collect();
    insta::assert_snapshot!(said.join("\n"), @r#"
rdf:type rel:Fact
rdf:type rel:Downtime
rel:kind rel:Downtime
rdfs:label "Nimbus Queue: Downtime (RegionFailure, geo-copies, forced, Gold (classic)) = Duration"
rel:service svc:nimbus-queue
rel:serviceSlug "nimbus-queue"
rel:scenario rel:RegionFailure
rel:feature feature:nimbus-queue/geo-copies
rel:variant feature:nimbus-queue/variant/forced
rel:tier tier:nimbus-queue/gold-classic
rel:value rel:Duration
rel:min "PT1M30S"^^xsd:dayTimeDuration
rel:minSeconds "90"^^xsd:integer
rel:max "P1D"^^xsd:dayTimeDuration
rel:maxSeconds "86400"^^xsd:integer
rel:bound rel:Typical
rel:status rel:GA
rel:rule "label"
rel:document doc:guides/queue.md
prov:wasDerivedFrom doc:guides/queue.md#zone-support
rel:sourceFile "guides/includes/pairs é.md"
rel:line "3"^^xsd:integer
rel:documentLine "7"^^xsd:integer
rel:sourceUrl https://github.com/nimbus/docs/blob/main/guides/includes/pairs%20%C3%A9.md?plain=1#L3
rel:quote "Words of the document."
"#);
}

#[test]
fn unqualified_support_stands_on_the_service_and_limited_support_on_the_tier() {
    let mut limited = support("Zonal");
    limited.tiers = vec!["Gold".to_owned(), "Silver".to_owned()];
    let mut preview = support("Automatic");
    preview.status = Status::Preview;
    let facts = vec![support("ZoneRedundant"), limited, preview, support("None")];
    insta::assert_snapshot!(direct(&extraction(facts)).join("\n"), @r#"
svc:nimbus-queue rel:supportsZoneMode rel:ZoneRedundant
tier:nimbus-queue/gold rel:supportsZoneMode rel:Zonal
tier:nimbus-queue/silver rel:supportsZoneMode rel:Zonal
"#);
}

#[test]
fn a_party_that_depends_on_a_feature_is_no_direct_triple() {
    let mut microsoft = fact("Responsibility", Value::Named("Microsoft".to_owned()));
    microsoft.scenario = Some(Scenario::ZoneFailure);
    let mut customer = fact("Responsibility", Value::Named("Customer".to_owned()));
    customer.scenario = Some(Scenario::RegionFailure);
    customer.feature = "geo-copies".to_owned();
    insta::assert_snapshot!(direct(&extraction(vec![microsoft, customer])).join("\n"), @r#"
svc:nimbus-queue rel:responsibleParty rel:Microsoft
svc:nimbus-queue rel:zoneFailureResponsibleParty rel:Microsoft
"#);
}

#[test]
fn pairs_of_one_service_are_not_pairs_of_regions() {
    let pair = fact("RegionPair", Value::Pair("North Bank".to_owned(), "South Bank".to_owned()));
    let mut extraction = extraction(vec![pair]);
    assert_eq!(direct(&extraction), Vec::<String>::new());
    extraction.service.clear();
    extraction.facts[0].service.clear();
    assert_eq!(direct(&extraction), ["region:north-bank rel:pairedWith region:south-bank"]);
}

#[test]
fn claims_are_direct_triples_with_a_node_that_tells_the_source() {
    let claim = Claim {
        subject: Entity::Service("Nimbus Queue".to_owned()),
        property: "dependsOn".to_owned(),
        object: Entity::Service("Nimbus Store".to_owned()),
        source: source(5),
        quote: String::new(),
    };
    let extraction = Extraction { claims: vec![claim], ..extraction(Vec::new()) };
    assert_eq!(direct(&extraction), ["svc:nimbus-queue rel:dependsOn svc:nimbus-store"]);
    let lines = lines(&extraction, &StatementOptions::default());
    assert!(lines.iter().any(|line| line.ends_with("rel:subject svc:nimbus-queue")), "{lines:#?}");
    assert!(lines.iter().any(|line| line.ends_with("rel:property rel:dependsOn")), "{lines:#?}");
    assert!(lines.iter().any(|line| line.contains("rel:line \"5\"")), "{lines:#?}");
}

#[test]
fn quotes_are_kept_only_when_asked_for() {
    let extraction = extraction(vec![support("Zonal")]);
    let quoted = |quotes| {
        let options = StatementOptions { quotes, source_base: None };
        lines(&extraction, &options).iter().any(|line| line.contains("Words of the document"))
    };
    assert!(quoted(true) && !quoted(false));
}

#[test]
fn a_moved_line_keeps_the_name_of_a_fact_and_a_new_value_changes_it() {
    let node = |fact: Fact| {
        let lines = lines(&extraction(vec![fact]), &StatementOptions::default());
        lines.into_iter().find(|line| line.contains("rel:Fact")).expect("a fact")
    };
    let mut moved = support("Zonal");
    moved.source.line = 40;
    moved.quote = "Other words.".to_owned();
    assert_eq!(node(support("Zonal")), node(moved));
    let mut named = std::collections::BTreeSet::new();
    named.insert(node(support("Zonal")));
    named.insert(node(support("ZoneRedundant")));
    let mut tiers = support("Zonal");
    tiers.tiers = vec!["Gold".to_owned(), "Silver".to_owned()];
    named.insert(node(tiers.clone()));
    tiers.tiers = vec!["GoldSilver".to_owned()];
    named.insert(node(tiers));
    let mut preview = support("Zonal");
    preview.status = Status::Preview;
    named.insert(node(preview));
    let mut variant = support("Zonal");
    variant.variant = "v1".to_owned();
    named.insert(node(variant.clone()));
    variant.feature = "v1".to_owned();
    variant.variant.clear();
    named.insert(node(variant));
    assert_eq!(named.len(), 7);
}

#[test]
fn durations_are_canonical() {
    let texts = [0, 59, 60, 3600, 86_400, 90_061].map(duration_text);
    assert_eq!(texts, ["PT0S", "PT59S", "PT1M", "PT1H", "P1D", "P1DT1H1M1S"]);
}

#[test]
fn every_name_gives_a_valid_iri() {
    let mut odd = support("Zone Redundant<>");
    odd.service = "Nimbus \u{2013} \"Queue\" {2}".to_owned();
    odd.source.anchor = "zone support \u{e9}<\u{0}>".to_owned();
    let mut extraction = extraction(vec![odd]);
    extraction.document = "guides/my queue \u{20ac}#.md".to_owned();
    let mut names = Names::default();
    names.learn(&extraction);
    let base = Some("https://example.com/a".to_owned());
    for quad in quads(&extraction, &StatementOptions { quotes: true, source_base: base }, &names) {
        let mut terms =
            vec![quad.subject.to_string(), quad.predicate.to_string(), quad.graph_name.to_string()];
        terms.extend(matches!(quad.object, Term::NamedNode(_)).then(|| quad.object.to_string()));
        for iri in terms {
            NamedNode::new(iri.trim_matches(['<', '>'])).unwrap_or_else(|error| panic!("{iri}: {error}"));
        }
    }
}
