//! Volumes.

use axum::{Json, extract::State};
use llmos_api::{
    problem::Problem,
    volume::{EditsList, History, StatsList},
};
use llmos_workbench::{HistoryFilter, Page, ids};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    app::App,
    error::{ApiError, blocking},
    extract::Query,
};

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(stats)).routes(routes!(edits)).routes(routes!(history))
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct ReadStats {
    /// Who asks; the local user when left out.
    user_id: Option<String>,
    /// The team whose volume is counted as well.
    team_id: Option<String>,
}

/// Count what the volumes hold
#[utoipa::path(get, path = "/volumes/stats", tag = "volumes", params(ReadStats), responses(
    (status = 200, body = StatsList),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
))]
async fn stats(
    State(app): State<App>,
    Query(asked): Query<ReadStats>,
) -> Result<Json<StatsList>, ApiError> {
    let caller = app.caller(asked.user_id.as_deref(), asked.team_id.as_deref())?;
    blocking(move || app.workbench.volume_stats(&caller)).await.map(Json)
}

/// List edits that stay uncommitted
///
/// Edits in the folder of a volume are committed by themselves once they are saved. These are not, each for the
/// reason that stands with it: most because they are broken.
#[utoipa::path(get, path = "/volumes/edits", tag = "volumes", params(ReadStats), responses(
    (status = 200, body = EditsList),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
))]
async fn edits(
    State(app): State<App>,
    Query(asked): Query<ReadStats>,
) -> Result<Json<EditsList>, ApiError> {
    let caller = app.caller(asked.user_id.as_deref(), asked.team_id.as_deref())?;
    blocking(move || app.workbench.list_edits(&caller)).await.map(Json)
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct ReadHistory {
    /// Who asks; the local user when left out.
    user_id: Option<String>,
    /// The team that the caller works in.
    team_id: Option<String>,
    /// `system`, `team/<id>` or `user/<id>`; the caller's own when left out.
    volume: Option<String>,
    /// Only commits that changed this file or folder.
    path: Option<String>,
    /// How many at most: 1 to 1000, 100 when left out.
    limit: Option<u64>,
    /// Start at this commit, `next` of the page before, or at the newest of this branch.
    from: Option<String>,
    /// Whether to say in words what each commit changed in the file at `path`.
    #[serde(default)]
    words: bool,
}

/// Show the history of a volume, newest first
#[utoipa::path(get, path = "/volumes/history", tag = "volumes", params(ReadHistory), responses(
    (status = 200, body = History),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
))]
async fn history(
    State(app): State<App>,
    Query(asked): Query<ReadHistory>,
) -> Result<Json<History>, ApiError> {
    let caller = app.caller(asked.user_id.as_deref(), asked.team_id.as_deref())?;
    let filter = HistoryFilter {
        volume: asked.volume.as_deref().map(ids::volume).transpose()?,
        path: asked.path.as_deref().map(ids::path).transpose()?,
        from: asked.from.as_deref().map(|from| ids::point("from", from)).transpose()?,
        words: asked.words,
        limit: Page::new(asked.limit, None)?.limit,
    };
    blocking(move || app.workbench.volume_history(&caller, &filter)).await.map(Json)
}
