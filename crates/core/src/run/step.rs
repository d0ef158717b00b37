//! The steps of the state machine: launch, finish, fail, skip, and what follows.

use std::collections::{BTreeMap, VecDeque};

use super::{
    Command, ErrorKind, NodeError, NodeState, Outcome, Run, Start,
    machine::{NodeRun, Phase},
    plan::Link,
};
use crate::{
    lookup::small,
    value::{PortType, ValueKind, satisfies},
    workflow::PortRef,
};

/// The wait before the second attempt; it doubles with each further one.
const FIRST_DELAY_MS: u64 = 250;
/// The longest wait before an attempt.
const MAX_DELAY_MS: u64 = 30_000;

impl Run {
    /// Marks a node and what it needs; returns the nodes that were not wanted before.
    pub(super) fn want(&mut self, node: usize) -> Vec<usize> {
        let (mut new, mut next) = (Vec::new(), vec![node]);
        while let Some(i) = next.pop() {
            if std::mem::replace(&mut self.nodes[i].wanted, true) {
                continue;
            }
            new.push(i);
            if !self.nodes[i].cached {
                next.extend(self.plan.links(i).iter().map(|link| link.from()));
            }
        }
        new
    }

    pub(super) fn set_state(&mut self, i: usize, state: NodeState) {
        self.nodes[i].state = state;
        let (node, error) = (self.plan.id(i).clone(), self.nodes[i].error.clone());
        self.commands.push(Command::State { node, state, error });
    }

    /// Launches nodes, and whatever becomes ready by that.
    pub(super) fn launch_all(&mut self, mut ready: VecDeque<usize>) {
        while let Some(i) = ready.pop_front() {
            if self.nodes[i].state != NodeState::Idle {
                continue;
            }
            match (self.plan.key(i), self.nodes[i].cached) {
                (Some(key), true) => {
                    let (node, key) = (self.plan.id(i).clone(), key.to_string());
                    self.commands.push(Command::Reuse { node, key });
                    self.set_state(i, NodeState::Cached);
                    self.complete(i, &mut ready);
                }
                _ => match self.missing_input(i) {
                    Some(error) => self.fail(i, error),
                    None => self.launch(i, 0),
                },
            }
        }
    }

    fn launch(&mut self, i: usize, delay_ms: u64) {
        self.nodes[i].attempt += 1;
        let mut literals = self.plan.literals(i);
        let mut links = BTreeMap::new();
        for &link in self.plan.links(i) {
            let (input, output) = self.plan.ports(i, link);
            if !self.is_left_out(link) {
                let node = self.plan.id(link.from()).clone();
                links.insert(input.name.clone(), PortRef { node, port: output.name.clone() });
            } else if let Some(value) = self.plan.value(i, link.input) {
                literals.insert(input.name.clone(), value.clone());
            }
        }
        let skill = self.plan.skill(i);
        let start = Start {
            node: self.plan.id(i).clone(),
            attempt: self.nodes[i].attempt,
            skill: skill.id.clone(),
            runtime: skill.runtime,
            literals,
            links,
            timeout_ms: self.plan.timeout_ms(i),
            memory_mb: self.plan.memory_mb(i),
            key: self.plan.key(i).map(|key| key.to_string()),
            delay_ms,
        };
        self.set_state(i, NodeState::Queued);
        self.commands.push(Command::Start(Box::new(start)));
    }

    fn is_left_out(&self, link: Link) -> bool {
        self.nodes[link.from()].left_out.contains(&link.output)
    }

    /// Says which required input gets nothing because an optional output was left out.
    fn missing_input(&self, i: usize) -> Option<NodeError> {
        let empty = |link: Link| {
            let required = self.plan.ports(i, link).0.required;
            required && self.is_left_out(link) && self.plan.value(i, link.input).is_none()
        };
        let link = self.plan.links(i).iter().copied().find(|&link| empty(link))?;
        let (input, output) = self.plan.ports(i, link);
        let from = self.plan.id(link.from());
        Some(NodeError {
            kind: ErrorKind::Input,
            message: format!(
                "`{}` needs a value, but `{from}.{}` gave none",
                input.name, output.name
            ),
            hint: Some(format!("give `{}` a value of its own, or look into `{from}`", input.name)),
        })
    }

    pub(super) fn finish(&mut self, i: usize, outputs: &BTreeMap<String, ValueKind>) {
        let mut wrong = Vec::new();
        let mut left_out = Vec::new();
        for (number, output) in self.plan.skill(i).outputs.iter().enumerate() {
            let name = &output.name;
            match outputs.get(name) {
                None | Some(ValueKind::Null)
                    if output.ty == PortType::Any && outputs.contains_key(name) => {}
                None | Some(ValueKind::Null) if !output.required => left_out.push(small(number)),
                None => wrong.push(format!("`{name}` is missing")),
                Some(kind) if satisfies(*kind, output.ty) => {}
                Some(kind) => wrong.push(format!("`{name}` is `{kind}`, not `{}`", output.ty)),
            }
        }
        if !wrong.is_empty() {
            let message =
                format!("the outputs are not what the skill declares: {}", wrong.join(", "));
            let hint =
                format!("correct what `execute` returns in skill `{}`", self.plan.skill(i).id);
            return self.fail(i, NodeError { kind: ErrorKind::Output, message, hint: Some(hint) });
        }
        self.nodes[i].left_out = left_out;
        self.set_state(i, NodeState::Success);
        let mut ready = VecDeque::new();
        self.complete(i, &mut ready);
        self.launch_all(ready);
    }

