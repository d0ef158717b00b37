//! The document of a session: what was said, quoted, with what ran and what came
//! of it below each message.

use std::{fmt::Write, str::FromStr};

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::{Message, Role, Session, line};
use crate::{
    diagnostic::{Diagnostic, Position},
    document::{Document, LineIndex},
    markdown, yaml,
};

/// Prints the document. Reading it gives the same session back.
pub fn print_document(session: &Session) -> String {
    let fields = [
        ("session_id", json!(session.id.as_str())),
        ("name", json!(session.name)),
        ("user_id", json!(session.user.as_str())),
        ("created_at", json!(session.created_at.to_string())),
        ("messages", json!(session.messages.len())),
    ];
    let head: Map<String, Value> =
        fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
    let mut out = format!("---\n{}---\n\n", yaml::print(&head));
    let _ = writeln!(out, "# {}", markdown::line(&session.name));
    for message in &session.messages {
        let _ = write!(out, "\n## {}, {}\n\n", message.role.as_str(), message.at);
        // A quote keeps any text apart from the document around it, and shows as Markdown.
        for line in message.content.split('\n') {
            let _ = writeln!(out, ">{}{line}", if line.is_empty() { "" } else { " " });
        }
        let traces = message.traces.iter().map(|path| format!("- trace: {path}\n"));
        let artifacts =
            message.artifacts.iter().map(|one| format!("- artifact: {}\n", line::artifact(one)));
        let replaces = message.replaces.iter().map(|number| format!("- replaces: {number}\n"));
        let below: String = replaces.chain(traces).chain(artifacts).collect();
        if !below.is_empty() {
            let _ = write!(out, "\n{below}");
        }
    }
    out
}

/// Reads the document of a session.
///
/// # Errors
///
/// The first thing that is wrong with it, by its place: documents are written by the product.
pub fn parse_document(text: &str) -> Result<Session, Diagnostic> {
    let cut = Document::split(text);
    let wrong = |offset: usize, message: String| {
        let position = LineIndex::new(text).position(offset);
        Diagnostic::error("bad-session", position, message)
            .with_hint("restore the file from the commit that added it")
    };
    let missing =
        || Diagnostic::error("bad-session", Position::START, "the file has no front matter");
    let yaml = cut.yaml().ok_or_else(missing)?;
    let start = yaml.as_ptr() as usize - text.as_ptr() as usize;
    let head = yaml::parse(yaml).map_err(|error| wrong(start + error.offset, error.message))?;
    let field = |name: &str| {
        let found = head.get(name).and_then(yaml::Node::text);
        found.ok_or_else(|| wrong(start, format!("`{name}` is missing, or is no text")))
    };
    let mut messages: Vec<Message> = Vec::new();
    let mut content: Option<String> = None;
    let mut offset = cut.body.start;
    for whole in text[cut.body.clone()].split_inclusive('\n') {
        let (at, line) = (offset, whole.strip_suffix('\n').unwrap_or(whole));
        offset += whole.len();
        if let Some(heading) = line.strip_prefix("## ") {
            end(&mut messages, &mut content);
            messages.push(message(heading).map_err(|error| wrong(at, error))?);
            continue;
        }
        let Some(last) = messages.last_mut() else { continue };
        if let Some(quoted) = line.strip_prefix('>') {
            let quoted = quoted.strip_prefix(' ').unwrap_or(quoted);
            match &mut content {
                Some(content) => *content += &format!("\n{quoted}"),
                None => content = Some(quoted.to_owned()),
            }
        } else if let Some(item) = line.strip_prefix("- ") {
            below(last, item).map_err(|error| wrong(at, error))?;
        } else if !line.is_empty() {
            return Err(wrong(at, "the line belongs to no message".to_owned()));
        }
    }
    end(&mut messages, &mut content);
    let bad =
        |name: &str, error: &dyn std::fmt::Display| wrong(start, format!("bad `{name}`: {error}"));
    Ok(Session {
        id: field("session_id")?.parse().map_err(|error| bad("session_id", &error))?,
        name: field("name")?.to_owned(),
        user: field("user_id")?.parse().map_err(|error| bad("user_id", &error))?,
        created_at: field("created_at")?.parse().map_err(|error| bad("created_at", &error))?,
        messages,
    })
}

/// Gives the last message the text that was quoted.
fn end(messages: &mut [Message], content: &mut Option<String>) {
    if let (Some(last), Some(content)) = (messages.last_mut(), content.take()) {
        last.content = content;
    }
}

/// Reads the heading of a message: `<role>, <time>`.
fn message(heading: &str) -> Result<Message, String> {
    let shape = "a message begins with `## <role>, <time>`";
    let (role, at) = heading.split_once(", ").ok_or(shape)?;
    let role = Role::ALL.into_iter().find(|known| known.as_str() == role).ok_or(shape)?;
    let at = Timestamp::from_str(at).map_err(|error| format!("{shape}: {error}"))?;
    Ok(Message {
        role,
        at,
        content: String::new(),
        traces: Vec::new(),
        artifacts: Vec::new(),
        replaces: None,
    })
}

fn below(message: &mut Message, item: &str) -> Result<(), String> {
    if let Some(path) = item.strip_prefix("trace: ") {
        message.traces.push(path.parse().map_err(|error| format!("bad path of a trace: {error}"))?);
    } else if let Some(artifact) = item.strip_prefix("artifact: ") {
        message.artifacts.push(line::parse_artifact(artifact)?);
    } else if let Some(number) = item.strip_prefix("replaces: ") {
        let number =
            number.parse().map_err(|_no_number| "`replaces` names a message by its number")?;
        message.replaces = Some(number);
    } else {
        return Err(
            "below a message stand `replaces: <number>`, `trace: <path>` and `artifact: <kind>: <name>`"
                .to_owned(),
        );
    }
    Ok(())
}
