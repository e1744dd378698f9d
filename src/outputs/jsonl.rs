//! One JSON object a line.

use super::RowWriter;
use super::plain::{Cells, plain};
use oxrdf::vocab::xsd;
use oxrdf::{Term, Variable};
use serde_json::Value;
use std::io::{self, Write};

/// Writes each row as an object whose members stand in the order of the variables: numbers and booleans as such,
/// anything else as a string; where nothing is bound an empty string for plain cells, `null` for terms.
pub struct JsonLinesWriter<'w> {
    names: Vec<String>,
    nothing: Value,
    output: &'w mut dyn Write,
}

impl<'w> JsonLinesWriter<'w> {
    pub fn new(cells: Cells, variables: &[Variable], output: &'w mut dyn Write) -> Self {
        let names = variables.iter().map(|variable| Value::from(variable.as_str()).to_string()).collect();
        let nothing = if cells == Cells::Plain { Value::from("") } else { Value::Null };
        Self { names, nothing, output }
    }
}

impl RowWriter for JsonLinesWriter<'_> {
    fn row(&mut self, values: &[Option<Term>]) -> io::Result<()> {
        let mut line = String::from("{");
        for (name, value) in self.names.iter().zip(values) {
            if line.len() > 1 {
                line.push_str(", ");
            }
            line.push_str(name);
            line.push_str(": ");
            line.push_str(&value.as_ref().map_or_else(|| self.nothing.clone(), json).to_string());
        }
        line.push_str("}\n");
        self.output.write_all(line.as_bytes())
    }

    fn finish(self: Box<Self>) -> io::Result<()> {
        Ok(())
    }
}

fn json(term: &Term) -> Value {
    let text = plain(term);
    let Term::Literal(literal) = term else { return text.into() };
    let number = match literal.datatype() {
        xsd::BOOLEAN => return matches!(text.as_str(), "true" | "1").into(),
        xsd::INTEGER | xsd::INT | xsd::LONG => text.parse::<i64>().ok().map(Value::from),
        xsd::DECIMAL | xsd::DOUBLE | xsd::FLOAT => {
            text.parse::<f64>().ok().filter(|n| n.is_finite()).map(Value::from)
        }
        _ => None,
    };
    number.unwrap_or_else(|| text.into())
}
