//! Small questions of Mainstay's own to a graph.

use super::syntax;
use crate::engine::{QueryOptions, QuerySource};
use crate::error::{Error, Result};
use oxrdf::Term;
use spareval::QueryResults;

/// The rows of a SELECT.
///
/// # Errors
/// A graph that can't be read.
pub fn rows(source: &dyn QuerySource, select: &str) -> Result<Vec<Vec<Option<Term>>>> {
    rows_within(source, select, &QueryOptions::default())
}

/// The rows of a SELECT that runs within limits.
///
/// # Errors
/// A graph that can't be read, or a query that runs out of its limits.
pub fn rows_within(
    source: &dyn QuerySource,
    select: &str,
    options: &QueryOptions,
) -> Result<Vec<Vec<Option<Term>>>> {
    let query = syntax::parse(select, None)?;
    match source.query(&query, options)? {
        QueryResults::Solutions(solutions) => solutions
            .map(|solution| solution.map(|solution| solution.values().to_vec()).map_err(Error::from))
            .collect(),
        QueryResults::Boolean(_) | QueryResults::Graph(_) => Ok(Vec::new()),
    }
}

/// The answer to an ASK.
///
/// # Errors
/// A graph that can't be read.
pub fn holds(source: &dyn QuerySource, ask: &str) -> Result<bool> {
    let query = syntax::parse(ask, None)?;
    let results = source.query(&query, &QueryOptions::default())?;
    Ok(matches!(results, QueryResults::Boolean(true)))
}

/// A term as a word: a literal's own, or the last part of an IRI.
pub fn words(term: &Term) -> String {
    match term {
        Term::NamedNode(node) => local_name(node.as_str()).to_owned(),
        Term::Literal(literal) => literal.value().to_owned(),
        Term::BlankNode(node) => node.to_string(),
    }
}

/// The last part of an IRI: what stands behind the last `/` or `#`.
pub fn local_name(iri: &str) -> &str {
    iri.trim_end_matches(['/', '#']).rsplit(['/', '#']).next().unwrap_or(iri)
}
