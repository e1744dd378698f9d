//! Times of repeated runs.

use std::time::{Duration, Instant};

/// Median time of some runs: as many as fit into a budget, at most 25, at least one.
pub fn median(budget: Duration, mut run: impl FnMut()) -> Duration {
    let start = Instant::now();
    let mut times = Vec::new();
    while times.is_empty() || times.len() < 25 && start.elapsed() < budget {
        let start = Instant::now();
        run();
        times.push(start.elapsed());
    }
    times.sort_unstable();
    times[times.len() / 2]
}
