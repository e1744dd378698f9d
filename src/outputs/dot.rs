//! Directed graphs for Graphviz.

use super::TripleSink;
use super::plain::{plain, wrapped};
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

    /// Gives nodes and edges these labels in place of their IRIs.
    pub fn use_labels(&mut self, labels: HashMap<NamedNode, String>) {
        self.labels = labels;
    }

    /// Declares a node once and gives its quoted name.
    fn node(&mut self, term: &Term) -> io::Result<String> {
        let name = quoted(&term.to_string());
        if self.declared.insert(name.clone()) {
            let shape = if term.is_literal() { ", shape=box" } else { "" };
            let label = self.label(term);
            writeln!(self.output, "  {name} [label={label}{shape}];")?;
        }
        Ok(name)
    }

    /// The quoted label of a term, in lines that fit a drawing.
    fn label(&self, term: &Term) -> String {
        let label = match term {
            Term::NamedNode(node) => self.labels.get(node).cloned(),
            _ => None,
        };
        quoted(&wrapped(&label.unwrap_or_else(|| plain(term)), WIDTH))
    }

    /// Writes a triple as an edge.
    ///
    /// # Errors
    /// What the output fails with.
    pub fn edge(&mut self, triple: Triple) -> io::Result<()> {
        let subject = self.node(&triple.subject.into())?;
        let object = self.node(&triple.object)?;
        let label = self.label(&triple.predicate.into());
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

/// Characters of a line of a label.
const WIDTH: usize = 30;

/// A quoted string of DOT; other control characters than the end of a line are left out.
fn quoted(text: &str) -> String {
    let text: String = text.chars().filter(|c| *c == '\n' || !c.is_control()).collect();
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n"))
}
