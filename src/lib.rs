//! Mainstay reads documentation about the reliability of cloud services, extracts typed facts with their
//! source, keeps them as RDF in an embedded graph, and answers questions across services.
//!
//! The modules stand in the order of the flow, and each uses only what stands before it (a test checks it):
//!
//! ```text
//! vocabulary → nearest → error → diagnostics → ontology →
//! documents → sections → facts → graph → engine → answers → outputs → ui → commands, repl
//! ```
//!
//! Those of the first line hold what all others speak of; the second line is the way through.

pub mod vocabulary;
pub mod nearest;
pub mod error;
pub mod diagnostics;
pub mod ontology;

pub mod documents;
pub mod sections;
pub mod facts;
pub mod graph;
pub mod engine;
pub mod answers;
pub mod outputs;
pub mod ui;

pub mod commands;
pub mod repl;
