//! Needles: words that a text must hold for an expression to match it.

use super::expression::{Expression, Step};
use rustc_hash::FxHashMap;
use smallvec::SmallVec;

/// Most needles of a list: more would take longer to look for than they save.
const MAX_NEEDLES: usize = 48;

/// Most lists of an expression.
const MAX_LISTS: usize = 6;

/// Shortest needle, in bytes.
const MIN_LENGTH: usize = 3;

/// Needles of which one stands in whatever an expression matches.
#[derive(Clone, Debug)]
pub(super) struct List {
    /// Their numbers.
    pub needles: SmallVec<[u32; 6]>,
    /// The length of the shortest, in bytes.
    shortest: usize,
}

/// Numbers the needles of expressions.
#[derive(Default)]
pub(super) struct Needles<'e> {
    numbers: FxHashMap<&'e [u8], u32>,
    /// The lists of phrases, which are in many expressions.
    phrases: FxHashMap<*const Expression, Vec<List>>,
}

impl<'e> Needles<'e> {
    /// Lists of which a needle each stands in whatever an expression matches, the shortest first; none where such needles
    /// can't be told, or are too short.
    pub fn of(&mut self, step: &'e Step) -> Vec<List> {
        match step {
            Step::Literal(literal) if literal.len() >= MIN_LENGTH => {
                let next = u32::try_from(self.numbers.len()).unwrap_or(u32::MAX);
                let number = *self.numbers.entry(literal).or_insert(next);
                vec![List { needles: SmallVec::from_slice(&[number]), shortest: literal.len() }]
            }
            Step::Repeat { step, min, .. } if *min > 0 => self.of(step),
            Step::Wanted(step) => self.of(step),
            Step::All(steps) => {
                let mut lists: Vec<_> = steps.iter().flat_map(|step| self.of(step)).collect();
                lists.sort_by_key(|list| list.needles.len());
                lists.truncate(MAX_LISTS);
                lists
            }
            Step::Any(steps) => self.any(steps).into_iter().collect(),
            Step::Phrase(phrase) => match self.phrases.get(&std::ptr::from_ref(&**phrase)) {
                Some(lists) => lists.clone(),
                None => {
                    let lists = self.of(&phrase.step);
                    self.phrases.insert(&raw const **phrase, lists.clone());
                    lists
                }
            },
            _ => Vec::new(),
        }
    }

    /// A list for any of some alternatives. Of each alternative one list counts: the one that rules out most.
    fn any(&mut self, steps: &'e [Step]) -> Option<List> {
        let mut all = List { needles: SmallVec::new(), shortest: usize::MAX };
        for step in steps {
            let lists = self.of(step).into_iter();
            let best = lists.max_by_key(|list| (std::cmp::Reverse(list.needles.len()), list.shortest))?;
            all.needles.extend(best.needles);
            all.shortest = all.shortest.min(best.shortest);
        }
        (all.needles.len() <= MAX_NEEDLES).then_some(all)
    }

    /// The needles by their numbers.
    pub fn words(&self) -> Vec<&'e [u8]> {
        let mut words = vec![&[][..]; self.numbers.len()];
        self.numbers.iter().for_each(|(word, number)| words[*number as usize] = *word);
        words
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The needles of each list of a cue.
    fn lists(cue: &str) -> Vec<Vec<String>> {
        let expression = Expression::parse(cue, &[]).unwrap();
        let mut needles = Needles::default();
        let lists = needles.of(&expression.step);
        let words = needles.words();
        let word = |number: &u32| String::from_utf8(words[*number as usize].to_vec()).unwrap();
        lists.iter().map(|list| list.needles.iter().map(word).collect()).collect()
    }

    #[test]
    fn each_part_that_must_match_gives_a_list() {
        assert_eq!(lists("(the )?zones? (is|fails|was lost) down"), [vec!["zone"], vec!["down"]]);
        assert_eq!(lists("(is down|fails|was lost)"), [["down", "fails", "lost"]]);
        assert_eq!(lists("(zone|AZ|a zone)"), Vec::<Vec<String>>::new());
        assert_eq!(lists("(?P<words>(abc)+(def)*)"), [["abc"]]);
        assert_eq!(lists(".*ab"), Vec::<Vec<String>>::new());
    }

    #[test]
    fn long_lists_and_many_lists_are_left_out() {
        let many = (0..60).map(|at| format!("word{at}")).collect::<Vec<_>>();
        assert_eq!(lists(&format!("({}) here", many.join("|"))), [["here"]]);
        assert_eq!(lists(&many[..10].join(" ")).len(), MAX_LISTS);
    }
}
