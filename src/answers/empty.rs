//! Why a query gave no rows: the pattern behind which none are left.

use super::algebra::{Part, visit};
use super::lookup::{self, rows};
use super::names::prefixed;
use crate::engine::{QueryOptions, QuerySource, aggregates};
use crate::vocabulary::{REL, SERVICE};
use oxrdf::Variable;
use spareval::QueryResults;
use spargebra::Query;
use spargebra::algebra::{AggregateExpression, Expression, GraphPattern};
use spargebra::term::{NamedNodePattern, TermPattern, TriplePattern};
use std::collections::BTreeSet;
use std::time::{Duration, Instant};

/// Longest time for finding the reason.
const TIME: Duration = Duration::from_millis(300);

/// A part of a WHERE clause that adds, or takes away, rows.
enum Step {
    Pattern(GraphPattern),
    Filter(Expression),
    Minus(GraphPattern),
    Group(Vec<Variable>, Vec<(Variable, AggregateExpression)>),
}

/// The part of a query, as text, behind which no rows are left; none where that isn't found soon.
pub fn reason(query: &Query, source: &dyn QuerySource) -> Option<String> {
    let (Query::Select { pattern, dataset, .. } | Query::Construct { pattern, dataset, .. }) = query else {
        return None;
    };
    let steps = steps(pattern);
    let start = Instant::now();
    let mut so_far = GraphPattern::Bgp { patterns: Vec::new() };
    let aggregates = aggregates(pattern);
    for step in steps {
        let text = shown(&step, &aggregates);
        so_far = with(so_far, step);
        let ask = Query::Ask { dataset: dataset.clone(), pattern: so_far.clone(), base_iri: None };
        let timeout = Some(TIME.checked_sub(start.elapsed())?);
        match source.query(&ask, &QueryOptions { timeout, ..QueryOptions::default() }) {
            Ok(QueryResults::Boolean(true)) => {}
            Ok(QueryResults::Boolean(false)) => return Some(text),
            _ => return None,
        }
    }
    None
}

/// What a graph states of the service whose facts a query asks for in vain, in words; none where the query names no
/// one service.
pub fn stated_instead(query: &Query, source: &dyn QuerySource) -> Option<String> {
    let mut services = BTreeSet::new();
    let mut asks_for_facts = true;
    visit(query, &mut |part| {
        let Part::Triple(TriplePattern { predicate: NamedNodePattern::NamedNode(property), object, .. }) =
            part
        else {
            return;
        };
        if let TermPattern::NamedNode(node) = object {
            asks_for_facts &= node.as_str().strip_prefix(REL) != Some("Unparsed");
            if property.as_str().strip_prefix(REL) == Some("service") {
                services.insert(node.clone());
            }
        }
    });
    let (service, None) = (services.pop_first()?, services.pop_first()) else { return None };
    let slug = service.as_str().strip_prefix(SERVICE).filter(|_| asks_for_facts)?;
    let words = |select: String| -> Option<Vec<String>> {
        let rows = rows(source, &select).ok()?;
        Some(rows.into_iter().flatten().flatten().map(|term| lookup::words(&term)).collect())
    };
    let name =
        words(format!("SELECT ?label {{ {service} rdfs:label ?label }} ORDER BY ?label LIMIT 1"))?.pop()?;
    let kinds = words(format!(
        "SELECT DISTINCT ?kind {{ ?fact a rel:Fact ; rel:service {service} ; rel:kind ?kind }} ORDER BY ?kind"
    ))?;
    if kinds.is_empty() {
        return Some(format!("nothing is stated of {name} in this graph"));
    }
    Some(format!(
        "nothing stated of {name} answers this; stated are {}\n`ask facts service={slug}` lists them",
        kinds.join(", ")
    ))
}

