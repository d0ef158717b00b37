//! What the names in a workflow mean: each id, skill and port is looked up once,
//! and a number from then on.

use std::collections::{BTreeMap, BTreeSet};

use super::{Finding, SkillSource, Uses, Workflow, nest::Nest, source::Ports};
use crate::{
    graph::{Graph, Order},
    lookup::{Lookup, small},
    skill::Port,
    slug::Slug,
};

/// What the names in a workflow mean, found while it was checked.
pub(crate) struct Resolved {
    pub(crate) findings: Vec<Finding>,
    /// Which number each id has.
    pub(crate) index: Lookup,
    /// What nodes run, each once, in the order in which they come up.
    pub(crate) uses: Vec<Uses>,
    /// Which of these each node runs.
    pub(crate) uses_of: Vec<u32>,
    /// The edges, by number. One that feeds an input that another one feeds is left out.
    pub(crate) wires: Vec<Wire>,
    /// Where these lead, and in which order that lets the nodes run.
    pub(crate) graph: Option<(Graph, Order)>,
}

/// An edge between numbers of nodes, and of ports as their skills list them.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Wire {
    pub(crate) from: u32,
    pub(crate) output: u32,
    pub(crate) to: u32,
    pub(crate) input: u32,
}

/// The number of what is not there.
pub(super) const NONE: u32 = u32::MAX;

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
    pub(super) skills: &'a dyn SkillSource,
    pub(super) nest: &'a Nest<'a>,
    /// The ids of the nodes.
    ids: Vec<&'a str>,
    index: Lookup,
    /// What nodes run, each once, and its ports where they are known.
    uses: Vec<(&'a Uses, Option<Ports<'a>>)>,
    uses_of: Vec<u32>,
    pub(super) wires: Vec<Wire>,
    /// Where the inputs of each node begin in `feeds`; one more than there are nodes.
    pub(super) input_starts: Vec<u32>,
    /// The first edge into each input.
    pub(super) feeds: Vec<u32>,
    pub(super) graph: Option<(Graph, Order)>,
    pub(super) findings: Vec<Finding>,
}

impl<'a> Check<'a> {
    pub(super) fn new(
        workflow: &'a Workflow,
        skills: &'a dyn SkillSource,
        nest: &'a Nest<'a>,
    ) -> Self {
        let ids: Vec<&str> = workflow.nodes.iter().map(|node| node.id.as_str()).collect();
        let index = Lookup::new(&ids);
        let mut check = Self {
            workflow,
            skills,
            nest,
            ids,
            index,
            uses: Vec::new(),
            uses_of: Vec::with_capacity(workflow.nodes.len()),
            wires: Vec::with_capacity(workflow.edges.len()),
            input_starts: Vec::with_capacity(workflow.nodes.len() + 1),
            feeds: Vec::new(),
            graph: None,
            findings: Vec::new(),
        };
        check.look_up_uses();
        check.look_up_edges();
        check
    }

    /// Finds what each node runs. Neighbours often run the same, so that is tried first.
    fn look_up_uses(&mut self) {
        let mut known: BTreeMap<&Uses, u32> = BTreeMap::new();
        let mut last: Option<(&Uses, u32)> = None;
        let mut n_inputs = 0;
        for node in &self.workflow.nodes {
            let number = match last {
                Some((uses, number)) if *uses == node.uses => number,
                _ => *known.entry(&node.uses).or_insert_with(|| {
                    let ports = match &node.uses {
                        Uses::Skill(id) => self.skills.executable(id).map(Ports::from),
                        Uses::Workflow(id) => self.nest.ports(id),
                    };
                    self.uses.push((&node.uses, ports));
                    small(self.uses.len() - 1)
                }),
            };
            last = Some((&node.uses, number));
            self.uses_of.push(number);
            self.input_starts.push(small(n_inputs));
            let ports = self.uses[number as usize].1;
            n_inputs += ports.map_or(0, |ports| ports.inputs.len());
        }
        self.input_starts.push(small(n_inputs));
        self.feeds = vec![NONE; n_inputs];
    }

