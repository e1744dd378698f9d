//! The whole way from files to a graph file.

use super::names::{Names, ontology_quads};
use super::statements::{StatementOptions, document_iri, quads};
use super::{GraphBuilder, Metadata, rdf};
use crate::diagnostics::{Diagnostic, Severity};
use crate::documents::{FileKind, Found, Library, MissingInclude, find};
use crate::error::{Error, Result};
use crate::facts::{Extraction, extract};
use crate::ontology::{Ontology, files as ontology_files};
use oxrdf::{BlankNode, NamedNode, NamedOrBlankNode, Quad, Term};
use rayon::prelude::*;
use std::collections::{BTreeMap, HashMap};
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};

/// What to build, and how.
#[derive(Clone, Debug, Default)]
pub struct BuildOptions {
    /// Documents, RDF files and folders of them.
    pub paths: Vec<PathBuf>,
    /// The graph file.
    pub output: PathBuf,
    /// Public address of the folder that is built.
    pub source_base: Option<String>,
    /// Whether the documents' words are kept.
    pub quotes: bool,
    /// Turtle files that the extraction reads beside those that ship.
    pub ontology: Vec<PathBuf>,
}

/// What was built.
#[derive(Clone, Debug, Default)]
pub struct BuildReport {
    /// Documents that were read.
    pub documents: usize,
    /// RDF files that were read.
    pub rdf_files: usize,
    /// Facts by the local name of their kind, in alphabetical order.
    pub facts_by_kind: Vec<(String, usize)>,
    /// Triples of the graph.
    pub triples: usize,
    /// Passages under a known label that were not understood.
    pub unparsed: usize,
    /// Includes that were not found.
    pub missing_includes: usize,
    /// What was noticed, by file and line.
    pub diagnostics: Vec<Diagnostic>,
}

/// Documents whose statements are held in memory at once.
const DOCUMENTS_AT_ONCE: usize = 128;

/// Builds a graph file. `progress` is told how many files are done, of how many, from any thread.
///
/// # Errors
/// Nothing that can be read among the paths, or a graph file that can't be written. A single file that can't be
/// used is a diagnostic.
pub fn build(options: &BuildOptions, progress: &(dyn Fn(usize, usize) + Sync)) -> Result<BuildReport> {
    let (found, mut diagnostics) = find(&options.paths);
    if found.is_empty() {
        let error = Error::input("there is nothing to build: no document and no RDF file was found");
        let reasons =
            diagnostics.iter().map(|diagnostic| format!("{} {}", diagnostic.file, diagnostic.message));
        return Err(reasons.fold(error, Error::with_hint));
    }
    let ontology = Ontology::load(&options.ontology)?;
    let extractions = extractions(&found, &ontology, progress, &mut diagnostics);
    let mut report = BuildReport { documents: extractions.len(), ..BuildReport::default() };
    let mut names = Names::builtin()?;
    for path in ontology_files(&options.ontology)? {
        let turtle =
            std::fs::read_to_string(&path).map_err(|error| Error::io("read the ontology", &path, error))?;
        names.add_catalogue(&path.display().to_string(), &turtle)?;
    }
    extractions.iter().for_each(|extraction| names.learn(extraction));

    let mut builder = GraphBuilder::new();
    builder.set_metadata(Metadata {
        sources: options.paths.iter().map(|path| path.display().to_string()).collect(),
        ..Metadata::default()
    });
    let statement_options =
        StatementOptions { quotes: options.quotes, source_base: options.source_base.clone() };
    let mut kept: Vec<Quad> = Vec::new();
    for some in extractions.chunks(DOCUMENTS_AT_ONCE) {
        let written = some.par_iter().map(|extraction| quads(extraction, &statement_options, &names));
        for (extraction, document) in some.iter().zip(written.collect::<Vec<_>>()) {
            document.iter().for_each(|quad| builder.insert(quad));
            kept.extend(names.catalogue_quads(&document));
            note(extraction, &mut diagnostics);
            diagnostics.extend(identity_conflicts(extraction));
        }
    }
    kept.iter().for_each(|quad| builder.insert(quad));
    with_stable_labels(ontology_quads()?).iter().for_each(|quad| builder.insert(quad));
    report.rdf_files = read_rdf(&found, &mut builder, &mut diagnostics);
    count(&extractions, &mut report);
    report.triples = builder.finish(&options.output)?.triples;
    diagnostics.sort();
    report.diagnostics = diagnostics;
    Ok(report)
}

