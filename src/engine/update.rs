//! Updates: a graph and a SPARQL update in, the quads of a new graph out.
//!
//! A graph file is never changed: what an update changes is collected, and a new file is built of all quads, so that
//! an update costs about what a build costs. The general evaluator runs the patterns.

use super::QueryOptions;
use super::dataset::GraphDataset;
use super::general::changes;
use super::limits::Limits;
use crate::error::{Error, Result};
use crate::graph::{Graph, GraphBuilder};
use oxrdf::{BlankNode, GraphName, NamedNode, NamedOrBlankNode, Quad, Term};
use rustc_hash::{FxHashMap, FxHashSet};
use spareval::{CancellationToken, DeleteInsertQuad};
use spargebra::algebra::{GraphTarget, QueryDataset};
use spargebra::term::{GroundQuad, GroundTerm};
use spargebra::{GraphUpdateOperation, Update};

/// A changed graph that is not written yet.
pub struct Updated {
    /// Its quads, and what the graph before said about itself.
    pub builder: GraphBuilder,
    /// Quads that the graph before did not hold.
    pub inserted: usize,
    /// Quads of the graph before that are gone.
    pub deleted: usize,
    /// Triples that were to leave the default graph, which are in named graphs alone and stay there.
    pub elsewhere: usize,
}

/// Runs an update on a copy of a graph.
///
/// As in queries, patterns outside of GRAPH see the union of all graphs unless USING or WITH says otherwise; so do
/// ADD, COPY and MOVE of the default graph. What is inserted and deleted outside of GRAPH is the default graph's own.
/// A graph without triples is no graph. The timeout, the memory budget and cancellation hold.
///
/// # Errors
/// An update that fails, in which case nothing of it is kept, or one that runs out of its limits.
pub fn update(graph: &Graph, update: &Update, options: &QueryOptions) -> Result<Updated> {
    run(graph, update, options, DefaultGraph::Union)
}

/// What patterns outside of GRAPH see.
#[derive(Clone, Copy)]
pub(super) enum DefaultGraph {
    /// The union of all graphs.
    Union,
    /// The default graph's own triples, as the standard says of a store.
    #[cfg_attr(not(test), expect(dead_code, reason = "the suites of the standard ask for it"))]
    Own,
}

pub(super) fn run(
    graph: &Graph,
    update: &Update,
    options: &QueryOptions,
    default: DefaultGraph,
) -> Result<Updated> {
    let mut state = State::new(graph);
    let limits = Limits::new(options).in_general();
    for operation in &update.operations {
        state.apply(operation, update, options, default, &limits)?;
    }
    state.settle()?;
    let mut builder = GraphBuilder::new();
    builder.set_metadata(graph.metadata()?);
    let (mut kept, mut inserted) = (0, 0);
    for quad in state.graph.quads() {
        let quad = quad?;
        if graph.contains(&quad) {
            kept += 1;
        } else {
            inserted += 1;
        }
        builder.insert(&quad);
    }
    // What the same update deleted there is gone.
    let elsewhere = state.elsewhere.iter().filter(|quad| state.graph.contains_triple(quad.as_ref())).count();
    Ok(Updated { builder, inserted, deleted: graph.quad_count() - kept, elsewhere })
}

/// A graph, and what has changed since.
struct State {
    graph: Graph,
    inserted: FxHashSet<Quad>,
    deleted: FxHashSet<Quad>,
    /// How many blank nodes were made.
    blanks: usize,
    /// What was to be deleted from the default graph and is in named graphs alone.
    elsewhere: FxHashSet<Quad>,
}

impl State {
    fn new(graph: &Graph) -> Self {
        let (inserted, deleted, elsewhere) = Default::default();
        Self { graph: graph.clone(), inserted, deleted, blanks: 0, elsewhere }
    }

