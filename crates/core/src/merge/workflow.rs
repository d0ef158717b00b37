//! Merging workflows by node, port and edge.
//!
//! First it is settled which nodes there are, then what each of them is and is
//! given. An edge belongs to the input that it feeds, so a value set by one side
//! and an edge drawn by the other meet there.

mod nodes;
mod ports;

use std::collections::{BTreeMap, BTreeSet};

use super::{Choices, Merged, Picker, Reason, Three, order, sections};
use crate::{
    diff::{Place, parts, workflow as words, workflows_mean_the_same},
    document::unified,
    graph::Graph,
    slug::Slug,
    workflow::{Edge, Interface, Node, PortRef, Workflow},
};

/// The nodes of a workflow by id, and its edges by the input that they feed.
#[derive(Clone, Debug, Default, PartialEq)]
struct Net {
    nodes: BTreeMap<Slug, Node>,
    feeds: BTreeMap<PortRef, BTreeSet<PortRef>>,
    interface: Option<Interface>,
}

/// Merges two versions of a workflow that came from one.
pub fn workflows(
    base: &Workflow,
    mine: &Workflow,
    theirs: &Workflow,
    choices: &Choices,
) -> Merged<Workflow> {
    if workflows_mean_the_same(mine, theirs) || workflows_mean_the_same(base, mine) {
        return Merged::clean(theirs.clone());
    }
    if workflows_mean_the_same(base, theirs) {
        return Merged::clean(mine.clone());
    }
    let three = Three { base, mine, theirs };
    let mut picker = Picker::new(choices);
    let head = head(&mut picker, three);
    let is_plain = [base, mine, theirs].into_iter().all(words::is_plain);
    let value = match is_plain {
        true => graph(&mut picker, three, head),
        false => whole_graph(&mut picker, three, head),
    };
    Merged { value, conflicts: picker.conflicts }
}

/// Merges everything but nodes, edges and ports.
fn head(picker: &mut Picker<'_>, three: Three<&Workflow>) -> Workflow {
    let mut field = |name: &str, of: fn(&Workflow) -> Option<&String>| {
        picker.pick(&Place::Field(name.to_owned()), three.map(of), String::clone)
    };
    let name = field("name", |workflow| Some(&workflow.name)).unwrap_or_default();
    let description = field("description", |workflow| Some(&workflow.description));
    let version = field("version", |workflow| workflow.version.as_ref());
    let author = field("author", |workflow| workflow.author.as_ref());
    let bodies = three.map(|workflow| unified(&workflow.body).trim().to_owned());
    let cut = bodies.as_ref().map(|body| parts::sections(body));
    let merged = sections::merge(picker, cut.as_ref().map(|sections| &**sections));
    Workflow {
        id: three.theirs.id.clone(),
        name,
        description: description.unwrap_or_default(),
        tags: order::words(three.map(|workflow| &*workflow.tags)),
        version,
        author,
        nodes: Vec::new(),
        edges: Vec::new(),
        interface: None,
        body: parts::joined(&merged).trim().to_owned(),
    }
}

/// Takes the nodes and edges of one side, as they cannot be told apart.
fn whole_graph(picker: &mut Picker<'_>, three: Three<&Workflow>, head: Workflow) -> Workflow {
    let texts = three.map(words::graph_text);
    let taken = picker.pick(&Place::Graph, texts.as_ref().map(Some), String::clone);
    let side =
        if taken.is_some_and(|taken| taken == texts.mine) { three.mine } else { three.theirs };
    let interface = ports::interface(picker, three.map(|workflow| workflow.interface.as_ref()));
    Workflow { nodes: side.nodes.clone(), edges: side.edges.clone(), interface, ..head }
}

fn graph(picker: &mut Picker<'_>, three: Three<&Workflow>, head: Workflow) -> Workflow {
    let before = three.map(Net::of);
    let nets = nodes::settle(picker, before.clone());
    let nets = nets.as_ref();
    let ids: BTreeSet<&Slug> = nets.mine.nodes.keys().chain(nets.theirs.nodes.keys()).collect();
    let mut merged = Net::default();
    for id in ids {
        let versions = nets.map(|net| net.nodes.get(id));
        if let Some(node) = nodes::merge(picker, versions) {
            merged.nodes.insert(id.clone(), node);
        }
    }
    ports::merge(picker, nets, &mut merged);
    nodes::runs(picker, nets);
    cycles(picker, before.as_ref(), nets, &merged);
    let interface = nets.map(|net| net.interface.as_ref());
    let interface = ports::interface(picker, interface);

    let orders = three
        .map(|workflow| workflow.nodes.iter().map(|node| node.id.clone()).collect::<Vec<Slug>>());
    let keep = |id: &Slug| merged.nodes.contains_key(id);
    let (mut order, _) = order::weave(orders.as_ref().map(|ids| &**ids), keep);
    // A node that got another id stands at the end.
    let renamed = merged.nodes.keys().filter(|id| !order.contains(id)).cloned();
    order.extend(renamed.collect::<Vec<_>>());
    let nodes = order.iter().filter_map(|id| merged.nodes.get(id).cloned()).collect();
    Workflow { nodes, edges: merged.edges_like([three.theirs, three.mine]), interface, ..head }
}

