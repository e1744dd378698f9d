//! The way from a document's sections to its facts.

use super::claims;
use super::identity::{self, Identity};
use super::judge::{Judge, Statement};
use super::passages::{self, Passage, Walk, fits_scenario};
use super::scope::{self, SectionScope};
use super::settle::{self, Candidate};
use super::table;
use super::tiers;
use crate::documents::Document;
use crate::facts::{Extraction, Fact, Scenario, Source, Status, Unparsed, Value};
use crate::ontology::{Kind, Ontology};
use crate::sections::Outline;
use crate::vocabulary::slug;
use std::collections::HashMap;

/// Takes from a document what it states.
pub fn extract(document: &Document, ontology: &Ontology) -> Extraction {
    let outline = Outline::read(&document.text);
    let identity = identity::identity(document, &outline, ontology);
    let mut extraction = Extraction {
        document: document.path.clone(),
        title: title(document, &outline),
        service: identity.service.clone(),
        modified: document.front_matter.date(),
        template: template(&outline, &identity, ontology),
        sections: sections(&outline),
        missing_includes: document
            .missing_includes
            .iter()
            .map(|missing| (missing.target.clone(), missing.document_line))
            .collect(),
        identity_conflicts: identity.conflicts.clone(),
        ..Extraction::default()
    };
    if !identity.service.is_empty() {
        let reader = Reader { document, outline: &outline, ontology, identity: &identity };
        reader.read(&mut extraction);
    }
    table::extract(document, &outline, ontology, &mut extraction);
    if identity.service.is_empty() && !(extraction.facts.is_empty() && extraction.claims.is_empty()) {
        "ReferenceTable".clone_into(&mut extraction.template);
    }
    extraction
}

fn title(document: &Document, outline: &Outline) -> String {
    let heading = outline.title().map(|heading| heading.plain.trim()).filter(|heading| !heading.is_empty());
    heading.or(document.front_matter.get("title")).unwrap_or(&document.path).to_owned()
}

fn template(outline: &Outline, identity: &Identity, ontology: &Ontology) -> String {
    let headings = outline.sections.iter().map(|section| section.heading.plain.trim());
    let known = ontology.template(headings).filter(|_| !identity.service.is_empty());
    let other = if identity.service.is_empty() { "Concept" } else { "TeamPage" };
    known.unwrap_or(other).to_owned()
}

fn sections(outline: &Outline) -> Vec<(String, String)> {
    let headed = outline.sections.iter().filter(|section| section.level > 0);
    headed.map(|section| (section.anchor.clone(), section.heading.plain.trim().to_owned())).collect()
}

struct Reader<'a> {
    document: &'a Document,
    outline: &'a Outline,
    ontology: &'a Ontology,
    identity: &'a Identity,
}

