//! What writes statements: terms and triples of one document, and where its statements stand.

use super::entities::Service;
use super::terms::{escape, escaped};
use super::{StatementOptions, document_iri};
use crate::facts::{Extraction, Source};
use crate::graph::names::Names;
use crate::graph::part::Part;
use crate::vocabulary::REL;
use oxrdf::vocab::{rdf, rdfs};
use oxrdf::{Literal, NamedNode, NamedNodeRef};
use rustc_hash::{FxHashMap, FxHashSet};
use std::fmt::Write as _;

const DERIVED_FROM: NamedNodeRef<'_> =
    NamedNodeRef::new_unchecked("http://www.w3.org/ns/prov#wasDerivedFrom");

/// Writes the statements of one document. Terms are places among the keys of the part.
pub(super) struct Writer<'a> {
    pub(super) extraction: &'a Extraction,
    pub(super) options: &'a StatementOptions,
    pub(super) names: &'a Names,
    pub(super) part: &'a mut Part,
    pub(super) document_iri: String,
    pub(super) document: u32,
    /// Entities and facts that are written already.
    pub(super) described: FxHashSet<u32>,
    /// Direct triples, and entities with their further names (without a predicate), that are written already.
    pub(super) pairs: FxHashSet<[Option<u32>; 3]>,
    /// By their names as the document spells them.
    pub(super) services: FxHashMap<&'a str, Service>,
    pub(super) slugs: FxHashMap<&'a str, u32>,
    pub(super) regions: FxHashMap<&'a str, u32>,
    /// By their anchors.
    pub(super) sections: FxHashMap<&'a str, u32>,
}

impl<'a> Writer<'a> {
    /// A writer of the statements of a document.
    pub(super) fn new(
        extraction: &'a Extraction,
        options: &'a StatementOptions,
        names: &'a Names,
        part: &'a mut Part,
    ) -> Self {
        let document_iri = document_iri(&extraction.document);
        let document = part.iri(&document_iri, b"");
        Self {
            extraction,
            options,
            names,
            part,
            document_iri,
            document,
            described: FxHashSet::default(),
            pairs: FxHashSet::default(),
            services: FxHashMap::default(),
            slugs: FxHashMap::default(),
            regions: FxHashMap::default(),
            sections: FxHashMap::default(),
        }
    }

    pub(super) fn quad(&mut self, subject: u32, predicate: u32, object: u32) {
        self.part.quads.push([subject, predicate, object, self.document]);
    }

    pub(super) fn add(&mut self, subject: u32, predicate: NamedNodeRef<'_>, object: u32) {
        let iri = predicate.as_str();
        let predicate = self.part.known_iri(iri, |key| key.extend_from_slice(iri.as_bytes()));
        self.quad(subject, predicate, object);
    }

    /// A term of the ontology.
    pub(super) fn rel_term(&mut self, name: &'a str) -> u32 {
        self.part.known_iri(name, |iri| {
            iri.extend_from_slice(REL.as_bytes());
            escape(name, iri);
        })
    }

    pub(super) fn rel(&mut self, subject: u32, property: &'a str, object: u32) {
        let predicate = self.rel_term(property);
        self.quad(subject, predicate, object);
    }

    /// A triple that several facts may give; written once.
    pub(super) fn direct(&mut self, subject: u32, property: &'a str, object: u32) {
        let predicate = self.rel_term(property);
        if self.pairs.insert([Some(subject), Some(predicate), Some(object)]) {
            self.quad(subject, predicate, object);
        }
    }

    pub(super) fn rel_name(&mut self, subject: u32, property: &'a str, name: &'a str) {
        let object = self.rel_term(name);
        self.rel(subject, property, object);
    }

    pub(super) fn text(&mut self, subject: u32, property: &'a str, text: &str) {
        let object = self.part.string(text);
        self.rel(subject, property, object);
    }

    pub(super) fn number(&mut self, subject: u32, property: &'a str, number: u32) {
        let object = self.part.integer(number);
        self.rel(subject, property, object);
    }

    pub(super) fn typed(&mut self, form: &str, datatype: NamedNodeRef<'_>) -> u32 {
        self.part.term(&Literal::new_typed_literal(form, datatype))
    }

    pub(super) fn label(&mut self, subject: u32, label: &str) {
        let label = self.part.string(label);
        self.add(subject, rdfs::LABEL, label);
    }

    pub(super) fn class(&mut self, subject: u32, class: &'a str) {
        let class = self.rel_term(class);
        self.add(subject, rdf::TYPE, class);
    }

    pub(super) fn place(&mut self, node: u32, place: Place<'a>, quote: &str) {
        let section = self.section(place.anchor);
        self.rel(node, "document", self.document);
        self.add(node, DERIVED_FROM, section);
        self.text(node, "sourceFile", place.file);
        self.number(node, "line", place.line);
        self.number(node, "documentLine", place.document_line);
        if let Some(url) = self.public_address(place.file, place.line) {
            let url = self.part.term(&url);
            self.rel(node, "sourceUrl", url);
        }
        if self.options.quotes && !quote.is_empty() {
            self.text(node, "quote", quote);
        }
    }

    /// The address of a file, or of a line of it where the base is a GitHub `blob` address and `line` not 0.
    pub(super) fn public_address(&self, file: &str, line: u32) -> Option<NamedNode> {
        let base = self.options.source_base.as_deref()?.trim_end_matches('/');
        let mut url = escaped(&format!("{base}/"), file);
        if line > 0 && base.contains("/blob/") {
            // GitHub shows Markdown as a page unless asked for its lines.
            let plain = if file.ends_with(".md") { "?plain=1" } else { "" };
            let _ = write!(url, "{plain}#L{line}");
        }
        NamedNode::new(url).ok()
    }

    pub(super) fn section(&mut self, anchor: &'a str) -> u32 {
        if anchor.is_empty() {
            return self.document;
        }
        let (part, document_iri) = (&mut *self.part, &self.document_iri);
        *self.sections.entry(anchor).or_insert_with(|| {
            part.written_iri(|iri| {
                iri.extend_from_slice(document_iri.as_bytes());
                iri.push(b'#');
                escape(anchor, iri);
            })
        })
    }
}

/// Where a statement stands.
pub(super) struct Place<'a> {
    pub(super) file: &'a str,
    pub(super) line: u32,
    pub(super) document_line: u32,
    pub(super) anchor: &'a str,
}

impl<'a> From<&'a Source> for Place<'a> {
    fn from(source: &'a Source) -> Self {
        let Source { file, line, document_line, anchor, .. } = source;
        Self { file, line: *line, document_line: *document_line, anchor }
    }
}
