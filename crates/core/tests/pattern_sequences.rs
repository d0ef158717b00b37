//! Sequences of real steps: tool calls, shell pipelines, workflow paths. The
//! answers are those of an independent miner.
//!
//! The data stays outside the repository: `LLMOS_BENCH_DATA` names its folder,
//! `../shared/bench` beside the repository is the default.

use std::{fs, path::PathBuf};

use llmos_core::pattern::sequence::{Frequent, Search, closed, frequent};
use serde_json::Value;

#[expect(
    clippy::disallowed_methods,
    clippy::print_stderr,
    reason = "a test reads its data and says what it skips"
)]
fn cases() -> Vec<(String, Value)> {
    let root = std::env::var("LLMOS_BENCH_DATA").map_or_else(
        |_| PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/bench"),
        PathBuf::from,
    );
    let folder = root.join("5_sequences");
    let Ok(entries) = fs::read_dir(&folder) else {
        eprintln!("skipped: {} is missing; set LLMOS_BENCH_DATA", folder.display());
        return Vec::new();
    };
    let paths = entries.map(|entry| entry.expect("a folder entry").path());
    let cases = paths.filter(|path| path.extension().is_some_and(|end| end == "json"));
    cases
        .map(|path| {
            let text = fs::read_to_string(&path).expect("a readable file");
            (path.display().to_string(), serde_json::from_str(&text).expect("JSON"))
        })
        .collect()
}

fn number(value: &Value) -> usize {
    usize::try_from(value.as_u64().expect("a count")).expect("a small count")
}

fn numbers(value: &Value) -> Vec<usize> {
    value.as_array().expect("an array").iter().map(number).collect()
}

fn answers(value: &Value) -> Vec<Frequent> {
    let mut answers: Vec<_> = value
        .as_array()
        .expect("answers")
        .iter()
        .map(|pair| Frequent { support: number(&pair[0]), items: numbers(&pair[1]) })
        .collect();
    answers.sort();
    answers
}

#[test]
fn real_sequences_give_the_reference_answers() {
    for (name, case) in cases() {
        let sequences: Vec<_> =
            case["sequences"].as_array().expect("sequences").iter().map(numbers).collect();
        let search = Search { min_support: number(&case["minsup"]), max_len: usize::MAX };
        assert_eq!(frequent(&sequences, search), answers(&case["frequent_all"]), "{name}");
        assert_eq!(closed(&sequences, search), answers(&case["closed"]), "closed of {name}");
    }
}
