//! SPARQL text → query, with errors that show the place, what was expected in words, and the nearest name.
//!
//! The parser tells little about an error, but it is fast: whether a text is the beginning of a query, and
//! which words may follow it, is found by asking it again and again.

mod rules;

use super::nesting;
use super::tokens::{Token, TokenKind, tokens};
use crate::error::{Error, Result};
use crate::nearest;
use crate::vocabulary::PREFIXES;
use oxrdf::Variable;
use rules::{breaker, rule_broken, ungrouped, ungrouped_error};
use rustc_hash::FxHashMap;
use spargebra::algebra::GraphPattern;
use spargebra::{Query, SparqlParser, Update};
use std::ops::Range;

/// The keywords and function names of SPARQL 1.1, as they are written by habit.
pub const KEYWORDS: [&str; 112] = [
    "SELECT",
    "ASK",
    "CONSTRUCT",
    "DESCRIBE",
    "WHERE",
    "FILTER",
    "OPTIONAL",
    "UNION",
    "MINUS",
    "GRAPH",
    "BIND",
    "VALUES",
    "AS",
    "NOT",
    "IN",
    "EXISTS",
    "ORDER",
    "GROUP",
    "BY",
    "HAVING",
    "LIMIT",
    "OFFSET",
    "DISTINCT",
    "REDUCED",
    "ASC",
    "DESC",
    "FROM",
    "NAMED",
    "PREFIX",
    "BASE",
    "SERVICE",
    "SILENT",
    "UNDEF",
    "a",
    "true",
    "false",
    "COUNT",
    "SUM",
    "AVG",
    "MIN",
    "MAX",
    "SAMPLE",
    "GROUP_CONCAT",
    "SEPARATOR",
    "STR",
    "LANG",
    "LANGMATCHES",
    "DATATYPE",
    "BOUND",
    "IRI",
    "URI",
    "BNODE",
    "RAND",
    "ABS",
    "CEIL",
    "FLOOR",
    "ROUND",
    "CONCAT",
    "STRLEN",
    "SUBSTR",
    "UCASE",
    "LCASE",
    "ENCODE_FOR_URI",
    "CONTAINS",
    "STRSTARTS",
    "STRENDS",
    "STRBEFORE",
    "STRAFTER",
    "YEAR",
    "MONTH",
    "DAY",
    "HOURS",
    "MINUTES",
    "SECONDS",
    "TIMEZONE",
    "TZ",
    "NOW",
    "UUID",
    "STRUUID",
    "MD5",
    "SHA1",
    "SHA256",
    "SHA384",
    "SHA512",
    "COALESCE",
    "IF",
    "STRLANG",
    "STRDT",
    "sameTerm",
    "isIRI",
    "isURI",
    "isBLANK",
    "isLITERAL",
    "isNUMERIC",
    "REGEX",
    "REPLACE",
    "INSERT",
    "DELETE",
    "LOAD",
    "CLEAR",
    "DROP",
    "CREATE",
    "ADD",
    "MOVE",
    "COPY",
    "WITH",
    "DATA",
    "USING",
    "INTO",
    "TO",
    "DEFAULT",
    "ALL",
];

/// Things that may follow a beginning, in words, with a text that stands for them.
const THINGS: [(&str, &str); 18] = [
    ("a variable", "?x"),
    ("a name such as rel:kind", "rel:x"),
    ("a string", "\"x\""),
    ("a number", "1"),
    ("\"{\"", "{"),
    ("\"}\"", "}"),
    ("\"(\"", "("),
    ("\")\"", ")"),
    ("\"]\"", "]"),
    ("\".\"", "."),
    ("\";\"", ";"),
    ("\",\"", ","),
    ("\"*\"", "*"),
    ("\"^\"", "^"),
    ("\"!\"", "!"),
    ("\"=\"", "="),
    ("\"/\"", "/"),
    ("\"&&\"", "&&"),
];

