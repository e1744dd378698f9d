//! One JSON object a line.

use super::lines::Line;
use super::plain::{Cells, plain};
use oxrdf::vocab::xsd;
use oxrdf::{Term, Variable};
use serde_json::Value;

/// Each row as an object whose members stand in the order of the variables: numbers and booleans as such, anything
/// else as a string; where nothing is bound an empty string for plain cells, `null` for terms.
pub fn line(cells: Cells, variables: &[Variable]) -> Line {
    let names = variables.iter().map(|variable| Value::from(variable.as_str()));
    let before = |(column, name)| format!("{}{name}: ", if column == 0 { "{" } else { ", " });
    Line {
        head: String::new(),
        before: names.enumerate().map(before).collect(),
        end: if variables.is_empty() { "{}\n" } else { "}\n" },
        push: if cells == Cells::Plain { push_plain } else { push_term },
        push_words: |words, text| text.push_str(&Value::from(words).to_string()),
    }
}

fn push_plain(value: Option<&Term>, text: &mut String) {
    match value {
        Some(term) => text.push_str(&json(term).to_string()),
        None => text.push_str("\"\""),
    }
}

fn push_term(value: Option<&Term>, text: &mut String) {
    match value {
        Some(term) => text.push_str(&json(term).to_string()),
        None => text.push_str("null"),
    }
}

/// Decimals of as many digits are the same as numbers of JSON, which are read as doubles.
const PRECISE: usize = 15;

fn json(term: &Term) -> Value {
    let text = plain(term);
    let Term::Literal(literal) = term else { return text.into() };
    let number = match literal.datatype() {
        xsd::BOOLEAN => return matches!(text.as_str(), "true" | "1").into(),
        xsd::INTEGER | xsd::INT | xsd::LONG => text.parse::<i64>().ok().map(Value::from),
        xsd::DECIMAL if text.bytes().filter(u8::is_ascii_digit).count() > PRECISE => None,
        xsd::DECIMAL | xsd::DOUBLE | xsd::FLOAT => {
            text.parse::<f64>().ok().filter(|n| n.is_finite()).map(Value::from)
        }
        _ => None,
    };
    number.unwrap_or_else(|| text.into())
}
