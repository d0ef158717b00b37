//! What was found out about graphs that came before: people run the same
//! workflow many times, and its structure is looked for once.

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    evolution::digest::RawGraph,
    lookup::small,
    pattern::structure::{Link, MAX_STEPS, Structure, StructureKey},
    slug::Slug,
    workflow::Uses,
};

/// How many graphs are remembered.
const MAX_GRAPHS: usize = 20_000;
/// How many bytes the text of a graph may have that is remembered.
const MAX_TEXT: usize = 64 << 10;
/// What stands between the name of a node and the name of a node inside it.
const INSIDE: &str = "--";

/// Graphs that came before, as they were drawn.
#[derive(Clone, Debug, Default)]
pub(super) struct Memo {
    drawn: BTreeMap<String, Option<Drawn>>,
    /// The last one, where it was too large to be remembered.
    last: Option<Drawn>,
}

/// What was found out about a graph.
#[derive(Clone, Debug)]
pub(super) struct Drawn {
    pub(super) key: StructureKey,
    pub(super) structure: Structure,
    /// For each step of the structure, the number of the node.
    pub(super) places: Vec<usize>,
    /// The structures of the workflows that ran as one node.
    pub(super) nested: Vec<StructureKey>,
}

/// It is no part of what a ledger says.
impl PartialEq for Memo {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Memo {
    /// Finds the structure of a graph; `None` for one that has none.
    pub(super) fn look_up(&mut self, graph: &RawGraph<'_>) -> Option<&Drawn> {
        let text = text(graph);
        if text.len() > MAX_TEXT {
            self.last = Drawn::new(graph);
            return self.last.as_ref();
        }
        if !self.drawn.contains_key(&text) {
            if self.drawn.len() >= MAX_GRAPHS {
                self.drawn.clear();
            }
            self.drawn.insert(text.clone(), Drawn::new(graph));
        }
        self.drawn.get(&text)?.as_ref()
    }
}

impl Drawn {
    fn new(graph: &RawGraph<'_>) -> Option<Self> {
        if graph.nodes.len() > MAX_STEPS {
            return None;
        }
        let (steps, links) = read(graph)?;
        let placed = Structure::ordered(steps.clone(), links.clone())?;
        Some(Self {
            key: placed.structure.key(),
            structure: placed.structure,
            places: placed.places,
            nested: nested(graph, &steps, &links),
        })
    }
}

fn text(graph: &RawGraph<'_>) -> String {
    let mut text = String::with_capacity(64 * graph.nodes.len());
    for step in &graph.nodes {
        text.push_str(&step.id);
        text.push('\0');
        text.push_str(step.skill_id.as_deref().unwrap_or("\u{1}"));
        text.push('\0');
        text.push_str(step.workflow.as_deref().unwrap_or("\u{1}"));
        text.push('\0');
    }
    text.push('\u{2}');
    for edge in &graph.edges {
        text.push_str(&edge.from);
        text.push('\0');
        text.push_str(&edge.to);
        text.push('\0');
    }
    text
}

fn read(graph: &RawGraph<'_>) -> Option<(Vec<Uses>, Vec<Link>)> {
    let slug = |text: &str| text.parse::<Slug>().ok();
    let uses = graph.nodes.iter().map(|step| match (&step.skill_id, &step.workflow) {
        (Some(skill), _) => slug(skill).map(Uses::Skill),
        (None, Some(workflow)) => slug(workflow).map(Uses::Workflow),
        (None, None) => None,
    });
    let steps = uses.collect::<Option<Vec<_>>>()?;
    let ids: BTreeMap<&str, usize> =
        graph.nodes.iter().enumerate().rev().map(|(i, step)| (&*step.id, i)).collect();
    let links = graph.edges.iter().filter_map(|edge| {
        let [(from, output), (to, input)] = [edge.from.split_once('.')?, edge.to.split_once('.')?];
        Some(Link {
            from: small(*ids.get(from)?),
            to: small(*ids.get(to)?),
            output: output.into(),
            input: input.into(),
        })
    });
    Some((steps, links.collect()))
}

/// Finds the workflows that ran as one node: their nodes have names that begin alike.
fn nested(graph: &RawGraph<'_>, steps: &[Uses], links: &[Link]) -> Vec<StructureKey> {
    let mut inside: BTreeMap<&str, BTreeSet<usize>> = BTreeMap::new();
    for (i, step) in graph.nodes.iter().enumerate() {
        for (at, _) in step.id.match_indices(INSIDE) {
            inside.entry(&step.id[..at]).or_default().insert(i);
        }
    }
    let several = inside.into_values().filter(|nodes| nodes.len() > 1);
    let key = |nodes: BTreeSet<usize>| {
        let number: BTreeMap<u32, u32> =
            nodes.iter().zip(0..).map(|(&node, number)| (small(node), number)).collect();
        let links = links.iter().filter_map(|link| {
            let [from, to] = [*number.get(&link.from)?, *number.get(&link.to)?];
            Some(Link { from, to, ..link.clone() })
        });
        let steps = nodes.iter().map(|&node| steps[node].clone()).collect();
        Some(Structure::ordered(steps, links.collect())?.structure.key())
    };
    several.filter_map(key).collect()
}
