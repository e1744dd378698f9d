//! Graph files that are being written under names of their own: a program that is interrupted removes them.

use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

static PATHS: Paths = Paths(Mutex::new(Vec::new()));

/// Files that are there only until they are finished.
struct Paths(Mutex<Vec<PathBuf>>);

impl Paths {
    fn lock(&self) -> MutexGuard<'_, Vec<PathBuf>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn remove_all(&self) {
        for path in self.lock().drain(..) {
            // There is nobody left to tell.
            std::fs::remove_file(path).ok();
        }
    }
}

/// A file that is being written, as long as this lives.
pub(super) struct Unfinished<'p> {
    path: PathBuf,
    paths: &'p Paths,
}

impl Unfinished<'static> {
    pub(super) fn new(path: &Path) -> Self {
        Self::among(&PATHS, path)
    }
}

impl<'p> Unfinished<'p> {
    fn among(paths: &'p Paths, path: &Path) -> Self {
        paths.lock().push(path.to_path_buf());
        Self { path: path.to_path_buf(), paths }
    }
}

impl Drop for Unfinished<'_> {
    fn drop(&mut self) {
        self.paths.lock().retain(|path| *path != self.path);
    }
}

/// Removes the graph files that are being written; for a program that is about to end. What they were to replace stays as
/// it is.
pub fn remove_unfinished() {
    PATHS.remove_all();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_removed_and_what_is_finished_is_not() {
        let (paths, folder) = (Paths(Mutex::default()), tempfile::tempdir().unwrap());
        let [finished, unfinished] = ["finished", "unfinished"].map(|name| folder.path().join(name));
        for path in [&finished, &unfinished] {
            std::fs::write(path, "graph").unwrap();
        }
        drop(Unfinished::among(&paths, &finished));
        let _unfinished = Unfinished::among(&paths, &unfinished);
        paths.remove_all();
        assert!(finished.exists() && !unfinished.exists());
    }
}
