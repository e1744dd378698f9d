//! Questions to a graph: a SPARQL query in, rows out.

mod alternatives;
mod cancellation;
mod compared;
mod construct;
mod correlated;
mod dataset;
mod delegate;
mod execution;
mod explain;
mod expressions;
mod general;
mod graphs;
mod groups;
mod joins;
mod late;
mod limits;
mod local;
mod lookup;
mod memory;
mod native;
mod operators;
mod order;
mod paths;
mod ranges;
mod rank;
mod rewrite;
mod rows;
mod scans;
mod scope;
mod sorting;
mod space;
mod table;
mod tree;
mod update;
mod values;
mod walk;

pub use explain::{Explanation, Step};
pub use late::Simple;
pub use limits::Watch;
pub use local::{explain, query_in_general_evaluator};
pub use rows::Rows;
pub use update::{Updated, update};
pub use walk::{aggregates, operands};

use crate::error::Result;
use oxrdf::{NamedNode, Term, Variable};
use spareval::{CancellationToken, QueryResults};
use spargebra::Query;
use std::time::Duration;

/// How one query is to run.
#[derive(Clone, Default)]
pub struct QueryOptions {
    /// Longest time that it may take; no limit when absent.
    pub timeout: Option<Duration>,
    /// Most rows (or triples, for CONSTRUCT and DESCRIBE) that it may give: one more is an error, after as many
    /// rows. No limit when absent.
    pub max_rows: Option<usize>,
    /// Most bytes that the result of one step may take; 2 GiB when absent.
    pub max_memory: Option<usize>,
    /// Cancels it from another thread. A timeout cancels it too, so give each query a new one.
    pub cancellation: CancellationToken,
    /// Variables that are bound before it runs.
    pub bindings: Vec<(Variable, Term)>,
}

/// What answers SPARQL queries: a graph file, a store in memory, a remote endpoint.
///
/// Everything above the engine asks through this trait alone.
pub trait QuerySource {
    /// Answers one query. The default graph is the union of all graphs.
    ///
    /// # Errors
    /// A query that can't be evaluated, or that runs out of its limits. An error that comes later, in place of
    /// a row, is turned into the same kind of error by `Error::from`.
    fn query<'a>(&'a self, query: &Query, options: &QueryOptions) -> Result<QueryResults<'a>>;

    /// The rows of a SELECT with cells that are made when they are asked for, and that are told apart by number;
    /// `None` where [`QuerySource::query`] has to be asked.
    ///
    /// # Errors
    /// As [`QuerySource::query`].
    fn rows(&self, _query: &Query, _options: &QueryOptions) -> Result<Option<Rows>> {
        Ok(None)
    }

    /// The entities with a name of which the letters and digits in lower case are those of a key, or begin with
    /// them; `None` where no index tells them, or they are too many.
    fn entities_named(&self, _key: &str, _begins: bool) -> Option<Vec<NamedNode>> {
        None
    }
}

#[cfg(test)]
mod conformance;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod witness;
