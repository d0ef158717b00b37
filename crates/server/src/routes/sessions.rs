//! Conversations with what came of them.

use axum::{
    Json,
    extract::State,
    http::{HeaderMap, HeaderName, StatusCode, header},
    response::{IntoResponse, Response},
};
use llmos_api::{
    problem::Problem,
    session::{
        AddMessage, CommitSession, CreateSession, SessionDetail, SessionExport, SessionList,
        SessionMessage, SessionStatus, SessionView, UpdateSession,
    },
};
use llmos_workbench::{Caller, Exported, MessageFilter, Page, SessionFilter, SessionFormat, ids};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    app::App,
    error::{ApiError, blocking},
    extract::{Body, MaybeBody, Path, Query, etag, if_match_number},
};

/// How many messages an answer has where nobody says.
const MESSAGES: u64 = 1000;

/// What tells a message from others, so that sending it again keeps it once.
const KEY: HeaderName = HeaderName::from_static("idempotency-key");

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list, create))
        .routes(routes!(show, update, delete))
        .routes(routes!(say))
        .routes(routes!(commit))
        .routes(routes!(export))
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct ListSessions {
    /// Who asks; the local user when left out.
    user_id: Option<String>,
    /// The team that they work in.
    team_id: Option<String>,
    /// `user`, `team` or `system`, or an address such as `team/atlas`; all that the caller sees when left out.
    volume: Option<String>,
    /// The user or team, where `volume` is a kind alone.
    volume_id: Option<String>,
    /// How many at most: 1 to 1000, 100 when left out.
    limit: Option<u64>,
    /// How many to leave out first.
    offset: Option<u64>,
}

/// List sessions, the one that was changed last first
#[utoipa::path(get, path = "/sessions", tag = "sessions", params(ListSessions), responses(
    (status = 200, body = SessionList),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
))]
async fn list(
    State(app): State<App>,
    Query(asked): Query<ListSessions>,
) -> Result<Json<SessionList>, ApiError> {
    let who = Named { volume: asked.volume.as_deref(), name: asked.volume_id.as_deref() };
    let caller = who.caller(&app, asked.user_id.as_deref(), asked.team_id.as_deref())?;
    let volume = match (who.volume, who.name) {
        (None, None) => None,
        (volume, name) => Some(ids::session_volume(&caller, volume, name)?),
    };
    let filter = SessionFilter { volume, page: Page::new(asked.limit, asked.offset)? };
    blocking(move || app.workbench.list_sessions(&caller, &filter)).await.map(Json)
}

