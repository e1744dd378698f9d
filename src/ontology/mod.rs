//! The ontology as the extraction reads it: what headings, labels and cues mean.
//!
//! All of it stands as Turtle in `ontology/`; what ships is compiled when the program is built, and [`Ontology::load`]
//! reads it anew, with the files that a user adds, only where there are any. Code that extracts holds no words of its own.

mod bits;
pub mod claims;
mod classes;
mod compiled;
mod cues;
mod edges;
mod encoding;
mod expression;
mod frequencies;
mod index;
mod lexicon;
mod mistake;
pub mod names;
mod needles;
mod program;
mod quads;
mod read;
mod sentence_words;
mod signs;
mod statements;
mod syntax;
pub mod tables;
mod text;
mod turtle;
mod unknown;
mod words;

pub use cues::{CueSet, Finder, Looked};
pub use index::Cued;
#[doc(hidden)]
pub use index::bytes_looked_at;
pub use quads::quads;
pub use sentence_words::{SentenceWords, TimeWords};

use crate::error::{Error, Result};
use cues::Place;
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};

/// The files that ship: names and contents.
pub const FILES: [(&str, &str); 6] = [
    ("claims.ttl", include_str!("../../ontology/claims.ttl")),
    ("extraction.ttl", include_str!("../../ontology/extraction.ttl")),
    ("model.ttl", include_str!("../../ontology/model.ttl")),
    ("regions.ttl", include_str!("../../ontology/regions.ttl")),
    ("services.ttl", include_str!("../../ontology/services.ttl")),
    ("tables.ttl", include_str!("../../ontology/tables.ttl")),
];

/// The content of a file that ships, by its name; empty for any other name.
pub fn shipped(name: &str) -> &'static str {
    FILES.iter().find(|(file, _)| *file == name).map_or("", |(_, turtle)| turtle)
}

/// Turtle without the mark of its encoding that some editors put at the start of a file.
fn without_mark(mut turtle: Vec<u8>) -> Vec<u8> {
    if turtle.starts_with("\u{feff}".as_bytes()) {
        turtle.drain(.."\u{feff}".len());
    }
    turtle
}

/// Those of them that the extraction reads.
const EXTRACTION_FILES: [&str; 6] =
    ["extraction.ttl", "model.ttl", "tables.ttl", "claims.ttl", "services.ttl", "regions.ttl"];

/// What a section is about, as its heading tells.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct SectionRole {
    /// Local name, such as `ZoneDownSection`.
    pub name: String,
    heading: CueSet,
    /// What its text is about unless a heading below says otherwise: `Some(None)` where it is about no failure.
    pub sets_scenario: Option<Option<crate::vocabulary::Scenario>>,
    /// The failure that the section above has to be about, `None` for one about none; unset for any.
    pub stands_in: Option<Option<crate::vocabulary::Scenario>>,
    /// The kind that all of its text is about, as if it stood under that label.
    pub about: Option<String>,
    /// The kinds that its text may state.
    pub expects: Vec<String>,
    /// Whether nothing in it is read.
    pub silent: bool,
    /// The feature that its facts are about.
    pub feature: Option<String>,
    /// The kinds that labels in it are expected to announce.
    pub expects_labels: Vec<String>,
    /// How much more than elsewhere a statement in passing counts in it.
    pub weight: i64,
    /// Whether it is the role of what stands in front of the first section of a page.
    pub opens_page: bool,
    /// Whether it is the role of a page of which no heading has a role.
    pub whole_page: bool,
    /// Whether headings below it that have no role name features.
    pub names_features: bool,
    /// Whether sections of this role under different headings are about different cases.
    pub tells_apart: bool,
    /// The kinds that its text is read for as if it stood under their labels.
    pub reads_labelled: Vec<String>,
    /// Whether only what is said of single tiers counts in it, and only where it is said nowhere else.
    pub overview: bool,
}

