//! The label index: which entities have a name, whatever its case, blanks and punctuation.
//!
//! Each entry is an entity, the literal that names it, and a form of the name: the whole name, or the name without
//! its first word, which is often the maker's. The last part of an entity's IRI is a name too; its entries have no
//! literal. Entries are sorted by the letters and digits of their form, which are not kept but read from the
//! dictionary, so that the index takes twelve bytes for each entry. Facts and sections have labels, but nobody calls them
//! by these; there are several times as many of them as of all others, and they are left out.

use super::Graph;
use super::columns::Column;
use super::kinds::{Kind, TEXT_KINDS};
use super::sort::sorted;
use super::terms::Terms;
use crate::vocabulary::REL;
use oxrdf::vocab::{rdf, rdfs};
use oxrdf::{NamedNode, NamedNodeRef, Term};
use rayon::prelude::*;
use std::ops::Range;

/// Names that one processor reads at once.
const NAMES_AT_ONCE: usize = 1 << 14;

/// The properties that name an entity, by their IRIs.
pub(super) fn properties() -> [String; 6] {
    let own = |name: &str| format!("{REL}{name}");
    let alternative = "http://www.w3.org/2004/02/skos/core#altLabel".to_owned();
    [rdfs::LABEL.as_str().to_owned(), alternative, own("fileName"), own("path"), own("slug"), own("title")]
}

/// The classes of entities that the index leaves out, by their IRIs.
pub(super) fn unnamed() -> [String; 2] {
    ["Fact", "Section"].map(|name| format!("{REL}{name}"))
}

impl Graph {
    /// Tells by its term number whether an entity is a fact or a section, which nobody calls by a name: the index of
    /// names leaves it out.
    pub fn is_unnamed(&self) -> impl Fn(u32) -> bool + '_ {
        let (terms, triples) = (self.terms(), self.triples());
        let number = |iri: &str| terms.number(NamedNodeRef::new_unchecked(iri).into());
        let classes: Vec<u32> = unnamed().iter().filter_map(|iri| number(iri)).collect();
        let class = number(rdf::TYPE.as_str());
        move |entity| {
            let is = |other: &u32| class.is_some_and(|class| triples.place(entity, class, *other).is_some());
            classes.iter().any(is)
        }
    }
}

/// One entry: entity, literal (0 for the last part of the entity's IRI), form (1 without the first word).
pub(super) type Entry = [u32; 3];

