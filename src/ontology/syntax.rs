//! The language of cues, read straight into the steps of an expression.
//!
//! A cue is a regular expression without regard to case, over bytes: literals, `.`, classes (`[a-z]`, `\w`, `\s`, `\d`
//! and their opposites), groups (`(…)`, `(?:…)`, `(?P<name>…)`, and `(?-i:…)` for capitals), `|`, `*`, `+`, `?`,
//! `{m,n}` with lazy marks, `^`, `$` and `\b`. Besides, a blank stands for any blanks, ` ?` for blanks or none, `…` for
//! up to a dozen words, and `{name}` for the phrase of that name. Whatever else regular expressions have is an error.

use super::classes::{BLANK, DIGIT, NEWLINE, WORD};
use super::expression::{Alternative, Exact, Expression, Letters, Step};
use super::mistake::{Mistake, Result};
use super::text::Bytes;
use std::sync::Arc;
use std::vec::Drain;

/// Deepest nesting of groups.
const MAX_DEPTH: usize = 32;

/// Most words that `…` stands for.
pub(super) const GAP_WORDS: u32 = 12;

/// Characters that stand for themselves everywhere.
static PLAIN: [bool; 256] = {
    let mut plain = [false; 256];
    let mut byte: u8 = 0;
    while byte < 128 {
        plain[byte as usize] = byte.is_ascii_alphanumeric() || matches!(byte, b'\'' | b',' | b'-');
        byte += 1;
    }
    plain
};

/// Name of the group whose words are wanted of a cue, and that of the place for names.
const WORDS: [&str; 2] = ["words", "place"];

/// Reads a cue; `phrase` gives the expression of a phrase by its name.
///
/// # Errors
/// A cue that is not of the language, or that names an unknown phrase.
pub(super) fn parse(
    cue: &str,
    phrase: &mut dyn FnMut(&str) -> Result<Arc<Expression>>,
) -> Result<Expression> {
    let (literal, steps) = (Vec::with_capacity(64), Vec::with_capacity(32));
    let mut parser = Parser { cue, at: 0, literal, steps, size: 0, exact: false, phrase };
    let step = parser.alternatives(0)?;
    match parser.peek() {
        None => Ok(Expression::new(step, parser.size)),
        Some(_) => Err(parser.mistake("`)` closes no group")),
    }
}

struct Parser<'c, 'p> {
    cue: &'c str,
    /// How far it is read, in bytes.
    at: usize,
    /// The literal that was read last, with nothing behind it yet.
    literal: Vec<u8>,
    /// The steps of all sequences and alternatives that are open.
    steps: Vec<Step>,
    /// The size of all steps that have been read, with all repetitions.
    size: u64,
    /// Whether capitals matter.
    exact: bool,
    phrase: &'p mut dyn FnMut(&str) -> Result<Arc<Expression>>,
}

/// What an escape stands for, in a class or outside.
enum Escape {
    Byte(u8),
    Class(Bytes),
    Look(Step),
}

/// What a repetition repeats.
enum Repeated {
    /// The last character of the literal, of so many bytes.
    Character(usize),
    /// The step that was read last.
    Step,
}

