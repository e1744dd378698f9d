//! Joins of many patterns: triples, groups and filters that all must hold, in an order chosen while it runs from
//! exact counts and the rows that there are.

use super::execution::Execution;
use super::graphs::Scope;
use super::operators::Ask;
use super::scans::{Part, Pattern};
use super::scope::{is_triples, takes_away_in_exists};
use super::table::{Table, Var, Vars};
use super::walk::{conjuncts, has_exists, varies};
use crate::error::Result;
use oxrdf::TermRef;
use spargebra::algebra::{Expression, GraphPattern};
use spargebra::term::{NamedNodePattern, TermPattern, TriplePattern};

/// What is joined.
#[derive(Default)]
struct Parts<'p> {
    patterns: Vec<(Pattern, &'p TriplePattern)>,
    /// Patterns of other kinds that come before the triples: few rows, or none that a seed could leave out.
    first: Vec<&'p GraphPattern>,
    /// Patterns of other kinds that are asked for what joins with the rest.
    last: Vec<&'p GraphPattern>,
    filters: Vec<&'p Expression>,
    /// Some triple has a term that the graph does not hold.
    empty: bool,
}

impl Execution<'_> {
    /// The join of all parts of a tree of joins and filters.
    pub(super) fn join_tree(&self, pattern: &GraphPattern, ask: Ask<'_>) -> Result<Table> {
        let mut parts = Parts::default();
        self.collect(pattern, ask.graph, &mut parts, true)?;
        if parts.empty {
            return Ok(Table::default());
        }
        let wanted = ask.need;
        let takes_away = parts.filters.iter().any(|filter| takes_away_in_exists(filter));
        let ask = if takes_away { ask.also(self.visible(pattern)?) } else { ask };
        let mut table = Table::unit();
        let mut tables = Vec::new();
        for pattern in std::mem::take(&mut parts.first) {
            let need = ask.need | self.vars_left(&parts, &tables)? | self.visible(pattern)?;
            let seed = ask.seed;
            let found = self.evaluate(pattern, Ask { need, limit: None, ..ask }.seeded(seed))?;
            tables.push(found);
        }
        if let Some(seed) = ask.seed {
            let seed = self.seed_of(seed, self.certain(pattern)?)?;
            self.add_seed(seed, &parts, &mut tables);
        }
        self.scan_ranges(&mut parts, &mut tables)?;
        while !(parts.patterns.is_empty() && tables.is_empty() && parts.last.is_empty()) {
            table = self.join_next(table, &mut parts, &mut tables, ask)?;
            table = self.apply_filters(table, &mut parts, ask, false)?;
        }
        table = self.apply_filters(table, &mut parts, ask, true)?;
        Ok(table.keep(wanted))
    }

    /// A seed takes part as one more table if it has fewer rows than any pattern.
    fn add_seed(&self, seed: Option<Table>, parts: &Parts<'_>, tables: &mut Vec<Table>) {
        let Some(seed) = seed else { return };
        let counts = parts.patterns.iter().filter(|(pattern, _)| !(pattern.vars() & seed.vars()).is_empty());
        let smallest = counts.map(|(pattern, _)| self.count(pattern)).min();
        let small = smallest.is_none_or(|smallest| seed.len() < smallest);
        // Where only groups would take it, they get it when their turn comes.
        if small && (smallest.is_some() || !parts.last.is_empty()) {
            tables.push(seed);
        }
    }

    /// Reads triples whose object a filter holds to some ranges, where they are fewer than those of any pattern.
    fn scan_ranges(&self, parts: &mut Parts<'_>, tables: &mut Vec<Table>) -> Result<()> {
        for filter in parts.filters.clone() {
            let Some((var, ranges)) = self.bounds(filter)? else { continue };
            let found = parts.patterns.iter().position(|(pattern, _)| pattern.is_scan_by(var));
            let Some((index, predicate)) =
                found.and_then(|index| Some((index, parts.patterns[index].0.predicate()?)))
            else {
                continue;
            };
            let places = self.places_of(predicate, &ranges);
            let total: usize = places.iter().map(ExactSizeIterator::len).sum();
            let smallest = parts.patterns.iter().map(|(pattern, _)| self.count(pattern)).min();
            if smallest.is_some_and(|smallest| total < smallest)
                && tables.iter().all(|table| total < table.len())
            {
                let (pattern, source) = parts.patterns.remove(index);
                let label = || format!("Scan {source} in ranges");
                tables.push(self.step(Some(total), label, || self.scan_places(&pattern, &places))?);
            }
        }
        Ok(())
    }

    /// Joins what is expected to give the fewest rows.
    fn join_next(
        &self,
        table: Table,
        parts: &mut Parts<'_>,
        tables: &mut Vec<Table>,
        ask: Ask<'_>,
    ) -> Result<Table> {
        let known = table.vars();
        let is_start = known.is_empty();
        let rows = table.len() as f64;
        let connected = |vars: Vars| is_start || !(vars & known).is_empty();
        let best = |costs: Vec<(bool, f64)>| {
            let best = costs
                .into_iter()
                .enumerate()
                .min_by(|(_, a), (_, b)| b.0.cmp(&a.0).then(a.1.total_cmp(&b.1)));
            best.map(|(index, (connected, cost))| (index, connected, cost))
        };
        let of_patterns = parts.patterns.iter().map(|(pattern, _)| {
            (connected(pattern.vars()), rows * self.fan_out(pattern, known.without(table.unbound)))
        });
        let of_tables = tables.iter().map(|other| (connected(other.vars()), other.len() as f64));
        let (pattern, other) = (best(of_patterns.collect()), best(of_tables.collect()));
        let meets = |found: &Option<(usize, bool, f64)>| found.is_some_and(|(_, connected, _)| connected);
        if !is_start && !meets(&pattern) && !meets(&other) && self.meeting(known, parts)?.is_some() {
            return self.join_last(table, parts, tables, ask);
        }
        match (pattern, other) {
            (None, None) => self.join_last(table, parts, tables, ask),
            (Some((index, is_connected, cost)), other)
                if other.is_none_or(|(_, other_connected, other_cost)| {
                    is_connected && (!other_connected || cost < other_cost)
                }) =>
            {
                let (pattern, source) = parts.patterns.remove(index);
                let keep = ask.need | self.vars_left(parts, tables)?;
                let end = parts.patterns.is_empty() && tables.is_empty() && parts.last.is_empty();
                let limit = ask.limit.filter(|_| end && parts.filters.is_empty());
                let prefer = self.next_key(&pattern, parts, tables, ask);
                let label = || if is_start { format!("Scan {source}") } else { format!("Join {source}") };
                self.step(Some(cost.round() as usize), label, || {
                    if (pattern.vars() & table.unbound).is_empty() {
                        return self.extend(table, &pattern, keep, limit, prefer);
                    }
                    let own = self.extend(Table::unit(), &pattern, pattern.vars(), None, prefer)?;
                    self.join(table, &own, keep)
                })
            }
            (_, Some((index, ..))) => {
                let other = tables.remove(index);
                if is_start && table.len() == 1 {
                    return Ok(other);
                }
                let keep = ask.need | self.vars_left(parts, tables)?;
                self.step(None, || "Join".into(), || self.join(table, &other, keep))
            }
            (Some(_), None) => Ok(table),
        }
    }

    /// Joins a group, asked for what goes with the rows that there are.
    fn join_last(
        &self,
        table: Table,
        parts: &mut Parts<'_>,
        tables: &[Table],
        ask: Ask<'_>,
    ) -> Result<Table> {
        let known = table.vars();
        let pattern = parts.last.remove(self.meeting(known, parts)?.unwrap_or(0));
        let filtered = self.with_filters(pattern, parts)?;
        let pattern = filtered.as_ref().unwrap_or(pattern);
        let is_start = known.is_empty() && table.len() == 1;
        let keep = ask.need | self.vars_left(parts, tables)?;
        let need = keep | (self.visible(pattern)? & known);
        if is_start {
            let limit = ask.limit.filter(|_| parts.last.is_empty() && parts.filters.is_empty());
            return self.evaluate(pattern, Ask { need, limit, ..ask });
        }
        let seed = self.seed_of(&table, self.visible(pattern)?)?;
        let found = self.evaluate(pattern, Ask { need, limit: None, ..ask }.seeded(seed.as_ref()))?;
        self.step(None, || "Join".into(), || self.join(table, &found, keep))
    }

    /// The first group that shares a variable with these.
    fn meeting(&self, known: Vars, parts: &Parts<'_>) -> Result<Option<usize>> {
        for (index, pattern) in parts.last.iter().enumerate() {
            if !(self.visible(pattern)? & known).is_empty() {
                return Ok(Some(index));
            }
        }
        Ok(None)
    }

    /// The group with the filters that its first part alone decides, which thus see fewer rows than at its end.
    fn with_filters(&self, pattern: &GraphPattern, parts: &mut Parts<'_>) -> Result<Option<GraphPattern>> {
        let (GraphPattern::LeftJoin { left: inner, .. }
        | GraphPattern::Minus { left: inner, .. }
        | GraphPattern::Extend { inner, .. }) = pattern
        else {
            return Ok(None);
        };
        let certain = self.certain(inner)?;
        let mut own: Option<Expression> = None;
        let mut index = 0;
        while index < parts.filters.len() {
            let filter = parts.filters[index];
            if !has_exists(filter) && !varies(filter) && self.expression_vars(filter)?.is_subset(certain) {
                parts.filters.remove(index);
                let and = |other| Expression::And(Box::new(other), Box::new(filter.clone()));
                own = Some(own.map_or_else(|| filter.clone(), and));
            } else {
                index += 1;
            }
        }
        let Some(expr) = own else { return Ok(None) };
        let mut filtered = pattern.clone();
        let (GraphPattern::LeftJoin { left: inner, .. }
        | GraphPattern::Minus { left: inner, .. }
        | GraphPattern::Extend { inner, .. }) = &mut filtered
        else {
            return Ok(None);
        };
        let unfiltered = std::mem::take(inner);
        **inner = GraphPattern::Filter { expr, inner: unfiltered };
        Ok(Some(filtered))
    }

    /// The variable by which the first rows had better be sorted: one that the next patterns join on.
    fn next_key(&self, pattern: &Pattern, parts: &Parts<'_>, tables: &[Table], ask: Ask<'_>) -> Option<Var> {
        let joins = |var: Var| {
            let patterns = parts.patterns.iter().filter(|(other, _)| other.vars().contains(var)).count();
            patterns + tables.iter().filter(|table| table.vars().contains(var)).count()
        };
        let mut best: Option<(usize, Var)> = None;
        for part in pattern.parts {
            let Part::Var(var) = part else { continue };
            let weight = 2 * joins(var) + usize::from(ask.need.contains(var));
            if best.is_none_or(|(most, _)| weight > most) {
                best = Some((weight, var));
            }
        }
        best.map(|(_, var)| var)
    }

    /// Applies the filters whose variables all have values; at the end, all of them.
    fn apply_filters(
        &self,
        mut table: Table,
        parts: &mut Parts<'_>,
        ask: Ask<'_>,
        at_the_end: bool,
    ) -> Result<Table> {
        let mut index = 0;
        while index < parts.filters.len() {
            let filter = parts.filters[index];
            let bound = table.vars().without(table.unbound);
            let exists = has_exists(filter);
            let ready = !exists && !varies(filter) && self.expression_vars(filter)?.is_subset(bound);
            // EXISTS comes last: it is asked for the rows that are left.
            let last = at_the_end
                && (!exists || index + 1 == parts.filters.len() || self.only_exists(&parts.filters[index..]));
            if ready || last {
                parts.filters.remove(index);
                let label = || format!("Filter {filter}");
                let rest = ask.need | self.vars_left(parts, &[])?;
                table = self.step(None, label, || self.filter(table, filter, ask.to_the_end()))?;
                if at_the_end {
                    table = table.keep(rest);
                    index = 0;
                }
            } else {
                index += 1;
            }
        }
        Ok(table)
    }

    fn only_exists(&self, filters: &[&Expression]) -> bool {
        filters.iter().all(|filter| has_exists(filter))
    }

    /// The variables of what is not joined or applied yet.
    fn vars_left(&self, parts: &Parts<'_>, tables: &[Table]) -> Result<Vars> {
        let mut vars = parts.patterns.iter().fold(Vars::NONE, |vars, (pattern, _)| vars | pattern.vars());
        vars = tables.iter().fold(vars, |vars, table| vars | table.vars());
        for pattern in parts.first.iter().chain(&parts.last) {
            vars = vars | self.visible(pattern)?;
        }
        for filter in &parts.filters {
            vars = vars | self.expression_vars(filter)?;
        }
        Ok(vars)
    }

    /// Sorts the parts of a tree of joins and filters.
    fn collect<'p>(
        &self,
        pattern: &'p GraphPattern,
        graph: Option<Scope>,
        parts: &mut Parts<'p>,
        is_root: bool,
    ) -> Result<()> {
        match pattern {
            GraphPattern::Bgp { patterns } => {
                for triple in patterns {
                    match self.pattern(triple, graph)? {
                        Some(found) => parts.patterns.push((found, triple)),
                        None => parts.empty = true,
                    }
                }
            }
            GraphPattern::Join { left, right } => {
                self.collect(left, graph, parts, false)?;
                self.collect(right, graph, parts, false)?;
            }
            GraphPattern::Filter { expr, inner } => {
                let own = !has_exists(expr)
                    && !varies(expr)
                    && self.expression_vars(expr)?.is_subset(self.certain(inner)?);
                if is_root || own {
                    parts.filters.extend(conjuncts(expr));
                    self.collect(inner, graph, parts, is_root)?;
                } else {
                    parts.last.push(pattern);
                }
            }
            GraphPattern::Graph { name, inner } if is_triples(inner) => {
                self.collect(inner, Some(self.scope(name)?), parts, false)?;
            }
            GraphPattern::Values { .. } | GraphPattern::Group { .. } | GraphPattern::Slice { .. } => {
                parts.first.push(pattern);
            }
            GraphPattern::Path { subject, object, .. }
                if self.term_var(subject)?.is_none() || self.term_var(object)?.is_none() =>
            {
                parts.first.push(pattern);
            }
            GraphPattern::Union { .. } if !known_ends(pattern).is_empty() => parts.first.push(pattern),
            _ => parts.last.push(pattern),
        }
        Ok(())
    }

    /// A triple pattern in numbers; `None` if the graph does not hold one of its terms.
    fn pattern(&self, triple: &TriplePattern, graph: Option<Scope>) -> Result<Option<Pattern>> {
        let predicate = match &triple.predicate {
            NamedNodePattern::NamedNode(node) => self.terms.number(node.as_ref().into()).map(Part::Term),
            NamedNodePattern::Variable(variable) => Some(Part::Var(self.var(variable)?)),
        };
        let (subject, object) = (self.part(&triple.subject)?, self.part(&triple.object)?);
        Ok(match (subject, predicate, object) {
            (Some(subject), Some(predicate), Some(object)) => {
                Some(Pattern { parts: [subject, predicate, object], graph })
            }
            _ => None,
        })
    }

    fn part(&self, term: &TermPattern) -> Result<Option<Part>> {
        if let Some(var) = self.term_var(term)? {
            return Ok(Some(Part::Var(var)));
        }
        let term = match term {
            TermPattern::NamedNode(node) => TermRef::from(node),
            TermPattern::Literal(literal) => TermRef::from(literal),
            TermPattern::BlankNode(_) | TermPattern::Variable(_) => return Ok(None),
        };
        Ok(self.terms.number(term).map(Part::Term))
    }
}

/// The terms at the ends of each triple and path of alternatives, which thus give few rows.
fn known_ends(pattern: &GraphPattern) -> Vec<&TermPattern> {
    let known = |subject, object| -> Vec<&TermPattern> {
        let is_known =
            |term: &&TermPattern| matches!(term, TermPattern::NamedNode(_) | TermPattern::Literal(_));
        [subject, object].into_iter().filter(is_known).collect()
    };
    match pattern {
        GraphPattern::Bgp { patterns } => match patterns.as_slice() {
            [triple] => known(&triple.subject, &triple.object),
            _ => Vec::new(),
        },
        GraphPattern::Path { subject, object, .. } => known(subject, object),
        GraphPattern::Filter { inner, .. } | GraphPattern::Graph { inner, .. } => known_ends(inner),
        GraphPattern::Join { left, right } => [known_ends(left), known_ends(right)].concat(),
        GraphPattern::Union { left, right } => {
            let others = known_ends(right);
            known_ends(left).into_iter().filter(|term| others.contains(term)).collect()
        }
        _ => Vec::new(),
    }
}
