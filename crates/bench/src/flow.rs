//! Planning and driving runs of many sizes, without a browser: the state
//! machine alone, with a host that gives each node its result at once.

use std::collections::{BTreeMap, VecDeque};
use std::time::{Duration, Instant};

use anyhow::{Result, anyhow, bail, ensure};
use llmos_core::graph::levels;
use llmos_core::run::{Command, Event, Outcome, Plan, Run, RunOptions};
use llmos_core::skill::{Executable, ExecutionMode, Port, Runtime};
use llmos_core::slug::Slug;
use llmos_core::value::{PortType, ValueKind};
use llmos_core::workflow::{Edge, Node, PortRef, Uses, Workflow};

use crate::table::{Table, count, median, middle, time};
use crate::volume::Choice;

const SIZES: [usize; 4] = [100, 1_000, 10_000, 100_000];
const ROUNDS: usize = 25;

/// How the edges of a made-up workflow run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Shape {
    /// Each node after the one before it.
    Chain,
    /// Each node fed by up to two earlier ones, by chance.
    Mesh,
}

/// Plans and drives chains and meshes.
pub(crate) fn run() -> Result<Table> {
    let mut table = Table::new(&[
        "graph",
        "nodes",
        "edges",
        "order",
        "×10 nodes",
        "plan",
        "×10 nodes",
        "drive",
        "drive per node",
    ]);
    let skills = BTreeMap::from([(slug("add")?, add())]);
    for (shape, name) in [(Shape::Chain, "chain"), (Shape::Mesh, "mesh")] {
        let mut cases = SIZES
            .map(|n_nodes| Case::new(shape, n_nodes))
            .into_iter()
            .collect::<Result<Vec<_>>>()?;
        // All sizes in turns, as what is compared must see the same machine.
        for _ in 0..ROUNDS {
            for case in &mut cases {
                case.plan(&skills)?;
            }
        }
        let mut smaller: Option<(Duration, Duration)> = None;
        for case in &mut cases {
            let n_nodes = case.workflow.nodes.len();
            let (order, planning) = (middle(&mut case.order), middle(&mut case.planning));
            let planned = case.planned(&skills)?;
            drive(planned.clone(), n_nodes)?;
            // A run takes its plan; the copy is not part of driving it.
            let copying = median(|| planned.clone());
            let driving = median(|| drive(planned.clone(), n_nodes)).saturating_sub(copying);
            table.row([
                name.to_owned(),
                count(n_nodes),
                count(case.edges.len()),
                time(order),
                growth(smaller.map(|(order, _)| order), order),
                time(planning),
                growth(smaller.map(|(_, planning)| planning), planning),
                time(driving),
                time(driving / u32::try_from(n_nodes)?),
            ]);
            smaller = Some((order, planning));
        }
    }
    Ok(table)
}

/// One graph, and how long it took to plan it.
struct Case {
    edges: Vec<(usize, usize)>,
    workflow: Workflow,
    order: Vec<Duration>,
    planning: Vec<Duration>,
}

impl Case {
    fn new(shape: Shape, n_nodes: usize) -> Result<Self> {
        let edges = edges(shape, n_nodes);
        let workflow = workflow(n_nodes, &edges)?;
        Ok(Self { edges, workflow, order: Vec::new(), planning: Vec::new() })
    }

    fn planned(&self, skills: &BTreeMap<Slug, Executable>) -> Result<Plan> {
        Plan::new(&self.workflow, skills, &BTreeMap::new())
            .map_err(|findings| anyhow!("the workflow has {} findings", findings.len()))
    }

    /// Plans it as often as takes as long as planning the largest once.
    fn plan(&mut self, skills: &BTreeMap<Slug, Executable>) -> Result<()> {
        let n_nodes = self.workflow.nodes.len();
        for _ in 0..SIZES[SIZES.len() - 1] / n_nodes {
            let begun = Instant::now();
            let ordered = std::hint::black_box(levels(n_nodes, &self.edges));
            self.order.push(begun.elapsed());
            drop(ordered);
            let begun = Instant::now();
            let planned = std::hint::black_box(self.planned(skills)?);
            self.planning.push(begun.elapsed());
            drop(planned);
        }
        Ok(())
    }
}

