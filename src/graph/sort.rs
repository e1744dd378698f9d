//! Sorting numbers by the byte strings that they stand for, seven bytes at a time: most strings of a graph begin like
//! many others, and comparing each with each would read these beginnings over and over.

use rayon::prelude::*;

/// Bytes of a string in a prefix.
const STEP: usize = 7;

/// Strings that are the same so far are compared as a whole.
const DEEP: usize = 16 * STEP;

/// So few strings are compared as a whole.
const FEW: usize = 8;

/// Runs of so many strings are a task for another processor.
const MANY: usize = 4096;

/// Strings that are sorted at once; more are first dealt out to ranges of about so many. Prefixes take memory, and those
/// of more strings than this leave the processor's caches.
const AT_ONCE: usize = 1 << 17;

/// Strings looked at for each range to tell where it ends.
const SAMPLES: usize = 16;

/// A prefix and the number of its string.
type Entry = (u64, u32);

/// Numbers, which are given in their own order, in the order of their strings; those of equal strings stay as they are.
pub(super) fn sorted<'s>(mut numbers: Vec<u32>, string: impl Fn(u32) -> &'s [u8] + Sync) -> Vec<u32> {
    if numbers.len() <= AT_ONCE {
        sort_numbers(&mut numbers, &string);
        return numbers;
    }
    let mut rest = numbers.as_mut_slice();
    let mut ranges = Vec::new();
    for count in deal_out(&mut *rest, &string) {
        let range;
        (range, rest) = rest.split_at_mut(count);
        ranges.push(range);
    }
    ranges.into_par_iter().for_each(|range| sort_numbers(range, &string));
    numbers
}

/// Brings numbers into ranges that follow each other in the order of the strings, each range in the order of the numbers;
/// gives how many numbers are in each.
fn deal_out<'s>(numbers: &mut [u32], string: &(impl Fn(u32) -> &'s [u8] + Sync)) -> Vec<usize> {
    let ranges = numbers.len() / AT_ONCE + 1;
    let mut samples: Vec<u32> =
        numbers.iter().copied().step_by(numbers.len() / (SAMPLES * ranges) + 1).collect();
    sort_numbers(&mut samples, string);
    let starts: Vec<&[u8]> =
        samples.iter().skip(SAMPLES).step_by(SAMPLES).map(|number| string(*number)).collect();
    let range_of = |number: &u32| {
        let own = string(*number);
        starts.partition_point(|start| *start <= own) as u16
    };
    let range_of: Vec<u16> = numbers.par_iter().map(range_of).collect();
    let mut counts = vec![0; starts.len() + 1];
    range_of.iter().for_each(|range| counts[usize::from(*range)] += 1);
    let mut places: Vec<usize> = counts
        .iter()
        .scan(0, |end, count| {
            *end += count;
            Some(*end - count)
        })
        .collect();
    let before = numbers.to_vec();
    for (number, range) in before.into_iter().zip(range_of) {
        let place = &mut places[usize::from(range)];
        numbers[*place] = number;
        *place += 1;
    }
    counts
}

/// Sorts numbers by their strings.
fn sort_numbers<'s>(numbers: &mut [u32], string: &(impl Fn(u32) -> &'s [u8] + Sync)) {
    let mut entries: Vec<Entry> = numbers.iter().map(|number| (0, *number)).collect();
    sort(&mut entries, 0, string);
    numbers.iter_mut().zip(entries).for_each(|(number, (_, sorted))| *number = sorted);
}

/// Sorts strings that are the same up to a depth.
fn sort<'s>(entries: &mut [Entry], depth: usize, string: &(impl Fn(u32) -> &'s [u8] + Sync)) {
    let rest = |depth: usize| move |number: u32| string(number).get(depth..).unwrap_or_default();
    if entries.len() <= FEW || depth >= DEEP {
        let rest = rest(depth);
        entries.sort_unstable_by(|(_, a), (_, b)| rest(*a).cmp(rest(*b)).then(a.cmp(b)));
        return;
    }
    let depth = depth + in_common(entries, rest(depth));
    let rest = rest(depth);
    for (start, number) in &mut *entries {
        *start = prefix(rest(*number));
    }
    if entries.len() < MANY {
        entries.sort_unstable()
    } else {
        entries.par_sort_unstable()
    }
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

/// How many bytes strings have in common; 0 where these are less than a prefix.
fn in_common<'s>(entries: &[Entry], string: impl Fn(u32) -> &'s [u8]) -> usize {
    let Some(((_, first), others)) = entries.split_first() else { return 0 };
    let first = string(*first);
    let mut common = first.len();
    for (_, other) in others {
        let other = string(*other);
        if !other.starts_with(&first[..common]) {
            common = first.iter().zip(other).take_while(|(one, other)| one == other).count();
        }
        if common < STEP {
            return 0;
        }
    }
    common
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
        let strings: Vec<Vec<u8>> = (0..300_000usize)
            .map(|n| {
                let tail = format!("{}{}", "x".repeat(n * n % 13), n * 7919 % 3001);
                let tail = if n % 17 == 0 { "\0".repeat(n % 12) } else { tail };
                let long = if n % 5 == 0 { "same ".repeat(n % 3 * 20) } else { String::new() };
                [heads[n % heads.len()], &long, &tail].concat().into_bytes()
            })
            .collect();
        for count in [0, 1, 20_000, strings.len()] {
            let mut expected: Vec<u32> = (0..count as u32).collect();
            expected.sort_by_key(|number| &strings[*number as usize]);
            let found = sorted((0..count as u32).collect(), |number| strings[number as usize].as_slice());
            assert!(found == expected, "{count} strings");
        }
    }

    #[test]
    fn each_of_many_strings_is_read_a_few_times_only() {
        use std::sync::atomic::{AtomicU64, Ordering};

        let strings: Vec<String> = (0..600_000u32)
            .map(|n| format!("https://w3id.org/mainstay/fact/{:08x}", n.wrapping_mul(2_654_435_761)))
            .collect();
        let reads = AtomicU64::new(0);
        sorted((0..strings.len() as u32).collect(), |number| {
            reads.fetch_add(1, Ordering::Relaxed);
            strings[number as usize].as_bytes()
        });
        // Comparing them with each other would read each some forty times.
        let each = reads.into_inner() as f64 / strings.len() as f64;
        assert!(each < 15.0, "{each} times each");
    }
}
