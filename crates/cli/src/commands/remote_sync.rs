//! `llmos remote sync`

use std::process::ExitCode;

use llmos_core::volume::VolumeId;
use llmos_workbench::Caller;

use crate::{
    failure::{FOUND, Failure},
    operator::{Place, volume},
    out::Out,
};

/// Make volumes and their remotes equal now
///
/// Exits with 1 when files changed on both sides, so that somebody has to decide; nothing is merged then. It can be
/// stopped at any moment and goes on the next time.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// The volume; all that have a remote when left out
    #[arg(value_parser = volume)]
    volume: Option<VolumeId>,
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
    let mut out = Out::new();
    let mut code = ExitCode::SUCCESS;
    for volume in volumes {
        let view = workbench.sync_remote(&caller, Some(volume))?;
        let mut lines = Vec::new();
        if view.equal {
            let commit = view.commit.as_deref().unwrap_or("nothing");
            let (fetched, pushed) = (view.n_fetched, view.n_pushed);
            lines.push(format!("{}: equal at {commit}, {fetched} in, {pushed} out", view.volume));
        } else {
            code = ExitCode::from(FOUND);
            lines.push(format!("{}: changed on both sides, nothing merged", view.volume));
            lines.extend(view.conflicts.iter().map(|path| format!("  conflict: {path}")));
            lines
                .push("  hint: merge `origin/main` with `git` in the folder, then sync".to_owned());
        }
        if out.line(&lines.join("\n"))?.is_break() {
            break;
        }
    }
    out.finish()?;
    Ok(code)
}
