//! The proof of a compound skill: put in place of the steps that it stands for,
//! it gives each node of a run that was held back the key that it had, which
//! means the same results.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::compound::Compound;
use crate::{
    pattern::structure::{Structure, StructureKey, parts},
    run::{Plan, RuntimeVersions},
    skill::Executable,
    slug::Slug,
    trace::{RunTrace, TraceValue},
    workflow::{Edge, Inner, Node, PortRef, SkillSource, Uses, Workflow, flatten},
};

/// Why a run does not prove a compound skill.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoProof {
    /// The run does not have these steps.
    #[error("the run does not have these steps")]
    OtherSteps,
    /// A skill is not there any more as it was when it ran.
    #[error("the skill `{skill}` is not there any more as it was")]
    SkillGone {
        /// The skill.
        skill: Slug,
    },
    /// The run cannot be made again with the compound skill.
    #[error("with the compound skill in it the run cannot be planned: {reason}")]
    NoPlan {
        /// The first thing that is wrong.
        reason: String,
    },
    /// A node would give something else.
    #[error("`{node}` would be given something else than it was")]
    OtherKey {
        /// The node.
        node: Slug,
    },
    /// A node that succeeded gave nothing for an output that the skill promises.
    #[error("the run has no output `{port}`")]
    NoOutput {
        /// The output.
        port: PortRef,
    },
    /// A value is kept beside the trace and was not handed in.
    #[error("a value of `{node}` is not there any more")]
    ValueGone {
        /// The node.
        node: Slug,
    },
}

/// Replays a run with the compound skill in place of its steps, without executing anything.
///
/// `skills` are those of the run, in the versions that it names. Fails unless every node of the run has the
/// same key as with the steps drawn one by one, and every output of the compound skill was given.
pub fn replay(
    compound: &Compound,
    key: StructureKey,
    run: &RunTrace,
    skills: &BTreeMap<Slug, Executable>,
) -> Result<(), NoProof> {
    let places = find(&run.workflow, key).ok_or(NoProof::OtherSteps)?;
    for node in &run.workflow.nodes {
        if !skills.contains_key(node.uses.id()) {
            return Err(NoProof::SkillGone { skill: node.uses.id().clone() });
        }
    }
    let before = keys(&run.workflow, skills)?;
    let mut name_of: BTreeMap<&Slug, &Slug> = BTreeMap::new();
    for (&node, &place) in compound.places.iter().zip(&places) {
        name_of.insert(&compound.workflow.nodes[node].id, &run.workflow.nodes[place].id);
    }
    let outer = put_in(compound, run, &places, &name_of)?;
    let source = WithCompound { compound: &compound.workflow, skills };
    let reason = |findings: Vec<crate::workflow::Finding>| NoProof::NoPlan {
        reason: findings.first().map(|found| found.message.clone()).unwrap_or_default(),
    };
    let flat = flatten(&outer, &source).map_err(reason)?;
    let after = keys(&flat.workflow, skills)?;
    let part = flat.parts.values().next().ok_or(NoProof::OtherSteps)?;
    let mut renamed: BTreeMap<&Slug, &Slug> = BTreeMap::new();
    for (inner, flat_id) in compound.workflow.nodes.iter().zip(&part.nodes) {
        renamed.extend(name_of.get(&inner.id).map(|original| (*original, flat_id)));
    }
    for (id, key) in &before {
        let now = after.get(*renamed.get(id).unwrap_or(&id));
        if now != Some(key) {
            return Err(NoProof::OtherKey { node: id.clone() });
        }
    }
    outputs_are_there(compound, run, &name_of, skills)
}

/// Finds the steps of a structure in a workflow: for each step, the number of the node.
fn find(workflow: &Workflow, key: StructureKey) -> Option<Vec<usize>> {
    let whole = Structure::of(workflow)?;
    if whole.structure.key() == key {
        return Some(whole.places);
    }
    let part = parts(&whole.structure).remove(&key)?;
    Some(part.placed.places.iter().map(|&step| whole.places[step]).collect())
}

/// Derives the key of each node.
fn keys(
    workflow: &Workflow,
    skills: &BTreeMap<Slug, Executable>,
) -> Result<BTreeMap<Slug, Option<crate::key::Key>>, NoProof> {
    let plan = Plan::new(workflow, skills, &RuntimeVersions::new()).map_err(|findings| {
        let reason = findings.first().map(|found| found.message.clone()).unwrap_or_default();
        NoProof::NoPlan { reason }
    })?;
    Ok(plan.keys().map(|(id, key)| (id.clone(), key)).collect())
}

