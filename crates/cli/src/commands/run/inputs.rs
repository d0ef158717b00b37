//! Values given on the command line: which input they are for, and what they are.

use std::{fs, path::Path};

use base64::{Engine, prelude::BASE64_STANDARD};
use llmos_api::skill::Port;
use llmos_core::value::{PortType, ValueKind, satisfies};
use serde_json::{Value, json};

use crate::failure::{Failure, FailureKind};

/// The largest file that becomes a value.
const MAX_FILE_BYTES: u64 = 64 << 20;

/// A value for an input, before anybody looked whether there is such an input.
pub(super) struct Given<'a> {
    pub(super) node: &'a str,
    pub(super) port: &'a str,
    pub(super) text: &'a str,
}

impl<'a> Given<'a> {
    /// Reads `node.port=value`.
    pub(super) fn read(argument: &'a str) -> Result<Self, Failure> {
        let parts = argument.split_once('=').and_then(|(place, text)| {
            let (node, port) = place.split_once('.')?;
            Some(Self { node, port, text }).filter(|_| !node.is_empty() && !port.is_empty())
        });
        parts.ok_or_else(|| {
            let message = format!("`--input {argument}` names no input");
            usage(message, "write `--input NODE.PORT=VALUE`, such as `--input resistor.ohms=470`")
        })
    }

    /// Makes the value that the port takes.
    pub(super) fn value(&self, port: &Port) -> Result<Value, Failure> {
        let ty = port.ty.parse().unwrap_or(PortType::Any);
        let value = match self.text.strip_prefix('@') {
            Some(path) => from_file(Path::new(path), ty)?,
            None => from_text(self.text, ty).map_err(|problem| self.wrong(ty, &problem))?,
        };
        let kind = ValueKind::of(&value);
        if value.is_null() || satisfies(kind, ty) {
            return Ok(value);
        }
        Err(self.wrong(ty, &format!("this is of type `{kind}`")))
    }

    fn wrong(&self, ty: PortType, problem: &str) -> Failure {
        let Self { node, port, text } = self;
        let shown: String = text.chars().take(60).collect();
        let message = format!("`{shown}` is no value for `{node}.{port}`: {problem}");
        usage(message, format!("the input takes `{ty}`: {}", example(ty)))
    }
}

pub(super) fn usage(message: impl Into<String>, hint: impl Into<String>) -> Failure {
    Failure::new(FailureKind::Usage, message, hint)
}

/// Says that there is no such thing, and which there are.
pub(super) fn unknown(what: &str, name: &str, known: &[&str]) -> Failure {
    let near = known
        .iter()
        .map(|candidate| (strsim::jaro_winkler(name, candidate), candidate))
        .filter(|(likeness, _)| *likeness > 0.75)
        .max_by(|(a, _), (b, _)| a.total_cmp(b));
    let hint = match near {
        Some((_, candidate)) => format!("did you mean `{candidate}`?"),
        None if known.is_empty() => "there are none".to_owned(),
        None => {
            let names: Vec<String> =
                known.iter().take(20).map(|name| format!("`{name}`")).collect();
            format!("there are {}", names.join(", "))
        }
    };
    usage(format!("there is no {what} `{name}`"), hint)
}

fn from_text(text: &str, ty: PortType) -> Result<Value, String> {
    match ty {
        PortType::String | PortType::Image => Ok(Value::from(text)),
        PortType::Number | PortType::Integer => match text.trim() {
            "inf" | "Infinity" => Ok(json!({ "$number": "Infinity" })),
            "-inf" | "-Infinity" => Ok(json!({ "$number": "-Infinity" })),
            number => serde_json::from_str(number)
                .ok()
                .filter(Value::is_number)
                .or_else(|| number.parse::<f64>().ok().map(Value::from).filter(Value::is_number))
                .ok_or_else(|| "it is no number".to_owned()),
        },
        PortType::Boolean => match text.trim() {
            "true" | "yes" | "on" => Ok(Value::Bool(true)),
            "false" | "no" | "off" => Ok(Value::Bool(false)),
            _ => Err("it is neither true nor false".to_owned()),
        },
        // What is no JSON is a text.
        PortType::Any => Ok(serde_json::from_str(text).unwrap_or_else(|_| Value::from(text))),
        _ => serde_json::from_str(text).map_err(|error| format!("it is no JSON ({error})")),
    }
}

