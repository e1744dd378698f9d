//! Where a statement stands tells what it is about: rows and columns of tables, tabs, paragraphs that open with the name
//! of a part. One test for each structure, with near misses.

use crate::traps::{REGION_DOWN, ZONE_DOWN, article, stated};
use mainstay::facts::Scenario;

#[test]
fn a_cell_answers_the_words_that_lead_its_row() {
    let read = article(&format!(
        "{ZONE_DOWN}| | Zone-redundant lantern | Zonal lantern |\n|---|---|---|\n\
         | Entries in the notebook | Nothing that was confirmed is lost | They can't be read until the zone is back |\n\
         | Height | Three feet | Two feet |\n"
    ));
    assert_eq!(stated(&read, "DataLoss"), ["None [zone-redundant]", "UntilRecovery [zonal]"]);
}

#[test]
fn a_column_asks_what_its_cells_answer_where_rows_have_a_head() {
    let read = article(
        "## Availability zone support\n\n| Layout | Description |\n|---|---|\n\
         | Pinned lantern | All wicks of the lantern are in one zone that you pick. |\n",
    );
    assert_eq!(stated(&read, "ZoneSupport"), ["Zonal"]);
}

#[test]
fn a_head_hedges_the_figures_below_it() {
    let table = |head: &str| {
        let read = article(&format!(
            "{REGION_DOWN}- **Expected data loss:** It depends on the schedule.\n\n  \
             | Schedule | {head} |\n  |---|---|\n  | Hourly | Two hours |\n  | Daily | Less than two days |\n"
        ));
        stated(&read, "DataLoss")
    };
    assert_eq!(
        table("Typical RPO"),
        ["Duration ..7200 Typical [hourly]", "Duration ..172800 Typical [daily]"]
    );
    assert_eq!(table("RPO"), ["Duration ..7200 UpTo [hourly]", "Duration ..172800 UpTo [daily]"]);
}

#[test]
fn rows_that_say_the_same_are_one_beside_rows_that_do_not() {
    let rows = |last: &str| {
        let read = article(&format!(
            "{REGION_DOWN}- **Expected data loss:** It depends on the data.\n\n  | Data | RPO |\n  |---|---|\n\
             \x20 | Entries | Up to 5 minutes |\n  | Drawings | Up to 5 minutes |\n  | Unread letters | {last} |\n"
        ));
        stated(&read, "DataLoss")
    };
    assert_eq!(rows("They might be lost"), ["Duration ..300 UpTo [entries]", "Possible [unread-letters]"]);
    assert_eq!(rows("Up to 5 minutes"), ["Duration ..300 UpTo"]);
}

#[test]
fn pivots_of_a_group_that_is_missing_are_tiers_by_its_name() {
    let read = |group: &str| {
        let text = format!(
            "---\nzone_pivot_groups: {group}\n---\n# Reliability in Nephele Lantern\n\n{ZONE_DOWN}\
             ::: zone pivot=\"wick,oil-and-gas\"\n\n- **Expected downtime:** About 20 seconds.\n\n::: zone-end\n\n\
             ::: zone pivot=\"clear-wax-plan\"\n\n- **Expected downtime:** About an hour.\n\n::: zone-end\n"
        );
        let ontology = mainstay::ontology::Ontology::load(&[]).unwrap();
        let read = mainstay::facts::extract(
            &mainstay::documents::Document::from_text("lantern.md", &text),
            &ontology,
        );
        stated(&read, "Downtime")
    };
    assert_eq!(
        read("lantern-tier"),
        ["Duration ..20 Typical [Wick, Oil, Gas]", "Duration ..3600 Typical [Clear Wax]"]
    );
    assert!(read("lantern-shape")[1].ends_with("[clear-wax-plan]"));
}

#[test]
fn paragraphs_that_open_with_the_names_of_parts_are_about_these() {
    let parts = article(&format!(
        "{ZONE_DOWN}*Lamp room.* The lamp room is unavailable for about two minutes.\n\n\
         *Oil cellar.* The oil cellar can't be reached until the zone is restored.\n"
    ));
    assert_eq!(
        stated(&parts, "Downtime"),
        ["Duration ..120 Typical [lamp-room]", "UntilRecovery [oil-cellar]"]
    );
    let alone = article(&format!("{ZONE_DOWN}*Note.* The lamp room is unavailable for about two minutes.\n"));
    assert_eq!(stated(&alone, "Downtime"), ["Duration ..120 Typical"]);
}

