//! How often words stand in texts, so that texts are sifted by rare ones.

use super::edges::Part;

/// The words that stand in most texts, in alphabetical order, and in how many of ten thousand.
#[derive(Debug, Default)]
pub(super) struct Frequencies<'w>(Vec<(&'w [u8], usize)>);

/// In how many of ten thousand texts the first word stands, roughly; the tenth stands in half as many, the hundredth in a
/// tenth (Zipf's law with Mandelbrot's shift).
const FIRST: usize = 4000;
const SHIFT: usize = 10;

/// In how many stands a word that isn't among them, if it is long, and how many letters are long; short ones stand in a
/// few more, and so do letters that are so few that many words have them.
const RARE: usize = 20;
const LONG: usize = 12;
const FEW_LETTERS: usize = 80;

impl<'w> Frequencies<'w> {
    /// Those of words, the most frequent first.
    pub fn of(words: &[&'w str]) -> Self {
        let often = |rank| FIRST * SHIFT / (SHIFT + rank);
        let words = words.iter().enumerate().map(|(rank, word)| (word.as_bytes(), often(rank)));
        let mut words: Vec<_> = words.collect();
        words.sort_unstable();
        Self(words)
    }

    /// In how many of ten thousand texts a word or a part of words stands, roughly.
    pub fn of_part(&self, Part { letters, starts, ends }: Part<'_>) -> usize {
        let has = |word: &[u8]| match (starts, ends) {
            (true, true) => word == letters,
            (true, false) => word.starts_with(letters),
            (false, true) => word.ends_with(letters),
            (false, false) => word.windows(letters.len()).any(|part| part == letters),
        };
        let words = match starts {
            true => &self.0[self.0.partition_point(|(word, _)| *word < letters)..],
            false => &self.0[..],
        };
        // Words that start alike follow each other.
        let words = words.iter().take_while(|(word, _)| !starts || word.starts_with(letters));
        let frequent: usize = words.filter(|(word, _)| has(word)).map(|(_, often)| often).sum();
        let shorter = LONG.saturating_sub(letters.len());
        let parts = if letters.len() < 4 && !(starts && ends) { FEW_LETTERS } else { 0 };
        frequent + RARE + shorter + parts
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frequent_words_are_those_named_and_what_has_them() {
        let words = ["the", "zones", "zone", "outage"];
        let frequencies = Frequencies::of(&words);
        let of = |letters: &str, starts, ends| {
            frequencies.of_part(Part { letters: letters.as_bytes(), starts, ends })
        };
        assert!(of("the", true, true) > of("zone", true, true));
        assert!(of("zone", true, false) > of("the", true, true), "zone and zones");
        assert!(of("zone", true, true) > of("one", true, true));
        assert!(of("tag", false, false) > of("tag", true, false));
        assert!(of("age", false, true) > of("outing", true, false));
    }
}
