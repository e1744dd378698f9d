//! Rules for statements beyond the labels of a template, and the names of services and regions that these
//! statements speak of, as `ontology/claims.ttl` and the catalogues say them.

use super::cues::{CueSet, Extent, Phrases, PlacedCue};
use crate::error::Result;
use crate::vocabulary::Scenario;
use crate::vocabulary::{REGION, SERVICE, slug};
use oxrdf::vocab::rdfs;
use oxrdf::{NamedOrBlankNode, Quad, Term};
use rustc_hash::{FxHashMap, FxHashSet, FxHasher};
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::hash::Hasher;

/// What a rule takes the object of its claims from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Named {
    /// The services that stand where a cue has `{other}`.
    Services,
    /// The regions that stand where a cue has `{place}`.
    Regions,
    /// What stands where a cue has `{named}`: no object, but what the facts are about.
    Subject,
}

/// What a rule takes from its sentence beside the value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Figure {
    /// A length of time.
    Duration,
    /// A percentage.
    Percentage,
    /// A date.
    Date,
}

/// What a whole sentence narrows facts to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SentenceNames {
    /// The zone mode that it names.
    ZoneMode,
    /// The tiers that it names; without one there is no fact.
    Tiers,
}

/// How a kind of statement is told from one sentence.
#[derive(Clone, Debug)]
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
    /// Cues with places for names, each by itself.
    placed: Vec<PlacedCue>,
}

/// The rules, and the names that they speak of.
#[derive(Clone, Debug)]
pub struct ClaimWords {
    /// The rules in the order of the files.
    pub rules: Vec<ClaimRule>,
    /// All cues without places for names.
    cues: CueSet,
    /// The rule of each of them.
    owners: Vec<usize>,
    /// Words for the loss of a zone, and for the loss of a region.
    failures: [CueSet; 2],
    /// Sentences that go on with what the sentence in front of them is about.
    pub goes_on: CueSet,
    /// The names that they speak of.
    pub names: Gazetteer,
}

impl ClaimWords {
    /// The rules of which a cue without places fits a sentence and nothing rules it out.
    pub fn fitting(&self, sentence: &str) -> Vec<&ClaimRule> {
        let cues = self.cues.matches(sentence).into_iter();
        let mut owners: Vec<usize> = cues.map(|cue| self.owners[cue]).collect();
        owners.dedup();
        let rules = owners.into_iter().map(|owner| &self.rules[owner]);
        rules.filter(|rule| !rule.unless.is_match(sentence)).collect()
    }

    /// Whether a sentence names the other failure alone.
    pub fn is_about_other(&self, sentence: &str, scenario: Scenario) -> bool {
        let [zone, region] = self.failures.each_ref().map(|cues| cues.is_match(sentence));
        match scenario {
            Scenario::ZoneFailure => region && !zone,
            Scenario::RegionFailure => zone && !region,
        }
    }

    /// The rules with places for names.
    pub fn with_places(&self) -> impl Iterator<Item = &ClaimRule> {
        self.rules.iter().filter(|rule| rule.names.is_some())
    }
}

impl ClaimRule {
    /// The words at the place for names in a sentence whose names are replaced by [`Gazetteer`] marks.
    pub fn place<'s>(&self, marked: &'s str) -> Vec<&'s str> {
        if self.unless.is_match(marked) {
            return Vec::new();
        }
        self.placed.iter().flat_map(|cue| cue.all(marked, "place")).collect()
    }
}

/// A name in capitals, with its version, or a word for the service itself.
const NAME: &str = r"(?P<place>(?-i:[A-Z0-9][A-Za-z0-9.]*((\s|-)([A-Z0-9][A-Za-z0-9.]*|v[0-9][0-9.]*|for|of|and|on))*)|(?:this|the)\sservice|it)";

/// Mark of the document's own service in a sentence.
pub const OWN: &str = "~S~";

/// The names of services and regions in catalogues.
#[derive(Clone, Debug, Default)]
pub struct Gazetteer {
    services: FxHashMap<String, Spelling>,
    regions: FxHashMap<String, Spelling>,
    /// Maker's prefixes as slugs.
    makers: Vec<String>,
    longest: usize,
    /// The hashes of the first words of all names.
    firsts: FxHashSet<u64>,
}

/// The service that a document is about, in the forms in which sentences are searched for it.
#[derive(Clone, Debug)]
pub struct Own {
    /// The slug of its name in the catalogue.
    name: String,
    /// The slugs of its name, with and without the maker's prefix.
    keys: Vec<String>,
    /// The hashes of their first words.
    firsts: Vec<u64>,
}

