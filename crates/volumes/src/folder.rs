//! A folder of a working tree, opened so that nothing below it leads out of it.

#[cfg_attr(unix, path = "folder/unix.rs")]
#[cfg_attr(not(unix), path = "folder/other.rs")]
mod system;

use std::io;

use llmos_core::volume::VolumePath;

pub(crate) use system::Folder;

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
    There(Folder),
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
    Ok(Parent::There(folder))
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
pub(crate) fn prune_above(root: &Folder, path: &VolumePath) {
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
