//! Names that people type → entities of the graph.
//!
//! "Service Bus", "service-bus", "Azure Service Bus" and `svc:azure-service-bus` are one service: a name is
//! compared by its letters and digits with labels, other labels and last parts of IRIs; a service also with one
//! word more or less in front (its maker), and by some whole words of its name. An unknown name is an error with the
//! nearest ones.

use super::lookup::{holds, local_name, rows};
use crate::engine::QuerySource;
use crate::error::{Error, Result};
use crate::graph::label_key;
use crate::nearest::{alternatives, key, nearest};
use crate::vocabulary::{PREFIXES, REGION, REL, SERVICE, slug};
use oxrdf::{Literal, NamedNode, Term};
use std::collections::BTreeMap;

/// What a name stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EntityKind {
    /// A service, given as its IRI.
    Service,
    /// A region, given as its IRI.
    Region,
    /// A document, by file name, path or title, given as its IRI.
    Document,
    /// A kind of facts, given as its IRI.
    Kind,
    /// A failure, given as its IRI.
    Scenario,
    /// An outcome, given as its IRI.
    Value,
    /// A tier of any service, given as its slug.
    Tier,
    /// A feature of any service, given as its slug.
    Feature,
    /// A variant of any service, given as its slug.
    Variant,
}

impl EntityKind {
    /// All kinds.
    pub const ALL: [Self; 9] = [
        Self::Service,
        Self::Region,
        Self::Document,
        Self::Kind,
        Self::Scenario,
        Self::Value,
        Self::Tier,
        Self::Feature,
        Self::Variant,
    ];

    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Service => "service",
            Self::Region => "region",
            Self::Document => "document",
            Self::Kind => "kind",
            Self::Scenario => "scenario",
            Self::Value => "value",
            Self::Tier => "tier",
            Self::Feature => "feature",
            Self::Variant => "variant",
        }
    }

    /// A pattern of SPARQL that gives each `?term` with each of its `?label`s.
    fn candidates(self) -> &'static str {
        match self {
            Self::Service => "?term a rel:Service ; rdfs:label|skos:altLabel ?label",
            Self::Region => "?term a rel:Region ; rdfs:label|skos:altLabel ?label",
            Self::Document => "?term a rel:Document ; rel:fileName|rel:path|rdfs:label ?label",
            Self::Kind => {
                "{ ?term rdfs:subClassOf rel:Fact } UNION { SELECT DISTINCT ?term { ?f rel:kind ?term } } \
                 OPTIONAL { ?term rdfs:label ?label }"
            }
            Self::Scenario => {
                "{ SELECT DISTINCT ?term { ?f rel:scenario ?term } } OPTIONAL { ?term rdfs:label ?label }"
            }
            Self::Value => {
                "{ SELECT DISTINCT ?term { ?f a rel:Fact ; rel:value ?term FILTER(isIRI(?term)) } } \
                 OPTIONAL { ?term rdfs:label ?label }"
            }
            Self::Tier => "?node a rel:Tier ; rel:slug ?term ; rdfs:label ?label",
            Self::Feature => "?node a rel:Feature ; rel:slug ?term ; rdfs:label ?label",
            Self::Variant => "?node a rel:Variant ; rel:slug ?term ; rdfs:label ?label",
        }
    }

    /// The entity that a name in its usual spelling has, and the question whether the graph holds it.
    fn expected(self, name: &str) -> Option<(Term, String)> {
        let (namespace, local) = match self {
            Self::Service => (SERVICE, slug(name)),
            Self::Region => (REGION, slug(name)),
            Self::Kind | Self::Scenario | Self::Value => (REL, name.to_owned()),
            Self::Tier | Self::Feature | Self::Variant => {
                let slug = Literal::from(slug(name));
                let class = if self == Self::Tier {
                    "Tier"
                } else if self == Self::Feature {
                    "Feature"
                } else {
                    "Variant"
                };
                let ask = format!("ASK {{ ?node rel:slug {slug} ; a rel:{class} }}");
                return Some((slug.into(), ask));
            }
            Self::Document => return None,
        };
        let node = NamedNode::new(format!("{namespace}{local}")).ok()?;
        let ask = match self {
            Self::Service => format!("ASK {{ {node} a rel:Service }}"),
            Self::Region => format!("ASK {{ {node} a rel:Region }}"),
            Self::Kind => format!("ASK {{ ?f rel:kind {node} }}"),
            Self::Scenario => format!("ASK {{ ?f rel:scenario {node} }}"),
            _ => format!("ASK {{ ?f rel:value {node} }}"),
        };
        Some((node.into(), ask))
    }
}

