//! What facts hold for beyond what they stand under: features, zone modes and tiers that sentences elsewhere name.

use super::extract::Reader;
use super::judge::{Judge, Statement};
use super::passages::{Passage, PlacedSentence};
use super::scope::SectionScope;
use super::settle::{self, Candidate};
use super::tiers;
use crate::facts::{Scenario, Value};
use crate::ontology::{Cued, Kind, Looked, Ontology, ZoneMode};
use crate::vocabulary::slug;
use std::collections::{BTreeMap, BTreeSet};

impl Reader<'_> {
    /// A feature of which sections tell what happens when a region is lost is one that the service has.
    pub(super) fn add_features(
        &self,
        scopes: &[SectionScope<'_>],
        passages: &[Passage],
        candidates: &mut Vec<Candidate>,
    ) {
        let mut known: Vec<String> = Vec::new();
        let mut found = Vec::new();
        let tells = |candidate: &&Candidate| {
            let moves = matches!(candidate.kind.as_str(), "Replication" | "TrafficRouting");
            let none = candidate.statement.value == Value::Named("None".to_owned());
            candidate.announced || moves && !none && !scopes[candidate.section].feature.is_empty()
        };
        let denies = |sentence: &PlacedSentence| {
            let single = Value::Named("SingleRegion".to_owned());
            let mut said = candidates.iter().map(|candidate| &candidate.statement);
            said.any(|statement| statement.value == single && statement.start == sentence.start)
        };
        for candidate in candidates.iter().filter(tells) {
            let scope = &scopes[candidate.section];
            if candidate.scenario != Some(Scenario::RegionFailure)
                || scope.scenario != candidate.scenario
                || scope.custom
                || known.contains(&scope.feature)
            {
                continue;
            }
            known.push(scope.feature.clone());
            let first = passages.iter().find(|passage| {
                let same = &scopes[passage.section];
                same.scenario == scope.scenario
                    && same.feature == scope.feature
                    && !passage.sentences.is_empty()
            });
            let Some((first, sentence)) = first
                .and_then(|passage| Some((passage, passage.sentences.first()?)))
                .filter(|(_, sentence)| !denies(sentence))
            else {
                continue;
            };
            let tiers = first.limits.tiers.clone();
            let statement = Statement { tiers, ..Statement::named("Native", sentence) };
            let service = candidate.service.clone();
            found.push(Candidate {
                kind: "MultiRegion".to_owned(),
                scenario: None,
                feature: scope.feature.clone(),
                statement,
                passage: usize::MAX,
                parent: None,
                announced: false,
                labelled: false,
                overview: false,
                siblings: 0,
                row: None,
                bonus: 0,
                section: first.section,
                group: first.section,
                service,
            });
        }
        candidates.extend(found);
    }

    /// Where no heading below a section on the loss of a region names a feature, the sentence that says that the
    /// service has one may: what the section states is about that one.
    pub(super) fn name_features(
        &self,
        scopes: &[SectionScope<'_>],
        passages: &[Passage],
        candidates: &mut [Candidate],
    ) {
        let named_by_heading = |scope: &SectionScope<'_>| !scope.custom && !scope.feature.is_empty();
        let of_region =
            |scope: &SectionScope<'_>| scope.scenario == Some(Scenario::RegionFailure) && !scope.custom;
        if scopes.iter().any(|scope| of_region(scope) && named_by_heading(scope)) {
            return;
        }
        // A sentence that says that there is a feature names it, or the one behind it does.
        let name_in = |candidate: &Candidate| {
            let sentences = &passages[candidate.passage].sentences;
            let at = sentences.iter().position(|sentence| sentence.start == candidate.statement.start)?;
            let goes_on = |next: &&PlacedSentence| {
                !next.opens && self.ontology.sentence.this_feature.is_match(&next.text)
            };
            let next = || sentences.get(at + 1).filter(goes_on);
            self.feature_of(&sentences[at]).or_else(|| next().and_then(|next| self.feature_of(next)))
        };
        let native = Value::Named("Native".to_owned());
        let said = candidates.iter().filter(|candidate| {
            candidate.kind == "MultiRegion"
                && candidate.statement.value == native
                && of_region(&scopes[candidate.section])
        });
        let mut names: Vec<String> = said.filter_map(name_in).collect();
        names.sort_by_cached_key(|name| slug(name));
        names.dedup_by_key(|name| slug(name));
        let [name] = names.as_slice() else { return };
        for candidate in candidates.iter_mut().filter(|candidate| of_region(&scopes[candidate.section])) {
            let about_region =
                candidate.scenario == Some(Scenario::RegionFailure) && !candidate.statement.always;
            if about_region || candidate.kind == "MultiRegion" && candidate.statement.value == native {
                candidate.feature.clone_from(name);
            }
        }
    }

    /// The feature that a sentence names, in the words of a heading: by a common name, or by words that it emphasises, as
    /// what introduces one does.
    fn feature_of(&self, sentence: &PlacedSentence) -> Option<String> {
        let words = &self.ontology.sentence;
        let emphasised = || {
            let written = self.document.text.get(sentence.start..sentence.end)?;
            written.split('*').skip(1).find(|piece| words.emphasised_feature.is_match(*piece))
        };
        let common = || words.feature.find(&sentence.text).filter(|_| !words.means.is_match(&sentence.text));
        common().or_else(emphasised).map(capitalised)
    }

    /// A service that offers nothing across regions leaves the loss of one to designs that customers build themselves:
    /// what customers do then, they do there.
    pub(super) fn name_own_designs(&self, candidates: &mut [Candidate]) {
        let named = |value: &str| Value::Named(value.to_owned());
        let says = |value: &str| {
            let value = named(value);
            let mut regions = candidates.iter().filter(|candidate| candidate.kind == "MultiRegion");
            regions.any(|candidate| candidate.statement.value == value)
        };
        let (Some(design), true, false) = (self.ontology.own_design(), says("SingleRegion"), says("Native"))
        else {
            return;
        };
        let customer = named("Customer");
        for candidate in candidates.iter_mut().filter(|candidate| candidate.feature.is_empty()) {
            if acts(candidate)
                && candidate.scenario == Some(Scenario::RegionFailure)
                && candidate.statement.value == customer
            {
                design.clone_into(&mut candidate.feature);
            }
        }
    }

    /// Of designs of customers' own it counts alone who acts.
    pub(super) fn keep_who_acts(&self, candidates: &mut Vec<Candidate>) {
        let design = self.ontology.own_design();
        let of_design = |candidate: &Candidate| design == Some(candidate.feature.as_str());
        candidates.retain(|candidate| acts(candidate) || !of_design(candidate));
    }

    /// A feature of which a sentence of its section says that it is a preview is one in all that is said of it.
    pub(super) fn tell_previews(
        &self,
        scopes: &[SectionScope<'_>],
        passages: &[Passage],
        candidates: &mut [Candidate],
    ) {
        let words = &self.ontology.sentence;
        let says = |scope: &SectionScope<'_>, sentence: &PlacedSentence| {
            words.in_preview.is_match(&sentence.text)
                && (words.this_feature.is_match(&sentence.text)
                    || slug(sentence.text.text()).starts_with(&slug(&scope.feature)))
        };
        let previews: Vec<&str> = passages
            .iter()
            .map(|passage| (&scopes[passage.section], passage))
            .filter(|(scope, _)| scope.scenario == Some(Scenario::RegionFailure) && !scope.feature.is_empty())
            .filter(|(scope, passage)| passage.sentences.iter().any(|sentence| says(scope, sentence)))
            .map(|(scope, _)| scope.feature.as_str())
            .collect();
        let mut previews: Vec<String> = previews.into_iter().map(str::to_owned).collect();
        previews.extend(self.offered_in_preview(passages, candidates));
        for candidate in candidates.iter_mut().filter(|candidate| !candidate.feature.is_empty()) {
            candidate.statement.preview |= previews.contains(&candidate.feature);
        }
        let support: Vec<Candidate> =
            candidates.iter().filter(|candidate| candidate.kind == "ZoneSupport").cloned().collect();
        let modes = self.modes_in_preview(&support);
        for candidate in candidates.iter_mut().filter(|candidate| modes.contains(&candidate.feature)) {
            candidate.statement.preview = true;
        }
    }

    /// The features of which a sentence behind the one that offers them says that they are previews.
    fn offered_in_preview(&self, passages: &[Passage], candidates: &[Candidate]) -> Vec<String> {
        let words = &self.ontology.sentence;
        let is_preview = |candidate: &&Candidate| {
            let sentences = passages.get(candidate.passage).map(|passage| &passage.sentences);
            let behind = sentences.into_iter().flatten();
            let mut behind = behind
                .filter(|sentence| sentence.start > candidate.statement.start)
                .take_while(|sentence| !sentence.opens);
            behind.any(|sentence| {
                words.in_preview.is_match(&sentence.text) && words.this_feature.is_match(&sentence.text)
            })
        };
        let native = Value::Named("Native".to_owned());
        let offered = candidates.iter().filter(|candidate| {
            candidate.kind == "MultiRegion"
                && candidate.statement.value == native
                && !candidate.feature.is_empty()
        });
        offered.filter(is_preview).map(|candidate| candidate.feature.clone()).collect()
    }

    /// The zone modes that the document says to be previews: at large, or in each tier of which it says anything.
    fn modes_in_preview(&self, support: &[Candidate]) -> Vec<String> {
        let is_preview = |mode: &&ZoneMode| {
            let value = Value::Named(mode.value.clone());
            let of_mode = support.iter().map(|other| &other.statement).filter(|said| said.value == value);
            let (at_large, of_tiers): (Vec<_>, Vec<_>) = of_mode.partition(|said| said.tiers.is_empty());
            match at_large.is_empty() {
                true => !of_tiers.is_empty() && of_tiers.iter().all(|said| said.preview),
                false => at_large.iter().any(|said| said.preview),
            }
        };
        self.ontology.modes.iter().filter(is_preview).map(|mode| mode.feature.clone()).collect()
    }

    /// Sentences that name the tiers that zone redundancy or a feature needs limit what is said without tiers.
    pub(super) fn require_tiers(
        &self,
        judge: &Judge<'_>,
        scopes: &[SectionScope<'_>],
        passages: &[Passage],
        candidates: &mut [Candidate],
    ) {
        let words = &self.ontology.sentence;
        for passage in passages {
            let scope = &scopes[passage.section];
            let requires = |text: &Cued| words.tier_requirement.is_match(text) && !self.denies_support(text);
            let read = passage.sentences.iter().filter(|sentence| !sentence.passed_over);
            for sentence in read.filter(|sentence| requires(&sentence.text)) {
                let mentions = self.sentences.tiers(sentence);
                let named = mentions.iter().find(|mention| !mention.names.is_empty());
                // The tier of another service that this one needs is none of its own.
                let of_other = |mention: &&tiers::TierMention| {
                    let behind = sentence.text.text().get(mention.range.end..).unwrap_or_default();
                    behind.trim_start().starts_with("of ") && self.sentences.is_of_others(sentence)
                };
                let named = named.filter(|mention| !of_other(mention));
                let Some(names) = named.map(|mention| judge.with_higher(mention)) else { continue };
                for candidate in candidates.iter_mut() {
                    let statement = &mut candidate.statement;
                    let zone =
                        candidate.kind == "ZoneSupport" && scope.scenario == Some(Scenario::ZoneFailure);
                    let region = candidate.kind == "MultiRegion"
                        && scope.scenario == Some(Scenario::RegionFailure)
                        && (scope.feature == candidate.feature || scope.feature.is_empty());
                    let denied = matches!(&statement.value, Value::Named(value) if matches!(value.as_str(), "None" | "SingleRegion"));
                    if (zone || region) && !denied && statement.tiers.is_empty() && !statement.all_tiers {
                        statement.tiers = names.clone();
                    }
                }
            }
        }
    }

    /// Whether a sentence says that zones, or several regions, are not supported.
    pub(super) fn denies_support(&self, sentence: &Cued) -> bool {
        let kinds = ["ZoneSupport", "MultiRegion"].iter().filter_map(|name| self.ontology.kind(name));
        kinds.flat_map(|kind| &kind.readings).any(|reading| {
            matches!(reading.value.as_str(), "None" | "SingleRegion") && reading.fits(sentence, false, false)
        })
    }

    /// In a document that tells zone modes apart, a sentence that names one of them speaks of that one.
    pub(super) fn tell_modes(&self, passages: &[Passage], candidates: &mut [Candidate]) {
        let support =
            candidates.iter().filter(|candidate| candidate.kind == "ZoneSupport").cloned().collect();
        let tell_apart = |support: &Vec<Candidate>| {
            let offered = self.ontology.modes.iter().filter(|mode| {
                let is_of_mode = |other: &Candidate| matches!(&other.statement.value, Value::Named(name) if *name == mode.value);
                support.iter().any(is_of_mode)
            });
            offered.count() > 1
        };
        let support = Some(support).filter(tell_apart).map(|support| settle::settle(support, self.ontology));
        let Some(support) = support.filter(tell_apart) else { return };
        let of_variant = self.modes_of_variants(&support);
        for candidate in candidates.iter_mut() {
            let zone = candidate.scenario == Some(Scenario::ZoneFailure)
                || matches!(candidate.kind.as_str(), "ZoneEnablement" | "ZoneCost" | "MinimumInstances");
            if !zone || !candidate.feature.is_empty() {
                continue;
            }
            if let Some(feature) = of_alias(&of_variant, &candidate.statement.variant) {
                feature.clone_into(&mut candidate.feature);
                if !of_variant.contains_key(&candidate.statement.variant) {
                    candidate.statement.variant.clear();
                }
                continue;
            }
            let sentence =
                passages[candidate.passage].sentences.iter().find(|s| s.start == candidate.statement.start);
            let Some(sentence) = sentence else { continue };
            let label = passages[candidate.passage].label.as_str();
            for words in [Looked::from(&sentence.text), Looked::from(label)] {
                let named = self.ontology.modes.iter().filter(|mode| mode.mention.is_match(words));
                let named =
                    named.map(|mode| mode.feature.as_str()).chain(of_names(&of_variant, words.text()));
                let named: BTreeSet<&str> = named.collect();
                if let (Some(mode), 1) = (named.first(), named.len()) {
                    (*mode).clone_into(&mut candidate.feature);
                    break;
                }
            }
        }
    }

    /// The zone mode of each variant that is said to have just one.
    fn modes_of_variants(&self, support: &[Candidate]) -> BTreeMap<String, &str> {
        let mut modes: BTreeMap<String, BTreeSet<&str>> = BTreeMap::new();
        for Candidate { statement, .. } in support {
            let mut known = self.ontology.modes.iter();
            let mode = known.find(|mode| statement.value == Value::Named(mode.value.clone()));
            let feature = mode.map_or("", |mode| mode.feature.as_str());
            modes.entry(statement.variant.clone()).or_default().insert(feature);
        }
        modes.remove("");
        modes.retain(|_, features| features.len() == 1);
        let single = modes.into_iter().filter_map(|(variant, features)| Some((variant, *features.first()?)));
        single.filter(|(_, feature)| !feature.is_empty()).collect()
    }
}

/// The mode of a variant by its name, or by a part of it: the short form in brackets at its end (`rope-storage-rs`), or
/// the words that it begins with, in singular or plural.
fn of_alias<'m>(modes: &BTreeMap<String, &'m str>, variant: &str) -> Option<&'m str> {
    let variant =
        ["a-", "an-", "the-"].iter().find_map(|article| variant.strip_prefix(article)).unwrap_or(variant);
    let singular = variant.strip_suffix('s').unwrap_or(variant);
    let is_short = |name: &str| name.strip_suffix(variant).is_some_and(|long| long.ends_with('-'));
    let opens = |name: &str| {
        let rest = name.strip_prefix(singular);
        rest.is_some_and(|rest| matches!(rest.strip_prefix('s').unwrap_or(rest).as_bytes(), [] | [b'-', ..]))
    };
    let alias = || modes.iter().find(|(name, _)| !singular.is_empty() && (is_short(name) || opens(name)));
    modes.get(variant).or_else(|| alias().map(|(_, mode)| mode)).copied()
}

