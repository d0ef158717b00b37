//! The lock: which packages the cache holds, in the form that Pyodide reads,
//! with the size, the place of origin and the requirements beside it.

use std::collections::{BTreeMap, BTreeSet};

use pep508_rs::{PackageName, Requirement};
use serde::{Deserialize, Serialize};

use crate::{
    environment::{Info, PYODIDE},
    wheel::is_plain,
};

/// The packages of a cache.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lock {
    /// The Python that they are for.
    pub info: Info,
    /// The packages by normal name.
    pub packages: BTreeMap<String, Locked>,
}

/// One package and the file it is in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Locked {
    /// The normal name.
    pub name: String,
    /// The version.
    pub version: String,
    /// The file, without a folder.
    pub file_name: String,
    /// Where Pyodide puts it: `site`, or `dynlib` for a shared library.
    pub install_dir: String,
    /// The hash of the file in lower-case hex.
    pub sha256: String,
    /// `package` or `shared_library`.
    pub package_type: String,
    /// The modules that it provides.
    pub imports: Vec<String>,
    /// The packages that it needs, by normal name.
    pub depends: Vec<String>,
    /// Whether its tests were taken out.
    pub unvendored_tests: bool,
    /// The size of the file in bytes.
    pub size: u64,
    /// What it requires, where an index or the file says so.
    #[serde(default)]
    pub requires: Vec<Requirement>,
    /// What somebody asked for; nothing where it came with another package.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub requested: Vec<Requirement>,
    /// Where it was fetched, without a password.
    pub source: String,
}

/// Why a text is not a [`Lock`].
#[derive(Debug, thiserror::Error)]
pub enum LockError {
    /// It is not JSON, or not of this shape.
    #[error("it is not in the form of a lock: {source}")]
    Form {
        /// What the parser says.
        source: serde_json::Error,
    },
    /// It is for another Python.
    #[error("it is for Python {python} with ABI {abi}")]
    OtherPython {
        /// The version of Python.
        python: String,
        /// The version of the binary interface.
        abi: String,
    },
    /// One of its entries cannot be.
    #[error("its entry `{name}` has {reason}")]
    Entry {
        /// The key of the entry.
        name: String,
        /// What is wrong with it.
        reason: &'static str,
    },
}

impl Lock {
    /// A lock of nothing.
    pub fn empty() -> Self {
        Self { info: PYODIDE.info(), packages: BTreeMap::new() }
    }

    /// Reads what [`Self::to_json`] wrote. Every name and hash is checked: files are opened by them.
    pub fn parse(text: &[u8]) -> Result<Self, LockError> {
        let lock: Self =
            serde_json::from_slice(text).map_err(|source| LockError::Form { source })?;
        if lock.info.abi_version != PYODIDE.abi {
            let Info { python, abi_version: abi, .. } = lock.info;
            return Err(LockError::OtherPython { python, abi });
        }
        for (name, entry) in &lock.packages {
            if let Some(reason) = entry.offence(name) {
                return Err(LockError::Entry { name: name.clone(), reason });
            }
        }
        Ok(lock)
    }

    /// Writes it for people and Pyodide alike.
    pub fn to_json(&self) -> String {
        let text = serde_json::to_string_pretty(self).expect("because a lock is plain data");
        text + "\n"
    }

    /// The packages that need this one, directly.
    pub fn dependents(&self, name: &str) -> Vec<&str> {
        let needs = |entry: &&Locked| entry.depends.iter().any(|needed| needed == name);
        self.packages.values().filter(needs).map(|entry| entry.name.as_str()).collect()
    }

    /// Takes out every package that nobody asked for and that none asked for needs; returns their names.
    pub fn drop_orphans(&mut self) -> Vec<String> {
        let asked = self.packages.values().filter(|entry| !entry.requested.is_empty());
        let mut wanted: BTreeSet<String> = BTreeSet::new();
        let mut open: Vec<String> = asked.map(|entry| entry.name.clone()).collect();
        while let Some(name) = open.pop() {
            if let Some(entry) = self.packages.get(&name)
                && wanted.insert(name)
            {
                open.extend(entry.depends.iter().cloned());
            }
        }
        let orphans: Vec<String> =
            self.packages.keys().filter(|name| !wanted.contains(*name)).cloned().collect();
        self.packages.retain(|name, _| wanted.contains(name));
        orphans
    }

    /// Says whether a file belongs to it.
    pub fn names(&self, sha256: &str) -> bool {
        self.packages.values().any(|entry| entry.sha256 == sha256)
    }
}

impl Locked {
    fn offence(&self, key: &str) -> Option<&'static str> {
        let normal = PackageName::new(key.to_owned()).is_ok_and(|name| name.as_ref() == key);
        if !normal || self.name != key {
            return Some("a name that is not in its normal form");
        }
        if !is_sha256(&self.sha256) {
            return Some("a hash that is none");
        }
        if !is_plain(&self.file_name) {
            return Some("a file name that is none");
        }
        None
    }
}

/// Says whether a text is a SHA-256 in lower-case hex.
pub(crate) fn is_sha256(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
}

#[cfg(test)]
mod tests;
