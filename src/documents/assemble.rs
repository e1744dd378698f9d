//! Putting a document together: its file, what it includes, and its pivots.

use super::blank::{self, Blanked};
use super::front_matter;
use super::library::Library;
use super::pivots::{self, Directive, Pivot, PivotGroup, PivotScope};
use super::{Document, FrontMatter, MAX_FILE_BYTES, MissingInclude, Piece, SourceFile, offset};
use crate::diagnostics::{Diagnostic, Severity};
use memchr::{memchr, memmem, memrchr};
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

/// Deepest nesting of includes.
const MAX_INCLUDE_DEPTH: usize = 16;

/// Most includes of a document: files that include each other several times multiply.
const MAX_INCLUDES: usize = 10_000;

/// Assembles a document from its file. `path` is where the file is; includes are resolved from there.
pub(super) fn assemble(file: Arc<SourceFile>, path: Option<&Path>, library: &Library) -> Document {
    let name = file.path.clone();
    let mut assembly = Assembly {
        library,
        path: path.map(Path::to_owned),
        text: String::with_capacity(file.text.len() + 4096),
        files: vec![Arc::clone(&file)],
        pieces: Vec::new(),
        zones: Vec::new(),
        missing: Vec::new(),
        diagnostics: Vec::new(),
        stack: Vec::new(),
        included: 0,
        document_offset: 0,
    };
    let head = front_matter::split(&file.text);
    assembly.report_head(&file, &head);
    assembly.file(0, &name, "", head.body);
    let front_matter = head.front_matter();
    let pivots = assembly.pivots(&front_matter);
    Document {
        path: name,
        front_matter,
        text: assembly.text,
        pivots,
        missing_includes: assembly.missing,
        diagnostics: assembly.diagnostics,
        files: assembly.files,
        pieces: assembly.pieces,
    }
}

struct Assembly<'a> {
    library: &'a Library,
    path: Option<PathBuf>,
    text: String,
    files: Vec<Arc<SourceFile>>,
    pieces: Vec<Piece>,
    zones: Vec<(usize, Directive)>,
    missing: Vec<MissingInclude>,
    diagnostics: Vec<Diagnostic>,
    /// Names of the files that are being included, to find loops.
    stack: Vec<String>,
    /// How many files were included, those that were not found among them.
    included: usize,
    /// Where in the document the outermost include stands.
    document_offset: usize,
}

