//! `llmos evolve`, killed without warning in the middle of a pass: the next pass makes up for it.
//!
//! `LLMOS_KILL_ROUNDS=200 cargo test -p llmos-cli --test evolve` kills more often than the tests do by themselves.
#![cfg(unix)]

use std::{
    collections::BTreeSet,
    fs,
    path::Path,
    process::{Command, Output, Stdio},
};

use jiff::{SignedDuration, Timestamp};
use llmos_core::{
    run::{NodeState, Outcome},
    slug::Slug,
    store::{Author, Change, Edit, Expected, Store},
    trace::{self, NodeTrace, RunTrace, TraceId, TraceValue},
    volume::VolumeId,
    workflow::{Edge, Node, PortRef, Uses, Workflow},
};
use llmos_volumes::GitStore;
use serde_json::{Value, json};
use tempfile::TempDir;

/// How often the test kills.
const ROUNDS: &str = "LLMOS_KILL_ROUNDS";
/// How many traces there are of each workflow.
const N_RUNS: u32 = 200;
/// How many different workflows ran; each becomes a skill.
const N_WORKFLOWS: u32 = 3;

fn ana() -> VolumeId {
    "user/ana".parse().expect("it is a volume")
}

fn slug(text: &str) -> Slug {
    text.parse().expect("it is a slug")
}

fn skill(id: &str) -> String {
    format!(
        "---\nskill_id: {id}\nname: {id}\ndescription: Made up\ntype: javascript\ninputs:\n  \
         - {{name: in, type: any, required: false}}\n  - {{name: size, type: integer, default: 1}}\noutputs:\n  \
         - {{name: out, type: array}}\n---\n\n```javascript\nfunction execute({{ size }}) {{\n  return {{ out: [size] }};\n}}\n```\n"
    )
}

/// A run of `a > b`, of `b > c`, or of `c > d`.
fn run(n: u32) -> RunTrace {
    let shape = n % N_WORKFLOWS;
    let skills = ["a", "b", "c", "d"];
    let used = [skills[shape as usize], skills[shape as usize + 1]];
    let nodes: Vec<Node> = used
        .iter()
        .map(|skill| Node {
            inputs: [("size".to_owned(), json!(100 + n % 7))].into(),
            ..Node::new(slug(&format!("node-{skill}")), Uses::Skill(slug(skill)))
        })
        .collect();
    let end = |at: usize, port: &str| PortRef { node: nodes[at].id.clone(), port: port.to_owned() };
    let edges = vec![Edge { from: end(0, "out"), to: end(1, "in") }];
    let start: Timestamp = "2026-11-01T00:00:00Z".parse().expect("it is a time");
    let at = start.checked_add(SignedDuration::from_secs(i64::from(n) * 60)).expect("it is a time");
    let traced = |node: &Node| NodeTrace {
        node: node.id.clone(),
        skill: node.uses.id().clone(),
        skill_version: None,
        state: NodeState::Success,
        key: None,
        attempts: 1,
        started_ms: Some(0.0),
        duration_ms: Some(1.0),
        error: None,
        inputs: node
            .inputs
            .iter()
            .map(|(name, value)| (name.clone(), TraceValue::Inline(value.clone())))
            .collect(),
        outputs: [("out".to_owned(), TraceValue::Inline(json!([n])))].into(),
        logs: Vec::new(),
    };
    RunTrace {
        id: TraceId::new(at, n),
        user: slug("ana"),
        nodes: nodes.iter().map(traced).collect(),
        workflow_volume: None,
        workflow_version: None,
        outcome: Outcome::Success,
        started_at: at,
        finished_at: at,
        workflow: Workflow {
            id: slug(&format!("flow-{shape}")),
            name: format!("Flow {shape}"),
            description: String::new(),
            tags: Vec::new(),
            version: None,
            author: None,
            edges,
            interface: None,
            body: String::new(),
            nodes,
        },
    }
}

/// Keeps four skills and the traces of many runs in the volume of a user.
fn fill(root: &Path) {
    let add = |path: String, content: String| Edit {
        path: path.parse().expect("it is a path"),
        expected: Expected::Absent,
        content: Some(content.into_bytes()),
    };
    let skills = ["a", "b", "c", "d"].map(|id| add(format!("skills/{id}.md"), skill(id)));
    let runs = (0..N_RUNS * N_WORKFLOWS).map(run);
    let traces = runs.map(|run| add(run.id.path().to_string(), trace::print(&run)));
    let store = GitStore::open(root.to_owned());
    let change = Change {
        edits: skills.into_iter().chain(traces).collect(),
        author: Author { name: "ana".to_owned(), email: "ana@example.org".to_owned() },
        time: "2026-11-20T00:00:00Z".parse().expect("it is a time"),
        message: "traces: keep".to_owned(),
    };
    store.commit(&ana(), change).expect("it is kept");
    store.settle();
}

