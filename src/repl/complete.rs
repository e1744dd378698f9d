//! Completion: what may stand where the cursor is.

use super::highlight::highlighted;
use super::shell::DOT_COMMANDS;
use super::split::{explained, is_complete};
use crate::answers::canned::Catalogue;
use crate::answers::lookup::rows;
use crate::answers::names::prefixed;
use crate::answers::parameters::ParameterKind;
use crate::answers::resolve;
use crate::answers::syntax::{is_beginning, keywords_after};
use crate::answers::tokens::{TokenKind, tokens};
use crate::graph::{Graph, Kind, label_key};
use crate::outputs::Format;
use crate::vocabulary::PREFIXES;
use oxrdf::vocab::rdfs;
use oxrdf::{NamedNodeRef, Term};
use rustyline::completion::{Completer, Pair};
use rustyline::highlight::{CmdKind, Highlighter};
use rustyline::hint::{Hinter, HistoryHinter};
use rustyline::validate::{ValidationContext, ValidationResult, Validator};
use rustyline::{Context, Helper};
use std::borrow::Cow;
use std::cell::OnceCell;

/// The names of a graph by where they can stand, as prefixed names.
#[derive(Default)]
struct GraphNames {
    properties: Vec<String>,
    classes: Vec<String>,
    entities: Vec<String>,
}

/// Helps while a statement is typed.
pub struct Assistant {
    graph: Graph,
    catalogue: Catalogue,
    color: bool,
    /// Read from the graph when they are first needed.
    names: OnceCell<GraphNames>,
    history: HistoryHinter,
}

impl Assistant {
    /// An assistant that knows the names of a graph and of the canned queries.
    pub fn new(graph: Graph, catalogue: Catalogue, color: bool) -> Self {
        Self { graph, catalogue, color, names: OnceCell::new(), history: HistoryHinter::new() }
    }

    /// Takes the names from this graph from now on.
    pub fn use_graph(&mut self, graph: &Graph) {
        if !self.graph.is_same(graph) {
            self.graph = graph.clone();
            self.names = OnceCell::new();
        }
    }

    /// Where the word before the cursor begins, and what it may become.
    pub fn candidates(&self, line: &str, position: usize) -> (usize, Vec<String>) {
        let before = &line[..position];
        let indent = before.len() - before.trim_start().len();
        if let Some(query) = explained(&before[indent..]).map(|query| indent + query) {
            let (start, found) = self.sparql_candidates(&before[query..]);
            return (query + start, found);
        }
        match before.trim_start().strip_prefix('.') {
            Some(command) => self.dot_candidates(before, command),
            None => self.sparql_candidates(before),
        }
    }

    fn dot_candidates(&self, before: &str, command: &str) -> (usize, Vec<String>) {
        let words: Vec<&str> = command.split_whitespace().collect();
        let typing_name = !command.contains(char::is_whitespace);
        let start = before.rfind(char::is_whitespace).map_or(0, |at| at + 1);
        if typing_name {
            let names = DOT_COMMANDS.iter().map(|(name, ..)| format!(".{name}"));
            return (start, starting(names, &before[start..]));
        }
        let typed = &before[start..];
        let name = words.first().copied().unwrap_or_default();
        let is = |full: &str| full.starts_with(name);
        if is("ask") {
            let at_query = words.len() == 1 || (words.len() == 2 && !typed.is_empty());
            if at_query {
                return (start, starting(self.catalogue.iter().map(|query| query.name.clone()), typed));
            }
            return self.parameter_candidates(before, words.get(1).copied().unwrap_or_default());
        }
        if is("format") || is("mode") {
            let names = Format::ALL.iter().map(|(_, name)| (*name).to_owned()).chain(["auto".to_owned()]);
            return (start, starting(names, typed));
        }
        if is("help") {
            return (start, starting(DOT_COMMANDS.iter().map(|(name, ..)| (*name).to_owned()), typed));
        }
        if is("graph") || is("read") || is("load") || is("save") || is("once") || is("edit") {
            return (start, files(typed));
        }
        (before.len(), Vec::new())
    }

