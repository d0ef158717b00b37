//! The MCP servers elsewhere that the owner of this installation has set up.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use llmos_mcp_client::{FILE, McpClients, SettingsError};
use llmos_workbench::Workbench;

use crate::failure::{Failure, FailureKind};

/// Where outside MCP servers are set up.
#[derive(clap::Args)]
pub(crate) struct OutsideArgs {
    /// The file that names outside MCP servers; `mcp-servers.json` in the folder of the volumes when left out
    #[arg(long, value_name = "FILE", env = "LLMOS_MCP_SERVERS")]
    mcp_servers: Option<PathBuf>,
}

impl OutsideArgs {
    /// Lets a workbench use the servers. None is started or reached before it is asked for.
    pub(crate) fn add_to(
        &self,
        workbench: Workbench,
        volumes: &Path,
    ) -> Result<Workbench, Failure> {
        Ok(workbench.with_outside(self.clients(volumes)?))
    }

    /// Reads which servers there are.
    pub(crate) fn clients(&self, volumes: &Path) -> Result<Arc<McpClients>, Failure> {
        let file = self.file(volumes);
        let settings = llmos_mcp_client::read(&file, &|name| std::env::var(name).ok())?;
        let clients = McpClients::new(settings).map_err(|error| {
            Failure::new(FailureKind::Internal, format!("cannot start: {error}"), "try again")
        })?;
        Ok(Arc::new(clients))
    }

    /// The file.
    pub(crate) fn file(&self, volumes: &Path) -> PathBuf {
        self.mcp_servers.clone().unwrap_or_else(|| volumes.join(FILE))
    }
}

impl From<SettingsError> for Failure {
    fn from(error: SettingsError) -> Self {
        let kind = match error {
            SettingsError::Unsafe { .. } => FailureKind::Refused,
            SettingsError::Unreadable { .. } | SettingsError::Bad { .. } => FailureKind::Input,
        };
        Self::new(kind, error.to_string(), error.hint())
    }
}
