//! `llmos workflow plan`

use std::{collections::HashMap, path::PathBuf, process::ExitCode};

use llmos_core::{
    diagnostic::Severity,
    graph::Graph,
    workflow::{Finding, Uses, Workflow, flatten},
};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::workflow_check::{self, SkillArgs};
use crate::{
    failure::{FOUND, Failure, FailureKind},
    out::{Heard, Out, say},
};

/// Show in which order the nodes of a workflow run
///
/// Nodes of one level do not wait for each other. Exits with 1 and names the nodes when they form a cycle. The nodes
/// of a workflow inside stand in place of the node that names it, as they do in a run; it is looked for where
/// `llmos workflow check` looks.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// The file: a workflow's Markdown, the JSON of the API, or with `--graph` a bare graph
    file: PathBuf,
    /// Print one JSON object: `{levels}`, or `{cycles, components}` when there is no order
    #[arg(long)]
    json: bool,
    /// The file holds a bare graph `{nodes, edges}`; an edge is a pair of positions in `nodes` or of ids
    #[arg(long, conflicts_with_all = ["skills", "volumes"])]
    graph: bool,
    #[command(flatten)]
    skills: SkillArgs,
}

/// A graph whose nodes have names.
struct Named {
    names: Vec<Value>,
    edges: Vec<(usize, usize)>,
}

/// The order of a graph.
#[derive(Serialize)]
struct Order<'a> {
    levels: Vec<Vec<&'a Value>>,
}

/// Why a graph has no order.
#[derive(Serialize)]
struct NoOrder<'a> {
    /// A shortest cycle of each group of nodes that all lead to each other.
    cycles: Vec<Vec<&'a Value>>,
    /// These groups.
    components: Vec<Vec<&'a Value>>,
}

pub(crate) fn run(args: &Args) -> Result<ExitCode, Failure> {
    let named = if args.graph { bare_graph(args)? } else { workflow_graph(args)? };
    let graph = Graph::new(named.names.len(), &named.edges);
    let mut out = Out::new();
    match graph.levels() {
        Ok(levels) => {
            let levels: Vec<Vec<&Value>> = levels.iter().map(|level| named.of(level)).collect();
            let order = Order { levels };
            // Nobody is left to tell when the reader is gone.
            let _ = if args.json { out.json(&order)? } else { print(&mut out, &order)? };
            out.finish()?;
            Ok(ExitCode::SUCCESS)
        }
        Err(_) => {
            let cycles = graph.cycles();
            let none = NoOrder {
                cycles: cycles.iter().map(|cycle| named.of(&cycle.path)).collect(),
                components: graph.cyclic_components().iter().map(|c| named.of(c)).collect(),
            };
            if args.json {
                let _ = out.json(&none)?;
            }
            out.finish()?;
            for cycle in &none.cycles {
                say(&format!("error: the nodes {} form a cycle", way(cycle)));
            }
            say("hint: remove one edge of each cycle");
            Ok(ExitCode::from(FOUND))
        }
    }
}

fn print(out: &mut Out, order: &Order<'_>) -> Heard {
    let mut heard = std::ops::ControlFlow::Continue(());
    for (i, level) in order.levels.iter().enumerate() {
        let names: Vec<String> = level.iter().map(|name| text(name)).collect();
        heard = out.line(&format!("{}: {}", i + 1, names.join(" ")))?;
        if heard.is_break() {
            break;
        }
    }
    Ok(heard)
}

fn way(cycle: &[&Value]) -> String {
    const MAX_SHOWN: usize = 20;
    let mut names: Vec<String> =
        cycle.iter().take(MAX_SHOWN).map(|name| format!("`{}`", text(name))).collect();
    if cycle.len() > MAX_SHOWN {
        names.push(format!("… ({} more)", cycle.len() - MAX_SHOWN));
    }
    names.extend(cycle.first().map(|name| format!("`{}`", text(name))));
    names.join(" -> ")
}

fn text(name: &Value) -> String {
    name.as_str().map_or_else(|| name.to_string(), str::to_owned)
}

impl Named {
    fn of(&self, nodes: &[usize]) -> Vec<&Value> {
        nodes.iter().filter_map(|node| self.names.get(*node)).collect()
    }
}

