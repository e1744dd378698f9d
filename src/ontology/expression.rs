//! The expressions of cues: which places of a text they lead from and to.
//!
//! An expression is followed from all places where it may start at once, as a set of places, so that a text is gone
//! through once for each step of a cue, whatever stands in it: nothing is tried twice, and nothing is compiled.

use super::edges::{Side, no_letter};
#[cfg(test)]
use super::mistake::Mistake;
use super::mistake::Result;
use super::signs::Sign;
use super::syntax::{self, GAP_WORDS};
use super::text::{Bytes, Lane, Lanes, Places, first_four};
use smallvec::SmallVec;
use std::sync::{Arc, OnceLock};

/// Bytes that are few, mostly.
pub(super) type Letters = SmallVec<[u8; 16]>;

/// So many steps of a phrase take longer to follow than it takes to remember where they lead.
const LONG_PHRASE: u64 = 1000;

/// An expression.
#[derive(Debug)]
pub(super) struct Expression {
    pub step: Step,
    /// Steps with all repetitions.
    pub size: u64,
    /// [`no_letter`] of its step for each side.
    no_letter: OnceLock<[Option<bool>; 2]>,
}

/// One of several expressions.
#[derive(Debug)]
pub(super) struct Alternative {
    pub sign: Sign,
    pub step: Step,
}

impl From<Step> for Alternative {
    fn from(step: Step) -> Self {
        Self { sign: Sign::of(&step), step }
    }
}

#[derive(Debug)]
pub(super) enum Step {
    Nothing,
    /// Bytes in small letters.
    Literal {
        /// The first four of them, as [`first_four`] has it.
        first: u32,
        letters: Letters,
    },
    Class(Box<Bytes>),
    /// A byte whose capitals matter.
    Exact(Box<Exact>),
    /// One blank or more.
    Blanks,
    /// Up to a dozen words, as few as will do, each with blanks in front.
    Gap,
    All(Box<[Step]>),
    Any(Box<[Alternative]>),
    Repeat {
        step: Box<Step>,
        min: u32,
        max: Option<u32>,
        /// Whether as many as possible come first.
        greedy: bool,
    },
    /// What stands here is wanted of a text.
    Wanted(Box<Step>),
    Start,
    End,
    WordEdge,
    Phrase(Arc<Expression>),
}

/// A class whose capitals matter.
#[derive(Debug)]
pub(super) struct Exact {
    /// Its bytes in small letters.
    pub small: Bytes,
    /// Its bytes as they are written.
    pub written: Bytes,
}

impl Expression {
    pub fn new(step: Step, size: u64) -> Self {
        Self { step, size, no_letter: OnceLock::new() }
    }

    /// [`no_letter`] of its step.
    pub fn no_letter(&self, side: Side) -> Option<bool> {
        let sides = || [Side::Front, Side::Behind].map(|side| no_letter(&self.step, side));
        self.no_letter.get_or_init(sides)[side as usize]
    }

    /// Reads a cue; `phrase` gives the expressions of phrases by their names.
    ///
    /// # Errors
    /// What is not of the language of cues.
    pub fn read(cue: &str, phrase: &mut dyn FnMut(&str) -> Result<Arc<Self>>) -> Result<Self> {
        syntax::parse(cue, phrase)
    }

    /// Reads a cue that names no phrases.
    #[cfg(test)]
    pub fn parse(cue: &str, _: &[Arc<Self>]) -> Result<Self> {
        Self::read(cue, &mut |name| Err(Mistake::anywhere(format!("no phrase is called {name}"))))
    }

    /// Alternatives as one expression.
    pub fn any(alternatives: Vec<Self>) -> Self {
        let size = alternatives.iter().fold(0, |sum: u64, one| sum.saturating_add(one.size));
        let step = |one: Self| if one.size < LONG_PHRASE { one.step } else { Step::Phrase(Arc::new(one)) };
        Self::new(Step::Any(alternatives.into_iter().map(|one| step(one).into()).collect()), size)
    }

    /// Whether it leads from one of some places to one of others.
    pub fn leads(&self, from: Lane, to: Lane, text: &Lanes) -> bool {
        match text.width() {
            1 => self.leads_by::<[u64; 1]>(from, to, text),
            2 => self.leads_by::<[u64; 2]>(from, to, text),
            4 => self.leads_by::<[u64; 4]>(from, to, text),
            8 => self.leads_by::<[u64; 8]>(from, to, text),
            _ => self.leads_by::<Vec<u64>>(from, to, text),
        }
    }

    fn leads_by<P: Places>(&self, from: Lane, to: Lane, text: &Lanes) -> bool {
        let mut places = P::of(text.lane::<P>(from));
        self.step.follow(&mut places, text);
        places.meet(text.lane::<P>(to));
        !places.is_empty()
    }
}

impl Step {
    /// Bytes in small letters.
    pub fn literal(letters: impl Into<Letters>) -> Self {
        let letters = letters.into();
        Self::Literal { first: first_four(&letters), letters }
    }

