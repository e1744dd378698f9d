//! Statements → constraints.

use super::{Reader, local_of, sh};
use crate::answers::shapes::literals;
use crate::answers::shapes::model::{Bound, Constraint, NodeKinds, Qualified, Shape, ShapeId};
use crate::answers::shapes::source::Statement;
use crate::error::Result;
use oxrdf::{Literal, NamedOrBlankNode, Term};
use regex::{Regex, RegexBuilder};

/// What only shapes with a path have, each once.
const OF_PATHS: [&str; 8] = [
    "maxCount",
    "minCount",
    "lessThan",
    "lessThanOrEquals",
    "qualifiedMaxCount",
    "qualifiedMinCount",
    "qualifiedValueShape",
    "uniqueLang",
];

/// What a shape has at most once.
const ONCE: [&str; 20] = [
    "closed",
    "datatype",
    "flags",
    "ignoredProperties",
    "in",
    "languageIn",
    "maxCount",
    "maxExclusive",
    "maxInclusive",
    "maxLength",
    "minCount",
    "minExclusive",
    "minInclusive",
    "minLength",
    "nodeKind",
    "pattern",
    "qualifiedMaxCount",
    "qualifiedMinCount",
    "qualifiedValueShapesDisjoint",
    "uniqueLang",
];

impl Reader<'_, '_, '_> {
    /// The constraint of a statement about a shape; none where it only says more about another one.
    pub(super) fn constraint(
        &mut self,
        shape: &Shape,
        subject: &NamedOrBlankNode,
        name: &str,
        statement: &Statement,
    ) -> Result<Option<Constraint>> {
        if ONCE.contains(&name) {
            self.source.only(subject, &sh(name))?;
        }
        if OF_PATHS.contains(&name) && shape.path.is_none() {
            let message = format!("sh:{name} needs a shape with a sh:path");
            return Err(self.source.wrong(statement.place, message));
        }
        let rule = shape.rule.as_str();
        Ok(Some(match name {
            "class" => Constraint::Class(self.iri(statement)?),
            "datatype" => match &statement.object {
                Term::NamedNode(datatype) => Constraint::Datatype(datatype.clone()),
                _ => return Err(self.needs(statement, "an IRI")),
            },
            "nodeKind" => Constraint::NodeKind(self.node_kinds(statement)?),
            "minCount" => Constraint::MinCount(self.count(statement)?),
            "maxCount" => Constraint::MaxCount(self.count(statement)?),
            "minExclusive" => self.range(Bound::MinExclusive, statement)?,
            "minInclusive" => self.range(Bound::MinInclusive, statement)?,
            "maxExclusive" => self.range(Bound::MaxExclusive, statement)?,
            "maxInclusive" => self.range(Bound::MaxInclusive, statement)?,
            "minLength" => Constraint::MinLength(self.count(statement)?),
            "maxLength" => Constraint::MaxLength(self.count(statement)?),
            "pattern" => self.pattern(subject, statement)?,
            "languageIn" => Constraint::LanguageIn(self.languages(statement)?),
            "uniqueLang" if self.boolean(statement)? => Constraint::UniqueLang,
            "uniqueLang" => return Ok(None),
            "equals" => Constraint::Equals(self.iri(statement)?),
            "disjoint" => Constraint::Disjoint(self.iri(statement)?),
            "lessThan" => Constraint::LessThan(self.iri(statement)?),
            "lessThanOrEquals" => Constraint::LessThanOrEquals(self.iri(statement)?),
            "not" => Constraint::Not(self.part(statement, rule)?),
            "and" => Constraint::And(self.parts(statement, rule)?),
            "or" => Constraint::Or(self.parts(statement, rule)?),
            "xone" => Constraint::Xone(self.parts(statement, rule)?),
            "node" => Constraint::Node(self.part(statement, rule)?),
            "property" => Constraint::Property(self.property(statement, rule)?),
            "closed" => return self.closed(subject, statement),
            "hasValue" => Constraint::HasValue(self.iri_or_literal(statement)?),
            "in" => Constraint::In(self.numbers(statement)?),
            "qualifiedMinCount" | "qualifiedMaxCount" => self.qualified(subject, name, statement, rule)?,
            "flags" => return self.with(subject, statement, &["pattern"]),
            "ignoredProperties" => return self.with(subject, statement, &["closed"]),
            "qualifiedValueShape" => {
                return self.with(subject, statement, &["qualifiedMinCount", "qualifiedMaxCount"]);
            }
            "qualifiedValueShapesDisjoint" => return self.with(subject, statement, &["qualifiedValueShape"]),
            _ => return Err(self.unknown(name, statement.place)),
        }))
    }

    /// No constraint, but a statement that makes sense only beside one of others.
    fn with(
        &self,
        subject: &NamedOrBlankNode,
        statement: &Statement,
        others: &[&str],
    ) -> Result<Option<Constraint>> {
        if others.iter().any(|other| self.source.with(subject, &sh(other)).next().is_some()) {
            return Ok(None);
        }
        let others: Vec<String> = others.iter().map(|other| format!("sh:{other}")).collect();
        Err(self.needs(statement, &format!("{} beside it", others.join(" or "))))
    }

    fn node_kinds(&self, statement: &Statement) -> Result<NodeKinds> {
        let name = match &statement.object {
            Term::NamedNode(name) => local_of(name),
            _ => None,
        };
        name.and_then(NodeKinds::of_name).ok_or_else(|| {
            let kinds = "sh:IRI, sh:BlankNode, sh:Literal, sh:BlankNodeOrIRI, sh:BlankNodeOrLiteral or sh:IRIOrLiteral";
            self.needs(statement, kinds)
        })
    }

    fn range(&self, bound: Bound, statement: &Statement) -> Result<Constraint> {
        if literals::compare(&statement.object, &statement.object).is_none() {
            return Err(self.needs(statement, "a literal that can be compared, such as a number or a date"));
        }
        Ok(Constraint::Range(bound, statement.object.clone()))
    }

    fn text<'t>(&self, statement: &'t Statement) -> Result<&'t Literal> {
        match &statement.object {
            Term::Literal(literal) if literal.language().is_none() => Ok(literal),
            _ => Err(self.needs(statement, "a text")),
        }
    }

    fn pattern(&self, subject: &NamedOrBlankNode, statement: &Statement) -> Result<Constraint> {
        let written = self.text(statement)?.value();
        let flags = match self.source.only(subject, &sh("flags"))? {
            Some(flags) => self.text(flags)?.value().to_owned(),
            None => String::new(),
        };
        if let Some(flag) = flags.chars().find(|flag| !"smixq".contains(*flag)) {
            return Err(self
                .source
                .wrong(statement.place, format!("there is no flag {flag}; s, m, i, x and q are")));
        }
        let escaped = flags.contains('q').then(|| regex::escape(written));
        let pattern: Result<Regex, regex::Error> = RegexBuilder::new(escaped.as_deref().unwrap_or(written))
            .dot_matches_new_line(flags.contains('s'))
            .multi_line(flags.contains('m'))
            .case_insensitive(flags.contains('i'))
            .ignore_whitespace(flags.contains('x') && escaped.is_none())
            .build();
        match pattern {
            Ok(pattern) => Ok(Constraint::Pattern(pattern, written.to_owned())),
            Err(error) => {
                let message = "sh:pattern is no regular expression that is understood";
                Err(self.source.wrong(statement.place, message).with_source(error))
            }
        }
    }

    fn languages(&self, statement: &Statement) -> Result<Vec<String>> {
        let members = self.source.list(statement)?;
        members.iter().map(|member| Ok(self.text(member)?.value().to_ascii_lowercase())).collect()
    }

    fn property(&mut self, statement: &Statement, rule: &str) -> Result<ShapeId> {
        let id = self.part(statement, rule)?;
        if self.all[id].path.is_none() {
            return Err(self.needs(statement, "a shape with a sh:path"));
        }
        Ok(id)
    }

    fn closed(&mut self, subject: &NamedOrBlankNode, statement: &Statement) -> Result<Option<Constraint>> {
        if !self.boolean(statement)? {
            return Ok(None);
        }
        let mut allowed = self.paths_of_properties(subject)?;
        if let Some(ignored) = self.source.only(subject, &sh("ignoredProperties"))? {
            allowed.extend(self.properties(ignored)?);
        }
        allowed.sort_unstable();
        Ok(Some(Constraint::Closed(allowed)))
    }

    fn qualified(
        &mut self,
        subject: &NamedOrBlankNode,
        name: &str,
        statement: &Statement,
        rule: &str,
    ) -> Result<Constraint> {
        let source = self.source;
        let Some(shape) = source.with(subject, &sh("qualifiedValueShape")).next() else {
            return Err(self.needs(statement, "sh:qualifiedValueShape beside it"));
        };
        let second = source.with(subject, &sh("qualifiedValueShape")).nth(1);
        if let Some(second) = second {
            return Err(source.wrong(second.place, "sh:qualifiedValueShape is given twice"));
        }
        let id = self.part(shape, rule)?;
        let mut qualified = Qualified { shape: id, siblings: Vec::new() };
        let disjoint = source.only(subject, &sh("qualifiedValueShapesDisjoint"))?;
        if let Some(disjoint) = disjoint
            && self.boolean(disjoint)?
        {
            for sibling in source.siblings(subject, &shape.object) {
                qualified.siblings.push(self.part(sibling, rule)?);
            }
        }
        let count = self.count(statement)?;
        Ok(match name {
            "qualifiedMinCount" => Constraint::QualifiedMin(qualified, count),
            _ => Constraint::QualifiedMax(qualified, count),
        })
    }
}
