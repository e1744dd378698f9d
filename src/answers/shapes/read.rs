//! Statements → shapes.

mod constraints;
mod parts;

use super::model::{Shape, ShapeId, Shapes, Target};
use super::nodes::{Node, Nodes};
use super::source::{Place, Source, Statement};
use super::terms::{PATHS, SH, SUPPORTED, UNSUPPORTED};
use crate::answers::check::Level;
use crate::answers::lookup::local_name;
use crate::answers::names::prefixed;
use crate::error::{Error, Result};
use crate::nearest;
use oxrdf::vocab::{rdf, rdfs, xsd};
use oxrdf::{NamedNode, NamedOrBlankNode, Term};
use rustc_hash::FxHashMap;

/// How deep shapes and paths may be nested.
const DEEPEST: usize = 64;

/// Reads shapes in Turtle, each text with the name of its file.
///
/// # Errors
/// Text that is no Turtle, or whatever isn't understood in it, with file and line.
pub(super) fn shapes(texts: &[(String, String)], nodes: &mut Nodes<'_>) -> Result<Shapes> {
    let mut source = Source::default();
    for (name, text) in texts {
        source.add(name, text)?;
    }
    let mut reader =
        Reader { source: &source, nodes, known: FxHashMap::default(), all: Vec::new(), open: Vec::new() };
    // Named shapes come first, so that those that are parts of them take their names.
    let (named, blank): (Vec<_>, Vec<_>) =
        source.subjects.iter().partition(|subject| matches!(subject, NamedOrBlankNode::NamedNode(_)));
    let parts = parts::of_shapes(&source);
    for subject in named {
        if is_shape(&source, subject) {
            reader.shape(subject, "")?;
        }
    }
    for subject in blank {
        if is_shape(&source, subject) && !parts.contains(subject) {
            reader.shape(subject, "")?;
        }
    }
    if let Some(subject) = source
        .subjects
        .iter()
        .find(|subject| is_shape(&source, subject) && !reader.known.contains_key(subject))
    {
        return Err(source.wrong(source.place(subject), "this shape refers to itself"));
    }
    Ok(Shapes { all: reader.all })
}

/// Whether something is said of a subject that is said of shapes.
fn is_shape(source: &Source, subject: &NamedOrBlankNode) -> bool {
    source.about(subject).iter().any(|statement| match local_of(&statement.predicate) {
        Some(name) => !PATHS.contains(&name),
        None => statement.predicate == rdf::TYPE && is_class_of_shapes(&statement.object),
    })
}

fn is_class_of_shapes(class: &Term) -> bool {
    let Term::NamedNode(class) = class else { return false };
    matches!(local_of(class), Some("NodeShape" | "PropertyShape"))
}

/// The local name of a term of SHACL.
fn local_of(name: &NamedNode) -> Option<&str> {
    name.as_str().strip_prefix(SH)
}

/// The full name of a term of SHACL.
fn sh(local: &str) -> String {
    format!("{SH}{local}")
}

struct Reader<'s, 'n, 'g> {
    source: &'s Source,
    nodes: &'n mut Nodes<'g>,
    known: FxHashMap<NamedOrBlankNode, ShapeId>,
    all: Vec<Shape>,
    /// The shapes that are being read, the outermost first.
    open: Vec<NamedOrBlankNode>,
}

