//! Shapes as they are tried: their constants are term numbers of one graph.

use super::nodes::Node;
use crate::answers::check::Level;
use oxrdf::{NamedNode, Term};
use regex::Regex;

/// The place of a shape among [`Shapes`].
pub(super) type ShapeId = usize;

/// The shapes of some files.
#[derive(Debug, Default)]
pub(super) struct Shapes {
    /// All shapes; those that are parts of others too.
    pub(super) all: Vec<Shape>,
}

/// A node shape, or a property shape.
#[derive(Debug)]
pub(super) struct Shape {
    /// Its node in the shapes file.
    pub(super) node: Term,
    /// The name of its findings: its own, or that of the shape that it is part of.
    pub(super) rule: String,
    /// What it is for, in the author's words; may be empty.
    pub(super) description: String,
    pub(super) targets: Vec<Target>,
    /// What leads from focus nodes to values; a node shape has none, its value is the focus node.
    pub(super) path: Option<Path>,
    pub(super) constraints: Vec<Constraint>,
    pub(super) severity: Level,
    /// What is told in place of the built-in words.
    pub(super) message: Option<String>,
    pub(super) deactivated: bool,
}

/// Which nodes a shape is tried on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Target {
    /// The instances of a class and of those below it.
    Class(Node),
    /// One node, be it in the graph or not.
    Node(Node),
    SubjectsOf(Node),
    ObjectsOf(Node),
}

/// A property path (SHACL 2.3.1).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Path {
    Predicate(Node),
    Inverse(Box<Self>),
    Sequence(Vec<Self>),
    Alternative(Vec<Self>),
    ZeroOrMore(Box<Self>),
    OneOrMore(Box<Self>),
    ZeroOrOne(Box<Self>),
}

/// What a node may be (SHACL 4.1.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct NodeKinds {
    pub(super) blank: bool,
    pub(super) iri: bool,
    pub(super) literal: bool,
}

/// How a value stands to a bound (SHACL 4.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Bound {
    MinExclusive,
    MinInclusive,
    MaxExclusive,
    MaxInclusive,
}

/// What is asked of the values of a shape (SHACL 4).
#[derive(Debug)]
pub(super) enum Constraint {
    Class(Node),
    Datatype(NamedNode),
    NodeKind(NodeKinds),
    MinCount(usize),
    MaxCount(usize),
    Range(Bound, Term),
    MinLength(usize),
    MaxLength(usize),
    /// The expression as it is compiled, and as it is written.
    Pattern(Regex, String),
    /// Language ranges in lower case.
    LanguageIn(Vec<String>),
    UniqueLang,
    Equals(Node),
    Disjoint(Node),
    LessThan(Node),
    LessThanOrEquals(Node),
    Not(ShapeId),
    And(Vec<ShapeId>),
    Or(Vec<ShapeId>),
    Xone(Vec<ShapeId>),
    Node(ShapeId),
    Property(ShapeId),
    QualifiedMin(Qualified, usize),
    QualifiedMax(Qualified, usize),
    /// Nothing but these properties, sorted.
    Closed(Vec<Node>),
    HasValue(Node),
    In(Vec<Node>),
}

/// The values that are counted (SHACL 4.7.3).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Qualified {
    /// They conform to this shape …
    pub(super) shape: ShapeId,
    /// … and to none of these.
    pub(super) siblings: Vec<ShapeId>,
}

impl Constraint {
    /// The local name of its component in SHACL.
    pub(super) fn component(&self) -> &'static str {
        match self {
            Self::Class(_) => "ClassConstraintComponent",
            Self::Datatype(_) => "DatatypeConstraintComponent",
            Self::NodeKind(_) => "NodeKindConstraintComponent",
            Self::MinCount(_) => "MinCountConstraintComponent",
            Self::MaxCount(_) => "MaxCountConstraintComponent",
            Self::Range(Bound::MinExclusive, _) => "MinExclusiveConstraintComponent",
            Self::Range(Bound::MinInclusive, _) => "MinInclusiveConstraintComponent",
            Self::Range(Bound::MaxExclusive, _) => "MaxExclusiveConstraintComponent",
            Self::Range(Bound::MaxInclusive, _) => "MaxInclusiveConstraintComponent",
            Self::MinLength(_) => "MinLengthConstraintComponent",
            Self::MaxLength(_) => "MaxLengthConstraintComponent",
            Self::Pattern(..) => "PatternConstraintComponent",
            Self::LanguageIn(_) => "LanguageInConstraintComponent",
            Self::UniqueLang => "UniqueLangConstraintComponent",
            Self::Equals(_) => "EqualsConstraintComponent",
            Self::Disjoint(_) => "DisjointConstraintComponent",
            Self::LessThan(_) => "LessThanConstraintComponent",
            Self::LessThanOrEquals(_) => "LessThanOrEqualsConstraintComponent",
            Self::Not(_) => "NotConstraintComponent",
            Self::And(_) => "AndConstraintComponent",
            Self::Or(_) => "OrConstraintComponent",
            Self::Xone(_) => "XoneConstraintComponent",
            Self::Node(_) => "NodeConstraintComponent",
            Self::Property(_) => "PropertyConstraintComponent",
            Self::QualifiedMin(..) => "QualifiedMinCountConstraintComponent",
            Self::QualifiedMax(..) => "QualifiedMaxCountConstraintComponent",
            Self::Closed(_) => "ClosedConstraintComponent",
            Self::HasValue(_) => "HasValueConstraintComponent",
            Self::In(_) => "InConstraintComponent",
        }
    }
}

impl NodeKinds {
    /// The kinds of a local name of SHACL, such as `BlankNodeOrIRI`.
    pub(super) fn of_name(name: &str) -> Option<Self> {
        let one = |part| name.split("Or").any(|kind| kind == part);
        const NAMES: [&str; 6] =
            ["BlankNode", "IRI", "Literal", "BlankNodeOrIRI", "BlankNodeOrLiteral", "IRIOrLiteral"];
        NAMES.contains(&name).then(|| Self {
            blank: one("BlankNode"),
            iri: one("IRI"),
            literal: one("Literal"),
        })
    }
}
