//! Tiers in a sentence: names that stand before (or in brackets behind) a noun such as *tier* or *SKU*.

use crate::ontology::tables::{Role, RowSubject};
use crate::ontology::{Cued, Looked, Noun, Ontology};
use crate::vocabulary::slug;
use std::ops::Range;

/// Tiers that a sentence names together.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct TierMention {
    /// Their names as written.
    pub names: Vec<String>,
    /// Whether it speaks of all tiers, or of every tier from one on without naming the others.
    pub all: bool,
    /// Whether the tiers above the named one are meant too.
    pub and_higher: bool,
    /// Whether they are those for which the sentence doesn't hold: `all tiers except the Basic tier`.
    pub excepted: bool,
    /// Byte range in the sentence.
    pub range: Range<usize>,
}

/// The tiers that a sentence names. `service` is the service's name, which is no part of a tier's.
pub(super) fn mentions<'t>(
    sentence: impl Into<Looked<'t>>,
    service: &str,
    ontology: &Ontology,
) -> Vec<TierMention> {
    let (sentence, words) = (sentence.into(), &ontology.tiers);
    if !words.noun.is_match(sentence) {
        return Vec::new();
    }
    let sentence = sentence.text();
    let tokens = tokens(sentence);
    let mut found: Vec<TierMention> = Vec::new();
    let mut end = 0;
    for at in 0..tokens.len() {
        // "Service tiers" is a noun: what names tiers stands before all of it.
        let Some(length) = noun_at(&tokens, at, &words.nouns).filter(|_| at >= end) else { continue };
        end = at + length;
        let before = names_before(&tokens, at, service);
        let mut names = before.names;
        let mut start = before.start;
        let mut stop = end;
        if names.is_empty() {
            (names, stop) = names_in_brackets(&tokens, end);
            start = at;
        }
        // A plan of another service is no tier of this one.
        names.retain(|name| !ontology.claims.names.is_service(name) && !is_mode(name, ontology));
        let range = tokens[start.min(at)].range.start..tokens[stop - 1].range.end;
        let head = &ontology.look(&sentence[tokens[start.saturating_sub(3)].range.start..range.end]);
        let all = names.is_empty() && words.all.is_match(head);
        if all || !names.is_empty() {
            let tail: String = sentence[range.end..].chars().take(24).collect();
            let and_higher = words.and_higher.is_match(&tail);
            let excepted = words.except.is_match(head);
            found.push(TierMention { names, all, and_higher, excepted, range });
        }
    }
    merge(found, sentence)
}

/// The tiers that a text under a label such as `Disk types` lists without a noun: `supported with Basic and Premium disks`.
pub(super) fn listed(sentence: &str, service: &str, ontology: &Ontology) -> Vec<String> {
    let Some(list) = ontology.tiers.listed.find(sentence) else { return Vec::new() };
    let tokens = tokens(list);
    let is_part = |token: &Token<'_>| {
        is_name_word(token.text, false)
            || matches!(token.text, "," | "and" | "or" | "both" | "the" | "(" | ")")
    };
    let end = tokens.iter().position(|token| !is_part(token)).unwrap_or(tokens.len());
    let names = names_before(&tokens[..end], end, service).names;
    names.into_iter().filter(|name| !ontology.claims.names.is_service(name)).collect()
}

