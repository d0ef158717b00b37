//! Volumes with files laid over them for one command: the library where there
//! is no system volume yet, and a folder of skills over the user's own.

use std::collections::BTreeMap;

use llmos_core::{
    branch::{Branches, OverBranches},
    store::{BlobId, Change, CommitId, CommitInfo, Entry, HistoryQuery, Store, StoreError},
    volume::{VolumeId, VolumePath},
};

/// A store, and files that lie over what it holds. Writing goes to the store alone.
pub(crate) struct Overlay<S> {
    below: S,
    files: BTreeMap<VolumeId, BTreeMap<VolumePath, Vec<u8>>>,
}

/// What the newest commit of a volume with files over it is called.
const HEAD: &str = "overlay";

impl<S: Store> Overlay<S> {
    pub(crate) fn new(below: S) -> Self {
        Self { below, files: BTreeMap::new() }
    }

    /// Lays files over a volume.
    pub(crate) fn lay(
        &mut self,
        volume: VolumeId,
        files: impl IntoIterator<Item = (VolumePath, Vec<u8>)>,
    ) {
        self.files.entry(volume).or_default().extend(files);
    }
}

impl<S: Store> Store for Overlay<S> {
    fn head(&self, volume: &VolumeId) -> Result<Option<CommitId>, StoreError> {
        let head = self.below.head(volume)?;
        if !self.files.contains_key(volume) {
            return Ok(head);
        }
        // A commit below makes another head, so nobody mistakes one for the other.
        Ok(Some(CommitId(format!("{HEAD}{}", head.map_or_else(String::new, |id| id.0)))))
    }

    fn list(
        &self,
        volume: &VolumeId,
        at: &CommitId,
        path: Option<&VolumePath>,
    ) -> Result<Vec<Entry>, StoreError> {
        let Some(below) = at.0.strip_prefix(HEAD) else { return self.below.list(volume, at, path) };
        let mut found = BTreeMap::new();
        if !below.is_empty() {
            for entry in self.below.list(volume, &CommitId(below.to_owned()), path)? {
                found.insert(entry.path, entry.blob);
            }
        }
        let wanted = |file: &VolumePath| {
            path.is_none_or(|path| {
                let rest = file.as_str().strip_prefix(path.as_str());
                rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
            })
        };
        let over = self.files.get(volume).into_iter().flatten();
        for (file, content) in over.filter(|(file, _)| wanted(file)) {
            found.insert(file.clone(), BlobId::of(content));
        }
        Ok(found.into_iter().map(|(path, blob)| Entry { path, blob }).collect())
    }

    fn read(&self, volume: &VolumeId, blob: &BlobId) -> Result<Vec<u8>, StoreError> {
        let mut over = self.files.get(volume).into_iter().flatten();
        match over.find(|(_, content)| BlobId::of(content) == *blob) {
            Some((_, content)) => Ok(content.clone()),
            None => self.below.read(volume, blob),
        }
    }

    fn commit(&self, volume: &VolumeId, change: Change) -> Result<CommitId, StoreError> {
        self.below.commit(volume, change)
    }

    fn history(
        &self,
        volume: &VolumeId,
        query: &HistoryQuery,
    ) -> Result<Vec<CommitInfo>, StoreError> {
        self.below.history(volume, query)
    }

    fn volumes(&self) -> Result<Vec<VolumeId>, StoreError> {
        let mut volumes = self.below.volumes()?;
        volumes.extend(self.files.keys().cloned());
        volumes.sort();
        volumes.dedup();
        Ok(volumes)
    }
}

impl<S: Branches> OverBranches for Overlay<S> {
    fn below(&self) -> &dyn Branches {
        &self.below
    }
}
