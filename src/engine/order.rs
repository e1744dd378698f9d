//! ORDER BY, and the first rows of an order.

use super::delegate::Delegate;
use super::execution::Execution;
use super::groups::is_ordered;
use super::operators::Ask;
use super::table::{Table, Vars};
use crate::error::Result;
use oxrdf::Variable;
use rustc_hash::FxHashMap;
use spargebra::algebra::{Expression, GraphPattern, OrderExpression};
use std::cmp::Ordering;

/// One key of an order: ranks of the rows.
struct Key {
    ranks: Vec<u32>,
    descending: bool,
}

impl Execution<'_> {
    /// The solutions of a pattern in an order; only the first ones if no more are asked for.
    pub(super) fn order_by(
        &self,
        inner: &GraphPattern,
        expressions: &[OrderExpression],
        ask: Ask<'_>,
    ) -> Result<Table> {
        let mut used = Vars::NONE;
        for OrderExpression::Asc(key) | OrderExpression::Desc(key) in expressions {
            used = used | self.expression_vars(key)?;
        }
        let table = self.evaluate(inner, ask.also(used).to_the_end())?;
        let mut keys = Vec::new();
        for expression in expressions {
            let (key, descending) = match expression {
                OrderExpression::Asc(key) => (key, false),
                OrderExpression::Desc(key) => (key, true),
            };
            let values = self.values(key, &table)?;
            keys.push(Key { ranks: self.ranks(values)?, descending });
        }
        let compare = |a: &u32, b: &u32| compare(&keys, *a, *b);
        let rows = self.first_by(0..table.len() as u32, ask.limit.unwrap_or(usize::MAX), compare)?;
        let mut ordered = self.gather(&table, &rows, ask.need)?;
        ordered.sorted = None;
        Ok(ordered)
    }

    /// Numbers that order rows as their values; rows without a value come first.
    fn ranks(&self, values: Vec<u32>) -> Result<Vec<u32>> {
        let mut distinct: Vec<u32> = values.iter().copied().filter(|value| *value != 0).collect();
        self.sort_by(&mut distinct, Ord::cmp)?;
        distinct.dedup();
        let first_kind = distinct.first().and_then(|value| self.space.kind(*value));
        let last = distinct.last().copied().unwrap_or(0);
        let one_kind = first_kind == self.space.kind(last) && self.space.is_native(last);
        if distinct.is_empty() || one_kind && first_kind.is_some_and(is_ordered) {
            return Ok(values);
        }
        let delegate = Delegate::new(self.space.clone(), self.cancellation());
        let order = delegate.order(&distinct)?;
        let sorted: Vec<u32> = order.iter().map(|place| distinct[*place as usize]).collect();
        let ties = self.ties(&sorted, &delegate)?;
        let mut ranks: FxHashMap<u32, u32> = FxHashMap::default();
        let mut rank = 0;
        for (value, tie) in sorted.iter().zip(ties) {
            rank += u32::from(!tie);
            ranks.insert(*value, rank);
        }
        Ok(values.into_iter().map(|value| ranks.get(&value).copied().unwrap_or(0)).collect())
    }
}

impl Execution<'_> {
    /// For each of some values in order whether it is equal to the one before, as 1 and 1.0 are.
    fn ties(&self, sorted: &[u32], delegate: &Delegate) -> Result<Vec<bool>> {
        let (before, value) = (Variable::new_unchecked("before"), Variable::new_unchecked("value"));
        let equal = Expression::Equal(
            Box::new(Expression::Variable(before.clone())),
            Box::new(Expression::Variable(value.clone())),
        );
        let columns = vec![sorted[..sorted.len() - 1].to_vec(), sorted[1..].to_vec()];
        let equal = delegate.evaluate(&equal, &[before, value], columns, sorted.len() - 1)?;
        let yes = self.space.number(oxrdf::Literal::from(true).into());
        Ok(std::iter::once(false).chain(equal.into_iter().map(|equal| equal == yes)).collect())
    }
}

fn compare(keys: &[Key], a: u32, b: u32) -> Ordering {
    for key in keys {
        let order = key.ranks[a as usize].cmp(&key.ranks[b as usize]);
        let order = if key.descending { order.reverse() } else { order };
        if order != Ordering::Equal {
            return order;
        }
    }
    // The rows of a tie keep the order in which they came.
    a.cmp(&b)
}
