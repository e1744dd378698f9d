//! The cases of one passage: conditions, zone modes and parts of the service for which its sentences state different
//! outcomes.

use super::judge::{Judge, Statement};
use super::limits::variant;
use super::parts::{limited_regions, restriction};
use super::passages::{Passage, PlacedSentence};
use crate::facts::Value;
use crate::ontology::Kind;
use crate::vocabulary::slug;
use rustc_hash::FxHashSet;

impl Judge<'_> {
    /// Leaves out what sentences about other services state beside what one about the document's own does.
    pub(super) fn drop_others(&self, passage: &Passage, found: &mut Vec<Statement>) {
        let is_of_others =
            |sentence: &&PlacedSentence| sentence.is_about_other() && self.sentences.is_of_others(sentence);
        let of_others = passage.sentences.iter().filter(is_of_others);
        let starts: FxHashSet<usize> = of_others.map(|sentence| sentence.start).collect();
        if starts.is_empty() {
            return;
        }
        let of_others = |statement: &Statement| starts.contains(&statement.start);
        if found.iter().any(|statement| !of_others(statement)) {
            found.retain(|statement| !of_others(statement));
        }
    }

    /// The best statements of a passage for each condition that its sentences name; a sentence without one belongs
    /// to the condition named before.
    pub(super) fn by_condition(
        &self,
        kind: &Kind,
        passage: &Passage,
        found: Vec<Statement>,
    ) -> Vec<Statement> {
        if found.len() < 2 {
            return self.with_parts(kind, passage, found);
        }
        if passage.limits.modes.is_empty() {
            let by_mode = self.by_mode(kind, passage, &found);
            if by_mode.len() > 1 {
                return by_mode;
            }
        }
        if let Some(told) = self.of_each_condition(kind, passage, &found) {
            return told;
        }
        let by_case = self.by_case(kind, passage, &found);
        if by_case.len() > 1 { by_case } else { self.with_parts(kind, passage, found) }
    }

    /// The best statement for each condition, where sentences name several and the passage isn't one of alternatives.
    pub(super) fn of_each_condition(
        &self,
        kind: &Kind,
        passage: &Passage,
        found: &[Statement],
    ) -> Option<Vec<Statement>> {
        if !variant(&passage.limits).is_empty() {
            return None;
        }
        let mut groups: Vec<(String, Vec<Statement>)> = Vec::new();
        let mut condition = String::new();
        for sentence in &passage.sentences {
            if let Some(named) = self.ontology.sentence.condition.find(&sentence.text) {
                condition = slug(named);
            }
            let statements = found.iter().filter(|statement| statement.start == sentence.start).cloned();
            match groups.iter_mut().find(|(known, _)| *known == condition) {
                Some((_, group)) => group.extend(statements),
                None => groups.push((condition.clone(), statements.collect())),
            }
        }
        groups.retain(|(condition, statements)| !condition.is_empty() && !statements.is_empty());
        let told = groups.into_iter().filter_map(|(condition, statements)| {
            Some(Statement { variant: condition, ..best(kind, statements)? })
        });
        let told: Vec<Statement> = told.collect();
        (told.len() > 1).then_some(told)
    }

    /// The best statement for each case that sentences name by their first clause (`If the replica is lost, …`), where
    /// the cases differ. A case lasts to the end of its paragraph;
    /// for who acts only one that opens it, any other to the end of its sentence.
    fn by_case(&self, kind: &Kind, passage: &Passage, found: &[Statement]) -> Vec<Statement> {
        let words = &self.ontology.sentence;
        let mut groups: Vec<(String, Vec<Statement>)> = Vec::new();
        let mut case = String::new();
        let mut lasts = false;
        for sentence in &passage.sentences {
            if sentence.opens || !lasts {
                case.clear();
            }
            if let Some(clause) =
                words.clause.find(&sentence.text).filter(|clause| !words.no_clause.is_match(*clause))
            {
                case = slug(clause);
                lasts = sentence.opens || !takes_parties(kind);
            }
            let statements = found.iter().filter(|statement| statement.start == sentence.start).cloned();
            match groups.iter_mut().find(|(known, _)| *known == case) {
                Some((_, group)) => group.extend(statements),
                None => groups.push((case.clone(), statements.collect())),
            }
        }
        groups.retain(|(_, statements)| !statements.is_empty());
        if takes_parties(kind) {
            // Who acts differs by case where each side is said of a case, or where customers act in cases alone.
            let said = |of_cases: bool| -> Vec<&Value> {
                let groups = groups.iter().filter(|(case, _)| case.is_empty() != of_cases);
                groups.flat_map(|(_, told)| told).map(|statement| &statement.value).collect()
            };
            let (of_cases, otherwise) = (said(true), said(false));
            let customer = &Value::Named("Customer".to_owned());
            let differ = of_cases.iter().any(|value| value != &of_cases[0]);
            if !differ && (!of_cases.contains(&customer) || otherwise.contains(&customer)) {
                return Vec::new();
            }
            if differ {
                groups.retain(|(case, _)| !case.is_empty());
            }
        }
        let told = groups.into_iter().filter_map(|(case, statements)| {
            let mut statement = best(kind, statements)?;
            if !case.is_empty() {
                statement.variant = case;
            }
            Some(statement)
        });
        let mut told: Vec<Statement> = told.collect();
        let mut seen = Vec::new();
        told.retain(|statement| {
            let outcome = (statement.value.clone(), statement.min_s, statement.max_s);
            let is_new = !seen.contains(&outcome);
            seen.push(outcome);
            is_new
        });
        told
    }

    /// The best statement of a passage; beside it what a sentence behind it says of a part of the service, or what a
    /// sentence says of a case that it opens with, where the outcome differs.
    pub(super) fn with_exceptions(
        &self,
        kind: &Kind,
        passage: &Passage,
        found: Vec<Statement>,
    ) -> Vec<Statement> {
        if of_zone_modes(kind)
            && let Some(told) = self.of_each_mode(kind, passage, &found)
        {
            return told;
        }
        if let Some(by_tier) = by_tier(kind, &found) {
            return by_tier;
        }
        let words = &self.ontology.sentence;
        let narrowed = |statement: &Statement| {
            let sentence = passage.sentences.iter().find(|sentence| sentence.start == statement.start)?;
            if statement.of_part {
                let text = &sentence.text;
                return words.exception.find(text).map(slug).filter(|_| found[0].start < statement.start);
            }
            let clause = words.opening_case.find(&sentence.text)?;
            (!words.no_clause.is_match(clause)).then(|| slug(clause))
        };
        let narrowed: Vec<Option<String>> = found.iter().map(narrowed).collect();
        let differs = |(statement, part): (&Statement, &Option<String>)| {
            part.is_some() && found.iter().any(|other| other.value != statement.value)
        };
        if !found.iter().zip(&narrowed).any(differs) {
            return best(kind, found).into_iter().collect();
        }
        let (mut rest, mut told) = (Vec::new(), Vec::new());
        for (statement, part) in found.into_iter().zip(narrowed) {
            match part {
                Some(variant) => told.push(Statement { variant, ..statement }),
                None => rest.push(statement),
            }
        }
        let mut statements: Vec<Statement> = best(kind, rest).into_iter().collect();
        statements.extend(told);
        let mut seen = Vec::new();
        statements.retain(|statement| {
            let is_new = !seen.contains(&statement.value);
            seen.push(statement.value.clone());
            is_new
        });
        statements
    }

    /// The best statement for each zone mode, where the passage is about none and every statement is about one.
    pub(super) fn of_each_mode(
        &self,
        kind: &Kind,
        passage: &Passage,
        found: &[Statement],
    ) -> Option<Vec<Statement>> {
        let may_differ = found.len() > 1 && passage.limits.modes.is_empty();
        let told = may_differ.then(|| self.by_mode(kind, passage, found))?;
        let are_of_modes = told.len() > 1 && told.iter().all(|statement| !statement.features.is_empty());
        are_of_modes.then_some(told)
    }

    /// The best statement for each zone mode, where every statement stands in a sentence that names just one, or those
    /// that don't say something else.
    fn by_mode(&self, kind: &Kind, passage: &Passage, found: &[Statement]) -> Vec<Statement> {
        let named_in = |sentence: &PlacedSentence| {
            let mut named = self.ontology.modes.iter().filter(|mode| mode.mention.is_match(&sentence.text));
            named.next().filter(|_| named.next().is_none())
        };
        // A sentence that names none goes on about the one that its paragraph named last.
        let mode_of = |statement: &Statement| {
            let at = passage.sentences.iter().position(|sentence| sentence.start == statement.start)?;
            let opening =
                passage.sentences[..=at].iter().rposition(|sentence| sentence.opens).unwrap_or_default();
            passage.sentences[opening..=at].iter().rev().find_map(named_in)
        };
        let mut told: Vec<(&str, Vec<Statement>)> = Vec::new();
        for (mode, statement) in found.iter().map(mode_of).zip(found) {
            let feature = mode.map_or("", |mode| mode.feature.as_str());
            match told.iter_mut().find(|(known, _)| *known == feature) {
                Some((_, statements)) => statements.push(statement.clone()),
                None => told.push((feature, vec![statement.clone()])),
            }
        }
        let unnamed = told.iter().filter(|(feature, _)| feature.is_empty()).flat_map(|(_, said)| said);
        let named = |value: &Value| {
            let of_modes = told.iter().filter(|(feature, _)| !feature.is_empty());
            of_modes.flat_map(|(_, said)| said).any(|statement| statement.value == *value)
        };
        if unnamed.clone().any(|statement| named(&statement.value)) {
            return Vec::new();
        }
        let statements = told.iter().filter_map(|(feature, statements)| {
            let mut statement = best(kind, statements.clone())?;
            statement.features = vec![(*feature).to_owned()].into_iter().filter(|f| !f.is_empty()).collect();
            Some(statement)
        });
        statements.collect()
    }

    /// The best statement of a passage, and beside it what its sentences say of parts of the service, by the names of
    /// the parts.
    pub(super) fn with_parts(&self, kind: &Kind, passage: &Passage, found: Vec<Statement>) -> Vec<Statement> {
        let mut statements = Vec::new();
        let mut rest = Vec::new();
        for statement in found {
            let sentence = passage.sentences.iter().find(|sentence| sentence.start == statement.start);
            let part = |sentence: &PlacedSentence| {
                let words = &self.ontology.sentence;
                let part = words.part.find(&sentence.text).filter(|part| !words.whole.is_match(*part));
                limited_regions(sentence, passage, self.ontology).or_else(|| part.map(str::to_owned))
            };
            let lasts = kind.name == "Downtime"
                && !passage.labelled
                && statement.value == Value::Named("UntilRecovery".to_owned());
            let restricted = |sentence| restriction(sentence, passage, self.ontology);
            if let Some(variant) = sentence.filter(|_| lasts).and_then(restricted) {
                statements.push(Statement { variant: slug(&variant), of_part: true, ..statement });
                continue;
            }
            match sentence.filter(|_| statement.of_part).and_then(part) {
                Some(part) => {
                    for part in parts(&part) {
                        statements.push(Statement { variant: part, ..statement.clone() });
                    }
                }
                None => rest.push(statement),
            }
        }
        statements.extend(best(kind, rest));
        statements
    }
}

