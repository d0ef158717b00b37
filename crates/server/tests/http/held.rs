//! A store that is slow to write, without a clock.

use std::sync::{Condvar, Mutex};

use llmos_core::{
    branch::{Branches, OverBranches},
    store::{BlobId, Change, CommitId, CommitInfo, Entry, HistoryQuery, Store, StoreError},
    volume::{VolumeId, VolumePath},
};
use llmos_testkit::MemoryStore;

/// A store in memory whose commits to users' volumes wait until they are let go.
#[derive(Default)]
pub(crate) struct HeldStore {
    inner: MemoryStore,
    held: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    n_waiting: usize,
    open: bool,
}

impl HeldStore {
    /// Waits until so many commits wait.
    pub(crate) fn wait_for(&self, n: usize) {
        let mut state = self.held.lock().expect("nobody panicked");
        while state.n_waiting < n {
            state = self.changed.wait(state).expect("nobody panicked");
        }
    }

    /// Lets all commits go, those to come as well.
    pub(crate) fn let_go(&self) {
        self.held.lock().expect("nobody panicked").open = true;
        self.changed.notify_all();
    }
}

impl Store for HeldStore {
    fn head(&self, volume: &VolumeId) -> Result<Option<CommitId>, StoreError> {
        self.inner.head(volume)
    }

    fn list(
        &self,
        volume: &VolumeId,
        at: &CommitId,
        path: Option<&VolumePath>,
    ) -> Result<Vec<Entry>, StoreError> {
        self.inner.list(volume, at, path)
    }

    fn read(&self, volume: &VolumeId, blob: &BlobId) -> Result<Vec<u8>, StoreError> {
        self.inner.read(volume, blob)
    }

    fn commit(&self, volume: &VolumeId, change: Change) -> Result<CommitId, StoreError> {
        if *volume != VolumeId::System {
            let mut state = self.held.lock().expect("nobody panicked");
            state.n_waiting += 1;
            self.changed.notify_all();
            while !state.open {
                state = self.changed.wait(state).expect("nobody panicked");
            }
        }
        self.inner.commit(volume, change)
    }

    fn history(
        &self,
        volume: &VolumeId,
        query: &HistoryQuery,
    ) -> Result<Vec<CommitInfo>, StoreError> {
        self.inner.history(volume, query)
    }

    fn volumes(&self) -> Result<Vec<VolumeId>, StoreError> {
        self.inner.volumes()
    }
}

impl OverBranches for HeldStore {
    fn below(&self) -> &dyn Branches {
        &self.inner
    }
}
