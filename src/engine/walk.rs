//! Walks through expressions.

use super::execution::Execution;
use oxrdf::Variable;
use spargebra::algebra::{Expression, Function};

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

/// An expression with the time of the query in the place of NOW().
pub(super) fn with_now(expression: &Expression, execution: &Execution<'_>) -> Expression {
    let mut asks = false;
    visit(expression, &mut |part| asks |= matches!(part, Expression::FunctionCall(Function::Now, _)));
    if asks {
        replace_now(expression, &Expression::Literal(execution.now().clone()))
    } else {
        expression.clone()
    }
}

fn replace_now(expression: &Expression, now: &Expression) -> Expression {
    let one = |part: &Expression| Box::new(replace_now(part, now));
    let all = |parts: &[Expression]| parts.iter().map(|part| replace_now(part, now)).collect();
    match expression {
        Expression::FunctionCall(Function::Now, _) => now.clone(),
        Expression::NamedNode(_)
        | Expression::Literal(_)
        | Expression::Variable(_)
        | Expression::Bound(_)
        | Expression::Exists(_) => expression.clone(),
        Expression::Or(a, b) => Expression::Or(one(a), one(b)),
        Expression::And(a, b) => Expression::And(one(a), one(b)),
        Expression::Equal(a, b) => Expression::Equal(one(a), one(b)),
        Expression::SameTerm(a, b) => Expression::SameTerm(one(a), one(b)),
        Expression::Greater(a, b) => Expression::Greater(one(a), one(b)),
        Expression::GreaterOrEqual(a, b) => Expression::GreaterOrEqual(one(a), one(b)),
        Expression::Less(a, b) => Expression::Less(one(a), one(b)),
        Expression::LessOrEqual(a, b) => Expression::LessOrEqual(one(a), one(b)),
        Expression::Add(a, b) => Expression::Add(one(a), one(b)),
        Expression::Subtract(a, b) => Expression::Subtract(one(a), one(b)),
        Expression::Multiply(a, b) => Expression::Multiply(one(a), one(b)),
        Expression::Divide(a, b) => Expression::Divide(one(a), one(b)),
        Expression::UnaryPlus(inner) => Expression::UnaryPlus(one(inner)),
        Expression::UnaryMinus(inner) => Expression::UnaryMinus(one(inner)),
        Expression::Not(inner) => Expression::Not(one(inner)),
        Expression::In(inner, list) => Expression::In(one(inner), all(list)),
        Expression::If(a, b, c) => Expression::If(one(a), one(b), one(c)),
        Expression::Coalesce(list) => Expression::Coalesce(all(list)),
        Expression::FunctionCall(function, list) => Expression::FunctionCall(function.clone(), all(list)),
    }
}
