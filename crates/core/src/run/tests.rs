use std::collections::BTreeMap;

use serde_json::json;

use super::*;
use crate::workflow::tests::{skills, workflow};

fn slug(text: &str) -> Slug {
    text.parse().expect("a slug")
}

fn plan() -> Plan {
    Plan::new(&workflow(), &skills(), &RuntimeVersions::new()).expect("a good workflow")
}

fn run() -> Run {
    Run::new(plan(), &RunOptions::default()).expect("a run")
}

fn finished(node: &str, attempt: u32, outputs: &[(&str, ValueKind)]) -> Event {
    let outputs = outputs.iter().map(|(port, kind)| ((*port).to_owned(), *kind)).collect();
    Event::Finished { node: slug(node), attempt, outputs }
}

fn failed(node: &str, attempt: u32, retryable: bool) -> Event {
    let error =
        NodeError { kind: ErrorKind::Exception, message: "ValueError: no".into(), hint: None };
    Event::Failed { node: slug(node), attempt, error, retryable }
}

/// Writes commands short enough to compare.
fn show(commands: &[Command]) -> Vec<String> {
    let show = |command: &Command| match command {
        Command::Start(start) => format!("start {} {}", start.node, start.attempt),
        Command::Reuse { node, .. } => format!("reuse {node}"),
        Command::Stop { node, attempt } => format!("stop {node} {attempt}"),
        Command::State { node, state, error: None } => format!("{node} {}", state.as_str()),
        Command::State { node, state, error: Some(error) } => {
            format!("{node} {}: {}: {}", state.as_str(), error.kind.as_str(), error.message)
        }
        Command::Done { outcome } => format!("done {}", outcome.as_str()),
    };
    commands.iter().map(show).collect()
}

#[track_caller]
fn step(run: &mut Run, event: Event, want: &[&str]) {
    let got = run.handle(event).expect("a known node");
    assert_eq!(show(&got), want);
}

#[test]
fn a_start_says_all_that_a_host_needs() {
    let mut run = run();
    let commands = run.start();
    assert_eq!(show(&commands), ["source queued", "start source 1"]);
    let Some(Command::Start(start)) = commands.last() else { panic!("no start") };
    assert_eq!(start.runtime, Runtime::PythonWasm);
    assert_eq!(
        start.literals,
        BTreeMap::from([("count".to_owned(), json!(3)), ("start".to_owned(), json!(0.5))])
    );
    assert!(start.links.is_empty() && start.key.is_some());
    assert_eq!((start.timeout_ms, start.memory_mb, start.delay_ms), (Some(700), Some(64), 0));
    let next = run.handle(finished("source", 1, &[("values", ValueKind::Array)])).expect("known");
    let Some(Command::Start(start)) = next.last() else { panic!("no start") };
    assert_eq!(start.links["values"].to_string(), "source.values");
}

#[test]
fn a_chain_runs_to_its_end() {
    let mut run = run();
    run.start();
    step(&mut run, Event::Started { node: slug("source"), attempt: 1 }, &["source running"]);
    step(
        &mut run,
        finished("source", 1, &[("values", ValueKind::Array)]),
        &["source success", "sum queued", "start sum 1"],
    );
    step(
        &mut run,
        finished("sum", 1, &[("total", ValueKind::Integer)]),
        &["sum success", "done success"],
    );
    assert_eq!(run.outcome(), Some(Outcome::Success));
}

#[test]
fn outputs_must_be_what_the_skill_declares() {
    let cases: [(&[(&str, ValueKind)], &str); 4] = [
        (&[], "`values` is missing"),
        (&[("values", ValueKind::Null)], "`values` is `null`, not `array`"),
        (&[("values", ValueKind::Table)], "`values` is `table`, not `array`"),
        (&[("value", ValueKind::Array)], "`values` is missing"),
    ];
    for (outputs, want) in cases {
        let mut run = run();
        run.start();
        let message =
            format!("source error: output: the outputs are not what the skill declares: {want}");
        let skipped = "sum skipped: upstream: not run because `source` failed";
        step(&mut run, finished("source", 1, outputs), &[&message, skipped, "done error"]);
    }
}

#[test]
fn a_failure_is_tried_again_later_and_later() {
    let mut flow = workflow();
    flow.nodes[0].retries = 2;
    let plan = Plan::new(&flow, &skills(), &RuntimeVersions::new()).expect("a good workflow");
    let mut run = Run::new(plan, &RunOptions::default()).expect("a run");
    run.start();
    let mut delays = Vec::new();
    for attempt in [1, 2] {
        let commands = run.handle(failed("source", attempt, true)).expect("known");
        let Some(Command::Start(start)) = commands.last() else { panic!("no start") };
        delays.push((start.attempt, start.delay_ms));
    }
    assert_eq!(delays, [(2, 250), (3, 500)]);
    step(&mut run, finished("source", 1, &[("values", ValueKind::Array)]), &[]);
    step(
        &mut run,
        failed("source", 3, true),
        &[
            "source error: exception: ValueError: no",
            "sum skipped: upstream: not run because `source` failed",
            "done error",
        ],
    );
    let attempts: Vec<_> = run.report().map(|node| node.attempts).collect();
    assert_eq!(attempts, [3, 0]);
}

#[test]
fn what_cannot_pass_is_not_tried_again() {
    let mut flow = workflow();
    flow.nodes[0].retries = 2;
    let plan = Plan::new(&flow, &skills(), &RuntimeVersions::new()).expect("a good workflow");
    let mut run = Run::new(plan, &RunOptions::default()).expect("a run");
    run.start();
    let got = run.handle(failed("source", 1, false)).expect("known");
    assert_eq!(show(&got).last().map(String::as_str), Some("done error"));
}

