//! A graph as spareval sees it: quad patterns over term numbers.

use super::cancellation::stop_if_cancelled;
use crate::error::Error;
use crate::graph::{Graph, Triples};
use oxrdf::{NamedNode, Term};
use spareval::{CancellationToken, ExpressionTerm, InternalQuad, QueryableDataset};
use std::cell::Cell;
use std::ops::Range;
use std::rc::Rc;
use std::sync::Arc;

/// A term: one of the graph by its number, or one that a query brought or computed.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum InternalTerm {
    /// A term of the graph.
    Number(u32),
    /// A term that the graph does not hold.
    Foreign(Arc<Term>),
}

/// A graph with the default graph that a query asks for.
#[derive(Clone)]
pub(super) struct GraphDataset {
    graph: Graph,
    /// The graphs whose merge is the default graph; all graphs when absent.
    default: Option<Arc<[u32]>>,
    cancellation: CancellationToken,
    /// Triples that were looked at.
    scanned: Rc<Cell<u64>>,
}

impl GraphDataset {
    /// The graph with the merge of these graphs (FROM) or of all graphs as its default graph. Once the query is
    /// cancelled, every call unwinds: see [`super::cancellation`].
    pub(super) fn new(graph: Graph, from: Option<&[NamedNode]>, cancellation: CancellationToken) -> Self {
        let number = |name: &NamedNode| graph.terms().number(name.as_ref().into());
        let default = from.map(|names| names.iter().filter_map(number).collect());
        Self { graph, default, cancellation, scanned: Rc::default() }
    }

    /// The graph with the triples of its own default graph alone outside of GRAPH.
    pub(super) fn of_default_graph(graph: Graph, cancellation: CancellationToken) -> Self {
        Self { default: Some(Arc::new([0])), ..Self::new(graph, None, cancellation) }
    }

    /// Counts the triples that it looks at.
    pub(super) fn scanned(&self) -> Rc<Cell<u64>> {
        Rc::clone(&self.scanned)
    }
}

type Quad = InternalQuad<InternalTerm>;

impl QueryableDataset<'static> for GraphDataset {
    type InternalTerm = InternalTerm;
    type Error = Error;

    fn internal_quads_for_pattern(
        &self,
        subject: Option<&InternalTerm>,
        predicate: Option<&InternalTerm>,
        object: Option<&InternalTerm>,
        graph_name: Option<Option<&InternalTerm>>,
    ) -> impl Iterator<Item = Result<Quad, Error>> + use<> {
        stop_if_cancelled(&self.cancellation);
        let numbers = [subject, predicate, object].map(number);
        let graphs = match graph_name {
            None => Some(GraphPattern::EachNamed),
            Some(None) => Some(self.default.clone().map_or(GraphPattern::Union, GraphPattern::Merge)),
            Some(Some(InternalTerm::Number(name))) => Some(GraphPattern::One(*name)),
            Some(Some(InternalTerm::Foreign(_))) => None,
        };
        let walk = match (numbers, &graphs) {
            ([Ok(s), Ok(p), Ok(o)], Some(graphs)) => Walk::new(self.graph.triples(), [s, p, o], graphs),
            _ => Walk::nothing(),
        };
        let graphs = graphs.unwrap_or(GraphPattern::Union);
        let (cancellation, scanned) = (self.cancellation.clone(), self.scanned());
        Matches { graph: self.graph.clone(), cancellation, scanned, walk, graphs, batch: Vec::new(), size: 4 }
    }

    fn internal_named_graphs(&self) -> impl Iterator<Item = Result<InternalTerm, Error>> + use<> {
        let names: Vec<u32> = self.graph.triples().graphs().iter().filter(|name| *name != 0).collect();
        names.into_iter().map(|name| Ok(InternalTerm::Number(name)))
    }

    fn contains_internal_graph_name(&self, name: &InternalTerm) -> Result<bool, Error> {
        Ok(match name {
            InternalTerm::Number(name) => !self.graph.triples().of_graph(*name).is_empty(),
            InternalTerm::Foreign(_) => false,
        })
    }

    fn internalize_term(&self, term: Term) -> Result<InternalTerm, Error> {
        Ok(match self.graph.terms().number(term.as_ref()) {
            Some(number) => InternalTerm::Number(number),
            None => InternalTerm::Foreign(Arc::new(term)),
        })
    }

    fn externalize_term(&self, term: InternalTerm) -> Result<Term, Error> {
        stop_if_cancelled(&self.cancellation);
        match term {
            InternalTerm::Number(number) => self.graph.terms().term(number),
            InternalTerm::Foreign(term) => Ok(Arc::unwrap_or_clone(term)),
        }
    }

    fn externalize_expression_term(&self, term: InternalTerm) -> Result<ExpressionTerm, Error> {
        stop_if_cancelled(&self.cancellation);
        match term {
            InternalTerm::Number(number) => self.graph.terms().expression_term(number),
            InternalTerm::Foreign(term) => Ok(Arc::unwrap_or_clone(term).into()),
        }
    }
}

