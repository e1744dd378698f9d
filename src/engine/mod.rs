//! Questions to a graph: a SPARQL query in, rows out.

use crate::error::Result;
use oxrdf::{Term, Variable};
use spareval::{CancellationToken, QueryResults};
use spargebra::Query;
use std::time::Duration;

/// How one query is to run.
#[derive(Clone, Default)]
pub struct QueryOptions {
    /// Longest time that it may take; no limit when absent.
    pub timeout: Option<Duration>,
    /// Most rows that it may give; no limit when absent.
    pub max_rows: Option<usize>,
    /// Cancels it from another thread.
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
    /// A query that can't be evaluated, or that runs out of its limits.
    fn query<'a>(&'a self, query: &Query, options: &QueryOptions) -> Result<QueryResults<'a>>;
}