/// Notes edges that lead round in a circle which neither side has.
fn cycles(picker: &mut Picker<'_>, before: Three<&Net>, nets: Three<&Net>, merged: &Net) {
    if before.mine.cycle().is_some() || before.theirs.cycle().is_some() {
        return;
    }
    let Some(circle) = merged.cycle() else { return };
    let inside: BTreeSet<&Slug> = circle.iter().collect();
    for (to, feeds) in &merged.feeds {
        let is_inside =
            inside.contains(&to.node) && feeds.iter().any(|from| inside.contains(&from.node));
        let given = nets.map(|net| ports::given(net, to));
        let is_new = given.mine != given.base || given.theirs != given.base;
        let place = Place::Input(to.node.clone(), to.port.clone());
        let is_known = picker.conflicts.iter().any(|conflict| conflict.place == place);
        if is_inside && is_new && !is_known {
            let shown = given.map(|given| given.as_ref().map(ports::words));
            picker.note(place, Reason::Cycle, shown);
        }
    }
}

impl Net {
    fn of(workflow: &Workflow) -> Self {
        let nodes = workflow.nodes.iter().map(|node| {
            let position = words::place(node);
            (node.id.clone(), Node { position, ..node.clone() })
        });
        let mut feeds: BTreeMap<PortRef, BTreeSet<PortRef>> = BTreeMap::new();
        for Edge { from, to } in &workflow.edges {
            feeds.entry(to.clone()).or_default().insert(from.clone());
        }
        Self { nodes: nodes.collect(), feeds, interface: workflow.interface.clone() }
    }

    /// The edges, in the order of these workflows.
    fn edges_like(&self, workflows: [&Workflow; 2]) -> Vec<Edge> {
        let mut left = self.feeds.clone();
        let mut found = Vec::new();
        for edge in workflows.into_iter().flat_map(|workflow| &workflow.edges) {
            if left.get_mut(&edge.to).is_some_and(|feeds| feeds.remove(&edge.from)) {
                found.push(edge.clone());
            }
        }
        let rest = left.into_iter().flat_map(|(to, feeds)| {
            feeds.into_iter().map(move |from| Edge { from, to: to.clone() })
        });
        found.extend(rest);
        found
    }

    /// The nodes of a circle, if there is one.
    fn cycle(&self) -> Option<Vec<Slug>> {
        let ids: Vec<&Slug> = self.nodes.keys().collect();
        let at = |id: &Slug| ids.binary_search(&id).ok();
        let edges: Vec<(usize, usize)> = self
            .feeds
            .iter()
            .flat_map(|(to, feeds)| feeds.iter().map(move |from| (&from.node, &to.node)))
            .filter_map(|(from, to)| Some((at(from)?, at(to)?)))
            .collect();
        let cycle = Graph::new(ids.len(), &edges).levels().err()?;
        Some(cycle.path.into_iter().filter_map(|at| ids.get(at).map(|id| (*id).clone())).collect())
    }

    /// The edges that touch a node.
    fn edges_of<'a>(&'a self, node: &'a Slug) -> impl Iterator<Item = (&'a PortRef, &'a PortRef)> {
        let all =
            self.feeds.iter().flat_map(|(to, feeds)| feeds.iter().map(move |from| (from, to)));
        all.filter(move |(from, to)| from.node == *node || to.node == *node)
    }

    /// Removes a node with everything that refers to it.
    fn remove(&mut self, node: &Slug) {
        self.nodes.remove(node);
        self.feeds.retain(|to, feeds| {
            feeds.retain(|from| from.node != *node);
            to.node != *node && !feeds.is_empty()
        });
        if let Some(interface) = &mut self.interface {
            interface.inputs.retain(|port| port.inner.node != *node);
            interface.outputs.retain(|port| port.inner.node != *node);
        }
    }

    /// The ports of the interface that a node stands behind.
    fn outer_of(&self, node: &Slug) -> BTreeSet<(bool, &str, &PortRef)> {
        let side = |is_input: bool| {
            let ports =
                self.interface.as_ref().map(|it| if is_input { &it.inputs } else { &it.outputs });
            ports.into_iter().flatten().map(move |port| (is_input, &*port.name, &port.inner))
        };
        side(true).chain(side(false)).filter(|(.., inner)| inner.node == *node).collect()
    }
}