#[test]
fn tabs_tell_outcomes_apart_and_end_at_a_rule() {
    let read = article(
        "## Resilience to region-wide failures\n\n# [Old wick](#tab/old)\n\n\
         Lanterns are unavailable until the region recovers.\n\n# [New wick](#tab/new)\n\n\
         Lanterns are unavailable for up to 10 minutes.\n\n---\n\n\
         When the region recovers, Microsoft moves the lanterns back.\n",
    );
    assert_eq!(stated(&read, "Downtime"), ["UntilRecovery [old-wick]", "Duration ..600 UpTo [new-wick]"]);
    assert_eq!(stated(&read, "Failback"), ["Microsoft"]);
}

#[test]
fn what_zones_cost_differs_by_mode_where_each_sentence_names_one() {
    let read = article(
        "## Availability zone support\n\n- **Zone-redundant:** Lanterns hang in all zones.\n\
         - **Zonal:** You pin a lantern to one zone.\n\n### Cost\n\n\
         A zone-redundant lantern costs more than one without zones. There's no extra cost for zonal lanterns.\n",
    );
    assert_eq!(stated(&read, "ZoneCost"), ["ExtraCost [zone-redundant]", "NoExtraCost [zonal]"]);
}

#[test]
fn a_part_that_stays_in_its_region_makes_no_single_region_service() {
    let part = "Drawings aren't replicated to another region.";
    let read = |first: &str| article(&format!("## Resilience to region-wide failures\n\n{first} {part}\n"));
    let native = read("Lantern supports geo-replication across regions.");
    assert_eq!(stated(&native, "MultiRegion"), ["Native [Geo-replication]"]);
    assert_eq!(stated(&read(""), "MultiRegion"), ["SingleRegion"]);
}

#[test]
fn labels_made_of_the_tiers_that_a_table_lists_are_tiers() {
    let table = |head: &str| {
        let read = article(&format!(
            "## Availability zone support\n\n| {head} | Zones |\n|---|---|\n| Ember | No |\n\
             | Blaze, Blaze Plus | Yes |\n\n### Zone down experience\n\n- **Expected downtime:**\n\n  \
             - *Blaze and Blaze Plus:* None.\n  - *Ember:* Lanterns are unavailable until the zone recovers.\n"
        ));
        stated(&read, "Downtime")
    };
    assert_eq!(table("Tier"), ["None [Blaze, Blaze Plus]", "UntilRecovery [Ember]"]);
    assert_eq!(table("Lantern"), ["None [blaze-and-blaze-plus]", "UntilRecovery [ember]"]);
}

#[test]
fn identifiers_of_pivots_name_tiers_too() {
    let read = article(
        "## Availability zone support\n\nThe Ember tier and the Blaze tier differ.\n\n### Zone down experience\n\n\
         - **Expected downtime:**\n\n  - *ember-and-blaze:* None.\n  - *glow:* Up to 5 minutes.\n",
    );
    assert_eq!(stated(&read, "Downtime"), ["None [Ember, Blaze]", "Duration ..300 UpTo [glow]"]);
}

#[test]
fn a_whole_section_on_a_failure_tells_more_than_what_happens_then() {
    let read = article(
        "## When an availability zone fails\n\nLanterns are spread across all availability zones. You can't turn this \
         off, and there's nothing to turn on.\n\n## If you lose a region\n\nLantern is a single-region service.\n",
    );
    assert_eq!(stated(&read, "ZoneSupport"), ["ZoneRedundant"]);
    assert_eq!(stated(&read, "ZoneEnablement"), ["AlwaysOn"]);
    assert_eq!(stated(&read, "MultiRegion"), ["SingleRegion"]);
    let nested = article(&format!("{ZONE_DOWN}Lanterns are spread across all availability zones.\n"));
    assert!(stated(&nested, "ZoneSupport").is_empty());
}

#[test]
fn a_label_of_the_same_kind_inside_a_label_is_an_alternative() {
    let read = article(&format!(
        "{ZONE_DOWN}- **Expected data loss:** Lantern keeps two kinds of data.\n\n  \
         - *Data in the book.* No data is lost.\n  - *Data in the cache.* Some data might be lost.\n"
    ));
    assert_eq!(stated(&read, "DataLoss"), ["None [data-in-the-book]", "Possible [data-in-the-cache]"]);
}

