//! Traces that are kept at the same moment: those of one person become one commit.
//!
//! An exchange is over when its trace is safe, so with many at once the commits
//! would be what everybody waits for. Whoever comes first keeps the trace of
//! everybody who waits meanwhile, and waits a moment for those whose answer is
//! being put together: it takes less long than a commit of its own for each.

use std::{
    collections::HashMap,
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use llmos_core::{
    store::{Author, Edit},
    volume::VolumeId,
};

/// The most traces of one commit.
const MOST: usize = 64;

/// How long the first of them waits at most for those that are about to come.
const PATIENCE: Duration = Duration::from_millis(3);

/// A trace that is to be kept.
pub(super) struct Note {
    pub(super) edit: Edit,
    /// What a commit says of it.
    pub(super) said: String,
}

/// Whose traces go together.
pub(super) type Key = (VolumeId, Author);

/// Those who wait for their traces to be kept.
pub(crate) struct Gathering {
    patience: Duration,
    lines: Mutex<HashMap<Key, Line>>,
    served: Condvar,
    /// Nobody is about to come any more.
    all_came: Condvar,
}

impl Default for Gathering {
    fn default() -> Self {
        Self::with_patience(PATIENCE)
    }
}

#[derive(Default)]
struct Line {
    waiting: Vec<Arc<Seat>>,
    somebody_serves: bool,
    /// How many are about to come.
    n_coming: usize,
}

impl Line {
    fn is_over(&self) -> bool {
        self.waiting.is_empty() && !self.somebody_serves && self.n_coming == 0
    }
}

/// An exchange whose trace will be there to keep within the moment, or never.
pub(super) struct Coming {
    gathering: Arc<Gathering>,
    key: Key,
}

impl Drop for Coming {
    fn drop(&mut self) {
        let mut lines = self.gathering.lines();
        let Some(line) = lines.get_mut(&self.key) else { return };
        line.n_coming = line.n_coming.saturating_sub(1);
        if line.n_coming == 0 {
            self.gathering.all_came.notify_all();
        }
        if line.is_over() {
            lines.remove(&self.key);
        }
    }
}

struct Seat {
    note: Note,
    done: Mutex<Option<Done>>,
}

/// What became of a trace that somebody else was to keep.
#[derive(Clone, Copy)]
enum Done {
    Kept,
    /// Not all of them could be kept together: each is tried by itself, and hears its own reason.
    Alone,
}

impl Gathering {
    fn with_patience(patience: Duration) -> Self {
        let (served, all_came) = (Condvar::new(), Condvar::new());
        Self { patience, lines: Mutex::default(), served, all_came }
    }

    /// Announces a trace: until this is dropped, others wait a moment for it.
    pub(super) fn announce(self: &Arc<Self>, key: Key) -> Coming {
        self.lines().entry(key.clone()).or_default().n_coming += 1;
        Coming { gathering: Arc::clone(self), key }
    }

    /// Keeps a trace, perhaps one that was announced, with `commit`, which makes one commit of all notes that it is
    /// given: this one and others that wait.
    pub(super) fn keep<E>(
        &self,
        key: &Key,
        note: Note,
        announced: Option<Coming>,
        commit: impl Fn(&[&Note]) -> Result<(), E>,
    ) -> Result<(), E> {
        let seat = Arc::new(Seat { note, done: Mutex::default() });
        self.lines().entry(key.clone()).or_default().waiting.push(Arc::clone(&seat));
        drop(announced);
        let mut lines = self.lines();
        loop {
            match seat.done() {
                Some(Done::Kept) => return Ok(()),
                Some(Done::Alone) => {
                    drop(lines);
                    return commit(&[&seat.note]);
                }
                None => {}
            }
            let line = lines.entry(key.clone()).or_default();
            if line.somebody_serves {
                lines = self.served.wait(lines).unwrap_or_else(PoisonError::into_inner);
                continue;
            }
            line.somebody_serves = true;
            lines = self.wait_for_all(lines, key);
            let line = lines.entry(key.clone()).or_default();
            let n = line.waiting.len().min(MOST);
            let seats: Vec<_> = line.waiting.drain(..n).collect();
            drop(lines);
            let serving = Serving { gathering: self, key, seats };
            let notes: Vec<_> = serving.seats.iter().map(|seat| &seat.note).collect();
            let kept = commit(&notes);
            if kept.is_ok() {
                serving.seats.iter().for_each(|seat| seat.set(Done::Kept));
            } else if n == 1 && Arc::ptr_eq(&serving.seats[0], &seat) {
                return kept;
            }
            drop(serving);
            lines = self.lines();
        }
    }

    /// Waits a moment for those that are about to come.
    fn wait_for_all<'a>(
        &self,
        mut lines: MutexGuard<'a, HashMap<Key, Line>>,
        key: &Key,
    ) -> MutexGuard<'a, HashMap<Key, Line>> {
        let until = Instant::now() + self.patience;
        while lines.get(key).is_some_and(|it| it.n_coming > 0 && it.waiting.len() < MOST) {
            let Some(left) = until.checked_duration_since(Instant::now()) else { break };
            let waited = self.all_came.wait_timeout(lines, left);
            lines = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
        lines
    }

    fn lines(&self) -> MutexGuard<'_, HashMap<Key, Line>> {
        self.lines.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Seat {
    fn done(&self) -> Option<Done> {
        *self.done.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn set(&self, done: Done) {
        self.done.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(done);
    }
}

/// Somebody serves these seats: nobody is left waiting, however that ends.
struct Serving<'a> {
    gathering: &'a Gathering,
    key: &'a Key,
    seats: Vec<Arc<Seat>>,
}

impl Drop for Serving<'_> {
    fn drop(&mut self) {
        self.seats.iter().for_each(|seat| seat.set(Done::Alone));
        let mut lines = self.gathering.lines();
        if let Some(line) = lines.get_mut(self.key) {
            line.somebody_serves = false;
            if line.is_over() {
                lines.remove(self.key);
            }
        }
        drop(lines);
        self.gathering.served.notify_all();
    }
}

#[cfg(test)]
mod tests;
