//! Expressions that are evaluated here instead of in the general evaluator: logic, comparisons and functions of
//! strings, integers, booleans and names of nodes, as the queries of people are made of.
//!
//! What is not of these kinds is left undecided, and the general evaluator decides it: the meaning is the same as
//! there, and tests compare both.

use super::space::TermSpace;
use super::table::Var;
use super::values::{Decided, Missing, Outcome, Row, Value, Words};
use crate::graph::Kind;
use oxrdf::vocab::xsd;
use oxrdf::{Term, Variable};
use oxsdatatypes::Integer;
use regex::{Regex, RegexBuilder};
use spargebra::algebra::{Expression, Function};
use std::borrow::Cow;
use std::cmp::Ordering;
use std::fmt::Write;

/// An expression whose variables are places in a list of columns.
pub(super) enum Native {
    Column(usize),
    /// A variable that has a value in no row.
    Unbound,
    Constant(Value<'static>),
    Bound(usize),
    And(Box<Self>, Box<Self>),
    Or(Box<Self>, Box<Self>),
    Not(Box<Self>),
    If(Box<[Self; 3]>),
    Coalesce(Vec<Self>),
    Equal(Box<Self>, Box<Self>),
    SameTerm(Box<Self>, Box<Self>),
    Ordered(fn(Ordering) -> bool, Box<Self>, Box<Self>),
    Arithmetic(fn(Integer, Integer) -> Option<Integer>, Box<Self>, Box<Self>),
    HasKind(fn(Kind) -> bool, Box<Self>),
    Str(Box<Self>),
    StrLen(Box<Self>),
    Mapped(fn(&str) -> String, Box<Self>),
    Concat(Vec<Self>),
    Tested(fn(&str, &str) -> bool, Box<Self>, Box<Self>),
    /// The part before or after the first occurrence of a text.
    Cut(Side, Box<Self>, Box<Self>),
    Regex(Regex, Box<Self>),
    ToInteger(Box<Self>),
}

#[derive(Clone, Copy)]
pub(super) enum Side {
    Before,
    After,
}

/// Most bytes of a compiled regular expression, as in the general evaluator.
const REGEX_BYTES: usize = 1_000_000;

impl Native {
    /// An expression over the columns of some variables; `None` if the general evaluator has to run it.
    pub(super) fn new(
        expression: &Expression,
        columns: &[(Var, Variable)],
        space: &TermSpace,
    ) -> Option<Self> {
        let new = |expression: &Expression| Self::new(expression, columns, space);
        let boxed = |expression: &Expression| new(expression).map(Box::new);
        let all = |expressions: &[Expression]| expressions.iter().map(new).collect::<Option<Vec<_>>>();
        let place = |variable: &Variable| columns.iter().position(|(_, other)| other == variable);
        let constant = |term: Term| {
            let number = space.number(term);
            space.kind(number).filter(|kind| *kind != Kind::Typed).map(|kind| Value::Term(number, kind))
        };
        let ordered = |holds: fn(Ordering) -> bool, a: &Expression, b: &Expression| {
            Some(Self::Ordered(holds, boxed(a)?, boxed(b)?))
        };
        let arithmetic = |run: fn(Integer, Integer) -> Option<Integer>, a: &Expression, b: &Expression| {
            Some(Self::Arithmetic(run, boxed(a)?, boxed(b)?))
        };
        Some(match expression {
            Expression::NamedNode(node) => Self::Constant(constant(node.clone().into())?),
            Expression::Literal(literal) if literal.datatype() == xsd::STRING => {
                Self::Constant(Value::Text(Cow::Owned(literal.value().to_owned()), None))
            }
            Expression::Literal(literal) => Self::Constant(constant(literal.clone().into())?),
            Expression::Variable(variable) => place(variable).map_or(Self::Unbound, Self::Column),
            Expression::Bound(variable) => match place(variable) {
                Some(column) => Self::Bound(column),
                None => Self::Constant(Value::Boolean(false)),
            },
            Expression::And(a, b) => Self::And(boxed(a)?, boxed(b)?),
            Expression::Or(a, b) => Self::Or(boxed(a)?, boxed(b)?),
            Expression::Not(inner) => Self::Not(boxed(inner)?),
            Expression::If(a, b, c) => Self::If(Box::new([new(a)?, new(b)?, new(c)?])),
            Expression::Coalesce(list) => Self::Coalesce(all(list)?),
            Expression::Equal(a, b) => Self::Equal(boxed(a)?, boxed(b)?),
            Expression::SameTerm(a, b) => Self::SameTerm(boxed(a)?, boxed(b)?),
            Expression::In(inner, list) => {
                let equal = |item| Some(Self::Equal(boxed(inner)?, boxed(item)?));
                let parts = list.iter().map(equal).collect::<Option<Vec<_>>>()?;
                let any = parts.into_iter().reduce(|a, b| Self::Or(Box::new(a), Box::new(b)));
                any.unwrap_or(Self::Constant(Value::Boolean(false)))
            }
            Expression::Less(a, b) => ordered(Ordering::is_lt, a, b)?,
            Expression::LessOrEqual(a, b) => ordered(Ordering::is_le, a, b)?,
            Expression::Greater(a, b) => ordered(Ordering::is_gt, a, b)?,
            Expression::GreaterOrEqual(a, b) => ordered(Ordering::is_ge, a, b)?,
            Expression::Add(a, b) => arithmetic(|a, b| a.checked_add(b), a, b)?,
            Expression::Subtract(a, b) => arithmetic(|a, b| a.checked_sub(b), a, b)?,
            Expression::Multiply(a, b) => arithmetic(|a, b| a.checked_mul(b), a, b)?,
            Expression::FunctionCall(function, arguments) => match (function, &arguments[..]) {
                (Function::Str, [Expression::NamedNode(node)]) => {
                    Self::Constant(Value::Text(Cow::Owned(node.as_str().to_owned()), None))
                }
                (Function::Str, [a]) => Self::Str(boxed(a)?),
                (Function::StrLen, [a]) => Self::StrLen(boxed(a)?),
                (Function::UCase, [a]) => Self::Mapped(str::to_uppercase, boxed(a)?),
                (Function::LCase, [a]) => Self::Mapped(str::to_lowercase, boxed(a)?),
                (Function::Concat, list) => Self::Concat(all(list)?),
                (Function::StrStarts, [a, b]) => Self::Tested(|a, b| a.starts_with(b), boxed(a)?, boxed(b)?),
                (Function::StrEnds, [a, b]) => Self::Tested(|a, b| a.ends_with(b), boxed(a)?, boxed(b)?),
                (Function::Contains, [a, b]) => Self::Tested(|a, b| a.contains(b), boxed(a)?, boxed(b)?),
                (Function::StrBefore, [a, b]) => Self::Cut(Side::Before, boxed(a)?, boxed(b)?),
                (Function::StrAfter, [a, b]) => Self::Cut(Side::After, boxed(a)?, boxed(b)?),
                (Function::Regex, [text, pattern, flags @ ..]) => {
                    Self::Regex(regex(pattern, flags.first())?, boxed(text)?)
                }
                (Function::IsIri, [a]) => Self::HasKind(|kind| kind == Kind::Iri, boxed(a)?),
                (Function::IsBlank, [a]) => Self::HasKind(|kind| kind == Kind::Blank, boxed(a)?),
                (Function::IsLiteral, [a]) => Self::HasKind(|kind| kind > Kind::Iri, boxed(a)?),
                (Function::Custom(name), [a]) if *name == xsd::INTEGER => Self::ToInteger(boxed(a)?),
                _ => return None,
            },
            _ => return None,
        })
    }

