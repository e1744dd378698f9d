//! The whole process: a canned query on the graph that ships, after its first use, with `sqlite3` reading one row of a
//! file as the reference; and every canned query on that graph and on ten copies of it, with oxilite on the same triples
//! as the reference. Both run in turns, so that what else the machine does meets both.

#![expect(clippy::print_stdout, reason = "the table is what a bench is for")]

#[path = "common/copies.rs"]
mod copies;
#[path = "common/oxilite.rs"]
mod oxilite;
#[path = "common/verdict.rs"]
mod verdict;

use copies::{graph_of_copies, shipped_quads};
use mainstay::answers::canned::Catalogue;
use oxilite::Oxilite;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// Runs of each, in turns.
const RUNS: usize = 101;
/// Canned queries of few and of many rows.
const QUERIES: [&str; 4] = ["dependencies", "regions", "stale", "facts"];
/// Copies of the graph that ships, in the graphs on which oxilite is the reference.
const COPIES: [usize; 2] = [1, 10];
/// Runs of each on these.
const RUNS_OF_ALL: usize = 7;

fn main() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    beside_sqlite(folder.path());
    beside_oxilite(folder.path());
}

fn beside_sqlite(folder: &Path) {
    let database = folder.join("one.db");
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
        ask(query, folder);
        read_row(&database);
        for _ in 0..RUNS {
            let times = (ask(query, folder), read_row(&database));
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

/// Every canned query that needs no arguments.
fn beside_oxilite(folder: &Path) {
    let work = "whole process, any canned query, any size";
    let Some((program, version)) = oxilite::program() else {
        println!(
            "skipped: {work}: there is no oxilite ($OXILITE, or on the PATH; cargo install oxilite-cli)"
        );
        return;
    };
    let (quads, catalogue) = (shipped_quads(), Catalogue::new(&[]).expect("the queries are well-formed"));
    let mut measured = Vec::new();
    for copies in COPIES {
        let path = folder.join(format!("{copies}.graph"));
        let graph = graph_of_copies(&quads, copies, &path);
        let reference = Oxilite::load(&program, &graph, folder);
        println!(
            "\n{} triples, milliseconds, least  {:>10} {:>10} {:>9}",
            graph.triple_count(),
            "mainstay",
            version,
            "ratio"
        );
        let mut ratios = Vec::new();
        for canned in catalogue.iter() {
            let Ok(query) = canned.prepare(&[], &graph) else { continue };
            let (mut own, mut other, mut lines) = (Duration::MAX, Duration::MAX, 0);
            for _ in 0..RUNS_OF_ALL {
                own = own.min(ask_file(&canned.name, &path));
                let (time, written) = reference.time(&query.to_string());
                (other, lines) = (other.min(time), written);
                if time >= oxilite::CAP {
                    break;
                }
            }
            let ratio = other.as_secs_f64() / own.as_secs_f64();
            let (own, other) = (own.as_secs_f64() * 1e3, other.as_secs_f64() * 1e3);
            let failed = if lines == 0 { " (no result in time)" } else { "" };
            println!("{:<32} {own:>10.2} {other:>10.2} {ratio:>9.1}{failed}", canned.name);
            ratios.push((ratio, canned.name.clone()));
        }
        measured.push(summary(graph.triple_count(), ratios));
    }
    verdict::print(work, &format!("{version} on the same triples"), &measured.join("; "), "faster");
}

/// How many times as fast as the reference, for one size.
fn summary(triples: usize, mut ratios: Vec<(f64, String)>) -> String {
    ratios.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mean = ratios.iter().map(|(ratio, _)| ratio.ln()).sum::<f64>() / ratios.len() as f64;
    let slower = ratios.iter().filter(|(ratio, _)| *ratio < 1.0).count();
    let slower = if slower == 0 { "none slower".to_owned() } else { format!("{slower} slower") };
    let (least, name) = &ratios[0];
    format!("{triples} triples: {:.1} times as fast, {slower}, least {least:.1} times (`{name}`)", mean.exp())
}

fn ask_file(query: &str, graph: &Path) -> Duration {
    let mut command = Command::new(env!("CARGO_BIN_EXE_mainstay"));
    time(command.arg("--graph").arg(graph).args(["ask", query, "--format", "tsv"]))
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
