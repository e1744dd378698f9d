//! What customers build themselves against the loss of a region, in paragraphs beside what the service does, and the
//! names of its features for several regions.

use crate::traps::{REGION_DOWN, ZONE_DOWN, article, stated};

const REGIONS: &str = "## Resilience to region-wide failures\n\n";

#[test]
fn a_paragraph_goes_on_about_the_design_that_it_begins_with() {
    let read = article(&format!(
        "{REGIONS}### Mirror groups\n\nMirror groups replicate a lantern to another region. Microsoft fails the lantern over.\n\n\
         To do without, hang two lanterns in different regions. It's then up to you to detect the outage and to \
         point visitors to the other one. Going home is also your task. The switch takes less than 10 minutes.\n"
    ));
    let own = "custom-multiregion-solutions";
    assert_eq!(
        stated(&read, "Responsibility"),
        ["Microsoft [Mirror groups]".to_owned(), format!("Customer [{own}]")]
    );
    assert!(stated(&read, "Downtime").is_empty());
}

#[test]
fn what_the_service_copies_is_no_design_of_customers() {
    let read = article(&format!(
        "{REGIONS}### Mirror groups\n\nA lantern is linked with a second lantern in another region. You're responsible for \
         starting the failover.\n"
    ));
    assert_eq!(stated(&read, "Responsibility"), ["Customer [Mirror groups]"]);
    let labelled = article(&format!(
        "{REGION_DOWN}- **Detection and response:** With this design, you're responsible for detecting the outage.\n"
    ));
    assert_eq!(stated(&labelled, "Responsibility"), ["Customer"]);
}

#[test]
fn a_feature_by_a_common_name_is_one_where_its_heading_could_be_a_section_s() {
    let read = article(&format!(
        "{REGIONS}### Cross-region failover\n\nThe service fails over to the paired region.\n\n\
         #### Behavior during a region failure\n\n- **Expected downtime:** About two minutes.\n"
    ));
    assert_eq!(stated(&read, "Downtime"), ["Duration ..120 Typical [Cross-region failover]"]);
    let alone = article("## Cross-region failover\n\n- **Expected downtime:** About two minutes.\n");
    assert_eq!(stated(&alone, "Downtime"), ["Duration ..120 Typical"]);
}

#[test]
fn the_sentence_behind_an_offer_names_it() {
    let offer = |next: &str| {
        let read = article(&format!(
            "{REGIONS}A lantern can be linked to a second lantern in a different region. {next}\n\n\
             ### Behavior during a region failure\n\n- **Expected downtime:** About two minutes.\n"
        ));
        stated(&read, "Downtime")
    };
    assert_eq!(
        offer("The feature is called *passive geo-replication*."),
        ["Duration ..120 Typical [Passive geo-replication]"]
    );
    assert_eq!(offer("Lamps burn oil."), ["Duration ..120 Typical"]);
}

#[test]
fn a_heading_that_asks_names_no_feature() {
    let read = article(&format!(
        "{REGIONS}### Our lanterns are small: what are our options\n\n- **Expected downtime:** About two minutes.\n"
    ));
    assert_eq!(
        stated(&read, "Downtime"),
        ["Duration ..120 Typical [Our lanterns are small: what are our options]"]
    );
    let asks = article(&format!(
        "{REGIONS}### Our lanterns are small: what are our options?\n\n- **Expected downtime:** About two minutes.\n"
    ));
    assert_eq!(stated(&asks, "Downtime"), ["Duration ..120 Typical"]);
}

#[test]
fn a_feature_that_a_sentence_names_is_a_preview_by_the_one_behind_it() {
    let read = |behind: &str| {
        let read = article(&format!(
            "{REGIONS}You can turn on *cross-region failover* for a lantern. {behind}\n\n\
             ### Behavior during a region failure\n\n- **Expected downtime:** About two minutes.\n"
        ));
        stated(&read, "Downtime")
    };
    assert_eq!(
        read("This feature is currently in preview."),
        ["Duration ..120 Typical [Cross-region failover] preview"]
    );
    assert_eq!(
        read("Brass lamps are currently in preview."),
        ["Duration ..120 Typical [Cross-region failover]"]
    );
}

