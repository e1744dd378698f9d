//! graph/mod
pub mod names;
pub mod statements;
