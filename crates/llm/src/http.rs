//! JSON over HTTP, with patience: a limit for the whole answer, and another try
//! when the other side is busy or out of reach.

use std::time::Duration;

use reqwest::{Client, Response, StatusCode, header};
use serde_json::Value;
use tokio::time::timeout;
use url::Url;

use crate::Key;

/// The largest answer that is read.
const MAX_ANSWER: usize = 64 << 20;
/// How much of what a provider says about an error is shown.
const MAX_SAID: usize = 300;

/// How long is waited, and how often it is tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Patience {
    /// For one answer, from the request to its last byte.
    pub answer: Duration,
    /// How often it is tried at most.
    pub tries: u32,
    /// How long is waited before the second try; each later wait is twice as long.
    pub back_off: Duration,
    /// If the other side asks for a longer wait than this, it has failed.
    pub longest_wait: Duration,
}

/// Why there is no answer.
#[derive(Clone, Debug, thiserror::Error)]
pub enum HttpError {
    /// Nobody answers there, or not in time.
    #[error("`{url}` cannot be reached: {reason}")]
    Unreachable {
        /// Where.
        url: String,
        /// Why.
        reason: String,
    },
    /// It refused.
    #[error("`{url}` answered {status}: {said}")]
    Status {
        /// Where.
        url: String,
        /// What it answered.
        status: StatusCode,
        /// When it wants to be asked again.
        after: Option<Duration>,
        /// What it says about it, cut.
        said: String,
    },
    /// It answered something else than JSON of this protocol.
    #[error("`{url}` answered what it should not: {reason}")]
    Odd {
        /// Where.
        url: String,
        /// What is wrong.
        reason: String,
    },
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            answer: Duration::from_secs(60),
            tries: 5,
            back_off: Duration::from_millis(500),
            longest_wait: Duration::from_secs(60),
        }
    }
}

impl HttpError {
    /// Says what to do about it.
    pub fn hint(&self) -> &'static str {
        match self {
            Self::Unreachable { .. } => "check the address, and that the provider runs",
            Self::Status { status, .. } => match status.as_u16() {
                401 | 403 => "check the key",
                404 => "check the address and the name of the model",
                429 => "wait, or ask the provider for a higher limit",
                _ => "look into the provider's log",
            },
            Self::Odd { .. } => "give the address of an OpenAI-compatible provider, up to `/v1`",
        }
    }

    /// Says whether trying again may help.
    fn may_pass(&self) -> bool {
        match self {
            Self::Status { status, .. } => {
                matches!(status.as_u16(), 408 | 425 | 429 | 500 | 502 | 503 | 504 | 529)
            }
            Self::Unreachable { .. } => true,
            Self::Odd { .. } => false,
        }
    }
}

/// Makes a client that follows no redirection: a key is sent nowhere else.
pub(crate) fn client() -> Result<Client, String> {
    // An error means that a provider is there already.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let client = Client::builder()
        .user_agent(concat!("llmos/", env!("CARGO_PKG_VERSION")))
        .redirect(reqwest::redirect::Policy::none())
        .build();
    client.map_err(|error| reason(&error))
}

/// Posts JSON until it is answered or hopeless.
pub(crate) async fn post(
    client: &Client,
    url: &Url,
    key: Option<&Key>,
    body: &Value,
    patience: Patience,
) -> Result<Value, HttpError> {
    let mut wait = patience.back_off;
    let mut tries = 1;
    loop {
        let attempt = timeout(patience.answer, post_once(client, url, key, body)).await;
        let error = match attempt {
            Ok(Ok(answer)) => return Ok(answer),
            Ok(Err(error)) => error,
            Err(_) => {
                let secs = patience.answer.as_secs_f32();
                let reason = format!("no answer within {secs} seconds");
                HttpError::Unreachable { url: shown(url), reason }
            }
        };
        let asked = match &error {
            HttpError::Status { after, .. } => after.unwrap_or_default(),
            _ => Duration::ZERO,
        };
        if tries >= patience.tries || !error.may_pass() || asked > patience.longest_wait {
            return Err(error);
        }
        tries += 1;
        tokio::time::sleep(wait.max(asked)).await;
        wait *= 2;
    }
}

async fn post_once(
    client: &Client,
    url: &Url,
    key: Option<&Key>,
    body: &Value,
) -> Result<Value, HttpError> {
    let mut request = client
        .post(url.clone())
        .header(header::CONTENT_TYPE, "application/json")
        .body(body.to_string());
    if let Some(key) = key {
        request = request.bearer_auth(key.secret());
    }
    let unreachable =
        |error: reqwest::Error| HttpError::Unreachable { url: shown(url), reason: reason(&error) };
    let mut response = request.send().await.map_err(unreachable)?;
    let (status, after) = (response.status(), after(&response));
    let mut bytes = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(unreachable)? {
        bytes.extend_from_slice(&chunk);
        if bytes.len() > MAX_ANSWER {
            let reason = format!("more than {MAX_ANSWER} bytes");
            return Err(HttpError::Odd { url: shown(url), reason });
        }
    }
    if !status.is_success() {
        let said = said(&bytes, key);
        return Err(HttpError::Status { url: shown(url), status, after, said });
    }
    let odd =
        |error: serde_json::Error| HttpError::Odd { url: shown(url), reason: error.to_string() };
    serde_json::from_slice(&bytes).map_err(odd)
}

/// When the other side wants to be asked again. A date instead of seconds is not understood.
fn after(response: &Response) -> Option<Duration> {
    let value = response.headers().get(header::RETRY_AFTER)?.to_str().ok()?;
    value.trim().parse().ok().map(Duration::from_secs)
}

/// What a provider says about an error, in one line. Some repeat the key that they refuse.
fn said(bytes: &[u8], key: Option<&Key>) -> String {
    let text = String::from_utf8_lossy(bytes);
    let message = serde_json::from_slice::<Value>(bytes).ok();
    let message = message.as_ref().and_then(|value| value.pointer("/error/message")?.as_str());
    let mut line = message.unwrap_or(&text).split_whitespace().collect::<Vec<_>>().join(" ");
    if let Some(key) = key {
        line = line.replace(key.secret(), "…");
    }
    line.chars().filter(|c| !c.is_control()).take(MAX_SAID).collect()
}

/// An address as people may see it: without name, password and query.
pub(crate) fn shown(url: &Url) -> String {
    let mut url = url.clone();
    // An error means that this sort of address has neither.
    let _ = url.set_username("");
    let _ = url.set_password(None);
    url.set_query(None);
    url.to_string()
}

/// The innermost cause: the outer ones only repeat that a request failed.
fn reason(error: &reqwest::Error) -> String {
    let mut cause: &dyn std::error::Error = error;
    while let Some(inner) = cause.source() {
        cause = inner;
    }
    cause.to_string()
}