/// The documents' extractions in the order of the files.
fn extractions(
    found: &[Found],
    ontology: &Ontology,
    progress: &(dyn Fn(usize, usize) + Sync),
    diagnostics: &mut Vec<Diagnostic>,
) -> Vec<Extraction> {
    let library = Library::new();
    let done = AtomicUsize::new(0);
    let results: Vec<std::result::Result<(Extraction, Vec<Diagnostic>), Diagnostic>> = found
        .par_iter()
        .filter(|file| file.kind == FileKind::Markdown)
        .map(|file| {
            let extraction = library.read(file).map(|mut document| {
                let mut noticed = std::mem::take(&mut document.diagnostics);
                noticed.extend(document.missing_includes.iter().map(missing_include));
                (extract(&document, ontology), noticed)
            });
            progress(done.fetch_add(1, Ordering::Relaxed) + 1, found.len());
            extraction
        })
        .collect();
    let mut extractions = Vec::with_capacity(results.len());
    for result in results {
        match result {
            Ok((extraction, noticed)) => {
                extractions.push(extraction);
                diagnostics.extend(noticed);
            }
            Err(diagnostic) => diagnostics.push(diagnostic),
        }
    }
    extractions
}

/// The quads with blank nodes numbered by where they first stand: parsers label them at random.
fn with_stable_labels(mut quads: Vec<Quad>) -> Vec<Quad> {
    let mut labels: HashMap<BlankNode, BlankNode> = HashMap::new();
    let mut stable = |node: &BlankNode| {
        let next = labels.len();
        labels
            .entry(node.clone())
            .or_insert_with(|| BlankNode::new_unchecked(format!("ontology{next}")))
            .clone()
    };
    for quad in &mut quads {
        if let NamedOrBlankNode::BlankNode(node) = &quad.subject {
            quad.subject = stable(node).into();
        }
        if let Term::BlankNode(node) = &quad.object {
            quad.object = stable(node).into();
        }
    }
    quads
}

fn read_rdf(found: &[Found], builder: &mut GraphBuilder, diagnostics: &mut Vec<Diagnostic>) -> usize {
    let mut read = 0;
    for file in found.iter().filter(|file| file.kind == FileKind::Rdf) {
        let document = NamedNode::new_unchecked(document_iri(&file.name));
        match rdf::read_into(&file.path, document.as_ref(), builder) {
            Ok(_) => read += 1,
            Err(error) => diagnostics.push(Diagnostic {
                file: file.name.clone(),
                line: 0,
                severity: Severity::Error,
                code: "bad-rdf",
                message: error.to_string(),
            }),
        }
    }
    read
}

/// What was not understood in a document.
fn note(extraction: &Extraction, diagnostics: &mut Vec<Diagnostic>) {
    for unparsed in &extraction.unparsed {
        diagnostics.push(Diagnostic {
            file: unparsed.source.file.clone(),
            line: unparsed.source.line,
            severity: Severity::Note,
            code: "unparsed",
            message: format!("{}: {}", unparsed.kind, unparsed.reason),
        });
    }
}

/// What in a document disagrees about the service that it is about.
fn identity_conflicts(extraction: &Extraction) -> impl Iterator<Item = Diagnostic> {
    extraction.identity_conflicts.iter().map(|conflict| Diagnostic {
        file: extraction.document.clone(),
        line: 1,
        severity: Severity::Warning,
        code: "identity-conflict",
        message: format!("{conflict}; the heading decides"),
    })
}

fn missing_include(missing: &MissingInclude) -> Diagnostic {
    Diagnostic {
        file: missing.file.clone(),
        line: missing.line,
        severity: Severity::Warning,
        code: "missing-include",
        message: format!("the include {} was not found", missing.target),
    }
}

fn count(extractions: &[Extraction], report: &mut BuildReport) {
    let mut by_kind: BTreeMap<&str, usize> = BTreeMap::new();
    for extraction in extractions {
        for fact in &extraction.facts {
            *by_kind.entry(&fact.kind).or_default() += 1;
        }
        report.unparsed += extraction.unparsed.len();
        report.missing_includes += extraction.missing_includes.len();
    }
    report.facts_by_kind = by_kind.into_iter().map(|(kind, count)| (kind.to_owned(), count)).collect();
}
