//! What a passage states: its sentences against the readings of a kind.

use super::cases::{best, is_copied, takes_parties};
use super::limits::variant;
use super::passages::{Passage, PlacedSentence};
use super::quantity::{self, Quantity};
use super::scope::SectionScope;
use super::sentence::Sentences;
use super::tiers;
use crate::facts::{Bound, Scenario, Value};
use crate::ontology::names::names_others;
use crate::ontology::{CueSet, Cued, Kind, Ontology, Reading};
use crate::vocabulary::slug;

/// One statement of a passage.
#[derive(Clone, Debug)]
pub(super) struct Statement {
    pub value: Value,
    pub min_s: Option<u64>,
    pub max_s: Option<u64>,
    pub bound: Option<Bound>,
    /// Zone modes or multi-region features that it is limited to; empty if to none.
    pub features: Vec<String>,
    pub variant: String,
    pub tiers: Vec<String>,
    /// Whether it says that it holds for all tiers.
    pub all_tiers: bool,
    pub preview: bool,
    /// How much its reading counts.
    pub weight: i64,
    /// Whether it speaks for all alternatives of its passage.
    pub whole: bool,
    /// Whether it stands beside what labels announce.
    pub always: bool,
    /// Whether it may be about a part of the service only, beside another statement about the service.
    pub of_part: bool,
    /// Whether it is about what customers build themselves.
    pub of_design: bool,
    /// The sentence, by its place in the assembled text.
    pub start: usize,
    pub end: usize,
}

impl Statement {
    /// A plain statement that a sentence makes as a whole.
    pub fn named(value: &str, sentence: &PlacedSentence) -> Self {
        Self {
            value: Value::Named(value.to_owned()),
            min_s: None,
            max_s: None,
            bound: None,
            features: Vec::new(),
            variant: String::new(),
            tiers: Vec::new(),
            all_tiers: false,
            preview: false,
            weight: 0,
            whole: false,
            always: false,
            of_part: false,
            of_design: false,
            start: sentence.start,
            end: sentence.end,
        }
    }
}

/// So many bytes a sentence opens with: tiers that it names there are what it speaks of.
const OPENING: usize = 24;

/// So many bytes a sentence opens with: tiers that it names there are what its paragraph goes on to speak of.
const OPENING_OF_PARAGRAPH: usize = 32;

/// Weight of a value that a label of a zone mode states by itself.
const MODE_LABEL_WEIGHT: i64 = 38;

/// The tiers that a paragraph is about, as far as its passage has been read.
#[derive(Default)]
struct Paragraph {
    tiers: Vec<String>,
    /// How many sentences of the passage have been read.
    read: usize,
}

/// Reads passages of one document.
pub(super) struct Judge<'a> {
    pub ontology: &'a Ontology,
    pub sentences: &'a Sentences<'a>,
    /// The tiers that the document names.
    pub tiers: Vec<String>,
}

/// No outage and no loss is longer: a hundred years, in seconds.
const LONGEST_S: u64 = 100 * 365 * 86_400;

