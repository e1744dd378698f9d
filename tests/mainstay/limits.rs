//! What facts are limited to: tiers, features and parts that stand elsewhere than in the sentence itself.

use crate::traps::{ZONE_DOWN, article, stated};

const REGIONS: &str = "## Resilience to region-wide failures\n\n";
/// A sentence that makes two names known as tiers.
const TIERS: &str = "Lanterns are sold in the Basic and Brass tiers.\n\n";

#[test]
fn a_feature_has_the_tiers_of_its_row() {
    let read = article(&format!(
        "{TIERS}{REGIONS}| Feature | Tiers |\n|---|---|\n| [Mirror groups](#mirror-groups) | Brass |\n\
         | Beam relay | Basic, Brass |\n\n### Mirror groups\n\nMirror groups keep a second lantern in another region.\n\n\
         #### Behavior during a region failure\n\n- **Expected downtime:** About two minutes.\n"
    ));
    assert_eq!(stated(&read, "MultiRegion"), ["Native [Mirror groups, Brass]"]);
    assert_eq!(stated(&read, "Downtime"), ["Duration ..120 Typical [Mirror groups]"]);
}

#[test]
fn a_feature_has_the_tiers_of_the_sentence_that_offers_it() {
    let section = "### Geo-replication\n\nWith geo-replication, you add lamps to a lantern in other regions.\n\n\
                   #### Behavior during a region failure\n\n- **Expected downtime:** About two minutes.\n";
    for (intro, expected) in [
        (
            "The Brass tier offers *geo-replication*, which adds lamps elsewhere.",
            "Native [Geo-replication, Brass]",
        ),
        ("On the Brass plan, you can use geo-replication.", "Native [Geo-replication, Brass]"),
        ("The Basic tier doesn't offer geo-replication.", "Native [Geo-replication]"),
        ("All tiers offer geo-replication.", "Native [Geo-replication]"),
        ("The Brass tier has brighter lamps.", "Native [Geo-replication]"),
    ] {
        let read = article(&format!("{TIERS}{REGIONS}{intro}\n\n{section}"));
        let native = stated(&read, "MultiRegion").into_iter().find(|fact| fact.starts_with("Native"));
        assert_eq!(native.as_deref(), Some(expected), "{intro}");
    }
}

#[test]
fn a_label_of_a_feature_s_section_asks_for_tiers() {
    for (label, expected) in [
        ("Tier:** Brass.", "Native [Geo-replication, Brass]"),
        (
            "Service tier:** Only lanterns in the Brass tier can have lamps elsewhere.",
            "Native [Geo-replication, Brass]",
        ),
        ("Service tier:** Lanterns of any kind can have lamps elsewhere.", "Native [Geo-replication]"),
    ] {
        let read = article(&format!(
            "{TIERS}{REGIONS}### Geo-replication\n\nWith geo-replication, you add lamps to a lantern in other regions.\n\n\
             #### Requirements\n\n- **{label}\n\n#### Behavior during a region failure\n\n\
             - **Expected downtime:** About two minutes.\n"
        ));
        assert_eq!(stated(&read, "MultiRegion"), [expected], "{label}");
    }
}

#[test]
fn a_feature_below_a_pivot_has_the_tiers_of_the_pivot() {
    let read = article(&format!(
        "{TIERS}{REGIONS}::: zone pivot=\"brass\"\n\n### Mirror groups\n\nA mirror group holds two lanterns.\n\n\
         #### Behavior during a region failure\n\n- **Expected downtime:** About two minutes.\n\n::: zone-end\n"
    ));
    assert_eq!(stated(&read, "MultiRegion"), ["Native [Mirror groups, Brass]"]);
}

#[test]
fn a_feature_by_name_is_no_label_of_requests() {
    let read = article(&format!(
        "{REGIONS}### Active geo-replication\n\n#### Behavior during a region failure\n\n\
         - **Active connections:** Connections to the lost region are dropped and must be opened again.\n"
    ));
    assert_eq!(stated(&read, "ActiveRequests"), ["Interrupted [Active geo-replication]"]);
    let read = article(&format!(
        "{REGIONS}### Active connections\n\nConnections to the lost region are dropped and must be opened again.\n"
    ));
    assert_eq!(stated(&read, "ActiveRequests"), ["Interrupted"]);
}

