//! Walks through expressions and patterns.

use super::execution::Execution;
use oxrdf::{Literal, Variable};
use spargebra::algebra::{AggregateExpression, Expression, Function, GraphPattern, OrderExpression};

/// The patterns right inside one.
pub(super) fn patterns(pattern: &GraphPattern) -> Vec<&GraphPattern> {
    match pattern {
        GraphPattern::Bgp { .. } | GraphPattern::Path { .. } | GraphPattern::Values { .. } => Vec::new(),
        GraphPattern::Join { left, right }
        | GraphPattern::LeftJoin { left, right, .. }
        | GraphPattern::Lateral { left, right }
        | GraphPattern::Union { left, right }
        | GraphPattern::Minus { left, right } => vec![left, right],
        GraphPattern::Filter { inner, .. }
        | GraphPattern::Graph { inner, .. }
        | GraphPattern::Extend { inner, .. }
        | GraphPattern::OrderBy { inner, .. }
        | GraphPattern::Project { inner, .. }
        | GraphPattern::Distinct { inner }
        | GraphPattern::Reduced { inner }
        | GraphPattern::Slice { inner, .. }
        | GraphPattern::Group { inner, .. }
        | GraphPattern::Service { inner, .. } => vec![inner],
    }
}

/// The expressions of a pattern itself.
pub(super) fn expressions(pattern: &GraphPattern) -> Vec<&Expression> {
    match pattern {
        GraphPattern::LeftJoin { expression: Some(expression), .. }
        | GraphPattern::Filter { expr: expression, .. }
        | GraphPattern::Extend { expression, .. } => vec![expression],
        GraphPattern::OrderBy { expression, .. } => {
            let keys = expression.iter();
            keys.map(|(OrderExpression::Asc(key) | OrderExpression::Desc(key))| key).collect()
        }
        GraphPattern::Group { aggregates, .. } => {
            let arguments = aggregates.iter().filter_map(|(_, aggregate)| match aggregate {
                AggregateExpression::FunctionCall { expr, .. } => Some(expr),
                AggregateExpression::CountSolutions { .. } => None,
            });
            arguments.collect()
        }
        _ => Vec::new(),
    }
}

/// The variables that the parser gives to the aggregates of a pattern, each with its aggregate, as text.
pub fn aggregates(pattern: &GraphPattern) -> Vec<(String, String)> {
    let own = match pattern {
        GraphPattern::Group { aggregates, .. } => aggregates.as_slice(),
        _ => &[],
    };
    let inner = patterns(pattern).into_iter().flat_map(aggregates);
    inner.chain(own.iter().map(|(variable, own)| (variable.to_string(), own.to_string()))).collect()
}

/// The parts of a conjunction.
pub(super) fn conjuncts(expression: &Expression) -> Vec<&Expression> {
    match expression {
        Expression::And(a, b) => [conjuncts(a), conjuncts(b)].concat(),
        other => vec![other],
    }
}

/// Whether an expression asks for EXISTS.
pub(super) fn has_exists(expression: &Expression) -> bool {
    let mut exists = false;
    visit(expression, &mut |part| exists |= matches!(part, Expression::Exists(_)));
    exists
}

/// Every EXISTS of an expression, to be replaced.
pub(super) fn every_exists(expression: &mut Expression) -> Vec<&mut Expression> {
    if matches!(expression, Expression::Exists(_)) {
        return vec![expression];
    }
    operands_mut(expression).into_iter().flat_map(every_exists).collect()
}

/// Whether an expression may have another value whenever it is evaluated.
pub(super) fn varies(expression: &Expression) -> bool {
    let mut varies = false;
    visit(expression, &mut |part| {
        varies |= match part {
            Expression::FunctionCall(Function::Rand | Function::Uuid | Function::StrUuid, _) => true,
            Expression::FunctionCall(Function::BNode, arguments) => arguments.is_empty(),
            _ => false,
        };
    });
    varies
}