/// The tiers of whose resources a sentence speaks: `Standard instances`. They are called as the document calls tiers
/// elsewhere, `known`, or as tiers usually are, and begin `within` so many bytes.
pub(super) fn of_resources(
    sentence: &Cued,
    service: &str,
    known: &[String],
    within: usize,
    ontology: &Ontology,
) -> Vec<String> {
    let words = &ontology.tiers;
    if known.is_empty() || !words.resource.is_match(sentence) {
        return Vec::new();
    }
    let tokens = tokens(sentence.text());
    let is_tier = |name: &String| words.order.contains(name) || known.contains(name);
    // What isn't behind the last word of a tier, or behind a remark on one, is behind no tier.
    let is_behind_tier = |at: usize| {
        let last = tokens[at - 1].text;
        let ends_tier = || words.order.iter().chain(known).any(|name| name.ends_with(last));
        last == ")" || is_name_word(last, true) && ends_tier()
    };
    let nouns = (1..tokens.len())
        .filter(|at| is_behind_tier(*at) && noun_at(&tokens, *at, &words.resources).is_some());
    let mut named = nouns.map(|at| names_before(&tokens, at, service));
    let opens = |named: &Names| tokens.get(named.start).is_some_and(|token| token.range.start < within);
    let found =
        named.find(|named| !named.names.is_empty() && named.names.iter().all(is_tier) && opens(named));
    found.map(|named| named.names).unwrap_or_default()
}

/// The tiers that a label is made of, where it names nothing but tiers that are known, beside which tiers may be
/// called as they usually are (`order`): `Basic, Standard, and Premium`; `free-and-basic`, as identifiers are written.
pub(super) fn of_label(label: &str, known: &[String], order: &[String]) -> Option<Vec<String>> {
    let spaced = if label.contains(' ') { label.to_owned() } else { label.replace('-', " ") };
    let mut names = Vec::new();
    let mut tells = false;
    for part in parts(&spaced) {
        let is = |name: &&String| name.eq_ignore_ascii_case(part);
        let of_document = known.iter().find(is);
        tells |= of_document.is_some();
        names.push(of_document.or_else(|| order.iter().find(is))?.clone());
    }
    tells.then_some(names)
}

/// The names in a list of tiers, as in the first column of a table of them.
pub(super) fn parts(list: &str) -> impl Iterator<Item = &str> {
    let parts =
        list.split([',', '/', ';']).flat_map(|part| part.split(" and ")).flat_map(|part| part.split(" or "));
    let bare = parts.map(|part| part.trim().trim_start_matches("and ").trim_start_matches("or ").trim());
    bare.filter(|part| !part.is_empty())
}

/// The names in an identifier of tiers as people read it, which may end in a noun for them: `Slow Burning Plan`.
pub(super) fn in_identifier(title: &str, nouns: &[Noun]) -> Vec<String> {
    let bare = |part: &str| {
        let tokens = tokens(part);
        let noun = (1..tokens.len()).find(|&at| noun_at(&tokens, at, nouns) == Some(tokens.len() - at));
        part[..noun.map_or(part.len(), |at| tokens[at].range.start)].trim_end().to_owned()
    };
    parts(title).map(bare).collect()
}

/// Whether a column of a table names tiers.
pub(super) fn is_column(role: &Role) -> bool {
    role.row_subject == Some(RowSubject::Tier)
}

/// Most words in the name of a tier.
const LONGEST_NAME: usize = 4;

/// The tiers that a cell of a column of tiers names, if it names nothing else: `Basic, Standard`.
pub(super) fn in_cell(cell: &str) -> Vec<String> {
    let names: Vec<String> = parts(cell).map(str::to_owned).collect();
    if names.iter().all(|name| is_name(name)) { names } else { Vec::new() }
}

/// Whether words may be the name of a tier.
pub(super) fn is_name(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_uppercase())
        && name.split_whitespace().count() <= LONGEST_NAME
        && !name.ends_with(['.', ':', '?', '!'])
}

/// Whether a name is that of a zone mode.
fn is_mode(name: &str, ontology: &Ontology) -> bool {
    let name = slug(name);
    ontology.modes.iter().any(|mode| mode.feature == name)
}

