//! From documents to facts, and to a graph file, with pulldown-cmark's parse of the same bytes as the reference: in one
//! process that does both again and again, and as people do it, in a process of its own, beside one that reads and parses
//! the same files and does no more.
//!
//! Reads the articles in `../shared` where they are there, else those of `data/documents`.

#![expect(clippy::print_stdout, reason = "the ratios are what a bench is for")]

#[path = "common/verdict.rs"]
mod verdict;

use criterion::{BenchmarkGroup, Criterion, Throughput, measurement::WallTime};
use mainstay::documents::{Document, Library, find};
use mainstay::facts::extract;
use mainstay::graph::build::{BuildOptions, build};
use mainstay::ontology::Ontology;
use pulldown_cmark::{Options, Parser};
use std::collections::{BTreeMap, BTreeSet};
use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

/// Names the files that a process of this bench is to read and parse, one in each line.
const PARSE: &str = "MAINSTAY_BENCH_PARSE";
/// Runs of whole processes, in turns.
const RUNS: usize = 61;

fn main() {
    if let Ok(paths) = std::env::var(PARSE) {
        let read = |path| std::fs::read_to_string(path).expect("a file of the articles");
        black_box(paths.lines().map(|path| parse(&read(path))).sum::<usize>());
        return;
    }
    let folder = folder();
    let found = find(std::slice::from_ref(&folder)).0;
    let read = || -> Vec<Document> {
        let library = Library::new();
        found.iter().filter_map(|found| library.read(found).ok()).collect()
    };
    let documents = read();
    let texts = texts(&documents);
    let bytes = texts.iter().map(|text| text.len() as u64).sum();
    println!("{} documents, {bytes} bytes, {}", documents.len(), folder.display());

    let mut criterion = Criterion::default().configure_from_args();
    let mut group = criterion.benchmark_group("extract");
    group.throughput(Throughput::Bytes(bytes)).sample_size(20);

    let parse_all = || texts.iter().map(|text| parse(text)).sum::<usize>();
    let before = time(&mut group, "pulldown-cmark", parse_all);
    let reading = time(&mut group, "files to documents", || read().len());
    let ontology = Ontology::load(&[]).expect("the ontology that ships is well-formed");
    let facts = time(&mut group, "documents to facts", || {
        documents.iter().map(|document| extract(document, &ontology).facts.len()).sum::<usize>()
    });
    let loading = time(&mut group, "ontology", || Ontology::load(&[]).is_ok());
    let output = tempfile::tempdir().expect("a temporary folder");
    let options = BuildOptions {
        paths: vec![folder.clone()],
        output: output.path().join("bench.graph"),
        quotes: true,
        ..BuildOptions::default()
    };
    let mut stages = Stages::default();
    let whole = time(&mut group, "files to graph file", || {
        build(&options, &|_, _| ()).map_or(0, |report| {
            stages.add(&report.times);
            report.triples
        })
    });
    // Machines change their pace: the reference counts as it runs before and after what is compared with it.
    let reference = (before + time(&mut group, "pulldown-cmark, again", parse_all)) / 2;
    group.finish();

    let in_references = |time: Duration| time.as_secs_f64() / reference.as_secs_f64();
    let times = format!("{:.0} times its time ({:.1} ms)", in_references(whole), whole.as_secs_f64() * 1e3);
    verdict::print(
        "documents to a graph file",
        "pulldown-cmark's parse of the same bytes",
        &times,
        "8 times",
    );
    println!("pulldown-cmark's parse: {:.2} ms; medians, in times of it:", reference.as_secs_f64() * 1e3);
    println!("the stages of the build, by all processors");
    for (name, time) in stages.medians() {
        println!("  {name:<20} {:>7.2}", in_references(time));
    }
    println!("by themselves, documents by one processor");
    for (name, time) in
        [("files to documents", reading), ("documents to facts", facts), ("ontology", loading)]
    {
        println!("  {name:<20} {:>7.2}", in_references(time));
    }
    whole_processes(&folder, &documents, &options.output);
}

