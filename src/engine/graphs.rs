//! Which graphs a pattern asks: the union of all, those of FROM, a named one, or each named one.

use super::correlated::Outer;
use super::execution::Execution;
use super::operators::Ask;
use super::scans::{Part, Pattern};
use super::table::{Table, Var, Vars};
use crate::error::Result;
use rustc_hash::FxHashSet;
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
        match (inner, scope) {
            (GraphPattern::Bgp { patterns }, _) if patterns.is_empty() => Ok(self.graph_names(scope)),
            (GraphPattern::Bgp { .. }, _) | (_, Scope::One(_) | Scope::Merge) => {
                self.evaluate(inner, Ask { graph: Some(scope), ..ask })
            }
            (_, Scope::Each(var)) => self.step_of_parts(
                || format!("Graph {name}, one after the other"),
                || self.each_graph(var, inner, ask),
            ),
        }
    }

    /// The solutions of a pattern in each named graph for itself, with its name.
    fn each_graph(&self, var: Var, inner: &GraphPattern, ask: Ask<'_>) -> Result<Table> {
        let named_inside = self.visible(inner)?.contains(var);
        let asked = ask.also(Vars::NONE.with(var));
        let limit = ask.limit.filter(|_| !named_inside);
        let seeds = ask.seed.and_then(|seed| seed.column(var));
        let mut table = Table::default();
        for graph in self.names_among(seeds) {
            let rest = limit.map(|limit| limit.saturating_sub(table.len()));
            if rest == Some(0) {
                break;
            }
            let found = self.evaluate(inner, Ask { graph: Some(Scope::One(graph)), limit: rest, ..asked })?;
            add(&mut table, self.in_graph(found, var, graph)?);
            self.charge(table.bytes() / 4)?;
            self.worked(1)?;
        }
        Ok(table.keep(ask.need))
    }

    /// As [`Execution::graph`], for each of some rows.
    pub(super) fn graph_of_each(
        &self,
        name: &NamedNodePattern,
        inner: &GraphPattern,
        outer: &Outer,
        need: Vars,
    ) -> Result<Table> {
        let all = || (0..outer.rows().len() as u32).collect::<Vec<u32>>();
        let var = match self.scope(name)? {
            Scope::Each(var) => var,
            scope => return self.each(inner, &outer.within(self, &all(), scope)?, None, need),
        };
        let known = outer.rows().column(var);
        let names = self.names_among(known.filter(|known| !known.contains(&0)));
        self.step_of_parts(
            || format!("Graph {name}, one after the other"),
            || {
                let mut table = Table::default();
                for graph in &names {
                    let in_graph = |row: &u32| {
                        known.is_none_or(|known| {
                            matches!(known[*row as usize], 0) || known[*row as usize] == *graph
                        })
                    };
                    let rows: Vec<u32> = all().into_iter().filter(in_graph).collect();
                    let inside = outer.within(self, &rows, Scope::One(*graph))?;
                    let found = self.each(inner, &inside, None, need.with(var))?;
                    add(&mut table, self.in_graph(found, var, *graph)?);
                    self.charge(table.bytes() / 4)?;
                }
                Ok(table)
            },
        )
    }

    /// The rows that go with the name of a graph as the value of a variable, with that value.
    fn in_graph(&self, table: Table, var: Var, graph: u32) -> Result<Table> {
        let mut table = match table.column(var) {
            Some(names) => {
                let goes = |row: &u32| matches!(names[*row as usize], 0) || names[*row as usize] == graph;
                let rows: Vec<u32> = (0..table.len() as u32).filter(goes).collect();
                self.gather(&table, &rows, table.vars())?
            }
            None => table,
        };
        table.put_checked(var, vec![graph; table.len()]);
        Ok(table)
    }

    /// The named graphs that the query may ask, of them only those among some numbers.
    fn names_among(&self, numbers: Option<&[u32]>) -> Vec<u32> {
        let mut names = self.names();
        if let Some(numbers) = numbers {
            let wanted: FxHashSet<u32> = numbers.iter().copied().collect();
            names.retain(|name| wanted.contains(name));
        }
        names
    }

    fn names(&self) -> Vec<u32> {
        let of_dataset = self.named.as_ref().and_then(|named| named.named.clone());
        of_dataset.unwrap_or_else(|| self.triples.graphs().iter().filter(|name| *name != 0).collect())
    }

    /// The named graphs of a scope, a row each.
    fn graph_names(&self, scope: Scope) -> Table {
        let names = self.names();
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

    /// The nodes of a named graph, sorted.
    pub(super) fn nodes_of(&self, graph: u32) -> Result<Vec<u32>> {
        let mut nodes = Vec::new();
        for [place, subject] in self.placed(graph) {
            nodes.extend([subject as u32, self.triples.spo_objects.at(place)]);
            self.worked(2)?;
        }
        nodes.sort_unstable();
        nodes.dedup();
        Ok(nodes)
    }

    /// Places in the order SPO of the triples of the graph that a pattern asks, where they are fewer than those that
    /// match it in all graphs.
    pub(super) fn places_in_graph(&self, pattern: &Pattern) -> Option<impl Iterator<Item = [usize; 2]> + 'g> {
        let Some(Scope::One(graph)) = pattern.graph else { return None };
        let is_smaller = self.triples.of_graph(graph).len() < self.matches(pattern);
        is_smaller.then(|| self.placed(graph))
    }

    /// Places in the order SPO of the triples of a graph, with their subjects.
    fn placed(&self, graph: u32) -> impl Iterator<Item = [usize; 2]> + use<'g> {
        let (places, triples) = (self.triples.of_graph(graph), self.triples);
        let mut subject = 0;
        (0..places.len()).map(move |index| {
            let place = places.at(index);
            // The places are sorted, and a graph is of few subjects.
            let is_same = subject != 0 && triples.of_subject(subject).contains(&place);
            if !is_same {
                subject = triples.subject_at(place);
            }
            [place, subject as usize]
        })
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

/// Adds the rows of a table to those of another one.
fn add(table: &mut Table, more: Table) {
    if table.is_empty() {
        *table = more;
    } else if !more.is_empty() {
        table.append(more);
    }
}
