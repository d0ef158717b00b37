//! `llmos proposal list`

use std::process::ExitCode;

use llmos_api::proposal::ProposalState;

use crate::{commands::place::Place, failure::Failure, out::Out};

/// Say which proposals wait for a decision
#[derive(clap::Args)]
pub(crate) struct Args {
    /// Also those that were decided
    #[arg(long)]
    all: bool,
}

pub(super) fn run(place: &Place, args: &Args) -> Result<ExitCode, Failure> {
    let (workbench, caller) = place.open()?;
    let state = (!args.all).then_some(ProposalState::Open);
    let list = workbench.list_proposals(&caller, None, state)?;
    let mut out = Out::new();
    for one in &list.proposals {
        let row = format!(
            "{}  {:<8}  {} → {}  {}",
            one.id.get(..10).unwrap_or(&one.id),
            one.state.as_str(),
            one.user,
            one.volume,
            one.skill_id
        );
        let heard = if place.json() { out.json(one)? } else { out.line(&row)? };
        if heard.is_break() {
            break;
        }
    }
    out.finish()?;
    Ok(ExitCode::SUCCESS)
}
