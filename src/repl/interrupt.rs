//! Ctrl-C stops the query that runs, not the shell.

use crate::error::{Error, Result};
use spareval::CancellationToken;
use std::sync::{Arc, Mutex, PoisonError};

/// The query that Ctrl-C stops.
#[derive(Clone)]
pub struct Interrupt {
    current: Arc<Mutex<CancellationToken>>,
}

impl Interrupt {
    /// Takes over Ctrl-C; once in a process.
    ///
    /// # Errors
    /// A system that refuses.
    pub fn install() -> Result<Self> {
        let interrupt = Self { current: Arc::new(Mutex::new(CancellationToken::new())) };
        let handler = interrupt.clone();
        ctrlc::set_handler(move || handler.lock().cancel())
            .map_err(|error| Error::input("Ctrl-C can't be handled").with_source(error))?;
        Ok(interrupt)
    }

    /// The token of the next query.
    pub fn next(&self) -> CancellationToken {
        let token = CancellationToken::new();
        *self.lock() = token.clone();
        token
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, CancellationToken> {
        self.current.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
