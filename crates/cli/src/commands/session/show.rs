//! `llmos session show`

use std::process::ExitCode;

use llmos_workbench::{Exported, SessionFormat};

use crate::{failure::Failure, out::Out};

/// Print what was said in a session, as the Markdown that a commit keeps
#[derive(clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    which: super::Which,
}

pub(super) fn run(args: &super::Args, asked: &Args) -> Result<ExitCode, Failure> {
    let (workbench, caller) = args.open()?;
    let json = args.place.json();
    let format = if json { SessionFormat::Json } else { SessionFormat::Markdown };
    let Exported { text, .. } = workbench.export_session(&caller, &asked.which.session, format)?;
    let mut out = Out::new();
    for line in text.lines() {
        if out.line(&line)?.is_break() {
            break;
        }
    }
    out.finish()?;
    Ok(ExitCode::SUCCESS)
}
