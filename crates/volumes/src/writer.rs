//! Writing: changes that arrive together become commits together and share one flush.
//!
//! Whoever comes first serves everybody who waits: makes the commits in memory,
//! keeps them in the journal, and lets all of them go at once. Bringing them to
//! Git is left to a thread that lives as long as the session, see `publish`.

use std::{
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, atomic::Ordering},
    time::{Duration, Instant},
};

use gix::ObjectId;
use llmos_core::store::{Change, CommitId, StoreError};

use crate::{
    branch::BranchLock,
    journal::Journal,
    lock::{self, INDEX_LOCK, Lock, Taken},
    session::{Added, Session, again, resolve::resolve},
    volume::{MAIN, Pending, Volume},
};

/// The most changes that share a flush.
const BATCH: usize = 256;

/// How many objects, and bytes of them, may wait for the disk before writers wait too.
const MAX_WAITING_OBJECTS: usize = 6_000;
const MAX_WAITING_BYTES: usize = 48 << 20;

/// From this size on the journal is emptied as soon as a session ends.
const MAX_JOURNAL_BYTES: u64 = 64 << 20;

/// A change of `main`, and the commit that it merges.
#[derive(Debug)]
pub(crate) struct Wanted {
    pub(crate) change: Change,
    pub(crate) merged: Option<ObjectId>,
}

/// Changes that wait to be served.
#[derive(Debug, Default)]
pub(crate) struct Queue {
    line: Mutex<Line>,
    served: Condvar,
}

#[derive(Debug, Default)]
struct Line {
    waiting: Vec<(Wanted, Arc<Answer>)>,
    somebody_serves: bool,
}

/// The locks of the index and of the branch.
pub(crate) type Locks = (Lock, BranchLock);

type Answer = Mutex<Option<Result<CommitId, StoreError>>>;

/// What writing to a volume needs, and who may do so is decided by its lock.
#[derive(Default)]
pub(crate) struct Writing {
    pub(crate) session: Option<Session>,
    pub(crate) journal: Option<Journal>,
    /// Journals that failed: what they kept before that still counts.
    pub(crate) retired: Vec<Journal>,
    /// No change joins the session any more: others want the locks too.
    pub(crate) closing: bool,
    /// Somebody waits for what is on its way to Git: no change is waited for.
    pub(crate) hurried: bool,
    /// Why the last attempt to bring the session to disk failed.
    pub(crate) stuck: Option<String>,
    /// Whether journals that a killed process left were looked for.
    pub(crate) recovered: bool,
    /// When that was done last.
    pub(crate) looked: Option<Instant>,
    /// When the last change was promised.
    pub(crate) last: Option<Instant>,
    /// Where the branch was when the last session ended.
    pub(crate) left_at: Option<ObjectId>,
}

impl std::fmt::Debug for Writing {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Writing").field("journal", &self.journal).finish_non_exhaustive()
    }
}

impl Writing {
    /// Forgets every record: all of it is in Git and flushed there.
    pub(crate) fn reset_journals(&mut self) -> std::io::Result<()> {
        while let Some(journal) = self.retired.last_mut() {
            journal.reset()?;
            self.retired.pop();
        }
        self.journal.as_mut().map_or(Ok(()), Journal::reset)
    }

    /// How many bytes the journals hold; `None` where there is none.
    pub(crate) fn journal_bytes(&self) -> Option<u64> {
        let journals = self.journal.iter().chain(&self.retired);
        journals.map(Journal::len).reduce(|sum, bytes| sum + bytes)
    }
}

impl Volume {
    /// Makes a commit; once this returns it would survive a power cut.
    pub(crate) fn commit(self: &Arc<Self>, wanted: Wanted) -> Result<CommitId, StoreError> {
        let answer = Arc::new(Answer::default());
        let mut line = self.queue.line.lock().unwrap_or_else(PoisonError::into_inner);
        line.waiting.push((wanted, Arc::clone(&answer)));
        loop {
            if let Some(result) = answer.lock().unwrap_or_else(PoisonError::into_inner).take() {
                return result;
            }
            if line.somebody_serves {
                line = self.queue.served.wait(line).unwrap_or_else(PoisonError::into_inner);
                continue;
            }
            line.somebody_serves = true;
            let n = line.waiting.len().min(BATCH);
            let (changes, answers): (Vec<_>, Vec<_>) = line.waiting.drain(..n).unzip();
            drop(line);
            let results = self.serve(changes);
            for (answer, result) in answers.iter().zip(results) {
                *answer.lock().unwrap_or_else(PoisonError::into_inner) = Some(result);
            }
            line = self.queue.line.lock().unwrap_or_else(PoisonError::into_inner);
            line.somebody_serves = false;
            self.queue.served.notify_all();
        }
    }

