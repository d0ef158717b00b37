//! A package index and a distribution on this machine, and the ways in which
//! they can misbehave.

use std::{
    collections::BTreeMap,
    io::Write,
    sync::{Arc, Mutex},
    time::Duration,
};

use axum::{
    Router,
    body::{Body, Bytes},
    extract::{Path, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
};
use llmos_packages::{AddError, Added, Cache, Event, Patience, Request, Sources, add};
use sha2::{Digest, Sha256};
use tempfile::TempDir;
use tokio::{io::AsyncWriteExt, net::TcpListener};
use zip::{ZipWriter, write::SimpleFileOptions};

/// How a file is handed out.
#[derive(Clone, Debug)]
pub(crate) enum Manner {
    /// As it is, with ranges.
    Good,
    /// With one byte changed.
    Corrupted,
    /// The first answers end after so many bytes; ranges are good.
    Truncated { at: usize, times: usize },
    /// A byte now and then, for ever.
    Slow,
    /// So many times this status first.
    Refusing { status: u16, times: usize, after: Option<u64> },
    /// Through another address.
    Redirected,
    /// In a circle.
    Circling,
}

/// What the index says of a file.
#[derive(Clone, Debug)]
pub(crate) struct Listing {
    pub(crate) file: String,
    pub(crate) content: Bytes,
    pub(crate) sha256: String,
    pub(crate) size: Option<u64>,
    pub(crate) manner: Manner,
}

#[derive(Clone, Default)]
struct Shared {
    packages: Arc<Mutex<BTreeMap<String, Vec<Listing>>>>,
    asked: Arc<Mutex<Vec<String>>>,
}

/// The upstream, and an empty cache beside it.
pub(crate) struct Upstream {
    shared: Shared,
    address: String,
    pub(crate) folder: TempDir,
}

impl Upstream {
    pub(crate) async fn start() -> Self {
        let shared = Shared::default();
        let router = Router::new()
            .route("/simple/{name}/", get(page))
            .route("/full/pyodide-lock.json", get(lock))
            .route("/files/{file}", get(file))
            .route("/full/{file}", get(file))
            .route("/moved/{file}", get(file))
            .route(
                "/circle",
                get(|| async { (StatusCode::FOUND, [(header::LOCATION, "/circle")]) }),
            )
            .with_state(shared.clone());
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { shared, address, folder: TempDir::new().unwrap() }
    }

    /// Offers a package of one module, which needs `requires`.
    pub(crate) fn offer(&self, name: &str, version: &str, requires: &[&str]) -> Listing {
        let listing = listing(name, version, requires);
        self.put(name, listing.clone());
        listing
    }

    pub(crate) fn put(&self, name: &str, listing: Listing) {
        let mut packages = self.shared.packages.lock().unwrap();
        packages.entry(name.to_owned()).or_default().insert(0, listing);
    }

    /// Changes how the newest file of a package is offered.
    pub(crate) fn change(&self, name: &str, change: impl FnOnce(&mut Listing)) {
        let mut packages = self.shared.packages.lock().unwrap();
        change(&mut packages.get_mut(name).unwrap()[0]);
    }

    /// The ranges that files were asked for with, in order: `file` or `file from`.
    pub(crate) fn asked(&self) -> Vec<String> {
        self.shared.asked.lock().unwrap().clone()
    }

    pub(crate) fn cache(&self) -> Cache {
        Cache::open(self.folder.path().join("packages"))
    }

    pub(crate) fn sources(&self) -> Sources {
        let patience = Patience {
            tries: 3,
            back_off: Duration::from_millis(1),
            longest_wait: Duration::from_secs(2),
            answer: Duration::from_secs(2),
            window: Duration::from_millis(200),
            window_bytes: 100,
        };
        let index = Some(format!("{}/simple/", self.address).parse().unwrap());
        Sources { distribution: None, index, patience }
    }

    pub(crate) fn with_distribution(&self) -> Sources {
        let distribution = Some(format!("{}/full", self.address).parse().unwrap());
        Sources { distribution, ..self.sources() }
    }

    pub(crate) async fn add(&self, wanted: &[&str]) -> Result<Added, AddError> {
        self.add_from(&self.sources(), wanted, &|_| {}).await
    }

    pub(crate) async fn add_from(
        &self,
        sources: &Sources,
        wanted: &[&str],
        tell: &(dyn Fn(Event) + Sync),
    ) -> Result<Added, AddError> {
        let wanted = wanted.iter().map(|text| text.parse().unwrap()).collect();
        add(&self.cache(), sources, &Request { wanted, upgrade: false }, tell).await
    }

    /// Every file in the cache holds what its name says, and the lock names nothing else.
    #[track_caller]
    pub(crate) fn is_sound(&self) {
        let cache = self.cache();
        let files = std::fs::read_dir(cache.root().join("files"));
        for entry in files.into_iter().flatten() {
            let entry = entry.unwrap();
            let content = std::fs::read(entry.path()).unwrap();
            assert_eq!(entry.file_name().to_str().unwrap(), hash(&content));
        }
        for package in cache.lock().unwrap().packages.values() {
            cache.read(&package.name, &package.sha256).unwrap();
        }
    }
}

pub(crate) fn names(added: &[llmos_packages::Locked]) -> Vec<String> {
    added.iter().map(|one| format!("{} {}", one.name, one.version)).collect()
}

pub(crate) fn listing(name: &str, version: &str, requires: &[&str]) -> Listing {
    let content = wheel(name, version, requires, &[]);
    Listing {
        file: format!("{name}-{version}-py3-none-any.whl"),
        sha256: hash(&content),
        size: None,
        content,
        manner: Manner::Good,
    }
}

/// A wheel whose module is noise, so that it is as long packed as unpacked.
pub(crate) fn wheel(name: &str, version: &str, requires: &[&str], more: &[(&str, &str)]) -> Bytes {
    let mut noise = String::from("\"\"\"");
    let mut state = Sha256::digest(format!("{name} {version}"));
    for _ in 0..400 {
        noise.push_str(&state.iter().map(|byte| format!("{byte:02x}")).collect::<String>());
        state = Sha256::digest(state);
    }
    noise.push_str("\"\"\"\n");
    let requires: String = requires.iter().map(|text| format!("Requires-Dist: {text}\n")).collect();
    let info = format!("{name}-{version}.dist-info");
    let mut files = vec![
        (format!("{name}/__init__.py"), noise),
        (format!("{info}/WHEEL"), "Wheel-Version: 1.0\nTag: py3-none-any\n".to_owned()),
        (
            format!("{info}/METADATA"),
            format!("Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n{requires}"),
        ),
    ];
    files.extend(more.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())));
    let record: String = files
        .iter()
        .map(|(path, text)| {
            format!("{path},sha256={},{}\n", base64(&Sha256::digest(text)), text.len())
        })
        .collect();
    files.push((format!("{info}/RECORD"), format!("{record}{info}/RECORD,,\n")));
    let mut zip = ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (path, text) in files {
        zip.start_file(path, SimpleFileOptions::default()).unwrap();
        zip.write_all(text.as_bytes()).unwrap();
    }
    zip.finish().unwrap().into_inner().into()
}

