//! What the benches share: timing with the reference in the same run, and the table of ratios.

#![expect(clippy::print_stdout, reason = "the table is what a bench is for")]

pub mod timing;
pub mod verdict;

use std::time::Duration;

/// Median time of some runs, at least one.
pub fn median(budget: Duration, run: impl FnMut()) -> Duration {
    let times = timing::times(budget, 1, run);
    times[times.len() / 2]
}

/// The table of ratios.
#[derive(Default)]
pub struct Ratios {
    rows: Vec<(String, Duration, Duration)>,
}

impl Ratios {
    /// Adds and prints a line.
    pub fn push(&mut self, name: &str, own: Duration, reference: Duration) {
        let ratio = reference.as_secs_f64() / own.as_secs_f64();
        let (own_ms, reference_ms) = (own.as_secs_f64() * 1e3, reference.as_secs_f64() * 1e3);
        let short: String = name.chars().take(60).collect();
        println!("{short:<60} {own_ms:>10.3} {reference_ms:>10.3} {ratio:>9.1}");
        self.rows.push((name.to_owned(), own, reference));
    }

    /// Prints the summary, and what it comes to as a line of the table in ARCHITECTURE.md.
    pub fn finish(&self, work: &str, reference_name: &str, wanted: &str) {
        let mean = |times: &dyn Fn(&(String, Duration, Duration)) -> f64| {
            (self.rows.iter().map(|row| times(row).ln()).sum::<f64>() / self.rows.len().max(1) as f64).exp()
        };
        let own = mean(&|row| row.1.as_secs_f64() * 1e3);
        let reference = mean(&|row| row.2.as_secs_f64() * 1e3);
        println!("{:<60} {own:>10.3} {reference:>10.3} {:>9.1}", "geometric mean", reference / own);
        let slowest = self.rows.iter().max_by_key(|row| row.1);
        if let Some((name, time, _)) = slowest {
            println!("slowest: {:.1} ms, {name}", time.as_secs_f64() * 1e3);
        }
        let slower: Vec<&str> =
            self.rows.iter().filter(|row| row.1 > row.2).map(|row| row.0.as_str()).collect();
        println!("slower than the reference: {slower:?}");
        let ratio = |row: &(String, Duration, Duration)| row.2.as_secs_f64() / row.1.as_secs_f64();
        let lowest = self.rows.iter().map(|row| (ratio(row), row)).min_by(|a, b| a.0.total_cmp(&b.0));
        let Some((lowest, (name, ..))) = lowest else { return };
        let mut measured = format!("{:.1} times as fast", reference / own);
        if self.rows.len() > 1 {
            let slowest = self.rows.iter().map(|row| row.1).max().unwrap_or_default().as_secs_f64() * 1e3;
            measured += &format!(
                ", {} slower; least {lowest:.1} times ({name}), longest {slowest:.2} ms",
                if slower.is_empty() { "none".to_owned() } else { slower.len().to_string() }
            );
        }
        verdict::print(work, reference_name, &measured, wanted);
    }
}

/// The heading of the table.
pub fn heading() {
    println!("{:<60} {:>10} {:>10} {:>9}", "milliseconds, median", "mainstay", "oxigraph", "ratio");
}