#[test]
fn rows_and_labels_of_several_tiers_limit_to_all_of_them() {
    let read = article(&format!(
        "## Resilience to availability zone failures\n\n| Tier | Availability zone support |\n|---|---|\n\
         | Basic | None |\n| Brass | Zone redundant |\n| Copper, Copper Plus | Zone redundant |\n\n{}",
        ZONE_DOWN.replace("## Resilience to availability zone failures\n\n", "")
            + "- **Expected downtime:**\n    - *Brass:* About 20 seconds.\n    - *Copper and Copper Plus:* About 5 seconds.\n"
    ));
    assert_eq!(stated(&read, "ZoneSupport"), ["None [Basic]", "ZoneRedundant [Brass, Copper, Copper Plus]"]);
    assert_eq!(
        stated(&read, "Downtime"),
        ["Duration ..20 Typical [Brass]", "Duration ..5 Typical [Copper, Copper Plus]"]
    );
}

#[test]
fn a_pivot_without_a_group_may_name_tiers_that_are_known() {
    let read = article(&format!(
        "{TIERS}{ZONE_DOWN}::: zone pivot=\"basic-and-brass\"\n\n- **Expected downtime:** About 20 seconds.\n\n\
         ::: zone-end\n\n::: zone pivot=\"hand-made\"\n\n- **Expected downtime:** About an hour.\n\n::: zone-end\n"
    ));
    assert_eq!(
        stated(&read, "Downtime"),
        ["Duration ..20 Typical [Basic, Brass]", "Duration ..3600 Typical [hand-made]"]
    );
}

#[test]
fn a_zone_mode_beside_tiers_is_no_tier() {
    let read = article(&format!(
        "{ZONE_DOWN}- **Expected downtime:**\n    - *Zone-redundant, Basic and Brass tiers:* About 20 seconds.\n    \
         - *Zonal:* Until the zone is back.\n"
    ));
    assert_eq!(stated(&read, "Downtime")[0], "Duration ..20 Typical [Basic, Brass]");
}

#[test]
fn a_denial_beside_support_is_about_its_subject() {
    let zones = "## Availability zone support\n\nLanterns are zone-redundant.\n\n";
    let read = article(&format!("{zones}Paper lamps don't support availability zones.\n"));
    assert_eq!(stated(&read, "ZoneSupport"), ["ZoneRedundant", "None [paper-lamps]"]);
    let read = article("## Availability zone support\n\nPaper lamps don't support availability zones.\n");
    assert_eq!(stated(&read, "ZoneSupport"), ["None"], "nothing else is said");
    let read = article(&format!("{zones}Nephele Lantern doesn't support availability zones.\n"));
    assert_eq!(stated(&read, "ZoneSupport"), ["ZoneRedundant", "None"], "a contradiction stays one");
}

#[test]
fn what_is_confined_to_a_region_is_no_matter_of_a_feature() {
    let read = article(&format!(
        "{TIERS}{REGIONS}### Mirror groups\n\nIn the Basic tier, a lantern is a single-region resource.\n\n\
         #### Behavior during a region failure\n\n- **Expected downtime:** About two minutes.\n"
    ));
    let single = stated(&read, "MultiRegion").into_iter().find(|fact| fact.starts_with("Single"));
    assert_eq!(single.as_deref(), Some("SingleRegion [Basic]"));
}

#[test]
fn a_failure_lasts_to_its_end_in_a_configuration() {
    let outcome = "- **Expected downtime:** About 20 seconds.\n\n";
    for (sentence, expected) in [
        (
            "A lantern without zone redundancy is unavailable until the zone is back.",
            Some("without-zone-redundancy"),
        ),
        (
            "If zone redundancy isn't enabled, the lantern is unavailable until the zone is back.",
            Some("zone-redundancy-isn-t-enabled"),
        ),
        (
            "When zone redundancy is off, the lantern is unavailable until the zone is back.",
            Some("zone-redundancy-is-off"),
        ),
        ("A lantern that uses LRS is unavailable until the zone is back.", Some("uses-lrs")),
        (
            "A lantern is unavailable until its zone is back, unless you enable zone redundancy.",
            Some("unless-you-enable-zone-redundancy"),
        ),
        ("A lantern goes without any oil for an hour.", None),
    ] {
        let read = article(&format!(
            "## Availability zone support\n\n{sentence}\n\n### Zone-down experience\n\n{outcome}"
        ));
        let mut downtime = vec!["Duration ..20 Typical".to_owned()];
        downtime.extend(expected.map(|variant| format!("UntilRecovery [{variant}]")));
        let mut stated = stated(&read, "Downtime");
        stated.sort();
        assert_eq!(stated, downtime, "{sentence}");
    }
}

