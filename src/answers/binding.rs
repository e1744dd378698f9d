//! Values for the parameters of a query: bound in its algebra, never pasted into its text.
//!
//! A parameter that has a value becomes that value. Of an optional one that has none, what needs it is dropped:
//! its triple patterns (with those that only lead to them through a blank node), the conditions of FILTER that
//! mention it, BIND, MINUS, OPTIONAL and branches of UNION that do; GRAPH keeps its content.

use super::algebra::{Part, visit_expression, visit_pattern};
use crate::error::{Error, Result};
use oxrdf::{BlankNode, Literal, Term, Variable};
use spargebra::Query;
use spargebra::algebra::{AggregateExpression, Expression, GraphPattern, OrderExpression};
use spargebra::term::{NamedNodePattern, TermPattern, TriplePattern};
use std::collections::{HashMap, HashSet};

/// Values of parameters, and the optional parameters without one.
#[derive(Clone, Debug, Default)]
pub struct Binding {
    /// The values, by variable.
    pub values: HashMap<Variable, Term>,
    /// What is not given.
    pub absent: HashSet<Variable>,
}

impl Binding {
    /// The query with its parameters bound.
    ///
    /// # Errors
    /// A literal for a parameter that stands where only an IRI can.
    pub fn apply(&self, query: Query) -> Result<Query> {
        Ok(match query {
            Query::Select { dataset, pattern, base_iri } => {
                Query::Select { dataset, pattern: self.pattern(pattern)?, base_iri }
            }
            Query::Ask { dataset, pattern, base_iri } => {
                Query::Ask { dataset, pattern: self.pattern(pattern)?, base_iri }
            }
            Query::Describe { dataset, pattern, base_iri } => {
                Query::Describe { dataset, pattern: self.pattern(pattern)?, base_iri }
            }
            Query::Construct { template, dataset, pattern, base_iri } => {
                let template = self.triples(template)?;
                Query::Construct { template, dataset, pattern: self.pattern(pattern)?, base_iri }
            }
        })
    }

    fn pattern(&self, pattern: GraphPattern) -> Result<GraphPattern> {
        use GraphPattern as P;
        let bind = |inner: Box<P>| self.pattern(*inner).map(Box::new);
        Ok(match pattern {
            P::Bgp { patterns } => P::Bgp { patterns: self.triples(patterns)? },
            P::Path { subject, path, object } => {
                if self.lacks_part(&Part::Path(&subject, &path, &object)) {
                    return Ok(nothing_asked());
                }
                P::Path { subject: self.subject(subject)?, path, object: self.object(object) }
            }
            P::Join { left, right } => P::Join { left: bind(left)?, right: bind(right)? },
            P::Lateral { left, right } => P::Lateral { left: bind(left)?, right: bind(right)? },
            P::LeftJoin { left, right, .. } if self.lacks(&right) => *bind(left)?,
            P::LeftJoin { left, right, expression } => {
                let expression = expression.and_then(|e| self.condition(e).transpose()).transpose()?;
                P::LeftJoin { left: bind(left)?, right: bind(right)?, expression }
            }
            P::Filter { expr, inner } => match self.condition(expr)? {
                Some(expr) => P::Filter { expr, inner: bind(inner)? },
                None => *bind(inner)?,
            },
            P::Union { left, right } => match (self.lacks(&left), self.lacks(&right)) {
                (false, false) => P::Union { left: bind(left)?, right: bind(right)? },
                (false, true) => *bind(left)?,
                (true, false) => *bind(right)?,
                (true, true) => nothing_asked(),
            },
            P::Graph { name, inner } => match name {
                NamedNodePattern::Variable(variable) if self.absent.contains(&variable) => *bind(inner)?,
                name => P::Graph { name: self.name(name)?, inner: bind(inner)? },
            },
            P::Service { name, inner, silent } => {
                P::Service { name: self.name(name)?, inner: bind(inner)?, silent }
            }
            P::Extend { inner, expression, .. } if self.lacks_expression(&expression) => *bind(inner)?,
            P::Extend { inner, variable, expression } => {
                P::Extend { inner: bind(inner)?, variable, expression: self.expression(expression)? }
            }
            P::Minus { left, right } if self.lacks(&right) => *bind(left)?,
            P::Minus { left, right } => P::Minus { left: bind(left)?, right: bind(right)? },
            values @ P::Values { .. } => values,
            P::OrderBy { inner, expression } => self.ordered(*inner, expression)?,
            P::Project { inner, variables } => {
                P::Project { inner: Box::new(self.with_values(self.pattern(*inner)?, &variables)), variables }
            }
            P::Group { inner, variables, aggregates } => {
                let inner = Box::new(self.with_values(self.pattern(*inner)?, &variables));
                let aggregates = aggregates
                    .into_iter()
                    .map(|(variable, aggregate)| Ok((variable, self.aggregate(aggregate)?)))
                    .collect::<Result<_>>()?;
                P::Group { inner, variables, aggregates }
            }
            P::Distinct { inner } => P::Distinct { inner: bind(inner)? },
            P::Reduced { inner } => P::Reduced { inner: bind(inner)? },
            P::Slice { inner, start, length } => P::Slice { inner: bind(inner)?, start, length },
        })
    }

