//! What is said of single tiers beside what is said of others or of all.

use super::{Candidate, Subject, keep};
use crate::facts::Value;
use crate::facts::judge::Statement;
use crate::vocabulary::slug;
use rustc_hash::{FxHashMap, FxHashSet};

/// For kinds of several values: a value for all tiers stands instead of the same value for some, and a value for
/// some tiers instead of one for none in particular.
pub fn settle(candidates: &mut Vec<Candidate>, several: &impl Fn(&str) -> bool) {
    let same = |candidate: &Candidate| slug(&candidate.feature);
    let mut said: FxHashMap<(Subject<'_>, String, &Value), (bool, bool)> = FxHashMap::default();
    for candidate in candidates.iter().filter(|candidate| several(&candidate.kind)) {
        let statement = &candidate.statement;
        let known = said.entry((candidate.subject(), same(candidate), &statement.value)).or_default();
        known.0 |= statement.all_tiers && statement.tiers.is_empty();
        known.1 |= !statement.tiers.is_empty();
    }
    let stays = |candidate: &Candidate| {
        let key = || (candidate.subject(), same(candidate), &candidate.statement.value);
        let told = || said.get(&key()).copied().unwrap_or_default();
        let of_none = candidate.statement.tiers.is_empty();
        let fits = |(for_all, for_some): (bool, bool)| if for_all { of_none } else { !for_some || !of_none };
        !several(&candidate.kind) || fits(told())
    };
    let kept = candidates.iter().map(stays).collect();
    keep(candidates, kept);
}

/// Whether it says what turns zone redundancy on in single tiers.
fn is_of_tiers(candidate: &Candidate) -> bool {
    candidate.kind == "ZoneEnablement" && !candidate.statement.tiers.is_empty()
}

/// The same value for several tiers in one section is one statement for all of them.
pub fn join(candidates: &mut Vec<Candidate>, several: &impl Fn(&str) -> bool) {
    let mut joined: Vec<Candidate> = Vec::new();
    let mut places = FxHashMap::default();
    for candidate in candidates.drain(..) {
        // Tiers in rows or under labels that turn zones on in the same way are one too.
        let apart = candidate.siblings > 0 && !is_of_tiers(&candidate);
        if !several(&candidate.kind) && !is_of_tiers(&candidate) || apart {
            joined.push(candidate);
            continue;
        }
        let Statement { value, variant, .. } = &candidate.statement;
        let (kind, scenario, service) = candidate.subject();
        let said = (value.clone(), variant.clone(), candidate.feature.clone());
        let key = (kind.to_owned(), scenario, service.to_owned(), candidate.section, said);
        let other = places.get(&key).and_then(|at: &usize| joined.get_mut(*at));
        match other {
            Some(other) => {
                for tier in candidate.statement.tiers {
                    if !other.statement.tiers.contains(&tier) {
                        other.statement.tiers.push(tier);
                    }
                }
            }
            None => {
                if !candidate.statement.tiers.is_empty() {
                    places.insert(key, joined.len());
                }
                joined.push(candidate);
            }
        }
    }
    *candidates = joined;
}

/// For kinds of several values: what is said of some of the tiers of which the same is said elsewhere is said again.
pub fn drop_some_of_more(candidates: &mut Vec<Candidate>, several: &impl Fn(&str) -> bool) {
    let key = |candidate: &Candidate| {
        let Statement { value, variant, preview, .. } = &candidate.statement;
        (slug(&candidate.feature), value.clone(), variant.clone(), *preview)
    };
    let of_tiers = |candidate: &&Candidate| several(&candidate.kind) && !candidate.statement.tiers.is_empty();
    // The most tiers with each tier among them.
    let mut most: FxHashMap<(Subject<'_>, _, &str), &[String]> = FxHashMap::default();
    for candidate in candidates.iter().filter(of_tiers) {
        for tier in &candidate.statement.tiers {
            let known = most.entry((candidate.subject(), key(candidate), tier)).or_default();
            if candidate.statement.tiers.len() > known.len() {
                *known = &candidate.statement.tiers;
            }
        }
    }
    let is_some_of_more = |candidate: &Candidate| {
        let tiers = &candidate.statement.tiers;
        let Some(first) = tiers.first() else { return false };
        let more =
            most.get(&(candidate.subject(), key(candidate), first.as_str())).copied().unwrap_or_default();
        tiers.len() < more.len() && tiers.iter().all(|tier| more.contains(tier))
    };
    let stays = |candidate| !of_tiers(&candidate) || !is_some_of_more(candidate);
    let kept = candidates.iter().map(stays).collect();
    keep(candidates, kept);
}

/// What is said of single tiers in passing is left out where the same is said of all.
pub fn drop_in_passing(candidates: &mut Vec<Candidate>, several: &impl Fn(&str) -> bool) {
    let in_passing = |candidate: &Candidate| {
        !several(&candidate.kind) && !candidate.labelled && !candidate.statement.tiers.is_empty()
    };
    if !candidates.iter().any(in_passing) {
        return;
    }
    let of_all: FxHashSet<(Subject<'_>, &str, &Value)> = candidates
        .iter()
        .filter(|candidate| candidate.statement.tiers.is_empty())
        .map(|candidate| (candidate.subject(), candidate.feature.as_str(), &candidate.statement.value))
        .collect();
    let stays = |candidate: &Candidate| {
        let key = (candidate.subject(), candidate.feature.as_str(), &candidate.statement.value);
        !in_passing(candidate) || !of_all.contains(&key)
    };
    let kept = candidates.iter().map(stays).collect();
    keep(candidates, kept);
}
