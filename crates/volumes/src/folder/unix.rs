//! Folders by descriptor: a name that is swapped for a link meanwhile is refused by the kernel.

use std::{fs::File, io, os::fd::OwnedFd, path::Path};

use rustix::fs::{AtFlags, Dir, FileType, Mode, OFlags};

use super::NameKind;

/// An open folder.
#[derive(Debug)]
pub(crate) struct Folder(OwnedFd);

const FOLDER: OFlags = OFlags::DIRECTORY.union(OFlags::NOFOLLOW).union(OFlags::CLOEXEC);

impl Folder {
    pub(crate) fn open(path: &Path) -> io::Result<Self> {
        Ok(Self(rustix::fs::open(path, FOLDER, Mode::empty())?))
    }

    pub(crate) fn reopen(&self) -> io::Result<Self> {
        Ok(Self(self.0.try_clone()?))
    }

    pub(crate) fn child(&self, name: &str) -> io::Result<Self> {
        Ok(Self(rustix::fs::openat(&self.0, name, FOLDER, Mode::empty())?))
    }

    pub(crate) fn make_child(&self, name: &str) -> io::Result<()> {
        Ok(rustix::fs::mkdirat(&self.0, name, Mode::from_raw_mode(0o777))?)
    }

    pub(crate) fn kind(&self, name: &str) -> io::Result<Option<NameKind>> {
        match rustix::fs::statat(&self.0, name, AtFlags::SYMLINK_NOFOLLOW) {
            Ok(stat) => Ok(Some(match FileType::from_raw_mode(stat.st_mode) {
                FileType::RegularFile => NameKind::File,
                FileType::Directory => NameKind::Folder,
                _ => NameKind::Other,
            })),
            Err(rustix::io::Errno::NOENT) => Ok(None),
            Err(err) => Err(err.into()),
        }
    }

    /// Lists what is in it; names that are no text are left out.
    pub(crate) fn names(&self) -> io::Result<Vec<(String, NameKind)>> {
        let mut found = Vec::new();
        for entry in Dir::read_from(&self.0)? {
            let entry = entry?;
            let Ok(name) = entry.file_name().to_str() else { continue };
            if matches!(name, "." | "..") {
                continue;
            }
            let kind = match entry.file_type() {
                FileType::RegularFile => NameKind::File,
                FileType::Directory => NameKind::Folder,
                // Not every file system says it here.
                FileType::Unknown => match self.kind(name)? {
                    Some(kind) => kind,
                    None => continue,
                },
                _ => NameKind::Other,
            };
            found.push((name.to_owned(), kind));
        }
        Ok(found)
    }

    /// How many bytes a file has; `None` where there is none.
    pub(crate) fn size(&self, name: &str) -> Option<u64> {
        let stat = rustix::fs::statat(&self.0, name, AtFlags::SYMLINK_NOFOLLOW).ok()?;
        u64::try_from(stat.st_size).ok()
    }

    /// Opens a regular file to read it.
    pub(crate) fn open_file(&self, name: &str) -> io::Result<File> {
        // Without NONBLOCK, opening a pipe that took the file's place would wait for ever.
        let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
        let file = File::from(rustix::fs::openat(&self.0, name, flags, Mode::empty())?);
        if !file.metadata()?.is_file() {
            return Err(io::Error::other("not a regular file"));
        }
        Ok(file)
    }

    /// Creates a file that must not exist.
    pub(crate) fn create(&self, name: &str, executable: bool) -> io::Result<File> {
        let flags =
            OFlags::RDWR | OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let mode = Mode::from_raw_mode(if executable { 0o777 } else { 0o666 });
        Ok(File::from(rustix::fs::openat(&self.0, name, flags, mode)?))
    }

    /// Puts a file of this folder in the place of one of another folder.
    pub(crate) fn move_to(&self, name: &str, target: &Self, target_name: &str) -> io::Result<()> {
        Ok(rustix::fs::renameat(&self.0, name, &target.0, target_name)?)
    }

    pub(crate) fn remove_file(&self, name: &str) -> io::Result<()> {
        Ok(rustix::fs::unlinkat(&self.0, name, AtFlags::empty())?)
    }

    /// Removes a folder that is empty.
    pub(crate) fn remove_folder(&self, name: &str) -> io::Result<()> {
        Ok(rustix::fs::unlinkat(&self.0, name, AtFlags::REMOVEDIR)?)
    }
}
