//! What each section of a document is about: the failure, the feature and the kinds that its text may state.

use crate::facts::Scenario;
use crate::ontology::{Announced, Cued, Ontology, SectionRole};
use crate::sections::{Outline, Section};
use rustc_hash::{FxHashMap, FxHashSet};

/// What a section is about.
#[derive(Clone, Debug, Default)]
pub(super) struct SectionScope<'a> {
    /// The failure.
    pub scenario: Option<Scenario>,
    /// The role of its heading, or of the nearest heading above that has one.
    pub role: Option<&'a SectionRole>,
    /// The feature that its text is about: words of a heading.
    pub feature: String,
    /// The feature of the section before it on the same level, and whether it is a preview.
    feature_before: (String, bool),
    /// Whether it, or a section above it, is one of those in which nothing is read.
    pub silent: bool,
    /// Whether it is about what customers build themselves.
    pub custom: bool,
    /// The zone modes that its heading, or one above it, names, by their feature names.
    pub modes: Vec<String>,
    /// Whether the heading that names its feature says that the feature is a preview.
    pub preview: bool,
    /// The part of the service that it is about, in a section on what happens during a failure: words of a heading.
    pub part: Option<String>,
    /// The nearest heading of no known role, its own or one above it, in a section on the loss of a zone; it may name
    /// tiers.
    pub unknown: Option<String>,
    /// The kind that its heading, or one above it, announces as a label does.
    kind: Option<&'a str>,
}

impl<'a> SectionScope<'a> {
    /// The same section as one about a failure.
    pub fn of_failure(&self, failure: Scenario) -> Self {
        SectionScope { scenario: Some(failure), ..self.clone() }
    }

    /// The kind that all of its text is about.
    pub fn about(&self) -> Option<&str> {
        self.kind.or_else(|| self.role.and_then(|role| role.about.as_deref()))
    }

    /// Whether its text is read as if a label announced a kind.
    pub fn reads_labelled(&self, kind: &str) -> bool {
        self.role.is_some_and(|role| role.reads_labelled.iter().any(|name| name == kind))
    }

    /// Whether headings below it may name features.
    fn opens_features(&self) -> bool {
        self.scenario == Some(Scenario::RegionFailure)
            && self.feature.is_empty()
            && self.role.is_some_and(|role| role.names_features)
    }

    /// Whether a heading below it is the name of a feature and no more.
    fn names_feature(&self, heading: &Cued, ontology: &Ontology) -> bool {
        self.opens_features() && ontology.sentence.feature.find(heading) == Some(heading.text())
    }

    /// The kinds that its text may state.
    pub fn expects(&self) -> &[String] {
        self.role.map(|role| role.expects.as_slice()).unwrap_or_default()
    }
}

/// The words of a section's heading, without the mark that ends a question.
pub(super) fn heading_words(section: &Section) -> &str {
    section.heading.plain.trim().trim_end_matches(['?', ':', '.', '!']).trim_end()
}

/// The scope of each section of a document.
pub(super) fn scopes<'a>(
    outline: &Outline,
    headings: &[Cued],
    ontology: &'a Ontology,
) -> Vec<SectionScope<'a>> {
    let mut scopes: Vec<SectionScope<'a>> = Vec::with_capacity(outline.sections.len());
    let mut last_below: FxHashMap<Option<usize>, usize> = FxHashMap::default();
    for (index, section) in outline.sections.iter().enumerate() {
        let mut above = section.parent.map(|parent| scopes[parent].clone()).unwrap_or_default();
        let before = last_below.insert(section.parent, index);
        if let Some(before) = before.filter(|_| above.role.is_some_and(|role| role.names_features)) {
            above.feature_before = (scopes[before].feature.clone(), scopes[before].preview);
        }
        let heading = &headings[index];
        let opens = section.level > 1 && !section.behind_tabs;
        let role = if opens { ontology.role(heading, above.scenario) } else { None };
        let scope = match role {
            Some(role) if !nested_region(&above, role) && !above.names_feature(heading, ontology) => {
                let names_itself = role.names_features && role.stands_in.is_some();
                let feature = ontology.sentence.feature.find(heading).filter(|_| names_itself);
                let scope = with_role(above, role);
                match feature {
                    Some(feature) => SectionScope { feature: feature.to_owned(), ..scope },
                    None => scope,
                }
            }
            _ if opens && section.tab.is_none() => match announced(heading, ontology) {
                // A feature named as such is none of the kinds that its words may announce.
                Some(_) if above.names_feature(heading, ontology) => {
                    without_role(above, heading, false, ontology)
                }
                Some(kind) if above.scenario.is_some() => SectionScope { kind: Some(kind), ..above },
                _ => without_role(above, heading, section.heading.plain.trim_end().ends_with('?'), ontology),
            },
            _ => above,
        };
        let modes = ontology.modes_of_label(heading).iter().map(|mode| mode.feature.clone()).collect();
        scopes.push(with_modes(scope, modes));
    }
    keep_modes_told_apart(&mut scopes);
    if scopes.iter().all(|scope| scope.role.is_none_or(|role| role.silent)) {
        let role = ontology.page_role();
        for scope in scopes.iter_mut().filter(|scope| !scope.silent) {
            scope.role = role;
        }
    }
    for (scope, section) in scopes.iter_mut().zip(&outline.sections) {
        let unknown = scope.scenario.is_none() && !scope.silent;
        if (section.level <= 1 || unknown) && scope.role.is_none() {
            scope.role = ontology.opening_role();
        }
    }
    scopes
}

