//! A cell of a table, or an item of a list, without what is no word of it: pictures, marks of footnotes.

use crate::documents::on_one_line;
use crate::ontology::tables::{Answer, TableWords};
use crate::sections::{MarkKind, Text};
use memchr::{memchr_iter, memmem};
use std::borrow::Cow;
use std::ops::Range;

/// A picture: its alternative text and its address.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Picture {
    /// Alternative text; empty if there is none.
    pub alternative: String,
    /// Address; empty if there is none.
    pub address: String,
}

/// What stands in a cell.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Cell {
    /// The words, on one line.
    pub text: String,
    /// The pictures.
    pub pictures: Vec<Picture>,
}

/// The marks of footnotes in a stretch of Markdown: `<sup>1</sup>`, `<sub>2</sub>`, by byte range in the whole
/// text, of which the stretch starts at `offset`.
pub fn footnotes(markdown: &str, offset: usize) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let opens = |at: usize| matches!(markdown.as_bytes().get(at + 1), Some(b's' | b'S'));
    if !memchr_iter(b'<', markdown.as_bytes()).any(opens) {
        return found;
    }
    let tag = |at: usize, tag: &str| {
        let is_tag = |start: &usize| {
            markdown.as_bytes()[*start..]
                .get(..tag.len())
                .is_some_and(|it| it.eq_ignore_ascii_case(tag.as_bytes()))
        };
        memchr_iter(b'<', &markdown.as_bytes()[at..]).map(|start| at + start).find(is_tag)
    };
    for (open, close) in [("<sup>", "</sup>"), ("<sub>", "</sub>")] {
        let mut at = 0;
        while let Some(start) = tag(at, open) {
            let end = tag(start, close).map_or(markdown.len(), |end| end + close.len());
            found.push(offset + start..offset + end);
            at = end;
        }
    }
    found
}

impl Cell {
    /// Reads a text; `footnotes` are ranges of the document's assembled text that are no words.
    pub fn read(text: &Text, footnotes: &[Range<usize>]) -> Self {
        let mut pictures = Vec::new();
        for mark in &text.marks {
            if let MarkKind::Image(address) = &mark.kind {
                let alternative = text.plain[mark.range.clone()].to_owned();
                pictures.push(Picture { alternative, address: address.clone() });
            }
        }
        let in_picture = |at: usize| {
            let mut images = text.marks.iter().filter(|mark| matches!(mark.kind, MarkKind::Image(_)));
            images.any(|mark| mark.range.contains(&at))
        };
        let in_footnote = |at: usize| {
            !footnotes.is_empty() && {
                let place = text.place(at);
                footnotes.iter().any(|range| range.contains(&place))
            }
        };
        let mut words = Cow::Borrowed(text.plain.as_str());
        if !pictures.is_empty() || !footnotes.is_empty() {
            let dropped = |at: usize| in_picture(at) || in_footnote(at);
            words = words.char_indices().map(|(at, c)| if dropped(at) { ' ' } else { c }).collect();
        }
        let words = without_directives(words, &mut pictures);
        let mut line = on_one_line(&words);
        line.truncate(line.trim_end_matches(['*', '†', '‡', '¹', '²', '³']).trim_end().len());
        Self { text: line, pictures }
    }

    /// What it answers.
    pub fn answer(&self, words: &TableWords) -> Answer {
        if !self.text.is_empty() {
            return words.answer(&self.text);
        }
        let answers = self.pictures.iter().map(|picture| {
            let Picture { alternative, address } = picture;
            words.picture_answer(alternative, address)
        });
        answers.reduce(|one, other| if one == other { one } else { Answer::Other }).unwrap_or(Answer::No)
    }

    /// Whether the words can be a name: few of them, and no sentence.
    pub fn is_name(&self) -> bool {
        let words = self.text.split_whitespace().count();
        (1..=8).contains(&words)
            && self.text.len() <= 60
            && self.text.starts_with(|c: char| c.is_alphanumeric())
            && !self.text.ends_with(['.', ':', '?', '!'])
            && !self.text.contains([',', ';'])
    }
}

/// Takes out pictures in the form `:::image source="…" alt-text="…":::`, also where the end is missing.
fn without_directives<'t>(text: Cow<'t, str>, pictures: &mut Vec<Picture>) -> Cow<'t, str> {
    const OPEN: &str = ":::image";
    if memmem::find(text.as_bytes(), OPEN.as_bytes()).is_none() {
        return text;
    }
    let mut words = String::with_capacity(text.len());
    let mut rest = text.as_ref();
    while let Some(start) = rest.find(OPEN) {
        words.push_str(&rest[..start]);
        words.push(' ');
        let directive = &rest[start + OPEN.len()..];
        let end = directive.find(":::").unwrap_or(directive.len());
        let attribute = |name: &str| attribute(&directive[..end], name).unwrap_or_default();
        pictures.push(Picture { alternative: attribute("alt-text"), address: attribute("source") });
        rest = directive[end..].strip_prefix(":::").unwrap_or_default();
    }
    words.push_str(rest);
    words.into()
}

fn attribute(directive: &str, name: &str) -> Option<String> {
    let mut behind = directive.match_indices(name).map(|(start, name)| &directive[start + name.len()..]);
    let value = behind.find_map(|behind| behind.strip_prefix('='))?;
    let quote = value.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    value[1..].split(quote).next().map(str::to_owned)
}
