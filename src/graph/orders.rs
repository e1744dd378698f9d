//! Quads of term numbers, sorted into the columns of a graph file.
//!
//! They are not compared with each other but dealt out by one part after the other (a counting sort); only the triples
//! of one subject, which are few, are compared.

use super::contents::{Contents, column};
use super::format::{Section, TRIPLE_COLUMNS};
use super::quads::Quads;
use super::sets::Sets;
use rayon::prelude::*;
use std::borrow::Borrow;
use std::io;
use std::ops::Range;

/// How many triples and quads were written.
#[derive(Clone, Copy, Debug)]
pub(super) struct Counts {
    pub(super) triples: usize,
    pub(super) quads: usize,
    pub(super) graphs: usize,
}

/// Fewer entries than this are dealt out by one processor.
const FEW: u32 = 1 << 16;

/// Sorts the quads and writes every section of the triples.
///
/// `resources` is the number after the last resource, `terms` the number after the last term. At most two orders are in
/// memory at once.
pub(super) fn write(
    quads: impl Borrow<Quads> + Send,
    resources: u32,
    terms: u32,
    contents: &mut Contents<'_>,
) -> io::Result<Counts> {
    let mut spo = by_subject(quads.borrow(), resources);
    let (sets, ()) = rayon::join(|| Sets::gather(&mut spo), || drop(quads));
    contents.expect(lengths(&spo, terms));
    put_two(&spo, [Section::SpoPredicates, Section::SpoObjects], contents)?;
    contents.put_column(Section::SubjectOffsets, spo.starts.iter().copied())?;
    let counts =
        Counts { triples: spo.entries.len(), quads: sets.quads(), graphs: sets.write(&spo, contents)? };
    drop(sets);

    // Dealing out keeps the order of the other two parts: SPO by P is PSO, SPO by O is OSP, OSP by P is POS.
    let columns = [Section::PsoSubjects, Section::PsoObjects];
    let subjects = write_by_predicate(
        &spo,
        |[predicate, object, _]| [*predicate, *object],
        resources,
        columns,
        contents,
    )?;
    let osp = by_object(spo, terms);
    contents.put_column(Section::ObjectOffsets, osp.starts.iter().copied())?;
    put_two(&osp, [Section::OspSubjects, Section::OspPredicates], contents)?;
    let columns = [Section::PosObjects, Section::PosSubjects];
    let objects = write_by_predicate(
        &osp,
        |[subject, predicate]| [*predicate, *subject],
        resources,
        columns,
        contents,
    )?;
    contents.put_column(Section::Predicates, predicates(&subjects, &objects).into_iter().flatten())?;
    Ok(counts)
}

/// The lengths of the sections before those of the graphs, by the triples.
fn lengths(spo: &Groups<3>, terms: u32) -> impl Iterator<Item = (Section, usize)> {
    let mut is_predicate = vec![false; spo.starts.len()];
    spo.entries.iter().for_each(|[predicate, ..]| is_predicate[*predicate as usize] = true);
    let predicates = is_predicate.into_iter().filter(|is_predicate| *is_predicate).count();
    let column = 4 * spo.entries.len();
    let others = [
        (Section::SubjectOffsets, 4 * spo.starts.len()),
        (Section::Predicates, 16 * predicates),
        (Section::ObjectOffsets, 4 * (terms as usize + 1)),
    ];
    TRIPLE_COLUMNS.into_iter().map(move |section| (section, column)).chain(others)
}

/// Entries in groups, one group for each number.
pub(super) struct Groups<const N: usize> {
    /// Where the group of each number starts, and where the last one ends.
    pub(super) starts: Vec<u32>,
    pub(super) entries: Vec<[u32; N]>,
}

/// What numbered entries come from.
trait Source<const N: usize>: Sync {
    /// Calls a function with the number of each entry and the entry.
    fn for_each(&self, visit: impl FnMut(u32, [u32; N]));
}

impl<const N: usize> Groups<N> {
    /// Deals entries out by their numbers, which are below `end`, and keeps their order.
    fn deal_out(source: &impl Source<N>, end: u32) -> Self {
        let mut starts = vec![0u32; end as usize + 1];
        source.for_each(|number, _| starts[number as usize + 1] += 1);
        let mut before = 0;
        for start in &mut starts {
            before += *start;
            *start = before;
        }
        let mut groups = Self { starts, entries: vec![[0; N]; before as usize] };
        groups.in_shares(|numbers, starts, entries| {
            let mut places = starts.to_vec();
            source.for_each(|number, entry| {
                let place =
                    (number as usize).checked_sub(numbers.start).and_then(|number| places.get_mut(number));
                if let Some(place) = place {
                    entries[(*place - starts[0]) as usize] = entry;
                    *place += 1;
                }
            });
        });
        groups
    }

    /// Lets each processor work on the groups of a range of numbers: their starts, and their entries. Gives what comes of
    /// it, in the order of the numbers.
    pub(super) fn in_shares<T: Send>(
        &mut self,
        work: impl Fn(Range<usize>, &[u32], &mut [[u32; N]]) -> T + Sync,
    ) -> Vec<T> {
        let ends = self.starts[1..].iter();
        let len = self.entries.len() as u32;
        let shares = if len < FEW { 1 } else { rayon::current_num_threads() as u32 };
        let (mut start, mut rest) = (0, self.entries.as_mut_slice());
        let mut all = Vec::new();
        for share in 1..=shares {
            let end = ends.clone().as_slice().partition_point(|end| {
                u64::from(*end) < u64::from(len) * u64::from(share) / u64::from(shares)
            });
            let end = if share == shares { self.starts.len() - 1 } else { end.max(start) };
            let entries;
            (entries, rest) = rest.split_at_mut((self.starts[end] - self.starts[start]) as usize);
            all.push((start..end, &self.starts[start..end], entries));
            start = end;
        }
        all.into_par_iter()
            .filter(|(numbers, ..)| !numbers.is_empty())
            .map(|(numbers, starts, entries)| work(numbers, starts, entries))
            .collect()
    }

