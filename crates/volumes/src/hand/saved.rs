//! What is remembered of files that people save while changes to them are on their way.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Mutex, MutexGuard, PoisonError},
};

use gix::ObjectId;
use llmos_core::volume::VolumePath;

use crate::volume::Volume;

/// Files of one volume that are on their way to its folder.
#[derive(Debug, Default)]
pub(crate) struct Saved(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    /// Files whose change was made by hand before it was committed.
    by_hand: BTreeSet<VolumePath>,
    /// Files that were saved against a change, and what that change made them.
    crossed: BTreeMap<VolumePath, ObjectId>,
}

impl Volume {
    /// Notes that a change only says what somebody wrote in the folder already.
    pub(crate) fn note_made_by_hand(&self, path: &VolumePath) {
        self.saved.lock().by_hand.insert(path.clone());
    }

    /// Notes how a change arrived in the folder: `left` says what it makes of a file that was left as somebody saved it.
    pub(crate) fn note_arrival(&self, path: &VolumePath, left: Option<ObjectId>) {
        let mut saved = self.saved.lock();
        // Whoever saves a file again and again is not at odds with themselves.
        if let (false, Some(id)) = (saved.by_hand.remove(path), left) {
            saved.crossed.insert(path.clone(), id);
        }
    }

    /// Says whether a file was saved against a change that made it `id`, and nobody decided since.
    pub(crate) fn has_crossed(&self, path: &VolumePath, id: ObjectId) -> bool {
        let mut saved = self.saved.lock();
        match saved.crossed.get(path) {
            Some(there) if *there == id => true,
            Some(_) => {
                saved.crossed.remove(path);
                false
            }
            None => false,
        }
    }
}

impl Saved {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
