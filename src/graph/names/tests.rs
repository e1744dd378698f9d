use super::*;
use crate::vocabulary::PREFIXES;

const CATALOGUE: &str = r#"
@prefix rel: <https://w3id.org/mainstay/ontology#> .
@prefix svc: <https://w3id.org/mainstay/service/> .
@prefix region: <https://w3id.org/mainstay/region/> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
rel:ServiceNames rel:makerPrefix "Nimbus" .
svc:nimbus-queue rdfs:label "Nimbus Queue" ; skos:altLabel "NQ", "Nimbus Message Queue" .
region:north-bank rdfs:label "North Bank" ; skos:altLabel "Upper Bank" .
"#;

fn names() -> Names {
    let mut names = Names::default();
    names.add_catalogue("test", CATALOGUE).expect("valid Turtle");
    names
}

fn about(services: &[&str], regions: &[&str]) -> Extraction {
    let claim = |subject: Entity| crate::facts::Claim {
        subject,
        property: "note".to_owned(),
        object: Entity::Text("words".to_owned()),
        source: crate::facts::Source {
            file: String::new(),
            line: 1,
            byte_span: (0, 0),
            document_line: 1,
            anchor: String::new(),
        },
        quote: String::new(),
    };
    let services = services.iter().map(|name| Entity::Service((*name).to_owned()));
    let regions = regions.iter().map(|name| Entity::Region((*name).to_owned()));
    Extraction { claims: services.chain(regions).map(claim).collect(), ..Extraction::default() }
}

#[test]
fn aliases_and_the_makers_prefix_lead_to_one_service() {
    let names = names();
    for spelled in ["Nimbus Queue", "queue", "NQ", "nimbus-queue", "Message Queue", "Nimbus Queue (NQ)"] {
        assert_eq!(names.service(spelled).slug, "nimbus-queue", "{spelled}");
    }
    assert_eq!(names.service("Queue Gateway").slug, "queue-gateway");
}

#[test]
fn a_service_that_no_catalogue_knows_has_its_fullest_name_in_any_order() {
    for order in [["Store", "Nimbus Store"], ["Nimbus Store", "Store"]] {
        let mut names = names();
        for name in order {
            names.learn(&about(&[name], &[]));
        }
        let expected = Name { slug: "nimbus-store".to_owned(), label: "Nimbus Store".to_owned() };
        assert_eq!(names.service("store"), expected);
    }
}

#[test]
fn regions_are_one_whatever_their_spaces_and_capitals() {
    let mut names = names();
    names.learn(&about(&[], &["southbank", "South Bank", "SouthBank"]));
    for spelled in ["SOUTH-BANK", "southbank", "South  Bank"] {
        let expected = Name { slug: "south-bank".to_owned(), label: "South Bank".to_owned() };
        assert_eq!(names.region(spelled), expected, "{spelled}");
    }
    assert_eq!(names.region("upperbank").slug, "north-bank");
    assert_eq!(names.region("South Bank 2").slug, "south-bank-2");
}

#[test]
fn only_what_is_named_leaves_the_catalogue() {
    let names = names();
    let named = format!("{SERVICE}nimbus-queue");
    let objects: Vec<String> = names.catalogue_quads(&[&named]).map(|quad| quad.object.to_string()).collect();
    assert_eq!(objects, ["\"Nimbus Queue\"", "\"NQ\"", "\"Nimbus Message Queue\""]);
}

#[test]
fn a_broken_catalogue_is_an_error_that_names_the_file() {
    let error = Names::default().add_catalogue("mine.ttl", "svc:a rdfs:label").expect_err("no Turtle");
    assert!(error.to_string().contains("mine.ttl"), "{error}");
}

#[test]
fn built_in_names_never_mean_two_things() {
    let names = Names::builtin().expect("valid catalogues");
    let mut means: BTreeMap<String, &str> = BTreeMap::new();
    for (iri, quads) in &names.catalogue {
        for quad in quads.iter().filter(|quad| quad.predicate == rdfs::LABEL || is_alias(quad)) {
            let Some(spelled) = text(quad) else { continue };
            let key = if iri.starts_with(REGION) { letters(spelled) } else { slug(spelled) };
            let other = means.insert(format!("{}{key}", iri.starts_with(REGION)), iri);
            assert!(other.is_none_or(|other| other == iri), "{spelled} means {iri} and {other:?}");
        }
    }
    assert_eq!(names.service("Service Bus").label, "Azure Service Bus");
    assert_eq!(names.service("AKS").slug, "azure-kubernetes-service");
    assert_eq!(names.region("westeurope").label, "West Europe");
    assert_eq!(names.region("SouthEastAsia").slug, "southeast-asia");
}

#[test]
fn every_term_of_the_ontology_is_described() {
    let quads = ontology_quads().expect("valid ontology");
    let described = |iri: &str, predicate: &str| {
        quads.iter().any(|quad| subject(quad) == iri && quad.predicate.as_str().ends_with(predicate))
    };
    let mut terms = std::collections::BTreeSet::new();
    for quad in &quads {
        let mentioned = [
            Some(quad.predicate.as_str()),
            match &quad.object {
                Term::NamedNode(node) => Some(node.as_str()),
                _ => None,
            },
        ];
        terms.extend(mentioned.into_iter().flatten().filter(|iri| iri.starts_with(REL)).map(str::to_owned));
        let subject = subject(quad);
        terms.extend(subject.starts_with(REL).then_some(subject));
    }
    assert!(terms.len() > 100);
    for term in terms {
        for predicate in ["#label", "#comment", "#type"] {
            assert!(described(&term, predicate), "{term} has no {predicate}");
        }
    }
}

#[test]
fn every_term_that_statements_write_is_in_the_ontology() {
    let quads = ontology_quads().expect("valid ontology");
    let known: std::collections::BTreeSet<String> = quads.iter().map(subject).collect();
    let documentation = include_str!("../statements.rs").lines().take_while(|line| line.starts_with("//!"));
    let mut terms = 0;
    for line in documentation {
        for word in line.split(|c: char| !c.is_ascii_alphanumeric() && c != ':') {
            let Some(name) = word.strip_prefix("rel:") else { continue };
            if name.is_empty() || name.chars().all(|c| c.is_ascii_uppercase()) && name != "GA" {
                continue;
            }
            terms += 1;
            assert!(known.contains(&format!("{REL}{name}")), "rel:{name} is not in the ontology");
        }
    }
    assert!(terms > 50, "{terms}");
    assert!(PREFIXES.iter().any(|(prefix, namespace)| *prefix == "rel" && *namespace == REL));
}

#[test]
fn what_the_extraction_can_say_is_in_the_ontology() {
    let known: std::collections::BTreeSet<String> =
        ontology_quads().expect("valid ontology").iter().map(subject).collect();
    let says = [
        "value",
        "expects",
        "about",
        "setsScenario",
        "givesKind",
        "givesValue",
        "givesProperty",
        "givesBound",
    ];
    let mut said = 0;
    for file in ["extraction.ttl", "tables.ttl"] {
        let graph = NamedNodeRef::new_unchecked(ONTOLOGY_GRAPH);
        for quad in ontology::quads(file, shipped(file), graph, "b").expect("valid Turtle") {
            let (Term::NamedNode(object), true) = (&quad.object, says.contains(&local(&quad.predicate)))
            else {
                continue;
            };
            said += 1;
            if object.as_str() == format!("{REL}Count") || object.as_str() == format!("{REL}Date") {
                continue; // a literal of the sentence
            }
            assert!(known.contains(object.as_str()), "{object} in {file} is not in the ontology");
        }
    }
    assert!(said > 100, "{said}");
}
