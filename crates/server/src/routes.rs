//! All routes, each both bare and under `/api`.

mod around_chat;
mod blobs;
mod chat;
mod context;
mod crons;
mod events;
mod evolution;
mod git;
pub(crate) mod mcp;
mod packages;
mod pages;
mod proposals;
mod python;
mod remotes;
mod replay;
mod sessions;
mod shares;
mod skills;
mod system;
mod teams;
mod traces;
mod versions;
mod volumes;
mod workflows;

use std::sync::Arc;

use axum::{Router, extract::DefaultBodyLimit, http::StatusCode, middleware, routing::get};
use llmos_mcp::Calls;
use tokio::sync::Semaphore;
use utoipa::OpenApi;
use utoipa_axum::router::OpenApiRouter;

use crate::{
    app::{App, Settings},
    asks::Asks,
    assets::Assets,
    carrier::ServerCarrier,
    docs,
    error::ApiError,
    guard::guard,
    python::Gate,
};

/// The largest body that most routes take.
pub(crate) const MAX_BODY_BYTES: usize = 1 << 20;

/// The largest body that `POST /traces` takes.
const MAX_TRACE_BYTES: usize = 64 << 20;

/// The largest body that `POST /workflows/python` takes.
const MAX_INPUT_BYTES: usize = 64 << 20;

#[derive(OpenApi)]
#[openapi(
    info(
        title = "LLMos-Lite",
        description = "Skills as Markdown files in Git, workflows as graphs of skills that run in the browser.\n\n\
            Every path answers as it is and under `/api`. Errors are `application/problem+json` with a stable \
            `code` and a `hint`. In local mode nobody logs in: `user_id` names who asks, and the server's own \
            user is taken where it is left out.",
        license(name = "Apache-2.0", identifier = "Apache-2.0")
    ),
    components(schemas(llmos_api::chat::ChatTraceView)),
    tags(
        (name = "skills", description = "Markdown files that guide a model or run as a node"),
        (name = "workflows", description = "Graphs of executable skills"),
        (name = "traces", description = "Records of runs"),
        (name = "evolution", description = "What is learned from traces: drafts of skills with their evidence"),
        (name = "proposals", description = "Skills that a team, or everybody, is asked to take"),
        (name = "volumes", description = "The Git repositories that hold all of it"),
        (name = "chat", description = "Talking about skills, with a model or without"),
        (name = "sessions", description = "Conversations with what came of them"),
        (name = "blobs", description = "Files of any size that lie outside of Git, by the hash of their content"),
        (name = "packages", description = "Python packages that nodes may import"),
        (name = "system", description = "The server itself"),
    )
)]
struct Described;

/// Returns the description of the API, made from the types.
pub fn openapi() -> utoipa::openapi::OpenApi {
    described().split_for_parts().1
}

/// Builds the whole door.
pub fn router(settings: Settings) -> Router {
    let (api, description) = described().split_for_parts();
    let openapi = serde_json::to_vec(&description).expect("because the description is plain data");
    let calls = Calls::new(Arc::clone(&settings.workbench), settings.runs);
    let mcp = mcp::routes(&settings.workbench, &calls);
    let carrier = Arc::new(ServerCarrier::new(Arc::clone(&settings.workbench), calls));
    let app = App {
        carrier,
        asks: Asks::default(),
        workbench: settings.workbench,
        crons: settings.crons,
        packages: settings.packages,
        python: settings.python.map(Gate::new),
        user: settings.user,
        git: Arc::new(Semaphore::new(git::MAX_CONVERSATIONS)),
        git_bodies: Arc::new(Semaphore::new(git::MAX_BODIES)),
        blobs: Arc::new(Semaphore::new(blobs::MAX_AT_ONCE)),
        assets: Arc::new(Assets::embedded()),
        openapi: openapi.into(),
    };
    let pages = pages::PAGES
        .into_iter()
        .fold(Router::new(), |pages, path| pages.route(path, get(pages::home)));
    Router::new()
        .merge(pages)
        .nest("/api", api.clone())
        .merge(api)
        .merge(docs::routes())
        .merge(git::routes())
        .merge(mcp)
        .route("/", get(pages::home))
        .route(shares::PAGE, get(shares::page))
        .route("/workflows/system/{id}", get(pages::open_system))
        .route("/workflows/{kind}/{name}/{id}", get(pages::open))
        .fallback(pages::file)
        .method_not_allowed_fallback(wrong_method)
        .layer(DefaultBodyLimit::max(MAX_BODY_BYTES))
        .layer(middleware::from_fn_with_state(Arc::new(settings.hosts), guard))
        .with_state(app)
}

fn described() -> OpenApiRouter<App> {
    OpenApiRouter::with_openapi(Described::openapi())
        .merge(skills::routes())
        .merge(context::routes())
        .merge(workflows::routes())
        .merge(python::routes(MAX_INPUT_BYTES))
        .merge(traces::routes(MAX_TRACE_BYTES))
        .merge(evolution::routes())
        .merge(crons::routes())
        .merge(chat::routes())
        .merge(sessions::routes())
        .merge(shares::routes())
        .merge(replay::routes())
        .merge(around_chat::routes())
        .merge(blobs::routes())
        .merge(volumes::routes())
        .merge(teams::routes())
        .merge(remotes::routes())
        .merge(versions::routes())
        .merge(proposals::routes())
        .merge(events::routes())
        .merge(packages::routes())
        .merge(system::routes())
}

async fn wrong_method() -> ApiError {
    let detail = "this path does not take this method";
    let hint = "look at the `Allow` header of this answer, or at `/docs`";
    ApiError::new(StatusCode::METHOD_NOT_ALLOWED, "wrong-method", detail, hint)
}
