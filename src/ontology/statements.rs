//! The statements of the files of an ontology, grouped by what they are about.

use crate::vocabulary::{REGION, REL, SERVICE};
use oxrdf::{NamedOrBlankNode, Quad, Term};
use rustc_hash::FxHashMap;
use std::borrow::Cow;

/// A name, by its number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Name(u32);

impl Name {
    /// A label for a node without a name, which no other node of the same statements has.
    pub fn label(self) -> String {
        format!("n{}", self.0)
    }
}

/// `rdf:type`.
pub(super) const TYPE: Name = Name(0);
/// `rdfs:label`.
pub(super) const LABEL: Name = Name(1);
/// `rdfs:range`.
pub(super) const RANGE: Name = Name(2);
/// `skos:altLabel`.
pub(super) const ALTERNATIVE_LABEL: Name = Name(3);
/// `rdf:first`, `rdf:rest` and `rdf:nil`, which lists are made of.
pub(super) const LIST: [Name; 3] = [Name(4), Name(5), Name(6)];

/// A name that stands nowhere.
const NOWHERE: Name = Name(u32::MAX);

/// Namespaces that are asked for, by their numbers.
const KNOWN: [&str; 4] = ["_:", REL, SERVICE, REGION];
const BLANK: u32 = 0;
const ONTOLOGY: u32 = 1;

/// What a statement says of something.
#[derive(Clone, Debug)]
pub(super) enum Object<'t> {
    Name(Name),
    Text(Cow<'t, str>),
    /// A whole number in digits.
    Integer(&'t str),
    Flag(bool),
}

impl Object<'_> {
    /// Its text, unless it is a name.
    pub fn text(&self) -> Option<&str> {
        match self {
            Self::Name(_) => None,
            Self::Text(text) => Some(text),
            Self::Integer(digits) => Some(digits),
            Self::Flag(flag) => Some(if *flag { "true" } else { "false" }),
        }
    }
}

/// A statement, and where its object stands.
#[derive(Clone, Debug)]
pub(super) struct Statement<'t> {
    pub subject: Name,
    pub predicate: Name,
    pub object: Object<'t>,
    /// The number of its file.
    pub file: usize,
    /// Where in the file its object starts, in bytes; `None` where that isn't known.
    pub at: Option<usize>,
}

/// The statements of files, in their order.
#[derive(Debug)]
pub(super) struct Statements<'t> {
    namespaces: Vec<Cow<'t, str>>,
    /// Names by their namespaces and what stands behind these.
    names: Vec<(u32, Cow<'t, str>)>,
    numbers: FxHashMap<(u32, Cow<'t, str>), Name>,
    all: Vec<Statement<'t>>,
    /// The number of the file that is being read.
    file: usize,
    /// Where the statements about each name start in `grouped`, and the end of the last.
    starts: Vec<u32>,
    /// The places of all statements, by what they are about.
    grouped: Vec<u32>,
}

impl Default for Statements<'_> {
    fn default() -> Self {
        let mut statements = Self {
            namespaces: KNOWN.map(Cow::Borrowed).to_vec(),
            names: Vec::new(),
            numbers: FxHashMap::default(),
            all: Vec::new(),
            file: 0,
            starts: Vec::new(),
            grouped: Vec::new(),
        };
        for name in [
            "http://www.w3.org/1999/02/22-rdf-syntax-ns#type",
            "http://www.w3.org/2000/01/rdf-schema#label",
            "http://www.w3.org/2000/01/rdf-schema#range",
            "http://www.w3.org/2004/02/skos/core#altLabel",
            "http://www.w3.org/1999/02/22-rdf-syntax-ns#first",
            "http://www.w3.org/1999/02/22-rdf-syntax-ns#rest",
            "http://www.w3.org/1999/02/22-rdf-syntax-ns#nil",
        ] {
            statements.name(name);
        }
        statements
    }
}

impl<'t> Statements<'t> {
    /// The number of a namespace, which ends with `#` or `/`.
    pub fn namespace(&mut self, namespace: &'t str) -> u32 {
        self.namespace_of(Cow::Borrowed(namespace))
    }

    fn namespace_of(&mut self, namespace: Cow<'t, str>) -> u32 {
        let known = self.namespaces.iter().position(|known| *known == namespace);
        let number = known.unwrap_or_else(|| {
            self.namespaces.push(namespace);
            self.namespaces.len() - 1
        });
        u32::try_from(number).unwrap_or(u32::MAX)
    }

    /// The name of an IRI.
    pub fn name(&mut self, iri: &'t str) -> Name {
        let (namespace, local) = split(iri);
        let namespace = self.namespace(namespace);
        self.name_in(namespace, Cow::Borrowed(local))
    }

    fn owned_name(&mut self, iri: &str) -> Name {
        let (namespace, local) = split(iri);
        let namespace = self.namespace_of(Cow::Owned(namespace.to_owned()));
        self.name_in(namespace, Cow::Owned(local.to_owned()))
    }

    /// The name in a namespace, by what stands behind it: no `#`, no `/`.
    pub fn name_in(&mut self, namespace: u32, local: Cow<'t, str>) -> Name {
        let Self { names, numbers, .. } = self;
        *numbers.entry((namespace, local)).or_insert_with_key(|(namespace, local)| {
            names.push((*namespace, local.clone()));
            last(names)
        })
    }

