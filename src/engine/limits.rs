//! Limits of a query: its time, its rows, and cancellation.

use super::QueryOptions;
use crate::error::{Error, ErrorKind};
use spareval::{CancellationToken, QueryEvaluationError, QueryResults, QuerySolutionIter, QueryTripleIter};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, mpsc};
use std::time::Duration;

/// Cancels a query when its time is over, as long as it lives.
pub(super) struct Watch {
    timeout: Duration,
    expired: Arc<AtomicBool>,
    /// Dropping it ends the watching thread.
    _alive: mpsc::Sender<()>,
}

impl Watch {
    /// Watches a query that starts now; nothing to watch without a timeout.
    pub(super) fn start(options: &QueryOptions) -> Option<Self> {
        let timeout = options.timeout?;
        let token = options.cancellation.clone();
        let expired = Arc::new(AtomicBool::new(false));
        let (alive, ended) = mpsc::channel();
        let flag = Arc::clone(&expired);
        std::thread::spawn(move || {
            if ended.recv_timeout(timeout) == Err(mpsc::RecvTimeoutError::Timeout) {
                flag.store(true, Ordering::Relaxed);
                token.cancel();
            }
        });
        Some(Self { timeout, expired, _alive: alive })
    }

    /// The error of a query that ran out of its time, if it did.
    fn error(&self) -> Option<Error> {
        let seconds = self.timeout.as_secs_f64();
        self.expired.load(Ordering::Relaxed).then(|| {
            Error::new(ErrorKind::Limit, format!("the query took longer than {seconds} s"))
                .with_hint("give it more time with --timeout, or fewer rows with LIMIT")
        })
    }
}

/// What a query runs under, once it runs.
pub(super) struct Limits {
    watch: Option<Watch>,
    cancellation: CancellationToken,
    rows_left: Option<usize>,
    max_rows: usize,
    ended: bool,
}

impl Limits {
    pub(super) fn new(options: &QueryOptions) -> Self {
        Self {
            watch: Watch::start(options),
            cancellation: options.cancellation.clone(),
            rows_left: options.max_rows,
            max_rows: options.max_rows.unwrap_or_default(),
            ended: false,
        }
    }

    /// The error of a query as a person should see it.
    pub(super) fn explain(&self, error: QueryEvaluationError) -> Error {
        match error {
            QueryEvaluationError::Cancelled => self
                .watch
                .as_ref()
                .and_then(Watch::error)
                .unwrap_or_else(|| Error::new(ErrorKind::Limit, "the query was cancelled")),
            other => other.into(),
        }
    }

    /// The error of an operator as a person should see it: one after the end of the time is about that.
    pub(super) fn replace(&self, error: Error) -> Error {
        let late = self.watch.as_ref().and_then(Watch::error);
        late.filter(|_| error.kind() == ErrorKind::Limit).unwrap_or(error)
    }

    /// Hands on results until a limit is reached.
    pub(super) fn apply<'a>(self, results: QueryResults<'a>) -> QueryResults<'a> {
        match results {
            QueryResults::Solutions(solutions) => {
                let variables = solutions.variables().into();
                QueryResults::Solutions(QuerySolutionIter::new(
                    variables,
                    Limited { rows: solutions, limits: self },
                ))
            }
            QueryResults::Boolean(answer) => QueryResults::Boolean(answer),
            QueryResults::Graph(triples) => {
                QueryResults::Graph(QueryTripleIter::new(Limited { rows: triples, limits: self }))
            }
        }
    }

    /// What comes of the next row, which is asked for only when it is wanted.
    fn next<T>(
        &mut self,
        row: impl FnOnce() -> Option<Result<T, QueryEvaluationError>>,
    ) -> Option<Result<T, QueryEvaluationError>> {
        if self.ended {
            return None;
        }
        let row =
            if self.cancellation.is_cancelled() { Some(Err(QueryEvaluationError::Cancelled)) } else { row() };
        let failed = |error: Error| Some(Err(QueryEvaluationError::Unexpected(Box::new(error))));
        match row {
            Some(Ok(row)) => match &mut self.rows_left {
                Some(0) => {
                    self.ended = true;
                    let message = format!("the query gives more than {} rows", self.max_rows);
                    failed(
                        Error::new(ErrorKind::Limit, message)
                            .with_hint("narrow it, or allow more with --max-rows"),
                    )
                }
                Some(left) => {
                    *left -= 1;
                    Some(Ok(row))
                }
                None => Some(Ok(row)),
            },
            Some(Err(error)) => {
                self.ended = true;
                failed(self.explain(error))
            }
            None => None,
        }
    }
}

struct Limited<R> {
    rows: R,
    limits: Limits,
}

impl<T, R: Iterator<Item = Result<T, QueryEvaluationError>>> Iterator for Limited<R> {
    type Item = Result<T, QueryEvaluationError>;

    fn next(&mut self) -> Option<Self::Item> {
        self.limits.next(|| self.rows.next())
    }
}

impl From<QueryEvaluationError> for Error {
    /// The error below that of an evaluation, or what the evaluation says.
    fn from(error: QueryEvaluationError) -> Self {
        match error {
            QueryEvaluationError::Cancelled => Self::new(ErrorKind::Limit, "the query was cancelled"),
            QueryEvaluationError::Dataset(error) | QueryEvaluationError::Unexpected(error) => {
                match error.downcast::<Self>() {
                    Ok(error) => *error,
                    Err(error) => Self::query("the query failed").with_source(error),
                }
            }
            QueryEvaluationError::UnsupportedService(name) => {
                Self::query(format!("SERVICE {name}: other endpoints are not asked"))
                    .with_hint("run the query without SERVICE, on the data of this graph alone")
            }
            QueryEvaluationError::UnsupportedCustomFunction(name) => {
                Self::query(format!("there is no function {name}"))
            }
            other => Self::query(other.to_string()),
        }
    }
}
