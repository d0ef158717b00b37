//! Who exists and which programs act for them, kept in two files beside the volumes: `members.md` and `api-keys.md`.
//!
//! They lie in no repository, so nothing that is pushed, merged or promoted gives anybody a right. What the files
//! mean is core's; this crate reads them, and replaces them whole.

mod file;
mod keys;

use std::{
    fs, io,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
};

use llmos_core::members::{self, Directory, DirectoryError, Members, MembersError};

pub use keys::{ApiKeysChangeError, ApiKeysFile};

use file::Readers;

/// The file of members under a folder of volumes.
///
/// It is read whenever somebody asks, so a change counts from the next question on, whoever made it.
#[derive(Debug)]
pub struct MembersFile {
    path: PathBuf,
    /// What was read last, and what it meant.
    kept: Mutex<Option<(Vec<u8>, Arc<Members>)>>,
}

/// Why the members were not changed.
#[derive(Debug, thiserror::Error)]
pub enum ChangeError {
    /// The change makes no sense.
    #[error(transparent)]
    Refused(MembersError),
    /// The file as it is cannot be used.
    #[error(transparent)]
    Directory(DirectoryError),
    /// The file cannot be replaced; it is as it was.
    #[error("cannot write `{path}`: {source}", path = path.display())]
    Unwritable {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
}

impl ChangeError {
    /// Says what to do about it.
    pub fn hint(&self) -> String {
        match self {
            Self::Refused(error) => error.hint().to_owned(),
            Self::Directory(error) => error.hint(),
            Self::Unwritable { .. } => {
                "check who may write to the folder of the volumes".to_owned()
            }
        }
    }
}

impl MembersFile {
    /// Names the file under a folder of volumes; touches nothing.
    pub fn beside(volumes: &Path) -> Self {
        Self { path: volumes.join(members::FILE), kept: Mutex::default() }
    }

    /// Returns where the file is, or would be.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Changes the members: reads them, lets `edit` change them, and replaces the file.
    ///
    /// Two that change them at the same time wait for each other. A file is made where there is none.
    pub fn change<T>(
        &self,
        edit: impl FnOnce(&mut Members) -> Result<T, MembersError>,
    ) -> Result<T, ChangeError> {
        let unwritable = |source| ChangeError::Unwritable { path: self.path.clone(), source };
        let _alone = file::lock(&self.path).map_err(unwritable)?;
        let now = self.members().map_err(ChangeError::Directory)?;
        let mut members = now.map(|now| (*now).clone()).unwrap_or_default();
        let answer = edit(&mut members).map_err(ChangeError::Refused)?;
        file::replace(&self.path, &members::print(&members), Readers::Usual).map_err(unwritable)?;
        Ok(answer)
    }

    fn broken(&self, check: &members::MembersCheck) -> DirectoryError {
        let first = check.diagnostics.first();
        DirectoryError::Broken {
            place: self.path.display().to_string(),
            reason: first.map_or_else(String::new, |found| {
                format!("line {}: {}", found.position.line, found.message)
            }),
            hint: first
                .and_then(|found| found.hint.clone())
                .unwrap_or_else(|| "mend the file".into()),
        }
    }
}

impl Directory for MembersFile {
    fn members(&self) -> Result<Option<Arc<Members>>, DirectoryError> {
        let bytes = match fs::read(&self.path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(source) => {
                let place = self.path.display().to_string();
                return Err(DirectoryError::Unreadable { place, source: source.into() });
            }
        };
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, members)) = kept.as_ref().filter(|(before, _)| *before == bytes) {
            return Ok(Some(Arc::clone(members)));
        }
        let check = members::parse(&bytes);
        let Some(members) = &check.members else { return Err(self.broken(&check)) };
        let members = Arc::new(members.clone());
        *kept = Some((bytes, Arc::clone(&members)));
        Ok(Some(members))
    }
}
