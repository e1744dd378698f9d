//! Which cues may match a text: all cues of an ontology are looked for at once.
//!
//! What a cue matches holds one needle from each of its lists, words that stand for the parts of its expression. A text
//! is gone through once for the needles of all cues. A cue may match where a needle of its anchor is held, the list with
//! the rarest needles; its other lists are checked when somebody asks for it, before its expression is followed.

use super::cues::Cue;
use super::classes::WORD;
use super::edges::{Beginning, Edges};
use super::needles::{List, Needles};
use super::text::Lanes;
use std::cell::{Cell, OnceCell, RefCell};
use std::ops::Range;

/// The cues of an ontology.
#[derive(Debug)]
pub(super) struct Index {
    pub cues: Box<[Cue]>,
    needles: NeedleTable,
    /// For each needle the cues of which it anchors.
    anchored: Groups,
    /// For each cue its lists but for the anchor: how many needles, then these, again and again.
    lists: Groups,
    /// The cues that any text may match, a bit for each.
    always: Box<[u64]>,
}

/// Lists of numbers, one behind the other.
#[derive(Debug, Default)]
struct Groups {
    ends: Vec<u32>,
    all: Vec<u32>,
}

impl Groups {
    fn push(&mut self, group: impl IntoIterator<Item = u32>) {
        self.all.extend(group);
        self.ends.push(number(self.all.len()));
    }

    fn get(&self, at: usize) -> &[u32] {
        let start = at.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.all[start as usize..self.ends[at] as usize]
    }
}

fn number(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}

/// Adds a number to a set, and says whether it is new.
fn insert(set: &mut [u64], number: u32) -> bool {
    let (word, bit) = (&mut set[number as usize / 64], 1 << (number % 64));
    let is_new = *word & bit == 0;
    *word |= bit;
    is_new
}

fn holds(set: &[u64], number: u32) -> bool {
    set.get(number as usize / 64).is_some_and(|word| word >> (number % 64) & 1 == 1)
}

/// Beginnings of words that are looked for where words start in a text, by hashes of their first six letters; shorter
/// ones by four or three.
#[derive(Debug)]
struct NeedleTable {
    /// The hashes that occur, a bit for each.
    hashes: Box<[u64; HASH_WORDS]>,
    /// How many of them stand in front of each word of bits.
    before: Box<[u32; HASH_WORDS]>,
    /// Where the needles of each of these hashes end among all of them.
    ends: Box<[u32]>,
    /// The needles by hash, those of one sorted by their letters.
    needles: Box<[Needle]>,
    letters: Box<[u8]>,
}

/// A needle.
#[derive(Clone, Copy, Debug)]
struct Needle {
    number: u32,
    /// Where its letters start.
    start: u32,
    length: u16,
    /// How many letters it begins with like the needle in front of it.
    shared: u16,
    /// Whether it is a whole word.
    whole: bool,
}

/// Bits of the hash of first letters.
const HASH_BITS: u32 = 16;

/// Words of a set of such hashes.
const HASH_WORDS: usize = 1 << (HASH_BITS - 6);

/// The hash of the first letters of a word, the first in the lowest bits.
fn hash(letters: u64) -> usize {
    (letters.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> (64 - HASH_BITS)) as usize
}

/// How many letters a word is hashed by.
fn hashed(length: usize) -> usize {
    match length {
        6.. => 6,
        4.. => 4,
        _ => 3,
    }
}

