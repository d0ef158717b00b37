//! The page: files that the UI's build made, embedded in the program.
//!
//! The build puts compressed twins (`.br`, `.gz`) beside the files, so that
//! nothing is compressed while the server runs.

use std::{borrow::Cow, collections::BTreeMap};

use axum::{
    body::{Body, Bytes},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use rust_embed::RustEmbed;

#[derive(RustEmbed)]
#[folder = "../../ui/dist"]
#[allow_missing = true]
struct Dist;

/// Files by path, without a leading slash.
pub(crate) struct Assets {
    files: BTreeMap<String, Asset>,
}

struct Asset {
    plain: Variant,
    brotli: Option<Variant>,
    gzip: Option<Variant>,
    mime: HeaderValue,
    cache: HeaderValue,
    policy: Option<HeaderValue>,
}

struct Variant {
    bytes: Bytes,
    etag: HeaderValue,
}

/// Says whether the program was built with the page.
pub fn has_page() -> bool {
    Dist::get("index.html").is_some()
}

/// Returns a file that was embedded beside the page.
pub fn embedded_file(path: &str) -> Option<Cow<'static, [u8]>> {
    Dist::get(path).map(|file| file.data)
}

/// What the page may do: load its own files, run WebAssembly, and show what it made itself.
const PAGE: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; \
     img-src 'self' data: blob:; font-src 'self'; connect-src 'self'; worker-src 'self' blob:; \
     frame-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'none'; \
     frame-ancestors 'none'",
);

/// The file of the page that shows what a link opens.
const SHARED_PAGE: &str = "shared.html";

/// What that page may do: load its own files, ask this server, and show what it made itself.
const SHARED: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; \
     font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; \
     frame-ancestors 'none'",
);

/// What skill code may do: compute.
const SANDBOX: HeaderValue = HeaderValue::from_static(
    "sandbox allow-scripts; default-src 'none'; \
     script-src 'unsafe-inline' 'wasm-unsafe-eval' blob:; worker-src blob:; connect-src 'none'; \
     form-action 'none'; base-uri 'none'; frame-ancestors 'self'",
);

const IMMUTABLE: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");
const REVALIDATE: HeaderValue = HeaderValue::from_static("no-cache");

impl Assets {
    /// Takes the files that were embedded when the program was built.
    pub(crate) fn embedded() -> Self {
        Self::from_files(Dist::iter().filter_map(|path| {
            let file = Dist::get(&path)?;
            let bytes = match file.data {
                Cow::Borrowed(bytes) => Bytes::from_static(bytes),
                Cow::Owned(bytes) => Bytes::from(bytes),
            };
            Some((path.into_owned(), bytes, file.metadata.sha256_hash()))
        }))
    }

    /// Takes files with the hash of each.
    pub(crate) fn from_files(files: impl IntoIterator<Item = (String, Bytes, [u8; 32])>) -> Self {
        let mut variants: BTreeMap<String, Variant> = files
            .into_iter()
            .map(|(path, bytes, hash)| (path, Variant { bytes, etag: etag(&hash) }))
            .collect();
        let twins: Vec<String> = variants
            .keys()
            .filter(|path| twin_of(path).is_some_and(|plain| variants.contains_key(plain)))
            .cloned()
            .collect();
        let mut compressed: BTreeMap<String, Variant> = twins
            .into_iter()
            .filter_map(|path| variants.remove(&path).map(|variant| (path, variant)))
            .collect();
        let files = variants
            .into_iter()
            .map(|(path, plain)| {
                let asset = Asset {
                    brotli: compressed.remove(&format!("{path}.br")),
                    gzip: compressed.remove(&format!("{path}.gz")),
                    mime: mime(&path),
                    cache: if is_hashed(&path) { IMMUTABLE } else { REVALIDATE },
                    policy: policy(&path),
                    plain,
                };
                (path, asset)
            })
            .collect();
        Self { files }
    }

    /// Answers with a file, or with nothing where there is none of that path.
    pub(crate) fn get(&self, path: &str, headers: &HeaderMap) -> Option<Response> {
        self.files.get(path).map(|asset| asset.answer(headers))
    }

    /// Answers with the page.
    pub(crate) fn page(&self, headers: &HeaderMap) -> Response {
        self.page_of("index.html", headers)
    }

    /// Answers with the page that shows what a link opens.
    pub(crate) fn shared_page(&self, headers: &HeaderMap) -> Response {
        self.page_of(SHARED_PAGE, headers)
    }

