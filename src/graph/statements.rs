//! Facts become quads.
//!
//! All quads of one document stand in the named graph of the document's IRI. What is written:
//!
//! ```text
//! doc:PATH         a rel:Document ; rdfs:label, dcterms:title TITLE ; rel:fileName "NAME.md" ; rel:path "PATH" ;
//!                  rel:about svc:SLUG ; rel:serviceSlug "SLUG" ; dcterms:modified "…"^^xsd:date ;
//!                  rel:template rel:ERA ; dcterms:source <PUBLIC ADDRESS> .
//! doc:PATH#ANCHOR  a rel:Section ; rdfs:label HEADING ; dcterms:isPartOf doc:PATH ; rel:position 1 … n .
//! svc:SLUG         a rel:Service ; rdfs:label NAME ; skos:altLabel OTHER SPELLING .
//! region:SLUG      a rel:Region ; rdfs:label NAME ; skos:altLabel OTHER SPELLING .
//! tier:SVC/SLUG    a rel:Tier ; rdfs:label NAME ; rel:slug "SLUG" ; rel:tierOf svc:SVC .
//! feature:SVC/SLUG a rel:Feature ; rdfs:label NAME ; rel:slug "SLUG" ; rel:featureOf svc:SVC .
//! feature:SVC/variant/SLUG  a rel:Variant ; rdfs:label NAME ; rel:slug "SLUG" ; rel:featureOf svc:SVC .
//!
//! fact:HASH  a rel:Fact, rel:KIND ; rel:kind rel:KIND ; rdfs:label WORDS ;
//!            rel:service svc:SLUG ; rel:serviceSlug "the slug of the article's own name" ;
//!            rel:scenario rel:ZoneFailure | rel:RegionFailure ; rel:feature … ; rel:variant … ; rel:tier … ;
//!            rel:value rel:NAME | COUNT | DATE | "FROM -> TO" ; rel:fromRegion, rel:toRegion region:… (a pair) ;
//!            rel:min, rel:max "…"^^xsd:dayTimeDuration ; rel:minSeconds, rel:maxSeconds INTEGER ;
//!            rel:bound rel:UpTo | rel:Typical | rel:AtLeast ; rel:status rel:GA | rel:Preview ; rel:rule "…" ;
//!            and where it stands (below) .
//! fact:HASH  a rel:Claim ; rel:subject … ; rel:property rel:… ; rel:object … ; rel:service svc:… where the
//!            document is about one ; and where it stands .
//! fact:HASH  a rel:Unparsed ; rel:service … ; rel:serviceSlug … ; rel:kind rel:KIND ; rel:scenario … ;
//!            rel:reason "…" ; and where it stands .
//! fact:HASH  a rel:MissingSection ; rel:sectionRole rel:ROLE ; and where it stands: the document .
//! fact:HASH  a rel:MissingLabel ; rel:kind rel:KIND ; rel:scenario … ; and where it stands: the heading .
//! fact:HASH  a rel:IdentityConflict ; rel:reason "…" ; and where it stands: the document .
//! fact:HASH  a rel:MissingInclude ; rel:includePath "…" ; and where it stands, without a section .
//!
//! where it stands: rel:document doc:PATH ; prov:wasDerivedFrom doc:PATH#ANCHOR (the document before its first
//!            heading) ; rel:sourceFile "FILE" ; rel:line N (in FILE) ; rel:documentLine N (in the document) ;
//!            rel:sourceUrl <ADDRESS OF THE LINE> ; rel:quote "…" (only when asked for) .
//! ```
//!
//! Direct triples are written for what holds without qualification (generally available, no feature, no variant):
//!
//! ```text
//! svc:S, tier:S/T  rel:supportsZoneMode rel:ZoneRedundant | rel:Zonal | rel:Automatic   never rel:None
//! svc:S            rel:responsibleParty, rel:zoneFailureResponsibleParty, rel:regionFailureResponsibleParty rel:PARTY
//! svc:S, tier:S/T  rel:multiRegionSupport rel:Native | rel:SingleRegion | rel:Global ; rel:multiRegionFeature feature:…
//! svc:S            rel:retiresOn DATE
//! region:A         rel:pairedWith region:B    only from documents that are not about one service
//! SUBJECT          rel:PROPERTY OBJECT        for every claim, but for claims on regions in a document about a service
//! ```
//!
//! A support that is limited to tiers is written on the tiers, not on the service. The IRI of a fact is a hash of
//! the document's path and of all that the fact says, without its place and its words: a line that moves does not
//! rename it. A fact that a document states twice is written once, with the place where it comes first.

mod entities;
mod noticed;
mod terms;
mod writer;

#[cfg(test)]
mod tests;

