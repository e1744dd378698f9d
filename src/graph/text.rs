//! Sorted texts in blocks: each block holds up to [`BLOCK`] texts, the first in full and the others as what
//! differs from the first. A block begins with the first text (its length as a LEB128 number, its bytes), goes
//! on with two LEB128 numbers for each other text (bytes shared with the first, bytes of its own) and ends with
//! their own bytes, so that one text is read without the others.

use super::columns::Column64;
use rayon::prelude::*;
use std::cmp::Ordering;
use std::ops::Range;

/// Texts in a block.
const BLOCK: usize = 16;

/// Texts that one processor writes at once.
const AT_ONCE: usize = BLOCK << 11;

/// Writes sorted texts as blocks.
#[derive(Default)]
pub(super) struct TextWriter {
    /// Where each block begins, and where the last one ends.
    pub(super) offsets: Vec<u8>,
    /// The blocks.
    pub(super) blocks: Vec<u8>,
    first: Vec<u8>,
    lengths: Vec<u8>,
    own: Vec<u8>,
    texts: usize,
}

impl TextWriter {
    /// Adds the next text in the order.
    pub(super) fn push(&mut self, text: &[u8]) {
        if self.texts == 0 {
            self.first.clear();
            self.first.extend_from_slice(text);
        } else {
            let shared = self.first.iter().zip(text).take_while(|(a, b)| a == b).count();
            write_number(&mut self.lengths, shared);
            write_number(&mut self.lengths, text.len() - shared);
            self.own.extend_from_slice(&text[shared..]);
        }
        self.texts += 1;
        if self.texts == BLOCK {
            self.end_block();
        }
    }

    /// Adds the next texts, which numbers stand for, by all processors; only the last call may give a number of texts that
    /// doesn't fill blocks.
    pub(super) fn push_all<'t>(&mut self, numbers: &[u32], text: impl Fn(u32) -> &'t [u8] + Sync) {
        let written = |numbers: &[u32]| {
            let mut writer = Self::default();
            numbers.iter().for_each(|number| writer.push(text(*number)));
            writer
        };
        // What is written at once lies in memory twice for a while: until the next texts are written.
        let mut before: Vec<Self> = Vec::new();
        for some in numbers.chunks(16 * AT_ONCE) {
            let last = std::mem::take(&mut before);
            let append = || last.into_iter().for_each(|writer| self.append(writer));
            (before, ()) = rayon::join(|| some.par_chunks(AT_ONCE).map(written).collect(), append);
        }
        before.into_iter().for_each(|writer| self.append(writer));
    }

    /// Adds texts that another has written.
    fn append(&mut self, mut other: Self) {
        if other.texts > 0 {
            other.end_block();
        }
        let before = self.blocks.len() as u64;
        let offsets = other.offsets.as_chunks().0.iter().map(|offset| u64::from_le_bytes(*offset));
        self.offsets.extend(offsets.flat_map(|offset| (before + offset).to_le_bytes()));
        self.blocks.append(&mut other.blocks);
    }

    /// Ends the last block; call it once, after the last text.
    pub(super) fn finish(&mut self) {
        if self.texts > 0 {
            self.end_block();
        }
        self.offsets.extend_from_slice(&(self.blocks.len() as u64).to_le_bytes());
    }

    fn end_block(&mut self) {
        self.offsets.extend_from_slice(&(self.blocks.len() as u64).to_le_bytes());
        write_number(&mut self.blocks, self.first.len());
        self.blocks.append(&mut self.first);
        self.blocks.append(&mut self.lengths);
        self.blocks.append(&mut self.own);
        self.texts = 0;
    }
}

fn write_number(bytes: &mut Vec<u8>, mut number: usize) {
    while number >= 0x80 {
        bytes.push((number & 0x7f) as u8 | 0x80);
        number >>= 7;
    }
    bytes.push(number as u8);
}

#[inline]
fn read_number(bytes: &mut &[u8]) -> Option<usize> {
    match bytes.split_first() {
        Some((byte, rest)) if *byte < 0x80 => {
            *bytes = rest;
            Some(usize::from(*byte))
        }
        _ => read_long_number(bytes),
    }
}

