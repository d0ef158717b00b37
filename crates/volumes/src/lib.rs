//! Volumes kept as ordinary Git repositories on disk.
//!
//! A volume is `<root>/system`, `<root>/teams/<id>` or `<root>/users/<id>`: a
//! repository with its branch `main` checked out, which people may read, clone
//! and edit with plain `git`. What a repository holds is data here: no hook,
//! filter, submodule, symbolic link or command of its configuration is ever
//! followed. This crate does not know who may read or write what.

mod added;
mod backup;
mod branch;
mod create;
mod disk;
mod folder;
mod hand;
mod history;
mod index;
mod journal;
mod keeper;
mod ledgers;
mod lock;
mod object;
mod odd;
mod open;
mod pack;
mod program;
mod publish;
mod read;
mod recover;
mod secret;
mod session;
mod side;
mod sign;
mod tips;
mod tree;
mod trees;
mod upkeep;
mod verify;
mod volume;
mod wire;
mod worktree;
mod writer;

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use llmos_core::{
    branch::{Branch, BranchName, Branches},
    slug::Slug,
    store::{
        BlobId, Change, Changed, CommitId, CommitInfo, Entry, HistoryQuery, Name, Span, Store,
        StoreError,
    },
    volume::{VolumeId, VolumePath},
};

pub use crate::{
    backup::{BackedUp, BackedUpFile, BackupError, Contents, HomeFile, restore},
    disk::{Disk, RealDisk},
    hand::HandFolders,
    ledgers::LedgerFolder,
    open::MAX_OPEN,
    sign::{KeyError, Signers},
    verify::Fault,
};

use crate::{
    keeper::Keeper,
    open::OpenVolumes,
    secret::Secret,
    volume::{Means, Volume},
    writer::Wanted,
};

/// A [`Store`] of Git repositories under one folder.
///
/// Nothing is cached but open repositories, [`MAX_OPEN`] at most, so a commit that somebody makes
/// with `git` in a volume is seen by the next call. Writers of one volume wait
/// for each other; readers wait for nobody.
#[derive(Debug)]
pub struct GitStore {
    root: PathBuf,
    disk: Arc<dyn Disk>,
    open: OpenVolumes,
    keeper: Arc<Keeper>,
    secret: Arc<Secret>,
    signers: Arc<Signers>,
}

impl GitStore {
    /// Opens the volumes under `root`; touches nothing on disk.
    pub fn open(root: PathBuf) -> Self {
        Self::with_disk(root, Arc::new(RealDisk))
    }

    /// Like [`Self::open`], on a disk that may fail where it is told to.
    pub fn with_disk(root: PathBuf, disk: Arc<dyn Disk>) -> Self {
        let root = std::path::absolute(&root).unwrap_or(root);
        let secret = Arc::new(Secret::of(&root));
        let signers = Arc::default();
        Self { root, disk, open: OpenVolumes::default(), keeper: Arc::default(), secret, signers }
    }

    /// Signs what is committed from now on; to be called before the first volume is opened.
    #[must_use]
    pub fn with_signers(mut self, signers: Signers) -> Self {
        self.signers = Arc::new(signers);
        self
    }

    /// Waits until `git` sees everything that was committed, which takes milliseconds.
    ///
    /// What was committed is durable before; this is for whoever looks with another program.
    pub fn settle(&self) {
        for volume in self.open.all() {
            volume.settle();
        }
    }

    /// How many volumes are held open now; it stays within [`MAX_OPEN`] where their writers allow it.
    pub fn n_open(&self) -> usize {
        self.open.all().len()
    }

    /// Returns the folder that holds, or would hold, a volume.
    pub fn folder(&self, volume: &VolumeId) -> PathBuf {
        match volume {
            VolumeId::System => self.root.join("system"),
            VolumeId::Team(id) => self.root.join("teams").join(id.as_str()),
            VolumeId::User(id) => self.root.join("users").join(id.as_str()),
        }
    }

    fn volume(&self, id: &VolumeId) -> Arc<Volume> {
        self.open.get(id).unwrap_or_else(|| {
            let volume = Arc::new(self.make(id));
            // A volume that does not exist is not remembered, or asking for many names would fill the memory.
            if volume.exists() { self.open.remember(volume) } else { volume }
        })
    }

    /// Like [`Self::volume`], and remembers it, as all its writers must meet at one lock.
    fn volume_to_write(&self, id: &VolumeId) -> Arc<Volume> {
        if let Some(volume) = self.open.get(id) {
            return volume;
        }
        if self.open.is_full() {
            // Those that were written to a moment ago are brought to rest, so that they can be closed.
            self.keeper.look_after_oldest();
        }
        self.open.remember(Arc::new(self.make(id)))
    }

    /// Lists the volumes that have a repository, sorted, also where the first commit is still on its way to it.
    fn repositories(&self) -> Result<Vec<VolumeId>, StoreError> {
        let mut found = self.folders()?;
        found.retain(|id| self.folder(id).join(".git").symlink_metadata().is_ok());
        Ok(found)
    }

