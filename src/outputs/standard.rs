//! The formats of results that the W3C lays down: CSV, TSV, JSON, XML.

use super::xml::XmlOutput;
use super::{Format, RowWriter, write_failed};
use crate::error::Result;
use oxrdf::{Term, Variable};
use sparesults::{QueryResultsFormat, QueryResultsSerializer, WriterSolutionsSerializer};
use std::io::{self, Write};

/// Writes rows in one of the formats of SPARQL results.
pub struct StandardWriter<'w> {
    variables: Vec<Variable>,
    serializer: WriterSolutionsSerializer<Box<dyn Write + 'w>>,
    ends_with_line: bool,
}

impl<'w> StandardWriter<'w> {
    pub fn new(format: Format, variables: &[Variable], output: &'w mut dyn Write) -> io::Result<Self> {
        let output: Box<dyn Write + 'w> =
            if format == Format::Xml { Box::new(XmlOutput(output)) } else { Box::new(output) };
        let serializer =
            QueryResultsSerializer::from_format(format.sparql().unwrap_or(QueryResultsFormat::Tsv))
                .serialize_solutions_to_writer(output, variables.to_vec())?;
        let ends_with_line = !matches!(format, Format::Json | Format::Xml);
        Ok(Self { variables: variables.to_vec(), serializer, ends_with_line })
    }
}

impl RowWriter for StandardWriter<'_> {
    fn row(&mut self, values: &[Option<Term>]) -> io::Result<()> {
        let bound = self
            .variables
            .iter()
            .zip(values)
            .filter_map(|(variable, value)| Some((variable, value.as_ref()?)));
        self.serializer.serialize(bound)
    }

    fn finish(self: Box<Self>) -> io::Result<()> {
        let mut output = self.serializer.finish()?;
        if self.ends_with_line { Ok(()) } else { output.write_all(b"\n") }
    }
}

/// Writes the answer to an ASK: in the format's own form where it has one, else as the word.
///
/// # Errors
/// An output that fails.
pub fn boolean(format: Format, answer: bool, output: &mut dyn Write) -> Result<()> {
    match format {
        Format::Json | Format::Xml => {
            let results = format.sparql().unwrap_or(QueryResultsFormat::Json);
            let serializer = QueryResultsSerializer::from_format(results);
            let written = serializer.serialize_boolean_to_writer(&mut *output, answer).map(drop);
            written.and_then(|()| output.write_all(b"\n"))
        }
        Format::Jsonl => writeln!(output, "{{\"boolean\": {answer}}}"),
        _ => writeln!(output, "{answer}"),
    }
    .map_err(write_failed)
}
