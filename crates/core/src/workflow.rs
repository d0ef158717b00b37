//! A workflow: nodes that run skills, and edges that carry outputs to inputs.
//!
//! A [`Workflow`] is what somebody drew. It may hold mistakes (a cycle, a skill
//! that is gone); [`validate`] names them, and only a workflow without errors
//! becomes a [`Plan`](crate::run::Plan).

mod graph_text;
mod print;
mod read;
mod suggest;
mod validate;

use std::{collections::BTreeMap, fmt, str::FromStr};

use serde_json::Value;

use crate::{
    diagnostic::{Diagnostic, Severity},
    skill::Executable,
    slug::{MAX_SLUG_LEN, Slug, SlugError},
};

pub(crate) use graph_text::read_strictly as read_graph;
pub(crate) use print::graph as print_graph;
pub use print::print;
pub use read::parse;
pub(crate) use validate::{Ends, literal, resolve};
pub use validate::{MAX_RETRIES, validate};

/// A graph of skills with its description.
#[derive(Clone, Debug, PartialEq)]
pub struct Workflow {
    /// Its id, and the name of its file.
    pub id: Slug,
    /// What people call it.
    pub name: String,
    /// What it does; may be empty.
    pub description: String,
    /// Words to find it by.
    pub tags: Vec<String>,
    /// The version its author gave it.
    pub version: Option<String>,
    /// Who made it.
    pub author: Option<String>,
    /// The steps, in the order of the file.
    pub nodes: Vec<Node>,
    /// The connections, in the order of the file.
    pub edges: Vec<Edge>,
    /// What its author wrote about it: Markdown without the list of steps and the graph.
    pub body: String,
}

/// One step: a skill with the values given to it.
#[derive(Clone, Debug, PartialEq)]
pub struct Node {
    /// Its id, unique in the workflow.
    pub id: Slug,
    /// The executable skill it runs.
    pub skill: Slug,
    /// What people call it, where that is not the skill's name.
    pub name: Option<String>,
    /// Values for inputs that no edge feeds, by port.
    pub inputs: BTreeMap<String, Value>,
    /// After how long it is stopped; overrides the skill's own limit.
    pub timeout_ms: Option<u64>,
    /// How often it is tried again after a failure that may pass.
    pub retries: u32,
    /// Where it stands on the canvas.
    pub position: Option<(f64, f64)>,
}

/// A connection from an output to an input.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Edge {
    /// The output.
    pub from: PortRef,
    /// The input.
    pub to: PortRef,
}

/// One port of one node; written `node.port`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct PortRef {
    /// The node.
    pub node: Slug,
    /// The name of the port.
    pub port: String,
}

/// Why a text is not a [`PortRef`].
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PortRefError {
    /// There is no dot, or nothing after it.
    #[error("`{text}` names no port", text = text.escape_debug())]
    NoPort {
        /// The text.
        text: String,
    },
    /// The part before the dot is not an id.
    #[error("bad node id: {source}")]
    BadNode {
        /// What is wrong with it.
        source: SlugError,
    },
}

/// What a workflow's file gave.
#[derive(Clone, Debug, PartialEq)]
pub struct WorkflowCheck {
    /// The workflow, unless an error forbids its use.
    pub workflow: Option<Workflow>,
    /// All findings about the text, by position.
    pub diagnostics: Vec<Diagnostic>,
    /// The line of the file on which each node stands, where that is known.
    pub node_lines: BTreeMap<Slug, usize>,
}

/// What is wrong with a workflow, seen as a graph of skills.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// How bad it is: a workflow with an error cannot run.
    pub severity: Severity,
    /// A stable name in kebab case, for programs and documentation.
    pub code: &'static str,
    /// What is wrong: lower case, no final dot.
    pub message: String,
    /// What to do next: one imperative sentence, no final dot.
    pub hint: Option<String>,
    /// The node it is about.
    pub node: Option<Slug>,
    /// The port of that node.
    pub port: Option<String>,
    /// The nodes of a cycle in the order of its edges; empty for every other finding.
    pub path: Vec<Slug>,
}

/// Where [`validate`] finds the skills of nodes.
pub trait SkillSource {
    /// Returns the executable skill of this id.
    fn executable(&self, id: &Slug) -> Option<&Executable>;

    /// Lists the ids of all executable skills, for suggestions.
    fn ids(&self) -> Vec<&Slug>;
}

impl SkillSource for BTreeMap<Slug, Executable> {
    fn executable(&self, id: &Slug) -> Option<&Executable> {
        self.get(id)
    }

    fn ids(&self) -> Vec<&Slug> {
        self.keys().collect()
    }
}

impl SkillSource for BTreeMap<Slug, &Executable> {
    fn executable(&self, id: &Slug) -> Option<&Executable> {
        self.get(id).copied()
    }

    fn ids(&self) -> Vec<&Slug> {
        self.keys().collect()
    }
}

/// Makes an id for a new node of a skill: the skill's own, or with a number behind it.
pub fn new_node_id(skill: &str, taken: impl Fn(&str) -> bool) -> Slug {
    let base = Slug::nearest(skill).map_or_else(|| "node".to_owned(), |slug| slug.to_string());
    let mut number = 1_u64;
    loop {
        let suffix = if number == 1 { String::new() } else { format!("-{number}") };
        let kept = base.len().min(MAX_SLUG_LEN - suffix.len());
        let id = format!("{}{suffix}", base[..kept].trim_end_matches(['-', '_']));
        match id.parse() {
            Ok(slug) if !taken(&id) => return slug,
            _ => number += 1,
        }
    }
}

impl PortRefError {
    /// Says what to write instead.
    pub fn hint(&self) -> &'static str {
        match self {
            Self::NoPort { .. } => "write `<node>.<port>`",
            Self::BadNode { source } => source.hint(),
        }
    }
}

impl FromStr for PortRef {
    type Err = PortRefError;

    fn from_str(text: &str) -> Result<Self, PortRefError> {
        let Some((node, port)) = text.split_once('.').filter(|(_, port)| !port.is_empty()) else {
            return Err(PortRefError::NoPort { text: text.chars().take(80).collect() });
        };
        let node = node.parse().map_err(|source| PortRefError::BadNode { source })?;
        Ok(Self { node, port: port.to_owned() })
    }
}

impl fmt::Display for PortRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.node, self.port)
    }
}

#[cfg(test)]
pub(crate) mod tests;
