//! Front matter: the metadata between two lines of `---` at the head of a file.
//!
//! Read line by line and forgivingly: authors leave template comments in values (`title: X #Required; …`),
//! colons unquoted and lines indented, none of which should cost a document its title.

use memchr::{memchr, memchr_iter};

/// The metadata at the head of a file: keys and values as text, in the order in which they stand.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FrontMatter {
    entries: Vec<(String, String)>,
}

impl FrontMatter {
    /// The value of a key, without quotes and comments; absent or empty keys give nothing.
    pub fn get(&self, key: &str) -> Option<&str> {
        let entry = self.entries.iter().find(|(name, _)| name.eq_ignore_ascii_case(key));
        entry.map(|(_, value)| value.as_str()).filter(|value| !value.is_empty())
    }

    /// The document's date as an ISO 8601 date: `ms.date`, in `mm/dd/yyyy` or already ISO.
    pub fn date(&self) -> Option<String> {
        let value = self.get("ms.date")?;
        let mut parts = value.split(['/', '-']).map(|part| part.trim().parse::<u32>());
        let parts = (parts.next()?.ok()?, parts.next()?.ok()?, parts.next()?.ok()?);
        let (year, month, day) = match parts {
            (year @ 1000.., month, day) => (year, month, day),
            (month, day, year) => (year, month, day),
        };
        let valid = (1000..10_000).contains(&year) && (1..=12).contains(&month) && (1..=31).contains(&day);
        valid.then(|| format!("{year:04}-{month:02}-{day:02}"))
    }

    /// Whether this is the head of a file that is only there to be included by others.
    pub fn is_include(&self) -> bool {
        self.get("ms.topic").is_some_and(|topic| topic.eq_ignore_ascii_case("include"))
    }
}

/// What was found at the head of a file.
#[derive(Default)]
pub(super) struct Head<'t> {
    /// Its lines, without those that open and close it, and where they start.
    lines: &'t str,
    start: usize,
    /// Where the text after it starts.
    pub body: usize,
    /// The closing `---` is missing.
    pub unclosed: bool,
}

impl Head<'_> {
    /// The metadata.
    pub fn front_matter(&self) -> FrontMatter {
        let entries = self.lines.lines().filter_map(|line| match Line::read(line) {
            Line::Entry(key, value) => Some((key.to_owned(), value.to_owned())),
            _ => None,
        });
        FrontMatter { entries: entries.collect() }
    }

    /// Offsets of lines that are neither `key: value`, list items, continuations nor comments.
    pub fn odd_lines(&self) -> impl Iterator<Item = usize> {
        let mut end = self.start;
        self.lines.split_inclusive('\n').filter_map(move |line| {
            let start = end;
            end += line.len();
            matches!(Line::read(line), Line::Odd).then_some(start)
        })
    }
}

/// Splits the front matter off a text. A text that doesn't start with `---` has none.
pub(super) fn split(text: &str) -> Head<'_> {
    let lead = text.len() - text.trim_start().len();
    let end_of = |at: usize| memchr(b'\n', &text.as_bytes()[at..]).map_or(text.len(), |end| at + end + 1);
    let start = end_of(lead);
    if text[lead..start].trim_end() != "---" {
        return Head::default();
    }
    let mut at = start;
    while at < text.len() {
        let end = end_of(at);
        if text[at..].starts_with(['-', '.']) && matches!(text[at..end].trim_end(), "---" | "...") {
            return Head { lines: &text[start..at], start, body: end, unclosed: false };
        }
        at = end;
    }
    Head { unclosed: true, ..Head::default() }
}

/// A line of front matter.
enum Line<'t> {
    Entry(&'t str, &'t str),
    /// Neither `key: value` nor one of the others.
    Odd,
    /// An item of a list, a continuation, a comment, or nothing.
    Other,
}

impl<'t> Line<'t> {
    fn read(line: &'t str) -> Self {
        let trimmed = line.trim();
        if trimmed.is_empty() || trimmed.starts_with('#') {
            return Self::Other;
        }
        let nested = trimmed.starts_with("- ") || trimmed == "-";
        match trimmed.split_once(':').map(|(key, value)| (key.trim(), value.trim())) {
            Some((key, value)) if !nested && is_key(key) => Self::Entry(key, clean(value)),
            _ if nested || line.starts_with([' ', '\t']) => Self::Other,
            _ => Self::Odd,
        }
    }
}

fn is_key(key: &str) -> bool {
    !key.is_empty() && key.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-'))
}

/// A value without its quotes, or without the comment behind it.
fn clean(value: &str) -> &str {
    for quote in ['"', '\''] {
        if let Some((inside, _)) = value.strip_prefix(quote).and_then(|rest| rest.rsplit_once(quote)) {
            return inside.trim();
        }
    }
    if value.starts_with('#') {
        return "";
    }
    let is_comment = |at: &usize| value[..*at].ends_with(' ');
    let comment = memchr_iter(b'#', value.as_bytes()).find(is_comment);
    comment.map_or(value, |at| &value[..at]).trim()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn template_comments_in_values_are_dropped() {
        let head = split(
            "---\ntitle: Reliability in Drift #Required; Must be \"…\"\nms.date: 1/7/2024 #x\n---\nText",
        );
        assert_eq!(head.front_matter().get("title"), Some("Reliability in Drift"));
        assert_eq!(head.front_matter().date().as_deref(), Some("2024-01-07"));
        assert_eq!(head.body, 82);
        assert_eq!(head.odd_lines().next(), None);
    }

    #[test]
    fn quotes_colons_and_indentation_are_forgiven() {
        let head = split("---\n title: \"A: b # c\"\n description: one: two\nms.date: 2024-02-03\n---\n");
        assert_eq!(head.front_matter().get("title"), Some("A: b # c"));
        assert_eq!(head.front_matter().get("description"), Some("one: two"));
        assert_eq!(head.front_matter().date().as_deref(), Some("2024-02-03"));
    }

    #[test]
    fn what_is_not_front_matter_is_text() {
        assert_eq!(split("# Title\n---\n").body, 0);
        assert!(split("---\ntitle: x\n").unclosed);
        assert_eq!(split("---\nthis is no yaml\n---\n").odd_lines().collect::<Vec<_>>(), [4]);
    }

    #[test]
    fn impossible_dates_are_no_dates() {
        for date in ["13/40/2024", "soon", "1/2", ""] {
            assert_eq!(split(&format!("---\nms.date: {date}\n---\n")).front_matter().date(), None);
        }
    }
}
