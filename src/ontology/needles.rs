//! Needles: words, or parts of words, of which a text must hold some for an expression to match it.

use super::edges::{Edges, Part};
use super::expression::{Alternative, Expression, Step};
use super::frequencies::Frequencies;
use rustc_hash::FxHashMap;
use smallvec::SmallVec;

/// Most needles of a list: more would take longer to look for than they save.
const MAX_NEEDLES: usize = 128;

/// Most lists of an expression.
const MAX_LISTS: usize = 6;

/// Needles of which one stands in whatever an expression matches.
#[derive(Clone, Debug)]
pub(super) struct List {
    /// Their numbers, in order.
    pub needles: SmallVec<[u32; 6]>,
    /// How many of ten thousand texts hold one, roughly.
    often: usize,
}

/// Numbers the needles of expressions.
pub(super) struct Needles<'e> {
    frequencies: &'e Frequencies<'e>,
    numbers: FxHashMap<Part<'e>, u32>,
    /// The needles by their numbers, and how many of ten thousand texts hold each, roughly.
    known: Vec<(Part<'e>, usize)>,
    /// The lists of phrases, which are in many expressions.
    phrases: FxHashMap<(*const Expression, Edges), Box<[List]>>,
}

impl<'e> Needles<'e> {
    pub fn new(frequencies: &'e Frequencies<'e>) -> Self {
        let (numbers, known, phrases) = Default::default();
        Self { frequencies, numbers, known, phrases }
    }

    /// Lists of which a needle each stands in whatever an expression matches, those first that few texts hold; none where
    /// such needles can't be told, or are too short.
    pub fn of(&mut self, step: &'e Step, edges: Edges) -> Vec<List> {
        let mut lists = Vec::new();
        self.add(step, edges, &mut lists);
        lists.sort_by_key(|list| list.often);
        lists
    }

    /// Adds these lists to others.
    fn add(&mut self, step: &'e Step, edges: Edges, lists: &mut Vec<List>) {
        match step {
            Step::Literal(literal) => {
                let all = edges.parts(literal).map(|needle| self.list(needle));
                lists.extend(all.min_by_key(|list| list.often));
            }
            Step::Repeat { step, min, max, .. } if *min > 0 => self.add(step, edges.repeated(*max), lists),
            Step::Wanted(step) => self.add(step, edges, lists),
            Step::All(steps) => {
                let first = lists.len();
                edges.each(steps).for_each(|(step, edges)| self.add(step, edges, lists));
                lists[first..].sort_by_key(|list| list.often);
                lists.truncate(first + MAX_LISTS);
            }
            Step::Any(alternatives) => lists.extend(self.any(alternatives, edges)),
            Step::Phrase(phrase) => {
                let key = (std::ptr::from_ref(&**phrase), edges);
                if let Some(known) = self.phrases.get(&key) {
                    return lists.extend_from_slice(known);
                }
                let first = lists.len();
                self.add(&phrase.step, edges, lists);
                self.phrases.insert(key, lists[first..].into());
            }
            _ => {}
        }
    }

    fn list(&mut self, needle: Part<'e>) -> List {
        let number = *self.numbers.entry(needle).or_insert_with(|| {
            self.known.push((needle, self.frequencies.of_part(needle)));
            u32::try_from(self.known.len() - 1).unwrap_or(u32::MAX)
        });
        self.list_of(SmallVec::from_slice(&[number]))
    }

    fn list_of(&self, needles: SmallVec<[u32; 6]>) -> List {
        let often = needles.iter().map(|needle| self.known[*needle as usize].1).sum();
        List { needles, often }
    }

    /// A list for any of some alternatives. Of each alternative one list counts: the one that rules out most.
    fn any(&mut self, alternatives: &'e [Alternative], edges: Edges) -> Option<List> {
        let (mut needles, mut lists) = (SmallVec::new(), Vec::new());
        for alternative in alternatives {
            self.add(&alternative.step, edges, &mut lists);
            needles.extend(lists.drain(..).min_by_key(|list| list.often)?.needles);
        }
        needles.sort_unstable();
        needles.dedup();
        (needles.len() <= MAX_NEEDLES).then(|| self.list_of(needles))
    }

    /// The needles by their numbers.
    pub fn parts(&self) -> impl ExactSizeIterator<Item = Part<'e>> {
        self.known.iter().map(|(part, _)| *part)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The needles of each list of a cue, with `-` where a word may go on.
    fn lists(cue: &str) -> Vec<Vec<String>> {
        let expression = Expression::parse(cue, &[]).unwrap();
        let frequencies = Frequencies::of(&["is"]);
        let mut needles = Needles::new(&frequencies);
        let lists = needles.of(&expression.step, Edges::WORDS);
        let parts: Vec<_> = needles.parts().collect();
        let word = |number: &u32| {
            let Part { letters, starts, ends } = parts[*number as usize];
            let (letters, more) =
                (std::str::from_utf8(letters).unwrap(), |is_edge| if is_edge { "" } else { "-" });
            format!("{}{letters}{}", more(starts), more(ends))
        };
        lists.iter().map(|list| list.needles.iter().map(word).collect()).collect()
    }

    #[test]
    fn each_part_that_must_match_gives_a_list() {
        let none = Vec::<Vec<String>>::new();
        assert_eq!(
            lists("(the )?zones? (is|fails|was lost) down"),
            [vec!["zone-"], vec!["down"], vec!["is", "fails", "lost"]]
        );
        assert_eq!(lists("(is down|fails|was lost)"), [["down", "fails", "lost"]]);
        assert_eq!(lists("(zone|AZ|a zone)"), [["zone", "az"]]);
        assert_eq!(lists("(zone|a|a zone)"), none);
        assert_eq!(lists("(?P<words>(abc)+(def)*)"), [["abc-"]]);
        assert_eq!(lists(".*ab"), none);
        assert_eq!(
            lists("(retires|(is|are) (closed|stopped|ended))"),
            [["retires", "closed", "stopped", "ended"]]
        );
    }

    #[test]
    fn what_stands_around_tells_whether_a_word_starts_and_ends() {
        assert_eq!(lists("(un)?planned"), [["-planned"]]);
        assert_eq!(lists("[a-z]*region-wide .*zones, \\d+%"), [["-region"], ["-zones"]]);
        assert_eq!(lists("multi-?region|(the )?pair"), [["-region", "pair"]]);
        assert_eq!(lists("non-regional|one-region"), [["regional", "region"]]);
        assert_eq!(lists("(zone,? ?)+(and )?"), [["zone-"]]);
        assert_eq!(lists("…restart( it)?"), [["-restart"]]);
        assert_eq!(lists("you … restart( it)?"), [["restart"], ["you"]]);
        assert_eq!(lists("(in|of) (lost|down)$"), [["lost", "down"], ["in", "of"]]);
    }

    #[test]
    fn long_lists_and_many_lists_are_left_out() {
        let many = (0..=MAX_NEEDLES).map(|at| format!("word{at}")).collect::<Vec<_>>();
        assert_eq!(lists(&format!("({}) here", many.join("|"))), [["here"]]);
        assert_eq!(lists(&many[..10].join(" ")).len(), MAX_LISTS);
    }
}
