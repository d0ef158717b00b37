//! Talking about skills, and the models that answer.

use std::{convert::Infallible, sync::Arc, time::Duration};

use axum::{
    Json,
    extract::State,
    http::StatusCode,
    response::{
        IntoResponse, Response,
        sse::{Event, KeepAlive, Sse},
    },
};
use futures_util::{StreamExt, stream};
use llmos_api::{
    chat::{
        AskDecided, ChatAnswer, ChatEvent, ChatRequest, DecideAsk, JudgeChat, ModelSettingsView,
        SetModel,
    },
    problem::Problem,
    trace::SavedTrace,
};
use llmos_core::{chat::Decision, model::ModelError};
use llmos_workbench::{ChatExchange, Workbench, ids};
use serde::Deserialize;
use tokio::sync::mpsc;
use utoipa::IntoParams;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    app::App,
    asks::Reader,
    error::{ApiError, blocking},
    extract::{Body, Path, Query},
};

/// How many events may wait for a slow reader before the model is slowed down too.
const WAITING: usize = 64;

/// How often a connection on which nothing happens is kept awake.
const AWAKE: Duration = Duration::from_secs(15);

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(chat))
        .routes(routes!(stream_chat))
        .routes(routes!(decide))
        .routes(routes!(judge))
        .routes(routes!(settings, set, clear))
}

/// Ask something
///
/// Skills that fit the message go along with it. Where no model is connected the answer is put together from the
/// skills alone: it says so, explains what was found, and proposes workflows that can run. A model may call tools
/// within the rights of the caller and a budget: it reads, runs saved workflows in a sandbox, and proposes. Nothing is
/// saved but traces.
#[utoipa::path(post, path = "/chat", tag = "chat", request_body = ChatRequest, responses(
    (status = 200, body = ChatAnswer),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
    (status = "5XX", body = Problem, content_type = "application/problem+json"),
))]
async fn chat(
    State(app): State<App>,
    Body(asked): Body<ChatRequest>,
) -> Result<Json<ChatAnswer>, ApiError> {
    let exchange = begin(&app, asked).await?;
    // Nobody reads the events; the exchange goes on to its end, and stops where the client goes away.
    let (events, mut reader) = mpsc::channel(WAITING);
    let driven = tokio::spawn(drive(Arc::clone(&app.workbench), exchange, events));
    while reader.recv().await.is_some() {}
    let exchange = driven.await.map_err(ApiError::internal)??;
    if let Some(error) = exchange.error() {
        return Err(failed(error));
    }
    Ok(Json(exchange.whole()))
}

/// Ask something, and read the answer as it comes
///
/// Server-sent events; the `data` of each is one JSON object with a `type`: `start`, `skills`, `text`, `waiting`,
/// `call`, `ask`, `decided`, `returned`, `subagent`, `proposal`, `edit`, `rejected`, `usage`, `budget`, `note`, `error`, `end`. Closing
/// the connection stops the model with all that it called; what was said until then is kept in the trace.
#[utoipa::path(post, path = "/chat/stream", tag = "chat", request_body = ChatRequest, responses(
    (status = 200, body = ChatEvent, content_type = "text/event-stream"),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
    (status = "5XX", body = Problem, content_type = "application/problem+json"),
))]
async fn stream_chat(
    State(app): State<App>,
    Body(asked): Body<ChatRequest>,
) -> Result<Response, ApiError> {
    let person = Reader { workbench: Arc::clone(&app.workbench), asks: app.asks.clone() };
    let exchange = begin(&app, asked).await?.asking(Arc::new(person));
    let (events, reader) = mpsc::channel(WAITING);
    tokio::spawn(drive(Arc::clone(&app.workbench), exchange, events));
    let events =
        stream::unfold(reader, |mut reader| async move { Some((reader.recv().await?, reader)) });
    let events = events.map(|event| {
        let json = serde_json::to_string(&event).expect("because events are plain data");
        Ok::<_, Infallible>(Event::default().data(json))
    });
    let answer = Sse::new(events).keep_alive(KeepAlive::new().interval(AWAKE));
    Ok(([("x-accel-buffering", "no"), ("cache-control", "no-store")], answer).into_response())
}

/// Allow or decline a call of an outside tool
///
/// The event `ask` of `POST /chat/stream` names the question. Only who asked answers it, once, and while the stream is
/// open.
#[utoipa::path(post, path = "/chat/asks/{ask_id}", tag = "chat", request_body = DecideAsk,
    params(("ask_id" = String, Path, description = "The question, as its event names it")), responses(
    (status = 200, body = AskDecided),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
))]
async fn decide(
    State(app): State<App>,
    Path(id): Path<String>,
    Body(asked): Body<DecideAsk>,
) -> Result<Json<AskDecided>, ApiError> {
    let caller = app.caller(asked.user_id.as_deref(), None)?;
    let decision = if asked.allow { Decision::Allowed } else { Decision::Declined };
    if app.asks.decide(&caller.user(), &id, decision) {
        return Ok(Json(AskDecided { decision: decision.into() }));
    }
    let detail = "no such question waits for you";
    let hint = "it was answered, its time was up, or the answer was stopped: nothing more is called for it";
    Err(ApiError::new(StatusCode::NOT_FOUND, "no-such-ask", detail, hint))
}