#[test]
fn what_some_regions_do_not_copy_stands_beside_what_others_do() {
    let read = article(&format!(
        "{REGIONS}Entries are copied to the paired region asynchronously.\n\n\
         In a nonpaired region, a lantern stands alone. Its entries aren't replicated to another region.\n"
    ));
    assert_eq!(stated(&read, "Replication"), ["None [in-a-nonpaired-region]", "Asynchronous"]);
    let labelled = article(&format!(
        "{REGIONS}### Normal operations\n\n- **Data replication between regions:** Entries are copied asynchronously. \
         Letters that weren't read yet aren't replicated.\n"
    ));
    let told = stated(&labelled, "Replication");
    assert!(told.len() == 2 && told.iter().any(|fact| fact.starts_with("None [letters")), "{told:?}");
}

#[test]
fn what_an_address_must_be_is_no_tier_of_the_service() {
    let read = article(
        "## Availability zone support\n\nLanterns are zone-redundant.\n\n\
         The public IP address of a lantern must be a Standard SKU address.\n",
    );
    assert_eq!(stated(&read, "ZoneSupport"), ["ZoneRedundant"]);
}

#[test]
fn what_a_sentence_limits_the_next_one_is_limited_to() {
    let read = article(&format!(
        "{ZONE_DOWN}Without redundancy, all lamps hang in one zone. If that zone fails, the lantern is unavailable until \
         the zone is back.\n\nA redundant lantern is unavailable for about 20 seconds.\n"
    ));
    assert_eq!(stated(&read, "Downtime"), ["UntilRecovery [without-redundancy]", "Duration ..20 Typical"]);
    let apart = article(&format!(
        "{ZONE_DOWN}Without redundancy, all lamps hang in one zone.\n\nIf a zone fails, the lantern is unavailable until \
         the zone is back.\n\nA brass lantern is unavailable for about 20 seconds.\n"
    ));
    assert!(!stated(&apart, "Downtime").iter().any(|fact| fact.contains("without")));
}

#[test]
fn what_some_regions_do_not_copy_stands_beside_what_a_label_says() {
    let read = article(&format!(
        "{REGIONS}### Normal operations\n\n- **Data replication between regions:** Entries are copied asynchronously.\n\n\
         ### Nonpaired regions\n\nIn a nonpaired region, entries aren't replicated to another region.\n"
    ));
    let mut told = stated(&read, "Replication");
    told.sort();
    assert_eq!(told, ["Asynchronous", "None [in-a-nonpaired-region]"]);
}

#[test]
fn the_means_by_which_something_is_copied_is_no_feature() {
    let read = |offer: &str| {
        let read = article(&format!(
            "{REGIONS}{offer}\n\n### Behavior during a region failure\n\n- **Expected downtime:** About two minutes.\n"
        ));
        stated(&read, "Downtime")
    };
    assert_eq!(
        read("The service replicates lanterns to the paired region with asynchronous geo-replication."),
        ["Duration ..120 Typical"]
    );
    assert_eq!(
        read("The service supports geo-replication of lanterns across regions."),
        ["Duration ..120 Typical [Geo-replication]"]
    );
}

/// The features that a document is told to have where `heading` stands in the section on the loss of a region.
fn features_under(heading: &str, text: &str) -> Vec<String> {
    let read = article(&format!("{REGIONS}Lanterns stand in one region.\n\n### {heading}\n\n{text}\n"));
    let mut features: Vec<String> = read.facts.iter().map(|fact| fact.feature.clone()).collect();
    features.retain(|feature| !feature.is_empty());
    features.sort();
    features.dedup();
    features
}

