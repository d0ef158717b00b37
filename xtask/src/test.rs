//! `cargo xtask test`: installs what the tests need, runs every suite even
//! when one fails, and closes with the counts of all of them. `cargo xtask ci
//! <job>` runs one of them alone.

mod count;
mod suites;

use std::time::{Duration, Instant};

use anyhow::{Result, bail};

pub(crate) use self::count::Counts;
use self::suites::{SUITES, Suite};
use crate::say;

/// How one suite went.
#[derive(Debug)]
struct Outcome {
    name: &'static str,
    counts: Counts,
    took: Duration,
}

/// Runs the suites named, or all of them, and fails when any test did.
///
/// The last line on stdout is `N passed, N failed`, with `, N skipped` where
/// any were.
pub(crate) fn test(names: &[String]) -> Result<()> {
    let wanted = choose(names)?;
    let outcomes: Vec<Outcome> = wanted.into_iter().map(run).collect();
    summarise(&outcomes);
    let total = outcomes.iter().fold(Counts::default(), |sum, outcome| sum + outcome.counts);
    say::out(&format!("{total}\n"));
    if total.failed > 0 {
        return Err(Failed.into());
    }
    Ok(())
}

/// Tests failed, and the closing line has said so.
#[derive(Debug)]
pub(crate) struct Failed;

impl std::fmt::Display for Failed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("tests failed")
    }
}

impl std::error::Error for Failed {}

fn choose(names: &[String]) -> Result<Vec<&'static Suite>> {
    for name in names {
        if !SUITES.iter().any(|suite| suite.name == name) {
            let known: Vec<_> = SUITES.iter().map(|suite| suite.name).collect();
            bail!("no suite is called `{name}`; there are {}", known.join(", "));
        }
    }
    Ok(SUITES
        .iter()
        .filter(|suite| names.is_empty() || names.iter().any(|name| name == suite.name))
        .collect())
}

fn run(suite: &'static Suite) -> Outcome {
    let started = Instant::now();
    let counts = match (suite.run)() {
        Ok(counts) => counts,
        Err(error) => {
            say::error(&error);
            Counts::failure()
        }
    };
    let took = started.elapsed();
    if counts.failed == 0 {
        say::done(suite.name, counts, Some(took));
    } else {
        say::failed(suite.name, format!("{counts}  {}", say::seconds(took)));
    }
    Outcome { name: suite.name, counts, took }
}

fn summarise(outcomes: &[Outcome]) {
    say::line("");
    say::line(&format!(
        "{:<12} {:>8} {:>8} {:>8} {:>10}",
        "suite", "passed", "failed", "skipped", "seconds"
    ));
    for Outcome { name, counts, took } in outcomes {
        let Counts { passed, failed, skipped } = counts;
        let secs = took.as_secs_f64();
        say::line(&format!("{name:<12} {passed:>8} {failed:>8} {skipped:>8} {secs:>10.1}"));
    }
    let took: Duration = outcomes.iter().map(|outcome| outcome.took).sum();
    say::line(&format!("{:<12} {:>37.1}", "all", took.as_secs_f64()));
    say::line("");
}