    /// `name=` of the parameters, then their values, in quotes where they hold spaces.
    fn parameter_candidates(&self, before: &str, query: &str) -> (usize, Vec<String>) {
        let Ok(query) = self.catalogue.get(query) else { return (before.len(), Vec::new()) };
        let parameters = query.parameters();
        let value_start = before.rfind('=').map(|at| at + 1).filter(|at| {
            let value = &before[*at..];
            let quotes = value.matches('"').count();
            quotes == 1 || (quotes == 0 && !value.contains(char::is_whitespace))
        });
        let Some(value_start) = value_start else {
            let start = before.rfind(char::is_whitespace).map_or(0, |at| at + 1);
            let names = parameters.iter().map(|parameter| format!("{}=", parameter.name));
            return (start, starting(names, &before[start..]));
        };
        let name_start = before[..value_start].rfind(char::is_whitespace).map_or(0, |at| at + 1);
        let name = &before[name_start..value_start - 1];
        let Some(parameter) = parameters.iter().find(|parameter| parameter.name == name) else {
            return (before.len(), Vec::new());
        };
        let ParameterKind::Entity(kind) = parameter.kind else { return (before.len(), Vec::new()) };
        let typed = before[value_start..].trim_start_matches('"');
        let labels = resolve::labels_for(&self.graph, kind, typed).unwrap_or_default();
        let mut found = fitting(&labels, typed);
        if found.is_empty() {
            found = fitting(&resolve::labels(&self.graph, kind).unwrap_or_default(), typed);
        }
        let values = found
            .into_iter()
            .map(|label| if label.contains(char::is_whitespace) { format!("\"{label}\"") } else { label });
        (value_start, values.collect())
    }

    fn sparql_candidates(&self, before: &str) -> (usize, Vec<String>) {
        let last = tokens(before).pop().filter(|token| token.byte_span.end == before.len());
        let (start, kind) = match last {
            Some(token) => match token.kind {
                TokenKind::Word | TokenKind::Variable | TokenKind::PrefixedName => {
                    (token.byte_span.start, Some(token.kind))
                }
                TokenKind::Punctuation if before.ends_with(['?', '$']) => {
                    (token.byte_span.start, Some(TokenKind::Variable))
                }
                TokenKind::Punctuation => (before.len(), None),
                _ => return (before.len(), Vec::new()),
            },
            None => (before.len(), None),
        };
        let (ahead, typed) = (&before[..start], &before[start..]);
        let found = match kind {
            Some(TokenKind::Variable) => variables(ahead, typed),
            Some(TokenKind::PrefixedName) => self.name_candidates(ahead, typed),
            _ => {
                let mut words: Vec<String> = keywords_after(ahead).into_iter().map(str::to_owned).collect();
                if is_beginning(&format!("{ahead} rel:x")) {
                    words.extend(PREFIXES.iter().map(|(prefix, _)| format!("{prefix}:")));
                }
                starting(words.into_iter(), typed)
            }
        };
        (start, found)
    }

    fn name_candidates(&self, ahead: &str, typed: &str) -> Vec<String> {
        let (prefix, local) = typed.split_once(':').unwrap_or((typed, ""));
        let after_a = tokens(ahead).pop().is_some_and(|token| &ahead[token.byte_span] == "a");
        let is_property = !after_a && is_beginning(&format!("{ahead} ^"));
        if !after_a && !is_property {
            let found = entities_beginning(&self.graph, prefix, local);
            if !found.is_empty() {
                return found;
            }
        }
        let names = self.names.get_or_init(|| graph_names(&self.graph));
        let list = if after_a {
            &names.classes
        } else if is_property {
            &names.properties
        } else {
            &names.entities
        };
        let with_prefix: Vec<String> =
            list.iter().filter(|name| name.split(':').next() == Some(prefix)).cloned().collect();
        let locals: Vec<String> =
            with_prefix.iter().filter_map(|name| Some(name.split_once(':')?.1.to_owned())).collect();
        fitting(&locals, local).into_iter().map(|local| format!("{prefix}:{local}")).collect()
    }
}

fn starting(candidates: impl Iterator<Item = String>, typed: &str) -> Vec<String> {
    let typed = typed.to_lowercase();
    candidates.filter(|candidate| candidate.to_lowercase().starts_with(&typed)).collect()
}

/// Names that begin with what was typed, else names that hold it.
fn fitting(names: &[String], typed: &str) -> Vec<String> {
    let beginning = starting(names.iter().cloned(), typed);
    if !beginning.is_empty() {
        return beginning;
    }
    let typed = typed.to_lowercase();
    names.iter().filter(|name| name.to_lowercase().contains(&typed)).cloned().collect()
}

fn variables(text: &str, typed: &str) -> Vec<String> {
    let mut found: Vec<String> = tokens(text)
        .into_iter()
        .filter(|token| token.kind == TokenKind::Variable)
        .map(|token| text[token.byte_span].to_owned())
        .collect();
    found.sort();
    found.dedup();
    starting(found.into_iter(), typed)
}