/// A way to read one value of a kind from a sentence.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Reading {
    /// Local name of the value.
    pub value: String,
    /// Which reading counts where several fit; more counts more.
    pub weight: i64,
    /// Whether the sentence must give a length of time.
    pub quantity: bool,
    /// Nouns that a count must stand before.
    pub units: Option<CueSet>,
    /// Cues of which one must match besides.
    pub require: Option<CueSet>,
    cues: CueSet,
    /// Cues that count only under a label of the kind, or in a sentence about it.
    labelled_cues: CueSet,
    /// Those of both that speak of a denial.
    denying: [CueSet; 2],
    /// Cues of which one must match besides where no label announces the kind.
    in_passing: Option<CueSet>,
    unless: CueSet,
    /// Whether it speaks for all alternatives of its passage.
    pub whole: bool,
    /// Whether it counts beside what labels announce.
    pub always: bool,
    /// Whether a sentence that it fits may speak of a part of the service only.
    pub of_part: bool,
}

impl Reading {
    /// Whether a label rules it out for the text behind it.
    pub fn excludes(&self, label: &str) -> bool {
        self.unless.is_match(label)
    }

    /// Whether one of its cues that speak of a denial matches a sentence; `labelled` as for [`Self::fits`].
    pub fn fits_denial<'t>(&self, sentence: impl Into<Looked<'t>>, labelled: bool) -> bool {
        let sentence = sentence.into();
        let [denying, labelled_denying] = &self.denying;
        self.quantity || denying.is_match(sentence) || labelled && labelled_denying.is_match(sentence)
    }

    /// Whether it fits a sentence; `labelled` tells whether the sentence stands under a label of the kind, `of_failure`
    /// whether its section is about what happens in a failure.
    pub fn fits<'t>(&self, sentence: impl Into<Looked<'t>>, labelled: bool, of_failure: bool) -> bool {
        let sentence = sentence.into();
        (self.cues.is_match(sentence) || labelled && self.labelled_cues.is_match(sentence))
            && !self.unless.is_match(sentence)
            && self.require.as_ref().is_none_or(|require| require.is_match(sentence))
            && (labelled || of_failure || self.in_passing.as_ref().is_none_or(|cues| cues.is_match(sentence)))
    }
}

/// A kind of fact.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Kind {
    /// Local name, such as `Downtime`.
    pub name: String,
    announced_by: CueSet,
    /// The cues of its readings that state a value, reading by reading, those under labels last.
    states: CueSet,
    /// Whether its facts are about a failure.
    pub takes_scenario: bool,
    /// Whether one passage may state several of its values.
    pub several: bool,
    /// The value that a label states under which nothing usable is said.
    pub not_stated: Option<String>,
    /// Whether labels that announce it also announce other things, so that nothing is missing where they do.
    pub weak_labels: bool,
    /// Whether sentences that only lead elsewhere are read too.
    pub reads_references: bool,
    /// Whether alternatives that state the same are always one.
    pub merges_alternatives: bool,
    /// Whether any tier that a sentence names limits its facts, not just one that the sentence starts with.
    pub names_tiers: bool,
    /// Whether its value is a count.
    pub is_count: bool,
    /// Whether its value is a date.
    pub is_date: bool,
    /// Words for what it measures, which stand before its figure in a sentence with several figures.
    pub terms: Vec<String>,
    /// Whether sentences that are about it are read in sections that don't expect it, too.
    pub anywhere: bool,
    /// Sentences that are about it wherever they stand, so that they are read as if its label announced them.
    pub topic: CueSet,
    /// Cues of which one must match a sentence for it to state the kind where no label announces it.
    pub mentions: Option<CueSet>,
    /// How its values are read, the weightiest first.
    pub readings: Vec<Reading>,
}

impl Kind {
    /// The readings that may fit a sentence, the weightiest first, which is told without trying any.
    pub fn readings_for<'k>(&'k self, sentence: &'k Cued) -> impl Iterator<Item = &'k Reading> {
        let mut from = Place::default();
        std::iter::from_fn(move || {
            let cue = self.states.next_anchored(sentence, from)?;
            let reading = self.readings.partition_point(|reading| reading.labelled_cues.end() <= cue);
            let reading = self.readings.get(reading)?;
            from = reading.labelled_cues.end();
            Some(reading)
        })
    }
}

