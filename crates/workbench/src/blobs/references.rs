//! Everything that refers to blobs of one volume: pointers in any commit that a
//! person can still get at, and what was said in sessions.

use std::collections::BTreeSet;

use llmos_core::{
    blob::{BlobHash, is_pointer_path, mentioned},
    branch::Volumes,
    session::Sessions,
    slug::Slug,
    store::{BlobId, CommitId, FolderId, HistoryQuery, Holds},
    volume::{VolumeId, VolumePath},
};

use super::pointers::TRACES;
use crate::Error;

/// How many sessions, and how many messages, are read at once.
const STRIDE: usize = 500;

/// What was found so far; what was looked at is not looked at again.
#[derive(Default)]
pub(super) struct References {
    pub(super) hashes: BTreeSet<BlobHash>,
    tips: BTreeSet<CommitId>,
    commits: BTreeSet<CommitId>,
    folders: BTreeSet<FolderId>,
    files: BTreeSet<BlobId>,
}

impl References {
    /// Looks at every commit of a volume that was not looked at before.
    pub(super) fn of_volume(
        &mut self,
        store: &dyn Volumes,
        volume: &VolumeId,
    ) -> Result<(), Error> {
        for tip in store.tips(volume)? {
            if !self.tips.insert(tip.clone()) || self.commits.contains(&tip) {
                continue;
            }
            let query = HistoryQuery { path: None, from: Some(tip), limit: usize::MAX };
            for commit in store.history(volume, &query)? {
                if !self.commits.contains(&commit.id) {
                    self.of_commit(store, volume, &commit.id)?;
                    self.commits.insert(commit.id);
                }
            }
        }
        Ok(())
    }

    fn of_commit(
        &mut self,
        store: &dyn Volumes,
        volume: &VolumeId,
        commit: &CommitId,
    ) -> Result<(), Error> {
        let mut to_do: Vec<Option<VolumePath>> = vec![None];
        while let Some(folder) = to_do.pop() {
            for name in store.names(volume, commit, folder.as_ref())? {
                match name.holds {
                    Holds::Folder(_) if folder.is_none() && name.name == TRACES => {}
                    Holds::Folder(id) => {
                        let path = match &folder {
                            Some(folder) => format!("{folder}/{}", name.name).parse(),
                            None => name.name.parse(),
                        };
                        if let Ok(path) = path
                            && self.folders.insert(id)
                        {
                            to_do.push(Some(path));
                        }
                    }
                    Holds::File(id) if is_pointer_path(&name.name) => {
                        if self.files.insert(id.clone()) {
                            self.hashes.extend(mentioned(&store.read(volume, &id)?));
                        }
                    }
                    Holds::File(_) => {}
                }
            }
        }
        Ok(())
    }

    /// Looks at all that was said in the sessions of a volume, and returns how many there are.
    pub(super) fn of_sessions(
        &mut self,
        sessions: &dyn Sessions,
        volume: &VolumeId,
    ) -> Result<usize, Error> {
        let mut seen: BTreeSet<Slug> = BTreeSet::new();
        // The list moves while people talk: it was seen whole when a turn finds nothing new.
        loop {
            let n_before = seen.len();
            let mut offset = 0;
            loop {
                let page = sessions.list(std::slice::from_ref(volume), STRIDE, offset)?;
                let n = page.heads.len();
                for head in page.heads {
                    if seen.insert(head.id.clone()) {
                        self.of_session(sessions, &head.id)?;
                    }
                }
                offset += n;
                if n < STRIDE {
                    break;
                }
            }
            if seen.len() == n_before {
                return Ok(n_before);
            }
        }
    }

    fn of_session(&mut self, sessions: &dyn Sessions, id: &Slug) -> Result<(), Error> {
        let mut first = 1;
        loop {
            // One that was deleted meanwhile refers to nothing.
            let Some((_, messages)) = sessions.read(id, first, STRIDE)? else { return Ok(()) };
            for kept in &messages {
                self.hashes.extend(mentioned(kept.message.content.as_bytes()));
                for file in &kept.files {
                    self.hashes.extend(mentioned(file.content.as_bytes()));
                }
            }
            if messages.len() < STRIDE {
                return Ok(());
            }
            first += messages.len() as u64;
        }
    }
}
