//! The nearest names to a misspelt one.

/// At most `count` of the candidates that a person may have meant by `word`, nearest first.
///
/// A candidate is near when few letters separate the two (swapped neighbours count once, case and
/// punctuation not at all), also when its first words are left out, or when one contains the other.
pub fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>, count: usize) -> Vec<&'a str> {
    let wanted = key(word);
    if wanted.is_empty() {
        return Vec::new();
    }
    let allowed = (wanted.len() / 3).clamp(1, 4);
    let mut scored: Vec<(usize, &str)> = candidates
        .into_iter()
        .filter_map(|candidate| {
            let found = key(candidate);
            let distance = endings(candidate).map(|ending| distance(&wanted, &key(ending))).min()?;
            if distance <= allowed {
                return Some((distance, candidate));
            }
            (contains(&found, &wanted) || contains(&wanted, &found))
                .then(|| (allowed + wanted.len().abs_diff(found.len()), candidate))
        })
        .collect();
    scored.sort();
    scored.dedup();
    scored.truncate(count);
    scored.into_iter().map(|(_, candidate)| candidate).collect()
}

/// The hint `did you mean A, B or C?` for the nearest names, where there are any.
pub fn hint<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<String> {
    let found = nearest(word, candidates, 3);
    (!found.is_empty()).then(|| format!("did you mean {}?", alternatives(&found)))
}

/// `A`, `A or B`, `A, B or C`.
pub fn alternatives(names: &[impl AsRef<str>]) -> String {
    match names {
        [] => String::new(),
        [only] => only.as_ref().to_owned(),
        [first @ .., last] => {
            let first: Vec<&str> = first.iter().map(AsRef::as_ref).collect();
            format!("{} or {}", first.join(", "), last.as_ref())
        }
    }
}

/// The letters and digits of a name in lower case.
pub fn key(name: &str) -> Vec<char> {
    name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// A name, then what is left of it without its first word, its first two words, …
fn endings(name: &str) -> impl Iterator<Item = &str> {
    std::iter::successors(Some(name), |rest| rest.split_once([' ', '-']).map(|(_, ending)| ending))
}

fn contains(whole: &[char], part: &[char]) -> bool {
    part.len() >= 3 && whole.windows(part.len()).any(|window| window == part)
}

/// Letters to insert, delete, replace or swap with their neighbour (optimal string alignment).
fn distance(a: &[char], b: &[char]) -> usize {
    let mut before_last = Vec::new();
    let mut last: Vec<usize> = (0..=b.len()).collect();
    for (i, from) in a.iter().enumerate() {
        let mut row = Vec::with_capacity(b.len() + 1);
        row.push(i + 1);
        for (j, to) in b.iter().enumerate() {
            let replaced = last[j] + usize::from(from != to);
            let mut best = replaced.min(last[j + 1] + 1).min(row[j] + 1);
            if i > 0 && j > 0 && *from == b[j - 1] && a[i - 1] == *to {
                let before: &Vec<usize> = &before_last;
                best = best.min(before[j - 1] + 1);
            }
            row.push(best);
        }
        before_last = std::mem::replace(&mut last, row);
    }
    last[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_letter_missing_swapped_or_doubled_is_near() {
        let names = ["FILTER", "OPTIONAL", "VALUES"];
        assert_eq!(nearest("FILER", names, 1), ["FILTER"]);
        assert_eq!(nearest("filtre", names, 1), ["FILTER"]);
        assert_eq!(nearest("OPTIONNAL", names, 1), ["OPTIONAL"]);
        assert!(nearest("zzz", names, 1).is_empty());
    }

    #[test]
    fn the_ending_or_a_part_of_a_name_is_near() {
        let names = ["Event Grid", "Event Hubs", "Grids", "Gridlocked"];
        assert_eq!(nearest("grid", names, 3), ["Event Grid", "Grids", "Gridlocked"]);
        assert_eq!(nearest("Evnt Hub", names, 3), ["Event Hubs"]);
    }

    #[test]
    fn alternatives_read_as_words() {
        assert_eq!(alternatives(&["a", "b", "c"]), "a, b or c");
        assert_eq!(
            hint("suportsZoneMode", ["supportsZoneMode"]).as_deref(),
            Some("did you mean supportsZoneMode?")
        );
        assert_eq!(hint("x", ["supportsZoneMode"]), None);
    }
}
