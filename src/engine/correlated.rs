//! Patterns of EXISTS whose solutions depend on the row in another way than by a join: with OPTIONAL, MINUS, BIND,
//! subqueries, or filters on variables from outside further down.
//!
//! They run once, for all rows together: each part of the pattern is joined with the distinct rows, which carry a number,
//! so that solutions of different rows never meet. As in the general evaluator a row is known to every part of the
//! pattern, but to a subquery only in the variables that it gives.

use super::execution::{Execution, OWN};
use super::graphs::Scope;
use super::joins::Sharing;
use super::operators::Ask;
use super::rewrite::HIDDEN;
use super::table::{Table, Var, Vars};
use super::walk::conjuncts;
use crate::error::Result;
use oxrdf::Variable;
use rustc_hash::FxHashMap;
use spargebra::algebra::{AggregateExpression, Expression, GraphPattern, OrderExpression};

/// What the names of the numbers of rows begin with.
const NUMBER: &str = "#.row";

/// Rows that a pattern is asked for.
pub(super) struct Outer {
    /// Distinct rows, with the columns below.
    rows: Table,
    /// The number of the row.
    number: Var,
    /// A value where the row has one in some variable: what MINUS looks for on both of its sides.
    anchor: Var,
    /// The graphs that are asked, instead of the union of all.
    graph: Option<Scope>,
}

impl Outer {
    /// What is asked of a pattern for these rows.
    fn ask(&self, need: Vars) -> Ask<'static> {
        Ask { graph: self.graph, ..Ask::of(need | self.rows.vars()) }
    }

    /// The rows at some places, asked in other graphs.
    pub(super) fn within(&self, execution: &Execution<'_>, rows: &[u32], graph: Scope) -> Result<Self> {
        let rows = execution.gather(&self.rows, rows, self.rows.vars())?;
        Ok(Self { rows, graph: Some(graph), ..*self })
    }

    pub(super) fn rows(&self) -> &Table {
        &self.rows
    }
}

