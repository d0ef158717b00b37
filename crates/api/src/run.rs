//! Runs on the wire: what a host and the engine tell each other, as JSON.

mod convert;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{
    trace::{NodeError, NodeState, Outcome},
    workflow::PortRefDoc,
};

/// What happened at the host.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Event {
    /// The code of a node began to run.
    Started {
        /// The node.
        node: String,
        /// Which attempt, counted from 1.
        attempt: u32,
    },
    /// A node gave its outputs.
    Finished {
        /// The node.
        node: String,
        /// Which attempt.
        attempt: u32,
        /// The kind of each value, by port.
        outputs: BTreeMap<String, String>,
    },
    /// A node gave up.
    Failed {
        /// The node.
        node: String,
        /// Which attempt.
        attempt: u32,
        /// `exception`, `memory`, `crashed`, `load` or `output`.
        kind: String,
        /// What happened.
        message: String,
        /// What to do about it.
        #[serde(default)]
        hint: Option<String>,
        /// Whether another attempt may help.
        #[serde(default)]
        retryable: bool,
    },
    /// A node ran longer than it may.
    TimedOut {
        /// The node.
        node: String,
        /// Which attempt.
        attempt: u32,
    },
    /// The kept result of a node is gone after all.
    CacheMissed {
        /// The node.
        node: String,
    },
    /// The user wants no more of it.
    Cancel {},
}

/// What the host must do; see [`llmos_core::run::Command`].
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Command {
    /// Run a node.
    Start {
        /// The node.
        node: String,
        /// Which attempt, counted from 1.
        attempt: u32,
        /// The skill to run.
        skill_id: String,
        /// What runs it: the skill's `type`.
        runtime: &'static str,
        /// Inputs that are written in the workflow, and defaults.
        literals: BTreeMap<String, Value>,
        /// Inputs that are outputs of other nodes.
        links: BTreeMap<String, PortRefDoc>,
        /// After how much of its own time to stop it.
        timeout_ms: Option<u64>,
        /// How much memory it may use.
        memory_mb: Option<u64>,
        /// What to keep its result under; `null` when it must not be kept.
        key: Option<String>,
        /// How long to wait before.
        delay_ms: u64,
    },
    /// Take a kept result instead of running a node.
    Reuse {
        /// The node.
        node: String,
        /// What its result is kept under.
        key: String,
    },
    /// Stop a node, if it runs.
    Stop {
        /// The node.
        node: String,
        /// Which attempt.
        attempt: u32,
    },
    /// Show a node's new state.
    State {
        /// The node.
        node: String,
        /// What it is now.
        state: NodeState,
        /// Why it failed or was skipped.
        #[serde(skip_serializing_if = "Option::is_none")]
        error: Option<NodeError>,
    },
    /// The run is over.
    Done {
        /// How it ended.
        outcome: Outcome,
    },
}

/// What a run is asked to do; see [`llmos_core::run::RunOptions`].
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct RunOptions {
    /// The nodes whose results the host has kept.
    pub cached: Vec<String>,
    /// The versions of the runtimes by type, as they go into keys.
    pub runtime_versions: BTreeMap<String, String>,
    /// Run these nodes and what they need, instead of all.
    pub targets: Option<Vec<String>>,
}

/// A plan: see [`llmos_core::run::Plan`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PlanView {
    /// The ids of nodes by level.
    pub levels: Vec<Vec<String>>,
    /// What the result of each node is kept under; `null` where it must not be kept.
    pub keys: BTreeMap<String, Option<String>>,
}

/// How a run stands; see [`llmos_core::run::Run::report`].
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct RunView {
    /// How it ended; `null` while it goes on.
    pub outcome: Option<Outcome>,
    /// The nodes, in the order of the workflow.
    pub nodes: Vec<NodeView>,
}

/// How a node of a run stands.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct NodeView {
    /// The node.
    pub node: String,
    /// The skill it runs.
    pub skill_id: String,
    /// Where it is in its life.
    pub state: NodeState,
    /// What its result is kept under.
    pub key: Option<String>,
    /// How often it was started.
    pub attempts: u32,
    /// Why it failed or was skipped.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<NodeError>,
    /// Its literal inputs, defaults applied.
    pub inputs: BTreeMap<String, Value>,
}

/// Whether an output may feed an input, and if not, why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ConnectView {
    /// Whether it may.
    pub ok: bool,
    /// Why not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// What to do instead.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hint: Option<String>,
}

/// Why an event or an option is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// What is wrong.
    pub message: String,
    /// What to do instead.
    pub hint: String,
}
