//! The limits of a query as people write them: `--timeout 2.5`, `--max-rows 1000`, `--max-memory 512M`.

use crate::engine::QueryOptions;
use crate::error::{Error, Result};
use std::time::Duration;

/// What a query may use up; more is an error, exit code 5.
#[derive(clap::Args, Clone, Debug, Default)]
pub struct LimitOptions {
    /// Longest time of a query in seconds
    #[arg(long, global = true, value_name = "SECONDS", value_parser = seconds)]
    pub timeout: Option<Duration>,
    /// Most rows of a query; more are an error, after as many rows
    #[arg(long, global = true, value_name = "ROWS")]
    pub max_rows: Option<usize>,
    /// Most memory of a step of a query, such as 512M [default: 2G]
    #[arg(long, global = true, value_name = "BYTES", value_parser = bytes)]
    pub max_memory: Option<usize>,
}

impl LimitOptions {
    /// Options of a query with these limits.
    pub fn query_options(&self) -> QueryOptions {
        QueryOptions {
            timeout: self.timeout,
            max_rows: self.max_rows,
            max_memory: self.max_memory,
            ..QueryOptions::default()
        }
    }
}

/// A time in seconds, such as `2.5`.
///
/// # Errors
/// A text that is no number above 0, or one that is too large.
pub fn seconds(text: &str) -> Result<Duration> {
    let seconds: f64 =
        text.parse().map_err(|_| Error::usage("a number of seconds is expected, such as 2.5"))?;
    if seconds.is_nan() || seconds <= 0.0 {
        return Err(Error::usage("it must be more than 0"));
    }
    Duration::try_from_secs_f64(seconds).map_err(|error| Error::usage(error.to_string()))
}

/// The units of memory, each 1024 times the one before.
const UNITS: [&str; 4] = ["", "K", "M", "G"];

/// A number of bytes, with or without a unit: `512M`, `2 GiB`, `65536`.
///
/// # Errors
/// A text that is no such number, or one that is too large.
pub fn bytes(text: &str) -> Result<usize> {
    let wrong = || Error::usage("a number of bytes is expected, such as 512M or 2G");
    let upper = text.trim().to_ascii_uppercase();
    let end = upper.find(|c: char| !c.is_ascii_digit()).unwrap_or(upper.len());
    let (number, unit) = upper.split_at(end);
    let unit = unit.trim().trim_end_matches('B').trim_end_matches('I');
    let power = UNITS.iter().position(|known| *known == unit).ok_or_else(wrong)?;
    let number: usize = number.parse().map_err(|_| wrong())?;
    number.checked_mul(1 << (10 * power)).ok_or_else(wrong)
}

/// A number of bytes as people write it: `512M`.
pub fn shown_bytes(bytes: usize) -> String {
    let fits = |power: &usize| bytes > 0 && bytes.is_multiple_of(1 << (10 * power));
    let power = (0..UNITS.len()).rev().find(fits).unwrap_or(0);
    format!("{}{}", bytes >> (10 * power), UNITS[power])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_have_units() {
        for (text, expected) in [
            ("0", 0),
            ("65536", 65536),
            ("64k", 65536),
            ("512M", 512 << 20),
            ("2 GiB", 2 << 30),
            ("1mb", 1 << 20),
        ] {
            assert_eq!(bytes(text).unwrap(), expected, "{text}");
            assert_eq!(bytes(&shown_bytes(expected)).unwrap(), expected);
        }
        for text in ["", "M", "-1", "2.5G", "1T", "99999999999999999999", "99999999999G"] {
            assert!(bytes(text).is_err(), "{text}");
        }
        assert_eq!(shown_bytes(512 << 20), "512M");
        assert_eq!(shown_bytes(1000), "1000");
    }

    #[test]
    fn seconds_are_positive() {
        assert_eq!(seconds("0.25").unwrap(), Duration::from_millis(250));
        for text in ["0", "-1", "soon", "NaN", "1e300", ""] {
            assert!(seconds(text).is_err(), "{text}");
        }
    }
}
