//! Values while an expression is evaluated, and what its functions ask of them.

use super::space::TermSpace;
use crate::error::Result;
use crate::graph::Kind;
use oxrdf::{Literal, Term};
use oxsdatatypes::Integer;
use std::borrow::Cow;
use std::cmp::Ordering;

/// A value of an expression.
pub(super) enum Value<'v> {
    /// A term that lies in the space of terms.
    Term(u32, Kind),
    /// Words, with their language if they have one.
    Text(Cow<'v, str>, Option<Cow<'v, str>>),
    Integer(i64),
    Boolean(bool),
}

/// Why there is no value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Missing {
    /// The expression fails for these values.
    Error,
    /// The general evaluator has to tell.
    Undecided,
}

/// A value, or why there is none.
pub(super) type Decided<T> = std::result::Result<T, Missing>;
pub(super) type Outcome<'v> = Decided<Value<'v>>;
pub(super) type Words<'v> = (Cow<'v, str>, Option<Cow<'v, str>>);

impl Value<'_> {
    /// The same value, without a copy of its text.
    pub(super) fn borrowed(&self) -> Value<'_> {
        match self {
            Self::Term(number, kind) => Value::Term(*number, *kind),
            Self::Text(text, language) => {
                Value::Text(Cow::Borrowed(text), language.as_deref().map(Cow::Borrowed))
            }
            Self::Integer(value) => Value::Integer(*value),
            Self::Boolean(value) => Value::Boolean(*value),
        }
    }

    pub(super) fn kind(&self) -> Kind {
        match self {
            Self::Term(_, kind) => *kind,
            Self::Text(_, None) => Kind::String,
            Self::Text(_, Some(_)) => Kind::LangString,
            Self::Integer(_) => Kind::Integer,
            Self::Boolean(_) => Kind::Boolean,
        }
    }

    /// The term of the value.
    pub(super) fn term(self, space: &TermSpace) -> Result<Term> {
        Ok(match self {
            Self::Term(number, _) => space.term(number)?,
            Self::Text(text, None) => Literal::new_simple_literal(text).into(),
            Self::Text(text, Some(language)) => {
                Literal::new_language_tagged_literal_unchecked(text, language).into()
            }
            Self::Integer(value) => Literal::from(value).into(),
            Self::Boolean(value) => Literal::from(value).into(),
        })
    }

    /// The number of the value.
    pub(super) fn number(self, space: &TermSpace) -> u32 {
        match self {
            Self::Term(number, _) => number,
            Self::Text(text, None) => space.number_of_text(&text),
            Self::Text(text, Some(language)) => {
                space.number(Literal::new_language_tagged_literal_unchecked(text, language).into())
            }
            Self::Integer(value) => space.number_of_integer(value),
            Self::Boolean(value) => space.number_of_boolean(value),
        }
    }
}

/// A row of values.
pub(super) struct Row<'v> {
    pub(super) space: &'v TermSpace,
    /// The number in each column.
    pub(super) numbers: &'v [u32],
}

impl<'v> Row<'v> {
    pub(super) fn number(&self, column: usize) -> u32 {
        self.numbers[column]
    }

