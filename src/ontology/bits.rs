//! Rows of bits of which texts need many, all of a few lengths, for a short time.

use std::cell::RefCell;
use std::ops::{Deref, DerefMut};

/// Most rows that are kept of each length, and the longest that are kept, in words.
const MAX_KEPT: usize = 1 << 12;
const MAX_LENGTH: usize = 1 << 10;

/// Most lengths of which rows are kept.
const MAX_LENGTHS: usize = 32;

/// Rows of one length, in words.
type Rows = (usize, Vec<Box<[u64]>>);

thread_local! {
    /// Rows that nobody uses any more: the next text takes them, still in the processor's cache, instead of memory that
    /// has to be found.
    static FREE: RefCell<Vec<Rows>> = const { RefCell::new(Vec::new()) };
}

/// A row of bits, which the next one of its length takes the memory of.
#[derive(Clone, Debug)]
pub(super) struct Bits(Box<[u64]>);

impl Bits {
    /// So many words of bits, none of them set.
    pub fn zeros(words: usize) -> Self {
        match Self::reused(words) {
            Some(mut row) => {
                row.0.fill(0);
                row
            }
            None => Self(vec![0; words].into()),
        }
    }

    fn reused(words: usize) -> Option<Self> {
        FREE.with_borrow_mut(|free| free.iter_mut().find(|(length, _)| *length == words)?.1.pop()).map(Self)
    }
}

impl Drop for Bits {
    fn drop(&mut self) {
        let row = std::mem::take(&mut self.0);
        if row.is_empty() || row.len() > MAX_LENGTH {
            return;
        }
        // When a thread ends there may be nowhere to keep it.
        let _ = FREE.try_with(|free| {
            let Ok(mut free) = free.try_borrow_mut() else { return };
            match free.iter().position(|(length, _)| *length == row.len()) {
                Some(at) if free[at].1.len() < MAX_KEPT => free[at].1.push(row),
                None if free.len() < MAX_LENGTHS => free.push((row.len(), vec![row])),
                _ => {}
            }
        });
    }
}

impl Deref for Bits {
    type Target = [u64];

    fn deref(&self) -> &[u64] {
        &self.0
    }
}

impl DerefMut for Bits {
    fn deref_mut(&mut self) -> &mut [u64] {
        &mut self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_empty_however_often_they_are_used() {
        for words in [0, 3, 3, 5, 3, MAX_LENGTH + 1] {
            let mut rows = [Bits::zeros(words), Bits::zeros(words)];
            for row in &mut rows {
                assert!(row.len() == words && row.iter().all(|word| *word == 0));
                row.fill(u64::MAX);
            }
        }
        let kept = FREE.with_borrow(|free| free.iter().map(|(length, rows)| (*length, rows.len())).collect());
        assert_eq!(Vec::from_iter::<Vec<_>>(kept), [(3, 2), (5, 2)]);
    }

    #[test]
    fn no_more_is_kept_than_the_bounds_say() {
        drop((0..MAX_KEPT + 9).map(|_| Bits::zeros(1)).collect::<Vec<_>>());
        (2..MAX_LENGTHS + 9).for_each(|words| drop(Bits::zeros(words)));
        FREE.with_borrow(|free| {
            assert_eq!((free.len(), free[0].1.len()), (MAX_LENGTHS, MAX_KEPT));
        });
    }
}
