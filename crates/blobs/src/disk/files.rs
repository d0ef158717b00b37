//! What is done with files and folders, apart from what they are.

use std::{
    fs::{self, File, Metadata},
    io,
    path::Path,
};

use jiff::{SignedDuration, Timestamp};

/// What nobody has written to for so long belongs to a program that is gone.
const FORGOTTEN: SignedDuration = SignedDuration::from_hours(24);

/// Lists the names in a folder that are text, sorted; none where there is no such folder.
pub(super) fn names(folder: &Path) -> io::Result<Vec<String>> {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error)
            if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) =>
        {
            return Ok(Vec::new());
        }
        Err(error) => return Err(error),
    };
    let names = entries.map(|entry| entry.map(|entry| entry.file_name().into_string().ok()));
    let mut names = names.filter_map(Result::transpose).collect::<io::Result<Vec<String>>>()?;
    names.sort();
    Ok(names)
}

/// Says whether a file lies in one of the folders of a folder.
pub(super) fn holds_a_file(folder: &Path) -> io::Result<bool> {
    for name in names(folder)? {
        if !names(&folder.join(name))?.is_empty() {
            return Ok(true);
        }
    }
    Ok(false)
}

/// When a blob was put: its file says so.
pub(super) fn kept_at(file: &Metadata) -> io::Result<Timestamp> {
    Timestamp::try_from(file.modified()?).map(to_millis).map_err(io::Error::other)
}

/// Drops what is finer than all places for blobs can keep.
pub(super) fn to_millis(at: Timestamp) -> Timestamp {
    Timestamp::from_millisecond(at.as_millisecond()).unwrap_or(at)
}

/// Makes the names in these folders outlive a power cut, up to the folder that holds `root`.
pub(super) fn sync_up_to(folder: &Path, root: &Path) -> io::Result<()> {
    let above = root.parent().unwrap_or(root);
    for folder in folder.ancestors().take_while(|folder| folder.starts_with(above)) {
        sync(folder)?;
    }
    Ok(())
}

#[cfg(unix)]
fn sync(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

/// Other systems write the names of files by themselves, and open no folder.
#[cfg(not(unix))]
fn sync(_: &Path) -> io::Result<()> {
    Ok(())
}

/// Removes what programs that were killed left behind; what fails is done by the next one.
pub(super) fn sweep(unfinished: &Path, now: Timestamp) {
    for name in names(unfinished).unwrap_or_default() {
        let path = unfinished.join(name);
        let written = fs::symlink_metadata(&path).and_then(|found| kept_at(&found));
        if written.is_ok_and(|written| now.duration_since(written) > FORGOTTEN) {
            drop(fs::remove_file(&path));
        }
    }
}
