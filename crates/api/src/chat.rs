//! The chat on the wire: messages, answers, the events of a stream, and settings of models.

mod asks;
mod calls;
mod convert;

pub use asks::{AskDecided, ChatAsk, ChatAskArgument, ChatDecision, DecideAsk};
pub use calls::{
    ChatAmounts, ChatBudget, ChatCall, ChatCallState, ChatEdit, ChatSubagentTrace, ChatSubagentView,
};

use serde::{Deserialize, Serialize};

use crate::{problem::Finding, skill::Why, trace::Outcome, workflow::WorkflowDoc};

/// Body of `POST /chat` and `POST /chat/stream`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ChatRequest {
    /// Who asks; the local user when left out.
    #[serde(default)]
    pub user_id: Option<String>,
    /// The team that the caller works in.
    #[serde(default)]
    pub team_id: Option<String>,
    /// What is asked: 1 byte to 64 KiB.
    pub message: String,
    /// Whether skills go along; yes when left out.
    #[serde(default)]
    pub include_skills: Option<bool>,
    /// How many skills go along at most: 0 to 20, 5 when left out.
    #[serde(default)]
    pub max_skills: Option<i64>,
    /// What was said before, the oldest first: 40 messages at most. Not needed in a session.
    #[serde(default)]
    pub history: Vec<ChatMessage>,
    /// The session that this belongs to: message and answer are kept in it, and what was said in it before goes along.
    #[serde(default)]
    pub session_id: Option<String>,
    /// What tells this message from others of its session, so that sending it again keeps it once.
    #[serde(default)]
    pub message_key: Option<String>,
    /// The number of a message of the session that this one takes the place of, with all that was said after it: those
    /// stay in the session, and the model is not told of them any more.
    #[serde(default)]
    pub replaces: Option<u64>,
}

/// A message that was said before.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ChatMessage {
    /// Who said it.
    pub role: ChatRole,
    /// What was said.
    pub content: String,
}

/// Who said something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ChatRole {
    /// The person.
    User,
    /// The model, or the search where none is connected.
    Assistant,
}

/// Answer of `POST /chat`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ChatAnswer {
    /// The answer, as Markdown.
    pub response: String,
    /// The names of the skills that went along.
    pub skills_used: Vec<String>,
    /// The trace of this exchange.
    pub trace_id: String,
    /// What answered, as `provider/model`; `null` where no model is connected.
    pub model: Option<String>,
    /// The skills that went along, and why.
    pub skills: Vec<ChatSkill>,
    /// Workflows that were proposed.
    pub proposals: Vec<ChatProposal>,
    /// What it took, where a model answered.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub usage: Option<ChatUsage>,
    /// What was wrong with calls of the model that came to nothing.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rejected: Vec<String>,
    /// What the model called, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub calls: Vec<ChatCall>,
    /// Edits of skills that were proposed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub edits: Vec<ChatEdit>,
    /// Who worked on parts of it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub subagents: Vec<ChatSubagentView>,
    /// What it took of what it may take, where a model answered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub budget: Option<ChatBudget>,
}

/// A skill that went along with a message.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ChatSkill {
    /// The id.
    pub skill_id: String,
    /// The name for people.
    pub name: String,
    /// The volume that it comes from.
    pub volume: String,
    /// How well it fits; only the order means something.
    pub score: f64,
    /// What of the message was found where.
    pub why: Vec<Why>,
    /// How much of it the model got.
    pub told: ChatTold,
}

/// How much of a skill a model got.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ChatTold {
    /// All of it.
    Whole,
    /// Its beginning: there was no room for more.
    Beginning,
    /// Nothing: there was no room, or no model.
    Nothing,
}

/// A workflow that was proposed. It is saved nowhere and has not run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ChatProposal {
    /// The workflow. It has no error.
    pub workflow: WorkflowDoc,
    /// The volume, where it is a saved workflow as it stands.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub volume: Option<String>,
    /// The words of the message that it is about.
    #[serde(default)]
    pub covers: Vec<String>,
    /// Why it is connected as it is, one sentence each.
    #[serde(default)]
    pub reasons: Vec<String>,
    /// What deserves a look.
    #[serde(default)]
    pub findings: Vec<Finding>,
}

/// What an answer took.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ChatUsage {
    /// Tokens that were read as they are.
    pub input_tokens: u64,
    /// Tokens that were read from what the provider kept.
    pub cache_read_tokens: u64,
    /// Tokens that the provider kept.
    pub cache_write_tokens: u64,
    /// Tokens that were written.
    pub output_tokens: u64,
    /// What it costs in US dollars; `null` where nobody knows.
    pub cost_usd: Option<f64>,
    /// Where the cost comes from: `provider`, `list of <date>` or `unknown`.
    pub cost_source: String,
}

