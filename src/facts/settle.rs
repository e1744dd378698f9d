//! From statements to facts: what is said twice once, what is said coarsely only where nothing finer is said.

use super::cases::takes_parties;
use super::judge::Statement;
use crate::facts::{Scenario, Value};
use crate::ontology::{Kind, Ontology};
use crate::vocabulary::slug;
use rustc_hash::{FxHashMap, FxHashSet};
use std::cell::LazyCell;

mod tiers;

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
    /// Whether a label announces it.
    pub labelled: bool,
    /// Whether it stands in an overview, where only what is said of single tiers counts.
    pub overview: bool,
    /// How many alternatives its passage is one of.
    pub siblings: usize,
    /// Where the row of a table starts that it stands in, if the row announces its kind.
    pub row: Option<usize>,
    /// How much more than elsewhere it counts where it stands.
    pub bonus: i64,
    pub section: usize,
    /// The section whose lists and tabs it stands in.
    pub group: usize,
    pub service: String,
}

impl Candidate {
    fn named(&self) -> &str {
        match &self.statement.value {
            Value::Named(value) => value,
            _ => "",
        }
    }

    /// The value of a kind with several.
    fn one_of(&self, several: &impl Fn(&str) -> bool) -> Option<&Value> {
        several(&self.kind).then_some(&self.statement.value)
    }

    fn subject(&self) -> Subject<'_> {
        (&self.kind, self.scenario, &self.service)
    }
}

/// What a statement is about: kind, failure and service. Statements are compared by tables of these, not each with
/// each: a document may hold any number of them.
type Subject<'a> = (&'a str, Option<Scenario>, &'a str);

/// Keeps the candidates for which a function holds that looks at all of them.
fn keep(candidates: &mut Vec<Candidate>, kept: Vec<bool>) {
    let mut kept = kept.into_iter();
    candidates.retain(|_| kept.next().unwrap_or(true));
}

/// Candidates that stay: alternatives instead of what they are alternatives of, announced statements instead of
/// those in passing, one for each combination of what a fact is told by.
pub(super) fn settle(mut candidates: Vec<Candidate>, ontology: &Ontology) -> Vec<Candidate> {
    let several: FxHashSet<&str> =
        ontology.kinds().iter().filter(|kind: &&Kind| kind.several).map(|kind| kind.name.as_str()).collect();
    let several = |kind: &str| several.contains(kind);
    drop_overview(&mut candidates);
    drop_coarse(&mut candidates, &several);
    prefer_announced(&mut candidates, &several);
    tiers::settle(&mut candidates, &several);
    settle_regions(&mut candidates);
    tiers::join(&mut candidates, &several);
    tiers::drop_some_of_more(&mut candidates, &several);
    merge_alternatives(&mut candidates, ontology);
    merge_rows(&mut candidates);
    drop_variants_in_passing(&mut candidates, &several);
    tiers::drop_in_passing(&mut candidates, &several);
    one_value(&mut candidates, &several);
    share(&mut candidates, ontology);
    drop_lone_variants(&mut candidates, ontology);
    drop_repeated(&mut candidates);
    candidates
}

/// What an overview says counts for single tiers where nothing else says it, and else where nothing else is said of
/// the kind.
fn drop_overview(candidates: &mut Vec<Candidate>) {
    if !candidates.iter().any(|candidate| candidate.overview) {
        return;
    }
    let elsewhere = || candidates.iter().filter(|candidate| !candidate.overview);
    let kinds: FxHashSet<&str> = elsewhere().map(|candidate| candidate.kind.as_str()).collect();
    let said: FxHashSet<(&str, &Value)> =
        elsewhere().map(|candidate| (candidate.kind.as_str(), &candidate.statement.value)).collect();
    let stays = |candidate: &Candidate| {
        let (kind, statement) = (candidate.kind.as_str(), &candidate.statement);
        !candidate.overview
            || kind == "Retirement"
            || !statement.tiers.is_empty() && !said.contains(&(kind, &statement.value))
            || !kinds.contains(kind)
    };
    let kept = candidates.iter().map(stays).collect();
    keep(candidates, kept);
}

