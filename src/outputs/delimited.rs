//! CSV and TSV with plain cells.

use super::lines::Line;
use super::plain::push_cell;
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
    }
}

fn push_between_tabs(value: Option<&Term>, text: &mut String) {
    let start = text.len();
    push_cell(value, text);
    if text[start..].contains(['\t', '\n', '\r']) {
        let cell = text[start..].replace(['\t', '\n', '\r'], " ");
        text.truncate(start);
        text.push_str(&cell);
    }
}

fn push_between_commas(value: Option<&Term>, text: &mut String) {
    let start = text.len();
    push_cell(value, text);
    if text[start..].contains(['"', ',', '\n', '\r']) {
        let cell = text[start..].replace('"', "\"\"");
        text.truncate(start);
        text.push('"');
        text.push_str(&cell);
        text.push('"');
    }
}
