//! What is remembered beside a file that has only begun to arrive.

use std::{
    io,
    path::{Path, PathBuf},
};

use reqwest::{Response, header};
use serde::{Deserialize, Serialize};
use tokio::fs;
use url::Url;

use super::shown;

/// What tells whether the file on the server is still the one that was begun.
#[derive(Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Begun {
    url: String,
    pub(super) validator: Option<String>,
}

impl Begun {
    pub(super) fn of(url: &Url, response: &Response) -> Self {
        let header = |name| response.headers().get(name).and_then(|value| value.to_str().ok());
        let strong = header(header::ETAG).filter(|tag| !tag.starts_with("W/"));
        let validator = strong.or_else(|| header(header::LAST_MODIFIED)).map(str::to_owned);
        Self { url: shown(url), validator }
    }

    fn path(to: &Path) -> PathBuf {
        to.with_extension("json")
    }

    pub(super) async fn read(to: &Path, url: &Url) -> Option<Self> {
        let text = fs::read(Self::path(to)).await.ok()?;
        let begun: Self = serde_json::from_slice(&text).ok()?;
        (begun.url == shown(url)).then_some(begun)
    }

    pub(super) async fn write(&self, to: &Path) -> io::Result<()> {
        let text = serde_json::to_vec(self).expect("because it is plain data");
        fs::write(Self::path(to), text).await
    }

    /// Removes what an earlier attempt left.
    pub(super) async fn forget(to: &Path) {
        // What is not there need not be removed, and what stays is found out by its hash.
        let _ = fs::remove_file(to).await;
        let _ = fs::remove_file(Self::path(to)).await;
    }
}
