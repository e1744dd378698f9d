//! Rules for statements beyond the labels of a template, as `ontology/claims.ttl` says them.

use super::cues::{CueSet, Extent, Finder, Looked, Phrases};
use super::mistake::Result;
use super::names::{Gazetteer, OWN};
use crate::vocabulary::Scenario;
use serde::{Deserialize, Serialize};

/// What a rule takes the object of its claims from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Named {
    /// The services that stand where a cue has `{other}`.
    Services,
    /// The regions that stand where a cue has `{place}`.
    Regions,
    /// What stands where a cue has `{named}`: no object, but what the facts are about.
    Subject,
}

/// What a rule takes from its sentence beside the value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Figure {
    /// A length of time.
    Duration,
    /// A percentage.
    Percentage,
    /// A date.
    Date,
}

/// What a whole sentence narrows facts to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum SentenceNames {
    /// The zone mode that it names.
    ZoneMode,
    /// The tiers that it names; without one there is no fact.
    Tiers,
}

/// How a kind of statement is told from one sentence.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ClaimRule {
    /// Local name.
    pub name: String,
    /// The kind of the facts that it makes.
    pub kind: Option<String>,
    /// Whether these facts are about a failure.
    pub takes_scenario: bool,
    /// Their value; not needed with a figure.
    pub value: String,
    /// The property of the claims that it makes.
    pub property: Option<String>,
    /// What the objects of these claims are.
    pub names: Option<Named>,
    /// The figure that its sentence must give.
    pub figure: Option<Figure>,
    /// What the whole sentence narrows its facts to.
    pub sentence_names: Option<SentenceNames>,
    /// What narrows its facts.
    pub variant: String,
    /// Headings and labels of which the sentence must stand under one.
    pub under: Option<CueSet>,
    unless: CueSet,
    /// Cues with places for names.
    placed: Option<Finder>,
}

/// The rules, and the names that they speak of.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ClaimWords {
    /// The rules in the order of the files.
    pub rules: Vec<ClaimRule>,
    /// All cues without places for names.
    cues: CueSet,
    /// The rule of each of them.
    owners: Vec<usize>,
    /// The rules with places for names.
    placed: Vec<usize>,
    /// Words for the loss of a zone, and for the loss of a region.
    failures: [CueSet; 2],
    /// Sentences that go on with what the sentence in front of them is about.
    pub goes_on: CueSet,
    /// The names that they speak of.
    pub names: Gazetteer,
}

impl ClaimWords {
    /// The rules of which a cue without places fits a sentence and nothing rules it out.
    pub fn fitting<'t>(&self, sentence: impl Into<Looked<'t>>) -> Vec<&ClaimRule> {
        let sentence = sentence.into();
        let cues = self.cues.matches(sentence).into_iter();
        let mut owners: Vec<usize> = cues.map(|cue| self.owners[cue]).collect();
        owners.dedup();
        let rules = owners.into_iter().map(|owner| &self.rules[owner]);
        rules.filter(|rule| !rule.unless.is_match(sentence)).collect()
    }

    /// Whether a sentence names the other failure alone.
    pub fn is_about_other<'t>(&self, sentence: impl Into<Looked<'t>>, scenario: Scenario) -> bool {
        let sentence = sentence.into();
        let [zone, region] = self.failures.each_ref().map(|cues| cues.is_match(sentence));
        match scenario {
            Scenario::ZoneFailure => region && !zone,
            Scenario::RegionFailure => zone && !region,
        }
    }

    /// The rules with places for names.
    pub fn with_places(&self) -> impl Iterator<Item = &ClaimRule> {
        self.placed.iter().map(|rule| &self.rules[*rule])
    }
}

impl ClaimRule {
    /// The words at the place for names in a sentence whose names are replaced by [`Gazetteer`] marks.
    pub fn place<'s>(&self, marked: impl Into<Looked<'s>>) -> Vec<&'s str> {
        let marked = marked.into();
        let places = self.placed.as_ref().map(|placed| placed.all(marked));
        places.filter(|places| !places.is_empty() && !self.unless.is_match(marked)).unwrap_or_default()
    }
}