/// The modes of the names in a text, which are variants elsewhere.
fn of_names<'m>(modes: &BTreeMap<String, &'m str>, text: &str) -> impl Iterator<Item = &'m str> {
    let words = if modes.is_empty() { String::new() } else { format!("-{}-", slug(text)) };
    let is_named = move |name: &str| {
        let singular = name.strip_suffix('s').unwrap_or(name);
        let mut places = words.match_indices(singular);
        places.any(|(at, _)| {
            let behind = &words[at + singular.len()..];
            words[..at].ends_with('-') && behind.strip_prefix('s').unwrap_or(behind).starts_with('-')
        })
    };
    modes.iter().filter(move |(name, _)| is_named(name)).map(|(_, mode)| *mode)
}

/// Words as a heading has them, with a capital.
fn capitalised(words: &str) -> String {
    let (first, rest) = words.trim().split_at(words.trim().chars().next().map_or(0, char::len_utf8));
    first.to_uppercase() + rest
}

/// The features of a statement: the design of customers that it is about, or those of its section.
pub(super) fn features_of(
    kind: &Kind,
    scope: &SectionScope<'_>,
    statement: &Statement,
    ontology: &Ontology,
) -> Vec<String> {
    match ontology.own_design().filter(|_| statement.of_design) {
        Some(design) => vec![design.to_owned()],
        None => features(kind, scope, &statement.features),
    }
}

/// The features of a statement: zone modes where zones are the subject, else the feature of the section.
pub(super) fn features(kind: &Kind, scope: &SectionScope<'_>, modes: &[String]) -> Vec<String> {
    if kind.name == "ZoneSupport" {
        return vec![String::new()];
    }
    if scope.scenario == Some(Scenario::RegionFailure) || modes.is_empty() {
        return vec![if scope.scenario == Some(Scenario::ZoneFailure) {
            String::new()
        } else {
            scope.feature.clone()
        }];
    }
    modes.to_vec()
}

/// Whether a candidate tells who acts.
fn acts(candidate: &Candidate) -> bool {
    matches!(candidate.kind.as_str(), "Responsibility" | "Failback")
}
