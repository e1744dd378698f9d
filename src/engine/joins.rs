//! Joins of tables: inner, left, semi, anti, MINUS; and rows without duplicates.
//!
//! Two rows are compatible if no variable has a value in both and differs. A variable that may have no value in
//! some row makes the join go group by group: in each group the same variables have a value.

use super::execution::{CHECKED, Execution};
use super::table::{Table, Var, Vars, give_back};
use crate::error::Result;
use rustc_hash::{FxHashMap, FxHashSet, FxHasher};
use std::hash::Hasher;

/// Rows of two tables that belong together, as places.
#[derive(Default)]
pub(super) struct Pairs {
    pub(super) left: Vec<u32>,
    pub(super) right: Vec<u32>,
}

const NO_ROW: u32 = u32::MAX;

/// Whether compatible rows must share a value.
#[derive(Clone, Copy)]
pub(super) enum Sharing {
    /// They need not.
    Free,
    /// They must, of another variable than these.
    Besides(Vars),
}

impl Sharing {
    /// Whether rows that have values of these variables in common share too little.
    fn is_lacking(self, shared: Vars) -> bool {
        match self {
            Self::Free => false,
            Self::Besides(ignored) => shared.is_subset(ignored),
        }
    }
}

impl Drop for Pairs {
    fn drop(&mut self) {
        give_back(vec![std::mem::take(&mut self.left), std::mem::take(&mut self.right)]);
    }
}

impl Pairs {
    /// Adds left rows without a right one.
    fn push_gaps(&mut self, rows: std::ops::Range<u32>) {
        self.right.extend(rows.clone().map(|_| NO_ROW));
        self.left.extend(rows);
    }
}

/// Whether places are those of all rows, each once and in order.
fn is_each_once(places: &[u32], len: usize) -> bool {
    places.len() == len && places.iter().enumerate().all(|(row, place)| row == *place as usize)
}

/// Rows by the values of some variables.
struct Index<'t> {
    columns: Vec<&'t [u32]>,
    first: First,
    next: Vec<u32>,
}

/// The first row of each key.
enum First {
    /// By the distance of the only value from the least one.
    Dense(u32, Vec<u32>),
    Hashed(FxHashMap<u64, u32>),
}

impl First {
    fn new(columns: &[&[u32]], rows: &[u32]) -> Self {
        if let [column] = columns {
            let values = rows.iter().map(|row| column[*row as usize]);
            let (least, most) =
                values.fold((u32::MAX, 0), |(least, most), value| (least.min(value), most.max(value)));
            let span = most.saturating_sub(least) as usize + 1;
            if span <= 16 * rows.len() + 1024 {
                return Self::Dense(least, vec![NO_ROW; span]);
            }
        }
        let mut map = FxHashMap::default();
        map.reserve(rows.len());
        Self::Hashed(map)
    }

    /// Puts a row in the place of the first one; gives the one that was there.
    fn replace(&mut self, key: u64, row: u32) -> u32 {
        match self {
            Self::Dense(least, rows) => std::mem::replace(&mut rows[(key as u32 - *least) as usize], row),
            Self::Hashed(map) => map.insert(key, row).unwrap_or(NO_ROW),
        }
    }

    fn get(&self, key: u64) -> Option<u32> {
        let row = match self {
            Self::Dense(least, rows) => rows.get((key as u32).checked_sub(*least)? as usize).copied(),
            Self::Hashed(map) => map.get(&key).copied(),
        };
        row.filter(|row| *row != NO_ROW)
    }
}

impl<'t> Index<'t> {
    fn new(execution: &Execution<'_>, table: &'t Table, vars: Vars, rows: &[u32]) -> Result<Self> {
        let columns: Vec<&[u32]> = vars.iter().filter_map(|var| table.column(var)).collect();
        let first = First::new(&columns, rows);
        let mut index = Self { columns, first, next: vec![NO_ROW; table.len()] };
        // Back to front, so that the rows of one key follow each other in their order.
        for row in rows.iter().rev() {
            let key = key(&index.columns, *row as usize);
            index.next[*row as usize] = index.first.replace(key, *row);
            execution.worked(1)?;
        }
        Ok(index)
    }