/// One of the names of an entity.
struct Candidate {
    term: Term,
    label: String,
}

/// Most names that are listed where a name may stand for several entities.
const MOST_LISTED: usize = 10;

/// The entity of a kind that a name stands for.
///
/// # Errors
/// A name that no entity has, with the nearest names, or that several have, with all of them.
pub fn resolve(source: &dyn QuerySource, kind: EntityKind, name: &str) -> Result<Term> {
    let name = without_namespace(name.trim());
    if let Some((term, ask)) = kind.expected(name)
        && !name.is_empty()
        && holds(source, &ask)?
    {
        return Ok(term);
    }
    let mut candidates = indexed(source, kind, &keys(kind, name), by_beginning(kind))?.unwrap_or_default();
    let mut found = matching(kind, name, &candidates);
    if found.is_empty() {
        // The index knows what has a label: what has none, and the nearest names, are looked for among all.
        candidates = all_candidates(source, kind)?;
        found = matching(kind, name, &candidates);
    }
    match found.len() {
        1 => Ok(found.into_values().next().unwrap_or_else(|| Literal::from(name).into())),
        0 => Err(unknown(kind, name, &candidates)),
        _ => {
            let mut labels: Vec<String> = found.into_keys().collect();
            if let Some(more) = labels.len().checked_sub(MOST_LISTED).filter(|more| *more > 0) {
                labels.truncate(MOST_LISTED);
                labels.push(format!("one of {more} more"));
            }
            Err(Error::usage(format!("the {} \"{name}\" may be {}", kind.word(), alternatives(&labels)))
                .with_hint("write more of its name"))
        }
    }
}

/// The labels of all entities of a kind, sorted, one for each entity.
///
/// # Errors
/// A graph that can't be read.
pub fn labels(source: &dyn QuerySource, kind: EntityKind) -> Result<Vec<String>> {
    Ok(one_for_each(all_candidates(source, kind)?))
}

/// [`labels`] of entities that have a name that begins with a text, where the graph has an index of names; all
/// labels otherwise.
///
/// # Errors
/// A graph that can't be read.
pub fn labels_for(source: &dyn QuerySource, kind: EntityKind, typed: &str) -> Result<Vec<String>> {
    let key = label_key(typed);
    let found = if key.is_empty() { None } else { indexed(source, kind, &[key], true)? };
    Ok(one_for_each(found.map_or_else(|| all_candidates(source, kind), Ok)?))
}

/// One label, the one of the most words, for each entity; sorted.
fn one_for_each(candidates: Vec<Candidate>) -> Vec<String> {
    let mut by_term: BTreeMap<String, String> = BTreeMap::new();
    for candidate in candidates {
        let label = by_term.entry(candidate.term.to_string()).or_insert_with(|| candidate.label.clone());
        let words = |text: &str| text.split(' ').count();
        if words(&candidate.label) > words(label) {
            *label = candidate.label;
        }
    }
    let mut labels: Vec<String> = by_term.into_values().collect();
    labels.sort();
    labels.dedup();
    labels
}

/// Whether the beginning of a name is enough.
fn by_beginning(kind: EntityKind) -> bool {
    matches!(kind, EntityKind::Kind | EntityKind::Scenario | EntityKind::Value)
}

