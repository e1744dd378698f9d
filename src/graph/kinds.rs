//! Kinds of terms, and the literals whose number holds their value instead of their text.
//!
//! A term is a kind and a payload. Five kinds carry text. The others carry a 64-bit number whose order is
//! the order of the values; a literal is of such a kind only if its lexical form is the one that the number
//! is written back as, so that every literal keeps its lexical form (`"01"^^xsd:integer` carries text).

use oxrdf::vocab::xsd;
use oxrdf::{BlankNode, Literal, LiteralRef, NamedNode, Term, TermRef};
use oxsdatatypes::{DayTimeDuration, Decimal, Double};
use std::ops::Range;

/// What a term is; the term numbers of a graph are grouped in this order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Kind {
    /// A blank node, by its label.
    Blank,
    /// An IRI.
    Iri,
    /// A literal of `xsd:string`.
    String,
    /// A literal with a language: the language, a zero byte, the words.
    LangString,
    /// Any other literal: the datatype, a zero byte, the lexical form.
    Typed,
    /// `true` or `false`.
    Boolean,
    /// An `xsd:integer` of 64 bits.
    Integer,
    /// An `xsd:decimal` in millionths.
    Decimal,
    /// An `xsd:double`, its bits in an order that follows the values.
    Double,
    /// An `xsd:date` without a time zone, in days since 1970.
    Date,
    /// An `xsd:dateTime` without a time zone, in milliseconds since 1970.
    DateTime,
    /// An `xsd:dateTime` in UTC (`Z`), in milliseconds since 1970.
    DateTimeUtc,
    /// An `xsd:dayTimeDuration` in milliseconds.
    Duration,
}

impl Kind {
    /// The kind of a term.
    pub fn of(term: TermRef<'_>) -> Self {
        payload(term).0
    }
}

/// How many kinds there are.
pub(super) const KINDS: usize = 13;
/// How many of them, the first ones, carry text.
pub(super) const TEXT_KINDS: usize = 5;

/// The kinds in the order of their numbers.
pub(super) const ALL: [Kind; KINDS] = [
    Kind::Blank,
    Kind::Iri,
    Kind::String,
    Kind::LangString,
    Kind::Typed,
    Kind::Boolean,
    Kind::Integer,
    Kind::Decimal,
    Kind::Double,
    Kind::Date,
    Kind::DateTime,
    Kind::DateTimeUtc,
    Kind::Duration,
];

/// The numbers of the terms of each kind.
#[derive(Clone, Copy)]
pub(crate) struct KindRanges(pub(super) [u32; KINDS + 1]);

impl KindRanges {
    /// The kind of a term number; `None` if no term has it.
    #[inline]
    pub(crate) fn kind(&self, number: u32) -> Option<Kind> {
        // The kinds are few, so that going through them costs less than a search.
        let after = self.0[1..].iter().filter(|start| **start <= number).count();
        if number < self.0[0] { None } else { ALL.get(after).copied() }
    }

    /// How many terms there are.
    #[inline]
    pub(crate) fn len(&self) -> usize {
        self.0[KINDS] as usize - 1
    }
}

/// What a term carries besides its kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Payload<'a> {
    /// Text in one part, or in two with a zero byte between them.
    Text(&'a str, Option<&'a str>),
    /// A value.
    Value(i64),
}

/// The kind and payload of a term.
pub(super) fn payload(term: TermRef<'_>) -> (Kind, Payload<'_>) {
    match term {
        TermRef::NamedNode(node) => (Kind::Iri, Payload::Text(node.as_str(), None)),
        TermRef::BlankNode(node) => (Kind::Blank, Payload::Text(node.as_str(), None)),
        TermRef::Literal(literal) => literal_payload(literal),
    }
}

/// The key of a term: the byte of its kind and its payload, in bytes whose order is that of the dictionary.
pub(super) fn key(term: TermRef<'_>, key: &mut Vec<u8>) {
    let (kind, payload) = payload(term);
    key.clear();
    key.push(kind as u8);
    match payload {
        Payload::Text(first, second) => {
            key.extend_from_slice(first.as_bytes());
            if let Some(second) = second {
                key.push(0);
                key.extend_from_slice(second.as_bytes());
            }
        }
        Payload::Value(value) => key.extend_from_slice(&bytes_of_value(value)),
    }
}

/// A value in bytes whose order is that of the values: the order of big-endian numbers without a sign.
pub(super) fn bytes_of_value(value: i64) -> [u8; 8] {
    (value ^ i64::MIN).to_be_bytes()
}

