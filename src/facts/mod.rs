//! Facts: what a careful reader takes from a document.

mod cases;
mod cells;
mod claims;
mod extract;
mod feature_tiers;
mod features;
mod gaps;
mod identity;
mod judge;
mod known_tiers;
mod limits;
mod parts;
mod passages;
mod quantity;
mod scope;
mod sentence;
mod settle;
mod table;
mod tiers;

use crate::vocabulary::slug;

pub use crate::vocabulary::Scenario;
pub use extract::{extract, extract_outlined};

use serde::{Deserialize, Serialize};

/// What a fact says.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Value {
    /// A value of the ontology by its local name, such as `ZoneRedundant` or `Microsoft`.
    Named(String),
    /// A count, such as a minimum number of instances.
    Count(u32),
    /// An ISO 8601 date.
    Date(String),
    /// A percentage in digits, such as `99.99`.
    Percentage(String),
    /// From one region to another, names as the document spells them.
    Pair(String, String),
}

/// How a duration limits the outcome.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Bound {
    /// "up to", "less than", "within".
    UpTo,
    /// "about", "typically", a plain range.
    Typical,
    /// "at least", "or more".
    AtLeast,
}

/// Whether a fact holds for what is generally available.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Status {
    /// Generally available.
    #[default]
    GA,
    /// In preview.
    Preview,
}

/// Where a statement stands.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Source {
    /// The file that holds the words: the included file when they came by an include. Relative to the
    /// folder that was built, with `/` between its parts.
    pub file: String,
    /// 1-based line in `file`.
    pub line: u32,
    /// Byte range in `file`.
    pub byte_span: (u32, u32),
    /// 1-based line of the document where the words, or the include that brings them, stand.
    pub document_line: u32,
    /// Anchor of the section in the document, empty before the first heading.
    pub anchor: String,
}

/// One statement about a service, with its qualifiers and its source.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Fact {
    /// The service's name as the document's heading has it, such as `Azure Service Bus`; its slug names it.
    pub service: String,
    /// Local name of the kind, a class of the ontology, such as `Downtime`.
    pub kind: String,
    /// The failure, for kinds that take one.
    pub scenario: Option<Scenario>,
    /// What the fact holds for: a zone mode (`zone-redundant`) or a multi-region feature; empty if not limited.
    pub feature: String,
    /// What narrows it further; empty if nothing does.
    pub variant: String,
    /// The tiers that it is limited to, as the document spells them; empty if it is not limited.
    pub tiers: Vec<String>,
    /// What it says.
    pub value: Value,
    /// Shortest time in seconds, for the value `Duration`.
    pub min_s: Option<u64>,
    /// Longest time in seconds, for the value `Duration`.
    pub max_s: Option<u64>,
    /// How the duration limits the outcome.
    pub bound: Option<Bound>,
    /// Preview or generally available.
    pub status: Status,
    /// Where it stands.
    pub source: Source,
    /// The statement's own words.
    pub quote: String,
    /// The rule that made it.
    pub rule: String,
}

/// All that makes two facts one.
#[derive(Debug, PartialEq, Eq, Hash)]
struct Identity {
    /// Of the service, the feature and the variant.
    slugs: [String; 3],
    kind: String,
    scenario: Option<Scenario>,
    tiers: Vec<String>,
    value: Value,
    limits_s: (Option<u64>, Option<u64>),
}

impl Fact {
    fn identity(&self) -> Identity {
        let mut tiers = self.tiers.clone();
        tiers.sort_unstable();
        Identity {
            slugs: [&self.service, &self.feature, &self.variant].map(|name| slug(name)),
            kind: self.kind.clone(),
            scenario: self.scenario,
            tiers,
            value: self.value.clone(),
            limits_s: (self.min_s, self.max_s),
        }
    }
}

/// An entity that a [`Claim`] is about or points to, by its name as the document spells it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Entity {
    /// A cloud service.
    Service(String),
    /// A region.
    Region(String),
    /// A geography, such as `Europe`.
    Geography(String),
    /// Words.
    Text(String),
    /// Yes or no.
    Flag(bool),
    /// An ISO 8601 date.
    Date(String),
    /// A length of time in seconds.
    Duration(u64),
}

/// A plain statement beyond the kinds of [`Fact`]: a row of a region table, a dependency between services.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Claim {
    /// What it is about.
    pub subject: Entity,
    /// Local name of a property of the ontology, such as `dependsOn` or `geography`.
    pub property: String,
    /// What it says.
    pub object: Entity,
    /// Where it stands.
    pub source: Source,
    /// The statement's own words.
    pub quote: String,
}

/// A passage under a known label that no rule understood.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Unparsed {
    /// The service that the passage is about.
    pub service: String,
    /// Local name of the kind that the label announces.
    pub kind: String,
    /// The failure that the passage is about.
    pub scenario: Option<Scenario>,
    /// Why no fact was made, in a few words.
    pub reason: String,
    /// Where it stands.
    pub source: Source,
    /// The passage's own words.
    pub quote: String,
}

/// What documents of its template are expected to say, and a document doesn't.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Gap {
    /// No section has this role, the local name of a role of the ontology.
    Section(String),
    /// A section whose heading stands here has no label for a kind.
    Label {
        /// Local name of the kind.
        kind: String,
        /// The failure that the section is about.
        scenario: Option<Scenario>,
        /// The heading of the section.
        source: Source,
    },
}

/// All that was taken from one document.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Extraction {
    /// Path of the document relative to the folder that was built, with `/`; its file name names it in answers.
    pub document: String,
    /// Title in the front matter.
    pub title: String,
    /// The service that the document is about; empty for a document about many.
    pub service: String,
    /// ISO 8601 date of `ms.date`, where it is given.
    pub modified: Option<String>,
    /// Local name of the template era, a value of the ontology.
    pub template: String,
    /// Sections with a heading: anchor and text, in the order of the document.
    pub sections: Vec<(String, String)>,
    /// The facts, in the order of the document.
    pub facts: Vec<Fact>,
    /// The claims, in the order of the document.
    pub claims: Vec<Claim>,
    /// What was not understood, in the order of the document.
    pub unparsed: Vec<Unparsed>,
    /// What is expected and missing, sections first.
    pub gaps: Vec<Gap>,
    /// Includes that were not found: path as written, and line of the document.
    pub missing_includes: Vec<(String, u32)>,
    /// What in the document disagrees about the service that it is about, in words.
    pub identity_conflicts: Vec<String>,
}
