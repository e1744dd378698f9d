//! Which graphs hold which triples: each set of graphs is written once, as most triples are of the graphs of many others.

use super::contents::Contents;
use super::format::Section;
use super::orders::Groups;
use rustc_hash::FxHashMap;
use std::collections::BTreeMap;
use std::io;

/// The sets of graphs that triples are of, numbered in the order of the triples.
pub(super) struct Sets {
    /// The graphs of each set, sorted.
    members: Vec<Vec<u32>>,
    /// How many triples are of each set.
    triples: Vec<usize>,
}

impl Sets {
    /// Makes predicate, object and set out of predicate, object and graph, which are sorted for each subject: each triple
    /// stands once from then on.
    pub(super) fn gather(spo: &mut Groups<3>) -> Self {
        let mut sets = Self { members: Vec::new(), triples: Vec::new() };
        let mut numbers: FxHashMap<Vec<u32>, u32> = FxHashMap::default();
        let (mut set, mut number) = (Vec::new(), 0);
        let (mut at, mut end) = (0, 0);
        for subject in 1..spo.starts.len() {
            while at < spo.starts[subject] as usize {
                let [predicate, object, _] = spo.entries[at];
                let of_triple = spo.entries[at..spo.starts[subject] as usize].iter();
                let is_of_triple = |entry: &&[u32; 3]| entry[0] == predicate && entry[1] == object;
                set.clear();
                set.extend(of_triple.take_while(is_of_triple).map(|[.., graph]| *graph));
                at += set.len();
                set.dedup();
                // Many triples in a row are of the same graphs.
                let is_last = |last: &Vec<u32>| match (last.as_slice(), set.as_slice()) {
                    ([last], [graph]) => last == graph,
                    (last, graphs) => last == graphs,
                };
                if !sets.members.get(number as usize).is_some_and(is_last) {
                    number = numbers.get(&set).copied().unwrap_or(sets.members.len() as u32);
                    if number as usize == sets.members.len() {
                        numbers.insert(set.clone(), number);
                        sets.members.push(set.clone());
                        sets.triples.push(0);
                    }
                }
                sets.triples[number as usize] += 1;
                spo.entries[end] = [predicate, object, number];
                end += 1;
            }
            spo.starts[subject] = end as u32;
        }
        spo.entries.truncate(end);
        sets
    }

    /// How many quads there are.
    pub(super) fn quads(&self) -> usize {
        self.members.iter().zip(&self.triples).map(|(graphs, triples)| graphs.len() * triples).sum()
    }

    /// Writes the sets and what each graph holds; gives the number of graphs.
    pub(super) fn write(&self, spo: &Groups<3>, contents: &mut Contents<'_>) -> io::Result<usize> {
        let set_of = || spo.entries.iter().map(|[.., set]| *set);
        if self.members.len() > 1 {
            contents.put_column(Section::TripleSets, set_of())?;
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
            contents.put(Section::GraphTriples, self.triples_by_graph(&triples_of, set_of()))?;
        }
        Ok(triples_of.len())
    }

    /// The column of the places of the triples of each graph; the graphs are given with how many triples they have.
    fn triples_by_graph(
        &self,
        triples_of: &BTreeMap<u32, usize>,
        set_of: impl Iterator<Item = u32>,
    ) -> Vec<u8> {
        let mut end = 0;
        let mut next: Vec<usize> = Vec::new();
        let mut place_of: FxHashMap<u32, usize> = FxHashMap::default();
        for (graph, triples) in triples_of {
            place_of.insert(*graph, next.len());
            next.push(end);
            end += triples;
        }
        let graphs_of: Vec<Vec<usize>> =
            self.members.iter().map(|graphs| graphs.iter().map(|graph| place_of[graph]).collect()).collect();
        let mut column = vec![[0; 4]; end];
        for (place, set) in (0u32..).zip(set_of) {
            for graph in &graphs_of[set as usize] {
                let at = &mut next[*graph];
                column[*at] = place.to_le_bytes();
                *at += 1;
            }
        }
        column.into_flattened()
    }
}
