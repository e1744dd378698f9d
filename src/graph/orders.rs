//! Quads of term numbers, sorted into the columns of a graph file.

use super::format::{SECTIONS, Section};
use rayon::slice::ParallelSliceMut;
use rustc_hash::FxHashMap;

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
/// `resources` is the number after the last resource, `terms` the number after the last term.
pub(super) fn write(
    mut quads: Vec<QuadNumbers>,
    resources: u32,
    terms: u32,
    sections: &mut [Vec<u8>; SECTIONS],
) -> Counts {
    quads.par_sort_unstable();
    quads.dedup();
    let graphs = write_graphs(&quads, sections);
    let count = quads.len();
    let mut triples: Vec<[u32; 3]> = quads.iter().map(|[s, p, o, _]| [*s, *p, *o]).collect();
    drop(quads);
    triples.dedup();

    let mut put = |section: Section, numbers: &mut dyn Iterator<Item = u32>| {
        let bytes = &mut sections[section as usize];
        numbers.for_each(|number| bytes.extend_from_slice(&number.to_le_bytes()));
    };
    put(Section::SubjectOffsets, &mut offsets(triples.iter().map(|triple| triple[0]), resources));
    put(Section::SpoPredicates, &mut triples.iter().map(|triple| triple[1]));
    put(Section::SpoObjects, &mut triples.iter().map(|triple| triple[2]));

    // Stable counting sorts keep the order of the other two parts: SPO by P is PSO, SPO by O is OSP, OSP by P is POS.
    let pso = sorted_by(&triples, 1, resources);
    put(Section::PsoSubjects, &mut pso.iter().map(|triple| triple[0]));
    put(Section::PsoObjects, &mut pso.iter().map(|triple| triple[2]));
    let osp = sorted_by(&triples, 2, terms);
    put(Section::ObjectOffsets, &mut offsets(osp.iter().map(|triple| triple[2]), terms));
    put(Section::OspSubjects, &mut osp.iter().map(|triple| triple[0]));
    put(Section::OspPredicates, &mut osp.iter().map(|triple| triple[1]));
    let pos = sorted_by(&osp, 1, resources);
    put(Section::PosObjects, &mut pos.iter().map(|triple| triple[2]));
    put(Section::PosSubjects, &mut pos.iter().map(|triple| triple[0]));
    put(Section::Predicates, &mut predicates(&pso, &pos).into_iter().flatten());
    Counts { triples: triples.len(), quads: count, graphs }
}

/// The triples sorted stably by one of their parts, whose numbers are below `end`.
fn sorted_by(triples: &[[u32; 3]], part: usize, end: u32) -> Vec<[u32; 3]> {
    let mut places = vec![0usize; end as usize + 1];
    triples.iter().for_each(|triple| places[triple[part] as usize + 1] += 1);
    for number in 1..places.len() {
        places[number] += places[number - 1];
    }
    let mut sorted = vec![[0; 3]; triples.len()];
    for triple in triples {
        let place = &mut places[triple[part] as usize];
        sorted[*place] = *triple;
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

/// One entry for each predicate: its number, its first place, distinct subjects, distinct objects.
fn predicates(pso: &[[u32; 3]], pos: &[[u32; 3]]) -> Vec<[u32; 4]> {
    let mut start = 0;
    let mut entries = Vec::new();
    for run in pso.chunk_by(|a, b| a[1] == b[1]) {
        let subjects = run.chunk_by(|a, b| a[0] == b[0]).count();
        let same = &pos[start..start + run.len()];
        let objects = same.chunk_by(|a, b| a[2] == b[2]).count();
        entries.push([run[0][1], start as u32, subjects as u32, objects as u32]);
        start += run.len();
    }
    entries
}

/// Writes which graphs hold which triples; quads are sorted. Gives the number of graphs.
fn write_graphs(quads: &[QuadNumbers], sections: &mut [Vec<u8>; SECTIONS]) -> usize {
    let mut sets: FxHashMap<Vec<u32>, u32> = FxHashMap::default();
    let mut members: Vec<Vec<u32>> = Vec::new();
    let mut set_of: Vec<u32> = Vec::new();
    let mut triples_of: FxHashMap<u32, Vec<u32>> = FxHashMap::default();
    let mut set = Vec::new();
    for (place, run) in quads.chunk_by(|a, b| a[..3] == b[..3]).enumerate() {
        set.clear();
        set.extend(run.iter().map(|quad| quad[3]));
        set.iter().for_each(|graph| triples_of.entry(*graph).or_default().push(place as u32));
        let number = sets.get(&set).copied().unwrap_or_else(|| {
            let number = members.len() as u32;
            sets.insert(set.clone(), number);
            members.push(set.clone());
            number
        });
        set_of.push(number);
    }
    let mut graphs: Vec<(u32, Vec<u32>)> = triples_of.into_iter().collect();
    graphs.sort_unstable();

    let mut put = |section: Section, number: u32| {
        sections[section as usize].extend_from_slice(&number.to_le_bytes());
    };
    if members.len() > 1 {
        set_of.iter().for_each(|set| put(Section::TripleSets, *set));
    }
    let mut end = 0;
    put(Section::SetOffsets, 0);
    for set in &members {
        end += set.len() as u32;
        put(Section::SetOffsets, end);
        set.iter().for_each(|graph| put(Section::SetMembers, *graph));
    }
    let mut end = 0;
    put(Section::GraphOffsets, 0);
    for (graph, triples) in &graphs {
        end += triples.len() as u32;
        put(Section::Graphs, *graph);
        put(Section::GraphOffsets, end);
        if graphs.len() > 1 {
            triples.iter().for_each(|triple| put(Section::GraphTriples, *triple));
        }
    }
    graphs.len()
}
