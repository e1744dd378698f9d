//! Shapes against nodes.

use super::literals;
use super::model::{Bound, Constraint, NodeKinds, Qualified, Shape, ShapeId, Shapes, Target};
use super::nodes::{Node, Nodes};
use crate::error::{Error, ErrorKind, Result};
use crate::graph::Kind;
use oxrdf::vocab::{rdf, xsd};
use oxrdf::{NamedNode, Term};
use rustc_hash::{FxHashMap, FxHashSet};
use spareval::CancellationToken;
use std::cell::RefCell;
use std::cmp::Ordering;

/// One result of a validation (SHACL 3.6.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Violation {
    pub(super) shape: ShapeId,
    /// The place among the constraints of the shape.
    pub(super) constraint: usize,
    pub(super) focus: Node,
    /// The property that isn't allowed, of a closed shape.
    pub(super) property: Option<Node>,
    pub(super) value: Option<Node>,
}

/// Tries all shapes on their targets.
///
/// # Errors
/// A damaged graph, or a cancellation.
pub(super) fn violations(
    nodes: &Nodes<'_>,
    shapes: &Shapes,
    cancellation: &CancellationToken,
) -> Result<Vec<Violation>> {
    let validator =
        Validator { nodes, shapes: &shapes.all, classes: classes(nodes, shapes), known: RefCell::default() };
    let mut found = Found::All(Vec::new());
    for (id, shape) in shapes.all.iter().enumerate() {
        for focus in focus_nodes(nodes, &shape.targets) {
            if cancellation.is_cancelled() {
                return Err(Error::new(ErrorKind::Limit, "the check was cancelled"));
            }
            match validator.check(id, focus, &mut found) {
                Ok(()) | Err(Stop::Enough) => {}
                Err(Stop::Failed(error)) => return Err(error),
            }
        }
    }
    let Found::All(violations) = found else { return Ok(Vec::new()) };
    Ok(violations)
}

/// The nodes of some targets, each once.
fn focus_nodes(nodes: &Nodes<'_>, targets: &[Target]) -> Vec<Node> {
    let mut found = Vec::new();
    for target in targets {
        match target {
            Target::Class(class) => found.extend(nodes.instances(*class)),
            Target::Node(node) => found.push(*node),
            Target::SubjectsOf(predicate) => found.extend(nodes.subjects_of(*predicate)),
            Target::ObjectsOf(predicate) => found.extend(nodes.objects_of(*predicate)),
        }
    }
    found.sort_unstable();
    found.dedup();
    found
}

/// The classes that constraints name, each with all below it.
fn classes(nodes: &Nodes<'_>, shapes: &Shapes) -> FxHashMap<Node, FxHashSet<Node>> {
    let constraints = shapes.all.iter().flat_map(|shape| &shape.constraints);
    let named = constraints.filter_map(|constraint| match constraint {
        Constraint::Class(class) => Some(*class),
        _ => None,
    });
    named.map(|class| (class, nodes.classes_below(class).into_iter().collect())).collect()
}

/// What is asked for: whether there is any violation, or all of them.
enum Found {
    Any,
    All(Vec<Violation>),
}

/// Why no more is looked at.
enum Stop {
    /// There is a violation, and no more is asked for.
    Enough,
    Failed(Error),
}

impl From<Error> for Stop {
    fn from(error: Error) -> Self {
        Self::Failed(error)
    }
}

struct Validator<'a> {
    nodes: &'a Nodes<'a>,
    shapes: &'a [Shape],
    classes: FxHashMap<Node, FxHashSet<Node>>,
    /// Whether nodes that a path led to conform to shapes: many nodes may lead to the same.
    known: RefCell<FxHashMap<(ShapeId, Node), bool>>,
}

/// A shape and a focus node with the values of the shape's path.
struct Focus<'v> {
    shape: ShapeId,
    constraint: usize,
    node: Node,
    values: &'v [Node],
}

impl Focus<'_> {
    fn violated(&self, found: &mut Found, value: Option<Node>) -> Result<(), Stop> {
        self.violated_by(found, None, value)
    }

    fn violated_by(
        &self,
        found: &mut Found,
        property: Option<Node>,
        value: Option<Node>,
    ) -> Result<(), Stop> {
        let Self { shape, constraint, node: focus, .. } = *self;
        match found {
            Found::Any => Err(Stop::Enough),
            Found::All(violations) => {
                violations.push(Violation { shape, constraint, focus, property, value });
                Ok(())
            }
        }
    }

    /// A violation by each value that doesn't hold to something.
    fn each(&self, found: &mut Found, mut holds: impl FnMut(Node) -> Result<bool>) -> Result<(), Stop> {
        for value in self.values {
            if !holds(*value)? {
                self.violated(found, Some(*value))?;
            }
        }
        Ok(())
    }
}

