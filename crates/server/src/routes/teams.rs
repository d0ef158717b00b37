//! Teams.

use axum::{Json, extract::State};
use llmos_api::{problem::Problem, team::TeamList};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    app::App,
    error::{ApiError, blocking},
    extract::Query,
};

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list))
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct ListTeams {
    /// Who asks; the local user when left out.
    user_id: Option<String>,
}

/// List the teams that the caller may work in
///
/// Where nobody keeps members there is one person, who may name any team: those that have a volume are listed.
#[utoipa::path(get, path = "/teams", tag = "volumes", params(ListTeams), responses(
    (status = 200, body = TeamList),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
))]
async fn list(
    State(app): State<App>,
    Query(asked): Query<ListTeams>,
) -> Result<Json<TeamList>, ApiError> {
    let caller = app.caller(asked.user_id.as_deref(), None)?;
    blocking(move || app.workbench.list_teams(&caller)).await.map(Json)
}
