//! Zone pivots: stretches of a document that hold for one choice of a reader, such as a tier.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

/// A group of pivots, as `zone-pivot-groups.yml` defines it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PivotGroup {
    /// What the pivots are, such as `Tier`.
    pub title: String,
    /// The words that ask for a choice, such as `Choose a service tier`.
    pub prompt: String,
    /// Titles of its pivots by identifier.
    pub pivots: HashMap<String, String>,
}

/// One choice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pivot {
    /// As the document names it: `general-purpose`.
    pub id: String,
    /// As people read it: `General Purpose`. Made from the identifier where no definition is found.
    pub title: String,
}

/// A stretch of a document's text that holds for some pivots only.
#[derive(Clone, Debug)]
pub struct PivotScope {
    /// Byte range in the assembled text.
    pub range: Range<usize>,
    /// The pivots that it holds for.
    pub pivots: Vec<Pivot>,
    /// The group that they belong to, where its definition is found.
    pub group: Option<Arc<PivotGroup>>,
}

/// What a line that starts with `:::` means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Directive {
    /// A stretch for these pivots starts.
    Zone(Vec<String>),
    /// It ends.
    ZoneEnd,
    /// A picture's long description follows.
    LongDescription,
    /// Anything else.
    Other,
}

/// Reads a line that starts with `:::`, in any of its spellings: `::: zone pivot="a,b"`, `:::zone pivot=a`,
/// `::: zone-end :::`.
pub(super) fn directive(line: &str) -> Directive {
    let body = line.trim_matches(':').trim();
    let lower = body.to_ascii_lowercase();
    if lower.starts_with("zone-end") || lower.starts_with("zone end") {
        return Directive::ZoneEnd;
    }
    if let Some(rest) = lower.strip_prefix("zone").filter(|rest| rest.trim_start().starts_with("pivot")) {
        let (_, value) = rest.split_once('=').unwrap_or_default();
        let ids = value.trim().trim_matches(['"', '\'']).split(',');
        return Directive::Zone(ids.map(|id| id.trim().to_owned()).filter(|id| !id.is_empty()).collect());
    }
    let complex = lower.starts_with("image") && lower.contains("complex") && !lower.starts_with("image-end");
    if complex { Directive::LongDescription } else { Directive::Other }
}

/// Reads `zone-pivot-groups.yml`: groups by their identifier. What isn't understood is passed over.
pub(super) fn groups(yaml: &str) -> HashMap<String, Arc<PivotGroup>> {
    let mut groups: Vec<(String, PivotGroup)> = Vec::new();
    let mut pivot: Option<(usize, String)> = None;
    let mut group_indent = None;
    for line in yaml.lines() {
        let indent = line.len() - line.trim_start().len();
        let Some((key, value)) = line.trim().split_once(':') else { continue };
        let value = value.trim().trim_matches(['"', '\'']).to_owned();
        match key.trim() {
            "- id" if group_indent.is_none_or(|group| indent <= group) => {
                group_indent = Some(indent);
                pivot = None;
                groups.push((value, PivotGroup::default()));
            }
            "- id" => pivot = Some((indent, value)),
            "title" | "prompt" => {
                let Some((_, group)) = groups.last_mut() else { continue };
                match &pivot {
                    Some((at, id)) if indent > *at => {
                        group.pivots.insert(id.to_ascii_lowercase(), value);
                    }
                    _ if key.trim() == "title" => group.title = value,
                    _ => group.prompt = value,
                }
            }
            _ => {}
        }
    }
    groups.into_iter().map(|(id, group)| (id, Arc::new(group))).collect()
}

/// A title for a pivot without a definition: `general-purpose` → `General Purpose`.
pub(super) fn title_of(id: &str) -> String {
    let words = id.split(['-', '_']).filter(|word| !word.is_empty());
    let capitalised = words.map(|word| {
        if matches!(word, "and" | "or") {
            return Some(word.to_owned());
        }
        let mut letters = word.chars();
        letters.next().map(|first| first.to_uppercase().chain(letters).collect::<String>())
    });
    capitalised.flatten().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_spelling_of_a_zone_is_read() {
        let both = Directive::Zone(vec!["a".into(), "b".into()]);
        for line in ["::: zone pivot=\"a,b\"", ":::zone pivot=\"A, B\":::", "::: zone pivot = 'a,b' :::"] {
            assert_eq!(directive(line), both, "{line}");
        }
        for line in ["::: zone-end", ":::zone-end:::", ":::: zone-end"] {
            assert_eq!(directive(line), Directive::ZoneEnd, "{line}");
        }
        assert_eq!(directive(":::moniker range=\"x\""), Directive::Other);
    }

    #[test]
    fn groups_know_their_pivots() {
        let yaml = "groups:\n# a\n- id: plans\n  title: Plan\n  prompt: \"Choose a plan\"\n  pivots:\n  - id: big\n    title: Big (new)\n  - id: small\n    title: Small\n- id: sizes\n  title: Size\n";
        let groups = groups(yaml);
        assert_eq!(groups["plans"].title, "Plan");
        assert_eq!(groups["plans"].prompt, "Choose a plan");
        assert_eq!(groups["plans"].pivots["big"], "Big (new)");
        assert_eq!(groups["plans"].pivots.len(), 2);
        assert_eq!(groups["sizes"].title, "Size");
        assert_eq!(title_of("general-purpose"), "General Purpose");
    }
}
