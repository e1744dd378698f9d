//! A walk through the algebra of a query: every triple pattern, path, expression and variable once.

use crate::engine::operands;
use oxrdf::Variable;
use spargebra::Query;
use spargebra::algebra::{
    AggregateExpression, Expression, GraphPattern, OrderExpression, PropertyPathExpression,
};
use spargebra::term::{NamedNodePattern, TermPattern, TriplePattern};

/// A part of a query.
pub enum Part<'a> {
    /// A triple pattern.
    Triple(&'a TriplePattern),
    /// A property path between two terms.
    Path(&'a TermPattern, &'a PropertyPathExpression, &'a TermPattern),
    /// An expression; those inside it follow.
    Expression(&'a Expression),
    /// The name of GRAPH or SERVICE.
    Name(&'a NamedNodePattern),
    /// A variable that BIND, VALUES or an aggregate defines.
    Defined(&'a Variable),
    /// A variable of SELECT or GROUP BY.
    Listed(&'a Variable),
}

impl Part<'_> {
    /// The variables that stand in this part itself.
    pub fn variables(&self) -> Vec<&Variable> {
        match self {
            Self::Triple(triple) => [term_variable(&triple.subject), term_variable(&triple.object)]
                .into_iter()
                .chain([name_variable(&triple.predicate)])
                .flatten()
                .collect(),
            Self::Path(subject, _, object) => {
                [term_variable(subject), term_variable(object)].into_iter().flatten().collect()
            }
            Self::Expression(Expression::Variable(variable) | Expression::Bound(variable)) => vec![variable],
            Self::Expression(_) => Vec::new(),
            Self::Name(name) => name_variable(name).into_iter().collect(),
            Self::Defined(variable) | Self::Listed(variable) => vec![variable],
        }
    }
}

fn term_variable(term: &TermPattern) -> Option<&Variable> {
    match term {
        TermPattern::Variable(variable) => Some(variable),
        _ => None,
    }
}

fn name_variable(name: &NamedNodePattern) -> Option<&Variable> {
    match name {
        NamedNodePattern::Variable(variable) => Some(variable),
        NamedNodePattern::NamedNode(_) => None,
    }
}

/// The pattern of a query.
pub fn pattern(query: &Query) -> &GraphPattern {
    match query {
        Query::Select { pattern, .. }
        | Query::Construct { pattern, .. }
        | Query::Describe { pattern, .. }
        | Query::Ask { pattern, .. } => pattern,
    }
}

/// Visits every part of a query, the template of CONSTRUCT included.
pub fn visit<'a>(query: &'a Query, visitor: &mut dyn FnMut(Part<'a>)) {
    if let Query::Construct { template, .. } = query {
        template.iter().for_each(|triple| visitor(Part::Triple(triple)));
    }
    visit_pattern(pattern(query), visitor);
}

/// Visits every part of a pattern.
pub fn visit_pattern<'a>(pattern: &'a GraphPattern, visitor: &mut dyn FnMut(Part<'a>)) {
    match pattern {
        GraphPattern::Bgp { patterns } => patterns.iter().for_each(|triple| visitor(Part::Triple(triple))),
        GraphPattern::Path { subject, path, object } => visitor(Part::Path(subject, path, object)),
        GraphPattern::Join { left, right }
        | GraphPattern::Lateral { left, right }
        | GraphPattern::Union { left, right }
        | GraphPattern::Minus { left, right } => {
            visit_pattern(left, visitor);
            visit_pattern(right, visitor);
        }
        GraphPattern::LeftJoin { left, right, expression } => {
            visit_pattern(left, visitor);
            visit_pattern(right, visitor);
            if let Some(expression) = expression {
                visit_expression(expression, visitor);
            }
        }
        GraphPattern::Filter { expr, inner } => {
            visit_pattern(inner, visitor);
            visit_expression(expr, visitor);
        }
        GraphPattern::Graph { name, inner } | GraphPattern::Service { name, inner, .. } => {
            visitor(Part::Name(name));
            visit_pattern(inner, visitor);
        }
        GraphPattern::Extend { inner, variable, expression } => {
            visit_pattern(inner, visitor);
            visit_expression(expression, visitor);
            visitor(Part::Defined(variable));
        }
        GraphPattern::Values { variables, .. } => variables.iter().for_each(|v| visitor(Part::Defined(v))),
        GraphPattern::OrderBy { inner, expression } => {
            visit_pattern(inner, visitor);
            for order in expression {
                let (OrderExpression::Asc(expression) | OrderExpression::Desc(expression)) = order;
                visit_expression(expression, visitor);
            }
        }
        GraphPattern::Project { inner, variables } => {
            visit_pattern(inner, visitor);
            variables.iter().for_each(|variable| visitor(Part::Listed(variable)));
        }
        GraphPattern::Distinct { inner }
        | GraphPattern::Reduced { inner }
        | GraphPattern::Slice { inner, .. } => visit_pattern(inner, visitor),
        GraphPattern::Group { inner, variables, aggregates } => {
            visit_pattern(inner, visitor);
            variables.iter().for_each(|variable| visitor(Part::Listed(variable)));
            for (variable, aggregate) in aggregates {
                if let AggregateExpression::FunctionCall { expr, .. } = aggregate {
                    visit_expression(expr, visitor);
                }
                visitor(Part::Defined(variable));
            }
        }
    }
}

/// Visits an expression, those inside it, and the patterns of EXISTS.
pub fn visit_expression<'a>(expression: &'a Expression, visitor: &mut dyn FnMut(Part<'a>)) {
    visitor(Part::Expression(expression));
    if let Expression::Exists(pattern) = expression {
        visit_pattern(pattern, visitor);
    }
    operands(expression).into_iter().for_each(|part| visit_expression(part, visitor));
}
