//! Turtle as the files of an ontology are written, read in place.
//!
//! Nothing is copied but what escapes stand in. Names are numbered, so that statements are compared and grouped by
//! numbers. What is written in a rarer way (bases, languages, datatypes, escapes in names) and whatever is wrong is
//! left to another reader: [`read`] then says nothing but `None`.

use super::statements::{LIST, Name, Object, Statements, TYPE};
use memchr::{memchr, memchr3};
use std::borrow::Cow;

/// Deepest nesting of blank nodes in brackets.
const MAX_DEPTH: usize = 32;

/// Adds the statements of a file; `None` where it isn't written as this reader knows it, with some of them added.
pub(super) fn read<'t>(turtle: &'t [u8], statements: &mut Statements<'t>) -> Option<()> {
    let turtle = std::str::from_utf8(turtle).ok()?;
    let mut reader = Reader { turtle, at: 0, prefixes: Vec::new(), statements };
    while reader.skip() {
        reader.statement()?;
    }
    Some(())
}

struct Reader<'t, 's> {
    turtle: &'t str,
    /// How far it is read, in bytes.
    at: usize,
    /// Prefixes with the numbers of their namespaces, the newest last.
    prefixes: Vec<(&'t str, u32)>,
    statements: &'s mut Statements<'t>,
}

impl<'t> Reader<'t, '_> {
    fn statement(&mut self) -> Option<()> {
        if self.eat(b"@prefix") {
            self.prefix()?;
            return self.expect(b'.');
        }
        let subject = match self.peek()? {
            b'[' => {
                let node = self.node(0)?;
                self.skip();
                if self.eat(b".") {
                    return Some(());
                }
                node
            }
            _ => self.name()?,
        };
        self.properties(subject, 0)?;
        self.expect(b'.')
    }

    fn prefix(&mut self) -> Option<()> {
        self.blank()?;
        let rest = self.rest();
        let (prefix, _) = rest.split_once(':')?;
        if !prefix.bytes().all(|byte| byte.is_ascii_alphanumeric())
            || prefix.starts_with(|c: char| c.is_ascii_digit())
        {
            return None;
        }
        self.at += prefix.len() + 1;
        self.skip();
        let namespace = self.iri()?;
        // Names are told apart by what stands behind the last of these signs.
        let namespace = namespace.ends_with(['#', '/']).then(|| self.statements.namespace(namespace))?;
        self.prefixes.push((prefix, namespace));
        Some(())
    }

    /// Predicates with their objects, up to a full stop or a bracket.
    fn properties(&mut self, subject: Name, depth: usize) -> Option<()> {
        loop {
            self.skip();
            let predicate = self.predicate()?;
            loop {
                self.skip();
                let at = self.at;
                let object = self.object(depth)?;
                self.statements.push(subject, predicate, object, at);
                self.skip();
                if !self.eat(b",") {
                    break;
                }
            }
            if !self.eat(b";") {
                return Some(());
            }
            self.skip();
            while self.eat(b";") {
                self.skip();
            }
            if matches!(self.peek()?, b'.' | b']') {
                return Some(());
            }
        }
    }

    fn predicate(&mut self) -> Option<Name> {
        if self.eat(b"a ") || self.eat(b"a\n") {
            return Some(TYPE);
        }
        match self.peek()? {
            b'_' => None,
            _ => self.name(),
        }
    }