use super::names::Names;
use super::part::Part;
use crate::facts::{Claim, Entity, Extraction, Fact, Scenario, Status, Value};
use crate::vocabulary::{DOCUMENT, FACT};
use oxrdf::vocab::xsd;
use oxrdf::{NamedNodeRef, Quad};
use terms::{
    bound_name, day_time_duration, entity_text, escaped, fact_hash, fact_label, hash, scenario_name,
    status_name,
};
use writer::Writer;

const TITLE: NamedNodeRef<'_> = NamedNodeRef::new_unchecked("http://purl.org/dc/terms/title");
const MODIFIED: NamedNodeRef<'_> = NamedNodeRef::new_unchecked("http://purl.org/dc/terms/modified");
const IS_PART_OF: NamedNodeRef<'_> = NamedNodeRef::new_unchecked("http://purl.org/dc/terms/isPartOf");
const SOURCE: NamedNodeRef<'_> = NamedNodeRef::new_unchecked("http://purl.org/dc/terms/source");

/// What to write beside the statements themselves.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StatementOptions {
    /// Whether the words of the documents are kept (`rel:quote`). Off by default.
    pub quotes: bool,
    /// Public address of the folder that was built, such as `https://github.com/OWNER/REPO/blob/main/articles`;
    /// without it no public address is written. A GitHub `blob` address leads to the line.
    pub source_base: Option<String>,
}

/// The quads of one document, in the order of the document and without repetition of entities and facts.
///
/// `names` must have learnt the names of all documents of the graph before, so that each service and region has
/// one IRI in all of them.
pub fn quads(extraction: &Extraction, options: &StatementOptions, names: &Names) -> Vec<Quad> {
    let mut names = names.clone();
    names.learn(extraction);
    let mut part = Part::default();
    write(extraction, options, &names, &mut part);
    part.to_quads()
}

/// Adds the [`quads`] of one document to a part, in which every term is of one of them. What `names` doesn't know stays
/// without an IRI.
pub(super) fn write(extraction: &Extraction, options: &StatementOptions, names: &Names, part: &mut Part) {
    let mut writer = Writer::new(extraction, options, names, part);
    writer.document();
    for fact in &extraction.facts {
        writer.fact(fact);
    }
    for claim in &extraction.claims {
        writer.claim(claim);
    }
    for unparsed in &extraction.unparsed {
        writer.unparsed(unparsed);
    }
    for gap in &extraction.gaps {
        writer.gap(gap);
    }
    for conflict in &extraction.identity_conflicts {
        writer.identity_conflict(conflict);
    }
    for (path, line) in &extraction.missing_includes {
        writer.missing_include(path, *line);
    }
}

/// The IRI of the document with this path, which is also the name of its graph.
pub fn document_iri(path: &str) -> String {
    escaped(DOCUMENT, path)
}

impl<'a> Writer<'a> {
    fn document(&mut self) {
        let (extraction, document) = (self.extraction, self.document);
        let path = extraction.document.as_str();
        let file_name = path.rsplit('/').next().unwrap_or(path);
        self.class(document, "Document");
        self.label(document, if extraction.title.is_empty() { file_name } else { &extraction.title });
        if !extraction.title.is_empty() {
            let title = self.part.string(&extraction.title);
            self.add(document, TITLE, title);
        }
        self.text(document, "fileName", file_name);
        self.text(document, "path", path);
        if !extraction.service.is_empty() {
            let service = self.service(&extraction.service);
            self.rel(document, "about", service.node);
            self.own_slug(document, &extraction.service);
        }
        if let Some(date) = &extraction.modified {
            let date = self.typed(date, xsd::DATE);
            self.add(document, MODIFIED, date);
        }
        if !extraction.template.is_empty() {
            self.rel_name(document, "template", &extraction.template);
        }
        if let Some(url) = self.public_address(path, 0) {
            let url = self.part.term(&url);
            self.add(document, SOURCE, url);
        }
        for (position, (anchor, heading)) in (1u32..).zip(&extraction.sections) {
            let section = self.section(anchor);
            self.class(section, "Section");
            self.label(section, heading);
            self.add(section, IS_PART_OF, document);
            self.number(section, "position", position);
        }
    }

