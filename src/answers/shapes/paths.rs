//! The values of property paths, and their notation.

use super::model::Path;
use super::nodes::{Node, Nodes};
use crate::error::Result;
use rustc_hash::FxHashSet;

impl Path {
    /// The nodes that the path leads to, each once.
    pub(super) fn values(&self, nodes: &Nodes<'_>, focus: Node) -> Vec<Node> {
        let mut values = Vec::new();
        self.step(nodes, focus, false, &mut values);
        if !matches!(self, Self::Predicate(_)) {
            values.sort_unstable();
            values.dedup();
        }
        values
    }

    /// Adds the nodes that the path leads to, against its direction if `back`.
    fn step(&self, nodes: &Nodes<'_>, from: Node, back: bool, to: &mut Vec<Node>) {
        match self {
            Self::Predicate(predicate) if back => to.extend(nodes.subjects(*predicate, from)),
            Self::Predicate(predicate) => to.extend(nodes.objects(from, *predicate)),
            Self::Inverse(path) => path.step(nodes, from, !back, to),
            Self::Sequence(paths) => {
                let mut here = FxHashSet::from_iter([from]);
                let mut next = Vec::new();
                for at in 0..paths.len() {
                    let path = &paths[if back { paths.len() - 1 - at } else { at }];
                    here.iter().for_each(|node| path.step(nodes, *node, back, &mut next));
                    here = next.drain(..).collect();
                }
                to.extend(here);
            }
            Self::Alternative(paths) => paths.iter().for_each(|path| path.step(nodes, from, back, to)),
            Self::ZeroOrOne(path) => {
                to.push(from);
                path.step(nodes, from, back, to);
            }
            Self::ZeroOrMore(path) => {
                to.push(from);
                path.closure(nodes, from, back, to);
            }
            Self::OneOrMore(path) => path.closure(nodes, from, back, to),
        }
    }

    /// Adds the nodes that one or more steps lead to.
    fn closure(&self, nodes: &Nodes<'_>, from: Node, back: bool, to: &mut Vec<Node>) {
        let mut seen: FxHashSet<Node> = FxHashSet::default();
        let (mut open, mut next) = (vec![from], Vec::new());
        while let Some(node) = open.pop() {
            self.step(nodes, node, back, &mut next);
            open.extend(next.drain(..).filter(|node| seen.insert(*node)));
        }
        to.extend(seen);
    }

    /// The path in the notation of SPARQL.
    ///
    /// # Errors
    /// A damaged graph.
    pub(super) fn shown(&self, nodes: &Nodes<'_>) -> Result<String> {
        let joined = |paths: &[Self], between: &str| -> Result<String> {
            let parts: Vec<String> = paths.iter().map(|path| path.part(nodes)).collect::<Result<_>>()?;
            Ok(parts.join(between))
        };
        Ok(match self {
            Self::Predicate(predicate) => nodes.shown(*predicate)?,
            Self::Inverse(path) => format!("^{}", path.part(nodes)?),
            Self::Sequence(paths) => joined(paths, "/")?,
            Self::Alternative(paths) => joined(paths, "|")?,
            Self::ZeroOrMore(path) => format!("{}*", path.part(nodes)?),
            Self::OneOrMore(path) => format!("{}+", path.part(nodes)?),
            Self::ZeroOrOne(path) => format!("{}?", path.part(nodes)?),
        })
    }

    fn part(&self, nodes: &Nodes<'_>) -> Result<String> {
        let shown = self.shown(nodes)?;
        Ok(if matches!(self, Self::Predicate(_)) { shown } else { format!("({shown})") })
    }
}
