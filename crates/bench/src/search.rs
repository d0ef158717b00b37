//! Searching skills: how well it finds, on real requests, and how fast it is,
//! on ten thousand skills.

use std::fs;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use llmos_core::search::context::{Candidate, Limits, fill};
use llmos_core::search::semantic::{self, Embedder, Vectors};
use llmos_core::search::{Fields, Hit, Index};
use llmos_core::skill::{Skill, check};
use llmos_llm::embeddings::{HttpEmbedder, KeptVectors, Settings};
use serde_json::Value;

use crate::data::{lines, text};
use crate::table::{Table, median, time};
use crate::volume::skill;

/// How many skills the speed is measured with.
const N_SKILLS: usize = 10_000;
/// How many tokens a prompt gives to skills.
const BUDGET: usize = 4_000;

/// Which requests a row is about.
type Wanted = fn(&Value) -> bool;

/// Measures both.
pub(crate) fn run() -> Result<Table> {
    let mut table = Table::new(&["what", "measured"]);
    let data = lines("3_retrieval/index.jsonl")?.zip(lines("3_retrieval/queries_dev.jsonl")?);
    match &data {
        Some((skills, queries)) => quality(&mut table, skills, queries)?,
        None => table.row(["real requests".to_owned(), "not here".into()]),
    }
    let made: Vec<Skill> = (0..N_SKILLS).filter_map(made).collect();
    let words = ["plot energy", "voltage of a resistor", "summarize the customer report", "tensr"];
    let fields: Vec<Fields<'_>> = made.iter().map(Fields::of).collect();
    speed(&mut table, "made up", &fields, &words.map(str::to_owned))?;
    if let Some((skills, queries)) = &data {
        let many: Vec<Fields<'_>> =
            (0..N_SKILLS).map(|n| fields_of(&skills[n % skills.len()])).collect();
        let asked: Vec<String> =
            queries.iter().map(|query| text(query, "query").to_owned()).collect();
        speed(&mut table, "real, each about four times", &many, &asked)?;
    }
    Ok(table)
}

fn made(n: usize) -> Option<Skill> {
    check(&format!("skills/made-{n:05}.md"), skill(n).as_bytes()).skill
}

/// Says how many requests find the one skill that is right.
fn quality(table: &mut Table, skills: &[Value], queries: &[Value]) -> Result<()> {
    let index = Index::new(skills.iter().map(fields_of).enumerate());
    let by_words = |query: &str| index.search(query, 30);
    let words: Vec<Vec<Hit>> = queries.iter().map(|query| by_words(text(query, "query"))).collect();
    shares(table, "words", skills, queries, &words);
    in_context(table, skills, queries, &words);
    let Some(settings) = Settings::read(|name| std::env::var(name).ok())? else {
        table.row([
            "words and embeddings".to_owned(),
            "off: `LLMOS_EMBEDDINGS_URL` is not set".into(),
        ]);
        return Ok(());
    };
    let model = settings.model.clone();
    let folder = std::env::temp_dir().join("llmos-bench-embeddings");
    let embedder = KeptVectors::new(HttpEmbedder::new(settings)?, folder);
    let of_skills: Vec<String> =
        skills.iter().map(|skill| semantic::text(&fields_of(skill))).collect();
    let mut vectors = Vectors::default();
    for (doc, vector) in embedder.embed(&of_skills)?.iter().enumerate() {
        vectors.insert(doc, vector);
    }
    let texts: Vec<String> = queries.iter().map(|query| text(query, "query").to_owned()).collect();
    let asked = embedder.embed(&texts)?;
    let both = texts.iter().zip(&asked);
    let both: Vec<Vec<Hit>> =
        both.map(|(query, vector)| semantic::search(&index, &vectors, query, vector, 30)).collect();
    shares(table, &format!("words and embeddings ({model})"), skills, queries, &both);
    Ok(())
}