impl NeedleTable {
    fn new(words: &[Beginning<'_>]) -> Self {
        let mut hashes = Box::new([0_u64; HASH_WORDS]);
        let numbered = words.iter().enumerate().map(|(at, word)| {
            let first = word.letters.iter().take(hashed(word.letters.len())).rev();
            let first = first.fold(0, |letters, byte| letters << 8 | u64::from(*byte));
            let hash = hash(first);
            hashes[hash / 64] |= 1 << (hash % 64);
            (hash, *word, number(at))
        });
        let mut sorted: Vec<_> = numbered.collect();
        sorted.sort_unstable();
        let (mut letters, mut needles) = (Vec::new(), Vec::with_capacity(sorted.len()));
        let mut ends = Vec::new();
        let mut last: (usize, &[u8]) = (usize::MAX, &[]);
        for (hash, Beginning { letters: word, whole }, number) in &sorted {
            if *hash != last.0 {
                ends.push(0);
                last = (*hash, &[]);
            }
            let same = |(one, other): &(&u8, &u8)| one == other;
            let short = |length: usize| u16::try_from(length).unwrap_or(u16::MAX);
            needles.push(Needle {
                number: *number,
                start: self::number(letters.len()),
                length: short(word.len()),
                shared: short(word.iter().zip(last.1).take_while(same).count()),
                whole: *whole,
            });
            letters.extend_from_slice(word);
            ends.pop();
            ends.push(self::number(needles.len()));
            last = (*hash, word);
        }
        let mut before = Box::new([0_u32; HASH_WORDS]);
        for at in 1..HASH_WORDS {
            before[at] = before[at - 1] + hashes[at - 1].count_ones();
        }
        Self { hashes, before, ends: ends.into(), needles: needles.into(), letters: letters.into() }
    }

    /// Whether a needle has this hash.
    #[inline]
    fn has(&self, hash: usize) -> bool {
        self.hashes[hash / 64 % HASH_WORDS] >> (hash % 64) & 1 == 1
    }

    /// The needles of a hash that some have.
    fn of_hash(&self, hash: usize) -> &[Needle] {
        let in_front = self.hashes[hash / 64] & ((1 << (hash % 64)) - 1);
        let at = self.before[hash / 64] as usize + in_front.count_ones() as usize;
        let start = at.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.needles[start as usize..self.ends[at] as usize]
    }

    /// Calls with each needle of a hash that a text starts with.
    fn find_among(&self, needles: &[Needle], text: &[u8], call: &mut impl FnMut(u32)) {
        // How many letters of the needle in front of each the text starts with.
        let mut same = 0;
        for needle in needles {
            let shared = usize::from(needle.shared);
            if shared != same {
                // Where it differs from the one in front of it, or that one from the text, it differs from the text.
                same = same.min(shared);
                continue;
            }
            let letters = &self.letters[needle.start as usize..][..usize::from(needle.length)];
            while same < letters.len() && text.get(same) == Some(&letters[same]) {
                same += 1;
            }
            let goes_on = || text.get(same).is_some_and(|byte| WORD.contains(*byte));
            if same == letters.len() && !(needle.whole && goes_on()) {
                call(needle.number);
            }
        }
    }

    /// Calls with each needle where a word of a text in small letters starts, more than once perhaps; seven zeros stand
    /// behind the text.
    fn find(&self, text: &[u8], mut call: impl FnMut(u32)) {
        for at in word_starts(text) {
            let Some(eight) = text.get(at..).and_then(|rest| rest.first_chunk()) else { return };
            let letters = u64::from_le_bytes(*eight);
            for first in [0xff_ffff, 0xffff_ffff, 0xffff_ffff_ffff] {
                let hash = hash(letters & first);
                if self.has(hash) {
                    self.find_among(self.of_hash(hash), &text[at..], &mut call);
                }
            }
        }
    }
}

/// Where words start in a text in small letters.
fn word_starts(text: &[u8]) -> impl Iterator<Item = usize> {
    let mut last = 0;
    text.chunks(64).enumerate().flat_map(move |(chunk, bytes)| {
        let mut letters = 0;
        for (at, eight) in bytes.chunks(8).enumerate() {
            let mut in_words = [0_u8; 8];
            for (in_word, byte) in in_words.iter_mut().zip(eight) {
                let is_word = byte.is_ascii_lowercase() | byte.is_ascii_digit() | (*byte == b'_');
                *in_word = u8::from(is_word);
            }
            // The lowest bits of eight bytes, side by side in the highest byte.
            let bits = u64::from_le_bytes(in_words).wrapping_mul(0x0102_0408_1020_4080) >> 56;
            letters |= bits << (8 * at);
        }
        let mut left = letters & !(letters << 1 | last);
        last = letters >> 63;
        std::iter::from_fn(move || {
            let bit = (left != 0).then(|| left.trailing_zeros() as usize)?;
            left &= left - 1;
            Some(chunk * 64 + bit)
        })
    })
}

/// A text with the cues that may match it.
#[derive(Clone, Debug)]
pub struct Cued {
    text: String,
    /// A bit for each cue of the ontology, then one for each needle.
    bits: Box<[u64]>,
    lanes: OnceCell<Box<Lanes>>,
}

thread_local! {
    static LOOKED_AT: Cell<u64> = const { Cell::new(0) };
    static SMALL: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
}

/// How many bytes of texts have been gone through in this thread, once for all cues and once for each cue that may
/// match: a measure of the work of an extraction that is the same in each run.
#[doc(hidden)]
pub fn bytes_looked_at() -> u64 {
    LOOKED_AT.get()
}

fn looked_at(bytes: usize) {
    LOOKED_AT.set(LOOKED_AT.get() + bytes as u64);
}

impl Cued {
    /// The text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Those cues of a range that match, from the first on.
    pub(super) fn matches(&self, index: &Index, range: Range<usize>) -> impl Iterator<Item = usize> {
        self.may_match(index, range).filter(|at| {
            looked_at(self.text.len());
            index.cues[*at].is_match(self.lanes.get_or_init(|| Box::new(Lanes::of(self.text.as_bytes()))))
        })
    }