impl Judge<'_> {
    /// What a passage states of a kind; nothing where no reading fits. `of_region` asks for what it says of the loss
    /// of a region although it stands in a section on zones.
    pub fn statements(
        &self,
        kind: &Kind,
        passage: &Passage,
        scope: &SectionScope<'_>,
        of_region: bool,
    ) -> Vec<Statement> {
        let about = match passage.kind.as_deref() {
            Some(announced) => announced == kind.name,
            None => scope.reads_labelled(&kind.name),
        };
        let of_zone_failure =
            scope.scenario == Some(Scenario::ZoneFailure) && scope.role.is_some_and(|role| role.weight > 0);
        let of_failure = kind.name == "Responsibility" && of_zone_failure;
        let several = kind.several || takes_parties(kind);
        let is_topical =
            |sentence: &PlacedSentence| passage.kind.is_none() && kind.topic.is_match(sentence.said());
        let mut found = Vec::new();
        let mut paragraph = Paragraph::default();
        for (at, sentence) in passage.sentences.iter().enumerate() {
            let (text, said) = (&sentence.text, sentence.said());
            let mut readings = kind.readings_for(said).peekable();
            if readings.peek().is_none() || !self.reads(kind, passage, scope, of_region, sentence) {
                continue;
            }
            // The weightiest reading counts; of a kind with several values, all of its weight.
            let mut weight = None;
            let own_design = passage.own_design(sentence, scope);
            if own_design && kind.takes_scenario && !takes_parties(kind) {
                continue;
            }
            // What customers have to do in designs of their own, they do when a region is lost.
            let of_design = (scope.custom || own_design)
                && kind.name == "Responsibility"
                && self.ontology.sentence.takes_over.is_match(text);
            let strays = |cues: &CueSet| !about && !cues.is_match(text);
            if kind.mentions.as_ref().is_some_and(strays) {
                continue;
            }
            let about = about || is_topical(sentence) || of_design;
            let fits = |reading: &&Reading| {
                reading.fits(said, about, of_failure)
                    && (!self.sentences.denies(sentence) || reading.fits_denial(said, about))
            };
            for reading in readings.filter(fits) {
                if weight.is_some_and(|weight| weight != reading.weight || !several) {
                    break;
                }
                if !self.counts(kind, reading, passage, scope, sentence) {
                    continue;
                }
                if let Some(mut statement) = self.read(kind, reading, sentence, passage) {
                    statement.of_design = own_design && !kind.several;
                    statement.always |= statement.of_design;
                    if statement.tiers.is_empty()
                        && !statement.all_tiers
                        && self.goes_on(kind, reading, sentence)
                    {
                        statement.tiers = self.tiers_of_paragraph(&mut paragraph, passage, at);
                    }
                    found.push(statement);
                    weight = Some(reading.weight);
                }
            }
        }
        if let Some(label) = passage.sentences.first().filter(|first| first.is_label)
            && found.iter().any(|statement| statement.start != label.start)
        {
            found.retain(|statement| statement.start != label.start);
        }
        if is_copied(kind) {
            self.drop_others(passage, &mut found);
        }
        if found.is_empty() && !kind.several {
            return found;
        }
        let told_in_passing = || {
            let read = |sentence: &&PlacedSentence| self.reads(kind, passage, scope, of_region, sentence);
            !takes_parties(kind) && passage.sentences.iter().filter(read).any(is_topical)
        };
        let about = kind.takes_scenario && (about || told_in_passing());
        let (mut designs, found): (Vec<Statement>, Vec<Statement>) =
            found.into_iter().partition(|statement| statement.of_design);
        designs.truncate(1);
        let mut told = self.told(kind, passage, scope, found, about);
        told.append(&mut designs);
        told
    }

    /// What the statements of a passage come to.
    fn told(
        &self,
        kind: &Kind,
        passage: &Passage,
        scope: &SectionScope<'_>,
        mut found: Vec<Statement>,
        about: bool,
    ) -> Vec<Statement> {
        if kind.several {
            self.add_mode_label(kind, passage, scope, &mut found);
            return found;
        }
        if about {
            return self.by_condition(kind, passage, found);
        }
        if !kind.takes_scenario {
            return self.with_exceptions(kind, passage, found);
        }
        if matches!(kind.name.as_str(), "Replication" | "Downtime") {
            return self.with_parts(kind, passage, found);
        }
        if takes_parties(kind)
            && let Some(told) = self
                .of_each_mode(kind, passage, &found)
                .or_else(|| self.of_each_condition(kind, passage, &found))
        {
            return told;
        }
        best(kind, found).into_iter().collect()
    }

    /// Whether a reading that fits a sentence counts where the sentence stands.
    fn counts(
        &self,
        kind: &Kind,
        reading: &Reading,
        passage: &Passage,
        scope: &SectionScope<'_>,
        sentence: &PlacedSentence,
    ) -> bool {
        let own_design = passage.own_design(sentence, scope);
        let of_design = scope.custom || own_design;
        let of_service = reading.value == "Global" || reading.quantity && !passage.labelled;
        let of_maker = matches!(reading.value.as_str(), "Microsoft" | "Native");
        let is_unfit = kind.is_count && reading.excludes(&passage.label)
            || of_service && sentence.opens_with_other()
            || of_design && of_maker;
        !is_unfit && (!of_design || kind.several || self.ontology.sentence.outright.is_match(&sentence.text))
    }

    /// Whether what a sentence states of a kind goes on about the tiers that its paragraph is about: what they support
    /// and cost, and that a failure lasts to its end where they aren't protected.
    fn goes_on(&self, kind: &Kind, reading: &Reading, sentence: &PlacedSentence) -> bool {
        let of_zones = matches!(kind.name.as_str(), "ZoneSupport" | "ZoneEnablement" | "ZoneCost");
        let lasts = kind.name == "Downtime" && reading.value == "UntilRecovery";
        of_zones || lasts && self.ontology.sentence.restriction.find(&sentence.text).is_none()
    }

    /// Whether a sentence is read for a kind where it stands.
    fn reads(
        &self,
        kind: &Kind,
        passage: &Passage,
        scope: &SectionScope<'_>,
        of_region: bool,
        sentence: &PlacedSentence,
    ) -> bool {
        if !kind.reads_references && sentence.passed_over {
            return false;
        }
        let interrupts = || matches!(kind.name.as_str(), "Downtime" | "DataLoss" | "ActiveRequests");
        let is_of_other = || match kind.name.as_str() {
            "ZoneSupport" | "ZoneEnablement" => sentence.opens_with_other(),
            _ => is_copied(kind) && !passage.labelled && self.sentences.is_of_others(sentence),
        };
        if sentence.of_other_cause && interrupts() || names_others(&sentence.names) && is_of_other() {
            return false;
        }
        let of_zones = scope.scenario == Some(Scenario::ZoneFailure) && passage.kind.is_none();
        let either = of_zones && (kind.takes_scenario || kind.name == "MultiRegion");
        let speaks_of = |it: bool| either && it;
        speaks_of(sentence.of_region) == of_region || of_region && speaks_of(sentence.of_both)
    }

    /// The tiers that the paragraph of a sentence is about: those that it names first, until another sentence names
    /// others, or all.
    fn tiers_of_paragraph(&self, told: &mut Paragraph, passage: &Passage, at: usize) -> Vec<String> {
        for sentence in passage.sentences.get(told.read..=at).unwrap_or_default() {
            if sentence.opens {
                told.tiers.clear();
            }
            let mentions = self.sentences.tiers(sentence);
            let Some(first) = mentions.first() else { continue };
            told.tiers.clear();
            if let ([mention], true) = (mentions, first.range.start < OPENING_OF_PARAGRAPH)
                && !mention.all
                && !mention.excepted
            {
                told.tiers = self.with_higher(mention);
            }
        }
        told.read = told.read.max(at + 1);
        told.tiers.clone()
    }

    /// The statement of one reading that fits a sentence.
    fn read(
        &self,
        kind: &Kind,
        reading: &Reading,
        sentence: &PlacedSentence,
        passage: &Passage,
    ) -> Option<Statement> {
        let mut statement = self.statement(kind, reading, sentence, passage);
        if reading.quantity {
            let quantity = self.quantity(kind, sentence)?;
            statement.value = Value::Named("Duration".to_owned());
            (statement.min_s, statement.max_s) = (quantity.min_s, quantity.max_s);
            let hedges = passage.hedged && quantity.bound == Bound::UpTo;
            statement.bound = Some(if hedges { Bound::Typical } else { quantity.bound });
        } else if kind.is_count {
            let units = reading.units.as_ref()?;
            let count =
                quantity::counts(&sentence.text, units, &self.ontology.sentence.time).into_iter().next()?;
            statement.value = Value::Count(count);
        } else if kind.is_date {
            let (date, _) =
                quantity::dates(&sentence.text, &self.ontology.sentence.time).into_iter().next()?;
            statement.value = Value::Date(date);
        }
        Some(statement)
    }

    fn statement(
        &self,
        kind: &Kind,
        reading: &Reading,
        sentence: &PlacedSentence,
        passage: &Passage,
    ) -> Statement {
        let mentions = self.sentences.tiers(sentence);
        // What excepts tiers denies for them what it says of the others.
        let denies = reading.value == "None" && mentions.iter().any(|mention| mention.excepted);
        let meant = mentions.iter().filter(|mention| mention.excepted == denies);
        let within = if kind.names_tiers { usize::MAX } else { OPENING };
        let meant = meant.filter(|mention| mention.range.start < within);
        let mut named: Vec<String> = meant.flat_map(|mention| self.with_higher(mention)).collect();
        let of_all = mentions.iter().any(|mention| mention.all);
        if named.is_empty() && !of_all {
            named = self.tiers_without_noun(&sentence.text, within);
        }
        let lists = kind.names_tiers && self.ontology.tiers.label.is_match(&passage.label);
        if named.is_empty() && !of_all && lists {
            named = tiers::listed(&sentence.text, self.sentences.service(), self.ontology);
        }
        let limits = &passage.limits;
        // A sentence that names a tier more closely than its pivot or label does means that one.
        let is_closer = |name: &String| {
            limits.tiers.iter().any(|tier| name.len() > tier.len() && name.ends_with(tier.as_str()))
        };
        let closer = named.iter().any(is_closer);
        Statement {
            value: Value::Named(reading.value.clone()),
            min_s: None,
            max_s: None,
            bound: None,
            features: limits.modes.clone(),
            variant: Some(variant(limits))
                .filter(|variant| !kind.several || !variant.is_empty())
                .unwrap_or_else(|| self.lead(&sentence.text).unwrap_or_default()),
            tiers: if limits.tiers.is_empty() || closer { named } else { limits.tiers.clone() },
            all_tiers: !denies && of_all,
            preview: limits.preview
                || kind.several && self.ontology.sentence.in_preview.is_match(&sentence.text),
            weight: reading.weight,
            whole: reading.whole,
            always: reading.always,
            of_part: reading.of_part,
            of_design: false,
            start: sentence.start,
            end: sentence.end,
        }
    }

    /// What a sentence speaks of by its first words: `For the global edition, …`.
    fn lead(&self, sentence: &Cued) -> Option<String> {
        let lead = self.ontology.sentence.lead.find(sentence)?;
        let words = &self.ontology.look(lead);
        let modes = self.ontology.modes.iter().any(|mode| mode.mention.is_match(words));
        let tiers = !tiers::mentions(lead, self.sentences.service(), self.ontology).is_empty();
        (!modes && !tiers).then(|| slug(lead))
    }

    /// The length of time that a sentence gives for a kind: the one behind its term where several are given.
    fn quantity(&self, kind: &Kind, sentence: &PlacedSentence) -> Option<Quantity> {
        let mut quantities = quantity::quantities(&sentence.text, &self.ontology.sentence);
        // No time at all is no length of time, and nobody waits for ages.
        quantities.retain(|quantity| {
            let longest = quantity.max_s.or(quantity.min_s);
            longest.is_some_and(|longest| longest > 0 && longest <= LONGEST_S)
        });
        let first = quantities.first()?;
        if quantities.len() > 1 {
            let lower = sentence.text.to_ascii_lowercase();
            // What stands behind *because* explains the figure in front of it.
            if lower.find(" because ").is_some_and(|reason| first.range.end <= reason) {
                return Some(first.clone());
            }
            let terms = kind.terms.iter().filter_map(|term| lower.rfind(&term.to_ascii_lowercase()));
            if let Some(term) = terms.max() {
                return quantities.iter().find(|quantity| quantity.range.start > term).cloned();
            }
        }
        // Of several that nothing ties to the kind, none counts, unless they are as long.
        let is_alike = |other: &Quantity| (other.min_s, other.max_s) == (first.min_s, first.max_s);
        quantities.iter().all(is_alike).then(|| first.clone())
    }

    /// A label that names a zone mode states that the service has it, unless its text says that it doesn't.
    fn add_mode_label(
        &self,
        kind: &Kind,
        passage: &Passage,
        scope: &SectionScope<'_>,
        found: &mut Vec<Statement>,
    ) {
        let states_modes = kind.name == "ZoneSupport" && passage.mode_label && passage.kind.is_none();
        let in_zone_section =
            scope.role.is_some_and(|role| matches!(role.name.as_str(), "ZoneSection" | "ZoneTopic"));
        let denied = found.iter().any(|statement| statement.value == Value::Named("None".to_owned()));
        let Some(first) = passage.sentences.first().filter(|_| states_modes && in_zone_section && !denied)
        else {
            return;
        };
        found.clear();
        let modes = self.ontology.modes.iter().filter(|mode| passage.limits.modes.contains(&mode.feature));
        for mode in modes {
            let mentions = self.sentences.tiers(first).iter();
            let named: Vec<String> = mentions.flat_map(|mention| mention.names.clone()).collect();
            let tiers = if passage.limits.tiers.is_empty() { named } else { passage.limits.tiers.clone() };
            found.push(Statement {
                value: Value::Named(mode.value.clone()),
                min_s: None,
                max_s: None,
                bound: None,
                features: Vec::new(),
                variant: variant(&passage.limits),
                tiers,
                all_tiers: false,
                preview: passage.limits.preview,
                weight: MODE_LABEL_WEIGHT,
                whole: false,
                always: false,
                of_part: false,
                of_design: false,
                start: first.start,
                end: first.end,
            });
        }
    }
}
