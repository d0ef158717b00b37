//! Evolution: passes over traces, and the drafts that they leave.

use axum::{Json, extract::State};
use llmos_api::{
    evolution::{
        DecideDraft, DecidedDraft, DraftList, DraftView, EditDraft, EvolveReport, EvolveRequest,
    },
    problem::Problem,
};
use llmos_workbench::{Caller, Drafts, Error, Workbench, ids};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    app::App,
    error::{ApiError, blocking},
    extract::{Body, Path, Query},
};

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(evolve))
        .routes(routes!(list))
        .routes(routes!(show, edit))
        .routes(routes!(accept))
        .routes(routes!(reject))
        .routes(routes!(archive))
        .routes(routes!(merge))
}

/// Learn from the traces
///
/// Reads the traces that no earlier pass read, and writes a draft for what recurs often enough and with success. With
/// `auto_apply` drafts that proved themselves become skills at once; a draft with warnings never does.
#[utoipa::path(post, path = "/evolve", tag = "evolution", request_body = EvolveRequest, responses(
    (status = 200, body = EvolveReport),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
))]
async fn evolve(
    State(app): State<App>,
    Body(asked): Body<EvolveRequest>,
) -> Result<Json<EvolveReport>, ApiError> {
    let caller = app.caller(asked.user_id.as_deref(), asked.team_id.as_deref())?;
    blocking(move || app.workbench.evolve(&caller, &asked)).await.map(Json)
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct ListDrafts {
    /// Who asks; the local user when left out.
    user_id: Option<String>,
    /// The team that they work in.
    team_id: Option<String>,
    /// The volume; that of the user when left out.
    volume: Option<String>,
    /// Also those that did not prove themselves.
    all: Option<bool>,
}

/// List drafts, those that wait for a decision first
#[utoipa::path(get, path = "/drafts", tag = "evolution", params(ListDrafts), responses(
    (status = 200, body = DraftList),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
))]
async fn list(
    State(app): State<App>,
    Query(asked): Query<ListDrafts>,
) -> Result<Json<DraftList>, ApiError> {
    let caller = app.caller(asked.user_id.as_deref(), asked.team_id.as_deref())?;
    let volume = asked.volume.as_deref().map(ids::volume).transpose()?;
    let all = asked.all.unwrap_or_default();
    blocking(move || app.workbench.list_drafts(&caller, volume.as_ref(), all)).await.map(Json)
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct ReadDraft {
    /// Who asks; the local user when left out.
    user_id: Option<String>,
    /// The team that they work in.
    team_id: Option<String>,
    /// The volume; that of the user when left out.
    volume: Option<String>,
}

/// Read a draft
#[utoipa::path(get, path = "/drafts/{draft_id}", tag = "evolution",
    params(("draft_id" = String, Path, description = "The draft"), ReadDraft), responses(
    (status = 200, body = DraftView),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
))]
async fn show(
    State(app): State<App>,
    Path(id): Path<String>,
    Query(asked): Query<ReadDraft>,
) -> Result<Json<DraftView>, ApiError> {
    let caller = app.caller(asked.user_id.as_deref(), asked.team_id.as_deref())?;
    let draft = draft(&id, asked.volume.as_deref(), None)?;
    blocking(move || app.workbench.read_draft(&caller, &draft)).await.map(Json)
}

/// Edit a draft
///
/// Evolution leaves the text as it is from then on.
#[utoipa::path(put, path = "/drafts/{draft_id}", tag = "evolution", request_body = EditDraft,
    params(("draft_id" = String, Path, description = "The draft")), responses(
    (status = 200, body = DecidedDraft),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
))]
async fn edit(
    State(app): State<App>,
    Path(id): Path<String>,
    Body(asked): Body<EditDraft>,
) -> Result<Json<DecidedDraft>, ApiError> {
    let caller = app.caller(asked.user_id.as_deref(), asked.team_id.as_deref())?;
    let draft = draft(&id, asked.volume.as_deref(), asked.version.as_deref())?;
    blocking(move || app.workbench.edit_draft(&caller, &draft, &asked.text)).await.map(Json)
}

/// Accept a draft
///
/// It becomes a skill; one that was accepted before is brought up to date.
#[utoipa::path(post, path = "/drafts/{draft_id}/accept", tag = "evolution", request_body = DecideDraft,
    params(("draft_id" = String, Path, description = "The draft")), responses(
    (status = 200, body = DecidedDraft),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
))]
async fn accept(
    State(app): State<App>,
    Path(id): Path<String>,
    Body(asked): Body<DecideDraft>,
) -> Result<Json<DecidedDraft>, ApiError> {
    decide(app, &id, &asked, Workbench::accept_draft).await
}

/// Reject a draft
///
/// Its pattern makes no other one.
#[utoipa::path(post, path = "/drafts/{draft_id}/reject", tag = "evolution", request_body = DecideDraft,
    params(("draft_id" = String, Path, description = "The draft")), responses(
    (status = 200, body = DecidedDraft),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
))]
async fn reject(
    State(app): State<App>,
    Path(id): Path<String>,
    Body(asked): Body<DecideDraft>,
) -> Result<Json<DecidedDraft>, ApiError> {
    decide(app, &id, &asked, Workbench::reject_draft).await
}

/// Archive the skill of a draft
///
/// Its text goes to `memory/archive` of the volume; nothing is lost.
#[utoipa::path(post, path = "/drafts/{draft_id}/archive", tag = "evolution", request_body = DecideDraft,
    params(("draft_id" = String, Path, description = "The draft")), responses(
    (status = 200, body = DecidedDraft),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
))]
async fn archive(
    State(app): State<App>,
    Path(id): Path<String>,
    Body(asked): Body<DecideDraft>,
) -> Result<Json<DecidedDraft>, ApiError> {
    decide(app, &id, &asked, Workbench::archive_draft).await
}

/// Merge a draft into a skill that is there
#[utoipa::path(post, path = "/drafts/{draft_id}/merge", tag = "evolution", request_body = DecideDraft,
    params(("draft_id" = String, Path, description = "The draft")), responses(
    (status = 200, body = DecidedDraft),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
))]
async fn merge(
    State(app): State<App>,
    Path(id): Path<String>,
    Body(asked): Body<DecideDraft>,
) -> Result<Json<DecidedDraft>, ApiError> {
    let into = asked.into.as_deref().ok_or(Error::MissingField {
        field: "into",
        hint: "name the skill that takes the draft in",
    })?;
    let into = ids::slug("into", into)?;
    decide(app, &id, &asked, move |bench, caller, draft| bench.merge_draft(caller, draft, &into))
        .await
}

async fn decide(
    app: App,
    id: &str,
    asked: &DecideDraft,
    how: impl FnOnce(&Workbench, &Caller, &Drafts) -> Result<DecidedDraft, Error> + Send + 'static,
) -> Result<Json<DecidedDraft>, ApiError> {
    let caller = app.caller(asked.user_id.as_deref(), asked.team_id.as_deref())?;
    let draft = draft(id, asked.volume.as_deref(), asked.version.as_deref())?;
    blocking(move || how(&app.workbench, &caller, &draft)).await.map(Json)
}

fn draft(id: &str, volume: Option<&str>, version: Option<&str>) -> Result<Drafts, Error> {
    Ok(Drafts {
        id: ids::slug("draft_id", id)?,
        volume: volume.map(ids::volume).transpose()?,
        version: version.map(|version| ids::version("version", version)).transpose()?,
    })
}
