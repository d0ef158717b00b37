//! Bringing a session to Git: objects, then the branch, then the working tree.
//!
//! A thread does so for as long as the session lasts. What it works on was
//! promised already; should it fail, then the promise is kept by the journal.

use std::{
    io,
    path::PathBuf,
    sync::{Arc, PoisonError, atomic::Ordering},
    thread,
    time::{Duration, Instant},
};

use llmos_core::store::StoreError;

use crate::{
    branch,
    folder::{Folder, Walk},
    index,
    object::{self, Shared},
    pack,
    session::{Round, SharedIndex},
    volume::Volume,
    worktree::{Applied, FileChange},
    writer::Writing,
};

/// Up to this many objects each become a file; more become a pack.
const MAX_LOOSE: usize = 24;

/// After this long a session lets others have the locks.
const LONGEST_SESSION: Duration = Duration::from_millis(500);

/// How long it does so: somebody who waits looks every ten milliseconds.
const BREATH: Duration = Duration::from_millis(12);

/// While changes keep coming, how many times as long as a round took the next one lets them gather, and how long at
/// most: whatever a round holds, it writes the whole index.
const GATHER: u32 = 3;
const LONGEST_GATHER: Duration = Duration::from_millis(50);

/// How long to wait before trying again where the disk refuses, at first and at most.
const FIRST_PAUSE: Duration = Duration::from_millis(20);
const LONGEST_PAUSE: Duration = Duration::from_secs(1);

impl Volume {
    /// Makes sure that somebody brings the session to disk.
    pub(crate) fn start_publishing(self: &Arc<Self>) {
        if self.is_publishing.swap(true, Ordering::AcqRel) {
            return;
        }
        let volume = Arc::clone(self);
        let spawned = thread::Builder::new()
            .name("publish".to_owned())
            .spawn(move || volume.publish_until_drained());
        if spawned.is_err() {
            // No thread can be had: the next change tries again, and `settle` does it itself.
            self.is_publishing.store(false, Ordering::Release);
        }
    }

    fn publish_until_drained(&self) {
        let mut pause = FIRST_PAUSE;
        loop {
            let began = Instant::now();
            match self.publish_round() {
                Ok(true) => {
                    pause = FIRST_PAUSE;
                    self.let_gather((began.elapsed() * GATHER).min(LONGEST_GATHER));
                }
                Ok(false) => return,
                Err(_) => {
                    let writing = self.writing();
                    drop(self.try_again.wait_timeout(writing, pause));
                    pause = (pause * 2).min(LONGEST_PAUSE);
                }
            }
        }
    }

    /// Lets changes gather for the next round, as long as nobody waits for it.
    fn let_gather(&self, most: Duration) {
        let began = Instant::now();
        let mut writing = self.writing();
        // The last round of a session is one that writers wait for: it is to find little.
        let age =
            writing.session.as_ref().map_or(Duration::ZERO, |session| session.began.elapsed());
        let most = most.min(LONGEST_SESSION.saturating_sub(age));
        while !writing.closing && !writing.hurried {
            let Some(left) = most.checked_sub(began.elapsed()).filter(|left| !left.is_zero())
            else {
                return;
            };
            let waited = self.try_again.wait_timeout(writing, left);
            writing = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    /// Says that somebody waits for what is on its way to Git.
    pub(crate) fn hurry(&self, writing: &mut Writing) {
        writing.hurried = true;
        self.try_again.notify_all();
    }

    /// Brings what there is to disk; `false` when the session is over.
    fn publish_round(&self) -> Result<bool, StoreError> {
        let mut writing = self.writing();
        let round = match &mut writing.session {
            Some(session) => session.round(self),
            None => Ok(None),
        };
        let round = match round {
            Ok(Some(round)) => round,
            Ok(None) => {
                self.let_go_if_drained(&mut writing);
                self.is_publishing.store(false, Ordering::Release);
                return Ok(false);
            }
            Err(err) => {
                writing.stuck = Some(err.to_string());
                self.progress.notify_all();
                return Err(err);
            }
        };
        drop(writing);
        let published = self.publish(&round);
        // The commits are made: a working tree that cannot follow is left to the next session.
        let followed = published.is_ok() && self.follow_round(&round).is_ok();
        let mut writing = self.writing();
        if let Err(err) = published {
            writing.stuck = Some(err.to_string());
            self.progress.notify_all();
            return Err(err);
        }
        writing.stuck = None;
        let Some(session) = &mut writing.session else { return Ok(false) };
        session.published(&round, followed);
        let is_old = session.began.elapsed() > LONGEST_SESSION;
        writing.closing |= is_old;
        self.progress.notify_all();
        // Under the same lock, so that nobody finds a publisher who is about to leave.
        if self.let_go_if_drained(&mut writing) {
            self.is_publishing.store(false, Ordering::Release);
            if is_old {
                // Nobody here begins another session meanwhile, as that needs this lock.
                thread::sleep(BREATH);
            }
            return Ok(false);
        }
        Ok(true)
    }

    /// Brings one round to Git, in an order in which nothing names what is not there.
    pub(crate) fn publish(&self, round: &Round) -> Result<(), StoreError> {
        self.write_objects(&round.objects).map_err(self.medium("writing objects"))?;
        round.branch.move_to(round.to).map_err(self.medium("moving the branch"))?;
        // The log of a branch is a help for people, no part of what was promised.
        let _ = branch::log(&self.git(), &round.log, round.index.is_some());
        Ok(())
    }

    /// Brings the working tree, where it shows the branch, after one round.
    pub(crate) fn follow_round(&self, round: &Round) -> io::Result<()> {
        match &round.index {
            Some(index) => self.follow(index, &round.files, &round.contents),
            None => Ok(()),
        }
    }

    pub(crate) fn write_objects(&self, new: &[Shared]) -> io::Result<()> {
        let objects = self.objects_folder();
        if new.len() > MAX_LOOSE {
            let name = pack::write(&*self.disk, &objects, new)?;
            self.upkeep.add_pack(name);
            return Ok(());
        }
        for object in new {
            object::write_loose(&*self.disk, &objects, object)?;
        }
        self.upkeep.add_loose(new);
        Ok(())
    }

    pub(crate) fn objects_folder(&self) -> PathBuf {
        self.git().join("objects")
    }

    /// Brings the working tree and the index after the branch.
    pub(crate) fn follow(
        &self,
        index: &SharedIndex,
        files: &[FileChange],
        contents: &[Option<Arc<Vec<u8>>>],
    ) -> io::Result<()> {
        let root = Folder::open(&self.folder)?;
        let git = Folder::open(&self.git())?;
        let mut walk = Walk::new(&root);
        let mut applied = Vec::with_capacity(files.len());
        for (file, content) in files.iter().zip(contents) {
            let done = file.apply(&mut walk, &git, content.as_ref().map(|c| c.as_slice()))?;
            let is_kept = matches!(done, Applied::Kept);
            self.note_arrival(&file.path, file.new.filter(|_| is_kept).map(|new| new.id));
            applied.push(done);
        }
        self.forget_index();
        {
            let mut index = index.write().unwrap_or_else(PoisonError::into_inner);
            index::recheck_young_entries(&mut index, &root);
            index::update(&mut index, files, &applied)?;
        }
        let written = {
            let index = index.read().unwrap_or_else(PoisonError::into_inner);
            index::write(&index, &self.git())?
        };
        // Files that are older need no second look, see `recheck_young_entries`.
        index.write().unwrap_or_else(PoisonError::into_inner).set_timestamp(written.into());
        self.keep_index(index);
        Ok(())
    }
}
