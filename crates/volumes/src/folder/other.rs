//! Folders by path, for systems without descriptors of folders: links are looked for before each step.

use std::{
    fs::{self, File},
    io,
    path::{Path, PathBuf},
};

use super::NameKind;

/// A folder.
#[derive(Debug)]
pub(crate) struct Folder(PathBuf);

impl Folder {
    pub(crate) fn open(path: &Path) -> io::Result<Self> {
        if !fs::symlink_metadata(path)?.is_dir() {
            return Err(io::Error::other("not a folder"));
        }
        Ok(Self(path.to_owned()))
    }

    pub(crate) fn reopen(&self) -> io::Result<Self> {
        Self::open(&self.0)
    }

    pub(crate) fn child(&self, name: &str) -> io::Result<Self> {
        Self::open(&self.0.join(name))
    }

    pub(crate) fn make_child(&self, name: &str) -> io::Result<()> {
        fs::create_dir(self.0.join(name))
    }

    pub(crate) fn kind(&self, name: &str) -> io::Result<Option<NameKind>> {
        match fs::symlink_metadata(self.0.join(name)) {
            Ok(metadata) if metadata.is_file() => Ok(Some(NameKind::File)),
            Ok(metadata) if metadata.is_dir() => Ok(Some(NameKind::Folder)),
            Ok(_) => Ok(Some(NameKind::Other)),
            Err(err) if err.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(err) => Err(err),
        }
    }

    /// Lists what is in it; names that are no text are left out.
    pub(crate) fn names(&self) -> io::Result<Vec<(String, NameKind)>> {
        let mut found = Vec::new();
        for entry in fs::read_dir(&self.0)? {
            let Ok(name) = entry?.file_name().into_string() else { continue };
            if let Some(kind) = self.kind(&name)? {
                found.push((name, kind));
            }
        }
        Ok(found)
    }

    /// How many bytes a file has; `None` where there is none.
    pub(crate) fn size(&self, name: &str) -> Option<u64> {
        fs::symlink_metadata(self.0.join(name)).ok().map(|metadata| metadata.len())
    }

    /// Opens a regular file to read it.
    pub(crate) fn open_file(&self, name: &str) -> io::Result<File> {
        match self.kind(name)? {
            Some(NameKind::File) => File::open(self.0.join(name)),
            _ => Err(io::Error::other("not a regular file")),
        }
    }

    /// Creates a file that must not exist.
    pub(crate) fn create(&self, name: &str, _executable: bool) -> io::Result<File> {
        File::options().read(true).write(true).create_new(true).open(self.0.join(name))
    }

    /// Puts a file of this folder in the place of one of another folder.
    pub(crate) fn move_to(&self, name: &str, target: &Self, target_name: &str) -> io::Result<()> {
        fs::rename(self.0.join(name), target.0.join(target_name))
    }

    pub(crate) fn remove_file(&self, name: &str) -> io::Result<()> {
        fs::remove_file(self.0.join(name))
    }

    /// Removes a folder that is empty.
    pub(crate) fn remove_folder(&self, name: &str) -> io::Result<()> {
        fs::remove_dir(self.0.join(name))
    }
}
