//! The ports of a workflow that is used as a node, and what stands behind each.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    Finding, Interface, Node, OuterPort, PortRef, Signature, SkillSource, Workflow,
    nest::Nest,
    resolve::{Check, Side},
    suggest,
    validate::{literal, unknown_port},
};
use crate::{
    lookup::small,
    skill::{Port, is_port_name},
    slug::Slug,
    value::{PortType, can_connect},
};

/// The most inputs, and the most outputs, that a node may have.
const MAX_PORTS: usize = 1000;

/// Tells the ports of a workflow, used as a node, as far as they can be known.
///
/// They are those that its [`Interface`] names; without one, every input that
/// no edge feeds and every output that no edge takes, under its own name or,
/// where two have that name, `<node>-<port>`.
pub fn signature(workflow: &Workflow, skills: &dyn SkillSource) -> Signature {
    let nest = Nest::new(workflow, skills);
    let check = Check::new(workflow, skills, &nest);
    face(&check).signature
}

/// A workflow seen from outside: its ports as a node, and what stands behind each.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Outside {
    /// The ports.
    pub signature: Signature,
    /// What each input feeds.
    pub inputs: BTreeMap<String, Vec<PortRef>>,
    /// What each output is.
    pub outputs: BTreeMap<String, PortRef>,
}

/// Tells the ports of a workflow as [`signature`] does, and what stands behind them.
pub fn outside(workflow: &Workflow, skills: &dyn SkillSource) -> Outside {
    let nest = Nest::new(workflow, skills);
    let Face { signature, inputs, outputs, .. } = face(&Check::new(workflow, skills, &nest));
    let place = |(node, port): (usize, String)| {
        let node = workflow.nodes.get(node).expect("because faces number the nodes there are");
        PortRef { node: node.id.clone(), port }
    };
    let feeds = |(name, places): (String, Vec<_>)| (name, places.into_iter().map(place).collect());
    Outside {
        signature,
        inputs: inputs.into_iter().map(feeds).collect(),
        outputs: outputs.into_iter().map(|(name, behind)| (name, place(behind))).collect(),
    }
}

/// The outside of a workflow.
#[derive(Clone, Debug, Default)]
pub(super) struct Face {
    pub(super) signature: Signature,
    /// What each input feeds: the number of a node, and a port of it.
    pub(super) inputs: BTreeMap<String, Vec<(usize, String)>>,
    /// What each output is.
    pub(super) outputs: BTreeMap<String, (usize, String)>,
    /// What is wrong with the interface.
    pub(super) findings: Vec<Finding>,
}

/// Looks at a workflow from outside.
pub(super) fn face(check: &Check<'_>) -> Face {
    let mut face = Face::default();
    let derived;
    let interface = match &check.workflow.interface {
        Some(interface) => interface,
        None => {
            derived = derive(check);
            &derived
        }
    };
    for (side, ports) in [(Side::Input, &interface.inputs), (Side::Output, &interface.outputs)] {
        if ports.len() > MAX_PORTS {
            face.findings.push(too_many(side));
        }
    }
    let mut given = BTreeSet::new();
    for outer in interface.inputs.iter().take(MAX_PORTS) {
        let Some((node, at)) = face.find(check, Side::Input, outer) else { continue };
        let Some(port) = check.ports(node).and_then(|ports| ports.inputs.get(at)) else { continue };
        if check.is_fed(node, at) {
            face.findings.push(fed_inside(outer));
        } else if !given.insert((node, port.name.as_str())) {
            face.findings.push(given_twice(outer));
        } else {
            face.add_input(outer, check, node, port);
        }
    }
    for outer in interface.outputs.iter().take(MAX_PORTS) {
        let Some((node, at)) = face.find(check, Side::Output, outer) else { continue };
        let Some(port) = check.ports(node).and_then(|ports| ports.outputs.get(at)) else {
            continue;
        };
        let place = (node, port.name.clone());
        if face.outputs.insert(outer.name.clone(), place).is_some() {
            face.findings.push(two_outputs(outer));
        } else {
            let port = Port { name: outer.name.clone(), ..port.clone() };
            face.signature.outputs.push(port);
        }
    }
    face
}

impl Face {
    /// Finds the port of a node that an outer port names, and says what is wrong otherwise:
    /// the number of the node, and of the port in its list.
    fn find(&mut self, check: &Check<'_>, side: Side, outer: &OuterPort) -> Option<(usize, usize)> {
        let PortRef { node, port } = &outer.inner;
        let named = check.workflow.interface.is_some();
        if named && !is_port_name(&outer.name) {
            let message = format!("`{}` is no name for a port", outer.name.escape_debug());
            let finding = Finding::error("bad-port", message);
            let hint = "begin it with a letter or `_`, and use letters, digits, `_` and `-`";
            self.findings.push(finding.with_hint(hint).at_port(node, port));
        }
        let Some(number) = check.find(node) else {
            let message = format!("the interface names the node `{node}`, which is not there");
            let ids = check.workflow.nodes.iter().map(|node| node.id.as_str());
            let hint = suggest::hint(node.as_str(), ids);
            let hint = hint.unwrap_or_else(|| "add the node or remove the port".to_owned());
            let finding = Finding::error("unknown-node", message);
            self.findings.push(finding.with_hint(hint).at_port(node, port));
            return None;
        };
        let ports = side.of(check.ports(number)?);
        let found = ports.iter().position(|known| known.name == *port);
        if found.is_none() {
            let node = &check.workflow.nodes[number];
            self.findings.push(unknown_port(node, side, port, ports));
        }
        Some((number, found?))
    }

