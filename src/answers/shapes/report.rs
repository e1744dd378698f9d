//! Violations as findings at their places, and as a validation report of SHACL.

use super::model::{Bound, Constraint, NodeKinds, Path, Shapes};
use super::nodes::{Node, Nodes};
use super::terms::SH;
use super::validate::Violation;
use crate::answers::check::{Finding, Level, Report, Rule};
use crate::answers::names::prefixed;
use crate::error::Result;
use crate::nearest::alternatives;
use crate::vocabulary::REL;
use oxrdf::vocab::rdf;
use oxrdf::{BlankNode, Literal, NamedNode, NamedOrBlankNode, Term, Triple};
use std::collections::BTreeMap;

/// The violations as findings, with a rule for each shape that stands by itself.
///
/// # Errors
/// A damaged graph.
pub(super) fn findings(nodes: &Nodes<'_>, shapes: &Shapes, violations: &[Violation]) -> Result<Report> {
    let mut rules: BTreeMap<&str, Rule> = BTreeMap::new();
    for shape in &shapes.all {
        let rule = rules.entry(&shape.rule).or_insert_with(|| Rule {
            name: shape.rule.clone(),
            summary: String::new(),
            description: String::new(),
            level: Level::Note,
        });
        rule.level = rule.level.max(shape.severity);
        let stands_alone = !shape.targets.is_empty() || rule.summary.is_empty();
        if stands_alone && !shape.description.is_empty() {
            rule.summary = shape.description.clone();
        }
    }
    for rule in rules.values_mut().filter(|rule| rule.summary.is_empty()) {
        rule.summary = format!("Nodes that don't hold to the shape {}", rule.name);
    }
    let places = Places::new(nodes);
    let findings = violations.iter().map(|violation| {
        let shape = &shapes.all[violation.shape];
        let (file, line) = places.of(nodes, violation.focus)?;
        let focus = nodes.shown(violation.focus)?;
        let message = match &shape.message {
            Some(message) => format!("{focus}: {message}"),
            None => format!("{focus} {}", words(nodes, shapes, violation)?),
        };
        Ok(Finding { file, line, rule: shape.rule.clone(), message, level: shape.severity })
    });
    let findings = findings.collect::<Result<Vec<_>>>()?;
    Ok(Report { rules: rules.into_values().collect(), findings }.sorted())
}

/// Where nodes say that they stand.
struct Places {
    file: Option<Node>,
    line: Option<Node>,
    path: Option<Node>,
}

impl Places {
    fn new(nodes: &Nodes<'_>) -> Self {
        let find = |local: &str| nodes.find(&format!("{REL}{local}"));
        Self { file: find("sourceFile"), line: find("line"), path: find("path") }
    }

    /// File and line of a node; an empty file where it has none, 0 where it has no line.
    fn of(&self, nodes: &Nodes<'_>, node: Node) -> Result<(String, u32)> {
        let text = |property: Option<Node>| -> Result<Option<String>> {
            let value = property.and_then(|property| nodes.objects(node, property).next());
            Ok(match value.map(|value| nodes.term(value)).transpose()? {
                Some(Term::Literal(literal)) => Some(literal.destruct().0),
                _ => None,
            })
        };
        let Some(file) = text(self.file)? else { return Ok((text(self.path)?.unwrap_or_default(), 0)) };
        Ok((file, text(self.line)?.and_then(|line| line.parse().ok()).unwrap_or(0)))
    }
}

/// What is wrong, to be read behind the name of the focus node.
fn words(nodes: &Nodes<'_>, shapes: &Shapes, violation: &Violation) -> Result<String> {
    let shape = &shapes.all[violation.shape];
    let path = shape.path.as_ref().map(|path| path.shown(nodes)).transpose()?;
    let value = violation.value.map(|value| nodes.shown(value)).transpose()?.unwrap_or_default();
    let constraint = &shape.constraints[violation.constraint];
    if let Constraint::Closed(_) = constraint {
        let property =
            violation.property.map(|property| nodes.shown(property)).transpose()?.unwrap_or_default();
        return Ok(format!("has {property} {value}, which its shape doesn't know"));
    }
    Ok(match (path, counted(nodes, shapes, constraint)?) {
        (Some(path), Some(wanted)) => format!("has {}", wanted.replace("{}", &path)),
        (None, Some(wanted)) => format!("has {}", wanted.replace("{}", "itself")),
        (Some(path), None) => format!("has {path} {value}, which {}", of_value(nodes, constraint)?),
        (None, None) => of_value(nodes, constraint)?,
    })
}

