//! Passages: the units of text that state one thing, with all that they stand under.
//!
//! The structure of a section is walked once. A label that announces a kind opens a passage of that kind; labels
//! below it that name a zone mode, a tier or an alternative open passages of their own inside it; text without
//! labels belongs to the section.

use super::limits::{Limits, pivots};
use super::scope::SectionScope;
use super::sentence::{Sentence, Sentences};
use super::tiers;
use crate::documents::Document;
use crate::facts::Scenario;
use crate::ontology::{Announced, Cued, Kind, Ontology};
use crate::sections::{Block, Item, Label, Text, sentences};
use std::borrow::Cow;
use std::ops::Deref;
use std::rc::Rc;

/// Most bytes of a paragraph that is no more than a label.
const LONGEST_INTRO: usize = 60;

/// A sentence with its place in the document's assembled text.
#[derive(Clone, Debug)]
pub(super) struct PlacedSentence {
    /// The sentence.
    pub sentence: Rc<Sentence>,
    /// Where it starts.
    pub start: usize,
    /// Where it ends.
    pub end: usize,
    /// Whether a paragraph or list item starts with it.
    pub opens: bool,
    /// Whether it states nothing, as references and introductions do.
    pub passed_over: bool,
    /// Whether it speaks of the loss of a region and of no zone.
    pub of_region: bool,
    /// Whether it speaks of the loss of a zone and of a region alike.
    pub of_both: bool,
    /// The failure that it is about by its own words: of zones or of regions, where it speaks of just one of them.
    pub failure: Option<Scenario>,
    /// Whether it speaks of another interruption than the loss of a zone or region.
    pub of_other_cause: bool,
    /// Whether it, or one in front of it in its paragraph, speaks of what customers build themselves.
    pub of_design: bool,
    /// Whether it is a label, of which the text counts more.
    pub is_label: bool,
}

impl Deref for PlacedSentence {
    type Target = Sentence;

    fn deref(&self) -> &Sentence {
        &self.sentence
    }
}

/// A unit of text.
#[derive(Clone, Debug, Default)]
pub(super) struct Passage {
    /// Index of the section.
    pub section: usize,
    /// Index of the passage that it is an alternative of.
    pub parent: Option<usize>,
    /// The kind that a label or the section announces.
    pub kind: Option<String>,
    /// Whether a label, not just the section, announces it.
    pub labelled: bool,
    /// What it is limited to.
    pub limits: Limits,
    /// Whether its own label names zone modes.
    pub mode_label: bool,
    /// The label that it stands under, the innermost.
    pub label: String,
    /// How many alternatives stand beside it, itself among them.
    pub siblings: usize,
    /// Where the row of a table starts that announces its kind.
    pub row: Option<usize>,
    /// The failure that a label, row or column tells it to be about, in a section that is about none.
    pub failure: Option<Scenario>,
    /// Whether the head of its column or row hedges the figures in it.
    pub hedged: bool,
    /// Its sentences.
    pub sentences: Vec<PlacedSentence>,
}

impl Passage {
    /// Its sentences about a failure: those that name it, and those behind one in the same paragraph.
    pub fn about(&self, failure: Scenario) -> Option<Self> {
        let mut named = None;
        let about = |sentence: &&PlacedSentence| {
            if sentence.opens || sentence.failure.is_some() {
                named = sentence.failure;
            }
            named == Some(failure) || sentence.of_both
        };
        let sentences: Vec<PlacedSentence> = self.sentences.iter().filter(about).cloned().collect();
        (!sentences.is_empty()).then(|| Self { sentences, ..self.without_sentences() })
    }

    /// Whether a sentence in a section on the loss of a region, though not on designs of customers, is about one.
    pub fn own_design(&self, sentence: &PlacedSentence, scope: &SectionScope<'_>) -> bool {
        let of_service = scope.scenario == Some(Scenario::RegionFailure) && !scope.custom;
        sentence.of_design && of_service && self.kind.is_none()
    }

    /// The passage that a text beside or below it begins with.
    pub(super) fn without_sentences(&self) -> Self {
        Self {
            kind: self.kind.clone(),
            limits: self.limits.clone(),
            label: self.label.clone(),
            sentences: Vec::new(),
            ..*self
        }
    }
}

/// The passages of a section's blocks.
pub(super) struct Walk<'a> {
    pub document: &'a Document,
    pub ontology: &'a Ontology,
    pub service: &'a str,
    pub sentences: &'a Sentences<'a>,
    /// Whether the section that it walks is about a failure.
    pub of_failure: bool,
    pub passages: Vec<Passage>,
}

