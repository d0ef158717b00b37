//! The face of the state machine: what goes in and what comes out.

use std::collections::{BTreeMap, BTreeSet};

use super::{Command, Event, NodeError, NodeState, Outcome, Plan, step::timeout_error};
use crate::{key::Key, slug::Slug};

/// One run of a plan.
///
/// The order is: [`Run::new`], [`Run::start`], then [`Run::handle`] until a
/// [`Command::Done`]. An event costs time in proportion to the edges of its
/// node; skipping what depends on a failed node costs each skipped node once.
#[derive(Clone, Debug)]
pub struct Run {
    pub(super) plan: Plan,
    pub(super) nodes: Vec<NodeRun>,
    pub(super) phase: Phase,
    pub(super) n_open: usize,
    pub(super) failed: bool,
    pub(super) commands: Vec<Command>,
}

/// What a run is asked to do.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RunOptions {
    /// The nodes whose results the host has kept under their keys.
    ///
    /// Nodes without a key and ids that are not in the plan are passed over.
    pub cached: BTreeSet<Slug>,
    /// Run these nodes and what they need, instead of all.
    ///
    /// What feeds a kept result is not needed, so it stays idle.
    pub targets: Option<Vec<Slug>>,
}

/// Why an event or an option is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RunError {
    /// There is no such node.
    #[error("the run has no node `{node}`")]
    UnknownNode {
        /// The node.
        node: Slug,
    },
    /// The node was never started that often.
    #[error("node `{node}` had no attempt {attempt}")]
    UnknownAttempt {
        /// The node.
        node: Slug,
        /// The attempt.
        attempt: u32,
    },
    /// The run was not started.
    #[error("the run was not started")]
    NotStarted,
}

/// What a node did so far; see [`Run::report`].
#[derive(Clone, Debug)]
pub struct NodeReport<'a> {
    /// The node.
    pub node: &'a Slug,
    /// The skill it runs.
    pub skill: &'a Slug,
    /// Where it is in its life.
    pub state: NodeState,
    /// What its result is kept under.
    pub key: Option<Key>,
    /// How often it was started.
    pub attempts: u32,
    /// Why it failed or was skipped.
    pub error: Option<&'a NodeError>,
    plan: &'a Plan,
    number: usize,
}

impl NodeReport<'_> {
    /// Returns its literal inputs, defaults applied.
    pub fn literals(&self) -> BTreeMap<String, serde_json::Value> {
        self.plan.literals(self.number)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Phase {
    New,
    Going,
    Over(Outcome),
}

/// What the machine knows of a node.
#[derive(Clone, Debug, Default)]
pub(super) struct NodeRun {
    pub(super) state: NodeState,
    /// Whether this run has to bring it to an end.
    pub(super) wanted: bool,
    /// Whether its kept result may be taken.
    pub(super) cached: bool,
    /// How many of the edges that feed it come from nodes that are not done.
    pub(super) waiting: usize,
    pub(super) attempt: u32,
    pub(super) failures: u32,
    pub(super) error: Option<NodeError>,
    /// Optional outputs that it left out, as its skill lists them.
    pub(super) left_out: Vec<u32>,
}

impl RunError {
    /// Says what to do instead.
    pub fn hint(&self) -> &'static str {
        match self {
            Self::UnknownNode { .. } => "name a node of the workflow that was planned",
            Self::UnknownAttempt { .. } => "repeat the attempt of the `start` command",
            Self::NotStarted => "call `start` first",
        }
    }
}

impl NodeRun {
    pub(super) fn is_done(&self) -> bool {
        matches!(self.state, NodeState::Success | NodeState::Cached)
    }

    pub(super) fn is_at_host(&self) -> bool {
        matches!(self.state, NodeState::Queued | NodeState::Running)
    }
}

