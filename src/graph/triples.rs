//! The triples of a graph in their sort orders, and which graphs hold them.

use super::columns::Column;
use std::ops::Range;

/// What is counted for one predicate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PredicateCounts {
    /// Term number of the predicate.
    pub predicate: u32,
    /// Places of its triples in the orders PSO and POS; as many as it has triples.
    pub range: Range<usize>,
    /// How many subjects it has.
    pub subjects: u32,
    /// How many objects it has.
    pub objects: u32,
}

/// The columns of a graph's triples.
#[derive(Clone, Copy)]
pub struct Triples<'a> {
    pub(super) subject_offsets: Column<'a>,
    pub(super) predicates: Column<'a>,
    pub(super) object_offsets: Column<'a>,
    /// Predicates in the order SPO.
    pub spo_predicates: Column<'a>,
    /// Objects in the order SPO.
    pub spo_objects: Column<'a>,
    /// Subjects in the order PSO.
    pub pso_subjects: Column<'a>,
    /// Objects in the order PSO.
    pub pso_objects: Column<'a>,
    /// Objects in the order POS.
    pub pos_objects: Column<'a>,
    /// Subjects in the order POS.
    pub pos_subjects: Column<'a>,
    /// Subjects in the order OSP.
    pub osp_subjects: Column<'a>,
    /// Predicates in the order OSP.
    pub osp_predicates: Column<'a>,
    pub(super) triple_sets: Column<'a>,
    pub(super) set_offsets: Column<'a>,
    pub(super) set_members: Column<'a>,
    pub(super) graphs: Column<'a>,
    pub(super) graph_offsets: Column<'a>,
    pub(super) graph_triples: Column<'a>,
}

impl<'a> Triples<'a> {
    /// How many triples there are.
    pub fn len(self) -> usize {
        self.spo_predicates.len()
    }

    /// Whether there are none.
    pub fn is_empty(self) -> bool {
        self.spo_predicates.is_empty()
    }

    /// Places of a subject's triples in the order SPO.
    pub fn of_subject(self, subject: u32) -> Range<usize> {
        self.within(self.subject_offsets.group(subject as usize))
    }

    /// Places of an object's triples in the order OSP.
    pub fn of_object(self, object: u32) -> Range<usize> {
        self.within(self.object_offsets.group(object as usize))
    }

    /// Cuts a range to the triples that there are: the offsets of a damaged file may say anything.
    fn within(self, range: Range<usize>) -> Range<usize> {
        let len = self.len();
        range.start.min(len)..range.end.min(len)
    }

    /// Places in the order SPO of the triples with a subject and predicate.
    pub fn of_subject_predicate(self, subject: u32, predicate: u32) -> Range<usize> {
        self.spo_predicates.equal_range(self.of_subject(subject), predicate)
    }

    /// Places in the order OSP of the triples with an object and subject.
    pub fn of_object_subject(self, object: u32, subject: u32) -> Range<usize> {
        self.osp_subjects.equal_range(self.of_object(object), subject)
    }

    /// Places in the order POS of the triples with a predicate and object.
    pub fn of_predicate_object(self, predicate: u32, object: u32) -> Range<usize> {
        self.pos_objects.equal_range(self.of_predicate(predicate), object)
    }

    /// Places of a predicate's triples in the orders PSO and POS.
    pub fn of_predicate(self, predicate: u32) -> Range<usize> {
        self.predicate(predicate).map_or(0..0, |counts| counts.range)
    }

