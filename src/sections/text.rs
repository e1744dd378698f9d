//! Plain text with its marks and its place in the document.

use smallvec::SmallVec;
use std::ops::Range;

/// What is special about a range of a [`Text`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MarkKind {
    /// `**strong**`
    Strong,
    /// `*emphasis*`
    Emphasis,
    /// `` `code` ``
    Code,
    /// A link, with its target.
    Link(String),
    /// A picture, with its target; its text is the alternative text.
    Image(String),
}

/// A marked range of a [`Text`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mark {
    /// Byte range in the text.
    pub range: Range<usize>,
    /// What it is.
    pub kind: MarkKind,
}

/// Plain text: markup gone, line breaks as blanks, typographic apostrophes and quotes as ASCII.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Text {
    /// The words.
    pub plain: String,
    /// Its marked ranges, in the order of their ends.
    pub marks: Vec<Mark>,
    /// Where stretches of the plain text start, here and in the document's assembled text.
    places: SmallVec<[(u32, u32); 2]>,
}

/// A label at the start of a text: `**Expected downtime:** …`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Label<'a> {
    /// Its words, without markup and without the colon, full stop or question mark behind it.
    pub name: &'a str,
    /// Where the text behind it starts, in bytes of the plain text.
    pub rest: usize,
    /// Whether a colon stands behind it; without one it is just emphasised.
    pub colon: bool,
}

impl Text {
    /// A text without words, with room for so many bytes.
    pub(super) fn with_capacity(bytes: usize) -> Self {
        Self { plain: String::with_capacity(bytes), ..Self::default() }
    }

    /// Appends words that stand at an offset of the assembled text, typographic characters replaced by plain
    /// ones.
    pub(super) fn push(&mut self, words: &str, place: usize) {
        self.places.push((clamp(self.plain.len()), clamp(place)));
        if words.is_ascii() {
            return self.plain.push_str(words);
        }
        let mut at = 0;
        while let Some(odd) = words.as_bytes()[at..].iter().position(|byte| !byte.is_ascii()) {
            self.plain.push_str(&words[at..at + odd]);
            at += odd;
            let rest = &words[at..];
            match READABLE.iter().find(|(odd, _)| rest.starts_with(odd)) {
                Some((odd, readable)) => {
                    self.plain.push_str(readable);
                    at += odd.len();
                    self.places.push((clamp(self.plain.len()), clamp(place + at)));
                }
                None => {
                    let length = rest.chars().next().map_or(rest.len(), char::len_utf8);
                    self.plain.push_str(&rest[..length]);
                    at += length;
                }
            }
        }
        self.plain.push_str(&words[at..]);
    }

    /// Appends a blank between words, where there is none yet.
    pub(super) fn blank(&mut self) {
        if !self.plain.is_empty() && !self.plain.ends_with(' ') {
            self.plain.push(' ');
        }
    }

    /// Where a byte of the plain text stands in the document's assembled text, as closely as it is known.
    pub fn place(&self, byte: usize) -> usize {
        let after = self.places.partition_point(|&(here, _)| here as usize <= byte);
        match after.checked_sub(1).and_then(|at| self.places.get(at)) {
            Some(&(here, there)) => there as usize + byte - here as usize,
            None => self.places.first().map_or(0, |&(_, there)| there as usize),
        }
    }

    /// Takes words off the start, and the blanks behind them.
    pub(super) fn skip(&mut self, bytes: usize) {
        let rest = &self.plain[bytes..];
        let bytes = bytes + rest.len() - rest.trim_start().len();
        let first = self.place(bytes);
        self.plain.drain(..bytes);
        let cut = clamp(bytes);
        self.places.retain(|&mut (here, _)| here > cut);
        self.places.iter_mut().for_each(|(here, _)| *here -= cut);
        self.places.insert(0, (0, clamp(first)));
        self.marks.retain(|mark| mark.range.end > bytes);
        for mark in &mut self.marks {
            mark.range = mark.range.start.saturating_sub(bytes)..mark.range.end - bytes;
        }
    }

    /// Whether there are no words.
    pub fn is_empty(&self) -> bool {
        self.plain.trim().is_empty()
    }

    /// The label at the start: strong or emphasised words that end at a colon, or that a colon or a
    /// comma follows, or that are a sentence of their own. `None` where the text starts with no marked words, or where the
    /// marked words are part of a sentence.
    pub fn label(&self) -> Option<Label<'_>> {
        let Range { start: lead, end } = self.opening()?;
        let marked = self.plain[lead..end].trim_end();
        let behind = &self.plain[end..];
        let after_blank = behind.trim_start();
        let blank = behind.len() - after_blank.len();
        let (name, rest, colon) = if let Some(name) = marked.strip_suffix([':', '：']) {
            (name, end, true)
        } else if after_blank.starts_with(':') {
            (marked, end + blank + 1, true)
        } else if let Some(dash) = ["- ", "– ", "— "].iter().find(|dash| after_blank.starts_with(**dash))
        {
            (marked, end + blank + dash.len(), true)
        } else if let Some(name) = marked.strip_suffix(['.', '?']) {
            (name, end, false)
        } else if after_blank.is_empty() || after_blank.starts_with(',') {
            (marked, end + blank + usize::from(!after_blank.is_empty()), false)
        } else if let Some(colon) = self.colon_soon_after(end) {
            (self.plain[lead..colon].trim(), colon + 1, true)
        } else {
            return None;
        };
        let rest = rest + self.plain[rest..].len() - self.plain[rest..].trim_start().len();
        Some(Label { name: name.trim(), rest, colon })
    }

    /// Where the emphasised words stand that it starts with.
    pub fn opening(&self) -> Option<Range<usize>> {
        let lead = self.plain.len() - self.plain.trim_start().len();
        let starts = |mark: &&Mark| {
            matches!(mark.kind, MarkKind::Strong | MarkKind::Emphasis) && mark.range.start == lead
        };
        let mark = self.marks.iter().filter(starts).max_by_key(|mark| mark.range.end)?;
        Some(mark.range.clone())
    }

    /// A colon a few words behind the marked words: `**Premium** tier:`, `*Zonal* (preview):`.
    fn colon_soon_after(&self, end: usize) -> Option<usize> {
        let behind = &self.plain[end..];
        let colon = behind.find(':').filter(|&colon| colon <= 40)?;
        let between = &behind[..colon];
        let plain = between.chars().all(|c| c.is_alphanumeric() || " ()-,&/".contains(c));
        (plain && between.split_whitespace().count() <= 4).then_some(end + colon)
    }
}

fn clamp(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}

/// Sequences that stand for an apostrophe, a quote or a dash: typographic ones, and what is left of them when
/// UTF-8 was read as Windows-1252.
const READABLE: [(&str, &str); 14] = [
    ("â€™", "'"),
    ("â€˜", "'"),
    ("â€œ", "\""),
    ("â€\u{9d}", "\""),
    ("â€“", "-"),
    ("â€”", "-"),
    ("Â\u{a0}", " "),
    ("\u{2019}", "'"),
    ("\u{2018}", "'"),
    ("\u{201c}", "\""),
    ("\u{201d}", "\""),
    ("\u{2013}", "-"),
    ("\u{2014}", "-"),
    ("\u{a0}", " "),
];