impl<'a> Walk<'a> {
    /// Walks a section's blocks.
    pub fn section(
        &mut self,
        index: usize,
        blocks: &[Block],
        scope: &SectionScope<'_>,
        heading: &Cued,
        variant: Option<String>,
        siblings: usize,
    ) {
        self.of_failure = scope.scenario.is_some();
        let kind = scope.about().map(str::to_owned).filter(|kind| fits_scenario(kind, scope.scenario));
        let tiers = scope.unknown.as_deref().map(|heading| self.tiers(heading)).unwrap_or_default();
        let limits = Limits {
            modes: scope.modes.clone(),
            tiers,
            variants: variant.into_iter().collect(),
            preview: scope.preview || self.ontology.sentence.preview.is_match(heading),
        };
        let passage = Passage { section: index, kind, limits, siblings, ..Passage::default() };
        self.blocks(blocks, &passage, None);
    }

    /// Walks blocks that belong together; text without labels becomes passages like `like`.
    fn blocks(&mut self, blocks: &[Block], like: &Passage, own: Option<usize>) {
        let mut own = own;
        let mut previous: Option<usize> = None;
        let openings = paragraphs_with_openings(blocks);
        let mut headed: Option<Passage> = None;
        for block in blocks {
            let like = headed.as_ref().unwrap_or(like);
            match block {
                Block::Paragraph(text) if self.heads_failure(text) => {
                    let failure = text.label().and_then(|label| self.failure(label.name));
                    headed = Some(Passage { failure, ..like.without_sentences() });
                    (own, previous) = (None, None);
                }
                Block::Paragraph(text) => {
                    previous = None;
                    match text.label().filter(|label| label.colon || self.knows(label)) {
                        Some(label) => previous = self.labelled(text, label, &[], like, own),
                        None => match (self.mode_intro(text), text.label().filter(|_| openings > 1)) {
                            (Some(label), _) => previous = self.labelled(text, label, &[], like, own),
                            (None, Some(label)) => {
                                let like = Passage { siblings: openings, ..like.clone() };
                                previous = self.labelled(text, label, &[], &like, own);
                            }
                            (None, None) => own = Some(self.append(own, text, 0, like)),
                        },
                    }
                }
                Block::List(items) => {
                    let (like, parent) = self.belonging(previous.take(), like, own);
                    own = self.list(items, &like, parent, own);
                }
                Block::Quote(_, blocks) => {
                    let quoted = Passage { sentences: Vec::new(), ..like.clone() };
                    self.blocks(blocks, &quoted, None);
                }
                Block::Table(table) => {
                    let (like, parent) = self.belonging(previous.take(), like, own);
                    self.table(table, &like, parent);
                }
                Block::Code => {}
            }
        }
    }

    /// What a list or a table stands under, and the passage that it belongs to: the labelled paragraph right before it.
    fn belonging(
        &self,
        labelled: Option<usize>,
        like: &Passage,
        own: Option<usize>,
    ) -> (Passage, Option<usize>) {
        match labelled {
            Some(at) => (self.passages[at].without_sentences(), Some(at)),
            None => (like.clone(), own),
        }
    }

