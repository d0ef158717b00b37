//! Runs of random workflows, driven by a host that answers in any order.

use std::collections::{BTreeMap, BTreeSet};

use llmos_core::{
    run::{Command, ErrorKind, Event, NodeError, NodeState, Outcome, Plan, Run, RunOptions},
    skill::{Executable, ExecutionMode, Port, Runtime},
    slug::Slug,
    value::{PortType, ValueKind},
    workflow::{Edge, Node, PortRef, Uses, Workflow},
};
use proptest::{prelude::*, test_runner::RngSeed};

const N_INPUTS: usize = 20;

fn slug(text: &str) -> Slug {
    text.parse().expect("a slug")
}

fn id(i: usize) -> Slug {
    slug(&format!("n{i}"))
}

fn number(node: &Slug) -> usize {
    node.as_str()[1..].parse().expect("an id that `id` made")
}

fn port(name: &str) -> Port {
    Port {
        name: name.to_owned(),
        ty: PortType::Number,
        description: String::new(),
        default: None,
        required: false,
    }
}

fn skill(deterministic: bool) -> Executable {
    Executable {
        runtime: Runtime::Javascript,
        execution_mode: ExecutionMode::BrowserWasm,
        inputs: (0..N_INPUTS).map(|i| port(&format!("in{i}"))).collect(),
        outputs: vec![Port { required: true, ..port("out") }],
        estimated_time_ms: None,
        memory_mb: None,
        timeout_ms: None,
        packages: Vec::new(),
        deterministic,
        code: "export function execute() { return { out: 1 }; }".to_owned(),
        code_line: 1,
    }
}

/// A random case: a graph without cycles, and what its host will do.
#[derive(Clone, Debug)]
struct Case {
    n_nodes: usize,
    /// From the smaller to the larger.
    edges: BTreeSet<(usize, usize)>,
    retries: Vec<u32>,
    /// How many attempts of each node fail.
    failures: Vec<u32>,
    cached: BTreeSet<usize>,
    targets: Option<BTreeSet<usize>>,
    /// Which answer comes next.
    order: Vec<prop::sample::Index>,
}

fn cases() -> impl Strategy<Value = Case> {
    (1_usize..N_INPUTS).prop_flat_map(|n| {
        let edges = prop::collection::btree_set((0..n, 0..n), 0..3 * n);
        let edges = edges.prop_map(|edges| edges.into_iter().filter(|(a, b)| a < b).collect());
        let retries = prop::collection::vec(0_u32..3, n);
        let failures = prop::collection::vec(prop_oneof![6 => Just(0_u32), 1 => 1_u32..4], n);
        let cached = prop::collection::btree_set(0..n, 0..=n / 2);
        let targets = prop::option::weighted(0.3, prop::collection::btree_set(0..n, 1..=2.min(n)));
        let order = prop::collection::vec(any::<prop::sample::Index>(), 40);
        (Just(n), edges, retries, failures, cached, targets, order).prop_map(
            |(n_nodes, edges, retries, failures, cached, targets, order)| Case {
                n_nodes,
                edges,
                retries,
                failures,
                cached,
                targets,
                order,
            },
        )
    })
}

impl Case {
    fn plan(&self) -> Plan {
        let node =
            |i| Node { retries: self.retries[i], ..Node::new(id(i), Uses::Skill(slug("step"))) };
        let end = |node, port: &str| PortRef { node: id(node), port: port.to_owned() };
        let edge = |&(from, to): &(usize, usize)| Edge {
            from: end(from, "out"),
            to: end(to, &format!("in{from}")),
        };
        let workflow = Workflow {
            id: slug("random"),
            name: "Random".to_owned(),
            description: String::new(),
            tags: Vec::new(),
            version: None,
            author: None,
            nodes: (0..self.n_nodes).map(node).collect(),
            edges: self.edges.iter().map(edge).collect(),
            interface: None,
            body: String::new(),
        };
        let skills: BTreeMap<Slug, Executable> = [(slug("step"), skill(true))].into();
        Plan::new(&workflow, &skills, &BTreeMap::new()).expect("a valid workflow")
    }

