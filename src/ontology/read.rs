//! Reading the ontology's Turtle.

use super::claims::{self, ClaimRuleTexts, RawRule, SentenceCues};
use super::cues::{CueSet, Extent, Finder, Phrases};
use super::mistake::{Mistake, Result};
use super::names::GazetteerReader;
use super::tables::{TableReader, TableWords};
use super::{Era, Kind, Noun, Ontology, Reading, SectionRole, SentenceWords, TierWords, TimeWords, ZoneMode};
use crate::error::Error;
use crate::vocabulary::REL;
use crate::vocabulary::Scenario;
use oxrdf::{NamedOrBlankNode, Quad, Term};
use oxrdfio::{RdfFormat, RdfParser};
use rayon::prelude::*;
use regex::Regex;
use std::collections::HashMap;

/// Reads Turtle files, by their names and contents.
pub(super) fn read(files: &[(String, Vec<u8>)]) -> Result<Ontology, Error> {
    let mut triples = Triples::default();
    let mut tables = TableReader::default();
    let mut names = GazetteerReader::default();
    let parsed = files.par_iter().map(|(name, turtle)| parse(name, turtle));
    for quads in parsed.collect::<Result<Vec<_>, Error>>()? {
        names.read(&quads);
        tables.read(&quads);
        triples.read(quads);
    }
    triples
        .ontology(tables.words(), names)
        .map_err(|mistake| Error::input("a cue of the ontology is wrong").with_source(mistake))
}

/// The statements of a Turtle file; `name` names it in errors.
fn parse(name: &str, turtle: &[u8]) -> Result<Vec<Quad>, Error> {
    let statements = RdfParser::from_format(RdfFormat::Turtle).rename_blank_nodes().for_slice(turtle);
    let quad = |quad: Result<Quad, _>| {
        quad.map_err(|error| {
            Error::input(format!("the ontology {name} is no Turtle"))
                .with_source(error)
                .with_hint("mend the file at that place; a cue is a string in double quotes")
        })
    };
    statements.map(quad).collect()
}

/// The triples whose predicate is of the ontology's own namespace, by subject, in the order of the files.
#[derive(Default)]
struct Triples {
    subjects: Vec<NamedOrBlankNode>,
    properties: HashMap<NamedOrBlankNode, Vec<(String, Term)>>,
    phrases: Phrases,
}

impl Triples {
    fn read(&mut self, quads: Vec<Quad>) {
        for quad in quads {
            let rdf_type = quad.predicate == oxrdf::vocab::rdf::TYPE;
            let Some(predicate) = quad.predicate.as_str().strip_prefix(REL).or(rdf_type.then_some("a"))
            else {
                continue;
            };
            let known = self.properties.entry(quad.subject.clone()).or_default();
            if known.is_empty() {
                self.subjects.push(quad.subject.clone());
            }
            known.push((predicate.to_owned(), quad.object));
        }
    }

