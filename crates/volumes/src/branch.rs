//! The branch of a volume and its log, written as Git writes them.
//!
//! `refs/heads/main.lock` is Git's own lock. It is held from before the first
//! promise until `main` names what was promised, so nobody moves the branch away
//! from under it.

use std::{
    fs::{self, File},
    io::{self, Write},
    path::{Path, PathBuf},
    thread,
    time::Duration,
};

use gix::ObjectId;

use crate::{
    folder::Folder,
    journal::OWN_FOLDER,
    lock::{self, Forgotten},
    volume::MAIN,
    worktree::remove_if_there,
};

const PAUSE: Duration = Duration::from_millis(5);

/// The lock of the branch; dropping it lets go.
#[derive(Debug)]
pub(crate) struct BranchLock {
    git: PathBuf,
    path: PathBuf,
}

impl BranchLock {
    /// Takes the lock below `git`, waiting a moment for others; `None` when somebody keeps it.
    pub(crate) fn take(git: &Path, patience: Duration) -> io::Result<Option<Self>> {
        let path = git.join(format!("{MAIN}.lock"));
        let mut waited = Duration::ZERO;
        loop {
            match lock::create(&path) {
                Ok(_signed) => return Ok(Some(Self { git: git.to_owned(), path })),
                Err(err) if err.kind() == io::ErrorKind::AlreadyExists => {}
                Err(err) if err.kind() == io::ErrorKind::NotFound => {
                    fs::create_dir_all(git.join("refs/heads"))?;
                    continue;
                }
                Err(err) => return Err(err),
            }
            match lock::remove_if_forgotten(&path)? {
                Forgotten::Removed | Forgotten::NotThere => continue,
                Forgotten::InUse => {}
            }
            // Git writes what it locked at once: whoever made an empty lock and then waited is gone.
            if waited >= patience && lock::is_empty_for(&path, patience)? {
                lock::remove(&path)?;
                waited = Duration::ZERO;
                continue;
            }
            if waited >= patience {
                return Ok(None);
            }
            thread::sleep(PAUSE);
            waited += PAUSE;
        }
    }

    /// Makes `main` name `to`, at once or not at all.
    pub(crate) fn move_to(&self, to: ObjectId) -> io::Result<()> {
        let git = Folder::open(&self.git)?;
        let heads = git.child("refs")?.child("heads")?;
        put(&git.child(OWN_FOLDER)?, &heads, "main", format!("{to}\n").as_bytes())
    }
}

impl Drop for BranchLock {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.path);
    }
}

/// Puts a file in its place whole, whatever stood there; nothing is followed.
///
/// `unfinished` is the folder in which it is written first.
pub(crate) fn put(
    unfinished: &Folder,
    folder: &Folder,
    name: &str,
    content: &[u8],
) -> io::Result<()> {
    let first = "unfinished";
    remove_if_there(unfinished, first)?;
    unfinished.create(first, false)?.write_all(content)?;
    unfinished.move_to(first, folder, name)
}

/// Appends lines to the log of the branch and, where it is checked out, to that of `HEAD`.
pub(crate) fn log(git: &Path, lines: &str, checked_out: bool) -> io::Result<()> {
    let names = [Some(format!("logs/{MAIN}")), checked_out.then(|| "logs/HEAD".to_owned())];
    for path in names.into_iter().flatten().map(|name| git.join(name)) {
        // Folders that lead elsewhere are refused when a volume is opened.
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)?;
        }
        // A log that is no plain file is nobody's log.
        if fs::symlink_metadata(&path).is_ok_and(|metadata| !metadata.is_file()) {
            continue;
        }
        File::options().append(true).create(true).open(&path)?.write_all(lines.as_bytes())?;
    }
    Ok(())
}
