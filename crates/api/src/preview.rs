//! What would go to a model, on the wire.

use serde::{Deserialize, Serialize};

use crate::chat::ChatSkill;

/// Answer of `POST /chat/context`: what would go to the model with a message.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ChatContext {
    /// What would answer, as `provider/model`; `null` where no model is connected, and nothing goes anywhere.
    pub model: Option<String>,
    /// The skills that would go along, and how much of each.
    pub skills: Vec<ChatSkill>,
    /// How many messages of before would go along.
    pub message_count: u64,
    /// About how many tokens all of it has: a token is taken as four bytes.
    pub tokens: u64,
    /// What these are made of.
    pub parts: Vec<ContextPart>,
}

/// A part of what would go to the model.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ContextPart {
    /// `instructions`, `skills`, `messages` or `message`.
    pub name: String,
    /// About how many tokens it has.
    pub tokens: u64,
}
