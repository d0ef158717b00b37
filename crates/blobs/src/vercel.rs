//! Vercel Blob, by the protocol that its own client speaks: version 12 of the
//! API, private access, no overwriting by accident, the token in a header.

use std::{fs::File, io::Read, ops::Range, time::Duration};

use futures_util::TryStreamExt;
use reqwest::{Client, RequestBuilder, Response, StatusCode, header};
use serde::Deserialize;
use serde_json::json;
use tokio_util::io::ReaderStream;
use url::Url;

use crate::{
    failed::{Cause, OpenError},
    object::{Object, Objects},
    secret::Secret,
    wait::{Body, Wait},
};

/// The version of the API that this speaks.
const API_VERSION: &str = "12";

/// Where the API is.
const API: &str = "https://vercel.com/api/blob";

/// The domain of all addresses at which blobs are read.
const BLOB_DOMAIN: &str = ".blob.vercel-storage.com";

/// How many objects a list has at most.
const PAGE: &str = "1000";

/// How long is waited for an answer, and for each piece of one.
const PATIENCE: Duration = Duration::from_secs(60);

/// How often a request is tried that failed in passing.
const TRIES: u32 = 4;

/// How long is waited before the second try; each later wait is twice as long.
const BACK_OFF: Duration = Duration::from_millis(250);

/// How much of what is said about a failure is shown.
const MAX_SAID: usize = 300;

/// The longest wait that the other side may ask for.
const LONGEST_WAIT: Duration = Duration::from_secs(30);

/// Which store, and who asks it.
#[derive(Clone, Debug)]
pub struct VercelSettings {
    /// The token, as `BLOB_READ_WRITE_TOKEN` has it.
    pub token: Secret,
    /// Another address of the API, as `VERCEL_BLOB_API_URL` has it.
    pub api: Option<String>,
}

/// A store of Vercel Blob.
pub struct Vercel {
    client: Client,
    api: Url,
    token: Secret,
    store: String,
    wait: Wait,
}

/// Why a request came to nothing.
#[derive(Debug, thiserror::Error)]
enum Refused {
    #[error("Vercel Blob cannot be reached: {0}")]
    Unreachable(String),
    #[error("Vercel Blob answered {status}: {said}")]
    Status { status: StatusCode, said: String, after: Option<Duration> },
    #[error("Vercel Blob names `{0}`, where no token is sent")]
    Foreign(String),
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Page {
    #[serde(default)]
    blobs: Vec<Listed>,
    #[serde(default)]
    folders: Vec<String>,
    #[serde(default)]
    has_more: bool,
    cursor: Option<String>,
}

#[derive(Deserialize)]
struct Listed {
    url: String,
    pathname: String,
    size: u64,
}

impl Vercel {
    /// Takes a store; asks it nothing yet.
    ///
    /// # Errors
    ///
    /// Where the token or the address makes no sense.
    pub fn open(settings: &VercelSettings) -> Result<Self, OpenError> {
        let bad = |what: &str, hint| OpenError::Settings { what: what.to_owned(), hint };
        // An error means that a provider is there already.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let token = settings.token.clone();
        // `vercel_blob_rw_<store>_<secret>`
        let store =
            token.reveal().strip_prefix("vercel_blob_rw_").and_then(|rest| rest.split_once('_'));
        let is_plain =
            |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric());
        let store = store.filter(|(store, secret)| is_plain(store) && is_plain(secret));
        let (store, _) = store.ok_or_else(|| {
            bad(
                "`BLOB_READ_WRITE_TOKEN` is no token of a store",
                "copy it from the store's page: it begins with `vercel_blob_rw_`",
            )
        })?;
        let store = store.to_owned();
        let api = settings.api.as_deref().unwrap_or(API).trim_end_matches('/');
        let hint = "write one such as `https://vercel.com/api/blob`";
        let api =
            Url::parse(api).map_err(|_no| bad("`VERCEL_BLOB_API_URL` is no address", hint))?;
        let is_here = matches!(api.host_str(), Some("localhost" | "127.0.0.1" | "[::1]"));
        if api.scheme() != "https" && !(api.scheme() == "http" && is_here) {
            return Err(bad("the token would travel in clear text to `VERCEL_BLOB_API_URL`", hint));
        }
        let start = |source: reqwest::Error| OpenError::Start { source: source.into() };
        let client = Client::builder()
            .user_agent(concat!("llmos/", env!("CARGO_PKG_VERSION")))
            .redirect(reqwest::redirect::Policy::none())
            .connect_timeout(PATIENCE)
            .read_timeout(PATIENCE)
            .build()
            .map_err(start)?;
        Ok(Self { client, api, token, store, wait: Wait::new("llmos-vercel")? })
    }

