//! Volumes on the wire.

use llmos_core::store::Signature;
use serde::{Deserialize, Serialize};

use crate::skill::BrokenFile;

/// Answer of `GET /volumes/stats`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct StatsList {
    /// The volumes that the caller reads, the own one first.
    pub volumes: Vec<VolumeStats>,
}

/// What a volume holds.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct VolumeStats {
    /// The volume.
    pub volume: String,
    /// Whether anything was ever kept there.
    pub exists: bool,
    /// How many skills it has.
    pub n_skills: usize,
    /// How many workflows it has.
    pub n_workflows: usize,
    /// How many traces it has.
    pub n_traces: usize,
    /// How many files it has, whatever they are.
    pub n_files: usize,
    /// How many skill and workflow files cannot be used.
    pub n_broken: usize,
    /// The newest commit.
    pub last_commit: Option<CommitView>,
    /// Who made its newest commits, in the order of their last one.
    pub contributors: Vec<String>,
}

/// Answer of `GET /volumes/edits`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct EditsList {
    /// The volumes that the caller reads, the own one first.
    pub volumes: Vec<VolumeEdits>,
}

/// What the folder of a volume holds that no commit has.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct VolumeEdits {
    /// The volume.
    pub volume: String,
    /// Why nothing is taken over from the folder now; absent where edits are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub left_alone: Option<String>,
    /// Files that stay uncommitted, each with the reason.
    pub files: Vec<BrokenFile>,
}

/// The newest state of a volume, as `GET /events` tells it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct VolumeState {
    /// The volume.
    pub volume: String,
    /// The newest commit; absent while there is none.
    pub commit: Option<String>,
    /// Another number means that other edits in its folder stay uncommitted.
    pub edits: u64,
}

/// One commit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CommitView {
    /// Its id.
    pub commit: String,
    /// The ids of its parents.
    pub parents: Vec<String>,
    /// The name of who made it.
    pub author: String,
    /// The address of who made it.
    pub email: String,
    /// When it was made (RFC 3339, UTC).
    pub time: String,
    /// The first line of the message.
    pub subject: String,
    /// The whole message.
    pub message: String,
    /// How it is signed; absent where it is not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signature: Option<SignatureView>,
    /// What it changed, in words, where that was asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub words: Option<Vec<String>>,
    /// The version of the file that was asked for, where it is one; absent where it was deleted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
}

/// How a commit is signed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SignatureView {
    /// Whether it fits the commit.
    pub status: SignatureStatus,
    /// The fingerprint of the key, as `ssh-keygen -l` prints it: `SHA256:…`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    /// The kind of a signature that is not checked here, such as `openpgp`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
}

/// Whether a signature fits its commit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum SignatureStatus {
    /// It fits. Whose key it is, it does not say.
    Valid,
    /// It does not fit, or cannot be read.
    Broken,
    /// It is of a kind that is not checked here.
    Unchecked,
}

impl From<&Signature> for SignatureView {
    fn from(signature: &Signature) -> Self {
        let (status, key, kind) = match signature {
            Signature::Valid { key } => (SignatureStatus::Valid, Some(key.clone()), None),
            Signature::Broken { key } => (SignatureStatus::Broken, key.clone(), None),
            Signature::Unchecked { kind } => (SignatureStatus::Unchecked, None, Some(kind.clone())),
        };
        Self { status, key, kind }
    }
}

/// Answer of `GET /volumes/history`: newest first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct History {
    /// The volume.
    pub volume: String,
    /// The commits.
    pub commits: Vec<CommitView>,
    /// Give this as `from` for the next page; absent on the last one.
    pub next: Option<String>,
}
