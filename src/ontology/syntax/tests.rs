//! Cues against regular expressions of the `regex` crate.

use super::*;
use crate::ontology::cues::{CueSet, Extent, Phrases};
use crate::ontology::program::{Match, Program};
use crate::ontology::text::{Lane, Lanes};
use regex::bytes::{Regex, RegexBuilder};

/// Random numbers, the same in each run.
struct Dice(u64);

impl Dice {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % limit
    }

    fn one_of<'a>(&mut self, all: &[&'a str]) -> &'a str {
        all[self.below(all.len())]
    }

    fn some_of(&mut self, all: &[&str], most: usize) -> String {
        (0..=self.below(most)).map(|_| self.one_of(all)).collect()
    }

    fn cue(&mut self, depth: usize) -> String {
        let mut cue = String::new();
        for _ in 0..=self.below(3) {
            if depth < 3 && self.below(3) == 0 {
                let open = self.one_of(&["(", "(?:", "(?P<words>", "(?P<any>"]);
                // Each name once, as regular expressions have it.
                let open = if cue.contains("P<") || depth > 0 && open.contains('<') { "(" } else { open };
                let alternatives: Vec<_> = (0..=self.below(3)).map(|_| self.cue(depth + 1)).collect();
                let alternatives = alternatives.join("|").replace("P<words>", ":").replace("P<any>", ":");
                cue.push_str(&format!("{open}{alternatives})"));
            } else {
                cue.push_str(self.one_of(&[
                    "a", "B", "ab", "abc", "cab ", " ", "…", " …", "[ab]", "[^a-b]", r"\w", r"\S", r"\W",
                    r"\.", ".", "é", r"\b", "^", "$", "[.B]", r"[\sa]", "x",
                ]));
            }
            cue.push_str(self.one_of(&[
                "", "", "", "", "?", "*", "+", "*?", "+?", "??", "{2}", "{1,}", "{0,2}", "{1,3}?",
            ]));
        }
        cue
    }
}

fn read(cue: &str) -> Result<Expression> {
    Expression::parse(cue, &[])
}

fn witness(cue: &str) -> Option<Regex> {
    let pattern = format!(r"(?:^|\W)({})(?:\W|$)", translated(cue));
    RegexBuilder::new(&pattern).unicode(false).case_insensitive(true).build().ok()
}

/// The regular expression of a cue without phrases.
fn translated(cue: &str) -> String {
    let gap = r"(?:\s+\S+){0,12}?";
    cue.replace(" …", gap).replace('…', gap).replace(" ?", r"\s*").replace(' ', r"\s+")
}

/// Where a cue matches is where its regular expression does.
fn same_places(cue: &str, expression: &Expression, regex: &Regex, text: &str) {
    let found: Vec<Match> = Program::new(&expression.step).matches(text).collect();
    let expected = regex.captures_iter(text.as_bytes()).map(|groups| Match {
        all: groups.get(1).unwrap().range(),
        wanted: groups.name("words").map(|words| words.range()),
    });
    assert_eq!(found, expected.collect::<Vec<_>>(), "{cue:?} on {text:?}");
}

fn same_matches(cue: &str, expression: &Expression, regex: &Regex, dice: &mut Dice) {
    let sifted = CueSet::new(&[cue], &Phrases::default(), Extent::Anywhere).unwrap();
    for _ in 0..12 {
        let words = ["a", "b", "A", "B", " ", " ", ".", ",", "é", "\n", "ab", "x_1", "abc", "CAB"];
        let text = dice.some_of(&words, 12);
        let leads = expression.leads(Lane::WordStart, Lane::WordEnd, &Lanes::of(text.as_bytes()));
        assert_eq!(leads, regex.is_match(text.as_bytes()), "{cue:?} on {text:?}");
        assert_eq!(sifted.is_match(&text), leads, "{cue:?} on {text:?}, by its needles");
        same_places(cue, expression, regex, &text);
    }
}

#[test]
fn any_cue_matches_as_its_regular_expression_does() {
    let mut dice = Dice(7);
    for _ in 0..800 {
        let cue = dice.cue(0);
        let expression = read(&cue).unwrap_or_else(|mistake| panic!("{mistake}"));
        let regex = witness(&cue).unwrap_or_else(|| panic!("{cue}"));
        same_matches(&cue, &expression, &regex, &mut dice);
    }
}

