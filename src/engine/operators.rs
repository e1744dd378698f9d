//! The algebra over tables.

use super::execution::Execution;
use super::graphs::Scope;
use super::joins::{Pairs, Sharing};
use super::table::{Table, Var, Vars};
use super::walk::conjuncts;
use crate::error::Result;
use oxrdf::{Term, Variable};
use spargebra::algebra::{Expression, GraphPattern};
use spargebra::term::{GroundTerm, TermPattern};

/// What is asked of a pattern.
#[derive(Clone, Copy, Default)]
pub(super) struct Ask<'s> {
    /// The variables whose values matter.
    pub(super) need: Vars,
    /// Rows without duplicates: solutions that are compatible with none of them may be left out.
    pub(super) seed: Option<&'s Table>,
    /// Rows after which it may end.
    pub(super) limit: Option<usize>,
    /// The graphs that are asked, instead of the union of all.
    pub(super) graph: Option<Scope>,
}

impl<'s> Ask<'s> {
    /// What is asked of a pattern from which these variables are needed.
    pub(super) fn of(need: Vars) -> Self {
        Self { need, ..Self::default() }
    }

    /// The same, of more variables.
    pub(super) fn also(self, vars: Vars) -> Self {
        Self { need: self.need | vars, ..self }
    }

    /// The same, to the last row.
    pub(super) fn to_the_end(self) -> Self {
        Self { limit: None, ..self }
    }

    /// The same for solutions that will be joined with rows.
    pub(super) fn seeded<'t>(self, seed: Option<&'t Table>) -> Ask<'t> {
        Ask { need: self.need, seed, limit: self.limit, graph: self.graph }
    }
}

