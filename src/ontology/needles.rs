//! Needles: words that a text must hold for a cue to match, so that most cues are ruled out without being tried.
//!
//! A text is summed up once as the set of its groups of three letters ([`Trigrams`]); a cue is tried only if the set
//! holds the groups of one of its needles.

use regex_syntax::hir::{Hir, HirKind};
use std::cell::RefCell;

/// Bits of a set of trigrams.
const BITS: usize = 2048;

/// Most needles of a cue: more would take longer to look for than they save.
const MAX_NEEDLES: usize = 48;

/// Most trigrams of a needle that are looked for.
const MAX_TRIGRAMS: usize = 6;

/// The groups of three bytes of a text, without regard to case, each as one bit that others may share.
struct Trigrams {
    text: Vec<u8>,
    bits: [u64; BITS / 64],
}

thread_local! {
    /// Those of the text that was looked at last: many cues look at the same one.
    static LAST: RefCell<Trigrams> = const { RefCell::new(Trigrams { text: Vec::new(), bits: [0; BITS / 64] }) };
}

impl Trigrams {
    fn sum_up(&mut self, text: &[u8]) {
        self.text.clear();
        self.text.extend_from_slice(text);
        self.bits.fill(0);
        for bit in bits(text) {
            self.bits[bit / 64] |= 1 << (bit % 64);
        }
    }
}

/// The bit of each trigram of a text.
fn bits(text: &[u8]) -> impl Iterator<Item = usize> {
    text.windows(3).map(|group| {
        let letter = |at: usize| u32::from(group[at].to_ascii_lowercase());
        let hash = (letter(0) << 16 | letter(1) << 8 | letter(2)).wrapping_mul(0x9e37_79b1);
        hash as usize >> (32 - BITS.trailing_zeros())
    })
}

/// The needles of a regular expression: wherever it matches, one of them stands.
#[derive(Clone, Debug)]
pub(super) struct Needles {
    /// The bits of the trigrams of each; empty where any text may match.
    any_of: Vec<Vec<usize>>,
}

impl Needles {
    /// Takes the needles from a regular expression.
    pub fn of(hir: &Hir) -> Self {
        let needles = needles(hir).filter(|needles| needles.len() <= MAX_NEEDLES).unwrap_or_default();
        Self { any_of: needles.iter().map(|needle| bits(needle).take(MAX_TRIGRAMS).collect()).collect() }
    }

    /// Whether the expression may match a text.
    pub fn may_match(&self, text: &str) -> bool {
        self.any_of.is_empty()
            || LAST.with_borrow_mut(|last| {
                if last.text != text.as_bytes() {
                    last.sum_up(text.as_bytes());
                }
                let holds = |bit: &usize| last.bits[bit / 64] >> (bit % 64) & 1 == 1;
                self.any_of.iter().any(|trigrams| trigrams.iter().all(holds))
            })
    }
}

/// Words of which one stands in whatever an expression matches; `None` where they can't be told, or are too short.
fn needles(hir: &Hir) -> Option<Vec<Vec<u8>>> {
    match hir.kind() {
        HirKind::Literal(literal) => (literal.0.len() >= 3).then(|| vec![literal.0.to_vec()]),
        HirKind::Capture(capture) => needles(&capture.sub),
        HirKind::Repetition(repetition) if repetition.min > 0 => needles(&repetition.sub),
        HirKind::Concat(parts) => parts.iter().filter_map(needles).max_by_key(|needles| {
            let shortest = needles.iter().map(Vec::len).min().unwrap_or_default();
            (std::cmp::Reverse(needles.len()), shortest)
        }),
        HirKind::Alternation(parts) => {
            let all: Option<Vec<_>> = parts.iter().map(needles).collect();
            all.map(|all| all.concat())
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn needles_of(pattern: &str) -> Needles {
        Needles::of(
            &regex_syntax::ParserBuilder::new().unicode(false).utf8(false).build().parse(pattern).unwrap(),
        )
    }

    #[test]
    fn a_text_without_the_needles_is_ruled_out() {
        let needles =
            needles_of(r"(?:^|\W)(?:zones?|(?:in )?regions) (?:is|are) ?(?:\s+\S+){0,12}?(?:lost)?");
        assert!(needles.may_match("All Zones are lost."));
        assert!(needles.may_match("REGIONS"));
        assert!(!needles.may_match("A region is lost."));
        assert!(!needles.may_match(""));
    }

    #[test]
    fn whatever_may_match_without_a_word_is_tried_on_any_text() {
        for pattern in [r"\d+", "no", "(?:zone)?", "zone|no", "(?i)zone"] {
            assert!(needles_of(pattern).may_match("text"), "{pattern}");
        }
    }
}
