//! After a crash: the commits of a journal, made once more in memory.
//!
//! Between two sessions somebody may have committed with `git`. Such a commit is in
//! no journal; it is on disk, as nothing is promised on top of what is not.

use std::sync::{Arc, PoisonError};

use gix::ObjectId;
use llmos_core::{store::StoreError, volume::VolumePath};

use super::{Session, Touched, commit};
use crate::{journal::KeptCommit, volume::Volume, wire, worktree::FileChange};

impl Session {
    /// Adds the commits of a journal, each on top of the one that it was made on.
    ///
    /// `on_disk` is what the branch names: the log has its lines up to there.
    pub(crate) fn replay_all(
        &mut self,
        volume: &Volume,
        commits: &[&KeptCommit],
        on_disk: Option<ObjectId>,
    ) -> Result<(), StoreError> {
        let since = self.tip;
        let mut met_others = false;
        for kept in commits {
            met_others |= kept.parent() != self.tip;
            let mark = self.mark();
            match self.replay(volume, kept, on_disk) {
                Ok(()) => {}
                // What it was made on is gone: it goes on top of what there is.
                Err(StoreError::Damaged { .. } | StoreError::UnknownObject { .. }) => {
                    self.go_back(mark);
                    self.carry(volume, kept)?;
                }
                Err(err) => return Err(err),
            }
            if self.tip == on_disk {
                self.log.clear();
            }
        }
        if met_others { self.touch_since(volume, since) } else { Ok(()) }
    }

    /// Says whether a commit lies between `since` and the newest one.
    pub(crate) fn leads_through(
        &self,
        volume: &Volume,
        commit: Option<ObjectId>,
        since: Option<ObjectId>,
    ) -> Result<bool, StoreError> {
        let (Some(commit), Some(tip)) = (commit, self.tip) else { return Ok(false) };
        let walk = self.drafts.repository.rev_walk([tip]).with_hidden(since);
        for step in walk.all().map_err(|err| volume.damaged(err))? {
            if step.map_err(|err| volume.damaged(err))?.id == commit {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn replay(
        &mut self,
        volume: &Volume,
        kept: &KeptCommit,
        on_disk: Option<ObjectId>,
    ) -> Result<(), StoreError> {
        let parent = kept.parent();
        if parent != self.tip {
            self.tree =
                parent.map(|tip| volume.tree_of(&self.drafts.repository, tip)).transpose()?;
            self.tip = parent;
            if parent == on_disk {
                self.log.clear();
            }
        }
        let tree = self.write_tree(&kept.files).map_err(|err| volume.damaged(err))?;
        if kept.tree() != Some(tree) {
            return Err(volume.damaged("the journal does not fit what is on disk"));
        }
        self.take_over(kept, tree);
        Ok(())
    }

    /// Makes a commit of the same files on top of the newest one.
    fn carry(&mut self, volume: &Volume, kept: &KeptCommit) -> Result<(), StoreError> {
        let tree = self.write_tree(&kept.files).map_err(|err| volume.damaged(err))?;
        let commit = commit::on_top(&kept.commit, tree, self.tip)
            .map_err(volume.medium("writing a commit"))?;
        self.take_over(&KeptCommit { commit, files: kept.files.clone() }, tree);
        Ok(())
    }

    /// Lets the working tree follow everything since a commit, what others committed too.
    ///
    /// Where the index shows their files already, they are left alone.
    fn touch_since(&mut self, volume: &Volume, since: Option<ObjectId>) -> Result<(), StoreError> {
        let Some(tree) = self.tree else { return Ok(()) };
        self.drafts.show_trees();
        let repository = &self.drafts.repository;
        let before = since.map(|since| volume.tree_of(repository, since)).transpose()?;
        let changes = wire::changes(repository, before, tree).map_err(|err| volume.damaged(err))?;
        let ours = std::mem::take(&mut self.touched);
        for FileChange { path, old, new } in changes {
            if !ours.contains_key(path.as_str()) && self.is_shown(&path, new.map(|new| new.id)) {
                continue;
            }
            let content = new.map(|new| self.drafts.repository.find_blob(new.id));
            let content = content.transpose().map_err(|err| volume.damaged(err))?;
            let content = content.map(|mut blob| Arc::new(blob.take_data()));
            self.touched.insert(path.to_string(), Touched { path, old, new, content });
        }
        Ok(())
    }

    fn is_shown(&self, path: &VolumePath, id: Option<ObjectId>) -> bool {
        let Some(index) = &self.index else { return true };
        let index = index.read().unwrap_or_else(PoisonError::into_inner);
        index.entry_by_path(path.as_str().into()).map(|entry| entry.id) == id
    }
}
