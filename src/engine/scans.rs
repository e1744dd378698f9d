//! Triple patterns over the sort orders: how many triples match, scanning them, and extending a table by them.

use super::execution::Execution;
use super::graphs::Scope;
use super::lookup::{Known, Lookup, O, Open, P, S};
use super::table::{Table, Var, Vars, give_back};
use crate::error::Result;
use std::ops::Range;

/// One part of a triple pattern.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    /// A term of the graph.
    Term(u32),
    /// A variable.
    Var(Var),
}

/// A triple pattern: subject, predicate, object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Pattern {
    pub(super) parts: [Part; 3],
    /// The graphs that it asks, instead of the union of all.
    pub(super) graph: Option<Scope>,
}

impl Pattern {
    /// The variables.
    pub(super) fn vars(&self) -> Vars {
        let graph = self.graph.and_then(Scope::var);
        self.parts.iter().filter_map(|part| part.var()).chain(graph).collect()
    }

    /// The predicate, if it is a term.
    pub(super) fn predicate(&self) -> Option<u32> {
        self.parts[P].term()
    }

    /// Whether it asks all graphs for the triples of a predicate, with a variable as their object and another one
    /// as their subject.
    pub(super) fn is_scan_by(&self, object: Var) -> bool {
        let subject = self.parts[S].var();
        self.graph.is_none()
            && self.predicate().is_some()
            && self.parts[O].var() == Some(object)
            && subject.is_some_and(|subject| subject != object)
    }

    fn place_of(&self, var: Var) -> Option<usize> {
        self.parts.iter().position(|part| *part == Part::Var(var))
    }
}

impl Part {
    pub(super) fn var(self) -> Option<Var> {
        match self {
            Self::Var(var) => Some(var),
            Self::Term(_) => None,
        }
    }

    fn term(self) -> Option<u32> {
        match self {
            Self::Term(term) => Some(term),
            Self::Var(_) => None,
        }
    }
}

impl<'g> Execution<'g> {
    /// How many triples match the terms of a pattern: exactly, or at most where it asks some graphs only.
    pub(super) fn count(&self, pattern: &Pattern) -> usize {
        let matches = self.matches(pattern);
        if pattern.graph.is_some() { matches.min(self.count_in_scope(pattern.graph)) } else { matches }
    }

    /// How many triples of all graphs match the terms of a pattern, exactly.
    pub(super) fn matches(&self, pattern: &Pattern) -> usize {
        let triples = self.triples;
        match pattern.parts.map(Part::term) {
            [Some(s), Some(p), Some(o)] => usize::from(triples.place(s, p, o).is_some()),
            [Some(s), Some(p), None] => triples.of_subject_predicate(s, p).len(),
            [Some(s), None, None] => triples.of_subject(s).len(),
            [Some(s), None, Some(o)] => triples.of_object_subject(o, s).len(),
            [None, Some(p), Some(o)] => triples.of_predicate_object(p, o).len(),
            [None, Some(p), None] => triples.of_predicate(p).len(),
            [None, None, Some(o)] => triples.of_object(o).len(),
            [None, None, None] => triples.len(),
        }
    }

    /// How many rows to expect for each row of a table that knows some variables.
    pub(super) fn fan_out(&self, pattern: &Pattern, known: Vars) -> f64 {
        let mut matches = self.count(pattern) as f64;
        let counts = pattern.parts[P].term().and_then(|predicate| self.triples.predicate(predicate));
        for (place, part) in pattern.parts.iter().enumerate() {
            if part.var().is_some_and(|var| known.contains(var)) {
                let distinct = match (place, &counts) {
                    (S, Some(counts)) => f64::from(counts.subjects),
                    (O, Some(counts)) => f64::from(counts.objects),
                    (P, _) => self.triples.predicate_counts().count() as f64,
                    _ => self.terms.len() as f64 / 2.0,
                };
                matches /= distinct.max(1.0);
            }
        }
        match pattern.graph.and_then(Scope::var) {
            Some(var) if known.contains(var) => matches / self.triples.graphs().len().max(1) as f64,
            _ => matches,
        }
    }

