//! Needles: words, or parts of words, of which a text must hold some for an expression to match it.

use super::classes::is_letter;
use super::edges::{Edges, MIN_LENGTHS, Part};
use super::expression::{Alternative, Expression, Step};
use super::frequencies::Frequencies;
use rustc_hash::FxHashMap;
use std::ops::Range;

/// Most needles of a list: more would take longer to look for than they save.
const MAX_NEEDLES: usize = 128;

/// Most words that are enough for an expression to match.
const MAX_WORDS: usize = 32;

/// Most lists of an expression.
const MAX_LISTS: usize = 6;

/// Needles of which one stands in whatever an expression matches.
#[derive(Clone, Copy, Debug)]
struct List {
    /// Where their numbers are among those of all lists, in order.
    start: usize,
    end: usize,
    /// How many of ten thousand texts hold one, roughly.
    often: usize,
}

/// Lists of needles, all numbers in one place.
#[derive(Debug, Default)]
pub(super) struct Lists {
    all: Vec<List>,
    numbers: Vec<u32>,
}

impl Lists {
    /// The numbers of the needles of a list, in order.
    pub fn get(&self, list: usize) -> &[u32] {
        let List { start, end, .. } = self.all[list];
        &self.numbers[start..end]
    }

    /// How many of ten thousand texts hold a needle of a list, roughly.
    pub fn often(&self, list: usize) -> usize {
        self.all[list].often
    }

    /// How many lists and numbers there are.
    fn len(&self) -> (usize, usize) {
        (self.all.len(), self.numbers.len())
    }

    /// Takes out all but the first lists and numbers.
    fn truncate(&mut self, (lists, numbers): (usize, usize)) {
        self.all.truncate(lists);
        self.numbers.truncate(numbers);
    }

    /// The lists behind the first ones, which hold none of the numbers behind theirs.
    fn behind(&self, (lists, numbers): (usize, usize)) -> Self {
        let all = self.all[lists..].iter();
        let moved = |list: &List| List { start: list.start - numbers, end: list.end - numbers, ..*list };
        Self { all: all.map(moved).collect(), numbers: self.numbers[numbers..].to_vec() }
    }

    fn extend(&mut self, others: &Self) {
        let numbers = self.numbers.len();
        self.numbers.extend_from_slice(&others.numbers);
        let moved = |list: &List| List { start: list.start + numbers, end: list.end + numbers, ..*list };
        self.all.extend(others.all.iter().map(moved));
    }

    /// Adds the numbers of the last of several lists to those in front of them, where they start, and takes these lists
    /// out.
    fn keep(&mut self, list: List, (lists, numbers): (usize, usize)) {
        self.numbers.copy_within(list.start..list.end, numbers);
        self.truncate((lists, numbers + list.end - list.start));
    }
}

/// Numbers the needles of expressions.
pub(super) struct Needles<'e> {
    frequencies: &'e Frequencies<'e>,
    numbers: FxHashMap<Part<'e>, u32>,
    /// The needles by their numbers, and how many of ten thousand texts hold each, roughly.
    known: Vec<(Part<'e>, usize)>,
    lists: Lists,
    /// The lists of phrases, which are in many expressions.
    phrases: FxHashMap<(*const Expression, Edges), Lists>,
}

impl<'e> Needles<'e> {
    pub fn new(frequencies: &'e Frequencies<'e>) -> Self {
        let (numbers, known, lists, phrases) = Default::default();
        Self { frequencies, numbers, known, lists, phrases }
    }

    /// Makes lists of which a needle each stands in whatever an expression matches; none where such needles can't be told,
    /// or are too short.
    pub fn read(&mut self, step: &'e Step) -> Range<usize> {
        let first = self.lists.all.len();
        self.add(step, Edges::WORDS);
        first..self.lists.all.len()
    }

    /// Makes a list of whole words.
    pub fn of_words(&mut self, words: &'e [Vec<u8>]) -> Range<usize> {
        let first = self.lists.len();
        words.iter().for_each(|word| self.literal(word, Edges::WORDS));
        self.one_of(first)
    }

    /// The needles by their numbers, and all lists.
    pub fn finish(self) -> (impl ExactSizeIterator<Item = Part<'e>>, Lists) {
        (self.known.into_iter().map(|(part, _)| part), self.lists)
    }

    /// Adds the lists of a step.
    fn add(&mut self, step: &'e Step, edges: Edges) {
        match step {
            Step::Literal { letters, .. } => self.literal(letters, edges),
            Step::Repeat { step, min, max, .. } if *min > 0 => self.add(step, edges.repeated(*max)),
            Step::Wanted(step) => self.add(step, edges),
            Step::All(steps) => {
                let first = self.lists.all.len();
                edges.each(steps).for_each(|(step, edges)| self.add(step, edges));
                self.lists.all[first..].sort_by_key(|list| list.often);
                self.lists.all.truncate(first + MAX_LISTS);
            }
            Step::Any(alternatives) => self.any(alternatives, edges),
            Step::Phrase(phrase) => {
                let key = (std::ptr::from_ref(&**phrase), edges);
                if let Some(known) = self.phrases.get(&key) {
                    return self.lists.extend(known);
                }
                let before = self.lists.len();
                self.add(&phrase.step, edges);
                self.phrases.insert(key, self.lists.behind(before));
            }
            _ => {}
        }
    }

