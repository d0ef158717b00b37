//! The file of members as commands see it.

use std::path::PathBuf;

use llmos_core::members::{Directory, DirectoryError};
use llmos_members::{ApiKeysFile, ChangeError, MembersFile};

use crate::failure::{Failure, FailureKind};

/// Where the members are.
#[derive(clap::Args)]
pub(crate) struct Place {
    /// The folder that holds the volumes, and `members.md` and `api-keys.md` beside them
    #[arg(
        long,
        global = true,
        value_name = "FOLDER",
        default_value = "volumes",
        env = "LLMOS_VOLUMES_PATH"
    )]
    volumes: PathBuf,
    /// Print JSON
    #[arg(long, global = true)]
    pub(crate) json: bool,
}

impl Place {
    pub(crate) fn file(&self) -> MembersFile {
        MembersFile::beside(&self.volumes)
    }

    /// The keys of programs, beside the members.
    pub(crate) fn keys(&self) -> ApiKeysFile {
        ApiKeysFile::beside(&self.volumes)
    }

    /// Returns who exists, for a list.
    pub(crate) fn read(&self) -> Result<llmos_core::members::Members, Failure> {
        let file = self.file();
        file.members()?.map(|members| (*members).clone()).ok_or_else(|| {
            let place = file.path().display();
            let message = format!("nobody keeps members: there is no `{place}`");
            let hint = "add the first user with `llmos user add ID --system-admin`";
            Failure::new(FailureKind::Refused, message, hint)
        })
    }
}

impl From<ChangeError> for Failure {
    fn from(error: ChangeError) -> Self {
        let kind = match &error {
            ChangeError::Refused(_) => FailureKind::Refused,
            ChangeError::Directory(_) | ChangeError::Unwritable { .. } => FailureKind::Input,
        };
        Self::new(kind, error.to_string(), error.hint())
    }
}

impl From<DirectoryError> for Failure {
    fn from(error: DirectoryError) -> Self {
        Self::new(FailureKind::Input, error.to_string(), error.hint())
    }
}
