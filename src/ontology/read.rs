//! Reading the ontology's Turtle.

use super::claims::{self, ClaimRuleTexts, RawRule, SentenceCues};
use super::cues::{CueSet, Extent, Finder, Phrases};
use super::expression::Step;
use super::mistake::Result;
use super::names;
use super::program::Program;
use super::statements::{Name, Object, Statements, TYPE};
use super::tables::TableReader;
use super::{Era, Kind, Noun, Ontology, Reading, SectionRole, SentenceWords, TierWords, TimeWords, ZoneMode};
use super::{turtle, unknown};
use crate::error::Error;
use crate::vocabulary::Scenario;
use oxrdf::Quad;
use oxrdfio::{RdfFormat, RdfParser};
use std::cmp::Reverse;
use std::sync::Arc;

/// Reads Turtle files, by their names and contents; the first of them ship, and the others may only speak of what these
/// know or they describe themselves.
pub(super) fn read(files: &[(&str, &[u8])], shipped: usize) -> Result<Ontology, Error> {
    let mut statements = Statements::default();
    for (name, turtle) in files {
        let before = statements.all().len();
        if turtle::read(turtle, &mut statements).is_none() {
            statements.truncate(before);
            statements.extend(parse(name, turtle)?);
        }
        statements.end_file();
    }
    unknown::check(&statements, shipped, files)?;
    statements.group();
    let counts = |predicate| predicate == TYPE || statements.is_own(predicate);
    let subjects = statements.subjects(|statement| counts(statement.predicate));
    let reader = Reader { statements: &statements, subjects, phrases: Phrases::default() };
    reader.ontology().map_err(|mistake| mistake.in_files(&statements, files))
}

/// The statements of any Turtle file; `name` names it in errors.
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

/// Makes an ontology of the statements of its files.
struct Reader<'t> {
    statements: &'t Statements<'t>,
    /// What the ontology speaks of, in the order of the files.
    subjects: Vec<Name>,
    phrases: Phrases,
}

