//! What every request passes first and every answer last: `Host` and `Origin`
//! are checked, security headers are set, and the log learns what happened.
//!
//! A server on loopback can be reached by every page that the browser opens.
//! The `Host` check stops pages whose name was pointed at this machine, the
//! `Origin` check stops pages that post from elsewhere. Nothing is ever allowed
//! by CORS, so no other page can read an answer.

use std::{collections::BTreeSet, sync::Arc, time::Instant};

use axum::{
    extract::{Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Uri, header},
    middleware::Next,
    response::{IntoResponse, Response},
};

use crate::{
    error::{ApiError, Cause},
    routes::mcp,
};

/// Which names the server answers to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AllowedHosts {
    extra: BTreeSet<String>,
}

impl AllowedHosts {
    /// Allows `localhost` and the loopback addresses, and these names as well.
    pub fn loopback_and(extra: impl IntoIterator<Item = String>) -> Self {
        Self { extra: extra.into_iter().map(|name| name.to_ascii_lowercase()).collect() }
    }

    fn allow(&self, host: &str) -> bool {
        let name = without_port(host);
        ["localhost", "127.0.0.1", "[::1]"].iter().any(|own| name.eq_ignore_ascii_case(own))
            || (!self.extra.is_empty() && self.extra.contains(&name.to_ascii_lowercase()))
    }
}

/// The middleware around all routes.
pub(crate) async fn guard(
    State(hosts): State<Arc<AllowedHosts>>,
    request: Request,
    next: Next,
) -> Response {
    // No page of a browser has anything to do with the MCP door, whatever the method.
    let changes = !matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS)
        || request.uri().path() == mcp::PATH;
    let logged = changes || tracing::enabled!(tracing::Level::DEBUG);
    let line =
        logged.then(|| (Instant::now(), request.method().clone(), request.uri().path().to_owned()));
    let mut response = match check(&hosts, request.uri(), request.headers(), changes) {
        Ok(()) => next.run(request).await,
        Err(refusal) => refusal.into_response(),
    };
    set_headers(response.headers_mut());
    let status = response.status().as_u16();
    if let Some((start, method, path)) = line {
        let ms = start.elapsed().as_secs_f64() * 1e3;
        if changes {
            tracing::info!(%method, path, status, ms, "answered");
        } else {
            tracing::debug!(%method, path, status, ms, "answered");
        }
    }
    if let Some(Cause(cause)) = response.extensions_mut().remove::<Cause>() {
        tracing::error!(status, ?cause, "a request failed");
    }
    response
}

fn check(
    hosts: &AllowedHosts,
    uri: &Uri,
    headers: &HeaderMap,
    changes: bool,
) -> Result<(), ApiError> {
    let declared = headers.get(header::HOST).map(HeaderValue::to_str);
    let host = match (declared, uri.authority()) {
        (Some(Ok(host)), _) => host,
        (None, Some(authority)) => authority.as_str(),
        _ => {
            let detail = "the request has no readable `Host`";
            let hint = "send the header `Host: localhost:8000`";
            return Err(ApiError::new(StatusCode::BAD_REQUEST, "no-host", detail, hint));
        }
    };
    if !hosts.allow(host) {
        let detail = format!("this server does not answer to the name `{}`", plain(host));
        let hint = "open it as `http://localhost:<port>`, or start it with `--allow-host <name>`";
        return Err(ApiError::new(StatusCode::MISDIRECTED_REQUEST, "foreign-host", detail, hint));
    }
    if headers.get_all(header::HOST).iter().nth(1).is_some() {
        let detail = "the request has more than one `Host`";
        let hint = "send one header `Host`";
        return Err(ApiError::new(StatusCode::BAD_REQUEST, "two-hosts", detail, hint));
    }
    let foreign_origin =
        headers.get(header::ORIGIN).is_some_and(|origin| !same_origin(origin, host));
    if changes && (foreign_origin || is_from_another_site(headers)) {
        let detail = "a page from elsewhere asked for a change";
        let hint = "use the workbench's own page, or a program that sends no `Origin`";
        return Err(ApiError::new(StatusCode::FORBIDDEN, "foreign-origin", detail, hint));
    }
    Ok(())
}

/// Says whether the browser says that another page asks, for what it sends without an `Origin`.
fn is_from_another_site(headers: &HeaderMap) -> bool {
    let site = headers.get("sec-fetch-site");
    site.is_some_and(|site| !matches!(site.as_bytes(), b"same-origin" | b"none"))
}

fn same_origin(origin: &HeaderValue, host: &str) -> bool {
    let Ok(origin) = origin.to_str() else { return false };
    let rest = origin.strip_prefix("http://").or_else(|| origin.strip_prefix("https://"));
    rest.is_some_and(|authority| authority.eq_ignore_ascii_case(host))
}

fn without_port(host: &str) -> &str {
    match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|b| b.is_ascii_digit()) => name,
        _ => host,
    }
}

fn plain(host: &str) -> String {
    host.chars().take(80).collect()
}

/// What an answer that is no page may do in a browser: nothing.
const INERT: HeaderValue =
    HeaderValue::from_static("default-src 'none'; base-uri 'none'; frame-ancestors 'none'");

const FIXED: [(HeaderName, HeaderValue); 4] = [
    (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    (header::REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
    (
        HeaderName::from_static("cross-origin-resource-policy"),
        HeaderValue::from_static("same-origin"),
    ),
    (
        HeaderName::from_static("cross-origin-opener-policy"),
        HeaderValue::from_static("same-origin"),
    ),
];

fn set_headers(headers: &mut HeaderMap) {
    for (name, value) in FIXED {
        headers.insert(name, value);
    }
    headers.entry(header::CONTENT_SECURITY_POLICY).or_insert(INERT);
}
