//! A text as expressions are followed over it: the places of each of its bytes, as sets of bits.

use super::bits::Bits;
use super::classes::{BLANK, WORD};
use super::signs::Words;
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

/// Bytes that have a row of their own, letters first, then what else belongs to words, then blanks; a capital goes with
/// its small letter.
const USUAL: &[u8; 55] = b"abcdefghijklmnopqrstuvwxyz0123456789_ \t\n\x0b\x0c\r-'.,()/%:;\"&";

/// How many of them are letters, belong to words besides, and are blanks.
const LETTERS: usize = 26;
const OTHERS_OF_WORDS: usize = 11;
const BLANKS: usize = 6;

/// Rows: one for each lane, then one for each usual byte. The first is that of no lane, and stays empty.
const LANES: usize = Lane::Letter as usize + 1;
const ROWS: usize = LANES + USUAL.len();

/// The row of each byte; the empty one for those that aren't usual.
const ROW_OF: [u8; 256] = {
    let mut rows = [0; 256];
    let mut at = 0;
    while at < USUAL.len() {
        // There are fewer rows than bytes.
        rows[USUAL[at] as usize] = (LANES + at) as u8;
        rows[USUAL[at].to_ascii_uppercase() as usize] = (LANES + at) as u8;
        at += 1;
    }
    rows
};

