//! Quads in any order → a graph file, the same bytes for the same set of quads.

use super::columns::Column64;
use super::contents::Contents;
use super::format::{Header, Section};
use super::interner::Interner;
use super::kinds::{self, ALL, KINDS, TEXT_KINDS};
use super::labels;
use super::late::{self, Spelling};
use super::lines::full;
use super::names::Names;
use super::orders;
use super::part::Part;
use super::quads::Quads;
use super::sort::sorted;
use super::text::{TextWriter, Texts};
use super::{Graph, Metadata, Terms};
use crate::error::{Error, Result};
use oxrdf::vocab::rdfs;
use oxrdf::{GraphNameRef, NamedNodeRef, Quad, QuadRef, TermRef};
use std::path::Path;

/// Of fewer quads than this, orders and names are made at once; of more, one after the other, which takes less memory.
const AT_ONCE: usize = 1 << 20;

const ALTERNATIVE_LABEL: NamedNodeRef<'_> =
    NamedNodeRef::new_unchecked("http://www.w3.org/2004/02/skos/core#altLabel");

/// Collects quads and writes them as a graph file.
#[derive(Default)]
pub struct GraphBuilder {
    interner: Interner,
    quads: Quads,
    /// Spellings that wait for [`GraphBuilder::settle`], by interned numbers.
    spellings: Vec<Spelling>,
    /// The interned numbers of keys that no term has, and of the terms that they stand for.
    settled: Vec<(u32, u32)>,
    metadata: Metadata,
    scratch: Vec<u8>,
    full: bool,
}

/// What was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Summary {
    /// Triples, each counted once however many graphs hold it.
    pub triples: usize,
    /// Quads.
    pub quads: usize,
    /// Graphs, the default graph counted if it holds anything.
    pub graphs: usize,
    /// Distinct terms.
    pub terms: usize,
    /// Length of the file in bytes.
    pub bytes: usize,
}

impl GraphBuilder {
    /// A builder without quads.
    pub fn new() -> Self {
        Self::default()
    }

    /// A builder with the quads of a graph, and with what the graph says about itself.
    ///
    /// # Errors
    /// A damaged file.
    pub fn of_graph(graph: &Graph) -> Result<Self> {
        let mut builder = Self::new();
        builder.set_metadata(graph.metadata()?);
        for quad in graph.quads() {
            builder.insert(&quad?);
        }
        Ok(builder)
    }

    /// What the file says about itself; give the sources in an order that does not change between builds.
    pub fn set_metadata(&mut self, metadata: Metadata) {
        self.metadata = metadata;
    }

