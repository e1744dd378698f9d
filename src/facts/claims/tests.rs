use crate::documents::Document;
use crate::facts::{self, Entity, Status, Value};
use crate::ontology::Ontology;
use std::fmt::Write as _;
use std::sync::LazyLock;

static SHIPPED: LazyLock<Ontology> = LazyLock::new(|| Ontology::load(&[]).expect("valid Turtle"));

/// The kinds that the rules of claims make.
const KINDS: [&str; 10] = [
    "FailoverCondition",
    "HealthCheck",
    "MaintenanceNotice",
    "MaintenanceWindow",
    "Notification",
    "PreviewFeature",
    "PropagationTime",
    "RegionSupport",
    "Retirement",
    "ServiceLevelAgreement",
];

/// What the rules take from an article on Nephele Loom, a line each.
fn said(markdown: &str) -> String {
    let text = format!("# Reliability in Nephele Loom\n\n{markdown}\n");
    let extraction = facts::extract(&Document::from_text("loom.md", &text), &SHIPPED);
    let mut lines = String::new();
    for fact in extraction.facts.iter().filter(|fact| KINDS.contains(&fact.kind.as_str())) {
        let value = match &fact.value {
            Value::Named(text) | Value::Date(text) => text.clone(),
            Value::Percentage(digits) => format!("{digits}%"),
            other => format!("{other:?}"),
        };
        let _ = write!(lines, "{} = {value}", fact.kind);
        for word in [&fact.feature, &fact.variant].into_iter().chain(&fact.tiers) {
            let _ = write!(lines, "{}", if word.is_empty() { String::new() } else { format!(" [{word}]") });
        }
        for seconds in [fact.min_s, fact.max_s].into_iter().flatten() {
            let _ = write!(lines, " {seconds}s");
        }
        let scenario = fact.scenario.map(|scenario| format!(" on {scenario:?}")).unwrap_or_default();
        let status = if fact.status == Status::Preview { " in preview" } else { "" };
        let _ = writeln!(lines, "{scenario}{status}");
    }
    for claim in &extraction.claims {
        let (Entity::Service(object) | Entity::Region(object)) = &claim.object else { continue };
        let _ = writeln!(lines, "{} {object}", claim.property);
    }
    lines.trim_end().to_owned()
}

#[test]
fn a_service_depends_on_what_it_is_built_on_and_keeps_its_data_in() {
    for (sentence, others) in [
        ("Nephele Loom is built on top of Azure Service Fabric.", "dependsOn Azure Service Fabric"),
        (
            "The service relies on [Key Vault](x) and Azure Event Hubs.",
            "dependsOn Azure Key Vault\ndependsOn Azure Event Hubs",
        ),
        ("Loom metadata is fine. State is stored in Azure Blob Storage.", "dependsOn Azure Blob Storage"),
        ("Nephele Loom uses Azure Cosmos DB as its catalog.", "dependsOn Azure Cosmos DB"),
        ("Shuttles run on nodes that Azure Service Fabric manages.", "dependsOn Azure Service Fabric"),
    ] {
        assert_eq!(said(sentence), others, "{sentence}");
    }
}

#[test]
fn advice_examples_and_conditions_are_no_dependencies() {
    for sentence in [
        "Use Azure Front Door to route your requests.",
        "Threads are kept in a store such as Azure Blob Storage.",
        "If you use patterns, Nephele Loom relies on Azure Key Vault.",
        "Nephele Loom can be based on Azure Functions.",
        "Nephele Loom doesn't rely on Azure Traffic Manager.",
        "Nephele Loom relies on Azure Key Vault or Azure App Configuration.",
        "Backups are stored in an Azure Storage account.",
        "Nephele Loom is similar to, and relies on ideas of, Azure Functions.",
        "Nephele Loom relies on Nephele Loom.",
        "Nephele Loom relies on event hubs of the weaver.",
        "We recommend that the service relies on Azure Key Vault.",
    ] {
        assert_eq!(said(sentence), "", "{sentence}");
    }
    assert_eq!(said("## Alternative multi-region approaches\n\nNephele Loom relies on Azure Key Vault."), "");
}

