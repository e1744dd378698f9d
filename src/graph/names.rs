//! One name, one IRI: the spellings of services and regions that mean the same thing.
//!
//! What spellings mean stands in `ontology/services.ttl` and `ontology/regions.ttl` as data; names that no
//! catalogue knows are learnt from the documents. A service may be written with or without the maker's prefix
//! (`rel:makerPrefix`), a region with any spaces, hyphens and capitals.

use crate::error::Result;
use crate::facts::{Entity, Extraction, Value};
use crate::ontology::{self, shipped};
use crate::vocabulary::{REGION, REL, SERVICE, slug, without_acronym};
use oxrdf::vocab::rdfs;
use oxrdf::{NamedNode, NamedNodeRef, NamedOrBlankNode, Quad, Term};
use std::collections::BTreeMap;

/// Name of the graph that holds the ontology.
pub const ONTOLOGY_GRAPH: &str = "https://w3id.org/mainstay/ontology";
/// Name of the graph that holds what the catalogues know of services and regions.
pub const CATALOGUE_GRAPH: &str = "https://w3id.org/mainstay/catalogue";

/// An entity's slug, which ends its IRI, and its label.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Name {
    /// Last part of the IRI.
    pub slug: String,
    /// The name as people write it.
    pub label: String,
}

/// The spellings of services and regions, and what they stand for.
#[derive(Clone, Debug, Default)]
pub struct Names {
    /// Maker's prefixes as slugs with a hyphen at the end, longest first: `microsoft-azure-`.
    maker_prefixes: Vec<String>,
    /// Slug of a spelling → name in a catalogue.
    services: BTreeMap<String, Name>,
    /// Slug without the maker's prefix → name, of a catalogue or learnt.
    services_by_key: BTreeMap<String, (Origin, Name)>,
    /// Letters and digits of a spelling → name.
    regions: BTreeMap<String, (Origin, Name)>,
    /// The quads of the catalogues, by the IRI that they are about.
    catalogue: BTreeMap<String, Vec<Quad>>,
    /// How many catalogues there are.
    files: usize,
}

/// Where a name comes from; a catalogue outranks documents.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Origin {
    Catalogue,
    Document,
}

impl Names {
    /// The names of the built-in catalogues.
    ///
    /// # Errors
    /// A catalogue that is not valid Turtle.
    pub fn builtin() -> Result<Self> {
        let mut names = Self::default();
        for file in ["services.ttl", "regions.ttl"] {
            names.read_catalogue(file, shipped(file))?;
        }
        names.learn_catalogue();
        Ok(names)
    }

    /// Adds a catalogue in Turtle; `file` names it in errors. It may give `rdfs:label`, `skos:altLabel` and more
    /// for `svc:` and `region:` IRIs, and `rel:makerPrefix` for anything.
    ///
    /// # Errors
    /// Text that is not valid Turtle.
    pub fn add_catalogue(&mut self, file: &str, turtle: &str) -> Result<()> {
        self.read_catalogue(file, turtle)?;
        self.learn_catalogue();
        Ok(())
    }

    fn read_catalogue(&mut self, file: &str, turtle: &str) -> Result<()> {
        let graph = NamedNodeRef::new_unchecked(CATALOGUE_GRAPH);
        let quads = ontology::quads(file, turtle, graph, &format!("catalogue{}x", self.files))?;
        self.files += 1;
        for quad in &quads {
            if let (Term::Literal(prefix), "makerPrefix") = (&quad.object, local(&quad.predicate)) {
                self.maker_prefixes.push(format!("{}-", slug(prefix.value())));
            }
        }
        self.maker_prefixes.sort_by_key(|prefix| (usize::MAX - prefix.len(), prefix.clone()));
        self.maker_prefixes.dedup();
        for quad in quads {
            self.catalogue.entry(subject(&quad)).or_default().push(quad);
        }
        Ok(())
    }

    /// Learns what the spellings in all catalogues stand for.
    fn learn_catalogue(&mut self) {
        let catalogue = std::mem::take(&mut self.catalogue);
        for (iri, quads) in &catalogue {
            let Some(label) = quads.iter().find(|quad| quad.predicate == rdfs::LABEL).and_then(text) else {
                continue;
            };
            let spellings = quads.iter().filter(|quad| quad.predicate == rdfs::LABEL || is_alias(quad));
            let spellings: Vec<&str> = spellings.filter_map(text).collect();
            if let Some(slug) = iri.strip_prefix(SERVICE) {
                self.add_service(&Name { slug: slug.to_owned(), label: label.to_owned() }, &spellings);
            } else if let Some(slug) = iri.strip_prefix(REGION) {
                let name = Name { slug: slug.to_owned(), label: label.to_owned() };
                for spelling in spellings {
                    self.regions.insert(letters(spelling), (Origin::Catalogue, name.clone()));
                }
            }
        }
        self.catalogue = catalogue;
    }

    fn add_service(&mut self, name: &Name, spellings: &[&str]) {
        for spelling in spellings {
            let spelling = slug(spelling);
            self.services_by_key.insert(self.key(&spelling).to_owned(), (Origin::Catalogue, name.clone()));
            self.services.insert(spelling, name.clone());
        }
    }

