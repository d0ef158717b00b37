//! After a crash: what was promised and is not in Git is brought there.

use std::{
    fs, io,
    path::{Path, PathBuf},
    sync::Arc,
    time::{Duration, Instant},
};

use gix::{ObjectId, Repository};
use llmos_core::{store::StoreError, volume::VolumePath};

use crate::{
    branch,
    folder::{Folder, NameKind, Parent, Walk},
    index,
    journal::{self, KeptCommit, KeptFile, Left, OWN_FOLDER},
    lock::{self, Begun},
    object, pack,
    session::{Round, Session},
    tree::{self, Found},
    volume::{MAIN, Volume},
    worktree::{self, FileChange, State},
    writer::{Locks, Writing},
};

/// How long readers leave journals alone that others were using.
const READERS_PAUSE: Duration = Duration::from_secs(1);

impl Volume {
    /// Brings what killed processes promised to Git, once in the life of this volume.
    pub(crate) fn recover(&self, writing: &mut Writing) -> Result<(), StoreError> {
        if writing.recovered {
            return Ok(());
        }
        writing.looked = Some(Instant::now());
        let seen = journal::glance(&self.git(), &self.secret)
            .map_err(self.medium("reading the journal"))?;
        if !seen.parents.is_empty() {
            let failed = self.medium("bringing the journal to Git");
            self.mend(&seen.parents).map_err(failed)?;
            let locks = self.locks()?;
            drop(self.recover_left(locks)?);
        }
        // A journal that is in use is its writer's; should that one be killed, somebody else must look again.
        writing.recovered = !seen.some_in_use;
        Ok(())
    }

    /// Puts aside what a power cut left of the work of those whose commits were made on these.
    fn mend(&self, parents: &[Option<ObjectId>]) -> io::Result<()> {
        self.remove_torn_objects()?;
        self.remove_torn_index()?;
        parents.iter().try_for_each(|parent| self.repair_branch(*parent))
    }

    /// Like [`Self::recover`] for a reader, who goes on where that cannot be done now.
    pub(crate) fn recover_to_read(&self) {
        let Ok(mut writing) = self.writing.try_lock() else { return };
        // Looking for others' journals takes a moment while they are in use.
        let is_time = writing.looked.is_none_or(|looked| looked.elapsed() > READERS_PAUSE);
        if writing.session.is_none() && !writing.recovered && is_time {
            // Whoever writes next repeats this and hears what is wrong.
            drop(self.recover(&mut writing));
        }
    }

    /// Brings to Git what those promised who were killed, and gives the locks back.
    ///
    /// `None` where the next one who takes them has to finish something.
    pub(crate) fn recover_left(&self, mut locks: Locks) -> Result<Option<Locks>, StoreError> {
        let found = journal::left(&self.git(), &self.secret);
        for left in found.map_err(self.medium("reading the journal"))? {
            match self.replay_left(left, locks)? {
                Some(again) => locks = again,
                None => return Ok(None),
            }
        }
        Ok(Some(locks))
    }

    fn replay_left(&self, left: Left, locks: Locks) -> Result<Option<Locks>, StoreError> {
        let failed = "bringing the journal to Git";
        let commits: Vec<&KeptCommit> = left.batches.iter().flatten().collect();
        let Some(first) = commits.first() else { return Ok(Some(locks)) };
        let repository = self.must_open()?;
        let on_disk = self.tip_on_disk(&repository)?;
        let mut session = Session::new(self, repository, locks)?;
        let is_based = match session.start_at(self, first.parent()) {
            Ok(()) => true,
            Err(StoreError::UnknownObject { .. }) => false,
            Err(err) => return Err(err),
        };
        session.replay_all(self, &commits, on_disk)?;
        let Some(mut round) = session.round(self)? else { return Ok(session.into_locks()) };
        let is_ours = is_based
            && (on_disk == first.parent()
                || commits.iter().any(|kept| Some(kept.id()) == on_disk)
                || session.leads_through(self, on_disk, first.parent())?);
        let mut followed = true;
        if is_ours {
            self.remove_torn_files(&commits).map_err(self.medium(failed))?;
            self.know_files(&mut round, &commits).map_err(self.medium(failed))?;
            self.publish(&round)?;
            followed = self.follow_round(&round).is_ok();
        } else {
            self.keep_beside(&round, on_disk)?;
        }
        session.published(&round, followed);
        drop(round);
        let flushed = self.flush_all().map_err(self.medium("flushing the disk"));
        let discarded =
            flushed.and_then(|()| left.discard().map_err(self.medium("writing the journal")));
        // Whatever came of that: where the working tree stayed behind, the lock has to say so.
        let locks = session.into_locks();
        discarded.map(|()| locks)
    }

