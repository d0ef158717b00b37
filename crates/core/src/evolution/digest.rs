//! What learning takes from the file of a trace, read without the rest: a
//! million traces are read in one pass, and most of a trace is values that no
//! pattern needs.

use std::borrow::Cow;

use serde::Deserialize;
use serde_json::value::RawValue;

use super::json::Pairs;
use crate::{
    run::Outcome,
    slug::Slug,
    trace::{self, ChatTrace, Trace, TraceId},
};

/// What one trace says, as far as patterns are concerned.
#[derive(Debug)]
pub enum Digest<'a> {
    /// Of the run of a workflow.
    Run(Box<RunDigest<'a>>),
    /// Of a chat.
    Chat(Box<ChatTrace>),
}

/// What the trace of a run says, as far as patterns are concerned.
#[derive(Debug)]
pub struct RunDigest<'a> {
    pub(super) id: TraceId,
    pub(super) user: Slug,
    pub(super) workflow: Slug,
    pub(super) outcome: Outcome,
    pub(super) graph: RawGraph<'a>,
    pub(super) nodes: Vec<RawNode<'a>>,
}

#[derive(Debug, Deserialize)]
struct RawRecord<'a> {
    #[serde(borrow)]
    graph: RawGraph<'a>,
    #[serde(borrow)]
    nodes: Vec<RawNode<'a>>,
}

#[derive(Debug, Deserialize)]
pub(super) struct RawGraph<'a> {
    #[serde(borrow)]
    pub(super) nodes: Vec<RawStep<'a>>,
    #[serde(borrow)]
    pub(super) edges: Vec<RawEdge<'a>>,
}

#[derive(Debug, Deserialize)]
pub(super) struct RawStep<'a> {
    #[serde(borrow)]
    pub(super) id: Cow<'a, str>,
    #[serde(borrow)]
    pub(super) skill_id: Option<Cow<'a, str>>,
    #[serde(borrow)]
    pub(super) workflow: Option<Cow<'a, str>>,
}

#[derive(Debug, Deserialize)]
pub(super) struct RawEdge<'a> {
    #[serde(borrow)]
    pub(super) from: Cow<'a, str>,
    #[serde(borrow)]
    pub(super) to: Cow<'a, str>,
}

#[derive(Debug, Deserialize)]
pub(super) struct RawNode<'a> {
    #[serde(borrow)]
    pub(super) node: Cow<'a, str>,
    #[serde(borrow)]
    pub(super) skill_id: Cow<'a, str>,
    #[serde(borrow)]
    pub(super) skill_version: Option<Cow<'a, str>>,
    #[serde(borrow)]
    pub(super) state: Cow<'a, str>,
    #[serde(borrow)]
    pub(super) error: Option<RawError<'a>>,
    /// Each value as its JSON stands in the file.
    #[serde(borrow, default)]
    pub(super) inputs: Pairs<'a>,
}

#[derive(Debug, Deserialize)]
pub(super) struct RawError<'a> {
    #[serde(borrow)]
    pub(super) message: Cow<'a, str>,
}

impl RawNode<'_> {
    pub(super) fn succeeded(&self) -> bool {
        matches!(&*self.state, "success" | "cached")
    }
}

/// Reads the file of a trace and hands on what it says; `None` where it is not a trace.
pub fn with<T>(bytes: &[u8], take: impl FnOnce(Digest<'_>) -> T) -> Option<T> {
    if let Some(run) = str::from_utf8(bytes).ok().and_then(as_printed) {
        return Some(take(Digest::Run(Box::new(run))));
    }
    // Written by somebody else, or damaged: the reader of whole traces decides.
    match trace::parse_any(bytes).ok()? {
        Trace::Chat(chat) => Some(take(Digest::Chat(chat))),
        Trace::Run(run) => {
            let text = trace::print(&run);
            as_printed(&text).map(|run| take(Digest::Run(Box::new(run))))
        }
    }
}

/// Reads a trace in the form in which [`trace::print`] writes it; `None` for any other form.
fn as_printed(text: &str) -> Option<RunDigest<'_>> {
    let rest = text.strip_prefix("---\n")?;
    let end = rest.find("\n---\n")?;
    let head = &rest[..end];
    let field = |name: &str| {
        let mut lines = head.lines().filter_map(|line| line.strip_prefix(name)?.strip_prefix(": "));
        lines.next().filter(|_| lines.next().is_none())
    };
    if field("kind")? != "run" {
        return None;
    }
    let outcome = field("outcome")?;
    let fence = "\n```json\n";
    let json = &text[text.rfind(fence)? + fence.len()..];
    let json = json.strip_suffix("\n```\n")?;
    let record: RawRecord<'_> = serde_json::from_str(json).ok()?;
    Some(RunDigest {
        id: field("trace_id")?.parse().ok()?,
        user: field("user_id")?.parse().ok()?,
        workflow: field("workflow_id")?.parse().ok()?,
        outcome: Outcome::ALL.into_iter().find(|known| known.as_str() == outcome)?,
        graph: record.graph,
        nodes: record.nodes,
    })
}

impl RunDigest<'_> {
    /// Returns the id of the trace.
    pub fn id(&self) -> &TraceId {
        &self.id
    }
}

/// Returns the JSON of a value that was written into the trace; `None` for one that is kept beside it.
pub(super) fn inline(json: &RawValue) -> Option<Cow<'_, str>> {
    let text = json.get();
    if !text.starts_with('{') {
        return Some(Cow::Borrowed(text));
    }
    let value: serde_json::Value = serde_json::from_str(text).ok()?;
    if let Some(value) = value.get("$value") {
        return Some(Cow::Owned(value.to_string()));
    }
    value.get("$ref").is_none().then(|| Cow::Owned(value.to_string()))
}
