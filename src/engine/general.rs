//! The general evaluator in a thread of its own, so that whoever asks is free as soon as the query is cancelled: its
//! sorts, hash tables and the end of its memory call nothing back for hundreds of milliseconds. The thread stops at
//! its next look at the token, or when nobody takes its rows any more.

use super::QueryOptions;
use super::alternatives::{spread, spread_query};
use super::cancellation::{Caught, caught};
use super::dataset::GraphDataset;
use super::walk::{expressions, patterns, visit};
use crate::error::Error;
use crate::graph::Graph;
use oxrdf::{GraphName, NamedNode, Term, Triple, Variable};
use spareval::{
    CancellationToken, DeleteInsertQuad, PreparedQuery, QueryEvaluationError, QueryEvaluator, QueryResults,
    QuerySolutionIter, QueryTripleIter,
};
use spargebra::algebra::{Expression, GraphPattern};
use spargebra::{GraphUpdateOperation, Query, Update};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::time::Duration;

/// Longest time between two looks at the token while nothing comes.
const PATIENCE: Duration = Duration::from_millis(5);
/// Most rows that are handed over at once; the first ones come alone and by few.
const BATCH: usize = 256;
/// Batches that the evaluator may be ahead.
const AHEAD: usize = 4;

type Outcome<T> = Result<T, QueryEvaluationError>;

/// What the thread hands over first, then batches of rows or triples; of an update only batches of changes.
enum Message {
    Boolean(bool),
    Solutions(Arc<[Variable]>),
    Graph,
    Rows(Vec<Outcome<Vec<Option<Term>>>>),
    Triples(Vec<Outcome<Triple>>),
    Changes(Vec<Outcome<DeleteInsertQuad>>),
    Failed(QueryEvaluationError),
}

/// Runs a query in spareval.
pub(super) fn execute(
    graph: &Graph,
    query: &Query,
    options: &QueryOptions,
) -> Outcome<QueryResults<'static>> {
    let token = options.cancellation.clone();
    let (graph, query, options) = (graph.clone(), spread_query(query), options.clone());
    let inbox = Inbox::of(token, move |sender| hand_over(&graph, &query, &options, sender))?;
    match inbox.next() {
        Some(Message::Boolean(answer)) => Ok(QueryResults::Boolean(answer)),
        Some(Message::Solutions(variables)) => {
            let rows = inbox.flatten(|message| match message {
                Message::Rows(rows) => Ok(rows),
                other => Err(other),
            });
            Ok(QueryResults::Solutions(QuerySolutionIter::from_tuples(variables, rows)))
        }
        Some(Message::Graph) => {
            let triples = inbox.flatten(|message| match message {
                Message::Triples(triples) => Ok(triples),
                other => Err(other),
            });
            Ok(QueryResults::Graph(QueryTripleIter::new(triples)))
        }
        Some(Message::Failed(error)) => Err(error),
        Some(Message::Rows(_) | Message::Triples(_) | Message::Changes(_)) | None => {
            Err(QueryEvaluationError::Cancelled)
        }
    }
}

/// Runs an update that is one DELETE and INSERT in spareval; the dataset is made in its thread.
pub(super) fn changes(
    update: Update,
    dataset: impl Fn() -> GraphDataset + Send + 'static,
    token: &CancellationToken,
) -> Outcome<impl Iterator<Item = Outcome<DeleteInsertQuad>>> {
    let own = token.clone();
    let inbox = Inbox::of(token.clone(), move |sender| {
        let evaluator = QueryEvaluator::new().with_cancellation_token(own);
        for operation in update.operations {
            let GraphUpdateOperation::DeleteInsert { delete, insert, using, mut pattern } = operation else {
                continue;
            };
            spread(&mut pattern);
            check_size(&pattern)?;
            let base = update.base_iri.clone();
            let mut prepared = evaluator.prepare_delete_insert(delete, insert, base, using, &pattern);
            prepared.dataset_mut().set_default_graph(vec![GraphName::DefaultGraph]);
            let changes = caught(|| prepared.execute(dataset()))?;
            send_batches(Caught::new(changes), sender, Message::Changes);
        }
        Ok(())
    })?;
    Ok(inbox.flatten(|message| match message {
        Message::Changes(changes) => Ok(changes),
        other => Err(other),
    }))
}

/// Bytes of the stack, for queries that nest deep. Only what is used takes memory.
const STACK: usize = 256 << 20;

/// Most patterns and operators of a query: the evaluator goes down with each of them.
const MOST_PARTS: usize = 10_000;

/// Refuses a pattern for which the stack may be too small.
fn check_size(pattern: &GraphPattern) -> Outcome<()> {
    let parts = parts(pattern);
    if parts <= MOST_PARTS {
        return Ok(());
    }
    let message =
        format!("{parts} patterns and operators are more than the general evaluator takes ({MOST_PARTS})");
    let error =
        Error::query(message).with_hint("use fewer variables (up to 256), or split the query into several");
    Err(QueryEvaluationError::Unexpected(Box::new(error)))
}

