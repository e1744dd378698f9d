//! Quantities in a sentence: lengths of time, counts and dates.

use crate::facts::Bound;
use crate::ontology::{CueSet, SentenceWords, TimeWords};
use std::ops::Range;

/// A length of time as a sentence gives it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Quantity {
    /// The shortest, in seconds, where a range is given or a lower bound.
    pub min_s: Option<u64>,
    /// The longest, in seconds.
    pub max_s: Option<u64>,
    /// How it limits the outcome.
    pub bound: Bound,
    /// Byte range in the sentence, from the first figure to the unit.
    pub range: Range<usize>,
}

/// A word of a sentence with its place.
struct Word<'a> {
    text: &'a str,
    range: Range<usize>,
}

/// Splits into words; a hyphen or dash between figures and units separates them too.
fn words(sentence: &str) -> Vec<Word<'_>> {
    let mut words = Vec::with_capacity(sentence.len() / 4);
    let mut start = None;
    for (at, byte) in sentence.bytes().chain([b' ']).enumerate() {
        let inside = byte.is_ascii_alphanumeric()
            || (byte == b'.' && followed_by_digit(sentence, at))
            || byte == b'\'';
        match (inside, start) {
            (true, None) => start = Some(at),
            (false, Some(from)) => {
                words.push(Word { text: &sentence[from..at], range: from..at });
                start = None;
            }
            _ => {}
        }
    }
    words
}

fn followed_by_digit(text: &str, at: usize) -> bool {
    text.as_bytes().get(at + 1).is_some_and(u8::is_ascii_digit)
}

impl TimeWords {
    /// A number in digits or words.
    fn number(&self, word: &str) -> Option<f64> {
        if word.as_bytes().first()?.is_ascii_digit() {
            return word.parse().ok().filter(|number: &f64| number.is_finite());
        }
        let is = |name: &String| name.len() == word.len() && word.eq_ignore_ascii_case(name);
        let position = self.numbers.iter().position(is)?;
        u32::try_from(position).ok().map(f64::from)
    }

    /// The seconds of a unit, in the singular or the plural.
    fn unit(&self, word: &str) -> Option<u64> {
        let is = |name: &String| name.len() == word.len() && word.eq_ignore_ascii_case(name);
        let named = self.units.iter().find(|(names, _)| names.iter().any(is));
        named.map(|(_, seconds)| *seconds)
    }

    /// A figure written together with its unit: `30s`, `15min`.
    fn joined(&self, word: &str) -> Option<(f64, u64)> {
        let split = word.find(|c: char| c.is_ascii_alphabetic())?;
        Some((self.number(&word[..split])?, self.unit(&word[split..])?))
    }

    /// A month by its name or the first three letters of it, from 1.
    fn month(&self, word: &str) -> Option<usize> {
        let lower = word.to_ascii_lowercase();
        let is = |month: &String| *month == lower || lower.len() == 3 && month.starts_with(&lower);
        self.months.iter().position(is).map(|month| month + 1)
    }
}

/// The lengths of time in a sentence, in their order.
pub(super) fn quantities(sentence: &str, ontology: &SentenceWords) -> Vec<Quantity> {
    let words = words(sentence);
    let mut found = Vec::new();
    let mut at = 0;
    while at < words.len() {
        match amount(sentence, &words, at, &ontology.time) {
            Some((low, high, seconds, next)) => {
                let range = words[at].range.start..words[next - 1].range.end;
                let end = clause_end(sentence, range.end);
                let around = &sentence[clause_start(sentence, range.start, &[';', ':', '('])..end];
                let near = &sentence[clause_start(sentence, range.start, &[',', ';', ':', '('])..end];
                let scale = |amount: f64| to_seconds(amount, seconds);
                let (low, high) = (low.map(scale), scale(high));
                found.push(quantity(low, high, [near, around], range, ontology));
                at = next;
            }
            None => at += 1,
        }
    }
    found
}

