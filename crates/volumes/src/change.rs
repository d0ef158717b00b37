//! Making a commit: check, write objects, move the branch, follow with the working tree.

use std::sync::PoisonError;

use gix::{
    ObjectId, Repository,
    actor::Signature,
    objs::tree::EntryKind,
    refs::{
        Target, TargetRef,
        transaction::{Change as RefChange, LogChange, PreviousValue, RefEdit, RefLog},
    },
};
use llmos_core::{
    store::{Author, Change, CommitId, StoreError},
    volume::VolumePath,
};

use crate::{
    change::resolve::{Resolved, resolve},
    folder::Folder,
    index,
    lock::{self, Begun, INDEX_LOCK, Lock, Taken},
    tree::{self, Found},
    volume::{MAIN, Volume},
    worktree::FileChange,
};

mod create;
mod resolve;

/// How often a commit starts again because somebody else moved the branch.
const ATTEMPTS: usize = 20;

/// A commit that the branch names now.
struct Made {
    id: ObjectId,
    /// What the working tree must still follow; `None` where it shows another branch.
    to_follow: Option<ToFollow>,
}

/// What a commit means for the working tree.
struct ToFollow {
    index: gix::index::File,
    files: Vec<FileChange>,
    contents: Vec<Option<Vec<u8>>>,
}

impl Volume {
    pub(crate) fn commit(&self, change: &Change) -> Result<CommitId, StoreError> {
        let _writer = self.writer.lock().unwrap_or_else(PoisonError::into_inner);
        let repository = match self.open()? {
            Some(repository) => repository,
            None => {
                // A change that is refused must not create the volume.
                resolve(self, None, change)?;
                self.create()?;
                self.open()?.ok_or_else(|| self.damaged("its repository vanished"))?
            }
        };
        let mut lock = self.lock(&repository)?;
        for _ in 0..ATTEMPTS {
            let Some(made) = self.attempt(&repository, change, &mut lock)? else { continue };
            if let Some(to_follow) = made.to_follow
                && self.follow(to_follow).is_err()
            {
                // The commit is made. The next one brings the working tree after it, or says why it cannot.
                lock.leave();
            }
            return Ok(CommitId(made.id.to_string()));
        }
        Err(self.busy(&format!(".git/{MAIN}")))
    }

    /// Takes the lock, and finishes what a killed process left behind.
    fn lock(&self, repository: &Repository) -> Result<Lock, StoreError> {
        match Lock::take(&self.folder, lock::PATIENCE).map_err(self.medium("locking the volume"))? {
            Taken::Busy => Err(self.busy(INDEX_LOCK)),
            Taken::Held(lock, None) => Ok(lock),
            Taken::Held(mut lock, Some(begun)) => {
                // Should this fail, then the next commit must try again.
                lock.begin(&begun).map_err(self.medium("locking the volume"))?;
                match self.finish(repository, &begun) {
                    Ok(()) => Ok(lock),
                    Err(err) => {
                        lock.leave();
                        Err(err)
                    }
                }
            }
        }
    }

    /// Brings the working tree after a commit whose maker was stopped in the middle.
    fn finish(&self, repository: &Repository, begun: &Begun) -> Result<(), StoreError> {
        // Its maker is gone, so nobody moves the branch now.
        lock::remove(&self.git().join(format!("{MAIN}.lock")))
            .map_err(self.medium("unlocking the branch"))?;
        let Some(tip) = self.tip(repository)? else { return Ok(()) };
        if ObjectId::from_hex(begun.new.as_bytes()).ok() != Some(tip)
            || !self.is_checked_out(repository)?
        {
            return Ok(());
        }
        let new_tree = self.tree_of(repository, tip)?;
        let old_tree = match begun.old.as_str() {
            "" => None,
            old => Some(self.tree_of(repository, self.object_id(old)?)?),
        };
        let file_in = |tree: ObjectId, path: &VolumePath| match tree::find(repository, tree, path) {
            Ok(Found::File(file)) => Ok(Some(file)),
            Ok(_) => Ok(None),
            Err(err) => Err(self.damaged(err)),
        };
        let (mut files, mut contents) = (Vec::new(), Vec::new());
        for path in begun.paths.iter().filter_map(|path| path.parse::<VolumePath>().ok()) {
            let old = old_tree.map(|tree| file_in(tree, &path)).transpose()?.flatten();
            let new = file_in(new_tree, &path)?;
            let content =
                new.map(|file| repository.find_blob(file.id).map(|mut blob| blob.take_data()));
            contents.push(content.transpose().map_err(|err| self.damaged(err))?);
            files.push(FileChange { path, old, new });
        }
        let index =
            index::read(repository, &self.git(), old_tree).map_err(|err| self.damaged(err))?;
        self.follow(ToFollow { index, files, contents })
            .map_err(self.medium("updating the working tree"))
    }

