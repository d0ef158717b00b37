//! A [`Store`] with [`Branches`] that forgets everything when it is dropped.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Mutex, MutexGuard, PoisonError},
};

use llmos_core::{
    branch::{Branch, BranchName, Branches},
    metadata,
    store::{
        BlobId, Change, CommitId, CommitInfo, Edit, Entry, Expected, HistoryQuery, Store,
        StoreError,
    },
    volume::{VolumeId, VolumePath},
};

type Files = BTreeMap<VolumePath, BlobId>;

/// Volumes in memory. It keeps the promises of [`Store`] and [`Branches`] and makes no others.
#[derive(Debug, Default)]
pub struct MemoryStore {
    volumes: Mutex<BTreeMap<VolumeId, Volume>>,
}

#[derive(Clone, Debug, Default)]
struct Volume {
    /// In the order in which they were made.
    commits: Vec<(CommitInfo, Files)>,
    tips: BTreeMap<BranchName, CommitId>,
    blobs: BTreeMap<BlobId, Vec<u8>>,
}

impl MemoryStore {
    /// Makes a store without volumes.
    pub fn new() -> Self {
        Self::default()
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<VolumeId, Volume>> {
        self.volumes.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Clone for MemoryStore {
    fn clone(&self) -> Self {
        Self { volumes: Mutex::new(self.lock().clone()) }
    }
}

impl Volume {
    fn position(&self, id: &CommitId) -> Option<usize> {
        self.commits.iter().position(|(info, _)| info.id == *id)
    }

    /// The positions of a commit and of all before it.
    fn reachable(&self, from: usize) -> BTreeSet<usize> {
        let (mut seen, mut to_do) = (BTreeSet::new(), vec![from]);
        while let Some(at) = to_do.pop() {
            if seen.insert(at) {
                to_do.extend(self.commits[at].0.parents.iter().filter_map(|id| self.position(id)));
            }
        }
        seen
    }

    fn apply(&mut self, files: &mut Files, edit: &Edit) {
        match &edit.content {
            Some(content) => {
                let blob = BlobId::of(content);
                self.blobs.insert(blob.clone(), content.clone());
                files.insert(edit.path.clone(), blob);
            }
            None => {
                files.remove(&edit.path);
            }
        }
    }

    /// Makes the commit of `change` on a branch.
    fn commit(
        &mut self,
        volume: &VolumeId,
        name: &BranchName,
        change: Change,
        merged: Option<&CommitId>,
    ) -> Result<CommitId, StoreError> {
        if let Some(merged) = merged
            && self.position(merged).is_none()
        {
            return Err(unknown(volume, &merged.0));
        }
        let tip = self.tips.get(name).cloned();
        let before = tip.as_ref().and_then(|tip| self.position(tip));
        let before = before.map(|at| self.commits[at].1.clone());
        let mut after = before.clone().unwrap_or_default();
        for edit in &change.edits {
            check(before.as_ref().unwrap_or(&Files::new()), edit)?;
            self.apply(&mut after, edit);
        }
        fits_together(&change.edits, &after)?;
        if before.is_none() && !change.edits.iter().any(|edit| edit.path == metadata::path()) {
            let content = Some(metadata::print_new(volume));
            let edit = Edit { path: metadata::path(), expected: Expected::Absent, content };
            self.apply(&mut after, &edit);
        }
        if let (Some(tip), true, None) = (&tip, before.as_ref() == Some(&after), merged) {
            return Ok(tip.clone());
        }
        let parents: Vec<_> = tip.into_iter().chain(merged.cloned()).collect();
        let text =
            format!("{parents:?}{:?}{}{}{after:?}", change.author, change.time, change.message);
        let id = CommitId(BlobId::of(text.as_bytes()).0);
        let message = format!("{}\n", change.message.trim_end());
        let (author, time) = (change.author, change.time);
        let info = CommitInfo { id: id.clone(), parents, author, time, message, signature: None };
        self.commits.push((info, after));
        self.tips.insert(name.clone(), id.clone());
        Ok(id)
    }
}

fn check(before: &Files, edit: &Edit) -> Result<(), StoreError> {
    let current = before.get(&edit.path);
    let fits = match &edit.expected {
        Expected::Anything => true,
        Expected::Absent => current.is_none(),
        Expected::Version(version) => current == Some(version),
    };
    if !fits {
        return Err(StoreError::Stale { path: edit.path.clone(), current: current.cloned() });
    }
    if edit.content.is_none() {
        return Ok(());
    }
    let text = edit.path.as_str();
    for (path, blob) in before {
        if is_below(text, path.as_str()) {
            return Err(StoreError::Stale { path: path.clone(), current: Some(blob.clone()) });
        }
        if is_below(path.as_str(), text) {
            return Err(StoreError::Stale { path: edit.path.clone(), current: None });
        }
    }
    Ok(())
}

/// Refuses a file in a folder that is a file of the same change.
fn fits_together(edits: &[Edit], after: &Files) -> Result<(), StoreError> {
    let written = || edits.iter().filter(|edit| after.contains_key(&edit.path));
    let below =
        |edit: &&Edit| written().any(|above| is_below(edit.path.as_str(), above.path.as_str()));
    match written().find(below) {
        Some(edit) => Err(StoreError::Stale { path: edit.path.clone(), current: None }),
        None => Ok(()),
    }
}

/// Says whether `path` lies in the folder `above`.
fn is_below(path: &str, above: &str) -> bool {
    path.strip_prefix(above).is_some_and(|rest| rest.starts_with('/'))
}

/// The files at a path or below it; all where there is no path.
fn part(files: &Files, path: Option<&VolumePath>) -> Files {
    let wanted = |file: &VolumePath| {
        path.is_none_or(|path| file == path || is_below(file.as_str(), path.as_str()))
    };
    let wanted = files.iter().filter(|(file, _)| wanted(file));
    wanted.map(|(path, blob)| (path.clone(), blob.clone())).collect()
}

impl Store for MemoryStore {
    fn head(&self, volume: &VolumeId) -> Result<Option<CommitId>, StoreError> {
        let volumes = self.lock();
        Ok(volumes.get(volume).and_then(|volume| volume.tips.get(&BranchName::main())).cloned())
    }

    fn list(
        &self,
        volume: &VolumeId,
        at: &CommitId,
        path: Option<&VolumePath>,
    ) -> Result<Vec<Entry>, StoreError> {
        let volumes = self.lock();
        let files = volumes
            .get(volume)
            .and_then(|found| found.position(at).map(|position| &found.commits[position].1))
            .ok_or_else(|| unknown(volume, &at.0))?;
        Ok(part(files, path).into_iter().map(|(path, blob)| Entry { path, blob }).collect())
    }

    fn read(&self, volume: &VolumeId, blob: &BlobId) -> Result<Vec<u8>, StoreError> {
        let volumes = self.lock();
        let content = volumes.get(volume).and_then(|volume| volume.blobs.get(blob));
        content.cloned().ok_or_else(|| unknown(volume, &blob.0))
    }

    fn commit(&self, volume: &VolumeId, change: Change) -> Result<CommitId, StoreError> {
        self.commit_to(volume, &BranchName::main(), change, None)
    }

    fn history(
        &self,
        volume: &VolumeId,
        query: &HistoryQuery,
    ) -> Result<Vec<CommitInfo>, StoreError> {
        let volumes = self.lock();
        let nothing = Volume::default();
        let found = volumes.get(volume).unwrap_or(&nothing);
        let start = match &query.from {
            Some(from) => Some(found.position(from).ok_or_else(|| unknown(volume, &from.0))?),
            None => found.tips.get(&BranchName::main()).and_then(|tip| found.position(tip)),
        };
        let touches = |at: &usize| {
            let part_at = |at: usize| part(&found.commits[at].1, query.path.as_ref());
            let (info, here) = (&found.commits[*at].0, part_at(*at));
            let parents: Vec<_> = info.parents.iter().filter_map(|id| found.position(id)).collect();
            query.path.is_none()
                || if parents.is_empty() {
                    !here.is_empty()
                } else {
                    parents.iter().all(|parent| part_at(*parent) != here)
                }
        };
        let all = start.map(|start| found.reachable(start)).unwrap_or_default();
        let shown = all.into_iter().rev().filter(touches).take(query.limit);
        Ok(shown.map(|position| found.commits[position].0.clone()).collect())
    }

    fn volumes(&self) -> Result<Vec<VolumeId>, StoreError> {
        Ok(self.lock().keys().cloned().collect())
    }
}

impl Branches for MemoryStore {
    fn branches(&self, volume: &VolumeId) -> Result<Vec<Branch>, StoreError> {
        let volumes = self.lock();
        let tips = volumes.get(volume).into_iter().flat_map(|volume| &volume.tips);
        Ok(tips.map(|(name, tip)| Branch { name: name.clone(), tip: tip.clone() }).collect())
    }

    fn create_branch(
        &self,
        volume: &VolumeId,
        name: &BranchName,
        at: &CommitId,
    ) -> Result<(), StoreError> {
        let mut volumes = self.lock();
        let found = volumes.get_mut(volume).filter(|found| found.position(at).is_some());
        let found = found.ok_or_else(|| unknown(volume, &at.0))?;
        let is_in_the_way = |other: &BranchName| {
            let (one, other) = (name.as_str(), other.as_str());
            one == other || is_below(one, other) || is_below(other, one)
        };
        if found.tips.keys().any(is_in_the_way) {
            let (volume, branch) = (volume.clone(), name.clone());
            return Err(StoreError::BranchExists { volume, branch });
        }
        found.tips.insert(name.clone(), at.clone());
        Ok(())
    }

    fn commit_to(
        &self,
        volume: &VolumeId,
        name: &BranchName,
        change: Change,
        merged: Option<&CommitId>,
    ) -> Result<CommitId, StoreError> {
        let mut volumes = self.lock();
        let mut next = volumes.get(volume).cloned().unwrap_or_default();
        if !name.is_main() && !next.tips.contains_key(name) {
            return Err(unknown_branch(volume, name));
        }
        let id = next.commit(volume, name, change, merged)?;
        volumes.insert(volume.clone(), next);
        Ok(id)
    }

    fn delete_branch(
        &self,
        volume: &VolumeId,
        name: &BranchName,
        tip: &CommitId,
    ) -> Result<(), StoreError> {
        let mut volumes = self.lock();
        let found = volumes.get_mut(volume).ok_or_else(|| unknown_branch(volume, name))?;
        let (volume, branch) = (volume.clone(), name.clone());
        if name.is_main() {
            return Err(StoreError::CheckedOut { volume, branch });
        }
        match found.tips.get(name) {
            None => Err(StoreError::UnknownBranch { volume, branch }),
            Some(there) if there != tip => {
                Err(StoreError::BranchMoved { volume, branch, tip: there.clone() })
            }
            Some(_) => {
                found.tips.remove(name);
                Ok(())
            }
        }
    }

    fn merge_base(
        &self,
        volume: &VolumeId,
        one: &CommitId,
        other: &CommitId,
    ) -> Result<Option<CommitId>, StoreError> {
        let volumes = self.lock();
        let nothing = Volume::default();
        let found = volumes.get(volume).unwrap_or(&nothing);
        let before = |id: &CommitId| {
            let at = found.position(id).ok_or_else(|| unknown(volume, &id.0))?;
            Ok(found.reachable(at))
        };
        let (one, other) = (before(one)?, before(other)?);
        let last = one.intersection(&other).last();
        Ok(last.map(|position| found.commits[*position].0.id.clone()))
    }
}

fn unknown(volume: &VolumeId, id: &str) -> StoreError {
    StoreError::UnknownObject { volume: volume.clone(), id: id.to_owned() }
}

fn unknown_branch(volume: &VolumeId, name: &BranchName) -> StoreError {
    StoreError::UnknownBranch { volume: volume.clone(), branch: name.clone() }
}
