//! Telling pages that volumes changed, whoever changed them.

use std::{collections::BTreeMap, convert::Infallible, time::Duration};

use axum::{
    Extension,
    extract::State,
    response::{
        IntoResponse, Response,
        sse::{Event, KeepAlive, Sse},
    },
};
use llmos_api::{problem::Problem, volume::VolumeState};
use llmos_core::{store::CommitId, volume::VolumeId};
use llmos_workbench::Caller;
use serde::Deserialize;
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;
use utoipa::IntoParams;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    app::App,
    error::{ApiError, blocking},
    extract::Query,
    serve::Stopping,
};

/// How often the volumes are looked at: commits that people make with `git` tell nobody.
const PAUSE: Duration = Duration::from_millis(250);

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(events))
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct Listen {
    /// Who asks; the local user when left out.
    user_id: Option<String>,
    /// The team whose volume is told of as well.
    team_id: Option<String>,
}

/// Hear of changes
///
/// Server-sent events, for as long as the connection lasts. Each `volume` is a `VolumeState`: one for every volume
/// that the caller reads at the beginning, then one whenever it has a new commit, or other edits in its folder stay
/// uncommitted. Whoever lists what volumes hold should then do so again.
#[utoipa::path(get, path = "/events", tag = "volumes", params(Listen), responses(
    (status = 200, body = VolumeState, content_type = "text/event-stream"),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
))]
async fn events(
    State(app): State<App>,
    Query(asked): Query<Listen>,
    stopping: Option<Extension<Stopping>>,
) -> Result<Response, ApiError> {
    let caller = app.caller(asked.user_id.as_deref(), asked.team_id.as_deref())?;
    // Refused before anything is told.
    let first = states(&app, &caller).await?;
    let (tell, told) = mpsc::channel(16);
    tokio::spawn(async move {
        let until = async {
            match stopping {
                Some(Extension(stopping)) => stopping.wait().await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            () = until => {}
            () = tell_changes(&app, &caller, first, &tell) => {}
        }
    });
    Ok(Sse::new(ReceiverStream::new(told)).keep_alive(KeepAlive::default()).into_response())
}

/// Tells until nobody listens.
async fn tell_changes(
    app: &App,
    caller: &Caller,
    first: Vec<VolumeState>,
    tell: &mpsc::Sender<Result<Event, Infallible>>,
) {
    let mut known: BTreeMap<String, VolumeState> = BTreeMap::new();
    let mut states_now = first;
    loop {
        for state in states_now {
            if known.get(&state.volume) == Some(&state) {
                continue;
            }
            let Ok(event) = Event::default().event("volume").json_data(&state) else { return };
            if tell.send(Ok(event)).await.is_err() {
                return;
            }
            known.insert(state.volume.clone(), state);
        }
        tokio::select! {
            () = tell.closed() => return,
            () = tokio::time::sleep(PAUSE) => {}
        }
        // A volume that cannot be read now is told of when it can.
        states_now = states(app, caller).await.unwrap_or_default();
    }
}

async fn states(app: &App, caller: &Caller) -> Result<Vec<VolumeState>, ApiError> {
    let (workbench, caller) = (app.workbench.clone(), caller.clone());
    blocking(move || {
        let heads = workbench.heads(&caller)?.into_iter();
        let state = |(volume, commit, edits): (VolumeId, Option<CommitId>, u64)| VolumeState {
            volume: volume.to_string(),
            commit: commit.map(|id| id.to_string()),
            edits,
        };
        Ok(heads.map(state).collect())
    })
    .await
}
