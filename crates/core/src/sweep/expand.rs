//! From a workflow and a sweep to one large workflow.

mod size;

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::{Expanded, MAX_RUNS, Mode, Sweep, SweepError, SweepRun};
use crate::{
    diagnostic::Severity,
    graph::Graph,
    slug::Slug,
    value::{ValueKind, satisfies},
    workflow::{
        Edge, FreshIds, MAX_NODES, Node, Part, PortRef, SkillSource, Uses, Workflow, suggestion,
        validate,
    },
};

/// Makes one workflow of all runs of a sweep.
///
/// `workflow` is flat; `parts` says what became of nodes that ran workflows,
/// so that their inputs can be swept, too.
pub fn expand(
    workflow: &Workflow,
    parts: &BTreeMap<Slug, Part>,
    skills: &dyn SkillSource,
    sweep: &Sweep,
) -> Result<Expanded, SweepError> {
    let axes = axes(workflow, parts, skills, sweep)?;
    let picks = picks(&axes, sweep.mode)?;
    let reach = reach(workflow, &axes);
    let n_copied = reach.iter().filter(|reach| !reach.is_empty()).count();
    let n_nodes = workflow.nodes.len() + n_copied.saturating_mul(picks.len());
    if n_nodes > MAX_NODES {
        return Err(SweepError::TooManyNodes { n_nodes });
    }
    let plan = Copies::new(workflow, &axes, &picks, reach);
    plan.check_size()?;
    let first = with_values(workflow, &axes, &picks[0]);
    let findings = validate(&first, skills).into_iter();
    let errors: Vec<_> = findings.filter(|found| found.severity == Severity::Error).collect();
    if !errors.is_empty() {
        return Err(SweepError::Invalid { findings: errors });
    }
    Ok(plan.write())
}

/// One swept input, its values made and the nodes found that take them.
struct Line<'a> {
    input: &'a PortRef,
    values: Vec<Value>,
    /// The nodes that the values go into, each with its port.
    targets: Vec<(usize, &'a str)>,
}

/// Which value of each axis a run takes.
type Pick = Vec<usize>;

fn axes<'a>(
    workflow: &'a Workflow,
    parts: &'a BTreeMap<Slug, Part>,
    skills: &dyn SkillSource,
    sweep: &'a Sweep,
) -> Result<Vec<Line<'a>>, SweepError> {
    if sweep.axes.is_empty() {
        return Err(SweepError::NoAxes);
    }
    let mut index = BTreeMap::new();
    for (i, node) in workflow.nodes.iter().enumerate() {
        index.entry(&node.id).or_insert(i);
    }
    let mut fed: BTreeMap<&PortRef, &PortRef> = BTreeMap::new();
    workflow.edges.iter().for_each(|edge| _ = fed.insert(&edge.to, &edge.from));
    let mut seen = BTreeSet::new();
    let mut lines = Vec::new();
    for axis in &sweep.axes {
        let input = &axis.input;
        let values = axis.values.values();
        let values =
            values.map_err(|source| SweepError::BadAxis { input: input.clone(), source })?;
        let behind = parts.get(&input.node).and_then(|part| part.inputs.get(&input.port));
        let mut targets = Vec::new();
        for end in behind.map_or(std::slice::from_ref(input), Vec::as_slice) {
            let unknown = || unknown_input(workflow, parts, skills, input);
            let &node = index.get(&end.node).ok_or_else(unknown)?;
            let skill = skills.executable(workflow.nodes[node].uses.id());
            let port = skill.and_then(|skill| skill.input(&end.port)).ok_or_else(unknown)?;
            if let Some(from) = fed.get(end) {
                return Err(SweepError::Fed { input: input.clone(), from: (*from).clone() });
            }
            if !seen.insert(end) {
                return Err(SweepError::Twice { input: input.clone() });
            }
            for (i, value) in values.iter().enumerate() {
                let kind = ValueKind::of(value);
                if !satisfies(kind, port.ty) {
                    let (input, ty, number) = (input.clone(), port.ty, i + 1);
                    return Err(SweepError::WrongValue { input, ty, kind, number });
                }
            }
            targets.push((node, end.port.as_str()));
        }
        lines.push(Line { input, values, targets });
    }
    Ok(lines)
}

