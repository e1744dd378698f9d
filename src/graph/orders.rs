//! Quads of term numbers, sorted into the columns of a graph file.

use super::contents::Contents;
use super::format::Section;
use rayon::slice::ParallelSliceMut;
use rustc_hash::FxHashMap;
use std::io;

/// One quad: subject, predicate, object, graph (0 for the default graph).
pub(super) type QuadNumbers = [u32; 4];

/// How many triples and quads were written.
#[derive(Clone, Copy, Debug)]
pub(super) struct Counts {
    pub(super) triples: usize,
    pub(super) quads: usize,
    pub(super) graphs: usize,
}

/// Sorts the quads and writes every section of the triples.
///
/// `resources` is the number after the last resource, `terms` the number after the last term. At most two orders are in
/// memory at once.
pub(super) fn write(
    mut quads: Vec<QuadNumbers>,
    resources: u32,
    terms: u32,
    contents: &mut Contents,
) -> io::Result<Counts> {
    quads.par_sort_unstable_by_key(in_one_number);
    quads.dedup();
    let graphs = write_graphs(&quads, contents)?;
    let count = quads.len();
    let flat = without_graphs(quads);
    let spo = flat.as_chunks::<3>().0;
    let triples = spo.len();
    contents.put_column(Section::SubjectOffsets, offsets(spo.iter().map(|triple| triple[0]), resources))?;
    contents.put_column(Section::SpoPredicates, spo.iter().map(|triple| triple[1]))?;
    contents.put_column(Section::SpoObjects, spo.iter().map(|triple| triple[2]))?;

    // Stable counting sorts keep the order of the other two parts: SPO by P is PSO, SPO by O is OSP, OSP by P is POS.
    let pso = sorted_by(spo, 1, resources);
    contents.put_column(Section::PsoSubjects, pso.iter().map(|triple| triple[0]))?;
    contents.put_column(Section::PsoObjects, pso.iter().map(|triple| triple[2]))?;
    let subjects = runs(&pso, 0);
    drop(pso);
    let osp = sorted_by(spo, 2, terms);
    drop(flat);
    contents.put_column(Section::ObjectOffsets, offsets(osp.iter().map(|triple| triple[2]), terms))?;
    contents.put_column(Section::OspSubjects, osp.iter().map(|triple| triple[0]))?;
    contents.put_column(Section::OspPredicates, osp.iter().map(|triple| triple[1]))?;
    let pos = sorted_by(&osp, 1, resources);
    drop(osp);
    contents.put_column(Section::PosObjects, pos.iter().map(|triple| triple[2]))?;
    contents.put_column(Section::PosSubjects, pos.iter().map(|triple| triple[0]))?;
    contents.put_column(Section::Predicates, predicates(&subjects, &runs(&pos, 2)).into_iter().flatten())?;
    Ok(Counts { triples, quads: count, graphs })
}

/// A quad as a number of the same order, which is compared at once.
fn in_one_number(quad: &QuadNumbers) -> u128 {
    quad.iter().fold(0, |number, part| number << 32 | u128::from(*part))
}

/// The parts of the triples of sorted quads, one triple after the other, in the memory of the quads.
fn without_graphs(quads: Vec<QuadNumbers>) -> Vec<u32> {
    let mut flat = quads.into_flattened();
    let mut end = 0;
    for start in (0..flat.len()).step_by(4) {
        let is_known = end > 0 && flat[end - 3..end] == flat[start..start + 3];
        if !is_known {
            flat.copy_within(start..start + 3, end);
            end += 3;
        }
    }
    flat.truncate(end);
    flat.shrink_to_fit();
    flat
}

/// The triples sorted stably by one of their parts, whose numbers are below `end`.
fn sorted_by(triples: &[[u32; 3]], part: usize, end: u32) -> Vec<[u32; 3]> {
    let mut places = vec![0u32; end as usize + 1];
    triples.iter().for_each(|triple| places[triple[part] as usize + 1] += 1);
    for number in 1..places.len() {
        places[number] += places[number - 1];
    }
    let mut sorted = vec![[0; 3]; triples.len()];
    for triple in triples {
        let place = &mut places[triple[part] as usize];
        sorted[*place as usize] = *triple;
        *place += 1;
    }
    sorted
}

