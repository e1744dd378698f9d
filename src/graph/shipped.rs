//! The graph that ships inside the binary.
//!
//! `data/azure-reliability.trig` is TriG: prefixes keep it small, one statement a line keeps its differences
//! readable. At first use it becomes a graph file in the user's cache folder, named by its content and the
//! versions of program and format; later uses map that file.

use super::{Graph, GraphBuilder, VERSION};
use crate::error::{Error, Result};
use oxrdfio::{RdfFormat, RdfParser};
use std::path::{Path, PathBuf};

const DATA: &[u8] = include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/data/azure-reliability.trig"));
/// The name of the cached file: the build script adds the checksum of the data.
const NAME: &str =
    concat!("azure-reliability-", env!("CARGO_PKG_VERSION"), "-", env!("MAINSTAY_DATA_CHECKSUM"));

/// Opens the graph that ships with the program.
///
/// Where the cache folder (`$XDG_CACHE_HOME/mainstay`, or `~/.cache/mainstay`) cannot be written, the graph is
/// built in memory each time.
///
/// # Errors
/// The data inside the binary is damaged.
pub fn shipped() -> Result<Graph> {
    open_cached(cache_folder().as_deref())
}

fn open_cached(folder: Option<&Path>) -> Result<Graph> {
    let path = folder.map(|folder| folder.join(format!("{NAME}-v{VERSION}.graph")));
    if let Some(graph) = path.as_deref().and_then(|path| Graph::open(path).ok()) {
        return Ok(graph);
    }
    if let (Some(folder), Some(path)) = (folder, &path) {
        let written = std::fs::create_dir_all(folder).is_ok() && build()?.finish(path).is_ok();
        if let Some(graph) = written.then(|| Graph::open(path).ok()).flatten() {
            return Ok(graph);
        }
    }
    Graph::from_bytes(build()?.to_bytes()?)
}

fn build() -> Result<GraphBuilder> {
    let mut builder = GraphBuilder::new();
    for quad in RdfParser::from_format(RdfFormat::TriG).for_slice(DATA) {
        let quad = quad.map_err(|error| {
            Error::input("the graph that ships with the program is damaged").with_source(error)
        })?;
        builder.insert(&quad);
    }
    Ok(builder)
}

fn cache_folder() -> Option<PathBuf> {
    let absolute = |name| std::env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
    let folder = absolute("XDG_CACHE_HOME")
        .or_else(|| absolute("LOCALAPPDATA"))
        .or_else(|| Some(absolute("HOME")?.join(".cache")))?;
    Some(folder.join("mainstay"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cached_file_is_made_once_and_made_again_when_damaged() {
        let folder = tempfile::tempdir().unwrap();
        let cache = folder.path().join("new/mainstay");
        let first = open_cached(Some(&cache)).unwrap();
        first.verify().unwrap();
        let files: Vec<PathBuf> =
            std::fs::read_dir(&cache).unwrap().map(|entry| entry.unwrap().path()).collect();
        let [file] = &files[..] else { panic!("{files:?}") };
        let bytes = std::fs::read(file).unwrap();
        assert_eq!(bytes, build().unwrap().to_bytes().unwrap());
        std::fs::write(file, &bytes[..bytes.len() / 2]).unwrap();
        assert_eq!(open_cached(Some(&cache)).unwrap().triple_count(), first.triple_count());
        assert_eq!(std::fs::read(file).unwrap(), bytes);
    }

    #[test]
    fn without_a_cache_the_graph_is_built_in_memory() {
        let folder = tempfile::tempdir().unwrap();
        let occupied = folder.path().join("file");
        std::fs::write(&occupied, "").unwrap();
        let graph = open_cached(Some(&occupied)).unwrap();
        assert_eq!(graph.triple_count(), open_cached(None).unwrap().triple_count());
    }
}
