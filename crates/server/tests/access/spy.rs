//! Volumes in memory that note every touch.

use std::sync::{Arc, Mutex};

use llmos_core::{
    branch::{Branch, BranchName, Branches},
    store::{BlobId, Change, CommitId, CommitInfo, Entry, HistoryQuery, Store, StoreError},
    volume::{VolumeId, VolumePath},
};
use llmos_testkit::MemoryStore;

/// What was done to a volume.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Touch {
    /// Something of it was read.
    Read(VolumeId),
    /// A branch of it was changed, made or deleted.
    Write(VolumeId, String),
    /// It was begun, with nothing but its metadata.
    Begin(VolumeId),
    /// Messages of a session of it were read, which was offered to these teams.
    Look(VolumeId, Vec<VolumeId>),
    /// Something was said in a session of it, or one was begun, renamed or deleted.
    Talk(VolumeId),
}

/// Volumes that note every touch.
#[derive(Default)]
pub(crate) struct Spy {
    inner: Mutex<Arc<MemoryStore>>,
    touches: Mutex<Vec<Touch>>,
}

impl Spy {
    /// Returns what was touched since the last time that somebody asked.
    pub(crate) fn take(&self) -> Vec<Touch> {
        std::mem::take(&mut self.touches.lock().expect("nobody failed"))
    }

    /// The volumes, without anybody noting it.
    pub(crate) fn unseen(&self) -> Arc<MemoryStore> {
        Arc::clone(&self.inner.lock().expect("nobody failed"))
    }

    /// Puts other volumes in the place of these.
    pub(crate) fn replace(&self, volumes: MemoryStore) {
        *self.inner.lock().expect("nobody failed") = Arc::new(volumes);
        self.take();
    }

    fn note(&self, touch: Touch) {
        let mut touches = self.touches.lock().expect("nobody failed");
        if touches.last() != Some(&touch) {
            touches.push(touch);
        }
    }

    fn read_of(&self, volume: &VolumeId) {
        self.note(Touch::Read(volume.clone()));
    }

    fn write_of(&self, volume: &VolumeId, branch: &BranchName, change: Option<&Change>) {
        let begins = change.is_some_and(|change| change.edits.is_empty())
            && self.unseen().head(volume).is_ok_and(|head| head.is_none());
        self.note(match begins {
            true => Touch::Begin(volume.clone()),
            false => Touch::Write(volume.clone(), branch.to_string()),
        });
    }
}

impl Store for Spy {
    fn head(&self, volume: &VolumeId) -> Result<Option<CommitId>, StoreError> {
        self.read_of(volume);
        self.unseen().head(volume)
    }

    fn list(
        &self,
        volume: &VolumeId,
        at: &CommitId,
        path: Option<&VolumePath>,
    ) -> Result<Vec<Entry>, StoreError> {
        self.read_of(volume);
        self.unseen().list(volume, at, path)
    }

    fn read(&self, volume: &VolumeId, blob: &BlobId) -> Result<Vec<u8>, StoreError> {
        self.read_of(volume);
        self.unseen().read(volume, blob)
    }

    fn commit(&self, volume: &VolumeId, change: Change) -> Result<CommitId, StoreError> {
        self.write_of(volume, &BranchName::main(), Some(&change));
        self.unseen().commit(volume, change)
    }

    fn history(
        &self,
        volume: &VolumeId,
        query: &HistoryQuery,
    ) -> Result<Vec<CommitInfo>, StoreError> {
        self.read_of(volume);
        self.unseen().history(volume, query)
    }

    fn volumes(&self) -> Result<Vec<VolumeId>, StoreError> {
        self.unseen().volumes()
    }
}

impl Branches for Spy {
    fn branches(&self, volume: &VolumeId) -> Result<Vec<Branch>, StoreError> {
        self.read_of(volume);
        self.unseen().branches(volume)
    }

    fn create_branch(
        &self,
        volume: &VolumeId,
        name: &BranchName,
        at: &CommitId,
    ) -> Result<(), StoreError> {
        self.write_of(volume, name, None);
        self.unseen().create_branch(volume, name, at)
    }

    fn commit_to(
        &self,
        volume: &VolumeId,
        name: &BranchName,
        change: Change,
        merged: Option<&CommitId>,
    ) -> Result<CommitId, StoreError> {
        self.write_of(volume, name, Some(&change));
        self.unseen().commit_to(volume, name, change, merged)
    }

    fn delete_branch(
        &self,
        volume: &VolumeId,
        name: &BranchName,
        tip: &CommitId,
    ) -> Result<(), StoreError> {
        self.write_of(volume, name, None);
        self.unseen().delete_branch(volume, name, tip)
    }

    fn merge_base(
        &self,
        volume: &VolumeId,
        one: &CommitId,
        other: &CommitId,
    ) -> Result<Option<CommitId>, StoreError> {
        self.read_of(volume);
        self.unseen().merge_base(volume, one, other)
    }
}
