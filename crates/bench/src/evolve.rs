//! Evolution over a volume of many traces: a full pass, a pass without news, and
//! one with a single new trace; and what of it is counting alone.

use std::{
    fs,
    io::{BufWriter, Write},
    path::Path,
    process::{Command, Stdio},
    sync::Arc,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, ensure};
use jiff::{SignedDuration, Timestamp};
use llmos_api::evolution::{EvolveReport, EvolveRequest};
use llmos_core::{
    evolution::{Ledger, run_patterns},
    run::{NodeState, Outcome},
    slug::Slug,
    store::{Author, Change, Edit, Expected, Store},
    trace::{self, NodeTrace, RunTrace, TraceId, TraceValue},
    volume::VolumeId,
    workflow::{Edge, Node, PortRef, Uses, Workflow},
};
use llmos_volumes::{GitStore, LedgerFolder};
use llmos_workbench::{Caller, Ledgers, Workbench, World};
use serde_json::json;

use crate::{
    table::{Table, count, time},
    volume::Choice,
};

/// How many traces there are; `LLMOS_BENCH_EVOLVE` asks for another number.
const N_TRACES: usize = 1_000_000;
/// How many different workflows ran.
const N_WORKFLOWS: usize = 5_000;
/// How many skills they are made of.
const N_SKILLS: usize = 60;

struct Clock;

impl World for Clock {
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }

    fn random(&self) -> u32 {
        4
    }
}

struct Beside(LedgerFolder);

impl Ledgers for Beside {
    fn load(&self, volume: &VolumeId) -> Option<Vec<u8>> {
        self.0.load(volume)
    }

    fn save(&self, volume: &VolumeId, content: &[u8]) {
        // A measurement that cannot keep its ledger shows in the next row.
        drop(self.0.save(volume, content));
    }
}

/// Measures passes and returns a table.
pub(crate) fn run() -> Result<Table> {
    let n = std::env::var("LLMOS_BENCH_EVOLVE").ok().and_then(|n| n.parse().ok());
    let n: usize = n.unwrap_or(N_TRACES);
    let mut table = Table::new(&["what", "traces read", "time", "per trace", "patterns"]);
    let mut row = |what: &str, n_read: usize, took: Duration, n_patterns: usize| {
        let per_trace = u32::try_from(n_read).ok().and_then(|n| took.checked_div(n));
        let per_trace = per_trace.map_or_else(|| "–".to_owned(), time);
        table.row([what.to_owned(), count(n_read), time(took), per_trace, count(n_patterns)]);
    };
    let (counted, n_patterns) = count_alone(n.min(200_000));
    row("counting alone, files in memory", n.min(200_000), counted, n_patterns);

    let folder = tempfile::tempdir_in(".")?;
    let id: VolumeId = "user/bench".parse().context("a plain id")?;
    fill(&GitStore::open(folder.path().to_owned()), &id, n)?;
    let before = peak_mb();
    let (first, took) = pass(folder.path())?;
    ensure!(first.traces_analyzed == n as u64 && first.traces_unreadable == 0, "{first:?}");
    row("full pass over a Git volume, drafts included", n, took, first.patterns_detected);
    let (again, took) = pass(folder.path())?;
    ensure!(again.traces_new == 0 && again.drafts.is_empty(), "the second pass changed something");
    row("second pass, in a new process's stead", 0, took, again.patterns_detected);
    add_one(&GitStore::open(folder.path().to_owned()), &id, n)?;
    let (more, took) = pass(folder.path())?;
    ensure!(more.traces_new == 1, "{} traces were read for one new one", more.traces_new);
    row("pass after one more trace", 1, took, more.patterns_detected);
    let peak = peak_mb();
    table.row([
        format!("most memory of the process: {peak} MB ({before} MB before the passes)"),
        String::new(),
        String::new(),
        String::new(),
        String::new(),
    ]);
    Ok(table)
}

/// One pass by a workbench that knows nothing yet but what was kept on disk.
fn pass(root: &Path) -> Result<(EvolveReport, Duration)> {
    let started = Instant::now();
    let store = GitStore::open(root.to_owned());
    let bench = Workbench::new(Arc::new(store), Arc::new(Clock))
        .with_ledgers(Arc::new(Beside(LedgerFolder::beside(root))));
    let caller = Caller::local("bench".parse().context("a plain id")?, None);
    let report = bench.evolve(&caller, &EvolveRequest::default());
    Ok((report.map_err(|error| anyhow::anyhow!("{error}"))?, started.elapsed()))
}

fn count_alone(n: usize) -> (Duration, usize) {
    let mut took = Duration::ZERO;
    let mut ledger = Ledger::default();
    for chunk in (0..n).collect::<Vec<_>>().chunks(10_000) {
        let files: Vec<String> = chunk.iter().map(|&i| trace::print(&made(i))).collect();
        let started = Instant::now();
        files.iter().for_each(|file| ledger.add(file.as_bytes()));
        took += started.elapsed();
    }
    let started = Instant::now();
    let n_patterns = run_patterns(&ledger, 3).len();
    (took + started.elapsed(), n_patterns)
}