impl Assembly<'_> {
    /// Appends a file, from where its text starts; its lines after the first get a prefix, which keeps them in the bullet or
    /// quote that includes them.
    fn file(&mut self, index: usize, name: &str, prefix: &str, text_at: usize) {
        let file = Arc::clone(&self.files[index]);
        let Blanked { text, zones, unclosed_comment } = blank::blank(&file.text[text_at..]);
        if let Some(at) = unclosed_comment {
            let message = "a comment is opened and never closed; the text behind it is not read";
            self.report(&file, text_at + at, Severity::Warning, "unclosed-comment", message);
        }
        self.stack.push(name.to_owned());
        let body = if index == 0 { &*text } else { text.trim_end() };
        let start = if index == 0 { 0 } else { body.len() - body.trim_start_matches(['\n', '\r']).len() };
        let mut zones = zones.into_iter().peekable();
        let mut include = include_line(body, start);
        let mut at = start;
        while at < body.len() {
            if at > start {
                self.text.push_str(prefix);
            }
            let zone = zones.peek().map_or(body.len(), |(zone, _)| *zone);
            if include < at {
                include = include_line(body, at);
            }
            let plain = if prefix.is_empty() { include.min(zone) } else { at };
            if plain > at {
                self.piece(index, text_at + at, &body[at..plain]);
                at = plain;
                continue;
            }
            let end = line_end(body, at);
            while let Some((_, zone)) = zones.next_if(|&(zone_at, _)| zone_at < end) {
                self.zones.push((self.text.len(), zone));
            }
            self.line(index, text_at + at, &body[at..end], prefix);
            at = end;
        }
        self.stack.pop();
    }

    /// Appends a line that stands in a file at an offset, with what it includes.
    fn line(&mut self, index: usize, line_at: usize, line: &str, prefix: &str) {
        let mut from = 0;
        while let Some(include) = next_include(line, from) {
            self.piece(index, line_at + from, &line[from..include.start]);
            if index == 0 {
                self.document_offset = line_at + include.start;
            }
            let prefix = continuation(prefix, &line[..include.start]);
            self.include(index, line_at + include.start, include.target, &prefix);
            from = include.end;
        }
        self.piece(index, line_at + from, &line[from..]);
    }

    fn piece(&mut self, index: usize, at: usize, text: &str) {
        if text.is_empty() {
            return;
        }
        let document_offset = if index == 0 { at } else { self.document_offset };
        self.pieces.push(Piece {
            start: offset(self.text.len()),
            file: offset(index),
            offset: offset(at),
            document_offset: offset(document_offset),
        });
        self.text.push_str(text);
    }

    fn include(&mut self, index: usize, at: usize, target: &str, prefix: &str) {
        let from = Arc::clone(&self.files[index]);
        let name = resolve_name(&from.path, target);
        self.included += 1;
        if self.included > MAX_INCLUDES {
            if self.included == MAX_INCLUDES + 1 {
                let message =
                    format!("there are more than {MAX_INCLUDES} includes; this and all others are left out");
                self.report(&from, at, Severity::Warning, "include-loop", &message);
            }
            return;
        }
        let full = self.text.len() as u64 > MAX_FILE_BYTES;
        if self.stack.contains(&name) || self.stack.len() > MAX_INCLUDE_DEPTH || full {
            let message = format!("the include {target} includes itself or is nested too deep; left out");
            return self.report(&from, at, Severity::Warning, "include-loop", &message);
        }
        match self.find_include(&from, target, &name) {
            Some(file) => {
                let known = self.files.iter().position(|known| Arc::ptr_eq(known, &file));
                let included = known.unwrap_or_else(|| {
                    self.files.push(file);
                    self.files.len() - 1
                });
                let zones_before = self.zones.len();
                let text_at = front_matter::split(&self.files[included].text).body;
                self.file(included, &name, prefix, text_at);
                self.close_zones(zones_before);
            }
            None => self.missing.push(MissingInclude {
                target: target.to_owned(),
                file: from.path.clone(),
                line: from.line(at),
                document_line: self.files[0].line(self.document_offset),
            }),
        }
    }

    /// A zone that an included file leaves open ends with the file.
    fn close_zones(&mut self, from: usize) {
        let open = self.zones[from..].iter().filter(|(_, zone)| matches!(zone, Directive::Zone(_))).count();
        let closed = self.zones.len() - from - open;
        for _ in closed..open {
            self.zones.push((self.text.len(), Directive::ZoneEnd));
        }
    }

    /// The file of an include. `~/` stands for the root of the repository, which is some folder above.
    fn find_include(&self, from: &SourceFile, target: &str, name: &str) -> Option<Arc<SourceFile>> {
        let document = self.path.as_ref()?;
        // The including file's folder: the document's folder, moved as the names of the two files differ.
        let folder = document.parent()?;
        let target = target.replace('\\', "/");
        if let Some(below_root) = target.strip_prefix("~/") {
            return self.library.include_below_root(folder, below_root, name);
        }
        if target.starts_with('/') {
            return None;
        }
        let document_folder = Path::new(&self.files[0].path).parent()?;
        let from_folder = Path::new(&from.path).parent()?;
        let relative = relative_path(document_folder, from_folder);
        self.library.include(&normalize(&folder.join(relative).join(&target)), name)
    }

    /// The zones as ranges, with the titles of their pivots.
    fn pivots(&mut self, front_matter: &FrontMatter) -> Vec<PivotScope> {
        if self.zones.is_empty() {
            return Vec::new();
        }
        let folder = self.path.as_deref().and_then(Path::parent);
        let known = folder.map(|folder| self.library.pivot_groups(folder)).unwrap_or_default();
        let groups = front_matter.get("zone_pivot_groups").unwrap_or_default().split(',');
        let groups: Vec<Arc<PivotGroup>> = groups.filter_map(|id| known.get(id.trim()).cloned()).collect();
        let mut scopes: Vec<PivotScope> = Vec::new();
        let mut open: Option<usize> = None;
        for (at, zone) in std::mem::take(&mut self.zones) {
            if let Some(index) = open.take() {
                scopes[index].range.end = at;
            }
            if let Directive::Zone(ids) = zone {
                open = Some(scopes.len());
                scopes.push(scope(at, self.text.len(), &ids, &groups));
            }
        }
        if let Some(index) = open {
            let start = scopes[index].range.start;
            let file = Arc::clone(&self.files[0]);
            let at = self.document_offset_of(start);
            let message = "a zone pivot is opened and never closed; it is taken to hold to the end";
            self.report(&file, at, Severity::Warning, "unclosed-pivot", message);
        }
        scopes
    }

    /// Where in the document a byte of the assembled text, or the include that brings it, stands.
    fn document_offset_of(&self, byte: usize) -> usize {
        let after = self.pieces.partition_point(|piece| piece.start as usize <= byte);
        let piece = after.checked_sub(1).and_then(|at| self.pieces.get(at));
        piece.map_or(0, |piece| match piece.file {
            0 => piece.document_offset as usize + byte - piece.start as usize,
            _ => piece.document_offset as usize,
        })
    }

    fn report_head(&mut self, file: &SourceFile, head: &front_matter::Head<'_>) {
        if head.unclosed {
            let message = "the front matter is opened and never closed; it is read as text";
            self.report(file, 0, Severity::Warning, "front-matter", message);
        }
        for at in head.odd_lines().take(3) {
            let message = "a line of the front matter is not `key: value`; passed over";
            self.report(file, at, Severity::Warning, "front-matter", message);
        }
        if file.invalid_bytes > 0 {
            let message = format!("{} bytes are not UTF-8; read as `?`", file.invalid_bytes);
            self.report(file, 0, Severity::Warning, "invalid-utf8", &message);
        }
    }

    fn report(
        &mut self,
        file: &SourceFile,
        at: usize,
        severity: Severity,
        code: &'static str,
        message: &str,
    ) {
        let (file, line) = (file.path.clone(), file.line(at));
        self.diagnostics.push(Diagnostic { file, line, severity, code, message: message.to_owned() });
    }
}

