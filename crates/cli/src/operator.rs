//! The volumes of a folder, for commands of whoever runs the program.

use std::{path::PathBuf, sync::Arc};

use llmos_core::volume::VolumeId;
use llmos_volumes::GitStore;
use llmos_workbench::Workbench;

use crate::{failure::Failure, signing::Signing, world::Machine};

/// Where the volumes are.
#[derive(clap::Args)]
pub(crate) struct Place {
    /// The folder that holds the volumes
    #[arg(long, value_name = "FOLDER", default_value = "volumes", env = "LLMOS_VOLUMES_PATH")]
    volumes: PathBuf,
    #[command(flatten)]
    signing: Signing,
}

impl Place {
    /// Puts the use cases on top of the volumes; a server may run at the same time.
    pub(crate) fn workbench(&self) -> Result<Workbench, Failure> {
        let store = GitStore::open(self.volumes.clone()).with_signers(self.signing.signers()?);
        let store = Arc::new(store);
        let remotes = Arc::clone(&store) as _;
        Ok(Workbench::new(store, Arc::new(Machine)).with_remotes(remotes))
    }
}

/// Reads the address of a volume.
pub(crate) fn volume(text: &str) -> Result<VolumeId, String> {
    text.parse().map_err(|err: llmos_core::volume::VolumeIdError| format!("{err}; {}", err.hint()))
}
