//! The port to the volumes: versioned sets of files, one per [`VolumeId`].

mod names;

use std::{collections::BTreeMap, fmt};

use jiff::Timestamp;
use sha1::Digest;

use crate::{
    branch::BranchName,
    volume::{VolumeId, VolumePath},
};

/// The id of a commit, as Git prints it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CommitId(pub String);

/// The id of a file's content, as Git prints it. Equal content has an equal id.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BlobId(pub String);

impl BlobId {
    /// Computes the id that Git gives to this content.
    ///
    /// ```
    /// use llmos_core::store::BlobId;
    /// assert_eq!(BlobId::of(b"").0, "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391");
    /// ```
    pub fn of(content: &[u8]) -> Self {
        let mut hash = sha1::Sha1::new();
        hash.update(format!("blob {}\0", content.len()));
        hash.update(content);
        Self(hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect())
    }
}

impl fmt::Display for CommitId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Display for BlobId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The id of all that a folder holds: while it stays, nothing below the folder changed.
///
/// It means something only to the store that gave it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FolderId(pub String);

/// A name in a folder of a volume at one commit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Name {
    /// The name, without the folder that it is in.
    pub name: String,
    /// What it stands for.
    pub holds: Holds,
}

/// What a name in a folder stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Holds {
    /// A file with this content.
    File(BlobId),
    /// A folder.
    Folder(FolderId),
}

/// One file of a volume at one commit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Where it is.
    pub path: VolumePath,
    /// What it holds.
    pub blob: BlobId,
}

/// Who makes a change.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Author {
    /// The name as Git shows it.
    pub name: String,
    /// The address as Git shows it.
    pub email: String,
}

/// What a writer knows of a file before changing it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Expected {
    /// Nothing: whatever is there is replaced.
    Anything,
    /// The file must not exist.
    Absent,
    /// The file must still have this content.
    Version(BlobId),
}

/// The change of one file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edit {
    /// Which file.
    pub path: VolumePath,
    /// What must hold before.
    pub expected: Expected,
    /// The new content; `None` deletes the file.
    pub content: Option<Vec<u8>>,
}

/// A change of a volume: it becomes one commit, whole or not at all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// The files.
    pub edits: Vec<Edit>,
    /// Who makes it.
    pub author: Author,
    /// When it is made.
    pub time: Timestamp,
    /// The commit message: a subject line, then whatever explains it.
    pub message: String,
}

/// A commit, as history shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CommitInfo {
    /// Its id.
    pub id: CommitId,
    /// The ids of its parents.
    pub parents: Vec<CommitId>,
    /// Who made it.
    pub author: Author,
    /// When it was made.
    pub time: Timestamp,
    /// The whole message.
    pub message: String,
    /// How it is signed; `None` where it is not.
    pub signature: Option<Signature>,
}

/// How a commit is signed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Signature {
    /// By this key, and it fits the commit. Whose key that is, it does not say.
    Valid {
        /// The fingerprint of the key, as `ssh-keygen -l` prints it: `SHA256:…`.
        key: String,
    },
    /// It does not fit the commit, or cannot be read.
    Broken {
        /// The fingerprint of the key that it names, if it can be read.
        key: Option<String>,
    },
    /// It is of a kind that is not checked here.
    Unchecked {
        /// The kind: `openpgp`, or the kind of an SSH key.
        kind: String,
    },
}

/// What part of a history to read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HistoryQuery {
    /// Only commits that changed this file or folder.
    pub path: Option<VolumePath>,
    /// Start at this commit instead of the newest.
    pub from: Option<CommitId>,
    /// At most this many commits.
    pub limit: usize,
}

/// What lies between two commits, in one folder.
#[derive(Clone, Copy, Debug)]
pub struct Span<'a> {
    /// The earlier commit; `None` for before the first.
    pub from: Option<&'a CommitId>,
    /// The later commit.
    pub to: &'a CommitId,
    /// The folder.
    pub path: &'a VolumePath,
}

/// A file that differs between two commits.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Changed {
    /// The file.
    pub path: VolumePath,
    /// Its content at the later commit; `None` where it is gone.
    pub blob: Option<BlobId>,
}

