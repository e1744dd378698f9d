//! The terms that statements are made of: IRIs, literals, and the hashes that name facts.

use crate::facts::{Bound, Entity, Fact, Scenario, Status, Value};
use crate::vocabulary::REL;
use oxrdf::vocab::xsd;
use oxrdf::{Literal, NamedNode};
use sha2::{Digest, Sha256};
use std::fmt::Write as _;

/// 32 hexadecimal digits for the parts; each part counts with its length, so that no two lists give one text.
pub(super) fn hash(parts: &[&str]) -> String {
    let mut hasher = Sha256::new();
    for part in parts {
        hasher.update((part.len() as u64).to_le_bytes());
        hasher.update(part.as_bytes());
    }
    let mut digits = String::with_capacity(32);
    for byte in &hasher.finalize()[..16] {
        let _ = write!(digits, "{byte:02x}");
    }
    digits
}

/// The hash that names a fact of a document.
pub(super) fn fact_hash(document: &str, fact: &Fact) -> String {
    let value = match &fact.value {
        Value::Named(name) => format!("name {name}"),
        Value::Count(count) => format!("count {count}"),
        Value::Date(date) => format!("date {date}"),
        Value::Percentage(digits) => format!("percentage {digits}"),
        Value::Pair(from, to) => format!("pair {} {from} {to}", from.len()),
    };
    let bounds = format!("{:?} {:?} {}", fact.min_s, fact.max_s, fact.bound.map_or("", bound_name));
    let mut parts = vec![
        "fact",
        document,
        fact.service.as_str(),
        fact.kind.as_str(),
        fact.scenario.map_or("", scenario_name),
        fact.feature.as_str(),
        fact.variant.as_str(),
        value.as_str(),
        bounds.as_str(),
        status_name(fact.status),
    ];
    parts.extend(fact.tiers.iter().map(String::as_str));
    hash(&parts)
}

/// The words for a fact: `Nephele Relay: Downtime (ZoneFailure) = Brief`.
pub(super) fn fact_label(fact: &Fact) -> String {
    let mut label = format!("{}: {}", fact.service, fact.kind);
    let qualifiers = [fact.scenario.map_or("", scenario_name), &fact.feature, &fact.variant];
    let qualifiers = qualifiers.into_iter().filter(|qualifier| !qualifier.is_empty());
    let qualifiers: Vec<&str> = qualifiers.chain(fact.tiers.iter().map(String::as_str)).collect();
    if !qualifiers.is_empty() {
        let _ = write!(label, " ({})", qualifiers.join(", "));
    }
    let _ = match &fact.value {
        Value::Named(name) | Value::Date(name) => write!(label, " = {name}"),
        Value::Count(count) => write!(label, " = {count}"),
        Value::Percentage(digits) => write!(label, " = {digits}%"),
        Value::Pair(from, to) => write!(label, " = {from} -> {to}"),
    };
    label
}

/// The text of an entity that tells it from every other, for its hash.
pub(super) fn entity_text(entity: &Entity) -> String {
    match entity {
        Entity::Service(name) => format!("service {name}"),
        Entity::Region(name) => format!("region {name}"),
        Entity::Geography(name) => format!("geography {name}"),
        Entity::Text(text) => format!("text {text}"),
        Entity::Flag(flag) => format!("flag {flag}"),
        Entity::Date(date) => format!("date {date}"),
        Entity::Duration(seconds) => format!("duration {seconds}"),
    }
}

/// A term of the ontology.
pub(super) fn rel(name: &str) -> NamedNode {
    NamedNode::new_unchecked(escaped(REL, name))
}

/// A node of a namespace.
pub(super) fn named(namespace: &str, local: &str) -> NamedNode {
    NamedNode::new_unchecked(format!("{namespace}{local}"))
}

/// An `xsd:integer`.
pub(super) fn integer(number: u64) -> Literal {
    Literal::new_typed_literal(number.to_string(), xsd::INTEGER)
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
    let mut iri = String::with_capacity(prefix.len() + text.len());
    iri.push_str(prefix);
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~!$&'()*+,;=:@/".contains(&byte) {
            iri.push(char::from(byte));
        } else {
            let _ = write!(iri, "%{byte:02X}");
        }
    }
    iri
}

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
