//! `llmos show`

use std::process::ExitCode;

use llmos_api::{history::DiffView, volume::CommitView};
use llmos_workbench::{DiffFilter, HistoryFilter, ids};
use serde::Serialize;

use super::{
    files::escaped,
    volume::{Where, print_files},
};
use crate::{
    failure::{Failure, FailureKind},
    out::Out,
};

/// Show a commit: who made it, why, and what it changed
#[derive(clap::Args)]
pub(crate) struct Args {
    /// The id of the commit, the beginning of it, or a branch
    #[arg(value_name = "COMMIT")]
    commit: String,
    /// Only this file or folder
    #[arg(value_name = "PATH")]
    path: Option<String>,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    place: Where,
}

/// A commit with what it changed.
#[derive(Serialize)]
struct Shown<'a> {
    commit: &'a CommitView,
    diff: &'a DiffView,
}

pub(crate) fn run(args: &Args) -> Result<ExitCode, Failure> {
    let open = args.place.open()?;
    let point = open.point("commit", &args.commit)?;
    let volume = Some(open.volume.clone());
    let filter = HistoryFilter {
        volume: volume.clone(),
        path: None,
        from: Some(point.clone()),
        words: false,
        limit: 1,
    };
    let history = open.workbench.volume_history(&open.caller, &filter)?;
    let Some(commit) = history.commits.first() else {
        let message = format!("there is no commit `{}`", escaped(&args.commit));
        return Err(Failure::new(FailureKind::Refused, message, "take one that `llmos log` lists"));
    };
    let path = args.path.as_deref().map(ids::path).transpose()?;
    let filter = DiffFilter { volume, path, from: None, to: Some(point), limit: usize::MAX };
    let diff = open.workbench.volume_diff(&open.caller, &filter)?;
    let mut out = Out::new();
    if args.json {
        out.json(&Shown { commit, diff: &diff }).map(|_| ())?;
    } else {
        print(&mut out, commit, &diff)?;
    }
    out.finish()?;
    Ok(ExitCode::SUCCESS)
}

fn print(out: &mut Out, commit: &CommitView, diff: &DiffView) -> Result<(), Failure> {
    let CommitView { commit: id, author, email, time, message, .. } = commit;
    let mut head = vec![
        format!("commit {id}"),
        format!("author {} <{}>", escaped(author), escaped(email)),
        format!("time   {time}"),
        String::new(),
    ];
    head.extend(message.trim_end().lines().map(|line| format!("    {}", escaped(line))));
    head.push(String::new());
    for line in head {
        if out.line(&line.trim_end())?.is_break() {
            return Ok(());
        }
    }
    print_files(out, &diff.files).map(|_| ())
}
