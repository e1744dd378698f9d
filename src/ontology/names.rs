//! The names of services and regions in catalogues, and where sentences name them.

use super::compiled::in_order;
use super::statements::{ALTERNATIVE_LABEL, LABEL, Statements};
use super::words::Words;
use crate::vocabulary::{REGION, SERVICE, slug};
use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::ops::Range;

/// What stands for the names of the document's own service in a sentence.
pub const OWN: &str = "the service";

/// The names of services and regions in catalogues.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Gazetteer {
    #[serde(serialize_with = "in_order")]
    services: FxHashMap<String, Spelling>,
    #[serde(serialize_with = "in_order")]
    regions: FxHashMap<String, Spelling>,
    /// Maker's prefixes as slugs.
    makers: Vec<String>,
    /// The words of all names.
    #[serde(serialize_with = "in_order")]
    paths: Paths,
    /// A bit for what the key of each first word hashes to.
    first_hashes: Box<[u64]>,
}

/// The service that a document is about, in the forms in which sentences are searched for it.
#[derive(Clone, Debug)]
pub struct Own {
    /// Its name in the catalogue; as the document spells it if it isn't there.
    name: String,
    /// The slugs of its name, with and without the maker's prefix.
    keys: Vec<String>,
    /// The words of these.
    paths: Paths,
    /// A bit for what the key of each of their first words hashes to, and for those of the catalogues' names.
    first_hashes: Vec<u64>,
}

/// The first words of names, in any number, with whether a name ends there.
type Paths = FxHashMap<Path, bool>;

/// Words one behind the other, by their keys.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
struct Path(u64);

impl Path {
    fn with(self, word: u64) -> Self {
        Self((self.0.rotate_left(5) ^ word).wrapping_mul(0x9e37_79b9_7f4a_7c15))
    }

    /// Adds the ways to a name, a slug.
    fn add(name: &str, paths: &mut Paths) {
        let mut path = Self::default();
        for word in words(name) {
            path = path.with(word.key);
            *paths.entry(path).or_default() |= word.end == name.len();
        }
    }
}

/// A spelling in a catalogue.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Spelling {
    /// The name that it stands for.
    name: String,
    /// Whether the spelling stands with the maker's prefix, so that capitals don't matter.
    whole: bool,
}

/// A name in a sentence, and where it stands in bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    start: usize,
    end: usize,
    /// What it names; `None` for the document's own service.
    named: Option<Mention>,
}

/// A name that a sentence mentions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Mention {
    /// A service, by the name in the catalogue.
    Service(String),
    /// A region, by the name in the catalogue.
    Region(String),
}

impl Found {
    /// The service that it names, if that isn't the document's own.
    pub fn service(&self) -> Option<&str> {
        match &self.named {
            Some(Mention::Service(name)) => Some(name),
            _ => None,
        }
    }

    /// Where it stands, if it is the name of a region.
    pub fn region(&self) -> Option<Range<usize>> {
        matches!(self.named, Some(Mention::Region(_))).then_some(self.start..self.end)
    }
}

impl Gazetteer {
    /// Whether a catalogue has a service of this name.
    pub fn is_service(&self, name: &str) -> bool {
        self.services.contains_key(&slug(name))
    }

    fn add(&mut self, services: BTreeMap<&str, Vec<String>>, regions: BTreeMap<&str, Vec<String>>) {
        for spellings in services.into_values() {
            let Some(name) = spellings.first().cloned() else { continue };
            for spelling in spellings {
                let key = slug(&spelling);
                let short = self.without_maker(&key).filter(|short| short.contains('-')).map(str::to_owned);
                let whole = short.is_some() || self.without_maker(&key).is_some();
                if let Some(short) = short {
                    let spelling = Spelling { name: name.clone(), whole: false };
                    self.services.entry(short).or_insert(spelling);
                }
                self.services.insert(key, Spelling { name: name.clone(), whole });
            }
        }
        for spellings in regions.into_values() {
            let Some(name) = spellings.first().cloned() else { continue };
            for spelling in spellings {
                // A name in one word is one that programs use.
                let whole = !spelling.contains(' ');
                self.regions.insert(slug(&spelling), Spelling { name: name.clone(), whole });
            }
        }
        let mut hashes = vec![0; 1 << (FIRST_BITS - 6)];
        for key in self.services.keys().chain(self.regions.keys()) {
            Path::add(key, &mut self.paths);
            let first = words(key).next().map_or(0, |word| first_hash(word.key));
            hashes[first / 64] |= 1 << (first % 64);
        }
        self.first_hashes = hashes.into();
    }

