//! What Mainstay does as a whole.

#![expect(clippy::unwrap_used, reason = "a test that can't go on fails")]

mod architecture;
mod articles;
mod ask;
mod check;
mod damaged;
mod damaged_graphs;
mod designs;
mod explain;
mod files;
mod graph_files;
mod growth;
mod limits;
mod outcome;
mod paragraphs;
mod plans;
mod query;
mod readme;
mod update;
mod structures;
mod teaching;
mod traps;
mod wordings;
mod work;