/// A figure, or a range of figures, and a unit: `5 to 10 minutes`, `one hour`, `60-120 seconds`, `30s`.
fn amount(
    sentence: &str,
    words: &[Word<'_>],
    at: usize,
    time: &TimeWords,
) -> Option<(Option<f64>, f64, u64, usize)> {
    let text = |at: usize| words.get(at).map(|word| word.text).unwrap_or_default();
    if let Some((amount, seconds)) = time.joined(text(at)) {
        return Some((None, amount, seconds, at + 1));
    }
    let is_one = |at: usize| {
        ["a", "an"].iter().any(|article| text(at).eq_ignore_ascii_case(article))
            && time.unit(text(at + 1)).is_some()
            && !is_ordinal(words, at + 1, time)
    };
    let one = |at: usize| {
        is_one(at).then_some(if at > 0 && text(at - 1).eq_ignore_ascii_case("half") { 0.5 } else { 1.0 })
    };
    let first = time.number(text(at)).or_else(|| one(at))?;
    if let Some(seconds) = time.unit(text(at + 1)) {
        // "5 minutes to 10 minutes", "10 minutes - 2 hours"
        let joiner = usize::from(matches!(text(at + 2), "to" | "and" | "or"));
        if (joiner == 1 || is_dash_between(sentence, words, at + 1))
            && let second = at + 2 + joiner
            && let (Some(second), Some(other)) =
                (time.number(text(second)).or_else(|| one(second)), time.unit(text(second + 1)))
            && let low = scaled(first, seconds, other)
            && second > low
        {
            return Some((Some(low), second, other, at + 4 + joiner));
        }
        return Some((None, first, seconds, at + 2));
    }
    let joiner = usize::from(matches!(text(at + 1), "to" | "and" | "or"));
    let second = time.number(text(at + 1 + joiner))?;
    let seconds = time.unit(text(at + 2 + joiner))?;
    (second > first).then_some((Some(first), second, seconds, at + 3 + joiner))
}

/// Whether nothing but a dash stands between a word and the next.
fn is_dash_between(sentence: &str, words: &[Word<'_>], at: usize) -> bool {
    match words.get(at..at + 2) {
        Some([word, next]) => {
            matches!(sentence[word.range.end..next.range.start].trim(), "-" | "–" | "—")
        }
        _ => false,
    }
}

/// An amount of one unit in another one.
fn scaled(amount: f64, unit_s: u64, other_s: u64) -> f64 {
    let seconds = |unit: u64| u32::try_from(unit).map_or(f64::MAX, f64::from);
    amount * seconds(unit_s) / seconds(other_s)
}

/// Whether a unit tells the place of what follows it in an order: `a second zone`.
fn is_ordinal(words: &[Word<'_>], at: usize, time: &TimeWords) -> bool {
    let is =
        |names: &[String], word: &Word<'_>| names.iter().any(|name| word.text.eq_ignore_ascii_case(name));
    match words.get(at..at + 2) {
        Some([unit, next]) => {
            let follows = next.range.start == unit.range.end + 1;
            follows && is(&time.ordinals, unit) && !is(&time.behind_ordinals, next)
        }
        _ => false,
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "the figure is positive and below 2^53"
)]
fn to_seconds(amount: f64, unit_s: u64) -> u64 {
    let unit_s = u32::try_from(unit_s).unwrap_or(u32::MAX);
    (amount * f64::from(unit_s)).clamp(0.0, 9e15).round() as u64
}

/// A length of time with what its clause says of it; what stands nearer, behind the last comma, goes before the rest.
fn quantity(
    low: Option<u64>,
    high: u64,
    [near, around]: [&str; 2],
    range: Range<usize>,
    words: &SentenceWords,
) -> Quantity {
    // "With at least two zones, up to a minute" counts zones.
    let is_less = || words.up_to.is_match(near) && !words.at_least.is_match(near);
    let (min_s, max_s, bound) = if words.at_least.is_match(around) && !is_less() {
        (Some(low.unwrap_or(high)), low.map(|_| high), Bound::AtLeast)
    } else if words.hedge.is_match(around) || low.is_some() {
        (low, Some(high), Bound::Typical)
    } else {
        (None, Some(high), Bound::UpTo)
    };
    Quantity { min_s, max_s, bound, range }
}

/// Where the clause around a place starts: behind the last of the marks that end one.
fn clause_start(sentence: &str, at: usize, marks: &[char]) -> usize {
    sentence[..at].rfind(marks).map_or(0, |mark| mark + 1)
}

fn clause_end(sentence: &str, at: usize) -> usize {
    sentence[at..].find([';', ',', '(', ')']).map_or(sentence.len(), |mark| at + mark)
}

/// The counts that stand before one of the units: `at least two units`.
pub(super) fn counts(sentence: &str, units: &CueSet, time: &TimeWords) -> Vec<u32> {
    let words = words(sentence);
    let mut found = Vec::new();
    for (at, word) in words.iter().enumerate() {
        let Some(count) =
            time.number(word.text).filter(|count| count.fract() == 0.0 && (1.0..=1000.0).contains(count))
        else {
            continue;
        };
        let behind: Vec<&str> = words[at + 1..].iter().take(5).map(|word| word.text).collect();
        if (1..=behind.len()).any(|length| units.is_match(&behind[..length].join(" "))) {
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "between 1 and 1000"
            )]
            found.push(count as u32);
        }
    }
    found
}

/// The dates of a sentence as ISO 8601: `31 August 2024`, `August 31, 2024`, `2024-08-31`.
pub(super) fn dates(sentence: &str, time: &TimeWords) -> Vec<(String, Range<usize>)> {
    let words = words(sentence);
    let month = |word: &Word<'_>| time.month(word.text);
    let figure =
        |word: &Word<'_>| word.text.trim_end_matches(['s', 't', 'h', 'n', 'd', 'r']).parse::<u32>().ok();
    let mut found = Vec::new();
    for three in words.windows(3) {
        let [a, b, c] = three else { continue };
        let parts = match (figure(a), month(a), figure(b), month(b), figure(c)) {
            (Some(day), _, _, Some(month), Some(year)) => Some((year, month, day)),
            (_, Some(month), Some(day), _, Some(year)) => Some((year, month, day)),
            (Some(year), _, Some(month), _, Some(day)) if year > 999 => Some((year, month as usize, day)),
            _ => None,
        };
        let valid = |(year, month, day): &(u32, usize, u32)| {
            (1990..2100).contains(year) && (1..=12).contains(month) && (1..=31).contains(day)
        };
        if let Some((year, month, day)) = parts.filter(valid) {
            found.push((format!("{year:04}-{month:02}-{day:02}"), a.range.start..c.range.end));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ontology::Ontology;

    fn read(sentence: &str) -> Vec<(Option<u64>, Option<u64>, Bound)> {
        let ontology = Ontology::load(&[]).unwrap();
        quantities(sentence, &ontology.sentence).into_iter().map(|q| (q.min_s, q.max_s, q.bound)).collect()
    }

    #[test]
    fn figures_ranges_and_bounds() {
        for (sentence, expected) in [
            ("It typically takes about 5 to 10 minutes.", (Some(300), Some(600), Bound::Typical)),
            ("Switching over ends within 60-120 seconds.", (Some(60), Some(120), Bound::Typical)),
            ("Up to 24 hours are lost.", (None, Some(86_400), Bound::UpTo)),
            ("It's typically less than 30 seconds, which is fine.", (None, Some(30), Bound::Typical)),
            ("Expect at least one hour.", (Some(3600), None, Bound::AtLeast)),
            ("At least two lamps flicker, usually less than 30 seconds.", (None, Some(30), Bound::Typical)),
            ("In at least two halls, at least 30 seconds.", (Some(30), None, Bound::AtLeast)),
            ("The loss is six minutes.", (None, Some(360), Bound::UpTo)),
            ("It has a five-second limit.", (None, Some(5), Bound::UpTo)),
            ("Half a minute to a minute.", (Some(30), Some(60), Bound::Typical)),
            ("It takes half an hour.", (None, Some(1800), Bound::UpTo)),
            ("10 minutes - 2 hours", (Some(600), Some(7200), Bound::Typical)),
            ("Done in 30s.", (None, Some(30), Bound::UpTo)),
            ("Between 1.5 hours and 2 hours pass.", (Some(5400), Some(7200), Bound::Typical)),
        ] {
            assert_eq!(read(sentence), [expected], "{sentence}");
        }
        assert_eq!(read("a few seconds or several minutes"), []);
        for ordinal in ["Keep a second copy.", "A second-zone copy is kept."] {
            assert_eq!(read(ordinal), [], "{ordinal}");
        }
        for length in ["It takes a second.", "Less than a second of writes is lost.", "A second or two pass."]
        {
            assert_eq!(read(length).len(), 1, "{length}");
        }
        assert_eq!(read("The goal is 99.9% in 3 zones."), []);
    }

    #[test]
    fn dates_in_their_spellings() {
        let time = Ontology::load(&[]).unwrap().sentence.time;
        for sentence in
            ["retired on 31 August 2024.", "by August 31, 2024 at last", "on 2024-08-31", "31st Aug 2024"]
        {
            assert_eq!(
                dates(sentence, &time).first().map(|(date, _)| date.as_str()),
                Some("2024-08-31"),
                "{sentence}"
            );
        }
        assert_eq!(dates("in May 45, 2024 or 3 zones in 2024", &time), []);
    }
}
