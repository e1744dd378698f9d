//! The needles that words hold.
//!
//! Documents say the same words again and again. What a word marks is put together when it is first met, and found by
//! the word from then on, each processor for itself.

use super::compiled::in_order;
use super::edges::Part;
use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};
use std::ops::Range;
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
    /// By letters and by whether a word has to start and to end with them: where the bits are that words mark which
    /// hold them.
    #[serde(serialize_with = "in_order")]
    needles: FxHashMap<Box<[u8]>, [[Marks; 2]; 2]>,
    bits: Vec<u32>,
    /// How many needles there are.
    count: usize,
    /// The lengths in bytes that needles have by their first two letters, a bit for each length: of those that may stand
    /// inside a word, and of all.
    lengths: Box<[[u32; 2]]>,
    /// The lengths of the shortest and of the longest needle, in bytes.
    shortest: usize,
    longest: usize,
    /// Tells it from all others.
    #[serde(skip, default = "next_number")]
    number: usize,
}

/// How many pairs of letters are told apart.
const PAIRS: usize = 1 << 10;

/// The place of two letters; others may share it.
fn pair(letters: [u8; 2]) -> usize {
    (usize::from(letters[0]) & 31) << 5 | usize::from(letters[1]) & 31
}

/// The bit of a length in bytes; all great lengths share one.
fn bit_of(length: usize) -> u32 {
    1 << length.min(31)
}

/// The number of a new lexicon.
fn next_number() -> usize {
    static NUMBER: AtomicUsize = AtomicUsize::new(1);
    NUMBER.fetch_add(1, Ordering::Relaxed)
}

impl Lexicon {
    /// A lexicon of needles with the bits of a text that each marks.
    pub fn new<'e, B: IntoIterator<Item = u32>>(needles: impl Iterator<Item = (Part<'e>, B)>) -> Self {
        let mut lexicon = Self {
            needles: FxHashMap::default(),
            bits: Vec::new(),
            count: 0,
            lengths: [[0; 2]; PAIRS].into(),
            shortest: usize::MAX,
            longest: 0,
            number: next_number(),
        };
        for (Part { letters, starts, ends }, bits) in needles {
            let first = place(lexicon.bits.len());
            lexicon.bits.extend(bits);
            let known = lexicon.needles.entry(letters.into()).or_default();
            known[usize::from(starts)][usize::from(ends)] = (first, place(lexicon.bits.len()));
            let pairs = match letters {
                [first, second, ..] => pair([*first, *second])..pair([*first, *second]) + 1,
                // One letter may go on with any.
                _ => 0..PAIRS,
            };
            for [inside, all] in &mut lexicon.lengths[pairs] {
                *inside |= if starts { 0 } else { bit_of(letters.len()) };
                *all |= bit_of(letters.len());
            }
            lexicon.shortest = lexicon.shortest.min(letters.len());
            lexicon.longest = lexicon.longest.max(letters.len());
            lexicon.count += 1;
        }
        lexicon
    }

    /// How many needles there are.
    pub fn len(&self) -> usize {
        self.count
    }

    /// The parts of a word that may be needles, by their places: few, as their first two letters tell.
    fn parts(&self, word: &[u8]) -> impl Iterator<Item = Range<usize>> {
        (0..word.len()).flat_map(move |start| {
            let [inside, all] =
                self.lengths[pair([word[start], word.get(start + 1).copied().unwrap_or_default()])];
            let lengths = if start == 0 { all } else { inside };
            let last = if lengths == 0 { start } else { word.len().min(start + self.longest) };
            (start + 1..=last)
                .filter(move |end| lengths & bit_of(end - start) != 0)
                .map(move |end| start..end)
        })
    }

    /// Adds the marks of a word in small letters, those of each word of bits together.
    fn read(&self, word: &[u8], marks: &mut Vec<Mark>) {
        let first = marks.len();
        for Range { start, end } in self.parts(word) {
            let Some(known) = self.needles.get(&word[start..end]) else { continue };
            // Those that ask for an edge of the word count at it alone.
            let known = known[..if start == 0 { 2 } else { 1 }].iter();
            for (from, to) in known.flat_map(|known| &known[..if end == word.len() { 2 } else { 1 }]) {
                let bits = &self.bits[*from as usize..*to as usize];
                marks.extend(bits.iter().map(|bit| Mark::of(*bit as usize)));
            }
        }
        marks[first..].sort_unstable_by_key(|mark| mark.at);
        let mut last = first;
        for at in first + 1..marks.len() {
            let mark = marks[at];
            if !marks[last].joins(mark) {
                last += 1;
                marks[last] = mark;
            }
        }
        marks.truncate(if first < marks.len() { last + 1 } else { first });
    }
}

fn place(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}

/// Longest word that is kept with the short ones, in bytes.
const SHORT: usize = 8;

/// Longest word that is kept, in bytes.
const MAX_LENGTH: usize = 16;

