//! The port to language models: what is asked, what comes back piece by piece,
//! and how it can fail. It knows no provider, no network and no key.

mod error;
mod message;
mod price;
mod settings;
mod usage;

#[cfg(test)]
mod tests;

use std::{fmt, pin::Pin};

use futures_core::Stream;

pub use error::ModelError;
pub use message::{
    EndReason, Limits, Message, ModelEvent, ModelRequest, Part, Role, SystemBlock, ToolCall,
    ToolSpec,
};
pub use price::{PRICES_AS_OF, Price, cost, price_of};
pub use settings::{
    KeyChange, ModelSettings, Models, Provider, SettingsChange, SettingsError, SettingsSource,
};
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

impl fmt::Display for ModelLabel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.provider, self.model)
    }
}
