//! What can go wrong, said so that a person knows the next step.
//!
//! An [`Error`] carries a kind (which decides the exit code), a message, the place it is about, hints that
//! say what to do next, and the error below it.

use std::fmt;
use std::path::Path;

/// The kind of an [`Error`]; it decides the exit code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorKind {
    /// The command line was wrong: exit code 2.
    Usage,
    /// A file or a graph could not be read or written: exit code 3.
    Input,
    /// A query was wrong or could not be evaluated: exit code 4.
    Query,
    /// A query ran out of its time, rows or memory, or was cancelled: exit code 5.
    Limit,
}

impl ErrorKind {
    /// The exit code of a process that ends with an error of this kind.
    pub fn exit_code(self) -> u8 {
        match self {
            Self::Usage => 2,
            Self::Input => 3,
            Self::Query => 4,
            Self::Limit => 5,
        }
    }
}

/// An error with its kind, message, hints and source.
#[derive(Debug)]
pub struct Error {
    kind: ErrorKind,
    message: String,
    hints: Vec<String>,
    source: Option<Box<dyn std::error::Error + Send + Sync>>,
}

/// The result of whatever can fail with an [`Error`].
pub type Result<T, E = Error> = std::result::Result<T, E>;

impl Error {
    /// An error of a kind with a message in plain words, without a full stop.
    pub fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self { kind, message: message.into(), hints: Vec::new(), source: None }
    }

    /// Bad usage of the command line.
    pub fn usage(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Usage, message)
    }

    /// Bad input: a file, a folder, a graph.
    pub fn input(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Input, message)
    }

    /// A bad query, or one that failed.
    pub fn query(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Query, message)
    }

    /// What an operation on a path failed with: `cannot read a/b.md: permission denied`.
    pub fn io(doing: &str, path: &Path, source: std::io::Error) -> Self {
        Self::input(format!("cannot {doing} {}", path.display())).with_source(source)
    }

    /// Adds a hint: the next step, as a sentence without a full stop.
    #[must_use]
    pub fn with_hint(mut self, hint: impl Into<String>) -> Self {
        self.hints.push(hint.into());
        self
    }

    /// Keeps the error below this one.
    #[must_use]
    pub fn with_source(mut self, source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        self.source = Some(source.into());
        self
    }

    /// The kind.
    pub fn kind(&self) -> ErrorKind {
        self.kind
    }

    /// The hints, in the order in which they were given.
    pub fn hints(&self) -> &[String] {
        &self.hints
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)?;
        match &self.source {
            Some(source) => write!(f, ": {source}"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.source.as_deref().map(|source| source as _)
    }
}
