//! The lock that keeps `git` and other programs off a volume during a commit.
//!
//! It is Git's own `index.lock`, so `git commit` in the folder and a commit
//! here exclude each other. While it is held, it says who holds it and which
//! commit is being made: what a killed process left behind can be finished.

use std::{
    fs::{self, File},
    io::{self, Read, Write},
    path::{Path, PathBuf},
    thread,
    time::{Duration, SystemTime},
};

/// The file, relative to the folder of a volume.
pub(crate) const INDEX_LOCK: &str = ".git/index.lock";

/// How long to wait for another program.
pub(crate) const PATIENCE: Duration = Duration::from_secs(2);
const PAUSE: Duration = Duration::from_millis(10);

/// A lock of this program that is older was left behind, even if a process of that number lives.
const OURS_IS_STALE: Duration = Duration::from_secs(10);

/// A lock of another program that is older was left behind.
const FOREIGN_IS_STALE: Duration = Duration::from_secs(300);

const SIGNATURE: &str = "llmos-lite";

/// A lock that this process holds; dropping it lets go.
#[derive(Debug)]
pub(crate) struct Lock {
    path: PathBuf,
    file: File,
    release: bool,
}

/// A commit that somebody began while holding the lock, and perhaps did not finish.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Begun {
    /// The commit before it, as hex; empty for the first one.
    pub(crate) old: String,
    /// The commit itself, as hex.
    pub(crate) new: String,
    /// The files that it changes.
    pub(crate) paths: Vec<String>,
}

/// What taking the lock came to.
pub(crate) enum Taken {
    /// It is ours, and nobody had it.
    Free(Lock),
    /// It is ours, its last holder is gone, and this is what that one had begun.
    Left(Lock, Option<Begun>),
    /// Somebody else has it.
    Busy,
}

impl Lock {
    /// Takes the lock of the volume in `folder`, waiting a moment for others and removing what is stale.
    pub(crate) fn take(folder: &Path, patience: Duration) -> io::Result<Taken> {
        let path = folder.join(INDEX_LOCK);
        let mut waited = Duration::ZERO;
        let mut found = None;
        loop {
            match create(&path) {
                Ok(file) => {
                    let lock = Self { path, file, release: true };
                    return Ok(match found {
                        Some(begun) => Taken::Left(lock, begun),
                        None => Taken::Free(lock),
                    });
                }
                Err(err) if err.kind() == io::ErrorKind::AlreadyExists => {}
                Err(err) => return Err(err),
            }
            match remove_if_stale(&path)? {
                Found::Gone => continue,
                Found::Removed(begun) => {
                    found = Some(begun.or(found.flatten()));
                    continue;
                }
                Found::InUse => {}
            }
            if waited >= patience {
                return Ok(Taken::Busy);
            }
            thread::sleep(PAUSE);
            waited += PAUSE;
        }
    }

    /// Notes which commit is about to become the newest one.
    pub(crate) fn begin(&mut self, begun: &Begun) -> io::Result<()> {
        let paths: String = begun.paths.iter().map(|path| format!("{path}\n")).collect();
        // The last line says that the note is whole. A second attempt's note follows the first.
        write!(self.file, "begin\n{}\n{}\n{paths}end\n", begun.old, begun.new)
    }

    /// Leaves the lock in place, so that the next commit finishes what this one could not.
    pub(crate) fn leave(mut self) {
        // Too old to be in use, as this process lives on; on a full disk no more could be said.
        // Where the time cannot be set, the next commit has to wait until it is.
        let _ = self.file.set_modified(SystemTime::UNIX_EPOCH);
        self.release = false;
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        if self.release {
            let _ = fs::remove_file(&self.path);
        }
    }
}

/// Makes a lock file that says from its first moment which process holds it.
///
/// One that is killed between making a file and signing it would leave what looks like the lock of another program,
/// and nobody could write until that is old. So the file has no name before it is signed, where the system can do that.
pub(crate) fn create(path: &Path) -> io::Result<File> {
    #[cfg(target_os = "linux")]
    if let Some(made) = create_nameless(path) {
        return made;
    }
    let mut file = File::options().write(true).create_new(true).open(path)?;
    sign(&mut file)?;
    Ok(file)
}

/// Signs a file without a name, then gives it one; `None` where the file system or the kernel cannot.
#[cfg(target_os = "linux")]
fn create_nameless(path: &Path) -> Option<io::Result<File>> {
    use std::os::fd::AsRawFd;

    use rustix::{
        fs::{AtFlags, CWD, Mode, OFlags},
        io::Errno,
    };

    let flags = OFlags::WRONLY | OFlags::TMPFILE | OFlags::CLOEXEC;
    let mut file = match rustix::fs::open(path.parent()?, flags, Mode::from_raw_mode(0o666)) {
        Ok(file) => File::from(file),
        Err(Errno::NOENT) => return Some(Err(Errno::NOENT.into())),
        Err(_) => return None,
    };
    if let Err(err) = sign(&mut file) {
        return Some(Err(err));
    }
    let from = format!("/proc/self/fd/{}", file.as_raw_fd());
    match rustix::fs::linkat(CWD, from, CWD, path, AtFlags::SYMLINK_FOLLOW) {
        Ok(()) => Some(Ok(file)),
        Err(Errno::EXIST) => Some(Err(Errno::EXIST.into())),
        Err(_) => None,
    }
}

/// Notes in a lock file which process holds it.
fn sign(file: &mut File) -> io::Result<()> {
    writeln!(file, "{SIGNATURE} {}", std::process::id())
}

/// Says whether a lock file is empty and was made at least `age` ago.
pub(crate) fn is_empty_for(path: &Path, age: Duration) -> io::Result<bool> {
    Ok(look(path)?.is_some_and(|(content, found)| content.is_empty() && found >= age))
}

