//! Numbers for byte strings while a graph is built.

use rustc_hash::FxHasher;
use std::hash::Hasher;
use std::hint::black_box;

/// So many keys are looked for at once.
const AHEAD: usize = 32;

/// Gives each distinct key a number, from 0 in the order of appearance; all keys lie in one buffer.
#[derive(Default)]
pub(super) struct Interner {
    bytes: Vec<u8>,
    /// Where the key of each number ends.
    ends: Vec<usize>,
    /// An open-addressing table: in each slot the hash of a key above its number + 1; 0 is free.
    slots: Vec<u64>,
}

impl Interner {
    /// How many keys there are.
    pub(super) fn len(&self) -> usize {
        self.ends.len()
    }

    /// The key of a number.
    pub(super) fn key(&self, number: u32) -> &[u8] {
        let number = number as usize;
        let start = number.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.bytes[start..self.ends[number]]
    }

    /// The number of a key; `None` when there are no numbers left.
    pub(super) fn intern(&mut self, key: &[u8]) -> Option<u32> {
        self.intern_hashed(key, hash(key))
    }

    fn intern_hashed(&mut self, key: &[u8], hash: u32) -> Option<u32> {
        if self.len() * 8 >= self.slots.len() * 7 {
            self.grow();
        }
        let slot = match self.slot(key, hash) {
            Ok(number) => return Some(number),
            Err(slot) => slot,
        };
        // One number stays free for "no term".
        let number = u32::try_from(self.len()).ok().filter(|number| *number < u32::MAX - 1)?;
        self.slots[slot] = u64::from(hash) << 32 | u64::from(number + 1);
        self.bytes.extend_from_slice(key);
        self.ends.push(self.bytes.len());
        Some(number)
    }

    /// The numbers of the keys of another interner, in their order; `None` when there are no numbers left. The other may
    /// be without keys then.
    pub(super) fn take_all(&mut self, other: &mut Self) -> Option<Vec<u32>> {
        if self.len() == 0 {
            std::mem::swap(self, other);
            return Some((0..self.len() as u32).collect());
        }
        let mut numbers = Vec::with_capacity(other.len());
        let mut hashes = Vec::with_capacity(AHEAD);
        for first in (0..other.len()).step_by(AHEAD) {
            let keys = (first..other.len().min(first + AHEAD)).map(|number| other.key(number as u32));
            hashes.clear();
            hashes.extend(keys.clone().map(hash));
            // The slots lie all over a large table: the processor waits for many of them at once, and not for each in turn.
            let mask = self.slots.len() - 1;
            black_box(hashes.iter().fold(0, |all, hash| all ^ self.slots[*hash as usize & mask]));
            for (key, hash) in keys.zip(&hashes) {
                numbers.push(self.intern_hashed(key, *hash)?);
            }
        }
        Some(numbers)
    }

    /// The number of a key, if it has one.
    pub(super) fn number(&self, key: &[u8]) -> Option<u32> {
        if self.slots.is_empty() {
            return None;
        }
        self.slot(key, hash(key)).ok()
    }

    /// The number of a key, or the free slot for it.
    fn slot(&self, key: &[u8], hash: u32) -> Result<u32, usize> {
        let mask = self.slots.len() - 1;
        let mut slot = hash as usize & mask;
        while let Some(number) = (self.slots[slot] as u32).checked_sub(1) {
            if self.slots[slot] >> 32 == u64::from(hash) && self.key(number) == key {
                return Ok(number);
            }
            slot = (slot + 1) & mask;
        }
        Err(slot)
    }

    /// Takes all keys out, and keeps the memory for others.
    pub(super) fn clear(&mut self) {
        self.bytes.clear();
        self.ends.clear();
        self.slots.fill(0);
    }

    /// Frees what only finding numbers needs.
    pub(super) fn settle(&mut self) {
        self.slots = Vec::new();
    }

    fn grow(&mut self) {
        let len = (self.slots.len() * 2).max(1024);
        let before = std::mem::replace(&mut self.slots, vec![0; len]);
        for taken in before.into_iter().filter(|slot| *slot != 0) {
            let mut slot = (taken >> 32) as usize & (len - 1);
            while self.slots[slot] != 0 {
                slot = (slot + 1) & (len - 1);
            }
            self.slots[slot] = taken;
        }
    }
}

fn hash(key: &[u8]) -> u32 {
    let mut hasher = FxHasher::default();
    hasher.write(key);
    let hash = hasher.finish();
    (hash ^ (hash >> 32)) as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_key_has_one_number() {
        let mut interner = Interner::default();
        for round in 0..2 {
            for number in 0..5000u32 {
                assert_eq!(interner.intern(format!("key {number}").as_bytes()), Some(number), "{round}");
            }
        }
        assert_eq!(interner.len(), 5000);
        assert_eq!(interner.key(4999), b"key 4999");
    }
}
