//! Git over HTTP: `/git/users/<id>.git`, `/git/teams/<id>.git`, `/git/system.git`, and each of them as somebody:
//! `/git/as/<user>/teams/<id>.git`.
//!
//! These routes speak Git's protocol, not JSON, and refuse in plain text, which
//! `git` shows to whoever typed the command.

use std::{
    io::{self, BufReader, Read, Seek as _, Write as _},
    sync::Arc,
};

use axum::{
    Router,
    body::Body,
    extract::{Path, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
};
use flate2::read::GzDecoder;
use llmos_core::{
    exchange::{Protocol, Service},
    volume::VolumeId,
};
use llmos_workbench::{Caller, ids};
use serde::Deserialize;
use tempfile::SpooledTempFile;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::{
    app::App,
    error::{ApiError, PlainError, blocking},
    extract::Query,
    stream,
};

/// How many conversations go on at once; others wait for their turn.
pub(super) const MAX_CONVERSATIONS: usize = 8;

/// How many bodies arrive at once. No conversation is held up by one that is on its way: a client
/// has its turn when its body is here.
pub(super) const MAX_BODIES: usize = 64;

/// How much of a body is kept in memory; the rest waits in a file.
const MAX_IN_MEMORY: usize = 1 << 20;

/// The longest body: a pack and what stands before it.
const MAX_BODY_BYTES: u64 = (1 << 30) + (64 << 20);

/// How long a client waits for its turn.
const PATIENCE: std::time::Duration = std::time::Duration::from_secs(30);

/// The longest list of wishes of a client that fetches, unfolded.
const MAX_WISHES_BYTES: u64 = 64 << 20;

pub(super) fn routes() -> Router<App> {
    Router::new().route("/git/{*path}", get(begin).post(talk))
}

#[derive(Deserialize)]
struct Asked {
    service: Option<String>,
}

/// `GET /git/<volume>.git/info/refs?service=git-upload-pack`
async fn begin(
    State(app): State<App>,
    Path(path): Path<String>,
    Query(asked): Query<Asked>,
    headers: HeaderMap,
) -> Result<Response, PlainError> {
    let Address { user, volume, rest } = repository(&path)?;
    let service = match (rest, asked.service.as_deref()) {
        ("info/refs", Some("git-upload-pack")) => Service::Fetch,
        ("info/refs", Some("git-receive-pack")) => Service::Push,
        _ => return Err(no_such().into()),
    };
    let caller = caller(&app, user, &volume)?;
    let turn = turn(&app.git).await?;
    let protocol = protocol(&headers);
    let answer = blocking(move || {
        let answer = app.workbench.git_begin(&caller, &volume, service, protocol);
        drop(turn);
        answer
    })
    .await?;
    Ok(respond(service, "advertisement", answer.into()))
}

/// `POST /git/<volume>.git/git-upload-pack` and `…/git-receive-pack`
async fn talk(
    State(app): State<App>,
    Path(path): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, PlainError> {
    let Address { user, volume, rest } = repository(&path)?;
    let (service, kind) = match rest {
        "git-upload-pack" => (Service::Fetch, "application/x-git-upload-pack-request"),
        "git-receive-pack" => (Service::Push, "application/x-git-receive-pack-request"),
        _ => return Err(no_such().into()),
    };
    if headers.get(header::CONTENT_TYPE).map(HeaderValue::as_bytes) != Some(kind.as_bytes()) {
        let detail = format!("the body is not declared as `{kind}`");
        let hint = "use the ordinary `git` program";
        let status = StatusCode::UNSUPPORTED_MEDIA_TYPE;
        return Err(ApiError::new(status, "not-git", detail, hint).into());
    }
    let caller = caller(&app, user, &volume)?;
    {
        let (app, caller, volume) = (app.clone(), caller.clone(), volume.clone());
        blocking(move || app.workbench.git_may(&caller, &volume, service)).await?;
    }
    let is_gzip = match headers.get(header::CONTENT_ENCODING) {
        None => false,
        Some(value) if value == "gzip" || value == "x-gzip" => true,
        Some(_) => {
            let detail = "the body is packed in a way that this server does not know";
            let status = StatusCode::UNSUPPORTED_MEDIA_TYPE;
            return Err(ApiError::new(status, "not-gzip", detail, "send it as gzip").into());
        }
    };
    let place = turn(&app.git_bodies).await?;
    let body = arrive(body).await?;
    let request: Box<dyn Read + Send> =
        if is_gzip { Box::new(GzDecoder::new(body)) } else { Box::new(body) };
    let turn = turn(&app.git).await?;
    match service {
        Service::Fetch => fetch(app, caller, volume, &headers, (turn, place), request).await,
        Service::Push => push(app, caller, volume, (turn, place), request).await,
    }
}

/// The right to a conversation, and the place of its body.
type Turn = (OwnedSemaphorePermit, OwnedSemaphorePermit);

/// Waits until a body is here.
async fn arrive(body: Body) -> Result<BufReader<SpooledTempFile>, ApiError> {
    let (bring, incoming) = stream::incoming(body);
    let keep = tokio::task::spawn_blocking(move || {
        let mut kept = SpooledTempFile::new(MAX_IN_MEMORY);
        let n_bytes = io::copy(&mut incoming.take(MAX_BODY_BYTES + 1), &mut kept)?;
        kept.rewind()?;
        Ok((kept, n_bytes))
    });
    let ((), kept) = tokio::join!(bring, keep);
    let (kept, n_bytes) = kept.map_err(ApiError::internal)?.map_err(|err: io::Error| cut(&err))?;
    if n_bytes > MAX_BODY_BYTES {
        return Err(too_large("it sends too much at once", "push a part of the commits first"));
    }
    Ok(BufReader::new(kept))
}

async fn fetch(
    app: App,
    caller: Caller,
    volume: VolumeId,
    headers: &HeaderMap,
    turn: Turn,
    request: Box<dyn Read + Send>,
) -> Result<Response, PlainError> {
    let read = tokio::task::spawn_blocking(move || {
        let mut wishes = Vec::new();
        request.take(MAX_WISHES_BYTES + 1).read_to_end(&mut wishes).map(|_| wishes)
    });
    let wishes = read.await.map_err(ApiError::internal)?.map_err(|err| cut(&err))?;
    if wishes.len() as u64 > MAX_WISHES_BYTES {
        return Err(too_large("the client wants too much at once", "clone it anew").into());
    }
    let protocol = protocol(headers);
    let (body, mut outgoing) = stream::outgoing();
    tokio::task::spawn_blocking(move || {
        let sent = app.workbench.git_fetch(&caller, &volume, protocol, &wishes, &mut outgoing);
        // Kept until the program is gone, also when nobody waits for it.
        drop(turn);
        if let Err(error) = sent {
            tracing::warn!(%error, "a client that fetches got no whole answer");
            outgoing.break_off(std::io::Error::other("it ended too early"));
        } else if let Err(err) = outgoing.flush() {
            tracing::debug!(%err, "a client that fetches went away");
        }
    });
    Ok(respond(Service::Fetch, "result", body))
}

async fn push(
    app: App,
    caller: Caller,
    volume: VolumeId,
    turn: Turn,
    mut request: Box<dyn Read + Send>,
) -> Result<Response, PlainError> {
    let answer = blocking(move || {
        let answer = app.workbench.git_push(&caller, &volume, &mut request);
        drop(turn);
        answer
    });
    Ok(respond(Service::Push, "result", answer.await?.into()))
}

/// What an address under `/git/` names.
struct Address<'a> {
    /// As whom.
    user: Option<&'a str>,
    volume: VolumeId,
    /// What stands after the repository.
    rest: &'a str,
}

/// Reads `users/<id>.git/…`, `teams/<id>.git/…` or `system.git/…`, or one of these after `as/<user>/`.
fn repository(path: &str) -> Result<Address<'_>, ApiError> {
    let (user, path) = match path.strip_prefix("as/").and_then(|rest| rest.split_once('/')) {
        Some((user, path)) => (Some(user), path),
        None => (None, path),
    };
    let (name, rest) = path.split_once(".git/").ok_or_else(no_such)?;
    let id = match name.split_once('/') {
        None if name == "system" => "system".to_owned(),
        Some(("users", id)) => format!("user/{id}"),
        Some(("teams", id)) => format!("team/{id}"),
        _ => return Err(no_such()),
    };
    Ok(Address { user, volume: ids::volume(&id)?, rest })
}