    /// The rows of a table, each with the triples that match a pattern; with the columns of some variables.
    ///
    /// Variables of the pattern must have a value in every row or in none. After `limit` rows it may end. From
    /// a table of one row the result is sorted by the preferred variable where there is an order for it.
    pub(super) fn extend(
        &self,
        table: Table,
        pattern: &Pattern,
        keep: Vars,
        limit: Option<usize>,
        prefer: Option<Var>,
    ) -> Result<Table> {
        if table.vars().is_empty()
            && table.len() == 1
            && let Some(places) = self.places_in_graph(pattern)
        {
            return self.scan_graph(pattern, places, keep);
        }
        let known = pattern.parts.map(|part| match part {
            Part::Term(term) => Some(Known::Term(term)),
            Part::Var(var) => table.column(var).map(Known::Column),
        });
        let mut lookup = Lookup::new(self, &table, pattern, known, prefer);
        let mut output = Output::new(&table, pattern, known, keep, limit);
        let graph = pattern.graph.and_then(Scope::var).and_then(|var| table.column(var));
        // What a scan only counts is known from the length of its range.
        let only_counts = table.vars().is_empty() && output.only_counts();
        let is_checked = output.is_checked();
        let by_places = !is_checked && table.len() > 1 && output.takes_places(lookup.open);
        if by_places {
            let looked_at = output.push_places(self, &mut lookup, table.len())?;
            self.scan(looked_at);
        }
        for row in if by_places { 0..0 } else { 0..table.len() } {
            let range = lookup.range(row);
            if range.is_empty() {
                self.worked(1)?;
                continue;
            }
            let looked_at = if is_checked {
                output.push_each(self, row, range, lookup.open, known, graph.map(|graph| graph[row]))?
            } else {
                output.push(self, row, range, lookup.open)?
            };
            if !only_counts {
                self.scan(looked_at);
            }
            if output.is_full() {
                break;
            }
        }
        let sorted_by = lookup.sorted_by;
        output.into_table(self, table, pattern, keep, sorted_by)
    }
}

/// Adds the subject of each triple of a range of the order SPO.
fn push_subjects(execution: &Execution<'_>, range: Range<usize>, subjects: &mut Vec<u32>) {
    let triples = execution.triples;
    let mut subject = triples.subject_at(range.start);
    let mut place = range.start;
    while place < range.end && subject != 0 && subject < u32::MAX {
        let end = triples.of_subject(subject).end.clamp(place, range.end);
        subjects.extend(std::iter::repeat_n(subject, end - place));
        place = end;
        subject += 1;
        if subject as usize > execution.terms.len() {
            break;
        }
    }
    // Only the offsets of a damaged file leave triples without a subject.
    subjects.extend(std::iter::repeat_n(0, range.end - place));
}

/// The place of the graph behind the parts of a triple.
const GRAPH: usize = 3;
/// Most triples of a row that are read one by one; more are copied as a range.
const FEW: usize = 16;
/// Most rows that room is made for beforehand.
const ROOM: usize = 1 << 12;

/// Collects the rows of an extended table.
struct Output {
    /// For each new row the row that it comes from; not kept where only the count matters.
    rows: Vec<u32>,
    keep_rows: bool,
    len: usize,
    /// The new variables that are wanted, with the part of the pattern that tells them.
    new: Vec<(Var, usize, Vec<u32>)>,
    /// Pairs of parts that must be equal: the same variable, not known before.
    equal: Vec<(usize, usize)>,
    /// The graphs that are asked, instead of the union of all.
    graph: Option<Scope>,
    /// The part that is the name of the graph, too.
    named_by: Option<usize>,
    limit: usize,
}

impl Drop for Output {
    fn drop(&mut self) {
        let columns = self.new.drain(..).map(|(.., column)| column);
        give_back(columns.chain([std::mem::take(&mut self.rows)]).collect());
    }
}