/// A name in capitals, with its version, or a word for the service itself.
const NAME: &str = r"(?P<place>(?-i:[A-Z0-9][A-Za-z0-9.]*((\s|-)([A-Z0-9][A-Za-z0-9.]*|([a-z]+\s)?v[0-9][0-9.]*|for|of|and|on))*)|(?:this|the)\sservice|it)";

/// A rule as its file writes it.
pub(super) struct RawRule<'t> {
    pub rule: ClaimRuleTexts,
    pub cues: Vec<&'t str>,
    pub unless: Vec<&'t str>,
    pub under: Vec<&'t str>,
}

/// The parts of a rule that are no cues.
pub(super) struct ClaimRuleTexts {
    pub name: String,
    pub kind: Option<String>,
    pub takes_scenario: bool,
    pub value: String,
    pub property: Option<String>,
    pub names: Option<String>,
    pub figure: Option<String>,
    pub sentence_names: Option<String>,
    pub variant: String,
}

/// Cues for all rules.
pub(super) struct SentenceCues<'t> {
    pub goes_on: Vec<&'t str>,
    pub zone_failure: Vec<&'t str>,
    pub region_failure: Vec<&'t str>,
}

/// Compiles rules, with the names that they speak of.
pub(super) fn words(
    rules: Vec<RawRule>,
    lists: &SentenceCues,
    phrases: &Phrases,
    names: Gazetteer,
) -> Result<ClaimWords> {
    let list = |letter: char| {
        let name = format!("\"?~{letter}[0-9]+~\"?");
        format!("(?P<place>(the )?{name}((,|,? and|,? or|,? and the) {name})*)")
    };
    let names_of =
        [("service", OWN.to_owned()), ("other", list('O')), ("place", list('R')), ("named", NAME.to_owned())];
    let phrases = &phrases.with(names_of.map(|(name, cue)| (name.to_owned(), vec![cue])));
    let (mut compiled, mut all, mut owners) = (Vec::new(), Vec::new(), Vec::new());
    for raw in rules {
        let names = match raw.rule.names.as_deref() {
            Some("Service") => Some(Named::Services),
            Some("Region") => Some(Named::Regions),
            Some("Subject") => Some(Named::Subject),
            _ => None,
        };
        let mut placed = None;
        if names.is_some() {
            placed = Some(Finder::new(&raw.cues, phrases)?);
        } else {
            owners.extend(raw.cues.iter().map(|_| compiled.len()));
            all.extend(raw.cues);
        }
        let under = (!raw.under.is_empty()).then(|| CueSet::new(&raw.under, phrases, Extent::Whole));
        compiled.push(ClaimRule {
            name: raw.rule.name,
            kind: raw.rule.kind,
            takes_scenario: raw.rule.takes_scenario,
            value: raw.rule.value,
            property: raw.rule.property,
            names,
            figure: match raw.rule.figure.as_deref() {
                Some("Duration") => Some(Figure::Duration),
                Some("Percentage") => Some(Figure::Percentage),
                Some("Date") => Some(Figure::Date),
                _ => None,
            },
            sentence_names: match raw.rule.sentence_names.as_deref() {
                Some("ZoneMode") => Some(SentenceNames::ZoneMode),
                Some("Tier") => Some(SentenceNames::Tiers),
                _ => None,
            },
            variant: raw.rule.variant,
            under: under.transpose()?,
            unless: CueSet::new(&raw.unless, phrases, Extent::Anywhere)?,
            placed,
        });
    }
    let has_places = |rule: &usize| compiled[*rule].names.is_some();
    let placed = (0..compiled.len()).filter(has_places).collect();
    let cues = CueSet::new(&all, phrases, Extent::Anywhere)?;
    let goes_on = CueSet::new(&lists.goes_on, phrases, Extent::Anywhere)?;
    let failure = |cues: &[&str]| CueSet::new(cues, phrases, Extent::Anywhere);
    let failures = [failure(&lists.zone_failure)?, failure(&lists.region_failure)?];
    Ok(ClaimWords { rules: compiled, cues, owners, placed, failures, goes_on, names })
}
