//! The header of a canned query: the `#+` decorators that grlc made a convention, checked strictly.
//!
//! ```text
//! #+ summary: one line
//! #+ description: one line, or more lines, each indented below
//! #+ tags:
//! #+   - word
//! #+ defaults:
//! #+   - parameter: value
//! #+ enumerate:
//! #+   - parameter:
//! #+     - value
//! ```
//!
//! grlc's `endpoint`, `endpoint_in_url`, `method`, `pagination` and `transform` mean nothing here and are passed
//! over; any other name is an error.

use crate::error::{Error, Result};
use crate::nearest;

const KNOWN: [&str; 5] = ["summary", "description", "tags", "defaults", "enumerate"];
const PASSED_OVER: [&str; 5] = ["endpoint", "endpoint_in_url", "method", "pagination", "transform"];

/// What a header says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Header {
    /// What the query answers, in one line.
    pub summary: String,
    /// More about it; empty if nothing is said.
    pub description: String,
    /// Words that group queries.
    pub tags: Vec<String>,
    /// Values of parameters that aren't given.
    pub defaults: Vec<(String, String)>,
    /// The values that a parameter may take; an empty list only announces the parameter.
    pub enumerate: Vec<(String, Vec<String>)>,
}

/// A line of the header: 1-based number, indentation after `#+`, text.
struct Line<'a> {
    number: usize,
    indent: usize,
    text: &'a str,
}

/// Reads the header of a query; `origin` names the file in errors.
///
/// # Errors
/// A header without a summary, an unknown or repeated decorator, a list that isn't one: with file and line.
pub fn parse(text: &str, origin: &str) -> Result<Header> {
    let lines = decorator_lines(text);
    let mut header = Header::default();
    let mut seen: Vec<&str> = Vec::new();
    let mut rest = lines.as_slice();
    while let [line, following @ ..] = rest {
        if line.indent > 1 {
            return Err(bad(origin, line, "an indented line belongs to no decorator"));
        }
        let (name, value) = key_value(line, origin)?;
        if seen.contains(&name) {
            return Err(bad(origin, line, &format!("{name} is given twice")));
        }
        seen.push(name);
        let below = following.iter().take_while(|line| line.indent > 1).count();
        let (block, after) = following.split_at(below);
        decorator(&mut header, name, value, line, block, origin)?;
        rest = after;
    }
    if header.summary.is_empty() {
        return Err(Error::query(format!("{origin}:1: the query has no summary"))
            .with_hint("begin the file with `#+ summary: what it answers`"));
    }
    Ok(header)
}

fn decorator_lines(text: &str) -> Vec<Line<'_>> {
    text.lines()
        .enumerate()
        .filter_map(|(index, line)| {
            let content = line.trim_start().strip_prefix("#+")?.trim_end();
            let text = content.trim_start();
            let indent = content.len() - text.len();
            (!text.is_empty()).then_some(Line { number: index + 1, indent, text })
        })
        .collect()
}

fn decorator(
    header: &mut Header,
    name: &str,
    value: &str,
    line: &Line<'_>,
    block: &[Line<'_>],
    origin: &str,
) -> Result<()> {
    match name {
        "summary" => header.summary = words(value, block),
        "description" => header.description = words(value, block),
        "tags" => header.tags = items(value, line, block, origin)?.into_iter().map(str::to_owned).collect(),
        "defaults" => {
            no_value(value, line, origin)?;
            for line in block {
                let (parameter, value) = key_value(&item(line, origin)?, origin)?;
                if value.is_empty() {
                    return Err(bad(origin, line, &format!("the default of {parameter} is empty")));
                }
                header.defaults.push((parameter.to_owned(), unquoted(value).to_owned()));
            }
        }
        "enumerate" => {
            no_value(value, line, origin)?;
            header.enumerate = enumerations(block, origin)?;
        }
        name if PASSED_OVER.contains(&name) => {}
        name => {
            let error = bad(origin, line, &format!("unknown decorator {name}"));
            let hint =
                nearest::hint(name, KNOWN).unwrap_or_else(|| format!("known are {}", KNOWN.join(", ")));
            return Err(error.with_hint(hint));
        }
    }
    Ok(())
}

fn words(value: &str, block: &[Line<'_>]) -> String {
    let first = value.trim_matches(['|', '>', ' ']);
    let words: Vec<&str> = std::iter::once(first)
        .chain(block.iter().map(|line| line.text))
        .filter(|text| !text.is_empty())
        .collect();
    unquoted(&words.join(" ")).to_owned()
}

fn items<'a>(value: &'a str, line: &Line<'a>, block: &[Line<'a>], origin: &str) -> Result<Vec<&'a str>> {
    if let Some(list) = value.strip_prefix('[') {
        let list =
            list.strip_suffix(']').ok_or_else(|| bad(origin, line, "the list has no closing bracket"))?;
        return Ok(list
            .split(',')
            .map(|item| unquoted(item.trim()))
            .filter(|item| !item.is_empty())
            .collect());
    }
    no_value(value, line, origin)?;
    block.iter().map(|line| item(line, origin).map(|item| unquoted(item.text))).collect()
}

