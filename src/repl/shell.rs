//! What a statement of the shell does: queries and dot-commands, typed or piped in.

use super::interrupt::Interrupt;
use super::split::dot_command_of;
use crate::answers::canned::Catalogue;
use crate::answers::updates::is_update;
use crate::answers::{syntax, text};
use crate::commands::open::{self, Origin};
use crate::commands::run::{Runner, update_explained};
use crate::commands::{Context, ask, graph as graph_command};
use crate::error::{Error, Result};
use crate::graph::Graph;
use crate::nearest;
use crate::outputs::{Cells, wrapped, write_failed};
use crate::vocabulary::PREFIXES;
use spargebra::Query;
use std::io::Write;
use std::path::{Path, PathBuf};

/// Whether the shell goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flow {
    /// It does.
    Continue,
    /// It was told to end.
    Quit,
}

/// A dot-command: name, arguments, what it does.
pub type DotCommand = (&'static str, &'static str, &'static str);

/// The dot-commands; each may be shortened as long as it is clear.
pub const DOT_COMMANDS: [DotCommand; 20] = [
    ("ask", "[NAME [NAME=VALUE…]]", "lists the canned queries, or runs one; --help explains it"),
    ("edit", "[FILE]", "opens the last statement, or a file, in $EDITOR and runs it"),
    ("explain", "[QUERY | ask NAME …]", "tells how a query runs, or how the last one did"),
    ("format", "[NAME]", "shows or sets the format of results; `auto` chooses by the result"),
    ("graph", "[FILE]", "tells what the graph holds, or opens another"),
    ("help", "[COMMAND]", "tells this"),
    ("limit", "[ROWS]", "shows or sets how many rows are written; `off` for all"),
    ("load", "FILE", "adds the triples of an RDF file, for as long as the shell runs"),
    ("max-memory", "[BYTES]", "shows or sets the most memory of a step of a query, such as 512M"),
    ("max-rows", "[ROWS]", "shows or sets the most rows of a query; more are an error"),
    ("mode", "[NAME]", "the same as .format"),
    ("once", "FILE", "writes the next result to a file, in the format of its name"),
    ("pager", "[on|off]", "shows or sets whether long results go through $PAGER"),
    ("prefixes", "", "lists the prefixes that need no declaration"),
    ("quit", "", "ends the shell; so does Ctrl-D"),
    ("read", "FILE", "runs the statements of a file"),
    ("save", "FILE", "writes the graph with its changes as a graph file"),
    ("schema", "", "lists the classes and properties of the graph with their counts"),
    ("timeout", "[SECONDS]", "shows or sets the longest time of a query; `off` for none"),
    ("timing", "[on|off]", "shows or sets whether row count and time are told"),
];

/// Where the explanation of a dot-command begins.
const INDENT: usize = 31;

/// How deep files may read files.
const DEEPEST: usize = 16;

/// A graph, and how statements on it are run and shown.
pub struct Shell<'c> {
    /// How queries are run.
    pub runner: Runner<'c>,
    /// The graph that is open.
    pub graph: Graph,
    /// Where it comes from.
    pub origin: Origin,
    /// The canned queries.
    pub catalogue: Catalogue,
    interrupt: Option<Interrupt>,
    depth: usize,
    /// The last query that ran.
    pub(super) last: Option<Query>,
    /// The last statement that is no dot-command, as it was typed.
    pub(super) last_text: String,
    /// The file of the next result.
    pub(super) once: Option<PathBuf>,
    /// Whether the graph was changed and not saved.
    pub unsaved: bool,
    /// Whether long results go through a pager.
    pub paged: bool,
}

impl<'c> Shell<'c> {
    /// A shell on the graph that the command line names.
    ///
    /// # Errors
    /// A graph or a folder of queries that can't be read.
    pub fn new(context: &'c Context, interrupt: Option<Interrupt>) -> Result<Self> {
        let origin = open::origin(&context.options);
        Ok(Self {
            runner: Runner::new(context),
            graph: open::open(&origin)?,
            origin,
            catalogue: Catalogue::new(&context.options.queries)?,
            interrupt,
            depth: 0,
            last: None,
            last_text: String::new(),
            once: None,
            unsaved: false,
            paged: false,
        })
    }

