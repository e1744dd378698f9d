//! From statements to facts: what is said twice once, what is said coarsely only where nothing finer is said.

use super::judge::Statement;
use crate::facts::{Scenario, Value};
use crate::ontology::Kind;
use crate::vocabulary::slug;
use std::collections::HashMap;

/// A statement of a kind, with what its section says of it.
#[derive(Clone, Debug)]
pub(super) struct Candidate {
    pub kind: String,
    pub scenario: Option<Scenario>,
    /// One zone mode or multi-region feature; empty if it is limited to none.
    pub feature: String,
    pub statement: Statement,
    /// Index of its passage.
    pub passage: usize,
    /// Index of the passage that its passage is an alternative of.
    pub parent: Option<usize>,
    /// Whether a label or the section announces the kind.
    pub announced: bool,
    pub section: usize,
    pub service: String,
}

/// Candidates that stay: alternatives instead of what they are alternatives of, announced statements instead of
/// those in passing, one for each combination of what a fact is told by.
pub(super) fn settle(mut candidates: Vec<Candidate>, kinds: &HashMap<&str, &Kind>) -> Vec<Candidate> {
    drop_coarse(&mut candidates);
    prefer_announced(&mut candidates, kinds);
    settle_tiers(&mut candidates, kinds);
    one_value(&mut candidates, kinds);
    drop_lone_variants(&mut candidates);
    drop_repeated(&mut candidates);
    candidates
}

fn key(candidate: &Candidate) -> (&str, Option<Scenario>, String) {
    (&candidate.kind, candidate.scenario, slug(&candidate.feature))
}

/// A passage whose alternatives state the kind states it only through them.
fn drop_coarse(candidates: &mut Vec<Candidate>) {
    let parents: Vec<(String, usize)> = candidates
        .iter()
        .filter_map(|candidate| candidate.parent.map(|parent| (candidate.kind.clone(), parent)))
        .collect();
    candidates.retain(|candidate| {
        !parents.iter().any(|(kind, parent)| *kind == candidate.kind && *parent == candidate.passage)
    });
}

/// Where a label announces a kind for a failure and feature, what is said of it in passing elsewhere is left out.
fn prefer_announced(candidates: &mut Vec<Candidate>, kinds: &HashMap<&str, &Kind>) {
    let announced: Vec<(String, Option<Scenario>, String)> = candidates
        .iter()
        .filter(|candidate| candidate.announced)
        .map(|candidate| (candidate.kind.clone(), candidate.scenario, slug(&candidate.feature)))
        .collect();
    candidates.retain(|candidate| {
        let several = kinds.get(candidate.kind.as_str()).is_some_and(|kind| kind.several);
        let is_announced = announced.iter().any(|(kind, scenario, feature)| {
            let same_feature =
                *feature == slug(&candidate.feature) || candidate.scenario == Some(Scenario::ZoneFailure);
            *kind == candidate.kind && *scenario == candidate.scenario && same_feature
        });
        several || candidate.announced || !is_announced
    });
}

/// For kinds of several values: a value for all tiers stands instead of the same value for some, and a value for
/// some tiers instead of one for none in particular.
fn settle_tiers(candidates: &mut Vec<Candidate>, kinds: &HashMap<&str, &Kind>) {
    let all = candidates.clone();
    candidates.retain(|candidate| {
        if !kinds.get(candidate.kind.as_str()).is_some_and(|kind| kind.several) {
            return true;
        }
        let same = |other: &&Candidate| {
            key(other) == key(candidate)
                && other.statement.value == candidate.statement.value
                && other.statement.variant == candidate.statement.variant
                && other.service == candidate.service
        };
        let for_all = all
            .iter()
            .filter(same)
            .any(|other| other.statement.all_tiers && other.statement.tiers.is_empty());
        let for_some = all.iter().filter(same).any(|other| !other.statement.tiers.is_empty());
        if for_all {
            candidate.statement.tiers.is_empty()
        } else {
            !for_some || !candidate.statement.tiers.is_empty()
        }
    });
}

/// Kinds of one value keep the weightiest statement for each combination; equals that differ are a contradiction
/// of the document's and stay.
fn one_value(candidates: &mut Vec<Candidate>, kinds: &HashMap<&str, &Kind>) {
    let mut best: HashMap<String, i64> = HashMap::new();
    let combination = |candidate: &Candidate| {
        let (kind, scenario, feature) = key(candidate);
        let statement = &candidate.statement;
        let tiers: Vec<String> = statement.tiers.iter().map(|tier| slug(tier)).collect();
        format!("{kind}|{scenario:?}|{feature}|{}|{tiers:?}|{}", statement.variant, candidate.service)
    };
    for candidate in candidates.iter() {
        let weight = best.entry(combination(candidate)).or_insert(i64::MIN);
        *weight = (*weight).max(candidate.statement.weight);
    }
    candidates.retain(|candidate| {
        let several = kinds.get(candidate.kind.as_str()).is_some_and(|kind| kind.several);
        several || best.get(&combination(candidate)) == Some(&candidate.statement.weight)
    });
}

/// A variant is told only where facts of the same kind differ by it.
fn drop_lone_variants(candidates: &mut [Candidate]) {
    let all: Vec<Candidate> = candidates.to_vec();
    for candidate in candidates.iter_mut() {
        let differs = all.iter().any(|other| {
            other.kind == candidate.kind
                && other.scenario == candidate.scenario
                && other.service == candidate.service
                && other.statement.variant != candidate.statement.variant
                && (other.feature == candidate.feature
                    || candidate.scenario == Some(Scenario::ZoneFailure)
                    || candidate.scenario.is_none())
        });
        if !differs {
            candidate.statement.variant.clear();
        }
    }
}

fn drop_repeated(candidates: &mut Vec<Candidate>) {
    let mut seen: Vec<(String, Option<Scenario>, String, String, Vec<String>, Value, String)> = Vec::new();
    candidates.retain(|candidate| {
        let statement = &candidate.statement;
        let mut tiers: Vec<String> = statement.tiers.iter().map(|tier| slug(tier)).collect();
        tiers.sort();
        let combination = (
            candidate.kind.clone(),
            candidate.scenario,
            slug(&candidate.feature),
            statement.variant.clone(),
            tiers,
            statement.value.clone(),
            candidate.service.clone(),
        );
        let new = !seen.contains(&combination);
        if new {
            seen.push(combination);
        }
        new
    });
}