fn enumerations(block: &[Line<'_>], origin: &str) -> Result<Vec<(String, Vec<String>)>> {
    let outer = block.first().map_or(0, |line| line.indent);
    let mut found: Vec<(String, Vec<String>)> = Vec::new();
    for line in block {
        let entry = item(line, origin)?;
        match found.last_mut() {
            Some((_, values)) if line.indent > outer => values.push(unquoted(entry.text).to_owned()),
            _ => found.push((entry.text.trim_end_matches(':').trim_end().to_owned(), Vec::new())),
        }
    }
    Ok(found)
}

fn no_value(value: &str, line: &Line<'_>, origin: &str) -> Result<()> {
    if value.is_empty() {
        Ok(())
    } else {
        Err(bad(origin, line, "a list stands below it, one `- item` a line"))
    }
}

fn item<'a>(line: &Line<'a>, origin: &str) -> Result<Line<'a>> {
    match line.text.strip_prefix('-') {
        Some(text) => Ok(Line { number: line.number, indent: line.indent, text: text.trim() }),
        None => Err(bad(origin, line, "a list item begins with `- `")),
    }
}

fn key_value<'a>(line: &Line<'a>, origin: &str) -> Result<(&'a str, &'a str)> {
    match line.text.split_once(':') {
        Some((key, value)) if !key.trim().is_empty() => Ok((key.trim(), value.trim())),
        _ => Err(bad(origin, line, "`name: value` is expected")),
    }
}

fn unquoted(text: &str) -> &str {
    ['"', '\''].into_iter().find_map(|quote| text.strip_prefix(quote)?.strip_suffix(quote)).unwrap_or(text)
}

fn bad(origin: &str, line: &Line<'_>, what: &str) -> Error {
    Error::query(format!("{origin}:{}: {what}", line.number))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(text: &str) -> String {
        let error = parse(text, "q.rq").unwrap_err();
        std::iter::once(error.to_string())
            .chain(error.hints().iter().cloned())
            .collect::<Vec<_>>()
            .join(" | ")
    }

    #[test]
    fn every_decorator_is_read() {
        let text = "#+ summary: Pairs\n#+ description:\n#+   One row\n#+   a pair\n#+ tags:\n#+   - regions\n\
                    #+ method: GET\n#+ defaults:\n#+   - days: \"7\"\n#+ enumerate:\n#+   - kind:\n#+     - Downtime\n\
                    #+     - DataLoss\n#+   - region\nSELECT * {}\n";
        let expected = Header {
            summary: "Pairs".to_owned(),
            description: "One row a pair".to_owned(),
            tags: vec!["regions".to_owned()],
            defaults: vec![("days".to_owned(), "7".to_owned())],
            enumerate: vec![
                ("kind".to_owned(), vec!["Downtime".to_owned(), "DataLoss".to_owned()]),
                ("region".to_owned(), Vec::new()),
            ],
        };
        assert_eq!(parse(text, "q.rq").unwrap(), expected);
        assert_eq!(parse("#+ summary: a\n#+ tags: [x, 'y z']\n", "q.rq").unwrap().tags, ["x", "y z"]);
    }

    #[test]
    fn what_is_wrong_is_told_with_file_and_line() {
        assert_eq!(
            error("SELECT * {}"),
            "q.rq:1: the query has no summary | begin the file with `#+ summary: what it answers`"
        );
        assert_eq!(error("#+ sumary: x"), "q.rq:1: unknown decorator sumary | did you mean summary?");
        assert_eq!(error("#+ summary: x\n#+ summary: y"), "q.rq:2: summary is given twice");
        assert_eq!(error("#+ summary: x\n#+ tags:\n#+   y"), "q.rq:3: a list item begins with `- `");
        assert_eq!(
            error("#+ summary: x\n#+ defaults: y"),
            "q.rq:2: a list stands below it, one `- item` a line"
        );
        assert_eq!(
            error("#+ summary: x\n#+ defaults:\n#+   - days:"),
            "q.rq:3: the default of days is empty"
        );
        assert_eq!(error("#+ nothing"), "q.rq:1: `name: value` is expected");
        assert_eq!(error("#+    - x"), "q.rq:1: an indented line belongs to no decorator");
        assert_eq!(error("#+ summary: x\n#+ tags: [a"), "q.rq:2: the list has no closing bracket");
    }
}
