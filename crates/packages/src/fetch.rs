//! HTTP as a cache needs it: pages with a limit, and files that are resumed,
//! timed and counted. It decides nothing about what is fetched.

mod begun;
mod error;
mod pace;

use std::{path::Path, time::Duration};

use reqwest::{
    Client, Response, StatusCode,
    header::{self, HeaderMap, HeaderValue},
    redirect,
};
use tokio::{
    fs::{self, File, OpenOptions},
    io::AsyncWriteExt,
    time::timeout,
};
use url::Url;

pub use error::FetchError;
pub(crate) use error::is_full;
pub use pace::Patience;

use self::{begun::Begun, error::disk, pace::Pace};
use crate::event::Event;

/// A page of an index.
#[derive(Debug)]
pub(crate) struct Page {
    /// Where it was at last, after redirections.
    pub(crate) url: Url,
    /// Its media type, without parameters.
    pub(crate) mime: String,
    /// What it holds.
    pub(crate) body: Vec<u8>,
}

/// A file to fetch.
pub(crate) struct Wanted<'a> {
    pub(crate) url: &'a Url,
    /// The size, where the lock or index says it.
    pub(crate) size: Option<u64>,
    /// Where it goes; what is there already is continued.
    pub(crate) to: &'a Path,
    /// What people call it.
    pub(crate) name: &'a str,
}

/// The largest page.
const MAX_PAGE: u64 = 64 << 20;
/// The largest file whose size nobody told.
const MAX_FILE: u64 = 1 << 30;

/// Fetches over HTTP.
pub(crate) struct Fetcher<'a> {
    client: Client,
    patience: Patience,
    tell: &'a (dyn Fn(Event) + Sync),
}

impl<'a> Fetcher<'a> {
    pub(crate) fn new(
        patience: Patience,
        tell: &'a (dyn Fn(Event) + Sync),
    ) -> Result<Self, FetchError> {
        // An error means that a provider is there already.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = Client::builder()
            .user_agent(concat!("llmos/", env!("CARGO_PKG_VERSION")))
            .connect_timeout(patience.answer)
            .redirect(redirect::Policy::custom(follow))
            .build();
        let client = client.map_err(|error| FetchError::Unreachable {
            url: "https:".to_owned(),
            reason: reason(&error),
        })?;
        Ok(Self { client, patience, tell })
    }

