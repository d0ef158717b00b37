//! What is wrong with a workflow, finding by finding.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{
    Edge, Finding, Node, PortRef, SkillSource, Uses, Workflow,
    interface::face,
    nest::{Nest, Standing},
    resolve::{Check, NONE, Resolved, Side, Wire, graph_of},
    source::Ports,
    suggest,
};
use crate::{
    skill::{MAX_MEMORY_MB, Port},
    slug::Slug,
    value::{ValueKind, can_connect, satisfies},
};

/// The most often that a node may be tried again.
pub const MAX_RETRIES: u32 = 100;

/// Checks a workflow against the skills there are.
///
/// The order is that of the file: first the nodes with their inputs, then the
/// edges, then one finding for each group of nodes, or of workflows, that lead
/// to each other, and at last the interface.
pub fn validate(workflow: &Workflow, skills: &dyn SkillSource) -> Vec<Finding> {
    resolve(workflow, skills).findings
}

/// As [`validate`], and tells what the names mean. The wires of a workflow with errors may lead nowhere.
pub(crate) fn resolve(workflow: &Workflow, skills: &dyn SkillSource) -> Resolved {
    let nest = Nest::new(workflow, skills);
    let mut check = Check::new(workflow, skills, &nest);
    check.run();
    check.findings.extend(nest.circles(workflow));
    if workflow.interface.is_some() {
        check.findings.extend(face(&check).findings);
    }
    check.resolved()
}

/// The value that a node gives to an input without an edge, defaults applied.
pub(super) fn literal<'a>(node: &'a Node, port: &'a Port) -> Option<&'a Value> {
    given(node, port).or(port.default.as_ref())
}

/// The value that is written in a node for an input.
///
/// `null` says nothing: it stands for the default, unless the port takes anything.
pub(crate) fn given<'a>(node: &'a Node, port: &Port) -> Option<&'a Value> {
    let given = node.inputs.get(&port.name);
    given.filter(|value| !value.is_null() || satisfies(ValueKind::Null, port.ty))
}

impl<'a> Check<'a> {
    /// Looks at nodes and edges.
    pub(super) fn run(&mut self) {
        if self.workflow.nodes.is_empty() {
            let finding = Finding::error("empty", "the workflow has no nodes");
            self.findings.push(finding.with_hint("add a node from the node library"));
        }
        self.nodes();
        self.edges();
        self.cycles();
    }

    fn nodes(&mut self) {
        let mut hints: BTreeMap<&Uses, String> = BTreeMap::new();
        for (i, node) in self.workflow.nodes.iter().enumerate() {
            let first = self.first_of(i);
            if first != i {
                let finding = Finding::error(
                    "duplicate-node",
                    format!("two nodes have the id `{}`", node.id),
                );
                self.findings.push(finding.with_hint("give one of them another id").at(&node.id));
            }
            self.limits(node);
            match self.ports(i) {
                Some(ports) => self.inputs(node, first, ports),
                None => {
                    let skills = self.skills;
                    let hint = || near(&node.uses, skills);
                    self.missing(node, || hints.entry(&node.uses).or_insert_with(hint).clone());
                }
            }
            if let Uses::Workflow(id) = &node.uses
                && let Standing::Ready(Some(error)) = self.nest.standing(id)
            {
                let message = format!(
                    "the workflow `{id}` that node `{}` runs cannot run: {}",
                    node.id, error.message
                );
                let finding = Finding::error("broken-workflow", message);
                let hint = format!("open `{id}` and correct it");
                self.findings.push(finding.with_hint(hint).at(&node.id));
            }
        }
    }

    /// Complains about a node that runs what is not there. Circles are told elsewhere.
    fn missing(&mut self, node: &Node, hint: impl FnOnce() -> String) {
        let (code, message) = match &node.uses {
            Uses::Skill(id) => ("missing-skill", format!("there is no executable skill `{id}`")),
            Uses::Workflow(id) => match self.nest.standing(id) {
                Standing::Missing => ("missing-workflow", format!("there is no workflow `{id}`")),
                Standing::Circle | Standing::Ready(..) => return,
            },
        };
        self.findings.push(Finding::error(code, message).with_hint(hint()).at(&node.id));
    }

    fn limits(&mut self, node: &Node) {
        let id = &node.id;
        let mut bad = |message: String, hint: String| {
            self.findings.push(Finding::error("bad-limit", message).with_hint(hint).at(id));
        };
        if node.timeout_ms == Some(0) {
            bad(
                format!("node `{id}` has no time to run"),
                "set `timeout_ms` to 1 or more".to_owned(),
            );
        }
        if let Some(memory_mb) = node.memory_mb.filter(|mb| !(1..=MAX_MEMORY_MB).contains(mb)) {
            bad(
                format!("node `{id}` cannot have {memory_mb} MB of memory"),
                format!("set `memory_mb` to 1 or more, and to {MAX_MEMORY_MB} or less"),
            );
        }
        if node.retries > MAX_RETRIES {
            bad(
                format!("node `{id}` would be tried again {} times", node.retries),
                format!("set `retries` to {MAX_RETRIES} or less"),
            );
        }
    }

