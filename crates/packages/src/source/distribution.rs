//! A Pyodide distribution: one lock, and the wheels beside it.

use std::collections::BTreeMap;

use pep508_rs::{PackageName, Requirement, VersionOrUrl};
use serde::Deserialize;
use url::Url;

use super::{Candidate, FromDistribution};
use crate::{
    environment::{Info, PYODIDE},
    lock::is_sha256,
    wheel::{WheelName, is_plain},
};

/// Why a distribution cannot be used.
#[derive(Clone, Debug, thiserror::Error)]
pub enum DistributionError {
    /// Its lock is none.
    #[error("`{url}` is no lock of Pyodide: {reason}")]
    Form {
        /// Where it is.
        url: String,
        /// What the parser says.
        reason: String,
    },
    /// It is of another release.
    #[error("`{url}` is for Python {python} with ABI {abi}, and this program runs Python {} with ABI {}", PYODIDE.python, PYODIDE.abi)]
    OtherPython {
        /// Where it is.
        url: String,
        /// Its Python.
        python: String,
        /// Its ABI.
        abi: String,
    },
}

#[derive(Deserialize)]
struct Raw {
    info: Info,
    packages: BTreeMap<String, RawPackage>,
}

#[derive(Deserialize)]
struct RawPackage {
    name: String,
    version: String,
    file_name: String,
    #[serde(default = "site")]
    install_dir: String,
    sha256: String,
    #[serde(default = "package")]
    package_type: String,
    #[serde(default)]
    imports: Vec<String>,
    #[serde(default)]
    depends: Vec<String>,
    #[serde(default)]
    unvendored_tests: bool,
}

fn site() -> String {
    "site".to_owned()
}

fn package() -> String {
    "package".to_owned()
}

/// Reads a lock; entries that cannot be used are left out.
pub(crate) fn parse(
    url: &Url,
    text: &[u8],
) -> Result<BTreeMap<PackageName, Candidate>, DistributionError> {
    let at = || crate::fetch::shown(url);
    let raw: Raw = serde_json::from_slice(text)
        .map_err(|error| DistributionError::Form { url: at(), reason: error.to_string() })?;
    if raw.info.abi_version != PYODIDE.abi {
        let Info { python, abi_version: abi, .. } = raw.info;
        return Err(DistributionError::OtherPython { url: at(), python, abi });
    }
    let candidates = raw.packages.into_values().filter_map(|package| package.candidate(url));
    Ok(candidates.map(|candidate| (candidate.name.clone(), candidate)).collect())
}

impl RawPackage {
    fn candidate(self, lock: &Url) -> Option<Candidate> {
        let url = lock.join(&self.file_name).ok()?;
        let file_name = url.path_segments()?.next_back()?.to_owned();
        let fits = match (self.package_type.as_str(), WheelName::parse(&file_name)) {
            ("package", Ok(wheel)) => wheel.rank(&PYODIDE).is_some(),
            ("shared_library", _) => true,
            _ => false,
        };
        let plain = matches!(self.install_dir.as_str(), "site" | "dynlib") && is_plain(&file_name);
        if !fits || !plain || !is_sha256(&self.sha256) {
            return None;
        }
        let requires = self.depends.into_iter().map(|name| any(&name)).collect::<Option<_>>()?;
        Some(Candidate {
            name: PackageName::new(self.name).ok()?,
            version: self.version.parse().ok()?,
            file_name,
            url,
            sha256: self.sha256,
            size: None,
            requires: Some(requires),
            distribution: Some(FromDistribution {
                imports: self.imports,
                install_dir: self.install_dir,
                package_type: self.package_type,
                unvendored_tests: self.unvendored_tests,
            }),
            yanked: false,
            rank: 0,
        })
    }
}

/// A requirement of any version.
fn any(name: &str) -> Option<Requirement> {
    let requirement: Requirement = name.parse().ok()?;
    let is_name = !matches!(requirement.version_or_url, Some(VersionOrUrl::Url(_)));
    is_name.then_some(requirement)
}

#[cfg(test)]
mod tests;
