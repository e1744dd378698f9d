//! Columns of numbers as they lie in the file: little-endian, without alignment, never out of bounds.

use std::ops::Range;

/// A column of 32-bit numbers.
#[derive(Clone, Copy)]
pub struct Column<'a> {
    cells: &'a [[u8; 4]],
}

impl<'a> Column<'a> {
    /// The column that lies in these bytes; a rest of less than four bytes is left out.
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self { cells: bytes.as_chunks().0 }
    }

    /// How many numbers it has.
    pub fn len(self) -> usize {
        self.cells.len()
    }

    /// Whether it has no numbers.
    pub fn is_empty(self) -> bool {
        self.cells.is_empty()
    }

    /// The number at an index; 0, which names no term, beyond the end (only a damaged file asks for that).
    #[inline]
    pub fn at(self, index: usize) -> u32 {
        self.cells.get(index).map_or(0, |cell| u32::from_le_bytes(*cell))
    }

    /// A part of the column, cut to what there is.
    #[inline]
    pub fn slice(self, range: Range<usize>) -> Self {
        let end = range.end.min(self.cells.len());
        let start = range.start.min(end);
        Self { cells: &self.cells[start..end] }
    }

    /// The numbers in their order.
    pub fn iter(self) -> impl ExactSizeIterator<Item = u32> + DoubleEndedIterator + 'a {
        self.cells.iter().map(|cell| u32::from_le_bytes(*cell))
    }

    /// Index of the first number in a sorted range that is not less than `value`; the end of the range if none is.
    pub fn lower_bound(self, range: Range<usize>, value: u32) -> usize {
        let part = self.slice(range.clone());
        range.start.min(self.len()) + part.cells.partition_point(|cell| u32::from_le_bytes(*cell) < value)
    }

    /// Indices of the numbers equal to `value` in a sorted range.
    pub fn equal_range(self, range: Range<usize>, value: u32) -> Range<usize> {
        let start = self.lower_bound(range.clone(), value);
        let rest = self.slice(start..range.end);
        start..start + rest.cells.partition_point(|cell| u32::from_le_bytes(*cell) <= value)
    }

    /// As [`Column::lower_bound`], fast when the answer is near the start of the range.
    pub fn gallop(self, range: Range<usize>, value: u32) -> usize {
        let end = range.end.min(self.len());
        let mut low = range.start.min(end);
        let mut step = 1;
        while low + step < end && self.at(low + step) < value {
            low += step;
            step *= 2;
        }
        self.lower_bound(low..end.min(low + step + 1), value)
    }

    /// The bounds of a group in a column of offsets, where group `n` begins at offset `n` and ends at `n + 1`.
    pub fn group(self, number: usize) -> Range<usize> {
        let start = self.at(number) as usize;
        start..(self.at(number.saturating_add(1)) as usize).max(start)
    }
}

/// A column of signed 64-bit numbers.
#[derive(Clone, Copy)]
pub(super) struct Column64<'a> {
    cells: &'a [[u8; 8]],
}

impl<'a> Column64<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self { cells: bytes.as_chunks().0 }
    }

    #[inline]
    pub(super) fn get(self, index: usize) -> Option<i64> {
        self.cells.get(index).map(|cell| i64::from_le_bytes(*cell))
    }

    /// Index in a sorted range of a number equal to `value`.
    pub(super) fn find(self, range: Range<usize>, value: i64) -> Option<usize> {
        let part = self.cells.get(range.clone())?;
        let index = part.binary_search_by_key(&value, |cell| i64::from_le_bytes(*cell)).ok()?;
        Some(range.start + index)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bytes(numbers: &[u32]) -> Vec<u8> {
        numbers.iter().flat_map(|number| number.to_le_bytes()).collect()
    }

    #[test]
    fn searches_agree_with_a_scan() {
        let bytes = bytes(&[1, 3, 3, 3, 7, 9, 9, 12, 40]);
        let column = Column::new(&bytes);
        for start in 0..=column.len() {
            for value in 0..42 {
                let expected = (start..column.len()).find(|&i| column.at(i) >= value).unwrap_or(column.len());
                assert_eq!(column.lower_bound(start..column.len(), value), expected);
                assert_eq!(column.gallop(start..column.len(), value), expected, "{start} {value}");
            }
        }
        assert_eq!(column.equal_range(0..9, 3), 1..4);
        assert_eq!(column.equal_range(0..9, 4), 4..4);
    }

    #[test]
    fn ranges_beyond_the_end_are_cut() {
        let bytes = bytes(&[5, 6]);
        let column = Column::new(&bytes);
        assert_eq!(column.at(9), 0);
        assert_eq!(column.slice(1..9).len(), 1);
        assert_eq!(column.lower_bound(7..9, 1), 2);
        assert_eq!(column.gallop(7..9, 1), 2);
        assert_eq!(column.group(1), 6..6);
    }
}
