//! What is wrong with a cue, and where.

use std::fmt;

/// The result of reading cues.
pub(super) type Result<T, E = Mistake> = std::result::Result<T, E>;

/// What is wrong with a cue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Mistake {
    /// The cue as its file writes it.
    pub cue: String,
    /// Where in it, in bytes.
    pub at: usize,
    what: String,
}

impl Mistake {
    /// What is wrong at a byte of a cue, in plain words without a full stop.
    pub fn new(cue: &str, at: usize, what: impl Into<String>) -> Self {
        Self { cue: cue.to_owned(), at, what: what.into() }
    }

    /// A mistake that is no cue's yet.
    pub fn anywhere(what: impl Into<String>) -> Self {
        Self::new("", 0, what)
    }

    /// The same, at a byte of this cue unless it is already known to be in another.
    pub fn in_cue(self, cue: &str, at: usize) -> Self {
        if self.cue.is_empty() { Self { cue: cue.to_owned(), at, ..self } } else { self }
    }
}

impl fmt::Display for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let column = self.cue.get(..self.at).unwrap_or(&self.cue).chars().count() + 1;
        write!(f, "{}, at character {column} of the cue \"{}\"", self.what, self.cue)
    }
}

impl std::error::Error for Mistake {}