/// A heading in a section on zones that names zone modes is about these, with all that stands below it.
fn with_modes(scope: SectionScope<'_>, modes: Vec<String>) -> SectionScope<'_> {
    if scope.scenario != Some(Scenario::ZoneFailure) {
        return SectionScope { modes: Vec::new(), ..scope };
    }
    if modes.is_empty() { scope } else { SectionScope { modes, part: None, ..scope } }
}

/// A document of which all headings name the same mode doesn't tell modes apart by them.
fn keep_modes_told_apart(scopes: &mut [SectionScope<'_>]) {
    let named: FxHashSet<&Vec<String>> =
        scopes.iter().map(|scope| &scope.modes).filter(|modes| !modes.is_empty()).collect();
    if named.len() < 2 {
        scopes.iter_mut().for_each(|scope| scope.modes.clear());
    }
}

/// Whether a heading that would open a section on the loss of a region stands in one already, so that it names a
/// feature.
fn nested_region(above: &SectionScope<'_>, role: &SectionRole) -> bool {
    role.names_features && above.role.is_some_and(|above| above.names_features)
}

fn with_role<'a>(above: SectionScope<'a>, role: &'a SectionRole) -> SectionScope<'a> {
    let scenario = role.sets_scenario.unwrap_or(above.scenario);
    let custom = above.custom || role.feature.is_some();
    let (feature, preview) = match &role.feature {
        Some(feature) => (feature.clone(), false),
        // A heading of a known role right behind a feature's, on its level, is about that feature.
        None if scenario == above.scenario && above.feature.is_empty() => above.feature_before,
        None if scenario == above.scenario => (above.feature, above.preview),
        None => (String::new(), false),
    };
    // Below what customers build themselves, nothing is about the service.
    let role = if above.custom { above.role } else { Some(role) };
    // What a heading says to be about a kind is read even where the section above it is not.
    let silent =
        role.is_some_and(|role| role.silent) || above.silent && role.is_none_or(|role| role.about.is_none());
    SectionScope {
        scenario,
        role,
        feature,
        feature_before: (String::new(), false),
        silent,
        custom,
        modes: above.modes,
        preview,
        part: above.part,
        unknown: above.unknown.filter(|_| scenario == above.scenario),
        kind: None,
    }
}

/// The kind of facts about a failure that a heading announces as a label does.
fn announced<'a>(heading: &Cued, ontology: &'a Ontology) -> Option<&'a str> {
    match ontology.announced(heading)? {
        Announced::Kind(kind) if kind.takes_scenario && !kind.weak_labels => Some(&kind.name),
        _ => None,
    }
}

/// A heading of no known role: in a section on the loss of a region it names a feature, unless it asks a question.
fn without_role<'a>(
    above: SectionScope<'a>,
    heading: &Cued,
    asks: bool,
    ontology: &Ontology,
) -> SectionScope<'a> {
    let names_feature = above.opens_features() && !asks && !ontology.sentence.no_feature.is_match(heading);
    let (feature, preview) =
        if names_feature { named(heading, ontology) } else { (above.feature, above.preview) };
    let tells_outcomes = above.scenario.is_some() && above.role.is_some_and(|role| role.weight > 0);
    let part = if tells_outcomes && !names_feature { Some(heading.to_string()) } else { above.part };
    let of_zones = above.scenario == Some(Scenario::ZoneFailure);
    let unknown = if of_zones { Some(heading.to_string()) } else { None };
    SectionScope { feature, preview, part, unknown, feature_before: (String::new(), false), ..above }
}

/// The name of a feature in a heading, and whether a bracket behind it says that it is a preview.
fn named(heading: &str, ontology: &Ontology) -> (String, bool) {
    let bracket = heading.strip_suffix(')').and_then(|open| open.rsplit_once('('));
    match bracket.filter(|(_, inside)| ontology.sentence.preview.is_match(&ontology.look(*inside))) {
        Some((name, _)) if !name.trim().is_empty() => (name.trim().to_owned(), true),
        _ => (heading.to_owned(), false),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headings_set_the_failure_the_feature_and_silence() {
        let ontology = Ontology::load(&[]).unwrap();
        let outline = Outline::read(
            "# Reliability in X\n## Resilience to availability zone failures\n### Cost\n## Resilience to region-wide failures\n### Mirror groups\n#### Region recovery\n### Custom multiregion solutions for resiliency\n#### Cost\n## Related content\n",
        );
        let headings: Vec<Cued> =
            outline.sections.iter().map(|section| ontology.look(heading_words(section))).collect();
        let scopes = scopes(&outline, &headings, &ontology);
        let cost = &scopes[3];
        assert_eq!((cost.scenario, cost.about()), (Some(Scenario::ZoneFailure), Some("ZoneCost")));
        let recovery = &scopes[6];
        assert_eq!((recovery.feature.as_str(), recovery.about()), ("Mirror groups", Some("Failback")));
        assert!(scopes[8].custom && scopes[8].about().is_none());
        assert!(scopes[9].silent);
    }

    #[test]
    fn headings_that_speak_of_zones_or_regions_count_where_none_above_does() {
        let ontology = Ontology::load(&[]).unwrap();
        let outline = Outline::read(
            "# Reliability in X\n## How zones keep it alive\n### Loss of a region\n## Working across regions\n### Use a second box\n## Use a second box\n## Geo-replication\n",
        );
        let headings: Vec<Cued> =
            outline.sections.iter().map(|section| ontology.look(heading_words(section))).collect();
        let scopes = scopes(&outline, &headings, &ontology);
        assert_eq!(scopes[2].scenario, Some(Scenario::ZoneFailure));
        assert_eq!(scopes[4].scenario, Some(Scenario::RegionFailure));
        assert!(scopes[5].custom && !scopes[6].custom);
        assert_eq!(
            (scopes[7].scenario, scopes[7].feature.as_str()),
            (Some(Scenario::RegionFailure), "Geo-replication")
        );
    }
}
