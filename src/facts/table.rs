//! Facts and claims from tables, and from lists of names.
//!
//! A table is read by the words at the heads of its columns, a list of names by the heading above it; which words
//! mean what stands in `ontology/tables.ttl`. Nothing depends on the name of a document.

mod cell;
mod pairs;
mod parts;
mod rows;
mod tier_rows;

#[cfg(test)]
mod tests;

use super::quantity::Quantity;
use super::scope::SectionScope;
use crate::documents::Document;
use crate::facts::{Claim, Entity, Extraction, Fact, Identity, Scenario, Source, Status, Unparsed, Value};
use crate::ontology::names::{Gazetteer, Own};
use crate::ontology::tables::{Role, RowSubject, TableWords};
use crate::ontology::{Ontology, SentenceWords, TierWords};
use crate::sections::{Block, Item, Outline, Table, Text};
use crate::vocabulary::without_acronym;
use cell::Cell;
use rustc_hash::FxHashSet;
use std::ops::Range;

/// Adds what the tables and lists of names of a document say to what was taken from it so far.
///
/// `extraction.service` tells whether the document is about one service. A fact that `extraction` holds already
/// is not added again; support for zones that a table limits to some tiers replaces support without a limit.
pub(super) fn extract(
    document: &Document,
    outline: &Outline,
    scopes: &[SectionScope<'_>],
    ontology: &Ontology,
    extraction: &mut Extraction,
) {
    let own = ontology.claims.names.own(&extraction.service);
    let mut reader = Reader {
        document,
        outline,
        words: &ontology.tables,
        sentence: &ontology.sentence,
        names: &ontology.claims.names,
        own,
        tiers: &ontology.tiers,
        scopes,
        extraction,
        known: None,
        claimed: FxHashSet::default(),
    };
    for section in 0..outline.sections.len() {
        if !reader.scopes[section].silent || reader.extraction.service.is_empty() {
            reader.blocks(section, &outline.sections[section].blocks, "");
        }
    }
}

struct Reader<'a> {
    document: &'a Document,
    outline: &'a Outline,
    words: &'a TableWords,
    sentence: &'a SentenceWords,
    names: &'a Gazetteer,
    /// The document's service.
    own: Own,
    tiers: &'a TierWords,
    scopes: &'a [SectionScope<'a>],
    extraction: &'a mut Extraction,
    /// Identities of the facts, once a table adds one.
    known: Option<FxHashSet<Identity>>,
    /// The claims that were added.
    claimed: FxHashSet<(Entity, String, Entity)>,
}

/// What a fact says of a service; where it stands is added to it.
struct Says<'a> {
    service: &'a str,
    kind: &'a str,
    value: Value,
    scenario: Option<Scenario>,
    duration: Option<Quantity>,
    feature: String,
    variant: String,
    tiers: Vec<String>,
    status: Status,
}

impl<'a> Says<'a> {
    fn new(service: &'a str, kind: &'a str, value: Value) -> Self {
        let (feature, variant) = (String::new(), String::new());
        let (scenario, duration, tiers, status) = (None, None, Vec::new(), Status::GA);
        Self { service, kind, value, scenario, duration, feature, variant, tiers, status }
    }
}

