//! Streams of real prompts whose tasks are known: assistants, a bank's help
//! desk, shell commands in several people's words.
//!
//! The data stays outside the repository: `LLMOS_BENCH_DATA` names its folder,
//! `../shared/bench` beside the repository is the default.

use std::{collections::BTreeMap, fs, path::PathBuf};

use llmos_core::pattern::{Pattern, Prompt, find};
use serde_json::Value;

#[expect(
    clippy::disallowed_methods,
    clippy::print_stderr,
    reason = "a test reads its data and says what it skips"
)]
fn stream(name: &str) -> Option<Vec<Value>> {
    let root = std::env::var("LLMOS_BENCH_DATA").map_or_else(
        |_| PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/bench"),
        PathBuf::from,
    );
    let path = root.join("1_prompts").join(name);
    let Ok(text) = fs::read_to_string(&path) else {
        eprintln!("skipped: {} is missing; set LLMOS_BENCH_DATA", path.display());
        return None;
    };
    Some(text.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect())
}

/// Pairwise F1, and how many tasks have a pattern with at least half of their
/// prompts and at most one stranger in five.
fn quality(labels: &[&str], patterns: &[Pattern]) -> (f64, usize) {
    let pairs = |n: usize| (n * n.saturating_sub(1) / 2) as f64;
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
        let (label, n) = counts.into_iter().max_by_key(|count| count.1).expect("members");
        let recurs = !label.starts_with("noise:") && !label.starts_with("rare:");
        if recurs && n * 5 >= pattern.members.len() * 4 && n * 2 >= n_with[label] {
            found.insert(label, ());
        }
    }
    let wanted: f64 = n_with.values().map(|&n| pairs(n)).sum();
    (2.0 * right / (said + wanted), found.len())
}

#[expect(clippy::print_stderr, reason = "the figures are what one runs this for")]
fn check(name: &str, least_f1: f64, least_found: usize) {
    let Some(lines) = stream(name) else { return };
    let text = |line: &Value, key: &str| line[key].as_str().expect("a text").to_owned();
    let texts: Vec<_> = lines.iter().map(|line| text(line, "text")).collect();
    let labels: Vec<_> = lines.iter().map(|line| text(line, "label")).collect();
    let prompts: Vec<_> = texts.iter().map(|text| Prompt { text, ..Prompt::default() }).collect();
    let patterns = find(&prompts);
    let labels: Vec<_> = labels.iter().map(String::as_str).collect();
    let (f1, n_found) = quality(&labels, &patterns);
    eprintln!("{name}: {} patterns, F1 {f1:.3}, {n_found} tasks found", patterns.len());
    assert!(f1 >= least_f1, "{name}: F1 {f1:.3} below {least_f1}");
    assert!(n_found >= least_found, "{name}: {n_found} found, below {least_found}");
}

#[test]
fn tasks_of_an_assistant_are_found() {
    check("A.jsonl", 0.62, 22);
}

#[test]
fn tasks_of_a_help_desk_are_found() {
    check("B.jsonl", 0.57, 20);
}

#[test]
fn tasks_of_the_shell_are_found() {
    check("D.jsonl", 0.43, 68);
}
