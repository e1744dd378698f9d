//! The memory budget of work inside the general evaluator, which doesn't count its own.
//!
//! The growth of the process is watched instead, every few milliseconds, where the system tells it (Linux); other
//! work of the process counts too. The operators count what they use themselves: see `Execution::charge`.

use spareval::CancellationToken;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::time::Duration;

const INTERVAL: Duration = Duration::from_millis(10);

/// Cancels a query when the process has grown by more than its budget, as long as it lives.
pub(super) struct MemoryWatch {
    exceeded: Arc<AtomicBool>,
    /// Dropping it ends the watching thread.
    _alive: Sender<()>,
}

impl MemoryWatch {
    /// Watches from now on; none where the system doesn't tell the memory of a process.
    pub(super) fn start(budget: usize, token: CancellationToken) -> Option<Self> {
        let before = memory()?;
        let exceeded = Arc::new(AtomicBool::new(false));
        let (alive, ended) = channel();
        let flag = Arc::clone(&exceeded);
        std::thread::spawn(move || {
            while ended.recv_timeout(INTERVAL) == Err(RecvTimeoutError::Timeout) {
                if memory().is_some_and(|now| now.saturating_sub(before) > budget) {
                    flag.store(true, Ordering::Relaxed);
                    return token.cancel();
                }
            }
        });
        Some(Self { exceeded, _alive: alive })
    }

    /// Whether the budget was exceeded.
    pub(super) fn is_exceeded(&self) -> bool {
        self.exceeded.load(Ordering::Relaxed)
    }
}

/// Bytes of memory that the process holds for itself, mapped files left out.
fn memory() -> Option<usize> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("RssAnon:"))?;
    let kibibytes: usize = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kibibytes << 10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn growth_beyond_the_budget_cancels() {
        let token = CancellationToken::new();
        let Some(watch) = MemoryWatch::start(64 << 20, token.clone()) else {
            return println!("skipped: this system does not tell the memory of a process");
        };
        assert!(!token.is_cancelled() && !watch.is_exceeded());
        let held = vec![1u8; 256 << 20];
        while !token.is_cancelled() {
            std::thread::sleep(INTERVAL);
        }
        assert!(watch.is_exceeded());
        assert_eq!(held.iter().map(|byte| usize::from(*byte)).sum::<usize>(), held.len());
    }
}
