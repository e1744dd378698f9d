//! The needles that words hold.
//!
//! Documents say the same words again and again. What a word marks is put together when it is first met, and found by
//! the word from then on, each processor for itself.

use super::edges::{MIN_LENGTHS, Part};
use super::words::{Words, kinds};
use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};
use std::sync::atomic::{AtomicUsize, Ordering};

/// Bits of a text that a word marks: those of one word of bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
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

    /// Adds the bits of another if they are of the same word; tells whether they are.
    pub fn joins(&mut self, other: Self) -> bool {
        let same = self.at == other.at;
        self.bits |= if same { other.bits } else { 0 };
        same
    }

    /// Whether a text has one of its bits.
    pub fn meets(self, bits: &[u64]) -> bool {
        bits.get(self.at).is_some_and(|word| word & self.bits != 0)
    }
}

/// Needles with what each marks.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Lexicon {
    /// Those that words may start with, and those that may stand inside.
    places: [Needles; 2],
    /// The bits that needles mark.
    bits: Vec<u32>,
    /// How many needles there are.
    count: usize,
    /// Tells it from all others.
    #[serde(skip, default = "next_number")]
    number: usize,
}

/// Needles by their first two letters.
#[derive(Debug, Serialize, Deserialize)]
struct Needles {
    /// The needles of each pair of letters end in front of this one.
    ends: Vec<u32>,
    needles: Vec<Needle>,
    /// The letters of long needles behind the first ones.
    letters: Vec<u8>,
}

/// A needle, and where the bits are that words mark which hold it.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
struct Needle {
    /// Its first letters, the first in the lowest byte; zeros follow.
    first: u64,
    /// How many it has.
    length: u32,
    /// Where those behind are.
    behind: u32,
    /// Whether words have to end with it.
    ends: bool,
    bits: Marks,
}

/// How many letters are compared at once.
const FIRST: usize = 8;

/// How many pairs of letters are told apart.
const PAIRS: usize = 1 << 10;

/// The place of two letters; others may share it.
fn pair(first: u64) -> usize {
    ((first & 31) << 5 | first >> 8 & 31) as usize
}

/// The first letters of a text, with zeros behind its end.
fn first_letters(text: &[u8]) -> u64 {
    let first = |letters: &[u8; FIRST]| u64::from_le_bytes(*letters);
    let few = || text.iter().rev().fold(0, |all, byte| all << 8 | u64::from(*byte));
    text.first_chunk().map_or_else(few, first)
}

/// The number of a new lexicon.
fn next_number() -> usize {
    static NUMBER: AtomicUsize = AtomicUsize::new(1);
    NUMBER.fetch_add(1, Ordering::Relaxed)
}

impl Needles {
    /// Needles of two letters at least, with the bits of each.
    fn new(mut parts: Vec<(Part<'_>, Marks)>) -> Self {
        parts.sort_by_key(|(part, _)| pair(first_letters(part.letters)));
        let mut needles = Self { ends: vec![0; PAIRS], needles: Vec::new(), letters: Vec::new() };
        for (Part { letters, ends, .. }, bits) in parts {
            let first = first_letters(letters);
            let behind = place(needles.letters.len());
            needles.letters.extend(letters.iter().skip(FIRST));
            needles.needles.push(Needle { first, length: place(letters.len()), behind, ends, bits });
            needles.ends[pair(first)] = place(needles.needles.len());
        }
        for at in 1..PAIRS {
            needles.ends[at] = needles.ends[at].max(needles.ends[at - 1]);
        }
        needles
    }

    /// The needles that stand where a word goes on with these letters.
    fn at<'n>(&'n self, word: &'n [u8]) -> impl Iterator<Item = &'n Needle> {
        let first = first_letters(word);
        let start = pair(first).checked_sub(1).map_or(0, |before| self.ends[before]);
        self.needles[start as usize..self.ends[pair(first)] as usize].iter().filter(move |needle| {
            let length = needle.length as usize;
            let differ = (first ^ needle.first) << (8 * FIRST.saturating_sub(length));
            let fits = || {
                let behind = &self.letters[needle.behind as usize..][..length.saturating_sub(FIRST)];
                behind.is_empty() || word[FIRST..].starts_with(behind)
            };
            differ == 0 && (!needle.ends || length == word.len()) && length <= word.len() && fits()
        })
    }
}

impl Lexicon {
    /// A lexicon of needles, of two letters at least, with the bits of a text that each marks.
    pub fn new<'e, B: IntoIterator<Item = u32>>(needles: impl Iterator<Item = (Part<'e>, B)>) -> Self {
        let mut all_bits = Vec::new();
        let add = |(part, bits): (Part<'e>, B)| {
            let first = place(all_bits.len());
            all_bits.extend(bits);
            (part, (first, place(all_bits.len())))
        };
        let all: Vec<_> = needles.map(add).collect();
        let inside = all.iter().filter(|(part, _)| !part.starts).copied().collect();
        let count = all.len();
        let places = [Needles::new(all), Needles::new(inside)];
        Self { places, bits: all_bits, count, number: next_number() }
    }

    /// How many needles there are.
    pub fn len(&self) -> usize {
        self.count
    }

    /// Adds the marks of a word in small letters, those of each word of bits together.
    fn read(&self, word: &[u8], marks: &mut Vec<Mark>) {
        let before = marks.len();
        let [starts, inside] = &self.places;
        let inside = (1..word.len()).flat_map(|start| inside.at(&word[start..]));
        for Needle { bits: (first, last), .. } in starts.at(word).chain(inside) {
            let bits = &self.bits[*first as usize..*last as usize];
            marks.extend(bits.iter().map(|bit| Mark::of(*bit as usize)));
        }
        marks[before..].sort_unstable_by_key(|mark| mark.at);
        let mut last = before;
        for at in before + 1..marks.len() {
            let mark = marks[at];
            if !marks[last].joins(mark) {
                last += 1;
                marks[last] = mark;
            }
        }
        marks.truncate(if before < marks.len() { last + 1 } else { before });
    }
}