/// What became of a lock file without a note.
pub(crate) enum Forgotten {
    Removed,
    InUse,
    NotThere,
}

/// Removes a lock file whose holder is gone, or that is too old to be in use.
pub(crate) fn remove_if_forgotten(path: &Path) -> io::Result<Forgotten> {
    if look(path)?.is_none() {
        return Ok(Forgotten::NotThere);
    }
    Ok(match remove_if_stale(path)? {
        Found::Removed(_) | Found::Gone => Forgotten::Removed,
        Found::InUse => Forgotten::InUse,
    })
}

/// Removes a lock file, if it is there.
pub(crate) fn remove(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(err) if err.kind() != io::ErrorKind::NotFound => Err(err),
        _ => Ok(()),
    }
}

/// What a lock file was found to be.
enum Found {
    InUse,
    /// It went away meanwhile.
    Gone,
    /// Its holder was gone and had begun this.
    Removed(Option<Begun>),
}

/// Removes the lock file if its holder is gone.
fn remove_if_stale(path: &Path) -> io::Result<Found> {
    let Some((content, age)) = look(path)? else { return Ok(Found::Gone) };
    let holder = content
        .strip_prefix(SIGNATURE)
        .and_then(|rest| rest.lines().next()?.trim().parse::<u32>().ok());
    let is_stale = match holder {
        Some(process) => is_gone(process) || age > OURS_IS_STALE,
        None => age > FOREIGN_IS_STALE,
    };
    if !is_stale {
        return Ok(Found::InUse);
    }
    // Of several that saw the stale file only one moves it away.
    let aside = path.with_extension(format!("stale-{}", std::process::id()));
    match fs::rename(path, &aside) {
        Ok(()) => fs::remove_file(&aside)?,
        Err(err) if err.kind() == io::ErrorKind::NotFound => {}
        Err(err) => return Err(err),
    }
    Ok(Found::Removed(holder.and_then(|_| parse(&content))))
}

/// Reads a lock file and its age, or `None` when it went away.
fn look(path: &Path) -> io::Result<Option<(String, Duration)>> {
    let found = fs::symlink_metadata(path).and_then(|metadata| {
        let age = metadata.modified()?.elapsed().unwrap_or_default();
        let mut content = Vec::new();
        if metadata.is_file() {
            File::open(path)?.take(16 << 20).read_to_end(&mut content)?;
        }
        Ok((String::from_utf8_lossy(&content).into_owned(), age))
    });
    match found {
        Ok(found) => Ok(Some(found)),
        Err(err) if err.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(err) => Err(err),
    }
}

/// Says whether a process certainly ended; where that cannot be known, it did not.
pub(crate) fn is_gone(process: u32) -> bool {
    Path::new("/proc/self").exists() && !Path::new("/proc").join(process.to_string()).exists()
}

/// Returns the last note that is whole.
fn parse(content: &str) -> Option<Begun> {
    let note = content.strip_suffix("end\n")?;
    let mut lines = note.rsplit_once("begin\n")?.1.lines();
    let (old, new) = (lines.next()?.to_owned(), lines.next()?.to_owned());
    Some(Begun { old, new, paths: lines.map(str::to_owned).collect() })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn begun(new: &str) -> Begun {
        Begun { old: String::new(), new: new.to_owned(), paths: vec!["begin/end".to_owned()] }
    }

    #[test]
    fn the_last_whole_note_counts() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join(".git")).unwrap();
        let Taken::Free(mut lock) = Lock::take(folder.path(), Duration::ZERO).unwrap() else {
            panic!("is free")
        };
        lock.begin(&begun("1")).unwrap();
        lock.begin(&begun("2")).unwrap();
        let content = fs::read_to_string(folder.path().join(INDEX_LOCK)).unwrap();
        assert_eq!(parse(&content), Some(begun("2")));
        assert_eq!(parse(&content[..content.len() - 2]), None);
        drop(lock);
        assert!(!folder.path().join(INDEX_LOCK).exists());
    }

    #[test]
    fn a_lock_that_was_left_is_free_at_once_and_says_what_to_finish() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join(".git")).unwrap();
        let Taken::Free(mut lock) = Lock::take(folder.path(), Duration::ZERO).unwrap() else {
            panic!("is free")
        };
        lock.begin(&begun("1")).unwrap();
        lock.leave();
        let taken = Lock::take(folder.path(), Duration::ZERO).unwrap();
        assert!(matches!(taken, Taken::Left(_, Some(left)) if left == begun("1")));
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn a_lock_says_who_holds_it_from_its_first_moment() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("index.lock");
        std::thread::scope(|scope| {
            let taker = scope.spawn(|| {
                for _ in 0..2_000 {
                    drop(create(&path).unwrap());
                    fs::remove_file(&path).unwrap();
                }
            });
            while !taker.is_finished() {
                if let Ok(content) = fs::read_to_string(&path) {
                    assert!(content.starts_with(SIGNATURE), "{content:?}");
                }
            }
        });
        fs::write(&path, "").unwrap();
        let taken = create(&path).map(drop).map_err(|err| err.kind());
        assert_eq!(taken, Err(io::ErrorKind::AlreadyExists));
        let missing = create(&folder.path().join("no/index.lock")).map(drop);
        assert_eq!(missing.map_err(|err| err.kind()), Err(io::ErrorKind::NotFound));
    }

    #[test]
    fn a_lock_in_use_is_respected() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join(".git")).unwrap();
        fs::write(folder.path().join(INDEX_LOCK), "").unwrap();
        assert!(matches!(Lock::take(folder.path(), Duration::ZERO), Ok(Taken::Busy)));
        assert!(folder.path().join(INDEX_LOCK).exists());
    }
}
