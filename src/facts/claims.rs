//! Statements beyond the labels of the templates, by the rules of `ontology/claims.ttl`: dependencies between
//! services, maintenance, service levels, notices, health checks, propagation, regions, previews, retirements.
//!
//! Every sentence of a document is read, with the headings and labels that it stands under; the item of a list
//! behind a colon is read together with the sentence in front of it.

mod said;
mod subject;

#[cfg(test)]
mod tests;

use super::extract::Reader as DocumentReader;
use super::limits::{Limits, pivots};
use super::quantity;
use super::scope::SectionScope;
use super::sentence::{Sentence, Sentences};
use crate::facts::{Bound, Claim, Entity, Extraction, Fact, Identity, Scenario, Source, Status, Value};
use crate::ontology::claims::{ClaimRule, Figure, Named, SentenceNames};
use crate::ontology::names::{Mention, marked as mark, names_others};
use crate::sections::sentences;
use crate::vocabulary::slug;
use rustc_hash::FxHashSet;
use said::Said;
use subject::Subject;

/// Adds what the prose of a document about a service says by the rules. `service_of` tells which service a section
/// is about.
pub(super) fn extract(
    of: &DocumentReader<'_>,
    scopes: &[SectionScope<'_>],
    service_of: &dyn Fn(usize) -> String,
    extraction: &mut Extraction,
) {
    let outline = of.outline;
    let other = of.identity.other.as_deref().map(|other| Sentences::new(of.ontology, other));
    let mut known = FxHashSet::default();
    for (index, section) in outline.sections.iter().enumerate() {
        if scopes[index].custom || section.level == 0 && section.blocks.is_empty() {
            continue;
        }
        let service = service_of(index);
        let sentences = other.as_ref().filter(|other| other.service() == service).unwrap_or(of.sentences);
        let path = outline.path(index);
        let headings: Vec<&str> = path.iter().map(|section| section.heading.plain.trim()).collect();
        let mut reader = Reader { of, sentences, scopes, known: &mut known, extraction };
        let mut read = |said: &Said<'_>| reader.read(&section.anchor, said);
        said::visit(index, &section.blocks, &headings, sentences, &mut read);
    }
}

struct Reader<'a> {
    of: &'a DocumentReader<'a>,
    sentences: &'a Sentences<'a>,
    scopes: &'a [SectionScope<'a>],
    /// What makes one statement of the facts and claims so far.
    known: &'a mut FxHashSet<Identity>,
    extraction: &'a mut Extraction,
}

/// What a fact says beside its kind.
struct Says {
    value: Value,
    figure: Option<quantity::Quantity>,
    feature: String,
    tiers: Vec<String>,
    preview: bool,
}