    /// Somebody moved the branch on or away: it stays, and the commits stay findable.
    fn keep_beside(&self, round: &Round, on_disk: Option<ObjectId>) -> Result<(), StoreError> {
        self.write_objects(&round.objects).map_err(self.medium("writing objects"))?;
        let repository = self.must_open()?;
        if let Some(on_disk) = on_disk
            && is_ancestor(&repository, round.to, on_disk).map_err(|err| self.damaged(err))?
        {
            return Ok(());
        }
        self.name_recovered(round.to).map_err(self.medium("keeping commits of the journal"))
    }

    fn name_recovered(&self, commit: ObjectId) -> io::Result<()> {
        let git = Folder::open(&self.git())?;
        let refs = git.child("refs")?;
        if refs.kind(OWN_FOLDER)?.is_none() {
            refs.make_child(OWN_FOLDER)?;
        }
        let name = format!("recovered-{commit}");
        let content = format!("{commit}\n");
        branch::put(&git.child(OWN_FOLDER)?, &refs.child(OWN_FOLDER)?, &name, content.as_bytes())
    }

    /// Puts aside objects and packs that a power cut left empty or half written.
    fn remove_torn_objects(&self) -> io::Result<()> {
        let objects = self.objects_folder();
        for number in 0..=255_u8 {
            let folder = objects.join(format!("{number:02x}"));
            for (name, path) in files(&folder)? {
                let Ok(id) = ObjectId::from_hex(format!("{number:02x}{name}").as_bytes()) else {
                    continue;
                };
                if !object::is_sound(&path, id)? {
                    self.put_aside(&path)?;
                }
            }
        }
        for (name, path) in files(&objects)? {
            if name.starts_with("tmp_obj_llmos_") {
                fs::remove_file(path)?;
            }
        }
        let packs = objects.join("pack");
        for (name, path) in files(&packs)? {
            if name.starts_with("tmp_pack_llmos_") || name.starts_with("tmp_idx_llmos_") {
                fs::remove_file(path)?;
            } else if let Some(stem) = name.strip_suffix(".idx")
                && !pack::is_sound(&objects, stem)
            {
                self.put_aside(&path)?;
                let pack = packs.join(format!("{stem}.pack"));
                if pack.exists() {
                    self.put_aside(&pack)?;
                }
            }
        }
        Ok(())
    }

    /// Moves a damaged file out of Git's sight; somebody may still want to look at it.
    fn put_aside(&self, path: &Path) -> io::Result<()> {
        let folder = self.git().join(OWN_FOLDER).join("damaged");
        fs::create_dir_all(&folder)?;
        let parent = path.parent().and_then(Path::file_name).unwrap_or_default();
        let name = path.file_name().unwrap_or_default();
        fs::rename(path, folder.join(format!("{}-{}", parent.display(), name.display())))
    }

