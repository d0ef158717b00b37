//! The yardstick: axum with a route that does nothing.

use std::io::Write;

use anyhow::Result;
use axum::Router;
use axum::routing::get;

/// Serves `GET /` on a free port, which it prints, until it is stopped.
pub(crate) fn serve() -> Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await?;
        writeln!(std::io::stdout().lock(), "{}", listener.local_addr()?.port())?;
        axum::serve(listener, Router::new().route("/", get(|| async { "{\"status\":\"ok\"}" })))
            .await?;
        Ok(())
    })
}