/// Begin a session
#[utoipa::path(post, path = "/sessions", tag = "sessions", request_body = CreateSession, responses(
    (status = 201, body = SessionView, headers(("ETag" = String, description = "The revision"))),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
))]
async fn create(
    State(app): State<App>,
    Body(asked): Body<CreateSession>,
) -> Result<Response, ApiError> {
    let who = Named { volume: asked.volume.as_deref(), name: asked.volume_id.as_deref() };
    let caller = who.caller(&app, asked.user_id.as_deref(), asked.team_id.as_deref())?;
    let made = blocking(move || app.workbench.create_session(&caller, &asked)).await?;
    Ok((StatusCode::CREATED, tagged(made.revision), Json(made)).into_response())
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct ReadSession {
    /// Who asks; the local user when left out.
    user_id: Option<String>,
    /// The team that they work in: needed for a session of a team.
    team_id: Option<String>,
    /// Only messages before this number, the nearest ones: `earlier` of another answer.
    before: Option<u64>,
    /// Only messages after this number, the nearest ones: `later` of another answer.
    after: Option<u64>,
    /// How many messages at most: 1 to 1000, 1000 when left out.
    limit: Option<u64>,
}

/// Read a session with its messages
///
/// The newest messages where neither `before` nor `after` is given; a session of up to 1000 comes whole.
#[utoipa::path(get, path = "/sessions/{id}", tag = "sessions",
    params(("id" = String, Path, description = "The session"), ReadSession), responses(
    (status = 200, body = SessionDetail, headers(("ETag" = String, description = "The revision"))),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
))]
async fn show(
    State(app): State<App>,
    Path(id): Path<String>,
    Query(asked): Query<ReadSession>,
) -> Result<Response, ApiError> {
    let caller = app.caller(asked.user_id.as_deref(), asked.team_id.as_deref())?;
    let id = ids::slug("id", &id)?;
    let limit = Page::new(Some(asked.limit.unwrap_or(MESSAGES)), None)?.limit;
    let filter = MessageFilter { before: asked.before, after: asked.after, limit };
    let detail: SessionDetail =
        blocking(move || app.workbench.read_session(&caller, &id, filter)).await?;
    Ok((tagged(detail.session.revision), Json(detail)).into_response())
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct Described {
    /// Who asks; the local user when left out.
    user_id: Option<String>,
    /// The team that they work in: needed for a session of a team.
    team_id: Option<String>,
    /// Another name.
    name: Option<String>,
    /// Where it stands now.
    status: Option<SessionStatus>,
}

/// Rename a session, or say where it stands
///
/// What is to change stands in the body, or in the query. With `If-Match` it changes only while its revision is that.
#[utoipa::path(put, path = "/sessions/{id}", tag = "sessions", request_body = UpdateSession,
    params(("id" = String, Path, description = "The session"), Described,
        ("If-Match" = Option<String>, Header, description = "The `ETag` that was read")), responses(
    (status = 200, body = SessionView, headers(("ETag" = String, description = "The revision"))),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
))]
async fn update(
    State(app): State<App>,
    Path(id): Path<String>,
    Query(asked): Query<Described>,
    headers: HeaderMap,
    MaybeBody(body): MaybeBody<UpdateSession>,
) -> Result<Response, ApiError> {
    let user = body.user_id.clone().or(asked.user_id);
    let team = body.team_id.clone().or(asked.team_id);
    let caller = app.caller(user.as_deref(), team.as_deref())?;
    let (id, expected) = (ids::slug("id", &id)?, if_match_number(&headers)?);
    let name = body.name.or(asked.name);
    let change = UpdateSession { name, status: body.status.or(asked.status), ..Default::default() };
    let done =
        blocking(move || app.workbench.update_session(&caller, &id, expected, &change)).await;
    let view = done.map_err(|error| refused(error, expected))?;
    Ok((tagged(view.revision), Json(view)).into_response())
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct Who {
    /// Who asks; the local user when left out.
    user_id: Option<String>,
    /// The team that they work in: needed for a session of a team.
    team_id: Option<String>,
}

/// Delete a session with all that was said in it
///
/// What was committed stays in its volume.
#[utoipa::path(delete, path = "/sessions/{id}", tag = "sessions",
    params(("id" = String, Path, description = "The session"), Who,
        ("If-Match" = Option<String>, Header, description = "The `ETag` that was read")), responses(
    (status = 204),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
))]
async fn delete(
    State(app): State<App>,
    Path(id): Path<String>,
    Query(asked): Query<Who>,
    headers: HeaderMap,
) -> Result<StatusCode, ApiError> {
    let caller = app.caller(asked.user_id.as_deref(), asked.team_id.as_deref())?;
    let (id, expected) = (ids::slug("id", &id)?, if_match_number(&headers)?);
    let done = blocking(move || app.workbench.delete_session(&caller, &id, expected)).await;
    done.map_err(|error| refused(error, expected))?;
    Ok(StatusCode::NO_CONTENT)
}

/// Add a message to a session
///
/// It is on the disk when the answer comes. A message that is sent again with the same `Idempotency-Key` is kept
/// once, and answered with 200.
#[utoipa::path(post, path = "/sessions/{id}/messages", tag = "sessions", request_body = AddMessage,
    params(("id" = String, Path, description = "The session"),
        ("Idempotency-Key" = Option<String>, Header, description = "What tells this message from others")), responses(
    (status = 201, body = SessionMessage),
    (status = 200, body = SessionMessage, description = "It was there already"),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
))]
async fn say(
    State(app): State<App>,
    Path(id): Path<String>,
    headers: HeaderMap,
    Body(asked): Body<AddMessage>,
) -> Result<(StatusCode, Json<SessionMessage>), ApiError> {
    let caller = app.caller(asked.user_id.as_deref(), asked.team_id.as_deref())?;
    let id = ids::slug("id", &id)?;
    // A key that is no ASCII text is refused below as an empty one is.
    let key = headers.get(KEY).map(|key| key.to_str().unwrap_or_default().to_owned());
    let (message, new) =
        blocking(move || app.workbench.add_message(&caller, &id, key.as_deref(), &asked)).await?;
    Ok((if new { StatusCode::CREATED } else { StatusCode::OK }, Json(message)))
}