impl Reader<'_, '_, '_> {
    /// Reads a shape, which may be part of one whose findings have a name.
    fn shape(&mut self, subject: &NamedOrBlankNode, part_of: &str) -> Result<ShapeId> {
        if let Some(known) = self.known.get(subject) {
            return Ok(*known);
        }
        let place = self.source.place(subject);
        if self.open.contains(subject) {
            return Err(self.source.wrong(place, "this shape refers to itself"));
        }
        if self.open.len() == DEEPEST {
            return Err(self.source.wrong(place, "shapes are nested too deep"));
        }
        self.open.push(subject.clone());
        let shape = self.new_shape(subject, part_of, place)?;
        self.open.pop();
        self.all.push(shape);
        self.known.insert(subject.clone(), self.all.len() - 1);
        Ok(self.all.len() - 1)
    }

    fn new_shape(&mut self, subject: &NamedOrBlankNode, part_of: &str, place: Place) -> Result<Shape> {
        let source = self.source;
        let node = Term::from(subject.clone());
        let rule = match subject {
            NamedOrBlankNode::NamedNode(name) => local_name(name.as_str()).to_owned(),
            NamedOrBlankNode::BlankNode(_) if part_of.is_empty() => format!("line-{}", source.line(place)),
            NamedOrBlankNode::BlankNode(_) => part_of.to_owned(),
        };
        let path = source.only(subject, &sh("path"))?;
        let path = path.map(|path| self.path(path, 0)).transpose()?;
        let mut shape = Shape {
            node,
            rule,
            description: self.description(subject),
            targets: Vec::new(),
            path,
            constraints: Vec::new(),
            severity: Level::Error,
            message: None,
            deactivated: false,
        };
        self.check_kind(subject, &shape)?;
        for statement in source.about(subject) {
            if statement.predicate == rdf::TYPE {
                shape.targets.extend(self.implicit_target(subject, statement));
            } else if let Some(name) = local_of(&statement.predicate) {
                self.read(&mut shape, subject, name, statement)?;
            }
        }
        Ok(shape)
    }

    /// Reads one statement about a shape.
    fn read(
        &mut self,
        shape: &mut Shape,
        subject: &NamedOrBlankNode,
        name: &str,
        statement: &Statement,
    ) -> Result<()> {
        match name {
            "targetClass" => shape.targets.push(Target::Class(self.iri(statement)?)),
            "targetNode" => shape.targets.push(Target::Node(self.iri_or_literal(statement)?)),
            "targetSubjectsOf" => shape.targets.push(Target::SubjectsOf(self.iri(statement)?)),
            "targetObjectsOf" => shape.targets.push(Target::ObjectsOf(self.iri(statement)?)),
            "severity" => shape.severity = self.severity(subject)?,
            "message" => shape.message = Some(self.message(subject, statement)?),
            "deactivated" => {
                self.source.only(subject, &sh(name))?;
                shape.deactivated = self.boolean(statement)?;
            }
            "path" | "name" | "description" | "order" | "group" | "defaultValue" => {}
            _ => {
                let constraint = self.constraint(shape, subject, name, statement)?;
                shape.constraints.extend(constraint);
            }
        }
        Ok(())
    }

    /// The target of a shape that is a class too (SHACL 2.1.3.3).
    fn implicit_target(&mut self, subject: &NamedOrBlankNode, statement: &Statement) -> Option<Target> {
        let NamedOrBlankNode::NamedNode(class) = subject else { return None };
        let Term::NamedNode(of) = &statement.object else { return None };
        let is_class = *of == rdfs::CLASS || of.as_str() == "http://www.w3.org/2002/07/owl#Class";
        is_class.then(|| Target::Class(self.nodes.number(&class.clone().into())))
    }

    /// Finds a class that disagrees with whether the shape has a path.
    fn check_kind(&self, subject: &NamedOrBlankNode, shape: &Shape) -> Result<()> {
        for statement in self.source.with(subject, rdf::TYPE.as_str()) {
            let Term::NamedNode(class) = &statement.object else { continue };
            match (local_of(class), &shape.path) {
                (Some("NodeShape"), Some(_)) => {
                    return Err(self.source.wrong(statement.place, "a sh:NodeShape has no sh:path"));
                }
                (Some("PropertyShape"), None) => {
                    return Err(self.source.wrong(statement.place, "a sh:PropertyShape needs a sh:path"));
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// What a shape is for.
    fn description(&self, subject: &NamedOrBlankNode) -> String {
        let names = [
            sh("description"),
            rdfs::COMMENT.as_str().to_owned(),
            sh("name"),
            rdfs::LABEL.as_str().to_owned(),
        ];
        let text = |name: &String| match self.source.with(subject, name).next().map(|found| &found.object) {
            Some(Term::Literal(literal)) => Some(literal.value().to_owned()),
            _ => None,
        };
        names.iter().find_map(text).unwrap_or_default()
    }

    fn severity(&self, subject: &NamedOrBlankNode) -> Result<Level> {
        let Some(statement) = self.source.only(subject, &sh("severity"))? else { return Ok(Level::Error) };
        let name = match &statement.object {
            Term::NamedNode(name) => local_of(name),
            _ => None,
        };
        match name {
            Some("Violation") => Ok(Level::Error),
            Some("Warning") => Ok(Level::Warning),
            Some("Info") => Ok(Level::Note),
            _ => {
                Err(self.source.wrong(statement.place, "sh:severity is sh:Violation, sh:Warning or sh:Info"))
            }
        }
    }

    /// The message of a shape: the first without a language or in English, else the first.
    fn message(&self, subject: &NamedOrBlankNode, statement: &Statement) -> Result<String> {
        let mut first = None;
        for statement in self.source.with(subject, statement.predicate.as_str()) {
            let Term::Literal(literal) = &statement.object else {
                return Err(self.source.wrong(statement.place, "sh:message is a text"));
            };
            if literal.language().is_none_or(|language| language.starts_with("en")) {
                return Ok(literal.value().to_owned());
            }
            first.get_or_insert(literal.value());
        }
        Ok(first.unwrap_or_default().to_owned())
    }

    /// The error of a term that is understood nowhere.
    fn unknown(&self, name: &str, place: Place) -> Error {
        if PATHS.contains(&name) {
            return self
                .source
                .wrong(place, format!("sh:{name} belongs into a path: sh:path [ sh:{name} … ]"));
        }
        if UNSUPPORTED.contains(&name) {
            let error = self.source.wrong(place, format!("sh:{name} is not supported"));
            return error.with_hint("SHACL Core is; constraints in SPARQL, rules and scripts are not");
        }
        let error = self.source.wrong(place, format!("sh:{name} is no term for shapes"));
        let near = nearest::nearest(name, SUPPORTED, 3);
        let near: Vec<String> = near.iter().map(|name| format!("sh:{name}")).collect();
        if near.is_empty() {
            return error;
        }
        error.with_hint(format!("did you mean {}?", nearest::alternatives(&near)))
    }

    /// An error about what a statement needs.
    fn needs(&self, statement: &Statement, what: &str) -> Error {
        self.source.wrong(statement.place, format!("{} needs {what}", prefixed(statement.predicate.as_str())))
    }

    fn iri(&mut self, statement: &Statement) -> Result<Node> {
        match &statement.object {
            Term::NamedNode(_) => Ok(self.nodes.number(&statement.object)),
            _ => Err(self.needs(statement, "an IRI")),
        }
    }

    fn iri_or_literal(&mut self, statement: &Statement) -> Result<Node> {
        match &statement.object {
            Term::BlankNode(_) => Err(self.needs(statement, "an IRI or a literal")),
            term => Ok(self.nodes.number(term)),
        }
    }

    fn boolean(&self, statement: &Statement) -> Result<bool> {
        match &statement.object {
            Term::Literal(literal) if literal.datatype() == xsd::BOOLEAN => match literal.value() {
                "true" | "1" => Ok(true),
                "false" | "0" => Ok(false),
                _ => Err(self.needs(statement, "true or false")),
            },
            _ => Err(self.needs(statement, "true or false")),
        }
    }

    fn count(&self, statement: &Statement) -> Result<usize> {
        let Term::Literal(literal) = &statement.object else {
            return Err(self.needs(statement, "a whole number"));
        };
        let whole = literal.datatype() == xsd::INTEGER;
        let count = literal.value().parse().ok().filter(|_| whole);
        count.ok_or_else(|| self.needs(statement, "a whole number, 0 or more"))
    }
}
