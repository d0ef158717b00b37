//! `llmos remote remove`

use std::process::ExitCode;

use llmos_core::volume::VolumeId;
use llmos_workbench::Caller;

use crate::{
    failure::Failure,
    operator::{Place, volume},
    out::say,
};

/// No longer keep a volume equal with its remote; both keep what they hold
#[derive(clap::Args)]
pub(crate) struct Args {
    /// The volume: `system`, `team/<id>` or `user/<id>`
    #[arg(value_parser = volume)]
    volume: VolumeId,
    #[command(flatten)]
    place: Place,
}

pub(crate) fn run(args: &Args) -> Result<ExitCode, Failure> {
    let workbench = args.place.workbench()?;
    workbench.remove_remote(&Caller::operator(), Some(args.volume.clone()))?;
    say(&format!("volume `{}` has no remote any more", args.volume));
    Ok(ExitCode::SUCCESS)
}
