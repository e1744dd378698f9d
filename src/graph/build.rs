//! The whole way from files to a graph file.

use super::names::{Names, ONTOLOGY_GRAPH, ontology_quads};
use super::part::Part;
use super::statements::{self, StatementOptions, document_iri};
use super::{GraphBuilder, Metadata, rdf};
use crate::diagnostics::{Diagnostic, Severity};
use crate::documents::{Document, FileKind, Found, Library, MissingInclude, find};
use crate::error::{Error, Result};
use crate::facts::{Extraction, extract_outlined};
use crate::ontology::{Ontology, files as ontology_files};
use crate::sections::Outline;
use oxrdf::{NamedNode, NamedNodeRef};
use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
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
    /// Whether passages that were not understood are among the diagnostics.
    pub notes: bool,
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

/// What is written of documents is added to the graph when it has so many quads.
const QUADS_AT_ONCE: usize = 1 << 14;

/// So few documents are read in the order of their lengths.
const FEW_DOCUMENTS: usize = 1024;

/// Builds a graph file. `progress` is told how many files are done, of how many, from any thread.
///
/// # Errors
/// Nothing that can be read among the paths, or a graph file that can't be written. A single file that can't be
/// used is a diagnostic.
pub fn build(options: &BuildOptions, progress: &(dyn Fn(usize, usize) + Sync)) -> Result<BuildReport> {
    // By a thread of the pool: any other would be put to sleep, and woken again, at each step that all processors share.
    rayon::scope(|_| build_here(options, progress))
}

fn build_here(options: &BuildOptions, progress: &(dyn Fn(usize, usize) + Sync)) -> Result<BuildReport> {
    let mut watch = Stopwatch::new();
    let (found, diagnostics) = find(&options.paths);
    if found.is_empty() {
        let error = Error::input("there is nothing to build: no document and no RDF file was found");
        let reasons =
            diagnostics.iter().map(|diagnostic| format!("{} {}", diagnostic.file, diagnostic.message));
        return Err(reasons.fold(error, Error::with_hint));
    }
    watch.lap("files");
    let (ontology, names) = rayon::join(|| Ontology::load(&options.ontology), || names(&options.ontology));
    let (ontology, mut names) = (ontology?, names?);
    watch.lap("ontology");
    let reading = Reading {
        library: Library::new(),
        ontology,
        names: &names,
        options: StatementOptions { quotes: options.quotes, source_base: options.source_base.clone() },
        notes: options.notes,
    };
    let read = || reading.write_all(&Documents::among(&found), &|done| progress(done, found.len()));
    let ((mut builder, told), model) = rayon::join(read, model);
    let mut model = model?;
    let Reading { library, ontology, .. } = reading;
    let writing = told.writing / u32::try_from(rayon::current_num_threads()).unwrap_or(1);
    watch.lap_of_two("extraction", "statements", writing);

    builder.set_metadata(Metadata {
        sources: options.paths.iter().map(|path| path.display().to_string()).collect(),
        ..Metadata::default()
    });
    builder.settle(&mut names);
    let mentioned = builder.mentioned(names.catalogued());
    names.catalogue_quads(&mentioned).for_each(|quad| builder.insert(quad));
    builder.add(&mut model);
    let mut report = BuildReport {
        documents: told.documents,
        facts_by_kind: told.by_kind.into_iter().collect(),
        unparsed: told.unparsed,
        missing_includes: told.missing_includes,
        diagnostics: [diagnostics, told.diagnostics].concat(),
        ..BuildReport::default()
    };
    report.rdf_files = read_rdf(&found, &mut builder, &mut report.diagnostics);
    report.diagnostics.sort();
    watch.lap("names and RDF");
    report.triples = builder.finish(&options.output)?.triples;
    watch.lap("graph file");
    report.times = watch.laps;
    // Taking it apart takes a while, which nothing has to wait for; a program that ends now doesn't do it at all.
    rayon::spawn(move || drop((ontology, library, names)));
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

    /// Ends two stages that take turns; the second took so long.
    fn lap_of_two(&mut self, name: &'static str, second: &'static str, second_took: Duration) {
        self.lap(name);
        if let Some((_, time)) = self.laps.last_mut() {
            *time = time.saturating_sub(second_took);
        }
        self.laps.push((second, second_took));
    }

    /// Ends a stage.
    fn lap(&mut self, name: &'static str) {
        let now = Instant::now();
        self.laps.push((name, now - self.start));
        self.start = now;
    }
}

/// The names that ship and those of the user's ontology.
fn names(ontology: &[PathBuf]) -> Result<Names> {
    let mut names = Names::builtin()?;
    for path in ontology_files(ontology)? {
        let turtle =
            std::fs::read_to_string(&path).map_err(|error| Error::io("read the ontology", &path, error))?;
        names.add_catalogue(&path.display().to_string(), turtle.trim_start_matches('\u{feff}'))?;
    }
    Ok(names)
}

/// The documents to read.
struct Documents<'f> {
    files: Vec<&'f Found>,
    next: AtomicUsize,
}

/// A document and its structure.
struct Outlined {
    document: Document,
    outline: Outline,
}