pub(crate) fn hash(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let bits: Vec<u8> =
        bytes.iter().flat_map(|byte| (0..8).rev().map(move |n| byte >> n & 1)).collect();
    let digit =
        |six: &[u8]| (0..6).fold(0, |sum, n| sum << 1 | usize::from(*six.get(n).unwrap_or(&0)));
    bits.chunks(6).map(|six| char::from(DIGITS[digit(six)])).collect()
}

async fn page(
    State(shared): State<Shared>,
    Path(name): Path<String>,
    headers: HeaderMap,
) -> Response {
    let packages = shared.packages.lock().unwrap();
    let Some(listings) = packages.get(&name) else { return StatusCode::NOT_FOUND.into_response() };
    let json =
        headers[header::ACCEPT].to_str().unwrap().contains("v1+json") && !name.starts_with("html");
    if !json {
        let links = listings
            .iter()
            .map(|one| format!("<a href=\"/files/{0}#sha256={1}\">{0}</a>", one.file, one.sha256));
        let text =
            format!("<!DOCTYPE html><html><body>{}</body></html>", links.collect::<String>());
        return ([(header::CONTENT_TYPE, "text/html; charset=utf-8")], text).into_response();
    }
    let files: Vec<_> = listings
        .iter()
        .map(|one| {
            serde_json::json!({
                "filename": one.file, "url": format!("/files/{}", one.file),
                "hashes": {"sha256": one.sha256}, "size": one.size,
            })
        })
        .collect();
    let text = serde_json::json!({"meta": {"api-version": "1.1"}, "name": name, "files": files})
        .to_string();
    ([(header::CONTENT_TYPE, "application/vnd.pypi.simple.v1+json")], text).into_response()
}

/// The lock of the distribution: whatever is offered under a name that begins with `built`.
async fn lock(State(shared): State<Shared>) -> Response {
    let packages = shared.packages.lock().unwrap();
    let built = packages.iter().filter(|(name, _)| name.starts_with("built"));
    let packages: serde_json::Map<_, _> = built
        .map(|(name, listings)| {
            let one = &listings[0];
            let depends: &[&str] = if name == "builtapp" { &["builtlib"] } else { &[] };
            let entry = serde_json::json!({
                "name": name, "version": "1.0", "file_name": one.file, "install_dir": "site",
                "sha256": one.sha256, "package_type": "package", "imports": [name], "depends": depends,
                "unvendored_tests": false,
            });
            (name.clone(), entry)
        })
        .collect();
    if packages.is_empty() {
        return StatusCode::NOT_FOUND.into_response();
    }
    let info = serde_json::json!({"abi_version": "2026_0", "arch": "wasm32", "platform": "emscripten_5_0_3", "python": "3.14.2"});
    axum::Json(serde_json::json!({"info": info, "packages": packages})).into_response()
}

