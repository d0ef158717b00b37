//! The jobs that learn by themselves.

use axum::{Json, extract::State, http::StatusCode};
use llmos_api::{
    cron::{CronHistory, CronList, CronView},
    problem::Problem,
};
use llmos_workbench::Page;
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    app::App,
    error::{ApiError, blocking},
    extract::{Path, Query},
};

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list)).routes(routes!(run)).routes(routes!(history))
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct Asks {
    /// Who asks; the local user when left out.
    user_id: Option<String>,
    /// The team they work in.
    team_id: Option<String>,
}

/// List the crons
///
/// The caller's own, their team's and the system's, each with its countdown, how far it is while it runs, and how
/// its last run ended. Nothing is kept by looking. While a cron is due or runs, ask once a second to follow it;
/// otherwise its countdown can be counted from `seconds_left`.
#[utoipa::path(get, path = "/crons", tag = "evolution", params(Asks), responses(
    (status = 200, body = CronList),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
))]
async fn list(
    State(app): State<App>,
    Query(asked): Query<Asks>,
) -> Result<Json<CronList>, ApiError> {
    let caller = app.caller(asked.user_id.as_deref(), asked.team_id.as_deref())?;
    blocking(move || app.crons.list(&caller)).await.map(Json)
}

/// Run a cron now
///
/// It begins as soon as a server is free, and its own time stays as it is. One that runs already goes on, and nothing
/// is done twice. `evolution-user`, `evolution-team` and `evolution-system` name the caller's own, their team's and
/// the system's.
#[utoipa::path(post, path = "/crons/{id}/run", tag = "evolution",
    params(("id" = String, Path, description = "The cron, such as `user-ana`"), Asks), responses(
    (status = 202, body = CronView),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
))]
async fn run(
    State(app): State<App>,
    Path(id): Path<String>,
    Query(asked): Query<Asks>,
) -> Result<(StatusCode, Json<CronView>), ApiError> {
    let caller = app.caller(asked.user_id.as_deref(), asked.team_id.as_deref())?;
    let view = blocking(move || app.crons.run_now(&caller, &id)).await?;
    Ok((StatusCode::ACCEPTED, Json(view)))
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct LooksBack {
    /// Who asks; the local user when left out.
    user_id: Option<String>,
    /// The team they work in.
    team_id: Option<String>,
    /// How many runs at most: 1 to 1000, 100 when left out. The last 50 are remembered.
    limit: Option<u64>,
}

/// List the last runs of a cron, newest first
#[utoipa::path(get, path = "/crons/{id}/history", tag = "evolution",
    params(("id" = String, Path, description = "The cron, such as `user-ana`"), LooksBack), responses(
    (status = 200, body = CronHistory),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
))]
async fn history(
    State(app): State<App>,
    Path(id): Path<String>,
    Query(asked): Query<LooksBack>,
) -> Result<Json<CronHistory>, ApiError> {
    let caller = app.caller(asked.user_id.as_deref(), asked.team_id.as_deref())?;
    let limit = Page::new(asked.limit, None)?.limit;
    blocking(move || app.crons.history(&caller, &id, limit)).await.map(Json)
}
