//! The way from a document's sections to its facts.

use super::claims;
use super::features::{features, features_of};
use super::identity::{self, Identity};
use super::judge::{Judge, Statement};
use super::known_tiers::call_whole;
use super::limits;
use super::passages::{Passage, Walk, fits_scenario};
use super::quantity;
use super::scope::{self, SectionScope};
use super::sentence::Sentences;
use super::settle::{self, Candidate};
use super::table;
use crate::documents::Document;
use crate::facts::{Extraction, Fact, Scenario, Source, Status, Unparsed};
use crate::ontology::{Cued, Ontology};
use crate::sections::{Outline, Section};
use rustc_hash::FxHashSet;

/// Takes from a document what it states.
pub fn extract(document: &Document, ontology: &Ontology) -> Extraction {
    extract_outlined(document, &Outline::read(&document.text), ontology)
}

/// Takes from a document what it states; the outline is that of its text.
pub fn extract_outlined(document: &Document, outline: &Outline, ontology: &Ontology) -> Extraction {
    let headings: Vec<Cued> =
        outline.sections.iter().map(|section| ontology.look(scope::heading_words(section))).collect();
    let identity = identity::identity(document, outline, &headings, ontology);
    let mut extraction = Extraction {
        document: document.path.clone(),
        title: title(document, outline),
        service: identity.service.clone(),
        modified: document.front_matter.date(),
        template: template(&headings, &identity, ontology),
        sections: sections(outline),
        missing_includes: document
            .missing_includes
            .iter()
            .map(|missing| (missing.target.clone(), missing.document_line))
            .collect(),
        identity_conflicts: identity.conflicts.clone(),
        ..Extraction::default()
    };
    let scopes = scope::scopes(outline, &headings, ontology);
    if !identity.service.is_empty() {
        let sentences = Sentences::of_document(ontology, &identity);
        let reader = Reader {
            document,
            outline,
            headings: &headings,
            ontology,
            identity: &identity,
            sentences: &sentences,
        };
        reader.read(&scopes, &mut extraction);
    }
    table::extract(document, outline, &scopes, ontology, &mut extraction);
    if identity.service.is_empty() && !(extraction.facts.is_empty() && extraction.claims.is_empty()) {
        "ReferenceTable".clone_into(&mut extraction.template);
    }
    extraction
}

fn title(document: &Document, outline: &Outline) -> String {
    let heading = outline.title().map(|heading| heading.plain.trim()).filter(|heading| !heading.is_empty());
    heading.or(document.front_matter.get("title")).unwrap_or(&document.path).to_owned()
}

fn template(headings: &[Cued], identity: &Identity, ontology: &Ontology) -> String {
    let known = ontology.template(headings).filter(|_| !identity.service.is_empty());
    let other = if identity.service.is_empty() { "Concept" } else { "TeamPage" };
    known.unwrap_or(other).to_owned()
}

fn sections(outline: &Outline) -> Vec<(String, String)> {
    let headed = outline.sections.iter().filter(|section| section.level > 0 && !section.behind_tabs);
    headed.map(|section| (section.anchor.clone(), section.heading.plain.trim().to_owned())).collect()
}

/// The failures that facts are about.
const FAILURES: [Scenario; 2] = [Scenario::ZoneFailure, Scenario::RegionFailure];

pub(super) struct Reader<'a> {
    pub(super) document: &'a Document,
    pub(super) outline: &'a Outline,
    /// The headings of its sections.
    pub(super) headings: &'a [Cued],
    pub(super) ontology: &'a Ontology,
    pub(super) identity: &'a Identity,
    pub(super) sentences: &'a Sentences<'a>,
}