fn growth(smaller: Option<Duration>, time: Duration) -> String {
    smaller.map_or_else(
        || "–".to_owned(),
        |smaller| format!("× {:.1}", time.as_secs_f64() / smaller.as_secs_f64()),
    )
}

/// Runs to the end, giving each node its result as soon as it is started.
fn drive(plan: Plan, n_nodes: usize) -> Result<()> {
    let mut run = Run::new(plan, &RunOptions::default())?;
    let mut commands = VecDeque::from(run.start());
    let mut n_started = 0;
    while let Some(command) = commands.pop_front() {
        match command {
            Command::Start(start) => {
                n_started += 1;
                let (node, attempt) = (start.node, start.attempt);
                commands.extend(run.handle(Event::Started { node: node.clone(), attempt })?);
                let outputs = BTreeMap::from([("sum".to_owned(), ValueKind::Number)]);
                commands.extend(run.handle(Event::Finished { node, attempt, outputs })?);
            }
            Command::Done { outcome: Outcome::Success } => {
                ensure!(n_started == n_nodes, "{n_started} of {n_nodes} nodes ran");
                return Ok(());
            }
            Command::Done { outcome } => bail!("the run ended with {}", outcome.as_str()),
            _ => {}
        }
    }
    bail!("the run has no end")
}

/// The edges of a made-up graph, as places of nodes. A node has at most two that lead to it.
fn edges(shape: Shape, n_nodes: usize) -> Vec<(usize, usize)> {
    let mut choice = Choice::new(7);
    let mut edges = Vec::new();
    for to in 1..n_nodes {
        match shape {
            Shape::Chain => edges.push((to - 1, to)),
            Shape::Mesh => {
                edges.push((choice.below(to), to));
                if choice.below(2) == 0 {
                    edges.push((choice.below(to), to));
                }
            }
        }
    }
    edges
}

fn workflow(n_nodes: usize, edges: &[(usize, usize)]) -> Result<Workflow> {
    let ids: Vec<Slug> = (0..n_nodes).map(|n| slug(&format!("n{n}"))).collect::<Result<_>>()?;
    let port = |node: usize, port: &str| PortRef { node: ids[node].clone(), port: port.to_owned() };
    let mut last = None;
    let edges = edges.iter().map(|&(from, to)| {
        // The second edge to a node goes into its second input.
        let input = if last == Some(to) { "b" } else { "a" };
        last = Some(to);
        Edge { from: port(from, "sum"), to: port(to, input) }
    });
    let edges = edges.collect();
    let node = |id: &Slug| Node::new(id.clone(), Uses::Skill(ids_skill()));
    Ok(Workflow {
        id: slug("made")?,
        name: "Made".to_owned(),
        description: String::new(),
        tags: Vec::new(),
        version: None,
        author: None,
        nodes: ids.iter().map(node).collect(),
        edges,
        interface: None,
        body: String::new(),
    })
}

fn ids_skill() -> Slug {
    "add".parse().expect("because `add` is an id")
}

/// A skill that adds two numbers.
fn add() -> Executable {
    let port = |name: &str, default: Option<i32>| Port {
        name: name.to_owned(),
        ty: PortType::Number,
        description: String::new(),
        required: default.is_none(),
        default: default.map(Into::into),
    };
    Executable {
        runtime: Runtime::Javascript,
        execution_mode: ExecutionMode::BrowserWasm,
        inputs: vec![port("a", Some(1)), port("b", Some(1))],
        outputs: vec![port("sum", None)],
        estimated_time_ms: None,
        memory_mb: None,
        timeout_ms: None,
        packages: Vec::new(),
        deterministic: true,
        code: "function execute({ a, b }) {\n  return { sum: a + b };\n}\n".to_owned(),
        code_line: 1,
    }
}

fn slug(text: &str) -> Result<Slug> {
    text.parse().map_err(|error| anyhow!("`{text}` is no id: {error}"))
}