/// Mentions that are joined by *and* or *or* are one: `Basic and Standard tiers or in the Basic v2 tier`.
fn merge(found: Vec<TierMention>, sentence: &str) -> Vec<TierMention> {
    let mut merged: Vec<TierMention> = Vec::new();
    for mention in found {
        if let Some(last) = merged.last_mut() {
            let between = sentence.get(last.range.end..mention.range.start).unwrap_or_default();
            let joined = between.split_whitespace().all(|word| {
                matches!(word.trim_matches(','), "" | "and" | "or" | "nor" | "in" | "the" | "both" | "with")
            });
            if joined && !last.all && !mention.all && last.excepted == mention.excepted {
                for name in mention.names {
                    if !last.names.contains(&name) {
                        last.names.push(name);
                    }
                }
                last.range.end = mention.range.end;
                last.and_higher |= mention.and_higher;
                continue;
            }
        }
        merged.push(mention);
    }
    merged
}

struct Token<'a> {
    text: &'a str,
    range: Range<usize>,
}

/// Hardly a sentence has shorter tokens on average, in bytes with the blanks between them.
const SHORTEST_TOKENS: usize = 4;

/// Words, commas and brackets.
fn tokens(sentence: &str) -> Vec<Token<'_>> {
    let mut tokens = Vec::with_capacity(sentence.len() / SHORTEST_TOKENS);
    let token = |range: Range<usize>| Token { text: &sentence[range.clone()], range };
    let is_alphanumeric = |at: usize| sentence.as_bytes().get(at).is_some_and(u8::is_ascii_alphanumeric);
    let mut start = 0;
    let mut at = 0;
    while at < sentence.len() {
        if is_alphanumeric(at) {
            at += 1;
            continue;
        }
        let Some(sign) = sentence[at..].chars().next() else { break };
        let next = at + sign.len_utf8();
        let is_mark =
            matches!(sign, ',' | '(' | ')' | ';' | ':' | '/' | '"') || sign == '.' && !is_alphanumeric(next);
        if is_mark || sign.is_whitespace() {
            tokens.extend((start < at).then(|| token(start..at)));
            tokens.extend(is_mark.then(|| token(at..next)));
            start = next;
        }
        at = next;
    }
    tokens.extend((start < at).then(|| token(start..at)));
    tokens
}

