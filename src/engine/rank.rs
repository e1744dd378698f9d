//! The order of values: that of `<` where it compares them, and a fixed one where SPARQL leaves it open. Values that
//! are equal, as 1 and 1.0 are, have the same rank.

use super::execution::Execution;
use super::groups::is_ordered;
use crate::error::Result;
use oxrdf::Term;
use oxsdatatypes::{Decimal, Double};
use rustc_hash::FxHashMap;
use spareval::ExpressionTerm;
use std::cmp::Ordering;

/// What a value is ordered by; the kinds of values follow each other.
#[derive(Debug, PartialEq)]
enum Key {
    Blank(String),
    Iri(String),
    Number {
        approximate: f64,
        /// The number itself; none for `xsd:double` and `xsd:float`.
        exact: Option<Decimal>,
    },
    /// A value on one of several lines of time.
    Moment(Line, i128),
    /// Words, datatype, language.
    Text(String, String, Option<String>),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Line {
    Dates,
    DateTimes,
    Times,
    Durations,
}

/// A month, in the mean, in units of a decimal number of seconds.
const UNITS_OF_MONTH: i128 = 2_629_746 * 1_000_000_000_000_000_000;

impl Key {
    fn new(value: ExpressionTerm) -> Self {
        match value {
            ExpressionTerm::BlankNode(node) => Self::Blank(node.into_string()),
            ExpressionTerm::NamedNode(node) => Self::Iri(node.into_string()),
            ExpressionTerm::IntegerLiteral(value) => Self::exact(value.into()),
            ExpressionTerm::DecimalLiteral(value) => Self::exact(value),
            ExpressionTerm::DoubleLiteral(value) => Self::approximate(value),
            ExpressionTerm::FloatLiteral(value) => Self::approximate(value.into()),
            value => match moment(&value) {
                Some((line, place)) => Self::Moment(line, place),
                None => Self::text(value),
            },
        }
    }

    fn exact(value: Decimal) -> Self {
        // Zero has no sign here.
        Self::Number { approximate: f64::from(Double::from(value)) + 0.0, exact: Some(value) }
    }

    fn approximate(value: Double) -> Self {
        Self::Number { approximate: f64::from(value) + 0.0, exact: None }
    }

    fn text(value: ExpressionTerm) -> Self {
        match Term::from(value) {
            Term::Literal(literal) => {
                let (datatype, language) =
                    (literal.datatype().as_str().to_owned(), literal.language().map(str::to_owned));
                Self::Text(literal.destruct().0, datatype, language)
            }
            other => Self::Text(other.to_string(), String::new(), None),
        }
    }

    fn class(&self) -> u8 {
        match self {
            Self::Blank(_) => 0,
            Self::Iri(_) => 1,
            Self::Number { .. } => 2,
            Self::Moment(..) => 3,
            Self::Text(..) => 4,
        }
    }

    /// A total order.
    fn cmp(&self, other: &Self) -> Ordering {
        match (self, other) {
            (Self::Blank(a), Self::Blank(b)) | (Self::Iri(a), Self::Iri(b)) => a.cmp(b),
            (
                Self::Number { approximate: a, exact: exact_a },
                Self::Number { approximate: b, exact: exact_b },
            ) => a.total_cmp(b).then_with(|| exact_a.cmp(exact_b)),
            (Self::Moment(line_a, a), Self::Moment(line_b, b)) => (line_a, a).cmp(&(line_b, b)),
            (Self::Text(a, datatype_a, language_a), Self::Text(b, datatype_b, language_b)) => {
                (a, datatype_a, language_a).cmp(&(b, datatype_b, language_b))
            }
            _ => self.class().cmp(&other.class()),
        }
    }

    /// Whether it is equal to the one before in the order; a number that is only approximate is equal to all that
    /// it may stand for.
    fn ties(&self, before: &Self) -> bool {
        match (self, before) {
            (
                Self::Number { approximate: a, exact: exact_a },
                Self::Number { approximate: b, exact: exact_b },
            ) => a.total_cmp(b).is_eq() && (exact_b.is_none() || exact_a == exact_b),
            _ => self.cmp(before).is_eq(),
        }
    }
}

/// Where a value of time lies on its line; times without a zone are taken for UTC, months for their mean.
fn moment(value: &ExpressionTerm) -> Option<(Line, i128)> {
    /// The leading part of the bytes of a value: seconds as a decimal.
    fn seconds(bytes: &[u8]) -> i128 {
        bytes.first_chunk().map_or(0, |first| i128::from_be_bytes(*first))
    }
    fn months(count: i64) -> i128 {
        i128::from(count) * UNITS_OF_MONTH
    }
    Some(match value {
        ExpressionTerm::DateLiteral(date) => (Line::Dates, seconds(&date.to_be_bytes())),
        ExpressionTerm::DateTimeLiteral(time) => (Line::DateTimes, seconds(&time.to_be_bytes())),
        ExpressionTerm::TimeLiteral(time) => (Line::Times, seconds(&time.to_be_bytes())),
        ExpressionTerm::DayTimeDurationLiteral(duration) => {
            (Line::Durations, seconds(&duration.to_be_bytes()))
        }
        ExpressionTerm::YearMonthDurationLiteral(duration) => {
            (Line::Durations, months(i64::from_be_bytes(duration.to_be_bytes())))
        }
        ExpressionTerm::DurationLiteral(duration) => {
            let bytes = duration.to_be_bytes();
            let of_months = months(bytes.first_chunk().map_or(0, |first| i64::from_be_bytes(*first)));
            (Line::Durations, of_months.saturating_add(seconds(&bytes[8..])))
        }
        _ => return None,
    })
}

impl Execution<'_> {
    /// Numbers that order rows as their values; rows without a value come first, with 0.
    pub(super) fn ranks(&self, values: Vec<u32>) -> Result<Vec<u32>> {
        let (kinds, native) = self.kinds(&values)?;
        if native && kinds.iter().all(|kind| is_ordered(*kind)) && kinds.len() <= 1 {
            return Ok(values);
        }
        let mut distinct: Vec<u32> = values.iter().copied().filter(|value| *value != 0).collect();
        self.sort_by(&mut distinct, Ord::cmp)?;
        distinct.dedup();
        let mut keys = Vec::with_capacity(distinct.len());
        for number in &distinct {
            keys.push(Key::new(self.space.expression_term(*number)?));
            self.worked(16)?;
        }
        let mut places: Vec<u32> = (0..keys.len() as u32).collect();
        self.sort_by(&mut places, |a, b| keys[*a as usize].cmp(&keys[*b as usize]))?;
        let mut ranks: FxHashMap<u32, u32> = FxHashMap::default();
        ranks.reserve(places.len());
        let (mut rank, mut before): (u32, Option<&Key>) = (0, None);
        for place in places {
            let key = &keys[place as usize];
            if !before.is_some_and(|before| key.ties(before)) {
                rank += 1;
            }
            // Exact numbers after an approximate one that is equal to them stay with it.
            let is_approximate = |key: &Key| matches!(key, Key::Number { exact: None, .. });
            before = before.filter(|before| is_approximate(before) && key.ties(before)).or(Some(key));
            ranks.insert(distinct[place as usize], rank);
            self.worked(1)?;
        }
        Ok(values.into_iter().map(|value| ranks.get(&value).copied().unwrap_or(0)).collect())
    }
}
