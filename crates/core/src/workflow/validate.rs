//! What is wrong with a workflow, finding by finding.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{Edge, Finding, Node, PortRef, SkillSource, Workflow, suggest};
use crate::{
    diagnostic::Severity,
    graph::Graph,
    lookup::Lookup,
    skill::{Executable, Port},
    slug::Slug,
    value::{ValueKind, can_connect, satisfies},
};

/// The most often that a node may be tried again.
pub const MAX_RETRIES: u32 = 100;

/// Checks a workflow against the skills there are.
///
/// The order is that of the file: first the nodes with their inputs, then the
/// edges, then one finding for each group of nodes that lead to each other.
pub fn validate(workflow: &Workflow, skills: &dyn SkillSource) -> Vec<Finding> {
    resolve(workflow, skills).0
}

/// The nodes at the two ends of an edge, where there are any.
pub(crate) type Ends = (Option<usize>, Option<usize>);

/// As [`validate`], and tells which nodes each edge connects.
pub(crate) fn resolve(workflow: &Workflow, skills: &dyn SkillSource) -> (Vec<Finding>, Vec<Ends>) {
    let mut check = Check::new(workflow, skills);
    if workflow.nodes.is_empty() {
        let finding = Finding::error("empty", "the workflow has no nodes");
        check.findings.push(finding.with_hint("add a node from the node library"));
    }
    check.nodes();
    check.edges();
    check.cycles();
    (check.findings, check.ends)
}

impl Finding {
    /// Makes an error.
    pub fn error(code: &'static str, message: impl Into<String>) -> Self {
        Self {
            severity: Severity::Error,
            code,
            message: message.into(),
            hint: None,
            node: None,
            port: None,
            path: Vec::new(),
        }
    }

    /// Makes a warning.
    pub fn warning(code: &'static str, message: impl Into<String>) -> Self {
        Self { severity: Severity::Warning, ..Self::error(code, message) }
    }

    /// Adds what to do next.
    #[must_use]
    pub fn with_hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// Adds the node it is about.
    #[must_use]
    pub fn at(mut self, node: &Slug) -> Self {
        self.node = Some(node.clone());
        self
    }

    /// Adds the port it is about.
    #[must_use]
    pub fn at_port(mut self, node: &Slug, port: &str) -> Self {
        self.port = Some(port.to_owned());
        self.at(node)
    }
}

/// Which node an id means: the first that has it.
fn index_of(nodes: &[Node]) -> Lookup<&Slug> {
    let mut index = Lookup::with_capacity(nodes.len());
    for (i, node) in nodes.iter().enumerate() {
        index.or_insert(&node.id, i);
    }
    index
}

/// The value that a node gives to an input of its skill without an edge.
///
/// `null` says nothing: it stands for the default, unless the port takes anything.
pub(crate) fn literal<'a>(node: &'a Node, port: &'a Port) -> Option<&'a Value> {
    let given = node.inputs.get(&port.name);
    let given = given.filter(|value| !value.is_null() || satisfies(ValueKind::Null, port.ty));
    given.or(port.default.as_ref())
}

/// One side of a skill.
#[derive(Clone, Copy)]
enum Side {
    Input,
    Output,
}

impl Side {
    fn noun(self) -> &'static str {
        match self {
            Self::Input => "input",
            Self::Output => "output",
        }
    }

    fn ports(self, skill: &Executable) -> &[Port] {
        match self {
            Self::Input => &skill.inputs,
            Self::Output => &skill.outputs,
        }
    }
}

struct Check<'a> {
    workflow: &'a Workflow,
    skills: &'a dyn SkillSource,
    index: Lookup<&'a Slug>,
    /// The skill of each node, where there is one.
    skill_of: Vec<Option<&'a Executable>>,
    /// The nodes that each edge connects.
    ends: Vec<Ends>,
    /// The first edge into each input of each node.
    feeds: Lookup<(usize, &'a str)>,
    findings: Vec<Finding>,
}

impl<'a> Check<'a> {
    fn new(workflow: &'a Workflow, skills: &'a dyn SkillSource) -> Self {
        let skill_of = workflow.nodes.iter().map(|node| skills.executable(&node.skill)).collect();
        let index = index_of(&workflow.nodes);
        let ends = workflow.edges.iter();
        let ends: Vec<_> =
            ends.map(|edge| (index.get(&&edge.from.node), index.get(&&edge.to.node))).collect();
        let mut feeds = Lookup::with_capacity(ends.len());
        for (i, (edge, (_, to))) in workflow.edges.iter().zip(&ends).enumerate() {
            if let Some(to) = to {
                feeds.or_insert((*to, edge.to.port.as_str()), i);
            }
        }
        Self { workflow, skills, index, skill_of, ends, feeds, findings: Vec::new() }
    }

