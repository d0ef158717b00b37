//! `llmos restore`

use std::process::ExitCode;

use llmos_api::history::Restore;
use llmos_workbench::Point;

use super::{
    files::escaped,
    volume::{Where, short, status},
};
use crate::{
    failure::Failure,
    out::{Out, say},
};

/// Bring back what a volume, or a file of it, was at a commit
///
/// It becomes a new commit: nothing of the history is lost, and it can be undone the same way.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// The id of the commit, the beginning of it, or a branch
    #[arg(value_name = "COMMIT")]
    commit: String,
    /// The file or folder; all of the volume when left out
    #[arg(value_name = "PATH")]
    path: Option<String>,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    place: Where,
}

pub(crate) fn run(args: &Args) -> Result<ExitCode, Failure> {
    let open = args.place.open()?;
    let to = match open.point("commit", &args.commit)? {
        Point::Commit(commit) => commit.to_string(),
        Point::Branch(branch) => branch.to_string(),
    };
    let asked = Restore {
        volume: Some(open.volume.to_string()),
        path: args.path.clone(),
        to: Some(to.clone()),
        ..Restore::default()
    };
    let restored = open.workbench.restore(&open.caller, &asked, None)?;
    let mut out = Out::new();
    if args.json {
        out.json(&restored).map(|_| ())?;
    } else {
        for file in &restored.files {
            if out.line(&format!("{} {}", status(file.status), escaped(&file.path)))?.is_break() {
                break;
            }
        }
    }
    out.finish()?;
    if restored.files.is_empty() {
        say(&format!("nothing differs from {}", short(&to)));
    } else if !args.json {
        say(&format!("restored in commit {}", short(&restored.commit)));
    }
    Ok(ExitCode::SUCCESS)
}
