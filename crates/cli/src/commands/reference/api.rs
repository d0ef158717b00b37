//! The page about the routes, made from the description of the API.

use std::fmt::Write;

use serde_json::{Map, Value};

const METHODS: [&str; 4] = ["get", "post", "put", "delete"];

/// Prints the page as Markdown.
pub(super) fn page() -> String {
    let api = serde_json::to_value(llmos_server::openapi());
    let api = api.expect("because the description is plain data");
    let mut text = format!(
        "# HTTP API\n\nMade from the program by `llmos reference api`; do not edit it by hand. The same, to click \
         through, is at `/docs` of a running server, and as OpenAPI at `/openapi.json`.\n\n{}\n",
        str_of(&api["info"], "description")
    );
    for tag in array_of(&api, "tags") {
        let name = str_of(tag, "name");
        add(&mut text, &format!("\n## {name}\n\n{}.\n", str_of(tag, "description")));
        for (path, item) in object_of(&api, "paths") {
            for method in METHODS {
                let operation = &item[method];
                if array_of(operation, "tags").iter().any(|tag| tag.as_str() == Some(name)) {
                    describe(&mut text, method, path, operation);
                }
            }
        }
    }
    add(&mut text, "\n## Objects\n");
    for (name, schema) in object_of(&api["components"], "schemas") {
        add(&mut text, &format!("\n### {name}\n\n{}\n", str_of(schema, "description")));
        fields(&mut text, schema);
    }
    text
}

fn describe(text: &mut String, method: &str, path: &str, operation: &Value) {
    let method = method.to_uppercase();
    add(text, &format!("\n### `{method} {path}`\n\n{}.", str_of(operation, "summary")));
    let more = str_of(operation, "description");
    if !more.is_empty() {
        add(text, &format!("\n{more}"));
    }
    let parameters = array_of(operation, "parameters");
    if !parameters.is_empty() {
        add(text, "\n| parameter | in | type | meaning |\n| --- | --- | --- | --- |");
        for parameter in parameters {
            let (name, place) = (str_of(parameter, "name"), str_of(parameter, "in"));
            let optional =
                if parameter["required"] == Value::Bool(true) { "" } else { ", optional" };
            let (ty, meaning) = (type_of(&parameter["schema"]), str_of(parameter, "description"));
            add(text, &format!("| `{name}` | {place} | {ty}{optional} | {meaning} |"));
        }
    }
    if let Some(schema) = content_of(&operation["requestBody"]) {
        add(text, &format!("\nTakes {}.", type_of(schema)));
    }
    for (status, response) in object_of(operation, "responses") {
        if let Some(schema) = content_of(response) {
            add(text, &format!("\nAnswers {status} with {}.", type_of(schema)));
        }
    }
}

fn fields(text: &mut String, schema: &Value) {
    if let Some(values) = schema["enum"].as_array() {
        let values: Vec<String> = values.iter().map(|value| format!("`{value}`")).collect();
        add(text, &format!("One of {}.", values.join(", ")));
        return;
    }
    let parts = match schema["allOf"].as_array() {
        Some(parts) => parts.iter().collect(),
        None => vec![schema],
    };
    for part in &parts {
        if part["$ref"].is_string() {
            add(text, &format!("Everything of {}, and:\n", type_of(part)));
        }
    }
    add(text, "| field | type | meaning |\n| --- | --- | --- |");
    for part in parts {
        let required = array_of(part, "required");
        for (name, field) in object_of(part, "properties") {
            let needed = required.iter().any(|field| field.as_str() == Some(name));
            let optional = if needed { "" } else { ", optional" };
            let meaning = str_of(field, "description");
            add(text, &format!("| `{name}` | {}{optional} | {meaning} |", type_of(field)));
        }
    }
}

fn type_of(schema: &Value) -> String {
    if let Some(target) = schema["$ref"].as_str() {
        let name = target.rsplit('/').next().unwrap_or(target);
        return format!("[{name}](#{})", name.to_lowercase());
    }
    for choice in ["oneOf", "anyOf"] {
        if let Some(choices) = schema[choice].as_array() {
            return choices.iter().map(type_of).collect::<Vec<_>>().join(" or ");
        }
    }
    let named = |name: &str| match name {
        "array" => format!("list of {}", type_of(&schema["items"])),
        name => name.to_owned(),
    };
    match &schema["type"] {
        Value::String(name) => named(name),
        Value::Array(names) => {
            names.iter().filter_map(Value::as_str).map(named).collect::<Vec<_>>().join(" or ")
        }
        _ => "any".to_owned(),
    }
}

fn content_of(holder: &Value) -> Option<&Value> {
    holder["content"].as_object()?.values().next()?.get("schema")
}

fn str_of<'a>(value: &'a Value, key: &str) -> &'a str {
    value[key].as_str().unwrap_or_default()
}

fn array_of<'a>(value: &'a Value, key: &str) -> &'a [Value] {
    value[key].as_array().map(Vec::as_slice).unwrap_or_default()
}

fn object_of<'a>(value: &'a Value, key: &str) -> impl Iterator<Item = (&'a String, &'a Value)> {
    value[key].as_object().into_iter().flat_map(Map::iter)
}

fn add(text: &mut String, line: &str) {
    writeln!(text, "{line}").expect("because writing to a string cannot fail");
}
