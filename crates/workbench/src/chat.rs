//! Talking about skills: what goes along with a message, one exchange with a
//! model or with the search alone, and the trace that is left of it.

mod begin;
mod carrier;
mod carry;
mod exchange;
mod gather;
mod keep;
mod pause;
mod person;
mod preview;
mod reading;
mod record;
mod settings;
mod talk;

pub use carrier::{Carrier, Carrying};
pub use exchange::ChatExchange;
pub(crate) use gather::Gathering;
pub use person::{Asked, Listing, Person};

use std::sync::Arc;

use llmos_core::model::{Models, SettingsError};

use crate::{Error, Workbench};

impl Workbench {
    /// Connects the models that people talk with.
    #[must_use]
    pub fn with_models(self, models: Arc<dyn Models>) -> Self {
        Self { models: Some(models), ..self }
    }
}

impl From<SettingsError> for Error {
    fn from(source: SettingsError) -> Self {
        match source {
            SettingsError::Bad { field, reason, hint } => {
                Self::BadField { field, reason, hint: hint.to_owned() }
            }
            source => Self::Settings { source },
        }
    }
}
