//! The sentences of a section, with what they stand under.

use crate::facts::sentence::{Sentence, Sentences};
use crate::ontology::claims::ClaimRule;
use crate::sections::{Block, Item, Label, Text, sentences};
use std::borrow::Cow;
use std::rc::Rc;

/// A sentence with what it stands under.
pub(super) struct Said<'a> {
    /// Index of the section.
    pub section: usize,
    /// The sentence.
    pub sentence: Rc<Sentence>,
    /// The sentence behind the one that introduces its list; the sentence alone outside of such lists.
    pub words: Rc<Sentence>,
    /// The text that holds it, and where it starts there.
    pub text: &'a Text,
    pub offset: usize,
    /// Where it starts and ends in the document's assembled text.
    pub start: usize,
    pub end: usize,
    /// The sentences in front of it in the same text.
    pub before: &'a str,
    /// Headings, from the top down, then labels.
    above: &'a [&'a str],
    sentences: &'a Sentences<'a>,
}

impl Said<'_> {
    /// Whether a rule that asks for a heading or label finds it above the sentence.
    pub fn stands_under(&self, rule: &ClaimRule) -> bool {
        rule.under.as_ref().is_none_or(|under| {
            self.above.iter().any(|above| under.is_match(&self.sentences.get(above).text))
        })
    }
}

/// Shows the sentences of a section's blocks, in their order.
pub(super) fn visit(
    section: usize,
    blocks: &[Block],
    headings: &[&str],
    sentences: &Sentences<'_>,
    show: &mut dyn FnMut(&Said<'_>),
) {
    Visit { section, sentences, show }.blocks(blocks, headings, None);
}

struct Visit<'s> {
    section: usize,
    sentences: &'s Sentences<'s>,
    show: &'s mut dyn FnMut(&Said<'_>),
}

impl Visit<'_> {
    /// `intro` is the sentence in front of the list that holds the blocks.
    fn blocks(&mut self, blocks: &[Block], above: &[&str], intro: Option<&Sentence>) {
        let mut lead: Option<&Text> = None;
        for block in blocks {
            match block {
                Block::Paragraph(text) => {
                    self.text(text, above, intro);
                    lead = Some(text);
                }
                Block::List(items) => {
                    // A list belongs to the label, and to the last sentence, of the text in front of it.
                    let above = with_label(above, lead.and_then(Text::label));
                    let intro = lead.and_then(|lead| self.introduction(lead));
                    self.list(items, &above, intro.as_deref());
                    lead = None;
                }
                Block::Quote(_, blocks) => {
                    self.blocks(blocks, above, None);
                    lead = None;
                }
                Block::Table(_) | Block::Code => lead = None,
            }
        }
    }

    fn list(&mut self, items: &[Item], above: &[&str], intro: Option<&Sentence>) {
        for item in items {
            let inner = with_label(above, item.lead().and_then(Text::label));
            let Some(lead) = item.lead() else {
                self.blocks(&item.blocks, above, intro);
                continue;
            };
            self.text(lead, above, intro);
            let mut rest = &item.blocks[1..];
            if let Some(Block::List(nested)) = rest.first() {
                let intro = self.introduction(lead);
                self.list(nested, &inner, intro.as_deref());
                rest = &rest[1..];
            }
            self.blocks(rest, &inner, None);
        }
    }

    /// The sentences of a text; its label is one of them.
    fn text(&mut self, text: &Text, above: &[&str], intro: Option<&Sentence>) {
        let label = text.label();
        let inner = with_label(above, label);
        let from = label.map_or(0, |label| label.rest);
        if from > 0 {
            self.sentence(text, 0..from, above, None, "");
        }
        let rest = text.plain.get(from..).unwrap_or_default();
        for sentence in sentences(rest) {
            let range = from + sentence.range.start..from + sentence.range.end;
            self.sentence(text, range, &inner, intro, &rest[..sentence.range.start]);
        }
    }

    fn sentence(
        &mut self,
        text: &Text,
        range: std::ops::Range<usize>,
        above: &[&str],
        intro: Option<&Sentence>,
        before: &str,
    ) {
        let Some(sentence) = text.plain.get(range.clone()).map(str::trim_end).filter(|s| !s.is_empty())
        else {
            return;
        };
        let last = range.start + sentence.len() - 1;
        let (start, end) = (text.place(range.start), text.place(last) + 1);
        let offset = range.start;
        let (section, sentences) = (self.section, self.sentences);
        let sentence = self.sentences.get(sentence);
        let words = intro.map(|intro| self.sentences.introduced(intro, &sentence));
        let words = words.unwrap_or_else(|| sentence.clone());
        (self.show)(&Said { section, sentence, words, text, offset, start, end, before, above, sentences });
    }

    /// The last sentence of a text, if it introduces what follows.
    fn introduction(&self, text: &Text) -> Option<Rc<Sentence>> {
        if !text.plain.trim_end().ends_with(':') {
            return None;
        }
        let from = text.label().map_or(0, |label| label.rest);
        let last = sentences(text.plain.get(from..)?).last()?;
        last.text.ends_with(':').then(|| self.sentences.get(last.text))
    }
}

/// What stands below a label.
fn with_label<'a, 't>(above: &'a [&'t str], label: Option<Label<'t>>) -> Cow<'a, [&'t str]> {
    match label {
        Some(label) => above.iter().copied().chain([label.name]).collect(),
        None => Cow::Borrowed(above),
    }
}