    /// Counts a node as done and tells those that wait for it.
    fn complete(&mut self, i: usize, ready: &mut VecDeque<usize>) {
        self.n_open -= 1;
        for &to in self.plan.graph.successors(i) {
            let to = to as usize;
            let node = &mut self.nodes[to];
            if node.state == NodeState::Idle {
                node.waiting -= 1;
                if node.waiting == 0 && node.wanted {
                    ready.push_back(to);
                }
            }
        }
    }

    pub(super) fn fail_or_retry(&mut self, i: usize, error: NodeError, retryable: bool) {
        let retries = self.plan.retries(i);
        if !retryable || self.nodes[i].failures >= retries {
            return self.fail(i, error);
        }
        let doublings = self.nodes[i].failures.min(16);
        self.nodes[i].failures += 1;
        self.launch(i, (FIRST_DELAY_MS << doublings).min(MAX_DELAY_MS));
    }

    /// Ends a node with an error and skips what depends on it.
    fn fail(&mut self, i: usize, error: NodeError) {
        self.failed = true;
        self.nodes[i].error = Some(error);
        self.set_state(i, NodeState::Error);
        self.n_open -= 1;
        self.skip_behind(i);
    }

    fn skip_behind(&mut self, i: usize) {
        let mut next = vec![i];
        while let Some(from) = next.pop() {
            for at in 0..self.plan.graph.successors(from).len() {
                let to = self.plan.graph.successors(from)[at] as usize;
                if self.nodes[to].wanted && self.nodes[to].state == NodeState::Idle {
                    self.skip(to, from);
                    next.push(to);
                }
            }
        }
    }

    fn skip(&mut self, i: usize, because_of: usize) {
        let node = self.plan.id(because_of);
        let what =
            if self.nodes[because_of].state == NodeState::Error { "failed" } else { "was skipped" };
        let error = NodeError {
            kind: ErrorKind::Upstream,
            message: format!("not run because `{node}` {what}"),
            hint: None,
        };
        self.nodes[i].error = Some(error);
        self.set_state(i, NodeState::Skipped);
        self.n_open -= 1;
    }

    /// Runs a node whose kept result is gone, and takes back what began with it.
    pub(super) fn run_after_all(&mut self, i: usize) {
        self.nodes[i].cached = false;
        self.n_open += 1;
        self.set_state(i, NodeState::Idle);
        for at in 0..self.plan.graph.successors(i).len() {
            let to = self.plan.graph.successors(i)[at] as usize;
            if self.nodes[to].is_at_host() {
                let (node, attempt) = (self.plan.id(to).clone(), self.nodes[to].attempt);
                self.commands.push(Command::Stop { node, attempt });
                self.set_state(to, NodeState::Idle);
            }
            if self.nodes[to].state == NodeState::Idle {
                self.nodes[to].waiting += 1;
            }
        }
        self.demand(i);
    }

    /// Brings back what a node needs and launches whatever of it is ready.
    fn demand(&mut self, i: usize) {
        let mut new = vec![i];
        let feeds: Vec<usize> = self.plan.links(i).iter().map(|link| link.from()).collect();
        for &feed in &feeds {
            new.extend(self.want(feed));
        }
        self.n_open += new.len() - 1;
        for &node in &new {
            let links = self.plan.links(node).iter();
            self.nodes[node].waiting =
                links.filter(|link| !self.nodes[link.from()].is_done()).count();
        }
        let broken = |run: &Self, i: usize| {
            matches!(run.nodes[i].state, NodeState::Error | NodeState::Skipped)
        };
        for &node in &new {
            let mut feeds = self.plan.links(node).iter().map(|link| link.from());
            if !self.nodes[node].cached
                && self.nodes[node].state == NodeState::Idle
                && let Some(feed) = feeds.find(|&feed| broken(self, feed))
            {
                self.skip(node, feed);
                self.skip_behind(node);
            }
        }
        let may_start = |node: &NodeRun| node.cached || node.waiting == 0;
        let ready = new.into_iter().filter(|&node| may_start(&self.nodes[node])).collect();
        self.launch_all(ready);
    }

    pub(super) fn cancel(&mut self) {
        if self.phase != Phase::Going {
            return;
        }
        for i in 0..self.nodes.len() {
            if self.nodes[i].is_at_host() {
                let (node, attempt) = (self.plan.id(i).clone(), self.nodes[i].attempt);
                self.commands.push(Command::Stop { node, attempt });
            } else if !self.nodes[i].wanted || self.nodes[i].state != NodeState::Idle {
                continue;
            }
            self.set_state(i, NodeState::Cancelled);
        }
        self.end(Outcome::Cancelled);
    }

    fn end(&mut self, outcome: Outcome) {
        self.phase = Phase::Over(outcome);
        self.commands.push(Command::Done { outcome });
    }

    pub(super) fn take_commands(&mut self) -> Vec<Command> {
        if self.phase == Phase::Going && self.n_open == 0 {
            self.end(if self.failed { Outcome::Error } else { Outcome::Success });
        }
        std::mem::take(&mut self.commands)
    }
}

pub(super) fn timeout_error(timeout_ms: Option<u64>) -> NodeError {
    let message = match timeout_ms {
        Some(limit) => format!("stopped after {limit} ms, the time it may take"),
        None => "stopped because it took too long".to_owned(),
    };
    let hint = "raise `timeout_ms` of the node or the skill, or give it less to do".to_owned();
    NodeError { kind: ErrorKind::Timeout, message, hint: Some(hint) }
}
