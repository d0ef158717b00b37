//! Blobs on the wire: files that lie outside of Git, and what stands for them in a volume.

use llmos_core::blob::{KeptBlob, Pointer};
use serde::{Deserialize, Serialize};

/// Answer of `POST /blobs`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct UploadedBlob {
    /// What its pointer says.
    #[serde(flatten)]
    pub blob: BlobFacts,
    /// The address of the volume that has it.
    pub volume: String,
    /// The text that stands for it. A message of a session carries it as the content of an artifact.
    pub pointer: String,
    /// Where in the volume the pointer is; left out where none was committed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// The newest commit of the volume, which has the pointer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub commit: Option<String>,
}

/// Answer of `GET /blobs`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct BlobList {
    /// The address of the volume.
    pub volume: String,
    /// How many pointers the volume has.
    pub total: u64,
    /// Those of this page, by path.
    pub blobs: Vec<BlobFile>,
    /// Whether the caller may add to them.
    pub may_add: bool,
    /// How many bytes a file may have.
    pub max_bytes: u64,
}

/// What a pointer says of a blob.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct BlobFacts {
    /// The SHA-256 of the content, 64 hexadecimal digits.
    pub hash: String,
    /// How many bytes it has.
    pub size: u64,
    /// What sort of content it is said to be.
    pub media_type: String,
    /// What the file is called.
    pub name: String,
}

/// A pointer in a volume.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct BlobFile {
    /// Where it is.
    pub path: String,
    /// What it says.
    #[serde(flatten)]
    pub blob: BlobFacts,
    /// Whether the content is here.
    pub is_here: bool,
    /// When the content was last uploaded (RFC 3339, UTC); left out where it is not here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kept_at: Option<String>,
    /// Whether the caller may replace and delete it.
    pub may_change: bool,
}

/// Answer of `GET /blobs/place`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct BlobPlaceView {
    /// The address of the volume.
    pub volume: String,
    /// Where a file of this name stands.
    pub path: String,
    /// Whether a file is there already.
    pub is_taken: bool,
    /// Where it can stand beside that: `path` where nothing is there.
    pub free_path: String,
}

/// Answer of `DELETE /blobs`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DeletedBlob {
    /// The address of the volume.
    pub volume: String,
    /// Where the file was.
    pub path: String,
    /// The commit without it.
    pub commit: String,
}

/// What nothing refers to any more, volume by volume.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct BlobGarbage {
    /// Whether it was removed, and not only found.
    pub removed: bool,
    /// One entry for each volume that has blobs.
    pub volumes: Vec<VolumeGarbage>,
}

/// What nothing in one volume refers to.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct VolumeGarbage {
    /// The address of the volume.
    pub volume: String,
    /// How many blobs stay.
    pub n_kept: u64,
    /// Those that nothing refers to, and that are old enough.
    pub garbage: Vec<GarbageBlob>,
    /// Why the volume was left as it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub left_alone: Option<String>,
}

/// A blob that nothing refers to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GarbageBlob {
    /// Its hash.
    pub hash: String,
    /// How many bytes it has.
    pub size: u64,
    /// When it was last put (RFC 3339, UTC).
    pub kept_at: String,
}

/// What is wrong with blobs.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct BlobFaults {
    /// How many blobs were read whole.
    pub n_read: u64,
    /// How many bytes those are.
    pub n_bytes: u64,
    /// What is wrong.
    pub faults: Vec<BlobFault>,
}

/// Something that is wrong with a blob.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BlobFault {
    /// The address of its volume.
    pub volume: String,
    /// Its hash.
    pub hash: String,
    /// The pointer that refers to it, where it is about that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// What is wrong.
    pub what: String,
}

impl From<&Pointer> for BlobFacts {
    fn from(pointer: &Pointer) -> Self {
        Self {
            hash: pointer.hash.to_string(),
            size: pointer.size,
            media_type: pointer.media_type.to_string(),
            name: pointer.name.clone(),
        }
    }
}

impl From<&KeptBlob> for GarbageBlob {
    fn from(kept: &KeptBlob) -> Self {
        let kept_at = kept.kept_at.to_string();
        Self { hash: kept.hash.to_string(), size: kept.size, kept_at }
    }
}
