//! Triple patterns over the sort orders: how many triples match, scanning them, and extending a table by them.

use super::execution::Execution;
use super::table::{Table, Var, Vars};
use crate::error::Result;
use crate::graph::Column;
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
    /// The named graph that it asks, instead of the union of all graphs.
    pub(super) graph: Option<u32>,
}

const S: usize = 0;
const P: usize = 1;
const O: usize = 2;

impl Pattern {
    /// The variables.
    pub(super) fn vars(&self) -> Vars {
        self.parts.iter().filter_map(|part| part.var()).collect()
    }

    fn place_of(&self, var: Var) -> Option<usize> {
        self.parts.iter().position(|part| *part == Part::Var(var))
    }
}

impl Part {
    fn var(self) -> Option<Var> {
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

/// The columns of a sort order that tell the parts that a lookup leaves open.
type Open<'g> = [Option<Column<'g>>; 3];

/// Where a table knows a part of the pattern from.
#[derive(Clone, Copy)]
enum Known<'t> {
    Term(u32),
    Column(&'t [u32]),
}

impl Known<'_> {
    fn at(self, row: usize) -> u32 {
        match self {
            Self::Term(term) => term,
            Self::Column(column) => column[row],
        }
    }
}

impl<'g> Execution<'g> {
    /// How many triples match the terms of a pattern, exactly.
    pub(super) fn count(&self, pattern: &Pattern) -> usize {
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
        matches
    }

    /// The rows of a table, each with the triples that match a pattern; with the columns of some variables.
    ///
    /// Variables of the pattern must have a value in every row or in none. After `limit` rows it may end. From
    /// a table of one row the result is sorted by the preferred variable where there is an order for it.
    pub(super) fn extend(
        &self,
        table: &Table,
        pattern: &Pattern,
        keep: Vars,
        limit: Option<usize>,
        prefer: Option<Var>,
    ) -> Result<Table> {
        let known = pattern.parts.map(|part| match part {
            Part::Term(term) => Some(Known::Term(term)),
            Part::Var(var) => table.column(var).map(Known::Column),
        });
        let mut lookup = Lookup::new(self, table, pattern, known, prefer);
        let mut output = Output::new(table, pattern, known, keep, limit);
        for row in 0..table.len() {
            let range = lookup.range(row);
            self.scan(range.len());
            output.push(self, row, range, lookup.open, known)?;
            if output.is_full() {
                break;
            }
        }
        output.into_table(self, table, pattern, keep, lookup.sorted_by)
    }
}

/// Finds the triples that match a pattern for one row after the other.
struct Lookup<'e, 'g, 't> {
    execution: &'e Execution<'g>,
    known: [Option<Known<'t>>; 3],
    open: Open<'g>,
    way: Way<'g>,
    /// The variable by which the result is sorted if the table has a single row.
    sorted_by: Option<Var>,
    last: Option<(u32, Range<usize>)>,
}

/// How the ranges are found.
enum Way<'g> {
    /// The whole triple is known.
    Exists,
    /// A subject's triples in the order SPO, of one predicate if it is known.
    Subject,
    /// An object's triples in the order OSP, of one subject if it is known.
    Object,
    /// All triples of a predicate.
    Predicate,
    /// All triples.
    All,
    /// A key in a sorted column of one predicate, where the keys come in order.
    Merge { keys: Column<'g>, part: usize, range: Range<usize>, cursor: usize },
    /// A subject or object of one predicate, by a table of where the triples of each begin.
    Dense { part: usize, first: u32, offsets: Vec<u32>, start: usize },
    /// The whole triple is known, and only one part of it differs from row to row: those that there are.
    Member { part: usize, first: u32, bits: Vec<u64> },
    /// An object of one predicate.
    PredicateObject,
}

