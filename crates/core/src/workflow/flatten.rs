//! Putting the nodes of inner workflows in place of the nodes that run them.
//!
//! What comes out is an ordinary workflow: its run, its keys and its trace know
//! nothing of nesting, and a node has the key that it would have had if somebody
//! had drawn it there by hand.

use std::{borrow::Cow, collections::BTreeMap};

use super::{
    Edge, Finding, FreshIds, Inner, Node, PortRef, Signature, SkillSource, Uses, Workflow,
    finding::has_errors,
    interface::Face,
    nest::{Nest, inner_ids},
    validate::{given, validate},
    weight::{MAX_COPIED, MAX_EDGES, Weighed, Weight, megabytes, share},
};
use crate::slug::Slug;

/// The most nodes that one run may have.
pub const MAX_NODES: usize = 200_000;

/// A workflow whose nodes all run skills.
#[derive(Clone, Debug, PartialEq)]
pub struct Flat {
    /// The workflow.
    pub workflow: Workflow,
    /// What became of each node that ran a workflow.
    pub parts: BTreeMap<Slug, Part>,
}

/// The nodes that took the place of one that ran a workflow.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Part {
    /// Their ids, in order: `<outer>--<inner>`.
    pub nodes: Vec<Slug>,
    /// What each input of the node feeds now.
    pub inputs: BTreeMap<String, Vec<PortRef>>,
    /// Where each output of the node comes from now.
    pub outputs: BTreeMap<String, PortRef>,
}

/// Makes a workflow flat, or says why it cannot run (warnings included).
///
/// What is written in the outer node counts before what is written in the inner
/// ones: values, limits and retries. A value that an edge brings counts before both.
pub fn flatten(workflow: &Workflow, skills: &dyn SkillSource) -> Result<Flat, Vec<Finding>> {
    let findings = validate(workflow, skills);
    if has_errors(&findings) {
        return Err(findings);
    }
    let nest = Nest::new(workflow, skills);
    let no_face = Face::default();
    let mut weighed: BTreeMap<&Slug, Weighed<'_>> = BTreeMap::new();
    let mut last_use: BTreeMap<&Slug, &Slug> = BTreeMap::new();
    for (id, inner, face) in nest.inner_to_outer() {
        let Inner::Whole(inner) = inner else { return Err(vec![closed(workflow, id)]) };
        inner_ids(inner).for_each(|used| _ = last_use.insert(used, id));
        weighed.insert(id, Weighed::new(inner, face, &weighed));
    }
    // Those that the outermost uses are needed to the end.
    inner_ids(workflow).for_each(|used| _ = last_use.remove(used));
    check_size(workflow, Weighed::new(workflow, &no_face, &weighed).total, &weighed)?;
    let mut laid: BTreeMap<&Slug, Laid<'_>> = BTreeMap::new();
    for (id, inner, face) in nest.inner_to_outer() {
        if let Inner::Whole(inner) = inner {
            let whole = Laid::new(inner, face, &laid);
            laid.insert(id, whole);
            // So what is held at one time is never more than what comes out.
            laid.retain(|used, _| last_use.get(used) != Some(&id));
        }
    }
    let outermost = Laid::new(workflow, &no_face, &laid);
    let workflow = Workflow {
        nodes: outermost.nodes.into_iter().map(Cow::into_owned).collect(),
        edges: outermost.edges,
        interface: None,
        ..about(workflow)
    };
    Ok(Flat { workflow, parts: outermost.parts })
}

/// Copies everything but the graph.
fn about(workflow: &Workflow) -> Workflow {
    Workflow {
        id: workflow.id.clone(),
        name: workflow.name.clone(),
        description: workflow.description.clone(),
        tags: workflow.tags.clone(),
        version: workflow.version.clone(),
        author: workflow.author.clone(),
        nodes: Vec::new(),
        edges: Vec::new(),
        interface: None,
        body: workflow.body.clone(),
    }
}

/// Refuses what would be too large, and names the node that has most of it.
fn check_size(
    workflow: &Workflow,
    total: Weight,
    inner: &BTreeMap<&Slug, Weighed<'_>>,
) -> Result<(), Vec<Finding>> {
    if inner.is_empty() {
        return Ok(());
    }
    let Weight { nodes, bytes, edges } = total;
    let fewer = "use fewer workflows inside workflows";
    let (message, hint, part): (_, _, fn(Weight) -> u64) = if nodes > MAX_NODES as u64 {
        let message = format!("the workflow would have {nodes} nodes, at most {MAX_NODES} can run");
        (message, fewer, |share| share.nodes)
    } else if edges > MAX_EDGES {
        let message = format!(
            "the workflow would have {edges} edges and ports of inner workflows, at most {MAX_EDGES} can run"
        );
        (message, fewer, |share| share.edges)
    } else if bytes > MAX_COPIED {
        let message = format!(
            "the values written in the nodes would take {} MB, at most {} MB can run",
            megabytes(bytes),
            megabytes(MAX_COPIED)
        );
        let hint = "write a large value in one node, and link that one to the others instead of repeating it";
        (message, hint, |share| share.bytes)
    } else {
        return Ok(());
    };
    let finding = Finding::error("too-large", message).with_hint(hint);
    let largest = workflow.nodes.iter().max_by_key(|node| part(share(node, inner)));
    Err(vec![match largest {
        Some(node) => finding.at(&node.id),
        None => finding,
    }])
}