fn evolve(root: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_llmos"));
    command.args(["evolve", "--apply", "--json", "--user", "ana", "--volumes"]).arg(root);
    for name in ["LLMOS_USER", "LLMOS_VOLUMES_PATH", "LLMOS_MIN_PATTERN_COUNT", "RUST_LOG"] {
        command.env_remove(name);
    }
    command
}

#[track_caller]
fn pass(root: &Path) -> Value {
    let Output { status, stdout, stderr } = evolve(root).output().expect("it runs");
    assert!(status.success(), "{}", String::from_utf8_lossy(&stderr));
    serde_json::from_slice(&stdout).expect("it prints JSON")
}

fn git(root: &Path, args: &[&str]) -> String {
    let folder = GitStore::open(root.to_owned()).folder(&ana());
    let output = Command::new("git").args(args).current_dir(folder).output().expect("Git runs");
    String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned()
}

/// The drafts and the skills that were made of them, as plain Git sees them.
fn learned(root: &Path) -> BTreeSet<String> {
    GitStore::open(root.to_owned()).settle();
    let files = git(root, &["ls-tree", "-r", "--name-only", "HEAD", "memory/drafts", "workflows"]);
    files.lines().map(str::to_owned).collect()
}

/// How many files a folder holds, and how many bytes: it changes with whatever is written.
fn state(folder: &Path) -> (u64, u64) {
    let Ok(entries) = fs::read_dir(folder) else { return (0, 0) };
    let mut all = (0, 0);
    for entry in entries.flatten() {
        let Ok(meta) = entry.metadata() else { continue };
        let (n, size) = if meta.is_dir() { state(&entry.path()) } else { (0, meta.len()) };
        all = (all.0 + n + 1, all.1 + size);
    }
    all
}

/// Starts a pass and kills it once the folder has changed so often. Says whether it was still running.
fn killed_after(root: &Path, n_changes: usize) -> bool {
    let mut child =
        evolve(root).stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("it starts");
    let (mut before, mut n) = (state(root), 0);
    while n < n_changes && child.try_wait().expect("it can be asked").is_none() {
        let now = state(root);
        n += usize::from(now != before);
        before = now;
    }
    let runs = child.try_wait().expect("it can be asked").is_none();
    child.kill().expect("it can be killed");
    child.wait().expect("it ends");
    runs
}

fn copy(from: &TempDir) -> TempDir {
    let to = tempfile::tempdir().expect("there is room");
    let source = from.path().join(".");
    let done = Command::new("cp").arg("-a").arg(source).arg(to.path()).status();
    assert!(done.expect("it runs").success());
    to
}

#[test]
fn a_pass_that_is_killed_at_any_moment_is_made_up_for_and_doubles_nothing() {
    let rounds = std::env::var(ROUNDS).ok().and_then(|n| n.parse().ok()).unwrap_or(4);
    let filled = tempfile::tempdir().expect("there is room");
    fill(filled.path());
    let undisturbed = copy(&filled);
    let report = pass(undisturbed.path());
    assert_eq!(report["skills_created"], N_WORKFLOWS, "{report}");
    let want = learned(undisturbed.path());
    assert_eq!(want.len(), 2 * N_WORKFLOWS as usize, "a draft and a skill each: {want:?}");
    let mut n_killed = 0;
    for round in 0..rounds {
        let home = copy(&filled);
        n_killed += usize::from(killed_after(home.path(), round * 5 % 24));
        pass(home.path());
        assert_eq!(learned(home.path()), want, "round {round}");
        let again = pass(home.path());
        let news = ["traces_new", "skills_created"].map(|key| again[key].clone());
        assert_eq!(
            (news, again["drafts"].as_array().map(Vec::len)),
            ([json!(0), json!(0)], Some(0))
        );
        assert_eq!(git(home.path(), &["fsck", "--full", "--strict", "--no-dangling"]), "");
        assert_eq!(git(home.path(), &["status", "--porcelain"]), "");
    }
    assert!(n_killed > 0, "every pass ended before it could be killed");
}