impl Outlined {
    fn read(file: &Found, library: &Library) -> std::result::Result<Self, Diagnostic> {
        let document = library.read(file)?;
        Ok(Self { outline: Outline::read(&document.text), document })
    }
}

impl<'f> Documents<'f> {
    /// The documents among files.
    fn among(found: &'f [Found]) -> Self {
        let mut files: Vec<&Found> = found.iter().filter(|file| file.kind == FileKind::Markdown).collect();
        if files.len() < FEW_DOCUMENTS {
            // The longest come first, so that no processor has to wait for another in the end.
            files.sort_by_cached_key(|file| {
                Reverse(std::fs::metadata(&file.path).map_or(0, |file| file.len()))
            });
        }
        Self { files, next: AtomicUsize::new(0) }
    }

    /// The next document that nobody has taken.
    fn next(&self, library: &Library) -> Option<std::result::Result<Outlined, Diagnostic>> {
        let place = self.next.fetch_add(1, Ordering::Relaxed);
        let file = self.files.get(place)?;
        Some(Outlined::read(file, library))
    }
}

/// What documents are read by.
struct Reading<'n> {
    library: Library,
    ontology: Ontology,
    names: &'n Names,
    options: StatementOptions,
    notes: bool,
}

impl Reading<'_> {
    /// Reads all documents by all processors; `tell` is told how many are done.
    fn write_all(&self, documents: &Documents<'_>, tell: &(dyn Fn(usize) + Sync)) -> (GraphBuilder, Told) {
        let written = Mutex::new((GraphBuilder::new(), Told::default()));
        let done = AtomicUsize::new(0);
        rayon::scope(|scope| {
            for _ in 0..rayon::current_num_threads() {
                let tell = || tell(done.fetch_add(1, Ordering::Relaxed) + 1);
                let written = &written;
                scope.spawn(move |_| self.write(documents, &tell, written));
            }
        });
        written.into_inner().unwrap_or_else(PoisonError::into_inner)
    }

    /// Reads documents that nobody has read and writes what they state into a part of its own, which is added to the
    /// graph now and then.
    fn write(&self, documents: &Documents<'_>, tell: &dyn Fn(), graph: &Mutex<(GraphBuilder, Told)>) {
        let mut part = Part::default();
        let mut told = Told::default();
        let hand_over = |part: &mut Part, told: &mut Told| {
            let mut graph = graph.lock().unwrap_or_else(PoisonError::into_inner);
            graph.0.add(part);
            graph.1.add(std::mem::take(told));
            drop(graph);
            part.clear();
        };
        while let Some(document) = documents.next(&self.library) {
            match document {
                Ok(document) => {
                    let extraction = self.extraction(document, &mut told.diagnostics);
                    let start = Instant::now();
                    statements::write(&extraction, &self.options, self.names, &mut part);
                    told.count(&extraction);
                    told.writing += start.elapsed();
                }
                Err(diagnostic) => told.diagnostics.push(diagnostic),
            }
            tell();
            if part.quads.len() >= QUADS_AT_ONCE {
                hand_over(&mut part, &mut told);
            }
        }
        hand_over(&mut part, &mut told);
    }

    /// What a document states; what was noticed on the way is added to the diagnostics.
    fn extraction(&self, read: Outlined, noticed: &mut Vec<Diagnostic>) -> Extraction {
        let Outlined { mut document, outline } = read;
        noticed.append(&mut document.diagnostics);
        noticed.extend(document.missing_includes.iter().map(missing_include));
        let extraction = extract_outlined(&document, &outline, &self.ontology);
        if self.notes {
            note(&extraction, noticed);
        }
        noticed.extend(identity_conflicts(&extraction));
        extraction
    }
}

/// What the report tells of documents.
#[derive(Default)]
struct Told {
    documents: usize,
    by_kind: BTreeMap<String, usize>,
    unparsed: usize,
    missing_includes: usize,
    diagnostics: Vec<Diagnostic>,
    /// How long their statements took to write.
    writing: Duration,
}

impl Told {
    /// Counts what a document states.
    fn count(&mut self, extraction: &Extraction) {
        self.documents += 1;
        for fact in &extraction.facts {
            match self.by_kind.get_mut(&fact.kind) {
                Some(facts) => *facts += 1,
                None => drop(self.by_kind.insert(fact.kind.clone(), 1)),
            }
        }
        self.unparsed += extraction.unparsed.len();
        self.missing_includes += extraction.missing_includes.len();
    }

    /// Adds what is told of other documents.
    fn add(&mut self, other: Self) {
        self.documents += other.documents;
        other.by_kind.into_iter().for_each(|(kind, facts)| *self.by_kind.entry(kind).or_default() += facts);
        self.unparsed += other.unparsed;
        self.missing_includes += other.missing_includes;
        self.diagnostics.extend(other.diagnostics);
        self.writing += other.writing;
    }
}

/// The statements of the ontology.
fn model() -> Result<Part> {
    let graph = NamedNodeRef::new_unchecked(ONTOLOGY_GRAPH);
    let mut part = Part::default();
    ontology_quads()?.iter().for_each(|quad| part.insert(quad.as_ref(), graph));
    Ok(part)
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
        message: conflict.clone(),
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
