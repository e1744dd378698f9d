//! Cues: the language in which the ontology says how documents put things.
//!
//! A cue is a regular expression, matched without regard to case, in which a blank stands for any blanks, `…`
//! for up to a dozen words, and `{name}` for the phrase of that name.

use super::expression::{Expression, PHRASE_GROUP};
use super::needles::Needles;
use super::text::Text;
use crate::error::{Error, Result};
use regex::bytes::{Captures, Regex, RegexBuilder};
use std::collections::{BTreeMap, HashMap};
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
}

impl Phrases {
    /// Adds a phrase.
    pub fn insert(&mut self, name: String, alternatives: Vec<String>) {
        self.alternatives.insert(name, alternatives);
        *self = Self::from(std::mem::take(&mut self.alternatives));
    }

    /// These phrases and others.
    pub fn with(&self, others: impl IntoIterator<Item = (String, Vec<String>)>) -> Self {
        Self::from(self.alternatives.clone().into_iter().chain(others).collect::<BTreeMap<_, _>>())
    }

    fn alternatives(&self, name: &str, depth: usize) -> Result<&[String]> {
        let known = self.alternatives.get(name).filter(|_| depth < MAX_PHRASE_DEPTH);
        known.map(Vec::as_slice).ok_or_else(|| {
            Error::input(format!("a cue names the phrase {{{name}}}, which is unknown or names itself"))
        })
    }

    /// The expression of a phrase.
    fn phrase(&self, name: &str, depth: usize) -> Result<Arc<Expression>> {
        let known = || self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(phrase) = known().get(name) {
            return Ok(phrase.clone());
        }
        let alternatives = self.alternatives(name, depth)?.iter();
        let alternatives = alternatives.map(|cue| Ok(Arc::new(self.expression(cue, depth + 1)?)));
        let phrase = Arc::new(Expression::any(alternatives.collect::<Result<_>>()?));
        known().insert(name.to_owned(), phrase.clone());
        Ok(phrase)
    }

    /// The expression of a cue.
    fn expression(&self, cue: &str, depth: usize) -> Result<Expression> {
        let mut named = Vec::new();
        let pattern = translate(cue, &mut |name| {
            named.push(self.phrase(name, depth)?);
            Ok(format!("(?P<{PHRASE_GROUP}{}>)", named.len() - 1))
        })?;
        let expression = Expression::parse(&small(&pattern), &named)?;
        if expression.size > MAX_CUE_SIZE {
            return Err(Error::input("a cue of the ontology repeats too much"));
        }
        Ok(expression)
    }

    /// The regular expression of a cue, with all phrases in full.
    pub fn pattern(&self, cue: &str) -> Result<String> {
        self.full(cue, 0)
    }

    fn full(&self, cue: &str, depth: usize) -> Result<String> {
        translate(cue, &mut |name| {
            let alternatives = self.alternatives(name, depth)?.iter();
            let alternatives: Result<Vec<_>> = alternatives.map(|cue| self.full(cue, depth + 1)).collect();
            Ok(format!("(?:{})", alternatives?.join("|")))
        })
    }
}

impl From<BTreeMap<String, Vec<String>>> for Phrases {
    fn from(alternatives: BTreeMap<String, Vec<String>>) -> Self {
        Self { alternatives, known: Mutex::default() }
    }
}

/// A regular expression in small letters: escapes and the heads of groups keep theirs.
fn small(pattern: &str) -> String {
    let mut before = ['\0'; 2];
    let letter = |c: char| {
        let kept = before[1] == '\\' && before[0] != '\\' || before == ['(', '?'];
        let escaped = before[1] == '\\' && before[0] == '\\';
        before = [if escaped { '\0' } else { before[1] }, c];
        if kept { c } else { c.to_ascii_lowercase() }
    };
    pattern.chars().map(letter).collect()
}

/// The regular expression of a cue; `phrase` gives that of the phrase of a name.
fn translate(cue: &str, phrase: &mut dyn FnMut(&str) -> Result<String>) -> Result<String> {
    let mut out = String::with_capacity(cue.len() * 2);
    let mut rest = cue;
    while let Some(at) = rest.find([' ', '…', '{']) {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        if let Some(behind) = rest.strip_prefix(" …").or_else(|| rest.strip_prefix('…')) {
            out.push_str(r"(?:\s+\S+){0,12}?");
            rest = behind;
        } else if let Some(behind) = rest.strip_prefix(" ?") {
            out.push_str(r"\s*");
            rest = behind;
        } else if let Some(behind) = rest.strip_prefix(' ') {
            out.push_str(r"\s+");
            rest = behind;
        } else {
            let name = rest[1..].split('}').next().unwrap_or_default();
            if name.bytes().all(|byte| byte.is_ascii_digit() || byte == b',') {
                out.push('{');
                rest = &rest[1..];
                continue;
            }
            out.push_str(&phrase(name)?);
            rest = rest.get(name.len() + 2..).unwrap_or_default();
        }
    }
    out.push_str(rest);
    Ok(out)
}

