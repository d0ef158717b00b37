//! The message of the commit that keeps a session: for people a summary, for
//! programs the prompts, artifacts and traces.

use std::{fmt::Write, iter::Peekable, str::Lines};

use super::{SessionCommit, Stats, line};
use crate::volume::VolumePath;

/// The line that ends a message. What follows it, such as a signature, is nobody's.
const END: &str = "🤖 LLMunix Context Memory";

/// What stands before each line of a prompt but the first.
const INDENT: &str = "  ";

/// Why a message is not that of a session.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {reason}")]
pub struct MessageError {
    /// The line, counted from 1.
    pub line: usize,
    /// What is wrong with it.
    pub reason: String,
}

/// Says whether a message is, or is meant to be, that of a session.
pub fn is_session(message: &str) -> bool {
    message.starts_with("session:")
}

/// Prints the message. Reading it gives the same back, whatever the texts hold.
pub fn print_message(commit: &SessionCommit) -> String {
    let mut out = labelled("session:", &line::escape(&commit.name));
    out.push('\n');
    for prompt in &commit.prompts {
        print_prompt(&mut out, prompt);
    }
    let Stats { messages, artifacts, traces } = commit.stats;
    let plural = |n: u32| if n == 1 { "" } else { "s" };
    let _ = write!(
        out,
        "Stats:\n- {messages} message{}\n- {artifacts} artifact{} generated\n- {traces} trace{} executed\n\n",
        plural(messages),
        plural(artifacts),
        plural(traces),
    );
    section(&mut out, "Artifacts:", commit.artifacts.iter().map(line::artifact));
    section(&mut out, "Traces:", commit.traces.iter().map(ToString::to_string));
    if let Some(document) = &commit.document {
        let _ = write!(out, "Document: {document}\n\n");
    }
    out + END + "\n"
}

fn labelled(label: &str, text: &str) -> String {
    if text.is_empty() { format!("{label}\n") } else { format!("{label} {text}\n") }
}

fn section(out: &mut String, title: &str, lines: impl Iterator<Item = String>) {
    let lines: String = lines.map(|line| format!("- {line}\n")).collect();
    if !lines.is_empty() {
        let _ = write!(out, "{title}\n{lines}\n");
    }
}

/// Writes a prompt: later lines are indented, so none of them is a heading of the message.
///
/// An empty line stays empty between two others. At the end, or after another, it is marked,
/// as programs drop such lines.
fn print_prompt(out: &mut String, prompt: &str) {
    let lines: Vec<&str> = prompt.split('\n').collect();
    out.push_str(&labelled("Prompt:", &line::escape(lines[0])));
    for (i, text) in lines.iter().enumerate().skip(1) {
        let droppable = i + 1 == lines.len() || lines[i - 1].is_empty();
        match text.is_empty() {
            true if droppable => out.push_str("  \\\n"),
            true => out.push('\n'),
            false => {
                let _ = writeln!(out, "{INDENT}{}", line::escape(text));
            }
        }
    }
    out.push('\n');
}

/// Reads a message.
///
/// # Errors
///
/// The first line that does not belong there, and what it should be.
pub fn parse_message(message: &str) -> Result<SessionCommit, MessageError> {
    let mut reader = Reader { lines: message.lines().peekable(), line: 0 };
    let subject = reader.next().unwrap_or_default();
    let Some(name) = label(subject, "session:") else {
        return Err(reader.wrong("the subject of a session is `session: <name>`"));
    };
    let mut commit = SessionCommit {
        name: line::unescape(name),
        prompts: Vec::new(),
        stats: Stats::default(),
        artifacts: Vec::new(),
        traces: Vec::new(),
        document: None,
    };
    let mut seen = Vec::new();
    while let Some(text) = reader.next() {
        if text == END {
            break;
        }
        if text.is_empty() {
            continue;
        }
        if let Some(first) = label(text, "Prompt:") {
            commit.prompts.push(reader.prompt(first));
            continue;
        }
        let title = ["Stats:", "Artifacts:", "Traces:", "Document:"].into_iter();
        let title = title.into_iter().find(|title| label(text, title).is_some());
        let Some(title) = title.filter(|title| *title == "Document:" || text == *title) else {
            return Err(reader.wrong(
                "expected `Prompt:`, `Stats:`, `Artifacts:`, `Traces:`, `Document:` or the last line",
            ));
        };
        if seen.contains(&title) {
            return Err(reader.wrong(&format!("`{title}` is there twice")));
        }
        seen.push(title);
        match title {
            "Document:" => {
                let path = label(text, title).unwrap_or_default();
                commit.document = Some(reader.path(path)?);
            }
            "Stats:" => reader.items(|item| stat(&mut commit.stats, item))?,
            "Artifacts:" => reader.items(|item| {
                commit.artifacts.push(line::parse_artifact(item)?);
                Ok(())
            })?,
            _ => reader.items(|item| {
                let path = item.parse().map_err(|error| format!("bad path of a trace: {error}"))?;
                commit.traces.push(path);
                Ok(())
            })?,
        }
    }
    Ok(commit)
}

/// What follows a label and one blank.
fn label<'a>(text: &'a str, label: &str) -> Option<&'a str> {
    let rest = text.strip_prefix(label)?;
    if rest.is_empty() { Some(rest) } else { rest.strip_prefix(' ') }
}

fn stat(stats: &mut Stats, item: &str) -> Result<(), String> {
    let shape = "a count is written as in `12 messages`";
    let (n, what) = item.split_once(' ').ok_or(shape)?;
    let n = n.parse().ok().ok_or(shape)?;
    match what {
        "message" | "messages" => stats.messages = n,
        "artifact generated" | "artifacts generated" => stats.artifacts = n,
        "trace executed" | "traces executed" => stats.traces = n,
        _ => return Err(format!("nobody counts `{}`", what.escape_debug())),
    }
    Ok(())
}

struct Reader<'a> {
    lines: Peekable<Lines<'a>>,
    line: usize,
}

impl<'a> Reader<'a> {
    fn next(&mut self) -> Option<&'a str> {
        self.line += 1;
        self.lines.next()
    }

    fn wrong(&self, reason: &str) -> MessageError {
        MessageError { line: self.line, reason: reason.to_owned() }
    }

    /// Reads the lines of a prompt after its first: those that are indented, and empty ones between them.
    fn prompt(&mut self, first: &str) -> String {
        let mut text = line::unescape(first);
        let mut empty = 0;
        while let Some(line) = self.lines.peek() {
            let Some(rest) = line.strip_prefix(INDENT) else {
                if !line.is_empty() {
                    break;
                }
                empty += 1;
                self.next();
                continue;
            };
            text.push_str(&"\n".repeat(empty + 1));
            text.push_str(&line::unescape(rest));
            empty = 0;
            self.next();
        }
        text
    }

    /// Reads the items of a list.
    fn items(
        &mut self,
        mut take: impl FnMut(&str) -> Result<(), String>,
    ) -> Result<(), MessageError> {
        while let Some(item) = self.lines.peek().and_then(|line| line.strip_prefix("- ")) {
            self.next();
            take(item).map_err(|reason| self.wrong(&reason))?;
        }
        Ok(())
    }

    fn path(&self, text: &str) -> Result<VolumePath, MessageError> {
        text.parse().map_err(|error| self.wrong(&format!("bad path of the document: {error}")))
    }
}
