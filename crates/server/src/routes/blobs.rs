//! Blobs: uploaded and handed out in pieces, never as a page of this server.

mod answer;

use std::{sync::Arc, time::Duration};

use axum::{
    Json,
    extract::State,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use llmos_api::{
    blob::{BlobList, BlobPlaceView, DeletedBlob, UploadedBlob},
    problem::Problem,
};
use llmos_core::blob::MediaType;
use llmos_workbench::{BlobPlace, NewBlob, Page, ids};
use serde::Deserialize;
use tokio::sync::OwnedSemaphorePermit;
use utoipa::IntoParams;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    app::App,
    error::{ApiError, blocking},
    extract::{Path, Query},
    stream,
};

/// How many blobs are on their way at once; others wait for their turn.
pub(super) const MAX_AT_ONCE: usize = 64;

/// How long a client waits for its turn.
const PATIENCE: Duration = Duration::from_secs(30);

/// How long the rest of a body that is refused is read away, so that the client hears why.
const FAREWELL: Duration = Duration::from_secs(5);

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list, upload, delete))
        .routes(routes!(place))
        .routes(routes!(show))
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct ListBlobs {
    /// Who asks; the local user when left out.
    user_id: Option<String>,
    /// The team that they work in: needed for its volume.
    team_id: Option<String>,
    /// The address of the volume, such as `team/atlas`; the own one when left out.
    volume: Option<String>,
    /// How many at most: 1 to 1000, 100 when left out.
    limit: Option<u64>,
    /// How many to leave out first.
    offset: Option<u64>,
}

