//! Where statements end.

use crate::answers::syntax::{is_beginning, parser};
use crate::answers::tokens::{Token, TokenKind, tokens};
use crate::answers::updates::{is_update, is_whole_update};

/// A statement in a longer text: a query, or a line that begins with a dot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Statement {
    /// Its text, without the `;` behind it.
    pub text: String,
    /// How many lines of the whole text stand before it.
    pub lines_before: usize,
}

/// Keywords that continue a query that could end before them.
const CONTINUATIONS: [&str; 8] = ["WHERE", "ORDER", "GROUP", "HAVING", "LIMIT", "OFFSET", "VALUES", "FROM"];

/// The statements of a text. They end at a `;` outside brackets, or at the end of a line where a query is
/// complete and the next line doesn't go on with it.
pub fn statements(text: &str) -> Vec<Statement> {
    let mut found = Vec::new();
    let mut start = 0;
    while let Some(end) = next_end(text, &mut start) {
        let statement = text[start..end].trim_end().trim_end_matches(';').trim();
        if !is_blank(statement) {
            let offset = start + text[start..end].find(statement).unwrap_or(0);
            let lines_before = text[..offset].matches('\n').count();
            found.push(Statement { text: statement.to_owned(), lines_before });
        }
        start = end;
    }
    found
}

/// What stands behind the dot of a dot-command; `help`, `quit` and `exit` are some without it.
pub fn dot_command_of(statement: &str) -> Option<&str> {
    let statement = statement.trim();
    let is_bare = ["help", "quit", "exit"].iter().any(|name| name.eq_ignore_ascii_case(statement));
    statement.strip_prefix('.').or_else(|| is_bare.then_some(statement))
}

/// Whether a text on which Enter was pressed is to be run: it is complete, or more lines can't mend it.
pub fn is_complete(text: &str) -> bool {
    let trimmed = text.trim();
    if let Some(query) = explained(trimmed) {
        return is_complete(&text[text.len() - text.trim_start().len() + query..]);
    }
    if trimmed.is_empty()
        || trimmed.starts_with('.')
        || text.ends_with("\n\n")
        || ends_with_semicolon(trimmed)
    {
        return true;
    }
    if is_update(trimmed) {
        return is_whole_update(trimmed)
            || loads_file(trimmed)
            || depth(trimmed, &significant(trimmed)) <= 0 && trimmed.contains('}');
    }
    parser().parse_query(trimmed).is_ok() || !is_beginning(text)
}

/// Whether a text is `load FILE` without its dot, and no LOAD of an address that goes on.
fn loads_file(text: &str) -> bool {
    let mut words = text.split_whitespace();
    let is_load = words.next().is_some_and(|word| word.eq_ignore_ascii_case("load"));
    is_load
        && words.next().is_some_and(|file| !file.contains(['<', ':']) && !file.eq_ignore_ascii_case("silent"))
}

/// Where the query behind `.explain`, which may be shortened, begins; none for all else.
pub(super) fn explained(text: &str) -> Option<usize> {
    let end = text.find(char::is_whitespace)?;
    let is_explain = end > 2 && ".explain".starts_with(&text[..end].to_ascii_lowercase());
    let rest = text[end..].trim_start();
    let is_query = !rest.is_empty() && rest.split_whitespace().next() != Some("ask");
    (is_explain && is_query).then(|| text.len() - rest.len())
}

fn ends_with_semicolon(text: &str) -> bool {
    let tokens = significant(text);
    let is_semicolon = |token: &Token| &text[token.byte_span.clone()] == ";";
    tokens.last().is_some_and(is_semicolon) && depth(text, &tokens) <= 0
}

fn depth(text: &str, tokens: &[Token]) -> i32 {
    tokens.iter().map(|token| change_of_depth(text, token)).sum()
}

fn change_of_depth(text: &str, token: &Token) -> i32 {
    if token.kind != TokenKind::Punctuation {
        return 0;
    }
    match &text[token.byte_span.clone()] {
        "{" | "(" | "[" => 1,
        "}" | ")" | "]" => -1,
        _ => 0,
    }
}

fn significant(text: &str) -> Vec<Token> {
    tokens(text).into_iter().filter(|token| token.kind != TokenKind::Comment).collect()
}

fn is_blank(text: &str) -> bool {
    significant(text).is_empty()
}

/// The end of the statement that begins at `start`, which moves over white space.
fn next_end(text: &str, start: &mut usize) -> Option<usize> {
    *start += text[*start..].len() - text[*start..].trim_start().len();
    let rest = &text[*start..];
    if rest.is_empty() {
        return None;
    }
    if let Some(query) = rest.lines().next().and_then(explained) {
        let mut query = *start + query;
        return next_end(text, &mut query);
    }
    if rest.lines().next().and_then(dot_command_of).is_some() {
        return Some(*start + rest.find('\n').unwrap_or(rest.len()));
    }
    let tokens = significant(rest);
    let mut depth = 0;
    for (index, token) in tokens.iter().enumerate() {
        depth += change_of_depth(rest, token);
        let word = &rest[token.byte_span.clone()];
        if depth <= 0 && word == ";" {
            return Some(*start + token.byte_span.end);
        }
        if let (true, Some(next)) = (depth <= 0, tokens.get(index + 1)) {
            let end = token.byte_span.end;
            if ends_line(rest, end, next) {
                return Some(*start + end);
            }
        }
    }
    Some(text.len())
}