fn scope(start: usize, end: usize, ids: &[String], groups: &[Arc<PivotGroup>]) -> PivotScope {
    let group = groups.iter().find(|group| ids.iter().all(|id| group.pivots.contains_key(id)));
    let title = |id: &String| group.and_then(|group| group.pivots.get(id)).cloned();
    let pivots = ids
        .iter()
        .map(|id| Pivot { id: id.clone(), title: title(id).unwrap_or_else(|| pivots::title_of(id)) })
        .collect();
    PivotScope { range: start..end, pivots, group: group.cloned() }
}

/// An include on a line: `[!INCLUDE [title](target)]`.
struct Include<'a> {
    start: usize,
    end: usize,
    target: &'a str,
}

/// Where the next include may begin; the end of the text where there is none.
fn next_marker(text: &str, from: usize) -> usize {
    memmem::find(&text.as_bytes()[from..], b"[!").map_or(text.len(), |found| from + found)
}

/// Where the next line begins that may include something, from a line's start on; the end of the text where there is
/// none.
fn include_line(text: &str, from: usize) -> usize {
    match next_marker(text, from) {
        marker if marker == text.len() => marker,
        marker => memrchr(b'\n', &text.as_bytes()[from..marker]).map_or(from, |newline| from + newline + 1),
    }
}

/// Where a line ends, its newline included.
fn line_end(text: &str, at: usize) -> usize {
    memchr(b'\n', &text.as_bytes()[at..]).map_or(text.len(), |newline| at + newline + 1)
}

fn next_include(line: &str, from: usize) -> Option<Include<'_>> {
    let mut start = next_marker(line, from);
    while start < line.len() {
        // One that isn't closed before the next is none.
        let end = next_marker(line, start + 2);
        if let Some(include) = include_at(&line[..end], start) {
            return Some(include);
        }
        start = end;
    }
    None
}

fn include_at(line: &str, start: usize) -> Option<Include<'_>> {
    let word = "[!INCLUDE";
    let rest = line.get(start..start + word.len()).filter(|head| head.eq_ignore_ascii_case(word));
    rest?;
    let open = start + word.len() + memmem::find(&line.as_bytes()[start + word.len()..], b"](")? + 2;
    let close = open + line[open..].find(')')?;
    let end = close + line[close..].find(']')? + 1;
    let target = line[open..close].trim().trim_matches(['<', '>']);
    let target = target.split(['?', '#', '"']).next().unwrap_or_default().trim();
    Some(Include { start, end, target })
}

/// What the further lines of an include need before them to stay in the bullet or quote of its first line.
fn continuation(outer: &str, before: &str) -> String {
    let mut prefix = outer.to_owned();
    let mut rest = before;
    loop {
        let blanks = rest.len() - rest.trim_start_matches([' ', '\t', '>']).len();
        prefix.push_str(&rest[..blanks]);
        rest = &rest[blanks..];
        let marker = rest.bytes().take_while(u8::is_ascii_digit).count();
        let marker = match rest.as_bytes().get(marker) {
            Some(b'-' | b'*' | b'+') if marker == 0 => 1,
            Some(b'.' | b')') if marker > 0 => marker + 1,
            _ => return prefix,
        };
        if !rest[marker..].starts_with(' ') {
            return prefix;
        }
        prefix.extend(std::iter::repeat_n(' ', marker));
        rest = &rest[marker..];
    }
}

/// The name of an include's file: the including file's folder and the target, without `.` and `..`.
fn resolve_name(from: &str, target: &str) -> String {
    let folder = from.rsplit_once('/').map_or("", |(folder, _)| folder);
    let mut parts: Vec<&str> = Vec::new();
    for part in folder.split('/').chain(target.split(['/', '\\'])) {
        match part {
            "" | "." => {}
            ".." if parts.last().is_some_and(|last| *last != "..") => drop(parts.pop()),
            part => parts.push(part),
        }
    }
    parts.join("/")
}