    /// A service in the forms in which sentences are searched for it.
    pub fn own(&self, service: &str) -> Own {
        self.own_with(service, None)
    }

    /// The same, with an acronym that the document uses too.
    pub fn own_with(&self, service: &str, acronym: Option<&str>) -> Own {
        let keys: Vec<String> =
            [slug(service), self.short(service)].into_iter().chain(acronym.map(slug)).collect();
        let mut paths = Paths::default();
        keys.iter().for_each(|key| Path::add(key, &mut paths));
        let mut first_hashes = self.first_hashes.to_vec();
        first_hashes.resize(1 << (FIRST_BITS - 6), 0);
        for first in keys.iter().filter_map(|key| words(key).next()) {
            let hash = first_hash(first.key);
            first_hashes[hash / 64] |= 1 << (hash % 64);
        }
        Own { name: self.service(service).to_owned(), keys, paths, first_hashes }
    }

    fn without_maker<'a>(&self, key: &'a str) -> Option<&'a str> {
        self.makers.iter().find_map(|maker| key.strip_prefix(maker.as_str())?.strip_prefix('-'))
    }

    /// The name in the catalogue of a service as a document spells it; the spelling itself without one.
    pub fn service<'a>(&'a self, spelled: &'a str) -> &'a str {
        self.services.get(&slug(spelled)).map_or(spelled, |spelling| spelling.name.as_str())
    }

    /// A name without the maker's at its end, which belongs to the noun behind it.
    pub fn without_trailing_maker<'a>(&self, name: &'a str) -> &'a str {
        match name.rsplit_once(' ') {
            Some((name, last)) if self.makers.contains(&slug(last)) => name,
            _ => name,
        }
    }

    /// Whether a text is the name of a region in the catalogue.
    pub fn is_region(&self, text: &str) -> bool {
        self.regions.contains_key(&slug(text))
    }

    /// The slug of a service's name without the maker's prefix.
    pub fn short(&self, service: &str) -> String {
        let key = slug(service);
        self.without_maker(&key).unwrap_or(&key).to_owned()
    }

    /// The names in a sentence from left to right.
    pub fn find(&self, sentence: &str, own: &Own) -> Vec<Found> {
        let (mut names, mut key): (Vec<Found>, _) = (Vec::new(), String::new());
        let mut words = words(sentence);
        while let Some(word) = words.next() {
            let hash = first_hash(word.key);
            let is_first = own.first_hashes[hash / 64] >> (hash % 64) & 1 == 1;
            let is_free = || names.last().is_none_or(|last| last.end <= word.start);
            if is_first && is_free() {
                names.extend(self.longest_at(sentence, word, words.clone(), own, &mut key));
            }
        }
        names
    }

    /// The longest name that starts with a word, before others; `key` is overwritten.
    fn longest_at(
        &self,
        sentence: &str,
        first: Word,
        others: impl Iterator<Item = Word>,
        own: &Own,
        key: &mut String,
    ) -> Option<Found> {
        key.clear();
        let start = first.start;
        let (mut best, mut path) = (None, Path::default());
        // Where the last word ends, and the last in the key.
        let (mut last, mut copied) = (start, start);
        for Word { start: from, end, key: word } in std::iter::once(first).chain(others) {
            // A name goes on over blanks, hyphens and colons alone.
            if !sentence[last..from].bytes().all(|byte| matches!(byte, b' ' | b'-' | b':')) {
                break;
            }
            last = end;
            path = path.with(word);
            match self.paths.get(&path).max(own.paths.get(&path)) {
                None => break,
                Some(false) => continue,
                Some(true) => {}
            }
            key.reserve(sentence.len() - copied);
            for word in words(&sentence[copied..end]) {
                if !key.is_empty() {
                    key.push('-');
                }
                let at = key.len();
                key.push_str(&sentence[copied + word.start..copied + word.end]);
                key[at..].make_ascii_lowercase();
            }
            copied = end;
            let words = &sentence[start..end];
            if own.keys.contains(key) {
                best = Some(Found { start, end, named: None });
            } else if let Some(spelling) = self.services.get(key).filter(|known| known.fits(words)) {
                let is_own = own.name == spelling.name;
                let named = (!is_own).then(|| Mention::Service(spelling.name.clone()));
                best = Some(Found { start, end, named });
            } else if let Some(spelling) = self.regions.get(key).filter(|known| known.fits(words)) {
                best = Some(Found { start, end, named: Some(Mention::Region(spelling.name.clone())) });
            }
        }
        best
    }
}

