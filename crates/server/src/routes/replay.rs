//! Sessions step by step.

use axum::{Json, extract::State};
use llmos_api::{problem::Problem, replay::SessionReplay};
use llmos_workbench::{MessageFilter, Page, SessionPoint, ids};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    app::App,
    error::{ApiError, blocking},
    extract::{Path, Query},
};

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(replay))
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct Replay {
    /// Who asks; the local user when left out.
    user_id: Option<String>,
    /// The team that they work in: needed for a session of a team.
    team_id: Option<String>,
    /// The commit that it is shown from, in full; as it is kept now when left out.
    commit: Option<String>,
    /// The volume of that commit; the caller's own when left out.
    volume: Option<String>,
    /// Only steps after this number: `later` of another answer.
    after: Option<u64>,
    /// How many steps at most: 1 to 1000, 100 when left out.
    limit: Option<u64>,
}

/// Go through a session step by step
///
/// Each message comes with the skills that went along with it and with what its artifacts held: as they were at the
/// commit, or as they are kept now. A commit is read from the volume alone, also where the session is gone.
#[utoipa::path(get, path = "/sessions/{id}/replay", tag = "sessions",
    params(("id" = String, Path, description = "The session"), Replay), responses(
    (status = 200, body = SessionReplay),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
))]
async fn replay(
    State(app): State<App>,
    Path(id): Path<String>,
    Query(asked): Query<Replay>,
) -> Result<Json<SessionReplay>, ApiError> {
    let caller = app.caller(asked.user_id.as_deref(), asked.team_id.as_deref())?;
    let id = ids::slug("id", &id)?;
    let at = match asked.commit.as_deref() {
        None => None,
        Some(text) => {
            let volume = asked.volume.as_deref().map(ids::volume).transpose()?;
            let volume = volume.unwrap_or_else(|| caller.own_volume());
            Some(SessionPoint { volume, commit: ids::commit("commit", text)? })
        }
    };
    let limit = Page::new(asked.limit, None)?.limit;
    let filter = MessageFilter { before: None, after: Some(asked.after.unwrap_or(0)), limit };
    blocking(move || app.workbench.replay_session(&caller, &id, at.as_ref(), filter))
        .await
        .map(Json)
}
