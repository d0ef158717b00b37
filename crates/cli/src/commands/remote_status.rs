//! `llmos remote status`

use std::process::ExitCode;

use llmos_core::volume::VolumeId;
use llmos_workbench::Caller;

use crate::{
    failure::{FOUND, Failure},
    operator::{Place, volume},
    out::{Out, say},
};

/// Say where volumes are kept a second time, and how the last talk went
///
/// Exits with 1 when one of them is not equal with its remote.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// The volume; all that have a remote when left out
    #[arg(value_parser = volume)]
    volume: Option<VolumeId>,
    /// Print one JSON object per volume
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    place: Place,
}

pub(crate) fn run(args: &Args) -> Result<ExitCode, Failure> {
    let workbench = args.place.workbench()?;
    let caller = Caller::operator();
    let volumes = match &args.volume {
        Some(volume) => vec![volume.clone()],
        None => workbench.remotes_of(&caller)?,
    };
    if volumes.is_empty() {
        say("no volume has a remote");
    }
    let mut out = Out::new();
    let mut code = ExitCode::SUCCESS;
    for volume in volumes {
        let view = workbench.remote(&caller, Some(volume))?;
        if view.n_failures > 0 {
            code = ExitCode::from(FOUND);
        }
        if args.json {
            if out.json(&view)?.is_break() {
                break;
            }
            continue;
        }
        let branch = view.branch.as_deref().unwrap_or_default();
        let mut lines = vec![match &view.url {
            Some(url) => format!("{}: {url} ({branch})", view.volume),
            None => format!("{}: no remote", view.volume),
        }];
        lines.extend(match (&view.synced_at, &view.commit) {
            (Some(at), Some(commit)) => Some(format!("  equal at {at} with {commit}")),
            (Some(at), None) => Some(format!("  equal at {at}, both empty")),
            _ => view.url.is_some().then(|| "  never equal so far".to_owned()),
        });
        if let (Some(at), Some(failure)) = (&view.failed_at, &view.failure) {
            let times = if view.n_failures == 1 { "once" } else { "in a row" };
            lines.push(format!("  failed {} {times}, last at {at}: {failure}", view.n_failures));
        }
        lines.extend(view.conflicts.iter().map(|path| format!("  conflict: {path}")));
        if !view.conflicts.is_empty() {
            lines.push(format!("  hint: merge `origin/{branch}` with `git` in the folder"));
        }
        if out.line(&lines.join("\n"))?.is_break() {
            break;
        }
    }
    out.finish()?;
    Ok(code)
}
