//! What the server says about itself.

use axum::{Json, extract::State};
use llmos_api::system::{Config, Health};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::app::App;

const VERSION: &str = env!("CARGO_PKG_VERSION");

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(health)).routes(routes!(config))
}

/// Is it there
#[utoipa::path(get, path = "/health", tag = "system", responses((status = 200, body = Health)))]
async fn health() -> Json<Health> {
    Json(Health { status: "ok".to_owned(), version: VERSION.to_owned() })
}

/// What the page needs to know
#[utoipa::path(get, path = "/config", tag = "system", responses((status = 200, body = Config)))]
async fn config(State(app): State<App>) -> Json<Config> {
    let user_id = app.user.to_string();
    let (version, mode) = (VERSION.to_owned(), "local".to_owned());
    Json(Config { user_id, version, mode, server_python: app.python.is_some() })
}
