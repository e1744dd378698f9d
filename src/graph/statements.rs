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
mod terms;

#[cfg(test)]
mod tests;

use crate::facts::{Claim, Entity, Extraction, Fact, Gap, Scenario, Source, Status, Unparsed, Value};
use crate::graph::names::Names;
use crate::vocabulary::{DOCUMENT, FACT, slug};
use entities::slug_of;
use oxrdf::vocab::{rdf, rdfs, xsd};
use oxrdf::{GraphName, Literal, NamedNode, NamedNodeRef, Quad, Term};
use std::collections::HashSet;
use std::fmt::Write as _;
use terms::{
    bound_name, day_time_duration, entity_text, escaped, fact_hash, fact_label, hash, integer, named, rel,
    scenario_name, status_name,
};

const TITLE: NamedNodeRef<'_> = NamedNodeRef::new_unchecked("http://purl.org/dc/terms/title");
const MODIFIED: NamedNodeRef<'_> = NamedNodeRef::new_unchecked("http://purl.org/dc/terms/modified");
const IS_PART_OF: NamedNodeRef<'_> = NamedNodeRef::new_unchecked("http://purl.org/dc/terms/isPartOf");
const SOURCE: NamedNodeRef<'_> = NamedNodeRef::new_unchecked("http://purl.org/dc/terms/source");
const DERIVED_FROM: NamedNodeRef<'_> =
    NamedNodeRef::new_unchecked("http://www.w3.org/ns/prov#wasDerivedFrom");

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
    let document = NamedNode::new_unchecked(document_iri(&extraction.document));
    let mut writer = Writer {
        extraction,
        options,
        names,
        graph: GraphName::NamedNode(document.clone()),
        document,
        described: HashSet::new(),
        quads: Vec::with_capacity(64 + 20 * (extraction.facts.len() + extraction.claims.len())),
    };
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
    writer.quads
}

/// The IRI of the document with this path, which is also the name of its graph.
pub fn document_iri(path: &str) -> String {
    escaped(DOCUMENT, path)
}

struct Writer<'a> {
    extraction: &'a Extraction,
    options: &'a StatementOptions,
    names: &'a Names,
    graph: GraphName,
    document: NamedNode,
    /// IRIs of the entities and facts, and texts of the direct triples, that are written already.
    described: HashSet<String>,
    quads: Vec<Quad>,
}

