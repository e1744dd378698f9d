//! Where the words of a text stand, told of 64 bytes at once.

use std::ops::Range;

/// The bits of one kind of 64 bytes: which of them have this bit, the first in the lowest bit.
pub(super) fn gather(kinds: &[u8; 64], bit: u32) -> u64 {
    const EACH: u64 = 0x0101_0101_0101_0101;
    let (eights, _) = kinds.as_chunks();
    eights.iter().rev().fold(0, |all, eight| {
        // A product brings the bits of eight bytes together in the highest byte.
        let bits = (u64::from_le_bytes(*eight) >> bit & EACH).wrapping_mul(0x0102_0408_1020_4080) >> 56;
        all << 8 | bits
    })
}

/// What the first 64 bytes of a text are; zeros stand behind its end. Where `kind` has no branch, many bytes are done at
/// once.
pub(super) fn kinds(text: &[u8], kind: impl Fn(u8) -> u8) -> [u8; 64] {
    let mut padded = [0; 64];
    let bytes = text.first_chunk().unwrap_or_else(|| {
        padded[..text.len()].copy_from_slice(text);
        &padded
    });
    bytes.map(kind)
}

/// The words of a text, by their places in bytes.
#[derive(Clone)]
pub(super) struct Words<'t, F> {
    text: &'t [u8],
    is_of_word: F,
    /// Where the bytes start that `left` tells of.
    from: usize,
    /// Which of 64 bytes belong to words that have not been gone over, the first in the lowest bit.
    left: u64,
}

impl<'t, F: Fn(u8) -> bool> Words<'t, F> {
    pub fn of(text: &'t [u8], is_of_word: F) -> Self {
        let left = bits(text, &is_of_word);
        Self { text, is_of_word, from: 0, left }
    }

    /// Goes on to the next bytes, if there are any.
    fn go_on(&mut self) -> bool {
        let next = self.text.get(self.from + 64..).filter(|next| !next.is_empty());
        if let Some(next) = next {
            self.from += 64;
            self.left = bits(next, &self.is_of_word);
        }
        next.is_some()
    }

    /// The next word, which starts, ends or goes on behind the bytes that `left` tells of.
    #[inline(never)]
    fn next_behind(&mut self) -> Option<Range<usize>> {
        while self.left == 0 {
            if !self.go_on() {
                return None;
            }
        }
        let start = self.from + self.left.trailing_zeros() as usize;
        let mut end = self.take_word();
        while end == self.from + 64 && self.go_on() && self.left & 1 == 1 {
            end = self.take_word();
        }
        Some(start..end)
    }

    /// Goes over the next word of those that `left` tells of, and says where it ends.
    fn take_word(&mut self) -> usize {
        // An addition carries through the bits of a word, to the one behind it.
        let behind = self.left.wrapping_add(self.left & self.left.wrapping_neg());
        self.left &= behind;
        self.from + behind.trailing_zeros() as usize
    }
}

impl<F: Fn(u8) -> bool> Iterator for Words<'_, F> {
    type Item = Range<usize>;

    #[inline]
    fn next(&mut self) -> Option<Range<usize>> {
        let first = self.left & self.left.wrapping_neg();
        if self.left.wrapping_add(first) == 0 {
            return self.next_behind();
        }
        let start = self.from + first.trailing_zeros() as usize;
        Some(start..self.take_word())
    }
}

/// Which of the first 64 bytes of a text belong to words.
fn bits(text: &[u8], is_of_word: impl Fn(u8) -> bool) -> u64 {
    gather(&kinds(text, |byte| u8::from(is_of_word(byte))), 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_told_however_many_bytes_are_read_at_once() {
        for (lead, length) in [(0, 1), (1, 8), (1, 63), (0, 64), (64, 64), (63, 65), (5, 128), (130, 200)] {
            let text = format!("{}{}~b9\u{e9}", " ".repeat(lead), "Z".repeat(length));
            let words: Vec<_> = Words::of(text.as_bytes(), |byte| byte.is_ascii_alphanumeric()).collect();
            let end = lead + length;
            assert_eq!(words, [lead..end, end + 1..end + 3], "{lead}, {length}");
        }
        let none = ["".to_owned(), "-".repeat(64)];
        assert!(none.iter().all(|text| Words::of(text.as_bytes(), |byte| byte == b'a').next().is_none()));
    }

    #[test]
    fn bits_are_told_apart() {
        let text = Vec::from_iter(0..=u8::MAX);
        for start in [0, 64, 128, 192, 250] {
            let kinds = kinds(&text[start..], |byte| byte);
            for bit in 0..8 {
                let end = text.len().min(start + 64);
                let expected =
                    (start..end).fold(0, |all, at| all | (u64::from(text[at]) >> bit & 1) << (at - start));
                assert_eq!(gather(&kinds, bit), expected, "{start}, {bit}");
            }
        }
    }
}
