//! EXISTS with a filter that compares a value inside with one outside: of the rows inside that share the other values
//! only the least and the greatest value matter.

use super::execution::Execution;
use super::joins::{columns, key};
use super::table::{Table, Var, Vars};
use super::values::is_chronological;
use super::walk::conjuncts;
use crate::error::Result;
use crate::graph::Kind;
use rustc_hash::FxHashMap;
use spargebra::algebra::Expression;

/// A comparison of a value inside with one outside.
pub(super) struct Comparison<'e> {
    inside: Var,
    outside: Var,
    holds: Holds,
    /// Whether it asks for an order, which nodes don't have.
    by_order: bool,
    /// The other conditions, of variables inside alone.
    pub(super) others: Vec<&'e Expression>,
}

/// Whether a comparison holds for some of the values between the least and the greatest one, both among them, and a
/// value outside.
type Holds = fn([u32; 2], u32) -> bool;

impl Comparison<'_> {
    /// Whether numbers of terms of a kind compare as the terms do.
    fn is_for(&self, kind: Kind) -> bool {
        match kind {
            Kind::Iri | Kind::Blank => !self.by_order,
            kind => kind == Kind::String || kind == Kind::Integer || is_chronological(kind),
        }
    }
}

impl Execution<'_> {
    /// The one condition of a filter that asks for a value outside, if it is a comparison with a value inside.
    pub(super) fn comparison<'e>(
        &self,
        filter: &'e Expression,
        certain: Vars,
        visible: Vars,
        outside: Vars,
    ) -> Result<Option<Comparison<'e>>> {
        let mut found = None;
        let mut others = Vec::new();
        for part in conjuncts(filter) {
            if self.expression_vars(part)?.is_subset(certain) {
                others.push(part);
            } else if found.is_none() {
                found = Some(part);
            } else {
                return Ok(None);
            }
        }
        let by_order = !matches!(found, Some(Expression::Not(_)));
        let Some((a, b, [forwards, backwards])) = found.and_then(sides) else { return Ok(None) };
        let (a, b) = (self.var(a)?, self.var(b)?);
        let is_outside = |var| outside.contains(var) && !visible.contains(var);
        Ok(if certain.contains(a) && is_outside(b) {
            Some(Comparison { inside: a, outside: b, holds: forwards, by_order, others })
        } else if certain.contains(b) && is_outside(a) {
            Some(Comparison { inside: b, outside: a, holds: backwards, by_order, others })
        } else {
            None
        })
    }

    /// For each row outside whether a row inside has the same values of the shared variables, of which there are at
    /// most two, and compares as asked; `None` where the values are not all of one kind whose numbers follow its order.
    pub(super) fn compared(
        &self,
        left: &Table,
        right: &Table,
        shared: Vars,
        comparison: &Comparison<'_>,
    ) -> Result<Option<Vec<bool>>> {
        let uncertain = shared & (left.unbound | right.unbound);
        let (Some(outside), Some(inside)) =
            (left.column(comparison.outside), right.column(comparison.inside))
        else {
            return Ok(None);
        };
        if shared.len() > 2 || !uncertain.is_empty() {
            return Ok(None);
        }
        let (kinds, native) = self.kinds(inside)?;
        let (other_kinds, other_native) = self.kinds(outside)?;
        let is_one = kinds.len() <= 1 && other_kinds.len() <= 1;
        let is_same = kinds.is_empty() || other_kinds.is_empty() || kinds == other_kinds;
        let compares = kinds.iter().chain(&other_kinds).all(|kind| comparison.is_for(*kind));
        if !(native && other_native && is_one && is_same && compares) {
            return Ok(None);
        }
        let extremes = self.extremes(right, shared, inside)?;
        let keys = columns(left, shared);
        let mut found = Vec::with_capacity(left.len());
        for (row, value) in outside.iter().enumerate() {
            let extremes = extremes.get(&key(&keys, row));
            found.push(*value != 0 && extremes.is_some_and(|extremes| (comparison.holds)(*extremes, *value)));
            self.worked(1)?;
        }
        Ok(Some(found))
    }

    /// The least and the greatest value for each key.
    fn extremes(&self, table: &Table, shared: Vars, values: &[u32]) -> Result<FxHashMap<u64, [u32; 2]>> {
        let keys = columns(table, shared);
        let mut extremes: FxHashMap<u64, [u32; 2]> = FxHashMap::default();
        for (row, value) in values.iter().enumerate().filter(|(_, value)| **value != 0) {
            let [least, greatest] = extremes.entry(key(&keys, row)).or_insert([*value, *value]);
            (*least, *greatest) = ((*least).min(*value), (*greatest).max(*value));
            self.worked(1)?;
        }
        Ok(extremes)
    }
}

