//! How a model can fail to answer, and what to do then.

use std::time::Duration;

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
