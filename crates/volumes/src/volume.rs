//! One volume: its folder, its open repository and what can be read from it.

use std::{
    fs,
    path::{Path, PathBuf},
    sync::{
        Arc, Condvar, Mutex, PoisonError, RwLock,
        atomic::{AtomicBool, AtomicU64},
    },
    time::{Duration, SystemTime},
};

use gix::{ObjectId, Repository, ThreadSafeRepository, objs::Kind, refs::TargetRef};
use llmos_core::{
    store::{CommitId, StoreError},
    volume::VolumeId,
};

use crate::{
    disk::Disk,
    hand::Saved,
    index,
    object::Shared,
    odd,
    secret::Secret,
    session::{self, SharedIndex, SoundTrees},
    sign::Signers,
    upkeep::Upkeep,
    writer::{Queue, Writing},
};

/// The branch that a volume is.
pub(crate) const MAIN: &str = "refs/heads/main";

/// How many packs may come to be while a repository is open.
const PACK_SLOTS: u16 = 2_048;

/// How much of the trees and commits of a request is kept at hand.
const OBJECT_CACHE_BYTES: usize = 4 << 20;

/// What all volumes of a store work with.
#[derive(Debug)]
pub(crate) struct Means {
    pub(crate) disk: Arc<dyn Disk>,
    pub(crate) secret: Arc<Secret>,
    pub(crate) signers: Arc<Signers>,
}

/// A volume that may or may not exist on disk.
#[derive(Debug)]
pub(crate) struct Volume {
    pub(crate) id: VolumeId,
    pub(crate) folder: PathBuf,
    pub(crate) disk: Arc<dyn Disk>,
    pub(crate) secret: Arc<Secret>,
    pub(crate) signers: Arc<Signers>,
    repository: Mutex<Option<ThreadSafeRepository>>,
    pub(crate) queue: Queue,
    pub(crate) writing: Mutex<Writing>,
    /// Tells of every step towards the disk.
    pub(crate) progress: Condvar,
    /// Wakes the publisher: somebody waits, or wants another attempt where the disk refused one.
    pub(crate) try_again: Condvar,
    pub(crate) is_publishing: AtomicBool,
    /// Somebody was killed while holding the locks, and what they promised was not looked for yet.
    pub(crate) somebody_left: AtomicBool,
    /// Held by whoever changes a branch beside `main`.
    pub(crate) side: Mutex<()>,
    pub(crate) upkeep: Upkeep,
    pub(crate) sound: Arc<SoundTrees>,
    /// What was promised and is not in Git yet.
    pending: RwLock<Option<Arc<Pending>>>,
    /// The index as it was last written, while it is still that one.
    index: Mutex<Option<(Stamp, SharedIndex)>>,
    pub(crate) saved: Saved,
    /// When it was last asked for, counted in requests.
    pub(crate) used: AtomicU64,
}

/// What readers must know of commits that are not in Git yet.
#[derive(Debug)]
pub(crate) struct Pending {
    pub(crate) tip: ObjectId,
    pub(crate) objects: Vec<Shared>,
}

/// Tells one state of a file from another, as far as the file system does.
type Stamp = (SystemTime, u64, u64);

impl Volume {
    pub(crate) fn new(
        id: VolumeId,
        folder: PathBuf,
        Means { disk, secret, signers }: Means,
    ) -> Self {
        Self {
            id,
            folder,
            disk,
            secret,
            signers,
            repository: Mutex::new(None),
            queue: Queue::default(),
            writing: Mutex::default(),
            progress: Condvar::new(),
            try_again: Condvar::new(),
            is_publishing: AtomicBool::new(false),
            somebody_left: AtomicBool::new(false),
            side: Mutex::new(()),
            upkeep: Upkeep::default(),
            sound: Arc::default(),
            pending: RwLock::new(None),
            index: Mutex::new(None),
            saved: Saved::default(),
            used: AtomicU64::new(0),
        }
    }

    /// Lets readers see what was promised.
    pub(crate) fn show(&self, pending: Option<Pending>) {
        let mut shown = self.pending.write().unwrap_or_else(PoisonError::into_inner);
        *shown = pending.map(Arc::new);
    }