    fn object(&mut self, depth: usize) -> Option<Object<'t>> {
        match self.peek()? {
            quote @ (b'"' | b'\'') => {
                let text = self.text(quote)?;
                // A language or a datatype.
                (!matches!(self.peek()?, b'@' | b'^')).then_some(Object::Text(text))
            }
            b'[' => self.node(depth).map(Object::Name),
            b'(' => self.list(depth).map(Object::Name),
            b'0'..=b'9' | b'-' | b'+' => self.integer(),
            _ => self.flag().or_else(|| self.name().map(Object::Name)),
        }
    }

    fn integer(&mut self) -> Option<Object<'t>> {
        let rest = self.rest();
        let sign = usize::from(rest.starts_with(['-', '+']));
        let digits = rest[sign..].bytes().take_while(u8::is_ascii_digit).count();
        self.at += sign + digits;
        let ends = matches!(self.peek()?, b' ' | b'\t' | b'\r' | b'\n' | b';' | b',' | b']' | b')');
        (ends && digits > 0).then(|| Object::Integer(&rest[..sign + digits]))
    }

    fn flag(&mut self) -> Option<Object<'t>> {
        let rest = self.rest();
        let flag = ["true", "false"].into_iter().find(|flag| rest.starts_with(flag))?;
        let ends = matches!(
            rest.as_bytes().get(flag.len())?,
            b' ' | b'\t' | b'\r' | b'\n' | b';' | b',' | b']' | b'.'
        );
        ends.then(|| {
            self.at += flag.len();
            Object::Flag(flag == "true")
        })
    }

    /// A blank node in brackets.
    fn node(&mut self, depth: usize) -> Option<Name> {
        if depth > MAX_DEPTH || !self.eat(b"[") {
            return None;
        }
        let node = self.statements.blank_node();
        self.skip();
        if !self.eat(b"]") {
            self.properties(node, depth + 1)?;
            self.expect(b']')?;
        }
        Some(node)
    }

    /// The items in parentheses as a list.
    fn list(&mut self, depth: usize) -> Option<Name> {
        let [first, rest, nil] = LIST;
        let mut last: Option<Name> = None;
        let mut list = nil;
        self.at += 1;
        loop {
            self.skip();
            let at = self.at;
            let ends = self.eat(b")");
            let node = if ends { nil } else { self.statements.blank_node() };
            match last {
                Some(last) => self.statements.push(last, rest, Object::Name(node), at),
                None => list = node,
            }
            if ends {
                return Some(list);
            }
            let item = if depth < MAX_DEPTH { self.object(depth + 1)? } else { return None };
            self.statements.push(node, first, item, at);
            last = Some(node);
        }
    }

    /// A name in angle brackets, or with a prefix.
    fn name(&mut self) -> Option<Name> {
        if self.peek()? == b'<' {
            let iri = self.iri()?;
            return Some(self.statements.name(iri));
        }
        let rest = self.rest();
        let prefix = &rest[..rest.bytes().take_while(u8::is_ascii_alphanumeric).count()];
        if rest.as_bytes().get(prefix.len()) != Some(&b':') {
            return None;
        }
        let rest = &rest[prefix.len() + 1..];
        let is_of_name = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.');
        let local = &rest[..rest.bytes().take_while(is_of_name).count()];
        let local = local.trim_end_matches('.');
        let ends = !matches!(rest.as_bytes().get(local.len())?, b'%' | b'\\' | b':' | 0x80..);
        if !ends || local.starts_with(['-', '.']) {
            return None;
        }
        let (_, namespace) = self.prefixes.iter().rev().find(|(known, _)| *known == prefix)?;
        self.at += prefix.len() + 1 + local.len();
        Some(self.statements.name_in(*namespace, Cow::Borrowed(local)))
    }

    /// An absolute IRI of the commonest signs.
    fn iri(&mut self) -> Option<&'t str> {
        if !self.eat(b"<") {
            return None;
        }
        let (iri, _) = self.rest().split_once('>')?;
        let is_common = |byte: u8| {
            byte.is_ascii_alphanumeric() || matches!(byte, b'/' | b'#' | b'?' | b'.' | b'_' | b'-')
        };
        let behind = iri.strip_prefix("https://").or_else(|| iri.strip_prefix("http://"))?;
        if !behind.bytes().all(is_common) || behind.bytes().filter(|byte| *byte == b'#').count() > 1 {
            return None;
        }
        self.at += iri.len() + 1;
        Some(iri)
    }

    fn text(&mut self, quote: u8) -> Option<Cow<'t, str>> {
        let long = [quote; 3];
        let is_long = self.rest().as_bytes().starts_with(&long);
        let quotes = if is_long { &long[..] } else { &long[..1] };
        self.at += quotes.len();
        let start = self.at;
        let mut text: Cow<str> = Cow::Borrowed("");
        let mut copied = start;
        loop {
            let rest = &self.turtle.as_bytes()[self.at..];
            let behind = memchr3(quote, b'\\', b'\n', rest)?;
            if !is_long && memchr(b'\r', &rest[..behind]).is_some() {
                return None;
            }
            self.at += behind;
            match self.peek()? {
                b'\\' => {
                    text.to_mut().push_str(&self.turtle[copied..self.at]);
                    text.to_mut().push(self.escaped()?);
                    copied = self.at;
                }
                b'\n' if !is_long => return None,
                _ if self.turtle.as_bytes()[self.at..].starts_with(quotes) => break,
                _ => self.at += 1,
            }
        }
        let last = &self.turtle[copied..self.at];
        self.at += quotes.len();
        if copied == start {
            return Some(Cow::Borrowed(last));
        }
        text.to_mut().push_str(last);
        Some(text)
    }

    /// The character of an escape in a text.
    fn escaped(&mut self) -> Option<char> {
        let escaped = *self.turtle.as_bytes().get(self.at + 1)?;
        self.at += 2;
        let digits = match escaped {
            b't' => return Some('\t'),
            b'b' => return Some('\u{8}'),
            b'n' => return Some('\n'),
            b'r' => return Some('\r'),
            b'f' => return Some('\u{c}'),
            b'"' | b'\'' | b'\\' => return Some(char::from(escaped)),
            b'u' => self.turtle.get(self.at..self.at + 4)?,
            b'U' => self.turtle.get(self.at..self.at + 8)?,
            _ => return None,
        };
        self.at += digits.len();
        let hexadecimal = digits.bytes().all(|byte| byte.is_ascii_hexdigit());
        hexadecimal.then(|| u32::from_str_radix(digits, 16).ok().and_then(char::from_u32)).flatten()
    }

    /// Goes over blanks and comments; whether anything is left.
    fn skip(&mut self) -> bool {
        loop {
            match self.peek() {
                Some(b' ' | b'\t' | b'\r' | b'\n') => self.at += 1,
                Some(b'#') => {
                    let rest = self.rest().as_bytes();
                    self.at +=
                        rest.iter().position(|byte| matches!(byte, b'\n' | b'\r')).unwrap_or(rest.len());
                }
                next => return next.is_some(),
            }
        }
    }

    /// Goes over blanks, of which there must be one.
    fn blank(&mut self) -> Option<()> {
        let before = self.at;
        self.skip();
        (self.at > before).then_some(())
    }

    fn rest(&self) -> &'t str {
        &self.turtle[self.at..]
    }

    fn peek(&self) -> Option<u8> {
        self.turtle.as_bytes().get(self.at).copied()
    }

    fn eat(&mut self, expected: &[u8]) -> bool {
        let there = self.turtle.as_bytes()[self.at..].starts_with(expected);
        if there {
            self.at += expected.len();
        }
        there
    }

    fn expect(&mut self, expected: u8) -> Option<()> {
        self.skip();
        self.eat(&[expected]).then_some(())
    }
}

#[cfg(test)]
mod tests;