/// The steps of a pattern, in the order in which they are written; filters stand behind their group.
fn steps(pattern: &GraphPattern) -> Vec<Step> {
    match pattern {
        GraphPattern::Project { inner, .. }
        | GraphPattern::Distinct { inner }
        | GraphPattern::Reduced { inner }
        | GraphPattern::OrderBy { inner, .. } => steps(inner),
        GraphPattern::Group { inner, variables, aggregates } => {
            let mut found = steps(inner);
            found.push(Step::Group(variables.clone(), aggregates.clone()));
            found
        }
        GraphPattern::Slice { length: Some(0), .. } => Vec::new(),
        GraphPattern::Slice { inner, .. } => steps(inner),
        GraphPattern::Extend { inner, variable, expression } => {
            let mut found = steps(inner);
            found.push(Step::Pattern(GraphPattern::Extend {
                inner: Box::default(),
                variable: variable.clone(),
                expression: expression.clone(),
            }));
            found
        }
        GraphPattern::Bgp { patterns } => patterns
            .iter()
            .map(|triple| Step::Pattern(GraphPattern::Bgp { patterns: vec![without_blank_nodes(triple)] }))
            .collect(),
        GraphPattern::Join { left, right } => {
            let mut found = steps(left);
            found.extend(steps(right));
            found
        }
        GraphPattern::LeftJoin { left, right, expression } => {
            let mut found = steps(left);
            found.push(Step::Pattern(GraphPattern::LeftJoin {
                left: Box::default(),
                right: right.clone(),
                expression: expression.clone(),
            }));
            found
        }
        GraphPattern::Filter { expr, inner } => {
            let mut found = steps(inner);
            found.extend(conditions(expr).into_iter().map(Step::Filter));
            found
        }
        GraphPattern::Minus { left, right } => {
            let mut found = steps(left);
            found.push(Step::Minus((**right).clone()));
            found
        }
        other => vec![Step::Pattern(other.clone())],
    }
}

fn conditions(expression: &Expression) -> Vec<Expression> {
    match expression {
        Expression::And(left, right) => {
            let mut found = conditions(left);
            found.extend(conditions(right));
            found
        }
        other => vec![other.clone()],
    }
}

/// A triple pattern with variables in place of its blank nodes, which mean the same in a pattern, but can stand
/// in several.
fn without_blank_nodes(triple: &TriplePattern) -> TriplePattern {
    let open = |term: &TermPattern| match term {
        TermPattern::BlankNode(node) => {
            Variable::new_unchecked(format!("{}{}", &BLANK[1..], node.as_str())).into()
        }
        term => term.clone(),
    };
    TriplePattern {
        subject: open(&triple.subject),
        predicate: triple.predicate.clone(),
        object: open(&triple.object),
    }
}

/// What variables begin with that stand for blank nodes.
const BLANK: &str = "?blank_";

fn with(so_far: GraphPattern, step: Step) -> GraphPattern {
    let left = Box::new(so_far);
    match step {
        Step::Filter(expr) => GraphPattern::Filter { expr, inner: left },
        Step::Group(variables, aggregates) => GraphPattern::Group { inner: left, variables, aggregates },
        Step::Minus(right) => GraphPattern::Minus { left, right: Box::new(right) },
        Step::Pattern(GraphPattern::Extend { variable, expression, .. }) => {
            GraphPattern::Extend { inner: left, variable, expression }
        }
        Step::Pattern(GraphPattern::LeftJoin { right, expression, .. }) => {
            GraphPattern::LeftJoin { left, right, expression }
        }
        Step::Pattern(GraphPattern::Bgp { patterns }) => match *left {
            GraphPattern::Bgp { patterns: mut before } => {
                before.extend(patterns);
                GraphPattern::Bgp { patterns: before }
            }
            left => {
                GraphPattern::Join { left: Box::new(left), right: Box::new(GraphPattern::Bgp { patterns }) }
            }
        },
        Step::Pattern(right) => GraphPattern::Join { left, right: Box::new(right) },
    }
}

/// A step as text, with aggregates in place of the variables that the parser gives them.
fn shown(step: &Step, aggregates: &[(String, String)]) -> String {
    let text = match step {
        Step::Group(variables, _) => {
            let names: Vec<String> = variables.iter().map(Variable::to_string).collect();
            format!("GROUP BY {}", names.join(" "))
        }
        Step::Pattern(pattern) => pattern.to_string(),
        Step::Filter(expression) => format!("FILTER({})", without_brackets(&expression.to_string())),
        Step::Minus(pattern) => format!("MINUS {{ {pattern} }}").replace(" . }", " }"),
    };
    let text = aggregates.iter().fold(text, |text, (variable, aggregate)| text.replace(variable, aggregate));
    let text = short(text.trim().trim_end_matches(" ."));
    match text.char_indices().nth(120) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}