impl Execution<'_> {
    /// For each row of a table whether a pattern has a solution once the values of the row are in the place of its
    /// variables.
    pub(super) fn exists_for_each(
        &self,
        pattern: &GraphPattern,
        table: &Table,
        graph: Option<Scope>,
    ) -> Result<Vec<bool>> {
        let depth = table.vars().iter().filter(|var| self.name(*var).as_str().starts_with(NUMBER)).count();
        let named = |name: &str| self.var(&Variable::new_unchecked(format!("{name}{depth}")));
        let (number, anchor) = (named(NUMBER)?, named("#anchor")?);
        let vars: Vec<Var> = (self.mentioned(pattern)? & table.vars()).iter().collect();
        let anchors = self.anchors(table, table.vars())?;
        let mut columns: Vec<&[u32]> = vars.iter().filter_map(|var| table.column(*var)).collect();
        columns.push(&anchors);
        let (places, mut distinct) = self.distinct_rows(&columns, table.len())?;
        let len = distinct.first().map_or(0, Vec::len);
        let mut rows = Table::of_len(len);
        rows.put_checked(anchor, distinct.pop().unwrap_or_default());
        vars.into_iter().zip(distinct).for_each(|(var, column)| rows.put_checked(var, column));
        rows.put(number, (0..len as u32).collect());
        let outer = Outer { rows, number, anchor, graph };
        let found = self.each(pattern, &outer, None, Vars::NONE)?;
        let mut exists = vec![false; len];
        for row in found.column(number).unwrap_or_default() {
            exists[*row as usize] = true;
        }
        Ok(places.into_iter().map(|place| exists[place as usize]).collect())
    }

    /// For each row 1 if it has a value in one of these variables, else 0.
    fn anchors(&self, table: &Table, vars: Vars) -> Result<Vec<u32>> {
        let counts = |var: &Var| {
            let name = self.name(*var);
            !name.as_str().starts_with(OWN) && !name.as_str().starts_with(HIDDEN)
        };
        let columns: Vec<&[u32]> = vars.iter().filter(counts).filter_map(|var| table.column(var)).collect();
        self.worked(table.len() * columns.len())?;
        let has_value = |row: usize| columns.iter().any(|column| column[row] != 0);
        Ok((0..table.len()).map(|row| u32::from(has_value(row))).collect())
    }

    /// The solutions of a pattern for each of some rows, with the columns of these. Those that are compatible with none
    /// of the rows of a seed may be left out.
    pub(super) fn each(
        &self,
        pattern: &GraphPattern,
        outer: &Outer,
        seed: Option<&Table>,
        need: Vars,
    ) -> Result<Table> {
        if self.depends_on_rows_by_joins_alone(pattern)? {
            let visible = self.visible(pattern)?;
            let seed = self.seed_of(seed.unwrap_or(&outer.rows), visible)?;
            let ask = Ask { seed: seed.as_ref(), graph: outer.graph, ..Ask::of(visible) };
            let found = self.evaluate(pattern, ask)?;
            return self.join(outer.rows.clone(), &found, need | outer.rows.vars());
        }
        match pattern {
            GraphPattern::Join { left, right } => {
                let shared = self.visible(left)? & self.visible(right)?;
                let left = self.each(left, outer, seed, need | shared)?;
                let right = self.each(right, outer, Some(&left), need | shared)?;
                self.step(None, || "Join".into(), || self.join(left, &right, need | outer.rows.vars()))
            }
            GraphPattern::Union { left, right } => {
                let mut table = self.each(left, outer, seed, need)?;
                table.append(self.each(right, outer, seed, need)?);
                Ok(table)
            }
            GraphPattern::LeftJoin { left, right, expression } => {
                let parts = (&**left, &**right, expression.as_ref());
                self.left_join_of_each(parts, outer, seed, need)
            }
            GraphPattern::Minus { left, right } => {
                let shared = self.visible(left)? & self.visible(right)?;
                let left = self.each(left, outer, seed, need | shared)?;
                let right = self.each(right, outer, Some(&left), shared)?;
                let sharing = Sharing::Besides(Vars::NONE.with(outer.number));
                self.step(None, || "Minus".into(), || self.minus(&left, &right, sharing))
            }
            GraphPattern::Filter { expr, inner } => {
                let mut table = self.each(inner, outer, seed, need | self.asked_vars(expr, inner)?)?;
                for part in conjuncts(expr) {
                    let label = || format!("Filter {part}");
                    table = self.step(None, label, || self.filter(table, part, outer.ask(need)))?;
                }
                Ok(table)
            }
            GraphPattern::Extend { inner, variable, expression } => {
                let var = self.var(variable)?;
                let table = self.each(inner, outer, None, need | self.asked_vars(expression, inner)?)?;
                self.extended(table, var, expression, outer.graph)
            }
            GraphPattern::Project { inner, variables } => self.project_of_each(inner, variables, outer),
            GraphPattern::Distinct { inner } | GraphPattern::Reduced { inner } => {
                let table = self.each(inner, outer, None, need | self.visible(inner)?)?;
                self.step(None, || "Distinct".into(), || self.distinct(&table))
            }
            GraphPattern::OrderBy { inner, expression } => {
                let mut used = Vars::NONE;
                for OrderExpression::Asc(key) | OrderExpression::Desc(key) in expression {
                    used = used | self.asked_vars(key, inner)?;
                }
                let table = self.each(inner, outer, None, need | used)?;
                self.step(None, || "OrderBy".into(), || self.ordered(&table, expression, outer.ask(need)))
            }
            GraphPattern::Slice { inner, start, length } => {
                let table = self.each(inner, outer, None, need)?;
                self.slice_of_each(&table, outer, *start, *length)
            }
            GraphPattern::Group { inner, variables, aggregates } => {
                self.group_of_each(inner, variables, aggregates, outer)
            }
            GraphPattern::Graph { name, inner } => self.graph_of_each(name, inner, outer, need),
            GraphPattern::Bgp { .. }
            | GraphPattern::Path { .. }
            | GraphPattern::Values { .. }
            | GraphPattern::Service { .. }
            | GraphPattern::Lateral { .. } => self.evaluate(pattern, outer.ask(need)),
        }
    }

    fn left_join_of_each(
        &self,
        (left, right, expression): (&GraphPattern, &GraphPattern, Option<&Expression>),
        outer: &Outer,
        seed: Option<&Table>,
        need: Vars,
    ) -> Result<Table> {
        let shared = self.visible(left)? & self.visible(right)?;
        let used = match expression {
            Some(expression) => self.asked_vars(expression, left)? | self.asked_vars(expression, right)?,
            None => Vars::NONE,
        };
        let left = self.each(left, outer, seed, need | shared | used)?;
        let right = self.each(right, outer, Some(&left), need | shared | used)?;
        let join = || self.left_join_tables(left, &right, expression, used, outer.ask(need));
        self.step(None, || "LeftJoin".into(), join)
    }

    /// A subquery knows of a row what it gives itself.
    fn project_of_each(&self, inner: &GraphPattern, variables: &[Variable], outer: &Outer) -> Result<Table> {
        let given = self.vars(variables)?;
        let known = outer.rows.vars() & given;
        let mut rows = outer.rows.with_columns(known.with(outer.number));
        rows.put_checked(outer.anchor, self.anchors(&rows, known)?);
        let inside = Outer { rows, ..*outer };
        let found = self.each(inner, &inside, None, given)?.keep(given.with(outer.number));
        self.step(None, || "Join".into(), || self.join(outer.rows.clone(), &found, given | outer.rows.vars()))
    }

    fn slice_of_each(
        &self,
        table: &Table,
        outer: &Outer,
        start: usize,
        length: Option<usize>,
    ) -> Result<Table> {
        let end = length.map_or(usize::MAX, |length| start.saturating_add(length));
        let mut counts: FxHashMap<u32, usize> = FxHashMap::default();
        let mut rows = Vec::new();
        for (row, number) in table.column(outer.number).unwrap_or_default().iter().enumerate() {
            let count = counts.entry(*number).or_default();
            if (start..end).contains(count) {
                rows.push(row as u32);
            }
            *count += 1;
            self.check_at(row)?;
        }
        self.gather(table, &rows, table.vars())
    }

    /// The groups for each row; without keys there is one for every row, even of no solutions.
    fn group_of_each(
        &self,
        inner: &GraphPattern,
        variables: &[Variable],
        aggregates: &[(Variable, AggregateExpression)],
        outer: &Outer,
    ) -> Result<Table> {
        let mut given = self.vars(variables)?;
        for (variable, _) in aggregates {
            given = given.with(self.var(variable)?);
        }
        let solutions = self.each(inner, outer, None, self.group_need(inner, variables, aggregates)?)?;
        let mut keys = variables.to_vec();
        keys.push(self.name(outer.number));
        let group = || {
            let need = given.with(outer.number);
            let mut table = self.group_rows(
                &solutions,
                inner,
                &keys,
                aggregates,
                Ask { graph: outer.graph, ..Ask::of(need) },
            )?;
            if variables.is_empty() {
                let found =
                    self.semi_join(&outer.rows.with_columns(Vars::NONE.with(outer.number)), &table)?;
                let missing: Vec<u32> = (0..found.len() as u32).filter(|row| !found[*row as usize]).collect();
                let none = self.gather(&solutions, &[], solutions.vars())?;
                let of_none = self.group_rows(
                    &none,
                    inner,
                    &[],
                    aggregates,
                    Ask { graph: outer.graph, ..Ask::of(given) },
                )?;
                let numbers = self.gather(&outer.rows, &missing, Vars::NONE.with(outer.number))?;
                table.append(self.join(numbers, &of_none, need)?);
            }
            Ok(table)
        };
        self.step(None, || "Group".into(), group)
    }
}