/// Whether the statement ends between two tokens, because a line ends there and the next doesn't go on with it.
fn ends_line(text: &str, end: usize, next: &Token) -> bool {
    let gap = &text[end..next.byte_span.start];
    if !gap.contains('\n') {
        return false;
    }
    let word = &text[next.byte_span.clone()];
    if CONTINUATIONS.iter().any(|keyword| keyword.eq_ignore_ascii_case(word)) {
        return false;
    }
    let blank_line = gap.lines().skip(1).any(|line| line.trim().is_empty()) && gap.matches('\n').count() > 1;
    let so_far = &text[..end];
    if is_update(so_far) {
        return is_whole_update(so_far) || blank_line;
    }
    parser().parse_query(so_far).is_ok() || (blank_line && !is_beginning(so_far))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(text: &str) -> Vec<String> {
        statements(text).into_iter().map(|statement| statement.text).collect()
    }

    #[test]
    fn semicolons_blank_lines_and_new_queries_end_statements() {
        assert_eq!(
            texts(
                "ASK { ?s a rel:A ; rdfs:label 'x;y' };\nASK {}\n\nSELECT * { ?s ?p ?o }\nLIMIT 1\nASK { } # end\n;"
            ),
            ["ASK { ?s a rel:A ; rdfs:label 'x;y' }", "ASK {}", "SELECT * { ?s ?p ?o }\nLIMIT 1", "ASK { }"]
        );
    }

    #[test]
    fn a_broken_statement_ends_at_a_blank_line() {
        assert_eq!(texts("SELEC ?s\n\nASK {}"), ["SELEC ?s", "ASK {}"]);
        assert_eq!(
            texts("PREFIX x: <http://x/>\n\nASK { ?s x:a 1 }"),
            ["PREFIX x: <http://x/>\n\nASK { ?s x:a 1 }"]
        );
    }

    #[test]
    fn dot_lines_are_statements() {
        let found = statements("\n.limit 5\nASK {}\n.quit");
        let lines: Vec<(&str, usize)> =
            found.iter().map(|statement| (statement.text.as_str(), statement.lines_before)).collect();
        assert_eq!(lines, [(".limit 5", 1), ("ASK {}", 2), (".quit", 3)]);
        assert!(statements(" # nothing\n").is_empty());
    }

    #[test]
    fn updates_end_where_they_are_whole() {
        assert_eq!(
            texts(
                "INSERT DATA {\n <x:a> a 1 }\nDELETE { ?s a 1 }\nINSERT { ?s a 2 }\nWHERE { ?s a 1 } ; CLEAR ALL\nASK {}"
            ),
            [
                "INSERT DATA {\n <x:a> a 1 }",
                "DELETE { ?s a 1 }\nINSERT { ?s a 2 }\nWHERE { ?s a 1 }",
                "CLEAR ALL",
                "ASK {}"
            ]
        );
        for text in ["INSERT DATA {", "INSERT DATA", "DELETE { ?s a 1"] {
            assert!(!is_complete(text), "{text}");
        }
        assert!(is_complete("INSERT DATA { <x:a> a 1 }") && is_complete("CLEAR ALL"));
    }

    #[test]
    fn a_query_behind_explain_may_have_many_lines() {
        assert_eq!(
            texts(".explain SELECT ?s {\n ?s ?p ?o }\nASK {}\n.exp ask facts\n.explain\nASK {}"),
            [".explain SELECT ?s {\n ?s ?p ?o }", "ASK {}", ".exp ask facts", ".explain", "ASK {}"]
        );
        assert!(!is_complete(".explain SELECT ?s {"));
        for text in [".explain ASK {}", ".explain", ".ex ask regions", ".help"] {
            assert!(is_complete(text), "{text}");
        }
    }

    #[test]
    fn enter_runs_what_is_complete_or_hopeless() {
        for text in [
            "ASK {}",
            "SELECT ?s { ?s ?p ?o }",
            ".help",
            "load x.ttl",
            "SELECT ?s;",
            "SELEC",
            "",
            "ASK {\n\n",
        ] {
            assert!(is_complete(text), "{text}");
        }
        for text in [
            "SELECT ?s",
            "ASK {",
            "SELECT ?s { ?s rdfs:label \"\"\"a\n",
            "ASK { ?s a rel:A ;",
            "LOAD",
            "LOAD SILENT",
            "PREFIX x: <http://x/>",
        ] {
            assert!(!is_complete(text), "{text}");
        }
    }
}