    /// Adds a list of the rarest part of a literal.
    fn literal(&mut self, literal: &'e [u8], edges: Edges) {
        let Self { frequencies, numbers, known, lists, .. } = self;
        let mut rarest: Option<(usize, u32)> = None;
        for needle in edges.parts(literal) {
            let number = *numbers.entry(needle).or_insert_with(|| {
                known.push((needle, frequencies.of_part(needle)));
                u32::try_from(known.len() - 1).unwrap_or(u32::MAX)
            });
            let often = known[number as usize].1;
            if rarest.is_none_or(|(rarest, _)| often < rarest) {
                rarest = Some((often, number));
            }
        }
        if let Some((often, number)) = rarest {
            let (_, start) = lists.len();
            lists.numbers.push(number);
            lists.all.push(List { start, end: start + 1, often });
        }
    }

    /// Adds a list for any of some alternatives, if each has one. Of each alternative one list counts: the one that rules
    /// out most.
    fn any(&mut self, alternatives: &'e [Alternative], edges: Edges) {
        let before @ (first, _) = self.lists.len();
        for alternative in alternatives {
            let (_, end) = self.lists.len();
            self.add(&alternative.step, edges);
            match self.lists.all[first..].iter().min_by_key(|list| list.often) {
                Some(best) => self.lists.keep(*best, (first, end)),
                None => return self.lists.truncate(before),
            }
        }
        self.one_of(before);
    }

    /// Makes one list of the numbers behind the first ones, which belong to no other, and takes out the lists behind the
    /// first ones; no list if it were too long.
    fn one_of(&mut self, before: (usize, usize)) -> Range<usize> {
        let (first, start) = before;
        self.lists.all.truncate(first);
        let numbers = &mut self.lists.numbers;
        numbers[start..].sort_unstable();
        let mut end = start;
        for at in start..numbers.len() {
            if end == start || numbers[end - 1] != numbers[at] {
                numbers[end] = numbers[at];
                end += 1;
            }
        }
        if end - start > MAX_NEEDLES {
            self.lists.truncate(before);
            return first..first;
        }
        numbers.truncate(end);
        let often = numbers[start..].iter().map(|needle| self.known[*needle as usize].1).sum();
        self.lists.all.push(List { start, end, often });
        first..first + 1
    }
}

/// The words of which a text has to hold one for a step to match, and which are enough; `None` where it takes more than
/// some words. Each has two letters at least.
pub(super) fn whole_words(step: &Step) -> Option<Vec<Vec<u8>>> {
    let words = all_letters(step)?;
    let is_word = |word: &Vec<u8>| word.len() >= MIN_LENGTHS.1 && word.iter().all(|byte| is_letter(*byte));
    words.iter().all(is_word).then_some(words)
}

/// All letters that a step matches, if there are few.
fn all_letters(step: &Step) -> Option<Vec<Vec<u8>>> {
    let all = match step {
        Step::Nothing => vec![Vec::new()],
        Step::Literal { letters, .. } => vec![letters.to_vec()],
        Step::Wanted(step) => all_letters(step)?,
        Step::Phrase(phrase) => all_letters(&phrase.step)?,
        Step::Repeat { step, min: 0, max: Some(1), .. } => [vec![Vec::new()], all_letters(step)?].concat(),
        Step::Any(alternatives) => {
            alternatives.iter().map(|one| all_letters(&one.step)).collect::<Option<Vec<_>>>()?.concat()
        }
        Step::All(steps) => steps.iter().try_fold(vec![Vec::new()], |all, step| {
            let behind = all_letters(step)?;
            let each =
                |front: &Vec<u8>| behind.iter().map(|more| [&front[..], more].concat()).collect::<Vec<_>>();
            (all.len() * behind.len() <= MAX_WORDS).then(|| all.iter().flat_map(each).collect())
        })?,
        _ => return None,
    };
    (all.len() <= MAX_WORDS).then_some(all)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The needles of each list of a cue, with `-` where a word may go on.
    fn lists(cue: &str) -> Vec<Vec<String>> {
        let expression = Expression::parse(cue, &[]).unwrap();
        let frequencies = Frequencies::of(&["is"]);
        let mut needles = Needles::new(&frequencies);
        let mut all: Vec<usize> = needles.read(&expression.step).collect();
        let (parts, lists) = needles.finish();
        let parts: Vec<_> = parts.collect();
        all.sort_by_key(|list| lists.often(*list));
        let word = |number: &u32| {
            let Part { letters, starts, ends } = parts[*number as usize];
            let (letters, more) =
                (std::str::from_utf8(letters).unwrap(), |is_edge| if is_edge { "" } else { "-" });
            format!("{}{letters}{}", more(starts), more(ends))
        };
        all.into_iter().map(|list| lists.get(list).iter().map(word).collect()).collect()
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
    fn words_that_are_enough_are_whole_ones() {
        let words = |cue: &str| {
            let words = whole_words(&Expression::parse(cue, &[]).unwrap().step)?;
            Some(words.into_iter().map(|word| String::from_utf8(word).unwrap()).collect::<Vec<_>>().join(" "))
        };
        for (cue, expected) in [
            ("zones?", Some("zone zones")),
            ("(re|un)?plan(ned)?|AZ", Some("plan planned replan replanned unplan unplanned az")),
            ("a zone", None),
            ("as?", None),
            ("zone-", None),
            ("zon[ae]", None),
            ("zone\\d", None),
            ("(zone)?", None),
            ("(abc|d){3}", None),
        ] {
            assert_eq!(words(cue).as_deref(), expected, "{cue}");
        }
    }

    #[test]
    fn long_lists_and_many_lists_are_left_out() {
        let many = (0..=MAX_NEEDLES).map(|at| format!("word{at}")).collect::<Vec<_>>();
        assert_eq!(lists(&format!("({}) here", many.join("|"))), [["here"]]);
        assert_eq!(lists(&many[..10].join(" ")).len(), MAX_LISTS);
    }
}