/// White space behind a beginning: wider than the longest keyword, because the parser reports an error as
/// far behind its place as the keywords are long that it tried there.
const PADDING: &str = "\n                                        ";

/// A parser that knows the prefixes of [`PREFIXES`].
pub fn parser() -> SparqlParser {
    PREFIXES.iter().fold(SparqlParser::new(), |parser, (prefix, iri)| {
        parser.clone().with_prefix(*prefix, *iri).unwrap_or(parser)
    })
}

/// What a text is read as.
struct Grammar {
    /// What it calls a text.
    noun: &'static str,
    /// What the parser says of a text that is none.
    complaint: fn(&str) -> Option<String>,
}

const QUERY: Grammar = Grammar {
    noun: "query",
    complaint: |text| parser().parse_query(text).err().map(|error| error.to_string()),
};

const UPDATE: Grammar = Grammar {
    noun: "update",
    complaint: |text| parser().parse_update(text).err().map(|error| error.to_string()),
};

/// Reads a query; `origin` is the file that it comes from, where there is one.
///
/// # Errors
/// A text that is no query: the message holds line, caret and what was expected.
pub fn parse(text: &str, origin: Option<&str>) -> Result<Query> {
    nesting::check(text, origin)?;
    match parser().parse_query(text) {
        Ok(query) => Ok(in_order_of_text(query, text)),
        Err(_) if parser().parse_update(text).is_ok_and(|update| !update.operations.is_empty()) => {
            Err(Error::query("the text is an update, and a query is expected here")
                .with_hint("`mainstay query` and the shell run updates"))
        }
        Err(error) => Err(QUERY.diagnose(text, origin, &error.to_string())),
    }
}

/// Reads an update; `origin` is the file that it comes from, where there is one.
///
/// # Errors
/// As [`parse`].
pub fn parse_update(text: &str, origin: Option<&str>) -> Result<Update> {
    nesting::check(text, origin)?;
    parser().parse_update(text).map_err(|error| UPDATE.diagnose(text, origin, &error.to_string()))
}

/// The query with the variables of `SELECT *` in the order in which its text has them.
fn in_order_of_text(query: Query, text: &str) -> Query {
    if !text.contains('*') {
        return query;
    }
    let Query::Select { dataset, mut pattern, base_iri } = query else { return query };
    let tokens = tokens(text);
    let word = |token: &Token| &text[token.byte_span.clone()];
    let is_star = tokens
        .iter()
        .skip_while(|token| !word(token).eq_ignore_ascii_case("SELECT"))
        .skip(1)
        .find(|token| {
            !["DISTINCT", "REDUCED"].iter().any(|keyword| word(token).eq_ignore_ascii_case(keyword))
        })
        .is_some_and(|token| word(token) == "*");
    if let (true, Some(variables)) = (is_star, projected(&mut pattern)) {
        let mut places = FxHashMap::default();
        for (place, token) in tokens.iter().enumerate() {
            if let Some(name) = word(token).strip_prefix(['?', '$']) {
                places.entry(name).or_insert(place);
            }
        }
        variables.sort_by_key(|variable| places.get(variable.as_str()));
    }
    Query::Select { dataset, pattern, base_iri }
}

/// The variables of the outermost SELECT.
fn projected(pattern: &mut GraphPattern) -> Option<&mut Vec<Variable>> {
    match pattern {
        GraphPattern::Project { variables, .. } => Some(variables),
        GraphPattern::Distinct { inner }
        | GraphPattern::Reduced { inner }
        | GraphPattern::Slice { inner, .. } => projected(inner),
        _ => None,
    }
}

/// Whether a text can become a query by adding to its end.
pub fn is_beginning(text: &str) -> bool {
    QUERY.begins_with(text)
}

/// The keywords that may follow the beginning of a query.
pub fn keywords_after(beginning: &str) -> Vec<&'static str> {
    QUERY.keywords_after(beginning)
}