impl Reader<'_> {
    fn read(&mut self, anchor: &str, said: &Said<'_>) {
        let ontology = self.of.ontology;
        if self.sentences.states_nothing(&said.sentence) {
            return;
        }
        let words = &ontology.claims;
        for rule in words.fitting(said.words.said()).into_iter().filter(|rule| said.stands_under(rule)) {
            self.fact(anchor, said, rule, None);
        }
        let names = &said.words.names;
        let marked = names_others(names).then(|| mark(&said.words.text, names));
        let marked = marked.map(|(marked, mentions)| (ontology.look(marked), mentions));
        for rule in words.with_places() {
            if rule.names == Some(Named::Subject) {
                self.subjects(anchor, said, rule);
            } else if let Some((marked, mentions)) = &marked {
                for place in rule.place(marked).into_iter().filter(|_| said.stands_under(rule)) {
                    self.claims(anchor, said, rule, place, mentions);
                }
            }
        }
    }

    /// The claims on the names that stand at a place of a sentence.
    fn claims(
        &mut self,
        anchor: &str,
        said: &Said<'_>,
        rule: &ClaimRule,
        place: &str,
        mentions: &[&Mention],
    ) {
        let Some(property) = &rule.property else { return };
        for number in place.split('~').filter_map(|mark| mark.get(1..)?.parse::<usize>().ok()) {
            let object = match mentions.get(number) {
                Some(Mention::Service(name)) => Entity::Service(name.clone()),
                Some(Mention::Region(name)) => Entity::Region(name.clone()),
                None => continue,
            };
            let subject = Entity::Service(self.sentences.service().to_owned());
            let exists = |claim: &Claim| {
                claim.subject == subject && claim.property == *property && claim.object == object
            };
            if self.extraction.claims.iter().any(exists) {
                continue;
            }
            let (source, quote) = self.source(anchor, said);
            self.extraction.claims.push(Claim { subject, property: property.clone(), object, source, quote });
        }
    }

    /// The facts on what a sentence names in front of a cue.
    fn subjects(&mut self, anchor: &str, said: &Said<'_>, rule: &ClaimRule) {
        let places = rule.place(&said.sentence.text).into_iter().filter(|_| said.stands_under(rule));
        for place in places {
            let is_retirement = rule.figure == Some(Figure::Date);
            let read = Subject::read(place, said, self.sentences, is_retirement, self.of.ontology);
            if let Some(subject) = read {
                self.fact(anchor, said, rule, Some(subject));
            }
        }
    }

    fn fact(&mut self, anchor: &str, said: &Said<'_>, rule: &ClaimRule, subject: Option<Subject>) {
        let Some(kind) = rule.kind.clone() else { return };
        let Some(says) = self.says(said, rule, subject) else { return };
        let scope = &self.scopes[said.section];
        let scenario = scope.scenario.filter(|_| rule.takes_scenario);
        let words = &self.of.ontology.claims;
        if scenario.is_some_and(|scenario| words.is_about_other(&said.sentence.text, scenario)) {
            return;
        }
        let of_scope = if scenario == Some(Scenario::RegionFailure) { scope.feature.as_str() } else { "" };
        let feature = if says.feature.is_empty() { of_scope.to_owned() } else { says.feature };
        let mut limits = Limits::default();
        pivots(self.of.document, self.of.ontology, said.start, &mut limits);
        let tiers = if says.tiers.is_empty() { limits.tiers } else { says.tiers };
        let variant = limits.variants.last().map(|title| slug(title)).unwrap_or_else(|| rule.variant.clone());
        let (source, quote) = self.source(anchor, said);
        let fact = Fact {
            service: self.sentences.service().to_owned(),
            kind,
            scenario,
            feature,
            variant,
            tiers,
            value: says.value,
            min_s: says.figure.as_ref().and_then(|figure| figure.min_s),
            max_s: says.figure.as_ref().and_then(|figure| figure.max_s),
            bound: says.figure.map(|figure| figure.bound),
            status: if says.preview { Status::Preview } else { Status::GA },
            source,
            quote,
            rule: rule.name.clone(),
        };
        if self.known.insert(fact.identity()) {
            self.extraction.facts.push(fact);
        }
    }

    /// What a rule reads from a sentence; nothing where the figure or the name that it needs is missing.
    fn says(&self, said: &Said<'_>, rule: &ClaimRule, subject: Option<Subject>) -> Option<Says> {
        let mut says = Says {
            value: Value::Named(rule.value.clone()),
            figure: None,
            feature: String::new(),
            tiers: Vec::new(),
            preview: rule.value == "Preview",
        };
        match rule.figure {
            Some(Figure::Duration) => {
                says.value = Value::Named("Duration".to_owned());
                says.figure = Some(self.duration(said)?);
            }
            Some(Figure::Percentage) => says.value = Value::Percentage(percentage(&said.sentence.text)?),
            Some(Figure::Date) => {
                let mut dates =
                    quantity::dates(&said.sentence.text, &self.of.ontology.sentence.time).into_iter();
                says.value = Value::Date(dates.next().filter(|_| dates.next().is_none())?.0);
            }
            None => {}
        }
        if let Some(subject) = subject {
            (says.feature, says.tiers) = (subject.feature, subject.tiers);
            return Some(says);
        }
        let named = self.tiers(said);
        match rule.sentence_names {
            Some(SentenceNames::Tiers) if named.is_empty() => return None,
            Some(SentenceNames::ZoneMode) => {
                let modes = self.of.ontology.modes.iter();
                let mut modes = modes.filter(|mode| mode.mention.is_match(&said.sentence.text));
                if let (Some(mode), None) = (modes.next(), modes.next()) {
                    says.feature = mode.feature.clone();
                }
            }
            _ => {}
        }
        if !named.is_empty() {
            says.tiers = named;
        }
        Some(says)
    }

    /// The tiers that a sentence names; what goes on with "also" holds for those that were named last.
    fn tiers(&self, said: &Said<'_>) -> Vec<String> {
        let own = self.tiers_in(&said.sentence);
        if !own.is_empty() || !self.of.ontology.claims.goes_on.is_match(&said.sentence.text) {
            return own;
        }
        let before = sentences(said.before).collect::<Vec<_>>().into_iter().rev();
        let before = before.map(|sentence| self.tiers_in(&self.sentences.get(sentence.text)));
        { before }.find(|named| !named.is_empty()).unwrap_or_default()
    }

    fn tiers_in(&self, sentence: &Sentence) -> Vec<String> {
        let names = self.sentences.tiers(sentence).iter().flat_map(|mention| &mention.names);
        names.map(|name| self.of.ontology.claims.names.without_trailing_maker(name).to_owned()).collect()
    }

    /// The only length of time in a sentence; "every" makes it exact.
    fn duration(&self, said: &Said<'_>) -> Option<quantity::Quantity> {
        let mut quantities =
            quantity::quantities(&said.sentence.text, &self.of.ontology.sentence).into_iter();
        let mut figure = quantities.next().filter(|_| quantities.next().is_none())?;
        let before = said.sentence.text.get(..figure.range.start).unwrap_or_default().trim_end();
        if before.to_ascii_lowercase().ends_with("every") {
            figure.min_s = figure.max_s;
            figure.bound = Bound::Typical;
        }
        Some(figure)
    }

    fn source(&self, anchor: &str, said: &Said<'_>) -> (Source, String) {
        let (from, to) = (self.of.document.locate(said.start), self.of.document.locate(said.end));
        let clamp = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
        let same = to.file == from.file && to.byte >= from.byte;
        let last = if same { to.byte } else { from.byte + said.end - said.start };
        let source = Source {
            file: from.file.to_owned(),
            line: from.line,
            byte_span: (clamp(from.byte), clamp(last)),
            document_line: from.document_line,
            anchor: anchor.to_owned(),
        };
        (source, self.of.document.quote(said.start..said.end))
    }
}

/// The only percentage in a sentence: `99.99% of the time` gives `99.99`.
fn percentage(sentence: &str) -> Option<String> {
    let mut found = sentence.match_indices('%').map(|(end, _)| {
        let digits = |c: char| c.is_ascii_digit() || c == '.';
        let start = sentence[..end].rfind(|c| !digits(c)).map_or(0, |at| at + 1);
        sentence[start..end].trim_matches('.')
    });
    let first = found.next().filter(|digits| digits.parse::<f64>().is_ok_and(|value| value <= 100.0));
    let first = first.filter(|_| found.next().is_none());
    first.map(str::to_owned)
}
