//! What can differ between two versions of a file.

use std::fmt;

use crate::{slug::Slug, workflow::PortRef};

/// One thing of a skill, a workflow or another file that can change on its own.
///
/// [`Place::key`] is its address, the same in each version of the file;
/// `Display` names it in words.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Place {
    /// The whole file.
    File,
    /// A field of the front matter.
    Field(String),
    /// An input or output of a skill.
    Port(Side, String),
    /// The code of a skill.
    Code,
    /// A section of the text, by its heading; the text before the first heading has none.
    Section(String),
    /// The order of the sections.
    SectionOrder,
    /// All nodes and edges of a workflow, where they cannot be told apart.
    Graph,
    /// A node as a whole.
    Node(Slug),
    /// What a node runs.
    Uses(Slug),
    /// The name that a node is shown under.
    NodeName(Slug),
    /// A limit of a node: `timeout_ms`, `memory_mb` or `retries`.
    Limit(Slug, &'static str),
    /// The value of an input of a node, or what feeds it.
    Input(Slug, String),
    /// Where a node stands on the canvas.
    Position(Slug),
    /// A connection.
    Edge {
        /// The output.
        from: PortRef,
        /// The input.
        to: PortRef,
    },
    /// The ports that a workflow has as a node, as a whole.
    Interface,
    /// One of those ports.
    Outer(Side, String),
}

/// Whether a port takes values or gives them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Side {
    /// It takes values.
    Input,
    /// It gives values.
    Output,
}

/// What sort of change it is, for people who look for one sort.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Aspect {
    /// Nodes, edges and values: what a workflow does.
    Graph,
    /// What a skill or workflow takes and gives.
    Ports,
    /// What a skill does.
    Code,
    /// Names, descriptions, prose and everything else in the front matter.
    Text,
    /// Where nodes stand.
    Layout,
}

impl Place {
    /// The address of the place, such as `nodes/plot/inputs/x`.
    pub fn key(&self) -> String {
        match self {
            Self::File => "file".to_owned(),
            Self::Field(name) => format!("fields/{name}"),
            Self::Port(side, name) => format!("{}s/{name}", side.as_str()),
            Self::Code => "code".to_owned(),
            Self::Section(name) => format!("sections/{name}"),
            Self::SectionOrder => "sections".to_owned(),
            Self::Graph => "graph".to_owned(),
            Self::Node(node) => format!("nodes/{node}"),
            Self::Uses(node) => format!("nodes/{node}/uses"),
            Self::NodeName(node) => format!("nodes/{node}/name"),
            Self::Limit(node, limit) => format!("nodes/{node}/{limit}"),
            Self::Input(node, port) => format!("nodes/{node}/inputs/{port}"),
            Self::Position(node) => format!("nodes/{node}/position"),
            Self::Edge { from, to } => format!("edges/{from}/{to}"),
            Self::Interface => "interface".to_owned(),
            Self::Outer(side, name) => format!("interface/{}s/{name}", side.as_str()),
        }
    }

    /// Tells what sort of change a change here is.
    pub fn aspect(&self) -> Aspect {
        match self {
            Self::Port(..) | Self::Interface | Self::Outer(..) => Aspect::Ports,
            Self::Code => Aspect::Code,
            Self::Position(_) => Aspect::Layout,
            Self::Graph
            | Self::Node(_)
            | Self::Uses(_)
            | Self::Limit(..)
            | Self::Input(..)
            | Self::Edge { .. } => Aspect::Graph,
            Self::File
            | Self::Field(_)
            | Self::Section(_)
            | Self::SectionOrder
            | Self::NodeName(_) => Aspect::Text,
        }
    }

    /// The node that the place belongs to.
    pub fn node(&self) -> Option<&Slug> {
        match self {
            Self::Node(node)
            | Self::Uses(node)
            | Self::NodeName(node)
            | Self::Limit(node, _)
            | Self::Input(node, _)
            | Self::Position(node) => Some(node),
            _ => None,
        }
    }

    /// Says whether what stands here is a value that is set rather than a thing that is added.
    pub(super) fn is_value(&self) -> bool {
        matches!(
            self,
            Self::Field(_) | Self::NodeName(_) | Self::Limit(..) | Self::Input(..) | Self::Uses(_)
        )
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File => f.write_str("the file"),
            Self::Field(name) => write!(f, "`{name}`"),
            Self::Port(side, name) => write!(f, "{} `{name}`", side.as_str()),
            Self::Code => f.write_str("the code"),
            Self::Section(name) if name.is_empty() => f.write_str("the text"),
            Self::Section(name) => write!(f, "section `{}`", name.replace('`', "'")),
            Self::SectionOrder => f.write_str("the order of the sections"),
            Self::Graph => f.write_str("the graph"),
            Self::Node(node) => write!(f, "node `{node}`"),
            Self::Uses(node) => write!(f, "what node `{node}` runs"),
            Self::NodeName(node) => write!(f, "the name of node `{node}`"),
            Self::Limit(node, limit) => write!(f, "`{limit}` of node `{node}`"),
            Self::Input(node, port) => write!(f, "input `{port}` of node `{node}`"),
            Self::Position(node) => write!(f, "the place of node `{node}`"),
            Self::Edge { from, to } => write!(f, "the edge from `{from}` to `{to}`"),
            Self::Interface => f.write_str("the ports of the workflow"),
            Self::Outer(side, name) => write!(f, "{} `{name}` of the workflow", side.as_str()),
        }
    }
}

impl Side {
    /// Both, inputs first.
    pub const BOTH: [Self; 2] = [Self::Input, Self::Output];

    /// Returns the word: `input` or `output`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Input => "input",
            Self::Output => "output",
        }
    }

    /// Returns the field of front matter that holds the ports of this side.
    pub(crate) fn field(self) -> &'static str {
        match self {
            Self::Input => "inputs",
            Self::Output => "outputs",
        }
    }
}

impl Aspect {
    /// Returns the name that reports use.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Graph => "graph",
            Self::Ports => "ports",
            Self::Code => "code",
            Self::Text => "text",
            Self::Layout => "layout",
        }
    }
}