    /// The kind that a label announces for sure.
    pub(super) fn kind(&self, label: &str) -> Option<&'a Kind> {
        let label = label.trim_end_matches('?').trim_end();
        if label.is_empty() {
            return None;
        }
        match self.ontology.announced(&self.sentences.get(label).text) {
            Some(Announced::Kind(kind)) if !kind.weak_labels && kind.takes_scenario => Some(kind),
            _ => None,
        }
    }

    fn knows(&self, label: &Label<'_>) -> bool {
        let words = &self.sentences.get(label.name).text;
        self.ontology.announced(words).is_some()
            || !self.ontology.modes_of_label(words).is_empty()
            || self.failure(label.name).is_some()
    }

    /// A paragraph that only names the zone mode of what follows: `For zonal instances:`.
    fn mode_intro<'t>(&self, text: &'t Text) -> Option<Label<'t>> {
        let name = text.plain.trim().strip_suffix(':').filter(|name| name.len() <= LONGEST_INTRO)?;
        self.names_mode(name).then_some(Label { name, rest: text.plain.len(), colon: true })
    }

    /// The emphasised words that open a sentence as a label of the zone mode that they name.
    fn mode_opening<'t>(&self, text: &'t Text) -> Option<Label<'t>> {
        let name = text.plain[text.opening()?].trim_end();
        self.names_mode(name).then_some(Label { name, rest: 0, colon: false })
    }

    /// Whether a paragraph is nothing but the name of a failure, as a heading is.
    fn heads_failure(&self, text: &Text) -> bool {
        let heads = |label: &Label<'_>| label.rest >= text.plain.len() && self.failure(label.name).is_some();
        text.label().is_some_and(|label| heads(&label))
    }

    /// The failure that a label names, in a section that is about none.
    pub(super) fn failure(&self, label: &str) -> Option<Scenario> {
        if self.of_failure {
            return None;
        }
        let label = &self.sentences.get(label.trim().trim_end_matches(['?', '.', '!'])).text;
        let words = &self.ontology.sentence;
        let named =
            [(&words.zone_label, Scenario::ZoneFailure), (&words.region_label, Scenario::RegionFailure)];
        named.into_iter().find(|(cues, _)| cues.is_match(label)).map(|(_, failure)| failure)
    }

    fn names_mode(&self, name: &str) -> bool {
        !self.ontology.modes_of_label(&self.sentences.get(name).text).is_empty()
    }

    fn list(
        &mut self,
        items: &[Item],
        like: &Passage,
        parent: Option<usize>,
        mut own: Option<usize>,
    ) -> Option<usize> {
        let labels =
            items.iter().filter(|item| item.lead().is_some_and(|lead| lead.label().is_some())).count();
        let openings = items.iter().filter_map(Item::lead).filter(|lead| opening(lead).is_some()).count();
        let openings = if labels == 0 { openings } else { 0 };
        let like = &Passage { siblings: labels.max(openings), ..like.clone() };
        for item in items {
            let Some(lead) = item.lead() else {
                self.blocks(&item.blocks, like, own);
                continue;
            };
            match lead.label().or_else(|| self.mode_opening(lead)).or_else(|| emphasised(lead, openings)) {
                Some(label) => {
                    self.labelled(lead, label, &item.blocks[1..], like, parent);
                }
                None => {
                    let at = self.append(own, lead, 0, like);
                    own = Some(at);
                    let inner = self.passages[at].without_sentences();
                    self.blocks(&item.blocks[1..], &inner, Some(at));
                }
            }
        }
        own
    }

    /// A text that starts with a label, and the blocks that belong to it.
    fn labelled(
        &mut self,
        text: &Text,
        label: Label<'_>,
        blocks: &[Block],
        like: &Passage,
        parent: Option<usize>,
    ) -> Option<usize> {
        let label_name = label.name.to_owned();
        let mut passage =
            Passage { sentences: Vec::new(), mode_label: false, label: label_name, ..like.clone() };
        passage.limits.preview |=
            self.ontology.sentence.preview.is_match(&self.sentences.get(label.name).text);
        let words = &self.sentences.get(label.name).text;
        let modes = self.ontology.modes_of_label(words);
        let announced = if modes.is_empty() { self.ontology.announced(words) } else { None };
        match announced {
            Some(Announced::Nothing) => return None,
            Some(Announced::Kind(kind)) => {
                let nested = passage.kind.as_deref() == Some(&kind.name) && passage.labelled;
                passage.kind = Some(kind.name.clone());
                passage.labelled = !kind.weak_labels;
                passage.parent = if nested { parent } else { None };
                if nested {
                    passage.limits.variants.push(label.name.to_owned());
                }
            }
            None if self.failure(label.name).is_some() => {
                passage.failure = self.failure(label.name);
                passage.kind = None;
                passage.labelled = false;
            }
            None => {
                passage.parent = parent;
                self.limit(&mut passage, label.name, modes.iter().map(|mode| mode.feature.clone()).collect());
            }
        }
        let at = self.append(None, text, label.rest, &passage);
        if !passage.labelled && matches!(announced, Some(Announced::Kind(_))) {
            self.label_sentence(at, text, label.rest);
        }
        self.passages[at].mode_label = passage.mode_label;
        let inner = Passage { mode_label: false, ..passage };
        self.blocks(blocks, &inner, Some(at));
        Some(at)
    }

    /// Limits a passage by its label: modes, tiers, or an alternative.
    pub(super) fn limit(&self, passage: &mut Passage, label: &str, modes: Vec<String>) {
        if !modes.is_empty() {
            passage.limits.modes = modes;
            passage.mode_label = true;
            return;
        }
        let named = self.tiers(label);
        if named.is_empty() {
            passage.limits.variants.push(label.to_owned());
        } else {
            passage.limits.tiers = named;
        }
    }

    /// The tiers that a label or heading names.
    fn tiers(&self, label: &str) -> Vec<String> {
        let mentions = tiers::mentions(label, self.service, self.ontology);
        mentions.into_iter().flat_map(|mention| mention.names).collect()
    }

    /// Appends a text's sentences to a passage, or to a new one like `like`, by the pivots that they stand in.
    pub(super) fn append(&mut self, own: Option<usize>, text: &Text, from: usize, like: &Passage) -> usize {
        let mut limits = Cow::Borrowed(&like.limits);
        let place = text.place(from.min(text.plain.len().saturating_sub(1)));
        if self.document.pivots_at(place).next().is_some() {
            pivots(self.document, self.ontology, place, limits.to_mut());
        }
        let fits =
            |at: &usize| self.passages[*at].limits == *limits && self.passages[*at].section == like.section;
        let at = own.filter(fits).unwrap_or_else(|| {
            let mut passage = Passage { mode_label: false, ..like.without_sentences() };
            if let Cow::Owned(limits) = limits {
                passage.limits = limits;
            }
            self.passages.push(passage);
            self.passages.len() - 1
        });
        let rest = text.plain.get(from..).unwrap_or_default();
        for sentence in sentences(rest) {
            let start = text.place(from + sentence.range.start);
            let end = text.place(from + sentence.range.end - 1) + 1;
            let opens = sentence.range.start == 0;
            let mut placed = self.sentence(sentence.text, start, end, opens);
            let before = &self.passages[at].sentences;
            placed.of_design = !opens && before.last().is_some_and(|before| before.of_design)
                || placed.of_design && (opens || !self.speaks_of_copies(before));
            let known = &mut self.passages[at].sentences;
            if self.ontology.sentence.takes_back.is_match(placed.said())
                && let Some(before) = known.last_mut().filter(|_| !opens)
            {
                before.passed_over = true;
            }
            known.push(placed);
        }
        if from > 0 && rest.is_empty() {
            self.label_sentence(at, text, text.plain.len());
        }
        at
    }

    /// Whether a sentence of the paragraph that is read speaks of what the service copies to other regions.
    fn speaks_of_copies(&self, known: &[PlacedSentence]) -> bool {
        let opening = known.iter().rposition(|sentence| sentence.opens).unwrap_or_default();
        let copies = &self.ontology.sentence.no_design;
        known[opening..].iter().any(|sentence| copies.is_match(&sentence.text))
    }

    /// A sentence with what its words alone tell.
    pub(super) fn sentence(&self, text: &str, start: usize, end: usize, opens: bool) -> PlacedSentence {
        let words = &self.ontology.sentence;
        let sentence = self.sentences.get(text);
        let text = &sentence.text;
        let passed_over = self.sentences.states_nothing(&sentence);
        let (of_zones, of_regions) = (words.zone.is_match(text), words.region.is_match(text));
        let of_region = !of_zones && words.region_failure.is_match(text);
        let of_both = of_zones && of_regions && words.both_failures.is_match(text);
        let failure = match (of_zones, of_regions) {
            (true, false) => Some(Scenario::ZoneFailure),
            (false, true) => Some(Scenario::RegionFailure),
            _ => None,
        };
        let of_other_cause = !of_zones && !of_region && words.other_cause.is_match(text);
        let of_design = words.begins_design.is_match(text) && !words.no_design.is_match(text);
        PlacedSentence {
            sentence,
            start,
            end,
            opens,
            passed_over,
            of_region,
            of_both,
            failure,
            of_other_cause,
            of_design,
            is_label: false,
        }
    }

    /// Puts the words of a label before a passage's sentences, as a sentence of their own.
    fn label_sentence(&mut self, at: usize, text: &Text, rest: usize) {
        let (start, end) = (text.place(0), text.place(rest.saturating_sub(1)) + 1);
        let words = text.plain.get(..rest).unwrap_or_default().trim();
        let sentence = PlacedSentence { is_label: true, ..self.sentence(words, start, end, true) };
        self.passages[at].sentences.insert(0, sentence);
    }
}

