//! What the volumes hold, parsed: an immutable snapshot per volume, replaced
//! when the volume's newest commit is another one, and views that lay the
//! snapshots of a caller's volumes over each other.

mod find;
mod snapshot;
mod view;

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, AtomicUsize, Ordering},
    },
};

use llmos_core::{store::Store, volume::VolumeId};

use crate::{Caller, Error};

pub(crate) use find::Found;
pub(crate) use snapshot::{
    ContentId, SkillFile, Snapshot, WorkflowFile, skill_paths, workflow_path,
};
pub(crate) use view::{View, Visible};

/// How many volumes are kept parsed.
const MAX_SNAPSHOTS: usize = 256;

/// How many parsed files are kept of all volumes together; one volume may have more.
const MAX_PARSED: usize = 60_000;

/// How many views are kept.
const MAX_VIEWS: usize = 32;

pub(crate) struct Catalogue {
    store: Arc<dyn Store>,
    snapshots: Mutex<Slots>,
    /// The most recently used one last.
    views: Mutex<Vec<(Key, Arc<View>)>>,
}

/// The volumes that are kept parsed.
#[derive(Default)]
struct Slots {
    by_volume: HashMap<VolumeId, Arc<Slot>>,
    /// Counts the requests, to tell what was not used for long.
    now: u64,
}

/// One volume. Whoever finds it outdated parses it while the others of that volume wait.
#[derive(Default)]
struct Slot {
    snapshot: Mutex<Option<Arc<Snapshot>>>,
    n_parsed: AtomicUsize,
    used: AtomicU64,
}

/// What a view was made from.
type Key = Vec<(VolumeId, ContentId)>;

impl Catalogue {
    pub(crate) fn new(store: Arc<dyn Store>) -> Self {
        Self { store, snapshots: Mutex::default(), views: Mutex::default() }
    }

    /// Returns what a volume holds now. Asks for no permission: the caller does.
    pub(crate) fn snapshot(&self, volume: &VolumeId) -> Result<Arc<Snapshot>, Error> {
        let Some(head) = self.store.head(volume)? else {
            return Ok(Arc::new(Snapshot::absent(volume.clone())));
        };
        let slot = self.slot(volume);
        let mut kept = slot.snapshot.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(snapshot) = kept.as_ref().filter(|kept| kept.head.as_ref() == Some(&head)) {
            return Ok(Arc::clone(snapshot));
        }
        let fresh = Arc::new(Snapshot::read(&*self.store, volume, head, kept.as_deref())?);
        *kept = Some(Arc::clone(&fresh));
        slot.n_parsed.store(fresh.n_parsed(), Ordering::Relaxed);
        Ok(fresh)
    }

    /// Returns what the caller sees.
    ///
    /// A team's volume that is damaged hides nothing but itself: its members go on with their own skills and those
    /// of the system.
    pub(crate) fn view(&self, caller: &Caller) -> Result<Arc<View>, Error> {
        let mut all_whole = true;
        let mut layers = Vec::new();
        for volume in caller.layers()? {
            layers.push(match self.snapshot(&volume) {
                Err(error) if error.is_damaged_team() => {
                    all_whole = false;
                    Arc::new(Snapshot::damaged(volume, &error))
                }
                snapshot => snapshot?,
            });
        }
        if !all_whole {
            // It has no version to keep a view by.
            return Ok(Arc::new(View::new(layers, None)));
        }
        let key: Key =
            layers.iter().map(|layer| (layer.volume.clone(), layer.content_id().clone())).collect();
        if let Some(view) = self.kept_view(&key) {
            return Ok(view);
        }
        let same = |kept: &Key| {
            kept.iter().map(|(volume, _)| volume).eq(key.iter().map(|(volume, _)| volume))
        };
        let earlier = self.earlier_view(same);
        let view = Arc::new(View::new(layers, earlier.as_deref()));
        let mut views = self.views.lock().unwrap_or_else(PoisonError::into_inner);
        // Of the same volumes only the newest view is worth keeping.
        views.retain(|(kept, _)| !same(kept));
        if views.len() >= MAX_VIEWS {
            views.remove(0);
        }
        views.push((key, Arc::clone(&view)));
        Ok(view)
    }

    fn earlier_view(&self, same: impl Fn(&Key) -> bool) -> Option<Arc<View>> {
        let views = self.views.lock().unwrap_or_else(PoisonError::into_inner);
        views.iter().find(|(kept, _)| same(kept)).map(|(_, view)| Arc::clone(view))
    }

    fn kept_view(&self, key: &Key) -> Option<Arc<View>> {
        let mut views = self.views.lock().unwrap_or_else(PoisonError::into_inner);
        let at = views.iter().position(|(kept, _)| kept == key)?;
        let found = views.remove(at);
        let view = Arc::clone(&found.1);
        views.push(found);
        Some(view)
    }

    fn slot(&self, volume: &VolumeId) -> Arc<Slot> {
        let mut slots = self.snapshots.lock().unwrap_or_else(PoisonError::into_inner);
        slots.now += 1;
        if !slots.by_volume.contains_key(volume) {
            slots.make_room();
        }
        let slot = Arc::clone(slots.by_volume.entry(volume.clone()).or_default());
        slot.used.store(slots.now, Ordering::Relaxed);
        slot
    }
}

impl Slots {
    /// Forgets what was not used for longest; everybody reads the system volume, so it stays.
    fn make_room(&mut self) {
        let size = |slot: &Slot| slot.n_parsed.load(Ordering::Relaxed);
        let mut n_parsed: usize = self.by_volume.values().map(|slot| size(slot)).sum();
        while self.by_volume.len() >= MAX_SNAPSHOTS || n_parsed > MAX_PARSED {
            let others = self.by_volume.iter().filter(|(volume, _)| **volume != VolumeId::System);
            let oldest = others.min_by_key(|(_, slot)| slot.used.load(Ordering::Relaxed));
            let Some((volume, slot)) = oldest.map(|(volume, slot)| (volume.clone(), slot)) else {
                return;
            };
            n_parsed -= size(slot).min(n_parsed);
            self.by_volume.remove(&volume);
        }
    }
}
