//! What documents set as traps, one test each: a careful reader takes only what is really said.

use mainstay::documents::{self, Document, Library};
use mainstay::facts::{self, Claim, Entity, Extraction, Fact, Scenario, Status, Value};
use mainstay::ontology::Ontology;
use std::fs;
use std::sync::OnceLock;

fn ontology() -> &'static Ontology {
    static ONTOLOGY: OnceLock<Ontology> = OnceLock::new();
    ONTOLOGY.get_or_init(|| Ontology::load(&[]).unwrap())
}

fn read(text: &str) -> Extraction {
    facts::extract(&Document::from_text("lantern.md", text), ontology())
}

/// An article about one service with this body.
pub(crate) fn article(body: &str) -> Extraction {
    read(&format!("# Reliability in Nephele Lantern\n\n{body}\n"))
}

pub(crate) const ZONE_DOWN: &str =
    "## Resilience to availability zone failures\n\n### Behavior during a zone failure\n\n";
pub(crate) const REGION_DOWN: &str =
    "## Resilience to region-wide failures\n\n### Behavior during a region failure\n\n";

fn value(fact: &Fact) -> String {
    match &fact.value {
        Value::Named(name) => name.clone(),
        Value::Count(count) => count.to_string(),
        Value::Date(text) | Value::Percentage(text) => text.clone(),
        Value::Pair(from, to) => format!("{from} -> {to}"),
    }
}

/// The facts of a kind in the order of the document: value, then in brackets what they are limited to.
pub(crate) fn stated(extraction: &Extraction, kind: &str) -> Vec<String> {
    let words = |fact: &Fact| {
        let mut limits: Vec<String> = [&fact.feature, &fact.variant].into_iter().cloned().collect();
        limits.extend(fact.tiers.iter().cloned());
        limits.retain(|limit| !limit.is_empty());
        let seconds = |bound: Option<u64>| bound.map(|seconds| seconds.to_string()).unwrap_or_default();
        let mut words = value(fact);
        if let Some(bound) = fact.bound {
            words += &format!(" {}..{} {bound:?}", seconds(fact.min_s), seconds(fact.max_s));
        }
        if !limits.is_empty() {
            words += &format!(" [{}]", limits.join(", "));
        }
        if fact.status == Status::Preview { words + " preview" } else { words }
    };
    extraction.facts.iter().filter(|fact| fact.kind == kind).map(words).collect()
}

fn claims<'e>(extraction: &'e Extraction, property: &str) -> Vec<&'e Claim> {
    extraction.claims.iter().filter(|claim| claim.property == property).collect()
}

#[test]
fn a_negation_turns_a_statement_round() {
    let read = article(&format!(
        "{ZONE_DOWN}- **Expected downtime:** The loss of a zone isn't expected to interrupt lanterns or cause downtime."
    ));
    assert_eq!(stated(&read, "Downtime"), ["None"]);
    let read = article(
        "## Availability zone support\n\nLanterns are zone-redundant.\n\n### Configure availability zone support\n\n\
         Zone redundancy is automatic, and it can't be disabled or enabled by hand.",
    );
    assert_eq!(stated(&read, "ZoneEnablement"), ["AlwaysOn"]);
}

#[test]
fn a_label_without_a_value_speaks_through_its_alternatives() {
    let read = article(&format!(
        "{REGION_DOWN}- **Expected downtime:** Downtime differs by the kind of failover.\n\n  \
         - *Planned failover:* Less than two minutes.\n  - *Forced failover:* Up to an hour."
    ));
    assert_eq!(
        stated(&read, "Downtime"),
        ["Duration ..120 UpTo [planned-failover]", "Duration ..3600 UpTo [forced-failover]"]
    );
}

#[test]
fn pivots_are_read_in_every_spelling_and_may_repeat_headings() {
    for (open, close) in
        [("::: zone pivot=\"bright\"", "::: zone-end"), (":::zone pivot=\"bright\"", ":::zone-end")]
    {
        let pivot = |name: &str, text: &str| {
            format!(
                "{}\n\n### Expected\n\n- **Expected downtime:** {text}\n\n{close}\n\n",
                open.replace("bright", name)
            )
        };
        let body = format!(
            "{ZONE_DOWN}{}{}",
            pivot("bright", "No downtime."),
            pivot("dim", "The lantern is unavailable until the zone recovers.")
        );
        let read = article(&body);
        let values: Vec<String> = stated(&read, "Downtime")
            .iter()
            .map(|words| words.split(' ').next().unwrap().to_owned())
            .collect();
        assert_eq!(values, ["None", "UntilRecovery"], "{open}");
    }
}

