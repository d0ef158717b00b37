//! The record of one exchange with a model.

use std::fmt::Write;

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::TraceId;
use crate::{
    chat::CallState,
    markdown::{self, spaced},
    run::Outcome,
    slug::Slug,
    yaml,
};

/// What somebody asked a model, and how that went.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChatTrace {
    /// Its id, which also says where it is kept.
    pub id: TraceId,
    /// Who asked.
    pub user: Slug,
    /// The team they worked in.
    pub team: Option<Slug>,
    /// Whether an answer came.
    pub outcome: Outcome,
    /// What the person said of the answer.
    pub feedback: Option<Feedback>,
    /// The skills that the model was given.
    pub skills_used: Vec<Slug>,
    /// What answered, as `provider/model`; `None` where the search alone did.
    pub model: Option<String>,
    /// What the answer took, where somebody counted.
    pub usage: Option<ChatUsage>,
    /// What the model called, in order.
    pub calls: Vec<ChatCall>,
    /// Who worked on parts of it.
    pub subagents: Vec<ChatSubagent>,
    /// When it was asked.
    pub started_at: Timestamp,
    /// When the answer was there.
    pub finished_at: Timestamp,
    /// What was asked.
    pub prompt: String,
    /// The answer, or what it says in short.
    pub answer: String,
}

/// What an answer took.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChatUsage {
    /// Tokens that were read.
    pub input: u64,
    /// Tokens that were written.
    pub output: u64,
    /// What it costs in US dollars, as a decimal number; `None` where nobody knows.
    pub cost_usd: Option<String>,
}

/// One call of a tool.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChatCall {
    /// Which tool.
    pub tool: String,
    /// The number of the subagent that called it; `None` where the model itself did.
    pub subagent: Option<u32>,
    /// With what, as JSON; what is very long without its end.
    pub arguments: String,
    /// How it ended.
    pub state: CallState,
    /// The beginning of what it gave.
    pub result: String,
}

/// Somebody who worked on a part of an exchange.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChatSubagent {
    /// Its number, counted from 1.
    pub number: u32,
    /// What it worked on, in a few words.
    pub title: String,
    /// The skills that it was given.
    pub skills: Vec<Slug>,
    /// How it ended.
    pub outcome: Outcome,
    /// Its answer, or why there is none; what is very long without its end.
    pub answer: String,
}

/// What a person said of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Feedback {
    /// It helped.
    Good,
    /// It did not help.
    Bad,
}

impl Feedback {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Good, Self::Bad];

    /// Returns the name that files use.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Good => "good",
            Self::Bad => "bad",
        }
    }
}

impl ChatTrace {
    /// Says whether it counts as a success: an answer came, and the person did not call it bad.
    pub fn succeeded(&self) -> bool {
        self.outcome == Outcome::Success && self.feedback != Some(Feedback::Bad)
    }
}

/// Prints the file of a trace. Reading it gives the same trace back.
pub fn print(trace: &ChatTrace) -> String {
    let mut out = format!("---\n{}---\n\n", yaml::print(&head(trace)));
    let _ = writeln!(out, "# {}\n", markdown::line(&trace.prompt));
    if !trace.skills_used.is_empty() {
        let skills: Vec<_> = trace.skills_used.iter().map(|skill| format!("`{skill}`")).collect();
        let _ = writeln!(out, "Skills: {}\n", skills.join(", "));
    }
    for call in &trace.calls {
        let who = call.subagent.map(|n| format!(" by subagent {n}")).unwrap_or_default();
        let name = call.tool.chars().filter(|c| !c.is_control() && *c != '`');
        let (name, state) = (name.collect::<String>(), call.state.as_str());
        let _ = writeln!(out, "- `{name}`{who}: {state}");
    }
    if !trace.calls.is_empty() {
        out.push('\n');
    }
    let mut texts = json!({"prompt": trace.prompt, "answer": trace.answer});
    if let Some(model) = &trace.model {
        texts["model"] = json!(model);
    }
    if let Some(ChatUsage { input, output, cost_usd }) = &trace.usage {
        texts["usage"] = json!({"input": input, "output": output, "cost_usd": cost_usd});
    }
    if !trace.calls.is_empty() {
        texts["calls"] = trace.calls.iter().map(call).collect();
    }
    if !trace.subagents.is_empty() {
        texts["subagents"] = trace.subagents.iter().map(subagent).collect();
    }
    let _ = write!(out, "```json\n{}\n```\n", spaced(&texts));
    out
}

fn call(call: &ChatCall) -> Value {
    let ChatCall { tool, subagent, arguments, state, result } = call;
    json!({"tool": tool, "subagent": subagent, "arguments": arguments, "state": state.as_str(), "result": result})
}

fn subagent(one: &ChatSubagent) -> Value {
    let ChatSubagent { number, title, skills, outcome, answer } = one;
    let skills: Vec<_> = skills.iter().map(Slug::as_str).collect();
    json!({"number": number, "title": title, "skills": skills, "outcome": outcome.as_str(), "answer": answer})
}

fn head(trace: &ChatTrace) -> Map<String, Value> {
    let took = trace.finished_at.duration_since(trace.started_at).as_millis();
    let skills: Vec<_> = trace.skills_used.iter().map(Slug::as_str).collect();
    let fields = [
        ("trace_id", json!(trace.id.as_str())),
        ("kind", json!("chat")),
        ("user_id", json!(trace.user.as_str())),
        ("team_id", json!(trace.team.as_ref().map(Slug::as_str))),
        ("outcome", json!(trace.outcome.as_str())),
        ("feedback", json!(trace.feedback.map(Feedback::as_str))),
        ("skills_used", json!(skills)),
        ("started_at", json!(trace.started_at.to_string())),
        ("finished_at", json!(trace.finished_at.to_string())),
        ("duration_ms", json!(i64::try_from(took).unwrap_or(i64::MAX))),
    ];
    let fields = fields.into_iter().filter(|(_, value)| !value.is_null());
    fields.map(|(name, value)| (name.to_owned(), value)).collect()
}
