//! Skills that run on the server, on the wire.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::trace::{LogLine, NodeError};

/// Body of `POST /workflows/python`: a skill by its name and version, never code.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(default)]
pub struct RunPython {
    /// Who asks; the local user when left out.
    pub user_id: Option<String>,
    /// The team whose skills are seen as well.
    pub team_id: Option<String>,
    /// The skill. Its `execution_mode` must be `server-python` or `hybrid`.
    pub skill_id: String,
    /// The Git blob id of its file: this exact text and no other.
    pub version: String,
    /// The inputs, as a trace writes values.
    #[cfg_attr(feature = "openapi", schema(value_type = BTreeMap<String, Object>))]
    pub inputs: BTreeMap<String, Value>,
    /// How long it may take, at most 300,000; what the skill says, else 60,000, when left out.
    pub timeout_ms: Option<u64>,
    /// How much memory it may take, at most 4096; what the skill says, else 1024, when left out.
    pub memory_mb: Option<u64>,
}

/// Answer of `POST /workflows/python`: either `outputs` or `error` is there.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PythonResult {
    /// What the skill gave, as a trace writes values.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<BTreeMap<String, Object>>))]
    pub outputs: Option<BTreeMap<String, Value>>,
    /// Why it gave nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<NodeError>,
    /// What it printed; times count from the start of its code.
    pub logs: Vec<LogLine>,
    /// How long its code ran.
    pub duration_ms: f64,
}