/// List what stands for blobs in a volume, by path
#[utoipa::path(get, path = "/blobs", tag = "blobs", params(ListBlobs), responses(
    (status = 200, body = BlobList),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
))]
async fn list(
    State(app): State<App>,
    Query(asked): Query<ListBlobs>,
) -> Result<Json<BlobList>, ApiError> {
    let caller = app.caller(asked.user_id.as_deref(), asked.team_id.as_deref())?;
    let volume = asked.volume.as_deref().map(ids::volume).transpose()?;
    let page = Page::new(asked.limit, asked.offset)?;
    blocking(move || app.workbench.list_blobs(&caller, volume.as_ref(), page)).await.map(Json)
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct PlaceBlob {
    /// Who asks; the local user when left out.
    user_id: Option<String>,
    /// The team that they work in: needed for its volume.
    team_id: Option<String>,
    /// The address of the volume that would get it; the own one when left out.
    volume: Option<String>,
    /// What the file is called.
    name: String,
    /// How many bytes it has.
    #[serde(default)]
    size: u64,
}

/// Say where a file would stand
///
/// Below `files/`, under a name that every file system can have. Says whether one is there already, and refuses what
/// would be refused when it comes, so that a client can ask a person before it sends a long body.
#[utoipa::path(get, path = "/blobs/place", tag = "blobs", params(PlaceBlob), responses(
    (status = 200, body = BlobPlaceView),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
))]
async fn place(
    State(app): State<App>,
    Query(asked): Query<PlaceBlob>,
) -> Result<Json<BlobPlaceView>, ApiError> {
    let caller = app.caller(asked.user_id.as_deref(), asked.team_id.as_deref())?;
    let volume = asked.volume.as_deref().map(ids::volume).transpose()?;
    let PlaceBlob { name, size, .. } = asked;
    blocking(move || app.workbench.blob_place(&caller, volume.as_ref(), &name, size))
        .await
        .map(Json)
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct DeleteBlob {
    /// Who asks; the local user when left out.
    user_id: Option<String>,
    /// The team that they work in: needed for its volume.
    team_id: Option<String>,
    /// The address of the volume; the own one when left out.
    volume: Option<String>,
    /// Where the file is, such as `files/data.csv`.
    path: String,
    /// The SHA-256 of the content that it must still have.
    hash: Option<String>,
}

/// Delete a file from a volume
///
/// What stands for it goes, as one commit. The history of the volume still has it, so the content stays.
#[utoipa::path(delete, path = "/blobs", tag = "blobs", params(DeleteBlob), responses(
    (status = 200, body = DeletedBlob),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
))]
async fn delete(
    State(app): State<App>,
    Query(asked): Query<DeleteBlob>,
) -> Result<Json<DeletedBlob>, ApiError> {
    let caller = app.caller(asked.user_id.as_deref(), asked.team_id.as_deref())?;
    let volume = asked.volume.as_deref().map(ids::volume).transpose()?;
    let path = ids::path(&asked.path)?;
    let seen = asked.hash.as_deref().map(|hash| ids::blob("hash", hash)).transpose()?;
    blocking(move || app.workbench.delete_blob(&caller, volume.as_ref(), &path, seen.as_ref()))
        .await
        .map(Json)
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct PutBlob {
    /// Who asks; the local user when left out.
    user_id: Option<String>,
    /// The team that they work in: needed for its volume.
    team_id: Option<String>,
    /// The address of the volume that gets it; the own one when left out.
    volume: Option<String>,
    /// Where the text that stands for it is committed, such as `files/data.csv`; without it none is, and a message of
    /// a session may carry it.
    path: Option<String>,
    /// What the file is called; the end of `path` when left out.
    name: Option<String>,
    /// The SHA-256 that the content must have.
    sha256: Option<String>,
    /// Whether what stands at `path` may be replaced.
    #[serde(default)]
    replace: bool,
}

/// Upload a file of any size
///
/// The body is the file itself, and `Content-Type` what sort it is. It is kept by the hash of its content, and would
/// survive a power cut when the answer comes. A blob that nothing refers to is removed after some days.
#[utoipa::path(post, path = "/blobs", tag = "blobs", params(PutBlob),
    request_body(content = Vec<u8>, content_type = "application/octet-stream"), responses(
    (status = 201, body = UploadedBlob),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
    (status = "5XX", body = Problem, content_type = "application/problem+json"),
))]
async fn upload(
    State(app): State<App>,
    Query(asked): Query<PutBlob>,
    headers: HeaderMap,
    body: axum::body::Body,
) -> Result<(StatusCode, Json<UploadedBlob>), ApiError> {
    let caller = app.caller(asked.user_id.as_deref(), asked.team_id.as_deref())?;
    let said =
        |name| headers.get(name).map(|value: &header::HeaderValue| value.to_str().unwrap_or("?"));
    if said(header::CONTENT_ENCODING).is_some_and(|packed| packed != "identity") {
        let detail = "the body is packed";
        let status = StatusCode::UNSUPPORTED_MEDIA_TYPE;
        return Err(ApiError::new(status, "packed-body", detail, "send the file as it is"));
    }
    let media_type = said(header::CONTENT_TYPE);
    let new = NewBlob {
        volume: asked.volume.as_deref().map(ids::volume).transpose()?,
        path: asked.path.as_deref().map(ids::path).transpose()?,
        media_type: media_type.map_or(Ok(MediaType::unknown()), ids::media_type)?,
        name: asked.name,
        expected: asked.sha256.as_deref().map(|hash| ids::blob("sha256", hash)).transpose()?,
        replace: asked.replace,
    };
    let said_bytes = said(header::CONTENT_LENGTH).and_then(|length| length.parse().ok());
    {
        let (app, caller, new) = (app.clone(), caller.clone(), new.clone());
        blocking(move || app.workbench.may_upload(&caller, &new, said_bytes)).await?;
    }
    let turn = turn(&app).await?;
    let (bring, mut incoming) = stream::incoming(body);
    let kept = blocking(move || {
        let kept = app.workbench.put_blob(&caller, &new, &mut incoming);
        drop(turn);
        kept
    });
    let mut bring = std::pin::pin!(bring);
    let mut kept = std::pin::pin!(kept);
    let kept = tokio::select! {
        kept = &mut kept => {
            // What is left of the body is of no use, but a client that still sends hears nothing.
            drop(tokio::time::timeout(FAREWELL, bring).await);
            kept?
        }
        () = &mut bring => kept.await?,
    };
    Ok((StatusCode::CREATED, Json(kept)))
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct ReadBlob {
    /// Who asks; the local user when left out.
    user_id: Option<String>,
    /// The team that they work in: needed for what is in its volume.
    team_id: Option<String>,
    /// The volume that refers to it; all that the caller sees are looked at when left out.
    volume: Option<String>,
    /// The file of the volume that stands for it.
    path: Option<String>,
    /// The commit or branch of the volume that has that file; the newest commit when left out.
    commit: Option<String>,
    /// The session of which a message carries it.
    session: Option<String>,
    /// The number of that message.
    message: Option<u64>,
    /// Whether it is a file to be saved, whatever sort it is.
    #[serde(default)]
    download: bool,
}

/// Read a blob
///
/// Whoever may read something that refers to it may read it: a file of a volume, now or at a commit, or a message
/// of a session. `Range` gives a part. What may hold a program comes as bytes to be saved.
#[utoipa::path(get, path = "/blobs/{hash}", tag = "blobs",
    params(("hash" = String, Path, description = "The SHA-256 of the content"), ReadBlob,
        ("Range" = Option<String>, Header, description = "Which bytes, such as `bytes=0-1023`"),
        ("If-None-Match" = Option<String>, Header, description = "The `ETag` of what is there already")),
    responses(
    (status = 200, body = Vec<u8>, content_type = "application/octet-stream",
        headers(("ETag" = String, description = "The hash"))),
    (status = 206, body = Vec<u8>, content_type = "application/octet-stream"),
    (status = 304),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
    (status = "5XX", body = Problem, content_type = "application/problem+json"),
))]
async fn show(
    State(app): State<App>,
    Path(hash): Path<String>,
    Query(asked): Query<ReadBlob>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let caller = app.caller(asked.user_id.as_deref(), asked.team_id.as_deref())?;
    let hash = ids::blob("hash", &hash)?;
    let place = BlobPlace {
        volume: asked.volume.as_deref().map(ids::volume).transpose()?,
        path: asked.path.as_deref().map(ids::path).transpose()?,
        at: asked.commit.as_deref().map(|at| ids::point("commit", at)).transpose()?,
        session: asked.session.as_deref().map(|id| ids::slug("session", id)).transpose()?,
        message: asked.message,
    };
    let found = {
        let app = app.clone();
        blocking(move || app.workbench.find_blob(&caller, &hash, &place)).await?
    };
    let mut answer = answer::headers(&found, asked.download);
    if answer::is_known(&headers, &hash) {
        return Ok((StatusCode::NOT_MODIFIED, answer).into_response());
    }
    let part = answer::part(&headers, &hash, found.size())?;
    let status = match &part {
        Some(part) => {
            answer::say_part(&mut answer, part, found.size());
            StatusCode::PARTIAL_CONTENT
        }
        None => {
            answer.insert(header::CONTENT_LENGTH, found.size().into());
            StatusCode::OK
        }
    };
    let turn = turn(&app).await?;
    let body = answer::send(app, found, part, turn).await?;
    Ok((status, answer, body).into_response())
}

async fn turn(app: &App) -> Result<OwnedSemaphorePermit, ApiError> {
    let turn = Arc::clone(&app.blobs).acquire_owned();
    match tokio::time::timeout(PATIENCE, turn).await {
        Ok(Ok(turn)) => Ok(turn),
        _ => {
            let detail = "too many blobs are on their way at the moment";
            let hint = "try again in a minute";
            Err(ApiError::new(StatusCode::SERVICE_UNAVAILABLE, "busy", detail, hint))
        }
    }
}
