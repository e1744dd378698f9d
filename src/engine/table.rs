//! Intermediate results: columns of term numbers, one for each variable.

use std::iter::FromIterator;

/// A variable of a query, by its place in the list of variables.
pub(super) type Var = u8;

/// A set of variables.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Vars([u64; Self::WORDS]);

impl Vars {
    const WORDS: usize = 4;
    /// No variables.
    pub(super) const NONE: Self = Self([0; Self::WORDS]);
    /// How many variables a query may have.
    pub(super) const MAX: usize = 64 * Self::WORDS;

    pub(super) fn contains(self, var: Var) -> bool {
        self.0[usize::from(var / 64)] & (1 << (var % 64)) != 0
    }

    #[must_use]
    pub(super) fn with(mut self, var: Var) -> Self {
        self.0[usize::from(var / 64)] |= 1 << (var % 64);
        self
    }

    #[must_use]
    pub(super) fn without(self, other: Self) -> Self {
        self.zip(other, |own, other| own & !other)
    }

    pub(super) fn is_empty(self) -> bool {
        self == Self::NONE
    }

    pub(super) fn len(self) -> usize {
        self.0.iter().map(|word| word.count_ones() as usize).sum()
    }

    pub(super) fn is_subset(self, other: Self) -> bool {
        self.without(other).is_empty()
    }

    pub(super) fn iter(self) -> impl Iterator<Item = Var> {
        (0..64 * Self::WORDS).step_by(64).zip(self.0).flat_map(|(start, word)| {
            let without_last = |word: &u64| Some(word & (word - 1)).filter(|word| *word != 0);
            let words = std::iter::successors(Some(word).filter(|word| *word != 0), without_last);
            words.map(move |word| (start + word.trailing_zeros() as usize) as Var)
        })
    }

    fn zip(self, other: Self, join: impl Fn(u64, u64) -> u64) -> Self {
        Self(std::array::from_fn(|word| join(self.0[word], other.0[word])))
    }
}

impl std::ops::BitOr for Vars {
    type Output = Self;

    fn bitor(self, other: Self) -> Self {
        self.zip(other, |a, b| a | b)
    }
}

impl std::ops::BitAnd for Vars {
    type Output = Self;

    fn bitand(self, other: Self) -> Self {
        self.zip(other, |a, b| a & b)
    }
}

impl FromIterator<Var> for Vars {
    fn from_iter<T: IntoIterator<Item = Var>>(vars: T) -> Self {
        vars.into_iter().fold(Self::NONE, Self::with)
    }
}

/// Rows of term numbers; 0 is no value. A table without columns still has rows.
#[derive(Clone, Debug, Default)]
pub(super) struct Table {
    vars: Vec<Var>,
    columns: Vec<Vec<u32>>,
    len: usize,
    /// The variable by whose numbers the rows are sorted.
    pub(super) sorted: Option<Var>,
    /// Variables that may have no value in some row.
    pub(super) unbound: Vars,
}

/// Bytes from which on memory is given back by a thread of its own: the system takes tens of milliseconds for it.
const LARGE: usize = 32 << 20;

/// Gives memory back, in the background if it is much.
pub(super) fn give_back(columns: Vec<Vec<u32>>) {
    if columns.iter().map(Vec::capacity).sum::<usize>() * 4 >= LARGE {
        // Without a thread to spare it is given back here, with the closure.
        drop(std::thread::Builder::new().spawn(move || columns.into_iter().for_each(give_back_in_steps)));
    }
}

/// Gives memory back in steps where the allocator does that in place: while the system takes pages back, no other
/// thread can give any.
fn give_back_in_steps(mut column: Vec<u32>) {
    const STEP: usize = 1 << 20;
    while cfg!(target_env = "gnu") && column.capacity() > LARGE / 4 {
        column.truncate(column.len().min(column.capacity().saturating_sub(STEP)));
        column.shrink_to(column.capacity().saturating_sub(STEP));
        std::thread::yield_now();
    }
}

impl Drop for Table {
    fn drop(&mut self) {
        give_back(std::mem::take(&mut self.columns));
    }
}

impl Table {
    /// One row without columns: what joins with everything.
    pub(super) fn unit() -> Self {
        Self::of_len(1)
    }

    /// Rows without columns.
    pub(super) fn of_len(len: usize) -> Self {
        let mut table = Self::default();
        table.len = len;
        table
    }

    /// How many rows there are.
    pub(super) fn len(&self) -> usize {
        self.len
    }

    pub(super) fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// The variables that have a column.
    pub(super) fn vars(&self) -> Vars {
        self.vars.iter().copied().collect()
    }

    /// The column of a variable.
    pub(super) fn column(&self, var: Var) -> Option<&[u32]> {
        self.place(var).map(|place| &*self.columns[place])
    }

