//! The port to people's settings: which model is theirs, and where it is set.

use std::{fmt, sync::Arc};

use super::Model;
use crate::slug::Slug;

/// Finds the model of a person.
///
/// Methods block.
pub trait Models: Send + Sync {
    /// Returns the model that a person's messages go to; `None` where none is connected.
    fn model_of(&self, user: &Slug) -> Result<Option<Arc<dyn Model>>, SettingsError>;

    /// Tells what is connected and where it is set. No key is part of it.
    fn settings_of(&self, user: &Slug) -> Result<ModelSettings, SettingsError>;

    /// Keeps what a person chose; the key only where it would survive being read by others.
    fn set(&self, user: &Slug, change: SettingsChange) -> Result<(), SettingsError>;

    /// Forgets what a person chose, key and all.
    fn clear(&self, user: &Slug) -> Result<(), SettingsError>;
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

impl fmt::Display for Provider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
