//! The rules that the code keeps as a whole: which module uses which, and how large a file may grow.

use crate::outcome::repository;
use std::collections::BTreeMap;
use std::path::Path;

/// Most lines, without its tests, of a file that one reads in a sitting.
const MAX_LINES: usize = 500;

/// Most lines of `main.rs`, which only reads as the data flow.
const MAX_LINES_OF_MAIN: usize = 60;

/// The only file with unsafe code.
const UNSAFE: &str = "graph/map.rs";

/// Modules that compute from what they are given: no files, no environment, no clock.
const PURE: [&str; 6] = ["vocabulary", "error", "diagnostics", "sections", "facts", "outputs/network"];

/// The sources below `src` without those of tests: path with `/` → text.
fn sources() -> BTreeMap<String, String> {
    let root = repository().join("src");
    let mut sources = BTreeMap::new();
    collect(&root, &root, &mut sources);
    let tests: Vec<String> = sources.iter().flat_map(|(file, text)| test_files(file, text)).collect();
    sources.retain(|file, _| !tests.contains(file));
    assert!(sources.len() > 50, "the sources are not where they are looked for");
    sources
}

/// The files that a module names as its tests: `#[cfg(test)]` above `mod name;`.
fn test_files<'t>(file: &'t str, text: &'t str) -> impl Iterator<Item = String> + 't {
    let folder = file.trim_end_matches(".rs").trim_end_matches("mod").trim_end_matches('/');
    let names = text.split("#[cfg(test)]\nmod ").skip(1).filter_map(|rest| rest.split(&[';', ' ']).next());
    names.map(move |name| format!("{folder}/{name}.rs"))
}

fn collect(root: &Path, folder: &Path, sources: &mut BTreeMap<String, String>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(root, &path, sources);
        } else {
            let name: Vec<_> =
                path.strip_prefix(root).unwrap().iter().map(|part| part.to_str().unwrap()).collect();
            sources.insert(name.join("/"), std::fs::read_to_string(&path).unwrap());
        }
    }
}

/// The level of each module in the map at the head of `lib.rs`; modules joined by a comma share one.
fn levels(lib: &str) -> BTreeMap<&str, usize> {
    let map = lib.split("```").nth(1).unwrap().trim_start_matches("text");
    let steps = map.split('→').enumerate();
    let names = steps.flat_map(|(level, names)| names.split(',').map(move |name| (level, name)));
    names.map(|(level, name)| (name.trim_matches(['/', '!', ' ', '\n', '\r']), level)).collect()
}

/// The module of a file: the first part of its path.
fn module(file: &str) -> &str {
    file.split('/').next().unwrap().trim_end_matches(".rs")
}

/// A source up to the tests at its end.
fn without_tests(text: &str) -> &str {
    text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default()
}

/// Code without comments, line by line.
fn code(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let uncommented = |line| str::split(line, "//").next().unwrap_or_default();
    text.lines().enumerate().map(move |(at, line)| (at + 1, uncommented(line)))
}

/// The modules that a line names behind `crate::`.
fn used(line: &str) -> impl Iterator<Item = &str> {
    let end = |c: char| !c.is_ascii_alphanumeric() && c != '_';
    line.split("crate::").skip(1).map(move |rest| rest.split(end).next().unwrap_or_default())
}

/// Uses of a module that stands later in the flow, or of none that the map knows.
fn breaches(file: &str, text: &str, levels: &BTreeMap<&str, usize>) -> Vec<String> {
    let own = module(file);
    let mut breaches = Vec::new();
    for (at, line) in code(text) {
        for name in used(line) {
            let allowed = levels.get(name).is_some_and(|level| name == own || *level <= levels[own]);
            if !allowed {
                breaches.push(format!("src/{file}:{at}: {own} uses {name}"));
            }
        }
    }
    breaches
}

#[test]
fn modules_use_only_what_stands_before_them() {
    let sources = sources();
    let levels = levels(&sources["lib.rs"]);
    let files = sources.iter().filter(|(file, _)| !matches!(file.as_str(), "lib.rs" | "main.rs"));
    let files: Vec<_> = files.collect();
    for (file, _) in &files {
        assert!(levels.contains_key(module(file)), "the map of lib.rs lacks the module of {file}");
    }
    for name in levels.keys() {
        assert!(
            files.iter().any(|(file, _)| module(file) == *name),
            "the map of lib.rs has {name}, src lacks it"
        );
    }
    let breaches: Vec<_> = files.iter().flat_map(|(file, text)| breaches(file, text, &levels)).collect();
    assert!(breaches.is_empty(), "against the direction of the flow:\n{}", breaches.join("\n"));
}

#[test]
fn a_use_against_the_flow_is_found() {
    let levels = levels("//! ```text\n//! base →\n//! first → second, third\n//! ```");
    let text = "use crate::base::A;\nuse crate::third::B; // crate::nothing\nlet c = crate::second::C;\nuse crate::{x};";
    assert_eq!(breaches("second/a.rs", text, &levels), ["src/second/a.rs:4: second uses "]);
    assert_eq!(
        breaches("first.rs", text, &levels),
        [
            "src/first.rs:2: first uses third",
            "src/first.rs:3: first uses second",
            "src/first.rs:4: first uses "
        ]
    );
}

#[test]
fn files_can_be_read_in_a_sitting() {
    let long: Vec<_> = sources()
        .into_iter()
        .map(|(file, text)| (without_tests(&text).lines().count(), file))
        .filter(|(lines, file)| *lines > if file == "main.rs" { MAX_LINES_OF_MAIN } else { MAX_LINES })
        .collect();
    assert!(long.is_empty(), "too long: {long:?}");
}

#[test]
fn unsafe_code_printing_and_files_stay_where_they_belong() {
    let sources = sources();
    let find = |words: &[&str], allowed: &dyn Fn(&str) -> bool| {
        let files = sources.iter().filter(|(file, _)| !allowed(file));
        let lines =
            files.flat_map(|(file, text)| code(without_tests(text)).map(move |(at, line)| (file, at, line)));
        let hits = lines.filter(|(_, _, line)| words.iter().any(|word| line.contains(word)));
        hits.map(|(file, at, line)| format!("src/{file}:{at}: {}", line.trim())).collect::<Vec<_>>()
    };
    let none: Vec<String> = Vec::new();
    assert_eq!(find(&["unsafe {", "unsafe fn", "unsafe impl"], &|file| file == UNSAFE), none);
    assert_eq!(find(&["io::stdout", "io::stderr", "println!", "print!"], &|file| file == "ui.rs"), none);
    let computes =
        |file: &str| PURE.iter().any(|module| file.starts_with(module)) && !file.ends_with("tests.rs");
    let outside = ["std::fs", "std::env", "std::net", "File::open", "Instant::now", "SystemTime"];
    assert_eq!(find(&outside, &|file| !computes(file)), none);
}
