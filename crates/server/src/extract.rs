//! Axum's extractors with refusals that say what to do.

use std::time::Duration;

use axum::{
    body::Bytes,
    extract::{
        FromRequest, FromRequestParts, Request,
        rejection::{BytesRejection, PathRejection, QueryRejection},
    },
    http::{HeaderMap, HeaderName, StatusCode, header},
};
use llmos_core::{json, store::BlobId};
use llmos_workbench::ids;
use serde::de::DeserializeOwned;

use crate::error::ApiError;

/// The parts of the path.
#[derive(FromRequestParts)]
#[from_request(via(axum::extract::Path), rejection(ApiError))]
pub(crate) struct Path<T>(pub(crate) T);

/// The query.
#[derive(FromRequestParts)]
#[from_request(via(axum::extract::Query), rejection(ApiError))]
pub(crate) struct Query<T>(pub(crate) T);

/// How long a body may take to arrive: a sender that stops half-way does not hold memory for ever.
const BODY_PATIENCE: Duration = Duration::from_secs(120);

/// A body of JSON.
pub(crate) struct Body<T>(pub(crate) T);

/// A body of JSON that may be left out.
pub(crate) struct MaybeBody<T>(pub(crate) T);

impl From<PathRejection> for ApiError {
    fn from(rejection: PathRejection) -> Self {
        let hint = "use ids of lower-case letters a-z, digits, `-` and `_`";
        Self::new(StatusCode::BAD_REQUEST, "bad-path", rejection.body_text(), hint)
    }
}

impl From<QueryRejection> for ApiError {
    fn from(rejection: QueryRejection) -> Self {
        let hint = "look at `/docs` for the parameters and their types";
        Self::new(StatusCode::BAD_REQUEST, "bad-query", rejection.body_text(), hint)
    }
}

impl From<BytesRejection> for ApiError {
    fn from(rejection: BytesRejection) -> Self {
        if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE {
            let detail = "the body is larger than this route takes";
            let hint = "send less at once; most routes take 1 MiB, `POST /traces` and `POST /workflows/python` take 64 MiB";
            return Self::new(StatusCode::PAYLOAD_TOO_LARGE, "body-too-large", detail, hint);
        }
        Self::new(StatusCode::BAD_REQUEST, "bad-body", rejection.body_text(), "send the body again")
    }
}

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Body<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &S) -> Result<Self, ApiError> {
        if !is_json(request.headers()) {
            return Err(not_json());
        }
        let bytes = in_time(BODY_PATIENCE, Bytes::from_request(request, state)).await??;
        parse(&bytes).map(Self)
    }
}

impl<T: DeserializeOwned + Default, S: Send + Sync> FromRequest<S> for MaybeBody<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &S) -> Result<Self, ApiError> {
        if request.headers().contains_key(header::CONTENT_TYPE) {
            let declared = request.headers().get(header::CONTENT_LENGTH);
            if declared.is_none_or(|length| length != "0") {
                let Body(body) = Body::from_request(request, state).await?;
                return Ok(Self(body));
            }
            return Ok(Self(T::default()));
        }
        let bytes = in_time(BODY_PATIENCE, Bytes::from_request(request, state)).await??;
        if bytes.is_empty() { Ok(Self(T::default())) } else { Err(not_json()) }
    }
}

fn not_json() -> ApiError {
    ApiError::new(
        StatusCode::UNSUPPORTED_MEDIA_TYPE,
        "not-json",
        "the body is not declared as JSON",
        "send the header `Content-Type: application/json`",
    )
}

async fn in_time<T>(patience: Duration, reading: impl Future<Output = T>) -> Result<T, ApiError> {
    tokio::time::timeout(patience, reading).await.map_err(|_elapsed| {
        let detail = format!("the body did not arrive within {} seconds", patience.as_secs());
        let hint = "send the body at once, or less of it";
        ApiError::new(StatusCode::REQUEST_TIMEOUT, "slow-body", detail, hint)
    })
}

fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, ApiError> {
    if json::weight(bytes) > json::MAX_WEIGHT {
        let detail = "the body holds more values than memory is given for at once";
        let hint =
            "send fewer: up to 4 million numbers and texts; an object counts as eight of them";
        return Err(ApiError::new(StatusCode::PAYLOAD_TOO_LARGE, "too-many-values", detail, hint));
    }
    let mut reader = serde_json::Deserializer::from_slice(bytes);
    let value = serde_path_to_error::deserialize(&mut reader).map_err(|error| {
        let field = error.path().to_string();
        bad_json(error.inner(), (field != ".").then_some(field))
    })?;
    reader.end().map_err(|error| bad_json(&error, None))?;
    Ok(value)
}

fn bad_json(error: &serde_json::Error, field: Option<String>) -> ApiError {
    let place = format!("line {} column {}", error.line(), error.column());
    let whole = error.to_string();
    let reason = whole.strip_suffix(&format!(" at {place}")).unwrap_or(&whole);
    let status = StatusCode::BAD_REQUEST;
    match field.filter(|_| error.is_data()) {
        Some(field) => {
            let hint = format!("mend `{field}`; `/docs` shows what the route takes");
            ApiError::new(status, "bad-json", format!("`{field}` at {place}: {reason}"), hint)
        }
        None if error.is_data() => {
            let hint = "look at `/docs` for what the route takes";
            ApiError::new(status, "bad-json", format!("the body at {place}: {reason}"), hint)
        }
        None => {
            let hint = format!("send one JSON object in UTF-8; look at {place} of the body");
            let detail = format!("the body is not JSON, {place}: {reason}");
            ApiError::new(status, "bad-json", detail, hint)
        }
    }
}

/// Returns the version that `If-Match` names, if it names one.
pub(crate) fn if_match(headers: &HeaderMap) -> Result<Option<BlobId>, ApiError> {
    let Some(value) = headers.get(header::IF_MATCH) else { return Ok(None) };
    let text = value.to_str().unwrap_or_default().trim();
    if text == "*" {
        return Ok(None);
    }
    let version = text.strip_prefix("W/").unwrap_or(text).trim_matches('"');
    Ok(Some(ids::version("If-Match", version)?))
}

/// Returns the revision that `If-Match` names, if it names one.
pub(crate) fn if_match_number(headers: &HeaderMap) -> Result<Option<u64>, ApiError> {
    let Some(value) = headers.get(header::IF_MATCH) else { return Ok(None) };
    let text = value.to_str().unwrap_or_default().trim();
    if text == "*" {
        return Ok(None);
    }
    let number = text.strip_prefix("W/").unwrap_or(text).trim_matches('"').parse();
    number.map(Some).map_err(|_not_a_number| {
        let hint = "send the `ETag` that a read gave, such as `\"7\"`";
        let detail = "bad `If-Match`: it is no revision";
        ApiError::new(StatusCode::BAD_REQUEST, "bad-field", detail, hint)
    })
}

/// Makes the header that names a version, to be sent back as `If-Match`.
pub(crate) fn etag(version: &str) -> (HeaderName, String) {
    (header::ETAG, format!("\"{version}\""))
}

fn is_json(headers: &HeaderMap) -> bool {
    let declared = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let essence = declared.and_then(|value| value.split(';').next()).map(str::trim);
    essence.is_some_and(|mime| {
        mime.eq_ignore_ascii_case("application/json")
            || (mime.len() > 17
                && mime[..12].eq_ignore_ascii_case("application/")
                && mime.ends_with("+json"))
    })
}

#[cfg(test)]
mod tests {
    use axum::response::IntoResponse;

    use super::*;

    #[tokio::test]
    async fn a_body_that_never_ends_is_given_up() {
        let answer = in_time(Duration::from_millis(1), std::future::pending::<()>()).await;
        let refusal = answer.expect_err("it never arrives");
        assert_eq!(refusal.into_response().status(), StatusCode::REQUEST_TIMEOUT);
        assert!(in_time(BODY_PATIENCE, async { 5 }).await.is_ok_and(|got| got == 5));
    }
}
