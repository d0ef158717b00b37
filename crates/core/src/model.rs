//! The port to language models: what is asked, what comes back piece by piece,
//! and how it can fail. It knows no provider, no network and no key.

mod price;
mod usage;

#[cfg(test)]
mod tests;

use std::{fmt, pin::Pin, sync::Arc, time::Duration};

use futures_core::Stream;
use serde_json::Value;

pub use price::{PRICES_AS_OF, Price, cost, price_of};
pub use usage::{Cost, Usage};

/// Answers requests in pieces.
///
/// Dropping the stream cancels the request. Whoever implements it retries before
/// the first piece, and never after it: what was shown is not shown twice.
pub trait Model: Send + Sync {
    /// Tells what answers.
    fn label(&self) -> &ModelLabel;

    /// Begins to answer. The stream ends after [`ModelEvent::End`] or the first error.
    fn ask(&self, request: ModelRequest) -> ModelStream;
}

/// An answer on its way.
pub type ModelStream = Pin<Box<dyn Stream<Item = Result<ModelEvent, ModelError>> + Send>>;

/// What answers, as people know it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ModelLabel {
    /// Who runs it, such as `anthropic`.
    pub provider: String,
    /// What they call it.
    pub model: String,
}

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

/// Why a model gave no whole answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ModelError {
    /// Nobody answers at the address.
    #[error("{provider} cannot be reached at {url}: {reason}")]
    Unreachable {
        /// Who.
        provider: String,
        /// The address, without secrets.
        url: String,
        /// Why.
        reason: String,
    },
    /// It took too long.
    #[error("{provider} sent nothing for {secs} seconds while {waiting}")]
    Slow {
        /// Who.
        provider: String,
        /// What was waited for.
        waiting: &'static str,
        /// How long.
        secs: u64,
    },
    /// The key is missing, wrong or may not do this.
    #[error("{provider} refuses the key: {reason}")]
    BadKey {
        /// Who.
        provider: String,
        /// What they say.
        reason: String,
    },
    /// Too much was asked in too short a time, or the provider has too much to do.
    #[error("{provider} is busy: {reason}")]
    Busy {
        /// Who.
        provider: String,
        /// What they say.
        reason: String,
        /// How long they ask to wait.
        after: Option<Duration>,
    },
    /// The provider takes the request for wrong.
    #[error("{provider} does not take the request ({status}): {reason}")]
    Refused {
        /// Who.
        provider: String,
        /// The HTTP status.
        status: u16,
        /// What they say.
        reason: String,
    },
    /// The provider failed.
    #[error("{provider} failed: {reason}")]
    Failed {
        /// Who.
        provider: String,
        /// What they say.
        reason: String,
    },
    /// The answer ended in the middle.
    #[error("the answer of {provider} broke off: {reason}")]
    BrokeOff {
        /// Who.
        provider: String,
        /// How.
        reason: String,
    },
    /// What came is not what the provider's protocol allows.
    #[error("the answer of {provider} cannot be read: {reason}")]
    Garbled {
        /// Who.
        provider: String,
        /// What is wrong.
        reason: String,
    },
}

/// Finds the model of a person.
///
/// Methods block.
pub trait Models: Send + Sync {
    /// Returns the model that a person's messages go to; `None` where none is connected.
    fn model_of(&self, user: &crate::slug::Slug) -> Result<Option<Arc<dyn Model>>, SettingsError>;

    /// Tells what is connected and where it is set. No key is part of it.
    fn settings_of(&self, user: &crate::slug::Slug) -> Result<ModelSettings, SettingsError>;

    /// Keeps what a person chose; the key only where it would survive being read by others.
    fn set(&self, user: &crate::slug::Slug, change: SettingsChange) -> Result<(), SettingsError>;

    /// Forgets what a person chose, key and all.
    fn clear(&self, user: &crate::slug::Slug) -> Result<(), SettingsError>;
}

/// Which protocol and whose service.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Provider {
    /// Anthropic's Messages API.
    Anthropic,
    /// OpenRouter.
    Openrouter,
    /// OpenAI itself.
    Openai,
    /// A program on this machine that was found by itself or is named.
    Ollama,
    /// Any other address that speaks the protocol of OpenAI.
    Compatible,
}

/// What is connected for a person.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ModelSettings {
    /// Where it comes from; `None` where no model is connected.
    pub source: Option<SettingsSource>,
    /// Whose service.
    pub provider: Option<Provider>,
    /// The address that requests go to.
    pub url: Option<String>,
    /// The model.
    pub model: Option<String>,
    /// The last four characters of the key, where one is set and long enough to hide the rest.
    pub key_ends_in: Option<String>,
    /// Whether a key is set.
    pub has_key: bool,
}

