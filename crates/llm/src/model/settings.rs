//! What a person chose, in a file of their own. The key in it is sealed for this
//! person and this address, so a changed file sends it nowhere else.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use llmos_core::{
    model::{KeyChange, Provider, SettingsChange, SettingsError},
    slug::Slug,
};
use serde::{Deserialize, Serialize};

use super::{
    safe::{Safe, SafeError, write_private},
    secret::Secret,
    target::Target,
};

/// The folder of the files, in that of all volumes.
const FOLDER: &str = ".llmos-lite-models";

/// The settings of all people.
pub(crate) struct Settings {
    folder: PathBuf,
    safe: Safe,
}

/// What one person chose.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Chosen {
    provider: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    url: Option<String>,
    pub(crate) model: String,
    /// The sealed key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    sealed_key: Option<String>,
}

impl Settings {
    pub(crate) fn new(root: &Path, master_key: Option<PathBuf>) -> Self {
        Self { folder: root.join(FOLDER), safe: Safe::new(root, master_key) }
    }

    /// Reads what a person chose, if anything.
    pub(crate) fn read(&self, user: &Slug) -> Result<Option<Chosen>, SettingsError> {
        match fs::read(self.file(user)) {
            Ok(bytes) => serde_json::from_slice(&bytes).map(Some).map_err(|error| {
                SettingsError::Medium { doing: "read", reason: error.to_string() }
            }),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(medium("read", &error)),
        }
    }

    /// Turns what a person chose into a target, key and all.
    pub(crate) fn target(&self, user: &Slug, chosen: &Chosen) -> Result<Target, SettingsError> {
        let provider = chosen.provider()?;
        let bare = target(provider, chosen.url.as_deref(), None)?;
        let Some(sealed) = &chosen.sealed_key else { return Ok(bare) };
        let key = self.safe.open(sealed, &purpose(user, &bare));
        target(provider, chosen.url.as_deref(), Some(key.map_err(|error| unsafe_(user, error))?))
    }

    /// Keeps what a person chose.
    pub(crate) fn write(&self, user: &Slug, change: SettingsChange) -> Result<(), SettingsError> {
        let SettingsChange { provider, url, model, key } = change;
        let url = url.map(|url| url.trim().to_owned()).filter(|url| !url.is_empty());
        let model = model.trim().to_owned();
        let printable = model.chars().all(|c| !c.is_control());
        if model.is_empty() || model.len() > 200 || !printable {
            return Err(SettingsError::Bad {
                field: "model",
                reason: "it needs 1 to 200 printable characters".to_owned(),
                hint: "write the name of the model as its provider does",
            });
        }
        let to = target(provider, url.as_deref(), None)?;
        let sealed_key = match key {
            KeyChange::Remove => None,
            KeyChange::Set(key) => {
                let key = Secret::new(key.trim().to_owned());
                // Refuses what is no key, and addresses that it must not go to.
                target(provider, url.as_deref(), Some(key.clone()))?;
                let sealed = self.safe.seal(&key, &purpose(user, &to));
                Some(sealed.map_err(|error| unsafe_(user, error))?)
            }
            KeyChange::Keep => {
                let before = self.read(user)?;
                let same = |chosen: &Chosen| {
                    let there =
                        target(chosen.provider().ok()?, chosen.url.as_deref(), None).ok()?;
                    Some(purpose(user, &there) == purpose(user, &to))
                };
                match before {
                    Some(chosen) if chosen.sealed_key.is_some() && same(&chosen) != Some(true) => {
                        return Err(SettingsError::Bad {
                            field: "key",
                            reason: "the key that is kept belongs to another address".to_owned(),
                            hint: "enter the key for this address, or remove it",
                        });
                    }
                    before => before.and_then(|chosen| chosen.sealed_key),
                }
            }
        };
        let chosen = Chosen { provider: provider.to_string(), url, model, sealed_key };
        let json = serde_json::to_vec_pretty(&chosen).expect("because it is plain data");
        write_private(&self.file(user), &json).map_err(|error| medium("written", &error))
    }

    /// Forgets what a person chose.
    pub(crate) fn clear(&self, user: &Slug) -> Result<(), SettingsError> {
        match fs::remove_file(self.file(user)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(medium("removed", &error)),
            _ => Ok(()),
        }
    }

    fn file(&self, user: &Slug) -> PathBuf {
        self.folder.join(format!("{user}.json"))
    }
}

impl Chosen {
    pub(crate) fn provider(&self) -> Result<Provider, SettingsError> {
        Provider::named(&self.provider).ok_or_else(|| SettingsError::Medium {
            doing: "read",
            reason: "they name a provider that this version does not know".to_owned(),
        })
    }

    pub(crate) fn has_key(&self) -> bool {
        self.sealed_key.is_some()
    }
}

/// Checks an address and a key.
pub(crate) fn target(
    provider: Provider,
    url: Option<&str>,
    key: Option<Secret>,
) -> Result<Target, SettingsError> {
    Target::new(provider, url, key).map_err(|error| {
        let (field, reason) = error.reason();
        SettingsError::Bad { field, reason: reason.to_owned(), hint: error.hint() }
    })
}

/// What a key is sealed for.
fn purpose(user: &Slug, to: &Target) -> String {
    format!("llmos-lite model key 1\n{user}\n{}\n{}", to.provider, to.url())
}

fn unsafe_(user: &Slug, error: SafeError) -> SettingsError {
    match error {
        SafeError::Medium(error) => medium("sealed", &error),
        SafeError::Sealed => SettingsError::Sealed { user: user.to_string() },
    }
}

fn medium(doing: &'static str, error: &io::Error) -> SettingsError {
    SettingsError::Medium { doing, reason: error.to_string() }
}