    fn ontology(mut self, tables: TableWords, names: GazetteerReader) -> Result<Ontology> {
        for subject in self.of_class("Phrase") {
            let name = local(&subject.clone().into()).rsplit('/').next().unwrap_or_default().to_owned();
            let cues = self.texts(&subject, "cue");
            self.phrases.insert(name, cues);
        }
        let roles =
            self.of_class("SectionRole").par_iter().map(|role| self.role(role)).collect::<Result<_>>()?;
        let mut modes = self.of_class("ZoneMode");
        modes.retain(|mode| !self.texts(mode, "featureName").is_empty());
        let modes = modes.iter().map(|mode| self.mode(mode)).collect::<Result<_>>()?;
        let kinds = self.with("reading").par_iter().map(|kind| self.kind(kind)).collect::<Result<_>>()?;
        let nothing = named("NoKind");
        let tier = named("Tier");
        let sentence = named("Sentence");
        let anywhere =
            |subject: &NamedOrBlankNode, property: &str| self.cues(subject, property, Extent::Anywhere);
        let title = named("Title");
        let stock = self.phrases.pattern(&self.texts(&title, "stock").join("|"))?;
        let stock = format!(r"(?i)^\s*(?:{stock})\s+");
        let stock = Regex::new(&stock).map_err(|error| Mistake::new(&stock, 0, error.to_string()))?;
        Ok(Ontology {
            stock,
            no_service: self.cues(&title, "noService", Extent::Whole)?,
            eras: self.eras()?,
            roles,
            kinds,
            no_kind: self.cues(&nothing, "announcedBy", Extent::Whole)?,
            modes,
            tiers: TierWords {
                nouns: self.texts(&tier, "noun").iter().map(|noun| Noun::new(noun)).collect(),
                noun: anywhere(&tier, "noun")?,
                label: self.cues(&tier, "label", Extent::Whole)?,
                listed: Finder::new(&self.texts(&tier, "listed"), &self.phrases)?,
                pivot: anywhere(&tier, "pivotCue")?,
                all: anywhere(&tier, "all")?,
                except: anywhere(&tier, "except")?,
                and_higher: anywhere(&tier, "andHigher")?,
                order: self.lists(&tier, "order"),
            },
            sentence: SentenceWords {
                time: self.time_words(),
                passed_over: anywhere(&sentence, "passedOver")?,
                takes_back: anywhere(&sentence, "takesBack")?,
                hedge: anywhere(&sentence, "hedge")?,
                up_to: anywhere(&sentence, "upTo")?,
                at_least: anywhere(&sentence, "atLeast")?,
                preview: anywhere(&sentence, "preview")?,
                in_preview: anywhere(&sentence, "inPreview")?,
                condition: Finder::new(&self.texts(&named("Condition"), "condition"), &self.phrases)?,
                clause: Finder::new(&self.texts(&named("Condition"), "clause"), &self.phrases)?,
                no_clause: self.cues(&named("Condition"), "noClause", Extent::Whole)?,
                feature: Finder::new(&self.texts(&sentence, "feature"), &self.phrases)?,
                part: Finder::new(&self.texts(&sentence, "part"), &self.phrases)?,
                lead: Finder::new(&self.texts(&sentence, "lead"), &self.phrases)?,
                region_failure: anywhere(&sentence, "regionFailure")?,
                zone: anywhere(&sentence, "zone")?,
                distinct: anywhere(&named("Condition"), "distinct")?,
                tier_requirement: anywhere(&tier, "requirement")?,
                outright: anywhere(&sentence, "outright")?,
            },
            tables,
            claims: claims::words(
                self.claim_rules(),
                &SentenceCues {
                    goes_on: self.texts(&named("Sentence"), "goesOn"),
                    zone_failure: self.texts(&named("ZoneFailure"), "mention"),
                    region_failure: self.texts(&named("RegionFailure"), "mention"),
                },
                &self.phrases,
                names,
            )?,
        })
    }

    fn time_words(&self) -> TimeWords {
        let unit = |unit: &NamedOrBlankNode| {
            let names = self.texts(unit, "unitName").into_iter();
            let forms = names.flat_map(|name| match name.strip_suffix("s?") {
                Some(single) => vec![single.to_owned(), format!("{single}s")],
                None => vec![name],
            });
            let seconds = self.number(unit, "seconds").and_then(|seconds| u64::try_from(seconds).ok());
            (forms.collect(), seconds.unwrap_or_default())
        };
        TimeWords {
            units: self.of_class("TimeUnit").iter().map(unit).collect(),
            numbers: self.lists(&named("Number"), "inWords"),
            months: self.lists(&named("Month"), "inWords"),
        }
    }