/// The names of parts that are named together: `the cache, and the counters` → `cache`, `counters`.
fn parts(words: &str) -> Vec<String> {
    let words = words.replace(", and ", ", ").replace(" and data ", ", data ");
    words.split(", ").map(slug).filter(|part| !part.is_empty()).collect()
}

/// The best statement for each value, where each is said of tiers of its own; `None` where that isn't so.
fn by_tier(kind: &Kind, found: &[Statement]) -> Option<Vec<Statement>> {
    let mut told: Vec<Vec<Statement>> = Vec::new();
    for statement in found {
        match told.iter_mut().find(|said| said[0].value == statement.value) {
            Some(said) => said.push(statement.clone()),
            None => told.push(vec![statement.clone()]),
        }
    }
    let tiers = |said: &[Statement]| said.iter().flat_map(|one| one.tiers.clone()).collect::<Vec<_>>();
    let is_apart = |(at, said): (usize, &Vec<Statement>)| {
        let others = told[at + 1..].iter().flat_map(|said| tiers(said)).collect::<Vec<_>>();
        said.iter().all(|one| !one.tiers.is_empty()) && !tiers(said).iter().any(|tier| others.contains(tier))
    };
    let is_told_apart = told.len() > 1 && told.iter().enumerate().all(is_apart);
    is_told_apart.then(|| told.into_iter().filter_map(|said| best(kind, said)).collect())
}

