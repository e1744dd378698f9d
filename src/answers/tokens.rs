//! The tokens of SPARQL text, also of text that is wrong or unfinished: for error places, for completion,
//! for telling where a statement ends.

use std::ops::Range;

/// What a [`Token`] is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenKind {
    /// A keyword, a function name, `a`, `true`: letters, digits and `_`.
    Word,
    /// `?name` or `$name`.
    Variable,
    /// `<…>`.
    Iri,
    /// `prefix:name`, also `prefix:` and `:name`.
    PrefixedName,
    /// `_:name`.
    BlankNode,
    /// A string in any of the four kinds of quotes.
    String,
    /// An unsigned number.
    Number,
    /// `@en`.
    Language,
    /// An operator or a bracket.
    Punctuation,
    /// `# …` to the end of the line.
    Comment,
    /// A string without its closing quote, or a character that SPARQL doesn't know.
    Broken,
}

/// A piece of text with its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    /// What it is.
    pub kind: TokenKind,
    /// Its byte range in the text.
    pub byte_span: Range<usize>,
}

/// The tokens of a text, comments included, white space left out; they never overlap.
pub fn tokens(text: &str) -> Vec<Token> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(first) = text[at..].chars().next() {
        if first.is_whitespace() {
            at += first.len_utf8();
            continue;
        }
        let (kind, length) = token(&text[at..], first);
        found.push(Token { kind, byte_span: at..at + length });
        at += length;
    }
    found
}

/// Kind and byte length of the token that starts a text with the character `first`.
fn token(text: &str, first: char) -> (TokenKind, usize) {
    match first {
        '#' => (TokenKind::Comment, text.find('\n').unwrap_or(text.len())),
        '<' => {
            iri(text).map_or_else(|| (TokenKind::Punctuation, operator(text)), |end| (TokenKind::Iri, end))
        }
        '"' | '\'' => string(text, first),
        '?' | '$' => {
            let length = 1 + run(&text[1..], is_name);
            (if length > 1 { TokenKind::Variable } else { TokenKind::Punctuation }, length)
        }
        '@' => (TokenKind::Language, 1 + run(&text[1..], |c| c.is_alphanumeric() || c == '-')),
        '_' if text.starts_with("_:") => (TokenKind::BlankNode, 2 + local(&text[2..])),
        ':' => (TokenKind::PrefixedName, 1 + local(&text[1..])),
        '.' if text[1..].starts_with(|c: char| c.is_ascii_digit()) => (TokenKind::Number, number(text)),
        c if c.is_ascii_digit() => (TokenKind::Number, number(text)),
        c if is_name(c) => word(text),
        c if "{}()[].,;*/|^+-!=<>&~".contains(c) => (TokenKind::Punctuation, operator(text)),
        c => (TokenKind::Broken, c.len_utf8()),
    }
}