    /// Adds a quad; one that is there already changes nothing.
    pub fn insert<'a>(&mut self, quad: impl Into<QuadRef<'a>>) {
        let quad = quad.into();
        let graph = match quad.graph_name {
            GraphNameRef::DefaultGraph => Some(0),
            GraphNameRef::NamedNode(node) => self.intern(node.into()),
            GraphNameRef::BlankNode(node) => self.intern(node.into()),
        };
        let subject = self.intern(quad.subject.into());
        match [subject, self.intern(quad.predicate.into()), self.intern(quad.object), graph] {
            [Some(s), Some(p), Some(o), Some(g)] => self.quads.push([s, p, o, g]),
            _ => self.full = true,
        }
    }

    /// Adds the quads of a part.
    pub(super) fn add(&mut self, part: &Part) {
        let Some(numbers) = self.interner.intern_all(&part.keys) else { return self.full = true };
        for spelling in &part.spellings {
            match spelling.map(|place| numbers.get(place as usize).copied()) {
                [Some(node), Some(spelled), Some(graph)] => self.spellings.push([node, spelled, graph]),
                _ => self.full = true,
            }
        }
        let numbers = numbers.into_iter().map(|number| number + 1).collect();
        self.full |= !self.quads.add(&part.quads, numbers);
    }

    /// Gives IRIs and labels to the services and regions that had none, once all documents are added; `names` learns
    /// them.
    pub(super) fn settle(&mut self, names: &mut Names) {
        let spellings = std::mem::take(&mut self.spellings);
        let Some(settled) = late::settle(&mut self.interner, &spellings, names) else {
            return self.full = true;
        };
        self.settled = settled;
        for spelling in spellings {
            let [node, spelled, graph] = spelling.map(|number| number + 1);
            let Some((label, is_other)) = late::label(&mut self.interner, spelling, names) else {
                self.full = true;
                continue;
            };
            self.insert_numbers(node, rdfs::LABEL, label + 1, graph);
            if is_other {
                self.insert_numbers(node, ALTERNATIVE_LABEL, spelled, graph);
            }
        }
    }

    fn insert_numbers(&mut self, subject: u32, predicate: NamedNodeRef<'_>, object: u32, graph: u32) {
        match self.intern(predicate.into()) {
            Some(predicate) => self.quads.push([subject, predicate, object, graph]),
            None => self.full = true,
        }
    }

    /// Those of some IRIs that are the subject or the object of a quad.
    pub(super) fn mentioned<'i>(&self, iris: impl Iterator<Item = &'i str>) -> Vec<&'i str> {
        let mut is_mentioned = vec![false; self.interner.len() + 1];
        self.quads.for_each(|[subject, _, object, _]| {
            is_mentioned[subject as usize] = true;
            is_mentioned[object as usize] = true;
        });
        for (key, term) in &self.settled {
            is_mentioned[*term as usize + 1] |= is_mentioned[*key as usize + 1];
        }
        let mut key = Vec::new();
        let mut number = |iri: &str| {
            kinds::key(NamedNodeRef::new_unchecked(iri).into(), &mut key);
            self.interner.number(&key)
        };
        iris.filter(|iri| number(iri).is_some_and(|number| is_mentioned[number as usize + 1])).collect()
    }

    /// The number of a term plus one.
    fn intern(&mut self, term: TermRef<'_>) -> Option<u32> {
        kinds::key(term, &mut self.scratch);
        Some(self.interner.intern(&self.scratch)? + 1)
    }

    /// The graph file as bytes.
    ///
    /// # Errors
    /// There are more than four thousand million terms or quads.
    pub fn to_bytes(self) -> Result<Vec<u8>> {
        let memory = |error| Error::input("out of memory").with_source(error);
        let (contents, header, summary) = self.contents(None)?;
        let mut bytes = Vec::with_capacity(summary.bytes);
        contents.write(&header, &mut bytes).map_err(memory)?;
        Ok(bytes)
    }

    /// Writes the graph file: to a temporary file beside it, synced, then renamed; a file that is there is
    /// replaced whole or, when something fails, left as it is.
    ///
    /// # Errors
    /// The file cannot be written, or there are too many terms or quads.
    pub fn finish(self, path: &Path) -> Result<Summary> {
        let failed = |error| Error::io("write", path, error);
        // What a link leads to is replaced, not the link; what is no file at all, such as a device, is left alone.
        let path = &path.canonicalize().unwrap_or_else(|_| path.to_path_buf());
        if std::fs::metadata(path).is_ok_and(|found| !found.is_file()) {
            return Err(Error::input(format!("cannot write {}: it is not a file", path.display())));
        }
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let (contents, header, summary) = self.contents(Some(folder))?;
        let mut prefix = std::ffi::OsString::from(".");
        prefix.push(path.file_name().unwrap_or_default());
        let mut builder = tempfile::Builder::new();
        builder.prefix(&prefix).suffix(".new");
        readable_by_others(&mut builder);
        let mut file = builder.tempfile_in(folder).map_err(failed)?;
        contents.write(&header, file.as_file_mut()).map_err(failed)?;
        file.as_file().sync_all().map_err(failed)?;
        file.persist(path).map_err(|error| failed(error.error))?;
        sync_folder(folder);
        Ok(summary)
    }

    /// The sections of the file; large ones may lie in a temporary file in a folder.
    fn contents(self, folder: Option<&Path>) -> Result<(Contents, Header, Summary)> {
        if self.full || u32::try_from(self.quads.len()).is_err() {
            return Err(full());
        }
        let failed = |error| Error::io("write a temporary file in", folder.unwrap_or(Path::new(".")), error);
        let Self { mut interner, mut quads, metadata, settled, .. } = self;
        let mut contents = Contents::new(folder.map(Path::to_path_buf));
        contents.put(Section::Metadata, metadata.to_bytes()).map_err(failed)?;
        interner.settle();
        let Dictionary { renumbered, starts, texts, values } = Dictionary::new(&interner, &settled);
        drop(interner);
        quads.renumber(&renumbered);
        drop(renumbered);
        let len = starts[TEXT_KINDS] as usize - 1;
        let column = Column64::new(&values);
        let terms =
            Terms { starts: &starts, texts: Texts::new(&texts.offsets, &texts.blocks, len), values: column };
        let named = named(terms, &quads);
        let is_small = quads.len() < AT_ONCE;
        let orders = || orders::write(quads, starts[2], starts[KINDS], &mut contents);
        let labels = || labels::entries(named.into_iter(), terms);
        let (counts, entries) = if is_small { rayon::join(orders, labels) } else { (orders(), labels()) };
        let counts = counts.map_err(failed)?;
        contents.put_column(Section::Labels, entries.into_iter().flatten()).map_err(failed)?;
        let terms = terms.len();
        contents.put(Section::Values, values).map_err(failed)?;
        contents.put(Section::TextOffsets, texts.offsets).map_err(failed)?;
        contents.put(Section::Texts, texts.blocks).map_err(failed)?;
        let (triples, quads) = (counts.triples as u64, counts.quads as u64);
        let header = Header::new(triples, quads, starts, contents.lengths_and_checksums());
        let summary = Summary {
            triples: counts.triples,
            quads: counts.quads,
            graphs: counts.graphs,
            terms,
            bytes: header.file_len(),
        };
        Ok((contents, header, summary))
    }
}

