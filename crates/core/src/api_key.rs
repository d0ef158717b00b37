//! API keys: how a program proves whose name it acts in.
//!
//! A key is a text that is shown once. What is kept is its SHA-256, in one
//! Markdown file beside the volumes. A file with any mistake gives no keys at
//! all, so that no typing error ever lets a program in.

mod text;

use std::{collections::BTreeMap, sync::Arc};

use jiff::Timestamp;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use crate::{diagnostic::Diagnostic, slug::Slug};

pub(crate) use text::unhex;
pub use text::{parse, print};

/// The name of the file, beside the volumes.
pub const FILE: &str = "api-keys.md";

/// What every key begins with, so that people and scanners of secrets know one when they see it.
const PREFIX: &str = "llmos_";

/// The keys that are not revoked, by id.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ApiKeys {
    keys: BTreeMap<Slug, ApiKey>,
}

/// What is known of a key; the key itself is nowhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiKey {
    /// In whose name the program acts.
    pub user: Slug,
    /// The team whose skills it sees besides theirs and the system's.
    pub team: Option<Slug>,
    /// What it is for, in words of whoever made it.
    pub name: Option<String>,
    /// When it was made.
    pub created_at: Timestamp,
    /// The SHA-256 of the key.
    pub sha256: [u8; 32],
}

/// A key on its way to whoever asked for it. It can be shown, and is never logged.
pub struct FreshKey {
    /// Its id, by which it is listed and revoked.
    pub id: Slug,
    /// The key.
    pub text: String,
}

/// Why the keys were not changed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ApiKeysError {
    /// Another key has that id.
    #[error("there is a key `{id}` already")]
    Exists {
        /// The id.
        id: Slug,
    },
    /// No key has that id.
    #[error("there is no key `{id}`")]
    Unknown {
        /// The id.
        id: Slug,
    },
}

impl ApiKeysError {
    /// Says what to do instead.
    pub fn hint(&self) -> &'static str {
        match self {
            Self::Exists { .. } => "run the command again: it draws another id",
            Self::Unknown { .. } => "see `llmos key list`; one that was revoked is not there",
        }
    }
}

/// What [`parse`] found.
#[derive(Clone, Debug, PartialEq)]
pub struct ApiKeysCheck {
    /// The keys, unless there is any mistake.
    pub keys: Option<ApiKeys>,
    /// All findings, by position.
    pub diagnostics: Vec<Diagnostic>,
}

impl FreshKey {
    /// Makes a key of numbers that nobody can foresee.
    pub fn new(id: u32, secret: &[u8; 32]) -> Self {
        let id = format!("{id:08x}");
        let text = format!("{PREFIX}{id}_{}", hex(secret));
        Self { id: id.parse().expect("because hexadecimal digits are a slug"), text }
    }

    /// Returns what is kept of it.
    pub fn sha256(&self) -> [u8; 32] {
        Sha256::digest(&self.text).into()
    }
}

impl ApiKeys {
    /// Returns the keys, by id.
    pub fn all(&self) -> &BTreeMap<Slug, ApiKey> {
        &self.keys
    }

    /// Adds a key.
    pub fn add(&mut self, id: Slug, key: ApiKey) -> Result<(), ApiKeysError> {
        if self.keys.contains_key(&id) {
            return Err(ApiKeysError::Exists { id });
        }
        self.keys.insert(id, key);
        Ok(())
    }

    /// Takes a key away: it lets nobody in from now on.
    pub fn revoke(&mut self, id: &Slug) -> Result<ApiKey, ApiKeysError> {
        self.keys.remove(id).ok_or_else(|| ApiKeysError::Unknown { id: id.clone() })
    }

    /// Takes all keys of a user away, and returns how many there were.
    pub fn revoke_all(&mut self, user: &Slug) -> usize {
        let before = self.keys.len();
        self.keys.retain(|_, key| key.user != *user);
        before - self.keys.len()
    }

    /// Finds what is known of a key that a program shows.
    ///
    /// How long it takes says nothing about what is kept: the id is public, and hashes are compared in constant time.
    pub fn find(&self, shown: &str) -> Option<&ApiKey> {
        let (id, _) = shown.strip_prefix(PREFIX)?.split_once('_')?;
        let key = self.keys.get(&id.parse::<Slug>().ok()?)?;
        let sha256: [u8; 32] = Sha256::digest(shown).into();
        bool::from(sha256.ct_eq(&key.sha256)).then_some(key)
    }
}

/// Where the keys are read from. What cannot be read is an error, never "no keys".
pub trait ApiKeySource: Send + Sync {
    /// Returns the keys that count now.
    fn api_keys(&self) -> Result<Arc<ApiKeys>, ApiKeySourceError>;
}

/// Why nobody can be told which keys there are.
#[derive(Debug, thiserror::Error)]
pub enum ApiKeySourceError {
    /// The file has mistakes.
    #[error("the keys in `{place}` cannot be used: {reason}")]
    Broken {
        /// Where the file is.
        place: String,
        /// What is wrong with it, with its line.
        reason: String,
        /// What to do.
        hint: String,
    },
    /// The file cannot be read.
    #[error("the keys in `{place}` cannot be read: {source}")]
    Unreadable {
        /// Where the file is.
        place: String,
        /// Why.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
}

impl ApiKeySourceError {
    /// Says what to do about it.
    pub fn hint(&self) -> String {
        match self {
            Self::Broken { hint, .. } => hint.clone(),
            Self::Unreadable { .. } => "check the file, and who may read it".to_owned(),
        }
    }
}

/// Where there are no keys: no program is let in.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoApiKeys;

impl ApiKeySource for NoApiKeys {
    fn api_keys(&self) -> Result<Arc<ApiKeys>, ApiKeySourceError> {
        Ok(Arc::default())
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests;
