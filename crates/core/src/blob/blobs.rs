//! The port to where blobs lie. Several servers may share one place.

use std::{
    io::{self, Read},
    ops::Range,
};

use jiff::Timestamp;

use super::BlobHash;
use crate::volume::VolumeId;

/// A blob that is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptBlob {
    /// Its hash.
    pub hash: BlobHash,
    /// How many bytes it has.
    pub size: u64,
    /// When it was last put, to the millisecond.
    pub kept_at: Timestamp,
}

/// What is to be kept.
#[derive(Clone, Copy)]
pub struct Upload<'a> {
    /// For which volume.
    pub volume: &'a VolumeId,
    /// The most bytes that are taken.
    pub limit: u64,
    /// Tells the time. It is asked when all of the content is here, which may take hours.
    pub now: &'a dyn Fn() -> Timestamp,
}

/// A blob that is open for reading.
pub struct OpenBlob {
    /// How many bytes the whole blob has.
    pub size: u64,
    /// The content, or the part that was asked for.
    ///
    /// A whole content that is not what its hash says fails before its last bytes are given, so
    /// whoever reads to the end has the right one.
    pub content: Box<dyn Read + Send>,
}

/// Why blobs did not do what they were asked.
#[derive(Debug, thiserror::Error)]
pub enum BlobsError {
    /// There is more content than is taken; nothing of it was kept.
    #[error("it has more than {limit} bytes")]
    TooLarge {
        /// The most that is taken.
        limit: u64,
    },
    /// The content did not come whole; nothing of it was kept.
    #[error("the content did not come whole: {source}")]
    Cut {
        /// Why.
        source: io::Error,
    },
    /// What is kept is not what its hash says.
    #[error("what is kept of blob `{hash}` is damaged")]
    Damaged {
        /// Which.
        hash: BlobHash,
    },
    /// Where blobs lie failed.
    #[error("the blobs failed while {doing}")]
    Medium {
        /// What was being done.
        doing: &'static str,
        /// The cause.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
}

impl BlobsError {
    /// Says what to do about it.
    pub fn hint(&self) -> Option<&'static str> {
        match self {
            Self::TooLarge { .. } => {
                Some("send less, or let whoever runs the server raise `--blob-limit`")
            }
            Self::Cut { .. } => Some("send it again"),
            Self::Damaged { .. } => Some("upload the same content again: it takes its place"),
            Self::Medium { .. } => None,
        }
    }
}

/// Where blobs lie, apart for each volume: no volume sees those of another.
///
/// Methods block: callers on an async runtime move them to a blocking thread. Nobody is asked for
/// permission here.
pub trait Blobs: Send + Sync {
    /// Keeps all that `content` gives, whole or not at all; it would survive a power cut when this returns.
    ///
    /// What is there already is put anew: it counts as kept at this time, and takes the place of a damaged one.
    fn put(&self, upload: Upload<'_>, content: &mut dyn Read) -> Result<KeptBlob, BlobsError>;

    /// Says whether a volume has a blob.
    fn find(&self, volume: &VolumeId, hash: &BlobHash) -> Result<Option<KeptBlob>, BlobsError>;

    /// Opens a blob, or these bytes of it; the part may reach beyond its end.
    fn open(
        &self,
        volume: &VolumeId,
        hash: &BlobHash,
        part: Option<Range<u64>>,
    ) -> Result<Option<OpenBlob>, BlobsError>;

    /// Hands `visit` each blob of a volume once, in any order.
    fn list(&self, volume: &VolumeId, visit: &mut dyn FnMut(KeptBlob)) -> Result<(), BlobsError>;

    /// Removes a blob that was last put before `before`, and says whether it did.
    ///
    /// Whoever puts it at the same moment has it afterwards: either this leaves it, or it is put anew.
    fn remove(
        &self,
        volume: &VolumeId,
        hash: &BlobHash,
        before: Timestamp,
    ) -> Result<bool, BlobsError>;

    /// Lists the volumes that have blobs, sorted.
    fn volumes(&self) -> Result<Vec<VolumeId>, BlobsError>;
}
