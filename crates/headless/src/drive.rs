//! Drives a run of the core at a host, and puts together what it did.

use std::{collections::BTreeMap, time::Instant};

use llmos_api::{
    run::Command as WireCommand,
    trace::{self, LogLine, NodeError, NodeReport, RunReport},
    workflow::RunPayload,
};
use llmos_core::{
    run::{Command, Event, NodeState, Outcome, Run},
    slug::Slug,
};

use crate::{
    host::HostError,
    message::{LoadProgress, Notice, Request, Values},
};

/// Carries out the commands of a run.
pub trait RunHost {
    /// Asks for something.
    fn send(&mut self, request: &Request<'_>) -> Result<(), HostError>;
    /// Waits for what happens next.
    fn next(&mut self) -> Result<Signal, HostError>;
}

/// What comes to the one who drives.
#[derive(Debug)]
pub enum Signal {
    /// The host told something.
    Notice(Box<Notice>),
    /// The host told something that cannot be read; the reason.
    Unreadable(String),
    /// Somebody wants no more of the run.
    Cancel,
    /// The host is gone.
    Ended,
}

/// Watches a run go on.
pub trait Watch {
    /// A node has a new state.
    fn state(&mut self, node: &Slug, state: NodeState);
    /// A node printed a line.
    fn line(&mut self, node: &str, line: &LogLine);
    /// A runtime loads.
    fn progress(&mut self, progress: &LoadProgress);
}

/// When a node ran, counted from the start of the run.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct NodeTimes {
    /// When its code began.
    pub started_ms: Option<f64>,
    /// How long its code ran.
    pub duration_ms: Option<f64>,
    /// What it printed.
    pub logs: Vec<LogLine>,
}

/// How a run went, apart from values.
#[derive(Clone, Debug, PartialEq)]
pub struct Driven {
    /// How it ended.
    pub outcome: Outcome,
    /// How long it took.
    pub duration_ms: f64,
    /// When each node ran.
    pub nodes: BTreeMap<String, NodeTimes>,
}

/// Takes a run to its end.
pub fn drive(
    run: &mut Run,
    host: &mut dyn RunHost,
    watch: &mut dyn Watch,
) -> Result<Driven, HostError> {
    let mut driver = Driver { host, watch, began: Instant::now(), nodes: BTreeMap::new() };
    let mut commands = run.start();
    loop {
        if let Some(outcome) = driver.obey(commands)? {
            let duration_ms = driver.elapsed();
            return Ok(Driven { outcome, duration_ms, nodes: driver.nodes });
        }
        commands = match driver.event()? {
            Some(event) => run
                .handle(event)
                .map_err(|error| HostError::Refused { reason: error.to_string() })?,
            None => Vec::new(),
        };
    }
}

struct Driver<'a> {
    host: &'a mut dyn RunHost,
    watch: &'a mut dyn Watch,
    began: Instant,
    nodes: BTreeMap<String, NodeTimes>,
}