impl Reader<'_> {
    fn read(&self, scopes: &[SectionScope<'_>], extraction: &mut Extraction) {
        let mut passages = self.passages(scopes);
        let whole = self.tiers_of_lists();
        let judge = Judge {
            ontology: self.ontology,
            sentences: self.sentences,
            tiers: self.known_tiers(&passages, &whole),
        };
        let known = self.with_tabs(&judge.tiers, &whole);
        passages.iter_mut().for_each(|passage| passage.limits.tell_tiers(&known, &self.ontology.tiers.order));
        self.drop_tabs(scopes, &mut passages);
        let mut candidates = Vec::new();
        let headed = |failure: &Scenario| scopes.iter().any(|scope| scope.scenario == Some(*failure));
        let headless: Vec<Scenario> = FAILURES.into_iter().filter(|failure| !headed(failure)).collect();
        for (at, passage) in passages.iter().enumerate() {
            self.judge(&judge, at, passage, &scopes[passage.section], &headless, &mut candidates);
        }
        self.name_features(scopes, &passages, &mut candidates);
        self.add_features(scopes, &passages, &mut candidates);
        self.name_own_designs(&mut candidates);
        self.tell_modes(&passages, &mut candidates);
        self.tell_previews(scopes, &passages, &mut candidates);
        self.require_tiers(&judge, scopes, &passages, &mut candidates);
        self.limit_features(&judge, scopes, &passages, &mut candidates);
        self.tell_restrictions(&passages, &mut candidates);
        self.keep_who_acts(&mut candidates);
        self.unparsed(&passages, scopes, &mut candidates, extraction);
        extraction.gaps = self.gaps(&passages, scopes, &extraction.template);
        call_whole(&whole, candidates.iter_mut().flat_map(|candidate| &mut candidate.statement.tiers));
        let mut settled = settle::settle(candidates, self.ontology);
        self.tell_parts(&passages, &mut settled);
        extraction.facts = settled.into_iter().map(|candidate| self.fact(candidate)).collect();
        claims::extract(self, scopes, &|section| self.service_of(section), extraction);
        call_whole(&whole, extraction.facts.iter_mut().flat_map(|fact| &mut fact.tiers));
    }

    /// Tabs about zones that name no tiers tell ways to do a thing apart, not outcomes.
    fn drop_tabs(&self, scopes: &[SectionScope<'_>], passages: &mut [Passage]) {
        for passage in passages {
            let section = &self.outline.sections[passage.section];
            let of_zones = scopes[passage.section].scenario == Some(Scenario::ZoneFailure);
            if section.tab.is_some() && of_zones {
                let title = section.heading.plain.trim();
                passage.limits.variants.retain(|variant| variant != title);
            }
        }
    }

    fn passages(&self, scopes: &[SectionScope<'_>]) -> Vec<Passage> {
        let mut walk = Walk {
            document: self.document,
            ontology: self.ontology,
            service: &self.identity.service,
            sentences: self.sentences,
            of_failure: false,
            passages: Vec::new(),
        };
        for (index, section) in self.outline.sections.iter().enumerate() {
            if !scopes[index].silent {
                let heading = &self.headings[index];
                let variant = heading_variant(self.outline, scopes, index);
                let tabs = self.tabs_beside(index);
                walk.section(index, &section.blocks, &scopes[index], heading, variant, tabs);
            }
        }
        walk.passages
    }

    /// How many tabs a section is one of; 0 where it is none.
    fn tabs_beside(&self, section: usize) -> usize {
        let sections = &self.outline.sections;
        let tab = Some(&sections[section]).filter(|section| section.tab.is_some());
        let beside = |tab: &Section| {
            sections.iter().filter(|other| other.tab.is_some() && other.parent == tab.parent).count()
        };
        tab.map_or(0, beside)
    }

    /// The section whose lists and tabs stand side by side with what a section says: its own, or that of its tab.
    fn group_of(&self, section: usize) -> usize {
        let own = &self.outline.sections[section];
        own.parent.filter(|_| own.tab.is_some() || own.behind_tabs).unwrap_or(section)
    }

    /// What a passage states. Where no heading says which failure its section is about, each sentence is about the
    /// one that it names; a failure that no heading of the document is about (`headless`) is told in these alone.
    fn judge(
        &self,
        judge: &Judge<'_>,
        at: usize,
        passage: &Passage,
        scope: &SectionScope<'_>,
        headless: &[Scenario],
        candidates: &mut Vec<Candidate>,
    ) {
        if let Some(failure) = passage.failure.filter(|_| scope.scenario.is_none() && !scope.custom) {
            let mut scope = scope.of_failure(failure);
            scope.role = self.ontology.failure_role(failure);
            return self.judge_kinds(judge, at, passage, &scope, candidates);
        }
        self.judge_kinds(judge, at, passage, scope, candidates);
        if scope.scenario.is_some() || scope.custom {
            return;
        }
        for failure in FAILURES {
            if let Some(part) = passage.about(failure) {
                let mut scope = scope.of_failure(failure);
                if headless.contains(&failure) && !passage.labelled {
                    scope.role = self.ontology.failure_role(failure);
                }
                let mut told = Vec::new();
                self.judge_kinds(judge, at, &part, &scope, &mut told);
                told.retain(|candidate| {
                    candidate.scenario.is_some() || !fits_scenario(&candidate.kind, None)
                });
                candidates.append(&mut told);
            }
        }
    }

    /// What a passage states of the kind that is announced, or of those that its section expects.
    fn judge_kinds(
        &self,
        judge: &Judge<'_>,
        at: usize,
        passage: &Passage,
        scope: &SectionScope<'_>,
        candidates: &mut Vec<Candidate>,
    ) {
        let announced = passage.kind.as_deref();
        let of_no_role = scope.role.is_some_and(|role| role.opens_page)
            && self.outline.sections[passage.section].level > 1;
        let expected = scope.expects().iter().map(String::as_str).filter(|_| !passage.labelled);
        let expected = announced.into_iter().chain(expected).map(|name| (name, true));
        let anywhere = self.ontology.kinds().iter().filter(|kind| kind.anywhere && announced.is_none());
        let anywhere = anywhere.filter(|kind| !scope.expects().contains(&kind.name));
        let mut before = "";
        for (name, is_expected) in expected.chain(anywhere.map(|kind| (kind.name.as_str(), false))) {
            if std::mem::replace(&mut before, name) == name {
                continue;
            }
            let strays = name == "MultiRegion" && scope.scenario == Some(Scenario::ZoneFailure);
            // Outside of sections on a failure, what is about zones has to name them.
            let names_zones = scope.scenario.is_none() && !fits_scenario(name, None);
            let fits = strays || names_zones || fits_scenario(name, scope.scenario);
            let Some(kind) = self.ontology.kind(name).filter(|_| fits) else {
                continue;
            };
            if scope.custom && !matches!(name, "Responsibility" | "Failback")
                || kind.takes_scenario && scope.scenario.is_none()
            {
                continue;
            }
            let mut statements =
                if strays { Vec::new() } else { judge.statements(kind, passage, scope, false) };
            if names_zones && !statements.is_empty() {
                let zone = &self.ontology.sentence.zone;
                let of_zones = passage.sentences.iter().filter(|sentence| zone.is_match(&sentence.text));
                let starts: Vec<usize> = of_zones.map(|sentence| sentence.start).collect();
                statements.retain(|statement| starts.contains(&statement.start));
            }
            if !is_expected && !statements.is_empty() {
                let topical =
                    passage.sentences.iter().filter(|sentence| kind.topic.is_match(sentence.said()));
                let starts: Vec<usize> = topical.map(|sentence| sentence.start).collect();
                statements.retain(|statement| starts.contains(&statement.start));
            }
            let own = statements.len();
            if (kind.takes_scenario || strays)
                && announced.is_none()
                && scope.scenario == Some(Scenario::ZoneFailure)
                && passage.sentences.iter().any(|sentence| sentence.of_region || sentence.of_both)
            {
                statements.extend(judge.statements(kind, passage, scope, true));
            }
            for (index, statement) in statements.into_iter().enumerate() {
                let scenario = if index < own { scope.scenario } else { Some(Scenario::RegionFailure) };
                let features = features_of(kind, scope, &statement, self.ontology);
                let statements = std::iter::repeat_n(statement, features.len());
                for (feature, statement) in features.into_iter().zip(statements) {
                    candidates.push(Candidate {
                        kind: kind.name.clone(),
                        scenario: scenario.filter(|_| kind.takes_scenario),
                        feature,
                        statement,
                        passage: at,
                        parent: passage.parent,
                        announced: announced == Some(name),
                        labelled: announced == Some(name) && passage.labelled,
                        siblings: passage.siblings,
                        row: passage.row,
                        bonus: scope.role.map_or(0, |role| role.weight),
                        overview: scope.role.is_some_and(|role| role.overview) && !of_no_role,
                        section: passage.section,
                        group: self.group_of(passage.section),
                        service: self.service_of(passage.section),
                    });
                }
            }
        }
    }

    /// The service that a section is about: that of the title where only that one is named in it.
    fn service_of(&self, section: usize) -> String {
        let service = &self.identity.service;
        let Some(other) = &self.identity.other else { return service.clone() };
        let section = &self.outline.sections[section];
        let mut starts = self.outline.sections.iter().map(|other| other.range.start);
        let end = starts.find(|&start| start > section.range.start);
        let text = &self.document.text[section.range.start..end.unwrap_or(self.document.text.len())];
        let is_other = identity::mentions(text, service) == 0 && identity::mentions(text, other) > 1;
        if is_other { other.clone() } else { service.clone() }
    }

    /// Announced passages that state nothing, neither themselves nor through their alternatives.
    fn unparsed(
        &self,
        passages: &[Passage],
        scopes: &[SectionScope<'_>],
        candidates: &mut Vec<Candidate>,
        extraction: &mut Extraction,
    ) {
        for at in self.not_understood(passages, scopes, candidates) {
            let passage = &passages[at];
            let (Some(kind), Some(first), Some(last)) =
                (passage.kind.as_deref(), passage.sentences.first(), passage.sentences.last())
            else {
                continue;
            };
            let scope = &scopes[passage.section];
            let scenario =
                scope.scenario.filter(|_| self.ontology.kind(kind).is_some_and(|kind| kind.takes_scenario));
            self.not_stated(at, passage, scope, candidates);
            extraction.unparsed.push(Unparsed {
                service: self.service_of(passage.section),
                kind: kind.to_owned(),
                scenario,
                reason: "no cue fits".to_owned(),
                source: self.source(first.start, last.end, passage.section),
                quote: self.document.quote(first.start..last.end),
            });
        }
    }

    /// The labelled passages that neither state their kind nor have alternatives that do or are to.
    fn not_understood(
        &self,
        passages: &[Passage],
        scopes: &[SectionScope<'_>],
        candidates: &[Candidate],
    ) -> Vec<usize> {
        let mut understood: FxHashSet<(usize, &str)> = FxHashSet::default();
        for passage in passages {
            understood.extend(passage.parent.zip(passage.kind.as_deref()));
        }
        for candidate in candidates {
            let parent = passages.get(candidate.passage).and_then(|passage| passage.parent);
            let places = [Some(candidate.passage), parent];
            understood.extend(places.into_iter().flatten().map(|at| (at, candidate.kind.as_str())));
        }
        let is_open = |(at, passage): (usize, &Passage)| {
            let kind = passage.kind.as_deref()?;
            let scope = &scopes[passage.section];
            let beside_the_point = scope.custom || !fits_scenario(kind, scope.scenario);
            (passage.labelled && !beside_the_point && !understood.contains(&(at, kind))).then_some(at)
        };
        passages.iter().enumerate().filter_map(is_open).collect()
    }

    /// A label for which the ontology has a value for "nothing usable is said" states that value.
    fn not_stated(
        &self,
        at: usize,
        passage: &Passage,
        scope: &SectionScope<'_>,
        candidates: &mut Vec<Candidate>,
    ) {
        let kind = passage.kind.as_deref().and_then(|kind| self.ontology.kind(kind));
        let Some((kind, value)) = kind.and_then(|kind| Some((kind, kind.not_stated.as_deref()?))) else {
            return;
        };
        let told_beside = candidates.iter().any(|candidate| {
            candidate.labelled && candidate.kind == kind.name && candidate.section == passage.section
        });
        let words = &self.ontology.sentence;
        let is_unclear = |text: &Cued| quantity::quantities(text.text(), words).len() > 1;
        let is_told = passage.parent.is_some()
            || told_beside
            || passage.sentences.iter().any(|sentence| is_unclear(&sentence.text));
        let Some(first) = passage.sentences.first().filter(|_| scope.scenario.is_some() && !is_told) else {
            return;
        };
        let limits = &passage.limits;
        let statement = Statement {
            tiers: limits.tiers.clone(),
            variant: limits::variant(limits),
            ..Statement::named(value, first)
        };
        for feature in features(kind, scope, &limits.modes) {
            candidates.push(Candidate {
                kind: kind.name.clone(),
                scenario: scope.scenario,
                feature,
                statement: statement.clone(),
                passage: at,
                parent: passage.parent,
                announced: true,
                labelled: true,
                overview: false,
                siblings: passage.siblings,
                row: passage.row,
                bonus: 0,
                section: passage.section,
                group: self.group_of(passage.section),
                service: self.service_of(passage.section),
            });
        }
    }

    fn fact(&self, candidate: Candidate) -> Fact {
        let statement = candidate.statement;
        let rule = [candidate.kind.as_str(), if candidate.announced { " label" } else { " prose" }].concat();
        Fact {
            service: candidate.service,
            kind: candidate.kind,
            scenario: candidate.scenario,
            feature: candidate.feature,
            variant: statement.variant,
            tiers: statement.tiers,
            value: statement.value,
            min_s: statement.min_s,
            max_s: statement.max_s,
            bound: statement.bound,
            status: if statement.preview { Status::Preview } else { Status::GA },
            source: self.source(statement.start, statement.end, candidate.section),
            quote: self.document.quote(statement.start..statement.end),
            rule,
        }
    }

    pub(super) fn source(&self, start: usize, end: usize, section: usize) -> Source {
        let (from, to) = (self.document.locate(start), self.document.locate(end));
        let clamp = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
        let last =
            if to.file == from.file && to.byte >= from.byte { to.byte } else { from.byte + end - start };
        Source {
            file: from.file.to_owned(),
            line: from.line,
            byte_span: (clamp(from.byte), clamp(last)),
            document_line: from.document_line,
            anchor: self.outline.sections[section].anchor.clone(),
        }
    }
}

/// The heading of a section that stands beside others of the same role under other headings, which it tells apart:
/// an outage of the home region, an outage of a target region; or the part of the service that it is about.
fn heading_variant(outline: &Outline, scopes: &[SectionScope<'_>], index: usize) -> Option<String> {
    let (section, scope) = (&outline.sections[index], &scopes[index]);
    if let Some(part) = &scope.part {
        return Some(part.clone());
    }
    if section.behind_tabs {
        return None;
    }
    if section.tab.is_some() && scope.scenario.is_some() {
        return Some(section.heading.plain.trim().to_owned());
    }
    let role = scope.role.filter(|role| role.tells_apart)?;
    let heading = section.heading.plain.trim();
    let beside = outline.sections.iter().zip(scopes).any(|(other, other_scope)| {
        other.parent == section.parent
            && other.level == section.level
            && other_scope.feature == scope.feature
            && other_scope.role.is_some_and(|other| other.name == role.name)
            && other.heading.plain.trim() != heading
    });
    beside.then(|| heading.to_owned())
}