fn from_file(path: &Path, ty: PortType) -> Result<Value, Failure> {
    let unreadable = |error| Failure::unreadable(path, &error);
    let found = fs::metadata(path).map_err(unreadable)?;
    if found.len() > MAX_FILE_BYTES {
        let message = format!("`{}` is larger than 64 MB", path.display());
        return Err(usage(message, "cut it down, or read it in pieces"));
    }
    let bytes = fs::read(path).map_err(unreadable)?;
    let mime = mime(path);
    let text = String::from_utf8(bytes);
    let base64 = |bytes: &[u8]| BASE64_STANDARD.encode(bytes);
    Ok(match (ty, text) {
        (PortType::File, Ok(text)) => json!({ "name": name(path), "mime": mime, "text": text }),
        (PortType::File, Err(error)) => {
            json!({ "name": name(path), "mime": mime, "base64": base64(error.as_bytes()) })
        }
        (PortType::Image, Ok(text)) if text.starts_with("data:image/") => {
            Value::from(text.trim_end())
        }
        (PortType::Image, Ok(text)) => {
            Value::from(format!("data:{mime};base64,{}", base64(text.as_bytes())))
        }
        (PortType::Image, Err(error)) => {
            Value::from(format!("data:{mime};base64,{}", base64(error.as_bytes())))
        }
        (ty, Ok(text)) => {
            from_text(text.trim_end_matches(['\r', '\n']), ty).map_err(|problem| {
                let message = format!("`{}` is no value for the input: {problem}", path.display());
                usage(message, format!("the input takes `{ty}`: {}", example(ty)))
            })?
        }
        (_, Err(_)) => {
            let message = format!("`{}` is no text", path.display());
            return Err(usage(
                message,
                "give files that are no text to inputs of type `file` or `image`",
            ));
        }
    })
}

fn name(path: &Path) -> String {
    path.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned())
}

fn mime(path: &Path) -> &'static str {
    let ending = path.extension().and_then(|ending| ending.to_str()).unwrap_or_default();
    match ending.to_ascii_lowercase().as_str() {
        "csv" => "text/csv",
        "tsv" => "text/tab-separated-values",
        "json" => "application/json",
        "md" => "text/markdown",
        "txt" | "log" => "text/plain",
        "cir" | "net" | "sp" | "spice" => "application/x-spice",
        "png" => "image/png",
        "jpg" | "jpeg" => "image/jpeg",
        "gif" => "image/gif",
        "webp" => "image/webp",
        "svg" => "image/svg+xml",
        _ => "application/octet-stream",
    }
}

fn example(ty: PortType) -> &'static str {
    match ty {
        PortType::Number => "a number, such as `0.5`",
        PortType::Integer => "a whole number, such as `3`",
        PortType::String => "any text",
        PortType::Boolean => "`true` or `false`",
        PortType::Array => "a list in JSON, such as `[1, 2, 3]`",
        PortType::Object => "an object in JSON, such as `{\"a\": 1}`",
        PortType::Table => r#"`{"columns": [{"name": "x", "values": [1, 2]}]}`"#,
        PortType::Plot => r#"`{"title": "…", "series": [{"name": "y", "x": [0], "y": [1]}]}`"#,
        PortType::Image => "a data URL, or `@picture.png`",
        PortType::File => "`@data.csv`, or `{\"name\", \"mime\", \"text\"}` in JSON",
        PortType::Bytes => "bytes come over edges only",
        PortType::Any => "anything",
    }
}

#[cfg(test)]
mod tests {
    use llmos_api::skill::Port;
    use serde_json::{Value, json};

    use super::{Given, unknown};

    fn value(ty: &str, text: &str) -> Result<Value, String> {
        let port = Port { name: "p".to_owned(), ty: ty.to_owned(), ..Port::default() };
        let argument = format!("n.p={text}");
        let given = Given::read(&argument).map_err(|failure| failure.to_string())?;
        given.value(&port).map_err(|failure| failure.to_string())
    }

    #[test]
    fn a_value_becomes_what_the_port_declares() {
        let cases = [
            ("number", "0.5", json!(0.5)),
            ("number", " 3 ", json!(3)),
            ("number", "1e-9", json!(1e-9)),
            ("integer", "7", json!(7)),
            ("boolean", "yes", json!(true)),
            ("string", "12", json!("12")),
            ("string", "a=b.c", json!("a=b.c")),
            ("array", "[1,2]", json!([1, 2])),
            ("object", "{\"a\":1}", json!({"a": 1})),
            ("any", "{\"a\":1}", json!({"a": 1})),
            ("any", "plain", json!("plain")),
        ];
        for (ty, text, want) in cases {
            assert_eq!(value(ty, text), Ok(want), "{ty} {text}");
        }
    }

    #[test]
    fn a_value_of_another_type_is_refused_with_what_the_port_takes() {
        let cases = [
            ("integer", "0.5", "the input takes `integer`"),
            ("number", "fast", "it is no number"),
            ("boolean", "maybe", "neither true nor false"),
            ("array", "{}", "this is of type `object`"),
            ("object", "{", "it is no JSON"),
            ("table", "{\"rows\": []}", "columns"),
        ];
        for (ty, text, part) in cases {
            let refused = value(ty, text).expect_err("it does not fit");
            assert!(refused.contains(part), "{ty} {text}: {refused}");
        }
    }

    #[test]
    fn what_names_no_input_is_refused() {
        for argument in ["", "x", "x=1", ".p=1", "n.=1"] {
            assert!(Given::read(argument).is_err(), "{argument}");
        }
    }

    #[test]
    fn a_name_that_is_nearly_right_brings_the_right_one() {
        let near = unknown("node", "resistr", &["resistor", "plot"]).to_string();
        assert!(near.ends_with("did you mean `resistor`?"), "{near}");
        let far = unknown("node", "qqq", &["resistor", "plot"]).to_string();
        assert!(far.ends_with("there are `resistor`, `plot`"), "{far}");
    }
}
