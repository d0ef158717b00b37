//! Between the run of the core and its wire form.

use std::collections::BTreeMap;

use llmos_core::{
    key::Key,
    run::{self, ErrorKind, Plan, Run, RuntimeVersions},
    skill::Runtime,
    slug::{Slug, SlugError},
    value::{PortType, PortTypeError, ValueKind, can_connect},
    workflow::PortRef,
};

use super::{Command, ConnectView, Event, NodeView, PlanView, Refusal, RunOptions, RunView};
use crate::{trace::NodeError, workflow::PortRefDoc};

impl TryFrom<Event> for run::Event {
    type Error = Refusal;

    fn try_from(event: Event) -> Result<Self, Refusal> {
        Ok(match event {
            Event::Started { node, attempt } => Self::Started { node: slug(&node)?, attempt },
            Event::Finished { node, attempt, outputs } => {
                let outputs: Result<BTreeMap<_, _>, Refusal> =
                    outputs.into_iter().map(|(port, text)| Ok((port, kind(&text)?))).collect();
                Self::Finished { node: slug(&node)?, attempt, outputs: outputs? }
            }
            Event::Failed { node, attempt, kind, message, hint, retryable } => {
                let error = run::NodeError { kind: error_kind(&kind)?, message, hint };
                Self::Failed { node: slug(&node)?, attempt, error, retryable }
            }
            Event::TimedOut { node, attempt } => Self::TimedOut { node: slug(&node)?, attempt },
            Event::CacheMissed { node } => Self::CacheMissed { node: slug(&node)? },
            Event::Cancel {} => Self::Cancel,
        })
    }
}

impl From<run::Command> for Command {
    fn from(command: run::Command) -> Self {
        match command {
            run::Command::Start(start) => Self::Start {
                node: start.node.to_string(),
                attempt: start.attempt,
                skill_id: start.skill.to_string(),
                runtime: start.runtime.as_str(),
                literals: start.literals,
                links: start.links.into_iter().map(|(port, from)| (port, from.into())).collect(),
                timeout_ms: start.timeout_ms,
                memory_mb: start.memory_mb,
                key: start.key,
                delay_ms: start.delay_ms,
            },
            run::Command::Reuse { node, key } => Self::Reuse { node: node.to_string(), key },
            run::Command::Stop { node, attempt } => Self::Stop { node: node.to_string(), attempt },
            run::Command::State { node, state, error } => Self::State {
                node: node.to_string(),
                state: state.into(),
                error: error.as_ref().map(NodeError::from),
            },
            run::Command::Done { outcome } => Self::Done { outcome: outcome.into() },
        }
    }
}

impl From<PortRef> for PortRefDoc {
    fn from(port: PortRef) -> Self {
        Self { node: port.node.to_string(), port: port.port }
    }
}

impl RunOptions {
    /// Returns the versions of the runtimes; types that nobody knows are passed over.
    pub fn versions(&self) -> RuntimeVersions {
        let known = self.runtime_versions.iter();
        known
            .filter_map(|(ty, version)| Some((ty.parse::<Runtime>().ok()?, version.clone())))
            .collect()
    }

    /// Reads the wire form; ids that are none are refused among the targets and passed over elsewhere.
    pub fn to_options(&self) -> Result<run::RunOptions, Refusal> {
        let targets = self.targets.as_ref();
        let targets = targets.map(|ids| ids.iter().map(|id| slug(id)).collect());
        Ok(run::RunOptions {
            cached: self.cached.iter().filter_map(|id| id.parse().ok()).collect(),
            targets: targets.transpose()?,
        })
    }
}

impl From<&Plan> for PlanView {
    fn from(plan: &Plan) -> Self {
        let ids = |level: Vec<&Slug>| level.into_iter().map(Slug::to_string).collect();
        Self {
            levels: plan.levels().into_iter().map(ids).collect(),
            keys: plan.keys().map(|(id, key)| (id.to_string(), printed(key))).collect(),
        }
    }
}

impl From<&Run> for RunView {
    fn from(run: &Run) -> Self {
        let node = |node: run::NodeReport<'_>| NodeView {
            node: node.node.to_string(),
            skill_id: node.skill.to_string(),
            state: node.state.into(),
            key: printed(node.key),
            attempts: node.attempts,
            error: node.error.map(NodeError::from),
            inputs: node.literals(),
        };
        Self { outcome: run.outcome().map(Into::into), nodes: run.report().map(node).collect() }
    }
}

fn printed(key: Option<Key>) -> Option<String> {
    key.map(|key| key.to_string())
}

impl From<run::RunError> for Refusal {
    fn from(err: run::RunError) -> Self {
        Self { message: err.to_string(), hint: err.hint().to_owned() }
    }
}

