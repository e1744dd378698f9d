//! The graph: quads of RDF in one read-only file that is mapped into memory, not parsed.
//!
//! A graph file holds a dictionary of terms, sorted and numbered ([`Terms`]), and the triples as columns of
//! term numbers in the orders that lookups need ([`Triples`]):
//!
//! - SPO and OSP, found by an array of offsets; PSO and POS, found by a table of predicates. Every exact count
//!   (triples of a predicate, of a class, of a predicate and object, …) is the length of a range in one of them.
//! - Each triple stands once however many graphs hold it: queries without GRAPH see this union. The graphs of a
//!   triple, and the triples of a graph, lie beside.
//!
//! Besides them lies an index of the names of entities ([`Labels`]).
//!
//! `format` describes the frame, `text` the blocks of texts, `kinds` the kinds of terms. Opening checks the
//! frame in constant time; [`Graph::verify`] reads everything. Every access is checked, so that a damaged file
//! gives an error or wrong terms, never a panic.
//!
//! This module does not evaluate queries.

pub mod build;
mod builder;
mod columns;
mod contents;
mod format;
mod interner;
mod kinds;
mod labels;
mod late;
mod lines;
mod map;
mod metadata;
pub mod names;
mod orders;
mod part;
mod quads;
pub mod rdf;
mod sets;
mod shipped;
mod sort;
pub mod statements;
mod terms;
mod text;
mod triples;
mod unfinished;
mod verify;

pub use builder::{GraphBuilder, Summary};
pub use columns::Column;
pub use format::{VERSION, checksum};
pub use kinds::Kind;
pub(crate) use kinds::KindRanges;
pub use labels::{Labels, label_key};
pub use map::end_when_a_file_is_cut;
pub use metadata::Metadata;
pub use shipped::shipped;
pub use terms::Terms;
pub use triples::{GraphTriples, PredicateCounts, Triples};
pub use unfinished::remove_unfinished;

use crate::error::{Error, Result};
use columns::Column64;
use format::{Header, Section};
use map::Bytes;
use oxrdf::{GraphName, GraphNameRef, NamedOrBlankNode, Quad, QuadRef, Term, TermRef, TripleRef};
use std::fs::File;
use std::path::Path;
use std::sync::Arc;

/// An open graph. Clones share the same file and are cheap.
#[derive(Clone)]
pub struct Graph {
    file: Arc<GraphFile>,
}

struct GraphFile {
    bytes: Bytes,
    header: Header,
}

impl Graph {
    /// Opens a graph file in constant time: maps it and checks its frame.
    ///
    /// # Errors
    /// The file cannot be read, is no graph file, has another version, is cut short or damaged.
    pub fn open(path: &Path) -> Result<Self> {
        let failed = |error| Error::io("read", path, error);
        let file = File::open(path).map_err(failed)?;
        if file.metadata().map_err(failed)?.is_dir() {
            return Err(Error::input(format!("{} is a folder, not a graph file", path.display()))
                .with_hint("name a file that `mainstay build PATH… -o FILE` wrote"));
        }
        Self::from_file(Bytes::map(&file).map_err(failed)?).map_err(|error| {
            let hints = error.hints().to_vec();
            let named = Error::input(format!("{}: {error}", path.display()));
            hints.into_iter().fold(named, Error::with_hint)
        })
    }

    /// Opens a graph file that is in memory.
    ///
    /// # Errors
    /// As [`Graph::open`].
    pub fn from_bytes(bytes: Vec<u8>) -> Result<Self> {
        Self::from_file(Bytes::Owned(bytes))
    }

    fn from_file(bytes: Bytes) -> Result<Self> {
        let header = Header::read(&bytes)?;
        Ok(Self { file: Arc::new(GraphFile { bytes, header }) })
    }

