//! The Python packages of a run, out of the package cache.

use base64::{Engine, prelude::BASE64_STANDARD};
use llmos_api::{package::NeededPackages, workflow::RunPayload};
use llmos_headless::PackageSupply;
use llmos_packages::Cache;

use crate::{failure::Failure, packages::view};

/// Finds out what the skills of a run need, and reads it.
///
/// Skills name the versions afterwards that their code will meet: keys are made of them.
pub(super) fn supply(cache: &Cache, payload: &mut RunPayload) -> Result<PackageSupply, Failure> {
    let mut supply = PackageSupply { lock: view(cache.lock()?), ..PackageSupply::default() };
    supply.needs = NeededPackages::of(&payload.skills, &supply.lock);
    for (id, needed) in &supply.needs {
        if let (Some(skill), None) = (payload.skills.get_mut(id), &needed.error) {
            skill.packages.clone_from(&needed.versions);
        }
    }
    let chooses = supply.needs.values().any(|needed| needed.chooses);
    for (name, file) in &supply.lock.packages {
        if chooses || supply.needs.values().any(|needed| needed.load.contains(name)) {
            let content = cache.read(name, &file.sha256)?;
            supply.files.insert(file.sha256.clone(), BASE64_STANDARD.encode(content));
        }
    }
    Ok(supply)
}
