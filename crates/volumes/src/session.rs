//! A session of writing: commits are made in memory, one on top of the other,
//! while nobody else can move the branch or touch the index.
//!
//! It lasts from the first change until everything is in Git, see `publish`.

mod admit;
pub(crate) mod commit;
mod drafts;
pub(crate) mod edit;
pub(crate) mod listed;
mod replay;
pub(crate) mod resolve;

use std::{
    collections::{BTreeMap, BTreeSet},
    io,
    ops::Bound,
    sync::{Arc, PoisonError, RwLock},
    time::Instant,
};

use gix::{ObjectId, Repository, objs::Kind};
use llmos_core::{store::StoreError, volume::VolumePath};

pub(crate) use admit::Incoming;
pub(crate) use commit::print as print_commit;
pub(crate) use drafts::{Drafts, SoundTrees, remember_all};

use crate::{
    branch::BranchLock,
    folder::{Folder, Walk},
    index,
    journal::{KeptCommit, KeptFile},
    lock::{Begun, Lock},
    object::Shared,
    session::resolve::{Resolved, resolve},
    tree::{self, File},
    volume::Volume,
    worktree::{FileChange, Way},
    writer::{Locks, Wanted},
};

/// The index of the working tree, as both sides of a session use it.
pub(crate) type SharedIndex = Arc<RwLock<gix::index::File>>;

/// The locks of a volume and what was committed under them.
pub(crate) struct Session {
    lock: Lock,
    branch: Arc<BranchLock>,
    drafts: Drafts,
    /// `None` where another branch is checked out: the working tree is left alone.
    index: Option<SharedIndex>,
    /// What `main` names on disk.
    published: Option<ObjectId>,
    tip: Option<ObjectId>,
    tree: Option<ObjectId>,
    touched: BTreeMap<String, Touched>,
    /// What `touched` held before, in the order in which it changed since the last mark.
    undo: Vec<(String, Option<Touched>)>,
    log: String,
    /// Where the working tree stayed behind: what it shows, and which files it did not follow.
    behind: Option<(Option<ObjectId>, BTreeSet<String>)>,
    pub(crate) began: Instant,
}

/// A file that differs from what is published.
struct Touched {
    path: VolumePath,
    /// As it is published.
    old: Option<File>,
    new: Option<File>,
    content: Option<Arc<Vec<u8>>>,
}

/// What adding a change came to.
pub(crate) enum Added {
    /// It is this commit now, and this is to be kept in the journal.
    Commit(ObjectId, KeptCommit),
    /// Everything is already as it asks for.
    Nothing(ObjectId),
    /// It turns a file into a folder that is on its way to disk, or the other way round.
    Later,
}

/// A point to go back to.
pub(crate) struct Mark {
    n_fresh: usize,
    tip: Option<ObjectId>,
    tree: Option<ObjectId>,
    log_bytes: usize,
}

/// What is brought to disk in one go.
pub(crate) struct Round {
    pub(crate) branch: Arc<BranchLock>,
    pub(crate) objects: Vec<Shared>,
    pub(crate) to: ObjectId,
    pub(crate) log: String,
    pub(crate) index: Option<SharedIndex>,
    pub(crate) files: Vec<FileChange>,
    pub(crate) contents: Vec<Option<Arc<Vec<u8>>>>,
}

impl Session {
    /// Starts on what is on disk.
    pub(crate) fn new(
        volume: &Volume,
        repository: Repository,
        (lock, branch): Locks,
    ) -> Result<Self, StoreError> {
        let tip = volume.tip_on_disk(&repository)?;
        let tree = tip.map(|tip| volume.tree_of(&repository, tip)).transpose()?;
        let index = match volume.is_checked_out(&repository)? {
            true => Some(volume.index(&repository, tree)?),
            false => None,
        };
        Ok(Self {
            lock,
            branch: Arc::new(branch),
            drafts: Drafts::of_session(repository, Arc::clone(&volume.sound)),
            index,
            published: tip,
            tip,
            tree,
            touched: BTreeMap::new(),
            undo: Vec::new(),
            log: String::new(),
            behind: None,
            began: Instant::now(),
        })
    }

    pub(crate) fn tip(&self) -> Option<ObjectId> {
        self.tip
    }

    pub(crate) fn fresh(&self) -> &[Shared] {
        self.drafts.fresh()
    }

