//! Which graph a command works on.

use super::Options;
use crate::documents::kind_of;
use crate::error::{Error, Result};
use crate::graph::{Graph, GraphBuilder, rdf, shipped};
use oxrdf::NamedNode;
use std::path::{Path, PathBuf};

/// The graph file in the folder that one works in.
const LOCAL: &str = "mainstay.graph";

/// Where a graph comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// A graph file or an RDF file.
    File(PathBuf),
    /// The graph inside the binary.
    Shipped,
}

impl std::fmt::Display for Origin {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::File(path) => write!(f, "{}", path.display()),
            Self::Shipped => f.write_str("the graph that ships with mainstay"),
        }
    }
}

/// The graph that the options name: `--graph`, else `$MAINSTAY_GRAPH`, else `./mainstay.graph`, else the one that ships.
pub fn origin(options: &Options) -> Origin {
    let named = || std::env::var_os("MAINSTAY_GRAPH").filter(|path| !path.is_empty()).map(PathBuf::from);
    let local = || Some(PathBuf::from(LOCAL)).filter(|path| path.is_file());
    options.graph.clone().or_else(named).or_else(local).map_or(Origin::Shipped, Origin::File)
}

/// Checks the name of a graph file to be: whoever reads one that is called as documents, RDF or queries are takes it for
/// these.
///
/// # Errors
/// Such a name.
pub fn check_name(path: &Path) -> Result<()> {
    let is_query = path.extension().is_some_and(|extension| extension == "rq" || extension == "ru");
    if !is_query && kind_of(path).is_none() {
        return Ok(());
    }
    let name = path.with_extension("graph");
    Err(Error::usage(format!(
        "{} is no name for a graph file: its ending says that it is text",
        path.display()
    ))
    .with_hint(format!("write {}; `mainstay export` writes RDF", name.display())))
}

/// Opens the graph that the options name.
///
/// # Errors
/// A file that can't be read, or that is neither a graph file nor RDF.
pub fn graph(options: &Options) -> Result<Graph> {
    open(&origin(options))
}

/// Opens a graph.
///
/// # Errors
/// As [`graph`].
pub fn open(origin: &Origin) -> Result<Graph> {
    match origin {
        Origin::Shipped => shipped(),
        Origin::File(path) if rdf::format_of(path).is_some() => from_rdf(path),
        Origin::File(path) => {
            Graph::open(path).map_err(|error| if path.exists() { error } else { missing(path, error) })
        }
    }
}

/// A graph in memory of an RDF file.
fn from_rdf(path: &Path) -> Result<Graph> {
    if !path.exists() {
        return Err(missing(
            path,
            Error::input(format!("cannot read {}: there is no such file", path.display())),
        ));
    }
    let mut builder = GraphBuilder::new();
    rdf::read_into(path, document_of(path).as_ref(), &mut builder)?;
    Graph::from_bytes(builder.to_bytes()?)
}

/// The graph of the triples of an RDF file that names none.
pub fn document_of(path: &Path) -> NamedNode {
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    NamedNode::new_unchecked(crate::graph::statements::document_iri(&name))
}

fn missing(path: &Path, error: Error) -> Error {
    error.with_hint(format!("build it with `mainstay build PATH… -o {}`", path.display()))
}