#[test]
fn a_paragraph_goes_on_about_the_tiers_that_it_opens_with() {
    let zones = "## Availability zone support\n\n";
    let read = article(&format!(
        "{TIERS}{zones}In the Brass tier, you can pick the place of a lantern. That configuration is *zonal*.\n"
    ));
    assert_eq!(stated(&read, "ZoneSupport"), ["Zonal [Brass]"]);
    let read = article(&format!(
        "{TIERS}{zones}In the Brass tier, you can pick the color of a lantern.\n\nThat configuration is *zonal*.\n"
    ));
    assert_eq!(stated(&read, "ZoneSupport"), ["Zonal"], "another paragraph");
}

#[test]
fn zone_redundancy_that_is_always_on_holds_for_the_tiers_that_have_it() {
    let read = article(&format!(
        "{TIERS}## Availability zone support\n\nThe Brass tier is zone-redundant. The Basic tier doesn't support \
         availability zones.\n\n### Configure availability zone support\n\nZone redundancy is automatic, and there's nothing to configure.\n"
    ));
    assert_eq!(stated(&read, "ZoneEnablement"), ["AlwaysOn [Brass]"]);
}

#[test]
fn headings_of_steps_name_no_feature() {
    for heading in [
        "Outage detection and failover",
        "Recovery of the primary region",
        "Failing back",
        "DR drills",
        "Testing your preparation",
        "Regions without pairs",
    ] {
        let read = article(&format!(
            "## Cross-region disaster recovery\n\n### {heading}\n\n- **RPO:** Up to 15 minutes.\n"
        ));
        assert_eq!(stated(&read, "DataLoss"), ["Duration ..900 UpTo"], "{heading}");
    }
    let read =
        article("## Cross-region disaster recovery\n\n### Mirror sets\n\n- **RPO:** Up to 15 minutes.\n");
    assert_eq!(stated(&read, "DataLoss"), ["Duration ..900 UpTo [Mirror sets]"]);
}

#[test]
fn a_duty_in_a_design_of_one_s_own_needs_no_word_for_the_failure() {
    let design = |sentence: &str| {
        article(&format!("{REGIONS}### Custom multiregion solutions for resiliency\n\n{sentence}\n"))
    };
    for (sentence, expected) in [
        ("It's up to you to notice that a lantern is gone and to point visitors to the other.", 1),
        ("You're responsible for sending visitors to the second lantern.", 1),
        ("You're responsible for the oil of both lanterns.", 0),
    ] {
        assert_eq!(stated(&design(sentence), "Responsibility").len(), expected, "{sentence}");
    }
}

#[test]
fn a_sentence_about_zones_or_regions_speaks_of_both() {
    let read = article(
        "## Availability zone support\n\nYou can't simulate the failure of a zone or a region of Nephele Lantern.\n",
    );
    assert_eq!(stated(&read, "Testing"), ["NotPossible", "NotPossible"]);
    let read = article(
        "## Availability zone support\n\nYou can't simulate the failure of a zone in a region of Nephele Lantern.\n",
    );
    assert_eq!(stated(&read, "Testing"), ["NotPossible"]);
}

#[test]
fn a_column_asks_what_turns_zones_on() {
    let read = article(
        "## Availability zone support\n\n| Tier | Availability zone support | How to turn it on |\n|---|---|---|\n\
         | Basic | Zone redundant | Automatic for all new lanterns |\n\
         | Brass | Zone redundant | Only when you create the lantern |\n",
    );
    assert_eq!(stated(&read, "ZoneEnablement"), ["AlwaysOn [Basic]", "OptInAtCreation [Brass]"]);
}

#[test]
fn data_that_stays_stands_beside_data_that_is_copied() {
    let read = article(
        "## Resilience to availability zone failures\n\n### Behavior when all zones are healthy\n\n\
         - **Data replication between zones:** Guest books are replicated synchronously. Sparks pass through the \
         lantern, so they aren't replicated.\n",
    );
    assert_eq!(stated(&read, "Replication"), ["None [sparks]", "Synchronous"]);
}

