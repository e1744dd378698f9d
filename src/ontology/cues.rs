//! Cues: the language in which the ontology says how documents put things.
//!
//! A cue is a regular expression, matched without regard to case, in which a blank stands for any blanks, `…`
//! for up to a dozen words, and `{name}` for the phrase of that name.

use crate::error::{Error, Result};
use regex::bytes::{Regex, RegexSet, RegexSetBuilder};
use std::collections::BTreeMap;

/// Phrases by name: the alternatives that `{name}` stands for in a cue.
pub(super) type Phrases = BTreeMap<String, Vec<String>>;

/// Deepest nesting of phrases.
const MAX_PHRASE_DEPTH: usize = 8;

/// A set of cues that is matched at once.
#[derive(Clone, Debug)]
pub struct CueSet {
    set: RegexSet,
}

/// Cues of which the words in a text are wanted: those of the group `(?P<words>…)`, or all that a cue matches.
#[derive(Clone, Debug)]
pub struct Finder {
    regexes: Vec<Regex>,
}

impl Finder {
    /// Compiles cues that match anywhere.
    ///
    /// # Errors
    /// A cue that is no regular expression, or that names an unknown phrase.
    pub(super) fn new(cues: &[String], phrases: &Phrases) -> Result<Self> {
        let compile = |cue: &String| {
            let pattern = format!(r"(?i-u)(?:^|\W)({})(?:\W|$)", expand(cue, phrases, 0)?);
            Regex::new(&pattern).map_err(|error| {
                Error::input("a cue of the ontology is no regular expression").with_source(error)
            })
        };
        Ok(Self { regexes: cues.iter().map(compile).collect::<Result<_>>()? })
    }

    /// The words that the first cue to match stands for.
    pub fn find<'t>(&self, text: &'t str) -> Option<&'t str> {
        let found = self.regexes.iter().find_map(|regex| regex.captures(text.as_bytes()))?;
        let words = found.name("words").or_else(|| found.get(1))?;
        text.get(words.range())
    }
}

/// How cues have to match.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Extent {
    /// Anywhere, on word boundaries.
    Anywhere,
    /// The whole text.
    Whole,
    /// At the start of the text.
    Start,
}

impl CueSet {
    /// Compiles cues.
    ///
    /// # Errors
    /// A cue that is no regular expression, or that names an unknown phrase.
    pub(super) fn new(cues: &[String], phrases: &Phrases, extent: Extent) -> Result<Self> {
        let patterns = cues.iter().map(|cue| pattern(cue, phrases, extent)).collect::<Result<Vec<_>>>()?;
        let set = RegexSetBuilder::new(&patterns).case_insensitive(true).unicode(false).build();
        let set = set.map_err(|error| {
            Error::input("a cue of the ontology is no regular expression").with_source(error)
        })?;
        Ok(Self { set })
    }

    /// The indexes of the cues that match.
    pub fn matches(&self, text: &str) -> impl Iterator<Item = usize> {
        self.set.matches(text.as_bytes()).into_iter()
    }

    /// Whether any cue matches.
    pub fn is_match(&self, text: &str) -> bool {
        self.set.is_match(text.as_bytes())
    }
}

/// The regular expression of a cue.
pub(super) fn pattern(cue: &str, phrases: &Phrases, extent: Extent) -> Result<String> {
    let body = expand(cue, phrases, 0)?;
    Ok(match extent {
        Extent::Anywhere => format!(r"(?:^|\W)(?:{body})(?:\W|$)"),
        Extent::Whole => format!(r"^\s*(?:{body})\s*$"),
        Extent::Start => format!(r"(?i)^\s*(?:{body})\s+"),
    })
}

fn expand(cue: &str, phrases: &Phrases, depth: usize) -> Result<String> {
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
            let unknown = || Error::input(format!("the cue `{cue}` names the unknown phrase {{{name}}}"));
            let alternatives = phrases.get(name).filter(|_| depth < MAX_PHRASE_DEPTH).ok_or_else(unknown)?;
            let alternatives: Result<Vec<_>> =
                alternatives.iter().map(|cue| expand(cue, phrases, depth + 1)).collect();
            out.push_str(&format!("(?:{})", alternatives?.join("|")));
            rest = rest.get(name.len() + 2..).unwrap_or_default();
        }
    }
    out.push_str(rest);
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(cue: &str, extent: Extent) -> CueSet {
        let phrases = Phrases::from([
            ("you".to_owned(), vec!["you".to_owned(), "{client}".to_owned()]),
            ("client".to_owned(), vec!["the client".to_owned()]),
        ]);
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
        let phrases = Phrases::new();
        for cue in ["{nobody}", "(open"] {
            assert!(CueSet::new(&[cue.to_owned()], &phrases, Extent::Whole).is_err(), "{cue}");
        }
    }
}
