//! Keeping a volume equal with a repository elsewhere.
//!
//! Each talk begins with what both sides hold, so one that was cut off at any
//! moment is simply held again: Git's own comparison of the branch decides who
//! pushed first, and nothing that one side has is ever thrown away.

mod access;
mod notes;
mod talk;
mod together;

use jiff::Timestamp;
use llmos_core::{
    remote::{Remote, RemoteError, RemoteState, Remotes, Synced},
    store::{Author, CommitId},
    volume::VolumeId,
};

use crate::GitStore;
use notes::Notes;

/// How often both sides may be moved by others during one talk.
const ROUNDS: usize = 5;

impl Remotes for GitStore {
    fn remote(&self, volume: &VolumeId) -> Result<Option<Remote>, RemoteError> {
        self.notes().remote(volume)
    }

    fn set_remote(&self, volume: &VolumeId, remote: Option<&Remote>) -> Result<(), RemoteError> {
        self.notes().set_remote(volume, remote)
    }

    fn remote_state(&self, volume: &VolumeId) -> Result<RemoteState, RemoteError> {
        self.notes().state(volume)
    }

    fn sync(&self, volume: &VolumeId, by: &Author, now: Timestamp) -> Result<Synced, RemoteError> {
        let notes = self.notes();
        let remote = notes.remote(volume)?;
        let remote = remote.ok_or_else(|| RemoteError::None { volume: volume.clone() })?;
        // Two talks at once would only get in each other's way.
        let _turn = notes.turn(volume)?;
        let mut state = notes.state(volume)?;
        let synced = self.talk(volume, &remote, by, now);
        match &synced {
            Ok(Synced::Equal { commit, .. }) => {
                state = RemoteState {
                    synced_at: Some(now),
                    commit: commit.clone(),
                    ..RemoteState::default()
                };
            }
            Ok(Synced::Conflict { paths }) => {
                state.conflicts = paths.clone();
                state.n_failures = state.n_failures.saturating_add(1);
                let s = if paths.len() == 1 { "" } else { "s" };
                let reason = format!("{} file{s} changed on both sides", paths.len());
                state.failure = Some((now, reason));
            }
            Err(err) => {
                state.n_failures = state.n_failures.saturating_add(1);
                state.failure = Some((now, err.to_string()));
            }
        }
        notes.set_state(volume, &state)?;
        synced
    }

    fn with_remotes(&self) -> Result<Vec<VolumeId>, RemoteError> {
        self.notes().volumes()
    }
}

impl GitStore {
    fn notes(&self) -> Notes<'_> {
        Notes::beside(&self.root)
    }

    fn talk(
        &self,
        id: &VolumeId,
        remote: &Remote,
        by: &Author,
        now: Timestamp,
    ) -> Result<Synced, RemoteError> {
        let volume = self.volume_to_write(id);
        let (mut n_fetched, mut n_pushed) = (0, 0);
        for _ in 0..ROUNDS {
            volume.settle();
            let talk = talk::Talk::begin(self, &volume, remote, by, now)?;
            let there = talk.look()?;
            let Some(there) = there else {
                // Nothing there yet.
                match talk.here() {
                    None => return Ok(Synced::Equal { commit: None, n_fetched, n_pushed }),
                    Some(here) => n_pushed += talk.push(None, here)?,
                }
                continue;
            };
            match talk.here() {
                Some(here) if here == there => {
                    talk.note(there)?;
                    let commit = Some(CommitId(here.to_string()));
                    return Ok(Synced::Equal { commit, n_fetched, n_pushed });
                }
                here => match talk.bring(here, there)? {
                    talk::Brought::Nothing => {
                        n_pushed += here.map_or(Ok(0), |here| talk.push(Some(there), here))?;
                    }
                    talk::Brought::Commits(n) => n_fetched += n,
                    talk::Brought::Conflict(paths) => return Ok(Synced::Conflict { paths }),
                    talk::Brought::Moved => {}
                },
            }
            self.keeper.note(&volume);
        }
        let reason = "both sides keep moving".to_owned();
        Err(RemoteError::Unreachable { reason })
    }
}
