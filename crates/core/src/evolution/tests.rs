//! Traces made by hand go through the whole of learning.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::{Value, json};

use super::*;
use crate::{
    run::{ErrorKind, NodeError, NodeState, Outcome},
    slug::Slug,
    trace::{self, NodeTrace, RunTrace, TraceId, TraceValue},
    workflow::{
        Edge, Node, Uses, Workflow,
        tests::{node, skills, slug, workflow},
    },
};

/// A run of the workflow that counts and adds, under its own names for the nodes.
pub(crate) struct Made {
    pub(crate) at: i64,
    pub(crate) user: &'static str,
    pub(crate) names: [&'static str; 2],
    pub(crate) count: Value,
    pub(crate) outcome: Outcome,
}

pub(crate) fn made(at: i64, count: Value) -> Made {
    Made { at, user: "ana", names: ["source", "sum"], count, outcome: Outcome::Success }
}

pub(crate) fn id(at: i64) -> TraceId {
    TraceId::new(time(at), u32::try_from(at).expect("it is small"))
}

fn time(at: i64) -> Timestamp {
    Timestamp::from_second(1_790_000_000 + at * 60).expect("a time")
}

impl Made {
    pub(crate) fn workflow(&self) -> Workflow {
        let [source, sum] = self.names;
        let rename = |id: &Slug| if id.as_str() == "source" { slug(source) } else { slug(sum) };
        let mut made = workflow();
        made.nodes = vec![
            node(source, "counter", json!({"count": self.count})),
            node(sum, "sum-up", json!({"label": "all"})),
        ];
        for Edge { from, to } in &mut made.edges {
            (from.node, to.node) = (rename(&from.node), rename(&to.node));
        }
        made
    }

