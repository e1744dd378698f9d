//! Quads by the numbers of their terms while a graph is built, most of them in little memory.

use rustc_hash::FxHashSet;

/// One quad: subject, predicate, object, graph (0 for the default graph).
pub(super) type QuadNumbers = [u32; 4];

/// Quads in any order.
#[derive(Default)]
pub(super) struct Quads {
    loose: Vec<QuadNumbers>,
    /// Packed quads: subject, predicate and object as places among the numbers of their pack.
    triples: Vec<[u16; 3]>,
    /// The graphs of packed quads as such places, each with the end of its triples.
    graphs: Vec<(u16, u32)>,
    /// The numbers of the terms of all packs.
    numbers: Vec<u32>,
    /// Where the numbers and the graphs of each pack end.
    packs: Vec<[usize; 2]>,
}

impl Quads {
    /// How many quads there are.
    pub(super) fn len(&self) -> usize {
        self.loose.len() + self.triples.len()
    }

    /// Adds a quad.
    pub(super) fn push(&mut self, quad: QuadNumbers) {
        self.loose.push(quad);
    }

    /// Adds quads of places among numbers; `false` if there is a place without a number, of which the quads are left
    /// out.
    pub(super) fn add(&mut self, quads: &[[u32; 4]], numbers: &[u32]) -> bool {
        let before = self.len();
        let known = quads.iter().filter(|quad| quad.iter().all(|place| (*place as usize) < numbers.len()));
        let fits = numbers.len() <= usize::from(u16::MAX) + 1;
        if !fits || u32::try_from(self.triples.len() + quads.len()).is_err() {
            known.for_each(|quad| self.push(quad.map(|place| numbers[place as usize])));
            return self.len() - before == quads.len();
        }
        let first = self.graphs.len();
        for [subject, predicate, object, graph] in known.map(|quad| quad.map(|place| place as u16)) {
            self.triples.push([subject, predicate, object]);
            let end = self.triples.len() as u32;
            match self.graphs[first..].last_mut() {
                Some(last) if last.0 == graph => last.1 = end,
                _ => self.graphs.push((graph, end)),
            }
        }
        self.numbers.extend_from_slice(numbers);
        self.packs.push([self.numbers.len(), self.graphs.len()]);
        self.len() - before == quads.len()
    }

    /// Puts other numbers in place of the numbers.
    pub(super) fn renumber(&mut self, numbers: &[u32]) {
        let all = self.numbers.iter_mut().chain(self.loose.as_flattened_mut());
        all.for_each(|number| *number = numbers[*number as usize]);
    }

    /// Calls a function with each quad.
    #[inline]
    pub(super) fn for_each(&self, mut visit: impl FnMut(QuadNumbers)) {
        for pack in self.packs() {
            let number = |place: u16| pack.numbers[usize::from(place)];
            let mut start = 0;
            for (graph, end) in pack.graphs {
                let (graph, end) = (number(*graph), *end as usize - pack.start);
                for [subject, predicate, object] in &pack.triples[start..end] {
                    visit([number(*subject), number(*predicate), number(*object), graph]);
                }
                start = end;
            }
        }
        self.loose.iter().for_each(|quad| visit(*quad));
    }

    /// Those of some numbers that are the subject or the object of a quad.
    pub(super) fn mentioned(&self, mut numbers: FxHashSet<u32>) -> FxHashSet<u32> {
        let mut mentioned = FxHashSet::default();
        let mut look = |numbers: &mut FxHashSet<u32>, number: u32| {
            if numbers.remove(&number) {
                mentioned.insert(number);
            }
        };
        for pack in self.packs() {
            // Few packs know any of them.
            if pack.numbers.iter().any(|number| numbers.contains(number)) {
                for [subject, _, object] in pack.triples {
                    look(&mut numbers, pack.numbers[usize::from(*subject)]);
                    look(&mut numbers, pack.numbers[usize::from(*object)]);
                }
            }
        }
        for [subject, _, object, _] in &self.loose {
            look(&mut numbers, *subject);
            look(&mut numbers, *object);
        }
        mentioned
    }

    fn packs(&self) -> impl Iterator<Item = Pack<'_>> {
        let (mut start, mut before) = (0, [0; 2]);
        self.packs.iter().map(move |pack| {
            let graphs = &self.graphs[before[1]..pack[1]];
            let end = graphs.last().map_or(start, |(_, end)| *end as usize);
            let numbers = &self.numbers[before[0]..pack[0]];
            let pack_of = Pack { numbers, graphs, triples: &self.triples[start..end], start };
            (start, before) = (end, *pack);
            pack_of
        })
    }
}

/// Quads that were packed together.
struct Pack<'q> {
    numbers: &'q [u32],
    graphs: &'q [(u16, u32)],
    triples: &'q [[u16; 3]],
    /// Where its triples start among those of all packs.
    start: usize,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(quads: &Quads) -> Vec<QuadNumbers> {
        let mut all = Vec::new();
        quads.for_each(|quad| all.push(quad));
        all
    }

    #[test]
    fn quads_of_few_and_of_many_terms_come_back_with_their_new_numbers() {
        for terms in [10u32, 65_536, 65_537] {
            let numbers: Vec<u32> = (0..terms).map(|place| 2 * terms - place).collect();
            let places: Vec<[u32; 4]> =
                (0..1000).map(|at| [at * 71 % terms, at % 3, terms - 1 - at % 5, at / 100 % terms]).collect();
            let mut quads = Quads::default();
            assert!(quads.add(&places[..400], &numbers) && quads.add(&places[400..], &numbers));
            quads.push([1, 2, 3, 0]);
            let mut expected: Vec<QuadNumbers> =
                places.iter().map(|quad| quad.map(|place| numbers[place as usize])).collect();
            expected.push([1, 2, 3, 0]);
            assert_eq!(all(&quads), expected);
            assert_eq!(quads.len(), 1001);
            let predicate = numbers[1];
            let looked_for =
                [1, 3, predicate, expected[500][0], expected[900][2], 3 * terms].into_iter().collect();
            let mut mentioned = vec![1, 3, expected[500][0], expected[900][2]];
            let is_subject_or_object =
                |number| expected.iter().any(|quad| quad[0] == number || quad[2] == number);
            mentioned.extend(Some(predicate).filter(|number| is_subject_or_object(*number)));
            assert_eq!(quads.mentioned(looked_for), mentioned.into_iter().collect());
            let others: Vec<u32> = (0..=2 * terms).map(|number| number + 7).collect();
            quads.renumber(&others);
            let expected: Vec<QuadNumbers> =
                expected.iter().map(|quad| quad.map(|number| number + 7)).collect();
            assert_eq!(all(&quads), expected);
        }
    }

    #[test]
    fn quads_without_a_number_are_left_out_and_told() {
        let mut quads = Quads::default();
        assert!(quads.add(&[[0, 0, 0, 0]], &[9]));
        assert!(!quads.add(&[[0, 1, 0, 1], [0, 1, u32::MAX, 1], [0, 0, 65_536, 0]], &[4, 5]));
        assert_eq!(all(&quads), [[9; 4], [4, 5, 4, 5]]);
    }
}
