//! JSON Schemas of tools, made from the types of ports.

use llmos_api::skill::Port;
use llmos_core::value::PortType;
use serde_json::{Map, Value, json};

use crate::{name, refusal::cut};

/// How many bytes of a description of a port are told.
const MAX_DESCRIPTION: usize = 500;

/// How many bytes a default may have to be told.
const MAX_DEFAULT: usize = 2000;

/// The arguments of a tool: its inputs. Bytes cannot be written in JSON, so no argument is for them.
pub(crate) fn arguments(inputs: &[Port]) -> Map<String, Value> {
    let written = inputs.iter().filter(|port| of(port) != PortType::Bytes);
    let required: Vec<String> = written
        .clone()
        .filter(|port| port.required && port.default.is_none())
        .map(|port| name::argument(&port.name))
        .collect();
    let properties: Map<String, Value> =
        written.map(|port| (name::argument(&port.name), argument(port))).collect();
    let mut schema = Map::from_iter([
        ("type".to_owned(), json!("object")),
        ("properties".to_owned(), Value::Object(properties)),
    ]);
    if !required.is_empty() {
        schema.insert("required".to_owned(), json!(required));
    }
    schema.insert("additionalProperties".to_owned(), json!(false));
    schema
}

/// The structured result of a tool, whatever becomes of the run.
pub(crate) fn result(outputs: &[Port]) -> Map<String, Value> {
    let output = |port: &Port| {
        let special = json!({ "$ref": "#/$defs/special" });
        let schema = json!({ "anyOf": [Value::Object(value(of(port))), special] });
        (name::argument(&port.name), described(schema, &port.description))
    };
    let properties: Map<String, Value> = outputs.iter().map(output).collect();
    let schema = json!({
        "type": "object",
        "properties": {
            "outcome": { "type": "string", "enum": ["success", "error", "cancelled"] },
            "outputs": { "type": "object", "properties": properties },
            "nodes": { "type": "object", "description": "Small outputs of every node, by node and port" },
            "errors": { "type": "array", "items": { "type": "object" }, "description": "The nodes that failed, and why" },
            "trace_id": { "type": "string", "description": "The record of the run, in the volume of the user" },
            "notes": { "type": "array", "items": { "type": "string" } }
        },
        "required": ["outcome", "outputs"],
        "$defs": {
            "special": {
                "type": ["object", "null"],
                "description": "Nothing; a number that JSON lacks, such as {\"$number\": \"Infinity\"}; or {\"omitted\": true, \"bytes\": …} for what is too large for an answer"
            }
        }
    });
    match schema {
        Value::Object(schema) => schema,
        _ => Map::new(),
    }
}

/// Says whether a call could never give what an input needs.
pub(crate) fn cannot_be_called(inputs: &[Port]) -> bool {
    inputs.iter().any(|port| of(port) == PortType::Bytes && port.required && port.default.is_none())
}

fn of(port: &Port) -> PortType {
    port.ty.parse().unwrap_or(PortType::Any)
}

fn argument(port: &Port) -> Value {
    let mut schema = value(of(port));
    if let Some(default) = &port.default
        && default.to_string().len() <= MAX_DEFAULT
    {
        schema.insert("default".to_owned(), default.clone());
    }
    described(Value::Object(schema), &port.description)
}

fn described(mut schema: Value, description: &str) -> Value {
    if let (Value::Object(schema), false) = (&mut schema, description.is_empty()) {
        let text = match schema.get("description").and_then(Value::as_str) {
            Some(form) => format!("{description} ({form})"),
            None => description.to_owned(),
        };
        schema.insert("description".to_owned(), json!(cut(text, MAX_DESCRIPTION)));
    }
    schema
}

/// What a value of a type looks like.
fn value(ty: PortType) -> Map<String, Value> {
    let list = json!({ "type": "array", "items": {} });
    let schema = match ty {
        PortType::Number => json!({ "type": "number" }),
        PortType::Integer => json!({ "type": "integer" }),
        PortType::String => json!({ "type": "string" }),
        PortType::Boolean => json!({ "type": "boolean" }),
        PortType::Array => list,
        PortType::Object => json!({ "type": "object" }),
        PortType::Table => json!({
            "type": "object",
            "description": "a table: columns of equal length",
            "properties": { "columns": { "type": "array", "items": {
                "type": "object",
                "properties": { "name": { "type": "string" }, "values": list },
                "required": ["name", "values"]
            } } },
            "required": ["columns"]
        }),
        PortType::Plot => json!({
            "type": "object",
            "description": "a plot",
            "properties": {
                "title": { "type": "string" },
                "x_label": { "type": "string" },
                "y_label": { "type": "string" },
                "series": { "type": "array", "items": {
                    "type": "object",
                    "properties": { "name": { "type": "string" }, "kind": { "type": "string" }, "x": list, "y": list },
                    "required": ["x", "y"]
                } }
            },
            "required": ["series"]
        }),
        PortType::Image => {
            json!({ "type": "string", "description": "an image as a data URL: data:image/png;base64,…" })
        }
        PortType::File => json!({
            "type": "object",
            "description": "a file: its content as text, or as base64 where it is no text",
            "properties": {
                "name": { "type": "string" },
                "mime": { "type": "string" },
                "text": { "type": "string" },
                "base64": { "type": "string" }
            },
            "required": ["name", "mime"]
        }),
        PortType::Bytes | PortType::Any => json!({}),
    };
    match schema {
        Value::Object(schema) => schema,
        _ => Map::new(),
    }
}

#[cfg(test)]
mod tests;
