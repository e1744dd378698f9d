//! Names: the namespaces of the graph, the prefixes that every query may use, the failures that facts are about,
//! and how words become slugs.

use serde::{Deserialize, Serialize};

/// Namespace of the ontology, prefix `rel:`.
pub const REL: &str = "https://w3id.org/mainstay/ontology#";
/// Namespace of services, prefix `svc:`.
pub const SERVICE: &str = "https://w3id.org/mainstay/service/";
/// Namespace of regions, prefix `region:`.
pub const REGION: &str = "https://w3id.org/mainstay/region/";
/// Namespace of tiers, prefix `tier:`; a tier is `tier:SERVICE/SLUG`.
pub const TIER: &str = "https://w3id.org/mainstay/tier/";
/// Namespace of documents, prefix `doc:`; a document is `doc:PATH`, a section of it `doc:PATH#ANCHOR`.
pub const DOCUMENT: &str = "https://w3id.org/mainstay/document/";
/// Namespace of fact nodes, prefix `fact:`; a fact is named by a hash of its content.
pub const FACT: &str = "https://w3id.org/mainstay/fact/";
/// Namespace of features, prefix `feature:`; a feature is `feature:SERVICE/SLUG`.
pub const FEATURE: &str = "https://w3id.org/mainstay/feature/";
/// Namespace of geographies, prefix `geography:`.
pub const GEOGRAPHY: &str = "https://w3id.org/mainstay/geography/";

/// A failure that facts are about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Scenario {
    /// The loss of an availability zone.
    ZoneFailure,
    /// The loss of a region.
    RegionFailure,
}

/// The prefixes that are declared wherever a query or a graph is read or written, in alphabetical order.
pub const PREFIXES: [(&str, &str); 18] = [
    ("dcat", "http://www.w3.org/ns/dcat#"),
    ("dcterms", "http://purl.org/dc/terms/"),
    ("doc", DOCUMENT),
    ("fact", FACT),
    ("feature", FEATURE),
    ("geography", GEOGRAPHY),
    ("owl", "http://www.w3.org/2002/07/owl#"),
    ("prov", "http://www.w3.org/ns/prov#"),
    ("rdf", "http://www.w3.org/1999/02/22-rdf-syntax-ns#"),
    ("rdfs", "http://www.w3.org/2000/01/rdf-schema#"),
    ("region", REGION),
    ("rel", REL),
    ("sh", "http://www.w3.org/ns/shacl#"),
    ("skos", "http://www.w3.org/2004/02/skos/core#"),
    ("svc", SERVICE),
    ("tier", TIER),
    ("void", "http://rdfs.org/ns/void#"),
    ("xsd", "http://www.w3.org/2001/XMLSchema#"),
];

/// The slug of a name: ASCII letters and digits in lower case, everything between them one `-`.
///
/// ```
/// assert_eq!(mainstay::vocabulary::slug("Premium (classic)"), "premium-classic");
/// ```
pub fn slug(name: &str) -> String {
    let mut slug = Vec::with_capacity(name.len());
    let mut is_behind_word = false;
    for byte in name.bytes() {
        if byte.is_ascii_alphanumeric() {
            slug.push(byte.to_ascii_lowercase());
            is_behind_word = true;
        } else if is_behind_word {
            slug.push(b'-');
            is_behind_word = false;
        }
    }
    if slug.last() == Some(&b'-') {
        slug.pop();
    }
    String::from_utf8(slug).unwrap_or_default()
}

/// Whether a slug is that of a name.
pub fn is_slug_of(slug: &str, name: &str) -> bool {
    let mut rest = slug.as_bytes();
    let words = name.as_bytes().split(|byte| !byte.is_ascii_alphanumeric());
    for word in words.filter(|word| !word.is_empty()) {
        let behind = if rest.len() < slug.len() { rest.strip_prefix(b"-") } else { Some(rest) };
        let Some((head, behind)) = behind.and_then(|behind| behind.split_at_checked(word.len())) else {
            return false;
        };
        if !head.eq_ignore_ascii_case(word) {
            return false;
        }
        rest = behind;
    }
    rest.is_empty()
}

/// A name without an acronym in parentheses at its end, and without blanks around it.
///
/// ```
/// assert_eq!(mainstay::vocabulary::without_acronym("Virtual Machines (VM)"), "Virtual Machines");
/// assert_eq!(mainstay::vocabulary::without_acronym("Premium (classic)"), "Premium (classic)");
/// ```
pub fn without_acronym(name: &str) -> &str {
    let name = name.trim();
    match name.strip_suffix(')').and_then(|name| name.rsplit_once(" (")) {
        Some((name, acronym)) if acronym.bytes().all(|byte| byte.is_ascii_uppercase()) => name,
        _ => name,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slugs_are_lower_case_words_joined_by_hyphens() {
        assert_eq!(slug("  Azure – Service Bus! "), "azure-service-bus");
        assert_eq!(slug("East US 2 EUAP"), "east-us-2-euap");
        assert_eq!(slug("…"), "");
        assert_eq!(slug("-a--b2-"), "a-b2");
        for name in ["  Azure – Service Bus! ", "…", "", "a", "a-b2", "-a--b2-", "A", "é"] {
            assert!(is_slug_of(&slug(name), name));
        }
        let others =
            [("a", "a b"), ("a-b", "a"), ("a-b", "ab"), ("ab", "a-b"), ("", "a"), ("a", ""), ("a-", "a")];
        assert!(others.iter().all(|(slug, name)| !is_slug_of(slug, name)));
    }
}
