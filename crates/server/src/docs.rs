//! The description of the API, and a reader for it that needs nothing from elsewhere.

use axum::{
    Router,
    extract::State,
    http::{HeaderName, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
};

use crate::app::App;

const PAGE: &str = include_str!("../assets/docs.html");
const SCRIPT: &str = include_str!("../assets/docs.js");
const STYLE: &str = include_str!("../assets/docs.css");

const POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; \
     base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
);

pub(crate) fn routes() -> Router<App> {
    Router::new()
        .route("/openapi.json", get(openapi))
        .route("/api/openapi.json", get(openapi))
        .route("/docs", get(|| async { text("text/html; charset=utf-8", PAGE) }))
        .route("/docs/docs.js", get(|| async { text("text/javascript; charset=utf-8", SCRIPT) }))
        .route("/docs/docs.css", get(|| async { text("text/css; charset=utf-8", STYLE) }))
}

/// `GET /openapi.json`
async fn openapi(State(app): State<App>) -> Response {
    let kind = HeaderValue::from_static("application/json");
    ([(header::CONTENT_TYPE, kind)], app.openapi).into_response()
}

fn text(
    kind: &'static str,
    body: &'static str,
) -> (StatusCode, [(HeaderName, HeaderValue); 3], &'static str) {
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(kind)),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-cache")),
        (header::CONTENT_SECURITY_POLICY, POLICY),
    ];
    (StatusCode::OK, headers, body)
}
