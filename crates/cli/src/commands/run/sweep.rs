//! One workflow for each of some values of its inputs: all runs are one large workflow.

use std::collections::{BTreeMap, BTreeSet};

use llmos_api::{
    run::Refusal,
    skill::Skills,
    sweep::{SweepDoc, SweepRunDoc},
    trace::{NodeReport, NodeState, RunReport},
    workflow::{RunPayload, WorkflowDoc},
};
use llmos_core::{
    digest::result_hash,
    slug::Slug,
    sweep::{self, Axis, Mode},
};
use serde::Serialize;
use serde_json::Value;

use super::{inputs, show};
use crate::{
    failure::{Failure, FailureKind},
    out::{Heard, Out},
};

/// The runs of a sweep.
pub(super) struct Sweep {
    runs: Vec<SweepRunDoc>,
    /// The nodes whose ends are the end of a run, and whose outputs its row shows; ids of the workflow as it was.
    shown: Vec<String>,
}

/// What `--json` prints of one run of a sweep.
#[derive(Serialize)]
pub(super) struct RunRecord<'a> {
    index: usize,
    /// The swept inputs.
    values: BTreeMap<String, &'a Value>,
    state: NodeState,
    /// Which node of `nodes` stands for one of the workflow in this run.
    nodes: &'a BTreeMap<String, String>,
    outputs: BTreeMap<String, &'a Value>,
    results: BTreeMap<String, String>,
}

impl Sweep {
    /// Puts all runs into the payload as one workflow. `targets` are nodes of the workflow as it was.
    pub(super) fn expand(
        payload: &mut RunPayload,
        named: &[String],
        zip: bool,
        targets: Option<&[Slug]>,
    ) -> Result<Self, Failure> {
        let parts = SweepDoc { parts: payload.parts.clone(), ..SweepDoc::default() };
        let (_, parts) = parts.to_sweep().map_err(refused)?;
        let axes: Result<_, Failure> = named.iter().map(|text| axis(text)).collect();
        let mode = if zip { Mode::Zip } else { Mode::Product };
        let workflow = payload.workflow.to_workflow().map_err(|findings| {
            let first = findings.first().map_or_else(String::new, |found| found.message.clone());
            inputs::usage(first, "run `llmos workflow check` on it")
        })?;
        let skills = Skills::from(&payload.skills);
        let expanded =
            sweep::expand(&workflow, &parts, &skills, &sweep::Sweep { axes: axes?, mode })
                .map_err(|error| refused(Refusal::from(error)))?;
        let shown = match targets {
            Some(targets) => targets.iter().map(Slug::to_string).collect(),
            None => last_nodes(&payload.workflow),
        };
        payload.workflow = WorkflowDoc::from(&expanded.workflow);
        // The nodes that they tell of are there many times now.
        payload.parts.clear();
        Ok(Self { runs: llmos_api::sweep::ExpandedDoc::from(&expanded).runs, shown })
    }

    /// The nodes that stand for some of the workflow, in all runs.
    pub(super) fn targets(&self, targets: &[Slug]) -> Vec<Slug> {
        let copies = self.runs.iter().flat_map(|run| {
            targets.iter().filter_map(|id| copy(run, id.as_str()).parse::<Slug>().ok())
        });
        copies.collect::<BTreeSet<_>>().into_iter().collect()
    }

    /// Which runs wait for which nodes.
    pub(super) fn progress(&self) -> show::Runs {
        let waits = self.runs.iter().map(|run| self.shown.iter().map(|id| copy(run, id)));
        show::Runs::new(waits)
    }

    /// Prints a line for each run: its values, how it ended, what came out.
    pub(super) fn table(&self, out: &mut Out, report: &RunReport) -> Heard {
        let mut rows = vec![Vec::new()];
        let records = self.records(report);
        let outputs: BTreeSet<&String> =
            records.iter().flat_map(|record| record.outputs.keys()).collect();
        if let Some(first) = records.first() {
            rows[0] = vec!["run".to_owned(), "state".to_owned()];
            rows[0].extend(first.values.keys().cloned());
            rows[0].extend(outputs.iter().map(|name| (*name).clone()));
        }
        for record in &records {
            let mut row = vec![record.index.to_string(), show::name(record.state).to_owned()];
            row.extend(record.values.values().map(|value| show::brief(value)));
            let found = |name: &&String| {
                record.outputs.get(*name).map_or_else(|| "-".to_owned(), |value| show::brief(value))
            };
            row.extend(outputs.iter().map(found));
            rows.push(row);
        }
        show::columns(out, &rows)
    }

    /// What each run gave.
    pub(super) fn records<'a>(&'a self, report: &'a RunReport) -> Vec<RunRecord<'a>> {
        let nodes: BTreeMap<&str, &NodeReport> =
            report.nodes.iter().map(|node| (node.node.as_str(), node)).collect();
        let record = |run: &'a SweepRunDoc| {
            let ends = self.shown.iter().filter_map(|id| Some((id, *nodes.get(copy(run, id))?)));
            let ends: Vec<(&String, &NodeReport)> = ends.collect();
            let given = |(id, node): &(&String, &'a NodeReport)| {
                let id = (*id).clone();
                let name =
                    move |(port, value): (&String, &'a Value)| (format!("{id}.{port}"), value);
                node.outputs.iter().map(name).collect::<Vec<_>>()
            };
            let outputs: BTreeMap<String, &Value> = ends.iter().flat_map(given).collect();
            let hash = |(name, value): (&String, &&Value)| (name.clone(), result_hash(value));
            RunRecord {
                index: run.index,
                values: run
                    .values
                    .iter()
                    .map(|swept| (format!("{}.{}", swept.node, swept.port), &swept.value))
                    .collect(),
                state: state(ends.iter().map(|(_, node)| node.state)),
                nodes: &run.nodes,
                results: outputs.iter().map(hash).collect(),
                outputs,
            }
        };
        self.runs.iter().map(record).collect()
    }
}

fn axis(text: &str) -> Result<Axis, Failure> {
    text.parse().map_err(|error: sweep::AxisError| {
        inputs::usage(format!("`--sweep {text}` is no sweep: {error}"), error.hint())
    })
}

fn refused(refusal: Refusal) -> Failure {
    Failure::new(FailureKind::Usage, refusal.message, refusal.hint)
}

/// The node that stands for `id` in a run.
fn copy<'a>(run: &'a SweepRunDoc, id: &'a str) -> &'a str {
    run.nodes.get(id).map_or(id, String::as_str)
}

/// The nodes that feed no other.
fn last_nodes(workflow: &WorkflowDoc) -> Vec<String> {
    let feeding: BTreeSet<&str> =
        workflow.edges.iter().map(|edge| edge.from.node.as_str()).collect();
    let ids = workflow.nodes.iter().map(|node| &node.id);
    ids.filter(|id| !feeding.contains(id.as_str())).cloned().collect()
}

/// How a run ended, from how its last nodes did: the worst of them.
fn state(states: impl Iterator<Item = NodeState>) -> NodeState {
    let badness = |state: &NodeState| match state {
        NodeState::Success | NodeState::Cached => 0,
        NodeState::Idle | NodeState::Queued | NodeState::Running => 1,
        NodeState::Cancelled => 2,
        NodeState::Skipped => 3,
        NodeState::Error => 4,
    };
    states.max_by_key(badness).unwrap_or(NodeState::Idle)
}
