//! The entities that statements are about: each described once in a document's graph.

use super::terms::day_time_duration;
use super::writer::Writer;
use crate::facts::Entity;
use crate::graph::names::Name;
use crate::vocabulary::{FEATURE, GEOGRAPHY, REGION, SERVICE, TIER, is_slug_of, slug, without_acronym};
use oxrdf::vocab::xsd;
use oxrdf::{Literal, NamedNode, NamedNodeRef};
use std::rc::Rc;

const ALT_LABEL: NamedNodeRef<'_> =
    NamedNodeRef::new_unchecked("http://www.w3.org/2004/02/skos/core#altLabel");

/// A service as a document spells it.
#[derive(Clone)]
pub(super) struct Service {
    pub(super) node: u32,
    /// The last part of its IRI, or of the spelling that stands for it until it has one.
    pub(super) slug: Rc<str>,
    /// Whether it has no IRI yet.
    pub(super) is_late: bool,
}

impl<'a> Writer<'a> {
    /// The terms for the two entities of a claim; none where the name of one has no letters and digits.
    pub(super) fn entities(&mut self, subject: &'a Entity, object: &'a Entity) -> Option<(u32, u32)> {
        if is_nameless(subject) || is_nameless(object) {
            for entity in [subject, object] {
                if name(entity).is_some() && !is_nameless(entity) {
                    self.entity(entity);
                }
            }
            return None;
        }
        Some((self.entity(subject), self.entity(object)))
    }

    /// The term for an entity.
    fn entity(&mut self, entity: &'a Entity) -> u32 {
        match entity {
            Entity::Service(name) => self.service(name).node,
            Entity::Region(name) => self.region(name),
            Entity::Geography(name) => {
                let slug = slug(name);
                self.described_as("Geography", GEOGRAPHY, &Name { label: name.clone(), slug }, name)
            }
            Entity::Text(text) if text.starts_with("https://") || text.starts_with("http://") => {
                match NamedNode::new(text) {
                    Ok(node) => self.part.term(&node),
                    Err(_) => self.part.string(text),
                }
            }
            Entity::Text(text) => self.part.string(text),
            Entity::Flag(flag) => self.part.term(&Literal::from(*flag)),
            Entity::Date(date) => self.typed(date, xsd::DATE),
            Entity::Duration(seconds) => self.part.term(&day_time_duration(*seconds)),
        }
    }

    /// A service by its name as the document spells it.
    pub(super) fn service(&mut self, name: &'a str) -> Service {
        if let Some(service) = self.services.get(name) {
            return service.clone();
        }
        let spelled = without_acronym(name);
        let slug = slug(spelled);
        let (node, slug, is_late) = match self.names.service_of_slug(&slug) {
            Some(known) => {
                (self.described_as("Service", SERVICE, known, name), known.slug.as_str().into(), false)
            }
            None if slug.is_empty() => {
                let own = Name { label: spelled.to_owned(), slug };
                (self.described_as("Service", SERVICE, &own, name), own.slug.into(), false)
            }
            None => (self.described_later("Service", SERVICE, &slug, name), slug.into(), true),
        };
        let service = Service { node, slug, is_late };
        self.services.insert(name, service.clone());
        service
    }

    /// Writes the slug of the name of a service as the document spells it.
    pub(super) fn own_slug(&mut self, subject: u32, name: &'a str) {
        let part = &mut *self.part;
        let own = *self.slugs.entry(name).or_insert_with(|| part.string(&slug(name)));
        self.rel(subject, "serviceSlug", own);
    }

    /// The node of a region.
    pub(super) fn region(&mut self, name: &'a str) -> u32 {
        if let Some(node) = self.regions.get(name) {
            return *node;
        }
        let slug = slug(name);
        let node = match self.names.region_of_slug(&slug) {
            Some(known) => self.described_as("Region", REGION, known, name),
            None if slug.is_empty() => {
                self.described_as("Region", REGION, &Name { label: name.to_owned(), slug }, name)
            }
            None => self.described_later("Region", REGION, &slug, name),
        };
        self.regions.insert(name, node);
        node
    }