/// How many events a text has.
fn parse(text: &str) -> usize {
    Parser::new_ext(text, Options::all()).count()
}

/// A build beside a process that reads and parses the same files, in turns.
fn whole_processes(folder: &Path, documents: &[Document], output: &Path) {
    let files = documents.iter().flat_map(Document::files);
    let paths: BTreeSet<PathBuf> = files.map(|file| folder.join(&file.path)).collect();
    let paths: Vec<&str> = paths.iter().filter_map(|path| path.to_str()).collect();
    let run = |command: &mut Command| {
        let start = Instant::now();
        assert!(command.status().is_ok_and(|status| status.success()), "{command:?} ends well");
        start.elapsed().as_secs_f64() * 1e3
    };
    let parse =
        || run(Command::new(std::env::current_exe().expect("this bench")).env(PARSE, paths.join("\n")));
    let build = || {
        let mut command = Command::new(env!("CARGO_BIN_EXE_mainstay"));
        run(command.args(["build", "--quiet", "--output"]).arg(output).arg(folder))
    };
    let turns: Vec<(f64, f64)> = (0..RUNS).map(|_| (parse(), build())).collect();
    let median = |value: fn(&(f64, f64)) -> f64| {
        let mut values: Vec<f64> = turns.iter().map(value).collect();
        values.sort_unstable_by(f64::total_cmp);
        values[values.len() / 2]
    };
    let (parse, build) = (median(|turn| turn.0), median(|turn| turn.1));
    let times =
        format!("{:.1} times its time ({build:.1} ms, {parse:.1} ms)", median(|turn| turn.1 / turn.0));
    let reference = "a process that reads the same files and parses them with pulldown-cmark";
    verdict::print("documents to a graph file, whole process", reference, &times, "8 times");
}

/// The times of the stages of several builds.
#[derive(Default)]
struct Stages {
    of: Vec<(&'static str, Vec<Duration>)>,
}

impl Stages {
    fn add(&mut self, times: &[(&'static str, Duration)]) {
        self.of.resize_with(times.len(), Default::default);
        for ((name, known), (stage, time)) in self.of.iter_mut().zip(times) {
            *name = stage;
            known.push(*time);
        }
    }

    fn medians(mut self) -> Vec<(&'static str, Duration)> {
        self.of.iter_mut().for_each(|(_, times)| times.sort_unstable());
        let median = |times: &[Duration]| times.get(times.len() / 2).copied().unwrap_or_default();
        self.of.iter().map(|(name, times)| (*name, median(times))).collect()
    }
}

/// The folder with the documents.
fn folder() -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let articles = root.join("../shared/corpus/azure-reliability/articles");
    if articles.is_dir() { articles } else { root.join("data/documents") }
}

/// The texts of all files behind the documents, each once.
fn texts(documents: &[Document]) -> Vec<String> {
    let files = documents.iter().flat_map(Document::files);
    let by_path: BTreeMap<&str, &str> = files.map(|file| (file.path.as_str(), file.text.as_str())).collect();
    by_path.into_values().map(str::to_owned).collect()
}

/// Measures a function; gives the median of its samples.
fn time<T>(group: &mut BenchmarkGroup<'_, WallTime>, name: &str, mut run: impl FnMut() -> T) -> Duration {
    let mut samples = Vec::new();
    group.bench_function(name, |bencher| {
        bencher.iter_custom(|times| {
            let start = Instant::now();
            (0..times).for_each(|_| drop(black_box(run())));
            let elapsed = start.elapsed();
            samples.push(elapsed / u32::try_from(times).unwrap_or(u32::MAX));
            elapsed
        });
    });
    samples.sort_unstable();
    samples.get(samples.len() / 2).copied().unwrap_or_default()
}