    /// The value in a row.
    pub(super) fn value<'v>(&'v self, row: &Row<'v>) -> Outcome<'v> {
        Ok(match self {
            Self::Column(column) => row.term(*column)?,
            Self::Unbound => return Err(Missing::Error),
            Self::Constant(value) => value.borrowed(),
            Self::Bound(column) => Value::Boolean(row.number(*column) != 0),
            Self::And(..) | Self::Or(..) | Self::Not(_) => Value::Boolean(self.truth(row)?),
            Self::If(parts) => {
                let [condition, yes, no] = &**parts;
                if condition.truth(row)? { yes.value(row)? } else { no.value(row)? }
            }
            Self::Coalesce(list) => {
                for part in list {
                    match part.value(row) {
                        Err(Missing::Error) => {}
                        outcome => return outcome,
                    }
                }
                return Err(Missing::Error);
            }
            Self::Equal(a, b) => Value::Boolean(row.equal(a.value(row)?, b.value(row)?)?),
            Self::SameTerm(a, b) => {
                Value::Boolean(a.value(row)?.number(row.space) == b.value(row)?.number(row.space))
            }
            Self::Ordered(holds, a, b) => Value::Boolean(holds(row.compare(a.value(row)?, b.value(row)?)?)),
            Self::Arithmetic(run, a, b) => {
                let (a, b) = (row.integer(&a.value(row)?)?, row.integer(&b.value(row)?)?);
                Value::Integer(run(a.into(), b.into()).ok_or(Missing::Error)?.into())
            }
            Self::HasKind(test, inner) => Value::Boolean(test(inner.value(row)?.kind())),
            Self::Str(inner) => Value::Text(row.form(inner.value(row)?)?, None),
            Self::StrLen(inner) => Value::Integer(row.words(inner.value(row)?)?.0.chars().count() as i64),
            Self::Mapped(map, inner) => {
                let (text, language) = row.words(inner.value(row)?)?;
                Value::Text(map(&text).into(), language)
            }
            Self::Concat(parts) => concat(parts, row)?,
            Self::Tested(test, a, b) => {
                let ((a, _), (b, _)) = row.compatible(a.value(row)?, b.value(row)?)?;
                Value::Boolean(test(&a, &b))
            }
            Self::Cut(side, a, b) => {
                let (a, (b, _)) = row.compatible(a.value(row)?, b.value(row)?)?;
                cut(*side, a, &b)
            }
            Self::Regex(regex, text) => Value::Boolean(regex.is_match(&row.words(text.value(row)?)?.0)),
            Self::ToInteger(inner) => Value::Integer(row.to_integer(inner.value(row)?)?),
        })
    }