#[test]
fn tabs_end_with_their_rule() {
    let read = article(
        "## Resilience to availability zone failures\n\nLanterns support zone redundancy.\n\n### Cost\n\n\
         #### [Portal](#tab/portal)\n\nOpen the portal.\n\n#### [CLI](#tab/cli)\n\nOpen a shell.\n\n---\n\n\
         There's no extra cost for zone redundancy.",
    );
    assert_eq!(stated(&read, "ZoneCost"), ["NoExtraCost"]);
}

#[test]
fn includes_stand_where_they_are_named_and_those_from_elsewhere_are_reported() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("includes")).unwrap();
    let write = |name: &str, text: &str| fs::write(folder.path().join(name), text).unwrap();
    write(
        "lantern.md",
        &format!(
            "# Reliability in Nephele Lantern\n\n{ZONE_DOWN}- **Expected data loss:** [!INCLUDE [Loss](includes/loss.md)]\n\n\
             [!INCLUDE [Shared](~/reusable-content/shared.md)]\n"
        ),
    );
    write("includes/loss.md", "---\nms.topic: include\n---\n[!INCLUDE [Words](words.md)]\n");
    write("includes/words.md", "---\nms.topic: include\n---\nNo data is lost when a zone fails.\n");
    let (found, problems) = documents::find(&[folder.path().to_owned()]);
    assert!(problems.is_empty(), "{problems:?}");
    let read = facts::extract(&Library::new().read(&found[0]).unwrap(), ontology());
    assert_eq!(stated(&read, "DataLoss"), ["None"]);
    let loss = read.facts.iter().find(|fact| fact.kind == "DataLoss").unwrap();
    assert_eq!((loss.source.file.as_str(), loss.source.line), ("includes/words.md", 4));
    assert_eq!(loss.source.document_line, 7);
    assert_eq!(read.missing_includes, [("~/reusable-content/shared.md".to_owned(), 9)]);
}

#[test]
fn two_features_with_the_same_headings_stay_two() {
    let part = |feature: &str, words: &str| {
        format!(
            "### {feature}\n\nLanterns support it.\n\n#### Behavior during a region failure\n\n- **Expected downtime:** {words}\n\n"
        )
    };
    let read = article(&format!(
        "## Resilience to region-wide failures\n\n{}{}",
        part("Beam replication", "About five minutes."),
        part("Wick recovery", "At least one hour.")
    ));
    assert_eq!(
        stated(&read, "Downtime"),
        ["Duration ..300 Typical [Beam replication]", "Duration 3600.. AtLeast [Wick recovery]"]
    );
    let anchors: Vec<&str> = read
        .facts
        .iter()
        .filter(|fact| fact.kind == "Downtime")
        .map(|fact| fact.source.anchor.as_str())
        .collect();
    assert_eq!(anchors, ["behavior-during-a-region-failure", "behavior-during-a-region-failure-1"]);
}

#[test]
fn who_needs_not_act_is_not_responsible() {
    let read =
        article(&format!("{ZONE_DOWN}- **Detection and response:** You don't need to start a failover."));
    assert_eq!(stated(&read, "Responsibility"), ["Microsoft"]);
}

#[test]
fn bounds_and_hedges_are_kept() {
    for (words, expected) in [
        ("At least one hour.", "Duration 3600.. AtLeast"),
        ("Typically two minutes, which isn't guaranteed.", "Duration ..120 Typical"),
        ("It usually takes less than 30 seconds.", "Duration ..30 Typical"),
        ("Within 30 seconds.", "Duration ..30 UpTo"),
        ("Between 10 and 20 minutes.", "Duration 600..1200 Typical"),
    ] {
        let read = article(&format!("{ZONE_DOWN}- **Expected downtime:** {words}"));
        assert_eq!(stated(&read, "Downtime"), [expected], "{words}");
    }
}

