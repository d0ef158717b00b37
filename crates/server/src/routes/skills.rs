//! Skills.

use axum::{
    Json,
    extract::State,
    http::{HeaderMap, HeaderName, StatusCode},
};
use llmos_api::{
    problem::Problem,
    skill::{CreateSkill, PromoteSkill, SavedSkill, SkillKind, SkillList, SkillView, UpdateSkill},
};
use llmos_workbench::{Page, SkillFilter, ids};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    app::App,
    error::{ApiError, blocking},
    extract::{Body, Path, Query, etag, if_match},
};

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list, create))
        .routes(routes!(promote))
        .routes(routes!(show, update, delete))
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct ListSkills {
    /// Who asks; the local user when left out.
    user_id: Option<String>,
    /// The team whose skills are seen as well.
    team_id: Option<String>,
    /// Words to look for; the answer is ranked and says why.
    q: Option<String>,
    /// Only this category.
    category: Option<String>,
    /// Only this kind.
    kind: Option<SkillKind>,
    /// How many at most: 1 to 1000, 100 when left out.
    limit: Option<u64>,
    /// How many to leave out first.
    offset: Option<u64>,
}

/// List or search skills
///
/// The own volume lies over the team's, and that over the system's: of several skills with one id the nearest is
/// listed, and `shadows` names the volumes of the others.
#[utoipa::path(get, path = "/skills", tag = "skills", params(ListSkills), responses(
    (status = 200, body = SkillList),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
))]
async fn list(
    State(app): State<App>,
    Query(asked): Query<ListSkills>,
) -> Result<Json<SkillList>, ApiError> {
    let caller = app.caller(asked.user_id.as_deref(), asked.team_id.as_deref())?;
    let page = Page::new(asked.limit, asked.offset)?;
    let filter = SkillFilter { q: asked.q, category: asked.category, kind: asked.kind, page };
    blocking(move || app.workbench.list_skills(&caller, &filter)).await.map(Json)
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct ReadSkill {
    /// Who asks; the local user when left out.
    user_id: Option<String>,
    /// The team whose skills are seen as well.
    team_id: Option<String>,
    /// `system`, `team/<id>` or `user/<id>`; the nearest that has the skill when left out.
    volume: Option<String>,
    /// A commit or branch of that volume; the newest when left out.
    at: Option<String>,
}

/// Read a skill
///
/// The `ETag` is the version to send as `If-Match` with a change.
#[utoipa::path(get, path = "/skills/{skill_id}", tag = "skills",
    params(("skill_id" = String, Path, description = "The skill"), ReadSkill), responses(
    (status = 200, body = SkillView),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
))]
async fn show(
    State(app): State<App>,
    Path(id): Path<String>,
    Query(asked): Query<ReadSkill>,
) -> Result<([(HeaderName, String); 1], Json<SkillView>), ApiError> {
    let caller = app.caller(asked.user_id.as_deref(), asked.team_id.as_deref())?;
    let id = ids::slug("skill_id", &id)?;
    let volume = asked.volume.as_deref().map(ids::volume).transpose()?;
    let at = asked.at.as_deref().map(|at| ids::point("at", at)).transpose()?;
    let skill =
        blocking(move || app.workbench.read_skill(&caller, &id, volume.as_ref(), at.as_ref()))
            .await?;
    Ok(([etag(&skill.summary.version)], Json(skill)))
}

/// Create a skill
///
/// Give `source`, the whole file, or the fields that a new context skill is made from.
#[utoipa::path(post, path = "/skills", tag = "skills", request_body = CreateSkill, responses(
    (status = 201, body = SavedSkill),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
))]
async fn create(
    State(app): State<App>,
    Body(asked): Body<CreateSkill>,
) -> Result<(StatusCode, Json<SavedSkill>), ApiError> {
    let caller = app.caller(asked.user_id.as_deref(), asked.team_id.as_deref())?;
    let saved = blocking(move || app.workbench.create_skill(&caller, &asked)).await?;
    Ok((StatusCode::CREATED, Json(saved)))
}

/// Change a skill
///
/// Give `source`, the whole new file, or the fields to change; the rest of the file stays byte for byte. With
/// `If-Match` the change is refused (412) when the file is no longer of that version. With `base_version` it is brought
/// together with what others changed since; what collides comes back as `conflicts` (409), to be settled by `choices`.
#[utoipa::path(put, path = "/skills/{skill_id}", tag = "skills", request_body = UpdateSkill,
    params(("skill_id" = String, Path, description = "The skill"),
        ("If-Match" = Option<String>, Header, description = "The version that the change rests on")),
    responses(
        (status = 200, body = SavedSkill),
        (status = "4XX", body = Problem, content_type = "application/problem+json"),
    ))]
async fn update(
    State(app): State<App>,
    Path(id): Path<String>,
    headers: HeaderMap,
    Body(asked): Body<UpdateSkill>,
) -> Result<Json<SavedSkill>, ApiError> {
    let caller = app.caller(asked.user_id.as_deref(), asked.team_id.as_deref())?;
    let id = ids::slug("skill_id", &id)?;
    let base = if_match(&headers)?;
    let strict = base.is_some();
    let saved =
        blocking(move || app.workbench.update_skill(&caller, &id, base.as_ref(), &asked)).await;
    saved.map_err(|error| if strict { error.precondition() } else { error }).map(Json)
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct DeleteSkill {
    /// Who asks; the local user when left out.
    user_id: Option<String>,
    /// The team that the caller works in.
    team_id: Option<String>,
    /// Where it is; the caller's own volume when left out.
    volume: Option<String>,
}

/// Delete a skill
///
/// It stays in the history of its volume.
#[utoipa::path(delete, path = "/skills/{skill_id}", tag = "skills",
    params(("skill_id" = String, Path, description = "The skill"), DeleteSkill,
        ("If-Match" = Option<String>, Header, description = "The version that may be deleted")),
    responses(
        (status = 200, body = SavedSkill),
        (status = "4XX", body = Problem, content_type = "application/problem+json"),
    ))]
async fn delete(
    State(app): State<App>,
    Path(id): Path<String>,
    headers: HeaderMap,
    Query(asked): Query<DeleteSkill>,
) -> Result<Json<SavedSkill>, ApiError> {
    let caller = app.caller(asked.user_id.as_deref(), asked.team_id.as_deref())?;
    let id = ids::slug("skill_id", &id)?;
    let volume = asked.volume.as_deref().map(ids::volume).transpose()?;
    let base = if_match(&headers)?;
    blocking(move || app.workbench.delete_skill(&caller, &id, volume.as_ref(), base.as_ref()))
        .await
        .map_err(ApiError::precondition)
        .map(Json)
}

/// Promote a skill into a team
///
/// Copies the skill of the user into the team's volume. The copy and the commit say where it came from and why.
#[utoipa::path(post, path = "/skills/promote", tag = "skills", request_body = PromoteSkill, responses(
    (status = 200, body = SavedSkill),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
))]
async fn promote(
    State(app): State<App>,
    Body(asked): Body<PromoteSkill>,
) -> Result<Json<SavedSkill>, ApiError> {
    let caller = app.caller(asked.user_id.as_deref(), asked.team_id.as_deref())?;
    blocking(move || app.workbench.promote_skill(&caller, &asked)).await.map(Json)
}
