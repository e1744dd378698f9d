//! Parts of shapes: paths, lists, other shapes.

use super::{DEEPEST, PATHS, Reader, local_of, sh};
use crate::answers::names::prefixed;
use crate::answers::shapes::model::{Path, ShapeId};
use crate::answers::shapes::nodes::Node;
use crate::answers::shapes::source::{Source, Statement};
use crate::error::Result;
use oxrdf::vocab::rdf;
use oxrdf::{NamedOrBlankNode, Term};
use rustc_hash::FxHashSet;

/// What stands before a shape, and before a list of shapes.
const BEFORE_SHAPES: [&str; 4] = ["node", "property", "not", "qualifiedValueShape"];
const BEFORE_LISTS: [&str; 3] = ["and", "or", "xone"];

/// The nodes that are parts of shapes.
pub(super) fn of_shapes(source: &Source) -> FxHashSet<NamedOrBlankNode> {
    let mut parts = FxHashSet::default();
    for subject in &source.subjects {
        for statement in source.about(subject) {
            let Some(name) = local_of(&statement.predicate) else { continue };
            if BEFORE_SHAPES.contains(&name) {
                parts.extend(resource(&statement.object));
            } else if BEFORE_LISTS.contains(&name) {
                let members = source.list(statement).unwrap_or_default();
                parts.extend(members.iter().filter_map(|member| resource(&member.object)));
            }
        }
    }
    parts
}

fn resource(term: &Term) -> Option<NamedOrBlankNode> {
    match term {
        Term::NamedNode(node) => Some(node.clone().into()),
        Term::BlankNode(node) => Some(node.clone().into()),
        Term::Literal(_) => None,
    }
}

impl Reader<'_, '_, '_> {
    /// The shape that a statement is about.
    pub(super) fn part(&mut self, statement: &Statement, part_of: &str) -> Result<ShapeId> {
        let Some(subject) = resource(&statement.object) else { return Err(self.needs(statement, "a shape")) };
        if self.source.about(&subject).is_empty() {
            // `[]` asks for nothing; a name that nothing is said of is most likely misspelt.
            return match subject {
                NamedOrBlankNode::BlankNode(_) => self.shape(&subject, part_of),
                NamedOrBlankNode::NamedNode(name) => {
                    let name = prefixed(name.as_str());
                    Err(self.source.wrong(statement.place, format!("there is no shape {name}")))
                }
            };
        }
        self.shape(&subject, part_of)
    }

    /// The shapes of a list, of which there is at least one.
    pub(super) fn parts(&mut self, statement: &Statement, part_of: &str) -> Result<Vec<ShapeId>> {
        let members = self.members(statement)?;
        members.iter().map(|member| self.part(member, part_of)).collect()
    }

    /// The members of a list, of which there is at least one.
    pub(super) fn members(&self, statement: &Statement) -> Result<Vec<Statement>> {
        let members = self.source.list(statement)?;
        if members.is_empty() { Err(self.needs(statement, "a list that isn't empty")) } else { Ok(members) }
    }

    /// The numbers of the terms of a list.
    pub(super) fn numbers(&mut self, statement: &Statement) -> Result<Vec<Node>> {
        let members = self.source.list(statement)?;
        members.iter().map(|member| self.iri_or_literal(member)).collect()
    }

    /// The properties of a list.
    pub(super) fn properties(&mut self, statement: &Statement) -> Result<Vec<Node>> {
        let members = self.source.list(statement)?;
        members.iter().map(|member| self.iri(member)).collect()
    }

    /// The path that a statement is about.
    pub(super) fn path(&mut self, statement: &Statement, depth: usize) -> Result<Path> {
        if depth == DEEPEST {
            return Err(self.source.wrong(statement.place, "the path is nested too deep"));
        }
        if self.is_list(statement) {
            return Ok(Path::Sequence(self.paths(statement, depth)?));
        }
        let node = match &statement.object {
            Term::NamedNode(_) => return Ok(Path::Predicate(self.iri(statement)?)),
            Term::BlankNode(node) => NamedOrBlankNode::from(node.clone()),
            Term::Literal(_) => return Err(self.needs(statement, "a property or a path of them")),
        };
        let source = self.source;
        let mut found = source.about(&node).iter();
        let (Some(inner), None) = (found.next(), found.next()) else {
            return Err(self.needs(statement, "one property or path"));
        };
        let name = local_of(&inner.predicate).filter(|name| PATHS.contains(name));
        let Some(name) = name else { return Err(self.needs(statement, "a property or a path of them")) };
        if name == "alternativePath" {
            return Ok(Path::Alternative(self.paths(inner, depth)?));
        }
        let path = Box::new(self.path(inner, depth + 1)?);
        Ok(match name {
            "inversePath" => Path::Inverse(path),
            "zeroOrMorePath" => Path::ZeroOrMore(path),
            "oneOrMorePath" => Path::OneOrMore(path),
            _ => Path::ZeroOrOne(path),
        })
    }

    /// The paths of a list, of which there are at least two.
    fn paths(&mut self, statement: &Statement, depth: usize) -> Result<Vec<Path>> {
        let members = self.source.list(statement)?;
        if members.len() < 2 {
            return Err(self.needs(statement, "a list of two or more properties or paths"));
        }
        members.iter().map(|member| self.path(member, depth + 1)).collect()
    }

    fn is_list(&self, statement: &Statement) -> bool {
        match resource(&statement.object) {
            Some(NamedOrBlankNode::NamedNode(node)) if node == rdf::NIL => true,
            Some(node) => self.source.with(&node, rdf::FIRST.as_str()).next().is_some(),
            None => false,
        }
    }

    /// The property of a property shape: what `sh:closed` lets a node have.
    pub(super) fn paths_of_properties(&mut self, subject: &NamedOrBlankNode) -> Result<Vec<Node>> {
        let source = self.source;
        let mut properties = Vec::new();
        for statement in source.with(subject, &sh("property")) {
            let Some(shape) = resource(&statement.object) else { continue };
            let path = source.only(&shape, &sh("path"))?;
            if let Some(path) = path.filter(|path| matches!(path.object, Term::NamedNode(_))) {
                properties.push(self.iri(path)?);
            }
        }
        Ok(properties)
    }
}
