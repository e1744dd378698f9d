//! Finding the triples that match a pattern for one row after the other: by which sort order, and how in it.

use super::execution::Execution;
use super::scans::Pattern;
use super::table::{Table, Var};
use crate::graph::Column;
use std::ops::Range;

/// Keys that are read one after the other in the time of one search for a key.
const WORTH: usize = 64;

pub(super) const S: usize = 0;
pub(super) const P: usize = 1;
pub(super) const O: usize = 2;

/// The columns of a sort order that tell the parts that a lookup leaves open.
pub(super) type Open<'g> = [Option<Column<'g>>; 3];

/// Where a table knows a part of the pattern from.
#[derive(Clone, Copy)]
pub(super) enum Known<'t> {
    Term(u32),
    Column(&'t [u32]),
}

impl Known<'_> {
    #[inline]
    pub(super) fn at(self, row: usize) -> u32 {
        match self {
            Self::Term(term) => term,
            Self::Column(column) => column[row],
        }
    }
}

/// Finds the triples that match a pattern for one row after the other.
pub(super) struct Lookup<'e, 'g, 't> {
    execution: &'e Execution<'g>,
    known: [Option<Known<'t>>; 3],
    pub(super) open: Open<'g>,
    way: Way<'g>,
    /// The variable by which the result is sorted if the table has a single row.
    pub(super) sorted_by: Option<Var>,
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
    /// The whole triple is known; as in `Dense` for its subject, and the object is looked for among the triples.
    DenseExists { first: u32, offsets: Vec<u32>, start: usize },
    /// The whole triple is known, and only one part of it differs from row to row: those that there are.
    Member { part: usize, first: u32, bits: Vec<u64> },
    /// An object of one predicate.
    PredicateObject,
}

impl<'e, 'g, 't> Lookup<'e, 'g, 't> {
    pub(super) fn new(
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
            ([true, true, true], predicate) => {
                let member = Way::member(execution, table.len(), known);
                let dense = || Way::dense(table.len(), S, triples.pso_subjects, predicate?)?.with_object();
                (member.or_else(dense).unwrap_or(Way::Exists), [None; 3], S)
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

    #[inline]
    pub(super) fn range(&mut self, row: usize) -> Range<usize> {
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
            Way::Dense { part, first, offsets, start } => dense_range(at(*part), *first, offsets, *start),
            Way::DenseExists { first, offsets, start } => {
                let range = dense_range(at(S), *first, offsets, *start);
                let place = triples.pso_objects.lower_bound(range.clone(), at(O));
                0..usize::from(range.contains(&place) && triples.pso_objects.at(place) == at(O))
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

/// The places of a key whose triples a table of offsets tells.
fn dense_range(key: u32, first: u32, offsets: &[u32], start: usize) -> Range<usize> {
    let Some(index) = key.checked_sub(first) else { return 0..0 };
    match offsets.get(index as usize..index as usize + 2) {
        Some([from, to]) => start + *from as usize..start + *to as usize,
        _ => 0..0,
    }
}

impl Way<'_> {
    /// Subjects whose object is known too.
    fn with_object(self) -> Option<Self> {
        match self {
            Self::Dense { first, offsets, start, .. } => Some(Self::DenseExists { first, offsets, start }),
            _ => None,
        }
    }

    /// A table of offsets, where enough rows ask and the keys of the predicate lie close together.
    fn dense(rows: usize, part: usize, keys: Column<'_>, range: Range<usize>) -> Option<Self> {
        let keys = keys.slice(range.clone());
        let (first, last) = (keys.iter().next()?, keys.iter().next_back()?);
        let span = last.checked_sub(first)? as usize + 1;
        if rows < 256 || rows * WORTH < keys.len() || span > keys.len() * 4 + rows {
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
        if rows < 64 || rows * WORTH < numbers.len() || words > rows + numbers.len() {
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