/// The letters and digits of a name in lower case.
pub fn label_key(name: &str) -> String {
    name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// The part of a name behind its first word, if there is one.
fn without_first_word(name: &str) -> Option<&str> {
    name.split_once([' ', '-']).map(|(_, rest)| rest).filter(|rest| !rest.is_empty())
}

/// The last part of an IRI.
fn last_part(iri: &str) -> &str {
    iri.trim_end_matches(['/', '#']).rsplit(['/', '#']).next().unwrap_or(iri)
}

/// The words of a literal as the dictionary holds it.
fn words(kind: Kind, text: &str) -> Option<&str> {
    match kind {
        Kind::String => Some(text),
        Kind::LangString => text.split_once('\0').map(|(_, words)| words),
        _ => None,
    }
}

/// Sorted entries of entities and the literals that name them.
pub(super) fn entries(mut named: Vec<(u32, u32)>, terms: Terms<'_>) -> Vec<Entry> {
    named.par_sort_unstable();
    named.dedup();
    let mut keyed = Keyed::default();
    let shares = shares(&named);
    // What is read at once lies in memory twice for a while: until the next names are read.
    let mut before: Vec<Keyed> = Vec::new();
    for some in shares.chunks(16) {
        let last = std::mem::take(&mut before);
        let append = || last.into_iter().for_each(|share| keyed.append(share));
        (before, ()) =
            rayon::join(|| some.par_iter().map(|share| Keyed::read(share, terms)).collect(), append);
    }
    before.into_iter().for_each(|share| keyed.append(share));
    drop(shares);
    drop(named);
    keyed.sorted()
}

/// Entities with their names in parts for one processor each; the names of an entity stay together.
fn shares(mut named: &[(u32, u32)]) -> Vec<&[(u32, u32)]> {
    let mut shares = Vec::new();
    while let Some((last, _)) = named.get(NAMES_AT_ONCE) {
        let more = named[NAMES_AT_ONCE..].iter().take_while(|(entity, _)| entity == last).count();
        let share;
        (share, named) = named.split_at(NAMES_AT_ONCE + more);
        shares.push(share);
    }
    shares.push(named);
    shares
}

/// Names with the keys of their entries, which lie in one text: there may be millions.
#[derive(Default)]
struct Keyed {
    keys: Vec<u8>,
    names: Vec<KeyedName>,
}

/// A name of an entity: two entries, of which one or both may have an empty key and are none then.
struct KeyedName {
    /// Where its key starts; it ends where the next one starts.
    start: u64,
    /// Where the key without the first word starts, behind the start.
    rest: u32,
    entity: u32,
    literal: u32,
}

impl Keyed {
    /// The names of entities, which are sorted.
    fn read(named: &[(u32, u32)], terms: Terms<'_>) -> Self {
        let mut keyed = Self::default();
        let mut text = String::new();
        let mut before = 0;
        for (entity, literal) in named {
            let (Some(Kind::Iri), Some(kind)) = (terms.kind(*entity), terms.kind(*literal)) else { continue };
            if kind as usize >= TEXT_KINDS {
                continue;
            }
            if *entity != before && terms.read_text(*entity, &mut text) {
                keyed.add(last_part(&text), *entity, 0);
                before = *entity;
            }
            if *entity == before
                && terms.read_text(*literal, &mut text)
                && let Some(label) = words(kind, &text)
            {
                keyed.add(label, *entity, *literal);
            }
        }
        keyed
    }

    fn append(&mut self, mut other: Self) {
        let before = self.keys.len() as u64;
        self.keys.append(&mut other.keys);
        self.names
            .extend(other.names.into_iter().map(|name| KeyedName { start: before + name.start, ..name }));
    }

    fn add(&mut self, name: &str, entity: u32, literal: u32) {
        let start = self.keys.len();
        let rest = without_first_word(name);
        self.add_letters(&name[..name.len() - rest.map_or(0, str::len)]);
        let first = self.keys.len() - start;
        self.add_letters(rest.unwrap_or_default());
        // A word of four thousand million letters is as good as none.
        let rest = u32::try_from(first).unwrap_or_default();
        self.names.push(KeyedName { start: start as u64, rest, entity, literal });
    }

    fn add_letters(&mut self, name: &str) {
        if name.is_ascii() {
            let letters = name.bytes().filter(u8::is_ascii_alphanumeric);
            self.keys.extend(letters.map(|letter| letter.to_ascii_lowercase()));
        } else {
            self.keys.extend_from_slice(label_key(name).as_bytes());
        }
    }

    /// The key of an entry: the names have two each, one after the other.
    fn key(&self, entry: u32) -> &[u8] {
        let place = entry as usize / 2;
        let name = &self.names[place];
        let end = self.names.get(place + 1).map_or(self.keys.len(), |next| next.start as usize);
        let rest = if entry.is_multiple_of(2) { 0 } else { name.rest as usize };
        &self.keys[name.start as usize + rest..end]
    }

    fn sorted(self) -> Vec<Entry> {
        let entries = 0..u32::try_from(2 * self.names.len()).unwrap_or(u32::MAX);
        let entries = entries.filter(|entry| !self.key(*entry).is_empty()).collect();
        let order = sorted(entries, |entry| self.key(entry)).into_iter();
        let entry = |entry: u32| {
            let name = &self.names[entry as usize / 2];
            [name.entity, name.literal, entry % 2]
        };
        order.map(entry).collect()
    }
}

/// The index as it lies in the file.
#[derive(Clone, Copy)]
pub struct Labels<'a> {
    pub(super) terms: Terms<'a>,
    pub(super) cells: Column<'a>,
}