    fn fact(&mut self, fact: &'a Fact) {
        let node = self.part.iri(FACT, &fact_hash(&self.extraction.document, fact));
        if !self.described.insert(node) {
            return;
        }
        let service = (!fact.service.is_empty()).then(|| self.service(&fact.service));
        let owner = service.as_ref();
        let feature = self.part(owner, "", "Feature", &fact.feature);
        let variant = self.part(owner, "variant/", "Variant", &fact.variant);
        let tiers: Vec<u32> = fact.tiers.iter().map(|tier| self.tier(owner, tier)).collect();

        self.class(node, "Fact");
        self.class(node, &fact.kind);
        self.rel_name(node, "kind", &fact.kind);
        self.label(node, &fact_label(fact));
        if let Some(service) = &service {
            self.rel(node, "service", service.node);
            self.own_slug(node, &fact.service);
        }
        if let Some(scenario) = fact.scenario {
            self.rel_name(node, "scenario", scenario_name(scenario));
        }
        if let Some(feature) = feature {
            self.rel(node, "feature", feature);
        }
        if let Some(variant) = variant {
            self.rel(node, "variant", variant);
        }
        for tier in &tiers {
            self.rel(node, "tier", *tier);
        }
        self.value(node, fact);
        self.rel_name(node, "status", status_name(fact.status));
        self.text(node, "rule", &fact.rule);
        self.place(node, (&fact.source).into(), &fact.quote);
        if let Some(service) = &service {
            self.direct_triples(fact, service.node, feature, &tiers);
        }
    }

    fn value(&mut self, node: u32, fact: &'a Fact) {
        match &fact.value {
            Value::Named(name) => self.rel_name(node, "value", name),
            Value::Count(count) => self.number(node, "value", *count),
            Value::Date(date) => {
                let date = self.typed(date, xsd::DATE);
                self.rel(node, "value", date);
            }
            Value::Percentage(digits) => {
                let percentage = self.typed(digits, xsd::DECIMAL);
                self.rel(node, "value", percentage);
            }
            Value::Pair(from, to) => {
                self.text(node, "value", &format!("{from} -> {to}"));
                let (from, to) = (self.region(from), self.region(to));
                self.rel(node, "fromRegion", from);
                self.rel(node, "toRegion", to);
                if self.extraction.service.is_empty() {
                    self.direct(from, "pairedWith", to);
                }
            }
        }
        for (duration, seconds, bound) in
            [("min", "minSeconds", fact.min_s), ("max", "maxSeconds", fact.max_s)]
        {
            if let Some(bound) = bound {
                let length = self.part.term(&day_time_duration(bound));
                self.rel(node, duration, length);
                let count = self.typed(&bound.to_string(), xsd::INTEGER);
                self.rel(node, seconds, count);
            }
        }
        if let Some(bound) = fact.bound {
            self.rel_name(node, "bound", bound_name(bound));
        }
    }

    fn direct_triples(&mut self, fact: &'a Fact, service: u32, feature: Option<u32>, tiers: &[u32]) {
        if fact.status == Status::Preview || !fact.variant.is_empty() {
            return;
        }
        let holders = if tiers.is_empty() { std::slice::from_ref(&service) } else { tiers };
        match (fact.kind.as_str(), &fact.value) {
            ("ZoneSupport", Value::Named(mode)) if mode != "None" && feature.is_none() => {
                let mode = self.rel_term(mode);
                for holder in holders {
                    self.direct(*holder, "supportsZoneMode", mode);
                }
            }
            ("MultiRegion", Value::Named(support)) => {
                let support = self.rel_term(support);
                for holder in holders {
                    self.direct(*holder, "multiRegionSupport", support);
                    if let Some(feature) = feature {
                        self.direct(*holder, "multiRegionFeature", feature);
                    }
                }
            }
            ("Responsibility", Value::Named(party)) if feature.is_none() && tiers.is_empty() => {
                let party = self.rel_term(party);
                self.direct(service, "responsibleParty", party);
                match fact.scenario {
                    Some(Scenario::ZoneFailure) => {
                        self.direct(service, "zoneFailureResponsibleParty", party);
                    }
                    Some(Scenario::RegionFailure) => {
                        self.direct(service, "regionFailureResponsibleParty", party);
                    }
                    None => {}
                }
            }
            ("Retirement", Value::Date(date)) if feature.is_none() && tiers.is_empty() => {
                let date = self.typed(date, xsd::DATE);
                self.direct(service, "retiresOn", date);
            }
            _ => {}
        }
    }

    fn claim(&mut self, claim: &'a Claim) {
        let hash = hash([
            "claim",
            &self.extraction.document,
            &entity_text(&claim.subject),
            &claim.property,
            &entity_text(&claim.object),
        ]);
        let Some((subject, object)) = self.entities(&claim.subject, &claim.object) else { return };
        let node = self.part.iri(FACT, &hash);
        if !self.described.insert(node) {
            return;
        }
        self.class(node, "Claim");
        self.rel(node, "subject", subject);
        self.rel_name(node, "property", &claim.property);
        self.rel(node, "object", object);
        let about_one_service = !self.extraction.service.is_empty();
        if about_one_service {
            let service = self.service(&self.extraction.service);
            self.rel(node, "service", service.node);
        }
        self.place(node, (&claim.source).into(), &claim.quote);
        let of_the_service_only = about_one_service && !matches!(claim.subject, Entity::Service(_));
        if self.part.is_iri(subject) && !of_the_service_only {
            self.direct(subject, &claim.property, object);
        }
    }
}