/// Why a volume did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// A file is not what the writer expected; nothing was changed.
    #[error("`{path}` changed in the meantime")]
    Stale {
        /// The file.
        path: VolumePath,
        /// What it holds now; `None` when it is gone.
        current: Option<BlobId>,
    },
    /// The working tree of the volume holds an edit that is not committed; nothing was changed.
    #[error("`{path}` was edited in the folder of volume `{volume}` and is not committed")]
    Dirty {
        /// The volume.
        volume: VolumeId,
        /// The file, or the folder that stands in its way.
        path: VolumePath,
    },
    /// Another program, or what is left of one, holds the volume; nothing was changed.
    #[error("volume `{volume}` is locked by another program (`{lock}`)")]
    Busy {
        /// The volume.
        volume: VolumeId,
        /// The lock file, relative to the folder of the volume.
        lock: String,
    },
    /// There is no such commit or content.
    #[error("there is no `{id}` in volume `{volume}`")]
    UnknownObject {
        /// The volume that was asked.
        volume: VolumeId,
        /// What was asked for.
        id: String,
    },
    /// There is no such branch.
    #[error("volume `{volume}` has no branch `{branch}`")]
    UnknownBranch {
        /// The volume that was asked.
        volume: VolumeId,
        /// The branch.
        branch: BranchName,
    },
    /// There is a branch of that name, or one that stands in its way.
    #[error("volume `{volume}` has a branch `{branch}` already, or one that stands in its way")]
    BranchExists {
        /// The volume.
        volume: VolumeId,
        /// The branch that was to be made.
        branch: BranchName,
    },
    /// A branch has other commits than the caller knows; nothing was changed.
    #[error("branch `{branch}` of volume `{volume}` changed in the meantime")]
    BranchMoved {
        /// The volume.
        volume: VolumeId,
        /// The branch.
        branch: BranchName,
        /// Where it ends now.
        tip: CommitId,
    },
    /// The working tree of the volume shows this branch, so it belongs to whoever works there.
    #[error("the folder of volume `{volume}` shows branch `{branch}`, which is left alone")]
    CheckedOut {
        /// The volume.
        volume: VolumeId,
        /// The branch.
        branch: BranchName,
    },
    /// The volume holds something that cannot be read safely.
    #[error("volume `{volume}` cannot be read: {reason}")]
    Damaged {
        /// The volume that was asked.
        volume: VolumeId,
        /// What is wrong with it.
        reason: String,
    },
    /// The disk or Git failed.
    #[error("volume `{volume}` failed while {doing}")]
    Medium {
        /// The volume that was asked.
        volume: VolumeId,
        /// What was being done.
        doing: &'static str,
        /// The cause.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
}

impl StoreError {
    /// Says what to do about it, where something can be done.
    pub fn hint(&self) -> Option<&'static str> {
        match self {
            Self::Stale { .. } => Some("read it again, then repeat the change"),
            Self::Dirty { .. } => Some(
                "commit or undo the edit with `git` in the folder of the volume, then repeat the change",
            ),
            Self::Busy { .. } => {
                Some("wait until no `git` command runs there; if none does, delete the lock file")
            }
            Self::UnknownObject { .. } => Some("look the id up in the history of the volume"),
            Self::UnknownBranch { .. } => Some("choose one that the list of branches names"),
            Self::BranchExists { .. } => Some("choose another name"),
            Self::BranchMoved { .. } => Some("look at its newest commits, then repeat the change"),
            Self::CheckedOut { .. } => Some(
                "run `git checkout main` in the folder of the volume; `main` itself always stays",
            ),
            Self::Damaged { .. } => Some("run `git fsck --full` in the folder of the volume"),
            Self::Medium { .. } => None,
        }
    }
}

/// Versioned sets of files.
///
/// Methods block: callers on an async runtime move them to a blocking thread.
/// Reading never creates anything; the first commit to a volume creates it.
pub trait Store: Send + Sync {
    /// Returns the newest commit, or `None` while the volume does not exist.
    fn head(&self, volume: &VolumeId) -> Result<Option<CommitId>, StoreError>;

    /// Lists the files under `path` (or all, or the one file that `path` names) at a commit, sorted by path.
    ///
    /// Symbolic links, submodules and paths that are not a [`VolumePath`] are left out.
    fn list(
        &self,
        volume: &VolumeId,
        at: &CommitId,
        path: Option<&VolumePath>,
    ) -> Result<Vec<Entry>, StoreError>;