/// A workflow with its inner ones laid open, and its ports.
struct Laid<'a> {
    face: &'a Face,
    nodes: Vec<Cow<'a, Node>>,
    edges: Vec<Edge>,
    parts: BTreeMap<Slug, Part>,
    inputs: BTreeMap<&'a str, Vec<PortRef>>,
    outputs: BTreeMap<&'a str, PortRef>,
}

impl<'a> Laid<'a> {
    fn new(workflow: &'a Workflow, face: &'a Face, inner: &BTreeMap<&Slug, Self>) -> Self {
        let mut laid = Self {
            face,
            nodes: Vec::with_capacity(workflow.nodes.len()),
            edges: Vec::with_capacity(workflow.edges.len()),
            parts: BTreeMap::new(),
            inputs: BTreeMap::new(),
            outputs: BTreeMap::new(),
        };
        let mut ids = FreshIds::default();
        for node in &workflow.nodes {
            if let Uses::Skill(_) = node.uses {
                ids.take(&node.id);
            }
        }
        for node in &workflow.nodes {
            match &node.uses {
                Uses::Skill(_) => laid.nodes.push(Cow::Borrowed(node)),
                Uses::Workflow(id) => {
                    if let Some(inner) = inner.get(id) {
                        laid.open(node, inner, &mut ids);
                    }
                }
            }
        }
        for edge in &workflow.edges {
            let from = laid.source(&edge.from);
            let targets = laid.targets(&edge.to);
            laid.edges.extend(targets.into_iter().map(|to| Edge { from: from.clone(), to }));
        }
        let place = |(node, port): &(usize, String)| PortRef {
            node: workflow.nodes[*node].id.clone(),
            port: port.clone(),
        };
        for (name, behind) in &face.inputs {
            let targets = behind.iter().flat_map(|inner| laid.targets(&place(inner))).collect();
            laid.inputs.insert(name, targets);
        }
        for (name, behind) in &face.outputs {
            let source = laid.source(&place(behind));
            laid.outputs.insert(name, source);
        }
        laid
    }

    /// Puts the nodes of a workflow in place of the node that runs it.
    fn open(&mut self, outer: &Node, inner: &Self, ids: &mut FreshIds) {
        let mut renamed: BTreeMap<&Slug, Slug> = BTreeMap::new();
        let first = self.nodes.len();
        for node in &inner.nodes {
            let id = ids.make(&outer.id, node.id.as_str());
            renamed.insert(&node.id, id.clone());
            self.nodes.push(Cow::Owned(Node {
                id,
                timeout_ms: outer.timeout_ms.or(node.timeout_ms),
                memory_mb: outer.memory_mb.or(node.memory_mb),
                retries: if outer.retries > 0 { outer.retries } else { node.retries },
                position: None,
                ..Node::clone(node)
            }));
        }
        let place = |end: &PortRef| PortRef {
            node: renamed.get(&end.node).unwrap_or(&end.node).clone(),
            port: end.port.clone(),
        };
        let edges = inner.edges.iter();
        self.edges.extend(edges.map(|edge| Edge { from: place(&edge.from), to: place(&edge.to) }));
        let inputs = inner.inputs.iter();
        let outputs = inner.outputs.iter();
        let part = Part {
            nodes: self.nodes[first..].iter().map(|node| node.id.clone()).collect(),
            inputs: inputs
                .map(|(name, ends)| ((*name).to_owned(), ends.iter().map(place).collect()))
                .collect(),
            outputs: outputs.map(|(name, end)| ((*name).to_owned(), place(end))).collect(),
        };
        self.give(outer, &inner.face.signature, &part, first);
        self.parts.insert(outer.id.clone(), part);
    }

    /// Writes the values of the outer node into the nodes, from `first` on, that took its place.
    fn give(&mut self, outer: &Node, signature: &Signature, part: &Part, first: usize) {
        let numbers = part.nodes.iter().zip(first..);
        let number_of: BTreeMap<&Slug, usize> = numbers.collect();
        for port in &signature.inputs {
            let Some(value) = given(outer, port) else { continue };
            for end in part.inputs.get(&port.name).into_iter().flatten() {
                if let Some(&number) = number_of.get(&end.node) {
                    let inputs = &mut self.nodes[number].to_mut().inputs;
                    inputs.insert(end.port.clone(), value.clone());
                }
            }
        }
    }

    /// Returns where an output comes from.
    fn source(&self, end: &PortRef) -> PortRef {
        let part = self.parts.get(&end.node);
        part.and_then(|part| part.outputs.get(&end.port)).unwrap_or(end).clone()
    }

    /// Returns the inputs that an input stands for.
    fn targets(&self, end: &PortRef) -> Vec<PortRef> {
        match self.parts.get(&end.node) {
            Some(part) => part.inputs.get(&end.port).cloned().unwrap_or_default(),
            None => vec![end.clone()],
        }
    }
}

fn closed(workflow: &Workflow, id: &Slug) -> Finding {
    let finding = Finding::error(
        "closed-workflow",
        format!("of the workflow `{id}` only the ports are known, which is not enough to run it"),
    );
    let runs = |node: &&Node| node.uses == Uses::Workflow(id.clone());
    let node = workflow.nodes.iter().find(runs);
    let finding = finding.with_hint("prepare the run with `POST /workflows/execute`");
    match node {
        Some(node) => finding.at(&node.id),
        None => finding,
    }
}

#[cfg(test)]
mod tests;
