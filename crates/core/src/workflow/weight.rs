//! How large a flat workflow would be, told without making it.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{Node, Uses, Workflow, interface::Face, validate::given};
use crate::slug::Slug;

/// The most memory that copies of values written in nodes may take, in bytes.
pub const MAX_COPIED: u64 = 64 << 20;

/// The most edges that one run may have.
pub const MAX_EDGES: u64 = 1_000_000;

/// What one value takes beside its text, about.
const PER_VALUE: u64 = 32;

/// What one entry of an object takes beside its key and value, about.
const PER_ENTRY: u64 = 48;

/// The size of a workflow, or of what takes the place of a node.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Weight {
    /// How many nodes there are.
    pub(super) nodes: u64,
    /// What their values take.
    pub(super) bytes: u64,
    /// How many edges there are, and ends of inputs and outputs of inner workflows.
    pub(super) edges: u64,
}

impl Weight {
    fn add(&mut self, other: Self) {
        self.nodes = self.nodes.saturating_add(other.nodes);
        self.bytes = self.bytes.saturating_add(other.bytes);
        self.edges = self.edges.saturating_add(other.edges);
    }
}

/// The size of a flat workflow, and how many inputs each of its own inputs feeds.
pub(super) struct Weighed<'a> {
    pub(super) total: Weight,
    face: &'a Face,
    fed: BTreeMap<&'a str, u64>,
}

impl<'a> Weighed<'a> {
    /// Weighs a workflow, its inner ones being weighed already.
    pub(super) fn new(
        workflow: &'a Workflow,
        face: &'a Face,
        inner: &BTreeMap<&Slug, Self>,
    ) -> Self {
        let mut total = Weight::default();
        workflow.nodes.iter().for_each(|node| total.add(share(node, inner)));
        let nodes: BTreeMap<&Slug, &Node> =
            workflow.nodes.iter().map(|node| (&node.id, node)).collect();
        for edge in &workflow.edges {
            let node = nodes.get(&edge.to.node);
            let n_edges = node.map_or(1, |node| n_fed(node, &edge.to.port, inner));
            total.edges = total.edges.saturating_add(n_edges);
        }
        let mut fed = BTreeMap::new();
        for (name, behind) in &face.inputs {
            let ends = behind.iter().map(|(i, port)| n_fed(&workflow.nodes[*i], port, inner));
            fed.insert(name.as_str(), ends.fold(0, u64::saturating_add));
        }
        Self { total, face, fed }
    }
}

/// Tells what would take the place of a node.
pub(super) fn share(node: &Node, inner: &BTreeMap<&Slug, Weighed<'_>>) -> Weight {
    let Uses::Workflow(id) = &node.uses else {
        return Weight { nodes: 1, bytes: node_bytes(node), edges: 0 };
    };
    let Some(inner) = inner.get(id) else { return Weight::default() };
    let mut weight = inner.total;
    for port in &inner.face.signature.inputs {
        let n_copies = inner.fed.get(port.name.as_str()).copied().unwrap_or(0);
        let n_bytes = given(node, port).map_or(0, bytes);
        let copied = n_bytes.saturating_mul(n_copies);
        weight.add(Weight { nodes: 0, bytes: copied, edges: n_copies });
    }
    weight.edges = weight.edges.saturating_add(inner.face.outputs.len() as u64);
    weight
}

/// Counts the inputs that an input stands for.
fn n_fed(node: &Node, port: &str, inner: &BTreeMap<&Slug, Weighed<'_>>) -> u64 {
    match &node.uses {
        Uses::Skill(_) => 1,
        Uses::Workflow(id) => inner.get(id).and_then(|w| w.fed.get(port)).copied().unwrap_or(0),
    }
}

/// Tells what a copy of a node takes, its name and values.
pub(crate) fn node_bytes(node: &Node) -> u64 {
    let name = node.name.as_ref().map_or(0, |name| text(name));
    node.inputs.iter().fold(name, |sum, (key, value)| sum + text(key) + bytes(value))
}

/// Tells what a value takes in memory or as JSON, about, and the same everywhere.
pub(crate) fn bytes(value: &Value) -> u64 {
    let inner = match value {
        Value::Null | Value::Bool(_) | Value::Number(_) => 0,
        Value::String(string) => text(string),
        Value::Array(items) => items.iter().map(bytes).sum(),
        Value::Object(entries) => {
            entries.iter().map(|(key, value)| PER_ENTRY + text(key) + bytes(value)).sum()
        }
    };
    PER_VALUE + inner
}

/// A control character takes six bytes in JSON.
fn text(text: &str) -> u64 {
    let n_control = text.bytes().filter(|byte| *byte < b' ').count();
    (text.len() + 5 * n_control) as u64
}

/// Writes a number of bytes in MB, rounded up, so that too much never looks like enough.
pub(crate) fn megabytes(n_bytes: u64) -> u64 {
    n_bytes.div_ceil(1 << 20)
}
