//! Sessions on the wire: conversations with what came of them.

mod convert;

use serde::{Deserialize, Serialize};

use crate::{blob::BlobFacts, workflow::WorkflowDoc};

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
    /// The number of an earlier message that this one takes the place of, with all that was said after it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replaces: Option<u64>,
    /// Whether a later message took its place: it is told to no model any more.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub replaced: bool,
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
    /// The blob that its content points to, where it is a pointer; only in answers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub blob: Option<BlobFacts>,
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
    /// The number of a message that this one takes the place of, with all that was said after it.
    #[serde(default)]
    pub replaces: Option<u64>,
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

/// Answer of `GET /sessions/{id}/artifacts`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct GatheredArtifacts {
    /// How many there are in all.
    pub total: u64,
    /// Each once, with the message that made it last; the newest first, 1000 at most.
    pub artifacts: Vec<GatheredArtifact>,
}

/// An artifact, and where it is in its session.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct GatheredArtifact {
    /// What it is, such as `code`, `skill`, `workflow`, `plot`, `file`.
    pub kind: String,
    /// What it is called.
    pub name: String,
    /// Where in the volume it is, or gets by a commit.
    pub path: Option<String>,
    /// How many bytes it holds; `null` where the session does not have what it holds.
    pub bytes: Option<u64>,
    /// The message that made it last.
    pub number: u64,
    /// Whether a later message took the place of that one.
    pub replaced: bool,
}

/// What the `format` of every exported session says.
pub const EXPORT_FORMAT: &str = "llmos-session";

/// The version of the shape of exported sessions: it counts up where a member goes or means something else.
pub const EXPORT_VERSION: u32 = 1;

/// Answer of `GET /sessions/{id}/export?format=json`: a session as one file, the same for whoever exports it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SessionExport {
    /// Always `llmos-session`.
    pub format: String,
    /// The version of this shape: 1. Members may be added within a version; what is not known is left alone.
    pub version: u32,
    /// Its id.
    pub id: String,
    /// What it is called.
    pub name: String,
    /// The address of the volume that it belongs to, such as `team/atlas`.
    pub volume: String,
    /// Who began it.
    pub user_id: String,
    /// Where it stands, as people say.
    pub status: SessionStatus,
    /// When it began (RFC 3339, UTC).
    pub created_at: String,
    /// When something was last said or changed (RFC 3339, UTC).
    pub updated_at: String,
    /// The last commit that keeps it.
    pub commit: Option<ExportedCommit>,
    /// All that was said, the oldest first. An artifact that holds a workflow has its text in `content`.
    pub messages: Vec<SessionMessage>,
}

/// The commit that keeps an exported session.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ExportedCommit {
    /// Its hash.
    pub hash: String,
    /// The address of the volume that it is in.
    pub volume: String,
    /// When it was made (RFC 3339, UTC).
    pub at: String,
    /// How many of the messages it holds, from the first.
    pub message_count: u64,
}
