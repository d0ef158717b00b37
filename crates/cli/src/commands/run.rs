//! `llmos run`

mod export;
mod inputs;
mod once;
mod prepare;
mod replay;
mod show;
mod supply;
mod sweep;

use std::{collections::BTreeMap, path::PathBuf, process::ExitCode};

use llmos_api::{
    trace::{NodeError, NodeState, Outcome, RunReport},
    workflow::RunPayload,
};
use llmos_core::{
    digest::result_hash,
    run::{Plan, Run},
    slug::Slug,
};
use llmos_headless::{Driven, NodeHost, drive, report};
use serde::Serialize;
use serde_json::Value;

pub(crate) use self::{
    once::{ToolRunner, once},
    prepare::From,
};
use self::{replay::Replay, sweep::Sweep};
use crate::{
    failure::{FOUND, Failure, FailureKind},
    headless,
    out::{Out, say},
};

/// Run a workflow without a browser
///
/// The file is a workflow's Markdown, or the JSON of the API; what is no file is taken for the id of a saved workflow.
/// Nodes run in Node.js, with the runtimes of the page, behind a wall that leaves them no network and no files.
///
/// Exits with 0 when every node gave its outputs, with 1 when one failed or gave others than the trace has, with 2 when an input is wrong, with 130 when
/// it was cancelled.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// The workflow: a file, or the id of a saved one
    #[arg(required_unless_present = "trace")]
    workflow: Option<String>,
    /// Give an input a value: text as it is, everything else as JSON, `@FILE` for what a file holds
    #[arg(long = "input", short = 'i', value_name = "NODE.PORT=VALUE")]
    inputs: Vec<String>,
    /// Run once for each of some values of an input: `FROM:TO:STEPS`, the same with `:log`, or values with commas between them; several inputs go each with each
    #[arg(long, value_name = "NODE.PORT=VALUES")]
    sweep: Vec<String>,
    /// Let the values of several swept inputs change together
    #[arg(long, requires = "sweep")]
    zip: bool,
    /// Run again what a trace tells of, with the skills as they were, and compare the results
    #[arg(long, value_name = "ID", conflicts_with_all = ["workflow", "inputs", "sweep"])]
    trace: Option<String>,
    /// Run only these nodes and what feeds them
    #[arg(long, value_name = "NODE")]
    target: Vec<String>,
    /// Print one JSON object: `{outcome, duration_ms, nodes, results}`
    #[arg(long)]
    json: bool,
    /// Write every output to a file of this folder: pictures, tables, texts, JSON
    #[arg(long, value_name = "FOLDER")]
    output: Option<PathBuf>,
    /// Keep a trace of the run in the user's volume
    #[arg(long)]
    save_trace: bool,
    #[command(flatten)]
    from: prepare::From,
}

/// What `--json` prints.
#[derive(Serialize)]
struct Record<'a> {
    outcome: Outcome,
    duration_ms: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    trace_id: Option<String>,
    nodes: BTreeMap<&'a str, NodeRecord<'a>>,
    /// The hash of each output: equal results have equal hashes, wherever they were made.
    results: BTreeMap<&'a str, BTreeMap<&'a str, String>>,
    /// The runs of a sweep.
    #[serde(skip_serializing_if = "Option::is_none")]
    runs: Option<Vec<sweep::RunRecord<'a>>>,
    /// How the results compare with those of a trace.
    #[serde(skip_serializing_if = "Option::is_none")]
    replay: Option<&'a Replay>,
}

/// A run that is over, and what there is to tell of it.
struct Ended {
    report: RunReport,
    driven: Driven,
    trace_id: Option<String>,
    sweep: Option<Sweep>,
    replay: Option<Replay>,
}

/// What `--json` prints of a node.
#[derive(Serialize)]
struct NodeRecord<'a> {
    state: NodeState,
    attempts: u32,
    duration_ms: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<&'a NodeError>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    outputs: &'a BTreeMap<String, Value>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    logs: Vec<String>,
}

pub(crate) fn run(args: &Args) -> Result<ExitCode, Failure> {
    let workbench = args.from.workbench()?;
    let (mut payload, then) = match (&args.trace, &args.workflow) {
        (Some(trace), _) => {
            let (payload, then) = workbench.replay(trace)?;
            (payload, Some(then))
        }
        (None, named) => {
            (workbench.payload(named.as_deref().unwrap_or_default(), &args.inputs)?, None)
        }
    };
    let mut targets = targets(&args.target, &payload)?;
    if let Some(then) = &then
        && targets.is_none()
    {
        targets = prepare::part_of(then);
    }
    let mut sweep = None;
    if !args.sweep.is_empty() {
        let made = Sweep::expand(&mut payload, &args.sweep, args.zip, targets.as_deref())?;
        targets = targets.map(|targets| made.targets(&targets));
        sweep = Some(made);
    }
    let packages = supply::supply(&args.from.packages(), &mut payload)?;
    let mut host = headless::start(prepare::gpu(&payload))?;
    let mut run = plan(&payload, &host, targets)?;
    host.send_skills(&payload.skills, &packages)?;
    headless::cancel_on_interrupt(host.canceller())?;
    let started = jiff::Timestamp::now();
    let n_nodes = payload.workflow.nodes.len();
    let mut watch = show::Watcher::new(n_nodes, sweep.as_ref().map(Sweep::progress));
    let driven = drive(&mut run, &mut host, &mut watch);
    watch.finish();
    let driven = driven?;
    let mut report = report(&run, &driven, &payload, &mut host)?;
    report.started_at = started.to_string();
    report.finished_at = jiff::Timestamp::now().to_string();
    let trace_id = if args.save_trace { Some(workbench.save(report.clone())?) } else { None };
    if let Some(folder) = &args.output {
        export::write(folder, &report)?;
    }
    let replay = args.trace.as_deref().zip(then.as_ref());
    let replay = replay.map(|(id, then)| Replay::new(id, then, &report));
    tell(args, &Ended { report, driven, trace_id, sweep, replay })
}