/// The classes that have lanes, in small letters.
const CLASSES: [(Bytes, Lane); 4] = [
    (Bytes::range(b'a', b'z'), Lane::Letter),
    (BLANK, Lane::Blank),
    (BLANK.others().small(), Lane::Other),
    (WORD.small(), Lane::Word),
];

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
    /// Rows of `width` words each.
    rows: Bits,
    width: usize,
    /// Where bytes stand that have no row, and which.
    unusual: Vec<(usize, u8)>,
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
        let (mut rows, mut unusual) = (Bits::zeros(width * ROWS), Vec::new());
        for (word, bytes) in text.chunks(64).enumerate() {
            // The words of all rows that stand at the same place.
            let rows = &mut rows[word..];
            let mut bit = 1;
            for (at, byte) in bytes.iter().enumerate() {
                match ROW_OF[usize::from(*byte)] {
                    0 => unusual.push((word * 64 + at, *byte)),
                    row => rows[usize::from(row) * width] |= bit,
                }
                bit <<= 1;
            }
        }
        let (classes, phrases, words) = Default::default();
        let mut lanes = Self { rows, width, unusual, classes, phrases, words };
        lanes.mark(text.len());
        lanes.read_words(text);
        lanes
    }

    /// Fills the lanes that aren't those of bytes.
    fn mark(&mut self, end: usize) {
        self.unite(0, LETTERS, Lane::Letter);
        self.unite(LETTERS, OTHERS_OF_WORDS, Lane::Word);
        self.unite(LETTERS + OTHERS_OF_WORDS, BLANKS, Lane::Blank);
        // The last bit of the words in front of one, and whether all bytes in front of it are blanks.
        let (mut last, mut only_blanks) = (0, true);
        for word in 0..self.width {
            let at = |lane: Lane| lane as usize * self.width + word;
            let left = (end + 1).saturating_sub(word * 64).min(64);
            let inside = if left == 64 { u64::MAX } else { (1 << left) - 1 };
            let end_here = if end / 64 == word { 1 << (end % 64) } else { 0 };
            let in_words = self.rows[at(Lane::Word)] | self.rows[at(Lane::Letter)];
            self.rows[at(Lane::Word)] = in_words;
            let others = inside & !end_here & !self.rows[at(Lane::Blank)];
            let behind_words = in_words << 1 | last;
            last = in_words >> 63;
            self.rows[at(Lane::Other)] = others;
            self.rows[at(Lane::Start)] = u64::from(word == 0);
            self.rows[at(Lane::End)] = end_here;
            self.rows[at(Lane::WordStart)] = inside & !behind_words;
            self.rows[at(Lane::WordEnd)] = inside & !in_words;
            self.rows[at(Lane::WordEdge)] = in_words ^ behind_words;
            // The places up to the first of the others.
            let leading = if others == 0 { inside } else { inside & (others ^ (others - 1)) };
            self.rows[at(Lane::Leading)] = if only_blanks { leading } else { 0 };
            only_blanks &= others == 0;
        }
        only_blanks = true;
        for word in (0..self.width).rev() {
            let at = |lane: Lane| lane as usize * self.width + word;
            let others = self.rows[at(Lane::Other)];
            let left = (end + 1).saturating_sub(word * 64).min(64);
            let inside = if left == 64 { u64::MAX } else { (1 << left) - 1 };
            // The places behind the last of the others; at bit 63 these are those of the next words alone.
            let trailing = if others == 0 { inside } else { inside & !(u64::MAX >> others.leading_zeros()) };
            self.rows[at(Lane::Trailing)] = if only_blanks { trailing } else { 0 };
            only_blanks &= others == 0;
        }
    }

    /// Makes a lane of the rows of some usual bytes.
    fn unite(&mut self, first: usize, count: usize, lane: Lane) {
        for word in 0..self.width {
            let rows =
                self.rows[(LANES + first) * self.width + word..].iter().step_by(self.width).take(count);
            self.rows[lane as usize * self.width + word] = rows.fold(0, |all, row| all | row);
        }
    }

    /// Tells the words of the text by the lanes.
    fn read_words(&mut self, text: &[u8]) {
        for word in 0..self.width {
            let at = |lane: Lane| lane as usize * self.width + word;
            let mut starts = self.rows[at(Lane::Word)] & self.rows[at(Lane::WordStart)];
            while starts != 0 {
                self.words.add(&text[word * 64 + starts.trailing_zeros() as usize..]);
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

    /// Calls with the places in front of a byte, which is no capital.
    #[inline]
    pub fn byte<P: Places>(&self, byte: u8, call: impl FnOnce(&P::Row)) {
        match ROW_OF[usize::from(byte)] {
            0 => self.class::<P>(&Bytes::range(byte, byte), call),
            row => call(P::row(self.row_at(usize::from(row)))),
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

    /// Calls with the places in front of the bytes of a class.
    pub fn class<P: Places>(&self, class: &Bytes, call: impl FnOnce(&P::Row)) {
        if let Some((_, lane)) = CLASSES.iter().find(|(known, _)| known == class) {
            return call(self.lane::<P>(*lane));
        }
        if let Some((_, row)) = self.classes.borrow().iter().find(|(known, _)| known == class) {
            return call(P::row(row));
        }
        let mut all = Bits::zeros(self.width);
        for (at, _) in USUAL.iter().enumerate().filter(|(_, byte)| class.contains(**byte)) {
            all.iter_mut().zip(self.row_at(LANES + at)).for_each(|(all, row)| *all |= row);
        }
        for (at, _) in self.unusual.iter().filter(|(_, byte)| class.contains(*byte)) {
            all[at / 64] |= 1 << (at % 64);
        }
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
            lanes.byte::<Vec<u64>>(b'a', |bytes| some.step(bytes));
            lanes.byte::<[u64; 4]>(b'a', |bytes| same.step(bytes));
        });
        each_way(&text, &[1, 63], &(1..=64).collect::<Vec<_>>(), |some, same, lanes| {
            lanes.byte::<Vec<u64>>(b'a', |bytes| some.flood(bytes));
            lanes.byte::<[u64; 4]>(b'a', |bytes| same.flood(bytes));
        });
        let all = std::iter::once(3).chain(66..=156).collect::<Vec<_>>();
        each_way(&text, &[66, 3], &all, |some, same, lanes| {
            lanes.byte::<Vec<u64>>(b'b', |bytes| some.flood(bytes));
            lanes.byte::<[u64; 4]>(b'b', |bytes| same.flood(bytes));
        });
        Lanes::of(text.as_bytes()).byte::<[u64; 4]>(b'z', |bytes| assert!(<[u64; 4]>::of(bytes).is_empty()));
    }

    #[test]
    fn bytes_are_found_however_unusual() {
        let text = "caf\u{e9} ~ B\0~";
        let lanes = Lanes::of(text.as_bytes());
        for byte in text.bytes().map(|byte| byte.to_ascii_lowercase()) {
            let all = text.bytes().enumerate().filter(|(_, other)| other.eq_ignore_ascii_case(&byte));
            let all: Vec<usize> = all.map(|(at, _)| at).collect();
            lanes.byte::<Vec<u64>>(byte, |row| assert_eq!(row, places(1, &all)));
        }
        lanes.byte::<Vec<u64>>(b'$', |row| assert_eq!(row, [0]));
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