    /// The rows whose values are those of a row of other columns.
    fn rows<'i>(&'i self, columns: &'i [&[u32]], row: usize) -> impl Iterator<Item = u32> + 'i {
        let first = self.first.get(key(columns, row));
        let next = move |row: &u32| Some(self.next[*row as usize]).filter(|next| *next != NO_ROW);
        std::iter::successors(first, next).filter(move |found| {
            // A key of up to two values is the values themselves.
            columns.len() <= 2 || columns.iter().zip(&self.columns).all(|(a, b)| a[row] == b[*found as usize])
        })
    }
}

/// A number for the values of a row: the values themselves if there are at most two, or a hash.
pub(super) fn key(columns: &[&[u32]], row: usize) -> u64 {
    match columns {
        [] => 0,
        [a] => u64::from(a[row]),
        [a, b] => u64::from(a[row]) << 32 | u64::from(b[row]),
        more => {
            let mut hasher = FxHasher::default();
            more.iter().for_each(|column| hasher.write_u32(column[row]));
            hasher.finish()
        }
    }
}

/// Groups of rows in which the same of some variables have a value.
fn by_bound(table: &Table, vars: Vars) -> Vec<(Vars, Vec<u32>)> {
    let maybe = table.unbound & vars;
    let always = vars.without(maybe);
    if maybe.is_empty() {
        return vec![(vars, (0..table.len() as u32).collect())];
    }
    let columns: Vec<(Var, &[u32])> =
        maybe.iter().filter_map(|var| Some((var, table.column(var)?))).collect();
    let mut groups: Vec<(Vars, Vec<u32>)> = Vec::new();
    for row in 0..table.len() {
        let bound = columns.iter().filter(|(_, column)| column[row] != 0).map(|(var, _)| *var);
        let bound = always | bound.collect();
        match groups.iter_mut().find(|(vars, _)| *vars == bound) {
            Some((_, rows)) => rows.push(row as u32),
            None => groups.push((bound, vec![row as u32])),
        }
    }
    groups
}

/// The columns of some variables.
pub(super) fn columns(table: &Table, vars: Vars) -> Vec<&[u32]> {
    vars.iter().filter_map(|var| table.column(var)).collect()
}

