//! What a graph file says about itself.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The provenance and prefixes of a graph file. There is no clock in it: the same input gives the same bytes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Metadata {
    /// The program that built the file, with its version.
    pub tool: String,
    /// Prefixes for readers of the graph.
    pub prefixes: BTreeMap<String, String>,
    /// What the graph was built from, as the user named it.
    pub sources: Vec<String>,
}

impl Default for Metadata {
    fn default() -> Self {
        let prefixes = crate::vocabulary::PREFIXES;
        Self {
            tool: concat!("mainstay ", env!("CARGO_PKG_VERSION")).into(),
            prefixes: prefixes.iter().map(|(prefix, iri)| ((*prefix).into(), (*iri).into())).collect(),
            sources: Vec::new(),
        }
    }
}

impl Metadata {
    pub(super) fn to_bytes(&self) -> Vec<u8> {
        // Writing strings to a vector cannot fail; an empty section reads as the default.
        serde_json::to_vec(self).unwrap_or_default()
    }
}
