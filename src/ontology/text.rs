//! A text as expressions are followed over it: the places of each of its bytes, as sets of bits.

use super::bits::Bits;
use super::classes::{BLANK, WORD, is_letter};
use super::signs::Words;
use super::words::{gather, kinds};
use serde::{Deserialize, Serialize};
use std::cell::RefCell;

/// A set of places in one text, each between two bytes or at an end, a bit for each.
pub(super) trait Places: Clone {
    /// A set that belongs to the text.
    type Row: ?Sized;

    /// The set that a row of [`Lanes`] holds.
    fn row(row: &[u64]) -> &Self::Row;
    fn of(row: &Self::Row) -> Self;
    fn bits(row: &Self::Row) -> &[u64];
    fn mine(&self) -> &[u64];
    fn mine_mut(&mut self) -> &mut [u64];

    /// The same number of places, none of them in it.
    fn emptied(&self) -> Self {
        let mut none = self.clone();
        none.mine_mut().fill(0);
        none
    }

    /// Whether all of them are in another set.
    fn is_within(&self, other: &Self::Row) -> bool {
        self.mine().iter().zip(Self::bits(other)).fold(0, |left, (mine, other)| left | mine & !other) == 0
    }

    fn is_empty(&self) -> bool {
        self.mine().iter().fold(0, |all, word| all | word) == 0
    }

    /// Adds the places of another set.
    fn join(&mut self, other: &Self) {
        self.mine_mut().iter_mut().zip(other.mine()).for_each(|(mine, other)| *mine |= other);
    }

    /// Leaves those that are in another set too.
    fn meet(&mut self, other: &Self::Row) {
        self.mine_mut().iter_mut().zip(Self::bits(other)).for_each(|(mine, other)| *mine &= other);
    }

    /// Leaves those that aren't in another set.
    fn leave(&mut self, other: &Self) {
        self.mine_mut().iter_mut().zip(other.mine()).for_each(|(mine, other)| *mine &= !other);
    }

    /// Leaves those of some others that are in a part of them.
    fn keep_part(&mut self, others: &Self::Row, part: &Self::Row) {
        let rows = Self::bits(others).iter().zip(Self::bits(part));
        self.mine_mut().iter_mut().zip(rows).for_each(|(mine, (others, part))| *mine &= part | !others);
    }

    /// Goes over one byte in front of which a place of `bytes` stands.
    fn step(&mut self, bytes: &Self::Row) {
        let mut carry = 0;
        for (mine, bytes) in self.mine_mut().iter_mut().zip(Self::bits(bytes)) {
            let here = *mine & bytes;
            (*mine, carry) = (here << 1 | carry, here >> 63);
        }
    }

    /// Goes over any number of such bytes, none included.
    ///
    /// An addition carries through each run of bytes at once (*MatchStar* of Cameron et al., Bitwise Data Parallelism
    /// in Regular Expression Matching, PACT 2014).
    fn flood(&mut self, bytes: &Self::Row) {
        let mut carry = false;
        for (mine, bytes) in self.mine_mut().iter_mut().zip(Self::bits(bytes)) {
            let (sum, over) = (*mine & bytes).overflowing_add(*bytes);
            let (sum, over_again) = sum.overflowing_add(u64::from(carry));
            carry = over || over_again;
            *mine |= sum ^ bytes;
        }
    }
}

/// Places of texts of up to `64 * N - 1` bytes.
impl<const N: usize> Places for [u64; N] {
    type Row = [u64; N];

    fn row(row: &[u64]) -> &[u64; N] {
        row.first_chunk().unwrap_or(&[0; N])
    }

    fn of(row: &[u64; N]) -> Self {
        *row
    }

    fn bits(row: &[u64; N]) -> &[u64] {
        row
    }

    fn mine(&self) -> &[u64] {
        self
    }

    fn mine_mut(&mut self) -> &mut [u64] {
        self
    }
}

/// Places of texts of any length.
impl Places for Vec<u64> {
    type Row = [u64];

    fn row(row: &[u64]) -> &[u64] {
        row
    }

    fn of(row: &[u64]) -> Self {
        row.to_vec()
    }

    fn bits(row: &[u64]) -> &[u64] {
        row
    }

    fn mine(&self) -> &[u64] {
        self
    }

    fn mine_mut(&mut self) -> &mut [u64] {
        self
    }
}

/// A set of bytes.
#[derive(Clone, Copy, Debug, Default, Eq, Serialize, Deserialize)]
pub(super) struct Bytes(pub(super) [u64; 4]);