    fn triples(&self, mut triples: Vec<TriplePattern>) -> Result<Vec<TriplePattern>> {
        let mut dangling = HashSet::new();
        loop {
            let (kept, dropped): (Vec<_>, Vec<_>) = triples.into_iter().partition(|triple| {
                let leads_nowhere =
                    matches!(&triple.object, TermPattern::BlankNode(b) if dangling.contains(b));
                !leads_nowhere && !self.lacks_part(&Part::Triple(triple))
            });
            triples = kept;
            if dropped.is_empty() {
                break;
            }
            dangling.extend(dropped.iter().flat_map(blank_nodes));
            let subjects: HashSet<BlankNode> = triples.iter().filter_map(blank_subject).collect();
            dangling.retain(|node| !subjects.contains(node));
        }
        triples
            .into_iter()
            .map(|TriplePattern { subject, predicate, object }| {
                let predicate = self.name(predicate)?;
                Ok(TriplePattern { subject: self.subject(subject)?, predicate, object: self.object(object) })
            })
            .collect()
    }

    fn ordered(&self, inner: GraphPattern, expressions: Vec<OrderExpression>) -> Result<GraphPattern> {
        let mut kept = Vec::with_capacity(expressions.len());
        for order in expressions {
            match order {
                OrderExpression::Asc(e) if !self.lacks_expression(&e) => {
                    kept.push(OrderExpression::Asc(self.expression(e)?));
                }
                OrderExpression::Desc(e) if !self.lacks_expression(&e) => {
                    kept.push(OrderExpression::Desc(self.expression(e)?));
                }
                _ => {}
            }
        }
        let inner = self.pattern(inner)?;
        Ok(if kept.is_empty() {
            inner
        } else {
            GraphPattern::OrderBy { inner: Box::new(inner), expression: kept }
        })
    }

    /// The pattern with BIND for each parameter among the listed variables, so that it shows in the result.
    fn with_values(&self, pattern: GraphPattern, listed: &[Variable]) -> GraphPattern {
        listed.iter().fold(pattern, |inner, variable| match self.values.get(variable) {
            Some(value) => GraphPattern::Extend {
                inner: Box::new(inner),
                variable: variable.clone(),
                expression: constant(value),
            },
            None => inner,
        })
    }

    fn subject(&self, term: TermPattern) -> Result<TermPattern> {
        if let TermPattern::Variable(variable) = &term
            && let Some(value @ Term::Literal(_)) = self.values.get(variable)
        {
            return Err(not_a_name(variable, value));
        }
        Ok(self.object(term))
    }

    fn object(&self, term: TermPattern) -> TermPattern {
        match term {
            TermPattern::Variable(variable) => match self.values.get(&variable) {
                Some(value) => value.clone().into(),
                None => TermPattern::Variable(variable),
            },
            constant => constant,
        }
    }

    fn name(&self, name: NamedNodePattern) -> Result<NamedNodePattern> {
        match name {
            NamedNodePattern::Variable(variable) => match self.values.get(&variable) {
                Some(Term::NamedNode(node)) => Ok(node.clone().into()),
                Some(value) => Err(not_a_name(&variable, value)),
                None => Ok(NamedNodePattern::Variable(variable)),
            },
            constant => Ok(constant),
        }
    }

    /// A condition without the parts, joined by `&&`, that need what is absent.
    fn condition(&self, expression: Expression) -> Result<Option<Expression>> {
        if let Expression::And(left, right) = expression {
            return Ok(match (self.condition(*left)?, self.condition(*right)?) {
                (Some(left), Some(right)) => Some(Expression::And(Box::new(left), Box::new(right))),
                (left, right) => left.or(right),
            });
        }
        if self.lacks_expression(&expression) {
            return Ok(None);
        }
        self.expression(expression).map(Some)
    }