#[test]
fn durations_of_other_things_are_no_recovery_times() {
    for words in [
        "DNS records of a lantern live for 60 seconds.",
        "Configuration changes take 15 to 45 minutes to reach every zone.",
        "Maintenance lasts up to two hours.",
        "Health checks run every 10 seconds.",
        "Replication lag is 20 seconds on average.",
    ] {
        let read = article(&format!("{ZONE_DOWN}- **Expected downtime:** {words}"));
        assert_eq!(stated(&read, "Downtime"), ["NotStated"], "{words}");
        assert_eq!(read.unparsed.len(), 1, "{words}");
    }
}

#[test]
fn sums_are_not_computed() {
    let read = article(&format!(
        "{REGION_DOWN}- **Expected data loss:** Expect up to 30 hours of data loss, because a copy is made after 24 hours and travels for 6 hours."
    ));
    assert_eq!(stated(&read, "DataLoss"), ["Duration ..108000 UpTo"]);
}

#[test]
fn until_the_zone_recovers_is_an_outcome() {
    let read = article(&format!(
        "{ZONE_DOWN}- **Expected downtime:** The lantern is dark and unavailable until the zone recovers."
    ));
    assert_eq!(stated(&read, "Downtime"), ["UntilRecovery"]);
}

#[test]
fn a_sentence_about_zones_in_a_section_on_regions_says_nothing_of_regions() {
    let read = article(
        "## Resilience to region-wide failures\n\nLanterns live in a single region.\n\n### Cost\n\nZone redundancy costs nothing extra.",
    );
    assert!(read.facts.iter().all(|fact| fact.scenario != Some(Scenario::ZoneFailure)), "{:?}", read.facts);
    assert_eq!(stated(&read, "MultiRegion"), ["SingleRegion"]);
}

#[test]
fn pictures_in_cells_speak_by_their_text_and_empty_cells_say_no() {
    let table = "| Product | Zone-redundant | Zonal |\n|---|---|---|\n\
                 | [Nephele Lantern](lantern.md) | ![Yes](media/yes.svg) | |\n\
                 | Nephele Wick \n\
                 | Nephele Beam¹ | | :::image type=\"icon\" source=\"media/yes.svg\" alt-text=\"Yes\":::\n";
    let read = read(&format!("# Services with zones\n\n## Services by zone support\n\n{table}"));
    let support: Vec<(String, String)> =
        read.facts.iter().map(|fact| (fact.service.clone(), value(fact))).collect();
    assert!(support.contains(&("Nephele Lantern".to_owned(), "ZoneRedundant".to_owned())), "{support:?}");
    assert!(!support.contains(&("Nephele Lantern".to_owned(), "Zonal".to_owned())), "{support:?}");
}

#[test]
fn pairs_keep_their_direction() {
    let table =
        "| Region | Paired region |\n|---|---|\n| North Isle | South Isle |\n| West Isle | North Isle |\n";
    let read = read(&format!("# Paired regions\n\n## Pairs\n\n{table}"));
    assert_eq!(stated(&read, "RegionPair"), ["North Isle -> South Isle", "West Isle -> North Isle"]);
}

#[test]
fn a_region_is_one_in_every_spelling() {
    let body = |region: &str| format!("{REGION_DOWN}In the {region} region, lanterns aren't paired.");
    let slugs: Vec<String> = ["Southeast Asia", "SouthEastAsia", "southeastasia"]
        .iter()
        .flat_map(|region| article(&body(region)).claims)
        .filter_map(|claim| match claim.subject {
            Entity::Region(name) => Some(name),
            _ => None,
        })
        .collect();
    assert!(slugs.windows(2).all(|two| two[0] == two[1]), "{slugs:?}");
}

#[test]
fn names_that_disagree_are_reported_and_the_heading_counts() {
    let read = read(
        "---\ntitle: Reliability in Nephele Candle\nms.service: nephele-wick\n---\n\n# Reliability in Nephele Lantern\n\n\
         ## Availability zone support\n\nLanterns support zone redundancy.\n",
    );
    assert_eq!(read.service, "Nephele Lantern");
    assert!(!read.identity_conflicts.is_empty());
}

