//! Directed graphs for Graphviz.

use super::TripleSink;
use super::plain::plain;
use oxrdf::{NamedNode, Term, Triple};
use std::collections::{HashMap, HashSet};
use std::io::{self, Write};

/// Writes triples as a `digraph`: IRIs and blank nodes are ellipses, literals boxes, predicates edge labels.
pub struct DotWriter<'w> {
    output: &'w mut dyn Write,
    declared: HashSet<String>,
    labels: HashMap<NamedNode, String>,
}

impl<'w> DotWriter<'w> {
    /// Begins the graph.
    ///
    /// # Errors
    /// What the output fails with.
    pub fn new(output: &'w mut dyn Write) -> io::Result<Self> {
        output.write_all(b"digraph mainstay {\n  rankdir=LR;\n")?;
        Ok(Self { output, declared: HashSet::new(), labels: HashMap::new() })
    }

    /// Gives nodes these labels in place of their IRIs.
    pub fn label_nodes(&mut self, labels: HashMap<NamedNode, String>) {
        self.labels = labels;
    }

    /// Declares a node once and gives its quoted name.
    fn node(&mut self, term: &Term) -> io::Result<String> {
        let name = quoted(&term.to_string());
        if self.declared.insert(name.clone()) {
            let shape = if term.is_literal() { ", shape=box" } else { "" };
            let label = match term {
                Term::NamedNode(node) => self.labels.get(node).cloned().unwrap_or_else(|| plain(term)),
                _ => plain(term),
            };
            writeln!(self.output, "  {name} [label={}{shape}];", quoted(&label))?;
        }
        Ok(name)
    }

    /// Writes a triple as an edge.
    ///
    /// # Errors
    /// What the output fails with.
    pub fn edge(&mut self, triple: Triple) -> io::Result<()> {
        let subject = self.node(&triple.subject.into())?;
        let object = self.node(&triple.object)?;
        let label = quoted(&plain(&triple.predicate.into()));
        writeln!(self.output, "  {subject} -> {object} [label={label}];")
    }

    /// Ends the graph.
    ///
    /// # Errors
    /// What the output fails with.
    pub fn end(self) -> io::Result<()> {
        self.output.write_all(b"}\n")
    }
}

impl TripleSink for DotWriter<'_> {
    fn triple(&mut self, triple: Triple) -> io::Result<()> {
        self.edge(triple)
    }

    fn finish(self: Box<Self>) -> io::Result<()> {
        self.end()
    }
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n"))
}