    /// How many places it has whose words are wanted.
    pub fn wanted(&self) -> usize {
        match self {
            Self::All(steps) => steps.iter().map(Self::wanted).sum(),
            Self::Any(alternatives) => alternatives.iter().map(|one| one.step.wanted()).sum(),
            Self::Repeat { step, .. } => step.wanted(),
            Self::Wanted(step) => 1 + step.wanted(),
            Self::Phrase(phrase) => phrase.step.wanted(),
            _ => 0,
        }
    }

    /// Whether it may match nothing.
    pub fn may_be_empty(&self) -> bool {
        match self {
            Self::Literal { .. } | Self::Class(_) | Self::Exact(_) | Self::Blanks => false,
            Self::All(steps) => steps.iter().all(Self::may_be_empty),
            Self::Any(alternatives) => alternatives.iter().any(|one| one.step.may_be_empty()),
            Self::Repeat { step, min, .. } => *min == 0 || step.may_be_empty(),
            Self::Wanted(step) => step.may_be_empty(),
            Self::Phrase(phrase) => phrase.step.may_be_empty(),
            Self::Nothing | Self::Gap | Self::Start | Self::End | Self::WordEdge => true,
        }
    }

    /// Its steps with all repetitions.
    pub fn size(&self) -> u64 {
        match self {
            Self::Literal { letters, .. } => letters.len() as u64,
            Self::All(steps) => steps.iter().fold(0, |sum, step| sum.saturating_add(step.size())),
            Self::Any(alternatives) => {
                alternatives.iter().fold(0, |sum, one| sum.saturating_add(one.step.size()))
            }
            Self::Repeat { step, min, max, .. } => {
                step.size().saturating_mul(u64::from(max.unwrap_or(*min).max(1)))
            }
            Self::Wanted(step) => step.size(),
            Self::Phrase(phrase) => phrase.size,
            Self::Gap => 2 * u64::from(GAP_WORDS),
            _ => 1,
        }
    }

    /// Leads places over all that it matches from them: what most steps are is done where it is asked for.
    #[inline]
    fn follow<P: Places>(&self, places: &mut P, text: &Lanes) {
        match self {
            Self::Literal { first, letters } => {
                let from = std::mem::replace(places, places.emptied());
                text.literal(*first, letters, &from, places);
            }
            Self::Blanks => {
                let blanks = text.lane::<P>(Lane::Blank);
                places.step(blanks);
                places.flood(blanks);
            }
            _ => self.follow_others(places, text),
        }
    }

    fn follow_others<P: Places>(&self, places: &mut P, text: &Lanes) {
        match self {
            Self::Nothing | Self::Literal { .. } | Self::Blanks => {}
            Self::Class(class) => text.byte(class, places),
            Self::All(steps) => {
                for step in steps {
                    step.follow(places, text);
                    if places.is_empty() {
                        return;
                    }
                }
            }
            Self::Any(alternatives) => {
                let from = places.clone();
                *places = from.emptied();
                let starts_words = from.is_within(text.lane::<P>(Lane::WordStart));
                for Alternative { sign, step } in alternatives {
                    if starts_words && !text.words().may_have(*sign) {
                        continue;
                    }
                    if let Self::Literal { first, letters } = step {
                        text.literal(*first, letters, &from, places);
                        continue;
                    }
                    let mut there = from.clone();
                    step.follow(&mut there, text);
                    places.join(&there);
                }
            }
            Self::Exact(class) => text.byte(&class.small, places),
            Self::Gap if text.words_behind(GAP_WORDS, places) => {}
            Self::Gap => {
                let (blanks, others) = (text.lane::<P>(Lane::Blank), text.lane::<P>(Lane::Other));
                up_to(Some(GAP_WORDS), places, |places| {
                    for bytes in [blanks, others] {
                        places.step(bytes);
                        places.flood(bytes);
                    }
                });
            }
            Self::Wanted(step) => step.follow(places, text),
            Self::Repeat { step, min, max, .. } => step.repeat(*min, *max, places, text),
            Self::Start => places.meet(text.lane::<P>(Lane::Start)),
            Self::End => places.meet(text.lane::<P>(Lane::End)),
            Self::WordEdge => places.meet(text.lane::<P>(Lane::WordEdge)),
            Self::Phrase(phrase) if phrase.size < LONG_PHRASE => phrase.step.follow(places, text),
            Self::Phrase(phrase) => {
                let address = Arc::as_ptr(phrase).addr();
                text.phrase(address, places, |places| phrase.step.follow(places, text));
            }
        }
    }

    fn repeat<P: Places>(&self, min: u32, max: Option<u32>, places: &mut P, text: &Lanes) {
        for _ in 0..min {
            self.follow(places, text);
            if places.is_empty() {
                return;
            }
        }
        if let (Self::Class(class), None) = (self, max) {
            return text.class::<P>(class, |bytes| places.flood(bytes));
        }
        up_to(max.map(|max| max.saturating_sub(min)), places, |places| self.follow(places, text));
    }
}