impl Output {
    fn new(
        table: &Table,
        pattern: &Pattern,
        known: [Option<Known<'_>>; 3],
        keep: Vars,
        limit: Option<usize>,
    ) -> Self {
        // Often there is one triple for each row.
        let room = table.len().min(ROOM);
        let mut new: Vec<(Var, usize, Vec<u32>)> = Vec::new();
        let mut equal = Vec::new();
        for (place, part) in pattern.parts.iter().enumerate().filter(|(place, _)| known[*place].is_none()) {
            let Some(var) = part.var() else { continue };
            match pattern.place_of(var) {
                Some(first) if first < place => equal.push((first, place)),
                _ if keep.contains(var) => new.push((var, place, Vec::with_capacity(room))),
                _ => {}
            }
        }
        let graph = pattern.graph.and_then(Scope::var);
        let named_by = graph.and_then(|var| pattern.place_of(var));
        if let Some(var) = graph
            && named_by.is_none()
            && table.column(var).is_none()
            && keep.contains(var)
        {
            new.push((var, GRAPH, Vec::with_capacity(room)));
        }
        let limit = limit.unwrap_or(usize::MAX);
        let keep_rows = !(table.vars() & keep).is_empty();
        let rows = Vec::with_capacity(if keep_rows { room } else { 0 });
        Self { rows, keep_rows, len: 0, new, equal, graph: pattern.graph, named_by, limit }
    }

    fn is_full(&self) -> bool {
        self.len >= self.limit
    }

    /// Whether no triple is read, only their number.
    fn only_counts(&self) -> bool {
        self.new.is_empty() && self.equal.is_empty() && self.graph.is_none()
    }

    /// Whether each triple must be looked at.
    fn is_checked(&self) -> bool {
        !self.equal.is_empty() || self.graph.is_some()
    }

    /// Adds the rows of a range of triples; gives how many of these it looked at.
    #[inline]
    fn push(
        &mut self,
        execution: &Execution<'_>,
        row: usize,
        range: Range<usize>,
        open: Open<'_>,
    ) -> Result<usize> {
        let count = range.len().min(self.limit - self.len);
        let width = usize::from(self.keep_rows) + self.new.len();
        execution.charge((self.len + count).saturating_mul(width))?;
        if count == 1 {
            self.push_one(execution, row, range.start, open);
            execution.worked(width + 1)?;
            return Ok(1);
        }
        let range = range.start..range.start + count;
        for (_, place, column) in &mut self.new {
            match open[*place] {
                Some(part) => column.extend(part.slice(range.clone()).iter()),
                None => push_subjects(execution, range.clone(), column),
            }
        }
        if self.keep_rows {
            self.rows.extend(std::iter::repeat_n(row as u32, count));
        }
        self.len += count;
        execution.worked(count * width + 1)?;
        Ok(count)
    }

    /// Whether all that is wanted of triples can be read at their places, and something is.
    fn takes_places(&self, open: Open<'_>) -> bool {
        let counts = !self.keep_rows && self.new.is_empty();
        !counts && self.limit == usize::MAX && self.new.iter().all(|(_, part, _)| open[*part].is_some())
    }

    /// Adds the rows of the triples of every row of a table; gives how many these are. First come the places of some
    /// rows, then what stands there, column by column.
    fn push_places(
        &mut self,
        execution: &Execution<'_>,
        lookup: &mut Lookup<'_, '_, '_>,
        table_len: usize,
    ) -> Result<usize> {
        let before = self.len;
        let mut places: Vec<u32> = Vec::with_capacity(table_len.min(ROOM));
        for row in 0..table_len {
            let range = lookup.range(row);
            if range.len() > FEW {
                self.read_places(execution, lookup.open, &mut places)?;
                self.push(execution, row, range, lookup.open)?;
                continue;
            }
            if self.keep_rows {
                self.rows.extend(std::iter::repeat_n(row as u32, range.len()));
            }
            places.extend(range.start as u32..range.end as u32);
            if row % ROOM == ROOM - 1 || places.len() >= ROOM {
                self.read_places(execution, lookup.open, &mut places)?;
                execution.worked(ROOM)?;
            }
        }
        self.read_places(execution, lookup.open, &mut places)?;
        Ok(self.len - before)
    }

    /// Adds what stands at some places, column by column.
    fn read_places(
        &mut self,
        execution: &Execution<'_>,
        open: Open<'_>,
        places: &mut Vec<u32>,
    ) -> Result<()> {
        let width = usize::from(self.keep_rows) + self.new.len();
        for (_, part, column) in &mut self.new {
            let Some(values) = open[*part] else { continue };
            column.extend(places.iter().map(|place| values.at(*place as usize)));
        }
        self.len += places.len();
        execution.charge(self.len.saturating_mul(width))?;
        execution.worked(places.len() * width)?;
        places.clear();
        Ok(())
    }

    /// Adds the row of one triple.
    #[inline]
    fn push_one(&mut self, execution: &Execution<'_>, row: usize, triple: usize, open: Open<'_>) {
        for (_, place, column) in &mut self.new {
            match open[*place] {
                Some(part) => column.push(part.at(triple)),
                None => push_subjects(execution, triple..triple + 1, column),
            }
        }
        if self.keep_rows {
            self.rows.push(row as u32);
        }
        self.len += 1;
    }

    /// As `push`, triple by triple, where each must be looked at.
    fn push_each(
        &mut self,
        execution: &Execution<'_>,
        row: usize,
        range: Range<usize>,
        open: Open<'_>,
        known: [Option<Known<'_>>; 3],
        known_graph: Option<u32>,
    ) -> Result<usize> {
        let (triples, looked_at) = (execution.triples, range.len());
        let all = open[S].is_none() && known[S].is_none();
        let mut subject = if all { triples.subject_at(range.start) } else { 0 };
        for place in range {
            execution.worked(1)?;
            if all {
                subject = triples.subject_from(subject, place);
            }
            let part = |part: usize| match (known[part], open[part]) {
                (Some(known), _) => known.at(row),
                (None, Some(column)) => column.at(place),
                (None, None) => subject,
            };
            let triple = [part(S), part(P), part(O)];
            if self.equal.iter().any(|(a, b)| triple[*a] != triple[*b]) {
                continue;
            }
            let [s, p, o] = triple;
            if self.graph.is_none() {
                self.push_quad(row, [s, p, o, 0]);
                continue;
            }
            let Some(place) = triples.place(s, p, o) else { continue };
            match (self.graph, self.named_by.map(|part| triple[part]).or(known_graph)) {
                (Some(Scope::Each(_)), Some(graph)) => {
                    // A graph that is known from the triple and from the row is the same.
                    let is_same = known_graph.is_none_or(|known| known == graph);
                    if is_same && execution.is_in_named(place, graph) {
                        self.push_quad(row, [s, p, o, graph]);
                    }
                }
                (Some(Scope::Each(_)), None) => {
                    execution.graphs_of(place).for_each(|graph| self.push_quad(row, [s, p, o, graph]));
                }
                (scope, _) if execution.is_in_scope(place, scope) => self.push_quad(row, [s, p, o, 0]),
                _ => {}
            }
        }
        execution.charge(self.len * (1 + self.new.len()))?;
        Ok(looked_at)
    }

    fn push_quad(&mut self, row: usize, quad: [u32; 4]) {
        for (_, part, column) in &mut self.new {
            column.push(quad[*part]);
        }
        if self.keep_rows {
            self.rows.push(row as u32);
        }
        self.len += 1;
    }

    fn into_table(
        mut self,
        execution: &Execution<'_>,
        table: Table,
        pattern: &Pattern,
        keep: Vars,
        sorted_by: Option<Var>,
    ) -> Result<Table> {
        let (is_unit, new_vars) = (table.len() == 1, self.new.iter().map(|(var, ..)| *var).collect::<Vars>());
        let mut extended = if !self.keep_rows {
            Table::of_len(self.len)
        } else if self.rows.len() == table.len()
            && self.rows.iter().enumerate().all(|(i, row)| i == *row as usize)
        {
            table.keep(keep)
        } else {
            execution.gather(&table, &self.rows, keep)?
        };
        for (var, _, column) in std::mem::take(&mut self.new) {
            extended.put(var, column);
        }
        if is_unit && pattern.graph.is_none() {
            extended.sorted = sorted_by.filter(|var| new_vars.contains(*var));
        }
        Ok(extended)
    }
}
