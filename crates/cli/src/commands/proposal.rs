//! `llmos proposal`

mod check;
mod create;
mod decide;
mod list;
mod show;

use std::process::ExitCode;

use clap::Subcommand;

use crate::{commands::place::Place, failure::Failure};

/// Propose skills to a team, and decide about what is proposed
///
/// A proposal is the branch `pr/<user>/<skill>` of the volume that is asked. Its id is the commit that is proposed;
/// its first digits are enough.
#[derive(clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    place: Place,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Create(create::Args),
    List(list::Args),
    Show(show::Args),
    Check(check::Args),
    /// Merge a proposal; whoever approves their own has to say so with `--own`
    Approve(decide::Args),
    /// Do not take a proposal, or withdraw one's own
    Decline(decide::Args),
    /// Take a merged proposal back
    Revert(decide::Args),
}

pub(crate) fn run(args: &Args) -> Result<ExitCode, Failure> {
    let place = &args.place;
    match &args.command {
        Command::Create(args) => create::run(place, args),
        Command::List(args) => list::run(place, args),
        Command::Show(args) => show::run(place, args),
        Command::Check(args) => check::run(place, args),
        Command::Approve(args) => decide::run(place, args, decide::Verdict::Approve),
        Command::Decline(args) => decide::run(place, args, decide::Verdict::Decline),
        Command::Revert(args) => decide::run(place, args, decide::Verdict::Revert),
    }
}