async fn file(
    State(shared): State<Shared>,
    Path(name): Path<String>,
    uri: axum::http::Uri,
    headers: HeaderMap,
) -> Response {
    let range =
        headers.get(header::RANGE).and_then(|value| value.to_str().unwrap().strip_prefix("bytes="));
    let from: Option<usize> = range.map(|range| range.trim_end_matches('-').parse().unwrap());
    shared.asked.lock().unwrap().push(from.map_or(name.clone(), |from| format!("{name} {from}")));
    let mut packages = shared.packages.lock().unwrap();
    let found = packages.values_mut().flatten().find(|one| one.file == name);
    let Some(listing) = found else { return StatusCode::NOT_FOUND.into_response() };
    let tag = format!("\"{}\"", &hash(&listing.content)[..16]);
    let is_same = headers.get(header::IF_RANGE).is_none_or(|value| value.to_str().unwrap() == tag);
    let from = from.filter(|&from| is_same && from < listing.content.len());
    let content = listing.content.slice(from.unwrap_or(0)..);
    let mut response = match (&mut listing.manner, from) {
        (Manner::Refusing { status, times, after }, _) if *times > 0 => {
            *times -= 1;
            let mut refusal = StatusCode::from_u16(*status).unwrap().into_response();
            if let Some(after) = after {
                refusal.headers_mut().insert(header::RETRY_AFTER, (*after).into());
            }
            return refusal;
        }
        (Manner::Redirected, _) if uri.path().starts_with("/files") => {
            return (StatusCode::FOUND, [(header::LOCATION, format!("/moved/{name}"))])
                .into_response();
        }
        (Manner::Circling, _) => {
            return (StatusCode::FOUND, [(header::LOCATION, "/circle")]).into_response();
        }
        (Manner::Corrupted, _) => {
            let mut bytes = content.to_vec();
            let middle = bytes.len() / 2;
            bytes[middle] ^= 1;
            Body::from(bytes).into_response()
        }
        (Manner::Truncated { at, times }, _) if *times > 0 => {
            *times -= 1;
            cut_off(content, *at)
        }
        (Manner::Slow, _) => dripping(content),
        _ => Body::from(content).into_response(),
    };
    response.headers_mut().insert(header::ETAG, tag.parse().unwrap());
    if let Some(from) = from {
        *response.status_mut() = StatusCode::PARTIAL_CONTENT;
        let all = listing.content.len();
        let range = format!("bytes {from}-{}/{all}", all - 1);
        response.headers_mut().insert(header::CONTENT_RANGE, range.parse().unwrap());
    }
    response
}

/// A body that promises more than it gives.
fn cut_off(content: Bytes, at: usize) -> Response {
    let (mut write, read) = tokio::io::duplex(1 << 20);
    let all = content.len();
    tokio::spawn(async move {
        write.write_all(&content[..at.min(all)]).await.unwrap();
        // What was written should be on its way before the end is noticed.
        tokio::time::sleep(Duration::from_millis(50)).await;
    });
    let mut response = Body::new(ReadBody(read)).into_response();
    response.headers_mut().insert(header::CONTENT_LENGTH, all.into());
    response
}

/// A body that never ends.
fn dripping(content: Bytes) -> Response {
    let (mut write, read) = tokio::io::duplex(64);
    tokio::spawn(async move {
        for byte in content {
            if write.write_all(&[byte]).await.is_err() {
                return;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    });
    Body::new(ReadBody(read)).into_response()
}

/// A reader as a body, without another crate for it.
struct ReadBody(tokio::io::DuplexStream);

impl axum::body::HttpBody for ReadBody {
    type Data = Bytes;
    type Error = std::io::Error;

    fn poll_frame(
        mut self: std::pin::Pin<&mut Self>,
        cx: &mut std::task::Context<'_>,
    ) -> std::task::Poll<Option<Result<http_body::Frame<Bytes>, std::io::Error>>> {
        let mut space = [0; 4096];
        let mut buffer = tokio::io::ReadBuf::new(&mut space);
        let read =
            tokio::io::AsyncRead::poll_read(std::pin::Pin::new(&mut self.0), cx, &mut buffer);
        read.map(|read| match read {
            Ok(()) if buffer.filled().is_empty() => None,
            Ok(()) => Some(Ok(http_body::Frame::data(Bytes::copy_from_slice(buffer.filled())))),
            Err(error) => Some(Err(error)),
        })
    }
}