    /// Those cues of a range that may match.
    fn may_match(&self, index: &Index, range: Range<usize>) -> impl Iterator<Item = usize> {
        // A text of another ontology may have fewer bits; nothing matches it then.
        let (anchored, held) = self.bits.split_at_checked(index.always.len()).unwrap_or_default();
        let (first, last) = (range.start / 64, range.end.div_ceil(64));
        let words = anchored.get(first..last).unwrap_or_default().iter().enumerate();
        let cues = words.flat_map(move |(at, word)| {
            // The first and the last word may hold cues of others.
            let start = range.start.saturating_sub((first + at) * 64);
            let behind = ((first + at + 1) * 64).saturating_sub(range.end);
            let mut left = *word >> start << start << behind >> behind;
            std::iter::from_fn(move || {
                let bit = (left != 0).then(|| left.trailing_zeros() as usize)?;
                left &= left - 1;
                Some((first + at) * 64 + bit)
            })
        });
        cues.filter(move |at| {
            let mut lists = index.lists.get(*at);
            while let Some((count, rest)) = lists.split_first() {
                let (list, others) = rest.split_at(*count as usize);
                if !list.iter().any(|needle| holds(held, *needle)) {
                    return false;
                }
                lists = others;
            }
            true
        })
    }
}

impl std::ops::Deref for Cued {
    type Target = str;

    fn deref(&self) -> &str {
        &self.text
    }
}

impl PartialEq for Cued {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl Eq for Cued {}

impl Index {
    pub fn of(cues: Vec<Cue>) -> Self {
        let mut needles = Needles::default();
        let all: Vec<Vec<List>> = cues.iter().map(|cue| needles.of(cue.step(), Edges::WORDS)).collect();
        let words = needles.words();
        let mut counts = vec![0; words.len()];
        for needle in all.iter().flatten().flat_map(|list| &list.needles) {
            counts[*needle as usize] += 1;
        }
        let mut always = vec![0; cues.len().div_ceil(64)];
        let mut anchored = vec![Vec::new(); words.len()];
        let mut others = Groups::default();
        for (at, mut lists) in all.into_iter().enumerate() {
            let often = |list: &List| list.needles.iter().map(|needle| counts[*needle as usize]).sum::<u32>();
            match (0..lists.len()).min_by_key(|list| often(&lists[*list])) {
                Some(anchor) => {
                    for needle in lists.remove(anchor).needles {
                        anchored[needle as usize].push(number(at));
                    }
                }
                None => _ = insert(&mut always, number(at)),
            }
            others.push(lists.iter().flat_map(|List { needles, .. }| {
                std::iter::once(number(needles.len())).chain(needles.iter().copied())
            }));
        }
        let needles = NeedleTable::new(&words);
        let mut groups = Groups::default();
        anchored.into_iter().for_each(|cues| groups.push(cues));
        Self { cues: cues.into(), needles, anchored: groups, lists: others, always: always.into() }
    }