/// The keys of names that `matching` takes for a name.
fn keys(kind: EntityKind, name: &str) -> Vec<String> {
    let mut keys = vec![label_key(name)];
    if kind == EntityKind::Service {
        keys.push(label_key(without_first_word(name)));
    }
    keys.retain(|key| !key.is_empty());
    keys
}

/// The candidates that have one of some keys, by the index of names; `None` where there is none.
fn indexed(
    source: &dyn QuerySource,
    kind: EntityKind,
    keys: &[String],
    begins: bool,
) -> Result<Option<Vec<Candidate>>> {
    let mut nodes = Vec::new();
    for key in keys {
        let Some(found) = source.entities_named(key, begins) else { return Ok(None) };
        nodes.extend(found);
    }
    if nodes.is_empty() {
        return Ok(Some(Vec::new()));
    }
    let variable = match kind {
        EntityKind::Tier | EntityKind::Feature | EntityKind::Variant => "?node",
        _ => "?term",
    };
    let nodes: String = nodes.iter().map(|node| format!("{node} ")).collect();
    candidates(source, kind, &format!("VALUES {variable} {{ {nodes} }}")).map(Some)
}

fn all_candidates(source: &dyn QuerySource, kind: EntityKind) -> Result<Vec<Candidate>> {
    candidates(source, kind, "")
}

/// The candidates of a kind that a pattern leaves.
fn candidates(source: &dyn QuerySource, kind: EntityKind, pattern: &str) -> Result<Vec<Candidate>> {
    let found = rows(source, &format!("SELECT DISTINCT ?term ?label {{ {pattern} {} }}", kind.candidates()))?;
    let mut candidates = Vec::with_capacity(found.len() * 2);
    for row in found {
        let [Some(term), label] = row.as_slice() else { continue };
        let own = match term {
            Term::NamedNode(node) => local_name(node.as_str()).to_owned(),
            Term::Literal(literal) => literal.value().to_owned(),
            Term::BlankNode(_) => continue,
        };
        if let Some(Term::Literal(label)) = label {
            candidates.push(Candidate { term: term.clone(), label: label.value().to_owned() });
        }
        candidates.push(Candidate { term: term.clone(), label: own });
    }
    Ok(candidates)
}

/// Whether a label fits a name.
type Rule<'r> = Box<dyn Fn(&str) -> bool + 'r>;

/// The entities that a name fits, by the label that it fits best.
fn matching(kind: EntityKind, name: &str, candidates: &[Candidate]) -> BTreeMap<String, Term> {
    let wanted = key(name);
    let mut rules: Vec<Rule<'_>> = vec![Box::new(|label| key(label) == wanted)];
    match kind {
        EntityKind::Service => {
            rules.push(Box::new(|label| {
                key(without_first_word(label)) == wanted || key(label) == key(without_first_word(name))
            }));
            let part = words(name);
            rules.push(Box::new(move |label| words(label).windows(part.len()).any(|words| words == part)));
        }
        EntityKind::Kind | EntityKind::Scenario | EntityKind::Value => {
            rules.push(Box::new(|label| key(label).starts_with(&wanted)));
        }
        _ => {}
    }
    if wanted.is_empty() {
        return BTreeMap::new();
    }
    for rule in rules {
        let mut by_term: BTreeMap<String, (&str, &Term)> = BTreeMap::new();
        for candidate in candidates.iter().filter(|candidate| rule(&candidate.label)) {
            by_term.entry(candidate.term.to_string()).or_insert((&candidate.label, &candidate.term));
        }
        if !by_term.is_empty() {
            return by_term.into_values().map(|(label, term)| (label.to_owned(), term.clone())).collect();
        }
    }
    BTreeMap::new()
}

/// The words of a name in lower case.
fn words(name: &str) -> Vec<String> {
    let words = name.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    words.map(str::to_lowercase).collect()
}

