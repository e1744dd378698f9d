//! `mainstay ask`: the canned queries.

use crate::outcome::{Place, repository};
use insta::assert_snapshot;
use std::collections::BTreeSet;

#[test]
fn facts_are_flat_rows() {
    assert_snapshot!(Place::new().small(&["ask", "facts"]), @r"
    exit code 0
    ── output
    document⇥service⇥kind⇥scenario⇥feature⇥variant⇥tiers⇥value⇥min⇥max⇥bound⇥status⇥line⇥quote⇥section⇥source
    queue.md⇥nimbus-queue⇥ZoneSupport⇥⇥⇥⇥Gold|Silver⇥ZoneRedundant⇥⇥⇥⇥GA⇥12⇥Gold and Silver queues live in every zone.⇥Zones⇥queue.md:12
    queue.md⇥nimbus-queue⇥Downtime⇥RegionFailure⇥twin-region⇥⇥⇥Duration⇥PT5M⇥PT10M⇥Typical⇥Preview⇥20⇥A switch usually takes 5 to 10 minutes.⇥Zones⇥includes/twin.md:3
    regions.md⇥⇥RegionPair⇥⇥⇥⇥⇥North Harbor -> South Harbor⇥⇥⇥⇥GA⇥4⇥⇥Regions⇥regions.md:4
    regions.md⇥⇥RegionPair⇥⇥⇥⇥⇥South Harbor -> North Harbor⇥⇥⇥⇥GA⇥5⇥⇥Regions⇥regions.md:5
    regions.md⇥⇥RegionPair⇥⇥⇥⇥⇥Lone Rock -> South Harbor⇥⇥⇥⇥GA⇥6⇥⇥Regions⇥regions.md:6
    store.md⇥cumulus-store⇥ZoneSupport⇥⇥⇥⇥⇥None⇥⇥⇥⇥GA⇥7⇥⇥Reliability in Cumulus Store⇥store.md:7
    store.md⇥cumulus-store⇥MinimumInstances⇥⇥⇥⇥⇥3⇥⇥⇥⇥GA⇥9⇥⇥Reliability in Cumulus Store⇥store.md:9
    ");
}

#[test]
fn facts_in_json_lines_are_plain_objects() {
    assert_snapshot!(Place::new().small(&["ask", "facts", "kind=downtime", "-f", "jsonl"]), @r#"
    exit code 0
    ── output
    {"document": "queue.md", "service": "nimbus-queue", "kind": "Downtime", "scenario": "RegionFailure", "feature": "twin-region", "variant": "", "tiers": "", "value": "Duration", "min": "PT5M", "max": "PT10M", "bound": "Typical", "status": "Preview", "line": 20, "quote": "A switch usually takes 5 to 10 minutes.", "section": "Zones", "source": "includes/twin.md:3"}
    "#);
}

#[test]
fn names_are_forgiving() {
    let place = Place::new();
    let expected = place.small(&["ask", "downtime", "service=Nimbus Queue"]);
    for name in ["nimbus-queue", "NQ", "svc:nimbus-queue", "Acme Nimbus Queue", "queue"] {
        assert_eq!(place.small(&["ask", "downtime", &format!("service={name}")]), expected, "{name}");
    }
    assert_snapshot!(expected, @r"
    exit code 0
    ── output
    service⇥scenario⇥downtime⇥min⇥max⇥bound⇥feature⇥variant⇥tiers⇥source
    Nimbus Queue⇥region failure⇥Duration⇥PT5M⇥PT10M⇥Typical⇥Twin region⇥⇥⇥includes/twin.md:3
    ");
}

#[test]
fn pairs_that_hold_one_way_are_marked() {
    let place = Place::new();
    assert_snapshot!(place.small(&["ask", "region-pairs"]), @r"
    exit code 0
    ── output
    from⇥to⇥direction⇥service⇥source
    Lone Rock⇥South Harbor⇥one-way⇥⇥regions.md:6
    North Harbor⇥South Harbor⇥⇥⇥regions.md:4
    South Harbor⇥North Harbor⇥⇥⇥regions.md:5
    ");
    assert_snapshot!(place.small(&["ask", "region-pairs", "region=northharbor"]), @r"
    exit code 0
    ── output
    from⇥to⇥direction⇥service⇥source
    North Harbor⇥South Harbor⇥⇥⇥regions.md:4
    South Harbor⇥North Harbor⇥⇥⇥regions.md:5
    ");
}

#[test]
fn outcomes_of_single_queries() {
    let place = Place::new();
    assert_snapshot!(place.small(&["ask", "zone-support"]), @r"
    exit code 0
    ── output
    service⇥mode⇥variant⇥tiers⇥status⇥source
    Cumulus Store⇥None⇥⇥⇥⇥store.md:7
    Nimbus Queue⇥ZoneRedundant⇥⇥Gold|Silver⇥⇥queue.md:12
    ");
    assert_snapshot!(place.small(&["ask", "no-zone-support"]), @r"
    exit code 0
    ── output
    service⇥variant⇥tiers⇥others⇥source
    Cumulus Store⇥⇥⇥⇥store.md:7
    ");
    assert_snapshot!(place.small(&["ask", "minimum-instances"]), @r"
    exit code 0
    ── output
    service⇥minimum⇥feature⇥variant⇥tiers⇥source
    Cumulus Store⇥3⇥⇥⇥⇥store.md:9
    ");
    assert_snapshot!(place.small(&["ask", "unparsed"]), @r"
    exit code 0
    ── output
    document⇥service⇥kind⇥scenario⇥reason⇥quote⇥source
    queue.md⇥Nimbus Queue⇥Downtime⇥zone failure⇥no cue fits⇥It is what it is.⇥queue.md:15
    ");
    assert_snapshot!(place.small(&["ask", "stale", "days=1"]), @r"
    exit code 0
    ── output
    document⇥modified⇥service⇥facts
    queue.md⇥2023-04-05⇥Nimbus Queue⇥2
    store.md⇥2024-01-31⇥Cumulus Store⇥2
    ");
    assert_snapshot!(place.small(&["ask", "services"]), @r"
    exit code 0
    ── output
    service⇥slug⇥aliases⇥facts⇥documents
    Cumulus Store⇥cumulus-store⇥⇥2⇥1
    Nimbus Queue⇥nimbus-queue⇥NQ⇥2⇥1
    ");
}

#[test]
fn a_query_is_explained() {
    assert_snapshot!(Place::new().small(&["ask", "stale", "--help"]), @r"
    exit code 0
    ── output
    stale: Which documents were not updated for a long time

    Oldest first, counted from today.

    Parameters:
      days  a whole number [default: 365]

    usage: mainstay ask stale [days=…]
    tags: documents
    ");
}

#[test]
fn wrong_names_get_the_nearest() {
    let place = Place::new();
    assert_snapshot!(place.small(&["ask", "downtme"]), @r"
    exit code 2
    ── errors
    error: there is no query downtme
    hint: did you mean downtime?
    ");
    assert_snapshot!(place.small(&["ask", "downtime", "servce=x"]), @r"
    exit code 2
    ── errors
    error: downtime has no parameter servce
    hint: did you mean service?
    ");
    assert_snapshot!(place.small(&["ask", "downtime", "service=Nimbus Queu"]), @r#"
    exit code 2
    ── errors
    error: no service is called "Nimbus Queu" in this graph
    hint: did you mean Nimbus Queue?
    "#);
    assert_snapshot!(place.small(&["ask", "downtime", "service=Zzz"]), @r#"
    exit code 2
    ── errors
    error: no service is called "Zzz" in this graph
    hint: list them: mainstay ask services
    "#);
    assert_snapshot!(place.small(&["ask", "facts", "scenario=flood"]), @r#"
    exit code 2
    ── errors
    error: no scenario is called "flood" in this graph
    hint: there are region failure, zone failure
    "#);
    assert_snapshot!(place.small(&["ask", "stale", "days=many"]), @r"
    exit code 2
    ── errors
    error: days=many is not a whole number
    ");
    assert_snapshot!(place.small(&["ask", "facts", "Nimbus Queue"]), @r"
    exit code 2
    ── errors
    error: Nimbus Queue is given to no parameter
    hint: usage: mainstay ask facts [service=…] [document=…] [kind=…] [scenario=…]
    ");
}

#[test]
fn a_folder_of_ones_own_adds_queries() {
    let place = Place::new();
    place.write(
        "mine/of-tier.rq",
        "#+ summary: Facts of a tier\nSELECT ?fact { ?fact rel:tier/rel:slug ?_tier ; rel:line ?line FILTER(?line > ?__least_integer) }",
    );
    let ask =
        |arguments: &[&str]| place.small(&[&["--queries", "mine", "ask", "of-tier"], arguments].concat());
    assert_snapshot!(ask(&["tier=GOLD"]), @r"
    exit code 0
    ── output
    fact
    fact:q1
    ");
    assert_snapshot!(ask(&["tier=gold", "least=99"]), @r"
    exit code 0
    ── output
    fact
    ── errors
    nothing is left after: FILTER(?line > 99)
    ");
    assert_snapshot!(ask(&[]), @r"
    exit code 2
    ── errors
    error: of-tier needs tier: the name of a tier
    hint: usage: mainstay ask of-tier tier=… [least=…]
    ");
    place.write("mine/of-tier.rq", "#+ sumary: Facts of a tier\nSELECT * {}");
    assert_snapshot!(ask(&["tier=gold"]), @r"
    exit code 4
    ── errors
    error: mine/of-tier.rq:1: unknown decorator sumary
    hint: did you mean summary?
    ");
}

#[test]
fn every_query_runs_on_the_articles_of_the_invented_cloud() {
    let place = Place::bare();
    let documents = repository().join("data/documents");
    place.outcome(&["build", documents.to_str().unwrap(), "-o", "cloud.graph", "--quiet"], "");
    let list = place.outcome(&["ask"], "");
    let names: Vec<&str> = list
        .lines()
        .skip(2)
        .take_while(|line| !line.is_empty())
        .filter_map(|line| line.split(' ').next())
        .collect();
    assert!(names.len() >= 24, "{list}");
    let without_source = BTreeSet::from(["documents", "regions", "services", "stale"]);
    for name in names {
        let told = place.outcome(&["--graph", "cloud.graph", "ask", name], "");
        let header = told.lines().nth(2).unwrap_or_default();
        assert!(told.starts_with("exit code 0\n── output\n"), "{name}: {told}");
        assert_eq!(header.ends_with("⇥source"), !without_source.contains(name), "{name}: {header}");
        for row in told.lines().skip(3).filter(|_| !without_source.contains(name)) {
            if row.starts_with("── errors") {
                break;
            }
            let (_, source) = row.rsplit_once('⇥').unwrap();
            let (file, line) = source.rsplit_once(':').unwrap();
            let text = std::fs::read_to_string(documents.join(file)).unwrap();
            assert!(line.parse::<usize>().unwrap() <= text.lines().count(), "{name}: {source}");
        }
    }
}

#[test]
fn the_list_of_queries_is_written_in_formats_of_rows() {
    let place = Place::bare();
    assert_snapshot!(place.outcome(&["ask", "--format", "csv", "--limit", "1"], ""), @r"
    exit code 0
    ── output
    name,summary
    backup,Whether a service backs up data or configuration
    ");
    assert_snapshot!(place.outcome(&["ask", "--format", "turtle"], ""), @r"
    exit code 2
    ── errors
    error: the list of queries is not written as turtle
    hint: its formats are table, csv, tsv, json, jsonl, xml and markdown
    ");
}

#[test]
fn what_is_not_stated_of_a_service_is_told_with_what_is() {
    let place = Place::new();
    assert_snapshot!(place.small(&["ask", "backup", "service=NQ"]), @r"
    exit code 0
    ── output
    service⇥backup⇥feature⇥variant⇥tiers⇥source
    ── errors
    nothing stated of Nimbus Queue answers this; stated are Downtime, ZoneSupport
    `ask facts service=nimbus-queue` lists them
    ");
    place.write("bare.ttl", "<https://w3id.org/mainstay/service/bolt> a <https://w3id.org/mainstay/ontology#Service> ; <http://www.w3.org/2000/01/rdf-schema#label> \"Bolt\" .");
    let bolt = place.outcome(&["--graph", "bare.ttl", "ask", "downtime", "service=Bolt"], "");
    assert!(bolt.ends_with("── errors\nnothing is stated of Bolt in this graph\n"), "{bolt}");
    // There is nothing to state where nothing was left over.
    assert!(!place.small(&["ask", "unparsed", "service=NQ"]).contains("nothing stated"));
}