impl PartialEq for Bytes {
    fn eq(&self, other: &Self) -> bool {
        // Without a call of memcmp, for which sets are too small; letters tell most of them apart.
        let differ = |word: usize| self.0[word] ^ other.0[word];
        differ(1) == 0 && differ(0) | differ(2) | differ(3) == 0
    }
}

impl Bytes {
    pub fn insert(&mut self, byte: u8) {
        self.0[usize::from(byte / 64)] |= 1 << (byte % 64);
    }

    pub fn contains(&self, byte: u8) -> bool {
        self.0[usize::from(byte / 64)] >> (byte % 64) & 1 == 1
    }
}

/// A set of places that a text is known by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Lane {
    /// The start of the text.
    Start = 1,
    /// The end of the text.
    End,
    /// Where a word may start: at the start, or behind what belongs to no word.
    WordStart,
    /// Where a word may end: at the end, or in front of what belongs to no word.
    WordEnd,
    /// Where a word starts or ends.
    WordEdge,
    /// Places with nothing but blanks in front of them.
    Leading,
    /// Places with nothing but blanks behind them.
    Trailing,
    /// In front of blanks.
    Blank,
    /// In front of anything else.
    Other,
    /// In front of what belongs to words.
    Word,
    /// In front of the letters from a to z.
    Letter,
}

/// Rows: one for each lane, then where words start, a row for each of the lowest five bits of the byte that they start
/// with. The first is that of no lane, and stays empty.
const LANES: usize = Lane::Letter as usize + 1;
const ROWS: usize = LANES + 32;

/// The row of the words that start with a byte; others may share it.
fn row_of_words(byte: u8) -> usize {
    LANES + usize::from(byte & 31)
}

/// What bytes are, as bits.
const LETTER: u32 = 0;
const OF_WORD: u32 = 1;
const OF_BLANKS: u32 = 2;

/// What a byte is: without a branch, so that many bytes are done at once.
fn kind(byte: u8) -> u8 {
    let is_letter = u8::from((byte | 0x20).wrapping_sub(b'a') < 26);
    let is_digit = u8::from(byte.wrapping_sub(b'0') < 10);
    let is_blank = u8::from(byte.wrapping_sub(b'\t') < 5) | u8::from(byte == b' ');
    is_letter << LETTER | (is_letter | is_digit | u8::from(byte == b'_')) << OF_WORD | is_blank << OF_BLANKS
}

/// The classes that have lanes, in small letters.
const CLASSES: [(Bytes, Lane); 4] = [
    (Bytes::range(b'a', b'z'), Lane::Letter),
    (BLANK, Lane::Blank),
    (BLANK.others().small(), Lane::Other),
    (WORD.small(), Lane::Word),
];

/// The first four letters of a text, the first in the lowest byte; zeros stand behind its end.
pub(super) fn first_four(letters: &[u8]) -> u32 {
    match letters.first_chunk() {
        Some(four) => u32::from_le_bytes(*four),
        None => letters.iter().rev().fold(0, |all, byte| all << 8 | u32::from(*byte)),
    }
}

/// Where a phrase leads from a set of places.
#[derive(Clone, Debug)]
struct Followed {
    /// The phrase, by its address.
    phrase: usize,
    /// The places that it was followed from, then those that it leads to.
    places: Bits,
}

/// The places of a text by what stands behind them.
#[derive(Clone, Debug)]
pub(super) struct Lanes {
    /// The text in small letters, with four zeros behind it at least.
    small: Vec<u8>,
    /// How many bytes the text has.
    length: usize,
    /// Rows of `width` words each.
    rows: Bits,
    width: usize,
    /// The rows of classes that were asked for.
    classes: RefCell<Vec<(Bytes, Bits)>>,
    /// Where long phrases lead that were followed.
    phrases: RefCell<Vec<Followed>>,
    words: Words,
}

impl Lanes {
    /// The lanes of a text, in small letters.
    pub fn of(text: &[u8]) -> Self {
        // Widths that are [`Places`] of their own.
        let words = text.len() / 64 + 1;
        let width = if words <= 8 { words.next_power_of_two() } else { words };
        let (rows, small) = (Bits::zeros(width * ROWS), Vec::with_capacity(64 * words + 4));
        let (length, classes, phrases, words) =
            (text.len(), RefCell::default(), RefCell::default(), Words::default());
        let mut lanes = Self { small, length, rows, width, classes, phrases, words };
        lanes.read(text);
        lanes.mark_trailing();
        lanes.read_words();
        lanes
    }

