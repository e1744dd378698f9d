//! CONSTRUCT and DESCRIBE: solutions as triples.

use super::execution::Execution;
use super::space::TermSpace;
use super::table::{Table, Var};
use crate::error::Result;
use crate::graph::Kind;
use oxrdf::{BlankNode, NamedOrBlankNode, Term, Triple, Variable};
use rustc_hash::FxHashSet;
use spareval::{QueryEvaluationError, QueryResults, QueryTripleIter};
use spargebra::algebra::GraphPattern;
use spargebra::term::{NamedNodePattern, TermPattern, TriplePattern};

/// A part of the template of CONSTRUCT.
enum TemplatePart {
    /// A term, by its number.
    Term(u32),
    Variable(Var),
    /// A blank node, which is another one for each solution, by its place among those of the template.
    Blank(usize),
}

/// The triples of a template.
struct Template {
    triples: Vec<[TemplatePart; 3]>,
    blank_nodes: Vec<BlankNode>,
}

impl Template {
    fn new(execution: &Execution<'_>, triples: &[TriplePattern]) -> Result<Self> {
        let mut template = Self { triples: Vec::new(), blank_nodes: Vec::new() };
        for triple in triples {
            let subject = template.part(execution, &triple.subject)?;
            let predicate = match &triple.predicate {
                NamedNodePattern::NamedNode(node) => {
                    TemplatePart::Term(execution.space.number(node.clone().into()))
                }
                NamedNodePattern::Variable(variable) => TemplatePart::Variable(execution.var(variable)?),
            };
            let object = template.part(execution, &triple.object)?;
            template.triples.push([subject, predicate, object]);
        }
        Ok(template)
    }

    fn part(&mut self, execution: &Execution<'_>, term: &TermPattern) -> Result<TemplatePart> {
        let number = |term: Term| TemplatePart::Term(execution.space.number(term));
        Ok(match term {
            TermPattern::NamedNode(node) => number(node.clone().into()),
            TermPattern::Literal(literal) => number(literal.clone().into()),
            TermPattern::Variable(variable) => TemplatePart::Variable(execution.var(variable)?),
            TermPattern::BlankNode(node) => {
                let known = self.blank_nodes.iter().position(|other| other == node);
                TemplatePart::Blank(known.unwrap_or_else(|| {
                    self.blank_nodes.push(node.clone());
                    self.blank_nodes.len() - 1
                }))
            }
        })
    }

    fn vars(&self) -> impl Iterator<Item = Var> {
        self.triples.iter().flatten().filter_map(|part| match part {
            TemplatePart::Variable(var) => Some(*var),
            TemplatePart::Term(_) | TemplatePart::Blank(_) => None,
        })
    }

    /// The triples of a row, with 0 where a variable has no value.
    fn numbers(&self, table: &Table, row: usize, space: &TermSpace) -> Vec<[u32; 3]> {
        let blank_nodes: Vec<u32> =
            self.blank_nodes.iter().map(|_| space.number(BlankNode::default().into())).collect();
        let number = |part: &TemplatePart| match part {
            TemplatePart::Term(number) => *number,
            TemplatePart::Variable(var) => table.column(*var).map_or(0, |column| column[row]),
            TemplatePart::Blank(place) => blank_nodes[*place],
        };
        self.triples.iter().map(|parts| parts.each_ref().map(number)).collect()
    }
}

impl Execution<'_> {
    /// The triples that a template makes of the solutions of a pattern.
    pub(super) fn construct(
        &self,
        template: &[TriplePattern],
        pattern: &GraphPattern,
    ) -> Result<QueryResults<'static>> {
        let template = Template::new(self, template)?;
        let ask = self.ask(template.vars().collect());
        let table = self.step(None, || "Construct".into(), || self.evaluate(pattern, ask))?;
        let space = self.space.clone();
        let mut seen = FxHashSet::default();
        let numbers = (0..table.len()).flat_map(move |row| template.numbers(&table, row, &space));
        Ok(self.triples_of(numbers.filter(move |numbers| !numbers.contains(&0) && seen.insert(*numbers))))
    }

    /// The triples of the nodes that a pattern finds, and of the blank nodes that these lead to.
    pub(super) fn describe(
        &self,
        pattern: &GraphPattern,
        variables: &[Variable],
    ) -> Result<QueryResults<'static>> {
        let vars = self.vars(variables)?;
        let mut found = Vec::new();
        self.step(
            None,
            || "Describe".into(),
            || {
                let table = self.evaluate(pattern, self.ask(vars))?;
                found = self.described(&table)?;
                Ok(Table::of_len(found.len()))
            },
        )?;
        Ok(self.triples_of(found.into_iter()))
    }

    fn described(&self, table: &Table) -> Result<Vec<[u32; 3]>> {
        let scope = self.ask(table.vars()).graph;
        let mut seen = FxHashSet::default();
        let mut open = Vec::new();
        for var in table.vars().iter() {
            let column = table.column(var).unwrap_or_default();
            open.extend(column.iter().filter(|node| **node != 0 && seen.insert(**node)));
        }
        let mut found = Vec::new();
        while let Some(subject) = open.pop() {
            let places = self.triples.of_subject(subject);
            self.scan(places.len());
            self.worked(places.len() + 1)?;
            for place in places.filter(|place| self.is_in_scope(*place, scope)) {
                let (predicate, object) =
                    (self.triples.spo_predicates.at(place), self.triples.spo_objects.at(place));
                found.push([subject, predicate, object]);
                if self.space.kind(object) == Some(Kind::Blank) && seen.insert(object) {
                    open.push(object);
                }
            }
            self.charge(3 * found.len())?;
        }
        Ok(found)
    }

    fn triples_of(&self, numbers: impl Iterator<Item = [u32; 3]> + 'static) -> QueryResults<'static> {
        let space = self.space.clone();
        let triples = numbers.filter_map(move |numbers| triple(&space, numbers).transpose());
        let failed = |error| QueryEvaluationError::Unexpected(Box::new(error));
        QueryResults::Graph(QueryTripleIter::new(triples.map(move |triple| triple.map_err(failed))))
    }
}

/// The triple of three terms; none if one of them can't stand in its place.
fn triple(space: &TermSpace, [subject, predicate, object]: [u32; 3]) -> Result<Option<Triple>> {
    if space.kind(predicate) != Some(Kind::Iri)
        || !matches!(space.kind(subject), Some(Kind::Iri | Kind::Blank))
    {
        return Ok(None);
    }
    let subject = match space.term(subject)? {
        Term::NamedNode(node) => NamedOrBlankNode::from(node),
        Term::BlankNode(node) => node.into(),
        Term::Literal(_) => return Ok(None),
    };
    let Term::NamedNode(predicate) = space.term(predicate)? else { return Ok(None) };
    Ok(Some(Triple { subject, predicate, object: space.term(object)? }))
}
