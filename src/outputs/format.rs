//! The formats and their names.

use crate::error::{Error, Result};
use crate::nearest;
use oxrdfio::{JsonLdProfileSet, RdfFormat};
use sparesults::QueryResultsFormat;
use std::fmt;
use std::str::FromStr;

/// A format of results.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// A table for people, fitted to the terminal.
    Table,
    /// Comma-separated values: SPARQL 1.1 CSV results for terms, RFC 4180 for plain cells.
    Csv,
    /// Tab-separated values: SPARQL 1.1 TSV results for terms.
    Tsv,
    /// SPARQL 1.1 JSON results.
    Json,
    /// One JSON object a line, with plain values.
    Jsonl,
    /// SPARQL XML results.
    Xml,
    /// A table of GitHub's Markdown.
    Markdown,
    /// Turtle 1.1.
    Turtle,
    /// N-Triples 1.1.
    NTriples,
    /// N-Quads 1.1.
    NQuads,
    /// TriG 1.1.
    TriG,
    /// RDF/XML 1.1.
    RdfXml,
    /// JSON-LD 1.1.
    JsonLd,
    /// A directed graph for Graphviz.
    Dot,
    /// SARIF 2.1.0, for the findings of checks.
    Sarif,
}

impl Format {
    /// All formats with their names.
    pub const ALL: [(Self, &'static str); 15] = [
        (Self::Table, "table"),
        (Self::Csv, "csv"),
        (Self::Tsv, "tsv"),
        (Self::Json, "json"),
        (Self::Jsonl, "jsonl"),
        (Self::Xml, "xml"),
        (Self::Markdown, "markdown"),
        (Self::Turtle, "turtle"),
        (Self::NTriples, "ntriples"),
        (Self::NQuads, "nquads"),
        (Self::TriG, "trig"),
        (Self::RdfXml, "rdfxml"),
        (Self::JsonLd, "jsonld"),
        (Self::Dot, "dot"),
        (Self::Sarif, "sarif"),
    ];

    /// Its name.
    pub fn name(self) -> &'static str {
        Self::ALL.iter().find(|(format, _)| *format == self).map_or("table", |(_, name)| name)
    }

    /// Whether it holds triples and no rows.
    pub fn is_rdf(self) -> bool {
        self.rdf().is_some() || self == Self::Dot
    }

    /// Its RDF syntax, where it has one.
    pub fn rdf(self) -> Option<RdfFormat> {
        Some(match self {
            Self::Turtle => RdfFormat::Turtle,
            Self::NTriples => RdfFormat::NTriples,
            Self::NQuads => RdfFormat::NQuads,
            Self::TriG => RdfFormat::TriG,
            Self::RdfXml => RdfFormat::RdfXml,
            Self::JsonLd => RdfFormat::JsonLd { profile: JsonLdProfileSet::default() },
            _ => return None,
        })
    }

    /// Its SPARQL results syntax, where it has one.
    pub fn sparql(self) -> Option<QueryResultsFormat> {
        Some(match self {
            Self::Csv => QueryResultsFormat::Csv,
            Self::Tsv => QueryResultsFormat::Tsv,
            Self::Json => QueryResultsFormat::Json,
            Self::Xml => QueryResultsFormat::Xml,
            _ => return None,
        })
    }

    /// The ending of its files.
    pub fn extension(self) -> &'static str {
        match self {
            Self::Table => "txt",
            Self::Markdown => "md",
            Self::Turtle => "ttl",
            Self::NTriples => "nt",
            Self::NQuads => "nq",
            Self::RdfXml => "rdf",
            other => other.name(),
        }
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Format {
    type Err = Error;

    /// The format of a name, of a file ending or of another common name.
    fn from_str(name: &str) -> Result<Self> {
        let wanted = name.to_ascii_lowercase();
        let wanted = match wanted.as_str() {
            "md" => "markdown",
            "ttl" => "turtle",
            "nt" | "n-triples" => "ntriples",
            "nq" | "n-quads" => "nquads",
            "rdf" | "rdf/xml" => "rdfxml",
            "json-ld" => "jsonld",
            "ndjson" | "json-lines" => "jsonl",
            other => other,
        };
        let names = || Self::ALL.iter().map(|(_, name)| *name);
        Self::ALL.iter().find(|(_, name)| *name == wanted).map(|(format, _)| *format).ok_or_else(|| {
            let all: Vec<&str> = names().collect();
            let error = Error::usage(format!("there is no format {name}"));
            let error = match nearest::hint(name, names()) {
                Some(hint) => error.with_hint(hint),
                None => error,
            };
            error.with_hint(format!("the formats are {}", all.join(", ")))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_format_is_known_by_its_name_and_ending() {
        for (format, name) in Format::ALL {
            assert_eq!(name.parse::<Format>().unwrap(), format);
            if format != Format::Table {
                assert_eq!(format.extension().parse::<Format>().unwrap(), format);
            }
        }
        assert_eq!("tabel".parse::<Format>().unwrap_err().hints()[0], "did you mean table?");
    }
}