    fn nodes(&mut self) {
        let mut hints: BTreeMap<&Slug, String> = BTreeMap::new();
        for (i, node) in self.workflow.nodes.iter().enumerate() {
            let first = self.index.get(&&node.id).unwrap_or(i);
            if first != i {
                let finding = Finding::error(
                    "duplicate-node",
                    format!("two nodes have the id `{}`", node.id),
                );
                self.findings.push(finding.with_hint("give one of them another id").at(&node.id));
            }
            self.limits(node);
            match self.skill_of[i] {
                Some(skill) => self.inputs(node, first, skill),
                None => {
                    let hint = hints.entry(&node.skill).or_insert_with(|| {
                        let ids = self.skills.ids();
                        suggest::hint(node.skill.as_str(), ids.iter().map(|id| id.as_str()))
                            .unwrap_or_else(|| "choose a skill from the node library".to_owned())
                    });
                    let message = format!("there is no executable skill `{}`", node.skill);
                    let finding = Finding::error("missing-skill", message);
                    self.findings.push(finding.with_hint(hint.clone()).at(&node.id));
                }
            }
        }
    }

    fn limits(&mut self, node: &Node) {
        if node.timeout_ms == Some(0) {
            let finding =
                Finding::error("bad-limit", format!("node `{}` has no time to run", node.id));
            self.findings.push(finding.with_hint("set `timeout_ms` to 1 or more").at(&node.id));
        }
        if node.retries > MAX_RETRIES {
            let message = format!("node `{}` would be tried again {} times", node.id, node.retries);
            let finding = Finding::error("bad-limit", message);
            let hint = format!("set `retries` to {MAX_RETRIES} or less");
            self.findings.push(finding.with_hint(hint).at(&node.id));
        }
    }

    /// Checks what a node gives to its skill; edges lead to the node `number`, the first of its id.
    fn inputs(&mut self, node: &'a Node, number: usize, skill: &'a Executable) {
        for (name, value) in &node.inputs {
            let Some(port) = skill.input(name) else {
                self.findings.push(unknown_port(node, Side::Input, name, &skill.inputs));
                continue;
            };
            let kind = ValueKind::of(value);
            if self.is_fed(number, name) {
                if !value.is_null() {
                    let message =
                        format!("`{}.{name}` has a value and an edge, the edge wins", node.id);
                    let finding = Finding::warning("literal-and-edge", message);
                    self.findings.push(
                        finding.with_hint("remove the value or the edge").at_port(&node.id, name),
                    );
                }
            } else if !value.is_null() && !satisfies(kind, port.ty) {
                let message =
                    format!("`{}.{name}` takes `{}`, but its value is `{kind}`", node.id, port.ty);
                let finding = Finding::error("wrong-literal", message);
                let hint = format!("give it a value of type `{}`", port.ty);
                self.findings.push(finding.with_hint(hint).at_port(&node.id, name));
            }
        }
        for port in skill.inputs.iter().filter(|port| port.required) {
            if literal(node, port).is_none() && !self.is_fed(number, &port.name) {
                let message = format!("`{}.{}` needs a value", node.id, port.name);
                let finding = Finding::error("missing-input", message);
                let hint = format!(
                    "connect an output of type `{0}` to it, or give it a value of type `{0}`",
                    port.ty
                );
                self.findings.push(finding.with_hint(hint).at_port(&node.id, &port.name));
            }
        }
    }

    fn is_fed(&self, node: usize, port: &str) -> bool {
        self.feeds.get(&(node, port)).is_some()
    }

    fn edges(&mut self) {
        let edges = &self.workflow.edges;
        for (i, edge) in edges.iter().enumerate() {
            let (from, to) = self.ends[i];
            self.end(&edge.from, from);
            self.end(&edge.to, to);
            let Some(to) = to else { continue };
            if let Some(from) = from {
                self.ports(edge, from, to);
            }
            let first = self.feeds.get(&(to, edge.to.port.as_str())).unwrap_or(i);
            if first != i {
                self.findings.push(second_feed(edge, &edges[first].from));
            }
        }
    }

