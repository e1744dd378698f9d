//! What the heads of columns, cells and headings over lists mean, as `ontology/tables.ttl` says it.

use super::statements::{LABEL, Name, Object, RANGE, Statements, TYPE};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// What the rows of a table, or the items of a list, are about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum RowSubject {
    /// Services.
    Service,
    /// Regions.
    Region,
    /// Tiers of the document's service.
    Tier,
    /// Areas of the world, whose regions stand below.
    Area,
}

/// What is read from the cells of a column, or from the items of a list. Names are local names of the ontology.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Role {
    /// What a row is about, for the column that names it.
    pub row_subject: Option<RowSubject>,
    /// The kind of the facts that it gives.
    pub kind: Option<String>,
    /// The value of these facts; without it the cell tells.
    pub value: Option<String>,
    /// The property of the claims that it gives.
    pub property: Option<String>,
    /// The object of these claims; without it the cell tells.
    pub text: Option<String>,
    /// Whether the cell names a feature.
    pub names_feature: bool,
    /// Whether its figures are typical ones.
    pub typical: bool,
    /// What a "yes" narrows the row's feature to.
    pub narrows_to: Option<String>,
    /// Words that lead to it, compared by [`key`]: whole heads of columns, whole headings, or parts of a text.
    words: Vec<String>,
    /// Last words of heads of columns, compared by [`key`].
    ends: Vec<String>,
    /// Words that rule it out, as parts of a text.
    unless: Vec<String>,
}

/// What a cell answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// Yes.
    Yes,
    /// Yes, in preview.
    Preview,
    /// No, or nothing at all.
    No,
    /// Other words.
    Other,
}

/// What an object of a property is, by the property's range.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Range {
    /// Words.
    #[default]
    Text,
    /// Yes or no.
    Flag,
    /// A region.
    Region,
    /// A geography.
    Geography,
}

/// The words of tables and lists.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct TableWords {
    columns: Vec<Role>,
    lists: Vec<Role>,
    region_lists: Vec<Role>,
    icons: Vec<Role>,
    yes: BTreeSet<String>,
    no: BTreeSet<String>,
    preview: BTreeSet<String>,
    global: BTreeSet<String>,
    modes: BTreeMap<String, String>,
    ranges: BTreeMap<String, Range>,
}

/// How two wordings are compared: letters and digits alone, in lower case; signs as they are where there are none.
pub fn key(text: &str) -> String {
    let mut letters = String::with_capacity(text.len());
    if text.is_ascii() {
        letters.push_str(text);
        letters.retain(|c| c.is_ascii_alphanumeric());
        letters.make_ascii_lowercase();
    } else {
        letters.extend(text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase));
    }
    if letters.is_empty() { text.trim().to_owned() } else { letters }
}

impl TableWords {
    /// The role of a column with this head.
    pub fn column(&self, head: &str) -> Option<&Role> {
        let head_key = key(head);
        let whole = self.columns.iter().find(|role| role.words.contains(&head_key));
        whole.or_else(|| {
            let last = key(head.split_whitespace().next_back()?);
            self.columns.iter().find(|role| role.ends.contains(&last))
        })
    }

    /// What the items of a list, or the cells of a table of names, below this heading say.
    pub fn list(&self, heading: &str) -> Option<&Role> {
        let heading = key(heading);
        self.lists.iter().find(|role| role.words.contains(&heading))
    }

    /// What a list of regions in a document about a service says, by the words above it.
    pub fn region_list(&self, context: &str) -> Option<&Role> {
        let context = key(context);
        let fits = |role: &&Role| {
            role.words.iter().any(|word| context.contains(word))
                && !role.unless.iter().any(|word| context.contains(word))
        };
        self.region_lists.iter().find(fits)
    }

    /// The properties that a picture beside a name gives it, by the picture's words.
    pub fn icon_properties(&self, words: &str) -> impl Iterator<Item = &str> {
        let words = key(words);
        let fits = move |role: &&Role| role.words.iter().any(|cue| words.contains(cue));
        self.icons.iter().filter(fits).filter_map(|role| role.property.as_deref())
    }

    /// What a text in a cell answers. Words behind a comma, a semicolon or a parenthesis only count for a preview.
    pub fn answer(&self, text: &str) -> Answer {
        let text = text.trim();
        let head = text.split([',', ';', '(']).next().unwrap_or_default();
        let (head, whole) = (key(head), key(text));
        let preview = self.preview.iter().any(|word| whole.contains(word));
        if whole.is_empty() || self.no.contains(&head) {
            Answer::No
        } else if self.preview.contains(&head) || self.yes.contains(&head) && preview {
            Answer::Preview
        } else if self.yes.contains(&head) {
            Answer::Yes
        } else {
            Answer::Other
        }
    }

