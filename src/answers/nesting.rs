//! How deep a text of SPARQL may be nested: parser and evaluator go down with it, and a stack has an end.

use super::tokens::{Token, TokenKind, tokens};
use crate::error::{Error, Result};
use std::ops::Range;

/// Most brackets in brackets.
const DEEPEST: usize = 200;

/// Most operators and groups of a text; each stands inside the one before it once it is read.
const MOST_STEPS: usize = 10_000;

/// Words, besides brackets of groups, that make an operator of what stands before them.
const JOINING: [&str; 2] = ["FILTER", "AS"];

/// What is wrong with a text that is nested too deep, and where.
pub fn too_deep(text: &str) -> Option<(String, Range<usize>)> {
    let (mut depth, mut steps) = (0usize, 0);
    for Token { kind, byte_span } in tokens(text) {
        let word = &text[byte_span.clone()];
        steps += usize::from(kind == TokenKind::Punctuation && word == "{");
        match kind {
            TokenKind::Punctuation if matches!(word, "(" | "{" | "[") => depth += 1,
            TokenKind::Punctuation if matches!(word, ")" | "}" | "]") => depth = depth.saturating_sub(1),
            // An operation of an update ends here.
            TokenKind::Punctuation if word == ";" && depth == 0 => steps = 0,
            TokenKind::Punctuation if !matches!(word, "." | "," | ";") => steps += 1,
            TokenKind::Word if JOINING.iter().any(|joins| joins.eq_ignore_ascii_case(word)) => steps += 1,
            _ => {}
        }
        if depth > DEEPEST {
            return Some((format!("brackets are nested more than {DEEPEST} deep"), byte_span));
        }
        if steps > MOST_STEPS {
            return Some((format!("there are more than {MOST_STEPS} operators and groups"), byte_span));
        }
    }
    None
}

/// Refuses a text that is nested too deep.
///
/// # Errors
/// Such a text.
pub fn check(text: &str, origin: Option<&str>) -> Result<()> {
    let Some((what, place)) = too_deep(text) else { return Ok(()) };
    let line = text[..place.start].matches('\n').count() + 1;
    let origin = origin.map_or_else(|| "line ".to_owned(), |origin| format!("{origin}:"));
    Err(Error::query(format!("{origin}{line}: {what}"))
        .with_hint("put many values into VALUES, and split the query into several"))
}

#[cfg(test)]
mod tests {
    use crate::answers::syntax::{is_beginning, parse, parse_update};

    #[test]
    fn deep_texts_are_refused_and_wide_ones_are_not() {
        let deep = |open: &str, inner: &str, close: &str, count: usize| {
            format!("SELECT * {{ {}{inner}{} }}", open.repeat(count), close.repeat(count))
        };
        for text in [
            deep("{", "?s ?p ?o", "}", 100_000),
            deep("{", "", "", 100_000),
            deep("?s ?p [", "", "]", 100_000),
            deep("FILTER(", "1", ")", 1000),
            deep("?s ?p (", "1", ")", 1000),
            format!("SELECT (1{} AS ?x) {{}}", "+1".repeat(20_000)),
            format!("SELECT * {{ ?s a{} ?o }}", "/a".repeat(20_000)),
            format!("SELECT * {{ FILTER({}true) }}", "!".repeat(20_000)),
            format!("SELECT * {{ {} }}", "OPTIONAL { ?s ?p ?o } ".repeat(20_000)),
        ] {
            let error = parse(&text, Some("q.rq")).unwrap_err().to_string();
            assert!(error.starts_with("q.rq:1: ") && error.contains("more than"), "{error}");
            assert!(!is_beginning(&text));
        }
        assert!(parse_update(&format!("DELETE WHERE {}", "{".repeat(1000)), None).is_err());
        for text in [
            format!("SELECT * {{ VALUES ?x {{ {} }} }}", "1 ".repeat(50_000)),
            format!("SELECT * {{ {} }}", "?s ?p ?o . ".repeat(20_000)),
            deep("{", "?s ?p ?o", "}", 50),
        ] {
            assert!(parse(&text, None).is_ok());
        }
    }
}