#[test]
fn comments_state_nothing() {
    let read = article(&format!(
        "{ZONE_DOWN}<!-- - **Expected downtime:** Up to 48 hours.\nThere's no data loss. -->\n\n- **Expected downtime:** No downtime."
    ));
    assert_eq!(stated(&read, "Downtime"), ["None"]);
    assert_eq!(stated(&read, "DataLoss"), Vec::<String>::new());
}

#[test]
fn previews_and_partial_support_are_told() {
    let read = article(
        "## Availability zone support\n\n- **Zone-redundant (preview):** Lanterns in the Bright tier can be spread over zones.\n\
         - **Zonal:** A lantern can be pinned to one zone.\n\n### Requirements\n\nThe Dim tier doesn't support availability zones.",
    );
    let support = stated(&read, "ZoneSupport");
    assert!(support.contains(&"ZoneRedundant [Bright] preview".to_owned()), "{support:?}");
    assert!(support.contains(&"None [Dim]".to_owned()), "{support:?}");
}

#[test]
fn broken_letters_are_read_around() {
    let bytes = b"# Reliability in Nephele Lantern\n\n## Resilience to availability zone failures\n\n\
                  ### Behavior during a zone failure\n\n- **Expected downtime:** Lanterns don\xe2\x80t blink: no downtime.\n";
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("lantern.md"), bytes).unwrap();
    let (found, _) = documents::find(&[folder.path().to_owned()]);
    let read = facts::extract(&Library::new().read(&found[0]).unwrap(), ontology());
    assert_eq!(stated(&read, "Downtime"), ["None"]);
}

#[test]
fn what_contradicts_itself_stays_with_both_sources() {
    let read = article(&format!(
        "{ZONE_DOWN}- **Expected data loss:** No data loss.\n\n## Zone-down experience\n\n- **Expected data loss:** Up to five minutes."
    ));
    assert_eq!(stated(&read, "DataLoss").len(), 2, "{:?}", stated(&read, "DataLoss"));
}

#[test]
fn the_example_of_another_service_is_no_fact() {
    let read = article(
        "## Resilience to availability zone failures\n\nLanterns don't support availability zones. For example, Nephele Candle is zone-redundant.",
    );
    assert_eq!(stated(&read, "ZoneSupport"), ["None"]);
    assert!(claims(&read, "supportsZoneMode").is_empty());
}

#[test]
fn what_the_next_sentence_takes_back_is_no_fact() {
    let read = article(
        "## Resilience to region-wide failures\n\nMirrored oil replicates lamps asynchronously to the paired region with an RPO of 5 minutes. \
         It isn't available for Nephele Lantern.",
    );
    assert!(read.facts.is_empty(), "{:?}", read.facts);
}

#[test]
fn tables_of_outcomes_are_read_by_their_labels() {
    let read = article(&format!(
        "{ZONE_DOWN}| | Zone-redundant | Zonal |\n|---|---|---|\n\
         | **Detection and response** | Handled by the platform. | You have to notice that the zone is down. |\n\
         | **Expected downtime** | Less than 10 seconds. | The lantern is unavailable until the zone recovers. |\n"
    ));
    assert_eq!(stated(&read, "Responsibility"), ["Microsoft [zone-redundant]", "Customer [zonal]"]);
    assert_eq!(stated(&read, "Downtime"), ["Duration ..10 UpTo [zone-redundant]", "UntilRecovery [zonal]"]);
}

#[test]
fn two_columns_of_regions_are_pairs_whatever_their_heads_say() {
    let read = article(
        "## Resilience to region-wide failures\n\n### Region support\n\n| Lantern is in | Copy is in |\n|---|---|\n| East US | West US |\n",
    );
    assert_eq!(stated(&read, "RegionPair").len(), 1);
}

#[test]
fn headings_announce_as_labels_do() {
    let read = article(&format!(
        "{ZONE_DOWN}#### Expected downtime\n\nNone.\n\n#### Expected data loss\n\nA few records might be lost."
    ));
    assert_eq!(stated(&read, "Downtime"), ["None"]);
    assert_eq!(stated(&read, "DataLoss"), ["Possible"]);
}

