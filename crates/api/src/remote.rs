//! Remotes of volumes on the wire.

use llmos_core::{
    remote::{Remote, RemoteState, Synced},
    store::CommitId,
    volume::{VolumeId, VolumePath},
};
use serde::{Deserialize, Serialize};

/// Body of `PUT /volumes/remote`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SetRemote {
    /// Who asks; the local user when left out.
    #[serde(default)]
    pub user_id: Option<String>,
    /// The team that the caller works in.
    #[serde(default)]
    pub team_id: Option<String>,
    /// `system`, `team/<id>` or `user/<id>`; the caller's own when left out.
    #[serde(default)]
    pub volume: Option<String>,
    /// Where: `https://host/owner/name.git` or `git@host:owner/name.git`, without a password.
    pub url: String,
    /// The branch there; `main` when left out.
    #[serde(default)]
    pub branch: Option<String>,
}

/// Body of `POST /volumes/remote/sync`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SyncRemote {
    /// Who asks; the local user when left out.
    #[serde(default)]
    pub user_id: Option<String>,
    /// The team that the caller works in.
    #[serde(default)]
    pub team_id: Option<String>,
    /// `system`, `team/<id>` or `user/<id>`; the caller's own when left out.
    #[serde(default)]
    pub volume: Option<String>,
}

/// Where a volume is kept a second time, and how the last talk went.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RemoteView {
    /// The volume.
    pub volume: String,
    /// Where; absent where it has no remote.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// The branch there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub branch: Option<String>,
    /// When both were last equal (RFC 3339, UTC).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub synced_at: Option<String>,
    /// What both held then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub commit: Option<String>,
    /// How often in a row it failed since.
    pub n_failures: u32,
    /// When it failed last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failed_at: Option<String>,
    /// Why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failure: Option<String>,
    /// Files that were changed on both sides, so that somebody has to decide.
    pub conflicts: Vec<String>,
}

impl RemoteView {
    /// Puts together where the remote is and how the last talk went.
    pub fn new(volume: &VolumeId, remote: Option<&Remote>, state: &RemoteState) -> Self {
        Self {
            volume: volume.to_string(),
            url: remote.map(|remote| remote.url.to_string()),
            branch: remote.map(|remote| remote.branch.clone()),
            synced_at: state.synced_at.map(|at| at.to_string()),
            commit: state.commit.as_ref().map(CommitId::to_string),
            n_failures: state.n_failures,
            failed_at: state.failure.as_ref().map(|(at, _)| at.to_string()),
            failure: state.failure.as_ref().map(|(_, reason)| reason.clone()),
            conflicts: state.conflicts.iter().map(VolumePath::to_string).collect(),
        }
    }
}

/// What a talk with a remote came to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SyncedView {
    /// The volume.
    pub volume: String,
    /// Whether both sides hold the same now.
    pub equal: bool,
    /// What both hold.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub commit: Option<String>,
    /// How many commits came from there.
    pub n_fetched: usize,
    /// How many went there, a merge of both included.
    pub n_pushed: usize,
    /// Files that both sides changed in different ways; nothing was merged then.
    pub conflicts: Vec<String>,
}

impl SyncedView {
    /// Says what a talk came to.
    pub fn new(volume: &VolumeId, synced: &Synced) -> Self {
        let mut view = Self {
            volume: volume.to_string(),
            equal: false,
            commit: None,
            n_fetched: 0,
            n_pushed: 0,
            conflicts: Vec::new(),
        };
        match synced {
            Synced::Equal { commit, n_fetched, n_pushed } => {
                view.equal = true;
                view.commit = commit.as_ref().map(CommitId::to_string);
                (view.n_fetched, view.n_pushed) = (*n_fetched, *n_pushed);
            }
            Synced::Conflict { paths } => {
                view.conflicts = paths.iter().map(VolumePath::to_string).collect();
            }
        }
        view
    }
}
