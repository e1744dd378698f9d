//! The tiers that have a feature for several regions, where the statement that the service has it names none: a table
//! of features, a list of them, a label of the feature's section or a sentence that names the feature says them.

use super::extract::Reader;
use super::judge::Judge;
use super::known_tiers::tables;
use super::passages::{Passage, PlacedSentence};
use super::scope::SectionScope;
use super::settle::Candidate;
use super::tiers;
use crate::facts::{Scenario, Value};
use crate::vocabulary::{is_slug_of, slug};
use rustc_hash::FxHashMap;

impl Reader<'_> {
    /// Lifts limits to all tiers, and limits the features of which no statement names tiers to those that other places name for them.
    pub(super) fn limit_features(
        &self,
        judge: &Judge<'_>,
        scopes: &[SectionScope<'_>],
        passages: &[Passage],
        candidates: &mut [Candidate],
    ) {
        lift_limits_to_all(&judge.tiers, candidates);
        let native = Value::Named("Native".to_owned());
        let states = |candidate: &&mut Candidate| {
            candidate.kind == "MultiRegion"
                && candidate.statement.value == native
                && !candidate.feature.is_empty()
        };
        let limited =
            |candidate: &Candidate| !candidate.statement.tiers.is_empty() || candidate.statement.all_tiers;
        let mut open: FxHashMap<String, bool> = FxHashMap::default();
        for candidate in candidates.iter_mut().filter(states) {
            *open.entry(candidate.feature.clone()).or_insert(true) &= !limited(candidate);
        }
        open.retain(|_, open| *open);
        if open.is_empty() || judge.tiers.is_empty() {
            return;
        }
        for (feature, _) in open {
            let named = self.tiers_in_tables(judge, scopes, &feature);
            let named = named.or_else(|| self.tiers_in_sentences(judge, scopes, passages, &feature));
            let Some(named) = named else { continue };
            for candidate in candidates.iter_mut().filter(states) {
                if candidate.feature == feature {
                    candidate.statement.tiers.clone_from(&named);
                }
            }
        }
    }

    /// The tiers in the row of a table that names a feature, in a section on the loss of a region.
    fn tiers_in_tables(
        &self,
        judge: &Judge<'_>,
        scopes: &[SectionScope<'_>],
        feature: &str,
    ) -> Option<Vec<String>> {
        let feature = slug(feature);
        let sections = self.outline.sections.iter().zip(scopes);
        let of_regions =
            sections.filter(|(_, scope)| scope.scenario == Some(Scenario::RegionFailure) && !scope.custom);
        let tables = of_regions.flat_map(|(section, _)| tables(&section.blocks));
        let mut rows = tables.flat_map(|table| &table.rows);
        rows.find_map(|row| {
            let (lead, cells) = row.cells.split_first()?;
            let cells = || {
                cells.iter().filter_map(|cell| {
                    tiers::of_label(cell.plain.trim(), &judge.tiers, &self.ontology.tiers.order)
                })
            };
            is_slug_of(&feature, &lead.plain).then(cells)?.next()
        })
    }

    /// The tiers in the first sentence that names a feature and tiers, or in one under a label of the feature's section
    /// that asks for tiers.
    fn tiers_in_sentences(
        &self,
        judge: &Judge<'_>,
        scopes: &[SectionScope<'_>],
        passages: &[Passage],
        feature: &str,
    ) -> Option<Vec<String>> {
        let name = slug(feature);
        let of_regions = passages.iter().filter(|passage| {
            let scope = &scopes[passage.section];
            scope.scenario == Some(Scenario::RegionFailure)
                && !scope.custom
                && (scope.feature.is_empty() || is_slug_of(&name, &scope.feature))
        });
        for passage in of_regions {
            let in_section = is_slug_of(&name, &scopes[passage.section].feature);
            if in_section && self.ontology.tiers.label.is_match(passage.label.as_str()) {
                let label = slug(&passage.label);
                let said = passage.sentences.iter().filter(|sentence| !is_slug_of(&label, &sentence.text));
                let mut listed = said.take(1).filter_map(|sentence| {
                    let text = sentence.text.text().trim_end_matches('.');
                    let named = tiers::of_label(text, &judge.tiers, &self.ontology.tiers.order);
                    named.or_else(|| self.only_tiers(judge, sentence, false))
                });
                if let Some(named) = listed.next() {
                    return Some(named);
                }
            }
            let unlabelled = passage.sentences.iter().enumerate().filter(|_| passage.kind.is_none());
            for (at, sentence) in unlabelled {
                let names = || format!("-{}-", slug(&sentence.text)).contains(&format!("-{name}-"));
                let named = self.only_tiers(judge, sentence, in_section && at == 0).filter(|_| names());
                if named.is_some() {
                    return named;
                }
            }
        }
        None
    }

    /// The tiers that a sentence names as those that have what it speaks of: with a noun, or, in the sentence that
    /// introduces it, before what customers have in them.
    fn only_tiers(
        &self,
        judge: &Judge<'_>,
        sentence: &PlacedSentence,
        introduces: bool,
    ) -> Option<Vec<String>> {
        let mentions = self.sentences.tiers(sentence);
        if mentions.iter().any(|mention| mention.all || mention.excepted) {
            return None;
        }
        let named: Vec<&tiers::TierMention> =
            mentions.iter().filter(|mention| !mention.names.is_empty()).collect();
        let found = match named.as_slice() {
            [mention] => judge.with_higher(mention),
            [] if introduces => {
                let service = self.sentences.service();
                tiers::of_resources(&sentence.text, service, &judge.tiers, usize::MAX, self.ontology)
            }
            _ => return None,
        };
        (!found.is_empty() && !self.denies_support(&sentence.text)).then_some(found)
    }
}

/// Fewest tiers of which all together are no limit.
const SEVERAL: usize = 3;

/// What holds for all tiers that a document names is limited to none.
fn lift_limits_to_all(known: &[String], candidates: &mut [Candidate]) {
    if known.len() < SEVERAL {
        return;
    }
    for statement in candidates.iter_mut().map(|candidate| &mut candidate.statement) {
        if statement.tiers.len() >= SEVERAL && known.iter().all(|tier| statement.tiers.contains(tier)) {
            statement.tiers.clear();
            statement.all_tiers = true;
        }
    }
}