    fn page_of(&self, file: &str, headers: &HeaderMap) -> Response {
        self.get(file, headers).unwrap_or_else(|| {
            let text = "The page of the workbench is not part of this program: it was built without it.\n\n\
                        Run `cargo xtask serve` in the source folder: it builds the page and starts the workbench.\n\
                        The API works as it is; `/docs` describes it.\n";
            (StatusCode::SERVICE_UNAVAILABLE, text).into_response()
        })
    }
}

impl Asset {
    fn answer(&self, headers: &HeaderMap) -> Response {
        let (variant, encoding) = self.choose(headers);
        let known = headers.get(header::IF_NONE_MATCH).and_then(|value| value.to_str().ok());
        let fresh = known.is_some_and(|tags| {
            let etag = variant.etag.to_str().unwrap_or_default();
            tags.split(',')
                .map(str::trim)
                .any(|tag| tag == "*" || tag.trim_start_matches("W/") == etag)
        });
        let body = if fresh { Body::empty() } else { Body::from(variant.bytes.clone()) };
        let mut response = Response::new(body);
        if fresh {
            *response.status_mut() = StatusCode::NOT_MODIFIED;
        }
        let out = response.headers_mut();
        out.insert(header::ETAG, variant.etag.clone());
        out.insert(header::CACHE_CONTROL, self.cache.clone());
        if !fresh {
            out.insert(header::CONTENT_TYPE, self.mime.clone());
        }
        if let Some(encoding) = encoding {
            out.insert(header::CONTENT_ENCODING, HeaderValue::from_static(encoding));
        }
        if self.brotli.is_some() || self.gzip.is_some() {
            out.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
        }
        if let Some(policy) = &self.policy {
            out.insert(header::CONTENT_SECURITY_POLICY, policy.clone());
        }
        response
    }

    fn choose(&self, headers: &HeaderMap) -> (&Variant, Option<&'static str>) {
        let accepted = headers.get(header::ACCEPT_ENCODING).and_then(|value| value.to_str().ok());
        let accepts = |name: &str| accepted.is_some_and(|list| accepts_encoding(list, name));
        match (&self.brotli, &self.gzip) {
            (Some(brotli), _) if accepts("br") => (brotli, Some("br")),
            (_, Some(gzip)) if accepts("gzip") => (gzip, Some("gzip")),
            _ => (&self.plain, None),
        }
    }
}

fn accepts_encoding(list: &str, name: &str) -> bool {
    list.split(',').any(|item| {
        let mut parts = item.split(';').map(str::trim);
        let named = parts.next().is_some_and(|found| found.eq_ignore_ascii_case(name));
        let refused = parts.any(|part| matches!(part, "q=0" | "q=0.0" | "q=0.00" | "q=0.000"));
        named && !refused
    })
}

fn twin_of(path: &str) -> Option<&str> {
    path.strip_suffix(".br").or_else(|| path.strip_suffix(".gz"))
}

fn etag(hash: &[u8; 32]) -> HeaderValue {
    let hex: String = hash[..16].iter().map(|byte| format!("{byte:02x}")).collect();
    HeaderValue::from_str(&format!("\"{hex}\"")).expect("because hex digits are visible ASCII")
}

/// Says whether the name holds a hash of the content, as the UI's build makes them.
fn is_hashed(path: &str) -> bool {
    let stem = path.rsplit('/').next().and_then(|name| name.split('.').next());
    let hash = stem.and_then(|stem| stem.len().checked_sub(9).and_then(|at| stem.get(at..)));
    let built = path.starts_with("assets/") || path.starts_with("runtimes/");
    built
        && hash.is_some_and(|hash| {
            hash.starts_with('-')
                && hash[1..].bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'))
        })
}

fn policy(path: &str) -> Option<HeaderValue> {
    match path {
        "sandbox.html" => Some(SANDBOX),
        SHARED_PAGE => Some(SHARED),
        _ if path.ends_with(".html") => Some(PAGE),
        _ => None,
    }
}

fn mime(path: &str) -> HeaderValue {
    HeaderValue::from_static(match path.rsplit('.').next().unwrap_or_default() {
        "html" => "text/html; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "json" | "map" => "application/json",
        "webmanifest" => "application/manifest+json",
        "wasm" => "application/wasm",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "jpg" | "jpeg" => "image/jpeg",
        "webp" => "image/webp",
        "ico" => "image/x-icon",
        "woff2" => "font/woff2",
        "md" | "txt" | "py" => "text/plain; charset=utf-8",
        "zip" | "whl" => "application/zip",
        _ => "application/octet-stream",
    })
}

#[cfg(test)]
mod tests;