    /// Begins a request to the API.
    fn ask(&self, method: reqwest::Method, path: &str) -> RequestBuilder {
        let url = format!("{}{path}", self.api);
        self.client
            .request(method, url)
            .bearer_auth(self.token.reveal())
            .header("x-api-version", API_VERSION)
            .header("x-vercel-blob-store-id", &self.store)
    }

    /// Sends a request until it is answered or hopeless.
    async fn send(&self, request: impl Fn() -> RequestBuilder) -> Result<Response, Refused> {
        let mut wait = BACK_OFF;
        let mut tries = 1;
        loop {
            let error = match request().send().await {
                Ok(response) if response.status().is_success() => return Ok(response),
                Ok(response) => self.refused(response).await,
                Err(error) => Refused::Unreachable(reason(&error)),
            };
            let (may_pass, asked) = match &error {
                Refused::Status { status, after, .. } => {
                    let passes = matches!(status.as_u16(), 408 | 425 | 429 | 500 | 502 | 503 | 504);
                    (passes, after.unwrap_or_default())
                }
                Refused::Unreachable(_) => (true, Duration::ZERO),
                Refused::Foreign(_) => (false, Duration::ZERO),
            };
            if tries >= TRIES || !may_pass || asked > LONGEST_WAIT {
                return Err(error);
            }
            tries += 1;
            tokio::time::sleep(wait.max(asked)).await;
            wait *= 2;
        }
    }

    /// What the other side says about a refusal, in one line without the token.
    async fn refused(&self, response: Response) -> Refused {
        let status = response.status();
        let after = response.headers().get(header::RETRY_AFTER);
        let after = after.and_then(|after| after.to_str().ok()?.trim().parse().ok());
        let body = response.bytes().await.unwrap_or_default();
        let json = serde_json::from_slice::<serde_json::Value>(&body).ok();
        let said = json.as_ref().and_then(|json| json.pointer("/error/message")?.as_str());
        let said = said.unwrap_or("it does not say why").replace(self.token.reveal(), "…");
        let said = said.chars().filter(|c| !c.is_control()).take(MAX_SAID).collect();
        Refused::Status { status, said, after: after.map(Duration::from_secs) }
    }

    /// Takes the address of an object, if the token may be sent there.
    fn own(&self, url: &str) -> Result<Url, Refused> {
        let foreign = || Refused::Foreign(url.chars().take(80).collect());
        let url = Url::parse(url).map_err(|_no| foreign())?;
        let host = url.host_str().unwrap_or_default();
        let is_theirs = url.scheme() == "https"
            && host.strip_suffix(BLOB_DOMAIN).is_some_and(|store| {
                store.split('.').next().is_some_and(|own| own.eq_ignore_ascii_case(&self.store))
            });
        match is_theirs || url.origin() == self.api.origin() {
            true => Ok(url),
            false => Err(foreign()),
        }
    }

    async fn pages(
        &self,
        prefix: &str,
        mode: &str,
        visit: &mut dyn FnMut(Page),
    ) -> Result<(), Cause> {
        let mut cursor: Option<String> = None;
        loop {
            let asked = || {
                let request = self.ask(reqwest::Method::GET, "/").query(&[
                    ("limit", PAGE),
                    ("prefix", prefix),
                    ("mode", mode),
                ]);
                match &cursor {
                    Some(cursor) => request.query(&[("cursor", cursor)]),
                    None => request,
                }
            };
            let body = self.send(asked).await?.bytes().await?;
            let page: Page = serde_json::from_slice(&body)?;
            let next =
                page.cursor.clone().filter(|next| page.has_more && Some(next) != cursor.as_ref());
            visit(page);
            match next {
                Some(next) => cursor = Some(next),
                None => return Ok(()),
            }
        }
    }
}

