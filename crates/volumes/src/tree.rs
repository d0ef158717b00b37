//! Reading Git's trees as data.

use gix::{
    ObjectId, Repository,
    objs::{TreeRefIter, tree::EntryKind},
};
use llmos_core::{
    store::{BlobId, Entry},
    volume::VolumePath,
};

/// The most files that one listing may hold, so that a few objects cannot unfold into all memory.
const MAX_FILES: usize = 3_000_000;

/// A file in a tree.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct File {
    pub(crate) id: ObjectId,
    pub(crate) executable: bool,
}

/// What stands at a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Found {
    Nothing,
    File(File),
    Tree(ObjectId),
    /// A symbolic link or a submodule, at the path or above it.
    Other,
    /// Nothing, as this path above it is a file with this content.
    Under(VolumePath, ObjectId),
}

/// Why a tree cannot be read.
#[derive(Debug, thiserror::Error)]
pub(crate) enum TreeError {
    #[error(transparent)]
    Git(#[from] gix::Error),
    #[error("it holds more than {MAX_FILES} files")]
    TooManyFiles,
}

/// Looks a path up below the tree `root`.
pub(crate) fn find(
    repository: &Repository,
    root: ObjectId,
    path: &VolumePath,
) -> Result<Found, TreeError> {
    let text = path.as_str();
    let mut tree = root;
    let mut end = 0;
    for part in text.split('/') {
        end += part.len();
        let is_last = end == text.len();
        let object = repository.find_tree(tree)?;
        let Some(entry) = object.find_entry(part) else { return Ok(Found::Nothing) };
        let id = entry.object_id();
        match entry.mode().kind() {
            EntryKind::Tree if is_last => return Ok(Found::Tree(id)),
            EntryKind::Tree => tree = id,
            kind @ (EntryKind::Blob | EntryKind::BlobExecutable) if is_last => {
                return Ok(Found::File(File { id, executable: kind == EntryKind::BlobExecutable }));
            }
            EntryKind::Blob | EntryKind::BlobExecutable => {
                return Ok(text[..end]
                    .parse()
                    .map_or(Found::Other, |above| Found::Under(above, id)));
            }
            EntryKind::Link | EntryKind::Commit => return Ok(Found::Other),
        }
        end += 1;
    }
    Ok(Found::Nothing)
}

/// Lists the files below a tree, sorted by path; leaves out what is not a plain file at a [`VolumePath`].
pub(crate) fn files(
    repository: &Repository,
    tree: ObjectId,
    prefix: String,
) -> Result<Vec<Entry>, TreeError> {
    let mut found = Vec::new();
    let mut to_do = vec![(tree, prefix)];
    while let Some((id, prefix)) = to_do.pop() {
        let object = repository.find_tree(id)?;
        for entry in TreeRefIter::from_bytes(&object.data, id.kind()) {
            let entry = entry.map_err(gix::Error::from)?;
            let Ok(name) = std::str::from_utf8(entry.filename) else { continue };
            // A path that is too long or not safe is not safe with more behind it either.
            let Ok(path) = format!("{prefix}{name}").parse::<VolumePath>() else { continue };
            match entry.mode.kind() {
                EntryKind::Tree => to_do.push((entry.oid.to_owned(), format!("{path}/"))),
                EntryKind::Blob | EntryKind::BlobExecutable if !name.contains('/') => {
                    if found.len() == MAX_FILES {
                        return Err(TreeError::TooManyFiles);
                    }
                    found.push(Entry { path, blob: BlobId(entry.oid.to_string()) });
                }
                _ => {}
            }
        }
        if to_do.len() > MAX_FILES {
            return Err(TreeError::TooManyFiles);
        }
    }
    found.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(found)
}
