//! Gaps: the sections and labels that a document's template expects and that are missing.

use super::extract::Reader;
use super::passages::Passage;
use super::scope::SectionScope;
use crate::facts::Gap;

impl Reader<'_> {
    /// What is missing: sections by the template, labels in sections of which some label stands.
    pub(super) fn gaps(&self, passages: &[Passage], scopes: &[SectionScope<'_>], template: &str) -> Vec<Gap> {
        let has =
            |role: &&String| scopes.iter().any(|scope| scope.role.is_some_and(|known| known.name == **role));
        let expected = self.ontology.expected_sections(template).iter();
        let mut gaps: Vec<Gap> =
            expected.filter(|role| !has(role)).map(|role| Gap::Section(role.clone())).collect();
        for index in 0..scopes.len() {
            gaps.extend(self.missing_labels(index, passages, scopes));
        }
        gaps
    }

    fn missing_labels(&self, index: usize, passages: &[Passage], scopes: &[SectionScope<'_>]) -> Vec<Gap> {
        let (section, scope) = (&self.outline.sections[index], &scopes[index]);
        let Some(role) = scope.role else { return Vec::new() };
        let below = |other: usize| self.outline.above(other).any(|above| above == index);
        let labels = passages.iter().filter(|passage| passage.labelled && below(passage.section));
        let announced: Vec<&str> = labels.filter_map(|passage| passage.kind.as_deref()).collect();
        let missing = role.expects_labels.iter().filter(|kind| !announced.contains(&kind.as_str()));
        let above = section.parent.and_then(|parent| scopes[parent].scenario);
        let own = || self.ontology.role(&self.headings[index], above);
        let none_stands = missing.clone().count() == role.expects_labels.len();
        if none_stands || scope.custom || scope.silent || own().is_none_or(|own| own.name != role.name) {
            return Vec::new();
        }
        let gap = |kind: &String| Gap::Label {
            kind: kind.clone(),
            scenario: scope.scenario,
            source: self.source(section.range.start, section.range.start, index),
        };
        missing.map(gap).collect()
    }
}
