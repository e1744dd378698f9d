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
    let read = article(&format!(
        "{TIERS}{REGIONS}### Geo-replication\n\nWith geo-replication, you add lamps to a lantern in other regions.\n\n\
         #### Requirements\n\n- **Tier:** Brass.\n\n#### Behavior during a region failure\n\n\
         - **Expected downtime:** About two minutes.\n"
    ));
    assert_eq!(stated(&read, "MultiRegion"), ["Native [Geo-replication, Brass]"]);
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
