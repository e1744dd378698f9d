//! A build of a thousand and of a hundred thousand generated documents by the binary: time for each document, and the
//! most memory that it held.
//!
//! `cargo bench --bench documents -- 1000 20000` builds other numbers; the first is the reference.

#![expect(clippy::print_stdout, reason = "the table is what a bench is for")]

#[path = "common/documents.rs"]
mod documents;
#[path = "common/verdict.rs"]
mod verdict;

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// Each number is built at least so often.
const LEAST_BUILDS: usize = 3;

/// Builds of a few documents are repeated more often, as their times vary more.
const LEAST_TIME: Duration = Duration::from_secs(3);

fn main() {
    let numbers: Vec<usize> = std::env::args().filter_map(|argument| argument.parse().ok()).collect();
    let counts = if numbers.is_empty() { vec![1_000, 100_000] } else { numbers };
    println!(
        "{:>9} {:>8} {:>10} {:>12} {:>9} {:>7} {:>11}",
        "documents", "MB", "seconds", "µs/document", "triples", "ratio", "most memory"
    );
    let mut reference = None;
    for count in counts {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let bytes = documents::write(&folder.path().join("docs"), count).expect("the documents are written");
        let (time, memory_kb) = measured(folder.path());
        let each = time.as_secs_f64() * 1e6 / count as f64;
        let ratio = each / *reference.get_or_insert(each);
        let triples = triples(folder.path());
        println!(
            "{count:>9} {:>8.1} {:>10.2} {each:>12.1} {triples:>9} {ratio:>7.2} {:>8} MB",
            bytes as f64 / 1e6,
            time.as_secs_f64(),
            memory_kb / 1024
        );
        let measured = format!("{ratio:.2} times, {} MB at most", memory_kb / 1024);
        let work = format!("{count} generated documents, time for each");
        verdict::print(&work, "the first number of documents", &measured, "1.2 times, 1 GiB");
    }
}

/// The median time of a build of a folder, and the most memory that any of them held.
fn measured(folder: &Path) -> (Duration, u64) {
    let start = Instant::now();
    let (mut times, mut memory) = (Vec::new(), 0);
    while times.len() < LEAST_BUILDS || start.elapsed() < LEAST_TIME {
        let start = Instant::now();
        let child = command(folder, &["build", "docs", "--quiet", "--output", "docs.graph"]).spawn();
        memory = memory.max(most_memory(&mut child.expect("the binary starts")));
        times.push(start.elapsed());
    }
    times.sort_unstable();
    (times[times.len() / 2], memory)
}

fn command(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_mainstay"));
    command.args(arguments).current_dir(folder).stdout(Stdio::piped()).stderr(Stdio::inherit());
    command
}

/// Waits for a process; gives the most memory that it held, in KB (0 where the system doesn't tell).
fn most_memory(child: &mut Child) -> u64 {
    let path = format!("/proc/{}/status", child.id());
    let mut most = 0;
    loop {
        let status = std::fs::read_to_string(&path).unwrap_or_default();
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let now = line.and_then(|line| line.trim().trim_end_matches(" kB").parse().ok());
        most = most.max(now.unwrap_or(0));
        if let Some(ended) = child.try_wait().expect("the process can be waited for") {
            assert!(ended.success(), "the build failed: {ended}");
            return most;
        }
        std::thread::sleep(Duration::from_millis(2));
    }
}

/// How many triples the graph has.
fn triples(folder: &Path) -> String {
    let query = ["--graph", "docs.graph", "query", "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }", "--format", "csv"];
    let output = command(folder, &query).output().expect("the binary starts");
    String::from_utf8_lossy(&output.stdout).lines().nth(1).unwrap_or("?").to_owned()
}
