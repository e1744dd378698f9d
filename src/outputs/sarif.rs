//! SARIF 2.1.0 (OASIS, <https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html>): findings that editors
//! and code hosts show at their lines.

use super::write_failed;
use crate::answers::check::{Finding, Report, Rule};
use crate::error::Result;
use serde_json::{Value, json};
use std::io::Write;

const SCHEMA: &str = "https://json.schemastore.org/sarif-2.1.0.json";

/// Writes a report as a SARIF log with one run.
///
/// # Errors
/// An output that fails.
pub fn sarif(report: &Report, output: &mut dyn Write) -> Result<()> {
    let log = json!({
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "mainstay",
                "version": env!("CARGO_PKG_VERSION"),
                "rules": report.rules.iter().map(rule).collect::<Vec<_>>(),
            }},
            "columnKind": "utf16CodeUnits",
            "results": report.findings.iter().map(|finding| result(report, finding)).collect::<Vec<_>>(),
        }],
    });
    let text = serde_json::to_string_pretty(&log).map_err(|error| write_failed(error.into()))?;
    writeln!(output, "{text}").map_err(write_failed)
}

fn rule(rule: &Rule) -> Value {
    let help = if rule.description.is_empty() { &rule.summary } else { &rule.description };
    json!({
        "id": rule.name,
        "shortDescription": { "text": rule.summary },
        "fullDescription": { "text": help },
        "help": { "text": help },
        "defaultConfiguration": { "level": rule.level.name() },
    })
}

fn result(report: &Report, finding: &Finding) -> Value {
    let mut result = json!({
        "ruleId": finding.rule,
        "ruleIndex": report.rules.iter().position(|rule| rule.name == finding.rule),
        "level": finding.level.name(),
        "message": { "text": finding.message },
    });
    if !finding.file.is_empty() {
        let mut place = json!({ "artifactLocation": { "uri": uri(&finding.file) } });
        if finding.line > 0 {
            place["region"] = json!({ "startLine": finding.line });
        }
        result["locations"] = json!([{ "physicalLocation": place }]);
    }
    result
}

/// A relative path as a URI reference (RFC 3986): what is neither unreserved nor `/` is escaped.
fn uri(path: &str) -> String {
    let mut uri = String::with_capacity(path.len());
    for byte in path.bytes() {
        if byte.is_ascii_alphanumeric() || b"/-._~".contains(&byte) {
            uri.push(char::from(byte));
        } else {
            uri.push_str(&format!("%{byte:02X}"));
        }
    }
    uri
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::answers::check::Level;

    #[test]
    fn a_log_has_what_readers_of_sarif_need() {
        let rule = Rule {
            name: "unparsed".to_owned(),
            summary: "Not understood".to_owned(),
            description: String::new(),
            level: Level::Warning,
        };
        let finding = |file: &str, line| Finding {
            file: file.to_owned(),
            line,
            rule: "unparsed".to_owned(),
            message: "what?".to_owned(),
            level: Level::Warning,
        };
        let report = Report {
            rules: vec![rule],
            findings: vec![finding("a b/c.md", 7), finding("c.md", 0), finding("", 0)],
        };
        let mut bytes = Vec::new();
        sarif(&report, &mut bytes).unwrap();
        let log: Value = serde_json::from_slice(&bytes).unwrap();
        assert_eq!(
            (&log["version"], &log["runs"][0]["tool"]["driver"]["name"]),
            (&json!("2.1.0"), &json!("mainstay"))
        );
        let results = log["runs"][0]["results"].as_array().unwrap();
        let place = &results[0]["locations"][0]["physicalLocation"];
        assert_eq!(place["artifactLocation"]["uri"], "a%20b/c.md");
        assert_eq!(place["region"]["startLine"], 7);
        assert_eq!((&results[0]["level"], &results[0]["ruleIndex"]), (&json!("warning"), &json!(0)));
        assert!(results[1]["locations"][0]["physicalLocation"].get("region").is_none());
        assert!(results[2].get("locations").is_none());
    }
}