impl<'t> Reader<'t> {
    fn ontology(mut self) -> Result<Ontology> {
        for subject in self.of_class("Phrase") {
            let (_, name) = self.statements.split(subject);
            let cues = self.texts(subject, "cue").into_iter().map(str::to_owned).collect();
            self.phrases.insert(name.to_owned(), cues);
        }
        let roles =
            self.of_class("SectionRole").into_iter().map(|role| self.role(role)).collect::<Result<_>>()?;
        let mut modes = self.of_class("ZoneMode");
        modes.retain(|mode| !self.texts(*mode, "featureName").is_empty());
        let modes = modes.into_iter().map(|mode| self.mode(mode)).collect::<Result<_>>()?;
        let kinds = self.with("reading").into_iter().map(|kind| self.kind(kind)).collect::<Result<_>>()?;
        let nothing = self.statements.own("NoKind");
        let tier = self.statements.own("Tier");
        let sentence = self.statements.own("Sentence");
        let anywhere = |subject: Name, property: &str| self.cues(subject, property, Extent::Anywhere);
        let title = self.statements.own("Title");
        let stock = Step::Phrase(Arc::new(self.phrases.any(&self.texts(title, "stock"))?));
        let blanks = Step::Repeat { step: Box::new(Step::Blanks), min: 0, max: Some(1), greedy: true };
        let stock = Program::new(&Step::All(Box::new([blanks, stock, Step::Blanks])));
        let ontology = Ontology {
            stock,
            no_service: self.cues(title, "noService", Extent::Whole)?,
            eras: self.eras()?,
            roles,
            kinds,
            no_kind: self.cues(nothing, "announcedBy", Extent::Whole)?,
            modes,
            tiers: TierWords {
                nouns: self.texts(tier, "noun").iter().map(|noun| Noun::new(noun)).collect(),
                noun: anywhere(tier, "noun")?,
                resources: self.texts(tier, "resource").iter().map(|noun| Noun::new(noun)).collect(),
                resource: anywhere(tier, "resource")?,
                label: self.cues(tier, "label", Extent::Whole)?,
                listed: Finder::new(&self.texts(tier, "listed"), &self.phrases)?,
                introduced: anywhere(tier, "introduced")?,
                pivot: anywhere(tier, "pivotCue")?,
                all: anywhere(tier, "all")?,
                except: anywhere(tier, "except")?,
                and_higher: anywhere(tier, "andHigher")?,
                order: self.lists(tier, "order"),
            },
            sentence: SentenceWords {
                time: self.time_words(),
                passed_over: anywhere(sentence, "passedOver")?,
                denial: anywhere(sentence, "denial")?,
                edition: anywhere(sentence, "edition")?,
                takes_back: anywhere(sentence, "takesBack")?,
                hedge: anywhere(sentence, "hedge")?,
                up_to: anywhere(sentence, "upTo")?,
                at_least: anywhere(sentence, "atLeast")?,
                preview: anywhere(sentence, "preview")?,
                in_preview: anywhere(sentence, "inPreview")?,
                this_feature: anywhere(sentence, "thisFeature")?,
                condition: Finder::new(
                    &self.texts(self.statements.own("Condition"), "condition"),
                    &self.phrases,
                )?,
                clause: Finder::new(&self.texts(self.statements.own("Condition"), "clause"), &self.phrases)?,
                no_clause: self.cues(self.statements.own("Condition"), "noClause", Extent::Whole)?,
                feature: Finder::new(&self.texts(sentence, "feature"), &self.phrases)?,
                emphasised_feature: self.cues(sentence, "emphasisedFeature", Extent::Whole)?,
                part: Finder::new(&self.texts(sentence, "part"), &self.phrases)?,
                exception: Finder::new(&self.texts(sentence, "exception"), &self.phrases)?,
                opening_case: Finder::new(&self.texts(sentence, "openingCase"), &self.phrases)?,
                lead: Finder::new(&self.texts(sentence, "lead"), &self.phrases)?,
                region_failure: anywhere(sentence, "regionFailure")?,
                zone_label: self.cues(sentence, "zoneLabel", Extent::Whole)?,
                region_label: self.cues(sentence, "regionLabel", Extent::Whole)?,
                zone_name: self.cues(sentence, "zoneName", Extent::Whole)?,
                region_name: self.cues(sentence, "regionName", Extent::Whole)?,
                other_cause: anywhere(sentence, "otherCause")?,
                zone: anywhere(sentence, "zone")?,
                region: anywhere(sentence, "region")?,
                restriction: Finder::new(&self.texts(sentence, "restriction"), &self.phrases)?,
                some_regions: Finder::new(&self.texts(sentence, "someRegions"), &self.phrases)?,
                subject: Finder::new(&self.texts(sentence, "subject"), &self.phrases)?,
                whole: self.cues(sentence, "wholeService", Extent::Whole)?,
                no_feature: self.cues(sentence, "noFeature", Extent::Whole)?,
                distinct: anywhere(self.statements.own("Condition"), "distinct")?,
                tier_requirement: anywhere(tier, "requirement")?,
                both_failures: anywhere(sentence, "bothFailures")?,
                takes_over: anywhere(sentence, "takesOver")?,
                outright: anywhere(sentence, "outright")?,
                begins_design: anywhere(sentence, "beginsDesign")?,
                no_design: anywhere(sentence, "noDesign")?,
                means: anywhere(sentence, "means")?,
                plain_head: self.cues(sentence, "plainHead", Extent::Whole)?,
                remark_head: self.cues(sentence, "remarkHead", Extent::Whole)?,
                pair: [
                    self.cues(sentence, "beforePair", Extent::Whole)?,
                    self.cues(sentence, "betweenPair", Extent::Whole)?,
                    self.cues(sentence, "behindPair", Extent::Whole)?,
                ],
                both_ways: anywhere(sentence, "bothWays")?,
            },
            tables: TableReader(self.statements).words(),
            claims: claims::words(
                self.claim_rules(),
                &SentenceCues {
                    goes_on: self.texts(self.statements.own("Sentence"), "goesOn"),
                    zone_failure: self.texts(self.statements.own("ZoneFailure"), "mention"),
                    region_failure: self.texts(self.statements.own("RegionFailure"), "mention"),
                },
                &self.phrases,
                names::gazetteer(self.statements),
            )?,
        };
        self.phrases.close(
            &self.texts(sentence, "frequent").iter().flat_map(|words| words.split(' ')).collect::<Vec<_>>(),
        );
        Ok(ontology)
    }