#[test]
fn windows_and_notices_of_maintenance() {
    let markdown = "## Resilience to service maintenance\n\nIn the Silk and Wool tiers, you can choose when in the cycle the looms get updates. Try updates on a spare loom. You can also specify a maintenance window. You receive notices of planned maintenance.";
    let expected = "MaintenanceWindow = Supported [Silk] [Wool]\nMaintenanceNotice = Supported";
    assert_eq!(said(markdown), expected);
    assert_eq!(
        said("## Resilience to service maintenance\n\nYou can't specify a maintenance window."),
        "MaintenanceWindow = NotSupported"
    );
    assert_eq!(said("Plan a maintenance window for your own looms."), "");
}

#[test]
fn figures_and_conditions_of_service_levels() {
    let section = |text: &str| said(&format!("## Service-level agreement\n\n{text}"));
    for (text, expected) in [
        (
            "Looms set up as zone-redundant offer an uptime SLA of 99.95%.",
            "ServiceLevelAgreement = 99.95% [zone-redundant]",
        ),
        (
            "Looms without high availability offer an SLA of 99.5%.",
            "ServiceLevelAgreement = 99.5% [without-high-availability]",
        ),
        (
            "When looms stand in multiple zones or regions, the uptime percentage defined in the SLA increases.",
            "ServiceLevelAgreement = HigherWithRegions",
        ),
        (
            "The SLA is higher when your loom:\n\n- Uses the Silk tier.\n- Is red.",
            "ServiceLevelAgreement = HigherWithTiers [Silk]",
        ),
        ("Nephele Loom doesn't offer an SLA.", "ServiceLevelAgreement = NotSupported"),
        ("Our goal is to provide a 99.9% uptime SLA.", ""),
        ("Your design provides 99.99% SLA.", ""),
        ("The Wool tier doesn't offer an SLA.", ""),
    ] {
        assert_eq!(section(text), expected, "{text}");
    }
}

#[test]
fn channels_stand_under_their_label_and_fit_its_failure() {
    let markdown = "## Resilience to availability zone failures\n\n### Behavior during a zone failure\n\n- **Notification:** Nobody is told: the maker doesn't automatically notify you when a zone is down. Still, you can use Azure Service Health.\n\n## Resilience to region-wide failures\n\n### Behavior during a region failure\n\n- **Notification:** The maker doesn't automatically notify you when a zone is down.\n- **Response:** Decide by whether Azure Service Health shows trouble.";
    let expected = "Notification = NotNotified on ZoneFailure\nNotification = ServiceHealth on ZoneFailure";
    assert_eq!(said(markdown), expected);
}

#[test]
fn health_checks_conditions_and_propagation_are_no_downtime() {
    let markdown = "## Cross-region failover\n\nThe platform runs health checks every 5 minutes. We launch a failover if one of these conditions holds:\n\n- The health check fails twice\n- Customers report an outage\n\nNephele Loom changes its DNS records within two hours. DNS records have a ten-second time to live (TTL).";
    let expected = "HealthCheck = Duration 300s 300s on RegionFailure
FailoverCondition = FailedHealthChecks on RegionFailure
FailoverCondition = CustomerReports on RegionFailure
PropagationTime = Duration [dns-update] 7200s on RegionFailure
PropagationTime = Duration [dns-time-to-live] 10s on RegionFailure";
    assert_eq!(said(markdown), expected);
    let text = format!("# Reliability in Nephele Loom\n\n{markdown}\n");
    let extraction = facts::extract(&Document::from_text("loom.md", &text), &SHIPPED);
    assert!(extraction.facts.iter().all(|fact| fact.kind != "Downtime"));
    let change = "When you change the weave, changes can take 15 to 45 minutes or more to apply.";
    assert_eq!(said(change), "PropagationTime = Duration [configuration-change] 900s 2700s");
    assert_eq!(said("Configure your DNS records so that they have a TTL of 30 minutes."), "");
}

#[test]
fn regions_in_prose() {
    let section = |text: &str| said(&format!("## Availability zone support\n\n### Region support\n\n{text}"));
    assert_eq!(
        section("Zone-redundant looms can be deployed in any region that supports availability zones."),
        "RegionSupport = RegionsWithZones on ZoneFailure"
    );
    assert_eq!(section("You must pick a region that supports availability zones."), "");
    assert_eq!(
        section("Only the \"westeurope\" and North Europe regions support availability zones."),
        "zoneSupportedRegion West Europe\nzoneSupportedRegion North Europe"
    );
    assert_eq!(said("Nephele Loom isn't available in East US."), "");
    assert_eq!(
        said("Nephele Loom is available in East US and West US."),
        "supportedRegion East US\nsupportedRegion West US"
    );
}

