//! What the steps of an expression say of the places at their ends.
//!
//! An expression is followed from where a word may start to where one may end. What it says in front of a literal tells
//! whether that starts a word, and what it says behind, whether it ends one. Words and their parts are what texts are
//! sifted by: see [`needles`](super::needles) and [`signs`](super::signs).

use super::classes::{WORD, is_letter};
use super::expression::Step;
use smallvec::SmallVec;

/// Shortest part of a word that counts, and shortest whole word, in bytes.
pub(super) const MIN_LENGTHS: (usize, usize) = (3, 2);

/// Letters of one word, small ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Part<'e> {
    pub letters: &'e [u8],
    /// Whether the word surely starts with them.
    pub starts: bool,
    /// Whether it surely ends with them.
    pub ends: bool,
}

/// What is known of the places that a step leads from and to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Edges {
    /// Whether no letter stands in front of any place that it is followed from.
    pub start: bool,
    /// Whether no letter may stand behind the places that it leads to.
    pub end: bool,
}

impl Edges {
    /// Those of a whole expression.
    pub const WORDS: Self = Self { start: true, end: true };

    /// Those of the steps of a sequence.
    pub fn each(self, steps: &[Step]) -> impl Iterator<Item = (&Step, Self)> {
        // From the last step to the first whether no letter stands behind it.
        let mut ends: SmallVec<[bool; 16]> = SmallVec::new();
        let mut end = self.end;
        for step in steps.iter().rev() {
            ends.push(end);
            end = no_letter(step, Side::Front).unwrap_or(end);
        }
        let mut start = self.start;
        steps.iter().map(move |step| {
            let edges = Self { start, end: ends.pop().unwrap_or_default() };
            start = no_letter(step, Side::Behind).unwrap_or(start);
            (step, edges)
        })
    }

    /// The words of a literal, or what it has of them.
    pub fn parts(self, literal: &[u8]) -> impl Iterator<Item = Part<'_>> {
        let mut start = 0;
        std::iter::from_fn(move || {
            while start < literal.len() {
                let behind = literal[start..].iter().position(|byte| !is_letter(*byte));
                let end = behind.map_or(literal.len(), |letters| start + letters);
                let (letters, starts, ends) =
                    (&literal[start..end], start > 0 || self.start, end < literal.len() || self.end);
                start = end + 1;
                let least = if starts && ends { MIN_LENGTHS.1 } else { MIN_LENGTHS.0 };
                if letters.len() >= least {
                    return Some(Part { letters, starts, ends });
                }
            }
            None
        })
    }

    /// The edges of what is repeated.
    pub fn repeated(self, max: Option<u32>) -> Self {
        Self { end: self.end && max == Some(1), ..self }
    }
}

/// A side of a step.
#[derive(Clone, Copy)]
pub(super) enum Side {
    Front,
    Behind,
}

/// Whether no letter stands in front of the places that a step leads to ([`Side::Behind`]), or none behind the places
/// that it is followed from ([`Side::Front`]); `None` where that is as it is for the places at its other end.
pub(super) fn no_letter(step: &Step, side: Side) -> Option<bool> {
    match step {
        Step::Literal { letters: literal, .. } => {
            let outermost = match side {
                Side::Front => literal.first(),
                Side::Behind => literal.last(),
            };
            outermost.map(|byte| !is_letter(*byte))
        }
        Step::Class(class) => Some(class.is_apart_from(WORD)),
        Step::Exact(class) => Some(class.small.is_apart_from(WORD)),
        Step::Blanks => Some(true),
        // Its words start behind blanks, and end anywhere.
        Step::Gap => matches!(side, Side::Behind).then_some(false),
        Step::Start => matches!(side, Side::Behind).then_some(true),
        Step::End => matches!(side, Side::Front).then_some(true),
        Step::All(steps) => match side {
            Side::Front => steps.iter().find_map(|step| no_letter(step, side)),
            Side::Behind => steps.iter().rev().find_map(|step| no_letter(step, side)),
        },
        Step::Any(alternatives) => {
            let mut all = Some(true);
            for one in alternatives {
                match no_letter(&one.step, side) {
                    Some(true) => {}
                    Some(false) => return Some(false),
                    None => all = None,
                }
            }
            all
        }
        Step::Repeat { step, min, .. } => no_letter(step, side).filter(|no_letter| *min > 0 || !no_letter),
        Step::Wanted(step) => no_letter(step, side),
        Step::Phrase(phrase) => phrase.no_letter(side),
        Step::Nothing | Step::WordEdge => None,
    }
}
