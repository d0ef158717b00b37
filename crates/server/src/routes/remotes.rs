//! Where volumes are kept a second time.

use axum::{Json, extract::State};
use llmos_api::{
    problem::Problem,
    remote::{RemoteView, SetRemote, SyncRemote, SyncedView},
};
use llmos_workbench::ids;
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    app::App,
    error::{ApiError, blocking},
    extract::{Body, Query},
};

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(show, set, remove)).routes(routes!(sync))
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct Named {
    /// Who asks; the local user when left out.
    user_id: Option<String>,
    /// The team that the caller works in.
    team_id: Option<String>,
    /// `system`, `team/<id>` or `user/<id>`; the caller's own when left out.
    volume: Option<String>,
}

/// Show the remote of a volume, and how the last talk with it went
#[utoipa::path(get, path = "/volumes/remote", tag = "volumes", params(Named), responses(
    (status = 200, body = RemoteView),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
))]
async fn show(
    State(app): State<App>,
    Query(asked): Query<Named>,
) -> Result<Json<RemoteView>, ApiError> {
    let caller = app.caller(asked.user_id.as_deref(), asked.team_id.as_deref())?;
    let volume = asked.volume.as_deref().map(ids::volume).transpose()?;
    blocking(move || app.workbench.remote(&caller, volume)).await.map(Json)
}

/// Give a volume a remote
///
/// From then on what is committed goes there, and what others push there comes here.
#[utoipa::path(put, path = "/volumes/remote", tag = "volumes", request_body = SetRemote, responses(
    (status = 200, body = RemoteView),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
))]
async fn set(
    State(app): State<App>,
    Body(asked): Body<SetRemote>,
) -> Result<Json<RemoteView>, ApiError> {
    let caller = app.caller(asked.user_id.as_deref(), asked.team_id.as_deref())?;
    let volume = asked.volume.as_deref().map(ids::volume).transpose()?;
    blocking(move || app.workbench.set_remote(&caller, volume, &asked.url, asked.branch.as_deref()))
        .await
        .map(Json)
}

/// Take the remote of a volume away
///
/// Both keep what they hold.
#[utoipa::path(delete, path = "/volumes/remote", tag = "volumes", params(Named), responses(
    (status = 200, body = RemoteView),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
))]
async fn remove(
    State(app): State<App>,
    Query(asked): Query<Named>,
) -> Result<Json<RemoteView>, ApiError> {
    let caller = app.caller(asked.user_id.as_deref(), asked.team_id.as_deref())?;
    let volume = asked.volume.as_deref().map(ids::volume).transpose()?;
    blocking(move || app.workbench.remove_remote(&caller, volume)).await.map(Json)
}

/// Make a volume and its remote equal now
///
/// Answers when both sides were compared. A conflict is no error: `equal` is false, and nothing was merged.
#[utoipa::path(post, path = "/volumes/remote/sync", tag = "volumes", request_body = SyncRemote, responses(
    (status = 200, body = SyncedView),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
    (status = "5XX", body = Problem, content_type = "application/problem+json"),
))]
async fn sync(
    State(app): State<App>,
    Body(asked): Body<SyncRemote>,
) -> Result<Json<SyncedView>, ApiError> {
    let caller = app.caller(asked.user_id.as_deref(), asked.team_id.as_deref())?;
    let volume = asked.volume.as_deref().map(ids::volume).transpose()?;
    blocking(move || app.workbench.sync_remote(&caller, volume)).await.map(Json)
}
