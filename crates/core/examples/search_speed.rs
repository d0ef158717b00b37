//! Times the search over 10,000 skills:
//! `cargo run --release -p llmos-core --example search_speed`.
//!
//! The skills are those of `LLMOS_BENCH_DATA` (default `../shared/bench` beside
//! the checkout), repeated with their sentences in another order.

#![expect(
    clippy::disallowed_methods,
    clippy::print_stdout,
    clippy::print_stderr,
    clippy::unwrap_used,
    reason = "a program that reads files and measures"
)]

use std::{env, fs, hint::black_box, path::PathBuf, time::Instant};

use llmos_core::search::{Fields, Index};
use serde_json::Value;

const N_SKILLS: usize = 10_000;

struct Skill {
    id: String,
    description: String,
    body: String,
}

fn main() {
    let folder = env::var_os("LLMOS_BENCH_DATA")
        .map_or_else(|| PathBuf::from("../shared/bench"), PathBuf::from)
        .join("3_retrieval");
    let (Some(skills), Some(queries)) =
        (lines(&folder.join("index.jsonl")), lines(&folder.join("queries_dev.jsonl")))
    else {
        eprintln!("skipped: no data at {} (set LLMOS_BENCH_DATA)", folder.display());
        return;
    };
    let skills: Vec<Skill> = (0..N_SKILLS).map(|i| skill(&skills, i)).collect();
    let before = resident_kib();
    let start = Instant::now();
    let index = Index::new(skills.iter().map(fields).enumerate());
    println!("full build of {N_SKILLS}: {:.0} ms", start.elapsed().as_secs_f64() * 1e3);
    println!("resident memory: {} KiB more", resident_kib().saturating_sub(before));

    let times = queries.iter().map(|query| {
        let query = query["query"].as_str().unwrap();
        timed(|| drop(black_box(index.search(query, 10))))
    });
    print("query", times.collect());
    let words = ["line plot", "plo", "optimzer", "security review", "quantum"];
    print(
        "short query",
        words.map(|query| timed(|| drop(black_box(index.search(query, 10))))).into(),
    );

    let mut current = index.clone();
    let updates = (0..200).map(|i| {
        let other = &skills[(i * 37 + 11) % N_SKILLS];
        let old = current.clone();
        let time = timed(|| {
            let mut next = current.clone();
            next.insert(i * 50, &fields(other));
            current = next;
        });
        drop(old);
        time
    });
    print("update beside a reader", updates.collect());
}

fn skill(skills: &[Value], i: usize) -> Skill {
    let (from, round) = (&skills[i % skills.len()], i / skills.len());
    let text = |key: &str| from[key].as_str().unwrap().to_owned();
    let body = text("body");
    let mut lines: Vec<&str> = body.lines().collect();
    let n_lines = lines.len().max(1);
    lines.rotate_left(round * 7 % n_lines);
    Skill {
        id: format!("{}-{round}", text("id")),
        description: text("description"),
        body: lines.join("\n"),
    }
}

fn fields(skill: &Skill) -> Fields<'_> {
    Fields {
        name: vec![&skill.id],
        description: vec![&skill.description],
        body: vec![&skill.body],
        ..Fields::default()
    }
}

fn timed(work: impl FnOnce()) -> f64 {
    let start = Instant::now();
    work();
    start.elapsed().as_secs_f64() * 1e3
}

fn print(what: &str, mut times: Vec<f64>) {
    times.sort_by(f64::total_cmp);
    let at = |share: f64| times[((times.len() - 1) as f64 * share) as usize];
    println!("{what}: p50 {:.3} ms, p95 {:.3} ms, worst {:.3} ms", at(0.5), at(0.95), at(1.0));
}

fn resident_kib() -> usize {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    line.and_then(|line| line.split_whitespace().next()?.parse().ok()).unwrap_or_default()
}

fn lines(path: &std::path::Path) -> Option<Vec<Value>> {
    let text = fs::read_to_string(path).ok()?;
    Some(text.lines().map(|line| serde_json::from_str(line).unwrap()).collect())
}