    fn time_words(&self) -> TimeWords {
        let unit = |unit: Name| {
            let names = self.texts(unit, "unitName").into_iter();
            let forms = names.flat_map(|name| match name.strip_suffix("s?") {
                Some(single) => vec![single.to_owned(), format!("{single}s")],
                None => vec![name.to_owned()],
            });
            let seconds = self.number(unit, "seconds").and_then(|seconds| u64::try_from(seconds).ok());
            (forms.collect(), seconds.unwrap_or_default())
        };
        let of_units = |property| {
            let units = self.of_class("TimeUnit").into_iter();
            units.flat_map(|unit| self.texts(unit, property)).map(str::to_owned).collect()
        };
        TimeWords {
            ordinals: of_units("ordinal"),
            behind_ordinals: of_units("goesOn"),
            units: self.of_class("TimeUnit").into_iter().map(unit).collect(),
            numbers: self.lists(self.statements.own("Number"), "inWords"),
            months: self.lists(self.statements.own("Month"), "inWords"),
        }
    }

    fn claim_rules(&self) -> Vec<RawRule<'t>> {
        let rules = self.of_class("ClaimRule").into_iter();
        let rule = |rule: Name| RawRule {
            cues: self.texts(rule, "cue"),
            unless: self.texts(rule, "unless"),
            under: self.texts(rule, "under"),
            rule: ClaimRuleTexts {
                name: self.statements.local(rule),
                takes_scenario: self
                    .name(rule, "givesKind")
                    .is_some_and(|kind| self.flag(self.statements.own(&kind), "takesScenario")),
                kind: self.name(rule, "givesKind"),
                value: self.name(rule, "givesValue").unwrap_or_default(),
                property: self.name(rule, "givesProperty"),
                names: self.name(rule, "objectNames"),
                figure: self.name(rule, "givesFigure"),
                sentence_names: self.name(rule, "sentenceNames"),
                variant: self.texts(rule, "narrowsTo").pop().unwrap_or_default().to_owned(),
            },
        };
        rules.map(rule).collect()
    }

    fn role(&self, role: Name) -> Result<SectionRole> {
        let failure = |property| {
            self.name(role, property).map(|name| match name.as_str() {
                "ZoneFailure" => Some(Scenario::ZoneFailure),
                "RegionFailure" => Some(Scenario::RegionFailure),
                _ => None,
            })
        };
        Ok(SectionRole {
            name: self.statements.local(role),
            heading: self.cues(role, "heading", Extent::Whole)?,
            sets_scenario: failure("setsScenario"),
            stands_in: failure("standsIn"),
            about: self.name(role, "about"),
            expects: self.names(role, "expects"),
            expects_labels: self.names(role, "expectsLabel"),
            silent: self.flag(role, "silences"),
            feature: self.texts(role, "featureName").pop().map(str::to_owned),
            weight: self.number(role, "weight").unwrap_or_default(),
            opens_page: self.flag(role, "opensPage"),
            whole_page: self.flag(role, "wholePage"),
            names_features: self.flag(role, "namesFeatures"),
            tells_apart: self.flag(role, "tellsApart"),
            overview: self.flag(role, "overview"),
            reads_labelled: self.names(role, "readsLabelled"),
        })
    }

    fn eras(&self) -> Result<Vec<Era>> {
        let mut eras = self.of_class("TemplateEra");
        eras.sort_by_key(|era| self.texts(*era, "rank"));
        let era = |era: Name| {
            Ok(Era {
                name: self.statements.local(era),
                heading: self.cues(era, "heading", Extent::Whole)?,
                expects_sections: self.names(era, "expectsSection"),
            })
        };
        eras.into_iter().map(era).collect()
    }

    fn mode(&self, mode: Name) -> Result<ZoneMode> {
        Ok(ZoneMode {
            value: self.statements.local(mode),
            feature: self.texts(mode, "featureName").pop().unwrap_or_default().to_owned(),
            label: self.cues(mode, "modeLabel", Extent::Whole)?,
            mention: self.cues(mode, "mention", Extent::Anywhere)?,
        })
    }

    fn kind(&self, kind: Name) -> Result<Kind> {
        let readings = self.objects(kind, "reading").filter_map(|reading| match reading {
            Object::Name(reading) => Some(*reading),
            _ => None,
        });
        // What states a value is numbered together, so that it is told at a glance whether a sentence may state any.
        let mut readings: Vec<Name> = readings.collect();
        readings.sort_by_key(|reading| Reverse(self.weight(*reading)));
        let negators = self.texts(self.statements.own("Sentence"), "negator");
        let apart = |reading: Name, property| {
            let cues = self.texts(reading, property).into_iter();
            cues.partition::<Vec<&str>, _>(|cue| self.phrases.denies(cue, &negators))
        };
        let stating = |reading: &Name| {
            let [(denying, others), (labelled_denying, labelled)] =
                ["cue", "labelledCue"].map(|property| apart(*reading, property));
            [denying, others, labelled_denying, labelled]
        };
        let stating: Vec<_> = readings.iter().flat_map(stating).collect();
        let (sets, states) = CueSet::side_by_side(&stating, &self.phrases, Extent::Anywhere)?;
        let readings = readings.into_iter().zip(sets.chunks_exact(4));
        let readings = readings.map(|(reading, sets)| self.reading(reading, sets));
        Ok(Kind {
            states,
            name: self.statements.local(kind),
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
            terms: self.texts(kind, "term").into_iter().map(str::to_owned).collect(),
            anywhere: self.flag(kind, "anywhere"),
            topic: self.cues(kind, "topic", Extent::Anywhere)?,
            mentions: self.optional_cues(kind, "mentions")?,
            readings: readings.collect::<Result<_>>()?,
        })
    }

    fn weight(&self, reading: Name) -> i64 {
        self.number(reading, "weight").unwrap_or(10)
    }

    fn reading(&self, reading: Name, sets: &[CueSet]) -> Result<Reading> {
        let optional = |property| self.optional_cues(reading, property);
        Ok(Reading {
            value: self.name(reading, "value").unwrap_or_default(),
            weight: self.weight(reading),
            quantity: self.flag(reading, "quantity"),
            units: optional("unit")?,
            require: optional("require")?,
            cues: sets[0].with(&sets[1]),
            labelled_cues: sets[2].with(&sets[3]),
            denying: [sets[0].clone(), sets[2].clone()],
            in_passing: optional("inPassing")?,
            unless: self.cues(reading, "unless", Extent::Anywhere)?,
            whole: self.flag(reading, "whole"),
            always: self.flag(reading, "always"),
            of_part: self.flag(reading, "ofPart"),
        })
    }

    fn optional_cues(&self, subject: Name, property: &str) -> Result<Option<CueSet>> {
        let texts = self.texts(subject, property);
        (!texts.is_empty()).then(|| self.cues(subject, property, Extent::Anywhere)).transpose()
    }

    fn cues(&self, subject: Name, property: &str, extent: Extent) -> Result<CueSet> {
        CueSet::new(&self.texts(subject, property), &self.phrases, extent)
    }

    fn of_class(&self, class: &str) -> Vec<Name> {
        let class = self.statements.own(class);
        let is = |object: &Object| matches!(object, Object::Name(name) if *name == class);
        self.subjects(|subject| self.statements.objects(subject, TYPE).any(is))
    }

    fn with(&self, property: &str) -> Vec<Name> {
        self.subjects(|subject| self.objects(subject, property).next().is_some())
    }

    fn subjects(&self, are: impl Fn(Name) -> bool) -> Vec<Name> {
        self.subjects.iter().copied().filter(|subject| are(*subject)).collect()
    }

    fn objects(&self, subject: Name, property: &str) -> impl Iterator<Item = &'t Object<'t>> {
        self.statements.objects(subject, self.statements.own(property))
    }

    fn texts(&self, subject: Name, property: &str) -> Vec<&'t str> {
        self.statements.texts(subject, self.statements.own(property))
    }

    fn names(&self, subject: Name, property: &str) -> Vec<String> {
        let names = self.objects(subject, property).filter_map(|object| match object {
            Object::Name(name) => Some(self.statements.local(*name)),
            _ => None,
        });
        names.collect()
    }

    /// The words of a list that is written with commas.
    fn lists(&self, subject: Name, property: &str) -> Vec<String> {
        let texts = self.texts(subject, property);
        texts.iter().flat_map(|text| text.split(',')).map(|word| word.trim().to_owned()).collect()
    }

    fn number(&self, subject: Name, property: &str) -> Option<i64> {
        self.texts(subject, property).first()?.parse().ok()
    }

    fn name(&self, subject: Name, property: &str) -> Option<String> {
        self.objects(subject, property).next().map(|object| match object {
            Object::Name(name) => self.statements.local(*name),
            other => other.text().unwrap_or_default().to_owned(),
        })
    }

    fn flag(&self, subject: Name, property: &str) -> bool {
        self.texts(subject, property).contains(&"true")
    }
}
