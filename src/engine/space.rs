//! The terms of a graph and those that a query brings or computes, as one space of numbers.

use crate::error::{Error, Result};
use crate::graph::{Graph, Kind, KindRanges};
use oxrdf::{Literal, Term};
use rustc_hash::{FxHashMap, FxHasher};
use spareval::ExpressionTerm;
use std::cell::RefCell;
use std::hash::Hasher;
use std::ops::Range;
use std::rc::Rc;

/// A term that the graph does not hold.
enum ForeignTerm {
    /// A literal of `xsd:string`: its place in the texts.
    Text(Range<usize>),
    Other(Box<(Term, Kind, ExpressionTerm)>),
}

/// Terms that the graph does not hold; their numbers follow those of the graph.
#[derive(Default)]
struct Foreign {
    terms: Vec<ForeignTerm>,
    /// All texts, one behind the other.
    texts: String,
    /// For each hash of a text the place of its last term.
    hashes: FxHashMap<u64, u32>,
    /// For each term the place of the one before it with the same hash; `u32::MAX` if there is none.
    before: Vec<u32>,
    others: FxHashMap<Term, u32>,
    /// Numbers of integers and booleans that expressions gave, those of the graph among them.
    simple: FxHashMap<(Kind, i64), u32>,
}

impl Foreign {
    fn push(&mut self, term: ForeignTerm, before: u32) {
        self.terms.push(term);
        self.before.push(before);
    }

    /// The place of a text with this hash.
    fn find(&self, text: &str, hash: u64) -> Option<u32> {
        let before = |place: &u32| self.before.get(*place as usize).copied();
        let places = std::iter::successors(self.hashes.get(&hash).copied(), before);
        let mut places = places.take_while(|place| *place != u32::MAX);
        places.find(|place| {
            matches!(&self.terms[*place as usize], ForeignTerm::Text(range) if self.texts[range.clone()] == *text)
        })
    }

    fn push_text(&mut self, text: &str, hash: u64) {
        let start = self.texts.len();
        self.texts.push_str(text);
        let before = self.hashes.insert(hash, self.terms.len() as u32).unwrap_or(u32::MAX);
        self.push(ForeignTerm::Text(start..self.texts.len()), before);
    }
}

fn hash(text: &str) -> u64 {
    let mut hasher = FxHasher::default();
    hasher.write(text.as_bytes());
    hasher.finish()
}

/// Numbers for terms.
#[derive(Clone)]
pub(super) struct TermSpace {
    graph: Graph,
    kinds: KindRanges,
    foreign: Rc<RefCell<Foreign>>,
}

impl TermSpace {
    pub(super) fn new(graph: Graph) -> Self {
        let kinds = graph.terms().kind_ranges();
        Self { graph, kinds, foreign: Rc::default() }
    }

    /// The number of a term.
    pub(super) fn number(&self, term: Term) -> u32 {
        if let Term::Literal(literal) = &term
            && literal.datatype() == oxrdf::vocab::xsd::STRING
        {
            return self.number_of_text(literal.value());
        }
        let terms = self.graph.terms();
        if let Some(number) = terms.number(term.as_ref()) {
            return number;
        }
        let mut foreign = self.foreign.borrow_mut();
        if let Some(number) = foreign.others.get(&term) {
            return *number;
        }
        let number = (terms.len() + foreign.terms.len() + 1) as u32;
        let (kind, value) = (Kind::of(term.as_ref()), ExpressionTerm::from(term.clone()));
        foreign.push(ForeignTerm::Other(Box::new((term.clone(), kind, value))), u32::MAX);
        foreign.others.insert(term, number);
        number
    }

    /// The number of a literal of `xsd:string`.
    pub(super) fn number_of_text(&self, text: &str) -> u32 {
        let terms = self.graph.terms();
        let (mut foreign, hash) = (self.foreign.borrow_mut(), hash(text));
        if let Some(place) = foreign.find(text, hash) {
            return terms.len() as u32 + place + 1;
        }
        if let Some(number) = terms.number_of_text(text) {
            return number;
        }
        foreign.push_text(text, hash);
        (terms.len() + foreign.terms.len()) as u32
    }

    /// The number of an integer.
    pub(super) fn number_of_integer(&self, value: i64) -> u32 {
        self.number_of_simple(Kind::Integer, value, || Literal::from(value))
    }

