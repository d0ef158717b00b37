//! What a model is asked, and the pieces of what it answers.

use std::time::Duration;

use serde_json::Value;

use super::Usage;

/// What a model is asked.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ModelRequest {
    /// Who it is and what it knows, in order. What seldom changes comes first.
    pub system: Vec<SystemBlock>,
    /// The conversation, the oldest message first. The last one is the user's or a tool's.
    pub messages: Vec<Message>,
    /// What it may call.
    pub tools: Vec<ToolSpec>,
    /// How much it may say.
    pub limits: Limits,
}

/// A part of what a model is told before the conversation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SystemBlock {
    /// The text.
    pub text: String,
    /// Whether the provider may keep everything up to here for the next request.
    pub cached: bool,
}

/// How much a model may say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// How many tokens the answer may have.
    pub max_tokens: u32,
}

/// One message of a conversation.
#[derive(Clone, Debug, PartialEq)]
pub struct Message {
    /// Whose it is.
    pub role: Role,
    /// What it holds, in order.
    pub parts: Vec<Part>,
}

/// Whose a message is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// The person's, or a tool's answer on their behalf.
    User,
    /// The model's.
    Assistant,
}

/// One part of a message.
#[derive(Clone, Debug, PartialEq)]
pub enum Part {
    /// Text.
    Text(String),
    /// The model called a tool.
    Call(ToolCall),
    /// A tool answered.
    Result {
        /// The call that it answers.
        call: String,
        /// What it gave.
        text: String,
        /// Whether it refused or failed.
        failed: bool,
    },
}

/// Something that a model may call.
#[derive(Clone, Debug, PartialEq)]
pub struct ToolSpec {
    /// Its name: letters, digits, `_` and `-`.
    pub name: String,
    /// What it does and when to call it.
    pub description: String,
    /// JSON Schema of its arguments.
    pub schema: Value,
}

/// A model calls a tool.
#[derive(Clone, Debug, PartialEq)]
pub struct ToolCall {
    /// The provider's name for this call.
    pub id: String,
    /// Which tool.
    pub name: String,
    /// Its arguments. A text where what the model wrote is no JSON: that text.
    pub arguments: Value,
}

/// A piece of an answer.
#[derive(Clone, Debug, PartialEq)]
pub enum ModelEvent {
    /// The provider did not answer, and is asked again after a pause.
    Again {
        /// What happened.
        reason: String,
        /// How long the pause is.
        wait: Duration,
        /// Which try comes next, counted from 1.
        attempt: u32,
    },
    /// The answer begins.
    Start {
        /// What really answers, as the provider says.
        model: String,
    },
    /// More text.
    Text(String),
    /// A whole call of a tool.
    Call(ToolCall),
    /// What the answer took. Comes once, before the end, where the provider counts.
    Usage(Usage),
    /// The answer is whole.
    End(EndReason),
}

/// Why an answer ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum EndReason {
    /// The model has said everything.
    Done,
    /// The model waits for the results of its calls.
    Calls,
    /// The limit of tokens cut it off.
    Length,
    /// The provider held it back.
    Filtered,
    /// For another reason.
    Other,
}

impl Default for Limits {
    fn default() -> Self {
        Self { max_tokens: 4096 }
    }
}

impl Message {
    /// A message of plain text.
    pub fn text(role: Role, text: impl Into<String>) -> Self {
        Self { role, parts: vec![Part::Text(text.into())] }
    }
}

impl EndReason {
    /// Returns the name that answers and traces use.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Calls => "calls",
            Self::Length => "length",
            Self::Filtered => "filtered",
            Self::Other => "other",
        }
    }
}
