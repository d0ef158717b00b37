//! Between the traces of the core and the reports of runs.
//!
//! The two differ in one thing: a report holds every value, a trace may say
//! where a large one is kept. Whoever converts brings the two ways.

use std::collections::BTreeMap;

use jiff::Timestamp;
use llmos_core::{
    run::{self, ErrorKind},
    slug::Slug,
    store::BlobId,
    trace::{self, NodeTrace, RunTrace, Stream, TraceId, TraceValue},
    volume::VolumeId,
};
use serde_json::Value;

use super::{LogLine, NodeError, NodeReport, NodeState, Outcome, RunReport};
use crate::problem::Finding;

/// Why a report is not the record of a run.
#[derive(Clone, Debug, PartialEq)]
pub enum ReportError {
    /// A field does not hold what it must.
    BadField {
        /// Which field.
        field: String,
        /// What is wrong with it.
        reason: String,
        /// What to write instead.
        hint: String,
    },
    /// The workflow has ids that are none.
    BadWorkflow {
        /// Which.
        findings: Vec<Finding>,
    },
}

impl RunReport {
    /// Makes a trace; `keep` decides for each value where it is kept.
    pub fn into_trace<E: From<ReportError>>(
        self,
        id: TraceId,
        user: Slug,
        keep: &mut dyn FnMut(Value) -> Result<TraceValue, E>,
    ) -> Result<RunTrace, E> {
        let workflow = self.workflow.to_workflow();
        let workflow =
            workflow.map_err(|findings| E::from(ReportError::BadWorkflow { findings }))?;
        let volume = |text: String| {
            text.parse::<VolumeId>().map_err(|err| bad("workflow_volume", &err, err.hint()))
        };
        let nodes: Result<_, E> =
            self.nodes.into_iter().map(|node| node.into_trace(keep)).collect();
        Ok(RunTrace {
            id,
            user,
            workflow,
            workflow_volume: self.workflow_volume.map(volume).transpose().map_err(E::from)?,
            workflow_version: version("workflow_version", self.workflow_version)
                .map_err(E::from)?,
            outcome: self.outcome.into(),
            started_at: time("started_at", &self.started_at).map_err(E::from)?,
            finished_at: time("finished_at", &self.finished_at).map_err(E::from)?,
            nodes: nodes?,
        })
    }

    /// Makes the report of a trace; `load` brings each value.
    pub fn from_trace<E>(
        trace: &RunTrace,
        load: &mut dyn FnMut(&TraceValue) -> Result<Value, E>,
    ) -> Result<Self, E> {
        let nodes: Result<_, E> =
            trace.nodes.iter().map(|node| NodeReport::from_trace(node, load)).collect();
        Ok(Self {
            workflow: (&trace.workflow).into(),
            workflow_volume: trace.workflow_volume.as_ref().map(VolumeId::to_string),
            workflow_version: trace.workflow_version.as_ref().map(BlobId::to_string),
            outcome: trace.outcome.into(),
            started_at: trace.started_at.to_string(),
            finished_at: trace.finished_at.to_string(),
            nodes: nodes?,
        })
    }
}

impl NodeReport {
    fn into_trace<E: From<ReportError>>(
        self,
        keep: &mut dyn FnMut(Value) -> Result<TraceValue, E>,
    ) -> Result<NodeTrace, E> {
        let mut all = |values: BTreeMap<String, Value>| -> Result<BTreeMap<_, _>, E> {
            values.into_iter().map(|(port, value)| Ok((port, keep(value)?))).collect()
        };
        let logs: Result<_, ReportError> = self.logs.into_iter().map(log_to_trace).collect();
        Ok(NodeTrace {
            node: slug("node", &self.node).map_err(E::from)?,
            skill: slug("skill_id", &self.skill_id).map_err(E::from)?,
            skill_version: version("skill_version", self.skill_version).map_err(E::from)?,
            state: self.state.into(),
            key: self.key,
            attempts: self.attempts,
            started_ms: self.started_ms,
            duration_ms: self.duration_ms,
            error: self.error.map(error_to_run).transpose().map_err(E::from)?,
            inputs: all(self.inputs)?,
            outputs: all(self.outputs)?,
            logs: logs.map_err(E::from)?,
        })
    }