#[test]
fn a_preview_in_a_heading_is_no_part_of_the_name() {
    let read = article(
        "## Multi-region support\n\n### Lamp mirroring (preview)\n\n#### Region-down experience\n\n\
         - **Expected downtime:** Up to 5 minutes.\n\n### Oil exchange\n\nThe feature is in preview.\n\n\
         #### Region-down experience\n\n- **Expected downtime:** Up to 9 minutes.",
    );
    assert_eq!(
        stated(&read, "Downtime"),
        ["Duration ..300 UpTo [Lamp mirroring] preview", "Duration ..540 UpTo [Oil exchange] preview"]
    );
}

#[test]
fn a_label_that_is_the_name_of_a_tier_limits_to_it() {
    let read = article(&format!(
        "Lanterns come in the Glow and Shine tiers.\n\n{ZONE_DOWN}- **Expected downtime:**\n\n\
         \x20 - *Glow:* Up to 5 minutes.\n\n  - *Shine:* None."
    ));
    assert_eq!(stated(&read, "Downtime"), ["Duration ..300 UpTo [Glow]", "None [Shine]"]);
}

#[test]
fn a_column_of_values_is_no_alternative_and_one_of_remarks_no_outcome() {
    let read = article(&format!(
        "{REGION_DOWN}| Objective | Value | Remarks |\n|---|---|---|\n\
         | Recovery time objective (RTO) | Less than 2 hours | From the start of the outage |\n"
    ));
    assert_eq!(stated(&read, "Downtime"), ["Duration ..7200 UpTo"]);
}

#[test]
fn items_of_a_list_pair_regions_in_one_direction_or_both() {
    let read = article(
        "## Resilience to region-wide failures\n\nLanterns use these pairs:\n\n- East US to West US\n\
         - North Europe is paired with West Europe, and vice versa.\n- Japan East fails over to Japan West.\n\
         - East Asia has more lamps than Southeast Asia.\n",
    );
    assert_eq!(
        stated(&read, "RegionPair"),
        [
            "East US -> West US",
            "North Europe -> West Europe",
            "West Europe -> North Europe",
            "Japan East -> Japan West"
        ]
    );
}

#[test]
fn a_table_of_parts_tells_which_of_them_support_zones() {
    let read = article(
        "## Availability zone support\n\n| Part | Availability zone support | Notes |\n|---|---|---|\n\
         | Lamp house | Zone-redundant | Always |\n| Oil tank | Not supported | - |\n",
    );
    assert_eq!(stated(&read, "ZoneSupport"), ["ZoneRedundant [lamp-house]", "None [oil-tank]"]);
}

#[test]
fn an_exception_stands_beside_what_is_said_of_the_whole() {
    let read = article(
        "## Backups\n\nYou can back up the settings of a lantern. The oil level can't be backed up.\n\n\
         ## Availability zone support\n\n### Cost\n\n\
         For wall lanterns, zone redundancy is free of charge. For tall lanterns, you pay for the additional lamps.",
    );
    assert_eq!(stated(&read, "Backup"), ["Supported", "NotSupported [oil-level]"]);
    assert_eq!(stated(&read, "ZoneCost"), ["NoExtraCost [wall-lanterns]", "ExtraCost [tall-lanterns]"]);
}

#[test]
fn prose_about_a_failure_is_read_as_under_a_label() {
    let read = article(
        "## Availability zone support\n\n### Zone-down experience\n\nCalls that were being processed in the lost zone are \
         aborted. The lantern is usually back to normal within 10 minutes. Settings aren't lost.",
    );
    assert_eq!(stated(&read, "ActiveRequests"), ["Interrupted"]);
    assert_eq!(stated(&read, "Downtime"), ["Duration ..600 Typical"]);
    assert_eq!(stated(&read, "DataLoss"), ["None"]);
}

#[test]
fn emphasised_words_that_open_a_sentence_name_a_zone_mode() {
    let read = article(
        "## Availability zone support\n\n- **Zone-redundant lanterns** burn in two zones or more.\n\
         - *Zonal lanterns* list just one zone, and every lamp hangs there.\n",
    );
    assert_eq!(stated(&read, "ZoneSupport"), ["ZoneRedundant", "Zonal"]);
}

