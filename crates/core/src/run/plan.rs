//! A workflow that is ready to run: every skill found, every input fed, every key known.
//!
//! A plan of many nodes is a few long lists, not many small things: what the
//! nodes of one skill share is there once, and names are numbers. So planning
//! ten times as many nodes takes hardly more than ten times as long.

use std::{collections::BTreeMap, ops::Range};

use serde_json::Value;

use crate::{
    graph::{Graph, Order},
    key::{Feed, Key, SkillKey},
    lookup::{BATCH, Lookup, small},
    skill::{Executable, Port, Runtime},
    slug::Slug,
    workflow::{
        Finding, Node, Resolved, SkillSource, Uses, Wire, Workflow, given, has_errors, resolve,
    },
};

/// A workflow without errors, with what its run needs of its skills.
#[derive(Clone, Debug)]
pub struct Plan {
    ids: Vec<Slug>,
    index: Lookup,
    nodes: Vec<PlanNode>,
    /// What neighbours have in common is there once.
    limits: Vec<Limits>,
    skills: Vec<PlanSkill>,
    links: Lists<Link>,
    /// The values that are written in the workflow, each with the number of its input.
    given: Lists<(u32, Value)>,
    keys: Vec<Option<Key>>,
    pub(super) graph: Graph,
    order: Order,
}

/// The versions of runtimes, as they go into keys. One that is missing counts as empty.
pub type RuntimeVersions = BTreeMap<Runtime, String>;

/// What a node runs, and within which limits, by number.
#[derive(Clone, Copy, Debug)]
struct PlanNode {
    skill: u32,
    limits: u32,
}

/// How often a node is tried again, how long it may take and how much memory it may use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Limits {
    retries: u32,
    timeout_ms: Option<u64>,
    memory_mb: Option<u64>,
}

/// What the nodes of one skill share.
#[derive(Clone, Debug)]
pub(super) struct PlanSkill {
    pub(super) id: Slug,
    pub(super) runtime: Runtime,
    pub(super) inputs: Vec<Port>,
    pub(super) outputs: Vec<Port>,
    /// The numbers of the inputs, sorted by name.
    sorted: Vec<u32>,
    timeout_ms: Option<u64>,
    memory_mb: Option<u64>,
    key: Option<SkillKey>,
}

/// An input that an edge feeds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Link {
    /// The input, as the skill of the node lists it.
    pub(super) input: u32,
    from: u32,
    /// The output, as the skill of the node before lists it.
    pub(super) output: u32,
}

impl Link {
    /// Returns the node before.
    pub(super) fn from(self) -> usize {
        self.from as usize
    }
}

/// A short list for each node, one behind the other.
#[derive(Clone, Debug)]
struct Lists<T> {
    /// Where each list begins; one more than there are lists.
    starts: Vec<u32>,
    items: Vec<T>,
}

impl<T> Lists<T> {
    fn of(&self, i: usize) -> &[T] {
        let Range { start, end } = self.starts[i] as usize..self.starts[i + 1] as usize;
        &self.items[start..end]
    }

    /// Returns the lists of neighbours as one.
    fn of_all(&self, lists: &Range<usize>) -> &[T] {
        &self.items[self.starts[lists.start] as usize..self.starts[lists.end] as usize]
    }
}

impl Plan {
    /// Plans a workflow, or says what is wrong with it (warnings included).
    ///
    /// Its nodes must run skills: [`flatten`](crate::workflow::flatten) lays workflows inside open.
    pub fn new(
        workflow: &Workflow,
        skills: &dyn SkillSource,
        versions: &RuntimeVersions,
    ) -> Result<Self, Vec<Finding>> {
        let Resolved { findings, index, uses, uses_of, wires, graph } = resolve(workflow, skills);
        if has_errors(&findings) {
            return Err(findings);
        }
        if let Some(at) = uses.iter().position(|uses| matches!(uses, Uses::Workflow(_))) {
            let node = uses_of.iter().position(|&uses| uses as usize == at);
            return Err(node.map(|node| not_flat(&workflow.nodes[node])).into_iter().collect());
        }
        let (graph, order) = graph.expect("because validation finds every cycle");
        let skills: Vec<PlanSkill> = uses
            .iter()
            .map(|uses| {
                let skill = skills.executable(uses.id());
                let skill = skill.expect("because validation finds every missing skill");
                PlanSkill::new(uses.id(), skill, versions)
            })
            .collect();
        let n_nodes = workflow.nodes.len();
        let mut plan = Self {
            ids: Vec::with_capacity(n_nodes),
            index,
            nodes: Vec::with_capacity(n_nodes),
            limits: Vec::new(),
            links: links_of(n_nodes, &wires),
            given: Lists { starts: Vec::with_capacity(n_nodes + 1), items: Vec::new() },
            keys: Vec::new(),
            skills,
            graph,
            order,
        };
        for (node, &skill) in workflow.nodes.iter().zip(&uses_of) {
            plan.add(node, skill);
        }
        plan.given.starts.push(small(plan.given.items.len()));
        plan.keys = plan.derive_keys();
        Ok(plan)
    }

