//! What is wrong with a workflow, finding by finding.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{
    Edge, Finding, Node, PortRef, SkillSource, Uses, Workflow,
    interface::face,
    nest::{Nest, Standing},
    source::Ports,
    suggest,
};
use crate::{
    graph::Graph,
    lookup::Lookup,
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
    resolve(workflow, skills).0
}

/// The nodes at the two ends of an edge, where there are any.
pub(crate) type Ends = (Option<usize>, Option<usize>);

/// As [`validate`], and tells which nodes each edge connects.
pub(crate) fn resolve(workflow: &Workflow, skills: &dyn SkillSource) -> (Vec<Finding>, Vec<Ends>) {
    let nest = Nest::new(workflow, skills);
    let mut check = Check::new(workflow, skills, &nest);
    check.run();
    check.findings.extend(nest.circles(workflow));
    if workflow.interface.is_some() {
        check.findings.extend(face(&check).findings);
    }
    (check.findings, check.ends)
}

/// Which node an id means: the first that has it.
fn index_of(nodes: &[Node]) -> Lookup<&Slug> {
    let mut index = Lookup::with_capacity(nodes.len());
    for (i, node) in nodes.iter().enumerate() {
        index.or_insert(&node.id, i);
    }
    index
}

/// The value that a node gives to an input without an edge, defaults applied.
pub(crate) fn literal<'a>(node: &'a Node, port: &'a Port) -> Option<&'a Value> {
    given(node, port).or(port.default.as_ref())
}

/// The value that is written in a node for an input.
///
/// `null` says nothing: it stands for the default, unless the port takes anything.
pub(super) fn given<'a>(node: &'a Node, port: &Port) -> Option<&'a Value> {
    let given = node.inputs.get(&port.name);
    given.filter(|value| !value.is_null() || satisfies(ValueKind::Null, port.ty))
}

/// One side of what a node runs.
#[derive(Clone, Copy)]
pub(super) enum Side {
    Input,
    Output,
}

impl Side {
    pub(super) fn noun(self) -> &'static str {
        match self {
            Self::Input => "input",
            Self::Output => "output",
        }
    }

    pub(super) fn of(self, ports: Ports<'_>) -> &[Port] {
        match self {
            Self::Input => ports.inputs,
            Self::Output => ports.outputs,
        }
    }
}

/// The check of one workflow; what it is made of is in the nest.
pub(super) struct Check<'a> {
    pub(super) workflow: &'a Workflow,
    skills: &'a dyn SkillSource,
    nest: &'a Nest<'a>,
    index: Lookup<&'a Slug>,
    /// The ports of what each node runs, where they are known.
    pub(super) ports_of: Vec<Option<Ports<'a>>>,
    /// The nodes that each edge connects.
    pub(super) ends: Vec<Ends>,
    /// The first edge into each input of each node.
    feeds: Lookup<(usize, &'a str)>,
    pub(super) findings: Vec<Finding>,
}

impl<'a> Check<'a> {
    pub(super) fn new(
        workflow: &'a Workflow,
        skills: &'a dyn SkillSource,
        nest: &'a Nest<'a>,
    ) -> Self {
        let ports = |node: &'a Node| match &node.uses {
            Uses::Skill(id) => skills.executable(id).map(Ports::from),
            Uses::Workflow(id) => nest.ports(id),
        };
        let ports_of = workflow.nodes.iter().map(ports).collect();
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
        Self { workflow, skills, nest, index, ports_of, ends, feeds, findings: Vec::new() }
    }

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

    /// Finds a node by its id: the first that has it.
    pub(super) fn find(&self, id: &Slug) -> Option<usize> {
        self.index.get(&id)
    }

    fn nodes(&mut self) {
        let mut hints: BTreeMap<&Uses, String> = BTreeMap::new();
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
            match self.ports_of[i] {
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
            let Some(port) = ports.inputs.iter().find(|port| port.name == *name) else {
                self.findings.push(unknown_port(node, Side::Input, name, ports.inputs));
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
        for port in ports.inputs.iter().filter(|port| port.required) {
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

    pub(super) fn is_fed(&self, node: usize, port: &str) -> bool {
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

    /// Finds a port of a node; `None` where its ports are not known, or none has that name.
    fn port(&mut self, node: usize, side: Side, name: &str) -> Option<&'a Port> {
        let ports = side.of(self.ports_of[node]?);
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
