//! A pattern as the operators run it best: nested closures of paths become one, negated property sets become triples
//! with a filter, and GRAPH is asked of the triples and paths inside it, which can then be joined with all others.

use super::alternatives::spread;
use super::walk::{has_variable, operands_mut};
use oxrdf::Variable;
use spargebra::algebra::{AggregateExpression, Expression, GraphPattern, OrderExpression};
use spargebra::algebra::{GraphPattern as P, PropertyPathExpression as Path};
use spargebra::term::{NamedNodePattern, TermPattern, TriplePattern};

/// What the names of variables begin with that stand for no part of the query and are never handed out.
pub(super) const HIDDEN: &str = "#!";

/// A pattern with the same solutions that the operators run.
pub(super) fn rewritten(pattern: &GraphPattern) -> GraphPattern {
    let mut pattern = pattern.clone();
    spread(&mut pattern);
    Rewriter::default().pattern(&mut pattern);
    pattern
}

#[derive(Default)]
struct Rewriter {
    /// Variables that were made up.
    hidden: usize,
}

impl Rewriter {
    fn pattern(&mut self, pattern: &mut GraphPattern) {
        for inner in patterns_mut(pattern) {
            self.pattern(inner);
        }
        for expression in expressions_mut(pattern) {
            self.expression(expression);
        }
        let other = match pattern {
            P::Path { subject, path, object } => {
                *path = simplified(path);
                self.negated(subject, path, object)
            }
            P::Graph { name, inner } => inside_graph(name, inner),
            _ => None,
        };
        if let Some(other) = other {
            *pattern = other;
        }
    }

    fn expression(&mut self, expression: &mut Expression) {
        if let Expression::Exists(pattern) = expression {
            self.pattern(pattern);
        }
        operands_mut(expression).into_iter().for_each(|part| self.expression(part));
    }

    /// Triples with another predicate than those of a negated property set. Between two known nodes they count once,
    /// which the path itself sees to.
    fn negated(&mut self, subject: &TermPattern, path: &Path, object: &TermPattern) -> Option<GraphPattern> {
        let is_known =
            |term: &TermPattern| matches!(term, TermPattern::NamedNode(_) | TermPattern::Literal(_));
        let Path::NegatedPropertySet(names) = path else { return None };
        if is_known(subject) && is_known(object) {
            return None;
        }
        let predicate = Variable::new_unchecked(format!("{HIDDEN}{}", self.hidden));
        self.hidden += 1;
        let names = names.iter().map(|name| Expression::NamedNode(name.clone())).collect();
        let listed = Expression::In(Box::new(predicate.clone().into()), names);
        let (subject, object) = (subject.clone(), object.clone());
        let triple = TriplePattern { subject, predicate: predicate.into(), object };
        Some(P::Filter {
            expr: Expression::Not(Box::new(listed)),
            inner: Box::new(P::Bgp { patterns: vec![triple] }),
        })
    }
}

/// The patterns right inside one.
pub(super) fn patterns_mut(pattern: &mut GraphPattern) -> Vec<&mut GraphPattern> {
    match pattern {
        P::Bgp { .. } | P::Path { .. } | P::Values { .. } => Vec::new(),
        P::Join { left, right }
        | P::LeftJoin { left, right, .. }
        | P::Lateral { left, right }
        | P::Union { left, right }
        | P::Minus { left, right } => vec![left, right],
        P::Filter { inner, .. }
        | P::Graph { inner, .. }
        | P::Extend { inner, .. }
        | P::OrderBy { inner, .. }
        | P::Project { inner, .. }
        | P::Distinct { inner }
        | P::Reduced { inner }
        | P::Slice { inner, .. }
        | P::Group { inner, .. } => vec![inner],
        // What another endpoint is asked stays as it is.
        P::Service { .. } => Vec::new(),
    }
}