    /// The number of `true` or `false`.
    pub(super) fn number_of_boolean(&self, value: bool) -> u32 {
        self.number_of_simple(Kind::Boolean, i64::from(value), || Literal::from(value))
    }

    fn number_of_simple(&self, kind: Kind, value: i64, literal: impl FnOnce() -> Literal) -> u32 {
        if let Some(number) = self.foreign.borrow().simple.get(&(kind, value)) {
            return *number;
        }
        let number = self.graph.terms().number_of_value(kind, value);
        let number = number.unwrap_or_else(|| self.number(literal().into()));
        self.foreign.borrow_mut().simple.insert((kind, value), number);
        number
    }

    /// The number of a term that an expression gave.
    pub(super) fn number_of_value(&self, value: ExpressionTerm) -> u32 {
        match value {
            ExpressionTerm::IntegerLiteral(value) => self.number_of_integer(value.into()),
            ExpressionTerm::BooleanLiteral(value) => self.number_of_boolean(value.into()),
            ExpressionTerm::StringLiteral(text) => self.number_of_text(&text),
            value => self.number(value.into()),
        }
    }

    /// What is known of a term that the graph does not hold, by its text or by what else it is; `None` for those
    /// that it holds.
    fn foreign<T>(
        &self,
        number: u32,
        of_text: impl FnOnce(&str) -> T,
        of_other: impl FnOnce(&Term, Kind, &ExpressionTerm) -> T,
    ) -> Option<Result<T>> {
        let index = (number as usize).checked_sub(self.kinds.len() + 1)?;
        let foreign = self.foreign.borrow();
        Some(match foreign.terms.get(index) {
            Some(ForeignTerm::Text(range)) => Ok(of_text(&foreign.texts[range.clone()])),
            Some(ForeignTerm::Other(other)) => Ok(of_other(&other.0, other.1, &other.2)),
            None => Err(Error::query("a number names no term")),
        })
    }

    /// The term of a number.
    pub(super) fn term(&self, number: u32) -> Result<Term> {
        let text = |text: &str| Literal::new_simple_literal(text).into();
        let foreign = self.foreign(number, text, |term, _, _| term.clone());
        foreign.unwrap_or_else(|| self.graph.terms().term(number))
    }

    /// The term of a number as expressions see it.
    pub(super) fn expression_term(&self, number: u32) -> Result<ExpressionTerm> {
        let text = |text: &str| ExpressionTerm::StringLiteral(text.to_owned());
        let foreign = self.foreign(number, text, |_, _, value| value.clone());
        foreign.unwrap_or_else(|| self.graph.terms().expression_term(number))
    }

    /// The text of a term of a kind that carries text, in the form of the dictionary.
    pub(super) fn text(&self, number: u32) -> Option<String> {
        let other = |term: &Term, _, _: &ExpressionTerm| match term {
            Term::NamedNode(node) => Some(node.as_str().to_owned()),
            Term::Literal(literal) => Some(format!("{}\0{}", literal.language()?, literal.value())),
            Term::BlankNode(_) => None,
        };
        let foreign = self.foreign(number, |text| Some(text.to_owned()), other);
        foreign.map_or_else(|| self.graph.terms().text(number), |text| text.ok().flatten())
    }

    /// Adds the text of an IRI or a plain string; `false` if there is none, and then it adds nothing.
    pub(super) fn push_text(&self, number: u32, words: &mut String) -> bool {
        if self.is_native(number) {
            return self.graph.terms().push_text(number, words);
        }
        self.text(number).is_some_and(|text| {
            words.push_str(&text);
            true
        })
    }

    /// The integer of a number, if it is one of 64 bits.
    pub(super) fn integer(&self, number: u32) -> Option<i64> {
        let other = |_: &Term, _, value: &ExpressionTerm| match value {
            ExpressionTerm::IntegerLiteral(value) => Some(i64::from(*value)),
            _ => None,
        };
        let foreign = self.foreign(number, |_| None, other);
        foreign.map_or_else(|| self.graph.terms().value(number), |value| value.ok().flatten())
    }

    /// The kind of a term.
    pub(super) fn kind(&self, number: u32) -> Option<Kind> {
        let foreign = self.foreign(number, |_| Kind::String, |_, kind, _| kind);
        foreign.map_or_else(|| self.kinds.kind(number), Result::ok)
    }

    /// Whether the graph itself holds the term of a number.
    pub(super) fn is_native(&self, number: u32) -> bool {
        number as usize <= self.kinds.len()
    }
}
