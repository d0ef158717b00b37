//! Workflows by node and edge: where a node stands is apart from what it does.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::{Change, Place, Side, parts::sections, shown, shown_field};
use crate::{
    slug::Slug,
    workflow::{Edge, Interface, Node, OuterPort, PortRef, Uses, Workflow, print_graph},
};

/// The limits of a node.
pub(crate) const LIMITS: [&str; 3] = ["timeout_ms", "memory_mb", "retries"];

/// Compares two workflows.
pub fn workflows(old: &Workflow, new: &Workflow) -> Vec<Change> {
    let mut found = Vec::new();
    let [before, after] = [old, new].map(fields);
    for ((name, old), (_, new)) in before.into_iter().zip(after) {
        if old != new {
            let place = Place::Field(name.to_owned());
            let text = |value: Option<Value>| value.as_ref().map(shown_field);
            found.push(Change::new(place, text(old), text(new)));
        }
    }
    bodies(&old.body, &new.body, &mut found);
    if is_plain(old) && is_plain(new) {
        nodes(old, new, &mut found);
        edges(old, new, &mut found);
    } else if graph_text(old) != graph_text(new) {
        found.push(Change::new(Place::Graph, Some(graph_text(old)), Some(graph_text(new))));
    }
    interfaces(old.interface.as_ref(), new.interface.as_ref(), &mut found);
    found
}

/// Says whether two workflows mean the same: the order of nodes, edges and tags means nothing.
pub fn workflows_mean_the_same(old: &Workflow, new: &Workflow) -> bool {
    let graphs = if is_plain(old) && is_plain(new) {
        let nodes = |workflow: &Workflow| -> BTreeMap<Slug, Node> {
            let node = |node: &Node| {
                let position = place(node);
                (node.id.clone(), Node { position, ..node.clone() })
            };
            workflow.nodes.iter().map(node).collect()
        };
        let edges = |workflow: &Workflow| workflow.edges.iter().cloned().collect::<BTreeSet<_>>();
        nodes(old) == nodes(new) && edges(old) == edges(new)
    } else {
        graph_text(old) == graph_text(new)
    };
    graphs
        && fields(old) == fields(new)
        && old.interface == new.interface
        && texts(&old.body) == texts(&new.body)
}

/// Says whether each node and each edge is there once, so that they can be told apart.
pub(crate) fn is_plain(workflow: &Workflow) -> bool {
    let ids: BTreeSet<_> = workflow.nodes.iter().map(|node| &node.id).collect();
    let edges: BTreeSet<_> = workflow.edges.iter().collect();
    ids.len() == workflow.nodes.len() && edges.len() == workflow.edges.len()
}

/// The graph as its file has it.
pub(crate) fn graph_text(workflow: &Workflow) -> String {
    let mut text = String::new();
    print_graph(&mut text, &Workflow { interface: None, ..workflow.clone() });
    text
}

/// The place of a node as a file can hold it.
pub(crate) fn place(node: &Node) -> Option<(f64, f64)> {
    let finite = |number: f64| if number.is_finite() { number } else { 0.0 };
    node.position.map(|(x, y)| (finite(x), finite(y)))
}

/// What a node is as a whole, in words.
pub(crate) fn node_words(node: &Node) -> String {
    let id = node.uses.id();
    let runs = match node.uses {
        Uses::Skill(_) => format!("runs `{id}`"),
        Uses::Workflow(_) => format!("runs the workflow `{id}`"),
    };
    if node.inputs.is_empty() {
        return runs;
    }
    let inputs: Vec<_> =
        node.inputs.iter().map(|(port, value)| format!("`{port}` = {}", shown(value))).collect();
    format!("{runs} with {}", inputs.join(", "))
}

/// A limit of a node, where it has one.
pub(crate) fn limit(node: &Node, name: &str) -> Option<u64> {
    match name {
        "timeout_ms" => node.timeout_ms,
        "memory_mb" => node.memory_mb,
        _ => Some(u64::from(node.retries)).filter(|retries| *retries > 0),
    }
}

/// The fields of the front matter, with what means the same made equal.
fn fields(workflow: &Workflow) -> [(&'static str, Option<Value>); 6] {
    let optional = |text: &Option<String>| text.as_ref().map(|text| json!(text));
    let description = Some(&workflow.description).filter(|text| !text.is_empty());
    let tags: BTreeSet<_> = workflow.tags.iter().collect();
    [
        ("workflow_id", Some(json!(workflow.id.as_str()))),
        ("name", Some(json!(workflow.name))),
        ("description", description.map(|text| json!(text))),
        ("tags", Some(json!(tags)).filter(|_| !tags.is_empty())),
        ("version", optional(&workflow.version)),
        ("author", optional(&workflow.author)),
    ]
}

fn texts(body: &str) -> Vec<(String, String)> {
    let body = crate::document::unified(body);
    let found = sections(body.trim());
    found.into_iter().map(|section| (section.name, section.text)).collect()
}

fn bodies(old: &str, new: &str, found: &mut Vec<Change>) {
    let (old, new) = (texts(old), texts(new));
    if old == new {
        return;
    }
    let text = |texts: &[(String, String)], name: &str| {
        let found = texts.iter().find(|(other, _)| other == name);
        found.map(|(_, text)| text.clone())
    };
    let n_before = found.len();
    let gone = old.iter().filter(|(name, _)| !new.iter().any(|(other, _)| other == name));
    for (name, _) in new.iter().chain(gone) {
        let (old, new) = (text(&old, name), text(&new, name));
        if old != new {
            found.push(Change::new(Place::Section(name.clone()), old, new));
        }
    }
    if found.len() == n_before {
        let order = |texts: &[(String, String)]| {
            Some(texts.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>().join(", "))
        };
        found.push(Change::new(Place::SectionOrder, order(&old), order(&new)));
    }
}

fn nodes(old: &Workflow, new: &Workflow, found: &mut Vec<Change>) {
    let by_id = |workflow: &'_ Workflow| -> BTreeMap<Slug, Node> {
        workflow.nodes.iter().map(|node| (node.id.clone(), node.clone())).collect()
    };
    let (before, after) = (by_id(old), by_id(new));
    let gone = old.nodes.iter().filter(|node| !after.contains_key(&node.id));
    for node in new.nodes.iter().chain(gone) {
        match (before.get(&node.id), after.get(&node.id)) {
            (Some(old), Some(new)) => one_node(old, new, found),
            (old, new) => {
                let place = Place::Node(node.id.clone());
                found.push(Change::new(place, old.map(node_words), new.map(node_words)));
            }
        }
    }
}