    fn aggregate(&self, aggregate: AggregateExpression) -> Result<AggregateExpression> {
        Ok(match aggregate {
            AggregateExpression::FunctionCall { name, expr, distinct } => {
                AggregateExpression::FunctionCall { name, expr: self.expression(expr)?, distinct }
            }
            count @ AggregateExpression::CountSolutions { .. } => count,
        })
    }

    fn expression(&self, expression: Expression) -> Result<Expression> {
        use Expression as E;
        let bind = |inner: Box<E>| self.expression(*inner).map(Box::new);
        let all = |list: Vec<E>| list.into_iter().map(|item| self.expression(item)).collect::<Result<_>>();
        Ok(match expression {
            E::Variable(variable) => match self.values.get(&variable) {
                Some(value) => constant(value),
                None => E::Variable(variable),
            },
            E::Bound(variable) if self.values.contains_key(&variable) => E::Literal(Literal::from(true)),
            constant @ (E::NamedNode(_) | E::Literal(_) | E::Bound(_)) => constant,
            E::Or(a, b) => E::Or(bind(a)?, bind(b)?),
            E::And(a, b) => E::And(bind(a)?, bind(b)?),
            E::Equal(a, b) => E::Equal(bind(a)?, bind(b)?),
            E::SameTerm(a, b) => E::SameTerm(bind(a)?, bind(b)?),
            E::Greater(a, b) => E::Greater(bind(a)?, bind(b)?),
            E::GreaterOrEqual(a, b) => E::GreaterOrEqual(bind(a)?, bind(b)?),
            E::Less(a, b) => E::Less(bind(a)?, bind(b)?),
            E::LessOrEqual(a, b) => E::LessOrEqual(bind(a)?, bind(b)?),
            E::Add(a, b) => E::Add(bind(a)?, bind(b)?),
            E::Subtract(a, b) => E::Subtract(bind(a)?, bind(b)?),
            E::Multiply(a, b) => E::Multiply(bind(a)?, bind(b)?),
            E::Divide(a, b) => E::Divide(bind(a)?, bind(b)?),
            E::UnaryPlus(inner) => E::UnaryPlus(bind(inner)?),
            E::UnaryMinus(inner) => E::UnaryMinus(bind(inner)?),
            E::Not(inner) => E::Not(bind(inner)?),
            E::In(inner, list) => E::In(bind(inner)?, all(list)?),
            E::Exists(pattern) => E::Exists(Box::new(self.pattern(*pattern)?)),
            E::If(a, b, c) => E::If(bind(a)?, bind(b)?, bind(c)?),
            E::Coalesce(list) => E::Coalesce(all(list)?),
            E::FunctionCall(function, list) => E::FunctionCall(function, all(list)?),
        })
    }

    fn lacks(&self, pattern: &GraphPattern) -> bool {
        let mut lacks = false;
        visit_pattern(pattern, &mut |part| lacks |= self.lacks_part(&part));
        lacks
    }

    fn lacks_expression(&self, expression: &Expression) -> bool {
        let mut lacks = false;
        visit_expression(expression, &mut |part| lacks |= self.lacks_part(&part));
        lacks
    }

    fn lacks_part(&self, part: &Part<'_>) -> bool {
        !self.absent.is_empty() && part.variables().into_iter().any(|variable| self.absent.contains(variable))
    }
}

fn nothing_asked() -> GraphPattern {
    GraphPattern::Bgp { patterns: Vec::new() }
}

fn constant(value: &Term) -> Expression {
    match value {
        Term::NamedNode(node) => Expression::NamedNode(node.clone()),
        Term::Literal(literal) => Expression::Literal(literal.clone()),
        Term::BlankNode(node) => Expression::Literal(Literal::new_simple_literal(node.as_str())),
    }
}

fn not_a_name(variable: &Variable, value: &Term) -> Error {
    Error::query(format!("{variable} stands where only an IRI can, and {value} is none"))
        .with_hint("end the parameter's name with _iri")
}

fn blank_nodes(triple: &TriplePattern) -> Vec<BlankNode> {
    [&triple.subject, &triple.object]
        .into_iter()
        .filter_map(|term| match term {
            TermPattern::BlankNode(node) => Some(node.clone()),
            _ => None,
        })
        .collect()
}