fn without_first_word(name: &str) -> &str {
    match name.split_once([' ', '-']) {
        Some((_, rest)) if !rest.is_empty() => rest,
        _ => name,
    }
}

/// The name behind a prefix or a namespace of Mainstay's.
fn without_namespace(name: &str) -> &str {
    let bare = name.strip_prefix('<').and_then(|rest| rest.strip_suffix('>')).unwrap_or(name);
    PREFIXES
        .iter()
        .find_map(|(prefix, namespace)| {
            let local = bare.strip_prefix(namespace);
            local.or_else(|| bare.strip_prefix(prefix)?.strip_prefix(':'))
        })
        .unwrap_or(bare)
}

fn unknown(kind: EntityKind, name: &str, candidates: &[Candidate]) -> Error {
    let word = kind.word();
    let error = Error::usage(format!("no {word} is called \"{name}\" in this graph"));
    let mut labels: BTreeMap<Vec<char>, &str> = BTreeMap::new();
    for candidate in candidates {
        let label = labels.entry(key(&candidate.label)).or_insert(&candidate.label);
        if candidate.label.contains(' ') {
            *label = &candidate.label;
        }
    }
    let near = nearest(name, labels.values().copied(), 4);
    match (near.as_slice(), kind) {
        ([], EntityKind::Service | EntityKind::Region | EntityKind::Document) => {
            error.with_hint(format!("list them: mainstay ask {word}s"))
        }
        ([], _) => {
            let some: Vec<&str> = labels.into_values().take(20).collect();
            error.with_hint(format!("there are {}", some.join(", ")))
        }
        (near, _) => error.with_hint(format!("did you mean {}?", alternatives(near))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::answers::memory::Memory;

    fn graph() -> Memory {
        Memory::from_turtle(
            r#"svc:azure-service-bus a rel:Service ; rdfs:label "Azure Service Bus" ; skos:altLabel "ASB" .
            svc:azure-event-hubs a rel:Service ; rdfs:label "Azure Event Hubs" .
            svc:azure-event-grid a rel:Service ; rdfs:label "Azure Event Grid" .
            svc:virtual-machines a rel:Service ; rdfs:label "Virtual Machines" .
            svc:azure-sql a rel:Service ; rdfs:label "Azure SQL" .
            svc:microsoft-sql a rel:Service ; rdfs:label "Microsoft SQL" .
            region:west-europe a rel:Region ; rdfs:label "West Europe" ; skos:altLabel "westeurope" .
            <https://w3id.org/mainstay/document/a/one.md> a rel:Document ; rel:fileName "one.md" ; rel:path "a/one.md" .
            fact:1 a rel:Fact ; rel:kind rel:Downtime ; rel:scenario rel:ZoneFailure ; rel:value rel:Brief .
            <https://w3id.org/mainstay/tier/a/premium> a rel:Tier ; rel:slug "premium" ; rdfs:label "Premium" .
            <https://w3id.org/mainstay/tier/b/premium> a rel:Tier ; rel:slug "premium" ; rdfs:label "Premium" ."#,
        )
    }

    /// What a name stands for, which an index of names does not change.
    fn found(kind: EntityKind, name: &str) -> String {
        let memory = graph();
        let told = told(resolve(&memory, kind, name));
        assert_eq!(self::told(resolve(&memory.to_graph(), kind, name)), told);
        told
    }

    fn told(found: Result<Term>) -> String {
        match found {
            Ok(Term::NamedNode(node)) => local_name(node.as_str()).to_owned(),
            Ok(term) => term.to_string(),
            Err(error) => format!("{error}; {}", error.hints().join("; ")),
        }
    }

    #[test]
    fn the_index_is_asked_before_all_labels_are_read() {
        /// A graph that fails when all labels are asked for.
        struct Indexed(crate::graph::Graph);

        impl QuerySource for Indexed {
            fn query<'a>(
                &'a self,
                query: &spargebra::Query,
                options: &crate::engine::QueryOptions,
            ) -> Result<spareval::QueryResults<'a>> {
                let text = query.to_string();
                assert!(text.starts_with("ASK") || text.contains("VALUES"), "{text}");
                self.0.query(query, options)
            }

            fn entities_named(&self, key: &str, begins: bool) -> Option<Vec<NamedNode>> {
                self.0.entities_named(key, begins)
            }
        }

        let graph = Indexed(graph().to_graph());
        for (kind, name) in [
            (EntityKind::Service, "Service Bus"),
            (EntityKind::Service, "asb"),
            (EntityKind::Service, "Azure Virtual Machines"),
            (EntityKind::Region, "westeurope"),
            (EntityKind::Document, "one.md"),
            (EntityKind::Tier, "PREMIUM"),
        ] {
            resolve(&graph, kind, name).unwrap();
        }
        assert_eq!(labels_for(&graph, EntityKind::Service, "azure event").unwrap().len(), 2);
    }

    #[test]
    fn a_service_has_many_spellings() {
        for name in
            ["Service Bus", "service-bus", "Azure Service Bus", "svc:azure-service-bus", "asb", "ServiceBus"]
        {
            assert_eq!(found(EntityKind::Service, name), "azure-service-bus", "{name}");
        }
        assert_eq!(found(EntityKind::Service, "Azure Virtual Machines"), "virtual-machines");
        assert_eq!(
            found(EntityKind::Service, "<https://w3id.org/mainstay/service/azure-event-grid>"),
            "azure-event-grid"
        );
    }

    #[test]
    fn whole_words_are_enough_where_one_service_has_them() {
        assert_eq!(found(EntityKind::Service, "Grid"), "azure-event-grid");
        assert_eq!(found(EntityKind::Service, "bus"), "azure-service-bus");
        assert_eq!(
            found(EntityKind::Service, "event"),
            "the service \"event\" may be Azure Event Grid or Azure Event Hubs; write more of its name"
        );
        assert!(found(EntityKind::Service, "Gri").starts_with("no service is called \"Gri\""));
        let many: String = (0..12)
            .map(|number| format!("svc:s{number} a rel:Service ; rdfs:label \"Bolt Store {number}\" ."))
            .collect();
        let told = told(resolve(&Memory::from_turtle(&many), EntityKind::Service, "store"));
        assert!(told.ends_with("Bolt Store 7 or one of 2 more; write more of its name"), "{told}");
    }

    #[test]
    fn other_kinds_resolve_too() {
        assert_eq!(found(EntityKind::Region, "westeurope"), "west-europe");
        assert_eq!(found(EntityKind::Region, "West  Europe"), "west-europe");
        assert_eq!(found(EntityKind::Document, "one.md"), "one.md");
        assert_eq!(found(EntityKind::Kind, "downtime"), "Downtime");
        assert_eq!(found(EntityKind::Scenario, "zone"), "ZoneFailure");
        assert_eq!(found(EntityKind::Tier, "PREMIUM"), "\"premium\"");
    }

    #[test]
    fn an_unknown_or_ambiguous_name_gets_its_neighbours() {
        assert_eq!(
            found(EntityKind::Service, "Servce Bus"),
            "no service is called \"Servce Bus\" in this graph; did you mean Azure Service Bus?"
        );
        assert_eq!(
            found(EntityKind::Service, "SQL"),
            "the service \"SQL\" may be Azure SQL or Microsoft SQL; write more of its name"
        );
        assert_eq!(
            found(EntityKind::Scenario, "x"),
            "no scenario is called \"x\" in this graph; there are ZoneFailure"
        );
        assert_eq!(
            found(EntityKind::Region, ""),
            "no region is called \"\" in this graph; list them: mainstay ask regions"
        );
    }
}
