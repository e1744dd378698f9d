//! Where the words of a cue stand in a text.
//!
//! [`Expression`](super::expression::Expression)s tell whether a cue matches, which is enough for most. A program tells
//! where: the leftmost match, with the alternatives and repetitions that come first in the cue, as regular expressions
//! have it. It tries one after the other and comes back, but never twice to the same choice at the same place, so that it
//! takes time in proportion to the cue and the text.

use super::classes::{BLANK, WORD};
use super::expression::{Alternative, Letters, Step};
use super::syntax::GAP_WORDS;
use super::text::Bytes;
use serde::{Deserialize, Serialize};
use std::ops::Range;

/// A compiled cue.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Program {
    instructions: Vec<Instruction>,
    /// How many choices it has.
    choices: usize,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
enum Instruction {
    /// Bytes in small letters.
    Literal(Letters),
    /// A byte whose small letter is in a set.
    Class(Bytes),
    /// A byte as it is written.
    Exact(Bytes),
    /// Goes on at the first place, or else at the second.
    Choice {
        number: usize,
        first: usize,
        second: usize,
    },
    Jump(usize),
    Start,
    End,
    WordEdge,
    /// Notes the place as the start or the end of what is wanted.
    Note(usize),
    Found,
}

/// A match of a cue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Match {
    /// All of it, in bytes.
    pub all: Range<usize>,
    /// What its group stands for.
    pub wanted: Option<Range<usize>>,
}

impl Program {
    pub fn new(step: &Step) -> Self {
        let mut program = Self { instructions: Vec::new(), choices: 0 };
        program.add(step);
        program.instructions.push(Instruction::Found);
        program
    }

    fn add(&mut self, step: &Step) {
        match step {
            Step::Nothing => {}
            Step::Literal { letters, .. } => self.instructions.push(Instruction::Literal(letters.clone())),
            Step::Class(class) => self.instructions.push(Instruction::Class(class.small())),
            Step::Exact(exact) => self.instructions.push(Instruction::Exact(exact.written)),
            Step::Blanks => self.many(&Step::Class(Box::new(BLANK)), true),
            Step::Gap => {
                let word = Step::Class(Box::new(BLANK.others()));
                let word = Step::Repeat { step: Box::new(word), min: 1, max: None, greedy: true };
                self.repeat(&Step::All(Box::new([Step::Blanks, word])), 0, Some(GAP_WORDS), false);
            }
            Step::All(steps) => steps.iter().for_each(|step| self.add(step)),
            Step::Any(steps) => self.any(steps),
            Step::Repeat { step, min, max, greedy } => self.repeat(step, *min, *max, *greedy),
            Step::Wanted(step) => {
                self.instructions.push(Instruction::Note(0));
                self.add(step);
                self.instructions.push(Instruction::Note(1));
            }
            Step::Start => self.instructions.push(Instruction::Start),
            Step::End => self.instructions.push(Instruction::End),
            Step::WordEdge => self.instructions.push(Instruction::WordEdge),
            Step::Phrase(phrase) => self.add(&phrase.step),
        }
    }

    /// A choice whose places are not known yet.
    fn choice(&mut self) -> usize {
        self.choices += 1;
        self.instructions.push(Instruction::Choice { number: self.choices - 1, first: 0, second: 0 });
        self.instructions.len() - 1
    }

    /// Says where a choice, or a jump, leads.
    fn lead(&mut self, at: usize, to: usize, or: usize) {
        match &mut self.instructions[at] {
            Instruction::Choice { first, second, .. } => (*first, *second) = (to, or),
            Instruction::Jump(place) => *place = to,
            _ => {}
        }
    }

    fn any(&mut self, alternatives: &[Alternative]) {
        let Some((last, others)) = alternatives.split_last() else { return };
        let mut jumps = Vec::new();
        for alternative in others {
            let choice = self.choice();
            self.add(&alternative.step);
            jumps.push(self.instructions.len());
            self.instructions.push(Instruction::Jump(0));
            self.lead(choice, choice + 1, self.instructions.len());
        }
        self.add(&last.step);
        jumps.into_iter().for_each(|jump| self.lead(jump, self.instructions.len(), 0));
    }

    /// Makes a choice lead to a step or behind it.
    fn step_or(&mut self, choice: usize, step: usize, behind: usize, greedy: bool) {
        if greedy { self.lead(choice, step, behind) } else { self.lead(choice, behind, step) }
    }

    /// A step at least once.
    fn many(&mut self, step: &Step, greedy: bool) {
        let start = self.instructions.len();
        self.add(step);
        let choice = self.choice();
        self.step_or(choice, start, choice + 1, greedy);
    }

    fn repeat(&mut self, step: &Step, min: u32, max: Option<u32>, greedy: bool) {
        let Some(max) = max else {
            (1..min).for_each(|_| self.add(step));
            if min > 0 {
                return self.many(step, greedy);
            }
            let choice = self.choice();
            if step.may_be_empty() {
                self.many(step, greedy);
            } else {
                self.add(step);
                self.instructions.push(Instruction::Jump(choice));
            }
            return self.step_or(choice, choice + 1, self.instructions.len(), greedy);
        };
        (0..min).for_each(|_| self.add(step));
        let choices: Vec<usize> = (min..max)
            .map(|_| {
                let choice = self.choice();
                self.add(step);
                choice
            })
            .collect();
        let behind = self.instructions.len();
        choices.into_iter().for_each(|choice| self.step_or(choice, choice + 1, behind, greedy));
    }

