//! Reading Git's trees as data.

use std::collections::BTreeMap;

use gix::{
    ObjectId, Repository,
    objs::{TreeRefIter, tree::EntryKind},
};
use llmos_core::{
    store::{BlobId, Entry, FolderId, Holds, Name},
    volume::VolumePath,
};

/// The most files and folders that one listing may see, so that a few objects cannot unfold into all memory.
pub(crate) const MAX_ENTRIES: usize = 4_000_000;

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
    #[error("a folder of it is not as Git writes folders")]
    Broken,
    #[error("a folder of it holds the name {name:?}, which is not safe to write")]
    UnsafeName { name: String },
    #[error("a folder of it holds more than {limit} files")]
    TooManyFiles { limit: usize },
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
///
/// Fails when it would have to look at more than `limit` files and folders.
pub(crate) fn files(
    repository: &Repository,
    tree: ObjectId,
    prefix: String,
    limit: usize,
) -> Result<Vec<Entry>, TreeError> {
    let mut found = Vec::new();
    let mut n_seen = 0;
    let mut to_do = vec![(tree, prefix)];
    while let Some((id, prefix)) = to_do.pop() {
        let object = repository.find_tree(id)?;
        for entry in TreeRefIter::from_bytes(&object.data, id.kind()) {
            let entry = entry?;
            n_seen += 1;
            if n_seen > limit {
                return Err(TreeError::TooManyFiles { limit });
            }
            let Ok(name) = std::str::from_utf8(entry.filename) else { continue };
            // A path that is too long or not safe is not safe with more behind it either.
            let Ok(path) = format!("{prefix}{name}").parse::<VolumePath>() else { continue };
            match entry.mode.kind() {
                EntryKind::Tree => to_do.push((entry.oid.to_owned(), format!("{path}/"))),
                EntryKind::Blob | EntryKind::BlobExecutable if !name.contains('/') => {
                    found.push(Entry { path, blob: BlobId(entry.oid.to_string()) });
                }
                EntryKind::Blob
                | EntryKind::BlobExecutable
                | EntryKind::Link
                | EntryKind::Commit => {}
            }
        }
    }
    found.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(found)
}

/// Lists what is directly in a tree, sorted by name; leaves out what [`files`] leaves out.
pub(crate) fn names(tree: &[u8], prefix: &str) -> Result<Vec<Name>, TreeError> {
    let mut found = Vec::new();
    for entry in TreeRefIter::from_bytes(tree, gix::hash::Kind::Sha1) {
        let entry = entry?;
        let Ok(name) = std::str::from_utf8(entry.filename) else { continue };
        if name.contains('/') || format!("{prefix}{name}").parse::<VolumePath>().is_err() {
            continue;
        }
        let id = entry.oid.to_string();
        let holds = match entry.mode.kind() {
            EntryKind::Tree => Holds::Folder(FolderId(id)),
            EntryKind::Blob | EntryKind::BlobExecutable => Holds::File(BlobId(id)),
            EntryKind::Link | EntryKind::Commit => continue,
        };
        found.push(Name { name: name.to_owned(), holds });
    }
    // Git sorts a folder as if its name ended with `/`.
    found.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(found)
}

/// What two trees do not share.
#[derive(Default)]
pub(crate) struct Difference {
    /// The files that only the second tree has, or has otherwise.
    pub(crate) added: Vec<ObjectId>,
    /// Whether the first tree has a file that the second has not, or has otherwise.
    pub(crate) is_more: bool,
    n_seen: usize,
}

impl Difference {
    /// Compares two trees; what is the same in both is not looked at.
    pub(crate) fn of(
        repository: &Repository,
        before: Option<ObjectId>,
        after: Option<ObjectId>,
        wanted: &dyn Fn(&str) -> bool,
    ) -> Result<Self, TreeError> {
        let mut found = Self::default();
        let mut to_do = vec![(before, after)];
        while let Some((before, after)) = to_do.pop() {
            if before != after {
                found.compare(repository, [before, after], wanted, &mut to_do)?;
            }
        }
        Ok(found)
    }

    fn compare(
        &mut self,
        repository: &Repository,
        trees: [Option<ObjectId>; 2],
        wanted: &dyn Fn(&str) -> bool,
        to_do: &mut Vec<(Option<ObjectId>, Option<ObjectId>)>,
    ) -> Result<(), TreeError> {
        type Here = BTreeMap<String, (bool, ObjectId)>;
        let mut sides = [Here::new(), Here::new()];
        for (tree, side) in trees.into_iter().zip(&mut sides) {
            let Some(id) = tree else { continue };
            let object = repository.find_tree(id)?;
            for entry in TreeRefIter::from_bytes(&object.data, id.kind()) {
                let entry = entry?;
                self.n_seen += 1;
                if self.n_seen > MAX_ENTRIES {
                    return Err(TreeError::TooManyFiles { limit: MAX_ENTRIES });
                }
                let Ok(name) = std::str::from_utf8(entry.filename) else { continue };
                let is_tree = match entry.mode.kind() {
                    EntryKind::Tree => true,
                    EntryKind::Blob | EntryKind::BlobExecutable if wanted(name) => false,
                    _ => continue,
                };
                side.insert(name.to_owned(), (is_tree, entry.oid.to_owned()));
            }
        }
        let [mut before, after] = sides;
        for (name, (is_tree, id)) in after {
            match before.remove(&name) {
                Some((was_tree, was)) if was_tree == is_tree && was == id => {}
                Some((true, was)) if is_tree => to_do.push((Some(was), Some(id))),
                other => {
                    match other {
                        Some((true, was)) => to_do.push((Some(was), None)),
                        Some((false, _)) => self.is_more = true,
                        None => {}
                    }
                    if is_tree {
                        to_do.push((None, Some(id)));
                    } else {
                        self.added.push(id);
                    }
                }
            }
        }
        for (is_tree, id) in before.into_values() {
            if is_tree {
                to_do.push((Some(id), None));
            } else {
                self.is_more = true;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use gix::objs::{Tree, tree};

    use super::*;

    /// Ten names in each of `depth` levels: few objects, and ten to the power of `depth` paths.
    fn bomb(repository: &Repository, depth: usize, end: EntryKind) -> ObjectId {
        let mut id = repository.write_blob("x").unwrap().detach();
        if end == EntryKind::Tree {
            id = repository.write_object(Tree { entries: Vec::new() }).unwrap().detach();
        }
        let mut mode = end;
        for _ in 0..depth {
            let entry =
                |n| tree::Entry { mode: mode.into(), filename: format!("n{n}").into(), oid: id };
            id = repository
                .write_object(Tree { entries: (0..10).map(entry).collect() })
                .unwrap()
                .detach();
            mode = EntryKind::Tree;
        }
        id
    }

    #[test]
    fn a_tree_that_unfolds_for_ever_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let repository = gix::init(folder.path()).unwrap();
        for end in [EntryKind::Blob, EntryKind::Tree] {
            let id = bomb(&repository, 12, end);
            let got = files(&repository, id, String::new(), 1000);
            assert!(matches!(got, Err(TreeError::TooManyFiles { .. })), "got {got:?}");
        }
        let id = bomb(&repository, 2, EntryKind::Blob);
        assert_eq!(files(&repository, id, String::new(), 110).unwrap().len(), 100);
    }
}