    /// Takes over what a node says.
    fn add(&mut self, node: &Node, number: u32) {
        let skill = &self.skills[number as usize];
        self.ids.push(node.id.clone());
        let limits = Limits {
            retries: node.retries,
            timeout_ms: node.timeout_ms.or(skill.timeout_ms),
            memory_mb: node.memory_mb.or(skill.memory_mb),
        };
        if self.limits.last() != Some(&limits) {
            self.limits.push(limits);
        }
        self.nodes.push(PlanNode { skill: number, limits: small(self.limits.len() - 1) });
        self.given.starts.push(small(self.given.items.len()));
        if !node.inputs.is_empty() {
            let inputs = skill.inputs.iter().enumerate();
            let values =
                inputs.filter_map(|(i, port)| Some((small(i), given(node, port)?.clone())));
            self.given.items.extend(values);
        }
    }

    /// Returns the ids of the nodes by level; see [`Graph::levels`].
    pub fn levels(&self) -> Vec<Vec<&Slug>> {
        let ids = |level: &[u32]| level.iter().map(|&i| &self.ids[i as usize]).collect();
        self.order.levels().map(ids).collect()
    }

    /// Returns each node with its key, in the order of the workflow.
    ///
    /// A node without a key must run each time: see [`crate::key`].
    pub fn keys(&self) -> impl Iterator<Item = (&Slug, Option<Key>)> {
        self.ids.iter().zip(self.keys.iter().copied())
    }

    /// Returns the inputs of a node that no edge feeds, defaults applied.
    pub(super) fn literals(&self, i: usize) -> BTreeMap<String, Value> {
        let inputs = self.skill(i).inputs.iter().enumerate();
        let open = inputs.filter(|&(input, _)| !self.is_linked(i, small(input)));
        let values = open.filter_map(|(input, port)| Some((port, self.value(i, small(input))?)));
        values.map(|(port, value)| (port.name.clone(), value.clone())).collect()
    }

    /// Returns what an input is without an edge: the value of the node, else the default.
    pub(super) fn value(&self, i: usize, input: u32) -> Option<&Value> {
        let given = self.given.of(i).iter().find(|(number, _)| *number == input);
        let default = || self.skill(i).inputs[input as usize].default.as_ref();
        given.map(|(_, value)| value).or_else(default)
    }

    fn is_linked(&self, i: usize, input: u32) -> bool {
        self.links(i).iter().any(|link| link.input == input)
    }

    pub(super) fn find(&self, id: &Slug) -> Option<usize> {
        self.index.get(id.as_str(), &self.ids)
    }

    pub(super) fn n_nodes(&self) -> usize {
        self.ids.len()
    }

    pub(super) fn id(&self, i: usize) -> &Slug {
        &self.ids[i]
    }

    pub(super) fn key(&self, i: usize) -> Option<Key> {
        self.keys[i]
    }

    pub(super) fn skill(&self, i: usize) -> &PlanSkill {
        &self.skills[self.nodes[i].skill as usize]
    }

    pub(super) fn links(&self, i: usize) -> &[Link] {
        self.links.of(i)
    }

    /// Returns the name of the input that a link of a node feeds, and of the output it comes from.
    pub(super) fn ports(&self, i: usize, link: Link) -> (&Port, &Port) {
        let input = &self.skill(i).inputs[link.input as usize];
        (input, &self.skill(link.from()).outputs[link.output as usize])
    }

    fn limits_of(&self, i: usize) -> &Limits {
        &self.limits[self.nodes[i].limits as usize]
    }

    pub(super) fn retries(&self, i: usize) -> u32 {
        self.limits_of(i).retries
    }

    pub(super) fn timeout_ms(&self, i: usize) -> Option<u64> {
        self.limits_of(i).timeout_ms
    }

