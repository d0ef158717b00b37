//! `llmos patterns`

use std::{
    fs,
    path::{Path, PathBuf},
    process::ExitCode,
};

use llmos_core::pattern::{self, Pattern, Prompt};
use serde::{Deserialize, Serialize};

use super::files::escaped;
use crate::{
    failure::{Failure, FailureKind},
    out::Out,
};

/// Find the tasks that recur in a stream of prompts
///
/// The file holds one JSON object `{id, text}` per line; other members are left alone. A task is a pattern when at
/// least three prompts ask for it. It needs no model and no setting.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// The prompts
    #[arg(value_name = "FILE.jsonl")]
    file: PathBuf,
    /// Print one JSON object: `{groups: [{ids, description, confidence}]}`
    #[arg(long)]
    json: bool,
}

#[derive(Deserialize)]
struct Line {
    id: String,
    text: String,
}

#[derive(Serialize)]
struct Answer<'a> {
    groups: Vec<Group<'a>>,
}

#[derive(Serialize)]
struct Group<'a> {
    ids: Vec<&'a str>,
    description: &'a str,
    confidence: f32,
}

pub(crate) fn run(args: &Args) -> Result<ExitCode, Failure> {
    let lines = read(&args.file)?;
    let prompts: Vec<_> = lines
        .iter()
        .map(|line| Prompt { id: &line.id, text: &line.text, ..Prompt::default() })
        .collect();
    let patterns = pattern::find(&prompts);
    let mut out = Out::new();
    if args.json {
        let groups = patterns.iter().map(|pattern| group(pattern, &prompts)).collect();
        // Nobody is left to tell when the reader is gone.
        let _ = out.json(&Answer { groups })?;
    } else if !patterns.is_empty() && out.line(&"prompts  confidence  task")?.is_continue() {
        for Pattern { members, description, confidence, .. } in &patterns {
            let task = escaped(description);
            let row = format!("{:>7}  {confidence:>10.2}  {task}", members.len());
            if out.line(&row)?.is_break() {
                break;
            }
        }
    }
    out.finish()?;
    Ok(ExitCode::SUCCESS)
}

fn group<'a>(pattern: &'a Pattern, prompts: &[Prompt<'a>]) -> Group<'a> {
    Group {
        ids: pattern.members.iter().map(|&member| prompts[member].id).collect(),
        description: &pattern.description,
        confidence: pattern.confidence,
    }
}

fn read(path: &Path) -> Result<Vec<Line>, Failure> {
    let text = fs::read_to_string(path).map_err(|error| Failure::unreadable(path, &error))?;
    let lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
    let read = |(i, line): (usize, &str)| {
        serde_json::from_str(line).map_err(|error| {
            let place = format!("{}:{}", path.display(), i + 1);
            Failure::new(
                FailureKind::Input,
                format!("cannot read `{place}`: {error}"),
                "write one JSON object `{\"id\": …, \"text\": …}` per line",
            )
        })
    };
    lines.map(read).collect()
}