    /// Fills the lanes that bytes tell, and those that tell whether all bytes in front of a place are blanks.
    fn read(&mut self, text: &[u8]) {
        let end = text.len();
        // The last bit of the words in front of one, and whether all bytes in front of it are blanks.
        let (mut last, mut only_blanks) = (0, true);
        for word in 0..=end / 64 {
            let text = &text[word * 64..];
            self.small.extend(kinds(text, |byte| byte.to_ascii_lowercase()));
            let kinds = kinds(text, kind);
            let [letters, in_words, blanks] = [LETTER, OF_WORD, OF_BLANKS].map(|bit| gather(&kinds, bit));
            let inside = self.inside(word);
            let end_here = if end / 64 == word { 1 << (end % 64) } else { 0 };
            let others = inside & !end_here & !blanks;
            let behind_words = in_words << 1 | last;
            last = in_words >> 63;
            // The places up to the first of the others.
            let leading = if others == 0 { inside } else { inside & (others ^ (others - 1)) };
            for (lane, bits) in [
                (Lane::Letter, letters),
                (Lane::Word, in_words),
                (Lane::Blank, blanks),
                (Lane::Other, others),
                (Lane::Start, u64::from(word == 0)),
                (Lane::End, end_here),
                (Lane::WordStart, inside & !behind_words),
                (Lane::WordEnd, inside & !in_words),
                (Lane::WordEdge, in_words ^ behind_words),
                (Lane::Leading, if only_blanks { leading } else { 0 }),
            ] {
                self.rows[lane as usize * self.width + word] = bits;
            }
            only_blanks &= others == 0;
        }
        self.small.extend([0; 4]);
    }

    /// The places of a word of bits that are places of the text.
    fn inside(&self, word: usize) -> u64 {
        let left = (self.length + 1).saturating_sub(word * 64).min(64);
        if left == 64 { u64::MAX } else { (1 << left) - 1 }
    }

    /// Fills the lane of the places with nothing but blanks behind them.
    fn mark_trailing(&mut self) {
        let mut only_blanks = true;
        for word in (0..self.width).rev() {
            let at = |lane: Lane| lane as usize * self.width + word;
            let others = self.rows[at(Lane::Other)];
            let inside = self.inside(word);
            // The places behind the last of the others; at bit 63 these are those of the next words alone.
            let trailing = if others == 0 { inside } else { inside & !(u64::MAX >> others.leading_zeros()) };
            self.rows[at(Lane::Trailing)] = if only_blanks { trailing } else { 0 };
            only_blanks &= others == 0;
        }
    }

    /// Tells the words of the text by the lanes.
    fn read_words(&mut self) {
        for word in 0..self.width {
            let at = |lane: Lane| lane as usize * self.width + word;
            let mut starts = self.rows[at(Lane::Word)] & self.rows[at(Lane::WordStart)];
            while starts != 0 {
                let letters = &self.small[word * 64 + starts.trailing_zeros() as usize..];
                self.words.add(letters);
                self.rows[row_of_words(letters[0]) * self.width + word] |= starts & starts.wrapping_neg();
                starts &= starts - 1;
            }
        }
    }

    /// Words of each set.
    pub fn width(&self) -> usize {
        self.width
    }

    /// The words of the text.
    pub fn words(&self) -> &Words {
        &self.words
    }

    fn row_at(&self, at: usize) -> &[u64] {
        &self.rows[at * self.width..][..self.width]
    }

    pub fn lane<P: Places>(&self, lane: Lane) -> &P::Row {
        P::row(self.row_at(lane as usize))
    }

    /// Leads places over one that is no capital of a class of bytes each.
    pub fn byte<P: Places>(&self, class: &Bytes, places: &mut P) {
        let from = std::mem::replace(places, places.emptied());
        self.lead(from.mine(), 1, places, |at| class.contains(self.small[at]));
    }

    /// Adds the places that letters lead to from some places; `first` are the first four of them, as [`first_four`] has it.
    pub fn literal<P: Places>(&self, first: u32, letters: &[u8], from: &P, to: &mut P) {
        let [byte, ..] = letters else { return to.join(from) };
        let mut from = from.clone();
        if is_letter(*byte) {
            // Most places are those where words start, and few of them start with this byte.
            from.keep_part(self.lane::<P>(Lane::WordStart), P::row(self.row_at(row_of_words(*byte))));
            if from.is_empty() {
                return;
            }
        }
        let (length, behind_first) = (letters.len(), 32 - 8 * letters.len().min(4));
        self.lead(from.mine(), length, to, |at| {
            let here = &self.small[at..];
            (first_four(here) ^ first) << behind_first == 0 && (length <= 4 || here.starts_with(letters))
        });
    }