    fn apply(
        &mut self,
        operation: &GraphUpdateOperation,
        update: &Update,
        options: &QueryOptions,
        default: DefaultGraph,
        limits: &Limits,
    ) -> Result<()> {
        match operation {
            GraphUpdateOperation::InsertData { data } => {
                // Labels of blank nodes in an update are no names of nodes that are there.
                let mut names = FxHashMap::default();
                for quad in data {
                    let quad = Quad::new(
                        quad.subject.clone(),
                        quad.predicate.clone(),
                        quad.object.clone(),
                        graph_name(&quad.graph_name),
                    );
                    let quad = self.with_new_blanks(quad, &mut names, false);
                    self.insert(quad);
                }
            }
            GraphUpdateOperation::DeleteData { data } => {
                data.iter().for_each(|quad| self.delete(ground_quad(quad)));
            }
            GraphUpdateOperation::DeleteInsert { using, .. } => {
                self.settle()?;
                let one = Update { base_iri: update.base_iri.clone(), operations: vec![operation.clone()] };
                let (graph, token, using) = (self.graph.clone(), options.cancellation.clone(), using.clone());
                let dataset = move || dataset(&graph, using.as_ref(), default, &token);
                let changes = changes(one, dataset, &options.cancellation);
                let mut inserted = Vec::new();
                for change in changes.map_err(|error| limits.explain(error))? {
                    match change.map_err(|error| limits.explain(error))? {
                        DeleteInsertQuad::Delete(quad) => self.delete(quad),
                        DeleteInsertQuad::Insert(quad) => inserted.push(quad),
                    }
                }
                // What is deleted and inserted stays.
                let mut names = FxHashMap::default();
                for quad in inserted {
                    let quad = self.with_new_blanks(quad, &mut names, true);
                    self.insert(quad);
                }
            }
            GraphUpdateOperation::Load { silent: true, .. } => {}
            GraphUpdateOperation::Load { source, .. } => {
                return Err(Error::query(format!("LOAD {source}: addresses are not read"))
                    .with_hint("build the file into the graph, or use .load FILE in the shell"));
            }
            GraphUpdateOperation::Create { silent, graph } => {
                if self.has_graph(graph)? && !silent {
                    return Err(Error::query(format!("the graph {graph} is there already"))
                        .with_hint("CREATE SILENT takes no notice"));
                }
            }
            GraphUpdateOperation::Clear { silent, graph } | GraphUpdateOperation::Drop { silent, graph } => {
                self.clear(graph, *silent)?;
            }
        }
        Ok(())
    }

    fn clear(&mut self, target: &GraphTarget, silent: bool) -> Result<()> {
        if let GraphTarget::NamedNode(name) = target
            && !silent
            && !self.has_graph(name)?
        {
            return Err(Error::query(format!("there is no graph {name}"))
                .with_hint("CLEAR SILENT and DROP SILENT take no notice"));
        }
        self.settle()?;
        let goes = |quad: &Quad| match target {
            GraphTarget::NamedNode(name) => quad.graph_name == GraphName::NamedNode(name.clone()),
            GraphTarget::DefaultGraph => quad.graph_name == GraphName::DefaultGraph,
            GraphTarget::NamedGraphs => quad.graph_name != GraphName::DefaultGraph,
            GraphTarget::AllGraphs => true,
        };
        let graph = self.graph.clone();
        for quad in graph.quads() {
            let quad = quad?;
            if goes(&quad) {
                self.delete(quad);
            }
        }
        Ok(())
    }

    fn has_graph(&mut self, name: &NamedNode) -> Result<bool> {
        self.settle()?;
        let number = self.graph.terms().number(name.as_ref().into());
        Ok(number.is_some_and(|number| !self.graph.triples().of_graph(number).is_empty()))
    }

    fn insert(&mut self, quad: Quad) {
        if !self.deleted.remove(&quad) && !self.graph.contains(&quad) {
            self.inserted.insert(quad);
        }
    }

    fn delete(&mut self, quad: Quad) {
        if self.inserted.remove(&quad) {
            return;
        }
        if self.graph.contains(&quad) {
            self.deleted.insert(quad);
        } else if quad.graph_name.is_default_graph() && self.graph.contains_triple(quad.as_ref()) {
            self.elsewhere.insert(quad);
        }
    }

    /// Makes the changes so far the graph that patterns see.
    fn settle(&mut self) -> Result<()> {
        if self.inserted.is_empty() && self.deleted.is_empty() {
            return Ok(());
        }
        let mut builder = GraphBuilder::new();
        for quad in self.graph.quads() {
            let quad = quad?;
            if !self.deleted.contains(&quad) {
                builder.insert(&quad);
            }
        }
        self.inserted.iter().for_each(|quad| builder.insert(quad));
        let graph = Graph::from_bytes(builder.to_bytes()?)?;
        let elsewhere = std::mem::take(&mut self.elsewhere);
        *self = Self { blanks: self.blanks, elsewhere, ..Self::new(&graph) };
        Ok(())
    }

