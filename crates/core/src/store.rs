//! The port to the volumes: versioned sets of files, one per [`VolumeId`].

use std::fmt;

use jiff::Timestamp;

use crate::volume::{VolumeId, VolumePath};

/// The id of a commit, as Git prints it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CommitId(pub String);

/// The id of a file's content, as Git prints it. Equal content has an equal id.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BlobId(pub String);

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

/// One file of a volume at one commit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Where it is.
    pub path: VolumePath,
    /// What it holds.
    pub blob: BlobId,
}

/// Who makes a change.
#[derive(Clone, Debug, PartialEq, Eq)]
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
    /// There is no such commit or content.
    #[error("there is no `{id}` in volume `{volume}`")]
    UnknownObject {
        /// The volume that was asked.
        volume: VolumeId,
        /// What was asked for.
        id: String,
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

    /// Reads content by its id.
    fn read(&self, volume: &VolumeId, blob: &BlobId) -> Result<Vec<u8>, StoreError>;

    /// Makes one commit of `change` and returns it.
    ///
    /// Fails with [`StoreError::Stale`] and changes nothing unless every expectation holds.
    /// A change that leaves every file as it is makes no commit and returns the newest one.
    fn commit(&self, volume: &VolumeId, change: Change) -> Result<CommitId, StoreError>;

    /// Lists commits, newest first; empty while the volume does not exist.
    fn history(&self, volume: &VolumeId, query: &HistoryQuery) -> Result<Vec<CommitInfo>, StoreError>;

    /// Lists the volumes that exist, sorted.
    fn volumes(&self) -> Result<Vec<VolumeId>, StoreError>;
}
