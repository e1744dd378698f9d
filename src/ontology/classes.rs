//! Sets of bytes as cues write them.

use super::text::Bytes;

/// Blanks: `\s`.
pub(super) const BLANK: Bytes = Bytes::range(b'\t', b'\r').with(Bytes::range(b' ', b' '));

/// The end of a line, the one byte that `.` doesn't stand for.
pub(super) const NEWLINE: Bytes = Bytes::range(b'\n', b'\n');

/// Digits: `\d`.
pub(super) const DIGIT: Bytes = Bytes::range(b'0', b'9');

/// What words are made of: `\w`.
pub(super) const WORD: Bytes =
    DIGIT.with(Bytes::range(b'a', b'z')).with(Bytes::range(b'A', b'Z')).with(Bytes::range(b'_', b'_'));

/// Which bytes words are made of.
static LETTERS: [bool; 256] = {
    let mut letters = [false; 256];
    let mut byte = 0;
    while byte < letters.len() {
        letters[byte] = WORD.0[byte / 64] >> (byte % 64) & 1 == 1;
        byte += 1;
    }
    letters
};

/// Whether words are made of a byte, among others.
pub(super) fn is_letter(byte: u8) -> bool {
    LETTERS[usize::from(byte)]
}

/// `A` to `Z` in the second word of a set; the small letters stand half a word further up.
const CAPITALS: u64 = 0x07ff_fffe;

impl Bytes {
    /// The bytes from one to another.
    pub const fn range(from: u8, to: u8) -> Self {
        let mut words = [0; 4];
        let mut byte = from as usize;
        while byte <= to as usize {
            words[byte / 64] |= 1 << (byte % 64);
            byte += 1;
        }
        Self(words)
    }

    /// These bytes and others.
    pub const fn with(self, more: Self) -> Self {
        let ([a, b, c, d], [e, f, g, h]) = (self.0, more.0);
        Self([a | e, b | f, c | g, d | h])
    }

    /// Adds others.
    pub fn join(&mut self, more: Self) {
        *self = self.with(more);
    }

    /// Whether it has none of some bytes.
    pub fn is_apart_from(self, other: Self) -> bool {
        self.0.iter().zip(other.0).all(|(mine, other)| mine & other == 0)
    }

    /// All other bytes.
    pub const fn others(self) -> Self {
        let [a, b, c, d] = self.0;
        Self([!a, !b, !c, !d])
    }

    /// These bytes with small letters instead of capitals.
    pub const fn small(self) -> Self {
        let mut words = self.0;
        words[1] = (words[1] | (words[1] & CAPITALS) << 32) & !CAPITALS;
        Self(words)
    }

    /// These bytes, each letter as a capital and as a small one.
    pub fn in_both_cases(self) -> Self {
        let mut words = self.0;
        words[1] |= (words[1] & CAPITALS) << 32 | words[1] >> 32 & CAPITALS;
        Self(words)
    }

    /// The byte of a set of one.
    pub fn only(self) -> Option<u8> {
        let ones: u32 = self.0.iter().map(|word| word.count_ones()).sum();
        let word = self.0.iter().position(|word| *word != 0).filter(|_| ones == 1)?;
        u8::try_from(word * 64 + self.0[word].trailing_zeros() as usize).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn classes_hold_what_ascii_calls_so() {
        for byte in 0..=u8::MAX {
            assert_eq!(BLANK.contains(byte), byte.is_ascii_whitespace() || byte == 0x0b);
            assert_eq!(WORD.contains(byte), byte.is_ascii_alphanumeric() || byte == b'_');
            assert_eq!(is_letter(byte), WORD.contains(byte));
            let one = Bytes::range(byte, byte);
            assert_eq!(one.only(), Some(byte));
            assert_eq!(one.small().only(), Some(byte.to_ascii_lowercase()));
            let both = one.in_both_cases();
            assert!(both.contains(byte.to_ascii_lowercase()) && both.contains(byte.to_ascii_uppercase()));
            assert!(!one.others().contains(byte));
        }
        assert_eq!((DIGIT.only(), Bytes::default().only()), (None, None));
    }
}
