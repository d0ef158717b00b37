//! From a [`RunTrace`] to Markdown.

use std::fmt::Write;

use serde_json::{Map, Value, json};

use super::{LogLine, NodeTrace, RunTrace, Stream, TraceValue};
use crate::{
    markdown::{self, spaced},
    run::NodeError,
    workflow, yaml,
};

/// The most values that the readable part shows.
const MAX_SHOWN_VALUES: usize = 40;

/// Prints the file of a trace: what it is about in the front matter, a table
/// for people, and everything else as JSON. Reading it gives the same trace back.
pub fn print(trace: &RunTrace) -> String {
    let mut out = format!("---\n{}---\n\n", yaml::print(&head(trace)));
    let _ = writeln!(out, "# {}\n", markdown::line(&trace.workflow.name));
    table(&mut out, trace);
    errors(&mut out, trace);
    values(&mut out, trace);
    out.push_str("```json\n");
    record(&mut out, trace);
    out.push_str("```\n");
    out
}

fn head(trace: &RunTrace) -> Map<String, Value> {
    let volume = trace.workflow_volume.as_ref().map(ToString::to_string);
    let version = trace.workflow_version.as_ref().map(ToString::to_string);
    let took = trace.finished_at.duration_since(trace.started_at).as_millis();
    let fields = [
        ("trace_id", json!(trace.id.as_str())),
        ("kind", json!("run")),
        ("user_id", json!(trace.user.as_str())),
        ("workflow_id", json!(trace.workflow.id.as_str())),
        ("workflow_volume", json!(volume)),
        ("workflow_version", json!(version)),
        ("outcome", json!(trace.outcome.as_str())),
        ("started_at", json!(trace.started_at.to_string())),
        ("finished_at", json!(trace.finished_at.to_string())),
        ("duration_ms", json!(i64::try_from(took).unwrap_or(i64::MAX))),
    ];
    let fields = fields.into_iter().filter(|(_, value)| !value.is_null());
    fields.map(|(name, value)| (name.to_owned(), value)).collect()
}

fn table(out: &mut String, trace: &RunTrace) {
    if trace.nodes.is_empty() {
        return;
    }
    out.push_str("| node | skill | state | attempts | time |\n| --- | --- | --- | ---: | ---: |\n");
    for node in &trace.nodes {
        let time = node.duration_ms.map_or_else(String::new, |ms| format!("{ms:.1} ms"));
        let NodeTrace { node, skill, state, attempts, .. } = node;
        let _ =
            writeln!(out, "| `{node}` | `{skill}` | {} | {attempts} | {time} |", state.as_str());
    }
    out.push('\n');
}

fn errors(out: &mut String, trace: &RunTrace) {
    let failed = trace.nodes.iter().filter_map(|node| Some((&node.node, node.error.as_ref()?)));
    let lines: Vec<_> = failed
        .map(|(node, error)| {
            let what = markdown::line(headline(&error.message));
            format!("- `{node}`: {}: {what}\n", error.kind.as_str())
        })
        .collect();
    section(out, "Errors", &lines);
}

/// The line of an error that says what happened: the first, and where it happened
/// follows. A traceback of Python itself has it the other way round.
fn headline(message: &str) -> &str {
    let mut lines = message.lines().filter(|line| !line.trim().is_empty());
    match lines.next() {
        Some(first) if first.starts_with("Traceback") => lines.next_back().unwrap_or(first),
        first => first.unwrap_or_default(),
    }
}

fn values(out: &mut String, trace: &RunTrace) {
    let outputs = trace
        .nodes
        .iter()
        .flat_map(|node| node.outputs.iter().map(move |(port, value)| (node, port, value)));
    let lines = outputs.filter_map(|(node, port, value)| {
        let value = match value {
            TraceValue::Inline(value @ (Value::Bool(_) | Value::Number(_))) => value.to_string(),
            TraceValue::Inline(Value::String(text)) if text.len() <= 80 => markdown::line(text),
            _ => return None,
        };
        Some(format!("- {} = {value}\n", markdown::code(&format!("{}.{port}", node.node))))
    });
    section(out, "Results", &lines.take(MAX_SHOWN_VALUES).collect::<Vec<_>>());
}

fn section(out: &mut String, title: &str, lines: &[String]) {
    if !lines.is_empty() {
        let _ = write!(out, "## {title}\n\n{}\n", lines.concat());
    }
}

/// Writes the JSON: one line for each node, so that two traces compare well.
fn record(out: &mut String, trace: &RunTrace) {
    let workflow = &trace.workflow;
    let about = json!({
        "name": workflow.name,
        "description": workflow.description,
        "tags": workflow.tags,
        "version": workflow.version,
        "author": workflow.author,
        "body": workflow.body,
    });
    let _ = write!(out, "{{\n\"workflow\": {},\n\"graph\": ", spaced(&about));
    workflow::print_graph(out, workflow);
    out.push_str(",\n\"nodes\": [");
    for (i, node) in trace.nodes.iter().enumerate() {
        let _ = write!(out, "{}\n  {}", if i > 0 { "," } else { "" }, spaced(&node_line(node)));
    }
    out.push_str("\n]\n}\n");
}

fn node_line(node: &NodeTrace) -> Value {
    let finite = |ms: Option<f64>| ms.filter(|ms| ms.is_finite());
    let fields = [
        ("node", json!(node.node.as_str())),
        ("skill_id", json!(node.skill.as_str())),
        ("skill_version", json!(node.skill_version.as_ref().map(ToString::to_string))),
        ("state", json!(node.state.as_str())),
        ("key", json!(node.key)),
        ("attempts", json!(node.attempts)),
        ("started_ms", json!(finite(node.started_ms))),
        ("duration_ms", json!(finite(node.duration_ms))),
        ("error", node.error.as_ref().map_or(Value::Null, error)),
        ("inputs", node.inputs.iter().map(|(port, value)| (port.clone(), kept(value))).collect()),
        ("outputs", node.outputs.iter().map(|(port, value)| (port.clone(), kept(value))).collect()),
        ("logs", node.logs.iter().map(log).collect()),
    ];
    let empty = |value: &Value| value.is_null() || *value == json!({}) || *value == json!([]);
    let fields = fields.into_iter().filter(|(_, value)| !empty(value));
    Value::Object(fields.map(|(name, value)| (name.to_owned(), value)).collect())
}

fn error(error: &NodeError) -> Value {
    let mut value = json!({"kind": error.kind.as_str(), "message": error.message});
    if let Some(hint) = &error.hint {
        value["hint"] = json!(hint);
    }
    value
}

/// Writes a value or its place; a value that looks like a place is wrapped.
fn kept(value: &TraceValue) -> Value {
    match value {
        TraceValue::Stored { sha256, bytes } => {
            json!({"$ref": format!("sha256:{sha256}"), "bytes": bytes})
        }
        TraceValue::Inline(value)
            if value.get("$ref").is_some() || value.get("$value").is_some() =>
        {
            json!({"$value": value})
        }
        TraceValue::Inline(value) => value.clone(),
    }
}

fn log(line: &LogLine) -> Value {
    let at_ms = if line.at_ms.is_finite() { line.at_ms } else { 0.0 };
    let stream = match line.stream {
        Stream::Stdout => "stdout",
        Stream::Stderr => "stderr",
    };
    json!({"at_ms": at_ms, "stream": stream, "text": line.text})
}
