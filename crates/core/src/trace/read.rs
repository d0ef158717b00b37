//! From Markdown to a [`Trace`].

use std::{collections::BTreeMap, fmt::Display, str::FromStr};

use serde::Deserialize;
use serde_json::{Value, value::RawValue};

use super::{
    ChatCall, ChatSubagent, ChatTrace, ChatUsage, Feedback, LogLine, NodeTrace, RunTrace, Stream,
    Trace, TraceId, TraceKind, TraceValue,
};
use crate::{
    chat::CallState,
    diagnostic::{Diagnostic, Position},
    document::{self, Document, LineIndex},
    run::{ErrorKind, NodeError, NodeState, Outcome},
    skill::code,
    slug::Slug,
    store::BlobId,
    workflow::{self, Workflow},
    yaml,
};

#[derive(Deserialize)]
struct RawRecord<'a> {
    #[serde(borrow)]
    workflow: &'a RawValue,
    #[serde(borrow)]
    graph: &'a RawValue,
    #[serde(borrow)]
    nodes: Vec<&'a RawValue>,
}

#[derive(Deserialize)]
struct RawChat {
    prompt: String,
    answer: String,
    #[serde(default)]
    model: Option<String>,
    #[serde(default)]
    usage: Option<RawUsage>,
    #[serde(default)]
    calls: Vec<RawCall>,
    #[serde(default)]
    subagents: Vec<RawSubagent>,
}

#[derive(Deserialize)]
struct RawCall {
    tool: String,
    subagent: Option<u32>,
    arguments: String,
    state: String,
    result: String,
}

#[derive(Deserialize)]
struct RawSubagent {
    number: u32,
    title: String,
    skills: Vec<String>,
    outcome: String,
    answer: String,
}

#[derive(Deserialize)]
struct RawUsage {
    input: u64,
    output: u64,
    cost_usd: Option<String>,
}

#[derive(Deserialize)]
struct RawWorkflow {
    name: String,
    description: String,
    tags: Vec<String>,
    version: Option<String>,
    author: Option<String>,
    body: String,
}

#[derive(Deserialize)]
struct RawNode {
    node: String,
    skill_id: String,
    skill_version: Option<String>,
    state: String,
    key: Option<String>,
    #[serde(default)]
    attempts: u32,
    started_ms: Option<f64>,
    duration_ms: Option<f64>,
    error: Option<RawError>,
    #[serde(default)]
    inputs: BTreeMap<String, Value>,
    #[serde(default)]
    outputs: BTreeMap<String, Value>,
    #[serde(default)]
    logs: Vec<RawLog>,
}

#[derive(Deserialize)]
struct RawError {
    kind: String,
    message: String,
    hint: Option<String>,
}

#[derive(Deserialize)]
struct RawLog {
    at_ms: f64,
    stream: String,
    text: String,
}

/// Why a part of a file is no part of a trace.
struct Wrong {
    code: &'static str,
    /// The byte of the file at which it stands.
    offset: usize,
    message: String,
}

/// Reads the file of a run's trace.
///
/// # Errors
///
/// What is wrong with it, by position. A trace is written by the product and
/// never changed, so the first thing that is wrong is enough.
pub fn parse(bytes: &[u8]) -> Result<RunTrace, Vec<Diagnostic>> {
    match parse_any(bytes)? {
        Trace::Run(trace) => Ok(*trace),
        Trace::Chat(_) => {
            let message = "the file is the trace of a chat, not of a run";
            Err(vec![Diagnostic::error("not-a-run", Position::START, message)])
        }
    }
}

/// Reads the file of a trace of either kind; for errors see [`parse`].
pub fn parse_any(bytes: &[u8]) -> Result<Trace, Vec<Diagnostic>> {
    let (text, trouble) = document::decode(bytes);
    if let Some(found) = trouble {
        return Err(vec![found]);
    }
    read(&text).map_err(|wrong| {
        let position = match wrong.offset {
            0 => Position::START,
            offset => LineIndex::new(&text).position(offset),
        };
        let found = Diagnostic::error(wrong.code, position, wrong.message);
        vec![found.with_hint("restore the file from the commit that added it")]
    })
}