    /// Finds the nodes and ports that each edge connects.
    fn look_up_edges(&mut self) {
        let edges = &self.workflow.edges;
        let ends = edges.iter().flat_map(|edge| [&edge.from, &edge.to]);
        let mut nodes = Vec::with_capacity(edges.len() * 2);
        let ids = ends.map(|end| end.node.as_str());
        self.index.get_each(ids, &self.ids, |node| nodes.push(node.map_or(NONE, small)));
        for (i, (edge, nodes)) in edges.iter().zip(nodes.chunks_exact(2)).enumerate() {
            let (from, to) = (nodes[0], nodes[1]);
            let output = self.look_up_port(from, Side::Output, &edge.from.port);
            let input = self.look_up_port(to, Side::Input, &edge.to.port);
            self.wires.push(Wire { from, output, to, input });
            if input != NONE {
                let feed = &mut self.feeds[(self.input_starts[to as usize] + input) as usize];
                *feed = (*feed).min(small(i));
            }
        }
    }

    fn look_up_port(&self, node: u32, side: Side, name: &str) -> u32 {
        if node == NONE {
            return NONE;
        }
        let ports = self.ports(node as usize).map_or(&[][..], |ports| side.of(ports));
        ports.iter().position(|port| port.name == name).map_or(NONE, small)
    }

    /// Finds a node by its id: the first that has it.
    pub(super) fn find(&self, id: &Slug) -> Option<usize> {
        self.index.get(id.as_str(), &self.ids)
    }

    /// Returns the first node that has the id of this one.
    pub(super) fn first_of(&self, node: usize) -> usize {
        let twice = !self.index.is_unique();
        let first = twice.then(|| self.index.get(self.ids[node], &self.ids));
        first.flatten().unwrap_or(node)
    }

    /// Returns the ports of what a node runs, where they are known.
    pub(super) fn ports(&self, node: usize) -> Option<Ports<'a>> {
        self.uses[self.uses_of[node] as usize].1
    }

    /// Returns the outputs that edges take, as numbers of nodes and ports.
    pub(super) fn taken_outputs(&self) -> BTreeSet<(u32, u32)> {
        self.wires.iter().map(|wire| (wire.from, wire.output)).collect()
    }

    pub(super) fn resolved(self) -> Resolved {
        let is_first = |(i, wire): (usize, &Wire)| {
            let feed = self
                .feeds
                .get(self.input_starts.get(wire.to as usize)?.checked_add(wire.input)? as usize);
            (feed == Some(&small(i))).then_some(*wire)
        };
        let firsts = self.feeds.iter().filter(|&&feed| feed != NONE).count();
        let (wires, graph) = if firsts == self.wires.len() {
            (self.wires, self.graph)
        } else {
            let wires = self.wires.iter().enumerate().filter_map(is_first);
            let wires: Vec<Wire> = wires.collect();
            let graph = graph_of(self.ids.len(), &wires);
            (wires, graph.order().ok().map(|order| (graph, order)))
        };
        Resolved {
            findings: self.findings,
            index: self.index,
            uses: self.uses.into_iter().map(|(uses, _)| uses.clone()).collect(),
            uses_of: self.uses_of,
            wires,
            graph,
        }
    }

    /// Says whether an edge feeds an input, given by its place in the list.
    pub(super) fn is_fed(&self, node: usize, input: usize) -> bool {
        let (start, end) = (self.input_starts[node] as usize, self.input_starts[node + 1] as usize);
        // Two nodes of one id may run skills with different inputs.
        self.feeds[start..end].get(input).is_some_and(|&feed| feed != NONE)
    }
}

/// The graph of the edges that have a node at both ends.
pub(super) fn graph_of(n_nodes: usize, wires: &[Wire]) -> Graph {
    Graph::of(n_nodes, wires.iter().map(|wire| (wire.from as usize, wire.to as usize)))
}
