//! What changes the graph of the shell: updates, `.load` and `.save`. Changes are kept in memory; no file is changed
//! until it is named.

use super::shell::Shell;
use crate::answers::syntax::parse_update;
use crate::commands::open::{Origin, document_of};
use crate::engine::update;
use crate::error::{Error, Result};
use crate::graph::{Graph, GraphBuilder, rdf};
use std::path::Path;

impl Shell<'_> {
    /// Runs an update.
    pub(super) fn update(&mut self, text: &str) -> Result<()> {
        let parsed = parse_update(text, None)?;
        self.start();
        let updated = update(&self.graph, &parsed, &self.runner.options())?;
        self.runner.warn_of_graphs(&updated);
        let told = format!("inserted {}, deleted {}", updated.inserted, updated.deleted);
        self.change(updated.builder, updated.inserted + updated.deleted > 0, &told)
    }

    /// Adds an RDF file.
    pub(super) fn load(&mut self, file: Option<&str>) -> Result<()> {
        let Some(file) = file else { return Err(Error::usage(".load needs the name of an RDF file")) };
        let path = Path::new(file);
        let mut builder = GraphBuilder::of_graph(&self.graph)?;
        let quads = rdf::read_into(path, document_of(path).as_ref(), &mut builder)?;
        self.change(builder, quads > 0, &format!("{quads} read"))
    }

    fn change(&mut self, builder: GraphBuilder, is_other: bool, told: &str) -> Result<()> {
        self.graph = Graph::from_bytes(builder.to_bytes()?)?;
        self.unsaved |= is_other;
        self.runner.context.ui.note(format!("{told}; .save FILE keeps them beyond this shell"));
        Ok(())
    }

    /// Writes the graph as a graph file, and goes on with that.
    pub(super) fn save(&mut self, file: Option<&str>) -> Result<()> {
        let Some(file) = file else { return Err(Error::usage(".save needs the name of a file")) };
        let origin = Origin::File(file.into());
        let summary = GraphBuilder::of_graph(&self.graph)?.finish(Path::new(file))?;
        self.graph = Graph::open(Path::new(file))?;
        self.origin = origin;
        self.unsaved = false;
        self.runner.context.ui.note(format!("{} triples in {file}", summary.triples));
        Ok(())
    }
}
