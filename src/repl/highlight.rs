//! Colours for SPARQL.

use crate::answers::syntax::KEYWORDS;
use crate::answers::tokens::{TokenKind, tokens};

/// A text with ANSI colours by the kind of its tokens.
pub fn highlighted(text: &str) -> String {
    let mut colored = String::with_capacity(text.len() * 2);
    let mut at = 0;
    for token in tokens(text) {
        colored.push_str(&text[at..token.byte_span.start]);
        let word = &text[token.byte_span.clone()];
        match color(token.kind, word) {
            Some(color) => colored.push_str(&format!("\u{1b}[{color}m{word}\u{1b}[0m")),
            None => colored.push_str(word),
        }
        at = token.byte_span.end;
    }
    colored.push_str(&text[at..]);
    colored
}

fn color(kind: TokenKind, word: &str) -> Option<&'static str> {
    Some(match kind {
        TokenKind::Word if KEYWORDS.iter().any(|keyword| keyword.eq_ignore_ascii_case(word)) => "1;34",
        TokenKind::Variable => "36",
        TokenKind::String | TokenKind::Language => "32",
        TokenKind::Number => "35",
        TokenKind::Iri | TokenKind::PrefixedName => "33",
        TokenKind::Comment => "2",
        TokenKind::Broken => "31",
        TokenKind::Word | TokenKind::Punctuation | TokenKind::BlankNode => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_never_change_the_text() {
        let text = "SELECT ?s { ?s a rel:A } # end\n\"open";
        let colored = highlighted(text);
        let mut plain = String::new();
        let mut rest = colored.as_str();
        while let Some((before, after)) = rest.split_once('\u{1b}') {
            plain.push_str(before);
            rest = after.split_once('m').unwrap().1;
        }
        plain.push_str(rest);
        assert_eq!(plain, text);
        assert!(colored.starts_with("\u{1b}[1;34mSELECT\u{1b}[0m \u{1b}[36m?s"));
    }
}
