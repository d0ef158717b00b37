//! Sessions that others may read: shares of them, and what a link opens.

use axum::{
    Json,
    extract::State,
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use llmos_api::{
    problem::Problem,
    session::SessionList,
    share::{MadeShare, ShareList, ShareSession, SharedSession},
};
use llmos_workbench::{MessageFilter, Page, ids};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    app::App,
    error::{ApiError, blocking},
    extract::{MaybeBody, Path, Query},
};

/// How many messages an answer has where nobody says.
const MESSAGES: u64 = 200;

/// Keeps search engines away from what a link opens.
const ROBOTS: (HeaderName, HeaderValue) = (
    HeaderName::from_static("x-robots-tag"),
    HeaderValue::from_static("noindex, nofollow, noarchive"),
);

/// Nothing that a link opens is kept by anything between here and whoever looks at it.
const NO_STORE: (HeaderName, HeaderValue) =
    (header::CACHE_CONTROL, HeaderValue::from_static("no-store"));

/// Where the page of a link is. The token stands behind `#`, which browsers keep to themselves.
pub(super) const PAGE: &str = "/shared";

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(offered))
        .routes(routes!(list, share))
        .routes(routes!(revoke))
        .routes(routes!(open))
}

/// `GET /shared`: the page that shows what a link opens, and nothing else.
pub(super) async fn page(State(app): State<App>, headers: HeaderMap) -> Response {
    ([ROBOTS], app.assets.shared_page(&headers)).into_response()
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct Who {
    /// Who asks; the local user when left out.
    user_id: Option<String>,
    /// The team that they work in: needed for a session of a team.
    team_id: Option<String>,
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct Offered {
    /// Who asks; the local user when left out.
    user_id: Option<String>,
    /// The team.
    team_id: Option<String>,
    /// How many at most: 1 to 1000, 100 when left out.
    limit: Option<u64>,
    /// How many to leave out first.
    offset: Option<u64>,
}

/// List the sessions that others offer to a team, the one that was offered last first
///
/// Its members read them as they read their own; nobody of them can say anything there.
#[utoipa::path(get, path = "/sessions/offered", tag = "sessions", params(Offered), responses(
    (status = 200, body = SessionList),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
))]
async fn offered(
    State(app): State<App>,
    Query(asked): Query<Offered>,
) -> Result<Json<SessionList>, ApiError> {
    let caller = app.caller(asked.user_id.as_deref(), asked.team_id.as_deref())?;
    let page = Page::new(asked.limit, asked.offset)?;
    blocking(move || app.workbench.offered_sessions(&caller, page)).await.map(Json)
}

/// List the shares of a session
#[utoipa::path(get, path = "/sessions/{id}/shares", tag = "sessions",
    params(("id" = String, Path, description = "The session"), Who), responses(
    (status = 200, body = ShareList),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
))]
async fn list(
    State(app): State<App>,
    Path(id): Path<String>,
    Query(who): Query<Who>,
) -> Result<Json<ShareList>, ApiError> {
    let caller = app.caller(who.user_id.as_deref(), who.team_id.as_deref())?;
    let id = ids::slug("id", &id)?;
    blocking(move || app.workbench.list_shares(&caller, &id)).await.map(Json)
}

/// Share a session, to be read and nothing else
///
/// With a team, or by a link whose token is in this answer and nowhere else: only its hash is kept. Whoever may rename a
/// session may share it.
#[utoipa::path(post, path = "/sessions/{id}/shares", tag = "sessions", request_body = ShareSession,
    params(("id" = String, Path, description = "The session"), Who), responses(
    (status = 201, body = MadeShare),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
))]
async fn share(
    State(app): State<App>,
    Path(id): Path<String>,
    Query(who): Query<Who>,
    MaybeBody(asked): MaybeBody<ShareSession>,
) -> Result<Response, ApiError> {
    let user = asked.user_id.clone().or(who.user_id);
    let team = asked.team_id.clone().or(who.team_id);
    let caller = app.caller(user.as_deref(), team.as_deref())?;
    let id = ids::slug("id", &id)?;
    let made: MadeShare =
        blocking(move || app.workbench.share_session(&caller, &id, &asked)).await?;
    Ok((StatusCode::CREATED, [NO_STORE], Json(made)).into_response())
}

/// Revoke a share: nobody reads because of it from now on
#[utoipa::path(delete, path = "/sessions/{id}/shares/{share_id}", tag = "sessions",
    params(("id" = String, Path, description = "The session"), ("share_id" = String, Path, description = "The share"), Who),
    responses(
    (status = 204),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
))]
async fn revoke(
    State(app): State<App>,
    Path((id, share)): Path<(String, String)>,
    Query(who): Query<Who>,
) -> Result<StatusCode, ApiError> {
    let caller = app.caller(who.user_id.as_deref(), who.team_id.as_deref())?;
    let (id, share) = (ids::slug("id", &id)?, ids::slug("share_id", &share)?);
    blocking(move || app.workbench.revoke_share(&caller, &id, &share)).await?;
    Ok(StatusCode::NO_CONTENT)
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct Messages {
    /// Only messages before this number, the nearest ones: `earlier` of another answer.
    before: Option<u64>,
    /// Only messages after this number, the nearest ones: `later` of another answer.
    after: Option<u64>,
    /// How many messages at most: 1 to 1000, 200 when left out.
    limit: Option<u64>,
}

/// Read the session that a link opens
///
/// The token of the link is shown as `Authorization: Bearer <token>`. A link that was revoked, has ended or never was is
/// answered with the same 404.
#[utoipa::path(get, path = "/shared/session", tag = "sessions",
    params(Messages, ("Authorization" = Option<String>, Header, description = "`Bearer` and the token of the link")), responses(
    (status = 200, body = SharedSession),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
))]
async fn open(
    State(app): State<App>,
    headers: HeaderMap,
    Query(asked): Query<Messages>,
) -> Result<Response, ApiError> {
    let shown = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let token = shown.and_then(|shown| shown.strip_prefix("Bearer ")).map(str::to_owned);
    let limit = Page::new(Some(asked.limit.unwrap_or(MESSAGES)), None)?.limit;
    let filter = MessageFilter { before: asked.before, after: asked.after, limit };
    let opened = blocking(move || app.workbench.open_link(token.as_deref(), filter)).await;
    let answer = opened.map_or_else(IntoResponse::into_response, |seen| Json(seen).into_response());
    Ok(([NO_STORE, ROBOTS], answer).into_response())
}
