//! `llmos session list`

use std::process::ExitCode;

use llmos_api::session::{SessionState, SessionView};
use llmos_core::volume::VolumeId;
use llmos_workbench::{Page, SessionFilter};

use crate::{failure::Failure, operator, out::Out};

/// List sessions, the one that was changed last first
#[derive(clap::Args)]
pub(crate) struct Args {
    /// Only those of this volume: `system`, `team/<id>` or `user/<id>`
    #[arg(long, value_name = "VOLUME", value_parser = operator::volume)]
    volume: Option<VolumeId>,
    /// How many at most
    #[arg(long, value_name = "N", default_value_t = 100)]
    limit: u64,
}

pub(super) fn run(args: &super::Args, asked: &Args) -> Result<ExitCode, Failure> {
    let (workbench, caller) = args.open()?;
    let page = Page::new(Some(asked.limit), None)?;
    let filter = SessionFilter { volume: asked.volume.clone(), page };
    let list = workbench.list_sessions(&caller, &filter)?;
    let mut out = Out::new();
    for session in &list.sessions {
        let heard = if args.place.json() { out.json(session)? } else { out.line(&row(session))? };
        if heard.is_break() {
            break;
        }
    }
    out.finish()?;
    Ok(ExitCode::SUCCESS)
}

fn row(session: &SessionView) -> String {
    let SessionView { id, address, message_count, name, .. } = session;
    let state = match (session.state, session.commit_hash.as_deref()) {
        (SessionState::Committed, Some(hash)) => hash.get(..10).unwrap_or(hash),
        _ => "uncommitted",
    };
    format!("{id}  {state:<11}  {message_count:>5}  {address}  {name}")
}
