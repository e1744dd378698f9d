//! Which cues may match a text: all cues of an ontology are looked for at once.
//!
//! What a cue matches holds one needle from each of its lists, words that stand for the parts of its expression. A text
//! is gone through once for the needles of all cues, word by word, and what a word holds is looked up once for each word
//! of the language. A cue may match where a needle of its anchor is held, the list with the rarest needles; its other
//! lists are checked when somebody asks for it, before its expression is followed. A cue that is one word or another has
//! these words as its needles, and matches where one is held.

use super::bits::Bits;
use super::cues::{Cue, Extent};
use super::encoding::Cues;
use super::frequencies::Frequencies;
use super::lexicon::{Known, Lexicon, Mark};
use super::needles::{Needles, whole_words};
use super::text::Lanes;
use serde::{Deserialize, Serialize};
use std::cell::{Cell, OnceCell, RefCell};
use std::ops::Range;

/// The cues of an ontology; the bytes of the compiled one stay where they are.
#[derive(Debug, Serialize, Deserialize)]
#[serde(bound(deserialize = "'de: 'static"))]
pub(super) struct Index {
    pub cues: Cues,
    /// What each needle marks of the bits of a text: itself, and the cues of which it is in the anchor.
    needles: Lexicon,
    lists: OtherLists,
    /// The cues that any text may match, a bit for each.
    always: Box<[u64]>,
    /// The cues that match wherever a needle of their anchor is held, a bit for each.
    sure: Box<[u64]>,
}

/// The lists of needles that each cue has besides its anchor: packed, as most checks wait for them to come from memory.
#[derive(Debug, Default, Serialize, Deserialize)]
struct OtherLists {
    /// The lists of each cue end in front of this place.
    ends: Vec<u32>,
    /// For each list how many needles it has, then the numbers of these.
    needles: Vec<u16>,
}

impl OtherLists {
    /// Adds a list to those of the next cue; it may do without one of which the numbers are too great.
    fn add(&mut self, needles: &[u32]) {
        let before = self.needles.len();
        for number in std::iter::once(number(needles.len())).chain(needles.iter().copied()) {
            match u16::try_from(number) {
                Ok(number) => self.needles.push(number),
                Err(_) => return self.needles.truncate(before),
            }
        }
    }

    /// Says that the lists of a cue are complete.
    fn end_cue(&mut self) {
        self.ends.push(number(self.needles.len()));
    }

    /// Whether a needle of each list of a cue is held.
    fn meet(&self, cue: usize, held: &[u64]) -> bool {
        let start = cue.checked_sub(1).map_or(0, |before| self.ends[before] as usize);
        let mut lists = &self.needles[start..self.ends[cue] as usize];
        let is_held = |needle: &u16| {
            held.get(usize::from(needle / 64)).is_some_and(|word| word >> (needle % 64) & 1 == 1)
        };
        while let [count, needles @ ..] = lists {
            let (list, others) = needles.split_at(usize::from(*count));
            if !list.iter().any(is_held) {
                return false;
            }
            lists = others;
        }
        true
    }
}

fn number(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}

/// A text with the cues that may match it.
#[derive(Clone, Debug)]
pub struct Cued {
    text: String,
    /// A bit for each cue of the ontology, then one for each needle.
    bits: Bits,
    lanes: OnceCell<Box<Lanes>>,
}

