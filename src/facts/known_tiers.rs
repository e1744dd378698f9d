//! The tiers that a document knows: those that its sentences, columns, lists and tabs name, and which of them a sentence
//! means.

use super::extract::Reader;
use super::judge::Judge;
use super::passages::Passage;
use super::tiers;
use crate::ontology::Cued;
use crate::sections::{Block, Item, Row, Section, Table};
use memchr::memchr2_iter;
use std::collections::BTreeMap;

/// The whole names of tiers that lists name, by those without words of the service's.
pub(super) type WholeNames = BTreeMap<String, String>;

impl Reader<'_> {
    /// The tiers that the document names, in the order in which it does. A tier that a list calls by its `whole` name is
    /// known by the short one where sentences call it so.
    pub(super) fn known_tiers(&self, passages: &[Passage], whole: &WholeNames) -> Vec<String> {
        let mut known: Vec<String> = Vec::new();
        let sentences = passages.iter().flat_map(|passage| &passage.sentences);
        let mentions = sentences.flat_map(|sentence| self.sentences.tiers(sentence));
        for name in mentions.flat_map(|mention| &mention.names) {
            if !known.contains(name) {
                known.push(name.clone());
            }
        }
        let listed = whole.iter().map(|(short, whole)| if known.contains(short) { short } else { whole });
        let in_columns = self.tiers_of_columns().into_iter().chain(listed.cloned());
        let is_new = |name: &String| !known.iter().any(|other| other.eq_ignore_ascii_case(name));
        let new: Vec<String> = in_columns.filter(is_new).collect();
        known.extend(new);
        known
    }

    /// Tiers that the document names, by their whole names too, and the titles of tabs that stand beside one that does.
    pub(super) fn with_tabs(&self, known: &[String], whole: &WholeNames) -> Vec<String> {
        let title = |section: &Section| section.heading.plain.trim().to_owned();
        let tabs: Vec<&Section> =
            self.outline.sections.iter().filter(|section| section.tab.is_some()).collect();
        let beside_tier = |tab: &&&Section| {
            let of_tier = |other: &&Section| {
                tiers::of_label(&title(other), known, &self.ontology.tiers.order).is_some()
            };
            tabs.iter().any(|other| other.parent == tab.parent && of_tier(other))
        };
        let beside: Vec<String> = tabs.iter().filter(beside_tier).map(|tab| title(tab)).collect();
        known.iter().chain(whole.values()).cloned().chain(beside).collect()
    }

    /// The names that items of lists of tiers open with (`You choose one of these tiers:`), by the names without words of
    /// the service's.
    pub(super) fn tiers_of_lists(&self) -> WholeNames {
        let words = &self.ontology.tiers;
        let pairs = self.outline.sections.iter().flat_map(|section| section.blocks.windows(2));
        let lists = pairs.filter_map(|pair| match pair {
            [Block::Paragraph(intro), Block::List(items)] if words.introduced.is_match(&intro.plain) => {
                Some(items)
            }
            _ => None,
        });
        let labels = |items: &'_ Vec<Item>| -> Vec<String> {
            let labels = items.iter().filter_map(|item| Some(item.lead()?.label()?.name.to_owned()));
            labels.collect()
        };
        let announces = |label: &String| self.ontology.announced(&self.sentences.get(label).text).is_some();
        let lists = lists.map(labels).filter(|labels| !labels.iter().any(announces));
        let names = lists.flatten().flat_map(|name| tiers::in_identifier(&name, &words.nouns));
        let service = self.sentences.service();
        let names = names.filter(|name| tiers::is_name(name));
        names.map(|name| (tiers::without_service(&name, service), name)).collect()
    }

    /// The names in columns of tiers.
    fn tiers_of_columns(&self) -> Vec<String> {
        let mut names: Vec<String> = Vec::new();
        for table in self.outline.sections.iter().flat_map(|section| tables(&section.blocks)) {
            for at in 0..table.head.len() {
                let column = self.ontology.tables.column(table.head[at].plain.trim());
                if !column.is_some_and(tiers::is_column) {
                    continue;
                }
                let cells = table.rows.iter().filter_map(|row: &Row| row.cells.get(at));
                let found = cells.flat_map(|cell| tiers::in_cell(&cell.plain));
                for name in found {
                    if !names.contains(&name) {
                        names.push(name);
                    }
                }
            }
        }
        names
    }
}

/// Calls tiers as the document does where it lists them.
pub(super) fn call_whole<'t>(whole: &WholeNames, tiers: impl Iterator<Item = &'t mut String>) {
    if whole.is_empty() {
        return;
    }
    for tier in tiers {
        if let Some(name) = whole.get(tier) {
            name.clone_into(tier);
        }
    }
}

impl Judge<'_> {
    /// The tiers that a mention names, and with "and higher" those above that the document names elsewhere.
    pub(super) fn with_higher(&self, mention: &tiers::TierMention) -> Vec<String> {
        let mut names = mention.names.clone();
        let order = &self.ontology.tiers.order;
        let rank = |name: &str| order.iter().position(|known| known.eq_ignore_ascii_case(name));
        if let Some(from) = names.first().and_then(|name| rank(name)).filter(|_| mention.and_higher) {
            let mut above: Vec<&String> =
                self.tiers.iter().filter(|name| rank(name).is_some_and(|rank| rank > from)).collect();
            above.sort_by_key(|name| rank(name));
            if let (true, [only]) = (above.is_empty(), names.as_mut_slice()) {
                only.push_str(" or higher");
            }
            names.extend(above.into_iter().cloned());
        }
        names
    }

    /// Tiers that a sentence names without saying that they are tiers: of several words anywhere, others before what
    /// customers have in them, if they open it.
    pub(super) fn tiers_without_noun(&self, sentence: &Cued, within: usize) -> Vec<String> {
        let mut long = self.tiers.iter().filter(|name| name.contains(' ')).peekable();
        if long.peek().is_some() {
            let is_named = |name: &&String| {
                let Some((first, rest)) = name.as_bytes().split_first() else { return true };
                let letters = [first.to_ascii_lowercase(), first.to_ascii_uppercase()];
                let places = memchr2_iter(letters[0], letters[1], sentence.as_bytes());
                places.take_while(|at| *at < within).any(|at| {
                    let words = sentence.as_bytes().get(at + 1..at + name.len());
                    words.is_some_and(|words| words.eq_ignore_ascii_case(rest))
                })
            };
            let named: Vec<String> = long.filter(is_named).cloned().collect();
            if !named.is_empty() {
                return named;
            }
        }
        tiers::of_resources(sentence, self.sentences.service(), &self.tiers, within, self.ontology)
    }
}

/// The tables among blocks, those in lists and quotes too.
pub(super) fn tables(blocks: &[Block]) -> Vec<&Table> {
    let mut found = Vec::new();
    for block in blocks {
        match block {
            Block::Table(table) => found.push(table),
            Block::List(items) => found.extend(items.iter().flat_map(|item| tables(&item.blocks))),
            Block::Quote(_, blocks) => found.extend(tables(blocks)),
            Block::Paragraph(_) | Block::Code => {}
        }
    }
    found
}
