//! What a model and a person read about calls, in few words.

use serde_json::Value;

use super::{CallState, ToolAnswer};
use crate::{
    chat::{Decision, fields::short, graph, outside::visible_value},
    model::{ModelRequest, Part},
};

/// The most of a result that a person sees at once, in characters.
const MAX_RESULT: usize = 400;
/// The most of arguments that a person sees, in bytes of JSON.
const MAX_SHOWN: usize = 2000;

/// What a model reads about its mistakes.
pub(super) fn refusal(tool: &str, reasons: &[String]) -> String {
    let lines: Vec<_> = reasons.iter().map(|reason| format!("- {reason}")).collect();
    let lines = lines.join("\n");
    if tool == graph::TOOL {
        return format!("The workflow cannot be used:\n{lines}\nMend it and propose it again.");
    }
    format!("This call is refused:\n{lines}\nMend it, or do without it.")
}

/// What a person and a model read of a call that nobody allowed.
pub(super) fn declined(decision: Decision) -> &'static str {
    match decision {
        Decision::Unanswered => "nobody allowed it in time",
        Decision::Allowed | Decision::Declined => "the person declined",
    }
}

/// Adds to the last result what concerns them all.
pub(super) fn remark(text: &mut String, n_dropped: usize, rounds_left: u32) {
    if n_dropped > 0 {
        let most = super::MAX_CALLS_AT_ONCE;
        text.push_str(&format!(
            "\n\n{n_dropped} more calls were left out: {most} at once are the most."
        ));
    }
    if rounds_left == 1 {
        text.push_str("\n\nThis is your last round: answer now, without calling a tool.");
    }
}

/// The name of a tool as people see it.
pub(super) fn name(tool: &str) -> String {
    short(tool, 60)
}

/// Arguments as people see them: nothing in them is hidden.
pub(super) fn shown(arguments: &Value) -> Value {
    let arguments = visible_value(arguments);
    let json = match &arguments {
        Value::String(text) => text.clone(),
        json => json.to_string(),
    };
    if json.len() <= MAX_SHOWN {
        return arguments;
    }
    let end = json.floor_char_boundary(MAX_SHOWN);
    Value::String(format!("{}… ({} bytes in all)", &json[..end], json.len()))
}

/// What came of a call, as people see it.
pub(super) fn result(answer: &ToolAnswer) -> (CallState, String) {
    match answer {
        ToolAnswer::Text(text) => (CallState::Done, beginning(text)),
        ToolAnswer::Failed(text) => (CallState::Failed, beginning(text)),
        ToolAnswer::Proposal(workflow) => {
            (CallState::Done, format!("proposed `{}`", short(&workflow.name, 100)))
        }
        ToolAnswer::Edit(edit) => (CallState::Done, format!("proposed an edit of `{}`", edit.id)),
        ToolAnswer::Refused(reasons) => (CallState::Refused, beginning(&reasons.join("; "))),
        ToolAnswer::Declined(decision) => (CallState::Declined, declined(*decision).to_owned()),
        ToolAnswer::Spent(_) => (CallState::Refused, "no call is left for this message".to_owned()),
    }
}

/// The first lines of a text.
fn beginning(text: &str) -> String {
    let text = text.trim();
    let mut shown: String =
        text.chars().take(MAX_RESULT).filter(|c| *c == '\n' || !c.is_control()).collect();
    if text.chars().nth(MAX_RESULT).is_some() {
        shown.push_str(&format!("… ({} bytes in all)", text.len()));
    }
    shown
}

/// How many bytes a request has, about.
pub(super) fn size(request: &ModelRequest) -> usize {
    let system = request.system.iter().map(|block| block.text.len());
    let parts = request.messages.iter().flat_map(|message| &message.parts);
    let parts = parts.map(|part| match part {
        Part::Text(text) => text.len(),
        Part::Call(call) => call.name.len() + call.arguments.to_string().len(),
        Part::Result { text, .. } => text.len(),
    });
    system.chain(parts).sum()
}
