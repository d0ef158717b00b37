//! Workflows, and the skills that they are made of.

use axum::{
    Json,
    extract::State,
    http::{HeaderMap, HeaderName},
};
use llmos_api::{
    problem::Problem,
    skill::{ExecutableList, ExecutableSkill},
    workflow::{
        CategoryList, ExecuteWorkflow, ReadyWorkflow, SaveWorkflow, SavedWorkflow, WorkflowList,
        WorkflowView,
    },
};
use llmos_workbench::{Page, SkillFilter, WorkflowFilter, ids};
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
        .routes(routes!(list))
        .routes(routes!(categories))
        .routes(routes!(save))
        .routes(routes!(execute))
        .routes(routes!(executable))
        .routes(routes!(executable_one))
        .routes(routes!(show, delete))
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct ListWorkflows {
    /// Who asks; the local user when left out.
    user_id: Option<String>,
    /// The team whose workflows are seen as well.
    team_id: Option<String>,
    /// How many at most: 1 to 1000, 100 when left out.
    limit: Option<u64>,
    /// How many to leave out first.
    offset: Option<u64>,
}

/// List workflows
#[utoipa::path(get, path = "/workflows", tag = "workflows", params(ListWorkflows), responses(
    (status = 200, body = WorkflowList),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
))]
async fn list(
    State(app): State<App>,
    Query(asked): Query<ListWorkflows>,
) -> Result<Json<WorkflowList>, ApiError> {
    let caller = app.caller(asked.user_id.as_deref(), asked.team_id.as_deref())?;
    let filter = WorkflowFilter { page: Page::new(asked.limit, asked.offset)? };
    blocking(move || app.workbench.list_workflows(&caller, &filter)).await.map(Json)
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct ReadWorkflow {
    /// Who asks; the local user when left out.
    user_id: Option<String>,
    /// The team whose workflows are seen as well.
    team_id: Option<String>,
    /// `system`, `team/<id>` or `user/<id>`; the nearest that has the workflow when left out.
    volume: Option<String>,
    /// A commit or branch of that volume; the newest when left out.
    at: Option<String>,
}

/// Read a workflow
///
/// `findings` says what is wrong with it, given the skills that the caller sees. The `ETag` is the version to send as
/// `If-Match`, or as `base_version`, with a change.
#[utoipa::path(get, path = "/workflows/{workflow_id}", tag = "workflows",
    params(("workflow_id" = String, Path, description = "The workflow"), ReadWorkflow), responses(
    (status = 200, body = WorkflowView),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
))]
async fn show(
    State(app): State<App>,
    Path(id): Path<String>,
    Query(asked): Query<ReadWorkflow>,
) -> Result<([(HeaderName, String); 1], Json<WorkflowView>), ApiError> {
    let caller = app.caller(asked.user_id.as_deref(), asked.team_id.as_deref())?;
    let id = ids::slug("workflow_id", &id)?;
    let volume = asked.volume.as_deref().map(ids::volume).transpose()?;
    let at = asked.at.as_deref().map(|at| ids::point("at", at)).transpose()?;
    let workflow =
        blocking(move || app.workbench.read_workflow(&caller, &id, volume.as_ref(), at.as_ref()))
            .await?;
    Ok(([etag(&workflow.version)], Json(workflow)))
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct DeleteWorkflow {
    /// Who asks; the local user when left out.
    user_id: Option<String>,
    /// The team that the caller works in.
    team_id: Option<String>,
    /// Where it is; the caller's own volume when left out.
    volume: Option<String>,
}

/// Delete a workflow
///
/// It stays in the history of its volume.
#[utoipa::path(delete, path = "/workflows/{workflow_id}", tag = "workflows",
    params(("workflow_id" = String, Path, description = "The workflow"), DeleteWorkflow,
        ("If-Match" = Option<String>, Header, description = "The version that may be deleted")),
    responses(
        (status = 200, body = SavedWorkflow),
        (status = "4XX", body = Problem, content_type = "application/problem+json"),
    ))]
async fn delete(
    State(app): State<App>,
    Path(id): Path<String>,
    headers: HeaderMap,
    Query(asked): Query<DeleteWorkflow>,
) -> Result<Json<SavedWorkflow>, ApiError> {
    let caller = app.caller(asked.user_id.as_deref(), asked.team_id.as_deref())?;
    let id = ids::slug("workflow_id", &id)?;
    let volume = asked.volume.as_deref().map(ids::volume).transpose()?;
    let base = if_match(&headers)?;
    blocking(move || app.workbench.delete_workflow(&caller, &id, volume.as_ref(), base.as_ref()))
        .await
        .map_err(ApiError::precondition)
        .map(Json)
}

