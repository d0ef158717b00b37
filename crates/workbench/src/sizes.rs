//! How many files folders hold, remembered as long as nothing below them changes.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use llmos_core::{
    store::{CommitId, FolderId, Holds, Name, Store},
    volume::{VolumeId, VolumePath},
};

use crate::Error;

/// How many folders are remembered.
const MAX_FOLDERS: usize = 50_000;

/// The number of files in folders that were counted.
///
/// A folder of the same id holds as many, wherever it lies: what a few folders unfold to is not walked.
#[derive(Default)]
pub(crate) struct Sizes(Mutex<HashMap<FolderId, usize>>);

impl Sizes {
    /// Counts the files below a folder, or all of a volume.
    pub(crate) fn count(
        &self,
        store: &dyn Store,
        volume: &VolumeId,
        head: &CommitId,
        path: Option<&VolumePath>,
    ) -> Result<usize, Error> {
        let mut total = 0_usize;
        for Name { name, holds } in store.names(volume, head, path)? {
            let Holds::Folder(folder) = holds else {
                total = total.saturating_add(1);
                continue;
            };
            let known = self.known(&folder);
            let below = path.map_or_else(|| name.clone(), |path| format!("{path}/{name}"));
            let n_files = match (known, below.parse::<VolumePath>()) {
                (Some(known), _) => known,
                (None, Ok(below)) => self.count(store, volume, head, Some(&below))?,
                // Too long to be the path of a file.
                (None, Err(_)) => 0,
            };
            if known.is_none() {
                self.remember(folder, n_files);
            }
            total = total.saturating_add(n_files);
        }
        Ok(total)
    }

    fn known(&self, folder: &FolderId) -> Option<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(folder).copied()
    }

    fn remember(&self, folder: FolderId, n_files: usize) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.len() >= MAX_FOLDERS {
            kept.clear();
        }
        kept.insert(folder, n_files);
    }
}
