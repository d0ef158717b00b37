//! `llmos diff`

use std::process::ExitCode;

use llmos_workbench::{DiffFilter, ids};

use super::volume::{Where, print_files};
use crate::{
    failure::{FOUND, Failure},
    out::Out,
};

/// Compare two moments of a volume
///
/// Skills and workflows are compared by meaning, then every file by line. Exits with 1 when something differs.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// The old side: a commit, the beginning of its id, or a branch
    #[arg(value_name = "FROM")]
    from: String,
    /// The new side; the newest commit when left out
    #[arg(value_name = "TO")]
    to: Option<String>,
    /// Only this file or folder
    #[arg(long, value_name = "PATH")]
    path: Option<String>,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    place: Where,
}

pub(crate) fn run(args: &Args) -> Result<ExitCode, Failure> {
    let open = args.place.open()?;
    let filter = DiffFilter {
        volume: Some(open.volume.clone()),
        path: args.path.as_deref().map(ids::path).transpose()?,
        from: Some(open.point("from", &args.from)?),
        to: args.to.as_deref().map(|to| open.point("to", to)).transpose()?,
        limit: usize::MAX,
    };
    let diff = open.workbench.volume_diff(&open.caller, &filter)?;
    let mut out = Out::new();
    if args.json {
        out.json(&diff).map(|_| ())?;
    } else {
        print_files(&mut out, &diff.files).map(|_| ())?;
    }
    out.finish()?;
    Ok(if diff.files.is_empty() { ExitCode::SUCCESS } else { ExitCode::from(FOUND) })
}
