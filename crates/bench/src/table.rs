//! What a measurement prints: a table, as JSON on stdout, which `cargo xtask
//! bench` turns into Markdown.

use std::io::{self, Write};
use std::time::{Duration, Instant};

use serde_json::json;

/// Columns and rows of text.
#[derive(Debug)]
pub(crate) struct Table {
    columns: &'static [&'static str],
    rows: Vec<Vec<String>>,
}

impl Table {
    /// An empty table.
    pub(crate) fn new(columns: &'static [&'static str]) -> Self {
        Self { columns, rows: Vec::new() }
    }

    /// Adds a row.
    pub(crate) fn row(&mut self, cells: impl IntoIterator<Item = String>) {
        let row: Vec<String> = cells.into_iter().collect();
        let _ = writeln!(io::stderr(), "{}", row.join(" | "));
        self.rows.push(row);
    }

    /// Prints it.
    pub(crate) fn print(&self) -> io::Result<()> {
        let table = json!({ "columns": self.columns, "rows": self.rows });
        writeln!(io::stdout().lock(), "{table}")
    }
}

/// Runs `work` at least three times and for about a second, and returns the
/// median time of one run.
pub(crate) fn median<T>(mut work: impl FnMut() -> T) -> Duration {
    let started = Instant::now();
    let mut times = Vec::new();
    while times.len() < 3 || (started.elapsed() < Duration::from_secs(1) && times.len() < 1_000) {
        let begun = Instant::now();
        let made = std::hint::black_box(work());
        times.push(begun.elapsed());
        // Giving back what was made is not part of making it.
        drop(made);
    }
    middle(&mut times)
}

/// Returns the middle one of times, the only one of which a slow moment says nothing.
pub(crate) fn middle(times: &mut [Duration]) -> Duration {
    times.sort();
    times[times.len() / 2]
}

/// Three significant digits and the unit that fits.
pub(crate) fn time(time: Duration) -> String {
    let nanos = time.as_secs_f64() * 1e9;
    let (value, unit) = match nanos {
        n if n < 1e3 => (n, "ns"),
        n if n < 1e6 => (n / 1e3, "µs"),
        n if n < 1e9 => (n / 1e6, "ms"),
        n => (n / 1e9, "s"),
    };
    let digits = if value < 10.0 { 2 } else { usize::from(value < 100.0) };
    format!("{value:.digits$} {unit}")
}

/// `12,345`
pub(crate) fn count(n: usize) -> String {
    let digits = n.to_string();
    let mut text = String::new();
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}
