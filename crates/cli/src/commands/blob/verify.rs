//! `llmos blob verify`

use std::process::ExitCode;

use llmos_workbench::Caller;

use super::Args as Blob;
use crate::{
    failure::{FOUND, Failure},
    out::{Out, say},
};

/// Read every kept file, and look whether it is whole
///
/// Looks at all volumes, for whoever runs the program. Exits with 1 where something is wrong.
#[derive(clap::Args)]
pub(crate) struct Args {}

pub(super) fn run(blob: &Blob, _: &Args) -> Result<ExitCode, Failure> {
    let (workbench, _) = blob.open()?;
    let found = workbench.verify_blobs(&Caller::operator())?;
    let mut out = Out::new();
    if blob.place.json() {
        let _ = out.json(&found)?;
    } else {
        for fault in &found.faults {
            let path = fault.path.as_ref().map(|path| format!(" {path}")).unwrap_or_default();
            if out
                .line(&format!("{}{path} {}: {}", fault.volume, fault.hash, fault.what))?
                .is_break()
            {
                break;
            }
        }
    }
    out.finish()?;
    say(&format!("{} blobs with {} bytes were read", found.n_read, found.n_bytes));
    Ok(if found.faults.is_empty() { ExitCode::SUCCESS } else { ExitCode::from(FOUND) })
}
