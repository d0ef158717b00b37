//! `llmos session commit`

use std::process::ExitCode;

use llmos_api::session::CommitSession;

use crate::{
    failure::Failure,
    out::{Out, say},
};

/// Keep a session in a volume, as one commit, and print the commit
///
/// Without anything new since the last commit no second one is made.
#[derive(clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    which: super::Which,
    /// Another volume than that of the session: `user` for your own, or an address
    #[arg(long, value_name = "VOLUME")]
    to: Option<String>,
}

pub(super) fn run(args: &super::Args, asked: &Args) -> Result<ExitCode, Failure> {
    let (workbench, caller) = args.open()?;
    let wanted = CommitSession { volume: asked.to.clone(), ..CommitSession::default() };
    let session = workbench.commit_session(&caller, &asked.which.session, &wanted)?;
    let commit = session.commit_hash.clone().unwrap_or_default();
    let mut out = Out::new();
    let _heard = if args.place.json() { out.json(&session)? } else { out.line(&commit)? };
    out.finish()?;
    if !args.place.json() {
        let volume = session.commit_volume.as_deref().unwrap_or(&session.address);
        say(&format!("{} is kept in volume {volume}", session.id));
    }
    Ok(ExitCode::SUCCESS)
}
