//! Where a file that comes would stand, and deleting one.

use std::collections::BTreeSet;

use llmos_api::blob::{BlobPlaceView, DeletedBlob};
use llmos_core::{
    access::Action,
    blob::{BlobHash, BlobsError, Pointer, place_for_name},
    store::{Edit, Expected},
    volume::{VolumeId, VolumePath},
};

use super::place_of;
use crate::{Caller, Error, Workbench};

/// The folder where files stand that come with a name alone.
const FILES: &str = "files";

impl Workbench {
    /// Says where a file of this name and size would stand; refuses what would be refused when it comes.
    ///
    /// Whoever asks first can choose before a long body is sent.
    pub fn blob_place(
        &self,
        caller: &Caller,
        volume: Option<&VolumeId>,
        name: &str,
        size: u64,
    ) -> Result<BlobPlaceView, Error> {
        let volume = volume.cloned().unwrap_or_else(|| caller.own_volume());
        let limit = self.kept_blobs()?.limit;
        caller.must(Action::Write, &volume)?;
        if size > limit {
            return Err(BlobsError::TooLarge { limit }.into());
        }
        let folder: VolumePath = FILES.parse().expect("because it is a plain word");
        let there = match self.store.head(&volume)? {
            Some(head) => self.store.names(&volume, &head, Some(&folder))?,
            None => Vec::new(),
        };
        let there: BTreeSet<String> = there.into_iter().map(|name| name.name).collect();
        let is_taken = |place: &VolumePath| there.contains(place.file_name());
        let path = place_for_name(name, 1);
        let mut places = (1..).map(|nth| place_for_name(name, nth));
        let free = places.find(|place| !is_taken(place)).expect("because the numbers do not end");
        Ok(BlobPlaceView {
            volume: volume.to_string(),
            is_taken: is_taken(&path),
            path: path.to_string(),
            free_path: free.to_string(),
        })
    }

    /// Takes a file out of a volume, as one commit. Its content stays as long as something refers to it, the history
    /// included.
    ///
    /// With `seen` it must still be that content.
    pub fn delete_blob(
        &self,
        caller: &Caller,
        volume: Option<&VolumeId>,
        path: &VolumePath,
        seen: Option<&BlobHash>,
    ) -> Result<DeletedBlob, Error> {
        let volume = volume.cloned().unwrap_or_else(|| caller.own_volume());
        caller.must(Action::Write, &volume)?;
        let place = place_of(path)?;
        let there = match self.store.head(&volume)? {
            Some(head) => self.store.list(&volume, &head, Some(&place))?,
            None => Vec::new(),
        };
        let Some(entry) = there.into_iter().find(|entry| entry.path == place) else {
            return Err(Error::Unknown {
                what: "file",
                id: place.to_string(),
                volume: Some(volume),
                hint: "`GET /blobs` lists the files that there are".to_owned(),
            });
        };
        let pointer = Pointer::parse(&self.store.read(&volume, &entry.blob)?).ok();
        let hash = pointer.map(|pointer| pointer.hash);
        if seen.is_some_and(|seen| hash != Some(*seen)) {
            return Err(Error::Stale { path: place, current: Some(entry.blob) });
        }
        let which = hash.map(|hash| format!("\n\nBlob: {}", hash.tagged())).unwrap_or_default();
        let message = format!("file: delete {place}{which}\n");
        let expected = Expected::Version(entry.blob);
        let edit = Edit { path: place.clone(), expected, content: None };
        let commit = self.commit(caller, &volume, vec![edit], message)?;
        Ok(DeletedBlob {
            volume: volume.to_string(),
            path: place.to_string(),
            commit: commit.to_string(),
        })
    }
}
