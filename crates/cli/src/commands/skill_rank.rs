//! `llmos skill rank`

use std::{
    fs,
    path::{Path, PathBuf},
    process::ExitCode,
};

use llmos_core::search::{Fields, Hit};
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::{Map, Value};

use crate::{
    failure::{Failure, FailureKind},
    meaning::Search,
    out::Out,
};

/// Rank skills for many queries at once
///
/// Both files hold one JSON object per line: skills `{id, name, description, tags, category, body}` and queries
/// `{id, query}`; other members are left alone. It shows how well the search finds. Embeddings count as for
/// `llmos skill search`.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// The skills
    #[arg(long, value_name = "SKILLS.jsonl")]
    index: PathBuf,
    /// The queries
    #[arg(long, value_name = "QUERIES.jsonl")]
    queries: PathBuf,
    /// How many skills are listed for each query
    #[arg(long, default_value_t = 10)]
    limit: usize,
    /// Print one JSON object of query ids with skill ids, best first
    #[arg(long)]
    json: bool,
}

#[derive(Deserialize)]
struct Skill {
    id: String,
    #[serde(default)]
    name: String,
    #[serde(default)]
    description: String,
    #[serde(default)]
    tags: Vec<String>,
    #[serde(default)]
    category: String,
    #[serde(default)]
    body: String,
}

#[derive(Deserialize)]
struct Query {
    id: String,
    query: String,
}

pub(crate) fn run(args: &Args) -> Result<ExitCode, Failure> {
    let skills: Vec<Skill> = lines(&args.index)?;
    let queries: Vec<Query> = lines(&args.queries)?;
    let search = Search::new(skills.iter().map(fields))?;
    let texts: Vec<String> = queries.iter().map(|query| query.query.clone()).collect();
    let ids = |hits: Vec<Hit>| -> Vec<&str> {
        hits.into_iter().map(|hit| skills[hit.doc].id.as_str()).collect()
    };
    let ranked: Vec<Vec<&str>> = search.find(&texts, args.limit).into_iter().map(ids).collect();
    let ranked = queries.iter().zip(ranked);
    let mut out = Out::new();
    if args.json {
        let all: Map<String, Value> =
            ranked.map(|(query, ids)| (query.id.clone(), ids.into())).collect();
        let _ = out.json(&all)?;
    } else {
        for (query, ids) in ranked {
            if out.line(&format!("{}: {}", query.id, ids.join(" ")))?.is_break() {
                break;
            }
        }
    }
    out.finish()?;
    Ok(ExitCode::SUCCESS)
}

fn fields(skill: &Skill) -> Fields<'_> {
    Fields {
        name: vec![&skill.id, &skill.name],
        keywords: skill.tags.iter().map(String::as_str).collect(),
        category: vec![&skill.category],
        description: vec![&skill.description],
        ports: Vec::new(),
        body: vec![&skill.body],
    }
}

/// Reads a file with one JSON object per line.
fn lines<T: DeserializeOwned>(path: &Path) -> Result<Vec<T>, Failure> {
    let text = fs::read_to_string(path).map_err(|error| Failure::unreadable(path, &error))?;
    let lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
    let read = |(i, line): (usize, &str)| {
        serde_json::from_str(line).map_err(|error| {
            let place = format!("{}:{}", path.display(), i + 1);
            Failure::new(
                FailureKind::Input,
                format!("cannot read `{place}`: {error}"),
                "write one JSON object per line",
            )
        })
    };
    lines.map(read).collect()
}
