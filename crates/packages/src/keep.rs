//! Looking after a cache: is it whole, what can go, what should go.

use std::{fs, io, path::Path};

use crate::{
    add::{AddError, wait_for},
    archive::{check_library, check_wheel},
    cache::{Cache, CacheError},
    event::Event,
    lock::Locked,
    wheel::WheelName,
};

/// What a look at one package gave.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The package.
    pub package: Locked,
    /// What is wrong with it, if anything.
    pub problem: Option<String>,
}

/// What pruning removed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Pruned {
    /// How many files.
    pub n_files: usize,
    /// How large they were together.
    pub bytes: u64,
}

/// Why a package was not removed.
#[derive(Debug, thiserror::Error)]
pub enum RemoveError {
    /// The cache cannot be read or changed.
    #[error(transparent)]
    Cache(AddError),
    /// It is not there.
    #[error("`{name}` is not in the cache")]
    NotThere {
        /// The package.
        name: String,
    },
    /// Others need it.
    #[error("`{name}` is needed by {}", quoted(by))]
    Needed {
        /// The package.
        name: String,
        /// What needs it.
        by: Vec<String>,
    },
}

/// Counts the hash of every file and looks into it, as was done when it was added.
pub fn verify(cache: &Cache) -> Result<Vec<Finding>, CacheError> {
    let lock = cache.lock()?;
    let findings = lock.packages.into_values().map(|package| {
        let problem = problem(cache, &package);
        Finding { package, problem }
    });
    Ok(findings.collect())
}

fn problem(cache: &Cache, package: &Locked) -> Option<String> {
    let content = match cache.read(&package.name, &package.sha256) {
        Ok(content) => content,
        Err(error) => return Some(error.to_string()),
    };
    if content.len() as u64 != package.size {
        return Some(format!("it has {} bytes instead of {}", content.len(), package.size));
    }
    let path = cache.file_path(&package.sha256);
    let checked = match WheelName::parse(&package.file_name) {
        Ok(name) => check_wheel(&path, &name, package.unvendored_tests).map(|_| ()),
        Err(_) => check_library(&path),
    };
    checked.err().map(|error| error.to_string())
}

/// Removes packages, and what only they needed. Returns the names of all that went.
pub async fn remove(
    cache: &Cache,
    names: &[String],
    tell: &(dyn Fn(Event) + Sync),
) -> Result<Vec<String>, RemoveError> {
    let changing = wait_for(cache, tell).await.map_err(RemoveError::Cache)?;
    let in_cache = |error| RemoveError::Cache(AddError::Cache(error));
    let mut lock = cache.lock().map_err(in_cache)?;
    for name in names {
        if !lock.packages.contains_key(name) {
            return Err(RemoveError::NotThere { name: name.clone() });
        }
        let by =
            lock.dependents(name).into_iter().filter(|by| !names.iter().any(|name| name == by));
        let by: Vec<String> = by.map(str::to_owned).collect();
        if !by.is_empty() {
            return Err(RemoveError::Needed { name: name.clone(), by });
        }
    }
    lock.packages.retain(|name, _| !names.contains(name));
    let mut gone = names.to_vec();
    gone.extend(lock.drop_orphans());
    gone.sort();
    changing.write_lock(&lock).map_err(in_cache)?;
    Ok(gone)
}

/// Removes files that no package names, and what has only begun to arrive.
pub async fn prune(cache: &Cache, tell: &(dyn Fn(Event) + Sync)) -> Result<Pruned, AddError> {
    let _changing = wait_for(cache, tell).await?;
    let lock = cache.lock().map_err(AddError::Cache)?;
    let mut pruned = Pruned::default();
    for folder in [cache.files(), cache.incoming()] {
        let is_files = folder == cache.files();
        let swept = sweep(&folder, &mut pruned, |name| is_files && lock.names(name));
        swept.map_err(|source| AddError::Cache(CacheError::Write { path: folder, source }))?;
    }
    Ok(pruned)
}

fn sweep(folder: &Path, pruned: &mut Pruned, stays: impl Fn(&str) -> bool) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_name().to_str().is_some_and(&stays) {
            continue;
        }
        let bytes = entry.metadata()?.len();
        fs::remove_file(entry.path())?;
        pruned.n_files += 1;
        pruned.bytes += bytes;
    }
    Ok(())
}

impl RemoveError {
    /// Says what to do next.
    pub fn hint(&self) -> String {
        match self {
            Self::Cache(error) => error.hint(),
            Self::NotThere { .. } => "`llmos packages list` says what is there".to_owned(),
            Self::Needed { name, by } => {
                format!("remove them together: `llmos packages remove {} {name}`", by.join(" "))
            }
        }
    }
}

fn quoted(names: &[String]) -> String {
    names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}