impl Grammar {
    /// Whether a text can become one by adding to its end.
    fn begins_with(&self, text: &str) -> bool {
        if nesting::too_deep(text).is_some() {
            return false;
        }
        let Some(complaint) = (self.complaint)(&format!("{text}{PADDING}")) else { return true };
        let end = (text.bytes().filter(|byte| *byte == b'\n').count() + 2, PADDING.len());
        place(&complaint).is_some_and(|place| place == end)
    }

    fn keywords_after(&self, beginning: &str) -> Vec<&'static str> {
        KEYWORDS.into_iter().filter(|keyword| self.begins_with(&format!("{beginning} {keyword}"))).collect()
    }

    fn diagnose(&self, text: &str, origin: Option<&str>, message: &str) -> Error {
        let tokens: Vec<Token> = tokens(text).into_iter().filter(|t| t.kind != TokenKind::Comment).collect();
        if tokens.is_empty() {
            return Error::query(format!("the {} is empty", self.noun))
                .with_hint("try SELECT ?s WHERE { ?s a rel:Service }");
        }
        let first_bad = self.first_unexpected(text, &tokens);
        let report = |what: String, span: Range<usize>| Error::query(shown(text, origin, &what, span));
        if let Some(token) = unknown_prefix(text, &tokens[..tokens.len().min(first_bad + 1)]) {
            return prefix_error(text, token, report);
        }
        let Some(bad) = tokens.get(first_bad) else {
            let end = text.trim_end().len();
            return match rule_broken(message) {
                Some(rule) => {
                    match ungrouped(text, &tokens).filter(|_| rule.contains("SELECT contains a variable")) {
                        Some(variable) => ungrouped_error(text, variable, report),
                        None => report(rule, 0..tokens[0].byte_span.end),
                    }
                }
                None => self.ends_early(text, &tokens, end, report),
            };
        };
        let before = &text[..bad.byte_span.start];
        self.unexpected(text, before, bad, message, report)
    }

    /// Index of the first token that makes the text no beginning of one; the number of tokens if none does.
    fn first_unexpected(&self, text: &str, tokens: &[Token]) -> usize {
        let ends: Vec<usize> = tokens.iter().map(|token| token.byte_span.end).collect();
        ends.partition_point(|end| self.begins_with(&text[..*end]))
    }

    fn unexpected(
        &self,
        text: &str,
        before: &str,
        bad: &Token,
        message: &str,
        report: impl Fn(String, Range<usize>) -> Error,
    ) -> Error {
        let span = bad.byte_span.clone();
        let word = &text[span.clone()];
        if bad.kind == TokenKind::Broken {
            let what = if word.starts_with(['"', '\'']) {
                "this string has no closing quote".to_owned()
            } else {
                format!("{word} means nothing in SPARQL")
            };
            return report(what, span);
        }
        let keywords = self.keywords_after(before);
        let expected = self.expected(before, &keywords, word);
        if expected.is_empty() || matches!(word, "}" | ")") {
            let before_it = (self.complaint)(before.trim_end());
            if let Some(rule) = before_it.as_deref().and_then(rule_broken).or_else(|| rule_broken(message)) {
                let place = breaker(&rule, before).unwrap_or(span);
                return report(rule, place);
            }
        }
        let what = match expected.as_str() {
            "" => format!("{word} is not expected here: the {} is complete before it", self.noun),
            expected => format!("{word} is not expected here; expected {expected}"),
        };
        let mut error = report(what, span);
        if bad.kind == TokenKind::Word {
            let known = KEYWORDS.iter().find(|keyword| keyword.eq_ignore_ascii_case(word));
            if let Some(hint) = nearest::hint(word, keywords) {
                error = error.with_hint(hint);
            } else if let (None, Some(hint)) = (known, nearest::hint(word, KEYWORDS)) {
                error = error.with_hint(hint);
            }
            if let (Some(name), true) = (known, before.trim_end().to_ascii_uppercase().ends_with("SELECT")) {
                error = error
                    .with_hint(format!("an expression needs brackets and a name: ({name}(?x) AS ?name)"));
            }
        }
        error
    }

    fn ends_early(
        &self,
        text: &str,
        tokens: &[Token],
        end: usize,
        report: impl Fn(String, Range<usize>) -> Error,
    ) -> Error {
        let expected = self.expected(text, &self.keywords_after(text), "");
        let error = report(format!("the {} ends too early; expected {expected}", self.noun), end..end);
        match open_bracket(text, tokens) {
            Some(open) => {
                let line = text[..open.start].matches('\n').count() + 1;
                error.with_hint(format!("the \"{}\" in line {line} is not closed", &text[open]))
            }
            None => error,
        }
    }

    /// What may follow a beginning, in words; of many keywords the one nearest to `word` stands for all.
    fn expected(&self, before: &str, keywords: &[&str], word: &str) -> String {
        let mut names: Vec<String> = THINGS
            .iter()
            .filter(|(_, sample)| self.begins_with(&format!("{before} {sample}")))
            .map(|(name, _)| (*name).to_owned())
            .take(5)
            .collect();
        match keywords {
            [] | [_] | [_, _] | [_, _, _] => {
                names.extend(keywords.iter().map(|keyword| (*keyword).to_owned()))
            }
            [first, ..] => {
                let near = nearest::nearest(word, keywords.iter().copied(), 1);
                names.push(format!("a keyword such as {}", near.first().unwrap_or(first)));
            }
        }
        nearest::alternatives(&names)
    }
}

