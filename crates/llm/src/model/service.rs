//! Requests to a service: one client for all, the key where it belongs, and
//! refusals turned into what the core knows. It tries once; whoever asks decides
//! about more.

use std::{collections::VecDeque, error::Error, time::Duration};

use llmos_core::model::{ModelError, Provider};
use reqwest::{
    Client, Response, StatusCode,
    header::{self, HeaderMap, HeaderName, HeaderValue},
    redirect,
};
use serde_json::Value;
use tokio::time::timeout;

use super::{patience::Patience, secret::Secret, target::Target};

/// The client that all requests share.
#[derive(Clone)]
pub struct Http {
    far: Client,
    /// For this machine and its private network: it goes through no proxy.
    near: Client,
    pub(crate) patience: Patience,
}

/// The most of a refusal that is read.
const MAX_REFUSAL: usize = 64 << 10;
/// The most of a refusal that is shown.
const MAX_REASON: usize = 300;

impl Http {
    /// Makes the client.
    ///
    /// # Panics
    ///
    /// Never, as long as TLS is compiled in.
    pub fn new(patience: Patience) -> Self {
        // An error means that a provider of cryptography is there already.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let builder = || {
            Client::builder()
                .user_agent(concat!("llmos/", env!("CARGO_PKG_VERSION")))
                .connect_timeout(patience.connect)
                // A key follows no redirection.
                .redirect(redirect::Policy::none())
        };
        let because = "because TLS is compiled in and nothing else is asked for";
        let far = builder().build().expect(because);
        let near = builder().no_proxy().build().expect(because);
        Self { far, near, patience }
    }

    fn client(&self, to: &Target) -> &Client {
        if to.is_near() { &self.near } else { &self.far }
    }

    /// Asks a path below the target, for its description.
    pub(crate) async fn get(
        &self,
        to: &Target,
        path: &str,
        within: Duration,
    ) -> Result<Value, ModelError> {
        let request = self.client(to).get(to.at(path)).headers(headers(to)).timeout(within);
        let mut response = request.send().await.map_err(|error| unreachable(to, &error))?;
        if !response.status().is_success() {
            return Err(refusal(to, &mut response, within).await);
        }
        let body = limited(&mut response, 4 << 20, within).await;
        serde_json::from_slice(&body).map_err(|error| garbled(to, error.to_string()))
    }

    /// Posts JSON once. The answer's head is there, and says that it went well.
    pub(crate) async fn post(
        &self,
        to: &Target,
        path: &str,
        body: Vec<u8>,
    ) -> Result<Response, ModelError> {
        let request = self.client(to).post(to.at(path)).headers(headers(to));
        let request = request.header(header::CONTENT_TYPE, "application/json").body(body);
        let mut response = match timeout(self.patience.first_byte, request.send()).await {
            Ok(Ok(response)) => response,
            Ok(Err(error)) => return Err(unreachable(to, &error)),
            Err(_elapsed) => return Err(slow(to, "it was asked", self.patience.first_byte)),
        };
        if response.status().is_success() {
            return Ok(response);
        }
        Err(refusal(to, &mut response, self.patience.idle).await)
    }
}

/// What goes with every request to a target.
fn headers(to: &Target) -> HeaderMap {
    let mut headers = HeaderMap::new();
    if let Some(key) = &to.key {
        let (name, text) = match to.provider {
            Provider::Anthropic => (HeaderName::from_static("x-api-key"), key.expose().to_owned()),
            _ => (header::AUTHORIZATION, format!("Bearer {}", key.expose())),
        };
        let mut value =
            HeaderValue::from_str(&text).expect("because a target has visible ASCII keys only");
        value.set_sensitive(true);
        headers.insert(name, value);
    }
    match to.provider {
        Provider::Anthropic => {
            headers.insert("anthropic-version", HeaderValue::from_static("2023-06-01"));
        }
        Provider::Openrouter => {
            let site = "https://github.com/llmos-lite/llmos-lite";
            headers.insert("http-referer", HeaderValue::from_static(site));
            headers.insert("x-title", HeaderValue::from_static("LLMos-Lite"));
        }
        _ => {}
    }
    headers
}

