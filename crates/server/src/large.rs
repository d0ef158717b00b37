//! Large bodies, a few at a time: each becomes many times as much in memory.

use std::{sync::Arc, time::Duration};

use axum::{
    extract::{Request, State},
    http::{HeaderMap, StatusCode, header},
    middleware::Next,
    response::Response,
};
use tokio::sync::Semaphore;

use crate::{error::ApiError, routes::MAX_BODY_BYTES};

/// How many large bodies are read and handled at once; others wait for their turn.
const AT_ONCE: usize = 2;

/// How long a client with a large body waits for its turn.
const PATIENCE: Duration = Duration::from_secs(60);

/// The turns of the routes that take large bodies.
#[derive(Clone)]
pub(crate) struct LargeBodies(Arc<Semaphore>);

impl LargeBodies {
    pub(crate) fn new() -> Self {
        Self(Arc::new(Semaphore::new(AT_ONCE)))
    }
}

/// Lets a request with a large body wait before it is read, and keeps its turn until it is answered.
pub(crate) async fn in_turn(
    State(LargeBodies(turns)): State<LargeBodies>,
    request: Request,
    next: Next,
) -> Result<Response, ApiError> {
    if !is_large(request.headers()) {
        return Ok(next.run(request).await);
    }
    let Ok(Ok(_turn)) = tokio::time::timeout(PATIENCE, turns.acquire()).await else {
        let detail = "too many large bodies are sent at the moment";
        let hint = "try again in a minute";
        return Err(ApiError::new(StatusCode::SERVICE_UNAVAILABLE, "busy", detail, hint));
    };
    Ok(next.run(request).await)
}

/// Says whether a body is large, or does not say how large it is.
fn is_large(headers: &HeaderMap) -> bool {
    let length = headers.get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok());
    let length = length.and_then(|text| text.parse::<usize>().ok());
    match length {
        Some(length) => length > MAX_BODY_BYTES,
        None => headers.contains_key(header::TRANSFER_ENCODING),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use axum::{Router, body::Body, middleware, routing::post};
    use tower::ServiceExt;

    use super::*;

    #[tokio::test]
    async fn large_bodies_wait_for_each_other_and_small_ones_for_nobody() {
        let (inside, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        let counted = (Arc::clone(&inside), Arc::clone(&most));
        let handler = move || async move {
            counted.1.fetch_max(counted.0.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
            for _ in 0..20 {
                tokio::task::yield_now().await;
            }
            counted.0.fetch_sub(1, Ordering::SeqCst);
        };
        let layer = middleware::from_fn_with_state(LargeBodies::new(), in_turn);
        let router = Router::new().route("/", post(handler)).layer(layer);
        for (name, value, want) in [
            ("content-length", "1048577", AT_ONCE),
            ("transfer-encoding", "chunked", AT_ONCE),
            ("content-length", "1048576", 6),
        ] {
            most.store(0, Ordering::SeqCst);
            let ask = || {
                let request = Request::post("/").header(name, value).body(Body::empty());
                router.clone().oneshot(request.expect("it is a request"))
            };
            let (a, b, c, d, e, f) = tokio::join!(ask(), ask(), ask(), ask(), ask(), ask());
            for answer in [a, b, c, d, e, f] {
                assert_eq!(answer.expect("it answers").status(), StatusCode::OK);
            }
            assert_eq!(most.load(Ordering::SeqCst), want, "{name}: {value}");
        }
    }
}
