//! `cargo xtask tidy`: what the compiler does not hold. The arrows between
//! crates, the map in ARCHITECTURE.md, what must not stand in a tracked file,
//! and the length of files. `cargo test` runs the same checks.

mod arrows;
mod files;
mod map;

use anyhow::{Context, Result, anyhow};
use serde_json::Value;

use crate::test::Counts;
use crate::{repo, say, system};

/// One check: its name, and what is wrong, one line each.
type Check = (&'static str, fn(&Workspace) -> Result<Vec<String>>);

const CHECKS: [Check; 4] = [
    ("arrows", |workspace| Ok(arrows::offences(workspace))),
    ("map", map::offences),
    ("places", |_| files::places()),
    ("registries", |_| files::registries()),
];

/// The crates of this workspace and what they depend on.
#[derive(Debug)]
pub(crate) struct Workspace {
    crates: Vec<Member>,
}

/// One crate.
#[derive(Debug)]
struct Member {
    /// The name in its manifest, such as `llmos-core`.
    name: String,
    /// Its folder from the root, such as `crates/core`.
    folder: String,
    /// What it needs to be built, without what only its tests need.
    needs: Vec<String>,
}

/// Runs every check and prints each offence.
pub(crate) fn tidy() -> Result<Counts> {
    let workspace = Workspace::read()?;
    let mut counts = Counts::default();
    for (name, check) in CHECKS {
        let offences = check(&workspace)?;
        for offence in &offences {
            say::failed(name, offence);
        }
        counts = counts + Counts::of(offences.is_empty());
    }
    for long in files::long()? {
        say::note("length", long);
    }
    Ok(counts)
}

impl Workspace {
    /// Asks cargo.
    fn read() -> Result<Self> {
        let manifest = repo::root().join("Cargo.toml");
        let manifest = manifest.to_str().context("the path of the checkout is not UTF-8")?;
        let args = ["metadata", "--no-deps", "--format-version=1", "--manifest-path", manifest];
        let text = system::ask("cargo", &args)
            .ok_or_else(|| anyhow!("`cargo metadata` failed; run it to see why"))?;
        let metadata: Value = serde_json::from_str(&text)?;
        let packages = metadata["packages"].as_array().context("cargo names no packages")?;
        Ok(Self { crates: packages.iter().filter_map(member).collect() })
    }
}

fn member(package: &Value) -> Option<Member> {
    let folder = std::path::Path::new(package["manifest_path"].as_str()?).parent()?;
    let needs = package["dependencies"].as_array()?.iter();
    let needs = needs.filter(|needed| needed["kind"] != "dev");
    Some(Member {
        name: package["name"].as_str()?.to_owned(),
        folder: repo::relative(folder),
        needs: needs.filter_map(|needed| needed["name"].as_str().map(str::to_owned)).collect(),
    })
}

#[cfg(test)]
mod tests;
