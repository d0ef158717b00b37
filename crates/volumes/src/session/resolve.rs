//! Holding a change against what the volume holds, before anything is written.

use std::collections::{BTreeMap, BTreeSet};

use gix::ObjectId;
use llmos_core::{
    metadata,
    store::{BlobId, Change, Edit, Expected, StoreError},
    volume::VolumePath,
};

use super::Drafts;
use crate::{
    tree::{File, Found},
    volume::Volume,
    worktree::{FileChange, blob_id},
};

/// What a change comes to: only files that will differ, sorted by path.
pub(crate) struct Resolved {
    pub(crate) files: Vec<FileChange>,
    /// The new contents in the same order; `None` deletes.
    pub(crate) contents: Vec<Option<Vec<u8>>>,
}

/// Checks every expectation of `change` against a tree; `None` stands for a volume that does not exist.
pub(crate) fn resolve(
    volume: &Volume,
    base: Option<(&Drafts, Option<ObjectId>)>,
    change: &Change,
) -> Result<Resolved, StoreError> {
    let look = |path: &VolumePath| match base {
        Some((drafts, Some(tree))) => drafts.find(tree, path).map_err(|err| volume.damaged(err)),
        _ => Ok(Found::Nothing),
    };
    let mut files = BTreeMap::new();
    for edit in &change.edits {
        let old = check(volume, edit, look(&edit.path)?)?;
        let new = match &edit.content {
            Some(content) => {
                let id = blob_id(content).map_err(volume.medium("hashing a file"))?;
                Some(File { id, executable: old.is_some_and(|old| old.executable) })
            }
            None => None,
        };
        // The last edit of a path counts.
        files.remove(&edit.path);
        if old != new {
            files.insert(edit.path.clone(), (old, new, edit.content.clone()));
        }
    }
    let is_first = !matches!(base, Some((_, Some(_))));
    let metadata = metadata::path();
    if is_first && !change.edits.iter().any(|edit| edit.path == metadata) {
        let content = metadata::print_new(&volume.id);
        let id = blob_id(&content).map_err(volume.medium("hashing a file"))?;
        files.insert(metadata, (None, Some(File { id, executable: false }), Some(content)));
    }
    let written: BTreeSet<&str> = files
        .iter()
        .filter(|(_, (_, new, _))| new.is_some())
        .map(|(path, _)| path.as_str())
        .collect();
    if let Some(path) =
        files.keys().find(|path| folders_above(path).any(|above| written.contains(above)))
    {
        return Err(StoreError::Stale { path: path.clone(), current: None });
    }
    let (mut changes, mut contents) = (Vec::new(), Vec::new());
    for (path, (old, new, content)) in files {
        changes.push(FileChange { path, old, new });
        contents.push(content);
    }
    Ok(Resolved { files: changes, contents })
}

/// Returns the file that an edit replaces, if the edit may be made.
fn check(volume: &Volume, edit: &Edit, found: Found) -> Result<Option<File>, StoreError> {
    let stale = |path: &VolumePath, current: Option<ObjectId>| {
        let current = current.map(|id| BlobId(id.to_string()));
        Err(StoreError::Stale { path: path.clone(), current })
    };
    let old = match &found {
        Found::File(file) => Some(*file),
        Found::Nothing | Found::Tree(_) | Found::Under(..) => None,
        Found::Other => {
            let reason =
                format!("`{}` is or lies behind a symbolic link or a submodule", edit.path);
            return Err(volume.damaged(reason));
        }
    };
    let fits = match &edit.expected {
        Expected::Anything => true,
        Expected::Absent => old.is_none(),
        Expected::Version(version) => {
            old.is_some_and(|file| BlobId(file.id.to_string()) == *version)
        }
    };
    match found {
        _ if !fits => stale(&edit.path, old.map(|file| file.id)),
        Found::Tree(_) if edit.content.is_some() => stale(&edit.path, None),
        Found::Under(above, id) if edit.content.is_some() => stale(&above, Some(id)),
        _ => Ok(old),
    }
}

/// Returns the folders that a path lies in.
fn folders_above(path: &VolumePath) -> impl Iterator<Item = &str> {
    let text = path.as_str();
    text.match_indices('/').map(|(end, _)| &text[..end])
}
