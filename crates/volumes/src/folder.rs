//! A folder of a working tree, opened so that nothing below it leads out of it.

#[cfg_attr(unix, path = "folder/unix.rs")]
#[cfg_attr(not(unix), path = "folder/other.rs")]
mod system;

use std::{
    io::{self, Read},
    rc::Rc,
};

use llmos_core::volume::VolumePath;

pub(crate) use system::Folder;

/// Larger files are not read: a giant would fill the memory.
pub(crate) const MAX_READ_BYTES: u64 = 512 << 20;

impl Folder {
    /// Reads a regular file of at most [`MAX_READ_BYTES`].
    pub(crate) fn read(&self, name: &str) -> io::Result<Vec<u8>> {
        self.read_up_to(name, MAX_READ_BYTES)
    }

    /// Reads a regular file that has no more than so many bytes.
    pub(crate) fn read_up_to(&self, name: &str, most: u64) -> io::Result<Vec<u8>> {
        let file = self.open_file(name)?;
        let mut content = Vec::new();
        if file.metadata()?.len() <= most {
            file.take(most + 1).read_to_end(&mut content)?;
            if content.len() as u64 <= most {
                return Ok(content);
            }
        }
        let reason = format!("`{name}` has more than {most} bytes");
        Err(io::Error::new(io::ErrorKind::FileTooLarge, reason))
    }
}

/// What a name in a folder stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NameKind {
    File,
    Folder,
    /// A symbolic link, a device, a socket.
    Other,
}

/// The folder that a path leads to.
pub(crate) enum Parent {
    There(Rc<Folder>),
    /// A part of the way does not exist.
    Missing,
    /// This part of the way is not a folder.
    Blocked(VolumePath),
}

/// Opens the folder that holds `path`, one real folder after the other.
pub(crate) fn parent_of(root: &Folder, path: &VolumePath) -> io::Result<Parent> {
    let text = path.as_str();
    let mut folder = root.reopen()?;
    for (end, _) in text.match_indices('/') {
        let start = text[..end].rfind('/').map_or(0, |slash| slash + 1);
        let name = &text[start..end];
        match folder.kind(name)? {
            Some(NameKind::Folder) => folder = folder.child(name)?,
            None => return Ok(Parent::Missing),
            Some(_) => {
                let blocked = text[..end].parse();
                return Ok(Parent::Blocked(blocked.unwrap_or_else(|_not_a_path| path.clone())));
            }
        }
    }
    Ok(Parent::There(Rc::new(folder)))
}

/// Goes from file to file of a working tree: the folder of the last one stays open for the next.
pub(crate) struct Walk<'a> {
    root: &'a Folder,
    last: Option<(String, Rc<Folder>)>,
}

impl<'a> Walk<'a> {
    pub(crate) fn new(root: &'a Folder) -> Self {
        Self { root, last: None }
    }

    /// Opens the folder that holds `path`, as [`parent_of`] does.
    pub(crate) fn parent_of(&mut self, path: &VolumePath) -> io::Result<Parent> {
        if let Some((above, folder)) = &self.last
            && *above == above_of(path)
        {
            return Ok(Parent::There(Rc::clone(folder)));
        }
        let parent = parent_of(self.root, path)?;
        if let Parent::There(folder) = &parent {
            self.last = Some((above_of(path).to_owned(), Rc::clone(folder)));
        }
        Ok(parent)
    }

    /// Like [`Self::parent_of`], and makes the folders that are missing.
    pub(crate) fn make_parent_of(&mut self, path: &VolumePath) -> io::Result<Rc<Folder>> {
        if let Parent::There(folder) = self.parent_of(path)? {
            return Ok(folder);
        }
        let folder = Rc::new(make_parent_of(self.root, path)?);
        self.last = Some((above_of(path).to_owned(), Rc::clone(&folder)));
        Ok(folder)
    }

    /// Removes the folders above `path` that hold nothing any more.
    pub(crate) fn prune_above(&mut self, path: &VolumePath) {
        self.last = None;
        prune_above(self.root, path);
    }

    /// Looks at the way from the root again: a folder was removed.
    pub(crate) fn start_over(&mut self) {
        self.last = None;
    }
}

/// Returns the part of a path before its last name.
fn above_of(path: &VolumePath) -> &str {
    path.as_str().rsplit_once('/').map_or("", |(above, _)| above)
}

/// Like [`parent_of`], and makes the folders that are missing.
pub(crate) fn make_parent_of(root: &Folder, path: &VolumePath) -> io::Result<Folder> {
    let mut folder = root.reopen()?;
    let mut parts: Vec<&str> = path.as_str().split('/').collect();
    parts.pop();
    for name in parts {
        if folder.kind(name)?.is_none() {
            folder.make_child(name)?;
        }
        folder = folder.child(name)?;
    }
    Ok(folder)
}

/// Removes the folders above `path` that hold nothing any more.
fn prune_above(root: &Folder, path: &VolumePath) {
    let mut rest = path.as_str();
    while let Some((above, _)) = rest.rsplit_once('/') {
        let Ok(above_path) = above.parse::<VolumePath>() else { return };
        let Ok(Parent::There(parent)) = parent_of(root, &above_path) else { return };
        if parent.remove_folder(above_path.file_name()).is_err() {
            return;
        }
        rest = above;
    }
}