/// A spelling in a catalogue.
#[derive(Clone, Debug)]
struct Spelling {
    /// The name that it stands for.
    name: String,
    /// Whether the spelling stands with the maker's prefix, so that capitals don't matter.
    whole: bool,
}

/// A name in a sentence, and where it stands in bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    start: usize,
    end: usize,
    /// What it names; `None` for the document's own service.
    named: Option<Mention>,
}

/// A name that a sentence mentions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Mention {
    /// A service, by the name in the catalogue.
    Service(String),
    /// A region, by the name in the catalogue.
    Region(String),
}

impl Gazetteer {
    /// Whether a catalogue has a service of this name.
    pub fn is_service(&self, name: &str) -> bool {
        self.services.contains_key(&slug(name))
    }

    fn add(&mut self, services: BTreeMap<String, Vec<String>>, regions: BTreeMap<String, Vec<String>>) {
        for spellings in services.into_values() {
            let Some(name) = spellings.first().cloned() else { continue };
            for spelling in spellings {
                let key = slug(&spelling);
                let short = self.without_maker(&key).filter(|short| short.contains('-')).map(str::to_owned);
                let whole = short.is_some() || self.without_maker(&key).is_some();
                self.longest = self.longest.max(key.matches('-').count() + 1);
                if let Some(short) = short {
                    let spelling = Spelling { name: name.clone(), whole: false };
                    self.services.entry(short).or_insert(spelling);
                }
                self.services.insert(key, Spelling { name: name.clone(), whole });
            }
        }
        for spellings in regions.into_values() {
            let Some(name) = spellings.first().cloned() else { continue };
            for spelling in spellings {
                // A name in one word is one that programs use.
                let whole = !spelling.contains(' ');
                self.regions.insert(slug(&spelling), Spelling { name: name.clone(), whole });
            }
        }
        let keys = self.services.keys().chain(self.regions.keys());
        self.firsts = keys.map(|key| word_hash(first_word(key))).collect();
    }

    /// A service in the forms in which sentences are searched for it.
    pub fn own(&self, service: &str) -> Own {
        self.own_with(service, None)
    }

    /// The same, with an acronym that the document uses too.
    pub fn own_with(&self, service: &str, acronym: Option<&str>) -> Own {
        let keys: Vec<String> =
            [slug(service), self.short(service)].into_iter().chain(acronym.map(slug)).collect();
        let firsts = keys.iter().map(|key| word_hash(first_word(key))).collect();
        Own { name: slug(self.service(service)), keys, firsts }
    }

    fn without_maker<'a>(&self, key: &'a str) -> Option<&'a str> {
        self.makers.iter().find_map(|maker| key.strip_prefix(maker.as_str())?.strip_prefix('-'))
    }

    /// The name in the catalogue of a service as a document spells it; the spelling itself without one.
    pub fn service<'a>(&'a self, spelled: &'a str) -> &'a str {
        self.services.get(&slug(spelled)).map_or(spelled, |spelling| spelling.name.as_str())
    }

    /// A name without the maker's at its end, which belongs to the noun behind it.
    pub fn without_trailing_maker<'a>(&self, name: &'a str) -> &'a str {
        match name.rsplit_once(' ') {
            Some((name, last)) if self.makers.contains(&slug(last)) => name,
            _ => name,
        }
    }

    /// Whether a text is the name of a region in the catalogue.
    pub fn is_region(&self, text: &str) -> bool {
        self.regions.contains_key(&slug(text))
    }

    /// The slug of a service's name without the maker's prefix.
    pub fn short(&self, service: &str) -> String {
        let key = slug(service);
        self.without_maker(&key).unwrap_or(&key).to_owned()
    }

    /// The names in a sentence from left to right.
    pub fn find(&self, sentence: &str, own: &Own) -> Vec<Found> {
        let tokens = tokens(sentence);
        let mut names = Vec::new();
        let mut at = 0;
        while at < tokens.len() {
            let first = word_hash(&sentence[tokens[at].0..tokens[at].1]);
            let may_start = self.firsts.contains(&first) || own.firsts.contains(&first);
            match may_start.then(|| self.longest_at(sentence, &tokens[at..], own)).flatten() {
                Some((length, named)) => {
                    names.push(Found { start: tokens[at].0, end: tokens[at + length - 1].1, named });
                    at += length;
                }
                None => at += 1,
            }
        }
        names
    }

    /// The longest name at the first of some tokens: how many tokens, and what it names; `None` for the own one.
    fn longest_at(
        &self,
        sentence: &str,
        tokens: &[(usize, usize)],
        own: &Own,
    ) -> Option<(usize, Option<Mention>)> {
        let mut key = String::new();
        let mut best = None;
        let longest = self.longest.max(own.keys[0].matches('-').count() + 1);
        for (length, (start, end)) in tokens.iter().take(longest).enumerate().map(|(at, t)| (at + 1, *t)) {
            // A name goes on over blanks, hyphens and colons alone.
            let gap = if length > 1 { &sentence[tokens[length - 2].1..start] } else { "" };
            if !gap.chars().all(|c| matches!(c, ' ' | '-' | ':')) {
                break;
            }
            if length > 1 {
                key.push('-');
            }
            key.push_str(&sentence[start..end].to_ascii_lowercase());
            let words = &sentence[tokens[0].0..end];
            if own.keys.contains(&key) {
                best = Some((length, None));
            } else if let Some(spelling) = self.services.get(&key).filter(|known| known.fits(words)) {
                let is_own = own.name == slug(&spelling.name);
                let other = (!is_own).then(|| Mention::Service(spelling.name.clone()));
                best = Some((length, other));
            } else if let Some(spelling) = self.regions.get(&key).filter(|known| known.fits(words)) {
                best = Some((length, Some(Mention::Region(spelling.name.clone()))));
            }
        }
        best
    }
}