    /// Makes the commit on what the branch names now; `None` when somebody moved it meanwhile.
    fn attempt(
        &self,
        repository: &Repository,
        change: &Change,
        lock: &mut Lock,
    ) -> Result<Option<Made>, StoreError> {
        let old = self.tip(repository)?;
        let base = old.map(|old| self.tree_of(repository, old)).transpose()?;
        let Resolved { files, contents } = resolve(self, Some((repository, base)), change)?;
        if let (Some(old), true) = (old, files.is_empty()) {
            return Ok(Some(Made { id: old, to_follow: None }));
        }
        let index = match self.is_checked_out(repository)? {
            true => Some(self.checked_index(repository, base, &files)?),
            false => None,
        };
        let tree = self.write_tree(repository, base, &files, &contents).map_err(|err| {
            // Git refuses to write names again that it should never have read.
            match err.downcast_any_ref::<std::io::Error>() {
                Some(_) => self.medium("writing objects")(err),
                None => self.damaged(err),
            }
        })?;
        let new = self
            .write_commit(repository, tree, old, change)
            .map_err(self.medium("writing a commit"))?;
        let begun = Begun {
            old: old.map(|old| old.to_string()).unwrap_or_default(),
            new: new.to_string(),
            paths: files.iter().map(|file| file.path.to_string()).collect(),
        };
        lock.begin(&begun).map_err(self.medium("locking the volume"))?;
        if !self.move_branch(repository, old, new, change)? {
            return Ok(None);
        }
        let to_follow = index.map(|index| ToFollow { index, files, contents });
        Ok(Some(Made { id: new, to_follow }))
    }

    /// Says whether the working tree shows `main`; otherwise it is left alone.
    fn is_checked_out(&self, repository: &Repository) -> Result<bool, StoreError> {
        let head = repository.try_find_reference("HEAD").map_err(|err| self.damaged(err))?;
        let target = head.as_ref().map(gix::Reference::target);
        Ok(matches!(target, Some(TargetRef::Symbolic(name)) if name.as_bstr() == MAIN))
    }

    /// Reads the index, and fails where the change would run over an edit that is not committed.
    fn checked_index(
        &self,
        repository: &Repository,
        base: Option<ObjectId>,
        files: &[FileChange],
    ) -> Result<gix::index::File, StoreError> {
        let reading = "reading the working tree";
        let dirty = |path| StoreError::Dirty { volume: self.id.clone(), path };
        let root = Folder::open(&self.folder).map_err(self.medium(reading))?;
        for file in files {
            if let Some(path) = file.obstacle(&root).map_err(self.medium(reading))? {
                return Err(dirty(path));
            }
        }
        let index = index::read(repository, &self.git(), base).map_err(|err| self.damaged(err))?;
        match index::staged(&index, files) {
            Some(path) => Err(dirty(path.clone())),
            None => Ok(index),
        }
    }

    fn write_tree(
        &self,
        repository: &Repository,
        base: Option<ObjectId>,
        files: &[FileChange],
        contents: &[Option<Vec<u8>>],
    ) -> Result<ObjectId, gix::Error> {
        let base = base.unwrap_or_else(|| ObjectId::empty_tree(repository.object_hash()));
        let mut tree = repository.edit_tree(base)?;
        for (file, content) in files.iter().zip(contents) {
            match (file.new, content) {
                (Some(new), Some(content)) => {
                    let kind =
                        if new.executable { EntryKind::BlobExecutable } else { EntryKind::Blob };
                    tree.upsert(file.path.as_str(), kind, repository.write_blob(content)?)?;
                }
                _ => {
                    tree.remove(file.path.as_str())?;
                }
            }
        }
        Ok(tree.write()?.detach())
    }

