//! What is compared before and after adding: requests, and the old lock with the new.

use std::collections::{BTreeMap, BTreeSet};

use pep508_rs::{PackageName, Requirement};

use super::{Added, Request};
use crate::{
    lock::{Lock, Locked},
    source::{Candidate, FromDistribution},
};

/// What must hold in the end: what was asked for earlier, unless it is asked for anew, and what is asked for now.
pub(super) fn roots(lock: &Lock, request: &Request) -> Vec<Requirement> {
    let anew = |wanted: &Requirement| request.wanted.iter().any(|new| new.name == wanted.name);
    let earlier = lock.packages.values().flat_map(|entry| &entry.requested);
    request.wanted.iter().chain(earlier.filter(|wanted| !anew(wanted))).cloned().collect()
}

/// What the cache holds, as something to choose.
pub(super) fn locked(lock: &Lock, request: &Request) -> BTreeMap<PackageName, Candidate> {
    let renewed =
        |name: &PackageName| request.upgrade && request.wanted.iter().any(|new| new.name == *name);
    let entries = lock.packages.values().filter_map(|entry| {
        let candidate = Candidate {
            name: PackageName::new(entry.name.clone()).ok()?,
            version: entry.version.parse().ok()?,
            file_name: entry.file_name.clone(),
            url: entry.source.parse().ok()?,
            sha256: entry.sha256.clone(),
            size: Some(entry.size),
            requires: Some(entry.requires.clone()),
            distribution: Some(FromDistribution {
                imports: entry.imports.clone(),
                install_dir: entry.install_dir.clone(),
                package_type: entry.package_type.clone(),
                unvendored_tests: entry.unvendored_tests,
            }),
            yanked: false,
            rank: 0,
        };
        (!renewed(&candidate.name)).then(|| (candidate.name.clone(), candidate))
    });
    entries.collect()
}

/// What an addition changed.
pub(super) fn difference(old: &Lock, new: &Lock, request: &Request) -> Added {
    let mut added = Added::default();
    let mut open: Vec<String> =
        request.wanted.iter().map(|wanted| wanted.name.to_string()).collect();
    let mut seen = BTreeSet::new();
    while let Some(name) = open.pop() {
        let Some(entry) = new.packages.get(&name) else { continue };
        if !seen.insert(name) {
            continue;
        }
        open.extend(entry.depends.iter().cloned());
        match old.packages.get(&entry.name) {
            Some(known) if known.sha256 == entry.sha256 => added.kept.push(entry.clone()),
            _ => added.new.push(entry.clone()),
        }
    }
    let others = new.packages.values().filter(|entry| !seen.contains(&entry.name));
    added.new.extend(others.filter(|entry| !old.names(&entry.sha256)).cloned());
    let changed = |entry: &&Locked| {
        new.packages.get(&entry.name).is_none_or(|now| now.version != entry.version)
    };
    let gone = old.packages.values().filter(changed);
    added.replaced = gone.map(|entry| (entry.name.clone(), entry.version.clone())).collect();
    added.new.sort_by(|a, b| a.name.cmp(&b.name));
    added.kept.sort_by(|a, b| a.name.cmp(&b.name));
    added
}