    fn add_input(&mut self, outer: &OuterPort, check: &Check<'_>, node: usize, port: &Port) {
        self.inputs.entry(outer.name.clone()).or_default().push((node, port.name.clone()));
        let inner = &check.workflow.nodes[node];
        let known = self.signature.inputs.iter_mut().find(|port| port.name == outer.name);
        let Some(known) = known else {
            self.signature.inputs.push(as_outer(&outer.name, inner, port));
            return;
        };
        known.required |= port.required && literal(inner, port).is_none();
        match narrower(known.ty, port.ty) {
            Some(ty) => known.ty = ty,
            None => {
                let message = format!(
                    "the input `{}` of the interface feeds `{}`, which takes `{}`, and another one, which takes `{}`",
                    outer.name, outer.inner, port.ty, known.ty
                );
                let finding = Finding::error("type-mismatch", message);
                let hint = "give the two inputs names of their own";
                self.findings.push(finding.with_hint(hint).at_port(&inner.id, &port.name));
            }
        }
    }
}

/// Shows an input of a node as an input of its workflow: what is written in the node is the default.
fn as_outer(name: &str, node: &Node, port: &Port) -> Port {
    let default = literal(node, port).cloned();
    Port {
        name: name.to_owned(),
        required: port.required && default.is_none(),
        default,
        ..port.clone()
    }
}

/// Returns the type whose values both take.
fn narrower(a: PortType, b: PortType) -> Option<PortType> {
    match (a, b) {
        (PortType::Any, other) | (other, PortType::Any) => Some(other),
        _ if can_connect(a, b).is_ok() => Some(a),
        _ if can_connect(b, a).is_ok() => Some(b),
        _ => None,
    }
}

/// Makes the interface of a workflow that has none: whatever no edge touches.
fn derive(check: &Check<'_>) -> Interface {
    let taken = check.taken_outputs();
    Interface {
        inputs: named(check, Side::Input, &|node, port| check.is_fed(node, port)),
        outputs: named(check, Side::Output, &|node, port| {
            taken.contains(&(small(node), small(port)))
        }),
    }
}

/// Names the ports that no edge touches.
fn named(
    check: &Check<'_>,
    side: Side,
    is_linked: &dyn Fn(usize, usize) -> bool,
) -> Vec<OuterPort> {
    let nodes = check.workflow.nodes.iter().enumerate();
    let ports = nodes.flat_map(|(i, node)| {
        let ports = check.ports(i).map_or(&[][..], |ports| side.of(ports));
        let free = ports.iter().enumerate().filter(move |&(at, _)| !is_linked(i, at));
        free.map(move |(_, port)| (&node.id, port.name.as_str()))
    });
    // One more than there may be, so that it shows.
    let free: Vec<_> = ports.take(MAX_PORTS + 1).collect();
    let mut n_named: BTreeMap<&str, usize> = BTreeMap::new();
    free.iter().for_each(|&(_, port)| *n_named.entry(port).or_default() += 1);
    let mut taken: BTreeSet<String> = BTreeSet::new();
    let name = |(node, port): (&Slug, &str)| {
        let plain = if n_named[port] == 1 { port.to_owned() } else { format!("{node}-{port}") };
        let numbered = (2..).map(|n| format!("{plain}-{n}"));
        let mut names = std::iter::once(plain.clone()).chain(numbered);
        let name = names.find(|name| !taken.contains(name)).unwrap_or(plain);
        taken.insert(name.clone());
        OuterPort { name, inner: PortRef { node: node.clone(), port: port.to_owned() } }
    };
    free.into_iter().map(name).collect()
}

fn too_many(side: Side) -> Finding {
    let message = format!("as a node it would have more than {MAX_PORTS} {}s", side.noun());
    Finding::error("too-many-ports", message).with_hint("give the workflow an `interface`")
}

fn fed_inside(outer: &OuterPort) -> Finding {
    let message = format!(
        "the input `{}` of the interface feeds `{}`, which an edge feeds already",
        outer.name, outer.inner
    );
    let finding = Finding::error("input-taken", message).with_hint("remove one of the two");
    finding.at_port(&outer.inner.node, &outer.inner.port)
}

fn given_twice(outer: &OuterPort) -> Finding {
    let message = format!("two inputs of the interface feed `{}`", outer.inner);
    let finding = Finding::error("input-taken", message).with_hint("remove one of the two");
    finding.at_port(&outer.inner.node, &outer.inner.port)
}

fn two_outputs(outer: &OuterPort) -> Finding {
    let message = format!("the interface has two outputs `{}`", outer.name);
    let finding = Finding::error("duplicate-port", message).with_hint("rename one of the two");
    finding.at_port(&outer.inner.node, &outer.inner.port)
}