/// The number of a term in a pattern: `Ok(None)` for a variable, `Err` for a term that no triple has.
fn number(term: Option<&InternalTerm>) -> Result<Option<u32>, ()> {
    match term {
        None => Ok(None),
        Some(InternalTerm::Number(number)) => Ok(Some(*number)),
        Some(InternalTerm::Foreign(_)) => Err(()),
    }
}

/// Which graphs a pattern looks at.
#[derive(Clone)]
enum GraphPattern {
    /// The union of all graphs.
    Union,
    /// The merge of some graphs.
    Merge(Arc<[u32]>),
    /// One named graph.
    One(u32),
    /// Each named graph for itself.
    EachNamed,
}

/// A way through the triples that match a pattern.
struct Walk {
    order: Order,
    places: Range<usize>,
    /// What the order does not ensure.
    filter: [Option<u32>; 3],
    /// The parts that are the same for all triples of the range.
    fixed: [u32; 3],
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Order {
    Spo,
    Pso,
    Pos,
    Osp,
    /// The triples of one graph, in the order SPO; places are indices of its list.
    Graph(u32),
}

impl Walk {
    fn nothing() -> Self {
        Self { order: Order::Spo, places: 0..0, filter: [None; 3], fixed: [0; 3] }
    }

    fn new(triples: Triples<'_>, pattern: [Option<u32>; 3], graphs: &GraphPattern) -> Self {
        let (order, places) = match pattern {
            [Some(s), Some(p), Some(o)] => (Order::Spo, triples.place(s, p, o).map_or(0..0, |n| n..n + 1)),
            [Some(s), Some(p), None] => (Order::Spo, triples.of_subject_predicate(s, p)),
            [Some(s), None, None] => (Order::Spo, triples.of_subject(s)),
            [Some(s), None, Some(o)] => (Order::Osp, triples.of_object_subject(o, s)),
            [None, Some(p), Some(o)] => (Order::Pos, triples.of_predicate_object(p, o)),
            [None, Some(p), None] => (Order::Pso, triples.of_predicate(p)),
            [None, None, Some(o)] => (Order::Osp, triples.of_object(o)),
            [None, None, None] => (Order::Spo, 0..triples.len()),
        };
        let fixed = pattern.map(Option::unwrap_or_default);
        if let GraphPattern::One(name) = graphs {
            let len = triples.of_graph(*name).len();
            if len < places.len() {
                return Self { order: Order::Graph(*name), places: 0..len, filter: pattern, fixed };
            }
        }
        Self { order, places, filter: [None; 3], fixed }
    }

