//! A workflow that is ready to run: every skill found, every input fed, every key known.

use std::{collections::BTreeMap, sync::Arc};

use serde_json::Value;

use crate::{
    diagnostic::Severity,
    graph::Graph,
    key::{Feed, SkillKey},
    lookup::Lookup,
    skill::{Executable, Runtime},
    slug::Slug,
    value::PortType,
    workflow::{Ends, Finding, Node, SkillSource, Uses, Workflow, literal, resolve},
};

/// A workflow without errors, with what its run needs of its skills.
#[derive(Clone, Debug)]
pub struct Plan {
    pub(super) nodes: Vec<PlanNode>,
    pub(super) graph: Graph,
    index: Lookup<Slug>,
    levels: Vec<Vec<usize>>,
}

/// The versions of runtimes, as they go into keys. One that is missing counts as empty.
pub type RuntimeVersions = BTreeMap<Runtime, String>;

/// One node of a plan.
#[derive(Clone, Debug)]
pub(super) struct PlanNode {
    pub(super) id: Slug,
    pub(super) skill: Slug,
    pub(super) runtime: Runtime,
    pub(super) literals: BTreeMap<String, Value>,
    pub(super) links: Vec<Link>,
    pub(super) timeout_ms: Option<u64>,
    pub(super) memory_mb: Option<u64>,
    pub(super) retries: u32,
    pub(super) outputs: Arc<[Output]>,
    pub(super) key: Option<String>,
}

/// An input that an edge feeds.
#[derive(Clone, Debug)]
pub(super) struct Link {
    pub(super) port: Arc<str>,
    pub(super) from: usize,
    pub(super) from_port: Arc<str>,
    /// What stands in where the output is left out.
    pub(super) fallback: Option<Value>,
    pub(super) required: bool,
}

/// What a skill declares about one of its outputs.
#[derive(Clone, Debug)]
pub(super) struct Output {
    pub(super) name: String,
    pub(super) ty: PortType,
    pub(super) required: bool,
}

/// What feeds the inputs of a node: port, node and output, sorted by port.
type Links<'a> = Vec<(&'a str, usize, &'a str)>;

/// The names of ports, each kept once: a large workflow repeats few of them.
#[derive(Default)]
struct Names<'a>(BTreeMap<&'a str, Arc<str>>);

impl<'a> Names<'a> {
    fn share(&mut self, name: &'a str) -> Arc<str> {
        self.0.entry(name).or_insert_with(|| name.into()).clone()
    }
}

/// What the nodes of one skill share.
struct Shared<'a> {
    skill: &'a Executable,
    key: Option<SkillKey>,
    outputs: Arc<[Output]>,
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
        let (findings, ends) = resolve(workflow, skills);
        if findings.iter().any(|finding| finding.severity == Severity::Error) {
            return Err(findings);
        }
        let nested = workflow.nodes.iter().find(|node| matches!(node.uses, Uses::Workflow(_)));
        if let Some(node) = nested {
            return Err(vec![not_flat(node)]);
        }
        let links = links_of(workflow, &ends);
        let graph = graph_of(&links);
        let levels = graph.levels().expect("because validation finds every cycle");
        let mut names = Names::default();
        let mut shared: BTreeMap<&Slug, Shared<'_>> = BTreeMap::new();
        let mut nodes = Vec::with_capacity(workflow.nodes.len());
        for (node, links) in workflow.nodes.iter().zip(&links) {
            let shared = shared.entry(node.uses.id()).or_insert_with(|| {
                let skill = skills.executable(node.uses.id());
                Shared::new(skill.expect("because validation finds every missing skill"), versions)
            });
            nodes.push(plan_node(node, shared, links, &mut names));
        }
        for &i in levels.iter().flatten() {
            let skill_key = shared[&nodes[i].skill].key.as_ref();
            nodes[i].key = skill_key.and_then(|key| node_key(key, &nodes[i], &nodes));
        }
        let mut index = Lookup::with_capacity(nodes.len());
        for (i, node) in nodes.iter().enumerate() {
            index.or_insert(node.id.clone(), i);
        }
        Ok(Self { nodes, graph, index, levels })
    }

    /// Returns the ids of the nodes by level; see [`Graph::levels`].
    pub fn levels(&self) -> Vec<Vec<&Slug>> {
        let ids = |level: &Vec<usize>| level.iter().map(|&i| &self.nodes[i].id).collect();
        self.levels.iter().map(ids).collect()
    }

    /// Returns each node with its key, in the order of the workflow.
    ///
    /// A node without a key must run each time: see [`crate::key`].
    pub fn keys(&self) -> impl Iterator<Item = (&Slug, Option<&str>)> {
        self.nodes.iter().map(|node| (&node.id, node.key.as_deref()))
    }

    pub(super) fn find(&self, id: &Slug) -> Option<usize> {
        self.index.get(id)
    }
}