/// Turns an answer that is no success into what the core knows.
async fn refusal(to: &Target, response: &mut Response, within: Duration) -> ModelError {
    let status = response.status();
    let after = retry_after(response.headers());
    let body = limited(response, MAX_REFUSAL, within).await;
    let said = serde_json::from_slice::<Value>(&body).ok();
    let error = said.as_ref().map(|said| said.get("error").unwrap_or(said));
    let code = error.and_then(|error| error.get("code")).and_then(Value::as_str);
    let reason = error.and_then(message_of).map(|text| tidy(to, &text));
    let reason = reason.filter(|reason| !reason.is_empty());
    let title = || status.canonical_reason().unwrap_or("no reason given").to_lowercase();
    let reason = reason.unwrap_or_else(title);
    let provider = to.provider.to_string();
    match status {
        StatusCode::UNAUTHORIZED => ModelError::BadKey { provider, reason },
        // Waiting does not fill an empty account.
        StatusCode::TOO_MANY_REQUESTS if code == Some("insufficient_quota") => {
            ModelError::Refused { provider, status: 402, reason }
        }
        StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE => {
            ModelError::Busy { provider, reason, after }
        }
        _ if status.as_u16() == 529 => ModelError::Busy { provider, reason, after },
        StatusCode::REQUEST_TIMEOUT => ModelError::Failed { provider, reason },
        _ if status.is_server_error() => ModelError::Failed { provider, reason },
        _ => ModelError::Refused { provider, status: status.as_u16(), reason },
    }
}

/// Finds the sentence in `{"message": …}` or a bare text.
pub(crate) fn message_of(error: &Value) -> Option<String> {
    let text = error.as_str().or_else(|| error.get("message")?.as_str())?;
    Some(text.to_owned())
}

/// Makes a text from elsewhere fit to be shown: without the key, on one line, short.
pub(crate) fn tidy(to: &Target, text: &str) -> String {
    let text = to.key.as_ref().map_or_else(|| text.to_owned(), |key: &Secret| key.scrub(text));
    let words = text.split(|c: char| c.is_whitespace() || c.is_control());
    let line = words.filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ");
    let line = line.trim_end_matches('.');
    match line.char_indices().nth(MAX_REASON) {
        Some((at, _)) => format!("{}…", &line[..at]),
        None => line.to_owned(),
    }
}

/// Reads how long to wait: milliseconds or seconds.
fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let number = |name: &str| -> Option<f64> {
        let number: f64 = headers.get(name)?.to_str().ok()?.trim().parse().ok()?;
        (number.is_finite() && (0.0..1e9).contains(&number)).then_some(number)
    };
    let ms = number("retry-after-ms").map(|ms| ms / 1e3);
    ms.or_else(|| number("retry-after")).map(Duration::from_secs_f64)
}

async fn limited(response: &mut Response, limit: usize, within: Duration) -> Vec<u8> {
    let mut body = VecDeque::new();
    while let Ok(Ok(Some(bytes))) = timeout(within, response.chunk()).await {
        body.extend(bytes);
        if body.len() >= limit {
            break;
        }
    }
    body.truncate(limit);
    body.into()
}

pub(crate) fn unreachable(to: &Target, error: &reqwest::Error) -> ModelError {
    let provider = to.provider.to_string();
    ModelError::Unreachable { provider, url: to.url(), reason: innermost(error) }
}

pub(crate) fn slow(to: &Target, waiting: &'static str, time: Duration) -> ModelError {
    ModelError::Slow { provider: to.provider.to_string(), waiting, secs: time.as_secs() }
}

pub(crate) fn garbled(to: &Target, reason: String) -> ModelError {
    ModelError::Garbled { provider: to.provider.to_string(), reason: tidy(to, &reason) }
}

/// The innermost cause: the outer ones only repeat that a request failed.
pub(crate) fn innermost(error: &dyn Error) -> String {
    let mut cause = error;
    while let Some(inner) = cause.source() {
        cause = inner;
    }
    cause.to_string()
}