fn unknown_input(
    workflow: &Workflow,
    parts: &BTreeMap<Slug, Part>,
    skills: &dyn SkillSource,
    input: &PortRef,
) -> SweepError {
    let inner = workflow.nodes.iter().filter_map(|node| match &node.uses {
        Uses::Skill(skill) => Some((node, skills.executable(skill)?)),
        Uses::Workflow(_) => None,
    });
    let inner = inner
        .flat_map(|(node, skill)| skill.inputs.iter().map(|p| format!("{}.{}", node.id, p.name)));
    let outer = parts
        .iter()
        .flat_map(|(node, part)| part.inputs.keys().map(move |port| format!("{node}.{port}")));
    let known: Vec<String> = outer.chain(inner).collect();
    let text = input.to_string();
    let nearest = known
        .iter()
        .find(|name| suggestion(&text, std::iter::once(name.as_str())).is_some())
        .cloned();
    SweepError::UnknownInput { input: input.clone(), nearest }
}

/// Lists what each run takes.
fn picks(axes: &[Line<'_>], mode: Mode) -> Result<Vec<Pick>, SweepError> {
    let n_values = |line: &Line<'_>| line.values.len();
    if mode == Mode::Zip {
        let first = &axes[0];
        if let Some(other) = axes.iter().find(|line| n_values(line) != n_values(first)) {
            let (a, b) = (first.input.clone(), other.input.clone());
            return Err(SweepError::Uneven { a, n_a: n_values(first), b, n_b: n_values(other) });
        }
    }
    let n_runs = match mode {
        Mode::Zip => n_values(&axes[0]),
        Mode::Product => axes.iter().map(n_values).fold(1, usize::saturating_mul),
    };
    if n_runs > MAX_RUNS {
        return Err(SweepError::TooManyRuns { n_runs });
    }
    let pick = |run: usize| match mode {
        Mode::Zip => vec![run; axes.len()],
        Mode::Product => {
            let mut rest = run;
            let mut pick: Pick = axes
                .iter()
                .rev()
                .map(|line| {
                    let at = rest % n_values(line);
                    rest /= n_values(line);
                    at
                })
                .collect();
            pick.reverse();
            pick
        }
    };
    Ok((0..n_runs).map(pick).collect())
}

/// The workflow of one run.
fn with_values(workflow: &Workflow, axes: &[Line<'_>], pick: &Pick) -> Workflow {
    let mut workflow = workflow.clone();
    for (line, &at) in axes.iter().zip(pick) {
        for &(node, port) in &line.targets {
            workflow.nodes[node].inputs.insert(port.to_owned(), line.values[at].clone());
        }
    }
    workflow
}

/// Which nodes are copied, and which run each copy is made for.
struct Copies<'a> {
    workflow: &'a Workflow,
    axes: &'a [Line<'a>],
    picks: &'a [Pick],
    /// The axes that reach each node.
    reach: Vec<BTreeSet<usize>>,
    /// For each set of axes, the first run that takes the values that a run takes.
    owners: BTreeMap<BTreeSet<usize>, Vec<usize>>,
}

