//! Quads in any order → a graph file, the same bytes for the same set of quads.

use super::columns::Column64;
use super::contents::Contents;
use super::format::{Header, Section};
use super::interner::Interner;
use super::kinds::{self, ALL, KINDS, Kind, TEXT_KINDS};
use super::labels;
use super::late::{self, Spelling};
use super::lines::full;
use super::names::Names;
use super::orders;
use super::part::Part;
use super::quads::Quads;
use super::sort::sorted;
use super::text::{TextWriter, Texts};
use super::unfinished::Unfinished;
use super::{Graph, Metadata, Terms};
use crate::error::{Error, Result};
use oxrdf::vocab::{rdf, rdfs};
use oxrdf::{GraphNameRef, NamedNodeRef, Quad, QuadRef, TermRef};
use rustc_hash::FxHashSet;
use std::io::Cursor;
use std::path::Path;

/// Of fewer quads than this, orders are made while texts and names are; of more, behind them, which takes less memory.
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

    /// Adds the quads of a part, which is to be cleared then.
    pub(super) fn add(&mut self, part: &mut Part) {
        let Some(numbers) = self.interner.take_all(&mut part.keys) else { return self.full = true };
        for spelling in &part.spellings {
            match spelling.map(|place| numbers.get(place as usize).copied()) {
                [Some(node), Some(spelled), Some(graph)] => self.spellings.push([node, spelled, graph]),
                _ => self.full = true,
            }
        }
        let numbers: Vec<u32> = numbers.into_iter().map(|number| number + 1).collect();
        self.full |= !self.quads.add(&part.quads, &numbers);
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
        let mut key = Vec::new();
        let mut number = |iri: &str| {
            kinds::key(NamedNodeRef::new_unchecked(iri).into(), &mut key);
            Some(self.interner.number(&key)? + 1)
        };
        let mut iris: Vec<(&str, u32)> = iris.filter_map(|iri| Some((iri, number(iri)?))).collect();
        let mut numbers: FxHashSet<u32> = iris.iter().map(|(_, number)| *number).collect();
        // What stands for a term as a key that is none.
        let settled = self.settled.iter().map(|(key, term)| (*key + 1, *term + 1));
        let settled: Vec<(u32, u32)> = settled.filter(|(_, term)| numbers.contains(term)).collect();
        numbers.extend(settled.iter().map(|(key, _)| *key));
        let mut mentioned = self.quads.mentioned(numbers);
        let terms: Vec<u32> =
            settled.into_iter().filter(|(key, _)| mentioned.contains(key)).map(|(_, term)| term).collect();
        mentioned.extend(terms);
        iris.retain(|(_, number)| mentioned.contains(number));
        iris.into_iter().map(|(iri, _)| iri).collect()
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
        let mut contents = Contents::new(None);
        let (header, summary) = self.fill(&mut contents, &memory)?;
        let mut bytes = Cursor::new(Vec::with_capacity(summary.bytes));
        contents.write(&header, &mut bytes).map_err(memory)?;
        Ok(bytes.into_inner())
    }

    /// Writes the graph file: to a temporary file beside it, synced, then renamed; a file that is there is
    /// replaced whole, by one with its permissions, or, when something fails, left as it is.
    ///
    /// # Errors
    /// The file cannot be written, or there are too many terms or quads.
    pub fn finish(self, path: &Path) -> Result<Summary> {
        let failed = |error| Error::io("write", path, error);
        // What a link leads to is replaced, not the link; what is no file at all, such as a device, is left alone.
        let path = &path.canonicalize().unwrap_or_else(|_| path.to_path_buf());
        let there = std::fs::metadata(path).ok();
        if there.as_ref().is_some_and(|there| !there.is_file()) {
            return Err(Error::input(format!("cannot write {}: it is not a file", path.display())));
        }
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let mut prefix = std::ffi::OsString::from(".");
        prefix.push(path.file_name().unwrap_or_default());
        let mut builder = tempfile::Builder::new();
        builder.prefix(&prefix).suffix(".new");
        readable_by_others(&mut builder);
        let file = builder.tempfile_in(folder).map_err(failed)?;
        let _unfinished = Unfinished::new(file.path());
        if let Some(there) = there {
            file.as_file().set_permissions(there.permissions()).map_err(failed)?;
        }
        let mut contents = Contents::new(Some(file.as_file()));
        let (header, summary) = self.fill(&mut contents, &failed)?;
        contents.write(&header, file.as_file()).map_err(failed)?;
        drop(contents);
        file.as_file().sync_all().map_err(failed)?;
        file.persist(path).map_err(|error| failed(error.error))?;
        sync_folder(folder);
        Ok(summary)
    }

    /// Puts the sections of the file; `failed` makes an error of what can't be written.
    fn fill(
        self,
        contents: &mut Contents<'_>,
        failed: &dyn Fn(std::io::Error) -> Error,
    ) -> Result<(Header, Summary)> {
        if self.full || u32::try_from(self.quads.len()).is_err() {
            return Err(full());
        }
        let Self { mut interner, mut quads, metadata, settled, .. } = self;
        contents.put(Section::Metadata, metadata.to_bytes()).map_err(failed)?;
        let mut naming = Naming::new(&interner);
        interner.settle();
        let Order { numbers, renumbered, starts } = Order::new(&interner, &settled);
        quads.renumber(&renumbered);
        naming.renumber(&renumbered);
        drop((renumbered, settled));
        let dictionary = |quads: &Quads| {
            let named = || naming.named(quads, starts[Kind::Iri as usize + 1]);
            let (named, (texts, values)) = rayon::join(named, || dictionary(&numbers, &starts, &interner));
            drop((numbers, interner));
            let len = starts[TEXT_KINDS] as usize - 1;
            let (column, blocks) = (Column64::new(&values), Texts::new(&texts.offsets, &texts.blocks, len));
            let entries = labels::entries(named, Terms { starts: &starts, texts: blocks, values: column });
            (texts, values, entries)
        };
        let is_small = quads.len() < AT_ONCE;
        let (counts, entries) = if is_small {
            let orders = || orders::write(&quads, starts[2], starts[KINDS], contents);
            let (counts, (texts, values, entries)) = rayon::join(orders, || dictionary(&quads));
            contents.put_texts(texts, values).map_err(failed)?;
            (counts, entries)
        } else {
            let (texts, values, entries) = dictionary(&quads);
            contents.put_texts(texts, values).map_err(failed)?;
            (orders::write(quads, starts[2], starts[KINDS], contents), entries)
        };
        let counts = counts.map_err(failed)?;
        contents.put_column(Section::Labels, entries.into_iter().flatten()).map_err(failed)?;
        let (triples, quads) = (counts.triples as u64, counts.quads as u64);
        let header = Header::new(triples, quads, starts, contents.lengths_and_checksums().map_err(failed)?);
        let summary = Summary {
            triples: counts.triples,
            quads: counts.quads,
            graphs: counts.graphs,
            terms: starts[KINDS] as usize - 1,
            bytes: header.file_len(),
        };
        Ok((header, summary))
    }
}

