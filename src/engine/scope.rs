//! What can be said of a pattern before it runs: its variables, those that are bound for certain, and whether
//! the operators can run it.

use super::execution::Execution;
use super::rewrite::HIDDEN;
use super::table::{Var, Vars};
use super::walk::{expressions, patterns, used_variables, visit};
use crate::error::Result;
use spargebra::algebra::{
    AggregateExpression, AggregateFunction, Expression, Function, GraphPattern, OrderExpression,
};
use spargebra::term::{NamedNodePattern, TermPattern};

impl Execution<'_> {
    /// The variables that a pattern may bind.
    pub(super) fn visible(&self, pattern: &GraphPattern) -> Result<Vars> {
        Ok(match pattern {
            GraphPattern::Bgp { patterns } => {
                let mut vars = Vars::NONE;
                for triple in patterns {
                    vars = vars | self.term_vars(&triple.subject)? | self.term_vars(&triple.object)?;
                    if let NamedNodePattern::Variable(variable) = &triple.predicate {
                        vars = vars.with(self.var(variable)?);
                    }
                }
                vars
            }
            GraphPattern::Path { subject, object, .. } => {
                self.term_vars(subject)? | self.term_vars(object)?
            }
            GraphPattern::Join { left, right }
            | GraphPattern::LeftJoin { left, right, .. }
            | GraphPattern::Union { left, right }
            | GraphPattern::Lateral { left, right } => self.visible(left)? | self.visible(right)?,
            GraphPattern::Minus { left: inner, .. }
            | GraphPattern::Filter { inner, .. }
            | GraphPattern::OrderBy { inner, .. }
            | GraphPattern::Distinct { inner }
            | GraphPattern::Reduced { inner }
            | GraphPattern::Slice { inner, .. } => self.visible(inner)?,
            GraphPattern::Graph { name, inner } | GraphPattern::Service { name, inner, .. } => {
                let vars = self.visible(inner)?;
                match name {
                    NamedNodePattern::Variable(variable) => vars.with(self.var(variable)?),
                    NamedNodePattern::NamedNode(_) => vars,
                }
            }
            GraphPattern::Extend { inner, variable, .. } => self.visible(inner)?.with(self.var(variable)?),
            GraphPattern::Values { variables, .. } | GraphPattern::Project { variables, .. } => {
                self.vars(variables)?
            }
            GraphPattern::Group { variables, aggregates, .. } => {
                let mut vars = self.vars(variables)?;
                for (variable, _) in aggregates {
                    vars = vars.with(self.var(variable)?);
                }
                vars
            }
        })
    }

    /// The variables that a pattern may bind, without those that stand for no part of the query.
    pub(super) fn shown(&self, pattern: &GraphPattern) -> Result<Vars> {
        let is_hidden = |var: &Var| self.name(*var).as_str().starts_with(HIDDEN);
        Ok(self.visible(pattern)?.iter().filter(|var| !is_hidden(var)).collect())
    }

    /// The variables that a pattern binds in every solution.
    pub(super) fn certain(&self, pattern: &GraphPattern) -> Result<Vars> {
        Ok(match pattern {
            GraphPattern::Bgp { .. } | GraphPattern::Path { .. } => self.visible(pattern)?,
            GraphPattern::Join { left, right } => self.certain(left)? | self.certain(right)?,
            GraphPattern::Union { left, right } => self.certain(left)? & self.certain(right)?,
            GraphPattern::LeftJoin { left: inner, .. }
            | GraphPattern::Lateral { left: inner, .. }
            | GraphPattern::Minus { left: inner, .. }
            | GraphPattern::Filter { inner, .. }
            | GraphPattern::Extend { inner, .. }
            | GraphPattern::OrderBy { inner, .. }
            | GraphPattern::Distinct { inner }
            | GraphPattern::Reduced { inner }
            | GraphPattern::Slice { inner, .. } => self.certain(inner)?,
            GraphPattern::Project { inner, variables } => self.certain(inner)? & self.vars(variables)?,
            GraphPattern::Group { inner, variables, .. } => self.certain(inner)? & self.vars(variables)?,
            GraphPattern::Values { variables, bindings } => {
                let mut vars = Vars::NONE;
                for (column, variable) in variables.iter().enumerate() {
                    if bindings.iter().all(|row| row.get(column).is_some_and(Option::is_some)) {
                        vars = vars.with(self.var(variable)?);
                    }
                }
                vars
            }
            // The name of the graph has a value wherever its content has one.
            GraphPattern::Graph { inner, .. } => {
                let name = self.visible(pattern)?.without(self.visible(inner)?);
                self.certain(inner)? | name
            }
            GraphPattern::Service { .. } => Vars::NONE,
        })
    }

    /// Variables as a set.
    pub(super) fn vars(&self, variables: &[oxrdf::Variable]) -> Result<Vars> {
        variables.iter().map(|variable| self.var(variable)).collect()
    }

    /// The variables of an expression, those of its EXISTS among them.
    pub(super) fn expression_vars(&self, expression: &Expression) -> Result<Vars> {
        let mut vars = self.vars(&used_variables(expression))?;
        for pattern in patterns_of_exists(expression) {
            vars = vars | self.mentioned(pattern)?;
        }
        Ok(vars)
    }

    /// The variables of an expression over the solutions of a pattern. EXISTS with MINUS asks for all of them: MINUS takes
    /// nothing away for rows without any value.
    pub(super) fn asked_vars(&self, expression: &Expression, inner: &GraphPattern) -> Result<Vars> {
        let vars = self.expression_vars(expression)?;
        Ok(if takes_away_in_exists(expression) { vars | self.visible(inner)? } else { vars })
    }

    /// The variables of a pattern that runs in EXISTS, those of its filters among them. Of a subquery only those that it
    /// gives: the others are its own.
    pub(super) fn mentioned(&self, pattern: &GraphPattern) -> Result<Vars> {
        let mut vars = self.visible(pattern)?;
        if matches!(pattern, GraphPattern::Project { .. } | GraphPattern::Service { .. }) {
            return Ok(vars);
        }
        for expression in expressions(pattern) {
            vars = vars | self.expression_vars(expression)?;
        }
        for inner in patterns(pattern) {
            vars = vars | self.mentioned(inner)?;
        }
        Ok(vars)
    }

    fn term_vars(&self, term: &TermPattern) -> Result<Vars> {
        Ok(self.term_var(term)?.map(|var| Vars::NONE.with(var)).unwrap_or_default())
    }

    /// Why a pattern cannot run in the operators; `None` if it can.
    pub(super) fn unsupported(&self, pattern: &GraphPattern) -> Result<Option<String>> {
        let both = |left: &GraphPattern, right: &GraphPattern| -> Result<Option<String>> {
            match self.unsupported(left)? {
                Some(reason) => Ok(Some(reason)),
                None => self.unsupported(right),
            }
        };
        Ok(match pattern {
            GraphPattern::Bgp { .. } | GraphPattern::Path { .. } | GraphPattern::Values { .. } => None,
            GraphPattern::Join { left, right }
            | GraphPattern::Union { left, right }
            | GraphPattern::Minus { left, right }
            | GraphPattern::LeftJoin { left, right, expression: None } => both(left, right)?,
            GraphPattern::LeftJoin { left, right, expression: Some(expression) } => {
                match self.unsupported_expression(expression)? {
                    Some(reason) => Some(reason),
                    None => both(left, right)?,
                }
            }
            GraphPattern::Filter { expr, inner } => match self.unsupported_expression(expr)? {
                Some(reason) => Some(reason),
                None => self.unsupported(inner)?,
            },
            GraphPattern::Extend { inner, expression, .. } => {
                match self.unsupported_expression(expression)? {
                    Some(reason) => Some(reason),
                    None => self.unsupported(inner)?,
                }
            }
            GraphPattern::OrderBy { inner, expression } => {
                for OrderExpression::Asc(key) | OrderExpression::Desc(key) in expression {
                    if let Some(reason) = self.unsupported_expression(key)? {
                        return Ok(Some(reason));
                    }
                }
                self.unsupported(inner)?
            }
            GraphPattern::Group { inner, aggregates, .. } => {
                for (_, aggregate) in aggregates {
                    if let AggregateExpression::FunctionCall {
                        name: AggregateFunction::Custom(name), ..
                    } = aggregate
                    {
                        return Ok(Some(format!("the aggregate {name}")));
                    }
                    if let AggregateExpression::FunctionCall { expr, .. } = aggregate
                        && let Some(reason) = self.unsupported_expression(expr)?
                    {
                        return Ok(Some(reason));
                    }
                }
                self.unsupported(inner)?
            }
            GraphPattern::Project { inner, .. }
            | GraphPattern::Distinct { inner }
            | GraphPattern::Reduced { inner }
            | GraphPattern::Slice { inner, .. }
            | GraphPattern::Graph { inner, .. } => self.unsupported(inner)?,
            GraphPattern::Lateral { .. } => Some("LATERAL".into()),
            GraphPattern::Service { .. } => Some("SERVICE".into()),
        })
    }

    /// Why an expression cannot run in the operators.
    fn unsupported_expression(&self, expression: &Expression) -> Result<Option<String>> {
        for pattern in patterns_of_exists(expression) {
            if let Some(reason) = self.unsupported(pattern)? {
                return Ok(Some(reason));
            }
        }
        let mut reason = None;
        visit(expression, &mut |part| match part {
            Expression::FunctionCall(function, _) if !is_known(function) => {
                reason = Some(format!("the function {function}"));
            }
            _ => {}
        });
        Ok(reason)
    }

    /// Whether the rows for which a pattern of EXISTS has a solution are those that join with one, but for a filter
    /// around all of it.
    pub(super) fn is_semi_join(&self, pattern: &GraphPattern) -> Result<bool> {
        match pattern {
            GraphPattern::Filter { expr, inner } => {
                Ok(!takes_away_in_exists(expr) && self.depends_on_rows_by_joins_alone(inner)?)
            }
            other => self.depends_on_rows_by_joins_alone(other),
        }
    }

    /// Whether the solutions of a pattern for a row of EXISTS are those that join with the row.
    pub(super) fn depends_on_rows_by_joins_alone(&self, pattern: &GraphPattern) -> Result<bool> {
        Ok(match pattern {
            GraphPattern::Bgp { .. } | GraphPattern::Path { .. } | GraphPattern::Values { .. } => true,
            GraphPattern::Graph { inner, .. } => self.depends_on_rows_by_joins_alone(inner)?,
            GraphPattern::Join { left, right } | GraphPattern::Union { left, right } => {
                self.depends_on_rows_by_joins_alone(left)? && self.depends_on_rows_by_joins_alone(right)?
            }
            GraphPattern::Filter { expr, inner } => {
                self.expression_vars(expr)?.is_subset(self.certain(inner)?)
                    && self.depends_on_rows_by_joins_alone(inner)?
            }
            _ => false,
        })
    }
}

