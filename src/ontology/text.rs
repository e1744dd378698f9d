//! A text as cues look at it: in small letters, as sets of places, and summed up as its groups of three letters.

use rustc_hash::{FxHashMap, FxHasher};
use smallvec::SmallVec;
use std::cell::{Cell, OnceCell, RefCell};
use std::hash::Hasher;

/// Bits of a set of trigrams.
const BITS: usize = 2048;

/// A set of places in one text, each between two bytes or at an end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Places(SmallVec<[u64; 8]>);

impl Places {
    fn none(length: usize) -> Self {
        Self(SmallVec::from_elem(0, length / 64 + 1))
    }

    fn insert(&mut self, at: usize) {
        self.0[at / 64] |= 1 << (at % 64);
    }

    /// The same number of places, none of them in it.
    pub fn emptied(&self) -> Self {
        Self(SmallVec::from_elem(0, self.0.len()))
    }

    pub fn is_empty(&self) -> bool {
        self.0.iter().all(|word| *word == 0)
    }

    /// Adds the places of another set.
    pub fn join(&mut self, other: &Self) {
        self.0.iter_mut().zip(&other.0).for_each(|(mine, other)| *mine |= other);
    }

    /// Leaves those that are in another set too.
    pub fn meet(&mut self, other: &Self) {
        self.0.iter_mut().zip(&other.0).for_each(|(mine, other)| *mine &= other);
    }

    /// Leaves those that aren't in another set.
    pub fn leave(&mut self, other: &Self) {
        self.0.iter_mut().zip(&other.0).for_each(|(mine, other)| *mine &= !other);
    }

    /// Goes over one byte in front of which a place of `bytes` stands.
    pub fn step(&mut self, bytes: &Self) {
        let mut carry = 0;
        for (mine, bytes) in self.0.iter_mut().zip(&bytes.0) {
            let here = *mine & bytes;
            (*mine, carry) = (here << 1 | carry, here >> 63);
        }
    }

    /// Goes over any number of such bytes, none included.
    ///
    /// An addition carries through each run of bytes at once (*MatchStar* of Cameron et al., Bitwise Data Parallelism
    /// in Regular Expression Matching, PACT 2014).
    pub fn flood(&mut self, bytes: &Self) {
        let mut carry = false;
        for (mine, bytes) in self.0.iter_mut().zip(&bytes.0) {
            let (sum, over) = (*mine & bytes).overflowing_add(*bytes);
            let (sum, over_again) = sum.overflowing_add(u64::from(carry));
            carry = over || over_again;
            *mine |= sum ^ bytes;
        }
    }
}

/// A set of bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct Bytes([u64; 4]);

impl Bytes {
    pub fn insert(&mut self, byte: u8) {
        self.0[usize::from(byte / 64)] |= 1 << (byte % 64);
    }

    pub fn contains(&self, byte: u8) -> bool {
        self.0[usize::from(byte / 64)] >> (byte % 64) & 1 == 1
    }
}

/// The places of a text by what stands behind them.
pub(super) struct Lanes {
    /// The set of each byte, as a place in `sets`; 0 for bytes that don't occur.
    slots: [u8; 256],
    sets: Vec<Places>,
    present: Vec<u8>,
    classes: RefCell<FxHashMap<Bytes, Places>>,
    /// The start and the end of the text.
    pub start: Places,
    pub end: Places,
    /// Places where a word may start: at the start, or behind what belongs to no word.
    pub starts: Places,
    /// Places where a word may end: at the end, or in front of what belongs to no word.
    pub ends: Places,
    /// Places where a word starts or ends.
    pub edges: Places,
    /// Places with nothing but blanks in front of them.
    pub leading: Places,
    /// Places with nothing but blanks behind them.
    pub trailing: Places,
}

impl Lanes {
    fn of(text: &[u8]) -> Self {
        let none = Places::none(text.len());
        let mut lanes = Self {
            slots: [0; 256],
            sets: vec![none.clone()],
            present: Vec::new(),
            classes: RefCell::default(),
            start: none.clone(),
            end: none.clone(),
            starts: none.clone(),
            ends: none.clone(),
            edges: none.clone(),
            leading: none.clone(),
            trailing: none.clone(),
        };
        let is_word = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
        lanes.start.insert(0);
        lanes.starts.insert(0);
        let mut in_word = false;
        for (at, byte) in text.iter().map(u8::to_ascii_lowercase).enumerate() {
            let slot = &mut lanes.slots[usize::from(byte)];
            if *slot == 0 {
                // Small letters alone leave fewer than 256 bytes.
                *slot = u8::try_from(lanes.sets.len()).unwrap_or_default();
                lanes.sets.push(none.clone());
                lanes.present.push(byte);
            }
            lanes.sets[usize::from(*slot)].insert(at);
            if !is_word(byte) {
                lanes.ends.insert(at);
                lanes.starts.insert(at + 1);
            }
            if is_word(byte) != in_word {
                in_word = !in_word;
                lanes.edges.insert(at);
            }
        }
        if in_word {
            lanes.edges.insert(text.len());
        }
        lanes.end.insert(text.len());
        lanes.ends.insert(text.len());
        let blanks = |byte: &&u8| is_blank(**byte);
        (0..=text.iter().take_while(blanks).count()).for_each(|at| lanes.leading.insert(at));
        let trailing = text.iter().rev().take_while(blanks).count();
        (text.len() - trailing..=text.len()).for_each(|at| lanes.trailing.insert(at));
        lanes
    }