    fn run(&self) -> Run {
        let targets = self.targets.as_ref();
        let options = RunOptions {
            cached: self.cached.iter().map(|&i| id(i)).collect(),
            targets: targets.map(|targets| targets.iter().map(|&i| id(i)).collect()),
        };
        Run::new(self.plan(), &options).expect("known targets")
    }

    fn feeds(&self, node: usize) -> impl Iterator<Item = usize> {
        self.edges.iter().filter(move |(_, to)| *to == node).map(|&(from, _)| from)
    }

    /// What the end must look like, found without a machine: node by node, in order.
    fn oracle(&self) -> Vec<NodeState> {
        let mut wanted = vec![self.targets.is_none(); self.n_nodes];
        for node in (0..self.n_nodes).rev() {
            wanted[node] |= self.targets.as_ref().is_some_and(|targets| targets.contains(&node));
            if wanted[node] && !self.cached.contains(&node) {
                self.feeds(node).for_each(|feed| wanted[feed] = true);
            }
        }
        let mut states = vec![NodeState::Idle; self.n_nodes];
        for node in (0..self.n_nodes).filter(|&node| wanted[node]) {
            let broken =
                |feed: usize| matches!(states[feed], NodeState::Error | NodeState::Skipped);
            states[node] = if self.cached.contains(&node) {
                NodeState::Cached
            } else if self.feeds(node).any(broken) {
                NodeState::Skipped
            } else if self.failures[node] > self.retries[node] {
                NodeState::Error
            } else {
                NodeState::Success
            };
        }
        states
    }
}

/// A host that keeps the rules and watches whether the machine does.
struct Host<'a> {
    case: &'a Case,
    /// What runs: node, attempt.
    running: Vec<(usize, u32)>,
    n_starts: Vec<u32>,
    states: Vec<NodeState>,
    done: Option<Outcome>,
}

impl<'a> Host<'a> {
    fn new(case: &'a Case) -> Self {
        let n = case.n_nodes;
        Self {
            case,
            running: Vec::new(),
            n_starts: vec![0; n],
            states: vec![NodeState::Idle; n],
            done: None,
        }
    }

    fn carry_out(&mut self, commands: Vec<Command>) {
        for command in commands {
            assert_eq!(self.done, None, "{command:?} after the end");
            match command {
                Command::Start(start) => {
                    let node = number(&start.node);
                    assert_eq!(start.links.len(), self.case.feeds(node).count());
                    for feed in start.links.values() {
                        let state = self.states[number(&feed.node)];
                        assert!(
                            matches!(state, NodeState::Success | NodeState::Cached),
                            "{start:?}"
                        );
                    }
                    assert_eq!(start.delay_ms > 0, start.attempt > 1);
                    self.n_starts[node] += 1;
                    assert_eq!(self.n_starts[node], start.attempt);
                    assert!(self.n_starts[node] <= 1 + self.case.retries[node]);
                    self.running.push((node, start.attempt));
                }
                Command::Reuse { node, .. } => assert!(self.case.cached.contains(&number(&node))),
                Command::Stop { node, attempt } => {
                    self.running.retain(|running| *running != (number(&node), attempt));
                }
                Command::State { node, state, error } => {
                    assert_eq!(
                        error.is_some(),
                        matches!(state, NodeState::Error | NodeState::Skipped)
                    );
                    self.states[number(&node)] = state;
                }
                Command::Done { outcome } => self.done = Some(outcome),
            }
        }
    }

    fn answer(&self, (node, attempt): (usize, u32)) -> Event {
        if attempt > self.case.failures[node] {
            let outputs = [("out".to_owned(), ValueKind::Number)].into();
            return Event::Finished { node: id(node), attempt, outputs };
        }
        let error = NodeError { kind: ErrorKind::Exception, message: "no".to_owned(), hint: None };
        match node % 2 {
            0 => Event::Failed { node: id(node), attempt, error, retryable: true },
            _ => Event::TimedOut { node: id(node), attempt },
        }
    }

    fn drive(&mut self, run: &mut Run, order: &[prop::sample::Index]) {
        self.carry_out(run.start());
        let mut picks = order.iter().cycle();
        while !self.running.is_empty() {
            let pick = picks.next().expect("a cycle").index(self.running.len());
            let answer = self.running.swap_remove(pick);
            if answer.0.is_multiple_of(3) {
                let (node, attempt) = (id(answer.0), answer.1);
                self.carry_out(run.handle(Event::Started { node, attempt }).expect("known"));
            }
            let event = self.answer(answer);
            self.carry_out(run.handle(event.clone()).expect("known"));
            // The same news again is old news.
            assert_eq!(run.handle(event), Ok(Vec::new()));
        }
    }
}

