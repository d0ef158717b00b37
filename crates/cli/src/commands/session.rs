//! `llmos session`

mod commit;
mod export;
mod list;
mod share;
mod shares;
mod show;
mod unshare;

use std::process::ExitCode;

use clap::Subcommand;
use llmos_core::slug::Slug;
use llmos_workbench::{Caller, Workbench};

use crate::{commands::place::Place, failure::Failure, sessions::SessionPlace};

/// Look at conversations, commit them, and let others read them
///
/// A server may run at the same time.
#[derive(clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    place: Place,
    #[command(flatten)]
    sessions: SessionPlace,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    List(list::Args),
    Show(show::Args),
    Commit(commit::Args),
    Export(export::Args),
    Share(share::Args),
    Shares(shares::Args),
    Unshare(unshare::Args),
}

/// Which session.
#[derive(clap::Args)]
struct Which {
    /// The session, as `llmos session list` names it
    #[arg(value_name = "SESSION")]
    session: Slug,
}

pub(crate) fn run(args: &Args) -> Result<ExitCode, Failure> {
    match &args.command {
        Command::List(asked) => list::run(args, asked),
        Command::Show(asked) => show::run(args, asked),
        Command::Commit(asked) => commit::run(args, asked),
        Command::Export(asked) => export::run(args, asked),
        Command::Share(asked) => share::run(args, asked),
        Command::Shares(asked) => shares::run(args, asked),
        Command::Unshare(asked) => unshare::run(args, asked),
    }
}

impl Args {
    /// Puts volumes and sessions together, and tells who asks.
    fn open(&self) -> Result<(Workbench, Caller), Failure> {
        let (workbench, caller) = self.place.open()?;
        let sessions = self.sessions.open(self.place.volumes())?;
        Ok((workbench.with_sessions(sessions), caller))
    }
}