/// The expressions of a pattern itself.
pub(super) fn expressions_mut(pattern: &mut GraphPattern) -> Vec<&mut Expression> {
    match pattern {
        P::LeftJoin { expression: Some(expression), .. }
        | P::Filter { expr: expression, .. }
        | P::Extend { expression, .. } => vec![expression],
        P::OrderBy { expression, .. } => {
            let keys = expression.iter_mut();
            keys.map(|(OrderExpression::Asc(key) | OrderExpression::Desc(key))| key).collect()
        }
        P::Group { aggregates, .. } => {
            let aggregates = aggregates.iter_mut().map(|(_, aggregate)| aggregate);
            let arguments = aggregates.filter_map(|aggregate| match aggregate {
                AggregateExpression::FunctionCall { expr, .. } => Some(expr),
                AggregateExpression::CountSolutions { .. } => None,
            });
            arguments.collect()
        }
        _ => Vec::new(),
    }
}

/// The content of GRAPH with its name at each part; `None` where that would not be the same.
fn inside_graph(name: &NamedNodePattern, inner: &GraphPattern) -> Option<GraphPattern> {
    let graph = match name {
        NamedNodePattern::Variable(variable) => Some(variable),
        NamedNodePattern::NamedNode(_) => None,
    };
    let pushed = |inner: &GraphPattern| inside_graph(name, inner).map(Box::new);
    let named = |inner: &GraphPattern| P::Graph { name: name.clone(), inner: Box::new(inner.clone()) };
    // The name of the graph has no value inside of GRAPH.
    let asked = |expression: &Expression| {
        let mut expression = expression.clone();
        let known = graph.is_some_and(|graph| has_variable(&expression, graph));
        (!known && exists_inside(name, &mut expression)).then_some(expression)
    };
    Some(match inner {
        P::Bgp { .. } => named(inner),
        P::Path { .. } if graph.is_none() => named(inner),
        P::Join { left, right } if is_inline(right, graph) => {
            P::Join { left: pushed(left)?, right: right.clone() }
        }
        P::Join { left, right } if is_inline(left, graph) => {
            P::Join { left: left.clone(), right: pushed(right)? }
        }
        P::Join { left, right } => P::Join { left: pushed(left)?, right: pushed(right)? },
        P::Union { left, right } => P::Union { left: pushed(left)?, right: pushed(right)? },
        P::LeftJoin { left, right, expression } => {
            let expression = match expression {
                Some(expression) => Some(asked(expression)?),
                None => None,
            };
            P::LeftJoin { left: pushed(left)?, right: pushed(right)?, expression }
        }
        P::Filter { expr, inner } => P::Filter { expr: asked(expr)?, inner: pushed(inner)? },
        P::Extend { inner, variable, expression } if graph != Some(variable) => {
            P::Extend { inner: pushed(inner)?, variable: variable.clone(), expression: asked(expression)? }
        }
        P::Minus { left, right } if graph.is_none() => {
            P::Minus { left: pushed(left)?, right: pushed(right)? }
        }
        _ => return None,
    })
}

/// Whether a pattern is VALUES, none of them for the name of the graph.
fn is_inline(pattern: &GraphPattern, graph: Option<&Variable>) -> bool {
    matches!(pattern, P::Values { variables, .. } if graph.is_none_or(|graph| !variables.contains(graph)))
}

/// Asks the patterns of EXISTS in a graph; says whether that is possible.
fn exists_inside(name: &NamedNodePattern, expression: &mut Expression) -> bool {
    if let Expression::Exists(pattern) = expression {
        let Some(pushed) = inside_graph(name, pattern) else { return false };
        **pattern = pushed;
    }
    operands_mut(expression).into_iter().all(|part| exists_inside(name, part))
}

