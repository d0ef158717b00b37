//! Finding recurring tasks among prompts: how well, how fast, and one by one.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use anyhow::Result;
use llmos_core::pattern::{Pattern, Prompt, Stream, find};

use crate::data::{lines, text};
use crate::table::{Table, count, time};

/// How many prompts come one by one.
const N_ONE_BY_ONE: usize = 100_000;

/// Measures the streams that are there.
pub(crate) fn run() -> Result<Table> {
    let mut table =
        Table::new(&["stream", "prompts", "tasks found", "pairwise F1", "patterns", "time"]);
    for name in ["A", "B", "D", "S20k"] {
        let Some(stream) = lines(&format!("1_prompts/{name}.jsonl"))? else {
            table.row([
                name.to_owned(),
                "not here".into(),
                "–".into(),
                "–".into(),
                "–".into(),
                "–".into(),
            ]);
            continue;
        };
        let labels: Vec<&str> = stream.iter().map(|line| text(line, "label")).collect();
        let prompts: Vec<Prompt<'_>> = stream
            .iter()
            .map(|line| Prompt { text: text(line, "text"), ..Prompt::default() })
            .collect();
        let begun = Instant::now();
        let patterns = find(&prompts);
        let took = begun.elapsed();
        row(&mut table, name, &labels, &patterns, &time(took));
        let half = prompts.len() / 2;
        let mut grown = Stream::new(&prompts[..half]);
        for prompt in &prompts[half..] {
            grown.add(prompt);
        }
        let patterns: Vec<Pattern> = grown.patterns().cloned().collect();
        row(&mut table, &format!("{name}, its second half one by one"), &labels, &patterns, "–");
    }
    one_by_one(&mut table)?;
    Ok(table)
}

fn row(table: &mut Table, name: &str, labels: &[&str], patterns: &[Pattern], time: &str) {
    let (f1, found, tasks) = quality(labels, patterns);
    table.row([
        name.to_owned(),
        count(labels.len()),
        format!("{found} of {tasks}"),
        format!("{f1:.3}"),
        count(patterns.len()),
        time.to_owned(),
    ]);
}

/// Adds to a settled stream, prompt by prompt, and says how long the middle and the longest took.
fn one_by_one(table: &mut Table) -> Result<()> {
    let Some(known) = lines("1_prompts/A.jsonl")? else { return Ok(()) };
    let Some(later) = lines("1_prompts/S20k.jsonl")? else { return Ok(()) };
    let known: Vec<Prompt<'_>> = known.iter().map(|line| prompt(text(line, "text"))).collect();
    let mut stream = Stream::new(&known);
    let mut times: Vec<Duration> = Vec::with_capacity(N_ONE_BY_ONE);
    for n in 0..N_ONE_BY_ONE {
        // Each round words it a little otherwise, so that none is only looked up.
        let round = n / later.len();
        let worded =
            format!("{} {}", text(&later[n % later.len()], "text"), "again ".repeat(round));
        let begun = Instant::now();
        stream.add(&prompt(&worded));
        times.push(begun.elapsed());
    }
    times.sort();
    let middle = times[times.len() / 2];
    let most = times.last().copied().unwrap_or_default();
    table.row([
        "one by one behind A".to_owned(),
        count(N_ONE_BY_ONE),
        "–".into(),
        "–".into(),
        count(stream.patterns().len()),
        format!("{} each, at most {}", time(middle), time(most)),
    ]);
    Ok(())
}

fn prompt(text: &str) -> Prompt<'_> {
    Prompt { text, ..Prompt::default() }
}

/// Pairwise F1; how many tasks have a pattern with at least half of their prompts and at most one stranger in
/// five; how many tasks there are.
fn quality(labels: &[&str], patterns: &[Pattern]) -> (f64, usize, usize) {
    let pairs = |n: usize| (n * n.saturating_sub(1) / 2) as f64;
    let recurs = |label: &str| !label.starts_with("noise:") && !label.starts_with("rare:");
    let mut n_with: BTreeMap<&str, usize> = BTreeMap::new();
    for label in labels {
        *n_with.entry(label).or_default() += 1;
    }
    let (mut right, mut said, mut found) = (0.0, 0.0, BTreeMap::new());
    for pattern in patterns {
        let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
        for &member in &pattern.members {
            *counts.entry(labels[member]).or_default() += 1;
        }
        said += pairs(pattern.members.len());
        right += counts.values().map(|&n| pairs(n)).sum::<f64>();
        let Some((label, n)) = counts.into_iter().max_by_key(|count| count.1) else { continue };
        if recurs(label) && n * 5 >= pattern.members.len() * 4 && n * 2 >= n_with[label] {
            found.insert(label, ());
        }
    }
    let wanted: f64 = n_with.values().map(|&n| pairs(n)).sum();
    let n_tasks = n_with.keys().filter(|label| recurs(label)).count();
    (2.0 * right / (said + wanted), found.len(), n_tasks)
}