fn read(text: &str) -> Result<Trace, Wrong> {
    let cut = Document::split(text);
    let missing = |what: &str| wrong("bad-trace", 0, format!("the file has no {what}"));
    let yaml = cut.yaml().ok_or_else(|| missing("front matter"))?;
    let start = yaml.as_ptr() as usize - text.as_ptr() as usize;
    let root = yaml::parse(yaml).map_err(|err| wrong(err.code, start + err.offset, err.message))?;
    let head = Head { root, start };
    let blocks = code::fences(text, cut.body.start);
    let block = blocks.iter().rfind(|block| block.language == "json");
    let block = block.ok_or_else(|| missing("record in JSON"))?;
    let json = &text[block.content.clone()];
    let id: TraceId = head.parse("trace_id")?;
    if id.kind() == TraceKind::Chat {
        let texts = serde_json::from_str(json).map_err(|err| {
            let message = format!("the record cannot be read: {err}");
            wrong("bad-trace", block.content.start, message)
        })?;
        return chat(&head, id, texts).map(|chat| Trace::Chat(Box::new(chat)));
    }
    // Raw values are slices of the text.
    let place = |raw: &RawValue| raw.get().as_ptr() as usize - text.as_ptr() as usize;
    let bad = |at: usize, err: &dyn Display| {
        wrong("bad-trace", at, format!("the record cannot be read: {err}"))
    };
    let record: RawRecord<'_> =
        serde_json::from_str(json).map_err(|err| bad(block.content.start, &err))?;
    let about: RawWorkflow = serde_json::from_str(record.workflow.get())
        .map_err(|err| bad(place(record.workflow), &err))?;
    let graph = workflow::read_graph(record.graph.get())
        .map_err(|(offset, message)| wrong("bad-trace", place(record.graph) + offset, message))?;
    let traced = record.nodes.iter().map(|raw| {
        let node: RawNode = serde_json::from_str(raw.get()).map_err(|err| bad(place(raw), &err))?;
        node_trace(node).map_err(|err| bad(place(raw), &err))
    });
    let trace = RunTrace {
        id,
        user: head.parse("user_id")?,
        workflow_volume: head.optional("workflow_volume")?,
        workflow_version: head.text("workflow_version").map(|text| BlobId(text.to_owned())),
        outcome: head.named("outcome", &Outcome::ALL, Outcome::as_str)?,
        started_at: head.parse("started_at")?,
        finished_at: head.parse("finished_at")?,
        nodes: traced.collect::<Result<_, Wrong>>()?,
        workflow: Workflow {
            id: head.parse("workflow_id")?,
            name: about.name,
            description: about.description,
            tags: about.tags,
            version: about.version,
            author: about.author,
            nodes: graph.nodes,
            edges: graph.edges,
            interface: graph.interface,
            body: about.body,
        },
    };
    Ok(Trace::Run(Box::new(trace)))
}

fn chat(head: &Head, id: TraceId, texts: RawChat) -> Result<ChatTrace, Wrong> {
    let skills = head.root.get("skills_used").and_then(yaml::Node::items).unwrap_or_default();
    let skill = |node: &yaml::Node| {
        let parsed = node.text().unwrap_or_default().parse::<Slug>();
        parsed.map_err(|err| wrong("bad-trace", head.start + node.span.start, err.to_string()))
    };
    let feedback = match head.text("feedback") {
        None => None,
        Some(_) => Some(head.named("feedback", &Feedback::ALL, Feedback::as_str)?),
    };
    Ok(ChatTrace {
        id,
        user: head.parse("user_id")?,
        team: head.optional("team_id")?,
        outcome: head.named("outcome", &Outcome::ALL, Outcome::as_str)?,
        feedback,
        skills_used: skills.iter().map(skill).collect::<Result<_, Wrong>>()?,
        model: texts.model,
        usage: texts.usage.map(|RawUsage { input, output, cost_usd }| ChatUsage {
            input,
            output,
            cost_usd,
        }),
        calls: texts.calls.into_iter().map(call).collect::<Result<_, Wrong>>()?,
        subagents: texts.subagents.into_iter().map(subagent).collect::<Result<_, Wrong>>()?,
        started_at: head.parse("started_at")?,
        finished_at: head.parse("finished_at")?,
        prompt: texts.prompt,
        answer: texts.answer,
    })
}

fn call(raw: RawCall) -> Result<ChatCall, Wrong> {
    let RawCall { tool, subagent, arguments, state, result } = raw;
    let state = one_of("state", &state, &CallState::ALL, CallState::as_str)?;
    Ok(ChatCall { tool, subagent, arguments, state, result })
}

fn subagent(raw: RawSubagent) -> Result<ChatSubagent, Wrong> {
    let RawSubagent { number, title, skills, outcome, answer } = raw;
    let bad = |err: &dyn Display| wrong("bad-trace", 0, format!("bad `skills`: {err}"));
    let skills = skills.iter().map(|skill| skill.parse::<Slug>().map_err(|err| bad(&err)));
    let skills = skills.collect::<Result<_, Wrong>>()?;
    let outcome = one_of("outcome", &outcome, &Outcome::ALL, Outcome::as_str)?;
    Ok(ChatSubagent { number, title, skills, outcome, answer })
}

