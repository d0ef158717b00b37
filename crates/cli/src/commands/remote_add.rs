//! `llmos remote add`

use std::process::ExitCode;

use llmos_core::volume::VolumeId;
use llmos_workbench::Caller;

use crate::{
    failure::Failure,
    operator::{Place, volume},
    out::say,
};

/// Keep a volume equal with a repository elsewhere
///
/// `llmos serve` sends it what is committed and brings what others push there. Nothing is sent by this command itself.
/// Passwords come from an SSH agent, from a credential helper (`LLMOS_CREDENTIAL_HELPER`) or, for one host, from
/// `LLMOS_REMOTE_TOKEN` and `LLMOS_REMOTE_TOKEN_HOST` (`github.com` when left out).
#[derive(clap::Args)]
pub(crate) struct Args {
    /// The volume: `system`, `team/<id>` or `user/<id>`
    #[arg(value_parser = volume)]
    volume: VolumeId,
    /// Where: `https://host/owner/name.git`, `git@host:owner/name.git` or a folder
    url: String,
    /// The branch there
    #[arg(long, default_value = "main")]
    branch: String,
    #[command(flatten)]
    place: Place,
}

pub(crate) fn run(args: &Args) -> Result<ExitCode, Failure> {
    let workbench = args.place.workbench()?;
    let volume = Some(args.volume.clone());
    workbench.set_remote(&Caller::operator(), volume, &args.url, Some(&args.branch))?;
    say(&format!("volume `{}` is kept equal with {}", args.volume, args.url));
    say(&format!("hint: talk to it now with `llmos remote sync {}`", args.volume));
    Ok(ExitCode::SUCCESS)
}