/// Whether a kind is about what services copy, of which documents tell whose services theirs rests on.
pub(super) fn is_copied(kind: &Kind) -> bool {
    matches!(kind.name.as_str(), "Replication" | "MultiRegion" | "DataLoss")
}

/// Whether the values of a kind are parties that act.
pub(super) fn takes_parties(kind: &Kind) -> bool {
    kind.readings.iter().any(|reading| reading.value == "Microsoft")
}

/// Whether the zone modes of a service may differ in a kind that is about no failure.
fn of_zone_modes(kind: &Kind) -> bool {
    matches!(kind.name.as_str(), "ZoneCost" | "ZoneEnablement")
}

/// The weightiest statement, the first of equals; two parties that each do a part are `Shared`.
pub(super) fn best(kind: &Kind, found: Vec<Statement>) -> Option<Statement> {
    let weight = found.iter().map(|statement| statement.weight).max()?;
    let says = |party: &str| {
        let of = |statement: &&Statement| statement.weight == weight;
        found
            .iter()
            .filter(of)
            .any(|statement| matches!(&statement.value, Value::Named(value) if value == party))
    };
    let shared = says("Microsoft") && says("Customer");
    let mut heaviest = found.into_iter().filter(|statement| statement.weight == weight);
    let mut best = heaviest.next()?;
    if kind.names_tiers && best.tiers.is_empty() && !best.all_tiers {
        let same = |other: &Statement| other.value == best.value && !other.tiers.is_empty();
        best = heaviest.find(same).unwrap_or(best);
    }
    if shared && takes_parties(kind) {
        best.value = Value::Named("Shared".to_owned());
    }
    Some(best)
}
