//! `llmos blob`

mod gc;
mod get;
mod list;
mod put;
mod verify;

use std::process::ExitCode;

use clap::Subcommand;
use llmos_workbench::{Caller, Workbench};

use crate::{blobs::BlobArgs, commands::place::Place, failure::Failure, sessions::SessionPlace};

/// Keep large files outside of Git, by the hash of their content
///
/// In a volume a small text stands for each. A server may run at the same time.
#[derive(clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    place: Place,
    #[command(flatten)]
    blobs: BlobArgs,
    #[command(flatten)]
    sessions: SessionPlace,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Put(put::Args),
    Get(get::Args),
    List(list::Args),
    Verify(verify::Args),
    Gc(gc::Args),
}

pub(crate) fn run(args: &Args) -> Result<ExitCode, Failure> {
    match &args.command {
        Command::Put(asked) => put::run(args, asked),
        Command::Get(asked) => get::run(args, asked),
        Command::List(asked) => list::run(args, asked),
        Command::Verify(asked) => verify::run(args, asked),
        Command::Gc(asked) => gc::run(args, asked),
    }
}

impl Args {
    /// Puts volumes and blobs together, and tells who asks.
    fn open(&self) -> Result<(Workbench, Caller), Failure> {
        let (workbench, caller) = self.place.open()?;
        Ok((self.blobs.add_to(workbench, self.place.volumes())?, caller))
    }
}
