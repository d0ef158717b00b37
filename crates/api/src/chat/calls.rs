//! What a model calls on the wire: calls, edits that it proposes, subagents, and what is left of the budget.

use llmos_core::{
    chat::{Amounts, Budget, CallState},
    trace::{self, ChatSubagent},
};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::ChatSkill;
use crate::{proposal::ProposedFile, trace::Outcome};

/// One call of a tool.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ChatCall {
    /// Its number among those of the exchange.
    pub call: u32,
    /// Which tool; an outside one as `server/tool`.
    pub tool: String,
    /// With what; a text where it is too long or no JSON.
    pub arguments: Value,
    /// The number of the subagent that called it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subagent: Option<u32>,
    /// How it ended; absent while it goes on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub state: Option<ChatCallState>,
    /// The beginning of what it gave.
    #[serde(default)]
    pub result: String,
}

/// How a call ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ChatCallState {
    /// It gave what was asked for.
    Done,
    /// It was tried and failed.
    Failed,
    /// It was not tried.
    Refused,
    /// It was not tried, as the person did not allow it.
    Declined,
    /// It was stopped before its end.
    Cancelled,
}

/// An edit of a skill that was proposed. It is saved nowhere.
///
/// To accept it, send `source` with `base_version` and `volume` to `PUT /skills/{skill_id}`; without a
/// `base_version` it is a new file of the volume, for `POST /skills`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ChatEdit {
    /// The skill.
    pub skill_id: String,
    /// Its name for people.
    pub name: String,
    /// Where it would be saved.
    pub volume: String,
    /// The version that it rests on; absent where it would be a new file of that volume.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub base_version: Option<String>,
    /// The volume whose skill it copies, where the caller may not change that one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub copy_of: Option<String>,
    /// Why, in the words of the model.
    pub reason: String,
    /// The whole file as it would be.
    pub source: String,
    /// What is different.
    pub file: ProposedFile,
}

/// A model that works on a part of an exchange, with instructions and skills of its own.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ChatSubagentView {
    /// Its number among those of the exchange, from 1.
    pub number: u32,
    /// The call that it came from; 0 in a trace.
    pub call: u32,
    /// What it works on, in a few words.
    pub title: String,
    /// The skills that it was given.
    pub skills: Vec<ChatSkill>,
}

/// What became of a subagent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ChatSubagentTrace {
    /// Its number, from 1.
    pub number: u32,
    /// What it worked on.
    pub title: String,
    /// The ids of the skills that it was given.
    pub skills: Vec<String>,
    /// How it ended.
    pub outcome: Outcome,
    /// Its answer, or why there is none.
    pub answer: String,
}

/// What a message may take, subagents included, and what it took so far.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ChatBudget {
    /// What it took.
    pub spent: ChatAmounts,
    /// The most that it may take.
    pub most: ChatAmounts,
}

/// Amounts of what a message takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ChatAmounts {
    /// Requests to the model.
    pub rounds: u32,
    /// Calls of tools.
    pub calls: u32,
    /// Tokens, read and written.
    pub tokens: u64,
    /// Seconds.
    pub seconds: u64,
}

impl From<CallState> for ChatCallState {
    fn from(state: CallState) -> Self {
        match state {
            CallState::Done => Self::Done,
            CallState::Failed => Self::Failed,
            CallState::Refused => Self::Refused,
            CallState::Declined => Self::Declined,
            CallState::Cancelled => Self::Cancelled,
        }
    }
}

impl From<ChatCallState> for CallState {
    fn from(state: ChatCallState) -> Self {
        match state {
            ChatCallState::Done => Self::Done,
            ChatCallState::Failed => Self::Failed,
            ChatCallState::Refused => Self::Refused,
            ChatCallState::Declined => Self::Declined,
            ChatCallState::Cancelled => Self::Cancelled,
        }
    }
}

impl From<Amounts> for ChatAmounts {
    fn from(Amounts { rounds, calls, tokens, seconds }: Amounts) -> Self {
        Self { rounds, calls, tokens, seconds }
    }
}

impl From<&Budget> for ChatBudget {
    fn from(budget: &Budget) -> Self {
        Self { spent: budget.spent().into(), most: budget.most().into() }
    }
}

impl ChatCall {
    /// Shows the call of a trace; `at` is its place there.
    pub fn of_trace(call: trace::ChatCall, at: usize) -> Self {
        let trace::ChatCall { tool, subagent, arguments, state, result } = call;
        let arguments = serde_json::from_str(&arguments).unwrap_or(Value::String(arguments));
        let call = u32::try_from(at + 1).unwrap_or(u32::MAX);
        Self { call, tool, arguments, subagent, state: Some(state.into()), result }
    }
}

impl From<ChatSubagent> for ChatSubagentTrace {
    fn from(ChatSubagent { number, title, skills, outcome, answer }: ChatSubagent) -> Self {
        let skills = skills.iter().map(ToString::to_string).collect();
        Self { number, title, skills, outcome: outcome.into(), answer }
    }
}
