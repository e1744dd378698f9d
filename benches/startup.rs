//! The whole process: a canned query on the graph that ships, after its first use, with `sqlite3` reading one row of a
//! file as the reference. Both run in turns, so that what else the machine does meets both.

#![expect(clippy::print_stdout, reason = "the table is what a bench is for")]

#[path = "common/verdict.rs"]
mod verdict;

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// Runs of each, in turns.
const RUNS: usize = 101;
/// Canned queries of few and of many rows.
const QUERIES: [&str; 4] = ["dependencies", "regions", "stale", "facts"];

fn main() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let database = folder.path().join("one.db");
    let mut made = Command::new("sqlite3");
    made.arg(&database).arg("CREATE TABLE facts (name TEXT); INSERT INTO facts VALUES ('one')");
    if !made.status().is_ok_and(|status| status.success()) {
        println!("skipped: sqlite3 is not installed");
        return;
    }
    println!("{:<24} {:>10} {:>10} {:>9}", "milliseconds, median", "mainstay", "sqlite3", "ratio");
    let mut measured = Vec::new();
    for query in QUERIES {
        let (mut own, mut reference, mut ratios) = (Vec::new(), Vec::new(), Vec::new());
        // The first run writes the graph file to the cache folder, and files come into memory.
        ask(query, folder.path());
        read_row(&database);
        for _ in 0..RUNS {
            let times = (ask(query, folder.path()), read_row(&database));
            ratios.push(times.0.as_secs_f64() / times.1.as_secs_f64());
            own.push(times.0.as_secs_f64() * 1e3);
            reference.push(times.1.as_secs_f64() * 1e3);
        }
        let name = format!("ask {query}");
        let (own, reference, ratio) = (median(own), median(reference), median(ratios));
        println!("{name:<24} {own:>10.2} {reference:>10.2} {ratio:>9.2}");
        measured.push(format!("{ratio:.1} (`{query}`)"));
    }
    let work = "whole process, a canned query on the graph that ships";
    let measured = format!("{} times its time", measured.join(", "));
    verdict::print(work, "`sqlite3` reading one row of a file", &measured, "at most 2 times");
}

fn ask(query: &str, home: &Path) -> Duration {
    let mut command = Command::new(env!("CARGO_BIN_EXE_mainstay"));
    time(command.args(["ask", query, "--format", "tsv"]).env("XDG_CACHE_HOME", home).current_dir(home))
}

fn read_row(database: &Path) -> Duration {
    time(Command::new("sqlite3").arg(database).arg("SELECT name FROM facts LIMIT 1"))
}

/// Time from the start of a process to its end.
fn time(command: &mut Command) -> Duration {
    let start = Instant::now();
    let status = command.stdout(Stdio::null()).status().expect("the process starts");
    let time = start.elapsed();
    assert!(status.success(), "{command:?} ends well");
    time
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_unstable_by(f64::total_cmp);
    values[values.len() / 2]
}