#[test]
fn a_sentence_on_one_mode_stands_beside_one_on_the_service() {
    let read = article(&format!(
        "## Availability zone support\n\n- **Zone-redundant:** Spread.\n- **Zonal:** In one zone.\n\n{ZONE_DOWN}\
         - **Detection and response:** The lantern notices the outage and fails over. For zonal lanterns, it's up to you \
         to detect the outage and to switch over.\n"
    ));
    assert_eq!(stated(&read, "Responsibility"), ["Microsoft", "Customer [zonal]"]);
}

#[test]
fn other_interruptions_than_the_loss_of_a_zone_or_region_are_left_out() {
    let read = article(&format!(
        "{ZONE_DOWN}- **Expected downtime:** If a single lamp server fails, it's replaced within a minute. Planned maintenance \
         causes brief interruptions. When a zone is lost, there's no downtime.\n"
    ));
    assert_eq!(stated(&read, "Downtime"), ["None"]);
}

#[test]
fn a_sentence_on_another_service_states_nothing_of_zones() {
    let read = article("## Availability zone support\n\nAzure Storage supports zone-redundant storage.");
    assert_eq!(stated(&read, "ZoneSupport"), Vec::<String>::new());
}

#[test]
fn a_label_that_leads_to_a_table_is_no_passage_without_an_answer() {
    let read = article(&format!(
        "{REGION_DOWN}- **Expected downtime:** See the next table.\n\n| Link | Expected downtime |\n|---|---|\n\
         | Rope | Up to 3 minutes |\n| Chain | A brief interruption |\n"
    ));
    assert_eq!(stated(&read, "Downtime"), ["Duration ..180 UpTo [rope]", "Brief [chain]"]);
}

#[test]
fn questions_are_labels_too() {
    let read = article(&format!(
        "{REGION_DOWN}**How much data can we lose?** No more than 5 minutes of it.\n\n\
         | Question | Answer |\n|---|---|\n\
         | How is the oil replicated? | Asynchronously |\n\
         | What's the RTO? | 1 hour at most |\n\
         | What happens to open sessions? | Sessions are dropped |\n\
         | Who fails back? | You fail back |\n"
    ));
    assert_eq!(stated(&read, "DataLoss"), ["Duration ..300 UpTo"]);
    assert_eq!(stated(&read, "Replication"), ["Asynchronous"]);
    assert_eq!(stated(&read, "Downtime"), ["Duration ..3600 UpTo"]);
    assert_eq!(stated(&read, "ActiveRequests"), ["Interrupted"]);
    assert_eq!(stated(&read, "Failback"), ["Customer"]);
}

#[test]
fn a_heading_of_a_column_may_say_of_what_its_label_is() {
    let read = article(&format!(
        "{REGION_DOWN}| Way | RTO (recovery time objective), lamps | Recovery point objective (RPO): wicks and oil |\n\
         |---|---|---|\n| Rope | Up to 3 minutes | Up to 5 minutes |\n\
         | Chain | Up to 2 hours | Up to 1 minute |\n"
    ));
    assert_eq!(stated(&read, "Downtime"), ["Duration ..180 UpTo [rope]", "Duration ..7200 UpTo [chain]"]);
    assert_eq!(stated(&read, "DataLoss"), ["Duration ..300 UpTo [rope]", "Duration ..60 UpTo [chain]"]);
}

#[test]
fn questions_are_headings_too() {
    let read = article(
        "## What becomes of a lantern without its availability zone?\n\n\
         Its sessions are cut off, and no data is lost.",
    );
    assert_eq!(stated(&read, "ActiveRequests"), ["Interrupted"]);
    assert_eq!(stated(&read, "DataLoss"), ["None"]);
}