async fn begin(app: &App, asked: ChatRequest) -> Result<ChatExchange, ApiError> {
    let caller = app.caller(asked.user_id.as_deref(), asked.team_id.as_deref())?;
    let workbench = Arc::clone(&app.workbench);
    let exchange = blocking(move || workbench.begin_chat(&caller, &asked)).await?;
    Ok(exchange.carried_by(Arc::clone(&app.carrier)))
}

/// Brings an exchange to its end, or stops it when the reader is gone; its trace is kept in any case.
async fn drive(
    workbench: Arc<Workbench>,
    mut exchange: ChatExchange,
    events: mpsc::Sender<ChatEvent>,
) -> Result<ChatExchange, ApiError> {
    loop {
        let next = tokio::select! {
            biased;
            () = events.closed() => break,
            next = exchange.next() => next,
        };
        let Some(event) = next else { break };
        if events.send(event).await.is_err() {
            break;
        }
    }
    let kept = blocking(move || {
        let end = workbench.end_chat(&mut exchange)?;
        Ok((exchange, end))
    })
    .await;
    let (exchange, end) = match kept {
        Ok(kept) => kept,
        Err(error) => {
            let _ = events.send(error.event()).await;
            return Err(error);
        }
    };
    // An error means that nobody reads any more; the trace is kept all the same.
    let _ = events.send(end).await;
    Ok(exchange)
}

fn failed(error: &ModelError) -> ApiError {
    let status = match error {
        ModelError::Slow { .. } => StatusCode::GATEWAY_TIMEOUT,
        ModelError::Busy { .. } => StatusCode::SERVICE_UNAVAILABLE,
        _ => StatusCode::BAD_GATEWAY,
    };
    ApiError::new(status, error.code(), error.to_string(), error.hint())
}

/// Say whether an answer helped
///
/// The system learns from it: an answer counts as a success while nobody calls it bad.
#[utoipa::path(post, path = "/traces/{trace_id}/feedback", tag = "chat", request_body = JudgeChat,
    params(("trace_id" = String, Path, description = "The trace of the exchange")), responses(
    (status = 200, body = SavedTrace),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
))]
async fn judge(
    State(app): State<App>,
    Path(id): Path<String>,
    Body(asked): Body<JudgeChat>,
) -> Result<Json<SavedTrace>, ApiError> {
    let caller = app.caller(asked.user_id.as_deref(), None)?;
    let id = ids::trace(&id)?;
    blocking(move || app.workbench.judge_chat(&caller, &id, &asked)).await.map(Json)
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct Who {
    /// Who asks; the local user when left out.
    user_id: Option<String>,
}

/// Read which model is connected
///
/// No key is part of the answer, only whether one is set and how it ends.
#[utoipa::path(get, path = "/models/settings", tag = "chat", params(Who), responses(
    (status = 200, body = ModelSettingsView),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
))]
async fn settings(
    State(app): State<App>,
    Query(asked): Query<Who>,
) -> Result<Json<ModelSettingsView>, ApiError> {
    let caller = app.caller(asked.user_id.as_deref(), None)?;
    blocking(move || app.workbench.model_settings(&caller)).await.map(Json)
}

/// Choose a model
///
/// A key is sealed before it is kept, and never comes back. Without one the kept key stays, for the same address only.
#[utoipa::path(put, path = "/models/settings", tag = "chat", request_body = SetModel, responses(
    (status = 200, body = ModelSettingsView),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
))]
async fn set(
    State(app): State<App>,
    Body(asked): Body<SetModel>,
) -> Result<Json<ModelSettingsView>, ApiError> {
    let caller = app.caller(asked.user_id.as_deref(), None)?;
    blocking(move || app.workbench.set_model(&caller, asked)).await.map(Json)
}

/// Forget the chosen model, key and all
#[utoipa::path(delete, path = "/models/settings", tag = "chat", params(Who), responses(
    (status = 200, body = ModelSettingsView),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
))]
async fn clear(
    State(app): State<App>,
    Query(asked): Query<Who>,
) -> Result<Json<ModelSettingsView>, ApiError> {
    let caller = app.caller(asked.user_id.as_deref(), None)?;
    blocking(move || app.workbench.clear_model(&caller)).await.map(Json)
}
