//! The volumes that a command works on, in the name of a user.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use llmos_core::slug::Slug;
use llmos_members::MembersFile;
use llmos_volumes::GitStore;
use llmos_workbench::{Caller, Workbench};

use crate::{failure::Failure, world::Machine};

/// The volumes, and who asks.
#[derive(clap::Args)]
pub(crate) struct Place {
    /// The folder that holds the volumes
    #[arg(
        long,
        global = true,
        value_name = "FOLDER",
        default_value = "volumes",
        env = "LLMOS_VOLUMES_PATH"
    )]
    volumes: PathBuf,
    /// Who asks
    #[arg(long, global = true, value_name = "USER", default_value = "local", env = "LLMOS_USER")]
    user: Slug,
    /// The team that they work in
    #[arg(long, global = true, value_name = "TEAM")]
    team: Option<Slug>,
    /// Print JSON
    #[arg(long, global = true)]
    json: bool,
}

impl Place {
    /// Puts the volumes together, and tells who asks.
    pub(crate) fn open(&self) -> Result<(Workbench, Caller), Failure> {
        let store = GitStore::open(self.volumes.clone());
        let directory = Arc::new(MembersFile::beside(&self.volumes));
        let workbench =
            Workbench::new(Arc::new(store), Arc::new(Machine)).with_directory(directory);
        let caller = workbench.caller(self.user.clone(), self.team.clone())?;
        Ok((workbench, caller))
    }

    /// The folder that holds the volumes.
    pub(crate) fn volumes(&self) -> &Path {
        &self.volumes
    }

    /// The team that was named.
    pub(crate) fn team(&self) -> Option<&Slug> {
        self.team.as_ref()
    }

    /// Whether JSON was asked for.
    pub(crate) fn json(&self) -> bool {
        self.json
    }
}