/// How cues have to match.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Extent {
    /// Anywhere, on word boundaries.
    Anywhere,
    /// The whole text.
    Whole,
}

/// One cue.
#[derive(Clone, Debug)]
struct Cue {
    needles: Needles,
    expression: Arc<Expression>,
    extent: Extent,
}

impl Cue {
    fn new(cue: &str, phrases: &Phrases, extent: Extent) -> Result<Self> {
        let expression = Arc::new(phrases.expression(cue, 0)?);
        Ok(Self { needles: Needles::of(&expression), expression, extent })
    }

    fn is_match(&self, text: &Text) -> bool {
        self.needles.may_match(text) && {
            let lanes = text.lanes();
            let (from, to) = match self.extent {
                Extent::Anywhere => (&lanes.starts, &lanes.ends),
                Extent::Whole => (&lanes.leading, &lanes.trailing),
            };
            self.expression.leads(from, to, lanes)
        }
    }
}

/// Cues that are looked for together.
#[derive(Clone, Debug)]
pub struct CueSet {
    cues: Vec<Cue>,
}

impl CueSet {
    /// Parses cues.
    ///
    /// # Errors
    /// A cue that is no regular expression, or that names an unknown phrase.
    pub(super) fn new(cues: &[String], phrases: &Phrases, extent: Extent) -> Result<Self> {
        let cues = cues.iter().map(|cue| Cue::new(cue, phrases, extent));
        Ok(Self { cues: cues.collect::<Result<_>>()? })
    }

    /// The indexes of the cues that match.
    pub fn matches(&self, text: &str) -> Vec<usize> {
        Text::of(text, |text| (0..self.cues.len()).filter(|at| self.cues[*at].is_match(text)).collect())
    }

    /// Whether any cue matches.
    pub fn is_match(&self, text: &str) -> bool {
        Text::of(text, |text| self.cues.iter().any(|cue| cue.is_match(text)))
    }
}

/// A cue of which the words in a text are wanted.
#[derive(Clone, Debug)]
pub(super) struct PlacedCue {
    cue: Cue,
    pattern: String,
    /// Its regular expression, compiled when a text first matches.
    regex: OnceLock<Option<Regex>>,
}

impl PlacedCue {
    /// A cue that matches anywhere, on word boundaries.
    ///
    /// # Errors
    /// A cue that is no regular expression, or that names an unknown phrase.
    pub fn new(cue: &str, phrases: &Phrases) -> Result<Self> {
        let pattern = format!(r"(?:^|\W)({})(?:\W|$)", phrases.pattern(cue)?);
        regex_syntax::ParserBuilder::new().unicode(false).utf8(false).build().parse(&pattern).map_err(
            |error| Error::input("a cue of the ontology is no regular expression").with_source(error),
        )?;
        Ok(Self { cue: Cue::new(cue, phrases, Extent::Anywhere)?, pattern, regex: OnceLock::new() })
    }

    /// Its regular expression, if it may match. What has been parsed, and is not too large, compiles.
    fn regex(&self, text: &Text) -> Option<&Regex> {
        let build = || RegexBuilder::new(&self.pattern).unicode(false).case_insensitive(true).build().ok();
        self.cue.is_match(text).then(|| self.regex.get_or_init(build).as_ref()).flatten()
    }

    /// What a group stands for in each match.
    pub fn all<'t>(&self, text: &'t str, group: &str) -> Vec<&'t str> {
        let Some(regex) = Text::of(text, |text| self.regex(text)) else { return Vec::new() };
        let matches = regex.captures_iter(text.as_bytes());
        matches.filter_map(|groups| text.get(groups.name(group)?.range())).collect()
    }
}

/// Cues of which the words in a text are wanted: those of the group `(?P<words>…)`, or all that a cue matches.
#[derive(Clone, Debug)]
pub struct Finder {
    cues: Vec<PlacedCue>,
}

impl Finder {
    /// Reads cues that match anywhere.
    ///
    /// # Errors
    /// A cue that is no regular expression, or that names an unknown phrase.
    pub(super) fn new(cues: &[String], phrases: &Phrases) -> Result<Self> {
        let cues = cues.iter().map(|cue| PlacedCue::new(cue, phrases));
        Ok(Self { cues: cues.collect::<Result<_>>()? })
    }

    /// The words that the first cue to match stands for.
    pub fn find<'t>(&self, text: &'t str) -> Option<&'t str> {
        let matching = Text::of(text, |text| self.cues.iter().find_map(|cue| cue.regex(text)));
        let words = |groups: Captures<'_>| groups.name("words").or_else(|| groups.get(1)).map(|m| m.range());
        matching?.captures(text.as_bytes()).and_then(words).and_then(|words| text.get(words))
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
        for cue in ["{nobody}", "{round}", "(open", "((((a{99}){99}){99}){99})"] {
            assert!(CueSet::new(&[cue.to_owned()], &phrases, Extent::Whole).is_err(), "{cue}");
        }
    }
}