    pub(super) fn term(&self, column: usize) -> Outcome<'v> {
        let number = self.number(column);
        match self.space.kind(number) {
            _ if number == 0 => Err(Missing::Error),
            None | Some(Kind::Typed) => Err(Missing::Undecided),
            Some(kind) => Ok(Value::Term(number, kind)),
        }
    }

    pub(super) fn text(&self, number: u32) -> Decided<String> {
        self.space.text(number).ok_or(Missing::Undecided)
    }

    /// Words and language of a string.
    pub(super) fn words(&self, value: Value<'v>) -> Decided<Words<'v>> {
        match value {
            Value::Text(text, language) => Ok((text, language)),
            Value::Term(number, Kind::String) => Ok((self.text(number)?.into(), None)),
            Value::Term(number, Kind::LangString) => {
                let mut language = self.text(number)?;
                let end = language.find('\0').ok_or(Missing::Undecided)?;
                let words = language.split_off(end + 1);
                language.truncate(end);
                Ok((words.into(), Some(language.into())))
            }
            Value::Term(..) | Value::Integer(_) | Value::Boolean(_) => Err(Missing::Error),
        }
    }

    /// Two strings of which the second has no language, or that of the first.
    pub(super) fn compatible(&self, a: Value<'v>, b: Value<'v>) -> Decided<(Words<'v>, Words<'v>)> {
        let (a, b) = (self.words(a)?, self.words(b)?);
        if b.1.is_none() || a.1 == b.1 { Ok((a, b)) } else { Err(Missing::Error) }
    }

    /// What STR gives.
    pub(super) fn form(&self, value: Value<'v>) -> Decided<Cow<'v, str>> {
        match value {
            Value::Text(text, _) => Ok(text),
            Value::Term(number, Kind::Iri) => self.text(number).map(Cow::Owned),
            Value::Term(_, Kind::Blank) => Err(Missing::Error),
            Value::Term(_, Kind::String | Kind::LangString) => Ok(self.words(value)?.0),
            Value::Term(number, Kind::Integer) => Ok(self.integer_of(number)?.to_string().into()),
            Value::Term(number, _) => match self.space.term(number) {
                Ok(Term::Literal(literal)) => Ok(literal.destruct().0.into()),
                _ => Err(Missing::Undecided),
            },
            Value::Integer(value) => Ok(value.to_string().into()),
            Value::Boolean(value) => Ok(Cow::Borrowed(if value { "true" } else { "false" })),
        }
    }

    pub(super) fn integer_of(&self, number: u32) -> Decided<i64> {
        self.space.integer(number).ok_or(Missing::Undecided)
    }

    pub(super) fn integer(&self, value: &Value<'_>) -> Decided<i64> {
        match value {
            Value::Integer(value) => Ok(*value),
            Value::Term(number, Kind::Integer) => self.integer_of(*number),
            _ => Err(Missing::Undecided),
        }
    }

    pub(super) fn to_integer(&self, value: Value<'v>) -> Decided<i64> {
        let boolean = match value.kind() {
            Kind::Boolean => Some(self.boolean(&value)?),
            _ => None,
        };
        match (boolean, value.kind()) {
            (Some(value), _) => Ok(i64::from(value)),
            (None, Kind::String) => {
                let parsed = self.words(value)?.0.parse::<Integer>();
                parsed.map(i64::from).map_err(|_| Missing::Error)
            }
            (None, Kind::Iri | Kind::Blank | Kind::LangString) => Err(Missing::Error),
            (None, _) => self.integer(&value),
        }
    }

    pub(super) fn boolean(&self, value: &Value<'_>) -> Decided<bool> {
        match value {
            Value::Boolean(value) => Ok(*value),
            Value::Term(number, Kind::Boolean) => Ok(*number == self.space.number_of_boolean(true)),
            _ => Err(Missing::Undecided),
        }
    }

    pub(super) fn truth(&self, value: Value<'v>) -> Decided<bool> {
        match value.kind() {
            Kind::Boolean => self.boolean(&value),
            Kind::Integer => Ok(self.integer(&value)? != 0),
            Kind::String => Ok(!self.words(value)?.0.is_empty()),
            Kind::Iri | Kind::Blank | Kind::LangString => Err(Missing::Error),
            _ => Err(Missing::Undecided),
        }
    }

    pub(super) fn equal(&self, a: Value<'v>, b: Value<'v>) -> Decided<bool> {
        let is_node = |kind: Kind| matches!(kind, Kind::Iri | Kind::Blank);
        let is_text = |kind: Kind| matches!(kind, Kind::String | Kind::LangString);
        match (a.kind(), b.kind()) {
            (of_a, of_b) if is_node(of_a) || is_node(of_b) => Ok(match (a, b) {
                (Value::Term(a, _), Value::Term(b, _)) => a == b,
                _ => false,
            }),
            (Kind::Integer, Kind::Integer) => Ok(self.integer(&a)? == self.integer(&b)?),
            (of_a, of_b) if of_a == of_b && is_chronological(of_a) => match (a, b) {
                (Value::Term(a, _), Value::Term(b, _)) => Ok(a == b),
                _ => Err(Missing::Undecided),
            },
            (Kind::Boolean, Kind::Boolean) => Ok(self.boolean(&a)? == self.boolean(&b)?),
            (of_a, of_b) if is_text(of_a) && is_text(of_b) => match (&a, &b) {
                (Value::Term(a, _), Value::Term(b, _)) => Ok(a == b),
                _ => Ok(self.words(a)? == self.words(b)?),
            },
            _ => Err(Missing::Undecided),
        }
    }

    pub(super) fn compare(&self, a: Value<'v>, b: Value<'v>) -> Decided<Ordering> {
        match (a.kind(), b.kind()) {
            (Kind::Integer, Kind::Integer) => match (&a, &b) {
                (Value::Term(a, _), Value::Term(b, _)) if self.space.is_native(*a.max(b)) => Ok(a.cmp(b)),
                _ => Ok(self.integer(&a)?.cmp(&self.integer(&b)?)),
            },
            (Kind::String, Kind::String) => Ok(self.words(a)?.0.cmp(&self.words(b)?.0)),
            (of_a, of_b) if of_a == of_b && is_chronological(of_a) => match (a, b) {
                (Value::Term(a, _), Value::Term(b, _)) if self.space.is_native(a.max(b)) => Ok(a.cmp(&b)),
                _ => Err(Missing::Undecided),
            },
            _ => Err(Missing::Undecided),
        }
    }
}

/// Whether values of a kind are times whose numbers in the graph follow their order.
pub(super) fn is_chronological(kind: Kind) -> bool {
    matches!(kind, Kind::Date | Kind::DateTime | Kind::DateTimeUtc | Kind::Duration)
}
