//! Nodes of a graph by their term numbers, and what leads from one to the next.

use crate::answers::names::prefixed;
use crate::error::Result;
use crate::graph::{Graph, Kind, Terms, Triples};
use oxrdf::vocab::{rdf, rdfs};
use oxrdf::{NamedNodeRef, Term};
use rustc_hash::{FxHashMap, FxHashSet};

/// The number of a term of the graph; larger numbers are terms that only shapes name.
pub(super) type Node = u32;

/// The nodes of a graph and of the shapes for it.
pub(super) struct Nodes<'g> {
    terms: Terms<'g>,
    triples: Triples<'g>,
    /// Terms that the graph doesn't hold, in the order of their numbers.
    more: Vec<Term>,
    numbers: FxHashMap<Term, Node>,
    /// `rdf:type`
    pub(super) a: Node,
    /// `rdfs:subClassOf`
    pub(super) sub_class_of: Node,
}

impl<'g> Nodes<'g> {
    pub(super) fn new(graph: &'g Graph) -> Self {
        let (terms, triples) = (graph.terms(), graph.triples());
        let (more, numbers) = (Vec::new(), FxHashMap::default());
        let mut nodes = Self { terms, triples, more, numbers, a: 0, sub_class_of: 0 };
        nodes.a = nodes.named(rdf::TYPE);
        nodes.sub_class_of = nodes.named(rdfs::SUB_CLASS_OF);
        nodes
    }

    /// The number of a term, a new one where the graph doesn't hold it.
    pub(super) fn number(&mut self, term: &Term) -> Node {
        if let Some(number) = self.terms.number(term.as_ref()) {
            return number;
        }
        let next = (self.terms.len() + 1 + self.more.len()) as Node;
        let more = &mut self.more;
        *self.numbers.entry(term.clone()).or_insert_with(|| {
            more.push(term.clone());
            next
        })
    }

    fn named(&mut self, name: NamedNodeRef<'_>) -> Node {
        self.number(&name.into_owned().into())
    }

    /// The number of an IRI; `None` where nothing holds it.
    pub(super) fn find(&self, iri: &str) -> Option<Node> {
        self.terms.number(NamedNodeRef::new_unchecked(iri).into())
    }

    /// The term of a number.
    ///
    /// # Errors
    /// A damaged graph.
    pub(super) fn term(&self, node: Node) -> Result<Term> {
        match self.more.get((node as usize).wrapping_sub(self.terms.len() + 1)) {
            Some(term) => Ok(term.clone()),
            None => self.terms.term(node),
        }
    }

    /// What a term is.
    pub(super) fn kind(&self, node: Node) -> Kind {
        match self.more.get((node as usize).wrapping_sub(self.terms.len() + 1)) {
            Some(term) => Kind::of(term.as_ref()),
            None => self.terms.kind(node).unwrap_or(Kind::Blank),
        }
    }

    /// A short form of a term for people.
    ///
    /// # Errors
    /// A damaged graph.
    pub(super) fn shown(&self, node: Node) -> Result<String> {
        Ok(match self.term(node)? {
            Term::NamedNode(node) => prefixed(node.as_str()),
            Term::BlankNode(node) => node.to_string(),
            Term::Literal(literal) => match self.kind(self.terms.number((&literal).into()).unwrap_or(node)) {
                Kind::Boolean | Kind::Integer | Kind::Decimal => literal.value().to_owned(),
                Kind::String | Kind::LangString => literal.to_string(),
                _ => format!("\"{}\"^^{}", literal.value(), prefixed(literal.datatype().as_str())),
            },
        })
    }

    /// The objects of a subject and predicate, sorted.
    pub(super) fn objects(&self, subject: Node, predicate: Node) -> impl ExactSizeIterator<Item = Node> + 'g {
        let triples = self.triples;
        triples.spo_objects.slice(triples.of_subject_predicate(subject, predicate)).iter()
    }

    /// The subjects of a predicate and object, sorted.
    pub(super) fn subjects(&self, predicate: Node, object: Node) -> impl ExactSizeIterator<Item = Node> + 'g {
        let triples = self.triples;
        triples.pos_subjects.slice(triples.of_predicate_object(predicate, object)).iter()
    }

    /// The subjects of all triples of a predicate, sorted.
    pub(super) fn subjects_of(&self, predicate: Node) -> Vec<Node> {
        let triples = self.triples;
        let mut subjects: Vec<Node> =
            triples.pso_subjects.slice(triples.of_predicate(predicate)).iter().collect();
        subjects.dedup();
        subjects
    }

    /// The objects of all triples of a predicate, sorted.
    pub(super) fn objects_of(&self, predicate: Node) -> Vec<Node> {
        let triples = self.triples;
        let mut objects: Vec<Node> =
            triples.pos_objects.slice(triples.of_predicate(predicate)).iter().collect();
        objects.dedup();
        objects
    }

    /// Predicate and object of each triple of a subject.
    pub(super) fn about(&self, subject: Node) -> impl Iterator<Item = (Node, Node)> + 'g {
        let triples = self.triples;
        triples
            .of_subject(subject)
            .map(move |place| (triples.spo_predicates.at(place), triples.spo_objects.at(place)))
    }

    /// A class and all below it, sorted.
    pub(super) fn classes_below(&self, class: Node) -> Vec<Node> {
        let mut seen = FxHashSet::from_iter([class]);
        let mut classes = vec![class];
        let mut next = 0;
        while let Some(class) = classes.get(next).copied() {
            classes.extend(self.subjects(self.sub_class_of, class).filter(|below| seen.insert(*below)));
            next += 1;
        }
        classes.sort_unstable();
        classes
    }

    /// The nodes of a class and of all below it, sorted.
    pub(super) fn instances(&self, class: Node) -> Vec<Node> {
        let classes = self.classes_below(class);
        let mut instances: Vec<Node> =
            classes.iter().flat_map(|class| self.subjects(self.a, *class)).collect();
        instances.sort_unstable();
        instances.dedup();
        instances
    }
}