    fn write_commit(
        &self,
        repository: &Repository,
        tree: ObjectId,
        parent: Option<ObjectId>,
        change: &Change,
    ) -> Result<ObjectId, gix::Error> {
        let commit = gix::objs::Commit {
            tree,
            parents: parent.into_iter().collect(),
            author: signature(&change.author, change),
            committer: committer(change),
            encoding: None,
            message: message(&change.message).into(),
            extra_headers: Vec::new(),
        };
        Ok(repository.write_object(&commit)?.detach())
    }

    /// Moves `main` from `old` to `new`; `false` when it is no longer at `old`.
    fn move_branch(
        &self,
        repository: &Repository,
        old: Option<ObjectId>,
        new: ObjectId,
        change: &Change,
    ) -> Result<bool, StoreError> {
        let subject = change.message.lines().next().unwrap_or_default();
        let subject: String = subject.chars().filter(|c| !c.is_control()).collect();
        let edit = RefEdit {
            change: RefChange::Update {
                log: LogChange {
                    mode: RefLog::AndReference,
                    force_create_reflog: false,
                    message: format!("commit: {subject}").into(),
                },
                expected: match old {
                    Some(old) => PreviousValue::MustExistAndMatch(Target::Object(old)),
                    None => PreviousValue::MustNotExist,
                },
                new: Target::Object(new),
            },
            name: MAIN.try_into().map_err(self.medium("naming the branch"))?,
            deref: false,
        };
        let committer = committer(change);
        let mut time = gix::date::parse::TimeBuf::default();
        let moved = repository.edit_references_as([edit], Some(committer.to_ref(&mut time)));
        let Err(err) = moved else { return Ok(true) };
        if self.tip(repository)? != old {
            return Ok(false);
        }
        let branch_lock = format!(".git/{MAIN}.lock");
        match lock::remove_if_forgotten(&self.folder.join(&branch_lock)) {
            Ok(lock::Forgotten::Removed) => Ok(false),
            Ok(lock::Forgotten::InUse) => Err(self.busy(&branch_lock)),
            Ok(lock::Forgotten::NotThere) => Err(self.medium("moving the branch")(err)),
            Err(err) => Err(self.medium("unlocking the branch")(err)),
        }
    }

    /// Brings the working tree and the index after a commit.
    fn follow(&self, to_follow: ToFollow) -> std::io::Result<()> {
        let ToFollow { mut index, files, contents } = to_follow;
        let root = Folder::open(&self.folder)?;
        let git = Folder::open(&self.git())?;
        index::recheck_young_entries(&mut index, &root);
        let mut applied = Vec::with_capacity(files.len());
        for (file, content) in files.iter().zip(&contents) {
            applied.push(file.apply(&root, &git, content.as_deref())?);
        }
        index::update(&mut index, &files, &applied)?;
        index::write(&index, &self.git())
    }

    fn busy(&self, lock: &str) -> StoreError {
        StoreError::Busy { volume: self.id.clone(), lock: lock.to_owned() }
    }
}

fn committer(change: &Change) -> Signature {
    let program =
        Author { name: "LLMos-Lite".to_owned(), email: "llmos-lite@localhost".to_owned() };
    signature(&program, change)
}

/// Drops what would end a name or an address too early in a commit.
fn signature(author: &Author, change: &Change) -> Signature {
    let clean = |text: &str, otherwise: &str| {
        let text: String =
            text.chars().filter(|c| !c.is_control() && !matches!(c, '<' | '>')).collect();
        let text = text.trim_matches(|c: char| {
            c.is_whitespace() || matches!(c, '.' | ',' | ':' | ';' | '"' | '\\' | '\'')
        });
        if text.is_empty() { otherwise.to_owned() } else { text.to_owned() }
    };
    Signature {
        name: clean(&author.name, "unknown").into(),
        email: clean(&author.email, "unknown@localhost").into(),
        time: gix::date::Time { seconds: change.time.as_second().max(0), offset: 0 },
    }
}

/// Ends the message with one line feed, as Git does, and drops what Git calls damage.
fn message(text: &str) -> String {
    let text = text.replace('\0', "");
    let text = text.trim_end();
    if text.is_empty() { "change files\n".to_owned() } else { format!("{text}\n") }
}
