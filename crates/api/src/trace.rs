//! Traces of runs on the wire.

mod chat;
mod convert;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::workflow::WorkflowDoc;

pub use chat::{ChatReport, Feedback};
pub use convert::ReportError;

/// How a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Every node that was asked for gave its outputs.
    Success,
    /// A node failed.
    Error,
    /// Somebody stopped it.
    Cancelled,
}

/// The state of a node.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum NodeState {
    /// Nothing happened yet.
    Idle,
    /// All its inputs are there; it waits for its turn.
    Queued,
    /// It runs.
    Running,
    /// It gave its outputs.
    Success,
    /// It failed.
    Error,
    /// Something that it depends on failed.
    Skipped,
    /// Its outputs were there from an earlier run.
    Cached,
    /// It was stopped.
    Cancelled,
}

/// What a run did: the body of `POST /traces`, and what comes back when a trace is read.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RunReport {
    /// The workflow as it was run.
    pub workflow: WorkflowDoc,
    /// The volume that the workflow was opened from.
    #[serde(default)]
    pub workflow_volume: Option<String>,
    /// The Git blob id of the file that the workflow was opened from.
    #[serde(default)]
    pub workflow_version: Option<String>,
    /// How it ended.
    pub outcome: Outcome,
    /// When it started (RFC 3339, UTC).
    pub started_at: String,
    /// When it ended (RFC 3339, UTC).
    pub finished_at: String,
    /// What each node did.
    pub nodes: Vec<NodeReport>,
}

/// What one node did.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NodeReport {
    /// The node's id.
    pub node: String,
    /// The skill it ran.
    pub skill_id: String,
    /// The Git blob id of the skill's file.
    #[serde(default)]
    pub skill_version: Option<String>,
    /// How it ended.
    pub state: NodeState,
    /// The derivation key of its result.
    #[serde(default)]
    pub key: Option<String>,
    /// How often it was started.
    #[serde(default)]
    pub attempts: u32,
    /// When it started, counted from the start of the run.
    #[serde(default)]
    pub started_ms: Option<f64>,
    /// How long it took.
    #[serde(default)]
    pub duration_ms: Option<f64>,
    /// Why it failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<NodeError>,
    /// Literal and default inputs; what edges brought stands with the node that made it.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(value_type = Object))]
    pub inputs: BTreeMap<String, Value>,
    /// The outputs.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(value_type = Object))]
    pub outputs: BTreeMap<String, Value>,
    /// What it printed.
    #[serde(default)]
    pub logs: Vec<LogLine>,
}

/// Why a node failed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NodeError {
    /// `exception`, `timeout`, `memory`, `crashed`, `load`, `output`, `input` or `upstream`.
    pub kind: String,
    /// What happened.
    pub message: String,
    /// What to do about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hint: Option<String>,
}

/// A line that a node printed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct LogLine {
    /// When, counted from the start of the run.
    pub at_ms: f64,
    /// `stdout` or `stderr`.
    pub stream: String,
    /// The text.
    pub text: String,
}

/// Body of `POST /traces`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SaveTrace {
    /// Who asks; the local user when left out.
    #[serde(default)]
    pub user_id: Option<String>,
    /// What the run did.
    pub run: RunReport,
}

/// Answer of `POST /traces`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SavedTrace {
    /// The id that the server gave it.
    pub trace_id: String,
    /// The volume that holds it.
    pub volume: String,
    /// The file in that volume.
    pub path: String,
    /// The commit.
    pub commit: String,
}

/// A trace in a list.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TraceSummary {
    /// The id.
    pub trace_id: String,
    /// `run` or `chat`.
    pub kind: String,
    /// The workflow that ran.
    pub workflow_id: Option<String>,
    /// How it ended; absent when the file cannot be read.
    pub outcome: Option<Outcome>,
    /// When it started (RFC 3339, UTC).
    pub started_at: Option<String>,
    /// How long it took.
    pub duration_ms: Option<f64>,
    /// The volume that holds it.
    pub volume: String,
    /// The file in that volume.
    pub path: String,
}

/// Answer of `GET /traces`: newest first.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TraceList {
    /// How many there are, on all pages.
    pub total: usize,
    /// This page.
    pub traces: Vec<TraceSummary>,
    /// Give this as `before` for the next page; absent on the last one.
    pub next: Option<String>,
}

/// Answer of `GET /traces/{trace_id}`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TraceView {
    /// The id.
    pub trace_id: String,
    /// `run`.
    pub kind: String,
    /// The volume that holds it.
    pub volume: String,
    /// The file in that volume.
    pub path: String,
    /// The commit that it was read at.
    pub commit: String,
    /// Which large values are not in `run`, and how to read them; absent where all are there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// What the run did, large values put back in.
    pub run: RunReport,
}
