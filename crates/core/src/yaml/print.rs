//! From value to text. Whatever is printed here reads back as the same value,
//! so no text can end the front matter or add a key to it.

use serde_json::{Map, Value};

use super::scalar;

/// Prints a mapping in block form, one key per line, each line ended by `\n`.
pub fn print(map: &Map<String, Value>) -> String {
    let mut out = String::new();
    for (name, value) in map {
        print_entry(&mut out, name, value, 0);
    }
    out
}

/// Prints any value on one line.
pub fn print_inline(value: &Value) -> String {
    let mut out = String::new();
    inline(&mut out, value, false);
    out
}

fn print_entry(out: &mut String, name: &str, value: &Value, indent: usize) {
    inline_text(out, name, true);
    out.push(':');
    match value {
        Value::Object(map) if !map.is_empty() => {
            for (name, value) in map {
                line(out, indent + 2);
                print_entry(out, name, value, indent + 2);
            }
        }
        Value::Array(items) if items.iter().any(Value::is_object) => {
            for item in items {
                line(out, indent + 2);
                out.push_str("- ");
                print_item(out, item, indent + 4);
            }
        }
        Value::Null => out.push('\n'),
        value => {
            out.push(' ');
            inline(out, value, false);
            out.push('\n');
        }
    }
}

fn print_item(out: &mut String, item: &Value, indent: usize) {
    let Some(map) = item.as_object().filter(|map| !map.is_empty()) else {
        inline(out, item, false);
        out.push('\n');
        return;
    };
    for (i, (name, value)) in map.iter().enumerate() {
        if i > 0 {
            line(out, indent);
        }
        print_entry(out, name, value, indent);
    }
}

/// Begins a line inside the entry that was just opened.
fn line(out: &mut String, indent: usize) {
    if !out.ends_with('\n') {
        out.push('\n');
    }
    out.extend(std::iter::repeat_n(' ', indent));
}

fn inline(out: &mut String, value: &Value, in_flow: bool) {
    match value {
        Value::String(text) => inline_text(out, text, in_flow),
        Value::Array(items) => {
            out.push('[');
            for (i, item) in items.iter().enumerate() {
                out.push_str(if i > 0 { ", " } else { "" });
                inline(out, item, true);
            }
            out.push(']');
        }
        Value::Object(map) => {
            out.push('{');
            for (i, (name, value)) in map.iter().enumerate() {
                out.push_str(if i > 0 { ", " } else { "" });
                inline_text(out, name, true);
                out.push_str(": ");
                inline(out, value, true);
            }
            out.push('}');
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => out.push_str(&value.to_string()),
    }
}

fn inline_text(out: &mut String, text: &str, in_flow: bool) {
    if is_plain(text, in_flow) {
        out.push_str(text);
    } else {
        quote(out, text);
    }
}

/// Says whether a text may stand bare and still be read as the same text.
fn is_plain(text: &str, in_flow: bool) -> bool {
    let inner = |c: char| {
        let dangerous = if in_flow { ",[]{}:#\"'" } else { "" };
        !c.is_control() && !is_odd_space(c) && !dangerous.contains(c)
    };
    let Some(first) = text.chars().next() else { return false };
    (first.is_alphanumeric() || matches!(first, '_' | '(' | '/'))
        && text.chars().all(inner)
        && !text.ends_with([' ', ':'])
        && !text.contains(": ")
        && !text.contains(" #")
        && scalar::resolve(text).is_string()
        && !is_yaml_11(text)
}

/// Says whether a reader of YAML 1.1 would take the text for something else.
fn is_yaml_11(text: &str) -> bool {
    let words = ["y", "n", "yes", "no", "on", "off"];
    let digits = text.starts_with(|c: char| c.is_ascii_digit())
        && text.chars().all(|c| c.is_ascii_hexdigit() || "_:.-+xoTZ ".contains(c));
    words.iter().any(|word| text.eq_ignore_ascii_case(word)) || digits
}

fn is_odd_space(c: char) -> bool {
    (c.is_whitespace() && c != ' ')
        || matches!(c, '\u{feff}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{fffe}' | '\u{ffff}')
}

fn quote(out: &mut String, text: &str) {
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if c.is_control() || is_odd_space(c) => {
                let code = u32::from(c);
                out.push_str(&format!("\\u{code:04x}"));
            }
            c => out.push(c),
        }
    }
    out.push('"');
}