#[test]
fn what_customers_build_by_its_heading_is_a_design_of_theirs() {
    let text = "Put up a second lantern in another region. You're responsible for failing over to it when Microsoft-managed \
                failover takes too long.";
    for heading in
        ["Multi-region disaster recovery with your own lanterns", "Cross-region failover that you implement"]
    {
        assert_eq!(features_under(heading, text), ["custom-multiregion-solutions"], "{heading}");
        let read = article(&format!("{REGIONS}### {heading}\n\n{text}\n"));
        assert_eq!(stated(&read, "Responsibility"), ["Customer [custom-multiregion-solutions]"], "{heading}");
    }
}

#[test]
fn objectives_and_pairs_are_no_features() {
    let text = "Letters are copied asynchronously to the paired region. Expect a downtime of up to one hour.";
    for heading in ["Recovery objectives", "RTO and RPO of lanterns", "Region pairs used for failover"] {
        assert!(features_under(heading, text).is_empty(), "{heading}");
    }
    assert_eq!(features_under("Lantern geo-replication", text), ["Lantern geo-replication"]);
}

#[test]
fn what_another_service_copies_is_nothing_that_the_document_s_own_does() {
    let read = article(&format!(
        "{REGIONS}Oil that you keep in Azure Storage is copied asynchronously to the paired region, and some data might be \
         lost.\n"
    ));
    for kind in ["MultiRegion", "Replication", "DataLoss"] {
        assert!(stated(&read, kind).is_empty(), "{kind}");
    }
    let taken_back = article(&format!(
        "{REGIONS}### Oil\n\nJars can be replicated to another region. That choice has no influence on Lantern.\n"
    ));
    assert!(stated(&taken_back, "MultiRegion").is_empty());
}

#[test]
fn designs_of_customers_tell_who_acts_and_nothing_else() {
    let read = article(
        "## Cross-region disaster recovery\n\n### Microsoft-managed failover\n\nMicrosoft can initiate a failover of the \
         lantern to the paired region.\n\n### Customer-managed recovery\n\nIf you can't wait for Microsoft, use a pipeline to \
         hang a second lantern in a region of your choosing. You're responsible for noticing the outage.\n\n\
         ### Capacity and proactive disaster recovery resiliency\n\nRegions run short of oil if many customers fail over at the same time. If you need \
         oil at once, keep the secondary lantern running.\n",
    );
    assert_eq!(
        stated(&read, "Responsibility"),
        ["Microsoft [Microsoft-managed failover]", "Customer [custom-multiregion-solutions]"]
    );
    assert_eq!(stated(&read, "MultiRegion"), ["Native [Microsoft-managed failover]"]);
    assert!(stated(&read, "TrafficRouting").is_empty());
}

#[test]
fn each_tier_has_what_is_said_of_it() {
    let text = |second: &str| {
        article(&format!(
            "## Backup and restore\n\nIn the Premium tier, you can export a lantern to a file and import it. {second}\n"
        ))
    };
    let both = text("Export isn't available in the Basic tier.");
    assert_eq!(stated(&both, "Backup"), ["Supported [Premium]", "NotSupported [Basic]"]);
    let one = text("It isn't available in a hurry.");
    assert_eq!(stated(&one, "Backup"), ["Supported [Premium]"]);
}

#[test]
fn patterns_are_designs_of_customers() {
    let read = article(
        "## Cross-region disaster recovery\n\nA lantern is a single-region service.\n\n\
         ### Active-passive pattern for hand-lit lamps\n\nWith this approach, the lantern in the secondary region stands by and \
         doesn't receive any oil. You're responsible for detecting the outage.\n",
    );
    assert_eq!(stated(&read, "Responsibility"), ["Customer [custom-multiregion-solutions]"]);
    assert!(stated(&read, "TrafficRouting").is_empty());
}

#[test]
fn an_event_is_no_data_that_can_t_be_used() {
    let read = article(&format!(
        "{REGIONS}A lantern lives in one region. In the event of a region-wide outage, your lantern can't be used until Azure \
         restores the region.\n"
    ));
    for kind in ["DataLoss", "Responsibility"] {
        assert!(stated(&read, kind).is_empty(), "{kind}");
    }
    assert_eq!(stated(&read, "Downtime"), ["UntilRecovery"]);
}
