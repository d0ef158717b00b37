//! Which model a person talks with.

use llmos_api::chat::{ModelSettingsView, SetModel};
use llmos_core::{access::Action, model::SettingsChange};

use crate::{Caller, Error, Workbench};

impl Workbench {
    /// Tells what is connected for the caller. No key is part of it. Blocks.
    pub fn model_settings(&self, caller: &Caller) -> Result<ModelSettingsView, Error> {
        caller.must(Action::Read, &caller.own_volume())?;
        let settings = self.models.as_ref().map(|models| models.settings_of(&caller.user()));
        Ok(settings.transpose()?.unwrap_or_default().into())
    }

    /// Keeps which model the caller talks with. Blocks.
    pub fn set_model(&self, caller: &Caller, asked: SetModel) -> Result<ModelSettingsView, Error> {
        caller.must(Action::Write, &caller.own_volume())?;
        let models = self.models.as_ref().ok_or(Error::NoModels)?;
        models.set(&caller.user(), SettingsChange::from(asked))?;
        self.model_settings(caller)
    }

    /// Forgets what the caller chose, key and all. Blocks.
    pub fn clear_model(&self, caller: &Caller) -> Result<ModelSettingsView, Error> {
        caller.must(Action::Write, &caller.own_volume())?;
        if let Some(models) = &self.models {
            models.clear(&caller.user())?;
        }
        self.model_settings(caller)
    }
}
