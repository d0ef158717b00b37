//! Skills: what people and agents write down so that it can be used again. A
//! skill is one Markdown file with YAML front matter, in one of four forms. This
//! module reads, checks, changes and prints them; it does not know where the
//! files lie and runs no code.

mod check;
pub(crate) mod code;
mod edit;
mod executable;
mod plain;
pub(crate) mod report;
mod salvage;

use std::{fmt, str::FromStr};

use serde_json::{Map, Value};

pub use check::{check, id_of_path};
pub use edit::{EditError, NewSkill, SkillEdit, edit, print, print_new};
pub(crate) use executable::{MAX_MEMORY_MB, block_of as code_blocks, is_port_name};

use crate::{diagnostic::Diagnostic, slug::Slug, value::PortType};

/// One skill, as far as its file says.
#[derive(Clone, Debug, PartialEq)]
pub struct Skill {
    /// Its id: `skill_id`, else the folder or file name.
    pub id: Slug,
    /// The name that people see.
    pub name: String,
    /// What it does and when to use it; may be empty.
    pub description: String,
    /// The group it is listed under.
    pub category: Option<String>,
    /// `keywords` and `tags`, without repetition.
    pub keywords: Vec<String>,
    /// The version as its author states it; Git knows the true one.
    pub version: Option<String>,
    /// Who wrote it.
    pub author: Option<String>,
    /// What it is for.
    pub kind: SkillKind,
    /// Everything in the front matter, also what no rule here knows.
    pub frontmatter: Map<String, Value>,
    /// The Markdown after the front matter, as it stands in the file.
    pub body: String,
}

/// What a skill is for.
#[derive(Clone, Debug, PartialEq)]
pub enum SkillKind {
    /// Text that helps a model.
    Context,
    /// The open Agent Skills form, or the description of an agent.
    Agent,
    /// Code that a node of a workflow runs.
    Executable(Box<Executable>),
}

/// The form of a file, told even where it is too broken to be a skill.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FileKind {
    /// A context skill.
    Context,
    /// An executable skill.
    Executable,
    /// An Agent Skill or an agent.
    Agent,
    /// No skill: the file has no front matter.
    None,
}

/// What a node needs to run a skill.
#[derive(Clone, Debug, PartialEq)]
pub struct Executable {
    /// What runs the code.
    pub runtime: Runtime,
    /// Where the code runs.
    pub execution_mode: ExecutionMode,
    /// What the code takes, in the order of the file.
    pub inputs: Vec<Port>,
    /// What the code gives, in the order of the file.
    pub outputs: Vec<Port>,
    /// How long its author expects a run to take.
    pub estimated_time_ms: Option<u64>,
    /// How much memory it may use.
    pub memory_mb: Option<u64>,
    /// After how long it is stopped.
    pub timeout_ms: Option<u64>,
    /// Packages to load before it runs.
    pub packages: Vec<String>,
    /// Whether equal inputs always give equal outputs.
    pub deterministic: bool,
    /// The code, without its fences.
    pub code: String,
    /// The line of the file on which the code begins, counted from 1.
    pub code_line: usize,
}

/// One input or output.
#[derive(Clone, Debug, PartialEq)]
pub struct Port {
    /// Its name, unique among the inputs or among the outputs.
    pub name: String,
    /// What values it takes.
    pub ty: PortType,
    /// What it means; may be empty.
    pub description: String,
    /// The value used where no other is given.
    pub default: Option<Value>,
    /// Whether a value must be there; true for an input without a default.
    pub required: bool,
}

/// What runs the code of a skill: its `type`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Runtime {
    /// Python in the browser.
    PythonWasm,
    /// Python in the browser, with the Qiskit interface at hand.
    Qiskit,
    /// JavaScript in the browser.
    Javascript,
    /// A three.js scene.
    Threejs,
    /// A SPICE netlist.
    Spice,
    /// A SPICE netlist; the same as [`Self::Spice`] under its other name.
    Ngspice,
    /// An OpenQASM program.
    Openqasm,
    /// A Q# program.
    Qsharp,
    /// A WebGPU kernel.
    Webgpu,
}

/// Where the code of a skill runs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ExecutionMode {
    /// In the user's browser.
    #[default]
    BrowserWasm,
    /// On the server, where its operator allows it.
    ServerPython,
    /// In the browser first, on the server when that fails for size or time.
    Hybrid,
}