impl Driver<'_> {
    /// Carries out commands; returns how the run ended when it did.
    fn obey(&mut self, commands: Vec<Command>) -> Result<Option<Outcome>, HostError> {
        let mut outcome = None;
        for command in commands {
            match command {
                Command::Start(_) => {
                    let command = WireCommand::from(command);
                    self.host.send(&Request::Start { command })?;
                }
                Command::Stop { node, attempt } => {
                    self.host.send(&Request::Stop { node: node.to_string(), attempt })?;
                }
                Command::State { node, state, .. } => self.watch.state(&node, state),
                // Nothing is kept from one run to the next, so nothing is ever taken over.
                Command::Reuse { .. } => {}
                Command::Done { outcome: ended } => outcome = Some(ended),
            }
        }
        Ok(outcome)
    }

    /// Waits for the next thing that the run has to know.
    fn event(&mut self) -> Result<Option<Event>, HostError> {
        let notice = match self.host.next()? {
            Signal::Cancel => return Ok(Some(Event::Cancel)),
            Signal::Notice(notice) => *notice,
            Signal::Unreadable(reason) => return Err(HostError::Unreadable { reason }),
            Signal::Ended => {
                return Err(HostError::Ended {
                    status: "it is gone".to_owned(),
                    talk: String::new(),
                });
            }
        };
        match notice {
            Notice::Event { event, duration_ms } => {
                let event = Event::try_from(event)
                    .map_err(|refusal| HostError::Unreadable { reason: refusal.message })?;
                self.clock(&event, duration_ms);
                Ok(Some(event))
            }
            Notice::Log { node, lines } => {
                let at_ms = self.elapsed();
                for line in lines {
                    let line = LogLine { at_ms, stream: line.stream, text: line.text };
                    self.watch.line(&node, &line);
                    self.nodes.entry(node.clone()).or_default().logs.push(line);
                }
                Ok(None)
            }
            Notice::Progress { progress } => {
                self.watch.progress(&progress);
                Ok(None)
            }
            Notice::Hello { .. } | Notice::Report { .. } | Notice::Output { .. } => Ok(None),
        }
    }

    fn clock(&mut self, event: &Event, duration_ms: Option<f64>) {
        let now = self.elapsed();
        let (Event::Started { node, .. }
        | Event::Finished { node, .. }
        | Event::Failed { node, .. }
        | Event::TimedOut { node, .. }) = event
        else {
            return;
        };
        let times = self.nodes.entry(node.to_string()).or_default();
        if matches!(event, Event::Started { .. }) {
            times.started_ms = Some(now);
            times.duration_ms = None;
        } else if times.started_ms.is_some() {
            times.duration_ms = duration_ms.map(rounded);
        }
    }

    fn elapsed(&self) -> f64 {
        rounded(self.began.elapsed().as_secs_f64() * 1000.0)
    }
}

/// Puts a finished run into the form that a trace has; asks the host for the values.
pub fn report(
    run: &Run,
    driven: &Driven,
    payload: &RunPayload,
    host: &mut dyn RunHost,
) -> Result<RunReport, HostError> {
    let nodes = payload.workflow.nodes.iter().map(|node| node.id.clone()).collect();
    host.send(&Request::Report { nodes })?;
    let mut values = loop {
        match host.next()? {
            Signal::Notice(notice) => {
                if let Notice::Report { nodes } = *notice {
                    break nodes;
                }
            }
            Signal::Cancel => {}
            Signal::Unreadable(reason) => return Err(HostError::Unreadable { reason }),
            Signal::Ended => {
                return Err(HostError::Ended {
                    status: "it is gone".to_owned(),
                    talk: String::new(),
                });
            }
        }
    };
    let nodes = run.report().map(|node| {
        let id = node.node.to_string();
        let Values { inputs, outputs } = values.remove(&id).unwrap_or_default();
        let times = driven.nodes.get(&id).cloned().unwrap_or_default();
        NodeReport {
            skill_id: node.skill.to_string(),
            skill_version: payload
                .skills
                .get(node.skill.as_str())
                .map(|skill| skill.version.clone()),
            state: node.state.into(),
            key: node.key.map(str::to_owned),
            attempts: node.attempts,
            started_ms: times.started_ms,
            duration_ms: times.duration_ms,
            error: node.error.map(NodeError::from),
            inputs,
            outputs,
            logs: times.logs,
            node: id,
        }
    });
    Ok(RunReport {
        nodes: nodes.collect(),
        workflow: payload.workflow.clone(),
        workflow_volume: None,
        workflow_version: None,
        outcome: trace::Outcome::from(driven.outcome),
        // Whoever keeps the trace has a clock.
        started_at: String::new(),
        finished_at: String::new(),
    })
}

/// Milliseconds to three decimals.
fn rounded(ms: f64) -> f64 {
    (ms * 1000.0).round() / 1000.0
}
