//! Traces as a model reads them: what happened, without what is large.

use std::fmt::Write;

use llmos_api::{
    chat::ChatTraceView,
    trace::{NodeReport, TraceView},
};
use llmos_core::{
    chat::cut,
    run::{NodeState, Outcome},
};
use serde_json::Value;

/// How many nodes are told.
const MAX_NODES: usize = 100;
/// How much of one value is told, in bytes of JSON.
const MAX_VALUE: usize = 300;
/// How many log lines of a node are told, the last ones.
const MAX_LINES: usize = 10;
/// How much of one log line or message is told, in bytes.
const MAX_LINE: usize = 300;

/// An exchange of a chat.
pub(super) fn chat_text(view: &ChatTraceView) -> String {
    let outcome = Outcome::from(view.outcome).as_str();
    let skills = view.skills_used.join(", ");
    let mut text = format!("chat `{}`: {outcome}, {}", view.trace_id, view.started_at);
    // Writing to a text cannot fail.
    let _ = write!(text, "\nskills: {skills}\n\nasked: {}", cut(&view.prompt, 4000));
    for call in &view.calls {
        let _ = write!(text, "\ncalled `{}`: {}", call.tool, cut(&call.result, MAX_LINE));
    }
    let _ = write!(text, "\n\nanswered: {}", cut(&view.answer, 8000));
    text
}

/// A run.
pub(super) fn run_text(view: &TraceView) -> String {
    let run = &view.run;
    let outcome = Outcome::from(run.outcome).as_str();
    let (id, workflow) = (&view.trace_id, &run.workflow.workflow_id);
    let mut text = format!(
        "run `{id}` of workflow `{workflow}`: {outcome}, {} to {}",
        run.started_at, run.finished_at
    );
    for node in run.nodes.iter().take(MAX_NODES) {
        tell(node, &mut text);
    }
    if run.nodes.len() > MAX_NODES {
        let _ = write!(text, "\n[{} more nodes]", run.nodes.len() - MAX_NODES);
    }
    text
}

fn tell(node: &NodeReport, text: &mut String) {
    let NodeReport { node: id, skill_id, .. } = node;
    let state = NodeState::from(node.state).as_str();
    let _ = write!(text, "\n- node `{id}` (skill `{skill_id}`): {state}");
    if let Some(ms) = node.duration_ms {
        let _ = write!(text, ", {ms:.0} ms");
    }
    if let Some(error) = &node.error {
        let _ = write!(text, "\n  {}: {}", error.kind, cut(&error.message, 1000));
        if let Some(hint) = &error.hint {
            let _ = write!(text, "\n  hint: {}", cut(hint, MAX_LINE));
        }
    }
    let values = |values: &std::collections::BTreeMap<String, Value>, what: &str| {
        let told = values.iter().map(|(port, value)| {
            format!("\n  {what} {port}: {}", cut(&value.to_string(), MAX_VALUE))
        });
        told.collect::<String>()
    };
    text.push_str(&values(&node.inputs, "input"));
    text.push_str(&values(&node.outputs, "output"));
    let first = node.logs.len().saturating_sub(MAX_LINES);
    for line in node.logs.iter().skip(first) {
        let _ = write!(text, "\n  | {}", cut(line.text.trim_end(), MAX_LINE));
    }
}
