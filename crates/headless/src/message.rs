//! What the command and its host say to each other; the twin of
//! `ui/src/headless/protocol.ts`.

use std::collections::BTreeMap;

use llmos_api::{
    package::{NeededPackages, PackageLock},
    run::{Command, Event},
    skill::ExecutableSkill,
};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// The protocol that both sides must speak.
pub(crate) const PROTOCOL: u32 = 2;

/// The Python packages of a run: the host reads no files of its own.
#[derive(Clone, Debug, Default, Serialize)]
pub struct PackageSupply {
    /// What each Python skill needs.
    pub needs: BTreeMap<String, NeededPackages>,
    /// The lock of the package cache.
    pub lock: PackageLock,
    /// The files by their hash, in base64; checked by whoever read them.
    pub files: BTreeMap<String, String>,
}

/// What is asked of the host.
#[derive(Debug, Serialize)]
#[serde(tag = "t", rename_all = "snake_case")]
pub enum Request<'a> {
    /// The skills of the run, by id. Comes first.
    Skills {
        /// The skills.
        skills: &'a BTreeMap<String, ExecutableSkill>,
        /// The Python packages that they need.
        packages: &'a PackageSupply,
    },
    /// Run a node.
    Start {
        /// The engine's command, a `start`.
        command: Command,
    },
    /// Stop a node.
    Stop {
        /// The node.
        node: String,
        /// Which attempt.
        attempt: u32,
    },
    /// Tell the inputs and outputs of nodes, as a trace holds them.
    Report {
        /// The nodes, in the order in which a trace lists them.
        nodes: Vec<String>,
    },
    /// Tell one output, whole, whatever its size.
    Output {
        /// The node.
        node: String,
        /// The port.
        port: String,
    },
}

/// What the host tells.
#[derive(Debug, Deserialize)]
#[serde(tag = "t", rename_all = "snake_case")]
pub enum Notice {
    /// It is ready.
    Hello {
        /// The protocol that it speaks.
        protocol: u32,
        /// The version of Node.js.
        node: String,
        /// The versions of the runtimes by skill type.
        runtime_versions: BTreeMap<String, String>,
    },
    /// Something happened to a node.
    Event {
        /// What.
        event: Event,
        /// How long the code of the node ran.
        #[serde(default)]
        duration_ms: Option<f64>,
    },
    /// A node printed.
    Log {
        /// The node.
        node: String,
        /// The lines.
        lines: Vec<LogLine>,
    },
    /// A runtime loads.
    Progress {
        /// How far.
        progress: LoadProgress,
    },
    /// Answer to [`Request::Report`].
    Report {
        /// The values by node.
        nodes: BTreeMap<String, Values>,
    },
    /// Answer to [`Request::Output`].
    Output {
        /// The value.
        value: Value,
    },
}

/// A line that a node printed.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct LogLine {
    /// `stdout` or `stderr`.
    pub stream: String,
    /// The text.
    pub text: String,
}

/// How far the loading of a runtime is.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct LoadProgress {
    /// The name of the runtime.
    pub runtime: String,
    /// `download`, `start`, `ready` or `failed`.
    pub stage: String,
    /// Why, when it failed.
    #[serde(default)]
    pub message: Option<String>,
}

/// The values of a node, as a trace holds them.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
pub struct Values {
    /// What it was called with, apart from what edges brought.
    pub inputs: BTreeMap<String, Value>,
    /// What it gave.
    pub outputs: BTreeMap<String, Value>,
}