/// A hash of a word, without regard to case.
fn word_hash(word: &str) -> u64 {
    let mut hasher = FxHasher::default();
    word.bytes().for_each(|byte| hasher.write_u8(byte.to_ascii_lowercase()));
    hasher.finish()
}

/// A sentence with `own` for the names of its document's service.
pub fn with_own<'s>(sentence: &'s str, names: &[Found], own: &str) -> Cow<'s, str> {
    let mut out = String::new();
    let mut copied = 0;
    for found in names.iter().filter(|found| found.named.is_none()) {
        out.push_str(&sentence[copied..found.start]);
        out.push_str(own);
        copied = found.end;
    }
    if copied == 0 {
        return Cow::Borrowed(sentence);
    }
    out.push_str(&sentence[copied..]);
    Cow::Owned(out)
}

/// A sentence with [`OWN`] for the names of its document's service, `~O1~` for those of other services and `~R2~` for
/// those of regions, where the number leads to the mention.
pub fn marked<'f>(sentence: &str, names: &'f [Found]) -> (String, Vec<&'f Mention>) {
    let (mut marked, mut mentions) = (String::with_capacity(sentence.len()), Vec::new());
    let mut copied = 0;
    for found in names {
        marked.push_str(&sentence[copied..found.start]);
        copied = found.end;
        match &found.named {
            None => marked.push_str(OWN),
            Some(mention) => {
                let letter = if matches!(mention, Mention::Region(_)) { 'R' } else { 'O' };
                marked.push_str(&format!("~{letter}{}~", mentions.len()));
                mentions.push(mention);
            }
        }
    }
    marked.push_str(&sentence[copied..]);
    (marked, mentions)
}

/// What stands in front of the first hyphen of a slug.
fn first_word(key: &str) -> &str {
    key.split('-').next().unwrap_or(key)
}

impl Spelling {
    /// Whether words may be this spelling: without the maker's prefix, names start with capitals.
    fn fits(&self, words: &str) -> bool {
        let starts = |word: &str| word.starts_with(|c: char| c.is_uppercase() || c.is_ascii_digit());
        let small = |word: &str| matches!(word, "for" | "on" | "and" | "of" | "with" | "in");
        self.whole || words.split([' ', '-']).all(|word| word.is_empty() || small(word) || starts(word))
    }
}

/// The words of a sentence, by their places.
fn tokens(sentence: &str) -> Vec<(usize, usize)> {
    let mut tokens = Vec::new();
    let mut start = None;
    for (at, byte) in sentence.bytes().enumerate().chain([(sentence.len(), b' ')]) {
        match (byte.is_ascii_alphanumeric(), start) {
            (true, None) => start = Some(at),
            (false, Some(from)) => {
                tokens.push((from, at));
                start = None;
            }
            _ => {}
        }
    }
    tokens
}

