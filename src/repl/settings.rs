//! The dot-commands that show or set how queries are run and shown.

use super::shell::Shell;
use crate::commands::limits::{bytes, seconds, shown_bytes};
use crate::error::{Error, Result};

impl Shell<'_> {
    /// Shows a setting, or sets it. Gives whether there is such a setting.
    pub(super) fn setting(&mut self, name: &str, value: Option<&str>) -> Result<bool> {
        let runner = &mut self.runner;
        let shown = match (name, value) {
            ("format" | "mode", None) => {
                runner.format.map_or("auto".to_owned(), |format| format.name().to_owned())
            }
            ("limit", None) => or_off(runner.limit.map(|rows| rows.to_string())),
            ("max-memory", None) => or_off(runner.limits.max_memory.map(shown_bytes)),
            ("max-rows", None) => or_off(runner.limits.max_rows.map(|rows| rows.to_string())),
            ("pager", None) => (if self.paged { "on" } else { "off" }).to_owned(),
            ("timeout", None) => or_off(runner.limits.timeout.map(|time| time.as_secs_f64().to_string())),
            ("timing", None) => (if runner.told { "on" } else { "off" }).to_owned(),
            (name, Some(value)) => return self.set(name, value),
            _ => return Ok(false),
        };
        self.print(&format!("{shown}\n"))?;
        Ok(true)
    }

    fn set(&mut self, name: &str, value: &str) -> Result<bool> {
        let runner = &mut self.runner;
        let rows = |text: &str| {
            text.parse::<usize>().map_err(|_| Error::usage(format!("{text} is no number of rows, nor off")))
        };
        let named = |error: Error| Error::usage(format!("{value}: {error}; or off"));
        match name {
            "format" | "mode" if value == "auto" => runner.format = None,
            "format" | "mode" => runner.format = Some(value.parse()?),
            "limit" => runner.limit = unless_off(value, rows)?,
            "max-memory" => runner.limits.max_memory = unless_off(value, bytes).map_err(named)?,
            "max-rows" => runner.limits.max_rows = unless_off(value, rows)?,
            "timeout" => runner.limits.timeout = unless_off(value, seconds).map_err(named)?,
            "pager" => self.paged = on(value)?,
            "timing" => runner.told = on(value)?,
            _ => return Ok(false),
        }
        Ok(true)
    }
}

fn on(value: &str) -> Result<bool> {
    match value {
        "on" => Ok(true),
        "off" => Ok(false),
        other => Err(Error::usage(format!("{other} is neither on nor off"))),
    }
}

fn or_off(value: Option<String>) -> String {
    value.unwrap_or_else(|| "off".to_owned())
}

fn unless_off<T>(value: &str, parse: impl Fn(&str) -> Result<T>) -> Result<Option<T>> {
    if value == "off" { Ok(None) } else { parse(value).map(Some) }
}