impl Run {
    /// Prepares a run of a plan.
    pub fn new(plan: Plan, options: &RunOptions) -> Result<Self, RunError> {
        let mut nodes = vec![NodeRun::default(); plan.n_nodes()];
        for id in &options.cached {
            if let Some(i) = plan.find(id) {
                nodes[i].cached = plan.key(i).is_some();
            }
        }
        let mut run =
            Self { plan, nodes, phase: Phase::New, n_open: 0, failed: false, commands: Vec::new() };
        match &options.targets {
            None => (0..run.nodes.len()).for_each(|i| run.nodes[i].wanted = true),
            Some(targets) => {
                for id in targets {
                    let target = run.find(id)?;
                    run.want(target);
                }
            }
        }
        run.n_open = run.nodes.iter().filter(|node| node.wanted).count();
        for i in 0..run.nodes.len() {
            run.nodes[i].waiting = run.plan.links(i).len();
        }
        Ok(run)
    }

    /// Begins the run. A second call does nothing.
    pub fn start(&mut self) -> Vec<Command> {
        if self.phase != Phase::New {
            return Vec::new();
        }
        self.phase = Phase::Going;
        let wanted = |node: &NodeRun| node.wanted && (node.cached || node.waiting == 0);
        let ready = (0..self.nodes.len()).filter(|&i| wanted(&self.nodes[i])).collect();
        self.launch_all(ready);
        self.take_commands()
    }

    /// Says what follows from an event.
    ///
    /// An event of an attempt that is over changes nothing, and neither does any
    /// event after the end, but for one: a host that was told to take a kept
    /// result and finds it gone may say so even then. The run goes on and ends again.
    pub fn handle(&mut self, event: Event) -> Result<Vec<Command>, RunError> {
        if self.phase == Phase::New {
            return Err(RunError::NotStarted);
        }
        match event {
            Event::Started { node, attempt } => {
                if let Some(i) = self.current(&node, attempt)?
                    && self.nodes[i].state == NodeState::Queued
                {
                    self.set_state(i, NodeState::Running);
                }
            }
            Event::Finished { node, attempt, outputs } => {
                if let Some(i) = self.current(&node, attempt)? {
                    self.finish(i, &outputs);
                }
            }
            Event::Failed { node, attempt, error, retryable } => {
                if let Some(i) = self.current(&node, attempt)? {
                    self.fail_or_retry(i, error, retryable);
                }
            }
            Event::TimedOut { node, attempt } => {
                if let Some(i) = self.current(&node, attempt)? {
                    self.commands.push(Command::Stop { node, attempt });
                    let error = timeout_error(self.plan.timeout_ms(i));
                    self.fail_or_retry(i, error, true);
                }
            }
            Event::CacheMissed { node } => {
                let i = self.find(&node)?;
                let over = matches!(self.phase, Phase::New | Phase::Over(Outcome::Cancelled));
                if !over && self.nodes[i].state == NodeState::Cached {
                    self.phase = Phase::Going;
                    self.run_after_all(i);
                }
            }
            Event::Cancel => self.cancel(),
        }
        Ok(self.take_commands())
    }

    /// Returns how the run ended; `None` while it goes on.
    pub fn outcome(&self) -> Option<Outcome> {
        match self.phase {
            Phase::Over(outcome) => Some(outcome),
            Phase::New | Phase::Going => None,
        }
    }

    /// Returns the plan.
    pub fn plan(&self) -> &Plan {
        &self.plan
    }

    /// Tells what each node did, in the order of the workflow.
    pub fn report(&self) -> impl Iterator<Item = NodeReport<'_>> {
        self.nodes.iter().enumerate().map(|(number, node)| NodeReport {
            node: self.plan.id(number),
            skill: &self.plan.skill(number).id,
            state: node.state,
            key: self.plan.key(number),
            attempts: node.attempt,
            error: node.error.as_ref(),
            plan: &self.plan,
            number,
        })
    }

    fn find(&self, id: &Slug) -> Result<usize, RunError> {
        self.plan.find(id).ok_or_else(|| RunError::UnknownNode { node: id.clone() })
    }

    /// Finds the node of an event; `None` when the attempt is over.
    fn current(&self, id: &Slug, attempt: u32) -> Result<Option<usize>, RunError> {
        let i = self.find(id)?;
        let node = &self.nodes[i];
        if attempt > node.attempt && node.state != NodeState::Cached {
            return Err(RunError::UnknownAttempt { node: id.clone(), attempt });
        }
        let current = self.phase == Phase::Going && attempt == node.attempt && node.is_at_host();
        Ok(current.then_some(i))
    }
}
