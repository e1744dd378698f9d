//! The terms that statements are made of: IRIs, literals, and the hashes that name facts.

use crate::facts::{Bound, Entity, Fact, Scenario, Status, Value};
use oxrdf::Literal;
use oxrdf::vocab::xsd;
use sha2::{Digest, Sha256};
use std::borrow::Cow;
use std::fmt::Write as _;

/// 32 hexadecimal digits for the parts; each part counts with its length, so that no two lists give one text.
pub(super) fn hash<'p>(parts: impl IntoIterator<Item = &'p str>) -> [u8; 32] {
    let mut hasher = Sha256::new();
    for part in parts {
        hasher.update((part.len() as u64).to_le_bytes());
        hasher.update(part.as_bytes());
    }
    let mut digits = [0; 32];
    for (two, byte) in digits.as_chunks_mut::<2>().0.iter_mut().zip(hasher.finalize()) {
        *two = [DIGITS[usize::from(byte >> 4)], DIGITS[usize::from(byte & 15)]];
    }
    digits
}

/// The hexadecimal digits.
const DIGITS: &[u8; 16] = b"0123456789abcdef";

/// The hash that names a fact of a document.
pub(super) fn fact_hash(document: &str, fact: &Fact) -> [u8; 32] {
    let value = match &fact.value {
        Value::Named(name) => ["name ", name].concat(),
        Value::Count(count) => format!("count {count}"),
        Value::Date(date) => ["date ", date].concat(),
        Value::Percentage(digits) => ["percentage ", digits].concat(),
        Value::Pair(from, to) => format!("pair {} {from} {to}", from.len()),
    };
    let bounds = match (fact.min_s, fact.max_s) {
        (None, None) => Cow::Borrowed("None None "),
        (min, max) => Cow::Owned(format!("{min:?} {max:?} ")),
    };
    let bounds = fact.bound.map_or(bounds.clone(), |bound| bounds + bound_name(bound));
    let parts = [
        "fact",
        document,
        &fact.service,
        &fact.kind,
        fact.scenario.map_or("", scenario_name),
        &fact.feature,
        &fact.variant,
        &value,
        &bounds,
        status_name(fact.status),
    ];
    hash(parts.into_iter().chain(fact.tiers.iter().map(String::as_str)))
}

/// Most labels of facts have no more bytes than these.
const USUAL_LABEL: usize = 128;

/// The words for a fact: `Nephele Relay: Downtime (ZoneFailure) = Brief`.
pub(super) fn fact_label(fact: &Fact) -> String {
    let qualifiers = [fact.scenario.map_or("", scenario_name), &fact.feature, &fact.variant];
    let qualifiers = qualifiers.into_iter().filter(|qualifier| !qualifier.is_empty());
    let qualifiers: Vec<&str> = qualifiers.chain(fact.tiers.iter().map(String::as_str)).collect();
    let mut label = String::with_capacity(USUAL_LABEL);
    label.extend([&fact.service, ": ", &fact.kind]);
    if !qualifiers.is_empty() {
        label.extend([" (", &qualifiers.join(", "), ")"]);
    }
    match &fact.value {
        Value::Named(name) | Value::Date(name) => label.extend([" = ", name]),
        Value::Count(count) => label.extend([" = ", &count.to_string()]),
        Value::Percentage(digits) => label.extend([" = ", digits, "%"]),
        Value::Pair(from, to) => label.extend([" = ", from, " -> ", to]),
    }
    label
}

/// The text of an entity that tells it from every other, for its hash.
pub(super) fn entity_text(entity: &Entity) -> String {
    match entity {
        Entity::Service(name) => ["service ", name].concat(),
        Entity::Region(name) => ["region ", name].concat(),
        Entity::Geography(name) => ["geography ", name].concat(),
        Entity::Text(text) => ["text ", text].concat(),
        Entity::Flag(flag) => format!("flag {flag}"),
        Entity::Date(date) => ["date ", date].concat(),
        Entity::Duration(seconds) => format!("duration {seconds}"),
    }
}

/// The canonical `xsd:dayTimeDuration` of a number of seconds: `P1DT2H`, `PT0S`.
pub(super) fn day_time_duration(seconds: u64) -> Literal {
    Literal::new_typed_literal(duration_text(seconds), xsd::DAY_TIME_DURATION)
}

pub(super) fn duration_text(seconds: u64) -> String {
    if seconds == 0 {
        return "PT0S".to_owned();
    }
    let mut text = "P".to_owned();
    if seconds >= 86_400 {
        let _ = write!(text, "{}D", seconds / 86_400);
    }
    if !seconds.is_multiple_of(86_400) {
        text.push('T');
    }
    for (unit, count) in [('H', seconds % 86_400 / 3600), ('M', seconds % 3600 / 60), ('S', seconds % 60)] {
        if count > 0 {
            let _ = write!(text, "{count}{unit}");
        }
    }
    text
}

/// `prefix` and `text`, with every byte of `text` that may not stand in an IRI as `%XX` (RFC 3986).
pub(super) fn escaped(prefix: &str, text: &str) -> String {
    let mut iri = prefix.as_bytes().to_vec();
    escape(text, &mut iri);
    String::from_utf8(iri).unwrap_or_default()
}

/// Appends a text with every byte that may not stand in an IRI as `%XX`.
pub(super) fn escape(text: &str, iri: &mut Vec<u8>) {
    let mut rest = text.as_bytes();
    while let Some(odd) = rest.iter().position(|byte| !STANDS_IN_IRIS[usize::from(*byte)]) {
        let (plain, byte) = (&rest[..odd], rest[odd]);
        iri.extend_from_slice(plain);
        let digit = |half: u8| DIGITS[usize::from(half)].to_ascii_uppercase();
        iri.extend_from_slice(&[b'%', digit(byte >> 4), digit(byte & 15)]);
        rest = &rest[odd + 1..];
    }
    iri.extend_from_slice(rest);
}

/// For each byte whether it may stand in an IRI as it is.
const STANDS_IN_IRIS: [bool; 256] = {
    let mut stands = [false; 256];
    let signs = b"-._~!$&'()*+,;=:@/";
    let mut at = 0;
    while at < 256 {
        stands[at] = (at as u8).is_ascii_alphanumeric();
        at += 1;
    }
    at = 0;
    while at < signs.len() {
        stands[signs[at] as usize] = true;
        at += 1;
    }
    stands
};

/// The local name of a scenario.
pub(super) fn scenario_name(scenario: Scenario) -> &'static str {
    match scenario {
        Scenario::ZoneFailure => "ZoneFailure",
        Scenario::RegionFailure => "RegionFailure",
    }
}

/// The local name of a bound.
pub(super) fn bound_name(bound: Bound) -> &'static str {
    match bound {
        Bound::UpTo => "UpTo",
        Bound::Typical => "Typical",
        Bound::AtLeast => "AtLeast",
    }
}

/// The local name of a status.
pub(super) fn status_name(status: Status) -> &'static str {
    match status {
        Status::GA => "GA",
        Status::Preview => "Preview",
    }
}
