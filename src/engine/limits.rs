//! Limits of a query: its time, its rows, and cancellation.

use super::QueryOptions;
use super::cancellation::Caught;
use super::execution::DEFAULT_MEMORY;
use super::explain::with_prefixes;
use super::memory::MemoryWatch;
use crate::error::{Error, ErrorKind};
use spareval::{CancellationToken, QueryEvaluationError, QueryResults, QuerySolutionIter, QueryTripleIter};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, mpsc};
use std::time::Duration;

/// Cancels a query, or several of one cancellation, when their time is over, as long as it lives.
pub struct Watch {
    timeout: Duration,
    expired: Arc<AtomicBool>,
    /// Dropping it ends the watching thread.
    _alive: mpsc::Sender<()>,
}

impl Watch {
    /// Watches what starts now under these options; nothing to watch without a timeout.
    pub fn start(options: &QueryOptions) -> Option<Self> {
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

    /// The time in seconds, if it is over.
    pub fn expired(&self) -> Option<f64> {
        self.expired.load(Ordering::Relaxed).then_some(self.timeout.as_secs_f64())
    }

    /// The error of a query that ran out of its time, if it did.
    fn error(&self) -> Option<Error> {
        let seconds = self.expired()?;
        let error = Error::new(ErrorKind::Limit, format!("the query took longer than {seconds} s"));
        Some(error.with_hint("give it more time with --timeout, or narrow its patterns"))
    }
}

/// What a query runs under, once it runs.
pub(super) struct Limits {
    watch: Option<Watch>,
    cancellation: CancellationToken,
    rows_left: Option<usize>,
    max_rows: usize,
    ended: bool,
    /// The step that runs while rows are handed on.
    place: Option<&'static str>,
    memory: Option<MemoryWatch>,
    max_memory: usize,
}

impl Limits {
    pub(super) fn new(options: &QueryOptions) -> Self {
        Self {
            watch: Watch::start(options),
            cancellation: options.cancellation.clone(),
            rows_left: options.max_rows,
            max_rows: options.max_rows.unwrap_or_default(),
            ended: false,
            place: None,
            memory: None,
            max_memory: options.max_memory.unwrap_or(DEFAULT_MEMORY),
        }
    }

    /// The same for what the general evaluator does, now and while rows are handed on.
    pub(super) fn in_general(self) -> Self {
        let memory = MemoryWatch::start(self.max_memory, self.cancellation.clone());
        Self { place: Some("the general evaluator"), memory, ..self }
    }

    /// The error of a query as a person should see it.
    pub(super) fn explain(&self, error: QueryEvaluationError) -> Error {
        self.replace(error.into(), self.place.map(str::to_owned))
    }

    /// The error of a step as a person should see it: one after the end of the time is about that, and one about
    /// a limit names the step.
    pub(super) fn replace(&self, error: Error, place: Option<String>) -> Error {
        if error.kind() != ErrorKind::Limit {
            return error;
        }
        let large = self.memory.as_ref().is_some_and(MemoryWatch::is_exceeded);
        let large = large.then(|| out_of_memory(self.max_memory));
        let error = match large.or_else(|| self.watch.as_ref().and_then(Watch::error)) {
            Some(reason) => reason,
            // Whoever cancels a query need not be told where it was.
            None if self.cancellation.is_cancelled() => return error,
            None => error,
        };
        let Some(place) = place else { return error };
        let named =
            Error::new(ErrorKind::Limit, format!("{error} (in {})", shortened(&with_prefixes(&place))));
        error.hints().iter().fold(named, |named, hint| named.with_hint(hint.as_str()))
    }

    /// Hands on results until a limit is reached, or the error of a query as a person should see it.
    pub(super) fn apply_result<'a>(
        self,
        results: Result<QueryResults<'a>, QueryEvaluationError>,
    ) -> Result<QueryResults<'a>, Error> {
        match results {
            Ok(results) => Ok(self.apply(results)),
            Err(error) => Err(self.explain(error)),
        }
    }

    /// Hands on results until a limit is reached.
    pub(super) fn apply<'a>(self, results: QueryResults<'a>) -> QueryResults<'a> {
        match results {
            QueryResults::Solutions(solutions) => {
                let variables = solutions.variables().into();
                QueryResults::Solutions(QuerySolutionIter::new(
                    variables,
                    Limited { rows: Caught::new(solutions), limits: self },
                ))
            }
            QueryResults::Boolean(answer) => QueryResults::Boolean(answer),
            QueryResults::Graph(triples) => QueryResults::Graph(QueryTripleIter::new(Limited {
                rows: Caught::new(triples),
                limits: self,
            })),
        }
    }

    /// What comes of the next row, which is asked for only when it is wanted.
    pub(super) fn next<T>(
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
                    let rows = if self.max_rows == 1 { "row" } else { "rows" };
                    let message = format!("the query gives more than {} {rows}", self.max_rows);
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

/// The error of a query that needs more memory than it may.
pub(super) fn out_of_memory(budget: usize) -> Error {
    Error::new(ErrorKind::Limit, format!("the query needs more than {}", shown_bytes(budget)))
        .with_hint("narrow its patterns, or allow more with --max-memory")
}

/// A number of bytes as people read it.
fn shown_bytes(bytes: usize) -> String {
    match bytes {
        0..0x400 => format!("{bytes} bytes"),
        0x400..0x10_0000 => format!("{} KiB", bytes >> 10),
        _ => format!("{} MiB", bytes >> 20),
    }
}

/// A step in at most 60 characters.
fn shortened(place: &str) -> String {
    const MOST: usize = 60;
    match place.char_indices().nth(MOST) {
        Some((end, _)) => format!("{}…", &place[..end]),
        None => place.to_owned(),
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

#[cfg(test)]
mod tests;