/// Save a workflow
///
/// Without `base_version` the file must not exist yet. With it, and where another version is there meanwhile, both
/// changes are brought together, node by node and edge by edge: the answer says so and holds the result. What collides
/// comes back as `conflicts` (409), to be settled by `choices`. With `If-Match` the file must still have that version
/// (412 otherwise). A workflow with errors is saved as well: it is what somebody drew so far.
#[utoipa::path(post, path = "/workflows/save", tag = "workflows", request_body = SaveWorkflow,
    params(("If-Match" = Option<String>, Header, description = "The version that must still be there")),
    responses(
        (status = 200, body = SavedWorkflow),
        (status = "4XX", body = Problem, content_type = "application/problem+json"),
    ))]
async fn save(
    State(app): State<App>,
    headers: HeaderMap,
    Body(asked): Body<SaveWorkflow>,
) -> Result<Json<SavedWorkflow>, ApiError> {
    let caller = app.caller(asked.user_id.as_deref(), asked.team_id.as_deref())?;
    let strictly = if_match(&headers)?;
    let saving = move || app.workbench.save_workflow(&caller, &asked, strictly.as_ref());
    let strict = headers.contains_key("If-Match");
    let saved = blocking(saving).await;
    saved.map_err(|error| if strict { error.precondition() } else { error }).map(Json)
}

/// Prepare a run
///
/// The server runs nothing: it answers with everything that the browser needs, or with what is wrong (422).
#[utoipa::path(post, path = "/workflows/execute", tag = "workflows", request_body = ExecuteWorkflow, responses(
    (status = 200, body = ReadyWorkflow),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
))]
async fn execute(
    State(app): State<App>,
    Body(asked): Body<ExecuteWorkflow>,
) -> Result<Json<ReadyWorkflow>, ApiError> {
    let caller = app.caller(asked.user_id.as_deref(), asked.team_id.as_deref())?;
    blocking(move || app.workbench.execute_workflow(&caller, &asked)).await.map(Json)
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct ListExecutable {
    /// Who asks; the local user when left out.
    user_id: Option<String>,
    /// The team whose skills are seen as well.
    team_id: Option<String>,
    /// Words to look for; the answer is ranked.
    q: Option<String>,
    /// Only this category.
    category: Option<String>,
    /// How many at most: 1 to 1000, 100 when left out.
    limit: Option<u64>,
    /// How many to leave out first.
    offset: Option<u64>,
}

/// List executable skills, without their code
#[utoipa::path(get, path = "/workflows/skills/executable", tag = "workflows", params(ListExecutable), responses(
    (status = 200, body = ExecutableList),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
))]
async fn executable(
    State(app): State<App>,
    Query(asked): Query<ListExecutable>,
) -> Result<Json<ExecutableList>, ApiError> {
    let caller = app.caller(asked.user_id.as_deref(), asked.team_id.as_deref())?;
    let page = Page::new(asked.limit, asked.offset)?;
    let filter = SkillFilter { q: asked.q, category: asked.category, kind: None, page };
    blocking(move || app.workbench.list_executable(&caller, &filter)).await.map(Json)
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct ReadExecutable {
    /// Who asks; the local user when left out.
    user_id: Option<String>,
    /// The team whose skills are seen as well.
    team_id: Option<String>,
}

/// Read an executable skill with its code
#[utoipa::path(get, path = "/workflows/skills/executable/{skill_id}", tag = "workflows",
    params(("skill_id" = String, Path, description = "The skill"), ReadExecutable), responses(
    (status = 200, body = ExecutableSkill),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
))]
async fn executable_one(
    State(app): State<App>,
    Path(id): Path<String>,
    Query(asked): Query<ReadExecutable>,
) -> Result<Json<ExecutableSkill>, ApiError> {
    let caller = app.caller(asked.user_id.as_deref(), asked.team_id.as_deref())?;
    let id = ids::slug("skill_id", &id)?;
    blocking(move || app.workbench.read_executable(&caller, &id)).await.map(Json)
}

/// List the categories of executable skills
#[utoipa::path(get, path = "/workflows/categories", tag = "workflows", params(ReadExecutable), responses(
    (status = 200, body = CategoryList),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
))]
async fn categories(
    State(app): State<App>,
    Query(asked): Query<ReadExecutable>,
) -> Result<Json<CategoryList>, ApiError> {
    let caller = app.caller(asked.user_id.as_deref(), asked.team_id.as_deref())?;
    blocking(move || app.workbench.list_categories(&caller)).await.map(Json)
}