impl Execution<'_> {
    /// All pairs of compatible rows, in the order of the left rows.
    pub(super) fn pairs(&self, left: &Table, right: &Table) -> Result<Pairs> {
        let shared = left.vars() & right.vars();
        let (left_groups, right_groups) = (by_bound(left, shared), by_bound(right, shared));
        let mut pairs = Pairs::default();
        for (left_vars, left_rows) in &left_groups {
            for (right_vars, right_rows) in &right_groups {
                let vars = *left_vars & *right_vars;
                let index = Index::new(self, right, vars, right_rows)?;
                let columns = columns(left, vars);
                for (place, row) in left_rows.iter().enumerate() {
                    for found in index.rows(&columns, *row as usize) {
                        pairs.left.push(*row);
                        pairs.right.push(found);
                        self.worked(1)?;
                    }
                    self.worked(1)?;
                    if place % 1024 == 0 {
                        self.check()?;
                        self.charge(2 * pairs.left.len())?;
                    }
                }
            }
        }
        if left_groups.len() * right_groups.len() > 1 {
            let (left, right) = (std::mem::take(&mut pairs.left), std::mem::take(&mut pairs.right));
            let mut both: Vec<(u32, u32)> = left.into_iter().zip(right).collect();
            self.sort_by(&mut both, Ord::cmp)?;
            (pairs.left, pairs.right) = both.into_iter().unzip();
        }
        Ok(pairs)
    }

    /// For each left row whether some right row is compatible with it and shares what it must.
    fn has_match(&self, left: &Table, right: &Table, sharing: Sharing) -> Result<Vec<bool>> {
        let shared = left.vars() & right.vars();
        let mut found = vec![false; left.len()];
        if right.is_empty() || sharing.is_lacking(shared) {
            return Ok(found);
        }
        if let (Some(var), 1, true) =
            (shared.iter().next(), shared.len(), (shared & (left.unbound | right.unbound)).is_empty())
        {
            let (Some(keys), Some(others)) = (left.column(var), right.column(var)) else { return Ok(found) };
            self.worked(keys.len() + others.len())?;
            match_one(keys, others, &mut found);
            return Ok(found);
        }
        for (right_vars, right_rows) in by_bound(right, shared) {
            for (left_vars, left_rows) in by_bound(left, shared) {
                let vars = left_vars & right_vars;
                if sharing.is_lacking(vars) {
                    continue;
                }
                let index = Index::new(self, right, vars, &right_rows)?;
                let columns = columns(left, vars);
                for row in left_rows {
                    found[row as usize] |= index.rows(&columns, row as usize).next().is_some();
                    self.check_at(row as usize)?;
                }
            }
        }
        Ok(found)
    }

    /// For each row whether a row of another table is compatible with it.
    pub(super) fn semi_join(&self, left: &Table, right: &Table) -> Result<Vec<bool>> {
        self.has_match(left, right, Sharing::Free)
    }

    /// The left rows that MINUS leaves.
    pub(super) fn minus(&self, left: &Table, right: &Table, sharing: Sharing) -> Result<Table> {
        let matched = self.has_match(left, right, sharing)?;
        let rows: Vec<u32> = (0..left.len() as u32).filter(|row| !matched[*row as usize]).collect();
        self.gather(left, &rows, left.vars())
    }

    /// The pairs as a table with the columns of some variables.
    pub(super) fn combine(&self, left: Table, right: &Table, pairs: &Pairs, keep: Vars) -> Result<Table> {
        self.charge(pairs.left.len().saturating_mul((keep & (left.vars() | right.vars())).len()))?;
        let (of_left, maybe) = (left.vars(), left.unbound);
        let gaps = pairs.right.contains(&NO_ROW);
        let mut table = if is_each_once(&pairs.left, left.len()) {
            left.keep(keep)
        } else {
            self.gather(&left, &pairs.left, keep)?
        };
        let from_right = self.gather(right, &pairs.right, keep.without(of_left.without(maybe)))?;
        for (var, mut values) in from_right.into_columns() {
            let uncertain = gaps || right.unbound.contains(var);
            if let Some(own) = table.column(var) {
                let with_own = values.iter_mut().zip(own).filter(|(_, own)| **own != 0);
                with_own.for_each(|(value, own)| *value = *own);
                if !uncertain {
                    table.unbound = table.unbound.without(Vars::NONE.with(var));
                }
                if table.sorted == Some(var) {
                    table.sorted = None;
                }
            } else if uncertain {
                table.unbound = table.unbound.with(var);
            }
            table.put(var, values);
        }
        Ok(table)
    }

    /// The join of two tables.
    pub(super) fn join(&self, left: Table, right: &Table, keep: Vars) -> Result<Table> {
        let pairs = self.pairs(&left, right)?;
        self.combine(left, right, &pairs, keep)
    }

    /// The pairs, and in their order the left rows that are in no pair.
    pub(super) fn with_unmatched(
        &self,
        left: Table,
        right: &Table,
        pairs: &Pairs,
        keep: Vars,
    ) -> Result<Table> {
        let mut all = Pairs::default();
        let mut next = 0;
        for (left, right) in pairs.left.iter().zip(&pairs.right) {
            all.push_gaps(next..*left);
            all.left.push(*left);
            all.right.push(*right);
            next = left + 1;
            self.worked(1)?;
        }
        all.push_gaps(next..left.len() as u32);
        self.combine(left, right, &all, keep)
    }

    /// The rows without duplicates, by all columns, in the order in which each comes first.
    pub(super) fn distinct(&self, table: &Table) -> Result<Table> {
        let vars: Vec<Var> = table.vars().iter().collect();
        if vars.is_empty() {
            return Ok(Table::of_len(table.len().min(1)));
        }
        let columns = columns(table, table.vars());
        let mut rows = Vec::new();
        if let [column] = columns[..] {
            let mut seen = Seen::new(column);
            if let Seen::Bits(bits) = &mut seen
                && column.len() <= CHECKED
            {
                let is_new = |row: &u32| Seen::insert_bit(bits, column[*row as usize]);
                rows.extend((0..column.len() as u32).filter(is_new));
                self.worked(column.len())?;
                return if rows.len() == table.len() {
                    Ok(table.clone())
                } else {
                    self.gather(table, &rows, table.vars())
                };
            }
            let mut last = None;
            let is_sorted = table.sorted == Some(vars[0]);
            let mut row = 0;
            for part in column.chunks(4096) {
                for value in part {
                    if last != Some(*value) && (is_sorted || seen.insert(*value)) {
                        rows.push(row);
                    }
                    last = Some(*value);
                    row += 1;
                }
                self.worked(part.len())?;
            }
            if rows.len() == table.len() {
                return Ok(table.clone());
            }
            return self.gather(table, &rows, table.vars());
        }
        // The last row of each key, and for each row the one before it with the same key.
        let mut last: FxHashMap<u64, u32> = FxHashMap::default();
        let mut before = Vec::new();
        let mut pairs_seen = FxHashSet::default();
        for row in 0..table.len() {
            let key = key(&columns, row);
            let new = if columns.len() <= 2 {
                pairs_seen.insert(key)
            } else {
                let same = |other: &u32| columns.iter().all(|column| column[*other as usize] == column[row]);
                let newest = last.get(&key).copied();
                let next = |place: &u32| Some(before[*place as usize]).filter(|place| *place != NO_ROW);
                let known = std::iter::successors(newest, next).any(|place| same(&rows[place as usize]));
                if !known {
                    last.insert(key, rows.len() as u32);
                    before.push(newest.unwrap_or(NO_ROW));
                }
                !known
            };
            if new {
                rows.push(row as u32);
            }
            self.check_at(row)?;
        }
        self.gather(table, &rows, table.vars())
    }
}