#[test]
fn whatever_is_read_of_any_signs_is_a_regular_expression() {
    let signs = [
        "a", "b", "x", "|", "*", "+", "?", "(", ")", "(", ")", "[", "]", "[a", "^", "$", "\\", ".", "-", ",",
        "…", "é", ":", "(?", "P<", "<", ">", "i", "s", "W", "{", "}", "{2", "1", "&", "~", "#", "{2,1}", "n",
    ];
    let mut dice = Dice(11);
    let mut read_of = 0;
    for _ in 0..8_000 {
        let cue = dice.some_of(&signs, 8);
        // Braces that repeat nothing, and `…` in a class, are read otherwise on purpose.
        if cue.contains(r"\{") || cue.contains('[') && cue.contains(['{', '…']) {
            continue;
        }
        let Ok(expression) = read(&cue) else { continue };
        let regex = witness(&cue).unwrap_or_else(|| panic!("{cue}"));
        same_matches(&cue, &expression, &regex, &mut dice);
        read_of += 1;
    }
    assert!(read_of > 400, "{read_of}");
}

#[test]
fn blanks_in_classes_and_escaped_ones_are_blanks() {
    for (cue, text) in [("zone[- ]down", "zone\tdown"), (r"zone\ down", "zone down"), (r"\{a\}", "{a}")] {
        let expression = read(cue).unwrap();
        let lanes = Lanes::of(text.as_bytes());
        assert!(expression.leads(Lane::WordStart, Lane::WordEnd, &lanes), "{cue}");
    }
}

#[test]
fn mistakes_are_told_with_their_place() {
    let mistakes = [
        ("(open", "`(` without a `)`, at character 1"),
        ("é)", "`)` closes no group, at character 2"),
        ("a|*b", "nothing stands in front of what repeats it, at character 3"),
        ("[a", "`[` without a `]`, at character 1"),
        ("a{2", "`{` without a `}`, at character 2"),
        ("a{}", "braces hold a number, two numbers, or the name of a phrase, at character 2"),
        ("a{3,2}", "the numbers in braces are the wrong way round, at character 2"),
        ("zone {nobody}", "no phrase is called nobody, at character 6"),
        ("{name", "`{` without a `}`, at character 1"),
        (r"a\B", r"a cue may look around only by `^`, `$` and `\b`, at character 2"),
        ("a\\", "nothing stands behind `\\`, at character 2"),
        (r"\q", "`\\` has no meaning in front of this character, at character 1"),
        ("(?m)a", "a group may start only with `(`, `(?:`, `(?P<name>` or `(?-i:`, at character 2"),
        ("(?P<1>a)", "the name of a group is a word in `<` and `>`, at character 5"),
        ("[b-a]", "a hyphen stands between two characters, the lower one first, at character 3"),
        ("[é]", "a class holds ASCII alone; write alternatives: `(a|b)`, at character 2"),
        ("[a[b]]", "a class in a class; for the character write `\\[`, at character 3"),
    ];
    for (cue, expected) in mistakes {
        let told = read(cue).unwrap_err().to_string();
        assert!(told.starts_with(expected) && told.contains(cue), "{cue}: {told}");
    }
    let deep = format!("{}a{}", "(".repeat(1_000), ")".repeat(1_000));
    assert!(read(&deep).unwrap_err().to_string().starts_with("groups are nested too deeply"));
}

#[test]
fn capitals_matter_where_a_cue_says_so() {
    let Step::Exact(exact) = read("(?-i:[A-C])").unwrap().step else { panic!() };
    assert_eq!((exact.small, exact.written), (Bytes::range(b'a', b'c'), Bytes::range(b'A', b'C')));
    let Step::Literal { letters: literal, .. } = read("(?-i:(?i:A))").unwrap().step else { panic!() };
    assert_eq!(*literal, *b"a");
}

#[test]
fn the_size_counts_repetitions() {
    let mut dice = Dice(5);
    for cue in (0..500).map(|_| dice.cue(0)).chain(["(a{99}b){99}".to_owned(), "é{3}(?-i:Ab)…".to_owned()])
    {
        let expression = read(&cue).unwrap();
        // Single bytes that are merged into a class count each.
        assert!(expression.size >= expression.step.size(), "{cue}");
    }
    assert_eq!(read("(a{99}b){99}").unwrap().size, 9_900);
    assert_eq!(read("é{3}(?-i:Ab)…").unwrap().size, 6 + 2 + 24);
}
