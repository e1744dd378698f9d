//! Texts that change a graph.

use super::syntax::parse_update;
use super::tokens::{TokenKind, tokens};

/// The words with which an operation of an update begins.
const OPERATIONS: [&str; 10] =
    ["INSERT", "DELETE", "WITH", "CLEAR", "CREATE", "DROP", "ADD", "MOVE", "COPY", "LOAD"];

/// The words with which a query begins.
const QUERIES: [&str; 4] = ["SELECT", "ASK", "CONSTRUCT", "DESCRIBE"];

/// Whether a text is an update, or wants to be one: the first of its words that begins something tells.
pub fn is_update(text: &str) -> bool {
    let is = |words: &[&str], text: &str| words.iter().any(|word| word.eq_ignore_ascii_case(text));
    let words = tokens(text).into_iter().filter(|token| token.kind == TokenKind::Word);
    let first =
        words.map(|token| &text[token.byte_span]).find(|word| is(&OPERATIONS, word) || is(&QUERIES, word));
    !text.trim_start().starts_with('.') && first.is_some_and(|word| is(&OPERATIONS, word))
}

/// Whether a text is a whole update; an operation of it may still follow.
pub fn is_whole_update(text: &str) -> bool {
    parse_update(text, None).is_ok_and(|update| !update.operations.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_word_that_begins_something_tells() {
        for text in
            ["INSERT DATA { <x:a> a 1 }", "prefix select: <x:> delete where { ?s ?p ?o }", "# ASK\nclear all"]
        {
            assert!(is_update(text), "{text}");
        }
        for text in ["SELECT ?insert { ?s rel:insert 'INSERT' }", "ASK {}", "", "INSERTION", ".load x"] {
            assert!(!is_update(text), "{text}");
        }
        assert!(is_whole_update("CLEAR ALL") && !is_whole_update("INSERT DATA {") && !is_whole_update(""));
        let error = parse_update("INSERT DATA { ?s a 1 }", Some("a.ru")).unwrap_err().to_string();
        assert!(error.starts_with("a.ru:1:15: variables are not allowed in INSERT DATA\n"), "{error}");
    }
}
