//! Literals: the order of their values, and whether they are well-formed.

use oxrdf::vocab::xsd;
use oxrdf::{Literal, LiteralRef, Term};
use oxsdatatypes::{
    Boolean, Date, DateTime, DayTimeDuration, Decimal, Double, Duration, GDay, GMonth, GMonthDay, GYear,
    GYearMonth, Time, YearMonthDuration,
};
use std::cmp::Ordering;
use std::str::FromStr;

/// Namespace of the datatypes of XML Schema.
const XSD: &str = "http://www.w3.org/2001/XMLSchema#";

/// The order of two terms by `<` of SPARQL; `None` where it has none.
pub(super) fn compare(a: &Term, b: &Term) -> Option<Ordering> {
    let (Term::Literal(a), Term::Literal(b)) = (a, b) else { return None };
    match (Value::of(a)?, Value::of(b)?) {
        (Value::Text(a), Value::Text(b)) => Some(a.cmp(b)),
        (Value::Boolean(a), Value::Boolean(b)) => a.partial_cmp(&b),
        (Value::Decimal(a), Value::Decimal(b)) => a.partial_cmp(&b),
        (Value::Decimal(a), Value::Double(b)) => Double::from(a).partial_cmp(&b),
        (Value::Double(a), Value::Decimal(b)) => a.partial_cmp(&Double::from(b)),
        (Value::Double(a), Value::Double(b)) => a.partial_cmp(&b),
        (Value::DateTime(a), Value::DateTime(b)) => a.partial_cmp(&b),
        (Value::Date(a), Value::Date(b)) => a.partial_cmp(&b),
        (Value::Time(a), Value::Time(b)) => a.partial_cmp(&b),
        (Value::Duration(a), Value::Duration(b)) => a.partial_cmp(&b),
        _ => None,
    }
}

/// A value that has an order.
enum Value<'a> {
    Text(&'a str),
    Boolean(Boolean),
    Decimal(Decimal),
    Double(Double),
    DateTime(DateTime),
    Date(Date),
    Time(Time),
    Duration(Duration),
}

impl<'a> Value<'a> {
    fn of(literal: &'a Literal) -> Option<Self> {
        let text = literal.value();
        if literal.language().is_some() {
            return None;
        }
        Some(match literal.datatype().as_str().strip_prefix(XSD)? {
            "string" => Self::Text(text),
            "boolean" => Self::Boolean(text.parse().ok()?),
            "float" | "double" => Self::Double(text.parse().ok()?),
            "dateTime" | "dateTimeStamp" => Self::DateTime(text.parse().ok()?),
            "date" => Self::Date(text.parse().ok()?),
            "time" => Self::Time(text.parse().ok()?),
            "duration" | "dayTimeDuration" | "yearMonthDuration" => Self::Duration(text.parse().ok()?),
            "decimal" => Self::number(text)?,
            name if integers(name).is_some() => Self::number(text)?,
            _ => return None,
        })
    }

    /// A number, rounded where it has more digits than a decimal holds.
    fn number(text: &str) -> Option<Self> {
        if !is_decimal(text) {
            return None;
        }
        text.parse().map(Self::Decimal).or_else(|_| text.parse().map(Self::Double)).ok()
    }
}

/// Whether a literal is one of the values of its datatype; every literal of a datatype that isn't known is.
pub(super) fn is_well_formed(literal: LiteralRef<'_>) -> bool {
    let text = literal.value();
    if literal.datatype() == xsd::STRING {
        return true;
    }
    let Some(name) = literal.datatype().as_str().strip_prefix(XSD) else { return true };
    match name {
        "boolean" => is::<Boolean>(text),
        "decimal" => is_decimal(text),
        "float" | "double" => is_float(text),
        "dateTime" => is::<DateTime>(text),
        "dateTimeStamp" => is::<DateTime>(text) && has_zone(text),
        "date" => is::<Date>(text),
        "time" => is::<Time>(text),
        "duration" => is::<Duration>(text),
        "dayTimeDuration" => is::<DayTimeDuration>(text),
        "yearMonthDuration" => is::<YearMonthDuration>(text),
        "gYear" => is::<GYear>(text),
        "gYearMonth" => is::<GYearMonth>(text),
        "gMonth" => is::<GMonth>(text),
        "gMonthDay" => is::<GMonthDay>(text),
        "gDay" => is::<GDay>(text),
        "hexBinary" => text.len().is_multiple_of(2) && text.bytes().all(|byte| byte.is_ascii_hexdigit()),
        _ => integers(name).is_none_or(|(least, most)| is_integer(text, least, most)),
    }
}

fn is<T: FromStr>(text: &str) -> bool {
    text.parse::<T>().is_ok()
}

fn has_zone(text: &str) -> bool {
    let zone = text.len().checked_sub("+00:00".len()).and_then(|at| text.get(at..));
    text.ends_with('Z') || zone.is_some_and(|zone| zone.starts_with(['+', '-']))
}

