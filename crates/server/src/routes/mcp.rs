//! `/mcp`: the MCP door over HTTP, for programs that show an API key.

use std::sync::{Arc, OnceLock};

use axum::{
    Router,
    extract::{Request, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    middleware::{self, Next},
    response::{IntoResponse, Response},
};
use llmos_mcp::Calls;
use llmos_workbench::Workbench;
use tokio_util::sync::CancellationToken;

use crate::{
    error::{ApiError, blocking},
    serve::Stopping,
};

/// Where it is.
pub(crate) const PATH: &str = "/mcp";

/// What stands before the door.
#[derive(Clone)]
struct Porter {
    workbench: Arc<Workbench>,
    /// Ends the streams that clients hold open.
    stop: CancellationToken,
    listens: Arc<OnceLock<()>>,
}

pub(super) fn routes<S: Clone + Send + Sync + 'static>(
    workbench: &Arc<Workbench>,
    calls: &Calls,
) -> Router<S> {
    let stop = CancellationToken::new();
    let service = llmos_mcp::http(calls, stop.clone());
    let porter = Porter { workbench: Arc::clone(workbench), stop, listens: Arc::default() };
    Router::new()
        .route_service(PATH, service)
        .route_layer(middleware::from_fn_with_state(porter, let_in))
}

/// Finds out who asks, by the key alone: neither `user_id` nor a session says anything here.
async fn let_in(State(porter): State<Porter>, mut request: Request, next: Next) -> Response {
    if let Some(stopping) = request.extensions().get::<Stopping>().cloned() {
        porter.listens.get_or_init(|| {
            let stop = porter.stop.clone();
            tokio::spawn(async move {
                stopping.wait().await;
                stop.cancel();
            });
        });
    }
    let shown = bearer(request.headers());
    let workbench = Arc::clone(&porter.workbench);
    match blocking(move || workbench.caller_with_key(shown.as_deref())).await {
        Ok(caller) => {
            // The key has done its work; nothing behind this can log it.
            request.headers_mut().remove(header::AUTHORIZATION);
            request.extensions_mut().insert(caller);
            next.run(request).await
        }
        Err(refusal) => refused(refusal),
    }
}

fn refused(refusal: ApiError) -> Response {
    let mut response = refusal.into_response();
    if response.status() == StatusCode::UNAUTHORIZED {
        let how = HeaderValue::from_static("Bearer realm=\"llmos\"");
        response.headers_mut().insert(header::WWW_AUTHENTICATE, how);
    }
    response
}

/// Returns the key that the request shows; two of them are none.
fn bearer(headers: &HeaderMap) -> Option<String> {
    let mut shown = headers.get_all(header::AUTHORIZATION).iter();
    let (only, None) = (shown.next()?.to_str().ok()?, shown.next()) else { return None };
    let (scheme, key) = only.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| key.trim().to_owned())
}