    fn claim_rules(&self) -> Vec<RawRule> {
        let rules = self.of_class("ClaimRule").into_iter();
        let rule = |rule: NamedOrBlankNode| RawRule {
            cues: self.texts(&rule, "cue"),
            unless: self.texts(&rule, "unless"),
            under: self.texts(&rule, "under"),
            rule: ClaimRuleTexts {
                name: local(&rule.clone().into()),
                takes_scenario: self
                    .name(&rule, "givesKind")
                    .is_some_and(|kind| self.flag(&named(&kind), "takesScenario")),
                kind: self.name(&rule, "givesKind"),
                value: self.name(&rule, "givesValue").unwrap_or_default(),
                property: self.name(&rule, "givesProperty"),
                names: self.name(&rule, "objectNames"),
                figure: self.name(&rule, "givesFigure"),
                sentence_names: self.name(&rule, "sentenceNames"),
                variant: self.texts(&rule, "narrowsTo").pop().unwrap_or_default(),
            },
        };
        rules.map(rule).collect()
    }

    fn role(&self, role: &NamedOrBlankNode) -> Result<SectionRole> {
        let scenario = self.name(role, "setsScenario").map(|name| match name.as_str() {
            "ZoneFailure" => Some(Scenario::ZoneFailure),
            "RegionFailure" => Some(Scenario::RegionFailure),
            _ => None,
        });
        Ok(SectionRole {
            name: local(&role.clone().into()),
            heading: self.cues(role, "heading", Extent::Whole)?,
            sets_scenario: scenario,
            about: self.name(role, "about"),
            expects: self.objects(role, "expects").map(local).collect(),
            expects_labels: self.objects(role, "expectsLabel").map(local).collect(),
            silent: self.flag(role, "silences"),
            feature: self.texts(role, "featureName").pop(),
            weight: self.number(role, "weight").unwrap_or_default(),
            opens_page: self.flag(role, "opensPage"),
            whole_page: self.flag(role, "wholePage"),
            names_features: self.flag(role, "namesFeatures"),
            tells_apart: self.flag(role, "tellsApart"),
            overview: self.flag(role, "overview"),
            reads_labelled: self.flag(role, "readsLabelled"),
        })
    }

    fn eras(&self) -> Result<Vec<Era>> {
        let mut eras = self.of_class("TemplateEra");
        eras.sort_by_key(|era| self.texts(era, "rank"));
        let era = |era: &NamedOrBlankNode| {
            Ok(Era {
                name: local(&era.clone().into()),
                heading: self.cues(era, "heading", Extent::Whole)?,
                expects_sections: self.objects(era, "expectsSection").map(local).collect(),
            })
        };
        eras.iter().map(era).collect()
    }

    fn mode(&self, mode: &NamedOrBlankNode) -> Result<ZoneMode> {
        Ok(ZoneMode {
            value: local(&mode.clone().into()),
            feature: self.texts(mode, "featureName").pop().unwrap_or_default(),
            label: self.cues(mode, "modeLabel", Extent::Whole)?,
            mention: self.cues(mode, "mention", Extent::Anywhere)?,
        })
    }

    fn kind(&self, kind: &NamedOrBlankNode) -> Result<Kind> {
        let mut readings = Vec::new();
        for reading in self.objects(kind, "reading") {
            if let Some(reading) = node(reading) {
                readings.push(self.reading(&reading)?);
            }
        }
        readings.sort_by_key(|reading: &Reading| -reading.weight);
        Ok(Kind {
            name: local(&kind.clone().into()),
            announced_by: self.cues(kind, "announcedBy", Extent::Whole)?,
            takes_scenario: self.flag(kind, "scenarioKind"),
            several: self.flag(kind, "several"),
            not_stated: self.name(kind, "notStated"),
            weak_labels: self.flag(kind, "weakLabels"),
            reads_references: self.flag(kind, "readsReferences"),
            merges_alternatives: self.flag(kind, "mergesAlternatives"),
            names_tiers: self.flag(kind, "namesTiers"),
            is_count: self.flag(kind, "count"),
            is_date: self.flag(kind, "date"),
            terms: self.texts(kind, "term"),
            readings,
        })
    }