/// The value of these bytes.
pub(super) fn value_of_bytes(bytes: [u8; 8]) -> i64 {
    i64::from_be_bytes(bytes) ^ i64::MIN
}

/// The term of a key; `None` if no term has it.
pub(super) fn term_of_key(key: &[u8]) -> Option<Term> {
    let (kind, payload) = key.split_first()?;
    let kind = *ALL.get(usize::from(*kind))?;
    match payload.first_chunk() {
        Some(value) if kind as usize >= TEXT_KINDS => {
            literal_of_value(kind, value_of_bytes(*value)).map(Term::from)
        }
        _ => term_of_text(kind, std::str::from_utf8(payload).ok()?),
    }
}

fn literal_payload(literal: LiteralRef<'_>) -> (Kind, Payload<'_>) {
    let text = literal.value();
    if let Some(language) = literal.language() {
        return (Kind::LangString, Payload::Text(language, Some(text)));
    }
    let datatype = literal.datatype();
    if datatype == xsd::STRING {
        return (Kind::String, Payload::Text(text, None));
    }
    match value(text, datatype.as_str()) {
        Some((kind, value)) => (kind, Payload::Value(value)),
        None => (Kind::Typed, Payload::Text(datatype.as_str(), Some(text))),
    }
}

/// The term of a kind with text, as it lies in the dictionary; `None` if it can't be one.
pub(super) fn term_of_text(kind: Kind, text: &str) -> Option<Term> {
    let halves = || text.split_once('\0');
    Some(match kind {
        Kind::Blank => BlankNode::new_unchecked(text).into(),
        Kind::Iri => NamedNode::new_unchecked(text).into(),
        Kind::String => Literal::new_simple_literal(text).into(),
        Kind::LangString => {
            let (language, words) = halves()?;
            Literal::new_language_tagged_literal_unchecked(words, language).into()
        }
        Kind::Typed => {
            let (datatype, form) = halves()?;
            Literal::new_typed_literal(form, NamedNode::new_unchecked(datatype)).into()
        }
        _ => return None,
    })
}

/// The literal of a kind with a value; `None` for values that no literal has.
pub(super) fn literal_of_value(kind: Kind, value: i64) -> Option<Literal> {
    let form = lexical_form(kind, value)?;
    Some(Literal::new_typed_literal(form, datatype(kind)?))
}

fn datatype(kind: Kind) -> Option<oxrdf::NamedNodeRef<'static>> {
    Some(match kind {
        Kind::Boolean => xsd::BOOLEAN,
        Kind::Integer => xsd::INTEGER,
        Kind::Decimal => xsd::DECIMAL,
        Kind::Double => xsd::DOUBLE,
        Kind::Date => xsd::DATE,
        Kind::DateTime | Kind::DateTimeUtc => xsd::DATE_TIME,
        Kind::Duration => xsd::DAY_TIME_DURATION,
        _ => return None,
    })
}

/// The kind and value of a literal, if its lexical form is the one that the value is written as.
fn value(text: &str, datatype: &str) -> Option<(Kind, i64)> {
    let name = datatype.strip_prefix("http://www.w3.org/2001/XMLSchema#")?;
    let (kind, value) = match name {
        "boolean" => (Kind::Boolean, i64::from(text.parse::<bool>().ok()?)),
        "integer" => (Kind::Integer, text.parse().ok()?),
        "decimal" => (Kind::Decimal, millionths(text.parse().ok()?)?),
        "double" => (Kind::Double, order_of_double(f64::from(text.parse::<Double>().ok()?))),
        "date" => (Kind::Date, parse_date(text)?),
        "dateTime" => match text.strip_suffix('Z') {
            Some(local) => (Kind::DateTimeUtc, parse_date_time(local)?),
            None => (Kind::DateTime, parse_date_time(text)?),
        },
        "dayTimeDuration" => {
            let seconds = text.parse::<DayTimeDuration>().ok()?;
            (Kind::Duration, milliseconds(seconds)?)
        }
        _ => return None,
    };
    (lexical_form(kind, value)? == text).then_some((kind, value))
}

