//! CSV and TSV with plain cells.

use super::lines::Line;
use super::plain::cell;
use oxrdf::{Term, Variable};

/// CSV (RFC 4180, lines end with CR LF) or TSV (tabs and line breaks in cells become spaces).
pub fn line(tabs: bool, variables: &[Variable]) -> Line {
    let (between, end) = if tabs { ("\t", "\n") } else { (",", "\r\n") };
    let names: Vec<&str> = variables.iter().map(Variable::as_str).collect();
    let before = |column: usize| if column == 0 { String::new() } else { between.to_owned() };
    Line {
        head: names.join(between) + end,
        before: (0..names.len()).map(before).collect(),
        end,
        push: if tabs { push_between_tabs } else { push_between_commas },
        push_words: if tabs { push_words_between_tabs } else { push_words_between_commas },
    }
}

fn push_between_tabs(value: Option<&Term>, text: &mut String) {
    match value {
        Some(Term::Literal(literal)) => push_words_between_tabs(literal.value(), text),
        value => push_words_between_tabs(&cell(value), text),
    }
}

fn push_words_between_tabs(words: &str, text: &mut String) {
    if memchr::memchr3(b'\t', b'\n', b'\r', words.as_bytes()).is_some() {
        text.push_str(&words.replace(['\t', '\n', '\r'], " "));
    } else {
        text.push_str(words);
    }
}

fn push_between_commas(value: Option<&Term>, text: &mut String) {
    match value {
        Some(Term::Literal(literal)) => push_words_between_commas(literal.value(), text),
        value => push_words_between_commas(&cell(value), text),
    }
}

fn push_words_between_commas(words: &str, text: &mut String) {
    if words.bytes().any(|byte| matches!(byte, b'"' | b',' | b'\n' | b'\r')) {
        text.push('"');
        text.push_str(&words.replace('"', "\"\""));
        text.push('"');
    } else {
        text.push_str(words);
    }
}