/// Leads places over up to so many steps, none included.
fn up_to<P: Places>(times: Option<u32>, places: &mut P, mut step: impl FnMut(&mut P)) {
    let mut newest = places.clone();
    let mut left = times;
    while left != Some(0) {
        step(&mut newest);
        if left == Some(1) {
            return places.join(&newest);
        }
        newest.leave(places);
        if newest.is_empty() {
            return;
        }
        places.join(&newest);
        left = left.map(|left| left - 1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use regex::bytes::{Regex, RegexBuilder};

    fn leads(expression: &Expression, text: &str) -> bool {
        expression.leads(Lane::WordStart, Lane::WordEnd, &Lanes::of(text.as_bytes()))
    }

    /// What an expression means, by another implementation.
    fn witness(pattern: &str) -> Regex {
        let pattern = format!(r"(?:^|\W)(?:{pattern})(?:\W|$)");
        RegexBuilder::new(&pattern).unicode(false).case_insensitive(true).build().unwrap()
    }

    #[test]
    fn expressions_match_as_regular_expressions_do() {
        let patterns = [
            "",
            "a",
            "ab?c",
            "(a|bc)+ d",
            "a(\\s+\\S+){0,2}?\\s+b",
            "[a-c]*d",
            "[^a]+b",
            "\\w+ \\w+",
            "a{2,3}b",
            "^ab",
            "ab$",
            "(^a|b$)",
            "a\\b.*c",
            "(a*)*b",
            "x?",
            "é",
            "[.]",
            "a\\.b",
            "((ab|a)(bc|c)?){2}",
        ];
        let texts = [
            "",
            "a",
            "A",
            "abc ac",
            "aabc",
            "bcbca d",
            "a x b",
            "a x y z b",
            "a x y b",
            "cabd",
            "aab",
            "AAAAB",
            "aaab",
            "xab",
            "ab",
            "a, b c",
            "b",
            "é",
            "d\u{a0}a",
            "a.b",
            ".",
            "abcab",
            "aaaaaaaaaaaaaaaaaaaaaaaaac",
        ];
        for pattern in patterns {
            let expression = Expression::parse(pattern, &[]).unwrap();
            let regex = witness(pattern);
            for text in texts {
                assert_eq!(leads(&expression, text), regex.is_match(text.as_bytes()), "{pattern} on {text}");
            }
        }
    }

    #[test]
    fn gaps_end_after_a_dozen_words() {
        let gap = Expression::parse("a … b", &[]).unwrap();
        let regex = witness(r"a(\s+\S+){0,12}?\s+b");
        for (words, others) in [(0, 0), (1, 0), (11, 0), (12, 0), (13, 0), (12, 9), (13, 30), (3, 60)] {
            for text in ["a\t W", "xa W", "a  b W", "a a W", "a-a W", "b a W"] {
                let text =
                    text.replace('W', &format!("{}b{}", "wo-rd, ".repeat(words), " word".repeat(others)));
                assert_eq!(leads(&gap, &text), regex.is_match(text.as_bytes()), "{text}");
            }
        }
    }

    #[test]
    fn long_phrases_are_followed_from_wherever_they_stand() {
        let long = Arc::new(Expression::parse("(ab?){1,700}c?", &[]).unwrap());
        assert!(long.size > LONG_PHRASE);
        let of_phrase = |cue| Expression::read(cue, &mut |_| Ok(long.clone())).unwrap();
        let (twice, once) = (of_phrase("{long} d? ?{long}"), of_phrase("d {long}"));
        for text in ["a abc", "ab d aab", "ab d ac", "abc dabc", "a b", "d a"] {
            let lanes = Lanes::of(text.as_bytes());
            let leads = |expression: &Expression| expression.leads(Lane::WordStart, Lane::WordEnd, &lanes);
            let is_match = |pattern: &str| witness(pattern).is_match(text.as_bytes());
            assert_eq!(leads(&twice), is_match("(ab?)+c? +d? ?(ab?)+c?"), "{text}");
            assert_eq!(leads(&once), is_match("d (ab?)+c?"), "{text}");
        }
    }

    #[test]
    fn what_looks_around_further_is_an_error() {
        for pattern in [r"a\B", r"(?m)a$", "(a", "a{2"] {
            assert!(Expression::parse(pattern, &[]).is_err(), "{pattern}");
        }
    }

    #[test]
    fn any_two_parts_match_as_regular_expressions_do() {
        let atoms = ["a", "[^b]", r"\s", r"\w", "(a|ab)", r"(b|\s+a)", "(a?b)", "^", r"\b", "(ab){1,2}"];
        let parts = atoms.iter().flat_map(|atom| ["", "*", "+?", "?"].map(|times| format!("{atom}{times}")));
        let parts: Vec<String> = parts.collect();
        let long = "ab ".repeat(45) + "a";
        let longest = "c".repeat(600) + " b a";
        let texts = ["ab", "a b ab", "abab, a", "bb aab  abba", "A-b", "b\n a b ab b", " ", &long, &longest];
        for pattern in parts.iter().flat_map(|one| parts.iter().map(move |two| format!("{one}{two}"))) {
            let expression = Expression::parse(&pattern, &[]).unwrap();
            let regex = witness(&pattern);
            for text in texts {
                assert_eq!(leads(&expression, text), regex.is_match(text.as_bytes()), "{pattern} on {text}");
            }
        }
    }
}