    /// Runs a statement; `lines_before` lines of the whole text stand before it.
    ///
    /// # Errors
    /// Whatever went wrong; the shell can go on.
    pub fn execute(&mut self, statement: &str, lines_before: usize) -> Result<Flow> {
        if let Some(command) = dot_command_of(statement) {
            return self.dot_command(command, lines_before);
        }
        self.last_text = format!("{statement}\n");
        let text = format!("{}{statement}", "\n".repeat(lines_before));
        if is_update(&text) {
            let updated = self.update(&text).map_err(|error| with_dot(error, statement));
            return updated.map(|()| Flow::Continue);
        }
        let query = syntax::parse(&text, None).map_err(|error| with_dot(error, statement))?;
        self.start();
        self.runner.warn(&query, &self.graph)?;
        self.run(query, Cells::Terms)?;
        Ok(Flow::Continue)
    }

    /// Gives the next query a way to be cancelled.
    pub(super) fn start(&mut self) {
        if let Some(interrupt) = &self.interrupt {
            self.runner.cancellation = interrupt.next();
        }
    }

    fn dot_command(&mut self, line: &str, lines_before: usize) -> Result<Flow> {
        let (name, rest) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
        if !name.is_empty() && full_name(name).is_ok_and(|name| name == "explain") {
            return self.explain(rest.trim(), lines_before);
        }
        let words = words(line)?;
        let (name, arguments) = match words.as_slice() {
            [] => ("help", &[][..]),
            [name, arguments @ ..] => (full_name(name)?, arguments),
        };
        let first = arguments.first().map(String::as_str);
        match name {
            "ask" => self.ask(arguments)?,
            "edit" => return self.edit(first),
            "graph" => self.open(first)?,
            "once" => self.once(first)?,
            "load" => self.load(first)?,
            "prefixes" => {
                self.print(
                    &PREFIXES.iter().map(|(name, iri)| format!("{name:<8} {iri}\n")).collect::<String>(),
                )?;
            }
            "quit" => return Ok(Flow::Quit),
            "read" => return self.read(first),
            "save" => self.save(first)?,
            "schema" => self.schema()?,
            "help" => self.help(first)?,
            setting => drop(self.setting(setting, first)?),
        }
        Ok(Flow::Continue)
    }

    fn ask(&mut self, arguments: &[String]) -> Result<()> {
        let [name, values @ ..] = arguments else {
            let list = ask::list(&self.catalogue)?;
            return self.print(&list.replace("mainstay ask", ".ask"));
        };
        let query = self.catalogue.get(name)?;
        if values.iter().any(|value| value == "--help" || value == "-h") {
            let text = ask::explanation(query)?;
            return self.print(&text.replace("mainstay ask", ".ask"));
        }
        let prepared = query.prepare(values, &self.graph)?;
        self.start();
        self.run(prepared, Cells::Plain)
    }

    /// Tells how a query, a canned query or the last query runs.
    fn explain(&mut self, text: &str, lines_before: usize) -> Result<Flow> {
        let query = if let Some(canned) = text.strip_prefix("ask ") {
            let words = words(canned)?;
            let [name, values @ ..] = words.as_slice() else {
                return Err(Error::usage(".explain ask needs the name of a query"));
            };
            self.catalogue.get(name)?.prepare(values, &self.graph)?
        } else if text.is_empty() {
            self.last.clone().ok_or_else(|| {
                Error::usage("there is no query to explain yet").with_hint("write it behind .explain")
            })?
        } else if is_update(text) {
            return Err(update_explained());
        } else {
            syntax::parse(&format!("{}{text}", "\n".repeat(lines_before)), None)?
        };
        self.start();
        self.runner.explain(&query, &self.graph)?;
        Ok(Flow::Continue)
    }

    fn open(&mut self, file: Option<&str>) -> Result<()> {
        if let Some(file) = file {
            let origin = Origin::File(file.into());
            self.graph = open::open(&origin)?;
            self.origin = origin;
            self.runner.context.ui.note(format!("{} triples", self.graph.triple_count()));
            return Ok(());
        }
        let text = graph_command::info(&self.graph, &self.origin.to_string())?;
        self.print(&text)
    }

    fn schema(&mut self) -> Result<()> {
        self.start();
        for text in [
            "SELECT ?class (COUNT(*) AS ?count) { ?s a ?class } GROUP BY ?class ORDER BY DESC(?count) ?class",
            "SELECT ?property (COUNT(*) AS ?count) { ?s ?property ?o } GROUP BY ?property ORDER BY DESC(?count) ?property",
        ] {
            let query = syntax::parse(text, None)?;
            self.runner.run(&query, &self.graph, Cells::Plain)?;
        }
        Ok(())
    }

