//! The cues of an ontology, and how the compiled one holds them: as bytes of which a cue is read when a text first may
//! match it.
//!
//! A step is a sign, what is known of it, and the steps that it is made of. Phrases have numbers; those that a phrase names
//! have lower ones.

use super::cues::{Cue, Extent};
use super::expression::{Alternative, Exact, Expression, Letters, Step};
use super::signs::Sign;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::collections::HashMap;
use std::sync::{Arc, OnceLock};

/// Deepest nesting of steps that is read.
const MAX_DEPTH: usize = 1000;

/// The cues of an ontology.
#[derive(Debug)]
pub(super) struct Cues {
    cues: Box<[OnceLock<Cue>]>,
    phrases: Box<[OnceLock<Arc<Expression>>]>,
    written: Written<'static>,
}

/// Cues, and the phrases that they name; nothing where cues were parsed.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Written<'b> {
    #[serde(borrow)]
    cues: Vec<&'b [u8]>,
    #[serde(borrow)]
    phrases: Vec<&'b [u8]>,
}

impl From<Vec<Cue>> for Cues {
    fn from(cues: Vec<Cue>) -> Self {
        let cues = cues.into_iter().map(OnceLock::from).collect();
        Self { cues, phrases: Box::default(), written: Written::default() }
    }
}

impl Cues {
    pub fn len(&self) -> usize {
        self.cues.len()
    }

    /// How many have been parsed or read.
    #[cfg(test)]
    pub fn ready(&self) -> usize {
        self.cues.iter().filter(|cue| cue.get().is_some()).count()
    }

    /// A cue by its number.
    pub fn get(&self, number: usize) -> &Cue {
        self.cues[number].get_or_init(|| {
            let mut reader = Reader::new(self, &self.written.cues, number, self.phrases.len());
            let cue = reader.cue();
            cue.unwrap_or_else(|| Cue { extent: Extent::Whole, expression: nothing() })
        })
    }

    fn phrase(&self, number: usize) -> &Arc<Expression> {
        self.phrases[number].get_or_init(|| {
            let mut reader = Reader::new(self, &self.written.phrases, number, number);
            reader.expression().unwrap_or_else(nothing)
        })
    }
}

/// What matches nothing: damaged cues are read so.
fn nothing() -> Arc<Expression> {
    Arc::new(Expression::any(Vec::new()))
}

impl Serialize for Cues {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut writer = Writer::default();
        let cue = |number| {
            let Cue { expression, extent } = self.get(number);
            let mut bytes = Vec::new();
            value(extent, &mut bytes);
            writer.expression(expression, &mut bytes);
            bytes
        };
        let cues: Vec<Vec<u8>> = (0..self.cues.len()).map(cue).collect();
        let [cues, phrases] = [&cues, &writer.phrases].map(|all| all.iter().map(Vec::as_slice).collect());
        Written { cues, phrases }.serialize(serializer)
    }
}

impl<'de: 'static> Deserialize<'de> for Cues {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let written = Written::deserialize(deserializer)?;
        let cues = written.cues.iter().map(|_| OnceLock::new()).collect();
        let phrases = written.phrases.iter().map(|_| OnceLock::new()).collect();
        Ok(Self { cues, phrases, written })
    }
}

/// Adds a value as postcard writes it.
fn value(value: &impl Serialize, bytes: &mut Vec<u8>) {
    // Memory takes whatever is written.
    bytes.extend(postcard::to_allocvec(value).unwrap_or_default());
}

#[derive(Default)]
struct Writer {
    phrases: Vec<Vec<u8>>,
    numbers: HashMap<*const Expression, usize>,
}

impl Writer {
    /// The number of a phrase, which is written if it is new.
    fn phrase(&mut self, phrase: &Arc<Expression>) -> usize {
        if let Some(number) = self.numbers.get(&Arc::as_ptr(phrase)) {
            return *number;
        }
        let mut bytes = Vec::new();
        self.expression(phrase, &mut bytes);
        self.phrases.push(bytes);
        let number = self.numbers.len();
        self.numbers.insert(Arc::as_ptr(phrase), number);
        number
    }

    fn expression(&mut self, expression: &Expression, bytes: &mut Vec<u8>) {
        value(&expression.size, bytes);
        self.step(&expression.step, bytes);
    }

