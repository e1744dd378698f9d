//! The BSBM data of 1,000 products: 374,911 triples.

#![expect(clippy::print_stdout, reason = "a bench says why it does nothing")]

use std::path::Path;
use std::process::Command;

/// The data as N-Triples; says why if it isn't there.
pub fn data() -> Option<Vec<u8>> {
    let packed = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/bench/bsbm-1000.nt.xz");
    let output = Command::new("xz").arg("-dc").arg(&packed).output().ok();
    let data = output.filter(|output| output.status.success()).map(|output| output.stdout);
    if data.is_none() {
        println!("skipped: {} cannot be unpacked (is it there, is xz installed?)", packed.display());
    }
    data
}
