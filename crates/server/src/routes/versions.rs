//! Earlier versions: compare, look, restore, branches, blame.

use axum::{
    Json,
    extract::State,
    http::{HeaderMap, StatusCode},
};
use llmos_api::{
    history::{Blame, BranchList, BranchView, CreateBranch, DiffView, FileView, Restore, Restored},
    problem::Problem,
};
use llmos_workbench::{DiffFilter, FileFilter, Page, ids};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    app::App,
    error::{ApiError, blocking},
    extract::{Body, Query, if_match},
};

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(diff))
        .routes(routes!(file))
        .routes(routes!(blame))
        .routes(routes!(restore))
        .routes(routes!(branches, create_branch, delete_branch))
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct Compare {
    /// Who asks; the local user when left out.
    user_id: Option<String>,
    /// The team that the caller works in.
    team_id: Option<String>,
    /// `system`, `team/<id>` or `user/<id>`; the caller's own when left out.
    volume: Option<String>,
    /// Only this file or folder.
    path: Option<String>,
    /// The old side: a commit, a branch, or a version of the file at `path`; what was before `to` when left out.
    from: Option<String>,
    /// The new side: a commit, a branch, or a version of the file at `path`; the newest commit when left out.
    to: Option<String>,
    /// How many files at most: 1 to 1000, 100 when left out.
    limit: Option<u64>,
}

/// Compare two moments of a volume, or two versions of a file
///
/// Skills and workflows are compared by meaning as well: `changes` tells what was done in words, where a node stands
/// apart from what it does.
#[utoipa::path(get, path = "/volumes/diff", tag = "volumes", params(Compare), responses(
    (status = 200, body = DiffView),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
))]
async fn diff(
    State(app): State<App>,
    Query(asked): Query<Compare>,
) -> Result<Json<DiffView>, ApiError> {
    let caller = app.caller(asked.user_id.as_deref(), asked.team_id.as_deref())?;
    let filter = DiffFilter {
        volume: asked.volume.as_deref().map(ids::volume).transpose()?,
        path: asked.path.as_deref().map(ids::path).transpose()?,
        from: asked.from.as_deref().map(|from| ids::point("from", from)).transpose()?,
        to: asked.to.as_deref().map(|to| ids::point("to", to)).transpose()?,
        limit: Page::new(asked.limit, None)?.limit,
    };
    blocking(move || app.workbench.volume_diff(&caller, &filter)).await.map(Json)
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct ReadFile {
    /// Who asks; the local user when left out.
    user_id: Option<String>,
    /// The team that the caller works in.
    team_id: Option<String>,
    /// `system`, `team/<id>` or `user/<id>`; the caller's own when left out.
    volume: Option<String>,
    /// The file.
    path: String,
    /// A commit or a branch; the newest commit when left out.
    at: Option<String>,
    /// The version, whenever that was.
    version: Option<String>,
}

impl ReadFile {
    fn filter(&self) -> Result<FileFilter, ApiError> {
        Ok(FileFilter {
            volume: self.volume.as_deref().map(ids::volume).transpose()?,
            path: ids::path(&self.path)?,
            at: self.at.as_deref().map(|at| ids::point("at", at)).transpose()?,
            version: self.version.as_deref().map(|it| ids::version("version", it)).transpose()?,
        })
    }
}

/// Read a file as it is or was
#[utoipa::path(get, path = "/volumes/file", tag = "volumes", params(ReadFile), responses(
    (status = 200, body = FileView),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
))]
async fn file(
    State(app): State<App>,
    Query(asked): Query<ReadFile>,
) -> Result<Json<FileView>, ApiError> {
    let caller = app.caller(asked.user_id.as_deref(), asked.team_id.as_deref())?;
    let filter = asked.filter()?;
    blocking(move || app.workbench.read_file(&caller, &filter)).await.map(Json)
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct BlameFile {
    /// Who asks; the local user when left out.
    user_id: Option<String>,
    /// The team that the caller works in.
    team_id: Option<String>,
    /// `system`, `team/<id>` or `user/<id>`; the caller's own when left out.
    volume: Option<String>,
    /// The file.
    path: String,
    /// A commit or a branch; the newest commit when left out.
    at: Option<String>,
}

/// Say which commit each line of a file came with
#[utoipa::path(get, path = "/volumes/blame", tag = "volumes", params(BlameFile), responses(
    (status = 200, body = Blame),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
))]
async fn blame(
    State(app): State<App>,
    Query(asked): Query<BlameFile>,
) -> Result<Json<Blame>, ApiError> {
    let caller = app.caller(asked.user_id.as_deref(), asked.team_id.as_deref())?;
    let filter = FileFilter {
        volume: asked.volume.as_deref().map(ids::volume).transpose()?,
        path: ids::path(&asked.path)?,
        at: asked.at.as_deref().map(|at| ids::point("at", at)).transpose()?,
        version: None,
    };
    blocking(move || app.workbench.blame(&caller, &filter)).await.map(Json)
}