/// The patterns of the EXISTS of an expression.
fn patterns_of_exists(expression: &Expression) -> Vec<&GraphPattern> {
    let mut patterns = Vec::new();
    visit(expression, &mut |part| {
        if let Expression::Exists(pattern) = part {
            patterns.push(&**pattern);
        }
    });
    patterns
}

/// Whether an expression asks for EXISTS with MINUS.
pub(super) fn takes_away_in_exists(expression: &Expression) -> bool {
    patterns_of_exists(expression).into_iter().any(has_minus)
}

/// Whether a pattern has MINUS anywhere.
fn has_minus(pattern: &GraphPattern) -> bool {
    matches!(pattern, GraphPattern::Minus { .. })
        || patterns(pattern).into_iter().any(has_minus)
        || expressions(pattern).into_iter().any(takes_away_in_exists)
}

/// Whether a pattern is triples, and some.
pub(super) fn is_triples(pattern: &GraphPattern) -> bool {
    matches!(pattern, GraphPattern::Bgp { patterns } if !patterns.is_empty())
}

/// Whether the general evaluator knows a function.
fn is_known(function: &Function) -> bool {
    match function {
        Function::Custom(name) => name.as_str().starts_with("http://www.w3.org/2001/XMLSchema#"),
        _ => true,
    }
}
