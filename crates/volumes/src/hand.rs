//! What people edit in the folders of volumes: found, never changed.

mod saved;
mod scan;
mod watch;
mod writers;

use std::{sync::Arc, time::Duration};

use llmos_core::{
    hand::{Edits, Folders},
    store::{Author, StoreError},
    volume::VolumeId,
};

use crate::{GitStore, folder::Folder, lock, volume::Volume};

pub(crate) use saved::Saved;
use watch::Watch;

/// The folders of a store's volumes, watched.
#[derive(Debug)]
pub struct HandFolders {
    store: Arc<GitStore>,
    watch: Watch,
}

impl HandFolders {
    /// Watches the folders of all volumes, those that come to be later too.
    ///
    /// Where the system cannot tell of changes, folders are looked through once a second.
    pub fn watch(store: Arc<GitStore>) -> Self {
        let watch = Watch::new(&store);
        Self { store, watch }
    }
}

impl Folders for HandFolders {
    fn edits(&self, volume: &VolumeId) -> Result<Edits, StoreError> {
        self.store.volume(volume).edits()
    }

    fn author(&self, volume: &VolumeId) -> Result<Option<Author>, StoreError> {
        self.store.volume(volume).configured_author()
    }

    fn wait(&self, at_most: Duration) -> Vec<VolumeId> {
        self.watch.wait(&self.store, at_most)
    }
}

/// From this age on a lock is perhaps one that a killed process left.
const FORGOTTEN: Duration = Duration::from_secs(15);

/// Files of Git that are there while somebody is in the middle of something.
const IN_THE_MIDDLE: [(&str, &str); 6] = [
    ("MERGE_HEAD", "a merge is not finished"),
    ("CHERRY_PICK_HEAD", "a cherry-pick is not finished"),
    ("REVERT_HEAD", "a revert is not finished"),
    ("rebase-merge", "a rebase is not finished"),
    ("rebase-apply", "a rebase is not finished"),
    ("BISECT_LOG", "a bisection is not finished"),
];

/// How much of `.gitattributes` is read; Git reads no more either.
const MAX_ATTRIBUTES_BYTES: u64 = 100 << 20;

/// What in `.gitattributes` makes files on disk differ from what Git keeps.
const CONVERSIONS: [&str; 5] = ["filter", "text", "eol", "working-tree-encoding", "ident"];

impl Volume {
    fn edits(&self) -> Result<Edits, StoreError> {
        let Some(repository) = self.open()? else {
            return Ok(Edits::Files { edits: Vec::new(), n_known: 0 });
        };
        if self.is_locked() {
            return Ok(Edits::Busy);
        }
        let git = self.git();
        if let Some((_, reason)) = IN_THE_MIDDLE.iter().find(|(name, _)| git.join(name).exists()) {
            return Ok(Edits::LeftAlone(reason));
        }
        if !self.is_checked_out(&repository)? {
            return Ok(Edits::LeftAlone("another branch than `main` is checked out"));
        }
        if !git.join("index").is_file() {
            return Ok(Edits::LeftAlone("nothing is checked out there"));
        }
        let settings = self.settings();
        let converted = settings.as_ref().and_then(|it| it.string("core.autocrlf"));
        if converted.is_some_and(|value| value.as_slice() != b"false") || self.converts() {
            return Ok(Edits::LeftAlone(
                "its settings make files on disk differ from what Git keeps",
            ));
        }
        scan::scan(self, &repository)
    }

    /// Says whether somebody holds the lock; finishes what a killed process began under it.
    fn is_locked(&self) -> bool {
        let path = self.folder.join(lock::INDEX_LOCK);
        let Ok(metadata) = path.symlink_metadata() else { return false };
        let age = metadata.modified().ok().and_then(|since| since.elapsed().ok());
        if age.is_some_and(|age| age > FORGOTTEN)
            && let Ok(writing) = self.writing.try_lock()
            && writing.session.is_none()
        {
            // Whoever writes next hears what is wrong where this fails.
            drop(self.locks());
        }
        path.exists()
    }

    fn converts(&self) -> bool {
        let read = |folder: Folder| folder.read_up_to(".gitattributes", MAX_ATTRIBUTES_BYTES);
        let text = Folder::open(&self.folder).and_then(read).unwrap_or_default();
        let text = String::from_utf8_lossy(&text);
        let words = text.split(|c: char| c.is_whitespace() || matches!(c, '=' | '-' | '!'));
        words.into_iter().any(|word| CONVERSIONS.contains(&word))
    }

    /// The name and address in the volume's own configuration, read as text.
    fn configured_author(&self) -> Result<Option<Author>, StoreError> {
        // Refuses a volume whose files lead elsewhere.
        if self.open_on_disk()?.is_none() {
            return Ok(None);
        }
        let Some(settings) = self.settings() else { return Ok(None) };
        let text = |key: &str| settings.string(key).map(|value| value.to_string());
        let (name, email) = (text("user.name"), text("user.email"));
        Ok(name.zip(email).map(|(name, email)| Author { name, email }))
    }

    /// The volume's own configuration as it is now; what it includes is not read.
    fn settings(&self) -> Option<gix::config::File> {
        let path = self.git().join("config");
        gix::config::File::from_path_no_includes(path, gix::config::Source::Local).ok()
    }
}