    fn step(&mut self, step: &Step, bytes: &mut Vec<u8>) {
        bytes.push(match step {
            Step::Nothing => b'0',
            Step::Literal { .. } => b'"',
            Step::Class(_) => b'[',
            Step::Exact(_) => b'A',
            Step::Blanks => b' ',
            Step::Gap => b'~',
            Step::All(_) => b'&',
            Step::Any(_) => b'|',
            Step::Repeat { .. } => b'*',
            Step::Wanted(_) => b'(',
            Step::Start => b'^',
            Step::End => b'$',
            Step::WordEdge => b'b',
            Step::Phrase(_) => b'{',
        });
        match step {
            Step::Literal { letters, .. } => value(letters, bytes),
            Step::Class(class) => value(class, bytes),
            Step::Exact(exact) => value(&(exact.small, exact.written), bytes),
            Step::All(steps) => {
                value(&steps.len(), bytes);
                steps.iter().for_each(|step| self.step(step, bytes));
            }
            Step::Any(alternatives) => {
                value(&alternatives.len(), bytes);
                for Alternative { sign, step } in alternatives {
                    value(sign, bytes);
                    self.step(step, bytes);
                }
            }
            Step::Repeat { step, min, max, greedy } => {
                value(&(min, max, greedy), bytes);
                self.step(step, bytes);
            }
            Step::Wanted(step) => self.step(step, bytes),
            Step::Phrase(phrase) => value(&self.phrase(phrase), bytes),
            Step::Nothing | Step::Blanks | Step::Gap | Step::Start | Step::End | Step::WordEdge => {}
        }
    }
}

/// Reads one cue or phrase.
struct Reader<'c> {
    cues: &'c Cues,
    /// What is left to read.
    bytes: &'static [u8],
    /// How many phrases may be named.
    phrases: usize,
    depth: usize,
}

impl<'c> Reader<'c> {
    fn new(cues: &'c Cues, written: &[&'static [u8]], number: usize, phrases: usize) -> Self {
        Self { cues, bytes: written.get(number).copied().unwrap_or_default(), phrases, depth: 0 }
    }

    /// A value as postcard writes it.
    fn value<T: Deserialize<'static>>(&mut self) -> Option<T> {
        let (value, left) = postcard::take_from_bytes(self.bytes).ok()?;
        self.bytes = left;
        Some(value)
    }

    fn cue(&mut self) -> Option<Cue> {
        let extent = self.value()?;
        Some(Cue { extent, expression: self.expression()? })
    }

    fn expression(&mut self) -> Option<Arc<Expression>> {
        let size = self.value()?;
        Some(Arc::new(Expression::new(self.step()?, size)))
    }

    /// Several of what is read.
    fn several<T>(&mut self, read: impl Fn(&mut Self) -> Option<T>) -> Option<Box<[T]>> {
        let count: usize = self.value()?;
        // Each takes a byte at least.
        let mut all = Vec::with_capacity(count.min(self.bytes.len()));
        for _ in 0..count {
            all.push(read(self)?);
        }
        Some(all.into())
    }

    fn step(&mut self) -> Option<Step> {
        let (sign, left) = self.bytes.split_first()?;
        self.bytes = left;
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return None;
        }
        let step = match sign {
            b'0' => Step::Nothing,
            b'"' => Step::literal(Letters::from_slice(self.value()?)),
            b'[' => Step::Class(self.value()?),
            b'A' => {
                let (small, written) = self.value()?;
                Step::Exact(Box::new(Exact { small, written }))
            }
            b' ' => Step::Blanks,
            b'~' => Step::Gap,
            b'&' => Step::All(self.several(Self::step)?),
            b'|' => Step::Any(self.several(|reader| {
                let sign: Sign = reader.value()?;
                Some(Alternative { sign, step: reader.step()? })
            })?),
            b'*' => {
                let (min, max, greedy) = self.value()?;
                Step::Repeat { step: Box::new(self.step()?), min, max, greedy }
            }
            b'(' => Step::Wanted(Box::new(self.step()?)),
            b'^' => Step::Start,
            b'$' => Step::End,
            b'b' => Step::WordEdge,
            b'{' => {
                let number = self.value().filter(|number| *number < self.phrases)?;
                Step::Phrase(self.cues.phrase(number).clone())
            }
            _ => return None,
        };
        self.depth -= 1;
        Some(step)
    }
}