fn shares(table: &mut Table, how: &str, skills: &[Value], queries: &[Value], found: &[Vec<Hit>]) {
    let english = |query: &Value| query["lang"] == "en";
    let hard = |query: &Value| query["lang"] == "en" && query["overlap"].as_f64() <= Some(0.2);
    let other = |query: &Value| query["lang"] != "en";
    let kinds: [(&str, Wanted); 3] =
        [("English", english), ("English, few words shared", hard), ("other languages", other)];
    for (kind, wanted) in kinds {
        let ranks: Vec<Option<usize>> = queries
            .iter()
            .zip(found)
            .filter(|(query, _)| wanted(query))
            .map(|(query, hits)| {
                hits.iter().position(|hit| skills[hit.doc]["id"] == query["skill"])
            })
            .collect();
        let share = |most: usize| {
            let n = ranks.iter().flatten().filter(|rank| **rank < most).count();
            n as f64 / ranks.len() as f64
        };
        let measured =
            format!("first {:.3}, among five {:.3}, of {}", share(1), share(5), ranks.len());
        table.row([format!("{how}: {kind}"), measured]);
    }
}

/// Says how often the right skill is in a prompt.
fn in_context(table: &mut Table, skills: &[Value], queries: &[Value], found: &[Vec<Hit>]) {
    let (mut n_taken, mut n_whole, mut tokens) = (0, 0, 0);
    for (query, hits) in queries.iter().zip(found) {
        let candidate = |hit: &Hit| {
            let skill = &skills[hit.doc];
            Candidate {
                id: text(skill, "id"),
                name: text(skill, "name"),
                description: text(skill, "description"),
                body: text(skill, "body"),
                score: hit.score,
            }
        };
        let candidates: Vec<Candidate<'_>> = hits.iter().map(candidate).collect();
        let context = fill(&candidates, Limits { tokens: BUDGET, skills: 5 });
        let right = context
            .taken
            .iter()
            .find(|taken| candidates[taken.candidate].id == text(query, "skill"));
        n_taken += usize::from(right.is_some());
        n_whole += usize::from(right.is_some_and(|taken| taken.form.as_str() == "whole"));
        tokens += context.tokens;
    }
    let share = |n: usize| n as f64 / queries.len() as f64;
    let measured = format!(
        "{:.3}, whole {:.3}, with {} tokens on average",
        share(n_taken),
        share(n_whole),
        tokens / queries.len()
    );
    table.row([format!("right skill in a prompt of {BUDGET} tokens, all languages"), measured]);
}

/// Says how fast an index of many skills is built, asked and changed, and how large it is.
fn speed(table: &mut Table, what: &str, skills: &[Fields<'_>], queries: &[String]) -> Result<()> {
    let before = resident()?;
    let begun = Instant::now();
    let index = Index::new(skills.iter().cloned().enumerate());
    let built = begun.elapsed();
    let size = resident()?.saturating_sub(before) / 1_000;
    let mut times: Vec<Duration> = Vec::new();
    for query in queries.iter().cycle().take(queries.len().max(400)) {
        let begun = Instant::now();
        std::hint::black_box(index.search(query, 10));
        times.push(begun.elapsed());
    }
    times.sort();
    let mut at = 0;
    // The snapshot before is still being read: what changes is copied.
    let updated = median(|| {
        at = (at + 997) % skills.len();
        let mut after = index.clone();
        after.update([], [(at, skills[(at + 1) % skills.len()].clone())]);
        after
    });
    let name = format!("{} skills, {what}", crate::table::count(skills.len()));
    table.row([format!("{name}: index built"), time(built)]);
    table.row([format!("{name}: memory of it"), format!("{size} MB")]);
    let percent = |share: usize| time(times[times.len() * share / 100]);
    table.row([
        format!("{name}: query, median and 99 %"),
        format!("{}, {}", percent(50), percent(99)),
    ]);
    table.row([format!("{name}: index after a commit of one skill"), time(updated)]);
    Ok(())
}

fn fields_of(skill: &Value) -> Fields<'_> {
    let tags = skill["tags"].as_array().map(Vec::as_slice).unwrap_or_default();
    Fields {
        name: vec![text(skill, "id"), text(skill, "name")],
        keywords: tags.iter().filter_map(Value::as_str).collect(),
        category: vec![text(skill, "category")],
        description: vec![text(skill, "description")],
        ports: Vec::new(),
        body: vec![text(skill, "body")],
    }
}

/// The memory of this process, in kilobytes.
pub(crate) fn resident() -> Result<usize> {
    let status =
        fs::read_to_string("/proc/self/status").context("the memory is measured on Linux")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kilobytes = line.and_then(|line| line.trim().trim_end_matches(" kB").parse().ok());
    kilobytes.context("`/proc/self/status` has no `VmRSS`")
}