    /// The place of the column of a variable among the columns.
    pub(super) fn place(&self, var: Var) -> Option<usize> {
        self.vars.iter().position(|other| *other == var)
    }

    /// The value in a row of the column at a place.
    #[inline]
    pub(super) fn at(&self, place: usize, row: usize) -> u32 {
        self.columns[place][row]
    }

    /// Adds a column, which has as many values as there are rows, in place of one that is there.
    pub(super) fn put(&mut self, var: Var, column: Vec<u32>) {
        debug_assert_eq!(column.len(), self.len);
        match self.place(var) {
            Some(index) => self.columns[index] = column,
            None => {
                self.vars.push(var);
                self.columns.push(column);
            }
        }
    }

    /// Adds a column of which some values may be missing.
    pub(super) fn put_checked(&mut self, var: Var, column: Vec<u32>) {
        self.unbound = self.unbound.without(Vars::NONE.with(var));
        if column.contains(&0) {
            self.unbound = self.unbound.with(var);
        }
        self.put(var, column);
    }

    /// Takes a column out.
    pub(super) fn take(&mut self, var: Var) -> Option<Vec<u32>> {
        let index = self.place(var)?;
        self.vars.remove(index);
        if self.sorted == Some(var) {
            self.sorted = None;
        }
        Some(self.columns.remove(index))
    }

    /// A copy with the columns of some variables alone.
    pub(super) fn with_columns(&self, vars: Vars) -> Self {
        let mut table = Self::of_len(self.len);
        let wanted = self.vars.iter().zip(&self.columns).filter(|(var, _)| vars.contains(**var));
        (table.vars, table.columns) = wanted.map(|(var, column)| (*var, column.clone())).unzip();
        table.sorted = self.sorted.filter(|var| vars.contains(*var));
        table.unbound = self.unbound & vars;
        table
    }

    /// Drops the columns of all other variables.
    #[must_use]
    pub(super) fn keep(mut self, vars: Vars) -> Self {
        for var in self.vars().without(vars).iter() {
            self.take(var);
        }
        self.unbound = self.unbound & vars;
        self
    }

    /// The rows at these places, in this order, with the columns of some variables; a place beyond the end has no
    /// values. `worked` is told how many
    /// values were copied, now and then, and may end it.
    ///
    /// # Errors
    /// Those of `worked`.
    pub(super) fn gather<E>(
        &self,
        rows: &[u32],
        vars: Vars,
        worked: impl Fn(usize) -> Result<(), E>,
    ) -> Result<Self, E> {
        let mut table = Self::of_len(rows.len());
        for (var, column) in self.vars.iter().zip(&self.columns) {
            if vars.contains(*var) {
                let mut values = Vec::with_capacity(rows.len());
                for part in rows.chunks(1 << 16) {
                    values.extend(part.iter().map(|row| column.get(*row as usize).copied().unwrap_or(0)));
                    worked(part.len())?;
                }
                table.put(*var, values);
            }
        }
        table.unbound = self.unbound & table.vars();
        // Places that are sorted keep the order.
        if rows.is_sorted() {
            table.sorted = self.sorted.filter(|var| vars.contains(*var));
        }
        Ok(table)
    }

    /// At most so many rows from a place on.
    #[must_use]
    pub(super) fn slice(mut self, start: usize, len: usize) -> Self {
        let start = start.min(self.len);
        let end = start.saturating_add(len).min(self.len);
        if start > 0 || end < self.len {
            for column in &mut self.columns {
                column.truncate(end);
                column.drain(..start);
            }
            self.len = end - start;
        }
        self
    }

    /// The columns with their variables.
    pub(super) fn into_columns(mut self) -> impl Iterator<Item = (Var, Vec<u32>)> {
        let (vars, columns) = (std::mem::take(&mut self.vars), std::mem::take(&mut self.columns));
        vars.into_iter().zip(columns)
    }

    /// Adds the rows of another table below; what one of them has no column for has no value there.
    pub(super) fn append(&mut self, mut other: Self) {
        let missing = |table: &Self, vars: Vars| vars.without(table.vars());
        for var in missing(self, other.vars()).iter() {
            self.put(var, vec![0; self.len]);
            self.unbound = self.unbound.with(var);
        }
        for var in missing(&other, self.vars()).iter() {
            other.put(var, vec![0; other.len]);
            other.unbound = other.unbound.with(var);
        }
        for (var, column) in self.vars.iter().zip(&mut self.columns) {
            column.append(&mut other.take(*var).unwrap_or_default());
        }
        self.unbound = self.unbound | other.unbound;
        self.len += other.len;
        self.sorted = None;
    }

    /// How many bytes the columns take.
    pub(super) fn bytes(&self) -> usize {
        4 * self.len * self.columns.len()
    }
}
