//! Python packages, for the page and for anything that speaks to a package
//! index. Only files whose hash was counted again leave this door.

use axum::{
    Json,
    extract::State,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use llmos_api::{
    package::{PackageLock, PackageView},
    problem::Problem,
};
use serde::Serialize;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{app::App, error::ApiError, extract::Path, packages::PackagesError};

/// The form of an index's answers: with plain `application/json`, clients read the old form.
const INDEX: HeaderValue = HeaderValue::from_static("application/vnd.pypi.simple.v1+json");
const IMMUTABLE: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");
const REVALIDATE: HeaderValue = HeaderValue::from_static("no-cache");

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(lock))
        .routes(routes!(file))
        .routes(routes!(projects))
        .routes(routes!(project))
}

/// The Python packages that there are
///
/// `llmos packages add` puts them there. The answer is a lock as Pyodide reads it.
#[utoipa::path(get, path = "/packages", tag = "packages", responses(
    (status = 200, body = PackageLock),
    (status = "5XX", body = Problem, content_type = "application/problem+json"),
))]
async fn lock(State(app): State<App>) -> Result<Response, ApiError> {
    let lock = read_lock(app).await?;
    Ok(([(header::CACHE_CONTROL, REVALIDATE)], Json(lock)).into_response())
}

/// The file of a package
///
/// Its hash is counted before it is handed out.
#[utoipa::path(get, path = "/packages/files/{sha256}/{file}", tag = "packages",
    params(
        ("sha256" = String, Path, description = "The hash of the file in lower-case hex"),
        ("file" = String, Path, description = "The name of the file"),
    ),
    responses(
        (status = 200, body = Vec<u8>, content_type = "application/zip"),
        (status = "4XX", body = Problem, content_type = "application/problem+json"),
        (status = "5XX", body = Problem, content_type = "application/problem+json"),
))]
async fn file(
    State(app): State<App>,
    Path((sha256, file)): Path<(String, String)>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let is_hash =
        sha256.len() == 64 && sha256.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
    if !is_hash {
        let hint = "`GET /packages` names the hash of each file: 64 digits of lower-case hex";
        let detail = "this is no SHA-256";
        return Err(ApiError::new(StatusCode::BAD_REQUEST, "bad-path", detail, hint));
    }
    let lock = read_lock(app.clone()).await?;
    let found =
        lock.packages.into_values().find(|one| one.sha256 == sha256 && one.file_name == file);
    let Some(PackageView { name, .. }) = found else {
        let hint = "`GET /packages` names every file that there is";
        let detail = "no package has this file";
        return Err(ApiError::new(StatusCode::NOT_FOUND, "unknown-package", detail, hint));
    };
    let etag = format!("\"{sha256}\"");
    let known = headers.get(header::IF_NONE_MATCH).and_then(|value| value.to_str().ok());
    let is_known = known.is_some_and(|tags| tags.split(',').any(|tag| tag.trim() == etag));
    let etag = HeaderValue::from_str(&etag).expect("because hex digits are visible ASCII");
    let mut response = if is_known {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        let content = blocking(move || app.packages.read(&name, &sha256)).await?;
        let mut response = content.into_response();
        let zip = HeaderValue::from_static("application/zip");
        response.headers_mut().insert(header::CONTENT_TYPE, zip);
        response
    };
    response.headers_mut().insert(header::ETAG, etag);
    response.headers_mut().insert(header::CACHE_CONTROL, IMMUTABLE);
    Ok(response)
}

#[derive(Serialize)]
struct Meta {
    #[serde(rename = "api-version")]
    api_version: &'static str,
}

const META: Meta = Meta { api_version: "1.1" };

#[derive(Serialize)]
struct Projects {
    meta: Meta,
    projects: Vec<ProjectName>,
}

#[derive(Serialize)]
struct ProjectName {
    name: String,
}

#[derive(Serialize)]
struct Project {
    meta: Meta,
    name: String,
    versions: Vec<String>,
    files: Vec<ProjectFile>,
}

#[derive(Serialize)]
struct ProjectFile {
    filename: String,
    url: String,
    hashes: Hashes,
    size: u64,
}

#[derive(Serialize)]
struct Hashes {
    sha256: String,
}

/// The packages as an index
///
/// In the form of PEP 691, for micropip, pip and others that read a package index.
#[utoipa::path(get, path = "/packages/simple/", tag = "packages", responses(
    (status = 200, body = serde_json::Value, content_type = "application/vnd.pypi.simple.v1+json"),
))]
async fn projects(State(app): State<App>) -> Result<Response, ApiError> {
    let lock = read_lock(app).await?;
    let projects = wheels(lock).map(|one| ProjectName { name: one.name }).collect();
    Ok(index(&Projects { meta: META, projects }))
}

/// One package as an index names it
///
/// Addresses in the answer are absolute, as micropip wants them.
#[utoipa::path(get, path = "/packages/simple/{name}/", tag = "packages",
    params(("name" = String, Path, description = "The name, in its normal form")), responses(
    (status = 200, body = serde_json::Value, content_type = "application/vnd.pypi.simple.v1+json"),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
))]
async fn project(
    State(app): State<App>,
    Path(name): Path<String>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let lock = read_lock(app).await?;
    let Some(one) = wheels(lock).find(|one| one.name == name) else {
        let shown: String = name.chars().take(80).collect();
        let detail = format!("the package `{shown}` is not in the cache");
        let hint = "run `llmos packages add <name>` on the server's machine";
        return Err(ApiError::new(StatusCode::NOT_FOUND, "unknown-package", detail, hint));
    };
    // The guard let this name through, so it is one that the server answers to.
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    let PackageView { file_name, sha256, size, version, .. } = one;
    let file = ProjectFile {
        url: format!("http://{host}/packages/files/{sha256}/{file_name}"),
        filename: file_name,
        hashes: Hashes { sha256 },
        size,
    };
    Ok(index(&Project { meta: META, name, versions: vec![version], files: vec![file] }))
}

/// What an index names: shared libraries are none of its business.
fn wheels(lock: PackageLock) -> impl Iterator<Item = PackageView> {
    lock.packages.into_values().filter(|one| one.file_name.ends_with(".whl"))
}

fn index(answer: &impl Serialize) -> Response {
    let headers = [(header::CONTENT_TYPE, INDEX), (header::CACHE_CONTROL, REVALIDATE)];
    let body = serde_json::to_vec(answer).expect("because the answer is plain data");
    (headers, body).into_response()
}

async fn read_lock(app: App) -> Result<PackageLock, ApiError> {
    blocking(move || app.packages.lock()).await
}

/// Runs work that blocks where it does not hold up other requests.
async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, PackagesError> + Send + 'static,
) -> Result<T, ApiError> {
    match tokio::task::spawn_blocking(work).await {
        Ok(Ok(value)) => Ok(value),
        Ok(Err(error)) => {
            tracing::warn!(%error, "a package cannot be handed out");
            let PackagesError { message, hint } = error;
            let status = StatusCode::INTERNAL_SERVER_ERROR;
            Err(ApiError::new(status, "bad-package", message, hint))
        }
        Err(panic) => Err(ApiError::internal(panic)),
    }
}
