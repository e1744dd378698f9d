//! Cues: the language in which the ontology says how documents put things.
//!
//! A cue is a regular expression, matched without regard to case, in which a blank stands for any blanks, `…`
//! for up to a dozen words, and `{name}` for the phrase of that name.

use super::compiled;
use super::expression::{Expression, Step};
use super::frequencies::Frequencies;
use super::index::{Cued, Index};
use super::mistake::{Mistake, Result};
use super::program::Program;
use super::text::{Lane, Lanes};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};
use std::ops::Range;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

/// Deepest nesting of phrases.
const MAX_PHRASE_DEPTH: usize = 8;

/// Largest cue, in steps of its expression with all its repetitions.
const MAX_CUE_SIZE: u64 = 100_000;

/// Phrases by name: the alternatives that `{name}` stands for in a cue.
#[derive(Debug, Default)]
pub(super) struct Phrases {
    alternatives: BTreeMap<String, Vec<String>>,
    /// Those that have been read: they are read once, however many cues name them.
    known: Mutex<HashMap<String, Arc<Expression>>>,
    /// All cues that are read with them.
    book: Arc<Book>,
}

impl Phrases {
    /// Adds a phrase.
    pub fn insert(&mut self, name: String, alternatives: Vec<String>) {
        self.alternatives.insert(name, alternatives);
        self.known = Mutex::default();
    }

    /// These phrases and others.
    pub fn with(&self, others: impl IntoIterator<Item = (String, Vec<String>)>) -> Self {
        let alternatives = self.alternatives.clone().into_iter().chain(others).collect();
        Self { alternatives, known: Mutex::default(), book: self.book.clone() }
    }

    fn alternatives(&self, name: &str, depth: usize) -> Result<&[String]> {
        let known = self.alternatives.get(name).filter(|_| depth < MAX_PHRASE_DEPTH);
        known.map(Vec::as_slice).ok_or_else(|| {
            Mistake::anywhere(format!("it names the phrase {{{name}}}, which is unknown or names itself"))
        })
    }

    /// Whether a cue speaks of a denial: whether one of its words is a negator, or a phrase has one. A negator with an
    /// apostrophe is the end of a word.
    pub fn denies(&self, cue: &str, negators: &[&str]) -> bool {
        self.denies_within(cue, negators, 0)
    }

    fn denies_within(&self, cue: &str, negators: &[&str], depth: usize) -> bool {
        // A phrase that is unknown or names itself is an error when the cue is read.
        let of_phrase = |name: &str| {
            let cues = self.alternatives(name, depth).unwrap_or_default();
            cues.iter().any(|cue| self.denies_within(cue, negators, depth + 1))
        };
        let is_negator = |word: &str| {
            let mut stems =
                negators.iter().filter_map(|negator| Some((word.strip_suffix(negator)?, negator)));
            stems.any(|(stem, negator)| stem.is_empty() || negator.contains('\''))
        };
        let phrases = cue.split('{').skip(1).filter_map(|rest| rest.split_once('}'));
        cue.split(|sign: char| !sign.is_alphanumeric() && sign != '\'').any(is_negator)
            || phrases.map(|(name, _)| name).any(of_phrase)
    }

    /// The expression of a phrase.
    fn phrase(&self, name: &str, depth: usize) -> Result<Arc<Expression>> {
        let known = || self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(phrase) = known().get(name) {
            return Ok(phrase.clone());
        }
        let alternatives = self.alternatives(name, depth)?.iter();
        let alternatives = alternatives.map(|cue| self.expression(cue, depth + 1));
        let phrase = Arc::new(Expression::any(alternatives.collect::<Result<_>>()?));
        known().insert(name.to_owned(), phrase.clone());
        Ok(phrase)
    }

    /// The expression of a cue.
    fn expression(&self, cue: &str, depth: usize) -> Result<Expression> {
        let expression = Expression::read(cue, &mut |name| self.phrase(name, depth))?;
        if expression.size > MAX_CUE_SIZE {
            return Err(Mistake::new(cue, 0, "it repeats too much"));
        }
        Ok(expression)
    }