fn blank_subject(triple: &TriplePattern) -> Option<BlankNode> {
    match &triple.subject {
        TermPattern::BlankNode(node) => Some(node.clone()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::answers::syntax::parse;
    use oxrdf::NamedNode;

    fn bound(text: &str, values: &[(&str, Term)], absent: &[&str]) -> String {
        let variable = |name: &&str| Variable::new(*name).unwrap();
        let binding = Binding {
            values: values.iter().map(|(name, value)| (variable(name), value.clone())).collect(),
            absent: absent.iter().map(variable).collect(),
        };
        binding.apply(parse(text, None).unwrap()).unwrap().to_string()
    }

    fn same(text: &str) -> String {
        parse(text, None).unwrap().to_string()
    }

    #[test]
    fn a_value_takes_the_place_of_its_variable() {
        let iri: Term = NamedNode::new("https://w3id.org/mainstay/service/a").unwrap().into();
        assert_eq!(
            bound(
                "SELECT ?f { ?f rel:service ?_service FILTER(?_service != ?x && BOUND(?_service)) }",
                &[("_service", iri)],
                &[]
            ),
            same("SELECT ?f { ?f rel:service svc:a FILTER(svc:a != ?x && true) }")
        );
    }

    #[test]
    fn a_text_is_never_read_as_a_query() {
        let text: Term = Literal::from("\" } DROP ALL #").into();
        assert_eq!(
            bound("SELECT ?f { ?f rel:slug ?_slug }", &[("_slug", text)], &[]),
            same(r#"SELECT ?f { ?f rel:slug "\" } DROP ALL #" }"#)
        );
    }

    #[test]
    fn what_needs_an_absent_parameter_is_dropped() {
        let dropped = |text| bound(text, &[], &["__x"]);
        assert_eq!(
            dropped("SELECT ?f { ?f a rel:Fact ; rel:service ?__x }"),
            same("SELECT ?f { ?f a rel:Fact }")
        );
        assert_eq!(
            dropped("SELECT ?f { ?f a rel:Fact FILTER(?a > 1) FILTER(?__x = ?a) FILTER(?b > 1) }"),
            same("SELECT ?f { ?f a rel:Fact FILTER(?a > 1 && ?b > 1) }")
        );
        assert_eq!(
            dropped("SELECT ?f { ?f a rel:Fact OPTIONAL { ?f rel:tier ?__x } MINUS { ?f rel:a ?__x } }"),
            same("SELECT ?f { ?f a rel:Fact }")
        );
        assert_eq!(
            dropped("SELECT ?f { { ?f a rel:A } UNION { ?f rel:x ?__x } }"),
            same("SELECT ?f { { ?f a rel:A } }")
        );
        assert_eq!(
            dropped("SELECT ?f { GRAPH ?__x { ?f a rel:Fact } }"),
            same("SELECT ?f { { ?f a rel:Fact } }")
        );
        assert_eq!(
            dropped("SELECT ?f { ?f a rel:Fact FILTER NOT EXISTS { ?f rel:a ?__x } } ORDER BY ?__x"),
            same("SELECT ?f { ?f a rel:Fact }")
        );
    }

    #[test]
    fn a_path_to_an_absent_parameter_is_dropped_whole() {
        assert_eq!(
            bound("SELECT ?f { ?f a rel:Fact ; rel:tier/rel:slug ?__x }", &[], &["__x"]),
            same("SELECT ?f { ?f a rel:Fact }")
        );
    }

    #[test]
    fn a_listed_parameter_shows_its_value() {
        let one: Term = Literal::from(1).into();
        assert_eq!(
            bound("SELECT ?_n ?f { ?f rel:n ?_n }", &[("_n", one)], &[]),
            same("SELECT ?_n ?f { ?f rel:n 1 BIND(1 AS ?_n) }")
        );
    }

    #[test]
    fn a_literal_is_no_subject() {
        let query = parse("ASK { ?_s ?p ?o }", None).unwrap();
        let values = HashMap::from([(Variable::new("_s").unwrap(), Term::from(Literal::from(1)))]);
        let error = Binding { values, absent: HashSet::new() }.apply(query).unwrap_err();
        assert!(error.to_string().starts_with("?_s stands where only an IRI can"), "{error}");
    }
}