    pub(crate) fn trace(&self) -> RunTrace {
        let workflow = self.workflow();
        let state = |i: usize| match (self.outcome, i) {
            (Outcome::Error, 1) => NodeState::Error,
            _ => NodeState::Success,
        };
        let nodes = workflow.nodes.iter().enumerate().map(|(i, node)| {
            let mut inputs = node.inputs.clone();
            if i == 0 {
                inputs.insert("start".into(), json!(0.5));
            }
            let outputs = [("values", json!([1])), ("total", json!(1))];
            NodeTrace {
                node: node.id.clone(),
                skill: node.uses.id().clone(),
                skill_version: None,
                state: state(i),
                key: None,
                attempts: 1,
                started_ms: None,
                duration_ms: None,
                error: (state(i) == NodeState::Error).then(|| NodeError {
                    kind: ErrorKind::Exception,
                    message: "ValueError: too many\n  at line 3".into(),
                    hint: None,
                }),
                inputs: inputs.into_iter().map(|(k, v)| (k, TraceValue::Inline(v))).collect(),
                outputs: [outputs[i].clone()]
                    .map(|(k, v)| (k.to_owned(), TraceValue::Inline(v)))
                    .into(),
                logs: Vec::new(),
            }
        });
        RunTrace {
            id: id(self.at),
            user: slug(self.user),
            nodes: nodes.collect(),
            workflow_volume: None,
            workflow_version: None,
            outcome: self.outcome,
            started_at: time(self.at),
            finished_at: time(self.at),
            workflow,
        }
    }
}

pub(crate) fn ledger(made: &[Made]) -> Ledger {
    let mut ledger = Ledger::default();
    made.iter().for_each(|made| ledger.add(trace::print(&made.trace()).as_bytes()));
    ledger
}

/// The example of the first source: five runs, each with its own number, under changing names.
pub(crate) fn five() -> Vec<Made> {
    let names = [["source", "sum"], ["a", "b"], ["z", "y"], ["sum", "source"], ["n1", "n2"]];
    let runs = (1..).zip([100, 150, 120, 130, 110]).zip(names);
    runs.map(|((at, count), names)| Made { names, ..made(at, json!(count)) }).collect()
}

fn name(id: &Slug) -> Option<String> {
    Some(match id.as_str() {
        "counter" => "VQE".to_owned(),
        "sum-up" => "plot".to_owned(),
        _ => return None,
    })
}

fn made_compound(ledger: &Ledger) -> (RunPattern, Compound) {
    let patterns = run_patterns(ledger, 3);
    assert_eq!(patterns.len(), 1, "{patterns:?}");
    let skills = skills();
    let library = Library { skills: &skills, name: &name };
    let compound = compound(&patterns[0], library, None).expect("its skills are there");
    (patterns.into_iter().next().expect("there is one"), compound)
}

#[test]
fn five_runs_give_one_compound_skill_with_the_mean_as_default() {
    let ledger = ledger(&five());
    let (pattern, compound) = made_compound(&ledger);
    assert_eq!((pattern.count, pattern.n_success, pattern.is_whole), (5, 5, true));
    let workflow = &compound.workflow;
    assert_eq!((workflow.name.as_str(), workflow.id.as_str()), ("VQE > plot", "vqe-plot"));
    let signature = crate::workflow::signature(workflow, &skills());
    let inputs: Vec<_> =
        signature.inputs.iter().map(|port| (port.name.as_str(), port.default.clone())).collect();
    assert_eq!(inputs, [("count", Some(json!(122)))]);
    let outputs: Vec<_> = signature.outputs.iter().map(|port| port.name.as_str()).collect();
    assert_eq!(outputs, ["total", "all"]);
    let text = crate::workflow::print(workflow);
    let check = crate::workflow::parse("workflows/vqe-plot.md", text.as_bytes());
    assert_eq!(check.diagnostics, []);
    assert_eq!(check.workflow.as_ref(), Some(workflow));
    assert!(crate::workflow::validate(workflow, &skills()).is_empty());
}

#[test]
fn a_constant_is_written_inside_and_a_default_of_the_skill_is_left_to_it() {
    let (_, compound) = made_compound(&ledger(&five()));
    let written: Vec<_> = compound.workflow.nodes.iter().map(|node| node.inputs.clone()).collect();
    let want = [json!({"count": 122}), json!({"label": "all"})];
    let want = want.map(|value| value.as_object().expect("it is one").clone());
    assert_eq!(written, want.map(|map| map.into_iter().collect::<BTreeMap<_, _>>()));
}

#[test]
fn every_run_proves_the_compound_skill_and_another_one_does_not() {
    let runs = five();
    let (pattern, compound) = made_compound(&ledger(&runs));
    for run in &runs {
        assert_eq!(replay(&compound, pattern.key, &run.trace(), &skills()), Ok(()));
    }
    let mut other = runs[0].trace();
    other.workflow.nodes[1].inputs.insert("label".into(), json!("others"));
    let got = replay(&compound, pattern.key, &other, &skills());
    assert_eq!(got, Err(NoProof::OtherKey { node: slug("sum") }));
    let mut other = runs[0].trace();
    other.workflow.edges.clear();
    assert_eq!(replay(&compound, pattern.key, &other, &skills()), Err(NoProof::OtherSteps));
    let gone = replay(&compound, pattern.key, &runs[0].trace(), &BTreeMap::new());
    assert!(matches!(gone, Err(NoProof::SkillGone { .. })), "{gone:?}");
}

#[test]
fn a_part_of_larger_runs_is_a_pattern_and_replays_in_each() {
    let mut runs = Vec::new();
    for (at, extra) in (0..).zip(["one", "two", "three"]) {
        let mut trace = made(at, json!(at)).trace();
        trace.workflow.nodes.push(node("extra", extra, json!({})));
        trace.workflow.nodes.push(Node::new(slug("more"), Uses::Skill(slug(extra))));
        let edge = "sum.total".parse().expect("a port");
        trace.workflow.edges.push(Edge { from: edge, to: "extra.x".parse().expect("a port") });
        runs.push(trace);
    }
    let mut ledger = Ledger::default();
    runs.iter().for_each(|run| ledger.add(trace::print(run).as_bytes()));
    let (pattern, compound) = made_compound(&ledger);
    assert!(!pattern.is_whole);
    assert_eq!((pattern.count, pattern.structure.steps.len()), (3, 2));
    let outputs = compound.workflow.interface.clone().expect("it has one").outputs;
    assert!(outputs.iter().any(|port| port.name == "total"));
    let mut all = skills();
    let any = all[&slug("sum-up")].clone();
    for extra in ["one", "two", "three"] {
        let mut skill = any.clone();
        skill.inputs[0].name = "x".into();
        skill.inputs[0].ty = crate::value::PortType::Any;
        skill.inputs[0].required = false;
        all.insert(slug(extra), skill);
    }
    for run in &runs {
        assert_eq!(replay(&compound, pattern.key, run, &all), Ok(()), "{}", run.id);
    }
}

#[test]
fn a_part_that_never_comes_alone_is_left_out_and_one_that_does_is_not() {
    let whole = |at: i64| {
        let mut trace = made(at, json!(1)).trace();
        trace.workflow.nodes.push(node("third", "third", json!({})));
        let from = "sum.total".parse().expect("a port");
        trace.workflow.edges.push(Edge { from, to: "third.x".parse().expect("a port") });
        trace::print(&trace)
    };
    let mut ledger = Ledger::default();
    (0..4).for_each(|at| ledger.add(whole(at).as_bytes()));
    let sizes = |ledger: &Ledger| {
        let found = run_patterns(ledger, 3);
        found.iter().map(|p| (p.structure.steps.len(), p.count)).collect::<Vec<_>>()
    };
    assert_eq!(sizes(&ledger), [(3, 4)]);
    ledger.add(trace::print(&made(9, json!(1)).trace()).as_bytes());
    assert_eq!(sizes(&ledger), [(2, 5), (3, 4)], "the two come up once more than the three");
}

#[test]
fn counting_in_any_order_and_in_parts_gives_the_same_ledger() {
    let mut runs = five();
    runs.push(Made { outcome: Outcome::Error, ..made(7, json!(9)) });
    runs.push(Made { outcome: Outcome::Cancelled, ..made(8, json!(9)) });
    runs.push(Made { user: "bob", ..made(9, json!(0.25)) });
    let whole = ledger(&runs);
    assert_eq!((whole.n_traces, whole.n_unreadable, whole.n_structures()), (8, 0, 1));
    let second = ledger(&runs[3..]);
    let mut parts = ledger(&runs[..3]);
    parts.merge(&second);
    assert_eq!(parts, whole);
    runs.reverse();
    assert_eq!(ledger(&runs), whole);
    let again = Ledger::parse(&whole.print()).expect("it was printed");
    assert_eq!(again, whole);
    assert_eq!(run_patterns(&again, 3), run_patterns(&whole, 3));
    let pattern = &run_patterns(&whole, 3)[0];
    assert_eq!((pattern.count, pattern.n_success), (7, 6), "a stopped run says nothing");
    assert_eq!(
        pattern.pitfalls,
        [(pattern.pitfalls[0].0, "ValueError: too many at line 3".to_owned(), 1)]
    );
    assert_eq!(pattern.users.len(), 2);
}

#[test]
fn what_is_no_trace_is_counted_and_does_no_harm() {
    let mut ledger = ledger(&five());
    let good = trace::print(&made(1, json!(1)).trace());
    for bad in ["", "# Notes", "---\nkind: run\n---\n", &good[..good.len() / 2], "\u{0}\u{feff}"] {
        ledger.add(bad.as_bytes());
    }
    assert_eq!((ledger.n_traces, ledger.n_unreadable), (10, 5));
    assert!(Ledger::parse(b"").is_err() && Ledger::parse(b"{\"form\":\"other\"}").is_err());
}

#[test]
fn a_trace_that_somebody_formatted_anew_is_read_like_any_other() {
    let plain = trace::print(&made(1, json!(1)).trace());
    let other = plain.replace("user_id: ana", "user_id: \"ana\"").replace('\n', "\r\n");
    let mut a = Ledger::default();
    a.add(plain.as_bytes());
    let mut b = Ledger::default();
    b.add(other.as_bytes());
    assert_eq!(a, b);
}