/// A run of one of the made-up workflows. Names of nodes, their order and their values differ from run to run.
fn made(i: usize) -> RunTrace {
    let shape = i * 7919 % N_WORKFLOWS;
    let mut choice = Choice::new(shape as u64 + 1);
    let n_nodes = 3 + choice.below(4);
    let skills: Vec<usize> = (0..n_nodes).map(|_| choice.below(N_SKILLS)).collect();
    let sources: Vec<usize> = (1..n_nodes).map(|to| choice.below(to)).collect();
    let mut choice = Choice::new(i as u64 + 1_000_003);
    let names = choice.below(4);
    let slug = |text: String| -> Slug { text.parse().expect("because it has letters and digits") };
    let node = |at: usize| slug(format!("n{}", at * 5 % 7 + names * 10));
    let nodes: Vec<Node> = (0..n_nodes)
        .map(|at| Node {
            inputs: [
                ("size".to_owned(), json!(100 + choice.below(50))),
                ("title".to_owned(), json!(format!("Title {shape}"))),
            ]
            .into(),
            position: Some((320.0, 90.0)),
            ..Node::new(node(at), Uses::Skill(slug(format!("skill-{}", skills[at]))))
        })
        .collect();
    let end = |at: usize, port: &str| PortRef { node: node(at), port: port.to_owned() };
    let edges = sources.iter().enumerate();
    let edges = edges.map(|(i, &from)| Edge { from: end(from, "out"), to: end(i + 1, "in") });
    let outcome = if choice.below(20) == 0 { Outcome::Error } else { Outcome::Success };
    let start: Timestamp = "2025-01-01T00:00:00Z".parse().expect("because it is a time");
    let at = start
        .checked_add(SignedDuration::from_secs(i64::try_from(i).unwrap_or(0) * 30))
        .expect("because a year has room for it");
    let traced = nodes.iter().map(|node| NodeTrace {
        node: node.id.clone(),
        skill: node.uses.id().clone(),
        skill_version: None,
        state: if outcome == Outcome::Error { NodeState::Error } else { NodeState::Success },
        key: Some("5f70bf18a086007016e948b04aed3b82103a36bea41755b6cddfaf10ace3c6ef".to_owned()),
        attempts: 1,
        started_ms: Some(0.5),
        duration_ms: Some(12.25),
        error: None,
        inputs: node
            .inputs
            .iter()
            .map(|(k, v)| (k.clone(), TraceValue::Inline(v.clone())))
            .collect(),
        outputs: [("out".to_owned(), TraceValue::Inline(json!([1, 2, 3, i])))].into(),
        logs: Vec::new(),
    });
    RunTrace {
        id: TraceId::new(at, u32::try_from(i).unwrap_or(0)),
        user: slug("bench".to_owned()),
        nodes: traced.collect(),
        workflow_volume: None,
        workflow_version: None,
        outcome,
        started_at: at,
        finished_at: at,
        workflow: Workflow {
            id: slug(format!("flow-{shape}")),
            name: format!("Flow {shape}"),
            description: String::new(),
            tags: Vec::new(),
            version: None,
            author: None,
            edges: edges.collect(),
            interface: None,
            body: String::new(),
            nodes,
        },
    }
}

/// Imports traces, a thousand to a commit, with plain Git.
fn fill(store: &GitStore, id: &VolumeId, n: usize) -> Result<()> {
    for n in 0..N_SKILLS {
        let path = format!("skills/skill-{n}.md").parse().context("a plain path")?;
        store.commit(id, change(path, skill(n).into_bytes()))?;
    }
    store.settle();
    let mut child = Command::new("git")
        .args(["fast-import", "--quiet", "--depth=8"])
        .current_dir(store.folder(id))
        .stdin(Stdio::piped())
        .spawn()?;
    let mut out = BufWriter::new(child.stdin.take().context("it has an input")?);
    for i in 0..n {
        if i % 1_000 == 0 {
            writeln!(
                out,
                "commit refs/heads/main\ncommitter a <a@b> 1700000000 +0000\ndata 4\nruns"
            )?;
            if i == 0 {
                writeln!(out, "from refs/heads/main^0")?;
            }
        }
        let run = made(i);
        let text = trace::print(&run);
        writeln!(out, "M 644 inline {}\ndata {}\n{text}", run.id.path(), text.len())?;
    }
    drop(out.into_inner().map_err(|err| err.into_error())?);
    ensure!(child.wait()?.success(), "`git fast-import` failed");
    Ok(())
}

/// A skill that fits anywhere.
fn skill(n: usize) -> String {
    format!(
        "---\nskill_id: skill-{n}\nname: Skill {n}\ndescription: Made up\ntype: javascript\ninputs:\n  \
         - {{name: in, type: any, required: false}}\n  - {{name: size, type: integer, default: 1}}\n  \
         - {{name: title, type: string, default: x}}\noutputs:\n  - {{name: out, type: array}}\n---\n\n\
         ```javascript\nfunction execute(inputs) {{\n  return {{ out: [inputs.size] }};\n}}\n```\n"
    )
}

fn add_one(store: &GitStore, id: &VolumeId, i: usize) -> Result<()> {
    let run = made(i);
    store.commit(id, change(run.id.path(), trace::print(&run).into_bytes()))?;
    store.settle();
    Ok(())
}

fn change(path: llmos_core::volume::VolumePath, content: Vec<u8>) -> Change {
    Change {
        edits: vec![Edit { path, expected: Expected::Anything, content: Some(content) }],
        author: Author { name: "Bench".to_owned(), email: "bench@localhost".to_owned() },
        time: Timestamp::UNIX_EPOCH,
        message: "traces: keep".to_owned(),
    }
}

/// The most memory that the process had at any time.
fn peak_mb() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kb = line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok());
    kb.unwrap_or_default() / 1024
}
