//! Requests and the right one of 2,335 real skills. The data stays outside the
//! repository: `LLMOS_BENCH_DATA` names its folder, `../shared/bench` beside the
//! checkout by default.

#![expect(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    clippy::print_stderr,
    reason = "a test reads files and says what it skips"
)]

use std::{env, fs, path::PathBuf};

use llmos_core::search::{Fields, Index};
use serde_json::Value;

/// Shares of the requests whose skill is found.
#[derive(Debug)]
struct Found {
    first: f64,
    among_five: f64,
}

#[test]
fn requests_find_their_skill() {
    let Some((skills, queries)) = data() else { return };
    let index = Index::new(skills.iter().map(fields).enumerate());
    let rank = |query: &Value| {
        let hits = index.search(text(query, "query"), 5);
        hits.iter().position(|hit| skills[hit.doc]["id"] == query["skill"])
    };
    let ranks: Vec<(&Value, Option<usize>)> = queries.iter().map(|q| (q, rank(q))).collect();
    let is_english = |query: &Value| query["lang"] == "en";
    let english = found(&ranks, is_english);
    let hard = found(&ranks, |query| is_english(query) && query["overlap"].as_f64() <= Some(0.2));
    let other = found(&ranks, |query| !is_english(query));
    eprintln!("English {english:?}\nhard {hard:?}\nother languages {other:?}");
    assert!(english.first >= 0.53 && english.among_five >= 0.76, "{english:?}");
    assert!(hard.first >= 0.39 && hard.among_five >= 0.6, "{hard:?}");
    assert!(other.first >= 0.54 && other.among_five >= 0.72, "{other:?}");
}

fn found(ranks: &[(&Value, Option<usize>)], wanted: impl Fn(&Value) -> bool) -> Found {
    let ranks: Vec<Option<usize>> =
        ranks.iter().filter(|(query, _)| wanted(query)).map(|(_, rank)| *rank).collect();
    let share = |most: usize| {
        let n = ranks.iter().flatten().filter(|rank| **rank < most).count();
        n as f64 / ranks.len() as f64
    };
    Found { first: share(1), among_five: share(5) }
}

fn fields(skill: &Value) -> Fields<'_> {
    let keywords = skill["tags"].as_array().unwrap().iter().filter_map(Value::as_str);
    Fields {
        name: vec![text(skill, "id"), text(skill, "name")],
        keywords: keywords.collect(),
        category: vec![text(skill, "category")],
        description: vec![text(skill, "description")],
        ports: Vec::new(),
        body: vec![text(skill, "body")],
    }
}

fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value[key].as_str().unwrap()
}

fn data() -> Option<(Vec<Value>, Vec<Value>)> {
    let folder = env::var_os("LLMOS_BENCH_DATA").map_or_else(
        || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/bench"),
        PathBuf::from,
    );
    let folder = folder.join("3_retrieval");
    let lines = |name: &str| {
        let text = fs::read_to_string(folder.join(name)).ok()?;
        Some(text.lines().map(|line| serde_json::from_str(line).unwrap()).collect::<Vec<Value>>())
    };
    let found = lines("index.jsonl").zip(lines("queries_dev.jsonl"));
    if found.is_none() {
        eprintln!("skipped: no skills and requests at {} (set LLMOS_BENCH_DATA)", folder.display());
    }
    found
}
