//! `llmos proposal approve`, `decline` and `revert`

use std::process::ExitCode;

use llmos_api::proposal::DecideProposal;
use llmos_core::{store::CommitId, volume::VolumeId};

use super::show::find;
use crate::{
    commands::place::Place,
    failure::Failure,
    out::{Out, say},
};

#[derive(clap::Args)]
pub(crate) struct Args {
    /// The id, or its first digits
    #[arg(value_name = "ID")]
    id: String,
    /// Why; needed to decline and to revert
    #[arg(long, value_name = "TEXT", default_value = "")]
    reason: String,
    /// Say that you approve your own proposal
    #[arg(long)]
    own: bool,
}

/// What is decided.
#[derive(Clone, Copy)]
pub(super) enum Verdict {
    Approve,
    Decline,
    Revert,
}

pub(super) fn run(place: &Place, args: &Args, verdict: Verdict) -> Result<ExitCode, Failure> {
    let (workbench, caller) = place.open()?;
    let found = find(&workbench, &caller, &args.id)?;
    let volume: Option<VolumeId> = found.volume.parse().ok();
    let id = CommitId(found.id);
    let asked =
        DecideProposal { reason: args.reason.clone(), own: args.own, ..DecideProposal::default() };
    let done = match verdict {
        Verdict::Approve => workbench.approve_proposal(&caller, &id, volume.as_ref(), &asked),
        Verdict::Decline => workbench.decline_proposal(&caller, &id, volume.as_ref(), &asked),
        Verdict::Revert => workbench.revert_proposal(&caller, &id, volume.as_ref(), &asked),
    }?;
    if place.json() {
        let mut out = Out::new();
        let _heard = out.json(&done)?;
        out.finish()?;
    } else {
        say(&format!(
            "{} in volume {}: {}, commit {}",
            done.skill_id,
            done.volume,
            done.state.as_str(),
            done.commit
        ));
    }
    Ok(ExitCode::SUCCESS)
}