/// Where a setting comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SettingsSource {
    /// The person chose it in the page.
    Person,
    /// The environment of the server.
    Environment,
    /// A program on this machine was found by itself.
    Found,
}

/// What a person chooses.
pub struct SettingsChange {
    /// Whose service.
    pub provider: Provider,
    /// Another address than the provider's own.
    pub url: Option<String>,
    /// The model.
    pub model: String,
    /// The key: a new one, none, or the one that is kept already.
    pub key: KeyChange,
}

/// What becomes of a key. It cannot be printed.
pub enum KeyChange {
    /// It stays what it is.
    Keep,
    /// It is forgotten.
    Remove,
    /// It is another one.
    Set(String),
}

/// Why settings are not read or kept.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SettingsError {
    /// A field does not hold what it must.
    #[error("bad `{field}`: {reason}")]
    Bad {
        /// The field.
        field: &'static str,
        /// What is wrong.
        reason: String,
        /// What to write instead.
        hint: &'static str,
    },
    /// The key cannot be opened: another installation sealed it, or it was changed.
    #[error("the key that is kept for `{user}` cannot be opened")]
    Sealed {
        /// Whose.
        user: String,
    },
    /// The disk fails.
    #[error("the settings cannot be {doing}: {reason}")]
    Medium {
        /// What was tried.
        doing: &'static str,
        /// Why it failed.
        reason: String,
    },
}

impl SettingsError {
    /// Says what to do next.
    pub fn hint(&self) -> &'static str {
        match self {
            Self::Bad { hint, .. } => hint,
            Self::Sealed { .. } => "enter the key again in the model settings",
            Self::Medium { .. } => {
                "let the program write to the folder of the volumes, then try again"
            }
        }
    }
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

impl Provider {
    /// All providers, in the order in which they are offered.
    pub const ALL: [Self; 5] =
        [Self::Anthropic, Self::Openrouter, Self::Openai, Self::Ollama, Self::Compatible];

    /// Returns the name that settings use.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Anthropic => "anthropic",
            Self::Openrouter => "openrouter",
            Self::Openai => "openai",
            Self::Ollama => "ollama",
            Self::Compatible => "compatible",
        }
    }

    /// Returns the provider's own address; `None` where one must be named.
    pub fn url(self) -> Option<&'static str> {
        match self {
            Self::Anthropic => Some("https://api.anthropic.com"),
            Self::Openrouter => Some("https://openrouter.ai/api/v1"),
            Self::Openai => Some("https://api.openai.com/v1"),
            Self::Ollama => Some("http://127.0.0.1:11434/v1"),
            Self::Compatible => None,
        }
    }

    /// Says whether requests without a key make no sense.
    pub fn needs_key(self) -> bool {
        matches!(self, Self::Anthropic | Self::Openrouter | Self::Openai)
    }

    /// Returns the provider of a name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|provider| provider.as_str() == name)
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

impl ModelError {
    /// Returns a stable name in kebab case, for programs.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Unreachable { .. } => "model-unreachable",
            Self::Slow { .. } => "model-slow",
            Self::BadKey { .. } => "model-key",
            Self::Busy { .. } => "model-busy",
            Self::Refused { .. } => "model-refused",
            Self::Failed { .. } => "model-failed",
            Self::BrokeOff { .. } => "model-broke-off",
            Self::Garbled { .. } => "model-garbled",
        }
    }

    /// Says what to do next.
    pub fn hint(&self) -> String {
        match self {
            Self::Unreachable { .. } => {
                "check the address in the model settings, and that the service runs".to_owned()
            }
            Self::Slow { .. } => "send the message again, or choose a faster model".to_owned(),
            Self::BadKey { .. } => "enter a valid key in the model settings".to_owned(),
            Self::Busy { after: Some(after), .. } => {
                format!("send the message again in {} seconds", after.as_secs().max(1))
            }
            Self::Busy { after: None, .. } => "send the message again in a minute".to_owned(),
            Self::Refused { status: 402, .. } => "add credits at the provider".to_owned(),
            Self::Refused { status: 404, .. } => {
                "check the name of the model and the address in the model settings".to_owned()
            }
            Self::Refused { status: 413, .. } => "send a shorter message".to_owned(),
            Self::Refused { .. } => "check the model in the model settings".to_owned(),
            Self::Failed { .. } | Self::BrokeOff { .. } => "send the message again".to_owned(),
            Self::Garbled { .. } => {
                "check that the address in the model settings is that of a model service".to_owned()
            }
        }
    }
}

impl fmt::Display for Provider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Display for ModelLabel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.provider, self.model)
    }
}