/// One event of `POST /chat/stream`: `data` of server-sent events.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum ChatEvent {
    /// It begins.
    Start {
        /// The trace of this exchange.
        trace_id: String,
        /// What answers, as `provider/model`; `null` where no model is connected.
        model: Option<String>,
    },
    /// The skills that go along.
    Skills {
        /// The best first.
        skills: Vec<ChatSkill>,
    },
    /// More text.
    Text {
        /// The text, part of one Markdown document.
        text: String,
    },
    /// The provider is asked again after a pause.
    Waiting {
        /// Why.
        reason: String,
        /// How long, in milliseconds.
        wait_ms: u64,
    },
    /// The model calls a tool.
    Call {
        /// The call; how it ends is told later.
        call: ChatCall,
    },
    /// A call of an outside tool waits for the person, who answers at `POST /chat/asks/{ask_id}`.
    Ask {
        /// What would be called.
        ask: Box<ChatAsk>,
    },
    /// A question is over.
    Decided {
        /// The number of the call.
        call: u32,
        /// What came of it.
        decision: ChatDecision,
    },
    /// A call is over.
    Returned {
        /// The number of the call.
        call: u32,
        /// How it ended.
        state: ChatCallState,
        /// The beginning of what it gave.
        result: String,
    },
    /// A subagent begins.
    Subagent {
        /// Which, and with which skills.
        subagent: ChatSubagentView,
    },
    /// An edit of a skill to look at.
    Edit {
        /// The edit.
        edit: Box<ChatEdit>,
    },
    /// What the message took so far, and what it may take.
    Budget {
        /// The amounts.
        budget: ChatBudget,
    },
    /// A workflow to look at.
    Proposal {
        /// The workflow.
        proposal: Box<ChatProposal>,
    },
    /// A workflow or edit of the model that is wrong.
    Rejected {
        /// What is wrong, one sentence each.
        reasons: Vec<String>,
        /// Whether the model gets another try.
        again: bool,
    },
    /// What it took so far.
    Usage {
        /// The tokens and what they cost.
        usage: ChatUsage,
    },
    /// Something that people should know, such as that the answer was cut off.
    Note {
        /// One sentence.
        text: String,
    },
    /// The model failed.
    Error {
        /// A stable name.
        code: String,
        /// What happened.
        detail: String,
        /// What to do.
        hint: String,
    },
    /// It is over, and its trace is kept.
    End {
        /// The trace of this exchange.
        trace_id: String,
        /// How it ended.
        outcome: Outcome,
    },
}

/// Answer of `GET /traces/{trace_id}` for an exchange.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ChatTraceView {
    /// The id.
    pub trace_id: String,
    /// Always `chat`.
    pub kind: String,
    /// The volume it is kept in.
    pub volume: String,
    /// Its file.
    pub path: String,
    /// What was asked.
    pub prompt: String,
    /// The answer; what is very long without its middle.
    pub answer: String,
    /// The ids of the skills that went along.
    pub skills_used: Vec<String>,
    /// How it ended.
    pub outcome: Outcome,
    /// What the person said of the answer.
    pub feedback: Option<crate::trace::Feedback>,
    /// What answered, as `provider/model`; `null` where no model was connected.
    pub model: Option<String>,
    /// Tokens that were read, where somebody counted.
    pub input_tokens: Option<u64>,
    /// Tokens that were written, where somebody counted.
    pub output_tokens: Option<u64>,
    /// What it cost in US dollars, as a decimal number; `null` where nobody knows.
    pub cost_usd: Option<String>,
    /// What the model called, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub calls: Vec<ChatCall>,
    /// Who worked on parts of it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub subagents: Vec<ChatSubagentTrace>,
    /// When it was asked (RFC 3339, UTC).
    pub started_at: String,
    /// When it was over (RFC 3339, UTC).
    pub finished_at: String,
}

/// Body of `POST /traces/{trace_id}/feedback`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct JudgeChat {
    /// Who asks; the local user when left out.
    #[serde(default)]
    pub user_id: Option<String>,
    /// Whether the answer helped; `null` takes back what was said.
    pub feedback: Option<crate::trace::Feedback>,
}

/// Whose service a model is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ModelProvider {
    /// Anthropic's Messages API.
    Anthropic,
    /// OpenRouter.
    Openrouter,
    /// OpenAI itself.
    Openai,
    /// Ollama on this machine.
    Ollama,
    /// Any other address that speaks the protocol of OpenAI.
    Compatible,
}

/// Answer of `GET /models/settings`. It never holds a key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ModelSettingsView {
    /// Where it is set: `person`, `environment` or `found`; `null` where no model is connected.
    pub source: Option<String>,
    /// Whose service.
    pub provider: Option<ModelProvider>,
    /// The address that requests go to.
    pub url: Option<String>,
    /// The model.
    pub model: Option<String>,
    /// Whether a key is set.
    pub has_key: bool,
    /// The last four characters of the key, where it is long enough.
    pub key_ends_in: Option<String>,
}

/// Body of `PUT /models/settings`. It cannot be printed, as it may hold a key.
#[derive(Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SetModel {
    /// Who asks; the local user when left out.
    #[serde(default)]
    pub user_id: Option<String>,
    /// Whose service.
    pub provider: ModelProvider,
    /// Another address than the provider's own.
    #[serde(default)]
    pub url: Option<String>,
    /// The model.
    pub model: String,
    /// A new key. Left out: the one that is kept stays, for the same address only.
    #[serde(default)]
    pub key: Option<String>,
    /// Whether the kept key is forgotten.
    #[serde(default)]
    pub remove_key: bool,
}