    /// A node without a name.
    pub fn blank_node(&mut self) -> Name {
        self.names.push((BLANK, Cow::Borrowed("")));
        last(&self.names)
    }

    /// Adds a statement, with the place of its object.
    pub fn push(&mut self, subject: Name, predicate: Name, object: Object<'t>, at: usize) {
        self.all.push(Statement { subject, predicate, object, file: self.file, at: Some(at) });
    }

    /// Adds the statements of a file that another reader has read.
    pub fn extend(&mut self, quads: impl IntoIterator<Item = Quad>) {
        for quad in quads {
            let subject = match &quad.subject {
                NamedOrBlankNode::NamedNode(node) => self.owned_name(node.as_str()),
                NamedOrBlankNode::BlankNode(node) => {
                    self.name_in(BLANK, Cow::Owned(node.as_str().to_owned()))
                }
            };
            let predicate = self.owned_name(quad.predicate.as_str());
            let object = match quad.object {
                Term::NamedNode(node) => Object::Name(self.owned_name(node.as_str())),
                Term::BlankNode(node) => {
                    Object::Name(self.name_in(BLANK, Cow::Owned(node.as_str().to_owned())))
                }
                Term::Literal(literal) => Object::Text(Cow::Owned(literal.value().to_owned())),
            };
            self.all.push(Statement { subject, predicate, object, file: self.file, at: None });
        }
    }

    /// Forgets all statements but the first.
    pub fn truncate(&mut self, length: usize) {
        self.all.truncate(length);
    }

    /// Says that the statements of a file are complete.
    pub fn end_file(&mut self) {
        self.file += 1;
    }

    /// Groups the statements by what they are about, once all are there.
    pub fn group(&mut self) {
        let mut ends = vec![0; self.names.len() + 1];
        for statement in &self.all {
            ends[statement.subject.0 as usize] += 1;
        }
        let mut sum = 0;
        for end in &mut ends {
            sum += *end;
            *end = sum;
        }
        self.grouped = vec![0; self.all.len()];
        for (at, statement) in self.all.iter().enumerate().rev() {
            let end = &mut ends[statement.subject.0 as usize];
            *end -= 1;
            self.grouped[*end as usize] = u32::try_from(at).unwrap_or(u32::MAX);
        }
        self.starts = ends;
    }

    /// All statements in the order of the files.
    pub fn all(&self) -> &[Statement<'t>] {
        &self.all
    }

    /// What statements are about, in the order of the first that counts.
    pub fn subjects(&self, counts: impl Fn(&Statement<'t>) -> bool) -> Vec<Name> {
        let mut seen = vec![false; self.names.len()];
        let counting = self.all.iter().filter(|statement| counts(statement));
        let is_new = |name: &Name| !std::mem::replace(&mut seen[name.0 as usize], true);
        counting.map(|statement| statement.subject).filter(is_new).collect()
    }

    /// What is said of something by a predicate.
    pub fn objects(&self, subject: Name, predicate: Name) -> impl Iterator<Item = &Object<'t>> {
        let at = subject.0 as usize;
        let group = self.starts.get(at).zip(self.starts.get(at.wrapping_add(1)));
        let group = group.map_or(&[][..], |(start, end)| &self.grouped[*start as usize..*end as usize]);
        let statements = group.iter().map(|at| &self.all[*at as usize]);
        statements
            .filter(move |statement| statement.predicate == predicate)
            .map(|statement| &statement.object)
    }

    /// The texts that are said of something by a predicate.
    pub fn texts(&self, subject: Name, predicate: Name) -> Vec<&str> {
        self.objects(subject, predicate).filter_map(Object::text).collect()
    }

    /// A name of the ontology's own namespace; one that nothing is said of where it doesn't occur.
    pub fn own(&self, local: &str) -> Name {
        self.numbers.get(&(ONTOLOGY, Cow::Borrowed(local))).copied().unwrap_or(NOWHERE)
    }

    /// Whether a name is of the ontology's own namespace.
    pub fn is_own(&self, name: Name) -> bool {
        self.names.get(name.0 as usize).is_some_and(|(namespace, _)| *namespace == ONTOLOGY)
    }

    /// Whether a name is none, but that of a node without one.
    pub fn is_blank(&self, name: Name) -> bool {
        self.names[name.0 as usize].0 == BLANK
    }

    /// The namespace of a name and what stands behind it.
    pub fn split(&self, name: Name) -> (&str, &str) {
        let known = self.names.get(name.0 as usize);
        known.map_or(("", ""), |(namespace, local)| (&*self.namespaces[*namespace as usize], &**local))
    }

    /// The IRI of a name.
    pub fn iri(&self, name: Name) -> String {
        let (namespace, local) = self.split(name);
        [namespace, local].concat()
    }

    /// The local name of a name of the ontology; the whole IRI of any other.
    pub fn local(&self, name: Name) -> String {
        if self.is_own(name) { self.split(name).1.to_owned() } else { self.iri(name) }
    }
}

/// The number of the last name.
fn last(names: &[(u32, Cow<'_, str>)]) -> Name {
    Name(u32::try_from(names.len() - 1).unwrap_or(u32::MAX))
}

/// An IRI behind its last `#` or `/`.
fn split(iri: &str) -> (&str, &str) {
    iri.split_at(iri.rfind(['#', '/']).map_or(0, |at| at + 1))
}