/// A set of numbers: bits where they lie close together.
pub(super) enum Seen {
    Bits(Vec<u64>),
    Hashed(FxHashSet<u32>),
}

impl Seen {
    /// An empty set for the numbers of a column.
    pub(super) fn new(column: &[u32]) -> Self {
        let largest = column.iter().max().copied().unwrap_or(0) as usize;
        if column.len() > largest / 64 {
            Self::Bits(vec![0; largest / 64 + 1])
        } else {
            Self::Hashed(FxHashSet::default())
        }
    }

    /// Adds a number of that column; says whether it is new.
    pub(super) fn insert(&mut self, number: u32) -> bool {
        match self {
            Self::Bits(bits) => Self::insert_bit(bits, number),
            Self::Hashed(set) => set.insert(number),
        }
    }

    #[inline]
    fn insert_bit(bits: &mut [u64], number: u32) -> bool {
        let (word, bit) = (&mut bits[number as usize / 64], 1 << (number % 64));
        let new = *word & bit == 0;
        *word |= bit;
        new
    }
}

/// Marks the keys that stand among others.
fn match_one(keys: &[u32], others: &[u32], found: &mut [bool]) {
    let largest = others.iter().max().copied().unwrap_or(0) as usize;
    if others.len() + keys.len() > largest / 64 {
        let mut bits = vec![0u64; largest / 64 + 1];
        others.iter().for_each(|other| bits[*other as usize / 64] |= 1 << (other % 64));
        let has = |key: u32| bits.get(key as usize / 64).is_some_and(|word| word & (1 << (key % 64)) != 0);
        found.iter_mut().zip(keys).for_each(|(found, key)| *found = has(*key));
    } else {
        let set: FxHashSet<u32> = others.iter().copied().collect();
        found.iter_mut().zip(keys).for_each(|(found, key)| *found = set.contains(key));
    }
}
