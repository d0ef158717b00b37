//! A workflow: nodes that run skills, and edges that carry outputs to inputs.
//!
//! A [`Workflow`] is what somebody drew. It may hold mistakes (a cycle, a skill
//! that is gone); [`validate`] names them, and only a workflow without errors
//! becomes a [`Plan`](crate::run::Plan). A node can run a whole workflow; before
//! a run, [`flatten`] puts the nodes of that one in its place.

mod finding;
mod flatten;
mod graph_text;
mod interface;
mod nest;
mod print;
mod read;
mod resolve;
mod source;
mod suggest;
mod validate;
mod weight;

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
    str::FromStr,
};

use serde_json::Value;

use crate::{
    diagnostic::Diagnostic,
    slug::{MAX_SLUG_LEN, Slug, SlugError},
};

pub use finding::Finding;
pub(crate) use finding::has_errors;
pub use flatten::{Flat, MAX_NODES, Part, flatten};
pub(crate) use graph_text::read_strictly as read_graph;
pub use interface::{Outside, outside, signature};
pub(crate) use print::graph as print_graph;
pub use print::print;
pub use read::parse;
pub(crate) use resolve::{Resolved, Wire};
pub use source::{Inner, Signature, SkillSource};
pub(crate) use suggest::hint as suggestion;
pub use validate::{MAX_RETRIES, validate};
pub(crate) use validate::{given, resolve};
pub use weight::{MAX_COPIED, MAX_EDGES};
pub(crate) use weight::{bytes, megabytes, node_bytes};

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
    /// The ports it has as a node of another workflow; those that no edge touches where it says nothing.
    pub interface: Option<Interface>,
    /// What its author wrote about it: Markdown without the list of steps and the graph.
    pub body: String,
}

/// One step: a skill, or another workflow, with the values given to it.
#[derive(Clone, Debug, PartialEq)]
pub struct Node {
    /// Its id, unique in the workflow.
    pub id: Slug,
    /// What it runs.
    pub uses: Uses,
    /// What people call it, where that is not the name of what it runs.
    pub name: Option<String>,
    /// Values for inputs that no edge feeds, by port.
    pub inputs: BTreeMap<String, Value>,
    /// After how long it is stopped; overrides the skill's own limit.
    ///
    /// This, and the two limits below, count for every node of a workflow that it runs.
    pub timeout_ms: Option<u64>,
    /// How much memory it may use; overrides the skill's own limit.
    pub memory_mb: Option<u64>,
    /// How often it is tried again after a failure that may pass.
    pub retries: u32,
    /// Where it stands on the canvas.
    pub position: Option<(f64, f64)>,
}

/// What a node runs.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Uses {
    /// An executable skill.
    Skill(Slug),
    /// Another workflow, whose nodes take the place of this one.
    Workflow(Slug),
}

/// Which inputs and outputs a workflow has as a node of another one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Interface {
    /// Its inputs. A name that is there twice feeds two nodes.
    pub inputs: Vec<OuterPort>,
    /// Its outputs.
    pub outputs: Vec<OuterPort>,
}

/// A port of a workflow, and the port of one of its nodes behind it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct OuterPort {
    /// Its name on the outside.
    pub name: String,
    /// What stands behind it.
    pub inner: PortRef,
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

/// Makes an id for a new node of a skill: the skill's own, or with a number behind it.
pub fn new_node_id(skill: &str, taken: impl Fn(&str) -> bool) -> Slug {
    let base = Slug::nearest(skill).map_or_else(|| "node".to_owned(), |slug| slug.to_string());
    let numbers = std::iter::once(String::new()).chain((2_u64..).map(|n| format!("-{n}")));
    let mut ids = numbers.filter_map(|suffix| with_suffix(&base, &suffix));
    ids.find(|id| !taken(id.as_str())).expect("because there are more numbers than nodes")
}

/// Puts a suffix behind an id, cut where it would become too long.
fn with_suffix(base: &str, suffix: &str) -> Option<Slug> {
    let kept = base.len().min(MAX_SLUG_LEN.saturating_sub(suffix.len()));
    format!("{}{suffix}", base.get(..kept)?.trim_end_matches(['-', '_'])).parse().ok()
}

/// Ids that are given out once each.
#[derive(Default)]
pub(crate) struct FreshIds {
    taken: BTreeSet<Slug>,
    /// The next number to try behind an id that was asked for again.
    next: BTreeMap<String, u64>,
}

impl FreshIds {
    /// Counts an id as given out.
    pub(crate) fn take(&mut self, id: &Slug) {
        self.taken.insert(id.clone());
    }

    /// Gives out `<base>--<suffix>`, with a number behind it where that is taken or too long.
    pub(crate) fn make(&mut self, base: &Slug, suffix: &str) -> Slug {
        let wanted = format!("{base}--{suffix}");
        if let Ok(id) = wanted.parse::<Slug>()
            && self.taken.insert(id.clone())
        {
            return id;
        }
        let stem = wanted.get(..wanted.len().min(MAX_SLUG_LEN - 10)).unwrap_or_default();
        let next = self.next.entry(stem.to_owned()).or_insert(2);
        loop {
            let id = with_suffix(stem, &format!("-{next}"));
            *next += 1;
            if let Some(id) = id
                && self.taken.insert(id.clone())
            {
                return id;
            }
        }
    }
}

impl Uses {
    /// Returns the id of the skill or workflow.
    pub fn id(&self) -> &Slug {
        match self {
            Self::Skill(id) | Self::Workflow(id) => id,
        }
    }

    /// Returns what sort of thing that is, as people read it.
    pub fn noun(&self) -> &'static str {
        match self {
            Self::Skill(_) => "skill",
            Self::Workflow(_) => "workflow",
        }
    }
}

impl Node {
    /// Makes a node that says nothing but what it runs.
    pub fn new(id: Slug, uses: Uses) -> Self {
        Self {
            id,
            uses,
            name: None,
            inputs: BTreeMap::new(),
            timeout_ms: None,
            memory_mb: None,
            retries: 0,
            position: None,
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