    /// Adds the places so many bytes behind those of some places where a step is.
    #[inline]
    fn lead<P: Places>(&self, from: &[u64], length: usize, to: &mut P, is_there: impl Fn(usize) -> bool) {
        for (word, mut left) in from.iter().copied().enumerate() {
            while left != 0 {
                let at = word * 64 + left.trailing_zeros() as usize;
                let end = at + length;
                if end <= self.length && is_there(at) {
                    to.mine_mut()[end / 64] |= 1 << (end % 64);
                }
                left &= left - 1;
            }
        }
    }

    /// Leads places over a phrase that many cues have; `follow` does it, once for the same places.
    pub fn phrase<P: Places>(&self, phrase: usize, places: &mut P, follow: impl FnOnce(&mut P)) {
        let width = places.mine().len();
        let is_known = |known: &&Followed| known.phrase == phrase && known.places[..width] == *places.mine();
        if let Some(known) = self.phrases.borrow().iter().find(is_known) {
            return places.mine_mut().copy_from_slice(&known.places[width..]);
        }
        let mut both = Bits::zeros(2 * width);
        both[..width].copy_from_slice(places.mine());
        follow(places);
        both[width..].copy_from_slice(places.mine());
        self.phrases.borrow_mut().push(Followed { phrase, places: both });
    }

    /// Leads places over words, each with blanks in front: as many as there are, if these are no more than `most`. Tells
    /// whether it did.
    pub fn words_behind<P: Places>(&self, most: u32, places: &mut P) -> bool {
        let (blanks, others) = (P::bits(self.lane::<P>(Lane::Blank)), P::bits(self.lane::<P>(Lane::Other)));
        let starts = || places.mine().iter().zip(blanks).map(|(mine, blanks)| mine & blanks);
        let Some(first) = starts().position(|starts| starts != 0) else { return true };
        // The places behind the first start, in the word of bits that has it.
        let behind_start = starts().nth(first).map_or(0, |starts| !(starts ^ (starts - 1)));
        let (mut last, mut ends) = (0, 0);
        let mut there = places.clone();
        for (at, mine) in there.mine_mut().iter_mut().enumerate().skip(first) {
            let behind = (others[at] << 1 | last) & if at == first { behind_start } else { u64::MAX };
            last = others[at] >> 63;
            ends += (behind & !others[at]).count_ones();
            *mine |= behind;
        }
        if ends <= most {
            *places = there;
        }
        ends <= most
    }