/// A way in which a service can be spread over zones.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ZoneMode {
    /// Local name of the value: `ZoneRedundant`.
    pub value: String,
    /// As a feature: `zone-redundant`.
    pub feature: String,
    label: CueSet,
    /// Words that name it in a sentence.
    pub mention: CueSet,
}

/// The words that tell tiers.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct TierWords {
    /// Nouns for a tier: `tier`, `SKU`, `plan`.
    pub nouns: Vec<Noun>,
    /// Sentences with one of these nouns.
    pub noun: CueSet,
    /// Nouns for what customers have of a service in some tier: `instance`, `account`.
    pub resources: Vec<Noun>,
    /// Sentences with one of these nouns.
    pub resource: CueSet,
    /// Labels of texts that list tiers.
    pub label: CueSet,
    /// The words of such a text that hold the list.
    pub listed: Finder,
    /// Texts that introduce lists of tiers.
    pub introduced: CueSet,
    /// Titles of pivot groups that stand for tiers.
    pub pivot: CueSet,
    /// Words for all tiers.
    pub all: CueSet,
    /// Words in front of tiers for which a sentence doesn't hold.
    pub except: CueSet,
    /// Words behind a tier for it and those above.
    pub and_higher: CueSet,
    /// Usual names of tiers, the lowest first.
    pub order: Vec<String>,
}

/// A noun of one word or several; `tiers?` stands for the singular and the plural.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Noun {
    /// Its words in the singular, with whether the plural fits too.
    pub words: Vec<(String, bool)>,
}

impl Noun {
    fn new(noun: &str) -> Self {
        let word = |word: &str| match word.strip_suffix("s?") {
            Some(singular) => (singular.to_owned(), true),
            None => (word.to_owned(), false),
        };
        Self { words: noun.split(' ').map(word).collect() }
    }
}

/// A time in which documents were written by one template.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Era {
    /// Local name.
    name: String,
    /// Headings that tell it.
    heading: CueSet,
    /// Roles of the sections that its documents are expected to have.
    expects_sections: Vec<String>,
}

/// What the extraction knows about words.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Ontology {
    roles: Vec<SectionRole>,
    kinds: Vec<Kind>,
    no_kind: CueSet,
    stock: program::Program,
    no_service: CueSet,
    eras: Vec<Era>,
    /// The zone modes.
    pub modes: Vec<ZoneMode>,
    /// The words that tell tiers.
    pub tiers: TierWords,
    /// The words that matter in any sentence.
    pub sentence: SentenceWords,
    /// The words of tables and lists.
    pub tables: tables::TableWords,
    /// The rules for statements beyond labels and tables.
    pub claims: claims::ClaimWords,
}

/// What a label says of the text behind it.
#[derive(Clone, Copy, Debug)]
pub enum Announced<'a> {
    /// A fact of this kind.
    Kind(&'a Kind),
    /// Something that is a fact of no kind.
    Nothing,
}

/// The Turtle files that paths name: files, and the `.ttl` files of folders by name.
///
/// # Errors
/// A folder that can't be read, or that holds no Turtle.
pub fn files(paths: &[PathBuf]) -> Result<Vec<PathBuf>> {
    Ok(paths.iter().map(|path| turtle_files(path)).collect::<Result<Vec<_>>>()?.concat())
}

/// A file, or the `.ttl` files of a folder by name.
fn turtle_files(path: &Path) -> Result<Vec<PathBuf>> {
    if !path.is_dir() {
        return Ok(vec![path.to_owned()]);
    }
    let failed = |error| Error::io("read the folder", path, error);
    let entries =
        std::fs::read_dir(path).map_err(failed)?.collect::<std::io::Result<Vec<_>>>().map_err(failed)?;
    let mut files: Vec<PathBuf> = entries.into_iter().map(|entry| entry.path()).collect();
    files.retain(|file| file.extension().is_some_and(|extension| extension == "ttl"));
    files.sort();
    if files.is_empty() {
        return Err(Error::input(format!("the folder {} holds no .ttl files", path.display())));
    }
    Ok(files)
}