    fn from_trace<E>(
        node: &NodeTrace,
        load: &mut dyn FnMut(&TraceValue) -> Result<Value, E>,
    ) -> Result<Self, E> {
        let mut all = |values: &BTreeMap<String, TraceValue>| -> Result<BTreeMap<_, _>, E> {
            values.iter().map(|(port, value)| Ok((port.clone(), load(value)?))).collect()
        };
        Ok(Self {
            node: node.node.to_string(),
            skill_id: node.skill.to_string(),
            skill_version: node.skill_version.as_ref().map(BlobId::to_string),
            state: node.state.into(),
            key: node.key.clone(),
            attempts: node.attempts,
            started_ms: node.started_ms,
            duration_ms: node.duration_ms,
            error: node.error.as_ref().map(NodeError::from),
            inputs: all(&node.inputs)?,
            outputs: all(&node.outputs)?,
            logs: node.logs.iter().map(LogLine::from).collect(),
        })
    }
}

impl From<&run::NodeError> for NodeError {
    fn from(error: &run::NodeError) -> Self {
        Self {
            kind: error.kind.as_str().to_owned(),
            message: error.message.clone(),
            hint: error.hint.clone(),
        }
    }
}

impl From<&trace::LogLine> for LogLine {
    fn from(line: &trace::LogLine) -> Self {
        let stream = match line.stream {
            Stream::Stdout => "stdout",
            Stream::Stderr => "stderr",
        };
        Self { at_ms: line.at_ms, stream: stream.to_owned(), text: line.text.clone() }
    }
}

/// Writes the two ways between enums whose variants have the same names.
macro_rules! same_names {
    ($wire:ty, $core:ty, $($name:ident),+) => {
        impl From<$wire> for $core {
            fn from(value: $wire) -> Self {
                match value { $(<$wire>::$name => Self::$name),+ }
            }
        }
        impl From<$core> for $wire {
            fn from(value: $core) -> Self {
                match value { $(<$core>::$name => Self::$name),+ }
            }
        }
    };
}

same_names!(Outcome, run::Outcome, Success, Error, Cancelled);
same_names!(
    NodeState,
    run::NodeState,
    Idle,
    Queued,
    Running,
    Success,
    Error,
    Skipped,
    Cached,
    Cancelled
);

fn error_to_run(error: NodeError) -> Result<run::NodeError, ReportError> {
    let kind = ErrorKind::ALL.into_iter().find(|kind| kind.as_str() == error.kind);
    let known = || ErrorKind::ALL.map(|kind| format!("`{}`", kind.as_str())).join(", ");
    let kind = kind.ok_or_else(|| {
        bad("error.kind", &"it is not a kind of failure", format!("use one of {}", known()))
    })?;
    Ok(run::NodeError { kind, message: error.message, hint: error.hint })
}

fn log_to_trace(line: LogLine) -> Result<trace::LogLine, ReportError> {
    let stream = match line.stream.as_str() {
        "stdout" => Stream::Stdout,
        "stderr" => Stream::Stderr,
        _ => return Err(bad("stream", &"it names no stream", "use `stdout` or `stderr`")),
    };
    Ok(trace::LogLine { at_ms: line.at_ms, stream, text: line.text })
}

pub(super) fn slug(field: &str, text: &str) -> Result<Slug, ReportError> {
    text.parse().map_err(|err: llmos_core::slug::SlugError| bad(field, &err, err.hint()))
}

pub(super) fn time(field: &str, text: &str) -> Result<Timestamp, ReportError> {
    let hint = "write it as RFC 3339, such as `2026-11-20T15:30:00Z`";
    text.parse().map_err(|source: jiff::Error| bad(field, &source, hint))
}

fn version(field: &str, text: Option<String>) -> Result<Option<BlobId>, ReportError> {
    let Some(text) = text else { return Ok(None) };
    let hex = |b: u8| b.is_ascii_digit() || (b'a'..=b'f').contains(&b);
    if !matches!(text.len(), 40 | 64) || !text.bytes().all(hex) {
        let hint = "use the version that the server gave with the file";
        return Err(bad(field, &"it is not 40 or 64 digits 0-9, a-f", hint));
    }
    Ok(Some(BlobId(text)))
}

fn bad(field: &str, reason: &dyn std::fmt::Display, hint: impl Into<String>) -> ReportError {
    ReportError::BadField { field: field.to_owned(), reason: reason.to_string(), hint: hint.into() }
}