#[test]
fn rows_and_columns_that_name_failures_are_about_these() {
    let columns = article(
        "## Recovery objectives\n\n| | Zone outage | Region outage |\n|---|---|---|\n| RTO | 1 minute | 4 hours |\n\
         | RPO | 0 | 15 minutes |\n| Who fails over | Microsoft | Customer |\n",
    );
    let rows = article(
        "## At a glance\n\n| Loss of | Downtime | Who acts |\n|---|---|---|\n| Wick | 10 seconds | Microsoft |\n\
         | Zone | 1 minute | Microsoft |\n| Region | 4 hours | Customer |\n",
    );
    for read in [&columns, &rows] {
        let told = |kind| {
            let facts = read.facts.iter().filter(move |fact| fact.kind == kind);
            facts.map(|fact| (fact.scenario, fact.max_s)).collect::<Vec<_>>()
        };
        let (zone, region) = (Some(Scenario::ZoneFailure), Some(Scenario::RegionFailure));
        assert_eq!(told("Downtime"), [(zone, Some(60)), (region, Some(14_400))]);
        assert_eq!(told("Responsibility"), [(zone, None), (region, None)]);
        assert_eq!(stated(read, "Responsibility"), ["Microsoft", "Customer"]);
    }
    let regions = article("## Where we are\n\n| Region | Downtime |\n|---|---|\n| North Isle | 4 hours |\n");
    assert!(stated(&regions, "Downtime").is_empty(), "a table of regions tells no failures");
}

#[test]
fn labels_and_lines_that_name_a_failure_are_about_it() {
    let list = article(
        "## What can go wrong\n\n- **A wick fails.** Lanterns flicker for 5 seconds.\n\
         - **A zone fails.** No oil data is lost. Expect an interruption of about one minute.\n\
         - **A region fails.** Lanterns are unavailable until the region recovers.\n",
    );
    assert_eq!(stated(&list, "Downtime"), ["Duration ..60 Typical", "UntilRecovery"]);
    let lines = article(
        "## Questions\n\n**What happens if a zone fails?**\n\nThe lanterns keep burning without downtime.\n\n\
         **What happens if the whole region fails?**\n\nLanterns are unavailable until the region is back.\n",
    );
    assert_eq!(stated(&lines, "Downtime"), ["None", "UntilRecovery"]);
}

#[test]
fn sentences_tell_of_a_failure_that_no_heading_is_about() {
    let text = "## Good to know\n\nIf a zone fails, Lantern moves to another zone and no data is lost.\n";
    assert_eq!(stated(&article(text), "DataLoss"), ["None"]);
    let headed = format!("{text}\n## Availability zone support\n\nLanterns are zone redundant.\n");
    assert!(stated(&article(&headed), "DataLoss").is_empty());
}

#[test]
fn customers_who_act_in_one_case_share_nothing_in_the_others() {
    let of = |second: &str| {
        let read = article(&format!(
            "{REGION_DOWN}- **Detection and response:** Microsoft is responsible for detecting the outage and for failing over. \
             {second}\n"
        ));
        stated(&read, "Responsibility")
    };
    assert_eq!(
        of("For hand-lit lamps, you need to detect the outage and to light another one."),
        ["Microsoft", "Customer [hand-lit-lamps]"]
    );
    assert_eq!(of("However, you need to redirect your visitors to another lamp."), ["Shared"]);
}

#[test]
fn a_paragraph_goes_on_about_the_zone_mode_that_it_names() {
    let read = article(&format!(
        "{ZONE_DOWN}With zone-redundant lanterns, the service fails over to a lamp in another zone. There's no downtime.\n\n\
         It's different with zonal lanterns. Their lamps are in the zone that failed, so they're unavailable until the zone \
         is back.\n"
    ));
    let downtime = stated(&read, "Downtime");
    assert_eq!(downtime, ["None [zone-redundant]", "UntilRecovery [zonal]"]);
    let acts = article(&format!(
        "{ZONE_DOWN}A zone-redundant lantern keeps burning. The failover is automatic, and Microsoft carries it out.\n\n\
         A zonal lantern whose zone has failed stops. In the meantime, you need to detect the problem and light another.\n"
    ));
    assert_eq!(stated(&acts, "Responsibility"), ["Microsoft [zone-redundant]", "Customer [zonal]"]);
}

