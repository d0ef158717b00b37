//! `llmos session share`

use std::process::ExitCode;

use llmos_api::share::{MadeShare, ShareSession};
use llmos_core::slug::Slug;

use crate::{
    failure::Failure,
    out::{Out, say},
};

/// Let others read a session: print a link, which is shown this once, or offer it to a team
#[derive(clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    which: super::Which,
    /// Offer it to the members of this team instead
    #[arg(long, value_name = "TEAM")]
    with: Option<Slug>,
    /// When it ends by itself, such as `2030-01-31T12:00:00Z`
    #[arg(long, value_name = "TIME")]
    until: Option<String>,
    /// Let the link show also what is said later
    #[arg(long, conflicts_with = "with")]
    follow: bool,
}

pub(super) fn run(args: &super::Args, asked: &Args) -> Result<ExitCode, Failure> {
    let (workbench, caller) = args.open()?;
    let wanted = ShareSession {
        with_team: asked.with.as_ref().map(Slug::to_string),
        ends_at: asked.until.clone(),
        follow: Some(asked.follow),
        ..ShareSession::default()
    };
    let made = workbench.share_session(&caller, &asked.which.session, &wanted)?;
    let MadeShare { share, link, .. } = &made;
    let mut out = Out::new();
    let _heard = match (args.place.json(), link) {
        (true, _) => out.json(&made)?,
        (false, Some(link)) => out.line(link)?,
        (false, None) => out.line(&share.share_id)?,
    };
    out.finish()?;
    match (&share.team, args.place.json()) {
        (_, true) => {}
        (Some(team), _) => say(&format!("members of team {team} may read it")),
        (None, _) => say("put the address of the server before it; it is shown this once"),
    }
    Ok(ExitCode::SUCCESS)
}
