//! Which cues may match a text: all cues of an ontology are looked for at once.
//!
//! What a cue matches holds one needle from each of its lists, words that stand for the parts of its expression. A text
//! is gone through once for the needles of all cues, word by word, and what a word holds is looked up once for each word
//! of the language. A cue may match where a needle of its anchor is held, the list with the rarest needles; its other
//! lists are checked when somebody asks for it, before its expression is followed.

use super::cues::Cue;
use super::edges::Edges;
use super::lexicon::{Known, Lexicon, Mark};
use super::needles::{List, Needles};
use super::text::Lanes;
use std::cell::{Cell, OnceCell, RefCell};
use std::ops::Range;

/// The cues of an ontology.
#[derive(Debug)]
pub(super) struct Index {
    pub cues: Box<[Cue]>,
    /// What each needle marks of the bits of a text: itself, and the cues of which it is in the anchor.
    needles: Lexicon,
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

fn holds(set: &[u64], number: u32) -> bool {
    set.get(number as usize / 64).is_some_and(|word| word >> (number % 64) & 1 == 1)
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
        let held = self.bits.get(index.always.len()..).unwrap_or_default();
        let cues = self.anchored(range).flat_map(|(first, mut left)| {
            std::iter::from_fn(move || {
                let bit = (left != 0).then(|| left.trailing_zeros() as usize)?;
                left &= left - 1;
                Some(first + bit)
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

    /// Those cues of a range of which a needle of the anchor is held, as words of bits with the number of the first bit.
    fn anchored(&self, range: Range<usize>) -> impl Iterator<Item = (usize, u64)> {
        let (first, last) = (range.start / 64, range.end.div_ceil(64));
        let words = self.bits.get(first..last).unwrap_or_default().iter().enumerate();
        words.map(move |(at, word)| {
            // The first and the last word may hold cues of others.
            let start = range.start.saturating_sub((first + at) * 64);
            let behind = ((first + at + 1) * 64).saturating_sub(range.end);
            ((first + at) * 64, *word >> start << start << behind >> behind)
        })
    }

    /// Whether a cue of a range may match, by its anchor alone.
    pub(super) fn may_match_any(&self, range: Range<usize>) -> bool {
        self.anchored(range).any(|(_, cues)| cues != 0)
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
        let parts = needles.parts();
        let mut counts = vec![0; parts.len()];
        for needle in all.iter().flatten().flat_map(|list| &list.needles) {
            counts[*needle as usize] += 1;
        }
        let bits = cues.len().div_ceil(64);
        let mut always = vec![0; bits];
        let mut marks: Vec<Vec<Mark>> = (0..parts.len()).map(|at| vec![Mark::of(bits * 64 + at)]).collect();
        let mut others = Groups::default();
        for (at, mut lists) in all.into_iter().enumerate() {
            // Words that many cues need are those that many texts have; so are short ones.
            let often = |needle: &u32| {
                let at = *needle as usize;
                counts[at] + if parts[at].letters.len() < 4 { 20 } else { 0 }
            };
            let often = |list: &List| list.needles.iter().map(often).sum::<u32>();
            match (0..lists.len()).min_by_key(|list| often(&lists[*list])) {
                Some(anchor) => {
                    for needle in lists.remove(anchor).needles {
                        marks[needle as usize].push(Mark::of(at));
                    }
                }
                None => Mark::of(at).set(&mut always),
            }
            others.push(lists.iter().flat_map(|List { needles, .. }| {
                std::iter::once(number(needles.len())).chain(needles.iter().copied())
            }));
        }
        let needles = Lexicon::new(parts.iter().copied().zip(marks));
        Self { cues: cues.into(), needles, lists: others, always: always.into() }
    }

    /// A text with the cues that may match it.
    pub fn look(&self, text: String) -> Cued {
        looked_at(text.len());
        let words = self.always.len() + self.needles.len().div_ceil(64);
        let mut bits = Vec::with_capacity(words);
        bits.extend_from_slice(&self.always);
        bits.resize(words, 0);
        KNOWN.with_borrow_mut(|known| known.mark(&self.needles, text.as_bytes(), &mut bits));
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
        let index = Index::of((0..150).map(cue).collect());
        let cued = index.look("wcx and wdxwdxwdx.".to_owned());
        assert_eq!(cued.matches(&index, 0..150).collect::<Vec<_>>(), [2, 55]);
        assert_eq!(cued.matches(&index, 3..55).count(), 0);
        assert_eq!(cued.matches(&index, 55..56).count(), 1);
    }
}
