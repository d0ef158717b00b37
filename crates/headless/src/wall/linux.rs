//! The wall on Linux.

use std::{
    os::unix::process::{CommandExt, parent_id},
    path::Path,
    process::Command,
};

use landlock::{
    ABI, Access, AccessFs, AccessNet, CompatLevel, Compatible, Ruleset, RulesetAttr,
    RulesetCreatedAttr, RulesetStatus, Scope, path_beneath_rules,
};
use rustix::process::{Resource, Rlimit, Signal, set_parent_process_death_signal, setrlimit};

use super::{Limits, Strength, Wall, WallError, step, syscalls};

/// The newest Landlock whose rights are all named here; an older kernel gives what it has.
const NEWEST: ABI = ABI::V6;

pub(super) fn strength() -> Strength {
    Strength { landlock: landlock_version(), seccomp: syscalls::are_filtered_here() }
}

/// The first version that offers something is asked for without taking it.
fn landlock_version() -> Option<u32> {
    let versions = [ABI::V6, ABI::V5, ABI::V4, ABI::V3, ABI::V2, ABI::V1];
    let has = |abi: &ABI| {
        let ruleset = Ruleset::default().set_compatibility(CompatLevel::HardRequirement);
        let ruleset = ruleset.handle_access(AccessFs::from_all(*abi));
        let ruleset = ruleset.and_then(|ruleset| match *abi {
            ABI::V4 | ABI::V5 | ABI::V6 => ruleset.handle_access(AccessNet::from_all(*abi)),
            _ => Ok(ruleset),
        });
        let ruleset = ruleset.and_then(|ruleset| match *abi {
            ABI::V6 => ruleset.scope(Scope::from_all(*abi)),
            _ => Ok(ruleset),
        });
        ruleset.and_then(Ruleset::create).is_ok()
    };
    versions.iter().find(|abi| has(abi)).map(|abi| *abi as u32)
}

pub(super) fn enter(parent: u32, wall: &Wall, program: &Path, args: &[String]) -> WallError {
    match build(parent, wall) {
        Ok(()) => step(
            "start the program behind the wall",
            Command::new(program).args(args).env_clear().exec(),
        ),
        Err(error) => error,
    }
}

fn build(parent: u32, wall: &Wall) -> Result<(), WallError> {
    set_parent_process_death_signal(Some(Signal::KILL))
        .map_err(|error| step("tie this process to its parent", error))?;
    // It may have ended before the line above.
    if parent_id() != parent {
        return Err(step("tie this process to its parent", "it has ended"));
    }
    let strength = strength();
    if wall.required && !strength.is_whole() {
        return Err(WallError::Weak { strength });
    }
    limit(wall.limits)?;
    if strength.landlock.is_some() {
        keep_files_away(wall)?;
    }
    if strength.seccomp {
        syscalls::filter(wall.strict)?;
    }
    Ok(())
}

fn limit(limits: Limits) -> Result<(), WallError> {
    let wanted = [
        (Resource::Cpu, limits.cpu_secs),
        (Resource::As, limits.memory_bytes),
        (Resource::Fsize, limits.file_bytes),
        (Resource::Nofile, limits.n_files),
        // What a crash leaves on the disk would hold the values.
        (Resource::Core, Some(0)),
    ];
    for (resource, value) in wanted {
        if value.is_some() {
            setrlimit(resource, Rlimit { current: value, maximum: value })
                .map_err(|error| step("limit the process", error))?;
        }
    }
    Ok(())
}

fn keep_files_away(wall: &Wall) -> Result<(), WallError> {
    let failed = |error: landlock::RulesetError| step("keep files away from the process", error);
    let read = AccessFs::from_read(NEWEST) & !AccessFs::Execute;
    let status = Ruleset::default()
        .set_compatibility(CompatLevel::BestEffort)
        .handle_access(AccessFs::from_all(NEWEST))
        .and_then(|ruleset| ruleset.handle_access(AccessNet::from_all(NEWEST)))
        .and_then(|ruleset| ruleset.scope(Scope::from_all(NEWEST)))
        .and_then(Ruleset::create)
        .and_then(|ruleset| ruleset.add_rules(path_beneath_rules(&wall.read, read)))
        .and_then(|ruleset| {
            let control =
                AccessFs::ReadFile | AccessFs::ReadDir | AccessFs::WriteFile | AccessFs::IoctlDev;
            ruleset.add_rules(path_beneath_rules(&wall.devices, control))
        })
        .and_then(|ruleset| {
            ruleset.add_rules(path_beneath_rules(&wall.execute, AccessFs::from_read(NEWEST)))
        })
        .and_then(|ruleset| ruleset.restrict_self())
        .map_err(failed)?;
    match status.ruleset {
        RulesetStatus::NotEnforced => Err(WallError::Weak { strength: strength() }),
        RulesetStatus::FullyEnforced | RulesetStatus::PartiallyEnforced => Ok(()),
    }
}