    /// All matches on word boundaries from left to right; the signs around a match belong to no other.
    pub fn matches(&self, text: &str) -> impl Iterator<Item = Match> {
        let text = text.as_bytes();
        let mut start = Some(0);
        std::iter::from_fn(move || {
            let mut search = Search::new(self, text);
            let from = start?;
            let is_word = |at: usize| text.get(at).is_some_and(|byte| WORD.contains(*byte));
            let at_start = (from == 0).then_some(0);
            let behind_signs = (from..text.len()).filter(|at| !is_word(*at)).map(|at| at + 1);
            let found = at_start.into_iter().chain(behind_signs).find_map(|at| search.run(at, true))?;
            start = (found.all.end < text.len()).then_some(found.all.end + 1);
            Some(found)
        })
    }

    /// Where a match that begins with the text ends.
    pub fn leading(&self, text: &str) -> Option<usize> {
        Search::new(self, text.as_bytes()).run(0, false).map(|found| found.all.end)
    }
}

/// A search in one text.
struct Search<'p, 't> {
    program: &'p Program,
    text: &'t [u8],
    /// For each choice where its row starts among the tried ones; no row yet at `usize::MAX`.
    rows: Vec<usize>,
    /// The places at which choices have been tried, a row of bits for each choice.
    tried: Vec<u64>,
}

/// What is left to try.
enum Left {
    /// To go on at an instruction and a place.
    Try(usize, usize),
    /// To take a note back.
    Note(usize, Option<usize>),
}

impl<'p, 't> Search<'p, 't> {
    fn new(program: &'p Program, text: &'t [u8]) -> Self {
        Self { program, text, rows: vec![usize::MAX; program.choices], tried: Vec::new() }
    }

    /// Whether a choice is new at a place.
    fn is_new(&mut self, choice: usize, at: usize) -> bool {
        if self.rows[choice] == usize::MAX {
            self.rows[choice] = self.tried.len();
            self.tried.resize(self.tried.len() + self.text.len() / 64 + 1, 0);
        }
        let word = &mut self.tried[self.rows[choice] + at / 64];
        let is_new = *word >> (at % 64) & 1 == 0;
        *word |= 1 << (at % 64);
        is_new
    }

    /// The match that starts at a place; `bounded` tells whether it has to end where a word may.
    fn run(&mut self, start: usize, bounded: bool) -> Option<Match> {
        let mut notes = [None; 2];
        let mut left = vec![Left::Try(0, start)];
        while let Some(next) = left.pop() {
            match next {
                Left::Note(slot, place) => notes[slot] = place,
                Left::Try(instruction, at) => {
                    if let Some(end) = self.follow(instruction, at, bounded, &mut notes, &mut left) {
                        let wanted = notes[0].zip(notes[1]).map(|(start, end)| start..end);
                        return Some(Match { all: start..end, wanted });
                    }
                }
            }
        }
        None
    }

    /// Follows instructions to the end of a match, or until one fails.
    fn follow(
        &mut self,
        mut instruction: usize,
        mut at: usize,
        bounded: bool,
        notes: &mut [Option<usize>; 2],
        left: &mut Vec<Left>,
    ) -> Option<usize> {
        let text = self.text;
        let is_word =
            |at: Option<usize>| at.and_then(|at| text.get(at)).is_some_and(|byte| WORD.contains(*byte));
        loop {
            let holds = match &self.program.instructions[instruction] {
                Instruction::Literal(literal) => {
                    let there = text.get(at..at + literal.len());
                    at += literal.len();
                    there.is_some_and(|there| there.eq_ignore_ascii_case(literal))
                }
                Instruction::Class(class) => {
                    at += 1;
                    text.get(at - 1).is_some_and(|byte| class.contains(byte.to_ascii_lowercase()))
                }
                Instruction::Exact(class) => {
                    at += 1;
                    text.get(at - 1).is_some_and(|byte| class.contains(*byte))
                }
                Instruction::Choice { number, first, second } => {
                    let (number, first, second) = (*number, *first, *second);
                    if !self.is_new(number, at) {
                        return None;
                    }
                    left.push(Left::Try(second, at));
                    instruction = first;
                    continue;
                }
                Instruction::Jump(to) => {
                    instruction = *to;
                    continue;
                }
                Instruction::Start => at == 0,
                Instruction::End => at == text.len(),
                Instruction::WordEdge => is_word(at.checked_sub(1)) != is_word(Some(at)),
                Instruction::Note(slot) => {
                    left.push(Left::Note(*slot, notes[*slot]));
                    notes[*slot] = Some(at);
                    true
                }
                Instruction::Found => return (!bounded || !is_word(Some(at))).then_some(at),
            };
            if !holds {
                return None;
            }
            instruction += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ontology::expression::Expression;

    fn program(cue: &str) -> Program {
        Program::new(&Expression::parse(cue, &[]).unwrap().step)
    }

    fn wanted<'t>(cue: &str, text: &'t str) -> Vec<&'t str> {
        program(cue).matches(text).map(|found| &text[found.wanted.unwrap_or(found.all)]).collect()
    }

    #[test]
    fn words_are_found_where_a_cue_has_its_group() {
        let cue = "lamps? in (?P<words>(?-i:[A-Z][a-z]+)( and (?-i:[A-Z][a-z]+))*)";
        assert_eq!(wanted(cue, "A lamp in Oslo and Rome, LAMPS in Bern and here"), ["Oslo and Rome", "Bern"]);
        assert_eq!(wanted("(?P<words>dim)?lit", "lit, dimlit"), ["lit", "dim"]);
    }

    #[test]
    fn the_start_of_a_text_tells_what_follows() {
        let program = program("( )?(the|this) ");
        assert_eq!(program.leading(" The  lamp"), Some(6));
        assert_eq!(program.leading("all the lamps"), None);
    }

    #[test]
    fn choices_are_tried_once_at_each_place() {
        let text = "a".repeat(20_000);
        assert_eq!(program("(a*)*(a|aa)*b").matches(&text).count(), 0);
    }
}