/// Tells who asks. Nobody logs in: whoever asks is the user that the address names, else the one whose volume it
/// is, else the one that the server was started for.
fn caller(app: &App, user: Option<&str>, volume: &VolumeId) -> Result<Caller, ApiError> {
    match volume {
        VolumeId::User(owner) => app.caller(Some(user.unwrap_or(owner.as_str())), None),
        VolumeId::Team(team) => app.caller(user, Some(team.as_str())),
        VolumeId::System => app.caller(user, None),
    }
}

fn protocol(headers: &HeaderMap) -> Protocol {
    let asked = headers.get("git-protocol").and_then(|value| value.to_str().ok()).unwrap_or("");
    let has = |version: &str| asked.split(':').any(|part| part == version);
    match (has("version=2"), has("version=1")) {
        (true, _) => Protocol::V2,
        (false, true) => Protocol::V1,
        (false, false) => Protocol::V0,
    }
}

async fn turn(turns: &Arc<Semaphore>) -> Result<OwnedSemaphorePermit, ApiError> {
    let turn = Arc::clone(turns).acquire_owned();
    match tokio::time::timeout(PATIENCE, turn).await {
        Ok(Ok(turn)) => Ok(turn),
        _ => {
            let detail = "too many Git clients talk to this server at the moment";
            let hint = "try again in a minute";
            Err(ApiError::new(StatusCode::SERVICE_UNAVAILABLE, "busy", detail, hint))
        }
    }
}

fn too_large(detail: &str, hint: &str) -> ApiError {
    ApiError::new(StatusCode::PAYLOAD_TOO_LARGE, "body-too-large", detail, hint)
}

fn cut(err: &std::io::Error) -> ApiError {
    let detail = format!("the request did not arrive whole: {err}");
    ApiError::new(StatusCode::BAD_REQUEST, "bad-body", detail, "try again")
}

fn no_such() -> ApiError {
    let detail = "there is no repository at this address";
    let hint = "use `/git/users/<id>.git`, `/git/teams/<id>.git` or `/git/system.git`, \
                or `/git/as/<user>/` before the last two";
    ApiError::new(StatusCode::NOT_FOUND, "not-found", detail, hint)
}

fn respond(service: Service, what: &str, body: Body) -> Response {
    let name = match service {
        Service::Fetch => "git-upload-pack",
        Service::Push => "git-receive-pack",
    };
    let kind = format!("application/x-{name}-{what}");
    let no_cache = "no-cache, max-age=0, must-revalidate".to_owned();
    ([(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, no_cache)], body).into_response()
}