impl Ontology {
    /// The files that ship, then `more` files of the user's, or folders of `.ttl` files by name.
    ///
    /// # Errors
    /// A file that can't be read, that is no Turtle, or that holds a cue which is no cue; with file and place.
    pub fn load(more: &[PathBuf]) -> Result<Self> {
        let compiled = if more.is_empty() { compiled::ontology() } else { None };
        compiled.map_or_else(|| Self::read(more), Ok)
    }

    /// Reads and compiles the files that ship, then `more`.
    fn read(more: &[PathBuf]) -> Result<Self> {
        let read = |path: PathBuf| match std::fs::read(&path) {
            Ok(turtle) => Ok((path.display().to_string(), without_mark(turtle))),
            Err(error) => Err(Error::io("read the ontology", &path, error)),
        };
        let more = self::files(more)?.into_iter().map(read).collect::<Result<Vec<_>>>()?;
        let shipped = EXTRACTION_FILES.iter().map(|name| (*name, shipped(name).as_bytes()));
        let more = more.iter().map(|(name, turtle)| (name.as_str(), turtle.as_slice()));
        read::read(&shipped.chain(more).collect::<Vec<_>>(), EXTRACTION_FILES.len())
    }

    /// Reads an ontology from the names and contents of Turtle files, without those that ship.
    ///
    /// # Errors
    /// A file that is no Turtle, or that holds a cue which is no cue; with file and place.
    pub fn from_turtle(files: &[(String, Vec<u8>)]) -> Result<Self> {
        let files = files.iter().map(|(name, turtle)| (name.as_str(), turtle.as_slice()));
        let files: Vec<_> = files.collect();
        read::read(&files, files.len())
    }

    /// A text with the cues of this ontology that may match it, for texts that many of them are looked for in. Cues of
    /// another ontology say nothing of it.
    pub fn look(&self, text: impl Into<String>) -> Cued {
        self.no_kind.look(text.into())
    }