/// The variables on both sides of a comparison, and when it holds with the left one inside and with the right one.
fn sides(expression: &Expression) -> Option<(&oxrdf::Variable, &oxrdf::Variable, [Holds; 2])> {
    const LESS: Holds = |[least, _], outside| least < outside;
    const AT_MOST: Holds = |[least, _], outside| least <= outside;
    const GREATER: Holds = |[_, greatest], outside| greatest > outside;
    const AT_LEAST: Holds = |[_, greatest], outside| greatest >= outside;
    const OTHER: Holds = |[least, greatest], outside| least != outside || greatest != outside;
    let (a, b, holds) = match expression {
        Expression::Less(a, b) => (a, b, [LESS, GREATER]),
        Expression::LessOrEqual(a, b) => (a, b, [AT_MOST, AT_LEAST]),
        Expression::Greater(a, b) => (a, b, [GREATER, LESS]),
        Expression::GreaterOrEqual(a, b) => (a, b, [AT_LEAST, AT_MOST]),
        Expression::Not(inner) => match &**inner {
            Expression::Equal(a, b) => (a, b, [OTHER, OTHER]),
            _ => return None,
        },
        _ => return None,
    };
    match (&**a, &**b) {
        (Expression::Variable(a), Expression::Variable(b)) => Some((a, b, holds)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use crate::engine::tests::{parse, rows};
    use crate::engine::{QueryOptions, QuerySource, Step, explain, query_in_general_evaluator};
    use crate::graph::{Graph, GraphBuilder};
    use oxrdf::{GraphName, Literal, NamedNode, Quad, Term};

    const THINGS: usize = 60;

    /// Things in three groups, each with a size, a name and a next thing; some with a size that is no integer.
    fn graph() -> Graph {
        let node = |name: &str| NamedNode::new_unchecked(format!("https://example.org/{name}"));
        let mut builder = GraphBuilder::new();
        for n in 0..THINGS {
            let mut add = |property: &str, object: Term| {
                let thing = node(&format!("thing{n}"));
                builder.insert(&Quad::new(thing, node(property), object, GraphName::DefaultGraph));
            };
            add("group", node(&format!("group{}", n % 3)).into());
            add("size", Literal::from((n * 7 % 11) as i64).into());
            add("name", Literal::from(format!("name {}", n * 5 % 13)).into());
            add("next", node(&format!("thing{}", n * 13 % THINGS)).into());
            add("mixed", if n % 9 == 0 { Literal::from(2.5).into() } else { Literal::from(n as i64).into() });
        }
        Graph::from_bytes(builder.to_bytes().unwrap()).unwrap()
    }

    /// Rows of the step that looks for solutions inside.
    fn rows_inside(step: &Step) -> usize {
        let own = if step.operation == "Exists" { step.rows } else { 0 };
        own + step.steps.iter().map(rows_inside).sum::<usize>()
    }

    #[test]
    fn comparisons_hold_as_in_the_general_evaluator_and_without_a_join() {
        let graph = graph();
        for (property, ordered) in [("size", true), ("name", true), ("next", false), ("mixed", false)] {
            for comparison in
                ["?y < ?x", "?x < ?y", "?y <= ?x", "?y >= ?x", "?x > ?y", "?x != ?y", "?y != ?x && ?y != 3"]
            {
                for not in ["", "NOT "] {
                    let text = format!(
                        "SELECT ?a {{ ?a :group ?g ; :{property} ?x \
                         FILTER {not}EXISTS {{ ?b :group ?g ; :{property} ?y FILTER({comparison}) }} }}"
                    );
                    let (query, options) = (parse(&text), QueryOptions::default());
                    let expected = rows(query_in_general_evaluator(&graph, &query, &options).unwrap());
                    assert_eq!(rows(graph.query(&query, &options).unwrap()), expected, "{text}");
                    let inside = rows_inside(&explain(&graph, &query, &options).unwrap().plan.unwrap());
                    let is_native =
                        ordered || property == "next" && comparison.len() == 8 && comparison.contains("!=");
                    assert!(!is_native || inside <= THINGS, "{inside} rows: {text}");
                }
            }
        }
    }
}