    /// What is counted for a predicate; `None` if no triple has it.
    pub fn predicate(self, predicate: u32) -> Option<PredicateCounts> {
        let entries = self.predicates.len() / 4;
        let (mut low, mut high) = (0, entries);
        while low < high {
            let middle = low.midpoint(high);
            if self.predicates.at(4 * middle) < predicate {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        (low < entries && self.predicates.at(4 * low) == predicate).then(|| self.predicate_at(low))
    }

    /// What is counted for each predicate, in the order of their numbers.
    pub fn predicate_counts(self) -> impl Iterator<Item = PredicateCounts> + 'a {
        (0..self.predicates.len() / 4).map(move |entry| self.predicate_at(entry))
    }

    fn predicate_at(self, entry: usize) -> PredicateCounts {
        let number = |part| self.predicates.at(4 * entry + part);
        let start = number(1) as usize;
        let last = 4 * entry + 4 >= self.predicates.len();
        let end = if last { self.len() } else { number(5) as usize };
        PredicateCounts {
            predicate: number(0),
            range: self.within(start..end.max(start)),
            subjects: number(2),
            objects: number(3),
        }
    }

    /// The subject of the triple at a place in the order SPO.
    pub fn subject_at(self, place: usize) -> u32 {
        let Ok(place) = u32::try_from(place) else { return 0 };
        let len = self.subject_offsets.len();
        self.subject_offsets.lower_bound(0..len, place + 1).saturating_sub(1) as u32
    }

    /// The subject of the triple at a place in the order SPO, looked for from the subject of a place before it; 0,
    /// which names no term, where a damaged file has none.
    #[inline]
    pub fn subject_from(self, mut subject: u32, place: usize) -> u32 {
        while subject != 0 && self.subject_offsets.group(subject as usize).end <= place {
            subject = if subject as usize + 1 < self.subject_offsets.len() { subject + 1 } else { 0 };
        }
        subject
    }

    /// Place of a triple in the order SPO; `None` if the graph does not hold it.
    pub fn place(self, subject: u32, predicate: u32, object: u32) -> Option<usize> {
        let range = self.of_subject_predicate(subject, predicate);
        let place = self.spo_objects.lower_bound(range.clone(), object);
        (range.contains(&place) && self.spo_objects.at(place) == object).then_some(place)
    }

    /// The graphs, by the numbers of their names, sorted; 0 is the default graph.
    pub fn graphs(self) -> Column<'a> {
        self.graphs
    }

    /// The graphs that hold the triple at a place in the order SPO.
    pub fn graphs_of(self, place: usize) -> Column<'a> {
        let set = if self.triple_sets.is_empty() { 0 } else { self.triple_sets.at(place) };
        self.set_members.slice(self.set_offsets.group(set as usize))
    }

    /// Whether a graph holds the triple at a place in the order SPO.
    pub fn is_in(self, place: usize, graph: u32) -> bool {
        let graphs = self.graphs_of(place);
        let index = graphs.lower_bound(0..graphs.len(), graph);
        index < graphs.len() && graphs.at(index) == graph
    }

    /// The triples of a graph; none for a graph that is not there.
    pub fn of_graph(self, graph: u32) -> GraphTriples<'a> {
        let index = self.graphs.lower_bound(0..self.graphs.len(), graph);
        if index >= self.graphs.len() || self.graphs.at(index) != graph {
            return GraphTriples::Listed(self.graph_triples.slice(0..0));
        }
        if self.graph_triples.is_empty() {
            return GraphTriples::All(self.len());
        }
        GraphTriples::Listed(self.graph_triples.slice(self.graph_offsets.group(index)))
    }
}

/// The triples of one graph, as sorted places in the order SPO.
#[derive(Clone, Copy)]
pub enum GraphTriples<'a> {
    /// All triples, of which there are so many.
    All(usize),
    /// Those at these places.
    Listed(Column<'a>),
}

impl GraphTriples<'_> {
    /// How many triples the graph has.
    pub fn len(self) -> usize {
        match self {
            Self::All(len) => len,
            Self::Listed(places) => places.len(),
        }
    }

    /// Whether the graph has no triples.
    pub fn is_empty(self) -> bool {
        self.len() == 0
    }

    /// Place in the order SPO of the triple at an index.
    pub fn at(self, index: usize) -> usize {
        match self {
            Self::All(_) => index,
            Self::Listed(places) => places.at(index) as usize,
        }
    }
}
