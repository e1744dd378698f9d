//! What the steps of an expression say of the places at their ends.
//!
//! An expression is followed from where a word may start to where one may end. What it says in front of a literal tells
//! whether that starts a word, and what it says behind, whether it ends one. Words and their parts are what texts are
//! sifted by: see [`needles`](super::needles) and [`signs`](super::signs).

use super::classes::WORD;
use super::expression::Step;
use super::text::Bytes;
use smallvec::SmallVec;

/// Shortest part of a word that counts, and shortest whole word, in bytes.
const MIN_LENGTHS: (usize, usize) = (3, 2);

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
            end = no_letter(step, end, Side::Front);
        }
        let mut start = self.start;
        steps.iter().map(move |step| {
            let edges = Self { start, end: ends.pop().unwrap_or_default() };
            start = no_letter(step, start, Side::Behind);
            (step, edges)
        })
    }

    /// The words of a literal, or what it has of them.
    pub fn parts(self, literal: &[u8]) -> impl Iterator<Item = Part<'_>> {
        let is_letter = |byte: u8| WORD.contains(byte);
        let words = literal.chunk_by(move |one, other| is_letter(*one) == is_letter(*other));
        let mut behind = 0;
        let parts = words.map(move |letters| {
            let start = behind;
            behind += letters.len();
            Part { letters, starts: start > 0 || self.start, ends: behind < literal.len() || self.end }
        });
        parts.filter(move |part| {
            let least = if part.starts && part.ends { MIN_LENGTHS.1 } else { MIN_LENGTHS.0 };
            is_letter(part.letters[0]) && part.letters.len() >= least
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

/// Whether no letter stands in front of the places that a step leads to ([`Side::Behind`]; `known` is whether none
/// stands in front of those that it is followed from), or none behind the places that it is followed from
/// ([`Side::Front`], with `known` for those that it leads to).
pub(super) fn no_letter(step: &Step, known: bool, side: Side) -> bool {
    let no_letters = |class: &Bytes| class.is_apart_from(WORD);
    match step {
        Step::Literal(literal) => {
            let outermost = match side {
                Side::Front => literal.first(),
                Side::Behind => literal.last(),
            };
            outermost.map_or(known, |byte| !WORD.contains(*byte))
        }
        Step::Class(class) => no_letters(class),
        Step::Exact(class) => no_letters(&class.small),
        Step::Blanks => true,
        // Its words start behind blanks, and end anywhere.
        Step::Gap => known && matches!(side, Side::Front),
        Step::Start => known || matches!(side, Side::Behind),
        Step::End => known || matches!(side, Side::Front),
        Step::All(steps) => match side {
            Side::Front => steps.iter().rev().fold(known, |known, step| no_letter(step, known, side)),
            Side::Behind => steps.iter().fold(known, |known, step| no_letter(step, known, side)),
        },
        Step::Any(alternatives) => alternatives.iter().all(|one| no_letter(&one.step, known, side)),
        Step::Repeat { step, min, .. } => {
            let again = no_letter(step, known && no_letter(step, known, side), side);
            if *min == 0 { known && again } else { again }
        }
        Step::Wanted(step) => no_letter(step, known, side),
        Step::Phrase(phrase) => phrase.no_letter(known, side),
        Step::Nothing | Step::WordEdge => known,
    }
}
