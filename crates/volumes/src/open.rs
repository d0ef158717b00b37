//! The volumes that are held open, of which there are never too many.

use std::{
    collections::BTreeMap,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};

use llmos_core::volume::VolumeId;

use crate::volume::Volume;

/// How many volumes are held open: each has some memory, and while it is written to, a few open files.
pub const MAX_OPEN: usize = 128;

/// The volumes that are held open.
#[derive(Debug, Default)]
pub(crate) struct OpenVolumes {
    volumes: Mutex<BTreeMap<VolumeId, Arc<Volume>>>,
    /// Counts the requests, to tell what was not used for long.
    now: AtomicU64,
}

impl OpenVolumes {
    pub(crate) fn get(&self, id: &VolumeId) -> Option<Arc<Volume>> {
        let found = self.lock().get(id).cloned();
        found.inspect(|volume| self.touch(volume))
    }

    /// Holds a volume open, unless somebody was faster; all users of it must use the one that is returned.
    pub(crate) fn remember(&self, volume: Arc<Volume>) -> Arc<Volume> {
        let mut volumes = self.lock();
        if volumes.len() >= MAX_OPEN && !volumes.contains_key(&volume.id) {
            while volumes.len() >= MAX_OPEN && close_oldest(&mut volumes) {}
        }
        let volume = Arc::clone(volumes.entry(volume.id.clone()).or_insert(volume));
        self.touch(&volume);
        volume
    }

    pub(crate) fn is_full(&self) -> bool {
        let volumes = self.lock();
        volumes.len() >= MAX_OPEN && !volumes.values().any(is_idle)
    }

    pub(crate) fn all(&self) -> Vec<Arc<Volume>> {
        self.lock().values().cloned().collect()
    }

    fn touch(&self, volume: &Volume) {
        volume.used.store(self.now.fetch_add(1, Ordering::Relaxed), Ordering::Relaxed);
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<VolumeId, Arc<Volume>>> {
        self.volumes.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Says whether a volume can be closed. Nobody but the caller can take hold of it meanwhile.
fn is_idle(volume: &Arc<Volume>) -> bool {
    Arc::strong_count(volume) == 1 && volume.is_at_rest()
}

/// Closes the volume that was not used for longest among those that nobody is using; `false` where all are used.
fn close_oldest(volumes: &mut BTreeMap<VolumeId, Arc<Volume>>) -> bool {
    let idle = volumes.values().filter(|volume| is_idle(volume));
    let oldest = idle.min_by_key(|volume| volume.used.load(Ordering::Relaxed));
    let oldest = oldest.map(|volume| volume.id.clone());
    oldest.is_some_and(|id| volumes.remove(&id).is_some())
}
