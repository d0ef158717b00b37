//! The file of API keys: `api-keys.md`.

use std::{
    fs, io,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
};

use llmos_core::api_key::{self, ApiKeySource, ApiKeySourceError, ApiKeys, ApiKeysError};

use crate::file::{self, Readers};

/// The file of API keys under a folder of volumes; only its owner may read it.
///
/// It is read whenever a program shows a key, so one that is revoked lets nobody in from the next request on.
#[derive(Debug)]
pub struct ApiKeysFile {
    path: PathBuf,
    /// What was read last, and what it meant.
    kept: Mutex<Option<(Vec<u8>, Arc<ApiKeys>)>>,
}

/// Why the keys were not changed.
#[derive(Debug, thiserror::Error)]
pub enum ApiKeysChangeError {
    /// The change makes no sense.
    #[error(transparent)]
    Refused(ApiKeysError),
    /// The file as it is cannot be used.
    #[error(transparent)]
    Source(ApiKeySourceError),
    /// The file cannot be replaced; it is as it was.
    #[error("cannot write `{path}`: {source}", path = path.display())]
    Unwritable {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
}

impl ApiKeysChangeError {
    /// Says what to do about it.
    pub fn hint(&self) -> String {
        match self {
            Self::Refused(error) => error.hint().to_owned(),
            Self::Source(error) => error.hint(),
            Self::Unwritable { .. } => {
                "check who may write to the folder of the volumes".to_owned()
            }
        }
    }
}

impl ApiKeysFile {
    /// Names the file under a folder of volumes; touches nothing.
    pub fn beside(volumes: &Path) -> Self {
        Self { path: volumes.join(api_key::FILE), kept: Mutex::default() }
    }

    /// Returns where the file is, or would be.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Changes the keys: reads them, lets `edit` change them, and replaces the file where it did.
    ///
    /// Two that change them at the same time wait for each other.
    pub fn change<T>(
        &self,
        edit: impl FnOnce(&mut ApiKeys) -> Result<T, ApiKeysError>,
    ) -> Result<T, ApiKeysChangeError> {
        let unwritable =
            |source| ApiKeysChangeError::Unwritable { path: self.path.clone(), source };
        let _alone = file::lock(&self.path).map_err(unwritable)?;
        let now = self.api_keys().map_err(ApiKeysChangeError::Source)?;
        let mut keys = (*now).clone();
        let answer = edit(&mut keys).map_err(ApiKeysChangeError::Refused)?;
        if keys != *now {
            file::replace(&self.path, &api_key::print(&keys), Readers::Owner)
                .map_err(unwritable)?;
        }
        Ok(answer)
    }
}

impl ApiKeySource for ApiKeysFile {
    fn api_keys(&self) -> Result<Arc<ApiKeys>, ApiKeySourceError> {
        let place = || self.path.display().to_string();
        let bytes = match fs::read(&self.path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Arc::default()),
            Err(source) => {
                return Err(ApiKeySourceError::Unreadable {
                    place: place(),
                    source: source.into(),
                });
            }
        };
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, keys)) = kept.as_ref().filter(|(before, _)| *before == bytes) {
            return Ok(Arc::clone(keys));
        }
        let check = api_key::parse(&bytes);
        let Some(keys) = check.keys else {
            let first = check.diagnostics.first();
            return Err(ApiKeySourceError::Broken {
                place: place(),
                reason: first.map_or_else(String::new, |found| {
                    format!("line {}: {}", found.position.line, found.message)
                }),
                hint: first
                    .and_then(|found| found.hint.clone())
                    .unwrap_or_else(|| "mend the file".to_owned()),
            });
        };
        let keys = Arc::new(keys);
        *kept = Some((bytes, Arc::clone(&keys)));
        Ok(keys)
    }
}
