//! Vercel Blob as its documentation and its own client (`@vercel/blob` 2.8) describe it: version 12 of
//! the API with a token, private blobs at addresses of their own, no overwriting unless it is asked for.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
};

use axum::{
    Router,
    body::Bytes,
    extract::{Path, Query, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use llmos_blobs::{Secret, VercelSettings};
use serde_json::json;

use super::Server;

const STORE: &str = "St0reId";
const TOKEN: &str = "vercel_blob_rw_St0reId_s3cr3t";

/// How many blobs a page has at most, whatever is asked for: less than any test puts.
const PAGE: usize = 5;

#[derive(Default)]
struct Store {
    blobs: Mutex<BTreeMap<String, Bytes>>,
    /// How many requests are still answered as if it were busy.
    busy: AtomicUsize,
    /// Where lists say that blobs are, instead of here.
    elsewhere: Mutex<Option<String>>,
    address: Mutex<String>,
    /// Authorizations that were seen.
    seen: Mutex<BTreeSet<String>>,
}

pub(crate) struct VercelServer {
    server: Server,
    store: Arc<Store>,
}

impl VercelServer {
    pub(crate) fn start() -> Self {
        let store = Arc::new(Store::default());
        let router = Router::new()
            .route("/api/blob/", get(list).put(put))
            .route("/api/blob/delete", post(delete))
            .route("/store/{*pathname}", get(read))
            .layer(axum::extract::DefaultBodyLimit::disable())
            .with_state(Arc::clone(&store));
        let server = Server::start(router);
        *store.address.lock().expect("nobody failed") = format!("http://{}", server.address);
        Self { server, store }
    }

    pub(crate) fn settings(&self) -> VercelSettings {
        let api = Some(format!("http://{}/api/blob/", self.server.address));
        VercelSettings { token: Secret::new(TOKEN), api }
    }

    /// Answers so many requests as if it were busy.
    pub(crate) fn be_busy(&self, n: usize) {
        self.store.busy.store(n, Ordering::SeqCst);
    }

    /// Says of all blobs that they are at another address.
    pub(crate) fn point_to(&self, address: &str) {
        *self.store.elsewhere.lock().expect("nobody failed") = Some(address.to_owned());
    }

    /// How many blobs there are.
    pub(crate) fn n_blobs(&self) -> usize {
        self.store.blobs.lock().expect("nobody failed").len()
    }

    /// Changes a byte of each blob.
    pub(crate) fn damage(&self) {
        for bytes in self.store.blobs.lock().expect("nobody failed").values_mut() {
            let mut changed = bytes.to_vec();
            changed[0] ^= 1;
            *bytes = changed.into();
        }
    }
}

fn problem(status: StatusCode, code: &str, message: &str) -> Response {
    let body = json!({ "error": { "code": code, "message": message } }).to_string();
    (status, [(header::CONTENT_TYPE, "application/json")], body).into_response()
}

fn is_known(headers: &HeaderMap) -> bool {
    headers.get(header::AUTHORIZATION).is_some_and(|value| value == &format!("Bearer {TOKEN}"))
}

#[expect(clippy::result_large_err, reason = "it is the answer")]
fn check(store: &Store, headers: &HeaderMap) -> Result<(), Response> {
    let left =
        store.busy.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1));
    if left.is_ok() {
        return Err(problem(StatusCode::SERVICE_UNAVAILABLE, "service_unavailable", "wait"));
    }
    let has = |name: &str, value: &str| headers.get(name).is_some_and(|found| found == value);
    if !is_known(headers) {
        return Err(problem(
            StatusCode::FORBIDDEN,
            "forbidden",
            &format!("no such token: {TOKEN}"),
        ));
    }
    if !has("x-api-version", "12") || !has("x-vercel-blob-store-id", STORE) {
        return Err(problem(StatusCode::BAD_REQUEST, "bad_request", "unknown version or store"));
    }
    Ok(())
}

