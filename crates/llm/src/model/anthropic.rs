//! The Messages API of Anthropic: what is sent, and what its events mean.

use std::collections::{BTreeMap, VecDeque};

use llmos_core::model::{EndReason, ModelEvent, ModelRequest, Part, Role, ToolCall, Usage};
use serde_json::{Value, json};

use super::{
    answer::{Trouble, arguments, reason},
    service::message_of,
};

/// Builds the body of a request.
pub(crate) fn body(model: &str, request: &ModelRequest) -> Value {
    let system = request.system.iter().map(|block| {
        let mut json = json!({"type": "text", "text": block.text});
        if block.cached {
            json["cache_control"] = json!({"type": "ephemeral"});
        }
        json
    });
    let messages: Vec<_> = request
        .messages
        .iter()
        .map(|message| {
            let role = match message.role {
                Role::User => "user",
                Role::Assistant => "assistant",
            };
            let content: Vec<_> = message.parts.iter().map(part).collect();
            json!({"role": role, "content": content})
        })
        .collect();
    let mut body = json!({
        "model": model,
        "max_tokens": request.limits.max_tokens,
        "stream": true,
        "messages": messages,
    });
    if !request.system.is_empty() {
        body["system"] = Value::Array(system.collect());
    }
    if !request.tools.is_empty() {
        let tools = request.tools.iter().map(|tool| {
            json!({"name": tool.name, "description": tool.description, "input_schema": tool.schema})
        });
        body["tools"] = tools.collect();
    }
    body
}

fn part(part: &Part) -> Value {
    match part {
        Part::Text(text) => json!({"type": "text", "text": text}),
        Part::Call(call) => {
            // What is no object was no JSON when the model wrote it; the protocol wants an object.
            let input = if call.arguments.is_object() { call.arguments.clone() } else { json!({}) };
            json!({"type": "tool_use", "id": call.id, "name": call.name, "input": input})
        }
        Part::Result { call, text, failed } => json!({
            "type": "tool_result", "tool_use_id": call, "content": text, "is_error": failed,
        }),
    }
}

/// Understands the events of one answer.
#[derive(Default)]
pub(crate) struct Parser {
    usage: Usage,
    calls: BTreeMap<u64, Call>,
    end: Option<EndReason>,
}

struct Call {
    id: String,
    name: String,
    json: String,
}

impl Parser {
    /// Takes the data of one event.
    pub(crate) fn read(
        &mut self,
        data: &str,
        out: &mut VecDeque<ModelEvent>,
    ) -> Result<(), Trouble> {
        let event: Value = serde_json::from_str(data)
            .map_err(|error| Trouble::Garbled(format!("an event is no JSON: {error}")))?;
        let index = event["index"].as_u64().unwrap_or_default();
        match event["type"].as_str().unwrap_or_default() {
            "message_start" => {
                self.count(&event["message"]["usage"]);
                let model = event["message"]["model"].as_str().unwrap_or_default().to_owned();
                out.push_back(ModelEvent::Start { model });
            }
            "content_block_start" if event["content_block"]["type"] == "tool_use" => {
                let text = |name: &str| event["content_block"][name].as_str().map(str::to_owned);
                let (Some(id), Some(name)) = (text("id"), text("name")) else {
                    return Err(Trouble::Garbled("a call of a tool has no id or name".to_owned()));
                };
                self.calls.insert(index, Call { id, name, json: String::new() });
            }
            "content_block_start" => {
                let text = event["content_block"]["text"].as_str().unwrap_or_default();
                if !text.is_empty() {
                    out.push_back(ModelEvent::Text(text.to_owned()));
                }
            }
            "content_block_delta" => self.delta(index, &event["delta"], out),
            "content_block_stop" => {
                if let Some(Call { id, name, json }) = self.calls.remove(&index) {
                    let arguments = arguments(json);
                    out.push_back(ModelEvent::Call(ToolCall { id, name, arguments }));
                }
            }
            "message_delta" => {
                self.count(&event["usage"]);
                if let Some(name) = event["delta"]["stop_reason"].as_str() {
                    self.end = Some(reason(name));
                }
            }
            "message_stop" => {
                out.push_back(ModelEvent::Usage(self.usage));
                out.push_back(ModelEvent::End(self.end.unwrap_or(EndReason::Other)));
            }
            "error" => {
                let kind = event["error"]["type"].as_str().unwrap_or_default();
                let said = message_of(&event["error"]).unwrap_or_else(|| kind.to_owned());
                let busy = matches!(kind, "overloaded_error" | "rate_limit_error");
                return Err(Trouble::Failed { reason: said, busy });
            }
            // `ping`, and whatever is added later.
            _ => {}
        }
        Ok(())
    }

    fn delta(&mut self, index: u64, delta: &Value, out: &mut VecDeque<ModelEvent>) {
        if let Some(text) = delta["text"].as_str()
            && delta["type"] == "text_delta"
        {
            out.push_back(ModelEvent::Text(text.to_owned()));
        }
        if let (Some(json), Some(call)) =
            (delta["partial_json"].as_str(), self.calls.get_mut(&index))
        {
            call.json.push_str(json);
        }
    }

    /// Takes counts over; each is the whole so far, not what was added.
    fn count(&mut self, usage: &Value) {
        let take = |field: &mut u64, name: &str| {
            if let Some(n) = usage[name].as_u64() {
                *field = n;
            }
        };
        take(&mut self.usage.input, "input_tokens");
        take(&mut self.usage.cache_read, "cache_read_input_tokens");
        take(&mut self.usage.cache_write, "cache_creation_input_tokens");
        take(&mut self.usage.output, "output_tokens");
    }
}
