//! Sessions on the wire: conversations with what came of them.

mod convert;

use serde::{Deserialize, Serialize};

use crate::workflow::WorkflowDoc;

/// Body of `POST /sessions`.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CreateSession {
    /// Who asks; the local user when left out.
    #[serde(default)]
    pub user_id: Option<String>,
    /// The team that they work in.
    #[serde(default)]
    pub team_id: Option<String>,
    /// What it is called, up to 100 characters; made of the first message when left out.
    #[serde(default)]
    pub name: Option<String>,
    /// `user`, `team` or `system`, or an address such as `team/atlas`; the own volume when left out.
    #[serde(default)]
    pub volume: Option<String>,
    /// The user or team, where `volume` is a kind alone.
    #[serde(default)]
    pub volume_id: Option<String>,
    /// A text that it is named after where `name` is left out: what will be said first.
    #[serde(default)]
    pub named_after: Option<String>,
    /// What the person says first.
    #[serde(default)]
    pub initial_message: Option<String>,
}

/// Body of `PUT /sessions/{id}`. What is left out stays.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct UpdateSession {
    /// Who asks; the local user when left out.
    #[serde(default)]
    pub user_id: Option<String>,
    /// The team that they work in.
    #[serde(default)]
    pub team_id: Option<String>,
    /// Another name.
    #[serde(default)]
    pub name: Option<String>,
    /// Where it stands now.
    #[serde(default)]
    pub status: Option<SessionStatus>,
}

/// Where a session stands, as people say.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum SessionStatus {
    /// It goes on.
    Active,
    /// It waits.
    Paused,
    /// It is done.
    Completed,
}

/// Whether the last commit holds all of a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum SessionState {
    /// Something was said or renamed since, or there is no commit.
    Uncommitted,
    /// All of it is in the commit.
    Committed,
}

/// A session without its messages.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SessionView {
    /// Its id.
    pub id: String,
    /// What it is called.
    pub name: String,
    /// `user`, `team` or `system`.
    pub volume: String,
    /// The user or team; `default` for the system.
    pub volume_id: String,
    /// The address of the volume, such as `team/atlas`.
    pub address: String,
    /// Who began it.
    pub user_id: String,
    /// Where it stands, as people say.
    pub status: SessionStatus,
    /// Whether the last commit holds all of it.
    pub state: SessionState,
    /// The last commit that keeps it.
    pub commit_hash: Option<String>,
    /// The address of the volume that the commit is in.
    pub commit_volume: Option<String>,
    /// When that commit was made (RFC 3339, UTC).
    pub committed_at: Option<String>,
    /// How many messages it has.
    pub message_count: u64,
    /// When it began (RFC 3339, UTC).
    pub created_at: String,
    /// When something was last said or changed (RFC 3339, UTC).
    pub updated_at: String,
    /// Counts every change; also the `ETag`.
    pub revision: u64,
    /// Whether the caller may say something in it.
    pub may_talk: bool,
    /// Whether the caller may rename or delete it.
    pub may_change: bool,
    /// Whether the caller may commit it to the volume that it belongs to.
    pub may_commit: bool,
}

/// Answer of `GET /sessions`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SessionList {
    /// How many there are in all.
    pub total: u64,
    /// Those of this page, the one that was changed last first.
    pub sessions: Vec<SessionView>,
}

/// Answer of `GET /sessions/{id}`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SessionDetail {
    /// The session.
    #[serde(flatten)]
    pub session: SessionView,
    /// Messages, the oldest first: the newest ones where nothing else was asked for.
    pub messages: Vec<SessionMessage>,
    /// What to send as `before` to read the messages before these; `null` at the beginning.
    pub earlier: Option<u64>,
    /// What to send as `after` to read the messages after these; `null` at the end.
    pub later: Option<u64>,
}

/// A message of a session.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SessionMessage {
    /// Its place in the session, from 1.
    pub number: u64,
    /// Who said it.
    pub role: SessionRole,
    /// What was said, as Markdown.
    pub content: String,
    /// When (RFC 3339, UTC).
    pub timestamp: String,
    /// The traces of what ran for it.
    pub traces: Vec<String>,
    /// What came of it.
    pub artifacts: Vec<SessionArtifact>,
}

/// Who said something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum SessionRole {
    /// The person.
    User,
    /// The model, or what answers in its place.
    Assistant,
    /// The program itself.
    System,
}

/// A thing that came of a session.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SessionArtifact {
    /// What it is, such as `code`, `skill`, `workflow`, `plot`, `file`.
    pub kind: String,
    /// What it is called.
    pub name: String,
    /// Where in the volume it is, or gets by a commit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// What it holds, as text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub content: Option<String>,
    /// The workflow that it holds, where it holds one; only in answers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub workflow: Option<Box<WorkflowDoc>>,
}

/// An artifact as it may be sent: whole, or as the line that a commit message has.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(untagged)]
pub enum SentArtifact {
    /// `code: vqe.py`, or a name alone for a file.
    Line(String),
    /// With what it holds.
    Whole(SessionArtifact),
}

/// Body of `POST /sessions/{id}/messages`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AddMessage {
    /// Who asks; the local user when left out.
    #[serde(default)]
    pub user_id: Option<String>,
    /// The team that they work in.
    #[serde(default)]
    pub team_id: Option<String>,
    /// Who says it.
    pub role: SessionRole,
    /// What is said, as Markdown: up to 512 KiB with all artifacts.
    pub content: String,
    /// When; now when left out.
    #[serde(default)]
    pub timestamp: Option<String>,
    /// The ids of the traces of what ran for it.
    #[serde(default)]
    pub traces: Option<Vec<String>>,
    /// What came of it.
    #[serde(default)]
    pub artifacts: Option<Vec<SentArtifact>>,
}

/// Body of `POST /sessions/{id}/commit`.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CommitSession {
    /// Who asks; the local user when left out.
    #[serde(default)]
    pub user_id: Option<String>,
    /// The team that they work in.
    #[serde(default)]
    pub team_id: Option<String>,
    /// Another volume than that of the session: `user` for the own one, or an address.
    #[serde(default)]
    pub volume: Option<String>,
}

/// Answer of `GET /sessions/{id}/export?format=json`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SessionExport {
    /// The session.
    #[serde(flatten)]
    pub session: SessionView,
    /// All that was said, the oldest first.
    pub messages: Vec<SessionMessage>,
}
