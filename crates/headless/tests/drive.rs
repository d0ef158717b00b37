//! A run is driven to its end whatever its host does.

use std::collections::VecDeque;

use llmos_api::{
    run::{Command, RunOptions},
    skill::{ExecutableSkill, Skills},
    trace::LogLine,
    workflow::{RunPayload, WorkflowDoc},
};
use llmos_core::{
    run::{NodeState, Outcome, Plan, Run},
    slug::Slug,
};
use llmos_headless::{
    Driven, HostError, LoadProgress, Notice, Request, RunHost, Signal, Watch, drive, report,
};
use serde_json::{Value, json};

/// A host that answers each request by a rule.
struct FakeHost<R> {
    rule: R,
    waiting: VecDeque<Signal>,
}

impl<R: FnMut(&Value) -> Vec<Value>> RunHost for FakeHost<R> {
    fn send(&mut self, request: &Request<'_>) -> Result<(), HostError> {
        let request = serde_json::to_value(request).expect("it is plain data");
        for notice in (self.rule)(&request) {
            let signal = match notice.as_str() {
                Some("cancel") => Signal::Cancel,
                Some("ended") => Signal::Ended,
                _ => {
                    let notice: Notice = serde_json::from_value(notice).expect("it is a notice");
                    Signal::Notice(Box::new(notice))
                }
            };
            self.waiting.push_back(signal);
        }
        Ok(())
    }

    fn next(&mut self) -> Result<Signal, HostError> {
        Ok(self.waiting.pop_front().expect("the run waits for nothing that never comes"))
    }
}

#[derive(Default)]
struct Seen(Vec<String>);

impl Watch for Seen {
    fn state(&mut self, node: &Slug, state: NodeState) {
        self.0.push(format!("{node} {}", state.as_str()));
    }
    fn line(&mut self, node: &str, line: &LogLine) {
        self.0.push(format!("{node}| {}", line.text));
    }
    fn progress(&mut self, progress: &LoadProgress) {
        self.0.push(format!("{} {}", progress.runtime, progress.stage));
    }
}

/// Two nodes, the second fed by the first.
fn payload() -> RunPayload {
    let workflow: WorkflowDoc = serde_json::from_value(json!({
        "workflow_id": "two", "name": "Two",
        "nodes": [{"id": "a", "skill_id": "s", "inputs": {"x": 1}}, {"id": "b", "skill_id": "s"}],
        "edges": [{"from": {"node": "a", "port": "y"}, "to": {"node": "b", "port": "x"}}],
    }))
    .expect("it is a workflow");
    let skill: ExecutableSkill = serde_json::from_value(json!({
        "skill_id": "s", "type": "javascript", "execution_mode": "browser-wasm", "version": "v1",
        "inputs": [{"name": "x", "type": "number"}], "outputs": [{"name": "y", "type": "number"}],
        "code": "function execute() {}",
    }))
    .expect("it is a skill");
    serde_json::from_value(json!({"workflow": workflow, "skills": {"s": skill}}))
        .expect("it is a payload")
}

fn run(payload: &RunPayload) -> Run {
    let workflow = payload.workflow.to_workflow().expect("it is sound");
    let versions = RunOptions::default().versions();
    let plan = Plan::new(&workflow, &Skills::from(&payload.skills), &versions).expect("it can run");
    Run::new(plan, &llmos_core::run::RunOptions::default()).expect("it can run")
}

fn drive_with(
    rule: impl FnMut(&Value) -> Vec<Value>,
) -> (Result<Driven, HostError>, Vec<String>, Run) {
    let (mut run, mut seen) = (run(&payload()), Seen::default());
    let mut host = FakeHost { rule, waiting: VecDeque::new() };
    let driven = drive(&mut run, &mut host, &mut seen);
    (driven, seen.0, run)
}

fn event(event: Value) -> Value {
    json!({"t": "event", "event": event, "duration_ms": 2.0})
}