/// What is wrong with the values as a whole; `{}` stands for the path. `None` if it is about one value.
fn counted(nodes: &Nodes<'_>, shapes: &Shapes, constraint: &Constraint) -> Result<Option<String>> {
    let values = |count: &usize| if *count == 1 { "value" } else { "values" };
    Ok(Some(match constraint {
        Constraint::MinCount(1) => "no {}".to_owned(),
        Constraint::MinCount(least) => format!("fewer than {least} {} of {{}}", values(least)),
        Constraint::MaxCount(0) => "{}, which it must not have".to_owned(),
        Constraint::MaxCount(most) => format!("more than {most} {} of {{}}", values(most)),
        Constraint::HasValue(value) => format!("no {{}} {}", nodes.shown(*value)?),
        Constraint::QualifiedMin(of, least) => {
            format!("fewer than {least} {} of {{}} that hold to {}", values(least), shapes.all[of.shape].rule)
        }
        Constraint::QualifiedMax(of, most) => {
            format!("more than {most} {} of {{}} that hold to {}", values(most), shapes.all[of.shape].rule)
        }
        Constraint::UniqueLang => "two values of {} in one language".to_owned(),
        _ => return Ok(None),
    }))
}

/// What is wrong with a value, or with the node itself.
fn of_value(nodes: &Nodes<'_>, constraint: &Constraint) -> Result<String> {
    let than = |property: &Node, words: &str| -> Result<String> {
        Ok(format!("{words} {}", nodes.shown(*property)?))
    };
    Ok(match constraint {
        Constraint::Class(class) => than(class, "is no")?,
        Constraint::Datatype(datatype) => format!("is no {}", prefixed(datatype.as_str())),
        Constraint::NodeKind(kinds) => format!("is no {}", kinds.words()),
        Constraint::Range(bound, limit) => format!("is not {} {}", bound.words(), shown_limit(limit)),
        Constraint::MinLength(least) => format!("is shorter than {least}"),
        Constraint::MaxLength(most) => format!("is longer than {most}"),
        Constraint::Pattern(_, written) => format!("doesn't match {written}"),
        Constraint::LanguageIn(ranges) => format!("is not in the language {}", alternatives(ranges)),
        Constraint::Equals(property) => than(property, "is not the same as")?,
        Constraint::Disjoint(property) => than(property, "is the same as")?,
        Constraint::LessThan(property) => than(property, "is not less than")?,
        Constraint::LessThanOrEquals(property) => than(property, "is greater than")?,
        Constraint::In(values) => {
            let values: Vec<String> =
                values.iter().map(|value| nodes.shown(*value)).collect::<Result<_>>()?;
            format!("is not {}", alternatives(&values))
        }
        Constraint::Not(_) => "holds to what it must not hold to".to_owned(),
        Constraint::And(_) => "doesn't hold to all that is asked of it".to_owned(),
        Constraint::Or(_) => "holds to none of the alternatives".to_owned(),
        Constraint::Xone(_) => "holds to none of the alternatives, or to more than one".to_owned(),
        _ => "doesn't hold to its shape".to_owned(),
    })
}

fn shown_limit(limit: &Term) -> String {
    match limit {
        Term::Literal(literal) => literal.value().to_owned(),
        other => other.to_string(),
    }
}

impl Bound {
    fn words(self) -> &'static str {
        match self {
            Self::MinExclusive => "greater than",
            Self::MinInclusive => "at least",
            Self::MaxExclusive => "less than",
            Self::MaxInclusive => "at most",
        }
    }
}

impl NodeKinds {
    fn words(self) -> String {
        let kinds = [(self.iri, "IRI"), (self.blank, "blank node"), (self.literal, "literal")];
        let kinds: Vec<&str> = kinds.iter().filter(|(may, _)| *may).map(|(_, kind)| *kind).collect();
        alternatives(&kinds)
    }
}

