//! GROUP BY and the aggregates. Counting, and sums and extremes of values of one kind, is done on numbers;
//! everything else goes to the general evaluator.

use super::delegate::Delegate;
use super::execution::Execution;
use super::graphs::Scope;
use super::joins::Seen;
use super::operators::Ask;
use super::table::{Table, Var, Vars};
use crate::error::Result;
use crate::graph::Kind;
use oxrdf::{Literal, Term, Variable};
use oxsdatatypes::{Decimal, Integer};
use rustc_hash::{FxHashMap, FxHashSet};
use spareval::ExpressionTerm;
use spargebra::algebra::{AggregateExpression, AggregateFunction, Expression, GraphPattern};

/// Rows by their group.
struct Groups {
    /// The group of each row.
    of_row: Vec<u32>,
    /// The first row of each group; none for the one group of no rows.
    first_rows: Vec<u32>,
    len: usize,
}

impl Execution<'_> {
    /// The groups of a pattern's solutions, with their keys and aggregates.
    pub(super) fn group(
        &self,
        inner: &GraphPattern,
        variables: &[Variable],
        aggregates: &[(Variable, AggregateExpression)],
        ask: Ask<'_>,
    ) -> Result<Table> {
        let need = self.group_need(inner, variables, aggregates)?;
        let keys = self.vars(variables)?;
        let seed = ask.seed.map(|seed| seed.with_columns(keys));
        let rows = self.evaluate(inner, Ask { graph: ask.graph, seed: seed.as_ref(), ..Ask::of(need) })?;
        let mut all_rows = variables.is_empty();
        for (_, aggregate) in aggregates {
            all_rows &= matches!(aggregate, AggregateExpression::CountSolutions { distinct: false })
                || self.counts_rows(aggregate, inner)?;
        }
        if all_rows {
            let mut table = Table::of_len(1);
            for var in self.vars(&aggregates.iter().map(|(name, _)| name.clone()).collect::<Vec<_>>())?.iter()
            {
                table.put(var, self.integers(vec![rows.len() as u64]));
            }
            return Ok(table.keep(ask.need));
        }
        self.group_rows(&rows, inner, variables, aggregates, ask)
    }

    /// The variables of a pattern that its groups are made of.
    pub(super) fn group_need(
        &self,
        inner: &GraphPattern,
        variables: &[Variable],
        aggregates: &[(Variable, AggregateExpression)],
    ) -> Result<Vars> {
        let mut need = self.vars(variables)?;
        for (_, aggregate) in aggregates {
            need = need
                | match aggregate {
                    AggregateExpression::CountSolutions { distinct: false } => Vars::NONE,
                    AggregateExpression::CountSolutions { distinct: true } => self.shown(inner)?,
                    AggregateExpression::FunctionCall { .. } if self.counts_rows(aggregate, inner)? => {
                        Vars::NONE
                    }
                    AggregateExpression::FunctionCall { expr, .. } => self.asked_vars(expr, inner)?,
                };
        }
        Ok(need)
    }

    /// The groups of some solutions of a pattern, with their keys and aggregates.
    pub(super) fn group_rows(
        &self,
        rows: &Table,
        inner: &GraphPattern,
        variables: &[Variable],
        aggregates: &[(Variable, AggregateExpression)],
        ask: Ask<'_>,
    ) -> Result<Table> {
        self.charge(rows.len())?;
        let groups = self.groups(rows, variables)?;
        let mut table = self.gather(rows, &groups.first_rows, self.vars(variables)? & ask.need)?;
        if groups.first_rows.len() < groups.len {
            table = Table::of_len(groups.len);
        }
        for (variable, aggregate) in aggregates {
            let var = self.var(variable)?;
            if ask.need.contains(var) {
                let values = if self.counts_rows(aggregate, inner)? {
                    let count = AggregateExpression::CountSolutions { distinct: false };
                    self.aggregate(&count, rows, &groups, ask.graph)?
                } else {
                    self.aggregate(aggregate, rows, &groups, ask.graph)?
                };
                if values.contains(&0) {
                    table.unbound = table.unbound.with(var);
                }
                table.put(var, values);
            }
        }
        Ok(table)
    }

    /// Whether an aggregate counts a variable that has a value in every row, which is to count the rows.
    fn counts_rows(&self, aggregate: &AggregateExpression, inner: &GraphPattern) -> Result<bool> {
        Ok(match aggregate {
            AggregateExpression::FunctionCall {
                name: AggregateFunction::Count,
                expr: Expression::Variable(variable),
                distinct: false,
            } => self.certain(inner)?.contains(self.var(variable)?),
            _ => false,
        })
    }

    fn groups(&self, rows: &Table, variables: &[Variable]) -> Result<Groups> {
        let vars: Vec<Var> = self.vars(variables)?.iter().filter(|var| rows.column(*var).is_some()).collect();
        let mut first_rows = Vec::new();
        let of_row = match vars[..] {
            // Without keys there is one group, even of no rows; with keys that are never bound too, of some rows.
            [] => {
                let of_row = vec![0; rows.len()];
                let len = usize::from(variables.is_empty() || !rows.is_empty());
                first_rows.extend((!rows.is_empty()).then_some(0));
                return Ok(Groups { of_row, first_rows, len });
            }
            [var] => self.groups_of_one(rows.column(var).unwrap_or_default(), &mut first_rows)?,
            _ => {
                let mut known: FxHashMap<Box<[u32]>, u32> = FxHashMap::default();
                let mut of_row = Vec::with_capacity(rows.len());
                let columns: Vec<&[u32]> = vars.iter().filter_map(|var| rows.column(*var)).collect();
                let mut key = Vec::new();
                for row in 0..rows.len() {
                    key.clear();
                    key.extend(columns.iter().map(|column| column[row]));
                    let group = known.get(&key[..]).copied().unwrap_or_else(|| {
                        let group = first_rows.len() as u32;
                        known.insert(key.clone().into_boxed_slice(), group);
                        first_rows.push(row as u32);
                        group
                    });
                    of_row.push(group);
                    self.check_at(row)?;
                }
                of_row
            }
        };
        let len = first_rows.len();
        Ok(Groups { of_row, first_rows, len })
    }

    fn groups_of_one(&self, column: &[u32], first_rows: &mut Vec<u32>) -> Result<Vec<u32>> {
        let mut known: FxHashMap<u32, u32> = FxHashMap::default();
        let mut of_row = Vec::with_capacity(column.len());
        let mut last = (0, u32::MAX);
        for (row, value) in column.iter().enumerate() {
            if last.1 == u32::MAX || last.0 != *value {
                let group = *known.entry(*value).or_insert_with(|| {
                    first_rows.push(row as u32);
                    first_rows.len() as u32 - 1
                });
                last = (*value, group);
            }
            of_row.push(last.1);
            self.check_at(row)?;
        }
        Ok(of_row)
    }

    /// The value of an aggregate for each group; 0 where it has none.
    fn aggregate(
        &self,
        aggregate: &AggregateExpression,
        rows: &Table,
        groups: &Groups,
        graph: Option<Scope>,
    ) -> Result<Vec<u32>> {
        match aggregate {
            AggregateExpression::CountSolutions { distinct: false } => {
                self.counts(groups.of_row.iter().map(|group| (*group, 1)), groups.len, false)
            }
            AggregateExpression::CountSolutions { distinct: true } => self.count_distinct_rows(rows, groups),
            AggregateExpression::FunctionCall { name, expr, distinct } => {
                let values = self.values_with_exists(expr, rows, graph)?;
                self.aggregate_values(aggregate, name, expr, *distinct, values, groups)
            }
        }
    }

    fn aggregate_values(
        &self,
        aggregate: &AggregateExpression,
        name: &AggregateFunction,
        expression: &Expression,
        distinct: bool,
        values: Vec<u32>,
        groups: &Groups,
    ) -> Result<Vec<u32>> {
        if matches!(name, AggregateFunction::Count) {
            if distinct && groups.len == 1 {
                let mut seen = Seen::new(&values);
                let count = values.iter().filter(|value| **value != 0 && seen.insert(**value)).count();
                return Ok(self.integers(vec![count as u64]));
            }
            let pairs = groups.of_row.iter().copied().zip(values);
            return self.counts(pairs.filter(|(_, value)| *value != 0), groups.len, distinct);
        }
        if matches!(name, AggregateFunction::Sample) {
            let mut results = vec![0; groups.len];
            for (group, value) in groups.of_row.iter().zip(values) {
                let result = &mut results[*group as usize];
                if *result == 0 && value != 0 {
                    *result = self.plain(value)?;
                }
            }
            return Ok(results);
        }
        // One row without a value takes the result from the whole group.
        let mut failed = vec![false; groups.len];
        for (group, value) in groups.of_row.iter().zip(&values) {
            failed[*group as usize] |= *value == 0;
        }
        let (kinds, native) = self.kinds(&values)?;
        let ordered = native && kinds.len() == 1 && is_ordered(kinds[0]);
        let mut results = match name {
            AggregateFunction::Min if ordered => extremes(&values, &values, groups, |a, b| a < b),
            AggregateFunction::Max if ordered => extremes(&values, &values, groups, |a, b| a > b),
            AggregateFunction::Min if kinds == [Kind::String] => {
                extremes(&values, &self.ranks(values.clone())?, groups, |a, b| a < b)
            }
            AggregateFunction::Max if kinds == [Kind::String] => {
                extremes(&values, &self.ranks(values.clone())?, groups, |a, b| a > b)
            }
            AggregateFunction::Sum | AggregateFunction::Avg
                if !kinds.iter().any(|kind| matches!(kind, Kind::Double | Kind::Typed)) =>
            {
                self.sums(&values, groups, distinct, matches!(name, AggregateFunction::Avg))?
            }
            AggregateFunction::GroupConcat { separator } if kinds == [Kind::String] && !distinct => {
                self.concatenations(&values, groups, separator.as_deref().unwrap_or(" "))?
            }
            _ => self.delegated(aggregate, expression, values, groups)?,
        };
        if groups.first_rows.is_empty() && groups.len == 1 {
            results[0] = match name {
                AggregateFunction::Sum | AggregateFunction::Avg => self.space.number(Literal::from(0).into()),
                AggregateFunction::GroupConcat { .. } => self.space.number(Literal::from("").into()),
                _ => 0,
            };
        }
        results.iter_mut().zip(failed).filter(|(_, failed)| *failed).for_each(|(result, _)| *result = 0);
        Ok(results)
    }

    /// The kinds of some values, and whether the graph holds them all, so that their numbers follow their order.
    pub(super) fn kinds(&self, values: &[u32]) -> Result<(Vec<Kind>, bool)> {
        let mut kinds: Vec<Kind> = Vec::new();
        let mut native = true;
        let mut range = 0..0;
        for (row, value) in values.iter().enumerate() {
            if *value == 0 || range.contains(value) {
                continue;
            }
            let Some(kind) = self.space.kind(*value) else { continue };
            if self.space.is_native(*value) {
                range = self.terms.of_kind(kind);
            } else {
                native = false;
            }
            if !kinds.contains(&kind) {
                kinds.push(kind);
            }
            self.check_at(row)?;
        }
        Ok((kinds, native))
    }

    /// Plain strings of each group, one after the other.
    fn concatenations(&self, values: &[u32], groups: &Groups, separator: &str) -> Result<Vec<u32>> {
        let mut texts: Vec<Option<String>> = vec![None; groups.len];
        for (row, (group, value)) in groups.of_row.iter().zip(values).enumerate() {
            if *value == 0 {
                continue;
            }
            let ExpressionTerm::StringLiteral(word) = self.space.expression_term(*value)? else { continue };
            match &mut texts[*group as usize] {
                Some(text) => {
                    text.push_str(separator);
                    text.push_str(&word);
                }
                none => *none = Some(word),
            }
            self.check_at(row)?;
        }
        let number =
            |text: Option<String>| text.map_or(0, |text| self.space.number(Literal::from(text).into()));
        Ok(texts.into_iter().map(number).collect())
    }

    fn counts(
        &self,
        pairs: impl Iterator<Item = (u32, u32)>,
        len: usize,
        distinct: bool,
    ) -> Result<Vec<u32>> {
        let mut counts = vec![0u64; len];
        let mut seen = FxHashSet::default();
        let mut last = None;
        for (row, pair) in pairs.enumerate() {
            if !distinct || last != Some(pair) && seen.insert(pair) {
                counts[pair.0 as usize] += 1;
            }
            last = Some(pair);
            self.check_at(row)?;
        }
        Ok(self.integers(counts))
    }

    /// Counts as numbers of terms.
    fn integers(&self, counts: Vec<u64>) -> Vec<u32> {
        let mut known: FxHashMap<u64, u32> = FxHashMap::default();
        let number =
            |count: u64| self.space.number(Literal::from(count.min(i64::MAX as u64).cast_signed()).into());
        counts.into_iter().map(|count| *known.entry(count).or_insert_with(|| number(count))).collect()
    }

    fn count_distinct_rows(&self, rows: &Table, groups: &Groups) -> Result<Vec<u32>> {
        let group = self.own("group")?;
        let mut numbered = rows.clone();
        numbered.put(group, groups.of_row.clone());
        let distinct = self.distinct(&numbered)?;
        let column = distinct.column(group).unwrap_or_default();
        self.counts(column.iter().map(|group| (*group, 1)), groups.len, false)
    }

    /// Sums or means of integers and decimals, with the arithmetic of the general evaluator's crate.
    fn sums(&self, values: &[u32], groups: &Groups, distinct: bool, mean: bool) -> Result<Vec<u32>> {
        let mut sums = vec![Some(Sum::default()); groups.len];
        let mut seen = FxHashSet::default();
        for (row, (group, value)) in groups.of_row.iter().zip(values).enumerate() {
            if *value != 0 && (!distinct || seen.insert((*group, *value))) {
                let sum = &mut sums[*group as usize];
                *sum = match self.space.expression_term(*value)? {
                    ExpressionTerm::IntegerLiteral(value) => {
                        sum.take().and_then(|sum| sum.add_integer(value))
                    }
                    ExpressionTerm::DecimalLiteral(value) => {
                        sum.take().and_then(|sum| sum.add_decimal(value))
                    }
                    _ => None,
                };
            }
            self.check_at(row)?;
        }
        let result = |sum: Option<Sum>| sum.and_then(|sum| if mean { sum.mean() } else { sum.total() });
        Ok(sums.into_iter().map(|sum| result(sum).map_or(0, |term| self.space.number(term))).collect())
    }

    fn delegated(
        &self,
        aggregate: &AggregateExpression,
        expression: &Expression,
        values: Vec<u32>,
        groups: &Groups,
    ) -> Result<Vec<u32>> {
        let AggregateExpression::FunctionCall { name, distinct, .. } = aggregate else {
            return Ok(vec![0; groups.len]);
        };
        let variable = match expression {
            Expression::Variable(variable) => variable.clone(),
            _ => Variable::new_unchecked("value"),
        };
        let over_values = AggregateExpression::FunctionCall {
            name: name.clone(),
            expr: Expression::Variable(variable.clone()),
            distinct: *distinct,
        };
        let (of_row, values) =
            groups.of_row.iter().copied().zip(values).filter(|(_, value)| *value != 0).unzip();
        let delegate = Delegate::new(self.space.clone(), self.cancellation());
        delegate.aggregate(&over_values, &variable, of_row, values, groups.len)
    }

    /// A term in the form in which an expression gives it.
    fn plain(&self, number: u32) -> Result<u32> {
        match self.space.kind(number) {
            Some(Kind::Typed) => Ok(self.space.number(Term::from(self.space.expression_term(number)?))),
            _ => Ok(number),
        }
    }
}

