//! Deciding when to talk to which remote, again and again.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError, Weak},
    thread,
};

use llmos_core::{remote::Schedule, store::CommitId, volume::VolumeId};

use crate::{Caller, Workbench};

/// How many remotes are talked to at once.
const AT_ONCE: usize = 4;

/// Keeps all volumes that have a remote equal with it: soon after a commit, now
/// and then without one, and less often while it does not answer.
pub struct RemoteKeeper {
    workbench: Weak<Workbench>,
    kept: Mutex<BTreeMap<VolumeId, Kept>>,
}

struct Kept {
    schedule: Schedule,
    /// What the volume was when it was last looked at.
    head: Option<CommitId>,
}

impl RemoteKeeper {
    /// Looks after the remotes of these volumes, for as long as somebody else uses them.
    pub fn new(workbench: &Arc<Workbench>) -> Self {
        Self { workbench: Arc::downgrade(workbench), kept: Mutex::default() }
    }

    /// Talks to those remotes whose time has come, and returns when they are done.
    ///
    /// To be called about once a second. What went wrong is noted in the state of
    /// the remote; the messages returned are for the log. `None` means that nobody
    /// uses the volumes any more.
    pub fn tick(&self) -> Option<Vec<String>> {
        let workbench = self.workbench.upgrade()?;
        let workbench = workbench.as_ref();
        let mut troubles = Vec::new();
        let Some(remotes) = &workbench.remotes else { return Some(troubles) };
        let volumes = match remotes.with_remotes() {
            Ok(volumes) => volumes,
            Err(err) => return Some(vec![err.to_string()]),
        };
        let due = self.due(workbench, &volumes);
        for some in due.chunks(AT_ONCE) {
            thread::scope(|scope| {
                let talks: Vec<_> = some
                    .iter()
                    .map(|volume| scope.spawn(|| self.talk(workbench, volume)))
                    .collect();
                troubles.extend(talks.into_iter().filter_map(|talk| talk.join().ok().flatten()));
            });
        }
        Some(troubles)
    }

    /// Notes new commits, and returns the volumes whose time has come.
    fn due(&self, workbench: &Workbench, volumes: &[VolumeId]) -> Vec<VolumeId> {
        let world = &workbench.world;
        let now = world.now();
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.retain(|volume, _| volumes.contains(volume));
        let mut due = Vec::new();
        for volume in volumes {
            // A volume that cannot be read is for others to complain about.
            let head = workbench.store.head(volume).ok().flatten();
            let entry = kept.entry(volume.clone()).or_insert_with(|| {
                let state = workbench.remotes.as_ref().map(|all| all.remote_state(volume));
                let n_failures = state.and_then(Result::ok).map_or(0, |state| state.n_failures);
                Kept {
                    schedule: Schedule::new(now, n_failures, world.random()),
                    head: head.clone(),
                }
            });
            if entry.head != head {
                entry.head = head;
                entry.schedule.committed(now);
            }
            if entry.schedule.is_due(now) {
                due.push(volume.clone());
            }
        }
        due
    }

    fn talk(&self, workbench: &Workbench, volume: &VolumeId) -> Option<String> {
        let synced = workbench.sync_remote(&Caller::operator(), Some(volume.clone()));
        let head = workbench.store.head(volume).ok().flatten();
        let (now, chance) = (workbench.world.now(), workbench.world.random());
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let entry = kept.get_mut(volume)?;
        match synced {
            Ok(synced) if synced.equal => {
                entry.schedule.done(now);
                // What came from there is no commit that has to go there.
                if head.as_ref().map(|head| &head.0) == synced.commit.as_ref() {
                    entry.head = head;
                }
                None
            }
            Ok(synced) => {
                entry.schedule.failed(now, chance);
                let n = synced.conflicts.len();
                Some(format!("volume `{volume}` and its remote: {n} conflicts"))
            }
            Err(error) => {
                entry.schedule.failed(now, chance);
                Some(format!("volume `{volume}`: {error}"))
            }
        }
    }
}