fn one_of<T: Copy>(
    field: &str,
    text: &str,
    all: &[T],
    as_str: fn(T) -> &'static str,
) -> Result<T, Wrong> {
    let found = all.iter().copied().find(|one| as_str(*one) == text);
    found.ok_or_else(|| wrong("bad-trace", 0, format!("bad `{field}`: `{}`", text.escape_debug())))
}

/// The front matter and where it begins.
struct Head {
    root: yaml::Node,
    start: usize,
}

impl Head {
    fn text(&self, name: &str) -> Option<&str> {
        self.root.get(name).and_then(yaml::Node::text)
    }

    fn place(&self, name: &str) -> usize {
        self.start + self.root.get(name).map_or(0, |node| node.span.start)
    }

    fn optional<T: FromStr<Err: Display>>(&self, name: &str) -> Result<Option<T>, Wrong> {
        let parse = |text: &str| {
            let bad =
                |err: T::Err| wrong("bad-trace", self.place(name), format!("bad `{name}`: {err}"));
            text.parse().map_err(bad)
        };
        self.text(name).map(parse).transpose()
    }

    fn parse<T: FromStr<Err: Display>>(&self, name: &str) -> Result<T, Wrong> {
        let value = self.optional(name)?;
        value.ok_or_else(|| wrong("bad-trace", self.place(name), format!("`{name}` is missing")))
    }

    fn named<T: Copy>(
        &self,
        name: &str,
        all: &[T],
        as_str: fn(T) -> &'static str,
    ) -> Result<T, Wrong> {
        let text = self.text(name).unwrap_or_default();
        let found = all.iter().copied().find(|one| as_str(*one) == text);
        found.ok_or_else(|| {
            wrong("bad-trace", self.place(name), format!("bad `{name}`: `{}`", text.escape_debug()))
        })
    }
}

fn node_trace(raw: RawNode) -> Result<NodeTrace, String> {
    let slug = |text: &str| text.parse::<Slug>().map_err(|err| err.to_string());
    let state = NodeState::ALL.into_iter().find(|state| state.as_str() == raw.state);
    let values = |values: BTreeMap<String, Value>| {
        values
            .into_iter()
            .map(|(port, value)| Ok((port, kept(value)?)))
            .collect::<Result<_, String>>()
    };
    Ok(NodeTrace {
        node: slug(&raw.node)?,
        skill: slug(&raw.skill_id)?,
        skill_version: raw.skill_version.map(BlobId),
        state: state.ok_or_else(|| format!("unknown state `{}`", raw.state.escape_debug()))?,
        key: raw.key,
        attempts: raw.attempts,
        started_ms: raw.started_ms,
        duration_ms: raw.duration_ms,
        error: raw.error.map(node_error).transpose()?,
        inputs: values(raw.inputs)?,
        outputs: values(raw.outputs)?,
        logs: raw.logs.into_iter().map(log_line).collect::<Result<_, String>>()?,
    })
}

fn node_error(raw: RawError) -> Result<NodeError, String> {
    let kind = ErrorKind::ALL.into_iter().find(|kind| kind.as_str() == raw.kind);
    let kind =
        kind.ok_or_else(|| format!("unknown kind of failure `{}`", raw.kind.escape_debug()))?;
    Ok(NodeError { kind, message: raw.message, hint: raw.hint })
}

fn log_line(raw: RawLog) -> Result<LogLine, String> {
    let stream = match raw.stream.as_str() {
        "stdout" => Stream::Stdout,
        "stderr" => Stream::Stderr,
        other => return Err(format!("unknown stream `{}`", other.escape_debug())),
    };
    Ok(LogLine { at_ms: raw.at_ms, stream, text: raw.text })
}

/// Undoes what printing does to a value.
fn kept(value: Value) -> Result<TraceValue, String> {
    let Value::Object(mut map) = value else { return Ok(TraceValue::Inline(value)) };
    if let Some(value) = map.shift_remove("$value") {
        return Ok(TraceValue::Inline(value));
    }
    let Some(place) = map.get("$ref") else { return Ok(TraceValue::Inline(Value::Object(map))) };
    let sha256 = place.as_str().and_then(|place| place.strip_prefix("sha256:"));
    let hex = |b: u8| b.is_ascii_digit() || (b'a'..=b'f').contains(&b);
    let sha256 = sha256.filter(|hash| hash.len() == 64 && hash.bytes().all(hex));
    match (sha256, map.get("bytes").and_then(Value::as_u64)) {
        (Some(sha256), Some(bytes)) => Ok(TraceValue::Stored { sha256: sha256.to_owned(), bytes }),
        _ => Err(format!("`{place}` is no place of a value")),
    }
}

fn wrong(code: &'static str, offset: usize, message: String) -> Wrong {
    Wrong { code, offset, message }
}