/// How many triple patterns and operators a pattern has, those of EXISTS included.
fn parts(pattern: &GraphPattern) -> usize {
    let mut inner: usize = patterns(pattern).into_iter().map(parts).sum();
    for expression in expressions(pattern) {
        visit(expression, &mut |part| {
            if let Expression::Exists(pattern) = part {
                inner += parts(pattern);
            }
        });
    }
    match pattern {
        GraphPattern::Bgp { patterns } => patterns.len(),
        _ => inner + 1,
    }
}

/// Evaluates in this thread and sends what comes; ends early when nobody receives it.
fn hand_over(
    graph: &Graph,
    query: &Query,
    options: &QueryOptions,
    sender: &SyncSender<Message>,
) -> Outcome<()> {
    let (Query::Select { pattern, .. }
    | Query::Ask { pattern, .. }
    | Query::Construct { pattern, .. }
    | Query::Describe { pattern, .. }) = query;
    check_size(pattern)?;
    let evaluator = evaluator(options);
    let prepared = prepare(&evaluator, query, options);
    let dataset = dataset(graph, query, options);
    match caught(|| prepared.execute(dataset))? {
        QueryResults::Boolean(answer) => {
            let _ = sender.send(Message::Boolean(answer));
        }
        QueryResults::Solutions(solutions) => {
            if sender.send(Message::Solutions(solutions.variables().into())).is_ok() {
                let rows = Caught::new(solutions).map(|row| row.map(|row| row.values().to_vec()));
                send_batches(rows, sender, Message::Rows);
            }
        }
        QueryResults::Graph(triples) => {
            if sender.send(Message::Graph).is_ok() {
                send_batches(Caught::new(triples), sender, Message::Triples);
            }
        }
    }
    Ok(())
}

fn send_batches<T>(
    mut rows: impl Iterator<Item = T>,
    sender: &SyncSender<Message>,
    message: impl Fn(Vec<T>) -> Message,
) {
    let mut size = 1;
    loop {
        let batch: Vec<T> = rows.by_ref().take(size).collect();
        if batch.is_empty() || sender.send(message(batch)).is_err() {
            return;
        }
        size = (2 * size).min(BATCH);
    }
}

/// Where the messages of the thread arrive.
struct Inbox {
    receiver: Receiver<Message>,
    token: CancellationToken,
}

impl Inbox {
    /// Starts a thread that sends what comes of some work, and its error at the end if it has one.
    fn of(
        token: CancellationToken,
        work: impl FnOnce(&SyncSender<Message>) -> Outcome<()> + Send + 'static,
    ) -> Outcome<Self> {
        let (sender, receiver) = sync_channel(AHEAD);
        let run = move || {
            if let Err(error) = work(&sender) {
                // Nobody may wait any more.
                let _ = sender.send(Message::Failed(error));
            }
        };
        let thread = std::thread::Builder::new().name("general evaluator".into()).stack_size(STACK);
        thread.spawn(run).map_err(|error| QueryEvaluationError::Unexpected(Box::new(error)))?;
        Ok(Self { receiver, token })
    }

    /// The next message; `None` at the end, an error once the query is cancelled.
    fn next(&self) -> Option<Message> {
        loop {
            if self.token.is_cancelled() {
                return Some(Message::Failed(QueryEvaluationError::Cancelled));
            }
            match self.receiver.recv_timeout(PATIENCE) {
                Ok(message) => return Some(message),
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return None,
            }
        }
    }

    /// The parts of all batches to come.
    fn flatten<T>(
        self,
        batch: impl Fn(Message) -> Result<Vec<Outcome<T>>, Message>,
    ) -> impl Iterator<Item = Outcome<T>> {
        let mut current = Vec::new().into_iter();
        let mut ended = false;
        std::iter::from_fn(move || {
            loop {
                if let Some(row) = current.next() {
                    return Some(row);
                }
                if ended {
                    return None;
                }
                match batch(self.next()?) {
                    Ok(rows) => current = rows.into_iter(),
                    Err(Message::Failed(error)) => {
                        ended = true;
                        return Some(Err(error));
                    }
                    Err(_) => return None,
                }
            }
        })
    }
}

pub(super) fn dataset(graph: &Graph, query: &Query, options: &QueryOptions) -> GraphDataset {
    let from: Option<&[NamedNode]> = query.dataset().map(|dataset| &dataset.default[..]);
    GraphDataset::new(graph.clone(), from, options.cancellation.clone())
}

pub(super) fn evaluator(options: &QueryOptions) -> QueryEvaluator {
    QueryEvaluator::new().with_cancellation_token(options.cancellation.clone())
}

pub(super) fn prepare<'q>(
    evaluator: &'q QueryEvaluator,
    query: &'q Query,
    options: &QueryOptions,
) -> PreparedQuery<'q> {
    let mut prepared = evaluator.prepare(query);
    prepared.dataset_mut().set_default_graph(vec![GraphName::DefaultGraph]);
    for (variable, term) in &options.bindings {
        prepared = prepared.substitute_variable(variable.clone(), term.clone());
    }
    prepared
}