    /// Makes commits of all changes; each gets its own answer.
    fn serve(self: &Arc<Self>, changes: Vec<Wanted>) -> Vec<Result<CommitId, StoreError>> {
        let mut results: Vec<Option<Result<CommitId, StoreError>>> =
            changes.iter().map(|_| None).collect();
        while results.iter().any(Option::is_none) {
            let open: Vec<usize> = (0..results.len()).filter(|at| results[*at].is_none()).collect();
            let mut writing = self.wait_for_room();
            if let Some(reason) = &writing.stuck {
                let err = std::io::Error::other(reason.clone());
                for at in open {
                    results[at] = Some(Err(again(self, "bringing earlier changes to Git", &err)));
                }
                continue;
            }
            if writing.session.is_none() {
                let wanted = open.iter().map(|at| &changes[*at]);
                match self.begin(&mut writing, wanted) {
                    Ok(Some(())) => {}
                    Ok(None) => {
                        // There is no volume and no change that may make one.
                        for at in open {
                            if let Some(merged) = changes[at].merged {
                                results[at] = Some(Err(self.unknown(&merged.to_string())));
                                continue;
                            }
                            let refused = resolve(self, None, &changes[at].change);
                            let reason = || self.damaged("its repository vanished");
                            results[at] = Some(Err(refused.err().unwrap_or_else(reason)));
                        }
                        continue;
                    }
                    Err(err) => {
                        results[open[0]] = Some(Err(err));
                        continue;
                    }
                }
            }
            if let Err(err) = self.replace_broken_journal(&mut writing) {
                results[open[0]] = Some(Err(err));
                self.let_go_if_drained(&mut writing);
                continue;
            }
            self.serve_some(&mut writing, &changes, &open, &mut results);
            self.let_go_if_drained(&mut writing);
        }
        let lost = || Err(self.damaged("a change got no answer"));
        results.into_iter().map(|result| result.unwrap_or_else(lost)).collect()
    }

    /// Makes commits of those changes that can join the session now.
    fn serve_some(
        self: &Arc<Self>,
        writing: &mut Writing,
        changes: &[Wanted],
        open: &[usize],
        results: &mut [Option<Result<CommitId, StoreError>>],
    ) {
        let Writing { session: Some(session), journal: Some(journal), .. } = writing else {
            return;
        };
        let mark = session.mark();
        let (mut made, mut batch) = (Vec::new(), Vec::new());
        for at in open {
            match session.add(self, &changes[*at]) {
                Ok(Added::Commit(id, kept)) => {
                    made.push((*at, CommitId(id.to_string())));
                    batch.push(kept);
                }
                Ok(Added::Nothing(id)) => made.push((*at, CommitId(id.to_string()))),
                Ok(Added::Later) => {
                    // What follows must not overtake it, and it can only be made once the session is over.
                    writing.closing = true;
                    break;
                }
                Err(err) => results[*at] = Some(Err(err)),
            }
        }
        let kept = match batch.is_empty() {
            true => Ok(()),
            false => journal.append(&batch),
        };
        match kept {
            Ok(()) => {
                for (at, id) in made {
                    results[at] = Some(Ok(id));
                }
            }
            Err(err) => {
                session.go_back(mark);
                for (at, _) in made {
                    results[at] = Some(Err(again(self, "writing the journal", &err)));
                }
                batch.clear();
            }
        }
        if let (Some(tip), false) = (session.tip(), batch.is_empty()) {
            self.show(Some(Pending { tip, objects: session.fresh().to_vec() }));
            writing.last = Some(Instant::now());
            self.start_publishing();
        }
    }