    /// Makes the cues that were read ready for texts, after which no more can be read. The words that stand in most texts
    /// come with the most frequent first.
    pub fn close(&self, frequent: &[&str]) {
        self.book.close(&Frequencies::of(frequent));
    }

    /// Alternatives as one expression.
    pub fn any(&self, cues: &[&str]) -> Result<Expression> {
        let alternatives = cues.iter().map(|cue| self.expression(cue, 0));
        Ok(Expression::any(alternatives.collect::<Result<_>>()?))
    }
}

impl From<BTreeMap<String, Vec<String>>> for Phrases {
    fn from(alternatives: BTreeMap<String, Vec<String>>) -> Self {
        Self { alternatives, ..Self::default() }
    }
}

/// How cues have to match.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Extent {
    /// Anywhere, on word boundaries.
    Anywhere,
    /// The whole text.
    Whole,
}

/// One cue.
#[derive(Clone, Debug)]
pub(super) struct Cue {
    pub expression: Arc<Expression>,
    pub extent: Extent,
}

impl Cue {
    pub fn new(cue: &str, phrases: &Phrases, extent: Extent) -> Result<Self> {
        Ok(Self { expression: Arc::new(phrases.expression(cue, 0)?), extent })
    }

    /// The steps of its expression.
    pub fn step(&self) -> &Step {
        &self.expression.step
    }

    pub fn is_match(&self, text: &Lanes) -> bool {
        let (from, to) = match self.extent {
            Extent::Anywhere => (Lane::WordStart, Lane::WordEnd),
            Extent::Whole => (Lane::Leading, Lane::Trailing),
        };
        self.expression.leads(from, to, text)
    }
}

/// All cues of an ontology. The first text that is looked at closes it.
#[derive(Debug, Default)]
pub(super) struct Book {
    open: Mutex<Vec<Cue>>,
    index: OnceLock<Index>,
}

impl From<Index> for Book {
    fn from(index: Index) -> Self {
        Self { open: Mutex::default(), index: index.into() }
    }
}

impl Book {
    /// Adds cues, and says which numbers they have.
    fn add(&self, cues: Vec<Cue>) -> Result<Range<usize>> {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        if self.index.get().is_some() {
            return Err(Mistake::anywhere("cues are read after the first text"));
        }
        let first = open.len();
        open.extend(cues);
        Ok(first..open.len())
    }

    fn close(&self, frequencies: &Frequencies<'_>) -> &Index {
        let cues = || std::mem::take(&mut *self.open.lock().unwrap_or_else(PoisonError::into_inner));
        self.index.get_or_init(|| Index::of(cues(), frequencies))
    }

    pub fn index(&self) -> &Index {
        self.close(&Frequencies::default())
    }
}

/// A text that cues are looked for in: just words, or words that have been gone through for all cues of the ontology.
#[derive(Clone, Copy, Debug)]
pub enum Looked<'t> {
    /// Words.
    Words(&'t str),
    /// Words with the cues that may match them.
    Cued(&'t Cued),
}

impl<'t> Looked<'t> {
    /// The words.
    pub fn text(self) -> &'t str {
        match self {
            Self::Words(text) => text,
            Self::Cued(cued) => cued.text(),
        }
    }
}

impl<'t> From<&'t str> for Looked<'t> {
    fn from(text: &'t str) -> Self {
        Self::Words(text)
    }
}

impl<'t> From<&'t String> for Looked<'t> {
    fn from(text: &'t String) -> Self {
        Self::Words(text)
    }
}

impl<'t> From<&'t Cued> for Looked<'t> {
    fn from(text: &'t Cued) -> Self {
        Self::Cued(text)
    }
}

/// The place of a cue among those of the ontology.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Place(usize);