    pub(crate) fn fresh_bytes(&self) -> usize {
        self.drafts.bytes()
    }

    /// Says whether everything is on disk.
    pub(crate) fn is_drained(&self) -> bool {
        self.published == self.tip
    }

    /// Makes a commit of `change` on top of the others, if it may be made.
    pub(crate) fn add(&mut self, volume: &Volume, wanted: &Wanted) -> Result<Added, StoreError> {
        let Wanted { change, merged } = wanted;
        if let Some(merged) = merged {
            volume.tree_of(&self.drafts.repository, *merged)?;
        }
        let base = Some((&self.drafts, self.tree));
        let Resolved { files, contents } = resolve(volume, base, change)?;
        if let (Some(tip), true, None) = (self.tip, files.is_empty(), merged) {
            return Ok(Added::Nothing(tip));
        }
        if files.iter().any(|file| self.meets_another_kind(&file.path)) {
            return Ok(Added::Later);
        }
        self.check(volume, &files)?;
        let files: Vec<_> = files
            .into_iter()
            .zip(contents)
            .map(|(FileChange { path, new, .. }, content)| KeptFile {
                path,
                executable: new.is_some_and(|file| file.executable),
                content,
            })
            .collect();
        let tree = self.write_tree(&files).map_err(|err| volume.damaged(err))?;
        let bytes = commit::print(change, tree, self.tip.into_iter().chain(*merged))
            .map_err(volume.medium("writing a commit"))?;
        let signed = volume.signers.sign(&change.author, &bytes);
        let bytes = signed.map_err(volume.medium("signing a commit"))?.unwrap_or(bytes);
        let kept = KeptCommit { commit: bytes, files };
        let id = self.take_over(&kept, tree);
        Ok(Added::Commit(id, kept))
    }

    /// Starts over at another commit, with nothing to bring to disk.
    pub(crate) fn start_at(
        &mut self,
        volume: &Volume,
        tip: Option<ObjectId>,
    ) -> Result<(), StoreError> {
        self.tree = tip.map(|tip| volume.tree_of(&self.drafts.repository, tip)).transpose()?;
        (self.tip, self.published) = (tip, tip);
        Ok(())
    }

    /// Remembers this moment, to be able to go back to it until the next one is remembered.
    pub(crate) fn mark(&mut self) -> Mark {
        self.undo.clear();
        Mark {
            n_fresh: self.drafts.fresh().len(),
            tip: self.tip,
            tree: self.tree,
            log_bytes: self.log.len(),
        }
    }

    /// Forgets everything since `mark`.
    pub(crate) fn go_back(&mut self, mark: Mark) {
        self.drafts.keep(mark.n_fresh);
        (self.tip, self.tree) = (mark.tip, mark.tree);
        for (path, before) in self.undo.drain(..).rev() {
            match before {
                Some(before) => drop(self.touched.insert(path, before)),
                None => drop(self.touched.remove(&path)),
            }
        }
        self.log.truncate(mark.log_bytes);
    }

    /// Takes what is to be brought to disk now; `None` when there is nothing.
    pub(crate) fn round(&mut self, volume: &Volume) -> Result<Option<Round>, StoreError> {
        let Some(to) = self.tip.filter(|_| !self.is_drained()) else { return Ok(None) };
        let (old, mut paths) = self.behind.clone().unwrap_or((self.published, BTreeSet::new()));
        paths.extend(self.touched.keys().cloned());
        let begun = Begun {
            old: old.map(|old| old.to_string()).unwrap_or_default(),
            new: to.to_string(),
            paths: paths.into_iter().collect(),
        };
        self.lock.begin(&begun).map_err(volume.medium("locking the volume"))?;
        let (files, contents) = self
            .touched
            .values()
            .map(|Touched { path, old, new, content }| {
                let change = FileChange { path: path.clone(), old: *old, new: *new };
                (change, content.clone())
            })
            .unzip();
        Ok(Some(Round {
            branch: Arc::clone(&self.branch),
            objects: self.drafts.fresh().to_vec(),
            to,
            log: self.log.clone(),
            index: self.index.clone(),
            files,
            contents,
        }))
    }