fn plan(payload: &RunPayload, host: &NodeHost, targets: Option<Vec<Slug>>) -> Result<Run, Failure> {
    let options = llmos_api::run::RunOptions {
        runtime_versions: host.runtime_versions().clone(),
        ..llmos_api::run::RunOptions::default()
    };
    let internal = |message: String| {
        Failure::new(FailureKind::Internal, message, "run `llmos workflow check` on it")
    };
    let workflow = payload.workflow.to_workflow().map_err(|findings| {
        internal(findings.first().map_or_else(String::new, |found| found.message.clone()))
    })?;
    let skills = llmos_api::skill::Skills::from(&payload.skills);
    let plan = Plan::new(&workflow, &skills, &options.versions()).map_err(|findings| {
        internal(findings.first().map_or_else(String::new, |found| found.message.clone()))
    })?;
    let options = llmos_core::run::RunOptions { targets, ..llmos_core::run::RunOptions::default() };
    Run::new(plan, &options).map_err(|error| internal(error.to_string()))
}

/// Finds the nodes that are wanted; `None` for all.
fn targets(named: &[String], payload: &RunPayload) -> Result<Option<Vec<Slug>>, Failure> {
    if named.is_empty() {
        return Ok(None);
    }
    let ids: Vec<&str> = payload.workflow.nodes.iter().map(|node| node.id.as_str()).collect();
    let find = |name: &String| {
        let known = ids.contains(&name.as_str()).then(|| name.parse().ok()).flatten();
        known.ok_or_else(|| inputs::unknown("node", name, &ids))
    };
    named.iter().map(find).collect::<Result<_, _>>().map(Some)
}

fn tell(args: &Args, ended: &Ended) -> Result<ExitCode, Failure> {
    let Ended { report, driven, sweep, replay, .. } = ended;
    let mut out = Out::new();
    // The outcome decides the exit code, whether or not anybody read it to the end.
    let _ = if args.json {
        out.json(&record(ended))?
    } else if let Some(sweep) = sweep {
        sweep.table(&mut out, report)?
    } else {
        show::table(&mut out, report)?
    };
    out.finish()?;
    if !args.json {
        show::say_failures(report);
        replay.iter().for_each(Replay::say);
        let outcome = driven.outcome.as_str();
        say(&format!(
            "{}: {outcome} in {}",
            report.workflow.workflow_id,
            show::time(driven.duration_ms)
        ));
    }
    Ok(match report.outcome {
        Outcome::Success if replay.as_ref().is_some_and(|replay| !replay.equal) => {
            ExitCode::from(FOUND)
        }
        Outcome::Success => ExitCode::SUCCESS,
        Outcome::Error => ExitCode::from(FOUND),
        // As shells count a program that Ctrl-C ended.
        Outcome::Cancelled => ExitCode::from(130),
    })
}

fn record(ended: &Ended) -> Record<'_> {
    let Ended { report, driven, trace_id, sweep, replay } = ended;
    let node = |node| {
        let node: &llmos_api::trace::NodeReport = node;
        let logs = node.logs.iter().map(|line| line.text.clone()).collect();
        let record = NodeRecord {
            state: node.state,
            attempts: node.attempts,
            duration_ms: node.duration_ms,
            error: node.error.as_ref(),
            outputs: &node.outputs,
            logs,
        };
        (node.node.as_str(), record)
    };
    let done = report.nodes.iter().filter(|node| node.state == NodeState::Success);
    Record {
        outcome: report.outcome,
        duration_ms: driven.duration_ms,
        trace_id: trace_id.clone(),
        nodes: report.nodes.iter().map(node).collect(),
        results: done.map(|node| (node.node.as_str(), hashes(&node.outputs))).collect(),
        runs: sweep.as_ref().map(|sweep| sweep.records(report)),
        replay: replay.as_ref(),
    }
}

fn hashes(outputs: &BTreeMap<String, Value>) -> BTreeMap<&str, String> {
    outputs.iter().map(|(port, value)| (port.as_str(), result_hash(value))).collect()
}
