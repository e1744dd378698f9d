//! Names the cached graph file: hands the checksum of the data that ships to the compiler. Links the program so that
//! it starts fast.

use std::path::Path;

const DATA: &str = "data/azure-reliability.trig";

fn main() {
    println!("cargo::rerun-if-changed={DATA}");
    println!("cargo::rerun-if-changed=build.rs");
    link_for_a_fast_start();
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
