//! What a statement holds for, where the document states otherwise of the rest: the part of the service, or the
//! configuration, that its sentence speaks of.

use super::extract::Reader;
use super::passages::{Passage, PlacedSentence};
use super::settle::Candidate;
use crate::facts::Value;
use crate::ontology::Ontology;
use crate::vocabulary::slug;

/// Kinds of which a value denies what others say, with that value.
const DENIALS: [(&str, &str); 2] = [("ZoneSupport", "None"), ("Backup", "NotSupported")];

/// So many bytes a sentence opens with: the regions that it names there are those that its paragraph is about.
const OPENING: usize = 20;

impl Reader<'_> {
    /// Names the configuration in which a failure lasts to its end, where a sentence in passing says it of one.
    pub(super) fn tell_restrictions(&self, passages: &[Passage], candidates: &mut [Candidate]) {
        for candidate in candidates.iter_mut() {
            if is(candidate, "MultiRegion", "SingleRegion") {
                candidate.feature.clear();
            }
            let named = !candidate.statement.variant.is_empty();
            if !is(candidate, "Downtime", "UntilRecovery") || candidate.announced || named {
                continue;
            }
            let restriction = sentence_of(passages, candidate)
                .and_then(|sentence| restriction(sentence, &passages[candidate.passage], self.ontology));
            if let Some(restriction) = restriction {
                candidate.statement.variant = restriction;
                candidate.statement.of_part = true;
            }
        }
    }

    /// Names the part of which a settled statement denies what others state of the service without limits.
    pub(super) fn tell_parts(&self, passages: &[Passage], settled: &mut [Candidate]) {
        Self::limit_always_on(settled);
        let named: Vec<Option<String>> =
            settled.iter().map(|candidate| self.part(passages, candidate, settled)).collect();
        for (candidate, named) in settled.iter_mut().zip(named) {
            if let Some(named) = named {
                candidate.statement.variant = named;
            }
        }
    }

    /// Where only some tiers are zone-redundant, those are what zone redundancy that is always on holds for.
    fn limit_always_on(settled: &mut [Candidate]) {
        let of_zones = settled.iter().filter(|other| is(other, "ZoneSupport", "ZoneRedundant"));
        let mut tiers: Vec<String> = Vec::new();
        for support in of_zones {
            if support.statement.tiers.is_empty() {
                return;
            }
            let new = |tier: &&String| !tiers.contains(tier);
            let new: Vec<String> = support.statement.tiers.iter().filter(new).cloned().collect();
            tiers.extend(new);
        }
        let denied =
            |other: &Candidate| is(other, "ZoneSupport", "None") && !other.statement.tiers.is_empty();
        if !settled.iter().any(denied) {
            return;
        }
        let always_on = |candidate: &&mut Candidate| {
            is(candidate, "ZoneEnablement", "AlwaysOn") && candidate.feature.is_empty()
        };
        for candidate in settled.iter_mut().filter(always_on) {
            if unlimited(candidate) && !candidate.statement.all_tiers {
                candidate.statement.tiers.clone_from(&tiers);
            }
        }
    }

    /// The part that a settled statement is about.
    fn part(&self, passages: &[Passage], candidate: &Candidate, settled: &[Candidate]) -> Option<String> {
        let sentence = sentence_of(passages, candidate).filter(|_| unlimited(candidate))?;
        let regions = |sentence| limited_regions(sentence, &passages[candidate.passage], self.ontology);
        let mut others = settled.iter().filter(|other| denies(candidate, other)).peekable();
        others.peek()?;
        if is(candidate, "Downtime", "UntilRecovery") {
            return restriction(sentence, &passages[candidate.passage], self.ontology);
        }
        if is(candidate, "MultiRegion", "SingleRegion") {
            let has_feature = others.any(|other| is(other, "MultiRegion", "Native"));
            let subject = || self.subject(sentence).filter(|_| !has_feature);
            return regions(sentence).or_else(subject);
        }
        let of_rest = is(candidate, "MultiRegion", "Global")
            || DENIALS.iter().any(|(kind, value)| is(candidate, kind, value))
                && others.any(|other| other.statement.tiers.is_empty());
        of_rest.then(|| self.subject(sentence))?
    }

    /// What a sentence speaks of by its subject, if that isn't the service.
    fn subject(&self, sentence: &PlacedSentence) -> Option<String> {
        let words = self.ontology.sentence.subject.find(sentence.said())?;
        let is_service = self.ontology.sentence.whole.is_match(words);
        (!is_service).then(|| slug(words)).filter(|words| !words.is_empty())
    }
}

/// The configuration, or the regions, to which a sentence limits what it says, or one in front of it in its
/// paragraph.
pub(super) fn restriction(
    sentence: &PlacedSentence,
    passage: &Passage,
    ontology: &Ontology,
) -> Option<String> {
    let words = &ontology.sentence.restriction;
    let own = words.find(&sentence.text);
    let before = || {
        let until = passage.sentences.iter().position(|other| other.start == sentence.start)?;
        let paragraph = passage.sentences.get(..until).filter(|_| !sentence.opens)?;
        let opening = paragraph.iter().rposition(|before| before.opens)?;
        paragraph[opening..].iter().rev().find_map(|before| words.find(&before.text))
    };
    let words = own.or_else(before).map(slug);
    words.filter(|words| !words.is_empty()).or_else(|| limited_regions(sentence, passage, ontology))
}

/// The regions to which a sentence limits what it says: by name, or as those named before; or those that a sentence in
/// front of it in its paragraph opens with.
pub(super) fn limited_regions(
    sentence: &PlacedSentence,
    passage: &Passage,
    ontology: &Ontology,
) -> Option<String> {
    let words = ontology.sentence.some_regions.find(&sentence.text);
    let region = || {
        let place = sentence.names.iter().find_map(|name| name.region())?;
        sentence.text.text().get(place)
    };
    let own = words.or_else(region);
    let before = || {
        let until = passage.sentences.iter().position(|other| other.start == sentence.start)?;
        let paragraph = passage.sentences.get(..until).filter(|_| !sentence.opens)?;
        let opening = paragraph.iter().rfind(|before| before.opens)?;
        let words = ontology.sentence.some_regions.find(&opening.text)?;
        opening.text.text().find(words).filter(|&at| at < OPENING).map(|_| words)
    };
    own.or_else(before).map(slug).filter(|words| !words.is_empty())
}

fn sentence_of<'p>(passages: &'p [Passage], candidate: &Candidate) -> Option<&'p PlacedSentence> {
    let passage = passages.get(candidate.passage)?;
    passage.sentences.iter().find(|sentence| sentence.start == candidate.statement.start)
}

fn is(candidate: &Candidate, kind: &str, value: &str) -> bool {
    candidate.kind == kind && matches!(&candidate.statement.value, Value::Named(named) if named == value)
}

fn unlimited(candidate: &Candidate) -> bool {
    candidate.statement.variant.is_empty() && candidate.statement.tiers.is_empty()
}

/// Whether another statement says something else of the same kind and failure.
fn denies(candidate: &Candidate, other: &Candidate) -> bool {
    candidate.kind == other.kind
        && candidate.scenario == other.scenario
        && candidate.service == other.service
        && candidate.statement.value != other.statement.value
}