#[test]
fn without_a_failure_in_the_heading_each_sentence_is_about_the_one_that_it_names() {
    let read = article(
        "## Availability zone support\n\nIt's zone redundant.\n\n## Can I test an outage?\n\n\
         You can't simulate the loss of a zone. The loss of a region is rehearsed by Microsoft, so you don't need to \
         test it.",
    );
    let of = |scenario| {
        let facts = read.facts.iter().filter(move |fact| fact.kind == "Testing" && fact.scenario == scenario);
        facts.map(value).collect::<Vec<_>>()
    };
    assert_eq!(of(Some(Scenario::ZoneFailure)), ["NotPossible"]);
    assert_eq!(of(Some(Scenario::RegionFailure)), ["PlatformManaged"]);
}

#[test]
fn headings_below_one_on_a_failure_name_parts() {
    let read = article(
        "## Resilience to availability zone failures\n\n### Zone down experience\n\n#### Wicks\n\n\
         Expect a downtime of less than 2 minutes.\n\n#### Glass panes\n\n\
         The panes are unavailable until the zone recovers.",
    );
    assert_eq!(stated(&read, "Downtime"), ["Duration ..120 UpTo [wicks]", "UntilRecovery [glass-panes]"]);
}

#[test]
fn what_sections_of_no_known_role_say_of_regions_counts_where_nothing_else_is_said() {
    let read = article(
        "## Availability zone support\n\nIt's zone redundant.\n\n## Where does it burn?\n\n\
         Lantern is a nonregional service.",
    );
    assert_eq!(stated(&read, "MultiRegion"), ["Global"]);
}

#[test]
fn tabs_beside_one_that_is_a_tier_are_tiers() {
    let read = article(
        "## Availability zones\n\n### [Gold](#tab/gold)\n\nLanterns in the Gold plan are zone redundant.\n\n\
         ### [Trial](#tab/trial)\n\nLanterns like these don't support availability zones.\n\n---\n",
    );
    assert_eq!(stated(&read, "ZoneSupport"), ["ZoneRedundant [Gold]", "None [Trial]"]);
}

#[test]
fn items_that_open_with_emphasised_words_tell_who_acts_in_each_case() {
    let read = article(
        "## Disaster recovery across regions\n\nTwo kinds of failover are known:\n\n\
         - *Rope failover* is the last resort. Microsoft fails over all lanterns when the region is lost.\n\
         - *Chain failover* is started by you. You're in charge of detecting the outage.\n",
    );
    assert_eq!(stated(&read, "Responsibility"), ["Microsoft [rope-failover]", "Customer [chain-failover]"]);
}

#[test]
fn questions_and_tasks_below_a_heading_on_regions_name_no_feature() {
    let read = article(
        "## Disaster recovery across regions\n\n### What is replicated\n\nData is replicated asynchronously to another \
         region.\n\n### Test the failover\n\nYou can simulate the loss of the region.\n\n### Rope bridge\n\n\
         With the rope bridge, you initiate the failover to another region.",
    );
    assert_eq!(stated(&read, "Replication"), ["Asynchronous"]);
    assert_eq!(stated(&read, "Responsibility"), ["Customer [Rope bridge]"]);
}

#[test]
fn what_is_said_of_a_zone_mode_in_preview_is_a_preview_too() {
    let read = article(
        "## Availability zone support\n\n- **Zone-redundant:** Lanterns hang in all zones.\n\
         - **Zonal (preview):** A lantern hangs in one zone.\n\n### Zone down experience\n\n\
         - **Expected downtime:**\n\n  - *Zone-redundant:* None.\n  - *Zonal:* Lanterns are unavailable until the zone \
         recovers.\n",
    );
    assert_eq!(stated(&read, "Downtime"), ["None [zone-redundant]", "UntilRecovery [zonal] preview"]);
}

#[test]
fn a_label_by_the_short_form_of_a_zone_mode_is_about_that_mode() {
    let read = article(
        "## Availability zone support\n\n- **Zone-redundant storage (ZRS):** Oil is kept in all zones.\n\
         - **Locally kept oil (LKO):** You pin the lantern to a single zone, so it's zonal.\n\n\
         ### Zone down experience\n\n- **Expected downtime:**\n\n  - *ZRS:* None.\n  - *LKO:* Lanterns are unavailable \
         until the zone recovers.\n",
    );
    assert_eq!(stated(&read, "Downtime"), ["None [zone-redundant]", "UntilRecovery [zonal]"]);
}