/// The lexical form of a value; `None` if it is out of range for its kind.
fn lexical_form(kind: Kind, value: i64) -> Option<String> {
    Some(match kind {
        Kind::Boolean => match value {
            0 => "false".into(),
            1 => "true".into(),
            _ => return None,
        },
        Kind::Integer => value.to_string(),
        Kind::Decimal => decimal_of(value).to_string(),
        Kind::Double => Double::from(double_of(value)).to_string(),
        Kind::Date => format_date(value)?,
        Kind::DateTime => format_date_time(value)?,
        Kind::DateTimeUtc => format_date_time(value)? + "Z",
        Kind::Duration => duration_of(value).to_string(),
        _ => return None,
    })
}

/// The decimal of a number of millionths.
pub(super) fn decimal_of(value: i64) -> Decimal {
    Decimal::from_be_bytes((i128::from(value) * 1_000_000_000_000).to_be_bytes())
}

fn millionths(decimal: Decimal) -> Option<i64> {
    let units = i128::from_be_bytes(decimal.to_be_bytes());
    (units % 1_000_000_000_000 == 0).then(|| i64::try_from(units / 1_000_000_000_000).ok())?
}

/// The duration of a number of milliseconds.
pub(super) fn duration_of(value: i64) -> DayTimeDuration {
    let units = i128::from(value) * 1_000_000_000_000_000;
    DayTimeDuration::new(Decimal::from_be_bytes(units.to_be_bytes()))
}

fn milliseconds(duration: DayTimeDuration) -> Option<i64> {
    let units = i128::from_be_bytes(duration.to_be_bytes());
    (units % 1_000_000_000_000_000 == 0).then(|| i64::try_from(units / 1_000_000_000_000_000).ok())?
}

fn order_of_double(double: f64) -> i64 {
    flip(double.to_bits().cast_signed())
}

/// The double whose place in the order of doubles is this number.
pub(super) fn double_of(value: i64) -> f64 {
    f64::from_bits(flip(value).cast_unsigned())
}

/// Turns the bits of a double into a number whose order follows the values, and back.
fn flip(bits: i64) -> i64 {
    bits ^ ((bits >> 63).cast_unsigned() >> 1).cast_signed()
}

const DAY_MS: i64 = 86_400_000;