fn one_node(old: &Node, new: &Node, found: &mut Vec<Change>) {
    let id = &new.id;
    let mut note = |place: Place, old: Option<String>, new: Option<String>| {
        if old != new {
            found.push(Change::new(place, old, new));
        }
    };
    let uses = |node: &Node| Some(format!("{} {}", node.uses.noun(), node.uses.id()));
    note(Place::Uses(id.clone()), uses(old), uses(new));
    note(Place::NodeName(id.clone()), old.name.clone(), new.name.clone());
    for name in LIMITS {
        let text = |node: &Node| limit(node, name).map(|limit| limit.to_string());
        note(Place::Limit(id.clone(), name), text(old), text(new));
    }
    let ports: BTreeSet<&String> = old.inputs.keys().chain(new.inputs.keys()).collect();
    for port in ports {
        let [before, after] = [old, new].map(|node| node.inputs.get(port));
        // Values are compared, not their texts: the order of keys means nothing.
        if before != after {
            note(Place::Input(id.clone(), port.clone()), before.map(shown), after.map(shown));
        }
    }
    let at = |node: &Node| place(node).map(|(x, y)| format!("{x}, {y}"));
    note(Place::Position(id.clone()), at(old), at(new));
}

fn edges(old: &Workflow, new: &Workflow, found: &mut Vec<Change>) {
    let change = |edge: &Edge, is_there: bool| {
        let Edge { from, to } = edge.clone();
        let text = Some(format!("{from} to {to}"));
        let (old, new) = if is_there { (None, text) } else { (text, None) };
        Change::new(Place::Edge { from, to }, old, new)
    };
    let set = |workflow: &Workflow| workflow.edges.iter().cloned().collect::<BTreeSet<_>>();
    let (before, after) = (set(old), set(new));
    found.extend(before.difference(&after).map(|edge| change(edge, false)));
    found.extend(after.difference(&before).map(|edge| change(edge, true)));
}

/// The ports of one side of an interface: what stands behind each name.
pub(crate) fn outer(ports: &[OuterPort]) -> BTreeMap<&str, Vec<&PortRef>> {
    let mut found: BTreeMap<&str, Vec<&PortRef>> = BTreeMap::new();
    for port in ports {
        found.entry(&port.name).or_default().push(&port.inner);
    }
    found
}

/// One port of an interface, as people read it.
pub(crate) fn outer_words(inner: &[&PortRef]) -> String {
    inner.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

/// The ports of an interface, as people read them.
pub(crate) fn interface_words(interface: Option<&Interface>) -> String {
    let Some(interface) = interface else { return "those that no edge touches".to_owned() };
    let side = |ports: &[OuterPort]| {
        let port = |port: &OuterPort| format!("{} = {}", port.name, port.inner);
        ports.iter().map(port).collect::<Vec<_>>().join(", ")
    };
    format!("inputs: {}; outputs: {}", side(&interface.inputs), side(&interface.outputs))
}

fn interfaces(old: Option<&Interface>, new: Option<&Interface>, found: &mut Vec<Change>) {
    if old == new {
        return;
    }
    let n_before = found.len();
    if let (Some(old), Some(new)) = (old, new) {
        for side in Side::BOTH {
            let ports = |interface: &Interface| match side {
                Side::Input => interface.inputs.clone(),
                Side::Output => interface.outputs.clone(),
            };
            let (before, after) = (ports(old), ports(new));
            let (before, after) = (outer(&before), outer(&after));
            let names: BTreeSet<&str> = before.keys().chain(after.keys()).copied().collect();
            for name in names {
                let words = |ports: &BTreeMap<&str, Vec<&PortRef>>| {
                    ports.get(name).map(|inner| outer_words(inner))
                };
                let (old, new) = (words(&before), words(&after));
                if old != new {
                    found.push(Change::new(Place::Outer(side, name.to_owned()), old, new));
                }
            }
        }
    }
    // One of the two has no list of its own, or only the order differs.
    if found.len() == n_before {
        let words = |interface: Option<&Interface>| Some(interface_words(interface));
        found.push(Change::new(Place::Interface, words(old), words(new)));
    }
}