    /// Calls with the places in front of the bytes of a class.
    pub fn class<P: Places>(&self, class: &Bytes, call: impl FnOnce(&P::Row)) {
        if let Some((_, lane)) = CLASSES.iter().find(|(known, _)| known == class) {
            return call(self.lane::<P>(*lane));
        }
        if let Some((_, row)) = self.classes.borrow().iter().find(|(known, _)| known == class) {
            return call(P::row(row));
        }
        let mut all = Bits::zeros(self.width);
        let text = self.small[..self.length].iter().enumerate();
        text.filter(|(_, byte)| class.contains(**byte)).for_each(|(at, _)| all[at / 64] |= 1 << (at % 64));
        call(P::row(&all));
        self.classes.borrow_mut().push((*class, all));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn places(length: usize, of: &[usize]) -> Vec<u64> {
        let mut places = vec![0; length];
        of.iter().for_each(|at| places[at / 64] |= 1 << (at % 64));
        places
    }

    fn one(byte: u8) -> Bytes {
        Bytes::range(byte, byte)
    }

    fn each_way(text: &str, from: &[usize], to: &[usize], go: impl Fn(&mut Vec<u64>, &mut [u64; 4], &Lanes)) {
        let lanes = Lanes::of(text.as_bytes());
        let mut some = places(4, from);
        let mut same: [u64; 4] = some.clone().try_into().unwrap();
        go(&mut some, &mut same, &lanes);
        assert_eq!((&some, same.as_slice()), (&places(4, to), places(4, to).as_slice()));
    }

    #[test]
    fn places_go_over_bytes_across_words() {
        let text = format!("{}ab {}", "a".repeat(63), "b".repeat(90));
        each_way(&text, &[0, 62, 64, 65], &[1, 63], |some, same, lanes| {
            lanes.byte(&one(b'a'), some);
            lanes.byte(&one(b'a'), same);
        });
        each_way(&text, &[1, 63], &(1..=64).collect::<Vec<_>>(), |some, same, lanes| {
            lanes.class::<Vec<u64>>(&one(b'a'), |bytes| some.flood(bytes));
            lanes.class::<[u64; 4]>(&one(b'a'), |bytes| same.flood(bytes));
        });
        let all = std::iter::once(3).chain(66..=156).collect::<Vec<_>>();
        each_way(&text, &[66, 3], &all, |some, same, lanes| {
            lanes.class::<Vec<u64>>(&one(b'b'), |bytes| some.flood(bytes));
            lanes.class::<[u64; 4]>(&one(b'b'), |bytes| same.flood(bytes));
        });
        Lanes::of(text.as_bytes())
            .class::<[u64; 4]>(&one(b'z'), |bytes| assert!(<[u64; 4]>::of(bytes).is_empty()));
    }

    #[test]
    fn letters_are_followed_from_wherever_they_stand() {
        let text = format!("{}Longest-word longer, long ", "x".repeat(58));
        let all: Vec<usize> = (0..text.len()).collect();
        for (letters, from, to) in [
            ("longest-word", &[58][..], &[70][..]),
            ("longest-wore", &[58], &[]),
            ("long", &[57, 58, 71, 79], &[62, 75, 83]),
            ("longe", &all, &[63, 76]),
            ("o", &[59, 67], &[60, 68]),
            ("-", &all, &[66]),
            (", ", &[77], &[79]),
            ("long\0", &all, &[]),
            ("", &[3], &[3]),
        ] {
            let first = first_four(letters.as_bytes());
            each_way(&text, from, to, |some, same, lanes| {
                let (mut all_of_some, mut all_of_same) = (some.emptied(), same.emptied());
                lanes.literal(first, letters.as_bytes(), some, &mut all_of_some);
                lanes.literal(first, letters.as_bytes(), same, &mut all_of_same);
                (*some, *same) = (all_of_some, all_of_same);
            });
        }
    }

    #[test]
    fn bytes_are_found_however_unusual() {
        let text = "caf\u{e9} ~ B\0~";
        let lanes = Lanes::of(text.as_bytes());
        for byte in text.bytes().map(|byte| byte.to_ascii_lowercase()) {
            let all = text.bytes().enumerate().filter(|(_, other)| other.eq_ignore_ascii_case(&byte));
            let all: Vec<usize> = all.map(|(at, _)| at).collect();
            lanes.class::<Vec<u64>>(&one(byte), |row| assert_eq!(row, places(1, &all)));
        }
        lanes.class::<Vec<u64>>(&one(b'$'), |row| assert_eq!(row, [0]));
        lanes.class::<Vec<u64>>(&Bytes::range(0, b'b'), |row| {
            assert_eq!(row, places(1, &[1, 5, 7, 8, 9]));
        });
    }

    #[test]
    fn edges_of_words_and_blanks_are_known() {
        let known = |text: &str| {
            let lanes = Lanes::of(text.as_bytes());
            [Lane::WordStart, Lane::WordEnd, Lane::WordEdge, Lane::Leading, Lane::Trailing]
                .map(|lane| lanes.lane::<Vec<u64>>(lane).to_vec())
        };
        let sets = [&[0, 1, 3, 5][..], &[0, 2, 4, 5], &[1, 2, 3, 4], &[0, 1], &[4, 5]];
        assert_eq!(known(" A b\t"), sets.map(|set| places(1, set)));
        assert_eq!(known(""), [&[0][..], &[0], &[], &[0], &[0]].map(|set| places(1, set)));
        assert_eq!(
            known("  "),
            [&[0, 1, 2][..], &[0, 1, 2], &[], &[0, 1, 2], &[0, 1, 2]].map(|set| places(1, set))
        );
        let edge = format!("{}a ", " ".repeat(63));
        let all = (0..=63).collect::<Vec<_>>();
        let ends: Vec<usize> = (0..=62).chain([64, 65]).collect();
        let starts: Vec<usize> = (0..=63).chain([65]).collect();
        assert_eq!(known(&edge), [&starts[..], &ends, &[63, 64], &all, &[64, 65]].map(|set| places(2, set)));
        let long = format!("{} b", "a".repeat(64));
        let sets = [&[0, 65][..], &[64, 66], &[0, 64, 65, 66], &[0], &[66]];
        assert_eq!(known(&long), sets.map(|set| places(2, set)));
    }
}