/// Line and column, both 1-based, in an error of the parser.
fn place(message: &str) -> Option<(usize, usize)> {
    let (line, rest) = message.strip_prefix("error at ")?.split_once(':')?;
    let (column, _) = rest.split_once(':')?;
    Some((line.parse().ok()?, column.parse().ok()?))
}

/// The last bracket that is opened and not closed.
fn open_bracket(text: &str, tokens: &[Token]) -> Option<Range<usize>> {
    let mut open = Vec::new();
    for token in tokens.iter().filter(|token| token.kind == TokenKind::Punctuation) {
        match &text[token.byte_span.clone()] {
            "{" | "(" | "[" => open.push(token.byte_span.clone()),
            "}" | ")" | "]" => drop(open.pop()),
            _ => {}
        }
    }
    open.pop()
}

fn unknown_prefix<'a>(text: &str, tokens: &'a [Token]) -> Option<&'a Token> {
    let declared = declared_prefixes(text, tokens);
    tokens.iter().enumerate().find_map(|(index, token)| {
        let declares = index > 0 && text[tokens[index - 1].byte_span.clone()].eq_ignore_ascii_case("PREFIX");
        let prefix = prefix_of(text, token)?;
        (!declares && !declared.contains(&prefix)).then_some(token)
    })
}

fn prefix_of<'a>(text: &'a str, token: &Token) -> Option<&'a str> {
    (token.kind == TokenKind::PrefixedName)
        .then(|| text[token.byte_span.clone()].split(':').next().unwrap_or_default())
}

fn declared_prefixes<'a>(text: &'a str, tokens: &[Token]) -> Vec<&'a str> {
    let in_text = tokens.windows(2).filter_map(|pair| {
        let keyword = &text[pair[0].byte_span.clone()];
        keyword.eq_ignore_ascii_case("PREFIX").then(|| prefix_of(text, &pair[1])).flatten()
    });
    PREFIXES.iter().map(|(prefix, _)| *prefix).chain(in_text).collect()
}

fn prefix_error(text: &str, token: &Token, report: impl Fn(String, Range<usize>) -> Error) -> Error {
    let start = token.byte_span.start;
    let prefix = prefix_of(text, token).unwrap_or_default();
    let error = report(format!("the prefix {prefix}: is not known"), start..start + prefix.len() + 1);
    match nearest::nearest(prefix, PREFIXES.iter().map(|(known, _)| *known), 3).as_slice() {
        [] => error.with_hint(format!("declare it before the query: PREFIX {prefix}: <http://…>")),
        near => {
            let near: Vec<String> = near.iter().map(|name| format!("{name}:")).collect();
            error.with_hint(format!("did you mean {}?", nearest::alternatives(&near)))
        }
    }
}