    pub(crate) fn pending(&self) -> Option<Arc<Pending>> {
        self.pending.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Waits until everything that was promised is in Git; gives up where the disk refuses it.
    pub(crate) fn settle(self: &Arc<Self>) {
        let mut writing = self.writing();
        while writing.session.is_some() && writing.stuck.is_none() {
            self.start_publishing();
            self.hurry(&mut writing);
            let waited = self.progress.wait_timeout(writing, Duration::from_millis(100));
            writing = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    /// Says whether nothing is lost when it is closed: no change is on its way, and no journal is held.
    pub(crate) fn is_at_rest(&self) -> bool {
        let Ok(writing) = self.writing.try_lock() else { return false };
        writing.session.is_none() && writing.journal_bytes().is_none_or(|bytes| bytes == 0)
    }

    /// Says whether the volume has, or once had, a commit.
    pub(crate) fn exists(&self) -> bool {
        let git = self.git();
        self.pending().is_some()
            || is_real_folder(&self.folder)
                && is_real_folder(&git)
                && (git.join(MAIN).is_file() || git.join("packed-refs").is_file())
    }

    pub(crate) fn git(&self) -> PathBuf {
        self.folder.join(".git")
    }

    /// Opens the repository with what was promised on top of it, or returns `None` while there is none.
    pub(crate) fn open(&self) -> Result<Option<Repository>, StoreError> {
        // Looked at first: what is no longer pending is on disk.
        let pending = self.pending();
        Ok(self.open_to_read()?.map(|repository| match pending {
            None => repository,
            Some(pending) => {
                let mut repository = repository.with_object_memory();
                session::remember_all(&mut repository, &pending.objects);
                repository
            }
        }))
    }

    /// Opens the repository for whoever looks himself among the objects that are pending.
    pub(crate) fn open_to_read(&self) -> Result<Option<Repository>, StoreError> {
        let repository = self.open_on_disk()?;
        if repository.is_some() {
            self.recover_to_read();
        }
        Ok(repository)
    }

    /// Opens the repository, which must be there.
    pub(crate) fn must_open(&self) -> Result<Repository, StoreError> {
        self.open_on_disk()?.ok_or_else(|| self.damaged("its repository vanished"))
    }

    /// Opens the repository as Git sees it, or returns `None` while there is none.
    pub(crate) fn open_on_disk(&self) -> Result<Option<Repository>, StoreError> {
        let git = self.git();
        let mut cached = self.repository.lock().unwrap_or_else(PoisonError::into_inner);
        if !is_real_folder(&self.folder) || !is_real_folder(&git) {
            *cached = None;
            return match fs::symlink_metadata(&git) {
                Ok(_) => {
                    Err(self.damaged("its folder or its `.git` is a link or a file, not a folder"))
                }
                Err(_) => Ok(None),
            };
        }
        if let Some(fault) = odd::fault(&git) {
            *cached = None;
            return Err(self.damaged(fault));
        }
        if cached.is_none() {
            let looked = odd::fault_in_objects(&git).map_err(self.medium("looking at objects"))?;
            if let Some(fault) = looked {
                return Err(self.damaged(fault));
            }
            let options = gix::open::Options::isolated()
                .open_path_as_is(true)
                .object_store_slots(gix::odb::store::init::Slots::Given(PACK_SLOTS));
            let opened = options.open(&git).map_err(|err| self.damaged(err))?;
            *cached = Some(opened);
        }
        let Some(shared) = cached.as_ref() else { return Ok(None) };
        let mut repository = shared.to_thread_local();
        repository.object_cache_size_if_unset(OBJECT_CACHE_BYTES);
        Ok(Some(repository))
    }

    pub(crate) fn head(&self) -> Result<Option<CommitId>, StoreError> {
        if let Some(pending) = self.pending() {
            return Ok(Some(CommitId(pending.tip.to_string())));
        }
        match self.open()? {
            Some(repository) => Ok(self.tip(&repository)?.map(|id| CommitId(id.to_string()))),
            None => Ok(None),
        }
    }

    /// Says whether the working tree shows `main`; otherwise it is left alone.
    pub(crate) fn is_checked_out(&self, repository: &Repository) -> Result<bool, StoreError> {
        let head = repository.try_find_reference("HEAD").map_err(|err| self.damaged(err))?;
        let target = head.as_ref().map(gix::Reference::target);
        Ok(matches!(target, Some(TargetRef::Symbolic(name)) if name.as_bstr() == MAIN))
    }

    /// Reads the index, or takes the one that was last read or written if it is still that one.
    pub(crate) fn index(
        &self,
        repository: &Repository,
        tree: Option<ObjectId>,
    ) -> Result<SharedIndex, StoreError> {
        let mut kept = self.index.lock().unwrap_or_else(PoisonError::into_inner);
        // Looked at first: should it change meanwhile, then what was read counts for older than it is.
        let now = self.index_stamp();
        if let (Some((stamp, index)), Some(now)) = (&*kept, now)
            && *stamp == now
        {
            return Ok(Arc::clone(index));
        }
        *kept = None;
        let index = index::read(repository, &self.git(), tree).map_err(|err| self.damaged(err))?;
        let index = Arc::new(RwLock::new(index));
        *kept = now.map(|now| (now, Arc::clone(&index)));
        Ok(index)
    }

    /// Forgets the index that was last read or written: it is about to be another one.
    pub(crate) fn forget_index(&self) {
        *self.index.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }

    /// Keeps the index that was just written.
    pub(crate) fn keep_index(&self, index: &SharedIndex) {
        let stamp = self.index_stamp();
        let mut kept = self.index.lock().unwrap_or_else(PoisonError::into_inner);
        *kept = stamp.map(|stamp| (stamp, Arc::clone(index)));
    }

    fn index_stamp(&self) -> Option<Stamp> {
        let metadata = fs::symlink_metadata(self.git().join("index")).ok()?;
        #[cfg(unix)]
        let number = std::os::unix::fs::MetadataExt::ino(&metadata);
        #[cfg(not(unix))]
        let number = 0;
        Some((metadata.modified().ok()?, metadata.len(), number))
    }

    /// Returns the newest commit.
    pub(crate) fn tip(&self, repository: &Repository) -> Result<Option<ObjectId>, StoreError> {
        match self.pending() {
            // Without its objects it cannot be read: then it is on disk meanwhile.
            Some(pending) if repository.has_object(pending.tip) => Ok(Some(pending.tip)),
            _ => self.tip_on_disk(repository),
        }
    }

    /// Returns the commit that `main` names now.
    pub(crate) fn tip_on_disk(
        &self,
        repository: &Repository,
    ) -> Result<Option<ObjectId>, StoreError> {
        let main = repository.try_find_reference(MAIN).map_err(|err| self.damaged(err))?;
        match main.as_ref().map(gix::Reference::target) {
            None => Ok(None),
            Some(TargetRef::Object(id)) => Ok(Some(id.to_owned())),
            Some(TargetRef::Symbolic(_)) => {
                Err(self.damaged("its branch `main` is a symbolic reference"))
            }
        }
    }

    /// Returns the tree of a commit; anything else is unknown here.
    pub(crate) fn tree_of(
        &self,
        repository: &Repository,
        commit: ObjectId,
    ) -> Result<ObjectId, StoreError> {
        let header = repository.try_find_header(commit).map_err(|err| self.damaged(err))?;
        if header.map(|header| header.kind()) != Some(Kind::Commit) {
            return Err(self.unknown(&commit.to_string()));
        }
        let commit = repository.find_commit(commit).map_err(|err| self.damaged(err))?;
        Ok(commit.tree_id().map_err(|err| self.damaged(err))?.detach())
    }

    /// Reads a whole id; nothing else that Git would take for a revision.
    pub(crate) fn object_id(&self, text: &str) -> Result<ObjectId, StoreError> {
        ObjectId::from_hex(text.as_bytes()).map_err(|_not_hex| self.unknown(text))
    }

    pub(crate) fn unknown(&self, id: &str) -> StoreError {
        StoreError::UnknownObject { volume: self.id.clone(), id: id.chars().take(64).collect() }
    }

    pub(crate) fn damaged(&self, reason: impl ToString) -> StoreError {
        StoreError::Damaged { volume: self.id.clone(), reason: reason.to_string() }
    }

    /// Makes the error of an operation on the disk, to be used with `map_err`.
    pub(crate) fn medium<E>(&self, doing: &'static str) -> impl FnOnce(E) -> StoreError
    where
        E: Into<Box<dyn std::error::Error + Send + Sync>>,
    {
        let volume = self.id.clone();
        move |err| StoreError::Medium { volume, doing, source: err.into() }
    }
}

/// Says whether there is a folder that is not a symbolic link.
pub(crate) fn is_real_folder(path: &Path) -> bool {
    fs::symlink_metadata(path).is_ok_and(|metadata| metadata.is_dir())
}