fn is_name(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

fn run(text: &str, part: impl Fn(char) -> bool) -> usize {
    text.find(|c| !part(c)).unwrap_or(text.len())
}

/// Byte length of `<…>`, where no character forbids that it is an IRI.
fn iri(text: &str) -> Option<usize> {
    let end = text[1..].find(|c: char| c <= ' ' || "<>\"{}|^`".contains(c))?;
    text[1 + end..].starts_with('>').then_some(end + 2)
}

fn string(text: &str, quote: char) -> (TokenKind, usize) {
    let long = text.starts_with(&quote.to_string().repeat(3));
    let (start, closing) = if long { (3, quote.to_string().repeat(3)) } else { (1, quote.to_string()) };
    let mut at = start;
    while let Some(c) = text[at..].chars().next() {
        if text[at..].starts_with(&closing) {
            return (TokenKind::String, at + closing.len());
        }
        if c == '\n' && !long {
            break;
        }
        at += c.len_utf8();
        if c == '\\' {
            at += text[at..].chars().next().map_or(0, char::len_utf8);
        }
    }
    (TokenKind::Broken, at)
}

fn number(text: &str) -> usize {
    let mut end = run(text, |c| c.is_ascii_digit());
    if text[end..].starts_with('.') && text[end + 1..].starts_with(|c: char| c.is_ascii_digit()) {
        end += 1 + run(&text[end + 1..], |c| c.is_ascii_digit());
    }
    let exponent = &text[end..];
    if exponent.starts_with(['e', 'E']) {
        let sign = 1 + usize::from(exponent[1..].starts_with(['+', '-']));
        let digits = run(&exponent[sign..], |c| c.is_ascii_digit());
        end += if digits > 0 { sign + digits } else { 0 };
    }
    end
}

fn word(text: &str) -> (TokenKind, usize) {
    let plain = run(text, is_name);
    let prefix = run(text, |c| is_name(c) || c == '-' || c == '.');
    if text[prefix..].starts_with(':') {
        return (TokenKind::PrefixedName, prefix + 1 + local(&text[prefix + 1..]));
    }
    (TokenKind::Word, plain)
}

/// Byte length of the local part of a prefixed name; a `.` at its end isn't part of it.
fn local(text: &str) -> usize {
    let mut end = 0;
    let mut characters = text.char_indices();
    while let Some((at, c)) = characters.next() {
        match c {
            '\\' => match characters.next() {
                Some((next, escaped)) => end = next + escaped.len_utf8(),
                None => break,
            },
            '.' => {}
            c if is_name(c) || matches!(c, '-' | ':' | '%' | '\u{B7}') => end = at + c.len_utf8(),
            _ => break,
        }
    }
    end
}

fn operator(text: &str) -> usize {
    let two = ["<=", ">=", "!=", "&&", "||", "^^"].iter().any(|operator| text.starts_with(operator));
    if two { 2 } else { 1 }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kinds(text: &str) -> Vec<(TokenKind, &str)> {
        tokens(text).into_iter().map(|token| (token.kind, &text[token.byte_span])).collect()
    }

    #[test]
    fn a_statement_falls_into_its_tokens() {
        use TokenKind::*;
        assert_eq!(
            kinds("SELECT ?s { ?s rel:line 12. FILTER(?x <= 3.5 && ?y < 2) } # end"),
            [
                (Word, "SELECT"),
                (Variable, "?s"),
                (Punctuation, "{"),
                (Variable, "?s"),
                (PrefixedName, "rel:line"),
                (Number, "12"),
                (Punctuation, "."),
                (Word, "FILTER"),
                (Punctuation, "("),
                (Variable, "?x"),
                (Punctuation, "<="),
                (Number, "3.5"),
                (Punctuation, "&&"),
                (Variable, "?y"),
                (Punctuation, "<"),
                (Number, "2"),
                (Punctuation, ")"),
                (Punctuation, "}"),
                (Comment, "# end"),
            ]
        );
    }

    #[test]
    fn names_strings_and_iris_keep_their_odd_characters() {
        use TokenKind::*;
        assert_eq!(
            kinds(r#"<http://e/a#b> tier:a\/b. "a\"}" '''x'y''' _:b1 "x"@en-GB ^^xsd:date ?"#),
            [
                (Iri, "<http://e/a#b>"),
                (PrefixedName, r"tier:a\/b"),
                (Punctuation, "."),
                (String, r#""a\"}""#),
                (String, "'''x'y'''"),
                (BlankNode, "_:b1"),
                (String, "\"x\""),
                (Language, "@en-GB"),
                (Punctuation, "^^"),
                (PrefixedName, "xsd:date"),
                (Punctuation, "?"),
            ]
        );
    }

    #[test]
    fn text_that_is_wrong_still_has_tokens() {
        use TokenKind::*;
        assert_eq!(kinds("\"open\n§ }"), [(Broken, "\"open"), (Broken, "§"), (Punctuation, "}")]);
        assert_eq!(kinds("'\\"), [(Broken, "'\\")]);
        assert_eq!(kinds("x:\\"), [(PrefixedName, "x:"), (Broken, "\\")]);
    }
}