impl<'e, 'g, 't> Lookup<'e, 'g, 't> {
    fn new(
        execution: &'e Execution<'g>,
        table: &Table,
        pattern: &Pattern,
        known: [Option<Known<'t>>; 3],
        prefer: Option<Var>,
    ) -> Self {
        let triples = execution.triples;
        let sorted = |place: usize| {
            let var = pattern.parts[place].var();
            var.is_some() && var == table.sorted && table.len() > 1
        };
        let predicate = match known[P] {
            Some(Known::Term(predicate)) => Some(triples.of_predicate(predicate)),
            _ => None,
        };
        let (way, open, order) = match (known.map(|part| part.is_some()), predicate) {
            ([true, true, true], _) => {
                (Way::member(execution, table.len(), known).unwrap_or(Way::Exists), [None; 3], S)
            }
            ([true, true, false], Some(range)) if sorted(S) => {
                let keys = triples.pso_subjects;
                let cursor = range.start;
                let way = Way::Merge { keys, part: S, range, cursor };
                (way, [None, None, Some(triples.pso_objects)], O)
            }
            ([false, true, true], Some(range)) if sorted(O) => {
                let keys = triples.pos_objects;
                let cursor = range.start;
                let way = Way::Merge { keys, part: O, range, cursor };
                (way, [Some(triples.pos_subjects), None, None], S)
            }
            ([true, true, false], Some(range))
                if let Some(dense) = Way::dense(table.len(), S, triples.pso_subjects, range.clone()) =>
            {
                (dense, [None, None, Some(triples.pso_objects)], O)
            }
            ([false, true, true], predicate) => {
                let dense =
                    predicate.and_then(|range| Way::dense(table.len(), O, triples.pos_objects, range));
                (dense.unwrap_or(Way::PredicateObject), [Some(triples.pos_subjects), None, None], S)
            }
            ([true, _, false], _) => {
                (Way::Subject, [None, Some(triples.spo_predicates), Some(triples.spo_objects)], P)
            }
            ([_, false, true], _) => {
                (Way::Object, [Some(triples.osp_subjects), Some(triples.osp_predicates), None], S)
            }
            ([false, true, false], _) if prefer.is_some() && prefer == pattern.parts[O].var() => {
                (Way::Predicate, [Some(triples.pos_subjects), None, Some(triples.pos_objects)], O)
            }
            ([false, true, false], _) => {
                (Way::Predicate, [Some(triples.pso_subjects), None, Some(triples.pso_objects)], S)
            }
            ([false, false, false], _) => {
                (Way::All, [None, Some(triples.spo_predicates), Some(triples.spo_objects)], S)
            }
        };
        let order = if matches!(way, Way::Subject) && known[P].is_some() { O } else { order };
        let sorted_by = pattern.parts[order].var().filter(|_| known[order].is_none());
        Self { execution, known, open, way, sorted_by, last: None }
    }

    fn range(&mut self, row: usize) -> Range<usize> {
        let triples = self.execution.triples;
        let at = |place: usize| self.known[place].map_or(0, |known| known.at(row));
        match &mut self.way {
            Way::Exists => triples.place(at(S), at(P), at(O)).map_or(0..0, |place| place..place + 1),
            Way::Subject if self.known[P].is_some() => triples.of_subject_predicate(at(S), at(P)),
            Way::Subject => triples.of_subject(at(S)),
            Way::Object if self.known[S].is_some() => triples.of_object_subject(at(O), at(S)),
            Way::Object => triples.of_object(at(O)),
            Way::Predicate => triples.of_predicate(at(P)),
            Way::All => 0..triples.len(),
            Way::Member { part, first, bits } => {
                let index = at(*part).wrapping_sub(*first) as usize;
                let word = bits.get(index / 64).copied().unwrap_or(0);
                0..usize::from(word >> (index % 64) & 1 == 1)
            }
            Way::Dense { part, first, offsets, start } => {
                let Some(index) = at(*part).checked_sub(*first) else { return 0..0 };
                match offsets.get(index as usize..index as usize + 2) {
                    Some([from, to]) => *start + *from as usize..*start + *to as usize,
                    _ => 0..0,
                }
            }
            Way::PredicateObject => triples.of_predicate_object(at(P), at(O)),
            Way::Merge { keys, part, range, cursor } => {
                let key = at(*part);
                if let Some((last, found)) = &self.last
                    && *last == key
                {
                    return found.clone();
                }
                let start = keys.gallop(*cursor..range.end, key);
                let mut end = start;
                while end < range.end && keys.at(end) == key {
                    end += 1;
                }
                *cursor = end;
                self.last = Some((key, start..end));
                start..end
            }
        }
    }
}

impl Way<'_> {
    /// A table of offsets, where enough rows ask and the keys of the predicate lie close together.
    fn dense(rows: usize, part: usize, keys: Column<'_>, range: Range<usize>) -> Option<Self> {
        let keys = keys.slice(range.clone());
        let (first, last) = (keys.iter().next()?, keys.iter().next_back()?);
        let span = last.checked_sub(first)? as usize + 1;
        if rows < 256 || rows * 8 < keys.len() || span > keys.len() * 4 + rows {
            return None;
        }
        let mut offsets = Vec::with_capacity(span + 1);
        for (place, key) in keys.iter().enumerate() {
            // Only a damaged file has keys out of order.
            let index = key.checked_sub(first).map(|index| index as usize).filter(|index| *index < span)?;
            while offsets.len() <= index {
                offsets.push(place as u32);
            }
        }
        offsets.push(keys.len() as u32);
        Some(Self::Dense { part, first, offsets, start: range.start })
    }

