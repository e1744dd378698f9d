//! The needles that words hold.
//!
//! Documents say the same words again and again. What a word marks is put together when it is first met, and found by
//! the word from then on, each processor for itself.

use super::edges::Part;
use rustc_hash::FxHashMap;
use std::ops::Range;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Bits of a text that a word marks: those of one word of bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Mark {
    at: usize,
    bits: u64,
}

impl Mark {
    /// One bit.
    pub fn of(bit: usize) -> Self {
        Self { at: bit / 64, bits: 1 << (bit % 64) }
    }

    pub fn set(self, bits: &mut [u64]) {
        bits[self.at] |= self.bits;
    }
}

/// Needles with what each marks.
#[derive(Debug)]
pub(super) struct Lexicon {
    /// By letters and by whether a word has to start and to end with them: what words mark that hold them.
    needles: FxHashMap<Box<[u8]>, [[Vec<Mark>; 2]; 2]>,
    /// How many needles there are.
    count: usize,
    /// The lengths that needles have, in bytes.
    lengths: Range<usize>,
    /// Tells it from all others.
    number: usize,
}

impl Lexicon {
    pub fn new<'e>(needles: impl Iterator<Item = (Part<'e>, Vec<Mark>)>) -> Self {
        static NUMBER: AtomicUsize = AtomicUsize::new(1);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let mut lexicon = Self { needles: FxHashMap::default(), count: 0, lengths: 0..0, number };
        for (Part { letters, starts, ends }, marks) in needles {
            let known = lexicon.needles.entry(letters.into()).or_default();
            known[usize::from(starts)][usize::from(ends)] = marks;
            let Range { start, end } = lexicon.lengths;
            let first = if lexicon.count == 0 { letters.len() } else { start.min(letters.len()) };
            lexicon.lengths = first..end.max(letters.len() + 1);
            lexicon.count += 1;
        }
        lexicon
    }

    /// How many needles there are.
    pub fn len(&self) -> usize {
        self.count
    }

    /// Adds the marks of a word in small letters, those of each word of bits together.
    fn read(&self, word: &[u8], marks: &mut Vec<Mark>) {
        let first = marks.len();
        for start in 0..word.len() {
            let rest = &word[start..];
            for length in self.lengths.start..self.lengths.end.min(rest.len() + 1) {
                let Some(known) = self.needles.get(&rest[..length]) else { continue };
                // Those that ask for an edge of the word count at it alone.
                for known in &known[..if start == 0 { 2 } else { 1 }] {
                    known[..if length == rest.len() { 2 } else { 1 }]
                        .iter()
                        .for_each(|more| marks.extend(more));
                }
            }
        }
        marks[first..].sort_unstable_by_key(|mark| mark.at);
        let mut last = first;
        for at in first + 1..marks.len() {
            if marks[at].at == marks[last].at {
                marks[last].bits |= marks[at].bits;
            } else {
                last += 1;
                marks[last] = marks[at];
            }
        }
        marks.truncate(if first < marks.len() { last + 1 } else { first });
    }
}

/// Longest word that is kept, in bytes.
const MAX_LENGTH: usize = 16;

/// Most words that are kept.
const MAX_WORDS: usize = 1 << 16;

/// The words that a thread has met, with what they mark.
#[derive(Debug, Default)]
pub(super) struct Known {
    /// The lexicon of which they are.
    number: usize,
    /// Where the marks of each word are. Its letters are the bytes of the key, the first in the lowest; zeros follow.
    words: FxHashMap<u128, Range<usize>>,
    marks: Vec<Mark>,
    /// How many of the marks are those of words that are kept.
    kept: usize,
    /// The text that is gone through, in small letters.
    small: Vec<u8>,
    /// A bit for each of its bytes that belongs to a word.
    letters: Vec<u64>,
}

impl Known {
    /// Marks what the words of a text hold.
    pub fn mark(&mut self, lexicon: &Lexicon, text: &[u8], bits: &mut [u64]) {
        if self.number != lexicon.number {
            *self = Self { number: lexicon.number, ..Self::default() };
        }
        self.read(text);
        let mut at = 0;
        while let Some(start) = next(&self.letters, at, false) {
            let end = next(&self.letters, start, true).unwrap_or(text.len());
            at = end;
            if end - start < lexicon.lengths.start {
                continue;
            }
            let marks = self.marks_of(lexicon, start..end);
            self.marks[marks].iter().for_each(|mark| mark.set(bits));
        }
    }

    /// Where the marks of a word of the text are.
    fn marks_of(&mut self, lexicon: &Lexicon, word: Range<usize>) -> Range<usize> {
        let letters = self.small[word.start..].first_chunk::<MAX_LENGTH>();
        let key = letters.filter(|_| word.len() <= MAX_LENGTH).map(|letters| {
            let behind = 8 * (MAX_LENGTH - word.len());
            u128::from_le_bytes(*letters) << behind >> behind
        });
        if let Some(known) = key.and_then(|key| self.words.get(&key)) {
            return known.clone();
        }
        // The marks of a word that isn't kept give way to those of the next.
        self.marks.truncate(self.kept);
        lexicon.read(&self.small[word], &mut self.marks);
        let marks = self.kept..self.marks.len();
        if let Some(key) = key.filter(|_| self.words.len() < MAX_WORDS) {
            self.words.insert(key, marks.clone());
            self.kept = marks.end;
        }
        marks
    }