/// A path without `.`, and without `..` where a folder stands before it.
fn normalize(path: &Path) -> PathBuf {
    let mut out = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir if matches!(out.components().next_back(), Some(Component::Normal(_))) => {
                out.pop();
            }
            part => out.push(part),
        }
    }
    out
}

/// The way from one folder to another.
fn relative_path(from: &Path, to: &Path) -> PathBuf {
    let common = from.components().zip(to.components()).take_while(|(a, b)| a == b).count();
    let up = from.components().skip(common).map(|_| Component::ParentDir);
    up.chain(to.components().skip(common)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::documents::{FileKind, Found};
    use std::fs;

    fn read(files: &[(&str, &str)]) -> Document {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in files {
            let path = folder.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        let name = files[0].0.to_owned();
        let path = folder.path().join(&name);
        Library::new().read(&Found { path, name, kind: FileKind::Markdown }).unwrap()
    }

    #[test]
    fn includes_stand_in_their_bullets_and_lead_back_to_their_files() {
        let document = read(&[
            ("d/a.md", "# A\n\n- **B:** [!INCLUDE [x](inc/b.md)] end\n- C\n"),
            ("d/inc/b.md", "---\nms.topic: include\n---\n\nfirst\n\nsecond [!include[y](../inc/c.md)]\n"),
            ("d/inc/c.md", "third\nfourth\n"),
        ]);
        assert_eq!(document.text, "# A\n\n- **B:** first\n  \n  second third\n  fourth end\n- C\n");
        let at = |words: &str| document.locate(document.text.find(words).unwrap());
        assert_eq!((at("second").file, at("second").line, at("second").document_line), ("d/inc/b.md", 7, 3));
        assert_eq!((at("fourth").file, at("fourth").line, at("fourth").document_line), ("d/inc/c.md", 2, 3));
        assert_eq!((at("end").file, at("end").line), ("d/a.md", 3));
        assert_eq!((at("C").file, at("C").line), ("d/a.md", 4));
    }

    #[test]
    fn missing_includes_are_reported_with_both_lines() {
        let document = read(&[
            ("a.md", "---\ntitle: x\n---\n\n[!INCLUDE [x](~/gone/far.md)]\n\n[!INCLUDE[y](b.md)]"),
            ("b.md", "\n\n[!INCLUDE [z](gone.md)]\n"),
        ]);
        let missing: Vec<_> = document
            .missing_includes
            .iter()
            .map(|m| (&*m.target, &*m.file, m.line, m.document_line))
            .collect();
        assert_eq!(missing, [("~/gone/far.md", "a.md", 5, 5), ("gone.md", "b.md", 3, 7)]);
    }

    #[test]
    fn an_include_that_includes_itself_ends() {
        let document = read(&[("a.md", "x\n[!INCLUDE [a](b.md)]\n"), ("b.md", "y [!INCLUDE [a](b.md)] z")]);
        assert_eq!(document.text, "x\ny  z\n");
        assert_eq!(document.diagnostics[0].code, "include-loop");
    }

    #[test]
    fn includes_that_multiply_end() {
        let name = |level: usize| format!("{level}.md");
        let text = |level: usize| format!("[!INCLUDE [a]({level}.md)]\n").repeat(10);
        let files: Vec<(String, String)> = (0..20).map(|level| (name(level), text(level + 1))).collect();
        let files: Vec<(&str, &str)> =
            files.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
        let document = read(&files);
        let told: Vec<_> =
            document.diagnostics.iter().filter(|found| found.message.contains("more than")).collect();
        assert_eq!(told.len(), 1);
        assert!(document.diagnostics.len() < 10_000);
    }

    #[test]
    fn pivots_have_the_titles_of_their_group() {
        let document = read(&[
            (
                "d/a.md",
                "---\nzone_pivot_groups: plans\n---\nall\n::: zone pivot=\"big\"\nbig\n::: zone-end\n:::zone pivot=\"other-one\"\nother\n",
            ),
            (
                "zone-pivots/zone-pivot-groups.yml",
                "groups:\n- id: plans\n  title: Plan\n  pivots:\n  - id: big\n    title: Big (classic)\n",
            ),
        ]);
        let titles = |words: &str| {
            let at = document.text.find(words).unwrap();
            document.pivots_at(at).flat_map(|s| &s.pivots).map(|p| p.title.clone()).collect::<Vec<_>>()
        };
        assert_eq!(titles("all"), Vec::<String>::new());
        assert_eq!(titles("big"), ["Big (classic)"]);
        assert_eq!(titles("other"), ["Other One"]);
        assert_eq!(document.diagnostics[0].code, "unclosed-pivot");
        assert_eq!(document.diagnostics[0].line, 8);
    }
}
