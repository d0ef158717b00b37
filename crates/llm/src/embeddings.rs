//! Embeddings from any provider that speaks the protocol of `/v1/embeddings`.

mod kept;

use llmos_core::search::semantic::{EmbedError, Embedder};
use reqwest::Client;
use serde::Deserialize;
use serde_json::json;
use tokio::runtime::Runtime;
use url::Url;

use crate::{
    HttpError, Key, Patience,
    http::{client, post, shown},
};

pub use kept::KeptVectors;

/// How many texts are sent at once.
const MAX_BATCH: usize = 64;

/// Where embeddings come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// The base of the API, such as `http://localhost:11434/v1`.
    pub url: Url,
    /// The model's name there.
    pub model: String,
    /// The key, where one is needed.
    pub key: Option<Key>,
    /// How long is waited.
    pub patience: Patience,
}

/// Why the settings cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SettingsError {
    /// The address is none.
    #[error("`LLMOS_EMBEDDINGS_URL` is no address: {reason}")]
    Url {
        /// What is wrong with it.
        reason: String,
    },
    /// It is not known which model to ask for.
    #[error("`LLMOS_EMBEDDINGS_URL` is set, and `LLMOS_EMBEDDINGS_MODEL` is not")]
    NoModel,
}

impl SettingsError {
    /// Says what to do.
    pub fn hint(&self) -> &'static str {
        match self {
            Self::Url { .. } => "write the base of the API, such as `http://localhost:11434/v1`",
            Self::NoModel => "set it to a model that the provider has, or unset both",
        }
    }
}

impl Settings {
    /// Reads `LLMOS_EMBEDDINGS_URL`, `LLMOS_EMBEDDINGS_MODEL` and `LLMOS_EMBEDDINGS_KEY`.
    ///
    /// `None` while the first is not set: embeddings are off until somebody asks for them.
    pub fn read(variable: impl Fn(&str) -> Option<String>) -> Result<Option<Self>, SettingsError> {
        let set = |name: &str| variable(name).filter(|value| !value.trim().is_empty());
        let Some(url) = set("LLMOS_EMBEDDINGS_URL") else { return Ok(None) };
        let url = Url::parse(url.trim());
        let url = url.map_err(|error| SettingsError::Url { reason: error.to_string() })?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err(SettingsError::Url { reason: "it is not of the web".to_owned() });
        }
        let model = set("LLMOS_EMBEDDINGS_MODEL").ok_or(SettingsError::NoModel)?;
        let key = set("LLMOS_EMBEDDINGS_KEY").and_then(|key| Key::new(&key));
        Ok(Some(Self { url, model: model.trim().to_owned(), key, patience: Patience::default() }))
    }
}

/// Asks a provider for vectors.
pub struct HttpEmbedder {
    settings: Settings,
    url: Url,
    client: Client,
    runtime: Runtime,
}

#[derive(Deserialize)]
struct Answer {
    data: Vec<Row>,
}

#[derive(Deserialize)]
struct Row {
    index: usize,
    embedding: Vec<f32>,
}

impl HttpEmbedder {
    /// Makes ready to ask; nothing is sent yet.
    pub fn new(settings: Settings) -> Result<Self, EmbedError> {
        let failed = |reason: String| EmbedError {
            reason,
            hint: "try again; the system refused a connection or a thread".to_owned(),
        };
        let client = client().map_err(failed)?;
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let runtime = runtime.map_err(|error| failed(error.to_string()))?;
        let mut url = settings.url.clone();
        let path = url.path().trim_end_matches('/').to_owned();
        if !path.ends_with("/embeddings") {
            url.set_path(&format!("{path}/embeddings"));
        }
        Ok(Self { settings, url, client, runtime })
    }

    fn batch(&self, texts: &[String]) -> Result<Vec<Vec<f32>>, HttpError> {
        let Settings { model, key, patience, .. } = &self.settings;
        // Some providers refuse a text without characters.
        let input: Vec<&str> =
            texts.iter().map(|text| if text.is_empty() { " " } else { text }).collect();
        let body = json!({"model": model, "input": input, "encoding_format": "float"});
        let answer =
            self.runtime.block_on(post(&self.client, &self.url, key.as_ref(), &body, *patience))?;
        let odd = |reason: String| HttpError::Odd { url: shown(&self.url), reason };
        let Answer { mut data } =
            serde_json::from_value(answer).map_err(|error| odd(error.to_string()))?;
        data.sort_by_key(|row| row.index);
        if !data.iter().map(|row| row.index).eq(0..texts.len()) {
            return Err(odd(format!("{} vectors for {} texts", data.len(), texts.len())));
        }
        let length = data.first().map_or(0, |row| row.embedding.len());
        let whole = |row: &Row| {
            row.embedding.len() == length && row.embedding.iter().all(|x| x.is_finite())
        };
        if length == 0 || !data.iter().all(whole) {
            return Err(odd("vectors of different lengths, or without numbers".to_owned()));
        }
        Ok(data.into_iter().map(|row| row.embedding).collect())
    }
}

impl Embedder for HttpEmbedder {
    fn model(&self) -> &str {
        &self.settings.model
    }

    fn embed(&self, texts: &[String]) -> Result<Vec<Vec<f32>>, EmbedError> {
        let mut vectors = Vec::with_capacity(texts.len());
        for batch in texts.chunks(MAX_BATCH) {
            let found = self.batch(batch).map_err(|error| EmbedError {
                hint: error.hint().to_owned(),
                reason: error.to_string(),
            })?;
            vectors.extend(found);
        }
        Ok(vectors)
    }
}
