//! Removing blobs that nothing refers to.

use jiff::{SignedDuration, Timestamp};
use llmos_api::blob::{BlobGarbage, GarbageBlob, VolumeGarbage};
use llmos_core::{
    access::Action,
    blob::{KeptBlob, garbage},
    volume::VolumeId,
};

use super::references::References;
use crate::{Caller, Error, Workbench};

/// The shortest grace, in hours: a blob waits at least so long for its pointer.
const MIN_GRACE_HOURS: u64 = 1;

/// The longest grace, in hours: ten years.
const MAX_GRACE_HOURS: u64 = 24 * 365 * 10;

/// How blobs are collected.
#[derive(Clone, Copy, Debug)]
pub struct Collect {
    /// How many hours must have passed since a blob was last put.
    pub grace_hours: u64,
    /// Whether they are removed; otherwise they are only found.
    pub remove: bool,
}

impl Workbench {
    /// Finds, or removes, the blobs that no commit of their volume and no session refers to.
    ///
    /// A volume that cannot be read whole is left as it is.
    pub fn collect_blobs(&self, caller: &Caller, collect: Collect) -> Result<BlobGarbage, Error> {
        let Collect { grace_hours, remove } = collect;
        if !(MIN_GRACE_HOURS..=MAX_GRACE_HOURS).contains(&grace_hours) {
            return Err(Error::OutOfRange {
                field: "grace",
                least: MIN_GRACE_HOURS,
                most: MAX_GRACE_HOURS,
            });
        }
        // Without sessions nobody knows what they refer to.
        self.sessions()?;
        let grace = SignedDuration::from_hours(i64::try_from(grace_hours).unwrap_or(i64::MAX));
        let before = self.world.now().checked_sub(grace).unwrap_or(Timestamp::MIN);
        let mut volumes = Vec::new();
        for volume in self.blobs()?.volumes()? {
            caller.must(Action::Read, &volume)?;
            caller.must(Action::Write, &volume)?;
            let found = self.collect_volume(&volume, before, remove);
            volumes.push(found.unwrap_or_else(|error| VolumeGarbage {
                volume: volume.to_string(),
                left_alone: Some(error.to_string()),
                ..VolumeGarbage::default()
            }));
        }
        Ok(BlobGarbage { removed: remove, volumes })
    }

    fn collect_volume(
        &self,
        volume: &VolumeId,
        before: Timestamp,
        remove: bool,
    ) -> Result<VolumeGarbage, Error> {
        let blobs = self.blobs()?;
        // What is put from now on is not in the list, and what refers to it need not be found.
        let mut kept: Vec<KeptBlob> = Vec::new();
        blobs.list(volume, &mut |blob| kept.push(blob))?;
        let mut view = VolumeGarbage { volume: volume.to_string(), ..VolumeGarbage::default() };
        view.n_kept = kept.len() as u64;
        let mut references = References::default();
        let n_sessions = references.of_sessions(self.sessions()?, volume)?;
        if self.store.head(volume)?.is_none() && n_sessions == 0 {
            view.left_alone = Some(
                "there is no such volume here; its blobs may belong to another installation"
                    .to_owned(),
            );
            return Ok(view);
        }
        references.of_volume(&*self.store, volume)?;
        let mut found = garbage(&kept, &references.hashes, before);
        if remove && !found.is_empty() {
            // What was said or committed since.
            references.of_volume(&*self.store, volume)?;
            references.of_sessions(self.sessions()?, volume)?;
            found = garbage(&found, &references.hashes, before);
            let mut removed = Vec::new();
            for blob in found {
                if blobs.remove(volume, &blob.hash, before)? {
                    removed.push(blob);
                }
            }
            found = removed;
        }
        view.n_kept -= found.len() as u64;
        view.garbage = found.iter().map(GarbageBlob::from).collect();
        Ok(view)
    }
}