impl Validator<'_> {
    fn check(&self, id: ShapeId, node: Node, found: &mut Found) -> Result<(), Stop> {
        let shape = &self.shapes[id];
        if shape.deactivated {
            return Ok(());
        }
        let own = [node];
        let reached = shape.path.as_ref().map(|path| path.values(self.nodes, node));
        let values = reached.as_deref().unwrap_or(&own);
        for (constraint, asked) in shape.constraints.iter().enumerate() {
            self.constraint(asked, &Focus { shape: id, constraint, node, values }, found)?;
        }
        Ok(())
    }

    fn constraint(&self, constraint: &Constraint, focus: &Focus<'_>, found: &mut Found) -> Result<(), Stop> {
        let nodes = self.nodes;
        let count = focus.values.len();
        let violated_if = |violated: bool, found: &mut Found| {
            if violated { focus.violated(found, None) } else { Ok(()) }
        };
        match constraint {
            Constraint::MinCount(least) => violated_if(count < *least, found),
            Constraint::MaxCount(most) => violated_if(count > *most, found),
            Constraint::HasValue(value) => violated_if(!focus.values.contains(value), found),
            Constraint::QualifiedMin(of, least) => violated_if(self.qualified(of, focus)? < *least, found),
            Constraint::QualifiedMax(of, most) => violated_if(self.qualified(of, focus)? > *most, found),
            Constraint::UniqueLang => self.unique_languages(focus, found),
            Constraint::Equals(property) => self.equals(*property, focus, found),
            Constraint::LessThan(property) => self.less(*property, &[Ordering::Less], focus, found),
            Constraint::LessThanOrEquals(property) => {
                self.less(*property, &[Ordering::Less, Ordering::Equal], focus, found)
            }
            Constraint::Closed(allowed) => self.closed(allowed, focus, found),
            Constraint::Property(shape) => {
                focus.values.iter().try_for_each(|value| self.check(*shape, *value, found))
            }
            Constraint::Disjoint(property) => {
                let others: Vec<Node> = nodes.objects(focus.node, *property).collect();
                focus.each(found, |value| Ok(others.binary_search(&value).is_err()))
            }
            Constraint::Not(shape) => focus.each(found, |value| Ok(!self.conforms(*shape, value)?)),
            Constraint::Node(shape) => focus.each(found, |value| self.conforms(*shape, value)),
            Constraint::And(shapes) => {
                focus.each(found, |value| Ok(self.conforming(shapes, value)? == shapes.len()))
            }
            Constraint::Or(shapes) => focus.each(found, |value| Ok(self.conforming(shapes, value)? > 0)),
            Constraint::Xone(shapes) => focus.each(found, |value| Ok(self.conforming(shapes, value)? == 1)),
            Constraint::In(values) => focus.each(found, |value| Ok(values.contains(&value))),
            Constraint::Class(class) => focus.each(found, |value| Ok(self.is_instance(value, *class))),
            Constraint::NodeKind(kinds) => {
                focus.each(found, |value| Ok(is_of_kind(nodes.kind(value), *kinds)))
            }
            Constraint::Datatype(datatype) => focus.each(found, |value| self.has_datatype(value, datatype)),
            Constraint::Range(bound, limit) => {
                focus.each(found, |value| Ok(is_within(*bound, &nodes.term(value)?, limit)))
            }
            Constraint::MinLength(least) => focus.each(found, |value| {
                Ok(self.text(value)?.is_some_and(|text| text.chars().count() >= *least))
            }),
            Constraint::MaxLength(most) => focus
                .each(found, |value| Ok(self.text(value)?.is_some_and(|text| text.chars().count() <= *most))),
            Constraint::Pattern(pattern, _) => {
                focus.each(found, |value| Ok(self.text(value)?.is_some_and(|text| pattern.is_match(&text))))
            }
            Constraint::LanguageIn(ranges) => focus.each(found, |value| {
                let language = self.language(value)?;
                let matches = |range: &String| {
                    language.as_deref().is_some_and(|found| literals::is_in_range(found, range))
                };
                Ok(ranges.iter().any(matches))
            }),
        }
    }

    /// Whether a node conforms to a shape.
    fn conforms(&self, shape: ShapeId, node: Node) -> Result<bool> {
        if let Some(known) = self.known.borrow().get(&(shape, node)) {
            return Ok(*known);
        }
        let conforms = match self.check(shape, node, &mut Found::Any) {
            Ok(()) => true,
            Err(Stop::Enough) => false,
            Err(Stop::Failed(error)) => return Err(error),
        };
        self.known.borrow_mut().insert((shape, node), conforms);
        Ok(conforms)
    }

    /// To how many of some shapes a node conforms.
    fn conforming(&self, shapes: &[ShapeId], node: Node) -> Result<usize> {
        let mut count = 0;
        for shape in shapes {
            count += usize::from(self.conforms(*shape, node)?);
        }
        Ok(count)
    }

    fn qualified(&self, qualified: &Qualified, focus: &Focus<'_>) -> Result<usize> {
        let mut count = 0;
        for value in focus.values {
            let counts =
                self.conforms(qualified.shape, *value)? && self.conforming(&qualified.siblings, *value)? == 0;
            count += usize::from(counts);
        }
        Ok(count)
    }

    fn equals(&self, property: Node, focus: &Focus<'_>, found: &mut Found) -> Result<(), Stop> {
        let others: Vec<Node> = self.nodes.objects(focus.node, property).collect();
        focus.each(found, |value| Ok(others.binary_search(&value).is_ok()))?;
        let values: FxHashSet<Node> = focus.values.iter().copied().collect();
        let missing = others.iter().filter(|other| !values.contains(other));
        missing.into_iter().try_for_each(|other| focus.violated(found, Some(*other)))
    }

    fn less(
        &self,
        property: Node,
        orders: &[Ordering],
        focus: &Focus<'_>,
        found: &mut Found,
    ) -> Result<(), Stop> {
        let others = self.nodes.objects(focus.node, property).map(|other| self.nodes.term(other));
        let others: Vec<Term> = others.collect::<Result<_>>()?;
        for value in focus.values {
            let term = self.nodes.term(*value)?;
            for other in &others {
                if !literals::compare(&term, other).is_some_and(|order| orders.contains(&order)) {
                    focus.violated(found, Some(*value))?;
                }
            }
        }
        Ok(())
    }

    fn unique_languages(&self, focus: &Focus<'_>, found: &mut Found) -> Result<(), Stop> {
        let mut counts: std::collections::BTreeMap<String, usize> = std::collections::BTreeMap::new();
        for value in focus.values {
            if let Some(language) = self.language(*value)? {
                *counts.entry(language.to_ascii_lowercase()).or_default() += 1;
            }
        }
        counts.values().filter(|count| **count > 1).try_for_each(|_| focus.violated(found, None))
    }

    fn closed(&self, allowed: &[Node], focus: &Focus<'_>, found: &mut Found) -> Result<(), Stop> {
        for value in focus.values {
            for (property, object) in self.nodes.about(*value) {
                if allowed.binary_search(&property).is_err() {
                    focus.violated_by(found, Some(property), Some(object))?;
                }
            }
        }
        Ok(())
    }

    fn is_instance(&self, node: Node, class: Node) -> bool {
        let Some(classes) = self.classes.get(&class) else { return false };
        self.nodes.objects(node, self.nodes.a).any(|class| classes.contains(&class))
    }

    fn has_datatype(&self, node: Node, datatype: &NamedNode) -> Result<bool> {
        Ok(match self.nodes.kind(node) {
            Kind::Blank | Kind::Iri => false,
            Kind::String => *datatype == xsd::STRING,
            Kind::LangString => *datatype == rdf::LANG_STRING,
            Kind::Integer => *datatype == xsd::INTEGER,
            Kind::Date => *datatype == xsd::DATE,
            _ => match self.nodes.term(node)? {
                Term::Literal(literal) => {
                    literal.datatype() == datatype.as_ref() && literals::is_well_formed(literal.as_ref())
                }
                _ => false,
            },
        })
    }

    /// The words of a literal or the letters of an IRI; a blank node has none.
    fn text(&self, node: Node) -> Result<Option<String>> {
        Ok(match self.nodes.term(node)? {
            Term::NamedNode(node) => Some(node.into_string()),
            Term::Literal(literal) => Some(literal.destruct().0),
            Term::BlankNode(_) => None,
        })
    }

    fn language(&self, node: Node) -> Result<Option<String>> {
        if self.nodes.kind(node) != Kind::LangString {
            return Ok(None);
        }
        let Term::Literal(literal) = self.nodes.term(node)? else { return Ok(None) };
        Ok(literal.language().map(str::to_owned))
    }
}

fn is_of_kind(kind: Kind, kinds: NodeKinds) -> bool {
    match kind {
        Kind::Blank => kinds.blank,
        Kind::Iri => kinds.iri,
        _ => kinds.literal,
    }
}

fn is_within(bound: Bound, value: &Term, limit: &Term) -> bool {
    literals::compare(value, limit).is_some_and(|order| match bound {
        Bound::MinExclusive => order.is_gt(),
        Bound::MinInclusive => order.is_ge(),
        Bound::MaxExclusive => order.is_lt(),
        Bound::MaxInclusive => order.is_le(),
    })
}
