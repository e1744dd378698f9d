//! Reading files: documents once, includes and pivot definitions once for all documents that need them.

use super::find::{FileKind, Found, kind_of};
use super::pivots::{self, PivotGroup};
use super::{Document, MAX_FILE_BYTES, SourceFile, assemble};
use crate::diagnostics::{Diagnostic, Severity};
use std::collections::HashMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

/// A map that many threads fill.
type Shared<K, V> = Mutex<HashMap<K, V>>;

/// What is read once, by whoever asks first, while others go on with other files.
type Slot<T> = Arc<OnceLock<Option<Arc<T>>>>;

/// The groups of pivots by their identifier.
type PivotGroups = Arc<HashMap<String, Arc<PivotGroup>>>;

/// Reads documents, and keeps what several of them share. Can be used from many threads.
#[derive(Default)]
pub struct Library {
    includes: Shared<PathBuf, Slot<SourceFile>>,
    /// By the folder of the document and the path below the root of the repository.
    includes_below_root: Shared<(PathBuf, String), Option<Arc<SourceFile>>>,
    /// Folders without links.
    real_folders: Shared<PathBuf, Option<Arc<Path>>>,
    pivot_groups: Shared<PathBuf, PivotGroups>,
}

/// Folders above a document in which the definitions of its pivots are looked for.
const PIVOT_LEVELS: usize = 5;

impl Library {
    /// A library that has read nothing yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Reads a document with all that it includes.
    ///
    /// # Errors
    /// A diagnostic where the file can't be read, is larger than [`MAX_FILE_BYTES`] or is no text.
    pub fn read(&self, found: &Found) -> Result<Document, Diagnostic> {
        let fail = |code, message| Diagnostic {
            file: found.name.clone(),
            line: 0,
            severity: Severity::Error,
            code,
            message,
        };
        let bytes = read_file(&found.path, false)
            .map_err(|error| fail("unreadable-file", format!("cannot be read: {error}")))?;
        if bytes[..bytes.len().min(8192)].contains(&0) {
            return Err(fail("binary-file", "is a binary file, not a document".to_owned()));
        }
        let file = Arc::new(SourceFile::new(found.name.clone(), bytes));
        Ok(assemble::assemble(file, Some(&found.path), self))
    }

    /// The included file that stands at a path; read once, `None` where it can't be read or is no Markdown by its name.
    pub(super) fn include(&self, path: &Path, name: &str) -> Option<Arc<SourceFile>> {
        if kind_of(path) != Some(FileKind::Markdown) {
            return None;
        }
        let slot = {
            let mut includes = locked(&self.includes);
            match includes.get(path) {
                Some(slot) => Arc::clone(slot),
                None => Arc::clone(includes.entry(path.to_owned()).or_default()),
            }
        };
        let read = || {
            let bytes = read_file(path, true).ok()?;
            Some(Arc::new(SourceFile::new(name.to_owned(), bytes)))
        };
        slot.get_or_init(read).clone()
    }

    /// The included file at a path below the root of the repository, which is the first folder above a document's
    /// folder that holds it.
    pub(super) fn include_below_root(
        &self,
        folder: &Path,
        below_root: &str,
        name: &str,
    ) -> Option<Arc<SourceFile>> {
        let key = (folder.to_owned(), below_root.to_owned());
        if let Some(known) = locked(&self.includes_below_root).get(&key) {
            return known.clone();
        }
        let real = self.real_folder(folder)?;
        let path = real.ancestors().map(|above| above.join(below_root)).find(|path| path.is_file());
        let file = path.and_then(|path| self.include(&path, name));
        locked(&self.includes_below_root).entry(key).or_insert(file).clone()
    }

    /// A folder without links; `None` where it can't be reached.
    fn real_folder(&self, folder: &Path) -> Option<Arc<Path>> {
        let mut known = locked(&self.real_folders);
        if let Some(real) = known.get(folder) {
            return real.clone();
        }
        let real = fs::canonicalize(folder).ok().map(Arc::from);
        known.entry(folder.to_owned()).or_insert(real).clone()
    }

    /// The definitions of pivots for the documents of a folder: `zone-pivot-groups.yml` in that folder or
    /// above it, or there in a folder `zone-pivots`.
    pub(super) fn pivot_groups(&self, folder: &Path) -> PivotGroups {
        let mut known = locked(&self.pivot_groups);
        let entry = known.entry(folder.to_owned());
        entry
            .or_insert_with(|| {
                let real = self.real_folder(folder).unwrap_or_else(|| folder.into());
                let file = real.ancestors().take(PIVOT_LEVELS).find_map(|above| {
                    ["zone-pivot-groups.yml", "zone-pivots/zone-pivot-groups.yml"]
                        .iter()
                        .find_map(|name| fs::read_to_string(above.join(name)).ok())
                });
                Arc::new(file.map(|yaml| pivots::groups(&yaml)).unwrap_or_default())
            })
            .clone()
    }
}

fn locked<K, V>(shared: &Shared<K, V>) -> MutexGuard<'_, HashMap<K, V>> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The bytes of a file; `regular` refuses pipes and devices.
fn read_file(path: &Path, regular: bool) -> io::Result<Vec<u8>> {
    let metadata = fs::metadata(path)?;
    let size = metadata.len();
    if regular && !metadata.is_file() {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "it is no file"));
    }
    if size > MAX_FILE_BYTES {
        let limit = MAX_FILE_BYTES / (1024 * 1024);
        let message = format!("it has {} MB, more than the {limit} MB of a document", size / (1024 * 1024));
        return Err(io::Error::new(io::ErrorKind::FileTooLarge, message));
    }
    fs::read(path)
}