impl Reader<'_> {
    /// Reads the tables and lists among blocks; `intro` is the text above them.
    fn blocks(&mut self, section: usize, blocks: &[Block], intro: &str) {
        let mut intro = intro;
        for block in blocks {
            match block {
                Block::Paragraph(text) => intro = &text.plain,
                Block::Table(table) => self.table(section, table, intro),
                Block::List(items) => self.list(section, items, intro),
                Block::Quote(_, blocks) => self.blocks(section, blocks, intro),
                Block::Code => {}
            }
        }
    }

    fn list(&mut self, section: usize, items: &[Item], intro: &str) {
        let names =
            self.list_role(section).filter(|role| role.row_subject == Some(RowSubject::Service)).cloned();
        for item in items {
            if item.lead().is_some_and(|lead| pairs::item(self, section, lead, &item.range)) {
                continue;
            }
            if let (Some(role), Some(lead)) = (&names, item.lead()) {
                let cell = self.cell(lead, &item.range);
                self.listed_service(section, &cell, role, &item.range);
            } else {
                self.blocks(section, &item.blocks, intro);
            }
        }
    }

    /// What lists under this section's heading say, in a document about no service.
    fn list_role(&self, section: usize) -> Option<&Role> {
        if !self.extraction.service.is_empty() {
            return None;
        }
        let heading = Cell::read(&self.outline.sections[section].heading, &[]);
        self.words.list(&heading.text)
    }

    fn listed_service(&mut self, section: usize, cell: &Cell, role: &Role, place: &Range<usize>) {
        if !cell.is_name() {
            return;
        }
        let service = without_acronym(&cell.text);
        if let (Some(kind), Some(value)) = (&role.kind, &role.value) {
            let says = Says::new(service, kind, Value::Named(value.clone()));
            self.fact(section, says, place, "list-item");
        }
        if let (Some(property), Some(text)) = (&role.property, &role.text) {
            let subject = Entity::Service(service.to_owned());
            self.claim(section, subject, property, Entity::Text(text.clone()), place);
        }
    }

    fn table(&mut self, section: usize, table: &Table, intro: &str) {
        let words = self.words;
        let heads = table.head.iter().map(|head| Cell::read(head, &[]));
        let roles: Vec<Option<&Role>> = heads.map(|head| words.column(&head.text)).collect();
        let subjects = roles.iter().enumerate().filter_map(|(at, role)| Some((at, (*role)?.row_subject?)));
        let Some((column, subject)) = subjects.into_iter().next() else {
            if rows::names_pairs(self, table) {
                return rows::pairs(self, section, table);
            }
            tier_rows::tier_columns(self, section, table);
            parts::read(self, section, table, &roles);
            return rows::durations(self, section, table, &roles);
        };
        if roles.iter().flatten().count() == 1 && rows::names_pairs(self, table) {
            rows::pairs(self, section, table);
        }
        match subject {
            RowSubject::Service => rows::services(self, section, table, column, &roles),
            RowSubject::Region => rows::regions(self, section, table, column, &roles),
            RowSubject::Tier => tier_rows::tiers(self, section, table, column, &roles),
            RowSubject::Area => rows::areas(self, section, table, &roles, intro),
        }
    }

    fn cell(&self, text: &Text, place: &Range<usize>) -> Cell {
        Cell::read(text, &self.footnotes(place))
    }

    /// The marks of footnotes at a place.
    fn footnotes(&self, place: &Range<usize>) -> Vec<Range<usize>> {
        cell::footnotes(self.document.text.get(place.clone()).unwrap_or_default(), place.start)
    }

    fn fact(&mut self, section: usize, says: Says<'_>, place: &Range<usize>, rule: &str) {
        let (source, quote) = self.source(section, place);
        let fact = Fact {
            service: says.service.to_owned(),
            kind: says.kind.to_owned(),
            scenario: says.scenario,
            feature: says.feature,
            variant: says.variant,
            tiers: says.tiers,
            value: says.value,
            min_s: says.duration.as_ref().and_then(|duration| duration.min_s),
            max_s: says.duration.as_ref().and_then(|duration| duration.max_s),
            bound: says.duration.map(|duration| duration.bound),
            status: says.status,
            source,
            quote,
            rule: rule.to_owned(),
        };
        let facts = &mut self.extraction.facts;
        let known = self.known.get_or_insert_with(|| facts.iter().map(Fact::identity).collect());
        if known.insert(fact.identity()) {
            facts.push(fact);
        }
    }

    fn claim(
        &mut self,
        section: usize,
        subject: Entity,
        property: &str,
        object: Entity,
        place: &Range<usize>,
    ) {
        let identity = (subject, property.to_owned(), object);
        if self.claimed.contains(&identity) {
            return;
        }
        let (source, quote) = self.source(section, place);
        let (subject, property, object) = identity.clone();
        self.extraction.claims.push(Claim { subject, property, object, source, quote });
        self.claimed.insert(identity);
    }

    fn unparsed(&mut self, section: usize, service: &str, kind: &str, place: &Range<usize>, reason: &str) {
        let (source, quote) = self.source(section, place);
        self.extraction.unparsed.push(Unparsed {
            service: service.to_owned(),
            kind: kind.to_owned(),
            scenario: self.scopes[section].scenario.filter(|_| matches!(kind, "DataLoss" | "Downtime")),
            reason: reason.to_owned(),
            source,
            quote,
        });
    }

    /// The line of the document on which a place starts.
    fn line(&self, place: &Range<usize>) -> u32 {
        self.document.locate(place.start).document_line
    }

    fn source(&self, section: usize, place: &Range<usize>) -> (Source, String) {
        let start = self.document.locate(place.start);
        let length = u32::try_from(place.len()).unwrap_or(u32::MAX);
        let byte = u32::try_from(start.byte).unwrap_or(u32::MAX);
        let source = Source {
            file: start.file.to_owned(),
            line: start.line,
            byte_span: (byte, byte.saturating_add(length)),
            document_line: start.document_line,
            anchor: self.outline.sections[section].anchor.clone(),
        };
        (source, self.document.quote(place.clone()))
    }
}
