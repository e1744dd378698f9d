//! Needles: words that a text must hold for a cue to match, so that most cues are ruled out without being tried.
//!
//! A text is summed up once as the set of its groups of three letters ([`Trigrams`]); a cue is tried only if the set
//! holds the groups of one needle from each of the cue's lists, which stand for the parts of its expression.

use regex_syntax::hir::{Hir, HirKind};
use std::cell::RefCell;

/// Bits of a set of trigrams.
const BITS: usize = 2048;

/// Most needles of a list: more would take longer to look for than they save.
const MAX_NEEDLES: usize = 48;

/// Most lists of a cue.
const MAX_LISTS: usize = 6;

/// Most trigrams of a needle that are looked for.
const MAX_TRIGRAMS: usize = 6;

/// The groups of three bytes of a text, without regard to case, each as one bit that others may share.
#[derive(Clone)]
pub(super) struct Trigrams {
    text: Vec<u8>,
    bits: [u64; BITS / 64],
}

thread_local! {
    /// Those of the text that was looked at last: many cues look at the same one.
    static LAST: RefCell<Trigrams> = const { RefCell::new(Trigrams { text: Vec::new(), bits: [0; BITS / 64] }) };
}

impl Trigrams {
    /// Calls with the trigrams of a text.
    pub fn of<T>(text: &str, look: impl FnOnce(&Self) -> T) -> T {
        LAST.with_borrow_mut(|last| {
            if last.text != text.as_bytes() {
                last.sum_up(text.as_bytes());
            }
            look(last)
        })
    }

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

/// The bits of the trigrams of a needle.
type Bits = Vec<usize>;

/// The needles of a regular expression: wherever it matches, one of each list stands.
#[derive(Clone, Debug)]
pub(super) struct Needles {
    /// Lists of alternatives, the shortest first; none where any text may match.
    lists: Vec<Vec<Bits>>,
}

impl Needles {
    /// Takes the needles from a regular expression.
    pub fn of(hir: &Hir) -> Self {
        let mut lists = needles(hir);
        lists.retain(|list| list.len() <= MAX_NEEDLES);
        lists.sort_by_key(Vec::len);
        lists.truncate(MAX_LISTS);
        let bits_of = |needle: &Vec<u8>| bits(needle).take(MAX_TRIGRAMS).collect();
        Self { lists: lists.iter().map(|list| list.iter().map(bits_of).collect()).collect() }
    }

    /// Whether the expression may match the text of these trigrams.
    pub fn may_match(&self, text: &Trigrams) -> bool {
        let holds = |bit: &usize| text.bits[bit / 64] >> (bit % 64) & 1 == 1;
        self.lists.iter().all(|list| list.iter().any(|trigrams| trigrams.iter().all(holds)))
    }
}

/// Lists of words of which one of each stands in whatever an expression matches; none where they can't be told, or are
/// too short.
fn needles(hir: &Hir) -> Vec<Vec<Vec<u8>>> {
    match hir.kind() {
        HirKind::Literal(literal) if literal.0.len() >= 3 => vec![vec![literal.0.to_vec()]],
        HirKind::Capture(capture) => needles(&capture.sub),
        HirKind::Repetition(repetition) if repetition.min > 0 => needles(&repetition.sub),
        HirKind::Concat(parts) => parts.iter().flat_map(needles).collect(),
        // Of each alternative one list counts: the one that rules out most.
        HirKind::Alternation(parts) => {
            let best = |part: &Hir| {
                needles(part).into_iter().max_by_key(|list| {
                    let shortest = list.iter().map(Vec::len).min().unwrap_or_default();
                    (std::cmp::Reverse(list.len()), shortest)
                })
            };
            let all: Option<Vec<_>> = parts.iter().map(best).collect();
            all.map(|all| all.concat()).into_iter().collect()
        }
        _ => Vec::new(),
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

    fn may_match(needles: &Needles, text: &str) -> bool {
        Trigrams::of(text, |text| needles.may_match(text))
    }

    #[test]
    fn a_text_without_the_needles_is_ruled_out() {
        let needles =
            needles_of(r"(?:^|\W)(?:zones?|(?:in )?regions) (?:is|are) ?(?:\s+\S+){0,12}?(?:lost)?");
        assert!(may_match(&needles, "All Zones are lost."));
        assert!(may_match(&needles, "REGIONS"));
        assert!(!may_match(&needles, "A region is lost."));
        let needles = needles_of(r"(?:zone|region)s? (?:is|are) (?:lost|down|gone)");
        assert!(may_match(&needles, "The zone is gone."));
        assert!(!may_match(&needles, "The zone is there."));
        assert!(!may_match(&needles, ""));
    }

    #[test]
    fn whatever_may_match_without_a_word_is_tried_on_any_text() {
        for pattern in [r"\d+", "no", "(?:zone)?", "zone|no", "(?i)zone"] {
            assert!(may_match(&needles_of(pattern), "text"), "{pattern}");
        }
    }
}
