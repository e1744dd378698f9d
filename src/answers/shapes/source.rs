//! Turtle with the line of every statement, which says where a shape is wrong.

use super::terms::SH;
use crate::answers::names::prefixed;
use crate::error::{Error, Result};
use oxrdf::vocab::rdf;
use oxrdf::{BlankNode, NamedNode, NamedOrBlankNode, Term, Triple};
use oxttl::TurtleParser;
use rustc_hash::FxHashMap;

/// One triple of a file.
#[derive(Clone, Debug)]
pub(super) struct Statement {
    pub(super) predicate: NamedNode,
    pub(super) object: Term,
    pub(super) place: Place,
}

/// Where a statement ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Place {
    file: usize,
    /// 1-based
    line: usize,
}

/// The statements of some files.
#[derive(Debug, Default)]
pub(super) struct Source {
    files: Vec<String>,
    /// The subjects in the order of the files.
    pub(super) subjects: Vec<NamedOrBlankNode>,
    statements: FxHashMap<NamedOrBlankNode, Vec<Statement>>,
    /// The blank nodes by file and label.
    blanks: FxHashMap<(usize, BlankNode), BlankNode>,
}

impl Source {
    /// Reads a file in Turtle.
    ///
    /// # Errors
    /// Text that is no Turtle, with its line.
    pub(super) fn add(&mut self, name: &str, text: &str) -> Result<()> {
        let file = self.files.len();
        self.files.push(name.to_owned());
        let base =
            format!("file:///{}", name.trim_start_matches('/').replace(|c: char| !c.is_ascii_graphic(), "_"));
        let parser = TurtleParser::new();
        let mut parser = parser.clone().with_base_iri(base).unwrap_or(parser).low_level();
        let mut line = 0;
        for text in text.split_inclusive('\n').map(Some).chain([None]) {
            match text {
                Some(text) => {
                    parser.extend_from_slice(text.as_bytes());
                    line += 1;
                }
                None => parser.end(),
            }
            while let Some(triple) = parser.parse_next() {
                let triple = triple.map_err(|error| {
                    let line = error.location().start.line + 1;
                    Error::input(format!("{name}:{line}: not well-formed")).with_source(error)
                })?;
                self.push(triple, Place { file, line });
            }
        }
        Ok(())
    }

    fn push(&mut self, triple: Triple, place: Place) {
        let subject = match triple.subject {
            NamedOrBlankNode::BlankNode(node) => self.own(node, place.file).into(),
            named @ NamedOrBlankNode::NamedNode(_) => named,
        };
        let object = match triple.object {
            Term::BlankNode(node) => self.own(node, place.file).into(),
            other => other,
        };
        let statements = self.statements.entry(subject.clone()).or_default();
        if statements.is_empty() {
            self.subjects.push(subject);
        }
        statements.push(Statement { predicate: triple.predicate, object, place });
    }

    /// A blank node that no other file has, with the same label whenever the files are read.
    fn own(&mut self, node: BlankNode, file: usize) -> BlankNode {
        let next = self.blanks.len() + 1;
        let label = || BlankNode::new_unchecked(format!("shape{next}"));
        self.blanks.entry((file, node)).or_insert_with(label).clone()
    }

    /// The statements about a subject.
    pub(super) fn about(&self, subject: &NamedOrBlankNode) -> &[Statement] {
        self.statements.get(subject).map(Vec::as_slice).unwrap_or_default()
    }

    /// The statements about a subject with a predicate.
    pub(super) fn with(
        &self,
        subject: &NamedOrBlankNode,
        predicate: &str,
    ) -> impl Iterator<Item = &Statement> {
        self.about(subject).iter().filter(move |statement| statement.predicate.as_str() == predicate)
    }

    /// The one statement about a subject with a predicate, if there is any.
    ///
    /// # Errors
    /// More than one.
    pub(super) fn only(&self, subject: &NamedOrBlankNode, predicate: &str) -> Result<Option<&Statement>> {
        let mut found = self.with(subject, predicate);
        let first = found.next();
        match found.next() {
            Some(second) => Err(self.wrong(second.place, format!("{} is given twice", prefixed(predicate)))),
            None => Ok(first),
        }
    }

    /// The members of a list.
    ///
    /// # Errors
    /// What is no list, or one that has no end.
    pub(super) fn list(&self, head: &Statement) -> Result<Vec<Statement>> {
        let broken =
            || self.wrong(head.place, format!("{} needs a list: ( … )", prefixed(head.predicate.as_str())));
        let mut members = Vec::new();
        let mut seen = rustc_hash::FxHashSet::default();
        let mut rest = head.object.clone();
        loop {
            let node: NamedOrBlankNode = match rest {
                Term::NamedNode(node) if node == rdf::NIL => return Ok(members),
                Term::NamedNode(node) => node.into(),
                Term::BlankNode(node) => node.into(),
                Term::Literal(_) => return Err(broken()),
            };
            let first = self.only(&node, rdf::FIRST.as_str())?.ok_or_else(broken)?;
            members.push(Statement { predicate: head.predicate.clone(), ..first.clone() });
            rest = self.only(&node, rdf::REST.as_str())?.ok_or_else(broken)?.object.clone();
            if !seen.insert(node) {
                return Err(broken());
            }
        }
    }

    /// The statements that name the other shapes of values beside those of a property shape (SHACL 4.7.3): those of
    /// the property shapes of its parents.
    pub(super) fn siblings(&self, property: &NamedOrBlankNode, own: &Term) -> Vec<&Statement> {
        let (has, value) = (format!("{SH}property"), format!("{SH}qualifiedValueShape"));
        let term = Term::from(property.clone());
        let parents =
            self.subjects.iter().filter(|parent| self.with(parent, &has).any(|child| child.object == term));
        let children =
            parents.flat_map(|parent| self.with(parent, &has)).filter_map(|child| match &child.object {
                Term::NamedNode(node) => Some(NamedOrBlankNode::from(node.clone())),
                Term::BlankNode(node) => Some(node.clone().into()),
                Term::Literal(_) => None,
            });
        let shapes = children.flat_map(|child| self.with(&child, &value).collect::<Vec<_>>());
        shapes.filter(|shape| shape.object != *own).collect()
    }

    /// The place of the first statement about a subject.
    pub(super) fn place(&self, subject: &NamedOrBlankNode) -> Place {
        self.about(subject).first().map_or(Place { file: 0, line: 1 }, |statement| statement.place)
    }

    /// The line of a place.
    pub(super) fn line(&self, place: Place) -> usize {
        place.line
    }

    /// An error about a place.
    pub(super) fn wrong(&self, place: Place, message: impl AsRef<str>) -> Error {
        let file = self.files.get(place.file).map_or("", String::as_str);
        Error::input(format!("{file}:{}: {}", place.line, message.as_ref()))
    }
}
