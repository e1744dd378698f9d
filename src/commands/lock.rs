//! One at a time may read a graph file, change it and put another in its place.

use crate::error::{Error, Result};
use std::fs::{File, Metadata, metadata};
use std::path::Path;

/// Waits until nobody else changes the graph file of this path, and keeps it from others as long as the file is held.
/// Where there is no such file yet, or the file system knows no locks, there is nothing to wait for.
///
/// # Errors
/// A file that can't be read.
pub(super) fn lock(path: &Path) -> Result<Option<File>> {
    let failed = |error| Error::io("lock", path, error);
    while metadata(path).is_ok_and(|found| found.is_file()) {
        let file = File::open(path).map_err(failed)?;
        match file.lock() {
            Err(error) if error.kind() == std::io::ErrorKind::Unsupported => return Ok(None),
            locked => locked.map_err(failed)?,
        }
        // Whoever had it has put another file in its place.
        let held = file.metadata().map_err(failed)?;
        if metadata(path).is_ok_and(|found| is_same(&found, &held)) {
            return Ok(Some(file));
        }
    }
    Ok(None)
}

/// Whether two files are one.
#[cfg(unix)]
fn is_same(a: &Metadata, b: &Metadata) -> bool {
    use std::os::unix::fs::MetadataExt;
    (a.dev(), a.ino()) == (b.dev(), b.ino())
}

/// Whether two files are one, as far as it shows.
#[cfg(not(unix))]
fn is_same(a: &Metadata, b: &Metadata) -> bool {
    let marks = |found: &Metadata| (found.len(), found.created().ok(), found.modified().ok());
    marks(a) == marks(b)
}
