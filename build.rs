//! Compiles the ontology that ships. Names the cached graph file: hands the checksum of the data that ships to the
//! compiler. Links the program so that it starts fast.

#[expect(dead_code, reason = "errors are only made here")]
#[path = "src/error.rs"]
mod error;
#[path = "src/nearest.rs"]
mod nearest;
#[expect(dead_code, unused_imports, reason = "the ontology is only compiled here")]
#[path = "src/ontology/mod.rs"]
mod ontology;
#[expect(dead_code, reason = "the ontology uses few names")]
#[path = "src/vocabulary.rs"]
mod vocabulary;

use std::error::Error;
use std::path::Path;

const DATA: &str = "data/azure-reliability.trig";

fn main() {
    println!("cargo::rerun-if-changed={DATA}");
    println!("cargo::rerun-if-changed=build.rs");
    link_for_a_fast_start();
    compile_the_ontology();
    match std::fs::read(Path::new(DATA)) {
        Ok(bytes) => println!("cargo::rustc-env=MAINSTAY_DATA_CHECKSUM={:016x}", fnv1a(&bytes)),
        Err(error) => println!("cargo::error=cannot read {DATA}: {error}"),
    }
}

/// Writes the ontology that ships as the program holds it; a mistake in it is told with its file and line. The files are
/// part of this script, which is built and run anew when one of them changes.
fn compile_the_ontology() {
    println!("cargo::rustc-cfg=compiled_ontology");
    let path = std::env::var("OUT_DIR").unwrap_or_default() + "/ontology";
    match ontology::Ontology::compile() {
        Ok(bytes) => {
            if let Err(error) = std::fs::write(&path, bytes) {
                println!("cargo::error=cannot write {path}: {error}");
            }
        }
        Err(error) => {
            let causes = std::iter::successors(error.source(), |cause| (*cause).source());
            let causes: String = causes.map(|cause| format!(": {cause}")).collect();
            for line in format!("{error}{causes}").lines() {
                println!("cargo::error={line}");
            }
        }
    }
}

/// FNV-1a, 64 bits.
fn fnv1a(bytes: &[u8]) -> u64 {
    bytes
        .iter()
        .fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3))
}

/// Links the program for a fixed address where the system can do that: of the 26 thousand pointers that would have to be
/// written into 115 pages before `main`, few are ever used.
fn link_for_a_fast_start() {
    let is = |name: &str, wanted: &str| std::env::var(name).is_ok_and(|value| value == wanted);
    let features = std::env::var("CARGO_CFG_TARGET_FEATURE").unwrap_or_default();
    let is_static = features.split(',').any(|feature| feature == "crt-static");
    if is("CARGO_CFG_TARGET_OS", "linux") && is("CARGO_CFG_TARGET_ENV", "gnu") && !is_static {
        println!("cargo::rustc-link-arg-bins=-no-pie");
    }
}
