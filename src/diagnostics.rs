//! What was noticed about the input: bad input gives a value *and* diagnostics, never a panic and never
//! silence.

use std::fmt;

/// How much a [`Diagnostic`] matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Worth knowing; nothing is missing.
    Note,
    /// Something could not be understood or was left out.
    Warning,
    /// A whole file could not be used.
    Error,
}

/// One thing that was noticed, with its place.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Diagnostic {
    /// The file as the user named it (or as found below a folder that the user named).
    pub file: String,
    /// 1-based line in the file; 0 where the diagnostic is about the whole file.
    pub line: u32,
    /// How much it matters.
    pub severity: Severity,
    /// A stable name in kebab case, such as `missing-include`.
    pub code: &'static str,
    /// What was noticed, in plain words, without a full stop.
    pub message: String,
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let severity = match self.severity {
            Severity::Note => "note",
            Severity::Warning => "warning",
            Severity::Error => "error",
        };
        write!(f, "{}", self.file)?;
        if self.line > 0 {
            write!(f, ":{}", self.line)?;
        }
        write!(f, ": {severity}: {} [{}]", self.message, self.code)
    }
}