/// What a host does that runs every node well.
fn well(request: &Value) -> Vec<Value> {
    let node = request["command"]["node"].clone();
    match request["t"].as_str() {
        Some("start") => vec![
            event(json!({"type": "started", "node": node, "attempt": 1})),
            json!({"t": "log", "node": node, "lines": [{"stream": "stdout", "text": "hi"}]}),
            event(
                json!({"type": "finished", "node": node, "attempt": 1, "outputs": {"y": "number"}}),
            ),
        ],
        Some("report") => vec![json!({"t": "report", "nodes": {
            "a": {"inputs": {"x": 1}, "outputs": {"y": 2.5}}, "b": {"inputs": {}, "outputs": {"y": 3.5}},
        }})],
        _ => Vec::new(),
    }
}

#[test]
fn nodes_run_in_order_and_the_report_holds_what_they_gave() {
    let payload = payload();
    let (mut run, mut seen) = (run(&payload), Seen::default());
    let mut host = FakeHost { rule: well, waiting: VecDeque::new() };
    let driven = drive(&mut run, &mut host, &mut seen).expect("it ends");
    assert_eq!(driven.outcome, Outcome::Success);
    let finished: Vec<&str> =
        seen.0.iter().map(String::as_str).filter(|line| line.ends_with("success")).collect();
    assert_eq!(finished, ["a success", "b success"]);
    let report = report(&run, &driven, &payload, &mut host).expect("it answers");
    let b = report.nodes.iter().find(|node| node.node == "b").expect("it ran");
    assert_eq!((&b.outputs["y"], b.duration_ms), (&json!(3.5), Some(2.0)));
    assert_eq!(b.skill_version.as_deref(), Some("v1"));
    assert_eq!(b.logs.iter().map(|line| line.text.as_str()).collect::<Vec<_>>(), ["hi"]);
}

#[test]
fn what_depends_on_a_failure_is_skipped() {
    let (driven, seen, _) = drive_with(|request| {
        let node = request["command"]["node"].clone();
        vec![event(
            json!({"type": "failed", "node": node, "attempt": 1, "kind": "exception", "message": "no"}),
        )]
    });
    assert_eq!(driven.expect("it ends").outcome, Outcome::Error);
    assert!(seen.contains(&"b skipped".to_owned()), "{seen:?}");
}

#[test]
fn a_cancelled_run_stops_what_runs() {
    let mut stopped = Vec::new();
    let (driven, _, run) = drive_with(|request| match request["t"].as_str() {
        Some("start") => vec![json!("cancel")],
        Some("stop") => {
            stopped.push(request["node"].clone());
            Vec::new()
        }
        _ => Vec::new(),
    });
    assert_eq!(driven.expect("it ends").outcome, Outcome::Cancelled);
    assert_eq!(run.outcome(), Some(Outcome::Cancelled));
    assert_eq!(stopped, [json!("a")]);
}

#[test]
fn a_host_that_ends_or_tells_nonsense_is_an_error() {
    let (ended, ..) = drive_with(|_| vec![json!("ended")]);
    assert!(matches!(ended, Err(HostError::Ended { .. })));
    let (odd, ..) = drive_with(|_| {
        vec![event(json!({"type": "finished", "node": "nobody", "attempt": 1, "outputs": {}}))]
    });
    let Err(HostError::Refused { reason }) = odd else { panic!("{odd:?}") };
    assert!(reason.contains("nobody"), "{reason}");
}

#[test]
fn start_commands_go_out_as_the_page_knows_them() {
    let mut first = Value::Null;
    let _ = drive_with(|request| {
        if first.is_null() {
            first = request.clone();
        }
        vec![json!("ended")]
    });
    let started = run(&payload()).start().into_iter();
    let start = started
        .filter(|command| matches!(command, llmos_core::run::Command::Start(_)))
        .map(Command::from)
        .next()
        .expect("a node starts");
    assert_eq!(first["command"], serde_json::to_value(start).expect("it is plain data"));
    assert_eq!(first["command"]["literals"], json!({"x": 1}));
}
