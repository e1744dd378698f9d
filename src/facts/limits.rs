//! What passages are limited to: zone modes, tiers and alternatives, by labels, headings and pivots.

use super::tiers;
use crate::documents::Document;
use crate::ontology::Ontology;
use crate::vocabulary::slug;

/// What a passage is limited to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Limits {
    /// Zone modes by their feature names.
    pub modes: Vec<String>,
    /// Tiers.
    pub tiers: Vec<String>,
    /// Labels that narrow it, outermost first.
    pub variants: Vec<String>,
    /// Whether a label or heading says that it is a preview.
    pub preview: bool,
}

impl Limits {
    /// A label made of names of tiers that the document speaks of elsewhere limits to these tiers.
    pub fn tell_tiers(&mut self, known: &[String], order: &[String]) {
        if !self.tiers.is_empty() {
            return;
        }
        // Pivots that stand for several tiers are labels of their own each.
        let named = (0..self.variants.len())
            .find_map(|from| Some((from, tiers::of_label(&self.variants[from..].join(", "), known, order)?)));
        if let Some((from, tiers)) = named {
            self.tiers = tiers;
            self.variants.truncate(from);
        }
    }
}

/// Limits by the pivots at a place: those that stand for zone modes or tiers limit these, others are alternatives.
pub(super) fn pivots(document: &Document, ontology: &Ontology, place: usize, limits: &mut Limits) {
    let mut of_pivots: Vec<String> = Vec::new();
    for scope in document.pivots_at(place) {
        let words = &ontology.tiers;
        let is_tier = match scope.group.as_deref() {
            Some(group) => words.pivot.is_match(&group.title) || words.pivot.is_match(&group.prompt),
            // Where the definition is missing, the identifier says what it tells apart.
            None => document
                .front_matter
                .get("zone_pivot_groups")
                .is_some_and(|group| words.pivot.is_match(&group.replace(['-', '_'], " "))),
        };
        for pivot in &scope.pivots {
            let modes = ontology.modes_of_label(&pivot.title);
            if !modes.is_empty() {
                of_pivots.extend(modes.into_iter().map(|mode| mode.feature.clone()));
                continue;
            }
            let list = if is_tier { &mut limits.tiers } else { &mut limits.variants };
            // Identifiers put several names into one.
            let names = match scope.group {
                None if is_tier => tiers::in_identifier(&pivot.title, &words.nouns),
                _ => vec![pivot.title.clone()],
            };
            for name in names {
                if !list.contains(&name) {
                    list.push(name);
                }
            }
        }
    }
    // A label or heading that names a mode is closer.
    if limits.modes.is_empty() {
        limits.modes = of_pivots;
    }
}

/// The slug of the innermost label that narrows a passage.
pub(super) fn variant(limits: &Limits) -> String {
    limits.variants.last().map(|label| slug(label)).unwrap_or_default()
}