impl Writer<'_> {
    fn add(&mut self, subject: &NamedNode, predicate: NamedNodeRef<'_>, object: impl Into<Term>) {
        self.quads.push(Quad::new(subject.clone(), predicate.into_owned(), object, self.graph.clone()));
    }

    fn rel(&mut self, subject: &NamedNode, property: &str, object: impl Into<Term>) {
        let quad = Quad::new(subject.clone(), rel(property), object, self.graph.clone());
        self.quads.push(quad);
    }

    /// A triple that several facts may give; written once.
    fn direct(&mut self, subject: &NamedNode, property: &str, object: impl Into<Term>) {
        let object = object.into();
        if self.described.insert(format!("{subject} {property} {object}")) {
            self.rel(subject, property, object);
        }
    }

    fn text(&mut self, subject: &NamedNode, property: &str, text: &str) {
        self.rel(subject, property, Literal::new_simple_literal(text));
    }

    fn label(&mut self, subject: &NamedNode, label: &str) {
        self.add(subject, rdfs::LABEL, Literal::new_simple_literal(label));
    }

    fn class(&mut self, subject: &NamedNode, class: &str) {
        self.add(subject, rdf::TYPE, rel(class));
    }

    fn document(&mut self) {
        let extraction = self.extraction;
        let document = self.document.clone();
        let path = extraction.document.as_str();
        let file_name = path.rsplit('/').next().unwrap_or(path);
        self.class(&document, "Document");
        self.label(&document, if extraction.title.is_empty() { file_name } else { &extraction.title });
        if !extraction.title.is_empty() {
            self.add(&document, TITLE, Literal::new_simple_literal(&extraction.title));
        }
        self.text(&document, "fileName", file_name);
        self.text(&document, "path", path);
        if !extraction.service.is_empty() {
            let service = self.service(&extraction.service);
            self.rel(&document, "about", service);
            self.text(&document, "serviceSlug", &slug(&extraction.service));
        }
        if let Some(date) = &extraction.modified {
            self.add(&document, MODIFIED, Literal::new_typed_literal(date, xsd::DATE));
        }
        if !extraction.template.is_empty() {
            self.rel(&document, "template", rel(&extraction.template));
        }
        if let Some(url) = self.public_address(path, 0) {
            self.add(&document, SOURCE, url);
        }
        for (position, (anchor, heading)) in (1u32..).zip(&extraction.sections) {
            let section = self.section(anchor);
            self.class(&section, "Section");
            self.label(&section, heading);
            self.add(&section, IS_PART_OF, document.clone());
            self.rel(&section, "position", integer(u64::from(position)));
        }
    }

    fn fact(&mut self, fact: &Fact) {
        let node = named(FACT, &fact_hash(&self.extraction.document, fact));
        if !self.described.insert(node.as_str().to_owned()) {
            return;
        }
        let service = (!fact.service.is_empty()).then(|| self.service(&fact.service));
        let owner = slug_of(service.as_ref());
        let feature = self.part(&owner, "", "Feature", &fact.feature);
        let variant = self.part(&owner, "variant/", "Variant", &fact.variant);
        let tiers: Vec<NamedNode> = fact.tiers.iter().map(|tier| self.tier(&owner, tier)).collect();

        self.class(&node, "Fact");
        self.class(&node, &fact.kind);
        self.rel(&node, "kind", rel(&fact.kind));
        self.label(&node, &fact_label(fact));
        if let Some(service) = &service {
            self.rel(&node, "service", service.clone());
            self.text(&node, "serviceSlug", &slug(&fact.service));
        }
        if let Some(scenario) = fact.scenario {
            self.rel(&node, "scenario", rel(scenario_name(scenario)));
        }
        if let Some(feature) = &feature {
            self.rel(&node, "feature", feature.clone());
        }
        if let Some(variant) = variant {
            self.rel(&node, "variant", variant);
        }
        for tier in &tiers {
            self.rel(&node, "tier", tier.clone());
        }
        self.value(&node, fact);
        self.rel(&node, "status", rel(status_name(fact.status)));
        self.text(&node, "rule", &fact.rule);
        self.place(&node, &fact.source, &fact.quote);
        if let Some(service) = &service {
            self.direct_triples(fact, service, feature.as_ref(), &tiers);
        }
    }

    fn value(&mut self, node: &NamedNode, fact: &Fact) {
        match &fact.value {
            Value::Named(name) => self.rel(node, "value", rel(name)),
            Value::Count(count) => self.rel(node, "value", integer(u64::from(*count))),
            Value::Date(date) => self.rel(node, "value", Literal::new_typed_literal(date, xsd::DATE)),
            Value::Percentage(digits) => {
                self.rel(node, "value", Literal::new_typed_literal(digits, xsd::DECIMAL));
            }
            Value::Pair(from, to) => {
                self.text(node, "value", &format!("{from} -> {to}"));
                let (from, to) = (self.region(from), self.region(to));
                self.rel(node, "fromRegion", from.clone());
                self.rel(node, "toRegion", to.clone());
                if self.extraction.service.is_empty() {
                    self.direct(&from, "pairedWith", to);
                }
            }
        }
        for (duration, seconds, bound) in
            [("min", "minSeconds", fact.min_s), ("max", "maxSeconds", fact.max_s)]
        {
            if let Some(bound) = bound {
                self.rel(node, duration, day_time_duration(bound));
                self.rel(node, seconds, integer(bound));
            }
        }
        if let Some(bound) = fact.bound {
            self.rel(node, "bound", rel(bound_name(bound)));
        }
    }

    fn direct_triples(
        &mut self,
        fact: &Fact,
        service: &NamedNode,
        feature: Option<&NamedNode>,
        tiers: &[NamedNode],
    ) {
        if fact.status == Status::Preview || !fact.variant.is_empty() {
            return;
        }
        let holders = if tiers.is_empty() { std::slice::from_ref(service) } else { tiers };
        match (fact.kind.as_str(), &fact.value) {
            ("ZoneSupport", Value::Named(mode)) if mode != "None" && feature.is_none() => {
                for holder in holders {
                    self.direct(holder, "supportsZoneMode", rel(mode));
                }
            }
            ("MultiRegion", Value::Named(support)) => {
                for holder in holders {
                    self.direct(holder, "multiRegionSupport", rel(support));
                    if let Some(feature) = feature {
                        self.direct(holder, "multiRegionFeature", feature.clone());
                    }
                }
            }
            ("Responsibility", Value::Named(party)) if feature.is_none() && tiers.is_empty() => {
                self.direct(service, "responsibleParty", rel(party));
                match fact.scenario {
                    Some(Scenario::ZoneFailure) => {
                        self.direct(service, "zoneFailureResponsibleParty", rel(party));
                    }
                    Some(Scenario::RegionFailure) => {
                        self.direct(service, "regionFailureResponsibleParty", rel(party));
                    }
                    None => {}
                }
            }
            ("Retirement", Value::Date(date)) if feature.is_none() && tiers.is_empty() => {
                self.direct(service, "retiresOn", Literal::new_typed_literal(date, xsd::DATE));
            }
            _ => {}
        }
    }

    fn claim(&mut self, claim: &Claim) {
        let hash = hash(&[
            "claim",
            &self.extraction.document,
            &entity_text(&claim.subject),
            &claim.property,
            &entity_text(&claim.object),
        ]);
        let node = named(FACT, &hash);
        if !self.described.insert(node.as_str().to_owned()) {
            return;
        }
        let (Some(subject), Some(object)) = (self.entity(&claim.subject), self.entity(&claim.object)) else {
            return;
        };
        self.class(&node, "Claim");
        self.rel(&node, "subject", subject.clone());
        self.rel(&node, "property", rel(&claim.property));
        self.rel(&node, "object", object.clone());
        let mut about_one_service = false;
        if !self.extraction.service.is_empty() {
            let service = self.service(&self.extraction.service);
            self.rel(&node, "service", service);
            about_one_service = true;
        }
        self.place(&node, &claim.source, &claim.quote);
        let of_the_service_only = about_one_service && !matches!(claim.subject, Entity::Service(_));
        if let (Term::NamedNode(subject), false) = (&subject, of_the_service_only) {
            self.direct(subject, &claim.property, object);
        }
    }

    fn unparsed(&mut self, unparsed: &Unparsed) {
        let scenario = unparsed.scenario.map_or("", scenario_name);
        let place = format!("{}:{:?}", unparsed.source.line, unparsed.source.byte_span);
        let node = named(
            FACT,
            &hash(&[
                "unparsed",
                &self.extraction.document,
                &unparsed.service,
                &unparsed.kind,
                scenario,
                &unparsed.source.file,
                &place,
            ]),
        );
        if !self.described.insert(node.as_str().to_owned()) {
            return;
        }
        self.class(&node, "Unparsed");
        if !unparsed.service.is_empty() {
            let service = self.service(&unparsed.service);
            self.rel(&node, "service", service);
            self.text(&node, "serviceSlug", &slug(&unparsed.service));
        }
        if !unparsed.kind.is_empty() {
            self.rel(&node, "kind", rel(&unparsed.kind));
        }
        if !scenario.is_empty() {
            self.rel(&node, "scenario", rel(scenario));
        }
        self.text(&node, "reason", &unparsed.reason);
        self.place(&node, &unparsed.source, &unparsed.quote);
    }

    fn missing_include(&mut self, path: &str, line: u32) {
        let line_text = line.to_string();
        if let Some(node) = self.noticed("MissingInclude", &["missing-include", path, &line_text]) {
            self.text(&node, "includePath", path);
            self.place(&node, &self.at_line(line), "");
        }
    }

    fn identity_conflict(&mut self, conflict: &str) {
        if let Some(node) = self.noticed("IdentityConflict", &["identity-conflict", conflict]) {
            self.text(&node, "reason", conflict);
            self.place(&node, &self.at_line(1), "");
        }
    }

    fn gap(&mut self, gap: &Gap) {
        match gap {
            Gap::Section(role) => {
                if let Some(node) = self.noticed("MissingSection", &["missing-section", role]) {
                    self.rel(&node, "sectionRole", rel(role));
                    self.place(&node, &self.at_line(1), "");
                }
            }
            Gap::Label { kind, scenario, source } => {
                let words = ["missing-label", kind, &source.anchor];
                if let Some(node) = self.noticed("MissingLabel", &words) {
                    self.rel(&node, "kind", rel(kind));
                    if let Some(scenario) = scenario {
                        self.rel(&node, "scenario", rel(scenario_name(*scenario)));
                    }
                    self.place(&node, source, "");
                }
            }
        }
    }

    /// The node of something that was noticed in the document, if it isn't written yet.
    fn noticed(&mut self, class: &str, words: &[&str]) -> Option<NamedNode> {
        let [first, rest @ ..] = words else { return None };
        let document = self.extraction.document.as_str();
        let parts: Vec<&str> = [*first, document].into_iter().chain(rest.iter().copied()).collect();
        let node = named(FACT, &hash(&parts));
        if !self.described.insert(node.as_str().to_owned()) {
            return None;
        }
        self.class(&node, class);
        Some(node)
    }

    /// A line of the document, in no section.
    fn at_line(&self, line: u32) -> Source {
        let file = self.extraction.document.clone();
        Source { file, line, byte_span: (0, 0), document_line: line, anchor: String::new() }
    }

    fn place(&mut self, node: &NamedNode, source: &Source, quote: &str) {
        let section = self.section(&source.anchor);
        let document = self.document.clone();
        self.rel(node, "document", document);
        self.add(node, DERIVED_FROM, section);
        self.text(node, "sourceFile", &source.file);
        self.rel(node, "line", integer(u64::from(source.line)));
        self.rel(node, "documentLine", integer(u64::from(source.document_line)));
        if let Some(url) = self.public_address(&source.file, source.line) {
            self.rel(node, "sourceUrl", url);
        }
        if self.options.quotes && !quote.is_empty() {
            self.text(node, "quote", quote);
        }
    }

    /// The address of a file, or of a line of it where the base is a GitHub `blob` address and `line` not 0.
    fn public_address(&self, file: &str, line: u32) -> Option<NamedNode> {
        let base = self.options.source_base.as_deref()?.trim_end_matches('/');
        let mut url = escaped(&format!("{base}/"), file);
        if line > 0 && base.contains("/blob/") {
            // GitHub shows Markdown as a page unless asked for its lines.
            let plain = if file.ends_with(".md") { "?plain=1" } else { "" };
            let _ = write!(url, "{plain}#L{line}");
        }
        NamedNode::new(url).ok()
    }

    fn section(&self, anchor: &str) -> NamedNode {
        if anchor.is_empty() {
            return self.document.clone();
        }
        NamedNode::new_unchecked(escaped(&format!("{}#", self.document.as_str()), anchor))
    }
}