/// Puts one node that runs the compound skill in place of its steps.
fn put_in(
    compound: &Compound,
    run: &RunTrace,
    places: &[usize],
    name_of: &BTreeMap<&Slug, &Slug>,
) -> Result<Workflow, NoProof> {
    let inside: BTreeSet<&Slug> = places.iter().map(|&at| &run.workflow.nodes[at].id).collect();
    let mut id = compound.workflow.id.clone();
    while run.workflow.nodes.iter().any(|node| node.id == id) {
        id = Slug::nearest(&format!("x{id}")).expect("because it has a letter");
    }
    let interface = compound.workflow.interface.clone().unwrap_or_default();
    let original = |end: &PortRef| {
        name_of.get(&end.node).map(|node| PortRef { node: (*node).clone(), port: end.port.clone() })
    };
    let mut node = Node::new(id.clone(), Uses::Workflow(compound.workflow.id.clone()));
    let mut outer_inputs: BTreeMap<PortRef, &str> = BTreeMap::new();
    for port in &interface.inputs {
        let Some(end) = original(&port.inner) else { continue };
        if let Some(value) = value_of(run, &end)? {
            node.inputs.insert(port.name.clone(), value);
        }
        outer_inputs.insert(end, &port.name);
    }
    let outer_outputs: BTreeMap<PortRef, &str> = interface
        .outputs
        .iter()
        .filter_map(|port| Some((original(&port.inner)?, port.name.as_str())))
        .collect();
    let mut edges = Vec::new();
    for Edge { from, to } in &run.workflow.edges {
        let [of_from, of_to] = [inside.contains(&from.node), inside.contains(&to.node)];
        let moved = |end: &PortRef, names: &BTreeMap<PortRef, &str>| {
            let port = names.get(end).map(|name| (*name).to_owned());
            port.map(|port| PortRef { node: id.clone(), port }).ok_or(NoProof::OtherSteps)
        };
        match (of_from, of_to) {
            (true, true) => {}
            (false, false) => edges.push(Edge { from: from.clone(), to: to.clone() }),
            (true, false) => {
                edges.push(Edge { from: moved(from, &outer_outputs)?, to: to.clone() });
            }
            (false, true) => {
                edges.push(Edge { from: from.clone(), to: moved(to, &outer_inputs)? });
            }
        }
    }
    let others = run.workflow.nodes.iter().filter(|node| !inside.contains(&node.id)).cloned();
    let nodes = others.chain([node]).collect();
    Ok(Workflow { nodes, edges, interface: None, ..run.workflow.clone() })
}

/// Returns what an input was given in a run; `None` for one that an edge fed, or that was left out.
fn value_of(run: &RunTrace, end: &PortRef) -> Result<Option<Value>, NoProof> {
    let written = run.workflow.nodes.iter().find(|node| node.id == end.node);
    if let Some(value) = written.and_then(|node| node.inputs.get(&end.port)) {
        return Ok(Some(value.clone()));
    }
    let traced = run.nodes.iter().find(|node| node.node == end.node);
    match traced.and_then(|node| node.inputs.get(&end.port)) {
        None => Ok(None),
        Some(TraceValue::Inline(value)) => Ok(Some(value.clone())),
        Some(TraceValue::Stored { .. }) => Err(NoProof::ValueGone { node: end.node.clone() }),
    }
}

/// Makes sure that what the skill promises was given.
fn outputs_are_there(
    compound: &Compound,
    run: &RunTrace,
    name_of: &BTreeMap<&Slug, &Slug>,
    skills: &BTreeMap<Slug, Executable>,
) -> Result<(), NoProof> {
    let interface = compound.workflow.interface.clone().unwrap_or_default();
    for port in interface.outputs {
        let Some(node) = name_of.get(&port.inner.node) else { continue };
        let Some(traced) = run.nodes.iter().find(|traced| traced.node == **node) else { continue };
        let skill = skills.get(&traced.skill);
        let declared = skill.and_then(|skill| skill.output(&port.inner.port));
        let is_sure = declared.is_some_and(|port| port.required);
        if is_sure && !traced.outputs.contains_key(&port.inner.port) {
            return Err(NoProof::NoOutput {
                port: PortRef { node: (*node).clone(), port: port.inner.port },
            });
        }
    }
    Ok(())
}

/// The skills of a run, and the compound skill beside them.
struct WithCompound<'a> {
    compound: &'a Workflow,
    skills: &'a BTreeMap<Slug, Executable>,
}

impl SkillSource for WithCompound<'_> {
    fn executable(&self, id: &Slug) -> Option<&Executable> {
        self.skills.get(id)
    }

    fn ids(&self) -> Vec<&Slug> {
        self.skills.keys().collect()
    }

    fn workflow(&self, id: &Slug) -> Option<Inner<'_>> {
        (self.compound.id == *id).then_some(Inner::Whole(self.compound))
    }
}