    fn read(&mut self, file: Option<&str>) -> Result<Flow> {
        let Some(file) = file else { return Err(Error::usage(".read needs the name of a file")) };
        if self.depth >= DEEPEST {
            return Err(Error::usage(format!("{file} is not read: files read each other {DEEPEST} deep")));
        }
        let text = text::read(Path::new(file))?;
        self.depth += 1;
        let result = self.execute_all(&text);
        self.depth -= 1;
        result
    }

    /// Runs the statements of a text up to the first error.
    pub(super) fn execute_all(&mut self, text: &str) -> Result<Flow> {
        for statement in super::split::statements(text) {
            if self.execute(&statement.text, statement.lines_before)? == Flow::Quit {
                return Ok(Flow::Quit);
            }
        }
        Ok(Flow::Continue)
    }

    fn help(&self, command: Option<&str>) -> Result<()> {
        let wanted = command.map(|name| full_name(name.trim_start_matches('.'))).transpose()?;
        let mut text = String::new();
        if wanted.is_none() {
            text.push_str(
                "Type a SPARQL query; Enter runs it once it is complete, and goes on otherwise.\n\
                 The prefixes of the graph need no declaration.\n\
                 Ctrl-C stops a query, Ctrl-D ends the shell.\n\n",
            );
        }
        for (name, arguments, does) in DOT_COMMANDS {
            if wanted.is_none_or(|wanted| wanted == name) {
                let does = wrapped(does, 80 - INDENT - 1).replace('\n', &format!("\n{:INDENT$}", ""));
                text.push_str(&format!("{:<INDENT$}{does}\n", format!(".{name} {arguments}")));
            }
        }
        self.print(&text)
    }

    pub(super) fn print(&self, text: &str) -> Result<()> {
        let mut output = self.runner.context.ui.output();
        output.write_all(text.as_bytes()).and_then(|()| output.flush()).map_err(write_failed)
    }
}

/// An error of a statement that begins as a dot-command does, with that as a hint.
fn with_dot(error: Error, statement: &str) -> Error {
    let statement = statement.trim();
    let first = statement.split(char::is_whitespace).next().unwrap_or_default();
    let is_command = DOT_COMMANDS.iter().any(|(name, ..)| name.eq_ignore_ascii_case(first));
    if is_command && !statement.contains(['{', '\n']) {
        error.with_hint(format!("commands begin with a dot: .{statement}"))
    } else {
        error
    }
}

/// The full name of a dot-command that may be shortened.
fn full_name(name: &str) -> Result<&'static str> {
    let lower = name.to_ascii_lowercase();
    if lower == "exit" {
        return Ok("quit");
    }
    let names = || DOT_COMMANDS.iter().map(|(name, ..)| *name);
    if let Some(exact) = names().find(|known| *known == lower) {
        return Ok(exact);
    }
    let fitting: Vec<&str> = names().filter(|known| known.starts_with(&lower)).collect();
    match fitting.as_slice() {
        [only] => Ok(only),
        [] => {
            let hint =
                nearest::hint(&lower, names()).unwrap_or_else(|| ".help lists the commands".to_owned());
            Err(Error::usage(format!("there is no command .{name}")).with_hint(hint))
        }
        several => Err(Error::usage(format!(".{name} may be {}", nearest::alternatives(several)))),
    }
}

/// The words of a line; quotes keep spaces together, also within a word: `service="Service Bus"`.
fn words(line: &str) -> Result<Vec<String>> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut quote = None;
    for c in line.chars() {
        match quote {
            Some(open) if c == open => quote = None,
            Some(_) => word.get_or_insert_default().push(c),
            None if c == '"' || c == '\'' => {
                quote = Some(c);
                word.get_or_insert_default();
            }
            None if c.is_whitespace() => words.extend(word.take()),
            None => word.get_or_insert_default().push(c),
        }
    }
    if let Some(open) = quote {
        return Err(Error::usage(format!("a {open} is not closed")));
    }
    words.extend(word);
    Ok(words)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_keep_words_together() {
        assert_eq!(
            words(r#"ask facts service="Service Bus" kind='a "b"' """#).unwrap(),
            ["ask", "facts", "service=Service Bus", "kind=a \"b\"", ""]
        );
        assert_eq!(words("ask \"x").unwrap_err().to_string(), "a \" is not closed");
    }

    #[test]
    fn commands_may_be_shortened() {
        assert_eq!(full_name("q").unwrap(), "quit");
        assert_eq!(full_name("exit").unwrap(), "quit");
        assert_eq!(full_name("ti").unwrap_err().to_string(), ".ti may be timeout or timing");
        assert_eq!(full_name("halp").unwrap_err().hints(), ["did you mean help?"]);
    }
}
