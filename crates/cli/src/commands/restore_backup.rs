//! `llmos restore-backup`

use std::{
    fs,
    path::{Path, PathBuf},
    process::ExitCode,
};

use jiff::Timestamp;
use llmos_volumes::Contents;

use super::backup::print;
use crate::{
    failure::{Failure, FailureKind},
    home,
    out::say,
};

/// Bring a backup back
///
/// Every object is checked, and nothing is at its place before all of it is. The folder must not be there or be
/// empty; with `--move-aside` what is there stays under another name.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// The file that `llmos backup` made
    file: PathBuf,
    /// The folder that is to hold the volumes
    #[arg(long, value_name = "FOLDER", default_value = "volumes", env = "LLMOS_VOLUMES_PATH")]
    volumes: PathBuf,
    /// Rename the folder that is there, as `<FOLDER>.before-<time>`; no server may be running on it
    #[arg(long)]
    move_aside: bool,
}

pub(crate) fn run(args: &Args) -> Result<ExitCode, Failure> {
    let (restored, aside) = match args.move_aside && args.volumes.exists() {
        false => (llmos_volumes::restore(&args.file, &args.volumes)?, None),
        true => instead(args).map(|(restored, aside)| (restored, Some(aside)))?,
    };
    print(&restored)?;
    if let Some(aside) = aside {
        say(&format!("what was there before is in `{}`", aside.display()));
    }
    let (volumes, files) = (restored.volumes.len(), restored.files.len());
    let folder = args.volumes.display();
    say(&format!("{volumes} volumes and {files} files beside them in `{folder}`"));
    if home::has_models(restored.files.iter().map(|file| file.name.as_str())) {
        say(
            "keys to models open with the `.llmos-lite-master-key` they were sealed with: put it there, or enter them anew",
        );
    }
    Ok(ExitCode::SUCCESS)
}

/// Restores beside what is there, and then puts one in the place of the other.
fn instead(args: &Args) -> Result<(Contents, PathBuf), Failure> {
    let place = args.volumes.display();
    let parent = args.volumes.parent().filter(|parent| !parent.as_os_str().is_empty());
    let parent = parent.unwrap_or(Path::new("."));
    // Removed again where anything fails.
    let fresh = tempfile::Builder::new()
        .prefix(&beside(Path::new(args.volumes.file_name().unwrap_or_default()), "fresh-"))
        .tempdir_in(parent)
        .map_err(|error| Failure::unwritable(parent, &error))?;
    let restored = llmos_volumes::restore(&args.file, fresh.path())?;
    let aside = beside(&args.volumes, &format!("before-{}", now()));
    fs::rename(&args.volumes, &aside).map_err(|error| Failure::unwritable(&aside, &error))?;
    match fs::rename(fresh.path(), &args.volumes) {
        Ok(()) => {
            drop(fresh.keep());
            Ok((restored, aside))
        }
        Err(error) => Err(match fs::rename(&aside, &args.volumes) {
            Ok(()) => Failure::unwritable(&args.volumes, &error),
            Err(_also) => Failure::new(
                FailureKind::Internal,
                format!("cannot bring what was restored to `{place}`: {error}"),
                format!(
                    "what was there before is in `{}`: rename it to `{place}`",
                    aside.display()
                ),
            ),
        }),
    }
}

fn now() -> String {
    Timestamp::now().strftime("%Y%m%d-%H%M%S").to_string()
}

fn beside(folder: &Path, ending: &str) -> PathBuf {
    let mut name = folder.file_name().unwrap_or_default().to_owned();
    name.push(format!(".{ending}"));
    folder.with_file_name(name)
}