    /// Learns every service and region that a document names, so that all documents of a graph share one IRI for
    /// each. The outcome does not depend on the order of the documents.
    pub fn learn(&mut self, extraction: &Extraction) {
        self.learn_service(&extraction.service);
        for fact in &extraction.facts {
            if fact.service != extraction.service {
                self.learn_service(&fact.service);
            }
            if let Value::Pair(from, to) = &fact.value {
                self.learn_region(from);
                self.learn_region(to);
            }
        }
        for claim in &extraction.claims {
            for entity in [&claim.subject, &claim.object] {
                match entity {
                    Entity::Service(name) => self.learn_service(name),
                    Entity::Region(name) => self.learn_region(name),
                    _ => {}
                }
            }
        }
        for unparsed in &extraction.unparsed {
            self.learn_service(&unparsed.service);
        }
    }

    /// Learns a spelling of a service.
    pub(super) fn learn_service(&mut self, spelled: &str) {
        let spelled = without_acronym(spelled);
        let spelled_slug = slug(spelled);
        if spelled_slug.is_empty() || self.services.contains_key(&spelled_slug) {
            return;
        }
        let name = Name { slug: spelled_slug, label: spelled.to_owned() };
        let key = self.key(&name.slug).to_owned();
        let rank = |name: &Name| (name.slug == key, name.slug.clone(), name.label.clone());
        match self.services_by_key.get(&key) {
            Some((Origin::Catalogue, _)) => {}
            // The fuller name is the service's; between equals the order of the alphabet decides.
            Some((Origin::Document, known)) if rank(known) <= rank(&name) => {}
            _ => {
                self.services_by_key.insert(key, (Origin::Document, name));
            }
        }
    }

    /// Learns a spelling of a region.
    pub(super) fn learn_region(&mut self, spelled: &str) {
        let name = Name { slug: slug(spelled), label: spelled.to_owned() };
        let key = letters(spelled);
        let rank = |name: &Name| {
            let words = name.slug.matches('-').count();
            (usize::MAX - words, name.slug.clone(), name.label.clone())
        };
        match self.regions.get(&key) {
            Some((Origin::Catalogue, _)) => {}
            Some((Origin::Document, known)) if rank(known) <= rank(&name) => {}
            _ if key.is_empty() => {}
            _ => {
                self.regions.insert(key, (Origin::Document, name));
            }
        }
    }

    /// The service that a spelling means; the spelling itself where nothing is known of it.
    pub fn service(&self, spelled: &str) -> Name {
        let spelled = without_acronym(spelled);
        let slug = slug(spelled);
        let known = self.service_of_slug(&slug).cloned();
        known.unwrap_or_else(|| Name { slug, label: spelled.to_owned() })
    }

    /// The service that the spellings with a slug mean, if it is known.
    pub(super) fn service_of_slug(&self, slug: &str) -> Option<&Name> {
        let by_key = || self.services_by_key.get(self.key(slug)).map(|(_, name)| name);
        self.services.get(slug).or_else(by_key)
    }

    /// The region that a spelling means; the spelling itself where nothing is known of it.
    pub fn region(&self, spelled: &str) -> Name {
        let slug = slug(spelled);
        let known = self.region_of_slug(&slug).cloned();
        known.unwrap_or_else(|| Name { slug, label: spelled.to_owned() })
    }

    /// The region that the spellings with a slug mean, if it is known.
    pub(super) fn region_of_slug(&self, slug: &str) -> Option<&Name> {
        self.regions.get(&slug.replace('-', "")).map(|(_, name)| name)
    }

    /// The IRIs that the catalogues say something of, in the order of the alphabet.
    pub fn catalogued(&self) -> impl Iterator<Item = &str> {
        self.catalogue.keys().map(String::as_str)
    }

    /// What the catalogues say of some IRIs, in the graph [`CATALOGUE_GRAPH`].
    pub fn catalogue_quads<'a>(&'a self, iris: &'a [&str]) -> impl Iterator<Item = &'a Quad> {
        iris.iter().filter_map(|iri| self.catalogue.get(*iri)).flatten()
    }

    /// The slug without the maker's prefix.
    fn key<'a>(&self, slug: &'a str) -> &'a str {
        let stripped = self.maker_prefixes.iter().find_map(|prefix| slug.strip_prefix(prefix.as_str()));
        stripped.unwrap_or(slug)
    }
}

/// The quads of the built-in ontology, in the graph [`ONTOLOGY_GRAPH`].
///
/// # Errors
/// An ontology that is not valid Turtle.
pub fn ontology_quads() -> Result<Vec<Quad>> {
    ontology::quads(
        "model.ttl",
        shipped("model.ttl"),
        NamedNodeRef::new_unchecked(ONTOLOGY_GRAPH),
        "ontology",
    )
}

/// The letters and digits of a name in lower case: `South-East Asia` and `southeastasia` give the same.
fn letters(name: &str) -> String {
    slug(name).replace('-', "")
}

fn local(predicate: &NamedNode) -> &str {
    predicate.as_str().strip_prefix(REL).unwrap_or_default()
}

fn is_alias(quad: &Quad) -> bool {
    quad.predicate.as_str() == "http://www.w3.org/2004/02/skos/core#altLabel"
        || local(&quad.predicate) == "programmaticName"
}

fn subject(quad: &Quad) -> String {
    match &quad.subject {
        NamedOrBlankNode::NamedNode(node) => node.as_str().to_owned(),
        NamedOrBlankNode::BlankNode(node) => node.to_string(),
    }
}

fn text(quad: &Quad) -> Option<&str> {
    match &quad.object {
        Term::Literal(literal) => Some(literal.value()),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
