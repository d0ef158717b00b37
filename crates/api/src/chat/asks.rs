//! What a person is asked in the middle of an answer, and what they say.

use llmos_core::chat::{Decision, Question, ShownArgument, shown_arguments, shown_json};
use serde::{Deserialize, Serialize};

/// A call of an outside tool that waits for the person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ChatAsk {
    /// What it is answered by.
    pub ask_id: String,
    /// The number of the call.
    pub call: u32,
    /// The server, as the owner of the installation calls it.
    pub server: String,
    /// Where the server is, without anything that is secret.
    pub place: String,
    /// The tool.
    pub tool: String,
    /// What the tool does, in the words of its server: a stranger wrote them.
    pub description: String,
    /// Each argument, whole.
    pub arguments: Vec<ChatAskArgument>,
    /// All arguments as the JSON that is sent, with `\u202e` in place of what cannot be seen.
    pub json: String,
    /// After how many seconds nobody waits for an answer any more.
    pub expires_in_secs: u64,
}

/// An argument as a person reads it. What cannot be seen is written as `\u{202e}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ChatAskArgument {
    /// Its name.
    pub name: String,
    /// A text as it is, anything else as JSON.
    pub text: String,
    /// Whether it is a text.
    pub is_text: bool,
}

/// What came of a question.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ChatDecision {
    /// The person allowed this one call.
    Allowed,
    /// The person said no.
    Declined,
    /// Nobody said anything in time.
    Unanswered,
}

/// Body of `POST /chat/asks/{ask_id}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DecideAsk {
    /// Who answers, which is who asked; the local user when left out.
    #[serde(default)]
    pub user_id: Option<String>,
    /// Whether this one call is made.
    pub allow: bool,
}

/// Answer of `POST /chat/asks/{ask_id}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AskDecided {
    /// What was decided.
    pub decision: ChatDecision,
}

impl ChatAsk {
    /// Shows a question.
    pub fn new(ask_id: String, call: u32, question: Question, expires_in_secs: u64) -> Self {
        let Question { call: asked, place, description } = question;
        let argument =
            |ShownArgument { name, text, is_text }| ChatAskArgument { name, text, is_text };
        Self {
            ask_id,
            call,
            server: asked.server.to_string(),
            place,
            tool: asked.tool,
            description,
            arguments: shown_arguments(&asked.arguments).into_iter().map(argument).collect(),
            json: shown_json(&asked.arguments),
            expires_in_secs,
        }
    }
}

impl From<Decision> for ChatDecision {
    fn from(decision: Decision) -> Self {
        match decision {
            Decision::Allowed => Self::Allowed,
            Decision::Declined => Self::Declined,
            Decision::Unanswered => Self::Unanswered,
        }
    }
}