impl Reader<'_> {
    fn read(&self, extraction: &mut Extraction) {
        let scopes = scope::scopes(self.outline, self.ontology);
        let passages = self.passages(&scopes);
        let judge = Judge {
            ontology: self.ontology,
            service: &self.identity.service,
            tiers: self.known_tiers(&passages),
        };
        let mut candidates = Vec::new();
        for (at, passage) in passages.iter().enumerate() {
            self.judge(&judge, at, passage, &scopes[passage.section], &mut candidates);
        }
        self.name_features(&scopes, &passages, &mut candidates);
        self.add_features(&scopes, &passages, &mut candidates);
        self.tell_modes(&passages, &mut candidates);
        self.require_tiers(&judge, &scopes, &passages, &mut candidates);
        self.unparsed(&passages, &scopes, &mut candidates, extraction);
        let settled = settle::settle(candidates, self.ontology);
        extraction.facts = settled.into_iter().map(|candidate| self.fact(candidate)).collect();
        let service_of = |section| self.service_of(section);
        claims::extract(self.document, self.outline, self.ontology, &scopes, &service_of, extraction);
    }

    /// The tiers that the document names, in the order in which it does.
    fn known_tiers(&self, passages: &[Passage]) -> Vec<String> {
        let mut known: Vec<String> = Vec::new();
        let sentences = passages.iter().flat_map(|passage| &passage.sentences);
        let mentions =
            sentences.flat_map(|s| tiers::mentions(&s.text, &self.identity.service, self.ontology));
        for name in mentions.flat_map(|mention| mention.names) {
            if !known.contains(&name) {
                known.push(name);
            }
        }
        known
    }

    fn passages(&self, scopes: &[SectionScope<'_>]) -> Vec<Passage> {
        let mut walk = Walk {
            document: self.document,
            ontology: self.ontology,
            service: &self.identity.service,
            passages: Vec::new(),
        };
        for (index, section) in self.outline.sections.iter().enumerate() {
            if !scopes[index].silent {
                let heading = section.heading.plain.trim();
                let variant = heading_variant(self.outline, scopes, index);
                walk.section(index, &section.blocks, &scopes[index], heading, variant);
            }
        }
        walk.passages
    }

    /// What a passage states: of the kind that is announced, or of those that its section expects.
    fn judge(
        &self,
        judge: &Judge<'_>,
        at: usize,
        passage: &Passage,
        scope: &SectionScope<'_>,
        candidates: &mut Vec<Candidate>,
    ) {
        let announced = passage.kind.as_deref();
        let expected = scope.expects().iter().map(String::as_str).filter(|_| !passage.labelled);
        let mut names: Vec<&str> = announced.into_iter().chain(expected).collect();
        names.dedup();
        for name in names {
            let strays = name == "MultiRegion" && scope.scenario == Some(Scenario::ZoneFailure);
            let fits = strays || fits_scenario(name, scope.scenario);
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
            let own = statements.len();
            if (kind.takes_scenario || strays)
                && announced.is_none()
                && scope.scenario == Some(Scenario::ZoneFailure)
            {
                statements.extend(judge.statements(kind, passage, scope, true));
            }
            for (index, statement) in statements.into_iter().enumerate() {
                let scenario = if index < own { scope.scenario } else { Some(Scenario::RegionFailure) };
                let features = features(kind, scope, &statement.features);
                for feature in features {
                    candidates.push(Candidate {
                        kind: kind.name.clone(),
                        scenario: scenario.filter(|_| kind.takes_scenario),
                        feature,
                        statement: statement.clone(),
                        passage: at,
                        parent: passage.parent,
                        announced: announced == Some(name),
                        labelled: announced == Some(name) && passage.labelled,
                        siblings: passage.siblings,
                        bonus: scope.role.map_or(0, |role| role.weight),
                        overview: scope.role.is_some_and(|role| role.overview),
                        section: passage.section,
                        service: self.service_of(passage.section),
                    });
                }
            }
        }
    }

    /// Where no heading below a section on the loss of a region names a feature, the sentence that says that the
    /// service has one may: what the section states is about that one.
    fn name_features(
        &self,
        scopes: &[SectionScope<'_>],
        passages: &[Passage],
        candidates: &mut [Candidate],
    ) {
        let named_by_heading = |scope: &SectionScope<'_>| !scope.custom && !scope.feature.is_empty();
        let of_region = |scope: &SectionScope<'_>| scope.scenario == Some(Scenario::RegionFailure) && !scope.custom;
        if scopes.iter().any(|scope| of_region(scope) && named_by_heading(scope)) {
            return;
        }
        let sentence_of = |candidate: &Candidate| {
            let sentences = &passages[candidate.passage].sentences;
            sentences.iter().find(|sentence| sentence.start == candidate.statement.start)
        };
        let native = Value::Named("Native".to_owned());
        let said = candidates.iter().filter(|candidate| {
            candidate.kind == "MultiRegion" && candidate.statement.value == native && of_region(&scopes[candidate.section])
        });
        let mut names: Vec<String> =
            said.filter_map(sentence_of).filter_map(|sentence| self.ontology.sentence.feature.find(&sentence.text)).map(slug).collect();
        names.sort();
        names.dedup();
        let [name] = names.as_slice() else { return };
        for candidate in candidates.iter_mut().filter(|candidate| of_region(&scopes[candidate.section])) {
            let about_region = candidate.scenario == Some(Scenario::RegionFailure) && !candidate.statement.always;
            if about_region || candidate.kind == "MultiRegion" && candidate.statement.value == native {
                candidate.feature.clone_from(name);
            }
        }
    }

    /// A feature of which sections tell what happens when a region is lost is one that the service has.
    fn add_features(
        &self,
        scopes: &[SectionScope<'_>],
        passages: &[Passage],
        candidates: &mut Vec<Candidate>,
    ) {
        let mut known: Vec<String> = Vec::new();
        let mut found = Vec::new();
        for candidate in candidates.iter().filter(|candidate| candidate.announced) {
            let scope = &scopes[candidate.section];
            if candidate.scenario != Some(Scenario::RegionFailure)
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
            let Some((first, sentence)) =
                first.and_then(|passage| Some((passage, passage.sentences.first()?)))
            else {
                continue;
            };
            let (statement, service) = (Statement::named("Native", sentence), candidate.service.clone());
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
                bonus: 0,
                section: first.section,
                service,
            });
        }
        candidates.extend(found);
    }

    /// Sentences that name the tiers that zone redundancy or a feature needs limit what is said without tiers.
    fn require_tiers(
        &self,
        judge: &Judge<'_>,
        scopes: &[SectionScope<'_>],
        passages: &[Passage],
        candidates: &mut [Candidate],
    ) {
        let words = &self.ontology.sentence;
        for passage in passages {
            let scope = &scopes[passage.section];
            let denies = |text: &str| {
                let kinds = ["ZoneSupport", "MultiRegion"].iter().filter_map(|name| self.ontology.kind(name));
                kinds.flat_map(|kind| &kind.readings).any(|reading| {
                    matches!(reading.value.as_str(), "None" | "SingleRegion") && reading.fits(text, false)
                })
            };
            let requires = |text: &str| words.tier_requirement.is_match(text) && !denies(text);
            for sentence in passage.sentences.iter().filter(|sentence| requires(&sentence.text)) {
                let mentions = tiers::mentions(&sentence.text, &self.identity.service, self.ontology);
                let named = mentions.iter().find(|mention| !mention.names.is_empty());
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

    /// The service that a section is about: that of the title where only that one is named in it.
    fn service_of(&self, section: usize) -> String {
        let service = &self.identity.service;
        let Some(other) = &self.identity.other else { return service.clone() };
        let section = &self.outline.sections[section];
        let end = self
            .outline
            .sections
            .iter()
            .map(|other| other.range.start)
            .find(|&start| start > section.range.start);
        let text = &self.document.text[section.range.start..end.unwrap_or(self.document.text.len())];
        let is_other = identity::mentions(text, service) == 0 && identity::mentions(text, other) > 1;
        if is_other { other.clone() } else { service.clone() }
    }

    /// In a document that tells zone modes apart, a sentence that names one of them speaks of that one.
    fn tell_modes(&self, passages: &[Passage], candidates: &mut [Candidate]) {
        let support =
            candidates.iter().filter(|candidate| candidate.kind == "ZoneSupport").cloned().collect();
        let support = settle::settle(support, self.ontology);
        let offered = self.ontology.modes.iter().filter(|mode| {
            let value = Value::Named(mode.value.clone());
            support.iter().any(|candidate| candidate.statement.value == value)
        });
        if offered.count() < 2 {
            return;
        }
        let of_variant = self.modes_of_variants(&support);
        for candidate in candidates.iter_mut() {
            let zone = candidate.scenario == Some(Scenario::ZoneFailure)
                || matches!(candidate.kind.as_str(), "ZoneEnablement" | "ZoneCost" | "MinimumInstances");
            if !zone || !candidate.feature.is_empty() {
                continue;
            }
            if let Some(feature) = of_variant.get(&candidate.statement.variant) {
                candidate.feature.clone_from(feature);
                continue;
            }
            let sentence =
                passages[candidate.passage].sentences.iter().find(|s| s.start == candidate.statement.start);
            let Some(sentence) = sentence else { continue };
            let label = passages[candidate.passage].label.as_str();
            for words in [sentence.text.as_str(), label] {
                let mut named = self.ontology.modes.iter().filter(|mode| mode.mention.is_match(words));
                if let (Some(mode), None) = (named.next(), named.next()) {
                    candidate.feature = mode.feature.clone();
                    break;
                }
            }
        }
    }

    /// The zone mode of each variant that is said to have just one.
    fn modes_of_variants(&self, support: &[Candidate]) -> HashMap<String, String> {
        let mut modes: HashMap<String, Vec<String>> = HashMap::new();
        for candidate in support.iter().filter(|candidate| !candidate.statement.variant.is_empty()) {
            let mode = self
                .ontology
                .modes
                .iter()
                .find(|mode| candidate.statement.value == Value::Named(mode.value.clone()));
            let feature = mode.map(|mode| mode.feature.clone()).unwrap_or_default();
            modes.entry(candidate.statement.variant.clone()).or_default().push(feature);
        }
        let single = modes.into_iter().filter(|(_, features)| features.len() == 1 && !features[0].is_empty());
        single.map(|(variant, mut features)| (variant, features.remove(0))).collect()
    }

    /// Announced passages that state nothing, neither themselves nor through their alternatives.
    fn unparsed(
        &self,
        passages: &[Passage],
        scopes: &[SectionScope<'_>],
        candidates: &mut Vec<Candidate>,
        extraction: &mut Extraction,
    ) {
        for (at, passage) in passages.iter().enumerate() {
            let Some(kind) = passage.kind.as_deref() else { continue };
            let understood = |index: usize| {
                candidates.iter().any(|candidate| candidate.passage == index && candidate.kind == kind)
            };
            let part_of_it = passages.iter().enumerate().any(|(index, other)| {
                other.parent == Some(at) && (understood(index) || other.kind.as_deref() == Some(kind))
            });
            let scope = &scopes[passage.section];
            let beside_the_point = scope.custom || !fits_scenario(kind, scope.scenario);
            let scenario =
                scope.scenario.filter(|_| self.ontology.kind(kind).is_some_and(|kind| kind.takes_scenario));
            let (Some(first), Some(last)) = (passage.sentences.first(), passage.sentences.last()) else {
                continue;
            };
            if understood(at) || part_of_it || beside_the_point || !passage.labelled {
                continue;
            }
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
        let is_alternative = passage.parent.is_some();
        let Some(first) = passage.sentences.first().filter(|_| scope.scenario.is_some() && !is_alternative)
        else {
            return;
        };
        let limits = &passage.limits;
        let statement = Statement {
            tiers: limits.tiers.clone(),
            variant: passages::variant(limits),
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
                bonus: 0,
                section: passage.section,
                service: self.service_of(passage.section),
            });
        }
    }

    fn fact(&self, candidate: Candidate) -> Fact {
        let statement = candidate.statement;
        let rule = format!("{} {}", candidate.kind, if candidate.announced { "label" } else { "prose" });
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

    fn source(&self, start: usize, end: usize, section: usize) -> Source {
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
/// an outage of the home region, an outage of a target region.
fn heading_variant(outline: &Outline, scopes: &[SectionScope<'_>], index: usize) -> Option<String> {
    let (section, scope) = (&outline.sections[index], &scopes[index]);
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

/// The features of a statement: zone modes where zones are the subject, else the feature of the section.
fn features(kind: &Kind, scope: &SectionScope<'_>, modes: &[String]) -> Vec<String> {
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