impl ConnectView {
    /// Answers for two types as they are written; an unknown one takes anything.
    pub fn new(from: &str, to: &str) -> Self {
        let ty = |text: &str| text.parse().unwrap_or(PortType::Any);
        match can_connect(ty(from), ty(to)) {
            Ok(()) => Self { ok: true, message: None, hint: None },
            Err(err) => Self { ok: false, message: Some(err.to_string()), hint: Some(err.hint()) },
        }
    }
}

fn slug(text: &str) -> Result<Slug, Refusal> {
    text.parse().map_err(|err: SlugError| Refusal {
        message: format!("bad node id: {err}"),
        hint: err.hint().to_owned(),
    })
}

fn kind(text: &str) -> Result<ValueKind, Refusal> {
    text.parse().map_err(|err: PortTypeError| Refusal {
        message: format!("unknown kind of value `{}`", err.name.escape_debug()),
        hint: "report `null`, `boolean`, `integer`, `number`, `string`, `array`, `object`, `table`, `plot`, `image`, \
               `file` or `bytes`"
            .to_owned(),
    })
}

fn error_kind(text: &str) -> Result<ErrorKind, Refusal> {
    let found = ErrorKind::ALL.into_iter().find(|kind| kind.as_str() == text);
    found.ok_or_else(|| Refusal {
        message: format!("unknown kind of failure `{}`", text.escape_debug()),
        hint: "report `exception`, `memory`, `crashed`, `load` or `output`".to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn every_event_is_read() {
        let events = json!([
            {"type": "started", "node": "a", "attempt": 1},
            {"type": "finished", "node": "a", "attempt": 1, "outputs": {"x": "table", "y": "null"}},
            {"type": "failed", "node": "a", "attempt": 2, "kind": "memory", "message": "no", "retryable": true},
            {"type": "failed", "node": "a", "attempt": 2, "kind": "load", "message": "no", "hint": "do", "retryable": false},
            {"type": "timed_out", "node": "a", "attempt": 3},
            {"type": "cache_missed", "node": "a"},
            {"type": "cancel"}
        ]);
        let events: Vec<Event> = serde_json::from_value(events).expect("known events");
        let events: Result<Vec<run::Event>, _> =
            events.into_iter().map(TryInto::try_into).collect();
        let events = events.expect("good events");
        assert_eq!(events.len(), 7);
        assert_eq!(events[6], run::Event::Cancel);
    }

    #[test]
    fn odd_events_are_refused_with_a_hint() {
        let bad = [
            json!({"type": "started", "node": "../a", "attempt": 1}),
            json!({"type": "finished", "node": "a", "attempt": 1, "outputs": {"x": "function"}}),
            json!({"type": "failed", "node": "a", "attempt": 1, "kind": "odd", "message": ""}),
        ];
        for event in bad {
            let event: Event = serde_json::from_value(event).expect("a known shape");
            let refusal = run::Event::try_from(event).expect_err("it is odd");
            assert!(!refusal.message.is_empty() && !refusal.hint.is_empty());
        }
        assert!(serde_json::from_value::<Event>(json!({"type": "exploded", "node": "a"})).is_err());
    }

    #[test]
    fn commands_have_the_shape_that_hosts_read() {
        let node: Slug = "a".parse().expect("a slug");
        let start = run::Start {
            node: node.clone(),
            attempt: 2,
            skill: node.clone(),
            runtime: Runtime::Javascript,
            literals: [("n".to_owned(), json!(1))].into(),
            links: [("m".to_owned(), PortRef { node: node.clone(), port: "out".into() })].into(),
            timeout_ms: Some(500),
            memory_mb: None,
            key: None,
            delay_ms: 250,
        };
        let error = run::NodeError { kind: ErrorKind::Timeout, message: "late".into(), hint: None };
        let commands = [
            run::Command::Start(Box::new(start)),
            run::Command::State { node, state: run::NodeState::Error, error: Some(error) },
            run::Command::Done { outcome: run::Outcome::Cancelled },
        ];
        let wire: Vec<Command> = commands.into_iter().map(Command::from).collect();
        assert_eq!(
            serde_json::to_value(wire).expect("it serializes"),
            json!([
                {
                    "type": "start", "node": "a", "attempt": 2, "skill_id": "a", "runtime": "javascript",
                    "literals": {"n": 1}, "links": {"m": {"node": "a", "port": "out"}}, "timeout_ms": 500,
                    "memory_mb": null, "key": null, "delay_ms": 250
                },
                {"type": "state", "node": "a", "state": "error", "error": {"kind": "timeout", "message": "late"}},
                {"type": "done", "outcome": "cancelled"}
            ])
        );
    }

    #[test]
    fn unknown_types_connect_to_anything() {
        assert!(ConnectView::new("integer", "number").ok);
        assert!(ConnectView::new("hologram", "number").ok);
        let refused = ConnectView::new("table", "number");
        assert!(!refused.ok && refused.message.is_some() && refused.hint.is_some());
    }
}
