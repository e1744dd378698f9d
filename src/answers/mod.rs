//! Answers: the canned queries, their parameters, names resolved forgivingly, and query texts read with
//! errors that people understand.
//!
//! Nothing here prints or opens a graph: a question goes to an [`engine::QuerySource`](crate::engine::QuerySource)
//! and comes back as rows, an error or a warning.

pub mod algebra;
pub mod binding;
pub mod canned;
pub mod check;
pub mod empty;
pub mod header;
pub mod lookup;
pub mod names;
pub mod nesting;
pub mod parameters;
pub mod resolve;
pub mod shapes;
pub mod syntax;
pub mod text;
pub mod tokens;
pub mod updates;
pub mod variables;

#[cfg(test)]
pub mod memory;