/// Bits of the hash of a first word.
const FIRST_BITS: usize = 12;

/// The hash of a word by its key.
fn first_hash(key: u64) -> usize {
    (key.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> (64 - FIRST_BITS)) as usize
}

/// A sentence with [`OWN`] for the names of its document's service; `None` without any.
pub fn with_own(sentence: &str, names: &[Found]) -> Option<String> {
    if names.iter().all(|found| found.named.is_some()) {
        return None;
    }
    let mut out = String::with_capacity(sentence.len() + OWN.len());
    let mut copied = 0;
    for found in names.iter().filter(|found| found.named.is_none()) {
        out.push_str(&sentence[copied..found.start]);
        out.push_str(OWN);
        copied = found.end;
    }
    out.push_str(&sentence[copied..]);
    Some(out)
}

/// Whether names in a sentence are others than those of its document's service.
pub fn names_others(names: &[Found]) -> bool {
    names.iter().any(|found| found.named.is_some())
}

/// A sentence with [`OWN`] for the names of its document's service, `~O1~` for those of other services and `~R2~` for
/// those of regions, where the number leads to the mention.
pub fn marked<'f>(sentence: &str, names: &'f [Found]) -> (String, Vec<&'f Mention>) {
    let (mut marked, mut mentions) = (String::with_capacity(sentence.len()), Vec::new());
    let mut copied = 0;
    for found in names {
        marked.push_str(&sentence[copied..found.start]);
        copied = found.end;
        match &found.named {
            None => marked.push_str(OWN),
            Some(mention) => {
                let letter = if matches!(mention, Mention::Region(_)) { 'R' } else { 'O' };
                marked.push_str(&format!("~{letter}{}~", mentions.len()));
                mentions.push(mention);
            }
        }
    }
    marked.push_str(&sentence[copied..]);
    (marked, mentions)
}

impl Spelling {
    /// Whether words may be this spelling: without the maker's prefix, names start with capitals.
    fn fits(&self, words: &str) -> bool {
        let starts = |word: &str| word.starts_with(|c: char| c.is_uppercase() || c.is_ascii_digit());
        let small = |word: &str| matches!(word, "for" | "on" | "and" | "of" | "with" | "in");
        self.whole || words.split([' ', '-']).all(|word| word.is_empty() || small(word) || starts(word))
    }
}

/// A word of ASCII letters and digits.
struct Word {
    start: usize,
    end: usize,
    /// Its first seven letters without regard to case, and its length.
    key: u64,
}

