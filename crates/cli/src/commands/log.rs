//! `llmos log`

use std::process::ExitCode;

use llmos_api::volume::CommitView;
use llmos_workbench::{HistoryFilter, ids};

use super::{
    files::escaped,
    volume::{Where, short},
};
use crate::{
    failure::{FOUND, Failure},
    out::{Heard, Out, say},
};

/// Show the history of a volume, or of one of its files
///
/// Newest first. Of a skill or workflow it says in words what each commit changed. Exits with 1 when there is nothing.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// The file or folder, such as `skills/plot.md`; all of the volume when left out
    #[arg(value_name = "PATH")]
    path: Option<String>,
    /// Start at this commit or branch
    #[arg(long, value_name = "COMMIT")]
    from: Option<String>,
    /// How many commits at most
    #[arg(long, default_value_t = 20)]
    limit: usize,
    /// Print one JSON object per commit
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    place: Where,
}

pub(crate) fn run(args: &Args) -> Result<ExitCode, Failure> {
    let open = args.place.open()?;
    let filter = HistoryFilter {
        volume: Some(open.volume.clone()),
        path: args.path.as_deref().map(ids::path).transpose()?,
        from: args.from.as_deref().map(|from| open.point("from", from)).transpose()?,
        words: true,
        limit: args.limit,
    };
    let history = open.workbench.volume_history(&open.caller, &filter)?;
    let mut out = Out::new();
    for commit in &history.commits {
        let heard = if args.json { out.json(commit)? } else { print(&mut out, commit)? };
        if heard.is_break() {
            break;
        }
    }
    out.finish()?;
    if history.commits.is_empty() {
        say(&format!("nothing was kept there in volume `{}`", history.volume));
        return Ok(ExitCode::from(FOUND));
    }
    Ok(ExitCode::SUCCESS)
}

fn print(out: &mut Out, commit: &CommitView) -> Heard {
    let CommitView { commit: id, time, author, subject, words, .. } = commit;
    let line = format!("{}  {time}  {}  {}", short(id), escaped(author), escaped(subject));
    let mut heard = out.line(&line)?;
    for word in words.iter().flatten() {
        if heard.is_break() {
            break;
        }
        heard = out.line(&format!("  {}", escaped(word)))?;
    }
    Ok(heard)
}
