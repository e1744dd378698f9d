//! Which files are documents: paths and folders → files to read, in a stable order.

use super::front_matter;
use crate::diagnostics::{Diagnostic, Severity};
use rayon::prelude::*;
use std::collections::{BTreeMap, HashSet};
use std::ffi::{OsStr, OsString};
use std::fs::{self, DirEntry, FileType};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

/// What a file holds, as its name tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum FileKind {
    /// Markdown, also under `.txt`.
    Markdown,
    /// RDF in one of its syntaxes.
    Rdf,
}

/// A file that was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// Where it is.
    pub path: PathBuf,
    /// Its name in the graph: the path below the folder that was named, with `/`.
    pub name: String,
    /// What it holds.
    pub kind: FileKind,
}

/// Deepest folder below a path that is looked into.
const MAX_DEPTH: usize = 64;

/// Bytes at the start of a file in which its front matter is looked for.
const HEAD: usize = 2048;

/// Finds the documents and RDF files among paths and below folders, by name in alphabetical order.
///
/// Folders and files whose name starts with a dot, and links that lead back to a folder above them, are
/// passed over. A file that is only there to be included (below a folder `includes`, or with the topic
/// `include` in its front matter) is no document of its own.
///
/// What can't be used gives an error among the diagnostics: a path that doesn't exist, a folder that can't
/// be read, a folder without documents, a file of an unknown kind that was named outright.
pub fn find(paths: &[PathBuf]) -> (Vec<Found>, Vec<Diagnostic>) {
    let mut search = Search { several: paths.len() > 1, ..Search::default() };
    for path in paths {
        search.path(path);
    }
    let found = search.found.into_iter().map(|(name, (path, kind))| Found { path, name, kind }).collect();
    (found, search.diagnostics)
}

#[derive(Default)]
struct Search {
    found: BTreeMap<String, (PathBuf, FileKind)>,
    /// Whether several paths were named: the same file may lie below more than one of them.
    several: bool,
    /// Files that were found, without links, where several paths were named.
    real: HashSet<PathBuf>,
    /// How many files were met, those found before among them.
    met: usize,
    diagnostics: Vec<Diagnostic>,
}

impl Search {
    fn path(&mut self, path: &Path) {
        let metadata = match fs::metadata(path) {
            Ok(metadata) => metadata,
            Err(error) => return self.error(path, "unreadable-path", format!("cannot be read: {error}")),
        };
        if metadata.is_dir() {
            let before = (self.met, self.diagnostics.len());
            self.folder(path, "", &mut HashSet::new(), 0);
            if before == (self.met, self.diagnostics.len()) {
                let message = "holds no documents; Markdown (.md, .txt) and RDF (.ttl, .nt, .nq, …) are read";
                self.error(path, "no-documents", message.to_owned());
            }
        } else if let Some(kind) = kind_of(path) {
            let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
            self.add(name, path, kind);
        } else {
            let message = "is neither Markdown (.md, .txt) nor RDF (.ttl, .nt, .nq, .trig, .rdf, .jsonld)";
            self.error(path, "unknown-file-kind", message.to_owned());
        }
    }

    fn folder(&mut self, folder: &Path, prefix: &str, above: &mut HashSet<PathBuf>, depth: usize) {
        let real = fs::canonicalize(folder).unwrap_or_else(|_| folder.to_owned());
        if !above.insert(real.clone()) || depth > MAX_DEPTH {
            return self.note(folder, "folder-loop", "leads back to a folder above it; passed over");
        }
        match fs::read_dir(folder) {
            Ok(entries) => {
                let mut entries: Vec<(OsString, DirEntry)> =
                    entries.flatten().map(|entry| (entry.file_name(), entry)).collect();
                entries.sort_unstable_by(|(a, _), (b, _)| a.cmp(b));
                // Most of the time goes into opening each file.
                let kinds: Vec<_> = entries.par_iter().map(|(name, entry)| found_kind(name, entry)).collect();
                for ((name, entry), kind) in entries.into_iter().zip(kinds) {
                    self.entry(&name.to_string_lossy(), &entry.path(), kind, prefix, above, depth);
                }
            }
            Err(error) => self.error(folder, "unreadable-path", format!("cannot be read: {error}")),
        }
        above.remove(&real);
    }

    fn entry(
        &mut self,
        name: &str,
        path: &Path,
        kind: io::Result<Entry>,
        prefix: &str,
        above: &mut HashSet<PathBuf>,
        depth: usize,
    ) {
        let joined = if prefix.is_empty() { name.to_owned() } else { format!("{prefix}/{name}") };
        match kind {
            Ok(Entry::Folder) if !name.eq_ignore_ascii_case("includes") => {
                self.folder(path, &joined, above, depth + 1);
            }
            Ok(Entry::File(kind)) => self.add(joined, path, kind),
            Ok(_) => {}
            Err(error) => self.error(path, "unreadable-path", format!("cannot be read: {error}")),
        }
    }

    /// Adds a file that wasn't found before; a second file of the same name gets the name of its folder before it.
    fn add(&mut self, name: String, path: &Path, kind: FileKind) {
        self.met += 1;
        if self.several && !self.real.insert(fs::canonicalize(path).unwrap_or_else(|_| path.to_owned())) {
            return;
        }
        let mut unique = name;
        let mut folders = path.parent().into_iter().flat_map(Path::ancestors);
        while self.found.contains_key(&unique) {
            let folder = folders.next().and_then(Path::file_name);
            let folder = folder.map_or_else(|| "other".into(), |folder| folder.to_string_lossy());
            unique = format!("{folder}/{unique}");
        }
        self.found.insert(unique, (path.to_owned(), kind));
    }

