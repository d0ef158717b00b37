//! How many tests passed, read from what each test runner prints.

use std::fmt;
use std::ops::Add;

use serde_json::Value;

/// Counts of tests.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    /// Ran and held.
    pub(crate) passed: u64,
    /// Ran and did not hold, or could not run.
    pub(crate) failed: u64,
    /// Left out, by the test's own word.
    pub(crate) skipped: u64,
}

impl Counts {
    /// One check that held.
    pub(crate) fn success() -> Self {
        Self { passed: 1, ..Self::default() }
    }

    /// One check that did not, such as a suite that cannot start.
    pub(crate) fn failure() -> Self {
        Self { failed: 1, ..Self::default() }
    }

    /// One check.
    pub(crate) fn of(held: bool) -> Self {
        if held { Self::success() } else { Self::failure() }
    }

    /// Sums the `test result:` lines of `cargo test`.
    pub(crate) fn from_cargo(lines: &[String]) -> Self {
        lines
            .iter()
            .filter_map(|line| line.strip_prefix("test result:"))
            .map(|result| Self {
                passed: before(result, "passed"),
                failed: before(result, "failed"),
                skipped: before(result, "ignored"),
            })
            .fold(Self::default(), Self::add)
    }

    /// Sums the closing lines of Node's own test runner, in its TAP or its
    /// spec form.
    pub(crate) fn from_node(lines: &[String]) -> Self {
        let mut counts = Self::default();
        for line in lines {
            let Some(rest) = line.strip_prefix("# ").or_else(|| line.strip_prefix("ℹ ")) else {
                continue;
            };
            let mut words = rest.split_whitespace();
            let (Some(word), Some(Ok(n))) = (words.next(), words.next().map(str::parse::<u64>))
            else {
                continue;
            };
            match word {
                "pass" => counts.passed += n,
                "fail" | "cancelled" => counts.failed += n,
                "skipped" | "todo" => counts.skipped += n,
                _ => {}
            }
        }
        counts
    }

    /// Reads Vitest's JSON report. A file that could not even be loaded counts
    /// as one failed test.
    pub(crate) fn from_vitest(report: &Value) -> Self {
        let number = |key: &str| report[key].as_u64().unwrap_or(0);
        let unloaded = report["testResults"].as_array().map_or(0, |files| {
            files
                .iter()
                .filter(|file| {
                    let empty = file["assertionResults"].as_array().is_none_or(Vec::is_empty);
                    file["status"] == "failed" && empty
                })
                .count()
        });
        Self {
            passed: number("numPassedTests"),
            failed: number("numFailedTests") + unloaded as u64,
            skipped: number("numPendingTests") + number("numTodoTests"),
        }
    }

    /// Reads Playwright's JSON report. A test that held only on a second try
    /// counts as passed; an error outside of every test counts as failed.
    pub(crate) fn from_playwright(report: &Value) -> Self {
        let number = |key: &str| report["stats"][key].as_u64().unwrap_or(0);
        let errors = report["errors"].as_array().map_or(0, Vec::len) as u64;
        Self {
            passed: number("expected") + number("flaky"),
            failed: number("unexpected") + errors,
            skipped: number("skipped"),
        }
    }

    /// Makes sure that a runner that failed is seen to have failed, and that
    /// one that ran nothing is too.
    pub(crate) fn judged_by(mut self, success: bool) -> Self {
        if self.failed == 0 && (!success || self.passed == 0) {
            self.failed = 1;
        }
        self
    }
}

impl Add for Counts {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self {
            passed: self.passed + other.passed,
            failed: self.failed + other.failed,
            skipped: self.skipped + other.skipped,
        }
    }
}

impl fmt::Display for Counts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} passed, {} failed", self.passed, self.failed)?;
        if self.skipped > 0 {
            write!(f, ", {} skipped", self.skipped)?;
        }
        Ok(())
    }
}

/// The number in front of a word: 12 in `ok. 12 passed; 0 failed`.
fn before(text: &str, word: &str) -> u64 {
    let words: Vec<&str> = text.split([' ', ';', '.']).filter(|word| !word.is_empty()).collect();
    words.windows(2).find(|pair| pair[1] == word).and_then(|pair| pair[0].parse().ok()).unwrap_or(0)
}

#[cfg(test)]
mod tests;