    /// Waits until a change may join: there is room, and no session that is about to end.
    fn wait_for_room(&self) -> MutexGuard<'_, Writing> {
        let mut writing = self.writing();
        if writing.stuck.is_some() {
            // Perhaps the disk takes something again: the one who knows is asked once.
            self.try_again.notify_all();
            let waited = self.progress.wait_timeout(writing, Duration::from_secs(1));
            writing = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
        loop {
            let full = writing.session.as_ref().is_some_and(|session| {
                session.fresh().len() > MAX_WAITING_OBJECTS
                    || session.fresh_bytes() > MAX_WAITING_BYTES
            });
            // Where the disk takes nothing, the writer is to hear of it rather than wait.
            if writing.stuck.is_some() || !(full || writing.closing) {
                return writing;
            }
            self.hurry(&mut writing);
            let waited = self.progress.wait_timeout(writing, Duration::from_secs(1));
            writing = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    /// Takes the locks; `None` when the volume does not exist and none of the changes may make it.
    fn begin<'a>(
        &self,
        writing: &mut Writing,
        mut wanted: impl Iterator<Item = &'a Wanted>,
    ) -> Result<Option<()>, StoreError> {
        if self.open_on_disk()?.is_none() {
            let may = |it: &Wanted| it.merged.is_none() && resolve(self, None, &it.change).is_ok();
            if !wanted.any(may) {
                return Ok(None);
            }
            self.create()?;
            self.flush_all().map_err(self.medium("creating the volume"))?;
        }
        self.recover(writing)?;
        let locks = self.locks()?;
        self.reopen_journal(writing)?;
        let repository = self.must_open()?;
        let session = Session::new(self, repository, locks)?;
        if session.tip() != writing.left_at {
            // What others committed may be on no disk yet, and nothing is promised on top of that.
            self.flush_all().map_err(self.medium("flushing the disk"))?;
        }
        writing.session = Some(session);
        Ok(Some(()))
    }

    /// Makes sure that there is a journal, and that it is that of this repository and no giant.
    pub(crate) fn reopen_journal(&self, writing: &mut Writing) -> Result<(), StoreError> {
        if writing.journal.as_ref().is_some_and(|journal| !journal.is_there()) {
            (writing.journal, writing.retired) = (None, Vec::new());
        }
        if writing.journal.as_ref().is_some_and(|journal| journal.len() > MAX_JOURNAL_BYTES) {
            self.flush_all().map_err(self.medium("flushing the disk"))?;
            writing.reset_journals().map_err(self.medium("writing the journal"))?;
        }
        self.replace_broken_journal(writing)
    }

    /// Goes on with another file where it is not known what is on disk of the last one.
    fn replace_broken_journal(&self, writing: &mut Writing) -> Result<(), StoreError> {
        if let Some(broken) = writing.journal.take_if(|journal| journal.is_broken()) {
            writing.retired.push(broken);
        }
        if writing.journal.is_none() {
            let journal = Journal::open(&self.git(), Arc::clone(&self.disk), &self.secret);
            writing.journal = Some(journal.map_err(self.medium("opening the journal"))?);
        }
        Ok(())
    }

    /// Takes the locks of the index and of the branch, and finishes what a killed process left behind.
    ///
    /// What that one promised comes first: a commit that is made before would leave it out.
    pub(crate) fn locks(&self) -> Result<Locks, StoreError> {
        loop {
            let lock = self.index_lock()?;
            let branch = BranchLock::take(&self.git(), lock::PATIENCE)
                .map_err(self.medium("locking the branch"))?
                .ok_or_else(|| self.busy(&format!(".git/{MAIN}.lock")))?;
            if !self.somebody_left.load(Ordering::Acquire) {
                return Ok((lock, branch));
            }
            if let Some(locks) = self.recover_left((lock, branch))? {
                self.somebody_left.store(false, Ordering::Release);
                return Ok(locks);
            }
        }
    }

    fn index_lock(&self) -> Result<Lock, StoreError> {
        let taken = Lock::take(&self.folder, lock::PATIENCE);
        match taken.map_err(self.medium("locking the volume"))? {
            Taken::Busy => Err(self.busy(INDEX_LOCK)),
            Taken::Free(lock) => Ok(lock),
            Taken::Left(mut lock, begun) => {
                self.somebody_left.store(true, Ordering::Release);
                let Some(begun) = begun else { return Ok(lock) };
                // Should this fail, then the next session must try again.
                lock.begin(&begun).map_err(self.medium("locking the volume"))?;
                match self.finish(&self.must_open()?, &begun) {
                    Ok(()) => Ok(lock),
                    Err(err) => {
                        lock.leave();
                        Err(err)
                    }
                }
            }
        }
    }

    /// Ends a session in which nothing is left to do.
    pub(crate) fn let_go_if_drained(&self, writing: &mut Writing) -> bool {
        if !writing.session.as_ref().is_some_and(Session::is_drained) {
            return false;
        }
        // Before the locks are let go: whoever waits for them is to find what is on disk.
        self.show(None);
        if let Some(session) = writing.session.take() {
            writing.left_at = session.tip();
            session.end();
        }
        (writing.closing, writing.hurried) = (false, false);
        self.progress.notify_all();
        true
    }

    pub(crate) fn writing(&self) -> MutexGuard<'_, Writing> {
        self.writing.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn busy(&self, lock: &str) -> StoreError {
        StoreError::Busy { volume: self.id.clone(), lock: lock.to_owned() }
    }
}
