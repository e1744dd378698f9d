//! Cues: the language in which the ontology says how documents put things.
//!
//! A cue is a regular expression, matched without regard to case, in which a blank stands for any blanks, `…`
//! for up to a dozen words, and `{name}` for the phrase of that name.

use super::needles::{Needles, Trigrams};
use crate::error::{Error, Result};
use rayon::prelude::*;
use regex_automata::meta;
use regex_automata::util::syntax;
use regex_syntax::ParserBuilder;
use regex_syntax::hir::{Hir, HirKind};
use std::collections::BTreeMap;
use std::sync::OnceLock;

/// Phrases by name: the alternatives that `{name}` stands for in a cue.
pub(super) type Phrases = BTreeMap<String, Vec<String>>;

/// Deepest nesting of phrases.
const MAX_PHRASE_DEPTH: usize = 8;

/// Largest cue, in steps of its expression with all its repetitions.
const MAX_CUE_SIZE: u64 = 100_000;

/// Cues that are looked for together.
#[derive(Clone, Debug)]
pub struct CueSet {
    cues: Vec<Cue>,
}

/// A cue, compiled when a text first holds its needles.
#[derive(Clone, Debug)]
pub(super) struct Cue {
    needles: Needles,
    pattern: String,
    regex: OnceLock<Option<meta::Regex>>,
}

impl Cue {
    /// A cue of the regular expression that [`pattern`] makes.
    ///
    /// # Errors
    /// An expression that is none, or that repeats too much.
    pub fn new(pattern: String) -> Result<Self> {
        let hir = parse(&pattern)?;
        Ok(Self { needles: Needles::of(&hir), pattern, regex: OnceLock::new() })
    }

    /// Its expression, compiled when first asked for. What has been parsed, and is not too large, compiles.
    fn regex(&self) -> Option<&meta::Regex> {
        // A cue is tried on few sentences: an automaton would take longer to build than it saves.
        let build = || {
            let engines = meta::Config::new().hybrid(false).dfa(false).onepass(false).auto_prefilter(false);
            let syntax = syntax::Config::new().case_insensitive(true).unicode(false).utf8(false);
            let engines = engines.utf8_empty(false).nfa_size_limit(None);
            meta::Builder::new().configure(engines).syntax(syntax).build(&self.pattern).ok()
        };
        self.regex.get_or_init(build).as_ref()
    }

    /// What a group stands for in each match.
    pub fn all<'t>(&self, text: &'t str, group: &str) -> Vec<&'t str> {
        let Some(regex) =
            Trigrams::of(text, |text| self.needles.may_match(text)).then(|| self.regex()).flatten()
        else {
            return Vec::new();
        };
        let matches = regex.captures_iter(text.as_bytes());
        matches.filter_map(|groups| text.get(groups.get_group_by_name(group)?.range())).collect()
    }

    fn is_match(&self, text: &str, trigrams: &Trigrams) -> bool {
        // Asked for the place and not just for a match, the expression backtracks, which is quicker on a sentence.
        let found = |regex: &meta::Regex| regex.find(text.as_bytes()).is_some();
        self.needles.may_match(trigrams) && self.regex().is_some_and(found)
    }
}

/// Cues of which the words in a text are wanted: those of the group `(?P<words>…)`, or all that a cue matches.
#[derive(Clone, Debug)]
pub struct Finder {
    cues: Vec<Cue>,
}

impl Finder {
    /// Compiles cues that match anywhere.
    ///
    /// # Errors
    /// A cue that is no regular expression, or that names an unknown phrase.
    pub(super) fn new(cues: &[String], phrases: &Phrases) -> Result<Self> {
        let cue = |cue: &String| Cue::new(format!(r"(?:^|\W)({})(?:\W|$)", expand(cue, phrases, 0)?));
        Ok(Self { cues: cues.iter().map(cue).collect::<Result<_>>()? })
    }

    /// The words that the first cue to match stands for.
    pub fn find<'t>(&self, text: &'t str) -> Option<&'t str> {
        Trigrams::of(text, |trigrams| {
            let likely = self.cues.iter().filter(|cue| cue.needles.may_match(trigrams));
            let found = |cue: &Cue| {
                let regex = cue.regex()?;
                let mut groups = regex.create_captures();
                regex.captures(text.as_bytes(), &mut groups);
                groups.get_group_by_name("words").or_else(|| groups.get_group(1))
            };
            likely.filter_map(found).next().and_then(|words| text.get(words.range()))
        })
    }
}

fn no_expression(error: impl std::error::Error + Send + Sync + 'static) -> Error {
    Error::input("a cue of the ontology is no regular expression").with_source(error)
}

/// Parses an expression, and measures it: it is compiled later, when nobody can be told of an error.
fn parse(pattern: &str) -> Result<Hir> {
    let hir =
        ParserBuilder::new().unicode(false).utf8(false).build().parse(pattern).map_err(no_expression)?;
    if size(&hir) > MAX_CUE_SIZE {
        return Err(Error::input("a cue of the ontology repeats too much"));
    }
    Ok(hir)
}

fn size(hir: &Hir) -> u64 {
    match hir.kind() {
        HirKind::Literal(literal) => literal.0.len() as u64,
        HirKind::Capture(capture) => size(&capture.sub),
        HirKind::Repetition(repetition) => {
            let times = repetition.max.unwrap_or(repetition.min).max(1);
            size(&repetition.sub).saturating_mul(u64::from(times))
        }
        HirKind::Concat(parts) | HirKind::Alternation(parts) => {
            parts.iter().fold(0, |sum, part| sum.saturating_add(size(part)))
        }
        HirKind::Empty | HirKind::Class(_) | HirKind::Look(_) => 1,
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
    /// Parses cues.
    ///
    /// # Errors
    /// A cue that is no regular expression, or that names an unknown phrase.
    pub(super) fn new(cues: &[String], phrases: &Phrases, extent: Extent) -> Result<Self> {
        let cues =
            cues.par_iter().map(|cue| Cue::new(pattern(cue, phrases, extent)?)).collect::<Result<_>>()?;
        Ok(Self { cues })
    }

    /// The indexes of the cues that match.
    pub fn matches(&self, text: &str) -> Vec<usize> {
        Trigrams::of(text, |trigrams| {
            let fits = |at: &usize| self.cues[*at].is_match(text, trigrams);
            (0..self.cues.len()).filter(fits).collect()
        })
    }

    /// Whether any cue matches.
    pub fn is_match(&self, text: &str) -> bool {
        Trigrams::of(text, |trigrams| self.cues.iter().any(|cue| cue.is_match(text, trigrams)))
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
        for cue in ["{nobody}", "(open", "((((a{99}){99}){99}){99})"] {
            assert!(CueSet::new(&[cue.to_owned()], &phrases, Extent::Whole).is_err(), "{cue}");
        }
    }
}
