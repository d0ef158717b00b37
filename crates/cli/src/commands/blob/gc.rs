//! `llmos blob gc`

use std::process::ExitCode;

use llmos_api::blob::BlobGarbage;
use llmos_workbench::{Caller, Collect};

use super::Args as Blob;
use crate::{
    commands::backup::must_be_there,
    failure::{Failure, FailureKind},
    out::{Out, say},
};

/// Find files that nothing refers to any more, and remove them if asked to
///
/// Looks at all volumes, for whoever runs the program: at every commit that a branch, a tag or any other name of the
/// repository leads to, and at everything that was said in sessions. Name the same places as the server does; where
/// several servers share one place for files, run it where all volumes and sessions are.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// Remove what is found; without it nothing is changed
    #[arg(long)]
    remove: bool,
    /// How many hours must have passed since a file was last uploaded
    #[arg(long, value_name = "HOURS", default_value_t = 168)]
    grace: u64,
    /// Go on where there are no sessions
    #[arg(long)]
    no_sessions: bool,
}

pub(super) fn run(blob: &Blob, args: &Args) -> Result<ExitCode, Failure> {
    must_be_there(blob.place.volumes())?;
    if !args.no_sessions && !blob.sessions.are_there(blob.place.volumes()) {
        return Err(Failure::new(
            FailureKind::Refused,
            "there are no sessions here, which may refer to files",
            "name where they are with `--state` or `--redis`, or say `--no-sessions`",
        ));
    }
    let (workbench, _) = blob.open()?;
    let workbench = workbench.with_sessions(blob.sessions.open(blob.place.volumes())?);
    let collect = Collect { grace_hours: args.grace, remove: args.remove };
    let found = workbench.collect_blobs(&Caller::operator(), collect)?;
    print(&found, blob.place.json())?;
    Ok(ExitCode::SUCCESS)
}

fn print(found: &BlobGarbage, json: bool) -> Result<(), Failure> {
    let mut out = Out::new();
    if json {
        let _ = out.json(found)?;
        return out.finish();
    }
    let (mut n, mut n_bytes) = (0, 0);
    'all: for volume in &found.volumes {
        if let Some(why) = &volume.left_alone {
            say(&format!("{} is left as it is: {why}", volume.volume));
        }
        for blob in &volume.garbage {
            n += 1;
            n_bytes += blob.size;
            let line =
                format!("{} {} {} bytes {}", volume.volume, blob.hash, blob.size, blob.kept_at);
            if out.line(&line)?.is_break() {
                break 'all;
            }
        }
    }
    out.finish()?;
    match found.removed {
        true => say(&format!("{n} files with {n_bytes} bytes were removed")),
        false => {
            say(&format!("{n} files with {n_bytes} bytes can go; remove them with `--remove`"));
        }
    }
    Ok(())
}