    /// Complains about an end of an edge where there is no node.
    fn end(&mut self, end: &PortRef, found: Option<usize>) {
        if found.is_none() {
            let message = format!("an edge names the node `{}`, which is not there", end.node);
            let ids = self.workflow.nodes.iter().map(|node| node.id.as_str());
            let hint = suggest::hint(end.node.as_str(), ids);
            let hint = hint.unwrap_or_else(|| "add the node or remove the edge".to_owned());
            let finding = Finding::error("unknown-node", message).with_hint(hint);
            self.findings.push(finding.at_port(&end.node, &end.port));
        }
    }

    fn ports(&mut self, edge: &Edge, from: usize, to: usize) {
        let output = self.port(from, Side::Output, &edge.from.port);
        let input = self.port(to, Side::Input, &edge.to.port);
        if let (Some(output), Some(input)) = (output, input)
            && let Err(err) = can_connect(output.ty, input.ty)
        {
            let message = format!(
                "`{}` gives `{}`, but `{}` takes `{}`",
                edge.from, err.from, edge.to, err.to
            );
            let finding = Finding::error("type-mismatch", message).with_hint(err.hint());
            self.findings.push(finding.at_port(&edge.to.node, &edge.to.port));
        }
    }

    /// Finds a port of a node's skill; `None` where there is no skill, or no such port.
    fn port(&mut self, node: usize, side: Side, name: &str) -> Option<&'a Port> {
        let skill = self.skill_of[node]?;
        let ports = side.ports(skill);
        let found = ports.iter().find(|port| port.name == name);
        if found.is_none() {
            let finding = unknown_port(&self.workflow.nodes[node], side, name, ports);
            self.findings.push(finding);
        }
        found
    }

    fn cycles(&mut self) {
        let nodes = &self.workflow.nodes;
        let ends = self.ends.iter();
        let edges: Vec<_> = ends.filter_map(|&(from, to)| Some((from?, to?))).collect();
        for cycle in Graph::new(nodes.len(), &edges).cycles() {
            let path: Vec<Slug> = cycle.path.iter().map(|&node| nodes[node].id.clone()).collect();
            let mut finding = match path.as_slice() {
                [one] => Finding::error("self-loop", format!("node `{one}` feeds itself")),
                _ => Finding::error(
                    "cycle",
                    format!("the nodes feed each other in a circle: {}", circle(&path)),
                ),
            };
            finding = finding.with_hint("remove one of the edges between them").at(&path[0]);
            finding.path = path;
            self.findings.push(finding);
        }
    }
}

/// Complains about an edge into an input that `first` feeds already.
fn second_feed(edge: &Edge, first: &PortRef) -> Finding {
    let finding = if *first == edge.from {
        let message = format!("the edge from `{}` to `{}` is there twice", edge.from, edge.to);
        Finding::warning("duplicate-edge", message).with_hint("remove one of them")
    } else {
        let message = format!("`{}` is fed twice: by `{first}` and by `{}`", edge.to, edge.from);
        Finding::error("input-taken", message).with_hint("remove one of the two edges")
    };
    finding.at_port(&edge.to.node, &edge.to.port)
}

/// Writes a cycle, the middle of a long one left out.
fn circle(path: &[Slug]) -> String {
    const ENDS: usize = 6;
    let mut names: Vec<String> = path.iter().map(|id| format!("`{id}`")).collect();
    if names.len() > 2 * ENDS + 1 {
        let n_hidden = names.len() - 2 * ENDS;
        names.splice(ENDS..ENDS + n_hidden, [format!("({n_hidden} more)")]);
    }
    names.push(format!("`{}`", path[0]));
    names.join(" → ")
}

fn unknown_port(node: &Node, side: Side, name: &str, ports: &[Port]) -> Finding {
    let what = side.noun();
    let message = format!(
        "skill `{}` of node `{}` has no {what} `{}`",
        node.skill,
        node.id,
        name.escape_debug()
    );
    let names = ports.iter().map(|port| port.name.as_str());
    let hint = suggest::hint(name, names.clone()).unwrap_or_else(|| {
        let names: Vec<_> = names.map(|name| format!("`{name}`")).collect();
        match names.as_slice() {
            [] => format!("remove it: the skill has no {what}s"),
            names => format!("use one of {}", names.join(", ")),
        }
    });
    Finding::error("unknown-port", message).with_hint(hint).at_port(&node.id, name)
}

#[cfg(test)]
mod tests;