/// A passage whose alternatives state the kind states it only through them, unless it speaks for all of them.
fn drop_coarse(candidates: &mut Vec<Candidate>, several: &impl Fn(&str) -> bool) {
    let whole = candidates.iter().filter(|candidate| candidate.statement.whole);
    let whole: FxHashSet<(&str, usize)> =
        whole.map(|candidate| (candidate.kind.as_str(), candidate.passage)).collect();
    let is_said = |candidate: &Candidate| {
        candidate.parent.is_some_and(|parent| whole.contains(&(candidate.kind.as_str(), parent)))
    };
    let kept = candidates.iter().map(|candidate| !is_said(candidate)).collect();
    keep(candidates, kept);
    // Of a kind with several values, alternatives stand only for the values that they state.
    let finer: FxHashSet<(&str, usize, Option<&Value>)> = candidates
        .iter()
        .filter_map(|candidate| Some((candidate.kind.as_str(), candidate.parent?, candidate.one_of(several))))
        .collect();
    let is_coarse = |candidate: &Candidate| {
        finer.contains(&(candidate.kind.as_str(), candidate.passage, candidate.one_of(several)))
    };
    let kept = candidates.iter().map(|candidate| !is_coarse(candidate)).collect();
    keep(candidates, kept);
}

/// Where a label announces a kind for a failure and feature, what is said of it in passing elsewhere is left out.
fn prefer_announced(candidates: &mut Vec<Candidate>, several: &impl Fn(&str) -> bool) {
    let mut announced: FxHashSet<(Subject<'_>, Option<String>)> = FxHashSet::default();
    // What a row says of one of its columns only leaves the rest to other places.
    let mut of_rows: FxHashMap<(usize, &str), usize> = FxHashMap::default();
    for candidate in candidates.iter() {
        if let Some(row) = candidate.row {
            *of_rows.entry((row, &candidate.kind)).or_default() += 1;
        }
    }
    let of_one = |candidate: &Candidate| {
        candidate.row.is_some_and(|row| of_rows.get(&(row, candidate.kind.as_str())) == Some(&1))
    };
    for candidate in candidates.iter().filter(|candidate| candidate.announced && !of_one(candidate)) {
        announced.insert((candidate.subject(), None));
        announced.insert((candidate.subject(), Some(slug(&candidate.feature))));
    }
    let stays = |candidate: &Candidate| {
        let of_any = candidate.feature.is_empty() || candidate.scenario == Some(Scenario::ZoneFailure);
        let key = || (candidate.subject(), (!of_any).then(|| slug(&candidate.feature)));
        let in_passing = candidate.bonus == 0 || candidate.statement.variant.is_empty();
        let covered = || in_passing && announced.contains(&key());
        // What holds for a part or for some regions only stands beside what is announced of the rest.
        let of_some = candidate.statement.of_part && !candidate.statement.variant.is_empty();
        several(&candidate.kind) || candidate.announced || candidate.statement.always || of_some || !covered()
    };
    let kept = candidates.iter().map(stays).collect();
    keep(candidates, kept);
}

/// What is said of the regions of a service.
#[derive(Clone, Copy, Default)]
struct Regions {
    /// Whether a feature for several regions is named.
    named: bool,
    /// Whether the service as a whole is global.
    global: bool,
    /// Whether it has a feature for several regions, named or not.
    native: bool,
}

/// A service that has features for several regions has them by name; one that is global has none.
fn settle_regions(candidates: &mut Vec<Candidate>) {
    let states = |candidate: &Candidate, value: &str| candidate.named() == value;
    let mut services: FxHashMap<&str, Regions> = FxHashMap::default();
    let of_regions = |candidate: &&Candidate| candidate.kind == "MultiRegion";
    for candidate in candidates.iter().filter(of_regions) {
        let regions = services.entry(&candidate.service).or_default();
        regions.native |= states(candidate, "Native");
        regions.named |= states(candidate, "Native") && !candidate.feature.is_empty();
        regions.global |= states(candidate, "Global") && candidate.statement.variant.is_empty();
    }
    let stays = |candidate: &Candidate| {
        let regions = services.get(candidate.service.as_str()).copied().unwrap_or_default();
        let unnamed = states(candidate, "Native") && candidate.feature.is_empty();
        // What isn't carried to another region is a part of a service that has a feature for several.
        let of_part = states(candidate, "SingleRegion") && candidate.statement.of_part;
        !of_regions(&candidate)
            || !(unnamed && (regions.named || regions.global) || of_part && regions.native)
    };
    let kept = candidates.iter().map(stays).collect();
    keep(candidates, kept);
}

/// Alternatives of one passage that state the same are one, unless they are of those that are told apart anyway.
fn merge_alternatives(candidates: &mut Vec<Candidate>, ontology: &Ontology) {
    let mut groups: FxHashMap<_, Vec<usize>> = FxHashMap::default();
    let mut outcomes: FxHashMap<_, usize> = FxHashMap::default();
    for (at, candidate) in candidates.iter().enumerate() {
        let statement = &candidate.statement;
        let Some(parent) = candidate.parent.filter(|_| !statement.variant.is_empty()) else { continue };
        let merges = ontology.kind(&candidate.kind).is_some_and(|kind| kind.merges_alternatives);
        if merges || !ontology.sentence.distinct.is_match(&statement.variant.replace('-', " ")) {
            let of = (parent, candidate.kind.as_str(), candidate.feature.as_str(), &statement.tiers);
            let group = groups.entry((of, (&statement.value, statement.max_s))).or_default();
            *outcomes.entry(of).or_default() += usize::from(group.is_empty());
            group.push(at);
        }
    }
    // Where others state something else, the name of the first tells them apart.
    let several = groups.into_iter().filter(|(_, group)| group.len() > 1);
    let groups: Vec<(Vec<usize>, bool)> =
        several.map(|((of, _), group)| (group, outcomes.get(&of) == Some(&1))).collect();
    let mut kept = vec![true; candidates.len()];
    for (group, all) in &groups {
        let Some((first, others)) = group.split_first() else { continue };
        if *all {
            candidates[*first].statement.variant.clear();
        }
        others.iter().for_each(|other| kept[*other] = false);
    }
    keep(candidates, kept);
}

/// Columns of a row that all state the same are one.
fn merge_rows(candidates: &mut [Candidate]) {
    let mut rows: FxHashMap<(usize, &str), Vec<&Statement>> = FxHashMap::default();
    for candidate in candidates.iter() {
        if let Some(row) = candidate.row {
            rows.entry((row, &candidate.kind)).or_default().push(&candidate.statement);
        }
    }
    let agrees = |candidate: &Candidate| {
        let said = candidate.row.and_then(|row| rows.get(&(row, candidate.kind.as_str())));
        said.is_some_and(|said| {
            let same = |other: &&Statement| other.value == said[0].value && other.max_s == said[0].max_s;
            said.len() > 1 && said.iter().all(same)
        })
    };
    let agree: Vec<bool> = candidates.iter().map(agrees).collect();
    for (candidate, _) in candidates.iter_mut().zip(agree).filter(|(_, agrees)| *agrees) {
        candidate.statement.variant.clear();
    }
}

/// What a label in passing narrows is left out where the same is said without it.
fn drop_variants_in_passing(candidates: &mut Vec<Candidate>, several: &impl Fn(&str) -> bool) {
    // Labels that tell values apart are what the document is about; labels in passing are not.
    let mut values: FxHashMap<(String, usize), FxHashSet<Value>> = FxHashMap::default();
    let told_apart = |candidate: &&Candidate| {
        several(&candidate.kind) && !candidate.announced && !candidate.statement.variant.is_empty()
    };
    for candidate in candidates.iter().filter(told_apart) {
        if let Some(parent) = candidate.parent.or(Some(usize::MAX - candidate.section)) {
            values
                .entry((candidate.kind.clone(), parent))
                .or_default()
                .insert(candidate.statement.value.clone());
        }
    }
    let told: FxHashSet<(String, Value)> = values
        .into_iter()
        .filter(|(_, values)| values.len() > 1)
        .flat_map(|((kind, _), values)| values.into_iter().map(move |value| (kind.clone(), value)))
        .collect();
    candidates.retain(|candidate| {
        let by_labels = || told.contains(&(candidate.kind.clone(), candidate.statement.value.clone()));
        candidate.announced || !candidate.statement.variant.is_empty() || told.is_empty() || !by_labels()
    });
    let differing = differing_lists(candidates);
    for (candidate, differs) in candidates.iter_mut().zip(differing).filter(|(other, _)| !other.announced) {
        if !several(&candidate.kind) && candidate.bonus == 0 && !candidate.statement.of_part && !differs {
            candidate.statement.variant.clear();
        }
    }
    let in_passing = |candidate: &Candidate| !candidate.announced && !candidate.statement.variant.is_empty();
    if !candidates.iter().any(in_passing) {
        return;
    }
    let plainly: FxHashSet<(Subject<'_>, &Value)> = candidates
        .iter()
        .filter(|candidate| candidate.statement.variant.is_empty())
        .map(|candidate| (candidate.subject(), &candidate.statement.value))
        .collect();
    let stays = |candidate: &Candidate| {
        !in_passing(candidate) || !plainly.contains(&(candidate.subject(), &candidate.statement.value))
    };
    let kept = candidates.iter().map(stays).collect();
    keep(candidates, kept);
}

/// Whether each candidate is of one of the labels side by side that say different things of its subject.
fn differing_lists(candidates: &[Candidate]) -> Vec<bool> {
    let mut said: FxHashMap<(Subject<'_>, usize), FxHashMap<&str, FxHashSet<&Value>>> = FxHashMap::default();
    for candidate in candidates.iter().filter(|candidate| of_list(candidate)) {
        let of = said.entry((candidate.subject(), candidate.group)).or_default();
        of.entry(&candidate.statement.variant).or_default().insert(&candidate.statement.value);
    }
    let differs = |candidate: &Candidate| {
        let of = said.get(&(candidate.subject(), candidate.group)).filter(|_| of_list(candidate));
        of.is_some_and(|of| {
            let mut values = of.values();
            let first = values.next();
            values.any(|value| Some(value) != first)
        })
    };
    candidates.iter().map(differs).collect()
}

fn of_list(candidate: &Candidate) -> bool {
    candidate.siblings > 1 && candidate.scenario.is_some() && !candidate.statement.variant.is_empty()
}

/// What a fact of one value is told by: its subject, the slug of its feature, its variant, the slugs of its tiers.
type Combination<'a> = (Subject<'a>, String, &'a str, Vec<String>);

fn combination(candidate: &Candidate) -> Combination<'_> {
    let mut tiers: Vec<String> = candidate.statement.tiers.iter().map(|tier| slug(tier)).collect();
    tiers.sort();
    (candidate.subject(), slug(&candidate.feature), &candidate.statement.variant, tiers)
}

/// Kinds of one value keep the weightiest statement for each combination, one under a label before all others. What
/// labels in different sections say differently is a contradiction of the document's and stays.
fn one_value(candidates: &mut Vec<Candidate>, several: &impl Fn(&str) -> bool) {
    let weight = |candidate: &Candidate| {
        candidate.statement.weight
            + candidate.bonus
            + 100 * i64::from(candidate.announced)
            + 100 * i64::from(candidate.labelled)
    };
    let combinations: Vec<Option<Combination<'_>>> = candidates
        .iter()
        .map(|candidate| (!several(&candidate.kind)).then(|| combination(candidate)))
        .collect();
    let mut best: FxHashMap<(&Combination<'_>, bool, Option<usize>), i64> = FxHashMap::default();
    for (candidate, combination) in candidates.iter().zip(&combinations) {
        let Some(combination) = combination else { continue };
        for section in [None, Some(candidate.section).filter(|_| candidate.labelled)] {
            let known = best.entry((combination, candidate.statement.always, section)).or_insert(i64::MIN);
            *known = (*known).max(weight(candidate));
        }
    }
    let stays = |(candidate, combination): (&Candidate, &Option<Combination<'_>>)| {
        let section = Some(candidate.section).filter(|_| candidate.labelled);
        let key = |of| (of, candidate.statement.always, section);
        combination.as_ref().is_none_or(|of| best.get(&key(of)) == Some(&weight(candidate)))
    };
    let kept = candidates.iter().zip(&combinations).map(stays).collect();
    keep(candidates, kept);
}

/// Two parties of which each is said to do a part in the same situation share it.
fn share(candidates: &mut [Candidate], ontology: &Ontology) {
    let mut parties: FxHashMap<Combination<'_>, (bool, bool)> = FxHashMap::default();
    for candidate in
        candidates.iter().filter(|candidate| ontology.kind(&candidate.kind).is_some_and(takes_parties))
    {
        let known = parties.entry(combination(candidate)).or_default();
        known.0 |= candidate.named() == "Microsoft";
        known.1 |= candidate.named() == "Customer";
    }
    parties.retain(|_, known| *known == (true, true));
    let is_shared = |candidate| !parties.is_empty() && parties.contains_key(&combination(candidate));
    let shared: Vec<bool> = candidates.iter().map(is_shared).collect();
    for (candidate, _) in candidates.iter_mut().zip(shared).filter(|(_, shared)| *shared) {
        candidate.statement.value = Value::Named("Shared".to_owned());
    }
}

/// A variant is told only where facts of the same kind differ by it.
fn drop_lone_variants(candidates: &mut [Candidate], ontology: &Ontology) {
    let is_narrowed = |candidate: &Candidate| !candidate.statement.variant.is_empty();
    if !candidates.iter().any(is_narrowed) {
        return;
    }
    let mut variants: FxHashMap<(Subject<'_>, &str), FxHashSet<&str>> = FxHashMap::default();
    let of_feature = |candidate: &Candidate| candidate.scenario == Some(Scenario::RegionFailure);
    for candidate in candidates.iter() {
        let feature = if of_feature(candidate) { candidate.feature.as_str() } else { "" };
        variants.entry((candidate.subject(), feature)).or_default().insert(&candidate.statement.variant);
    }
    let values = LazyCell::new(|| {
        let mut values: FxHashMap<Subject<'_>, FxHashSet<&Value>> = FxHashMap::default();
        for candidate in candidates.iter() {
            values.entry(candidate.subject()).or_default().insert(&candidate.statement.value);
        }
        values
    });
    // What holds for a configuration only differs from what is said of features.
    let differs_in_value = |candidate: &Candidate| {
        candidate.statement.of_part && values.get(&candidate.subject()).is_some_and(|values| values.len() > 1)
    };
    let is_lone = |candidate: &Candidate| {
        let feature = if of_feature(candidate) { candidate.feature.as_str() } else { "" };
        let key = (candidate.subject(), feature);
        let differs = || variants.get(&key).is_some_and(|variants| variants.len() > 1);
        let distinct = || ontology.sentence.distinct.is_match(&candidate.statement.variant.replace('-', " "));
        let alternative = || candidate.labelled && candidate.siblings > 1 && distinct();
        is_narrowed(candidate) && !differs() && !alternative() && !differs_in_value(candidate)
    };
    let lone: Vec<bool> = candidates.iter().map(is_lone).collect();
    for (candidate, _) in candidates.iter_mut().zip(lone).filter(|(_, lone)| *lone) {
        candidate.statement.variant.clear();
    }
}

fn drop_repeated(candidates: &mut Vec<Candidate>) {
    let mut seen = FxHashSet::default();
    let is_new = |candidate| seen.insert((combination(candidate), &candidate.statement.value));
    let kept = candidates.iter().map(is_new).collect();
    keep(candidates, kept);
}