    /// Checks what a node gives to what it runs; edges lead to the node `number`, the first of its id.
    fn inputs(&mut self, node: &'a Node, number: usize, ports: Ports<'a>) {
        for (name, value) in &node.inputs {
            let Some(at) = ports.inputs.iter().position(|port| port.name == *name) else {
                self.findings.push(unknown_port(node, Side::Input, name, ports.inputs));
                continue;
            };
            let port = &ports.inputs[at];
            let kind = ValueKind::of(value);
            if self.is_fed(number, at) {
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
        for (at, port) in ports.inputs.iter().enumerate().filter(|(_, port)| port.required) {
            if !self.is_fed(number, at) && literal(node, port).is_none() {
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

    fn edges(&mut self) {
        let edges = &self.workflow.edges;
        for (i, edge) in edges.iter().enumerate() {
            let Wire { from, output, to, input } = self.wires[i];
            self.end(&edge.from, from);
            self.end(&edge.to, to);
            if to == NONE {
                continue;
            }
            if from != NONE {
                let output = self.port(from, Side::Output, output, &edge.from.port);
                let input = self.port(to, Side::Input, input, &edge.to.port);
                self.types(edge, output, input);
            }
            if input != NONE {
                let first = self.feeds[(self.input_starts[to as usize] + input) as usize] as usize;
                if first != i {
                    self.findings.push(second_feed(edge, &edges[first].from));
                }
            }
        }
    }

    /// Complains about an end of an edge where there is no node.
    fn end(&mut self, end: &PortRef, found: u32) {
        if found == NONE {
            let message = format!("an edge names the node `{}`, which is not there", end.node);
            let ids = self.workflow.nodes.iter().map(|node| node.id.as_str());
            let hint = suggest::hint(end.node.as_str(), ids);
            let hint = hint.unwrap_or_else(|| "add the node or remove the edge".to_owned());
            let finding = Finding::error("unknown-node", message).with_hint(hint);
            self.findings.push(finding.at_port(&end.node, &end.port));
        }
    }

    fn types(&mut self, edge: &Edge, output: Option<&Port>, input: Option<&Port>) {
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

    /// Returns a port of a node; `None` where its ports are not known, or none has that name.
    fn port(&mut self, node: u32, side: Side, number: u32, name: &str) -> Option<&'a Port> {
        let ports = side.of(self.ports(node as usize)?);
        let found = ports.get(number as usize);
        if found.is_none() {
            let finding = unknown_port(&self.workflow.nodes[node as usize], side, name, ports);
            self.findings.push(finding);
        }
        found
    }

    fn cycles(&mut self) {
        let nodes = &self.workflow.nodes;
        let graph = graph_of(nodes.len(), &self.wires);
        if let Ok(order) = graph.order() {
            self.graph = Some((graph, order));
            return;
        }
        for cycle in graph.cycles() {
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

/// Names the skill or workflow that is most like one that is not there.
fn near(uses: &Uses, skills: &dyn SkillSource) -> String {
    let (ids, otherwise) = match uses {
        Uses::Skill(_) => (skills.ids(), "choose a skill from the node library"),
        Uses::Workflow(_) => (skills.workflow_ids(), "choose a workflow from the node library"),
    };
    suggest::hint(uses.id().as_str(), ids.iter().map(|id| id.as_str()))
        .unwrap_or_else(|| otherwise.to_owned())
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
pub(super) fn circle(path: &[Slug]) -> String {
    const ENDS: usize = 6;
    let mut names: Vec<String> = path.iter().map(|id| format!("`{id}`")).collect();
    if names.len() > 2 * ENDS + 1 {
        let n_hidden = names.len() - 2 * ENDS;
        names.splice(ENDS..ENDS + n_hidden, [format!("({n_hidden} more)")]);
    }
    names.push(format!("`{}`", path[0]));
    names.join(" → ")
}

pub(super) fn unknown_port(node: &Node, side: Side, name: &str, ports: &[Port]) -> Finding {
    let what = side.noun();
    let message = format!(
        "{} `{}` of node `{}` has no {what} `{}`",
        node.uses.noun(),
        node.uses.id(),
        node.id,
        name.escape_debug()
    );
    let names = ports.iter().map(|port| port.name.as_str());
    let hint = suggest::hint(name, names.clone()).unwrap_or_else(|| {
        let names: Vec<_> = names.map(|name| format!("`{name}`")).collect();
        match names.as_slice() {
            [] => format!("remove it: the {} has no {what}s", node.uses.noun()),
            names => format!("use one of {}", names.join(", ")),
        }
    });
    Finding::error("unknown-port", message).with_hint(hint).at_port(&node.id, name)
}

#[cfg(test)]
mod tests;
