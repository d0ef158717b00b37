//! The port to repositories elsewhere.

use std::io;

use jiff::Timestamp;

use super::{RemoteState, RemoteUrl};
use crate::{
    store::{Author, CommitId, StoreError},
    volume::{VolumeId, VolumePath},
};

/// Where a volume is kept a second time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Remote {
    /// Its address.
    pub url: RemoteUrl,
    /// The branch there that is kept equal with `main`.
    pub branch: String,
}

/// What a talk with a remote came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Synced {
    /// Both sides hold this commit; `None` where neither holds anything.
    Equal {
        /// The commit.
        commit: Option<CommitId>,
        /// How many commits came from there.
        n_fetched: usize,
        /// How many went there, a merge of both included.
        n_pushed: usize,
    },
    /// Both sides changed these files in different ways, and nothing was merged.
    ///
    /// What the other side holds is kept as `refs/remotes/origin/<branch>`.
    Conflict {
        /// The files.
        paths: Vec<VolumePath>,
    },
}

/// Why a talk with a remote did not come to an end.
#[derive(Debug, thiserror::Error)]
pub enum RemoteError {
    /// The volume has none.
    #[error("volume `{volume}` has no remote")]
    None {
        /// The volume.
        volume: VolumeId,
    },
    /// It does not answer, or refuses.
    #[error("the remote cannot be reached: {reason}")]
    Unreachable {
        /// What `git` says.
        reason: String,
    },
    /// What it holds must not come into a volume.
    #[error("the remote holds what a volume does not take: {reason}")]
    Unsafe {
        /// What it is, one line for each.
        reason: String,
    },
    /// The volume failed.
    #[error(transparent)]
    Store {
        /// How.
        source: StoreError,
    },
    /// The program `git`, or the file that names the remote, failed.
    #[error("failed while {doing}: {source}")]
    Failed {
        /// What was being done.
        doing: &'static str,
        /// The cause.
        source: io::Error,
    },
}

impl RemoteError {
    /// Says what to do about it.
    pub fn hint(&self) -> Option<&'static str> {
        match self {
            Self::None { .. } => Some("name one with `llmos remote add VOLUME URL`"),
            Self::Unreachable { .. } => Some(
                "check the address, the network and who may write there; nothing is lost meanwhile, and it is tried again",
            ),
            Self::Unsafe { .. } => Some("take it out of the remote, then sync again"),
            Self::Store { source } => source.hint(),
            Self::Failed { .. } => Some("see with `llmos doctor` whether `git` can be started"),
        }
    }
}

impl From<StoreError> for RemoteError {
    fn from(source: StoreError) -> Self {
        Self::Store { source }
    }
}

/// Volumes that can be kept a second time elsewhere.
///
/// Methods block. Where a remote is, is noted beside the volumes, never in one.
pub trait Remotes: Send + Sync {
    /// Returns the remote of a volume, if it has one.
    fn remote(&self, volume: &VolumeId) -> Result<Option<Remote>, RemoteError>;

    /// Gives a volume a remote, or takes it away; forgets how the last talk went.
    fn set_remote(&self, volume: &VolumeId, remote: Option<&Remote>) -> Result<(), RemoteError>;

    /// Says how the last talk went.
    fn remote_state(&self, volume: &VolumeId) -> Result<RemoteState, RemoteError>;

    /// Makes volume and remote equal, or says what is in the way; notes how it went.
    ///
    /// May be cut off at any moment: the next talk goes on from what both sides hold.
    fn sync(&self, volume: &VolumeId, by: &Author, now: Timestamp) -> Result<Synced, RemoteError>;

    /// Lists the volumes that have a remote, sorted.
    fn with_remotes(&self) -> Result<Vec<VolumeId>, RemoteError>;
}
