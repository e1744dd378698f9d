//! What can be said of a pattern before it runs: its variables, those that are bound for certain, and whether
//! the operators can run it.

use super::execution::Execution;
use super::paths::is_set;
use super::rewrite::HIDDEN;
use super::table::{Var, Vars};
use super::walk::{used_variables, visit};
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
        let mut patterns = Vec::new();
        visit(expression, &mut |part| {
            if let Expression::Exists(pattern) = part {
                patterns.push(pattern);
            }
        });
        for pattern in patterns {
            vars = vars | self.all_vars(pattern)?;
        }
        Ok(vars)
    }

    /// The variables of a pattern that runs in EXISTS, those of its filters among them.
    fn all_vars(&self, pattern: &GraphPattern) -> Result<Vars> {
        let mut vars = self.visible(pattern)?;
        match pattern {
            GraphPattern::Filter { expr, inner } => {
                vars = vars | self.expression_vars(expr)? | self.all_vars(inner)?;
            }
            GraphPattern::Join { left, right } | GraphPattern::Union { left, right } => {
                vars = vars | self.all_vars(left)? | self.all_vars(right)?;
            }
            GraphPattern::Graph { inner, .. } => vars = vars | self.all_vars(inner)?,
            _ => {}
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
            GraphPattern::Path { path, .. } if !is_set(path) => Some(format!("the path {path}")),
            GraphPattern::Bgp { .. } | GraphPattern::Path { .. } | GraphPattern::Values { .. } => None,
            GraphPattern::Join { left, right }
            | GraphPattern::Union { left, right }
            | GraphPattern::Minus { left, right }
            | GraphPattern::LeftJoin { left, right, expression: None } => both(left, right)?,
            GraphPattern::LeftJoin { left, right, expression: Some(expression) } => {
                match self.unsupported_expression(expression, true)? {
                    Some(reason) => Some(reason),
                    None => both(left, right)?,
                }
            }
            GraphPattern::Filter { expr, inner } => match self.unsupported_expression(expr, true)? {
                Some(reason) => Some(reason),
                None => self.unsupported(inner)?,
            },
            GraphPattern::Extend { inner, expression, .. } => {
                match self.unsupported_expression(expression, false)? {
                    Some(reason) => Some(reason),
                    None => self.unsupported(inner)?,
                }
            }
            GraphPattern::OrderBy { inner, expression } => {
                for OrderExpression::Asc(key) | OrderExpression::Desc(key) in expression {
                    if let Some(reason) = self.unsupported_expression(key, false)? {
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
                        && let Some(reason) = self.unsupported_expression(expr, false)?
                    {
                        return Ok(Some(reason));
                    }
                }
                self.unsupported(inner)?
            }
            GraphPattern::Project { inner, .. }
            | GraphPattern::Distinct { inner }
            | GraphPattern::Reduced { inner }
            | GraphPattern::Slice { inner, .. } => self.unsupported(inner)?,
            GraphPattern::Graph { name, inner } => match (name, &**inner) {
                (_, GraphPattern::Bgp { .. }) => None,
                (NamedNodePattern::NamedNode(_), path @ GraphPattern::Path { .. }) => {
                    self.unsupported(path)?
                }
                _ => Some(format!("GRAPH {name} of more than groups of triples")),
            },
            GraphPattern::Lateral { .. } => Some("LATERAL".into()),
            GraphPattern::Service { .. } => Some("SERVICE".into()),
        })
    }

    /// Why an expression cannot run in the operators; EXISTS can only where its truth alone is asked for.
    fn unsupported_expression(&self, expression: &Expression, truth: bool) -> Result<Option<String>> {
        match expression {
            Expression::And(a, b) | Expression::Or(a, b) if truth => {
                return Ok(match self.unsupported_expression(a, true)? {
                    Some(reason) => Some(reason),
                    None => self.unsupported_expression(b, true)?,
                });
            }
            Expression::Not(inner) if truth => return self.unsupported_expression(inner, true),
            Expression::Exists(pattern) if truth => {
                return Ok(match self.exists_reason(pattern, true)? {
                    Some(reason) => Some(reason),
                    None => self.unsupported(pattern)?,
                });
            }
            _ => {}
        }
        let mut reason = None;
        visit(expression, &mut |part| match part {
            Expression::Exists(_) => reason = Some("EXISTS inside an expression".to_owned()),
            Expression::FunctionCall(function, _) if !is_known(function) => {
                reason = Some(format!("the function {function}"));
            }
            _ => {}
        });
        Ok(reason)
    }

    /// Why the solutions of a pattern in EXISTS could depend on the row in another way than by a join.
    fn exists_reason(&self, pattern: &GraphPattern, outermost: bool) -> Result<Option<String>> {
        Ok(match pattern {
            GraphPattern::Bgp { .. } | GraphPattern::Path { .. } | GraphPattern::Values { .. } => None,
            GraphPattern::Graph { .. } => None,
            GraphPattern::Join { left, right } | GraphPattern::Union { left, right } => {
                match self.exists_reason(left, false)? {
                    Some(reason) => Some(reason),
                    None => self.exists_reason(right, false)?,
                }
            }
            GraphPattern::Filter { expr, inner } => {
                if !outermost && !self.expression_vars(expr)?.is_subset(self.certain(inner)?) {
                    return Ok(Some("a nested FILTER on outer variables in EXISTS".into()));
                }
                self.exists_reason(inner, false)?
            }
            _ => Some("EXISTS of more than triples, paths, UNION and FILTER".into()),
        })
    }
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