/// A path that connects the same nodes, without closures right inside closures.
fn simplified(path: &Path) -> Path {
    let both = |a: &Path, b: &Path| (Box::new(simplified(a)), Box::new(simplified(b)));
    match path {
        Path::NamedNode(_) | Path::NegatedPropertySet(_) => path.clone(),
        Path::Reverse(inner) => match simplified(inner) {
            Path::Reverse(twice) => *twice,
            inner => Path::Reverse(Box::new(inner)),
        },
        Path::Sequence(a, b) => {
            let (a, b) = both(a, b);
            Path::Sequence(a, b)
        }
        Path::Alternative(a, b) => {
            let (a, b) = both(a, b);
            Path::Alternative(a, b)
        }
        Path::ZeroOrMore(inner) => Path::ZeroOrMore(Box::new(step(simplified(inner), true))),
        Path::OneOrMore(inner) => match simplified(inner) {
            inner if may_be_empty(&inner) => Path::ZeroOrMore(Box::new(step(inner, true))),
            inner => Path::OneOrMore(Box::new(step(inner, false))),
        },
        Path::ZeroOrOne(inner) => match simplified(inner) {
            Path::OneOrMore(inner) => Path::ZeroOrMore(inner),
            inner @ (Path::ZeroOrMore(_) | Path::ZeroOrOne(_)) => inner,
            inner => Path::ZeroOrOne(Box::new(inner)),
        },
    }
}

/// What a closure repeats: of a closure what that repeats, and of an option what it may leave out if the closure may
/// be empty too.
fn step(path: Path, may_be_empty: bool) -> Path {
    match path {
        Path::OneOrMore(inner) => step(*inner, may_be_empty),
        Path::ZeroOrMore(inner) | Path::ZeroOrOne(inner) if may_be_empty => step(*inner, may_be_empty),
        Path::Alternative(a, b) => {
            Path::Alternative(Box::new(step(*a, may_be_empty)), Box::new(step(*b, may_be_empty)))
        }
        other => other,
    }
}

/// Whether a path connects every node with itself.
fn may_be_empty(path: &Path) -> bool {
    match path {
        Path::ZeroOrMore(_) | Path::ZeroOrOne(_) => true,
        Path::Alternative(a, b) => may_be_empty(a) || may_be_empty(b),
        Path::Sequence(a, b) => may_be_empty(a) && may_be_empty(b),
        Path::Reverse(inner) | Path::OneOrMore(inner) => may_be_empty(inner),
        Path::NamedNode(_) | Path::NegatedPropertySet(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::tests::parse;
    use spargebra::Query;

    fn pattern(query: &str) -> GraphPattern {
        let Query::Select { pattern, .. } = parse(query) else { panic!("{query}") };
        rewritten(&pattern)
    }

    #[test]
    fn closures_in_closures_become_one() {
        for (nested, simple) in [
            ("(:p*)*", ":p*"),
            ("(:p+)*", ":p*"),
            ("(:p?)*", ":p*"),
            ("(:p*)+", ":p*"),
            ("(:p+)+", ":p+"),
            ("(:p?)+", ":p*"),
            ("(:p*)?", ":p*"),
            ("(:p+)?", ":p*"),
            ("(:p?)?", ":p?"),
            ("(((:p+)?)+)*", ":p*"),
            ("(:p*|:q)+", "(:p|:q)*"),
            ("(:p+|:q)+", "(:p|:q)+"),
            ("(:p?|:q+)*", "(:p|:q)*"),
            ("(^(^:p))*", ":p*"),
            ("(:p/:q*)+", "(:p/:q*)+"),
        ] {
            let query = |path: &str| format!("SELECT * {{ ?a {path} ?b }}");
            assert_eq!(pattern(&query(nested)), pattern(&query(simple)), "{nested}");
        }
    }

    #[test]
    fn a_graph_is_asked_of_each_part() {
        let inside = "SELECT * { GRAPH ?g { ?a :p ?b OPTIONAL { ?a :q ?c } FILTER EXISTS { ?a :r ?d } } }";
        let outside = "SELECT * { { GRAPH ?g { ?a :p ?b } OPTIONAL { GRAPH ?g { ?a :q ?c } } } FILTER EXISTS { GRAPH ?g { ?a :r ?d } } }";
        let inner = |query: &str| match pattern(query) {
            P::Project { inner, .. } => *inner,
            other => other,
        };
        assert_eq!(inner(inside), inner(outside));
        // The name of the graph has no value inside.
        let kept = inner("SELECT * { GRAPH ?g { ?a :p ?b FILTER(BOUND(?g)) } }");
        assert!(matches!(kept, P::Graph { .. }), "{kept}");
    }
}
