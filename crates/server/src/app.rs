//! What the handlers share.

use std::sync::Arc;

use axum::body::Bytes;
use llmos_core::slug::Slug;
use llmos_mcp::Runs;
use llmos_workbench::{Caller, Carrier, Crons, Workbench, ids};
use tokio::sync::Semaphore;

use crate::{
    asks::Asks,
    assets::Assets,
    error::ApiError,
    guard::AllowedHosts,
    packages::Packages,
    python::{Gate, ServerPython},
};

/// What the server is told when it starts.
pub struct Settings {
    /// The use cases.
    pub workbench: Arc<Workbench>,
    /// The jobs that learn by themselves.
    pub crons: Arc<Crons>,
    /// The Python packages that the page may load.
    pub packages: Arc<dyn Packages>,
    /// What runs skills on the server; `None` where nobody allowed it.
    pub python: Option<Arc<dyn ServerPython>>,
    /// How tools of MCP clients and of models are run.
    pub runs: Runs,
    /// The user that requests act for when they name none.
    pub user: Slug,
    /// The names that the server answers to.
    pub hosts: AllowedHosts,
}

/// What the handlers share.
#[derive(Clone)]
pub(crate) struct App {
    pub(crate) workbench: Arc<Workbench>,
    pub(crate) crons: Arc<Crons>,
    pub(crate) packages: Arc<dyn Packages>,
    pub(crate) python: Option<Gate>,
    /// What carries out the calls of models.
    pub(crate) carrier: Arc<dyn Carrier>,
    /// What people are asked while models answer.
    pub(crate) asks: Asks,
    pub(crate) user: Slug,
    /// How many conversations with Git clients may go on at once.
    pub(crate) git: Arc<Semaphore>,
    /// How many bodies of Git clients may be on their way in at once.
    pub(crate) git_bodies: Arc<Semaphore>,
    /// How many blobs may be on their way, in or out, at once.
    pub(crate) blobs: Arc<Semaphore>,
    pub(crate) assets: Arc<Assets>,
    pub(crate) openapi: Bytes,
}

impl App {
    /// Tells who asks. Nobody logs in yet: whoever reaches the server is the user they name.
    pub(crate) fn caller(
        &self,
        user_id: Option<&str>,
        team_id: Option<&str>,
    ) -> Result<Caller, ApiError> {
        let user = user_id.map(|id| ids::slug("user_id", id)).transpose()?;
        let team = team_id.map(|id| ids::slug("team_id", id)).transpose()?;
        Ok(self.workbench.caller(user.unwrap_or_else(|| self.user.clone()), team)?)
    }
}