/// How many tokens the noun at a place has; longer nouns first.
fn noun_at(tokens: &[Token<'_>], at: usize, nouns: &[Noun]) -> Option<usize> {
    let fits = |noun: &&Noun| {
        let behind = tokens[at..].iter();
        noun.words.len() <= tokens.len() - at
            && noun.words.iter().zip(behind).all(|(word, token)| is(token, word))
    };
    nouns.iter().filter(fits).map(|noun| noun.words.len()).max()
}

/// Whether a token is a word, or its plural where that fits too.
fn is(token: &Token<'_>, (word, plural): &(String, bool)) -> bool {
    let (text, word) = (token.text.as_bytes(), word.as_bytes());
    let singular = match text.len().checked_sub(word.len()) {
        Some(1) if *plural => text.strip_suffix(b"s"),
        Some(0) => Some(text),
        _ => None,
    };
    singular.is_some_and(|singular| singular.eq_ignore_ascii_case(word))
}

struct Names {
    names: Vec<String>,
    start: usize,
}

/// The names before a noun, read backwards: `Basic, Standard, and Premium v2 (preview)`.
fn names_before(tokens: &[Token<'_>], noun: usize, service: &str) -> Names {
    if let Some(range) = versions_before(tokens, noun, service) {
        return range;
    }
    let mut names: Vec<String> = Vec::new();
    let mut start = noun;
    let mut end = noun;
    while let Some((name, name_start)) = name_ending_at(tokens, end) {
        names.push(without_service(&name, service));
        start = name_start;
        end = name_start;
        let mut joined = false;
        while let Some(joiner) = end.checked_sub(1).map(|before| tokens[before].text) {
            let joins = matches!(joiner, "," | "and" | "or" | "nor" | "/" | "&" | "both");
            let behind_joiner =
                || end > 1 && joiner == "the" && matches!(tokens[end - 2].text, "and" | "or" | "nor");
            if !joins && !behind_joiner() {
                break;
            }
            joined = true;
            end -= 1;
        }
        if !joined {
            break;
        }
    }
    names.retain(|name| !name.is_empty());
    names.reverse();
    Names { names, start }
}

/// A range of versions before a noun: `Premium v2 to v4`.
fn versions_before(tokens: &[Token<'_>], noun: usize, service: &str) -> Option<Names> {
    let [first, to, last] = tokens.get(noun.checked_sub(3)?..noun)? else { return None };
    let number = |token: &Token<'_>| token.text.strip_prefix('v')?.parse::<u32>().ok();
    let (from, to_number) = (number(first)?, number(last)?);
    let is_range =
        matches!(to.text, "to" | "through" | "-" | "–") && from < to_number && to_number - from < 10;
    let (name, start) = name_ending_at(tokens, noun - 2).filter(|_| is_range)?;
    let base = without_service(name.strip_suffix(first.text)?.trim_end(), service);
    let names =
        (from..=to_number).map(|version| format!("{base} v{version}").trim_start().to_owned()).collect();
    Some(Names { names, start })
}

/// The name that ends before a token: capitalised words, versions, and a bracket behind them.
fn name_ending_at(tokens: &[Token<'_>], end: usize) -> Option<(String, usize)> {
    let mut start = end;
    let mut bracket = String::new();
    if start > 0 && tokens[start - 1].text == ")" {
        let open = (0..start - 1).rev().take(4).find(|&at| tokens[at].text == "(")?;
        let inside: Vec<&str> = tokens[open + 1..start - 1].iter().map(|token| token.text).collect();
        if !is_note(&inside.join(" ")) {
            bracket = format!(" ({})", inside.join(" "));
        }
        start = open;
    }
    let last = start;
    while start > 0 && is_name_word(tokens[start - 1].text, start == last) {
        start -= 1;
    }
    while start < last && (is_version(tokens[start].text) || is_lead(tokens[start].text)) {
        start += 1;
    }
    let words: Vec<&str> = tokens[start..last].iter().map(|token| token.text).collect();
    let named = words.iter().any(|word| word.starts_with(|c: char| c.is_ascii_uppercase()));
    named.then(|| (words.join(" ") + &bracket, start))
}

/// Remarks in brackets that are no part of a name.
fn is_note(inside: &str) -> bool {
    ["preview", "default", "recommended", "gpv2"].iter().any(|note| inside.eq_ignore_ascii_case(note))
}

fn is_name_word(word: &str, last: bool) -> bool {
    let first = word.chars().next().unwrap_or(' ');
    first.is_ascii_uppercase()
        || is_version(word)
        || first.is_ascii_digit() && (!last || word.len() == 1)
        || matches!(word, "general-purpose" | "purpose" | "optimized" | "critical")
}

fn is_version(word: &str) -> bool {
    let mut letters = word.chars();
    letters.next() == Some('v') && letters.next().is_some_and(|c| c.is_ascii_digit())
}

/// Capitalised words that start a sentence and are no name.
fn is_lead(word: &str) -> bool {
    const LEADS: [&str; 28] = [
        "The",
        "In",
        "For",
        "All",
        "Both",
        "Only",
        "Any",
        "Each",
        "Every",
        "If",
        "When",
        "With",
        "On",
        "Use",
        "Your",
        "A",
        "An",
        "This",
        "These",
        "Some",
        "Currently",
        "To",
        "From",
        "Classic",
        "Select",
        "Choose",
        "Other",
        "By",
    ];
    LEADS.contains(&word)
}

/// The name of a tier without words of the service's name in front of it.
pub(super) fn without_service(name: &str, service: &str) -> String {
    let mut rest = name;
    loop {
        let word = rest.split(' ').next().unwrap_or_default();
        let of_service = !word.is_empty() && service.split(' ').any(|part| part.eq_ignore_ascii_case(word));
        match rest.strip_prefix(word) {
            Some(behind) if of_service && !behind.is_empty() => rest = behind.trim_start(),
            _ => break,
        }
    }
    if service.split(' ').any(|part| part.eq_ignore_ascii_case(rest)) {
        String::new()
    } else {
        rest.to_owned()
    }
}

/// Names in brackets behind a noun: `All tiers (Basic, Standard, and Premium)`.
fn names_in_brackets(tokens: &[Token<'_>], noun_end: usize) -> (Vec<String>, usize) {
    let closed = tokens.get(noun_end).filter(|token| token.text == "(");
    let close = closed.and_then(|_| (noun_end..tokens.len()).find(|&at| tokens[at].text == ")"));
    match close {
        Some(close) => {
            let names = names_before(&tokens[..close], close, "");
            (names.names, close + 1)
        }
        None => (Vec::new(), noun_end),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn resources_of_known_and_of_usual_tiers() {
        let ontology = Ontology::load(&[]).unwrap();
        let read = |sentence: &str, known: &[String]| {
            of_resources(&ontology.look(sentence), "Nimbus Queue", known, 24, &ontology)
        };
        assert!(read("Standard instances are.", &[]).is_empty(), "a document that names no tiers");
        let known = ["Free".to_owned(), "Zephyr".to_owned()];
        assert_eq!(read("Every Standard instance is zone-redundant.", &known), ["Standard"]);
        assert_eq!(read("Premium and Zephyr namespaces are zone-redundant.", &known), ["Premium", "Zephyr"]);
        for sentence in ["All Public accounts do.", "A Standard SSD does.", "An instance."] {
            assert!(read(sentence, &known).is_empty(), "{sentence}");
        }
    }

    fn read(sentence: &str) -> Vec<Vec<String>> {
        let ontology = Ontology::load(&[]).unwrap();
        mentions(sentence, "Nimbus Queue", &ontology).into_iter().map(|mention| mention.names).collect()
    }

    #[test]
    fn names_before_the_noun() {
        for (sentence, expected) in [
            ("The Premium and Dedicated tiers support it.", vec!["Premium", "Dedicated"]),
            ("Use the Nimbus Queue Premium v2 tier.", vec!["Premium v2"]),
            ("You must use the Premium (classic) tier.", vec!["Premium (classic)"]),
            (
                "Only in Basic v2, Standard, and Premium v2 (preview) tiers.",
                vec!["Basic v2", "Standard", "Premium v2"],
            ),
            ("For the Basic tier or in the Standard tier, none.", vec!["Basic", "Standard"]),
            ("You can do so with Premium v2 to v4 plans.", vec!["Premium v2", "Premium v3", "Premium v4"]),
            ("The StandardV2 SKU is needed.", vec!["StandardV2"]),
            ("Be in the Standard or the Premium tier.", vec!["Standard", "Premium"]),
            ("On the Free and Standard 1 plans, none.", vec!["Free", "Standard 1"]),
        ] {
            assert_eq!(read(sentence), [expected], "{sentence}");
        }
    }

    #[test]
    fn a_plan_of_another_service_is_no_tier() {
        assert_eq!(read("Create an App Service plan, or use the Premium plan."), [["Premium"]]);
    }

    #[test]
    fn names_in_brackets_and_all() {
        assert_eq!(read("All tiers (Basic, Standard, and Premium) do."), [["Basic", "Standard", "Premium"]]);
        let ontology = Ontology::load(&[]).unwrap();
        let all = mentions("It works in all service tiers.", "X", &ontology);
        assert!(all[0].all && all[0].names.is_empty());
        let except = mentions("All tiers do except the Basic SKU.", "X", &ontology);
        assert_eq!(
            (except[0].all, except[1].excepted, except[1].names.as_slice()),
            (true, true, &["Basic".to_owned()][..])
        );
        let higher = mentions("It needs the Standard tier or higher.", "X", &ontology);
        assert!(higher[0].and_higher);
        assert_eq!(read("Each tier differs from your plan."), [Vec::<String>::new()]);
    }
}
