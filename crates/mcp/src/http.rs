//! The way in over HTTP: the streamable transport, as a service that somebody mounts.

use std::{sync::Arc, time::Duration};

use rmcp::transport::streamable_http_server::{
    StreamableHttpServerConfig, StreamableHttpService, session::local::LocalSessionManager,
};
use tokio_util::sync::CancellationToken;

use crate::{Calls, Door};

/// The service. It answers whatever reaches it: whoever mounts it checks `Host` and `Origin`, and puts the
/// [`Caller`](llmos_workbench::Caller) into the extensions of each request.
pub type HttpService = StreamableHttpService<Door, LocalSessionManager>;

/// How long a client may be silent before its session is forgotten. A session gives no right.
const IDLE: Duration = Duration::from_secs(60 * 60);

/// The largest request, arguments included.
const MAX_BODY_BYTES: usize = 4 << 20;

/// Makes the service. When `stop` is cancelled all its streams end.
pub fn http(calls: &Calls, stop: CancellationToken) -> HttpService {
    let door = Door::of_requests(calls);
    let mut sessions = LocalSessionManager::default();
    sessions.session_config.keep_alive = Some(IDLE);
    // Both are checked by the one guard of the server, for every route alike.
    let config = StreamableHttpServerConfig::default()
        .disable_allowed_hosts()
        .disable_allowed_origins()
        .with_max_request_body_bytes(MAX_BODY_BYTES)
        .with_cancellation_token(stop);
    StreamableHttpService::new(move || Ok(door.clone()), Arc::new(sessions), config)
}