/// Cues that are looked for together; written down they are their numbers in the ontology that is written with them.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct CueSet {
    #[serde(skip, default = "compiled::book")]
    book: Arc<Book>,
    #[serde(deserialize_with = "compiled::numbers")]
    range: Range<usize>,
}

impl CueSet {
    /// Parses cues.
    ///
    /// # Errors
    /// A cue that is no regular expression, or that names an unknown phrase.
    pub(super) fn new(cues: &[impl AsRef<str>], phrases: &Phrases, extent: Extent) -> Result<Self> {
        let cues: Result<Vec<_>> = cues.iter().map(|cue| Cue::new(cue.as_ref(), phrases, extent)).collect();
        Self::of(cues?, phrases)
    }

    fn of(cues: Vec<Cue>, phrases: &Phrases) -> Result<Self> {
        Ok(Self { book: phrases.book.clone(), range: phrases.book.add(cues)? })
    }

    /// Sets of cues that are numbered one after the other, and all of them as one.
    pub(super) fn side_by_side(
        sets: &[Vec<&str>],
        phrases: &Phrases,
        extent: Extent,
    ) -> Result<(Vec<Self>, Self)> {
        let all = Self::new(&sets.concat(), phrases, extent)?;
        let mut end = all.range.start;
        let set = |cues: &Vec<&str>| {
            let start = end;
            end += cues.len();
            Self { book: all.book.clone(), range: start..end }
        };
        Ok((sets.iter().map(set).collect(), all))
    }

    /// This set and the one that is numbered behind it.
    pub(super) fn with(&self, next: &Self) -> Self {
        Self { book: self.book.clone(), range: self.range.start..next.range.end }
    }

    /// The first cue from a place on that may match, which is told without trying one.
    pub(super) fn next_anchored(&self, text: &Cued, from: Place) -> Option<Place> {
        text.next_anchored(from.0.max(self.range.start)..self.range.end).map(Place)
    }

    /// The place behind its last cue.
    pub(super) fn end(&self) -> Place {
        Place(self.range.end)
    }

    /// The steps of a cue.
    fn step(&self, cue: usize) -> &Step {
        self.book.index().cues.get(self.range.start + cue).step()
    }

    /// All cues of the ontology.
    pub(super) fn index(&self) -> &Index {
        self.book.index()
    }

    /// A text with the cues of the ontology that may match it.
    pub(super) fn look(&self, text: String) -> Cued {
        self.book.index().look(text)
    }

    /// The text with the cues of the ontology that may match it.
    fn looked<'t>(&self, text: Looked<'t>) -> Cow<'t, Cued> {
        match text {
            Looked::Cued(text) => Cow::Borrowed(text),
            Looked::Words(text) => Cow::Owned(self.look(text.to_owned())),
        }
    }

    /// The first cue from one on that matches, by their numbers.
    #[inline]
    fn next_match(&self, text: &Cued, from: usize) -> Option<usize> {
        self.match_from(text, text.next_anchored(from..self.range.end)?)
    }

    /// The same from a cue of which a needle of the anchor is held.
    fn match_from(&self, text: &Cued, mut next: usize) -> Option<usize> {
        let index = self.book.index();
        while !text.matches(index, next) {
            next = text.next_anchored(next + 1..self.range.end)?;
        }
        Some(next)
    }

    /// The indexes of the cues that match.
    pub fn matches<'t>(&self, text: impl Into<Looked<'t>>) -> Vec<usize> {
        let text = self.looked(text.into());
        let mut from = self.range.start;
        let next = || {
            let found = self.next_match(&text, from)?;
            from = found + 1;
            Some(found - self.range.start)
        };
        std::iter::from_fn(next).collect()
    }

    /// The index of the first cue that matches.
    fn first_match<'t>(&self, text: impl Into<Looked<'t>>) -> Option<usize> {
        if self.range.is_empty() {
            return None;
        }
        let found = self.next_match(&self.looked(text.into()), self.range.start)?;
        Some(found - self.range.start)
    }

    /// Whether any cue matches.
    pub fn is_match<'t>(&self, text: impl Into<Looked<'t>>) -> bool {
        self.first_match(text).is_some()
    }
}