#[test]
fn a_node_over_its_time_is_stopped_and_says_so() {
    let mut run = run();
    run.start();
    step(
        &mut run,
        Event::TimedOut { node: slug("source"), attempt: 1 },
        &[
            "stop source 1",
            "source error: timeout: stopped after 700 ms, the time it may take",
            "sum skipped: upstream: not run because `source` failed",
            "done error",
        ],
    );
}

#[test]
fn odd_events_are_errors_and_old_ones_nothing() {
    let mut run = run();
    assert_eq!(run.handle(Event::Cancel), Err(RunError::NotStarted));
    run.start();
    assert_eq!(run.start(), []);
    let unknown = finished("nobody", 1, &[]);
    assert_eq!(run.handle(unknown), Err(RunError::UnknownNode { node: slug("nobody") }));
    let early = finished("source", 2, &[]);
    assert_eq!(
        run.handle(early),
        Err(RunError::UnknownAttempt { node: slug("source"), attempt: 2 })
    );
    step(&mut run, finished("source", 0, &[]), &[]);
    step(&mut run, Event::CacheMissed { node: slug("source") }, &[]);
}

#[test]
fn an_optional_output_that_is_left_out_is_an_absent_input() {
    let mut skills = skills();
    skills.get_mut(&slug("counter")).expect("there").outputs[0].required = false;
    let sum = slug("sum-up");
    skills.get_mut(&sum).expect("there").inputs[0].required = false;
    let mut run = Run::new(
        Plan::new(&workflow(), &skills, &RuntimeVersions::new()).expect("good"),
        &RunOptions::default(),
    )
    .expect("a run");
    run.start();
    let commands = run.handle(finished("source", 1, &[])).expect("known");
    let Some(Command::Start(start)) = commands.last() else { panic!("no start") };
    assert!(start.links.is_empty() && !start.literals.contains_key("values"));

    skills.get_mut(&sum).expect("there").inputs[0].required = true;
    let plan = Plan::new(&workflow(), &skills, &RuntimeVersions::new()).expect("good");
    let mut run = Run::new(plan, &RunOptions::default()).expect("a run");
    run.start();
    step(
        &mut run,
        finished("source", 1, &[]),
        &[
            "source success",
            "sum error: input: `values` needs a value, but `source.values` gave none",
            "done error",
        ],
    );
}

#[test]
fn kept_results_are_taken_at_once_and_made_again_when_gone() {
    let options = RunOptions { cached: [slug("source"), slug("sum")].into(), targets: None };
    let mut run = Run::new(plan(), &options).expect("a run");
    let want = ["reuse source", "source cached", "reuse sum", "sum cached", "done success"];
    assert_eq!(show(&run.start()), want);
    step(
        &mut run,
        Event::CacheMissed { node: slug("sum") },
        &["sum idle", "sum queued", "start sum 1"],
    );
    step(
        &mut run,
        Event::CacheMissed { node: slug("source") },
        &["source idle", "stop sum 1", "sum idle", "source queued", "start source 1"],
    );
    step(
        &mut run,
        finished("source", 1, &[("values", ValueKind::Array)]),
        &["source success", "sum queued", "start sum 2"],
    );
}

#[test]
fn what_differs_from_run_to_run_is_never_reused() {
    let mut skills = skills();
    skills.get_mut(&slug("counter")).expect("there").deterministic = false;
    let plan = Plan::new(&workflow(), &skills, &RuntimeVersions::new()).expect("good");
    assert!(plan.keys().all(|(_, key)| key.is_none()));
    let options = RunOptions { cached: [slug("source"), slug("sum")].into(), targets: None };
    let mut run = Run::new(plan, &options).expect("a run");
    assert_eq!(show(&run.start()), ["source queued", "start source 1"]);
}

#[test]
fn a_target_runs_with_what_it_needs_and_nothing_else() {
    let options = RunOptions { targets: Some(vec![slug("source")]), ..RunOptions::default() };
    let mut run = Run::new(plan(), &options).expect("a run");
    run.start();
    step(
        &mut run,
        finished("source", 1, &[("values", ValueKind::Array)]),
        &["source success", "done success"],
    );
    assert_eq!(
        run.report().map(|node| node.state).collect::<Vec<_>>(),
        [NodeState::Success, NodeState::Idle]
    );
    let options = RunOptions { targets: Some(vec![slug("nobody")]), ..RunOptions::default() };
    assert!(matches!(Run::new(plan(), &options), Err(RunError::UnknownNode { .. })));
}

#[test]
fn a_long_chain_is_planned_and_run_without_a_stack() {
    const N: usize = 20_000;
    let mut flow = workflow();
    let template = flow.nodes[1].clone();
    flow.nodes = (0..N)
        .map(|i| crate::workflow::Node { id: slug(&format!("n{i}")), ..template.clone() })
        .collect();
    flow.nodes[0].inputs.insert("values".into(), json!([1]));
    flow.edges = (1..N)
        .map(|i| crate::workflow::Edge {
            from: PortRef { node: slug(&format!("n{}", i - 1)), port: "all".into() },
            to: PortRef { node: slug(&format!("n{i}")), port: "values".into() },
        })
        .collect();
    let plan = Plan::new(&flow, &skills(), &RuntimeVersions::new()).expect("good");
    assert_eq!(plan.levels().len(), N);
    let cached = flow.nodes.iter().map(|node| node.id.clone()).collect();
    let mut run = Run::new(plan.clone(), &RunOptions { cached, targets: None }).expect("a run");
    assert_eq!(run.start().len(), 2 * N + 1);
    let mut run = Run::new(plan, &RunOptions::default()).expect("a run");
    run.start();
    assert_eq!(run.handle(failed("n0", 1, true)).expect("known").len(), N + 1);
}
