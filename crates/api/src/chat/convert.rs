//! Between the chat of the core and its wire form.

use llmos_core::{
    chat::Told,
    model::{
        self, Cost, KeyChange, ModelSettings, PRICES_AS_OF, Provider, SettingsChange,
        SettingsSource, Usage,
    },
};

use super::{ChatTold, ChatUsage, ModelProvider, ModelSettingsView, SetModel};

impl From<Told> for ChatTold {
    fn from(told: Told) -> Self {
        match told {
            Told::Whole => Self::Whole,
            Told::Beginning => Self::Beginning,
            Told::Nothing => Self::Nothing,
        }
    }
}

impl ChatUsage {
    /// Says what an answer of a model took and costs.
    pub fn new(model: &str, usage: &Usage) -> Self {
        let cost = model::cost(model, usage);
        Self {
            input_tokens: usage.input,
            cache_read_tokens: usage.cache_read,
            cache_write_tokens: usage.cache_write,
            output_tokens: usage.output,
            cost_usd: cost.usd(),
            cost_source: match cost {
                Cost::Stated(_) => "provider".to_owned(),
                Cost::Listed(_) => format!("list of {PRICES_AS_OF}"),
                Cost::Unknown => "unknown".to_owned(),
            },
        }
    }
}

impl From<Provider> for ModelProvider {
    fn from(provider: Provider) -> Self {
        match provider {
            Provider::Anthropic => Self::Anthropic,
            Provider::Openrouter => Self::Openrouter,
            Provider::Openai => Self::Openai,
            Provider::Ollama => Self::Ollama,
            Provider::Compatible => Self::Compatible,
        }
    }
}

impl From<ModelProvider> for Provider {
    fn from(provider: ModelProvider) -> Self {
        match provider {
            ModelProvider::Anthropic => Self::Anthropic,
            ModelProvider::Openrouter => Self::Openrouter,
            ModelProvider::Openai => Self::Openai,
            ModelProvider::Ollama => Self::Ollama,
            ModelProvider::Compatible => Self::Compatible,
        }
    }
}

impl From<ModelSettings> for ModelSettingsView {
    fn from(settings: ModelSettings) -> Self {
        let source = |source| match source {
            SettingsSource::Person => "person",
            SettingsSource::Environment => "environment",
            SettingsSource::Found => "found",
        };
        Self {
            source: settings.source.map(|from| source(from).to_owned()),
            provider: settings.provider.map(ModelProvider::from),
            url: settings.url,
            model: settings.model,
            has_key: settings.has_key,
            key_ends_in: settings.key_ends_in,
        }
    }
}

impl From<SetModel> for SettingsChange {
    fn from(asked: SetModel) -> Self {
        let key = match asked.key.filter(|key| !key.trim().is_empty()) {
            Some(key) => KeyChange::Set(key),
            None if asked.remove_key => KeyChange::Remove,
            None => KeyChange::Keep,
        };
        Self { provider: asked.provider.into(), url: asked.url, model: asked.model, key }
    }
}