/// Cues of which the words in a text are wanted: those of a group, or all that a cue matches.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(from = "CueSet", into = "CueSet")]
pub struct Finder {
    cues: CueSet,
    /// Where the words of each cue stand, compiled when a text first matches.
    programs: Box<[OnceLock<Program>]>,
}

impl From<CueSet> for Finder {
    fn from(cues: CueSet) -> Self {
        let programs = cues.range.clone().map(|_| OnceLock::new()).collect();
        Self { cues, programs }
    }
}

impl From<Finder> for CueSet {
    fn from(finder: Finder) -> Self {
        finder.cues
    }
}

impl Finder {
    /// Reads cues that match anywhere.
    ///
    /// # Errors
    /// A cue that is none, that names an unknown phrase, or of which words are wanted at several places.
    pub(super) fn new(cues: &[impl AsRef<str>], phrases: &Phrases) -> Result<Self> {
        let cues = cues.iter().map(|cue| {
            Cue::new(cue.as_ref(), phrases, Extent::Anywhere).and_then(|read| match read.step().wanted() {
                0 | 1 => Ok(read),
                _ => Err(Mistake::new(cue.as_ref(), 0, "it has several places whose words are wanted")),
            })
        });
        let cues = cues.collect::<Result<Vec<_>>>()?;
        Ok(CueSet::of(cues, phrases)?.into())
    }

    fn program(&self, cue: usize) -> &Program {
        self.programs[cue].get_or_init(|| Program::new(self.cues.step(cue)))
    }

    /// The words that the first cue to match stands for: those of the group `(?P<words>…)`, or all.
    pub fn find<'t>(&self, text: impl Into<Looked<'t>>) -> Option<&'t str> {
        let text = text.into();
        let found = self.program(self.cues.first_match(text)?).matches(text.text()).next()?;
        text.text().get(found.wanted.unwrap_or(found.all))
    }

    /// What its group stands for in each match of each cue, cue by cue.
    pub(super) fn all<'t>(&self, text: impl Into<Looked<'t>>) -> Vec<&'t str> {
        let text = text.into();
        let mut found = Vec::new();
        for program in self.cues.matches(text).into_iter().map(|at| self.program(at)) {
            found.extend(program.matches(text.text()).filter_map(|found| text.text().get(found.wanted?)));
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(cue: &str, extent: Extent) -> CueSet {
        let phrases = Phrases::from(BTreeMap::from([
            ("you".to_owned(), vec!["you".to_owned(), "{client}".to_owned()]),
            ("client".to_owned(), vec!["the client".to_owned()]),
        ]));
        CueSet::new(&[cue.to_owned()], &phrases, extent).unwrap()
    }

    #[test]
    fn cues_match_words_phrases_and_gaps() {
        let cue = set("{you} must … restart", Extent::Anywhere);
        assert!(cue.is_match("So the Client  must always then restart it."));
        assert!(cue.is_match("You must restart."));
        assert!(!cue.is_match("You must restarts"));
        assert!(!cue.is_match("Thank you mustard restart"));
    }

    #[test]
    fn whole_cues_match_whole_labels() {
        let cue = set("costs?( .*)?", Extent::Whole);
        assert!(cue.is_match("Cost"));
        assert!(cue.is_match(" Costs of zones"));
        assert!(!cue.is_match("No cost"));
    }

    #[test]
    fn unknown_phrases_and_broken_expressions_are_errors() {
        let phrases = Phrases::from(BTreeMap::from([("round".to_owned(), vec!["and {round}".to_owned()])]));
        assert!(!phrases.denies("{round} {nobody}", &["no"]) && phrases.denies("is no {round}", &["no"]));
        for cue in ["{nobody}", "{round}", "(open", "((((a{99}){99}){99}){99})"] {
            assert!(CueSet::new(&[cue.to_owned()], &phrases, Extent::Whole).is_err(), "{cue}");
        }
    }
}
