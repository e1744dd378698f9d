//! ORDER BY, and the first rows of an order.

use super::execution::Execution;
use super::operators::Ask;
use super::table::{Table, Vars};
use crate::error::Result;
use spargebra::algebra::{GraphPattern, OrderExpression};
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
            used = used | self.asked_vars(key, inner)?;
        }
        let table = self.evaluate(inner, ask.also(used).to_the_end())?;
        self.ordered(&table, expressions, ask)
    }

    /// The rows of a table in an order; only the first ones if no more are asked for.
    pub(super) fn ordered(
        &self,
        table: &Table,
        expressions: &[OrderExpression],
        ask: Ask<'_>,
    ) -> Result<Table> {
        let mut keys = Vec::new();
        for expression in expressions {
            let (key, descending) = match expression {
                OrderExpression::Asc(key) => (key, false),
                OrderExpression::Desc(key) => (key, true),
            };
            let values = self.values_with_exists(key, table, ask.graph)?;
            keys.push(Key { ranks: self.ranks(values)?, descending });
        }
        let rest = keys.get(2..).unwrap_or_default();
        let compare = |a: &Item, b: &Item| a.0.cmp(&b.0).then_with(|| compare(rest, a.1, b.1));
        let items = (0..table.len() as u32).map(|row| (head(&keys, row), row));
        let items = self.first_by(items, ask.limit.unwrap_or(usize::MAX), compare)?;
        let rows: Vec<u32> = items.into_iter().map(|(_, row)| row).collect();
        let mut ordered = self.gather(table, &rows, ask.need)?;
        ordered.sorted = None;
        Ok(ordered)
    }
}

/// A row with its first two ranks.
type Item = (u64, u32);

/// The first two ranks of a row as one number that follows their order.
fn head(keys: &[Key], row: u32) -> u64 {
    let rank = |key: Option<&Key>| {
        let rank = key.map_or(0, |key| key.ranks[row as usize]);
        u64::from(if key.is_some_and(|key| key.descending) { !rank } else { rank })
    };
    rank(keys.first()) << 32 | rank(keys.get(1))
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