/// Whether the order of a kind's numbers is the order of its values.
pub(super) fn is_ordered(kind: Kind) -> bool {
    matches!(
        kind,
        Kind::Iri
            | Kind::Blank
            | Kind::String
            | Kind::Integer
            | Kind::Decimal
            | Kind::Date
            | Kind::DateTime
            | Kind::DateTimeUtc
            | Kind::Duration
    )
}

/// For each group the value whose rank goes before those of all others.
fn extremes(values: &[u32], ranks: &[u32], groups: &Groups, before: impl Fn(u32, u32) -> bool) -> Vec<u32> {
    let mut results = vec![(0, 0); groups.len];
    for ((group, value), rank) in groups.of_row.iter().zip(values).zip(ranks) {
        let result = &mut results[*group as usize];
        if result.0 == 0 || before(*rank, result.1) {
            *result = (*value, *rank);
        }
    }
    results.into_iter().map(|(value, _)| value).collect()
}

/// A sum of integers, which the first decimal makes one of decimals.
#[derive(Clone, Copy, Default)]
struct Sum {
    integers: Integer,
    decimals: Option<Decimal>,
    count: i64,
}

impl Sum {
    fn add_integer(self, value: Integer) -> Option<Self> {
        let count = self.count + 1;
        Some(match self.decimals {
            Some(sum) => Self { decimals: Some(sum.checked_add(value)?), count, ..self },
            None => Self { integers: self.integers.checked_add(value)?, count, ..self },
        })
    }

    fn add_decimal(self, value: Decimal) -> Option<Self> {
        let sum = self.decimals.unwrap_or_else(|| self.integers.into());
        Some(Self { decimals: Some(sum.checked_add(value)?), count: self.count + 1, ..self })
    }

    fn total(self) -> Option<Term> {
        Some(match self.decimals {
            Some(sum) => Literal::from(sum).into(),
            None => Literal::from(self.integers).into(),
        })
    }

    fn mean(self) -> Option<Term> {
        let count = Integer::from(self.count);
        let sum = self.decimals.unwrap_or_else(|| self.integers.into());
        Some(Literal::from(sum.checked_div(count)?).into())
    }
}
