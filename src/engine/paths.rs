//! Property paths whose solutions are a set of pairs: closures and options, and negated property sets between two known
//! nodes. Other paths are triples, joins and unions here: see [`super::alternatives`].

use super::execution::Execution;
use super::graphs::Scope;
use super::operators::Ask;
use super::table::Table;
use crate::error::Result;
use rustc_hash::FxHashSet;
use spargebra::algebra::PropertyPathExpression;
use spargebra::term::TermPattern;

/// A path as numbers of predicates.
enum Steps {
    Predicate(u32),
    /// A predicate that no triple has.
    Nowhere,
    Reverse(Box<Self>),
    Sequence(Box<Self>, Box<Self>),
    Alternative(Box<Self>, Box<Self>),
    ZeroOrMore(Box<Self>),
    OneOrMore(Box<Self>),
    ZeroOrOne(Box<Self>),
    NoneOf(Vec<u32>),
}

impl Execution<'_> {
    /// The pairs that a path connects.
    pub(super) fn path(
        &self,
        subject: &TermPattern,
        path: &PropertyPathExpression,
        object: &TermPattern,
        ask: Ask<'_>,
    ) -> Result<Table> {
        let (steps, scope) = (self.steps_of(path), ask.graph);
        let (from, to) = (self.term_var(subject)?, self.term_var(object)?);
        let mut pairs = (Vec::new(), Vec::new());
        match (from, to) {
            (None, _) => self.follow(&steps, scope, true, &[self.known(subject)], &mut pairs)?,
            (_, None) => {
                self.follow(&steps, scope, false, &[self.known(object)], &mut pairs)?;
                pairs = (pairs.1, pairs.0);
            }
            (Some(from), Some(to)) => {
                let starts = |var| ask.seed.and_then(|seed| seed.column(var)).map(distinct);
                match (starts(from), starts(to)) {
                    (Some(starts), _) => self.follow(&steps, scope, true, &starts, &mut pairs)?,
                    (None, Some(ends)) => {
                        self.follow(&steps, scope, false, &ends, &mut pairs)?;
                        pairs = (pairs.1, pairs.0);
                    }
                    (None, None) => {
                        self.follow(&steps, scope, true, &self.starts(&steps, scope, true)?, &mut pairs)?
                    }
                }
            }
        }
        let holds = |index: usize| {
            (from.is_some() || pairs.0[index] == self.known(subject))
                && (to.is_some() || pairs.1[index] == self.known(object))
                && (from.is_none() || from != to || pairs.0[index] == pairs.1[index])
        };
        let rows: Vec<usize> = (0..pairs.0.len()).filter(|index| holds(*index)).collect();
        let mut table = Table::of_len(rows.len());
        for (var, column) in [(from, &pairs.0), (to, &pairs.1)] {
            if let Some(var) = var.filter(|var| ask.need.contains(*var)) {
                table.put(var, rows.iter().map(|row| column[*row]).collect());
            }
        }
        Ok(table)
    }

    /// The number of a constant end of a path; one that no triple has if the graph does not hold it.
    fn known(&self, term: &TermPattern) -> u32 {
        let number = match term {
            TermPattern::NamedNode(node) => self.terms.number(node.into()),
            TermPattern::Literal(literal) => self.terms.number(literal.into()),
            TermPattern::BlankNode(_) | TermPattern::Variable(_) => None,
        };
        number.unwrap_or(u32::MAX)
    }

    fn steps_of(&self, path: &PropertyPathExpression) -> Steps {
        let inner = |path: &PropertyPathExpression| Box::new(self.steps_of(path));
        match path {
            PropertyPathExpression::NamedNode(node) => {
                self.terms.number(node.into()).map_or(Steps::Nowhere, Steps::Predicate)
            }
            PropertyPathExpression::Reverse(path) => Steps::Reverse(inner(path)),
            PropertyPathExpression::Sequence(a, b) => Steps::Sequence(inner(a), inner(b)),
            PropertyPathExpression::Alternative(a, b) => Steps::Alternative(inner(a), inner(b)),
            PropertyPathExpression::ZeroOrMore(path) => Steps::ZeroOrMore(inner(path)),
            PropertyPathExpression::OneOrMore(path) => Steps::OneOrMore(inner(path)),
            PropertyPathExpression::ZeroOrOne(path) => Steps::ZeroOrOne(inner(path)),
            PropertyPathExpression::NegatedPropertySet(nodes) => {
                Steps::NoneOf(nodes.iter().filter_map(|node| self.terms.number(node.into())).collect())
            }
        }
    }

    /// Every node at which a path can begin, forward or backward.
    fn starts(&self, steps: &Steps, scope: Option<Scope>, forward: bool) -> Result<Vec<u32>> {
        let triples = self.triples;
        if let Some(Scope::One(graph)) = scope {
            return self.nodes_of(graph);
        }
        Ok(match steps {
            Steps::Nowhere => Vec::new(),
            Steps::Predicate(predicate) => {
                let column = if forward { triples.pso_subjects } else { triples.pos_objects };
                let mut starts: Vec<u32> = column.slice(triples.of_predicate(*predicate)).iter().collect();
                starts.dedup();
                starts
            }
            Steps::Reverse(inner) => self.starts(inner, scope, !forward)?,
            Steps::Sequence(a, b) => self.starts(if forward { a } else { b }, scope, forward)?,
            Steps::Alternative(a, b) => {
                let mut starts = self.starts(a, scope, forward)?;
                starts.append(&mut self.starts(b, scope, forward)?);
                distinct(&starts)
            }
            Steps::OneOrMore(inner) => self.starts(inner, scope, forward)?,
            Steps::ZeroOrMore(_) | Steps::ZeroOrOne(_) | Steps::NoneOf(_) => {
                let mut starts = Vec::new();
                for number in 1..=self.terms.len() as u32 {
                    starts.extend(self.is_node(number, scope).then_some(number));
                    self.worked(1)?;
                }
                starts
            }
        })
    }

    /// Whether a term is the subject or object of a triple of these graphs.
    fn is_node(&self, number: u32, scope: Option<Scope>) -> bool {
        let (of_subject, of_object) = (self.triples.of_subject(number), self.triples.of_object(number));
        if scope.is_none() {
            return !of_subject.is_empty() || !of_object.is_empty();
        }
        let (subjects, predicates) = (self.triples.osp_subjects, self.triples.osp_predicates);
        of_subject.into_iter().any(|place| self.is_in_scope(place, scope))
            || of_object.into_iter().any(|n| self.holds(subjects.at(n), predicates.at(n), number, scope))
    }

    /// Whether a triple is in these graphs.
    fn holds(&self, subject: u32, predicate: u32, object: u32, scope: Option<Scope>) -> bool {
        scope.is_none()
            || self
                .triples
                .place(subject, predicate, object)
                .is_some_and(|place| self.is_in_scope(place, scope))
    }

    /// Adds each start with each end that it reaches.
    fn follow(
        &self,
        steps: &Steps,
        scope: Option<Scope>,
        forward: bool,
        starts: &[u32],
        pairs: &mut (Vec<u32>, Vec<u32>),
    ) -> Result<()> {
        let mut ends = Vec::new();
        for start in starts {
            ends.clear();
            self.ends(steps, scope, forward, *start, &mut ends)?;
            ends.sort_unstable();
            ends.dedup();
            pairs.0.extend(std::iter::repeat_n(*start, ends.len()));
            pairs.1.extend(&ends);
            self.worked(ends.len() + 1)?;
            self.charge(2 * pairs.0.len())?;
        }
        Ok(())
    }

    /// Adds the ends that a path reaches from a node, some perhaps more than once.
    fn ends(
        &self,
        steps: &Steps,
        scope: Option<Scope>,
        forward: bool,
        from: u32,
        ends: &mut Vec<u32>,
    ) -> Result<()> {
        let triples = self.triples;
        match steps {
            Steps::Nowhere => {}
            Steps::Predicate(predicate) if forward => {
                let range = triples.of_subject_predicate(from, *predicate);
                self.scan(range.len());
                let within = range.filter(|place| self.is_in_scope(*place, scope));
                ends.extend(within.map(|place| triples.spo_objects.at(place)));
            }
            Steps::Predicate(predicate) => {
                let range = triples.of_predicate_object(*predicate, from);
                self.scan(range.len());
                let subjects = triples.pos_subjects.slice(range).iter();
                ends.extend(subjects.filter(|subject| self.holds(*subject, *predicate, from, scope)));
            }
            Steps::Reverse(inner) => self.ends(inner, scope, !forward, from, ends)?,
            Steps::Sequence(a, b) => {
                let (first, second) = if forward { (a, b) } else { (b, a) };
                let mut middle = Vec::new();
                self.ends(first, scope, forward, from, &mut middle)?;
                for node in distinct(&middle) {
                    self.ends(second, scope, forward, node, ends)?;
                    self.worked(1)?;
                }
            }
            Steps::Alternative(a, b) => {
                self.ends(a, scope, forward, from, ends)?;
                self.ends(b, scope, forward, from, ends)?;
            }
            Steps::ZeroOrMore(inner) => {
                if self.is_node(from, scope) {
                    self.closure(inner, scope, forward, vec![from], ends)?;
                }
            }
            Steps::OneOrMore(inner) => {
                let mut first = Vec::new();
                self.ends(inner, scope, forward, from, &mut first)?;
                self.closure(inner, scope, forward, first, ends)?;
            }
            Steps::ZeroOrOne(inner) => {
                if self.is_node(from, scope) {
                    ends.push(from);
                    self.ends(inner, scope, forward, from, ends)?;
                }
            }
            Steps::NoneOf(predicates) => {
                let (range, by, nodes) = if forward {
                    (triples.of_subject(from), triples.spo_predicates, triples.spo_objects)
                } else {
                    (triples.of_object(from), triples.osp_predicates, triples.osp_subjects)
                };
                self.scan(range.len());
                let others = range.filter(|place| !predicates.contains(&by.at(*place)));
                let within = others.filter(|place| {
                    let (subject, object) =
                        if forward { (from, nodes.at(*place)) } else { (nodes.at(*place), from) };
                    self.holds(subject, by.at(*place), object, scope)
                });
                ends.extend(within.map(|place| nodes.at(place)));
            }
        }
        Ok(())
    }

    /// Adds some nodes and all that a path reaches from them.
    fn closure(
        &self,
        steps: &Steps,
        scope: Option<Scope>,
        forward: bool,
        mut open: Vec<u32>,
        ends: &mut Vec<u32>,
    ) -> Result<()> {
        let mut seen: FxHashSet<u32> = open.iter().copied().collect();
        let mut next = Vec::new();
        while let Some(node) = open.pop() {
            self.ends(steps, scope, forward, node, &mut next)?;
            self.worked(next.len() + 1)?;
            open.extend(next.drain(..).filter(|node| seen.insert(*node)));
            self.charge(2 * seen.len())?;
        }
        ends.extend(seen);
        Ok(())
    }
}

fn distinct(numbers: &[u32]) -> Vec<u32> {
    let mut numbers = numbers.to_vec();
    numbers.sort_unstable();
    numbers.dedup();
    numbers
}
