//! Branches beside `main`.
//!
//! Few write to them, and nobody sees them in the working tree, so they need
//! neither journal nor session: objects are flushed, then the reference is moved
//! under Git's own lock of it.

use std::{
    collections::BTreeMap,
    fs,
    path::Path,
    sync::{Arc, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use gix::{
    ObjectId, Repository,
    objs::Kind,
    refs::{
        FullName, Target, TargetRef,
        store::WriteReflog,
        transaction::{Change as RefChange, LogChange, PreviousValue, RefEdit, RefLog},
    },
};
use llmos_core::{
    branch::{Branch, BranchName},
    store::{CommitId, StoreError},
};

use crate::{
    lock::PATIENCE,
    odd::MAX_REF_BYTES,
    session::{
        Drafts, commit,
        edit::{Leaf, edit_tree},
        resolve::{Resolved, resolve},
    },
    volume::Volume,
    wire::refs,
    writer::Wanted,
};

/// How often a change is tried again where somebody else moved the branch.
const ATTEMPTS: usize = 5;

const HEADS: &str = "refs/heads/";

const READING: &str = "listing branches";

impl Volume {
    pub(crate) fn branches(&self) -> Result<Vec<Branch>, StoreError> {
        let Some(repository) = self.open()? else { return Ok(Vec::new()) };
        let mut found = self.side_tips()?;
        match self.tip(&repository)? {
            Some(tip) => found.insert(BranchName::main(), tip),
            None => found.remove(&BranchName::main()),
        };
        let branch = |(name, tip): (BranchName, ObjectId)| Branch { name, tip: commit_id(tip) };
        Ok(found.into_iter().map(branch).collect())
    }

    pub(crate) fn create_branch(
        self: &Arc<Self>,
        name: &BranchName,
        at: &CommitId,
    ) -> Result<(), StoreError> {
        let _alone = self.alone_beside();
        let id = self.object_id(&at.0)?;
        let repository = self.with_commit(id)?;
        let is_in_the_way = |other: &BranchName| {
            let (one, other) = (name.as_str(), other.as_str());
            let below = |path: &str, above: &str| {
                path.strip_prefix(above).is_some_and(|rest| rest.starts_with('/'))
            };
            one == other || below(one, other) || below(other, one)
        };
        let exists = || StoreError::BranchExists { volume: self.id.clone(), branch: name.clone() };
        if name.is_main() || self.side_tips()?.keys().any(is_in_the_way) {
            return Err(exists());
        }
        self.flush_all().map_err(self.medium("flushing the disk"))?;
        match self.edit_branch(&repository, name, move_to(id, PreviousValue::MustNotExist)) {
            Ok(()) => Ok(()),
            Err(_) if self.side_tips()?.contains_key(name) => Err(exists()),
            Err(err) => Err(err),
        }
    }

    /// Makes a commit on a branch that is not `main`.
    pub(crate) fn commit_beside(
        self: &Arc<Self>,
        name: &BranchName,
        wanted: &Wanted,
    ) -> Result<CommitId, StoreError> {
        let _alone = self.alone_beside();
        for _ in 0..ATTEMPTS {
            if self.open()?.is_none() {
                return Err(self.unknown_branch(name));
            }
            let repository = match wanted.merged {
                Some(merged) => self.with_commit(merged)?,
                None => self.must_open()?,
            };
            let tip = self.side_tip(name)?;
            let Some((id, drafts)) = self.draft_beside(repository, name, tip, wanted)? else {
                return Ok(commit_id(tip));
            };
            self.write_objects(drafts.fresh()).map_err(self.medium("writing objects"))?;
            self.flush_all().map_err(self.medium("flushing the disk"))?;
            let expected = PreviousValue::MustExistAndMatch(Target::Object(tip));
            match self.edit_branch(&drafts.repository, name, move_to(id, expected)) {
                Ok(()) => return Ok(commit_id(id)),
                // Somebody pushed to it or committed there meanwhile: the change is held against that.
                Err(_) if self.side_tip(name)? != tip => {}
                Err(err) => return Err(err),
            }
        }
        Err(self.busy(&format!(".git/{HEADS}{name}.lock")))
    }

    pub(crate) fn delete_branch(
        &self,
        name: &BranchName,
        tip: &CommitId,
    ) -> Result<(), StoreError> {
        let _alone = self.alone_beside();
        let Some(repository) = self.open_on_disk()? else { return Err(self.unknown_branch(name)) };
        let there = self.side_tip(name)?;
        self.must_not_be_shown(&repository, name)?;
        let moved = |there: ObjectId| StoreError::BranchMoved {
            volume: self.id.clone(),
            branch: name.clone(),
            tip: commit_id(there),
        };
        if commit_id(there) != *tip {
            return Err(moved(there));
        }
        let expected = PreviousValue::MustExistAndMatch(Target::Object(there));
        let change = RefChange::Delete { expected, log: RefLog::AndReference };
        self.edit_branch(&repository, name, change).map_err(|err| match self.side_tip(name) {
            Ok(now) if now != there => moved(now),
            _ => err,
        })
    }

    pub(crate) fn merge_base(
        &self,
        one: &CommitId,
        other: &CommitId,
    ) -> Result<Option<CommitId>, StoreError> {
        let (a, b) = (self.object_id(&one.0)?, self.object_id(&other.0)?);
        let Some(repository) = self.open()? else { return Err(self.unknown(&one.0)) };
        self.tree_of(&repository, a)?;
        self.tree_of(&repository, b)?;
        let mut graph = repository.revision_graph(None);
        let found = repository.merge_base_with_graph(a, b, &mut graph);
        Ok(found.map_err(|err| self.damaged(err))?.map(|id| commit_id(id.detach())))
    }

    pub(crate) fn alone_beside(&self) -> MutexGuard<'_, ()> {
        self.side.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Makes the commit in memory; `None` where nothing would change.
    fn draft_beside(
        &self,
        repository: Repository,
        name: &BranchName,
        tip: ObjectId,
        wanted: &Wanted,
    ) -> Result<Option<(ObjectId, Drafts)>, StoreError> {
        let tree = self.tree_of(&repository, tip)?;
        let mut drafts = Drafts::new(repository, Arc::clone(&self.sound));
        let base = Some((&drafts, Some(tree)));
        let Resolved { files, contents } = resolve(self, base, &wanted.change)?;
        if files.is_empty() && wanted.merged.is_none() {
            return Ok(None);
        }
        self.must_not_be_shown(&drafts.repository, name)?;
        for content in contents.into_iter().flatten() {
            drafts.put(Kind::Blob, content, None);
        }
        let edits: Vec<(&str, Leaf)> =
            files.iter().map(|file| (file.path.as_str(), file.new)).collect();
        let tree = match edits.is_empty() {
            true => Some(tree),
            false => edit_tree(&mut drafts, Some(tree), &edits).map_err(|err| self.damaged(err))?,
        };
        let tree = tree.unwrap_or_else(|| drafts.put(Kind::Tree, Vec::new(), None));
        let parents = [tip].into_iter().chain(wanted.merged);
        let commit = commit::print(&wanted.change, tree, parents)
            .map_err(self.medium("writing a commit"))?;
        let signed = self.signers.sign(&wanted.change.author, &commit);
        let commit = signed.map_err(self.medium("signing a commit"))?.unwrap_or(commit);
        let id = drafts.put(Kind::Commit, commit, None);
        Ok(Some((id, drafts)))
    }

    /// Opens the repository once Git has this commit: what was only promised is brought there first.
    fn with_commit(self: &Arc<Self>, id: ObjectId) -> Result<Repository, StoreError> {
        let Some(all) = self.open()? else { return Err(self.unknown(&id.to_string())) };
        self.tree_of(&all, id)?;
        let since = Instant::now();
        loop {
            let repository = self.must_open()?;
            if repository.has_object(id) {
                return Ok(repository);
            }
            if since.elapsed() > 5 * PATIENCE {
                return Err(self.busy(".git/objects"));
            }
            self.start_publishing();
            let mut writing = self.writing();
            self.hurry(&mut writing);
            drop(self.progress.wait_timeout(writing, Duration::from_millis(20)));
        }
    }

    /// Returns where a branch beside `main` ends.
    fn side_tip(&self, name: &BranchName) -> Result<ObjectId, StoreError> {
        if name.is_main() {
            let (volume, branch) = (self.id.clone(), name.clone());
            return Err(StoreError::CheckedOut { volume, branch });
        }
        self.must_be_plain(name)?;
        let found = refs::find(&self.git(), &format!("{HEADS}{name}"));
        found.map_err(self.medium(READING))?.ok_or_else(|| self.unknown_branch(name))
    }

    /// Returns the branches that are on disk and name a commit.
    fn side_tips(&self) -> Result<BTreeMap<BranchName, ObjectId>, StoreError> {
        let all = refs::list(&self.git()).map_err(self.medium(READING))?;
        let branch = |(name, id): (String, ObjectId)| {
            Some((name.strip_prefix(HEADS)?.parse::<BranchName>().ok()?, id))
        };
        // One that cannot be read must not hide the others.
        Ok(all.into_iter().filter_map(branch).collect())
    }

    fn edit_branch(
        &self,
        repository: &Repository,
        name: &BranchName,
        change: RefChange,
    ) -> Result<(), StoreError> {
        self.must_be_plain(name)?;
        let full = full_name(name).ok_or_else(|| self.unknown_branch(name))?;
        let mut repository = repository.clone();
        // Its log would need a place that was looked at too, and tells nothing that commits do not.
        repository.refs.write_reflog = WriteReflog::Disable;
        let moving = "moving the branch";
        repository
            .edit_references_as([RefEdit::new(full, change)], None)
            .map_err(self.medium(moving))?;
        self.flush_all().map_err(self.medium(moving))
    }

    /// Refuses a name whose files are reached through a link, or are none.
    fn must_be_plain(&self, name: &BranchName) -> Result<(), StoreError> {
        for folder in ["refs/heads", "logs/refs/heads"] {
            if let Some(odd) = odd_part(&self.git(), folder, name) {
                return Err(self.damaged(format!("`.git/{odd}` is no plain file or folder")));
            }
        }
        Ok(())
    }

    /// Leaves a branch alone that the working tree shows: its files would stay behind.
    pub(crate) fn must_not_be_shown(
        &self,
        repository: &Repository,
        name: &BranchName,
    ) -> Result<(), StoreError> {
        let head = repository.try_find_reference("HEAD").map_err(|err| self.damaged(err))?;
        let full = format!("{HEADS}{name}");
        match head.as_ref().map(gix::Reference::target) {
            Some(TargetRef::Symbolic(shown)) if shown.as_bstr() == full.as_str() => {
                Err(StoreError::CheckedOut { volume: self.id.clone(), branch: name.clone() })
            }
            _ => Ok(()),
        }
    }

    fn unknown_branch(&self, name: &BranchName) -> StoreError {
        StoreError::UnknownBranch { volume: self.id.clone(), branch: name.clone() }
    }
}

fn commit_id(id: ObjectId) -> CommitId {
    CommitId(id.to_string())
}

fn full_name(name: &BranchName) -> Option<FullName> {
    format!("{HEADS}{name}").try_into().ok()
}

fn move_to(id: ObjectId, expected: PreviousValue) -> RefChange {
    let log = LogChange { mode: RefLog::AndReference, ..LogChange::default() };
    RefChange::Update { log, expected, new: Target::Object(id) }
}

/// Returns the first part of a reference's path that is neither a folder nor, at its end, a file.
fn odd_part(git: &Path, folder: &str, name: &BranchName) -> Option<String> {
    let mut path = folder.to_owned();
    for part in name.as_str().split('/') {
        path = format!("{path}/{part}");
        let Ok(metadata) = fs::symlink_metadata(git.join(&path)) else { return None };
        let is_last = path.len() == folder.len() + 1 + name.as_str().len();
        let is_ref =
            metadata.is_file() && (folder != "refs/heads" || metadata.len() <= MAX_REF_BYTES);
        if !(metadata.is_dir() || is_last && is_ref) {
            // A file where a folder is needed is another branch, which the caller tells.
            return (!is_ref).then_some(path);
        }
    }
    None
}
