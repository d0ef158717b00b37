//! A file beside the volumes that is changed by one at a time and replaced whole.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Write},
    path::Path,
};

/// Who may read a file that is made anew.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Readers {
    /// Whoever the system lets read new files.
    Usual,
    /// Its owner alone.
    Owner,
}

/// Keeps others from changing the file until the lock is dropped; also when this process is killed.
pub(crate) fn lock(path: &Path) -> io::Result<File> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    let lock = File::options()
        .create(true)
        .truncate(false)
        .write(true)
        .open(path.with_file_name(beside(path, "lock")))?;
    lock.lock()?;
    Ok(lock)
}

/// Puts a new file in the place of the old one, so that nobody ever reads half of it. Needs the lock.
pub(crate) fn replace(path: &Path, text: &str, readers: Readers) -> io::Result<()> {
    let fresh = path.with_file_name(beside(path, "new"));
    // What a killed process left may have another mode.
    match fs::remove_file(&fresh) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    if readers == Readers::Owner {
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    }
    #[cfg(not(unix))]
    let _ = readers;
    let mut file = options.open(&fresh)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    fs::rename(&fresh, path)?;
    #[cfg(unix)]
    if let Some(folder) = path.parent() {
        File::open(folder)?.sync_all()?;
    }
    Ok(())
}

/// The hidden name of what belongs to a file: `.members.lock` of `members.md`.
fn beside(path: &Path, ending: &str) -> String {
    let stem = path.file_stem().unwrap_or_default().to_string_lossy();
    format!(".{stem}.{ending}")
}