fn read_long_number(bytes: &mut &[u8]) -> Option<usize> {
    let mut number = 0usize;
    for shift in (0..35).step_by(7) {
        let (byte, rest) = bytes.split_first()?;
        *bytes = rest;
        number |= usize::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            return Some(number);
        }
    }
    None
}

/// One text: what it shares with the first of its block, then its own bytes.
#[derive(Clone, Copy)]
pub(super) struct Text<'a> {
    shared: &'a [u8],
    own: &'a [u8],
}

impl Text<'_> {
    /// The text in one piece.
    pub(super) fn to_vec(self) -> Vec<u8> {
        let mut text = Vec::with_capacity(self.shared.len() + self.own.len());
        text.extend_from_slice(self.shared);
        text.extend_from_slice(self.own);
        text
    }

    /// The text, if it is UTF-8.
    pub(super) fn to_text(self) -> Option<String> {
        String::from_utf8(self.to_vec()).ok()
    }

    /// Adds the text to another; `false` if it is not UTF-8, and then it adds nothing.
    pub(super) fn push_to(self, text: &mut String) -> bool {
        match (std::str::from_utf8(self.shared), std::str::from_utf8(self.own)) {
            (Ok(shared), Ok(own)) => {
                text.push_str(shared);
                text.push_str(own);
                true
            }
            // What is shared may end within a character.
            _ => self.to_text().is_some_and(|whole| {
                text.push_str(&whole);
                true
            }),
        }
    }

    /// Puts the text in place of another; `false` if it is not UTF-8.
    pub(super) fn read(self, text: &mut String) -> bool {
        let mut bytes = std::mem::take(text).into_bytes();
        bytes.clear();
        bytes.extend_from_slice(self.shared);
        bytes.extend_from_slice(self.own);
        String::from_utf8(bytes).map(|read| *text = read).is_ok()
    }

    fn cmp(self, key: &[u8]) -> Ordering {
        let (start, rest) = key.split_at(self.shared.len().min(key.len()));
        self.shared.cmp(start).then_with(|| self.own.cmp(rest))
    }
}

/// Sorted texts, as they lie in the file.
#[derive(Clone, Copy)]
pub(super) struct Texts<'a> {
    offsets: Column64<'a>,
    blocks: &'a [u8],
    len: usize,
}

impl<'a> Texts<'a> {
    pub(super) fn new(offsets: &'a [u8], blocks: &'a [u8], len: usize) -> Self {
        Self { offsets: Column64::new(offsets), blocks, len }
    }

