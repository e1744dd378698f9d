//! Sorting that can be cancelled on its way: run by run.

use super::execution::{CHECKED, Execution};
use crate::error::Result;
use std::cmp::Ordering;

/// Items that are sorted without a look at the clock: a few milliseconds.
const RUN: usize = CHECKED / 4;

impl Execution<'_> {
    /// Sorts items by an order in which no two of them are equal, or that doesn't tell equal ones apart.
    ///
    /// # Errors
    /// The query was cancelled.
    pub(super) fn sort_by<T: Copy>(
        &self,
        items: &mut Vec<T>,
        compare: impl Fn(&T, &T) -> Ordering,
    ) -> Result<()> {
        for run in items.chunks_mut(RUN) {
            run.sort_unstable_by(&compare);
            self.worked(CHECKED / 2)?;
        }
        let mut width = RUN;
        let mut merged = Vec::new();
        while width < items.len() {
            merged.clear();
            merged.reserve(items.len());
            for pair in items.chunks(2 * width) {
                let (first, second) = pair.split_at(width.min(pair.len()));
                self.merge(first, second, &compare, &mut merged)?;
            }
            std::mem::swap(items, &mut merged);
            width *= 2;
        }
        Ok(())
    }

    fn merge<T: Copy>(
        &self,
        mut first: &[T],
        mut second: &[T],
        compare: &impl Fn(&T, &T) -> Ordering,
        merged: &mut Vec<T>,
    ) -> Result<()> {
        while let ([a, first_rest @ ..], [b, second_rest @ ..]) = (first, second) {
            if compare(a, b) == Ordering::Greater {
                merged.push(*b);
                second = second_rest;
            } else {
                merged.push(*a);
                first = first_rest;
            }
            self.worked(1)?;
        }
        merged.extend_from_slice(first);
        merged.extend_from_slice(second);
        self.worked((first.len() + second.len()) / 16)
    }

    /// The first items of an order, sorted.
    ///
    /// # Errors
    /// The query was cancelled.
    pub(super) fn first_by<T: Copy>(
        &self,
        items: impl Iterator<Item = T>,
        count: usize,
        compare: impl Fn(&T, &T) -> Ordering,
    ) -> Result<Vec<T>> {
        let mut first = Vec::new();
        let room = count.saturating_mul(2).max(RUN);
        for item in items {
            first.push(item);
            if first.len() >= room {
                if count > 0 {
                    first.select_nth_unstable_by(count - 1, &compare);
                }
                first.truncate(count);
                self.worked(room)?;
            }
        }
        self.sort_by(&mut first, &compare)?;
        first.truncate(count);
        Ok(first)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::{Graph, GraphBuilder};
    use spareval::CancellationToken;
    use std::cell::Cell;

    fn with_execution(cancelled: bool, run: impl FnOnce(Execution<'_>)) {
        let graph = Graph::from_bytes(GraphBuilder::new().to_bytes().unwrap()).unwrap();
        let token = CancellationToken::new();
        if cancelled {
            token.cancel();
        }
        run(Execution::new(&graph, token, None, false));
    }

    /// Numbers in no order, all different.
    fn scattered(len: u32) -> Vec<u32> {
        (0..len).map(|n| n.wrapping_mul(0x9e37_79b1)).collect()
    }

    #[test]
    fn items_are_sorted_whatever_their_number() {
        with_execution(false, |execution| {
            for len in [0, 1, 2, RUN - 1, RUN, RUN + 1, 3 * RUN, 5 * RUN + 7] {
                let mut items = scattered(len as u32);
                let mut expected = items.clone();
                expected.sort_unstable();
                for count in [0, 1, 10, RUN, len] {
                    let first = execution.first_by(items.iter().copied(), count, Ord::cmp).unwrap();
                    assert_eq!(first, expected[..count.min(len)], "{count} of {len}");
                }
                execution.sort_by(&mut items, Ord::cmp).unwrap();
                assert!(items == expected, "{len}");
            }
        });
    }

    #[test]
    fn a_cancelled_sort_compares_no_more_than_two_runs() {
        with_execution(true, |execution| {
            let compared = Cell::new(0);
            let compare = |a: &u32, b: &u32| {
                compared.set(compared.get() + 1);
                a.cmp(b)
            };
            assert!(execution.sort_by(&mut scattered(64 * RUN as u32), compare).is_err());
            assert!(execution.first_by(scattered(64 * RUN as u32).into_iter(), 10, compare).is_err());
            assert!(compared.get() < 8 * RUN * RUN.ilog2() as usize, "{}", compared.get());
        });
    }
}