    fn error(&mut self, path: &Path, code: &'static str, message: String) {
        self.report(path, Severity::Error, code, message);
    }

    fn note(&mut self, path: &Path, code: &'static str, message: &str) {
        self.report(path, Severity::Note, code, message.to_owned());
    }

    fn report(&mut self, path: &Path, severity: Severity, code: &'static str, message: String) {
        let file = path.display().to_string();
        self.diagnostics.push(Diagnostic { file, line: 0, severity, code, message });
    }
}

/// What an entry of a folder is to the search.
enum Entry {
    Folder,
    File(FileKind),
    /// A hidden file, one that is only there to be included, or one of another kind.
    Nothing,
}

/// What an entry of a folder is; looks into Markdown.
fn found_kind(name: &OsStr, entry: &DirEntry) -> io::Result<Entry> {
    if name.to_string_lossy().starts_with('.') {
        return Ok(Entry::Nothing);
    }
    let path = entry.path();
    let found = type_of(entry, &path)?;
    if found.is_dir() {
        return Ok(Entry::Folder);
    }
    let kind = if found.is_file() { kind_of(&path) } else { None };
    let is_passed_over = kind == Some(FileKind::Markdown) && is_include(&path);
    Ok(kind.filter(|_| !is_passed_over).map_or(Entry::Nothing, Entry::File))
}

/// What an entry of a folder is, or what it leads to if it is a link.
fn type_of(entry: &DirEntry, path: &Path) -> io::Result<FileType> {
    let found = entry.file_type()?;
    if found.is_symlink() { fs::metadata(path).map(|target| target.file_type()) } else { Ok(found) }
}

/// The kind of a file by its extension; `None` where that tells none.
pub fn kind_of(path: &Path) -> Option<FileKind> {
    let extension = path.extension()?.to_str()?.to_ascii_lowercase();
    match extension.as_str() {
        "md" | "markdown" | "txt" => Some(FileKind::Markdown),
        "ttl" | "nt" | "nq" | "trig" | "rdf" | "xml" | "owl" | "jsonld" => Some(FileKind::Rdf),
        _ => None,
    }
}

/// Whether the head of a file says that it is only there to be included.
fn is_include(path: &Path) -> bool {
    let mut head = Vec::with_capacity(HEAD);
    let read = fs::File::open(path).and_then(|file| file.take(HEAD as u64).read_to_end(&mut head));
    read.is_ok() && front_matter::split(&String::from_utf8_lossy(&head)).front_matter().is_include()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_give_their_documents_by_name_without_includes() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        fs::create_dir_all(root.join("b/includes")).unwrap();
        for (name, text) in [
            ("b/z.md", "# Z"),
            ("a.txt", "# A"),
            ("b/includes/i.md", "text"),
            ("b/part.md", "---\nms.topic: include\n---\ntext"),
            ("own.ttl", ""),
            ("picture.png", ""),
            (".hidden.md", "# H"),
        ] {
            fs::write(root.join(name), text).unwrap();
        }
        let (found, diagnostics) = find(&[root.to_owned()]);
        let names: Vec<_> = found.iter().map(|found| found.name.as_str()).collect();
        assert_eq!(names, ["a.txt", "b/z.md", "own.ttl"]);
        assert!(diagnostics.is_empty());
    }

    #[test]
    fn missing_paths_empty_folders_and_odd_files_are_errors() {
        let folder = tempfile::tempdir().unwrap();
        let picture = folder.path().join("picture.png");
        let empty = folder.path().join("empty");
        fs::create_dir(&empty).unwrap();
        fs::write(&picture, "").unwrap();
        let (found, diagnostics) = find(&[folder.path().join("gone"), empty, picture]);
        assert!(found.is_empty());
        let codes: Vec<_> = diagnostics.iter().map(|diagnostic| diagnostic.code).collect();
        assert_eq!(codes, ["unreadable-path", "no-documents", "unknown-file-kind"]);
    }

    #[cfg(unix)]
    #[test]
    fn a_folder_loop_ends() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("a.md"), "# A").unwrap();
        std::os::unix::fs::symlink(folder.path(), folder.path().join("again")).unwrap();
        let (found, diagnostics) = find(&[folder.path().to_owned()]);
        assert_eq!(found.len(), 1);
        assert_eq!(diagnostics.len(), 1);
        assert_eq!(diagnostics[0].code, "folder-loop");
    }

    #[test]
    fn a_file_below_two_of_the_paths_is_found_once() {
        let folder = tempfile::tempdir().unwrap();
        let below = folder.path().join("below");
        fs::create_dir(&below).unwrap();
        fs::write(below.join("a.md"), "# A").unwrap();
        let again = folder.path().join("below/../below");
        let (found, diagnostics) =
            find(&[folder.path().to_owned(), folder.path().to_owned(), again, below.join("a.md")]);
        assert_eq!(found.len(), 1);
        assert_eq!(diagnostics, []);
    }

    #[test]
    fn two_files_of_one_name_stay_two() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["one", "two"] {
            fs::create_dir(folder.path().join(name)).unwrap();
            fs::write(folder.path().join(name).join("a.md"), "# A").unwrap();
        }
        let (found, _) = find(&[folder.path().join("one"), folder.path().join("two")]);
        let names: Vec<_> = found.iter().map(|found| found.name.as_str()).collect();
        assert_eq!(names, ["a.md", "two/a.md"]);
    }
}
