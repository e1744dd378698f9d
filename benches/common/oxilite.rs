//! The command line of oxilite (SPARQL on SQLite) on the same triples: `$OXILITE`, or `oxilite` on the PATH
//! (`cargo install oxilite-cli`).

use mainstay::graph::Graph;
use oxrdf::Triple;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// Longest time that one query may take.
pub const CAP: Duration = Duration::from_secs(10);

/// The program and a store of some triples.
pub struct Oxilite {
    program: PathBuf,
    store: PathBuf,
}

/// The program, and what it says of itself; `None` where it can't be run.
pub fn program() -> Option<(PathBuf, String)> {
    let program = std::env::var_os("OXILITE").map_or_else(|| PathBuf::from("oxilite"), PathBuf::from);
    let said = Command::new(&program).arg("--version").output().ok()?;
    let version = String::from_utf8_lossy(&said.stdout).trim().to_owned();
    said.status.success().then_some((program, version))
}

impl Oxilite {
    /// A store of the triples of a graph, each once, as queries without GRAPH see them.
    pub fn load(program: &Path, graph: &Graph, folder: &Path) -> Self {
        let (data, store) = (folder.join("triples.nt"), folder.join("oxilite.sqlite"));
        std::fs::remove_file(&store).ok();
        let mut file = std::io::BufWriter::new(std::fs::File::create(&data).expect("a file"));
        let mut last = None;
        for quad in graph.quads() {
            let triple = Triple::from(quad.expect("a quad"));
            if last.as_ref() != Some(&triple) {
                writeln!(file, "{triple} .").expect("the file is written");
            }
            last = Some(triple);
        }
        file.flush().expect("the file is written");
        let mut load = Command::new(program);
        load.arg("load").arg("--location").arg(&store).arg("--file").arg(&data);
        let status = load.stdout(Stdio::null()).stderr(Stdio::null()).status().expect("oxilite starts");
        assert!(status.success(), "oxilite loads the triples");
        Self { program: program.to_owned(), store }
    }

    /// Time of a query from the start of the process to its end, and the lines that it wrote; the cap and none where it
    /// takes longer or fails.
    pub fn time(&self, query: &str) -> (Duration, usize) {
        let output = tempfile::tempfile().expect("a temporary file");
        let mut command = Command::new(&self.program);
        command.arg("query").arg("--location").arg(&self.store).args([
            "--results-format",
            "tsv",
            "--query",
            query,
        ]);
        let start = Instant::now();
        let written = Stdio::from(output.try_clone().expect("a file"));
        let mut process = command.stdout(written).stderr(Stdio::null()).spawn().expect("oxilite starts");
        let status = loop {
            match process.try_wait().expect("a process") {
                Some(status) => break status,
                None if start.elapsed() > CAP => {
                    process.kill().ok();
                    process.wait().ok();
                    return (CAP, 0);
                }
                // Short enough not to matter beside the start of a process.
                None => std::thread::sleep(Duration::from_micros(50)),
            }
        };
        let time = start.elapsed();
        if status.success() { (time, lines(output)) } else { (CAP, 0) }
    }
}

fn lines(mut file: std::fs::File) -> usize {
    use std::io::{Read, Seek};
    let mut text = Vec::new();
    file.rewind().and_then(|()| file.read_to_end(&mut text)).expect("the output is read");
    text.iter().filter(|byte| **byte == b'\n').count()
}
