//! Reading the folders of commits one by one, also of those that are still on their way to disk.
//!
//! Where a volume is written to, its large folders are at hand as they were edited
//! last; what follows the writers commit by commit finds them here, and nothing is
//! copied for it.

use std::sync::Arc;

use gix::{ObjectId, Repository, objs::Kind};
use llmos_core::{
    store::{self, BlobId, Changed, CommitId, Holds, Name, Span, StoreError},
    volume::VolumePath,
};

use crate::{
    object::Object,
    session::listed::{Entry, Listed},
    tree::{self, MAX_ENTRIES, TreeError},
    volume::{Pending, Volume},
};

/// The folders of a volume.
pub(crate) struct Trees<'a> {
    volume: &'a Volume,
    pending: Option<Arc<Pending>>,
    /// What is on disk.
    repository: Repository,
}

/// What a name stands for: a file, a folder, or what is left out.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Node {
    File(ObjectId),
    Tree(ObjectId),
    Other,
}

impl Node {
    fn of(entry: &Entry<'_>) -> Self {
        match entry.mode {
            _ if entry.is_tree() => Self::Tree(entry.id),
            mode if mode.len() == 6 && mode.starts_with(b"100") => Self::File(entry.id),
            _ => Self::Other,
        }
    }

    fn file(self) -> Option<ObjectId> {
        if let Self::File(id) = self { Some(id) } else { None }
    }

    fn tree(self) -> Option<ObjectId> {
        if let Self::Tree(id) = self { Some(id) } else { None }
    }
}

impl<'a> Trees<'a> {
    /// Opens the volume, which must have the commit `at`.
    pub(crate) fn of(volume: &'a Volume, at: &CommitId) -> Result<Self, StoreError> {
        // Looked at first: what is no longer pending is on disk.
        let pending = volume.pending();
        let repository = volume.open_to_read()?.ok_or_else(|| volume.unknown(&at.0))?;
        Ok(Self { volume, pending, repository })
    }

    /// Finds the top folder of a commit.
    pub(crate) fn root(&self, at: &CommitId) -> Result<ObjectId, StoreError> {
        let id = self.volume.object_id(&at.0)?;
        match self.pending_object(id, Kind::Commit) {
            Some(commit) => gix::objs::CommitRefIter::from_bytes(&commit.data.whole(), id.kind())
                .tree_id()
                .map_err(|err| self.volume.damaged(err)),
            None => self.volume.tree_of(&self.repository, id),
        }
    }

    /// Finds a folder below another one; `None` where there is none at that path.
    pub(crate) fn folder(
        &self,
        root: ObjectId,
        path: &VolumePath,
    ) -> Result<Option<ObjectId>, TreeError> {
        let mut tree = root;
        for part in path.as_str().split('/') {
            let names = tree::names(&self.data(tree)?, "")?;
            let below = names.into_iter().find(|name| name.name == part);
            let Some(Holds::Folder(id)) = below.map(|name| name.holds) else { return Ok(None) };
            tree = id.0.parse().map_err(|_no_id| TreeError::Broken)?;
        }
        Ok(Some(tree))
    }

    /// Lists what is directly in a folder, sorted by name; leaves out what is not a plain file at a [`VolumePath`].
    pub(crate) fn names(&self, tree: ObjectId, prefix: &str) -> Result<Vec<Name>, TreeError> {
        tree::names(&self.data(tree)?, prefix)
    }

    /// Lists the files that differ between two folders at a path.
    ///
    /// Fails when it would have to look at more than [`MAX_ENTRIES`] files and folders.
    fn changed(
        &self,
        folders: [Option<ObjectId>; 2],
        path: &VolumePath,
    ) -> Result<Vec<Changed>, TreeError> {
        let mut found = Vec::new();
        let mut n_seen = 0;
        let mut to_do = vec![(folders, format!("{path}/"))];
        while let Some(([before, after], prefix)) = to_do.pop() {
            let tree =
                |id: Option<ObjectId>| id.map_or_else(|| Ok(Arc::default()), |id| self.tree(id));
            let (before, after) = (tree(before)?, tree(after)?);
            for (entry, [old, new]) in before.differing(&after) {
                n_seen += 1;
                if n_seen > MAX_ENTRIES {
                    return Err(TreeError::TooManyFiles { limit: MAX_ENTRIES });
                }
                // A path that is too long or not safe is not safe with more behind it either.
                let Some(path) = path_of(&prefix, &entry) else { continue };
                let [old, new] = [old, new].map(|it| it.map_or(Node::Other, |it| Node::of(&it)));
                if old.file() != new.file() {
                    let blob = new.file().map(|id| BlobId(id.to_string()));
                    found.push(Changed { path: path.clone(), blob });
                }
                if old.tree() != new.tree() {
                    to_do.push(([old.tree(), new.tree()], format!("{path}/")));
                }
            }
        }
        Ok(found)
    }

    fn tree(&self, id: ObjectId) -> Result<Arc<Listed>, TreeError> {
        if let Some(tree) = self.volume.sound.get(id) {
            return Ok(tree);
        }
        Ok(Arc::new(Listed::read(&self.data(id)?).ok_or(TreeError::Broken)?))
    }

    fn data(&self, id: ObjectId) -> Result<Vec<u8>, TreeError> {
        if let Some(tree) = self.volume.sound.get(id) {
            return Ok(tree.content().whole().into_owned());
        }
        Ok(match self.pending_object(id, Kind::Tree) {
            Some(object) => object.data.whole().into_owned(),
            None => self.repository.find_tree(id)?.detach().data,
        })
    }

    fn pending_object(&self, id: ObjectId, kind: Kind) -> Option<&Object> {
        let objects = &self.pending.as_ref()?.objects;
        // The newest is asked for most.
        let found = objects.iter().rev().find(|object| object.id == id)?;
        (found.kind == kind).then_some(found)
    }
}

/// The path of a name in a folder; `None` where it is not one that a volume can have.
fn path_of(prefix: &str, entry: &Entry<'_>) -> Option<VolumePath> {
    let name = std::str::from_utf8(entry.name).ok().filter(|name| !name.contains('/'))?;
    format!("{prefix}{name}").parse().ok()
}

impl Volume {
    /// See [`llmos_core::store::Store::changed`].
    pub(crate) fn changed(&self, span: Span<'_>) -> Result<Vec<Changed>, StoreError> {
        let trees = Trees::of(self, span.to)?;
        let folder = |at: &CommitId| {
            let root = trees.root(at)?;
            trees.folder(root, span.path).map_err(|err| self.damaged(err))
        };
        let before = span.from.map(folder).transpose()?.flatten();
        let folders = [before, folder(span.to)?];
        match trees.changed(folders, span.path) {
            Ok(mut found) => {
                found.sort();
                Ok(found)
            }
            // Names out of order cannot be compared one by one.
            Err(TreeError::Broken) => {
                let list = |at: &CommitId| self.list(at, Some(span.path));
                let before = span.from.map(list).transpose()?.unwrap_or_default();
                Ok(store::changed(span.path, before, list(span.to)?))
            }
            Err(err) => Err(self.damaged(err)),
        }
    }
}