    /// Puts the branch back where a power cut left its file empty, or took the commit that it names.
    fn repair_branch(&self, parent: Option<ObjectId>) -> io::Result<()> {
        let git = Folder::open(&self.git())?;
        let heads = git.child("refs")?.child("heads")?;
        if !matches!(heads.kind("main")?, Some(NameKind::File)) {
            return Ok(());
        }
        let content = heads.read("main")?;
        let is_empty = content.iter().all(|byte| matches!(byte, 0 | b'\n' | b' '));
        let named = ObjectId::from_hex(content.trim_ascii()).ok();
        let is_gone = named.is_some_and(|named| {
            self.must_open().is_ok_and(|repository| !repository.has_object(named))
        });
        if is_gone {
            self.put_aside(&self.git().join(MAIN))?;
        } else if !is_empty {
            return Ok(());
        }
        match parent {
            Some(parent) => {
                let content = format!("{parent}\n");
                branch::put(&git.child(OWN_FOLDER)?, &heads, "main", content.as_bytes())
            }
            None => worktree::remove_if_there(&heads, "main"),
        }
    }

    /// The working tree may show any of the commits: what one of them made is nobody's edit.
    fn know_files(&self, round: &mut Round, commits: &[&KeptCommit]) -> io::Result<()> {
        let root = Folder::open(&self.folder)?;
        let mut walk = Walk::new(&root);
        for change in &mut round.files {
            let State::File(id) = worktree::state(&mut walk, &change.path)? else { continue };
            let made = commits.iter().flat_map(|kept| &kept.files);
            let versions = made.filter(|file| file.path == change.path).filter_map(KeptFile::file);
            if let Some(version) = versions.into_iter().find(|version| version.id == id) {
                change.old = Some(version);
            }
        }
        Ok(())
    }

    /// Removes files that a power cut left empty, so that they are written again rather than taken for edits.
    fn remove_torn_files(&self, commits: &[&KeptCommit]) -> io::Result<()> {
        let root = Folder::open(&self.folder)?;
        let mut walk = Walk::new(&root);
        for KeptFile { path, content, .. } in commits.iter().flat_map(|kept| &kept.files) {
            let Parent::There(parent) = walk.parent_of(path)? else { continue };
            let Ok(found) = parent.read(path.file_name()) else { continue };
            let is_torn = found.iter().all(|byte| *byte == 0);
            if is_torn && content.as_ref().is_none_or(|content| *content != found) {
                parent.remove_file(path.file_name())?;
            }
        }
        Ok(())
    }

    /// Removes an index that a power cut left empty: without one, that of the branch is made.
    fn remove_torn_index(&self) -> io::Result<()> {
        let index = self.git().join("index");
        match fs::metadata(&index).is_ok_and(|metadata| metadata.len() == 0) {
            true => fs::remove_file(index),
            false => Ok(()),
        }
    }

    /// Brings the working tree after a commit whose maker was stopped in the middle.
    pub(crate) fn finish(&self, repository: &Repository, begun: &Begun) -> Result<(), StoreError> {
        // Its maker is gone, so nobody moves the branch now.
        lock::remove(&self.git().join(format!("{MAIN}.lock")))
            .map_err(self.medium("unlocking the branch"))?;
        let Some(tip) = self.tip_on_disk(repository)? else { return Ok(()) };
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
            let content = content.transpose().map_err(|err| self.damaged(err))?;
            contents.push(content.map(Arc::new));
            files.push(FileChange { path, old, new });
        }
        let index =
            index::read(repository, &self.git(), old_tree).map_err(|err| self.damaged(err))?;
        let index = Arc::new(std::sync::RwLock::new(index));
        self.follow(&index, &files, &contents).map_err(self.medium("updating the working tree"))
    }
}

/// The plain files of a folder by name; none where there is no such folder.
fn files(folder: &Path) -> io::Result<Vec<(String, PathBuf)>> {
    let Ok(entries) = fs::read_dir(folder) else { return Ok(Vec::new()) };
    let mut found = Vec::new();
    for entry in entries {
        let entry = entry?;
        if let (true, Ok(name)) = (entry.file_type()?.is_file(), entry.file_name().into_string()) {
            found.push((name, entry.path()));
        }
    }
    Ok(found)
}

fn is_ancestor(
    repository: &Repository,
    older: ObjectId,
    newer: ObjectId,
) -> Result<bool, gix::Error> {
    for step in repository.rev_walk([newer]).all()? {
        if step?.id == older {
            return Ok(true);
        }
    }
    Ok(false)
}