fn files(typed: &str) -> Vec<String> {
    let (folder, name) = typed.rsplit_once('/').map_or(("", typed), |(folder, name)| (folder, name));
    let shown = if typed.contains('/') { format!("{folder}/") } else { String::new() };
    let place = if shown.is_empty() { "." } else { &shown };
    let Ok(entries) = std::fs::read_dir(place) else { return Vec::new() };
    let mut found: Vec<String> = entries
        .flatten()
        .filter_map(|entry| {
            let own = entry.file_name().into_string().ok()?;
            let slash = if entry.path().is_dir() { "/" } else { "" };
            own.starts_with(name).then(|| format!("{shown}{own}{slash}"))
        })
        .collect();
    found.sort();
    found
}

/// Most entities that are offered.
const MOST: usize = 200;

/// The entities of a prefix whose local names begin with a text, by the dictionary; else those that are called so,
/// by the index of names. Facts and sections, of which there are too many, are left out.
fn entities_beginning(graph: &Graph, prefix: &str, local: &str) -> Vec<String> {
    let Some((_, namespace)) = PREFIXES.iter().find(|(name, _)| *name == prefix) else { return Vec::new() };
    let (terms, triples) = (graph.terms(), graph.triples());
    let number = |iri: &str| terms.number(NamedNodeRef::new_unchecked(iri).into());
    let (label, is_unnamed) = (number(rdfs::LABEL.as_str()), graph.is_unnamed());
    let is_offered = |entity: &u32| {
        let named = label.is_some_and(|label| !triples.of_subject_predicate(*entity, label).is_empty());
        named && !is_unnamed(*entity)
    };
    let beginning = terms.with_prefix(Kind::Iri, &format!("{namespace}{local}"));
    let mut found: Vec<u32> = beginning.filter(is_offered).take(MOST).collect();
    let key = label_key(local);
    if found.is_empty() && !key.is_empty() {
        let called = graph.labels().entities(&key, true, 10 * MOST).unwrap_or_default();
        let own = called.iter().filter(|node| node.as_str().starts_with(namespace));
        found = own.filter_map(|node| number(node.as_str())).filter(is_offered).collect();
    }
    let name = |entity: u32| match terms.term(entity) {
        Ok(Term::NamedNode(node)) => Some(prefixed(node.as_str())),
        _ => None,
    };
    found.into_iter().filter_map(name).collect()
}

fn graph_names(graph: &Graph) -> GraphNames {
    let list = |select: &str| {
        let mut names: Vec<String> = rows(graph, select)
            .unwrap_or_default()
            .into_iter()
            .flatten()
            .flatten()
            .filter_map(|term| match term {
                Term::NamedNode(node) => Some(prefixed(node.as_str())).filter(|name| !name.starts_with('<')),
                _ => None,
            })
            .collect();
        names.sort();
        names.dedup();
        names
    };
    GraphNames {
        properties: list("SELECT DISTINCT ?p { ?s ?p ?o }"),
        classes: list("SELECT DISTINCT ?c { ?s a ?c }"),
        entities: list(
            "SELECT DISTINCT ?x { ?x rdfs:label ?l FILTER NOT EXISTS { ?x a rel:Fact } \
             FILTER NOT EXISTS { ?x a rel:Section } }",
        ),
    }
}

impl Completer for Assistant {
    type Candidate = Pair;

    fn complete(
        &self,
        line: &str,
        position: usize,
        _: &Context<'_>,
    ) -> rustyline::Result<(usize, Vec<Pair>)> {
        let (start, candidates) = self.candidates(line, position);
        let pair = |candidate: String| Pair { display: candidate.clone(), replacement: candidate };
        Ok((start, candidates.into_iter().map(pair).collect()))
    }
}

impl Hinter for Assistant {
    type Hint = String;

    fn hint(&self, line: &str, position: usize, context: &Context<'_>) -> Option<String> {
        if line.is_empty() { None } else { self.history.hint(line, position, context) }
    }
}

impl Highlighter for Assistant {
    fn highlight<'l>(&self, line: &'l str, _: usize) -> Cow<'l, str> {
        if self.color && !line.trim_start().starts_with('.') {
            Cow::Owned(highlighted(line))
        } else {
            Cow::Borrowed(line)
        }
    }

    fn highlight_prompt<'b, 's: 'b, 'p: 'b>(&'s self, prompt: &'p str, _: bool) -> Cow<'b, str> {
        if self.color { Cow::Owned(format!("\u{1b}[1m{prompt}\u{1b}[0m")) } else { Cow::Borrowed(prompt) }
    }

    fn highlight_hint<'h>(&self, hint: &'h str) -> Cow<'h, str> {
        if self.color { Cow::Owned(format!("\u{1b}[2m{hint}\u{1b}[0m")) } else { Cow::Borrowed(hint) }
    }

    fn highlight_char(&self, _: &str, _: usize, _: CmdKind) -> bool {
        self.color
    }
}

