//! The one place where a refusal becomes a response.

use std::{fmt, sync::Arc};

use axum::{
    Json,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use llmos_api::{chat::ChatEvent, problem::Problem};
use llmos_core::{blob::BlobsError, store::StoreError};
use llmos_workbench::{Error, ErrorKind};

/// A refusal on its way to the client.
#[derive(Debug)]
pub(crate) struct ApiError {
    problem: Box<Problem>,
    cause: Option<Cause>,
}

/// What the log learns and the client does not.
#[derive(Clone, Debug)]
pub(crate) struct Cause(pub(crate) Arc<dyn fmt::Debug + Send + Sync>);

impl ApiError {
    /// Makes a refusal of one sentence and what to do about it.
    pub(crate) fn new(
        status: StatusCode,
        code: &str,
        detail: impl Into<String>,
        hint: impl Into<String>,
    ) -> Self {
        let problem = Problem {
            kind: format!("urn:llmos:problem:{code}"),
            title: status.canonical_reason().unwrap_or("Error").to_owned(),
            status: status.as_u16(),
            code: code.to_owned(),
            detail: detail.into(),
            hint: Some(hint.into()),
            findings: Vec::new(),
            diagnostics: Vec::new(),
            current_version: None,
            base_version: None,
            conflicts: Vec::new(),
        };
        Self { problem: Box::new(problem), cause: None }
    }

    /// A failure that is no fault of the client.
    pub(crate) fn internal(cause: impl fmt::Debug + Send + Sync + 'static) -> Self {
        let mut error = Self::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "internal",
            "the server failed",
            "look at the server's log, then try again",
        );
        error.cause = Some(Cause(Arc::new(cause)));
        error
    }

    /// Names the volume or blob that is at fault, if one is; how it is at fault is for the log.
    fn from_volume_or_internal(error: Error) -> Self {
        let mut answer = Self::internal(());
        if let Error::Store { source: source @ StoreError::Damaged { volume, .. } } = &error {
            let problem = &mut answer.problem;
            problem.kind = "urn:llmos:problem:damaged".to_owned();
            problem.code = "damaged".to_owned();
            problem.detail = format!("volume `{volume}` cannot be used as it is");
            problem.hint = source.hint().map(str::to_owned);
        }
        if let Error::Blobs { source: source @ BlobsError::Damaged { .. } } = &error {
            let problem = &mut answer.problem;
            problem.kind = "urn:llmos:problem:blob-damaged".to_owned();
            problem.code = "blob-damaged".to_owned();
            problem.detail = source.to_string();
            problem.hint = source.hint().map(str::to_owned);
        }
        answer.cause = Some(Cause(Arc::new(error)));
        answer
    }

    /// The refusal as the last event of a chat that has begun to answer.
    pub(crate) fn event(&self) -> ChatEvent {
        ChatEvent::Error {
            code: self.problem.code.clone(),
            detail: self.problem.detail.clone(),
            hint: self.problem.hint.clone().unwrap_or_default(),
        }
    }

    /// Turns a late change into the answer that `If-Match` asks for.
    pub(crate) fn precondition(mut self) -> Self {
        if matches!(self.problem.code.as_str(), "stale" | "branch-moved") {
            let status = StatusCode::PRECONDITION_FAILED;
            self.problem.status = status.as_u16();
            self.problem.title = status.canonical_reason().unwrap_or("Error").to_owned();
        }
        self
    }
}

impl From<Error> for ApiError {
    fn from(error: Error) -> Self {
        let status = match error.kind() {
            ErrorKind::Invalid => StatusCode::BAD_REQUEST,
            ErrorKind::Unproven => StatusCode::UNAUTHORIZED,
            ErrorKind::Denied => StatusCode::FORBIDDEN,
            ErrorKind::Unknown => StatusCode::NOT_FOUND,
            ErrorKind::Conflict => StatusCode::CONFLICT,
            ErrorKind::Content => StatusCode::UNPROCESSABLE_ENTITY,
            ErrorKind::Busy => StatusCode::SERVICE_UNAVAILABLE,
            ErrorKind::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            ErrorKind::NoRoom => StatusCode::INSUFFICIENT_STORAGE,
            ErrorKind::Internal => return Self::from_volume_or_internal(error),
        };
        let hint =
            error.hint().unwrap_or_else(|| "look at `/docs` for what is expected".to_owned());
        let mut answer = Self::new(status, error.code(), error.to_string(), hint);
        if status.is_server_error() {
            tracing::warn!(?error, "a volume did not do what it was asked");
        }
        match error {
            Error::BadSkill { diagnostics } | Error::BrokenFile { diagnostics, .. } => {
                answer.problem.diagnostics = diagnostics;
            }
            Error::BadWorkflow { findings } => answer.problem.findings = findings,
            Error::Exists { version, .. } => {
                answer.problem.current_version = Some(version.to_string());
            }
            Error::Stale { current, .. } => {
                answer.problem.current_version = current.map(|version| version.to_string());
            }
            Error::Conflict { base, current, conflicts, .. } => {
                answer.problem.base_version = Some(base.to_string());
                answer.problem.current_version = Some(current.to_string());
                answer.problem.conflicts = conflicts;
            }
            Error::Store { source: StoreError::BranchMoved { tip, .. } } => {
                answer.problem.current_version = Some(tip.to_string());
            }
            _ => {}
        }
        answer
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let status =
            StatusCode::from_u16(self.problem.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = (status, Json(self.problem)).into_response();
        let problem = HeaderValue::from_static("application/problem+json");
        response.headers_mut().insert(header::CONTENT_TYPE, problem);
        if let Some(cause) = self.cause {
            response.extensions_mut().insert(cause);
        }
        response
    }
}

/// A refusal for a program that shows people plain text, as `git` does.
pub(crate) struct PlainError(ApiError);

impl<E: Into<ApiError>> From<E> for PlainError {
    fn from(error: E) -> Self {
        Self(error.into())
    }
}

impl IntoResponse for PlainError {
    fn into_response(self) -> Response {
        let problem = &self.0.problem;
        let hint = problem.hint.as_ref().map(|hint| format!("hint: {hint}\n"));
        let text = format!("{}\n{}", problem.detail, hint.unwrap_or_default());
        let mut response = self.0.into_response();
        let plain = HeaderValue::from_static("text/plain; charset=utf-8");
        response.headers_mut().insert(header::CONTENT_TYPE, plain);
        *response.body_mut() = text.into();
        response
    }
}

/// Runs work that blocks where it does not hold up other requests.
pub(crate) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Error> + Send + 'static,
) -> Result<T, ApiError> {
    match tokio::task::spawn_blocking(work).await {
        Ok(result) => result.map_err(ApiError::from),
        Err(panic) => Err(ApiError::internal(panic)),
    }
}
