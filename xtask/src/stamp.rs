//! Remembers what a step was made from, so that it is skipped while nothing
//! changed: one hash over the names and contents of its inputs.

use std::collections::hash_map::DefaultHasher;
use std::fs;
use std::hash::{Hash, Hasher};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::repo;

/// Folders that hold what was made or fetched, never inputs.
const SKIPPED: [&str; 7] =
    [".git", "node_modules", "target", "dist", "pkg", "test-results", "playwright-report"];

/// The inputs of one step, hashed.
#[derive(Debug)]
pub(crate) struct Stamp {
    file: PathBuf,
    hash: String,
}

impl Stamp {
    /// Hashes files and folders, given from the root of the repository, and
    /// `extra` facts such as a tool's version. A missing path counts as such.
    pub(crate) fn of(step: &str, paths: &[&str], extra: &str) -> Result<Self> {
        let mut hasher = DefaultHasher::new();
        extra.hash(&mut hasher);
        for path in paths {
            add(&repo::root().join(path), &mut hasher)?;
        }
        let file = repo::target().join("xtask/stamps").join(step);
        Ok(Self { file, hash: format!("{:016x}", hasher.finish()) })
    }

    /// True when the step was last done with exactly these inputs and its
    /// output, given from the root of the repository or absolute, is still there.
    pub(crate) fn is_fresh(&self, output: &str) -> bool {
        repo::root().join(output).exists()
            && fs::read_to_string(&self.file).is_ok_and(|kept| kept == self.hash)
    }

    /// Remembers that the step was done with these inputs.
    pub(crate) fn keep(&self) -> Result<()> {
        if let Some(dir) = self.file.parent() {
            fs::create_dir_all(dir)?;
        }
        fs::write(&self.file, &self.hash)?;
        Ok(())
    }
}

fn add(path: &Path, hasher: &mut DefaultHasher) -> Result<()> {
    repo::relative(path).hash(hasher);
    if !path.is_dir() {
        let content = if path.exists() {
            Some(fs::read(path).with_context(|| format!("cannot read `{}`", path.display()))?)
        } else {
            None
        };
        content.hash(hasher);
        return Ok(());
    }
    let mut entries: Vec<_> = fs::read_dir(path)?.collect::<Result<_, _>>()?;
    entries.sort_by_key(fs::DirEntry::file_name);
    for entry in entries {
        let skipped = entry.file_name().to_str().is_some_and(|name| SKIPPED.contains(&name));
        if !skipped {
            add(&entry.path(), hasher)?;
        }
    }
    Ok(())
}
