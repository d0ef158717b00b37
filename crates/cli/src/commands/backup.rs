//! `llmos backup`

use std::{
    path::{Path, PathBuf},
    process::ExitCode,
};

use jiff::Timestamp;
use llmos_volumes::{BackupError, Contents, GitStore};

use crate::{
    failure::{Failure, FailureKind},
    home,
    out::{Out, say},
};

/// Write everything into one file
///
/// The server may run meanwhile: each volume is in the file as it was at one moment, with every change that was
/// answered before; so are members, API keys, the schedule, conversations, what was counted for learning, remotes and
/// people's models. Not in it: edits in folders that are not committed, uploaded files (copy the folder `blobs`, whose files
/// never change), Python packages, and the two keys of this
/// installation (`.llmos-lite-secret`, `.llmos-lite-master-key`); without the latter, keys to models are entered anew.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// The file to make; it must not be there
    file: PathBuf,
    /// The folder that holds the volumes
    #[arg(long, value_name = "FOLDER", default_value = "volumes", env = "LLMOS_VOLUMES_PATH")]
    volumes: PathBuf,
    /// The folder that holds what no volume does; `state` in that of the volumes when left out
    #[arg(long, value_name = "FOLDER", env = "LLMOS_STATE_PATH")]
    state: Option<PathBuf>,
}

pub(crate) fn run(args: &Args) -> Result<ExitCode, Failure> {
    must_be_there(&args.volumes)?;
    let state = args.state.clone().unwrap_or_else(|| args.volumes.join("state"));
    // Before the volumes: what was counted then is in them.
    let files = home::files(&args.volumes, &state)?;
    let store = GitStore::open(args.volumes.clone());
    let made = store.backup(&args.file, &files, Timestamp::now())?;
    print(&made)?;
    let (volumes, files) = (made.volumes.len(), made.files.len());
    say(&format!("{volumes} volumes and {files} files beside them in `{}`", args.file.display()));
    Ok(ExitCode::SUCCESS)
}

/// Refuses a folder of volumes that is not there: it is more likely a mistake than an empty one.
pub(super) fn must_be_there(volumes: &Path) -> Result<(), Failure> {
    match std::fs::read_dir(volumes) {
        Ok(_) => Ok(()),
        Err(error) => Err(Failure::unreadable(volumes, &error)),
    }
}

pub(super) fn print(contents: &Contents) -> Result<(), Failure> {
    let mut out = Out::new();
    let volumes = contents.volumes.iter().map(|volume| {
        let main = volume.names.get("refs/heads/main").map_or("-", String::as_str);
        format!("{} {main} {} bytes", volume.volume, volume.n_bytes)
    });
    let files = contents.files.iter().map(|file| format!("{} {} bytes", file.name, file.n_bytes));
    for line in volumes.chain(files) {
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
