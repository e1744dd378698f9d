//! How work inside the general evaluator is stopped.
//!
//! The evaluator hands an error of its dataset on as a row and goes on with the next one, so that errors alone
//! would not end its sorts, hash tables and groups. What it calls back therefore unwinds through it once the
//! query is cancelled, and [`caught`] turns that into an error. Nothing of the evaluator is used after that.

use crate::error::Error;
use spareval::{CancellationToken, QueryEvaluationError};
use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

/// What unwinds; no panic, so that no message is printed.
struct Stopped;

/// Stops the work around it, up to [`caught`], if the query was cancelled.
#[inline]
pub(super) fn stop_if_cancelled(cancellation: &CancellationToken) {
    if cancellation.is_cancelled() {
        resume_unwind(Box::new(Stopped));
    }
}

/// What work gives, or that it was cancelled; a panic inside the general evaluator is an error of the query.
pub(super) fn caught<T>(
    work: impl FnOnce() -> Result<T, QueryEvaluationError>,
) -> Result<T, QueryEvaluationError> {
    // What is left of the work is dropped, not used.
    match catch_unwind(AssertUnwindSafe(work)) {
        Ok(result) => result,
        Err(payload) if payload.is::<Stopped>() => Err(QueryEvaluationError::Cancelled),
        Err(payload) => Err(QueryEvaluationError::Unexpected(Box::new(panicked(&*payload)))),
    }
}

fn panicked(payload: &(dyn Any + Send)) -> Error {
    let message = payload.downcast_ref::<&str>().copied();
    let message = message.or_else(|| payload.downcast_ref::<String>().map(String::as_str));
    Error::query(format!("the general evaluator failed: {}", message.unwrap_or("it does not say why")))
}

/// Rows that end with an error when they are stopped.
pub(super) struct Caught<R> {
    rows: Option<R>,
}

impl<R> Caught<R> {
    pub(super) fn new(rows: R) -> Self {
        Self { rows: Some(rows) }
    }
}

impl<T, R: Iterator<Item = Result<T, QueryEvaluationError>>> Iterator for Caught<R> {
    type Item = R::Item;

    fn next(&mut self) -> Option<R::Item> {
        let rows = self.rows.as_mut()?;
        let row = caught(|| rows.next().transpose()).transpose();
        if !matches!(row, Some(Ok(_))) {
            self.rows = None;
        }
        row
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn work_is_stopped_where_it_asks_and_never_resumed() {
        let token = CancellationToken::new();
        let (own, done) = (token.clone(), std::cell::Cell::new(0));
        let mut rows = Caught::new((0..100).map(|row| {
            stop_if_cancelled(&own);
            done.set(done.get() + 1);
            Ok::<i32, QueryEvaluationError>(row)
        }));
        assert_eq!(rows.by_ref().take(3).filter_map(Result::ok).collect::<Vec<_>>(), [0, 1, 2]);
        token.cancel();
        assert!(matches!(rows.next(), Some(Err(QueryEvaluationError::Cancelled))));
        assert!(rows.next().is_none());
        assert_eq!(done.get(), 3);
    }

    #[test]
    fn a_panic_is_an_error() {
        let Err(QueryEvaluationError::Unexpected(error)) = caught::<()>(|| resume_unwind(Box::new("why")))
        else {
            panic!("no error")
        };
        assert_eq!(error.to_string(), "the general evaluator failed: why");
    }
}
