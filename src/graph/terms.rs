//! The dictionary: term numbers to terms and back.

use super::columns::Column64;
use super::kinds::{self, KINDS, Kind, KindRanges, Payload, TEXT_KINDS};
use super::text::Texts;
use crate::error::{Error, Result};
use oxrdf::{Term, TermRef};
use oxsdatatypes::{Boolean, Double, Integer};
use spareval::ExpressionTerm;
use std::ops::Range;

/// The terms of a graph. Their numbers begin with 1 and are grouped by [`Kind`], in each by text or value;
/// 0 names no term and, as the name of a graph, the default graph.
#[derive(Clone, Copy)]
pub struct Terms<'a> {
    pub(super) starts: &'a [u32; KINDS + 1],
    pub(super) texts: Texts<'a>,
    pub(super) values: Column64<'a>,
}

impl Terms<'_> {
    /// How many terms there are; the largest number is the same.
    pub fn len(self) -> usize {
        self.starts[KINDS] as usize - 1
    }

    /// Whether there are no terms.
    pub fn is_empty(self) -> bool {
        self.len() == 0
    }

    /// The numbers of the terms of a kind.
    pub fn of_kind(self, kind: Kind) -> Range<u32> {
        let kind = kind as usize;
        self.starts[kind]..self.starts[kind + 1]
    }

    /// The kind of a term number; `None` if no term has it.
    pub fn kind(self, number: u32) -> Option<Kind> {
        self.kind_ranges().kind(number)
    }

    /// The numbers of the terms of each kind.
    pub(crate) fn kind_ranges(self) -> KindRanges {
        KindRanges(*self.starts)
    }

    /// The number of a term; `None` if the graph does not hold the term.
    pub fn number(self, term: TermRef<'_>) -> Option<u32> {
        let (kind, payload) = kinds::payload(term);
        let numbers = self.of_kind(kind);
        match payload {
            Payload::Text(text, None) => self.find_text(numbers, text.as_bytes()),
            Payload::Text(first, Some(second)) => {
                self.find_text(numbers, &[first.as_bytes(), second.as_bytes()].join(&0))
            }
            Payload::Value(value) => self.number_of_value(kind, value),
        }
    }

    /// The number of a term that carries a value, as [`Kind`] says.
    pub(crate) fn number_of_value(self, kind: Kind, value: i64) -> Option<u32> {
        let (numbers, first) = (self.of_kind(kind), self.starts[TEXT_KINDS]);
        let range = numbers.start.checked_sub(first)? as usize..numbers.end.checked_sub(first)? as usize;
        self.values.find(range, value).map(|index| index as u32 + first)
    }

    /// The number of a literal of `xsd:string`.
    pub(crate) fn number_of_text(self, text: &str) -> Option<u32> {
        self.find_text(self.of_kind(Kind::String), text.as_bytes())
    }

    fn find_text(self, numbers: Range<u32>, key: &[u8]) -> Option<u32> {
        let range = numbers.start as usize - 1..numbers.end as usize - 1;
        self.texts.find(range, key).map(|index| index as u32 + 1)
    }

    /// The numbers of the terms of a kind whose text begins with a prefix (after the language or datatype and
    /// a zero byte for the kinds that have one).
    pub fn with_prefix(self, kind: Kind, prefix: &str) -> Range<u32> {
        let numbers = self.of_kind(kind);
        if kind as usize >= TEXT_KINDS {
            return numbers.start..numbers.start;
        }
        let range = numbers.start as usize - 1..numbers.end as usize - 1;
        let start = self.texts.lower_bound(range.clone(), prefix.as_bytes());
        let mut after = prefix.as_bytes().to_vec();
        while after.last() == Some(&0xff) {
            after.pop();
        }
        let end = match after.last_mut() {
            Some(last) => {
                *last += 1;
                self.texts.lower_bound(range, &after)
            }
            None => range.end,
        };
        start as u32 + 1..end.max(start) as u32 + 1
    }

    /// The value of a term that carries one, as [`Kind`] says.
    pub fn value(self, number: u32) -> Option<i64> {
        self.values.get(number.checked_sub(self.starts[TEXT_KINDS])? as usize)
    }

    /// The term of a number.
    ///
    /// # Errors
    /// No term has the number, or the file is damaged.
    pub fn term(self, number: u32) -> Result<Term> {
        self.find_term(number).ok_or_else(|| unreadable(number))
    }

    fn find_term(self, number: u32) -> Option<Term> {
        let kind = self.kind(number)?;
        if (kind as usize) < TEXT_KINDS {
            return kinds::term_of_text(kind, &self.text(number)?);
        }
        kinds::literal_of_value(kind, self.value(number)?).map(Term::from)
    }

    /// The text of a term of a kind that carries text: the IRI, the label, the words; the language or
    /// datatype, a zero byte, and the words.
    pub(crate) fn text(self, number: u32) -> Option<String> {
        self.texts.get((number as usize).checked_sub(1)?)?.to_text()
    }

    /// Adds the text of such a term to another; `false` if there is none, and then it adds nothing.
    pub(crate) fn push_text(self, number: u32, text: &mut String) -> bool {
        let found = (number as usize).checked_sub(1).and_then(|index| self.texts.get(index));
        found.is_some_and(|found| found.push_to(text))
    }

    /// Puts the text of such a term in place of another; `false` if there is none.
    pub(super) fn read_text(self, number: u32, text: &mut String) -> bool {
        let found = (number as usize).checked_sub(1).and_then(|index| self.texts.get(index));
        found.is_some_and(|found| found.read(text))
    }

    /// The term of a number as expressions see it.
    ///
    /// # Errors
    /// No term has the number, or the file is damaged.
    pub fn expression_term(self, number: u32) -> Result<ExpressionTerm> {
        let value = || self.value(number).ok_or_else(|| unreadable(number));
        Ok(match self.kind(number) {
            Some(Kind::Boolean) => ExpressionTerm::BooleanLiteral(Boolean::from(value()? != 0)),
            Some(Kind::Integer) => ExpressionTerm::IntegerLiteral(Integer::from(value()?)),
            Some(Kind::Decimal) => ExpressionTerm::DecimalLiteral(kinds::decimal_of(value()?)),
            Some(Kind::Double) => ExpressionTerm::DoubleLiteral(Double::from(kinds::double_of(value()?))),
            Some(Kind::Duration) => ExpressionTerm::DayTimeDurationLiteral(kinds::duration_of(value()?)),
            _ => self.term(number)?.into(),
        })
    }
}

fn unreadable(number: u32) -> Error {
    Error::input(format!("the graph file is damaged: term {number} cannot be read"))
        .with_hint("rebuild it with `mainstay build … -o FILE`")
}