/// `origin:line:column: what`, the line, and carets under the place.
pub fn shown(text: &str, origin: Option<&str>, what: &str, span: Range<usize>) -> String {
    let line_start = text[..span.start].rfind('\n').map_or(0, |at| at + 1);
    let line = text[line_start..].lines().next().unwrap_or_default();
    let number = text[..line_start].matches('\n').count() + 1;
    let before = &text[line_start..span.start];
    let column = before.chars().count() + 1;
    let place = match origin {
        Some(origin) => format!("{origin}:{number}:{column}: {what}"),
        None => format!("{what} (line {number}, column {column})"),
    };
    let gutter = " ".repeat(number.to_string().len());
    let indent: String = before.chars().map(|c| if c == '\t' { '\t' } else { ' ' }).collect();
    let carets = "^".repeat(text[span].lines().next().unwrap_or_default().chars().count().max(1));
    format!("{place}\n {gutter} |\n {number} | {line}\n {gutter} | {indent}{carets}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(text: &str) -> String {
        let error = parse(text, None).unwrap_err();
        std::iter::once(error.to_string()).chain(error.hints().iter().cloned()).collect::<Vec<_>>().join("\n")
    }

    #[test]
    fn known_prefixes_need_no_declaration() {
        assert!(parse("SELECT ?s { ?s a rel:Service ; rdfs:label ?l }", None).is_ok());
    }

    #[test]
    fn a_star_keeps_the_order_of_the_text() {
        let text = "PREFIX x: <http://x/> SELECT DISTINCT * { ?z x:p $a . ?z x:q ?m } LIMIT 3";
        let Ok(Query::Select { mut pattern, .. }) = parse(text, None) else { panic!("{text}") };
        let names: Vec<&str> = projected(&mut pattern).unwrap().iter().map(|v| v.as_str()).collect();
        assert_eq!(names, ["z", "a", "m"]);
    }

    #[test]
    fn a_misspelt_keyword_gets_its_place_and_the_nearest() {
        insta::assert_snapshot!(error("SELECT ?s WHERE {\n  ?s ?p ?o FILER(?o > 3) }"), @r#"
        FILER is not expected here; expected "{", "}", ".", ";", "," or a keyword such as FILTER (line 2, column 12)
           |
         2 |   ?s ?p ?o FILER(?o > 3) }
           |            ^^^^^
        did you mean FILTER?
        "#);
        insta::assert_snapshot!(error("SELET ?s { ?s ?p ?o }"), @r"
        SELET is not expected here; expected a keyword such as SELECT (line 1, column 1)
           |
         1 | SELET ?s { ?s ?p ?o }
           | ^^^^^
        did you mean SELECT?
        ");
        insta::assert_snapshot!(error("SELECT ?s { ?s ?p ?o FILTER(CONTAIN(?o, 'x')) }"), @r#"
        CONTAIN is not expected here; expected a variable, a name such as rel:kind, a string, a number, "(" or a keyword such as CONTAINS (line 1, column 29)
           |
         1 | SELECT ?s { ?s ?p ?o FILTER(CONTAIN(?o, 'x')) }
           |                             ^^^^^^^
        did you mean CONTAINS?
        "#);
    }

    #[test]
    fn an_unknown_prefix_gets_the_nearest_or_how_to_declare_it() {
        insta::assert_snapshot!(error("SELECT ?s { ?s rell:kind ?o }"), @r"
        the prefix rell: is not known (line 1, column 16)
           |
         1 | SELECT ?s { ?s rell:kind ?o }
           |                ^^^^^
        did you mean rel:?
        ");
        insta::assert_snapshot!(error("SELECT ?s { ?s foo:kind ?o }"), @r"
        the prefix foo: is not known (line 1, column 16)
           |
         1 | SELECT ?s { ?s foo:kind ?o }
           |                ^^^^
        declare it before the query: PREFIX foo: <http://…>
        ");
    }

    #[test]
    fn what_is_missing_is_named() {
        insta::assert_snapshot!(error("SELECT ?s WHERE {\n ?s ?p ?o "), @r#"
        the query ends too early; expected "{", "}", ".", ";", "," or a keyword such as FILTER (line 2, column 10)
           |
         2 |  ?s ?p ?o 
           |          ^
        the "{" in line 1 is not closed
        "#);
        insta::assert_snapshot!(error("SELECT ?s { ?s a rel:Service ?s rdfs:label ?l }"), @r#"
        ?s is not expected here; expected "{", "}", ".", ";", "," or a keyword such as FILTER (line 1, column 30)
           |
         1 | SELECT ?s { ?s a rel:Service ?s rdfs:label ?l }
           |                              ^^
        "#);
        insta::assert_snapshot!(error("SELECT ?s { ?s ?p ?o } ORDER ?s"), @r"
        ?s is not expected here; expected BY (line 1, column 30)
           |
         1 | SELECT ?s { ?s ?p ?o } ORDER ?s
           |                              ^^
        ");
        insta::assert_snapshot!(error("SELECT COUNT(?s) { ?s ?p ?o }"), @r#"
        COUNT is not expected here; expected a variable, "(", "*", DISTINCT or REDUCED (line 1, column 8)
           |
         1 | SELECT COUNT(?s) { ?s ?p ?o }
           |        ^^^^^
        an expression needs brackets and a name: (COUNT(?x) AS ?name)
        "#);
        insta::assert_snapshot!(error("SELECT ?s { ?s ?p \"abc }"), @r#"
        this string has no closing quote (line 1, column 19)
           |
         1 | SELECT ?s { ?s ?p "abc }
           |                   ^^^^^^
        "#);
        insta::assert_snapshot!(error(" # nothing"), @r"
        the query is empty
        try SELECT ?s WHERE { ?s a rel:Service }
        ");
    }

    #[test]
    fn broken_rules_are_told() {
        insta::assert_snapshot!(error("SELECT ?s ?x { ?s ?p ?o } GROUP BY ?s"), @r"
        ?x is neither grouped nor aggregated (line 1, column 11)
           |
         1 | SELECT ?s ?x { ?s ?p ?o } GROUP BY ?s
           |           ^^
        add it to GROUP BY, or select one of its values: (SAMPLE(?x) AS ?one)
        ");
        insta::assert_snapshot!(error("SELECT ?s (COUNT(?o) AS ?n) { ?s ?p ?o }"), @r"
        ?s is neither grouped nor aggregated (line 1, column 8)
           |
         1 | SELECT ?s (COUNT(?o) AS ?n) { ?s ?p ?o }
           |        ^^
        add it to GROUP BY, or select one of its values: (SAMPLE(?s) AS ?one)
        ");
        insta::assert_snapshot!(error("SELECT ?s { ?s ?p ?o BIND(1 AS ?o) }"), @r"
        BIND is overriding an existing variable (line 1, column 36)
           |
         1 | SELECT ?s { ?s ?p ?o BIND(1 AS ?o) }
           |                                    ^
        ");
        insta::assert_snapshot!(error("SELECT ?s { ?s ?p ?o } }"), @r"
        } is not expected here; expected a keyword such as VALUES (line 1, column 24)
           |
         1 | SELECT ?s { ?s ?p ?o } }
           |                        ^
        ");
        insta::assert_snapshot!(error("INSERT DATA { svc:a rel:b 1 }"), @r"
        the text is an update, and a query is expected here
        `mainstay query` and the shell run updates
        ");
    }
}
