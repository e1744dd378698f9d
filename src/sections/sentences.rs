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

const LONGEST_ABBREVIATION: usize = 6;

/// Splits a text into sentences: at a full stop, question or exclamation mark that is followed by a blank and
/// doesn't end an abbreviation.
pub fn sentences(text: &str) -> impl Iterator<Item = Sentence<'_>> {
    let bytes = text.as_bytes();
    let mut marks = memchr::memchr3_iter(b'.', b'?', b'!', bytes);
    let mut end = 0;
    let next = move || {
        let start = end;
        let end_at = |at: usize| {
            let mut next = at + 1;
            while matches!(bytes.get(next), Some(b')' | b'"' | b'\'')) {
                next += 1;
            }
            let ends = bytes.get(next).is_none_or(|byte| *byte == b' ') && !is_abbreviation(&text[start..at]);
            ends.then_some(next)
        };
        end = marks.find_map(end_at).unwrap_or(text.len());
        (start < end).then(|| &text[start..end])
    };
    std::iter::from_fn(next)
        .scan(0, |start, words| {
            let opened = words.trim_start();
            let (from, sentence) = (*start + words.len() - opened.len(), opened.trim_end());
            *start += words.len();
            Some(Sentence { text: sentence, range: from..from + sentence.len() })
        })
        .filter(|sentence| !sentence.text.is_empty())
}

fn is_abbreviation(before: &str) -> bool {
    let word = memchr::memrchr2(b' ', b'(', before.as_bytes()).map_or(before, |blank| &before[blank + 1..]);
    word.len() <= LONGEST_ABBREVIATION && ABBREVIATIONS.iter().any(|known| word.eq_ignore_ascii_case(known))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn full_stops_inside_words_end_nothing() {
        let text = "Version 1.5 works, e.g. here. \"Is it?\" Yes (really.) Done";
        let found: Vec<_> = sentences(text).map(|sentence| sentence.text).collect();
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
