//! Sorting numbers by the byte strings that they stand for, seven bytes at a time: most strings of a graph begin like
//! many others, and comparing each with each would read these beginnings over and over.

use rayon::slice::ParallelSliceMut;

/// Bytes of a string in a prefix.
const STEP: usize = 7;

/// Strings that are the same so far are compared as a whole.
const DEEP: usize = 16 * STEP;

/// So few strings are compared as a whole.
const FEW: usize = 8;

/// Runs of so many strings are a task for another processor.
const MANY: usize = 4096;

/// More strings than this are sorted without prefixes, which take memory.
const TOO_MANY: u32 = 1 << 21;

/// A prefix and the number of its string.
type Entry = (u64, u32);

/// The numbers below `len` in the order of their strings, those of equal strings in their own order.
pub(super) fn sorted<'s>(len: u32, string: impl Fn(u32) -> &'s [u8] + Sync) -> Vec<u32> {
    if len > TOO_MANY {
        let mut numbers: Vec<u32> = (0..len).collect();
        numbers.par_sort_unstable_by_key(|number| (string(*number), *number));
        return numbers;
    }
    let mut entries: Vec<Entry> = (0..len).map(|number| (0, number)).collect();
    sort(&mut entries, 0, &string);
    entries.into_iter().map(|(_, number)| number).collect()
}

/// Sorts strings that are the same up to a depth.
fn sort<'s>(entries: &mut [Entry], depth: usize, string: &(impl Fn(u32) -> &'s [u8] + Sync)) {
    let rest = |number: u32| string(number).get(depth..).unwrap_or_default();
    if entries.len() <= FEW || depth >= DEEP {
        entries.sort_unstable_by(|(_, a), (_, b)| rest(*a).cmp(rest(*b)).then(a.cmp(b)));
        return;
    }
    for (start, number) in &mut *entries {
        *start = prefix(rest(*number));
    }
    entries.par_sort_unstable();
    rayon::in_place_scope(|scope| {
        for run in entries.chunk_by_mut(|(a, _), (b, _)| a == b) {
            match run {
                [_] => {}
                [(start, _), ..] if !goes_on(*start) => {}
                run if run.len() < MANY => sort(run, depth + STEP, string),
                run => scope.spawn(move |_| sort(run, depth + STEP, string)),
            }
        }
    });
}

/// The first bytes of a string and whether it ends in them, as a number whose order is that of the strings.
fn prefix(string: &[u8]) -> u64 {
    let len = string.len().min(STEP + 1);
    let mut bytes = [0; STEP + 1];
    match string.first_chunk() {
        Some(first) => bytes = *first,
        None => bytes[..len].copy_from_slice(string),
    }
    bytes[STEP] = len as u8;
    u64::from_be_bytes(bytes)
}

/// Whether the strings of a prefix are longer than it.
fn goes_on(prefix: u64) -> bool {
    prefix & 0xff > STEP as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_are_in_the_order_of_their_bytes_and_equal_ones_in_that_of_their_numbers() {
        let heads =
            ["", "\0", "https://w3id.org/mainstay/", "https://w3id.org/mainstay/fact/", "\u{ff}é", "a"];
        let strings: Vec<Vec<u8>> = (0..20_000usize)
            .map(|n| {
                let tail = format!("{}{}", "x".repeat(n * n % 13), n * 7919 % 3001);
                let tail = if n % 17 == 0 { "\0".repeat(n % 12) } else { tail };
                let long = if n % 5 == 0 { "same ".repeat(n % 3 * 20) } else { String::new() };
                [heads[n % heads.len()], &long, &tail].concat().into_bytes()
            })
            .collect();
        let mut expected: Vec<u32> = (0..strings.len() as u32).collect();
        expected.sort_by_key(|number| &strings[*number as usize]);
        assert_eq!(sorted(strings.len() as u32, |number| strings[number as usize].as_slice()), expected);
    }
}
