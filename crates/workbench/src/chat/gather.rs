//! Traces that are kept at the same moment: those of one person become one commit.
//!
//! An exchange is over when its trace is safe, so with many at once the commits
//! would be what everybody waits for. Whoever comes first keeps the trace of
//! everybody who waits meanwhile.

use std::{
    collections::HashMap,
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
};

use llmos_core::{
    store::{Author, Edit},
    volume::VolumeId,
};

/// The most traces of one commit.
const MOST: usize = 64;

/// A trace that is to be kept.
pub(super) struct Note {
    pub(super) edit: Edit,
    /// What a commit says of it.
    pub(super) said: String,
}

/// Whose traces go together.
pub(super) type Key = (VolumeId, Author);

/// Those who wait for their traces to be kept.
#[derive(Default)]
pub(crate) struct Gathering {
    lines: Mutex<HashMap<Key, Line>>,
    served: Condvar,
}

#[derive(Default)]
struct Line {
    waiting: Vec<Arc<Seat>>,
    somebody_serves: bool,
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
    /// Keeps a trace with `commit`, which makes one commit of all notes it is given: this one and others that wait.
    pub(super) fn keep<E>(
        &self,
        key: &Key,
        note: Note,
        commit: impl Fn(&[&Note]) -> Result<(), E>,
    ) -> Result<(), E> {
        let seat = Arc::new(Seat { note, done: Mutex::default() });
        let mut lines = self.lines();
        lines.entry(key.clone()).or_default().waiting.push(Arc::clone(&seat));
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
            if line.waiting.is_empty() {
                lines.remove(self.key);
            }
        }
        drop(lines);
        self.gathering.served.notify_all();
    }
}

#[cfg(test)]
mod tests;