impl Objects for Vercel {
    fn put(&self, key: &str, file: &mut File, size: u64) -> Result<(), Cause> {
        self.wait.until(async {
            // Each try reads the file from its beginning.
            let path = file.try_clone()?;
            let asked = || {
                let body = path.try_clone().and_then(|mut file| {
                    std::io::Seek::rewind(&mut file)?;
                    Ok(reqwest::Body::wrap_stream(ReaderStream::new(tokio::fs::File::from_std(
                        file,
                    ))))
                });
                let request = self
                    .ask(reqwest::Method::PUT, "/")
                    .query(&[("pathname", key)])
                    .header("x-vercel-blob-access", "private")
                    .header("x-add-random-suffix", "0")
                    // A try whose answer got lost has put the same content there.
                    .header("x-allow-overwrite", "1")
                    .header("x-content-type", "application/octet-stream")
                    .header("x-content-length", size)
                    .header(header::CONTENT_LENGTH, size);
                match body {
                    Ok(body) => request.body(body),
                    // It is refused as too short.
                    Err(_) => request,
                }
            };
            self.send(asked).await?;
            Ok(())
        })
    }

    fn open(
        &self,
        object: &Object,
        part: Option<Range<u64>>,
    ) -> Result<Option<Box<dyn Read + Send>>, Cause> {
        let url = self.own(object.url.as_deref().unwrap_or_default())?;
        self.wait.until(async {
            let asked = || {
                let request = self.client.get(url.clone()).bearer_auth(self.token.reveal());
                match &part {
                    Some(part) => {
                        let last = part.end.saturating_sub(1);
                        request.header(header::RANGE, format!("bytes={}-{last}", part.start))
                    }
                    None => request,
                }
            };
            let response = match self.send(asked).await {
                Ok(response) => response,
                Err(Refused::Status { status: StatusCode::NOT_FOUND, .. }) => return Ok(None),
                Err(error) => return Err(error.into()),
            };
            if part.is_some() && response.status() != StatusCode::PARTIAL_CONTENT {
                return Err("Vercel Blob answered with all where a part was asked for".into());
            }
            let pieces = Box::pin(response.bytes_stream().map_err(Cause::from));
            Ok(Some(Box::new(Body::new(self.wait.clone(), pieces)) as Box<dyn Read + Send>))
        })
    }

    fn list(&self, prefix: &str, visit: &mut dyn FnMut(Object)) -> Result<(), Cause> {
        self.wait.until(self.pages(prefix, "expanded", &mut |page| {
            for Listed { url, pathname, size } in page.blobs {
                visit(Object { key: pathname, size, url: Some(url) });
            }
        }))
    }

    fn folders(&self, prefix: &str) -> Result<Vec<String>, Cause> {
        let mut found = Vec::new();
        self.wait.until(self.pages(prefix, "folded", &mut |page| {
            let names = page.folders.iter().filter_map(|folder| folder.strip_prefix(prefix));
            found.extend(names.map(|name| name.trim_end_matches('/').to_owned()));
        }))?;
        Ok(found)
    }

    fn delete(&self, objects: &[Object]) -> Result<(), Cause> {
        let urls: Vec<&str> = objects.iter().filter_map(|object| object.url.as_deref()).collect();
        let body = json!({ "urls": urls }).to_string();
        self.wait.until(async {
            let asked = || {
                self.ask(reqwest::Method::POST, "/delete")
                    .header(header::CONTENT_TYPE, "application/json")
                    .body(body.clone())
            };
            self.send(asked).await?;
            Ok(())
        })
    }
}

/// The innermost cause: the outer ones only repeat that a request failed.
fn reason(error: &reqwest::Error) -> String {
    let mut cause: &dyn std::error::Error = error;
    while let Some(inner) = cause.source() {
        cause = inner;
    }
    cause.to_string()
}