/// Reads the names of services and regions from Turtle files.
#[derive(Default)]
pub(super) struct GazetteerReader {
    services: BTreeMap<String, Vec<String>>,
    regions: BTreeMap<String, Vec<String>>,
    makers: Vec<String>,
}

impl GazetteerReader {
    /// Reads the statements of a file.
    pub(super) fn read(&mut self, quads: &[Quad]) {
        for quad in quads {
            let (NamedOrBlankNode::NamedNode(subject), Term::Literal(text)) = (&quad.subject, &quad.object)
            else {
                continue;
            };
            if quad.predicate.as_str().ends_with("#makerPrefix") {
                self.makers.push(slug(text.value()));
            }
            let is_label = quad.predicate == rdfs::LABEL;
            let is_name = is_label || quad.predicate.as_str().ends_with("#altLabel");
            let known = match subject.as_str() {
                iri if iri.starts_with(SERVICE) => &mut self.services,
                iri if iri.starts_with(REGION) => &mut self.regions,
                _ => continue,
            };
            if is_name {
                let spellings = known.entry(subject.as_str().to_owned()).or_default();
                let at = if is_label { 0 } else { spellings.len() };
                spellings.insert(at, text.value().to_owned());
            }
        }
    }

    fn finish(mut self) -> Gazetteer {
        self.makers.sort_by_key(|maker| usize::MAX - maker.len());
        let mut gazetteer = Gazetteer { makers: self.makers, ..Gazetteer::default() };
        gazetteer.add(self.services, self.regions);
        gazetteer
    }
}

/// A rule as its file writes it.
pub(super) struct RawRule {
    pub rule: ClaimRuleTexts,
    pub cues: Vec<String>,
    pub unless: Vec<String>,
    pub under: Vec<String>,
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
pub(super) struct SentenceCues {
    pub goes_on: Vec<String>,
    pub zone_failure: Vec<String>,
    pub region_failure: Vec<String>,
}

/// Compiles rules, with the names that they speak of.
pub(super) fn words(
    rules: Vec<RawRule>,
    lists: &SentenceCues,
    phrases: &Phrases,
    names: GazetteerReader,
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
        let mut placed = Vec::new();
        if names.is_some() {
            for cue in &raw.cues {
                placed.push(PlacedCue::new(cue, phrases)?);
            }
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
    let cues = CueSet::new(&all, phrases, Extent::Anywhere)?;
    let goes_on = CueSet::new(&lists.goes_on, phrases, Extent::Anywhere)?;
    let failure = |cues: &[String]| CueSet::new(cues, phrases, Extent::Anywhere);
    let failures = [failure(&lists.zone_failure)?, failure(&lists.region_failure)?];
    Ok(ClaimWords { rules: compiled, cues, owners, failures, goes_on, names: names.finish() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ontology::Ontology;

    fn mark(sentence: &str, own: &str) -> (String, Vec<String>) {
        let ontology = Ontology::load(&[]).unwrap();
        let found = ontology.claims.names.find(sentence, &ontology.claims.names.own(own));
        let (marked, mentions) = super::marked(sentence, &found);
        let names = mentions.into_iter().map(|mention| match mention {
            Mention::Service(name) | Mention::Region(name) => name.clone(),
        });
        (marked, names.collect())
    }

    #[test]
    fn the_longest_name_counts_and_the_own_one_is_no_other() {
        let (marked, names) = mark("Key Vault feeds Azure Key Vault Managed HSM.", "Azure Key Vault");
        assert_eq!((marked.as_str(), names), ("~S~ feeds ~O0~.", vec!["Azure Key Vault Managed HSM".into()]));
        let (marked, _) = mark("Nephele Loom weaves in Loom.", "Nephele Loom");
        assert_eq!(marked, "~S~ weaves in Loom.");
    }

    #[test]
    fn common_nouns_are_no_names() {
        let (marked, names) = mark("Keep files and event hubs apart from the azure event hubs.", "Relay");
        assert_eq!(marked, "Keep files and event hubs apart from the ~O0~.");
        assert_eq!(names, ["Azure Event Hubs"]);
        assert_eq!(mark("Its policy covers Functions and Files.", "Relay").1, Vec::<String>::new());
    }

    #[test]
    fn regions_are_named_in_both_spellings() {
        let (marked, names) = mark("Only \"westeurope\" and North Europe, not north europe.", "Relay");
        assert_eq!(marked, "Only \"~R0~\" and ~R1~, not north europe.");
        assert_eq!(names, ["West Europe", "North Europe"]);
    }
}