    /// Lists the names directly in the folder `path`, or at the top, sorted; none where there is no such folder.
    ///
    /// Leaves out what [`Self::list`] leaves out, and looks at nothing further down: a store that can read
    /// one folder by itself does so in place of this.
    fn names(
        &self,
        volume: &VolumeId,
        at: &CommitId,
        path: Option<&VolumePath>,
    ) -> Result<Vec<Name>, StoreError> {
        Ok(names::of(path, &self.list(volume, at, path)?))
    }

    /// Reads content by its id.
    fn read(&self, volume: &VolumeId, blob: &BlobId) -> Result<Vec<u8>, StoreError>;

    /// Makes one commit of `change` and returns it.
    ///
    /// Fails with [`StoreError::Stale`] and changes nothing unless every expectation holds;
    /// also when a file stands where a new path needs a folder, or the other way round.
    /// The first commit of a volume adds a [`crate::metadata`] file, unless it writes one itself.
    /// A change that leaves every file as it is makes no commit and returns the newest one.
    fn commit(&self, volume: &VolumeId, change: Change) -> Result<CommitId, StoreError>;

    /// Lists commits, newest first; empty while the volume does not exist.
    fn history(
        &self,
        volume: &VolumeId,
        query: &HistoryQuery,
    ) -> Result<Vec<CommitInfo>, StoreError>;

    /// Hands `visit` the content of each file under `path` that `to` has and `from` has not, or has with other
    /// content, if its name is wanted. Says whether `from` had a wanted file that `to` has not, or has otherwise.
    ///
    /// Without `from` all wanted files are new. Whoever reads a million files asks this way: what both commits
    /// share is not looked at, and no list of all files comes to be.
    fn added(
        &self,
        volume: &VolumeId,
        span: Span<'_>,
        wanted: &dyn Fn(&str) -> bool,
        visit: &mut dyn FnMut(Vec<u8>),
    ) -> Result<bool, StoreError> {
        let Span { from, to, path } = span;
        let wanted = |entry: &Entry| wanted(entry.path.file_name());
        let mut before: BTreeMap<VolumePath, BlobId> = BTreeMap::new();
        if let Some(from) = from {
            let entries = self.list(volume, from, Some(path))?.into_iter().filter(wanted);
            before.extend(entries.map(|entry| (entry.path, entry.blob)));
        }
        let mut n_replaced = 0;
        for entry in self.list(volume, to, Some(path))?.into_iter().filter(wanted) {
            match before.remove(&entry.path) {
                Some(blob) if blob == entry.blob => continue,
                Some(_) => n_replaced += 1,
                None => {}
            }
            visit(self.read(volume, &entry.blob)?);
        }
        Ok(n_replaced > 0 || !before.is_empty())
    }

    /// Lists the files in the folder of `span`, however deep, of which the content differs, sorted by path.
    ///
    /// Leaves out what [`Self::list`] leaves out. Whoever follows a large folder commit by commit asks this way:
    /// a store that can tell what both commits share does not look at it.
    fn changed(&self, volume: &VolumeId, span: Span<'_>) -> Result<Vec<Changed>, StoreError> {
        let list = |at: &CommitId| self.list(volume, at, Some(span.path));
        let before = span.from.map(list).transpose()?.unwrap_or_default();
        Ok(changed(span.path, before, list(span.to)?))
    }

    /// Lists the volumes that exist, sorted.
    fn volumes(&self) -> Result<Vec<VolumeId>, StoreError>;
}

/// Compares what two commits list of a folder; see [`Store::changed`].
pub fn changed(folder: &VolumePath, before: Vec<Entry>, after: Vec<Entry>) -> Vec<Changed> {
    let inside = format!("{folder}/");
    let is_inside = |entry: &Entry| entry.path.as_str().starts_with(&inside);
    let before = before.into_iter().filter(is_inside).map(|entry| (entry.path, entry.blob));
    let mut before: BTreeMap<VolumePath, BlobId> = before.collect();
    let mut found = Vec::new();
    for Entry { path, blob } in after.into_iter().filter(is_inside) {
        if before.remove(&path).as_ref() != Some(&blob) {
            found.push(Changed { path, blob: Some(blob) });
        }
    }
    found.extend(before.into_keys().map(|path| Changed { path, blob: None }));
    found.sort();
    found
}