impl Extend<Quad> for GraphBuilder {
    fn extend<T: IntoIterator<Item = Quad>>(&mut self, quads: T) {
        quads.into_iter().for_each(|quad| self.insert(&quad));
    }
}

/// The order of the terms.
struct Order {
    /// The interned number of each term.
    numbers: Vec<u32>,
    /// The final number of each interned number plus one.
    renumbered: Vec<u32>,
    /// Where the kinds begin.
    starts: [u32; KINDS + 1],
}

impl Order {
    /// Sorts the terms; `settled` are the numbers of keys that are none, which stand behind all terms, and of the terms
    /// that they stand for.
    fn new(interner: &Interner, settled: &[(u32, u32)]) -> Self {
        let mut numbers = sorted((0..interner.len() as u32).collect(), |number| interner.key(number));
        numbers.truncate(numbers.len() - settled.len());
        let kind_of = |number: &u32| interner.key(*number).first().copied().unwrap_or_default();
        let mut starts = [1; KINDS + 1];
        for kind in ALL {
            let before = numbers.partition_point(|number| kind_of(number) <= kind as u8);
            starts[kind as usize + 1] = before as u32 + 1;
        }
        let mut renumbered = vec![0; interner.len() + 1];
        for (number, place) in numbers.iter().zip(1..) {
            renumbered[*number as usize + 1] = place;
        }
        for (key, term) in settled {
            renumbered[*key as usize + 1] = renumbered[*term as usize + 1];
        }
        Self { numbers, renumbered, starts }
    }
}

/// The texts and the values of terms, whose interned numbers are given in the order of the terms.
fn dictionary(numbers: &[u32], starts: &[u32; KINDS + 1], interner: &Interner) -> (TextWriter, Vec<u8>) {
    let (of_text, of_value) = numbers.split_at(starts[TEXT_KINDS] as usize - 1);
    let mut texts = TextWriter::default();
    texts.push_all(of_text, |number| interner.key(number).get(1..).unwrap_or_default());
    texts.finish();
    let mut values = Vec::with_capacity(8 * of_value.len());
    for value in of_value.iter().filter_map(|number| interner.key(*number)[1..].first_chunk()) {
        values.extend_from_slice(&kinds::value_of_bytes(*value).to_le_bytes());
    }
    (texts, values)
}

/// The terms by which quads name entities.
struct Naming {
    properties: Vec<u32>,
    /// The property of classes, and the classes of entities that nobody calls by a name.
    class: Vec<u32>,
    unnamed: Vec<u32>,
}

impl Naming {
    /// Their interned numbers plus one.
    fn new(interner: &Interner) -> Self {
        let mut key = Vec::new();
        let mut number = |iri: &str| {
            kinds::key(NamedNodeRef::new_unchecked(iri).into(), &mut key);
            Some(interner.number(&key)? + 1)
        };
        let mut numbers = |iris: &[String]| iris.iter().filter_map(|iri| number(iri)).collect();
        Self {
            properties: numbers(&labels::properties()),
            class: numbers(&[rdf::TYPE.as_str().to_owned()]),
            unnamed: numbers(&labels::unnamed()),
        }
    }

    /// Puts other numbers in place of the numbers.
    fn renumber(&mut self, numbers: &[u32]) {
        let all = self.properties.iter_mut().chain(&mut self.class).chain(&mut self.unnamed);
        all.for_each(|number| *number = numbers[*number as usize]);
    }

    /// The entities of quads with the literals that name them, but for those that nobody calls by a name; `iris` is the
    /// number after the last IRI.
    fn named(&self, quads: &Quads, iris: u32) -> Vec<(u32, u32)> {
        let mut named = Vec::new();
        let (mut names, mut is_unnamed) = (vec![false; iris as usize], vec![false; iris as usize]);
        self.properties.iter().for_each(|property| names[*property as usize] = true);
        quads.for_each(|[subject, predicate, object, _]| {
            if names[predicate as usize] {
                named.push((subject, object));
            } else if self.class.contains(&predicate)
                && self.unnamed.contains(&object)
                && let Some(is_unnamed) = is_unnamed.get_mut(subject as usize)
            {
                *is_unnamed = true;
            }
        });
        named.retain(|(entity, _)| !is_unnamed.get(*entity as usize).is_some_and(|unnamed| *unnamed));
        named
    }
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