impl Extend<Quad> for GraphBuilder {
    fn extend<T: IntoIterator<Item = Quad>>(&mut self, quads: T) {
        quads.into_iter().for_each(|quad| self.insert(&quad));
    }
}

/// The sorted terms.
struct Dictionary {
    /// The final number of each interned number plus one.
    renumbered: Vec<u32>,
    /// Where the kinds begin.
    starts: [u32; KINDS + 1],
    texts: TextWriter,
    values: Vec<u8>,
}

impl Dictionary {
    /// Sorts the terms; `settled` are the numbers of keys that are none, which stand behind all terms, and of the terms
    /// that they stand for.
    fn new(interner: &Interner, settled: &[(u32, u32)]) -> Self {
        let mut order = sorted((0..interner.len() as u32).collect(), |number| interner.key(number));
        order.truncate(order.len() - settled.len());
        let mut renumbered = vec![0; interner.len() + 1];
        let (mut texts, mut values) = (TextWriter::default(), Vec::new());
        let mut starts = [1; KINDS + 1];
        for (place, number) in order.iter().enumerate() {
            renumbered[*number as usize + 1] = place as u32 + 1;
            let Some((&kind, payload)) = interner.key(*number).split_first() else { continue };
            starts[kind as usize + 1] = place as u32 + 2;
            if (kind as usize) < TEXT_KINDS {
                texts.push(payload);
            } else if let Some(value) = payload.first_chunk() {
                let value = kinds::value_of_bytes(*value);
                values.extend_from_slice(&value.to_le_bytes());
            }
        }
        for (key, term) in settled {
            renumbered[*key as usize + 1] = renumbered[*term as usize + 1];
        }
        for kind in ALL {
            let kind = kind as usize;
            starts[kind + 1] = starts[kind + 1].max(starts[kind]);
        }
        texts.finish();
        Self { renumbered, starts, texts, values }
    }
}

/// The entities of quads with the literals that name them.
fn named(terms: Terms<'_>, quads: &Quads) -> Vec<(u32, u32)> {
    let properties = labels::properties();
    let number = |iri: &String| terms.number(NamedNodeRef::new_unchecked(iri).into());
    let properties: Vec<u32> = properties.iter().filter_map(number).collect();
    let mut named = Vec::new();
    quads.for_each(|[subject, predicate, object, _]| {
        if properties.contains(&predicate) {
            named.push((subject, object));
        }
    });
    named
}

/// Gives the file the permissions of files that others may read, less what the user's mask takes away.
fn readable_by_others(builder: &mut tempfile::Builder<'_, '_>) {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        builder.permissions(std::fs::Permissions::from_mode(0o666));
    }
    #[cfg(not(unix))]
    let _ = builder;
}

/// Makes the renaming last through a power cut where the system allows it; the file itself is complete anyway.
fn sync_folder(folder: &Path) {
    if let Ok(folder) = std::fs::File::open(folder) {
        folder.sync_all().ok();
    }
}