    /// The entries of each number that has any.
    pub(super) fn groups(&self) -> impl Iterator<Item = (u32, &[[u32; N]])> {
        let groups = (0u32..).zip(self.starts.windows(2));
        groups
            .filter(|(_, bounds)| bounds[0] < bounds[1])
            .map(|(number, bounds)| (number, &self.entries[bounds[0] as usize..bounds[1] as usize]))
    }
}

/// Predicate, object and graph of quads, sorted, by their subjects.
fn by_subject(quads: &Quads, resources: u32) -> Groups<3> {
    struct BySubject<'q>(&'q Quads);
    impl Source<3> for BySubject<'_> {
        fn for_each(&self, mut visit: impl FnMut(u32, [u32; 3])) {
            self.0.for_each(|[subject, predicate, object, graph]| visit(subject, [predicate, object, graph]));
        }
    }
    let mut groups = Groups::deal_out(&BySubject(quads), resources);
    groups.in_shares(|_, starts, entries| {
        let mut rest = entries;
        for bounds in starts.windows(2) {
            let group;
            (group, rest) = rest.split_at_mut((bounds[1] - bounds[0]) as usize);
            sort(group);
        }
        sort(rest);
    });
    groups
}

/// Sorts what is said of a subject.
fn sort(entries: &mut [[u32; 3]]) {
    entries.sort_unstable_by_key(|[predicate, object, graph]| {
        (u64::from(*predicate) << 32 | u64::from(*object), *graph)
    });
}

/// Subjects and predicates of triples, sorted, by their objects.
fn by_object(spo: Groups<3>, terms: u32) -> Groups<2> {
    struct ByObject(Groups<3>);
    impl Source<2> for ByObject {
        fn for_each(&self, mut visit: impl FnMut(u32, [u32; 2])) {
            for (subject, group) in self.0.groups() {
                group.iter().for_each(|[predicate, object, _]| visit(*object, [subject, *predicate]));
            }
        }
    }
    Groups::deal_out(&ByObject(spo), terms)
}

/// Writes the first two parts of entries as columns.
fn put_two<const N: usize>(
    groups: &Groups<N>,
    sections: [Section; 2],
    contents: &mut Contents<'_>,
) -> io::Result<()> {
    let part = |part: usize| column(groups.entries.iter().map(move |entry| entry[part]));
    let (first, second) = rayon::join(|| part(0), || part(1));
    contents.put(sections[0], first)?;
    contents.put(sections[1], second)
}

/// Writes two columns of triples by their predicates: the numbers of the groups, and the third part of each triple.
/// `parts` gives predicate and third part of an entry. Gives each predicate with its triples and how many of the
/// groups have it.
fn write_by_predicate<const N: usize>(
    groups: &Groups<N>,
    parts: impl Fn(&[u32; N]) -> [u32; 2] + Sync,
    resources: u32,
    sections: [Section; 2],
    contents: &mut Contents<'_>,
) -> io::Result<Vec<[u32; 3]>> {
    let mut starts = vec![0u32; resources as usize + 1];
    groups.entries.iter().for_each(|entry| starts[parts(entry)[0] as usize + 1] += 1);
    let with_triples = (0u32..).zip(&starts[1..]).filter(|(_, triples)| **triples > 0);
    let mut runs: Vec<[u32; 3]> = with_triples.map(|(predicate, triples)| [predicate, *triples, 0]).collect();
    let mut before = 0;
    for start in &mut starts {
        before += *start;
        *start = before;
    }
    let column = |cell: &(dyn Fn(u32, u32) -> u32 + Sync)| {
        let mut places = starts.clone();
        let mut column = vec![[0u8; 4]; groups.entries.len()];
        for (number, group) in groups.groups() {
            for [predicate, third] in group.iter().map(&parts) {
                let place = &mut places[predicate as usize];
                column[*place as usize] = cell(number, third).to_le_bytes();
                *place += 1;
            }
        }
        column
    };
    let (numbers, thirds) = rayon::join(|| column(&|number, _| number), || column(&|_, third| third));
    let mut rest = numbers.as_slice();
    for [_, triples, of_groups] in &mut runs {
        let run;
        (run, rest) = rest.split_at(*triples as usize);
        *of_groups = run.chunk_by(|a, b| a == b).count() as u32;
    }
    contents.put(sections[0], numbers.into_flattened())?;
    contents.put(sections[1], thirds.into_flattened())?;
    Ok(runs)
}

/// One entry for each predicate: its number, its first place, distinct subjects, distinct objects.
fn predicates(subjects: &[[u32; 3]], objects: &[[u32; 3]]) -> Vec<[u32; 4]> {
    let mut start = 0;
    let entry = |([predicate, triples, subjects], [_, _, objects]): (&[u32; 3], &[u32; 3])| {
        let entry = [*predicate, start, *subjects, *objects];
        start += triples;
        entry
    };
    subjects.iter().zip(objects).map(entry).collect()
}
