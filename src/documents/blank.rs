//! What is no text: HTML comments and `:::` directives, replaced by blanks of the same length, so that every
//! offset stays what it was. Fenced code is left alone.

use super::pivots::{Directive, directive};
use memchr::{memchr, memmem};
use std::borrow::Cow;

/// The text of a file without comments and directives.
pub(super) struct Blanked<'a> {
    /// As long as the original; newlines are kept.
    pub text: Cow<'a, str>,
    /// Starts and ends of zones, by the offset of their line.
    pub zones: Vec<(usize, Directive)>,
    /// Offset of a comment that is never closed.
    pub unclosed_comment: Option<usize>,
}

/// Blanks out comments and directives of `text`.
pub(super) fn blank(text: &str) -> Blanked<'_> {
    let mut pass = Pass { text, out: None, zones: Vec::new(), state: State::Text, comment: None };
    let mut at = 0;
    while at < text.len() {
        let end = memchr(b'\n', &text.as_bytes()[at..]).map_or(text.len(), |newline| at + newline + 1);
        pass.line(&text[at..end], at);
        at = end;
    }
    let unclosed_comment = match pass.state {
        State::Comment { start } => Some(start),
        _ => None,
    };
    let blanked = pass.out.and_then(|out| String::from_utf8(out).ok());
    Blanked { text: blanked.map_or(Cow::Borrowed(text), Cow::Owned), zones: pass.zones, unclosed_comment }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Text,
    Comment { start: usize },
    Code { fence: u8, length: usize },
    LongDescription,
}

struct Pass<'a> {
    text: &'a str,
    /// The text with blanks, once there are any.
    out: Option<Vec<u8>>,
    zones: Vec<(usize, Directive)>,
    state: State,
    /// Where the next comment opens that was looked for; the end of the text where there is none.
    comment: Option<usize>,
}

impl Pass<'_> {
    fn line(&mut self, line: &str, at: usize) {
        if self.state == State::Text && !may_be_special(line) {
            if self.comment_from(at) < at + line.len() {
                self.comments(line, at, 0);
            }
            return;
        }
        let trimmed = line.trim();
        match self.state {
            State::Comment { .. } => self.comments(line, at, 0),
            State::Code { fence, length } => {
                let run = run_of(trimmed, fence);
                if run >= length && run == trimmed.len() {
                    self.state = State::Text;
                }
            }
            State::LongDescription => {
                self.fill(at, at + line.len());
                if trimmed.starts_with(":::") {
                    self.state = State::Text;
                }
            }
            State::Text if trimmed.starts_with(":::") => self.directive(line, trimmed, at),
            State::Text => match fence_of(trimmed) {
                Some((fence, length)) => self.state = State::Code { fence, length },
                None => self.comments(line, at, 0),
            },
        }
    }

    /// Where the first comment at or behind a place opens; the end of the text where there is none.
    fn comment_from(&mut self, at: usize) -> usize {
        match self.comment {
            Some(comment) if comment >= at => comment,
            _ => {
                let found = memmem::find(&self.text.as_bytes()[at..], b"<!--");
                *self.comment.insert(found.map_or(self.text.len(), |found| at + found))
            }
        }
    }

    fn directive(&mut self, line: &str, trimmed: &str, at: usize) {
        self.fill(at, at + line.len());
        match directive(trimmed) {
            Directive::LongDescription => self.state = State::LongDescription,
            Directive::Other => {}
            zone => self.zones.push((at, zone)),
        }
    }

    /// Blanks the comments of a line from a column on, which may be in the middle of one.
    fn comments(&mut self, line: &str, at: usize, mut column: usize) {
        loop {
            match self.state {
                State::Comment { .. } => match memmem::find(&line.as_bytes()[column..], b"-->") {
                    Some(end) => {
                        self.fill(at + column, at + column + end + 3);
                        column += end + 3;
                        self.state = State::Text;
                    }
                    None => return self.fill(at + column, at + line.len()),
                },
                _ => match memmem::find(&line.as_bytes()[column..], b"<!--") {
                    Some(start) => {
                        column += start;
                        self.state = State::Comment { start: at + column };
                        self.fill(at + column, at + column + 4);
                        column += 4;
                    }
                    None => return,
                },
            }
        }
    }

    fn fill(&mut self, start: usize, end: usize) {
        let out = self.out.get_or_insert_with(|| self.text.as_bytes().to_vec());
        for byte in &mut out[start..end] {
            if !matches!(byte, b'\n' | b'\r') {
                *byte = b' ';
            }
        }
    }
}

/// Whether a line may be a directive or a fence: its first sign is one of theirs, or no usual one.
fn may_be_special(line: &str) -> bool {
    let first = line.bytes().find(|byte| !matches!(byte, b' ' | b'\t'));
    first.is_some_and(|first| matches!(first, b':' | b'`' | b'~') || !first.is_ascii_graphic())
}

/// How many times a byte stands at the start.
fn run_of(text: &str, byte: u8) -> usize {
    text.bytes().take_while(|&b| b == byte).count()
}

fn fence_of(trimmed: &str) -> Option<(u8, usize)> {
    let fence = trimmed.bytes().next().filter(|byte| matches!(byte, b'`' | b'~'))?;
    let length = run_of(trimmed, fence);
    let info_has_backtick = fence == b'`' && trimmed[length..].contains('`');
    (length >= 3 && !info_has_backtick).then_some((fence, length))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_are_blank_and_lines_stay() {
        let blanked = blank("a <!-- b --> c\n<!-- d\ne -->f <!-- g\n");
        assert_eq!(blanked.text, "a            c\n      \n     f       \n");
        assert_eq!(blanked.unclosed_comment, Some(29));
    }

    #[test]
    fn code_keeps_its_comments() {
        let text = "```\n<!-- kept -->\n::: kept\n```\n<!-- gone -->\n";
        assert_eq!(blank(text).text, "```\n<!-- kept -->\n::: kept\n```\n             \n");
    }

    #[test]
    fn descriptions_of_pictures_are_no_text() {
        let text = "a\n:::image type=\"complex\" source=\"x\":::\nsix zones\n:::image-end:::\nb";
        let blanked = blank(text);
        assert_eq!(blanked.text.split_whitespace().collect::<Vec<_>>(), ["a", "b"]);
        assert_eq!(blanked.text.len(), text.len());
    }
}
