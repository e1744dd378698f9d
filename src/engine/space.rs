//! The terms of a graph and those that a query brings or computes, as one space of numbers.

use crate::error::{Error, Result};
use crate::graph::{Graph, Kind};
use oxrdf::{Literal, Term};
use rustc_hash::FxHashMap;
use spareval::ExpressionTerm;
use std::cell::RefCell;
use std::rc::Rc;

/// A term that the graph does not hold.
enum ForeignTerm {
    /// A literal of `xsd:string`.
    Text(Rc<str>),
    Other(Term, Kind, ExpressionTerm),
}

/// Terms that the graph does not hold; their numbers follow those of the graph.
#[derive(Default)]
struct Foreign {
    terms: Vec<ForeignTerm>,
    texts: FxHashMap<Rc<str>, u32>,
    others: FxHashMap<Term, u32>,
    /// Numbers of integers and booleans that expressions gave, those of the graph among them.
    simple: FxHashMap<(Kind, i64), u32>,
}

/// Numbers for terms.
#[derive(Clone)]
pub(super) struct TermSpace {
    graph: Graph,
    foreign: Rc<RefCell<Foreign>>,
}

impl TermSpace {
    pub(super) fn new(graph: Graph) -> Self {
        Self { graph, foreign: Rc::default() }
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
        foreign.terms.push(ForeignTerm::Other(term.clone(), kind, value));
        foreign.others.insert(term, number);
        number
    }

    /// The number of a literal of `xsd:string`.
    pub(super) fn number_of_text(&self, text: &str) -> u32 {
        let terms = self.graph.terms();
        let mut foreign = self.foreign.borrow_mut();
        if let Some(number) = foreign.texts.get(text) {
            return *number;
        }
        if let Some(number) = terms.number_of_text(text) {
            return number;
        }
        let number = (terms.len() + foreign.terms.len() + 1) as u32;
        let text: Rc<str> = text.into();
        foreign.terms.push(ForeignTerm::Text(Rc::clone(&text)));
        foreign.texts.insert(text, number);
        number
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

    /// What is known of a term that the graph does not hold; `None` for those that it holds.
    fn foreign<T>(&self, number: u32, what: impl FnOnce(&ForeignTerm) -> T) -> Option<Result<T>> {
        let index = (number as usize).checked_sub(self.graph.terms().len() + 1)?;
        let foreign = self.foreign.borrow();
        Some(foreign.terms.get(index).map(what).ok_or_else(|| Error::query("a number names no term")))
    }

    /// The term of a number.
    pub(super) fn term(&self, number: u32) -> Result<Term> {
        let foreign = self.foreign(number, |term| match term {
            ForeignTerm::Text(text) => Literal::new_simple_literal(&**text).into(),
            ForeignTerm::Other(term, ..) => term.clone(),
        });
        foreign.unwrap_or_else(|| self.graph.terms().term(number))
    }

    /// The term of a number as expressions see it.
    pub(super) fn expression_term(&self, number: u32) -> Result<ExpressionTerm> {
        let foreign = self.foreign(number, |term| match term {
            ForeignTerm::Text(text) => ExpressionTerm::StringLiteral(String::from(&**text)),
            ForeignTerm::Other(.., value) => value.clone(),
        });
        foreign.unwrap_or_else(|| self.graph.terms().expression_term(number))
    }

    /// The text of a term of a kind that carries text, in the form of the dictionary.
    pub(super) fn text(&self, number: u32) -> Option<String> {
        let foreign = self.foreign(number, |term| match term {
            ForeignTerm::Text(text) => Some(String::from(&**text)),
            ForeignTerm::Other(Term::NamedNode(node), ..) => Some(node.as_str().to_owned()),
            ForeignTerm::Other(Term::Literal(literal), ..) => {
                Some(format!("{}\0{}", literal.language()?, literal.value()))
            }
            ForeignTerm::Other(..) => None,
        });
        foreign.map_or_else(|| self.graph.terms().text(number), |text| text.ok().flatten())
    }

    /// The integer of a number, if it is one of 64 bits.
    pub(super) fn integer(&self, number: u32) -> Option<i64> {
        let foreign = self.foreign(number, |term| match term {
            ForeignTerm::Other(_, _, ExpressionTerm::IntegerLiteral(value)) => Some(i64::from(*value)),
            _ => None,
        });
        foreign.map_or_else(|| self.graph.terms().value(number), |value| value.ok().flatten())
    }

    /// The kind of a term.
    pub(super) fn kind(&self, number: u32) -> Option<Kind> {
        let foreign = self.foreign(number, |term| match term {
            ForeignTerm::Text(_) => Kind::String,
            ForeignTerm::Other(_, kind, _) => *kind,
        });
        foreign.map_or_else(|| self.graph.terms().kind(number), Result::ok)
    }

    /// Whether the graph itself holds the term of a number.
    pub(super) fn is_native(&self, number: u32) -> bool {
        number as usize <= self.graph.terms().len()
    }
}
