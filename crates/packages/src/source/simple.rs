//! A package index: PEP 503 as HTML, PEP 691 as JSON.

use html5gum::{Token, Tokenizer};
use pep508_rs::PackageName;
use serde::Deserialize;
use url::Url;

use super::{Candidate, Offer, runs_here};
use crate::{environment::PYODIDE, lock::is_sha256, wheel::WheelName};

/// What an index is asked for.
pub(crate) const ACCEPT: &str = "application/vnd.pypi.simple.v1+json, application/vnd.pypi.simple.v1+html;q=0.2, text/html;q=0.1";

/// Why a page is none of an index.
#[derive(Clone, Debug, thiserror::Error)]
#[error("`{url}` is no page of a package index: {reason}")]
pub struct IndexError {
    /// Where it is.
    pub url: String,
    /// What is wrong with it.
    pub reason: String,
}

/// One file as an index names it.
#[derive(Debug, Default, PartialEq)]
struct Listed {
    file: String,
    url: String,
    sha256: Option<String>,
    size: Option<u64>,
    requires_python: Option<String>,
    yanked: bool,
}

#[derive(Deserialize)]
struct RawPage {
    files: Vec<RawFile>,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct RawFile {
    filename: String,
    url: String,
    #[serde(default)]
    hashes: std::collections::BTreeMap<String, String>,
    requires_python: Option<String>,
    size: Option<u64>,
    #[serde(default)]
    yanked: serde_json::Value,
}

/// Reads a page about one package.
pub(crate) fn parse(
    name: &PackageName,
    url: &Url,
    mime: &str,
    body: &[u8],
) -> Result<Offer, IndexError> {
    let bad = |reason: String| IndexError { url: crate::fetch::shown(url), reason };
    let (listed, base) = match mime {
        "application/vnd.pypi.simple.v1+json" | "application/json" => {
            (json(body).map_err(bad)?, url.clone())
        }
        "application/vnd.pypi.simple.v1+html" | "text/html" | "application/xhtml+xml" => {
            html(body, url)
        }
        other => return Err(bad(format!("it is of type `{other}`"))),
    };
    let mut offer = Offer { known: true, ..Offer::default() };
    for file in listed {
        sort_in(&mut offer, name, &base, file);
    }
    offer.sort();
    Ok(offer)
}

fn sort_in(offer: &mut Offer, name: &PackageName, base: &Url, file: Listed) {
    let wheel = WheelName::parse(&file.file).ok().filter(|wheel| wheel.name == *name);
    let (Some(wheel), Ok(url)) = (wheel, base.join(&file.url)) else {
        offer.n_unusable += 1;
        return;
    };
    let Some(rank) = wheel.rank(&PYODIDE) else {
        offer.n_unusable += 1;
        return;
    };
    let python = file.requires_python.as_deref().map(str::parse);
    if !matches!(url.scheme(), "http" | "https") {
        offer.n_unusable += 1;
    } else if !runs_here(python.and_then(Result::ok).as_ref()) {
        offer.n_other_python += 1;
    } else if let Some(sha256) = file.sha256.filter(|hash| is_sha256(hash)) {
        offer.candidates.push(Candidate {
            name: wheel.name,
            version: wheel.version,
            file_name: file.file,
            url,
            sha256,
            size: file.size,
            requires: None,
            distribution: None,
            yanked: file.yanked,
            rank,
        });
    } else {
        offer.n_unhashed += 1;
    }
}

fn json(body: &[u8]) -> Result<Vec<Listed>, String> {
    let page: RawPage = serde_json::from_slice(body).map_err(|error| error.to_string())?;
    let listed = page.files.into_iter().map(|mut file| Listed {
        file: file.filename,
        url: file.url,
        sha256: file.hashes.remove("sha256").map(|hash| hash.to_ascii_lowercase()),
        size: file.size,
        requires_python: file.requires_python,
        yanked: !matches!(file.yanked, serde_json::Value::Null | serde_json::Value::Bool(false)),
    });
    Ok(listed.collect())
}

/// The links of a page, and what they are relative to.
fn html(body: &[u8], url: &Url) -> (Vec<Listed>, Url) {
    let mut listed = Vec::new();
    let mut base = url.clone();
    let Ok(text) = std::str::from_utf8(body) else { return (listed, base) };
    let mut open: Option<Listed> = None;
    for token in Tokenizer::new(text) {
        let Ok(token) = token;
        match token {
            Token::StartTag(tag) if tag.name.as_slice() == b"base" => {
                let href = tag.attributes.get(b"href".as_slice());
                let href = href.map(|value| String::from_utf8_lossy(value).into_owned());
                base = href.and_then(|href| url.join(&href).ok()).unwrap_or(base);
            }
            Token::StartTag(tag) if tag.name.as_slice() == b"a" => {
                let get = |name: &str| {
                    let value = tag.attributes.get(name.as_bytes());
                    value.map(|value| String::from_utf8_lossy(value).into_owned())
                };
                let href = get("href").unwrap_or_default();
                let (address, fragment) = href.split_once('#').unwrap_or((&href, ""));
                let hash = fragment.split('&').find_map(|part| part.strip_prefix("sha256="));
                open = Some(Listed {
                    url: address.to_owned(),
                    sha256: hash.map(str::to_ascii_lowercase),
                    requires_python: get("data-requires-python"),
                    yanked: get("data-yanked").is_some(),
                    ..Listed::default()
                });
            }
            Token::String(text) => {
                if let Some(link) = &mut open {
                    link.file.push_str(String::from_utf8_lossy(&text).trim());
                }
            }
            Token::EndTag(tag) if tag.name.as_slice() == b"a" => listed.extend(open.take()),
            _ => {}
        }
    }
    (listed, base)
}

#[cfg(test)]
mod tests;