/// Days from 1970-01-01 to a date of the proleptic Gregorian calendar.
fn days_from_civil(year: i64, month: i64, day: i64) -> i64 {
    let shifted = if month <= 2 { year - 1 } else { year };
    let era = shifted.div_euclid(400);
    let year_of_era = shifted.rem_euclid(400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468
}

fn civil_from_days(days: i64) -> (i64, i64, i64) {
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let day_of_era = shifted.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = if shifted_month < 10 { shifted_month + 3 } else { shifted_month - 9 };
    (year_of_era + era * 400 + i64::from(month <= 2), month, day)
}

/// Years 1 to 9999, the only ones with four digits: the others keep their text.
const DAYS: Range<i64> = -719_162..2_932_897;

fn digits(text: &str, range: Range<usize>) -> Option<i64> {
    let part = text.get(range)?;
    part.bytes().all(|byte| byte.is_ascii_digit()).then(|| part.parse().ok())?
}

/// Days since 1970 of `YYYY-MM-DD`; anything that is written otherwise differs from what it gives back.
fn parse_date(text: &str) -> Option<i64> {
    let (year, month, day) = (digits(text, 0..4)?, digits(text, 5..7)?, digits(text, 8..10)?);
    (text.len() == 10 && (1..=12).contains(&month) && (1..=31).contains(&day))
        .then(|| days_from_civil(year, month, day))
}

fn format_date(days: i64) -> Option<String> {
    let (year, month, day) = DAYS.contains(&days).then(|| civil_from_days(days))?;
    Some(format!("{year:04}-{month:02}-{day:02}"))
}

fn parse_date_time(text: &str) -> Option<i64> {
    let days = parse_date(text.get(..10)?)?;
    let (hours, minutes, seconds) = (digits(text, 11..13)?, digits(text, 14..16)?, digits(text, 17..19)?);
    let ms = match text.get(19..)?.strip_prefix('.') {
        Some(fraction) => digits(&format!("{fraction:0<3}"), 0..3)?,
        None => 0,
    };
    (hours < 24 && minutes < 60 && seconds < 60)
        .then_some(days * DAY_MS + (hours * 3600 + minutes * 60 + seconds) * 1000 + ms)
}

fn format_date_time(value: i64) -> Option<String> {
    let date = format_date(value.div_euclid(DAY_MS))?;
    let ms_of_day = value.rem_euclid(DAY_MS);
    let (seconds, ms) = (ms_of_day / 1000, ms_of_day % 1000);
    let time = format!("{:02}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60);
    let fraction = if ms == 0 { String::new() } else { format!(".{ms:03}") };
    Some(format!("{date}T{time}{}", fraction.trim_end_matches('0')))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn round_trip(form: &str, datatype: oxrdf::NamedNodeRef<'_>) -> Kind {
        let term = Term::from(Literal::new_typed_literal(form, datatype));
        let (kind, payload) = payload(term.as_ref());
        let back = match payload {
            Payload::Text(first, Some(second)) => term_of_text(kind, &format!("{first}\0{second}")).unwrap(),
            Payload::Text(text, None) => term_of_text(kind, text).unwrap(),
            Payload::Value(value) => literal_of_value(kind, value).unwrap().into(),
        };
        assert_eq!(back, term);
        kind
    }

    #[test]
    fn literals_keep_their_lexical_form() {
        for (form, kind) in
            [("0", Kind::Integer), ("-5", Kind::Integer), ("9223372036854775807", Kind::Integer)]
        {
            assert_eq!(round_trip(form, xsd::INTEGER), kind);
        }
        for form in ["01", "+1", "-0", "9223372036854775808", "", "x"] {
            assert_eq!(round_trip(form, xsd::INTEGER), Kind::Typed, "{form}");
        }
        for form in ["1.5", "-0.000001", "3", "0", "12345.678901"] {
            assert_eq!(round_trip(form, xsd::DECIMAL), Kind::Decimal, "{form}");
        }
        for form in ["1.50", "1.0", "0.0000001", ".5", "99999999999999999.5"] {
            assert_eq!(round_trip(form, xsd::DECIMAL), Kind::Typed, "{form}");
        }
        for form in ["1.5E0", "1.5e0", "INF", "NaN", "-0", "1", "0", "-INF", "1e300"] {
            round_trip(form, xsd::DOUBLE);
        }
        for form in ["2026-08-20", "0001-01-01", "9999-12-31", "2000-02-29"] {
            assert_eq!(round_trip(form, xsd::DATE), Kind::Date, "{form}");
        }
        for form in ["2026-02-30", "2026-08-20Z", "12026-01-01", "-0001-01-01", "2026-8-20", "20é6-08-20"] {
            assert_eq!(round_trip(form, xsd::DATE), Kind::Typed, "{form}");
        }
        for form in ["2026-08-20T01:02:03", "1969-12-31T23:59:59.5", "2026-08-20T01:02:03.123"] {
            assert_eq!(round_trip(form, xsd::DATE_TIME), Kind::DateTime, "{form}");
            assert_eq!(round_trip(&format!("{form}Z"), xsd::DATE_TIME), Kind::DateTimeUtc, "{form}Z");
        }
        for form in [
            "2026-08-20T24:00:00",
            "2026-08-20T01:02:03.120",
            "2026-08-20T01:02:03+01:00",
            "T",
            "2026-08-20T01:02:03.1234",
            "2026-08-20T01:02:03.",
        ] {
            assert_eq!(round_trip(form, xsd::DATE_TIME), Kind::Typed, "{form}");
        }
        for form in ["PT15M", "P1D", "PT0S", "-PT1.5S", "PT24H"] {
            round_trip(form, xsd::DAY_TIME_DURATION);
        }
        assert_eq!(round_trip("true", xsd::BOOLEAN), Kind::Boolean);
        assert_eq!(round_trip("1", xsd::BOOLEAN), Kind::Typed);
        assert_eq!(round_trip("x", xsd::FLOAT), Kind::Typed);
    }

    #[test]
    fn the_order_of_numbers_is_the_order_of_values() {
        let doubles = [f64::NEG_INFINITY, -2.5, -0.0, 0.0, 1e-300, 3.0, f64::INFINITY];
        let orders: Vec<i64> = doubles.iter().map(|double| order_of_double(*double)).collect();
        assert!(orders.is_sorted_by(|a, b| a < b), "{orders:?}");
        for (double, order) in doubles.iter().zip(&orders) {
            assert_eq!(double.to_bits(), double_of(*order).to_bits());
        }
        assert!(parse_date("1969-12-31").unwrap() < parse_date("1970-01-01").unwrap());
        assert_eq!(parse_date("1970-01-01"), Some(0));
        assert_eq!(DAYS, parse_date("0001-01-01").unwrap()..parse_date("9999-12-31").unwrap() + 1);
    }
}