    /// The set of what one part of known triples may be, where enough rows ask.
    fn member(execution: &Execution<'_>, rows: usize, known: [Option<Known<'_>>; 3]) -> Option<Self> {
        let triples = execution.triples;
        let (part, numbers) = match known {
            [Some(Known::Column(_)), Some(Known::Term(predicate)), Some(Known::Term(object))] => {
                (S, triples.pos_subjects.slice(triples.of_predicate_object(predicate, object)))
            }
            [Some(Known::Term(subject)), Some(Known::Term(predicate)), Some(Known::Column(_))] => {
                (O, triples.spo_objects.slice(triples.of_subject_predicate(subject, predicate)))
            }
            _ => return None,
        };
        let (first, last) = (numbers.iter().next()?, numbers.iter().next_back()?);
        let words = last.checked_sub(first)? as usize / 64 + 1;
        if rows < 64 || rows * 8 < numbers.len() || words > rows + numbers.len() {
            return None;
        }
        let mut bits = vec![0u64; words];
        for number in numbers.iter() {
            let index = number.checked_sub(first)? as usize;
            *bits.get_mut(index / 64)? |= 1 << (index % 64);
        }
        Some(Self::Member { part, first, bits })
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
    graph: Option<u32>,
    limit: usize,
}

impl Output {
    fn new(
        table: &Table,
        pattern: &Pattern,
        known: [Option<Known<'_>>; 3],
        keep: Vars,
        limit: Option<usize>,
    ) -> Self {
        let mut new: Vec<(Var, usize, Vec<u32>)> = Vec::new();
        let mut equal = Vec::new();
        for (place, part) in pattern.parts.iter().enumerate().filter(|(place, _)| known[*place].is_none()) {
            let Some(var) = part.var() else { continue };
            match pattern.place_of(var) {
                Some(first) if first < place => equal.push((first, place)),
                _ if keep.contains(var) => new.push((var, place, Vec::new())),
                _ => {}
            }
        }
        let limit = limit.unwrap_or(usize::MAX);
        let keep_rows = !(table.vars() & keep).is_empty();
        Self { rows: Vec::new(), keep_rows, len: 0, new, equal, graph: pattern.graph, limit }
    }

    fn is_full(&self) -> bool {
        self.len >= self.limit
    }

    fn push(
        &mut self,
        execution: &Execution<'_>,
        row: usize,
        range: Range<usize>,
        open: Open<'_>,
        known: [Option<Known<'_>>; 3],
    ) -> Result<()> {
        let checked = !self.equal.is_empty() || self.graph.is_some();
        if checked {
            return self.push_each(execution, row, range, open, known);
        }
        let count = range.len().min(self.limit - self.len);
        let range = range.start..range.start + count;
        execution.charge((self.len + count).saturating_mul(usize::from(self.keep_rows) + self.new.len()))?;
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
        execution.worked(count * (usize::from(self.keep_rows) + self.new.len()) + 1)
    }

    /// As `push`, triple by triple, where each must be looked at.
    fn push_each(
        &mut self,
        execution: &Execution<'_>,
        row: usize,
        range: Range<usize>,
        open: Open<'_>,
        known: [Option<Known<'_>>; 3],
    ) -> Result<()> {
        let triples = execution.triples;
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
            if let Some(graph) = self.graph {
                let [s, p, o] = triple;
                if !triples.place(s, p, o).is_some_and(|place| triples.is_in(place, graph)) {
                    continue;
                }
            }
            for (_, part, column) in &mut self.new {
                column.push(triple[*part]);
            }
            if self.keep_rows {
                self.rows.push(row as u32);
            }
            self.len += 1;
        }
        execution.charge(self.len * (1 + self.new.len()))
    }

    fn into_table(
        self,
        execution: &Execution<'_>,
        table: &Table,
        pattern: &Pattern,
        keep: Vars,
        sorted_by: Option<Var>,
    ) -> Result<Table> {
        let mut extended = if !self.keep_rows {
            Table::of_len(self.len)
        } else if self.rows.len() == table.len()
            && self.rows.iter().enumerate().all(|(i, row)| i == *row as usize)
        {
            table.clone().keep(keep)
        } else {
            execution.gather(table, &self.rows, keep)?
        };
        let new_vars: Vars = self.new.iter().map(|(var, ..)| *var).collect();
        for (var, _, column) in self.new {
            extended.put(var, column);
        }
        if table.len() == 1 && pattern.graph.is_none() {
            extended.sorted = sorted_by.filter(|var| new_vars.contains(*var));
        }
        Ok(extended)
    }
}
