//! Terms and quads by number on their way to a graph: what one processor reads or writes by itself.

use super::interner::Interner;
use super::kinds::{self, Kind};
use super::late::{self, Spelling};
use oxrdf::{GraphName, GraphNameRef, NamedNodeRef, NamedOrBlankNode, Quad, QuadRef, Term, TermRef};
use rustc_hash::FxHashMap;

/// A number that no key has: there are too many keys.
const NO_KEY: u32 = u32::MAX;

/// Terms and quads of their numbers.
#[derive(Default)]
pub(super) struct Part {
    /// The terms as keys: see [`kinds::key`].
    pub(super) keys: Interner,
    /// Subject, predicate, object, graph, as places among the keys.
    pub(super) quads: Vec<[u32; 4]>,
    /// How documents spell services and regions that have no IRI yet.
    pub(super) spellings: Vec<Spelling>,
    /// IRIs that documents use again and again: terms of the ontology by their local names, others by themselves.
    known: FxHashMap<Box<str>, u32>,
    key: Vec<u8>,
}

impl Part {
    /// The place of a term among the keys; one that no key has when there are too many.
    pub(super) fn term<'t>(&mut self, term: impl Into<TermRef<'t>>) -> u32 {
        kinds::key(term.into(), &mut self.key);
        self.keys.intern(&self.key).unwrap_or(NO_KEY)
    }

    /// The place of an IRI that a namespace and a name make.
    pub(super) fn iri(&mut self, namespace: &str, local: &[u8]) -> u32 {
        self.keyed(Kind::Iri, |key| {
            key.extend_from_slice(namespace.as_bytes());
            key.extend_from_slice(local);
        })
    }

    /// The place of an IRI that documents use again and again; `write` writes what the name stands for.
    pub(super) fn known_iri(&mut self, name: &str, write: impl FnOnce(&mut Vec<u8>)) -> u32 {
        if let Some(term) = self.known.get(name) {
            return *term;
        }
        let term = self.keyed(Kind::Iri, write);
        self.known.insert(name.into(), term);
        term
    }

    /// The place of an IRI that is written piece by piece.
    pub(super) fn written_iri(&mut self, write: impl FnOnce(&mut Vec<u8>)) -> u32 {
        self.keyed(Kind::Iri, write)
    }

    /// The place of a term in the namespace of services, regions, tiers or features that a service or region without
    /// an IRI is to name.
    pub(super) fn late(&mut self, namespace: &str, slug: &str, rest: [&str; 2]) -> u32 {
        late::write_key(&mut self.key, namespace, slug, rest);
        self.keys.intern(&self.key).unwrap_or(NO_KEY)
    }

    /// The place of a literal of `xsd:string`.
    pub(super) fn string(&mut self, words: &str) -> u32 {
        self.keyed(Kind::String, |key| key.extend_from_slice(words.as_bytes()))
    }

    /// The place of a literal of `xsd:integer`.
    pub(super) fn integer(&mut self, number: u32) -> u32 {
        self.keyed(Kind::Integer, |key| key.extend_from_slice(&kinds::bytes_of_value(i64::from(number))))
    }

    /// Adds a quad; one of the default graph is put into another.
    pub(super) fn insert(&mut self, quad: QuadRef<'_>, graph: NamedNodeRef<'_>) {
        let graph = match quad.graph_name {
            GraphNameRef::NamedNode(node) => self.term(node),
            GraphNameRef::BlankNode(node) => self.term(node),
            GraphNameRef::DefaultGraph => self.term(graph),
        };
        let triple = [self.term(quad.subject), self.term(quad.predicate), self.term(quad.object)];
        self.quads.push([triple[0], triple[1], triple[2], graph]);
    }

    fn keyed(&mut self, kind: Kind, write: impl FnOnce(&mut Vec<u8>)) -> u32 {
        self.key.clear();
        self.key.push(kind as u8);
        write(&mut self.key);
        self.keys.intern(&self.key).unwrap_or(NO_KEY)
    }

    /// Whether the term at a place is an IRI.
    pub(super) fn is_iri(&self, place: u32) -> bool {
        let key = if place == NO_KEY { &[] } else { self.keys.key(place) };
        late::is_late(key) || key.first() == Some(&(Kind::Iri as u8))
    }

    /// Takes everything out, and keeps the memory for more.
    pub(super) fn clear(&mut self) {
        self.keys.clear();
        self.quads.clear();
        self.spellings.clear();
        self.known.clear();
    }

    /// The quads in the order in which they were added; those with terms that can't be told are left out.
    pub(super) fn to_quads(&self) -> Vec<Quad> {
        let term = |place: u32| kinds::term_of_key(self.keys.key(place));
        let node = |place: u32| match term(place)? {
            Term::NamedNode(node) => Some(NamedOrBlankNode::from(node)),
            Term::BlankNode(node) => Some(node.into()),
            Term::Literal(_) => None,
        };
        let quad = |[subject, predicate, object, graph]: &[u32; 4]| {
            let Term::NamedNode(predicate) = term(*predicate)? else { return None };
            let graph = GraphName::from(node(*graph)?);
            Some(Quad::new(node(*subject)?, predicate, term(*object)?, graph))
        };
        self.quads.iter().filter(|quad| !quad.contains(&NO_KEY)).filter_map(quad).collect()
    }
}