/// Most words that are kept.
const MAX_WORDS: usize = 1 << 16;

/// Where the marks of a word are among all: the first, and behind the last.
type Marks = (u32, u32);

/// The words that a thread has met, with what they mark.
#[derive(Debug, Default)]
pub(super) struct Known {
    /// The lexicon of which they are.
    number: usize,
    /// Where the marks of each word of up to eight letters are. The letters are the bytes of the key, the first in the
    /// lowest; zeros follow.
    short: FxHashMap<u64, Marks>,
    /// Those of longer words.
    long: FxHashMap<u128, Marks>,
    marks: Vec<Mark>,
    /// How many of the marks are those of words that are kept.
    kept: u32,
    /// The text that is gone through: its words in small letters, zeros for what stands between them.
    small: Vec<u8>,
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
        self.small.clear();
        self.small.extend(text.iter().map(|byte| small(*byte)));
        self.small.extend([0; MAX_LENGTH]);
        let mut end = 0;
        while let Some(blanks) = self.small[end..].iter().position(|byte| *byte != 0) {
            let start = end + blanks;
            end = start + length_of_word(&self.small[start..]);
            if end - start < lexicon.shortest {
                continue;
            }
            let (first, last) = self.marks_of(lexicon, start..end);
            self.marks[first as usize..last as usize].iter().for_each(|mark| mark.set(bits));
        }
    }

    /// Where the marks of a word of the text are.
    fn marks_of(&mut self, lexicon: &Lexicon, word: Range<usize>) -> Marks {
        let (short, long) = (self.short_key(&word), self.long_key(&word));
        let known = match (short, long) {
            (Some(key), _) => self.short.get(&key),
            (None, Some(key)) => self.long.get(&key),
            (None, None) => None,
        };
        if let Some(known) = known {
            return *known;
        }
        // The marks of a word that isn't kept give way to those of the next.
        self.marks.truncate(self.kept as usize);
        lexicon.read(&self.small[word], &mut self.marks);
        let marks = (self.kept, u32::try_from(self.marks.len()).unwrap_or(self.kept));
        if self.short.len() + self.long.len() < MAX_WORDS {
            match (short, long) {
                (Some(key), _) => self.short.insert(key, marks),
                (None, Some(key)) => self.long.insert(key, marks),
                (None, None) => return marks,
            };
            self.kept = marks.1;
        }
        marks
    }

    fn short_key(&self, word: &Range<usize>) -> Option<u64> {
        let letters = self.small[word.start..].first_chunk::<SHORT>().filter(|_| word.len() <= SHORT)?;
        let behind = 8 * (SHORT - word.len());
        Some(u64::from_le_bytes(*letters) << behind >> behind)
    }

    fn long_key(&self, word: &Range<usize>) -> Option<u128> {
        let letters = self.small[word.start..].first_chunk::<MAX_LENGTH>();
        let letters = letters.filter(|_| (SHORT + 1..=MAX_LENGTH).contains(&word.len()))?;
        let behind = 8 * (MAX_LENGTH - word.len());
        Some(u128::from_le_bytes(*letters) << behind >> behind)
    }
}

/// How many bytes there are in front of the first zero, eight of them looked at at once.
fn length_of_word(small: &[u8]) -> usize {
    let mut length = 0;
    let mut eights = small.chunks_exact(8);
    for eight in &mut eights {
        let eight = eight.first_chunk().map_or(0, |eight| u64::from_le_bytes(*eight));
        // The lowest of these bits is that of the first zero.
        let zeros = eight.wrapping_sub(0x0101_0101_0101_0101) & !eight & 0x8080_8080_8080_8080;
        if zeros != 0 {
            return length + zeros.trailing_zeros() as usize / 8;
        }
        length += 8;
    }
    length + eights.remainder().iter().take_while(|byte| **byte != 0).count()
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
    fn few_parts_of_a_word_are_looked_up() {
        let part = |letters: &'static str, starts| Part { letters: letters.as_bytes(), starts, ends: false };
        let needles =
            [part("zone", false), part("region", true), part("supported", true), part("ion", false)];
        let lexicon = Lexicon::new(needles.into_iter().map(|needle| (needle, [0])));
        for (word, expected) in [
            ("regional", &["region", "ion"][..]),
            ("unsupported", &[]),
            ("superfluousnesses", &["superfluo"]),
            ("multizone", &["zone"]),
        ] {
            let parts = lexicon.parts(word.as_bytes()).map(|part| &word[part]);
            assert_eq!(parts.collect::<Vec<_>>(), expected, "{word}");
        }
        let long = "zo".repeat(5_000);
        assert!(lexicon.parts(long.as_bytes()).count() <= 5_000, "however long the word is");
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
        assert!(known.short.len() + known.long.len() == MAX_WORDS && known.marks.len() <= MAX_WORDS + 1);
    }
}