    /// Lists what is a volume or may become one, sorted.
    fn folders(&self) -> Result<Vec<VolumeId>, StoreError> {
        let mut found = vec![VolumeId::System];
        for (kind, make) in [
            ("teams", VolumeId::Team as fn(Slug) -> VolumeId),
            ("users", VolumeId::User as fn(Slug) -> VolumeId),
        ] {
            let names =
                folder_names(&self.root.join(kind)).map_err(|source| StoreError::Medium {
                    volume: VolumeId::System,
                    doing: "listing the volumes",
                    source: source.into(),
                })?;
            found.extend(names.iter().filter_map(|name| name.parse().ok()).map(make));
        }
        found.sort();
        Ok(found)
    }

    fn make(&self, id: &VolumeId) -> Volume {
        let (disk, secret) = (Arc::clone(&self.disk), Arc::clone(&self.secret));
        let signers = Arc::clone(&self.signers);
        Volume::new(id.clone(), self.folder(id), Means { disk, secret, signers })
    }
}

impl Drop for GitStore {
    /// Brings everything to Git and empties the journals, so that the next start has nothing to do.
    fn drop(&mut self) {
        for volume in self.keeper.stop() {
            volume.settle();
            // What fails here is done by whoever opens the volume next.
            drop(volume.checkpoint());
        }
    }
}

impl Store for GitStore {
    fn head(&self, volume: &VolumeId) -> Result<Option<CommitId>, StoreError> {
        self.volume(volume).head()
    }

    fn list(
        &self,
        volume: &VolumeId,
        at: &CommitId,
        path: Option<&VolumePath>,
    ) -> Result<Vec<Entry>, StoreError> {
        self.volume(volume).list(at, path)
    }

    fn names(
        &self,
        volume: &VolumeId,
        at: &CommitId,
        path: Option<&VolumePath>,
    ) -> Result<Vec<Name>, StoreError> {
        self.volume(volume).names(at, path)
    }

    fn read(&self, volume: &VolumeId, blob: &BlobId) -> Result<Vec<u8>, StoreError> {
        self.volume(volume).read(blob)
    }

    fn commit(&self, volume: &VolumeId, change: Change) -> Result<CommitId, StoreError> {
        let volume = self.volume_to_write(volume);
        let made = volume.commit(Wanted { change, merged: None });
        self.keeper.note(&volume);
        made
    }

    fn history(
        &self,
        volume: &VolumeId,
        query: &HistoryQuery,
    ) -> Result<Vec<CommitInfo>, StoreError> {
        self.volume(volume).history(query)
    }

    fn added(
        &self,
        volume: &VolumeId,
        span: Span<'_>,
        wanted: &dyn Fn(&str) -> bool,
        visit: &mut dyn FnMut(Vec<u8>),
    ) -> Result<bool, StoreError> {
        self.volume(volume).added(span, wanted, visit)
    }

    fn changed(&self, volume: &VolumeId, span: Span<'_>) -> Result<Vec<Changed>, StoreError> {
        self.volume(volume).changed(span)
    }

    fn volumes(&self) -> Result<Vec<VolumeId>, StoreError> {
        let mut found = self.repositories()?;
        found.retain(|id| self.volume(id).exists());
        Ok(found)
    }
}

impl Branches for GitStore {
    fn branches(&self, volume: &VolumeId) -> Result<Vec<Branch>, StoreError> {
        self.volume(volume).branches()
    }

    fn tips(&self, volume: &VolumeId) -> Result<Vec<CommitId>, StoreError> {
        self.volume(volume).tips()
    }

    fn create_branch(
        &self,
        volume: &VolumeId,
        name: &BranchName,
        at: &CommitId,
    ) -> Result<(), StoreError> {
        self.volume(volume).create_branch(name, at)
    }

    fn commit_to(
        &self,
        volume: &VolumeId,
        name: &BranchName,
        change: Change,
        merged: Option<&CommitId>,
    ) -> Result<CommitId, StoreError> {
        let volume = self.volume_to_write(volume);
        let merged = merged.map(|id| volume.object_id(&id.0)).transpose()?;
        let wanted = Wanted { change, merged };
        let made = match name.is_main() {
            true => volume.commit(wanted),
            false => volume.commit_beside(name, &wanted),
        };
        self.keeper.note(&volume);
        made
    }

    fn delete_branch(
        &self,
        volume: &VolumeId,
        name: &BranchName,
        tip: &CommitId,
    ) -> Result<(), StoreError> {
        self.volume(volume).delete_branch(name, tip)
    }

    fn merge_base(
        &self,
        volume: &VolumeId,
        one: &CommitId,
        other: &CommitId,
    ) -> Result<Option<CommitId>, StoreError> {
        self.volume(volume).merge_base(one, other)
    }
}

/// Returns the names in a folder that are text; none while there is no such folder.
fn folder_names(folder: &Path) -> std::io::Result<Vec<String>> {
    match std::fs::read_dir(folder) {
        Ok(entries) => entries
            .filter_map(|entry| entry.map(|entry| entry.file_name().into_string().ok()).transpose())
            .collect(),
        Err(err) if err.kind() == std::io::ErrorKind::NotFound => Ok(Vec::new()),
        Err(err) => Err(err),
    }
}
