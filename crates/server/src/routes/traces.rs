//! Traces of runs.

use axum::{
    Json,
    extract::{DefaultBodyLimit, State},
    http::{StatusCode, header},
    middleware,
    response::{IntoResponse, Response},
};
use llmos_api::{
    chat::ChatTraceView,
    problem::Problem,
    trace::{SaveTrace, SavedTrace, TraceList, TraceView},
};
use llmos_core::trace::TraceKind;
use llmos_workbench::{LargeValues, Page, TraceFilter, ids};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    app::App,
    error::{ApiError, blocking},
    extract::{Body, Path, Query},
    large::{LargeBodies, in_turn},
};

pub(super) fn routes(max_bytes: usize) -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list, save))
        .layer(DefaultBodyLimit::max(max_bytes))
        .layer(middleware::from_fn_with_state(LargeBodies::new(), in_turn))
        .routes(routes!(show))
        .routes(routes!(value))
}

/// Keep the trace of a run
///
/// The run becomes one commit in the user's volume. Values of more than 4 KiB lie beside the trace, named by their
/// hash. Takes up to 64 MiB.
#[utoipa::path(post, path = "/traces", tag = "traces", request_body = SaveTrace, responses(
    (status = 201, body = SavedTrace),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
))]
async fn save(
    State(app): State<App>,
    Body(asked): Body<SaveTrace>,
) -> Result<(StatusCode, Json<SavedTrace>), ApiError> {
    let caller = app.caller(asked.user_id.as_deref(), None)?;
    let saved = blocking(move || app.workbench.save_trace(&caller, asked.run)).await?;
    Ok((StatusCode::CREATED, Json(saved)))
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct ListTraces {
    /// Who asks; the local user when left out.
    user_id: Option<String>,
    /// How many at most: 1 to 1000, 100 when left out.
    limit: Option<u64>,
    /// Only those before this trace: `next` of the page before.
    before: Option<String>,
}

/// List traces, newest first
#[utoipa::path(get, path = "/traces", tag = "traces", params(ListTraces), responses(
    (status = 200, body = TraceList),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
))]
async fn list(
    State(app): State<App>,
    Query(asked): Query<ListTraces>,
) -> Result<Json<TraceList>, ApiError> {
    let caller = app.caller(asked.user_id.as_deref(), None)?;
    let before = asked.before.as_deref().map(ids::trace).transpose()?;
    let filter = TraceFilter { limit: Page::new(asked.limit, None)?.limit, before };
    blocking(move || app.workbench.list_traces(&caller, &filter)).await.map(Json)
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct ReadTrace {
    /// Who asks; the local user when left out.
    user_id: Option<String>,
    /// `inside` puts large values back in, as when left out; `beside` leaves `{"$ref": "sha256:…", "bytes": n}`.
    values: Option<Values>,
}

#[derive(Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum Values {
    /// Large values are part of the answer.
    Inside,
    /// They are read one by one.
    Beside,
}

/// Read a trace
///
/// A trace of thousands of nodes is read fastest with `values=beside`; `GET /traces/{trace_id}/values/{sha256}` gives
/// each large value. Where it is an exchange of the chat, `kind` is `chat` and the answer is a `ChatTraceView`.
#[utoipa::path(get, path = "/traces/{trace_id}", tag = "traces",
    params(("trace_id" = String, Path, description = "The trace"), ReadTrace), responses(
    (status = 200, body = TraceView),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
))]
async fn show(
    State(app): State<App>,
    Path(id): Path<String>,
    Query(asked): Query<ReadTrace>,
) -> Result<Response, ApiError> {
    let caller = app.caller(asked.user_id.as_deref(), None)?;
    let id = ids::trace(&id)?;
    let large = match asked.values {
        None | Some(Values::Inside) => LargeValues::Inside,
        Some(Values::Beside) => LargeValues::Beside,
    };
    if id.kind() == TraceKind::Chat {
        let chat = blocking(move || app.workbench.read_chat(&caller, &id)).await?;
        return Ok(Json::<ChatTraceView>(chat).into_response());
    }
    let run = blocking(move || app.workbench.read_trace(&caller, &id, large)).await?;
    Ok(Json::<TraceView>(run).into_response())
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct ReadValue {
    /// Who asks; the local user when left out.
    user_id: Option<String>,
}

/// Read a large value of a trace
///
/// It never changes, so browsers keep it.
#[utoipa::path(get, path = "/traces/{trace_id}/values/{sha256}", tag = "traces",
    params(("trace_id" = String, Path, description = "The trace"),
        ("sha256" = String, Path, description = "What the trace calls it"), ReadValue), responses(
    (status = 200, body = Object, content_type = "application/json"),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
))]
async fn value(
    State(app): State<App>,
    Path((id, sha256)): Path<(String, String)>,
    Query(asked): Query<ReadValue>,
) -> Result<Response, ApiError> {
    let caller = app.caller(asked.user_id.as_deref(), None)?;
    let id = ids::trace(&id)?;
    let json = blocking(move || app.workbench.read_trace_value(&caller, &id, &sha256)).await?;
    let headers = [
        (header::CONTENT_TYPE, "application/json"),
        (header::CACHE_CONTROL, "private, max-age=31536000, immutable"),
    ];
    Ok((headers, json).into_response())
}