#[test]
fn a_name_that_the_document_has_for_a_zone_mode_stands_for_it() {
    let text = |sentence: &str| {
        let read = article(&format!(
            "## Availability zone support\n\n- **Pinned lanterns** are *zonal*.\n- **Wide lanterns** are \
             *zone-redundant*.\n\n### Zone down experience\n\n{sentence}"
        ));
        stated(&read, "Downtime")
    };
    let labels = "- **Expected downtime:**\n\n  - *Wide lantern:* None.\n  - *Pinned lantern:* Lanterns are unavailable \
                  until the zone recovers.\n";
    assert_eq!(text(labels), ["None [zone-redundant]", "UntilRecovery [zonal]"]);
    let prose = "A pinned lantern stays unavailable until the zone recovers.";
    assert_eq!(text(prose), ["UntilRecovery [zonal]"]);
    assert_eq!(text("A lantern stays unavailable until the zone recovers."), ["UntilRecovery"]);
}

#[test]
fn the_preview_of_a_tier_is_none_of_its_zone_mode() {
    let text = |tier: &str| {
        let read = article(&format!(
            "## Availability zone support\n\n- **Zone-redundant:** Lanterns hang in all zones.\n\n- **Tiers:** {tier}\n\n\
             ### Zone down experience\n\n- **Expected downtime:**\n\n  - *Zone-redundant:* None.\n"
        ));
        stated(&read, "Downtime")
    };
    assert_eq!(
        text("The Wax tier, which is in preview, also supports zone redundancy."),
        ["None [zone-redundant]"]
    );
    let placement = "Lanterns support zone redundancy (preview) everywhere.";
    assert_eq!(text(placement), ["None [zone-redundant] preview"]);
}

#[test]
fn a_range_may_have_two_units() {
    let read = article(&format!("{REGION_DOWN}- **Expected downtime:** 10 minutes to 2 hours.\n"));
    assert_eq!(stated(&read, "Downtime"), ["Duration 600..7200 Typical"]);
}

#[test]
fn sections_of_no_known_role_say_what_zones_cost_and_need() {
    let read = article(
        "## Good to know\n\nZone redundancy is always on and comes at no extra cost.\n\n\
         ## Resilience to region-wide failures\n\nLantern is a single-region service.",
    );
    assert_eq!(stated(&read, "ZoneCost"), ["NoExtraCost"]);
    assert_eq!(stated(&read, "ZoneEnablement"), ["AlwaysOn"]);
}

#[test]
fn who_fails_over_where_the_service_offers_nothing_across_regions_does_so_in_a_design_of_their_own() {
    let text = |support: &str| {
        article(&format!(
            "## Resilience to region-wide failures\n\n{support} You can deploy a second lantern in another region. \
             You're responsible for detecting the outage and for failing over to it.\n"
        ))
    };
    let single = text("Lantern is a single-region service.");
    assert_eq!(stated(&single, "Responsibility"), ["Customer [custom-multiregion-solutions]"]);
    let native = text("Lantern supports geo-replication across regions.");
    assert_eq!(stated(&native, "Responsibility"), ["Customer [Geo-replication]"]);
}

#[test]
fn a_second_zone_is_no_length_of_time() {
    let read = article(
        "## Availability zone support\n\n### Zone down experience\n\n\
         - **Expected data loss:** None, because oil is always in a second zone.\n",
    );
    assert_eq!(stated(&read, "DataLoss"), ["None"]);
}

#[test]
fn the_text_of_a_label_counts_more_than_its_words() {
    let text = |text: &str| {
        let read = article(&format!(
            "## Availability zone support\n\n### Configure availability zone support\n\n\
             - **New and existing lanterns:** {text}\n"
        ));
        stated(&read, "ZoneEnablement")
    };
    assert_eq!(text("Zone redundancy is always on, and you can't turn it off."), ["AlwaysOn"]);
    assert_eq!(text("See the handbook."), ["OptInAnyTime"]);
}

#[test]
fn the_service_by_that_word_may_retire() {
    let read =
        article("> [!IMPORTANT]\n> The service will be retired on March 31, 2031. Use another lamp.\n");
    assert_eq!(stated(&read, "Retirement"), ["2031-03-31"]);
}
