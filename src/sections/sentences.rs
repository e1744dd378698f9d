//! Sentences of a plain text.

use std::ops::Range;

/// A sentence, with its range in the text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sentence<'a> {
    /// Its words, without blanks around them.
    pub text: &'a str,
    /// Byte range in the text.
    pub range: Range<usize>,
}

/// Abbreviations whose full stop ends no sentence.
const ABBREVIATIONS: [&str; 10] = ["e.g", "i.e", "etc", "vs", "approx", "incl", "no", "min", "max", "ca"];

/// Splits a text into sentences: at a full stop, question or exclamation mark that is followed by a blank and
/// doesn't end an abbreviation.
pub fn sentences(text: &str) -> Vec<Sentence<'_>> {
    let bytes = text.as_bytes();
    let mut sentences = Vec::new();
    let mut start = 0;
    for at in memchr::memchr3_iter(b'.', b'?', b'!', bytes) {
        let mut next = at + 1;
        while matches!(bytes.get(next), Some(b')' | b'"' | b'\'')) {
            next += 1;
        }
        if bytes.get(next).is_none_or(|byte| *byte == b' ') && !is_abbreviation(&text[start..at]) {
            push(text, start..next, &mut sentences);
            start = next;
        }
    }
    push(text, start..text.len(), &mut sentences);
    sentences
}

fn push<'a>(text: &'a str, range: Range<usize>, sentences: &mut Vec<Sentence<'a>>) {
    let words = &text[range.clone()];
    let start = range.start + words.len() - words.trim_start().len();
    let words = words.trim();
    if !words.is_empty() {
        sentences.push(Sentence { text: words, range: start..start + words.len() });
    }
}

fn is_abbreviation(before: &str) -> bool {
    let word = before.rsplit([' ', '(']).next().unwrap_or_default();
    ABBREVIATIONS.iter().any(|known| word.eq_ignore_ascii_case(known))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn full_stops_inside_words_end_nothing() {
        let text = "Version 1.5 works, e.g. here. \"Is it?\" Yes (really.) Done";
        let found: Vec<_> = sentences(text).into_iter().map(|sentence| sentence.text).collect();
        assert_eq!(found, ["Version 1.5 works, e.g. here.", "\"Is it?\"", "Yes (really.)", "Done"]);
    }

    #[test]
    fn ranges_lead_back_to_the_text() {
        let text = " One.  Two. ";
        for sentence in sentences(text) {
            assert_eq!(&text[sentence.range.clone()], sentence.text);
        }
    }
}
