//! The whole way from files to a graph file.

use super::names::{Names, ONTOLOGY_GRAPH, ontology_quads};
use super::part::Part;
use super::shelf::{Shelf, Shelved};
use super::statements::{self, StatementOptions, document_iri};
use super::{GraphBuilder, Metadata, rdf};
use crate::diagnostics::{Diagnostic, Severity};
use crate::documents::{FileKind, Found, Library, MissingInclude, find};
use crate::error::{Error, Result};
use crate::facts::{Extraction, extract};
use crate::ontology::{Ontology, files as ontology_files};
use oxrdf::{BlankNode, NamedNode, NamedNodeRef, NamedOrBlankNode, Quad, Term};
use rayon::prelude::*;
use std::collections::{BTreeMap, HashMap};
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

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
    /// How long each stage took, in the order of the stages.
    pub times: Vec<(&'static str, Duration)>,
}

/// Documents that are read, or whose statements are written, at once.
const DOCUMENTS_AT_ONCE: usize = 256;

/// Builds a graph file. `progress` is told how many files are done, of how many, from any thread.
///
/// # Errors
/// Nothing that can be read among the paths, or a graph file that can't be written. A single file that can't be
/// used is a diagnostic.
pub fn build(options: &BuildOptions, progress: &(dyn Fn(usize, usize) + Sync)) -> Result<BuildReport> {
    let mut watch = Stopwatch::new();
    let (found, mut diagnostics) = find(&options.paths);
    if found.is_empty() {
        let error = Error::input("there is nothing to build: no document and no RDF file was found");
        let reasons =
            diagnostics.iter().map(|diagnostic| format!("{} {}", diagnostic.file, diagnostic.message));
        return Err(reasons.fold(error, Error::with_hint));
    }
    watch.lap("files");
    let (ontology, (names, model)) =
        rayon::join(|| Ontology::load(&options.ontology), || (Names::builtin(), model()));
    let (ontology, mut names, model) = (ontology?, names?, model?);
    for path in ontology_files(&options.ontology)? {
        let turtle =
            std::fs::read_to_string(&path).map_err(|error| Error::io("read the ontology", &path, error))?;
        names.add_catalogue(&path.display().to_string(), &turtle)?;
    }
    watch.lap("ontology");
    let mut report = BuildReport::default();
    let mut shelf = Shelf::new(&options.output);
    let documents: Vec<&Found> = found.iter().filter(|file| file.kind == FileKind::Markdown).collect();
    let library = Library::new();
    let done = AtomicUsize::new(0);
    for some in documents.chunks(DOCUMENTS_AT_ONCE) {
        let read = some.par_iter().map(|file| {
            let extraction = extraction(file, &library, &ontology);
            progress(done.fetch_add(1, Ordering::Relaxed) + 1, found.len());
            extraction
        });
        for result in read.collect::<Vec<_>>() {
            match result {
                Ok((extraction, noticed)) => {
                    names.learn(&extraction);
                    report.documents += 1;
                    diagnostics.extend(noticed);
                    shelf.put(extraction)?;
                }
                Err(diagnostic) => diagnostics.push(diagnostic),
            }
        }
    }
    // Taking it apart takes a while, which nothing has to wait for.
    rayon::spawn(move || drop((ontology, library)));
    watch.lap("extraction");

    let mut builder = GraphBuilder::new();
    builder.set_metadata(Metadata {
        sources: options.paths.iter().map(|path| path.display().to_string()).collect(),
        ..Metadata::default()
    });
    write_statements(shelf, &names, options, &mut builder, &mut report)?;
    rayon::spawn(move || drop(names));
    builder.add(&model);
    report.rdf_files = read_rdf(&found, &mut builder, &mut diagnostics);
    watch.lap("statements");
    report.triples = builder.finish(&options.output)?.triples;
    diagnostics.sort();
    report.diagnostics = diagnostics;
    watch.lap("graph file");
    report.times = watch.laps;
    Ok(report)
}

/// Tells how long the stages of a build took.
struct Stopwatch {
    start: Instant,
    laps: Vec<(&'static str, Duration)>,
}

impl Stopwatch {
    fn new() -> Self {
        Self { start: Instant::now(), laps: Vec::new() }
    }

    /// Ends a stage.
    fn lap(&mut self, name: &'static str) {
        let now = Instant::now();
        self.laps.push((name, now - self.start));
        self.start = now;
    }
}

/// What a document states, and what was noticed on the way.
fn extraction(
    file: &Found,
    library: &Library,
    ontology: &Ontology,
) -> std::result::Result<(Extraction, Vec<Diagnostic>), Diagnostic> {
    let mut document = library.read(file)?;
    let mut noticed = std::mem::take(&mut document.diagnostics);
    noticed.extend(document.missing_includes.iter().map(missing_include));
    let extraction = extract(&document, ontology);
    note(&extraction, &mut noticed);
    noticed.extend(identity_conflicts(&extraction));
    Ok((extraction, noticed))
}

/// Writes what the documents state, some of them at once, by all processors.
fn write_statements(
    shelf: Shelf,
    names: &Names,
    options: &BuildOptions,
    builder: &mut GraphBuilder,
    report: &mut BuildReport,
) -> Result<()> {
    let options = StatementOptions { quotes: options.quotes, source_base: options.source_base.clone() };
    let mut by_kind: BTreeMap<String, usize> = BTreeMap::new();
    let mut extractions = shelf.take()?;
    loop {
        let some: Vec<Shelved> = extractions.by_ref().take(DOCUMENTS_AT_ONCE).collect::<Result<_>>()?;
        if some.is_empty() {
            break;
        }
        let written = some.into_par_iter().try_fold(Written::default, |mut written, shelved| {
            written.add(&shelved.unpacked()?, &options, names);
            Ok(written)
        });
        for written in written.collect::<Result<Vec<_>>>()? {
            builder.add(&written.part);
            report.unparsed += written.unparsed;
            report.missing_includes += written.missing_includes;
            written.by_kind.into_iter().for_each(|(kind, facts)| *by_kind.entry(kind).or_default() += facts);
        }
    }
    let mentioned = builder.mentioned(names.catalogued());
    names.catalogue_quads(&mentioned).for_each(|quad| builder.insert(quad));
    report.facts_by_kind = by_kind.into_iter().collect();
    Ok(())
}

/// What was written of some documents.
#[derive(Default)]
struct Written {
    part: Part,
    by_kind: BTreeMap<String, usize>,
    unparsed: usize,
    missing_includes: usize,
}

impl Written {
    fn add(&mut self, extraction: &Extraction, options: &StatementOptions, names: &Names) {
        statements::write(extraction, options, names, &mut self.part);
        for fact in &extraction.facts {
            match self.by_kind.get_mut(&fact.kind) {
                Some(facts) => *facts += 1,
                None => drop(self.by_kind.insert(fact.kind.clone(), 1)),
            }
        }
        self.unparsed += extraction.unparsed.len();
        self.missing_includes += extraction.missing_includes.len();
    }
}

/// The statements of the ontology.
fn model() -> Result<Part> {
    let graph = NamedNodeRef::new_unchecked(ONTOLOGY_GRAPH);
    let mut part = Part::default();
    with_stable_labels(ontology_quads()?).iter().for_each(|quad| part.insert(quad.as_ref(), graph));
    Ok(part)
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
