//! Decides when a volume is looked after, see `upkeep`.

use std::{
    collections::BTreeMap,
    sync::{Arc, Condvar, Mutex, PoisonError, Weak},
    thread,
    time::{Duration, Instant},
};

use llmos_core::volume::VolumeId;

use crate::volume::Volume;

/// How long nothing was written before a volume is looked after.
const QUIET: Duration = Duration::from_secs(1);

/// How long a volume that is never quiet goes without.
const LONGEST: Duration = Duration::from_secs(10);

/// How many volumes are brought to rest together where there are too many.
const A_FEW: usize = 16;

/// The volumes that were written to, and the thread that looks after them.
#[derive(Debug, Default)]
pub(crate) struct Keeper {
    written: Mutex<Noted>,
    wake: Condvar,
}

/// When a volume was first written to since it was looked after, and when last.
#[derive(Debug, Default)]
struct Noted {
    volumes: BTreeMap<VolumeId, (Arc<Volume>, Instant, Instant)>,
    thread: Option<thread::JoinHandle<()>>,
    has_thread: bool,
    stopped: bool,
}

impl Keeper {
    /// Notes that a volume was written to.
    pub(crate) fn note(self: &Arc<Self>, volume: &Arc<Volume>) {
        let now = Instant::now();
        let mut written = self.written.lock().unwrap_or_else(PoisonError::into_inner);
        let entry = written
            .volumes
            .entry(volume.id.clone())
            .or_insert_with(|| (Arc::clone(volume), now, now));
        entry.2 = now;
        if written.has_thread || written.stopped {
            return;
        }
        let keeper = Arc::downgrade(self);
        let spawned = thread::Builder::new().name("upkeep".to_owned()).spawn(move || run(&keeper));
        written.has_thread = spawned.is_ok();
        written.thread = spawned.ok();
    }

    /// Brings those that wait longest to rest now, as somebody needs their place.
    pub(crate) fn look_after_oldest(&self) {
        let due: Vec<Arc<Volume>> = {
            let mut written = self.written.lock().unwrap_or_else(PoisonError::into_inner);
            let mut ids: Vec<(Instant, VolumeId)> =
                written.volumes.iter().map(|(id, (_, _, last))| (*last, id.clone())).collect();
            ids.sort();
            let due = ids.iter().take(A_FEW).filter_map(|(_, id)| written.volumes.remove(id));
            due.map(|(volume, ..)| volume).collect()
        };
        for volume in due {
            volume.settle();
            // What fails here is done by whoever opens the volume next.
            drop(volume.look_after());
        }
    }

    /// Returns the volumes that were written to, and looks after none from now on.
    pub(crate) fn stop(&self) -> Vec<Arc<Volume>> {
        let mut written = self.written.lock().unwrap_or_else(PoisonError::into_inner);
        written.stopped = true;
        self.wake.notify_all();
        let volumes = std::mem::take(&mut written.volumes);
        let thread = written.thread.take();
        drop(written);
        // What it is looking after must not be half done when nobody is left to do it.
        if let Some(thread) = thread.filter(|it| it.thread().id() != thread::current().id()) {
            drop(thread.join());
        }
        volumes.into_values().map(|(volume, ..)| volume).collect()
    }

    /// Waits for a volume whose turn it is; `None` when there is nothing more to do.
    fn next(&self) -> Option<Vec<Arc<Volume>>> {
        let mut written = self.written.lock().unwrap_or_else(PoisonError::into_inner);
        if written.stopped || written.volumes.is_empty() {
            written.has_thread = false;
            return None;
        }
        let now = Instant::now();
        let is_due = |volume: &Volume, first: Instant, last: Instant| {
            now.duration_since(last) >= QUIET
                || now.duration_since(first) >= LONGEST
                || volume.upkeep.is_urgent()
        };
        let due: Vec<VolumeId> = written
            .volumes
            .iter()
            .filter(|(_, (volume, first, last))| is_due(volume, *first, *last))
            .map(|(id, _)| id.clone())
            .collect();
        if due.is_empty() {
            drop(self.wake.wait_timeout(written, QUIET / 4));
            return Some(Vec::new());
        }
        Some(due.iter().filter_map(|id| written.volumes.remove(id)).map(|(v, ..)| v).collect())
    }
}

fn run(keeper: &Weak<Keeper>) {
    while let Some(keeper) = keeper.upgrade() {
        let Some(due) = keeper.next() else { return };
        for volume in due {
            // Nothing is lost where this fails: it is tried again after the next change.
            drop(volume.look_after());
            if volume.has_doomed() {
                keeper.note(&volume);
            }
        }
    }
}
