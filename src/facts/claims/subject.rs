//! What a retirement or a preview is about: the service, a version or tier of it, or a feature.

use super::said::Said;
use crate::facts::sentence::Sentences;
use crate::facts::tiers;
use crate::ontology::Ontology;
use crate::sections::MarkKind;
use crate::vocabulary::slug;

/// What a fact is about, as far as it isn't the whole service.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Subject {
    /// A version or feature; empty if it is none.
    pub feature: String,
    /// Tiers; empty if it is none.
    pub tiers: Vec<String>,
}

impl Subject {
    /// Reads the words in front of a cue. With `whole` they have to be the service or a version or tier of it:
    /// that a feature goes away is not that the service does.
    pub fn read(
        words: &str,
        said: &Said<'_>,
        sentences: &Sentences<'_>,
        whole: bool,
        ontology: &Ontology,
    ) -> Option<Self> {
        let lower = words.to_ascii_lowercase();
        if matches!(lower.as_str(), "it" | "this service" | "the service") {
            return whole.then(Self::default);
        }
        let names = ["The ", "This ", "And ", "In "];
        let words = names.iter().find_map(|name| words.strip_prefix(name)).unwrap_or(words);
        let key = slug(words);
        let named = sentences.tiers(&said.sentence).iter().flat_map(|mention| &mention.names);
        let named: Vec<String> = named.cloned().collect();
        if let Some(tiers) = tiers::of_label(words, &named, &[]) {
            return Some(Self { tiers, ..Self::default() });
        }
        let short = ontology.claims.names.short(sentences.service());
        let of_service = !names_version(&key) && (key == short || key.ends_with(&format!("-{short}")));
        if of_service {
            return Self::named_by_service(words, said, sentences, ontology).filter(|_| whole);
        }
        if whole {
            let is_version = key.contains(&format!("{}-", without_version(&short))) || names_version(&key);
            return is_version.then(|| Self { feature: words.to_owned(), ..Self::default() });
        }
        let feature = marked(words, said).map_or_else(|| with_service(words, said, &short), str::to_owned);
        Some(Self { feature: feature.trim().to_owned(), ..Self::default() })
    }

    /// Words that end in the name of the service: the service, or a part or an edition of it.
    fn named_by_service(
        words: &str,
        said: &Said<'_>,
        sentences: &Sentences<'_>,
        ontology: &Ontology,
    ) -> Option<Self> {
        if let Some(part) = part_of(words, said) {
            return Self::of_part(part, said, sentences, ontology);
        }
        let edition = edition(words, said).map(|edition| format!("{words} ({edition})"));
        let has_more = ontology.sentence.edition.is_match(words)
            && !ontology.sentence.edition.is_match(sentences.service());
        let feature = edition.or_else(|| has_more.then(|| words.to_owned())).unwrap_or_default();
        Some(Self { feature, ..Self::default() })
    }

    /// A tier, a version or an edition as a part of the service; other parts are features of it.
    fn of_part(part: &str, said: &Said<'_>, sentences: &Sentences<'_>, ontology: &Ontology) -> Option<Self> {
        let mentions = sentences.tiers(&said.sentence).iter().filter(|mention| !mention.names.is_empty());
        let mut of_tiers =
            mentions.filter(|mention| said.sentence.text.find(part) == Some(mention.range.start));
        if let Some(mention) = of_tiers.next() {
            return Some(Self { tiers: mention.names.clone(), ..Self::default() });
        }
        let is_edition = names_version(&slug(part)) || ontology.sentence.edition.is_match(part);
        is_edition.then(|| Self { feature: part.to_owned(), ..Self::default() })
    }
}

/// What stands in front of a service's name as a part of it: `Basic SKU` of `The Basic SKU of Azure Loom`.
fn part_of<'s>(words: &'s str, said: &'s Said<'_>) -> Option<&'s str> {
    if let Some((part, _)) = words.split_once(" of ") {
        return Some(part);
    }
    let text = said.sentence.text.text();
    let before = text.get(..text.rfind(words)?)?.trim_end();
    let before = before.strip_suffix(" the").unwrap_or(before);
    let part = [" of", " in"].iter().find_map(|preposition| before.strip_suffix(preposition))?;
    Some(part.strip_prefix("The ").unwrap_or(part))
}

/// The edition of a service in brackets behind its name, in small letters where an acronym has capitals: `classic`.
fn edition<'s>(words: &str, said: &'s Said<'_>) -> Option<&'s str> {
    let at = said.sentence.text.find(words)? + words.len();
    let inside = said.sentence.text.get(at..)?.strip_prefix(" (")?.split(')').next()?;
    let is_small = |word: &str| word.starts_with(|c: char| c.is_ascii_lowercase());
    (inside.split(' ').count() == 1 && is_small(inside)).then_some(inside)
}

/// Whether a slug tells a version: `engine-version-10`, `account-v1`.
fn names_version(key: &str) -> bool {
    if without_version(key) != key {
        return true;
    }
    let behind =
        key.strip_prefix("version-").or_else(|| key.split_once("-version-").map(|(_, behind)| behind));
    behind.is_some_and(|behind| behind.starts_with(|c: char| c.is_ascii_digit()))
}

/// The slug of a name without a version at its end: `gateway` for `gateway-v2`.
fn without_version(key: &str) -> &str {
    let is_version = |last: &str| {
        last.strip_prefix('v')
            .is_some_and(|number| !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit()))
    };
    key.rsplit_once('-').filter(|(_, last)| is_version(last)).map_or(key, |(name, _)| name)
}

/// A name, with the service's name where that stands right in front of it.
fn with_service(words: &str, said: &Said<'_>, short: &str) -> String {
    let at = said.sentence.text.find(words).unwrap_or(0);
    let before = said.sentence.text.get(..at).unwrap_or_default().trim_end();
    let start = before.len().checked_sub(short.len()).filter(|&start| before.is_char_boundary(start));
    let service = start.map(|start| &before[start..]).filter(|service| slug(service) == short);
    service.map_or_else(|| words.to_owned(), |service| format!("{service} {words}"))
}

/// The link or emphasised words that the last of `words` stand in: the whole name of a feature.
fn marked<'a>(words: &str, said: &Said<'a>) -> Option<&'a str> {
    let place = said.offset + said.sentence.text.find(words)? + words.len() - 1;
    let mark = said.text.marks.iter().find(|mark| {
        mark.range.contains(&place) && matches!(mark.kind, MarkKind::Link(_) | MarkKind::Strong)
    })?;
    let whole = said.text.plain.get(mark.range.clone())?;
    Some(whole.split(" (").next().unwrap_or(whole))
}
