//! Which model a person talks with: their own choice, else what the environment
//! of the server says, else one that runs on this machine.

use std::{
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use llmos_core::{
    model::{
        Model, ModelSettings, Models, Provider, SettingsChange, SettingsError, SettingsSource,
    },
    slug::Slug,
};

use super::{
    environment::{Environment, usual_model},
    found::models_of,
    http_model::HttpModel,
    patience::Patience,
    service::Http,
    settings::{Settings, target},
    target::Target,
};

/// How long it is remembered that no program on this machine answered.
const FORGET: Duration = Duration::from_secs(30);

/// Finds models over HTTP, and keeps what people choose.
pub struct HttpModels {
    http: Http,
    settings: Settings,
    environment: Environment,
    /// What the last look around found, and when.
    around: Mutex<Option<(Instant, Option<String>)>>,
    /// The address that is looked at; the usual one of Ollama.
    ollama: Option<String>,
}

/// Where a person's messages go.
struct Way {
    source: SettingsSource,
    target: Target,
    model: String,
}

impl HttpModels {
    /// Keeps settings beside the volumes in `root`, sealed by the key in the file `master_key` or one made there.
    pub fn new(
        root: &Path,
        master_key: Option<PathBuf>,
        environment: Environment,
        patience: Patience,
    ) -> Self {
        Self {
            http: Http::new(patience),
            settings: Settings::new(root, master_key),
            environment,
            around: Mutex::default(),
            ollama: None,
        }
    }

    /// Looks for a program at this address in place of the usual one.
    #[must_use]
    pub fn looking_at(self, url: String) -> Self {
        Self { ollama: Some(url), ..self }
    }

    fn way(&self, user: &Slug) -> Result<Option<Way>, SettingsError> {
        if let Some(chosen) = self.settings.read(user)? {
            let target = self.settings.target(user, &chosen)?;
            return Ok(Some(Way { source: SettingsSource::Person, target, model: chosen.model }));
        }
        let Environment { provider, url, model, key, looks_around } = &self.environment;
        if let Some(provider) = *provider {
            let target = target(provider, url.as_deref(), key.clone())?;
            let usual = || usual_model(provider).map(str::to_owned);
            let model = model.clone().or_else(usual).or_else(|| self.first_model(&target));
            let source = SettingsSource::Environment;
            return Ok(model.map(|model| Way { source, target, model }));
        }
        if !looks_around {
            return Ok(None);
        }
        let target = target(Provider::Ollama, self.ollama.as_deref(), None)?;
        let found = self.first_model(&target);
        let model = found.map(|found| model.clone().unwrap_or(found));
        Ok(model.map(|model| Way { source: SettingsSource::Found, target, model }))
    }

    /// The first model that a service lists. Asked seldom, as it is asked before every message.
    fn first_model(&self, target: &Target) -> Option<String> {
        let mut around = self.around.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((at, found)) = &*around
            && at.elapsed() < FORGET
        {
            return found.clone();
        }
        let found = models_of(target).ok().and_then(|names| names.into_iter().next());
        *around = Some((Instant::now(), found.clone()));
        found
    }
}

impl Models for HttpModels {
    fn model_of(&self, user: &Slug) -> Result<Option<Arc<dyn Model>>, SettingsError> {
        let Some(Way { target, model, .. }) = self.way(user)? else { return Ok(None) };
        Ok(Some(Arc::new(HttpModel::new(self.http.clone(), target, model))))
    }

    fn settings_of(&self, user: &Slug) -> Result<ModelSettings, SettingsError> {
        let way = match self.way(user) {
            // The settings can still be seen and mended.
            Err(SettingsError::Sealed { .. }) => {
                let Some(chosen) = self.settings.read(user)? else {
                    return Ok(ModelSettings::default());
                };
                return Ok(ModelSettings {
                    source: Some(SettingsSource::Person),
                    provider: Some(chosen.provider()?),
                    url: None,
                    has_key: chosen.has_key(),
                    model: Some(chosen.model),
                    key_ends_in: None,
                });
            }
            way => way?,
        };
        let Some(Way { source, target, model }) = way else { return Ok(ModelSettings::default()) };
        Ok(ModelSettings {
            source: Some(source),
            provider: Some(target.provider),
            url: Some(target.url()),
            model: Some(model),
            key_ends_in: target.key.as_ref().and_then(|key| key.tail()),
            has_key: target.key.is_some(),
        })
    }

    fn set(&self, user: &Slug, change: SettingsChange) -> Result<(), SettingsError> {
        self.settings.write(user, change)
    }

    fn clear(&self, user: &Slug) -> Result<(), SettingsError> {
        self.settings.clear(user)
    }
}