    /// A text with the cues that may match it.
    pub fn look(&self, text: String) -> Cued {
        looked_at(text.len());
        let cues = self.always.len();
        let mut bits = Vec::with_capacity(cues + self.needles.needles.len().div_ceil(64));
        bits.extend_from_slice(&self.always);
        bits.resize(bits.capacity(), 0);
        let (anchored, held) = bits.split_at_mut(cues);
        SMALL.with_borrow_mut(|small| {
            small.clear();
            small.extend_from_slice(text.as_bytes());
            small.make_ascii_lowercase();
            small.extend([0; 7]);
            self.needles.find(small, |needle| {
                if insert(held, needle) {
                    self.anchored.get(needle as usize).iter().for_each(|cue| _ = insert(anchored, *cue));
                }
            });
        });
        Cued { text, bits: bits.into(), lanes: OnceCell::new() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ontology::cues::{Extent, Phrases};

    fn may_match(pattern: &str, text: &str) -> bool {
        let cue = Cue::new(pattern, &Phrases::default(), Extent::Anywhere).unwrap();
        let index = Index::of(vec![cue]);
        index.look(text.to_owned()).may_match(&index, 0..1).next().is_some()
    }

    #[test]
    fn a_text_without_the_needles_is_ruled_out() {
        let needles =
            |text| may_match(r"(?:zones?|(?:in )?regions) (?:is|are) ?(?:\s+\S+){0,12}?(?:lost)?", text);
        assert!(needles("All Zones are lost."));
        assert!(needles("REGIONS"));
        assert!(!needles("A region is lost."));
        let needles = |text| may_match(r"(?:zone|region)s? (?:is|are) (?:lost|down|gone)", text);
        assert!(needles("The zone is gone."));
        assert!(!needles("The zone is there."));
        assert!(!needles(""));
    }

    #[test]
    fn all_needles_are_found_where_words_start() {
        let words = ["zone", "zon", "zones", "zonal", "one", "region", "reg", "regional", "nal", "ion", "a-region"];
        let both = words.iter().flat_map(|word| [(word, false), (word, true)]);
        let needles: Vec<_> =
            both.map(|(word, whole)| Beginning { letters: word.as_bytes(), whole }).collect();
        let table = NeedleTable::new(&needles);
        let long = format!("{} zones", "x".repeat(63));
        let texts = [
            "zones",
            "zonal regional zo",
            "reg",
            "re",
            "",
            "a region of one zone",
            "ion",
            "nzonen",
            "(zon)",
            "a-region-zonal",
            "zone_one",
            &long,
            &long[1..],
        ];
        for text in texts {
            let mut found = Vec::new();
            table.find(format!("{text}{}", "\0".repeat(7)).as_bytes(), |needle| {
                found.push(needles[needle as usize]);
            });
            let is_letter = |at: usize| text.as_bytes().get(at).is_some_and(|byte| WORD.contains(*byte));
            let stands = |needle: &&Beginning<'_>| {
                let word = std::str::from_utf8(needle.letters).unwrap();
                text.match_indices(word).any(|(at, _)| {
                    let starts = at == 0 || !is_letter(at - 1);
                    starts && !(needle.whole && is_letter(at + word.len()))
                })
            };
            let mut expected: Vec<_> = needles.iter().filter(stands).copied().collect();
            found.sort_unstable();
            found.dedup();
            expected.sort_unstable();
            assert_eq!(found, expected, "{text}");
        }
    }

    #[test]
    fn whatever_may_match_without_a_word_is_tried_on_any_text() {
        for pattern in [r"\d+", "no", "(?:zone)?", "zone|no"] {
            assert!(may_match(pattern, "text"), "{pattern}");
        }
    }

    #[test]
    fn cues_are_found_by_their_numbers() {
        let cue = |at: usize| {
            let word = format!("w{}x", char::from(b'a' + u8::try_from(at % 26).unwrap())).repeat(at / 26 + 1);
            Cue::new(&word, &Phrases::default(), Extent::Anywhere).unwrap()
        };
        let index = Index::of((0..150).map(cue).collect());
        let cued = index.look("wcx and wdxwdxwdx.".to_owned());
        assert_eq!(cued.matches(&index, 0..150).collect::<Vec<_>>(), [2, 55]);
        assert_eq!(cued.matches(&index, 3..55).count(), 0);
        assert_eq!(cued.matches(&index, 55..56).count(), 1);
    }
}