    /// Describes what has neither IRI nor label before all documents are read.
    fn described_later(&mut self, class: &'a str, namespace: &str, slug: &str, spelled: &str) -> u32 {
        let node = self.part.late(namespace, slug, [""; 2]);
        if self.described.insert(node) {
            self.class(node, class);
        }
        let spelled = self.part.string(spelled);
        if self.pairs.insert([Some(node), None, Some(spelled)]) {
            self.part.spellings.push([node, spelled, self.document]);
        }
        node
    }

    fn described_as(&mut self, class: &'a str, namespace: &str, name: &Name, spelled: &str) -> u32 {
        let node = self.part.iri(namespace, name.slug.as_bytes());
        if self.described.insert(node) {
            self.class(node, class);
            self.label(node, &name.label);
        }
        if spelled != name.label {
            let alternative = self.part.string(spelled);
            if self.pairs.insert([Some(node), None, Some(alternative)]) {
                self.add(node, ALT_LABEL, alternative);
            }
        }
        node
    }

    /// The node of a tier of a service.
    pub(super) fn tier(&mut self, service: Option<&Service>, name: &str) -> u32 {
        let tier_slug = slug(name);
        let node = self.part_of(service, TIER, ["", &tier_slug]);
        if self.described.insert(node) {
            self.class(node, "Tier");
            self.label(node, name);
            self.text(node, "slug", &tier_slug);
            self.owner(node, "tierOf", service);
        }
        node
    }

    /// The node of a feature or variant of a service; none where `name` is empty.
    pub(super) fn part(
        &mut self,
        service: Option<&Service>,
        folder: &str,
        class: &'a str,
        name: &str,
    ) -> Option<u32> {
        let slug = slug(name);
        if slug.is_empty() {
            return None;
        }
        let node = self.part_of(service, FEATURE, [folder, &slug]);
        if self.described.insert(node) {
            self.class(node, class);
            let label = self.part_label(name, &slug);
            self.label(node, &label);
            self.text(node, "slug", &slug);
            self.owner(node, "featureOf", service);
        }
        Some(node)
    }

    /// The node of something in the folder of a service.
    fn part_of(&mut self, service: Option<&Service>, namespace: &str, [folder, local]: [&str; 2]) -> u32 {
        let slug = service.map_or("", |service| &service.slug);
        if service.is_some_and(|service| service.is_late) {
            return self.part.late(namespace, slug, [&["/", folder].concat(), local]);
        }
        self.part.written_iri(|iri| {
            for piece in [namespace, slug, "/", folder, local] {
                iri.extend_from_slice(piece.as_bytes());
            }
        })
    }

    fn owner(&mut self, node: u32, property: &'a str, service: Option<&Service>) {
        if let Some(service) = service
            && !service.slug.is_empty()
        {
            self.rel(node, property, service.node);
        }
    }

    /// The words for a feature: the name itself if it is more than a slug, else the heading with that slug.
    fn part_label(&self, name: &str, part_slug: &str) -> String {
        if name != part_slug {
            return name.to_owned();
        }
        let heading = self.extraction.sections.iter().find(|(_, heading)| is_slug_of(part_slug, heading));
        heading.map_or_else(|| name.replace('-', " "), |(_, heading)| heading.clone())
    }
}

/// The name of an entity that is known by its name.
fn name(entity: &Entity) -> Option<&str> {
    match entity {
        Entity::Service(name) | Entity::Region(name) | Entity::Geography(name) => Some(name),
        Entity::Text(_) | Entity::Flag(_) | Entity::Date(_) | Entity::Duration(_) => None,
    }
}

/// Whether an entity has a name without letters and digits.
fn is_nameless(entity: &Entity) -> bool {
    name(entity).is_some_and(|name| !name.bytes().any(|byte| byte.is_ascii_alphanumeric()))
}