    /// Appends the next triples, at most `count` places further, with their places in the order SPO if they
    /// are wanted.
    fn next(&mut self, triples: Triples<'_>, count: usize, mut each: impl FnMut([u32; 3])) {
        let end = self.places.end.min(self.places.start + count);
        let places = self.places.start..end;
        self.places.start = end;
        let [s, p, o] = self.fixed;
        match self.order {
            Order::Spo => {
                let mut subject = if s == 0 { triples.subject_at(places.start) } else { s };
                for place in places {
                    if s == 0 {
                        subject = triples.subject_from(subject, place);
                    }
                    each([subject, triples.spo_predicates.at(place), triples.spo_objects.at(place)]);
                }
            }
            Order::Pso => {
                places.for_each(|n| each([triples.pso_subjects.at(n), p, triples.pso_objects.at(n)]));
            }
            Order::Pos => places.for_each(|n| each([triples.pos_subjects.at(n), p, o])),
            Order::Osp => {
                places.for_each(|n| each([triples.osp_subjects.at(n), triples.osp_predicates.at(n), o]));
            }
            Order::Graph(name) => {
                let list = triples.of_graph(name);
                for place in places.map(|index| list.at(index)) {
                    let (p, o) = (triples.spo_predicates.at(place), triples.spo_objects.at(place));
                    let matches =
                        |part: usize, number| self.filter[part].is_none_or(|wanted| wanted == number);
                    if matches(1, p) && matches(2, o) {
                        let s = triples.subject_at(place);
                        if matches(0, s) {
                            each([s, p, o]);
                        }
                    }
                }
            }
        }
    }
}

/// The quads that match a pattern, fetched in batches that grow.
struct Matches {
    graph: Graph,
    cancellation: CancellationToken,
    scanned: Rc<Cell<u64>>,
    walk: Walk,
    graphs: GraphPattern,
    /// Quads to give, the next one last; graph 0 is the default graph of the query.
    batch: Vec<[u32; 4]>,
    size: usize,
}

impl Matches {
    fn refill(&mut self) {
        let triples = self.graph.triples();
        let batch = &mut self.batch;
        let in_graph = matches!(self.walk.order, Order::Graph(_));
        let graphs = &self.graphs;
        let before = self.walk.places.len();
        self.walk.next(triples, self.size, |[s, p, o]| match graphs {
            GraphPattern::Union => batch.push([s, p, o, 0]),
            GraphPattern::One(name) if in_graph => batch.push([s, p, o, *name]),
            GraphPattern::One(name) => {
                if triples.place(s, p, o).is_some_and(|place| triples.is_in(place, *name)) {
                    batch.push([s, p, o, *name]);
                }
            }
            GraphPattern::Merge(names) => {
                let place = triples.place(s, p, o);
                if place.is_some_and(|place| names.iter().any(|name| triples.is_in(place, *name))) {
                    batch.push([s, p, o, 0]);
                }
            }
            GraphPattern::EachNamed => {
                let graphs = triples.place(s, p, o).map(|place| triples.graphs_of(place));
                let named = graphs.into_iter().flat_map(|graphs| graphs.iter()).filter(|name| *name != 0);
                batch.extend(named.map(|name| [s, p, o, name]));
            }
        });
        batch.reverse();
        self.scanned.set(self.scanned.get() + (before - self.walk.places.len()) as u64);
        self.size = (self.size * 4).min(1024);
    }
}

impl Iterator for Matches {
    type Item = Result<Quad, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        stop_if_cancelled(&self.cancellation);
        while self.batch.is_empty() {
            if self.walk.places.is_empty() {
                return None;
            }
            stop_if_cancelled(&self.cancellation);
            self.refill();
        }
        let [subject, predicate, object, graph] = self.batch.pop()?;
        Some(Ok(InternalQuad {
            subject: InternalTerm::Number(subject),
            predicate: InternalTerm::Number(predicate),
            object: InternalTerm::Number(object),
            graph_name: (graph != 0).then_some(InternalTerm::Number(graph)),
        }))
    }
}
