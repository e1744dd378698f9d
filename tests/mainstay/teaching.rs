//! `ontology/README.md`: what it teaches is learnt, word for word.

use crate::outcome::{Place, repository};

const PAGE: &str = "ontology/README.md";

const ARTICLE: &str = "# Reliability in Lumen Lantern\n\n## Resilience to availability zone failures\n\n\
    The Sweet flavour supports availability zones.\n\n### Requirements\n\nIt requires at least four lamps.\n\n\
    ### Behavior during a zone failure\n\n- **Time in the dark:** A blink of an eye.\n\
    - **Expected data loss:** Up to two watches.\n";

/// The Turtle of the page, one file each.
fn lessons() -> Vec<String> {
    let page = std::fs::read_to_string(repository().join(PAGE)).unwrap();
    let blocks = page.split("```turtle\n").skip(1);
    blocks.map(|block| block.split("```").next().unwrap().to_owned()).collect()
}

fn facts(place: &Place, more: &[&str]) -> String {
    let build = [&["build", "docs", "-o", "docs.graph", "--quiet"], more].concat();
    assert_eq!(place.outcome(&build, ""), "exit code 0\n");
    place.outcome(&["--graph", "docs.graph", "ask", "facts", "--format", "csv"], "")
}

#[test]
fn a_user_teaches_labels_phrases_tiers_units_and_catalogues() {
    let place = Place::bare();
    place.write("docs/lantern.md", ARTICLE);
    let untaught = facts(&place, &[]);
    for (at, lesson) in lessons().iter().enumerate() {
        place.write(&format!("lessons/{at}.ttl"), lesson);
    }
    let taught = facts(&place, &["--ontology", "lessons"]);
    for words in [
        ",Downtime,ZoneFailure,,,,Brief,",
        ",ZoneSupport,,,,Sweet,ZoneRedundant,",
        ",MinimumInstances,,,,,4,",
        ",DataLoss,ZoneFailure,,,,Duration,,PT8H,UpTo,",
    ] {
        assert!(!untaught.contains(words), "{untaught}");
        assert!(taught.contains(words), "{words} is missing in\n{taught}");
    }
    let query = "SELECT ?other { svc:lumen-lantern skos:altLabel ?other } ORDER BY ?other";
    let names = place.outcome(&["--graph", "docs.graph", "query", query, "--format", "csv"], "");
    assert!(names.contains("Lantern Service"), "{names}");
}

#[test]
fn a_cue_that_is_none_is_an_error_that_names_it() {
    let place = Place::bare();
    place.write("docs/lantern.md", ARTICLE);
    place.write(
        "bad.ttl",
        "@prefix rel: <https://w3id.org/mainstay/ontology#> .\nrel:Downtime rel:announcedBy \"(open\" .\n",
    );
    let outcome = place.outcome(&["build", "docs", "-o", "docs.graph", "--ontology", "bad.ttl"], "");
    assert!(outcome.starts_with("exit code 3"), "{outcome}");
    assert!(outcome.contains("`(` without a `)`") && outcome.contains("(open"), "{outcome}");
    place.write("bad.ttl", "rel:Downtime rel:announcedBy ");
    let outcome = place.outcome(&["build", "docs", "-o", "docs.graph", "--ontology", "bad.ttl"], "");
    assert!(outcome.starts_with("exit code 3") && outcome.contains("bad.ttl"), "{outcome}");
}