fn config() -> ProptestConfig {
    ProptestConfig {
        cases: 400,
        rng_seed: RngSeed::Fixed(4),
        failure_persistence: None,
        ..ProptestConfig::default()
    }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn a_run_ends_as_the_oracle_says_in_whatever_order_the_answers_come(case in cases()) {
        let mut run = case.run();
        let mut host = Host::new(&case);
        host.drive(&mut run, &case.order);
        let want = case.oracle();
        prop_assert_eq!(&host.states, &want);
        let failed = want.contains(&NodeState::Error);
        let outcome = if failed { Outcome::Error } else { Outcome::Success };
        prop_assert_eq!(host.done, Some(outcome));
        prop_assert_eq!(run.outcome(), Some(outcome));
        let reported: Vec<_> = run.report().map(|node| node.state).collect();
        prop_assert_eq!(reported, want);
        prop_assert_eq!(run.handle(Event::Cancel), Ok(Vec::new()));
    }

    #[test]
    fn a_cancelled_run_stops_what_runs_and_says_no_more(case in cases(), after in 0_usize..20) {
        let mut run = case.run();
        let mut host = Host::new(&case);
        host.carry_out(run.start());
        for pick in case.order.iter().take(after) {
            if host.running.is_empty() {
                break;
            }
            let answer = host.running.swap_remove(pick.index(host.running.len()));
            let event = host.answer(answer);
            host.carry_out(run.handle(event).expect("known"));
        }
        let over = host.done.is_some();
        let late = host.running.clone();
        host.carry_out(run.handle(Event::Cancel).expect("known"));
        prop_assert!(host.running.is_empty());
        if !over {
            prop_assert_eq!(host.done, Some(Outcome::Cancelled));
        }
        for answer in late {
            prop_assert_eq!(run.handle(host.answer(answer)), Ok(Vec::new()));
        }
        let waits = |state: &NodeState| matches!(state, NodeState::Queued | NodeState::Running);
        prop_assert!(!host.states.iter().any(waits));
    }

    #[test]
    fn kept_results_that_are_gone_are_made_again(case in cases(), gone in prop::collection::btree_set(0..N_INPUTS, 0..6)) {
        let mut run = case.run();
        let mut states = vec![NodeState::Idle; case.n_nodes];
        let mut running: Vec<(usize, u32)> = Vec::new();
        let mut has_value = BTreeSet::new();
        let mut queue: Vec<Command> = run.start();
        let mut done = None;
        let mut picks = case.order.iter().cycle();
        loop {
            let mut news = Vec::new();
            for command in queue.drain(..) {
                match command {
                    Command::Start(start) => running.push((number(&start.node), start.attempt)),
                    Command::Reuse { node, .. } if gone.contains(&number(&node)) => news.push(Event::CacheMissed { node }),
                    Command::Reuse { node, .. } => {
                        has_value.insert(number(&node));
                    }
                    Command::Stop { node, attempt } => running.retain(|at| *at != (number(&node), attempt)),
                    Command::State { node, state, .. } => states[number(&node)] = state,
                    Command::Done { outcome } => done = Some(outcome),
                }
            }
            if news.is_empty() {
                if running.is_empty() {
                    break;
                }
                let (node, attempt) = running.swap_remove(picks.next().expect("a cycle").index(running.len()));
                prop_assert!(case.feeds(node).all(|feed| has_value.contains(&feed)));
                has_value.insert(node);
                let outputs = [("out".to_owned(), ValueKind::Integer)].into();
                news.push(Event::Finished { node: id(node), attempt, outputs });
            } else {
                done = None;
            }
            for event in news {
                queue.extend(run.handle(event).expect("known"));
            }
        }
        prop_assert_eq!(done, Some(Outcome::Success));
        for (node, state) in states.iter().enumerate() {
            prop_assert_eq!(has_value.contains(&node), *state != NodeState::Idle, "node {}", node);
        }
    }
}