    /// The places in front of a byte, which is no capital.
    pub fn byte(&self, byte: u8) -> &Places {
        &self.sets[usize::from(self.slots[usize::from(byte)])]
    }

    /// Calls with the places in front of the bytes of a class.
    pub fn class<T>(&self, class: &Bytes, call: impl FnOnce(&Places) -> T) -> T {
        let mut classes = self.classes.borrow_mut();
        let places = classes.entry(*class).or_insert_with(|| {
            let mut all = self.sets[0].clone();
            let held = self.present.iter().filter(|byte| class.contains(**byte));
            held.for_each(|byte| all.join(self.byte(*byte)));
            all
        });
        call(places)
    }
}

fn is_blank(byte: u8) -> bool {
    byte.is_ascii_whitespace() || byte == 0x0b
}

/// A set of groups of three letters.
struct Trigrams([u64; BITS / 64]);

impl Default for Trigrams {
    fn default() -> Self {
        Self([0; BITS / 64])
    }
}

/// A text that cues are looked for in.
#[derive(Default)]
pub(super) struct Text {
    text: Vec<u8>,
    trigrams: Trigrams,
    lanes: OnceCell<Lanes>,
}

thread_local! {
    /// Texts that were looked at before, by their hashes: many cues look at the same ones.
    static RECENT: RefCell<Vec<Text>> = const { RefCell::new(Vec::new()) };
}

/// Texts that are remembered.
const RECENT_TEXTS: usize = 256;

thread_local! {
    static LOOKED_AT: Cell<u64> = const { Cell::new(0) };
}

/// How many bytes of texts cues have looked at in this thread, each set of cues by itself: a measure of the work of an
/// extraction that is the same in each run.
#[doc(hidden)]
pub fn bytes_looked_at() -> u64 {
    LOOKED_AT.get()
}

impl Text {
    /// Calls with a text as cues look at it.
    pub fn of<T>(text: &str, look: impl FnOnce(&Self) -> T) -> T {
        LOOKED_AT.set(LOOKED_AT.get() + text.len() as u64);
        RECENT.with_borrow_mut(|recent| {
            recent.resize_with(RECENT_TEXTS, Self::default);
            let mut hasher = FxHasher::default();
            hasher.write(text.as_bytes());
            // The upper bits of the hash depend on all bytes.
            let slot = usize::try_from(hasher.finish() >> 48).unwrap_or_default() % RECENT_TEXTS;
            let known = &mut recent[slot];
            if known.text != text.as_bytes() {
                known.sum_up(text.as_bytes());
            }
            look(known)
        })
    }

    fn sum_up(&mut self, text: &[u8]) {
        self.text.clear();
        self.text.extend_from_slice(text);
        self.lanes.take();
        self.trigrams.0.fill(0);
        for bit in trigrams(text) {
            self.trigrams.0[bit / 64] |= 1 << (bit % 64);
        }
    }

    /// Whether a group of three letters, by its bit, may occur.
    pub fn may_hold(&self, trigram: usize) -> bool {
        self.trigrams.0[trigram / 64] >> (trigram % 64) & 1 == 1
    }

    /// Its places.
    pub fn lanes(&self) -> &Lanes {
        self.lanes.get_or_init(|| Lanes::of(&self.text))
    }
}

/// The bit of each group of three letters of a text, without regard to case; others may share it.
pub(super) fn trigrams(text: &[u8]) -> impl Iterator<Item = usize> {
    text.windows(3).map(|group| {
        let letter = |at: usize| u32::from(group[at].to_ascii_lowercase());
        let hash = (letter(0) << 16 | letter(1) << 8 | letter(2)).wrapping_mul(0x9e37_79b1);
        hash as usize >> (32 - BITS.trailing_zeros())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn places(length: usize, of: &[usize]) -> Places {
        let mut places = Places::none(length);
        of.iter().for_each(|at| places.insert(*at));
        places
    }

    #[test]
    fn places_go_over_bytes_across_words() {
        let text = format!("{}ab {}", "a".repeat(63), "b".repeat(90));
        let lanes = Lanes::of(text.as_bytes());
        let mut from = places(text.len(), &[0, 62, 64, 65]);
        from.step(lanes.byte(b'a'));
        assert_eq!(from, places(text.len(), &[1, 63]));
        from.flood(lanes.byte(b'a'));
        assert_eq!(from, places(text.len(), &(1..=64).collect::<Vec<_>>()));
        let mut from = places(text.len(), &[66, 3]);
        from.flood(lanes.byte(b'b'));
        assert_eq!(from, places(text.len(), &std::iter::once(3).chain(66..=156).collect::<Vec<_>>()));
        assert!(lanes.byte(b'z').is_empty());
    }

    #[test]
    fn edges_of_words_and_blanks_are_known() {
        let text = " A b\t";
        let lanes = Lanes::of(text.as_bytes());
        assert_eq!(lanes.starts, places(5, &[0, 1, 3, 5]));
        assert_eq!(lanes.ends, places(5, &[0, 2, 4, 5]));
        assert_eq!(lanes.leading, places(5, &[0, 1]));
        assert_eq!(lanes.trailing, places(5, &[4, 5]));
        let lanes = Lanes::of(b"");
        assert_eq!((&lanes.starts, &lanes.trailing), (&lanes.end, &lanes.start));
    }
}