async fn put(
    State(store): State<Arc<Store>>,
    Query(asked): Query<BTreeMap<String, String>>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    if let Err(refused) = check(&store, &headers) {
        return refused;
    }
    let is = |name: &str, value: &str| headers.get(name).is_some_and(|found| found == value);
    let bad = |message: &str| problem(StatusCode::BAD_REQUEST, "bad_request", message);
    let Some(pathname) = asked.get("pathname") else { return bad("no pathname") };
    if !is("x-vercel-blob-access", "private") {
        return bad("this store is private");
    }
    if !is("x-add-random-suffix", "0") || !is("x-content-length", &body.len().to_string()) {
        return bad("a suffix is added, or the length is another one");
    }
    let mut blobs = store.blobs.lock().expect("nobody failed");
    if blobs.contains_key(pathname) && !is("x-allow-overwrite", "1") {
        return bad("This blob already exists");
    }
    blobs.insert(pathname.clone(), body);
    let address = store.address.lock().expect("nobody failed");
    let answer = json!({ "url": format!("{address}/store/{pathname}"), "pathname": pathname });
    (StatusCode::OK, answer.to_string()).into_response()
}

async fn list(
    State(store): State<Arc<Store>>,
    Query(asked): Query<BTreeMap<String, String>>,
    headers: HeaderMap,
) -> Response {
    if let Err(refused) = check(&store, &headers) {
        return refused;
    }
    let prefix = asked.get("prefix").cloned().unwrap_or_default();
    let folded = asked.get("mode").is_some_and(|mode| mode == "folded");
    let after = asked.get("cursor").cloned().unwrap_or_default();
    let blobs = store.blobs.lock().expect("nobody failed");
    let address = store.elsewhere.lock().expect("nobody failed").clone();
    let address = address.unwrap_or_else(|| store.address.lock().expect("nobody failed").clone());
    let found = blobs.iter().filter(|(name, _)| name.starts_with(&prefix) && **name > after);
    let page: Vec<_> = found.take(PAGE + 1).collect();
    let has_more = page.len() > PAGE;
    let page = &page[..page.len().min(PAGE)];
    let mut folders = BTreeSet::new();
    let mut listed = Vec::new();
    for (name, bytes) in page {
        match name[prefix.len()..].split_once('/') {
            Some((folder, _)) if folded => drop(folders.insert(format!("{prefix}{folder}/"))),
            _ => listed.push(json!({
                "url": format!("{address}/store/{name}"), "pathname": name, "size": bytes.len(),
                "uploadedAt": "2026-11-20T15:30:00.000Z", "etag": "\"x\"",
            })),
        }
    }
    let cursor = has_more.then(|| page.last().map(|(name, _)| (*name).clone()));
    let answer =
        json!({ "blobs": listed, "folders": folders, "hasMore": has_more, "cursor": cursor });
    (StatusCode::OK, answer.to_string()).into_response()
}

async fn delete(State(store): State<Arc<Store>>, headers: HeaderMap, body: Bytes) -> Response {
    if let Err(refused) = check(&store, &headers) {
        return refused;
    }
    let asked: serde_json::Value = serde_json::from_slice(&body).unwrap_or_default();
    let mut blobs = store.blobs.lock().expect("nobody failed");
    for url in asked["urls"].as_array().into_iter().flatten().filter_map(|url| url.as_str()) {
        if let Some((_, pathname)) = url.split_once("/store/") {
            blobs.remove(pathname);
        }
    }
    (StatusCode::OK, "null").into_response()
}

async fn read(
    State(store): State<Arc<Store>>,
    Path(pathname): Path<String>,
    headers: HeaderMap,
) -> Response {
    if !is_known(&headers) {
        return StatusCode::FORBIDDEN.into_response();
    }
    let bytes = store.blobs.lock().expect("nobody failed").get(&pathname).cloned();
    let Some(bytes) = bytes else { return StatusCode::NOT_FOUND.into_response() };
    let range = headers.get(header::RANGE).and_then(|range| range.to_str().ok());
    let range = range.and_then(|range| range.strip_prefix("bytes=")?.split_once('-'));
    let Some((first, last)) = range else { return bytes.into_response() };
    let (first, last): (usize, usize) =
        (first.parse().expect("a number"), last.parse().expect("a number"));
    if first >= bytes.len() || last < first {
        return StatusCode::RANGE_NOT_SATISFIABLE.into_response();
    }
    let part = bytes.slice(first..bytes.len().min(last + 1));
    (StatusCode::PARTIAL_CONTENT, part).into_response()
}
