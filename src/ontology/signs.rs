//! Signs: a word for each alternative of an expression, by which most alternatives are passed over.
//!
//! Many alternatives stand where a cue names a phrase, and few of their words stand in a text. A text knows the hashes
//! of the beginnings of its words (a Bloom filter), and an alternative the hash of one that it can't do without.

use super::edges::{Edges, Side, no_letter};
use super::expression::Step;
use super::text::first_four;
use serde::{Deserialize, Serialize};

/// Bits of a hash.
const BITS: u32 = 10;

/// The hash of the first letters of a word, the first in the lowest bits.
fn hash(letters: u32) -> usize {
    (letters.wrapping_mul(0x9e37_79b1) >> (32 - BITS)) as usize
}

/// The first four letters, and the first three.
const FIRST: [u32; 2] = [u32::MAX, 0xff_ffff];

/// The bit of each letter that tells small ones from capitals.
const SMALL: u32 = 0x2020_2020;

/// A word that an alternative can't do without, if it starts where a word does.
/// It is the hash of its beginning; zero where there is no such word.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Sign(u16);

impl Sign {
    /// The sign of an alternative.
    pub fn of(step: &Step) -> Self {
        let Some(letters) = longest(step, true) else { return Self::default() };
        let first = letters.iter().take(4).rev().fold(0, |first, byte| first << 8 | u32::from(*byte | 0x20));
        Self(u16::try_from(hash(first)).unwrap_or_default())
    }
}

/// The longest beginning of a word that stands in whatever a step matches; `start` tells whether it is followed from
/// where words start.
fn longest(step: &Step, start: bool) -> Option<&[u8]> {
    match step {
        Step::Literal { letters: literal, .. } => {
            let parts = Edges { start, end: false }.parts(literal);
            let counting = parts.filter(|part| part.starts && part.letters.len() > 2);
            counting.map(|part| part.letters).max_by_key(|letters| letters.len())
        }
        Step::Repeat { step, min: 1.., .. } | Step::Wanted(step) => longest(step, start),
        Step::All(steps) => {
            let mut start = start;
            let all = steps.iter().filter_map(|step| {
                let found = longest(step, start);
                start = no_letter(step, Side::Behind).unwrap_or(start);
                found
            });
            all.max_by_key(|letters| letters.len())
        }
        Step::Phrase(phrase) => longest(&phrase.step, start),
        _ => None,
    }
}

/// The words of a text, by a bit for each hash; that of no word is there too.
#[derive(Clone, Debug)]
pub(super) struct Words([u64; 1 << (BITS - 6)]);

impl Default for Words {
    fn default() -> Self {
        let mut words = Self([0; 1 << (BITS - 6)]);
        words.insert(0);
        words
    }
}

impl Words {
    /// Adds the word that a text starts with.
    #[inline]
    pub fn add(&mut self, text: &[u8]) {
        for first in FIRST {
            self.insert(hash((first_four(text) | SMALL) & first));
        }
    }

    fn insert(&mut self, hash: usize) {
        self.0[hash / 64] |= 1 << (hash % 64);
    }

    /// Whether an alternative may match.
    pub fn may_have(&self, sign: Sign) -> bool {
        self.0[usize::from(sign.0 / 64) % self.0.len()] >> (sign.0 % 64) & 1 == 1
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ontology::expression::Expression;

    #[test]
    fn a_sign_is_the_longest_word_that_surely_starts() {
        let letters = |cue: &str| {
            let expression = Expression::parse(cue, &[]).unwrap();
            longest(&expression.step, true).map(<[u8]>::to_vec)
        };
        for (cue, sign) in [
            ("is not supported", Some("supported")),
            ("(is|are) down", Some("down")),
            ("(un)?planned", None),
            ("is", None),
            ("(lost|down)", None),
            ("(really )+", Some("really")),
        ] {
            assert_eq!(letters(cue), sign.map(|sign| sign.as_bytes().to_vec()), "{cue}");
        }
    }

    #[test]
    fn a_text_may_have_the_words_that_start_in_it() {
        let text = "The ZONE isn't lost, no";
        let mut words = Words::default();
        [0, 4, 9, 15, 21].into_iter().for_each(|start| words.add(&text.as_bytes()[start..]));
        let may_have = |cue: &str| words.may_have(Sign::of(&Expression::parse(cue, &[]).unwrap().step));
        for cue in ["zone", "zones?", "the", "lost", "isn't", "is", "zoneless"] {
            assert!(may_have(cue), "{cue}");
        }
        assert!(["one", "down", "region"].iter().any(|cue| !may_have(cue)));
    }
}
