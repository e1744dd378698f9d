//! Times of repeated runs.

use std::time::{Duration, Instant};

/// Times of some runs, sorted: as many as fit into a budget, at most 25, at least some.
pub fn times(budget: Duration, at_least: usize, mut run: impl FnMut()) -> Vec<Duration> {
    let start = Instant::now();
    let mut times = Vec::new();
    while times.len() < at_least || times.len() < 25 && start.elapsed() < budget {
        let start = Instant::now();
        run();
        times.push(start.elapsed());
    }
    times.sort_unstable();
    times
}
