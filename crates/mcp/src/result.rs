//! What a client is told of a run: its outputs, or the node that failed and why. Everything has a bound.

use std::fmt::Write;

use llmos_api::trace::{NodeReport, NodeState, Outcome, RunReport};
use llmos_workbench::PreparedCall;
use rmcp::model::{CallToolResult, ContentBlock};
use serde_json::{Map, Value, json};

use crate::{name, refusal::cut};

/// How many bytes of JSON one value may have in an answer.
const MAX_VALUE: usize = 32 << 10;

/// How many bytes of JSON all values together may have.
const MAX_VALUES: usize = 128 << 10;

/// How many bytes of JSON of a value stand in the text.
const MAX_SHOWN: usize = 2000;

/// How many bytes a value of an inner node may have to be told.
const MAX_SMALL: usize = 200;

/// How many inner nodes are told.
const MAX_NODES: usize = 100;

/// How many images, and how many bytes of each, go along.
const MAX_IMAGES: usize = 4;
const MAX_IMAGE: usize = 1 << 20;

/// How many of the nodes that failed are told, and how much of what each said.
const MAX_ERRORS: usize = 10;
const MAX_MESSAGE: usize = 2000;
const MAX_LINES: usize = 10;

/// A run that is over.
pub(crate) struct Ended<'a> {
    /// What ran, such as "workflow `x`".
    pub(crate) what: &'a str,
    /// Where its outputs are.
    pub(crate) call: &'a PreparedCall,
    /// What became of it.
    pub(crate) report: &'a RunReport,
    /// Its trace, if it was kept.
    pub(crate) trace_id: Option<&'a str>,
    /// What else there is to say.
    pub(crate) notes: Vec<String>,
}

/// Values on their way into an answer, and what is left of its size.
struct Values {
    left: usize,
    images: Vec<ContentBlock>,
    trace_id: Option<String>,
}

impl Ended<'_> {
    /// Makes the answer.
    pub(crate) fn answer(self) -> CallToolResult {
        let Self { what, call, report, trace_id, notes } = &self;
        let mut values =
            Values { left: MAX_VALUES, images: Vec::new(), trace_id: trace_id.map(str::to_owned) };
        let mut text = match report.outcome {
            Outcome::Success => format!("{what} succeeded"),
            Outcome::Error => format!("{what} failed"),
            Outcome::Cancelled => format!("{what} was stopped before its end"),
        };
        notes.iter().for_each(|note| line(&mut text, note));
        let errors = self.errors(&mut text);
        let mut outputs = Map::new();
        for (name, place) in &call.outputs {
            let node = report.nodes.iter().find(|node| node.node == place.node);
            let Some(value) = node.and_then(|node| node.outputs.get(&place.port)) else { continue };
            let value = values.take(value);
            line(&mut text, &format!("{name}: {}", cut(value.to_string(), MAX_SHOWN)));
            outputs.insert(name::argument(name), value);
        }
        let nodes = if report.nodes.len() > 1 { small(&report.nodes) } else { Map::new() };
        if let Some(trace_id) = trace_id {
            line(&mut text, &format!("trace: {trace_id}"));
        }
        let mut structured = json!({ "outcome": report.outcome, "outputs": outputs });
        let more = [
            ("nodes", Value::Object(nodes)),
            ("errors", Value::Array(errors)),
            ("notes", json!(notes)),
        ];
        for (name, value) in more {
            let empty = value.as_array().is_some_and(Vec::is_empty)
                || value.as_object().is_some_and(Map::is_empty);
            if !empty {
                structured[name] = value;
            }
        }
        if let Some(trace_id) = trace_id {
            structured["trace_id"] = json!(trace_id);
        }
        let mut content = vec![ContentBlock::text(text)];
        content.extend(values.images);
        let mut result = match report.outcome {
            Outcome::Success => CallToolResult::success(content),
            Outcome::Error | Outcome::Cancelled => CallToolResult::error(content),
        };
        result.structured_content = Some(structured);
        result
    }

    /// Tells the nodes that failed; those that were only skipped because of them are left out.
    fn errors(&self, text: &mut String) -> Vec<Value> {
        let failed = self.report.nodes.iter().filter(|node| node.state == NodeState::Error);
        let n_failed = failed.clone().count();
        let mut told = Vec::new();
        for node in failed.take(MAX_ERRORS) {
            let Some(error) = &node.error else { continue };
            let message = cut(error.message.clone(), MAX_MESSAGE);
            let NodeReport { node: id, skill_id, .. } = node;
            line(text, &format!("node `{id}` (skill `{skill_id}`): {}: {message}", error.kind));
            let mut item =
                json!({ "node": id, "skill_id": skill_id, "kind": error.kind, "message": message });
            if let Some(hint) = &error.hint {
                line(text, &format!("hint: {hint}"));
                item["hint"] = json!(hint);
            }
            let first = node.logs.len().saturating_sub(MAX_LINES);
            for said in node.logs.iter().skip(first) {
                line(text, &format!("  {id}| {}", cut(said.text.clone(), MAX_SMALL)));
            }
            told.push(item);
        }
        if n_failed > MAX_ERRORS {
            line(text, &format!("{} more nodes failed", n_failed - MAX_ERRORS));
        }
        told
    }
}

impl Values {
    /// Takes a value into the answer, or what stands for it.
    fn take(&mut self, value: &Value) -> Value {
        let bytes = value.to_string().len();
        if let Some(image) = value.as_str().and_then(image)
            && self.images.len() < MAX_IMAGES
        {
            self.images.push(image);
            return json!({ "omitted": true, "bytes": bytes, "note": "the image is in the content of this answer" });
        }
        if bytes <= MAX_VALUE && bytes <= self.left {
            self.left -= bytes;
            return value.clone();
        }
        let note = match &self.trace_id {
            Some(id) => format!("too large for an answer; it is in the trace `{id}`"),
            None => "too large for an answer".to_owned(),
        };
        json!({ "omitted": true, "bytes": bytes, "note": note })
    }
}

/// Reads a data URL of a kind of image that clients show.
fn image(text: &str) -> Option<ContentBlock> {
    let (mime, base64) = text.strip_prefix("data:")?.split_once(";base64,")?;
    let shown = matches!(mime, "image/png" | "image/jpeg" | "image/gif" | "image/webp");
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=');
    let fits = base64.len() <= MAX_IMAGE && base64.bytes().all(plain);
    (shown && fits).then(|| ContentBlock::image(base64, mime))
}

/// The small outputs of nodes: what tells how a run went without filling the answer.
fn small(nodes: &[NodeReport]) -> Map<String, Value> {
    let told = nodes.iter().take(MAX_NODES).filter_map(|node| {
        let fits = |value: &&Value| value.to_string().len() <= MAX_SMALL;
        let outputs = node.outputs.iter().filter(|(_, value)| fits(value));
        let outputs: Map<String, Value> =
            outputs.map(|(port, value)| (port.clone(), value.clone())).collect();
        (!outputs.is_empty()).then(|| (node.node.clone(), Value::Object(outputs)))
    });
    told.collect()
}

fn line(text: &mut String, line: &str) {
    // Writing to a text cannot fail.
    let _ = write!(text, "\n{line}");
}

#[cfg(test)]
mod tests;