/// The variables of an expression, each once, those of EXISTS left out.
pub(super) fn used_variables(expression: &Expression) -> Vec<Variable> {
    let mut variables = Vec::new();
    visit(expression, &mut |part| {
        if let Expression::Variable(variable) | Expression::Bound(variable) = part
            && !variables.contains(variable)
        {
            variables.push(variable.clone());
        }
    });
    variables
}

/// Visits an expression and all its parts.
pub(super) fn visit<'e>(expression: &'e Expression, each: &mut impl FnMut(&'e Expression)) {
    each(expression);
    operands(expression).into_iter().for_each(|part| visit(part, each));
}

/// The expressions right inside one, in their order; none of a pattern of EXISTS.
pub fn operands(expression: &Expression) -> Vec<&Expression> {
    match expression {
        Expression::NamedNode(_)
        | Expression::Literal(_)
        | Expression::Variable(_)
        | Expression::Bound(_)
        | Expression::Exists(_) => Vec::new(),
        Expression::Or(a, b)
        | Expression::And(a, b)
        | Expression::Equal(a, b)
        | Expression::SameTerm(a, b)
        | Expression::Greater(a, b)
        | Expression::GreaterOrEqual(a, b)
        | Expression::Less(a, b)
        | Expression::LessOrEqual(a, b)
        | Expression::Add(a, b)
        | Expression::Subtract(a, b)
        | Expression::Multiply(a, b)
        | Expression::Divide(a, b) => vec![a, b],
        Expression::UnaryPlus(inner) | Expression::UnaryMinus(inner) | Expression::Not(inner) => vec![inner],
        Expression::In(inner, list) => std::iter::once(&**inner).chain(list).collect(),
        Expression::If(a, b, c) => vec![a, b, c],
        Expression::Coalesce(list) | Expression::FunctionCall(_, list) => list.iter().collect(),
    }
}

/// The same parts, to be changed.
pub(super) fn operands_mut(expression: &mut Expression) -> Vec<&mut Expression> {
    match expression {
        Expression::NamedNode(_)
        | Expression::Literal(_)
        | Expression::Variable(_)
        | Expression::Bound(_)
        | Expression::Exists(_) => Vec::new(),
        Expression::Or(a, b)
        | Expression::And(a, b)
        | Expression::Equal(a, b)
        | Expression::SameTerm(a, b)
        | Expression::Greater(a, b)
        | Expression::GreaterOrEqual(a, b)
        | Expression::Less(a, b)
        | Expression::LessOrEqual(a, b)
        | Expression::Add(a, b)
        | Expression::Subtract(a, b)
        | Expression::Multiply(a, b)
        | Expression::Divide(a, b) => vec![a, b],
        Expression::UnaryPlus(inner) | Expression::UnaryMinus(inner) | Expression::Not(inner) => vec![inner],
        Expression::In(inner, list) => std::iter::once(&mut **inner).chain(list).collect(),
        Expression::If(a, b, c) => vec![a, b, c],
        Expression::Coalesce(list) | Expression::FunctionCall(_, list) => list.iter_mut().collect(),
    }
}

/// Whether an expression itself, its EXISTS left out, has a variable.
pub(super) fn has_variable(expression: &Expression, wanted: &Variable) -> bool {
    let mut found = false;
    visit(expression, &mut |part| {
        found |= matches!(part, Expression::Variable(other) | Expression::Bound(other) if other == wanted);
    });
    found
}

/// An expression with the time of the query in the place of NOW().
pub(super) fn with_now(expression: &Expression, execution: &Execution<'_>) -> Expression {
    let mut asks = false;
    visit(expression, &mut |part| asks |= matches!(part, Expression::FunctionCall(Function::Now, _)));
    let mut expression = expression.clone();
    if asks {
        replace_now(&mut expression, execution.now());
    }
    expression
}

fn replace_now(expression: &mut Expression, now: &Literal) {
    if matches!(expression, Expression::FunctionCall(Function::Now, _)) {
        *expression = Expression::Literal(now.clone());
    }
    operands_mut(expression).into_iter().for_each(|part| replace_now(part, now));
}
