//! Needles: words that a text must hold for a cue to match, so that most cues are ruled out without being tried.
//!
//! A text is summed up once as the set of its groups of three letters; a cue is tried only if the set holds the
//! groups of one needle from each of the cue's lists, which stand for the parts of its expression.

use super::expression::Expression;
use super::text::{Text, trigrams};

/// Most needles of a list: more would take longer to look for than they save.
const MAX_NEEDLES: usize = 48;

/// Most lists of a cue.
const MAX_LISTS: usize = 6;

/// Most trigrams of a needle that are looked for.
const MAX_TRIGRAMS: usize = 6;

/// The needles of an expression, by their groups of three letters.
#[derive(Clone, Debug)]
pub(super) struct Needles {
    /// Lists of alternatives, the shortest first; none where any text may match.
    lists: Vec<Vec<Vec<usize>>>,
}

impl Needles {
    /// Takes the needles from an expression.
    pub fn of(expression: &Expression) -> Self {
        let mut lists: Vec<_> = expression.needles.iter().filter(|list| list.len() <= MAX_NEEDLES).collect();
        lists.sort_by_key(|list| list.len());
        lists.truncate(MAX_LISTS);
        let groups = |needle: &[u8]| trigrams(needle).take(MAX_TRIGRAMS).collect();
        Self { lists: lists.iter().map(|list| list.iter().map(|needle| groups(needle)).collect()).collect() }
    }

    /// Whether the expression may match a text.
    pub fn may_match(&self, text: &Text) -> bool {
        let holds = |groups: &Vec<usize>| groups.iter().all(|group| text.may_hold(*group));
        self.lists.iter().all(|list| list.iter().any(holds))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn needles_of(pattern: &str) -> Needles {
        Needles::of(&Expression::parse(pattern, &[]).unwrap())
    }

    fn may_match(needles: &Needles, text: &str) -> bool {
        Text::of(text, |text| needles.may_match(text))
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
        for pattern in [r"\d+", "no", "(?:zone)?", "zone|no"] {
            assert!(may_match(&needles_of(pattern), "text"), "{pattern}");
        }
    }
}
