//! Which graphs hold which triples: each set of graphs is written once, as most triples are of the graphs of many others.

use super::contents::Contents;
use super::format::Section;
use super::orders::Groups;
use rayon::prelude::*;
use rustc_hash::FxHashMap;
use std::collections::BTreeMap;
use std::io;

/// The sets of graphs that triples are of, numbered in the order of the triples.
#[derive(Default)]
pub(super) struct Sets {
    /// The graphs of each set, sorted.
    members: Vec<Vec<u32>>,
    /// How many triples are of each set.
    triples: Vec<usize>,
    numbers: FxHashMap<Vec<u32>, u32>,
}

impl Sets {
    /// Makes predicate, object and set out of predicate, object and graph, which are sorted for each subject: each triple
    /// stands once from then on.
    pub(super) fn gather(spo: &mut Groups<3>) -> Self {
        let shares = spo.in_shares(|_, starts, entries| {
            let mut sets = Self::default();
            let lens = sets.take(starts, entries);
            (sets, lens, entries.len())
        });
        let mut all = Self::default();
        let (mut subject, mut from, mut end) = (0, 0, 0);
        for (sets, lens, len) in shares {
            let mut kept = from..from;
            for len in lens {
                spo.starts[subject] = (end + kept.len()) as u32;
                kept.end += len as usize;
                subject += 1;
            }
            if all.members.is_empty() {
                all = sets;
            } else {
                let numbers = all.add(sets);
                let entries = spo.entries[kept.clone()].par_iter_mut();
                entries.for_each(|[.., set]| *set = numbers[*set as usize]);
            }
            spo.entries.copy_within(kept.clone(), end);
            end += kept.len();
            from += len;
        }
        spo.starts[subject] = end as u32;
        spo.entries.truncate(end);
        all
    }

    /// The same for the entries of some subjects, which start at places: those that remain come first. Gives how many
    /// remain of each subject.
    fn take(&mut self, starts: &[u32], entries: &mut [[u32; 3]]) -> Vec<u32> {
        let first = starts.first().copied().unwrap_or_default();
        let ends = starts.iter().skip(1).map(|end| (end - first) as usize).chain([entries.len()]);
        let (mut set, mut number) = (Vec::new(), 0);
        let (mut at, mut kept) = (0, 0);
        let of_subject = |end: usize| {
            let before = kept;
            while at < end {
                let [predicate, object, _] = entries[at];
                let is_of_triple = |entry: &&[u32; 3]| entry[0] == predicate && entry[1] == object;
                set.clear();
                set.extend(entries[at..end].iter().take_while(is_of_triple).map(|[.., graph]| *graph));
                at += set.len();
                set.dedup();
                number = self.number(&set, number);
                self.triples[number as usize] += 1;
                entries[kept] = [predicate, object, number];
                kept += 1;
            }
            (kept - before) as u32
        };
        ends.map(of_subject).collect()
    }

    /// The number of a set, which most often is that of the triple before: many triples in a row are of the same graphs.
    fn number(&mut self, set: &[u32], last: u32) -> u32 {
        let is_last = |last: &Vec<u32>| match (last.as_slice(), set) {
            ([last], [graph]) => last == graph,
            (last, graphs) => last == graphs,
        };
        if self.members.get(last as usize).is_some_and(is_last) {
            return last;
        }
        if let Some(number) = self.numbers.get(set) {
            return *number;
        }
        let number = self.members.len() as u32;
        self.numbers.insert(set.to_vec(), number);
        self.members.push(set.to_vec());
        self.triples.push(0);
        number
    }

    /// Adds the sets of triples behind these; gives their numbers among all.
    fn add(&mut self, others: Self) -> Vec<u32> {
        let mut add = |(set, triples): (Vec<u32>, usize)| {
            let number = self.number(&set, 0);
            self.triples[number as usize] += triples;
            number
        };
        others.members.into_iter().zip(others.triples).map(&mut add).collect()
    }

    /// How many quads there are.
    pub(super) fn quads(&self) -> usize {
        self.members.iter().zip(&self.triples).map(|(graphs, triples)| graphs.len() * triples).sum()
    }

    /// Writes the sets and what each graph holds; gives the number of graphs.
    pub(super) fn write(&self, spo: &Groups<3>, contents: &mut Contents<'_>) -> io::Result<usize> {
        if self.members.len() > 1 {
            contents.put_column(Section::TripleSets, spo.entries.iter().map(|[.., set]| *set))?;
        }
        let ends = |ends: &mut u32, len: usize| {
            *ends += len as u32;
            Some(*ends)
        };
        let set_ends = self.members.iter().map(Vec::len).scan(0, ends);
        contents.put_column(Section::SetOffsets, std::iter::once(0).chain(set_ends))?;
        contents.put_column(Section::SetMembers, self.members.iter().flatten().copied())?;

        let mut triples_of: BTreeMap<u32, usize> = BTreeMap::new();
        for (graphs, triples) in self.members.iter().zip(&self.triples) {
            graphs.iter().for_each(|graph| *triples_of.entry(*graph).or_default() += triples);
        }
        let graph_ends = triples_of.values().copied().scan(0, ends);
        contents.put_column(Section::GraphOffsets, std::iter::once(0).chain(graph_ends))?;
        contents.put_column(Section::Graphs, triples_of.keys().copied())?;
        if triples_of.len() > 1 {
            contents.put(Section::GraphTriples, self.triples_by_graph(&triples_of, &spo.entries))?;
        }
        Ok(triples_of.len())
    }

    /// The column of the places of the triples of each graph; the graphs are given with how many triples they have.
    fn triples_by_graph(&self, triples_of: &BTreeMap<u32, usize>, sets: &[[u32; 3]]) -> Vec<u8> {
        let mut end = 0;
        let mut starts: Vec<usize> = Vec::with_capacity(triples_of.len() + 1);
        let mut place_of: FxHashMap<u32, usize> = FxHashMap::default();
        for (graph, triples) in triples_of {
            place_of.insert(*graph, starts.len());
            starts.push(end);
            end += triples;
        }
        starts.push(end);
        let graphs_of: Vec<Vec<usize>> =
            self.members.iter().map(|graphs| graphs.iter().map(|graph| place_of[graph]).collect()).collect();
        let mut column = vec![[0; 4]; end];
        // Each processor fills in the graphs of a range.
        let mut rest = column.as_mut_slice();
        let mut shares = Vec::new();
        let each = starts.len() / rayon::current_num_threads() + 1;
        for first in (0..triples_of.len()).step_by(each) {
            let share;
            let graphs = first..(first + each).min(triples_of.len());
            (share, rest) = rest.split_at_mut(starts[graphs.end] - starts[graphs.start]);
            shares.push((graphs, share));
        }
        shares.into_par_iter().for_each(|(graphs, share)| {
            let mut next: Vec<usize> =
                starts[graphs.clone()].iter().map(|start| start - starts[graphs.start]).collect();
            for (place, [.., set]) in (0u32..).zip(sets) {
                for graph in &graphs_of[*set as usize] {
                    if let Some(at) = graph.checked_sub(graphs.start).and_then(|graph| next.get_mut(graph)) {
                        share[*at] = place.to_le_bytes();
                        *at += 1;
                    }
                }
            }
        });
        column.into_flattened()
    }
}