    /// Forgets what is on disk now; the working tree may have stayed behind.
    pub(crate) fn published(&mut self, round: &Round, followed: bool) {
        if !followed {
            let (_, paths) = self.behind.get_or_insert_with(|| (self.published, BTreeSet::new()));
            paths.extend(round.files.iter().map(|file| file.path.to_string()));
        }
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

    /// Lets go of the locks.
    ///
    /// Where the working tree stayed behind, the lock says so to the next session, which
    /// brings it after the branch or says why it cannot.
    pub(crate) fn end(self) {
        if self.behind.is_some() {
            self.lock.leave();
        }
    }

    /// Gives the locks back; `None` where the next one who takes them has to bring the working tree after the branch.
    pub(crate) fn into_locks(self) -> Option<Locks> {
        if self.behind.is_some() {
            self.end();
            return None;
        }
        Some((self.lock, Arc::into_inner(self.branch)?))
    }

    fn take_over(&mut self, kept: &KeptCommit, tree: ObjectId) -> ObjectId {
        let old_tip = self.tip;
        let id = self.drafts.put(Kind::Commit, kept.commit.clone(), None);
        self.log.push_str(&commit::log_line(old_tip, id, &kept.commit));
        (self.tip, self.tree) = (Some(id), Some(tree));
        id
    }

    /// Writes the blobs and trees of a change, and notes which files the working tree must follow.
    fn write_tree(&mut self, files: &[KeptFile]) -> Result<ObjectId, tree::TreeError> {
        let mut touched = Vec::with_capacity(files.len());
        for file in files {
            let path = file.path.clone();
            let old = match self.touched.get(path.as_str()) {
                Some(touched) => touched.old,
                None => self.find(&path)?,
            };
            let content = file.content.clone().map(Arc::new);
            let new = file.file();
            touched.push((path.to_string(), Touched { path, old, new, content }));
        }
        for content in files.iter().filter_map(|file| file.content.as_ref()) {
            self.drafts.put(Kind::Blob, content.clone(), None);
        }
        let edits: Vec<_> = files.iter().map(|file| (file.path.as_str(), file.file())).collect();
        let tree = edit::edit_tree(&mut self.drafts, self.tree, &edits)?;
        for (path, now) in touched {
            let before = self.touched.insert(path.clone(), now);
            self.undo.push((path, before));
        }
        Ok(match tree {
            Some(tree) => tree,
            None => self.drafts.put(Kind::Tree, Vec::new(), None),
        })
    }

    fn find(&self, path: &VolumePath) -> Result<Option<File>, tree::TreeError> {
        let Some(tree) = self.tree else { return Ok(None) };
        match self.drafts.find(tree, path)? {
            tree::Found::File(file) => Ok(Some(file)),
            _ => Ok(None),
        }
    }

    /// Says whether a path leads through a file that is on its way, or is a folder on its way.
    fn meets_another_kind(&self, path: &VolumePath) -> bool {
        let text = path.as_str();
        let below = format!("{text}/");
        let mut from_there =
            self.touched.range::<str, _>((Bound::Included(below.as_str()), Bound::Unbounded));
        text.match_indices('/').any(|(end, _)| self.touched.contains_key(&text[..end]))
            || from_there.next().is_some_and(|(other, _)| other.starts_with(&below))
    }

    /// Fails where the change would run over an edit that is not committed.
    fn check(&self, volume: &Volume, files: &[FileChange]) -> Result<(), StoreError> {
        let Some(index) = &self.index else { return Ok(()) };
        let reading = "reading the working tree";
        let dirty = |path| StoreError::Dirty { volume: volume.id.clone(), path };
        let root = Folder::open(&volume.folder).map_err(volume.medium(reading))?;
        let untouched =
            || files.iter().filter(|file| !self.touched.contains_key(file.path.as_str()));
        let mut walk = Walk::new(&root);
        for file in untouched() {
            match file.way(&mut walk).map_err(volume.medium(reading))? {
                Way::Free => {}
                Way::MadeByHand => volume.note_made_by_hand(&file.path),
                Way::Blocked(path) => return Err(dirty(path)),
            }
        }
        let index = index.read().unwrap_or_else(PoisonError::into_inner);
        match index::staged(&index, untouched()) {
            Some(path) => Err(dirty(path.clone())),
            None => Ok(()),
        }
    }
}

/// An error for each of several writers, where one thing failed for all of them.
pub(crate) fn again(volume: &Volume, doing: &'static str, err: &io::Error) -> StoreError {
    let err = io::Error::new(err.kind(), err.to_string());
    volume.medium(doing)(err)
}
