//! Arguments as a person reads them before they are sent: all of them, and nothing in them hidden.

use std::fmt::Write;

use serde_json::{Map, Value};

use crate::markdown;

/// One argument of a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShownArgument {
    /// Its name.
    pub name: String,
    /// Its value: a text as it is, anything else as JSON.
    pub text: String,
    /// Whether it is a text.
    pub is_text: bool,
}

/// Each argument, whole. What cannot be seen, or turns the text around it, is written as `\u{202e}`.
pub fn shown_arguments(arguments: &Map<String, Value>) -> Vec<ShownArgument> {
    let one = |(name, value): (&String, &Value)| {
        let (text, is_text) = match value {
            Value::String(text) => (visible(text, brackets), true),
            other => (json(other), false),
        };
        ShownArgument { name: visible(name, brackets), text, is_text }
    };
    arguments.iter().map(one).collect()
}

/// All arguments as the JSON that is sent, with `\u202e` in place of what cannot be seen: it reads as the same values.
pub fn shown_json(arguments: &Map<String, Value>) -> String {
    json(&Value::Object(arguments.clone()))
}

/// A value whose texts hide nothing and run in one direction.
pub(in crate::chat) fn visible_value(value: &Value) -> Value {
    let plain = |text: &str| match text.contains(markdown::is_hidden) {
        true => visible(text, brackets),
        false => text.to_owned(),
    };
    match value {
        Value::String(text) => Value::String(plain(text)),
        Value::Array(parts) => parts.iter().map(visible_value).collect(),
        Value::Object(fields) => {
            fields.iter().map(|(name, value)| (plain(name), visible_value(value))).collect()
        }
        other => other.clone(),
    }
}

fn json(value: &Value) -> String {
    visible(&format!("{value:#}"), |c, out| {
        for unit in c.encode_utf16(&mut [0; 2]) {
            // Writing to memory cannot fail.
            let _ = write!(out, "\\u{unit:04x}");
        }
    })
}

fn brackets(c: char, out: &mut String) {
    out.extend(c.escape_unicode());
}

fn visible(text: &str, escape: impl Fn(char, &mut String)) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\n' | '\t' => out.push(c),
            c if c.is_control() || markdown::is_hidden(c) => escape(c, &mut out),
            c => out.push(c),
        }
    }
    out
}
