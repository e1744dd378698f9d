//! Names in queries that the graph doesn't hold: SPARQL itself would answer them with nothing.

use super::algebra::{Part, pattern, visit_pattern};
use super::lookup::{holds, rows};
use crate::engine::QuerySource;
use crate::error::Result;
use crate::nearest;
use crate::vocabulary::{DOCUMENT, FACT, FEATURE, PREFIXES, REGION, REL, SERVICE, TIER};
use oxrdf::vocab::rdf;
use oxrdf::{NamedNode, Term};
use spargebra::Query;
use spargebra::algebra::{Expression, PropertyPathExpression};
use spargebra::term::{NamedNodePattern, TermPattern};
use std::collections::BTreeSet;

const OWN: [&str; 7] = [REL, SERVICE, REGION, TIER, DOCUMENT, FACT, FEATURE];

/// How a name is used in a query.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Role {
    Property,
    Class,
    Entity,
}

/// A warning for each property, class and entity of a query that the graph doesn't hold, with the nearest.
///
/// # Errors
/// A graph that can't be read.
pub fn unknown(query: &Query, source: &dyn QuerySource) -> Result<Vec<String>> {
    let mut warnings = Vec::new();
    for (role, name) in names(query) {
        let ask = match role {
            Role::Property => format!("ASK {{ ?s {name} ?o }}"),
            Role::Class => format!("ASK {{ ?s a {name} }}"),
            Role::Entity => format!("ASK {{ {{ {name} ?p ?o }} UNION {{ ?s ?p {name} }} }}"),
        };
        if !holds(source, &ask)? {
            warnings.push(warning(role, &name, source)?);
        }
    }
    Ok(warnings)
}

fn names(query: &Query) -> BTreeSet<(Role, NamedNode)> {
    let mut found = BTreeSet::new();
    visit_pattern(pattern(query), &mut |part| match part {
        Part::Triple(triple) => {
            let mut is_type = false;
            if let NamedNodePattern::NamedNode(node) = &triple.predicate {
                is_type = node.as_ref() == rdf::TYPE;
                found.insert((Role::Property, node.clone()));
            }
            entity(&triple.subject, Role::Entity, &mut found);
            entity(&triple.object, if is_type { Role::Class } else { Role::Entity }, &mut found);
        }
        Part::Path(subject, path, object) => {
            properties(path, &mut found);
            entity(subject, Role::Entity, &mut found);
            entity(object, Role::Entity, &mut found);
        }
        Part::Expression(Expression::NamedNode(node)) => {
            entity(&node.clone().into(), Role::Entity, &mut found);
        }
        _ => {}
    });
    found
}

fn entity(term: &TermPattern, role: Role, found: &mut BTreeSet<(Role, NamedNode)>) {
    if let TermPattern::NamedNode(node) = term
        && (role == Role::Class || OWN.iter().any(|namespace| node.as_str().starts_with(namespace)))
    {
        found.insert((role, node.clone()));
    }
}

fn properties(path: &PropertyPathExpression, found: &mut BTreeSet<(Role, NamedNode)>) {
    use PropertyPathExpression as P;
    match path {
        P::NamedNode(node) => drop(found.insert((Role::Property, node.clone()))),
        P::Reverse(inner) | P::ZeroOrMore(inner) | P::OneOrMore(inner) | P::ZeroOrOne(inner) => {
            properties(inner, found);
        }
        P::Sequence(a, b) | P::Alternative(a, b) => {
            properties(a, found);
            properties(b, found);
        }
        P::NegatedPropertySet(_) => {}
    }
}

fn warning(role: Role, name: &NamedNode, source: &dyn QuerySource) -> Result<String> {
    let (what, select) = match role {
        Role::Property => ("a property", "SELECT DISTINCT ?x { ?s ?x ?o }"),
        Role::Class => ("a class", "SELECT DISTINCT ?x { ?s a ?x }"),
        Role::Entity => ("a name", "SELECT DISTINCT ?x { { ?x a ?c } UNION { ?f rel:value ?x } }"),
    };
    let known: BTreeSet<String> = rows(source, select)?
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|term| match term {
            Term::NamedNode(node) if same_namespace(&node, name) => Some(prefixed(node.as_str())),
            _ => None,
        })
        .collect();
    let shown = prefixed(name.as_str());
    let near = nearest::nearest(local(&shown), known.iter().map(|name| local(name)), 3);
    let prefix = &shown[..shown.len() - local(&shown).len()];
    let near: Vec<String> = near.into_iter().map(|name| format!("{prefix}{name}")).collect();
    Ok(match near.as_slice() {
        [] => format!("{shown} is not {what} of this graph"),
        near => format!("{shown} is not {what} of this graph; did you mean {}?", nearest::alternatives(near)),
    })
}

fn same_namespace(a: &NamedNode, b: &NamedNode) -> bool {
    namespace(a.as_str()).is_some() && namespace(a.as_str()) == namespace(b.as_str())
}

fn namespace(iri: &str) -> Option<(&'static str, &'static str)> {
    PREFIXES.iter().copied().find(|(_, namespace)| iri.starts_with(namespace))
}

fn local(prefixed: &str) -> &str {
    if prefixed.starts_with('<') {
        prefixed
    } else {
        prefixed.split_once(':').map_or(prefixed, |(_, local)| local)
    }
}

/// A short form of an IRI for people: `prefix:rest` where a prefix of [`PREFIXES`] fits, else `<IRI>`.
///
/// The rest is not escaped, so that the form can be read, but not always be pasted into a query.
pub fn prefixed(iri: &str) -> String {
    match namespace(iri) {
        Some((prefix, namespace)) if iri.len() > namespace.len() => {
            format!("{prefix}:{}", &iri[namespace.len()..])
        }
        _ => format!("<{iri}>"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::answers::memory::Memory;
    use crate::answers::syntax::parse;

    fn warnings(query: &str) -> Vec<String> {
        let graph = Memory::from_turtle(
            "svc:azure-service-bus a rel:Service ; rel:supportsZoneMode rel:Zonal ; rdfs:label \"Azure Service Bus\" .",
        );
        unknown(&parse(query, None).unwrap(), &graph).unwrap()
    }

    #[test]
    fn misspelt_properties_classes_and_entities_get_the_nearest() {
        assert_eq!(
            warnings("SELECT ?s { ?s rel:suportsZoneMode ?o }"),
            ["rel:suportsZoneMode is not a property of this graph; did you mean rel:supportsZoneMode?"]
        );
        assert_eq!(
            warnings("SELECT ?s { ?s a rel:Servcie }"),
            ["rel:Servcie is not a class of this graph; did you mean rel:Service?"]
        );
        assert_eq!(
            warnings("SELECT ?o { svc:service-bus rdfs:label|rel:zzz ?o }"),
            [
                "rel:zzz is not a property of this graph",
                "svc:service-bus is not a name of this graph; did you mean svc:azure-service-bus?"
            ]
        );
    }

    #[test]
    fn what_the_graph_holds_gives_no_warning() {
        assert!(warnings("SELECT ?s { ?s a rel:Service ; rel:supportsZoneMode rel:Zonal }").is_empty());
    }

    #[test]
    fn short_forms() {
        assert_eq!(prefixed("https://w3id.org/mainstay/tier/a/premium"), "tier:a/premium");
        assert_eq!(prefixed("http://example.com/"), "<http://example.com/>");
    }
}