    /// Takes a text in small letters, with zeros behind it, and tells what belongs to words.
    fn read(&mut self, text: &[u8]) {
        self.small.clear();
        self.small.extend_from_slice(text);
        self.small.make_ascii_lowercase();
        self.small.extend([0; MAX_LENGTH]);
        self.letters.clear();
        for bytes in text.chunks(64) {
            let mut letters = 0;
            for (at, eight) in bytes.chunks(8).enumerate() {
                let mut in_words = [0_u8; 8];
                for (in_word, byte) in in_words.iter_mut().zip(eight) {
                    *in_word = u8::from(byte.is_ascii_alphanumeric() | (*byte == b'_'));
                }
                // The lowest bits of eight bytes, side by side in the highest byte.
                let bits = u64::from_le_bytes(in_words).wrapping_mul(0x0102_0408_1020_4080) >> 56;
                letters |= bits << (8 * at);
            }
            self.letters.push(letters);
        }
    }
}

/// The first place from one on that is in a set, or that isn't.
fn next(set: &[u64], from: usize, outside: bool) -> Option<usize> {
    let word = |at: usize| set.get(at).map(|word| if outside { !word } else { *word });
    let mut at = from / 64;
    let mut left = word(at)? >> (from % 64) << (from % 64);
    while left == 0 {
        at += 1;
        left = word(at)?;
    }
    Some(at * 64 + left.trailing_zeros() as usize)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ontology::classes::WORD;

    /// The needles that a text holds.
    fn held<'n>(needles: &[Part<'n>], lexicon: &Lexicon, known: &mut Known, text: &str) -> Vec<Part<'n>> {
        let mut bits = vec![0; needles.len().div_ceil(64)];
        known.mark(lexicon, text.as_bytes(), &mut bits);
        let held = needles.iter().enumerate().filter(|(at, _)| bits[at / 64] >> (at % 64) & 1 == 1);
        held.map(|(_, needle)| *needle).collect()
    }

    #[test]
    fn all_needles_are_found_at_their_places_of_words() {
        let words =
            ["zone", "zon", "zones", "zonal", "one", "region", "reg", "nal", "ion", "superfluousnesses"];
        let edges = [(false, false), (false, true), (true, false), (true, true)];
        let needles: Vec<_> = words
            .iter()
            .flat_map(|word| edges.map(|(starts, ends)| Part { letters: word.as_bytes(), starts, ends }))
            .collect();
        let marks = (0..needles.len()).map(|at| vec![Mark::of(at)]);
        let lexicon = Lexicon::new(needles.iter().copied().zip(marks));
        let mut known = Known::default();
        let long = format!("{} Zones", "x".repeat(63));
        let texts = [
            "zones",
            "zonal regional zo",
            "reg",
            "re",
            "",
            "a Region of one zone",
            "ion",
            "nzonen",
            "(zon)",
            "a-region-zonal",
            "zone_one",
            "superfluousnesses one superfluousnessesque zones",
            "zon\u{e9} zonés",
            &long,
            &long[1..],
            &long[9..],
        ];
        // Once when all words are new, and once when they are known.
        for text in texts.into_iter().chain(texts) {
            let small = text.to_ascii_lowercase();
            let is_letter = |at: usize| text.as_bytes().get(at).is_some_and(|byte| WORD.contains(*byte));
            let stands = |needle: &&Part<'_>| {
                let word = std::str::from_utf8(needle.letters).unwrap();
                (0..small.len()).filter(|at| small.as_bytes()[*at..].starts_with(needle.letters)).any(|at| {
                    let starts = at == 0 || !is_letter(at - 1);
                    (starts || !needle.starts) && !(needle.ends && is_letter(at + word.len()))
                })
            };
            let expected: Vec<_> = needles.iter().filter(stands).copied().collect();
            assert_eq!(held(&needles, &lexicon, &mut known, text), expected, "{text}");
        }
    }

    #[test]
    fn another_lexicon_is_known_by_itself() {
        let needle = |letters: &'static str| Part { letters: letters.as_bytes(), starts: true, ends: true };
        let lexicon = |needle| Lexicon::new(std::iter::once((needle, vec![Mark::of(0)])));
        let (zone, region) = (needle("zone"), needle("region"));
        let (zones, regions) = (lexicon(zone), lexicon(region));
        let mut known = Known::default();
        for _ in 0..2 {
            assert_eq!(held(&[zone], &zones, &mut known, "zone"), [zone]);
            assert_eq!(held(&[region], &regions, &mut known, "zone"), []);
        }
    }

    #[test]
    fn no_more_words_are_kept_than_fit() {
        let zone = Part { letters: b"zone", starts: true, ends: false };
        let lexicon = Lexicon::new(std::iter::once((zone, vec![Mark::of(0)])));
        let mut known = Known::default();
        for number in 0..MAX_WORDS + 9 {
            assert_eq!(held(&[zone], &lexicon, &mut known, &format!("zone{number} w{number}")), [zone]);
        }
        assert!(known.words.len() == MAX_WORDS && known.marks.len() <= MAX_WORDS + 1);
    }
}
