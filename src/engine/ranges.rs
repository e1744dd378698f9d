//! Filters that only some ranges of the dictionary can pass: what begins with a prefix lies together there.

use super::execution::Execution;
use super::scans::{Part, Pattern};
use super::table::{Table, Var, Vars};
use crate::error::Result;
use crate::graph::Kind;
use oxrdf::vocab::xsd;
use spargebra::algebra::{Expression, Function};
use std::ops::Range;

/// Most languages whose ranges are told apart.
const MOST_LANGUAGES: usize = 64;

impl Execution<'_> {
    /// The variable that a filter is about and the numbers, in ascending ranges, among which all values of the graph
    /// lie that may pass it; none for filters of other forms.
    pub(super) fn bounds(&self, filter: &Expression) -> Result<Option<(Var, Vec<Range<u32>>)>> {
        let Some((argument, prefix)) = prefix_of(filter) else { return Ok(None) };
        let (variable, any_term) = match argument {
            Expression::Variable(variable) => (variable, false),
            Expression::FunctionCall(Function::Str, arguments) => match &arguments[..] {
                [Expression::Variable(variable)] => (variable, true),
                _ => return Ok(None),
            },
            _ => return Ok(None),
        };
        let mut ranges = Vec::new();
        if any_term {
            ranges.push(self.terms.with_prefix(Kind::Iri, &prefix));
        }
        ranges.push(self.terms.with_prefix(Kind::String, &prefix));
        if !self.push_tagged(&prefix, &mut ranges) {
            return Ok(None);
        }
        if any_term {
            // The texts of numbers and the like are not in the order of their values.
            ranges.push(self.terms.of_kind(Kind::Typed).start..self.terms.len() as u32 + 1);
        }
        Ok(Some((self.var(variable)?, ranges)))
    }

    /// Adds what begins with a prefix in each language; says whether there are few enough of them.
    fn push_tagged(&self, prefix: &str, ranges: &mut Vec<Range<u32>>) -> bool {
        let all = self.terms.of_kind(Kind::LangString);
        let mut next = all.start;
        for _ in 0..MOST_LANGUAGES {
            if next >= all.end {
                return true;
            }
            let Some(text) = self.terms.text(next) else { return false };
            let Some((language, _)) = text.split_once('\0') else { return false };
            ranges.push(self.terms.with_prefix(Kind::LangString, &format!("{language}\0{prefix}")));
            let end = self.terms.with_prefix(Kind::LangString, &format!("{language}\0")).end;
            if end <= next {
                return false;
            }
            next = end;
        }
        false
    }

    /// Places in the order POS of the triples of a predicate with objects in some ranges.
    pub(super) fn places_of(&self, predicate: u32, ranges: &[Range<u32>]) -> Vec<Range<usize>> {
        let (all, objects) = (self.triples.of_predicate(predicate), self.triples.pos_objects);
        let places = ranges.iter().map(|range| {
            let start = objects.lower_bound(all.clone(), range.start);
            start..objects.lower_bound(start..all.end, range.end).max(start)
        });
        places.filter(|places| !places.is_empty()).collect()
    }

    /// The triples at some places in the order POS, as rows of a pattern of two variables, sorted by their objects.
    pub(super) fn scan_places(&self, pattern: &Pattern, places: &[Range<usize>]) -> Result<Table> {
        let [Part::Var(subject), _, Part::Var(object)] = pattern.parts else { return Ok(Table::default()) };
        let (mut subjects, mut objects) = (Vec::new(), Vec::new());
        for places in places {
            self.scan(places.len());
            subjects.extend(self.triples.pos_subjects.slice(places.clone()).iter());
            objects.extend(self.triples.pos_objects.slice(places.clone()).iter());
            self.worked(2 * places.len())?;
        }
        let mut table = Table::of_len(subjects.len());
        table.put(subject, subjects);
        table.put(object, objects);
        table.sorted = Some(object);
        table.unbound = Vars::NONE;
        Ok(table)
    }
}

/// What a filter asks to begin with a text, and the text.
fn prefix_of(filter: &Expression) -> Option<(&Expression, String)> {
    let Expression::FunctionCall(function, arguments) = filter else { return None };
    let [argument, Expression::Literal(text)] = &arguments[..] else { return None };
    if text.datatype() != xsd::STRING {
        return None;
    }
    let prefix = match function {
        Function::StrStarts => text.value().to_owned(),
        Function::Regex => literal_start(text.value())?,
        _ => return None,
    };
    Some((argument, prefix))
}

/// The text with which everything begins that an anchored regular expression matches.
fn literal_start(pattern: &str) -> Option<String> {
    let rest = pattern.strip_prefix('^').filter(|rest| !rest.contains('|'))?;
    let is_plain = |char: char| char.is_alphanumeric() || matches!(char, ' ' | '_' | ',' | ':' | '/' | '"');
    let end = rest.find(|char| !is_plain(char)).unwrap_or(rest.len());
    let mut start = rest[..end].to_owned();
    if rest[end..].starts_with(['*', '?', '{']) {
        start.pop();
    }
    (!start.is_empty()).then_some(start)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_every_match_begins_with_is_a_literal_start() {
        for (pattern, start) in [
            ("^Com", Some("Com")),
            ("^Com.*x", Some("Com")),
            ("^Comx?", Some("Com")),
            ("^Co+", Some("Co")),
            ("^a{0}", None),
            ("^a|b", None),
            ("^(a|b)", None),
            ("Com", None),
            ("^", None),
            ("^\\d", None),
        ] {
            assert_eq!(literal_start(pattern).as_deref(), start, "{pattern}");
        }
    }
}
