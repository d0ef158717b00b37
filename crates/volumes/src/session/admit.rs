//! Commits that were made elsewhere: a session takes them as they are.

use std::sync::Arc;

use gix::ObjectId;
use llmos_core::store::StoreError;

use super::{Round, Session};
use crate::{lock::Begun, object::Shared, volume::Volume, worktree::FileChange};

/// Commits that were made elsewhere, on top of what is published.
pub(crate) struct Incoming {
    /// The newest of them.
    pub(crate) to: ObjectId,
    /// Those of their objects that are not on disk yet.
    pub(crate) objects: Vec<Shared>,
    /// What changes against what is published, with the new contents.
    pub(crate) files: Vec<FileChange>,
    pub(crate) contents: Vec<Option<Arc<Vec<u8>>>>,
    /// What the log of the branch says of it.
    pub(crate) log: String,
}

impl Session {
    /// Makes ready to bring `incoming` to disk in one go, unless it would run over an edit.
    pub(crate) fn admit(
        &mut self,
        volume: &Volume,
        incoming: Incoming,
    ) -> Result<Round, StoreError> {
        self.check(volume, &incoming.files)?;
        let begun = Begun {
            old: self.published.map(|old| old.to_string()).unwrap_or_default(),
            new: incoming.to.to_string(),
            paths: incoming.files.iter().map(|file| file.path.to_string()).collect(),
        };
        self.lock.begin(&begun).map_err(volume.medium("locking the volume"))?;
        Ok(Round {
            branch: Arc::clone(&self.branch),
            objects: incoming.objects,
            to: incoming.to,
            log: incoming.log,
            index: self.index.clone(),
            files: incoming.files,
            contents: incoming.contents,
        })
    }

    /// Lets go of the locks after `round` was brought to disk; the working tree may have stayed behind.
    pub(crate) fn admitted(mut self, round: &Round, followed: bool) {
        if !followed {
            let paths = round.files.iter().map(|file| file.path.to_string()).collect();
            self.behind = Some((self.published, paths));
        }
        self.end();
    }
}