impl<'a> Shared<'a> {
    fn new(skill: &'a Executable, versions: &RuntimeVersions) -> Self {
        let version = versions.get(&skill.runtime).map_or("", String::as_str);
        let outputs = skill.outputs.iter();
        let outputs = outputs
            .map(|port| Output { name: port.name.clone(), ty: port.ty, required: port.required })
            .collect();
        Self { skill, key: SkillKey::new(skill, version), outputs }
    }
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

/// Lists what feeds each node. An edge that is there twice counts once.
fn links_of<'a>(workflow: &'a Workflow, ends: &[Ends]) -> Vec<Links<'a>> {
    let mut links: Vec<Links<'a>> = vec![Vec::new(); workflow.nodes.len()];
    for (edge, &(from, to)) in workflow.edges.iter().zip(ends) {
        let node = |end: Option<usize>| end.expect("because validation finds every unknown node");
        links[node(to)].push((&edge.to.port, node(from), &edge.from.port));
    }
    for links in &mut links {
        links.sort_unstable();
        links.dedup_by_key(|&mut (port, ..)| port);
    }
    links
}

/// The graph of nodes, one edge for each link.
fn graph_of(links: &[Links<'_>]) -> Graph {
    let feeds = links.iter().enumerate();
    let edges = feeds.flat_map(|(to, links)| links.iter().map(move |&(_, from, _)| (from, to)));
    Graph::new(links.len(), &edges.collect::<Vec<_>>())
}

fn plan_node<'a>(
    node: &Node,
    shared: &Shared<'a>,
    links: &[(&'a str, usize, &'a str)],
    names: &mut Names<'a>,
) -> PlanNode {
    let skill = shared.skill;
    let mut planned = PlanNode {
        id: node.id.clone(),
        skill: node.uses.id().clone(),
        runtime: skill.runtime,
        literals: BTreeMap::new(),
        links: Vec::with_capacity(links.len()),
        timeout_ms: node.timeout_ms.or(skill.timeout_ms),
        memory_mb: node.memory_mb.or(skill.memory_mb),
        retries: node.retries,
        outputs: shared.outputs.clone(),
        key: None,
    };
    for port in &skill.inputs {
        let value = literal(node, port).cloned();
        let link = links.binary_search_by_key(&port.name.as_str(), |&(port, ..)| port);
        if let Ok(link) = link {
            let (_, from, from_port) = links[link];
            planned.links.push(Link {
                port: names.share(&port.name),
                from,
                from_port: names.share(from_port),
                fallback: value,
                required: port.required,
            });
        } else if let Some(value) = value {
            planned.literals.insert(port.name.clone(), value);
        }
    }
    planned
}

/// Derives the key of a node; `None` when one of the nodes that feed it has none.
fn node_key(skill: &SkillKey, node: &PlanNode, nodes: &[PlanNode]) -> Option<String> {
    let literals = node.literals.iter();
    let mut feeds: BTreeMap<&str, Feed<'_>> =
        literals.map(|(name, value)| (name.as_str(), Feed::Literal(value))).collect();
    for link in &node.links {
        let key = nodes[link.from].key.as_deref()?;
        let feed = Feed::Link { key, port: &link.from_port, fallback: link.fallback.as_ref() };
        feeds.insert(&link.port, feed);
    }
    Some(skill.node_key(&feeds))
}