    /// Fetches a page; `None` where there is none.
    pub(crate) async fn page(&self, url: &Url, accept: &str) -> Result<Option<Page>, FetchError> {
        let missing = [StatusCode::NOT_FOUND, StatusCode::GONE];
        match self.persist(url, || self.page_once(url, accept)).await {
            Ok(page) => Ok(Some(page)),
            Err(FetchError::Status { status, .. }) if missing.contains(&status) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Fetches a file, going on where an earlier attempt ended. Its hash is the caller's business.
    pub(crate) async fn file(&self, wanted: &Wanted<'_>) -> Result<(), FetchError> {
        self.persist(wanted.url, || self.file_once(wanted)).await
    }

    /// Tries until it works or is hopeless.
    async fn persist<T, F: Future<Output = Result<T, FetchError>>>(
        &self,
        url: &Url,
        attempt: impl Fn() -> F,
    ) -> Result<T, FetchError> {
        let mut wait = self.patience.back_off;
        let mut tries = 1;
        loop {
            let error = match attempt().await {
                Ok(value) => return Ok(value),
                Err(error) => error,
            };
            // Who cannot be reached now seldom can a second later.
            let most = match &error {
                FetchError::Unreachable { .. } => self.patience.tries.min(2),
                _ => self.patience.tries,
            };
            if tries >= most || !error.may_pass() {
                return Err(error);
            }
            let asked = match &error {
                FetchError::Status { after, .. } => after.unwrap_or_default(),
                _ => Duration::ZERO,
            };
            if asked > self.patience.longest_wait {
                return Err(error);
            }
            tries += 1;
            (self.tell)(Event::Again { url: shown(url), reason: error.to_string(), tries });
            tokio::time::sleep(wait.max(asked)).await;
            wait *= 2;
        }
    }

    async fn page_once(&self, url: &Url, accept: &str) -> Result<Page, FetchError> {
        let mut response = self.send(url, accept, HeaderMap::new()).await?;
        if !response.status().is_success() {
            return Err(status(url, &response));
        }
        let mime = response.headers().get(header::CONTENT_TYPE);
        let mime = mime.and_then(|mime| mime.to_str().ok()).unwrap_or_default();
        let mime = mime.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        let at = response.url().clone();
        let mut body = Vec::new();
        let mut pace = Pace::new(&self.patience);
        while let Some(bytes) = pace.next(url, &mut response).await? {
            body.extend_from_slice(&bytes);
            if body.len() as u64 > MAX_PAGE {
                return Err(FetchError::TooLarge { url: shown(url), limit: MAX_PAGE });
            }
        }
        Ok(Page { url: at, mime, body })
    }

    async fn file_once(&self, wanted: &Wanted<'_>) -> Result<(), FetchError> {
        let Wanted { url, to, .. } = *wanted;
        let begun = Begun::read(to, url).await;
        let have = match &begun {
            Some(_) => fs::metadata(to).await.map_or(0, |found| found.len()),
            None => 0,
        };
        let limit = wanted.size.unwrap_or(MAX_FILE);
        if have > 0 && wanted.size == Some(have) {
            return Ok(());
        }
        let mut headers = HeaderMap::new();
        if have > 0 && have < limit {
            let range = format!("bytes={have}-");
            headers
                .insert(header::RANGE, HeaderValue::from_str(&range).expect("because it is ASCII"));
            let validator = begun.and_then(|begun| begun.validator);
            if let Some(value) = validator.and_then(|text| HeaderValue::from_str(&text).ok()) {
                headers.insert(header::IF_RANGE, value);
            }
        }
        let mut response = self.send(url, "*/*", headers).await?;
        let from = match response.status() {
            StatusCode::OK => 0,
            StatusCode::PARTIAL_CONTENT if begins_at(&response, have) => have,
            StatusCode::PARTIAL_CONTENT | StatusCode::RANGE_NOT_SATISFIABLE => {
                // Nothing fits any more: the next attempt begins at the beginning.
                Begun::forget(to).await;
                let reason = "it does not continue where the last attempt ended".to_owned();
                return Err(FetchError::BrokeOff { url: shown(url), bytes: have, reason });
            }
            _ => return Err(status(url, &response)),
        };
        let mut file = self.open(wanted, from, &response).await?;
        let name = wanted.name.to_owned();
        let total = wanted.size.or_else(|| response.content_length().map(|rest| rest + from));
        (self.tell)(Event::Fetching { name: name.clone(), from, total });
        let mut bytes = from;
        let mut pace = Pace::new(&self.patience);
        while let Some(chunk) = pace.next(url, &mut response).await? {
            bytes += chunk.len() as u64;
            if bytes > limit {
                Begun::forget(to).await;
                return Err(FetchError::TooLarge { url: shown(url), limit });
            }
            self.write(&mut file, &chunk, to).await?;
            (self.tell)(Event::Arrived { name: name.clone(), bytes: chunk.len() as u64 });
        }
        file.flush().await.map_err(|error| disk(to, &error))?;
        file.sync_data().await.map_err(|error| disk(to, &error))?;
        match wanted.size {
            Some(expected) if expected != bytes => {
                Begun::forget(to).await;
                Err(FetchError::OtherSize { url: shown(url), bytes, expected })
            }
            _ => Ok(()),
        }
    }

    async fn open(
        &self,
        wanted: &Wanted<'_>,
        from: u64,
        response: &Response,
    ) -> Result<File, FetchError> {
        let to = wanted.to;
        if from == 0 {
            Begun::of(wanted.url, response).write(to).await.map_err(|error| disk(to, &error))?;
        }
        let mut options = OpenOptions::new();
        options.create(true);
        if from == 0 {
            options.write(true).truncate(true)
        } else {
            options.append(true)
        };
        options.open(to).await.map_err(|error| disk(to, &error))
    }

    async fn write(&self, file: &mut File, bytes: &[u8], to: &Path) -> Result<(), FetchError> {
        let written = async {
            file.write_all(bytes).await?;
            file.flush().await
        };
        let Err(error) = written.await else { return Ok(()) };
        if is_full(error.kind()) {
            // Whatever fills the disk, it should not be what cannot be finished.
            Begun::forget(to).await;
        }
        Err(disk(to, &error))
    }

    async fn send(
        &self,
        url: &Url,
        accept: &str,
        headers: HeaderMap,
    ) -> Result<Response, FetchError> {
        let request = self.client.get(url.clone()).headers(headers).header(header::ACCEPT, accept);
        let answer = timeout(self.patience.answer, request.send()).await;
        let unreachable = |reason| FetchError::Unreachable { url: shown(url), reason };
        match answer {
            Ok(Ok(response)) => Ok(response),
            Ok(Err(error)) => Err(unreachable(reason(&error))),
            Err(_) => {
                let secs = self.patience.answer.as_secs_f32();
                Err(unreachable(format!("no answer within {secs} seconds")))
            }
        }
    }
}

/// Removes what has arrived of a file.
pub(crate) async fn forget(to: &Path) {
    Begun::forget(to).await;
}

fn begins_at(response: &Response, have: u64) -> bool {
    let range = response.headers().get(header::CONTENT_RANGE).and_then(|value| value.to_str().ok());
    range.is_some_and(|range| range.starts_with(&format!("bytes {have}-")))
}

fn status(url: &Url, response: &Response) -> FetchError {
    let after = response.headers().get(header::RETRY_AFTER).and_then(|value| value.to_str().ok());
    let after = after.and_then(|text| text.trim().parse().ok()).map(Duration::from_secs);
    FetchError::Status { url: shown(url), status: response.status(), after }
}

/// Follows a few redirections, and never from a safe connection to an open one.
fn follow(attempt: redirect::Attempt<'_>) -> redirect::Action {
    const MOST: usize = 5;
    let was_safe = attempt.previous().last().is_some_and(|url| url.scheme() == "https");
    if attempt.previous().len() > MOST {
        return attempt.error("it redirects too often");
    }
    match attempt.url().scheme() {
        "https" => attempt.follow(),
        "http" if !was_safe => attempt.follow(),
        _ => attempt.error("it redirects to an address that is not safe"),
    }
}

/// An address as people may see it: without name and password.
pub(crate) fn shown(url: &Url) -> String {
    let mut url = url.clone();
    // An error means that this sort of address has neither.
    let _ = url.set_username("");
    let _ = url.set_password(None);
    url.set_fragment(None);
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
