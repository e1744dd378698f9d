//! ORDER BY, and the first rows of an order.

use super::delegate::Delegate;
use super::execution::Execution;
use super::groups::is_ordered;
use super::operators::Ask;
use super::table::{Table, Vars};
use crate::error::Result;
use crate::graph::Kind;
use oxrdf::Variable;
use rustc_hash::FxHashMap;
use spareval::ExpressionTerm;
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
        let rest = keys.get(2..).unwrap_or_default();
        let compare = |a: &Item, b: &Item| a.0.cmp(&b.0).then_with(|| compare(rest, a.1, b.1));
        let items = (0..table.len() as u32).map(|row| (head(&keys, row), row));
        let items = self.first_by(items, ask.limit.unwrap_or(usize::MAX), compare)?;
        let rows: Vec<u32> = items.into_iter().map(|(_, row)| row).collect();
        let mut ordered = self.gather(&table, &rows, ask.need)?;
        ordered.sorted = None;
        Ok(ordered)
    }

    /// Numbers that order rows as their values; rows without a value come first.
    fn ranks(&self, values: Vec<u32>) -> Result<Vec<u32>> {
        let (kinds, native) = self.kinds(&values)?;
        if native && kinds.iter().all(|kind| is_ordered(*kind)) && kinds.len() <= 1 {
            return Ok(values);
        }
        if kinds == [Kind::String] {
            return self.ranks_of_texts(&values);
        }
        let distinct = self.distinct_values(&values)?;
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

    /// Ranks of plain strings, some of which the graph does not hold.
    pub(super) fn ranks_of_texts(&self, values: &[u32]) -> Result<Vec<u32>> {
        let distinct = self.distinct_values(values)?;
        let mut texts = Vec::with_capacity(distinct.len());
        for number in distinct {
            let ExpressionTerm::StringLiteral(text) = self.space.expression_term(number)? else { continue };
            texts.push((text, number));
            self.worked(16)?;
        }
        let mut places: Vec<u32> = (0..texts.len() as u32).collect();
        self.sort_by(&mut places, |a, b| texts[*a as usize].0.cmp(&texts[*b as usize].0))?;
        let numbers = places.iter().map(|place| texts[*place as usize].1);
        let ranks: FxHashMap<u32, u32> = numbers.zip(1..).collect();
        Ok(values.iter().map(|value| ranks.get(value).copied().unwrap_or(0)).collect())
    }

    /// The values without repetitions, sorted by their numbers.
    fn distinct_values(&self, values: &[u32]) -> Result<Vec<u32>> {
        let mut distinct: Vec<u32> = values.iter().copied().filter(|value| *value != 0).collect();
        self.sort_by(&mut distinct, Ord::cmp)?;
        distinct.dedup();
        Ok(distinct)
    }

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