    pub(super) fn memory_mb(&self, i: usize) -> Option<u64> {
        self.limits_of(i).memory_mb
    }

    /// Derives the keys of all nodes.
    ///
    /// Most files name a node behind those that feed it, and memory is read
    /// fastest in its order: so that order first, and by level whatever is left.
    fn derive_keys(&self) -> Vec<Option<Key>> {
        let mut keys = vec![None; self.n_nodes()];
        let mut done = vec![false; self.n_nodes()];
        let mut feeds = Vec::new();
        let mut ahead = Vec::new();
        for first in (0..self.n_nodes()).step_by(BATCH) {
            let batch = first..self.n_nodes().min(first + BATCH);
            // The keys that feed these nodes may be anywhere: those that there are by now are fetched for all
            // of them at once, so that the processor does not wait for memory at each.
            let links = self.links.of_all(&batch);
            ahead.clear();
            ahead.extend(links.iter().map(|link| keys[link.from()]));
            let mut ahead = ahead.as_slice();
            for i in batch {
                let links = self.links(i);
                let (fetched, rest) = ahead.split_at(links.len());
                ahead = rest;
                if links.iter().all(|link| done[link.from()]) {
                    keys[i] = self.derive_key(i, |at, from| fetched[at].or(keys[from]), &mut feeds);
                    done[i] = true;
                }
            }
        }
        for i in self.order.nodes() {
            if !done[i] {
                keys[i] = self.derive_key(i, |_, from| keys[from], &mut feeds);
            }
        }
        keys
    }

    /// Derives the key of a node; `None` when one of the nodes that feed it has none.
    ///
    /// `key_of` tells the key of the node that a link comes from, by the place of the link and that of the node.
    fn derive_key<'a>(
        &'a self,
        i: usize,
        key_of: impl Fn(usize, usize) -> Option<Key>,
        feeds: &mut Vec<(&'a str, Feed<'a>)>,
    ) -> Option<Key> {
        feeds.clear();
        let skill = self.skill(i);
        let key = skill.key.as_ref()?;
        for &input in &skill.sorted {
            let name = skill.inputs[input as usize].name.as_str();
            let value = self.value(i, input);
            match self.links(i).iter().enumerate().find(|(_, link)| link.input == input) {
                Some((at, link)) => {
                    let key = key_of(at, link.from())?;
                    let port = self.ports(i, *link).1.name.as_str();
                    feeds.push((name, Feed::Link { key, port, fallback: value }));
                }
                None => feeds.extend(value.map(|value| (name, Feed::Literal(value)))),
            }
        }
        Some(key.node_key(feeds))
    }
}

impl PlanSkill {
    fn new(id: &Slug, skill: &Executable, versions: &RuntimeVersions) -> Self {
        let version = versions.get(&skill.runtime).map_or("", String::as_str);
        let mut sorted: Vec<u32> = (0..small(skill.inputs.len())).collect();
        sorted.sort_by_key(|&input| &skill.inputs[input as usize].name);
        Self {
            id: id.clone(),
            runtime: skill.runtime,
            inputs: skill.inputs.clone(),
            outputs: skill.outputs.clone(),
            sorted,
            timeout_ms: skill.timeout_ms,
            memory_mb: skill.memory_mb,
            key: SkillKey::new(skill, version),
        }
    }
}

/// Lists what feeds each node, sorted by input.
fn links_of(n_nodes: usize, wires: &[Wire]) -> Lists<Link> {
    // Counted two places further on, so that filling in moves each start to its place.
    let mut starts = vec![0_u32; n_nodes + 2];
    wires.iter().for_each(|wire| starts[wire.to as usize + 2] += 1);
    for node in 0..n_nodes {
        starts[node + 2] += starts[node + 1];
    }
    let mut items = vec![Link { input: 0, from: 0, output: 0 }; wires.len()];
    for &Wire { from, output, to, input } in wires {
        let next = &mut starts[to as usize + 1];
        items[*next as usize] = Link { input, from, output };
        *next += 1;
    }
    starts.pop();
    for ends in starts.windows(2) {
        items[ends[0] as usize..ends[1] as usize].sort_unstable();
    }
    Lists { starts, items }
}

fn not_flat(node: &Node) -> Finding {
    let message = format!(
        "node `{}` runs the workflow `{}`, which is not laid open",
        node.id,
        node.uses.id()
    );
    let finding = Finding::error("not-flat", message);
    finding.with_hint("prepare the run with `POST /workflows/execute`").at(&node.id)
}