    /// Adds the words of the value in a row if it is a plain string; else what was added counts for nothing.
    pub(super) fn push_words(&self, row: &Row<'_>, words: &mut String) -> bool {
        let of_column = |inner: &Self| match inner {
            Self::Column(column) => {
                let number = row.number(*column);
                row.space.kind(number).filter(|_| number != 0).map(|kind| (number, kind))
            }
            _ => None,
        };
        match self {
            Self::Concat(parts) => return parts.iter().all(|part| part.push_words(row, words)),
            Self::Column(_) => match of_column(self) {
                Some((number, Kind::String)) => return row.space.push_text(number, words),
                _ => return false,
            },
            Self::Str(inner) => match of_column(inner) {
                Some((number, Kind::Iri | Kind::String)) => return row.space.push_text(number, words),
                Some((number, Kind::Integer)) if let Some(value) = row.space.integer(number) => {
                    return write!(words, "{value}").is_ok();
                }
                _ => {}
            },
            _ => {}
        }
        match self.value(row) {
            Ok(Value::Text(text, None)) => {
                words.push_str(&text);
                true
            }
            _ => false,
        }
    }

    /// The effective boolean value in a row.
    pub(super) fn truth(&self, row: &Row<'_>) -> Decided<bool> {
        match self {
            Self::And(a, b) => decide(a.truth(row), || b.truth(row), false),
            Self::Or(a, b) => decide(a.truth(row), || b.truth(row), true),
            Self::Not(inner) => inner.truth(row).map(|truth| !truth),
            _ => row.truth(self.value(row)?),
        }
    }
}

/// The truth of two parts of which one alone decides if it has this value.
fn decide(first: Decided<bool>, second: impl FnOnce() -> Decided<bool>, decisive: bool) -> Decided<bool> {
    if first == Ok(decisive) {
        return first;
    }
    match (first, second()) {
        (_, second) if second == Ok(decisive) => second,
        (Ok(_), second) => second,
        (Err(Missing::Undecided), _) | (_, Err(Missing::Undecided)) => Err(Missing::Undecided),
        (Err(Missing::Error), _) => Err(Missing::Error),
    }
}

fn concat<'v>(parts: &'v [Native], row: &Row<'v>) -> Outcome<'v> {
    let mut text = String::new();
    let mut language: Option<Option<Cow<'_, str>>> = None;
    for part in parts {
        let (words, own) = row.words(part.value(row)?)?;
        text.push_str(&words);
        language = Some(match language {
            Some(other) if other != own => None,
            _ => own,
        });
    }
    Ok(Value::Text(text.into(), language.flatten()))
}

fn cut<'v>(side: Side, (text, language): Words<'v>, mark: &str) -> Value<'v> {
    let Some(start) = text.find(mark) else { return Value::Text(Cow::Borrowed(""), None) };
    let part = match (text, side) {
        (Cow::Borrowed(text), Side::Before) => Cow::Borrowed(&text[..start]),
        (Cow::Borrowed(text), Side::After) => Cow::Borrowed(&text[start + mark.len()..]),
        (Cow::Owned(mut text), Side::Before) => {
            text.truncate(start);
            Cow::Owned(text)
        }
        (Cow::Owned(mut text), Side::After) => {
            text.drain(..start + mark.len());
            Cow::Owned(text)
        }
    };
    Value::Text(part, language)
}

/// A regular expression whose pattern and flags are constants, with the meaning of the general evaluator.
fn regex(pattern: &Expression, flags: Option<&Expression>) -> Option<Regex> {
    let text = |expression: &Expression| match expression {
        Expression::Literal(literal) if literal.datatype() == xsd::STRING => Some(literal.value().to_owned()),
        _ => None,
    };
    let flags = flags.map_or(Some(String::new()), text)?;
    let mut pattern = text(pattern)?;
    if flags.contains('q') {
        pattern = regex::escape(&pattern);
    }
    let mut builder = RegexBuilder::new(&pattern);
    builder.size_limit(REGEX_BYTES);
    for flag in flags.chars() {
        match flag {
            's' => builder.dot_matches_new_line(true),
            'm' => builder.multi_line(true),
            'i' => builder.case_insensitive(true),
            'x' => builder.ignore_whitespace(true),
            'q' => &mut builder,
            _ => return None,
        };
    }
    builder.build().ok()
}
