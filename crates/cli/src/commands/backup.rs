//! `llmos backup`

use std::{
    path::{Path, PathBuf},
    process::ExitCode,
};

use jiff::Timestamp;
use llmos_volumes::{BackedUp, BackupError, GitStore};

use crate::{
    failure::{Failure, FailureKind},
    out::{Out, say},
};

/// Write all volumes into one file
///
/// The server may run meanwhile: each volume is in the file as it was at one moment, with every change that was
/// answered before. Edits in folders that are not committed are not in it.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// The file to make; it must not be there
    file: PathBuf,
    /// The folder that holds the volumes
    #[arg(long, value_name = "FOLDER", default_value = "volumes", env = "LLMOS_VOLUMES_PATH")]
    volumes: PathBuf,
}

pub(crate) fn run(args: &Args) -> Result<ExitCode, Failure> {
    must_be_there(&args.volumes)?;
    let made = GitStore::open(args.volumes.clone()).backup(&args.file, Timestamp::now())?;
    print(&made)?;
    say(&format!("{} volumes in `{}`", made.len(), args.file.display()));
    Ok(ExitCode::SUCCESS)
}

/// Refuses a folder of volumes that is not there: it is more likely a mistake than an empty one.
pub(super) fn must_be_there(volumes: &Path) -> Result<(), Failure> {
    match std::fs::read_dir(volumes) {
        Ok(_) => Ok(()),
        Err(error) => Err(Failure::unreadable(volumes, &error)),
    }
}

pub(super) fn print(volumes: &[BackedUp]) -> Result<(), Failure> {
    let mut out = Out::new();
    for volume in volumes {
        let main = volume.names.get("refs/heads/main").map_or("-", String::as_str);
        let line = format!("{} {main} {} bytes", volume.volume, volume.n_bytes);
        if out.line(&line)?.is_break() {
            break;
        }
    }
    out.finish()
}

impl From<BackupError> for Failure {
    fn from(error: BackupError) -> Self {
        let kind = match error {
            BackupError::Occupied { .. } => FailureKind::Refused,
            BackupError::Damaged { .. } => FailureKind::Input,
            BackupError::Store(_) | BackupError::Medium { .. } => FailureKind::Internal,
        };
        Self::new(kind, error.to_string(), error.hint())
    }
}
