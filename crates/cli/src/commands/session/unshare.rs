//! `llmos session unshare`

use std::process::ExitCode;

use llmos_core::slug::Slug;

use crate::{failure::Failure, out::say};

/// Revoke a share: nobody reads the session because of it from now on
#[derive(clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    which: super::Which,
    /// The share, as `llmos session shares` names it
    #[arg(value_name = "SHARE")]
    share: Slug,
}

pub(super) fn run(args: &super::Args, asked: &Args) -> Result<ExitCode, Failure> {
    let (workbench, caller) = args.open()?;
    workbench.revoke_share(&caller, &asked.which.session, &asked.share)?;
    say(&format!("share {} opens nothing any more", asked.share));
    Ok(ExitCode::SUCCESS)
}
