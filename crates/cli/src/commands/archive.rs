//! `llmos archive`

use std::{path::PathBuf, process::ExitCode, sync::Arc};

use jiff::{Timestamp, ToSpan, tz::TimeZone};
use llmos_core::slug::Slug;
use llmos_volumes::GitStore;
use llmos_workbench::{Archived, Caller, Month, Workbench};

use super::backup::must_be_there;
use crate::{
    failure::Failure,
    out::{Out, say},
    world::Machine,
};

/// Pack old traces: a month becomes one file
///
/// `traces/<year>/<month>/` becomes `traces/<year>/<month>.zip`, an ordinary zip of the same files. The workbench lists
/// and reads traces in it as before; the history keeps the files as well. The server may run meanwhile.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// Pack the months before this one, as `yyyy-mm`; the twelve latest stay when left out
    #[arg(long, value_name = "MONTH", conflicts_with = "unpack")]
    before: Option<Month>,
    /// Put the traces of this month back into files of their own
    #[arg(long, value_name = "MONTH")]
    unpack: Option<Month>,
    /// Only say what would be packed
    #[arg(long, conflicts_with = "unpack")]
    dry_run: bool,
    /// The user whose traces are meant
    #[arg(long, value_name = "USER", default_value = "local", env = "LLMOS_USER")]
    user: Slug,
    /// The folder that holds the volumes
    #[arg(long, value_name = "FOLDER", default_value = "volumes", env = "LLMOS_VOLUMES_PATH")]
    volumes: PathBuf,
}

pub(crate) fn run(args: &Args) -> Result<ExitCode, Failure> {
    must_be_there(&args.volumes)?;
    let store = GitStore::open(args.volumes.clone());
    let workbench = Workbench::new(Arc::new(store), Arc::new(Machine));
    let caller = Caller::local(args.user.clone(), None);
    let volume = caller.own_volume();
    let done = match &args.unpack {
        Some(month) => vec![workbench.unpack_traces(&caller, &volume, month)?],
        None => {
            let before = args.before.clone().unwrap_or_else(a_year_ago);
            workbench.archive_traces(&caller, &volume, &before, args.dry_run)?
        }
    };
    let mut out = Out::new();
    for Archived { month, n_files, n_bytes, n_packed_bytes } in &done {
        let line = match args.dry_run {
            true => format!("{month} {n_files} files"),
            false => format!("{month} {n_files} files, {n_bytes} bytes, packed {n_packed_bytes}"),
        };
        if out.line(&line)?.is_break() {
            break;
        }
    }
    out.finish()?;
    say(&format!(
        "{} months of `{volume}`{}",
        done.len(),
        match (args.dry_run, &args.unpack) {
            (true, _) => " would be packed",
            (false, None) => " are packed",
            (false, Some(_)) => " are unpacked",
        }
    ));
    Ok(ExitCode::SUCCESS)
}

/// The month a year before this one.
fn a_year_ago() -> Month {
    let then = Timestamp::now().to_zoned(TimeZone::UTC).saturating_sub(12.months());
    let text = then.strftime("%Y-%m").to_string();
    text.parse().expect("because it is printed as a month")
}