/// An expression without the brackets around all of it.
fn without_brackets(text: &str) -> &str {
    let Some(inner) = text.strip_prefix('(').and_then(|rest| rest.strip_suffix(')')) else { return text };
    let mut depth = 0;
    let stays_open = inner.chars().all(|c| {
        depth += match c {
            '(' => 1,
            ')' => -1,
            _ => 0,
        };
        depth >= 0
    });
    if stays_open { inner } else { text }
}

/// A text of SPARQL with prefixed names in place of IRIs.
fn short(text: &str) -> String {
    let mut short = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('<') {
        short.push_str(before);
        match after.split_once('>') {
            Some((iri, behind)) if !iri.contains(char::is_whitespace) => {
                short.push_str(&prefixed(iri));
                rest = behind;
            }
            _ => {
                short.push('<');
                rest = after;
            }
        }
    }
    short.push_str(rest);
    anonymous(&plain_numbers(&short))
}

/// A text with `[]` in place of the variables that stand for blank nodes.
fn anonymous(text: &str) -> String {
    let mut parts = text.split(BLANK);
    let mut plain = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        plain.push_str("[]");
        plain.push_str(part.trim_start_matches(|c: char| c.is_alphanumeric()));
    }
    plain
}

/// A text with `3` in place of `"3"^^xsd:integer`.
fn plain_numbers(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("\"^^xsd:integer") {
        match before.rsplit_once('"') {
            Some((ahead, number)) => plain.extend([ahead, number]),
            None => plain.push_str(before),
        }
        rest = after;
    }
    plain + rest
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::answers::memory::Memory;
    use crate::answers::syntax::parse;

    fn why(query: &str) -> Option<String> {
        let graph = Memory::from_turtle(
            "svc:a a rel:Service ; rel:n 1 ; rdfs:label \"A\" . svc:b a rel:Service ; rel:n 2 .",
        );
        reason(&parse(query, None).unwrap(), &graph)
    }

    #[test]
    fn the_pattern_that_removed_the_last_rows_is_told() {
        assert_eq!(
            why("SELECT ?s { ?s a rel:Service ; rel:n 3 ; rdfs:label ?l }").as_deref(),
            Some("?s rel:n 3")
        );
        assert_eq!(
            why("SELECT ?s { ?s a rel:Service ; rel:n ?n FILTER(?n > 1) FILTER(?n < 1) } ORDER BY ?s")
                .as_deref(),
            Some("FILTER(?n < 1)")
        );
        assert_eq!(
            why("SELECT ?s { ?s a rel:Service OPTIONAL { ?s rdfs:label ?l } MINUS { ?s rel:n ?n } }")
                .as_deref(),
            Some("MINUS { ?s rel:n ?n }")
        );
    }

    #[test]
    fn a_condition_on_groups_is_told_as_it_was_written() {
        assert_eq!(
            why("SELECT ?c (COUNT(*) AS ?n) { ?s a ?c } GROUP BY ?c HAVING (COUNT(*) > 2)").as_deref(),
            Some("FILTER(COUNT(*) > 2)")
        );
        assert_eq!(
            why("SELECT ?c { ?s a ?c ; rel:n ?n } GROUP BY ?c HAVING (SUM(?n) > 2 && MAX(DISTINCT ?n) > 9)")
                .as_deref(),
            Some("FILTER(MAX(DISTINCT ?n) > 9)")
        );
        assert_eq!(
            why("SELECT ?c { { SELECT ?c { ?s a ?c } GROUP BY ?c HAVING (COUNT(*) > 1) } ?c rel:n ?n }")
                .as_deref(),
            Some("?c rel:n ?n")
        );
    }

    #[test]
    fn a_path_falls_into_its_parts() {
        assert_eq!(
            why("SELECT ?f { ?f a rel:Service ; rel:n/rdfs:label ?l }").as_deref(),
            Some("[] rdfs:label ?l")
        );
        assert_eq!(
            why("SELECT ?f { ?f a rel:Service ; rel:m/rdfs:label ?l }").as_deref(),
            Some("?f rel:m []")
        );
    }

    #[test]
    fn a_query_with_rows_has_no_reason() {
        assert_eq!(why("SELECT ?s { ?s a rel:Service BIND(1 AS ?x) } LIMIT 0"), None);
    }
}
