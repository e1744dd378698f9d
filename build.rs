//! Names the cached graph file: hands the checksum of the data that ships to the compiler.

use std::path::Path;

const DATA: &str = "data/azure-reliability.trig";

fn main() {
    println!("cargo::rerun-if-changed={DATA}");
    println!("cargo::rerun-if-changed=build.rs");
    match std::fs::read(Path::new(DATA)) {
        Ok(bytes) => println!("cargo::rustc-env=MAINSTAY_DATA_CHECKSUM={:016x}", fnv1a(&bytes)),
        Err(error) => println!("cargo::error=cannot read {DATA}: {error}"),
    }
}

/// FNV-1a, 64 bits.
fn fnv1a(bytes: &[u8]) -> u64 {
    bytes
        .iter()
        .fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3))
}
