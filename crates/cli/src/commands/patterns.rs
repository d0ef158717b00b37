//! `llmos patterns`

use std::{
    fs,
    path::{Path, PathBuf},
    process::ExitCode,
};

use llmos_api::evolution::PatternView;
use llmos_core::{
    pattern::{self, Pattern, Prompt, Seen},
    slug::Slug,
};
use serde::{Deserialize, Serialize};

use super::{
    evolve::{From, show_patterns},
    files::escaped,
};
use crate::{
    failure::{Failure, FailureKind},
    out::Out,
};

/// Find what recurs: tasks in a stream of prompts, or all patterns in the traces of the volumes
///
/// Without a file it looks through the traces of the volumes. With one, the file holds one JSON object `{id, text}` per
/// line, with `user`, `at` and `success` where they are known; other members are left alone. A task is a pattern when
/// at least three prompts ask for it. Its confidence is how alike they are, from 0 to 1; success is as measured. It
/// needs no model and no setting.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// The prompts; without a file, the traces of the volumes
    #[arg(value_name = "FILE.jsonl")]
    file: Option<PathBuf>,
    /// Print one JSON object: `{groups: [{ids, description, confidence, count, users, success_rate, first_seen,
    /// last_seen}]}`, or `{patterns: […]}` without a file
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    from: From,
}

#[derive(Deserialize)]
struct Line {
    id: String,
    text: String,
    user: Option<String>,
    at: Option<String>,
    success: Option<bool>,
}

impl Line {
    /// What is known beside the text; a user or time that is none is left out.
    fn seen(&self) -> Seen {
        Seen {
            user: self.user.as_deref().and_then(|user| user.parse().ok()),
            at: self.at.as_deref().and_then(|at| at.parse().ok()),
            success: self.success,
        }
    }
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
    count: usize,
    users: Vec<&'a str>,
    success_rate: Option<f64>,
    first_seen: Option<String>,
    last_seen: Option<String>,
}

pub(crate) fn run(args: &Args) -> Result<ExitCode, Failure> {
    let Some(file) = &args.file else { return of_volumes(args) };
    let lines = read(file)?;
    let prompts: Vec<_> = lines
        .iter()
        .map(|line| Prompt { id: &line.id, text: &line.text, seen: line.seen() })
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

#[derive(Serialize)]
struct Patterns {
    patterns: Vec<PatternView>,
}

/// Shows what recurs in the traces of the volumes. Writes no draft.
fn of_volumes(args: &Args) -> Result<ExitCode, Failure> {
    let patterns = args.from.evolve(false, true)?.patterns;
    let mut out = Out::new();
    if args.json {
        // Nobody is left to tell when the reader is gone.
        let _ = out.json(&Patterns { patterns })?;
    } else {
        show_patterns(&mut out, &patterns)?;
    }
    out.finish()?;
    Ok(ExitCode::SUCCESS)
}

fn group<'a>(pattern: &'a Pattern, prompts: &[Prompt<'a>]) -> Group<'a> {
    Group {
        ids: pattern.members.iter().map(|&member| prompts[member].id).collect(),
        description: &pattern.description,
        confidence: pattern.confidence,
        count: pattern.evidence.count,
        users: pattern.evidence.users.keys().map(Slug::as_str).collect(),
        success_rate: pattern.evidence.success_rate(),
        first_seen: pattern.evidence.first_seen.map(|at| at.to_string()),
        last_seen: pattern.evidence.last_seen.map(|at| at.to_string()),
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
