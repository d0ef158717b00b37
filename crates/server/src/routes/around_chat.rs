//! Beside a chat: what would go to the model, and what came of a session.

use axum::{Json, extract::State};
use llmos_api::{
    chat::ChatRequest, preview::ChatContext, problem::Problem, session::GatheredArtifacts,
};
use llmos_workbench::ids;
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    app::App,
    error::{ApiError, blocking},
    extract::{Body, Path, Query},
};

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(context)).routes(routes!(artifacts))
}

/// Say what would go to the model with a message
///
/// The message may be empty. Nothing is kept, and nothing is sent to anybody.
#[utoipa::path(post, path = "/chat/context", tag = "chat", request_body = ChatRequest, responses(
    (status = 200, body = ChatContext),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
))]
async fn context(
    State(app): State<App>,
    Body(asked): Body<ChatRequest>,
) -> Result<Json<ChatContext>, ApiError> {
    let caller = app.caller(asked.user_id.as_deref(), asked.team_id.as_deref())?;
    blocking(move || app.workbench.preview_chat(&caller, &asked)).await.map(Json)
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct Who {
    /// Who asks; the local user when left out.
    user_id: Option<String>,
    /// The team that they work in: needed for a session of a team.
    team_id: Option<String>,
}

/// List what came of a session
///
/// Each artifact once. What one holds is in the message that made it.
#[utoipa::path(get, path = "/sessions/{id}/artifacts", tag = "sessions",
    params(("id" = String, Path, description = "The session"), Who), responses(
    (status = 200, body = GatheredArtifacts),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
))]
async fn artifacts(
    State(app): State<App>,
    Path(id): Path<String>,
    Query(who): Query<Who>,
) -> Result<Json<GatheredArtifacts>, ApiError> {
    let caller = app.caller(who.user_id.as_deref(), who.team_id.as_deref())?;
    let id = ids::slug("id", &id)?;
    blocking(move || app.workbench.session_artifacts(&caller, &id)).await.map(Json)
}