impl<'a> Copies<'a> {
    fn new(
        workflow: &'a Workflow,
        axes: &'a [Line<'a>],
        picks: &'a [Pick],
        reach: Vec<BTreeSet<usize>>,
    ) -> Self {
        let mut owners = BTreeMap::new();
        for axes in reach.iter().filter(|axes| !axes.is_empty()) {
            owners.entry(axes.clone()).or_insert_with(|| {
                let mut first: BTreeMap<Vec<usize>, usize> = BTreeMap::new();
                let part = |pick: &Pick| axes.iter().map(|&axis| pick[axis]).collect();
                let runs = picks.iter().enumerate();
                runs.map(|(run, pick)| *first.entry(part(pick)).or_insert(run)).collect()
            });
        }
        Self { workflow, axes, picks, reach, owners }
    }

    fn write(&self) -> Expanded {
        let nodes = &self.workflow.nodes;
        let mut ids = FreshIds::default();
        nodes.iter().for_each(|node| ids.take(&node.id));
        // The id of each node in each run that a copy was made for.
        let mut copies: Vec<BTreeMap<usize, Slug>> = vec![BTreeMap::new(); nodes.len()];
        let mut runs: Vec<SweepRun> =
            self.picks.iter().enumerate().map(|(i, pick)| self.run(i, pick)).collect();
        let mut new = Vec::new();
        for (i, node) in nodes.iter().enumerate() {
            let Some(owners) = self.owners.get(&self.reach[i]) else {
                new.push(node.clone());
                continue;
            };
            for (run, &owner) in owners.iter().enumerate() {
                let id = copies[i].entry(owner).or_insert_with(|| {
                    let id = ids.make(&node.id, &(owner + 1).to_string());
                    new.push(self.copy(i, id.clone(), owner));
                    id
                });
                runs[run].nodes.insert(node.id.clone(), id.clone());
            }
        }
        let workflow = Workflow {
            nodes: new,
            edges: self.edges(&copies),
            interface: None,
            ..self.workflow.clone()
        };
        Expanded { workflow, runs }
    }

    fn run(&self, i: usize, pick: &Pick) -> SweepRun {
        let lines = self.axes.iter().zip(pick);
        let values = lines.map(|(line, &at)| (line.input.clone(), line.values[at].clone()));
        SweepRun { index: i + 1, values: values.collect(), nodes: BTreeMap::new() }
    }

    /// Copies a node for a run, with the values of that run.
    fn copy(&self, i: usize, id: Slug, run: usize) -> Node {
        let mut node = Node { id, position: None, ..self.workflow.nodes[i].clone() };
        for (line, &at) in self.axes.iter().zip(&self.picks[run]) {
            for (_, port) in line.targets.iter().filter(|(target, _)| *target == i) {
                node.inputs.insert((*port).to_owned(), line.values[at].clone());
            }
        }
        node
    }

    /// Draws each edge for each copy of the node that it leads to.
    fn edges(&self, copies: &[BTreeMap<usize, Slug>]) -> Vec<Edge> {
        let mut index = BTreeMap::new();
        for (i, node) in self.workflow.nodes.iter().enumerate() {
            index.entry(&node.id).or_insert(i);
        }
        let mut edges = Vec::new();
        for edge in &self.workflow.edges {
            let (Some(&from), Some(&to)) = (index.get(&edge.from.node), index.get(&edge.to.node))
            else {
                continue;
            };
            if copies[to].is_empty() {
                edges.push(edge.clone());
                continue;
            }
            let owners = self.owners.get(&self.reach[from]);
            for (&run, id) in &copies[to] {
                let mut copy = edge.clone();
                copy.to.node = id.clone();
                if let Some(owner) = owners.and_then(|owners| copies[from].get(owners.get(run)?)) {
                    copy.from.node = owner.clone();
                }
                edges.push(copy);
            }
        }
        edges
    }
}

/// Finds which axes reach each node, directly or through others.
fn reach(workflow: &Workflow, axes: &[Line<'_>]) -> Vec<BTreeSet<usize>> {
    let nodes = &workflow.nodes;
    let mut index = BTreeMap::new();
    for (i, node) in nodes.iter().enumerate() {
        index.entry(&node.id).or_insert(i);
    }
    let ends = workflow.edges.iter();
    let ends: Vec<(usize, usize)> = ends
        .filter_map(|edge| Some((*index.get(&edge.from.node)?, *index.get(&edge.to.node)?)))
        .collect();
    let graph = Graph::new(nodes.len(), &ends);
    let mut reach = vec![BTreeSet::new(); nodes.len()];
    for (axis, line) in axes.iter().enumerate() {
        let mut next: Vec<usize> = line.targets.iter().map(|&(node, _)| node).collect();
        while let Some(node) = next.pop() {
            if reach[node].insert(axis) {
                next.extend(graph.successors(node).iter().map(|&after| after as usize));
            }
        }
    }
    reach
}
