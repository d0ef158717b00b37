//! The page and its files.

use axum::{
    extract::State,
    http::{HeaderMap, Method, StatusCode, Uri, header},
    response::{IntoResponse, Response},
};
use llmos_workbench::ids;

use crate::{app::App, error::ApiError, extract::Path};

/// `GET /`
pub(super) async fn home(State(app): State<App>, headers: HeaderMap) -> Response {
    app.assets.page(&headers)
}

/// The addresses of the pages beside the canvas; `ui/src/app/route.ts` has the same.
pub(super) const PAGES: [&str; 8] = [
    "/review",
    "/review/{*rest}",
    "/learning",
    "/learning/{*rest}",
    "/replay",
    "/replay/{*rest}",
    "/files",
    "/files/{*rest}",
];

/// `GET /workflows/system/{id}`: the page with that workflow open.
pub(super) async fn open_system(
    State(app): State<App>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    open_page(&app, &headers, "system", &id)
}

/// `GET /workflows/{user|team}/{name}/{id}`: the page with that workflow open.
pub(super) async fn open(
    State(app): State<App>,
    Path((kind, name, id)): Path<(String, String, String)>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    open_page(&app, &headers, &format!("{kind}/{name}"), &id)
}

fn open_page(app: &App, headers: &HeaderMap, volume: &str, id: &str) -> Result<Response, ApiError> {
    let volume = ids::volume(volume)?;
    let id = ids::slug("workflow_id", id)?;
    if wants_page(headers) {
        return Ok(app.assets.page(headers));
    }
    let detail = "this address is a page, for browsers";
    let hint = format!("ask `GET /workflows/{id}?volume={volume}` for the workflow as JSON");
    Err(ApiError::new(StatusCode::NOT_FOUND, "unknown-path", detail, hint))
}

/// Every other path: a file of the page, or a refusal.
pub(super) async fn file(
    State(app): State<App>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
) -> Response {
    if matches!(method, Method::GET | Method::HEAD) {
        let path = uri.path().trim_start_matches('/');
        if let Some(found) = app.assets.get(path, &headers) {
            return found;
        }
    }
    let path: String = uri.path().chars().take(80).collect();
    let detail = format!("there is nothing at `{path}`");
    let hint = "look at `/docs` for what is there";
    ApiError::new(StatusCode::NOT_FOUND, "unknown-path", detail, hint).into_response()
}

/// Says whether the client takes a page: a browser that navigates does, a program that asks for JSON does not.
fn wants_page(headers: &HeaderMap) -> bool {
    let accept = headers.get(header::ACCEPT).and_then(|value| value.to_str().ok());
    accept.is_none_or(|list| {
        list.split(',').any(|item| {
            let mime = item.split(';').next().unwrap_or_default().trim();
            matches!(mime, "text/html" | "application/xhtml+xml" | "text/*" | "*/*")
        }) && !list.trim_start().starts_with("application/json")
    })
}
