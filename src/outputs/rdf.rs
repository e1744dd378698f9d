//! The syntaxes of RDF.

use super::xml::{XmlOutput, check_names};
use super::{Format, TripleSink, write_failed};
use crate::error::{Error, Result};
use crate::vocabulary::PREFIXES;
use oxrdf::vocab::xsd;
use oxrdf::{GraphName, Literal, NamedOrBlankNode, Quad, Term, Triple};
use oxrdfio::{RdfFormat, RdfSerializer, WriterQuadSerializer};
use std::io::{self, Write};

/// Writes quads or triples in one of the syntaxes of RDF, with the known prefixes.
pub struct QuadWriter<'w> {
    serializer: WriterQuadSerializer<Box<dyn Write + 'w>>,
    syntax: RdfFormat,
}

impl<'w> QuadWriter<'w> {
    /// A writer in a syntax of RDF that declares all known prefixes.
    ///
    /// # Errors
    /// A format that is no syntax of RDF.
    pub fn new(format: Format, output: &'w mut dyn Write) -> Result<Self> {
        Self::with_prefixes(format, &PREFIXES, output)
    }

    /// A writer in a syntax of RDF that declares the known prefixes that these triples use.
    ///
    /// # Errors
    /// A format that is no syntax of RDF.
    pub fn for_triples(format: Format, triples: &[Triple], output: &'w mut dyn Write) -> Result<Self> {
        let mut used: Vec<(&str, &str)> = PREFIXES.to_vec();
        used.retain(|(_, namespace)| triples.iter().any(|triple| uses(triple, namespace)));
        Self::with_prefixes(format, &used, output)
    }

    fn with_prefixes(format: Format, prefixes: &[(&str, &str)], output: &'w mut dyn Write) -> Result<Self> {
        let syntax = format.rdf().ok_or_else(|| {
            Error::usage(format!("{format} is no RDF"))
                .with_hint("write turtle, trig, nquads, ntriples, rdfxml or jsonld")
        })?;
        let mut serializer = RdfSerializer::from_format(syntax);
        for (prefix, iri) in prefixes {
            serializer = serializer.with_prefix(*prefix, *iri).map_err(|error| {
                Error::query(format!("the prefix {prefix}: is no IRI")).with_source(error)
            })?;
        }
        let output: Box<dyn Write + 'w> =
            if syntax == RdfFormat::RdfXml { Box::new(XmlOutput(output)) } else { Box::new(output) };
        Ok(Self { serializer: serializer.for_writer(output), syntax })
    }

    /// Writes a quad; its graph is left out where the syntax has no graphs.
    ///
    /// # Errors
    /// What the output fails with.
    pub fn quad(&mut self, quad: &Quad) -> io::Result<()> {
        if self.syntax == RdfFormat::RdfXml {
            check_names(quad.as_ref())?;
        }
        if self.syntax.supports_datasets() {
            self.serializer.serialize_quad(quad)
        } else {
            self.serializer.serialize_triple(quad.as_ref())
        }
    }

    /// Writes the end.
    ///
    /// # Errors
    /// What the output fails with.
    pub fn end(self) -> io::Result<()> {
        self.serializer.finish().map(drop)
    }
}

fn uses(triple: &Triple, namespace: &str) -> bool {
    let subject =
        matches!(&triple.subject, NamedOrBlankNode::NamedNode(node) if node.as_str().starts_with(namespace));
    let object = match &triple.object {
        Term::NamedNode(node) => node.as_str().starts_with(namespace),
        Term::Literal(literal) => !is_plain(literal) && literal.datatype().as_str().starts_with(namespace),
        Term::BlankNode(_) => false,
    };
    subject || object || triple.predicate.as_str().starts_with(namespace)
}

/// Whether a literal is written without its datatype.
fn is_plain(literal: &Literal) -> bool {
    literal.language().is_some() || literal.datatype() == xsd::STRING
}

impl TripleSink for QuadWriter<'_> {
    fn triple(&mut self, triple: Triple) -> io::Result<()> {
        self.quad(&triple.in_graph(GraphName::DefaultGraph))
    }

    fn finish(self: Box<Self>) -> io::Result<()> {
        self.end()
    }
}

/// Writes all quads; gives how many.
///
/// # Errors
/// A quad that can't be read, an output that fails, a format that is no RDF.
pub fn quads(
    quads: impl Iterator<Item = Result<Quad>>,
    format: Format,
    output: &mut dyn Write,
) -> Result<usize> {
    let mut writer = QuadWriter::new(format, output)?;
    let mut count = 0;
    for quad in quads {
        writer.quad(&quad?).map_err(write_failed)?;
        count += 1;
    }
    writer.end().map_err(write_failed)?;
    Ok(count)
}