/// Restore a file, a folder or a whole volume
///
/// What the volume held at `to` comes back as a new commit; nothing of the history is lost. With `If-Match` a file must
/// still have that version, and a volume or folder that newest commit (412 otherwise).
#[utoipa::path(post, path = "/volumes/restore", tag = "volumes", request_body = Restore,
    params(("If-Match" = Option<String>, Header, description = "The version of the file, or the newest commit")),
    responses(
        (status = 200, body = Restored),
        (status = "4XX", body = Problem, content_type = "application/problem+json"),
    ))]
async fn restore(
    State(app): State<App>,
    headers: HeaderMap,
    Body(asked): Body<Restore>,
) -> Result<Json<Restored>, ApiError> {
    let caller = app.caller(asked.user_id.as_deref(), asked.team_id.as_deref())?;
    let base = if_match(&headers)?;
    blocking(move || app.workbench.restore(&caller, &asked, base.as_ref()))
        .await
        .map_err(
            |error| if headers.contains_key("If-Match") { error.precondition() } else { error },
        )
        .map(Json)
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct ListBranches {
    /// Who asks; the local user when left out.
    user_id: Option<String>,
    /// The team that the caller works in.
    team_id: Option<String>,
    /// `system`, `team/<id>` or `user/<id>`; the caller's own when left out.
    volume: Option<String>,
}

/// List the branches of a volume
#[utoipa::path(get, path = "/volumes/branches", tag = "volumes", params(ListBranches), responses(
    (status = 200, body = BranchList),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
))]
async fn branches(
    State(app): State<App>,
    Query(asked): Query<ListBranches>,
) -> Result<Json<BranchList>, ApiError> {
    let caller = app.caller(asked.user_id.as_deref(), asked.team_id.as_deref())?;
    let volume = asked.volume.as_deref().map(ids::volume).transpose()?;
    blocking(move || app.workbench.list_branches(&caller, volume.as_ref())).await.map(Json)
}

/// Create a branch
///
/// It begins at a commit, and is read by its name wherever a commit can be given.
#[utoipa::path(post, path = "/volumes/branches", tag = "volumes", request_body = CreateBranch, responses(
    (status = 201, body = BranchView),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
))]
async fn create_branch(
    State(app): State<App>,
    Body(asked): Body<CreateBranch>,
) -> Result<(StatusCode, Json<BranchView>), ApiError> {
    let caller = app.caller(asked.user_id.as_deref(), asked.team_id.as_deref())?;
    let made = blocking(move || app.workbench.create_branch(&caller, &asked)).await?;
    Ok((StatusCode::CREATED, Json(made)))
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct DeleteBranch {
    /// Who asks; the local user when left out.
    user_id: Option<String>,
    /// The team that the caller works in.
    team_id: Option<String>,
    /// `system`, `team/<id>` or `user/<id>`; the caller's own when left out.
    volume: Option<String>,
    /// The name of the branch.
    name: String,
    /// The commit at which it ends, as the list gives it.
    commit: String,
}

/// Delete a branch
///
/// It must still end at `commit`: what somebody else added to it is not lost unseen.
#[utoipa::path(delete, path = "/volumes/branches", tag = "volumes", params(DeleteBranch), responses(
    (status = 200, body = BranchView),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
))]
async fn delete_branch(
    State(app): State<App>,
    Query(asked): Query<DeleteBranch>,
) -> Result<Json<BranchView>, ApiError> {
    let caller = app.caller(asked.user_id.as_deref(), asked.team_id.as_deref())?;
    let volume = asked.volume.as_deref().map(ids::volume).transpose()?;
    let (name, commit) = (ids::branch("name", &asked.name)?, ids::commit("commit", &asked.commit)?);
    blocking(move || app.workbench.delete_branch(&caller, volume.as_ref(), &name, &commit))
        .await
        .map(Json)
}
