//! What the steps of an expression say of the places at their ends.
//!
//! An expression is followed from where a word may start to where one may end. What it says in front of a literal tells
//! whether that starts a word, and what it says behind, whether it ends one. Words that start are what texts are sifted
//! by: see [`needles`](super::needles) and [`signs`](super::signs).

use super::classes::WORD;
use super::expression::Step;
use super::text::Bytes;

/// Shortest beginning of a word that counts, in bytes.
const MIN_LENGTH: usize = 3;

/// The letters that a word starts with, small ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct Beginning<'e> {
    pub letters: &'e [u8],
    /// Whether they are all of the word.
    pub whole: bool,
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
        let mut start = self.start;
        steps.iter().enumerate().map(move |(at, step)| {
            let behind = steps[at + 1..].iter().rev();
            let end = behind.fold(self.end, |end, step| no_letter(step, end, Side::Front));
            let edges = Self { start, end };
            start = no_letter(step, start, Side::Behind);
            (step, edges)
        })
    }

    /// The longest word of a literal that surely starts in it.
    pub fn beginning(self, literal: &[u8]) -> Option<Beginning<'_>> {
        let words = literal.split(|byte| !WORD.contains(*byte)).enumerate();
        let words = words.filter(|(at, word)| (*at > 0 || self.start) && word.len() >= MIN_LENGTH);
        let (_, letters) = words.max_by_key(|(_, word)| word.len())?;
        Some(Beginning { letters, whole: self.end || !literal.ends_with(letters) })
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