impl Validator for Assistant {
    fn validate(&self, context: &mut ValidationContext<'_>) -> rustyline::Result<ValidationResult> {
        Ok(if is_complete(context.input()) {
            ValidationResult::Valid(None)
        } else {
            ValidationResult::Incomplete
        })
    }
}

impl Helper for Assistant {}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::GraphBuilder;
    use oxrdfio::{RdfFormat, RdfParser};

    fn assistant() -> Assistant {
        let prefixes: String =
            PREFIXES.iter().map(|(name, iri)| format!("PREFIX {name}: <{iri}>\n")).collect();
        let text = prefixes
            + "svc:nimbus-queue a rel:Service ; rdfs:label \"Nimbus Queue\" ; rel:supportsZoneMode rel:Zonal .
               rel:Zonal rdfs:label \"zonal\" . region:north-harbor a rel:Region ; rdfs:label \"North Harbor\" .";
        let mut builder = GraphBuilder::new();
        for quad in RdfParser::from_format(RdfFormat::TriG).for_slice(&text) {
            builder.insert(&quad.unwrap());
        }
        let graph = Graph::from_bytes(builder.to_bytes().unwrap()).unwrap();
        Assistant::new(graph, Catalogue::new(&[]).unwrap(), false)
    }

    /// The line with each candidate in place of the word before the cursor, which is at its end.
    fn completed(line: &str) -> Vec<String> {
        let (start, candidates) = assistant().candidates(line, line.len());
        candidates.into_iter().map(|candidate| format!("{}{candidate}", &line[..start])).collect()
    }

    #[test]
    fn keywords_fit_their_place() {
        assert_eq!(completed("SEL"), ["SELECT"]);
        assert_eq!(completed("SELECT ?s { ?s ?p ?o FIL"), ["SELECT ?s { ?s ?p ?o FILTER"]);
        assert_eq!(completed("SELECT ?s { ?s ?p ?o } OR"), ["SELECT ?s { ?s ?p ?o } ORDER"]);
        assert_eq!(completed("SELECT ?s { ?s ?p ?o } ORDER "), ["SELECT ?s { ?s ?p ?o } ORDER BY"]);
        assert!(completed("SELECT ?s { ?s ?p ?o } ORDER BY ?s WHE").is_empty());
    }

    #[test]
    fn names_fit_their_place() {
        assert_eq!(completed("ASK { ?s rel:s"), ["ASK { ?s rel:supportsZoneMode"]);
        assert_eq!(completed("ASK { ?s a rel:S"), ["ASK { ?s a rel:Service"]);
        assert_eq!(
            completed("ASK { ?s rel:supportsZoneMode rel:Z"),
            ["ASK { ?s rel:supportsZoneMode rel:Zonal"]
        );
        assert_eq!(completed("ASK { svc:queue"), ["ASK { svc:nimbus-queue"]);
        assert_eq!(completed("ASK { ?s sk"), ["ASK { ?s skos:"]);
    }

    #[test]
    fn entities_are_looked_up_not_listed() {
        let assistant = assistant();
        for (line, found) in
            [("ASK { svc:nim", 1), ("ASK { svc:Nim", 1), ("ASK { svc:queue", 1), ("ASK { region:", 1)]
        {
            assert_eq!(assistant.candidates(line, line.len()).1.len(), found, "{line}");
        }
        assert!(assistant.names.get().is_none());
        assert!(assistant.candidates("ASK { svc:zzz", 13).1.is_empty());
    }

    #[test]
    fn variables_are_those_of_the_statement() {
        assert_eq!(
            completed("SELECT ?service { ?service a ?class . ?s"),
            ["SELECT ?service { ?service a ?class . ?service"]
        );
        assert_eq!(completed("SELECT ?a ?b { ?").len(), 2);
    }

    #[test]
    fn dot_commands_complete_their_arguments() {
        assert_eq!(completed(".sch"), [".schema"]);
        assert_eq!(completed(".ask downt"), [".ask downtime"]);
        assert_eq!(completed(".ask downtime s"), [".ask downtime service=", ".ask downtime scenario="]);
        assert_eq!(completed(".ask downtime service=nim"), [".ask downtime service=\"Nimbus Queue\""]);
        assert_eq!(completed(".ask downtime service=\"Nimbus Q"), [".ask downtime service=\"Nimbus Queue\""]);
        assert_eq!(completed(".format mark"), [".format markdown"]);
        assert!(completed(".quit ").is_empty());
    }
}