impl Labels<'_> {
    /// How many entries there are.
    pub fn len(self) -> usize {
        self.cells.len() / 3
    }

    /// Whether there are none.
    pub fn is_empty(self) -> bool {
        self.len() == 0
    }

    pub(super) fn entry(self, index: usize) -> Entry {
        [0, 1, 2].map(|part| self.cells.at(3 * index + part))
    }

    /// The key of an entry; empty where the file is damaged.
    fn key(self, index: usize) -> String {
        let [entity, literal, form] = self.entry(index);
        let number = if literal == 0 { entity } else { literal };
        let text = self.terms.text(number).unwrap_or_default();
        let name = match self.terms.kind(number) {
            Some(Kind::Iri) => Some(last_part(&text)),
            Some(kind) => words(kind, &text),
            None => None,
        };
        let name = if form == 0 { name } else { name.and_then(without_first_word) };
        name.map(label_key).unwrap_or_default()
    }

    /// The entities with a name, or the name without its first word, of which the letters and digits are those of a
    /// key, or begin with them; `None` if there are more than `most` such names.
    pub fn entities(self, key: &str, begins: bool, most: usize) -> Option<Vec<NamedNode>> {
        let start = self.lower_bound(0..self.len(), key);
        let fits = |index: &usize| {
            let found = self.key(*index);
            if begins { found.starts_with(key) } else { found == key }
        };
        let mut numbers: Vec<u32> =
            (start..self.len()).take(most + 1).take_while(fits).map(|index| self.entry(index)[0]).collect();
        if numbers.len() > most {
            return None;
        }
        numbers.sort_unstable();
        numbers.dedup();
        let node = |number| match self.terms.term(number) {
            Ok(Term::NamedNode(node)) => Some(node),
            _ => None,
        };
        Some(numbers.into_iter().filter_map(node).collect())
    }

    fn lower_bound(self, range: Range<usize>, key: &str) -> usize {
        let (mut low, mut high) = (range.start, range.end);
        while low < high {
            let middle = low.midpoint(high);
            if self.key(middle).as_str() < key {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        low
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::GraphBuilder;
    use oxrdf::{GraphName, Literal, Quad};

    fn graph() -> Graph {
        let mut builder = GraphBuilder::new();
        let node = |iri: &str| NamedNode::new_unchecked(format!("https://example.org/{iri}"));
        let names = [
            ("service/nimbus-queue", "Nimbus Queue"),
            ("service/nimbus-queue", "NQ"),
            ("service/cumulus-queue", "Cumulus Queue"),
            ("region/lone-rock", "Lone Rock"),
            ("region/ö", "Österå"),
        ];
        for (iri, name) in names {
            let label = Literal::from(name);
            builder.insert(&Quad::new(node(iri), rdfs::LABEL, label, GraphName::DefaultGraph));
        }
        let tagged = Literal::new_language_tagged_literal("Einsamer Fels", "de").unwrap();
        builder.insert(&Quad::new(node("region/lone-rock"), rdfs::LABEL, tagged, GraphName::DefaultGraph));
        for (at, class) in unnamed().into_iter().enumerate() {
            let (unnamed, class) = (node(&format!("{at}#lone")), NamedNode::new_unchecked(class));
            builder.insert(&Quad::new(unnamed.clone(), rdf::TYPE, class, GraphName::DefaultGraph));
            let label = Literal::from("Lone Queue");
            builder.insert(&Quad::new(unnamed, rdfs::LABEL, label, GraphName::DefaultGraph));
        }
        let comment = Literal::from("Queue");
        builder.insert(&Quad::new(node("other"), rdfs::COMMENT, comment, GraphName::DefaultGraph));
        Graph::from_bytes(builder.to_bytes().unwrap()).unwrap()
    }

    fn found(key: &str, begins: bool) -> Vec<String> {
        let graph = graph();
        let entities = graph.labels().entities(key, begins, 100).unwrap();
        entities.iter().map(|node| last_part(node.as_str()).to_owned()).collect()
    }

    #[test]
    fn entities_are_found_by_all_their_names() {
        graph().verify().unwrap();
        for key in ["nimbusqueue", "nq"] {
            assert_eq!(found(key, false), ["nimbus-queue"], "{key}");
        }
        assert_eq!(found("queue", false), ["cumulus-queue", "nimbus-queue"]);
        assert_eq!(found("fels", false), ["lone-rock"]);
        assert_eq!(found("österå", false), ["ö"]);
        assert_eq!(found("lone", true), ["lone-rock"]);
        assert_eq!(found("", true).len(), 4);
        assert!(graph().labels().entities("", true, 3).is_none());
        assert!(
            found("zzz", true).is_empty() && found("lone", false).is_empty() && found("", false).is_empty()
        );
    }
}
