//! Texts that people write in files: queries, shapes, statements.

use crate::error::{Error, Result};
use std::path::Path;

/// The text of a file, without the byte order mark that some editors put in front.
///
/// # Errors
/// A file that can't be read or isn't UTF-8.
pub fn read(path: &Path) -> Result<String> {
    std::fs::read_to_string(path).map(without_mark).map_err(|error| Error::io("read", path, error))
}

/// A text without a byte order mark in front.
pub fn without_mark(mut text: String) -> String {
    if text.starts_with('\u{feff}') {
        text.drain(..'\u{feff}'.len_utf8());
    }
    text
}