impl Execution<'_> {
    /// The solutions of a pattern, with columns for the needed variables that it may bind.
    pub(super) fn evaluate(&self, pattern: &GraphPattern, ask: Ask<'_>) -> Result<Table> {
        match pattern {
            GraphPattern::Bgp { .. } | GraphPattern::Join { .. } | GraphPattern::Filter { .. } => {
                self.join_tree(pattern, ask)
            }
            GraphPattern::Graph { name, inner } => self.graph(name, inner, ask),
            GraphPattern::Path { subject, path, object } => {
                let label = || format!("Path {subject} {path} {object}");
                self.step(None, label, || self.path(subject, path, object, ask))
            }
            GraphPattern::LeftJoin { left, right, expression } => self.step(
                None,
                || "LeftJoin".into(),
                || self.left_join(left, right, expression.as_ref(), ask),
            ),
            GraphPattern::Union { left, right } => self.step(
                None,
                || "Union".into(),
                || {
                    let mut table = self.evaluate(left, ask)?;
                    table.append(self.evaluate(right, ask)?);
                    Ok(table)
                },
            ),
            GraphPattern::Minus { left, right } => {
                self.step(None, || "Minus".into(), || self.minus_pattern(left, right, ask))
            }
            GraphPattern::Extend { inner, variable, expression } => {
                let label = || format!("Extend {variable} := {expression}");
                self.step(None, label, || self.extend_by(inner, variable, expression, ask))
            }
            GraphPattern::Values { variables, bindings } => self.step(
                Some(bindings.len()),
                || "Values".into(),
                || self.inline(variables, bindings, ask.need),
            ),
            GraphPattern::Project { inner, variables } => {
                let vars = self.vars(variables)?;
                let seed = ask.seed.map(|seed| seed.with_columns(vars));
                let ask = Ask { need: ask.need & vars, ..ask };
                self.evaluate(inner, ask.seeded(seed.as_ref()))
            }
            GraphPattern::Distinct { inner } | GraphPattern::Reduced { inner } => self.step(
                None,
                || "Distinct".into(),
                || {
                    let table = self.evaluate(inner, ask.also(self.visible(inner)?).to_the_end())?;
                    Ok(self.distinct(&table)?.keep(ask.need))
                },
            ),
            GraphPattern::OrderBy { inner, expression } => {
                let label =
                    || format!("OrderBy{}", ask.limit.map(|k| format!(" (first {k})")).unwrap_or_default());
                self.step(None, label, || self.order_by(inner, expression, ask))
            }
            GraphPattern::Slice { inner, start, length } => {
                let end = length.map(|length| start.saturating_add(length));
                let limit =
                    [end, ask.limit.map(|limit| start.saturating_add(limit))].into_iter().flatten().min();
                let table = self.evaluate(inner, Ask { limit, seed: None, ..ask })?;
                Ok(table.slice(*start, length.unwrap_or(usize::MAX)))
            }
            GraphPattern::Group { inner, variables, aggregates } => {
                self.step(None, || "Group".into(), || self.group(inner, variables, aggregates, ask))
            }
            GraphPattern::Service { .. } | GraphPattern::Lateral { .. } => {
                Err(crate::error::Error::query("SERVICE and LATERAL do not run here"))
            }
        }
    }

    /// The variable of a part of a triple pattern; a blank node is a variable without a name.
    pub(super) fn term_var(&self, term: &TermPattern) -> Result<Option<Var>> {
        Ok(match term {
            TermPattern::Variable(variable) => Some(self.var(variable)?),
            TermPattern::BlankNode(node) => {
                Some(self.var(&Variable::new_unchecked(format!("#_:{}", node.as_str())))?)
            }
            TermPattern::NamedNode(_) | TermPattern::Literal(_) => None,
        })
    }

    /// Distinct values of some variables that have one in every row, to look for solutions that join with them.
    pub(super) fn seed_of(&self, table: &Table, vars: Vars) -> Result<Option<Table>> {
        let vars = (table.vars() & vars).without(table.unbound);
        if vars.is_empty() {
            return Ok(None);
        }
        let rows: Table = table.with_columns(vars);
        self.distinct(&rows).map(Some)
    }

    fn left_join(
        &self,
        left: &GraphPattern,
        right: &GraphPattern,
        expression: Option<&Expression>,
        ask: Ask<'_>,
    ) -> Result<Table> {
        let shared = self.visible(left)? & self.visible(right)?;
        let used = match expression {
            Some(expression) => self.asked_vars(expression, left)? | self.asked_vars(expression, right)?,
            None => Vars::NONE,
        };
        let left = self.evaluate(left, ask.also(shared | used))?;
        let seed = self.seed_of(&left, shared)?;
        let right = self.evaluate(right, ask.also(shared | used).to_the_end().seeded(seed.as_ref()))?;
        self.left_join_tables(left, &right, expression, used, ask)
    }

    /// The left join of two tables, of which some columns are used by the expression.
    pub(super) fn left_join_tables(
        &self,
        left: Table,
        right: &Table,
        expression: Option<&Expression>,
        used: Vars,
        ask: Ask<'_>,
    ) -> Result<Table> {
        let mut pairs = self.pairs(&left, right)?;
        if let Some(expression) = expression {
            let both = self.combine(left.clone(), right, &pairs, used)?;
            pairs = self.pairs_that_hold(pairs, both, expression, ask)?;
        }
        self.with_unmatched(left, right, &pairs, ask.need)
    }

    /// The pairs for which an expression holds.
    fn pairs_that_hold(
        &self,
        pairs: Pairs,
        mut both: Table,
        expression: &Expression,
        ask: Ask<'_>,
    ) -> Result<Pairs> {
        let number = self.own("pair")?;
        both.put(number, (0..both.len() as u32).collect());
        let held = self.filter(both, expression, ask)?;
        let places = held.column(number).unwrap_or_default();
        let of = |rows: &[u32]| places.iter().map(|place| rows[*place as usize]).collect();
        Ok(Pairs { left: of(&pairs.left), right: of(&pairs.right) })
    }

    fn minus_pattern(&self, left: &GraphPattern, right: &GraphPattern, ask: Ask<'_>) -> Result<Table> {
        let shared = self.visible(left)? & self.visible(right)?;
        let left = self.evaluate(left, ask.also(shared).to_the_end())?;
        if shared.is_empty() {
            return Ok(left);
        }
        // Rows of the right side count once they share a value, so that a seed would be right only if every
        // row of the left side had a value of it: `seed_of` takes such variables only.
        let seed = self.seed_of(&left, shared)?;
        let right = self.evaluate(right, Ask { graph: ask.graph, seed: seed.as_ref(), ..Ask::of(shared) })?;
        Ok(self.minus(&left, &right, Sharing::Besides(Vars::NONE))?.keep(ask.need))
    }

    fn extend_by(
        &self,
        inner: &GraphPattern,
        variable: &Variable,
        expression: &Expression,
        ask: Ask<'_>,
    ) -> Result<Table> {
        let var = self.var(variable)?;
        let own = Vars::NONE.with(var);
        let seed = ask.seed.map(|seed| seed.with_columns(seed.vars().without(own)));
        let wanted = ask.need.contains(var);
        let used = if wanted { self.asked_vars(expression, inner)? } else { Vars::NONE };
        let inner_ask = Ask { need: ask.need.without(own) | used, ..ask };
        let mut table = self.evaluate(inner, inner_ask.seeded(seed.as_ref()))?;
        if wanted {
            table = self.extended(table, var, expression, ask.graph)?;
        }
        Ok(table.keep(ask.need))
    }

    /// A table with the values of an expression as a column; where it has none, a value from outside of EXISTS stays.
    pub(super) fn extended(
        &self,
        mut table: Table,
        var: Var,
        expression: &Expression,
        graph: Option<Scope>,
    ) -> Result<Table> {
        let mut values = self.values_with_exists(expression, &table, graph)?;
        if let Some(known) = table.column(var) {
            values
                .iter_mut()
                .zip(known)
                .filter(|(value, _)| **value == 0)
                .for_each(|(value, known)| *value = *known);
        }
        table.put_checked(var, values);
        Ok(table)
    }

    fn inline(
        &self,
        variables: &[Variable],
        bindings: &[Vec<Option<GroundTerm>>],
        need: Vars,
    ) -> Result<Table> {
        let mut table = Table::of_len(bindings.len());
        for (column, variable) in variables.iter().enumerate() {
            let var = self.var(variable)?;
            if !need.contains(var) {
                continue;
            }
            let number = |row: &Vec<Option<GroundTerm>>| match row.get(column).cloned().flatten() {
                Some(GroundTerm::NamedNode(node)) => self.space.number(node.into()),
                Some(GroundTerm::Literal(literal)) => self.space.number(Term::from(literal)),
                None => 0,
            };
            let values: Vec<u32> = bindings.iter().map(number).collect();
            if values.contains(&0) {
                table.unbound = table.unbound.with(var);
            }
            table.put(var, values);
        }
        Ok(table)
    }

    /// Marks the rows for which a filter holds that asks for values of the rows and of the solutions of a pattern;
    /// gives the solutions that were looked at.
    fn exists_with(
        &self,
        filter: &Expression,
        inner: &GraphPattern,
        mut right: Table,
        table: &Table,
        mask: &mut Vec<bool>,
        ask: Ask<'_>,
    ) -> Result<Table> {
        let visible = self.visible(inner)?;
        let shared = visible & table.vars();
        let comparison = self.comparison(filter, self.certain(inner)?, visible, table.vars())?;
        let others = comparison.as_ref().map_or(&[][..], |comparison| &comparison.others);
        for other in others {
            right = self.filter(right, other, ask)?;
        }
        if let Some(comparison) = &comparison
            && let Some(found) = self.compared(table, &right, shared, comparison)?
        {
            *mask = found;
            return Ok(right);
        }
        let used = self.expression_vars(filter)?;
        let number = self.own("place")?;
        let mut rows = table.with_columns(shared | used);
        rows.put(number, (0..table.len() as u32).collect());
        let mut both = self.join(rows, &right, used.with(number))?;
        for part in conjuncts(filter) {
            both = self.filter(both, part, ask)?;
        }
        for row in both.column(number).unwrap_or_default() {
            mask[*row as usize] = true;
        }
        Ok(both)
    }

    /// For each row of a table whether a pattern has a solution that goes with it.
    pub(super) fn exists(&self, pattern: &GraphPattern, table: &Table, ask: Ask<'_>) -> Result<Vec<bool>> {
        let label = || "Exists".into();
        let mut mask = vec![false; table.len()];
        if table.is_empty() {
            return Ok(mask);
        }
        if !self.is_semi_join(pattern)? {
            let mut found = Vec::new();
            self.step(
                None,
                || "Exists (for each)".into(),
                || {
                    found = self.exists_for_each(pattern, table, ask.graph)?;
                    Ok(Table::of_len(found.iter().filter(|found| **found).count()))
                },
            )?;
            return Ok(found);
        }
        let shared = self.visible(pattern)? & table.vars();
        let seed = self.seed_of(table, shared)?;
        let ask = Ask { graph: ask.graph, seed: seed.as_ref(), ..Ask::of(shared) };
        match pattern {
            GraphPattern::Filter { expr, inner }
                if !self.expression_vars(expr)?.is_subset(self.certain(inner)?) =>
            {
                self.step(None, label, || {
                    let right = self.evaluate(inner, ask.also(self.expression_vars(expr)?))?;
                    self.exists_with(expr, inner, right, table, &mut mask, ask.seeded(None))
                })?;
                Ok(mask)
            }
            _ => {
                let limit = shared.is_empty().then_some(1);
                let right = self.step(None, label, || self.evaluate(pattern, Ask { limit, ..ask }))?;
                self.semi_join(table, &right)
            }
        }
    }
}
