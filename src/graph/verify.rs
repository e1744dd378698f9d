//! The full check of a graph file: every byte against its checksum, every order against its rules.

use super::columns::Column;
use super::format::{SECTIONS, checksum, damaged};
use super::kinds::{self, Payload};
use super::labels;
use super::{Graph, Triples};
use crate::error::Result;
use oxrdf::{NamedNodeRef, TermRef};

impl Graph {
    /// Reads the whole file and checks it: checksums, the order and spelling of all terms, and that every sort
    /// order is sorted and holds the same triples.
    ///
    /// # Errors
    /// The file is damaged; the message says where.
    pub fn verify(&self) -> Result<()> {
        self.verify_checksums()?;
        self.metadata()?;
        self.verify_terms()?;
        let triples = self.triples();
        self.verify_spo(triples)?;
        self.verify_predicates(triples)?;
        self.verify_osp(triples)?;
        self.verify_graphs(triples)?;
        self.verify_labels(triples)
    }

    fn verify_checksums(&self) -> Result<()> {
        for section in 0..SECTIONS {
            let bytes = self.file.bytes.get(self.file.header.sections[section].clone());
            if bytes.map(checksum) != Some(self.file.header.checksums[section]) {
                return Err(damaged(&format!("section {section} does not match its checksum")));
            }
        }
        Ok(())
    }

    fn verify_terms(&self) -> Result<()> {
        let terms = self.terms();
        let mut before: Option<(kinds::Kind, Vec<u8>)> = None;
        for number in 1..=terms.len() as u32 {
            let term = terms.term(number)?;
            let (kind, payload) = kinds::payload(TermRef::from(&term));
            let key = match payload {
                Payload::Text(first, None) => first.as_bytes().to_vec(),
                Payload::Text(first, Some(second)) => [first.as_bytes(), second.as_bytes()].join(&0),
                Payload::Value(value) => (value ^ i64::MIN).to_be_bytes().to_vec(),
            };
            let entry = Some((kind, key));
            if terms.kind(number) != Some(kind) || before >= entry {
                return Err(damaged(&format!("term {number} is not in order")));
            }
            before = entry;
        }
        Ok(())
    }

    fn verify_labels(&self, triples: Triples<'_>) -> Result<()> {
        let (terms, found) = (self.terms(), self.labels());
        let number = |iri: &String| terms.number(NamedNodeRef::new_unchecked(iri).into());
        let is_unnamed = self.is_unnamed();
        let named = labels::properties().iter().filter_map(number).collect::<Vec<_>>().into_iter();
        let named = named.flat_map(|property| {
            let range = triples.of_predicate(property);
            pairs(triples.pso_subjects, triples.pso_objects, range)
        });
        let expected = labels::entries(named.filter(|(entity, _)| !is_unnamed(*entity)).collect(), terms);
        let same = expected.len() == found.len()
            && expected.iter().enumerate().all(|(index, entry)| *entry == found.entry(index));
        check(same, "the index of names does not fit the triples")
    }

    fn verify_spo(&self, triples: Triples<'_>) -> Result<()> {
        let mut place = 0;
        for subject in 0..self.terms().of_kind(kinds::Kind::Iri).end {
            let range = triples.of_subject(subject);
            if range.start != place {
                return Err(damaged("subjects are not in order"));
            }
            place = range.end;
            let rows = range.map(|place| (triples.spo_predicates.at(place), triples.spo_objects.at(place)));
            check(rows.is_sorted_by(|a, b| a < b), "triples are not in order")?;
        }
        check(place == triples.len(), "triples have no subject")
    }

    fn verify_predicates(&self, triples: Triples<'_>) -> Result<()> {
        let mut place = 0;
        for counts in triples.predicate_counts() {
            let (predicate, range) = (counts.predicate, counts.range.clone());
            check(range.start == place, "predicates are not in order")?;
            place = range.end;
            let orders =
                [(triples.pso_subjects, triples.pso_objects), (triples.pos_objects, triples.pos_subjects)];
            for (first, second) in orders {
                let rows = pairs(first, second, range.clone());
                check(rows.is_sorted_by(|a, b| a < b), "triples of a predicate are not in order")?;
            }
            let known = |subject, object| triples.place(subject, predicate, object).is_some();
            let mut by_subject = pairs(triples.pso_subjects, triples.pso_objects, range.clone());
            let mut by_object = pairs(triples.pos_objects, triples.pos_subjects, range.clone());
            let same = by_subject.all(|(s, o)| known(s, o)) && by_object.all(|(o, s)| known(s, o));
            check(same, "the orders hold different triples")?;
            let subjects = distinct(triples.pso_subjects.slice(range.clone()));
            let objects = distinct(triples.pos_objects.slice(range));
            let counted = (counts.subjects, counts.objects) == (subjects, objects);
            check(counted, "a predicate's counts are wrong")?;
        }
        check(place == triples.len(), "triples have no predicate")
    }

    fn verify_osp(&self, triples: Triples<'_>) -> Result<()> {
        let mut place = 0;
        for object in 0..=self.terms().len() as u32 {
            let range = triples.of_object(object);
            check(range.start == place, "objects are not in order")?;
            place = range.end;
            let rows = pairs(triples.osp_subjects, triples.osp_predicates, range.clone());
            check(rows.is_sorted_by(|a, b| a < b), "triples of an object are not in order")?;
            let mut rows = pairs(triples.osp_subjects, triples.osp_predicates, range);
            let same = rows.all(|(subject, predicate)| triples.place(subject, predicate, object).is_some());
            check(same, "the orders hold different triples")?;
        }
        check(place == triples.len(), "triples have no object")
    }

    fn verify_graphs(&self, triples: Triples<'_>) -> Result<()> {
        let graphs = triples.graphs();
        check(graphs.iter().is_sorted_by(|a, b| a < b), "graphs are not in order")?;
        let memberships: usize = (0..triples.len()).map(|place| triples.graphs_of(place).len()).sum();
        check(memberships == self.quad_count(), "the number of quads is wrong")?;
        let mut quads = 0;
        for graph in graphs.iter() {
            let places = triples.of_graph(graph);
            quads += places.len();
            let mut indices = 0..places.len();
            check(
                indices.all(|index| triples.is_in(places.at(index), graph)),
                "a graph lists foreign triples",
            )?;
            let sorted = (0..places.len()).map(|index| places.at(index)).is_sorted_by(|a, b| a < b);
            check(sorted, "the triples of a graph are not in order")?;
        }
        check(quads == self.quad_count(), "the graphs do not list all quads")
    }
}

fn check(holds: bool, otherwise: &str) -> Result<()> {
    if holds { Ok(()) } else { Err(damaged(otherwise)) }
}

fn pairs<'a>(
    first: Column<'a>,
    second: Column<'a>,
    range: std::ops::Range<usize>,
) -> impl Iterator<Item = (u32, u32)> + use<'a> {
    first.slice(range.clone()).iter().zip(second.slice(range).iter())
}

fn distinct(sorted: Column<'_>) -> u32 {
    let changes = sorted.iter().zip(sorted.iter().skip(1)).filter(|(a, b)| a != b).count();
    changes as u32 + u32::from(!sorted.is_empty())
}
