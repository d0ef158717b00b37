//! A [`Store`] that forgets everything when it is dropped.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Mutex, MutexGuard, PoisonError},
};

use llmos_core::{
    metadata,
    store::{
        BlobId, Change, CommitId, CommitInfo, Edit, Entry, Expected, HistoryQuery, Store,
        StoreError,
    },
    volume::{VolumeId, VolumePath},
};

type Files = BTreeMap<VolumePath, BlobId>;

/// Volumes in memory. It keeps the promises of [`Store`] and makes no others.
#[derive(Debug, Default)]
pub struct MemoryStore {
    volumes: Mutex<BTreeMap<VolumeId, Volume>>,
}

#[derive(Clone, Debug, Default)]
struct Volume {
    /// Oldest first.
    commits: Vec<(CommitInfo, Files)>,
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

impl Volume {
    fn position(&self, id: &CommitId) -> Option<usize> {
        self.commits.iter().position(|(info, _)| info.id == *id)
    }

    fn apply(&mut self, files: &mut Files, edit: &Edit) -> Result<(), StoreError> {
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
        Ok(())
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

/// Says whether `path` lies in the folder `above`.
fn is_below(path: &str, above: &str) -> bool {
    path.strip_prefix(above).is_some_and(|rest| rest.starts_with('/'))
}

impl Store for MemoryStore {
    fn head(&self, volume: &VolumeId) -> Result<Option<CommitId>, StoreError> {
        let volumes = self.lock();
        let last = volumes.get(volume).and_then(|volume| volume.commits.last());
        Ok(last.map(|(info, _)| info.id.clone()))
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
        let wanted = |file: &VolumePath| {
            path.is_none_or(|path| file == path || is_below(file.as_str(), path.as_str()))
        };
        let entry =
            |(path, blob): (&VolumePath, &BlobId)| Entry { path: path.clone(), blob: blob.clone() };
        Ok(files.iter().filter(|(file, _)| wanted(file)).map(entry).collect())
    }

    fn read(&self, volume: &VolumeId, blob: &BlobId) -> Result<Vec<u8>, StoreError> {
        let volumes = self.lock();
        let content = volumes.get(volume).and_then(|volume| volume.blobs.get(blob));
        content.cloned().ok_or_else(|| unknown(volume, &blob.0))
    }

    fn commit(&self, volume: &VolumeId, change: Change) -> Result<CommitId, StoreError> {
        let mut volumes = self.lock();
        let mut next = volumes.get(volume).cloned().unwrap_or_default();
        let before = next.commits.last().map(|(_, files)| files.clone());
        let mut after = before.clone().unwrap_or_default();
        for edit in &change.edits {
            check(before.as_ref().unwrap_or(&Files::new()), edit)?;
            next.apply(&mut after, edit)?;
        }
        let mut written: BTreeSet<&str> = BTreeSet::new();
        written.extend(
            change
                .edits
                .iter()
                .filter(|edit| after.contains_key(&edit.path))
                .map(|edit| edit.path.as_str()),
        );
        for edit in change.edits.iter().filter(|edit| after.contains_key(&edit.path)) {
            if written.iter().any(|above| is_below(edit.path.as_str(), above)) {
                return Err(StoreError::Stale { path: edit.path.clone(), current: None });
            }
        }
        if before.is_none() && !change.edits.iter().any(|edit| edit.path == metadata::path()) {
            let content = Some(metadata::print_new(volume));
            let edit = Edit { path: metadata::path(), expected: Expected::Absent, content };
            next.apply(&mut after, &edit)?;
        }
        if let (Some((last, files)), true) = (next.commits.last(), before.as_ref() == Some(&after))
            && *files == after
        {
            return Ok(last.id.clone());
        }
        let parents: Vec<_> =
            next.commits.last().map(|(info, _)| info.id.clone()).into_iter().collect();
        let text =
            format!("{parents:?}{:?}{}{}{after:?}", change.author, change.time, change.message);
        let id = CommitId(BlobId::of(text.as_bytes()).0);
        let message = format!("{}\n", change.message.trim_end());
        let info = CommitInfo {
            id: id.clone(),
            parents,
            author: change.author,
            time: change.time,
            message,
        };
        next.commits.push((info, after));
        volumes.insert(volume.clone(), next);
        Ok(id)
    }

    fn history(
        &self,
        volume: &VolumeId,
        query: &HistoryQuery,
    ) -> Result<Vec<CommitInfo>, StoreError> {
        let volumes = self.lock();
        let nothing = Volume::default();
        let found = volumes.get(volume).unwrap_or(&nothing);
        let end = match &query.from {
            Some(from) => found.position(from).ok_or_else(|| unknown(volume, &from.0))? + 1,
            None => found.commits.len(),
        };
        let part = |files: &Files| -> Files {
            let wanted = |path: &VolumePath| {
                let filter = query.path.as_ref();
                filter
                    .is_none_or(|filter| path == filter || is_below(path.as_str(), filter.as_str()))
            };
            files
                .iter()
                .filter(|(path, _)| wanted(path))
                .map(|(p, b)| (p.clone(), b.clone()))
                .collect()
        };
        let touches = |position: usize| {
            let before =
                position.checked_sub(1).map(|p| part(&found.commits[p].1)).unwrap_or_default();
            query.path.is_none() || part(&found.commits[position].1) != before
        };
        let positions = (0..end).rev().filter(|position| touches(*position)).take(query.limit);
        Ok(positions.map(|position| found.commits[position].0.clone()).collect())
    }

    fn volumes(&self) -> Result<Vec<VolumeId>, StoreError> {
        Ok(self.lock().keys().cloned().collect())
    }
}

fn unknown(volume: &VolumeId, id: &str) -> StoreError {
    StoreError::UnknownObject { volume: volume.clone(), id: id.to_owned() }
}