    /// A quad whose blank nodes are new ones, named by their number; those of the graph stay if they may.
    fn with_new_blanks(
        &mut self,
        mut quad: Quad,
        names: &mut FxHashMap<BlankNode, BlankNode>,
        may_stay: bool,
    ) -> Quad {
        let mut name = |node: &mut BlankNode| {
            if may_stay && self.graph.contains_term(&*node) {
                return;
            }
            let new = names.entry(node.clone()).or_insert_with(|| {
                loop {
                    self.blanks += 1;
                    let new = BlankNode::new_unchecked(format!("update{}", self.blanks));
                    if !self.graph.contains_term(&new) {
                        return new;
                    }
                }
            });
            node.clone_from(new);
        };
        if let NamedOrBlankNode::BlankNode(node) = &mut quad.subject {
            name(node);
        }
        if let Term::BlankNode(node) = &mut quad.object {
            name(node);
        }
        if let GraphName::BlankNode(node) = &mut quad.graph_name {
            name(node);
        }
        quad
    }
}

fn dataset(
    graph: &Graph,
    using: Option<&QueryDataset>,
    default: DefaultGraph,
    cancellation: &CancellationToken,
) -> GraphDataset {
    let (graph, cancellation) = (graph.clone(), cancellation.clone());
    match (using, default) {
        (Some(using), _) => GraphDataset::new(graph, Some(&using.default), cancellation),
        (None, DefaultGraph::Union) => GraphDataset::new(graph, None, cancellation),
        (None, DefaultGraph::Own) => GraphDataset::of_default_graph(graph, cancellation),
    }
}

fn graph_name(name: &spargebra::term::GraphName) -> GraphName {
    match name {
        spargebra::term::GraphName::NamedNode(node) => node.clone().into(),
        spargebra::term::GraphName::DefaultGraph => GraphName::DefaultGraph,
    }
}

fn ground_quad(quad: &GroundQuad) -> Quad {
    let object = match quad.object.clone() {
        GroundTerm::NamedNode(node) => Term::from(node),
        GroundTerm::Literal(literal) => literal.into(),
    };
    Quad::new(quad.subject.clone(), quad.predicate.clone(), object, graph_name(&quad.graph_name))
}

#[cfg(test)]
mod tests {
    use super::super::tests::graph;
    use super::*;
    use crate::error::ErrorKind;
    use spargebra::SparqlParser;
    use std::time::Duration;

    fn run(text: &str) -> Result<(usize, usize, Graph)> {
        let parser = SparqlParser::new().with_prefix("", "https://example.org/").unwrap();
        let updated = update(&graph(), &parser.parse_update(text).unwrap(), &QueryOptions::default())?;
        let graph = Graph::from_bytes(updated.builder.to_bytes()?)?;
        graph.verify()?;
        Ok((updated.inserted, updated.deleted, graph))
    }

    #[test]
    fn quads_come_and_go_and_the_old_graph_stays() {
        let before = graph().quad_count();
        let (inserted, deleted, changed) =
            run("INSERT DATA { :new :p 1 . GRAPH :g1 { :new :p 1 . :a :q :b } }").unwrap();
        assert_eq!((inserted, deleted, changed.quad_count()), (2, 0, before + 2));
        let (inserted, deleted, changed) = run("DELETE DATA { GRAPH :g1 { :a :q :b } }").unwrap();
        assert_eq!((inserted, deleted, changed.quad_count()), (0, 1, before - 1));
        assert_eq!(run("CLEAR ALL").unwrap().2.quad_count(), 0);
        assert_eq!(graph().quad_count(), before);
    }

    #[test]
    fn patterns_see_all_graphs() {
        let (inserted, ..) = run("INSERT { ?s :seen true } WHERE { ?s a :C }").unwrap();
        assert_eq!(inserted, 2);
        let (inserted, ..) = run("INSERT { ?s :seen true } USING :extra WHERE { ?s a :C }").unwrap();
        assert_eq!(inserted, 1);
        let (_, deleted, _) =
            run("DELETE { GRAPH ?g { ?s :q ?o } } WHERE { GRAPH ?g { ?s :q ?o } }").unwrap();
        assert!(deleted > 3);
    }

    #[test]
    fn an_update_keeps_to_its_time_and_fails_whole() {
        let parser = SparqlParser::new();
        let endless = parser.parse_update(
            "INSERT { ?a ?b ?g } WHERE { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l . ?m ?n ?o }",
        );
        let options = QueryOptions { timeout: Some(Duration::from_millis(50)), ..QueryOptions::default() };
        let error = update(&graph(), &endless.unwrap(), &options).err().unwrap();
        assert_eq!(
            (error.kind(), error.to_string().as_str()),
            (ErrorKind::Limit, "the query took longer than 0.05 s (in the general evaluator)")
        );
        assert!(run("DROP GRAPH :absent").is_err());
    }
}
