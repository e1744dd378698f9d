//! Rules of SPARQL that go beyond its grammar, and where a query breaks them.

use crate::answers::tokens::{Token, TokenKind, tokens};
use crate::error::Error;
use std::ops::Range;

/// A rule of SPARQL that the parser says was broken: the one item of its list that is a sentence.
pub fn rule_broken(message: &str) -> Option<String> {
    let (_, list) = message.split_once("expected ")?;
    let rule = list.trim_start_matches("one of ").split(", ").find(|item| {
        item.contains(' ') && !item.starts_with(['"', '[', '|']) && *item != "Prefix not found"
    })?;
    let mut letters = rule.chars();
    let first = letters.next()?;
    let lower = letters.clone().next().is_some_and(char::is_lowercase);
    let first = if lower { first.to_ascii_lowercase() } else { first };
    Some(format!("{first}{}", letters.as_str()))
}

/// The first variable that is selected as it is in a query whose GROUP BY, if it has one, doesn't name it.
pub fn ungrouped(text: &str, tokens: &[Token]) -> Option<Range<usize>> {
    let word = |token: &Token| text[token.byte_span.clone()].to_ascii_uppercase();
    let is_variable = |token: &&Token| token.kind == TokenKind::Variable;
    let group = tokens.windows(2).position(|pair| word(&pair[0]) == "GROUP" && word(&pair[1]) == "BY");
    let behind = tokens[group.unwrap_or(tokens.len())..].iter();
    let grouped =
        behind.take_while(|token| !matches!(word(token).as_str(), "HAVING" | "ORDER" | "LIMIT" | "OFFSET"));
    let grouped: Vec<String> = grouped.filter(is_variable).map(word).collect();
    let mut depth = 0;
    let selected = tokens.iter().take_while(|token| !matches!(word(token).as_str(), "WHERE" | "FROM" | "{"));
    let mut plain = selected.filter(|token| {
        depth += match word(token).as_str() {
            "(" => 1,
            ")" => -1,
            _ => 0,
        };
        depth == 0 && is_variable(token)
    });
    plain.find(|token| !grouped.contains(&word(token))).map(|token| token.byte_span.clone())
}

pub fn ungrouped_error(
    text: &str,
    span: Range<usize>,
    report: impl Fn(String, Range<usize>) -> Error,
) -> Error {
    let name = &text[span.clone()];
    report(format!("{name} is neither grouped nor aggregated"), span)
        .with_hint(format!("add it to GROUP BY, or select one of its values: (SAMPLE({name}) AS ?one)"))
}

/// Where what a rule forbids stands, if the rule names it: the last of its kind.
pub fn breaker(rule: &str, before: &str) -> Option<Range<usize>> {
    let kind = match rule.split_once(" are not allowed")?.0 {
        "variables" => TokenKind::Variable,
        "blank nodes" => TokenKind::BlankNode,
        _ => return None,
    };
    tokens(before).into_iter().rfind(|token| token.kind == kind).map(|token| token.byte_span)
}