/// The words of a text.
fn words(text: &str) -> impl Clone + Iterator<Item = Word> {
    let is_of_word = |byte: u8| ((byte | 0x20).wrapping_sub(b'a') < 26) | (byte.wrapping_sub(b'0') < 10);
    let word = |Range { start, end }| Word { start, end, key: key(&text.as_bytes()[start..], end - start) };
    Words::of(text.as_bytes(), is_of_word).map(word)
}

/// The key of the word of a length that a text starts with.
fn key(text: &[u8], length: usize) -> u64 {
    // Eight bytes of the text, the first in the highest.
    let eight = text.first_chunk().map_or_else(|| last_bytes(text), |eight| u64::from_be_bytes(*eight));
    let others = 64 - 8 * length.min(7);
    // The bit that tells small letters from capitals is set in digits, too.
    let small = (eight | 0x2020_2020_2020_2020) >> others;
    small << 8 | length as u64 & 0xff
}

/// The last bytes of a text, up to seven, as the first of eight.
#[cold]
fn last_bytes(text: &[u8]) -> u64 {
    text.iter().fold(0, |all, byte| all << 8 | u64::from(*byte)) << (64 - 8 * text.len())
}

/// The names of services and regions in the statements of files.
pub(super) fn gazetteer(statements: &Statements) -> Gazetteer {
    let (mut services, mut regions) = (BTreeMap::new(), BTreeMap::new());
    let mut gazetteer = Gazetteer::default();
    let maker_prefix = statements.own("makerPrefix");
    for statement in statements.all() {
        let Some(text) = statement.object.text() else { continue };
        if statement.predicate == maker_prefix {
            gazetteer.makers.push(slug(text));
        }
        let (known, name) = match statements.split(statement.subject) {
            (SERVICE, name) => (&mut services, name),
            (REGION, name) => (&mut regions, name),
            _ => continue,
        };
        if [LABEL, ALTERNATIVE_LABEL].contains(&statement.predicate) {
            let known: &mut Vec<String> = known.entry(name).or_default();
            let at = if statement.predicate == LABEL { 0 } else { known.len() };
            known.insert(at, text.to_owned());
        }
    }
    gazetteer.makers.sort_by_key(|maker| usize::MAX - maker.len());
    gazetteer.add(services, regions);
    gazetteer
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ontology::Ontology;

    fn mark(sentence: &str, own: &str) -> (String, Vec<String>) {
        let ontology = Ontology::load(&[]).unwrap();
        let found = ontology.claims.names.find(sentence, &ontology.claims.names.own(own));
        let (marked, mentions) = marked(sentence, &found);
        let names = mentions.into_iter().map(|mention| match mention {
            Mention::Service(name) | Mention::Region(name) => name.clone(),
        });
        (marked, names.collect())
    }

    #[test]
    fn the_longest_name_counts_and_the_own_one_is_no_other() {
        let (marked, names) = mark("Key Vault feeds Azure Key Vault Managed HSM.", "Azure Key Vault");
        assert_eq!(
            (marked.as_str(), names),
            ("the service feeds ~O0~.", vec!["Azure Key Vault Managed HSM".into()])
        );
        let (marked, _) = mark("Nephele Loom weaves in Loom.", "Nephele Loom");
        assert_eq!(marked, "the service weaves in Loom.");
    }

    #[test]
    fn common_nouns_are_no_names() {
        let (marked, names) = mark("Keep files and event hubs apart from the azure event hubs.", "Relay");
        assert_eq!(marked, "Keep files and event hubs apart from the ~O0~.");
        assert_eq!(names, ["Azure Event Hubs"]);
        assert_eq!(mark("Its policy covers Functions and Files.", "Relay").1, Vec::<String>::new());
    }

    #[test]
    fn regions_are_named_in_both_spellings() {
        let (marked, names) = mark("Only \"westeurope\" and North Europe, not north europe.", "Relay");
        assert_eq!(marked, "Only \"~R0~\" and ~R1~, not north europe.");
        assert_eq!(names, ["West Europe", "North Europe"]);
    }
}
