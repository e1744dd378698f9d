//! The entities that statements are about: each described once in a document's graph.

use super::terms::day_time_duration;
use super::writer::Writer;
use crate::facts::Entity;
use crate::graph::names::Name;
use crate::vocabulary::{FEATURE, GEOGRAPHY, REGION, SERVICE, TIER, slug};
use oxrdf::vocab::xsd;
use oxrdf::{Literal, NamedNode, NamedNodeRef};
use std::rc::Rc;

const ALT_LABEL: NamedNodeRef<'_> =
    NamedNodeRef::new_unchecked("http://www.w3.org/2004/02/skos/core#altLabel");

/// A service as a document spells it.
#[derive(Clone)]
pub(super) struct Service {
    pub(super) node: u32,
    /// The last part of its IRI.
    pub(super) slug: Rc<str>,
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
        let meant = self.names.service(name);
        let node = self.described_as("Service", SERVICE, &meant, name);
        let service = Service { node, slug: meant.slug.into() };
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
        let node = self.described_as("Region", REGION, &self.names.region(name), name);
        self.regions.insert(name, node);
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

    /// The node of a tier; `service` is the slug of its service.
    pub(super) fn tier(&mut self, service: &str, name: &str) -> u32 {
        let tier_slug = slug(name);
        let node = self.slashed(TIER, service, &tier_slug);
        if self.described.insert(node) {
            self.class(node, "Tier");
            self.label(node, name);
            self.text(node, "slug", &tier_slug);
            if !service.is_empty() {
                let service = self.part.iri(SERVICE, service.as_bytes());
                self.rel(node, "tierOf", service);
            }
        }
        node
    }

    /// The node of a feature or variant of a service; none where `name` is empty.
    pub(super) fn part(&mut self, service: &str, folder: &str, class: &'a str, name: &str) -> Option<u32> {
        let slug = slug(name);
        if slug.is_empty() {
            return None;
        }
        let node = match folder {
            "" => self.slashed(FEATURE, service, &slug),
            folder => self.slashed(FEATURE, service, &[folder, &slug].concat()),
        };
        if self.described.insert(node) {
            self.class(node, class);
            let label = self.part_label(name, &slug);
            self.label(node, &label);
            self.text(node, "slug", &slug);
            if !service.is_empty() {
                let service = self.part.iri(SERVICE, service.as_bytes());
                self.rel(node, "featureOf", service);
            }
        }
        Some(node)
    }

    /// The node of something in the folder of a service.
    fn slashed(&mut self, namespace: &str, service: &str, local: &str) -> u32 {
        self.part.written_iri(|iri| {
            for piece in [namespace, service, "/", local] {
                iri.extend_from_slice(piece.as_bytes());
            }
        })
    }

    /// The words for a feature: the name itself if it is more than a slug, else the heading with that slug.
    fn part_label(&self, name: &str, part_slug: &str) -> String {
        if name != part_slug {
            return name.to_owned();
        }
        let heading = self.extraction.sections.iter().find(|(_, heading)| slug(heading) == part_slug);
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
    name(entity).is_some_and(|name| slug(name).is_empty())
}
