//! Schemas that strangers wrote, as every provider takes them: one that a provider refuses would end the whole answer.

use serde_json::{Map, Value, json};

use crate::markdown;

/// How deep a schema may go; what is deeper takes anything.
const MAX_DEPTH: usize = 8;
/// The longest description of a field, in characters.
const MAX_WORDS: usize = 300;
/// The most values, fields or forms of one part.
const MAX_PARTS: usize = 64;

/// The types that there are.
const TYPES: [&str; 7] = ["string", "number", "integer", "boolean", "object", "array", "null"];

/// Takes what is known of a schema of arguments, as an object; the server checks what it gets in any case.
pub(super) fn plain(schema: &Map<String, Value>) -> Map<String, Value> {
    let mut plain = part(schema, schema, 0);
    plain.retain(|name, _| matches!(name.as_str(), "properties" | "required"));
    plain.insert("type".to_owned(), json!("object"));
    plain.entry("properties").or_insert_with(|| json!({}));
    plain
}

fn part(
    schema: &Map<String, Value>,
    root: &Map<String, Value>,
    depth: usize,
) -> Map<String, Value> {
    let mut out = Map::new();
    if depth == MAX_DEPTH {
        return out;
    }
    if let Some(Value::String(path)) = schema.get("$ref") {
        let found = path.strip_prefix('#').and_then(|path| find(root, path));
        return found.map_or(out, |found| part(found, root, depth + 1));
    }
    let below = |value: &Value| match value {
        Value::Object(schema) => Some(Value::Object(part(schema, root, depth + 1))),
        _ => None,
    };
    for (name, value) in schema {
        let kept = match (name.as_str(), value) {
            ("type", Value::String(kind)) => TYPES.contains(&kind.as_str()).then(|| value.clone()),
            ("type", Value::Array(kinds)) => {
                let known = |kind: &&Value| kind.as_str().is_some_and(|kind| TYPES.contains(&kind));
                let kinds: Vec<Value> = kinds.iter().filter(known).cloned().collect();
                (!kinds.is_empty()).then_some(Value::Array(kinds))
            }
            ("description" | "title", Value::String(text)) => {
                Some(json!(markdown::plain(text, MAX_WORDS)))
            }
            ("properties", Value::Object(fields)) => {
                let fields = fields.iter().filter(|(name, _)| is_field(name)).take(MAX_PARTS);
                let fields = fields.filter_map(|(name, value)| Some((name.clone(), below(value)?)));
                Some(Value::Object(fields.collect()))
            }
            ("required", Value::Array(names)) => Some(Value::Array(required(names, schema))),
            ("items", items) => below(items),
            ("anyOf" | "oneOf", Value::Array(forms)) if !forms.is_empty() => {
                Some(Value::Array(forms.iter().take(MAX_PARTS).filter_map(below).collect()))
            }
            ("enum", Value::Array(values)) if !values.is_empty() => {
                Some(Value::Array(values.iter().take(MAX_PARTS).map(clean).collect()))
            }
            ("const" | "default", value) => Some(clean(value)),
            (
                "minimum" | "maximum" | "minLength" | "maxLength" | "minItems" | "maxItems",
                Value::Number(_),
            ) => Some(value.clone()),
            _ => None,
        };
        out.extend(kept.map(|kept| (name.clone(), kept)));
    }
    out
}

/// The names of fields that are needed and there.
fn required(names: &[Value], schema: &Map<String, Value>) -> Vec<Value> {
    let fields = schema.get("properties").and_then(Value::as_object);
    let is_there = |name: &&Value| {
        let name = name.as_str().filter(|name| is_field(name));
        name.is_some_and(|name| fields.is_some_and(|fields| fields.contains_key(name)))
    };
    names.iter().filter(is_there).take(MAX_PARTS).cloned().collect()
}

/// Says whether a name of a field is one that providers take.
fn is_field(name: &str) -> bool {
    let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.');
    (1..=64).contains(&name.len()) && name.bytes().all(plain)
}

/// A value without what cannot be seen.
fn clean(value: &Value) -> Value {
    match value {
        Value::String(text) => json!(markdown::plain(text, MAX_WORDS)),
        Value::Null | Value::Bool(_) | Value::Number(_) => value.clone(),
        // What is nested is no choice that a model has to know.
        Value::Array(_) | Value::Object(_) => Value::Null,
    }
}

/// Follows `/$defs/Name`.
fn find<'a>(root: &'a Map<String, Value>, path: &str) -> Option<&'a Map<String, Value>> {
    let mut at = root;
    for step in path.strip_prefix('/')?.split('/') {
        at = at.get(step)?.as_object()?;
    }
    Some(at)
}
