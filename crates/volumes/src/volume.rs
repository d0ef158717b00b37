//! One volume: its folder, its open repository and what can be read from it.

use std::{
    fs,
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError},
};

use gix::{ObjectId, Repository, ThreadSafeRepository, objs::Kind, refs::TargetRef};
use llmos_core::{
    store::{BlobId, CommitId, Entry, StoreError},
    volume::{VolumeId, VolumePath},
};

use crate::tree::{self, Found};

/// The branch that a volume is.
pub(crate) const MAIN: &str = "refs/heads/main";

/// The largest file that is read, so that a small pack cannot unfold into all memory.
const MAX_BLOB_BYTES: u64 = 256 << 20;

/// How much of the trees and commits of a request is kept at hand.
const OBJECT_CACHE_BYTES: usize = 4 << 20;

/// A volume that may or may not exist on disk.
#[derive(Debug)]
pub(crate) struct Volume {
    pub(crate) id: VolumeId,
    pub(crate) folder: PathBuf,
    repository: Mutex<Option<ThreadSafeRepository>>,
    /// Held for the whole of a commit.
    pub(crate) writer: Mutex<()>,
}

impl Volume {
    pub(crate) fn new(id: VolumeId, folder: PathBuf) -> Self {
        Self { id, folder, repository: Mutex::new(None), writer: Mutex::new(()) }
    }

    /// Says whether the volume has, or once had, a commit.
    pub(crate) fn exists(&self) -> bool {
        let git = self.git();
        is_real_folder(&self.folder)
            && is_real_folder(&git)
            && (git.join(MAIN).is_file() || git.join("packed-refs").is_file())
    }

    pub(crate) fn git(&self) -> PathBuf {
        self.folder.join(".git")
    }

    /// Opens the repository, or returns `None` while there is none.
    pub(crate) fn open(&self) -> Result<Option<Repository>, StoreError> {
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
        if let Some(name) = odd_file(&git) {
            *cached = None;
            return Err(self.damaged(format!("`.git/{name}` is no plain file")));
        }
        if cached.is_none() {
            let options = gix::open::Options::isolated().open_path_as_is(true);
            let opened = options.open(&git).map_err(|err| self.damaged(err))?;
            *cached = Some(opened);
        }
        let Some(shared) = cached.as_ref() else { return Ok(None) };
        let mut repository = shared.to_thread_local();
        repository.object_cache_size_if_unset(OBJECT_CACHE_BYTES);
        Ok(Some(repository))
    }

    pub(crate) fn head(&self) -> Result<Option<CommitId>, StoreError> {
        match self.open()? {
            Some(repository) => Ok(self.tip(&repository)?.map(|id| CommitId(id.to_string()))),
            None => Ok(None),
        }
    }

    /// Returns the commit that `main` names now.
    pub(crate) fn tip(&self, repository: &Repository) -> Result<Option<ObjectId>, StoreError> {
        let main = repository.try_find_reference(MAIN).map_err(|err| self.damaged(err))?;
        match main.as_ref().map(gix::Reference::target) {
            None => Ok(None),
            Some(TargetRef::Object(id)) => Ok(Some(id.to_owned())),
            Some(TargetRef::Symbolic(_)) => {
                Err(self.damaged("its branch `main` is a symbolic reference"))
            }
        }
    }

    pub(crate) fn list(
        &self,
        at: &CommitId,
        path: Option<&VolumePath>,
    ) -> Result<Vec<Entry>, StoreError> {
        let Some(repository) = self.open()? else { return Err(self.unknown(&at.0)) };
        let root = self.tree_of(&repository, self.object_id(&at.0)?)?;
        let (start, prefix) = match path {
            None => (root, String::new()),
            Some(path) => {
                match tree::find(&repository, root, path).map_err(|err| self.damaged(err))? {
                    Found::Tree(id) => (id, format!("{path}/")),
                    Found::File(file) => {
                        return Ok(vec![Entry {
                            path: path.clone(),
                            blob: BlobId(file.id.to_string()),
                        }]);
                    }
                    Found::Nothing | Found::Other | Found::Under(..) => return Ok(Vec::new()),
                }
            }
        };
        tree::files(&repository, start, prefix, tree::MAX_ENTRIES).map_err(|err| self.damaged(err))
    }

    pub(crate) fn read(&self, blob: &BlobId) -> Result<Vec<u8>, StoreError> {
        let Some(repository) = self.open()? else { return Err(self.unknown(&blob.0)) };
        let id = self.object_id(&blob.0)?;
        let header = repository.try_find_header(id).map_err(|err| self.damaged(err))?;
        let header = header
            .filter(|header| header.kind() == Kind::Blob)
            .ok_or_else(|| self.unknown(&blob.0))?;
        if header.size() > MAX_BLOB_BYTES {
            return Err(self
                .damaged(format!("file `{blob}` has {} bytes, too many to read", header.size())));
        }
        let mut blob = repository.find_blob(id).map_err(|err| self.damaged(err))?;
        Ok(blob.take_data())
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

/// Returns a file of Git that is a link, a pipe or a device: reading it could lead elsewhere, or never end.
fn odd_file(git: &Path) -> Option<&'static str> {
    ["config", "HEAD", "packed-refs", "index", MAIN]
        .into_iter()
        .find(|name| fs::symlink_metadata(git.join(name)).is_ok_and(|metadata| !metadata.is_file()))
}

/// Says whether there is a folder that is not a symbolic link.
pub(crate) fn is_real_folder(path: &Path) -> bool {
    fs::symlink_metadata(path).is_ok_and(|metadata| metadata.is_dir())
}
