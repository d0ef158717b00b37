//! The chat completions of OpenAI, as OpenAI, OpenRouter, llama.cpp, vLLM and
//! Ollama speak them: what is sent, and what their events mean.

use std::collections::{BTreeMap, VecDeque};

use llmos_core::model::{
    EndReason, Message, ModelEvent, ModelRequest, Part, Provider, Role, ToolCall, Usage,
};
use serde_json::{Value, json};

use super::{
    answer::{Trouble, arguments, reason},
    service::message_of,
};

/// Builds the body of a request.
pub(crate) fn body(provider: Provider, model: &str, request: &ModelRequest) -> Value {
    let mut messages = Vec::new();
    if !request.system.is_empty() {
        messages.push(json!({"role": "system", "content": system(provider, request)}));
    }
    for message in &request.messages {
        add(message, &mut messages);
    }
    let mut body = json!({
        "model": model,
        "stream": true,
        "stream_options": {"include_usage": true},
        "messages": messages,
    });
    // OpenAI renamed the limit; the others know the old name only.
    let limit = match provider {
        Provider::Openai => "max_completion_tokens",
        _ => "max_tokens",
    };
    body[limit] = request.limits.max_tokens.into();
    if provider == Provider::Openrouter {
        body["usage"] = json!({"include": true});
    }
    if !request.tools.is_empty() {
        let tools = request.tools.iter().map(|tool| {
            let (name, description, schema) = (&tool.name, &tool.description, &tool.schema);
            let function = json!({"name": name, "description": description, "parameters": schema});
            json!({"type": "function", "function": function})
        });
        body["tools"] = tools.collect();
    }
    body
}

/// One text; OpenRouter passes on where a model of Anthropic may keep it.
fn system(provider: Provider, request: &ModelRequest) -> Value {
    if provider != Provider::Openrouter {
        let texts: Vec<_> = request.system.iter().map(|block| block.text.as_str()).collect();
        return texts.join("\n\n").into();
    }
    let blocks = request.system.iter().map(|block| {
        let mut json = json!({"type": "text", "text": block.text});
        if block.cached {
            json["cache_control"] = json!({"type": "ephemeral"});
        }
        json
    });
    blocks.collect()
}

/// Adds a message; results of tools are messages of their own here.
fn add(message: &Message, to: &mut Vec<Value>) {
    let mut text = String::new();
    let mut calls = Vec::new();
    for part in &message.parts {
        match part {
            Part::Text(more) => text.push_str(more),
            Part::Call(call) => {
                let arguments = match &call.arguments {
                    Value::String(text) => text.clone(),
                    json => json.to_string(),
                };
                let function = json!({"name": call.name, "arguments": arguments});
                calls.push(json!({"id": call.id, "type": "function", "function": function}));
            }
            Part::Result { call, text, .. } => {
                to.push(json!({"role": "tool", "tool_call_id": call, "content": text}));
            }
        }
    }
    match message.role {
        Role::User if !text.is_empty() => to.push(json!({"role": "user", "content": text})),
        Role::User => {}
        Role::Assistant => {
            let mut said = json!({"role": "assistant", "content": text});
            if !calls.is_empty() {
                said["tool_calls"] = Value::Array(calls);
            }
            to.push(said);
        }
    }
}

/// Understands the events of one answer.
#[derive(Default)]
pub(crate) struct Parser {
    started: bool,
    usage: Option<Usage>,
    calls: BTreeMap<u64, Call>,
    end: Option<EndReason>,
}

#[derive(Default)]
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
        if data.trim() == "[DONE]" {
            return match self.close(out) {
                true => Ok(()),
                false => Err(Trouble::Garbled("it ends without a reason".to_owned())),
            };
        }
        let event: Value = serde_json::from_str(data)
            .map_err(|error| Trouble::Garbled(format!("an event is no JSON: {error}")))?;
        if let Some(error) = event.get("error").filter(|error| !error.is_null()) {
            let code = error["code"].as_u64();
            let kind = error["type"].as_str().unwrap_or_default();
            let busy = matches!(code, Some(429 | 503 | 529)) || kind == "rate_limit_exceeded";
            let reason = message_of(error).unwrap_or_else(|| "no reason given".to_owned());
            return Err(Trouble::Failed { reason, busy });
        }
        if !self.started {
            self.started = true;
            let model = event["model"].as_str().unwrap_or_default().to_owned();
            out.push_back(ModelEvent::Start { model });
        }
        if let Some(usage) = event.get("usage").filter(|usage| usage.is_object()) {
            self.usage = Some(count(usage));
        }
        let choice = &event["choices"][0];
        if let Some(text) = choice["delta"]["content"].as_str().filter(|text| !text.is_empty()) {
            out.push_back(ModelEvent::Text(text.to_owned()));
        }
        if let Some(calls) = choice["delta"]["tool_calls"].as_array() {
            calls.iter().enumerate().for_each(|(at, call)| self.call(at, call));
        }
        if let Some(name) = choice["finish_reason"].as_str() {
            self.end = Some(reason(name));
        }
        Ok(())
    }

    /// A part of a call; its place says to which one it belongs.
    fn call(&mut self, at: usize, part: &Value) {
        let at = part["index"].as_u64().unwrap_or(at as u64);
        let call = self.calls.entry(at).or_default();
        let take = |to: &mut String, value: &Value| to.push_str(value.as_str().unwrap_or_default());
        if call.id.is_empty() {
            take(&mut call.id, &part["id"]);
        }
        if call.name.is_empty() {
            take(&mut call.name, &part["function"]["name"]);
        }
        match &part["function"]["arguments"] {
            // Some servers send the object itself.
            object @ Value::Object(_) => call.json = object.to_string(),
            text => take(&mut call.json, text),
        }
    }

    /// Gives what is still to come once the answer is over. Says whether it was whole.
    pub(crate) fn close(&mut self, out: &mut VecDeque<ModelEvent>) -> bool {
        let Some(mut end) = self.end.take() else { return false };
        for (at, Call { id, name, json }) in std::mem::take(&mut self.calls) {
            let id = if id.is_empty() { format!("call_{at}") } else { id };
            out.push_back(ModelEvent::Call(ToolCall { id, name, arguments: arguments(json) }));
            if end == EndReason::Done {
                end = EndReason::Calls;
            }
        }
        out.extend(self.usage.take().map(ModelEvent::Usage));
        out.push_back(ModelEvent::End(end));
        true
    }
}

fn count(usage: &Value) -> Usage {
    let number = |value: &Value| value.as_u64().unwrap_or_default();
    let details = &usage["prompt_tokens_details"];
    let (read, written) =
        (number(&details["cached_tokens"]), number(&details["cache_write_tokens"]));
    Usage {
        // Here what was kept is part of the whole.
        input: number(&usage["prompt_tokens"]).saturating_sub(read).saturating_sub(written),
        cache_read: read,
        cache_write: written,
        output: number(&usage["completion_tokens"]),
        stated_usd: usage["cost"].as_f64(),
    }
}
