//! `llmos session shares`

use std::process::ExitCode;

use llmos_api::share::ShareView;

use crate::{failure::Failure, out::Out};

/// List the shares of a session, the newest first
#[derive(clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    which: super::Which,
}

pub(super) fn run(args: &super::Args, asked: &Args) -> Result<ExitCode, Failure> {
    let (workbench, caller) = args.open()?;
    let list = workbench.list_shares(&caller, &asked.which.session)?;
    let mut out = Out::new();
    for share in &list.shares {
        let heard = if args.place.json() { out.json(share)? } else { out.line(&row(share))? };
        if heard.is_break() {
            break;
        }
    }
    out.finish()?;
    Ok(ExitCode::SUCCESS)
}

fn row(share: &ShareView) -> String {
    let ShareView { share_id, team, by, created_at, ends_at, ended, .. } = share;
    let with = team.as_ref().map_or("link".to_owned(), |team| format!("team {team}"));
    let end = match (ends_at, ended) {
        (None, _) => String::new(),
        (Some(end), true) => format!("  ended {end}"),
        (Some(end), false) => format!("  until {end}"),
    };
    format!("{share_id}  {with}  {by}  {created_at}{end}")
}