#[test]
fn what_did_not_arrive_and_can_be_lost_is_no_denial() {
    let label = |sentence: &str| article(&format!("{ZONE_DOWN}- **Expected data loss:** {sentence}\n"));
    let lost = "Notes from the last moments might not exist in another place, and they can be lost.";
    assert_eq!(stated(&label(lost), "DataLoss"), ["Possible"]);
    assert_eq!(stated(&label("Notes aren't lost."), "DataLoss"), ["None"]);
}

#[test]
fn a_row_whose_columns_agree_tells_nothing_apart() {
    let table = |second: &str| {
        article(&format!(
            "{ZONE_DOWN}| | Paper lamps | Glass lamps |\n|---|---|---|\n| Who acts | Microsoft | {second} |\n"
        ))
    };
    assert_eq!(stated(&table("Microsoft"), "Responsibility"), ["Microsoft"]);
    assert_eq!(
        stated(&table("You"), "Responsibility"),
        ["Microsoft [paper-lamps]", "Customer [glass-lamps]"]
    );
}

#[test]
fn a_row_about_a_tier_in_preview_says_so() {
    let read = article(
        "## Availability zone support\n\n| Tier | Zone-redundant | Zonal |\n|---|---|---|\n\
         | Basic (preview) | No | No |\n| Brass | Yes | No |\n| Copper (preview) | Yes | No |\n",
    );
    assert_eq!(
        stated(&read, "ZoneSupport"),
        ["None [Basic] preview", "ZoneRedundant [Brass]", "ZoneRedundant [Copper] preview"]
    );
}

#[test]
fn an_edition_in_brackets_retires_for_itself() {
    let read = article("Nephele Lantern (classic) retires on May 2, 2030.");
    assert_eq!(stated(&read, "Retirement"), ["2030-05-02 [Nephele Lantern (classic)]"]);
    let read = article("Nephele Lantern (NL) retires on May 2, 2030.");
    assert_eq!(stated(&read, "Retirement"), ["2030-05-02"]);
}

#[test]
fn a_mode_in_preview_is_one_in_all_that_is_said_of_it() {
    let read = article(&format!(
        "## Resilience to availability zone failures\n\n- **Zone-redundant:** Lamps are spread over three zones.\n\
         - **Zonal (preview):** All lamps are in one zone that you pick.\n\n{}",
        ZONE_DOWN.replace("## Resilience to availability zone failures\n\n", "")
            + "- **Expected downtime:**\n    - *Zone-redundant:* About 20 seconds.\n    - *Zonal:* Until the zone recovers.\n"
    ));
    assert_eq!(
        stated(&read, "Downtime"),
        ["Duration ..20 Typical [zone-redundant]", "UntilRecovery [zonal] preview"]
    );
}

#[test]
fn a_row_about_one_of_its_columns_leaves_the_rest_to_the_text() {
    let read = article(&format!(
        "{ZONE_DOWN}Expect a gap of about 20 seconds in the light.\n\n| | Glass lamps | Paper lamps |\n|---|---|---|\n\
         | Expected downtime | See above | When the zone is restored |\n| Expected data loss | None | Not defined |\n"
    ));
    assert!(stated(&read, "Downtime").contains(&"UntilRecovery [paper-lamps]".to_owned()));
    assert_eq!(stated(&read, "DataLoss"), ["None [glass-lamps]", "NotStated [paper-lamps]"]);
}

#[test]
fn access_that_is_lost_is_no_data_that_is() {
    let label = |sentence: &str| article(&format!("{REGIONS}{sentence}\n"));
    assert!(
        stated(&label("You lose access to the lantern while its region is down."), "DataLoss").is_empty()
    );
    assert_eq!(
        stated(&label("You lose the entries of the last days if the region fails."), "DataLoss").len(),
        1
    );
}

#[test]
fn what_readers_would_like_to_see_is_no_case() {
    let read = article(
        "## Resilience to availability zone failures\n\n### Test for zone failures\n\nThe platform runs the failover of zones, \
         so you don't have to test it. If you want to see how a lantern copes with wind, open a window.\n",
    );
    assert_eq!(stated(&read, "Testing"), ["PlatformManaged"]);
}

#[test]
fn designs_on_one_s_own_are_custom() {
    let read = article(&format!(
        "{REGIONS}### Doing it on your own\n\nThere's no failover, so there's no downtime.\n"
    ));
    assert!(stated(&read, "Downtime").is_empty());
}