/// For each number up to and including `end`: how many of the sorted numbers are less.
fn offsets(sorted: impl Iterator<Item = u32>, end: u32) -> impl Iterator<Item = u32> {
    let mut sorted = sorted.peekable();
    let mut before = 0;
    (0..=end).map(move |number| {
        while sorted.next_if(|next| *next < number).is_some() {
            before += 1;
        }
        before
    })
}

/// Each predicate of triples that are sorted by it and then by another part: how many triples it has, and how many
/// values of the other part.
fn runs(triples: &[[u32; 3]], part: usize) -> Vec<(u32, u32, u32)> {
    let runs = triples.chunk_by(|a, b| a[1] == b[1]);
    let distinct = |run: &[[u32; 3]]| run.chunk_by(|a, b| a[part] == b[part]).count() as u32;
    runs.map(|run| (run[0][1], run.len() as u32, distinct(run))).collect()
}

/// One entry for each predicate: its number, its first place, distinct subjects, distinct objects.
fn predicates(subjects: &[(u32, u32, u32)], objects: &[(u32, u32, u32)]) -> Vec<[u32; 4]> {
    let mut start = 0;
    let entry = |((predicate, triples, subjects), (_, _, objects)): (&(u32, u32, u32), &(u32, u32, u32))| {
        let entry = [*predicate, start, *subjects, *objects];
        start += triples;
        entry
    };
    subjects.iter().zip(objects).map(entry).collect()
}

/// Writes which graphs hold which triples; quads are sorted. Gives the number of graphs.
fn write_graphs(quads: &[QuadNumbers], contents: &mut Contents) -> io::Result<usize> {
    let mut sets: FxHashMap<Vec<u32>, u32> = FxHashMap::default();
    let mut members: Vec<Vec<u32>> = Vec::new();
    let mut set_of: Vec<u8> = Vec::new();
    let mut counts: FxHashMap<u32, usize> = FxHashMap::default();
    let (mut set, mut number) = (Vec::new(), 0);
    for run in quads.chunk_by(|a, b| a[..3] == b[..3]) {
        set.clear();
        set.extend(run.iter().map(|quad| quad[3]));
        set.iter().for_each(|graph| *counts.entry(*graph).or_default() += 1);
        // Many triples in a row are of the same graphs.
        if members.get(number as usize) != Some(&set) {
            number = sets.get(&set).copied().unwrap_or_else(|| {
                sets.insert(set.clone(), members.len() as u32);
                members.push(set.clone());
                members.len() as u32 - 1
            });
        }
        set_of.extend_from_slice(&number.to_le_bytes());
    }
    if members.len() > 1 {
        contents.put(Section::TripleSets, set_of)?;
    }
    let ends = |ends: &mut u32, len: usize| {
        *ends += len as u32;
        Some(*ends)
    };
    let set_ends = members.iter().map(Vec::len).scan(0, ends);
    contents.put_column(Section::SetOffsets, std::iter::once(0).chain(set_ends))?;
    contents.put_column(Section::SetMembers, members.into_iter().flatten())?;

    let mut graphs: Vec<(u32, usize)> = counts.into_iter().collect();
    graphs.sort_unstable();
    let graph_ends = graphs.iter().map(|(_, triples)| *triples).scan(0, ends);
    contents.put_column(Section::GraphOffsets, std::iter::once(0).chain(graph_ends))?;
    contents.put_column(Section::Graphs, graphs.iter().map(|(graph, _)| *graph))?;
    if graphs.len() > 1 {
        contents.put(Section::GraphTriples, triples_of(&graphs, quads))?;
    }
    Ok(graphs.len())
}

/// The column of the places of the triples of each graph; the graphs are given with how many triples they have.
fn triples_of(graphs: &[(u32, usize)], quads: &[QuadNumbers]) -> Vec<u8> {
    let mut column = vec![0; 4 * quads.len()];
    let mut next: FxHashMap<u32, usize> = FxHashMap::default();
    let mut end = 0;
    for (graph, triples) in graphs {
        next.insert(*graph, end);
        end += 4 * triples;
    }
    for (place, run) in (0u32..).zip(quads.chunk_by(|a, b| a[..3] == b[..3])) {
        for quad in run {
            let at = next.entry(quad[3]).or_default();
            column[*at..*at + 4].copy_from_slice(&place.to_le_bytes());
            *at += 4;
        }
    }
    column
}