#[test]
fn tables_of_pairs_name_places_and_regions_without_a_pair() {
    let pairs = |rows: &str| {
        let read = article(&format!(
            "## Cross-region disaster recovery\n\n| Place | Region of the lantern | Where it goes |\n|---|---|---|\n{rows}"
        ));
        stated(&read, "RegionPair")
    };
    let rows = "| West | East US | West US |\n| North | North Europe | West Europe |\n| South | Brazil South | N/A |\n";
    assert_eq!(pairs(rows), ["East US -> West US", "North Europe -> West Europe"]);
    assert!(pairs("| West | East US | soon |\n").is_empty());
    assert!(pairs("| West | East US | None |\n").is_empty());
}

#[test]
fn types_of_failover_in_prose_are_cases_of_their_own() {
    let text = "Microsoft detects the outage and starts a service-managed failover when the region is lost for long. \
                You're in charge of a customer-requested failover, so you have to notice the problem yourself.\n";
    assert_eq!(
        stated(&article(&format!("{REGION_DOWN}{text}")), "Responsibility"),
        ["Microsoft [service-managed-failover]", "Customer [customer-requested-failover]"]
    );
}

#[test]
fn what_happens_in_a_failure_is_no_failback() {
    let text = "When a zone is lost, the platform fails over to a lantern in another zone without your involvement.\n";
    assert!(stated(&article(&format!("{ZONE_DOWN}{text}")), "Failback").is_empty());
    let back = format!("{ZONE_DOWN}{text}\nWhen the zone recovers, the platform uses it again.\n");
    assert_eq!(stated(&article(&back), "Failback"), ["Microsoft"]);
}

#[test]
fn nouns_of_tiers_name_no_tier() {
    let read = article(
        "## Resilience to availability zone failures\n\n### Requirements\n\n\
         - **Service tiers:** The Oil and Gas tiers support zone redundancy.\n",
    );
    let tiers: Vec<&[String]> = read.facts.iter().map(|fact| fact.tiers.as_slice()).collect();
    assert_eq!(tiers, [["Oil", "Gas"]]);
}

#[test]
fn what_sentences_say_of_types_of_failover_are_cases() {
    let loss = |text: &str| {
        stated(&article(&format!("{REGION_DOWN}- **Expected data loss:** {text}\n")), "DataLoss")
    };
    assert_eq!(
        loss("A planned failover loses no data. A forced failover might lose the last entries."),
        ["None [planned-failover]", "Possible [forced-failover]"]
    );
    assert_eq!(loss("A forced failover might lose the last entries."), ["Possible"]);
}

#[test]
fn what_happens_in_a_region_is_no_offer_where_the_service_is_said_to_be_in_one() {
    let read = article(
        "## Resilience to region-wide failures\n\nLantern runs in one region only.\n\n\
         ### Behavior during a region failure\n\n- **RTO:** 4 hours\n",
    );
    assert_eq!(stated(&read, "MultiRegion"), ["SingleRegion"]);
}

#[test]
fn the_identifier_of_a_pivot_names_a_zone_mode() {
    let read = article(&format!(
        "{ZONE_DOWN}::: zone pivot=\"zone-redundant\"\n\n- **Expected downtime:** None.\n\n::: zone-end\n\n\
         ::: zone pivot=\"zonal\"\n\n- **Expected downtime:** About an hour.\n\n::: zone-end\n"
    ));
    assert_eq!(stated(&read, "Downtime"), ["None [zone-redundant]", "Duration ..3600 Typical [zonal]"]);
    let both = |outcome: &str| {
        let read = article(&format!(
            "{ZONE_DOWN}::: zone pivot=\"zone-redundant,zonal\"\n\n- **Expected downtime:**{outcome}\n\n::: zone-end\n"
        ));
        stated(&read, "Downtime")
    };
    assert_eq!(both(" None."), ["None [zone-redundant]", "None [zonal]"]);
    assert_eq!(
        both("\n\n  - *Zonal:* About an hour."),
        ["Duration ..3600 Typical [zonal]"],
        "a label is closer"
    );
}