    /// The text at an index; `None` beyond the end or where the file is damaged.
    pub(super) fn get(self, index: usize) -> Option<Text<'a>> {
        if index >= self.len {
            return None;
        }
        let (first, mut rest) = self.first(index / BLOCK)?;
        let place = index % BLOCK;
        if place == 0 {
            return Some(Text { shared: first, own: &[] });
        }
        let (mut found, mut before) = ((0, 0, 0), 0usize);
        for text in 1..self.texts_in(index / BLOCK) {
            let (shared, own) = (read_number(&mut rest)?, read_number(&mut rest)?);
            if text == place {
                found = (shared, own, before);
            }
            before = before.checked_add(own)?;
        }
        let (shared, own, before) = found;
        Some(Text { shared: first.get(..shared)?, own: rest.get(before..before.checked_add(own)?)? })
    }

    /// The first text of a block, and what follows it.
    fn first(self, block: usize) -> Option<(&'a [u8], &'a [u8])> {
        let mut bytes = self.block(block)?;
        let len = read_number(&mut bytes)?;
        bytes.split_at_checked(len)
    }

    /// Index of the first text in a sorted range that is not less than the key.
    pub(super) fn lower_bound(self, range: Range<usize>, key: &[u8]) -> usize {
        let end = range.end.min(self.len);
        let less = |index| self.get(index).is_some_and(|text| text.cmp(key) == Ordering::Less);
        let block = self.block_before(range.clone(), |first| first < key);
        let (mut first, mut last) = ((block * BLOCK).max(range.start), ((block + 1) * BLOCK).min(end));
        while first < last {
            let middle = first.midpoint(last);
            if less(middle) {
                first = middle + 1;
            } else {
                last = middle;
            }
        }
        first
    }

    /// Index in a sorted range of a text.
    pub(super) fn find(self, range: Range<usize>, key: &[u8]) -> Option<usize> {
        let block = self.block_before(range.clone(), |first| first <= key);
        let places = range.start.saturating_sub(block * BLOCK)..range.end.saturating_sub(block * BLOCK);
        Some(block * BLOCK + self.place_in(block, places, key)?)
    }

    /// The last block of a sorted range of which all blocks up to it begin with a text that goes before.
    fn block_before(self, range: Range<usize>, goes_before: impl Fn(&[u8]) -> bool) -> usize {
        let (mut low, mut high) = (range.start / BLOCK + 1, range.end.min(self.len).div_ceil(BLOCK));
        while low < high {
            let middle = low.midpoint(high);
            if self.first(middle).is_some_and(|(first, _)| goes_before(first)) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        low - 1
    }

    /// The place of a text among some places of a block.
    fn place_in(self, block: usize, places: Range<usize>, key: &[u8]) -> Option<usize> {
        if block * BLOCK >= self.len {
            return None;
        }
        let (first, mut rest) = self.first(block)?;
        // A text that shares as much with the first one as the key does is the key if the rest is the same;
        // one that shares more or less is not.
        let common = first.iter().zip(key).take_while(|(a, b)| a == b).count();
        if common == first.len() && common == key.len() && places.contains(&0) {
            return Some(0);
        }
        let own = &key[common..];
        let (mut candidates, mut before) = ([(0, 0); BLOCK], 0usize);
        let mut count = 0;
        for text in 1..self.texts_in(block) {
            let (shared, len) = (read_number(&mut rest)?, read_number(&mut rest)?);
            if shared == common && len == own.len() && places.contains(&text) {
                candidates[count] = (text, before);
                count += 1;
            }
            before = before.checked_add(len)?;
        }
        let is_key = |start: usize| rest.get(start..start + own.len()) == Some(own);
        candidates[..count].iter().find(|(_, start)| is_key(*start)).map(|(text, _)| *text)
    }

    fn texts_in(self, block: usize) -> usize {
        (self.len - block * BLOCK).min(BLOCK)
    }

    fn block(self, block: usize) -> Option<&'a [u8]> {
        let start = usize::try_from(self.offsets.get(block)?).ok()?;
        let end = usize::try_from(self.offsets.get(block + 1)?).ok()?;
        self.blocks.get(start..end)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample() -> Vec<String> {
        let mut texts: Vec<String> =
            (0..100).map(|n| format!("https://example.org/{}/{}", n % 7, "x".repeat(n * 3))).collect();
        texts.push(String::new());
        texts.sort();
        texts
    }

    #[test]
    fn every_text_is_read_and_found() {
        let texts = sample();
        let mut writer = TextWriter::default();
        texts.iter().for_each(|text| writer.push(text.as_bytes()));
        writer.finish();
        let read = Texts::new(&writer.offsets, &writer.blocks, texts.len());
        for (index, text) in texts.iter().enumerate() {
            assert_eq!(read.get(index).unwrap().to_text().as_deref(), Some(text.as_str()));
            for start in [0, index / 2, index] {
                assert_eq!(read.find(start..texts.len(), text.as_bytes()), Some(index));
            }
            assert_eq!(read.find(index + 1..texts.len(), text.as_bytes()), None);
            assert_eq!(read.find(0..index, text.as_bytes()), None);
            let between = format!("{text}!");
            let expected = texts.partition_point(|other| *other < between);
            assert_eq!(read.lower_bound(0..texts.len(), between.as_bytes()), expected);
        }
        assert!(read.get(texts.len()).is_none());
    }

    #[test]
    fn damage_gives_no_text_and_no_panic() {
        let texts = sample();
        let mut writer = TextWriter::default();
        texts.iter().for_each(|text| writer.push(text.as_bytes()));
        writer.finish();
        for index in 0..writer.blocks.len() {
            let mut blocks = writer.blocks.clone();
            blocks[index] ^= 0xff;
            let read = Texts::new(&writer.offsets, &blocks, texts.len());
            for place in 0..texts.len() {
                let _ = read.get(place).and_then(Text::to_text);
            }
            let _ = read.find(0..texts.len(), b"https://example.org/3/x");
        }
    }
}