/// The least and the greatest value of a datatype of integers.
fn integers(name: &str) -> Option<(Option<i128>, Option<i128>)> {
    let range = |least: i64, most: i64| (Some(i128::from(least)), Some(i128::from(most)));
    let from_0 = |most: u64| (Some(0), Some(i128::from(most)));
    Some(match name {
        "integer" => (None, None),
        "nonNegativeInteger" => (Some(0), None),
        "positiveInteger" => (Some(1), None),
        "nonPositiveInteger" => (None, Some(0)),
        "negativeInteger" => (None, Some(-1)),
        "long" => range(i64::MIN, i64::MAX),
        "int" => range(i32::MIN.into(), i32::MAX.into()),
        "short" => range(i16::MIN.into(), i16::MAX.into()),
        "byte" => range(i8::MIN.into(), i8::MAX.into()),
        "unsignedLong" => from_0(u64::MAX),
        "unsignedInt" => from_0(u32::MAX.into()),
        "unsignedShort" => from_0(u16::MAX.into()),
        "unsignedByte" => from_0(u8::MAX.into()),
        _ => return None,
    })
}

fn is_integer(text: &str, least: Option<i128>, most: Option<i128>) -> bool {
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return false;
    }
    match text.parse::<i128>() {
        Ok(value) => least.is_none_or(|least| value >= least) && most.is_none_or(|most| value <= most),
        // Too long for any bound.
        Err(_) if text.starts_with('-') => least.is_none(),
        Err(_) => most.is_none(),
    }
}

fn is_decimal(text: &str) -> bool {
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    let (whole, part) = digits.split_once('.').unwrap_or((digits, ""));
    whole.len() + part.len() > 0 && whole.bytes().chain(part.bytes()).all(|byte| byte.is_ascii_digit())
}

fn is_float(text: &str) -> bool {
    if matches!(text, "INF" | "+INF" | "-INF" | "NaN") {
        return true;
    }
    let (mantissa, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
    is_decimal(mantissa) && is_integer(exponent, None, None)
}

/// Whether a language is in a range in lower case (RFC 4647, basic filtering).
pub(super) fn is_in_range(language: &str, range: &str) -> bool {
    let language = language.to_ascii_lowercase();
    let rest = language.strip_prefix(range);
    range == "*" || rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('-'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use oxrdf::NamedNode;

    fn literal(text: &str, datatype: &str) -> Literal {
        Literal::new_typed_literal(text, NamedNode::new_unchecked(format!("{XSD}{datatype}")))
    }

    #[test]
    fn values_are_compared_and_not_their_texts() {
        for (a, b, order) in [
            (literal("9", "integer"), literal("10", "integer"), Some(Ordering::Less)),
            (literal("1.50", "decimal"), literal("1.5", "double"), Some(Ordering::Equal)),
            (literal("99999999999999999999999", "integer"), literal("1", "byte"), Some(Ordering::Greater)),
            (literal("PT1H", "dayTimeDuration"), literal("PT59M", "duration"), Some(Ordering::Greater)),
            (literal("2026-02-28", "date"), literal("2026-03-01", "date"), Some(Ordering::Less)),
            (literal("10", "string"), literal("9", "string"), Some(Ordering::Less)),
            (literal("NaN", "double"), literal("1", "double"), None),
            (literal("10", "string"), literal("9", "integer"), None),
            (literal("x", "integer"), literal("9", "integer"), None),
        ] {
            assert_eq!(compare(&a.clone().into(), &b.clone().into()), order, "{a} {b}");
        }
    }

    #[test]
    fn literals_outside_their_datatype_are_found() {
        let well_formed = |text: &str, datatype: &str| is_well_formed(literal(text, datatype).as_ref());
        for (datatype, good, bad) in [
            (
                "integer",
                ["-007", "123456789012345678901234567890123456789012345678901234567890"],
                ["1.0", ""],
            ),
            ("byte", ["-128", "+127"], ["128", "999999999999999999999999999999999999999999999999"]),
            ("unsignedInt", ["0", "4294967295"], ["-1", "4294967296"]),
            ("decimal", [".5", "-1."], [".", "1e3"]),
            ("double", ["1e-3", "-INF"], ["Infinity", "1e"]),
            ("boolean", ["1", "false"], ["yes", "TRUE"]),
            ("date", ["2024-02-29", "2024-02-29Z"], ["2023-02-29", "2024-2-9"]),
            (
                "dateTimeStamp",
                ["2024-02-29T00:00:00Z", "2024-02-29T00:00:00+01:00"],
                ["2024-02-29T00:00:00", "now"],
            ),
            ("dayTimeDuration", ["PT1H", "-P1DT0.5S"], ["P1M", "1 hour"]),
            ("hexBinary", ["", "0aFF"], ["0", "zz"]),
        ] {
            assert_eq!(good.map(|text| well_formed(text, datatype)), [true, true], "{datatype}");
            assert_eq!(bad.map(|text| well_formed(text, datatype)), [false, false], "{datatype}");
        }
        assert!(well_formed("anything", "unheardOf"));
    }

    #[test]
    fn languages_match_ranges() {
        assert!(is_in_range("en-GB", "en") && is_in_range("EN", "en") && is_in_range("de", "*"));
        assert!(!is_in_range("eng", "en") && !is_in_range("en", "en-gb"));
    }
}
