//! The way of a session to disk: rounds of commits, and the index once for many of them.

use std::{collections::BTreeSet, io, sync::Arc};

use llmos_core::store::StoreError;

use super::{Round, Session, SharedIndex};
use crate::{
    volume::Volume,
    worktree::{FileChange, Shown},
};

/// What is to be done next.
pub(crate) enum Step {
    /// Bring these to Git.
    Publish(Box<Round>),
    /// Let the index show what the working tree shows.
    Index(SharedIndex, Vec<Arc<Shown>>),
    /// Nothing.
    Over,
}

impl Session {
    /// Says what is to be done next.
    ///
    /// The index follows each round before the next one begins: what a killed process leaves is one round.
    pub(crate) fn step(&mut self, volume: &Volume) -> Result<Step, StoreError> {
        if self.shown.is_empty()
            && let Some(round) = self.round(volume)?
        {
            return Ok(Step::Publish(Box::new(round)));
        }
        Ok(match &self.index {
            Some(index) if !self.shown.is_empty() => {
                Step::Index(Arc::clone(index), self.shown.values().cloned().collect())
            }
            _ => Step::Over,
        })
    }

    /// Forgets what is on disk now.
    ///
    /// `shown` is what the working tree shows of it, if that followed; nothing where it shows another branch.
    pub(crate) fn published(&mut self, round: &Round, shown: io::Result<Option<Vec<Arc<Shown>>>>) {
        let shown = match shown {
            Ok(None) => Vec::new(),
            Ok(Some(shown)) => {
                self.stay_behind(round);
                shown
            }
            Err(_) => {
                self.stay_behind(round);
                self.failed = true;
                Vec::new()
            }
        };
        self.shown.extend(shown.into_iter().map(|shown| (shown.change.path.to_string(), shown)));
        self.published = Some(round.to);
        self.drafts.written(round.objects.len());
        self.log.drain(..round.log.len());
        for FileChange { path, new, .. } in &round.files {
            let Some(file) = self.touched.get_mut(path.as_str()) else { continue };
            if file.new == *new {
                self.touched.remove(path.as_str());
            } else {
                file.old = *new;
            }
        }
    }

    fn stay_behind(&mut self, round: &Round) {
        let (_, paths) = self.behind.get_or_insert_with(|| (self.published, BTreeSet::new()));
        paths.extend(round.files.iter().map(|file| file.path.to_string()));
    }

    /// Notes that the index shows what the working tree shows, or that it cannot.
    pub(crate) fn indexed(&mut self, shown: &[Arc<Shown>], is_done: bool) {
        for done in shown {
            let path = done.change.path.as_str();
            if self.shown.get(path).is_some_and(|now| Arc::ptr_eq(now, done)) {
                self.shown.remove(path);
            }
        }
        self.failed |= !is_done;
        if self.shown.is_empty() && !self.failed {
            self.behind = None;
        }
    }
}
