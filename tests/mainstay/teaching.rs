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

/// What `build` says of an ontology of one's own that begins with the usual prefixes in line 1.
fn told_of(turtle: &str) -> String {
    let place = Place::bare();
    place.write("docs/lantern.md", ARTICLE);
    let prefixes = "@prefix rel: <https://w3id.org/mainstay/ontology#> . \
        @prefix phrase: <https://w3id.org/mainstay/ontology/phrase/> .";
    place.write("bad.ttl", &format!("{prefixes}\n{turtle}"));
    let outcome = place.outcome(&["build", "docs", "-o", "docs.graph", "--ontology", "bad.ttl"], "");
    assert!(outcome.starts_with("exit code 3"), "{outcome}");
    outcome
}

#[test]
fn a_wrong_cue_is_an_error_at_its_place() {
    insta::assert_snapshot!(told_of("rel:Downtime rel:announcedBy \"dark\", \"(open\" .\n"), @r"
    exit code 3
    ── errors
    error: bad.ttl:2:39: the cue is wrong: `(` without a `)`
       |
     2 | (open
       | ^
    hint: ontology/README.md tells how cues are written
    ");
    insta::assert_snapshot!(told_of("rel:Downtime rel:reading [\n  rel:cue \"a \\\\w \\u00e9 [z-a]\" ] .\n"), @r"
    exit code 3
    ── errors
    error: bad.ttl:3:27: the cue is wrong: a hyphen stands between two characters, the lower one first
       |
     3 | a \w é [z-a]
       |          ^
    hint: ontology/README.md tells how cues are written
    ");
}

#[test]
fn a_wrong_cue_is_found_wherever_it_stands() {
    let phrase = "phrase:dusk a rel:Phrase ; rel:cue";
    let rule = "rel:MadeUpRule a rel:ClaimRule ; rel:objectNames rel:Service ;";
    for (turtle, place, what) in [
        (format!("{phrase} \"dusk{{2\" .\nrel:Zonal rel:mention \"at {{dusk}}\" ."), "2:41", "`{` without"),
        ("rel:Zonal\n  rel:mention \"at {dawn}\" .".to_owned(), "3:19", "{dawn}"),
        (format!("{phrase} \"or {{dusk}}\" .\nrel:Zonal rel:mention \"{{dusk}}\" ."), "2:40", "{dusk}"),
        (format!("{rule}\n rel:cue \"{{other}}*?+*)\" ."), "3:22", "`)` closes no group"),
        (format!("{rule}\n rel:cue \"{{other}} or {{other}}\" ."), "3:11", "several places"),
        ("rel:Title rel:stock \"on*|*\" .".to_owned(), "2:26", "nothing stands in front"),
        // Written in a way that is read more slowly.
        ("rel:Tier rel:noun \"x\"@en ; rel:all \"(any\" .".to_owned(), "2:37", "`(` without"),
        ("rel:Zonal rel:mention '''\n(a''' .".to_owned(), "3:1", "`(` without"),
    ] {
        let outcome = told_of(&turtle);
        assert!(
            outcome.contains(&format!("bad.ttl:{place}: ")) && outcome.contains(what),
            "{turtle}\n{outcome}"
        );
    }
}

#[test]
fn what_is_no_turtle_is_an_error_that_names_the_file() {
    let outcome = told_of("rel:Downtime rel:announcedBy ");
    assert!(outcome.contains("bad.ttl"), "{outcome}");
}

#[test]
fn a_misspelt_name_is_an_error_with_its_place_and_what_was_meant() {
    let place = Place::bare();
    place.write("docs/lantern.md", ARTICLE);
    let built = |turtle: &str| {
        place
            .write("own.ttl", &format!("@prefix rel: <https://w3id.org/mainstay/ontology#> .\n{turtle} .\n"));
        place.outcome(&["build", "docs", "-o", "docs.graph", "--quiet", "--ontology", "own.ttl"], "")
    };
    for (turtle, line, error) in [
        (
            "rel:Downtime\n  rel:announcdBy \"time in the dark\"",
            3,
            "rel:announcdBy is no property of the ontology\nhint: did you mean rel:announcedBy?",
        ),
        (
            "rel:Downtime rel:reading [ rel:value rel:Breif ; rel:weight 43 ; rel:cue \"a blink\" ]",
            2,
            "rel:Breif is no term of the ontology\nhint: did you mean rel:Brief?",
        ),
        (
            "rel:Downtme rel:announcedBy \"time in the dark\"",
            2,
            "rel:Downtme is no term of the ontology\nhint: did you mean rel:Downtime?",
        ),
    ] {
        let outcome = built(turtle);
        assert!(outcome.contains(&format!("own.ttl:{line}:")) && outcome.contains(error), "{outcome}");
    }
    for turtle in [
        "rel:Wick a rel:TimeUnit ; rel:seconds 60 ; rel:unitName \"wick\"",
        "<https://example.org/lantern> <https://example.org/burns> rel:Downtime",
    ] {
        assert_eq!(built(turtle), "exit code 0\n");
    }
}
