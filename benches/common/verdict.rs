//! What a bench comes to, as a line of the table in ARCHITECTURE.md.

#![expect(clippy::print_stdout, reason = "the table is what a bench is for")]

/// Prints a line of the table: the work, the command, the reference, what was measured, what is wanted.
pub fn print(work: &str, reference: &str, measured: &str, wanted: &str) {
    let bench = env!("CARGO_CRATE_NAME");
    println!("| {work} | `cargo bench --bench {bench}` | {reference} | {measured} | {wanted} |");
}