    /// What a picture in a cell answers, by its alternative text or, where that says nothing, by its name.
    pub fn picture_answer(&self, alternative: &str, address: &str) -> Answer {
        let by_text = self.answer(alternative);
        if !alternative.trim().is_empty() && by_text != Answer::Other {
            return by_text;
        }
        let name = address.rsplit(['/', '\\']).next().unwrap_or_default();
        let name = name.split(['.', '?', '#']).next().unwrap_or_default();
        let mut parts = name.split(['-', '_']).map(key);
        let answer = parts.find_map(|part| match (self.yes.contains(&part), self.no.contains(&part)) {
            (true, _) => Some(Answer::Yes),
            (_, true) => Some(Answer::No),
            _ => None,
        });
        answer.unwrap_or(Answer::Other)
    }

    /// Whether a cell that should name a multi-region feature says that the service is not regional.
    pub fn says_global(&self, text: &str) -> bool {
        self.global.contains(&key(text))
    }

    /// The zone mode that a word names: `Zone-redundant`.
    pub fn zone_mode(&self, word: &str) -> Option<&str> {
        self.modes.get(&key(word)).map(String::as_str)
    }

    /// What the objects of a property are.
    pub fn range(&self, property: &str) -> Range {
        self.ranges.get(property).copied().unwrap_or_default()
    }
}

/// Reads the statements of files; later files add to the earlier ones.
pub(super) struct TableReader<'s, 't>(pub &'s Statements<'t>);

impl TableReader<'_, '_> {
    /// What was read.
    pub(super) fn words(&self) -> TableWords {
        let mut words = TableWords::default();
        let Self(statements) = self;
        let counts = |predicate| statements.is_own(predicate) || [LABEL, RANGE, TYPE].contains(&predicate);
        for subject in statements.subjects(|statement| counts(statement.predicate)) {
            self.add_role(subject, &mut words);
            self.add_cell_words(subject, &mut words);
            if let Some(range) = self.names_of(subject, RANGE).next() {
                let range = match range {
                    "boolean" => Range::Flag,
                    "Region" => Range::Region,
                    "Geography" => Range::Geography,
                    _ => Range::Text,
                };
                words.ranges.insert(statements.split(subject).1.to_owned(), range);
            }
        }
        words
    }

    fn add_role(&self, subject: Name, words: &mut TableWords) {
        for class in self.names_of(subject, TYPE) {
            match class {
                "ColumnRole" => words.columns.push(self.role(subject, "columnHead")),
                "ListRole" => words.lists.push(self.role(subject, "listHeading")),
                "RegionListRole" => words.region_lists.push(self.role(subject, "listCue")),
                "IconRole" => words.icons.push(self.role(subject, "iconCue")),
                "ZoneMode" => {
                    let (_, value) = self.0.split(subject);
                    let labels = self.0.texts(subject, LABEL).into_iter();
                    words.modes.extend(labels.map(|label| (key(label), value.to_owned())));
                }
                _ => {}
            }
        }
    }

    fn add_cell_words(&self, subject: Name, words: &mut TableWords) {
        for (property, set) in [
            ("yes", &mut words.yes),
            ("no", &mut words.no),
            ("preview", &mut words.preview),
            ("global", &mut words.global),
        ] {
            set.extend(self.texts(subject, property).iter().map(|word| key(word)));
        }
    }

    fn role(&self, subject: Name, cue: &str) -> Role {
        let keys = |property: &str| self.texts(subject, property).iter().map(|word| key(word)).collect();
        let row_subject = self.names(subject, "rowSubject").next().and_then(|name| match name {
            "Service" => Some(RowSubject::Service),
            "Region" => Some(RowSubject::Region),
            "Tier" => Some(RowSubject::Tier),
            "Geography" => Some(RowSubject::Area),
            _ => None,
        });
        Role {
            row_subject,
            kind: self.names(subject, "givesKind").last().map(str::to_owned),
            value: self.names(subject, "givesValue").last().map(str::to_owned),
            property: self.names(subject, "givesProperty").last().map(str::to_owned),
            text: self.texts(subject, "givesText").pop().map(str::to_owned),
            names_feature: self.names(subject, "cellNames").any(|name| name == "Feature"),
            typical: self.names(subject, "givesBound").any(|name| name == "Typical"),
            narrows_to: self.texts(subject, "narrowsTo").pop().map(str::to_owned),
            words: keys(cue),
            ends: keys("columnHeadEnd"),
            unless: keys("listUnless"),
        }
    }

    fn texts(&self, subject: Name, property: &str) -> Vec<&str> {
        self.0.texts(subject, self.0.own(property))
    }

    /// The names that a property gives, each without its namespace.
    fn names(&self, subject: Name, property: &str) -> impl Iterator<Item = &str> {
        self.names_of(subject, self.0.own(property))
    }

    fn names_of(&self, subject: Name, predicate: Name) -> impl Iterator<Item = &str> {
        self.0.objects(subject, predicate).filter_map(|object| match object {
            Object::Name(name) => Some(self.0.split(*name).1),
            _ => None,
        })
    }
}