    /// The role of a section with this heading in a section about a failure, or about none.
    pub fn role<'t>(
        &self,
        heading: impl Into<Looked<'t>>,
        above: Option<crate::vocabulary::Scenario>,
    ) -> Option<&SectionRole> {
        let heading = heading.into();
        let may_stand = |role: &&SectionRole| role.stands_in.is_none_or(|failure| failure == above);
        self.roles.iter().filter(may_stand).find(|role| role.heading.is_match(heading))
    }

    /// The role of the sections of a page of which no heading has a role.
    pub fn page_role(&self) -> Option<&SectionRole> {
        self.roles.iter().find(|role| role.whole_page)
    }

    /// The role of sections on what happens in a failure that may say the most.
    pub fn failure_role(&self, failure: crate::vocabulary::Scenario) -> Option<&SectionRole> {
        let tells = |role: &&SectionRole| {
            role.weight > 0 && role.sets_scenario == Some(Some(failure)) && role.stands_in.is_none()
        };
        self.roles.iter().filter(tells).max_by_key(|role| role.expects.len())
    }

    /// The name of the feature that sections on what customers build themselves are about.
    pub fn own_design(&self) -> Option<&str> {
        self.roles.iter().find_map(|role| role.feature.as_deref())
    }

    /// The role of what stands in front of the first section of a page.
    pub fn opening_role(&self) -> Option<&SectionRole> {
        self.roles.iter().find(|role| role.opens_page)
    }

    /// What a label announces; `None` for a label that it doesn't know.
    pub fn announced<'t>(&self, label: impl Into<Looked<'t>>) -> Option<Announced<'_>> {
        let label = label.into();
        let kind = self.kinds.iter().find(|kind| kind.announced_by.is_match(label));
        kind.map(Announced::Kind).or_else(|| self.no_kind.is_match(label).then_some(Announced::Nothing))
    }

    /// What stands behind the stock words of a title; `None` for a title without them.
    pub fn after_stock_words<'t>(&self, title: &'t str) -> Option<&'t str> {
        title.get(self.stock.leading(title)?..)
    }

    /// Whether a name is that of no service, such as the maker's alone.
    pub fn is_no_service(&self, name: &str) -> bool {
        self.no_service.is_match(name)
    }

    /// The template era of a document with these headings, by the local name of the era; `None` for one of no
    /// known template.
    pub fn template(&self, headings: &[Cued]) -> Option<&str> {
        let fits = |era: &&Era| headings.iter().any(|heading| era.heading.is_match(heading));
        self.eras.iter().find(fits).map(|era| era.name.as_str())
    }

    /// The roles of the sections that documents of a template era are expected to have.
    pub fn expected_sections(&self, template: &str) -> &[String] {
        let era = self.eras.iter().find(|era| era.name == template);
        era.map(|era| era.expects_sections.as_slice()).unwrap_or_default()
    }

    /// All kinds.
    pub fn kinds(&self) -> &[Kind] {
        &self.kinds
    }

    /// A kind by its local name.
    pub fn kind(&self, name: &str) -> Option<&Kind> {
        self.kinds.iter().find(|kind| kind.name == name)
    }

    /// The zone modes that a label names: `Automatic and zone-redundant` names two.
    pub fn modes_of_label<'t>(&self, label: impl Into<Looked<'t>>) -> Vec<&ZoneMode> {
        let label = label.into();
        let mode = |part: Looked<'_>| self.modes.iter().find(|mode| mode.label.is_match(part));
        let text = label.text();
        let named: Option<Vec<_>> = if !text.contains([',', '/']) && !text.contains(" and ") {
            mode(label).map(|mode| vec![mode])
        } else {
            let parts = text.split([',', '/']).flat_map(|part| part.split(" and "));
            parts.map(|part| mode(part.into())).collect()
        };
        named.unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_ships_is_read() {
        let ontology = Ontology::load(&[]).unwrap();
        assert_eq!(ontology.role("Behavior during a zone failure", None).unwrap().name, "ZoneDownSection");
        let Some(Announced::Kind(kind)) = ontology.announced("Expected downtime") else { panic!() };
        assert_eq!(kind.name, "Downtime");
        assert!(matches!(ontology.announced("Notification"), Some(Announced::Nothing)));
        let modes = ontology.modes_of_label("Automatic and zone-redundant");
        assert_eq!(
            modes.iter().map(|mode| mode.feature.as_str()).collect::<Vec<_>>(),
            ["automatic", "zone-redundant"]
        );
        assert!(ontology.modes_of_label("Premium tier").is_empty());
    }

    #[test]
    fn a_user_teaches_a_label_and_a_cue_in_turtle() {
        let file = tempfile::Builder::new().suffix(".ttl").tempfile().unwrap();
        let turtle = "@prefix rel: <https://w3id.org/mainstay/ontology#> .
            rel:Downtime rel:announcedBy \"darkness\" ;
              rel:reading [ rel:value rel:Brief ; rel:weight 41 ; rel:labelledCue \"a blink\" ] .";
        std::fs::write(file.path(), turtle).unwrap();
        let ontology = Ontology::load(&[file.path().to_owned()]).unwrap();
        let Some(Announced::Kind(kind)) = ontology.announced("Darkness") else { panic!() };
        let fits = |reading: &&Reading| !reading.quantity && reading.fits("It lasts a blink.", true, false);
        let reading = kind.readings.iter().find(fits).unwrap();
        assert_eq!((kind.name.as_str(), reading.value.as_str()), ("Downtime", "Brief"));
    }

    #[test]
    fn broken_files_of_the_user_are_errors_with_their_place() {
        let file = tempfile::Builder::new().suffix(".ttl").tempfile().unwrap();
        std::fs::write(file.path(), "@prefix rel: <https://w3id.org/mainstay/ontology#> .\nrel:A rel:b ;")
            .unwrap();
        let error = Ontology::load(&[file.path().to_owned()]).unwrap_err().to_string();
        assert!(error.contains(".ttl") && error.contains('2'), "{error}");
    }
}