/// What [`check`] found in one file.
#[derive(Clone, Debug, PartialEq)]
pub struct SkillCheck {
    /// The skill, unless an error forbids its use.
    pub skill: Option<Skill>,
    /// The form of the file.
    pub kind: FileKind,
    /// The front matter as JSON; only what could be saved where the YAML is broken.
    pub frontmatter: Option<Value>,
    /// The id, where there is one.
    pub id: Option<String>,
    /// The name, where there is one.
    pub name: Option<String>,
    /// The description, where there is one.
    pub description: Option<String>,
    /// All findings, by position.
    pub diagnostics: Vec<Diagnostic>,
}

/// Why a text is not a [`Runtime`] or an [`ExecutionMode`].
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("unknown {what} `{name}`")]
pub struct UnknownName {
    /// What the text should have named.
    pub what: &'static str,
    /// The text.
    pub name: String,
    /// What may be written.
    pub known: String,
}

impl Skill {
    /// Returns what a node needs, if this skill can be one.
    pub fn executable(&self) -> Option<&Executable> {
        match &self.kind {
            SkillKind::Executable(executable) => Some(executable),
            SkillKind::Context | SkillKind::Agent => None,
        }
    }

    /// Returns the form of the file.
    pub fn file_kind(&self) -> FileKind {
        match self.kind {
            SkillKind::Context => FileKind::Context,
            SkillKind::Agent => FileKind::Agent,
            SkillKind::Executable(_) => FileKind::Executable,
        }
    }
}

impl Executable {
    /// Finds an input by name.
    pub fn input(&self, name: &str) -> Option<&Port> {
        self.inputs.iter().find(|port| port.name == name)
    }

    /// Finds an output by name.
    pub fn output(&self, name: &str) -> Option<&Port> {
        self.outputs.iter().find(|port| port.name == name)
    }
}

impl FileKind {
    /// Returns the name that reports use.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Context => "context",
            Self::Executable => "executable",
            Self::Agent => "agent",
            Self::None => "none",
        }
    }
}

impl Runtime {
    /// All runtimes, in the order in which they are shown.
    pub const ALL: [Self; 9] = [
        Self::PythonWasm,
        Self::Qiskit,
        Self::Javascript,
        Self::Threejs,
        Self::Spice,
        Self::Ngspice,
        Self::Openqasm,
        Self::Qsharp,
        Self::Webgpu,
    ];

    /// Returns the name that a skill file uses.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::PythonWasm => "python-wasm",
            Self::Qiskit => "qiskit",
            Self::Javascript => "javascript",
            Self::Threejs => "threejs",
            Self::Spice => "spice",
            Self::Ngspice => "ngspice",
            Self::Openqasm => "openqasm",
            Self::Qsharp => "qsharp",
            Self::Webgpu => "webgpu",
        }
    }

    /// Returns the languages of a fenced code block that this runtime can run.
    pub fn languages(self) -> &'static [&'static str] {
        match self {
            Self::PythonWasm | Self::Qiskit => &["python", "py", "python3"],
            Self::Javascript | Self::Threejs => &["javascript", "js", "mjs"],
            Self::Spice | Self::Ngspice => &["spice", "ngspice", "cir"],
            Self::Openqasm => &["openqasm", "qasm", "openqasm3", "qasm3"],
            Self::Qsharp => &["qsharp", "qs"],
            Self::Webgpu => &["javascript", "js", "mjs", "wgsl"],
        }
    }
}

impl ExecutionMode {
    /// All modes, in the order in which they are shown.
    pub const ALL: [Self; 3] = [Self::BrowserWasm, Self::ServerPython, Self::Hybrid];

    /// Returns the name that a skill file uses.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::BrowserWasm => "browser-wasm",
            Self::ServerPython => "server-python",
            Self::Hybrid => "hybrid",
        }
    }
}

impl UnknownName {
    /// Says what to write instead.
    pub fn hint(&self) -> String {
        format!("use one of {}", self.known)
    }
}

impl FromStr for Runtime {
    type Err = UnknownName;

    fn from_str(text: &str) -> Result<Self, UnknownName> {
        let found = Self::ALL.into_iter().find(|runtime| runtime.as_str() == text);
        found.ok_or_else(|| UnknownName {
            what: "type",
            name: text.to_owned(),
            known: Self::ALL.map(|runtime| format!("`{runtime}`")).join(", "),
        })
    }
}

impl FromStr for ExecutionMode {
    type Err = UnknownName;

    fn from_str(text: &str) -> Result<Self, UnknownName> {
        let found = Self::ALL.into_iter().find(|mode| mode.as_str() == text);
        found.ok_or_else(|| UnknownName {
            what: "execution mode",
            name: text.to_owned(),
            known: Self::ALL.map(|mode| format!("`{mode}`")).join(", "),
        })
    }
}

impl fmt::Display for FileKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Display for Runtime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Display for ExecutionMode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests;