thread_local! {
    static LOOKED_AT: Cell<u64> = const { Cell::new(0) };
    static KNOWN: RefCell<Known> = RefCell::default();
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

    /// This text and another behind it, with a blank between them.
    pub fn followed_by(&self, other: &Self) -> Self {
        let mut bits = self.bits.clone();
        // Needles are held by single words, and both have other lengths only if they are of different ontologies.
        bits.iter_mut().zip(&*other.bits).for_each(|(mine, other)| *mine |= other);
        Self { text: [self.text(), " ", other.text()].concat(), bits, lanes: OnceCell::new() }
    }

    /// Whether a cue matches of which a needle of the anchor is held.
    pub(super) fn matches(&self, index: &Index, cue: usize) -> bool {
        if Mark::of(cue).meets(&index.sure) {
            return true;
        }
        self.may_match(index, cue) && {
            looked_at(self.text.len());
            let lanes = self.lanes.get_or_init(|| Box::new(Lanes::of(self.text.as_bytes())));
            index.cues.get(cue).is_match(lanes)
        }
    }

    /// Whether a needle of each list of a cue but the anchor is held.
    fn may_match(&self, index: &Index, cue: usize) -> bool {
        // A text of another ontology may have fewer bits; nothing matches it then.
        let held = self.bits.get(index.always.len()..).unwrap_or_default();
        index.lists.meet(cue, held)
    }

    /// The first cue of a range of which a needle of the anchor is held.
    #[inline]
    pub(super) fn next_anchored(&self, range: Range<usize>) -> Option<usize> {
        let mut at = range.start / 64;
        // The first word may hold cues in front of the range, the last those behind it.
        let mut left = self.bits.get(at)? >> (range.start % 64) << (range.start % 64);
        while left == 0 {
            at += 1;
            if at * 64 >= range.end {
                return None;
            }
            left = *self.bits.get(at)?;
        }
        Some(at * 64 + left.trailing_zeros() as usize).filter(|cue| *cue < range.end)
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
    pub fn of(cues: Vec<Cue>, frequencies: &Frequencies<'_>) -> Self {
        let words = |cue: &Cue| match cue.extent {
            Extent::Anywhere => whole_words(cue.step()),
            Extent::Whole => None,
        };
        let words: Vec<_> = cues.iter().map(words).collect();
        let mut needles = Needles::new(frequencies);
        let mut always = vec![0; cues.len().div_ceil(64)];
        let mut sure = always.clone();
        let mut of_cues: Vec<Range<usize>> = Vec::with_capacity(cues.len());
        for (at, (cue, words)) in cues.iter().zip(&words).enumerate() {
            of_cues.push(match words {
                Some(words) => {
                    Mark::of(at).set(&mut sure);
                    needles.of_words(words)
                }
                None => needles.read(cue.step()),
            });
        }
        let (parts, lists) = needles.finish();
        // The cues of which needles are in the anchor, each with the place of the one before it of the same needle.
        let (mut anchored, mut last) = (Vec::new(), vec![None; parts.len()]);
        let mut others = OtherLists::default();
        for (at, of_cue) in of_cues.into_iter().enumerate() {
            // The list that fewest texts hold a needle of.
            let anchor = of_cue.clone().min_by_key(|list| lists.often(*list));
            match anchor {
                Some(anchor) => lists.get(anchor).iter().for_each(|needle| {
                    anchored.push((number(at), last[*needle as usize].replace(anchored.len())));
                }),
                None => Mark::of(at).set(&mut always),
            }
            of_cue.filter(|list| Some(*list) != anchor).for_each(|list| others.add(lists.get(list)));
            others.end_cue();
        }
        let needles = parts.zip(last).enumerate().map(|(at, (part, last))| {
            let cues = std::iter::successors(last, |place| anchored[*place].1).map(|place| anchored[place].0);
            (part, std::iter::once(number(always.len() * 64 + at)).chain(cues))
        });
        let needles = Lexicon::new(needles);
        Self { cues: cues.into(), needles, lists: others, always: always.into(), sure: sure.into() }
    }

    /// A text with the cues that may match it.
    pub fn look(&self, text: String) -> Cued {
        looked_at(text.len());
        let words = self.always.len() + self.needles.len().div_ceil(64);
        let mut bits = Bits::zeros(words);
        bits[..self.always.len()].copy_from_slice(&self.always);
        KNOWN.with_borrow_mut(|known| known.mark(&self.needles, text.as_bytes(), &mut bits));
        Cued { text, bits, lanes: OnceCell::new() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ontology::cues::{Extent, Phrases};

    fn may_match(pattern: &str, text: &str) -> bool {
        let cue = Cue::new(pattern, &Phrases::default(), Extent::Anywhere).unwrap();
        let index = Index::of(vec![cue], &Frequencies::default());
        let text = index.look(text.to_owned());
        text.next_anchored(0..1).is_some_and(|cue| text.may_match(&index, cue))
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
    fn whatever_may_match_without_a_word_is_tried_on_any_text() {
        for pattern in [r"\d+", "a", "(?:zone)?", "zone|a", "-"] {
            assert!(may_match(pattern, "text"), "{pattern}");
        }
    }

    #[test]
    fn cues_are_found_by_their_numbers() {
        let cue = |at: usize| {
            let word = format!("w{}x", char::from(b'a' + u8::try_from(at % 26).unwrap())).repeat(at / 26 + 1);
            Cue::new(&word, &Phrases::default(), Extent::Anywhere).unwrap()
        };
        let index = Index::of((0..150).map(cue).collect(), &Frequencies::default());
        let cued = index.look("wcx and wdxwdxwdx.".to_owned());
        let found = |range: Range<usize>| cued.next_anchored(range);
        let all = [found(0..150), found(3..150), found(56..150), found(3..55), found(55..56), found(56..56)];
        assert_eq!(all, [Some(2), Some(55), None, None, Some(55), None]);
        assert!(cued.matches(&index, 2) && cued.matches(&index, 55));
    }
}
