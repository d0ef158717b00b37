//! One run of a workflow, as a state machine without I/O.
//!
//! The host hands in [`Event`]s and carries out [`Command`]s. Values never pass
//! through here: the host keeps what a node gave and looks it up by node and
//! port; the machine knows values by their kind alone. It has no clock: delays
//! are numbers in a command, and a time limit is an event.

mod machine;
mod plan;
mod step;

use std::collections::BTreeMap;

use serde_json::Value;

use crate::{skill::Runtime, slug::Slug, value::ValueKind, workflow::PortRef};

pub use machine::{NodeReport, Run, RunError, RunOptions};
pub use plan::{Plan, RuntimeVersions};

/// What happened at the host.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// The code of a node began to run.
    Started {
        /// The node.
        node: Slug,
        /// Which attempt, counted from 1.
        attempt: u32,
    },
    /// A node gave its outputs.
    Finished {
        /// The node.
        node: Slug,
        /// Which attempt.
        attempt: u32,
        /// The kind of each value it gave, by port.
        outputs: BTreeMap<String, ValueKind>,
    },
    /// A node gave up.
    Failed {
        /// The node.
        node: Slug,
        /// Which attempt.
        attempt: u32,
        /// Why.
        error: NodeError,
        /// Whether another attempt may help.
        retryable: bool,
    },
    /// A node ran longer than it may.
    TimedOut {
        /// The node.
        node: Slug,
        /// Which attempt.
        attempt: u32,
    },
    /// The kept result of a node is gone after all.
    CacheMissed {
        /// The node.
        node: Slug,
    },
    /// The user wants no more of it.
    Cancel,
}

/// What the host must do.
#[derive(Clone, Debug, PartialEq)]
pub enum Command {
    /// Run a node.
    Start(Box<Start>),
    /// Take the kept result of a node instead of running it.
    ///
    /// No answer is needed: the node counts as done at once, and what depends
    /// on it is started with the same commands. A host that finds nothing under
    /// the key answers with [`Event::CacheMissed`]; the node is then run, and
    /// what was started with its result is stopped and started again.
    Reuse {
        /// The node.
        node: Slug,
        /// What its result is kept under.
        key: String,
    },
    /// Stop a node, if it runs; no answer is needed.
    Stop {
        /// The node.
        node: Slug,
        /// Which attempt.
        attempt: u32,
    },
    /// Show a node's new state. Every change is told, in order.
    State {
        /// The node.
        node: Slug,
        /// What it is now.
        state: NodeState,
        /// Why it failed or was skipped.
        error: Option<NodeError>,
    },
    /// The run is over. No command follows, unless a reused result turns out to be gone.
    Done {
        /// How it ended.
        outcome: Outcome,
    },
}

/// Everything a host needs to run one attempt of a node.
#[derive(Clone, Debug, PartialEq)]
pub struct Start {
    /// The node.
    pub node: Slug,
    /// Which attempt, counted from 1.
    pub attempt: u32,
    /// The skill to run.
    pub skill: Slug,
    /// What runs it.
    pub runtime: Runtime,
    /// Inputs that are written in the workflow, and defaults of the skill.
    pub literals: BTreeMap<String, Value>,
    /// Inputs that are outputs of other nodes.
    pub links: BTreeMap<String, PortRef>,
    /// After how many milliseconds of its own time to stop it.
    pub timeout_ms: Option<u64>,
    /// How much memory it may use.
    pub memory_mb: Option<u64>,
    /// What to keep its result under; `None` when it must not be kept.
    pub key: Option<String>,
    /// How long to wait before this attempt.
    pub delay_ms: u64,
}

/// Where a node is in its life.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum NodeState {
    /// Waits for what feeds it, or is not part of this run.
    #[default]
    Idle,
    /// Handed to the host.
    Queued,
    /// Runs.
    Running,
    /// Gave its outputs.
    Success,
    /// Failed for good.
    Error,
    /// Not run because something that feeds it failed.
    Skipped,
    /// Its kept result was taken.
    Cached,
    /// Stopped, or not begun, because the user cancelled.
    Cancelled,
}

/// How a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Outcome {
    /// Every node has its outputs.
    Success,
    /// A node failed.
    Error,
    /// The user stopped it.
    Cancelled,
}

/// Why a node failed or was skipped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NodeError {
    /// Which kind of failure.
    pub kind: ErrorKind,
    /// What happened.
    pub message: String,
    /// What to do about it, where that is known.
    pub hint: Option<String>,
}

/// Kinds of failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ErrorKind {
    /// The code raised an error.
    Exception,
    /// It used more memory than it may.
    Memory,
    /// Its worker died.
    Crashed,
    /// Its runtime or a package could not be loaded.
    Load,
    /// Its outputs are not what the skill declares.
    Output,
    /// It ran longer than it may.
    Timeout,
    /// An input it needs was not given by the node before it.
    Input,
    /// A node before it failed.
    Upstream,
}

impl NodeState {
    /// All states, in the order of a node's life.
    pub const ALL: [Self; 8] = [
        Self::Idle,
        Self::Queued,
        Self::Running,
        Self::Success,
        Self::Error,
        Self::Skipped,
        Self::Cached,
        Self::Cancelled,
    ];

    /// Returns the name that reports use.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Idle => "idle",
            Self::Queued => "queued",
            Self::Running => "running",
            Self::Success => "success",
            Self::Error => "error",
            Self::Skipped => "skipped",
            Self::Cached => "cached",
            Self::Cancelled => "cancelled",
        }
    }
}

impl Outcome {
    /// All outcomes.
    pub const ALL: [Self; 3] = [Self::Success, Self::Error, Self::Cancelled];

    /// Returns the name that reports use.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Success => "success",
            Self::Error => "error",
            Self::Cancelled => "cancelled",
        }
    }
}

impl ErrorKind {
    /// All kinds.
    pub const ALL: [Self; 8] = [
        Self::Exception,
        Self::Memory,
        Self::Crashed,
        Self::Load,
        Self::Output,
        Self::Timeout,
        Self::Input,
        Self::Upstream,
    ];

    /// Returns the name that reports use.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Exception => "exception",
            Self::Memory => "memory",
            Self::Crashed => "crashed",
            Self::Load => "load",
            Self::Output => "output",
            Self::Timeout => "timeout",
            Self::Input => "input",
            Self::Upstream => "upstream",
        }
    }
}

#[cfg(test)]
mod tests;
