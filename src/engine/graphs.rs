//! Which graphs a pattern asks: the union of all, those of FROM, a named one, or each named one.

use super::execution::Execution;
use super::operators::Ask;
use super::scans::{Part, Pattern};
use super::table::{Table, Var, Vars};
use crate::error::Result;
use spargebra::Query;
use spargebra::algebra::GraphPattern;
use spargebra::term::NamedNodePattern;

/// The graphs that a pattern asks instead of the union of all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Scope {
    /// The merge of the graphs that the query names with FROM.
    Merge,
    /// One named graph, by the number of its name.
    One(u32),
    /// Each named graph for itself, with its name as the value of a variable.
    Each(Var),
}

impl Scope {
    /// The variable for the name of the graph.
    pub(super) fn var(self) -> Option<Var> {
        match self {
            Self::Each(var) => Some(var),
            Self::Merge | Self::One(_) => None,
        }
    }
}

/// The graphs that a query may ask, by the numbers of their names.
pub(super) struct Named {
    /// Those of FROM.
    default: Vec<u32>,
    /// Those of FROM NAMED; all if absent.
    named: Option<Vec<u32>>,
}

impl<'g> Execution<'g> {
    /// The same over the graphs that a query names with FROM and FROM NAMED, and with its base.
    pub(super) fn over(mut self, query: &Query) -> Self {
        let number = |name: &oxrdf::NamedNode| self.space.number(name.clone().into());
        let named = query.dataset().map(|dataset| Named {
            default: dataset.default.iter().map(number).collect(),
            named: dataset.named.as_ref().map(|names| names.iter().map(number).collect()),
        });
        let (pattern, base_iri) = (GraphPattern::default(), query.base_iri().cloned());
        self.named = named;
        self.frame = Query::Select { dataset: None, pattern, base_iri };
        self
    }

    /// What is asked of the whole query from which these variables are needed.
    pub(super) fn ask(&self, need: Vars) -> Ask<'static> {
        Ask { graph: self.named.as_ref().map(|_| Scope::Merge), ..Ask::of(need) }
    }

    /// The graphs that GRAPH with a name asks.
    pub(super) fn scope(&self, name: &NamedNodePattern) -> Result<Scope> {
        Ok(match name {
            NamedNodePattern::Variable(variable) => Scope::Each(self.var(variable)?),
            NamedNodePattern::NamedNode(name) => {
                let number = self.space.number(name.clone().into());
                // No triple is in a graph that is not there.
                Scope::One(if self.may_ask(number) { number } else { u32::MAX })
            }
        })
    }

    fn may_ask(&self, name: u32) -> bool {
        let names = self.named.as_ref().and_then(|named| named.named.as_ref());
        name != 0 && names.is_none_or(|names| names.contains(&name))
    }

    /// The solutions of GRAPH.
    pub(super) fn graph(&self, name: &NamedNodePattern, inner: &GraphPattern, ask: Ask<'_>) -> Result<Table> {
        let scope = self.scope(name)?;
        match inner {
            GraphPattern::Bgp { patterns } if patterns.is_empty() => Ok(self.graph_names(scope)),
            _ => self.evaluate(inner, Ask { graph: Some(scope), ..ask }),
        }
    }

    /// The named graphs of a scope, a row each.
    fn graph_names(&self, scope: Scope) -> Table {
        let of_dataset = self.named.as_ref().and_then(|named| named.named.clone());
        let all = || self.triples.graphs().iter().filter(|name| *name != 0).collect();
        let names: Vec<u32> = of_dataset.unwrap_or_else(all);
        match scope {
            Scope::Each(var) => {
                let mut table = Table::of_len(names.len());
                table.put(var, names);
                table
            }
            Scope::One(name) => Table::of_len(usize::from(names.contains(&name))),
            Scope::Merge => Table::unit(),
        }
    }

    /// Whether a triple, by its place in the order SPO, is in a graph of a scope; of a scope of each graph in any.
    pub(super) fn is_in_scope(&self, place: usize, scope: Option<Scope>) -> bool {
        match scope {
            None => true,
            Some(Scope::One(graph)) => self.triples.is_in(place, graph),
            Some(Scope::Merge) => {
                let graphs = self.named.as_ref().map_or(&[][..], |named| &named.default);
                graphs.iter().any(|graph| self.triples.is_in(place, *graph))
            }
            Some(Scope::Each(_)) => self.graphs_of(place).next().is_some(),
        }
    }

    /// The named graphs that hold a triple and that the query may ask.
    pub(super) fn graphs_of(&self, place: usize) -> impl Iterator<Item = u32> {
        self.triples.graphs_of(place).iter().filter(|graph| self.may_ask(*graph))
    }

    /// Whether a triple is in a named graph that the query may ask.
    pub(super) fn is_in_named(&self, place: usize, graph: u32) -> bool {
        self.may_ask(graph) && self.triples.is_in(place, graph)
    }

    /// How many triples a scope has at most.
    pub(super) fn count_in_scope(&self, scope: Option<Scope>) -> usize {
        let len = |graph: &u32| self.triples.of_graph(*graph).len();
        match scope {
            None | Some(Scope::Each(_)) => self.triples.len(),
            Some(Scope::One(graph)) => len(&graph),
            Some(Scope::Merge) => self.named.as_ref().map_or(0, |named| named.default.iter().map(len).sum()),
        }
    }

    /// Places in the order SPO of the triples of the graph that a pattern asks, where they are fewer than those that
    /// match it in all graphs.
    pub(super) fn places_in_graph(&self, pattern: &Pattern) -> Option<impl Iterator<Item = [usize; 2]> + 'g> {
        let Some(Scope::One(graph)) = pattern.graph else { return None };
        let (places, triples) = (self.triples.of_graph(graph), self.triples);
        if places.len() >= self.matches(pattern) {
            return None;
        }
        let mut subject = 0;
        Some((0..places.len()).map(move |index| {
            let place = places.at(index);
            // The places are sorted, and a graph is of few subjects.
            let is_same = subject != 0 && triples.of_subject(subject).contains(&place);
            if !is_same {
                subject = triples.subject_at(place);
            }
            [place, subject as usize]
        }))
    }

    /// The triples of the graph that a pattern asks, as rows of the pattern.
    pub(super) fn scan_graph(
        &self,
        pattern: &Pattern,
        places: impl Iterator<Item = [usize; 2]>,
        keep: Vars,
    ) -> Result<Table> {
        let vars: Vec<Var> = (pattern.vars() & keep).iter().collect();
        let mut columns = vec![Vec::new(); vars.len()];
        let mut len = 0;
        for [place, subject] in places {
            self.worked(1)?;
            let triple =
                [subject as u32, self.triples.spo_predicates.at(place), self.triples.spo_objects.at(place)];
            self.scan(1);
            let value = |var: Var| {
                (0..3).find(|part| pattern.parts[*part] == Part::Var(var)).map(|part| triple[part])
            };
            let matches = (0..3).all(|part| match pattern.parts[part] {
                Part::Term(term) => triple[part] == term,
                Part::Var(var) => value(var) == Some(triple[part]),
            });
            if !matches {
                continue;
            }
            for (var, column) in vars.iter().zip(&mut columns) {
                column.push(value(*var).unwrap_or(0));
            }
            len += 1;
            self.charge(len * (1 + vars.len()))?;
        }
        let mut table = Table::of_len(len);
        for (var, column) in vars.into_iter().zip(columns) {
            table.put(var, column);
        }
        Ok(table)
    }
}