/// The violations as a validation report.
///
/// # Errors
/// A damaged graph.
pub(super) fn triples(nodes: &Nodes<'_>, shapes: &Shapes, violations: &[Violation]) -> Result<Vec<Triple>> {
    let mut writer = Writer { nodes, blanks: 0, triples: Vec::new() };
    let report = writer.blank();
    writer.add(&report, rdf::TYPE.into_owned(), sh("ValidationReport").into());
    let conforms = Literal::from(violations.is_empty());
    writer.add(&report, sh("conforms"), conforms.into());
    let results: Vec<BlankNode> = violations.iter().map(|_| writer.blank()).collect();
    for result in &results {
        writer.add(&report, sh("result"), result.clone().into());
    }
    for (result, violation) in results.iter().zip(violations) {
        writer.result(result, shapes, violation)?;
    }
    Ok(writer.triples)
}

fn sh(local: &str) -> NamedNode {
    NamedNode::new_unchecked(format!("{SH}{local}"))
}

struct Writer<'n> {
    nodes: &'n Nodes<'n>,
    blanks: usize,
    triples: Vec<Triple>,
}

impl Writer<'_> {
    fn blank(&mut self) -> BlankNode {
        self.blanks += 1;
        BlankNode::new_unchecked(format!("report{}", self.blanks))
    }

    fn add(&mut self, subject: &BlankNode, predicate: NamedNode, object: Term) {
        let subject = NamedOrBlankNode::from(subject.clone());
        self.triples.push(Triple { subject, predicate, object });
    }

    fn result(&mut self, result: &BlankNode, shapes: &Shapes, violation: &Violation) -> Result<()> {
        let shape = &shapes.all[violation.shape];
        let component = shape.constraints[violation.constraint].component();
        let severity = match shape.severity {
            Level::Error => "Violation",
            Level::Warning => "Warning",
            Level::Note => "Info",
        };
        self.add(result, rdf::TYPE.into_owned(), sh("ValidationResult").into());
        self.add(result, sh("focusNode"), self.nodes.term(violation.focus)?);
        let path = violation.property.map(Path::Predicate);
        if let Some(path) = path.as_ref().or(shape.path.as_ref()) {
            let path = self.path(path)?;
            self.add(result, sh("resultPath"), path);
        }
        if let Some(value) = violation.value {
            self.add(result, sh("value"), self.nodes.term(value)?);
        }
        self.add(result, sh("resultSeverity"), sh(severity).into());
        self.add(result, sh("sourceConstraintComponent"), sh(component).into());
        self.add(result, sh("sourceShape"), shape.node.clone());
        let message = match &shape.message {
            Some(message) => message.clone(),
            None => words(self.nodes, shapes, violation)?,
        };
        self.add(result, sh("resultMessage"), Literal::new_simple_literal(message).into());
        Ok(())
    }

    /// The node of a path.
    fn path(&mut self, path: &Path) -> Result<Term> {
        let (local, inner) = match path {
            Path::Predicate(predicate) => return self.nodes.term(*predicate),
            Path::Sequence(paths) => return self.list(paths),
            Path::Alternative(paths) => ("alternativePath", self.list(paths)?),
            Path::Inverse(path) => ("inversePath", self.path(path)?),
            Path::ZeroOrMore(path) => ("zeroOrMorePath", self.path(path)?),
            Path::OneOrMore(path) => ("oneOrMorePath", self.path(path)?),
            Path::ZeroOrOne(path) => ("zeroOrOnePath", self.path(path)?),
        };
        let node = self.blank();
        self.add(&node, sh(local), inner);
        Ok(node.into())
    }

    fn list(&mut self, paths: &[Path]) -> Result<Term> {
        let mut rest = Term::from(rdf::NIL.into_owned());
        for path in paths.iter().rev() {
            let (member, node) = (self.path(path)?, self.blank());
            self.add(&node, rdf::FIRST.into_owned(), member);
            self.add(&node, rdf::REST.into_owned(), rest);
            rest = node.into();
        }
        Ok(rest)
    }
}