    fn reading(&self, reading: &NamedOrBlankNode) -> Result<Reading> {
        let optional = |property: &str| {
            let texts = self.texts(reading, property);
            (!texts.is_empty()).then(|| self.cues(reading, property, Extent::Anywhere)).transpose()
        };
        Ok(Reading {
            value: self.name(reading, "value").unwrap_or_default(),
            weight: self.number(reading, "weight").unwrap_or(10),
            quantity: self.flag(reading, "quantity"),
            units: optional("unit")?,
            require: optional("require")?,
            cues: self.cues(reading, "cue", Extent::Anywhere)?,
            labelled_cues: self.cues(reading, "labelledCue", Extent::Anywhere)?,
            in_passing: optional("inPassing")?,
            unless: self.cues(reading, "unless", Extent::Anywhere)?,
            whole: self.flag(reading, "whole"),
            always: self.flag(reading, "always"),
            of_part: self.flag(reading, "ofPart"),
        })
    }

    fn cues(&self, subject: &NamedOrBlankNode, property: &str, extent: Extent) -> Result<CueSet> {
        CueSet::new(&self.texts(subject, property), &self.phrases, extent)
    }

    fn of_class(&self, class: &str) -> Vec<NamedOrBlankNode> {
        let is = |(property, object): &(String, Term)| property == "a" && local(object) == class;
        let of_class = |subject: &&NamedOrBlankNode| self.properties[*subject].iter().any(is);
        self.subjects.iter().filter(of_class).cloned().collect()
    }

    fn with(&self, property: &str) -> Vec<NamedOrBlankNode> {
        let has = |subject: &&NamedOrBlankNode| self.objects(subject, property).next().is_some();
        self.subjects.iter().filter(has).cloned().collect()
    }

    fn objects(&self, subject: &NamedOrBlankNode, property: &str) -> impl Iterator<Item = &Term> {
        let known = self.properties.get(subject).into_iter().flatten();
        known.filter(move |(known, _)| known == property).map(|(_, object)| object)
    }

    fn texts(&self, subject: &NamedOrBlankNode, property: &str) -> Vec<String> {
        let literals = self.objects(subject, property).filter_map(|object| match object {
            Term::Literal(literal) => Some(literal.value().to_owned()),
            _ => None,
        });
        literals.collect()
    }

    /// The words of a list that is written with commas.
    fn lists(&self, subject: &NamedOrBlankNode, property: &str) -> Vec<String> {
        let texts = self.texts(subject, property);
        texts.iter().flat_map(|text| text.split(',')).map(|word| word.trim().to_owned()).collect()
    }

    fn number(&self, subject: &NamedOrBlankNode, property: &str) -> Option<i64> {
        self.texts(subject, property).first()?.parse().ok()
    }

    fn name(&self, subject: &NamedOrBlankNode, property: &str) -> Option<String> {
        self.objects(subject, property).next().map(local)
    }

    fn flag(&self, subject: &NamedOrBlankNode, property: &str) -> bool {
        self.texts(subject, property).iter().any(|value| value == "true")
    }
}

fn named(name: &str) -> NamedOrBlankNode {
    oxrdf::NamedNode::new_unchecked(format!("{REL}{name}")).into()
}

fn node(term: &Term) -> Option<NamedOrBlankNode> {
    match term {
        Term::NamedNode(node) => Some(node.clone().into()),
        Term::BlankNode(node) => Some(node.clone().into()),
        Term::Literal(_) => None,
    }
}

/// The local name of a term of the ontology.
fn local(term: &Term) -> String {
    match term {
        Term::NamedNode(node) => node.as_str().strip_prefix(REL).unwrap_or(node.as_str()).to_owned(),
        Term::BlankNode(node) => node.as_str().to_owned(),
        Term::Literal(literal) => literal.value().to_owned(),
    }
}