/// Commit a session
///
/// Its document, the files of its artifacts and a message that people and programs read become one commit in the
/// volume of the session, by the caller. Committing it again without anything new makes no second commit.
#[utoipa::path(post, path = "/sessions/{id}/commit", tag = "sessions", request_body = CommitSession,
    params(("id" = String, Path, description = "The session"), Who), responses(
    (status = 200, body = SessionView),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
    (status = "5XX", body = Problem, content_type = "application/problem+json"),
))]
async fn commit(
    State(app): State<App>,
    Path(id): Path<String>,
    Query(who): Query<Who>,
    MaybeBody(asked): MaybeBody<CommitSession>,
) -> Result<Json<SessionView>, ApiError> {
    let user = asked.user_id.clone().or(who.user_id);
    let team = asked.team_id.clone().or(who.team_id);
    let caller = app.caller(user.as_deref(), team.as_deref())?;
    let id = ids::slug("id", &id)?;
    blocking(move || app.workbench.commit_session(&caller, &id, &asked)).await.map(Json)
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct Export {
    /// Who asks; the local user when left out.
    user_id: Option<String>,
    /// The team that they work in: needed for a session of a team.
    team_id: Option<String>,
    /// What it looks like; Markdown when left out.
    format: Option<Format>,
}

#[derive(Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum Format {
    /// The document that a commit keeps.
    Markdown,
    /// Everything, also what artifacts hold.
    Json,
}

/// Take a session along as one file
#[utoipa::path(get, path = "/sessions/{id}/export", tag = "sessions",
    params(("id" = String, Path, description = "The session"), Export), responses(
    (status = 200, body = SessionExport, description = "With `format=json`; otherwise Markdown"),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
))]
async fn export(
    State(app): State<App>,
    Path(id): Path<String>,
    Query(asked): Query<Export>,
) -> Result<Response, ApiError> {
    let caller = app.caller(asked.user_id.as_deref(), asked.team_id.as_deref())?;
    let id = ids::slug("id", &id)?;
    let format = match asked.format {
        None | Some(Format::Markdown) => SessionFormat::Markdown,
        Some(Format::Json) => SessionFormat::Json,
    };
    let Exported { file, media_type, text } =
        blocking(move || app.workbench.export_session(&caller, &id, format)).await?;
    let headers = [
        (header::CONTENT_TYPE, media_type.to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{file}\"")),
    ];
    Ok((headers, text).into_response())
}

/// A volume by its kind and name.
struct Named<'a> {
    volume: Option<&'a str>,
    name: Option<&'a str>,
}

impl Named<'_> {
    /// Tells who asks: whoever names a user's or team's volume and nobody else is that user, or in that team.
    fn caller(
        &self,
        app: &App,
        user_id: Option<&str>,
        team_id: Option<&str>,
    ) -> Result<Caller, ApiError> {
        let name = self.name.filter(|name| *name != "default");
        let user = name.filter(|_| self.volume == Some("user"));
        let team = name.filter(|_| self.volume == Some("team"));
        let team = team.or(self.volume.and_then(|volume| volume.strip_prefix("team/")));
        app.caller(user_id.or(user), team_id.or(team))
    }
}

fn tagged(revision: u64) -> [(HeaderName, String); 1] {
    [etag(&revision.to_string())]
}

/// What rested on an `ETag` and came too late has a status of its own.
fn refused(error: ApiError, expected: Option<u64>) -> ApiError {
    if expected.is_some() { error.precondition() } else { error }
}
