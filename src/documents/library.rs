//! Reading files: documents once, includes and pivot definitions once for all documents that need them.

use super::find::Found;
use super::pivots::{self, PivotGroup};
use super::{Document, MAX_FILE_BYTES, SourceFile, assemble};
use crate::diagnostics::{Diagnostic, Severity};
use std::collections::HashMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

/// A map that many threads fill.
type Shared<K, V> = Mutex<HashMap<K, V>>;

/// The groups of pivots by their identifier.
type PivotGroups = Arc<HashMap<String, Arc<PivotGroup>>>;

/// Reads documents, and keeps what several of them share. Can be used from many threads.
#[derive(Default)]
pub struct Library {
    includes: Shared<PathBuf, Option<Arc<SourceFile>>>,
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
        let bytes = read_file(&found.path)
            .map_err(|error| fail("unreadable-file", format!("cannot be read: {error}")))?;
        if bytes[..bytes.len().min(8192)].contains(&0) {
            return Err(fail("binary-file", "is a binary file, not a document".to_owned()));
        }
        let file = Arc::new(SourceFile::new(found.name.clone(), bytes));
        Ok(assemble::assemble(file, Some(&found.path), self))
    }

    /// The included file that stands at a path; read once, `None` where it can't be read.
    pub(super) fn include(&self, path: &Path, name: String) -> Option<Arc<SourceFile>> {
        let mut includes = self.includes.lock().unwrap_or_else(PoisonError::into_inner);
        let entry = includes.entry(path.to_owned());
        entry
            .or_insert_with(|| read_file(path).ok().map(|bytes| Arc::new(SourceFile::new(name, bytes))))
            .clone()
    }

    /// The definitions of pivots for the documents of a folder: `zone-pivot-groups.yml` in that folder or
    /// above it, or there in a folder `zone-pivots`.
    pub(super) fn pivot_groups(&self, folder: &Path) -> PivotGroups {
        let mut known = self.pivot_groups.lock().unwrap_or_else(PoisonError::into_inner);
        let entry = known.entry(folder.to_owned());
        entry
            .or_insert_with(|| {
                let real = fs::canonicalize(folder).unwrap_or_else(|_| folder.to_owned());
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

fn read_file(path: &Path) -> io::Result<Vec<u8>> {
    let size = fs::metadata(path)?.len();
    if size > MAX_FILE_BYTES {
        let limit = MAX_FILE_BYTES / (1024 * 1024);
        let message = format!("it has {} MB, more than the {limit} MB of a document", size / (1024 * 1024));
        return Err(io::Error::new(io::ErrorKind::FileTooLarge, message));
    }
    fs::read(path)
}