impl<'c> Parser<'c, '_> {
    /// Alternatives, up to the end of their group.
    fn alternatives(&mut self, depth: usize) -> Result<Step> {
        if depth > MAX_DEPTH {
            return Err(self.mistake("groups are nested too deeply"));
        }
        let base = self.steps.len();
        loop {
            self.sequence(depth)?;
            if !self.eat("|") {
                return Ok(self.close(base, any));
            }
        }
    }

    /// Steps one behind the other; leaves one step.
    fn sequence(&mut self, depth: usize) -> Result<()> {
        let base = self.steps.len();
        while let Some(byte) = self.peek().filter(|byte| !matches!(byte, b'|' | b')')) {
            if self.whole_literal() {
                continue;
            }
            let repeated = self.atom(byte, depth)?;
            self.repetitions(repeated)?;
        }
        self.flush();
        let step = self.close(base, |steps| Step::All(steps.collect()));
        self.steps.push(step);
        Ok(())
    }

    /// The steps from a place in the stack as one.
    fn close(&mut self, base: usize, join: fn(Drain<Step>) -> Step) -> Step {
        match self.steps.len() - base {
            0 => Step::Nothing,
            1 => self.steps.pop().unwrap_or(Step::Nothing),
            _ => join(self.steps.drain(base..)),
        }
    }

    /// One step, or the next characters of a literal.
    fn atom(&mut self, byte: u8, depth: usize) -> Result<Repeated> {
        if self.plain() {
            return Ok(Repeated::Character(1));
        }
        let step = match byte {
            b' ' => {
                self.at += 1;
                if self.eat("…") {
                    Step::Gap
                } else if self.eat("?") {
                    let greedy = !self.eat("?");
                    Step::Repeat { step: Box::new(Step::Class(Box::new(BLANK))), min: 0, max: None, greedy }
                } else {
                    Step::Blanks
                }
            }
            b'{' => self.named_phrase()?,
            b'(' => {
                self.flush();
                let group = self.group(depth)?;
                self.steps.push(group);
                return Ok(Repeated::Step);
            }
            b'[' => {
                let class = self.class()?;
                self.one_of(class)
            }
            b'.' => {
                self.at += 1;
                Step::Class(Box::new(NEWLINE.others()))
            }
            b'^' => self.eaten(Step::Start),
            b'$' => self.eaten(Step::End),
            b'\\' => match self.escape()? {
                Escape::Byte(byte) => return Ok(self.character(&[byte])),
                Escape::Class(class) => Step::Class(Box::new(class)),
                Escape::Look(step) => step,
            },
            b'*' | b'+' | b'?' => return Err(self.mistake("nothing stands in front of what repeats it")),
            _ if self.eat("…") => Step::Gap,
            _ => {
                let rest = &self.cue[self.at..];
                let length = rest.chars().next().map_or(1, char::len_utf8);
                self.at += length;
                return Ok(self.character(&rest.as_bytes()[..length]));
            }
        };
        self.flush();
        self.size = self.size.saturating_add(step.size());
        self.steps.push(step);
        Ok(Repeated::Step)
    }

    /// Makes a step of the plain characters that stand here, if they are a literal of which nothing is repeated.
    fn whole_literal(&mut self) -> bool {
        let rest = &self.cue.as_bytes()[self.at..];
        let length = rest.iter().position(|byte| !PLAIN[usize::from(*byte)]).unwrap_or(rest.len());
        let ends = matches!(rest.get(length), None | Some(b'|' | b')' | b' ' | b'(' | b'[' | b'.'));
        if length == 0 || !ends || self.exact || !self.literal.is_empty() {
            return false;
        }
        let mut letters = Letters::from_slice(&rest[..length]);
        letters.make_ascii_lowercase();
        self.steps.push(Step::literal(letters));
        self.size = self.size.saturating_add(length as u64);
        self.at += length;
        true
    }

    /// Takes the plain characters of a literal that stand here; whether there are any.
    fn plain(&mut self) -> bool {
        if self.exact {
            return false;
        }
        let rest = &self.cue.as_bytes()[self.at..];
        let plain = rest.iter().take_while(|byte| PLAIN[usize::from(**byte)]);
        let before = self.literal.len();
        self.literal.extend(plain.map(u8::to_ascii_lowercase));
        let length = self.literal.len() - before;
        self.at += length;
        length > 0
    }

    /// A character of a literal.
    fn character(&mut self, bytes: &[u8]) -> Repeated {
        if self.exact && bytes[0].is_ascii_alphabetic() {
            self.flush();
            let step = self.one_of(Bytes::range(bytes[0], bytes[0]));
            self.size += 1;
            self.steps.push(step);
            return Repeated::Step;
        }
        self.literal.extend(bytes.iter().map(u8::to_ascii_lowercase));
        Repeated::Character(bytes.len())
    }

    /// Makes a step of the literal.
    fn flush(&mut self) {
        if !self.literal.is_empty() {
            self.size = self.size.saturating_add(self.literal.len() as u64);
            self.steps.push(literal(&self.literal));
            self.literal.clear();
        }
    }

    /// One of some bytes, as they are written.
    fn one_of(&self, written: Bytes) -> Step {
        let small = written.small();
        if self.exact {
            return Step::Exact(Box::new(Exact { small, written }));
        }
        match small.only() {
            Some(byte) => Step::literal(Letters::from_slice(&[byte])),
            None => Step::Class(Box::new(small)),
        }
    }

    /// The repetitions behind a step.
    fn repetitions(&mut self, mut repeated: Repeated) -> Result<()> {
        while let Some((min, max)) = self.times()? {
            let greedy = !self.eat("?");
            let step = match repeated {
                Repeated::Character(length) => {
                    let at = self.literal.len() - length;
                    let last = literal(&self.literal[at..]);
                    self.size = self.size.saturating_add(last.size());
                    self.literal.truncate(at);
                    self.flush();
                    last
                }
                Repeated::Step => self.steps.pop().unwrap_or(Step::Nothing),
            };
            let times = u64::from(max.unwrap_or(min));
            if times > 1 {
                self.size = self.size.saturating_add(step.size().saturating_mul(times - 1));
            }
            self.steps.push(Step::Repeat { step: Box::new(step), min, max, greedy });
            repeated = Repeated::Step;
        }
        Ok(())
    }

    /// How often what stands in front is repeated: `*`, `+`, `?`, `{m}`, `{m,}`, `{m,n}`.
    fn times(&mut self) -> Result<Option<(u32, Option<u32>)>> {
        let times = match self.peek() {
            Some(b'*') => (0, None),
            Some(b'+') => (1, None),
            Some(b'?') => (0, Some(1)),
            Some(b'{') if !self.names_phrase() => return self.counted().map(Some),
            _ => return Ok(None),
        };
        self.at += 1;
        Ok(Some(times))
    }

    fn counted(&mut self) -> Result<(u32, Option<u32>)> {
        let braces = self.cue[self.at + 1..].split_once('}');
        let (inside, _) = braces.ok_or_else(|| self.mistake("`{` without a `}`"))?;
        let number = |digits: &str| digits.parse::<u32>();
        let times = match inside.split_once(',') {
            None => number(inside).map(|times| (times, Some(times))),
            Some((min, "")) => number(min).map(|min| (min, None)),
            Some((min, max)) => number(min).and_then(|min| Ok((min, Some(number(max)?)))),
        };
        match times {
            Ok((min, Some(max))) if min > max => {
                Err(self.mistake("the numbers in braces are the wrong way round"))
            }
            Ok(times) => {
                self.at += inside.len() + 2;
                Ok(times)
            }
            Err(_) => Err(self.mistake("braces hold a number, two numbers, or the name of a phrase")),
        }
    }

    /// Whether the brace here opens the name of a phrase, not a number of times.
    fn names_phrase(&self) -> bool {
        let name = self.cue[self.at + 1..].split('}').next().unwrap_or_default();
        !name.bytes().all(|byte| byte.is_ascii_digit() || byte == b',')
    }

    fn named_phrase(&mut self) -> Result<Step> {
        if !self.names_phrase() {
            return Err(self.mistake("nothing stands in front of what repeats it"));
        }
        let (name, _) =
            self.cue[self.at + 1..].split_once('}').ok_or_else(|| self.mistake("`{` without a `}`"))?;
        let phrase = (self.phrase)(name).map_err(|mistake| mistake.in_cue(self.cue, self.at))?;
        self.at += name.len() + 2;
        Ok(Step::Phrase(phrase))
    }

    fn group(&mut self, depth: usize) -> Result<Step> {
        let opened = self.at;
        let exact = self.exact;
        self.at += 1;
        let mut wanted = false;
        if self.eat("?P<") || self.eat("?<") {
            let name = self.cue[self.at..].split('>').next().unwrap_or_default();
            let letters = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
            if !letters || name.is_empty() || name.as_bytes()[0].is_ascii_digit() {
                return Err(self.mistake("the name of a group is a word in `<` and `>`"));
            }
            wanted = WORDS.contains(&name);
            self.at += name.len();
            if !self.eat(">") {
                return Err(self.mistake("the name of a group is a word in `<` and `>`"));
            }
        } else if self.eat("?-i:") {
            self.exact = true;
        } else if self.eat("?i:") {
            self.exact = false;
        } else if !self.eat("?:") && self.peek() == Some(b'?') {
            return Err(self.mistake("a group may start only with `(`, `(?:`, `(?P<name>` or `(?-i:`"));
        }
        let step = self.alternatives(depth + 1)?;
        self.exact = exact;
        if !self.eat(")") {
            return Err(self.mistake_at(opened, "`(` without a `)`"));
        }
        Ok(if wanted { Step::Wanted(Box::new(step)) } else { step })
    }

    /// A class in brackets, as it is written.
    fn class(&mut self) -> Result<Bytes> {
        let opened = self.at;
        self.at += 1;
        let negated = self.eat("^");
        let mut class = Bytes::default();
        let mut first = true;
        loop {
            match self.peek() {
                None => return Err(self.mistake_at(opened, "`[` without a `]`")),
                Some(b']') if !first => break,
                Some(b'[') => return Err(self.mistake("a class in a class; for the character write `\\[`")),
                Some(b'&' | b'-' | b'~') if !first && self.is_doubled() => {
                    return Err(
                        self.mistake("a class has no operators; write `\\` in front of the character")
                    );
                }
                _ => {}
            }
            first = false;
            match self.class_item()? {
                Escape::Byte(from) => class.join(self.class_range(from)?),
                Escape::Class(more) => class.join(more),
                Escape::Look(_) => return Err(self.mistake("a class holds characters alone")),
            }
        }
        self.at += 1;
        if !self.exact {
            class = class.in_both_cases();
        }
        Ok(if negated { class.others() } else { class })
    }

    /// Whether the same byte stands here twice.
    fn is_doubled(&self) -> bool {
        let rest = &self.cue.as_bytes()[self.at..];
        rest.len() > 1 && rest[0] == rest[1]
    }

    /// The bytes from one to the one behind a hyphen; the one alone without a hyphen.
    fn class_range(&mut self, from: u8) -> Result<Bytes> {
        let rest = &self.cue.as_bytes()[self.at..];
        if rest.first() != Some(&b'-') || matches!(rest.get(1), None | Some(b']' | b'-')) {
            return Ok(Bytes::range(from, from));
        }
        let hyphen = self.at;
        self.at += 1;
        match self.class_item()? {
            Escape::Byte(to) if from <= to => Ok(Bytes::range(from, to)),
            _ => Err(self.mistake_at(hyphen, "a hyphen stands between two characters, the lower one first")),
        }
    }

    fn class_item(&mut self) -> Result<Escape> {
        match self.peek() {
            Some(b'\\') => self.escape(),
            // A blank stands for any blank here too.
            Some(b' ') => {
                self.at += 1;
                Ok(Escape::Class(BLANK))
            }
            Some(byte) if byte.is_ascii() => {
                self.at += 1;
                Ok(Escape::Byte(byte))
            }
            _ => Err(self.mistake("a class holds ASCII alone; write alternatives: `(a|b)`")),
        }
    }

    fn escape(&mut self) -> Result<Escape> {
        let backslash = self.at;
        self.at += 1;
        let Some(byte) = self.peek() else {
            return Err(self.mistake_at(backslash, "nothing stands behind `\\`"));
        };
        self.at += 1;
        Ok(match byte {
            b's' => Escape::Class(BLANK),
            b'S' => Escape::Class(BLANK.others()),
            b'd' => Escape::Class(DIGIT),
            b'D' => Escape::Class(DIGIT.others()),
            b'w' => Escape::Class(WORD),
            b'W' => Escape::Class(WORD.others()),
            b'b' => Escape::Look(Step::WordEdge),
            b'A' => Escape::Look(Step::Start),
            b'z' => Escape::Look(Step::End),
            b'n' => Escape::Byte(b'\n'),
            b't' => Escape::Byte(b'\t'),
            b'r' => Escape::Byte(b'\r'),
            b'B' | b'<' | b'>' => {
                return Err(self.mistake_at(backslash, r"a cue may look around only by `^`, `$` and `\b`"));
            }
            _ if byte.is_ascii_punctuation() || byte == b' ' => Escape::Byte(byte),
            _ => return Err(self.mistake_at(backslash, "`\\` has no meaning in front of this character")),
        })
    }

    fn peek(&self) -> Option<u8> {
        self.cue.as_bytes().get(self.at).copied()
    }

    fn eat(&mut self, expected: &str) -> bool {
        let there = self.cue.as_bytes()[self.at..].starts_with(expected.as_bytes());
        if there {
            self.at += expected.len();
        }
        there
    }

    fn eaten(&mut self, step: Step) -> Step {
        self.at += 1;
        step
    }

    fn mistake(&self, what: &str) -> Mistake {
        self.mistake_at(self.at, what)
    }

    fn mistake_at(&self, at: usize, what: &str) -> Mistake {
        Mistake::new(self.cue, at, what)
    }
}

fn literal(bytes: &[u8]) -> Step {
    Step::literal(Letters::from_slice(bytes))
}

/// Alternatives as one step: single bytes are a class.
fn any(steps: Drain<Step>) -> Step {
    let mut class = Bytes::default();
    for step in steps.as_slice() {
        match step {
            Step::Literal { letters, .. } if letters.len() == 1 => class.insert(letters[0]),
            Step::Class(more) => class.join(**more),
            _ => return Step::Any(steps.map(Alternative::from).collect()),
        }
    }
    Step::Class(Box::new(class))
}

#[cfg(test)]
mod tests;