#[test]
fn a_feature_is_called_what_the_sentence_that_offers_it_emphasises() {
    let section = |name: &str| {
        format!(
            "{REGIONS}Lantern Service has a built-in capability, {name}, that copies beams to another region.\n\n\
             - **Expected downtime:** About two minutes.\n"
        )
    };
    for (name, expected) in [
        ("*twin-lamp failover*", " [Twin-lamp failover]"),
        ("**cross-harbor disaster recovery**", " [Cross-harbor disaster recovery]"),
        ("*very* useful", ""),
        ("twin-lamp failover", ""),
        ("*disaster recovery*", ""),
    ] {
        let read = article(&section(name));
        assert_eq!(stated(&read, "Downtime"), [format!("Duration ..120 Typical{expected}")], "{name}");
    }
}

#[test]
fn what_holds_for_all_tiers_is_limited_to_none() {
    let read = |sentence: &str| {
        let read = article(&format!(
            "Lanterns are sold in the Basic, Brass, and Gold tiers.\n\n## Availability zone support\n\n{sentence}\n"
        ));
        stated(&read, "ZoneSupport")
    };
    assert_eq!(read("Zone redundancy is supported in the Basic, Brass, and Gold tiers."), ["ZoneRedundant"]);
    assert_eq!(
        read("Zone redundancy is supported in the Brass and Gold tiers."),
        ["ZoneRedundant [Brass, Gold]"]
    );
}

#[test]
fn tiers_of_other_services_and_all_tiers_are_no_limit() {
    for (requirement, expected) in [
        ("All tiers except the Basic tier support zone redundancy.", "ZoneRedundant"),
        ("Both tiers support zone redundancy.", "ZoneRedundant"),
        ("Zone redundancy is available in the Brass tier.", "ZoneRedundant [Brass]"),
        ("Lanterns must use the Brass SKU of Azure Storage.", "ZoneRedundant"),
    ] {
        let read = article(&format!(
            "{TIERS}## Resilience to availability zone failures\n\nLanterns are zone redundant.\n\n### Requirements\n\n\
             - **Tiers:** {requirement}\n"
        ));
        assert_eq!(stated(&read, "ZoneSupport"), [expected], "{requirement}");
    }
}

#[test]
fn what_is_said_of_some_tiers_is_not_said_again_of_fewer() {
    let read = article(
        "Lanterns are sold in the Basic, Tin, and Brass tiers.\n\n## Resilience to availability zone failures\n\n\
         Lanterns in the Tin and Brass tiers are zone redundant. The Basic tier doesn't support availability zones.\n\n\
         ### Configure availability zone support\n\n- **Create a lantern:** Lanterns in the Brass tier are zone redundant.\n",
    );
    assert_eq!(stated(&read, "ZoneSupport"), ["ZoneRedundant [Tin, Brass]", "None [Basic]"]);
}

#[test]
fn a_list_of_something_else_names_no_tiers() {
    for intro in ["Put these in your disaster recovery plan:", "These are in your plans:"] {
        let read = article(&format!(
            "{intro}\n\n- **Wick:** Trim it.\n- **Failover:** Write it down.\n\n{ZONE_DOWN}\
             - **Expected downtime:**\n    - *Wick:* About an hour.\n    - *Failover:* About 20 seconds.\n"
        ));
        let told = ["Duration ..3600 Typical [wick]", "Duration ..20 Typical [failover]"];
        assert_eq!(stated(&read, "Downtime"), told, "{intro}");
    }
}

#[test]
fn a_list_of_tiers_names_them() {
    let read = article(
        "You hang a lantern in one of these tiers:\n\n- **Lantern Tall Glass:** For squares.\n- **Lantern Low Glass:** For \
         rooms.\n\n## Resilience to region-wide failures\n\nIt depends on the kind of glass:\n\n\
         - **Lantern Tall Glass plans** hang in one region.\n\n  If the region is lost, lamps in other regions continue to be \
         protected.\n\n- **Lantern Low Glass** is made for one room.\n\n  If the region is lost, lamps in rooms are \
         unavailable until the region is back.\n",
    );
    assert_eq!(stated(&read, "Downtime"), ["None [Lantern Tall Glass]", "UntilRecovery [Lantern Low Glass]"]);
}