#[test]
fn previews_name_their_feature_or_tier() {
    for (sentence, expected) in [
        (
            "[Twin Shuttles](x) (preview) weave in pairs.",
            "PreviewFeature = Preview [Twin Shuttles] in preview",
        ),
        ("The Silk v2 tier is in preview.", "PreviewFeature = Preview [Silk v2] in preview"),
        ("Twin Shuttles are no longer in preview.", ""),
    ] {
        assert_eq!(said(sentence), expected, "{sentence}");
    }
}

#[test]
fn services_versions_and_tiers_retire_but_features_do_not() {
    for (text, expected) in [
        (
            "> [!IMPORTANT]\n> This is on v1. [Nephele Loom v1 will be retired on 31 August 2031](x).",
            "Retirement = 2031-08-31 [Nephele Loom v1]",
        ),
        ("Nephele Loom retires on May 2, 2030.", "Retirement = 2030-05-02"),
        ("The Hemp tier will be retired on 1 March 2030.", "Retirement = 2030-03-01 [Hemp]"),
        ("Loom runtime v1 retires on May 3, 2030.", "Retirement = 2030-05-03 [Loom runtime v1]"),
        (
            "Account v1, which a few teams use, is retired on May 4, 2030.",
            "Retirement = 2030-05-04 [Account v1]",
        ),
        ("Version 2 of Loom will be retired on May 5, 2030.", "Retirement = 2030-05-05 [Version 2 of Loom]"),
        ("Version 1 loom heads will be retired on May 6, 2030.", "Retirement = 2030-05-06 [Version 1]"),
        (
            "Classic Nephele Loom was retired on May 8, 2030.",
            "Retirement = 2030-05-08 [Classic Nephele Loom]",
        ),
        ("The Hemp SKU of Nephele Loom was retired on May 9, 2030.", "Retirement = 2030-05-09 [Hemp]"),
        (
            "Classic accounts of Nephele Loom will be retired on May 9, 2030.",
            "Retirement = 2030-05-09 [Classic accounts]",
        ),
        (
            "Shuttle version 10 in Nephele Loom will be retired on May 9, 2030.",
            "Retirement = 2030-05-09 [Shuttle version 10]",
        ),
        ("Support for linked shuttles in Nephele Loom will be retired on May 9, 2030.", ""),
        ("Linked shuttles in Nephele Loom will be retired on May 9, 2030.", ""),
        ("Your Nephele Loom will be retired on May 9, 2030.", "Retirement = 2030-05-09"),
        (
            "As part of Nephele Loom repairs, Nephele Loom will be retired on May 9, 2030.",
            "Retirement = 2030-05-09",
        ),
        ("Linked shuttles will be retired on 1 March 2030.", ""),
        ("Starting 1 March 2030, looms no longer support knots.", ""),
        ("Nephele Loom will be retired soon.", ""),
    ] {
        assert_eq!(said(text), expected, "{text}");
    }
}

#[test]
fn a_user_teaches_a_rule_in_turtle() {
    let file = tempfile::Builder::new().suffix(".ttl").tempfile().expect("a temporary file");
    let turtle = "@prefix rel: <https://w3id.org/mainstay/ontology#> .
        @prefix svc: <https://w3id.org/mainstay/service/> .
        @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
        svc:nephele-spindle rdfs:label \"Nephele Spindle\" .
        rel:SpunRule a rel:ClaimRule ; rel:givesProperty rel:dependsOn ; rel:objectNames rel:Service ;
            rel:cue \"{itself} is spun by {other}\" .";
    std::fs::write(file.path(), turtle).expect("a file");
    let ontology = Ontology::load(&[file.path().to_owned()]).expect("valid Turtle");
    let text = "# Reliability in Nephele Loom\n\nNephele Loom is spun by Nephele Spindle.\n";
    let extraction = facts::extract(&Document::from_text("loom.md", text), &ontology);
    let objects: Vec<&Entity> = extraction.claims.iter().map(|claim| &claim.object).collect();
    assert_eq!(objects, [&Entity::Service("Nephele Spindle".to_owned())]);
}
