//! Items of lists that name a region and the one that it is paired with.

use super::{Reader, Says};
use crate::facts::{Scenario, Value};
use crate::sections::Text;
use std::ops::Range;

/// Adds the pair that an item of a list in a section on the loss of a region is made of; whether it is one.
pub(super) fn item(reader: &mut Reader<'_>, section: usize, text: &Text, place: &Range<usize>) -> bool {
    let service = reader.extraction.service.clone();
    if service.is_empty() || reader.scopes[section].scenario != Some(Scenario::RegionFailure) {
        return false;
    }
    let words = text.plain.trim();
    let regions: Vec<Range<usize>> =
        reader.names.find(words, &reader.own).iter().filter_map(|found| found.region()).collect();
    let [from, to] = regions.as_slice() else { return false };
    let part = |range: Range<usize>| words[range].trim_matches([' ', ',', '.', ';', '(', ')']);
    let parts = [part(0..from.start), part(from.end..to.start), part(to.end..words.len())];
    let fits = |(cues, part): (&crate::ontology::CueSet, &str)| cues.is_match(part);
    if !reader.sentence.pair.iter().zip(parts).all(fits) {
        return false;
    }
    let (from, to) = (&words[from.clone()], &words[to.clone()]);
    let pair = Value::Pair(from.to_owned(), to.to_owned());
    reader.fact(section, Says::new(&service, "RegionPair", pair), place, "list-item");
    if reader.sentence.both_ways.is_match(parts[2]) {
        let pair = Value::Pair(to.to_owned(), from.to_owned());
        reader.fact(section, Says::new(&service, "RegionPair", pair), place, "list-item");
    }
    true
}