fn workflow_graph(args: &Args) -> Result<Named, Failure> {
    let read = workflow_check::read(&args.file)?;
    let Some(workflow) = read.workflow else {
        let first = read.diagnostics.first();
        let what = first.map(|found| format!("line {}: {}", found.line, found.message));
        let what = what.or(read.findings.first().map(|found| found.message.clone()));
        return Err(Failure::new(
            FailureKind::Input,
            format!("`{}` is no workflow: {}", args.file.display(), what.unwrap_or_default()),
            "run `llmos workflow check` on it, or give `--graph` for a bare graph",
        ));
    };
    let outer = named(&workflow)?;
    let is_flat = workflow.nodes.iter().all(|node| matches!(node.uses, Uses::Skill(_)));
    // A cycle is told of the nodes that its author drew.
    if is_flat || Graph::new(outer.names.len(), &outer.edges).levels().is_err() {
        return Ok(outer);
    }
    match flatten(&workflow, &args.skills.load()?) {
        Ok(flat) => named(&flat.workflow),
        Err(findings) => Err(not_laid_open(args, &findings)),
    }
}

fn named(workflow: &Workflow) -> Result<Named, Failure> {
    let names = workflow.nodes.iter().map(|node| Value::from(node.id.as_str())).collect();
    let edges = workflow
        .edges
        .iter()
        .map(|edge| (Value::from(edge.from.node.as_str()), Value::from(edge.to.node.as_str())));
    connect(names, edges.collect(), false)
}

fn not_laid_open(args: &Args, findings: &[Finding]) -> Failure {
    let first = findings.iter().find(|found| found.severity == Severity::Error);
    let what = first.map(|found| found.message.as_str()).unwrap_or_default();
    Failure::new(
        FailureKind::Input,
        format!("`{}` cannot be planned: {what}", args.file.display()),
        "run `llmos workflow check` on it, with the same `--skills` or `--volumes`",
    )
}

#[derive(Deserialize)]
struct BareGraph {
    nodes: Vec<BareNode>,
    edges: Vec<BareEdge>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum BareNode {
    Described { id: Value },
    Id(Value),
}

#[derive(Deserialize)]
#[serde(untagged)]
enum BareEdge {
    Pair(Value, Value),
    FromTo { from: Value, to: Value },
    SourceTarget { source: Value, target: Value },
}

fn bare_graph(args: &Args) -> Result<Named, Failure> {
    let bytes = super::files::read_graph(&args.file)?;
    let graph: BareGraph = serde_json::from_slice(&bytes).map_err(|error| {
        let message = format!("`{}` is no graph: {error}", args.file.display());
        Failure::new(
            FailureKind::Input,
            message,
            "write it as `{\"nodes\": [\"a\", \"b\"], \"edges\": [[0, 1]]}`",
        )
    })?;
    let names = graph.nodes.into_iter().map(|node| match node {
        BareNode::Described { id } | BareNode::Id(id) => id,
    });
    let edges = graph.edges.into_iter().map(|edge| match edge {
        BareEdge::Pair(from, to)
        | BareEdge::FromTo { from, to }
        | BareEdge::SourceTarget { source: from, target: to } => (from, to),
    });
    connect(names.collect(), edges.collect(), true)
}

/// Turns the ends of edges into positions; with `positions` a whole number is one already.
fn connect(
    names: Vec<Value>,
    edges: Vec<(Value, Value)>,
    positions: bool,
) -> Result<Named, Failure> {
    let by_name: HashMap<String, usize> =
        names.iter().enumerate().map(|(at, name)| (text(name), at)).collect();
    let position = |end: &Value| {
        let number = end.as_u64().filter(|_| positions).and_then(|at| usize::try_from(at).ok());
        let found = match number {
            Some(at) => (at < names.len()).then_some(at),
            None => by_name.get(&text(end)).copied(),
        };
        found.ok_or_else(|| {
            let message = format!("an edge leads to `{}`, and there is no such node", text(end));
            Failure::new(FailureKind::Input, message, "name a node, or its position counted from 0")
        })
    };
    let edges: Result<_, Failure> =
        edges.iter().map(|(from, to)| Ok((position(from)?, position(to)?))).collect();
    Ok(Named { edges: edges?, names })
}