fn place(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}

/// Longest word that is kept, in bytes.
const MAX_LENGTH: usize = 16;

/// The bits of the first bytes of a key, by their number.
const MASKS: [u128; MAX_LENGTH + 1] = {
    let mut masks = [0; MAX_LENGTH + 1];
    let mut length = 1;
    while length < masks.len() {
        masks[length] = masks[length - 1] << 8 | 0xff;
        length += 1;
    }
    masks
};

/// Most words that are kept.
const MAX_WORDS: usize = 1 << 16;

/// Where the bits of a needle or the marks of a word are among all: the first, and behind the last.
type Marks = (u32, u32);

/// The words that a thread has met, with what they mark.
#[derive(Debug, Default)]
pub(super) struct Known {
    /// The lexicon of which they are.
    number: usize,
    /// Where the marks of each word are. Its letters are the bytes of the key, the first in the lowest; zeros follow.
    words: FxHashMap<u128, Marks>,
    marks: Vec<Mark>,
    /// How many of the marks are those of words that are kept.
    kept: u32,
    /// The text that is gone through: its words in small letters, zeros for what stands between them.
    small: Vec<u8>,
    /// The marks of its words.
    found: Vec<Marks>,
}

/// What belongs to words in small letters, zero for anything else: without a branch, so that many bytes are done at once.
fn small(byte: u8) -> u8 {
    let is_letter = (byte | 0x20).wrapping_sub(b'a') < 26;
    let is_of_word = is_letter | (byte.wrapping_sub(b'0') < 10) | (byte == b'_');
    (byte | u8::from(is_letter) << 5) & u8::from(is_of_word).wrapping_neg()
}

impl Known {
    /// Marks what the words of a text hold.
    pub fn mark(&mut self, lexicon: &Lexicon, text: &[u8], bits: &mut [u64]) {
        if self.number != lexicon.number {
            *self = Self { number: lexicon.number, ..Self::default() };
        }
        // All words are found before their marks are set: what is found then comes from memory at the same time.
        let (mut letters, mut found) = (std::mem::take(&mut self.small), std::mem::take(&mut self.found));
        letters.clear();
        text.chunks(64).for_each(|text| letters.extend(kinds(text, small)));
        let end = letters.len();
        letters.extend([0; MAX_LENGTH]);
        for word in Words::of(&letters[..end], |byte| byte != 0) {
            if word.len() >= MIN_LENGTHS.1 {
                let marks = self.marks_of(lexicon, &letters[word.start..], word.len());
                if marks.1 > self.kept { self.set(marks, bits) } else { found.push(marks) }
            }
        }
        found.drain(..).for_each(|marks| self.set(marks, bits));
        (self.small, self.found) = (letters, found);
    }

    fn set(&self, (first, last): Marks, bits: &mut [u64]) {
        self.marks[first as usize..last as usize].iter().for_each(|mark| mark.set(bits));
    }

    /// Where the marks of the word are that letters start with.
    fn marks_of(&mut self, lexicon: &Lexicon, letters: &[u8], length: usize) -> Marks {
        let key = match (letters.first_chunk(), MASKS.get(length)) {
            (Some(letters), Some(mask)) => u128::from_le_bytes(*letters) & mask,
            _ => 0,
        };
        if let Some(known) = self.words.get(&key) {
            return *known;
        }
        // The marks of a word that isn't kept give way to those of the next.
        self.marks.truncate(self.kept as usize);
        lexicon.read(&letters[..length], &mut self.marks);
        let marks = (self.kept, u32::try_from(self.marks.len()).unwrap_or(self.kept));
        if key != 0 && self.words.len() < MAX_WORDS {
            self.words.insert(key, marks);
            self.kept = marks.1;
        }
        marks
    }
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
        let marks = (0..).map(|bit| [bit]);
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
    fn letters_digits_and_the_low_line_belong_to_words() {
        for byte in 0..=u8::MAX {
            let expected = if WORD.contains(byte) { byte.to_ascii_lowercase() } else { 0 };
            assert_eq!(small(byte), expected, "{byte}");
        }
    }

    #[test]
    fn another_lexicon_is_known_by_itself() {
        let needle = |letters: &'static str| Part { letters: letters.as_bytes(), starts: true, ends: true };
        let lexicon = |needle| Lexicon::new(std::iter::once((needle, [0])));
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
        let lexicon = Lexicon::new(std::iter::once((zone, [0])));
        let mut known = Known::default();
        for number in 0..MAX_WORDS + 9 {
            assert_eq!(held(&[zone], &lexicon, &mut known, &format!("zone{number} w{number}")), [zone]);
        }
        assert!(known.words.len() == MAX_WORDS && known.marks.len() <= MAX_WORDS + 1);
    }
}