/// The emphasised words that a text opens with, if text follows.
fn opening(text: &Text) -> Option<&str> {
    let name = text.plain[text.opening()?].trim();
    (name.len() > 2 && name.len() < LONGEST_INTRO && name.len() < text.plain.trim().len()).then_some(name)
}

/// How many of the paragraphs among blocks open with emphasised words that the rest of them is about.
fn paragraphs_with_openings(blocks: &[Block]) -> usize {
    let opens = |block: &&Block| match block {
        Block::Paragraph(text) => text.label().is_some_and(|label| label.rest < text.plain.len()),
        _ => false,
    };
    blocks.iter().filter(opens).count()
}

/// Items of a list of which several open with emphasised words are about what these name.
fn emphasised(text: &Text, openings: usize) -> Option<Label<'_>> {
    let name = opening(text).filter(|_| openings > 1)?;
    Some(Label { name, rest: 0, colon: false })
}

/// Kinds about zones are not stated where the loss of a region is the subject, and the other way round.
pub(super) fn fits_scenario(kind: &str, scenario: Option<Scenario>) -> bool {
    match kind {
        "ZoneCost" | "ZoneEnablement" | "MinimumInstances" => scenario == Some(Scenario::ZoneFailure),
        "ZoneSupport" => scenario != Some(Scenario::RegionFailure),
        "MultiRegion" => scenario != Some(Scenario::ZoneFailure),
        _ => true,
    }
}