    /// Whether both are the same open file.
    pub fn is_same(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.file, &other.file)
    }

    /// The dictionary.
    pub fn terms(&self) -> Terms<'_> {
        let starts = &self.file.header.starts;
        let len = starts[kinds::TEXT_KINDS] as usize - 1;
        Terms {
            starts,
            texts: text::Texts::new(self.section(Section::TextOffsets), self.section(Section::Texts), len),
            values: Column64::new(self.section(Section::Values)),
        }
    }

    /// The index of names.
    pub fn labels(&self) -> Labels<'_> {
        Labels { terms: self.terms(), cells: Column::new(self.section(Section::Labels)) }
    }

    /// The triples.
    pub fn triples(&self) -> Triples<'_> {
        let column = |section| Column::new(self.section(section));
        Triples {
            subject_offsets: column(Section::SubjectOffsets),
            spo_predicates: column(Section::SpoPredicates),
            spo_objects: column(Section::SpoObjects),
            predicates: column(Section::Predicates),
            pso_subjects: column(Section::PsoSubjects),
            pso_objects: column(Section::PsoObjects),
            pos_objects: column(Section::PosObjects),
            pos_subjects: column(Section::PosSubjects),
            object_offsets: column(Section::ObjectOffsets),
            osp_subjects: column(Section::OspSubjects),
            osp_predicates: column(Section::OspPredicates),
            triple_sets: column(Section::TripleSets),
            set_offsets: column(Section::SetOffsets),
            set_members: column(Section::SetMembers),
            graphs: column(Section::Graphs),
            graph_offsets: column(Section::GraphOffsets),
            graph_triples: column(Section::GraphTriples),
        }
    }

    fn section(&self, section: Section) -> &[u8] {
        self.file.bytes.get(self.file.header.sections[section as usize].clone()).unwrap_or_default()
    }

    /// How many triples there are, each counted once however many graphs hold it.
    pub fn triple_count(&self) -> usize {
        self.triples().len()
    }

    /// How many quads there are.
    pub fn quad_count(&self) -> usize {
        usize::try_from(self.file.header.quads).unwrap_or(usize::MAX)
    }

    /// Length of the file in bytes.
    pub fn byte_len(&self) -> usize {
        self.file.bytes.len()
    }

    /// What the file says about itself.
    ///
    /// # Errors
    /// The file is damaged.
    pub fn metadata(&self) -> Result<Metadata> {
        serde_json::from_slice(self.section(Section::Metadata))
            .map_err(|error| format::damaged("what it says about itself cannot be read").with_source(error))
    }

    /// Whether the graph holds a term anywhere.
    pub fn contains_term<'t>(&self, term: impl Into<TermRef<'t>>) -> bool {
        self.terms().number(term.into()).is_some()
    }

    /// Whether the graph holds a quad.
    pub fn contains<'q>(&self, quad: impl Into<QuadRef<'q>>) -> bool {
        let (quad, terms) = (quad.into(), self.terms());
        let graph = match quad.graph_name {
            GraphNameRef::DefaultGraph => Some(0),
            GraphNameRef::NamedNode(node) => terms.number(node.into()),
            GraphNameRef::BlankNode(node) => terms.number(node.into()),
        };
        let is_in = |graph| self.place(quad.into()).is_some_and(|place| self.triples().is_in(place, graph));
        graph.is_some_and(is_in)
    }

    /// Whether a triple is in the default graph or in any named one.
    pub fn contains_triple<'t>(&self, triple: impl Into<TripleRef<'t>>) -> bool {
        self.place(triple.into()).is_some()
    }

    fn place(&self, triple: TripleRef<'_>) -> Option<usize> {
        let terms = self.terms();
        let (subject, predicate) =
            (terms.number(triple.subject.into())?, terms.number(triple.predicate.into())?);
        self.triples().place(subject, predicate, terms.number(triple.object)?)
    }

    /// All quads, sorted by their terms: by subject, predicate, object, graph.
    ///
    /// A damaged file gives an error in place of each quad that cannot be read.
    pub fn quads(&self) -> impl Iterator<Item = Result<Quad>> + '_ {
        let triples = self.triples();
        (1..self.terms().of_kind(Kind::Iri).end).flat_map(move |subject| {
            triples.of_subject(subject).flat_map(move |place| {
                let (predicate, object) = (triples.spo_predicates.at(place), triples.spo_objects.at(place));
                triples
                    .graphs_of(place)
                    .iter()
                    .map(move |graph| self.quad([subject, predicate, object, graph]))
            })
        })
    }

    /// The quads of one graph by the number of its name (0: the default graph), in the same order.
    pub fn quads_of_graph(&self, graph: u32) -> impl Iterator<Item = Result<Quad>> + '_ {
        let (triples, places) = (self.triples(), self.triples().of_graph(graph));
        (0..places.len()).map(move |index| {
            let place = places.at(index);
            let (predicate, object) = (triples.spo_predicates.at(place), triples.spo_objects.at(place));
            self.quad([triples.subject_at(place), predicate, object, graph])
        })
    }

    /// The quad of these term numbers.
    fn quad(&self, [subject, predicate, object, graph]: [u32; 4]) -> Result<Quad> {
        let terms = self.terms();
        let misplaced = || format::damaged("a term stands where no such term can stand");
        let graph_name = match graph {
            0 => GraphName::DefaultGraph,
            graph => match terms.term(graph)? {
                Term::NamedNode(node) => node.into(),
                Term::BlankNode(node) => node.into(),
                Term::Literal(_) => return Err(misplaced()),
            },
        };
        let subject: NamedOrBlankNode = match terms.term(subject)? {
            Term::NamedNode(node) => node.into(),
            Term::BlankNode(node) => node.into(),
            Term::Literal(_) => return Err(misplaced()),
        };
        let Term::NamedNode(predicate) = terms.term(predicate)? else { return Err(misplaced()) };
        Ok(Quad { subject, predicate, object: terms.term(object)?, graph_name })
    }
}

#[cfg(test)]
mod tests;
