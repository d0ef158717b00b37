//! Skills that run on the server, where its operator allows it.

use std::sync::{Arc, atomic::AtomicBool};

use axum::{
    Json,
    extract::{DefaultBodyLimit, State},
    http::StatusCode,
    middleware,
};
use llmos_api::{
    problem::Problem,
    python::{PythonResult, RunPython},
};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    app::App,
    error::{ApiError, blocking},
    extract::Body,
    large::{LargeBodies, in_turn},
    python::{CancelOnDrop, Gate},
};

pub(super) fn routes(max_bytes: usize) -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(run))
        .layer(DefaultBodyLimit::max(max_bytes))
        .layer(middleware::from_fn_with_state(LargeBodies::new(), in_turn))
}

/// Run a skill on the server
///
/// Only where the server was started with `--allow-server-python` (403 otherwise), and only a Python skill that the
/// caller sees, at its present version, with `execution_mode` `server-python` or `hybrid`. It runs in a process of its
/// own without network, files or environment. A skill that fails is answered with 200 and `error`. It is ended when
/// the client goes away. Takes up to 64 MiB.
#[utoipa::path(post, path = "/workflows/python", tag = "workflows", request_body = RunPython, responses(
    (status = 200, body = PythonResult),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
    (status = "5XX", body = Problem, content_type = "application/problem+json"),
))]
async fn run(
    State(app): State<App>,
    asked: Body<RunPython>,
) -> Result<Json<PythonResult>, ApiError> {
    let Body(asked) = asked;
    let gate = app.python.clone().ok_or_else(off)?;
    let caller = app.caller(asked.user_id.as_deref(), asked.team_id.as_deref())?;
    let task = blocking(move || app.workbench.python_task(&caller, asked)).await?;
    let turn = gate.turn().await.ok_or_else(crowded)?;
    let cancelled = Arc::new(AtomicBool::new(false));
    let _guard = CancelOnDrop(Arc::clone(&cancelled));
    let Gate { python, .. } = gate;
    let work = tokio::task::spawn_blocking(move || {
        let result = python.run(task, &cancelled);
        // Kept until the process is gone, also when nobody waits for it.
        drop(turn);
        result
    });
    match work.await {
        Ok(Ok(result)) => Ok(Json(result)),
        Ok(Err(error)) => {
            tracing::warn!(%error, "a skill cannot be run on the server");
            let status = StatusCode::INTERNAL_SERVER_ERROR;
            Err(ApiError::new(status, "server-python", error.message, error.hint))
        }
        Err(panic) => Err(ApiError::internal(panic)),
    }
}

fn off() -> ApiError {
    let detail = "this server runs no skills itself";
    let hint = "start it with `llmos serve --allow-server-python` to allow it";
    ApiError::new(StatusCode::FORBIDDEN, "server-python-off", detail, hint)
}

fn crowded() -> ApiError {
    let detail = "too many skills wait for their turn on the server";
    let hint = "try again when some of them are done";
    ApiError::new(StatusCode::SERVICE_UNAVAILABLE, "busy", detail, hint)
}
