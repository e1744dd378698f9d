//! The entities that statements are about: each described once in a document's graph.

use super::Writer;
use super::terms::{day_time_duration, named};
use crate::facts::Entity;
use crate::graph::names::Name;
use crate::vocabulary::{FEATURE, GEOGRAPHY, REGION, SERVICE, TIER, slug};
use oxrdf::vocab::xsd;
use oxrdf::{Literal, NamedNode, NamedNodeRef, Term};

const ALT_LABEL: NamedNodeRef<'_> =
    NamedNodeRef::new_unchecked("http://www.w3.org/2004/02/skos/core#altLabel");

impl Writer<'_> {
    /// The term for an entity; none where its name has no letters and digits.
    pub(super) fn entity(&mut self, entity: &Entity) -> Option<Term> {
        Some(match entity {
            Entity::Service(name) if slug(name).is_empty() => return None,
            Entity::Region(name) if slug(name).is_empty() => return None,
            Entity::Geography(name) if slug(name).is_empty() => return None,
            Entity::Service(name) => self.service(name).into(),
            Entity::Region(name) => self.region(name).into(),
            Entity::Geography(name) => {
                let slug = slug(name);
                self.described_as("Geography", GEOGRAPHY, &Name { label: name.clone(), slug }, name).into()
            }
            Entity::Text(text) if text.starts_with("https://") || text.starts_with("http://") => {
                NamedNode::new(text).map_or_else(|_| Literal::new_simple_literal(text).into(), Term::from)
            }
            Entity::Text(text) => Literal::new_simple_literal(text).into(),
            Entity::Flag(flag) => Literal::from(*flag).into(),
            Entity::Date(date) => Literal::new_typed_literal(date, xsd::DATE).into(),
            Entity::Duration(seconds) => day_time_duration(*seconds).into(),
        })
    }

    /// The node of a service.
    pub(super) fn service(&mut self, name: &str) -> NamedNode {
        self.described_as("Service", SERVICE, &self.names.service(name), name)
    }

    /// The node of a region.
    pub(super) fn region(&mut self, name: &str) -> NamedNode {
        self.described_as("Region", REGION, &self.names.region(name), name)
    }

    fn described_as(&mut self, class: &str, namespace: &str, name: &Name, spelled: &str) -> NamedNode {
        let node = named(namespace, &name.slug);
        if self.described.insert(node.as_str().to_owned()) {
            self.class(&node, class);
            self.label(&node, &name.label);
        }
        if spelled != name.label && self.described.insert(format!("{} {spelled}", node.as_str())) {
            self.add(&node, ALT_LABEL, Literal::new_simple_literal(spelled));
        }
        node
    }

    /// The node of a tier; `service` is the slug of its service.
    pub(super) fn tier(&mut self, service: &str, name: &str) -> NamedNode {
        let node = named(TIER, &format!("{service}/{}", slug(name)));
        if self.described.insert(node.as_str().to_owned()) {
            self.class(&node, "Tier");
            self.label(&node, name);
            self.text(&node, "slug", &slug(name));
            if !service.is_empty() {
                self.rel(&node, "tierOf", named(SERVICE, service));
            }
        }
        node
    }

    /// The node of a feature or variant of a service; none where `name` is empty.
    pub(super) fn part(&mut self, service: &str, folder: &str, class: &str, name: &str) -> Option<NamedNode> {
        let slug = slug(name);
        if slug.is_empty() {
            return None;
        }
        let node = named(FEATURE, &format!("{service}/{folder}{slug}"));
        if self.described.insert(node.as_str().to_owned()) {
            self.class(&node, class);
            let label = self.part_label(name, &slug);
            self.label(&node, &label);
            self.text(&node, "slug", &slug);
            if !service.is_empty() {
                self.rel(&node, "featureOf", named(SERVICE, service));
            }
        }
        Some(node)
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

/// The slug of a service from its node; empty where there is none.
pub(super) fn slug_of(service: Option<&NamedNode>) -> String {
    service.and_then(|node| node.as_str().strip_prefix(SERVICE)).unwrap_or_default().to_owned()
}
